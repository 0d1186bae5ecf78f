//! Checking the arguments of a native function.

use crate::error::Result;
use crate::number::Number;
use crate::state::State;
use crate::value::{Type, tag};
use std::any::Any;

impl State {
    /// Checks that there is an argument `arg`, if only nil.
    ///
    /// ```
    /// # use perilune::native::{self, Return, State};
    /// fn describe(state: &mut State) -> native::Result<Return> {
    ///     state.check_any(1)?;
    ///     state.ret(state.type_name(1))
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("describe", lua.create_native_function(describe)?)?;
    /// assert_eq!(lua.load("describe(nil)").eval::<String>()?, "nil");
    /// let error = lua.load("describe()").exec().unwrap_err().to_string();
    /// assert!(error.contains("bad argument #1 to 'describe' (value expected)"));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there is none: "value expected".
    pub fn check_any(&mut self, arg: i32) -> Result<()> {
        if self.is_none(arg) { Err(self.arg_error(arg, "value expected")) } else { Ok(()) }
    }

    /// Checks that the argument is of a type.
    ///
    /// ```
    /// # use perilune::native::{self, Return, State, Type};
    /// fn on_exit(state: &mut State) -> native::Result<Return> {
    ///     state.check_type(1, Type::Function)?;
    ///     Ok(Return::NONE)
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("on_exit", lua.create_native_function(on_exit)?)?;
    /// lua.load("on_exit(print)").exec()?;
    /// let error = lua.load("on_exit(nil)").exec().unwrap_err().to_string();
    /// assert!(error.contains("function expected, got nil"));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If it is of another type, or absent: "function expected, got nil" and the like.
    pub fn check_type(&mut self, arg: i32, t: Type) -> Result<()> {
        if self.type_of(arg) == Some(t) { Ok(()) } else { Err(self.type_error(arg, t.name())) }
    }

    /// Checks that the argument is a table.
    ///
    /// ```
    /// # use perilune::native::{self, Return, State};
    /// fn first(state: &mut State) -> native::Result<Return> {
    ///     state.check_table(1)?;
    ///     state.raw_get_integer(1, 1)?;
    ///     Ok(Return::values(1))
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("first", lua.create_native_function(first)?)?;
    /// assert_eq!(lua.load("first {'a', 'b'}").eval::<String>()?, "a");
    /// assert!(lua.load("first 'a'").exec().is_err());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If it is something else, or absent: "table expected, got …".
    #[inline]
    pub fn check_table(&mut self, arg: i32) -> Result<()> {
        if self.is_table(arg) { Ok(()) } else { Err(self.type_error(arg, "table")) }
    }

    /// The argument as an integer.
    ///
    /// Integral floats and numerals are converted.
    ///
    /// ```
    /// # use perilune::native::{self, Return, State};
    /// fn double(state: &mut State) -> native::Result<Return> {
    ///     let n = state.check_integer(1)?;
    ///     state.ret(n.wrapping_mul(2))
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("double", lua.create_native_function(double)?)?;
    /// assert_eq!(lua.load("double('21')").eval::<i64>()?, 42);
    /// let error = lua.load("double(1.5)").exec().unwrap_err().to_string();
    /// assert!(error.contains("number has no integer representation"));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If it is no number, or has no integer representation.
    #[inline]
    pub fn check_integer(&mut self, arg: i32) -> Result<i64> {
        let v = self.raw(arg);
        if v.tag == tag::INTEGER {
            return Ok(v.as_integer());
        }
        match self.to_integer(arg) {
            Some(i) => Ok(i),
            None => Err(self.integer_error(arg)),
        }
    }

    #[cold]
    fn integer_error(&mut self, arg: i32) -> crate::Error {
        if self.to_number(arg).is_some() {
            self.arg_error(arg, "number has no integer representation")
        } else {
            self.type_error(arg, "number")
        }
    }

    /// The argument as an integer, or `default` if it is nil or absent.
    ///
    /// ```
    /// # use perilune::native::{self, Return, State};
    /// fn roll(state: &mut State) -> native::Result<Return> {
    ///     let sides = state.opt_integer(1, 6)?;
    ///     state.ret(sides)
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("roll", lua.create_native_function(roll)?)?;
    /// assert_eq!(lua.load("roll()").eval::<i64>()?, 6);
    /// assert_eq!(lua.load("roll(20)").eval::<i64>()?, 20);
    /// assert!(lua.load("roll({})").exec().is_err());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`check_integer`](Self::check_integer).
    #[inline]
    pub fn opt_integer(&mut self, arg: i32, default: i64) -> Result<i64> {
        if self.is_none_or_nil(arg) { Ok(default) } else { self.check_integer(arg) }
    }

    /// The argument as a float.
    ///
    /// Integers and numerals are converted.
    ///
    /// ```
    /// # use perilune::native::{self, Return, State};
    /// fn half(state: &mut State) -> native::Result<Return> {
    ///     let x = state.check_float(1)?;
    ///     state.ret(x / 2.0)
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("half", lua.create_native_function(half)?)?;
    /// assert_eq!(lua.load("half(5)").eval::<f64>()?, 2.5);
    /// assert!(lua.load("half(true)").exec().is_err());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If it is no number.
    #[inline]
    pub fn check_float(&mut self, arg: i32) -> Result<f64> {
        match self.to_float(arg) {
            Some(n) => Ok(n),
            None => Err(self.type_error(arg, "number")),
        }
    }

    /// The argument as a float, or `default` if it is nil or absent.
    ///
    /// ```
    /// # use perilune::native::{self, Return, State};
    /// fn fade(state: &mut State) -> native::Result<Return> {
    ///     let seconds = state.opt_float(1, 0.25)?;
    ///     state.ret(seconds)
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("fade", lua.create_native_function(fade)?)?;
    /// assert_eq!(lua.load("fade()").eval::<f64>()?, 0.25);
    /// assert_eq!(lua.load("fade(2)").eval::<f64>()?, 2.0);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If it is something else than a number.
    pub fn opt_float(&mut self, arg: i32, default: f64) -> Result<f64> {
        if self.is_none_or_nil(arg) { Ok(default) } else { self.check_float(arg) }
    }

    /// The argument as a number.
    ///
    /// Integers stay integers; a numeral becomes what it would be in a script.
    ///
    /// ```
    /// # use perilune::native::{self, Number, Return, State};
    /// fn negate(state: &mut State) -> native::Result<Return> {
    ///     match state.check_number(1)? {
    ///         Number::Integer(i) => state.ret(i.wrapping_neg()),
    ///         Number::Float(x) => state.ret(-x),
    ///     }
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("negate", lua.create_native_function(negate)?)?;
    /// assert_eq!(lua.load("negate(3)").eval::<String>()?, "-3");
    /// assert_eq!(lua.load("negate(3.0)").eval::<String>()?, "-3.0");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If it is none.
    pub fn check_number(&mut self, arg: i32) -> Result<Number> {
        match self.to_number(arg) {
            Some(n) => Ok(n),
            None => Err(self.type_error(arg, "number")),
        }
    }

    /// The argument's bytes; a number is converted in place.
    ///
    /// ```
    /// # use perilune::native::{self, Return, State};
    /// fn length(state: &mut State) -> native::Result<Return> {
    ///     let n = state.check_bytes(1)?.len();
    ///     state.ret(n)
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("length", lua.create_native_function(length)?)?;
    /// assert_eq!(lua.load("length('\\0\\xff')").eval::<usize>()?, 2);
    /// assert_eq!(lua.load("length(100)").eval::<usize>()?, 3);
    /// assert!(lua.load("length(nil)").exec().is_err());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If it is neither a string nor a number.
    #[inline]
    pub fn check_bytes(&mut self, arg: i32) -> Result<&[u8]> {
        if !self.convert_to_string(arg)? {
            return Err(self.type_error(arg, "string"));
        }
        Ok(self.bytes(arg).unwrap_or(b""))
    }

    /// The length of [`check_bytes`](Self::check_bytes).
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push("naïve")?;
    /// assert_eq!(state.check_string_len(1)?, 6);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// As there.
    pub fn check_string_len(&mut self, arg: i32) -> Result<usize> {
        Ok(self.check_bytes(arg)?.len())
    }

    /// The argument's bytes; `None` if it is nil or absent.
    ///
    /// ```
    /// # use perilune::native::{self, Return, State};
    /// fn quote(state: &mut State) -> native::Result<Return> {
    ///     let mark = state.opt_bytes(2)?.unwrap_or(b"'").to_vec();
    ///     let text = [&mark[..], state.check_bytes(1)?, &mark].concat();
    ///     state.ret(&text)
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("quote", lua.create_native_function(quote)?)?;
    /// assert_eq!(lua.load("quote('a')").eval::<String>()?, "'a'");
    /// assert_eq!(lua.load("quote('a', '*')").eval::<String>()?, "*a*");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If it is something else than a string or a number.
    pub fn opt_bytes(&mut self, arg: i32) -> Result<Option<&[u8]>> {
        if self.is_none_or_nil(arg) { Ok(None) } else { self.check_bytes(arg).map(Some) }
    }

    /// The index in `options` of the argument, or of `default` if it is nil or
    /// absent.
    ///
    /// ```
    /// # use perilune::native::{self, Return, State};
    /// fn align(state: &mut State) -> native::Result<Return> {
    ///     let at = state.check_option(1, Some("left"), &["left", "right", "center"])?;
    ///     state.ret(at)
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("align", lua.create_native_function(align)?)?;
    /// assert_eq!(lua.load("align('right')").eval::<usize>()?, 1);
    /// assert_eq!(lua.load("align()").eval::<usize>()?, 0);
    /// let error = lua.load("align('up')").exec().unwrap_err().to_string();
    /// assert!(error.contains("invalid option 'up'"));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If it is neither a string nor a number, or not among them: "invalid option 'x'".
    pub fn check_option(
        &mut self,
        arg: i32,
        default: Option<&str>,
        options: &[&str],
    ) -> Result<usize> {
        let name = match default {
            Some(d) if self.is_none_or_nil(arg) => d.as_bytes().to_vec(),
            _ => self.check_bytes(arg)?.to_vec(),
        };
        match options.iter().position(|o| o.as_bytes() == name) {
            Some(i) => Ok(i),
            None => {
                let mut m = b"invalid option '".to_vec();
                // As a string of C.
                m.extend(name.into_iter().take_while(|&byte| byte != 0));
                m.push(b'\'');
                Err(self.arg_error_bytes(arg, &m))
            }
        }
    }

    /// Checks that the argument is a userdata with a Rust value of type `T`; `name` is
    /// what the error says was expected.
    ///
    /// ```
    /// # use perilune::native::{self, Payload, Return, State, Value};
    /// struct Color(u8, u8, u8);
    ///
    /// fn red(state: &mut State) -> native::Result<Return> {
    ///     state.check_userdata::<Color>(1, "color")?;
    ///     let red = state.userdata::<Color>(1).map(|color| color.0);
    ///     state.ret(red.map(u32::from))
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("red", lua.create_native_function(red)?)?;
    /// let color = lua.with_native(|state| {
    ///     state.new_userdata(Payload::new(Color(255, 0, 0)), 0)?;
    ///     native::read::<perilune::Value>(state, &lua, -1)
    /// })?;
    /// lua.globals().set("color", color)?;
    /// assert_eq!(lua.load("red(color)").eval::<u8>()?, 255);
    /// let error = lua.load("red('#f00')").exec().unwrap_err().to_string();
    /// assert!(error.contains("color expected, got string"));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If it is something else: "`name` expected, got …".
    pub fn check_userdata<T: Any>(&mut self, arg: i32, name: &str) -> Result<()> {
        if self.userdata::<T>(arg).is_some() { Ok(()) } else { Err(self.type_error(arg, name)) }
    }
}
