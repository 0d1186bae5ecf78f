//! Conversions of the types of this crate, Rust's language and its standard
//! library.

use crate::error::{Error, Result};
use crate::state::Lua;
use crate::traits::{FromLua, IntoLua};
use crate::value::Value;
use perilune_vm::State;

mod handles;
mod number;

impl IntoLua for Value {
    #[inline]
    fn into_lua(self, _: &Lua) -> Result<Value> {
        Ok(self)
    }

    #[inline]
    fn push_into(self, state: &mut State, lua: &Lua) -> Result<()> {
        self.push(state, lua)
    }
}

impl IntoLua for &Value {
    fn into_lua(self, _: &Lua) -> Result<Value> {
        Ok(self.clone())
    }

    fn push_into(self, state: &mut State, lua: &Lua) -> Result<()> {
        self.push(state, lua)
    }
}

impl FromLua for Value {
    #[inline]
    fn from_lua(value: Value, _: &Lua) -> Result<Self> {
        Ok(value)
    }

    #[inline]
    fn from_stack(index: i32, state: &mut State, lua: &Lua) -> Result<Self> {
        Value::at(index, state, lua)
    }
}

impl IntoLua for &str {
    fn into_lua(self, lua: &Lua) -> Result<Value> {
        lua.create_string(self).map(Value::String)
    }

    #[inline]
    fn push_into(self, state: &mut State, lua: &Lua) -> Result<()> {
        state.push(self).map_err(|e| crate::callback::caught(state, lua, e))
    }
}

impl IntoLua for String {
    fn into_lua(self, lua: &Lua) -> Result<Value> {
        lua.create_string(self).map(Value::String)
    }

    #[inline]
    fn push_into(self, state: &mut State, lua: &Lua) -> Result<()> {
        self.as_str().push_into(state, lua)
    }
}

impl FromLua for String {
    fn from_lua(value: Value, lua: &Lua) -> Result<Self> {
        let from = value.type_name();
        let Some(text) = lua.coerce_string(value)? else {
            return Err(Error::conversion(
                from,
                "String",
                Some("expected string or number".into()),
            ));
        };
        let text = text.to_str().map_err(|_| {
            Error::conversion(from, "String", Some("invalid utf-8 sequence".to_string()))
        });
        text.map(|text| text.to_owned())
    }

    #[inline]
    fn from_stack(index: i32, state: &mut State, lua: &Lua) -> Result<Self> {
        if let Some(Ok(text)) = state.bytes(index).map(std::str::from_utf8) {
            return Ok(text.to_owned());
        }
        let value = Value::at(index, state, lua)?;
        lua.0.lend(state, || Self::from_lua(value, lua))
    }
}

impl IntoLua for bool {
    #[inline]
    fn into_lua(self, _: &Lua) -> Result<Value> {
        Ok(Value::Boolean(self))
    }

    #[inline]
    fn push_into(self, state: &mut State, _: &Lua) -> Result<()> {
        state.push(self).map_err(|_| Error::StackError)
    }
}

impl FromLua for bool {
    #[inline]
    fn from_lua(value: Value, _: &Lua) -> Result<Self> {
        Ok(!matches!(value, Value::Nil | Value::Boolean(false)))
    }

    #[inline]
    fn from_stack(index: i32, state: &mut State, _: &Lua) -> Result<Self> {
        Ok(state.to_boolean(index))
    }
}

impl<T: IntoLua> IntoLua for Option<T> {
    #[inline]
    fn into_lua(self, lua: &Lua) -> Result<Value> {
        self.map_or(Ok(Value::Nil), |value| value.into_lua(lua))
    }

    #[inline]
    fn push_into(self, state: &mut State, lua: &Lua) -> Result<()> {
        match self {
            Some(value) => value.push_into(state, lua),
            None => state.push(()).map_err(|_| Error::StackError),
        }
    }
}

impl<T: FromLua> FromLua for Option<T> {
    #[inline]
    fn from_lua(value: Value, lua: &Lua) -> Result<Self> {
        match value {
            Value::Nil => Ok(None),
            value => T::from_lua(value, lua).map(Some),
        }
    }

    #[inline]
    fn from_stack(index: i32, state: &mut State, lua: &Lua) -> Result<Self> {
        if state.is_none_or_nil(index) {
            return Ok(None);
        }
        T::from_stack(index, state, lua).map(Some)
    }
}
