//! The debug library (manual §6.10).

mod frames;
mod hooks;
mod prompt;

use perilune_vm::{LUA_5_1, LUA_5_2, LUA_5_4, Result, Return, State, ThreadState, Type, Value};

use crate::arguments::unexpected_type;
use crate::host::c_string;
use crate::registration::{ALL, Entry, between, push_library, since, until};

/// What `setcstacklimit` answers: the limit that C Lua is built with.
const C_STACK_LIMIT: i64 = 200;

const FUNCTIONS: &[Entry] = &[
    ("debug", prompt::debug, ALL),
    ("getfenv", getfenv, until(&LUA_5_1)),
    ("gethook", hooks::gethook, ALL),
    ("getinfo", frames::getinfo, ALL),
    ("getlocal", frames::getlocal, ALL),
    ("getmetatable", getmetatable, ALL),
    ("getregistry", getregistry, ALL),
    ("getupvalue", getupvalue, ALL),
    ("getuservalue", getuservalue, since(&LUA_5_2)),
    ("setcstacklimit", setcstacklimit, between(&LUA_5_4, &LUA_5_4)),
    ("setfenv", setfenv, until(&LUA_5_1)),
    ("sethook", hooks::sethook, ALL),
    ("setlocal", frames::setlocal, ALL),
    ("setmetatable", setmetatable, ALL),
    ("setupvalue", setupvalue, ALL),
    ("setuservalue", setuservalue, since(&LUA_5_2)),
    ("traceback", traceback, ALL),
    ("upvalueid", upvalueid, since(&LUA_5_2)),
    ("upvaluejoin", upvaluejoin, since(&LUA_5_2)),
];

/// Pushes the library's table.
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// perilune::native::stdlib::debug::open(state)?;
/// state.raw_get_field(-1, "getregistry")?;
/// state.call(0, Some(1))?;
/// assert!(state.is_table(-1));
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
///
/// # Errors
/// If memory runs out.
pub fn open(state: &mut State) -> Result<()> {
    push_library(state, FUNCTIONS, 0)
}

/// The optional thread before all other arguments: its slot (`None`: the
/// running one is meant) and the number of arguments it takes.
fn thread_argument(state: &State) -> (Option<i32>, i32) {
    if state.type_of(1) != Some(Type::Thread) {
        return (None, 0);
    }
    let other = state.thread_state(1) != ThreadState::Running;
    (other.then_some(1), 1)
}

/// An integer argument as C's `int`.
fn check_int(state: &mut State, arg: i32) -> Result<i32> {
    Ok(state.check_integer(arg)? as i32)
}

/// The only result: a name, or `nil`.
fn ret_name(state: &mut State, name: Option<&Vec<u8>>) -> Result<Return> {
    match name {
        Some(name) => state.ret(name),
        None => state.ret(()),
    }
}

/// `debug.getregistry ()` (manual §6.10).
fn getregistry(state: &mut State) -> Result<Return> {
    state.push_registry()?;
    Ok(Return::values(1))
}

/// `debug.getmetatable (value)` (manual §6.10).
fn getmetatable(state: &mut State) -> Result<Return> {
    state.check_any(1)?;
    if !state.push_metatable(1)? {
        state.push(())?;
    }
    Ok(Return::values(1))
}

/// `debug.setmetatable (value, table)` (manual §6.10).
fn setmetatable(state: &mut State) -> Result<Return> {
    if !matches!(state.type_of(2), Some(Type::Nil | Type::Table)) {
        return Err(unexpected_type(state, 2, "nil or table"));
    }
    state.set_top(2);
    state.set_metatable(1)?;
    if state.dialect().setmetatable_gives_true {
        return state.ret(true);
    }
    Ok(Return::values(1))
}

/// `debug.getfenv (o)` (manual of 5.1, §5.9).
fn getfenv(state: &mut State) -> Result<Return> {
    state.check_any(1)?;
    state.push_environment(1)?;
    Ok(Return::values(1))
}

/// `debug.setfenv (object, table)` (manual of 5.1, §5.9).
fn setfenv(state: &mut State) -> Result<Return> {
    state.check_table(2)?;
    state.set_top(2);
    if !state.set_environment(1)? {
        let text = format_args!("'setfenv' cannot change environment of given object");
        return Err(state.error(text));
    }
    Ok(Return::values(1))
}

/// `debug.getuservalue (u, n)` (manual §6.10).
fn getuservalue(state: &mut State) -> Result<Return> {
    if !state.dialect().several_user_values {
        if state.type_of(1) == Some(Type::Userdata) {
            state.push_user_value(1, 1)?;
            return Ok(Return::values(1));
        }
        return state.ret(());
    }
    let n = i64::from(state.opt_integer(2, 1)? as i32);
    if state.type_of(1) == Some(Type::Userdata) && state.push_user_value(1, n)? {
        state.push(true)?;
        return Ok(Return::values(2));
    }
    state.ret(())
}

/// `debug.setuservalue (udata, value, n)` (manual §6.10).
fn setuservalue(state: &mut State) -> Result<Return> {
    let dialect = state.dialect();
    if !dialect.several_user_values {
        if dialect.user_values_are_tables && matches!(state.value(1), Value::LightUserdata(_)) {
            return Err(state.arg_error(1, "full userdata expected, got light userdata"));
        }
        state.check_type(1, Type::Userdata)?;
        if !dialect.user_values_are_tables {
            state.check_any(2)?;
        } else if !state.is_none_or_nil(2) {
            state.check_table(2)?;
        }
        state.set_top(2);
        state.set_user_value(1, 1)?;
        return Ok(Return::values(1));
    }
    let n = i64::from(state.opt_integer(3, 1)? as i32);
    state.check_type(1, Type::Userdata)?;
    state.check_any(2)?;
    state.set_top(2);
    if state.set_user_value(1, n)? {
        state.set_top(1);
        return Ok(Return::values(1));
    }
    state.ret(())
}

/// `debug.getupvalue (f, up)` (manual §6.10).
fn getupvalue(state: &mut State) -> Result<Return> {
    let n = i64::from(check_int(state, 2)?);
    state.check_type(1, Type::Function)?;
    if !state.dialect().native_upvalues && state.is_native_function(1) {
        return Ok(Return::NONE);
    }
    let Some(name) = state.push_function_upvalue(1, n)? else { return Ok(Return::NONE) };
    state.push(&name)?;
    state.insert(-2);
    Ok(Return::values(2))
}

/// `debug.setupvalue (f, up, value)` (manual §6.10).
fn setupvalue(state: &mut State) -> Result<Return> {
    state.check_any(3)?;
    let n = i64::from(check_int(state, 2)?);
    state.check_type(1, Type::Function)?;
    if !state.dialect().native_upvalues && state.is_native_function(1) {
        return Ok(Return::NONE);
    }
    match state.set_function_upvalue(1, n)? {
        Some(name) => state.ret(&name),
        None => Ok(Return::NONE),
    }
}

/// The index and the identity of an upvalue named by two arguments.
fn upvalue_argument(state: &mut State, function: i32, index: i32) -> Result<(i64, Option<usize>)> {
    let n = i64::from(check_int(state, index)?);
    state.check_type(function, Type::Function)?;
    Ok((n, state.upvalue_id(function, n)))
}

/// `debug.upvalueid (f, n)` (manual §6.10).
fn upvalueid(state: &mut State) -> Result<Return> {
    match upvalue_argument(state, 1, 2)? {
        (_, Some(id)) => state.push_light_userdata(id)?,
        (_, None) if state.dialect().upvalueid_checks => {
            return Err(state.arg_error(2, "invalid upvalue index"));
        }
        (_, None) => state.push(())?,
    }
    Ok(Return::values(1))
}

/// `debug.upvaluejoin (f1, n1, f2, n2)` (manual §6.10).
fn upvaluejoin(state: &mut State) -> Result<Return> {
    let mut indices = [0; 2];
    for (index, function) in indices.iter_mut().zip([1, 3]) {
        let (n, id) = upvalue_argument(state, function, function + 1)?;
        if id.is_none() {
            return Err(state.arg_error(function + 1, "invalid upvalue index"));
        }
        *index = n;
    }
    for function in [1, 3] {
        if !state.is_lua_function(function) {
            return Err(state.arg_error(function, "Lua function expected"));
        }
    }
    state.upvalue_join(1, indices[0], 3, indices[1]);
    Ok(Return::NONE)
}

/// How many levels below zero a traceback shows at most.
const MOST_LOST: u32 = 20_000;

/// `debug.traceback ([thread,] [message [, level]])` (manual §6.10).
fn traceback(state: &mut State) -> Result<Return> {
    let (thread, skip) = thread_argument(state);
    let lenient = state.dialect().traceback_lenient;
    let message = state.to_bytes(skip + 1);
    let message = message.map(|text| if lenient { text } else { c_string(text) }.to_vec());
    let absent = if lenient { state.is_none(skip + 1) } else { state.is_none_or_nil(skip + 1) };
    if message.is_none() && !absent {
        state.push_value(skip + 1)?;
        return Ok(Return::values(1));
    }
    let default = i64::from(thread.is_none());
    let level = if lenient && state.to_number(skip + 2).is_none() {
        default as i32
    } else {
        state.opt_integer(skip + 2, default)? as i32
    };
    let from = match usize::try_from(level) {
        Ok(level) => level,
        Err(_) if state.lost_level().is_some() => 0,
        // There is no level below zero, nor one so high: the list is empty.
        Err(_) => i32::MAX as usize,
    };
    let mut text = state.traceback(thread, message.as_deref(), from)?;
    if level < 0 && from == 0 {
        // Behind the message and the title.
        let place = message.map_or(0, |message| message.len() + 1) + "stack traceback:".len();
        let lost = b"\n\t(tail call): ?".repeat(level.unsigned_abs().min(MOST_LOST) as usize);
        text.splice(place..place, lost);
    }
    state.ret(&text)
}

/// `debug.setcstacklimit (limit)` (manual §6.10): there is nothing to set.
fn setcstacklimit(state: &mut State) -> Result<Return> {
    check_int(state, 1)?;
    state.ret(C_STACK_LIMIT)
}
