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
    /// ```
    /// # use perilune::{Lua, Value};
    /// let lua = Lua::new();
    /// let text = lua.coerce_string(Value::Integer(42))?.expect("a number has a text");
    /// assert_eq!(text, "42");
    /// assert!(lua.coerce_string(Value::Boolean(true))?.is_none());
    /// # Ok::<(), perilune::Error>(())
    /// ```
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
    /// ```
    /// # use perilune::{Lua, Value};
    /// let lua = Lua::new();
    /// assert_eq!(lua.coerce_integer(lua.pack("0x10")?)?, Some(16));
    /// assert_eq!(lua.coerce_integer(Value::Number(3.0))?, Some(3));
    /// assert_eq!(lua.coerce_integer(Value::Number(3.5))?, None);
    /// # Ok::<(), perilune::Error>(())
    /// ```
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
    /// ```
    /// # use perilune::{Lua, Value};
    /// let lua = Lua::new();
    /// assert_eq!(lua.coerce_number(lua.pack(" 1e3 ")?)?, Some(1000.0));
    /// assert_eq!(lua.coerce_number(Value::Nil)?, None);
    /// # Ok::<(), perilune::Error>(())
    /// ```
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
    /// ```
    /// # use perilune::{Lua, Value};
    /// let lua = Lua::new();
    /// assert!(matches!(lua.pack(7)?, Value::Integer(7)));
    /// assert!(matches!(lua.pack(vec![1, 2, 3])?, Value::Table(t) if t.raw_len() == 3));
    /// assert!(lua.pack(None::<bool>)?.is_nil());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If it can't be converted.
    #[inline]
    pub fn pack(&self, t: impl IntoLua) -> Result<Value> {
        t.into_lua(self)
    }

    /// A Rust value from a Lua one.
    ///
    /// ```
    /// # use perilune::{Lua, Value};
    /// let lua = Lua::new();
    /// assert_eq!(lua.unpack::<u8>(Value::Integer(200))?, 200);
    /// assert!(lua.unpack::<u8>(Value::Integer(300)).is_err());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If it can't be converted.
    #[inline]
    pub fn unpack<T: FromLua>(&self, value: Value) -> Result<T> {
        T::from_lua(value, self)
    }

    /// From one Rust type to another by way of Lua.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// assert_eq!(lua.convert::<String>(42)?, "42");
    /// assert_eq!(lua.convert::<i64>("42")?, 42);
    /// assert!(lua.convert::<i64>("many").is_err());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If either conversion fails.
    #[inline]
    pub fn convert<U: FromLua>(&self, value: impl IntoLua) -> Result<U> {
        U::from_lua(value.into_lua(self)?, self)
    }

    /// Lua values from a Rust one.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let values = lua.pack_multi((1, "two", true))?;
    /// assert_eq!(values.len(), 3);
    /// assert_eq!(values[1].type_name(), "string");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If one of them can't be converted.
    #[inline]
    pub fn pack_multi(&self, t: impl IntoLuaMulti) -> Result<MultiValue> {
        t.into_lua_multi(self)
    }

    /// A Rust value from Lua ones.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let values = lua.pack_multi((1, "two"))?;
    /// let (n, text, rest): (i64, String, Option<bool>) = lua.unpack_multi(values)?;
    /// assert_eq!((n, text.as_str(), rest), (1, "two", None));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If one of them can't be converted.
    #[inline]
    pub fn unpack_multi<T: FromLuaMulti>(&self, value: MultiValue) -> Result<T> {
        T::from_lua_multi(value, self)
    }
}
