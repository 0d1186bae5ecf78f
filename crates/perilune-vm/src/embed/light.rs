//! Addresses in the hands of scripts.

use std::ffi::c_void;

/// A light userdata: an address, and nothing else (manual §2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LightUserData(pub *mut c_void);

// SAFETY: an address is a number; using what lies there is unsafe on any thread.
#[cfg(feature = "send")]
unsafe impl Send for LightUserData {}
// SAFETY: as above.
#[cfg(feature = "send")]
unsafe impl Sync for LightUserData {}
