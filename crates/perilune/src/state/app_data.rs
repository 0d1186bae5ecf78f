//! Rust values beside the state.

use super::Lua;
use crate::types::app_data::{self, Attach};
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
        self.attach_app_data(data, Attach::<T>::HERE)
    }

    /// [`try_set_app_data`](Self::try_set_app_data) of a value that does not bind
    /// the state to this thread: see [`SendLua`](crate::SendLua).
    ///
    /// # Errors
    /// Gives the new one back if a value of whatever type is borrowed.
    pub fn set_send_app_data<T: Send + 'static>(&self, data: T) -> Result<Option<T>, T> {
        self.attach_app_data(data, Attach::<T>::ANYWHERE)
    }

    fn attach_app_data<T: 'static>(&self, data: T, attach: Attach<T>) -> Result<Option<T>, T> {
        let mut data = Some(data);
        let done = self.with(|state, extra| {
            let insert = |data| app_data::insert(state, &self.0, &extra.app_borrows, data, attach);
            Ok(data.take().map(insert))
        });
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
        let found =
            self.with(|state, extra| Ok(app_data::borrow(state, &self.0, &extra.app_borrows)));
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
        let found =
            self.with(|state, extra| Ok(app_data::borrow_mut(state, &self.0, &extra.app_borrows)));
        found.unwrap_or(Ok(None))
    }

    /// Takes the value of type `T` away; `None` if there is none.
    ///
    /// # Panics
    /// If a value of whatever type is borrowed.
    #[track_caller]
    pub fn remove_app_data<T: 'static>(&self) -> Option<T> {
        match self.with(|state, extra| Ok(app_data::remove(state, &extra.app_borrows))) {
            Ok(Ok(data)) => data,
            Ok(Err(())) => panic!("application data is borrowed"),
            Err(_) => None,
        }
    }
}
