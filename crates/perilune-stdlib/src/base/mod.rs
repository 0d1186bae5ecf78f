//! The basic functions (manual §6.1).

mod collector;
mod collector_parameters;
mod environment;
mod load;
mod numeral;
mod proxy;

use perilune_vm::{CallStatus, LUA_5_1, LUA_5_2, LUA_5_4, NativeFn, Result, Return, State};
use perilune_vm::{Type, Value};

use crate::arguments::{check_int, opt_int, unexpected_type};
use crate::host::c_string;
use crate::io::Streams;
use crate::registration::{ALL, Entry, between, set_entries, since, until};
use crate::table::unpack;

const FUNCTIONS: &[Entry] = &[
    ("assert", assert, ALL),
    ("collectgarbage", collector::collectgarbage, ALL),
    ("dofile", load::dofile, ALL),
    ("error", error, ALL),
    ("gcinfo", collector::gcinfo, until(&LUA_5_1)),
    ("getfenv", environment::getfenv, until(&LUA_5_1)),
    ("getmetatable", getmetatable, ALL),
    ("ipairs", ipairs, ALL),
    ("load", load::load_from_reader, until(&LUA_5_1)),
    ("load", load::load, since(&LUA_5_2)),
    ("loadfile", load::loadfile, ALL),
    ("loadstring", load::loadstring, until(&LUA_5_1)),
    ("loadstring", load::load, between(&LUA_5_2, &LUA_5_2)),
    ("next", next, ALL),
    ("pairs", pairs, ALL),
    ("pcall", pcall, ALL),
    ("print", print, ALL),
    ("rawequal", rawequal, ALL),
    ("rawget", rawget, ALL),
    ("rawlen", rawlen, since(&LUA_5_2)),
    ("rawset", rawset, ALL),
    ("select", select, ALL),
    ("setfenv", environment::setfenv, until(&LUA_5_1)),
    ("setmetatable", setmetatable, ALL),
    ("tonumber", tonumber, ALL),
    ("tostring", tostring, ALL),
    ("type", type_, ALL),
    ("unpack", unpack, until(&LUA_5_2)),
    ("warn", warn, since(&LUA_5_4)),
    ("xpcall", xpcall, ALL),
];

/// Fills the table of globals.
///
/// ```
/// use perilune::native::{State, stdlib};
///
/// let mut state = State::new().unwrap();
/// state.enter(|state| {
///     stdlib::base::open(state)?;
///     state.get_global("pairs")?;
///     assert!(state.is_function(-1));
///     Ok(())
/// }).unwrap();
/// ```
///
/// # Errors
/// If memory runs out.
pub fn open(state: &mut State) -> Result<()> {
    let dialect = state.dialect();
    state.push_globals()?;
    set_entries(state, FUNCTIONS)?;
    if dialect.function_environments {
        proxy::push_newproxy(state)?;
        state.raw_set_field(-2, "newproxy")?;
    }
    state.push_value(-1)?;
    state.raw_set_field(-2, "_G")?;
    state.set_field_to(-1, "_VERSION", dialect.name)?;
    state.pop(1);
    state.mark_next(next);
    let iterator = if dialect.libraries_use_metamethods { ipairs_next } else { ipairs_next_raw };
    state.mark_ipairs_iterator(iterator);
    Ok(())
}

/// `assert (v [, message])` (manual §6.1).
fn assert(state: &mut State) -> Result<Return> {
    if state.to_boolean(1) {
        return Ok(Return::values(state.top()));
    }
    let any_type = state.dialect().assert_message_of_any_type;
    if !any_type {
        return assert_text(state);
    }
    state.check_any(1)?;
    state.remove(1);
    state.push("assertion failed!")?;
    // The default message stays only if no other one was given.
    state.set_top(1);
    error(state)
}

/// A failed `assert` whose message must be a text.
fn assert_text(state: &mut State) -> Result<Return> {
    if state.dialect().assert_checks_argument {
        state.check_any(1)?;
    }
    let message = state.opt_bytes(2)?.unwrap_or(b"assertion failed!");
    let message = c_string(message).to_vec();
    Err(state.error_bytes(&message))
}

/// `error (message [, level])` (manual §6.1).
fn error(state: &mut State) -> Result<Return> {
    let level = state.opt_integer(2, 1)? as i32;
    let numbers_too = state.dialect().positions_before_numbers;
    state.set_top(1);
    let is_text = state.type_of(1) == Some(Type::String)
        || (numbers_too && state.type_of(1) == Some(Type::Number));
    if level > 0 && is_text {
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
        return Err(unexpected_type(state, 2, "nil or table"));
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

/// The iterator of `ipairs` that knows no metamethods.
fn ipairs_next_raw(state: &mut State) -> Result<Return> {
    let index = check_int(state, 2)?.wrapping_add(1);
    state.check_table(1)?;
    state.push(index)?;
    state.raw_get_integer(1, index)?;
    if !state.is_nil(-1) {
        return Ok(Return::values(2));
    }
    Ok(Return::values(usize::from(state.dialect().ipairs_ends_with_nil)))
}

/// `ipairs (t)` (manual §6.1); `t` may be of any type if metamethods count.
fn ipairs(state: &mut State) -> Result<Return> {
    let dialect = state.dialect();
    let with_metamethods = dialect.libraries_use_metamethods;
    if with_metamethods {
        state.check_any(1)?;
    }
    if dialect.ipairs_metamethod && state.push_metafield(1, "__ipairs")? {
        state.push_value(1)?;
        state.call(1, Some(3))?;
        return Ok(Return::values(3));
    }
    if !with_metamethods {
        state.check_table(1)?;
    }
    let iterator: NativeFn = if with_metamethods { ipairs_next } else { ipairs_next_raw };
    state.push(iterator)?;
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

/// `pairs (t)` (manual §6.1).
fn pairs(state: &mut State) -> Result<Return> {
    let dialect = state.dialect();
    let any_type = dialect.libraries_use_metamethods;
    if any_type {
        state.check_any(1)?;
    }
    let count = 3 + usize::from(dialect.pairs_closing_value);
    if dialect.pairs_metamethod && state.push_metafield(1, "__pairs")? {
        state.push_value(1)?;
        if dialect.pairs_metamethod_yields {
            return state.call_k(1, Some(count), pairs_called, count as i64);
        }
        state.call(1, Some(count))?;
        return Ok(Return::values(count));
    }
    if !any_type {
        state.check_table(1)?;
    }
    state.push(next as NativeFn)?;
    state.push_value(1)?;
    state.push(())?;
    if count > 3 {
        state.push(())?;
    }
    Ok(Return::values(count))
}

fn pairs_called(_: &mut State, _: CallStatus, count: i64) -> Result<Return> {
    Ok(Return::values(count as usize))
}

/// `pcall (f [, arg1, ···])` (manual §6.1).
fn pcall(state: &mut State) -> Result<Return> {
    state.check_any(1)?;
    state.pcall()
}

/// `xpcall (f, msgh [, arg1, ···])` (manual §6.1).
fn xpcall(state: &mut State) -> Result<Return> {
    let dialect = state.dialect();
    if dialect.xpcall_handler_checked {
        state.check_type(2, Type::Function)?;
    } else {
        state.check_any(2)?;
    }
    if !dialect.xpcall_arguments {
        state.set_top(2);
    }
    state.xpcall()
}

/// `print (···)` (manual §6.1). Each argument is written before the next one's
/// `__tostring` is called; the line goes out at once.
fn print(state: &mut State) -> Result<Return> {
    if state.dialect().print_calls_tostring {
        return print_by_tostring(state);
    }
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

/// `print` that calls what the global variable `tostring` holds.
fn print_by_tostring(state: &mut State) -> Result<Return> {
    let streams = Streams::of(state);
    let cut = state.dialect().zero_ends_text;
    let count = state.top() as i32;
    state.get_global("tostring")?;
    let usual = state.to_native(-1).is_some_and(|f| std::ptr::fn_addr_eq(f, tostring as NativeFn));
    let mut text = state.take_buffer();
    for arg in 1..=count {
        text.clear();
        if arg > 1 {
            text.push(b'\t')?;
        }
        let is_plain = matches!(state.type_of(arg), Some(Type::String | Type::Number));
        if usual && is_plain && !has_tostring(state, arg)? {
            state.append_to(arg, &mut text)?;
        } else {
            state.push_value(count + 1)?;
            state.push_value(arg)?;
            state.call(1, Some(1))?;
            if !state.append_to(-1, &mut text)? {
                return Err(state.error(format_args!("'tostring' must return a string to 'print'")));
            }
            state.pop(1);
        }
        streams.write_output(if cut { c_string(text.as_slice()) } else { text.as_slice() });
    }
    streams.write_output(b"\n");
    streams.flush_output();
    state.give_buffer(text);
    Ok(Return::NONE)
}

/// Whether the value has a metamethod for `tostring`.
fn has_tostring(state: &mut State, index: i32) -> Result<bool> {
    let has = state.push_metafield(index, "__tostring")?;
    state.pop(usize::from(has));
    Ok(has)
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
        return Err(unexpected_type(state, 1, "table or string"));
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
    let n = check_int(state, 1)?;
    let first = if n < 0 { n.saturating_add(count) } else { n.min(count) };
    if first < 1 {
        return Err(state.arg_error(1, "index out of range"));
    }
    Ok(Return::values((count - first) as usize))
}

/// `tonumber (e [, base])` (manual §6.1).
fn tonumber(state: &mut State) -> Result<Return> {
    let dialect = state.dialect();
    let base_ten = dialect.tonumber_base_of_c && opt_int(state, 2, 10)? == 10;
    if state.is_none_or_nil(2) || base_ten {
        let parsed = match state.value(1) {
            Value::Integer(_) | Value::Float(_) => {
                state.set_top(1);
                return Ok(Return::values(1));
            }
            Value::String(_) => state.to_number(1),
            _ => None,
        };
        if let Some(n) = parsed {
            return state.ret(n);
        }
        state.check_any(1)?;
        return state.ret(());
    }
    if !dialect.tonumber_base_of_strings {
        state.check_bytes(1)?;
    }
    let base = check_int(state, 2)?;
    if dialect.tonumber_base_of_strings {
        state.check_type(1, Type::String)?;
    }
    if !(2..=36).contains(&base) {
        return Err(state.arg_error(2, "base out of range"));
    }
    let (text, base) = (state.bytes(1).unwrap_or_default(), base as u32);
    if dialect.tonumber_base_of_c {
        let n = numeral::unsigned_of_c(c_string(text), base);
        return state.ret(n);
    }
    if dialect.float_only_numbers {
        let n = numeral::float_in_base(text, base);
        return state.ret(n);
    }
    match numeral::integer_in_base(text, base) {
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
