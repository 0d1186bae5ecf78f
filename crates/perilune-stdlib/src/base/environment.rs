//! `getfenv` and `setfenv`: the environments of functions and threads.

use perilune_vm::{Result, Return, State};

use crate::arguments::{check_int, opt_int};

/// Pushes the function that argument 1 is, or that is active at the level it
/// tells (1 if it is absent and `optional`).
fn push_function(state: &mut State, optional: bool) -> Result<()> {
    if state.is_function(1) {
        return state.push_value(1);
    }
    let level = if optional { opt_int(state, 1, 1)? } else { check_int(state, 1)? };
    let Ok(index) = usize::try_from(level) else {
        return Err(state.arg_error(1, "level must be non-negative"));
    };
    let Some(frame) = state.stack_level(None, index) else {
        return Err(state.arg_error(1, "invalid level"));
    };
    state.push_frame_function(None, frame)?;
    if state.is_nil(-1) {
        let text = format_args!("no function environment for tail call at level {level}");
        return Err(state.error(text));
    }
    Ok(())
}

/// `getfenv ([f])`: the environment of a function; of a native one the globals.
pub(super) fn getfenv(state: &mut State) -> Result<Return> {
    push_function(state, true)?;
    if state.is_native_function(-1) {
        state.push_globals()?;
    } else {
        state.push_environment(-1)?;
    }
    Ok(Return::values(1))
}

/// `setfenv (f, table)`: replaces the environment of a Lua function; 0 means the
/// running thread.
pub(super) fn setfenv(state: &mut State) -> Result<Return> {
    state.check_table(2)?;
    push_function(state, false)?;
    let function = state.top() as i32;
    if state.to_float(1) == Some(0.0) {
        state.push_running_thread()?;
        state.push_value(2)?;
        state.set_environment(-2)?;
        return Ok(Return::NONE);
    }
    state.push_value(2)?;
    if state.is_native_function(function) || !state.set_environment(function)? {
        let text = format_args!("'setfenv' cannot change environment of given object");
        return Err(state.error(text));
    }
    Ok(Return::values(1))
}
