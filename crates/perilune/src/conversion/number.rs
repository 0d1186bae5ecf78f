//! Numbers.

use super::{on_stack, type_name_at};
use crate::error::{Error, Result};
use crate::state::Lua;
use crate::traits::{FromLua, IntoLua};
use crate::value::Value;
use perilune_vm::{Direct, Found, State, Value as Slot};

/// A number that is none, or a string that is no numeral.
#[cold]
#[inline(never)]
fn no_number(from: &'static str, to: &'static str) -> Error {
    let message = "expected number or string coercible to number";
    Error::conversion(from, to, message.to_owned())
}

/// A number that the type does not have.
#[cold]
#[inline(never)]
fn out_of_range(from: &'static str, to: &'static str) -> Error {
    Error::conversion(from, to, "out of range".to_owned())
}

macro_rules! integers {
    ($($t:ident)*) => { $(
        impl IntoLua for $t {
            /// What is too large for a Lua integer becomes a float.
            #[inline]
            fn into_lua(self, _: &Lua) -> Result<Value> {
                Ok(match i64::try_from(self) {
                    Ok(i) => Value::Integer(i),
                    Err(_) => Value::Number(self as f64),
                })
            }

            #[inline(always)]
            fn direct(&self) -> Option<Direct<'_>> {
                i64::try_from(*self).ok().map(Direct::Integer)
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
                match value {
                    Value::Integer(i) => {
                        i.try_into().map_err(|_| out_of_range("integer", stringify!($t)))
                    }
                    Value::Number(_) | Value::String(_) => on_stack(value, lua),
                    other => Err(no_number(other.type_name(), stringify!($t))),
                }
            }

            #[inline(always)]
            fn from_stack(index: i32, state: &mut State, _: &Lua) -> Result<Self> {
                if let Slot::Integer(i) = state.value(index)
                    && let Ok(n) = i.try_into()
                {
                    return Ok(n);
                }
                integer::$t(index, state)
            }

            #[inline(always)]
            fn from_found(found: Found<'_>) -> Option<Self> {
                match found.value() {
                    Slot::Integer(i) => i.try_into().ok(),
                    _ => None,
                }
            }
        }
    )*

        /// What is not simply an integer of the right size.
        mod integer {
            use super::{Slot, State, no_number, out_of_range, type_name_at};
            use crate::error::Result;

            $(
                #[cold]
                #[inline(never)]
                pub(super) fn $t(index: i32, state: &mut State) -> Result<$t> {
                    let to = stringify!($t);
                    // Where all numbers are floats, a fraction is cut off.
                    let cut = state.dialect().float_only_numbers;
                    match state.value(index) {
                        Slot::Integer(i) => i.try_into().map_err(|_| out_of_range("integer", to)),
                        Slot::Float(n) => from_float(n, cut).ok_or_else(|| {
                            let whole = state.to_integer(index).is_some();
                            out_of_range(if whole { "integer" } else { "number" }, to)
                        }),
                        Slot::String(_) => {
                            let found = match state.to_integer(index) {
                                Some(i) if !cut => i.try_into().ok(),
                                _ => match state.to_float(index) {
                                    Some(n) => from_float(n, cut),
                                    None => return Err(no_number("string", to)),
                                },
                            };
                            found.ok_or_else(|| out_of_range("string", to))
                        }
                        _ => Err(no_number(type_name_at(index, state), to)),
                    }
                }
            )*

            trait FromFloat: Sized {
                fn from_float(n: f64) -> Option<Self>;
            }

            $(
                impl FromFloat for $t {
                    fn from_float(n: f64) -> Option<$t> {
                        // Both bounds are powers of two, or 0, and so exact.
                        let end = ($t::MAX / 2 + 1) as f64 * 2.0;
                        (n >= $t::MIN as f64 && n < end).then_some(n as $t)
                    }
                }
            )*

            /// A float as an integer; with a fraction only if it may be cut off.
            fn from_float<T: FromFloat>(n: f64, cut: bool) -> Option<T> {
                let whole = n.trunc();
                if whole == n || cut { T::from_float(whole) } else { None }
            }
        }
    };
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
            fn direct(&self) -> Option<Direct<'_>> {
                Some(Direct::Float(*self as f64))
            }

            #[inline(always)]
            fn push_into(self, state: &mut State, _: &Lua) -> Result<()> {
                state.push(self as f64).map_err(|_| Error::StackError)
            }
        }

        impl FromLua for $t {
            fn from_lua(value: Value, lua: &Lua) -> Result<Self> {
                match value {
                    Value::Number(n) => Ok(n as $t),
                    Value::Integer(i) => Ok(i as $t),
                    Value::String(_) => on_stack(value, lua),
                    other => Err(no_number(other.type_name(), stringify!($t))),
                }
            }

            #[inline(always)]
            fn from_stack(index: i32, state: &mut State, _: &Lua) -> Result<Self> {
                match state.value(index) {
                    Slot::Float(n) => Ok(n as $t),
                    Slot::Integer(i) => Ok(i as $t),
                    _ => match float(index, state) {
                        Some(n) => Ok(n as $t),
                        None => Err(no_number(type_name_at(index, state), stringify!($t))),
                    },
                }
            }

            #[inline(always)]
            fn from_found(found: Found<'_>) -> Option<Self> {
                match found.value() {
                    Slot::Float(n) => Some(n as $t),
                    Slot::Integer(i) => Some(i as $t),
                    _ => None,
                }
            }
        }
    )* };
}

/// The float that a numeral in a string stands for.
#[cold]
#[inline(never)]
fn float(index: i32, state: &State) -> Option<f64> {
    state.bytes(index).and_then(|_| state.to_float(index))
}

floats!(f32 f64);
