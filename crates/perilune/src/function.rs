//! Functions.

use crate::callback::{caught, protect};
use crate::error::{Error, Result};
use crate::handle::Handle;
use crate::state::{Extra, WeakLua};
use crate::table::Table;
use crate::traits::{FromLuaMulti, IntoLuaMulti};
use perilune_vm::{self as vm, Payload, Return, State};
use std::ffi::c_void;
use std::fmt;

#[cfg(feature = "async")]
mod future;
mod wrap;

#[cfg(feature = "async")]
pub use future::{AsyncCallFuture, LuaNativeAsyncFn};
pub use wrap::{LuaNativeFn, LuaNativeFnMut};

/// A handle of a Lua function, written in Lua or in Rust.
///
/// ```
/// use perilune::{Function, Lua};
///
/// let lua = Lua::new();
/// lua.load("function greet(name) return 'Hello, ' .. name end").exec()?;
/// let greet: Function = lua.globals().get("greet")?;
/// assert_eq!(greet.call::<String>("Ann")?, "Hello, Ann");
/// # Ok::<(), perilune::Error>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Function(pub(crate) Handle);

/// What is known of a function.
///
/// ```
/// # use perilune::{Function, Lua};
/// let lua = Lua::new();
/// let f: Function = lua.load("return function(a, b, ...) end").set_name("@lib.lua").eval()?;
/// let info = f.info();
/// assert_eq!((info.num_params, info.is_vararg), (2, true));
/// assert_eq!(info.short_src.as_deref(), Some("lib.lua"));
/// # Ok::<(), perilune::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FunctionInfo {
    /// A name, if the function was found in a table of a loaded module.
    pub name: Option<String>,
    /// What the name is the name of.
    pub name_what: Option<&'static str>,
    /// `"Lua"`, `"main"` for a chunk, `"C"` for a native function.
    pub what: &'static str,
    /// The chunk, as it was named when it was loaded.
    pub source: Option<String>,
    /// The chunk, as messages show it.
    pub short_src: Option<String>,
    /// The line where its definition begins.
    pub line_defined: Option<usize>,
    /// The line where its definition ends.
    pub last_line_defined: Option<usize>,
    /// The number of upvalues.
    pub num_upvalues: u8,
    /// The number of parameters.
    pub num_params: u8,
    /// Whether it takes any number of arguments.
    pub is_vararg: bool,
}

impl Function {
    /// Calls the function.
    ///
    /// ```
    /// # use perilune::{Function, Lua};
    /// let lua = Lua::new();
    /// let max: Function = lua.globals().get::<perilune::Table>("math")?.get("max")?;
    /// assert_eq!(max.call::<i64>((3, 7, 5))?, 7);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// What the function raises; arguments or results that can't be converted.
    #[inline]
    pub fn call<R: FromLuaMulti>(&self, args: impl IntoLuaMulti) -> Result<R> {
        self.0.0.call(
            |state, extra: &Extra| args.push_into_multi(state, &extra.lua).map(drop),
            |state, extra, called| match called {
                Ok((first, n)) => R::from_stack_multi(first, n, state, &extra.lua),
                Err(error) => Err(caught(state, &extra.lua, error)),
            },
        )
    }

    /// A function that calls this one with `args` before its own arguments.
    ///
    /// ```
    /// # use perilune::{Function, Lua};
    /// let lua = Lua::new();
    /// let power: Function = lua.load("function(base, n) return base ^ n end").eval()?;
    /// let power_of_two = power.bind(2)?;
    /// assert_eq!(power_of_two.call::<f64>(10)?, 1024.0);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::BindError`] for more than 250 values; memory.
    pub fn bind(&self, args: impl IntoLuaMulti) -> Result<Function> {
        self.0.with(|state, extra| {
            let first = state.top();
            self.0.push(state)?;
            let n = args.push_into_multi(state, &extra.lua)?;
            if n == 0 {
                return Ok(self.clone());
            }
            if n > 250 {
                return Err(Error::BindError);
            }
            debug_assert_eq!(state.top(), first + n + 1);
            let pushed = state.push_closure_with(call_bound, Payload::new_send(Bound), n + 1);
            pushed.map_err(|e| caught(state, &extra.lua, e))?;
            Handle::pin(state, -1).map(Function)
        })
    }

    /// The table that the function's global names are fields of; `None` for
    /// native functions, and for functions that use no global name.
    ///
    /// ```
    /// # use perilune::{Function, Lua};
    /// let lua = Lua::new();
    /// let f: Function = lua.load("function() return x end").eval()?;
    /// assert_eq!(f.environment(), Some(lua.globals()));
    /// let native = lua.create_function(|_, ()| Ok(()))?;
    /// assert_eq!(native.environment(), None);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn environment(&self) -> Option<Table> {
        let found = self.0.with(|state, extra| {
            self.0.push(state)?;
            if state.dialect().function_environments {
                state.push_environment(-1).map_err(|e| caught(state, &extra.lua, e))?;
            } else {
                let Some(n) = environment_upvalue(state, extra)? else { return Ok(None) };
                let pushed = state.push_function_upvalue(-1, n);
                pushed.map_err(|e| caught(state, &extra.lua, e))?;
            }
            match state.is_table(-1) {
                true => Handle::pin(state, -1).map(|h| Some(Table(h))),
                false => Ok(None),
            }
        });
        found.unwrap_or(None)
    }

    /// Makes another table the one that the function's global names are fields
    /// of; answers whether it has any. Other functions of the chunk are not
    /// affected.
    ///
    /// ```
    /// # use perilune::{Function, Lua};
    /// let lua = Lua::new();
    /// let f: Function = lua.load("function() return x end").eval()?;
    /// assert!(f.set_environment(lua.create_table_from([("x", 1)])?)?);
    /// assert_eq!(f.call::<i64>(())?, 1);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// A table of another state; memory.
    pub fn set_environment(&self, env: Table) -> Result<bool> {
        self.0.with(|state, extra| {
            self.0.push(state)?;
            if state.dialect().function_environments {
                env.0.push(state)?;
                let set = state.set_environment(-2);
                return set.map_err(|e| caught(state, &extra.lua, e));
            }
            let Some(n) = environment_upvalue(state, extra)? else { return Ok(false) };
            // A fresh chunk has an upvalue of its own for its globals.
            let loaded = state.load(b"return _ENV", b"=environment", b"t");
            loaded.map_err(|e| caught(state, &extra.lua, e))?;
            env.0.push(state)?;
            let set = state.set_function_upvalue(-2, 1);
            set.map_err(|e| caught(state, &extra.lua, e))?;
            state.upvalue_join(-2, n, -1, 1);
            Ok(true)
        })
    }

    /// What is known of the function.
    ///
    /// ```
    /// # use perilune::{Function, Lua};
    /// let lua = Lua::new();
    /// let f = lua.load("\nreturn 1").set_name("=setup").into_function()?;
    /// let info = f.info();
    /// assert_eq!((info.what, info.short_src.as_deref()), ("main", Some("setup")));
    /// assert_eq!(lua.load("print").eval::<Function>()?.info().what, "C");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn info(&self) -> FunctionInfo {
        let info = self.0.with(|state, _| {
            self.0.push(state)?;
            let mut info =
                state.function_info(-1).map(crate::debug::function_info).unwrap_or_default();
            if state.is_function_with::<Bound>(-1) {
                info.source = Some(BOUND.to_owned());
                info.short_src = Some(BOUND[1..].to_owned());
            }
            Ok(info)
        });
        info.unwrap_or_default()
    }

    /// The function as a binary chunk, without debug information if `strip`;
    /// empty for a native function.
    ///
    /// [`Lua::load`](crate::Lua::load) reads it back.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let compiled = lua.load("local n = ... return n * n").into_function()?.dump(true);
    /// let square = lua.load(&compiled).into_function()?;
    /// assert_eq!(square.call::<i64>(9)?, 81);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn dump(&self, strip: bool) -> Vec<u8> {
        let dumped = self.0.with(|state, _| {
            self.0.push(state)?;
            Ok(state.dump(-1, strip).unwrap_or_default().unwrap_or_default())
        });
        dumped.unwrap_or_default()
    }

    /// An address that identifies the function.
    ///
    /// ```
    /// # use perilune::{Function, Lua};
    /// let lua = Lua::new();
    /// let print: Function = lua.globals().get("print")?;
    /// let same: Function = lua.load("print").eval()?;
    /// assert_eq!(print.to_pointer(), same.to_pointer());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn to_pointer(&self) -> *const c_void {
        self.0.address() as *const c_void
    }

    /// The state of the function.
    #[doc(hidden)]
    pub fn weak_lua(&self) -> WeakLua {
        self.0.lua().weak()
    }

    /// A copy of the function with upvalues of its own, of the same values. A native
    /// function is answered as it is.
    ///
    /// ```
    /// # use perilune::{Function, Lua};
    /// let lua = Lua::new();
    /// let count: Function = lua
    ///     .load("local n = 0 return function() n = n + 1 return n end")
    ///     .eval()?;
    /// let other = count.deep_clone()?;
    /// assert_eq!((count.call::<i64>(())?, count.call::<i64>(())?), (1, 2));
    /// assert_eq!(other.call::<i64>(())?, 1);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    pub fn deep_clone(&self) -> Result<Self> {
        let code = self.dump(false);
        if code.is_empty() {
            return Ok(self.clone());
        }
        self.0.with(|state, extra| {
            protect(state, extra, |state, lua| {
                self.0.push(state)?;
                let loaded = state.load(&code, b"=?", b"b");
                if !loaded.map_err(|e| caught(state, lua, e))? {
                    return Err(Error::runtime("the function can't be copied"));
                }
                for n in 1.. {
                    let pushed = state.push_function_upvalue(1, n);
                    if pushed.map_err(|e| caught(state, lua, e))?.is_none() {
                        break;
                    }
                    let set = state.set_function_upvalue(2, n);
                    set.map_err(|e| caught(state, lua, e))?;
                }
                Handle::pin(state, 2).map(Function)
            })
        })
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Function({:?})", self.to_pointer())
    }
}

impl PartialEq for Handle {
    fn eq(&self, other: &Handle) -> bool {
        self.same(other)
    }
}

/// Which upvalue of the function on top is the table of its globals.
fn environment_upvalue(state: &mut State, extra: &Extra) -> Result<Option<i64>> {
    if !state.is_lua_function(-1) {
        return Ok(None);
    }
    for n in 1.. {
        let pushed = state.push_function_upvalue(-1, n);
        match pushed.map_err(|e| caught(state, &extra.lua, e))? {
            None => break,
            Some(name) => {
                state.pop(1);
                if name == b"_ENV" {
                    return Ok(Some(n));
                }
            }
        }
    }
    Ok(None)
}

/// Marks functions made by [`Function::bind`].
struct Bound;

/// What is told as their source: programs look for it.
const BOUND: &str = "=__mlua_bind";

/// The native function of [`Function::bind`]: upvalue 1 is the function, the
/// others are its first arguments.
fn call_bound(state: &mut State) -> vm::Result<Return> {
    let n = state.upvalue_count();
    let nargs = state.top();
    state.ensure_stack(n, "too many arguments")?;
    for i in 1..=n {
        state.push_upvalue(i)?;
    }
    state.rotate(1, n as i32);
    state.tail_call(nargs + n - 1)
}
