//! Numeric loops over anything but three integers.
//!
//! # Safety
//!
//! The running instruction is the one before the saved pc; its registers exist in
//! the current frame.

use crate::call::Flow;
use crate::number::{self, ForError, ForLoop, ForRules, prepare_for};
use crate::state::State;
use crate::value::{RawValue, tag};
use perilune_bytecode::Instruction;

/// `ForPrep`.
#[inline(never)]
pub(super) unsafe fn for_prep(state: &mut State, i: Instruction) -> Flow {
    let ra = (*state.current).base.add(i.a() as usize);
    let dialect = state.dialect;
    let rules =
        ForRules { adds_first: dialect.stepping_loops, in_order: dialect.initial_value_first };
    let mut values = [*ra, *ra.add(1), *ra.add(2)];
    // Strings that denote numbers are taken for floats, except as the limit of an
    // integer loop.
    let integers = values[0].tag == tag::INTEGER && values[2].tag == tag::INTEGER;
    for (n, value) in values.iter_mut().enumerate() {
        if value.is_string()
            && let Some(number) = number::to_number(*value, dialect)
        {
            let as_float = number::to_float_strict(number).map(RawValue::float);
            *value = if n == 1 && integers { number } else { as_float.unwrap_or(number) };
        }
    }
    match prepare_for(values[0], values[1], values[2], rules) {
        Ok(ForLoop::Integer { start, count, step }) => {
            *ra = RawValue::integer(start);
            *ra.add(1) = RawValue::integer(count as i64);
            *ra.add(2) = RawValue::integer(step);
            Flow::Next
        }
        Ok(ForLoop::Float { start, limit, step }) => {
            *ra = RawValue::float(start);
            *ra.add(1) = RawValue::float(limit);
            *ra.add(2) = RawValue::float(step);
            Flow::Next
        }
        Ok(ForLoop::Skip) => {
            let th = state.current;
            (*th).pc = (*th).pc.offset(i.j() as isize);
            Flow::Refresh
        }
        Err(e) => for_error(state, values, e),
    }
}

#[cold]
unsafe fn for_error(state: &mut State, values: [RawValue; 3], e: ForError) -> Flow {
    let (what, v) = match e {
        ForError::Initial => ("initial value", values[0]),
        ForError::Limit => ("limit", values[1]),
        ForError::Step => ("step", values[2]),
        ForError::ZeroStep => return state.runtime_error(b"'for' step is zero").into(),
    };
    if !state.dialect.for_error_with_type {
        let m = format!("'for' {what} must be a number");
        return state.runtime_error(m.as_bytes()).into();
    }
    let mut m = format!("bad 'for' {what} (number expected, got ").into_bytes();
    m.extend(state.type_name_of(v));
    m.push(b')');
    state.runtime_error(&m).into()
}
