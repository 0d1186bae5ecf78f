//! Lua values.

use crate::error::{Error, Result};
use crate::function::Function;
use crate::handle::Handle;
use crate::state::{Lua, WeakLua};
use crate::string::LuaString;
use crate::table::Table;
use crate::thread::Thread;
use crate::types::{Integer, LightUserData, Number};
use crate::userdata::AnyUserData;
use perilune_vm::{Direct, Found, State, Value as Slot};
use std::collections::HashSet;
use std::ffi::c_void;
use std::fmt;

/// A Lua value (manual §2.1).
///
/// Cloning one is cheap: objects are handles.
///
/// ```
/// use perilune::{Lua, Value};
///
/// fn kind(value: &Value) -> &'static str {
///     match value {
///         Value::Nil => "nothing",
///         Value::Integer(_) | Value::Number(_) => "a number",
///         Value::String(_) => "a text",
///         _ => "something else",
///     }
/// }
///
/// let lua = Lua::new();
/// assert_eq!(kind(&lua.load("'x'").eval()?), "a text");
/// assert_eq!(kind(&lua.load("1 / 2").eval()?), "a number");
/// # Ok::<(), perilune::Error>(())
/// ```
#[derive(Default)]
pub enum Value {
    /// `nil`
    #[default]
    Nil,
    /// `true` or `false`
    Boolean(bool),
    /// An address.
    LightUserData(LightUserData),
    /// A number that is an integer.
    Integer(Integer),
    /// A number that is a float.
    Number(Number),
    /// A string.
    String(LuaString),
    /// A table.
    Table(Table),
    /// A function.
    Function(Function),
    /// A coroutine.
    Thread(Thread),
    /// A userdata.
    UserData(AnyUserData),
    /// A userdata that holds an [`Error`].
    Error(Box<Error>),
    /// A value of a kind that this crate does not know. There is none.
    #[doc(hidden)]
    Other(crate::types::Never),
}

pub use self::Value::Nil;

/// A float as a value. In dialects that have no integers, a float without a
/// fraction comes as an integer, which is what programs expect.
#[inline]
fn float(n: Number, state: &State) -> Value {
    if state.dialect().float_only_numbers && n == n.trunc() && n.abs() < 9.2e18 {
        return Value::Integer(n as Integer);
    }
    Value::Number(n)
}

impl Clone for Value {
    #[inline]
    fn clone(&self) -> Value {
        match self {
            Value::Nil => Value::Nil,
            Value::Boolean(b) => Value::Boolean(*b),
            Value::Integer(i) => Value::Integer(*i),
            Value::Number(n) => Value::Number(*n),
            other => other.clone_other(),
        }
    }
}

impl Value {
    #[inline(never)]
    fn clone_other(&self) -> Value {
        match self {
            Value::Nil => Value::Nil,
            Value::Boolean(b) => Value::Boolean(*b),
            Value::Integer(i) => Value::Integer(*i),
            Value::Number(n) => Value::Number(*n),
            Value::LightUserData(address) => Value::LightUserData(*address),
            Value::String(s) => Value::String(s.clone()),
            Value::Table(t) => Value::Table(t.clone()),
            Value::Function(f) => Value::Function(f.clone()),
            Value::Thread(t) => Value::Thread(t.clone()),
            Value::UserData(u) => Value::UserData(u.clone()),
            Value::Error(e) => Value::Error(e.clone()),
            Value::Other(never) => never.never(),
        }
    }

    /// The light userdata that stands for "nothing" where `nil` can't be used,
    /// as in the elements of an array.
    pub const NULL: Value = Value::LightUserData(LightUserData(std::ptr::null_mut()));

    /// The name of the type, as this crate's error messages have it.
    ///
    /// ```
    /// # use perilune::Value;
    /// assert_eq!(Value::Integer(1).type_name(), "integer");
    /// assert_eq!(Value::Number(0.5).type_name(), "number");
    /// assert_eq!(Value::NULL.type_name(), "lightuserdata");
    /// ```
    pub const fn type_name(&self) -> &'static str {
        match self {
            Value::Nil => "nil",
            Value::Boolean(_) => "boolean",
            Value::LightUserData(_) => "lightuserdata",
            Value::Integer(_) => "integer",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Table(_) => "table",
            Value::Function(_) => "function",
            Value::Thread(_) => "thread",
            Value::UserData(_) => "userdata",
            Value::Error(_) => "error",
            Value::Other(_) => "other",
        }
    }

    /// The value at an index of the stack; nil beyond the top.
    #[inline]
    pub(crate) fn at(index: i32, state: &mut State, lua: &Lua) -> Result<Value> {
        match Value::found(state.found(index)) {
            Some(value) => Ok(value),
            None => Value::at_slow(index, state, lua),
        }
    }

    #[cold]
    #[inline(never)]
    fn at_slow(index: i32, state: &mut State, _: &Lua) -> Result<Value> {
        Ok(match state.value(index) {
            Slot::Nil => Value::Nil,
            Slot::Boolean(b) => Value::Boolean(b),
            Slot::Integer(i) => Value::Integer(i),
            Slot::Float(n) => float(n, state),
            Slot::LightUserdata(address) => {
                Value::LightUserData(LightUserData(address as *mut c_void))
            }
            Slot::String(_) => Value::String(LuaString(Handle::pin(state, index)?)),
            Slot::Table => Value::Table(Table(Handle::pin(state, index)?)),
            Slot::Function => Value::Function(Function(Handle::pin(state, index)?)),
            Slot::Thread => Value::Thread(Thread(Handle::pin(state, index)?)),
            Slot::Userdata => match crate::callback::error_at(index, state)? {
                // What is left of a panic that was resumed.
                Some(Error::PreviouslyResumedPanic) => Value::Nil,
                Some(error) => Value::Error(Box::new(error)),
                None => Value::UserData(AnyUserData(Handle::pin(state, index)?)),
            },
        })
    }

    /// The value that was found; `None` for an error, or if it takes memory to
    /// keep it alive.
    #[inline(always)]
    pub(crate) fn found(found: Found<'_>) -> Option<Value> {
        match found.value() {
            Slot::Integer(i) => Some(Value::Integer(i)),
            Slot::Nil => Some(Value::Nil),
            _ => Value::found_other(found),
        }
    }

    #[inline(never)]
    fn found_other(found: Found<'_>) -> Option<Value> {
        Some(match found.value() {
            Slot::Nil => Value::Nil,
            Slot::Boolean(b) => Value::Boolean(b),
            Slot::Integer(i) => Value::Integer(i),
            Slot::Float(n) => float(n, found.state()),
            Slot::LightUserdata(address) => {
                Value::LightUserData(LightUserData(address as *mut c_void))
            }
            Slot::String(_) => Value::String(LuaString(Handle(found.pin()?))),
            Slot::Table => Value::Table(Table(Handle(found.pin()?))),
            Slot::Function => Value::Function(Function(Handle(found.pin()?))),
            Slot::Thread => Value::Thread(Thread(Handle(found.pin()?))),
            Slot::Userdata if crate::callback::is_found_error(found) => return None,
            Slot::Userdata => Value::UserData(AnyUserData(Handle(found.pin()?))),
        })
    }

    /// The value for the machine, but for an error.
    #[inline(always)]
    pub(crate) fn as_direct(&self) -> Option<Direct<'_>> {
        Some(match self {
            Value::Nil => Direct::Nil,
            Value::Boolean(b) => Direct::Boolean(*b),
            Value::Integer(i) => Direct::Integer(*i),
            Value::Number(n) => Direct::Float(*n),
            Value::String(LuaString(h))
            | Value::Table(Table(h))
            | Value::Function(Function(h))
            | Value::Thread(Thread(h))
            | Value::UserData(AnyUserData(h)) => Direct::Root(&h.0),
            Value::LightUserData(_) | Value::Error(_) => return None,
            Value::Other(never) => never.never(),
        })
    }

    /// Pushes the value.
    #[inline]
    pub(crate) fn push(&self, state: &mut State, lua: &Lua) -> Result<()> {
        match self.as_direct() {
            Some(direct) if state.push_direct(direct) => Ok(()),
            _ => self.push_slow(state, lua),
        }
    }

    #[cold]
    #[inline(never)]
    fn push_slow(&self, state: &mut State, lua: &Lua) -> Result<()> {
        let pushed = match self {
            Value::Nil => state.push(()),
            Value::Boolean(b) => state.push(*b),
            Value::LightUserData(address) => state.push_light_userdata(address.0 as usize),
            Value::Integer(i) => state.push(*i),
            Value::Number(n) => state.push(*n),
            Value::Error(e) => return crate::callback::push_error(state, lua, (**e).clone()),
            Value::Other(never) => never.never(),
            object => match object.handle() {
                Some(handle) => return handle.push(state),
                None => state.push(()),
            },
        };
        pushed.map_err(|e| crate::callback::caught(state, lua, e))
    }

    fn handle(&self) -> Option<&Handle> {
        match self {
            Value::String(LuaString(h))
            | Value::Table(Table(h))
            | Value::Function(Function(h))
            | Value::Thread(Thread(h))
            | Value::UserData(AnyUserData(h)) => Some(h),
            _ => None,
        }
    }

    /// Compares as Lua's `==` does, metamethods included.
    ///
    /// ```
    /// # use perilune::{Lua, Value};
    /// let lua = Lua::new();
    /// let code = "local mt = { __eq = function() return true end }
    ///     return setmetatable({}, mt), setmetatable({}, mt)";
    /// let (a, b): (Value, Value) = lua.load(code).eval()?;
    /// assert!(a.equals(&b)?);
    /// assert!(a != b);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// What a metamethod raises.
    pub fn equals(&self, other: &Self) -> Result<bool> {
        match (self, other) {
            (Value::Table(a), Value::Table(b)) => a.equals(b),
            (Value::UserData(a), Value::UserData(b)) => a.equals(b),
            (a, b) => Ok(a == b),
        }
    }

    /// An address that identifies an object; null for other values.
    ///
    /// ```
    /// # use perilune::{Lua, Value};
    /// let lua = Lua::new();
    /// let (a, b): (Value, Value) = lua.load("local t = {} return t, t").eval()?;
    /// assert_eq!(a.to_pointer(), b.to_pointer());
    /// assert!(Value::Integer(1).to_pointer().is_null());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn to_pointer(&self) -> *const c_void {
        match self {
            Value::LightUserData(address) => address.0,
            other => other.handle().map_or(0, Handle::address) as *const c_void,
        }
    }

    /// The value as Lua's `tostring` gives it, metamethods included.
    ///
    /// ```
    /// # use perilune::{Lua, Value};
    /// let lua = Lua::new();
    /// let value: Value = lua
    ///     .load("setmetatable({ x = 1 }, { __tostring = function(p) return 'at ' .. p.x end })")
    ///     .eval()?;
    /// assert_eq!(value.to_string()?, "at 1");
    /// assert_eq!(Value::Boolean(true).to_string()?, "true");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// What a metamethod raises; a string that is not UTF-8.
    pub fn to_string(&self) -> Result<String> {
        Ok(match self {
            Value::Nil => "nil".to_owned(),
            Value::Boolean(b) => b.to_string(),
            Value::LightUserData(address) if address.0.is_null() => "null".to_owned(),
            Value::LightUserData(address) => format!("lightuserdata: {:p}", address.0),
            Value::Integer(i) => i.to_string(),
            Value::Number(n) => n.to_string(),
            Value::String(s) => s.to_str()?.to_owned(),
            Value::Error(e) => e.to_string(),
            Value::Other(never) => never.never(),
            object => {
                let Some(handle) = object.handle() else { return Ok(String::new()) };
                handle.with(|state, extra| {
                    crate::callback::protect(state, extra, |state, lua| {
                        handle.push(state)?;
                        state
                            .push_tostring(-1)
                            .map_err(|e| crate::callback::caught(state, lua, e))?;
                        LuaString(Handle::pin(state, -1)?).to_str_in(state).map(|s| s.to_owned())
                    })
                })?
            }
        })
    }

    /// The state of an object, which this handle does not keep open.
    #[doc(hidden)]
    pub fn weak_lua(&self) -> Option<WeakLua> {
        self.handle().map(|h| h.lua().weak())
    }

    /// Whether it is nil.
    ///
    /// ```
    /// # use perilune::{Lua, Value};
    /// let lua = Lua::new();
    /// assert!(lua.load("return missing").eval::<Value>()?.is_nil());
    /// assert!(!Value::NULL.is_nil());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn is_nil(&self) -> bool {
        matches!(self, Value::Nil)
    }

    /// Whether it is [`NULL`](Value::NULL).
    ///
    /// ```
    /// # use perilune::Value;
    /// assert!(Value::NULL.is_null());
    /// assert!(!Value::Nil.is_null());
    /// ```
    #[inline]
    pub fn is_null(&self) -> bool {
        matches!(self, Value::LightUserData(LightUserData(address)) if address.is_null())
    }

    /// Whether it is an [`Error`].
    ///
    /// ```
    /// # use perilune::{Error, Lua, Value};
    /// let lua = Lua::new();
    /// let fail = lua.create_function(|_, ()| -> perilune::Result<()> { Err(Error::runtime("no")) })?;
    /// lua.globals().set("fail", fail)?;
    /// let (_, caught): (bool, Value) = lua.load("pcall(fail)").eval()?;
    /// assert!(caught.is_error());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn is_error(&self) -> bool {
        matches!(self, Value::Error(_))
    }

    /// The error, if it is one.
    ///
    /// ```
    /// # use perilune::{Error, Lua, Value};
    /// let value = Value::Error(Box::new(Error::runtime("no")));
    /// assert_eq!(value.as_error().map(Error::to_string).as_deref(), Some("runtime error: no"));
    /// assert!(Value::Nil.as_error().is_none());
    /// ```
    pub fn as_error(&self) -> Option<&Error> {
        match self {
            Value::Error(e) => Some(e),
            _ => None,
        }
    }

    /// The boolean, if it is one.
    ///
    /// ```
    /// # use perilune::Value;
    /// assert_eq!(Value::Boolean(true).as_boolean(), Some(true));
    /// assert_eq!(Value::Integer(1).as_boolean(), None);
    /// ```
    #[inline]
    pub fn as_boolean(&self) -> Option<bool> {
        match self {
            Value::Boolean(b) => Some(*b),
            _ => None,
        }
    }

    /// The address, if it is a light userdata.
    ///
    /// ```
    /// # use perilune::{LightUserData, Value};
    /// assert_eq!(Value::NULL.as_light_userdata(), Some(LightUserData(std::ptr::null_mut())));
    /// assert_eq!(Value::Nil.as_light_userdata(), None);
    /// ```
    #[inline]
    pub fn as_light_userdata(&self) -> Option<LightUserData> {
        match self {
            Value::LightUserData(address) => Some(*address),
            _ => None,
        }
    }

    /// The integer, if it is one.
    ///
    /// ```
    /// # use perilune::Value;
    /// assert_eq!(Value::Integer(3).as_integer(), Some(3));
    /// assert_eq!(Value::Number(3.0).as_integer(), None);
    /// ```
    #[inline]
    pub fn as_integer(&self) -> Option<Integer> {
        match self {
            Value::Integer(i) => Some(*i),
            _ => None,
        }
    }

    /// The float, if it is one.
    ///
    /// ```
    /// # use perilune::Value;
    /// assert_eq!(Value::Number(0.5).as_number(), Some(0.5));
    /// assert_eq!(Value::Integer(3).as_number(), None);
    /// ```
    #[inline]
    pub fn as_number(&self) -> Option<Number> {
        match self {
            Value::Number(n) => Some(*n),
            _ => None,
        }
    }

    /// The float, if it is one, as the nearest `f32`.
    ///
    /// ```
    /// # use perilune::Value;
    /// assert_eq!(Value::Number(0.1).as_f32(), Some(0.1));
    /// assert_eq!(Value::Integer(1).as_f32(), None);
    /// ```
    pub fn as_f32(&self) -> Option<f32> {
        self.as_number().map(|n| n as f32)
    }

    /// The float, if it is one: the same as [`as_number`](Self::as_number).
    ///
    /// ```
    /// # use perilune::Value;
    /// assert_eq!(Value::Number(0.1).as_f64(), Some(0.1));
    /// assert_eq!(Value::Integer(1).as_f64(), None);
    /// ```
    pub fn as_f64(&self) -> Option<f64> {
        self.as_number()
    }
}

/// Methods for integers of a type; the last part is a value that does not fit.
macro_rules! integers {
    ($($name:ident: $t:ty, $other:literal;)*) => {
        impl Value { $(
            #[doc = concat!("The integer, if it is one and fits into `", stringify!($t), "`.")]
            ///
            /// ```
            /// # use perilune::Value;
            #[doc = concat!("assert_eq!(Value::Integer(7).", stringify!($name), "(), Some(7));")]
            #[doc = concat!("assert_eq!(Value::", $other, ".", stringify!($name), "(), None);")]
            /// ```
            #[inline]
            pub fn $name(&self) -> Option<$t> {
                self.as_integer().and_then(|i| i.try_into().ok())
            }
        )* }
    };
}

integers! {
    as_i32: i32, "Integer(1 << 40)";
    as_u32: u32, "Integer(-1)";
    as_i64: i64, "Number(7.0)";
    as_u64: u64, "Integer(-1)";
    as_isize: isize, "Number(7.0)";
    as_usize: usize, "Integer(-1)";
}

/// Methods that ask for a type; the last part is a value of it.
macro_rules! kinds {
    ($($is:ident $what:literal: $variant:ident, $value:literal;)*) => {
        impl Value { $(
            #[doc = concat!("Whether it is ", $what, ".")]
            ///
            /// ```
            /// # use perilune::{Lua, Value};
            /// # let lua = Lua::new();
            #[doc = concat!("let value = ", $value, ";")]
            #[doc = concat!("assert!(value.", stringify!($is), "());")]
            #[doc = concat!("assert!(!Value::Nil.", stringify!($is), "());")]
            /// # Ok::<(), perilune::Error>(())
            /// ```
            #[inline]
            pub fn $is(&self) -> bool {
                matches!(self, Value::$variant(_))
            }
        )* }
    };
}

kinds! {
    is_boolean "a boolean": Boolean, "Value::Boolean(false)";
    is_light_userdata "a light userdata": LightUserData, "Value::NULL";
    is_integer "an integer": Integer, "lua.load(\"6 // 2\").eval::<Value>()?";
    is_number "a float": Number, "lua.load(\"6 / 2\").eval::<Value>()?";
    is_string "a string": String, "lua.pack(\"text\")?";
    is_table "a table": Table, "lua.pack(vec![1, 2])?";
    is_thread "a coroutine": Thread, "lua.pack(lua.current_thread())?";
    is_function "a function": Function, "lua.globals().get::<Value>(\"print\")?";
    is_userdata "a userdata": UserData, "lua.load(\"io.stdout\").eval::<Value>()?";
}

/// Methods that answer an object; the last parts are such a value, and what is to
/// be said of it.
macro_rules! objects {
    ($($name:ident $what:literal: $variant:ident -> $t:ty, $value:literal, $test:literal;)*) => {
        impl Value { $(
            #[doc = concat!("The ", $what, ", if it is one.")]
            ///
            /// ```
            /// # use perilune::{Lua, Value};
            /// # let lua = Lua::new();
            #[doc = concat!("let value: Value = ", $value, ";")]
            #[doc = concat!("let ", $what, " = value.", stringify!($name), "().unwrap();")]
            #[doc = concat!("assert!(", $test, ");")]
            #[doc = concat!("assert!(Value::Nil.", stringify!($name), "().is_none());")]
            /// # Ok::<(), perilune::Error>(())
            /// ```
            #[inline]
            pub fn $name(&self) -> Option<&$t> {
                match self {
                    Value::$variant(object) => Some(object),
                    _ => None,
                }
            }
        )* }
    };
}

objects! {
    as_string "string": String -> LuaString,
        "lua.load(\"'te' .. 'xt'\").eval()?", "*string == \"text\"";
    as_table "table": Table -> Table,
        "lua.load(\"{ x = 1 }\").eval()?", "table.contains_key(\"x\")?";
    as_thread "coroutine": Thread -> Thread,
        "lua.load(\"coroutine.create(print)\").eval()?", "coroutine.is_resumable()";
    as_function "function": Function -> Function,
        "lua.load(\"math.abs\").eval()?", "function.call::<i64>(-3)? == 3";
    as_userdata "userdata": UserData -> AnyUserData,
        "lua.pack(lua.create_any_userdata(5u8)?)?", "*userdata.borrow::<u8>()? == 5";
}

/// So many tables within one another are shown to a person.
const DEEPEST: usize = 100;

impl Value {
    /// Writes the value for a person: tables with their content, each once.
    pub(crate) fn fmt_pretty(
        &self,
        f: &mut fmt::Formatter<'_>,
        recursive: bool,
        indent: usize,
        visited: &mut HashSet<*const c_void>,
    ) -> fmt::Result {
        match self {
            Value::Nil => f.write_str("nil"),
            Value::Boolean(b) => write!(f, "{b}"),
            Value::LightUserData(address) if address.0.is_null() => f.write_str("null"),
            Value::LightUserData(address) => write!(f, "lightuserdata: {:?}", address.0),
            Value::Integer(i) => write!(f, "{i}"),
            Value::Number(n) => write!(f, "{n}"),
            Value::String(s) => write!(f, "{s:?}"),
            Value::Table(t)
                if recursive && indent <= 2 * DEEPEST && visited.insert(t.to_pointer()) =>
            {
                t.fmt_pretty(f, indent, visited)
            }
            Value::Table(t) => write!(f, "table: {:?}", t.to_pointer()),
            Value::Function(x) => write!(f, "function: {:?}", x.to_pointer()),
            Value::Thread(x) => write!(f, "thread: {:?}", x.to_pointer()),
            Value::UserData(u) => u.fmt_pretty(f),
            Value::Error(e) if recursive => write!(f, "{e:?}"),
            Value::Error(_) => f.write_str("error"),
            Value::Other(never) => never.never(),
        }
    }
}

impl fmt::Debug for Value {
    /// `{:#?}` shows the content of tables.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            return self.fmt_pretty(f, true, 0, &mut HashSet::new());
        }
        match self {
            Value::Nil => f.write_str("Nil"),
            Value::Boolean(b) => f.debug_tuple("Boolean").field(b).finish(),
            Value::LightUserData(x) => f.debug_tuple("LightUserData").field(&x.0).finish(),
            Value::Integer(i) => f.debug_tuple("Integer").field(i).finish(),
            Value::Number(n) => f.debug_tuple("Number").field(n).finish(),
            Value::String(s) => f.debug_tuple("String").field(s).finish(),
            Value::Table(t) => f.debug_tuple("Table").field(t).finish(),
            Value::Function(x) => f.debug_tuple("Function").field(x).finish(),
            Value::Thread(x) => f.debug_tuple("Thread").field(x).finish(),
            Value::UserData(u) => f.debug_tuple("UserData").field(u).finish(),
            Value::Error(e) => f.debug_tuple("Error").field(e).finish(),
            Value::Other(never) => never.never(),
        }
    }
}

impl PartialEq for Value {
    /// Raw equality, as `rawequal`; an integer equals the float of its value.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Value::Nil, Value::Nil) => true,
            (Value::Boolean(a), Value::Boolean(b)) => a == b,
            (Value::LightUserData(a), Value::LightUserData(b)) => a == b,
            (Value::Integer(a), Value::Integer(b)) => a == b,
            (Value::Integer(a), Value::Number(b)) | (Value::Number(b), Value::Integer(a)) => {
                // Floats from 2^63 on equal no integer, though casts give one.
                *a as Number == *b && *b < 9_223_372_036_854_775_808.0 && *b as Integer == *a
            }
            (Value::Number(a), Value::Number(b)) => a == b,
            (Value::String(a), Value::String(b)) => a == b,
            (Value::Table(a), Value::Table(b)) => a == b,
            (Value::Function(a), Value::Function(b)) => a == b,
            (Value::Thread(a), Value::Thread(b)) => a == b,
            (Value::UserData(a), Value::UserData(b)) => a == b,
            _ => false,
        }
    }
}
