//! Rust values beside a state: borrowed by whoever holds the state's lock.

use super::cell::UserCell;
use super::shared::{Inner, Shared};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// A value that belongs to a state and is borrowed under its lock alone, so that
/// it need not be `Sync`.
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
    pub fn new(shared: &Shared, value: T) -> Arc<StateCell<T>> {
        let owner = shared.address();
        Arc::new(StateCell { cell: UserCell::plain(value), owner })
    }

    /// Reads the value; `None` while it is borrowed mutably, or of another state.
    pub fn borrow<'a>(this: &Arc<Self>, shared: &'a Shared) -> Option<StateRef<'a, T>> {
        let lock = shared.lock();
        (std::ptr::eq(this.owner, shared.address()) && this.cell.start_read())
            .then(|| StateRef { cell: this.clone(), _lock: lock })
    }

    /// Writes the value; `None` while it is borrowed, or of another state.
    pub fn borrow_mut<'a>(this: &Arc<Self>, shared: &'a Shared) -> Option<StateMut<'a, T>> {
        let lock = shared.lock();
        (std::ptr::eq(this.owner, shared.address()) && this.cell.start_write())
            .then(|| StateMut { cell: this.clone(), _lock: lock })
    }

    /// Takes the value out of the last pointer to it.
    ///
    /// # Errors
    /// Gives the pointer back if there are others.
    pub fn into_inner(this: Arc<Self>) -> Result<T, Arc<Self>> {
        Arc::try_unwrap(this).map(|cell| cell.cell.into_value())
    }
}

/// A borrow of a [`StateCell`]'s value. It keeps other threads away from the
/// state.
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
