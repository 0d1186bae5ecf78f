//! Handles, keys, addresses and errors.

use super::type_name_at;
use crate::error::{Error, Result};
use crate::function::Function;
use crate::handle::Handle;
use crate::state::{Extra, Lua};
use crate::table::Table;
use crate::thread::Thread;
use crate::traits::{FromLua, IntoLua};
use crate::types::{LightUserData, RegistryKey};
use crate::userdata::AnyUserData;
use crate::value::Value;
use perilune_vm::{Direct, Found, State, Type, Value as Slot};

macro_rules! handles {
    ($($t:ident $variant:ident $kind:ident $name:literal;)*) => { $(
        impl IntoLua for $t {
            #[inline]
            fn into_lua(self, _: &Lua) -> Result<Value> {
                Ok(Value::$variant(self))
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

        impl IntoLua for &$t {
            #[inline]
            fn into_lua(self, _: &Lua) -> Result<Value> {
                Ok(Value::$variant(self.clone()))
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

        impl FromLua for $t {
            fn from_lua(value: Value, _: &Lua) -> Result<Self> {
                match value {
                    Value::$variant(handle) => Ok(handle),
                    other => Err(Error::conversion(other.type_name(), $name, None)),
                }
            }

            #[inline]
            fn from_stack(index: i32, state: &mut State, _: &Lua) -> Result<Self> {
                if let Some(handle) = Self::from_found(state.found(index)) {
                    return Ok(handle);
                }
                if state.type_of(index) == Some(Type::$kind)
                    && (Type::$kind != Type::Userdata || !crate::callback::is_error(index, state))
                {
                    return Handle::pin(state, index).map($t);
                }
                Err(Error::conversion(type_name_at(index, state), $name, None))
            }

            #[inline(always)]
            fn from_found(found: Found<'_>) -> Option<Self> {
                match found.value() {
                    Slot::Userdata if crate::callback::is_found_error(found) => None,
                    Slot::$kind => found.pin().map(|root| $t(Handle(root))),
                    _ => None,
                }
            }
        }
    )* };
}

handles! {
    Table Table Table "table";
    Function Function Function "function";
    Thread Thread Thread "thread";
    AnyUserData UserData Userdata "userdata";
}

impl IntoLua for LightUserData {
    #[inline]
    fn into_lua(self, _: &Lua) -> Result<Value> {
        Ok(Value::LightUserData(self))
    }

    #[inline]
    fn push_into(self, state: &mut State, _: &Lua) -> Result<()> {
        state.push_light_userdata(self.0 as usize).map_err(|_| Error::StackError)
    }
}

impl FromLua for LightUserData {
    fn from_lua(value: Value, _: &Lua) -> Result<Self> {
        match value {
            Value::LightUserData(address) => Ok(address),
            other => Err(Error::conversion(other.type_name(), "lightuserdata", None)),
        }
    }

    #[inline]
    fn from_stack(index: i32, state: &mut State, _: &Lua) -> Result<Self> {
        match state.value(index) {
            Slot::LightUserdata(address) => Ok(LightUserData(address as *mut _)),
            _ => Err(Error::conversion(type_name_at(index, state), "lightuserdata", None)),
        }
    }
}

impl IntoLua for RegistryKey {
    fn into_lua(self, lua: &Lua) -> Result<Value> {
        lua.registry_value(&self)
    }

    fn push_into(self, state: &mut State, lua: &Lua) -> Result<()> {
        (&self).push_into(state, lua)
    }
}

impl IntoLua for &RegistryKey {
    fn into_lua(self, lua: &Lua) -> Result<Value> {
        lua.registry_value(self)
    }

    fn push_into(self, state: &mut State, _: &Lua) -> Result<()> {
        let pushed =
            state.with_extension(|state, extra: &Extra| crate::state::push_key(self, state, extra));
        pushed.unwrap_or(Err(Error::MismatchedRegistryKey))
    }
}

impl FromLua for RegistryKey {
    fn from_lua(value: Value, lua: &Lua) -> Result<Self> {
        lua.create_registry_value(value)
    }
}

impl IntoLua for Error {
    #[inline]
    fn into_lua(self, _: &Lua) -> Result<Value> {
        Ok(Value::Error(Box::new(self)))
    }
}

/// The error, or a new one with the value as its message.
impl FromLua for Error {
    fn from_lua(value: Value, _: &Lua) -> Result<Self> {
        match value {
            Value::Error(error) => Ok(*error),
            other => Ok(Error::runtime(other.to_string()?)),
        }
    }
}

#[cfg(feature = "anyhow")]
impl IntoLua for anyhow::Error {
    fn into_lua(self, _: &Lua) -> Result<Value> {
        Ok(Value::Error(Box::new(Error::from(self))))
    }
}
