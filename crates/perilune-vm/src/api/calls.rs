//! Calls from native functions on the native stack, and the entry from outside.
//!
//! # Safety
//!
//! The private functions rely on what the public ones have checked: that so many
//! values are on the stack, and that objects come from slots.

use crate::call::{call_above, call_from_rust, close_after_error, ensure_stack};
use crate::entry::with_frame;
use crate::error::{Error, Result};
use crate::frame::{MAX_STACK, NATIVE_STACK, kind};
use crate::object::Thread;
use crate::state::State;
use crate::value::RawValue;

impl State {
    /// Checks that the function and its arguments are there.
    pub(super) fn function_slot(&mut self, nargs: usize) -> Result<*mut RawValue> {
        if self.top() <= nargs {
            return Err(self.error(format_args!("too few values on the stack for a call")));
        }
        // SAFETY: there are enough values.
        Ok(unsafe { (*self.current).top.sub(nargs + 1) })
    }

    /// Leaves `n` results above the offset where they begin.
    unsafe fn adjust_results(&mut self, nresults: Option<usize>) -> Result<()> {
        let Some(wanted) = nresults else { return Ok(()) };
        let th = self.current;
        let first = self.call_result;
        let have = Thread::offset_of(th, (*th).top) - first;
        if have < wanted {
            ensure_stack(self, th, (wanted - have).min(MAX_STACK + 1))?;
        }
        for i in have..wanted {
            *(*th).stack.add(first + i) = RawValue::NIL;
        }
        (*th).top = (*th).stack.add(first + wanted);
        Ok(())
    }

    /// Calls the function below the topmost `nargs` values with them, on the
    /// native stack: it can't yield. Leaves its results (`None` = all).
    /// Function and arguments are popped.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.get_global("tostring")?;
    /// state.push(42)?;
    /// state.call(1, Some(1))?;
    /// assert_eq!((state.top(), state.bytes(-1)), (1, Some(&b"42"[..])));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// What the function raises.
    pub fn call(&mut self, nargs: usize, nresults: Option<usize>) -> Result<()> {
        let function = self.function_slot(nargs)?;
        // SAFETY: function and arguments are on top.
        unsafe {
            call_from_rust(self, function, nargs, kind::ENTRY, 0)?;
            self.adjust_results(nresults)
        }
    }

    /// Calls the function at index `function` with the values at `a` and `b` and answers
    /// the truth of its first result; pushes and pops nothing.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.load(b"local a, b = ... return a > b", b"=order", b"t")?;
    /// state.push(2)?;
    /// state.push(1)?;
    /// assert!(state.call_order(1, 2, 3)?);
    /// assert!(!state.call_order(1, 3, 2)?);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// What the function raises.
    pub fn call_order(&mut self, function: i32, a: i32, b: i32) -> Result<bool> {
        crate::call::check_native_stack(self)?;
        let values = [self.raw(function), self.raw(a), self.raw(b)];
        // SAFETY: there is room for the call; its values are in slots below.
        unsafe {
            let th = self.current;
            ensure_stack(self, th, 1 + values.len())?;
            let slot = (*th).top;
            *slot = RawValue::NIL;
            for (i, v) in values.into_iter().enumerate() {
                *slot.add(1 + i) = v;
            }
            (*th).top = slot.add(1 + values.len());
            call_above(self, slot, 2, kind::ENTRY, 0)?;
            let result = (*th).stack.add(self.call_result);
            let truth = result < (*th).top && !(*result).is_false();
            (*th).top = result;
            Ok(truth)
        }
    }

    /// [`call`](Self::call), but an error ends here: the stack is cut back to
    /// below the function, and [`push_error`](Self::push_error) gets its value.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.get_global("error")?;
    /// state.push("sorry")?;
    /// let error = state.protected_call(1, Some(0)).unwrap_err();
    /// assert_eq!(state.top(), 0);
    /// state.push_error(error)?;
    /// assert_eq!(state.bytes(-1), Some(&b"sorry"[..]));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// What the function raises.
    pub fn protected_call(&mut self, nargs: usize, nresults: Option<usize>) -> Result<()> {
        self.protected(nargs, nresults, kind::ENTRY_PROTECTED, 0)
    }

    /// [`protected_call`](Self::protected_call) with the function at index
    /// `handler` as message handler.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::{self, Return, State};
    ///
    /// fn explain(state: &mut State) -> native::Result<Return> {
    ///     state.push_fmt(format_args!("failed: {}", state.type_name(1)))?;
    ///     Ok(Return::values(1))
    /// }
    ///
    /// state.push(explain as native::NativeFn)?;
    /// state.load(b"error({})", b"=chunk", b"t")?;
    /// let error = state.protected_call_with_handler(0, Some(0), 1).unwrap_err();
    /// state.push_error(error)?;
    /// assert_eq!(state.bytes(-1), Some(&b"failed: table"[..]));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// What the handler made of what the function raises.
    pub fn protected_call_with_handler(
        &mut self,
        nargs: usize,
        nresults: Option<usize>,
        handler: i32,
    ) -> Result<()> {
        let handler = self.handler_index(handler, nargs);
        self.protected(nargs, nresults, kind::ENTRY_PROTECTED, handler)
    }

    /// [`protected_call`](Self::protected_call), but the message handler in
    /// force for the running function sees the error first.
    ///
    /// ```
    /// # use perilune::native::{self, Return, State};
    /// /// Answers what the handler of the `xpcall` around it made of the error.
    /// fn attempt(state: &mut State) -> native::Result<Return> {
    ///     if let Err(error) = state.protected_call_keeping_handler(0, Some(0)) {
    ///         state.push_error(error)?;
    ///     }
    ///     Ok(Return::values(1))
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("attempt", lua.create_native_function(attempt)?)?;
    /// let (_, seen): (bool, String) = lua.load(
    ///     "xpcall(attempt, function(e) return 'seen: ' .. e end, function() error('no', 0) end)",
    /// ).eval()?;
    /// assert_eq!(seen, "seen: no");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// What the handler made of what the function raises.
    pub fn protected_call_keeping_handler(
        &mut self,
        nargs: usize,
        nresults: Option<usize>,
    ) -> Result<()> {
        // An entry frame that protects nothing is passed by the search for a
        // handler.
        self.protected(nargs, nresults, kind::ENTRY, 0)
    }

    /// Lets the message handler in force, if there is one, see an error that is
    /// to be caught here, as raising it would; answers the error that is on its
    /// way then.
    ///
    /// ```
    /// # use perilune::native::{self, Return, State};
    /// /// Raises an error of its own and catches it, with the handler around it told.
    /// fn check(state: &mut State) -> native::Result<Return> {
    ///     state.push("bad weather")?;
    ///     let error = state.raise();
    ///     let error = state.handle_error(error);
    ///     state.push_error(error)?;
    ///     Ok(Return::values(1))
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("check", lua.create_native_function(check)?)?;
    /// let (_, text): (bool, String) = lua.load("xpcall(check, string.upper)").eval()?;
    /// assert_eq!(text, "BAD WEATHER");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn handle_error(&mut self, error: Error) -> Error {
        // SAFETY: a native frame's top covers what is live.
        unsafe { crate::handler::handle_message(self, error) }
    }

    pub(super) fn protected(
        &mut self,
        nargs: usize,
        nresults: Option<usize>,
        kind: u8,
        handler: u32,
    ) -> Result<()> {
        let function = self.function_slot(nargs)?;
        // SAFETY: function and arguments are on top; after an error everything
        // above the function's slot is closed and dropped.
        unsafe {
            let th = self.current;
            let level = Thread::offset_of(th, function);
            match call_from_rust(self, function, nargs, kind, handler) {
                Ok(()) => self.adjust_results(nresults),
                Err(error) => Err(close_after_error(self, level, error, (kind, handler))),
            }
        }
    }

    /// The index of a message handler's slot from 1, if it lies below the function
    /// to be called and where it can be recorded; else 0.
    pub(super) fn handler_index(&self, handler: i32, nargs: usize) -> u32 {
        let index = self.abs_index(handler);
        let room = self.top().saturating_sub(nargs).saturating_sub(1).min(u16::MAX as usize);
        if index > 0 && index as usize <= room { index as u32 } else { 0 }
    }

    /// Runs `f` in a fresh native frame. What it leaves on the stack is dropped.
    ///
    /// ```
    /// use perilune::native::State;
    ///
    /// let mut state = State::new().unwrap();
    /// let sum = state.enter(|state| {
    ///     state.load(b"return 1 + 2", b"=sum", b"t")?;
    ///     state.call(0, Some(1))?;
    ///     Ok(state.to_integer(-1))
    /// });
    /// assert_eq!(sum.unwrap(), Some(3));
    /// assert_eq!(state.top(), 0);
    /// ```
    ///
    /// # Errors
    /// What `f` returns; [`push_error`](Self::push_error) in another `enter`
    /// gets the value.
    pub fn enter<R>(&mut self, f: impl FnOnce(&mut State) -> Result<R>) -> Result<R> {
        self.refresh_native_limit();
        // SAFETY: a new frame above the current one.
        unsafe {
            let th = self.current;
            ensure_stack(self, th, NATIVE_STACK)?;
            let level = Thread::offset_of(th, (*th).top);
            let result = with_frame(self, kind::ENTRY_PROTECTED, f);
            match result {
                Ok(r) => Ok(r),
                Err(e) => Err(close_after_error(self, level, e, (kind::ENTRY_PROTECTED, 0))),
            }
        }
    }
}
