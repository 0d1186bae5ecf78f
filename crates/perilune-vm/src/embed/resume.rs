//! Coroutines whose roots Rust code holds.

use super::{PendingCall, Root};
use crate::api::coroutines::{resume_first, resumed};
use crate::api::{ThreadState, state_of};
use crate::call::enter_above;
use crate::call::{call_above, check_native_stack, close_after_error, drive, ensure_stack};
use crate::error::{Kind, Result};
use crate::frame::{NATIVE_STACK, kind, set_link_word};
use crate::object::{Thread, ThreadStatus};
use crate::state::{CallStatus, Request, Return, State};
use crate::value::{RawValue, tag};

impl State {
    /// What the coroutine of a root is doing; `None` if the root holds none.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::ThreadState;
    ///
    /// state.load(b"return 1", b"=co", b"t")?;
    /// let function = state.pin(-1)?;
    /// state.new_thread()?;
    /// let thread = state.pin_top()?;
    /// assert_eq!(state.root_thread_state(&thread), Some(ThreadState::Suspended));
    /// assert_eq!(state.root_thread_state(&function), None);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn root_thread_state(&self, thread: &Root) -> Option<ThreadState> {
        let v = self.root_raw(thread);
        // SAFETY: the root keeps the thread.
        (v.tag == tag::THREAD).then(|| unsafe { state_of(v.as_thread()) })
    }

    /// [`restart_thread`](Self::restart_thread) for roots.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.load(b"return 1", b"=co", b"t")?;
    /// let function = state.pin(-1)?;
    /// state.new_thread()?;
    /// let thread = state.pin_top()?;
    /// for _ in 0..2 {
    ///     let call = state.begin_resume(&thread)?;
    ///     let (first, _) = state.finish_resume(call)?;
    ///     assert_eq!(state.to_integer(first), Some(1));
    ///     state.restart_root(&thread, &function)?;
    /// }
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// As there.
    #[inline]
    pub fn restart_root(&mut self, thread: &Root, function: &Root) -> Result<()> {
        // SAFETY: the roots keep their values.
        unsafe { self.restart_raw(self.root_raw(thread), self.root_raw(function)) }
    }

    /// Moves the topmost `n` values to a coroutine that has not started.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.load(b"return ...", b"=co", b"t")?;
    /// state.new_thread()?;
    /// let thread = state.pin_top()?;
    /// state.push("early")?;
    /// state.move_to_root(&thread, 1)?;
    /// let call = state.begin_resume(&thread)?;
    /// let (first, _) = state.finish_resume(call)?;
    /// assert_eq!(state.bytes(first), Some(&b"early"[..]));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If it has, or its stack can't grow.
    #[inline]
    pub fn move_to_root(&mut self, thread: &Root, n: usize) -> Result<()> {
        let v = self.root_raw(thread);
        let n = n.min(self.top());
        // SAFETY: the root keeps the thread; it has not begun, so it does not run.
        unsafe {
            let th = v.as_thread();
            if v.tag != tag::THREAD || (*th).status != ThreadStatus::Fresh {
                return Err(self.error(format_args!("cannot move values to a started coroutine")));
            }
            self.move_values(th, n)
        }
    }

    /// Marks a coroutine for whoever made it; every other one has mark 0.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.load(b"return 1", b"=co", b"t")?;
    /// state.new_thread()?;
    /// let thread = state.pin_top()?;
    /// state.mark_thread(&thread, 7);
    /// assert_eq!(state.thread_mark(&thread), 7);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn mark_thread(&mut self, thread: &Root, mark: u8) {
        let v = self.root_raw(thread);
        if v.tag == tag::THREAD {
            // SAFETY: the root keeps the thread.
            unsafe { (*v.as_thread()).header.extra = mark }
        }
    }

    /// The mark of a coroutine; 0 if there is none.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push_main_thread()?;
    /// let main = state.pin_top()?;
    /// assert_eq!(state.thread_mark(&main), 0);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn thread_mark(&self, thread: &Root) -> u8 {
        let v = self.root_raw(thread);
        // SAFETY: the root keeps the thread.
        if v.tag == tag::THREAD { unsafe { (*v.as_thread()).header.extra } } else { 0 }
    }

    /// The mark of the running coroutine.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push_running_thread()?;
    /// let running = state.pin_top()?;
    /// state.mark_thread(&running, 3);
    /// assert_eq!(state.running_mark(), 3);
    /// # state.mark_thread(&running, 0);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn running_mark(&self) -> u8 {
        // SAFETY: the current thread is live.
        unsafe { (*self.current).header.extra }
    }

    /// Begins to resume a coroutine: what is to be passed to it is pushed next.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::CallStatus;
    ///
    /// state.load(b"coroutine.yield(...)", b"=co", b"t")?;
    /// state.new_thread()?;
    /// let thread = state.pin_top()?;
    /// let call = state.begin_resume(&thread)?;
    /// state.push("a")?;
    /// state.push("b")?;
    /// let (_, status) = state.finish_resume(call)?;
    /// assert_eq!(status, CallStatus::Yielded(2));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the root holds none, or the stack can't grow.
    #[inline]
    pub fn begin_resume(&mut self, thread: &Root) -> Result<PendingCall> {
        let v = self.root_raw(thread);
        if v.tag != tag::THREAD {
            return Err(self.error(format_args!("coroutine expected")));
        }
        // SAFETY: there is room for three values and more.
        unsafe {
            let th = self.current;
            ensure_stack(self, th, NATIVE_STACK)?;
            let slot = (*th).top;
            *slot = RawValue::NIL;
            *slot.add(1) = RawValue::light_native(resume_first);
            *slot.add(2) = v;
            (*th).top = slot.add(3);
            Ok(PendingCall { offset: Thread::offset_of(th, slot) })
        }
    }

    /// Resumes the coroutine, as [`resume`](Self::resume) does. Answers also the
    /// index of the first value that it returned or yielded.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.load(b"error 'no'", b"=co", b"t")?;
    /// state.new_thread()?;
    /// let thread = state.pin_top()?;
    /// let call = state.begin_resume(&thread)?;
    /// let error = state.finish_resume(call).unwrap_err();
    /// assert_eq!(state.top(), 0);
    /// state.push_error(error)?;
    /// assert_eq!(state.bytes(-1), Some(&b"co:1: no"[..]));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// As there. The stack is as it was before the resume was begun.
    pub fn finish_resume(&mut self, call: PendingCall) -> Result<(i32, CallStatus)> {
        check_native_stack(self)?;
        // SAFETY: function, coroutine and values lie in the frame, below the top;
        // the function is a native one whose only deed is the request made here.
        // After an error everything from the slot on is closed and dropped.
        unsafe {
            let th = self.current;
            let base = Thread::offset_of(th, (*th).base);
            let top = Thread::offset_of(th, (*th).top);
            if call.offset < base
                || call.offset + 3 > top
                || (*(*th).stack.add(call.offset + 2)).tag != tag::THREAD
            {
                return Err(self.error(format_args!("too few values on the stack for a resume")));
            }
            let slot = (*th).stack.add(call.offset);
            *slot.add(1) = RawValue::light_native(resume_first);
            let co = (*slot.add(2)).as_thread();
            let nargs = top - call.offset - 3;
            self.resumed = CallStatus::Error;
            self.resumed_error = Kind::Value;
            let outcome = if (*th).hooks.active {
                call_above(self, slot, nargs + 1, kind::ENTRY_PROTECTED, 0)
            } else {
                enter_above(self, slot, kind::ENTRY_PROTECTED, 0, |state, th, function, word| {
                    set_link_word(function, word | tag::LIGHT_NATIVE as u64);
                    (*th).base = function.add(1);
                    state.request = Request {
                        nargs: nargs as u32,
                        nresults: -1,
                        continuation: Some(resumed),
                        context: 0,
                        protected: false,
                        handler: 0,
                        thread: co,
                        answer: Return::NONE,
                    };
                    let step = crate::coroutine::resume(state);
                    drive(state, step)
                })
            };
            match outcome {
                Ok(()) => Ok(((call.offset - base) as i32 + 1, self.resume_outcome()?)),
                Err(error) => {
                    let how = (kind::ENTRY_PROTECTED, 0);
                    Err(close_after_error(self, call.offset, error, how))
                }
            }
        }
    }
}
