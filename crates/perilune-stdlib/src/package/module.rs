//! `module` and `package.seeall`: modules as the older dialects write them.

use perilune_vm::{Result, Return, State};

use super::{LOADED, check_c_string};

/// Pushes the table that a dotted name means, from the table on top on, which it
/// replaces; tables that are missing are made. False if something in the way is
/// no table.
fn find_table(state: &mut State, name: &[u8]) -> Result<bool> {
    for part in name.split(|&byte| byte == b'.') {
        state.push(part)?;
        state.raw_get(-2)?;
        if state.is_nil(-1) {
            state.pop(1);
            state.new_table(0, 1)?;
            state.push(part)?;
            state.push_value(-2)?;
            state.set(-4)?;
        } else if !state.is_table(-1) {
            return Ok(false);
        }
        state.replace(-2);
    }
    Ok(true)
}

/// Pushes the table of a module: the one in `package.loaded`, or the global
/// variable of that name.
fn push_module(state: &mut State, name: &[u8]) -> Result<()> {
    state.push_registry_table(LOADED)?;
    let loaded = state.top() as i32;
    state.push(name)?;
    state.get(loaded)?;
    if !state.is_table(-1) {
        state.pop(1);
        state.push_globals()?;
        if !find_table(state, name)? {
            let text = [b"name conflict for module '", name, b"'"].concat();
            return Err(state.error_bytes(&text));
        }
        state.push(name)?;
        state.push_value(-2)?;
        state.set(loaded)?;
    }
    state.remove(loaded);
    Ok(())
}

/// Gives the table on top the fields that describe a module.
fn describe(state: &mut State, name: &[u8]) -> Result<()> {
    state.push_value(-1)?;
    state.set_field(-2, "_M")?;
    state.push(name)?;
    state.set_field(-2, "_NAME")?;
    let package = name.iter().rposition(|&byte| byte == b'.').map_or(0, |dot| dot + 1);
    state.push(&name[..package])?;
    state.set_field(-2, "_PACKAGE")
}

/// Makes the table on top the environment of the calling function.
fn enter(state: &mut State) -> Result<()> {
    let caller = state.stack_level(None, 1);
    if let Some(frame) = caller {
        state.push_frame_function(None, frame)?;
    }
    if caller.is_none() || !state.is_lua_function(-1) {
        return Err(state.error(format_args!("'module' not called from a Lua function")));
    }
    let function = state.top() as i32;
    state.push_value(-2)?;
    if state.dialect().function_environments {
        state.set_environment(function)?;
    } else {
        state.set_function_upvalue(function, 1)?;
    }
    state.set_top(function as usize - 1);
    Ok(())
}

/// `module (name [, ···])`: makes a module of that name, which the functions
/// among the arguments get, the environment of the calling function.
pub(super) fn module(state: &mut State) -> Result<Return> {
    let of_functions = state.dialect().function_environments;
    let name = check_c_string(state, 1)?;
    let last = state.top() as i32;
    push_module(state, &name)?;
    state.get_field(-1, "_NAME")?;
    let described = !state.is_nil(-1);
    state.pop(1);
    if !described {
        describe(state, &name)?;
    }
    enter(state)?;
    for option in 2..=last {
        if of_functions || state.is_function(option) {
            state.push_value(option)?;
            state.push_value(last + 1)?;
            state.call(1, Some(0))?;
        }
    }
    Ok(Return::values(usize::from(!of_functions)))
}

/// `package.seeall (module)`: lets a module see the globals.
pub(super) fn seeall(state: &mut State) -> Result<Return> {
    state.check_table(1)?;
    if !state.push_metatable(1)? {
        state.new_table(0, 1)?;
        state.push_value(-1)?;
        state.set_metatable(1)?;
    }
    state.push_globals()?;
    state.set_field(-2, "__index")?;
    Ok(Return::NONE)
}
