//! Calls from native functions, continuations, coroutines, and the entry from
//! outside.
//!
//! # Safety
//!
//! The private functions rely on what the public ones have checked: that so many
//! values are on the stack, and that objects come from slots.

use crate::call::{call_above, call_from_rust, close_after_error, ensure_stack};
use crate::entry::with_frame;
use crate::error::{Error, Kind, Result};
use crate::frame::{MAX_STACK, NATIVE_STACK, kind};
use crate::object::{Thread, ThreadStatus, Userdata, userdata_flag};
use crate::state::{Continuation, Request, Return, SendWarningFunction, State, WarningFunction};
use crate::value::{RawValue, tag};
use perilune_syntax::FinalizerErrors;

impl State {
    /// Checks that the function and its arguments are there.
    fn function_slot(&mut self, nargs: usize) -> Result<*mut RawValue> {
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

    /// Calls the function at index `function` with two values from the stack and
    /// answers the truth of its first result.
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
    /// # Errors
    /// What the function raises.
    pub fn protected_call(&mut self, nargs: usize, nresults: Option<usize>) -> Result<()> {
        self.protected(nargs, nresults, kind::ENTRY_PROTECTED, 0)
    }

    /// [`protected_call`](Self::protected_call) with the function at index
    /// `handler` as message handler.
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
    fn handler_index(&self, handler: i32, nargs: usize) -> u32 {
        let index = self.abs_index(handler);
        let room = self.top().saturating_sub(nargs).saturating_sub(1).min(u16::MAX as usize);
        if index > 0 && index as usize <= room { index as u32 } else { 0 }
    }

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
    /// # Errors
    /// If there are fewer than two arguments.
    pub fn xpcall(&mut self) -> Result<Return> {
        self.check_any(2)?;
        let request = Self::request(0, None, 0);
        self.ask(request, Return::XPCALL)
    }

    /// Pops a function and pushes a new thread over it.
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

    /// `return state.resume_k(…)`: passes the topmost `nargs` values to the
    /// coroutine at `thread` and goes on in `k` when it returns, yields or
    /// fails.
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
    pub fn waits_in(&self, thread: i32, k: Continuation) -> bool {
        let v = self.raw(thread);
        // SAFETY: a thread in a slot is live.
        v.tag == tag::THREAD && unsafe { crate::coroutine::waits_in(v.as_thread(), k) }
    }

    /// `return state.yield_values(n)`: yields the topmost `n` values; the values
    /// passed to the next resume are this function's results.
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
    /// # Errors
    /// As there.
    pub fn yield_as(
        &mut self,
        f: crate::state::NativeFn,
        n: usize,
        k: Continuation,
        context: i64,
    ) -> Result<Return> {
        self.check_yieldable()?;
        self.replacement = Some(f);
        let request = Self::request(n.min(self.top()), Some(k), context);
        self.ask(request, Return::YIELD_AS)
    }

    /// Closes the coroutine at `thread`, which must be suspended or dead:
    /// pending variables, upvalues. Answers false, with the error value pushed,
    /// if it died of an error or a `__close` raised one.
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
    pub fn close_running(&mut self) -> Error {
        if self.is_main_thread() {
            return self.error(format_args!("cannot close main thread"));
        }
        Error(Kind::Closing)
    }

    /// Moves the topmost `n` values to the stack of the thread at `thread`.
    ///
    /// # Errors
    /// If its stack can't grow.
    pub fn move_to_thread(&mut self, thread: i32, n: usize) -> Result<()> {
        let th = self.thread_at(Some(thread));
        let n = n.min(self.top());
        // SAFETY: room is made; the values are live on one stack or the other.
        unsafe {
            if std::ptr::eq(th, self.current) {
                return Ok(());
            }
            // Above the values of a thread that waits lies its continuation.
            if !matches!((*th).status, ThreadStatus::Fresh | ThreadStatus::Finished) {
                return Err(self.error(format_args!("cannot move values to a started coroutine")));
            }
            ensure_stack(self, th, n)?;
            self.heap.barrier(th as *mut crate::object::Header);
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
    /// # Errors
    /// If this stack can't grow.
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

    /// Runs `f` in a fresh native frame. What it leaves on the stack is dropped.
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

    /// Calls the finalizers that are due (manual §2.5.3).
    pub(crate) fn run_finalizers(&mut self) -> Result<()> {
        if self.in_finalizer {
            return Ok(());
        }
        while let Some(object) = self.heap.next_pending_finalizer() {
            // SAFETY: the object is live again; it is rooted in the stack for
            // the call.
            unsafe {
                let result = self.finalize(object);
                self.drop_finalized(object);
                result?;
            }
        }
        self.report_panics();
        Ok(())
    }

    /// Drops the Rust value of a userdata that was finalized, if it is not to be
    /// seen any more.
    unsafe fn drop_finalized(&mut self, object: *mut crate::object::Header) {
        if (*object).kind != tag::USERDATA
            || (*object).extra & userdata_flag::DROPS_WITH_FINALIZERS == 0
        {
            return;
        }
        let data = (*(object as *mut Userdata)).data.take();
        let was = self.heap.set_finalizing(true);
        crate::state::drop_payload(&mut self.heap, data);
        self.heap.set_finalizing(was);
    }

    /// Reports destructors that panicked, as warnings.
    pub(crate) fn report_panics(&mut self) {
        if !self.heap.has_panics() {
            return;
        }
        for text in self.heap.take_panics() {
            self.warning(b"error in drop (", true);
            self.warning(text.as_bytes(), true);
            self.warning(b")", false);
        }
    }

    unsafe fn finalize(&mut self, object: *mut crate::object::Header) -> Result<()> {
        let v = RawValue { payload: object as u64, tag: (*object).kind };
        let handler = self.metamethod(v, crate::meta::Event::Gc);
        let warns = self.dialect.finalizer_errors == FinalizerErrors::Warnings;
        let wraps = self.dialect.finalizer_errors == FinalizerErrors::Wrapped;
        if handler.is_nil() || (wraps && !handler.is_function()) {
            return Ok(());
        }
        let th = self.current;
        let (base, top, pc) =
            (Thread::offset_of(th, (*th).base), Thread::offset_of(th, (*th).top), (*th).pc);
        // The error that may be on its way stays alive below the call. All go to
        // the slots that are always free, as making room may collect.
        *(*th).top = self.error_value;
        *(*th).top.add(1) = handler;
        *(*th).top.add(2) = v;
        (*th).top = (*th).top.add(3);
        if let Err(e) = ensure_stack(self, th, 2) {
            (*th).top = (*th).stack.add(top);
            return Err(e);
        }
        let function = (*th).top.sub(2);
        self.in_finalizer = true;
        let was = self.heap.set_finalizing(true);
        let keep = (self.error_value, self.error_handled, self.call_result);
        // Hooks do not see finalizers.
        let active = std::mem::replace(&mut (*th).hooks.active, false);
        let result = call_from_rust(self, function, 1, kind::ENTRY_FINALIZER, 0);
        let result = match result {
            Ok(()) => Ok(()),
            Err(e) => Err(close_after_error(self, top, e, (kind::ENTRY_PROTECTED, 0))),
        };
        (*th).hooks.active = active;
        self.heap.set_finalizing(was);
        self.in_finalizer = false;
        (*th).base = (*th).stack.add(base);
        (*th).top = (*th).stack.add(top);
        (*th).pc = pc;
        if let Err(e) = result {
            if !warns && !self.closed {
                return Err(self.finalizer_error(e, wraps));
            }
            if warns {
                self.warn_of(e, "__gc");
            } else {
                let _ = self.take_error(e);
            }
        }
        (self.error_value, self.error_handled, self.call_result) = keep;
        Ok(())
    }

    /// The error that is raised for one of a finalizer.
    fn finalizer_error(&mut self, error: Error, wraps: bool) -> Error {
        if error.0 != Kind::Value || !wraps {
            return error;
        }
        let v = self.take_error(error);
        let text = match self.view(v) {
            super::Value::String(s) => s.to_vec(),
            _ => b"no message".to_vec(),
        };
        self.raise_message(&[b"error in __gc metamethod (", &text[..], b")"].concat())
    }

    /// The warning of an error that nothing can catch, in pieces as the C
    /// implementation gives it.
    fn warn_of(&mut self, error: Error, place: &str) {
        let v = self.take_error(error);
        let text = match self.view(v) {
            super::Value::String(s) => s.to_vec(),
            _ => b"error object is not a string".to_vec(),
        };
        self.warning(b"error in ", true);
        self.warning(place.as_bytes(), true);
        self.warning(b" (", true);
        self.warning(&text, true);
        self.warning(b")", false);
    }

    /// Emits a warning (manual §6.1, `warn`).
    pub fn warning(&mut self, message: &[u8], to_be_continued: bool) {
        if let Some(mut warn) = self.warn.take() {
            // Unless it has set another one.
            let changes = self.warn_changes;
            let running = self.current;
            warn(self, message, to_be_continued);
            self.check_same(running);
            if self.warn_changes == changes {
                self.warn = Some(warn);
            }
        }
    }

    /// Sets what receives warnings.
    pub fn set_warning_function(&mut self, f: Option<WarningFunction>) {
        self.warn = f;
        self.warn_is_local = cfg!(not(feature = "send"));
        self.warn_changes = self.warn_changes.wrapping_add(1);
    }

    /// [`set_warning_function`](Self::set_warning_function) of a function that does
    /// not bind the state to a thread.
    pub fn set_send_warning_function(&mut self, f: SendWarningFunction) {
        self.set_warning_function(Some(f));
        self.warn_is_local = false;
    }

    /// Closes the state: the main thread's pending variables, then all
    /// finalizers. A finalizer that closes it again runs what is left.
    pub fn close(&mut self) {
        if self.main.is_null() {
            return;
        }
        self.refresh_native_limit();
        let running = std::mem::replace(&mut self.current, self.main);
        // SAFETY: the main thread is live, and its top covers what is in use, as
        // it runs or waits. The frame is a bottom one: nothing looks below it.
        // The thread that ran is alive in its slot.
        unsafe {
            (*self.main).hooks.active = false;
            // Without room for a frame nothing more can be called.
            let _ = with_frame(self, kind::BASE, |state| {
                state.push_raw(RawValue::pointer(tag::THREAD, running))?;
                state.close_pending_variables()?;
                state.closed = true;
                state.heap.set_finalizing(true);
                state.heap.finalize_all();
                state.in_finalizer = false;
                let result = state.run_finalizers();
                state.in_finalizer = true;
                result
            });
        }
        self.current = running;
    }

    /// Calls `__close` of all pending variables of the main thread. The error of
    /// one is passed to the next.
    unsafe fn close_pending_variables(&mut self) -> Result<()> {
        let th = self.main;
        self.push_raw(RawValue::NIL)?;
        while let Some(slot) = (*th).to_be_closed.pop() {
            let object = *(*th).stack.add(slot as usize);
            let handler = self.metamethod(object, crate::meta::Event::Close);
            let error = self.raw(-1);
            self.push_raw(handler)?;
            self.push_raw(object)?;
            let nargs = self.close_arguments(!error.is_nil());
            if nargs == 2 {
                self.push_raw(error)?;
            }
            if let Err(e) = self.protected_call(nargs, Some(0)) {
                self.pop(1);
                self.push_error(e)?;
            }
        }
        Ok(())
    }

    /// Seeds for a random number generator, different at each run.
    pub fn random_seed(&mut self) -> (u64, u64) {
        use std::hash::{BuildHasher, Hasher};
        let mut h = std::hash::RandomState::new().build_hasher();
        h.write_u64(self.seed);
        (self.seed, h.finish())
    }

    /// Tells the interpreter which native function is `next`, so that loops over
    /// it need no calls.
    pub fn mark_next(&mut self, next: crate::state::NativeFn) {
        self.next_function = RawValue::light_native(next).payload;
    }

    /// Tells the interpreter which native function is the iterator of `ipairs`.
    pub fn mark_ipairs_iterator(&mut self, iterator: crate::state::NativeFn) {
        self.ipairs_function = RawValue::light_native(iterator).payload;
    }
}
