//! Rust values beside a state, one of each type.

use crate::types::MaybeSend;
use perilune_vm::{Lock, Payload, Shareable, Shared, StateCell, StateMut, StateRef};
use rustc_hash::FxHashMap;
use std::any::TypeId;
use std::cell::{BorrowError, BorrowMutError, RefCell};
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The values. Each lies in a cell of its own, so that borrows of one do not
/// hinder those of others; but values are added and removed only while none is
/// borrowed.
#[derive(Default)]
pub(crate) struct AppData {
    values: Lock<FxHashMap<TypeId, Payload>>,
    borrows: Shareable<AtomicUsize>,
}

/// Counts a borrow as long as it exists.
struct Counted(Shareable<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

type Cell<T> = Shareable<StateCell<T>>;

impl AppData {
    fn count(&self) -> Counted {
        self.borrows.fetch_add(1, Ordering::Relaxed);
        Counted(self.borrows.clone())
    }

    fn cell<T: 'static>(&self) -> Option<Cell<T>> {
        self.values.borrow_mut().get(&TypeId::of::<T>())?.downcast_ref::<Cell<T>>().cloned()
    }

    /// Replaces the value of type `T`.
    ///
    /// # Errors
    /// Gives the new value back if anything is borrowed.
    pub(crate) fn insert<T: MaybeSend + 'static>(
        &self,
        shared: &Shared,
        value: T,
    ) -> Result<Option<T>, T> {
        match self.remove() {
            Err(()) => Err(value),
            Ok(old) => {
                let payload = Payload::new(StateCell::new(shared, value));
                self.values.borrow_mut().insert(TypeId::of::<T>(), payload);
                Ok(old)
            }
        }
    }

    /// Takes the value of type `T` out.
    ///
    /// # Errors
    /// If anything is borrowed.
    pub(crate) fn remove<T: 'static>(&self) -> Result<Option<T>, ()> {
        if self.borrows.load(Ordering::Relaxed) > 0 {
            return Err(());
        }
        let mut values = self.values.borrow_mut();
        let Some(payload) = values.get(&TypeId::of::<T>()) else { return Ok(None) };
        // A borrow has a pointer of its own.
        let free =
            payload.downcast_ref::<Cell<T>>().is_some_and(|c| Shareable::strong_count(c) == 1);
        if !free {
            return Err(());
        }
        let payload = values.remove(&TypeId::of::<T>());
        let cell = payload.and_then(|payload| payload.downcast::<Cell<T>>().ok());
        Ok(cell.and_then(|cell| StateCell::into_inner(cell).ok()))
    }

    pub(crate) fn borrow<'a, T: 'static>(
        &self,
        shared: &'a Shared,
    ) -> Result<Option<AppDataRef<'a, T>>, BorrowError> {
        let Some(cell) = self.cell::<T>() else { return Ok(None) };
        StateCell::borrow(&cell, shared)
            .map(|r| Some(AppDataRef(r, self.count())))
            .ok_or_else(borrow_error)
    }

    pub(crate) fn borrow_mut<'a, T: 'static>(
        &self,
        shared: &'a Shared,
    ) -> Result<Option<AppDataRefMut<'a, T>>, BorrowMutError> {
        let Some(cell) = self.cell::<T>() else { return Ok(None) };
        StateCell::borrow_mut(&cell, shared)
            .map(|r| Some(AppDataRefMut(r, self.count())))
            .ok_or_else(borrow_mut_error)
    }
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
pub struct AppDataRef<'a, T>(StateRef<'a, T>, #[allow(dead_code)] Counted);

impl<T> Deref for AppDataRef<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

/// A value beside the state, borrowed mutably. With the feature `send` it keeps
/// other threads away from the state.
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
