//! Rust values beside a state: borrowed by whoever holds the state's lock.

use super::cell::UserCell;
use super::shared::{Inner, Shared};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// A value that belongs to a state and is borrowed under its lock alone, so that
/// it need not be `Sync`.
///
/// ```
/// # use perilune::native::{Extension, Shared, State, Unavailable, StateCell};
/// # struct Nothing;
/// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
/// # type Extra = Extension<Nothing, ()>;
/// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
/// let list = StateCell::new(&shared, vec![1]);
/// StateCell::borrow_mut(&list, &shared).unwrap().push(2);
/// assert_eq!(StateCell::borrow(&list, &shared).unwrap().len(), 2);
/// # Ok::<(), Unavailable>(())
/// ```
pub struct StateCell<T> {
    cell: UserCell<T>,
    owner: *const Inner,
}

// SAFETY: the value is reached with a handle of one state at hand, by one thread at
// a time: under the state's lock, or, where there is none, by the only thread that
// has handles. A borrow borrows the handle, and stays on its thread.
unsafe impl<T: Send> Send for StateCell<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Sync for StateCell<T> {}

impl<T> StateCell<T> {
    /// A value of this state.
    ///
    /// ```
    /// # use perilune::native::{Extension, Shared, State, Unavailable, StateCell};
    /// # struct Nothing;
    /// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
    /// # type Extra = Extension<Nothing, ()>;
    /// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
    /// let cell = StateCell::new(&shared, "text");
    /// assert_eq!(StateCell::borrow(&cell, &shared).as_deref(), Some(&"text"));
    /// # Ok::<(), Unavailable>(())
    /// ```
    pub fn new(shared: &Shared, value: T) -> Arc<StateCell<T>> {
        let owner = shared.address();
        Arc::new(StateCell { cell: UserCell::plain(value), owner })
    }

    /// Reads the value; `None` while it is borrowed mutably, or of another state.
    ///
    /// ```
    /// # use perilune::native::{Extension, Shared, State, Unavailable, StateCell};
    /// # struct Nothing;
    /// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
    /// # type Extra = Extension<Nothing, ()>;
    /// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
    /// let cell = StateCell::new(&shared, 1);
    /// let reader = StateCell::borrow(&cell, &shared).unwrap();
    /// assert!(StateCell::borrow(&cell, &shared).is_some());
    /// assert!(StateCell::borrow_mut(&cell, &shared).is_none());
    /// # Ok::<(), Unavailable>(())
    /// ```
    pub fn borrow<'a>(this: &Arc<Self>, shared: &'a Shared) -> Option<StateRef<'a, T>> {
        let lock = shared.lock();
        (std::ptr::eq(this.owner, shared.address()) && this.cell.start_read())
            .then(|| StateRef { cell: this.clone(), _lock: lock })
    }

    /// Writes the value; `None` while it is borrowed, or of another state.
    ///
    /// ```
    /// # use perilune::native::{Extension, Shared, State, Unavailable, StateCell};
    /// # struct Nothing;
    /// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
    /// # type Extra = Extension<Nothing, ()>;
    /// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
    /// let cell = StateCell::new(&shared, 1);
    /// let mut writer = StateCell::borrow_mut(&cell, &shared).unwrap();
    /// *writer = 2;
    /// assert!(StateCell::borrow(&cell, &shared).is_none());
    /// # Ok::<(), Unavailable>(())
    /// ```
    pub fn borrow_mut<'a>(this: &Arc<Self>, shared: &'a Shared) -> Option<StateMut<'a, T>> {
        let lock = shared.lock();
        (std::ptr::eq(this.owner, shared.address()) && this.cell.start_write())
            .then(|| StateMut { cell: this.clone(), _lock: lock })
    }

    /// Takes the value out of the last pointer to it.
    ///
    /// ```
    /// # use perilune::native::{Extension, Shared, State, Unavailable, StateCell};
    /// # struct Nothing;
    /// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
    /// # type Extra = Extension<Nothing, ()>;
    /// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
    /// let cell = StateCell::new(&shared, String::from("text"));
    /// let copy = cell.clone();
    /// let cell = StateCell::into_inner(cell).err().unwrap();
    /// drop(copy);
    /// assert_eq!(StateCell::into_inner(cell).ok().as_deref(), Some("text"));
    /// # Ok::<(), Unavailable>(())
    /// ```
    ///
    /// # Errors
    /// Gives the pointer back if there are others.
    pub fn into_inner(this: Arc<Self>) -> Result<T, Arc<Self>> {
        Arc::try_unwrap(this).map(|cell| cell.cell.into_value())
    }
}

/// A borrow of a [`StateCell`]'s value. It keeps other threads away from the
/// state.
///
/// ```
/// # use perilune::native::{Extension, Shared, State, Unavailable, StateCell};
/// # struct Nothing;
/// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
/// # type Extra = Extension<Nothing, ()>;
/// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
/// let cell = StateCell::new(&shared, [1, 2, 3]);
/// let numbers = StateCell::borrow(&cell, &shared).unwrap();
/// assert_eq!(numbers.iter().sum::<i32>(), 6);
/// # Ok::<(), Unavailable>(())
/// ```
pub struct StateRef<'a, T> {
    cell: Arc<StateCell<T>>,
    _lock: super::shared::LockGuard<'a>,
}

impl<T> Deref for StateRef<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: it was counted as a reader.
        unsafe { self.cell.cell.read() }
    }
}

impl<T> Drop for StateRef<'_, T> {
    fn drop(&mut self) {
        self.cell.cell.end_read();
    }
}

/// A mutable borrow of a [`StateCell`]'s value. It keeps other threads away from
/// the state.
///
/// ```
/// # use perilune::native::{Extension, Shared, State, Unavailable, StateCell};
/// # struct Nothing;
/// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
/// # type Extra = Extension<Nothing, ()>;
/// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
/// let cell = StateCell::new(&shared, [1, 2, 3]);
/// let mut numbers = StateCell::borrow_mut(&cell, &shared).unwrap();
/// numbers.reverse();
/// assert_eq!(*numbers, [3, 2, 1]);
/// # Ok::<(), Unavailable>(())
/// ```
pub struct StateMut<'a, T> {
    cell: Arc<StateCell<T>>,
    _lock: super::shared::LockGuard<'a>,
}

impl<T> Deref for StateMut<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: it is the only borrow.
        unsafe { self.cell.cell.read() }
    }
}

impl<T> DerefMut for StateMut<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: it is the only borrow.
        unsafe { self.cell.cell.write() }
    }
}

impl<T> Drop for StateMut<'_, T> {
    fn drop(&mut self) {
        self.cell.cell.end_write();
    }
}
