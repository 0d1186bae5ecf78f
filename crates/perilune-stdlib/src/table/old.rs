//! Functions that only older dialects have.

use perilune_vm::{Result, Return, State, Type, Value};

/// `table.foreach (table, f)`: calls `f` with each key and value until it gives
/// something.
pub(super) fn foreach(state: &mut State) -> Result<Return> {
    state.check_table(1)?;
    state.check_type(2, Type::Function)?;
    state.set_top(2);
    state.push(())?;
    while state.next(1)? {
        state.push_value(2)?;
        state.push_value(3)?;
        state.push_value(4)?;
        state.call(2, Some(1))?;
        if !state.is_nil(-1) {
            return Ok(Return::values(1));
        }
        state.pop(2);
    }
    Ok(Return::NONE)
}

/// `table.foreachi (table, f)`: the same for the elements of a list.
pub(super) fn foreachi(state: &mut State) -> Result<Return> {
    state.check_table(1)?;
    let length = state.raw_len(1) as i64;
    state.check_type(2, Type::Function)?;
    for index in 1..=length {
        state.push_value(2)?;
        state.push(index)?;
        state.raw_get_integer(1, index)?;
        state.call(2, Some(1))?;
        if !state.is_nil(-1) {
            return Ok(Return::values(1));
        }
        state.pop(1);
    }
    Ok(Return::NONE)
}

/// `table.getn (table)`: the length.
pub(super) fn getn(state: &mut State) -> Result<Return> {
    state.check_table(1)?;
    let length = state.raw_len(1);
    state.ret(length as i64)
}

/// `table.setn (table, n)`: lengths cannot be set.
pub(super) fn setn(state: &mut State) -> Result<Return> {
    state.check_table(1)?;
    Err(state.error(format_args!("'setn' is obsolete")))
}

/// `table.maxn (table)`: the greatest number among the keys, or 0.
pub(super) fn maxn(state: &mut State) -> Result<Return> {
    state.check_table(1)?;
    state.set_top(1);
    let mut greatest = 0.0;
    state.push(())?;
    while state.next(1)? {
        state.pop(1);
        let key = match state.value(-1) {
            Value::Integer(n) => n as f64,
            Value::Float(x) => x,
            _ => continue,
        };
        if key > greatest {
            greatest = key;
        }
    }
    state.ret(greatest)
}
