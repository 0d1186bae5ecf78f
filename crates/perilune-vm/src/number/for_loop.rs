//! Preparation of the numeric `for` loop (manual §3.3.5).

use super::{Rounding, to_float_strict, to_integer_strict};
use crate::value::{RawValue, tag};

/// A loop that is ready to run.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum ForLoop {
    /// The body does not run.
    Skip,
    /// The control variable starts at `start`; after the first run there are
    /// `count` more, so that nothing overflows.
    Integer { start: i64, count: u64, step: i64 },
    /// The control variable runs from `start` while it has not passed `limit`.
    Float { start: f64, limit: f64, step: f64 },
}

/// What a loop's values are refused for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ForError {
    /// The initial value is not a number.
    Initial,
    /// The limit is not a number.
    Limit,
    /// The step is not a number.
    Step,
    /// "'for' step is zero"
    ZeroStep,
}

/// How a loop is prepared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct ForRules {
    /// The loop begins by adding the step, subtracted before, and comparing; the
    /// step may be 0.
    pub adds_first: bool,
    /// The initial value is checked first, then limit and step; else it is last.
    pub in_order: bool,
}

/// Prepares the loop `for v = start, limit, step`. If start and step are
/// integers, so are all values; else all are floats.
pub(crate) fn prepare_for(
    start: RawValue,
    limit: RawValue,
    step: RawValue,
    rules: ForRules,
) -> Result<ForLoop, ForError> {
    if start.tag == tag::INTEGER && step.tag == tag::INTEGER {
        return prepare_integer(start.as_integer(), limit, step.as_integer(), rules);
    }
    let initial = to_float_strict(start).ok_or(ForError::Initial);
    if rules.in_order {
        initial?;
    }
    let limit = to_float_strict(limit).ok_or(ForError::Limit)?;
    let step = to_float_strict(step).ok_or(ForError::Step)?;
    let mut start = initial?;
    let runs = if rules.adds_first {
        start = (start - step) + step;
        if step > 0.0 { start <= limit } else { limit <= start }
    } else {
        if step == 0.0 {
            return Err(ForError::ZeroStep);
        }
        !(if step > 0.0 { limit < start } else { start < limit })
    };
    Ok(if runs { ForLoop::Float { start, limit, step } } else { ForLoop::Skip })
}

fn prepare_integer(
    start: i64,
    limit: RawValue,
    step: i64,
    rules: ForRules,
) -> Result<ForLoop, ForError> {
    if step == 0 && !rules.adds_first {
        return Err(ForError::ZeroStep);
    }
    let Some(limit) = integer_limit(limit, step)? else { return Ok(ForLoop::Skip) };
    let mut ready = integer_loop(start, limit, step);
    if let ForLoop::Integer { count, .. } = &mut ready
        && rules.adds_first
        && start.wrapping_add(step.wrapping_mul(*count as i64)).checked_add(step).is_none()
    {
        *count = wrapping_count(start, limit, step);
    }
    Ok(ready)
}

/// How often a loop goes on after its first run whose sums wrap around before
/// they have passed the limit.
fn wrapping_count(start: i64, limit: i64, step: i64) -> u64 {
    // The values that end it, as distances from the start in the direction of the
    // step. They begin right behind the limit and end where the integers do.
    let (first, last) = match step > 0 {
        true => (limit.wrapping_sub(start), i64::MAX.wrapping_sub(start)),
        false => (start.wrapping_sub(limit), start.wrapping_sub(i64::MIN)),
    };
    if first == last {
        return u64::MAX;
    }
    let range = [first as u64 as u128 + 1, last as u64 as u128];
    match first_multiple_in(step.unsigned_abs() as u128, 1 << 64, range) {
        Some(rounds) => (rounds - 1) as u64,
        None => u64::MAX,
    }
}

/// The least `n` for which `n * factor` modulo `modulus` is in the range.
fn first_multiple_in(factor: u128, modulus: u128, [low, high]: [u128; 2]) -> Option<u128> {
    if low == 0 {
        return Some(0);
    }
    if factor == 0 {
        return None;
    }
    let n = low.div_ceil(factor);
    if n * factor <= high {
        return Some(n);
    }
    // The range lies between two multiples. How often the modulus has to be taken
    // away is the same question with smaller numbers.
    let rest = |n: u128| (factor - n % factor) % factor;
    let wraps = first_multiple_in(modulus % factor, factor, [rest(high), rest(low)])?;
    Some((low + modulus * wraps).div_ceil(factor))
}

/// The loop over integers; a step of 0 is never the last one.
#[inline(always)]
pub(crate) fn integer_loop(start: i64, limit: i64, step: i64) -> ForLoop {
    if if step > 0 { start > limit } else { start < limit } {
        return ForLoop::Skip;
    }
    let distance = if step > 0 {
        (limit as u64).wrapping_sub(start as u64)
    } else {
        (start as u64).wrapping_sub(limit as u64)
    };
    let count = match step {
        1 => distance,
        0 => u64::MAX,
        _ => distance / step.unsigned_abs(),
    };
    ForLoop::Integer { start, count, step }
}

/// The last integer on the near side of the limit; `None` if no integer is.
fn integer_limit(limit: RawValue, step: i64) -> Result<Option<i64>, ForError> {
    let rounding = if step < 0 { Rounding::Ceiling } else { Rounding::Floor };
    if let Some(limit) = to_integer_strict(limit, rounding) {
        return Ok(Some(limit));
    }
    // Out of range, or NaN, which takes the side of the low ones.
    let limit = to_float_strict(limit).ok_or(ForError::Limit)?;
    Ok(match (limit > 0.0, step > 0) {
        (true, true) => Some(i64::MAX),
        (false, false) => Some(i64::MIN),
        _ => None,
    })
}
