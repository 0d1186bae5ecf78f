//! The utf8 library (manual §6.5).

use perilune_vm::{Error, NativeFn, Result, Return, State};

use crate::registration::{ALL, Entry, push_library};
use crate::string::bytes;

/// Greatest code point of Unicode.
const MAX_UNICODE: u32 = 0x10_FFFF;
/// Greatest number the original encoding (of up to six bytes) can hold.
const MAX_CODE: u32 = 0x7FFF_FFFF;
/// Patterns that match one encoded character.
const CHARACTER_PATTERN: &[u8] = b"[\0-\x7F\xC2-\xFD][\x80-\xBF]*";
const UNICODE_PATTERN: &[u8] = b"[\0-\x7F\xC2-\xF4][\x80-\xBF]*";

const FUNCTIONS: &[Entry] = &[
    ("char", char, ALL),
    ("codepoint", codepoint, ALL),
    ("codes", codes, ALL),
    ("len", len, ALL),
    ("offset", offset, ALL),
];

/// Pushes the library's table.
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// perilune::native::stdlib::utf8::open(state)?;
/// state.raw_get_field(-1, "len")?;
/// state.push("grün")?;
/// state.call(1, Some(1))?;
/// assert_eq!(state.to_integer(-1), Some(4));
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
///
/// # Errors
/// If memory runs out.
pub fn open(state: &mut State) -> Result<()> {
    push_library(state, FUNCTIONS, 1)?;
    let unicode = state.dialect().utf8_of_unicode;
    let pattern = if unicode { UNICODE_PATTERN } else { CHARACTER_PATTERN };
    state.set_field_to(-1, "charpattern", pattern)
}

/// Which encoded numbers are characters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Range {
    /// Those of Unicode, without surrogates.
    Strict,
    /// Those up to Unicode's last.
    Unicode,
    /// All that there are encodings for.
    All,
}

/// What the dialect takes for characters, if `lax` was asked for or not.
fn range(state: &State, lax: bool) -> Range {
    if state.dialect().utf8_of_unicode {
        Range::Unicode
    } else if lax {
        Range::All
    } else {
        Range::Strict
    }
}

/// How an error says that a position is not in the text.
fn place<'a>(state: &State, usual: &'a str, of_unicode: &'a str) -> &'a str {
    if state.dialect().utf8_of_unicode { of_unicode } else { usual }
}

fn is_continuation(byte: u8) -> bool {
    byte & 0xC0 == 0x80
}

/// The byte at `at`; 0 beyond the end.
fn byte_at(text: &[u8], at: usize) -> u8 {
    text.get(at).copied().unwrap_or(0)
}

/// A one-based position, negative from the end; 0 if before the beginning.
fn position(position: i64, length: usize) -> i64 {
    if position >= 0 {
        position
    } else if position.unsigned_abs() > length as u64 {
        0
    } else {
        length as i64 + position + 1
    }
}

/// The character at `at` and the position after it.
#[inline]
fn decode(text: &[u8], at: usize, range: Range) -> Option<(u32, usize)> {
    let first = byte_at(text, at);
    if first < 0x80 {
        return Some((u32::from(first), at + 1));
    }
    decode_long(text, at, first, range)
}

fn decode_long(text: &[u8], at: usize, first: u8, range: Range) -> Option<(u32, usize)> {
    /// Least code of each number of continuation bytes: anything below has a
    /// shorter form.
    const LEAST: [u32; 6] = [u32::MAX, 0x80, 0x800, 0x1_0000, 0x20_0000, 0x400_0000];
    if first >= 0xFE {
        return None;
    }
    // Leading ones count the bytes; a lone continuation byte has one.
    let more = first.leading_ones() as usize - 1;
    let mut code = u32::from(first & (0x3F >> more));
    for i in 1..=more {
        let byte = byte_at(text, at + i);
        if !is_continuation(byte) {
            return None;
        }
        code = code << 6 | u32::from(byte & 0x3F);
    }
    if code < LEAST[more] {
        return None;
    }
    let surrogate = (0xD800..=0xDFFF).contains(&code);
    if range != Range::All && (code > MAX_UNICODE || (surrogate && range == Range::Strict)) {
        return None;
    }
    Some((code, at + more + 1))
}

/// The encoding of `code` at the end of `space`.
fn encode(code: u32, space: &mut [u8; 6]) -> &[u8] {
    if code < 0x80 {
        space[5] = code as u8;
        return &space[5..];
    }
    let mut rest = code;
    // Greatest value the first byte has room for.
    let mut room = 0x3F;
    let mut at = 6;
    while rest > room {
        at -= 1;
        space[at] = 0x80 | (rest & 0x3F) as u8;
        rest >>= 6;
        room >>= 1;
    }
    at -= 1;
    space[at] = (!room << 1) as u8 | rest as u8;
    &space[at..]
}

#[cold]
fn invalid_code(state: &mut State) -> Error {
    state.error(format_args!("invalid UTF-8 code"))
}

/// `utf8.len (s [, i [, j [, lax]]])` (manual §6.5).
fn len(state: &mut State) -> Result<Return> {
    let length = state.check_bytes(1)?.len();
    let from = position(state.opt_integer(2, 1)?, length);
    let to = position(state.opt_integer(3, -1)?, length);
    let range = range(state, state.to_boolean(4));
    if from < 1 || from - 1 > length as i64 {
        let text = place(state, "initial position out of bounds", "initial position out of string");
        return Err(state.arg_error(2, text));
    }
    if to > length as i64 {
        let text = place(state, "final position out of bounds", "final position out of string");
        return Err(state.arg_error(3, text));
    }
    let text = bytes(state, 1);
    let (mut at, to) = (from as usize - 1, to as usize);
    let mut count = 0i64;
    while at < to {
        match decode(text, at, range) {
            Some((_, next)) => at = next,
            None => {
                state.push(())?;
                state.push(at as i64 + 1)?;
                return Ok(Return::values(2));
            }
        }
        count += 1;
    }
    state.ret(count)
}

/// `utf8.codepoint (s [, i [, j [, lax]]])` (manual §6.5).
fn codepoint(state: &mut State) -> Result<Return> {
    let length = state.check_bytes(1)?.len();
    let from = position(state.opt_integer(2, 1)?, length);
    let to = position(state.opt_integer(3, from)?, length);
    let range = range(state, state.to_boolean(4));
    if from < 1 {
        let text = place(state, "out of bounds", "out of range");
        return Err(state.arg_error(2, text));
    }
    if to > length as i64 {
        let text = place(state, "out of bounds", "out of range");
        return Err(state.arg_error(3, text));
    }
    if from > to {
        return Ok(Return::NONE);
    }
    if to - from >= i64::from(i32::MAX) {
        return Err(state.error(format_args!("string slice too long")));
    }
    state.ensure_stack((to - from) as usize + 1, "string slice too long")?;
    let (mut at, to) = (from as usize - 1, to as usize);
    let mut count = 0;
    while at < to {
        let Some((code, next)) = decode(bytes(state, 1), at, range) else {
            return Err(invalid_code(state));
        };
        state.push(i64::from(code))?;
        at = next;
        count += 1;
    }
    Ok(Return::values(count))
}

fn check_code(state: &mut State, arg: i32) -> Result<u32> {
    let n = state.check_integer(arg)?;
    let greatest = if state.dialect().utf8_of_unicode { MAX_UNICODE } else { MAX_CODE };
    match u32::try_from(n) {
        Ok(code) if code <= greatest => Ok(code),
        _ => Err(state.arg_error(arg, "value out of range")),
    }
}

/// `utf8.char (···)` (manual §6.5).
fn char(state: &mut State) -> Result<Return> {
    let count = state.top() as i32;
    if count == 1 {
        let code = check_code(state, 1)?;
        return state.ret(encode(code, &mut [0; 6]));
    }
    let mut buffer = state.take_buffer();
    for arg in 1..=count {
        let code = check_code(state, arg)?;
        buffer.extend(encode(code, &mut [0; 6]))?;
    }
    state.ret_buffer(buffer)
}

/// `utf8.offset (s, n [, i])` (manual §6.5).
fn offset(state: &mut State) -> Result<Return> {
    let length = state.check_bytes(1)?.len();
    let n = state.check_integer(2)?;
    let default = if n >= 0 { 1 } else { length as i64 + 1 };
    let start = position(state.opt_integer(3, default)?, length);
    if start < 1 || start - 1 > length as i64 {
        let text = place(state, "position out of bounds", "position out of range");
        return Err(state.arg_error(3, text));
    }
    let start = start as usize - 1;
    let text = bytes(state, 1);
    if n != 0 && is_continuation(byte_at(text, start)) {
        return Err(state.error(format_args!("initial position is a continuation byte")));
    }
    let Some(at) = character_offset(text, n, start) else { return state.ret(()) };
    if !state.dialect().utf8_offset_end {
        return state.ret(at as i64 + 1);
    }
    let mut end = at;
    if byte_at(text, at) >= 0x80 {
        if is_continuation(byte_at(text, at)) {
            return Err(state.error(format_args!("initial position is a continuation byte")));
        }
        while is_continuation(byte_at(text, end + 1)) {
            end += 1;
        }
    }
    state.push(at as i64 + 1)?;
    state.push(end as i64 + 1)?;
    Ok(Return::values(2))
}

/// Where the `n`-th character from `at` starts (0: the one that `at` is in).
fn character_offset(text: &[u8], mut n: i64, mut at: usize) -> Option<usize> {
    if n == 0 {
        while at > 0 && is_continuation(byte_at(text, at)) {
            at -= 1;
        }
        return Some(at);
    }
    if n < 0 {
        while n < 0 && at > 0 {
            at -= 1;
            while at > 0 && is_continuation(byte_at(text, at)) {
                at -= 1;
            }
            n += 1;
        }
    } else {
        n -= 1;
        while n > 0 && at < text.len() {
            at += 1;
            while is_continuation(byte_at(text, at)) {
                at += 1;
            }
            n -= 1;
        }
    }
    (n == 0).then_some(at)
}

/// The next character for `utf8.codes`, after the one at position `n`.
fn next_code(state: &mut State, range: Range) -> Result<Return> {
    let length = state.check_bytes(1)?.len();
    let n = state.to_integer(2).unwrap_or(0) as u64;
    if n >= length as u64 {
        return Ok(Return::NONE);
    }
    let text = bytes(state, 1);
    let mut at = n as usize;
    while is_continuation(byte_at(text, at)) {
        at += 1;
    }
    if at >= length {
        return Ok(Return::NONE);
    }
    match decode(text, at, range) {
        Some((code, next)) if !is_continuation(byte_at(text, next)) => {
            state.push(at as i64 + 1)?;
            state.push(i64::from(code))?;
            Ok(Return::values(2))
        }
        _ => Err(invalid_code(state)),
    }
}

/// The same in the dialect without strictness: a position before the beginning
/// means the beginning, which may be in error.
fn next_unicode(state: &mut State) -> Result<Return> {
    let length = state.check_bytes(1)?.len();
    let n = state.to_integer(2).unwrap_or(0).wrapping_sub(1);
    let text = bytes(state, 1);
    let mut at = 0;
    if n >= length as i64 {
        return Ok(Return::NONE);
    }
    if n >= 0 {
        at = n as usize + 1;
        while is_continuation(byte_at(text, at)) {
            at += 1;
        }
    }
    if at >= length {
        return Ok(Return::NONE);
    }
    match decode(text, at, Range::Unicode) {
        Some((code, next)) if !is_continuation(byte_at(text, next)) => {
            state.push(at as i64 + 1)?;
            state.push(i64::from(code))?;
            Ok(Return::values(2))
        }
        _ => Err(invalid_code(state)),
    }
}

/// `utf8.codes (s [, lax])` (manual §6.5).
fn codes(state: &mut State) -> Result<Return> {
    let range = range(state, state.to_boolean(2));
    let begins_inside = is_continuation(byte_at(state.check_bytes(1)?, 0));
    if begins_inside && range != Range::Unicode {
        return Err(state.arg_error(1, "invalid UTF-8 code"));
    }
    let next: NativeFn = match range {
        Range::Strict => |state| next_code(state, Range::Strict),
        Range::Unicode => next_unicode,
        Range::All => |state| next_code(state, Range::All),
    };
    state.push(next)?;
    state.push_value(1)?;
    state.push(0i64)?;
    Ok(Return::values(3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip() {
        for code in [0, 0x7F, 0x80, 0x7FF, 0x800, 0xFFFF, 0x1_0000, 0x1F_FFFF, 0x20_0000]
            .into_iter()
            .chain([0x3FF_FFFF, 0x400_0000, MAX_CODE])
        {
            let mut space = [0; 6];
            let encoded = encode(code, &mut space);
            assert_eq!(decode(encoded, 0, Range::All), Some((code, encoded.len())));
        }
        for c in ['é', '€', '𝄞', '\u{10FFFF}'] {
            assert_eq!(encode(c as u32, &mut [0; 6]), c.to_string().as_bytes());
        }
    }

    #[test]
    fn refused() {
        for text in
            [&b"\x80"[..], b"\xC3", b"\xC3a", b"\xC0\x80", b"\xE0\x80\x80", b"\xFE", b"\xFF"]
        {
            assert_eq!(decode(text, 0, Range::All), None);
        }
        assert_eq!(decode(b"\xED\xA0\x80", 0, Range::Strict), None);
        assert_eq!(decode(b"\xED\xA0\x80", 0, Range::All), Some((0xD800, 3)));
        assert_eq!(decode(b"\xF4\x90\x80\x80", 0, Range::Strict), None);
    }

    #[test]
    fn offsets() {
        let text = "aé€z".as_bytes();
        assert_eq!(character_offset(text, 1, 0), Some(0));
        assert_eq!(character_offset(text, 3, 0), Some(3));
        assert_eq!(character_offset(text, 5, 0), Some(7));
        assert_eq!(character_offset(text, 6, 0), None);
        assert_eq!(character_offset(text, -1, 7), Some(6));
        assert_eq!(character_offset(text, -2, 7), Some(3));
        assert_eq!(character_offset(text, -5, 7), None);
        assert_eq!(character_offset(text, 0, 5), Some(3));
        assert_eq!(position(-3, 3), 1);
        assert_eq!(position(-4, 3), 0);
        assert_eq!(position(i64::MIN, 3), 0);
    }
}
