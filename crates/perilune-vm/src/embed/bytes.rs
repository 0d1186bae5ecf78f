//! The bytes of a string, readable while Lua code runs.

use super::{Root, Shared};
use crate::object::StringObject;
use crate::state::State;
use std::ops::Deref;

/// The bytes of a Lua string. They are kept alive, with the state they belong
/// to, and don't change: strings are immutable and never move.
pub struct PinnedBytes {
    bytes: *const [u8],
    root: Root,
    /// Keeps the heap that the bytes lie in. Dropped last.
    _open: Shared,
}

// SAFETY: the bytes don't change and are kept; `Root` and `Shared` are `Send`
// and `Sync` with the feature `send`.
#[cfg(feature = "send")]
unsafe impl Send for PinnedBytes {}
// SAFETY: as above.
#[cfg(feature = "send")]
unsafe impl Sync for PinnedBytes {}

impl PinnedBytes {
    /// The value.
    pub fn root(&self) -> &Root {
        &self.root
    }
}

impl Deref for PinnedBytes {
    type Target = [u8];
    #[inline(always)]
    fn deref(&self) -> &[u8] {
        // SAFETY: `root` keeps the string, `_open` its heap.
        unsafe { &*self.bytes }
    }
}

/// The text of a Lua string: [`PinnedBytes`] that are UTF-8.
pub struct PinnedStr(PinnedBytes);

impl PinnedStr {
    /// The value.
    pub fn root(&self) -> &Root {
        &self.0.root
    }
}

impl TryFrom<PinnedBytes> for PinnedStr {
    type Error = std::str::Utf8Error;

    #[inline]
    fn try_from(bytes: PinnedBytes) -> Result<PinnedStr, std::str::Utf8Error> {
        // Most text is ASCII, which is told faster.
        if !bytes.is_ascii() {
            std::str::from_utf8(&bytes)?;
        }
        Ok(PinnedStr(bytes))
    }
}

impl Deref for PinnedStr {
    type Target = str;
    #[inline(always)]
    fn deref(&self) -> &str {
        // SAFETY: the bytes were checked, and don't change.
        unsafe { std::str::from_utf8_unchecked(&self.0) }
    }
}

impl State {
    /// The bytes of a root's string; `None` for other values, another state's
    /// root, and while the state is being closed.
    pub fn pinned_bytes(&self, root: &Root) -> Option<PinnedBytes> {
        let v = self.root_raw(root);
        if !v.is_string() {
            return None;
        }
        // SAFETY: the owner lives as long as its roots; the string is live: see
        // `PinnedBytes`.
        let (open, bytes) =
            unsafe { (Shared::strong_of(root.owner())?, StringObject::bytes(v.as_string())) };
        Some(PinnedBytes { bytes, root: root.clone(), _open: open })
    }
}
