//! Hooks: one native hook for all threads, which calls the Lua function that
//! a table in the registry holds for the thread.

use perilune_vm::{HookEvent, HookFn, HookMask, Result, Return, State, Type};

use super::thread_argument;
use crate::host::c_string;

/// Where the registry has the table of hook functions by thread. It is its own
/// metatable: its keys are weak.
const HOOK_TABLE: &str = "_HOOKKEY";

/// Pushes the thread that is meant.
fn push_thread(state: &mut State, thread: Option<i32>) -> Result<()> {
    match thread {
        Some(index) => state.push_value(index),
        None => state.push_running_thread(),
    }
}

/// The native hook: calls the running thread's hook function.
fn call_hook(state: &mut State, event: HookEvent) -> Result<()> {
    let (name, line) = match event {
        HookEvent::Call => ("call", None),
        HookEvent::Return => ("return", None),
        HookEvent::Line(line) => ("line", Some(line)),
        HookEvent::Count => ("count", None),
        HookEvent::TailCall => ("tail call", None),
        HookEvent::TailReturn => ("tail return", None),
    };
    state.push_registry()?;
    state.raw_get_field(-1, HOOK_TABLE)?;
    if !state.is_table(-1) {
        return Ok(());
    }
    state.push_running_thread()?;
    state.raw_get(-2)?;
    if !state.is_function(-1) {
        return Ok(());
    }
    state.push(name)?;
    match line {
        Some(line) if line >= 0 => state.push(line)?,
        _ => state.push(())?,
    }
    state.call(2, Some(0))
}

/// `debug.sethook ([thread,] hook, mask [, count])` (manual §6.10).
pub(super) fn sethook(state: &mut State) -> Result<Return> {
    let (thread, skip) = thread_argument(state);
    let function = skip + 1;
    let mut mask = HookMask::default();
    if state.is_none_or_nil(function) {
        state.set_top(function as usize);
    } else {
        let letters = c_string(state.check_bytes(skip + 2)?);
        mask.call = letters.contains(&b'c');
        mask.ret = letters.contains(&b'r');
        mask.line = letters.contains(&b'l');
        state.check_type(function, Type::Function)?;
        let count = state.opt_integer(skip + 3, 0)? as i32;
        mask.count = u32::try_from(count).unwrap_or(0);
    }
    if !state.push_registry_table(HOOK_TABLE)? {
        state.set_field_to(-1, "__mode", "k")?;
        state.push_value(-1)?;
        state.set_metatable(-2)?;
    }
    push_thread(state, thread)?;
    state.push_value(function)?;
    state.raw_set(-3)?;
    let hook: Option<HookFn> = if mask.is_empty() { None } else { Some(call_hook) };
    state.set_hook(thread, hook, mask);
    Ok(Return::NONE)
}

/// `debug.gethook ([thread])` (manual §6.10).
pub(super) fn gethook(state: &mut State) -> Result<Return> {
    let (thread, _) = thread_argument(state);
    let Some((hook, mask)) = state.hook(thread) else {
        state.push(())?;
        if state.dialect().gethook_single_nil {
            return Ok(Return::values(1));
        }
        state.push("")?;
        state.push(0i64)?;
        return Ok(Return::values(3));
    };
    if std::ptr::fn_addr_eq(hook, call_hook as HookFn) {
        state.push_registry_table(HOOK_TABLE)?;
        push_thread(state, thread)?;
        state.raw_get(-2)?;
    } else {
        state.push("external hook")?;
    }
    let letters: Vec<u8> = [(mask.call, b'c'), (mask.ret, b'r'), (mask.line, b'l')]
        .into_iter()
        .filter_map(|(set, letter)| set.then_some(letter))
        .collect();
    state.push(&letters)?;
    state.push(i64::from(mask.count))?;
    Ok(Return::values(3))
}
