//! The string library (manual §6.4) and the metatable of strings.

mod format;
mod format_loose;
mod number;
mod pack;
mod pattern;
mod search;

use perilune_vm::{ArithOp, LUA_5_1, LUA_5_3, NativeFn, Result, Return, State, Type};

use crate::arguments::check_int;
use crate::registration::{ALL, Entry, push_library, since, until};

const FUNCTIONS: &[Entry] = &[
    ("byte", byte, ALL),
    ("char", char, ALL),
    ("dump", dump, ALL),
    ("find", search::find, ALL),
    ("format", format::format, ALL),
    ("gfind", search::gmatch, until(&LUA_5_1)),
    ("gmatch", search::gmatch, ALL),
    ("gsub", search::gsub, ALL),
    ("len", len, ALL),
    ("lower", lower, ALL),
    ("match", search::match_, ALL),
    ("pack", pack::pack, since(&LUA_5_3)),
    ("packsize", pack::packsize, since(&LUA_5_3)),
    ("rep", rep, ALL),
    ("reverse", reverse, ALL),
    ("sub", sub, ALL),
    ("unpack", pack::unpack, since(&LUA_5_3)),
    ("upper", upper, ALL),
];

/// Pushes the library's table and gives strings their metatable.
///
/// ```
/// use perilune::native::{State, stdlib};
///
/// let mut state = State::new().unwrap();
/// state.enter(|state| {
///     stdlib::string::open(state)?;
///     state.load(b"return ('abc'):reverse()", b"=main", b"t")?;
///     state.call(0, Some(1))?;
///     assert_eq!(state.bytes(-1), Some(&b"cba"[..]));
///     Ok(())
/// }).unwrap();
/// ```
///
/// # Errors
/// If memory runs out.
pub fn open(state: &mut State) -> Result<()> {
    push_library(state, FUNCTIONS, 0)?;
    set_string_metatable(state)
}

/// With the library's table on top: a table with `__index`, and in some dialects
/// the arithmetic on numerals, becomes the metatable of all strings.
fn set_string_metatable(state: &mut State) -> Result<()> {
    let metamethods: &[(&str, NativeFn)] = &[
        ("__add", |state| arithmetic(state, ArithOp::Add, "add")),
        ("__sub", |state| arithmetic(state, ArithOp::Sub, "sub")),
        ("__mul", |state| arithmetic(state, ArithOp::Mul, "mul")),
        ("__mod", |state| arithmetic(state, ArithOp::Mod, "mod")),
        ("__pow", |state| arithmetic(state, ArithOp::Pow, "pow")),
        ("__div", |state| arithmetic(state, ArithOp::Div, "div")),
        ("__idiv", |state| arithmetic(state, ArithOp::IDiv, "idiv")),
        ("__unm", |state| arithmetic(state, ArithOp::Unm, "unm")),
    ];
    let library = state.top() as i32;
    state.push("")?;
    state.new_table(0, metamethods.len() + 1)?;
    if state.dialect().string_arithmetic_metamethods {
        state.set_functions(metamethods)?;
    }
    state.push_value(library)?;
    state.raw_set_field(library + 2, "__index")?;
    state.set_metatable(library + 1)?;
    state.pop(1);
    Ok(())
}

/// The bytes of a slot that is known to hold a string.
pub(crate) fn bytes(state: &State, index: i32) -> &[u8] {
    state.bytes(index).unwrap_or_default()
}

/// A one-based start, negative from the end, clipped to 1 and up.
fn start_position(position: i64, length: usize) -> usize {
    if position > 0 {
        position as usize
    } else if position == 0 || position < -(length as i64) {
        1
    } else {
        (length as i64 + position + 1) as usize
    }
}

/// A one-based end, negative from the end, clipped to `0..=length`.
fn end_position(position: i64, length: usize) -> usize {
    let length = length as i64;
    if position > length {
        length as usize
    } else if position >= 0 {
        position as usize
    } else if position < -length {
        0
    } else {
        (length + position + 1) as usize
    }
}

/// `string.len (s)` (manual §6.4).
fn len(state: &mut State) -> Result<Return> {
    let length = state.check_bytes(1)?.len();
    state.ret(length as i64)
}

/// `string.sub (s, i [, j])` (manual §6.4).
fn sub(state: &mut State) -> Result<Return> {
    let length = state.check_bytes(1)?.len();
    let start = start_position(state.check_integer(2)?, length);
    let end = end_position(state.opt_integer(3, -1)?, length);
    if start > end {
        state.push("")?;
    } else if start == 1 && end == length {
        state.push_value(1)?;
    } else {
        state.push_substring(1, start - 1, end)?;
    }
    Ok(Return::values(1))
}

/// A copy of the first argument, changed in place by `change`.
fn mapped(state: &mut State, change: impl FnOnce(&mut [u8])) -> Result<Return> {
    state.check_bytes(1)?;
    let mut buffer = state.take_buffer();
    buffer.extend(bytes(state, 1))?;
    change(buffer.as_mut_slice());
    state.ret_buffer(buffer)
}

/// `string.reverse (s)` (manual §6.4).
fn reverse(state: &mut State) -> Result<Return> {
    mapped(state, <[u8]>::reverse)
}

/// `string.lower (s)` (manual §6.4).
fn lower(state: &mut State) -> Result<Return> {
    mapped(state, <[u8]>::make_ascii_lowercase)
}

/// `string.upper (s)` (manual §6.4).
fn upper(state: &mut State) -> Result<Return> {
    mapped(state, <[u8]>::make_ascii_uppercase)
}

/// `string.rep (s, n [, sep])` (manual §6.4).
fn rep(state: &mut State) -> Result<Return> {
    let dialect = state.dialect();
    let length = state.check_bytes(1)?.len();
    let n = check_int(state, 2)?;
    let mut separator_length = 0;
    if dialect.rep_separator {
        separator_length = state.opt_bytes(3)?.map_or(0, <[u8]>::len);
    }
    let unit = length + separator_length;
    if n <= 0 || unit == 0 {
        return state.ret("");
    }
    if unit as u64 > dialect.longest_repetition / n as u64 {
        return Err(state.error(format_args!("resulting string too large")));
    }
    if n == 1 {
        state.push_value(1)?;
        return Ok(Return::values(1));
    }
    let Some(total) = (n as usize).checked_mul(unit).filter(|&n| n <= isize::MAX as usize) else {
        return Err(state.memory_error());
    };
    let total = total - separator_length;
    let mut buffer = state.take_buffer();
    let out = buffer.grow(total)?;
    if unit == 1 && length == 1 {
        out.fill(bytes(state, 1)[0]);
    } else if total > 0 {
        // The first unit, then ever longer runs of units copied from the
        // beginning.
        out[..length].copy_from_slice(bytes(state, 1));
        if separator_length > 0 {
            out[length..unit].copy_from_slice(bytes(state, 3));
        }
        let mut done = unit;
        while done < total {
            let more = done.min(total - done);
            out.copy_within(..more, done);
            done += more;
        }
    }
    state.ret_buffer(buffer)
}

/// `string.byte (s [, i [, j]])` (manual §6.4).
fn byte(state: &mut State) -> Result<Return> {
    let length = state.check_bytes(1)?.len();
    let first = state.opt_integer(2, 1)?;
    let start = start_position(first, length);
    let end = end_position(state.opt_integer(3, first)?, length);
    if start > end {
        return Ok(Return::NONE);
    }
    if start == end {
        let byte = bytes(state, 1)[start - 1];
        return state.ret(i64::from(byte));
    }
    if end - start >= i32::MAX as usize {
        return Err(state.error(format_args!("string slice too long")));
    }
    let count = end - start + 1;
    state.ensure_stack(count, "string slice too long")?;
    for at in start - 1..end {
        let byte = bytes(state, 1)[at];
        state.push(i64::from(byte))?;
    }
    Ok(Return::values(count))
}

/// `string.char (···)` (manual §6.4).
fn char(state: &mut State) -> Result<Return> {
    let count = state.top();
    let mut few = [0; 32];
    if count <= few.len() {
        for (at, byte) in few[..count].iter_mut().enumerate() {
            *byte = check_byte(state, at as i32 + 1)?;
        }
        return state.ret(&few[..count]);
    }
    let mut buffer = state.take_buffer();
    buffer.reserve(count)?;
    for arg in 1..=count {
        buffer.push(check_byte(state, arg as i32)?)?;
    }
    state.ret_buffer(buffer)
}

fn check_byte(state: &mut State, arg: i32) -> Result<u8> {
    let n = check_int(state, arg)?;
    match u8::try_from(n) {
        Ok(byte) => Ok(byte),
        Err(_) => Err(state.arg_error(arg, state.dialect().char_error)),
    }
}

/// `string.dump (function [, strip])` (manual §6.4).
fn dump(state: &mut State) -> Result<Return> {
    let dialect = state.dialect();
    let strip = dialect.dump_strips && state.to_boolean(2);
    if dialect.dump_checks_argument && !state.is_lua_function(1) {
        return Err(state.arg_error(1, "Lua function expected"));
    }
    state.check_type(1, Type::Function)?;
    match state.dump(1, strip)? {
        Some(chunk) => state.ret(&chunk),
        None => Err(state.error(format_args!("unable to dump given function"))),
    }
}

/// An arithmetic metamethod of strings: on operands that are numbers or
/// numerals the operation itself, else the other operand's metamethod
/// (manual §3.4.3).
fn arithmetic(state: &mut State, op: ArithOp, name: &str) -> Result<Return> {
    if let Some(a) = state.to_number(1) {
        state.push(a)?;
        // Called with one argument, this finds the number just pushed.
        if let Some(b) = state.to_number(2) {
            state.push(b)?;
            state.arith(op)?;
            return Ok(Return::values(1));
        }
    }
    state.set_top(2);
    let metamethod = ["__", name].concat();
    if state.type_of(2) == Some(Type::String) || !state.push_metafield(2, &metamethod)? {
        let (a, b) = (state.type_name(-2), state.type_name(-1));
        return Err(state.error(format_args!("attempt to {name} a '{a}' with a '{b}'")));
    }
    state.insert(1);
    state.call(2, Some(1))?;
    Ok(Return::values(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions() {
        assert_eq!(start_position(0, 3), 1);
        assert_eq!(start_position(-2, 3), 2);
        assert_eq!(start_position(i64::MIN, 3), 1);
        assert_eq!(start_position(9, 3), 9);
        assert_eq!(end_position(-1, 3), 3);
        assert_eq!(end_position(i64::MIN, 3), 0);
        assert_eq!(end_position(i64::MAX, 3), 3);
    }
}
