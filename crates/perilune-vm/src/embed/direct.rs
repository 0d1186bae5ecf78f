//! Short operations on values that roots hold: without a slot of the stack, and
//! without anything that may raise, collect or grow. What takes more is left to
//! the operations on the stack.

use super::Root;
use super::bytes::check_text;
use super::payload::CellRef;
use super::shared::{Inner, Shared};
use crate::api::{TablePosition, Value};
use crate::object::{MAX_SHORT, StringObject, Table, Userdata};
use crate::state::State;
use crate::table;
use crate::value::{RawValue, tag};

/// A value that a short operation takes.
///
/// ```
/// # let lua = perilune::Lua::new();
/// use perilune::native::{Direct, Value};
///
/// let table = lua.with_native(|state| {
///     state.load(b"return {size = 3}", b"=t", b"t")?;
///     state.call(0, Some(1))?;
///     state.pin_top()
/// })?;
/// assert!(table.set_direct(true, Direct::Bytes(b"size"), Direct::Integer(4)));
/// let size = table.get_direct(true, Direct::Bytes(b"size"), |found| match found.value() {
///     Value::Integer(size) => Some(size),
///     _ => None,
/// });
/// assert_eq!(size, Some(4));
/// # Ok::<(), perilune::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub enum Direct<'a> {
    /// `nil`
    Nil,
    /// a boolean
    Boolean(bool),
    /// an integer
    Integer(i64),
    /// a float
    Float(f64),
    /// a string's bytes
    Bytes(&'a [u8]),
    /// the value of a root
    Root(&'a Root),
}

/// A value that a short operation has found. It lives while the state is
/// borrowed.
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// use perilune::native::Value;
///
/// state.push("text")?;
/// let found = state.found(1);
/// assert_eq!((found.text(), found.value()), (Some("text"), Value::String(b"text")));
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Found<'a> {
    raw: RawValue,
    state: &'a State,
}

impl<'a> Found<'a> {
    /// The value.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::Value;
    ///
    /// state.push(1.5)?;
    /// assert_eq!(state.found(1).value(), Value::Float(1.5));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline(always)]
    pub fn value(self) -> Value<'a> {
        self.state.view(self.raw)
    }

    /// The state it was found in.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push(1)?;
    /// assert_eq!(state.found(1).state().top(), 1);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline(always)]
    pub fn state(self) -> &'a State {
        self.state
    }

    /// Keeps the value alive; `None` if that takes memory.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push("text")?;
    /// # state.pin(1)?;
    /// let root = state.found(1).pin();
    /// assert!(root.is_some_and(|root| state.owns(&root)));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline(always)]
    pub fn pin(self) -> Option<Root> {
        self.state.try_pin(self.raw)
    }

    /// The text, if it is a string that is UTF-8.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push("grün")?;
    /// state.push(&b"\xff"[..])?;
    /// assert_eq!(state.found(1).text(), Some("grün"));
    /// assert_eq!(state.found(2).text(), None);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline(always)]
    pub fn text(self) -> Option<&'a str> {
        if !self.raw.is_string() {
            return None;
        }
        let string = self.raw.as_string();
        // SAFETY: the string lives while the state is borrowed, and is checked.
        unsafe {
            check_text(string).ok()?;
            Some(std::str::from_utf8_unchecked(StringObject::bytes(string)))
        }
    }

    /// The Rust value, if it is a userdata with a `T`.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::Payload;
    ///
    /// state.new_userdata(Payload::new(7_i32), 0)?;
    /// assert_eq!(state.found(1).userdata::<i32>(), Some(&7));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn userdata<T: 'static>(self) -> Option<&'a T> {
        if self.raw.tag != tag::USERDATA {
            return None;
        }
        let u = self.raw.payload as usize as *const Userdata;
        // SAFETY: the userdata lives while the state is borrowed, and its value
        // stays in it.
        unsafe { (*u).data.as_ref()?.downcast_ref() }
    }

    /// The cell, if it is a userdata with a `T` in one.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.new_cell_userdata(7_i32, 0)?;
    /// let value = state.found(1).cell::<i32>().and_then(|cell| cell.borrow());
    /// assert_eq!(value.as_deref(), Some(&7));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline(always)]
    pub fn cell<T: 'static>(self) -> Option<CellRef<'a, T>> {
        if self.raw.tag != tag::USERDATA {
            return None;
        }
        let u = self.raw.payload as usize as *const Userdata;
        // SAFETY: as in `userdata`.
        unsafe { self.state.cell_in((*u).data.as_ref()?) }
    }
}

/// Values in slots that lie side by side, the arguments of a function for example.
///
/// ```
/// # use perilune::native::{self, Return, State};
/// /// Joins texts, without a copy of each.
/// fn join(state: &mut State) -> native::Result<Return> {
///     let texts = state.found_slots(0).iter().filter_map(|found| found.text());
///     let text = texts.collect::<Vec<_>>().join("-");
///     state.ret(text.as_str())
/// }
///
/// # let lua = perilune::Lua::new();
/// lua.globals().set("join", lua.create_native_function(join)?)?;
/// assert_eq!(lua.load("join('a', 'b', 'c')").eval::<String>()?, "a-b-c");
/// # Ok::<(), perilune::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct FoundSlots<'a> {
    slots: &'a [RawValue],
    state: &'a State,
}

impl<'a> FoundSlots<'a> {
    /// The value at a position, from 0 on; `None` if there is no such slot.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push("a")?;
    /// let slots = state.found_slots(0);
    /// assert_eq!(slots.get(0).and_then(|found| found.text()), Some("a"));
    /// assert!(slots.get(1).is_none());
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline(always)]
    pub fn get(self, n: usize) -> Option<Found<'a>> {
        Some(Found { raw: *self.slots.get(n)?, state: self.state })
    }

    /// Those behind the first `n`.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push("command")?;
    /// state.push("argument")?;
    /// let rest = state.found_slots(0).behind(1);
    /// assert_eq!(rest.get(0).and_then(|found| found.text()), Some("argument"));
    /// assert!(rest.behind(5).get(0).is_none());
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline(always)]
    pub fn behind(self, n: usize) -> FoundSlots<'a> {
        FoundSlots { slots: self.slots.get(n..).unwrap_or_default(), state: self.state }
    }

    /// All of them in order.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::Value;
    ///
    /// state.push(1)?;
    /// state.push(2)?;
    /// let values: Vec<_> = state.found_slots(0).iter().map(|found| found.value()).collect();
    /// assert_eq!(values, [Value::Integer(1), Value::Integer(2)]);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline(always)]
    pub fn iter(self) -> impl ExactSizeIterator<Item = Found<'a>> {
        self.slots.iter().map(move |&raw| Found { raw, state: self.state })
    }
}

/// The outcome of a step through a table.
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// use perilune::native::{Step, TablePosition};
///
/// state.new_table(0, 0)?;
/// let empty = state.pin_top()?;
/// let step = state.next_direct(&empty, &mut TablePosition::default(), |_, _| Some(()));
/// assert!(matches!(step, Step::End));
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
#[derive(Debug)]
pub enum Step<R> {
    /// What was made of an entry.
    Entry(R),
    /// There are no more.
    End,
    /// It takes more than a short operation.
    Refused,
}

impl Inner {
    /// Runs `f`, which does nothing that may raise, collect or grow; `None` if the
    /// state can't be had.
    #[inline(always)]
    pub(super) fn briefly<R>(&self, f: impl FnOnce(&mut State) -> Option<R>) -> Option<R> {
        let _guard = self.lock();
        let state = self.take_state()?;
        // SAFETY: nobody else has a reference to the state until it is given back.
        let result = f(unsafe { &mut *state.as_ptr() });
        drop(state);
        result
    }
}

impl State {
    /// The value for the machine; `None` for a string that does not exist, or is
    /// long, and for a root of another state.
    #[inline(always)]
    fn direct_value(&mut self, value: Direct<'_>) -> Option<RawValue> {
        Some(match value {
            Direct::Nil => RawValue::NIL,
            Direct::Boolean(b) => RawValue::boolean(b),
            Direct::Integer(i) => self.integer_value(i),
            Direct::Float(n) => RawValue::float(n),
            Direct::Bytes(bytes) if bytes.len() <= MAX_SHORT => {
                RawValue::pointer(tag::SHORT_STRING, self.heap.known_string(bytes)?)
            }
            Direct::Bytes(_) => return None,
            Direct::Root(root) if self.owns(root) => self.root_raw(root),
            Direct::Root(_) => return None,
        })
    }

    /// The table of a root of this state; `None` if it has a metatable that
    /// counts.
    #[inline(always)]
    fn direct_table(&self, root: &Root, raw: bool) -> Option<*mut Table> {
        let v = self.root_raw(root);
        // SAFETY: the root keeps the table.
        if !v.is_table() || !raw && unsafe { !(*v.as_table()).metatable.is_null() } {
            return None;
        }
        Some(v.as_table())
    }

    /// `table[key]` of a root's table.
    #[inline(always)]
    fn direct_get(&mut self, root: &Root, raw: bool, key: Direct<'_>) -> Option<RawValue> {
        let t = self.direct_table(root, raw)?;
        // SAFETY: the root keeps the table; keys that exist are live.
        unsafe {
            Some(match key {
                Direct::Integer(i) => table::get_integer(t, i),
                Direct::Bytes(bytes) if bytes.len() <= MAX_SHORT => {
                    match self.heap.known_string(bytes) {
                        Some(string) => table::get_short_string(t, string),
                        None => RawValue::NIL,
                    }
                }
                other => {
                    let key = self.direct_value(other)?;
                    table::get(t, key)
                }
            })
        }
    }

    /// `table[key] = value`, if the key is in the table of the root; answers
    /// whether it was.
    #[inline(always)]
    fn direct_set(
        &mut self,
        root: &Root,
        raw: bool,
        key: Direct<'_>,
        value: Direct<'_>,
    ) -> Option<()> {
        let t = self.direct_table(root, raw)?;
        let value = self.direct_value(value)?;
        // SAFETY: the root keeps the table; key and value are live.
        unsafe {
            let slot = match key {
                Direct::Integer(i) => table::find_integer(t, i),
                other => {
                    let key = self.direct_value(other)?;
                    table::find(t, key)
                }
            };
            if slot.is_absent() {
                return None;
            }
            table::overwrite(&mut self.heap, t, slot, value);
        }
        Some(())
    }

    /// The next entry of a root's table, if `f` makes something of it: only then
    /// does `position` move, which begins as its default.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::{Step, TablePosition, Value};
    ///
    /// state.load(b"return {10, 20, 30}", b"=t", b"t")?;
    /// state.call(0, Some(1))?;
    /// let table = state.pin_top()?;
    /// let (mut position, mut sum) = (TablePosition::default(), 0);
    /// while let Step::Entry(n) = state.next_direct(&table, &mut position, |_, found| {
    ///     if let Value::Integer(n) = found.value() { Some(n) } else { None }
    /// }) {
    ///     sum += n;
    /// }
    /// assert_eq!(sum, 60);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline(always)]
    pub fn next_direct<R>(
        &mut self,
        root: &Root,
        position: &mut TablePosition,
        f: impl FnOnce(Found<'_>, Found<'_>) -> Option<R>,
    ) -> Step<R> {
        let Some(t) = self.direct_table(root, true) else { return Step::Refused };
        // SAFETY: the root keeps the table.
        unsafe {
            let Some(index) = position.index(t) else { return Step::Refused };
            let Some((next, k, v)) = table::next_at(t, index) else { return Step::End };
            let key = Found { raw: self.visible(k), state: self };
            match f(key, Found { raw: v, state: self }) {
                Some(made) => {
                    *position = TablePosition::behind(next, k);
                    Step::Entry(made)
                }
                None => Step::Refused,
            }
        }
    }

    /// Pushes a value; false if that takes more than writing it to a slot.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::Direct;
    ///
    /// assert!(state.push_direct(Direct::Integer(7)));
    /// assert_eq!(state.to_integer(-1), Some(7));
    /// assert!(!state.push_direct(Direct::Bytes(b"a string that nobody has made")));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline(always)]
    pub fn push_direct(&mut self, value: Direct<'_>) -> bool {
        let Some(v) = self.direct_value(value) else { return false };
        // SAFETY: the slot at the top exists below the stack's end.
        unsafe {
            let th = self.current;
            let top = (*th).top;
            if top >= (*th).stack_last {
                return false;
            }
            *top = v;
            (*th).top = top.add(1);
        }
        true
    }

    /// The values of the slots behind the first `n`.
    ///
    /// ```
    /// # use perilune::native::{self, Return, State};
    /// fn count_texts(state: &mut State) -> native::Result<Return> {
    ///     let n = state.found_slots(1).iter().filter(|found| found.text().is_some()).count();
    ///     state.ret(n)
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("count_texts", lua.create_native_function(count_texts)?)?;
    /// assert_eq!(lua.load("count_texts('not counted', 'a', 1, 'b')").eval::<i64>()?, 2);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[inline(always)]
    pub fn found_slots(&self, n: usize) -> FoundSlots<'_> {
        // SAFETY: so many slots are live between base and top, and don't change
        // while the state is borrowed.
        let slots = unsafe { std::slice::from_raw_parts((*self.current).base, self.top()) };
        FoundSlots { slots, state: self }.behind(n)
    }

    /// The value at an index; nil if there is none.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push("text")?;
    /// assert_eq!(state.found(-1).text(), Some("text"));
    /// assert_eq!(state.found(9).text(), None);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline(always)]
    pub fn found(&self, index: i32) -> Found<'_> {
        Found { raw: self.raw(index), state: self }
    }
}

impl Root {
    /// What `f` makes of the value. `None` if it makes nothing, or the state can't
    /// be had now.
    ///
    /// ```
    /// # let lua = perilune::Lua::new();
    /// let root = lua.with_native(|state| {
    ///     state.push("text")?;
    ///     state.pin_top()
    /// })?;
    /// assert_eq!(root.look(|found| found.text().map(str::len)), Some(4));
    /// assert!(lua.with_native(|_| Ok(root.look(|_| Some(()))))?.is_none(), "the state is in use");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[inline(always)]
    pub fn look<R>(&self, f: impl FnOnce(Found<'_>) -> Option<R>) -> Option<R> {
        self.owning().briefly(|state| f(Found { raw: state.root_raw(self), state }))
    }

    /// What `f` makes of `table[key]`, where this is the root of a table without a
    /// metatable (or with one, if `raw`). `None` if it takes more.
    ///
    /// ```
    /// # let lua = perilune::Lua::new();
    /// use perilune::native::Direct;
    ///
    /// let table = lua.with_native(|state| {
    ///     state.load(b"return {'first'}", b"=t", b"t")?;
    ///     state.call(0, Some(1))?;
    ///     state.pin_top()
    /// })?;
    /// let first = table.get_direct(false, Direct::Integer(1), |found| found.text().map(str::to_owned));
    /// assert_eq!(first.as_deref(), Some("first"));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[inline(always)]
    pub fn get_direct<R>(
        &self,
        raw: bool,
        key: Direct<'_>,
        f: impl FnOnce(Found<'_>) -> Option<R>,
    ) -> Option<R> {
        self.owning().briefly(|state| {
            let value = state.direct_get(self, raw, key)?;
            f(Found { raw: value, state })
        })
    }

    /// `table[key] = value`, where this is the root of a table without a metatable
    /// (or with one, if `raw`) that has the key. Answers false if it takes more.
    ///
    /// ```
    /// # let lua = perilune::Lua::new();
    /// use perilune::native::Direct;
    ///
    /// let table = lua.with_native(|state| {
    ///     state.load(b"return {1}", b"=t", b"t")?;
    ///     state.call(0, Some(1))?;
    ///     state.pin_top()
    /// })?;
    /// assert!(table.set_direct(false, Direct::Integer(1), Direct::Boolean(true)));
    /// assert!(!table.set_direct(false, Direct::Integer(2), Direct::Nil), "there is no such key");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[inline(always)]
    pub fn set_direct(&self, raw: bool, key: Direct<'_>, value: Direct<'_>) -> bool {
        self.owning().briefly(|state| state.direct_set(self, raw, key, value)).is_some()
    }

    /// [`State::next_direct`] of this root's table.
    ///
    /// ```
    /// # let lua = perilune::Lua::new();
    /// use perilune::native::{Step, TablePosition};
    ///
    /// let table = lua.with_native(|state| {
    ///     state.load(b"return {'a', 'b'}", b"=t", b"t")?;
    ///     state.call(0, Some(1))?;
    ///     state.pin_top()
    /// })?;
    /// let (mut position, mut texts) = (TablePosition::default(), Vec::new());
    /// while let Step::Entry(text) =
    ///     table.next_direct(&mut position, |_, value| value.text().map(str::to_owned))
    /// {
    ///     texts.push(text);
    /// }
    /// assert_eq!(texts, ["a", "b"]);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[inline(always)]
    pub fn next_direct<R>(
        &self,
        position: &mut TablePosition,
        f: impl FnOnce(Found<'_>, Found<'_>) -> Option<R>,
    ) -> Step<R> {
        let step = self.owning().briefly(|state| Some(state.next_direct(self, position, f)));
        step.unwrap_or(Step::Refused)
    }
}

impl Shared {
    /// A string of these bytes, kept alive. `None` if it takes more than a short
    /// operation.
    ///
    /// ```
    /// # use perilune::native::{Extension, Shared, State, Unavailable};
    /// # struct Nothing;
    /// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
    /// # type Extra = Extension<Nothing, ()>;
    /// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
    /// # shared.with(|state, _: &Extra| {
    /// #     state.push(1).unwrap();
    /// #     drop(state.pin_top());
    /// #     Ok::<_, Unavailable>(())
    /// # })?;
    /// let root = shared.string_direct(b"text").unwrap();
    /// assert_eq!(root.look(|found| found.text().map(str::len)), Some(4));
    /// # Ok::<(), Unavailable>(())
    /// ```
    #[inline]
    pub fn string_direct(&self, bytes: &[u8]) -> Option<Root> {
        self.inner().briefly(|state| {
            if state.heap.wants_collection() {
                return None;
            }
            let v = state.heap.string(bytes).ok()?;
            state.try_pin(v)
        })
    }
}
