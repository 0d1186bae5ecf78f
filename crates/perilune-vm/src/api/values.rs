//! Reading values: their types, and what they are in Rust.

use crate::error::Result;
use crate::meta::format_number;
use crate::number::{self, FloatForm, Number, Rounding};
use crate::object::StringObject;
use crate::state::{NativeFn, State};
use crate::table;
use crate::value::{RawValue, Type, tag};

/// A value read from the state. It borrows the state: nothing that can
/// allocate, collect, call or yield is possible while it is held.
///
/// ```
/// # use perilune::native::{self, Return, State, Value};
/// fn to_json(state: &mut State) -> native::Result<Return> {
///     let text = match state.value(1) {
///         Value::Nil => "null".to_owned(),
///         Value::Boolean(b) => b.to_string(),
///         Value::Integer(i) => i.to_string(),
///         Value::Float(x) => x.to_string(),
///         Value::String(s) => format!("{:?}", String::from_utf8_lossy(s)),
///         _ => return Err(state.type_error(1, "scalar")),
///     };
///     state.ret(text.as_str())
/// }
///
/// # let lua = perilune::Lua::new();
/// lua.globals().set("to_json", lua.create_native_function(to_json)?)?;
/// assert_eq!(lua.load("to_json('a')").eval::<String>()?, "\"a\"");
/// assert_eq!(lua.load("to_json(nil)").eval::<String>()?, "null");
/// assert!(lua.load("to_json({})").exec().is_err());
/// # Ok::<(), perilune::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// `nil`, or no value
    Nil,
    /// a boolean
    Boolean(bool),
    /// an integer
    Integer(i64),
    /// a float
    Float(f64),
    /// a light userdata's address
    LightUserdata(usize),
    /// a string's bytes
    String(&'a [u8]),
    /// a table
    Table,
    /// a function
    Function,
    /// a userdata
    Userdata,
    /// a coroutine
    Thread,
}

impl State {
    /// The type of a slot's value; `None` = no such slot.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::Type;
    ///
    /// state.push(1.5)?;
    /// assert_eq!(state.type_of(1), Some(Type::Number));
    /// assert_eq!(state.type_of(2), None);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn type_of(&self, index: i32) -> Option<Type> {
        let slot = self.slot(index);
        // SAFETY: not null = live.
        (!slot.is_null()).then(|| unsafe { (*slot).type_of() })
    }

    /// Whether there is no such slot.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push(())?;
    /// assert!(!state.is_none(1));
    /// assert!(state.is_none(2));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn is_none(&self, index: i32) -> bool {
        self.slot(index).is_null()
    }

    /// Whether the value is nil: false if there is no such slot.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push(())?;
    /// assert!(state.is_nil(1));
    /// assert!(!state.is_nil(2));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn is_nil(&self, index: i32) -> bool {
        self.type_of(index) == Some(Type::Nil)
    }

    /// Whether the value is nil or absent.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push(())?;
    /// state.push(false)?;
    /// assert!(state.is_none_or_nil(1));
    /// assert!(!state.is_none_or_nil(2));
    /// assert!(state.is_none_or_nil(3));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn is_none_or_nil(&self, index: i32) -> bool {
        self.raw(index).is_nil()
    }

    /// Whether the value is an integer; a float with such a value is none.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push(3)?;
    /// state.push(3.0)?;
    /// assert!(state.is_integer(1));
    /// assert!(!state.is_integer(2));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn is_integer(&self, index: i32) -> bool {
        self.raw(index).tag == tag::INTEGER
    }

    /// Whether the value is a table.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.new_table(0, 0)?;
    /// assert!(state.is_table(1));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn is_table(&self, index: i32) -> bool {
        self.raw(index).is_table()
    }

    /// Whether the value is a function.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.get_global("print")?;
    /// assert!(state.is_function(1));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn is_function(&self, index: i32) -> bool {
        self.raw(index).is_function()
    }

    /// Whether the value is a native function.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.get_global("print")?;
    /// state.load(b"return 1", b"=chunk", b"t")?;
    /// assert!(state.is_native_function(1));
    /// assert!(!state.is_native_function(2));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn is_native_function(&self, index: i32) -> bool {
        let v = self.raw(index);
        v.is_function() && v.tag != tag::LUA_CLOSURE
    }

    /// Whether the value is a Lua function.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.load(b"return 1", b"=chunk", b"t")?;
    /// assert!(state.is_lua_function(1));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn is_lua_function(&self, index: i32) -> bool {
        self.raw(index).tag == tag::LUA_CLOSURE
    }

    /// Whether the value is a string or a number.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push("text")?;
    /// state.push(12)?;
    /// state.push(true)?;
    /// assert!(state.is_string_like(1) && state.is_string_like(2));
    /// assert!(!state.is_string_like(3));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn is_string_like(&self, index: i32) -> bool {
        let v = self.raw(index);
        v.is_string() || v.is_number()
    }

    /// The value of a slot; `Nil` if there is none.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::Value;
    ///
    /// state.push("text")?;
    /// assert_eq!(state.value(1), Value::String(b"text"));
    /// assert_eq!(state.value(9), Value::Nil);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn value(&self, index: i32) -> Value<'_> {
        self.view(self.raw(index))
    }

    #[inline]
    pub(crate) fn view(&self, v: RawValue) -> Value<'_> {
        match v.tag {
            tag::FALSE => Value::Boolean(false),
            tag::TRUE => Value::Boolean(true),
            tag::INTEGER => Value::Integer(v.as_integer()),
            tag::FLOAT => Value::Float(v.as_float()),
            tag::LIGHT_USERDATA => Value::LightUserdata(v.payload as usize),
            // SAFETY: the string lives while the state is borrowed.
            tag::SHORT_STRING | tag::LONG_STRING => {
                // SAFETY: the string lives while the state is borrowed.
                Value::String(unsafe { StringObject::bytes(v.as_string()) })
            }
            tag::TABLE => Value::Table,
            tag::LIGHT_NATIVE | tag::LUA_CLOSURE | tag::NATIVE_CLOSURE => Value::Function,
            tag::USERDATA => Value::Userdata,
            tag::THREAD => Value::Thread,
            _ => Value::Nil,
        }
    }

    /// The value as a condition: false for nil and false.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push(())?;
    /// state.push(0)?;
    /// assert!(!state.to_boolean(1));
    /// assert!(state.to_boolean(2));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn to_boolean(&self, index: i32) -> bool {
        !self.raw(index).is_false()
    }

    /// The value as an integer; numerals and integral floats are converted. Where
    /// all numbers are floats, a fraction is cut off.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push(3.0)?;
    /// state.push("0x10")?;
    /// state.push(3.5)?;
    /// assert_eq!(state.to_integer(1), Some(3));
    /// assert_eq!(state.to_integer(2), Some(16));
    /// assert_eq!(state.to_integer(3), None);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn to_integer(&self, index: i32) -> Option<i64> {
        let v = self.raw(index);
        if v.tag == tag::INTEGER {
            return Some(v.as_integer());
        }
        if self.float_only {
            return self.to_float(index).map(number::truncate);
        }
        // SAFETY: the value is in a slot.
        unsafe { number::to_integer(v, Rounding::Exact, self.dialect) }
    }

    /// The value as a float; numerals and integers are converted.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push(3)?;
    /// state.push("1e3")?;
    /// state.push("many")?;
    /// assert_eq!(state.to_float(1), Some(3.0));
    /// assert_eq!(state.to_float(2), Some(1000.0));
    /// assert_eq!(state.to_float(3), None);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn to_float(&self, index: i32) -> Option<f64> {
        let v = self.raw(index);
        if v.tag == tag::FLOAT {
            return Some(v.as_float());
        }
        // SAFETY: the value is in a slot.
        unsafe { number::to_float(v, self.dialect) }
    }

    /// The value as a number; numerals are converted.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::Number;
    ///
    /// state.push("10")?;
    /// state.push("10.0")?;
    /// assert_eq!(state.to_number(1), Some(Number::Integer(10)));
    /// assert_eq!(state.to_number(2), Some(Number::Float(10.0)));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn to_number(&self, index: i32) -> Option<Number> {
        // SAFETY: the value is in a slot.
        let v = unsafe { number::to_number(self.raw(index), self.dialect) }?;
        Some(if v.tag == tag::INTEGER {
            Number::Integer(v.as_integer())
        } else {
            Number::Float(v.as_float())
        })
    }

    /// The bytes of a string; numbers are not converted.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push("text")?;
    /// state.push(1)?;
    /// assert_eq!(state.bytes(1), Some(&b"text"[..]));
    /// assert_eq!(state.bytes(2), None);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn bytes(&self, index: i32) -> Option<&[u8]> {
        let v = self.raw(index);
        // SAFETY: the string lives while the state is borrowed.
        v.is_string().then(|| unsafe { StringObject::bytes(v.as_string()) })
    }

    /// An address that identifies the value; `None` for values without one.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.new_table(0, 0)?;
    /// state.push_value(1)?;
    /// state.new_table(0, 0)?;
    /// assert_eq!(state.to_pointer(1), state.to_pointer(2));
    /// assert_ne!(state.to_pointer(1), state.to_pointer(3));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn to_pointer(&self, index: i32) -> Option<usize> {
        let v = self.raw(index);
        match v.tag {
            tag::LIGHT_USERDATA | tag::LIGHT_NATIVE => Some(v.payload as usize),
            _ if v.is_collectable() => Some(v.payload as usize),
            _ => None,
        }
    }

    /// The name of the value's type, "no value" if there is no slot.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push("text")?;
    /// assert_eq!(state.type_name(1), "string");
    /// assert_eq!(state.type_name(2), "no value");
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn type_name(&self, index: i32) -> &'static str {
        self.type_of(index).map_or("no value", Type::name)
    }

    /// The native function of a value; `None` for one that owns a Rust value, of
    /// which the function alone is of no use.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::{self, NativeFn, Return, State};
    ///
    /// fn f(state: &mut State) -> native::Result<Return> {
    ///     state.ret("called")
    /// }
    ///
    /// state.push(f as NativeFn)?;
    /// let found = state.to_native(1).unwrap();
    /// assert_eq!(found(state)?, Return::values(1));
    /// assert_eq!(state.bytes(-1), Some(&b"called"[..]));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn to_native(&self, index: i32) -> Option<NativeFn> {
        let v = self.raw(index);
        match v.tag {
            // SAFETY: such a payload is a function pointer; such an object a
            // live native closure.
            tag::LIGHT_NATIVE => {
                // SAFETY: such a payload is a function pointer.
                Some(unsafe { std::mem::transmute::<usize, NativeFn>(v.payload as usize) })
            }
            // SAFETY: such an object is a live native closure.
            tag::NATIVE_CLOSURE => unsafe {
                let closure = v.as_native_closure();
                ((*closure).header.flags & crate::object::flag::OWNER == 0)
                    .then(|| (*closure).function)
            },
            _ => None,
        }
    }

    /// Raw equality of two slots' values: no metamethod is asked.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push("a")?;
    /// state.push("a")?;
    /// state.new_table(0, 0)?;
    /// state.new_table(0, 0)?;
    /// assert!(state.raw_equal(1, 2));
    /// assert!(!state.raw_equal(3, 4));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn raw_equal(&self, a: i32, b: i32) -> bool {
        // SAFETY: both are in slots.
        unsafe { table::raw_equal(self.raw(a), self.raw(b)) }
    }

    /// Raw length of a string or table, else 0.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push("four")?;
    /// state.load(b"return {1, 2, 3}", b"=list", b"t")?;
    /// state.call(0, Some(1))?;
    /// assert_eq!((state.raw_len(1), state.raw_len(2)), (4, 3));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn raw_len(&self, index: i32) -> u64 {
        let v = self.raw(index);
        // SAFETY: the value is in a slot.
        unsafe {
            match v.tag {
                tag::SHORT_STRING | tag::LONG_STRING => (*v.as_string()).len as u64,
                tag::TABLE => table::length_mostly_hinted(v.as_table(), &self.heap),
                _ => 0,
            }
        }
    }

    /// Converts a number in place to a string; `None` if the value is neither.
    ///
    /// # Errors
    /// If memory runs out.
    pub(crate) fn convert_to_string(&mut self, index: i32) -> Result<bool> {
        let slot = self.slot(index);
        if slot.is_null() {
            return Ok(false);
        }
        // SAFETY: the slot is live; its offset is kept over the allocation.
        unsafe {
            if (*slot).is_string() {
                return Ok(true);
            }
            if !(*slot).is_number() {
                return Ok(false);
            }
            let mut buffer = [0; 64];
            let form = self.float_form();
            let v = self.new_string(format_number(*slot, &mut buffer, form))?;
            *slot = v;
        }
        Ok(true)
    }

    /// The bytes of a string or, converted in place, of a number; `None` for other
    /// values, and if memory runs out.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push(1.5)?;
    /// assert_eq!(state.to_bytes(1), Some(&b"1.5"[..]));
    /// assert_eq!(state.type_name(1), "string");
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn to_bytes(&mut self, index: i32) -> Option<&[u8]> {
        match self.convert_to_string(index) {
            Ok(true) => self.bytes(index),
            _ => None,
        }
    }

    /// Appends a string's bytes, or a number as `tostring` writes it; false for
    /// other values.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push("n = ")?;
    /// state.push(42)?;
    /// state.push(true)?;
    /// let mut out = state.take_buffer();
    /// assert!(state.append_to(1, &mut out)?);
    /// assert!(state.append_to(2, &mut out)?);
    /// assert!(!state.append_to(3, &mut out)?);
    /// assert_eq!(out.as_slice(), b"n = 42");
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    pub fn append_to(&mut self, index: i32, buffer: &mut super::Buffer) -> Result<bool> {
        let v = self.raw(index);
        if v.is_string() {
            // SAFETY: the string is in a slot and nothing is called.
            buffer.extend(unsafe { StringObject::bytes(v.as_string()) })?;
            return Ok(true);
        }
        if v.is_number() {
            let mut scratch = [0; 64];
            buffer.extend(format_number(v, &mut scratch, self.float_form()))?;
            return Ok(true);
        }
        Ok(false)
    }

    /// How the dialect writes floats.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// let form = state.float_form();
    /// assert!(form.suffix, "1.0 is written with its point");
    /// assert!(!form.round_trip, "0.1 + 0.2 is written as 0.3");
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn float_form(&self) -> FloatForm {
        FloatForm { suffix: self.dialect.float_suffix, round_trip: self.dialect.float_round_trip }
    }
}
