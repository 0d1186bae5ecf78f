//! Values that the program keeps in the state.

use super::Lua;
use crate::callback::caught;
use crate::error::{Error, Result};
use crate::handle::Handle;
use crate::traits::{FromLua, IntoLua};
use crate::types::RegistryKey;
use crate::value::Value;
use std::sync::Arc;

impl Lua {
    /// Keeps a value under a name, which all users of the state share.
    ///
    /// ```
    /// # use perilune::{Lua, Function};
    /// let lua = Lua::new();
    /// let on_exit = lua.create_function(|_, ()| Ok("bye"))?;
    /// lua.set_named_registry_value("app.on_exit", on_exit)?;
    ///
    /// let on_exit: Function = lua.named_registry_value("app.on_exit")?;
    /// assert_eq!(on_exit.call::<String>(())?, "bye");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the value can't be converted; memory.
    pub fn set_named_registry_value(&self, key: &str, t: impl IntoLua) -> Result<()> {
        self.with(|state, extra| {
            let lua = &extra.lua;
            state.push_registry_table(NAMED).map_err(|e| caught(state, lua, e))?;
            t.push_into(state, lua)?;
            state.raw_set_field(-2, key).map_err(|e| caught(state, lua, e))
        })
    }

    /// The value kept under a name; nil if there is none.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// lua.set_named_registry_value("app.depth", 3)?;
    /// assert_eq!(lua.named_registry_value::<u8>("app.depth")?, 3);
    /// assert_eq!(lua.named_registry_value::<Option<u8>>("app.width")?, None);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If it can't be converted.
    pub fn named_registry_value<T: FromLua>(&self, key: &str) -> Result<T> {
        self.with(|state, extra| {
            let lua = &extra.lua;
            state.push_registry_table(NAMED).map_err(|e| caught(state, lua, e))?;
            state.raw_get_field(-1, key).map_err(|e| caught(state, lua, e))?;
            T::from_stack(-1, state, lua)
        })
    }

    /// Forgets the value kept under a name.
    ///
    /// ```
    /// # use perilune::{Lua, Value};
    /// let lua = Lua::new();
    /// lua.set_named_registry_value("app.cache", lua.create_table()?)?;
    /// lua.unset_named_registry_value("app.cache")?;
    /// assert!(lua.named_registry_value::<Value>("app.cache")?.is_nil());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    pub fn unset_named_registry_value(&self, key: &str) -> Result<()> {
        self.set_named_registry_value(key, Value::Nil)
    }

    /// Keeps a value under a key of its own, until the key is dropped.
    ///
    /// ```
    /// # use perilune::{Function, Lua, RegistryKey};
    /// struct Button {
    ///     on_click: RegistryKey,
    /// }
    ///
    /// let lua = Lua::new();
    /// let on_click: Function = lua.load("function() return 'clicked' end").eval()?;
    /// let button = Button { on_click: lua.create_registry_value(on_click)? };
    ///
    /// let on_click: Function = lua.registry_value(&button.on_click)?;
    /// assert_eq!(on_click.call::<String>(())?, "clicked");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the value can't be converted; memory.
    pub fn create_registry_value(&self, t: impl IntoLua) -> Result<RegistryKey> {
        self.with(|state, extra| {
            t.push_into(state, &extra.lua)?;
            let value = if state.is_nil(-1) { None } else { Some(Handle::pin(state, -1)?) };
            Ok(RegistryKey::new(extra.lasting.registry_ids.clone(), value))
        })
    }

    /// The value of a key.
    ///
    /// ```
    /// # use perilune::{Error, Lua};
    /// let lua = Lua::new();
    /// let key = lua.create_registry_value("kept")?;
    /// assert_eq!(lua.registry_value::<String>(&key)?, "kept");
    ///
    /// let other = Lua::new();
    /// let result = other.registry_value::<String>(&key);
    /// assert!(matches!(result, Err(Error::MismatchedRegistryKey)));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// A key of another state; if the value can't be converted.
    #[inline]
    pub fn registry_value<T: FromLua>(&self, key: &RegistryKey) -> Result<T> {
        if let Some(value) = &key.value
            && self.owns(value)
            && let Some(found) = value.0.look(T::from_found)
        {
            return Ok(found);
        }
        self.with(|state, extra| {
            push_key(key, state, extra)?;
            T::from_stack(-1, state, &extra.lua)
        })
    }

    /// Forgets a key and its value.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let key = lua.create_registry_value(lua.create_table()?)?;
    /// lua.remove_registry_value(key)?;
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// A key of another state.
    pub fn remove_registry_value(&self, key: RegistryKey) -> Result<()> {
        if self.owns_registry_value(&key) { Ok(()) } else { Err(Error::MismatchedRegistryKey) }
    }

    /// Keeps another value under a key.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let mut score = lua.create_registry_value(0)?;
    /// lua.replace_registry_value(&mut score, 100)?;
    /// assert_eq!(lua.registry_value::<u32>(&score)?, 100);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// A key of another state; if the value can't be converted.
    pub fn replace_registry_value(&self, key: &mut RegistryKey, t: impl IntoLua) -> Result<()> {
        if !self.owns_registry_value(key) {
            return Err(Error::MismatchedRegistryKey);
        }
        *key = self.create_registry_value(t)?;
        Ok(())
    }

    /// Whether a key is of this state.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let (lua, other) = (Lua::new(), Lua::new());
    /// let key = lua.create_registry_value(true)?;
    /// assert!(lua.owns_registry_value(&key));
    /// assert!(!other.owns_registry_value(&key));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn owns_registry_value(&self, key: &RegistryKey) -> bool {
        self.with(|_, extra| Ok(Arc::ptr_eq(&extra.lasting.registry_ids, &key.state)))
            .unwrap_or(false)
    }

    /// Forgets the values whose keys were dropped. They are forgotten at once
    /// anyway: there is nothing to do.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let key = lua.create_registry_value("text")?;
    /// drop(key);
    /// lua.expire_registry_values();
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn expire_registry_values(&self) {}
}

/// Pushes the value of a key.
pub(crate) fn push_key(
    key: &RegistryKey,
    state: &mut perilune_vm::State,
    extra: &super::Extra,
) -> Result<()> {
    if !Arc::ptr_eq(&extra.lasting.registry_ids, &key.state) {
        return Err(Error::MismatchedRegistryKey);
    }
    match &key.value {
        Some(value) => value.push(state),
        None => state.push(()).map_err(|_| Error::StackError),
    }
}

/// Where named values lie in the registry.
const NAMED: &str = "perilune.Named";
