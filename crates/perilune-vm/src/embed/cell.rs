//! A value with checked borrows, whose counts are changed by one thread at a time.

use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicIsize, Ordering};

/// A value that can be borrowed by guards that keep it. Borrowing never waits.
pub(super) struct UserCell<T> {
    /// Readers; a writer is [`WRITER`].
    borrows: AtomicIsize,
    value: UnsafeCell<T>,
}

const WRITER: isize = -1;

// SAFETY: readers get `&T` on any thread, a writer `&mut T` alone.
unsafe impl<T: Send> Send for UserCell<T> {}
// SAFETY: as above; a value that is only `Send` would be read by several
// threads at once.
unsafe impl<T: Send + Sync> Sync for UserCell<T> {}

impl<T> UserCell<T> {
    pub fn plain(value: T) -> UserCell<T> {
        UserCell { borrows: AtomicIsize::new(0), value: UnsafeCell::new(value) }
    }

    pub fn into_value(self) -> T {
        self.value.into_inner()
    }

    /// Puts `new` in the place of `old`; else answers what is there. Only with the
    /// feature `send` are there others that change it meanwhile.
    #[inline(always)]
    fn change(&self, old: isize, new: isize) -> Result<(), isize> {
        #[cfg(feature = "send")]
        return self
            .borrows
            .compare_exchange(old, new, Ordering::Acquire, Ordering::Relaxed)
            .map(|_| ());
        #[cfg(not(feature = "send"))]
        match self.borrows.load(Ordering::Relaxed) {
            now if now == old => {
                self.borrows.store(new, Ordering::Relaxed);
                Ok(())
            }
            now => Err(now),
        }
    }

    #[inline(always)]
    pub fn start_read(&self) -> bool {
        let mut n = self.borrows.load(Ordering::Relaxed);
        loop {
            if !(0..isize::MAX).contains(&n) {
                return false;
            }
            match self.change(n, n + 1) {
                Ok(()) => return true,
                Err(now) => n = now,
            }
        }
    }

    #[inline(always)]
    pub fn start_write(&self) -> bool {
        self.change(0, WRITER).is_ok()
    }

    #[inline(always)]
    pub fn end_read(&self) {
        #[cfg(feature = "send")]
        self.borrows.fetch_sub(1, Ordering::Release);
        #[cfg(not(feature = "send"))]
        self.borrows.store(self.borrows.load(Ordering::Relaxed) - 1, Ordering::Relaxed);
    }

    #[inline(always)]
    pub fn end_write(&self) {
        self.borrows.store(0, Ordering::Release);
    }

    /// # Safety
    /// The caller has a borrow for as long as it uses the result.
    pub unsafe fn read(&self) -> &T {
        // SAFETY: by contract nobody writes.
        unsafe { &*self.value.get() }
    }

    /// # Safety
    /// The caller has the only borrow for as long as it uses the result.
    #[allow(clippy::mut_from_ref)]
    pub unsafe fn write(&self) -> &mut T {
        // SAFETY: by contract nobody else has a reference.
        unsafe { &mut *self.value.get() }
    }
}
