//! Conversions by way of serde: any type that serde can write becomes a Lua
//! value, and any value becomes a type that serde can read; Lua values themselves
//! can be written in any format.
//!
//! ```
//! use perilune::{Lua, LuaSerdeExt};
//!
//! #[derive(serde::Serialize, serde::Deserialize, PartialEq, Debug)]
//! struct Point { x: i64, y: i64 }
//!
//! let lua = Lua::new();
//! let value = lua.to_value(&Point { x: 3, y: 4 })?;
//! lua.globals().set("p", value)?;
//! let moved = lua.load("p.x = p.x + 1; return p").eval()?;
//! assert_eq!(lua.from_value::<Point>(moved)?, Point { x: 4, y: 4 });
//! # Ok::<(), perilune::Error>(())
//! ```

pub mod de;
mod leaf;
pub mod ser;
mod userdata;
mod view;

pub use self::de::{Deserializer, Options as DeserializeOptions};
pub use self::ser::{Options as SerializeOptions, Serializer};
pub use self::view::SerializableValue;

use crate::callback::caught;
use crate::error::{Error, Result};
use crate::handle::Handle;
use crate::private::Sealed;
use crate::state::{Extra, Lua};
use crate::table::Table;
use crate::value::Value;
use perilune_vm::State;
use serde::de::DeserializeOwned;
use serde::ser::Serialize;
use std::fmt;

/// How deep tables may nest if nothing else is said.
const RECURSION_LIMIT: usize = 128;

/// Conversions of a [`Lua`] state by way of serde.
///
/// ```
/// use perilune::{Lua, LuaSerdeExt, Value};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// struct Settings { title: String, size: (u32, u32), tags: Vec<String> }
///
/// let lua = Lua::new();
/// let settings = Settings { title: "Demo".into(), size: (640, 480), tags: vec![] };
/// lua.globals().set("settings", lua.to_value(&settings)?)?;
/// lua.load("settings.tags[1] = settings.title:lower()").exec()?;
/// let settings: Settings = lua.from_value(lua.globals().get::<Value>("settings")?)?;
/// assert_eq!(settings.tags, ["demo"]);
/// # Ok::<(), perilune::Error>(())
/// ```
pub trait LuaSerdeExt: Sealed {
    /// The value that stands for "nothing", [`Value::NULL`]: unlike nil it can be
    /// an element of an array, or the value of a field.
    ///
    /// ```
    /// # use perilune::{Lua, LuaSerdeExt};
    /// let lua = Lua::new();
    /// lua.globals().set("null", lua.null())?;
    /// let list = lua.load("{ 1, null, 3 }").eval()?;
    /// assert_eq!(lua.from_value::<Vec<Option<u8>>>(list)?, [Some(1), None, Some(3)]);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    fn null(&self) -> Value;

    /// The metatable that marks tables that are arrays, also when they are empty.
    ///
    /// ```
    /// # use perilune::{Lua, LuaSerdeExt};
    /// let lua = Lua::new();
    /// let list = lua.create_table()?;
    /// assert_eq!(serde_json::to_string(&list).unwrap(), "{}");
    /// list.set_metatable(Some(lua.array_metatable()))?;
    /// assert_eq!(serde_json::to_string(&list).unwrap(), "[]");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Panics
    /// If the state is closed.
    fn array_metatable(&self) -> Table;

    /// The Lua value of what serde can write. `None` and `()` become
    /// [`null`](LuaSerdeExt::null), sequences get the
    /// [`array_metatable`](LuaSerdeExt::array_metatable).
    ///
    /// ```
    /// # use perilune::{Lua, LuaSerdeExt};
    /// #[derive(serde::Serialize)]
    /// struct User { name: &'static str, email: Option<String> }
    ///
    /// let lua = Lua::new();
    /// let users = lua.to_value(&[User { name: "Ann", email: None }])?;
    /// lua.globals().set("users", users)?;
    /// assert_eq!(lua.load("users[1].name").eval::<String>()?, "Ann");
    /// assert!(lua.load("users[1].email ~= nil").eval::<bool>()?); // It is `null`.
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::SerializeError`]; memory.
    fn to_value<T: Serialize + ?Sized>(&self, t: &T) -> Result<Value>;

    /// [`to_value`](LuaSerdeExt::to_value) with options.
    ///
    /// ```
    /// # use perilune::{Lua, LuaSerdeExt, serde::SerializeOptions};
    /// let lua = Lua::new();
    /// let options = SerializeOptions::new().serialize_none_to_null(false);
    /// assert!(lua.to_value_with(&None::<u8>, options)?.is_nil());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// As there.
    fn to_value_with<T: Serialize + ?Sized>(&self, t: &T, options: ser::Options) -> Result<Value>;

    /// What serde reads from a Lua value.
    ///
    /// ```
    /// # use perilune::{Error, Lua, LuaSerdeExt};
    /// #[derive(serde::Deserialize)]
    /// struct Rule { pattern: String, #[serde(default)] limit: Option<u32> }
    ///
    /// let lua = Lua::new();
    /// let rules: Vec<Rule> = lua.from_value(lua.load(
    ///     "{ { pattern = '*.lua' }, { pattern = '*.rs', limit = 10 } }",
    /// ).eval()?)?;
    /// assert_eq!((rules[0].limit, rules[1].pattern.as_str()), (None, "*.rs"));
    /// let wrong = lua.from_value::<Rule>(lua.load("{ limit = 3 }").eval()?);
    /// assert!(matches!(wrong, Err(Error::DeserializeError(_))));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::DeserializeError`] if the value is not of that shape.
    #[allow(clippy::wrong_self_convention)]
    fn from_value<T: DeserializeOwned>(&self, value: Value) -> Result<T>;

    /// [`from_value`](LuaSerdeExt::from_value) with options.
    ///
    /// ```
    /// # use perilune::{Lua, LuaSerdeExt, serde::DeserializeOptions};
    /// let lua = Lua::new();
    /// let value = lua.load("{ list = {}, run = print }").eval()?;
    /// let options = DeserializeOptions::new()
    ///     .deny_unsupported_types(false)
    ///     .encode_empty_tables_as_array(true);
    /// let json: serde_json::Value = lua.from_value_with(value, options)?;
    /// assert_eq!(json, serde_json::json!({ "list": [] }));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// As there.
    #[allow(clippy::wrong_self_convention)]
    fn from_value_with<T: DeserializeOwned>(&self, value: Value, options: de::Options)
    -> Result<T>;
}

impl LuaSerdeExt for Lua {
    fn null(&self) -> Value {
        Value::NULL
    }

    fn array_metatable(&self) -> Table {
        let made = self.with(|state, extra| {
            push_array_metatable(state, extra)?;
            Handle::pin(state, -1).map(Table)
        });
        match made {
            Ok(table) => table,
            Err(error) => panic!("{error}"),
        }
    }

    fn to_value<T: Serialize + ?Sized>(&self, t: &T) -> Result<Value> {
        self.to_value_with(t, ser::Options::new())
    }

    fn to_value_with<T: Serialize + ?Sized>(&self, t: &T, options: ser::Options) -> Result<Value> {
        let _alone = self.0.hold();
        t.serialize(Serializer::new_with_options(self, options))
    }

    fn from_value<T: DeserializeOwned>(&self, value: Value) -> Result<T> {
        self.from_value_with(value, de::Options::new())
    }

    fn from_value_with<T: DeserializeOwned>(
        &self,
        value: Value,
        options: de::Options,
    ) -> Result<T> {
        let _alone = self.0.hold();
        T::deserialize(Deserializer::new_with_options(value, options))
    }
}

/// Pushes the metatable of arrays.
fn push_array_metatable(state: &mut State, extra: &Extra) -> Result<()> {
    let at = &extra.lasting.array_metatable;
    if let Some(known) = at.get() {
        return state.push_kept(known).map_err(|_| Error::StackError);
    }
    let made = state.new_table(0, 1).and_then(|()| state.set_field_to(-1, "__metatable", false));
    let made = made.and_then(|()| state.keep(-1));
    if let Err(made) = at.set(made.map_err(|e| caught(state, &extra.lua, e))?) {
        // A finalizer has asked for it meanwhile.
        state.forget(made);
        state.pop(1);
        return push_array_metatable(state, extra);
    }
    Ok(())
}

impl serde::ser::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Error::SerializeError(message.to_string())
    }
}

impl serde::de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Error::DeserializeError(message.to_string())
    }
}
