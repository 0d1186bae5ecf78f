//! Conversions of the types of this crate, Rust's language and its standard
//! library.
//!
//! Each conversion is written for the stack; the form with a [`Value`] goes by
//! way of the stack, except where that is a detour.

use crate::error::{Error, Result};
use crate::state::Lua;
use crate::traits::{FromLua, IntoLua};
use crate::types::Either;
use crate::value::Value;
use perilune_vm::{self as vm, Direct, Found, State, Value as Slot};

mod bytes;
mod collection;
mod handles;
mod name;
mod number;
mod text;

pub(crate) use name::short_name;

/// What [`Value::type_name`] says of the value at an index of the stack.
#[cold]
#[inline(never)]
pub(crate) fn type_name_at(index: i32, state: &State) -> &'static str {
    match state.value(index) {
        Slot::Nil => "nil",
        Slot::Boolean(_) => "boolean",
        Slot::Integer(_) => "integer",
        Slot::Float(n) if state.dialect().float_only_numbers && n == n.trunc() => "integer",
        Slot::Float(_) => "number",
        Slot::LightUserdata(_) => "lightuserdata",
        Slot::String(_) => "string",
        Slot::Table => "table",
        Slot::Function => "function",
        Slot::Thread => "thread",
        Slot::Userdata if crate::callback::is_error(index, state) => "error",
        Slot::Userdata => "userdata",
    }
}

/// Converts a value by way of the stack.
fn on_stack<T: FromLua>(value: Value, lua: &Lua) -> Result<T> {
    lua.with(|state, extra| {
        value.push(state, &extra.lua)?;
        T::from_stack(-1, state, &extra.lua)
    })
}

/// The Lua value of what can be pushed.
fn from_top<T: IntoLua>(value: T, lua: &Lua) -> Result<Value> {
    lua.with(|state, extra| {
        value.push_into(state, &extra.lua)?;
        Value::at(-1, state, &extra.lua)
    })
}

/// The outcome of an operation of the machine.
#[inline(always)]
fn pushed(outcome: vm::Result<()>, state: &mut State, lua: &Lua) -> Result<()> {
    match outcome {
        Ok(()) => Ok(()),
        Err(e) => Err(crate::callback::caught(state, lua, e)),
    }
}

impl IntoLua for Value {
    #[inline]
    fn into_lua(self, _: &Lua) -> Result<Value> {
        Ok(self)
    }

    #[inline(always)]
    fn direct(&self) -> Option<Direct<'_>> {
        self.as_direct()
    }

    #[inline]
    fn push_into(self, state: &mut State, lua: &Lua) -> Result<()> {
        self.push(state, lua)
    }
}

impl IntoLua for &Value {
    #[inline]
    fn into_lua(self, _: &Lua) -> Result<Value> {
        Ok(self.clone())
    }

    #[inline(always)]
    fn direct(&self) -> Option<Direct<'_>> {
        self.as_direct()
    }

    #[inline]
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

    #[inline(always)]
    fn from_found(found: Found<'_>) -> Option<Self> {
        Value::found(found)
    }
}

impl IntoLua for bool {
    #[inline]
    fn into_lua(self, _: &Lua) -> Result<Value> {
        Ok(Value::Boolean(self))
    }

    #[inline(always)]
    fn direct(&self) -> Option<Direct<'_>> {
        Some(Direct::Boolean(*self))
    }

    #[inline]
    fn push_into(self, state: &mut State, _: &Lua) -> Result<()> {
        state.push(self).map_err(|_| Error::StackError)
    }
}

/// Any value: false for nil and false, as in a condition.
impl FromLua for bool {
    #[inline]
    fn from_lua(value: Value, _: &Lua) -> Result<Self> {
        Ok(!matches!(value, Value::Nil | Value::Boolean(false)))
    }

    #[inline]
    fn from_stack(index: i32, state: &mut State, _: &Lua) -> Result<Self> {
        Ok(state.to_boolean(index))
    }

    #[inline(always)]
    fn from_found(found: Found<'_>) -> Option<Self> {
        Some(!matches!(found.value(), Slot::Nil | Slot::Boolean(false)))
    }
}

/// `None` is nil.
impl<T: IntoLua> IntoLua for Option<T> {
    #[inline]
    fn into_lua(self, lua: &Lua) -> Result<Value> {
        self.map_or(Ok(Value::Nil), |value| value.into_lua(lua))
    }

    #[inline(always)]
    fn direct(&self) -> Option<Direct<'_>> {
        match self {
            Some(value) => value.direct(),
            None => Some(Direct::Nil),
        }
    }

    #[inline]
    fn push_into(self, state: &mut State, lua: &Lua) -> Result<()> {
        match self {
            Some(value) => value.push_into(state, lua),
            None => state.push(()).map_err(|_| Error::StackError),
        }
    }
}

/// Nil is `None`.
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

    #[inline(always)]
    fn from_found(found: Found<'_>) -> Option<Self> {
        match found.value() {
            Slot::Nil => Some(None),
            _ => T::from_found(found).map(Some),
        }
    }
}

impl<L: IntoLua, R: IntoLua> IntoLua for Either<L, R> {
    fn into_lua(self, lua: &Lua) -> Result<Value> {
        match self {
            Either::Left(value) => value.into_lua(lua),
            Either::Right(value) => value.into_lua(lua),
        }
    }

    #[inline]
    fn push_into(self, state: &mut State, lua: &Lua) -> Result<()> {
        match self {
            Either::Left(value) => value.push_into(state, lua),
            Either::Right(value) => value.push_into(state, lua),
        }
    }
}

/// The left type, if the value can become that; else the right one.
impl<L: FromLua, R: FromLua> FromLua for Either<L, R> {
    fn from_lua(value: Value, lua: &Lua) -> Result<Self> {
        let from = value.type_name();
        if let Ok(left) = L::from_lua(value.clone(), lua) {
            return Ok(Either::Left(left));
        }
        let right = R::from_lua(value, lua).map(Either::Right);
        right.map_err(|_| Error::conversion(from, short_name::<Self>(), None))
    }

    fn from_stack(index: i32, state: &mut State, lua: &Lua) -> Result<Self> {
        // A conversion that fails may leave something on the stack.
        let index = state.abs_index(index);
        let top = state.top();
        if let Ok(left) = L::from_stack(index, state, lua) {
            return Ok(Either::Left(left));
        }
        state.set_top(top);
        let right = R::from_stack(index, state, lua).map(Either::Right);
        right.map_err(|_| Error::conversion(type_name_at(index, state), short_name::<Self>(), None))
    }
}
