//! Handles.

use crate::error::{Error, Result};
use crate::function::Function;
use crate::handle::Handle;
use crate::state::Lua;
use crate::string::LuaString;
use crate::table::Table;
use crate::thread::Thread;
use crate::traits::{FromLua, IntoLua};
use crate::userdata::AnyUserData;
use crate::value::Value;
use perilune_vm::{State, Type};

macro_rules! handles {
    ($($t:ident $variant:ident $kind:ident $name:literal;)*) => { $(
        impl IntoLua for $t {
            #[inline]
            fn into_lua(self, _: &Lua) -> Result<Value> {
                Ok(Value::$variant(self))
            }

            #[inline]
            fn push_into(self, state: &mut State, _: &Lua) -> Result<()> {
                self.0.push(state)
            }
        }

        impl IntoLua for &$t {
            #[inline]
            fn into_lua(self, _: &Lua) -> Result<Value> {
                Ok(Value::$variant(self.clone()))
            }

            #[inline]
            fn push_into(self, state: &mut State, _: &Lua) -> Result<()> {
                self.0.push(state)
            }
        }

        impl FromLua for $t {
            fn from_lua(value: Value, _: &Lua) -> Result<Self> {
                match value {
                    Value::$variant(handle) => Ok(handle),
                    other => Err(Error::conversion(other.type_name(), $name, None)),
                }
            }

            #[inline]
            fn from_stack(index: i32, state: &mut State, lua: &Lua) -> Result<Self> {
                if state.type_of(index) == Some(Type::$kind) && !is_error(index, state) {
                    return Handle::pin(state, index).map($t);
                }
                let value = Value::at(index, state, lua)?;
                Self::from_lua(value, lua)
            }
        }
    )* };
}

/// Whether a userdata stands for an error.
fn is_error(index: i32, state: &State) -> bool {
    crate::callback::is_error(index, state)
}

handles! {
    Table Table Table "table";
    Function Function Function "function";
    Thread Thread Thread "thread";
    AnyUserData UserData Userdata "userdata";
}

impl IntoLua for LuaString {
    #[inline]
    fn into_lua(self, _: &Lua) -> Result<Value> {
        Ok(Value::String(self))
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

    #[inline]
    fn push_into(self, state: &mut State, _: &Lua) -> Result<()> {
        self.0.push(state)
    }
}

impl FromLua for LuaString {
    fn from_lua(value: Value, lua: &Lua) -> Result<Self> {
        let from = value.type_name();
        lua.coerce_string(value)?.ok_or_else(|| {
            Error::conversion(from, "string", Some("expected string or number".to_string()))
        })
    }

    #[inline]
    fn from_stack(index: i32, state: &mut State, lua: &Lua) -> Result<Self> {
        if state.type_of(index) == Some(Type::String) {
            return Handle::pin(state, index).map(LuaString);
        }
        let value = Value::at(index, state, lua)?;
        lua.0.lend(state, || Self::from_lua(value, lua))
    }
}
