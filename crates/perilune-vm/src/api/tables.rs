//! Tables and operators, raw and with metamethods.
//!
//! Metamethods that these call run on the native stack: they can't yield.

use super::{ArithOp, CompareOp, Value};
use crate::call::call_from_rust;
use crate::error::Result;
use crate::frame::kind;
use crate::meta::{Access, Comparison, Event};
use crate::object::{StringObject, Thread};
use crate::state::{NativeFn, State};
use crate::table;
use crate::value::{RawValue, tag};

/// How far [`State::next_entry`] has come in a table.
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// use perilune::native::TablePosition;
///
/// state.load(b"return {a = 1, b = 2, c = 3}", b"=t", b"t")?;
/// state.call(0, Some(1))?;
/// let (mut at, mut sum) = (TablePosition::default(), 0);
/// while state.next_entry(1, &mut at)? {
///     sum += state.to_integer(-1).unwrap_or(0);
///     state.pop(2);
/// }
/// assert_eq!(sum, 6);
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct TablePosition {
    index: u32,
    payload: u64,
    tag: u8,
}

impl TablePosition {
    /// The index of the entry to come; `None` if the last one is gone.
    ///
    /// # Safety
    /// `t` is a live table.
    #[inline(always)]
    pub(crate) unsafe fn index(&self, t: *mut crate::object::Table) -> Option<u32> {
        if self.index == 0 {
            return Some(0);
        }
        let key = RawValue { payload: self.payload, tag: self.tag };
        // SAFETY: the contract is the same.
        unsafe { table::index_again(t, self.index, key).ok() }
    }

    /// The position behind the entry with this key, where `index` is.
    #[inline(always)]
    pub(crate) fn behind(index: u32, key: RawValue) -> TablePosition {
        TablePosition { index, payload: key.payload, tag: key.tag }
    }
}

impl State {
    /// The table at an index.
    ///
    /// # Errors
    /// "table expected" if there is none.
    #[inline]
    fn table_at(&mut self, index: i32) -> Result<*mut crate::object::Table> {
        let v = self.raw(index);
        if v.is_table() {
            Ok(v.as_table())
        } else {
            Err(self.error(format_args!("table expected")))
        }
    }

    /// The interned (or long) string of a key, as a value.
    #[inline]
    fn key(&mut self, name: &str) -> Result<RawValue> {
        self.known_string(name.as_bytes())
    }

    /// Pushes an empty table with room for so many elements and other entries.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.new_table(0, 2)?;
    /// state.set_field_to(-1, "x", 1)?;
    /// state.set_field_to(-1, "y", 2)?;
    /// assert!(state.is_table(-1));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    pub fn new_table(&mut self, array: usize, hash: usize) -> Result<()> {
        let array = u32::try_from(array).unwrap_or(u32::MAX);
        let hash = u32::try_from(hash).unwrap_or(u32::MAX);
        // SAFETY: the table is pushed before anything can collect.
        unsafe {
            let t = match table::new(&mut self.heap, array, hash) {
                Ok(t) => t,
                Err(_) => self.retry_allocation(&[], |s| table::new(&mut s.heap, array, hash))?,
            };
            self.push_raw(RawValue::pointer(tag::TABLE, t))?;
        }
        self.collect_if_due()
    }

    /// Replaces the key on top by `table[key]`, raw.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.load(b"return {[true] = 'yes'}", b"=t", b"t")?;
    /// state.call(0, Some(1))?;
    /// state.push(true)?;
    /// state.raw_get(1)?;
    /// assert_eq!((state.top(), state.bytes(-1)), (2, Some(&b"yes"[..])));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there is no table at the index: "table expected".
    pub fn raw_get(&mut self, table: i32) -> Result<()> {
        let t = self.table_at(table)?;
        let slot = self.slot(-1);
        // SAFETY: table and key are in slots; the table is one, so there is a top.
        unsafe { *slot = table::get(t, *slot) };
        Ok(())
    }

    /// `table[key] = value`, raw, with the key below the value on top; pops
    /// both.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.new_table(0, 1)?;
    /// state.push(1.5)?;
    /// state.push("value")?;
    /// state.raw_set(1)?;
    /// assert_eq!(state.top(), 1);
    /// state.push(1.5)?;
    /// state.raw_get(1)?;
    /// assert_eq!(state.bytes(-1), Some(&b"value"[..]));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there is no table at the index, the key is nil or NaN, or memory runs out.
    pub fn raw_set(&mut self, table: i32) -> Result<()> {
        let t = self.table_at(table)?;
        let (key, v) = (self.raw(-2), self.raw(-1));
        // SAFETY: all are in slots.
        unsafe { self.table_set(t, key, v)? };
        self.pop(2);
        Ok(())
    }

    /// Pushes `table[key]`, raw.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.load(b"return {'a', 'b'}", b"=t", b"t")?;
    /// state.call(0, Some(1))?;
    /// state.raw_get_integer(1, 2)?;
    /// assert_eq!(state.bytes(-1), Some(&b"b"[..]));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there is no table at the index, or the stack can't grow.
    #[inline]
    pub fn raw_get_integer(&mut self, table: i32, key: i64) -> Result<()> {
        let t = self.table_at(table)?;
        // SAFETY: the table is in a slot.
        let v = unsafe { table::get_integer(t, key) };
        self.push_raw(v)
    }

    /// `table[key] = value`, raw; pops the value.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.new_table(3, 0)?;
    /// for i in 1..=3 {
    ///     state.push(i * i)?;
    ///     state.raw_set_integer(1, i)?;
    /// }
    /// assert_eq!((state.top(), state.raw_len(1)), (1, 3));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there is no table at the index, or memory runs out.
    #[inline]
    pub fn raw_set_integer(&mut self, table: i32, key: i64) -> Result<()> {
        let t = self.table_at(table)?;
        let v = self.raw(-1);
        // SAFETY: all are in slots.
        unsafe { self.table_set(t, RawValue::integer(key), v)? };
        self.pop(1);
        Ok(())
    }

    /// Pushes `table[key]`, raw.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.load(b"return {name = 'Ada'}", b"=t", b"t")?;
    /// state.call(0, Some(1))?;
    /// state.raw_get_field(1, "name")?;
    /// assert_eq!(state.bytes(-1), Some(&b"Ada"[..]));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there is no table at the index, or memory runs out.
    pub fn raw_get_field(&mut self, table: i32, key: &str) -> Result<()> {
        let t = self.table_at(table)?;
        let key = self.key(key)?;
        // SAFETY: the table is in a slot; nothing has been collected since the
        // key was made.
        let v = unsafe { table::get(t, key) };
        self.push_raw(v)
    }

    /// `table[key] = value`, raw; pops the value.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.new_table(0, 1)?;
    /// state.push("Ada")?;
    /// state.raw_set_field(1, "name")?;
    /// assert_eq!(state.top(), 1);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there is no table at the index, or memory runs out.
    pub fn raw_set_field(&mut self, table: i32, key: &str) -> Result<()> {
        let t = self.table_at(table)?;
        let key = self.key(key)?;
        let v = self.raw(-1);
        // SAFETY: all are in slots, but for the fresh key, which `table_set`
        // keeps.
        unsafe { self.table_set(t, key, v)? };
        self.pop(1);
        Ok(())
    }

    /// `table[key] = value`, raw; pushes and pops nothing.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.new_table(0, 2)?;
    /// state.set_field_to(1, "host", "localhost")?;
    /// state.set_field_to(1, "port", 8080)?;
    /// assert_eq!(state.raw_peek(1, "port"), perilune::native::Value::Integer(8080));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there is no table at the index, or memory runs out.
    pub fn set_field_to<T: super::Push>(&mut self, table: i32, key: &str, value: T) -> Result<()> {
        let table = self.abs_index(table);
        self.push(value)?;
        self.raw_set_field(table, key)
    }

    /// `table[key]` without pushing it, raw; nil if there is no table.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::Value;
    ///
    /// state.load(b"return {10, 20}", b"=t", b"t")?;
    /// state.call(0, Some(1))?;
    /// assert_eq!(state.raw_peek_integer(1, 2), Value::Integer(20));
    /// assert_eq!(state.raw_peek_integer(1, 3), Value::Nil);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn raw_peek_integer(&self, table: i32, key: i64) -> Value<'_> {
        let v = self.raw(table);
        if !v.is_table() {
            return Value::Nil;
        }
        // SAFETY: the table is in a slot.
        self.view(unsafe { table::get_integer(v.as_table(), key) })
    }

    /// `table[key]` without pushing it, raw; nil if there is no table. It looks at all
    /// entries, one by one, and makes no string: for small tables.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::Value;
    ///
    /// state.load(b"return {color = 'red'}", b"=t", b"t")?;
    /// state.call(0, Some(1))?;
    /// assert_eq!(state.raw_peek(1, "color"), Value::String(b"red"));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn raw_peek(&self, table: i32, key: &str) -> Value<'_> {
        let v = self.raw(table);
        if !v.is_table() {
            return Value::Nil;
        }
        // SAFETY: the table is in a slot; the traversal only reads.
        unsafe {
            let t = v.as_table();
            let mut index = 0;
            while let Some((next, k, value)) = table::next_at(t, index) {
                if k.is_string() && StringObject::bytes(k.as_string()) == key.as_bytes() {
                    return self.view(value);
                }
                index = next;
            }
        }
        Value::Nil
    }

    /// Replaces the key on top by the next key and its value; pops it and
    /// answers false at the end.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.load(b"return {5, 6}", b"=t", b"t")?;
    /// state.call(0, Some(1))?;
    /// let mut sum = 0;
    /// state.push(())?;
    /// while state.next(1)? {
    ///     sum += state.to_integer(-1).unwrap_or(0);
    ///     state.pop(1);
    /// }
    /// assert_eq!((sum, state.top()), (11, 1));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there is no table at the index; "invalid key to 'next'".
    pub fn next(&mut self, table: i32) -> Result<bool> {
        let t = self.table_at(table)?;
        let mut key = self.raw(-1);
        if self.float_only {
            key = table::normalise(key);
        }
        // SAFETY: both are in slots.
        match unsafe { table::next(t, key) } {
            Ok(Some((k, v))) => {
                self.pop(1);
                self.push_raw(self.visible(k))?;
                self.push_raw(v)?;
                Ok(true)
            }
            Ok(None) => {
                self.pop(1);
                Ok(false)
            }
            Err(_) => Err(self.runtime_error(b"invalid key to 'next'")),
        }
    }

    /// Pushes the first entry of a table at a position or behind it, key and
    /// value, and answers the position to go on with; pushes nothing and answers
    /// `None` at the end. The first position is 0. If the table changed since the
    /// last step, entries may be left out or come twice.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.load(b"return {'a', 'b', x = 'c'}", b"=t", b"t")?;
    /// state.call(0, Some(1))?;
    /// let (mut position, mut values) = (0, Vec::new());
    /// while let Some(next) = state.next_at(1, position)? {
    ///     values.push(state.bytes(-1).map(<[u8]>::to_vec));
    ///     state.pop(2);
    ///     position = next;
    /// }
    /// assert_eq!(values.len(), 3);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there is no table at the index, or the stack can't grow.
    #[inline]
    pub fn next_at(&mut self, table: i32, position: usize) -> Result<Option<usize>> {
        let t = self.table_at(table)?;
        let Ok(position) = u32::try_from(position) else { return Ok(None) };
        // SAFETY: the table is in a slot.
        let Some((next, k, v)) = (unsafe { table::next_at(t, position) }) else {
            return Ok(None);
        };
        self.push_raw(self.visible(k))?;
        self.push_raw(v)?;
        Ok(Some(next as usize))
    }

    /// Pushes the next entry of a table, key and value, and moves `position`, which
    /// begins as its default; answers false at the end.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::TablePosition;
    ///
    /// state.load(b"return {10, 20}", b"=t", b"t")?;
    /// state.call(0, Some(1))?;
    /// let mut at = TablePosition::default();
    /// assert!(state.next_entry(1, &mut at)?);
    /// assert_eq!((state.to_integer(-2), state.to_integer(-1)), (Some(1), Some(10)));
    /// state.pop(2);
    /// assert!(state.next_entry(1, &mut at)?);
    /// state.pop(2);
    /// assert!(!state.next_entry(1, &mut at)?);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the entry that came last is gone from the table, as entries were added
    /// since (to set its value to nil is no reason); if there is no table at the
    /// index.
    #[inline]
    pub fn next_entry(&mut self, table: i32, position: &mut TablePosition) -> Result<bool> {
        let t = self.table_at(table)?;
        // SAFETY: the table is in a slot.
        unsafe {
            let Some(index) = position.index(t) else {
                return Err(self.error(format_args!("invalid key to 'next'")));
            };
            let Some((next, k, v)) = table::next_at(t, index) else { return Ok(false) };
            *position = TablePosition::behind(next, k);
            self.push_raw(self.visible(k))?;
            self.push_raw(v)?;
        }
        Ok(true)
    }

    /// Puts functions into the table on top.
    ///
    /// ```
    /// # use perilune::native::{self, Return, State};
    /// fn zero(state: &mut State) -> native::Result<Return> {
    ///     state.ret(0)
    /// }
    ///
    /// /// Pushes a library.
    /// fn open(state: &mut State) -> native::Result<Return> {
    ///     state.new_table(0, 1)?;
    ///     state.set_functions(&[("zero", zero)])?;
    ///     Ok(Return::values(1))
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("zero", lua.create_native_function(zero)?)?;
    /// lua.globals().set("open", lua.create_native_function(open)?)?;
    /// assert_eq!(lua.load("open().zero()").eval::<i64>()?, 0);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there is no table on top, or memory runs out.
    pub fn set_functions(&mut self, functions: &[(&str, NativeFn)]) -> Result<()> {
        for &(name, f) in functions {
            self.set_field_to(-1, name, f)?;
        }
        Ok(())
    }

    /// Pushes the table of globals.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push_globals()?;
    /// state.raw_get_field(-1, "print")?;
    /// assert!(state.is_function(-1));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the stack can't grow.
    pub fn push_globals(&mut self) -> Result<()> {
        // SAFETY: the running thread is live.
        let v = unsafe { self.globals_of(self.current) };
        self.push_raw(v)
    }

    /// Pops a table and makes it the globals of chunks loaded from now on.
    ///
    /// ```
    /// use perilune::native::State;
    ///
    /// let mut state = State::new().unwrap();
    /// let answer = state.enter(|state| {
    ///     state.new_table(0, 1)?;
    ///     state.set_field_to(-1, "x", 42)?;
    ///     state.replace_globals()?;
    ///     state.load(b"return x", b"=chunk", b"t")?;
    ///     state.call(0, Some(1))?;
    ///     Ok(state.to_integer(-1))
    /// });
    /// assert_eq!(answer.unwrap(), Some(42));
    /// ```
    ///
    /// # Errors
    /// If there is no table on top; memory.
    pub fn replace_globals(&mut self) -> Result<()> {
        self.table_at(-1)?;
        let v = self.raw(-1);
        // SAFETY: the registry is live, and the value on the stack.
        unsafe {
            self.table_set(self.registry, RawValue::integer(crate::state::REGISTRY_GLOBALS), v)?
        };
        self.pop(1);
        Ok(())
    }

    /// Pushes the registry.
    ///
    /// It is a table that scripts don't see, for what native functions share.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push_registry()?;
    /// state.set_field_to(-1, "app.version", 3)?;
    /// state.raw_get_field(-1, "app.version")?;
    /// assert_eq!(state.to_integer(-1), Some(3));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the stack can't grow.
    pub fn push_registry(&mut self) -> Result<()> {
        self.push_raw(RawValue::pointer(tag::TABLE, self.registry))
    }

    /// Pushes the table `registry[name]`, made if it is not there; answers
    /// whether it was.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// assert!(!state.push_registry_table("app.cache")?);
    /// state.set_field_to(-1, "hits", 1)?;
    /// assert!(state.push_registry_table("app.cache")?);
    /// state.raw_get_field(-1, "hits")?;
    /// assert_eq!(state.to_integer(-1), Some(1));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    pub fn push_registry_table(&mut self, name: &str) -> Result<bool> {
        self.push_registry()?;
        self.raw_get_field(-1, name)?;
        if self.is_table(-1) {
            self.remove(-2);
            return Ok(true);
        }
        self.pop(1);
        // Room for the modules of the standard libraries.
        self.new_table(0, 16)?;
        self.push_value(-1)?;
        self.raw_set_field(-3, name)?;
        self.remove(-2);
        Ok(false)
    }

    /// Calls `handler` with arguments on the native stack and returns its first
    /// result.
    pub(crate) fn call_metamethod(
        &mut self,
        handler: RawValue,
        arguments: &[RawValue],
    ) -> Result<RawValue> {
        // SAFETY: the native frame's top covers what is live; at most three
        // arguments fit into the slots that are always free above it. There the
        // values stay alive if making room collects.
        unsafe {
            let th = self.current;
            let top = Thread::offset_of(th, (*th).top);
            let function = (*th).top;
            *function = handler;
            for (i, &v) in arguments.iter().enumerate() {
                *function.add(1 + i) = self.visible(v);
            }
            (*th).top = function.add(1 + arguments.len());
            if let Err(e) = crate::call::ensure_stack(self, th, 2) {
                (*th).top = (*th).stack.add(top);
                return Err(e);
            }
            let function = (*th).stack.add(top);
            call_from_rust(self, function, arguments.len(), kind::ENTRY, 0)?;
            let result = (*th).stack.add(top);
            let v = if result < (*th).top { *result } else { RawValue::NIL };
            (*th).top = result;
            Ok(v)
        }
    }

    /// `object[key]` with metamethods.
    pub(crate) fn index_value(&mut self, object: RawValue, key: RawValue) -> Result<RawValue> {
        // SAFETY: both are rooted by the caller until the call copies them.
        match unsafe { self.index(object, key)? } {
            Access::Done(v) => Ok(v),
            Access::Call(handler, object) => self.call_metamethod(handler, &[object, key]),
        }
    }

    fn set_index_value(&mut self, object: RawValue, key: RawValue, v: RawValue) -> Result<()> {
        // SAFETY: all are rooted by the caller until the call copies them.
        match unsafe { self.set_index(object, key, v)? } {
            Access::Done(_) => Ok(()),
            Access::Call(handler, object) => {
                self.call_metamethod(handler, &[object, key, v]).map(|_| ())
            }
        }
    }

    /// Pushes `value[key]`.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.load(b"return setmetatable({}, {__index = {size = 3}})", b"=t", b"t")?;
    /// state.call(0, Some(1))?;
    /// state.get_field(1, "size")?;
    /// assert_eq!(state.to_integer(-1), Some(3));
    /// state.push(true)?;
    /// assert!(state.get_field(-1, "size").is_err());
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// What a metamethod raises, or that the value can't be indexed.
    pub fn get_field(&mut self, index: i32, key: &str) -> Result<()> {
        let object = self.raw(index);
        let key = self.key(key)?;
        let v = self.index_value(object, key)?;
        self.push_raw(v)
    }

    /// `value[key] = top`; pops it.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// let source = b"local function set(t, k, v) rawset(t, k, v * 2) end
    ///     return setmetatable({}, {__newindex = set})";
    /// state.load(source, b"=t", b"t")?;
    /// state.call(0, Some(1))?;
    /// state.push(21)?;
    /// state.set_field(1, "n")?;
    /// assert_eq!(state.raw_peek(1, "n"), perilune::native::Value::Integer(42));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`get_field`](Self::get_field).
    pub fn set_field(&mut self, index: i32, key: &str) -> Result<()> {
        let object = self.raw(index);
        let key = self.key(key)?;
        let v = self.raw(-1);
        self.set_index_value(object, key, v)?;
        self.pop(1);
        Ok(())
    }

    /// Replaces the key on top by `value[key]`.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push("text")?;
    /// state.push("len")?;
    /// state.get(1)?;
    /// assert!(state.is_function(2));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`get_field`](Self::get_field).
    pub fn get(&mut self, index: i32) -> Result<()> {
        let object = self.raw(index);
        let key = self.raw(-1);
        let v = self.index_value(object, key)?;
        self.pop(1);
        self.push_raw(v)
    }

    /// `value[key] = top` with the key below; pops both.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.new_table(0, 1)?;
    /// state.push("key")?;
    /// state.push("value")?;
    /// state.set(1)?;
    /// assert_eq!((state.top(), state.raw_len(1)), (1, 0));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`get_field`](Self::get_field).
    pub fn set(&mut self, index: i32) -> Result<()> {
        let (object, key, v) = (self.raw(index), self.raw(-2), self.raw(-1));
        self.set_index_value(object, key, v)?;
        self.pop(2);
        Ok(())
    }

    /// Pushes `value[key]`.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// let source = b"return setmetatable({'a'}, {__index = function(_, i) return i end})";
    /// state.load(source, b"=t", b"t")?;
    /// state.call(0, Some(1))?;
    /// state.get_integer(1, 1)?;
    /// state.get_integer(1, 7)?;
    /// assert_eq!((state.bytes(2), state.to_integer(3)), (Some(&b"a"[..]), Some(7)));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`get_field`](Self::get_field).
    #[inline]
    pub fn get_integer(&mut self, index: i32, key: i64) -> Result<()> {
        let object = self.raw(index);
        if object.is_table() {
            // SAFETY: the table is in a slot.
            let v = unsafe { table::get_integer(object.as_table(), key) };
            if !v.is_nil() {
                return self.push_raw(v);
            }
        }
        let v = self.index_value(object, RawValue::integer(key))?;
        self.push_raw(v)
    }

    /// `value[key] = top`; pops it.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.new_table(1, 0)?;
    /// state.push("first")?;
    /// state.set_integer(1, 1)?;
    /// assert_eq!((state.top(), state.raw_len(1)), (1, 1));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`get_field`](Self::get_field).
    #[inline]
    pub fn set_integer(&mut self, index: i32, key: i64) -> Result<()> {
        let object = self.raw(index);
        let v = self.raw(-1);
        if object.is_table() {
            // SAFETY: the table is in a slot, and so is the value.
            unsafe {
                let t = object.as_table();
                let slot = table::find_integer(t, key);
                if !slot.is_absent() && !slot.is_nil() {
                    table::overwrite(&mut self.heap, t, slot, v);
                    self.pop(1);
                    return Ok(());
                }
            }
        }
        self.set_index_value(object, RawValue::integer(key), v)?;
        self.pop(1);
        Ok(())
    }

    /// Pushes a global variable.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.get_global("_VERSION")?;
    /// assert_eq!(state.bytes(-1), Some(&b"Lua 5.4"[..]));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`get_field`](Self::get_field).
    pub fn get_global(&mut self, name: &str) -> Result<()> {
        self.push_globals()?;
        self.get_field(-1, name)?;
        self.remove(-2);
        Ok(())
    }

    /// Pops a value into a global variable.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push(9.81)?;
    /// state.set_global("gravity")?;
    /// state.load(b"return gravity", b"=chunk", b"t")?;
    /// state.call(0, Some(1))?;
    /// assert_eq!(state.to_float(-1), Some(9.81));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`get_field`](Self::get_field).
    pub fn set_global(&mut self, name: &str) -> Result<()> {
        self.push_globals()?;
        self.insert(-2);
        self.set_field(-2, name)?;
        self.pop(1);
        Ok(())
    }

    /// Pushes the length as the operator `#` gives it.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// let source = b"return setmetatable({}, {__len = function() return 'many' end})";
    /// state.load(source, b"=t", b"t")?;
    /// state.call(0, Some(1))?;
    /// state.push_len(1)?;
    /// assert_eq!(state.bytes(-1), Some(&b"many"[..]));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the value has none, or what a metamethod raises.
    pub fn push_len(&mut self, index: i32) -> Result<()> {
        let v = self.raw(index);
        // SAFETY: the value is in a slot.
        let result = unsafe {
            match v.tag {
                tag::SHORT_STRING | tag::LONG_STRING => {
                    self.integer_value((*v.as_string()).len as i64)
                }
                _ => {
                    let handler = self.len_metamethod(v);
                    if !handler.is_nil() {
                        self.call_metamethod(handler, &[v, self.second_of_len(v)])?
                    } else if v.is_table() {
                        self.integer_value(table::length_by_dialect(v.as_table(), &self.heap) as i64)
                    } else {
                        return Err(self.type_error_for(
                            v,
                            "get length of",
                            crate::error::Blame::None,
                        ));
                    }
                }
            }
        };
        self.push_raw(result)
    }

    /// The length as an integer; pushes nothing.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push("four")?;
    /// assert_eq!(state.len(1)?, 4);
    /// state.push(4)?;
    /// assert!(state.len(2).is_err());
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// "object length is not an integer", or as [`push_len`](Self::push_len).
    pub fn len(&mut self, index: i32) -> Result<i64> {
        self.push_len(index)?;
        let n = self.to_integer(-1);
        self.pop(1);
        match n {
            Some(n) => Ok(n),
            None => Err(self.error(format_args!("{}", self.dialect.length_error))),
        }
    }

    /// Pops the operands and pushes the result of an operator.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::ArithOp;
    ///
    /// state.push(6)?;
    /// state.push(7)?;
    /// state.arith(ArithOp::Mul)?;
    /// assert_eq!((state.top(), state.to_integer(-1)), (1, Some(42)));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// Operands without the operation, or what a metamethod raises.
    pub fn arith(&mut self, op: ArithOp) -> Result<()> {
        use ArithOp as O;
        let event = match op {
            O::Add => Event::Add,
            O::Sub => Event::Sub,
            O::Mul => Event::Mul,
            O::Mod => Event::Mod,
            O::Pow => Event::Pow,
            O::Div => Event::Div,
            O::IDiv => Event::IDiv,
            O::BAnd => Event::BAnd,
            O::BOr => Event::BOr,
            O::BXor => Event::BXor,
            O::Shl => Event::Shl,
            O::Shr => Event::Shr,
            O::Unm => Event::Unm,
            O::BNot => Event::BNot,
        };
        let unary = matches!(op, O::Unm | O::BNot);
        let b = self.raw(-1);
        let a = if unary { b } else { self.raw(-2) };
        // SAFETY: the operands are in slots.
        let v = unsafe {
            match self.arith_values(event, a, b)? {
                Some(v) => v,
                None => {
                    let h = self.binary_metamethod(event, a, b);
                    if h.is_nil() {
                        return Err(self.operator_error(event, a, b));
                    }
                    self.call_metamethod(h, &[a, b])?
                }
            }
        };
        self.pop(if unary { 1 } else { 2 });
        self.push_raw(v)
    }

    /// Compares two slots with metamethods; pushes and pops nothing.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::CompareOp;
    ///
    /// state.push("apple")?;
    /// state.push("pear")?;
    /// assert!(state.compare(1, 2, CompareOp::Lt)?);
    /// state.push(1)?;
    /// assert!(state.compare(1, 3, CompareOp::Lt).is_err());
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// Values without an order, or what a metamethod raises.
    pub fn compare(&mut self, a: i32, b: i32, op: CompareOp) -> Result<bool> {
        let (a, b) = (self.raw(a), self.raw(b));
        self.compare_values(a, b, op)
    }

    pub(crate) fn compare_values(
        &mut self,
        a: RawValue,
        b: RawValue,
        op: CompareOp,
    ) -> Result<bool> {
        // SAFETY: the operands are in slots or in a table in a slot.
        let c = unsafe {
            match op {
                CompareOp::Eq => self.equal(a, b),
                CompareOp::Lt => self.compare_order(Event::Lt, a, b)?,
                CompareOp::Le => self.compare_order(Event::Le, a, b)?,
            }
        };
        match c {
            Comparison::Known(truth) => Ok(truth),
            Comparison::Call(h) => Ok(!self.call_metamethod(h, &[a, b])?.is_false()),
            Comparison::CallNegated(h) => Ok(self.call_metamethod(h, &[b, a])?.is_false()),
        }
    }

    /// Replaces the `n` topmost values by their concatenation.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push("a")?;
    /// state.push(1)?;
    /// state.push("b")?;
    /// state.concat(3)?;
    /// assert_eq!((state.top(), state.bytes(-1)), (1, Some(&b"a1b"[..])));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// Values that can't be concatenated, or what a metamethod raises.
    pub fn concat(&mut self, n: usize) -> Result<()> {
        if n == 0 {
            return self.push("");
        }
        let mut n = n.min(self.top());
        while n > 1 {
            // SAFETY: the `n` topmost slots are live.
            unsafe {
                let top = (*self.current).top;
                let done = self.concat_run(top.sub(1), n)?;
                if done == 0 {
                    let (x, y) = (*top.sub(2), *top.sub(1));
                    let h = self.binary_metamethod(Event::Concat, x, y);
                    if h.is_nil() {
                        return Err(self.concat_error(x, y, 255));
                    }
                    let v = self.call_metamethod(h, &[x, y])?;
                    self.pop(2);
                    self.push_raw(v)?;
                    n -= 1;
                } else {
                    self.pop(done - 1);
                    n -= done - 1;
                }
            }
        }
        self.collect_if_due()
    }
}
