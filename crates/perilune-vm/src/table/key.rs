//! Equality of keys, their hashes and main positions.

use super::part;
use crate::heap::Heap;
use crate::number;
use crate::object::{Node, StringObject, Table};
use crate::value::{RawValue, tag};

/// Equality of the language without metamethods (`rawequal`).
///
/// # Safety
/// Both are live values.
#[inline(always)]
pub(crate) unsafe fn raw_equal(a: RawValue, b: RawValue) -> bool {
    if a.tag == b.tag && a.tag != tag::FLOAT && a.tag != tag::LONG_STRING {
        return a.payload == b.payload || a.tag < tag::INTEGER;
    }
    // SAFETY: the contract is the same.
    unsafe { raw_equal_other(a, b) }
}

/// [`raw_equal`] of floats, of an integer and a float, of long strings.
///
/// # Safety
/// As [`raw_equal`].
#[inline(never)]
unsafe fn raw_equal_other(a: RawValue, b: RawValue) -> bool {
    match (a.tag, b.tag) {
        (tag::FLOAT, tag::FLOAT) => a.as_float() == b.as_float(),
        (tag::INTEGER, tag::FLOAT) => {
            number::float_to_integer(b.as_float()) == Some(a.as_integer())
        }
        (tag::FLOAT, tag::INTEGER) => {
            number::float_to_integer(a.as_float()) == Some(b.as_integer())
        }
        // SAFETY: both tags say that the payload is a live string.
        (tag::LONG_STRING, tag::LONG_STRING) => unsafe {
            string_equal(a.as_string(), b.as_string())
        },
        _ => false,
    }
}

/// Equality of two strings of the same kind: short ones are interned.
///
/// # Safety
/// Both are live strings.
#[inline]
pub(crate) unsafe fn string_equal(a: *const StringObject, b: *const StringObject) -> bool {
    // SAFETY: both are live, and the slices do not outlive this expression.
    unsafe {
        a == b
            || ((*a).header.kind == tag::LONG_STRING
                && (*a).len == (*b).len
                && StringObject::bytes(a) == StringObject::bytes(b))
    }
}

/// Whether a node has this key, which must be normalised (a float with an
/// integer's value never is a key, nor is NaN; so equal keys other than long
/// strings have equal bits).
///
/// # Safety
/// `node` is a node of a live table, `key` a live value, normalised.
#[inline(always)]
pub(crate) unsafe fn key_equal(node: *const Node, key: RawValue) -> bool {
    // SAFETY: by contract; the node's tag says that its key is a live string
    // (a dead one has another tag).
    unsafe {
        (*node).key_tag == key.tag
            && ((*node).key_payload == key.payload
                || (key.tag == tag::LONG_STRING
                    && string_equal((*node).key_payload as *const StringObject, key.as_string())))
    }
}

/// The key as nodes hold it: floats with an integer's value become integers,
/// booleans get a defined payload.
#[inline]
pub(crate) fn normalise(key: RawValue) -> RawValue {
    match key.tag {
        tag::FLOAT => match number::float_to_integer(key.as_float()) {
            Some(i) => RawValue::integer(i),
            None => key,
        },
        tag::FALSE | tag::TRUE => RawValue { payload: 0, tag: key.tag },
        _ => key,
    }
}

/// The hash of a string.
///
/// # Safety
/// `s` is a live string.
#[inline(always)]
pub(super) unsafe fn string_hash(s: *mut StringObject) -> u32 {
    // SAFETY: by contract.
    unsafe {
        if (*s).header.kind == tag::SHORT_STRING { (*s).header.word } else { Heap::string_hash(s) }
    }
}

/// Index of an integer key's main position. The modulus is odd, so that keys
/// with common factors of two do not collide.
#[inline(always)]
pub(super) fn integer_position(mask: u32, key: i64) -> usize {
    if mask <= 1 {
        return 0;
    }
    match u32::try_from(key) {
        Ok(small) => (small % (mask | 1)) as usize,
        Err(_) => (key as u64 % u64::from(mask | 1)) as usize,
    }
}

/// Index of a number's main position where integers are not placed by their
/// remainders.
#[inline(never)]
pub(super) fn other_position(flags: u8, mask: u32, key: RawValue) -> usize {
    let float = match key.tag {
        tag::INTEGER if flags & part::BITS != 0 => return key.payload as usize & mask as usize,
        tag::INTEGER => key.as_integer() as f64,
        _ => key.as_float(),
    };
    let words = |float: f64| {
        let bits = float.to_bits();
        (bits as u32).wrapping_add((bits >> 32) as u32)
    };
    let hash = if flags & part::WORDS != 0 {
        if float == 0.0 { 0 } else { words(float) }
    } else if flags & part::NEXT_WORDS != 0 {
        match words(float + 1.0) as i32 {
            i32::MIN => 0,
            sum => sum.unsigned_abs(),
        }
    } else {
        float_hash(float)
    };
    (hash % (mask | 1)) as usize
}

/// Index of a float key's main position.
fn float_position(mask: u32, key: f64) -> usize {
    (float_hash(key) % (mask | 1)) as usize
}

/// Mantissa (in 2^31 steps) plus exponent; complemented into 31 bits.
fn float_hash(n: f64) -> u32 {
    if !n.is_finite() {
        return 0;
    }
    let (mantissa, exponent) = split(n);
    let scaled = (mantissa * 2_147_483_648.0) as i64;
    let sum = (exponent as u32).wrapping_add(scaled as u32);
    if sum <= i32::MAX as u32 { sum } else { !sum }
}

/// `n` as a mantissa in [0.5, 1) and a power of two (C's `frexp`), for a finite
/// `n`.
fn split(n: f64) -> (f64, i32) {
    const EXPONENT: u64 = 0x7FF << 52;
    if n == 0.0 {
        return (n, 0);
    }
    let (normal, adjust) =
        if n.abs() < f64::MIN_POSITIVE { (n * 18_014_398_509_481_984.0, -54) } else { (n, 0) };
    let bits = normal.to_bits();
    let exponent = ((bits & EXPONENT) >> 52) as i32 - 1022 + adjust;
    (f64::from_bits(bits & !EXPONENT | 1022 << 52), exponent)
}

/// Index of the main position of a key that is an address: low bits are zero,
/// so the multiplication brings the others down.
#[inline(always)]
fn address_position(mask: u32, address: u64) -> usize {
    (((address >> 4).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as u32 & mask) as usize
}

/// Index of the main position of a normalised key; `OTHER` says whether numbers
/// are placed otherwise than by remainders.
///
/// # Safety
/// `t` is a live table, `key` a live value, not nil.
#[inline(always)]
pub(super) unsafe fn position<const OTHER: bool>(t: *const Table, key: RawValue) -> usize {
    // SAFETY: the header and the mask of a live table can be read.
    let mask = unsafe { (*t).hash_mask };
    match key.tag {
        // SAFETY: the tag says that the payload is a live string.
        tag::SHORT_STRING | tag::LONG_STRING => unsafe {
            (string_hash(key.as_string()) & mask) as usize
        },
        // SAFETY: the table is still live.
        tag::INTEGER | tag::FLOAT if OTHER => unsafe { other_position((*t).header.pad, mask, key) },
        tag::INTEGER => integer_position(mask, key.as_integer()),
        tag::FLOAT => float_position(mask, key.as_float()),
        tag::FALSE => 0,
        tag::TRUE => (1 & mask) as usize,
        _ => address_position(mask, key.payload),
    }
}

/// The main position of a normalised key in the hash part.
///
/// # Safety
/// `t` is a live table, `key` a live value, not nil.
#[inline(always)]
pub(super) unsafe fn main_position(t: *const Table, key: RawValue) -> *mut Node {
    // SAFETY: every position is at most the mask.
    unsafe {
        (*t).nodes.add(match (*t).header.pad & part::OTHER_PLACES {
            0 => position::<false>(t, key),
            _ => position::<true>(t, key),
        })
    }
}
