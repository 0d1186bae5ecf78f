//! Conversions of `string.format` in the dialects that hand them to C's `printf`
//! as they stand: any flags with any letter, numbers cast to what the letter
//! wants.

use memchr::memchr;
use perilune_vm::{Buffer, Result, State};

use super::bytes;
use super::format::{Conversion, LONG, literal};
use super::number::{
    Spec, decimal_signed, put_float, put_integer, put_quoted, put_quoted_loosely, put_text,
};
use crate::arguments::check_int;
use crate::host::c_string;

/// More flags are refused.
const MAX_FLAGS: usize = 5;

/// Reads the conversion that begins at `start`; a message if it is malformed.
pub(super) fn scan(format: &[u8], start: usize) -> Result<(Conversion, Spec), &'static str> {
    let mut spec = Spec::default();
    let mut at = start;
    while let Some(flag) = format.get(at) {
        match flag {
            b'-' => spec.left = true,
            b'+' => spec.plus = true,
            b'#' => spec.alternative = true,
            b'0' => spec.zero = true,
            b' ' => spec.space = true,
            _ => break,
        }
        at += 1;
    }
    if at - start > MAX_FLAGS {
        return Err("invalid format (repeated flags)");
    }
    let two_digits = |at: &mut usize| {
        let mut number = 0;
        let end = *at + 2;
        while *at < end
            && let Some(digit) = format.get(*at).filter(|c| c.is_ascii_digit())
        {
            number = number * 10 + usize::from(digit - b'0');
            *at += 1;
        }
        number
    };
    spec.width = two_digits(&mut at);
    if format.get(at) == Some(&b'.') {
        at += 1;
        spec.precision = Some(two_digits(&mut at));
    }
    let letter = format.get(at).copied().unwrap_or(0);
    if letter.is_ascii_digit() {
        return Err("invalid format (width or precision too long)");
    }
    Ok((Conversion { start, letter_at: at, letter }, spec))
}

/// Appends argument `arg`, converted.
pub(super) fn convert(
    state: &mut State,
    out: &mut Buffer,
    conversion: Conversion,
    spec: Spec,
    arg: i32,
) -> Result<()> {
    let dialect = state.dialect();
    match conversion.letter {
        b'c' => {
            let byte = match dialect.format_checks_range {
                true => check_int(state, arg)? as u8,
                // What is out of the range of a C `int` becomes the smallest one.
                false => match state.check_float(arg)?.trunc() {
                    n if (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&n) => n as i32 as u8,
                    _ => 0,
                },
            };
            if byte == 0 && dialect.zero_ends_text {
                // C's text ends at the zero, before what would fill it up.
                if !spec.left && spec.width > 1 {
                    put_text(out, &Spec { width: spec.width - 1, ..Spec::default() }, b"")?;
                }
                return Ok(());
            }
            put_text(out, &Spec { precision: None, ..spec }, &[byte])?;
        }
        b'd' | b'i' => {
            let n = signed(state, arg)?;
            if !conversion.has_modifiers() {
                out.extend(decimal_signed(n, &mut [0; 20]))?;
                return Ok(());
            }
            put_integer(out, &spec, b'd', n)?;
        }
        letter @ (b'o' | b'u' | b'x' | b'X') => {
            let n = unsigned(state, arg)?;
            put_integer(out, &spec, letter, n as i64)?;
        }
        b'a' | b'A' if !dialect.format_hexadecimal_floats => {
            return Err(invalid_option(state, conversion.letter));
        }
        letter @ (b'a' | b'A' | b'e' | b'E' | b'f' | b'g' | b'G') => {
            let x = state.check_float(arg)?;
            put_float(out, &spec, letter, x)?;
        }
        b'q' if dialect.format_quotes_values => literal(state, out, arg)?,
        b'q' => {
            let text = state.check_bytes(arg)?;
            if dialect.format_quotes_controls {
                put_quoted(out, text)?;
            } else {
                put_quoted_loosely(out, text)?;
            }
        }
        b's' => text(state, out, conversion, spec, arg)?,
        letter => return Err(invalid_option(state, letter)),
    }
    Ok(())
}

#[cold]
fn invalid_option(state: &mut State, letter: u8) -> perilune_vm::Error {
    let mut message = b"invalid option '%".to_vec();
    let dialect = state.dialect();
    if dialect.format_error_codes && !(b' '..=b'~').contains(&letter) {
        message.extend_from_slice(format!("<\\{letter}>").as_bytes());
    } else if letter != 0 || !dialect.zero_ends_text {
        message.push(letter);
    }
    message.extend_from_slice(b"' to 'format'");
    state.error_bytes(&message)
}

/// `%s`.
fn text(
    state: &mut State,
    out: &mut Buffer,
    conversion: Conversion,
    spec: Spec,
    arg: i32,
) -> Result<()> {
    let dialect = state.dialect();
    if !dialect.format_calls_tostring {
        state.check_bytes(arg)?;
        state.push_value(arg)?;
    } else if !conversion.has_modifiers() && dialect.format_refuses_zeros {
        return state.append_tostring(arg, out);
    } else {
        state.push_tostring(arg)?;
        if !state.is_string_like(-1) {
            // What a metamethod gave is no text.
            state.push("(null)")?;
        }
    }
    if dialect.format_refuses_zeros && memchr(0, bytes(state, -1)).is_some() {
        return Err(state.arg_error(arg, "string contains zeros"));
    }
    let text = state.check_bytes(-1)?;
    if spec.precision.is_none() && text.len() >= LONG {
        out.extend(text)?;
    } else {
        put_text(out, &spec, c_string(text))?;
    }
    state.pop(1);
    Ok(())
}

const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;

/// A float as `long long`, as processors cut it.
fn cut(x: f64) -> i64 {
    if (-TWO_TO_63..TWO_TO_63).contains(&x) { x as i64 } else { i64::MIN }
}

/// A float as `unsigned long long`, as processors cut it.
fn cut_unsigned(x: f64) -> u64 {
    if x >= TWO_TO_63 { cut(x - TWO_TO_63) as u64 ^ 1 << 63 } else { cut(x) as u64 }
}

/// The argument as `%d` takes it.
fn signed(state: &mut State, arg: i32) -> Result<i64> {
    let dialect = state.dialect();
    if !dialect.float_only_numbers {
        return state.check_integer(arg);
    }
    let x = state.check_float(arg)?;
    let n = cut(x);
    if dialect.format_checks_range && (x - n as f64).abs().partial_cmp(&1.0) != Some(LESS) {
        return Err(state.arg_error(arg, "not a number in proper range"));
    }
    Ok(n)
}

/// The argument as `%x` and the like take it.
fn unsigned(state: &mut State, arg: i32) -> Result<u64> {
    let dialect = state.dialect();
    if !dialect.float_only_numbers {
        return Ok(state.check_integer(arg)? as u64);
    }
    let x = state.check_float(arg)?;
    let n = cut_unsigned(x);
    if dialect.format_checks_range && (x - n as f64).abs().partial_cmp(&1.0) != Some(LESS) {
        return Err(state.arg_error(arg, "not a non-negative number in proper range"));
    }
    Ok(n)
}

const LESS: std::cmp::Ordering = std::cmp::Ordering::Less;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conversions() {
        let (conversion, spec) = scan(b"%-+ #05.12dx", 1).unwrap();
        assert_eq!((conversion.letter, conversion.letter_at), (b'd', 10));
        assert!(spec.left && spec.plus && spec.space && spec.alternative && spec.zero);
        assert_eq!((spec.width, spec.precision), (5, Some(12)));
        assert_eq!(scan(b"%", 1).unwrap().0.letter, 0);
        assert_eq!(scan(b"%.d", 1).unwrap().1.precision, Some(0));
        assert!(scan(b"%123d", 1).is_err() && scan(b"%.123d", 1).is_err());
        assert!(scan(b"%------d", 1).is_err() && scan(b"%-----d", 1).is_ok());
    }

    #[test]
    fn casts() {
        assert_eq!(cut(-1.5), -1);
        assert_eq!(cut(1e100), i64::MIN);
        assert_eq!(cut_unsigned(-1.0), u64::MAX);
        assert_eq!(cut_unsigned(1e19), 10_000_000_000_000_000_000);
        assert_eq!(cut_unsigned(1e100), 0);
        assert_eq!(cut_unsigned(f64::NAN), 1 << 63);
    }
}
