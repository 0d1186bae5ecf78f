//! Rust values beside a state, one of each type.

use crate::types::MaybeSend;
use perilune_vm::{Payload, Shareable, Shared, State, StateCell, StateMut, StateRef};
use std::cell::{BorrowError, BorrowMutError, RefCell};
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts borrows of a state's values. Each value lies in a cell of its own, so that
/// borrows of one do not hinder those of others; but values are added and removed
/// only while none is borrowed.
#[derive(Default)]
pub(crate) struct AppBorrows(Shareable<AtomicUsize>);

/// Counts a borrow as long as it exists.
struct Counted(Shareable<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl AppBorrows {
    fn count(&self) -> Counted {
        self.0.fetch_add(1, Ordering::Relaxed);
        Counted(self.0.clone())
    }
}

/// What the state has of a value.
struct Own<T>(Arc<StateCell<T>>);

/// What makes a value one of the state's: [`Payload::new`] or its twin.
pub(crate) struct Attach<T>(fn(Own<T>) -> Payload);

impl<T: MaybeSend + 'static> Attach<T> {
    pub(crate) const HERE: Self = Attach(Payload::new::<Own<T>>);
}

impl<T: Send + 'static> Attach<T> {
    pub(crate) const ANYWHERE: Self = Attach(Payload::new_send::<Own<T>>);
}

fn cell<T: 'static>(state: &State) -> Option<Arc<StateCell<T>>> {
    state.app_data::<Own<T>>().map(|own| own.0.clone())
}

/// Replaces the value of type `T`.
///
/// # Errors
/// Gives the new value back if anything is borrowed.
pub(crate) fn insert<T: 'static>(
    state: &mut State,
    shared: &Shared,
    borrows: &AppBorrows,
    value: T,
    attach: Attach<T>,
) -> Result<Option<T>, T> {
    match remove(state, borrows) {
        Err(()) => Err(value),
        Ok(old) => {
            state.set_app_data((attach.0)(Own(StateCell::new(shared, value))));
            Ok(old)
        }
    }
}

/// Takes the value of type `T` out.
///
/// # Errors
/// If anything is borrowed.
pub(crate) fn remove<T: 'static>(state: &mut State, borrows: &AppBorrows) -> Result<Option<T>, ()> {
    if borrows.0.load(Ordering::Relaxed) > 0 {
        return Err(());
    }
    let Some(own) = state.app_data::<Own<T>>() else { return Ok(None) };
    // A borrow has a pointer of its own.
    if Arc::strong_count(&own.0) != 1 {
        return Err(());
    }
    let own = state.take_app_data::<Own<T>>().and_then(|data| data.downcast::<Own<T>>().ok());
    Ok(own.and_then(|own| StateCell::into_inner(own.0).ok()))
}

pub(crate) fn borrow<'a, T: 'static>(
    state: &State,
    shared: &'a Shared,
    borrows: &AppBorrows,
) -> Result<Option<AppDataRef<'a, T>>, BorrowError> {
    let Some(cell) = cell::<T>(state) else { return Ok(None) };
    StateCell::borrow(&cell, shared)
        .map(|r| Some(AppDataRef(r, borrows.count())))
        .ok_or_else(borrow_error)
}

pub(crate) fn borrow_mut<'a, T: 'static>(
    state: &State,
    shared: &'a Shared,
    borrows: &AppBorrows,
) -> Result<Option<AppDataRefMut<'a, T>>, BorrowMutError> {
    let Some(cell) = cell::<T>(state) else { return Ok(None) };
    StateCell::borrow_mut(&cell, shared)
        .map(|r| Some(AppDataRefMut(r, borrows.count())))
        .ok_or_else(borrow_mut_error)
}

fn borrow_error() -> BorrowError {
    let cell = RefCell::new(());
    let _writer = cell.borrow_mut();
    match cell.try_borrow() {
        Err(error) => error,
        Ok(_) => unreachable!("a cell that is borrowed mutably"),
    }
}

fn borrow_mut_error() -> BorrowMutError {
    let cell = RefCell::new(());
    let _reader = cell.borrow();
    match cell.try_borrow_mut() {
        Err(error) => error,
        Ok(_) => unreachable!("a cell that is borrowed"),
    }
}

/// A value beside the state, borrowed. With the feature `send` it keeps other
/// threads away from the state.
///
/// ```
/// use perilune::{AppDataRef, Lua};
///
/// struct Config { verbose: bool }
///
/// let lua = Lua::new();
/// lua.set_app_data(Config { verbose: true });
/// let config: AppDataRef<'_, Config> = lua.app_data_ref().unwrap();
/// assert!(config.verbose);
/// // It can't be replaced meanwhile.
/// assert!(lua.try_set_app_data(Config { verbose: false }).is_err());
/// # Ok::<(), perilune::Error>(())
/// ```
pub struct AppDataRef<'a, T>(StateRef<'a, T>, #[allow(dead_code)] Counted);

impl<T> Deref for AppDataRef<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

/// A value beside the state, borrowed mutably. With the feature `send` it keeps
/// other threads away from the state.
///
/// ```
/// use perilune::{AppDataRefMut, Lua};
///
/// let lua = Lua::new();
/// lua.set_app_data(Vec::<String>::new());
/// let mut log: AppDataRefMut<'_, Vec<String>> = lua.app_data_mut().unwrap();
/// log.push("started".to_string());
/// drop(log);
/// assert_eq!(*lua.app_data_ref::<Vec<String>>().unwrap(), ["started"]);
/// # Ok::<(), perilune::Error>(())
/// ```
pub struct AppDataRefMut<'a, T>(StateMut<'a, T>, #[allow(dead_code)] Counted);

impl<T> Deref for AppDataRefMut<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for AppDataRefMut<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

macro_rules! show {
    ($($t:ident),*) => { $(
        impl<T: fmt::Display> fmt::Display for $t<'_, T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                (**self).fmt(f)
            }
        }
        impl<T: fmt::Debug> fmt::Debug for $t<'_, T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                (**self).fmt(f)
            }
        }
    )* };
}

show!(AppDataRef, AppDataRefMut);
