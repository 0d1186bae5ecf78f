//! Numbers.

use crate::error::{Error, Result};
use crate::state::Lua;
use crate::traits::{FromLua, IntoLua};
use crate::value::Value;
use perilune_vm::{State, Value as Slot};

macro_rules! integers {
    ($($t:ident)*) => { $(
        impl IntoLua for $t {
            #[inline]
            fn into_lua(self, _: &Lua) -> Result<Value> {
                // What is too large for an integer becomes a float.
                Ok(match i64::try_from(self) {
                    Ok(i) => Value::Integer(i),
                    Err(_) => Value::Number(self as f64),
                })
            }

            #[inline(always)]
            fn push_into(self, state: &mut State, _: &Lua) -> Result<()> {
                let pushed = match i64::try_from(self) {
                    Ok(i) => state.push(i),
                    Err(_) => state.push(self as f64),
                };
                pushed.map_err(|_| Error::StackError)
            }
        }

        impl FromLua for $t {
            fn from_lua(value: Value, lua: &Lua) -> Result<Self> {
                let from = value.type_name();
                let found = match value {
                    Value::Integer(i) => i.try_into().ok(),
                    value => match lua.coerce_integer(value.clone())? {
                        Some(i) => i.try_into().ok(),
                        // Beyond the integers, but within the type.
                        None => match lua.coerce_number(value)? {
                            Some(n) => wide(n).and_then(|n| n.try_into().ok()),
                            None => {
                                let message = "expected number or string coercible to number";
                                let message = Some(message.to_owned());
                                return Err(Error::conversion(from, stringify!($t), message));
                            }
                        },
                    },
                };
                found.ok_or_else(|| {
                    Error::conversion(from, stringify!($t), Some("out of range".to_owned()))
                })
            }

            #[inline(always)]
            fn from_stack(index: i32, state: &mut State, lua: &Lua) -> Result<Self> {
                if let Slot::Integer(i) = state.value(index)
                    && let Ok(n) = i.try_into()
                {
                    return Ok(n);
                }
                slow(index, state, lua)
            }
        }
    )* };
}

/// What is not simply an integer of the right size.
#[cold]
#[inline(never)]
fn slow<T: FromLua>(index: i32, state: &mut State, lua: &Lua) -> Result<T> {
    let value = Value::at(index, state, lua)?;
    lua.0.lend(state, || T::from_lua(value, lua))
}

/// A float as an integer, cut off at the point.
fn wide(n: f64) -> Option<i128> {
    (n.abs() < 1.7e38).then_some(n as i128)
}

integers!(i8 u8 i16 u16 i32 u32 i64 u64 i128 u128 isize usize);

macro_rules! floats {
    ($($t:ident)*) => { $(
        impl IntoLua for $t {
            #[inline]
            fn into_lua(self, _: &Lua) -> Result<Value> {
                Ok(Value::Number(self as f64))
            }

            #[inline(always)]
            fn push_into(self, state: &mut State, _: &Lua) -> Result<()> {
                state.push(self as f64).map_err(|_| Error::StackError)
            }
        }

        impl FromLua for $t {
            fn from_lua(value: Value, lua: &Lua) -> Result<Self> {
                let from = value.type_name();
                match lua.coerce_number(value)? {
                    Some(n) => Ok(n as $t),
                    None => Err(Error::conversion(
                        from,
                        stringify!($t),
                        Some("expected number or string coercible to number".to_owned()),
                    )),
                }
            }

            #[inline(always)]
            fn from_stack(index: i32, state: &mut State, lua: &Lua) -> Result<Self> {
                match state.value(index) {
                    Slot::Float(n) => Ok(n as $t),
                    Slot::Integer(i) => Ok(i as $t),
                    _ => slow(index, state, lua),
                }
            }
        }
    )* };
}

floats!(f32 f64);
