//! Libraries and modules.

use super::Lua;
use crate::callback::{caught, protect, raise};
use crate::error::{Error, Result};
use crate::function::Function;
use crate::state::Extra;
use crate::stdlib::StdLib;
use crate::traits::IntoLua;
use perilune_vm::{self as vm, NativeFn, Return, State};

impl Lua {
    /// Opens libraries: each becomes a global.
    ///
    /// ```
    /// # use perilune::{Lua, LuaOptions, StdLib};
    /// let lua = Lua::new_with(StdLib::NONE, LuaOptions::default())?;
    /// assert!(lua.load("return string == nil").eval::<bool>()?);
    /// lua.load_std_libs(StdLib::STRING | StdLib::TABLE)?;
    /// assert_eq!(lua.load("('ab'):rep(2)").eval::<String>()?, "abab");
    /// assert!(lua.load_std_libs(StdLib::DEBUG).is_err());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::SafetyError`] for `StdLib::DEBUG` in a state made by
    /// [`Lua::new`](Lua::new); memory.
    pub fn load_std_libs(&self, libs: StdLib) -> Result<()> {
        self.with(|state, extra| {
            if extra.lasting.safe && libs.contains(StdLib::DEBUG) {
                return Err(Error::SafetyError(
                    "the unsafe `debug` module can't be loaded in safe mode".to_owned(),
                ));
            }
            let opened = state.enter(|state| {
                libs.open(state)?;
                if extra.lasting.safe
                    && libs.contains(StdLib::PACKAGE)
                    && !extra.lasting.options.has_own_host()
                {
                    refuse_system_libraries(state)?;
                }
                Ok(())
            });
            opened.map_err(|e| caught(state, &extra.lua, e))
        })
    }

    /// Makes a value what `require` answers for a name.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let module = lua.create_table_from([("pi", 3.14)])?;
    /// lua.register_module("geometry", module)?;
    /// let pi: f64 = lua.load("local geometry = require 'geometry' return geometry.pi").eval()?;
    /// assert_eq!(pi, 3.14);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the value can't be converted; if the library `package` is not open.
    pub fn register_module(&self, modname: &str, value: impl IntoLua) -> Result<()> {
        self.with(|state, extra| {
            let lua = &extra.lua;
            state.push_registry_table("_LOADED").map_err(|e| caught(state, lua, e))?;
            value.push_into(state, lua)?;
            state.raw_set_field(-2, modname).map_err(|e| caught(state, lua, e))
        })
    }

    /// Makes a function the loader of a module, which `require` calls when the
    /// module is first asked for.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let loader = lua.create_function(|lua, name: String| {
    ///     lua.create_table_from([("name", name)])
    /// })?;
    /// lua.preload_module("plugin", loader)?;
    /// assert_eq!(lua.load("require('plugin').name").eval::<String>()?, "plugin");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the library `package` is not open.
    pub fn preload_module(&self, modname: &str, func: Function) -> Result<()> {
        self.with(|state, extra| {
            protect(state, extra, |state, lua| {
                let result = state.push_registry_table("_PRELOAD");
                result.map_err(|e| caught(state, lua, e))?;
                func.0.push(state)?;
                state.raw_set_field(-2, modname).map_err(|e| caught(state, lua, e))
            })
        })
    }

    /// Makes `require` forget a module.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// lua.register_module("settings", 1)?;
    /// lua.unload_module("settings")?;
    /// assert!(lua.load("require 'settings'").exec().is_err());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    pub fn unload_module(&self, modname: &str) -> Result<()> {
        self.register_module(modname, crate::value::Nil)
    }
}

/// Changes the library `package` so that it loads Lua code alone.
fn refuse_system_libraries(state: &mut State) -> vm::Result<()> {
    state.push_globals()?;
    state.raw_get_field(-1, "package")?;
    if !state.is_table(-1) {
        return Ok(());
    }
    state.push(no_loadlib as NativeFn)?;
    state.raw_set_field(-2, "loadlib")?;
    state.raw_get_field(-1, state.dialect().searchers_field)?;
    if state.is_table(-1) {
        state.push(no_library as NativeFn)?;
        state.raw_set_integer(-2, 3)?;
        state.push(())?;
        state.raw_set_integer(-2, 4)?;
    }
    Ok(())
}

/// `package.loadlib` of a safe state.
fn no_loadlib(state: &mut State) -> vm::Result<Return> {
    let error = Error::SafetyError("package.loadlib is disabled in safe mode".to_owned());
    let raised = state.with_extension(|state, extra: &Extra| raise(state, &extra.lua, error));
    match raised {
        Some(error) => Err(error),
        None => Ok(Return::NONE),
    }
}

/// The searcher of C libraries of a safe state.
fn no_library(state: &mut State) -> vm::Result<Return> {
    state.ret("\n\tcan't load C modules in safe mode")
}
