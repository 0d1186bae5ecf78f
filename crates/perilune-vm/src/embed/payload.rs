//! Rust values that a state owns.

use super::cell::UserCell;
use super::lock::{MaybeSend, Shareable};
use std::any::{Any, TypeId};

/// A Rust value of any type, owned by a state: `Send` with the feature `send`.
///
/// A [`UserCell`] may have other owners beside the state.
pub struct Payload(Shareable<Inner>);

#[cfg(feature = "send")]
type Inner = dyn Any + Send;
#[cfg(not(feature = "send"))]
type Inner = dyn Any;

// SAFETY: a value that has other owners is a `UserCell` that was `Send` and `Sync`
// when it was shared (`Payload::shared`); any other is `Send`, and `Payload` is
// not `Sync`, so that it is on one thread at a time.
#[cfg(feature = "send")]
unsafe impl Send for Payload {}

impl Payload {
    /// Takes a value.
    pub fn new<T: MaybeSend + 'static>(value: T) -> Payload {
        Payload(Shareable::new(value))
    }

    /// Takes a value that others may own, too.
    pub fn shared<T: MaybeSend + super::MaybeSync + 'static>(
        cell: Shareable<UserCell<T>>,
    ) -> Payload {
        Payload(cell)
    }

    /// The value, if it is a `T`.
    #[inline(always)]
    pub fn downcast_ref<T: 'static>(&self) -> Option<&T> {
        self.0.downcast_ref()
    }

    /// The value, if it is a `T` that nobody else owns.
    #[inline(always)]
    pub fn downcast_mut<T: 'static>(&mut self) -> Option<&mut T> {
        Shareable::get_mut(&mut self.0)?.downcast_mut()
    }

    /// The value, if it is a `T` that nobody else owns.
    ///
    /// # Errors
    /// Gives it back if it is not.
    pub fn downcast<T: 'static>(self) -> Result<T, Payload> {
        if !(*self.0).is::<T>() || Shareable::strong_count(&self.0) != 1 {
            return Err(self);
        }
        // SAFETY: the value is a `T`; the pointer came from the same kind.
        let value = unsafe { Shareable::from_raw(Shareable::into_raw(self.0).cast::<T>()) };
        // It is the only pointer, and there are no weak ones.
        Shareable::into_inner(value).ok_or_else(|| Payload::new(()))
    }

    /// The cell with a `T`, if it is one.
    #[inline(always)]
    pub fn cell<T: 'static>(&self) -> Option<Shareable<UserCell<T>>> {
        // SAFETY: the type was checked.
        (*self.0).is::<UserCell<T>>().then(|| unsafe { self.cell_unchecked() })
    }

    /// # Safety
    /// The value is a `UserCell<T>`, but for lifetimes in `T`.
    #[inline(always)]
    pub(super) unsafe fn cell_unchecked<T>(&self) -> Shareable<UserCell<T>> {
        // SAFETY: by contract; the count goes up for the new pointer.
        unsafe {
            let value = Shareable::as_ptr(&self.0).cast::<UserCell<T>>();
            Shareable::increment_strong_count(value);
            Shareable::from_raw(value)
        }
    }

    /// Identifies the value's type.
    #[inline(always)]
    pub fn type_of(&self) -> TypeId {
        (*self.0).type_id()
    }
}
