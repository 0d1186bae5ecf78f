//! Making values.

use super::{Extra, Lua};
use crate::callback;
use crate::chunk::{AsChunk, Chunk};
use crate::debug::inherit_global_hook;
use crate::error::Result;
use crate::function::Function;
use crate::handle::Handle;
use crate::string::LuaString;
use crate::table::Table;
use crate::thread::{Thread, ThreadEvent, fire};
use crate::traits::{FromLuaMulti, IntoLua, IntoLuaMulti};
use crate::types::MaybeSend;
use perilune_vm::State;
use std::cell::RefCell;
use std::panic::Location;

impl Lua {
    /// A chunk of Lua code, to be run or made into a function.
    ///
    /// Without a name it is called after the place in the Rust source.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// assert_eq!(lua.load("1 + 1").eval::<i64>()?, 2);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[track_caller]
    pub fn load<'a>(&self, chunk: impl AsChunk + 'a) -> Chunk<'a> {
        Chunk::new(self.weak(), chunk, Location::caller())
    }

    /// A string of any bytes.
    ///
    /// # Errors
    /// If memory runs out.
    #[inline]
    pub fn create_string(&self, s: impl AsRef<[u8]>) -> Result<LuaString> {
        let bytes = s.as_ref();
        match self.0.string_direct(bytes) {
            Some(root) => Ok(LuaString(Handle(root))),
            None => self.make(|state, _| state.push(bytes)).map(LuaString),
        }
    }

    /// [`create_string`](Self::create_string) of bytes that need not be kept: the
    /// string is a copy.
    ///
    /// # Errors
    /// If memory runs out.
    pub fn create_external_string(&self, s: impl Into<Vec<u8>>) -> Result<LuaString> {
        self.create_string(s.into())
    }

    /// An empty table.
    ///
    /// # Errors
    /// If memory runs out.
    #[inline]
    pub fn create_table(&self) -> Result<Table> {
        self.create_table_with_capacity(0, 0)
    }

    /// An empty table with room for so many elements and fields.
    ///
    /// # Errors
    /// If memory runs out.
    pub fn create_table_with_capacity(&self, narr: usize, nrec: usize) -> Result<Table> {
        self.make(|state, _| state.new_table(narr, nrec)).map(Table)
    }

    /// A table with these keys and values.
    ///
    /// # Errors
    /// If a key or value can't be converted; a key that is nil or NaN; memory.
    pub fn create_table_from<K: IntoLua, V: IntoLua>(
        &self,
        iter: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Table> {
        let iter = iter.into_iter();
        let table = self.create_table_with_capacity(0, iter.size_hint().0)?;
        for (key, value) in iter {
            table.raw_set(key, value)?;
        }
        Ok(table)
    }

    /// A table with these values from 1 on.
    ///
    /// # Errors
    /// If a value can't be converted; memory.
    pub fn create_sequence_from<T: IntoLua>(
        &self,
        iter: impl IntoIterator<Item = T>,
    ) -> Result<Table> {
        let iter = iter.into_iter();
        let table = self.create_table_with_capacity(iter.size_hint().0, 0)?;
        for (index, value) in iter.enumerate() {
            table.raw_set(index + 1, value)?;
        }
        Ok(table)
    }

    /// A Lua function that calls a Rust one.
    ///
    /// Arguments and results are converted; several are tuples,
    /// [`Variadic`](crate::Variadic) or [`MultiValue`](crate::MultiValue). An
    /// error that it returns is raised in Lua.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let add = lua.create_function(|_, (a, b): (i64, i64)| Ok(a + b))?;
    /// lua.globals().set("add", add)?;
    /// assert_eq!(lua.load("add(2, 3)").eval::<i64>()?, 5);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    pub fn create_function<F, A, R>(&self, func: F) -> Result<Function>
    where
        F: Fn(&Lua, A) -> Result<R> + MaybeSend + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti,
    {
        self.with(|state, extra| {
            callback::push_callback(state, extra, callback::call_fn::<F, A, R>, func)?;
            Handle::pin(state, -1).map(Function)
        })
    }

    /// [`create_function`](Self::create_function) of a function that changes what
    /// it has captured. It raises
    /// [`Error::RecursiveMutCallback`](crate::Error::RecursiveMutCallback) if it is
    /// called while it runs.
    ///
    /// # Errors
    /// If memory runs out.
    pub fn create_function_mut<F, A, R>(&self, func: F) -> Result<Function>
    where
        F: FnMut(&Lua, A) -> Result<R> + MaybeSend + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti,
    {
        self.with(|state, extra| {
            let func = callback::MutCallback(RefCell::new(func));
            callback::push_callback(state, extra, callback::call_fn_mut::<F, A, R>, func)?;
            Handle::pin(state, -1).map(Function)
        })
    }

    /// [`create_function`](Self::create_function) of a function that does not bind the
    /// state to this thread: see [`SendLua`](crate::SendLua).
    ///
    /// # Errors
    /// If memory runs out.
    pub fn create_send_function<F, A, R>(&self, func: F) -> Result<Function>
    where
        F: Fn(&Lua, A) -> Result<R> + Send + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti,
    {
        self.with(|state, extra| {
            callback::push_send_callback(state, extra, callback::call_fn::<F, A, R>, func)?;
            Handle::pin(state, -1).map(Function)
        })
    }

    /// [`create_function_mut`](Self::create_function_mut) of a function that does not
    /// bind the state to this thread: see [`SendLua`](crate::SendLua).
    ///
    /// # Errors
    /// If memory runs out.
    pub fn create_send_function_mut<F, A, R>(&self, func: F) -> Result<Function>
    where
        F: FnMut(&Lua, A) -> Result<R> + Send + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti,
    {
        self.with(|state, extra| {
            let func = callback::MutCallback(RefCell::new(func));
            callback::push_send_callback(state, extra, callback::call_fn_mut::<F, A, R>, func)?;
            Handle::pin(state, -1).map(Function)
        })
    }

    /// A coroutine that will run a function.
    ///
    /// # Errors
    /// If memory runs out; what a callback for
    /// [events](Lua::set_thread_event_callback) returns.
    ///
    /// # Panics
    /// If the function belongs to another state.
    pub fn create_thread(&self, func: Function) -> Result<Thread> {
        self.with(|state, extra| new_thread(state, extra, &func))
    }
}

/// A new coroutine for a function; it is pushed, too.
pub(crate) fn new_thread(state: &mut State, extra: &Extra, func: &Function) -> Result<Thread> {
    assert!(extra.lua.owns(&func.0), "a function of another Lua state");
    func.0.push(state)?;
    state.new_thread().map_err(|e| callback::caught(state, &extra.lua, e))?;
    let thread = Handle::pin(state, -1).map(Thread)?;
    inherit_global_hook(state, extra, &thread.0)?;
    fire(state, extra, &thread, |t| t.on_create, ThreadEvent::Create)?;
    Ok(thread)
}
