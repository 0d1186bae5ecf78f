//! Bitwise operations on numbers of 32 bits (manual of 5.2, §6.7).

use perilune_vm::{Result, Return, State};

use crate::arguments::{check_int, opt_int};
use crate::registration::{ALL, Entry, push_library};

const BITS: i64 = 32;

const FUNCTIONS: &[Entry] = &[
    ("arshift", arshift, ALL),
    ("band", band, ALL),
    ("bnot", bnot, ALL),
    ("bor", bor, ALL),
    ("btest", btest, ALL),
    ("bxor", bxor, ALL),
    ("extract", extract, ALL),
    ("lrotate", lrotate, ALL),
    ("lshift", lshift, ALL),
    ("replace", replace, ALL),
    ("rrotate", rrotate, ALL),
    ("rshift", rshift, ALL),
];

/// Pushes the library's table.
///
/// ```
/// use perilune::native::{LUA_5_2, State, stdlib};
///
/// let mut state = State::new_with_dialect(&LUA_5_2).unwrap();
/// state.enter(|state| {
///     stdlib::bit32::open(state)?;
///     state.raw_get_field(-1, "band")?;
///     state.push(12)?;
///     state.push(10)?;
///     state.call(2, Some(1))?;
///     assert_eq!(state.to_integer(-1), Some(8));
///     Ok(())
/// }).unwrap();
/// ```
///
/// # Errors
/// If memory runs out.
pub fn open(state: &mut State) -> Result<()> {
    push_library(state, FUNCTIONS, 0)
}

/// The argument's lower 32 bits.
fn check_bits(state: &mut State, arg: i32) -> Result<u32> {
    if state.dialect().float_only_numbers {
        return Ok(float_bits(state.check_float(arg)?));
    }
    Ok(state.check_integer(arg)? as u32)
}

/// The number rounded to an integer, modulo 2^32. Adding 2^52 + 2^51 moves the
/// integer to the end of the mantissa; that is also what decides about numbers
/// too great for it.
pub(crate) fn float_bits(x: f64) -> u32 {
    const MAGIC: f64 = 6_755_399_441_055_744.0;
    (x + MAGIC).to_bits() as u32
}

fn ret(state: &mut State, bits: u32) -> Result<Return> {
    state.ret(i64::from(bits))
}

/// All arguments combined.
fn combined(state: &mut State, first: u32, f: fn(u32, u32) -> u32) -> Result<u32> {
    let mut bits = first;
    for arg in 1..=state.top() as i32 {
        bits = f(bits, check_bits(state, arg)?);
    }
    Ok(bits)
}

/// `bit32.band (···)`.
fn band(state: &mut State) -> Result<Return> {
    let bits = combined(state, u32::MAX, |a, b| a & b)?;
    ret(state, bits)
}

/// `bit32.btest (···)`.
fn btest(state: &mut State) -> Result<Return> {
    let bits = combined(state, u32::MAX, |a, b| a & b)?;
    state.ret(bits != 0)
}

/// `bit32.bor (···)`.
fn bor(state: &mut State) -> Result<Return> {
    let bits = combined(state, 0, |a, b| a | b)?;
    ret(state, bits)
}

/// `bit32.bxor (···)`.
fn bxor(state: &mut State) -> Result<Return> {
    let bits = combined(state, 0, |a, b| a ^ b)?;
    ret(state, bits)
}

/// `bit32.bnot (x)`.
fn bnot(state: &mut State) -> Result<Return> {
    let bits = check_bits(state, 1)?;
    ret(state, !bits)
}

/// `bits` shifted to the left, or to the right if `by` is negative.
fn shifted(bits: u32, by: i64) -> u32 {
    match u32::try_from(by.unsigned_abs()) {
        Ok(distance) if by < 0 => bits.checked_shr(distance).unwrap_or(0),
        Ok(distance) => bits.checked_shl(distance).unwrap_or(0),
        Err(_) => 0,
    }
}

/// The bits to shift, and by how many places; the second argument is checked
/// first, as compiled C does.
fn check_shift(state: &mut State) -> Result<(u32, i64)> {
    let by = check_int(state, 2)?;
    Ok((check_bits(state, 1)?, by))
}

/// `bit32.lshift (x, disp)`.
fn lshift(state: &mut State) -> Result<Return> {
    let (bits, by) = check_shift(state)?;
    ret(state, shifted(bits, by))
}

/// `bit32.rshift (x, disp)`.
fn rshift(state: &mut State) -> Result<Return> {
    let (bits, by) = check_shift(state)?;
    ret(state, shifted(bits, by.wrapping_neg()))
}

/// `bit32.arshift (x, disp)`.
fn arshift(state: &mut State) -> Result<Return> {
    let bits = check_bits(state, 1)?;
    let by = check_int(state, 2)?;
    let result = if by < 0 {
        shifted(bits, by.wrapping_neg())
    } else {
        ((bits as i32) >> by.min(BITS - 1)) as u32
    };
    ret(state, result)
}

/// `bit32.lrotate (x, disp)`.
fn lrotate(state: &mut State) -> Result<Return> {
    let (bits, by) = check_shift(state)?;
    ret(state, bits.rotate_left((by & (BITS - 1)) as u32))
}

/// `bit32.rrotate (x, disp)`.
fn rrotate(state: &mut State) -> Result<Return> {
    let (bits, by) = check_shift(state)?;
    ret(state, bits.rotate_right((by & (BITS - 1)) as u32))
}

/// A field of bits that the arguments from `arg` on mean: where it starts, and
/// ones in its width.
fn field(state: &mut State, arg: i32) -> Result<(u32, u32)> {
    let start = check_int(state, arg)?;
    let width = opt_int(state, arg + 1, 1)?;
    if start < 0 {
        return Err(state.arg_error(arg, "field cannot be negative"));
    }
    if width <= 0 {
        return Err(state.arg_error(arg + 1, "width must be positive"));
    }
    if start.saturating_add(width) > BITS {
        return Err(state.error(format_args!("trying to access non-existent bits")));
    }
    Ok((start as u32, u32::MAX >> (BITS - width)))
}

/// `bit32.extract (n, field [, width])`.
fn extract(state: &mut State) -> Result<Return> {
    let bits = check_bits(state, 1)?;
    let (start, mask) = field(state, 2)?;
    ret(state, bits >> start & mask)
}

/// `bit32.replace (n, v, field [, width])`.
fn replace(state: &mut State) -> Result<Return> {
    let bits = check_bits(state, 1)?;
    let value = check_bits(state, 2)?;
    let (start, mask) = field(state, 3)?;
    ret(state, bits & !(mask << start) | (value & mask) << start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_rounded_to_bits() {
        for (x, bits) in [
            (0.0, 0),
            (0.5, 0),
            (1.5, 2),
            (-1.0, u32::MAX),
            (4_294_967_296.0, 0),
            (4_294_967_297.0, 1),
            (-4_294_967_297.0, u32::MAX),
        ] {
            assert_eq!(float_bits(x), bits, "{x}");
        }
    }

    #[test]
    fn shifts() {
        assert_eq!(shifted(1, 31), 1 << 31);
        assert_eq!(shifted(1, 32), 0);
        assert_eq!(shifted(u32::MAX, -31), 1);
        assert_eq!(shifted(u32::MAX, i64::MIN), 0);
    }
}
