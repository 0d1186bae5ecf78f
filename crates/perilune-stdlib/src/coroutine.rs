//! Coroutines (manual §6.2).

use perilune_vm::{CallStatus, LUA_5_3, LUA_5_4, Result, Return, State, ThreadState, Type, Value};

use crate::arguments::unexpected_type;
use crate::registration::{ALL, Entry, push_library, since};

const FUNCTIONS: &[Entry] = &[
    ("close", close, since(&LUA_5_4)),
    ("create", create, ALL),
    ("isyieldable", isyieldable, since(&LUA_5_3)),
    ("resume", resume, ALL),
    ("running", running, ALL),
    ("status", status, ALL),
    ("wrap", wrap, ALL),
    ("yield", yield_, ALL),
];

/// Pushes the library's table.
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// perilune::native::stdlib::coroutine::open(state)?;
/// state.raw_get_field(-1, "isyieldable")?;
/// state.call(0, Some(1))?;
/// assert!(!state.to_boolean(-1));
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
///
/// # Errors
/// If memory runs out.
pub fn open(state: &mut State) -> Result<()> {
    push_library(state, FUNCTIONS, 0)
}

/// Makes sure that the first argument is a coroutine.
#[inline]
fn check_thread(state: &mut State) -> Result<()> {
    if state.type_of(1) == Some(Type::Thread) {
        return Ok(());
    }
    Err(unexpected_type(state, 1, state.dialect().coroutine_expected))
}

const fn state_name(state: ThreadState) -> &'static str {
    match state {
        ThreadState::Running => "running",
        ThreadState::Normal => "normal",
        ThreadState::Suspended => "suspended",
        ThreadState::Dead => "dead",
    }
}

/// Pushes a new coroutine over the function in the first argument.
fn push_coroutine(state: &mut State) -> Result<()> {
    if !state.dialect().coroutines_of_lua_functions {
        state.check_type(1, Type::Function)?;
    } else if !state.is_lua_function(1) {
        return Err(state.arg_error(1, "Lua function expected"));
    }
    state.push_value(1)?;
    state.new_thread()
}

/// `coroutine.create (f)` (manual §6.2).
fn create(state: &mut State) -> Result<Return> {
    push_coroutine(state)?;
    Ok(Return::values(1))
}

/// `coroutine.resume (co [, val1, ···])` (manual §6.2).
fn resume(state: &mut State) -> Result<Return> {
    if state.type_of(1) != Some(Type::Thread) || may_refuse(state) {
        return resume_if_allowed(state);
    }
    state.resume_k(1, state.top() - 1, resumed, 0)
}

#[inline(never)]
fn resume_if_allowed(state: &mut State) -> Result<Return> {
    check_thread(state)?;
    if push_refusal(state, false)? {
        state.push(false)?;
        state.insert(-2);
        return Ok(Return::values(2));
    }
    state.resume_k(1, state.top() - 1, resumed, 0)
}

/// Whether the dialect has an own opinion on what cannot be resumed.
#[inline]
fn may_refuse(state: &State) -> bool {
    let dialect = state.dialect();
    dialect.empty_coroutines_seem_dead || dialect.resume_tells_state
}

/// Pushes why the coroutine at index 1 cannot be resumed, where dialects differ:
/// its state, or "dead" if its running function has no values; false if that is
/// not to be told. `is_empty` says whether the running function has none.
#[inline(never)]
fn push_refusal(state: &mut State, is_empty: bool) -> Result<bool> {
    let dialect = state.dialect();
    let now = state.thread_state(1);
    if dialect.empty_coroutines_seem_dead {
        let seems_dead = match now {
            ThreadState::Running => is_empty,
            // `coroutine.resume` has its coroutine.
            ThreadState::Normal => state.waits_in(1, wrapper_resumed),
            _ => false,
        };
        if seems_dead {
            state.push("cannot resume dead coroutine")?;
        }
        return Ok(seems_dead);
    }
    if !dialect.resume_tells_state {
        return Ok(false);
    }
    if now == ThreadState::Suspended {
        return Ok(false);
    }
    state.push_fmt(format_args!("cannot resume {} coroutine", state_name(now)))?;
    Ok(true)
}

/// The results lie right over the coroutine, whose slot takes the flag.
fn resumed(state: &mut State, status: CallStatus, _: i64) -> Result<Return> {
    let (success, count) = match status {
        CallStatus::Ok(count) | CallStatus::Yielded(count) => (true, count),
        CallStatus::Error => (false, 1),
    };
    state.push(success)?;
    state.replace(1);
    Ok(Return::values(count + 1))
}

/// `coroutine.wrap (f)` (manual §6.2).
fn wrap(state: &mut State) -> Result<Return> {
    push_coroutine(state)?;
    state.push_closure(wrapper, 1)?;
    Ok(Return::values(1))
}

/// A function made by `wrap`: resumes the coroutine in its upvalue.
fn wrapper(state: &mut State) -> Result<Return> {
    if may_refuse(state) {
        return wrapper_if_allowed(state);
    }
    state.resume_upvalue_k(1, state.top(), wrapper_resumed, 0)
}

#[inline(never)]
fn wrapper_if_allowed(state: &mut State) -> Result<Return> {
    let count = state.top();
    state.push_upvalue(1)?;
    state.insert(1);
    if push_refusal(state, count == 0)? {
        return wrapper_failed(state);
    }
    state.remove(1);
    state.resume_upvalue_k(1, count, wrapper_resumed, 0)
}

fn wrapper_resumed(state: &mut State, status: CallStatus, _: i64) -> Result<Return> {
    match status {
        CallStatus::Ok(count) | CallStatus::Yielded(count) => Ok(Return::values(count)),
        CallStatus::Error => {
            state.push_upvalue(1)?;
            state.insert(1);
            wrapper_failed(state)
        }
    }
}

/// An error may close the coroutine, which is in the first slot; that may replace
/// the error's value. A message gets the caller's position.
#[cold]
fn wrapper_failed(state: &mut State) -> Result<Return> {
    let dialect = state.dialect();
    if dialect.wrap_closes && state.thread_state(1) == ThreadState::Dead {
        // A coroutine that has ended well has nothing to close: then the error
        // is that it was resumed.
        state.close_thread(1)?;
    }
    let positioned = match state.value(-1) {
        Value::String(message) => !dialect.wrap_closes || message != b"not enough memory",
        Value::Integer(_) | Value::Float(_) => dialect.positions_before_numbers,
        _ => false,
    };
    if positioned {
        state.push_where(1)?;
        state.insert(-2);
        state.concat(2)?;
    }
    Err(state.raise())
}

/// `coroutine.yield (···)` (manual §6.2).
fn yield_(state: &mut State) -> Result<Return> {
    state.yield_values(state.top())
}

/// `coroutine.status (co)` (manual §6.2).
fn status(state: &mut State) -> Result<Return> {
    check_thread(state)?;
    state.ret(state_name(state.thread_state(1)))
}

/// `coroutine.isyieldable ([co])` (manual §6.2).
fn isyieldable(state: &mut State) -> Result<Return> {
    let thread = if state.is_none(1) || !state.dialect().isyieldable_of_coroutine {
        None
    } else {
        check_thread(state)?;
        Some(1)
    };
    let yieldable = state.is_yieldable(thread);
    state.ret(yieldable)
}

/// `coroutine.running ()` (manual §6.2).
fn running(state: &mut State) -> Result<Return> {
    let is_main = state.is_main_thread();
    if state.dialect().running_tells_main {
        state.push_running_thread()?;
        state.push(is_main)?;
        return Ok(Return::values(2));
    }
    if is_main {
        state.push(())?;
    } else {
        state.push_running_thread()?;
    }
    Ok(Return::values(1))
}

/// `coroutine.close (co)` (manual §6.2); `co` may be the running one in some
/// dialects, and is by default.
fn close(state: &mut State) -> Result<Return> {
    let running_too = state.dialect().close_running_coroutine;
    if running_too && state.is_none(1) {
        return Err(state.close_running());
    }
    check_thread(state)?;
    match state.thread_state(1) {
        ThreadState::Running if running_too => Err(state.close_running()),
        ThreadState::Dead | ThreadState::Suspended => {
            if state.close_thread(1)? {
                return state.ret(true);
            }
            state.push(false)?;
            state.insert(-2);
            Ok(Return::values(2))
        }
        other => Err(state.error(format_args!("cannot close a {} coroutine", state_name(other)))),
    }
}
