//! Numbers: conversions, comparisons and the arithmetic that Rust's operators
//! do not have (manual §3.4). Nothing here allocates or fails with a message:
//! the caller knows the operands' names.

mod for_loop;
mod format;
#[cfg(test)]
mod tests;

pub(crate) use for_loop::{ForError, ForLoop, ForRules, integer_loop, prepare_for};
pub use format::{FloatForm, NumberBuffer, format_float, format_float_in, format_integer};
pub use perilune_syntax::number::{Number, parse, parse_as};

use crate::object::StringObject;
use crate::value::{RawValue, tag};
use perilune_syntax::Dialect;

/// -2^63, which a float holds exactly; 2^63 is its negation.
const MIN_INTEGER: f64 = i64::MIN as f64;

/// What to do with a fraction on the way to an integer.
///
/// ```
/// use perilune::native::number::{Rounding, round_to_integer};
///
/// assert_eq!(round_to_integer(2.5, Rounding::Floor), Some(2));
/// assert_eq!(round_to_integer(2.5, Rounding::Ceiling), Some(3));
/// assert_eq!(round_to_integer(2.5, Rounding::Exact), None);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rounding {
    /// There must be none.
    Exact,
    /// Round down.
    Floor,
    /// Round up.
    Ceiling,
}

/// The integer with the same value, if there is one.
///
/// ```
/// use perilune::native::number::float_to_integer;
///
/// assert_eq!(float_to_integer(3.0), Some(3));
/// assert_eq!(float_to_integer(3.5), None);
/// assert_eq!(float_to_integer(1e300), None);
/// ```
#[inline(always)]
pub fn float_to_integer(n: f64) -> Option<i64> {
    if (MIN_INTEGER..-MIN_INTEGER).contains(&n) {
        // SAFETY: `n` is in range, and not NaN, which fails the comparisons.
        let i = unsafe { n.to_int_unchecked::<i64>() };
        if i as f64 == n {
            return Some(i);
        }
    }
    None
}

/// The integer next to a float; `None` if that is out of range.
///
/// ```
/// use perilune::native::number::{Rounding, round_to_integer};
///
/// assert_eq!(round_to_integer(-0.5, Rounding::Floor), Some(-1));
/// assert_eq!(round_to_integer(f64::INFINITY, Rounding::Floor), None);
/// ```
#[inline]
pub fn round_to_integer(n: f64, rounding: Rounding) -> Option<i64> {
    match rounding {
        Rounding::Exact => float_to_integer(n),
        Rounding::Floor => float_to_integer(floor(n)),
        Rounding::Ceiling => float_to_integer(-floor(-n)),
    }
}

/// The largest integral float that is not above `n`.
///
/// ```
/// use perilune::native::number::floor;
///
/// assert_eq!((floor(2.7), floor(-2.7)), (2.0, -3.0));
/// ```
#[inline(always)]
pub fn floor(n: f64) -> f64 {
    // From here on every float is integral.
    const INTEGRAL: f64 = 4_503_599_627_370_496.0;
    if n.abs() < INTEGRAL {
        // SAFETY: the magnitude is far below 2^63, and `n` is not NaN.
        let truncated = unsafe { n.to_int_unchecked::<i64>() } as f64;
        let floored = if truncated > n { truncated - 1.0 } else { truncated };
        floored.copysign(n)
    } else {
        n
    }
}

/// `m // n`, `None` if `n` is zero.
///
/// ```
/// use perilune::native::number::integer_floor_divide;
///
/// assert_eq!(integer_floor_divide(-7, 2), Some(-4));
/// assert_eq!(integer_floor_divide(7, 0), None);
/// ```
#[inline(always)]
pub fn integer_floor_divide(m: i64, n: i64) -> Option<i64> {
    if (n as u64).wrapping_add(1) <= 1 {
        return if n == 0 { None } else { Some(m.wrapping_neg()) };
    }
    let quotient = m / n;
    // Rust truncates: one too many if the exact quotient is negative and
    // not an integer.
    let inexact = (m ^ n) < 0 && quotient * n != m;
    Some(quotient - i64::from(inexact))
}

/// `m % n`, with the sign of `n`; `None` if `n` is zero.
///
/// ```
/// use perilune::native::number::integer_modulo;
///
/// assert_eq!(integer_modulo(-7, 3), Some(2));
/// assert_eq!(integer_modulo(7, -3), Some(-2));
/// assert_eq!(integer_modulo(7, 0), None);
/// ```
#[inline(always)]
pub fn integer_modulo(m: i64, n: i64) -> Option<i64> {
    if (n as u64).wrapping_add(1) <= 1 {
        return if n == 0 { None } else { Some(0) };
    }
    let remainder = m % n;
    Some(if remainder != 0 && (remainder ^ n) < 0 { remainder + n } else { remainder })
}

/// `a // b` of floats.
///
/// ```
/// use perilune::native::number::float_floor_divide;
///
/// assert_eq!(float_floor_divide(-7.5, 2.0), -4.0);
/// ```
#[inline(always)]
pub fn float_floor_divide(a: f64, b: f64) -> f64 {
    floor(a / b)
}

/// `a % b` of floats: C's `fmod`, moved to the sign of `b`.
///
/// ```
/// use perilune::native::number::float_modulo;
///
/// assert_eq!(float_modulo(-5.5, 2.0), 0.5);
/// assert_eq!(float_modulo(5.5, f64::INFINITY), 5.5);
/// ```
#[inline]
pub fn float_modulo(a: f64, b: f64) -> f64 {
    let remainder = a % b;
    if if remainder > 0.0 { b < 0.0 } else { remainder < 0.0 && b > 0.0 } {
        remainder + b
    } else {
        remainder
    }
}

/// [`float_modulo`], unless the product of the remainder and `b` is too small for
/// a float: dialects differ there.
///
/// ```
/// use perilune::native::number::float_modulo_plain;
///
/// assert_eq!(float_modulo_plain(-5.5, 2.0), Some(0.5));
/// assert_eq!(float_modulo_plain(-5e-324, 0.1), None);
/// ```
#[inline]
pub fn float_modulo_plain(a: f64, b: f64) -> Option<f64> {
    let remainder = a % b;
    let product = remainder * b;
    if product == 0.0 && remainder != 0.0 {
        return None;
    }
    Some(if product < 0.0 { remainder + b } else { remainder })
}

/// `a % b` of floats where the sign of the product of the remainder and `b` says
/// whether they differ in sign.
///
/// ```
/// use perilune::native::number::float_modulo_by_product;
///
/// assert_eq!(float_modulo_by_product(-5.5, 2.0), 0.5);
/// assert_eq!(float_modulo_by_product(-5e-324, 0.1), -5e-324, "the product is zero");
/// ```
pub fn float_modulo_by_product(a: f64, b: f64) -> f64 {
    let remainder = a % b;
    if remainder * b < 0.0 { remainder + b } else { remainder }
}

/// `a ^ b`.
///
/// ```
/// use perilune::native::number::power;
///
/// assert_eq!(power(2.0, 10.0), 1024.0);
/// ```
#[inline]
pub fn power(a: f64, b: f64) -> f64 {
    if b == 2.0 { a * a } else { a.powf(b) }
}

/// `x << y`: zeros fill, a negative `y` shifts right.
///
/// ```
/// use perilune::native::number::shift_left;
///
/// assert_eq!(shift_left(1, 4), 16);
/// assert_eq!(shift_left(16, -4), 1);
/// assert_eq!(shift_left(1, 64), 0);
/// ```
#[inline(always)]
pub fn shift_left(x: i64, y: i64) -> i64 {
    if (y as u64) < 64 {
        ((x as u64) << y) as i64
    } else if y < 0 && y > -64 {
        ((x as u64) >> -y) as i64
    } else {
        0
    }
}

/// `x >> y`: zeros fill, a negative `y` shifts left.
///
/// ```
/// use perilune::native::number::shift_right;
///
/// assert_eq!(shift_right(16, 4), 1);
/// assert_eq!(shift_right(-1, 63), 1);
/// ```
#[inline(always)]
pub fn shift_right(x: i64, y: i64) -> i64 {
    if (y as u64) < 64 { ((x as u64) >> y) as i64 } else { shift_left(x, y.wrapping_neg()) }
}

/// Whether the float of an integer has the same value for sure: up to 2^53.
#[inline(always)]
fn fits_float(i: i64) -> bool {
    const LIMIT: u64 = 1 << 53;
    (i as u64).wrapping_add(LIMIT) <= 2 * LIMIT
}

/// `i < f`, exactly.
///
/// ```
/// use perilune::native::number::integer_less_than_float;
///
/// assert!(integer_less_than_float(1, 1.5));
/// assert!(integer_less_than_float(i64::MAX, 9_223_372_036_854_775_808.0));
/// ```
#[inline]
pub fn integer_less_than_float(i: i64, f: f64) -> bool {
    if fits_float(i) {
        return (i as f64) < f;
    }
    // An out-of-range (or NaN) `f` is above all integers or below them (or
    // neither).
    round_to_integer(f, Rounding::Ceiling).map_or(f > 0.0, |ceiling| i < ceiling)
}

/// `i <= f`, exactly.
///
/// ```
/// use perilune::native::number::integer_less_equal_float;
///
/// assert!(integer_less_equal_float(2, 2.0));
/// assert!(!integer_less_equal_float(2, f64::NAN));
/// ```
#[inline]
pub fn integer_less_equal_float(i: i64, f: f64) -> bool {
    if fits_float(i) {
        return i as f64 <= f;
    }
    round_to_integer(f, Rounding::Floor).map_or(f > 0.0, |floor| i <= floor)
}

/// `f < i`, exactly.
///
/// ```
/// use perilune::native::number::float_less_than_integer;
///
/// assert!(float_less_than_integer(1.5, 2));
/// assert!(!float_less_than_integer(9_223_372_036_854_775_808.0, i64::MAX));
/// ```
#[inline]
pub fn float_less_than_integer(f: f64, i: i64) -> bool {
    if fits_float(i) {
        return f < i as f64;
    }
    round_to_integer(f, Rounding::Floor).map_or(f < 0.0, |floor| floor < i)
}

/// `f <= i`, exactly.
///
/// ```
/// use perilune::native::number::float_less_equal_integer;
///
/// assert!(float_less_equal_integer(2.0, 2));
/// assert!(!float_less_equal_integer(2.5, 2));
/// ```
#[inline]
pub fn float_less_equal_integer(f: f64, i: i64) -> bool {
    if fits_float(i) {
        return f <= i as f64;
    }
    round_to_integer(f, Rounding::Ceiling).map_or(f < 0.0, |ceiling| ceiling <= i)
}

/// `a < b` of two numbers; `None` if one of them is something else.
#[inline]
pub(crate) fn less_than(a: RawValue, b: RawValue) -> Option<bool> {
    Some(match (a.tag, b.tag) {
        (tag::INTEGER, tag::INTEGER) => a.as_integer() < b.as_integer(),
        (tag::FLOAT, tag::FLOAT) => a.as_float() < b.as_float(),
        (tag::INTEGER, tag::FLOAT) => integer_less_than_float(a.as_integer(), b.as_float()),
        (tag::FLOAT, tag::INTEGER) => float_less_than_integer(a.as_float(), b.as_integer()),
        _ => return None,
    })
}

/// `a <= b` of two numbers; `None` if one of them is something else.
#[inline]
pub(crate) fn less_equal(a: RawValue, b: RawValue) -> Option<bool> {
    Some(match (a.tag, b.tag) {
        (tag::INTEGER, tag::INTEGER) => a.as_integer() <= b.as_integer(),
        (tag::FLOAT, tag::FLOAT) => a.as_float() <= b.as_float(),
        (tag::INTEGER, tag::FLOAT) => integer_less_equal_float(a.as_integer(), b.as_float()),
        (tag::FLOAT, tag::INTEGER) => float_less_equal_integer(a.as_float(), b.as_integer()),
        _ => return None,
    })
}

/// `a % b` of floats where there are no integers: by the definition.
///
/// ```
/// use perilune::native::number::float_modulo_by_floor;
///
/// assert_eq!(float_modulo_by_floor(-5.5, 2.0), 0.5);
/// assert!(float_modulo_by_floor(5.5, f64::INFINITY).is_nan());
/// ```
#[inline(always)]
pub fn float_modulo_by_floor(a: f64, b: f64) -> f64 {
    a - floor(a / b) * b
}

/// A float as a C program casts it to an integer: the fraction is cut off, and
/// what is out of range becomes the smallest integer.
///
/// ```
/// use perilune::native::number::truncate;
///
/// assert_eq!((truncate(2.9), truncate(-2.9)), (2, -2));
/// assert_eq!(truncate(1e300), i64::MIN);
/// ```
#[inline]
pub fn truncate(n: f64) -> i64 {
    if (MIN_INTEGER..-MIN_INTEGER).contains(&n) { n as i64 } else { i64::MIN }
}

/// The number that a string denotes in a dialect.
///
/// # Safety
/// `s` is a live string.
#[inline(never)]
pub(crate) unsafe fn string_to_number(
    s: *const StringObject,
    dialect: &Dialect,
) -> Option<RawValue> {
    // SAFETY: the slice does not outlive this expression.
    match parse_as(unsafe { StringObject::bytes(s) }, dialect)? {
        Number::Integer(i) => Some(RawValue::integer(i)),
        Number::Float(n) => Some(RawValue::float(n)),
    }
}

/// A number as it is, a string as the number it denotes.
///
/// # Safety
/// `value` is live.
#[inline]
pub(crate) unsafe fn to_number(value: RawValue, dialect: &Dialect) -> Option<RawValue> {
    match value.tag {
        tag::INTEGER | tag::FLOAT => Some(value),
        tag::SHORT_STRING | tag::LONG_STRING => {
            // SAFETY: the tag says that the payload is a live string.
            unsafe { string_to_number(value.as_string(), dialect) }
        }
        _ => None,
    }
}

/// A number as a float.
#[inline(always)]
pub(crate) fn to_float_strict(value: RawValue) -> Option<f64> {
    match value.tag {
        tag::FLOAT => Some(value.as_float()),
        tag::INTEGER => Some(value.as_integer() as f64),
        _ => None,
    }
}

/// A number, or a string that denotes one, as a float.
///
/// # Safety
/// `value` is live.
#[inline]
pub(crate) unsafe fn to_float(value: RawValue, dialect: &Dialect) -> Option<f64> {
    // SAFETY: the contract is the same.
    to_float_strict(value)
        .or_else(|| unsafe { to_number(value, dialect) }.and_then(to_float_strict))
}

/// A number as an integer.
#[inline(always)]
pub(crate) fn to_integer_strict(value: RawValue, rounding: Rounding) -> Option<i64> {
    match value.tag {
        tag::INTEGER => Some(value.as_integer()),
        tag::FLOAT => round_to_integer(value.as_float(), rounding),
        _ => None,
    }
}

/// A number, or a string that denotes one, as an integer.
///
/// # Safety
/// `value` is live.
#[inline]
pub(crate) unsafe fn to_integer(
    value: RawValue,
    rounding: Rounding,
    dialect: &Dialect,
) -> Option<i64> {
    if value.is_string() {
        // SAFETY: the contract is the same.
        return to_integer_strict(unsafe { to_number(value, dialect) }?, rounding);
    }
    to_integer_strict(value, rounding)
}
