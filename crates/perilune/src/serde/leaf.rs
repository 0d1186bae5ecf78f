//! Values as serde sees them, and tables as it goes through them.

use super::de::Options;
use crate::callback::caught;
use crate::error::{Error, Result};
use crate::handle::Handle;
use crate::state::Lua;
use crate::string::BorrowedBytes;
use crate::table::Table;
use crate::value::Value;
use perilune_vm::{State, Value as Slot};
use std::cmp::Ordering;

/// The bytes of a string: short ones are a copy, so that no handle is needed.
pub(super) enum Text {
    Short(u8, [u8; SHORT]),
    Long(BorrowedBytes),
}

const SHORT: usize = 46;

impl Text {
    fn short(bytes: &[u8]) -> Option<Text> {
        let mut copy = [0; SHORT];
        copy.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(Text::Short(bytes.len() as u8, copy))
    }

    #[inline]
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Text::Short(len, bytes) => bytes.get(..*len as usize).unwrap_or_default(),
            Text::Long(bytes) => bytes,
        }
    }
}

/// A value, in the form in which it is handed to serde.
pub(super) enum Leaf {
    Nil,
    Boolean(bool),
    Integer(i64),
    Number(f64),
    Text(Text),
    /// A table, and the address that identifies it.
    Table(Table, usize),
    /// Whatever else.
    Other(Value),
}

impl Leaf {
    /// The value at an index of the stack.
    #[inline]
    pub(super) fn at(index: i32, state: &mut State, lua: &Lua) -> Result<Leaf> {
        match state.value(index) {
            Slot::String(bytes) => {
                if let Some(text) = Text::short(bytes) {
                    return Ok(Leaf::Text(text));
                }
            }
            Slot::Table => {
                let address = state.to_pointer(index).unwrap_or(0);
                return Ok(Leaf::Table(Table(Handle::pin(state, index)?), address));
            }
            _ => {}
        }
        Ok(match Value::at(index, state, lua)? {
            Value::String(string) => Leaf::Text(Text::Long(string.as_bytes_in(state)?)),
            other => Leaf::from(other),
        })
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self, Leaf::Other(value) if value.is_null())
    }

    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Leaf::Nil => "nil",
            Leaf::Boolean(_) => "boolean",
            Leaf::Integer(_) => "integer",
            Leaf::Number(_) => "number",
            Leaf::Text(_) => "string",
            Leaf::Table(..) => "table",
            Leaf::Other(value) => value.type_name(),
        }
    }

    /// The order of sorted keys: nil, null, booleans, numbers, strings, others.
    fn order(&self, other: &Leaf) -> Ordering {
        let rank = |leaf: &Leaf| match leaf {
            Leaf::Nil => 0,
            Leaf::Other(_) if leaf.is_null() => 1,
            Leaf::Boolean(_) => 2,
            Leaf::Integer(_) | Leaf::Number(_) => 3,
            Leaf::Text(_) => 4,
            Leaf::Table(..) | Leaf::Other(_) => 5,
        };
        match (self, other) {
            (Leaf::Boolean(a), Leaf::Boolean(b)) => a.cmp(b),
            (Leaf::Integer(a), Leaf::Integer(b)) => a.cmp(b),
            (Leaf::Number(a), Leaf::Number(b)) => a.partial_cmp(b).unwrap_or(Ordering::Equal),
            (Leaf::Integer(a), Leaf::Number(b)) => order_mixed(*a, *b),
            (Leaf::Number(a), Leaf::Integer(b)) => order_mixed(*b, *a).reverse(),
            (Leaf::Text(a), Leaf::Text(b)) => a.bytes().cmp(b.bytes()),
            (a, b) => rank(a).cmp(&rank(b)).then_with(|| a.address().cmp(&b.address())),
        }
    }

    fn address(&self) -> usize {
        match self {
            Leaf::Table(_, address) => *address,
            Leaf::Other(value) => value.to_pointer() as usize,
            _ => 0,
        }
    }
}

/// An integer against a float, exactly.
fn order_mixed(a: i64, b: f64) -> Ordering {
    match (a as f64).partial_cmp(&b) {
        // 2^63 is what the largest integers are rounded to.
        Some(Ordering::Equal) if b >= 9_223_372_036_854_775_808.0 => Ordering::Less,
        Some(Ordering::Equal) => a.cmp(&(b as i64)),
        order => order.unwrap_or(Ordering::Equal),
    }
}

impl From<Value> for Leaf {
    fn from(value: Value) -> Leaf {
        match value {
            Value::Nil => Leaf::Nil,
            Value::Boolean(b) => Leaf::Boolean(b),
            Value::Integer(i) => Leaf::Integer(i),
            Value::Number(n) => Leaf::Number(n),
            Value::String(string) => Leaf::Text(Text::Long(string.as_bytes())),
            Value::Table(table) => {
                let address = table.0.address();
                Leaf::Table(table, address)
            }
            other => Leaf::Other(other),
        }
    }
}

/// The tables within which a value is met.
pub(super) struct Path<'p> {
    address: usize,
    depth: usize,
    outer: Option<&'p Path<'p>>,
}

impl<'p> Path<'p> {
    /// Goes into a table.
    ///
    /// # Errors
    /// If that is too deep.
    pub(super) fn enter(
        address: usize,
        outer: Option<&'p Path<'p>>,
        options: Options,
    ) -> std::result::Result<Path<'p>, &'static str> {
        let depth = outer.map_or(0, |outer| outer.depth);
        if depth >= options.recursion_limit {
            return Err("recursion limit exceeded");
        }
        Ok(Path { address, depth: depth + 1, outer })
    }

    fn contains(&self, address: usize) -> bool {
        let mut level = Some(self);
        while let Some(path) = level {
            if path.address == address {
                return true;
            }
            level = path.outer;
        }
        false
    }
}

/// Whether a value is to be left out.
///
/// # Errors
/// If it has no business there at all.
#[inline]
pub(super) fn is_skipped(
    leaf: &Leaf,
    options: Options,
    path: &Path<'_>,
) -> std::result::Result<bool, &'static str> {
    match leaf {
        Leaf::Table(_, address) if path.contains(*address) => {
            if options.deny_recursive_tables {
                return Err("recursive table detected");
            }
            Ok(true)
        }
        Leaf::Other(Value::UserData(userdata)) if super::userdata::is_serializable(userdata) => {
            Ok(false)
        }
        Leaf::Other(_) if leaf.is_null() => Ok(false),
        Leaf::Other(_) => Ok(!options.deny_unsupported_types),
        _ => Ok(false),
    }
}

/// Whether a field is to be left out.
///
/// # Errors
/// As [`is_skipped`].
#[inline]
pub(super) fn is_field_skipped(
    (key, value): &(Leaf, Leaf),
    options: Options,
    path: &Path<'_>,
) -> std::result::Result<bool, &'static str> {
    if key.is_null() && !options.deny_unsupported_types {
        return Ok(true);
    }
    Ok(is_skipped(key, options, path)? || is_skipped(value, options, path)?)
}

/// The fields of a table, one after the other.
pub(super) enum Fields<'t> {
    /// In the table's own order, from a position on.
    Raw(&'t Table, Option<usize>),
    Sorted(std::vec::IntoIter<(Leaf, Leaf)>),
}

impl<'t> Fields<'t> {
    pub(super) fn new(table: &'t Table, sorted: bool) -> Result<Fields<'t>> {
        let mut fields = Fields::Raw(table, Some(0));
        if !sorted {
            return Ok(fields);
        }
        let mut all = Vec::new();
        while let Some(field) = fields.next()? {
            all.push(field);
        }
        all.sort_by(|(a, _), (b, _)| a.order(b));
        Ok(Fields::Sorted(all.into_iter()))
    }

    #[inline]
    pub(super) fn next(&mut self) -> Result<Option<(Leaf, Leaf)>> {
        let (table, position) = match self {
            Fields::Raw(table, position) => (&table.0, position),
            Fields::Sorted(fields) => return Ok(fields.next()),
        };
        let Some(at) = *position else { return Ok(None) };
        let next = table.with(|state, extra| {
            let index = state.top() as i32 + 1;
            table.push(state)?;
            let next = state.next_at(index, at).map_err(|e| caught(state, &extra.lua, e))?;
            let Some(next) = next else { return Ok(None) };
            let key = Leaf::at(index + 1, state, &extra.lua)?;
            Ok(Some((next, key, Leaf::at(index + 2, state, &extra.lua)?)))
        })?;
        match next {
            Some((next, key, value)) => {
                *position = Some(next);
                Ok(Some((key, value)))
            }
            None => {
                *position = None;
                Ok(None)
            }
        }
    }

    /// How many are left.
    pub(super) fn count(&mut self) -> Result<usize> {
        let mut n = 0;
        while self.next()?.is_some() {
            n += 1;
        }
        Ok(n)
    }
}

/// Element `i` of a table.
#[inline]
pub(super) fn element(table: &Table, i: usize) -> Result<Leaf> {
    table.0.with(|state, extra| {
        table.0.push(state)?;
        let got = state.raw_get_integer(-1, i as i64);
        got.map_err(|e| caught(state, &extra.lua, e))?;
        Leaf::at(-1, state, &extra.lua)
    })
}

/// The length of a table that is to be an array rather than a map.
pub(super) fn array_length(table: &Table, options: Options) -> Result<Option<usize>> {
    table.0.with(|state, extra| {
        let index = state.top() as i32 + 1;
        table.0.push(state)?;
        let length = state.raw_len(index) as usize;
        if state.push_metatable(index).map_err(|_| Error::StackError)? {
            super::push_array_metatable(state, extra)?;
            if state.raw_equal(-1, -2) {
                return Ok(Some(length));
            }
        }
        state.set_top(index as usize);
        if options.detect_mixed_tables {
            return dense_length(index, state, &extra.lua);
        }
        if length > 0 {
            return Ok(Some(length));
        }
        if !options.encode_empty_tables_as_array {
            return Ok(None);
        }
        let first = state.next_at(index, 0).map_err(|e| caught(state, &extra.lua, e))?;
        Ok(first.is_none().then_some(0))
    })
}

/// The largest key of a table whose keys are all positive integers, of which not
/// too many are missing.
fn dense_length(index: i32, state: &mut State, lua: &Lua) -> Result<Option<usize>> {
    let (mut count, mut largest, mut position) = (0_usize, 0_usize, 0);
    while let Some(next) = state.next_at(index, position).map_err(|e| caught(state, lua, e))? {
        position = next;
        let key = match state.value(index + 1) {
            Slot::Integer(i) => usize::try_from(i).ok(),
            Slot::Float(n) if n == n.trunc() && (1.0..1e15).contains(&n) => Some(n as usize),
            _ => None,
        };
        match key {
            Some(key) if key > 0 => largest = largest.max(key),
            _ => return Ok(None),
        }
        count += 1;
        state.set_top(index as usize);
    }
    let dense = largest < 10 || count.saturating_mul(2) >= largest;
    Ok(dense.then_some(largest))
}
