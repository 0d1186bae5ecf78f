//! Libraries and modules.

use super::Lua;
use crate::callback::{caught, protect};
use crate::error::Result;
use crate::function::Function;
use crate::stdlib::StdLib;
use crate::traits::IntoLua;

impl Lua {
    /// Opens libraries: each becomes a global.
    ///
    /// # Errors
    /// [`Error::SafetyError`](crate::Error::SafetyError) for `StdLib::DEBUG` in a state made by
    /// [`Lua::new`](Lua::new); memory.
    pub fn load_std_libs(&self, libs: StdLib) -> Result<()> {
        self.with(|state, extra| {
            let opened = libs.open(state);
            opened.map_err(|e| caught(state, &extra.lua, e))
        })
    }

    /// Makes a value what `require` answers for a name.
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
    /// # Errors
    /// If memory runs out.
    pub fn unload_module(&self, modname: &str) -> Result<()> {
        self.register_module(modname, crate::value::Nil)
    }
}
