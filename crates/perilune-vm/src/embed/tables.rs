//! Tables of roots, read and written without the stack where it is not needed.

use super::Root;
use crate::api::Value;
use crate::error::Result;
use crate::object::Table;
use crate::state::State;
use crate::table;
use crate::value::RawValue;

/// What of a table is meant.
#[derive(Clone, Copy, Debug)]
pub enum TablePlace {
    /// The key of the entry that comes next at a position of the traversal.
    Key(usize),
    /// The value of that entry.
    Value(usize),
    /// The value of an integer key.
    Element(i64),
}

impl State {
    fn root_table(&self, root: &Root) -> Option<*mut Table> {
        let v = self.root_raw(root);
        v.is_table().then(|| v.as_table())
    }

    fn raw_entry(&self, root: &Root, position: usize) -> Option<(u32, RawValue, RawValue)> {
        let t = self.root_table(root)?;
        // SAFETY: the root keeps the table.
        let (next, key, value) = unsafe { table::next_at(t, u32::try_from(position).ok()?)? };
        Some((next, self.visible(key), value))
    }

    /// The entry of a root's table that comes next at a position, which is 0 at
    /// first: the position behind it, its key and its value. `None` at the end, and
    /// if there is no table.
    #[inline]
    pub fn root_entry(
        &self,
        root: &Root,
        position: usize,
    ) -> Option<(usize, Value<'_>, Value<'_>)> {
        let (next, key, value) = self.raw_entry(root, position)?;
        Some((next as usize, self.view(key), self.view(value)))
    }

    fn raw_place(&self, root: &Root, place: TablePlace) -> RawValue {
        match place {
            TablePlace::Key(at) => self.raw_entry(root, at).map(|(_, key, _)| key),
            TablePlace::Value(at) => self.raw_entry(root, at).map(|(_, _, value)| value),
            TablePlace::Element(i) => {
                // SAFETY: the root keeps the table.
                self.root_table(root).map(|t| unsafe { table::get_integer(t, i) })
            }
        }
        .unwrap_or(RawValue::NIL)
    }

    /// What is in a place of a root's table.
    #[inline]
    pub fn root_place(&self, root: &Root, place: TablePlace) -> Value<'_> {
        self.view(self.raw_place(root, place))
    }

    /// Pushes what is in a place of a root's table.
    ///
    /// # Errors
    /// If the stack can't grow.
    pub fn push_root_place(&mut self, root: &Root, place: TablePlace) -> Result<()> {
        let v = self.raw_place(root, place);
        self.push_raw(v)
    }

    /// Pops a value and puts it into a root's table under a name, raw.
    ///
    /// # Errors
    /// If memory runs out.
    pub fn set_root_field(&mut self, root: &Root, name: &str) -> Result<()> {
        let key = self.new_string(name.as_bytes())?;
        self.set_in_root(root, key)
    }

    /// Pops a value and puts it into a root's table under an integer, raw.
    ///
    /// # Errors
    /// If memory runs out.
    pub fn set_root_element(&mut self, root: &Root, index: i64) -> Result<()> {
        self.set_in_root(root, RawValue::integer(index))
    }

    fn set_in_root(&mut self, root: &Root, key: RawValue) -> Result<()> {
        let Some(t) = self.root_table(root) else {
            return Err(self.error(format_args!("table expected")));
        };
        let v = self.raw(-1);
        // SAFETY: the root keeps the table, the value is in a slot, and the key is
        // fresh, which `table_set` keeps.
        unsafe { self.table_set(t, key, v)? };
        self.pop(1);
        Ok(())
    }
}
