//! What the library keeps between calls: the default files, and how files are
//! closed. It lies in the registry and in the files, or in environments of the
//! functions and of the files, where a dialect has those.

use perilune_vm::{NativeFn, Result, Return, State};

use super::file::{check_stream, close_file};
use crate::registration::Entry;

/// One of the default files.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum DefaultFile {
    Input,
    Output,
}

impl DefaultFile {
    /// Its name in the registry.
    fn key(self) -> &'static str {
        match self {
            DefaultFile::Input => "_IO_input",
            DefaultFile::Output => "_IO_output",
        }
    }

    /// Its index in an environment.
    pub(super) fn index(self) -> i64 {
        match self {
            DefaultFile::Input => 1,
            DefaultFile::Output => 2,
        }
    }
}

/// Pushes a default file of the running function.
pub(super) fn push_default(state: &mut State, file: DefaultFile) -> Result<()> {
    if state.dialect().file_environments {
        state.push_running_environment()?;
        state.raw_get_integer(-1, file.index())?;
    } else {
        state.push_registry()?;
        state.raw_get_field(-1, file.key())?;
    }
    state.replace(-2);
    Ok(())
}

/// Pops a file and makes it a default file of the running function.
pub(super) fn set_default(state: &mut State, file: DefaultFile) -> Result<()> {
    if state.dialect().file_environments {
        state.push_running_environment()?;
        state.insert(-2);
        state.raw_set_integer(-2, file.index())?;
    } else {
        state.push_registry()?;
        state.insert(-2);
        state.raw_set_field(-2, file.key())?;
    }
    state.pop(1);
    Ok(())
}

/// Gives the value on top the environment of the running function.
pub(super) fn give_environment(state: &mut State) -> Result<()> {
    if state.dialect().file_environments {
        state.push_running_environment()?;
        state.set_environment(-2)?;
    }
    Ok(())
}

/// Gives the functions of the library in the table on top their environments, and
/// pushes theirs and that of the standard files.
pub(super) fn push_environments(state: &mut State, functions: &[Entry]) -> Result<()> {
    push_environment(state)?;
    for (name, ..) in functions {
        state.raw_get_field(-2, name)?;
        match *name {
            "popen" => push_environment(state)?,
            _ => state.push_value(-2)?,
        }
        state.set_environment(-2)?;
        state.pop(1);
    }
    state.new_table(0, 1)?;
    state.set_field_to(-1, "__close", refuse_to_close as NativeFn)
}

/// Pushes an environment in which files are closed, by a function of its own.
fn push_environment(state: &mut State) -> Result<()> {
    state.new_table(0, 1)?;
    state.push(())?;
    state.push_closure(close_by_kind, 1)?;
    state.raw_set_field(-2, "__close")
}

/// Closes the file at index 1 as its environment says.
pub(super) fn close_by_environment(state: &mut State) -> Result<Return> {
    let top = state.top();
    state.push_environment(1)?;
    state.get_field(-1, "__close")?;
    if !state.is_native_function(-1) {
        return close_file(state);
    }
    state.push_value(1)?;
    state.call(1, None)?;
    Ok(Return::values(state.top() - top - 1))
}

fn close_by_kind(state: &mut State) -> Result<Return> {
    check_stream(state, 1)?;
    close_file(state)
}

/// The standard files are not to be closed.
pub(super) fn refuse_to_close(state: &mut State) -> Result<Return> {
    state.push(())?;
    state.push("cannot close standard file")?;
    Ok(Return::values(2))
}
