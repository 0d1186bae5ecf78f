//! The bytes of a string, readable while Lua code runs.

use super::Root;
use crate::object::StringObject;
use crate::state::State;
use std::ops::Deref;
use std::str::Utf8Error;

/// The bytes of a Lua string. They are kept alive, with the state they belong
/// to, and don't change: strings are immutable and never move.
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// state.push(&b"\x00\xff"[..])?;
/// let root = state.pin_top()?;
/// let bytes = state.pinned_bytes(&root).unwrap();
/// state.gc(perilune::native::GcOption::Collect)?;
/// assert_eq!(*bytes, [0, 255]);
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
pub struct PinnedBytes {
    bytes: *const [u8],
    /// Its state stays open until this is dropped.
    root: Root,
}

// SAFETY: the bytes don't change and are kept; `Root` is `Send` and `Sync` with
// the feature `send`, and counts are atomic.
#[cfg(feature = "send")]
unsafe impl Send for PinnedBytes {}
// SAFETY: as above.
#[cfg(feature = "send")]
unsafe impl Sync for PinnedBytes {}

impl PinnedBytes {
    /// The value.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push("text")?;
    /// let root = state.pin_top()?;
    /// let bytes = state.pinned_bytes(&root).unwrap();
    /// assert!(bytes.root().same_root(&root));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn root(&self) -> &Root {
        &self.root
    }
}

impl Drop for PinnedBytes {
    #[inline]
    fn drop(&mut self) {
        self.root.owning().leave();
    }
}

impl Deref for PinnedBytes {
    type Target = [u8];
    #[inline(always)]
    fn deref(&self) -> &[u8] {
        // SAFETY: `root` keeps the string, and its heap stays.
        unsafe { &*self.bytes }
    }
}

/// The text of a Lua string: [`PinnedBytes`] that are UTF-8.
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// state.push("grün")?;
/// let root = state.pin_top()?;
/// let text = state.pinned_str(&root).unwrap().unwrap();
/// assert_eq!(text.chars().count(), 4);
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
pub struct PinnedStr(PinnedBytes);

impl PinnedStr {
    /// The value.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push("text")?;
    /// let root = state.pin_top()?;
    /// let text = state.pinned_str(&root).unwrap().unwrap();
    /// assert!(text.root().same_root(&root));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn root(&self) -> &Root {
        &self.0.root
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

/// Says of a string whether it is text, and notes that it is.
///
/// # Safety
/// `string` is live, in a state whose lock is held.
#[inline(always)]
pub(super) unsafe fn check_text(string: *mut StringObject) -> Result<(), Utf8Error> {
    // SAFETY: by contract; nobody else looks at the note.
    unsafe {
        if (*string).header.pad == 0 {
            std::str::from_utf8(StringObject::bytes(string))?;
            (*string).header.pad = 1;
        }
    }
    Ok(())
}

impl State {
    /// The string of a root; null for other values, and another state's root.
    #[inline(always)]
    fn root_string(&self, root: &Root) -> Option<*mut StringObject> {
        let v = self.root_raw(root);
        v.is_string().then(|| v.as_string())
    }

    /// The bytes of a root's string; `None` for other values, another state's
    /// root, and while the state is being closed.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push("text")?;
    /// state.push(1)?;
    /// let (text, number) = (state.pin(1)?, state.pin(2)?);
    /// assert_eq!(state.pinned_bytes(&text).as_deref(), Some(&b"text"[..]));
    /// assert!(state.pinned_bytes(&number).is_none());
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn pinned_bytes(&self, root: &Root) -> Option<PinnedBytes> {
        let string = self.root_string(root)?;
        if !root.owning().stay() {
            return None;
        }
        // SAFETY: the string is live: see `PinnedBytes`.
        let bytes: *const [u8] = unsafe { StringObject::bytes(string) };
        Some(PinnedBytes { bytes, root: root.clone() })
    }

    /// The text of a root's string; `None` as [`pinned_bytes`](Self::pinned_bytes).
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push("text")?;
    /// state.push(&b"\xff"[..])?;
    /// let (text, bytes) = (state.pin(1)?, state.pin(2)?);
    /// assert_eq!(&*state.pinned_str(&text).unwrap().unwrap(), "text");
    /// assert!(state.pinned_str(&bytes).unwrap().is_err());
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If it is not UTF-8.
    #[inline]
    pub fn pinned_str(&self, root: &Root) -> Option<Result<PinnedStr, Utf8Error>> {
        let string = self.root_string(root)?;
        // SAFETY: the root keeps the string; whoever has the state has the lock.
        match unsafe { check_text(string) } {
            Ok(()) => self.pinned_bytes(root).map(|bytes| Ok(PinnedStr(bytes))),
            Err(error) => Some(Err(error)),
        }
    }
}

impl Root {
    /// [`State::pinned_bytes`]; `None` also if the state can't be had now.
    ///
    /// ```
    /// # let lua = perilune::Lua::new();
    /// let root = lua.with_native(|state| {
    ///     state.push("text")?;
    ///     state.pin_top()
    /// })?;
    /// assert_eq!(root.pinned_bytes().as_deref(), Some(&b"text"[..]));
    /// assert!(lua.with_native(|_| Ok(root.pinned_bytes()))?.is_none(), "the state is in use");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn pinned_bytes(&self) -> Option<PinnedBytes> {
        self.owning().briefly(|state| state.pinned_bytes(self))
    }

    /// [`State::pinned_str`]; `None` also if the state can't be had now.
    ///
    /// ```
    /// # let lua = perilune::Lua::new();
    /// let root = lua.with_native(|state| {
    ///     state.push("text")?;
    ///     state.pin_top()
    /// })?;
    /// assert_eq!(&*root.pinned_str().unwrap().unwrap(), "text");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If it is not UTF-8.
    #[inline]
    pub fn pinned_str(&self) -> Option<Result<PinnedStr, Utf8Error>> {
        self.owning().briefly(|state| state.pinned_str(self))
    }
}
