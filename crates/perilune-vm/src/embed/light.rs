//! Addresses in the hands of scripts.

use std::ffi::c_void;

/// A light userdata: an address, and nothing else (manual §2.1).
///
/// ```
/// # let lua = perilune::Lua::new();
/// use perilune::LightUserData;
///
/// let address = LightUserData(0x1000 as *mut std::ffi::c_void);
/// lua.globals().set("handle", address)?;
/// assert_eq!(lua.load("type(handle)").eval::<String>()?, "userdata");
/// assert_eq!(lua.globals().get::<LightUserData>("handle")?, address);
/// # Ok::<(), perilune::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LightUserData(pub *mut c_void);

// SAFETY: an address is a number; using what lies there is unsafe on any thread.
#[cfg(feature = "send")]
unsafe impl Send for LightUserData {}
// SAFETY: as above.
#[cfg(feature = "send")]
unsafe impl Sync for LightUserData {}
