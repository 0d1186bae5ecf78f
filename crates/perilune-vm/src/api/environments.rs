//! Environments of functions, userdata and threads, in dialects where each has one
//! of its own.
//!
//! A Lua function's is the value of its first upvalue, a cell that it shares with
//! the functions made inside it. A thread's is its table of globals. Native
//! functions and userdata have the one of the main thread until they are given
//! another; those are kept in a table with weak keys.

use crate::error::Result;
use crate::heap::AllocError;
use crate::meta::header;
use crate::object::{LuaClosure, Table, Thread, Upvalue};
use crate::state::{REGISTRY_GLOBALS, State};
use crate::table;
use crate::value::{RawValue, tag};

impl State {
    /// The table of globals of a thread.
    ///
    /// # Safety
    /// `th` is live.
    pub(crate) unsafe fn globals_of(&self, th: *const Thread) -> RawValue {
        // SAFETY: the registry is live, and so is a thread's table.
        unsafe {
            if (*th).globals.is_null() {
                return table::get_integer(self.registry, REGISTRY_GLOBALS);
            }
            RawValue::pointer(tag::TABLE, (*th).globals)
        }
    }

    /// Pushes the environment of a function, userdata or thread; nil for other
    /// values and in dialects without environments.
    ///
    /// ```
    /// use perilune::native::LUA_5_1;
    /// use perilune::{Lua, LuaOptions, StdLib};
    ///
    /// let options = LuaOptions::new().with_dialect(&LUA_5_1);
    /// let lua = Lua::new_with(StdLib::ALL_SAFE, options)?;
    /// lua.with_native(|state| {
    ///     state.load(b"return 1", b"=chunk", b"t")?;
    ///     state.push_environment(-1)?;
    ///     state.push_globals()?;
    ///     assert!(state.raw_equal(-1, -2));
    ///     Ok(())
    /// })?;
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the stack can't grow.
    pub fn push_environment(&mut self, index: i32) -> Result<()> {
        let v = self.raw(index);
        // SAFETY: the value is in a slot.
        let environment = unsafe { self.environment_of(v) };
        self.push_raw(environment)
    }

    /// Pushes the environment of the running native function; nil in dialects
    /// without environments.
    ///
    /// ```
    /// use perilune::native::{self, LUA_5_1, Return, State};
    /// use perilune::{Lua, LuaOptions, StdLib};
    ///
    /// fn environment(state: &mut State) -> native::Result<Return> {
    ///     state.push_running_environment()?;
    ///     Ok(Return::values(1))
    /// }
    ///
    /// let options = LuaOptions::new().with_dialect(&LUA_5_1);
    /// let lua = Lua::new_with(StdLib::ALL_SAFE, options)?;
    /// lua.globals().set("environment", lua.create_native_function(environment)?)?;
    /// assert!(lua.load("environment() == _G").eval::<bool>()?);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the stack can't grow.
    pub fn push_running_environment(&mut self) -> Result<()> {
        // SAFETY: the function of a frame is in the slot below its base.
        let environment = unsafe { self.environment_of(*(*self.current).base.sub(1)) };
        self.push_raw(environment)
    }

    /// # Safety
    /// The value is live.
    unsafe fn environment_of(&self, v: RawValue) -> RawValue {
        // SAFETY: a Lua function's upvalues exist.
        unsafe {
            match v.tag {
                _ if !self.dialect.function_environments => RawValue::NIL,
                tag::LUA_CLOSURE if (*v.as_lua_closure()).header.extra > 0 => {
                    *(**LuaClosure::upvalues(v.as_lua_closure())).value
                }
                tag::THREAD => self.globals_of(v.as_thread()),
                tag::LIGHT_NATIVE | tag::NATIVE_CLOSURE | tag::USERDATA => {
                    let own = match self.environments.is_null() {
                        true => RawValue::NIL,
                        false => table::get(self.environments, v),
                    };
                    if own.is_nil() { self.globals_of(self.main) } else { own }
                }
                _ => RawValue::NIL,
            }
        }
    }

    /// Pops a table and makes it the environment of a function, userdata or
    /// thread; answers false for other values and in dialects without
    /// environments. A running Lua function goes on in the new one; functions that
    /// were made inside it keep the old one.
    ///
    /// ```
    /// use perilune::native::LUA_5_1;
    /// use perilune::{Lua, LuaOptions, StdLib};
    ///
    /// let options = LuaOptions::new().with_dialect(&LUA_5_1);
    /// let lua = Lua::new_with(StdLib::ALL_SAFE, options)?;
    /// lua.with_native(|state| {
    ///     state.load(b"return secret", b"=chunk", b"t")?;
    ///     state.new_table(0, 1)?;
    ///     state.set_field_to(-1, "secret", 42)?;
    ///     assert!(state.set_environment(1)?);
    ///     state.call(0, Some(1))?;
    ///     assert_eq!(state.to_integer(-1), Some(42));
    ///     Ok(())
    /// })?;
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    pub fn set_environment(&mut self, index: i32) -> Result<bool> {
        let (v, environment) = (self.raw(index), self.raw(-1));
        if !environment.is_table() || !self.dialect.function_environments {
            self.pop(1);
            return Ok(false);
        }
        // SAFETY: both are in slots; new objects are reachable before anything
        // can collect, and barriers tell the collector.
        let done = unsafe {
            match v.tag {
                tag::LUA_CLOSURE if (*v.as_lua_closure()).header.extra > 0 => {
                    let closure = v.as_lua_closure();
                    let cell = match self.closed_upvalue(environment) {
                        Ok(cell) => cell,
                        Err(_) => self.retry_allocation(&[], |s| s.closed_upvalue(environment))?,
                    };
                    *LuaClosure::upvalues(closure) = cell;
                    self.heap.barrier(header(closure));
                    true
                }
                tag::THREAD => {
                    (*v.as_thread()).globals = environment.as_table();
                    self.heap.barrier(header(v.as_thread()));
                    true
                }
                tag::LIGHT_NATIVE | tag::NATIVE_CLOSURE | tag::USERDATA => {
                    let environments = self.environments_table()?;
                    self.table_set(environments, v, environment)?;
                    true
                }
                _ => false,
            }
        };
        self.pop(1);
        Ok(done)
    }

    /// A closed upvalue that holds `value`.
    ///
    /// # Safety
    /// The caller makes it reachable before anything can collect.
    unsafe fn closed_upvalue(
        &mut self,
        value: RawValue,
    ) -> std::result::Result<*mut Upvalue, AllocError> {
        // SAFETY: the object is complete when it is returned.
        unsafe {
            let cell = self.heap.alloc(size_of::<Upvalue>(), tag::UPVALUE)? as *mut Upvalue;
            (*cell).closed = value;
            (*cell).value = &raw mut (*cell).closed;
            Ok(cell)
        }
    }

    /// The table of environments that native functions and userdata were given.
    fn environments_table(&mut self) -> Result<*mut Table> {
        if self.environments.is_null() {
            self.new_table(0, 0)?;
            self.new_table(0, 1)?;
            self.set_field_to(-1, "__mode", "k")?;
            self.set_metatable(-2)?;
            self.environments = self.raw(-1).as_table();
            self.pop(1);
        }
        Ok(self.environments)
    }
}
