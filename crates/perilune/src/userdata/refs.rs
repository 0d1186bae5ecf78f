//! Borrowed Rust values of userdata.

use super::any::take_at;
use super::method::refusal;
use crate::error::{Error, Result};
use crate::state::{Extra, Lua};
use crate::traits::FromLua;
use crate::value::Value;
use perilune_vm::{OwnedMut, OwnedRef, State};
use std::fmt;
use std::ops::{Deref, DerefMut};

/// A borrow of a userdata's value: a parameter of this type is a userdata that
/// holds a `T`. The value stays while this exists, whatever happens to the
/// userdata.
///
/// ```
/// use perilune::{Lua, UserData, UserDataRef};
///
/// struct Point { x: f64, y: f64 }
/// impl UserData for Point {}
///
/// let lua = Lua::new();
/// let distance = lua.create_function(|_, (a, b): (UserDataRef<Point>, UserDataRef<Point>)| {
///     Ok((a.x - b.x).hypot(a.y - b.y))
/// })?;
/// let (a, b) = (Point { x: 0.0, y: 0.0 }, Point { x: 3.0, y: 4.0 });
/// assert_eq!(distance.call::<f64>((a, b))?, 5.0);
/// assert!(distance.call::<f64>((1, 2)).is_err());
/// # Ok::<(), perilune::Error>(())
/// ```
pub struct UserDataRef<T: 'static>(Ref<T>);

enum Ref<T: 'static> {
    Own(OwnedRef<T>),
    #[cfg(feature = "userdata-wrappers")]
    Wrapped(super::wrappers::WrappedRef<T>),
}

impl<T> UserDataRef<T> {
    #[inline(always)]
    pub(super) fn own(borrow: OwnedRef<T>) -> Self {
        UserDataRef(Ref::Own(borrow))
    }

    /// Borrows from the userdata at an index.
    #[inline]
    pub(super) fn at(index: i32, state: &mut State) -> Result<Self> {
        if let Some(cell) = state.cell::<T>(index) {
            let borrowed = cell.borrow().ok_or(Error::UserDataBorrowError)?;
            return Ok(UserDataRef(Ref::Own(borrowed)));
        }
        #[cfg(feature = "userdata-wrappers")]
        if let Some(wrapped) = super::wrappers::WrappedRef::at(index, state)? {
            return Ok(UserDataRef(Ref::Wrapped(wrapped)));
        }
        let why = state.why_no_value(index);
        Err(refusal::<T>(state, index, why, Error::UserDataBorrowError))
    }
}

impl<T> Deref for UserDataRef<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        match &self.0 {
            Ref::Own(value) => value,
            #[cfg(feature = "userdata-wrappers")]
            Ref::Wrapped(value) => value,
        }
    }
}

/// A mutable borrow of a userdata's value: a parameter of this type is a userdata
/// that holds a `T`.
///
/// ```
/// use perilune::{Lua, UserDataRefMut};
///
/// let lua = Lua::new();
/// let fill = lua.create_function(|_, (mut bytes, value): (UserDataRefMut<Vec<u8>>, u8)| {
///     bytes.fill(value);
///     Ok(())
/// })?;
/// let buffer = lua.create_any_userdata(vec![0u8; 4])?;
/// fill.call::<()>((&buffer, 7))?;
/// assert_eq!(*buffer.borrow::<Vec<u8>>()?, [7, 7, 7, 7]);
/// # Ok::<(), perilune::Error>(())
/// ```
pub struct UserDataRefMut<T: 'static>(Mut<T>);

enum Mut<T: 'static> {
    Own(OwnedMut<T>),
    #[cfg(feature = "userdata-wrappers")]
    Wrapped(super::wrappers::WrappedMut<T>),
}

impl<T> UserDataRefMut<T> {
    #[inline(always)]
    pub(super) fn own(borrow: OwnedMut<T>) -> Self {
        UserDataRefMut(Mut::Own(borrow))
    }

    /// Borrows from the userdata at an index.
    #[inline]
    pub(super) fn at(index: i32, state: &mut State) -> Result<Self> {
        if let Some(cell) = state.cell::<T>(index) {
            let borrowed = cell.borrow_mut().ok_or(Error::UserDataBorrowMutError)?;
            return Ok(UserDataRefMut(Mut::Own(borrowed)));
        }
        #[cfg(feature = "userdata-wrappers")]
        if let Some(wrapped) = super::wrappers::WrappedMut::at(index, state)? {
            return Ok(UserDataRefMut(Mut::Wrapped(wrapped)));
        }
        let why = state.why_no_value(index);
        Err(refusal::<T>(state, index, why, Error::UserDataBorrowMutError))
    }
}

impl<T> Deref for UserDataRefMut<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        match &self.0 {
            Mut::Own(value) => value,
            #[cfg(feature = "userdata-wrappers")]
            Mut::Wrapped(value) => value,
        }
    }
}

impl<T> DerefMut for UserDataRefMut<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        match &mut self.0 {
            Mut::Own(value) => value,
            #[cfg(feature = "userdata-wrappers")]
            Mut::Wrapped(value) => value,
        }
    }
}

/// A userdata's value, taken out of it: a parameter of this type is a userdata that
/// holds a `T`, and does not afterwards.
///
/// ```
/// use perilune::{Error, Lua, UserDataOwned};
///
/// let lua = Lua::new();
/// let send = lua.create_function(|_, letter: UserDataOwned<String>| {
///     Ok(letter.0.into_bytes().len())
/// })?;
/// let letter = lua.create_any_userdata(String::from("Dear Ann"))?;
/// assert_eq!(send.call::<usize>(&letter)?, 8);
/// // It is sent once.
/// assert!(send.call::<usize>(&letter).is_err());
/// assert!(matches!(letter.borrow::<String>(), Err(Error::UserDataDestructed)));
/// # Ok::<(), perilune::Error>(())
/// ```
pub struct UserDataOwned<T>(pub T);

impl<T> Deref for UserDataOwned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for UserDataOwned<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

macro_rules! formats {
    ($($t:ident),*) => { $(
        impl<T: fmt::Debug> fmt::Debug for $t<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                (**self).fmt(f)
            }
        }

        impl<T: fmt::Display> fmt::Display for $t<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                (**self).fmt(f)
            }
        }
    )* };
}

formats!(UserDataRef, UserDataRefMut, UserDataOwned);

/// Pushes a value and lets `f` look at it there.
fn pushed<R>(value: &Value, lua: &Lua, f: impl FnOnce(&mut State, &Extra) -> R) -> Result<R> {
    lua.with(|state, extra| {
        value.push(state, lua)?;
        Ok(f(state, extra))
    })
}

impl<T: 'static> FromLua for UserDataRef<T> {
    fn from_lua(value: Value, lua: &Lua) -> Result<Self> {
        pushed(&value, lua, |state, _| Self::at(-1, state))?
    }

    #[inline]
    fn from_stack(index: i32, state: &mut State, _: &Lua) -> Result<Self> {
        Self::at(index, state)
    }
}

impl<T: 'static> FromLua for UserDataRefMut<T> {
    fn from_lua(value: Value, lua: &Lua) -> Result<Self> {
        pushed(&value, lua, |state, _| Self::at(-1, state))?
    }

    #[inline]
    fn from_stack(index: i32, state: &mut State, _: &Lua) -> Result<Self> {
        Self::at(index, state)
    }
}

impl<T: 'static> FromLua for UserDataOwned<T> {
    fn from_lua(value: Value, lua: &Lua) -> Result<Self> {
        pushed(&value, lua, |state, extra| take_at(-1, state, extra))?.map(UserDataOwned)
    }

    fn from_stack(index: i32, state: &mut State, _: &Lua) -> Result<Self> {
        let taken = state
            .with_extension(|state, extra: &Extra| take_at(index, state, extra).map(UserDataOwned));
        taken.unwrap_or(Err(Error::StateClosed))
    }
}
