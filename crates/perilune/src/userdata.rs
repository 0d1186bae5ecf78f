//! Userdata: Rust values in the hands of scripts.

use crate::error::Result;
use crate::handle::Handle;
use std::fmt;

/// A handle of a userdata.
#[derive(Clone, PartialEq)]
pub struct AnyUserData(pub(crate) Handle);

impl AnyUserData {
    /// An address that identifies the userdata.
    pub fn to_pointer(&self) -> *const std::ffi::c_void {
        self.0.address() as *const std::ffi::c_void
    }

    pub(crate) fn equals(&self, other: &Self) -> Result<bool> {
        Ok(self == other)
    }

    pub(crate) fn fmt_pretty(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "userdata: {:?}", self.to_pointer())
    }
}

impl fmt::Debug for AnyUserData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AnyUserData({:?})", self.to_pointer())
    }
}
