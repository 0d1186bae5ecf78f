//! Short texts beside the heap.

/// A copy of a text of up to 47 bytes.
///
/// ```
/// use perilune::native::ShortStr;
///
/// let mut name = ShortStr::new();
/// assert!(name.set(b"color"));
/// assert_eq!(name.as_str(), "color");
/// ```
#[derive(Clone, Copy)]
pub struct ShortStr {
    len: u8,
    bytes: [u8; ShortStr::ROOM],
}

impl ShortStr {
    /// The longest text.
    pub const ROOM: usize = 47;

    /// An empty text.
    ///
    /// ```
    /// use perilune::native::ShortStr;
    ///
    /// assert_eq!(ShortStr::new().as_str(), "");
    /// ```
    #[inline]
    pub const fn new() -> ShortStr {
        ShortStr { len: 0, bytes: [0; ShortStr::ROOM] }
    }

    /// Takes a copy of the bytes; answers whether they are a text that is short
    /// enough. If not, the copy is that of before.
    ///
    /// ```
    /// use perilune::native::ShortStr;
    ///
    /// let mut text = ShortStr::new();
    /// assert!(text.set("grün".as_bytes()));
    /// assert!(!text.set(b"\xff"), "that is no text");
    /// assert!(!text.set(&[b'x'; ShortStr::ROOM + 1]), "that is too long");
    /// assert_eq!(text.as_str(), "grün");
    /// ```
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
    ///
    /// ```
    /// use perilune::native::ShortStr;
    ///
    /// let mut text = ShortStr::new();
    /// text.set(b"word");
    /// assert_eq!(text.as_str().len(), 4);
    /// ```
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
