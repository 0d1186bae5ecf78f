//! What an embedding API keeps beside a state.

use std::mem::ManuallyDrop;
use std::ops::Deref;

/// What lies beside a state, in two parts.
///
/// The first, to which this derefs, may hold handles of the state, and anything
/// else. It does not leave its OS thread: it is dropped when the state leaves
/// ([`SendShared`](super::SendShared)), and made anew on the next thread. The
/// second part goes along.
///
/// ```
/// # use perilune::native::{Extension, Shared, State, Unavailable};
/// # struct Nothing;
/// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
/// # type Extra = Extension<Nothing, ()>;
/// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
/// let log = Shared::new::<Nothing, Vec<u8>>(State::new().unwrap(), b"lasting".to_vec());
/// let n = log.with(|_, beside: &Extension<Nothing, Vec<u8>>| {
///     Ok::<_, Unavailable>(beside.lasting.len())
/// })?;
/// assert_eq!(n, 7);
/// # Ok::<(), Unavailable>(())
/// ```
pub struct Extension<L, X> {
    /// Dropped already, unless `present`.
    local: ManuallyDrop<L>,
    present: bool,
    /// What goes along.
    pub lasting: X,
}

impl<L, X> Extension<L, X> {
    pub(super) fn new(local: L, lasting: X) -> Extension<L, X> {
        Extension { local: ManuallyDrop::new(local), present: true, lasting }
    }

    /// Drops the part that stays on its thread, if it is present.
    ///
    /// # Safety
    /// Nobody uses `this` until [`arrive`](Self::arrive) was called.
    #[cfg(not(feature = "send"))]
    pub(super) unsafe fn leave(this: *mut Extension<L, X>) {
        // SAFETY: by contract; it is dropped once, as it was present.
        unsafe {
            if std::mem::replace(&mut (*this).present, false) {
                ManuallyDrop::drop(&mut (*this).local);
            }
        }
    }

    /// Has the part that stays on its thread again.
    ///
    /// # Safety
    /// It is not present, and nobody uses `this`.
    #[cfg(not(feature = "send"))]
    pub(super) unsafe fn arrive(this: *mut Extension<L, X>, local: L) {
        // SAFETY: by contract; what was there has been dropped.
        unsafe {
            (&raw mut (*this).local).write(ManuallyDrop::new(local));
            (*this).present = true;
        }
    }
}

impl<L, X> Deref for Extension<L, X> {
    type Target = L;
    #[inline(always)]
    fn deref(&self) -> &L {
        // Without it nobody has a reference to `self`.
        &self.local
    }
}

impl<L, X> Drop for Extension<L, X> {
    fn drop(&mut self) {
        if self.present {
            // SAFETY: it is dropped once, as it was present.
            unsafe { ManuallyDrop::drop(&mut self.local) };
        }
    }
}

impl<L: 'static, X: 'static> Extension<L, X> {
    pub(super) fn type_id() -> std::any::TypeId {
        std::any::TypeId::of::<Extension<L, X>>()
    }
}
