//! How async methods and functions of userdata begin: they take their arguments
//! from the stack and make the future.

use super::method::missing_self;
use crate::callback::arguments;
use crate::error::{Error, Result};
use crate::state::Lua;
use crate::traits::FromLuaMulti;
use perilune_vm::State;

/// Begins the function `f` called `name`.
pub(super) fn begin_function<A: FromLuaMulti, FR>(
    name: &str,
    f: &impl Fn(Lua, A) -> FR,
    state: &mut State,
    lua: &Lua,
) -> Result<FR> {
    let args = arguments::<A>(0, Some(name), state, lua)?;
    Ok(lua.0.lend(state, || f(lua.weak_handle(), args)))
}

/// Begins the method called `name`, whose first argument is borrowed as `borrow`
/// says.
pub(super) fn begin_method<B, A: FromLuaMulti, MR>(
    name: &str,
    borrow: fn(i32, &mut State) -> Result<B>,
    method: &impl Fn(Lua, B, A) -> MR,
    state: &mut State,
    lua: &Lua,
) -> Result<MR> {
    if state.top() == 0 {
        return Err(missing_self(name));
    }
    let args = arguments::<A>(1, Some(name), state, lua);
    let this = borrow(1, state).map_err(|cause| Error::bad_self(name, cause))?;
    let args = args?;
    Ok(lua.0.lend(state, || method(lua.weak_handle(), this, args)))
}
