//! Rust values that a state owns.
//!
//! A value that may not leave its OS thread binds the state that owns it to that
//! thread. So a payload knows of itself whether its value is `Send`
//! ([`Payload::new_send`]) or may not be ([`Payload::new`]), and the heap counts
//! the latter.

use super::cell::UserCell;
use super::lock::{MaybeSend, Shareable};
use std::any::TypeId;

/// A Rust value of any type, owned by a state: `Send` with the feature `send`.
///
/// A [`UserCell`] may have other owners beside the state.
pub struct Payload(Shareable<dyn Held>);

/// A value in a payload.
trait Held: MaybeSend + 'static {
    /// Identifies the value's type.
    fn type_of(&self) -> TypeId;
    /// The name of its type.
    fn name(&self) -> &'static str;
    /// Whether it may have to stay on its thread.
    fn is_local(&self) -> bool;
}

/// A value that may have to stay on its thread.
#[repr(transparent)]
struct Local<T>(T);

/// A value that is `Send`, and has no owner but the state.
#[repr(transparent)]
struct Movable<T>(T);

impl<T: MaybeSend + 'static> Held for Local<T> {
    #[inline]
    fn type_of(&self) -> TypeId {
        TypeId::of::<T>()
    }
    fn name(&self) -> &'static str {
        std::any::type_name::<T>()
    }
    #[inline]
    fn is_local(&self) -> bool {
        cfg!(not(feature = "send"))
    }
}

impl<T: Send + 'static> Held for Movable<T> {
    #[inline]
    fn type_of(&self) -> TypeId {
        TypeId::of::<T>()
    }
    fn name(&self) -> &'static str {
        std::any::type_name::<T>()
    }
    #[inline]
    fn is_local(&self) -> bool {
        false
    }
}

// SAFETY: a value that has other owners is a `UserCell` that was `Send` and `Sync`
// when it was shared (`Payload::shared`); any other is `Send`, and `Payload` is
// not `Sync`, so that it is on one thread at a time.
#[cfg(feature = "send")]
unsafe impl Send for Payload {}

impl Payload {
    /// Takes a value.
    pub fn new<T: MaybeSend + 'static>(value: T) -> Payload {
        Payload(Shareable::new(Local(value)))
    }

    /// Takes a value that does not bind its state to a thread.
    pub fn new_send<T: Send + 'static>(value: T) -> Payload {
        Payload(Shareable::new(Movable(value)))
    }

    /// Takes a value that others may own, too.
    pub fn shared<T: MaybeSend + super::MaybeSync + 'static>(
        cell: Shareable<UserCell<T>>,
    ) -> Payload {
        let value = Shareable::into_raw(cell).cast::<Local<UserCell<T>>>();
        // SAFETY: `Local` is laid out as what it holds.
        Payload(unsafe { Shareable::from_raw(value) })
    }

    /// Whether the value may have to stay on its thread.
    #[inline(always)]
    pub(crate) fn is_local(&self) -> bool {
        self.0.is_local()
    }

    /// The name of the value's type.
    pub fn type_name(&self) -> &'static str {
        self.0.name()
    }

    #[inline(always)]
    fn is<T: 'static>(&self) -> bool {
        self.type_of() == TypeId::of::<T>()
    }

    /// The value, if it is a `T`.
    #[inline(always)]
    pub fn downcast_ref<T: 'static>(&self) -> Option<&T> {
        // SAFETY: the type was checked; either wrapper is laid out as its value.
        self.is::<T>().then(|| unsafe { &*Shareable::as_ptr(&self.0).cast::<T>() })
    }

    /// The value, if it is a `T` that nobody else owns.
    #[inline(always)]
    pub fn downcast_mut<T: 'static>(&mut self) -> Option<&mut T> {
        if !self.is::<T>() {
            return None;
        }
        let value: *mut dyn Held = Shareable::get_mut(&mut self.0)?;
        // SAFETY: as in `downcast_ref`; there is no other pointer.
        Some(unsafe { &mut *value.cast::<T>() })
    }

    /// The value, if it is a `T` that nobody else owns.
    ///
    /// # Errors
    /// Gives it back if it is not.
    pub fn downcast<T: 'static>(self) -> Result<T, Payload> {
        if !self.is::<T>() || Shareable::strong_count(&self.0) != 1 {
            return Err(self);
        }
        // SAFETY: the value is a `T`, in a wrapper of the same layout; the pointer
        // came from the same kind.
        let value = unsafe { Shareable::from_raw(Shareable::into_raw(self.0).cast::<T>()) };
        // It is the only pointer, and there are no weak ones.
        Shareable::into_inner(value).ok_or_else(|| Payload::new(()))
    }

    /// Reads the `T` in a cell while `f` runs; `None` if it is something else, or
    /// borrowed mutably.
    pub fn read_cell<T: 'static, R>(&self, f: impl FnOnce(&T) -> R) -> Option<R> {
        self.downcast_ref::<UserCell<T>>()?.read_now(f)
    }

    /// # Safety
    /// The value is a `UserCell<T>`, but for lifetimes in `T`. If the state that
    /// owns it may leave the thread, what is made here is gone before.
    #[inline(always)]
    pub(super) unsafe fn cell_unchecked<T>(&self) -> Shareable<UserCell<T>> {
        // SAFETY: by contract; the count goes up for the new pointer.
        unsafe {
            let value = Shareable::as_ptr(&self.0).cast::<UserCell<T>>();
            Shareable::increment_strong_count(value);
            Shareable::from_raw(value)
        }
    }

    /// Where the value lies.
    pub(super) fn address(&self) -> *const () {
        Shareable::as_ptr(&self.0).cast()
    }

    /// Identifies the value's type.
    #[inline(always)]
    pub fn type_of(&self) -> TypeId {
        self.0.type_of()
    }
}
