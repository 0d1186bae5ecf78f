//! What a native function asks of the interpreter by what it returns: calls,
//! resumes and yields that take no native stack, and continuations.

use crate::error::Result;
use crate::state::{Continuation, NativeFn, Request, Return, State};
use crate::value::{RawValue, tag};

impl State {
    fn ask(&mut self, request: Request, answer: Return) -> Result<Return> {
        self.request = Request { answer, ..request };
        Ok(answer)
    }

    fn request(nargs: usize, k: Option<Continuation>, context: i64) -> Request {
        Request {
            nargs: nargs as u32,
            nresults: -1,
            continuation: k,
            context,
            protected: false,
            handler: 0,
            thread: std::ptr::null_mut(),
            answer: Return::NONE,
        }
    }

    /// `return state.call_k(…)`: the interpreter calls the function below the
    /// topmost `nargs` values, without native recursion, and then `k`. The call
    /// may yield.
    /// Function and arguments are popped; `k` finds the results on top.
    ///
    /// ```
    /// # use perilune::native::{self, CallStatus, Return, State};
    /// /// `twice (f, x)`: `f(f(x))`
    /// fn twice(state: &mut State) -> native::Result<Return> {
    ///     state.push_value(1)?;
    ///     state.push_value(2)?;
    ///     state.call_k(1, Some(1), again, 0)
    /// }
    ///
    /// fn again(state: &mut State, _: CallStatus, _: i64) -> native::Result<Return> {
    ///     state.push_value(1)?;
    ///     state.insert(-2);
    ///     state.tail_call(1)
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("twice", lua.create_native_function(twice)?)?;
    /// let twice: i64 = lua.load("twice(function(x) return x * 3 end, 2)").eval()?;
    /// assert_eq!(twice, 18);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there are too few values on the stack.
    pub fn call_k(
        &mut self,
        nargs: usize,
        nresults: Option<usize>,
        k: Continuation,
        context: i64,
    ) -> Result<Return> {
        self.function_slot(nargs)?;
        let mut request = Self::request(nargs, Some(k), context);
        request.nresults = nresults.map_or(-1, |n| n.min(u16::MAX as usize - 1) as i32);
        self.ask(request, Return::CALL)
    }

    /// [`call_k`](Self::call_k); an error comes to `k` too. `handler`: index of
    /// a message handler, or 0.
    ///
    /// ```
    /// # use perilune::native::{self, CallStatus, Return, State};
    /// /// `default (f, x)`: what `f` answers, or `x` if it fails.
    /// fn default(state: &mut State) -> native::Result<Return> {
    ///     state.push_value(1)?;
    ///     state.pcall_k(0, Some(1), 0, called, 0)
    /// }
    ///
    /// fn called(state: &mut State, status: CallStatus, _: i64) -> native::Result<Return> {
    ///     if status == CallStatus::Error {
    ///         state.push_value(2)?;
    ///     }
    ///     Ok(Return::values(1))
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("default", lua.create_native_function(default)?)?;
    /// assert_eq!(lua.load("default(error, 7)").eval::<i64>()?, 7);
    /// assert_eq!(lua.load("default(function() return 1 end, 7)").eval::<i64>()?, 1);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there are too few values on the stack.
    pub fn pcall_k(
        &mut self,
        nargs: usize,
        nresults: Option<usize>,
        handler: i32,
        k: Continuation,
        context: i64,
    ) -> Result<Return> {
        self.function_slot(nargs)?;
        let mut request = Self::request(nargs, Some(k), context);
        request.nresults = nresults.map_or(-1, |n| n.min(u16::MAX as usize - 1) as i32);
        request.protected = true;
        request.handler = self.handler_index(handler, nargs);
        self.ask(request, Return::CALL)
    }

    /// `return state.tail_call(nargs)`: the results of calling the function
    /// below the topmost `nargs` values are this function's.
    ///
    /// ```
    /// # use perilune::native::{self, Return, State};
    /// fn apply(state: &mut State) -> native::Result<Return> {
    ///     state.tail_call(state.top().saturating_sub(1))
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("apply", lua.create_native_function(apply)?)?;
    /// assert_eq!(lua.load("apply(math.max, 3, 9, 4)").eval::<i64>()?, 9);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there are too few values on the stack.
    pub fn tail_call(&mut self, nargs: usize) -> Result<Return> {
        self.function_slot(nargs)?;
        let request = Self::request(nargs, None, 0);
        self.ask(request, Return::TAIL_CALL)
    }

    /// `return state.pcall()`: calls the first argument with the others and
    /// answers `true` and its results, or `false` and the error value.
    ///
    /// ```
    /// # use perilune::native::{self, Return, State};
    /// fn attempt(state: &mut State) -> native::Result<Return> {
    ///     state.pcall()
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("attempt", lua.create_native_function(attempt)?)?;
    /// assert_eq!(lua.load("attempt(error, 'no')").eval::<(bool, String)>()?, (false, "no".into()));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there is no argument.
    pub fn pcall(&mut self) -> Result<Return> {
        self.check_any(1)?;
        let request = Self::request(0, None, 0);
        self.ask(request, Return::PCALL)
    }

    /// `return state.xpcall()`: as [`pcall`](Self::pcall), with the second
    /// argument as message handler.
    ///
    /// ```
    /// # use perilune::native::{self, Return, State};
    /// fn attempt(state: &mut State) -> native::Result<Return> {
    ///     state.xpcall()
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("attempt", lua.create_native_function(attempt)?)?;
    /// let (_, text): (bool, String) = lua.load("attempt(error, function() return '?' end)").eval()?;
    /// assert_eq!(text, "?");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there are fewer than two arguments.
    pub fn xpcall(&mut self) -> Result<Return> {
        self.check_any(2)?;
        let request = Self::request(0, None, 0);
        self.ask(request, Return::XPCALL)
    }

    /// `return state.resume_k(…)`: passes the topmost `nargs` values to the
    /// coroutine at `thread` and goes on in `k` when it returns, yields or
    /// fails.
    ///
    /// ```
    /// # use perilune::native::{self, CallStatus, Return, State};
    /// /// `step (co)`: the next value that a coroutine yields, or "end".
    /// fn step(state: &mut State) -> native::Result<Return> {
    ///     state.set_top(1);
    ///     state.resume_k(1, 0, stepped, 0)
    /// }
    ///
    /// fn stepped(state: &mut State, status: CallStatus, _: i64) -> native::Result<Return> {
    ///     match status {
    ///         CallStatus::Yielded(n) => Ok(Return::values(n)),
    ///         CallStatus::Ok(_) => state.ret("end"),
    ///         CallStatus::Error => Err(state.raise()),
    ///     }
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("step", lua.create_native_function(step)?)?;
    /// lua.load("co = coroutine.create(function() coroutine.yield(1) end)").exec()?;
    /// assert_eq!(lua.load("step(co)").eval::<i64>()?, 1);
    /// assert_eq!(lua.load("step(co)").eval::<String>()?, "end");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there is no thread at the index.
    pub fn resume_k(
        &mut self,
        thread: i32,
        nargs: usize,
        k: Continuation,
        context: i64,
    ) -> Result<Return> {
        self.ask_to_resume(self.raw(thread), nargs, k, context)
    }

    /// [`resume_k`](Self::resume_k) for the coroutine in upvalue `n` of the running
    /// function.
    ///
    /// ```
    /// # use perilune::native::{self, CallStatus, Return, State, Type};
    /// /// What `wrap` answers: a function that resumes a coroutine.
    /// fn go_on(state: &mut State) -> native::Result<Return> {
    ///     state.resume_upvalue_k(1, state.top(), resumed, 0)
    /// }
    ///
    /// fn resumed(state: &mut State, status: CallStatus, _: i64) -> native::Result<Return> {
    ///     match status {
    ///         CallStatus::Ok(n) | CallStatus::Yielded(n) => Ok(Return::values(n)),
    ///         CallStatus::Error => Err(state.raise()),
    ///     }
    /// }
    ///
    /// fn wrap(state: &mut State) -> native::Result<Return> {
    ///     state.check_type(1, Type::Function)?;
    ///     state.set_top(1);
    ///     state.new_thread()?;
    ///     state.push_closure(go_on, 1)?;
    ///     Ok(Return::values(1))
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("wrap", lua.create_native_function(wrap)?)?;
    /// let sum: i64 = lua.load("wrap(function(a, b) return a + b end)(1, 2)").eval()?;
    /// assert_eq!(sum, 3);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there is no thread in it.
    pub fn resume_upvalue_k(
        &mut self,
        n: usize,
        nargs: usize,
        k: Continuation,
        context: i64,
    ) -> Result<Return> {
        self.ask_to_resume(self.native_upvalue_value(n), nargs, k, context)
    }

    #[inline]
    fn ask_to_resume(
        &mut self,
        thread: RawValue,
        nargs: usize,
        k: Continuation,
        context: i64,
    ) -> Result<Return> {
        if thread.tag != tag::THREAD {
            return Err(self.error(format_args!("coroutine expected")));
        }
        let mut request = Self::request(nargs.min(self.top()), Some(k), context);
        request.thread = thread.as_thread();
        self.ask(request, Return::RESUME)
    }

    /// Whether the coroutine at an index waits for one that it resumed, to go on in
    /// `k`.
    ///
    /// ```
    /// # use perilune::native::{self, CallStatus, Return, State};
    /// /// Resumes its argument.
    /// fn enter(state: &mut State) -> native::Result<Return> {
    ///     state.set_top(1);
    ///     state.resume_k(1, 0, left, 0)
    /// }
    ///
    /// fn left(state: &mut State, _: CallStatus, _: i64) -> native::Result<Return> {
    ///     Ok(Return::NONE)
    /// }
    ///
    /// /// Whether a coroutine is inside of `enter`.
    /// fn has_entered(state: &mut State) -> native::Result<Return> {
    ///     state.ret(state.waits_in(1, left))
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("enter", lua.create_native_function(enter)?)?;
    /// lua.globals().set("has_entered", lua.create_native_function(has_entered)?)?;
    /// lua.globals().set("enter", lua.create_native_function(enter)?)?;
    /// lua.load("
    ///     local outer, inner, seen
    ///     inner = coroutine.create(function() seen = has_entered(outer) end)
    ///     outer = coroutine.create(function() enter(inner) end)
    ///     assert(not has_entered(outer))
    ///     coroutine.resume(outer)
    ///     assert(seen)
    /// ").exec()?;
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn waits_in(&self, thread: i32, k: Continuation) -> bool {
        let v = self.raw(thread);
        // SAFETY: a thread in a slot is live.
        v.tag == tag::THREAD && unsafe { crate::coroutine::waits_in(v.as_thread(), k) }
    }

    /// `return state.yield_values(n)`: yields the topmost `n` values; the values
    /// passed to the next resume are this function's results.
    ///
    /// ```
    /// # use perilune::native::{self, Return, State};
    /// /// `ask (question)`: yields it; its result is the answer.
    /// fn ask(state: &mut State) -> native::Result<Return> {
    ///     state.check_bytes(1)?;
    ///     state.set_top(1);
    ///     state.yield_values(1)
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("ask", lua.create_native_function(ask)?)?;
    /// let thread: perilune::Thread =
    ///     lua.load("coroutine.create(function() return 'Hello, ' .. ask 'name?' end)").eval()?;
    /// assert_eq!(thread.resume::<String>(())?, "name?");
    /// assert_eq!(thread.resume::<String>("Ada")?, "Hello, Ada");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// Outside a coroutine, or across a native call.
    #[inline]
    pub fn yield_values(&mut self, n: usize) -> Result<Return> {
        let request = Self::request(n.min(self.top()), None, 0);
        let asked = self.ask(request, Return::YIELD);
        if self.yields_freely() { asked } else { self.yield_if_allowed() }
    }

    /// [`yield_values`](Self::yield_values), which has asked already, where a
    /// closer look is needed.
    #[cold]
    #[inline(never)]
    fn yield_if_allowed(&mut self) -> Result<Return> {
        let allowed = self.check_yieldable();
        if allowed.is_err() {
            self.request.answer = Return::NONE;
        }
        allowed.map(|()| Return::YIELD)
    }

    /// [`yield_values`](Self::yield_values), and goes on in `k`.
    ///
    /// ```
    /// # use perilune::native::{self, CallStatus, Return, State};
    /// /// `countdown (n)`: yields `n`, …, 1, and then returns nothing.
    /// fn countdown(state: &mut State) -> native::Result<Return> {
    ///     let n = state.check_integer(1)?;
    ///     next(state, CallStatus::Ok(0), n)
    /// }
    ///
    /// fn next(state: &mut State, _: CallStatus, n: i64) -> native::Result<Return> {
    ///     if n <= 0 {
    ///         return Ok(Return::NONE);
    ///     }
    ///     state.set_top(0);
    ///     state.push(n)?;
    ///     state.yield_k(1, next, n - 1)
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("countdown", lua.create_native_function(countdown)?)?;
    /// let steps: String = lua.load("
    ///     local out = {}
    ///     for n in coroutine.wrap(function() return countdown(3) end) do out[#out + 1] = n end
    ///     return table.concat(out, ' ')
    /// ").eval()?;
    /// assert_eq!(steps, "3 2 1");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// As there.
    pub fn yield_k(&mut self, n: usize, k: Continuation, context: i64) -> Result<Return> {
        self.check_yieldable()?;
        let request = Self::request(n.min(self.top()), Some(k), context);
        self.ask(request, Return::YIELD)
    }

    /// [`yield_k`](Self::yield_k); in the place of this native function, `f` is on the
    /// stack from then on.
    ///
    /// ```
    /// # use perilune::native::{self, CallStatus, Return, State};
    /// /// Stands on the stack while its coroutine waits.
    /// fn waiting(_: &mut State) -> native::Result<Return> {
    ///     Ok(Return::NONE)
    /// }
    ///
    /// fn wait(state: &mut State) -> native::Result<Return> {
    ///     state.set_top(0);
    ///     state.yield_as(waiting, 0, resumed, 0)
    /// }
    ///
    /// fn resumed(_: &mut State, status: CallStatus, _: i64) -> native::Result<Return> {
    ///     match status {
    ///         CallStatus::Ok(n) => Ok(Return::values(n)),
    ///         _ => Ok(Return::NONE),
    ///     }
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("wait", lua.create_native_function(wait)?)?;
    /// let woken: String = lua.load("
    ///     local co = coroutine.wrap(function() return wait() end)
    ///     co()
    ///     return co('morning')
    /// ").eval()?;
    /// assert_eq!(woken, "morning");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// As there.
    pub fn yield_as(
        &mut self,
        f: NativeFn,
        n: usize,
        k: Continuation,
        context: i64,
    ) -> Result<Return> {
        self.check_yieldable()?;
        self.replacement = Some(f);
        let request = Self::request(n.min(self.top()), Some(k), context);
        self.ask(request, Return::YIELD_AS)
    }
}
