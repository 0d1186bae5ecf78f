//! Values as serde sees them, and tables as it goes through them.

use super::de::Options;
use crate::callback::caught;
use crate::error::{Error, Result};
use crate::state::Lua;
use crate::string::BorrowedBytes;
use crate::table::Table;
use crate::value::Value;
use perilune_vm::{ShortStr, State, TablePlace, Value as Slot};
use std::cmp::Ordering;

/// Where a value is in a table.
#[derive(Clone, Copy)]
pub(super) struct Place<'t> {
    table: &'t Table,
    place: TablePlace,
}

impl Place<'_> {
    /// Runs `f` with the bytes of the string that is there.
    fn with_bytes<R>(self, f: impl FnOnce(&[u8]) -> R) -> Result<R> {
        let table = &self.table.0;
        table.with(|state, _| match state.root_place(&table.0, self.place) {
            Slot::String(bytes) => Ok(f(bytes)),
            _ => Err(changed()),
        })
    }
}

#[cold]
fn changed() -> Error {
    Error::DeserializeError("the table was changed while it was read".to_owned())
}

/// The content of a string.
pub(super) enum Text<'t> {
    /// Still in a table.
    There(Place<'t>),
    /// Copied to where the value is read.
    Copied,
    Held(BorrowedBytes),
}

/// The content of a string that was taken from where it was.
pub(super) enum Owned {
    Text(String),
    Bytes(Vec<u8>),
}

impl Owned {
    #[inline]
    fn new(bytes: &[u8]) -> Owned {
        match std::str::from_utf8(bytes) {
            Ok(text) => Owned::Text(text.to_owned()),
            Err(_) => Owned::Bytes(bytes.to_owned()),
        }
    }
}

impl Text<'_> {
    /// The content; that of a copied one is `copied`.
    #[inline]
    pub(super) fn to_owned(&self, copied: &ShortStr) -> Result<Owned> {
        match self {
            Text::There(place) => place.with_bytes(Owned::new),
            Text::Copied => Ok(Owned::Text(copied.as_str().to_owned())),
            Text::Held(bytes) => Ok(Owned::new(bytes)),
        }
    }

    /// The text as the name of something.
    pub(super) fn to_name(&self, copied: &ShortStr, wanted: &'static str) -> Result<String> {
        match self.to_owned(copied)? {
            Owned::Text(text) => Ok(text),
            Owned::Bytes(bytes) => match std::str::from_utf8(&bytes) {
                Ok(text) => Ok(text.to_owned()),
                Err(e) => Err(Error::conversion("string", wanted, e.to_string())),
            },
        }
    }

    /// The bytes, which `buffer` may have to hold.
    #[inline]
    pub(super) fn bytes<'a>(
        &'a self,
        copied: &'a ShortStr,
        buffer: &'a mut Vec<u8>,
    ) -> Result<&'a [u8]> {
        match self {
            Text::There(place) => {
                *buffer = place.with_bytes(<[u8]>::to_vec)?;
                Ok(buffer)
            }
            Text::Copied => Ok(copied.as_str().as_bytes()),
            Text::Held(bytes) => Ok(bytes),
        }
    }
}

/// A value, in the form in which it is handed to serde.
pub(super) enum Leaf<'t> {
    Nil,
    Boolean(bool),
    Integer(i64),
    Number(f64),
    Text(Text<'t>),
    /// A table, and the address that identifies it.
    Table(Table, usize),
    /// Whatever else.
    Other(Value),
}

impl<'t> Leaf<'t> {
    /// Becomes a value that lies in a place of a table. Answers false for one that is
    /// no plain value, which [`take`](Self::take) is for.
    #[inline(always)]
    fn read(&mut self, value: Slot<'_>, table: &'t Table, place: TablePlace, floats: bool) -> bool {
        *self = match value {
            Slot::Nil => Leaf::Nil,
            Slot::Boolean(b) => Leaf::Boolean(b),
            Slot::Integer(i) => Leaf::Integer(i),
            Slot::Float(n) if !floats => Leaf::Number(n),
            Slot::String(_) => Leaf::Text(Text::There(Place { table, place })),
            _ => return false,
        };
        true
    }

    /// Becomes the value that lies in a place of a table.
    #[inline(never)]
    fn take(
        &mut self,
        table: &Table,
        place: TablePlace,
        state: &mut State,
        lua: &Lua,
    ) -> Result<()> {
        state.push_root_place(&table.0.0, place).map_err(|_| Error::StackError)?;
        let address = state.to_pointer(-1).unwrap_or(0);
        *self = match Value::at(-1, state, lua)? {
            Value::Table(table) => Leaf::Table(table, address),
            other => Leaf::from(other),
        };
        state.pop(1);
        Ok(())
    }

    /// The value in a place of a table; strings are held.
    fn held(table: &'t Table, place: TablePlace) -> Result<Leaf<'static>> {
        table.0.with(|state, extra| {
            state.push_root_place(&table.0.0, place).map_err(|_| Error::StackError)?;
            let address = state.to_pointer(-1).unwrap_or(0);
            Ok(match Value::at(-1, state, &extra.lua)? {
                Value::String(string) => Leaf::Text(Text::Held(string.as_bytes_in(state)?)),
                Value::Table(table) => Leaf::Table(table, address),
                other => Leaf::from(other),
            })
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
    fn order(&self, other: &Leaf<'_>) -> Ordering {
        let rank = |leaf: &Leaf<'_>| match leaf {
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
            (Leaf::Text(Text::Held(a)), Leaf::Text(Text::Held(b))) => a.cmp(b),
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

impl From<Value> for Leaf<'static> {
    fn from(value: Value) -> Self {
        match value {
            Value::Nil => Leaf::Nil,
            Value::Boolean(b) => Leaf::Boolean(b),
            Value::Integer(i) => Leaf::Integer(i),
            Value::Number(n) => Leaf::Number(n),
            Value::String(string) => Leaf::Text(Text::Held(string.as_bytes())),
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
    leaf: &Leaf<'_>,
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
    (key, value): (&Leaf<'_>, &Leaf<'_>),
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
    Sorted(std::vec::IntoIter<(Leaf<'static>, Leaf<'static>)>),
}

impl<'t> Fields<'t> {
    pub(super) fn new(table: &'t Table, sorted: bool) -> Result<Fields<'t>> {
        if !sorted {
            return Ok(Fields::Raw(table, Some(0)));
        }
        let (mut all, mut at) = (Vec::new(), 0);
        while let Some(next) = position_behind(table, at)? {
            let key = Leaf::held(table, TablePlace::Key(at))?;
            all.push((key, Leaf::held(table, TablePlace::Value(at))?));
            at = next;
        }
        all.sort_by(|(a, _), (b, _)| a.order(b));
        Ok(Fields::Sorted(all.into_iter()))
    }

    /// Makes `key` and `value` the next field; answers whether there was one. A key
    /// that is a short text is copied to `name`.
    #[inline]
    pub(super) fn next(
        &mut self,
        name: &mut ShortStr,
        key: &mut Leaf<'t>,
        value: &mut Leaf<'t>,
    ) -> Result<bool> {
        let (table, position) = match self {
            Fields::Raw(table, position) => (*table, position),
            Fields::Sorted(fields) => match fields.next() {
                Some(field) => {
                    (*key, *value) = field;
                    return Ok(true);
                }
                None => return Ok(false),
            },
        };
        let Some(at) = *position else { return Ok(false) };
        let handle = &table.0;
        *position = handle.with(|state, extra| {
            let Some((next, k, v)) = state.root_entry(&handle.0, at) else { return Ok(None) };
            let floats = state.dialect().float_only_numbers;
            let plain_value = value.read(v, table, TablePlace::Value(at), floats);
            let plain_key = match k {
                Slot::String(bytes) if name.set(bytes) => {
                    *key = Leaf::Text(Text::Copied);
                    true
                }
                k => key.read(k, table, TablePlace::Key(at), floats),
            };
            if !plain_value {
                value.take(table, TablePlace::Value(at), state, &extra.lua)?;
            }
            if !plain_key {
                key.take(table, TablePlace::Key(at), state, &extra.lua)?;
            }
            Ok(Some(next))
        })?;
        Ok(position.is_some())
    }

    /// How many are left.
    pub(super) fn count(&mut self) -> Result<usize> {
        let mut n = 0;
        match self {
            Fields::Sorted(fields) => n = fields.count(),
            Fields::Raw(table, position) => {
                while let Some(at) = *position {
                    *position = position_behind(table, at)?;
                    n += usize::from(position.is_some());
                }
            }
        }
        Ok(n)
    }
}

/// The position behind the entry that comes next at a position.
fn position_behind(table: &Table, at: usize) -> Result<Option<usize>> {
    let handle = &table.0;
    handle.with(|state, _| Ok(state.root_entry(&handle.0, at).map(|(next, _, _)| next)))
}

/// Makes `leaf` element `i` of a table.
#[inline]
pub(super) fn element<'t>(table: &'t Table, i: usize, leaf: &mut Leaf<'t>) -> Result<()> {
    let handle = &table.0;
    let place = TablePlace::Element(i as i64);
    handle.with(|state, extra| {
        let floats = state.dialect().float_only_numbers;
        if leaf.read(state.root_place(&handle.0, place), table, place, floats) {
            return Ok(());
        }
        leaf.take(table, place, state, &extra.lua)
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
