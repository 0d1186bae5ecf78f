//! What several owners change, on whatever OS thread their state is.

use std::ops::DerefMut;
use std::sync::{Mutex, PoisonError, TryLockError};

/// A value that is changed by one owner at a time.
///
/// ```
/// use perilune::native::stdlib::io::Guarded;
///
/// let count = Guarded::new(1);
/// *count.borrow_mut() += 1;
/// assert_eq!(*count.borrow_mut(), 2);
/// ```
#[derive(Debug, Default)]
pub struct Guarded<T>(Mutex<T>);

impl<T> Guarded<T> {
    /// Takes a value.
    ///
    /// ```
    /// use perilune::native::stdlib::io::Guarded;
    ///
    /// let names = Guarded::new(vec!["Ada"]);
    /// assert_eq!(names.borrow_mut().len(), 1);
    /// ```
    pub fn new(value: T) -> Guarded<T> {
        Guarded(Mutex::new(value))
    }

    /// The value, once no other thread uses it; on this thread nobody may be using it
    /// further out.
    ///
    /// ```
    /// use perilune::native::stdlib::io::Guarded;
    ///
    /// let list = Guarded::new(Vec::new());
    /// list.borrow_mut().push("entry");
    /// assert_eq!(*list.borrow_mut(), ["entry"]);
    /// ```
    #[inline]
    pub fn borrow_mut(&self) -> impl DerefMut<Target = T> + '_ {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The value; `None` if somebody is using it.
    ///
    /// ```
    /// use perilune::native::stdlib::io::Guarded;
    ///
    /// let value = Guarded::new(1);
    /// let used = value.borrow_mut();
    /// assert!(value.try_borrow_mut().is_none());
    /// drop(used);
    /// assert!(value.try_borrow_mut().is_some());
    /// ```
    pub fn try_borrow_mut(&self) -> Option<impl DerefMut<Target = T> + '_> {
        match self.0.try_lock() {
            Ok(guard) => Some(guard),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }
}
