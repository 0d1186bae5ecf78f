//! `math.random` and `math.randomseed` (manual §6.7).

use perilune_vm::{Payload, Result, Return, State};

/// Puts the functions into the table on top. Both share the generator.
pub(super) fn set_functions(state: &mut State) -> Result<()> {
    let library = state.top() as i32;
    let (a, b) = state.random_seed();
    state.new_userdata(Payload::new_send(Generator::new(a, b)), 0)?;
    state.push_value(library + 1)?;
    state.push_closure(random, 1)?;
    state.raw_set_field(library, "random")?;
    state.push_closure(randomseed, 1)?;
    state.raw_set_field(library, "randomseed")
}

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
}
