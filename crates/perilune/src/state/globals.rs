//! Globals, metatables of types, and the running coroutine.

use super::Lua;
use crate::callback::caught;
use crate::error::Result;
use crate::handle::Handle;
use crate::table::Table;
use crate::thread::Thread;
use crate::types::LuaType;

impl Lua {
    /// The table of globals.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// lua.globals().set("version", "1.2")?;
    /// lua.load("title = 'App ' .. version").exec()?;
    /// assert_eq!(lua.globals().get::<String>("title")?, "App 1.2");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Panics
    /// If the state is closed.
    pub fn globals(&self) -> Table {
        match self.make(|state, _| state.push_globals()) {
            Ok(globals) => Table(globals),
            Err(error) => panic!("{error}"),
        }
    }

    /// Makes another table the globals of chunks that are loaded from now on.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let sandbox = lua.create_table_from([("answer", 42)])?;
    /// lua.set_globals(sandbox)?;
    /// assert_eq!(lua.load("return answer").eval::<i64>()?, 42);
    /// assert!(lua.load("return print == nil").eval::<bool>()?);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// A table of another state.
    pub fn set_globals(&self, globals: Table) -> Result<()> {
        self.with(|state, extra| {
            globals.0.push(state)?;
            state.replace_globals().map_err(|e| caught(state, &extra.lua, e))
        })
    }

    /// The coroutine that is running; the main one if none is. Those of async calls
    /// do not count: in them it is the one that has made the call.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let main = lua.current_thread();
    /// let is_main = lua.create_function(move |lua, ()| Ok(lua.current_thread() == main))?;
    /// lua.globals().set("is_main", is_main)?;
    /// assert!(lua.load("is_main()").eval::<bool>()?);
    /// assert!(!lua.load("coroutine.wrap(is_main)()").eval::<bool>()?);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Panics
    /// If the state is closed.
    pub fn current_thread(&self) -> Thread {
        let running = self.with(|state, extra| {
            #[cfg(feature = "async")]
            let pushed = match crate::thread::owner_of_running(state, extra)? {
                Some(thread) => return Ok(thread),
                None => state.push_main_thread(),
            };
            #[cfg(not(feature = "async"))]
            let pushed = state.push_running_thread();
            pushed.map_err(|e| caught(state, &extra.lua, e))?;
            Handle::pin(state, -1)
        });
        match running {
            Ok(thread) => Thread(thread),
            Err(error) => panic!("{error}"),
        }
    }

    /// The metatable of all values of a type.
    ///
    /// ```
    /// # use perilune::{Lua, LuaString, Table};
    /// let lua = Lua::new();
    /// let strings = lua.type_metatable::<LuaString>().expect("made by the library `string`");
    /// let methods: Table = strings.get("__index")?;
    /// methods.set("shout", lua.create_function(|_, s: String| Ok(s.to_uppercase() + "!"))?)?;
    /// assert_eq!(lua.load("('hey'):shout()").eval::<String>()?, "HEY!");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn type_metatable<T: LuaType>(&self) -> Option<Table> {
        let metatable = self.with(|state, extra| {
            let pushed = state.push_type_metatable(T::TYPE);
            match pushed.map_err(|e| caught(state, &extra.lua, e))? {
                true => Handle::pin(state, -1).map(|h| Some(Table(h))),
                false => Ok(None),
            }
        });
        metatable.unwrap_or(None)
    }

    /// Sets the metatable of all values of a type.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let mt = lua.create_table()?;
    /// mt.set("__index", lua.create_function(|_, (_, key): (bool, String)| Ok(key))?)?;
    /// lua.set_type_metatable::<bool>(Some(mt));
    /// assert_eq!(lua.load("return (true).yes").eval::<String>()?, "yes");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn set_type_metatable<T: LuaType>(&self, metatable: Option<Table>) {
        let _ = self.with(|state, _| {
            match &metatable {
                Some(table) => table.0.push(state)?,
                None => state.push(()).map_err(|_| crate::Error::StackError)?,
            }
            state.set_type_metatable(T::TYPE);
            Ok(())
        });
    }
}
