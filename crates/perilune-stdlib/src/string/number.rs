//! Numbers as C's `printf` writes them: the conversions of `string.format`
//! as pure functions from a specification and a value to bytes.
//!
//! Digits are exact at any precision (rounded to nearest, ties to even, from
//! the exact binary value, as glibc does). Common sizes are worked out in
//! 128-bit integers; the rest is left to the standard library's formatting,
//! which is exact too.

use std::fmt::Write;

/// Where formatted text goes.
pub trait Sink {
    type Error;
    fn put(&mut self, bytes: &[u8]) -> Result<(), Self::Error>;
}

impl Sink for perilune_vm::Buffer {
    type Error = perilune_vm::BufferFull;
    fn put(&mut self, bytes: &[u8]) -> Result<(), Self::Error> {
        self.extend(bytes)
    }
}

/// Flags, width and precision of a conversion.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Spec {
    pub left: bool,
    pub plus: bool,
    pub space: bool,
    pub alternative: bool,
    pub zero: bool,
    pub width: usize,
    pub precision: Option<usize>,
}

/// Text being put together on the stack.
struct Text<const N: usize> {
    bytes: [u8; N],
    length: usize,
}

impl<const N: usize> Text<N> {
    fn new() -> Self {
        Text { bytes: [0; N], length: 0 }
    }

    fn push(&mut self, byte: u8) {
        self.bytes[self.length] = byte;
        self.length += 1;
    }

    fn extend(&mut self, bytes: &[u8]) {
        self.bytes[self.length..self.length + bytes.len()].copy_from_slice(bytes);
        self.length += bytes.len();
    }

    fn fill(&mut self, byte: u8, count: usize) {
        self.bytes[self.length..self.length + count].fill(byte);
        self.length += count;
    }

    fn as_slice(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

impl<const N: usize> Write for Text<N> {
    fn write_str(&mut self, s: &str) -> std::fmt::Result {
        if s.len() > N - self.length {
            return Err(std::fmt::Error);
        }
        self.extend(s.as_bytes());
        Ok(())
    }
}

/// Room for any conversion but a long `%f`: 99 digits and what goes around
/// them.
type Short = Text<128>;
/// Room for `%.99f` of the greatest float.
type Long = Text<448>;

// ---------------------------------------------------------------- integers

static DIGIT_PAIRS: [u8; 200] = {
    let mut table = [0; 200];
    let mut i = 0;
    while i < 100 {
        table[2 * i] = b'0' + (i / 10) as u8;
        table[2 * i + 1] = b'0' + (i % 10) as u8;
        i += 1;
    }
    table
};

/// The decimal digits of `n`.
pub fn decimal(mut n: u64, space: &mut [u8; 20]) -> &[u8] {
    let mut at = 20;
    while n >= 100 {
        let pair = (n % 100) as usize * 2;
        n /= 100;
        at -= 2;
        space[at..at + 2].copy_from_slice(&DIGIT_PAIRS[pair..pair + 2]);
    }
    if n >= 10 {
        let pair = n as usize * 2;
        at -= 2;
        space[at..at + 2].copy_from_slice(&DIGIT_PAIRS[pair..pair + 2]);
    } else {
        at -= 1;
        space[at] = b'0' + n as u8;
    }
    &space[at..]
}

/// The same with a minus sign where there is one.
pub fn decimal_signed(n: i64, space: &mut [u8; 20]) -> &[u8] {
    // 19 digits at most, so that there is room for the sign.
    let start = 20 - decimal(n.unsigned_abs(), space).len();
    if n >= 0 {
        return &space[start..];
    }
    space[start - 1] = b'-';
    &space[start - 1..]
}

/// Digits in base 16 or 8.
fn radix_digits(mut n: u64, bits: u32, upper: bool, space: &mut [u8; 24]) -> &[u8] {
    let digits = if upper { b"0123456789ABCDEF" } else { b"0123456789abcdef" };
    let mut at = 24;
    loop {
        at -= 1;
        space[at] = digits[(n & ((1 << bits) - 1)) as usize];
        n >>= bits;
        if n == 0 {
            return &space[at..];
        }
    }
}

const ZEROS: [u8; 100] = [b'0'; 100];
const SPACES: [u8; 100] = [b' '; 100];

/// Puts `prefix` (sign, "0x"), `zeros` zeros and `body`, padded to the width:
/// with zeros after the prefix if `zero_fill`, else with spaces.
fn put_padded<S: Sink>(
    out: &mut S,
    spec: &Spec,
    prefix: &[u8],
    zeros: usize,
    body: &[u8],
    zero_fill: bool,
) -> Result<(), S::Error> {
    let length = prefix.len() + zeros + body.len();
    let padding = spec.width.saturating_sub(length);
    if padding > 0 && !spec.left && !zero_fill {
        out.put(&SPACES[..padding])?;
    }
    if !prefix.is_empty() {
        out.put(prefix)?;
    }
    let fill = if zero_fill && !spec.left { padding } else { 0 };
    if zeros + fill > 0 {
        out.put(&ZEROS[..zeros.min(100)])?;
        out.put(&ZEROS[..fill])?;
    }
    out.put(body)?;
    if padding > 0 && spec.left {
        out.put(&SPACES[..padding])?;
    }
    Ok(())
}

fn sign_of(spec: &Spec, negative: bool) -> &'static [u8] {
    if negative {
        b"-"
    } else if spec.plus {
        b"+"
    } else if spec.space {
        b" "
    } else {
        b""
    }
}

/// `%d %i %u %o %x %X`.
pub fn put_integer<S: Sink>(
    out: &mut S,
    spec: &Spec,
    conversion: u8,
    n: i64,
) -> Result<(), S::Error> {
    let (mut decimals, mut others) = ([0; 20], [0; 24]);
    let (mut prefix, digits): (&[u8], &[u8]) = match conversion {
        b'd' | b'i' => (sign_of(spec, n < 0), decimal(n.unsigned_abs(), &mut decimals)),
        b'u' => (b"", decimal(n as u64, &mut decimals)),
        b'o' => (b"", radix_digits(n as u64, 3, false, &mut others)),
        b'x' => (b"0x", radix_digits(n as u64, 4, false, &mut others)),
        _ => (b"0X", radix_digits(n as u64, 4, true, &mut others)),
    };
    if matches!(conversion, b'x' | b'X') && (!spec.alternative || n == 0) {
        prefix = b"";
    }
    let digits = if n == 0 && spec.precision == Some(0) { &[][..] } else { digits };
    let mut zeros = spec.precision.map_or(0, |p| p.saturating_sub(digits.len()));
    if conversion == b'o' && spec.alternative && zeros == 0 && digits.first() != Some(&b'0') {
        zeros = 1;
    }
    let zero_fill = spec.zero && spec.precision.is_none();
    put_padded(out, spec, prefix, zeros, digits, zero_fill)
}

/// Text with a width and a precision (`%s %c %p`).
pub fn put_text<S: Sink>(out: &mut S, spec: &Spec, text: &[u8]) -> Result<(), S::Error> {
    let text = &text[..text.len().min(spec.precision.unwrap_or(usize::MAX))];
    put_padded(out, spec, b"", 0, text, false)
}

/// The address conversion of glibc's `%p`.
pub fn put_pointer<S: Sink>(
    out: &mut S,
    spec: &Spec,
    address: Option<usize>,
) -> Result<(), S::Error> {
    let Some(address) = address.filter(|&a| a != 0) else {
        return put_text(out, spec, b"(null)");
    };
    put_padded(out, spec, b"0x", 0, radix_digits(address as u64, 4, false, &mut [0; 24]), false)
}

// ---------------------------------------------------------------- floats

/// 10^0 … 10^22.
static POWERS: [u128; 23] = {
    let mut table = [1; 23];
    let mut i = 1;
    while i < 23 {
        table[i] = table[i - 1] * 10;
        i += 1;
    }
    table
};

/// Integer significand and binary exponent of a finite float's magnitude.
fn decompose(x: f64) -> (u64, i32) {
    let bits = x.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as i32;
    let fraction = bits & ((1 << 52) - 1);
    if exponent == 0 { (fraction, -1074) } else { (fraction | 1 << 52, exponent - 1075) }
}

/// Quotient rounded to nearest, ties to even.
fn round_quotient(quotient: u128, remainder: u128, divisor: u128) -> u128 {
    let twice = remainder * 2;
    quotient + u128::from(twice > divisor || (twice == divisor && quotient & 1 == 1))
}

/// `x * 10^decimals`, rounded to an integer, if 128 bits hold the way there.
fn scaled(x: f64, decimals: usize) -> Option<u64> {
    let (significand, exponent) = decompose(x);
    let product = u128::from(significand) * POWERS.get(decimals)?;
    let rounded = if exponent >= 0 {
        if product.leading_zeros() <= exponent as u32 {
            return None;
        }
        product << exponent
    } else {
        let shift = exponent.unsigned_abs();
        if shift >= 127 {
            // The product has at most 127 bits: from 128 on, this is less than
            // half a unit.
            return if shift >= 128 { Some(0) } else { None };
        }
        let divisor = 1u128 << shift;
        round_quotient(product >> shift, product & (divisor - 1), divisor)
    };
    u64::try_from(rounded).ok()
}

/// Decimal digits of a positive float: `digits` significant ones of
/// d.ddd × 10^exponent.
struct Decimal {
    digits: [u8; 112],
    exponent: i32,
}

/// The first `count` significant digits of `x`, rounded.
fn significant(x: f64, count: usize) -> Decimal {
    let mut decimal_form = Decimal { digits: [b'0'; 112], exponent: 0 };
    if x == 0.0 {
        return decimal_form;
    }
    if let Some((number, exponent)) = significant_fast(x, count) {
        let mut space = [0; 20];
        decimal_form.digits[..count].copy_from_slice(decimal(number, &mut space));
        decimal_form.exponent = exponent;
        return decimal_form;
    }
    let mut text = Short::new();
    // Cannot fail: 100 digits, a point and an exponent fit.
    let _ = write!(text, "{:.*e}", count - 1, x);
    let text = text.as_slice();
    let e = text.iter().rposition(|&c| c == b'e').unwrap_or(text.len());
    let digits = text[..e].iter().filter(|c| **c != b'.');
    for (to, from) in decimal_form.digits.iter_mut().zip(digits) {
        *to = *from;
    }
    let (negative, digits) = match text.get(e + 1) {
        Some(b'-') => (true, &text[e + 2..]),
        _ => (false, text.get(e + 1..).unwrap_or_default()),
    };
    let magnitude = digits.iter().fold(0, |n, c| n * 10 + i32::from(c - b'0'));
    decimal_form.exponent = if negative { -magnitude } else { magnitude };
    decimal_form
}

/// The digits as one number of `count` digits, and the exponent, for sizes
/// that 128-bit integers hold.
fn significant_fast(x: f64, count: usize) -> Option<(u64, i32)> {
    if count > 17 {
        return None;
    }
    let (significand, exponent) = decompose(x);
    let top_bit = exponent + 63 - significand.leading_zeros() as i32;
    // floor(log10(x)), or one less: 315653 / 2^20 is near enough to log10(2)
    // for every exponent that `divide_scaled` takes.
    let mut log = ((i64::from(top_bit) * 315_653) >> 20) as i32;
    let limit = POWERS[count];
    for _ in 0..2 {
        let power = count as i32 - 1 - log;
        let (quotient, remainder, divisor) = divide_scaled(significand, exponent, power)?;
        if quotient >= limit {
            log += 1;
            continue;
        }
        let rounded = round_quotient(quotient, remainder, divisor);
        return if rounded == limit {
            Some(((rounded / 10) as u64, log + 1))
        } else {
            Some((rounded as u64, log))
        };
    }
    None
}

/// `significand * 2^exponent * 10^power` as quotient, remainder and divisor.
fn divide_scaled(significand: u64, exponent: i32, power: i32) -> Option<(u128, u128, u128)> {
    let ten = *POWERS.get(power.unsigned_abs() as usize)?;
    let mut numerator = u128::from(significand);
    let mut divisor = 1u128;
    if power >= 0 {
        numerator *= ten;
    } else {
        divisor = ten;
    }
    let shift = exponent.unsigned_abs();
    if exponent >= 0 {
        if numerator.leading_zeros() <= shift {
            return None;
        }
        numerator <<= shift;
    } else {
        // One bit stays free for doubling the remainder.
        if divisor.leading_zeros() <= shift + 1 {
            return None;
        }
        divisor <<= shift;
        if power >= 0 {
            return Some((numerator >> shift, numerator & (divisor - 1), divisor));
        }
    }
    if divisor == 1 {
        return Some((numerator, 0, 1));
    }
    Some((numerator / divisor, numerator % divisor, divisor))
}

/// `%e %E %f %g %G %a %A`.
pub fn put_float<S: Sink>(
    out: &mut S,
    spec: &Spec,
    conversion: u8,
    x: f64,
) -> Result<(), S::Error> {
    let sign = sign_of(spec, x.is_sign_negative());
    if !x.is_finite() {
        let text: &[u8] = match (x.is_nan(), conversion.is_ascii_uppercase()) {
            (true, false) => b"nan",
            (true, true) => b"NAN",
            (false, false) => b"inf",
            (false, true) => b"INF",
        };
        return put_padded(out, spec, sign, 0, text, false);
    }
    let x = x.abs();
    if conversion == b'f' {
        return put_fixed(out, spec, sign, x);
    }
    let mut text = Short::new();
    let upper = conversion.is_ascii_uppercase();
    match conversion | 0x20 {
        b'a' => {
            hexadecimal(&mut text, spec, x, upper);
            let prefix: &[u8] = match (sign, upper) {
                (b"", false) => b"0x",
                (b"", true) => b"0X",
                (b"-", false) => b"-0x",
                (b"-", true) => b"-0X",
                (b"+", false) => b"+0x",
                (b"+", true) => b"+0X",
                (_, false) => b" 0x",
                (_, true) => b" 0X",
            };
            return put_padded(out, spec, prefix, 0, text.as_slice(), spec.zero);
        }
        b'e' => {
            let count = spec.precision.unwrap_or(6) + 1;
            let decimal_form = significant(x, count);
            scientific(&mut text, &decimal_form, count, spec.alternative, upper);
        }
        _ => general(&mut text, spec, x, upper),
    }
    put_padded(out, spec, sign, 0, text.as_slice(), spec.zero)
}

/// d.ddde±XX
fn scientific(text: &mut Short, number: &Decimal, count: usize, point: bool, upper: bool) {
    text.push(number.digits[0]);
    if count > 1 || point {
        text.push(b'.');
    }
    text.extend(&number.digits[1..count]);
    text.push(if upper { b'E' } else { b'e' });
    text.push(if number.exponent < 0 { b'-' } else { b'+' });
    let magnitude = u64::from(number.exponent.unsigned_abs());
    if magnitude < 10 {
        text.push(b'0');
    }
    text.extend(decimal(magnitude, &mut [0; 20]));
}

fn general(text: &mut Short, spec: &Spec, x: f64, upper: bool) {
    let count = spec.precision.unwrap_or(6).max(1);
    let number = significant(x, count);
    let mut shown = count;
    if !spec.alternative {
        while shown > 1 && number.digits[shown - 1] == b'0' {
            shown -= 1;
        }
    }
    let exponent = number.exponent;
    if exponent < -4 || exponent >= count as i32 {
        return scientific(text, &number, shown, spec.alternative, upper);
    }
    if exponent < 0 {
        text.extend(b"0.");
        text.fill(b'0', exponent.unsigned_abs() as usize - 1);
        text.extend(&number.digits[..shown]);
        return;
    }
    // Digits beyond `shown` are zeros.
    let whole = exponent as usize + 1;
    text.extend(&number.digits[..whole]);
    if shown > whole {
        text.push(b'.');
        text.extend(&number.digits[whole..shown]);
    } else if spec.alternative {
        text.push(b'.');
    }
}

/// `%f` of a magnitude.
fn put_fixed<S: Sink>(out: &mut S, spec: &Spec, sign: &[u8], x: f64) -> Result<(), S::Error> {
    let decimals = spec.precision.unwrap_or(6);
    let Some(number) = scaled(x, decimals) else {
        return put_fixed_long(out, spec, sign, x, decimals);
    };
    let mut space = [0; 20];
    let digits = decimal(number, &mut space);
    let mut text = Text::<48>::new();
    if digits.len() <= decimals {
        text.extend(b"0.");
        text.fill(b'0', decimals - digits.len());
        text.extend(digits);
    } else {
        let (whole, fraction) = digits.split_at(digits.len() - decimals);
        text.extend(whole);
        if decimals > 0 || spec.alternative {
            text.push(b'.');
        }
        text.extend(fraction);
    }
    put_padded(out, spec, sign, 0, text.as_slice(), spec.zero)
}

#[cold]
fn put_fixed_long<S: Sink>(
    out: &mut S,
    spec: &Spec,
    sign: &[u8],
    x: f64,
    decimals: usize,
) -> Result<(), S::Error> {
    let mut text = Long::new();
    // Cannot fail: 309 digits, a point and 99 more fit.
    let _ = write!(text, "{x:.decimals$}");
    if decimals == 0 && spec.alternative {
        text.push(b'.');
    }
    put_padded(out, spec, sign, 0, text.as_slice(), spec.zero)
}

/// `h.hhhp±d` of a magnitude, without the "0x".
fn hexadecimal(text: &mut Short, spec: &Spec, x: f64, upper: bool) {
    let (mut significand, binary_exponent) = decompose(x);
    let exponent = if x == 0.0 { 0 } else { binary_exponent + 52 };
    let mut shown = 13;
    match spec.precision {
        Some(precision) if precision < 13 => {
            let shift = 4 * (13 - precision) as u32;
            let (low, half) = (significand & ((1 << shift) - 1), 1u64 << (shift - 1));
            significand >>= shift;
            if low > half || (low == half && significand & 1 == 1) {
                significand += 1;
            }
            significand <<= shift;
            shown = precision;
        }
        Some(_) => {}
        None => {
            while shown > 0 && significand >> (4 * (13 - shown)) & 15 == 0 {
                shown -= 1;
            }
        }
    }
    let digit = |n: u64| {
        let digits = if upper { b"0123456789ABCDEF" } else { b"0123456789abcdef" };
        digits[(n & 15) as usize]
    };
    text.push(digit(significand >> 52));
    let precision = spec.precision.unwrap_or(shown);
    if precision > 0 || spec.alternative {
        text.push(b'.');
    }
    for i in 1..=shown {
        text.push(digit(significand >> (52 - 4 * i)));
    }
    text.fill(b'0', precision.saturating_sub(shown));
    text.push(if upper { b'P' } else { b'p' });
    text.push(if exponent < 0 { b'-' } else { b'+' });
    text.extend(decimal(u64::from(exponent.unsigned_abs()), &mut [0; 20]));
}

// ---------------------------------------------------------------- literals

/// `%q` of a string.
pub fn put_quoted<S: Sink>(out: &mut S, text: &[u8]) -> Result<(), S::Error> {
    out.put(b"\"")?;
    let mut copied = 0;
    for (i, &c) in text.iter().enumerate() {
        if !(c.is_ascii_control() || c == b'"' || c == b'\\') {
            continue;
        }
        out.put(&text[copied..i])?;
        copied = i + 1;
        match c {
            b'"' | b'\\' | b'\n' => out.put(&[b'\\', c])?,
            _ => {
                out.put(b"\\")?;
                let mut space = [0; 20];
                let digits = decimal(u64::from(c), &mut space);
                if text.get(i + 1).is_some_and(u8::is_ascii_digit) {
                    out.put(&ZEROS[..3 - digits.len()])?;
                }
                out.put(digits)?;
            }
        }
    }
    out.put(&text[copied..])?;
    out.put(b"\"")
}

/// `%q` of a string where only few characters are escaped.
pub fn put_quoted_loosely<S: Sink>(out: &mut S, text: &[u8]) -> Result<(), S::Error> {
    out.put(b"\"")?;
    let mut copied = 0;
    for (i, &c) in text.iter().enumerate() {
        let escape: &[u8] = match c {
            b'"' => b"\\\"",
            b'\\' => b"\\\\",
            b'\n' => b"\\\n",
            b'\r' => b"\\r",
            0 => b"\\000",
            _ => continue,
        };
        out.put(&text[copied..i])?;
        out.put(escape)?;
        copied = i + 1;
    }
    out.put(&text[copied..])?;
    out.put(b"\"")
}

/// `%q` of an integer.
pub fn put_integer_literal<S: Sink>(out: &mut S, n: i64) -> Result<(), S::Error> {
    if n == i64::MIN {
        return out.put(b"0x8000000000000000");
    }
    out.put(decimal_signed(n, &mut [0; 20]))
}

/// `%q` of a float: hexadecimal, so that nothing is lost.
pub fn put_float_literal<S: Sink>(out: &mut S, x: f64) -> Result<(), S::Error> {
    if x.is_nan() {
        out.put(b"(0/0)")
    } else if x.is_infinite() {
        out.put(if x > 0.0 { b"1e9999" } else { b"-1e9999" })
    } else {
        put_float(out, &Spec::default(), b'a', x)
    }
}

#[cfg(test)]
#[allow(clippy::approx_constant)]
mod tests {
    use super::*;

    impl Sink for Vec<u8> {
        type Error = std::convert::Infallible;
        fn put(&mut self, bytes: &[u8]) -> Result<(), Self::Error> {
            self.extend_from_slice(bytes);
            Ok(())
        }
    }

    fn spec(text: &str) -> Spec {
        super::super::format::parse_spec(text.as_bytes(), b"-+#0 ", true).unwrap()
    }

    fn float(format: &str, x: f64) -> String {
        let (flags, conversion) = format[1..].split_at(format.len() - 2);
        let mut out = Vec::new();
        let Ok(()) = put_float(&mut out, &spec(flags), conversion.as_bytes()[0], x);
        String::from_utf8(out).unwrap()
    }

    fn integer(format: &str, n: i64) -> String {
        let (flags, conversion) = format[1..].split_at(format.len() - 2);
        let mut out = Vec::new();
        let Ok(()) = put_integer(&mut out, &spec(flags), conversion.as_bytes()[0], n);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn integers() {
        assert_eq!(integer("%d", i64::MIN), "-9223372036854775808");
        assert_eq!(integer("%5d", 0), "    0");
        assert_eq!(integer("%05d", -42), "-0042");
        assert_eq!(integer("%-5d", 42), "42   ");
        assert_eq!(integer("%+.3d", 7), "+007");
        assert_eq!(integer("%.0d", 0), "");
        assert_eq!(integer("%010.4d", 12), "      0012");
        assert_eq!(integer("%x", -1), "ffffffffffffffff");
        assert_eq!(integer("%#X", 255), "0XFF");
        assert_eq!(integer("%#08x", 255), "0x0000ff");
        assert_eq!(integer("%#x", 0), "0");
        assert_eq!(integer("%#o", 8), "010");
        assert_eq!(integer("%#.0o", 0), "0");
        assert_eq!(integer("%u", -1), "18446744073709551615");
        assert_eq!(integer("% i", 3), " 3");
    }

    #[test]
    fn fixed_and_scientific() {
        assert_eq!(float("%5.2f", 3.14159), " 3.14");
        assert_eq!(float("%.0f", 0.5), "0");
        assert_eq!(float("%.0f", 2.5), "2");
        assert_eq!(float("%#.0f", 3.5), "4.");
        assert_eq!(float("%f", -0.0), "-0.000000");
        assert_eq!(float("%.3f", 2.0005), "2.001");
        assert_eq!(float("%.20f", 0.1), "0.10000000000000000555");
        assert_eq!(float("%.1f", 1e300).len(), 303);
        assert_eq!(float("%.99f", -f64::MAX).len(), 410);
        assert_eq!(float("%08.3f", -1.5), "-001.500");
        assert_eq!(float("%e", 0.0), "0.000000e+00");
        assert_eq!(float("%.3e", 123456.0), "1.235e+05");
        assert_eq!(float("%.0e", 15.0), "2e+01");
        assert_eq!(float("%#.0E", 9.5e-300), "1.E-299");
        assert_eq!(float("%.20e", 5e-324), "4.94065645841246544177e-324");
    }

    #[test]
    fn general_form() {
        assert_eq!(float("%.14g", 0.1), "0.1");
        assert_eq!(float("%.14g", 1e15), "1e+15");
        assert_eq!(float("%.14g", 1e100), "1e+100");
        assert_eq!(float("%.14g", 123456789012345.0), "1.2345678901234e+14");
        assert_eq!(float("%.14g", 3.14159265358979), "3.1415926535898");
        assert_eq!(float("%.17g", 0.1), "0.10000000000000001");
        assert_eq!(float("%g", 0.0001), "0.0001");
        assert_eq!(float("%g", 0.00001), "1e-05");
        assert_eq!(float("%g", 999999.5), "1e+06");
        assert_eq!(float("%#g", 1.0), "1.00000");
        assert_eq!(float("%.0g", 0.0), "0");
        assert_eq!(float("%g", 100000.0), "100000");
        assert_eq!(float("%.3g", 2.0f64.powi(70)), "1.18e+21");
        assert_eq!(float("%.99g", 0.1).len(), 57);
    }

    #[test]
    fn hexadecimal_form() {
        assert_eq!(float("%a", 1.0), "0x1p+0");
        assert_eq!(float("%a", 0.5), "0x1p-1");
        assert_eq!(float("%a", -0.0), "-0x0p+0");
        assert_eq!(float("%A", 3.14), "0X1.91EB851EB851FP+1");
        assert_eq!(float("%.3a", 3.14), "0x1.91fp+1");
        assert_eq!(float("%.0a", 1.5), "0x2p+0");
        assert_eq!(float("%.15a", 1.5), "0x1.800000000000000p+0");
        assert_eq!(float("%#a", 1.0), "0x1.p+0");
        assert_eq!(float("%012a", 1.0), "0x0000001p+0");
        assert_eq!(float("%a", 5e-324), "0x0.0000000000001p-1022");
    }

    #[test]
    fn not_finite() {
        assert_eq!(float("%05.1f", f64::INFINITY), "  inf");
        assert_eq!(float("%G", f64::NEG_INFINITY), "-INF");
        assert_eq!(float("%+g", f64::NAN.copysign(1.0)), "+nan");
        assert_eq!(float("%g", f64::NAN.copysign(-1.0)), "-nan");
    }

    #[test]
    fn literals() {
        let mut out = Vec::new();
        let Ok(()) = put_quoted(&mut out, b"a\"\\\n\r\x001\0\x7f\xff");
        assert_eq!(out, b"\"a\\\"\\\\\\\n\\13\\0001\\0\\127\xff\"");
        let mut out = Vec::new();
        let Ok(()) = put_quoted_loosely(&mut out, b"a\"\\\n\r\x001\t");
        assert_eq!(out, b"\"a\\\"\\\\\\\n\\r\\0001\t\"");
        let mut out = Vec::new();
        let Ok(()) = put_integer_literal(&mut out, i64::MIN);
        let Ok(()) = put_float_literal(&mut out, -f64::INFINITY);
        let Ok(()) = put_float_literal(&mut out, 0.5);
        assert_eq!(out, b"0x8000000000000000-1e99990x1p-1");
    }
}
