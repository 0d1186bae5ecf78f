//! What several owners change, on whatever OS thread their state is.

use std::ops::DerefMut;
use std::sync::{Mutex, PoisonError, TryLockError};

/// A value that is changed by one owner at a time.
#[derive(Debug, Default)]
pub struct Guarded<T>(Mutex<T>);

impl<T> Guarded<T> {
    /// Takes a value.
    pub fn new(value: T) -> Guarded<T> {
        Guarded(Mutex::new(value))
    }

    /// The value, which nobody may be using further out.
    #[inline]
    pub fn borrow_mut(&self) -> impl DerefMut<Target = T> + '_ {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The value; `None` if somebody is using it.
    pub fn try_borrow_mut(&self) -> Option<impl DerefMut<Target = T> + '_> {
        match self.0.try_lock() {
            Ok(guard) => Some(guard),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }
}
