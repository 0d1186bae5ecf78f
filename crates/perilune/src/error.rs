//! Errors, and what turns other errors into them.

use crate::private::Sealed;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

pub(crate) mod identity;
#[cfg(not(any(feature = "send", feature = "error-send")))]
mod moving;
mod thrown;
mod traceback;

#[cfg(not(any(feature = "send", feature = "error-send")))]
pub(crate) use moving::{Recipe, recipe};
pub use thrown::Thrown;
#[cfg(all(not(feature = "send"), feature = "error-send"))]
pub(crate) use thrown::remote::Values as ThrownValues;
pub(crate) use traceback::split as split_traceback;
pub use traceback::{FrameKind, Traceback, TracebackFrame};

/// What a program's own errors must be to become Lua errors.
#[cfg(feature = "error-send")]
pub(crate) type DynStdError = dyn StdError + Send + Sync;
/// What a program's own errors must be to become Lua errors.
#[cfg(not(feature = "error-send"))]
pub(crate) type DynStdError = dyn StdError;

/// The result of whatever may fail with an [`Error`].
///
/// ```
/// use perilune::{Lua, Result};
///
/// fn width(lua: &Lua, config: &str) -> Result<u32> {
///     lua.load(config).exec()?;
///     lua.globals().get("width")
/// }
///
/// assert_eq!(width(&Lua::new(), "width = 80")?, 80);
/// assert!(width(&Lua::new(), "width = wide").is_err());
/// # Ok::<(), perilune::Error>(())
/// ```
pub type Result<T> = std::result::Result<T, Error>;

/// Everything that can go wrong between Rust and Lua.
///
/// What Lua code raised comes as
/// [`RuntimeError`](Error::RuntimeError) if it was a string, as
/// [`Thrown`](Error::Thrown) if it was another value; see
/// [`value`](Error::value) and [`traceback`](Error::traceback). What a Rust
/// function returned as an error comes as [`CallbackError`](Error::CallbackError)
/// when Lua has not caught it.
///
/// ```
/// use perilune::{Error, Lua};
///
/// let lua = Lua::new();
/// let what = match lua.load("local t = nil; return t.x").exec() {
///     Ok(()) => "fine".to_owned(),
///     Err(Error::SyntaxError { message, .. }) => format!("not Lua: {message}"),
///     Err(Error::RuntimeError(message)) => format!("went wrong: {message}"),
///     Err(other) => format!("something else: {other}"),
/// };
/// assert!(what.starts_with("went wrong: ") && what.contains("attempt to index a nil value"));
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Error {
    /// Source code is not Lua.
    SyntaxError {
        /// The compiler's message.
        message: String,
        /// Whether more source code might mend it: a prompt then asks for
        /// another line.
        incomplete_input: bool,
    },
    /// Lua code raised a string: the string, and the traceback below it.
    RuntimeError(String),
    /// Lua code raised a value that is no string.
    Thrown(Thrown),
    /// Memory ran out, or the limit set for the state was reached.
    MemoryError(String),
    /// A finalizer raised an error, in dialects that report it.
    GarbageCollectorError(String),
    /// Something that is not allowed in a state made by [`Lua::new`](crate::Lua::new).
    SafetyError(String),
    /// The state's memory is not under its own control. Never so here.
    MemoryControlNotAvailable,
    /// A function made by `create_function_mut` called itself, by way of Lua.
    RecursiveMutCallback,
    /// A function was called that no longer exists, as its scope has ended.
    CallbackDestructed,
    /// More values than a Lua stack can hold.
    StackError,
    /// Too many values for [`Function::bind`](crate::Function::bind).
    BindError,
    /// An argument of a Rust function could not be converted.
    BadArgument {
        /// The function's name, if known.
        to: Option<String>,
        /// Which argument, counted from 1.
        pos: usize,
        /// The argument's name, if known.
        name: Option<String>,
        /// What is wrong with it.
        cause: Arc<Error>,
    },
    /// A Lua value can't become the Rust type that was asked for.
    FromLuaConversionError {
        /// Type of the Lua value.
        from: &'static str,
        /// The Rust type.
        to: String,
        /// More about it.
        message: Option<String>,
    },
    /// The coroutine is finished, has failed, or runs.
    CoroutineUnresumable,
    /// The userdata holds another Rust type.
    UserDataTypeMismatch,
    /// The userdata's Rust value is gone: taken, destroyed, or of a scope that
    /// has ended.
    UserDataDestructed,
    /// The userdata's Rust value is borrowed mutably.
    UserDataBorrowError,
    /// The userdata's Rust value is borrowed.
    UserDataBorrowMutError,
    /// The metamethod is not for programs to set.
    MetaMethodRestricted(String),
    /// The metamethod has a value of the wrong type.
    MetaMethodTypeError {
        /// The metamethod's name.
        method: String,
        /// The type of the value.
        type_name: &'static str,
        /// More about it.
        message: Option<String>,
    },
    /// A [`RegistryKey`](crate::RegistryKey) of another state.
    MismatchedRegistryKey,
    /// A handle of another state.
    MismatchedState,
    /// The state is in use further out: a destructor or the like asked for it.
    StateInUse,
    /// The state was closed.
    StateClosed,
    /// A Rust function returned an error, which Lua code has not caught.
    CallbackError {
        /// Where the function was called.
        traceback: String,
        /// The error.
        cause: Arc<Error>,
    },
    /// A [`SendLua`](crate::SendLua) was entered on one thread whose state is bound to
    /// another.
    BoundToThread(crate::Binding),
    /// A panic that went through Lua, and was resumed, came by again.
    PreviouslyResumedPanic,
    /// A Rust value could not become a Lua value by way of serde.
    #[cfg(feature = "serde")]
    SerializeError(String),
    /// A Lua value could not become a Rust value by way of serde.
    #[cfg(feature = "serde")]
    DeserializeError(String),
    /// An error of the program's own.
    ExternalError(Arc<DynStdError>),
    /// An error, and what was being done.
    WithContext {
        /// What was being done.
        context: String,
        /// The error.
        cause: Arc<Error>,
    },
}

impl Error {
    /// An error with a message.
    ///
    /// ```
    /// # use perilune::{Error, Lua};
    /// let lua = Lua::new();
    /// let root = lua.create_function(|_, x: f64| match x >= 0.0 {
    ///     true => Ok(x.sqrt()),
    ///     false => Err(Error::runtime(format!("{x} has no root"))),
    /// })?;
    /// lua.globals().set("root", root)?;
    /// let code = "local ok, e = pcall(root, -4) return tostring(e)";
    /// assert!(lua.load(code).eval::<String>()?.contains("-4 has no root"));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn runtime<S: fmt::Display>(message: S) -> Self {
        Error::RuntimeError(message.to_string())
    }

    /// An error of the program's own. One that is an [`Error`] already stays so.
    ///
    /// ```
    /// # use perilune::{Error, Lua};
    /// let lua = Lua::new();
    /// let parse = lua.create_function(|_, text: String| {
    ///     text.parse::<std::net::IpAddr>().map(|ip| ip.is_loopback()).map_err(Error::external)
    /// })?;
    /// assert!(parse.call::<bool>("127.0.0.1")?);
    /// assert!(parse.call::<bool>("localhost").is_err());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn external<T: Into<Box<DynStdError>>>(err: T) -> Self {
        match err.into().downcast::<Error>() {
            Ok(own) => *own,
            Err(other) => Error::ExternalError(other.into()),
        }
    }

    /// The error of type `T` that this one is about.
    ///
    /// ```
    /// # use perilune::{ExternalResult, Lua, Result};
    /// use std::io;
    ///
    /// let lua = Lua::new();
    /// let open = lua.create_function(|_, path: String| -> Result<()> {
    ///     std::fs::File::open(path).into_lua_err().map(drop)
    /// })?;
    /// let error = open.call::<()>("no/such/file").unwrap_err();
    /// let cause = error.downcast_ref::<io::Error>().expect("what the function returned");
    /// assert_eq!(cause.kind(), io::ErrorKind::NotFound);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn downcast_ref<T: StdError + 'static>(&self) -> Option<&T> {
        match self {
            Error::ExternalError(err) => err.downcast_ref(),
            other => other.cause()?.downcast_ref(),
        }
    }

    fn cause(&self) -> Option<&Error> {
        match self {
            Error::BadArgument { cause, .. }
            | Error::CallbackError { cause, .. }
            | Error::WithContext { cause, .. } => Some(cause),
            _ => None,
        }
    }

    /// How many causes it has.
    pub(crate) fn depth(&self) -> usize {
        let (mut depth, mut error) = (0, self);
        while let Some(cause) = error.cause() {
            (depth, error) = (depth + 1, cause);
        }
        depth
    }

    /// This error, what caused it, and so on.
    ///
    /// ```
    /// # use perilune::{Error, ErrorContext};
    /// let error = Error::external(std::io::Error::other("disk full")).context("can't save");
    /// let texts: Vec<_> = error.chain().map(|cause| cause.to_string()).collect();
    /// assert_eq!(texts, ["can't save\ndisk full", "disk full"]);
    /// ```
    pub fn chain(&self) -> impl Iterator<Item = &(dyn StdError + 'static)> {
        let mut next: Option<&Error> = Some(self);
        let mut foreign: Option<&(dyn StdError + 'static)> = None;
        std::iter::from_fn(move || {
            if let Some(err) = foreign.take() {
                return Some(err);
            }
            let err = next.take()?;
            // An external error is nothing but a coat.
            if let Error::ExternalError(inner) = err {
                return Some(&**inner as &(dyn StdError + 'static));
            }
            match err.cause() {
                Some(Error::ExternalError(inner)) => foreign = Some(&**inner),
                cause => next = cause,
            }
            Some(err as &(dyn StdError + 'static))
        })
    }

    /// The error within a [`CallbackError`](Error::CallbackError) or
    /// [`WithContext`](Error::WithContext).
    ///
    /// ```
    /// # use perilune::{Error, ErrorContext};
    /// let error = Error::runtime("no such key").context("reading the config");
    /// assert!(matches!(error.parent(), Some(Error::RuntimeError(text)) if text == "no such key"));
    /// assert!(Error::StateClosed.parent().is_none());
    /// ```
    pub fn parent(&self) -> Option<&Error> {
        match self {
            Error::CallbackError { cause, .. } | Error::WithContext { cause, .. } => Some(cause),
            _ => None,
        }
    }

    pub(crate) fn bad_argument(to: Option<&str>, pos: usize, cause: Error) -> Self {
        Error::BadArgument { to: to.map(str::to_owned), pos, name: None, cause: Arc::new(cause) }
    }

    pub(crate) fn bad_self(to: &str, cause: Error) -> Self {
        Error::BadArgument {
            to: Some(to.to_owned()),
            pos: 1,
            name: Some("self".to_owned()),
            cause: Arc::new(cause),
        }
    }

    #[cold]
    pub(crate) fn conversion(
        from: &'static str,
        to: impl ToString,
        message: impl Into<Option<String>>,
    ) -> Self {
        Error::FromLuaConversionError { from, to: to.to_string(), message: message.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fixed = match self {
            Error::SyntaxError { message, .. } => return write!(f, "syntax error: {message}"),
            Error::RuntimeError(message) => return write!(f, "runtime error: {message}"),
            Error::Thrown(thrown) => return write!(f, "runtime error: {thrown}"),
            Error::MemoryError(message) => return write!(f, "memory error: {message}"),
            Error::GarbageCollectorError(message) => {
                return write!(f, "garbage collector error: {message}");
            }
            Error::SafetyError(message) => return write!(f, "safety error: {message}"),
            Error::BadArgument { to, pos, name, cause } => {
                match name {
                    Some(name) => write!(f, "bad argument `{name}`")?,
                    None => write!(f, "bad argument #{pos}")?,
                }
                if let Some(to) = to {
                    write!(f, " to `{to}`")?;
                }
                return write!(f, ": {cause}");
            }
            Error::FromLuaConversionError { from, to, message } => {
                write!(f, "error converting Lua {from} to {to}")?;
                return in_brackets(f, message);
            }
            Error::MetaMethodRestricted(method) => {
                return write!(f, "metamethod {method} is restricted");
            }
            Error::MetaMethodTypeError { method, type_name, message } => {
                write!(f, "metamethod {method} has unsupported type {type_name}")?;
                return in_brackets(f, message);
            }
            Error::CallbackError { traceback, cause } => return callback(f, traceback, cause),
            #[cfg(feature = "serde")]
            Error::SerializeError(message) => return write!(f, "serialize error: {message}"),
            #[cfg(feature = "serde")]
            Error::DeserializeError(message) => return write!(f, "deserialize error: {message}"),
            Error::BoundToThread(binding) => {
                return write!(f, "Lua state is bound to another thread: {binding}");
            }
            Error::ExternalError(err) => return err.fmt(f),
            Error::WithContext { context, cause } => return write!(f, "{context}\n{cause}"),
            Error::MemoryControlNotAvailable => "memory control is not available",
            Error::RecursiveMutCallback => "mutable callback called recursively",
            Error::CallbackDestructed => {
                "a destructed callback or destructed userdata method was called"
            }
            Error::StackError => {
                "out of Lua stack, too many arguments to a Lua function or too many return values \
                 from a callback"
            }
            Error::BindError => "too many arguments to Function::bind",
            Error::CoroutineUnresumable => "coroutine is non-resumable",
            Error::UserDataTypeMismatch => "userdata is not expected type",
            Error::UserDataDestructed => "userdata has been destructed",
            Error::UserDataBorrowError => "error borrowing userdata",
            Error::UserDataBorrowMutError => "error mutably borrowing userdata",
            Error::MismatchedRegistryKey => "RegistryKey used from different Lua state",
            Error::MismatchedState => "value used from different Lua state",
            Error::StateInUse => "Lua state is in use",
            Error::StateClosed => "Lua state is closed",
            Error::PreviouslyResumedPanic => "previously resumed panic returned again",
        };
        f.write_str(fixed)
    }
}

fn in_brackets(f: &mut fmt::Formatter<'_>, message: &Option<String>) -> fmt::Result {
    match message {
        Some(message) => write!(f, " ({message})"),
        None => Ok(()),
    }
}

/// An error that crossed several Rust functions is shown once, below the longest
/// traceback, the innermost, in which `>` marks where the outermost begins.
fn callback(f: &mut fmt::Formatter<'_>, traceback: &str, cause: &Error) -> fmt::Result {
    let (mut root, mut longest) = (cause, None);
    while let Error::CallbackError { traceback, cause } = root {
        (root, longest) = (&**cause, Some(traceback));
    }
    writeln!(f, "{root}")?;
    let Some(longest) = longest else {
        return writeln!(f, "{}", traceback.trim_end());
    };
    let own = traceback.trim_start_matches("stack traceback:").trim();
    match longest.find(own) {
        Some(at) => writeln!(f, "{}>{}", &longest[..at], longest[at..].trim_end()),
        None => writeln!(f, "{}", longest.trim_end()),
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            // What `Display` shows already is no source.
            Error::ExternalError(err) => err.source(),
            Error::WithContext { cause, .. } => StdError::source(&**cause),
            _ => None,
        }
    }
}

/// Turns an error of the program's own into an [`Error`].
///
/// ```
/// use perilune::{Error, ExternalError};
///
/// let error = "12x".parse::<i32>().unwrap_err().into_lua_err();
/// assert!(matches!(error, Error::ExternalError(_)));
/// assert_eq!(error.to_string(), "invalid digit found in string");
/// ```
pub trait ExternalError {
    /// The [`Error`] that holds this one.
    ///
    /// ```
    /// # use perilune::{Error, ExternalError};
    /// let error = std::fmt::Error.into_lua_err();
    /// assert!(error.downcast_ref::<std::fmt::Error>().is_some());
    /// // An error of this crate stays what it is.
    /// assert!(matches!(Error::StateClosed.into_lua_err(), Error::StateClosed));
    /// ```
    fn into_lua_err(self) -> Error;
}

impl<E: Into<Box<DynStdError>>> ExternalError for E {
    fn into_lua_err(self) -> Error {
        Error::external(self)
    }
}

/// Turns a result with an error of the program's own into a [`Result`].
///
/// ```
/// use perilune::{ExternalResult, Lua, Result};
///
/// let lua = Lua::new();
/// let to_number = lua.create_function(|_, text: String| -> Result<i32> {
///     text.trim().parse::<i32>().into_lua_err()
/// })?;
/// assert_eq!(to_number.call::<i32>(" 42 ")?, 42);
/// # Ok::<(), perilune::Error>(())
/// ```
pub trait ExternalResult<T> {
    /// The same result, with an [`Error`].
    ///
    /// ```
    /// # use perilune::ExternalResult;
    /// assert_eq!("1.5".parse::<f64>().into_lua_err()?, 1.5);
    /// assert!("one".parse::<f64>().into_lua_err().is_err());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// The error of `self`.
    fn into_lua_err(self) -> Result<T>;
}

impl<T, E: ExternalError> ExternalResult<T> for std::result::Result<T, E> {
    fn into_lua_err(self) -> Result<T> {
        self.map_err(ExternalError::into_lua_err)
    }
}

/// Says of an error what was being done.
///
/// ```
/// use perilune::{ErrorContext, Lua};
///
/// let lua = Lua::new();
/// let error = lua.load("level =").exec().context("config.lua can't be used").unwrap_err();
/// assert!(error.to_string().starts_with("config.lua can't be used\nsyntax error: "));
/// ```
pub trait ErrorContext: Sealed {
    /// Adds what was being done; replaces what was said last.
    ///
    /// ```
    /// # use perilune::{Error, ErrorContext};
    /// let error = Error::runtime("no").context("first").context("second");
    /// assert_eq!(error.to_string(), "second\nruntime error: no");
    /// ```
    #[must_use]
    fn context<C: fmt::Display>(self, context: C) -> Self;

    /// [`context`](ErrorContext::context), made from the error, if there is one.
    ///
    /// ```
    /// # use perilune::{ErrorContext, Lua};
    /// let lua = Lua::new();
    /// let result = lua.load("error('no')").exec();
    /// let error = result.with_context(|cause| match cause.traceback() {
    ///     Some(traceback) => format!("{} functions deep", traceback.frames().len()),
    ///     None => "outside of Lua".to_owned(),
    /// });
    /// assert!(error.unwrap_err().to_string().contains(" functions deep\n"));
    /// ```
    #[must_use]
    fn with_context<C: fmt::Display>(self, f: impl FnOnce(&Error) -> C) -> Self;
}

impl ErrorContext for Error {
    fn context<C: fmt::Display>(self, context: C) -> Self {
        self.with_context(|_| context)
    }

    fn with_context<C: fmt::Display>(self, f: impl FnOnce(&Error) -> C) -> Self {
        let context = f(&self).to_string();
        let cause = match self {
            Error::WithContext { cause, .. } => cause,
            other => Arc::new(other),
        };
        Error::WithContext { context, cause }
    }
}

impl<T> ErrorContext for Result<T> {
    fn context<C: fmt::Display>(self, context: C) -> Self {
        self.map_err(|err| err.context(context))
    }

    fn with_context<C: fmt::Display>(self, f: impl FnOnce(&Error) -> C) -> Self {
        self.map_err(|err| err.with_context(f))
    }
}

macro_rules! external {
    ($($t:ty),*) => { $(
        impl From<$t> for Error {
            fn from(err: $t) -> Self {
                Error::external(err)
            }
        }
    )* };
}

external!(std::net::AddrParseError, std::io::Error, std::str::Utf8Error);

#[cfg(feature = "anyhow")]
impl From<anyhow::Error> for Error {
    /// An [`Error`] that became one of `anyhow` comes back as it was.
    fn from(err: anyhow::Error) -> Self {
        err.downcast().unwrap_or_else(Error::external)
    }
}

impl From<perilune_vm::Unavailable> for Error {
    #[cold]
    fn from(why: perilune_vm::Unavailable) -> Self {
        match why {
            perilune_vm::Unavailable::Busy => Error::StateInUse,
            perilune_vm::Unavailable::Closed => Error::StateClosed,
        }
    }
}
