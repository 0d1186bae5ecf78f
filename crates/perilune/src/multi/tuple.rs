//! Tuples: several values, the last of which may be several itself.

use crate::error::Result;
use crate::multi::MultiValue;
use crate::state::Lua;
use crate::traits::{FromLua, FromLuaMulti, IntoLua, IntoLuaMulti};
use crate::value::Nil;
use perilune_vm::{FoundSlots, State};

impl IntoLuaMulti for () {
    #[inline]
    fn into_lua_multi(self, _: &Lua) -> Result<MultiValue> {
        Ok(MultiValue::new())
    }

    #[inline(always)]
    fn push_into_multi(self, _: &mut State, _: &Lua) -> Result<usize> {
        Ok(0)
    }
}

impl FromLuaMulti for () {
    #[inline]
    fn from_lua_multi(_: MultiValue, _: &Lua) -> Result<Self> {
        Ok(())
    }

    #[inline(always)]
    fn from_found_slots(_: FoundSlots<'_>) -> Option<Self> {
        Some(())
    }

    #[inline(always)]
    fn from_stack_multi(_: i32, _: usize, _: &mut State, _: &Lua) -> Result<Self> {
        Ok(())
    }

    #[inline(always)]
    fn from_stack_args(
        _: i32,
        _: usize,
        _: usize,
        _: Option<&str>,
        _: &mut State,
        _: &Lua,
    ) -> Result<Self> {
        Ok(())
    }
}

macro_rules! tuple {
    ($last:ident $($name:ident)*) => {
        impl<$($name,)* $last> IntoLuaMulti for ($($name,)* $last,)
        where $($name: IntoLua,)* $last: IntoLuaMulti
        {
            #[allow(non_snake_case, unused_mut)]
            fn into_lua_multi(self, lua: &Lua) -> Result<MultiValue> {
                let ($($name,)* $last,) = self;
                $(let $name = $name.into_lua(lua)?;)*
                let mut values = $last.into_lua_multi(lua)?;
                tuple!(@front values $($name)*);
                Ok(values)
            }

            #[allow(non_snake_case, unused_mut)]
            #[inline]
            fn push_into_multi(self, state: &mut State, lua: &Lua) -> Result<usize> {
                let ($($name,)* $last,) = self;
                let mut n = 0;
                $( $name.push_into(state, lua)?; n += 1; )*
                Ok(n + $last.push_into_multi(state, lua)?)
            }
        }

        impl<$($name,)* $last> FromLuaMulti for ($($name,)* $last,)
        where $($name: FromLua,)* $last: FromLuaMulti
        {
            #[allow(non_snake_case, unused_mut)]
            fn from_lua_multi(mut values: MultiValue, lua: &Lua) -> Result<Self> {
                $( let $name = FromLua::from_lua(values.pop_front().unwrap_or(Nil), lua)?; )*
                Ok(($($name,)* FromLuaMulti::from_lua_multi(values, lua)?,))
            }

            #[allow(non_snake_case, unused_mut, unused_assignments)]
            fn from_lua_args(
                mut args: MultiValue,
                mut i: usize,
                to: Option<&str>,
                lua: &Lua,
            ) -> Result<Self> {
                $(
                    let $name =
                        FromLua::from_lua_arg(args.pop_front().unwrap_or(Nil), i, to, lua)?;
                    i += 1;
                )*
                Ok(($($name,)* FromLuaMulti::from_lua_args(args, i, to, lua)?,))
            }

            #[allow(non_snake_case, unused_mut, unused_assignments)]
            #[inline(always)]
            fn from_found_slots(slots: FoundSlots<'_>) -> Option<Self> {
                let mut k = 0;
                $(
                    let $name = <$name as FromLua>::from_found(slots.get(k)?)?;
                    k += 1;
                )*
                Some(($($name,)* FromLuaMulti::from_found_slots(slots.behind(k))?,))
            }

            #[allow(non_snake_case, unused_mut, unused_assignments)]
            #[inline]
            fn from_stack_multi(
                first: i32,
                n: usize,
                state: &mut State,
                lua: &Lua,
            ) -> Result<Self> {
                let mut k = 0;
                $(
                    let $name = <$name as FromLuaMulti>::from_stack_multi(
                        first + k as i32,
                        n.saturating_sub(k).min(1),
                        state,
                        lua,
                    )?;
                    k += 1;
                )*
                let (first, n) = (first + k as i32, n.saturating_sub(k));
                Ok(($($name,)* FromLuaMulti::from_stack_multi(first, n, state, lua)?,))
            }

            #[allow(non_snake_case, unused_mut, unused_assignments)]
            #[inline]
            fn from_stack_args(
                first: i32,
                n: usize,
                i: usize,
                to: Option<&str>,
                state: &mut State,
                lua: &Lua,
            ) -> Result<Self> {
                let mut k = 0;
                $(
                    let $name = <$name as FromLuaMulti>::from_stack_args(
                        first + k as i32,
                        n.saturating_sub(k).min(1),
                        i + k,
                        to,
                        state,
                        lua,
                    )?;
                    k += 1;
                )*
                let (first, n) = (first + k as i32, n.saturating_sub(k));
                Ok(($($name,)* FromLuaMulti::from_stack_args(first, n, i + k, to, state, lua)?,))
            }
        }
    };
    (@front $values:ident) => {};
    (@front $values:ident $first:ident $($rest:ident)*) => {
        tuple!(@front $values $($rest)*);
        $values.push_front($first);
    };
}

tuple!(A);
tuple!(A B);
tuple!(A B C);
tuple!(A B C D);
tuple!(A B C D E);
tuple!(A B C D E F);
tuple!(A B C D E F G);
tuple!(A B C D E F G H);
tuple!(A B C D E F G H I);
tuple!(A B C D E F G H I J);
tuple!(A B C D E F G H I J K);
tuple!(A B C D E F G H I J K L);
tuple!(A B C D E F G H I J K L M);
tuple!(A B C D E F G H I J K L M N);
tuple!(A B C D E F G H I J K L M N O);
tuple!(A B C D E F G H I J K L M N O P);
