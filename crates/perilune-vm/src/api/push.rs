//! Pushing values.
//!
//! # Safety
//!
//! Slots between a frame's base and top are live, and `EXTRA_STACK` slots exist
//! above `stack_last`.

use crate::call::ensure_stack;
use crate::error::Result;
use crate::number::Number;
use crate::object::StringObject;
use crate::state::{NativeFn, Return, State};
use crate::value::{RawValue, tag};
use std::fmt::Write as _;

/// What [`State::push`] accepts.
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// use perilune::native::{self, Push, State};
///
/// struct Celsius(f64);
///
/// impl Push for Celsius {
///     fn push(self, state: &mut State) -> native::Result<()> {
///         state.push_fmt(format_args!("{} °C", self.0))
///     }
/// }
///
/// state.push(Celsius(21.5))?;
/// assert_eq!(state.bytes(-1), Some("21.5 °C".as_bytes()));
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
pub trait Push {
    /// Pushes the value.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::Push;
    ///
    /// Some(3).push(state)?;
    /// None::<i64>.push(state)?;
    /// assert_eq!(state.to_integer(1), Some(3));
    /// assert!(state.is_nil(2));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    fn push(self, state: &mut State) -> Result<()>;
}

macro_rules! push_as {
    ($($t:ty: $v:ident => $e:expr;)*) => { $(
        impl Push for $t {
            #[inline]
            fn push(self, state: &mut State) -> Result<()> {
                let $v = self;
                state.push_raw($e)
            }
        }
    )* };
}

push_as! {
    (): _v => RawValue::NIL;
    bool: v => RawValue::boolean(v);
    f64: v => RawValue::float(v);
    NativeFn: v => RawValue::light_native(v);
}

macro_rules! push_as_integer {
    ($($t:ty)*) => { $(
        impl Push for $t {
            #[inline]
            fn push(self, state: &mut State) -> Result<()> {
                state.push_raw(state.integer_value(self as i64))
            }
        }
    )* };
}

push_as_integer! { i32 u32 i64 usize }

impl Push for Number {
    #[inline]
    fn push(self, state: &mut State) -> Result<()> {
        state.push_raw(state.number_value(self))
    }
}

impl Push for &str {
    #[inline]
    fn push(self, state: &mut State) -> Result<()> {
        self.as_bytes().push(state)
    }
}

impl Push for &Vec<u8> {
    fn push(self, state: &mut State) -> Result<()> {
        self.as_slice().push(state)
    }
}

impl Push for &[u8] {
    #[inline]
    fn push(self, state: &mut State) -> Result<()> {
        let v = state.new_string(self)?;
        state.push_raw(v)?;
        state.collect_if_due()
    }
}

impl State {
    /// An integer as scripts see it: a float where all numbers are floats.
    #[inline(always)]
    pub(crate) fn integer_value(&self, i: i64) -> RawValue {
        if self.float_only { RawValue::float(i as f64) } else { RawValue::integer(i) }
    }

    /// A number as scripts see it.
    #[inline]
    pub(crate) fn number_value(&self, n: Number) -> RawValue {
        match n {
            Number::Integer(i) => self.integer_value(i),
            Number::Float(n) => RawValue::float(n),
        }
    }

    /// A value of the machine, such as a key of a table, as scripts see it.
    #[inline(always)]
    pub(crate) fn visible(&self, v: RawValue) -> RawValue {
        if v.tag == tag::INTEGER { self.integer_value(v.as_integer()) } else { v }
    }

    /// Pushes a value.
    #[inline(always)]
    pub(crate) fn push_raw(&mut self, v: RawValue) -> Result<()> {
        // SAFETY: the slot at the top exists once the stack has room for it.
        unsafe {
            let th = self.current;
            if (*th).top >= (*th).stack_last {
                self.push_slow(v)?;
                return Ok(());
            }
            *(*th).top = v;
            (*th).top = (*th).top.add(1);
        }
        Ok(())
    }

    #[cold]
    #[inline(never)]
    unsafe fn push_slow(&mut self, v: RawValue) -> Result<()> {
        let th = self.current;
        // The slots above `stack_last` always exist: the value is safe there
        // while the stack grows.
        *(*th).top = v;
        (*th).top = (*th).top.add(1);
        let result = ensure_stack(self, th, 1);
        if result.is_err() {
            (*th).top = (*th).top.sub(1);
        }
        result
    }

    /// Pushes a value.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::Value;
    ///
    /// state.push(1)?;
    /// state.push(2.5)?;
    /// state.push("text")?;
    /// state.push(&b"bytes\xff"[..])?;
    /// state.push(true)?;
    /// state.push(())?;
    /// assert_eq!(state.value(4), Value::String(b"bytes\xff"));
    /// assert_eq!(state.value(6), Value::Nil);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory or the stack runs out.
    #[inline]
    pub fn push<T: Push>(&mut self, value: T) -> Result<()> {
        value.push(self)
    }

    /// Pushes a value as the only result.
    ///
    /// ```
    /// # use perilune::native::{self, Return, State};
    /// fn sign(state: &mut State) -> native::Result<Return> {
    ///     let n = state.check_integer(1)?;
    ///     state.ret(n.signum())
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("sign", lua.create_native_function(sign)?)?;
    /// assert_eq!(lua.load("sign(-7)").eval::<i64>()?, -1);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory or the stack runs out.
    #[inline]
    pub fn ret<T: Push>(&mut self, value: T) -> Result<Return> {
        value.push(self)?;
        Ok(Return::values(1))
    }

    /// Pushes the bytes `start..end` of the string at `index` (clamped to it); nil if
    /// there is no string.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push("key=value")?;
    /// state.push_substring(1, 4, usize::MAX)?;
    /// assert_eq!(state.bytes(-1), Some(&b"value"[..]));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    pub fn push_substring(&mut self, index: i32, start: usize, end: usize) -> Result<()> {
        let v = self.raw(index);
        self.push_part_of(v, start, end)
    }

    pub(crate) fn push_part_of(&mut self, v: RawValue, start: usize, end: usize) -> Result<()> {
        if !v.is_string() {
            return self.push_raw(RawValue::NIL);
        }
        // SAFETY: the string is in a slot or an upvalue of the running function
        // and so stays alive even through an emergency collection.
        let bytes = unsafe { StringObject::bytes(v.as_string()) };
        if start == 0 && end >= bytes.len() {
            return self.push_raw(v);
        }
        let end = end.min(bytes.len());
        self.push(&bytes[start.min(end)..end])
    }

    /// Pushes formatted text.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// let (width, height) = (640, 480);
    /// state.push_fmt(format_args!("{width}x{height}"))?;
    /// assert_eq!(state.bytes(-1), Some(&b"640x480"[..]));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    pub fn push_fmt(&mut self, args: std::fmt::Arguments<'_>) -> Result<()> {
        if let Some(s) = args.as_str() {
            return self.push(s);
        }
        let mut buffer = self.take_buffer();
        if buffer.write_fmt(args).is_err() {
            return Err(crate::error::Error::memory());
        }
        self.push_buffer(buffer)
    }

    /// Pushes a light userdata.
    ///
    /// It is equal to every other one with that address: a key that no script can make.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push_registry()?;
    /// state.push_light_userdata(0x1000)?;
    /// state.push("hidden")?;
    /// state.raw_set(1)?;
    /// state.push_light_userdata(0x1000)?;
    /// state.raw_get(1)?;
    /// assert_eq!(state.bytes(-1), Some(&b"hidden"[..]));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the stack can't grow.
    pub fn push_light_userdata(&mut self, address: usize) -> Result<()> {
        self.push_raw(RawValue::light_userdata(address))
    }
}
