//! Byte strings under construction.

use crate::error::{Error, Result};
use crate::heap::Meter;
use crate::state::{Return, State};

/// A byte string being built. Its memory counts against the state's limit;
/// growing it fails with "not enough memory", never aborts.
pub struct Buffer {
    bytes: Vec<u8>,
    meter: Meter,
}

/// A buffer can't grow. Becomes the error "not enough memory" by `?`.
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
    /// # Errors
    /// [`BufferFull`] if there is no memory.
    #[inline]
    pub fn reserve(&mut self, n: usize) -> Result<(), BufferFull> {
        if self.bytes.capacity() - self.bytes.len() >= n { Ok(()) } else { self.grow_by(n) }
    }

    /// Appends a byte.
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
    /// # Errors
    /// [`BufferFull`] if there is no memory.
    pub fn grow(&mut self, n: usize) -> Result<&mut [u8], BufferFull> {
        self.reserve(n)?;
        let start = self.bytes.len();
        self.bytes.resize(start + n, 0);
        Ok(&mut self.bytes[start..])
    }

    /// Shortens the content to `n` bytes, if it is longer.
    pub fn truncate(&mut self, n: usize) {
        self.bytes.truncate(n);
    }

    /// The number of bytes.
    #[inline]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The content.
    #[inline]
    pub fn as_slice(&self) -> &[u8] {
        &self.bytes
    }

    /// The content, to be changed.
    pub fn as_mut_slice(&mut self) -> &mut [u8] {
        &mut self.bytes
    }

    /// Forgets the content.
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
    /// An empty buffer.
    #[inline]
    pub fn take_buffer(&mut self) -> Buffer {
        match self.buffers.pop() {
            Some(buffer) => buffer,
            None => Buffer { bytes: Vec::new(), meter: self.heap.meter() },
        }
    }

    /// Pushes the content as a string; the buffer may be reused.
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
    /// # Errors
    /// If memory runs out.
    #[inline]
    pub fn ret_buffer(&mut self, buffer: Buffer) -> Result<Return> {
        self.push_buffer(buffer)?;
        Ok(Return::values(1))
    }
}
