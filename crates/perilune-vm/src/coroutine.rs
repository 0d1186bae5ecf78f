//! Coroutines (manual §2.6): resuming and yielding switch the current thread;
//! nothing recurses.
//!
//! A native function that waits (for a coroutine it resumed, or to be resumed)
//! has two slots on top of its frame: its context and its continuation.
//!
//! # Safety
//!
//! All threads are live. A thread is switched to only after its stack has room
//! for what is moved there, and while its innermost frame is a native one that
//! waits, or none has begun.

use crate::call::{
    Flow, Step, call_from_rust, continue_native, drive, ensure_stack, frame_extent, is_fresh,
};
use crate::closure::close_upvalues;
use crate::error::{Error, Kind, Result};
use crate::frame::{
    CLEAR, Frame, MAX_STACK, NATIVE_STACK, info, kind, make_link, set_info, set_link_word,
};
use crate::meta::Event;
use crate::object::{Header, Thread, ThreadStatus};
use crate::state::{CallStatus, Continuation, Return, State};
use crate::value::{RawValue, tag};

/// How deep coroutines may close one another.
const MAX_CLOSE_DEPTH: u32 = 190;

/// Pushes the slots of a waiting native function. There must be room.
unsafe fn push_waiting(th: *mut Thread, k: Option<Continuation>, context: i64) {
    let k = k.map_or(0, |k| k as usize as u64);
    *(*th).top = RawValue { payload: context as u64, tag: tag::FRAME_INFO };
    *(*th).top.add(1) = RawValue { payload: k, tag: tag::FRAME_INFO };
    (*th).top = (*th).top.add(2);
}

unsafe fn pop_waiting(th: *mut Thread) -> (Option<Continuation>, i64) {
    (*th).top = (*th).top.sub(2);
    let context = (*(*th).top).payload as i64;
    let k = (*(*th).top.add(1)).payload as usize;
    // 0 or what `push_waiting` stored.
    (std::mem::transmute::<usize, Option<Continuation>>(k), context)
}

/// Whether a thread waits for another one, to go on in `k`.
///
/// # Safety
/// The thread is live.
pub(crate) unsafe fn waits_in(th: *const Thread, k: Continuation) -> bool {
    (*th).status == ThreadStatus::Normal && (*(*th).top.sub(1)).payload == k as usize as u64
}

/// Another continuation for a thread that waits.
pub(crate) unsafe fn replace_continuation(th: *mut Thread, k: Continuation) {
    let _ = pop_waiting(th);
    push_waiting(th, Some(k), 0);
}

/// Moves the topmost `n` values of `from` to the top of `to`, which has room.
unsafe fn transfer(from: *mut Thread, to: *mut Thread, n: usize) {
    (*from).top = (*from).top.sub(n);
    for i in 0..n {
        *(*to).top.add(i) = *(*from).top.add(i);
    }
    (*to).top = (*to).top.add(n);
}

/// The request of `resume_k`: `request.nargs` values on top go to
/// `request.thread`.
///
/// # Safety
/// The current frame is the native function's that asked.
pub(crate) unsafe fn resume(state: &mut State) -> Step {
    let from = state.current;
    let request = state.request;
    let (co, n) = (request.thread, request.nargs as usize);
    let refusal = match (*co).status {
        ThreadStatus::Suspended => None,
        ThreadStatus::Fresh if (*co).top.offset_from((*co).stack) >= 2 => None,
        ThreadStatus::Running if state.dialect.resume_error_tells_status => {
            Some(&b"cannot resume running coroutine"[..])
        }
        ThreadStatus::Normal if state.dialect.resume_error_tells_status => {
            Some(&b"cannot resume normal coroutine"[..])
        }
        ThreadStatus::Running | ThreadStatus::Normal => {
            Some(&b"cannot resume non-suspended coroutine"[..])
        }
        _ => Some(&b"cannot resume dead coroutine"[..]),
    };
    if let Some(message) = refusal {
        return refuse(state, n, message);
    }
    // All the stacks of a chain of resumes together may be as large as one.
    let used = Thread::offset_of(from, (*from).top) + 48;
    let chain = (*from).chain_slots as usize + used;
    if chain > MAX_STACK || crate::native_stack::here() < state.native_limit {
        return refuse(state, n, b"C stack overflow");
    }
    (*co).chain_slots = chain as u32;
    if ensure_stack(state, co, n + NATIVE_STACK).is_err() {
        return refuse(state, n, b"too many arguments to resume");
    }
    if let Err(e) = ensure_stack(state, from, 2) {
        return Step::Flow(e.into());
    }
    let waiting = if is_fresh(co) { None } else { Some(pop_waiting(co)) };
    transfer(from, co, n);
    push_waiting(from, request.continuation, request.context);
    (*from).status = ThreadStatus::Normal;
    (*co).resumer = from;
    (*co).status = ThreadStatus::Running;
    // Writes to the stack of the running thread have no barrier.
    state.heap.barrier(co as *mut Header);
    state.current = co;
    state.request.thread = std::ptr::null_mut();
    match waiting {
        None => {
            // Arguments may have been moved there before.
            let function = (*co).stack.add(1);
            let nargs = (*co).top.offset_from(function) as usize - 1;
            Step::Call { function, nargs, word: make_link(0, kind::COROUTINE, 0) }
        }
        Some((k, context)) => continue_native(state, k, CallStatus::Ok(n), context, n),
    }
}

unsafe fn refuse(state: &mut State, n: usize, message: &[u8]) -> Step {
    let th = state.current;
    (*th).top = (*th).top.sub(n);
    let request = state.request;
    let value = match state.new_string(message) {
        Ok(v) => v,
        Err(e) => return Step::Flow(e.into()),
    };
    if let Err(e) = ensure_stack(state, th, 1) {
        return Step::Flow(e.into());
    }
    *(*th).top = value;
    (*th).top = (*th).top.add(1);
    continue_native(state, request.continuation, CallStatus::Error, request.context, 1)
}

/// The request of `yield_k`: the topmost `request.nargs` values go to the
/// thread that resumed this one.
///
/// # Safety
/// The current frame is the native function's that asked.
pub(crate) unsafe fn yield_(state: &mut State) -> Step {
    let co = state.current;
    let request = state.request;
    let n = request.nargs as usize;
    let to = (*co).resumer;
    // What the dialect asks for besides was looked at when this was asked for.
    if to.is_null() || (*co).non_yieldable > 0 {
        let error = state.refuse_yield();
        return Step::Flow(error.into());
    }
    if let Err(e) = ensure_stack(state, to, n + NATIVE_STACK) {
        return Step::Flow(e.into());
    }
    let (k, context) = pop_waiting(to);
    transfer(co, to, n);
    push_waiting(co, request.continuation, request.context);
    (*co).status = ThreadStatus::Suspended;
    (*co).resumer = std::ptr::null_mut();
    back_to(state, to);
    continue_native(state, k, CallStatus::Yielded(n), context, n)
}

unsafe fn back_to(state: &mut State, to: *mut Thread) {
    (*to).status = ThreadStatus::Running;
    state.current = to;
}

/// The first frame of a coroutine has returned.
///
/// # Safety
/// `n` live values lie from `first` on in the current thread.
pub(crate) unsafe fn finished(state: &mut State, first: *mut RawValue, n: usize) -> Step {
    let co = state.current;
    let to = (*co).resumer;
    (*co).top = first.add(n);
    if Thread::offset_of(to, (*to).top) + n + NATIVE_STACK > MAX_STACK {
        return too_many_results(state);
    }
    if let Err(e) = ensure_stack(state, to, n + NATIVE_STACK) {
        return Step::Flow(e.into());
    }
    let (k, context) = pop_waiting(to);
    transfer(co, to, n);
    (*co).status = ThreadStatus::Finished;
    (*co).resumer = std::ptr::null_mut();
    reset_stack(co);
    back_to(state, to);
    continue_native(state, k, CallStatus::Ok(n), context, n)
}

/// The current coroutine has ended with more results than its resumer has room
/// for: they are lost, and resuming it has failed.
#[cold]
unsafe fn too_many_results(state: &mut State) -> Step {
    let co = state.current;
    let to = (*co).resumer;
    let (k, context) = pop_waiting(to);
    (*co).status = ThreadStatus::Finished;
    (*co).resumer = std::ptr::null_mut();
    reset_stack(co);
    back_to(state, to);
    let error = state.raise_message(b"too many results to resume");
    let value = state.take_error(error);
    *(*to).top = value;
    (*to).top = (*to).top.add(1);
    continue_native(state, k, CallStatus::Error, context, 1)
}

/// Leaves only the bottom frame.
unsafe fn reset_stack(co: *mut Thread) {
    (*co).base = (*co).stack.add(1);
    (*co).top = (*co).stack.add(1);
    (*co).pc = std::ptr::null();
}

/// An error that nothing in the coroutine catches: it is dead; its frames stay
/// for tracebacks, the error value lies on top.
///
/// # Safety
/// The current thread has a resumer.
pub(crate) unsafe fn failed(state: &mut State, error: Error) -> Step {
    let co = state.current;
    let to = (*co).resumer;
    state.resumed_error = error.0;
    if let Some(raised) = state.raised.take() {
        raised.restore(co, state.errors_caught);
    }
    state.errors_caught += 1;
    let value = state.take_error(error);
    (*co).top = frame_extent(co);
    // One of the slots that always stay free above `stack_last`.
    *(*co).top = value;
    (*co).top = (*co).top.add(1);
    (*co).status = ThreadStatus::Failed;
    (*co).resumer = std::ptr::null_mut();
    let (k, context) = pop_waiting(to);
    *(*to).top = value;
    (*to).top = (*to).top.add(1);
    back_to(state, to);
    continue_native(state, k, CallStatus::Error, context, 1)
}

/// Suspends the current coroutine before the instruction at `pc` of its running
/// Lua frame, as a hook has asked. `started`: the instruction has been an event
/// already.
///
/// # Safety
/// The current thread may yield; its top is that of the frame, with open results
/// if the instruction takes some.
pub(crate) unsafe fn yield_before(
    state: &mut State,
    pc: *const perilune_bytecode::Instruction,
    started: bool,
) -> Flow {
    let th = state.current;
    let p = crate::frame::prototype_at((*th).base);
    let top = (*th).top.offset_from((*th).base).max(0) as u32;
    (*th).top = (*th).top.max((*th).base.add((*p).max_stack_size as usize));
    (*th).pc = pc.add(1);
    if let Err(e) = ensure_stack(state, th, NATIVE_STACK) {
        return e.into();
    }
    // A frame without a function, which `go_on_at_instruction` leaves.
    let slot = (*th).top;
    set_info(slot, top, u32::from(started));
    set_info(slot.add(1), slot.add(3).offset_from((*th).base) as u32, YIELDED);
    *slot.add(2) = RawValue::NIL;
    set_link_word(slot.add(2), make_link(tag::NIL, kind::META, pc.add(1) as u64));
    (*th).base = slot.add(3);
    (*th).top = slot.add(3);
    state.request.nargs = 0;
    state.request.continuation = Some(no_results);
    let step = yield_(state);
    drive(state, step)
}

/// What `yield_before` notes in place of what an instruction notes.
pub(crate) const YIELDED: u32 = u32::MAX;

fn no_results(_: &mut State, _: CallStatus, _: i64) -> Result<Return> {
    Ok(Return::NONE)
}

/// The frame of `yield_before` was left: runs the instruction.
///
/// # Safety
/// The Lua frame is the current one, its pc that after the instruction; `slot` is
/// the information slot.
pub(crate) unsafe fn go_on_at_instruction(state: &mut State, slot: *mut RawValue) -> Step {
    let th = state.current;
    let (top, started) = info(slot.sub(1));
    (*th).pc = (*th).pc.sub(1);
    (*th).top = (*th).base.add(top as usize);
    (*th).hooks.again = started != 0 && (*th).hooks.active;
    Step::Flow(Flow::Refresh)
}

/// A panic leaves the current coroutine: it has failed, and the panic goes on in
/// the frames of its resumer.
///
/// # Safety
/// The current thread has a resumer.
pub(crate) unsafe fn abandoned(state: &mut State) {
    let co = state.current;
    let to = (*co).resumer;
    (*co).top = frame_extent(co);
    *(*co).top = RawValue::NIL;
    (*co).top = (*co).top.add(1);
    (*co).to_be_closed.clear();
    (*co).status = ThreadStatus::Failed;
    (*co).resumer = std::ptr::null_mut();
    let _ = pop_waiting(to);
    back_to(state, to);
}

/// The current coroutine closes itself: that passes its frames, up to one that was
/// entered from Rust, or to the first.
#[cold]
pub(crate) unsafe fn unwind_closing(state: &mut State, error: Error) -> Result<Step> {
    let mut frame = Frame::innermost(state.current);
    loop {
        match frame.kind() {
            kind::COROUTINE => return Ok(closed_itself(state)),
            kind::ENTRY
            | kind::ENTRY_FINALIZER
            | kind::ENTRY_HOOK
            | kind::ENTRY_PROTECTED
            | kind::BASE => return Err(error),
            _ => {}
        }
        match frame.caller() {
            Some(f) => frame = f,
            None => return Err(error),
        }
    }
}

/// The current coroutine has closed itself: what is pending in it is closed, and
/// its resumer goes on as if it had returned nothing.
///
/// # Safety
/// The current thread has a resumer.
unsafe fn closed_itself(state: &mut State) -> Step {
    let co = state.current;
    let to = (*co).resumer;
    (*co).top = frame_extent(co);
    (*co).status = ThreadStatus::Suspended;
    (*co).resumer = std::ptr::null_mut();
    let (k, context) = pop_waiting(to);
    back_to(state, to);
    // The waiting function still refers to the coroutine.
    match state.close_coroutine(co) {
        Ok(()) => continue_native(state, k, CallStatus::Ok(0), context, 0),
        Err(error) => {
            let value = state.take_error(error);
            *(*to).top = value;
            (*to).top = (*to).top.add(1);
            continue_native(state, k, CallStatus::Error, context, 1)
        }
    }
}

/// Whether all frames of a thread but the first were entered by calls in Lua
/// functions. The frames of hooks, which have no function, do not count. What is
/// found is noted in the frames, so that a coroutine which yields from deep
/// inside does not look at all of them each time.
pub(crate) unsafe fn called_by_lua_alone(th: *const Thread) -> bool {
    let mut depth = 0_usize;
    let mut frame = Some(Frame::innermost(th));
    while let Some(f) = frame {
        match f.kind() {
            kind::PLAIN if f.word & CLEAR != 0 => break,
            kind::META | kind::ENTRY_HOOK if (*f.function).is_nil() => frame = f.caller(),
            kind::PLAIN | kind::NATIVE_TAIL => frame = f.caller(),
            kind::COROUTINE | kind::BASE => break,
            _ => return false,
        }
        depth += 1;
    }
    let mut frame = Some(Frame::innermost(th));
    for _ in 0..depth {
        let Some(f) = frame else { break };
        if f.kind() == kind::PLAIN && f.is_lua() {
            set_link_word(f.function, f.word | CLEAR);
        }
        frame = f.caller();
    }
    true
}

impl State {
    /// Whether the current thread may yield at first sight.
    #[inline]
    pub(crate) fn yields_freely(&self) -> bool {
        // SAFETY: the current thread is live.
        let th = unsafe { &*self.current };
        !th.resumer.is_null()
            && th.non_yieldable == 0
            && !self.dialect.yields_through_lua_calls_only
    }

    /// Whether the current thread may yield.
    pub(crate) fn check_yieldable(&mut self) -> Result<()> {
        // SAFETY: the current thread is live.
        unsafe {
            let th = self.current;
            if (*th).resumer.is_null()
                || (*th).non_yieldable > 0
                || (self.dialect.yields_through_lua_calls_only && !called_by_lua_alone(th))
            {
                return Err(self.refuse_yield());
            }
        }
        Ok(())
    }

    #[cold]
    #[inline(never)]
    fn refuse_yield(&mut self) -> Error {
        let [outside, across] = self.dialect.yield_errors;
        // SAFETY: the current thread is live.
        let inside = unsafe { !(*self.current).resumer.is_null() };
        self.runtime_error(if inside { across } else { outside }.as_bytes())
    }

    /// Closes a coroutine that does not run: its pending variables, its
    /// upvalues. `Err` holds the error of a `__close`, or the one it died of.
    ///
    /// # Safety
    /// `co` is live and neither running nor normal.
    pub(crate) unsafe fn close_coroutine(&mut self, co: *mut Thread) -> Result<()> {
        if self.close_depth >= MAX_CLOSE_DEPTH {
            return Err(self.runtime_error(b"C stack overflow"));
        }
        let mut error = None;
        if (*co).status == ThreadStatus::Failed && (*co).top > (*co).stack.add(1) {
            let value = *(*co).top.sub(1);
            error = Some(value);
        }
        let from = self.current;
        let pending = !(*co).to_be_closed.is_empty();
        close_upvalues(self, co, (*co).stack);
        if pending {
            let status = (*from).status;
            (*from).status = ThreadStatus::Normal;
            (*co).resumer = from;
            (*co).status = ThreadStatus::Running;
            self.heap.barrier(co as *mut Header);
            self.current = co;
            self.close_depth += 1;
            error = self.close_pending(co, error);
            self.close_depth -= 1;
            self.current = from;
            (*from).status = status;
            (*co).resumer = std::ptr::null_mut();
        }
        (*co).status = ThreadStatus::Finished;
        reset_stack(co);
        match error {
            None => Ok(()),
            Some(value) => {
                let e = self.raise_value(value);
                self.error_handled = true;
                Err(e)
            }
        }
    }

    /// How many arguments `__close` gets.
    pub(crate) fn close_arguments(&self, error: bool) -> usize {
        if error || !self.dialect.close_without_error { 2 } else { 1 }
    }

    /// Calls `__close` of all pending variables of the current thread `co`;
    /// returns the last error.
    unsafe fn close_pending(
        &mut self,
        co: *mut Thread,
        mut error: Option<RawValue>,
    ) -> Option<RawValue> {
        (*co).base = (*co).stack.add(1);
        (*co).pc = std::ptr::null();
        while let Some(slot) = (*co).to_be_closed.pop() {
            let slot = slot as usize;
            let object = *(*co).stack.add(slot);
            let handler = self.metamethod(object, Event::Close);
            // Written first, to slots that exist in any case: making room may
            // collect.
            let p = (*co).stack.add(slot + 1);
            *p = error.unwrap_or(RawValue::NIL);
            *p.add(1) = handler;
            *p.add(2) = object;
            *p.add(3) = *p;
            (*co).top = p.add(4);
            if let Err(e) = ensure_stack(self, co, 2) {
                error = Some(self.take_error(e));
                continue;
            }
            let p = (*co).stack.add(slot + 1);
            let nargs = self.close_arguments(error.is_some());
            (*co).top = p.add(2 + nargs);
            match call_from_rust(self, p.add(1), nargs, kind::ENTRY_PROTECTED, 0) {
                Ok(()) => {
                    if error.is_some() {
                        error = Some(*(*co).stack.add(slot + 1));
                    }
                }
                // It is being closed already.
                Err(Error(Kind::Closing)) => {}
                Err(Error(Kind::Value)) => {
                    let e = Error(Kind::Value);
                    error = Some(self.take_error(e));
                }
                Err(e) => error = Some(self.take_error(e)),
            }
        }
        error
    }
}
