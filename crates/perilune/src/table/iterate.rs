//! Going through tables.

use super::Table;
use crate::callback::caught;
use crate::error::Result;
use crate::traits::FromLua;
use crate::types::Integer;
use perilune_vm::{Direct, Found, Step, TablePosition, Value as Slot};
use std::marker::PhantomData;

impl Table {
    /// Goes through all fields, raw, in no particular order.
    ///
    /// Assigning nil to fields on the way is allowed; adding fields is not, and
    /// ends in an error or in some fields left out.
    ///
    /// ```
    /// # use perilune::{Lua, Result};
    /// let lua = Lua::new();
    /// let ages = lua.create_table_from([("Ann", 31), ("Bob", 27)])?;
    /// let mut names = ages.pairs().map(|p| p.map(|(name, _): (String, u8)| name));
    /// let mut names = names.collect::<Result<Vec<_>>>()?;
    /// names.sort();
    /// assert_eq!(names, ["Ann", "Bob"]);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn pairs<K: FromLua, V: FromLua>(&self) -> TablePairs<'_, K, V> {
        TablePairs { table: self, position: Some(TablePosition::default()), _kind: PhantomData }
    }

    /// Calls `f` for all fields, raw, in no particular order. It costs less than
    /// [`pairs`](Self::pairs).
    ///
    /// ```
    /// # use perilune::{Lua, Table};
    /// let lua = Lua::new();
    /// let prices: Table = lua.load("{ tea = 2, coffee = 3 }").eval()?;
    /// let mut total = 0;
    /// prices.for_each(|_: String, price: i64| {
    ///     total += price;
    ///     Ok(())
    /// })?;
    /// assert_eq!(total, 5);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// What can't be converted; what `f` answers.
    pub fn for_each<K: FromLua, V: FromLua>(
        &self,
        mut f: impl FnMut(K, V) -> Result<()>,
    ) -> Result<()> {
        self.0.with(|state, extra| {
            let lua = &extra.lua;
            let table = state.top() as i32 + 1;
            self.0.push(state)?;
            let mut position = TablePosition::default();
            loop {
                match state.next_direct(&self.0.0, &mut position, entry) {
                    Step::Entry((key, value)) => {
                        lua.0.lend(state, || f(key, value))?;
                        continue;
                    }
                    Step::End => return Ok(()),
                    Step::Refused => {}
                }
                if !state.next_entry(table, &mut position).map_err(|e| caught(state, lua, e))? {
                    return Ok(());
                }
                let key = K::from_stack(table + 1, state, lua)?;
                let value = V::from_stack(table + 2, state, lua)?;
                lua.0.lend(state, || f(key, value))?;
                state.set_top(table as usize);
            }
        })
    }

    /// Goes through the elements from 1 to the first nil, raw.
    ///
    /// ```
    /// # use perilune::{Lua, Result, Table};
    /// let lua = Lua::new();
    /// let list: Table = lua.load("{ 2, 3, 5, nil, 11 }").eval()?;
    /// let primes = list.sequence_values().collect::<Result<Vec<u32>>>()?;
    /// assert_eq!(primes, [2, 3, 5]);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn sequence_values<V: FromLua>(&self) -> TableSequence<'_, V> {
        TableSequence { table: self, index: 1, end: None, _kind: PhantomData }
    }

    /// Calls `f` for the elements from 1 to the first nil, raw.
    ///
    /// ```
    /// # use perilune::{Error, Lua};
    /// let lua = Lua::new();
    /// let list = lua.create_sequence_from([3, 1, -2, 4])?;
    /// let mut seen = 0;
    /// let result = list.for_each_value(|n: i64| {
    ///     seen += 1;
    ///     if n < 0 { Err(Error::runtime("negative")) } else { Ok(()) }
    /// });
    /// assert!(result.is_err());
    /// assert_eq!(seen, 3);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// What can't be converted; what `f` answers.
    pub fn for_each_value<V: FromLua>(&self, mut f: impl FnMut(V) -> Result<()>) -> Result<()> {
        self.0.with(|state, extra| {
            let lua = &extra.lua;
            let table = state.top() as i32 + 1;
            self.0.push(state)?;
            for index in 1.. {
                state.raw_get_integer(table, index).map_err(|e| caught(state, lua, e))?;
                if state.is_nil(-1) {
                    break;
                }
                let value = V::from_stack(table + 1, state, lua)?;
                lua.0.lend(state, || f(value))?;
                state.set_top(table as usize);
            }
            Ok(())
        })
    }
}

/// What was found of an entry, converted.
#[inline(always)]
fn entry<K: FromLua, V: FromLua>(key: Found<'_>, value: Found<'_>) -> Option<(K, V)> {
    Some((K::from_found(key)?, V::from_found(value)?))
}

/// The fields of a table: made by [`Table::pairs`].
///
/// ```
/// use perilune::{Lua, Table, Value, table::TablePairs};
///
/// let lua = Lua::new();
/// let mixed: Table = lua.load("{ 10, x = 'text' }").eval()?;
/// let mut pairs: TablePairs<'_, Value, Value> = mixed.pairs();
/// let (key, value) = pairs.next().unwrap()?;
/// assert_eq!((key, value), (Value::Integer(1), Value::Integer(10)));
/// assert_eq!(pairs.count(), 1);
/// # Ok::<(), perilune::Error>(())
/// ```
pub struct TablePairs<'a, K, V> {
    table: &'a Table,
    position: Option<TablePosition>,
    _kind: PhantomData<(K, V)>,
}

impl<K: FromLua, V: FromLua> Iterator for TablePairs<'_, K, V> {
    type Item = Result<(K, V)>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match self.table.0.0.next_direct(self.position.as_mut()?, entry) {
            Step::Entry(pair) => return Some(Ok(pair)),
            Step::End => {
                self.position = None;
                return None;
            }
            Step::Refused => {}
        }
        self.next_on_stack()
    }
}

impl<K: FromLua, V: FromLua> TablePairs<'_, K, V> {
    #[inline(never)]
    fn next_on_stack(&mut self) -> Option<Result<(K, V)>> {
        let mut position = self.position.take()?;
        let step = self.table.0.with(|state, extra| {
            let lua = &extra.lua;
            let table = state.top() as i32 + 1;
            self.table.0.push(state)?;
            let more = state.next_entry(table, &mut position);
            if more.map_err(|e| caught(state, lua, e))? {
                self.position = Some(position);
                let key = K::from_stack(table + 1, state, lua)?;
                return Ok(Some((key, V::from_stack(table + 2, state, lua)?)));
            }
            Ok(None)
        });
        step.transpose()
    }
}

/// The elements of a table: made by [`Table::sequence_values`].
///
/// ```
/// use perilune::{Lua, table::TableSequence};
///
/// let lua = Lua::new();
/// let words = lua.create_sequence_from(["to", "be"])?;
/// let mut values: TableSequence<'_, String> = words.sequence_values();
/// assert_eq!(values.next().transpose()?.as_deref(), Some("to"));
/// assert_eq!(values.next().transpose()?.as_deref(), Some("be"));
/// assert!(values.next().is_none());
/// # Ok::<(), perilune::Error>(())
/// ```
pub struct TableSequence<'a, V> {
    table: &'a Table,
    index: Integer,
    end: Option<Integer>,
    _kind: PhantomData<V>,
}

impl<V> TableSequence<'_, V> {
    /// Goes on over nils to the element `len`, or to the table's raw length.
    #[doc(hidden)]
    #[must_use]
    pub fn with_len(mut self, len: impl Into<Option<usize>>) -> Self {
        let len = len.into().unwrap_or_else(|| self.table.raw_len());
        self.end = Some(len as Integer);
        self
    }
}

impl<V: FromLua> Iterator for TableSequence<'_, V> {
    type Item = Result<V>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.end.is_some_and(|end| self.index > end) {
            return None;
        }
        let key = Direct::Integer(self.index);
        if let Some(value) = self.table.0.0.get_direct(true, key, |found| match found.value() {
            Slot::Nil if self.end.is_none() => Some(None),
            _ => V::from_found(found).map(Some),
        }) {
            self.index += 1;
            return value.map(Ok);
        }
        let step = self.table.0.with(|state, extra| {
            let lua = &extra.lua;
            let table = state.top() as i32 + 1;
            self.table.0.push(state)?;
            state.raw_get_integer(table, self.index).map_err(|e| caught(state, lua, e))?;
            if state.is_nil(table + 1) && self.end.is_none() {
                return Ok(None);
            }
            V::from_stack(table + 1, state, lua).map(Some)
        });
        self.index += 1;
        step.transpose()
    }
}
