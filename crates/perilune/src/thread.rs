//! Coroutines.

use crate::handle::Handle;

/// A handle of a Lua coroutine.
#[derive(Clone, PartialEq)]
pub struct Thread(pub(crate) Handle);

impl std::fmt::Debug for Thread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Thread({:?})", self.to_pointer())
    }
}

impl Thread {
    /// An address that identifies the coroutine.
    pub fn to_pointer(&self) -> *const std::ffi::c_void {
        self.0.address() as *const std::ffi::c_void
    }
}
