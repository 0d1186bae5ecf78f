//! Byte strings under construction.

use crate::error::{Error, Result};
use crate::heap::Meter;
use crate::state::{Return, State};

/// A byte string being built. Its memory counts against the state's limit;
/// growing it fails with "not enough memory", never aborts.
///
/// ```
/// # use perilune::native::{self, Return, State};
/// fn spell(state: &mut State) -> native::Result<Return> {
///     let mut out = state.take_buffer();
///     for &byte in state.check_bytes(1)? {
///         out.push(byte)?;
///         out.push(b'.')?;
///     }
///     state.ret_buffer(out)
/// }
///
/// # let lua = perilune::Lua::new();
/// lua.globals().set("spell", lua.create_native_function(spell)?)?;
/// assert_eq!(lua.load("spell('abc')").eval::<String>()?, "a.b.c.");
/// # Ok::<(), perilune::Error>(())
/// ```
pub struct Buffer {
    bytes: Vec<u8>,
    meter: Meter,
}

/// A buffer can't grow. Becomes the error "not enough memory" by `?`.
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// use perilune::native::{Buffer, BufferFull};
///
/// /// Helpers that know nothing of a state need not hand its error on.
/// fn indent(out: &mut Buffer, depth: usize) -> Result<(), BufferFull> {
///     out.grow(depth * 2)?.fill(b' ');
///     Ok(())
/// }
///
/// let mut out = state.take_buffer();
/// indent(&mut out, 2)?;
/// assert_eq!(out.as_slice(), b"    ");
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BufferFull;

impl From<BufferFull> for Error {
    #[cold]
    fn from(_: BufferFull) -> Error {
        Error::memory()
    }
}

/// The largest buffer that is kept for reuse.
const KEEP: usize = 4096;

impl Buffer {
    #[cold]
    #[inline(never)]
    fn grow_by(&mut self, n: usize) -> Result<(), BufferFull> {
        let old = self.bytes.capacity();
        let needed = self.bytes.len().checked_add(n).ok_or(BufferFull)?;
        let new = needed.max(old.saturating_mul(2)).max(64);
        // Twice the room if there is memory for it, what is needed if not.
        for size in [new, needed] {
            if self.meter.charge(size - old).is_ok() {
                if self.bytes.try_reserve_exact(size - self.bytes.len()).is_ok() {
                    let got = self.bytes.capacity() - old;
                    if got < size - old {
                        self.meter.release(size - old - got);
                    }
                    return Ok(());
                }
                self.meter.release(size - old);
            }
        }
        Err(BufferFull)
    }

    /// Makes room for `n` more bytes.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// let mut out = state.take_buffer();
    /// out.reserve(1000)?;
    /// assert!(out.is_empty());
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`BufferFull`] if there is no memory.
    #[inline]
    pub fn reserve(&mut self, n: usize) -> Result<(), BufferFull> {
        if self.bytes.capacity() - self.bytes.len() >= n { Ok(()) } else { self.grow_by(n) }
    }

    /// Appends a byte.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// let mut out = state.take_buffer();
    /// out.push(b'x')?;
    /// assert_eq!(out.as_slice(), b"x");
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`BufferFull`] if there is no memory.
    #[inline]
    pub fn push(&mut self, byte: u8) -> Result<(), BufferFull> {
        self.reserve(1)?;
        self.bytes.push(byte);
        Ok(())
    }

    /// Appends bytes.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// let mut out = state.take_buffer();
    /// out.extend(b"key")?;
    /// out.extend(b"=value")?;
    /// assert_eq!(out.as_slice(), b"key=value");
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`BufferFull`] if there is no memory.
    #[inline]
    pub fn extend(&mut self, bytes: &[u8]) -> Result<(), BufferFull> {
        self.reserve(bytes.len())?;
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    /// Appends `n` zero bytes, to be filled.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// let mut out = state.take_buffer();
    /// out.extend(b"n")?;
    /// out.grow(4)?.copy_from_slice(&7u32.to_be_bytes());
    /// assert_eq!(out.as_slice(), b"n\0\0\0\x07");
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`BufferFull`] if there is no memory.
    pub fn grow(&mut self, n: usize) -> Result<&mut [u8], BufferFull> {
        self.reserve(n)?;
        let start = self.bytes.len();
        self.bytes.resize(start + n, 0);
        Ok(&mut self.bytes[start..])
    }

    /// Shortens the content to `n` bytes, if it is longer.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// let mut out = state.take_buffer();
    /// out.extend(b"a, b, ")?;
    /// out.truncate(out.len() - 2);
    /// assert_eq!(out.as_slice(), b"a, b");
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn truncate(&mut self, n: usize) {
        self.bytes.truncate(n);
    }

    /// The number of bytes.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// let mut out = state.take_buffer();
    /// out.extend(b"four")?;
    /// assert_eq!(out.len(), 4);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there is none.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// let mut out = state.take_buffer();
    /// assert!(out.is_empty());
    /// out.push(b'.')?;
    /// assert!(!out.is_empty());
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The content.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// let mut out = state.take_buffer();
    /// out.extend(b"text")?;
    /// assert!(out.as_slice().ends_with(b"xt"));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn as_slice(&self) -> &[u8] {
        &self.bytes
    }

    /// The content, to be changed.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// let mut out = state.take_buffer();
    /// out.extend(b"shout")?;
    /// out.as_mut_slice().make_ascii_uppercase();
    /// assert_eq!(out.as_slice(), b"SHOUT");
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn as_mut_slice(&mut self) -> &mut [u8] {
        &mut self.bytes
    }

    /// Forgets the content.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// let mut out = state.take_buffer();
    /// out.extend(b"draft")?;
    /// out.clear();
    /// assert!(out.is_empty());
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn clear(&mut self) {
        self.bytes.clear();
    }
}

impl std::fmt::Write for Buffer {
    fn write_str(&mut self, s: &str) -> std::fmt::Result {
        self.extend(s.as_bytes()).map_err(|BufferFull| std::fmt::Error)
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        self.meter.release(self.bytes.capacity());
    }
}

impl State {
    /// An empty buffer: one that was given back, if there is one.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use std::fmt::Write;
    ///
    /// let mut out = state.take_buffer();
    /// write!(out, "{:>4}", 42).unwrap();
    /// assert_eq!(out.as_slice(), b"  42");
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn take_buffer(&mut self) -> Buffer {
        match self.buffers.pop() {
            Some(buffer) => buffer,
            None => Buffer { bytes: Vec::new(), meter: self.heap.meter() },
        }
    }

    /// Pushes the content as a string; the buffer may be reused.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// let mut out = state.take_buffer();
    /// out.extend(b"done")?;
    /// state.push_buffer(out)?;
    /// assert_eq!(state.bytes(-1), Some(&b"done"[..]));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    #[inline]
    pub fn push_buffer(&mut self, mut buffer: Buffer) -> Result<()> {
        let result = self.push(buffer.as_slice());
        if buffer.bytes.capacity() <= KEEP && self.buffers.len() < 8 {
            buffer.clear();
            if self.buffers.try_reserve(1).is_ok() {
                self.buffers.push(buffer);
            }
        }
        result
    }

    /// [`push_buffer`](Self::push_buffer) as the only result.
    ///
    /// ```
    /// # use perilune::native::{self, Return, State};
    /// fn bar(state: &mut State) -> native::Result<Return> {
    ///     let n = state.check_integer(1)?.clamp(0, 80) as usize;
    ///     let mut out = state.take_buffer();
    ///     out.grow(n)?.fill(b'#');
    ///     state.ret_buffer(out)
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("bar", lua.create_native_function(bar)?)?;
    /// assert_eq!(lua.load("bar(5)").eval::<String>()?, "#####");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    #[inline]
    pub fn ret_buffer(&mut self, buffer: Buffer) -> Result<Return> {
        self.push_buffer(buffer)?;
        Ok(Return::values(1))
    }
}
