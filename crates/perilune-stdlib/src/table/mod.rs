//! The table library (manual §6.6).
//!
//! Every function works on anything that behaves like a table; plain tables
//! without a metatable are handled by raw accesses in bulk.

mod old;
mod sort;

use perilune_vm::{
    Buffer, CompareOp, LUA_5_1, LUA_5_2, LUA_5_3, LUA_5_5, Result, Return, State, Type, Value,
    number,
};

use crate::arguments::{check_int, opt_int};
use crate::registration::{ALL, Entry, push_library, since, until};

const FUNCTIONS: &[Entry] = &[
    ("concat", concat, ALL),
    ("create", create, since(&LUA_5_5)),
    ("foreach", old::foreach, until(&LUA_5_1)),
    ("foreachi", old::foreachi, until(&LUA_5_1)),
    ("getn", old::getn, until(&LUA_5_1)),
    ("insert", insert, ALL),
    ("maxn", old::maxn, until(&LUA_5_2)),
    ("move", move_, since(&LUA_5_3)),
    ("pack", pack, since(&LUA_5_2)),
    ("remove", remove, ALL),
    ("setn", old::setn, until(&LUA_5_1)),
    ("sort", sort::sort, ALL),
    ("unpack", unpack, since(&LUA_5_2)),
];

/// Pushes the library's table.
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// perilune::native::stdlib::table::open(state)?;
/// state.raw_get_field(-1, "pack")?;
/// state.push("a")?;
/// state.call(1, Some(1))?;
/// assert_eq!(state.raw_len(-1), 1);
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
///
/// # Errors
/// If memory runs out.
pub fn open(state: &mut State) -> Result<()> {
    push_library(state, FUNCTIONS, 0)
}

/// What an argument that is no table must be able to do, by metamethods.
#[derive(Clone, Copy)]
struct Needs {
    read: bool,
    write: bool,
    length: bool,
}

const READ: Needs = Needs { read: true, write: false, length: false };
const WRITE: Needs = Needs { read: false, write: true, length: false };
const READ_LENGTH: Needs = Needs { read: true, write: false, length: true };
const EVERYTHING: Needs = Needs { read: true, write: true, length: true };

/// Whether raw accesses to the argument are all there is to it: it has no
/// metatable, or the dialect does not ask for one.
fn is_plain(state: &State, arg: i32) -> bool {
    state.is_table(arg) && (!state.dialect().libraries_use_metamethods || !state.has_metatable(arg))
}

/// Checks that the argument is a table or has the metamethods of one.
fn check_table_like(state: &mut State, arg: i32, needs: Needs) -> Result<()> {
    if state.is_table(arg) {
        return Ok(());
    }
    let top = state.top();
    let mut able = state.push_metatable(arg)?;
    let metatable = top as i32 + 1;
    let length = needs.length
        && !(state.dialect().strings_have_a_length && state.type_of(arg) == Some(Type::String));
    let wanted = [("__index", needs.read), ("__newindex", needs.write), ("__len", length)];
    for (name, needed) in wanted {
        if able && needed {
            state.raw_get_field(metatable, name)?;
            able = !state.is_nil(-1);
        }
    }
    if !able {
        return state.check_table(arg);
    }
    state.set_top(top);
    Ok(())
}

/// The length of argument 1, checked to be able to do what is needed, and whether
/// raw accesses are all there is to it.
fn checked_length(state: &mut State, needs: Needs) -> Result<(i64, bool)> {
    if is_plain(state, 1) && state.dialect().libraries_use_metamethods {
        return Ok((state.raw_len(1) as i64, true));
    }
    checked_length_slowly(state, needs)
}

#[inline(never)]
fn checked_length_slowly(state: &mut State, needs: Needs) -> Result<(i64, bool)> {
    if state.dialect().libraries_use_metamethods {
        check_table_like(state, 1, needs)?;
    } else {
        state.check_table(1)?;
    }
    let length = state.len(1)?;
    // A metamethod may have taken the metatable away.
    Ok((length, is_plain(state, 1)))
}

/// `table.insert (list, [pos,] value)` (manual §6.6).
fn insert(state: &mut State) -> Result<Return> {
    let (length, plain) = checked_length(state, EVERYTHING)?;
    let free = length.wrapping_add(1);
    let position = match state.top() {
        2 => free,
        3 => {
            let position = check_int(state, 2)?;
            let anywhere = state.dialect().insert_anywhere;
            if !anywhere && (position as u64).wrapping_sub(1) >= free as u64 {
                return Err(state.arg_error(2, "position out of bounds"));
            }
            if plain {
                let count = (free - position).max(0);
                state.raw_move(1, position, 1, position + 1, count)?;
            } else {
                let mut to = free;
                while to > position {
                    check_interrupt(state, to)?;
                    state.get_integer(1, to - 1)?;
                    state.set_integer(1, to)?;
                    to -= 1;
                }
            }
            position
        }
        _ => return Err(state.error(format_args!("wrong number of arguments to 'insert'"))),
    };
    if plain {
        state.raw_set_integer(1, position)?;
    } else {
        state.set_integer(1, position)?;
    }
    Ok(Return::NONE)
}

/// Lets a loop over positions that need not exist be interrupted now and then.
fn check_interrupt(state: &mut State, position: i64) -> Result<()> {
    if position % 4096 == 0 { state.check_interrupt() } else { Ok(()) }
}

/// `table.remove (list [, pos])` (manual §6.6).
fn remove(state: &mut State) -> Result<Return> {
    let (size, plain) = checked_length(state, EVERYTHING)?;
    let mut position = opt_int(state, 2, size)?;
    let dialect = state.dialect();
    if dialect.remove_checks_nothing {
        if position < 1 || position > size {
            return Ok(Return::NONE);
        }
    } else if position != size && (position as u64).wrapping_sub(1) > size as u64 {
        return Err(state.arg_error(dialect.remove_position_argument, "position out of bounds"));
    }
    if plain {
        state.raw_get_integer(1, position)?;
        if position < size {
            state.raw_move(1, position + 1, 1, position, size - position)?;
            position = size;
        }
        state.push(())?;
        state.raw_set_integer(1, position)?;
    } else {
        state.get_integer(1, position)?;
        while position < size {
            check_interrupt(state, position)?;
            state.get_integer(1, position + 1)?;
            state.set_integer(1, position)?;
            position += 1;
        }
        state.push(())?;
        state.set_integer(1, position)?;
    }
    Ok(Return::values(1))
}

/// `table.move (a1, f, e, t [,a2])` (manual §6.6).
fn move_(state: &mut State) -> Result<Return> {
    let first = state.check_integer(2)?;
    let last = state.check_integer(3)?;
    let to = state.check_integer(4)?;
    let target = if state.is_none_or_nil(5) { 1 } else { 5 };
    check_table_like(state, 1, READ)?;
    check_table_like(state, target, WRITE)?;
    if last >= first {
        if first <= 0 && last >= i64::MAX + first {
            return Err(state.arg_error(3, "too many elements to move"));
        }
        let count = last - first + 1;
        if to > i64::MAX - count + 1 {
            return Err(state.arg_error(4, "destination wrap around"));
        }
        if is_plain(state, 1) && is_plain(state, target) {
            state.raw_move(1, first, target, to, count)?;
        } else {
            let upwards = to > last
                || to <= first
                || (target != 1 && !state.compare(1, target, CompareOp::Eq)?);
            for i in 0..count {
                check_interrupt(state, i)?;
                let i = if upwards { i } else { count - 1 - i };
                state.get_integer(1, first + i)?;
                state.set_integer(target, to + i)?;
            }
        }
    }
    state.push_value(target)?;
    Ok(Return::values(1))
}

/// `table.concat (list [, sep [, i [, j]]])` (manual §6.6).
fn concat(state: &mut State) -> Result<Return> {
    if state.dialect().concat_separator_first {
        state.opt_bytes(2)?;
    }
    let (length, _) = checked_length(state, READ_LENGTH)?;
    state.opt_bytes(2)?;
    let first = opt_int(state, 3, 1)?;
    let last = opt_int(state, 4, length)?;
    let mut buffer = state.take_buffer();
    let bad = if is_plain(state, 1) {
        concat_plain(state, &mut buffer, first, last)?
    } else {
        concat_any(state, &mut buffer, first, last)?
    };
    if let Some(index) = bad {
        let name = state.type_name(-1);
        let index =
            if state.dialect().concat_error_index_int { index as i32 as i64 } else { index };
        return Err(state
            .error(format_args!("invalid value ({name}) at index {index} in table for 'concat'")));
    }
    state.ret_buffer(buffer)
}

/// Appends elements with the separator between them. The index of the first
/// that is neither string nor number, which is then pushed.
fn concat_plain(state: &mut State, out: &mut Buffer, first: i64, last: i64) -> Result<Option<i64>> {
    let mut index = first;
    while index <= last {
        match state.raw_peek_integer(1, index) {
            Value::String(text) => out.extend(text)?,
            Value::Integer(n) => out.extend(number::format_integer(n, &mut [0; 64]))?,
            Value::Float(_) => {
                state.raw_get_integer(1, index)?;
                state.append_to(-1, out)?;
                state.pop(1);
            }
            _ => {
                state.raw_get_integer(1, index)?;
                return Ok(Some(index));
            }
        }
        if index == last {
            break;
        }
        out.extend(state.bytes(2).unwrap_or_default())?;
        index += 1;
    }
    Ok(None)
}

fn concat_any(state: &mut State, out: &mut Buffer, first: i64, last: i64) -> Result<Option<i64>> {
    let mut index = first;
    while index <= last {
        state.get_integer(1, index)?;
        if !state.append_to(-1, out)? {
            return Ok(Some(index));
        }
        state.pop(1);
        if index == last {
            break;
        }
        out.extend(state.bytes(2).unwrap_or_default())?;
        index += 1;
    }
    Ok(None)
}

/// `table.pack (···)` (manual §6.6).
fn pack(state: &mut State) -> Result<Return> {
    let count = state.top();
    state.pack_table(count, 1)?;
    state.set_field_to(1, "n", count as i64)?;
    Ok(Return::values(1))
}

/// Most fields that a table can have room for.
const MOST_FIELDS: i64 = 1 << 30;

/// `table.create (nseq [, nrec])`: an empty table with room (manual of 5.5,
/// §6.6).
fn create(state: &mut State) -> Result<Return> {
    let sequence = state.check_integer(1)?;
    let rest = state.opt_integer(2, 0)?;
    for (arg, size) in [(1, sequence), (2, rest)] {
        if i32::try_from(size).is_err() || size < 0 {
            return Err(state.arg_error(arg, "out of range"));
        }
    }
    if rest > MOST_FIELDS {
        return Err(state.error(format_args!("table overflow")));
    }
    state.new_table(sequence as usize, rest as usize)?;
    Ok(Return::values(1))
}

/// `table.unpack (list [, i [, j]])` (manual §6.6).
pub(crate) fn unpack(state: &mut State) -> Result<Return> {
    let mut length = None;
    if state.dialect().unpack_checks_table {
        length = Some(checked_length(state, READ_LENGTH)?.0);
    }
    let first = opt_int(state, 2, 1)?;
    let last = if !state.is_none_or_nil(3) {
        check_int(state, 3)?
    } else if let Some(length) = length {
        length
    } else if is_plain(state, 1) {
        state.raw_len(1) as i64
    } else {
        state.len(1)?
    };
    if first > last {
        return Ok(Return::NONE);
    }
    let steps = (last as u64).wrapping_sub(first as u64);
    if steps >= i32::MAX as u64 || !state.check_stack(steps as usize + 1) {
        return Err(state.error(format_args!("too many results to unpack")));
    }
    let count = steps as usize + 1;
    if is_plain(state, 1) {
        state.push_raw_range(1, first, count)?;
    } else {
        for i in 0..=steps as i64 {
            state.get_integer(1, first + i)?;
        }
    }
    Ok(Return::values(count))
}
