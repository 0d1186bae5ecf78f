//! Tables of roots, read and written without the stack where it is not needed.

use super::Root;
use crate::api::Value;
use crate::error::Result;
use crate::object::Table;
use crate::state::State;
use crate::table;
use crate::value::RawValue;

/// What of a table is meant.
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// use perilune::native::{TablePlace, Value};
///
/// state.load(b"return {10, 20}", b"=t", b"t")?;
/// state.call(0, Some(1))?;
/// let table = state.pin_top()?;
/// assert_eq!(state.root_place(&table, TablePlace::Element(2)), Value::Integer(20));
/// assert_eq!(state.root_place(&table, TablePlace::Key(0)), Value::Integer(1));
/// assert_eq!(state.root_place(&table, TablePlace::Value(0)), Value::Integer(10));
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
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
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::Value;
    ///
    /// state.load(b"return {1, 2, 3}", b"=t", b"t")?;
    /// state.call(0, Some(1))?;
    /// let table = state.pin_top()?;
    /// let (mut position, mut sum) = (0, 0);
    /// while let Some((next, _, value)) = state.root_entry(&table, position) {
    ///     if let Value::Integer(n) = value {
    ///         sum += n;
    ///     }
    ///     position = next;
    /// }
    /// assert_eq!(sum, 6);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
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

    /// What is in a place of a root's table; nil if there is nothing, or no table.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::{TablePlace, Value};
    ///
    /// state.load(b"return {'a'}", b"=t", b"t")?;
    /// state.call(0, Some(1))?;
    /// let table = state.pin_top()?;
    /// assert_eq!(state.root_place(&table, TablePlace::Element(1)), Value::String(b"a"));
    /// assert_eq!(state.root_place(&table, TablePlace::Element(2)), Value::Nil);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn root_place(&self, root: &Root, place: TablePlace) -> Value<'_> {
        self.view(self.raw_place(root, place))
    }

    /// Pushes what is in a place of a root's table.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::TablePlace;
    ///
    /// state.load(b"return {{}}", b"=t", b"t")?;
    /// state.call(0, Some(1))?;
    /// let table = state.pin_top()?;
    /// state.push_root_place(&table, TablePlace::Element(1))?;
    /// assert!(state.is_table(-1));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the stack can't grow.
    pub fn push_root_place(&mut self, root: &Root, place: TablePlace) -> Result<()> {
        let v = self.raw_place(root, place);
        self.push_raw(v)
    }

    /// Pops a value and puts it into a root's table under a name, raw.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.new_table(0, 1)?;
    /// let table = state.pin(-1)?;
    /// state.push("red")?;
    /// state.set_root_field(&table, "color")?;
    /// assert_eq!((state.top(), state.raw_peek(1, "color")), (1, perilune::native::Value::String(b"red")));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the root holds no table of this state, or memory runs out.
    pub fn set_root_field(&mut self, root: &Root, name: &str) -> Result<()> {
        let key = self.new_string(name.as_bytes())?;
        self.set_in_root(root, key)
    }

    /// Pops a value and puts it into a root's table under an integer, raw.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.new_table(1, 0)?;
    /// let table = state.pin(-1)?;
    /// state.push("first")?;
    /// state.set_root_element(&table, 1)?;
    /// assert_eq!((state.top(), state.raw_len(1)), (1, 1));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the root holds no table of this state, or memory runs out.
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
