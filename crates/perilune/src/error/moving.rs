//! Errors in states that go from one OS thread to another.
//!
//! An [`Error`] may hold what has to stay on its thread, so it is not `Send`, even
//! if it holds nothing of the kind. Such a one can be made again on another thread,
//! from a recipe.

use super::Error;
use std::sync::Arc;

/// Makes an error.
pub(crate) type Recipe = Arc<dyn Fn() -> Error + Send + Sync>;

/// How to make the same error on any thread; `None` if it holds a value of Lua's or
/// an error of the program's own.
pub(crate) fn recipe(error: &Error) -> Option<Recipe> {
    /// A recipe for a variant that holds what its arguments are.
    macro_rules! of {
        ($variant:ident { $($field:ident),* }) => {{
            $(let $field = $field.clone();)*
            Arc::new(move || Error::$variant { $($field: $field.clone()),* })
        }};
        ($variant:ident($text:ident)) => {{
            let text = $text.clone();
            Arc::new(move || Error::$variant(text.clone()))
        }};
        ($variant:ident) => {
            Arc::new(|| Error::$variant)
        };
    }
    Some(match error {
        Error::Thrown(_) | Error::ExternalError(_) => return None,
        Error::BadArgument { to, pos, name, cause } => {
            let (to, pos, name, cause) = (to.clone(), *pos, name.clone(), recipe(cause)?);
            Arc::new(move || {
                let (to, name, cause) = (to.clone(), name.clone(), Arc::new(cause()));
                Error::BadArgument { to, pos, name, cause }
            })
        }
        Error::CallbackError { traceback, cause } => {
            let (traceback, cause) = (traceback.clone(), recipe(cause)?);
            Arc::new(move || {
                let (traceback, cause) = (traceback.clone(), Arc::new(cause()));
                Error::CallbackError { traceback, cause }
            })
        }
        Error::WithContext { context, cause } => {
            let (context, cause) = (context.clone(), recipe(cause)?);
            Arc::new(move || {
                let (context, cause) = (context.clone(), Arc::new(cause()));
                Error::WithContext { context, cause }
            })
        }
        Error::SyntaxError { message, incomplete_input } => {
            of!(SyntaxError { message, incomplete_input })
        }
        Error::FromLuaConversionError { from, to, message } => {
            of!(FromLuaConversionError { from, to, message })
        }
        Error::MetaMethodTypeError { method, type_name, message } => {
            of!(MetaMethodTypeError { method, type_name, message })
        }
        Error::RuntimeError(text) => of!(RuntimeError(text)),
        Error::MemoryError(text) => of!(MemoryError(text)),
        Error::GarbageCollectorError(text) => of!(GarbageCollectorError(text)),
        Error::SafetyError(text) => of!(SafetyError(text)),
        Error::MetaMethodRestricted(text) => of!(MetaMethodRestricted(text)),
        Error::BoundToThread(binding) => {
            let binding = *binding;
            Arc::new(move || Error::BoundToThread(binding))
        }
        #[cfg(feature = "serde")]
        Error::SerializeError(text) => of!(SerializeError(text)),
        #[cfg(feature = "serde")]
        Error::DeserializeError(text) => of!(DeserializeError(text)),
        Error::MemoryControlNotAvailable => of!(MemoryControlNotAvailable),
        Error::RecursiveMutCallback => of!(RecursiveMutCallback),
        Error::CallbackDestructed => of!(CallbackDestructed),
        Error::StackError => of!(StackError),
        Error::BindError => of!(BindError),
        Error::CoroutineUnresumable => of!(CoroutineUnresumable),
        Error::UserDataTypeMismatch => of!(UserDataTypeMismatch),
        Error::UserDataDestructed => of!(UserDataDestructed),
        Error::UserDataBorrowError => of!(UserDataBorrowError),
        Error::UserDataBorrowMutError => of!(UserDataBorrowMutError),
        Error::MismatchedRegistryKey => of!(MismatchedRegistryKey),
        Error::MismatchedState => of!(MismatchedState),
        Error::StateInUse => of!(StateInUse),
        Error::StateClosed => of!(StateClosed),
        Error::PreviouslyResumedPanic => of!(PreviouslyResumedPanic),
    })
}

impl Error {
    /// The error without values of Lua's: of those there is the text.
    pub(crate) fn detached(self) -> Error {
        if !self.holds_value() {
            return self;
        }
        let detach = |cause: Arc<Error>| Arc::new(Error::clone(&cause).detached());
        match self {
            Error::Thrown(thrown) => Error::RuntimeError(thrown.to_string()),
            Error::BadArgument { to, pos, name, cause } => {
                Error::BadArgument { to, pos, name, cause: detach(cause) }
            }
            Error::CallbackError { traceback, cause } => {
                Error::CallbackError { traceback, cause: detach(cause) }
            }
            Error::WithContext { context, cause } => {
                Error::WithContext { context, cause: detach(cause) }
            }
            other => other,
        }
    }

    fn holds_value(&self) -> bool {
        match self {
            Error::Thrown(_) => true,
            other => other.cause().is_some_and(Error::holds_value),
        }
    }
}
