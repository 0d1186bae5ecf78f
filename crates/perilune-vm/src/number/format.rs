//! Numbers as text.

use std::io::Write;

/// Where a number is written: longer than any of them.
///
/// ```
/// use perilune::native::number::{NumberBuffer, format_integer};
///
/// let mut buffer: NumberBuffer = [0; 64];
/// assert_eq!(format_integer(i64::MIN, &mut buffer), b"-9223372036854775808");
/// ```
pub type NumberBuffer = [u8; 64];

/// Two digits at a time.
const PAIRS: &[u8; 200] = b"\
    0001020304050607080910111213141516171819\
    2021222324252627282930313233343536373839\
    4041424344454647484950515253545556575859\
    6061626364656667686970717273747576777879\
    8081828384858687888990919293949596979899";

/// How floats are written.
///
/// ```
/// use perilune::native::number::{FloatForm, format_float_in};
///
/// let form = FloatForm { suffix: true, round_trip: true };
/// assert_eq!(format_float_in(0.1 + 0.2, &mut [0; 64], form), b"0.30000000000000004");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FloatForm {
    /// ".0" is added to what would look like an integer.
    pub suffix: bool,
    /// With as many digits as it takes to read the number back, 15 or 17, instead
    /// of 14.
    pub round_trip: bool,
}

/// Writes the digits of `n` so that they end at `end`; where they begin.
fn write_digits(mut n: u64, buffer: &mut NumberBuffer, mut end: usize) -> usize {
    while n >= 100 {
        let pair = (n % 100) as usize * 2;
        n /= 100;
        end -= 2;
        buffer[end..end + 2].copy_from_slice(&PAIRS[pair..pair + 2]);
    }
    if n >= 10 {
        let pair = n as usize * 2;
        end -= 2;
        buffer[end..end + 2].copy_from_slice(&PAIRS[pair..pair + 2]);
    } else {
        end -= 1;
        buffer[end] = b'0' + n as u8;
    }
    end
}

/// An integer in decimal.
///
/// ```
/// use perilune::native::number::format_integer;
///
/// assert_eq!(format_integer(-42, &mut [0; 64]), b"-42");
/// ```
pub fn format_integer(n: i64, buffer: &mut NumberBuffer) -> &[u8] {
    let end = buffer.len();
    let mut start = write_digits(n.unsigned_abs(), buffer, end);
    if n < 0 {
        start -= 1;
        buffer[start] = b'-';
    }
    &buffer[start..]
}

/// A float as C's "%.14g" writes it. With `suffix`, ".0" is added to what would
/// look like an integer.
///
/// ```
/// use perilune::native::number::format_float;
///
/// assert_eq!(format_float(2.0, &mut [0; 64], true), b"2.0");
/// assert_eq!(format_float(2.0, &mut [0; 64], false), b"2");
/// assert_eq!(format_float(0.1 + 0.2, &mut [0; 64], true), b"0.3");
/// ```
pub fn format_float(n: f64, buffer: &mut NumberBuffer, suffix: bool) -> &[u8] {
    format_float_in(n, buffer, FloatForm { suffix, round_trip: false })
}

/// A float in one of the ways of writing it.
///
/// ```
/// use perilune::native::number::{FloatForm, format_float_in};
///
/// let form = FloatForm { suffix: false, round_trip: false };
/// assert_eq!(format_float_in(1e100, &mut [0; 64], form), b"1e+100");
/// ```
pub fn format_float_in(n: f64, buffer: &mut NumberBuffer, form: FloatForm) -> &[u8] {
    // All integral values with at most 14, 15 digits.
    let short = if form.round_trip { 1e15 } else { 1e14 };
    if n.abs() < short {
        let truncated = n as i64;
        if truncated as f64 == n {
            return format_integral(n, truncated, buffer, form.suffix);
        }
    } else if !n.is_finite() {
        return match (n.is_nan(), n.is_sign_negative()) {
            (true, false) => b"nan",
            (true, true) => b"-nan",
            (false, false) => b"inf",
            (false, true) => b"-inf",
        };
    }
    if !form.round_trip {
        return format_general::<14>(n, buffer, form.suffix);
    }
    let length = format_general::<15>(n, buffer, form.suffix).len();
    let text = std::str::from_utf8(&buffer[..length]);
    if text.is_ok_and(|text| text.parse() == Ok(n)) {
        return &buffer[..length];
    }
    format_general::<17>(n, buffer, form.suffix)
}

/// `n`, whose value is `integer`.
fn format_integral(n: f64, integer: i64, buffer: &mut NumberBuffer, suffix: bool) -> &[u8] {
    let mut end = buffer.len();
    if suffix {
        end -= 2;
        buffer[end..].copy_from_slice(b".0");
    }
    let mut start = write_digits(integer.unsigned_abs(), buffer, end);
    if n.is_sign_negative() {
        start -= 1;
        buffer[start] = b'-';
    }
    &buffer[start..]
}

/// A finite float that is not a short integer.
fn format_general<const DIGITS: usize>(n: f64, buffer: &mut NumberBuffer, suffix: bool) -> &[u8] {
    // "d.ddddddddddddde" and the exponent, correctly rounded.
    let mut scratch = [0u8; 32];
    let mut rest = &mut scratch[..];
    // The text has at most 24 bytes: it fits.
    let _ = write!(rest, "{:.*e}", DIGITS - 1, n.abs());
    let length = 32 - rest.len();
    let exponent = parse_exponent(&scratch[DIGITS + 2..length]);
    let mut digits = [b'0'; DIGITS];
    digits[0] = scratch[0];
    digits[1..].copy_from_slice(&scratch[2..DIGITS + 1]);
    let significant = DIGITS - digits.iter().rev().take_while(|&&d| d == b'0').count();

    let mut out = Output { buffer, length: 0 };
    if n.is_sign_negative() {
        out.push(b"-");
    }
    if exponent < -4 || exponent >= DIGITS as i32 {
        out.push(&digits[..1]);
        if significant > 1 {
            out.push(b".");
            out.push(&digits[1..significant]);
        }
        out.push(if exponent < 0 { b"e-" } else { b"e+" });
        let magnitude = exponent.unsigned_abs() as usize;
        if magnitude >= 100 {
            out.push(&[b'0' + (magnitude / 100) as u8]);
        }
        let pair = magnitude % 100 * 2;
        out.push(&PAIRS[pair..pair + 2]);
    } else if exponent < 0 {
        out.push(b"0.");
        out.push(&b"000"[..(-exponent - 1) as usize]);
        out.push(&digits[..significant]);
    } else {
        let whole = exponent as usize + 1;
        out.push(&digits[..whole]);
        if significant > whole {
            out.push(b".");
            out.push(&digits[whole..significant]);
        } else if suffix {
            out.push(b".0");
        }
    }
    let length = out.length;
    &buffer[..length]
}

/// The text behind the "e" of Rust's exponential form.
fn parse_exponent(text: &[u8]) -> i32 {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    let magnitude = digits.iter().fold(0, |value, &d| value * 10 + i32::from(d - b'0'));
    if negative { -magnitude } else { magnitude }
}

/// Appends to a buffer.
struct Output<'a> {
    buffer: &'a mut NumberBuffer,
    length: usize,
}

impl Output<'_> {
    fn push(&mut self, text: &[u8]) {
        self.buffer[self.length..self.length + text.len()].copy_from_slice(text);
        self.length += text.len();
    }
}
