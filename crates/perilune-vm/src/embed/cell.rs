//! A Rust value in the hands of a script: shared, borrowed for a while by
//! whoever calls its methods, and checked.

use super::lock::Shareable;
use std::cell::UnsafeCell;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicIsize, Ordering};

/// A value that can be borrowed through shared pointers, by guards that own
/// their pointer. Borrowing never waits.
pub struct UserCell<T: ?Sized> {
    /// Readers; -1 = a writer.
    borrows: AtomicIsize,
    value: UnsafeCell<T>,
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
    pub(super) fn start_read(&self) -> bool {
        #[cfg(not(feature = "send"))]
        {
            let n = self.borrows.load(Ordering::Relaxed);
            if n < 0 || n == isize::MAX {
                return false;
            }
            self.borrows.store(n + 1, Ordering::Relaxed);
            true
        }
        #[cfg(feature = "send")]
        {
            let mut n = self.borrows.load(Ordering::Relaxed);
            loop {
                if n < 0 || n == isize::MAX {
                    return false;
                }
                match self.borrows.compare_exchange_weak(
                    n,
                    n + 1,
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
    pub(super) fn start_write(&self) -> bool {
        #[cfg(not(feature = "send"))]
        {
            if self.borrows.load(Ordering::Relaxed) != 0 {
                return false;
            }
            self.borrows.store(-1, Ordering::Relaxed);
            true
        }
        #[cfg(feature = "send")]
        self.borrows.compare_exchange(0, -1, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

    #[inline(always)]
    pub(super) fn end_read(&self) {
        #[cfg(not(feature = "send"))]
        self.borrows.store(self.borrows.load(Ordering::Relaxed) - 1, Ordering::Relaxed);
        #[cfg(feature = "send")]
        self.borrows.fetch_sub(1, Ordering::Release);
    }

    #[inline(always)]
    pub(super) fn end_write(&self) {
        self.borrows.store(0, Ordering::Release);
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

    /// Writes the value; `None` while it is borrowed.
    #[inline]
    pub fn borrow_mut(this: &Shareable<Self>) -> Option<OwnedMut<T>> {
        this.start_write().then(|| OwnedMut(this.clone()))
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
