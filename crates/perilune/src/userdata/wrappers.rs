//! Shared pointers and locks as userdata: methods of `T` work on them, too.

use super::registry::UserDataRegistry;
use super::traits::UserData;
use crate::error::{Error, Result};
use parking_lot::{Mutex as PlMutex, RwLock as PlRwLock};
use perilune_vm::{Finder, Refused, State};
#[cfg(not(feature = "send"))]
use perilune_vm::{RcMut, RcRef};
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, RwLock, TryLockError};
#[cfg(not(feature = "send"))]
use std::{cell::RefCell, rc::Rc};

macro_rules! wrappers {
    ($($(#[$attr:meta])* $t:ty;)*) => { $(
        /// The fields and methods of `T`.
        $(#[$attr])*
        impl<T: UserData + 'static> UserData for $t {
            fn register(registry: &mut UserDataRegistry<Self>) {
                registry.adopt::<T>();
            }
        }
    )* };
}

wrappers! {
    #[cfg(not(feature = "send"))]
    Rc<T>;
    #[cfg(not(feature = "send"))]
    Rc<RefCell<T>>;
    Arc<T>;
    ///
    /// ```
    /// use perilune::{Lua, UserData, UserDataMethods};
    /// use std::sync::{Arc, Mutex};
    ///
    /// struct Progress(u32);
    ///
    /// impl UserData for Progress {
    ///     fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
    ///         methods.add_method_mut("advance", |_, this, n: u32| Ok(this.0 += n));
    ///     }
    /// }
    ///
    /// let lua = Lua::new();
    /// let progress = Arc::new(Mutex::new(Progress(10)));
    /// lua.globals().set("progress", progress.clone())?;
    /// lua.load("progress:advance(5)").exec()?;
    /// assert_eq!(progress.lock().unwrap().0, 15);
    /// // Who has the lock keeps scripts away: they get an error and don't wait.
    /// let _busy = progress.lock().unwrap();
    /// assert!(lua.load("progress:advance(1)").exec().is_err());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    Arc<Mutex<T>>;
    Arc<RwLock<T>>;
    Arc<PlMutex<T>>;
    Arc<PlRwLock<T>>;
}

/// Finds values of type `T`, also behind pointers and locks.
pub(super) fn finder<T: 'static>() -> Finder<T> {
    Finder::through(read, write)
}

type Answer = std::result::Result<(), Refused>;

/// What a lock of the standard library gives, if nobody has it. One whose owner
/// panicked is not refused: its value is as it is.
fn free<G>(locked: std::result::Result<G, TryLockError<G>>) -> std::result::Result<G, Refused> {
    match locked {
        Ok(guard) => Ok(guard),
        Err(TryLockError::Poisoned(poisoned)) => Ok(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => Err(Refused::Borrowed),
    }
}

/// If the userdata holds a `$t`, lets `$f` look at it while it is borrowed for
/// reading, and returns.
macro_rules! look {
    ($state:ident, $index:ident, $t:ty, $f:expr) => {
        match $state.read_cell::<$t, Answer>($index, $f) {
            Err(Refused::Mismatch) => {}
            Err(refused) => return Err(refused),
            Ok(answer) => return answer,
        }
    };
}

/// As `look!`, for writing.
macro_rules! change {
    ($state:ident, $index:ident, $t:ty, $f:expr) => {
        match $state.write_cell::<$t, Answer>($index, $f) {
            Err(Refused::Mismatch) => {}
            Err(refused) => return Err(refused),
            Ok(answer) => return answer,
        }
    };
}

fn read<T: 'static>(state: &mut State, index: i32, f: &mut dyn FnMut(&mut State, &T)) -> Answer {
    #[cfg(not(feature = "send"))]
    {
        look!(state, index, Rc<T>, |state, rc| {
            f(state, rc);
            Ok(())
        });
        look!(state, index, Rc<RefCell<T>>, |state, rc| {
            f(state, &*rc.try_borrow().map_err(|_| Refused::Borrowed)?);
            Ok(())
        });
    }
    look!(state, index, Arc<T>, |state, arc| {
        f(state, arc);
        Ok(())
    });
    look!(state, index, Arc<Mutex<T>>, |state, arc| {
        f(state, &*free(arc.try_lock())?);
        Ok(())
    });
    look!(state, index, Arc<RwLock<T>>, |state, arc| {
        f(state, &*free(arc.try_read())?);
        Ok(())
    });
    look!(state, index, Arc<PlMutex<T>>, |state, arc| {
        f(state, &*arc.try_lock().ok_or(Refused::Borrowed)?);
        Ok(())
    });
    look!(state, index, Arc<PlRwLock<T>>, |state, arc| {
        f(state, &*arc.try_read().ok_or(Refused::Borrowed)?);
        Ok(())
    });
    Err(Refused::Mismatch)
}

fn write<T: 'static>(
    state: &mut State,
    index: i32,
    f: &mut dyn FnMut(&mut State, &mut T),
) -> Answer {
    #[cfg(not(feature = "send"))]
    {
        change!(state, index, Rc<T>, |state, rc| {
            f(state, Rc::get_mut(rc).ok_or(Refused::Borrowed)?);
            Ok(())
        });
        look!(state, index, Rc<RefCell<T>>, |state, rc| {
            f(state, &mut *rc.try_borrow_mut().map_err(|_| Refused::Borrowed)?);
            Ok(())
        });
    }
    change!(state, index, Arc<T>, |state, arc| {
        f(state, Arc::get_mut(arc).ok_or(Refused::Borrowed)?);
        Ok(())
    });
    change!(state, index, Arc<Mutex<T>>, |state, arc| {
        f(state, &mut *free(arc.try_lock())?);
        Ok(())
    });
    change!(state, index, Arc<RwLock<T>>, |state, arc| {
        f(state, &mut *free(arc.try_write())?);
        Ok(())
    });
    change!(state, index, Arc<PlMutex<T>>, |state, arc| {
        f(state, &mut *arc.try_lock().ok_or(Refused::Borrowed)?);
        Ok(())
    });
    change!(state, index, Arc<PlRwLock<T>>, |state, arc| {
        f(state, &mut *arc.try_write().ok_or(Refused::Borrowed)?);
        Ok(())
    });
    Err(Refused::Mismatch)
}

type MutexGuard<T> = parking_lot::ArcMutexGuard<parking_lot::RawMutex, T>;
type ReadGuard<T> = parking_lot::ArcRwLockReadGuard<parking_lot::RawRwLock, T>;
type WriteGuard<T> = parking_lot::ArcRwLockWriteGuard<parking_lot::RawRwLock, T>;

/// A borrow of a `T` behind a pointer or lock. The lock is given back before the
/// borrow of the pointer.
pub(super) enum WrappedRef<T: 'static> {
    #[cfg(not(feature = "send"))]
    Rc(perilune_vm::OwnedRef<Rc<T>>),
    #[cfg(not(feature = "send"))]
    RefCell(RcRef<T>, #[expect(dead_code)] perilune_vm::OwnedRef<Rc<RefCell<T>>>),
    Arc(perilune_vm::OwnedRef<Arc<T>>),
    Mutex(MutexGuard<T>, #[expect(dead_code)] perilune_vm::OwnedRef<Arc<PlMutex<T>>>),
    RwLock(ReadGuard<T>, #[expect(dead_code)] perilune_vm::OwnedRef<Arc<PlRwLock<T>>>),
}

impl<T: 'static> WrappedRef<T> {
    /// Borrows from the userdata at an index; `None` if it is no wrapper.
    pub(super) fn at(index: i32, state: &State) -> Result<Option<Self>> {
        const BORROWED: Error = Error::UserDataBorrowError;
        #[cfg(not(feature = "send"))]
        {
            if let Some(cell) = state.cell::<Rc<T>>(index) {
                let rc = cell.borrow().ok_or(BORROWED)?;
                return Ok(Some(WrappedRef::Rc(rc)));
            }
            if let Some(cell) = state.cell::<Rc<RefCell<T>>>(index) {
                let rc = cell.borrow().ok_or(BORROWED)?;
                let value = RcRef::new((*rc).clone()).ok_or(BORROWED)?;
                return Ok(Some(WrappedRef::RefCell(value, rc)));
            }
        }
        if let Some(cell) = state.cell::<Arc<T>>(index) {
            let arc = cell.borrow().ok_or(BORROWED)?;
            return Ok(Some(WrappedRef::Arc(arc)));
        }
        if let Some(cell) = state.cell::<Arc<PlMutex<T>>>(index) {
            let arc = cell.borrow().ok_or(BORROWED)?;
            let value = arc.try_lock_arc().ok_or(BORROWED)?;
            return Ok(Some(WrappedRef::Mutex(value, arc)));
        }
        if let Some(cell) = state.cell::<Arc<PlRwLock<T>>>(index) {
            let arc = cell.borrow().ok_or(BORROWED)?;
            let value = arc.try_read_arc().ok_or(BORROWED)?;
            return Ok(Some(WrappedRef::RwLock(value, arc)));
        }
        Ok(None)
    }
}

impl<T> Deref for WrappedRef<T> {
    type Target = T;

    fn deref(&self) -> &T {
        match self {
            #[cfg(not(feature = "send"))]
            WrappedRef::Rc(value) => value,
            #[cfg(not(feature = "send"))]
            WrappedRef::RefCell(value, _) => value,
            WrappedRef::Arc(value) => value,
            WrappedRef::Mutex(value, _) => value,
            WrappedRef::RwLock(value, _) => value,
        }
    }
}

/// A mutable borrow of a `T` behind a pointer to a lock.
pub(super) enum WrappedMut<T: 'static> {
    #[cfg(not(feature = "send"))]
    RefCell(RcMut<T>, #[expect(dead_code)] perilune_vm::OwnedMut<Rc<RefCell<T>>>),
    Mutex(MutexGuard<T>, #[expect(dead_code)] perilune_vm::OwnedMut<Arc<PlMutex<T>>>),
    RwLock(WriteGuard<T>, #[expect(dead_code)] perilune_vm::OwnedMut<Arc<PlRwLock<T>>>),
}

impl<T: 'static> WrappedMut<T> {
    /// Borrows from the userdata at an index; `None` if it is no wrapper.
    pub(super) fn at(index: i32, state: &State) -> Result<Option<Self>> {
        const BORROWED: Error = Error::UserDataBorrowMutError;
        #[cfg(not(feature = "send"))]
        {
            if state.cell::<Rc<T>>(index).is_some() {
                return Err(BORROWED);
            }
            if let Some(cell) = state.cell::<Rc<RefCell<T>>>(index) {
                let rc = cell.borrow_mut().ok_or(BORROWED)?;
                let value = RcMut::new((*rc).clone()).ok_or(BORROWED)?;
                return Ok(Some(WrappedMut::RefCell(value, rc)));
            }
        }
        if state.cell::<Arc<T>>(index).is_some() {
            return Err(BORROWED);
        }
        if let Some(cell) = state.cell::<Arc<PlMutex<T>>>(index) {
            let arc = cell.borrow_mut().ok_or(BORROWED)?;
            let value = arc.try_lock_arc().ok_or(BORROWED)?;
            return Ok(Some(WrappedMut::Mutex(value, arc)));
        }
        if let Some(cell) = state.cell::<Arc<PlRwLock<T>>>(index) {
            let arc = cell.borrow_mut().ok_or(BORROWED)?;
            let value = arc.try_write_arc().ok_or(BORROWED)?;
            return Ok(Some(WrappedMut::RwLock(value, arc)));
        }
        Ok(None)
    }
}

impl<T> Deref for WrappedMut<T> {
    type Target = T;

    fn deref(&self) -> &T {
        match self {
            #[cfg(not(feature = "send"))]
            WrappedMut::RefCell(value, _) => value,
            WrappedMut::Mutex(value, _) => value,
            WrappedMut::RwLock(value, _) => value,
        }
    }
}

impl<T> DerefMut for WrappedMut<T> {
    fn deref_mut(&mut self) -> &mut T {
        match self {
            #[cfg(not(feature = "send"))]
            WrappedMut::RefCell(value, _) => value,
            WrappedMut::Mutex(value, _) => value,
            WrappedMut::RwLock(value, _) => value,
        }
    }
}
