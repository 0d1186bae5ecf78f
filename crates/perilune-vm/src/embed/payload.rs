//! Rust values that a state owns.

use super::lock::MaybeSend;
use std::any::Any;

/// A Rust value of any type, owned by a state: `Send` with the feature `send`.
pub struct Payload(Inner);

#[cfg(feature = "send")]
type Inner = Box<dyn Any + Send>;
#[cfg(not(feature = "send"))]
type Inner = Box<dyn Any>;

impl Payload {
    /// Takes a value.
    pub fn new<T: MaybeSend + 'static>(value: T) -> Payload {
        Payload(Box::new(value))
    }

    /// The value, if it is a `T`.
    #[inline(always)]
    pub fn downcast_ref<T: 'static>(&self) -> Option<&T> {
        self.0.downcast_ref()
    }

    /// The value, if it is a `T`.
    #[inline(always)]
    pub fn downcast_mut<T: 'static>(&mut self) -> Option<&mut T> {
        self.0.downcast_mut()
    }

    /// The value, if it is a `T`.
    ///
    /// # Errors
    /// Gives it back if it is of another type.
    pub fn downcast<T: 'static>(self) -> Result<T, Payload> {
        self.0.downcast().map(|b| *b).map_err(Payload)
    }

    /// Identifies the value's type.
    pub fn type_of(&self) -> std::any::TypeId {
        (*self.0).type_id()
    }
}
