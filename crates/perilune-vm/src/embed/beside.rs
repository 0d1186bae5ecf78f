//! Rust values that go with a state, without a lock of their own.

use super::shared::{Inner, Shared};
use crate::state::State;
use std::cell::UnsafeCell;

/// A value beside a state: whoever has the state in hand has the value.
///
/// The exclusive reference to the state that [`with`](Self::with) takes is the
/// proof that nobody else looks at the value: there is one state of an owner, and
/// the closure cannot get at it.
///
/// ```
/// # use perilune::native::{Extension, Shared, State, Unavailable, Beside};
/// # struct Nothing;
/// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
/// # type Extra = Extension<Nothing, ()>;
/// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
/// let log = Beside::new(&shared, Vec::new());
/// shared.with(|state, _: &Extra| {
///     log.with(state, |lines| lines.push("entered"));
///     Ok::<_, Unavailable>(())
/// })?;
/// # Ok::<(), Unavailable>(())
/// ```
pub struct Beside<T> {
    owner: *const Inner,
    value: UnsafeCell<T>,
}

// SAFETY: the value is reached by whoever has the only reference to a state that
// is on one thread at a time.
#[cfg(feature = "send")]
unsafe impl<T: Send> Send for Beside<T> {}
// SAFETY: as above.
#[cfg(feature = "send")]
unsafe impl<T: Send> Sync for Beside<T> {}

impl<T> Beside<T> {
    /// A value beside the state of a handle.
    ///
    /// ```
    /// # use perilune::native::{Extension, Shared, State, Unavailable, Beside};
    /// # struct Nothing;
    /// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
    /// # type Extra = Extension<Nothing, ()>;
    /// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
    /// let count = Beside::new(&shared, 0);
    /// shared.with(|state, _: &Extra| {
    ///     assert_eq!(count.with(state, |n| *n), 0);
    ///     Ok::<_, Unavailable>(())
    /// })?;
    /// # Ok::<(), Unavailable>(())
    /// ```
    pub fn new(shared: &Shared, value: T) -> Beside<T> {
        Beside { owner: shared.address(), value: UnsafeCell::new(value) }
    }

    /// Runs `f` with the value.
    ///
    /// ```
    /// # use perilune::native::{Extension, Shared, State, Unavailable, Beside};
    /// # struct Nothing;
    /// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
    /// # type Extra = Extension<Nothing, ()>;
    /// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
    /// let count = Beside::new(&shared, 0);
    /// shared.with(|state, _: &Extra| {
    ///     count.with(state, |n| *n += 1);
    ///     assert_eq!(count.with(state, |n| *n), 1);
    ///     Ok::<_, Unavailable>(())
    /// })?;
    /// # Ok::<(), Unavailable>(())
    /// ```
    ///
    /// # Panics
    /// If it is beside another state.
    #[inline(always)]
    pub fn with<R>(&self, state: &mut State, f: impl FnOnce(&mut T) -> R) -> R {
        assert!(std::ptr::eq(state.owner, self.owner), "a value beside another state");
        // SAFETY: a state gets its owner when it is shared, which has made only
        // that one; the reference to it is exclusive until `f` has returned. So
        // no other call of `with` is under way.
        f(unsafe { &mut *self.value.get() })
    }
}
