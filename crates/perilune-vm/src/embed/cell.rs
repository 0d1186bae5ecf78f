//! A Rust value in the hands of a script: shared, borrowed for a while by
//! whoever calls its methods, and checked.

use super::lock::Shareable;
use super::shared::Inner;
use crate::state::State;
use std::any::TypeId;
use std::cell::UnsafeCell;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicIsize, Ordering};

/// A value that can be borrowed through shared pointers, by guards that own
/// their pointer. Borrowing never waits.
pub struct UserCell<T: ?Sized> {
    /// Readers: each 1, and [`CALL`] more if it is a call of a method. A writer
    /// is [`WRITER`] or [`CALL_WRITER`].
    borrows: AtomicIsize,
    value: UnsafeCell<T>,
}

/// What a call that reads adds.
const CALL: isize = 1 << (isize::BITS / 2);
const WRITER: isize = -1;
const CALL_WRITER: isize = -2;

/// Whether there may be one more reader.
#[inline(always)]
fn has_room(borrows: isize) -> bool {
    borrows >= 0 && borrows & (CALL - 1) < CALL / 2
}

// SAFETY: readers get `&T` on any thread, a writer `&mut T` alone.
unsafe impl<T: ?Sized + Send> Send for UserCell<T> {}
// SAFETY: as above; a value that is only `Send` would be read by several
// threads at once.
unsafe impl<T: ?Sized + Send + Sync> Sync for UserCell<T> {}

impl<T> UserCell<T> {
    /// Takes a value.
    pub fn new(value: T) -> Shareable<UserCell<T>> {
        Shareable::new(UserCell::plain(value))
    }

    pub(super) fn plain(value: T) -> UserCell<T> {
        UserCell { borrows: AtomicIsize::new(0), value: UnsafeCell::new(value) }
    }

    pub(super) fn into_value(self) -> T {
        self.value.into_inner()
    }
}

impl<T: ?Sized> UserCell<T> {
    #[inline(always)]
    fn start_read_as(&self, unit: isize) -> bool {
        #[cfg(not(feature = "send"))]
        {
            let n = self.borrows.load(Ordering::Relaxed);
            if !has_room(n) {
                return false;
            }
            self.borrows.store(n + unit, Ordering::Relaxed);
            true
        }
        #[cfg(feature = "send")]
        {
            let mut n = self.borrows.load(Ordering::Relaxed);
            loop {
                if !has_room(n) {
                    return false;
                }
                match self.borrows.compare_exchange_weak(
                    n,
                    n + unit,
                    Ordering::Acquire,
                    Ordering::Relaxed,
                ) {
                    Ok(_) => return true,
                    Err(now) => n = now,
                }
            }
        }
    }

    #[inline(always)]
    fn start_write_as(&self, writer: isize) -> bool {
        #[cfg(not(feature = "send"))]
        {
            if self.borrows.load(Ordering::Relaxed) != 0 {
                return false;
            }
            self.borrows.store(writer, Ordering::Relaxed);
            true
        }
        #[cfg(feature = "send")]
        self.borrows.compare_exchange(0, writer, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

    #[inline(always)]
    fn end_read_as(&self, unit: isize) {
        drop(EndRead(&self.borrows, unit));
    }

    #[inline(always)]
    pub(super) fn start_read(&self) -> bool {
        self.start_read_as(1)
    }

    #[inline(always)]
    pub(super) fn start_write(&self) -> bool {
        self.start_write_as(WRITER)
    }

    #[inline(always)]
    pub(super) fn end_read(&self) {
        self.end_read_as(1);
    }

    #[inline(always)]
    pub(super) fn end_write(&self) {
        drop(EndWrite(&self.borrows));
    }

    /// Reads the value while `f` runs; `None` while it is borrowed mutably.
    #[inline(always)]
    pub fn read_in_call<R>(&self, f: impl FnOnce(&T) -> R) -> Option<R> {
        if !self.start_read_as(1 + CALL) {
            return None;
        }
        let _borrow = EndRead(&self.borrows, 1 + CALL);
        // SAFETY: it was counted as a reader, until `_borrow` is dropped.
        Some(f(unsafe { &*self.value.get() }))
    }

    /// Writes the value while `f` runs; `None` while it is borrowed.
    #[inline(always)]
    pub fn write_in_call<R>(&self, f: impl FnOnce(&mut T) -> R) -> Option<R> {
        if !self.start_write_as(CALL_WRITER) {
            return None;
        }
        let _borrow = EndWrite(&self.borrows);
        // SAFETY: it is the only borrow, until `_borrow` is dropped.
        Some(f(unsafe { &mut *self.value.get() }))
    }

    /// Whether someone borrows the value for the time of a call.
    pub fn is_in_call(&self) -> bool {
        let n = self.borrows.load(Ordering::Relaxed);
        n >= CALL || n == CALL_WRITER
    }

    /// # Safety
    /// The caller has a borrow for as long as it uses the result.
    pub(super) unsafe fn read(&self) -> &T {
        // SAFETY: by contract nobody writes.
        unsafe { &*self.value.get() }
    }

    /// # Safety
    /// The caller has the only borrow for as long as it uses the result.
    #[allow(clippy::mut_from_ref)]
    pub(super) unsafe fn write(&self) -> &mut T {
        // SAFETY: by contract nobody else has a reference.
        unsafe { &mut *self.value.get() }
    }

    /// Whether someone borrows the value.
    pub fn is_borrowed(&self) -> bool {
        self.borrows.load(Ordering::Relaxed) != 0
    }

    /// Reads the value while `f` runs, which calls nobody; `None` while it is
    /// borrowed mutably.
    pub(super) fn read_now<R>(&self, f: impl FnOnce(&T) -> R) -> Option<R> {
        if !self.start_read() {
            return None;
        }
        let _borrow = EndRead(&self.borrows, 1);
        // SAFETY: it was counted as a reader, until `_borrow` is dropped.
        Some(f(unsafe { &*self.value.get() }))
    }
}

/// The cell in a userdata, in the hands of somebody else than its state: it counts
/// as a handle of that.
pub struct CellRef<T> {
    cell: Shareable<UserCell<T>>,
    _outside: Outside,
}

/// Counts as a handle of a state, where that tells whether the state may leave its
/// thread.
#[cfg(not(feature = "send"))]
struct Outside(*const Inner);

#[cfg(feature = "send")]
struct Outside;

impl Outside {
    /// For a cell that binds the states that have it.
    const UNCOUNTED: Outside = {
        #[cfg(feature = "send")]
        {
            Outside
        }
        #[cfg(not(feature = "send"))]
        {
            Outside(std::ptr::null())
        }
    };

    /// # Safety
    /// `owner` exists.
    #[inline(always)]
    unsafe fn new(owner: *const Inner) -> Outside {
        #[cfg(feature = "send")]
        {
            let _ = owner;
            Outside
        }
        #[cfg(not(feature = "send"))]
        {
            // SAFETY: the caller says that there is an owner.
            unsafe { (*owner).add_handles(1) };
            Outside(owner)
        }
    }
}

#[cfg(not(feature = "send"))]
impl Drop for Outside {
    #[inline(always)]
    fn drop(&mut self) {
        if !self.0.is_null() {
            // SAFETY: it was counted.
            unsafe { Inner::drop_handles(self.0, 1) };
        }
    }
}

impl<T> Deref for CellRef<T> {
    type Target = UserCell<T>;
    #[inline(always)]
    fn deref(&self) -> &UserCell<T> {
        &self.cell
    }
}

impl<T> From<Shareable<UserCell<T>>> for CellRef<T> {
    /// A cell that is only put into states as one that others own, too.
    fn from(cell: Shareable<UserCell<T>>) -> CellRef<T> {
        CellRef { cell, _outside: Outside::UNCOUNTED }
    }
}

impl<T> CellRef<T> {
    /// How many owners the cell has, this one and the userdata included.
    pub fn owners(&self) -> usize {
        Shareable::strong_count(&self.cell)
    }

    /// Reads the value; `None` while it is borrowed mutably.
    #[inline]
    pub fn into_borrow(self) -> Option<OwnedRef<T>> {
        self.start_read().then(|| OwnedRef(self))
    }

    /// Writes the value; `None` while it is borrowed.
    #[inline]
    pub fn into_borrow_mut(self) -> Option<OwnedMut<T>> {
        self.start_write().then(|| OwnedMut(self))
    }

    /// Takes the value out of the last pointer to it.
    ///
    /// # Errors
    /// Gives the pointer back if there are others.
    pub fn into_inner(self) -> Result<T, Self> {
        let CellRef { cell, _outside } = self;
        Shareable::try_unwrap(cell)
            .map(|cell| cell.value.into_inner())
            .map_err(|cell| CellRef { cell, _outside })
    }
}

impl State {
    /// The cell with a `T` in the userdata at an index; `None` if the state is not
    /// shared.
    #[inline]
    pub fn cell<T: 'static>(&self, index: i32) -> Option<CellRef<T>> {
        let payload = self.payload(index).ok()?;
        if payload.type_of() != TypeId::of::<UserCell<T>>() || self.owner.is_null() {
            return None;
        }
        // SAFETY: the type was checked; the owner exists as long as its state. What
        // is made counts as a handle.
        unsafe {
            let _outside = Outside::new(self.owner);
            Some(CellRef { cell: payload.cell_unchecked(), _outside })
        }
    }
}

/// Ends a reader's borrow.
struct EndRead<'a>(&'a AtomicIsize, isize);

impl Drop for EndRead<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        #[cfg(not(feature = "send"))]
        self.0.store(self.0.load(Ordering::Relaxed) - self.1, Ordering::Relaxed);
        #[cfg(feature = "send")]
        self.0.fetch_sub(self.1, Ordering::Release);
    }
}

/// Ends a writer's borrow.
struct EndWrite<'a>(&'a AtomicIsize);

impl Drop for EndWrite<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        self.0.store(0, Ordering::Release);
    }
}

/// A borrow of a [`UserCell`]'s value that keeps the cell.
pub struct OwnedRef<T>(CellRef<T>);

impl<T> Deref for OwnedRef<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: it was counted as a reader.
        unsafe { &*self.0.value.get() }
    }
}

impl<T> Drop for OwnedRef<T> {
    #[inline(always)]
    fn drop(&mut self) {
        self.0.end_read();
    }
}

/// A mutable borrow of a [`UserCell`]'s value that keeps the cell.
pub struct OwnedMut<T>(CellRef<T>);

impl<T> Deref for OwnedMut<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: it is the only borrow.
        unsafe { &*self.0.value.get() }
    }
}

impl<T> DerefMut for OwnedMut<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: it is the only borrow.
        unsafe { &mut *self.0.value.get() }
    }
}

impl<T> Drop for OwnedMut<T> {
    #[inline(always)]
    fn drop(&mut self) {
        self.0.end_write();
    }
}
