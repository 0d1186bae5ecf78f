//! The math library (manual §6.7), with the functions of earlier versions
//! that a stock build keeps.

use perilune_vm::{CompareOp, NativeFn, Number, Payload, Result, Return, State, Value};

/// Pushes the library's table.
pub fn open(state: &mut State) -> Result<()> {
    let functions: &[(&str, NativeFn)] = &[
        ("abs", abs),
        ("acos", |state| unary(state, |x| within(x, x.abs() <= 1.0, f64::acos))),
        ("asin", |state| unary(state, |x| within(x, x.abs() <= 1.0, f64::asin))),
        ("atan", atan),
        ("atan2", atan),
        ("ceil", ceil),
        ("cos", |state| unary(state, f64::cos)),
        ("cosh", |state| unary(state, f64::cosh)),
        ("deg", |state| unary(state, |x| x * (180.0 / std::f64::consts::PI))),
        ("exp", |state| unary(state, f64::exp)),
        ("floor", floor),
        ("fmod", fmod),
        ("frexp", frexp),
        ("ldexp", ldexp),
        ("log", log),
        ("log10", |state| unary(state, log10)),
        ("max", |state| extreme(state, |a, b| less(b, a), true)),
        ("min", |state| extreme(state, less, false)),
        ("modf", modf),
        ("pow", pow),
        ("rad", |state| unary(state, |x| x * (std::f64::consts::PI / 180.0))),
        ("sin", |state| unary(state, f64::sin)),
        ("sinh", |state| unary(state, f64::sinh)),
        ("sqrt", |state| unary(state, f64::sqrt)),
        ("tan", |state| unary(state, f64::tan)),
        ("tanh", |state| unary(state, f64::tanh)),
        ("tointeger", tointeger),
        ("type", type_),
        ("ult", ult),
    ];
    state.new_table(0, functions.len() + 6)?;
    let library = state.top() as i32;
    state.set_functions(functions)?;
    state.set_field_to(library, "pi", std::f64::consts::PI)?;
    state.set_field_to(library, "huge", f64::INFINITY)?;
    state.set_field_to(library, "maxinteger", i64::MAX)?;
    state.set_field_to(library, "mininteger", i64::MIN)?;
    // Both functions share the generator.
    let (a, b) = state.random_seed();
    state.new_userdata(Payload::new(Generator::new(a, b)), 0)?;
    state.push_value(library + 1)?;
    state.push_closure(random, 1)?;
    state.raw_set_field(library, "random")?;
    state.push_closure(randomseed, 1)?;
    state.raw_set_field(library, "randomseed")
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
    // The test is for the infinities.
    let fraction = if x == whole { 0.0 } else { x - whole };
    state.push(integral(whole))?;
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
    let x = state.opt_float(2, 1.0)?;
    state.ret(y.atan2(x))
}

/// `math.log (x [, base])` (manual §6.7).
fn log(state: &mut State) -> Result<Return> {
    let x = state.check_float(1)?;
    if state.is_none_or_nil(2) {
        return state.ret(x.ln());
    }
    let base = state.check_float(2)?;
    state.ret(if base == 2.0 {
        x.log2()
    } else if base == 10.0 {
        log10(x)
    } else {
        x.ln() / base.ln()
    })
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

// ---------------------------------------------------------------- random

/// xoshiro256**, seeded as the reference implementation seeds it.
struct Generator([u64; 4]);

impl Generator {
    fn new(a: u64, b: u64) -> Generator {
        let mut generator = Generator([a, 0xff, b, 0]);
        for _ in 0..16 {
            generator.next();
        }
        generator
    }

    fn next(&mut self) -> u64 {
        let [a, b, c, d] = self.0;
        let (c, d) = (c ^ a, d ^ b);
        self.0 = [a ^ d, b ^ c, c ^ (b << 17), d.rotate_left(45)];
        b.wrapping_mul(5).rotate_left(7).wrapping_mul(9)
    }

    /// `random`, or numbers after it, brought into `0..=limit`: cut to as many
    /// bits as `limit` has, until one is not above it.
    fn project(&mut self, mut random: u64, limit: u64) -> u64 {
        let mask = u64::MAX.checked_shr(limit.leading_zeros()).unwrap_or(0);
        loop {
            random &= mask;
            if random <= limit {
                return random;
            }
            random = self.next();
        }
    }
}

/// The upper 53 bits as a float in [0, 1).
fn unit_float(random: u64) -> f64 {
    (random >> 11) as f64 * (0.5 / (1u64 << 52) as f64)
}

/// `math.random ([m [, n]])` (manual §6.7).
fn random(state: &mut State) -> Result<Return> {
    let number = with_generator(state, Generator::next)?;
    let (low, high) = match state.top() {
        0 => return state.ret(unit_float(number)),
        1 => {
            let high = state.check_integer(1)?;
            if high == 0 {
                return state.ret(number as i64);
            }
            (1, high)
        }
        2 => (state.check_integer(1)?, state.check_integer(2)?),
        _ => return Err(state.error(format_args!("wrong number of arguments"))),
    };
    if low > high {
        return Err(state.arg_error(1, "interval is empty"));
    }
    let limit = (high as u64).wrapping_sub(low as u64);
    let number = with_generator(state, |generator| generator.project(number, limit))?;
    state.ret(number.wrapping_add(low as u64) as i64)
}

/// `math.randomseed ([x [, y]])` (manual §6.7).
fn randomseed(state: &mut State) -> Result<Return> {
    let (a, b) = if state.is_none(1) {
        state.random_seed()
    } else {
        (state.check_integer(1)? as u64, state.opt_integer(2, 0)? as u64)
    };
    with_generator(state, |generator| *generator = Generator::new(a, b))?;
    state.push(a as i64)?;
    state.push(b as i64)?;
    Ok(Return::values(2))
}

/// Works on the running function's generator. (The debug library can take it
/// away.)
fn with_generator<R>(state: &mut State, f: impl FnOnce(&mut Generator) -> R) -> Result<R> {
    if let Some(generator) = state.upvalue_userdata_mut::<Generator>(1) {
        return Ok(f(generator));
    }
    Err(state.error(format_args!("no random generator in upvalue")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequence() {
        // The reference implementation's numbers for math.randomseed(1007).
        let mut generator = Generator::new(1007, 0);
        assert_eq!(generator.next(), 0x7a7040a5a323c9d6);
    }

    #[test]
    fn projection() {
        let mut generator = Generator::new(1, 2);
        for limit in [0, 1, 5, 6, 7, 1000, u64::MAX - 1, u64::MAX] {
            for _ in 0..100 {
                let number = generator.next();
                assert!(generator.project(number, limit) <= limit);
            }
        }
        assert_eq!(unit_float(0), 0.0);
        assert!(unit_float(u64::MAX) < 1.0);
    }

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
