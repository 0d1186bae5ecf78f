//! Coroutines in the hands of Rust code.

use super::ThreadState;
use crate::call::{ensure_stack, is_fresh};
use crate::error::{Error, Kind, Result};
use crate::frame::kind;
use crate::object::{Header, ThreadStatus};
use crate::state::{CallStatus, NativeFn, Return, State};
use crate::value::{RawValue, tag};

impl State {
    /// Resumes the coroutine below the topmost `nargs` values with them, on the
    /// native stack. In their place it leaves what the coroutine returned or
    /// yielded, as the answer tells. Natives that the coroutine has called may
    /// yield as in one that Lua code resumed.
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

    /// Identifies the running coroutine among those that are alive.
    pub fn running_thread(&self) -> usize {
        self.current as usize
    }

    /// Whether the main coroutine is the one that runs.
    pub fn is_main_running(&self) -> bool {
        std::ptr::eq(self.current, self.main)
    }

    /// Whether the coroutine at `thread` died of an error and was not closed.
    pub fn thread_failed(&self, thread: i32) -> bool {
        let th = self.thread_at(Some(thread));
        // SAFETY: the thread is live.
        unsafe { (*th).status == ThreadStatus::Failed }
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
