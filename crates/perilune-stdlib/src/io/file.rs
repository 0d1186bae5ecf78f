//! File handles: the userdata behind `io.open` and its relatives.

use perilune_vm::{Payload, Result, Return, State, Type};

use super::environments::{close_by_environment, give_environment, refuse_to_close};
use super::results::{exec_result, file_result};
use super::stream::{SharedStream, Stream};
use super::streams::Streams;
use crate::host::{ExitStatus, HostChild, HostFile, OpenMode};

/// Name of the metatable of file handles.
pub(super) const HANDLE: &str = "FILE*";

/// What a file handle is a handle of.
pub(super) enum Kind {
    File,
    Process(Box<dyn HostChild>),
    Standard,
}

/// A file handle; without a stream it is closed.
///
/// ```
/// # use perilune::native::{self, Return, State};
/// use perilune::native::stdlib::io::FileHandle;
///
/// /// Whether its argument is a file that is open.
/// fn is_open(state: &mut State) -> native::Result<Return> {
///     let open = state.userdata::<FileHandle>(1).is_some_and(|file| file.stream().is_some());
///     state.ret(open)
/// }
///
/// # let lua = perilune::Lua::new();
/// lua.globals().set("is_open", lua.create_native_function(is_open)?)?;
/// assert!(lua.load("is_open(io.stdout)").eval::<bool>()?);
/// assert!(!lua.load("is_open('io.stdout')").eval::<bool>()?);
/// # Ok::<(), perilune::Error>(())
/// ```
pub struct FileHandle {
    stream: Option<SharedStream>,
    kind: Kind,
}

impl FileHandle {
    /// The stream, unless the handle is closed.
    ///
    /// ```
    /// # let lua = perilune::Lua::new();
    /// # use perilune::native::{self, Return, State};
    /// use perilune::native::stdlib::io::FileHandle;
    ///
    /// /// `shout (file, text)`
    /// fn shout(state: &mut State) -> native::Result<Return> {
    ///     let text = state.check_bytes(2)?.to_ascii_uppercase();
    ///     let stream = state.userdata::<FileHandle>(1).and_then(FileHandle::stream).cloned();
    ///     let written = stream.is_some_and(|stream| stream.borrow_mut().write(&text).is_ok());
    ///     state.ret(written)
    /// }
    ///
    /// lua.globals().set("shout", lua.create_native_function(shout)?)?;
    /// let text: String = lua.load("
    ///     local f = io.tmpfile()
    ///     shout(f, 'hey')
    ///     f:seek('set')
    ///     return f:read('a')
    /// ").eval()?;
    /// assert_eq!(text, "HEY");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn stream(&self) -> Option<&SharedStream> {
        self.stream.as_ref()
    }
}

/// Pushes a new handle.
fn push_handle(state: &mut State, stream: SharedStream, kind: Kind) -> Result<()> {
    state.new_userdata(Payload::new_send(FileHandle { stream: Some(stream), kind }), 0)?;
    state.new_metatable(HANDLE)?;
    state.set_metatable(-2)
}

/// Pushes a new handle of a standard stream.
pub(super) fn push_standard(state: &mut State, stream: SharedStream) -> Result<()> {
    push_handle(state, stream, Kind::Standard)
}

/// Pushes a new handle of an open file.
pub(super) fn push_file(
    state: &mut State,
    file: Box<dyn HostFile>,
    mode: OpenMode,
    kind: Kind,
) -> Result<()> {
    let stream = Stream::new(file, mode).shared();
    Streams::of(state).register(&stream);
    push_handle(state, stream, kind)?;
    give_environment(state)
}

/// Raises an error if there is no open handle at `arg`.
pub(super) fn check_open(state: &mut State, arg: i32) -> Result<()> {
    state.check_userdata::<FileHandle>(arg, HANDLE)?;
    match state.userdata::<FileHandle>(arg).and_then(FileHandle::stream) {
        Some(_) => Ok(()),
        None => Err(state.error(format_args!("attempt to use a closed file"))),
    }
}

/// The stream of the handle at `arg`, which must be an open one.
pub(super) fn check_stream(state: &mut State, arg: i32) -> Result<SharedStream> {
    state.check_userdata::<FileHandle>(arg, HANDLE)?;
    match state.userdata::<FileHandle>(arg).and_then(FileHandle::stream) {
        Some(stream) => Ok(SharedStream::clone(stream)),
        None => Err(state.error(format_args!("attempt to use a closed file"))),
    }
}

/// Closes the handle at index 1, which is an open one, and returns what
/// `file:close` returns for its kind.
fn close_handle(state: &mut State) -> Result<Return> {
    if state.dialect().file_environments {
        return close_by_environment(state);
    }
    match state.userdata::<FileHandle>(1) {
        Some(FileHandle { kind: Kind::Standard, .. }) => refuse_to_close(state),
        _ => close_file(state),
    }
}

/// The same for what is no standard file, or is treated like others.
pub(super) fn close_file(state: &mut State) -> Result<Return> {
    let Some(handle) = state.userdata_mut::<FileHandle>(1) else {
        return Ok(Return::NONE);
    };
    let stream = handle.stream.take();
    let kind = std::mem::replace(&mut handle.kind, Kind::File);
    let closed = match stream {
        Some(stream) => stream.borrow_mut().close(),
        None => Ok(()),
    };
    match kind {
        Kind::Process(mut child) => {
            let result = match (child.wait(), closed) {
                // The child ended well, but not all was written to it.
                (Ok(ExitStatus::Exited(0)), Err(error)) => Err(error),
                (result, _) => result,
            };
            if !state.dialect().close_tells_exit {
                return file_result(state, result.map(|_| ()), None);
            }
            exec_result(state, result)
        }
        _ => file_result(state, closed, None),
    }
}

/// Closes the file that is the first argument.
pub(super) fn close(state: &mut State) -> Result<Return> {
    check_stream(state, 1)?;
    close_handle(state)
}

/// Finalizer and closer of handles: closes the file if it is open.
pub(super) fn collect(state: &mut State) -> Result<Return> {
    state.check_userdata::<FileHandle>(1, HANDLE)?;
    if state.userdata::<FileHandle>(1).is_some_and(|handle| handle.stream.is_some()) {
        let _ = close_handle(state)?;
    }
    Ok(Return::NONE)
}

/// `tostring` of a handle.
pub(super) fn to_string(state: &mut State) -> Result<Return> {
    state.check_userdata::<FileHandle>(1, HANDLE)?;
    let open = state.userdata::<FileHandle>(1).is_some_and(|handle| handle.stream.is_some());
    if open {
        let address = state.to_pointer(1).unwrap_or(0);
        state.push_fmt(format_args!("file ({address:#x})"))?;
    } else {
        state.push("file (closed)")?;
    }
    Ok(Return::values(1))
}

/// `io.type (obj)`: `"file"`, `"closed file"`, or fail if `obj` is no file
/// handle (manual §6.8).
pub(super) fn type_name(state: &mut State) -> Result<Return> {
    state.check_any(1)?;
    let name = match state.userdata::<FileHandle>(1) {
        _ if state.type_of(1) != Some(Type::Userdata) => None,
        None => None,
        Some(FileHandle { stream: None, .. }) => Some("closed file"),
        Some(_) => Some("file"),
    };
    state.ret(name)
}
