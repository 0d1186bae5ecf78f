//! Preparation of the numeric `for` loop (manual §3.3.5).

use super::{Rounding, to_float, to_integer};
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

/// What a loop's values are refused for. The first three: "'for' initial value
/// must be a number", with `limit` and `step` accordingly.
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

/// Prepares the loop `for v = start, limit, step`. If start and step are
/// integers, so are all values; else all are floats. Strings that denote numbers
/// are taken for floats, except as the limit of an integer loop.
///
/// # Safety
/// All three are live values.
pub(crate) unsafe fn prepare_for(
    start: RawValue,
    limit: RawValue,
    step: RawValue,
) -> Result<ForLoop, ForError> {
    // SAFETY: the contract is the same.
    unsafe {
        if start.tag == tag::INTEGER && step.tag == tag::INTEGER {
            return prepare_integer(start.as_integer(), limit, step.as_integer());
        }
        let limit = to_float(limit).ok_or(ForError::Limit)?;
        let step = to_float(step).ok_or(ForError::Step)?;
        let start = to_float(start).ok_or(ForError::Initial)?;
        if step == 0.0 {
            return Err(ForError::ZeroStep);
        }
        let passed = if step > 0.0 { limit < start } else { start < limit };
        Ok(if passed { ForLoop::Skip } else { ForLoop::Float { start, limit, step } })
    }
}

/// # Safety
/// `limit` is a live value.
unsafe fn prepare_integer(start: i64, limit: RawValue, step: i64) -> Result<ForLoop, ForError> {
    if step == 0 {
        return Err(ForError::ZeroStep);
    }
    // SAFETY: the contract is the same.
    let Some(limit) = (unsafe { integer_limit(limit, step) })? else {
        return Ok(ForLoop::Skip);
    };
    if if step > 0 { start > limit } else { start < limit } {
        return Ok(ForLoop::Skip);
    }
    let distance = if step > 0 {
        (limit as u64).wrapping_sub(start as u64)
    } else {
        (start as u64).wrapping_sub(limit as u64)
    };
    let count = if step == 1 { distance } else { distance / step.unsigned_abs() };
    Ok(ForLoop::Integer { start, count, step })
}

/// The last integer on the near side of the limit; `None` if no integer is.
///
/// # Safety
/// `limit` is a live value.
unsafe fn integer_limit(limit: RawValue, step: i64) -> Result<Option<i64>, ForError> {
    let rounding = if step < 0 { Rounding::Ceiling } else { Rounding::Floor };
    // SAFETY: the contract is the same.
    unsafe {
        if let Some(limit) = to_integer(limit, rounding) {
            return Ok(Some(limit));
        }
        // Out of range, or NaN, which takes the side of the low ones.
        let limit = to_float(limit).ok_or(ForError::Limit)?;
        Ok(match (limit > 0.0, step > 0) {
            (true, true) => Some(i64::MAX),
            (false, false) => Some(i64::MIN),
            _ => None,
        })
    }
}
