//! `newproxy`: empty userdata, which can have a metatable that scripts may fill.

use perilune_vm::{Payload, Result, Return, State, Type};

/// Pushes `newproxy`. Its upvalue has the metatables it made as keys, and is
/// weak.
pub(super) fn push_newproxy(state: &mut State) -> Result<()> {
    state.new_table(0, 1)?;
    state.push_value(-1)?;
    state.set_metatable(-2)?;
    state.set_field_to(-1, "__mode", "kv")?;
    state.push_closure(newproxy, 1)
}

/// `newproxy ([boolean or proxy])`: with `true` the proxy has a new metatable,
/// with a proxy that one's.
fn newproxy(state: &mut State) -> Result<Return> {
    state.set_top(1);
    state.new_userdata(Payload::new_send(()), 0)?;
    if !state.to_boolean(1) {
        return Ok(Return::values(1));
    }
    if state.type_of(1) == Some(Type::Boolean) {
        state.new_table(0, 0)?;
        state.push_upvalue(1)?;
        state.push_value(-2)?;
        state.push(true)?;
        state.raw_set(-3)?;
        state.pop(1);
    } else {
        let mut valid = false;
        if state.push_metatable(1)? {
            state.push_upvalue(1)?;
            state.push_value(-2)?;
            state.raw_get(-2)?;
            valid = state.to_boolean(-1);
            state.pop(2);
        }
        if !valid {
            return Err(state.arg_error(1, "boolean or proxy expected"));
        }
    }
    state.set_metatable(2)?;
    Ok(Return::values(1))
}
