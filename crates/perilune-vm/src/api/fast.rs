//! Shortcuts for the libraries: what could be said with the other functions,
//! without their cost.

use super::{Buffer, Push, Value};
use crate::error::Result;
use crate::meta::{format_number, header};
use crate::number::Number;
use crate::object::{StringObject, Table};
use crate::state::{NativeFn, State};
use crate::table;
use crate::value::{RawValue, tag};
use std::marker::PhantomData;

/// How many values are moved between two looks at the interrupt word.
const INTERRUPTIBLE: i64 = 1 << 14;

impl<T: Push> Push for Option<T> {
    fn push(self, state: &mut State) -> Result<()> {
        match self {
            Some(v) => v.push(state),
            None => state.push_raw(RawValue::NIL),
        }
    }
}

impl State {
    /// Seeds for a random number generator, different at each run.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// let (a, b) = state.random_seed();
    /// assert_ne!((a, b), perilune::native::State::new()?.random_seed());
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn random_seed(&mut self) -> (u64, u64) {
        use std::hash::{BuildHasher, Hasher};
        let mut h = std::hash::RandomState::new().build_hasher();
        h.write_u64(self.seed);
        (self.seed, h.finish())
    }

    /// Tells the interpreter which native function is `next`, so that loops over
    /// it need no calls.
    ///
    /// ```
    /// use perilune::native::{self, Return, State};
    ///
    /// fn next(state: &mut State) -> native::Result<Return> {
    ///     state.check_table(1)?;
    ///     state.set_top(2);
    ///     Ok(Return::values(if state.next(1)? { 2 } else { 0 }))
    /// }
    ///
    /// let mut state = State::new().unwrap();
    /// state.mark_next(next);
    /// let sum = state.enter(|state| {
    ///     state.push(next as native::NativeFn)?;
    ///     state.set_global("next")?;
    ///     let source = b"local n = 0 for _, v in next, {1, 2, 3} do n = n + v end return n";
    ///     state.load(source, b"=sum", b"t")?;
    ///     state.call(0, Some(1))?;
    ///     Ok(state.to_integer(-1))
    /// });
    /// assert_eq!(sum.unwrap(), Some(6));
    /// ```
    pub fn mark_next(&mut self, next: NativeFn) {
        self.next_function = RawValue::light_native(next).payload;
    }

    /// Tells the interpreter which native function is the iterator of `ipairs`.
    ///
    /// ```
    /// use perilune::native::{self, Return, State};
    ///
    /// fn following(state: &mut State) -> native::Result<Return> {
    ///     let i = state.check_integer(2)? + 1;
    ///     state.push(i)?;
    ///     state.get_integer(1, i)?;
    ///     Ok(Return::values(if state.is_nil(-1) { 1 } else { 2 }))
    /// }
    ///
    /// let mut state = State::new().unwrap();
    /// state.mark_ipairs_iterator(following);
    /// let sum = state.enter(|state| {
    ///     state.push(following as native::NativeFn)?;
    ///     state.set_global("following")?;
    ///     let source = b"local n = 0 for i, v in following, {5, 6}, 0 do n = n + i * v end return n";
    ///     state.load(source, b"=sum", b"t")?;
    ///     state.call(0, Some(1))?;
    ///     Ok(state.to_integer(-1))
    /// });
    /// assert_eq!(sum.unwrap(), Some(17));
    /// ```
    pub fn mark_ipairs_iterator(&mut self, iterator: NativeFn) {
        self.ipairs_function = RawValue::light_native(iterator).payload;
    }

    /// Pushes the field of the table in upvalue `n` whose key is at an index, raw;
    /// pushes nothing and answers false if it is nil, or that is no table.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::{self, Return, State};
    ///
    /// /// The method of a name, from the table that it closes over.
    /// fn index(state: &mut State) -> native::Result<Return> {
    ///     if state.push_upvalue_field(1, 2)? {
    ///         return Ok(Return::values(1));
    ///     }
    ///     state.ret("no such member")
    /// }
    ///
    /// state.new_table(0, 1)?;
    /// state.set_field_to(-1, "color", "red")?;
    /// state.push_closure(index, 1)?;
    /// state.push(())?;
    /// state.push("color")?;
    /// state.call(2, Some(1))?;
    /// assert_eq!(state.bytes(-1), Some(&b"red"[..]));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the stack can't grow.
    #[inline]
    pub fn push_upvalue_field(&mut self, n: usize, key: i32) -> Result<bool> {
        let table = self.native_upvalue_value(n);
        if !table.is_table() {
            return Ok(false);
        }
        // SAFETY: the table is live with the running function, the key is in a slot.
        let v = unsafe { crate::table::get(table.as_table(), self.raw(key)) };
        if v.is_nil() {
            return Ok(false);
        }
        self.push_raw(v)?;
        Ok(true)
    }

    /// The bytes of the string in upvalue `n` of the running function; empty if
    /// it is none.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::{self, Return, State};
    ///
    /// fn starts(state: &mut State) -> native::Result<Return> {
    ///     let text = state.check_bytes(1)?.to_vec();
    ///     state.ret(text.starts_with(state.upvalue_bytes(1)))
    /// }
    ///
    /// state.push("http")?;
    /// state.push_closure(starts, 1)?;
    /// state.push("https://lua.org")?;
    /// state.call(1, Some(1))?;
    /// assert!(state.to_boolean(-1));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn upvalue_bytes(&self, n: usize) -> &[u8] {
        let v = self.native_upvalue_value(n);
        // SAFETY: the string lives while the state is borrowed.
        if v.is_string() { unsafe { StringObject::bytes(v.as_string()) } } else { b"" }
    }

    /// The integer in upvalue `n` of the running function; 0 if it is none.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::{self, Return, State};
    ///
    /// fn scale(state: &mut State) -> native::Result<Return> {
    ///     let n = state.check_integer(1)?;
    ///     state.ret(n * state.upvalue_integer(1))
    /// }
    ///
    /// state.push(60)?;
    /// state.push_closure(scale, 1)?;
    /// state.push(2)?;
    /// state.call(1, Some(1))?;
    /// assert_eq!(state.to_integer(-1), Some(120));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn upvalue_integer(&self, n: usize) -> i64 {
        let v = self.native_upvalue_value(n);
        match v.tag {
            tag::INTEGER => v.as_integer(),
            tag::FLOAT => crate::number::truncate(v.as_float()),
            _ => 0,
        }
    }

    /// Puts an integer into upvalue `n` of the running function.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::{self, Return, State};
    ///
    /// fn count(state: &mut State) -> native::Result<Return> {
    ///     let n = state.upvalue_integer(1) + 1;
    ///     state.set_upvalue_integer(1, n);
    ///     state.ret(n)
    /// }
    ///
    /// state.push(0)?;
    /// state.push_closure(count, 1)?;
    /// for expected in 1..=3 {
    ///     state.push_value(1)?;
    ///     state.call(0, Some(1))?;
    ///     assert_eq!(state.to_integer(-1), Some(expected));
    /// }
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn set_upvalue_integer(&mut self, n: usize, value: i64) {
        let slot = self.native_upvalue(n);
        if !slot.is_null() {
            // SAFETY: a live closure's upvalue; integers need no barrier.
            unsafe { *slot = self.integer_value(value) }
        }
    }

    /// Pushes the bytes `start..end` of the string in upvalue `n` of the running
    /// function.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::{self, Return, State};
    ///
    /// fn head(state: &mut State) -> native::Result<Return> {
    ///     let n = state.check_integer(1)? as usize;
    ///     state.push_upvalue_substring(1, 0, n)?;
    ///     Ok(Return::values(1))
    /// }
    ///
    /// state.push("perilune")?;
    /// state.push_closure(head, 1)?;
    /// state.push(4)?;
    /// state.call(1, Some(1))?;
    /// assert_eq!(state.bytes(-1), Some(&b"peri"[..]));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    pub fn push_upvalue_substring(&mut self, n: usize, start: usize, end: usize) -> Result<()> {
        let v = self.native_upvalue_value(n);
        self.push_part_of(v, start, end)
    }

    /// Takes back a buffer that is not needed, for reuse.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// let mut scratch = state.take_buffer();
    /// scratch.extend(b"not needed after all")?;
    /// state.give_buffer(scratch);
    /// assert!(state.take_buffer().is_empty());
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn give_buffer(&mut self, mut buffer: Buffer) {
        if self.buffers.len() < 8 && self.buffers.try_reserve(1).is_ok() {
            buffer.clear();
            self.buffers.push(buffer);
        }
    }

    /// Appends what [`push_tostring`](Self::push_tostring) pushes.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push(true)?;
    /// state.push(1.5)?;
    /// let mut line = state.take_buffer();
    /// for index in 1..=2 {
    ///     state.append_tostring(index, &mut line)?;
    ///     line.push(b'\n')?;
    /// }
    /// assert_eq!(line.as_slice(), b"true\n1.5\n");
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// As there.
    pub fn append_tostring(&mut self, index: i32, buffer: &mut Buffer) -> Result<()> {
        let v = self.raw(index);
        if v.is_string() && self.metatable_has_no_tostring(v) {
            // SAFETY: the string is in a slot and nothing is called.
            buffer.extend(unsafe { StringObject::bytes(v.as_string()) })?;
            return Ok(());
        }
        if v.is_number() && self.metatable_has_no_tostring(v) {
            let mut scratch = [0; 64];
            buffer.extend(format_number(v, &mut scratch, self.float_form()))?;
            return Ok(());
        }
        self.push_tostring(index)?;
        if !self.convert_to_string(-1)? {
            let m = "'tostring' must return a string to 'print'";
            return Err(self.error(format_args!("{m}")));
        }
        let v = self.raw(-1);
        // SAFETY: the string is on the stack.
        let result = buffer.extend(unsafe { StringObject::bytes(v.as_string()) });
        self.pop(1);
        Ok(result?)
    }

    fn metatable_has_no_tostring(&self, v: RawValue) -> bool {
        let mt = self.metatable_of(v);
        // SAFETY: a metatable is live with its value.
        mt.is_null() || unsafe { table::get_short_string(mt, self.names.tostring).is_nil() }
    }

    /// `dst[to + i] = src[from + i]` for `i` in `0..count`, raw, as if all were
    /// read before the first is written.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.load(b"return {1, 2, 3}", b"=list", b"t")?;
    /// state.call(0, Some(1))?;
    /// // Make room for an element in front.
    /// state.raw_move(1, 1, 1, 2, 3)?;
    /// let moved: Vec<_> = (1..=4).map(|i| state.raw_peek_integer(1, i)).collect();
    /// # use perilune::native::Value::Integer;
    /// assert_eq!(moved, [Integer(1), Integer(1), Integer(2), Integer(3)]);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If one of the two is no table, memory runs out, or the script is interrupted.
    pub fn raw_move(&mut self, src: i32, from: i64, dst: i32, to: i64, count: i64) -> Result<()> {
        let (src, dst) = (self.raw(src), self.raw(dst));
        if !src.is_table() || !dst.is_table() {
            return Err(self.error(format_args!("table expected")));
        }
        let (s, d) = (src.as_table(), dst.as_table());
        // SAFETY: both tables are in slots; `table_set` keeps the value.
        unsafe {
            if self.copy_elements(s, from, d, to, count) {
                return Ok(());
            }
            let backwards = std::ptr::eq(s, d) && to > from && to < from.saturating_add(count);
            for n in 0..count {
                if n & (INTERRUPTIBLE - 1) == INTERRUPTIBLE - 1 {
                    self.check_interrupt()?;
                }
                let i = if backwards { count - 1 - n } else { n };
                let v = table::get_integer(s, from.wrapping_add(i));
                self.table_set(d, RawValue::integer(to.wrapping_add(i)), v)?;
                // Once the last one has its place, that of the others may be known.
                if backwards && n == 0 && self.copy_elements(s, from, d, to, count - 1) {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// [`raw_move`](Self::raw_move) inside of array parts; false, with nothing done,
    /// if that is not all there is to it.
    ///
    /// # Safety
    /// The tables are in slots.
    unsafe fn copy_elements(
        &mut self,
        s: *mut Table,
        from: i64,
        d: *mut Table,
        to: i64,
        count: i64,
    ) -> bool {
        // SAFETY: below the length hints both tables have an array part, of which
        // the copy leaves every slot with a value of the other.
        unsafe {
            let inside = |t: *mut Table, first: i64| {
                let size = (*t).length_hint as i64;
                first >= 1 && first <= size && count <= size - (first - 1)
            };
            let copies = count > 0 && inside(s, from) && inside(d, to);
            if copies {
                let a = (*s).array.add(from as usize - 1) as *const u128;
                let b = (*d).array.add(to as usize - 1) as *mut u128;
                std::ptr::copy(a, b, count as usize);
                self.heap.barrier(header(d));
            }
            copies
        }
    }

    /// Pushes `table[first]`, …, `table[first + count - 1]`, raw.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.load(b"return {'a', 'b', 'c'}", b"=list", b"t")?;
    /// state.call(0, Some(1))?;
    /// state.push_raw_range(1, 2, 2)?;
    /// assert_eq!((state.bytes(-2), state.bytes(-1)), (Some(&b"b"[..]), Some(&b"c"[..])));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there is no table at the index, or the stack can't grow.
    pub fn push_raw_range(&mut self, table: i32, first: i64, count: usize) -> Result<()> {
        let v = self.raw(table);
        if !v.is_table() {
            return Err(self.error(format_args!("table expected")));
        }
        let t = v.as_table();
        for i in 0..count {
            // SAFETY: the table is in a slot.
            let v = unsafe { table::get_integer(t, first.wrapping_add(i as i64)) };
            self.push_raw(v)?;
        }
        Ok(())
    }

    /// Pops the topmost `n` values and pushes a table that holds them from 1
    /// on, with room for `hash` fields.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push("a")?;
    /// state.push("b")?;
    /// state.pack_table(2, 1)?;
    /// state.set_field_to(-1, "n", 2)?;
    /// assert_eq!((state.top(), state.raw_len(1)), (1, 2));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    pub fn pack_table(&mut self, n: usize, hash: usize) -> Result<()> {
        let n = n.min(self.top());
        self.new_table(n, hash)?;
        let t = self.raw(-1).as_table();
        // SAFETY: the table and the values below it are in slots.
        unsafe {
            let first = (*self.current).top.sub(n + 1);
            for i in 0..n {
                let v = *first.add(i);
                self.table_set(t, RawValue::integer(i as i64 + 1), v)?;
            }
            *first = RawValue::pointer(tag::TABLE, t);
            (*self.current).top = first.add(1);
        }
        Ok(())
    }

    /// The elements `1..=n` of the table at an index, if all lie in its array
    /// part and it has no metatable.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.load(b"return {3, 1, 2}", b"=list", b"t")?;
    /// state.call(0, Some(1))?;
    /// let mut items = state.array_part(1, 3).unwrap();
    /// items.swap(0, 2);
    /// assert_eq!(items.get(0), perilune::native::Value::Integer(2));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn array_part(&mut self, table: i32, n: usize) -> Option<ArrayPart<'_>> {
        let v = self.raw(table);
        if !v.is_table() {
            return None;
        }
        let t = v.as_table();
        // SAFETY: the table is in a slot; the barrier lets the collector see
        // what elements are exchanged.
        unsafe {
            if !(*t).metatable.is_null() || n > (*t).length_hint as usize {
                return None;
            }
            self.heap.barrier(header(t));
            Some(ArrayPart { state: self, items: (*t).array, len: n, _borrow: PhantomData })
        }
    }
}

/// The first elements of a table's array part: index 0 is `t[1]`. Nothing can
/// allocate, collect or call while it is held.
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// use perilune::native::Value;
///
/// state.load(b"return {1, 2, 3, 4}", b"=list", b"t")?;
/// state.call(0, Some(1))?;
/// let mut sum = 0;
/// if let Some(items) = state.array_part(1, 4) {
///     for i in 0..items.len() {
///         if let Value::Integer(n) = items.get(i) {
///             sum += n;
///         }
///     }
/// }
/// assert_eq!(sum, 10);
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
pub struct ArrayPart<'a> {
    state: *const State,
    items: *mut RawValue,
    len: usize,
    _borrow: PhantomData<&'a mut State>,
}

impl ArrayPart<'_> {
    /// The number of elements.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// # state.load(b"return {10, 20}", b"=list", b"t")?;
    /// # state.call(0, Some(1))?;
    /// let items = state.array_part(1, 2).unwrap();
    /// assert_eq!(items.len(), 2);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.new_table(0, 0)?;
    /// assert!(state.array_part(1, 0).unwrap().is_empty());
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The element; `Nil` out of bounds.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::Value;
    ///
    /// # state.load(b"return {10, 20}", b"=list", b"t")?;
    /// # state.call(0, Some(1))?;
    /// let items = state.array_part(1, 2).unwrap();
    /// assert_eq!(items.get(0), Value::Integer(10));
    /// assert_eq!(items.get(2), Value::Nil);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn get(&self, index: usize) -> Value<'_> {
        if index >= self.len {
            return Value::Nil;
        }
        // SAFETY: in bounds; the state is borrowed for as long as `self`.
        unsafe { (*self.state).view(*self.items.add(index)) }
    }

    /// Exchanges two elements; out of bounds it does nothing.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::Value;
    ///
    /// # state.load(b"return {10, 20}", b"=list", b"t")?;
    /// # state.call(0, Some(1))?;
    /// let mut items = state.array_part(1, 2).unwrap();
    /// items.swap(0, 1);
    /// assert_eq!(items.get(0), Value::Integer(20));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn swap(&mut self, a: usize, b: usize) {
        if a < self.len && b < self.len {
            // SAFETY: both in bounds.
            unsafe {
                let (x, y) = (*self.items.add(a), *self.items.add(b));
                *self.items.add(a) = y;
                *self.items.add(b) = x;
            }
        }
    }

    /// Overwrites an element by a number; out of bounds it does nothing.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::{Number, Value};
    ///
    /// # state.load(b"return {10, 20}", b"=list", b"t")?;
    /// # state.call(0, Some(1))?;
    /// let mut items = state.array_part(1, 2).unwrap();
    /// items.set_number(1, Number::Float(0.5));
    /// assert_eq!(items.get(1), Value::Float(0.5));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn set_number(&mut self, index: usize, value: Number) {
        if index < self.len {
            // SAFETY: in bounds; the state is borrowed for as long as `self`.
            unsafe { *self.items.add(index) = (*self.state).number_value(value) }
        }
    }
}
