//! Tables and userdata as objects: their fields and methods.

use super::Table;
use crate::callback::{caught, protect};
use crate::error::{Error, Result};
#[cfg(feature = "async")]
use crate::function::AsyncCallFuture;
use crate::function::Function;
use crate::handle::Handle;
use crate::state::WeakLua;
use crate::traits::{FromLua, FromLuaMulti, IntoLua, IntoLuaMulti, ObjectLike};
use crate::userdata::AnyUserData;
use crate::value::Value;

/// The function that a field is.
fn function(field: Value, name: &str) -> Result<Function> {
    match field {
        Value::Function(function) => Ok(function),
        other => Err(Error::runtime(format!(
            "attempt to call a {} value (function '{name}')",
            other.type_name()
        ))),
    }
}

impl ObjectLike for Table {
    #[inline]
    fn get<V: FromLua>(&self, key: impl IntoLua) -> Result<V> {
        self.get(key)
    }

    #[inline]
    fn set(&self, key: impl IntoLua, value: impl IntoLua) -> Result<()> {
        self.set(key, value)
    }

    fn call<R: FromLuaMulti>(&self, args: impl IntoLuaMulti) -> Result<R> {
        Function(self.0.clone()).call(args)
    }

    fn call_method<R: FromLuaMulti>(&self, name: &str, args: impl IntoLuaMulti) -> Result<R> {
        function(self.get(name)?, name)?.call((self, args))
    }

    fn call_function<R: FromLuaMulti>(&self, name: &str, args: impl IntoLuaMulti) -> Result<R> {
        function(self.get(name)?, name)?.call(args)
    }

    #[cfg(feature = "async")]
    fn call_async<R: FromLuaMulti>(&self, args: impl IntoLuaMulti) -> AsyncCallFuture<R> {
        Function(self.0.clone()).call_async(args)
    }

    #[cfg(feature = "async")]
    fn call_async_method<R: FromLuaMulti>(
        &self,
        name: &str,
        args: impl IntoLuaMulti,
    ) -> AsyncCallFuture<R> {
        self.call_async_function(name, (self, args))
    }

    #[cfg(feature = "async")]
    fn call_async_function<R: FromLuaMulti>(
        &self,
        name: &str,
        args: impl IntoLuaMulti,
    ) -> AsyncCallFuture<R> {
        match self.get(name).and_then(|field| function(field, name)) {
            Ok(function) => function.call_async(args),
            Err(error) => AsyncCallFuture::error(error),
        }
    }

    fn to_string(&self) -> Result<String> {
        self.to_value().to_string()
    }

    fn to_value(&self) -> Value {
        Value::Table(self.clone())
    }

    fn weak_lua(&self) -> WeakLua {
        self.0.lua().weak()
    }
}

impl ObjectLike for AnyUserData {
    fn get<V: FromLua>(&self, key: impl IntoLua) -> Result<V> {
        let handle: &Handle = &self.0;
        handle.with(|state, extra| {
            protect(state, extra, |state, lua| {
                handle.push(state)?;
                key.push_into(state, lua)?;
                state.get(1).map_err(|e| caught(state, lua, e))?;
                V::from_stack(-1, state, lua)
            })
        })
    }

    fn set(&self, key: impl IntoLua, value: impl IntoLua) -> Result<()> {
        let handle: &Handle = &self.0;
        handle.with(|state, extra| {
            protect(state, extra, |state, lua| {
                handle.push(state)?;
                key.push_into(state, lua)?;
                value.push_into(state, lua)?;
                state.set(1).map_err(|e| caught(state, lua, e))
            })
        })
    }

    fn call<R: FromLuaMulti>(&self, args: impl IntoLuaMulti) -> Result<R> {
        Function(self.0.clone()).call(args)
    }

    fn call_method<R: FromLuaMulti>(&self, name: &str, args: impl IntoLuaMulti) -> Result<R> {
        function(self.get(name)?, name)?.call((self, args))
    }

    fn call_function<R: FromLuaMulti>(&self, name: &str, args: impl IntoLuaMulti) -> Result<R> {
        function(self.get(name)?, name)?.call(args)
    }

    #[cfg(feature = "async")]
    fn call_async<R: FromLuaMulti>(&self, args: impl IntoLuaMulti) -> AsyncCallFuture<R> {
        Function(self.0.clone()).call_async(args)
    }

    #[cfg(feature = "async")]
    fn call_async_method<R: FromLuaMulti>(
        &self,
        name: &str,
        args: impl IntoLuaMulti,
    ) -> AsyncCallFuture<R> {
        self.call_async_function(name, (self, args))
    }

    #[cfg(feature = "async")]
    fn call_async_function<R: FromLuaMulti>(
        &self,
        name: &str,
        args: impl IntoLuaMulti,
    ) -> AsyncCallFuture<R> {
        match self.get(name).and_then(|field| function(field, name)) {
            Ok(function) => function.call_async(args),
            Err(error) => AsyncCallFuture::error(error),
        }
    }

    fn to_string(&self) -> Result<String> {
        self.to_value().to_string()
    }

    fn to_value(&self) -> Value {
        Value::UserData(self.clone())
    }

    fn weak_lua(&self) -> WeakLua {
        self.0.lua().weak()
    }
}
