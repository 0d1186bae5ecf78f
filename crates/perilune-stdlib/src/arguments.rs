//! Arguments whose checks depend on the dialect.

use perilune_vm::{Error, Result, State};

/// As the dialect takes counts and positions.
fn narrowed(state: &State, n: i64) -> i64 {
    if state.dialect().int_arguments { i64::from(n as i32) } else { n }
}

/// A count or a position.
///
/// # Errors
/// If the argument is no number, or no integer.
#[inline]
pub(crate) fn check_int(state: &mut State, arg: i32) -> Result<i64> {
    let n = state.check_integer(arg)?;
    Ok(narrowed(state, n))
}

/// A count or a position, `default` if it is absent.
///
/// # Errors
/// As [`check_int`].
#[inline]
pub(crate) fn opt_int(state: &mut State, arg: i32, default: i64) -> Result<i64> {
    if state.is_none_or_nil(arg) { Ok(default) } else { check_int(state, arg) }
}

/// The error for an argument of none of the types that it may have.
#[cold]
pub(crate) fn unexpected_type(state: &mut State, arg: i32, expected: &str) -> Error {
    if state.dialect().argument_errors_tell_the_type {
        state.type_error(arg, expected)
    } else {
        state.arg_error(arg, &format!("{expected} expected"))
    }
}
