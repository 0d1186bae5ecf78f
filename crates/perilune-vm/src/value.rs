//! The representation of values.
//!
//! A [`RawValue`] is 16 bytes: an 8-byte payload and a tag byte; seven bytes are
//! spare. Code copies payload and tag separately, so that a value written by
//! parts is never loaded whole (a failed store forwarding costs more than the
//! second move).
//!
//! In a frame's function slot the spare bytes hold the frame's link: see
//! `frame.rs`.

use crate::object::{Header, LuaClosure, NativeClosure, StringObject, Table, Thread, Userdata};
use crate::state::NativeFn;

/// Tags of values. The order is used: `tag < 2` is "false", `tag >= 8` is "on
/// the heap".
pub(crate) mod tag {
    pub const NIL: u8 = 0;
    pub const FALSE: u8 = 1;
    pub const TRUE: u8 = 2;
    pub const INTEGER: u8 = 3;
    pub const FLOAT: u8 = 4;
    pub const LIGHT_USERDATA: u8 = 5;
    /// A native function without upvalues: the payload is the `fn` pointer.
    pub const LIGHT_NATIVE: u8 = 6;
    /// Not a value: the information slot below the function of a frame.
    pub const FRAME_INFO: u8 = 7;
    /// An interned string of at most 40 bytes.
    pub const SHORT_STRING: u8 = 8;
    pub const LONG_STRING: u8 = 9;
    pub const TABLE: u8 = 10;
    pub const LUA_CLOSURE: u8 = 11;
    pub const NATIVE_CLOSURE: u8 = 12;
    pub const USERDATA: u8 = 13;
    pub const THREAD: u8 = 14;
    /// Objects that are never values.
    pub const PROTOTYPE: u8 = 15;
    pub const UPVALUE: u8 = 16;
    /// A key of a table whose value is gone and whose object may be dead: it
    /// keeps its place in the chain and its identity for `next`.
    pub const DEAD_KEY: u8 = 17;
}

/// A Lua value, or the content of a stack slot.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct RawValue {
    pub payload: u64,
    pub tag: u8,
}

const _: () = assert!(size_of::<RawValue>() == 16);

impl RawValue {
    pub const NIL: RawValue = RawValue { payload: 0, tag: tag::NIL };

    #[inline(always)]
    pub const fn boolean(b: bool) -> Self {
        RawValue { payload: 0, tag: tag::FALSE + b as u8 }
    }
    #[inline(always)]
    pub const fn integer(i: i64) -> Self {
        RawValue { payload: i as u64, tag: tag::INTEGER }
    }
    #[inline(always)]
    pub const fn float(n: f64) -> Self {
        RawValue { payload: n.to_bits(), tag: tag::FLOAT }
    }
    #[inline(always)]
    pub const fn light_userdata(address: usize) -> Self {
        RawValue { payload: address as u64, tag: tag::LIGHT_USERDATA }
    }
    #[inline(always)]
    pub fn light_native(f: NativeFn) -> Self {
        RawValue { payload: f as *const () as usize as u64, tag: tag::LIGHT_NATIVE }
    }
    #[inline(always)]
    pub fn pointer<T>(tag: u8, object: *mut T) -> Self {
        RawValue { payload: object as u64, tag }
    }
    #[inline(always)]
    pub fn is_nil(self) -> bool {
        self.tag == tag::NIL
    }
    #[inline(always)]
    pub fn is_false(self) -> bool {
        self.tag < tag::TRUE
    }
    #[inline(always)]
    pub fn is_collectable(self) -> bool {
        self.tag >= tag::SHORT_STRING
    }
    #[inline(always)]
    pub fn is_string(self) -> bool {
        self.tag & !1 == tag::SHORT_STRING
    }
    #[inline(always)]
    pub fn is_number(self) -> bool {
        self.tag == tag::INTEGER || self.tag == tag::FLOAT
    }
    #[inline(always)]
    pub fn is_table(self) -> bool {
        self.tag == tag::TABLE
    }
    #[inline(always)]
    pub fn is_function(self) -> bool {
        matches!(self.tag, tag::LUA_CLOSURE | tag::NATIVE_CLOSURE | tag::LIGHT_NATIVE)
    }
    #[inline(always)]
    pub const fn as_integer(self) -> i64 {
        self.payload as i64
    }
    #[inline(always)]
    pub const fn as_float(self) -> f64 {
        f64::from_bits(self.payload)
    }
    #[inline(always)]
    pub fn as_header(self) -> *mut Header {
        self.payload as *mut Header
    }
    #[inline(always)]
    pub fn as_string(self) -> *mut StringObject {
        self.payload as *mut StringObject
    }
    #[inline(always)]
    pub fn as_table(self) -> *mut Table {
        self.payload as *mut Table
    }
    #[inline(always)]
    pub fn as_lua_closure(self) -> *mut LuaClosure {
        self.payload as *mut LuaClosure
    }
    #[inline(always)]
    pub fn as_native_closure(self) -> *mut NativeClosure {
        self.payload as *mut NativeClosure
    }
    #[inline(always)]
    pub fn as_userdata(self) -> *mut Userdata {
        self.payload as *mut Userdata
    }
    #[inline(always)]
    pub fn as_thread(self) -> *mut Thread {
        self.payload as *mut Thread
    }
    /// Whether both are the same value without conversions: same tag, same
    /// payload (floats excepted: use `raw_equal` for language equality).
    #[inline(always)]
    pub fn same(self, other: RawValue) -> bool {
        self.tag == other.tag && (self.payload == other.payload || self.tag < tag::INTEGER)
    }
}

/// The types of Lua (manual §2.1).
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// use perilune::native::Type;
///
/// state.push("text")?;
/// assert_eq!(state.type_of(-1), Some(Type::String));
/// assert_eq!(Type::ALL.len(), Type::COUNT);
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Type {
    /// `nil`
    Nil,
    /// `boolean`
    Boolean,
    /// A light userdata: `userdata` to a script.
    LightUserdata,
    /// `number`
    Number,
    /// `string`
    String,
    /// `table`
    Table,
    /// `function`
    Function,
    /// `userdata`
    Userdata,
    /// `thread`
    Thread,
}

impl Type {
    /// The number of types.
    pub const COUNT: usize = 9;
    /// All of them, in order.
    pub const ALL: [Type; Self::COUNT] = [
        Type::Nil,
        Type::Boolean,
        Type::LightUserdata,
        Type::Number,
        Type::String,
        Type::Table,
        Type::Function,
        Type::Userdata,
        Type::Thread,
    ];
    /// The name that `type` returns.
    ///
    /// ```
    /// use perilune::native::Type;
    ///
    /// assert_eq!(Type::Number.name(), "number");
    /// assert_eq!(Type::LightUserdata.name(), "userdata");
    /// ```
    pub const fn name(self) -> &'static str {
        match self {
            Type::Nil => "nil",
            Type::Boolean => "boolean",
            Type::LightUserdata | Type::Userdata => "userdata",
            Type::Number => "number",
            Type::String => "string",
            Type::Table => "table",
            Type::Function => "function",
            Type::Thread => "thread",
        }
    }
}

impl RawValue {
    /// The type of the value.
    #[inline]
    pub fn type_of(self) -> Type {
        match self.tag {
            tag::NIL => Type::Nil,
            tag::FALSE | tag::TRUE => Type::Boolean,
            tag::INTEGER | tag::FLOAT => Type::Number,
            tag::LIGHT_USERDATA => Type::LightUserdata,
            tag::LIGHT_NATIVE | tag::LUA_CLOSURE | tag::NATIVE_CLOSURE => Type::Function,
            tag::SHORT_STRING | tag::LONG_STRING => Type::String,
            tag::TABLE => Type::Table,
            tag::USERDATA => Type::Userdata,
            tag::THREAD => Type::Thread,
            _ => Type::Nil,
        }
    }
}
