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
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// state.get_global("tostring")?;
/// let tostring = state.pin_top()?;
/// let call = state.begin_call(&tostring)?;
/// state.push(42)?;
/// let (first, count) = state.finish_call(call)?;
/// assert_eq!((state.bytes(first), count), (Some(&b"42"[..]), 1));
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
#[must_use]
#[derive(Clone, Copy, Debug)]
pub struct PendingCall {
    /// Where the slot below the function is.
    pub(super) offset: usize,
}

impl State {
    /// Sets the message handler of the calls that [`begin_call`](Self::begin_call)
    /// begins.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::{self, Return, State};
    ///
    /// fn handler(state: &mut State) -> native::Result<Return> {
    ///     state.ret("something went wrong")
    /// }
    ///
    /// state.set_default_handler(Some(handler));
    /// state.get_global("error")?;
    /// let error = state.pin_top()?;
    /// let call = state.begin_call(&error)?;
    /// let error = state.finish_call(call).unwrap_err();
    /// state.push_error(error)?;
    /// assert_eq!(state.bytes(-1), Some(&b"something went wrong"[..]));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn set_default_handler(&mut self, handler: Option<NativeFn>) {
        self.default_handler = handler;
    }

    /// Begins a call of a root's value: its arguments are pushed next.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.load(b"return ...", b"=chunk", b"t")?;
    /// let echo = state.pin_top()?;
    /// let call = state.begin_call(&echo)?;
    /// state.push("a")?;
    /// state.push("b")?;
    /// assert_eq!(state.finish_call(call)?, (1, 2));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
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
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.load(b"error 'no'", b"=chunk", b"t")?;
    /// let fails = state.pin_top()?;
    /// let call = state.begin_call(&fails)?;
    /// state.push("dropped")?;
    /// assert!(state.finish_call(call).is_err());
    /// assert_eq!(state.top(), 0);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
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
    /// ```
    /// # use perilune::native::{Extension, Shared, State, Unavailable};
    /// # struct Nothing;
    /// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
    /// # type Extra = Extension<Nothing, ()>;
    /// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
    /// let double = shared.with(|state, _: &Extra| {
    ///     state.load(b"return ... * 2", b"=double", b"t").unwrap();
    ///     Ok::<_, Unavailable>(state.pin_top().unwrap())
    /// })?;
    /// let answer = double.call(
    ///     |state, _: &Extra| Ok(state.push(21).unwrap()),
    ///     |state, _, called| {
    ///         let (first, _) = called.unwrap();
    ///         Ok::<_, Unavailable>(state.to_integer(first))
    ///     },
    /// )?;
    /// assert_eq!(answer, Some(42));
    /// # Ok::<(), Unavailable>(())
    /// ```
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
