//! `math.random` and `math.randomseed` over the generator of the C library, so
//! that a seed gives the numbers it gives in C programs.

use perilune_vm::{NativeFn, Payload, Result, Return, State};

use crate::bit32::float_bits;

/// The C library's greatest random number.
const GREATEST: u32 = 0x7FFF_FFFF;

/// Puts the functions into the table on top. Both share the generator.
pub(super) fn set_functions(state: &mut State) -> Result<()> {
    let library = state.top() as i32;
    let random: NativeFn =
        if state.dialect().float_only_numbers { random_float } else { random_integer };
    state.new_userdata(Payload::new_send(Generator::new(1)), 0)?;
    state.push_value(library + 1)?;
    state.push_closure(random, 1)?;
    state.raw_set_field(library, "random")?;
    state.push_closure(randomseed, 1)?;
    state.raw_set_field(library, "randomseed")
}

/// An additive feedback generator of degree 31, each number the sum of those 31
/// and 3 before it; its start comes from a linear congruential one. (This is
/// what `random` of BSD and of the GNU C library does.)
struct Generator {
    numbers: [u32; Generator::DEGREE],
    /// Where the oldest number is: the next one replaces it.
    oldest: usize,
}

impl Generator {
    const DEGREE: usize = 31;
    const SEPARATION: usize = 3;

    fn new(seed: u32) -> Generator {
        const MODULUS: i64 = 0x7FFF_FFFF;
        const MULTIPLIER: i64 = 16_807;
        let mut numbers = [0; Self::DEGREE];
        let mut number = i64::from(if seed == 0 { 1 } else { seed as i32 });
        for slot in &mut numbers {
            *slot = number as u32;
            // The sign of a negative seed stays until the modulus is added.
            number = number * MULTIPLIER % MODULUS;
            if number < 0 {
                number += MODULUS;
            }
        }
        // The sum goes to the place of the number `SEPARATION` before the end of
        // the cycle, so the first one is at that distance from the start.
        let mut generator = Generator { numbers, oldest: Self::SEPARATION };
        for _ in 0..10 * Self::DEGREE {
            generator.next();
        }
        generator
    }

    /// A number of 31 bits.
    fn next(&mut self) -> u32 {
        let other = (self.oldest + Self::DEGREE - Self::SEPARATION) % Self::DEGREE;
        let sum = self.numbers[self.oldest].wrapping_add(self.numbers[other]);
        self.numbers[self.oldest] = sum;
        self.oldest = (self.oldest + 1) % Self::DEGREE;
        sum >> 1
    }
}

/// `math.random ([m [, n]])` where all numbers are floats.
fn random_float(state: &mut State) -> Result<Return> {
    let number = with_generator(state, Generator::next)?;
    let part = f64::from(number % GREATEST) / f64::from(GREATEST);
    let (low, high) = match state.top() {
        0 => return state.ret(part),
        1 => (1.0, check_limit(state, 1)?),
        2 => (check_limit(state, 1)?, check_limit(state, 2)?),
        _ => return Err(state.error(format_args!("wrong number of arguments"))),
    };
    if low > high || high.is_nan() || low.is_nan() {
        let arg = state.top() as i32;
        return Err(state.arg_error(arg, "interval is empty"));
    }
    let result = match state.top() {
        1 => (part * high).floor() + 1.0,
        _ => (part * (high - low + 1.0)).floor() + low,
    };
    state.ret(result)
}

/// A limit of the interval: a C `int` in some dialects.
fn check_limit(state: &mut State, arg: i32) -> Result<f64> {
    if state.dialect().random_limits_int {
        return Ok(f64::from(state.check_integer(arg)? as i32));
    }
    state.check_float(arg)
}

/// `math.random ([m [, n]])` where there are integers.
fn random_integer(state: &mut State) -> Result<Return> {
    let number = with_generator(state, Generator::next)?;
    let part = f64::from(number) * (1.0 / (f64::from(GREATEST) + 1.0));
    let (low, high) = match state.top() {
        0 => return state.ret(part),
        1 => (1, state.check_integer(1)?),
        2 => (state.check_integer(1)?, state.check_integer(2)?),
        _ => return Err(state.error(format_args!("wrong number of arguments"))),
    };
    if low > high {
        return Err(state.arg_error(1, "interval is empty"));
    }
    if low < 0 && high > i64::MAX + low {
        return Err(state.arg_error(1, "interval too large"));
    }
    let scaled = part * ((high - low) as f64 + 1.0);
    state.ret((scaled as i64).wrapping_add(low))
}

/// `math.randomseed (x)`.
fn randomseed(state: &mut State) -> Result<Return> {
    let dialect = state.dialect();
    let seed = if dialect.random_limits_int {
        state.check_integer(1)? as u32
    } else {
        let x = state.check_float(1)?;
        if dialect.float_only_numbers { float_bits(x) } else { integer_of_c(x) as u32 }
    };
    let discard = dialect.seed_discards_number;
    with_generator(state, |generator| {
        *generator = Generator::new(seed);
        if discard {
            generator.next();
        }
    })?;
    Ok(Return::NONE)
}

/// A float cut to an integer as processors do it: what does not fit becomes the
/// least one.
fn integer_of_c(x: f64) -> i64 {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if (-LIMIT..LIMIT).contains(&x) { x as i64 } else { i64::MIN }
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
    use super::Generator;

    #[test]
    fn sequences() {
        let first = |seed| {
            let mut generator = Generator::new(seed);
            [generator.next(), generator.next(), generator.next()]
        };
        // What C programs print after srandom(1) and srandom(42).
        assert_eq!(first(1), [1_804_289_383, 846_930_886, 1_681_692_777]);
        assert_eq!(first(0), first(1));
        assert_eq!(first(42), [71_876_166, 708_592_740, 1_483_128_881]);
    }
}
