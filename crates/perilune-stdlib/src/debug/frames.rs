//! Looking into active functions: `getinfo`, `getlocal`, `setlocal`.

use perilune_vm::{DebugInfo, Dialect, FrameRef, Result, Return, State, Type};

use super::{check_int, ret_name, thread_argument};
use crate::host::c_string;

/// The parts of `getinfo`'s answer, one bit each in the order of `LETTERS`.
#[derive(Clone, Copy)]
struct Parts(u8);

const LETTERS: &[u8] = b"SlunrtLf";

impl Parts {
    /// `None` if there is another letter than those of the dialect.
    fn parse(options: &[u8], dialect: &Dialect) -> Option<Parts> {
        let known = dialect.getinfo_letters.as_bytes();
        options.iter().try_fold(Parts(0), |parts, letter| {
            if !known.contains(letter) {
                return None;
            }
            let at = LETTERS.iter().position(|known| known == letter)?;
            Some(Parts(parts.0 | 1 << at))
        })
    }

    fn contains(self, letter: u8) -> bool {
        LETTERS.iter().position(|&known| known == letter).is_some_and(|at| self.0 >> at & 1 != 0)
    }
}

/// The active function at a level; there is none below level 0, or a lost call.
fn frame_at(state: &mut State, thread: Option<i32>, level: i32) -> Option<FrameRef> {
    match usize::try_from(level) {
        Ok(level) => state.stack_level(thread, level),
        Err(_) => state.lost_level(),
    }
}

/// `debug.getinfo ([thread,] f [, what])` (manual §6.10).
pub(super) fn getinfo(state: &mut State) -> Result<Return> {
    let (thread, skip) = thread_argument(state);
    let (function, what) = (skip + 1, skip + 2);
    let dialect = state.dialect();
    let usual = dialect.getinfo_options.as_bytes();
    let of_level = state.type_of(function) != Some(Type::Function);
    let options = c_string(state.opt_bytes(what)?.unwrap_or(usual));
    let has_arrow = options.first() == Some(&b'>');
    let arrow_of_level = has_arrow && dialect.getinfo_arrow && of_level;
    let parts = Parts::parse(&options[usize::from(arrow_of_level)..], dialect);
    if has_arrow && !dialect.getinfo_argument_error && !dialect.getinfo_arrow {
        return Err(state.arg_error(what, "invalid option '>'"));
    }
    let wants_function = parts.is_some_and(|parts| parts.contains(b'f') || parts.contains(b'L'));
    let info = if !of_level {
        if wants_function {
            state.push_value(function)?;
        }
        state.function_info(function)
    } else {
        if dialect.getinfo_argument_error && state.to_number(function).is_none() {
            return Err(state.arg_error(function, "function or level expected"));
        }
        let level = check_int(state, function)?;
        let Some(frame) = frame_at(state, thread, level) else { return state.ret(()) };
        if arrow_of_level {
            // C takes its own arguments for the function: the options, if a
            // function is asked for.
            state.push_closure(getinfo, 0)?;
            let info = state.function_info(-1);
            state.pop(1);
            if parts.is_some_and(|parts| parts.contains(b'f')) {
                state.push_value(what)?;
            } else if wants_function {
                state.push(())?;
            }
            info
        } else {
            if wants_function {
                state.push_frame_function(thread, frame)?;
            }
            state.frame_info(thread, frame)
        }
    };
    let Some(parts) = parts else { return Err(state.arg_error(what, "invalid option")) };
    let Some(info) = info else { return state.ret(()) };
    state.new_table(0, 16)?;
    set_fields(state, parts, &info)?;
    let table = state.top() as i32;
    if parts.contains(b'L') {
        push_active_lines(state, table - 1)?;
        state.raw_set_field(table, "activelines")?;
    }
    if parts.contains(b'f') {
        state.push_value(table - 1)?;
        state.raw_set_field(table, "func")?;
    }
    Ok(Return::values(1))
}

/// Fills the table on top.
fn set_fields(state: &mut State, parts: Parts, info: &DebugInfo) -> Result<()> {
    let dialect = state.dialect();
    if parts.contains(b'S') {
        state.set_field_to(-1, "source", &info.source)?;
        state.set_field_to(-1, "short_src", &info.short_source)?;
        state.set_field_to(-1, "linedefined", info.line_defined)?;
        state.set_field_to(-1, "lastlinedefined", info.last_line_defined)?;
        state.set_field_to(-1, "what", info.what)?;
    }
    if parts.contains(b'l') {
        state.set_field_to(-1, "currentline", info.current_line)?;
    }
    if parts.contains(b'u') {
        state.set_field_to(-1, "nups", i64::from(info.upvalue_count))?;
        if dialect.getinfo_parameters {
            state.set_field_to(-1, "nparams", i64::from(info.parameter_count))?;
            state.set_field_to(-1, "isvararg", info.is_vararg)?;
        }
    }
    if parts.contains(b'n') {
        if let Some(name) = &info.name {
            state.set_field_to(-1, "name", name)?;
        }
        state.set_field_to(-1, "namewhat", info.name_what)?;
    }
    if parts.contains(b'r') {
        state.set_field_to(-1, "ftransfer", i64::from(info.first_transferred))?;
        state.set_field_to(-1, "ntransfer", i64::from(info.transferred_count))?;
    }
    if parts.contains(b't') {
        state.set_field_to(-1, "istailcall", info.is_tail_call)?;
        if dialect.getinfo_extra_arguments {
            state.set_field_to(-1, "extraargs", info.extra_arguments)?;
        }
    }
    Ok(())
}

/// Pushes the set of lines with code of a Lua function (empty if it was
/// stripped), or `nil` for a native one.
fn push_active_lines(state: &mut State, function: i32) -> Result<()> {
    if !state.is_lua_function(function) {
        return state.push(());
    }
    let lines = state.active_lines(function).unwrap_or_default();
    state.new_table(0, lines.len())?;
    for line in lines {
        state.push(true)?;
        state.raw_set_integer(-2, line)?;
    }
    Ok(())
}

/// `debug.getlocal ([thread,] f, local)` (manual §6.10).
pub(super) fn getlocal(state: &mut State) -> Result<Return> {
    let (thread, skip) = thread_argument(state);
    let of_function = state.dialect().getlocal_of_function;
    if !of_function {
        check_int(state, skip + 1)?;
    }
    let n = i64::from(check_int(state, skip + 2)?);
    if of_function && state.type_of(skip + 1) == Some(Type::Function) {
        let name = state.parameter_name(skip + 1, n);
        return ret_name(state, name.as_ref());
    }
    let frame = check_level(state, thread, skip + 1)?;
    match state.push_local(thread, frame, n)? {
        Some(name) => {
            state.push(&name)?;
            state.insert(-2);
            Ok(Return::values(2))
        }
        None => state.ret(()),
    }
}

/// The active function at the level given as an argument.
fn check_level(state: &mut State, thread: Option<i32>, arg: i32) -> Result<FrameRef> {
    let level = check_int(state, arg)?;
    match frame_at(state, thread, level) {
        Some(frame) => Ok(frame),
        None => Err(state.arg_error(arg, "level out of range")),
    }
}

/// `debug.setlocal ([thread,] level, local, value)` (manual §6.10).
pub(super) fn setlocal(state: &mut State) -> Result<Return> {
    let (thread, skip) = thread_argument(state);
    let level = check_int(state, skip + 1)?;
    let n = i64::from(check_int(state, skip + 2)?);
    let Some(frame) = frame_at(state, thread, level) else {
        return Err(state.arg_error(skip + 1, "level out of range"));
    };
    state.check_any(skip + 3)?;
    state.set_top(skip as usize + 3);
    let name = state.set_local(thread, frame, n)?;
    ret_name(state, name.as_ref())
}

#[cfg(test)]
mod tests {
    use super::Parts;
    use perilune_vm::{LUA_5_1, LUA_5_4};

    #[test]
    fn options() {
        let parts = Parts::parse(b"Sff", &LUA_5_4).unwrap();
        assert!(parts.contains(b'S') && parts.contains(b'f') && !parts.contains(b'L'));
        assert!(Parts::parse(b"", &LUA_5_4).is_some());
        assert!(Parts::parse(b"S>", &LUA_5_4).is_none() && Parts::parse(b"X", &LUA_5_4).is_none());
        assert!(Parts::parse(b"t", &LUA_5_4).is_some() && Parts::parse(b"t", &LUA_5_1).is_none());
    }
}
