//! Making values.

use super::{Extra, Lua};
use crate::callback::{self, Calls, CallsMut};
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
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let header = lua.create_string(b"\x7fELF")?;
    /// assert_eq!(header.as_bytes().len(), 4);
    /// lua.globals().set("header", header)?;
    /// assert!(lua.load("header:byte(1) == 127").eval::<bool>()?);
    /// # Ok::<(), perilune::Error>(())
    /// ```
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
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let file: Vec<u8> = vec![0; 1024];
    /// let data = lua.create_external_string(file)?;
    /// assert_eq!(lua.load("return #...").call::<usize>(data)?, 1024);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    pub fn create_external_string(&self, s: impl Into<Vec<u8>>) -> Result<LuaString> {
        self.create_string(s.into())
    }

    /// An empty table.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let point = lua.create_table()?;
    /// point.set("x", 3)?;
    /// point.set("y", 4)?;
    /// let distance = lua.load("local p = ... return (p.x ^ 2 + p.y ^ 2) ^ 0.5");
    /// assert_eq!(distance.call::<f64>(point)?, 5.0);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    #[inline]
    pub fn create_table(&self) -> Result<Table> {
        self.create_table_with_capacity(0, 0)
    }

    /// An empty table with room for so many elements and fields.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let squares = lua.create_table_with_capacity(1000, 0)?;
    /// for n in 1..=1000 {
    ///     squares.raw_push(n * n)?;
    /// }
    /// assert_eq!(squares.raw_get::<i64>(1000)?, 1_000_000);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    pub fn create_table_with_capacity(&self, narr: usize, nrec: usize) -> Result<Table> {
        self.make(|state, _| state.new_table(narr, nrec)).map(Table)
    }

    /// A table with these keys and values.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let ports = lua.create_table_from([("http", 80), ("https", 443)])?;
    /// lua.globals().set("ports", ports)?;
    /// assert_eq!(lua.load("ports.https").eval::<u16>()?, 443);
    /// # Ok::<(), perilune::Error>(())
    /// ```
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
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let words = lua.create_sequence_from("to be or not".split(' '))?;
    /// assert_eq!(words.raw_len(), 4);
    /// assert_eq!(words.get::<String>(1)?, "to");
    /// # Ok::<(), perilune::Error>(())
    /// ```
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
            callback::push_callback::<Calls<F, A, R>>(state, extra, func)?;
            Handle::pin(state, -1).map(Function)
        })
    }

    /// [`create_function`](Self::create_function) of a function that changes what
    /// it has captured. It raises
    /// [`Error::RecursiveMutCallback`](crate::Error::RecursiveMutCallback) if it is
    /// called while it runs.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let mut last = 0;
    /// let next_id = lua.create_function_mut(move |_, ()| {
    ///     last += 1;
    ///     Ok(last)
    /// })?;
    /// assert_eq!(next_id.call::<u32>(())?, 1);
    /// assert_eq!(next_id.call::<u32>(())?, 2);
    /// # Ok::<(), perilune::Error>(())
    /// ```
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
            let func = RefCell::new(func);
            callback::push_callback::<CallsMut<F, A, R>>(state, extra, func)?;
            Handle::pin(state, -1).map(Function)
        })
    }

    /// [`create_function`](Self::create_function) of a function that does not bind the
    /// state to this thread: see [`SendLua`](crate::SendLua).
    ///
    /// ```
    /// # use perilune::SendLua;
    /// let mut lua = SendLua::new();
    /// lua.enter(|lua| {
    ///     let double = lua.create_send_function(|_, n: i64| Ok(2 * n))?;
    ///     lua.globals().set("double", double)
    /// })?;
    /// let worker = std::thread::spawn(move || {
    ///     lua.enter(|lua| lua.load("double(21)").eval::<i64>()).unwrap()
    /// });
    /// assert_eq!(worker.join().unwrap(), 42);
    /// # Ok::<(), perilune::Error>(())
    /// ```
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
            callback::push_send_callback::<Calls<F, A, R>>(state, extra, func)?;
            Handle::pin(state, -1).map(Function)
        })
    }

    /// [`create_function_mut`](Self::create_function_mut) of a function that does not
    /// bind the state to this thread: see [`SendLua`](crate::SendLua).
    ///
    /// ```
    /// # use perilune::SendLua;
    /// let mut lua = SendLua::new();
    /// lua.enter(|lua| {
    ///     let mut lines = Vec::new();
    ///     let log = lua.create_send_function_mut(move |_, line: String| {
    ///         lines.push(line);
    ///         Ok(lines.len())
    ///     })?;
    ///     lua.globals().set("log", log)
    /// })?;
    /// assert!(lua.binding().is_none());
    /// # Ok::<(), perilune::Error>(())
    /// ```
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
            let func = RefCell::new(func);
            callback::push_send_callback::<CallsMut<F, A, R>>(state, extra, func)?;
            Handle::pin(state, -1).map(Function)
        })
    }

    /// A coroutine that will run a function.
    ///
    /// ```
    /// # use perilune::{Function, Lua};
    /// let lua = Lua::new();
    /// let code: Function = lua
    ///     .load("function(n) while true do n = n * 2 coroutine.yield(n) end end")
    ///     .eval()?;
    /// let doubling = lua.create_thread(code)?;
    /// assert_eq!(doubling.resume::<i64>(5)?, 10);
    /// assert_eq!(doubling.resume::<i64>(())?, 20);
    /// # Ok::<(), perilune::Error>(())
    /// ```
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
