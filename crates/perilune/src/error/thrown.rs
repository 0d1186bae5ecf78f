//! Values that Lua code raised and Rust code caught.

use super::Error;
use crate::handle::Handle;
use crate::state::Lua;
use crate::value::Value;
use perilune_vm::State;
use std::fmt;
use std::sync::Arc;

/// A value, no string, that Lua code raised with `error` and Rust code caught.
///
/// Returned from a Rust function, it is raised again: whoever catches it in Lua
/// gets the same value.
///
/// ```
/// use perilune::{Error, Lua};
///
/// let lua = Lua::new();
/// let result = lua.load("error({ code = 404 })").exec();
/// let Err(Error::Thrown(thrown)) = result else { panic!("a table was raised") };
/// let value = thrown.value(&lua).expect("of this state");
/// assert_eq!(value.as_table().unwrap().get::<u32>("code")?, 404);
/// # Ok::<(), perilune::Error>(())
/// ```
#[derive(Clone)]
pub struct Thrown(Arc<Inner>);

struct Inner {
    /// What `tostring` made of it.
    text: String,
    traceback: String,
    ticket: Ticket,
}

/// The value, in a form that any thread may drop.
struct Ticket {
    #[cfg(any(feature = "send", not(feature = "error-send")))]
    value: Handle,
    #[cfg(all(not(feature = "send"), feature = "error-send"))]
    kept: remote::Kept,
}

impl Thrown {
    /// The value, if it belongs to `lua`'s state.
    ///
    /// ```
    /// # use perilune::{Error, Lua};
    /// let lua = Lua::new();
    /// let Err(Error::Thrown(thrown)) = lua.load("error({ 1, 2 })").exec() else { panic!() };
    /// assert!(thrown.value(&lua).is_some_and(|value| value.is_table()));
    /// assert!(thrown.value(&Lua::new()).is_none());
    /// ```
    pub fn value(&self, lua: &Lua) -> Option<Value> {
        self.0.ticket.get(lua)
    }

    /// Where it was raised.
    ///
    /// ```
    /// # use perilune::{Error, Lua};
    /// let lua = Lua::new();
    /// let code = "error(setmetatable({}, { __tostring = function() return 'oh' end }))";
    /// let result = lua.load(code).exec();
    /// let Err(Error::Thrown(thrown)) = result else { panic!("a table was raised") };
    /// assert!(thrown.traceback().starts_with("stack traceback:\n\t[C]: in "));
    /// assert!(thrown.to_string().starts_with("oh\nstack traceback:"));
    /// ```
    pub fn traceback(&self) -> &str {
        &self.0.traceback
    }

    pub(crate) fn new(text: String, traceback: String, value: Handle, state: &mut State) -> Thrown {
        Thrown(Arc::new(Inner { text, traceback, ticket: Ticket::new(value, state) }))
    }
}

#[cfg(any(feature = "send", not(feature = "error-send")))]
impl Ticket {
    fn new(value: Handle, _: &mut State) -> Ticket {
        Ticket { value }
    }

    fn get(&self, lua: &Lua) -> Option<Value> {
        lua.owns(&self.value).then(|| self.value.to_value().ok()).flatten()
    }
}

#[cfg(all(not(feature = "send"), feature = "error-send"))]
impl Ticket {
    fn new(value: Handle, state: &mut State) -> Ticket {
        Ticket { kept: remote::keep(value, state) }
    }

    fn get(&self, lua: &Lua) -> Option<Value> {
        remote::get(&self.kept, lua)
    }
}

/// Errors are `Send`, but handles are not: the state keeps the value, and the
/// error a number. The state forgets the values whose errors are gone when the
/// next one comes.
#[cfg(all(not(feature = "send"), feature = "error-send"))]
pub(crate) mod remote {
    use super::{Error, Handle, Lua, State, Value};
    use crate::state::Extra;
    use perilune_vm as vm;
    use std::sync::{Arc, Weak};

    /// What an error has of a value: alive as long as the error is.
    pub(crate) struct Kept(Arc<()>);

    /// Values that errors refer to.
    #[derive(Default)]
    pub(crate) struct Values(Vec<(Weak<()>, vm::Kept)>);

    pub(super) fn keep(value: Handle, state: &mut State) -> Kept {
        let token = Arc::new(());
        let weak = Arc::downgrade(&token);
        state.with_extension(|state, extra: &Extra| {
            let mut values = extra.lasting.thrown.borrow_mut();
            let gone = values.0.extract_if(.., |(token, _)| token.strong_count() == 0);
            gone.for_each(|(_, value)| state.forget(value));
            if value.push(state).is_ok()
                && let Ok(kept) = state.keep(-1)
            {
                state.pop(1);
                values.0.push((weak, kept));
            }
        });
        Kept(token)
    }

    pub(super) fn get(kept: &Kept, lua: &Lua) -> Option<Value> {
        let found = lua.with(|state, extra| {
            let same = |w: &Weak<()>| std::ptr::eq(w.as_ptr(), Arc::as_ptr(&kept.0));
            match extra.lasting.thrown.borrow_mut().0.iter().find(|(token, _)| same(token)) {
                Some((_, value)) => state.push_kept(value).map_err(|_| Error::StackError)?,
                None => return Ok(None),
            }
            Value::at(-1, state, &extra.lua).map(Some)
        });
        found.ok().flatten()
    }
}

impl fmt::Display for Thrown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.text)?;
        if !self.0.traceback.is_empty() {
            write!(f, "\n{}", self.0.traceback)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Thrown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Thrown").field(&self.0.text).finish()
    }
}

impl Error {
    /// The value that Lua code raised, as `pcall` would give it; `None` if the
    /// error did not come from Lua code, or from another state.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let error = lua.load("error('no', 0)").exec().unwrap_err();
    /// let value = error.value(&lua).expect("Lua code raised it");
    /// assert_eq!(value.to_string()?, "no");
    ///
    /// let error = lua.load("error({ code = 404 })").exec().unwrap_err();
    /// let code: u32 = error.value(&lua).unwrap().as_table().unwrap().get("code")?;
    /// assert_eq!(code, 404);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn value(&self, lua: &Lua) -> Option<Value> {
        match self {
            Error::Thrown(thrown) => thrown.value(lua),
            Error::RuntimeError(text) => {
                let known = lua.with(|state, _| Ok(super::identity::known_message(state, text)));
                if let Ok(Some(value)) = known {
                    return value.to_value().ok();
                }
                let text = super::traceback::split(text).map_or(text.as_str(), |(text, _)| text);
                lua.create_string(text).ok().map(Value::String)
            }
            Error::CallbackError { .. } => Some(Value::Error(Box::new(self.clone()))),
            Error::WithContext { cause, .. } => cause.value(lua),
            _ => None,
        }
    }
}
