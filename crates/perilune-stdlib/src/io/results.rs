//! What functions that ask the host return: `true`, or `nil`, a message and a
//! number.

use perilune_vm::{Result, Return, State};

use crate::host::{ExitStatus, HostError, HostResult};

/// Pushes `nil`, the error's text (after `name: ` if there is a name) and its
/// number.
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// use perilune::host::HostError;
/// use perilune::native::stdlib::io::push_failure;
///
/// push_failure(state, &HostError::NOT_FOUND, Some(b"a.txt"))?;
/// assert_eq!(state.bytes(-2), Some(&b"a.txt: No such file or directory"[..]));
/// assert_eq!(state.to_integer(-1), Some(2));
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
///
/// # Errors
/// If memory runs out.
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
///
/// ```
/// # use perilune::native::{self, Return, State};
/// use perilune::native::stdlib::io::file_result;
///
/// /// `touch (path)`: makes an empty file.
/// fn touch(state: &mut State) -> native::Result<Return> {
///     let path = state.check_bytes(1)?.to_vec();
///     let opened = perilune::host::host(state).open(&path, perilune::host::OpenMode::WRITE);
///     file_result(state, opened.map(drop), Some(&path))
/// }
///
/// # let lua = perilune::Lua::new();
/// lua.globals().set("touch", lua.create_native_function(touch)?)?;
/// let (_, why): (Option<bool>, String) = lua.load("touch('/no/such/folder/x')").eval()?;
/// assert_eq!(why, "/no/such/folder/x: No such file or directory");
/// # Ok::<(), perilune::Error>(())
/// ```
///
/// # Errors
/// If memory runs out.
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
///
/// ```
/// # use perilune::native::{self, Return, State};
/// use perilune::native::stdlib::io::exec_result;
///
/// fn make(state: &mut State) -> native::Result<Return> {
///     let result = perilune::host::host(state).execute(b"exit 2");
///     exec_result(state, result)
/// }
///
/// # let lua = perilune::Lua::new();
/// lua.globals().set("make", lua.create_native_function(make)?)?;
/// let ended: (Option<bool>, String, i32) = lua.load("make()").eval()?;
/// assert_eq!(ended, (None, "exit".into(), 2));
/// # Ok::<(), perilune::Error>(())
/// ```
///
/// # Errors
/// If memory runs out.
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
