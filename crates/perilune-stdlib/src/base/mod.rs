//! The basic functions (manual §6.1).

mod collector;
mod load;

use perilune_vm::{CallStatus, NativeFn, Result, Return, State, Type, Value, number};

use crate::io::Streams;

/// What `_VERSION` says.
const VERSION: &str = "Lua 5.4";

/// Fills the table of globals.
pub fn open(state: &mut State) -> Result<()> {
    let functions: &[(&str, NativeFn)] = &[
        ("assert", assert),
        ("collectgarbage", collector::collectgarbage),
        ("dofile", load::dofile),
        ("error", error),
        ("getmetatable", getmetatable),
        ("ipairs", ipairs),
        ("load", load::load),
        ("loadfile", load::loadfile),
        ("next", next),
        ("pairs", pairs),
        ("pcall", pcall),
        ("print", print),
        ("rawequal", rawequal),
        ("rawget", rawget),
        ("rawlen", rawlen),
        ("rawset", rawset),
        ("select", select),
        ("setmetatable", setmetatable),
        ("tonumber", tonumber),
        ("tostring", tostring),
        ("type", type_),
        ("warn", warn),
        ("xpcall", xpcall),
    ];
    state.push_globals()?;
    state.set_functions(functions)?;
    state.push_value(-1)?;
    state.raw_set_field(-2, "_G")?;
    state.set_field_to(-1, "_VERSION", VERSION)?;
    state.pop(1);
    state.mark_next(next);
    state.mark_ipairs_iterator(ipairs_next);
    Ok(())
}

/// `assert (v [, message])` (manual §6.1).
fn assert(state: &mut State) -> Result<Return> {
    if state.to_boolean(1) {
        return Ok(Return::values(state.top()));
    }
    state.check_any(1)?;
    state.remove(1);
    state.push("assertion failed!")?;
    // The default message stays only if no other one was given.
    state.set_top(1);
    error(state)
}

/// `error (message [, level])` (manual §6.1).
fn error(state: &mut State) -> Result<Return> {
    let level = state.opt_integer(2, 1)? as i32;
    state.set_top(1);
    if level > 0 && state.type_of(1) == Some(Type::String) {
        state.push_where(level as usize)?;
        state.push_value(1)?;
        state.concat(2)?;
    }
    Err(state.raise())
}

/// `getmetatable (object)` (manual §6.1).
fn getmetatable(state: &mut State) -> Result<Return> {
    state.check_any(1)?;
    if !state.push_metatable(1)? {
        return state.ret(());
    }
    // The field, if there is one, lies over the metatable.
    state.push_metafield(1, "__metatable")?;
    Ok(Return::values(1))
}

/// `setmetatable (table, metatable)` (manual §6.1).
fn setmetatable(state: &mut State) -> Result<Return> {
    state.check_table(1)?;
    if !matches!(state.type_of(2), Some(Type::Nil | Type::Table)) {
        return Err(state.type_error(2, "nil or table"));
    }
    if state.has_metatable(1) && state.push_metafield(1, "__metatable")? {
        return Err(state.error(format_args!("cannot change a protected metatable")));
    }
    state.set_top(2);
    state.set_metatable(1)?;
    Ok(Return::values(1))
}

/// The iterator of `ipairs`: the next index and its value.
fn ipairs_next(state: &mut State) -> Result<Return> {
    let index = state.check_integer(2)?.wrapping_add(1);
    state.push(index)?;
    state.get_integer(1, index)?;
    Ok(Return::values(if state.is_nil(-1) { 1 } else { 2 }))
}

/// `ipairs (t)` (manual §6.1); `t` may be of any type.
fn ipairs(state: &mut State) -> Result<Return> {
    state.check_any(1)?;
    state.push(ipairs_next as NativeFn)?;
    state.push_value(1)?;
    state.push(0i64)?;
    Ok(Return::values(3))
}

/// `next (table [, index])` (manual §6.1).
fn next(state: &mut State) -> Result<Return> {
    state.check_table(1)?;
    state.set_top(2);
    if state.next(1)? { Ok(Return::values(2)) } else { state.ret(()) }
}

/// `pairs (t)` (manual §6.1); a `__pairs` metamethod may yield.
fn pairs(state: &mut State) -> Result<Return> {
    state.check_any(1)?;
    if state.push_metafield(1, "__pairs")? {
        state.push_value(1)?;
        return state.call_k(1, Some(3), pairs_called, 0);
    }
    state.push(next as NativeFn)?;
    state.push_value(1)?;
    state.push(())?;
    Ok(Return::values(3))
}

fn pairs_called(_: &mut State, _: CallStatus, _: i64) -> Result<Return> {
    Ok(Return::values(3))
}

/// `pcall (f [, arg1, ···])` (manual §6.1).
fn pcall(state: &mut State) -> Result<Return> {
    state.check_any(1)?;
    state.pcall()
}

/// `xpcall (f, msgh [, arg1, ···])` (manual §6.1).
fn xpcall(state: &mut State) -> Result<Return> {
    state.check_type(2, Type::Function)?;
    state.xpcall()
}

/// `print (···)` (manual §6.1). Each argument is written before the next one's
/// `__tostring` is called; the line goes out at once.
fn print(state: &mut State) -> Result<Return> {
    let streams = Streams::of(state);
    let count = state.top();
    let mut text = state.take_buffer();
    for arg in 1..=count {
        if arg > 1 {
            text.push(b'\t')?;
        }
        state.append_tostring(arg as i32, &mut text)?;
        if arg < count {
            streams.write_output(text.as_slice());
            text.clear();
        }
    }
    text.push(b'\n')?;
    streams.write_output(text.as_slice());
    streams.flush_output();
    state.give_buffer(text);
    Ok(Return::NONE)
}

/// `rawequal (v1, v2)` (manual §6.1).
fn rawequal(state: &mut State) -> Result<Return> {
    state.check_any(1)?;
    state.check_any(2)?;
    let equal = state.raw_equal(1, 2);
    state.ret(equal)
}

/// `rawget (table, index)` (manual §6.1).
fn rawget(state: &mut State) -> Result<Return> {
    state.check_table(1)?;
    state.check_any(2)?;
    state.set_top(2);
    state.raw_get(1)?;
    Ok(Return::values(1))
}

/// `rawlen (v)` (manual §6.1).
fn rawlen(state: &mut State) -> Result<Return> {
    if !matches!(state.type_of(1), Some(Type::Table | Type::String)) {
        return Err(state.type_error(1, "table or string"));
    }
    let length = state.raw_len(1);
    state.ret(length as i64)
}

/// `rawset (table, index, value)` (manual §6.1).
fn rawset(state: &mut State) -> Result<Return> {
    state.check_table(1)?;
    state.check_any(2)?;
    state.check_any(3)?;
    state.set_top(3);
    state.raw_set(1)?;
    Ok(Return::values(1))
}

/// `select (n, ···)` (manual §6.1).
fn select(state: &mut State) -> Result<Return> {
    let count = state.top() as i64;
    if state.bytes(1).is_some_and(|option| option.first() == Some(&b'#')) {
        return state.ret(count - 1);
    }
    let n = state.check_integer(1)?;
    let first = if n < 0 { n.saturating_add(count) } else { n.min(count) };
    if first < 1 {
        return Err(state.arg_error(1, "index out of range"));
    }
    Ok(Return::values((count - first) as usize))
}

/// What C's `isspace` holds for space.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// The integer that a numeral in base 2 to 36 stands for, modulo 2^64.
fn integer_in_base(text: &[u8], base: u32) -> Option<i64> {
    let start = text.iter().position(|&byte| !is_space(byte))?;
    let end = text.iter().rposition(|&byte| !is_space(byte))? + 1;
    let (negative, digits) = match &text[start..end] {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    if digits.is_empty() {
        return None;
    }
    let mut n = 0i64;
    for &digit in digits {
        let digit = char::from(digit).to_digit(base)?;
        n = n.wrapping_mul(i64::from(base)).wrapping_add(i64::from(digit));
    }
    Some(if negative { n.wrapping_neg() } else { n })
}

/// `tonumber (e [, base])` (manual §6.1).
fn tonumber(state: &mut State) -> Result<Return> {
    if state.is_none_or_nil(2) {
        let parsed = match state.value(1) {
            Value::Integer(_) | Value::Float(_) => {
                state.set_top(1);
                return Ok(Return::values(1));
            }
            Value::String(text) => number::parse(text),
            _ => None,
        };
        if let Some(n) = parsed {
            return state.ret(n);
        }
        state.check_any(1)?;
        return state.ret(());
    }
    let base = state.check_integer(2)?;
    state.check_type(1, Type::String)?;
    if !(2..=36).contains(&base) {
        return Err(state.arg_error(2, "base out of range"));
    }
    match integer_in_base(state.bytes(1).unwrap_or_default(), base as u32) {
        Some(n) => state.ret(n),
        None => state.ret(()),
    }
}

/// `tostring (v)` (manual §6.1).
fn tostring(state: &mut State) -> Result<Return> {
    state.check_any(1)?;
    state.push_tostring(1)?;
    Ok(Return::values(1))
}

/// `type (v)` (manual §6.1).
fn type_(state: &mut State) -> Result<Return> {
    if state.is_none(1) {
        return Err(state.arg_error(1, "value expected"));
    }
    state.push_type_name(1)?;
    Ok(Return::values(1))
}

/// `warn (msg1, ···)` (manual §6.1). All arguments are checked before the
/// first piece goes out.
fn warn(state: &mut State) -> Result<Return> {
    let count = state.top().max(1) as i32;
    for arg in 1..=count {
        state.check_bytes(arg)?;
    }
    for arg in 1..=count {
        let piece = state.bytes(arg).unwrap_or_default().to_vec();
        state.warning(&piece, arg < count);
    }
    Ok(Return::NONE)
}

#[cfg(test)]
mod tests {
    use super::integer_in_base;

    #[test]
    fn numerals_in_a_base() {
        let read = |text: &str, base| integer_in_base(text.as_bytes(), base);
        assert_eq!(read(" \t-zZ\r\n\x0b\x0c", 36), Some(-1295));
        assert_eq!(read("+10", 2), Some(2));
        assert_eq!(read("7fffffffffffffffff", 16), Some(-1));
        assert_eq!(read("ffffffffffffffff", 16), Some(-1));
        assert_eq!(read("1111", 3), Some(40));
        for bad in ["", "  ", "-", "- 1", "--1", "1 2", "12", "1\0", "\u{e9}", "1.", "0x1"] {
            assert_eq!(read(bad, 2), None, "{bad:?}");
        }
    }
}
