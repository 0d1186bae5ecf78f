//! Conversions between Rust and Lua.
//!
//! A conversion is written in terms of [`Value`]; the hidden methods do the same
//! on the stack of the state, without a handle in between, and are there for
//! speed.

use crate::error::{Error, Result};
use crate::multi::MultiValue;
use crate::state::Lua;
use crate::value::Value;
use perilune_vm::{Direct, Found, FoundSlots, State};

/// What becomes a Lua value.
///
/// | Rust | Lua |
/// |---|---|
/// | `bool`, `f32`, `f64` | boolean, float |
/// | integers | integer; a float if it is too large |
/// | `str`, `String`, `char`, `CStr`, `OsStr`, `Path`, `BStr` and their kin | string |
/// | `Option<T>` | nil if it is `None` |
/// | `Vec<T>`, `[T; N]`, `&[T]`, `Box<[T]>` | sequence |
/// | `HashMap`, `BTreeMap` | table with these fields |
/// | `HashSet`, `BTreeSet` | table with true under each element |
/// | [`Either`](crate::Either) | what it holds |
/// | types that implement [`UserData`](crate::UserData) | userdata |
/// | [`Error`] | an object that scripts can raise |
/// | [`Value`] and all handles | themselves |
///
/// ```
/// use perilune::{IntoLua, Lua, Result, Value};
///
/// struct Rgb(u8, u8, u8);
///
/// /// Scripts see colors as `#rrggbb`.
/// impl IntoLua for Rgb {
///     fn into_lua(self, lua: &Lua) -> Result<Value> {
///         format!("#{:02x}{:02x}{:02x}", self.0, self.1, self.2).into_lua(lua)
///     }
/// }
///
/// # fn main() -> perilune::Result<()> {
/// let lua = Lua::new();
/// lua.globals().set("background", Rgb(255, 128, 0))?;
/// assert_eq!(lua.load("return background").eval::<String>()?, "#ff8000");
/// # Ok(())
/// # }
/// ```
///
/// Conversions of the types in the table:
///
/// ```
/// # use perilune::{Function, Lua, UserData};
/// # use std::collections::{HashMap, HashSet};
/// # use std::path::Path;
/// # struct Point(f64, f64);
/// # impl UserData for Point {}
/// let lua = Lua::new();
/// let kind: Function = lua.load("function(v) return math.type(v) or type(v) end").eval()?;
/// assert_eq!(kind.call::<String>(7u8)?, "integer");
/// assert_eq!(kind.call::<String>(u64::MAX)?, "float");
/// assert_eq!(kind.call::<String>(Path::new("/tmp"))?, "string");
/// assert_eq!(kind.call::<String>(None::<i64>)?, "nil");
/// assert_eq!(kind.call::<String>(Point(1.0, 2.0))?, "userdata");
///
/// let show: Function = lua.load("function(t) return t.a, t[2] end").eval()?;
/// assert_eq!(show.call::<(i64, ())>(HashMap::from([("a", 1)]))?, (1, ()));
/// assert_eq!(show.call::<(Option<i64>, i64)>([10, 20])?, (None, 20));
/// assert!(show.call::<bool>(HashSet::from(["a"]))?);
/// # Ok::<(), perilune::Error>(())
/// ```
pub trait IntoLua: Sized {
    /// The Lua value.
    ///
    /// ```
    /// use perilune::{IntoLua, Lua, Value};
    ///
    /// let lua = Lua::new();
    /// assert_eq!(42.into_lua(&lua)?, Value::Integer(42));
    /// assert_eq!(None::<bool>.into_lua(&lua)?, Value::Nil);
    /// assert!(vec!["a", "b"].into_lua(&lua)?.is_table());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there is no such value, or memory runs out.
    fn into_lua(self, lua: &Lua) -> Result<Value>;

    /// The value, if it needs no slot of the stack to get to the machine.
    #[doc(hidden)]
    #[inline(always)]
    fn direct(&self) -> Option<Direct<'_>> {
        None
    }

    /// Pushes the value.
    #[doc(hidden)]
    #[inline]
    fn push_into(self, state: &mut State, lua: &Lua) -> Result<()> {
        let value = lua.0.lend(state, || self.into_lua(lua))?;
        value.push(state, lua)
    }
}

/// What can be made from a Lua value.
///
/// | Rust | Lua |
/// |---|---|
/// | `bool` | any value: false for nil and false |
/// | integers | integer, float without a fraction, numeral in a string: if it is in range |
/// | `f32`, `f64` | number, numeral in a string |
/// | `String`, `Box<str>`, [`BorrowedStr`](crate::BorrowedStr) | string that is UTF-8, number |
/// | `BString`, `BorrowedBytes`, [`LuaString`](crate::LuaString) | string, number |
/// | `CString`, `OsString`, `PathBuf` | string, number, if the type can have these bytes |
/// | `char` | string of one character, number of a character |
/// | `Option<T>` | nil is `None` |
/// | `Vec<T>`, `[T; N]`, `Box<[T]>` | sequence; of an array, of its length |
/// | `HashMap`, `BTreeMap` | table |
/// | `HashSet`, `BTreeSet` | sequence, or the keys of a table |
/// | [`Either<L, R>`](crate::Either) | what can become an `L`, else an `R` |
/// | [`UserDataRef<T>`](crate::UserDataRef) and its kin | userdata that holds a `T` |
/// | [`Error`] | an error; what `tostring` makes of any other value |
/// | [`Value`] and all handles | themselves, if the value is of the kind |
///
/// ```
/// use perilune::{FromLua, Lua, Result, Table, Value};
///
/// #[derive(Debug, PartialEq)]
/// struct Size { width: u32, height: u32 }
///
/// /// A table, or one number for squares.
/// impl FromLua for Size {
///     fn from_lua(value: Value, lua: &Lua) -> Result<Self> {
///         if let Some(n) = value.as_u32() {
///             return Ok(Size { width: n, height: n });
///         }
///         let table = Table::from_lua(value, lua)?;
///         Ok(Size { width: table.get("width")?, height: table.get("height")? })
///     }
/// }
///
/// # fn main() -> perilune::Result<()> {
/// let lua = Lua::new();
/// let screen: Size = lua.load("{ width = 640, height = 480 }").eval()?;
/// assert_eq!(screen, Size { width: 640, height: 480 });
/// assert_eq!(lua.load("16").eval::<Size>()?, Size { width: 16, height: 16 });
/// assert!(lua.load("true").eval::<Size>().is_err());
/// # Ok(())
/// # }
/// ```
///
/// Conversions of the types in the table:
///
/// ```
/// # use perilune::{Either, Lua, Result, Table};
/// # use std::collections::{BTreeMap, BTreeSet};
/// # use std::path::PathBuf;
/// let lua = Lua::new();
/// assert_eq!(lua.load("3.0").eval::<u8>()?, 3);
/// assert_eq!(lua.load("' 0x10 '").eval::<i64>()?, 16);
/// assert!(lua.load("300").eval::<u8>().is_err());
/// assert_eq!(lua.load("12.5").eval::<String>()?, "12.5");
/// assert_eq!(lua.load("'é'").eval::<char>()?, 'é');
/// assert!(lua.load("0").eval::<bool>()?);
/// assert_eq!(lua.load("nil").eval::<Option<i64>>()?, None);
/// assert_eq!(lua.load("{ 'a', 'b' }").eval::<[String; 2]>()?, ["a", "b"]);
/// assert_eq!(lua.load("{ x = 1 }").eval::<BTreeMap<String, u8>>()?["x"], 1);
/// assert_eq!(lua.load("{ b = true }").eval::<BTreeSet<char>>()?, BTreeSet::from(['b']));
/// assert!(lua.load("'one'").eval::<Either<i64, PathBuf>>()?.is_right());
/// # Ok::<(), perilune::Error>(())
/// ```
pub trait FromLua: Sized {
    /// The Rust value.
    ///
    /// ```
    /// use perilune::{Error, FromLua, Lua, Value};
    ///
    /// let lua = Lua::new();
    /// assert_eq!(u8::from_lua(Value::Integer(7), &lua)?, 7);
    /// let error = u8::from_lua(Value::Integer(700), &lua).unwrap_err();
    /// assert!(matches!(error, Error::FromLuaConversionError { to, .. } if to == "u8"));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::FromLuaConversionError`] if the Lua value is not of a kind that
    /// can be converted.
    fn from_lua(value: Value, lua: &Lua) -> Result<Self>;

    /// Converts a value that is in the machine's hands; `None` if that takes more
    /// than a look at it.
    #[doc(hidden)]
    #[inline(always)]
    fn from_found(found: Found<'_>) -> Option<Self> {
        let _ = found;
        None
    }

    /// Converts argument `i` of the function `to`.
    #[doc(hidden)]
    #[inline]
    fn from_lua_arg(arg: Value, i: usize, to: Option<&str>, lua: &Lua) -> Result<Self> {
        Self::from_lua(arg, lua).map_err(|cause| Error::bad_argument(to, i, cause))
    }

    /// Converts the value at an index of the stack; one beyond the top is nil.
    #[doc(hidden)]
    #[inline]
    fn from_stack(index: i32, state: &mut State, lua: &Lua) -> Result<Self> {
        let value = Value::at(index, state, lua)?;
        lua.0.lend(state, || Self::from_lua(value, lua))
    }

    /// Converts the value at an index of the stack, argument `i` of `to`.
    #[doc(hidden)]
    #[inline]
    fn from_stack_arg(
        index: i32,
        i: usize,
        to: Option<&str>,
        state: &mut State,
        lua: &Lua,
    ) -> Result<Self> {
        Self::from_stack(index, state, lua).map_err(|cause| Error::bad_argument(to, i, cause))
    }
}

/// What becomes any number of Lua values. Everything that becomes one does.
///
/// ```
/// use perilune::{IntoLua, IntoLuaMulti, Lua, MultiValue, Result};
///
/// struct Division { quotient: i64, remainder: i64 }
///
/// impl IntoLuaMulti for Division {
///     fn into_lua_multi(self, lua: &Lua) -> Result<MultiValue> {
///         (self.quotient, self.remainder).into_lua_multi(lua)
///     }
/// }
///
/// # fn main() -> perilune::Result<()> {
/// let lua = Lua::new();
/// let divide = lua.create_function(|_, (a, b): (i64, i64)| {
///     Ok(Division { quotient: a / b, remainder: a % b })
/// })?;
/// lua.globals().set("divide", divide)?;
/// assert_eq!(lua.load("divide(17, 5)").eval::<(i64, i64)>()?, (3, 2));
/// # Ok(())
/// # }
/// ```
pub trait IntoLuaMulti: Sized {
    /// The Lua values.
    ///
    /// ```
    /// use perilune::{IntoLuaMulti, Lua};
    ///
    /// let lua = Lua::new();
    /// assert_eq!(("one", 2, true).into_lua_multi(&lua)?.len(), 3);
    /// assert_eq!("one".into_lua_multi(&lua)?.len(), 1);
    /// assert_eq!(().into_lua_multi(&lua)?.len(), 0);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If one of them can't be made.
    fn into_lua_multi(self, lua: &Lua) -> Result<MultiValue>;

    /// Pushes the values; answers how many.
    #[doc(hidden)]
    #[inline]
    fn push_into_multi(self, state: &mut State, lua: &Lua) -> Result<usize> {
        let values = lua.0.lend(state, || self.into_lua_multi(lua))?;
        values.push_all(state, lua)
    }
}

/// What can be made from any number of Lua values.
///
/// ```
/// use perilune::{FromLuaMulti, Lua, MultiValue, Result};
///
/// /// `name`, or `name, age`.
/// struct Person { name: String, age: Option<u8> }
///
/// impl FromLuaMulti for Person {
///     fn from_lua_multi(values: MultiValue, lua: &Lua) -> Result<Self> {
///         let (name, age) = FromLuaMulti::from_lua_multi(values, lua)?;
///         Ok(Person { name, age })
///     }
/// }
///
/// # fn main() -> perilune::Result<()> {
/// let lua = Lua::new();
/// lua.globals().set("show", lua.create_function(|_, person: Person| {
///     Ok(format!("{} ({:?})", person.name, person.age))
/// })?)?;
/// assert_eq!(lua.load("show('Ann', 31)").eval::<String>()?, "Ann (Some(31))");
/// assert_eq!(lua.load("show('Bob')").eval::<String>()?, "Bob (None)");
/// # Ok(())
/// # }
/// ```
pub trait FromLuaMulti: Sized {
    /// The Rust value. Values too many are ignored, missing ones are nil, as in
    /// Lua's own calls and assignments.
    ///
    /// ```
    /// use perilune::{FromLuaMulti, IntoLuaMulti, Lua};
    ///
    /// let lua = Lua::new();
    /// let values = (1, "two").into_lua_multi(&lua)?;
    /// let (one, two, three) = <(i64, String, Option<bool>)>::from_lua_multi(values, &lua)?;
    /// assert_eq!((one, two.as_str(), three), (1, "two", None));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If one of them can't be converted.
    fn from_lua_multi(values: MultiValue, lua: &Lua) -> Result<Self>;

    /// Converts arguments of the function `to`, from the `i`-th on.
    #[doc(hidden)]
    #[inline]
    fn from_lua_args(args: MultiValue, i: usize, to: Option<&str>, lua: &Lua) -> Result<Self> {
        let _ = (i, to);
        Self::from_lua_multi(args, lua)
    }

    /// Converts values that are in the machine's hands; `None` if that takes more than
    /// a look at them.
    #[doc(hidden)]
    #[inline(always)]
    fn from_found_slots(slots: FoundSlots<'_>) -> Option<Self> {
        let _ = slots;
        None
    }

    /// Converts `n` values of the stack, from index `first` (from 1) on.
    #[doc(hidden)]
    #[inline]
    fn from_stack_multi(first: i32, n: usize, state: &mut State, lua: &Lua) -> Result<Self> {
        let values = MultiValue::take(first, n, state, lua)?;
        lua.0.lend(state, || Self::from_lua_multi(values, lua))
    }

    /// Converts `n` values of the stack, from index `first` (from 1) on, that
    /// are arguments of `to` from the `i`-th on.
    #[doc(hidden)]
    #[inline]
    fn from_stack_args(
        first: i32,
        n: usize,
        i: usize,
        to: Option<&str>,
        state: &mut State,
        lua: &Lua,
    ) -> Result<Self> {
        let values = MultiValue::take(first, n, state, lua)?;
        lua.0.lend(state, || Self::from_lua_args(values, i, to, lua))
    }
}

/// What tables and userdata have in common: fields and methods.
///
/// ```
/// use perilune::{Lua, ObjectLike};
///
/// let lua = Lua::new();
/// let list = lua.load("{n = 2, add = function(self, k) return self.n + k end}");
/// let list: perilune::Table = list.eval()?;
/// assert_eq!(list.call_method::<i64>("add", 40)?, 42);
/// assert_eq!(list.get_path::<i64>("n")?, 2);
/// # Ok::<(), perilune::Error>(())
/// ```
pub trait ObjectLike: crate::private::Sealed {
    /// `object[key]`, metamethods included.
    ///
    /// ```
    /// # use perilune::{AnyUserData, Lua, ObjectLike, Result, Table};
    /// fn title_of(object: &impl ObjectLike) -> Result<String> {
    ///     object.get("title")
    /// }
    /// let lua = Lua::new();
    /// let table: Table = lua.load("{ title = 'Emma' }").eval()?;
    /// assert_eq!(title_of(&table)?, "Emma");
    /// let userdata = lua.create_any_userdata(1)?;
    /// assert!(title_of(&userdata).is_err()); // It has no fields.
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// What can't be converted; what a metamethod raises.
    fn get<V: FromLua>(&self, key: impl IntoLua) -> Result<V>;

    /// `object[key] = value`, metamethods included.
    ///
    /// ```
    /// # use perilune::{Lua, ObjectLike, Result, UserData, UserDataFields};
    /// struct Lamp { on: bool }
    /// impl UserData for Lamp {
    ///     fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
    ///         fields.add_field_method_set("on", |_, this, on| Ok(this.on = on));
    ///     }
    /// }
    /// let lua = Lua::new();
    /// let lamp = lua.create_userdata(Lamp { on: false })?;
    /// lamp.set("on", true)?;
    /// assert!(lamp.borrow::<Lamp>()?.on);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// What can't be converted; what a metamethod raises.
    fn set(&self, key: impl IntoLua, value: impl IntoLua) -> Result<()>;

    /// `object(...)`: its metamethod `__call`.
    ///
    /// ```
    /// # use perilune::{Lua, ObjectLike, Table};
    /// let lua = Lua::new();
    /// let adder: Table = lua.load(
    ///     "setmetatable({ base = 10 }, { __call = function(self, n) return self.base + n end })",
    /// ).eval()?;
    /// assert_eq!(adder.call::<i64>(5)?, 15);
    /// assert!(lua.create_table()?.call::<()>(()).is_err());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there is none; what it raises; what can't be converted.
    fn call<R: FromLuaMulti>(&self, args: impl IntoLuaMulti) -> Result<R>;

    /// [`call`](Self::call) in a coroutine of its own, so that async functions
    /// can be waited for.
    ///
    /// ```
    /// # use perilune::{Lua, ObjectLike, Result, Table};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> perilune::Result<()> {
    /// let lua = Lua::new();
    /// let metatable = lua.create_table()?;
    /// metatable.set("__call", lua.create_async_function(async |_, (_, n): (Table, i64)| {
    ///     tokio::task::yield_now().await;
    ///     Ok(n + 1)
    /// })?)?;
    /// let next = lua.create_table()?;
    /// next.set_metatable(Some(metatable))?;
    /// assert_eq!(next.call_async::<i64>(41).await?, 42);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`call`](Self::call), when the result is awaited.
    #[cfg(feature = "async")]
    fn call_async<R: FromLuaMulti>(
        &self,
        args: impl IntoLuaMulti,
    ) -> crate::function::AsyncCallFuture<R>;

    /// `object:name(...)`
    ///
    /// ```
    /// # use perilune::{Lua, ObjectLike, Table};
    /// let lua = Lua::new();
    /// let account: Table = lua.load(
    ///     "local account = { balance = 0 }
    ///     function account:deposit(n) self.balance = self.balance + n; return self.balance end
    ///     return account",
    /// ).eval()?;
    /// assert_eq!(account.call_method::<i64>("deposit", 50)?, 50);
    /// assert_eq!(account.call_method::<i64>("deposit", 20)?, 70);
    /// assert!(account.call_method::<()>("close", ()).is_err());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If that is no function; what it raises; what can't be converted.
    fn call_method<R: FromLuaMulti>(&self, name: &str, args: impl IntoLuaMulti) -> Result<R>;

    /// [`call_method`](Self::call_method) in a coroutine of its own.
    ///
    /// ```
    /// # use perilune::{Lua, ObjectLike, Result, UserData, UserDataMethods};
    /// struct Server(u16);
    ///
    /// impl UserData for Server {
    ///     fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
    ///         methods.add_async_method("ping", |_, this, name: String| async move {
    ///             tokio::task::yield_now().await;
    ///             Ok(format!("{name}:{}", this.0))
    ///         });
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> perilune::Result<()> {
    /// let lua = Lua::new();
    /// let server = lua.create_userdata(Server(80))?;
    /// assert_eq!(server.call_async_method::<String>("ping", "local").await?, "local:80");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`call_method`](Self::call_method), when the result is awaited.
    #[cfg(feature = "async")]
    fn call_async_method<R: FromLuaMulti>(
        &self,
        name: &str,
        args: impl IntoLuaMulti,
    ) -> crate::function::AsyncCallFuture<R>;

    /// `object.name(...)`
    ///
    /// ```
    /// # use perilune::{Lua, ObjectLike};
    /// let lua = Lua::new();
    /// let math: perilune::Table = lua.globals().get("math")?;
    /// assert_eq!(math.call_function::<i64>("max", (3, 9, 4))?, 9);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If that is no function; what it raises; what can't be converted.
    fn call_function<R: FromLuaMulti>(&self, name: &str, args: impl IntoLuaMulti) -> Result<R>;

    /// [`call_function`](Self::call_function) in a coroutine of its own.
    ///
    /// ```
    /// # use perilune::{Lua, ObjectLike, Result};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> perilune::Result<()> {
    /// let lua = Lua::new();
    /// let http = lua.create_table()?;
    /// http.set("get", lua.create_async_function(|_, url: String| async move {
    ///     tokio::task::yield_now().await;
    ///     Ok(format!("content of {url}"))
    /// })?)?;
    /// assert_eq!(http.call_async_function::<String>("get", "/index").await?, "content of /index");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`call_function`](Self::call_function), when the result is awaited.
    #[cfg(feature = "async")]
    fn call_async_function<R: FromLuaMulti>(
        &self,
        name: &str,
        args: impl IntoLuaMulti,
    ) -> crate::function::AsyncCallFuture<R>;

    /// The value at the end of a path such as `a.b[3]["c"]`. A `?` behind a key
    /// ends the path with what is there if that is nil.
    ///
    /// ```
    /// # use perilune::{Lua, ObjectLike, Table};
    /// let lua = Lua::new();
    /// let config: Table = lua.load("{ servers = { { name = 'a' }, { name = 'b' } } }").eval()?;
    /// assert_eq!(config.get_path::<String>("servers[2].name")?, "b");
    /// assert_eq!(config.get_path::<Option<String>>("servers[3]?.name")?, None);
    /// assert!(config.get_path::<String>("servers[3].name").is_err());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// A path that is none; a value on the way that has no fields; what a
    /// metamethod raises; if the last value can't be converted.
    fn get_path<V: FromLua>(&self, path: &str) -> Result<V> {
        let value = crate::table::look_up(self.to_value(), path)?;
        V::from_lua(value, &self.weak_lua().upgrade())
    }

    /// What `tostring(object)` answers.
    ///
    /// ```
    /// # use perilune::{Lua, ObjectLike, Table};
    /// let lua = Lua::new();
    /// let point: Table = lua.load(
    ///     "setmetatable({ 3, 4 }, { __tostring = function(p) return p[1] .. '|' .. p[2] end })",
    /// ).eval()?;
    /// assert_eq!(point.to_string()?, "3|4");
    /// assert!(lua.create_table()?.to_string()?.starts_with("table: "));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// What a metamethod raises; a string that is not UTF-8.
    fn to_string(&self) -> Result<String>;

    /// The object as a value.
    ///
    /// ```
    /// # use perilune::{Lua, ObjectLike, Value};
    /// let lua = Lua::new();
    /// let table = lua.create_table()?;
    /// assert_eq!(table.to_value(), Value::Table(table));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    fn to_value(&self) -> Value;

    /// The state of the object, which this does not keep open.
    #[doc(hidden)]
    fn weak_lua(&self) -> crate::state::WeakLua;
}
