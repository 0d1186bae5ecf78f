//! Numerals in a base, as `tonumber` reads them.

/// What C's `isspace` holds for space.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// Sign and digits of a numeral with space around it.
fn sign_and_digits(text: &[u8]) -> Option<(bool, &[u8])> {
    let start = text.iter().position(|&byte| !is_space(byte))?;
    let end = text.iter().rposition(|&byte| !is_space(byte))? + 1;
    let (negative, digits) = match &text[start..end] {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    if digits.is_empty() { None } else { Some((negative, digits)) }
}

/// The value of a digit.
fn digit(byte: u8, base: u32) -> Option<u32> {
    char::from(byte).to_digit(base)
}

/// The integer that a numeral stands for, modulo 2^64.
pub(super) fn integer_in_base(text: &[u8], base: u32) -> Option<i64> {
    let (negative, digits) = sign_and_digits(text)?;
    let mut n = 0i64;
    for &byte in digits {
        n = n.wrapping_mul(i64::from(base)).wrapping_add(i64::from(digit(byte, base)?));
    }
    Some(if negative { n.wrapping_neg() } else { n })
}

/// The float that a numeral stands for.
pub(super) fn float_in_base(text: &[u8], base: u32) -> Option<f64> {
    let (negative, digits) = sign_and_digits(text)?;
    let mut n = 0.0;
    for &byte in digits {
        n = n * f64::from(base) + f64::from(digit(byte, base)?);
    }
    Some(if negative { -n } else { n })
}

/// What C's `strtoul` reads, if nothing but space follows.
pub(super) fn unsigned_of_c(text: &[u8], base: u32) -> Option<f64> {
    let start = text.iter().position(|&byte| !is_space(byte))?;
    let (negative, mut rest) = match &text[start..] {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    if base == 16
        && let [b'0', b'x' | b'X', after @ ..] = rest
        && after.first().is_some_and(|&byte| digit(byte, base).is_some())
    {
        rest = after;
    }
    let count = rest.iter().take_while(|&&byte| digit(byte, base).is_some()).count();
    if count == 0 || !rest[count..].iter().all(|&byte| is_space(byte)) {
        return None;
    }
    let mut n = Some(0u64);
    for &byte in &rest[..count] {
        let value = u64::from(digit(byte, base)?);
        n = n.and_then(|n| n.checked_mul(u64::from(base))?.checked_add(value));
    }
    // Too great a number stays the greatest one, whatever its sign.
    let n = match n {
        None => u64::MAX,
        Some(n) if negative => n.wrapping_neg(),
        Some(n) => n,
    };
    Some(n as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers() {
        let read = |text: &str, base| integer_in_base(text.as_bytes(), base);
        assert_eq!(read(" \t-zZ\r\n\x0b\x0c", 36), Some(-1295));
        assert_eq!(read("+10", 2), Some(2));
        assert_eq!(read("7fffffffffffffffff", 16), Some(-1));
        assert_eq!(read("ffffffffffffffff", 16), Some(-1));
        assert_eq!(read("1111", 3), Some(40));
        for bad in ["", "  ", "-", "- 1", "--1", "1 2", "12", "1\0", "\u{e9}", "1.", "0x1"] {
            assert_eq!(read(bad, 2), None, "{bad:?}");
        }
    }

    #[test]
    fn floats() {
        assert_eq!(float_in_base(b" -1F ", 16), Some(-31.0));
        assert_eq!(float_in_base(b"ffffffffffffffffffff", 16), Some(1208925819614629174706175.0));
        assert_eq!(float_in_base(b"0x1", 16), None);
    }

    #[test]
    fn of_c() {
        let read = |text: &str, base| unsigned_of_c(text.as_bytes(), base);
        assert_eq!(read(" 0x10 ", 16), Some(16.0));
        assert_eq!(read("0x", 16), None);
        assert_eq!(read("-1", 8), Some(u64::MAX as f64));
        assert_eq!(read("fffffffffffffffff", 16), Some(u64::MAX as f64));
        assert_eq!(read("12", 2), None);
        assert_eq!(read("", 2), None);
    }
}
