//! Calls of Lua functions from Rust code that holds their roots.

use super::{Root, Unavailable};
use crate::call::{call_protected, check_native_stack, close_after_error, ensure_stack};
use crate::error::{Error, Result};
use crate::frame::{NATIVE_STACK, kind};
use crate::handler::DEFAULT_HANDLER;
use crate::object::Thread;
use crate::state::{NativeFn, State};
use crate::value::RawValue;
use std::any::Any;

/// A call whose arguments are being pushed: made by [`State::begin_call`].
#[must_use]
#[derive(Clone, Copy, Debug)]
pub struct PendingCall {
    /// Where the slot below the function is.
    pub(super) offset: usize,
}

impl State {
    /// Sets the message handler of the calls that [`begin_call`](Self::begin_call)
    /// begins.
    pub fn set_default_handler(&mut self, handler: Option<NativeFn>) {
        self.default_handler = handler;
    }

    /// Begins a call of a root's value: its arguments are pushed next.
    ///
    /// # Errors
    /// If the root is of another state, or the stack can't grow.
    #[inline(always)]
    pub fn begin_call(&mut self, function: &Root) -> Result<PendingCall> {
        if !self.owns(function) {
            return Err(self.error(format_args!("value of another state")));
        }
        let value = self.root_raw(function);
        // SAFETY: there is room for two values and more.
        unsafe {
            let th = self.current;
            ensure_stack(self, th, NATIVE_STACK)?;
            let slot = (*th).top;
            *slot = RawValue::NIL;
            *slot.add(1) = value;
            (*th).top = slot.add(2);
            Ok(PendingCall { offset: Thread::offset_of(th, slot) })
        }
    }

    /// Makes a call that was begun; what has been pushed since are its arguments.
    /// Answers the index of the first result and how many there are, up to the
    /// top.
    ///
    /// # Errors
    /// What the function raises; the stack is as it was before the call was
    /// begun.
    #[inline(always)]
    pub fn finish_call(&mut self, call: PendingCall) -> Result<(i32, usize)> {
        // SAFETY: the slot and the function lie in the frame, below the top.
        unsafe {
            let th = self.current;
            let slot = (*th).stack.wrapping_add(call.offset);
            let room = (*th).top.addr().wrapping_sub(slot.addr()) / size_of::<RawValue>();
            if slot < (*th).base || slot >= (*th).top || room < 2 {
                return Err(self.no_call());
            }
            check_native_stack(self)?;
            match call_protected(self, slot, room - 2) {
                Ok(()) => {
                    let slot = (*th).stack.add(call.offset);
                    let n = (*th).top.offset_from(slot) as usize;
                    Ok((slot.offset_from((*th).base) as i32 + 1, n))
                }
                Err(error) => Err(self.failed_call(call, error)),
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn no_call(&mut self) -> Error {
        self.error(format_args!("too few values on the stack for a call"))
    }

    /// # Safety
    /// The call has failed in this frame.
    #[cold]
    #[inline(never)]
    unsafe fn failed_call(&mut self, call: PendingCall, error: Error) -> Error {
        let how = (kind::ENTRY_PROTECTED, DEFAULT_HANDLER);
        // SAFETY: after an error everything from the slot on is closed and dropped.
        unsafe { close_after_error(self, call.offset, error, how) }
    }
}

impl Root {
    /// Calls the value: `push` pushes its arguments, and `read` gets the index of
    /// the first result and how many there are, or the error.
    ///
    /// # Errors
    /// If the state can't be had; what the functions answer.
    #[inline(always)]
    pub fn call<E: Any, R, X: From<Unavailable>>(
        &self,
        push: impl FnOnce(&mut State, &E) -> std::result::Result<(), X>,
        read: impl FnOnce(&mut State, &E, Result<(i32, usize)>) -> std::result::Result<R, X>,
    ) -> std::result::Result<R, X> {
        let mut entered = self.owning().enter::<E>()?;
        let (state, extension) = entered.parts();
        let called = match state.begin_call(self) {
            Ok(call) => {
                push(state, extension)?;
                state.finish_call(call)
            }
            Err(error) => Err(error),
        };
        read(state, extension, called)
    }
}
