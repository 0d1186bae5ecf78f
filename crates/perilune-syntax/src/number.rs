//! Numerals: from bytes to numbers.

use crate::dialect::Dialect;

/// A number as Lua sees it.
///
/// ```
/// use perilune::native::number::{Number, parse};
///
/// assert_eq!(parse(b"10"), Some(Number::Integer(10)));
/// assert_eq!(parse(b"10.0"), Some(Number::Float(10.0)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// A 64-bit integer.
    Integer(i64),
    /// A double.
    Float(f64),
}

/// Converts a whole string to a number, as `lua_stringtonumber` does.
///
/// Accepted are surrounding white space, a sign, decimal and hexadecimal
/// numerals with optional fraction and exponent. A decimal integer that does
/// not fit becomes a float; a hexadecimal integer wraps around. `inf` and `nan`
/// are no numerals.
///
/// ```
/// use perilune::native::number::{Number, parse};
///
/// assert_eq!(parse(b" 0x10 "), Some(Number::Integer(16)));
/// assert_eq!(parse(b"9223372036854775808"), Some(Number::Float(2f64.powi(63))));
/// assert_eq!(parse(b"10 apples"), None);
/// ```
pub fn parse(text: &[u8]) -> Option<Number> {
    let (negative, digits) = split_sign(trim(text));
    match digits {
        [b'0', b'x' | b'X', hex @ ..] => parse_hexadecimal(hex, negative),
        _ => parse_decimal(digits, negative),
    }
}

/// Converts a whole string to a number as a dialect does.
///
/// ```
/// use perilune::native::number::{Number, parse_as};
/// use perilune::native::{LUA_5_1, LUA_5_4};
///
/// assert_eq!(parse_as(b"10", &LUA_5_4), Some(Number::Integer(10)));
/// assert_eq!(parse_as(b"10", &LUA_5_1), Some(Number::Float(10.0)));
/// ```
pub fn parse_as(text: &[u8], dialect: &Dialect) -> Option<Number> {
    if !dialect.float_only_numbers {
        return parse(text);
    }
    let text = match dialect.numbers_of_c {
        true => text.split(|&byte| byte == 0).next().unwrap_or(text),
        false => text,
    };
    let (negative, digits) = split_sign(trim(text));
    match digits {
        [b'0', b'x' | b'X', hex @ ..] => parse_hexadecimal_float(hex, negative),
        _ if dialect.numbers_of_c => {
            parse_special(digits, negative).or_else(|| parse_decimal_float(digits, negative))
        }
        _ => parse_decimal_float(digits, negative),
    }
    .map(Number::Float)
}

/// `inf`, `infinity`, `nan` and `nan(…)`, in any case.
fn parse_special(text: &[u8], negative: bool) -> Option<f64> {
    let value = match text.to_ascii_lowercase().as_slice() {
        b"inf" | b"infinity" => f64::INFINITY,
        b"nan" => f64::NAN,
        [b'n', b'a', b'n', b'(', inside @ .., b')']
            if inside.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_') =>
        {
            f64::NAN
        }
        _ => return None,
    };
    Some(if negative { -value } else { value })
}

/// The white space of the C locale.
pub(crate) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// The value of a hexadecimal digit.
pub(crate) fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

fn trim(mut text: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = text
        && is_space(*first)
    {
        text = rest;
    }
    while let [rest @ .., last] = text
        && is_space(*last)
    {
        text = rest;
    }
    text
}

fn split_sign(text: &[u8]) -> (bool, &[u8]) {
    match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    }
}

fn parse_decimal(text: &[u8], negative: bool) -> Option<Number> {
    match parse_decimal_integer(text, negative) {
        Some(value) => Some(Number::Integer(value)),
        None => parse_decimal_float(text, negative).map(Number::Float),
    }
}

/// `None` if it is no integer numeral or does not fit.
fn parse_decimal_integer(text: &[u8], negative: bool) -> Option<i64> {
    if text.is_empty() {
        return None;
    }
    let mut value: u64 = 0;
    for &byte in text {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value.checked_mul(10)?.checked_add(u64::from(digit))?;
    }
    let limit = i64::MAX as u64 + u64::from(negative);
    if value > limit {
        return None;
    }
    Some(if negative { (value as i64).wrapping_neg() } else { value as i64 })
}

/// The form is checked here, because the standard library reads more (`inf`).
fn parse_decimal_float(text: &[u8], negative: bool) -> Option<f64> {
    let digits = |from: usize| text[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let mut end = digits(0);
    let mut count = end;
    if text.get(end) == Some(&b'.') {
        let fraction = digits(end + 1);
        count += fraction;
        end += 1 + fraction;
    }
    if count == 0 {
        return None;
    }
    if matches!(text.get(end), Some(b'e' | b'E')) {
        end += 1;
        if matches!(text.get(end), Some(b'+' | b'-')) {
            end += 1;
        }
        let exponent = digits(end);
        if exponent == 0 {
            return None;
        }
        end += exponent;
    }
    if end != text.len() {
        return None;
    }
    let value: f64 = std::str::from_utf8(text).ok()?.parse().ok()?;
    Some(if negative { -value } else { value })
}

fn parse_hexadecimal(text: &[u8], negative: bool) -> Option<Number> {
    if text.is_empty() {
        return None;
    }
    let mut value: u64 = 0;
    for &byte in text {
        match hex_digit(byte) {
            Some(digit) => value = value << 4 | u64::from(digit),
            None => return parse_hexadecimal_float(text, negative).map(Number::Float),
        }
    }
    let value = value as i64;
    Some(Number::Integer(if negative { value.wrapping_neg() } else { value }))
}

fn parse_hexadecimal_float(text: &[u8], negative: bool) -> Option<f64> {
    let mut mantissa: u64 = 0;
    let mut inexact = false;
    let mut exponent: i64 = 0;
    let (mut any, mut dot) = (false, false);
    let mut rest = text;
    while let [byte, tail @ ..] = rest {
        if let Some(digit) = hex_digit(*byte) {
            any = true;
            if mantissa >> 60 == 0 {
                mantissa = mantissa << 4 | u64::from(digit);
                exponent -= if dot { 4 } else { 0 };
            } else {
                inexact |= digit != 0;
                exponent += if dot { 0 } else { 4 };
            }
        } else if *byte == b'.' && !dot {
            dot = true;
        } else {
            break;
        }
        rest = tail;
    }
    if !any {
        return None;
    }
    if let [b'p' | b'P', tail @ ..] = rest {
        let (down, digits) = split_sign(tail);
        if digits.is_empty() {
            return None;
        }
        let mut value: i64 = 0;
        for &byte in digits {
            if !byte.is_ascii_digit() {
                return None;
            }
            value = value.saturating_mul(10).saturating_add(i64::from(byte - b'0'));
        }
        exponent = exponent.saturating_add(if down { -value } else { value });
    } else if !rest.is_empty() {
        return None;
    }
    let value = scale(mantissa, inexact, exponent);
    Some(if negative { -value } else { value })
}

/// `mantissa * 2^exponent`, rounded to nearest, ties to even. `inexact` says
/// that nonzero bits follow below the mantissa, which then has at least 61
/// significant bits.
fn scale(mantissa: u64, inexact: bool, exponent: i64) -> f64 {
    if mantissa == 0 {
        return 0.0;
    }
    let leading = mantissa.leading_zeros();
    let mantissa = mantissa << leading;
    // The value lies in [2^top, 2^(top+1)).
    let top = exponent.saturating_sub(i64::from(leading)).saturating_add(63);
    if top > 1023 {
        return f64::INFINITY;
    }
    let subnormal = (-1022 - top).max(0);
    let shift = 11 + subnormal;
    if shift > 64 {
        return 0.0;
    }
    let (kept, dropped) = if shift == 64 {
        (0, mantissa)
    } else {
        (mantissa >> shift, mantissa & ((1 << shift) - 1))
    };
    let half = 1u64 << (shift - 1);
    let up = dropped > half || (dropped == half && (inexact || kept & 1 == 1));
    let kept = kept + u64::from(up);
    // `kept` carries the implicit bit, which adds one to the exponent field.
    let field = if subnormal > 0 { 0 } else { (top + 1022) as u64 };
    f64::from_bits((field << 52) + kept)
}

#[cfg(test)]
mod tests {
    use super::{Number::*, *};

    #[test]
    fn integers() {
        assert_eq!(parse(b"10"), Some(Integer(10)));
        assert_eq!(parse(b"  -7\n"), Some(Integer(-7)));
        assert_eq!(parse(b"9223372036854775807"), Some(Integer(i64::MAX)));
        assert_eq!(parse(b"-9223372036854775808"), Some(Integer(i64::MIN)));
        assert_eq!(parse(b"9223372036854775808"), Some(Float(9223372036854775808.0)));
        assert_eq!(parse(b"0xffffffffffffffff"), Some(Integer(-1)));
        assert_eq!(parse(b"0x1ffffffffffffffff"), Some(Integer(-1)));
        assert_eq!(parse(b"-0x10"), Some(Integer(-16)));
    }

    #[test]
    fn floats() {
        assert_eq!(parse(b".5"), Some(Float(0.5)));
        assert_eq!(parse(b"5."), Some(Float(5.0)));
        assert_eq!(parse(b"1e1"), Some(Float(10.0)));
        assert_eq!(parse(b"1e9999"), Some(Float(f64::INFINITY)));
        assert_eq!(parse(b"0x.8"), Some(Float(0.5)));
        assert_eq!(parse(b"0xA.8p1"), Some(Float(21.0)));
        assert_eq!(parse(b"0x1p-1074"), Some(Float(5e-324)));
        assert_eq!(parse(b"0x1p-1075"), Some(Float(0.0)));
        assert_eq!(parse(b"0x1.8p-1075"), Some(Float(5e-324)));
        assert_eq!(parse(b"0x1.fffffffffffff8p0"), Some(Float(2.0)));
        assert_eq!(parse(b"0x1.fffffffffffffp1023"), Some(Float(f64::MAX)));
        assert_eq!(parse(b"0x1.fffffffffffff8p1023"), Some(Float(f64::INFINITY)));
        assert_eq!(parse(b"0x0.0000000000000000000000000001p112"), Some(Float(1.0)));
        assert_eq!(parse(b"0x10000000000000000000000001p-100"), Some(Float(1.0)));
        assert!(matches!(parse(b"-0x0p1"), Some(Float(z)) if z == 0.0 && z.is_sign_negative()));
    }

    #[test]
    fn float_only() {
        let as_5_1 = |text: &str| parse_as(text.as_bytes(), &crate::LUA_5_1);
        let as_5_2 = |text: &str| parse_as(text.as_bytes(), &crate::LUA_5_2);
        for parse in [as_5_1, as_5_2] {
            assert_eq!(parse(" 10 "), Some(Float(10.0)));
            assert_eq!(parse("0xff"), Some(Float(255.0)));
            assert_eq!(parse("-0x1p4"), Some(Float(-16.0)));
            assert_eq!(parse("0xffffffffffffffffff"), Some(Float(4722366482869645213695.0)));
            assert_eq!(parse("0x"), None);
            assert_eq!(parse(""), None);
        }
        assert_eq!(as_5_1("-inf"), Some(Float(f64::NEG_INFINITY)));
        assert_eq!(as_5_1("Infinity"), Some(Float(f64::INFINITY)));
        assert!(matches!(as_5_1("nan(12)"), Some(Float(value)) if value.is_nan()));
        assert_eq!(as_5_1("1\0x"), Some(Float(1.0)));
        for text in ["inf", "nan", "infinity", "1\0"] {
            assert_eq!(as_5_2(text), None, "{text:?}");
        }
    }

    #[test]
    fn no_numerals() {
        for text in [
            "", " ", "-", "0x", "0x.", "0x1p", "0x1p+", "1e", "1e+", ".", "e1", "inf", "nan",
            "1 2", "1a", "--1", "- 1", "0x1.2.3", "1..2", "1\0", "0xg", "1e1.5", "infinity",
            "0x1p1a",
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text:?}");
        }
    }
}
