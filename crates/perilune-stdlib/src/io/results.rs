//! What functions that ask the host return: `true`, or `nil`, a message and a
//! number.

use perilune_vm::{Result, Return, State};

use crate::host::{ExitStatus, HostError, HostResult};

/// Pushes `nil`, the error's text (after `name: ` if there is a name) and its
/// number.
pub fn push_failure(state: &mut State, error: &HostError, name: Option<&[u8]>) -> Result<()> {
    state.push(())?;
    let text = if error.code() == 0 && error.message().is_empty() {
        "(no extra info)"
    } else {
        error.message()
    };
    match name {
        None => state.push(text)?,
        Some(name) => {
            let message = [name, b": ", text.as_bytes()].concat();
            state.push(&message)?;
        }
    }
    state.push(i64::from(error.code()))
}

/// `true`, or the three values of [`push_failure`].
pub fn file_result(
    state: &mut State,
    result: HostResult<()>,
    name: Option<&[u8]>,
) -> Result<Return> {
    match result {
        Ok(()) => state.ret(true),
        Err(error) => {
            push_failure(state, &error, name)?;
            Ok(Return::values(3))
        }
    }
}

/// How a process ended: `true` or `nil`, `"exit"` or `"signal"`, a number.
pub fn exec_result(state: &mut State, result: HostResult<ExitStatus>) -> Result<Return> {
    let (what, code) = match result {
        Err(error) => return file_result(state, Err(error), None),
        Ok(ExitStatus::Exited(code)) => ("exit", code),
        Ok(ExitStatus::Signaled(signal)) => ("signal", signal),
    };
    if what == "exit" && code == 0 {
        state.push(true)?;
    } else {
        state.push(())?;
    }
    state.push(what)?;
    state.push(i64::from(code))?;
    Ok(Return::values(3))
}
