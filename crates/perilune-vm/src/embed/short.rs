//! Short texts beside the heap.

/// A copy of a text of up to 47 bytes.
#[derive(Clone, Copy)]
pub struct ShortStr {
    len: u8,
    bytes: [u8; ShortStr::ROOM],
}

impl ShortStr {
    /// The longest text.
    pub const ROOM: usize = 47;

    /// An empty text.
    #[inline]
    pub const fn new() -> ShortStr {
        ShortStr { len: 0, bytes: [0; ShortStr::ROOM] }
    }

    /// Takes a copy of the bytes; answers whether they are a text that is short
    /// enough. If not, the copy is that of before.
    #[inline]
    pub fn set(&mut self, bytes: &[u8]) -> bool {
        let Some(room) = self.bytes.get_mut(..bytes.len()) else { return false };
        if !bytes.is_ascii() && std::str::from_utf8(bytes).is_err() {
            return false;
        }
        room.copy_from_slice(bytes);
        self.len = bytes.len() as u8;
        true
    }

    /// The text.
    #[inline]
    pub fn as_str(&self) -> &str {
        let bytes = self.bytes.get(..self.len as usize).unwrap_or_default();
        // SAFETY: `set` has looked at the bytes.
        unsafe { std::str::from_utf8_unchecked(bytes) }
    }
}

impl Default for ShortStr {
    fn default() -> ShortStr {
        ShortStr::new()
    }
}

#[cfg(test)]
mod tests {
    use super::ShortStr;

    #[test]
    fn only_short_texts_are_taken() {
        let mut short = ShortStr::new();
        assert!(short.set("grün".as_bytes()));
        assert_eq!(short.as_str(), "grün");
        assert!(!short.set(b"\xff"));
        assert!(!short.set(&[b'x'; ShortStr::ROOM + 1]));
        assert_eq!(short.as_str(), "grün");
        assert!(short.set(&[b'x'; ShortStr::ROOM]));
        assert_eq!(short.as_str().len(), ShortStr::ROOM);
        assert!(short.set(b""));
        assert_eq!(short.as_str(), "");
    }
}
