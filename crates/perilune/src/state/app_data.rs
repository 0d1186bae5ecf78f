//! Rust values beside the state.

use super::Lua;
use crate::types::{AppDataRef, AppDataRefMut, MaybeSend};
use std::cell::{BorrowError, BorrowMutError};

impl Lua {
    /// Attaches a value of type `T`, and gives back the one that was there.
    ///
    /// # Panics
    /// If a value of whatever type is borrowed, or the state is closed; see
    /// [`try_set_app_data`](Self::try_set_app_data).
    #[track_caller]
    pub fn set_app_data<T: MaybeSend + 'static>(&self, data: T) -> Option<T> {
        match self.try_set_app_data(data) {
            Ok(old) => old,
            Err(_) => panic!("application data is borrowed"),
        }
    }

    /// Attaches a value of type `T`, and gives back the one that was there.
    ///
    /// # Errors
    /// Gives the new one back if a value of whatever type is borrowed.
    pub fn try_set_app_data<T: MaybeSend + 'static>(&self, data: T) -> Result<Option<T>, T> {
        let mut data = Some(data);
        let done =
            self.with(|_, extra| Ok(data.take().map(|data| extra.app_data.insert(&self.0, data))));
        match (done, data) {
            (Ok(Some(result)), _) => result,
            (_, Some(data)) => Err(data),
            (_, None) => Ok(None),
        }
    }

    /// The value of type `T`; `None` if there is none, or it is borrowed mutably.
    #[track_caller]
    pub fn app_data_ref<T: 'static>(&self) -> Option<AppDataRef<'_, T>> {
        self.try_app_data_ref().unwrap_or(None)
    }

    /// The value of type `T`, if there is one.
    ///
    /// # Errors
    /// If it is borrowed mutably.
    pub fn try_app_data_ref<T: 'static>(&self) -> Result<Option<AppDataRef<'_, T>>, BorrowError> {
        let found = self.with(|_, extra| Ok(extra.app_data.borrow(&self.0)));
        found.unwrap_or(Ok(None))
    }

    /// The value of type `T`; `None` if there is none, or it is borrowed.
    #[track_caller]
    pub fn app_data_mut<T: 'static>(&self) -> Option<AppDataRefMut<'_, T>> {
        self.try_app_data_mut().unwrap_or(None)
    }

    /// The value of type `T`, if there is one.
    ///
    /// # Errors
    /// If it is borrowed.
    pub fn try_app_data_mut<T: 'static>(
        &self,
    ) -> Result<Option<AppDataRefMut<'_, T>>, BorrowMutError> {
        let found = self.with(|_, extra| Ok(extra.app_data.borrow_mut(&self.0)));
        found.unwrap_or(Ok(None))
    }

    /// Takes the value of type `T` away; `None` if there is none.
    ///
    /// # Panics
    /// If a value of whatever type is borrowed.
    #[track_caller]
    pub fn remove_app_data<T: 'static>(&self) -> Option<T> {
        match self.with(|_, extra| Ok(extra.app_data.remove())) {
            Ok(Ok(data)) => data,
            Ok(Err(())) => panic!("application data is borrowed"),
            Err(_) => None,
        }
    }
}
