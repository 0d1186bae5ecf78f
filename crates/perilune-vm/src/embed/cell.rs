//! A Rust value in the hands of a script: shared, borrowed for a while by
//! whoever calls its methods, and checked.

use super::lock::Shareable;
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

    /// Takes the value out of the last pointer to it.
    ///
    /// # Errors
    /// Gives the pointer back if there are others.
    pub fn into_inner(this: Shareable<Self>) -> Result<T, Shareable<Self>> {
        Shareable::try_unwrap(this).map(|cell| cell.value.into_inner())
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

    /// Reads the value; `None` while it is borrowed mutably.
    #[inline]
    pub fn borrow(this: &Shareable<Self>) -> Option<OwnedRef<T>> {
        this.start_read().then(|| OwnedRef(this.clone()))
    }

    /// [`borrow`](Self::borrow) by the pointer given.
    #[inline]
    pub fn into_borrow(this: Shareable<Self>) -> Option<OwnedRef<T>> {
        this.start_read().then(|| OwnedRef(this))
    }

    /// [`borrow_mut`](Self::borrow_mut) by the pointer given.
    #[inline]
    pub fn into_borrow_mut(this: Shareable<Self>) -> Option<OwnedMut<T>> {
        this.start_write().then(|| OwnedMut(this))
    }

    /// Writes the value; `None` while it is borrowed.
    #[inline]
    pub fn borrow_mut(this: &Shareable<Self>) -> Option<OwnedMut<T>> {
        this.start_write().then(|| OwnedMut(this.clone()))
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
pub struct OwnedRef<T: ?Sized>(Shareable<UserCell<T>>);

impl<T: ?Sized> Deref for OwnedRef<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: it was counted as a reader.
        unsafe { &*self.0.value.get() }
    }
}

impl<T: ?Sized> Drop for OwnedRef<T> {
    #[inline(always)]
    fn drop(&mut self) {
        self.0.end_read();
    }
}

/// A mutable borrow of a [`UserCell`]'s value that keeps the cell.
pub struct OwnedMut<T: ?Sized>(Shareable<UserCell<T>>);

impl<T: ?Sized> Deref for OwnedMut<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: it is the only borrow.
        unsafe { &*self.0.value.get() }
    }
}

impl<T: ?Sized> DerefMut for OwnedMut<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: it is the only borrow.
        unsafe { &mut *self.0.value.get() }
    }
}

impl<T: ?Sized> Drop for OwnedMut<T> {
    #[inline(always)]
    fn drop(&mut self) {
        self.0.end_write();
    }
}
