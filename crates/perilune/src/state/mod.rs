//! The state, and everything that is about it as a whole.

mod app_data;
pub(crate) mod callbacks;
mod create;
mod extra;
mod gc;
mod globals;
mod modules;
mod options;
mod registry;
mod send_lua;
mod values;
mod warnings;

#[cfg(feature = "async")]
pub(crate) use create::new_thread;
pub(crate) use extra::Extra;
use extra::{Lasting, Passing};
pub use gc::{GcGenParams, GcIncParams, GcMode};
pub use options::LuaOptions;
pub use perilune_vm::Binding;
pub(crate) use registry::push_key;
pub use send_lua::SendLua;

use crate::error::Result;
use crate::handle::Handle;
use crate::stdlib::StdLib;
use perilune_vm::{Dialect, Shared, State};
use std::fmt;

/// A Lua state: a Lua universe of its own.
///
/// Cloning it gives another handle of the same state, which is closed when the
/// last one is dropped: pending variables are closed and finalizers run. Other
/// handles ([`Table`](crate::Table) and so on) do not keep it open.
///
/// ```
/// use perilune::Lua;
///
/// let lua = Lua::new();
/// let same = lua.clone();
/// lua.globals().set("x", 10)?;
/// assert_eq!(same.load("x * 2").eval::<i64>()?, 20);
///
/// let other = Lua::new();
/// assert!(other.load("return x == nil").eval::<bool>()?);
/// # Ok::<(), perilune::Error>(())
/// ```
pub struct Lua(pub(crate) Shared);

/// A handle of a state that does not keep it open.
///
/// ```
/// # use perilune::Lua;
/// let lua = Lua::new();
/// let weak = lua.weak();
/// assert_eq!(weak.upgrade().load("1 + 1").eval::<i64>()?, 2);
/// drop(lua);
/// assert!(weak.try_upgrade().is_none());
/// # Ok::<(), perilune::Error>(())
/// ```
pub struct WeakLua(Shared);

impl Lua {
    /// A state of the default dialect with the standard libraries, but for
    /// `debug`.
    ///
    /// If memory runs out, the state has as many libraries as fitted.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// assert_eq!(lua.load("('%d items'):format(3)").eval::<String>()?, "3 items");
    /// assert!(lua.load("return debug == nil").eval::<bool>()?);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn new() -> Lua {
        Self::build(StdLib::ALL_SAFE, LuaOptions::default(), true).unwrap_or_else(|(lua, _)| lua)
    }

    /// A state with the libraries and options asked for.
    ///
    /// ```
    /// # use perilune::{Lua, LuaOptions, StdLib};
    /// let libs = StdLib::MATH | StdLib::STRING;
    /// let lua = Lua::new_with(libs, LuaOptions::default())?;
    /// assert_eq!(lua.load("math.max(1, 2)").eval::<i64>()?, 2);
    /// assert!(lua.load("io.open('secret')").exec().is_err());
    ///
    /// assert!(Lua::new_with(StdLib::DEBUG, LuaOptions::default()).is_err());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::SafetyError`](crate::Error::SafetyError) if `libs` has
    /// `StdLib::DEBUG`; memory.
    pub fn new_with(libs: StdLib, options: LuaOptions) -> Result<Lua> {
        if libs.contains(StdLib::DEBUG) {
            return Err(crate::Error::SafetyError(
                "The unsafe `debug` module can't be loaded using safe `new_with`".to_owned(),
            ));
        }
        Self::build(libs, options, true).map_err(|(_, error)| error)
    }

    /// A state with all standard libraries, `debug` too.
    ///
    /// Nothing about it is unsafe: `debug` lets scripts look into one another,
    /// but not break anything of Rust's. The name is that of programs written
    /// for mlua.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::unsafe_new();
    /// let line: u32 = lua.load("debug.getinfo(1, 'l').currentline").eval()?;
    /// assert_eq!(line, 1);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn unsafe_new() -> Lua {
        Self::unsafe_new_with(StdLib::ALL, LuaOptions::default())
    }

    /// A state with the libraries and options asked for, `debug` too. As
    /// [`unsafe_new`](Self::unsafe_new), it is not unsafe.
    ///
    /// ```
    /// # use perilune::{Lua, LuaOptions, StdLib};
    /// let lua = Lua::unsafe_new_with(StdLib::DEBUG, LuaOptions::default());
    /// assert_eq!(lua.load("type(debug.traceback)").eval::<String>()?, "function");
    /// assert!(lua.load("return io == nil").eval::<bool>()?);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn unsafe_new_with(libs: StdLib, options: LuaOptions) -> Lua {
        Self::build(libs, options, false).unwrap_or_else(|(lua, _)| lua)
    }

    /// A safe state has no `debug`, and loads no libraries of the system unless the
    /// program has chosen a host that does.
    fn build(
        libs: StdLib,
        options: LuaOptions,
        safe: bool,
    ) -> std::result::Result<Lua, (Lua, crate::Error)> {
        let dialect = options.dialect();
        let state = match State::new_with_dialect(dialect) {
            Ok(state) => state,
            // As Rust's own containers do.
            Err(_) => std::alloc::handle_alloc_error(std::alloc::Layout::new::<State>()),
        };
        let shared = Shared::new::<Passing, Lasting>(state, Lasting::new(options, safe));
        let lua = Lua(shared);
        let prepared = lua.with(|state, extra| {
            perilune_stdlib::host::set_host(state, extra.lasting.options.chosen_host());
            extra.lasting.prepare(state)
        });
        match prepared.and_then(|()| lua.load_std_libs(libs)) {
            Ok(()) => Ok(lua),
            Err(error) => Err((lua, error)),
        }
    }

    /// Runs `f` with the state. What `f` leaves on the stack is dropped.
    #[inline(always)]
    pub(crate) fn with<R>(&self, f: impl FnOnce(&mut State, &Extra) -> Result<R>) -> Result<R> {
        self.0.with(f)
    }

    /// Runs `f`, which pushes a value, and answers a handle of it.
    pub(crate) fn make(
        &self,
        f: impl FnOnce(&mut State, &Extra) -> perilune_vm::Result<()>,
    ) -> Result<Handle> {
        self.with(|state, extra| {
            f(state, extra).map_err(|e| crate::callback::caught(state, &extra.lua, e))?;
            Handle::pin(state, -1)
        })
    }

    /// Another handle that does not keep the state open.
    #[cfg(feature = "async")]
    pub(crate) fn weak_handle(&self) -> Lua {
        Lua(self.0.weak())
    }

    pub(crate) fn owns(&self, handle: &Handle) -> bool {
        self.0.owns(&handle.0)
    }

    /// A handle that does not keep the state open.
    ///
    /// ```
    /// # use perilune::{Lua, Result, Table};
    /// let lua = Lua::new();
    /// let weak = lua.weak();
    /// // A callback that holds a `Lua` would keep its state open for ever.
    /// let listener = move |event: &str| -> Result<()> {
    ///     let Some(lua) = weak.try_upgrade() else { return Ok(()) };
    ///     lua.globals().set("last_event", event)
    /// };
    /// listener("click")?;
    /// assert_eq!(lua.globals().get::<String>("last_event")?, "click");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn weak(&self) -> WeakLua {
        WeakLua(self.0.weak())
    }

    /// The dialect of the state.
    ///
    /// ```
    /// use perilune::{Lua, LuaOptions, StdLib, native};
    ///
    /// let options = LuaOptions::new().with_dialect(&native::LUA_5_1);
    /// let lua = Lua::new_with(StdLib::ALL_SAFE, options)?;
    /// assert_eq!(lua.dialect().name, "Lua 5.1");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn dialect(&self) -> &'static Dialect {
        self.with(|state, _| Ok(state.dialect())).unwrap_or(options::default_dialect())
    }
}

impl Clone for Lua {
    fn clone(&self) -> Lua {
        Lua(self.0.clone())
    }
}

impl Default for Lua {
    fn default() -> Lua {
        Lua::new()
    }
}

impl fmt::Debug for Lua {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lua({:?})", self.0)
    }
}

impl WeakLua {
    /// A handle of the state.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let weak = lua.weak();
    /// let same = weak.upgrade();
    /// same.globals().set("x", 1)?;
    /// assert_eq!(lua.globals().get::<i64>("x")?, 1);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Panics
    /// If the state is closed; see [`try_upgrade`](Self::try_upgrade).
    #[track_caller]
    pub fn upgrade(&self) -> Lua {
        self.try_upgrade().expect("Lua instance is destroyed")
    }

    /// A handle of the state, whose every use is
    /// [`Error::StateClosed`](crate::Error::StateClosed) if it is closed.
    pub(crate) fn handle(&self) -> Lua {
        Lua(self.0.clone())
    }

    /// A handle of the state, if it is not closed.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let weak = lua.weak();
    /// assert!(weak.try_upgrade().is_some());
    /// drop(lua);
    /// assert!(weak.try_upgrade().is_none());
    /// ```
    pub fn try_upgrade(&self) -> Option<Lua> {
        self.0.upgrade().map(Lua)
    }
}

impl Clone for WeakLua {
    fn clone(&self) -> WeakLua {
        WeakLua(self.0.weak())
    }
}

impl PartialEq for WeakLua {
    fn eq(&self, other: &WeakLua) -> bool {
        self.0.same_state(&other.0)
    }
}

impl PartialEq<&WeakLua> for WeakLua {
    fn eq(&self, other: &&WeakLua) -> bool {
        self == *other
    }
}

impl Eq for WeakLua {}

impl fmt::Debug for WeakLua {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WeakLua")
    }
}
