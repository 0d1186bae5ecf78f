//! Tables.

use crate::callback::{caught, protect};
use crate::error::{Error, Result};
use crate::handle::Handle;
use crate::state::{Extra, Lua, WeakLua};
use crate::traits::{FromLua, IntoLua};
use crate::types::Integer;
use crate::value::{Nil, Value};
use perilune_vm::{CompareOp, State};
use std::collections::HashSet;
use std::ffi::c_void;
use std::fmt;

mod iterate;
mod object;
mod path;

pub(crate) use path::look_up;

pub use iterate::{TablePairs, TableSequence};

/// A handle of a Lua table.
///
/// ```
/// use perilune::{Lua, Table};
///
/// let lua = Lua::new();
/// let config: Table = lua.load("{ title = 'Demo', size = { 640, 480 } }").eval()?;
/// assert_eq!(config.get::<String>("title")?, "Demo");
/// let size: Table = config.get("size")?;
/// assert_eq!((size.get::<u32>(1)?, size.get::<u32>(2)?), (640, 480));
/// # Ok::<(), perilune::Error>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Table(pub(crate) Handle);

impl Table {
    /// Runs `f` with the table at index 1 of a frame of its own, where
    /// metamethods may run.
    fn protected<R>(
        &self,
        state: &mut State,
        extra: &Extra,
        f: impl FnOnce(&mut State, &Lua) -> Result<R>,
    ) -> Result<R> {
        protect(state, extra, |state, lua| {
            self.0.push(state)?;
            f(state, lua)
        })
    }

    /// Pushes the table; whether it has a metatable.
    #[inline(always)]
    fn push_plain(&self, state: &mut State) -> Result<bool> {
        self.0.push(state)?;
        Ok(!state.has_metatable(-1))
    }

    /// `t[key] = value`, metamethods included.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let point = lua.create_table()?;
    /// point.set("x", 1.5)?;
    /// assert_eq!(point.get::<f64>("x")?, 1.5);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// What can't be converted; a key that is nil or NaN; what a metamethod
    /// raises.
    #[inline]
    pub fn set(&self, key: impl IntoLua, value: impl IntoLua) -> Result<()> {
        if let (Some(key), Some(value)) = (key.direct(), value.direct())
            && self.0.0.set_direct(false, key, value)
        {
            return Ok(());
        }
        self.set_on_stack(key, value)
    }

    #[inline(never)]
    fn set_on_stack(&self, key: impl IntoLua, value: impl IntoLua) -> Result<()> {
        self.0.with(|state, extra| {
            let lua = &extra.lua;
            if self.push_plain(state)? {
                let table = state.top() as i32;
                key.push_into(state, lua)?;
                value.push_into(state, lua)?;
                if !state.has_metatable(table) {
                    return state.raw_set(table).map_err(|e| caught(state, lua, e));
                }
                // A conversion has given the table one.
                let (key, value) = (Value::at(-2, state, lua)?, Value::at(-1, state, lua)?);
                return lua.0.lend(state, || self.set(key, value));
            }
            self.protected(state, extra, |state, lua| {
                key.push_into(state, lua)?;
                value.push_into(state, lua)?;
                state.set(1).map_err(|e| caught(state, lua, e))
            })
        })
    }

    /// `t[key]`, metamethods included.
    ///
    /// ```
    /// # use perilune::{Error, Lua, Table};
    /// let lua = Lua::new();
    /// let user: Table = lua.load("{ name = 'Ann', age = 31 }").eval()?;
    /// assert_eq!(user.get::<String>("name")?, "Ann");
    /// assert_eq!(user.get::<Option<u8>>("height")?, None);
    /// let error = user.get::<u8>("name").unwrap_err();
    /// assert!(matches!(error, Error::FromLuaConversionError { from: "string", .. }));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// What can't be converted; what a metamethod raises.
    #[inline]
    pub fn get<V: FromLua>(&self, key: impl IntoLua) -> Result<V> {
        if let Some(key) = key.direct()
            && let Some(value) = self.0.0.get_direct(false, key, V::from_found)
        {
            return Ok(value);
        }
        self.get_on_stack(key)
    }

    #[inline(never)]
    fn get_on_stack<V: FromLua>(&self, key: impl IntoLua) -> Result<V> {
        self.0.with(|state, extra| {
            let lua = &extra.lua;
            if self.push_plain(state)? {
                let table = state.top() as i32;
                key.push_into(state, lua)?;
                if !state.has_metatable(table) {
                    state.raw_get(table).map_err(|e| caught(state, lua, e))?;
                    return V::from_stack(table + 1, state, lua);
                }
                // The conversion has given the table one.
                let key = Value::at(-1, state, lua)?;
                return lua.0.lend(state, || self.get(key));
            }
            self.protected(state, extra, |state, lua| {
                key.push_into(state, lua)?;
                state.get(1).map_err(|e| caught(state, lua, e))?;
                V::from_stack(-1, state, lua)
            })
        })
    }

    /// Whether `t[key]` is not nil, metamethods included.
    ///
    /// ```
    /// # use perilune::{Lua, Table};
    /// let lua = Lua::new();
    /// let flags: Table = lua.load("{ debug = false }").eval()?;
    /// assert!(flags.contains_key("debug")?);
    /// assert!(!flags.contains_key("trace")?);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// What can't be converted; what a metamethod raises.
    pub fn contains_key(&self, key: impl IntoLua) -> Result<bool> {
        Ok(self.get::<Value>(key)? != Nil)
    }

    /// Adds a value behind the last element, metamethods included.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let queue = lua.create_table()?;
    /// queue.push("first")?;
    /// queue.push("second")?;
    /// assert_eq!(queue, ["first", "second"]);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// What can't be converted; what a metamethod raises.
    pub fn push(&self, value: impl IntoLua) -> Result<()> {
        self.0.with(|state, extra| {
            if self.push_plain(state)? {
                let lua = &extra.lua;
                let table = state.top() as i32;
                value.push_into(state, lua)?;
                if !state.has_metatable(table) {
                    let n = state.raw_len(table) as Integer;
                    let set = state.raw_set_integer(table, n.wrapping_add(1));
                    return set.map_err(|e| caught(state, lua, e));
                }
                // The conversion has given the table one.
                let value = Value::at(-1, state, lua)?;
                return lua.0.lend(state, || self.push(value));
            }
            self.protected(state, extra, |state, lua| {
                value.push_into(state, lua)?;
                let n = state.len(1).map_err(|e| caught(state, lua, e))?;
                let Some(next) = n.checked_add(1) else {
                    return Err(Error::runtime("table length overflow"));
                };
                let set = state.set_integer(1, next);
                set.map_err(|e| caught(state, lua, e))
            })
        })
    }

    /// Takes the last element away, metamethods included.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let stack = lua.create_sequence_from([1, 2])?;
    /// assert_eq!(stack.pop::<i64>()?, 2);
    /// assert_eq!(stack.pop::<i64>()?, 1);
    /// assert_eq!(stack.pop::<Option<i64>>()?, None);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If it can't be converted; what a metamethod raises.
    pub fn pop<V: FromLua>(&self) -> Result<V> {
        self.0.with(|state, extra| {
            if self.push_plain(state)? {
                return pop_raw(state, &extra.lua);
            }
            self.protected(state, extra, |state, lua| {
                let n = state.len(1).map_err(|e| caught(state, lua, e))?;
                if n == 0 {
                    // An index without a slot reads as nil.
                    return V::from_stack(2, state, lua);
                }
                state.get_integer(1, n).map_err(|e| caught(state, lua, e))?;
                let value = V::from_stack(-1, state, lua)?;
                state.push(()).map_err(|_| Error::StackError)?;
                state.set_integer(1, n).map_err(|e| caught(state, lua, e))?;
                Ok(value)
            })
        })
    }

    /// Inserts a value before the element `idx`, and moves that and the following
    /// up.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let list = lua.create_sequence_from(["a", "c"])?;
    /// list.insert(2, "b")?;
    /// assert_eq!(list, ["a", "b", "c"]);
    /// assert!(list.insert(9, "z").is_err());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// An index that is not from 1 to one behind the last; what can't be
    /// converted; what a metamethod raises.
    pub fn insert(&self, idx: Integer, value: impl IntoLua) -> Result<()> {
        let size = self.len()?;
        if idx < 1 || idx > size + 1 {
            return Err(Error::runtime("index out of bounds"));
        }
        for i in (idx..=size).rev() {
            self.set(i + 1, self.get::<Value>(i)?)?;
        }
        self.set(idx, value)
    }

    /// Takes a field away; or an element, and moves the following down, if the
    /// key is an integer.
    ///
    /// ```
    /// # use perilune::{Lua, Table};
    /// let lua = Lua::new();
    /// let table: Table = lua.load("{ 'a', 'b', 'c', title = 'letters' }").eval()?;
    /// table.remove(1)?;
    /// table.remove("title")?;
    /// assert_eq!(table, ["b", "c"]);
    /// assert!(!table.contains_key("title")?);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// An index that is not from 1 to one behind the last; what a metamethod
    /// raises.
    pub fn remove(&self, key: impl IntoLua) -> Result<()> {
        let key = key.into_lua(&self.0.lua())?;
        let Value::Integer(idx) = key else { return self.set(key, Nil) };
        let size = self.len()?;
        if size == 0 {
            return Ok(());
        }
        if idx < 1 || idx > size + 1 {
            return Err(Error::runtime("index out of bounds"));
        }
        for i in idx..size {
            self.set(i, self.get::<Value>(i + 1)?)?;
        }
        if idx <= size { self.set(size, Nil) } else { Ok(()) }
    }

    /// Compares as Lua's `==` does, metamethods included.
    ///
    /// ```
    /// # use perilune::{Lua, Table};
    /// let lua = Lua::new();
    /// let (a, b): (Table, Table) = lua.load(
    ///     "local mt = { __eq = function(a, b) return a.id == b.id end }
    ///     return setmetatable({ id = 7 }, mt), setmetatable({ id = 7 }, mt)",
    /// ).eval()?;
    /// assert!(a.equals(&b)?);
    /// assert_ne!(a, b); // They are two tables.
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// What a metamethod raises.
    pub fn equals(&self, other: &Self) -> Result<bool> {
        if self == other {
            return Ok(true);
        }
        self.0.with(|state, extra| {
            self.protected(state, extra, |state, lua| {
                other.0.push(state)?;
                let equal = state.compare(1, 2, CompareOp::Eq);
                equal.map_err(|e| caught(state, lua, e))
            })
        })
    }

    /// `t[key] = value`, raw.
    ///
    /// ```
    /// # use perilune::{Lua, Table};
    /// let lua = Lua::new();
    /// let locked: Table = lua.load(
    ///     "setmetatable({}, { __newindex = function() error('read-only') end })",
    /// ).eval()?;
    /// assert!(locked.set("version", 1).is_err());
    /// locked.raw_set("version", 1)?;
    /// assert_eq!(locked.get::<i64>("version")?, 1);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// What can't be converted; a key that is nil or NaN; memory.
    #[inline]
    pub fn raw_set(&self, key: impl IntoLua, value: impl IntoLua) -> Result<()> {
        if let (Some(key), Some(value)) = (key.direct(), value.direct())
            && self.0.0.set_direct(true, key, value)
        {
            return Ok(());
        }
        self.raw_set_on_stack(key, value)
    }

    #[inline(never)]
    fn raw_set_on_stack(&self, key: impl IntoLua, value: impl IntoLua) -> Result<()> {
        self.0.with(|state, extra| {
            self.0.push(state)?;
            set_raw(state, &extra.lua, key, value)
        })
    }

    /// `t[key]`, raw.
    ///
    /// ```
    /// # use perilune::{Lua, Table};
    /// let lua = Lua::new();
    /// let options: Table = lua.load("setmetatable({}, { __index = { depth = 3 } })").eval()?;
    /// assert_eq!(options.get::<i64>("depth")?, 3);
    /// assert_eq!(options.raw_get::<Option<i64>>("depth")?, None);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// What can't be converted.
    #[inline]
    pub fn raw_get<V: FromLua>(&self, key: impl IntoLua) -> Result<V> {
        if let Some(key) = key.direct()
            && let Some(value) = self.0.0.get_direct(true, key, V::from_found)
        {
            return Ok(value);
        }
        self.raw_get_on_stack(key)
    }

    #[inline(never)]
    fn raw_get_on_stack<V: FromLua>(&self, key: impl IntoLua) -> Result<V> {
        self.0.with(|state, extra| {
            self.0.push(state)?;
            get_raw(state, &extra.lua, key)
        })
    }

    /// [`insert`](Self::insert), raw.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let list = lua.create_sequence_from([20, 30])?;
    /// list.raw_insert(1, 10)?;
    /// assert_eq!(list, [10, 20, 30]);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// An index that is not from 1 to one behind the last; what can't be
    /// converted; memory.
    pub fn raw_insert(&self, idx: Integer, value: impl IntoLua) -> Result<()> {
        self.0.with(|state, extra| {
            let lua = &extra.lua;
            let table = state.top() as i32 + 1;
            self.0.push(state)?;
            let size = state.raw_len(table) as Integer;
            if idx < 1 || idx > size + 1 {
                return Err(Error::runtime("index out of bounds"));
            }
            value.push_into(state, lua)?;
            let moved = state.raw_move(table, idx, table, idx + 1, size - idx + 1);
            moved.map_err(|e| caught(state, lua, e))?;
            state.raw_set_integer(table, idx).map_err(|e| caught(state, lua, e))
        })
    }

    /// [`push`](Self::push), raw.
    ///
    /// ```
    /// # use perilune::{Lua, Table};
    /// let lua = Lua::new();
    /// let log: Table = lua.load("setmetatable({}, { __newindex = error })").eval()?;
    /// log.raw_push("started")?;
    /// assert_eq!(log.raw_len(), 1);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// What can't be converted; memory.
    pub fn raw_push(&self, value: impl IntoLua) -> Result<()> {
        self.0.with(|state, extra| {
            self.0.push(state)?;
            push_raw(state, &extra.lua, value)
        })
    }

    /// [`pop`](Self::pop), raw.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let list = lua.create_sequence_from(["a", "b"])?;
    /// assert_eq!(list.raw_pop::<String>()?, "b");
    /// assert_eq!(list, ["a"]);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If it can't be converted.
    pub fn raw_pop<V: FromLua>(&self) -> Result<V> {
        self.0.with(|state, extra| {
            self.0.push(state)?;
            pop_raw(state, &extra.lua)
        })
    }

    /// [`remove`](Self::remove), raw.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let list = lua.create_sequence_from(["a", "b", "c"])?;
    /// list.raw_remove(2)?;
    /// assert_eq!(list, ["a", "c"]);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// An index that is not from 1 to one behind the last; what can't be
    /// converted.
    pub fn raw_remove(&self, key: impl IntoLua) -> Result<()> {
        let key = key.into_lua(&self.0.lua())?;
        let Value::Integer(idx) = key else { return self.raw_set(key, Nil) };
        self.0.with(|state, extra| {
            let lua = &extra.lua;
            let table = state.top() as i32 + 1;
            self.0.push(state)?;
            let size = state.raw_len(table) as Integer;
            if idx < 1 || idx > size + 1 || size == 0 {
                if size == 0 && (idx == 0 || idx == 1) {
                    return Ok(());
                }
                return Err(Error::runtime("index out of bounds"));
            }
            let moved = state.raw_move(table, idx + 1, table, idx, size - idx);
            moved.map_err(|e| caught(state, lua, e))?;
            state.push(()).map_err(|_| Error::StackError)?;
            let last = if idx > size { idx } else { size };
            state.raw_set_integer(table, last).map_err(|e| caught(state, lua, e))
        })
    }

    /// Takes all fields away, raw.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let cache = lua.create_table_from([("a", 1), ("b", 2)])?;
    /// cache.clear()?;
    /// assert!(cache.is_empty());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the state is closed.
    pub fn clear(&self) -> Result<()> {
        self.0.with(|state, extra| {
            let lua = &extra.lua;
            let table = state.top() as i32 + 1;
            self.0.push(state)?;
            state.push(()).map_err(|_| Error::StackError)?;
            while state.next(table).map_err(|e| caught(state, lua, e))? {
                state.pop(1);
                state.push_value(-1).map_err(|_| Error::StackError)?;
                state.push(()).map_err(|_| Error::StackError)?;
                state.raw_set(table).map_err(|e| caught(state, lua, e))?;
            }
            Ok(())
        })
    }

    /// `#t`, metamethods included.
    ///
    /// ```
    /// # use perilune::{Lua, Table};
    /// let lua = Lua::new();
    /// let list: Table = lua.load("{ 'x', 'y', 'z' }").eval()?;
    /// assert_eq!(list.len()?, 3);
    /// let range = lua.load("setmetatable({}, { __len = function() return 100 end })");
    /// let range: Table = range.eval()?;
    /// assert_eq!(range.len()?, 100);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// What a metamethod raises; a length that is no integer.
    pub fn len(&self) -> Result<Integer> {
        self.0.with(|state, extra| {
            if self.push_plain(state)? {
                return Ok(state.raw_len(-1) as Integer);
            }
            self.protected(state, extra, |state, lua| {
                state.len(1).map_err(|e| caught(state, lua, e))
            })
        })
    }

    /// `#t`, raw.
    ///
    /// ```
    /// # use perilune::{Lua, Table};
    /// let lua = Lua::new();
    /// let range: Table = lua.load("setmetatable({ 1, 2 }, { __len = error })").eval()?;
    /// assert_eq!(range.raw_len(), 2);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn raw_len(&self) -> usize {
        let len = self.0.with(|state, _| {
            self.0.push(state)?;
            Ok(state.raw_len(-1) as usize)
        });
        len.unwrap_or(0)
    }

    /// Whether the table has no fields at all, raw.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let table = lua.create_table()?;
    /// assert!(table.is_empty());
    /// table.set("name", "Ann")?;
    /// assert!(!table.is_empty());
    /// assert_eq!(table.raw_len(), 0); // Names are no elements.
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn is_empty(&self) -> bool {
        let empty = self.0.with(|state, _| {
            let table = state.top() as i32 + 1;
            self.0.push(state)?;
            state.push(()).map_err(|_| Error::StackError)?;
            Ok(!state.next(table).unwrap_or(false))
        });
        empty.unwrap_or(true)
    }

    /// The metatable. A field `__metatable` in it does not matter.
    ///
    /// ```
    /// # use perilune::{Lua, Table};
    /// let lua = Lua::new();
    /// let list: Table = lua.load("setmetatable({}, { __name = 'List' })").eval()?;
    /// let name = list.metatable().map(|metatable| metatable.get::<String>("__name"));
    /// assert_eq!(name.transpose()?.as_deref(), Some("List"));
    /// assert_eq!(lua.create_table()?.metatable(), None);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn metatable(&self) -> Option<Table> {
        let found = self.0.with(|state, _| {
            self.0.push(state)?;
            match state.push_metatable(-1).unwrap_or(false) {
                true => Handle::pin(state, -1).map(|h| Some(Table(h))),
                false => Ok(None),
            }
        });
        found.unwrap_or(None)
    }

    /// Sets or removes the metatable. A field `__metatable` in the present one
    /// does not matter.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let (settings, defaults) = (lua.create_table()?, lua.create_table()?);
    /// defaults.set("color", "blue")?;
    /// settings.set_metatable(Some(lua.create_table_from([("__index", defaults)])?))?;
    /// assert_eq!(settings.get::<String>("color")?, "blue");
    /// settings.set_metatable(None)?;
    /// assert_eq!(settings.get::<Option<String>>("color")?, None);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// A table of another state; memory.
    pub fn set_metatable(&self, metatable: Option<Table>) -> Result<()> {
        self.0.with(|state, extra| {
            self.0.push(state)?;
            match &metatable {
                Some(table) => table.0.push(state)?,
                None => state.push(()).map_err(|_| Error::StackError)?,
            }
            state.set_metatable(-2).map_err(|e| caught(state, &extra.lua, e))
        })
    }

    /// Whether the table has a metatable.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let table = lua.create_table()?;
    /// assert!(!table.has_metatable());
    /// table.set_metatable(Some(lua.create_table()?))?;
    /// assert!(table.has_metatable());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn has_metatable(&self) -> bool {
        let has = self.0.with(|state, _| self.push_plain(state).map(|plain| !plain));
        has.unwrap_or(false)
    }

    /// An address that identifies the table.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let (a, b) = (lua.create_table()?, lua.create_table()?);
    /// assert_eq!(a.to_pointer(), a.clone().to_pointer());
    /// assert_ne!(a.to_pointer(), b.to_pointer());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn to_pointer(&self) -> *const c_void {
        self.0.address() as *const c_void
    }

    /// The state of the table.
    #[doc(hidden)]
    pub fn weak_lua(&self) -> WeakLua {
        self.0.lua().weak()
    }

    /// Sets element `idx` raw, for `chunk!` and the like.
    #[doc(hidden)]
    pub fn raw_seti(&self, idx: usize, value: impl IntoLua) -> Result<()> {
        self.raw_set(idx, value)
    }

    pub(crate) fn fmt_pretty(
        &self,
        f: &mut fmt::Formatter<'_>,
        indent: usize,
        visited: &mut HashSet<*const c_void>,
    ) -> fmt::Result {
        visited.insert(self.to_pointer());
        let mut pairs: Vec<(Value, Value)> = self.pairs().flatten().collect();
        pairs.sort_by(|(a, _), (b, _)| order(a, b));
        if pairs.is_empty() {
            return f.write_str("{}");
        }
        let is_list = pairs.iter().zip(1..).all(|((key, _), i)| *key == Value::Integer(i));
        f.write_str("{\n")?;
        for (key, value) in pairs {
            write!(f, "{:1$}", "", indent + 2)?;
            match &key {
                _ if is_list => {}
                Value::String(s) if is_name(&s.to_string_lossy()) => {
                    write!(f, "{} = ", s.display())?;
                }
                _ => {
                    f.write_str("[")?;
                    key.fmt_pretty(f, false, indent + 2, visited)?;
                    f.write_str("] = ")?;
                }
            }
            value.fmt_pretty(f, true, indent + 2, visited)?;
            f.write_str(",\n")?;
        }
        write!(f, "{:1$}}}", "", indent)
    }
}

/// Whether a string can stand as a name in a table constructor.
fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// Order of keys for people: by type, then by value.
fn order(a: &Value, b: &Value) -> std::cmp::Ordering {
    fn rank(v: &Value) -> u8 {
        match v {
            Value::Boolean(_) => 1,
            Value::Integer(_) | Value::Number(_) => 2,
            Value::String(_) => 3,
            _ => 4,
        }
    }
    fn number(v: &Value) -> f64 {
        match v {
            Value::Integer(i) => *i as f64,
            Value::Number(n) => *n,
            _ => 0.0,
        }
    }
    match (a, b) {
        (Value::Boolean(a), Value::Boolean(b)) => a.cmp(b),
        (Value::String(a), Value::String(b)) => a.cmp(b),
        _ => rank(a)
            .cmp(&rank(b))
            .then(number(a).total_cmp(&number(b)))
            .then_with(|| a.to_pointer().cmp(&b.to_pointer())),
    }
}

/// `t[key] = value` for the table on top.
#[inline(always)]
fn set_raw(state: &mut State, lua: &Lua, key: impl IntoLua, value: impl IntoLua) -> Result<()> {
    let table = state.top() as i32;
    key.push_into(state, lua)?;
    value.push_into(state, lua)?;
    state.raw_set(table).map_err(|e| caught(state, lua, e))
}

/// `t[key]` of the table on top.
#[inline(always)]
fn get_raw<V: FromLua>(state: &mut State, lua: &Lua, key: impl IntoLua) -> Result<V> {
    let table = state.top() as i32;
    key.push_into(state, lua)?;
    state.raw_get(table).map_err(|e| caught(state, lua, e))?;
    V::from_stack(table + 1, state, lua)
}

fn push_raw(state: &mut State, lua: &Lua, value: impl IntoLua) -> Result<()> {
    let table = state.top() as i32;
    value.push_into(state, lua)?;
    let n = state.raw_len(table) as Integer;
    state.raw_set_integer(table, n.wrapping_add(1)).map_err(|e| caught(state, lua, e))
}

fn pop_raw<V: FromLua>(state: &mut State, lua: &Lua) -> Result<V> {
    let table = state.top() as i32;
    let n = state.raw_len(table) as Integer;
    if n == 0 {
        // An index without a slot reads as nil.
        return V::from_stack(table + 1, state, lua);
    }
    state.raw_get_integer(table, n).map_err(|e| caught(state, lua, e))?;
    let value = V::from_stack(table + 1, state, lua)?;
    state.push(()).map_err(|_| Error::StackError)?;
    state.raw_set_integer(table, n).map_err(|e| caught(state, lua, e))?;
    Ok(value)
}

impl fmt::Debug for Table {
    /// `{:#?}` shows the content.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            return self.fmt_pretty(f, 0, &mut HashSet::new());
        }
        write!(f, "Table(Ref({:?}))", self.to_pointer())
    }
}

macro_rules! equals_sequence {
    ($([$($param:tt)*] $t:ty),*) => { $(
        impl<T: IntoLua + Clone, $($param)*> PartialEq<$t> for Table {
            fn eq(&self, other: &$t) -> bool {
                let lua = self.0.lua();
                let same = |(i, value): (usize, &T)| -> Result<bool> {
                    let expected = value.clone().into_lua(&lua)?;
                    self.get::<Value>(i + 1)?.equals(&expected)
                };
                // The first nil is the end.
                let ends = self.get::<Value>(other.len() + 1).is_ok_and(|value| value.is_nil());
                ends && other.iter().enumerate().all(|element| same(element).unwrap_or(false))
            }
        }
    )* };
}

equals_sequence!([] [T], [] &[T], [const N: usize] [T; N]);
