//! Conversions that need a state.

use super::Lua;
use crate::error::Result;
use crate::handle::Handle;
use crate::multi::MultiValue;
use crate::string::LuaString;
use crate::traits::{FromLua, FromLuaMulti, IntoLua, IntoLuaMulti};
use crate::types::{Integer, Number};
use crate::value::Value;

impl Lua {
    /// A string, or a number as the string that Lua makes of it; `None` for
    /// other values.
    ///
    /// # Errors
    /// If memory runs out.
    pub fn coerce_string(&self, v: Value) -> Result<Option<LuaString>> {
        match v {
            Value::String(s) => Ok(Some(s)),
            Value::Integer(_) | Value::Number(_) => self.with(|state, extra| {
                v.push(state, &extra.lua)?;
                match state.to_bytes(-1).is_some() {
                    true => Handle::pin(state, -1).map(|h| Some(LuaString(h))),
                    false => Ok(None),
                }
            }),
            _ => Ok(None),
        }
    }

    /// An integer, or what Lua would take for one: a float without a fraction, a
    /// numeral in a string; `None` for other values.
    ///
    /// # Errors
    /// If the value belongs to another state.
    pub fn coerce_integer(&self, v: Value) -> Result<Option<Integer>> {
        match v {
            Value::Integer(i) => Ok(Some(i)),
            Value::Number(_) | Value::String(_) => self.with(|state, extra| {
                v.push(state, &extra.lua)?;
                Ok(state.to_integer(-1))
            }),
            _ => Ok(None),
        }
    }

    /// A float, or what Lua would take for one: an integer, a numeral in a
    /// string; `None` for other values.
    ///
    /// # Errors
    /// If the value belongs to another state.
    pub fn coerce_number(&self, v: Value) -> Result<Option<Number>> {
        match v {
            Value::Number(n) => Ok(Some(n)),
            Value::Integer(_) | Value::String(_) => self.with(|state, extra| {
                v.push(state, &extra.lua)?;
                Ok(state.to_float(-1))
            }),
            _ => Ok(None),
        }
    }

    /// A Lua value from a Rust one.
    ///
    /// # Errors
    /// If it can't be converted.
    #[inline]
    pub fn pack(&self, t: impl IntoLua) -> Result<Value> {
        t.into_lua(self)
    }

    /// A Rust value from a Lua one.
    ///
    /// # Errors
    /// If it can't be converted.
    #[inline]
    pub fn unpack<T: FromLua>(&self, value: Value) -> Result<T> {
        T::from_lua(value, self)
    }

    /// From one Rust type to another by way of Lua.
    ///
    /// # Errors
    /// If either conversion fails.
    #[inline]
    pub fn convert<U: FromLua>(&self, value: impl IntoLua) -> Result<U> {
        U::from_lua(value.into_lua(self)?, self)
    }

    /// Lua values from a Rust one.
    ///
    /// # Errors
    /// If one of them can't be converted.
    #[inline]
    pub fn pack_multi(&self, t: impl IntoLuaMulti) -> Result<MultiValue> {
        t.into_lua_multi(self)
    }

    /// A Rust value from Lua ones.
    ///
    /// # Errors
    /// If one of them can't be converted.
    #[inline]
    pub fn unpack_multi<T: FromLuaMulti>(&self, value: MultiValue) -> Result<T> {
        T::from_lua_multi(value, self)
    }
}
