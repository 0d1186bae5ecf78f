//! Conversions between Rust and Lua.
//!
//! A conversion is written in terms of [`Value`]; the hidden methods do the same
//! on the stack of the state, without a handle in between, and are there for
//! speed.

use crate::error::{Error, Result};
use crate::multi::MultiValue;
use crate::state::Lua;
use crate::value::Value;
use perilune_vm::{Direct, Found, State};

/// What becomes a Lua value.
pub trait IntoLua: Sized {
    /// The Lua value.
    ///
    /// # Errors
    /// If there is no such value, or memory runs out.
    fn into_lua(self, lua: &Lua) -> Result<Value>;

    /// The value, if it needs no slot of the stack to get to the machine.
    #[doc(hidden)]
    #[inline(always)]
    fn direct(&self) -> Option<Direct<'_>> {
        None
    }

    /// Pushes the value.
    #[doc(hidden)]
    #[inline]
    fn push_into(self, state: &mut State, lua: &Lua) -> Result<()> {
        let value = lua.0.lend(state, || self.into_lua(lua))?;
        value.push(state, lua)
    }
}

/// What can be made from a Lua value.
pub trait FromLua: Sized {
    /// The Rust value.
    ///
    /// # Errors
    /// [`Error::FromLuaConversionError`] if the Lua value is not of a kind that
    /// can be converted.
    fn from_lua(value: Value, lua: &Lua) -> Result<Self>;

    /// Converts a value that is in the machine's hands; `None` if that takes more
    /// than a look at it.
    #[doc(hidden)]
    #[inline(always)]
    fn from_found(found: Found<'_>) -> Option<Self> {
        let _ = found;
        None
    }

    /// Converts argument `i` of the function `to`.
    #[doc(hidden)]
    #[inline]
    fn from_lua_arg(arg: Value, i: usize, to: Option<&str>, lua: &Lua) -> Result<Self> {
        Self::from_lua(arg, lua).map_err(|cause| Error::bad_argument(to, i, cause))
    }

    /// Converts the value at an index of the stack; one beyond the top is nil.
    #[doc(hidden)]
    #[inline]
    fn from_stack(index: i32, state: &mut State, lua: &Lua) -> Result<Self> {
        let value = Value::at(index, state, lua)?;
        lua.0.lend(state, || Self::from_lua(value, lua))
    }

    /// Converts the value at an index of the stack, argument `i` of `to`.
    #[doc(hidden)]
    #[inline]
    fn from_stack_arg(
        index: i32,
        i: usize,
        to: Option<&str>,
        state: &mut State,
        lua: &Lua,
    ) -> Result<Self> {
        Self::from_stack(index, state, lua).map_err(|cause| Error::bad_argument(to, i, cause))
    }
}

/// What becomes any number of Lua values. Everything that becomes one does.
pub trait IntoLuaMulti: Sized {
    /// The Lua values.
    ///
    /// # Errors
    /// If one of them can't be made.
    fn into_lua_multi(self, lua: &Lua) -> Result<MultiValue>;

    /// Pushes the values; answers how many.
    #[doc(hidden)]
    #[inline]
    fn push_into_multi(self, state: &mut State, lua: &Lua) -> Result<usize> {
        let values = lua.0.lend(state, || self.into_lua_multi(lua))?;
        values.push_all(state, lua)
    }
}

/// What can be made from any number of Lua values.
pub trait FromLuaMulti: Sized {
    /// The Rust value. Values too many are ignored, missing ones are nil, as in
    /// Lua's own calls and assignments.
    ///
    /// # Errors
    /// If one of them can't be converted.
    fn from_lua_multi(values: MultiValue, lua: &Lua) -> Result<Self>;

    /// Converts arguments of the function `to`, from the `i`-th on.
    #[doc(hidden)]
    #[inline]
    fn from_lua_args(args: MultiValue, i: usize, to: Option<&str>, lua: &Lua) -> Result<Self> {
        let _ = (i, to);
        Self::from_lua_multi(args, lua)
    }

    /// Converts `n` values of the stack, from index `first` (from 1) on.
    #[doc(hidden)]
    #[inline]
    fn from_stack_multi(first: i32, n: usize, state: &mut State, lua: &Lua) -> Result<Self> {
        let values = MultiValue::take(first, n, state, lua)?;
        lua.0.lend(state, || Self::from_lua_multi(values, lua))
    }

    /// Converts `n` values of the stack, from index `first` (from 1) on, that
    /// are arguments of `to` from the `i`-th on.
    #[doc(hidden)]
    #[inline]
    fn from_stack_args(
        first: i32,
        n: usize,
        i: usize,
        to: Option<&str>,
        state: &mut State,
        lua: &Lua,
    ) -> Result<Self> {
        let values = MultiValue::take(first, n, state, lua)?;
        lua.0.lend(state, || Self::from_lua_args(values, i, to, lua))
    }
}

/// What tables and userdata have in common: fields and methods.
///
/// ```
/// use perilune::{Lua, ObjectLike};
///
/// let lua = Lua::new();
/// let list = lua.load("{n = 2, add = function(self, k) return self.n + k end}");
/// let list: perilune::Table = list.eval()?;
/// assert_eq!(list.call_method::<i64>("add", 40)?, 42);
/// assert_eq!(list.get_path::<i64>("n")?, 2);
/// # Ok::<(), perilune::Error>(())
/// ```
pub trait ObjectLike: crate::private::Sealed {
    /// `object[key]`, metamethods included.
    ///
    /// # Errors
    /// What can't be converted; what a metamethod raises.
    fn get<V: FromLua>(&self, key: impl IntoLua) -> Result<V>;

    /// `object[key] = value`, metamethods included.
    ///
    /// # Errors
    /// What can't be converted; what a metamethod raises.
    fn set(&self, key: impl IntoLua, value: impl IntoLua) -> Result<()>;

    /// `object(...)`: its metamethod `__call`.
    ///
    /// # Errors
    /// If there is none; what it raises; what can't be converted.
    fn call<R: FromLuaMulti>(&self, args: impl IntoLuaMulti) -> Result<R>;

    /// [`call`](Self::call) in a coroutine of its own, so that async functions
    /// can be waited for.
    #[cfg(feature = "async")]
    fn call_async<R: FromLuaMulti>(
        &self,
        args: impl IntoLuaMulti,
    ) -> crate::function::AsyncCallFuture<R>;

    /// `object:name(...)`
    ///
    /// # Errors
    /// If that is no function; what it raises; what can't be converted.
    fn call_method<R: FromLuaMulti>(&self, name: &str, args: impl IntoLuaMulti) -> Result<R>;

    /// [`call_method`](Self::call_method) in a coroutine of its own.
    #[cfg(feature = "async")]
    fn call_async_method<R: FromLuaMulti>(
        &self,
        name: &str,
        args: impl IntoLuaMulti,
    ) -> crate::function::AsyncCallFuture<R>;

    /// `object.name(...)`
    ///
    /// # Errors
    /// If that is no function; what it raises; what can't be converted.
    fn call_function<R: FromLuaMulti>(&self, name: &str, args: impl IntoLuaMulti) -> Result<R>;

    /// [`call_function`](Self::call_function) in a coroutine of its own.
    #[cfg(feature = "async")]
    fn call_async_function<R: FromLuaMulti>(
        &self,
        name: &str,
        args: impl IntoLuaMulti,
    ) -> crate::function::AsyncCallFuture<R>;

    /// The value at the end of a path such as `a.b[3]["c"]`. A `?` behind a key
    /// ends the path with what is there if that is nil.
    ///
    /// # Errors
    /// A path that is none; a value on the way that has no fields; what a
    /// metamethod raises; if the last value can't be converted.
    fn get_path<V: FromLua>(&self, path: &str) -> Result<V> {
        let value = crate::table::look_up(self.to_value(), path)?;
        V::from_lua(value, &self.weak_lua().upgrade())
    }

    /// What `tostring(object)` answers.
    ///
    /// # Errors
    /// What a metamethod raises; a string that is not UTF-8.
    fn to_string(&self) -> Result<String>;

    /// The object as a value.
    fn to_value(&self) -> Value;

    /// The state of the object, which this does not keep open.
    #[doc(hidden)]
    fn weak_lua(&self) -> crate::state::WeakLua;
}
