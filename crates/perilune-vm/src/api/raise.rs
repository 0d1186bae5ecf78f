//! Raising errors from native functions.

use crate::error::{Error, Result};
use crate::frame::Frame;
use crate::state::State;
use crate::value::{Type, tag};
use perilune_syntax::FunctionNames;
use std::fmt::Write as _;

impl State {
    /// An error with the position of the function that called this one, and a
    /// message. It is on its way once the native function returns it.
    ///
    /// ```
    /// # use perilune::native::{self, Return, State};
    /// fn withdraw(state: &mut State) -> native::Result<Return> {
    ///     let amount = state.check_integer(1)?;
    ///     if amount > 100 {
    ///         return Err(state.error(format_args!("{amount} is more than there is")));
    ///     }
    ///     state.ret(100 - amount)
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("withdraw", lua.create_native_function(withdraw)?)?;
    /// let error = lua.load("\nwithdraw(500)").set_name("=bank").exec().unwrap_err();
    /// assert!(error.to_string().contains("bank:2: 500 is more than there is"));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[cold]
    pub fn error(&mut self, args: std::fmt::Arguments<'_>) -> Error {
        let mut text = String::new();
        let _ = text.write_fmt(args);
        self.error_bytes(text.as_bytes())
    }

    /// [`error`](Self::error) with bytes that may be no UTF-8.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// let error = state.error_bytes(b"bad byte \xff");
    /// state.push_error(error)?;
    /// assert_eq!(state.bytes(-1), Some(&b"bad byte \xff"[..]));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[cold]
    pub fn error_bytes(&mut self, message: &[u8]) -> Error {
        let mut text = self.where_bytes(1);
        text.extend_from_slice(message);
        self.raise_message(&text)
    }

    /// "bad argument #n to 'f' (message)"
    ///
    /// ```
    /// # use perilune::native::{self, Return, State};
    /// fn set_volume(state: &mut State) -> native::Result<Return> {
    ///     let volume = state.check_integer(1)?;
    ///     if !(0..=11).contains(&volume) {
    ///         return Err(state.arg_error(1, "out of range"));
    ///     }
    ///     Ok(Return::NONE)
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("set_volume", lua.create_native_function(set_volume)?)?;
    /// let error = lua.load("set_volume(12)").exec().unwrap_err().to_string();
    /// assert!(error.contains("bad argument #1 to 'set_volume' (out of range)"));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[cold]
    pub fn arg_error(&mut self, arg: i32, message: &str) -> Error {
        self.arg_error_bytes(arg, message.as_bytes())
    }

    /// [`arg_error`](Self::arg_error) with bytes that may be no UTF-8.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// let error = state.arg_error_bytes(2, b"no \xff here");
    /// state.push_error(error)?;
    /// assert!(state.bytes(-1).unwrap().ends_with(b"(no \xff here)"));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[cold]
    pub fn arg_error_bytes(&mut self, arg: i32, message: &[u8]) -> Error {
        let mut arg = arg;
        let Some(frame) = self.stack_level(None, 0) else {
            let mut m = format!("bad argument #{arg} (").into_bytes();
            m.extend_from_slice(message);
            m.push(b')');
            return self.error_bytes(&m);
        };
        let info = self.frame_info(None, frame).unwrap_or_default();
        let mut name = info.name;
        let mut word = "argument";
        let extra = if self.dialect.extra_arguments { info.extra_arguments as i32 } else { 0 };
        if arg <= extra {
            word = "extra argument";
        } else {
            arg -= extra;
        }
        if word == "argument" && info.name_what == "method" {
            arg -= 1;
            if arg == 0 {
                let mut m = b"calling '".to_vec();
                m.extend(name.unwrap_or_else(|| b"?".to_vec()));
                m.extend_from_slice(b"' on bad self (");
                m.extend_from_slice(message);
                m.push(b')');
                return self.error_bytes(&m);
            }
        }
        if name.is_none() && self.dialect.function_names != FunctionNames::None {
            name = self.global_function_name(frame);
        }
        let mut m = format!("bad {word} #{arg} to '").into_bytes();
        m.extend(name.unwrap_or_else(|| b"?".to_vec()));
        m.extend_from_slice(b"' (");
        m.extend_from_slice(message);
        m.push(b')');
        self.error_bytes(&m)
    }

    /// "bad argument #n to 'f' (expected expected, got type)"
    ///
    /// ```
    /// # use perilune::native::{self, Return, State, Value};
    /// fn color(state: &mut State) -> native::Result<Return> {
    ///     match state.value(1) {
    ///         Value::Integer(_) | Value::String(_) => Ok(Return::NONE),
    ///         _ => Err(state.type_error(1, "number or string")),
    ///     }
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("color", lua.create_native_function(color)?)?;
    /// let error = lua.load("color {}").exec().unwrap_err().to_string();
    /// assert!(error.contains("bad argument #1 to 'color' (number or string expected, got table)"));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[cold]
    pub fn type_error(&mut self, arg: i32, expected: &str) -> Error {
        let v = self.raw(arg);
        let mut m = expected.as_bytes().to_vec();
        m.extend_from_slice(b" expected, got ");
        let mt = self.metatable_of(v);
        let mut named = false;
        if !mt.is_null() && self.dialect.type_names {
            // SAFETY: the metatable is live with its value.
            let name = unsafe { crate::table::get_short_string(mt, self.names.name) };
            if name.is_string() {
                // SAFETY: the name is live.
                m.extend_from_slice(unsafe {
                    crate::object::StringObject::bytes(name.as_string())
                });
                named = true;
            }
        }
        if !named {
            let got = if v.tag == tag::LIGHT_USERDATA && self.dialect.type_names {
                "light userdata"
            } else {
                self.type_of(arg).map_or("no value", Type::name)
            };
            m.extend_from_slice(got.as_bytes());
        }
        self.arg_error_bytes(arg, &m)
    }

    /// Raises a panic that was caught at the border to Rust code. It passes
    /// through the interpreter without running a handler or a `__close`, so that
    /// whoever called Lua can go on with it ([`take_panic`](Self::take_panic)).
    ///
    /// ```
    /// use perilune::native::{self, Return, State};
    /// use std::panic::{AssertUnwindSafe, catch_unwind};
    ///
    /// /// Calls code that may panic; scripts can't catch what it panics with.
    /// fn guarded(state: &mut State) -> native::Result<Return> {
    ///     match catch_unwind(AssertUnwindSafe(|| panic!("out of cheese"))) {
    ///         Ok(()) => Ok(Return::NONE),
    ///         Err(payload) => Err(state.raise_panic(payload)),
    ///     }
    /// }
    ///
    /// let mut state = State::new().unwrap();
    /// let result = state.enter(|state| {
    ///     state.push(guarded as native::NativeFn)?;
    ///     state.protected_call(0, Some(0))
    /// });
    /// let error = result.unwrap_err();
    /// assert!(error.is_panic());
    /// let payload = state.take_panic(&error).unwrap();
    /// assert_eq!(payload.downcast_ref(), Some(&"out of cheese"));
    /// ```
    #[cold]
    pub fn raise_panic(&mut self, payload: Box<dyn std::any::Any + Send>) -> Error {
        self.panic = Some(payload);
        Error(crate::error::Kind::Fatal)
    }

    /// What Rust code panicked with, if that is the error that was caught.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// let error = state.error(format_args!("no panic"));
    /// assert!(state.take_panic(&error).is_none());
    /// let error = state.raise_panic(Box::new("gone"));
    /// assert!(state.take_panic(&error).is_some());
    /// assert!(state.take_panic(&error).is_none());
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn take_panic(&mut self, error: &Error) -> Option<Box<dyn std::any::Any + Send>> {
        if error.is_panic() { self.panic.take() } else { None }
    }

    /// Raises the value on top, which is popped.
    ///
    /// ```
    /// # use perilune::native::{self, Return, State};
    /// fn fail(state: &mut State) -> native::Result<Return> {
    ///     state.new_table(0, 1)?;
    ///     state.set_field_to(-1, "code", 404)?;
    ///     Err(state.raise())
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("fail", lua.create_native_function(fail)?)?;
    /// let code: i64 = lua.load("local _, e = pcall(fail); return e.code").eval()?;
    /// assert_eq!(code, 404);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[cold]
    pub fn raise(&mut self) -> Error {
        let v = self.raw(-1);
        self.pop(1);
        self.raise_value(v)
    }

    /// How many errors have come to scripts so far, from protected calls and
    /// coroutines.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// let before = state.errors_caught();
    /// state.load(b"pcall(error)", b"=chunk", b"t")?;
    /// state.call(0, Some(0))?;
    /// assert_eq!(state.errors_caught(), before + 1);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn errors_caught(&self) -> u64 {
        self.errors_caught
    }

    /// Pushes the value of an error that was caught.
    ///
    /// The value is that of the error raised last: it is to be asked for before
    /// anything else is called.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.load(b"error({}, 0)", b"=chunk", b"t")?;
    /// let error = state.protected_call(0, Some(0)).unwrap_err();
    /// state.push_error(error)?;
    /// assert!(state.is_table(-1));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the stack can't grow.
    pub fn push_error(&mut self, error: Error) -> Result<()> {
        let v = self.take_error(error);
        self.push_raw(v)
    }

    /// The error "not enough memory".
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// let error = state.memory_error();
    /// assert!(error.is_memory());
    /// state.push_error(error)?;
    /// assert_eq!(state.bytes(-1), Some(&b"not enough memory"[..]));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn memory_error(&mut self) -> Error {
        Error::memory()
    }

    /// "source:line: " of the function at a level, or nothing.
    pub(crate) fn where_bytes(&mut self, level: usize) -> Vec<u8> {
        // SAFETY: walks the live frames of the current thread.
        unsafe {
            let mut frame = Some(Frame::innermost(self.current));
            let mut left = level;
            while let Some(f) = frame
                && left > 0
            {
                let lost =
                    if self.dialect.tail_call_levels { f.lost_calls(self.current) } else { 0 };
                if left <= lost {
                    return Vec::new();
                }
                left -= 1 + lost;
                frame = f.caller();
            }
            match frame {
                Some(f) if !f.is_bottom() && crate::debug::current_line(&f) > 0 => {
                    self.position(&f)
                }
                _ => Vec::new(),
            }
        }
    }

    /// Pushes "source:line: " of the function at a level, or "".
    /// Level 0 is the running function, 1 the one that called it.
    ///
    /// ```
    /// # use perilune::native::{self, Return, State};
    /// fn here(state: &mut State) -> native::Result<Return> {
    ///     state.push_where(1)?;
    ///     Ok(Return::values(1))
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("here", lua.create_native_function(here)?)?;
    /// let place: String = lua.load("\n\nlocal x = here() return x").set_name("=config").eval()?;
    /// assert_eq!(place, "config:3: ");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    pub fn push_where(&mut self, level: usize) -> Result<()> {
        let text = self.where_bytes(level);
        self.push(text.as_slice())
    }
}
