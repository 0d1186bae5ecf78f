//! The math library (manual §6.7), with the functions of earlier versions
//! that a stock build keeps.

mod random;
mod random_of_c;

use perilune_vm::{
    CompareOp, LUA_5_1, LUA_5_2, LUA_5_3, LUA_5_4, NativeFn, Number, Result, Return, State, Value,
};

use crate::registration::{ALL, Entry, between, push_library, since, until};

const FUNCTIONS: &[Entry] = &[
    ("abs", abs, ALL),
    ("acos", |state| unary(state, |x| within(x, x.abs() <= 1.0, f64::acos)), ALL),
    ("asin", |state| unary(state, |x| within(x, x.abs() <= 1.0, f64::asin)), ALL),
    ("atan", atan, ALL),
    ("atan2", atan2, until(&LUA_5_2)),
    ("atan2", atan, between(&LUA_5_3, &LUA_5_4)),
    ("ceil", ceil, ALL),
    ("cos", |state| unary(state, f64::cos), ALL),
    ("cosh", |state| unary(state, f64::cosh), until(&LUA_5_4)),
    ("deg", deg, ALL),
    ("exp", |state| unary(state, f64::exp), ALL),
    ("floor", floor, ALL),
    ("fmod", fmod, ALL),
    ("frexp", frexp, ALL),
    ("ldexp", |state| backwards(state, ldexp), until(&LUA_5_1)),
    ("ldexp", ldexp, since(&LUA_5_2)),
    ("log", log, ALL),
    ("log10", |state| unary(state, log10), until(&LUA_5_4)),
    ("max", |state| extreme(state, |a, b| less(b, a), true), ALL),
    ("min", |state| extreme(state, less, false), ALL),
    ("mod", fmod, until(&LUA_5_1)),
    ("modf", modf, ALL),
    ("pow", |state| backwards(state, pow), until(&LUA_5_1)),
    ("pow", pow, between(&LUA_5_2, &LUA_5_4)),
    ("rad", rad, ALL),
    ("sin", |state| unary(state, f64::sin), ALL),
    ("sinh", |state| unary(state, f64::sinh), until(&LUA_5_4)),
    ("sqrt", |state| unary(state, f64::sqrt), ALL),
    ("tan", |state| unary(state, f64::tan), ALL),
    ("tanh", |state| unary(state, f64::tanh), until(&LUA_5_4)),
    ("tointeger", tointeger, since(&LUA_5_3)),
    ("type", type_, since(&LUA_5_3)),
    ("ult", ult, since(&LUA_5_3)),
];

/// Pushes the library's table.
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// perilune::native::stdlib::math::open(state)?;
/// state.raw_get_field(-1, "pi")?;
/// assert_eq!(state.to_float(-1), Some(std::f64::consts::PI));
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
///
/// # Errors
/// If memory runs out.
pub fn open(state: &mut State) -> Result<()> {
    let dialect = state.dialect();
    push_library(state, FUNCTIONS, 6)?;
    let library = state.top() as i32;
    state.set_field_to(library, "pi", std::f64::consts::PI)?;
    state.set_field_to(library, "huge", f64::INFINITY)?;
    if !dialect.float_only_numbers {
        state.set_field_to(library, "maxinteger", i64::MAX)?;
        state.set_field_to(library, "mininteger", i64::MIN)?;
    }
    if dialect.random_of_c {
        random_of_c::set_functions(state)
    } else {
        random::set_functions(state)
    }
}

fn unary(state: &mut State, f: impl FnOnce(f64) -> f64) -> Result<Return> {
    let x = state.check_float(1)?;
    state.ret(f(x))
}

/// `f(x)` if `x` is in the function's domain. Outside of it C libraries do not
/// agree on the sign of NaN: this is that of the GNU C library as programs use
/// it that are not linked statically.
fn within(x: f64, inside: bool, f: fn(f64) -> f64) -> f64 {
    if inside || x.is_nan() { f(x) } else { f64::NAN }
}

fn log10(x: f64) -> f64 {
    within(x, x >= 0.0, f64::log10)
}

// ---------------------------------------------------------------- rounding

/// The integer equal to an integral float, if there is one.
fn exact_integer(x: f64) -> Option<i64> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    (-LIMIT..LIMIT).contains(&x).then_some(x as i64)
}

/// A float without fraction as an integer where it fits.
fn integral(x: f64) -> Number {
    exact_integer(x).map_or(Number::Float(x), Number::Integer)
}

/// Rounds the argument towards one side: `step` takes the truncated integer
/// there, `whole` does it for floats that no integer can hold.
fn rounded(
    state: &mut State,
    step: fn(truncated: i64, x: f64) -> i64,
    whole: fn(f64) -> f64,
) -> Result<Return> {
    if state.is_integer(1) {
        state.set_top(1);
        return Ok(Return::values(1));
    }
    let x = state.check_float(1)?;
    if state.dialect().float_only_numbers {
        return state.ret(whole(x));
    }
    match exact_integer(x) {
        Some(n) => state.ret(step(n, x)),
        None => state.ret(integral(whole(x))),
    }
}

/// `math.floor (x)` (manual §6.7).
fn floor(state: &mut State) -> Result<Return> {
    rounded(state, |n, x| n - i64::from(n as f64 > x), f64::floor)
}

/// `math.ceil (x)` (manual §6.7).
fn ceil(state: &mut State) -> Result<Return> {
    rounded(state, |n, x| n + i64::from((n as f64) < x), f64::ceil)
}

/// `math.modf (x)` (manual §6.7).
fn modf(state: &mut State) -> Result<Return> {
    if state.is_integer(1) {
        state.set_top(1);
        state.push(0.0)?;
        return Ok(Return::values(2));
    }
    let x = state.check_float(1)?;
    let whole = if x < 0.0 { x.ceil() } else { x.floor() };
    let floats = state.dialect().float_only_numbers;
    // The test is for the infinities.
    let fraction = if x != whole {
        x - whole
    } else if floats {
        0f64.copysign(x)
    } else {
        0.0
    };
    let whole = if floats { Number::Float(whole) } else { integral(whole) };
    state.push(whole)?;
    state.push(fraction)?;
    Ok(Return::values(2))
}

/// `math.abs (x)` (manual §6.7).
fn abs(state: &mut State) -> Result<Return> {
    match state.value(1) {
        Value::Integer(n) => state.ret(n.wrapping_abs()),
        _ => unary(state, f64::abs),
    }
}

/// `math.fmod (x, y)` (manual §6.7).
fn fmod(state: &mut State) -> Result<Return> {
    if let (Value::Integer(a), Value::Integer(b)) = (state.value(1), state.value(2)) {
        if b == 0 {
            return Err(state.arg_error(2, "zero"));
        }
        return state.ret(a.wrapping_rem(b));
    }
    // The second is checked first, as compiled C does.
    let b = state.check_float(2)?;
    let a = state.check_float(1)?;
    state.ret(a % b)
}

// ---------------------------------------------------------------- integers

/// `math.tointeger (x)` (manual §6.7).
fn tointeger(state: &mut State) -> Result<Return> {
    match state.to_integer(1) {
        Some(n) => state.ret(n),
        None => {
            state.check_any(1)?;
            state.ret(())
        }
    }
}

/// `math.type (x)` (manual §6.7).
fn type_(state: &mut State) -> Result<Return> {
    match state.value(1) {
        Value::Integer(_) => state.ret("integer"),
        Value::Float(_) => state.ret("float"),
        _ => {
            state.check_any(1)?;
            state.ret(())
        }
    }
}

/// `math.ult (m, n)` (manual §6.7).
fn ult(state: &mut State) -> Result<Return> {
    let a = state.check_integer(1)?;
    let b = state.check_integer(2)?;
    state.ret((a as u64) < (b as u64))
}

// ---------------------------------------------------------------- functions

/// `math.atan (y [, x])` (manual §6.7).
fn atan(state: &mut State) -> Result<Return> {
    let y = state.check_float(1)?;
    if !state.dialect().atan_of_two {
        return state.ret(y.atan());
    }
    let x = state.opt_float(2, 1.0)?;
    state.ret(y.atan2(x))
}

/// `math.atan2 (y, x)` (manual of 5.2, §6.6).
fn atan2(state: &mut State) -> Result<Return> {
    // The second is checked first, as compiled C does.
    let x = state.check_float(2)?;
    let y = state.check_float(1)?;
    state.ret(y.atan2(x))
}

/// `math.deg (x)` (manual §6.7).
fn deg(state: &mut State) -> Result<Return> {
    let x = state.check_float(1)?;
    state.ret(if state.dialect().float_only_numbers {
        x / (std::f64::consts::PI / 180.0)
    } else {
        x * (180.0 / std::f64::consts::PI)
    })
}

/// `math.rad (x)` (manual §6.7).
fn rad(state: &mut State) -> Result<Return> {
    unary(state, |x| x * (std::f64::consts::PI / 180.0))
}

/// `math.log (x [, base])` (manual §6.7).
fn log(state: &mut State) -> Result<Return> {
    let x = state.check_float(1)?;
    let dialect = state.dialect();
    if !dialect.log_base || state.is_none_or_nil(2) {
        return state.ret(x.ln());
    }
    let base = state.check_float(2)?;
    state.ret(if base == 2.0 && dialect.log_base_two {
        x.log2()
    } else if base == 10.0 {
        log10(x)
    } else {
        x.ln() / base.ln()
    })
}

/// A function of two numbers of which the second is checked first, as compiled
/// C does.
fn backwards(state: &mut State, function: NativeFn) -> Result<Return> {
    state.check_float(2)?;
    function(state)
}

/// `math.pow (x, y)` (manual of 5.2, §6.6).
fn pow(state: &mut State) -> Result<Return> {
    let x = state.check_float(1)?;
    let y = state.check_float(2)?;
    state.ret(x.powf(y))
}

/// `math.frexp (x)` (manual of 5.2, §6.6).
fn frexp(state: &mut State) -> Result<Return> {
    let x = state.check_float(1)?;
    let (fraction, exponent) = split_exponent(x);
    state.push(fraction)?;
    state.push(exponent)?;
    Ok(Return::values(2))
}

/// `x` as m × 2^e with 0.5 ≤ |m| < 1 (zero and what is not finite: itself, 0).
fn split_exponent(x: f64) -> (f64, i64) {
    if x == 0.0 || !x.is_finite() {
        return (x, 0);
    }
    const EXPONENT_FIELD: u64 = 0x7ff << 52;
    // A subnormal number is brought into the normal range first.
    let (x, shifted) =
        if x.abs() < f64::MIN_POSITIVE { (x * (1u64 << 54) as f64, 54) } else { (x, 0) };
    let bits = x.to_bits();
    let exponent = ((bits & EXPONENT_FIELD) >> 52) as i64 - 1022;
    let fraction = f64::from_bits(bits & !EXPONENT_FIELD | 1022 << 52);
    (fraction, exponent - shifted)
}

/// `math.ldexp (m, e)` (manual of 5.2, §6.6).
fn ldexp(state: &mut State) -> Result<Return> {
    let x = state.check_float(1)?;
    // As a C int, whatever is lost.
    let exponent = state.check_integer(2)? as i32;
    state.ret(scale(x, exponent))
}

/// `x` × 2^`exponent`, rounded once.
fn scale(x: f64, exponent: i32) -> f64 {
    let (fraction, own) = split_exponent(x);
    if fraction == 0.0 || !fraction.is_finite() {
        return x;
    }
    let exponent = own + i64::from(exponent);
    let power = |n: i64| f64::from_bits(((n + 1023) as u64) << 52);
    if exponent > 1024 {
        f64::INFINITY.copysign(x)
    } else if exponent > -1021 {
        // Two exact steps: 2^1024 is no float.
        fraction * 2.0 * power(exponent - 1)
    } else if exponent > -1080 {
        // The only rounding is in the last step, into the subnormal range.
        fraction * power(exponent + 1000) * power(-1000)
    } else {
        0.0f64.copysign(x)
    }
}

// ---------------------------------------------------------------- min, max

/// Whether a < b, for two numbers.
fn less(a: Number, b: Number) -> Option<bool> {
    match (a, b) {
        (Number::Integer(a), Number::Integer(b)) => Some(a < b),
        (Number::Float(a), Number::Float(b)) => Some(a < b),
        // The exact comparison of integers and floats is the VM's.
        _ => None,
    }
}

fn number_at(state: &State, index: i32) -> Option<Number> {
    match state.value(index) {
        Value::Integer(n) => Some(Number::Integer(n)),
        Value::Float(x) => Some(Number::Float(x)),
        _ => None,
    }
}

/// `math.max (x, ···)` and `math.min (x, ···)` (manual §6.7): the argument
/// no other `replaces`.
fn extreme(
    state: &mut State,
    replaces: fn(candidate: Number, best: Number) -> Option<bool>,
    greatest: bool,
) -> Result<Return> {
    let count = state.top() as i32;
    if state.dialect().float_only_numbers {
        return extreme_float(state, count, greatest);
    }
    if count < 1 {
        return Err(state.arg_error(1, "value expected"));
    }
    let mut best = 1;
    for candidate in 2..=count {
        let quick = number_at(state, candidate)
            .zip(number_at(state, best))
            .and_then(|(a, b)| replaces(a, b));
        let better = match quick {
            Some(better) => better,
            None if greatest => state.compare(best, candidate, CompareOp::Lt)?,
            None => state.compare(candidate, best, CompareOp::Lt)?,
        };
        if better {
            best = candidate;
        }
    }
    state.push_value(best)?;
    Ok(Return::values(1))
}

/// The same where all numbers are floats and numerals are among them.
fn extreme_float(state: &mut State, count: i32, greatest: bool) -> Result<Return> {
    let mut best = state.check_float(1)?;
    for arg in 2..=count {
        let x = state.check_float(arg)?;
        if if greatest { x > best } else { x < best } {
            best = x;
        }
    }
    state.ret(best)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponents() {
        for x in [1.0, -0.75, 1e300, f64::MAX, f64::MIN_POSITIVE, 5e-324, -1.5e-310] {
            let (fraction, exponent) = split_exponent(x);
            assert!((0.5..1.0).contains(&fraction.abs()));
            assert_eq!(scale(fraction, exponent as i32), x);
        }
        assert_eq!(split_exponent(8.0), (0.5, 4));
        assert_eq!(split_exponent(-0.0), (0.0, 0));
        assert_eq!(scale(1.0, 1023), 2f64.powi(1023));
        assert_eq!(scale(1.0, 1024), f64::INFINITY);
        assert_eq!(scale(-1.0, i32::MAX), f64::NEG_INFINITY);
        assert_eq!(scale(1.0, -1074), 5e-324);
        assert_eq!(scale(1.0, -1075), 0.0);
        assert_eq!(scale(1.5, -1075), 5e-324);
        assert_eq!(scale(5e-324, 1074), 1.0);
        assert_eq!(scale(1.0, i32::MIN), 0.0);
    }

    #[test]
    fn integrals() {
        assert_eq!(integral(3.0), Number::Integer(3));
        assert_eq!(integral(9.3e18), Number::Float(9.3e18));
        assert_eq!(integral(-9223372036854775808.0), Number::Integer(i64::MIN));
    }
}
