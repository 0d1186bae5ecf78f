//! Coroutines in the hands of Rust code.

use super::ThreadState;
use crate::call::{ensure_stack, is_fresh};
use crate::error::{Error, Kind, Result};
use crate::frame::kind;
use crate::object::{Header, Thread, ThreadStatus};
use crate::state::{CallStatus, NativeFn, Return, State};
use crate::value::{RawValue, tag};

impl State {
    /// Pops a function and pushes a new thread over it.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::CallStatus;
    ///
    /// state.load(b"return ...", b"=co", b"t")?;
    /// state.new_thread()?;
    /// assert_eq!((state.top(), state.type_name(1)), (1, "thread"));
    /// state.push("echo")?;
    /// assert_eq!(state.resume(1)?, CallStatus::Ok(1));
    /// assert_eq!(state.bytes(-1), Some(&b"echo"[..]));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    pub fn new_thread(&mut self) -> Result<()> {
        // SAFETY: the thread is pushed before anything can collect; its stack
        // has room for the function.
        unsafe {
            let th = match self.allocate_thread() {
                Ok(th) => th,
                Err(_) => self.retry_allocation(&[], |s| s.allocate_thread())?,
            };
            let function = self.raw(-1);
            *(*th).top = function;
            (*th).top = (*th).top.add(1);
            let hooks = (*self.current).hooks;
            (*th).hooks = hooks;
            (*th).globals = (*self.current).globals;
            (*th).hooks.running = false;
            (*th).hooks.active = hooks.function.is_some();
            self.pop(1);
            self.push_raw(RawValue::pointer(tag::THREAD, th))?;
        }
        self.collect_if_due()
    }

    /// Resumes the coroutine below the topmost `nargs` values with them, on the
    /// native stack. In their place it leaves what the coroutine returned or
    /// yielded, as the answer tells. Natives that the coroutine has called may
    /// yield as in one that Lua code resumed.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::CallStatus;
    ///
    /// let source = b"local a = ... ; local b = coroutine.yield(a + 1); return b, 'end'";
    /// state.load(source, b"=co", b"t")?;
    /// state.new_thread()?;
    /// state.push_value(-1)?;
    /// state.push(1)?;
    /// assert_eq!(state.resume(1)?, CallStatus::Yielded(1));
    /// assert_eq!(state.to_integer(-1), Some(2));
    /// state.pop(1);
    ///
    /// state.push("x")?;
    /// assert_eq!(state.resume(1)?, CallStatus::Ok(2));
    /// assert_eq!(state.bytes(-2), Some(&b"x"[..]));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// What the coroutine raised, or why it can't be resumed; the values and the
    /// coroutine are gone from the stack then.
    pub fn resume(&mut self, nargs: usize) -> Result<CallStatus> {
        if self.top() <= nargs {
            return Err(self.error(format_args!("too few values on the stack for a resume")));
        }
        self.push(resume_first as NativeFn)?;
        self.rotate(-(nargs as i32 + 2), 1);
        self.protected(nargs + 1, None, kind::ENTRY_PROTECTED, 0)?;
        self.resume_outcome()
    }

    /// What the resume has come to that ended last; the values are on top.
    ///
    /// # Errors
    /// What the coroutine raised: the value is popped.
    #[inline]
    pub(crate) fn resume_outcome(&mut self) -> Result<CallStatus> {
        match self.resumed {
            CallStatus::Error => {
                let v = self.raw(-1);
                self.pop(1);
                match self.resumed_error {
                    Kind::Memory => Err(Error::memory()),
                    _ => Err(self.raise_value(v)),
                }
            }
            other => Ok(other),
        }
    }

    /// Pops a function, which the coroutine at `thread` will run when it is
    /// resumed next: one that has ended without an error, was closed or never
    /// started.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::CallStatus;
    ///
    /// state.load(b"return 1", b"=one", b"t")?;
    /// state.new_thread()?;
    /// state.push_value(1)?;
    /// assert_eq!(state.resume(0)?, CallStatus::Ok(1));
    /// state.pop(1);
    ///
    /// state.load(b"return 1, 2", b"=two", b"t")?;
    /// state.restart_thread(1)?;
    /// state.push_value(1)?;
    /// assert_eq!(state.resume(0)?, CallStatus::Ok(2));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If it is not such a coroutine, or its stack can't grow.
    pub fn restart_thread(&mut self, thread: i32) -> Result<()> {
        let function = self.raw(-1);
        // SAFETY: both values are in slots.
        unsafe { self.restart_raw(self.raw(thread), function)? }
        self.pop(1);
        Ok(())
    }

    /// # Safety
    /// Both values are live.
    pub(crate) unsafe fn restart_raw(&mut self, v: RawValue, function: RawValue) -> Result<()> {
        let th = v.as_thread();
        // SAFETY: the thread is live, and only its bottom frame is left.
        unsafe {
            if v.tag != tag::THREAD
                || std::ptr::eq(th, self.main)
                || !(is_fresh(th) || (*th).status == ThreadStatus::Finished)
            {
                return Err(self.error(format_args!("cannot restart the coroutine")));
            }
            (*th).base = (*th).stack.add(1);
            (*th).top = (*th).base;
            (*th).pc = std::ptr::null();
            ensure_stack(self, th, 1)?;
            self.heap.barrier(th as *mut Header);
            *(*th).top = function;
            (*th).top = (*th).top.add(1);
            (*th).to_be_closed.clear();
            (*th).protected_depth = 0;
            (*th).non_yieldable = 0;
            (*th).status = ThreadStatus::Fresh;
            (*th).hooks = (*self.current).hooks;
            (*th).hooks.running = false;
            (*th).hooks.active = (*th).hooks.function.is_some();
            (*th).globals = (*self.current).globals;
        }
        Ok(())
    }

    /// Lets the coroutine at `thread`, when it is resumed next, raise the last value
    /// that it is passed, where it waits; one that has not started fails with it.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::CallStatus;
    ///
    /// state.load(b"return pcall(coroutine.yield)", b"=co", b"t")?;
    /// state.new_thread()?;
    /// state.push_value(1)?;
    /// assert_eq!(state.resume(0)?, CallStatus::Yielded(0));
    ///
    /// state.throw_into_thread(1)?;
    /// state.push_value(1)?;
    /// state.push("cancelled")?;
    /// assert_eq!(state.resume(1)?, CallStatus::Ok(2));
    /// assert_eq!(state.to_boolean(-2), false);
    /// assert_eq!(state.bytes(-1), Some(&b"cancelled"[..]));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the coroutine is not suspended.
    pub fn throw_into_thread(&mut self, thread: i32) -> Result<()> {
        let v = self.raw(thread);
        let suspended = v.tag == tag::THREAD && self.thread_state(thread) == ThreadState::Suspended;
        if !suspended {
            return Err(self.error(format_args!("cannot resume dead coroutine")));
        }
        // SAFETY: a suspended thread has a function in its first slot, or waits in
        // a continuation.
        unsafe {
            let th = v.as_thread();
            if is_fresh(th) {
                *(*th).stack.add(1) = RawValue::light_native(raise_last);
            } else {
                crate::coroutine::replace_continuation(th, raise_passed);
            }
        }
        Ok(())
    }

    /// Pushes the main thread.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push_main_thread()?;
    /// assert_eq!(state.type_name(-1), "thread");
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the stack can't grow.
    pub fn push_main_thread(&mut self) -> Result<()> {
        self.push_raw(RawValue::pointer(tag::THREAD, self.main))
    }

    /// Pushes the running thread.
    ///
    /// ```
    /// # use perilune::native::{self, Return, State};
    /// fn itself(state: &mut State) -> native::Result<Return> {
    ///     state.push_running_thread()?;
    ///     Ok(Return::values(1))
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("itself", lua.create_native_function(itself)?)?;
    /// assert!(lua.load("itself() == coroutine.running()").eval::<bool>()?);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the stack can't grow.
    pub fn push_running_thread(&mut self) -> Result<()> {
        self.push_raw(RawValue::pointer(tag::THREAD, self.current))
    }

    /// Whether the running thread is the main one.
    ///
    /// ```
    /// # use perilune::native::{self, Return, State};
    /// fn in_main(state: &mut State) -> native::Result<Return> {
    ///     state.ret(state.is_main_thread())
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("in_main", lua.create_native_function(in_main)?)?;
    /// assert!(lua.load("in_main()").eval::<bool>()?);
    /// assert!(!lua.load("coroutine.wrap(in_main)()").eval::<bool>()?);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn is_main_thread(&self) -> bool {
        std::ptr::eq(self.current, self.main)
    }

    /// Whether a thread can yield: the one at an index, or the running one for `None`.
    ///
    /// ```
    /// # use perilune::native::{self, Return, State};
    /// fn can_yield(state: &mut State) -> native::Result<Return> {
    ///     state.ret(state.is_yieldable(None))
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("can_yield", lua.create_native_function(can_yield)?)?;
    /// assert!(!lua.load("can_yield()").eval::<bool>()?);
    /// assert!(lua.load("coroutine.wrap(can_yield)()").eval::<bool>()?);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn is_yieldable(&self, thread: Option<i32>) -> bool {
        let th = self.thread_at(thread);
        // SAFETY: the thread is live.
        unsafe { !std::ptr::eq(th, self.main) && (*th).non_yieldable == 0 }
    }

    /// The state of the coroutine at an index.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::ThreadState;
    ///
    /// state.push_main_thread()?;
    /// assert_eq!(state.thread_state(1), ThreadState::Running);
    /// state.load(b"return 1", b"=co", b"t")?;
    /// state.new_thread()?;
    /// assert_eq!(state.thread_state(2), ThreadState::Suspended);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn thread_state(&self, thread: i32) -> ThreadState {
        // SAFETY: the thread is live.
        unsafe { state_of(self.thread_at(Some(thread))) }
    }

    /// Closes the coroutine at `thread`, which must be suspended or dead:
    /// pending variables, upvalues. Answers false, with the error value pushed,
    /// if it died of an error or a `__close` raised one.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.load(b"coroutine.yield(); error 'never'", b"=co", b"t")?;
    /// state.new_thread()?;
    /// state.push_value(1)?;
    /// state.resume(0)?;
    /// assert!(state.close_thread(1)?);
    /// assert_eq!(state.thread_state(1), perilune::native::ThreadState::Dead);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the coroutine runs.
    pub fn close_thread(&mut self, thread: i32) -> Result<bool> {
        let v = self.raw(thread);
        if v.tag != tag::THREAD {
            return Err(self.error(format_args!("coroutine expected")));
        }
        let th = v.as_thread();
        // SAFETY: the thread is in a slot.
        unsafe {
            if matches!((*th).status, ThreadStatus::Running | ThreadStatus::Normal) {
                return Err(self.error(format_args!("cannot close a running coroutine")));
            }
            match self.close_coroutine(th) {
                Ok(()) => Ok(true),
                Err(e) if e.0 == Kind::Value => {
                    self.push_error(e)?;
                    Ok(false)
                }
                Err(e) => Err(e),
            }
        }
    }

    /// The error by which the running coroutine closes itself: it passes all calls
    /// in it, and its resumer goes on when its pending variables are closed.
    ///
    /// ```
    /// # use perilune::native::{self, Return, State};
    /// fn quit(state: &mut State) -> native::Result<Return> {
    ///     Err(state.close_running())
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("quit", lua.create_native_function(quit)?)?;
    /// let finished: bool = lua.load("
    ///     local co = coroutine.create(function() quit() error 'not reached' end)
    ///     local ok = coroutine.resume(co)
    ///     return ok and coroutine.status(co) == 'dead'
    /// ").eval()?;
    /// assert!(finished);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn close_running(&mut self) -> Error {
        if self.is_main_thread() {
            return self.error(format_args!("cannot close main thread"));
        }
        Error(Kind::Closing)
    }

    /// Moves the topmost `n` values to the stack of the thread at `thread`.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.load(b"local a, b = ... return a - b", b"=co", b"t")?;
    /// state.new_thread()?;
    /// state.push(9)?;
    /// state.push(4)?;
    /// state.move_to_thread(1, 2)?;
    /// assert_eq!(state.top(), 1);
    /// state.resume(0)?;
    /// assert_eq!(state.to_integer(-1), Some(5));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If it has started and not ended, or its stack can't grow.
    pub fn move_to_thread(&mut self, thread: i32, n: usize) -> Result<()> {
        let th = self.thread_at(Some(thread));
        let n = n.min(self.top());
        // SAFETY: the thread is in a slot; it has not begun or has ended, so it does
        // not run.
        unsafe {
            if std::ptr::eq(th, self.current) {
                return Ok(());
            }
            // Above the values of a thread that waits lies its continuation.
            if !matches!((*th).status, ThreadStatus::Fresh | ThreadStatus::Finished) {
                return Err(self.error(format_args!("cannot move values to a started coroutine")));
            }
            self.move_values(th, n)
        }
    }

    /// Moves the topmost `n` values to another stack.
    ///
    /// # Safety
    /// So many values are on this stack. `th` is live, another thread than the current
    /// one, and does not run.
    pub(crate) unsafe fn move_values(&mut self, th: *mut Thread, n: usize) -> Result<()> {
        // SAFETY: room is made; the values are live on one stack or the other.
        unsafe {
            ensure_stack(self, th, n)?;
            self.heap.barrier(th as *mut Header);
            let from = (*self.current).top.sub(n);
            for i in 0..n {
                *(*th).top.add(i) = *from.add(i);
            }
            (*th).top = (*th).top.add(n);
        }
        self.pop(n);
        Ok(())
    }

    /// Moves the topmost `n` values of the thread at `thread` to this stack.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.load(b"return 1", b"=co", b"t")?;
    /// state.new_thread()?;
    /// state.push("taken back")?;
    /// state.move_to_thread(1, 1)?;
    /// state.move_from_thread(1, 1)?;
    /// assert_eq!((state.top(), state.bytes(2)), (2, Some(&b"taken back"[..])));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If it has started and not ended, or this stack can't grow.
    pub fn move_from_thread(&mut self, thread: i32, n: usize) -> Result<()> {
        let th = self.thread_at(Some(thread));
        // SAFETY: not more than the thread's frame holds.
        unsafe {
            if std::ptr::eq(th, self.current) {
                return Ok(());
            }
            if !matches!((*th).status, ThreadStatus::Fresh | ThreadStatus::Finished) {
                return Err(self.error(format_args!("cannot move values from a started coroutine")));
            }
            let have = (*th).top.offset_from((*th).base).max(0) as usize;
            let n = n.min(have);
            self.ensure_stack(n, "too many values")?;
            let from = (*th).top.sub(n);
            for i in 0..n {
                self.push_raw(*from.add(i))?;
            }
            (*th).top = from;
        }
        Ok(())
    }

    /// Identifies the running coroutine among those that are alive.
    ///
    /// ```
    /// # use perilune::native::{self, Return, State};
    /// fn running(state: &mut State) -> native::Result<Return> {
    ///     state.ret(state.running_thread())
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("running", lua.create_native_function(running)?)?;
    /// assert!(lua.load("running() == running()").eval::<bool>()?);
    /// assert!(lua.load("running() ~= coroutine.wrap(running)()").eval::<bool>()?);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn running_thread(&self) -> usize {
        self.current as usize
    }

    /// Whether the main coroutine is the one that runs.
    ///
    /// ```
    /// # use perilune::native::{self, Return, State};
    /// fn is_main(state: &mut State) -> native::Result<Return> {
    ///     state.ret(state.is_main_running())
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("is_main", lua.create_native_function(is_main)?)?;
    /// assert!(lua.load("is_main()").eval::<bool>()?);
    /// assert!(!lua.load("coroutine.wrap(is_main)()").eval::<bool>()?);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn is_main_running(&self) -> bool {
        std::ptr::eq(self.current, self.main)
    }

    /// Whether the coroutine at `thread` died of an error and was not closed.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.load(b"error 'no'", b"=co", b"t")?;
    /// state.new_thread()?;
    /// state.push_value(1)?;
    /// let error = state.resume(0).unwrap_err();
    /// state.push_error(error)?;
    /// assert!(state.thread_failed(1));
    /// state.close_thread(1)?;
    /// assert!(!state.thread_failed(1));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn thread_failed(&self, thread: i32) -> bool {
        let th = self.thread_at(Some(thread));
        // SAFETY: the thread is live.
        unsafe { (*th).status == ThreadStatus::Failed }
    }
}

/// What a thread is doing.
///
/// # Safety
/// It is live.
pub(crate) unsafe fn state_of(th: *const Thread) -> ThreadState {
    // SAFETY: a live thread has a stack that its top lies in.
    unsafe {
        match (*th).status {
            ThreadStatus::Running => ThreadState::Running,
            ThreadStatus::Normal => ThreadState::Normal,
            ThreadStatus::Suspended => ThreadState::Suspended,
            ThreadStatus::Fresh if (*th).top.offset_from((*th).stack) >= 2 => {
                ThreadState::Suspended
            }
            _ => ThreadState::Dead,
        }
    }
}

fn raise_last(state: &mut State) -> Result<Return> {
    Err(state.raise())
}

fn raise_passed(state: &mut State, _: CallStatus, _: i64) -> Result<Return> {
    Err(state.raise())
}

/// Resumes its first argument with the others.
pub(crate) fn resume_first(state: &mut State) -> Result<Return> {
    state.resumed = CallStatus::Error;
    state.resumed_error = Kind::Value;
    state.resume_k(1, state.top().saturating_sub(1), resumed, 0)
}

pub(crate) fn resumed(state: &mut State, status: CallStatus, _: i64) -> Result<Return> {
    state.resumed = status;
    match status {
        CallStatus::Ok(n) | CallStatus::Yielded(n) => Ok(Return::values(n)),
        CallStatus::Error => Ok(Return::values(1)),
    }
}
