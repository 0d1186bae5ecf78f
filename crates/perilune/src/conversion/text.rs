//! Text.

use super::{on_stack, pushed, short_name, type_name_at};
use crate::error::{Error, Result};
use crate::handle::Handle;
use crate::state::Lua;
use crate::string::{BorrowedBytes, BorrowedStr, LuaString};
use crate::traits::{FromLua, IntoLua};
use crate::value::Value;
use perilune_vm::{Direct, Found, State, Value as Slot};
use std::borrow::Cow;

/// Makes something of the bytes of the string at an index, or of the number's
/// as Lua writes it.
///
/// # Errors
/// If it is neither, as a conversion to the type that `to` names.
#[inline(always)]
pub(super) fn bytes_at<T>(
    index: i32,
    state: &mut State,
    to: impl FnOnce() -> String,
    make: impl FnOnce(&[u8]) -> Result<T>,
) -> Result<T> {
    if let Some(bytes) = state.bytes(index) {
        return make(bytes);
    }
    number_bytes_at(index, state, to, make)
}

#[cold]
#[inline(never)]
fn number_bytes_at<T>(
    index: i32,
    state: &mut State,
    to: impl FnOnce() -> String,
    make: impl FnOnce(&[u8]) -> Result<T>,
) -> Result<T> {
    if !state.is_string_like(index) {
        let from = type_name_at(index, state);
        return Err(Error::conversion(from, to(), "expected string or number".to_owned()));
    }
    // Of a copy: the number in the slot stays a number.
    state.push_value(index).map_err(|_| Error::StackError)?;
    let made = match state.to_bytes(-1) {
        Some(bytes) => make(bytes),
        None => Err(Error::MemoryError("not enough memory".to_owned())),
    };
    state.pop(1);
    made
}

/// Bytes that have to be text.
#[inline(always)]
fn text(bytes: &[u8], to: impl FnOnce() -> String) -> Result<&str> {
    std::str::from_utf8(bytes).map_err(|e| Error::conversion("string", to(), e.to_string()))
}

macro_rules! into_text {
    ($($t:ty)*) => { $(
        impl IntoLua for $t {
            fn into_lua(self, lua: &Lua) -> Result<Value> {
                let text: &str = &self;
                lua.create_string(text).map(Value::String)
            }

            #[inline(always)]
            fn direct(&self) -> Option<Direct<'_>> {
                let text: &str = self;
                Some(Direct::Bytes(text.as_bytes()))
            }

            #[inline]
            fn push_into(self, state: &mut State, lua: &Lua) -> Result<()> {
                let text: &str = &self;
                if state.push_direct(Direct::Bytes(text.as_bytes())) {
                    return Ok(());
                }
                pushed(state.push(text), state, lua)
            }
        }
    )* };
}

into_text!(&str String Box<str> Cow<'_, str>);

macro_rules! from_text {
    ($($t:ty)*) => { $(
        impl FromLua for $t {
            fn from_lua(value: Value, lua: &Lua) -> Result<Self> {
                match value {
                    Value::String(s) => Ok((*s.to_str()?).into()),
                    other => on_stack(other, lua),
                }
            }

            #[inline]
            fn from_stack(index: i32, state: &mut State, _: &Lua) -> Result<Self> {
                if let Some(text) = state.found(index).text() {
                    return Ok(text.into());
                }
                bytes_at(index, state, short_name::<$t>, |bytes| {
                    text(bytes, short_name::<$t>).map(Into::into)
                })
            }

            #[inline(always)]
            fn from_found(found: Found<'_>) -> Option<Self> {
                found.text().map(Into::into)
            }
        }
    )* };
}

from_text!(String Box<str>);

impl IntoLua for char {
    fn into_lua(self, lua: &Lua) -> Result<Value> {
        lua.create_string(self.encode_utf8(&mut [0; 4])).map(Value::String)
    }

    fn push_into(self, state: &mut State, lua: &Lua) -> Result<()> {
        let pushed_text = state.push(&*self.encode_utf8(&mut [0; 4]));
        pushed(pushed_text, state, lua)
    }
}

/// A string of one character, or the number of a character.
impl FromLua for char {
    fn from_lua(value: Value, lua: &Lua) -> Result<Self> {
        on_stack(value, lua)
    }

    fn from_stack(index: i32, state: &mut State, _: &Lua) -> Result<Self> {
        let from = type_name_at(index, state);
        let message = match from {
            "string" => {
                let bytes = state.bytes(index).unwrap_or_default();
                let mut chars = text(bytes, || "&str".to_owned())?.chars();
                match (chars.next(), chars.next()) {
                    (Some(only), None) => return Ok(only),
                    _ => "expected string to have exactly one char when converting to char",
                }
            }
            "integer" => {
                let code = state.to_integer(index).and_then(|i| u32::try_from(i).ok());
                match code.and_then(char::from_u32) {
                    Some(char) => return Ok(char),
                    None => "integer out of range when converting to char",
                }
            }
            _ => "expected string or integer",
        };
        Err(Error::conversion(from, "char", message.to_owned()))
    }
}

macro_rules! borrowed {
    ($($t:ident $make:ident)*) => { $(
        impl IntoLua for $t {
            #[inline]
            fn into_lua(self, lua: &Lua) -> Result<Value> {
                (&self).into_lua(lua)
            }

            #[inline]
            fn push_into(self, state: &mut State, lua: &Lua) -> Result<()> {
                (&self).push_into(state, lua)
            }
        }

        impl IntoLua for &$t {
            #[inline]
            fn into_lua(self, _: &Lua) -> Result<Value> {
                self.string().map(Value::String).ok_or(Error::StateClosed)
            }

            #[inline]
            fn push_into(self, state: &mut State, _: &Lua) -> Result<()> {
                self.string().ok_or(Error::StateClosed)?.0.push(state)
            }
        }

        impl FromLua for $t {
            fn from_lua(value: Value, lua: &Lua) -> Result<Self> {
                on_stack(value, lua)
            }

            #[inline]
            fn from_stack(index: i32, state: &mut State, lua: &Lua) -> Result<Self> {
                let string = LuaString::from_stack(index, state, lua)?;
                string.$make(state)
            }
        }
    )* };
}

borrowed!(BorrowedStr to_str_in BorrowedBytes as_bytes_in);

impl IntoLua for LuaString {
    #[inline]
    fn into_lua(self, _: &Lua) -> Result<Value> {
        Ok(Value::String(self))
    }

    #[inline(always)]
    fn direct(&self) -> Option<Direct<'_>> {
        Some(Direct::Root(&self.0.0))
    }

    #[inline]
    fn push_into(self, state: &mut State, _: &Lua) -> Result<()> {
        self.0.push(state)
    }
}

impl IntoLua for &LuaString {
    #[inline]
    fn into_lua(self, _: &Lua) -> Result<Value> {
        Ok(Value::String(self.clone()))
    }

    #[inline(always)]
    fn direct(&self) -> Option<Direct<'_>> {
        Some(Direct::Root(&self.0.0))
    }

    #[inline]
    fn push_into(self, state: &mut State, _: &Lua) -> Result<()> {
        self.0.push(state)
    }
}

impl FromLua for LuaString {
    fn from_lua(value: Value, lua: &Lua) -> Result<Self> {
        match value {
            Value::String(string) => Ok(string),
            other => on_stack(other, lua),
        }
    }

    #[inline]
    fn from_stack(index: i32, state: &mut State, _: &Lua) -> Result<Self> {
        if let Some(string) = Self::from_found(state.found(index)) {
            return Ok(string);
        }
        if state.bytes(index).is_some() {
            return Handle::pin(state, index).map(LuaString);
        }
        number_string(index, state)
    }

    #[inline(always)]
    fn from_found(found: Found<'_>) -> Option<Self> {
        match found.value() {
            Slot::String(_) => found.pin().map(|root| LuaString(Handle(root))),
            _ => None,
        }
    }
}

#[cold]
#[inline(never)]
fn number_string(index: i32, state: &mut State) -> Result<LuaString> {
    if !state.is_string_like(index) {
        let from = type_name_at(index, state);
        let message = "expected string or number".to_owned();
        return Err(Error::conversion(from, "string", message));
    }
    state.push_value(index).map_err(|_| Error::StackError)?;
    let pinned = match state.to_bytes(-1).is_some() {
        true => Handle::pin(state, -1).map(LuaString),
        false => Err(Error::MemoryError("not enough memory".to_owned())),
    };
    state.pop(1);
    pinned
}
