//! `string.format`: the format string's grammar and the arguments; the
//! conversions themselves are in `number`.

use memchr::memchr;
use perilune_vm::{Buffer, Error, Result, Return, State, Value};

use super::bytes;
use super::format_loose as loose;
use super::number::{
    Spec, decimal_signed, put_float, put_float_literal, put_integer, put_integer_literal,
    put_pointer, put_quoted, put_text,
};

/// Strings from this length on are not padded.
pub(super) const LONG: usize = 100;
/// A conversion longer than this is refused.
const MAX_CONVERSION: usize = 22;

const FLOAT_FLAGS: &[u8] = b"-+#0 ";
const HEX_FLAGS: &[u8] = b"-#0";
const INTEGER_FLAGS: &[u8] = b"-+0 ";
const UNSIGNED_FLAGS: &[u8] = b"-0";
const TEXT_FLAGS: &[u8] = b"-";

/// Reads what stands between `%` and the conversion's letter: some of
/// `flags`, a width of at most two digits, and (if `with_precision`) a
/// precision of at most two. `None` if there is anything else.
pub fn parse_spec(text: &[u8], flags: &[u8], with_precision: bool) -> Option<Spec> {
    fn two_digits(text: &[u8]) -> (usize, &[u8]) {
        let count = text.iter().take(2).take_while(|c| c.is_ascii_digit()).count();
        let (digits, rest) = text.split_at(count);
        (digits.iter().fold(0, |n, c| n * 10 + usize::from(c - b'0')), rest)
    }
    let mut spec = Spec::default();
    let count = text.iter().take_while(|c| flags.contains(c)).count();
    let (given, mut rest) = text.split_at(count);
    for flag in given {
        match flag {
            b'-' => spec.left = true,
            b'+' => spec.plus = true,
            b'#' => spec.alternative = true,
            b'0' => spec.zero = true,
            _ => spec.space = true,
        }
    }
    if rest.first() != Some(&b'0') {
        (spec.width, rest) = two_digits(rest);
        if let (Some((b'.', after)), true) = (rest.split_first(), with_precision) {
            let (precision, after) = two_digits(after);
            spec.precision = Some(precision);
            rest = after;
        }
    }
    rest.is_empty().then_some(spec)
}

/// Where a conversion stands in the format string: after the `%` up to and
/// including its letter (which may be missing at the string's end).
#[derive(Clone, Copy)]
pub(super) struct Conversion {
    pub(super) start: usize,
    /// Position of the letter.
    pub(super) letter_at: usize,
    /// The letter, 0 if missing.
    pub(super) letter: u8,
}

impl Conversion {
    fn read(format: &[u8], start: usize) -> Conversion {
        let rest = &format[start..];
        let count = rest
            .iter()
            .take_while(|c| matches!(c, b'-' | b'+' | b'#' | b' ' | b'.' | b'0'..=b'9'))
            .count();
        Conversion {
            start,
            letter_at: start + count,
            letter: rest.get(count).copied().unwrap_or(0),
        }
    }

    pub(super) fn has_modifiers(self) -> bool {
        self.letter_at > self.start
    }

    fn modifiers(self, state: &State) -> &[u8] {
        &bytes(state, 1)[self.start..self.letter_at]
    }

    fn spec(self, state: &mut State, flags: &[u8], with_precision: bool) -> Result<Spec> {
        if !self.has_modifiers() {
            return Ok(Spec::default());
        }
        match parse_spec(self.modifiers(state), flags, with_precision) {
            Some(spec) => Ok(spec),
            None => Err(self.error(state, "invalid conversion specification: '%", "'")),
        }
    }

    /// An error message around the text of the conversion.
    #[cold]
    fn error(self, state: &mut State, before: &str, after: &str) -> Error {
        let mut message = before.as_bytes().to_vec();
        message.extend_from_slice(self.modifiers(state));
        if self.letter != 0 {
            message.push(self.letter);
        }
        message.extend_from_slice(after.as_bytes());
        state.error_bytes(&message)
    }
}

/// `string.format (formatstring, ···)` (manual §6.4).
pub fn format(state: &mut State) -> Result<Return> {
    let top = state.top() as i32;
    state.check_bytes(1)?;
    let strict = state.dialect().format_checks_flags;
    let mut buffer = state.take_buffer();
    let mut position = 0;
    let mut arg = 1;
    loop {
        let format = bytes(state, 1);
        let rest = &format[position..];
        let Some(at) = memchr(b'%', rest) else {
            buffer.extend(rest)?;
            return state.ret_buffer(buffer);
        };
        if at > 0 {
            buffer.extend(&rest[..at])?;
        }
        position += at + 1;
        if format.get(position) == Some(&b'%') {
            buffer.push(b'%')?;
            position += 1;
            continue;
        }
        let next = if strict {
            Ok((Conversion::read(format, position), Spec::default()))
        } else {
            loose::scan(format, position)
        };
        arg += 1;
        if arg > top {
            return Err(state.arg_error(arg, "no value"));
        }
        let (conversion, spec) = match next {
            Ok(next) => next,
            Err(message) => return Err(state.error(format_args!("{message}"))),
        };
        if !strict {
            loose::convert(state, &mut buffer, conversion, spec, arg)?;
        } else if conversion.letter_at + 1 - position >= MAX_CONVERSION {
            return Err(state.error(format_args!("invalid format (too long)")));
        } else {
            convert(state, &mut buffer, conversion, arg)?;
        }
        position = conversion.letter_at + 1;
        if position > bytes(state, 1).len() {
            return state.ret_buffer(buffer);
        }
    }
}

/// Appends argument `arg`, converted.
fn convert(state: &mut State, out: &mut Buffer, conversion: Conversion, arg: i32) -> Result<()> {
    match conversion.letter {
        b'd' | b'i' => {
            let n = state.check_integer(arg)?;
            if !conversion.has_modifiers() {
                out.extend(decimal_signed(n, &mut [0; 20]))?;
                return Ok(());
            }
            let spec = conversion.spec(state, INTEGER_FLAGS, true)?;
            put_integer(out, &spec, b'd', n)?;
        }
        letter @ (b'u' | b'o' | b'x' | b'X') => {
            let n = state.check_integer(arg)?;
            let flags = if letter == b'u' { UNSIGNED_FLAGS } else { HEX_FLAGS };
            let spec = conversion.spec(state, flags, true)?;
            put_integer(out, &spec, letter, n)?;
        }
        b'c' => {
            let spec = conversion.spec(state, TEXT_FLAGS, false)?;
            let byte = state.check_integer(arg)? as u8;
            put_text(out, &spec, &[byte])?;
        }
        letter @ (b'a' | b'A') => {
            let spec = conversion.spec(state, FLOAT_FLAGS, true)?;
            let x = state.check_float(arg)?;
            put_float(out, &spec, letter, x)?;
        }
        letter @ (b'e' | b'E' | b'f' | b'g' | b'G') => {
            let x = state.check_float(arg)?;
            let spec = conversion.spec(state, FLOAT_FLAGS, true)?;
            put_float(out, &spec, letter, x)?;
        }
        b'p' => {
            let address = state.to_pointer(arg);
            let spec = conversion.spec(state, TEXT_FLAGS, false)?;
            put_pointer(out, &spec, address)?;
        }
        b'q' => {
            if conversion.has_modifiers() {
                return Err(state.error(format_args!("specifier '%q' cannot have modifiers")));
            }
            literal(state, out, arg)?;
        }
        b's' if !conversion.has_modifiers() => state.append_tostring(arg, out)?,
        b's' => text(state, out, conversion, arg)?,
        _ => return Err(conversion.error(state, "invalid conversion '%", "' to 'format'")),
    }
    Ok(())
}

/// `%s` with a width or a precision.
fn text(state: &mut State, out: &mut Buffer, conversion: Conversion, arg: i32) -> Result<()> {
    state.push_tostring(arg)?;
    if memchr(0, bytes(state, -1)).is_some() {
        return Err(state.arg_error(arg, "string contains zeros"));
    }
    let spec = conversion.spec(state, TEXT_FLAGS, true)?;
    let text = bytes(state, -1);
    if spec.precision.is_none() && text.len() >= LONG {
        out.extend(text)?;
    } else {
        put_text(out, &spec, text)?;
    }
    state.pop(1);
    Ok(())
}

/// `%q`: the value as a literal that reads back as the same value.
pub(super) fn literal(state: &mut State, out: &mut Buffer, arg: i32) -> Result<()> {
    match state.value(arg) {
        Value::String(text) => put_quoted(out, text)?,
        Value::Integer(n) => put_integer_literal(out, n)?,
        Value::Float(x) if !state.dialect().format_quotes_infinities => {
            put_float(out, &Spec::default(), b'a', x)?;
        }
        Value::Float(x) => put_float_literal(out, x)?,
        Value::Nil | Value::Boolean(_) => state.append_tostring(arg, out)?,
        _ => return Err(state.arg_error(arg, "value has no literal form")),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specifications() {
        let parse = |text: &str| parse_spec(text.as_bytes(), FLOAT_FLAGS, true);
        assert_eq!(parse(""), Some(Spec::default()));
        assert_eq!(
            parse("-012.34"),
            Some(Spec {
                left: true,
                zero: true,
                width: 12,
                precision: Some(34),
                ..Spec::default()
            })
        );
        assert_eq!(parse("5.").unwrap().precision, Some(0));
        assert_eq!(parse("100"), None);
        assert_eq!(parse(".100"), None);
        assert_eq!(parse("1.2.3"), None);
        assert_eq!(parse_spec(b"010", TEXT_FLAGS, false), None);
        assert_eq!(parse_spec(b".10", TEXT_FLAGS, false), None);
        assert_eq!(parse_spec(b"#", INTEGER_FLAGS, true), None);
        assert_eq!(parse_spec(b"0.34", TEXT_FLAGS, true), None);
    }
}
