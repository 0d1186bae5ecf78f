//! Rust values beside the state.

use super::Lua;
use crate::types::app_data::{self, Attach};
use crate::types::{AppDataRef, AppDataRefMut, MaybeSend};
use std::cell::{BorrowError, BorrowMutError};

impl Lua {
    /// Attaches a value of type `T`, and gives back the one that was there.
    ///
    /// ```
    /// # use perilune::Lua;
    /// struct Config {
    ///     volume: u8,
    /// }
    ///
    /// let lua = Lua::new();
    /// assert!(lua.set_app_data(Config { volume: 7 }).is_none());
    /// let louder = lua.create_function(|lua, by: u8| {
    ///     let mut config = lua.app_data_mut::<Config>().expect("set above");
    ///     config.volume += by;
    ///     Ok(config.volume)
    /// })?;
    /// assert_eq!(louder.call::<u8>(3)?, 10);
    /// # Ok::<(), perilune::Error>(())
    /// ```
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
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// lua.set_app_data("old");
    /// let borrowed = lua.app_data_ref::<&str>();
    /// assert_eq!(lua.try_set_app_data("new"), Err("new"));
    /// drop(borrowed);
    /// assert_eq!(lua.try_set_app_data("new"), Ok(Some("old")));
    /// ```
    ///
    /// # Errors
    /// Gives the new one back if a value of whatever type is borrowed.
    pub fn try_set_app_data<T: MaybeSend + 'static>(&self, data: T) -> Result<Option<T>, T> {
        self.attach_app_data(data, Attach::<T>::HERE)
    }

    /// [`try_set_app_data`](Self::try_set_app_data) of a value that does not bind
    /// the state to this thread: see [`SendLua`](crate::SendLua).
    ///
    /// ```
    /// # use perilune::SendLua;
    /// let mut lua = SendLua::new();
    /// lua.enter(|lua| {
    ///     assert_eq!(lua.set_send_app_data(vec!["first"]), Ok(None));
    ///     Ok(())
    /// })?;
    /// assert!(lua.binding().is_none());
    /// # Ok::<(), perilune::Error>(())
    /// ```
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
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// lua.set_app_data(String::from("Ann"));
    /// let user = lua.app_data_ref::<String>();
    /// assert_eq!(user.as_deref().map(String::as_str), Some("Ann"));
    /// assert!(lua.app_data_ref::<u32>().is_none());
    /// ```
    #[track_caller]
    pub fn app_data_ref<T: 'static>(&self) -> Option<AppDataRef<'_, T>> {
        self.try_app_data_ref().unwrap_or(None)
    }

    /// The value of type `T`, if there is one.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// assert!(lua.try_app_data_ref::<u32>().unwrap().is_none());
    /// lua.set_app_data(1u32);
    /// let counter = lua.app_data_mut::<u32>();
    /// assert!(lua.try_app_data_ref::<u32>().is_err());
    /// ```
    ///
    /// # Errors
    /// If it is borrowed mutably.
    pub fn try_app_data_ref<T: 'static>(&self) -> Result<Option<AppDataRef<'_, T>>, BorrowError> {
        let found =
            self.with(|state, extra| Ok(app_data::borrow(state, &self.0, &extra.app_borrows)));
        found.unwrap_or(Ok(None))
    }

    /// The value of type `T`; `None` if there is none, or it is borrowed.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// lua.set_app_data(Vec::<String>::new());
    /// let log = lua.create_function(|lua, line: String| {
    ///     lua.app_data_mut::<Vec<String>>().expect("set above").push(line);
    ///     Ok(())
    /// })?;
    /// log.call::<()>("started")?;
    /// assert_eq!(*lua.app_data_ref::<Vec<String>>().unwrap(), ["started"]);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[track_caller]
    pub fn app_data_mut<T: 'static>(&self) -> Option<AppDataRefMut<'_, T>> {
        self.try_app_data_mut().unwrap_or(None)
    }

    /// The value of type `T`, if there is one.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// lua.set_app_data(1u32);
    /// let reader = lua.app_data_ref::<u32>();
    /// assert!(lua.try_app_data_mut::<u32>().is_err());
    /// drop(reader);
    /// *lua.try_app_data_mut::<u32>().unwrap().unwrap() += 1;
    /// assert_eq!(*lua.app_data_ref::<u32>().unwrap(), 2);
    /// ```
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
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// lua.set_app_data(3u32);
    /// assert_eq!(lua.remove_app_data::<u32>(), Some(3));
    /// assert_eq!(lua.remove_app_data::<u32>(), None);
    /// ```
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
