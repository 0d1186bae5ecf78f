//! Message handlers: finding the one that sees an error, and calling it.
//!
//! A handler that fails is called again, for the error of its own. That ends as
//! in the C implementation, which counts the calls that take native stack there:
//! at [`MAX_NATIVE_CALLS`] the handler is told "C stack overflow" instead, and if
//! that makes it fail too, so many more that the dialect says how many, the error
//! becomes "error in error handling". Calls are counted only once a handler has
//! failed, by walking the frames.
//!
//! # Safety
//!
//! The functions here work on the current thread of a live state, with the frame
//! that raised as its innermost one.

use crate::call::{call_from_rust, ensure_stack, frame_extent, protected_by};
use crate::error::{Error, Kind};
use crate::frame::{CLEAR, Frame, MAX_STACK, info, kind};
use crate::object::Thread;
use crate::state::State;
use crate::value::RawValue;

/// In place of a message handler's index: the state's default one.
pub(crate) const DEFAULT_HANDLER: u32 = u32::MAX;

/// How many calls on the native stack the C implementation allows.
const MAX_NATIVE_CALLS: u32 = 200;

/// So many of them are left to the handlers of a program that is nested deeper
/// than the C implementation lets it be.
const HANDLER_CALLS: u32 = 20;

/// The message handlers that run.
#[derive(Default, Clone, Copy)]
pub(crate) struct Handlers {
    /// How many there are, one for an error of the other.
    depth: u32,
    /// How many native calls around them are not counted.
    uncounted: u32,
    /// They have been told of an overflow.
    overflow: bool,
}

/// The innermost frame that catches an error raised now, if it lies in the
/// current thread.
unsafe fn protected_frame(th: *mut Thread) -> Option<Frame> {
    let mut frame = Some(Frame::innermost(th));
    while let Some(f) = frame {
        if matches!(
            f.kind(),
            kind::PCALL
                | kind::XPCALL
                | kind::CONTINUATION_PROTECTED
                | kind::ENTRY_PROTECTED
                | kind::ENTRY_FINALIZER
                | kind::CLOSE_ON_ERROR
        ) {
            return Some(f);
        }
        frame = f.caller();
    }
    None
}

/// The message handler of the protected frame with that function slot and kind.
unsafe fn handler_of(state: &State, function: *mut RawValue, kind: u8) -> Option<RawValue> {
    match kind {
        kind::ENTRY_PROTECTED if info(function.sub(1)).1 == DEFAULT_HANDLER => {
            state.default_handler.map(RawValue::light_native)
        }
        kind::XPCALL => Some(*function.sub(1)),
        kind::CONTINUATION_PROTECTED | kind::ENTRY_PROTECTED => {
            let (distance, word) = info(function.sub(1));
            let handler = if kind == kind::ENTRY_PROTECTED { word } else { word >> 16 };
            let base = function.add(1).sub(distance as usize);
            (handler > 0).then(|| *base.add(handler as usize - 1))
        }
        kind::CLOSE_ON_ERROR => {
            let (function, kind) = protected_by(function);
            handler_of(state, function, kind)
        }
        _ => None,
    }
}

/// How many calls are active in `th` and in those that resumed it which take
/// native stack in the C implementation.
///
/// # Safety
/// `th` runs.
unsafe fn native_calls(mut th: *const Thread) -> u32 {
    let mut count = 0;
    while !th.is_null() {
        let mut frame = Some(Frame::innermost(th));
        while let Some(f) = frame {
            match f.kind() {
                kind::PLAIN if f.word & CLEAR != 0 => break,
                kind::PLAIN | kind::NATIVE_TAIL | kind::BASE | kind::COROUTINE => {}
                // Rust code that calls nothing has a frame without a function.
                _ => count += u32::from(!(*f.function).is_nil()),
            }
            frame = f.caller();
        }
        th = (*th).resumer;
        count += u32::from(!th.is_null());
    }
    count
}

/// The error of a stack that is full.
///
/// # Safety
/// The current thread's frame is the one that wants more.
#[cold]
pub(crate) unsafe fn overflow(state: &mut State) -> Error {
    // With many calls that take native stack in the C implementation, that would
    // have been full before.
    let native = native_calls(state.current) >= MAX_NATIVE_CALLS;
    let message: &[u8] = if native { b"C stack overflow" } else { b"stack overflow" };
    state.runtime_error(message)
}

/// Counts the call of a handler for an error in a handler. Gives what the handler
/// is to see then.
///
/// # Errors
/// If it has to end.
#[cold]
unsafe fn count_nested(state: &mut State, value: RawValue) -> Result<RawValue, Error> {
    let mut calls = native_calls(state.current) + 1;
    if state.handlers.depth == 1 {
        let deeper = calls > MAX_NATIVE_CALLS;
        state.handlers.uncounted =
            if deeper { calls - (MAX_NATIVE_CALLS - HANDLER_CALLS) } else { 0 };
    }
    calls -= calls.min(state.handlers.uncounted);
    if state.handlers.overflow {
        // The call that was too much has left no frame.
        return match calls + 1 < state.dialect.most_handler_calls {
            true => Ok(value),
            false => Err(Error(Kind::InHandler)),
        };
    }
    if calls < MAX_NATIVE_CALLS {
        return Ok(value);
    }
    let error = state.runtime_error(b"C stack overflow");
    if error.0 != Kind::Value {
        return Err(error);
    }
    state.handlers.overflow = true;
    Ok(state.take_error(error))
}

/// Lets the message handler see the error, if one is set.
///
/// # Safety
/// The current thread's frame is the one that raised.
pub(crate) unsafe fn handle_message(state: &mut State, error: Error) -> Error {
    if error.0 != Kind::Value || state.error_handled {
        return error;
    }
    let th = state.current;
    let Some(handler) = protected_frame(th).and_then(|f| handler_of(state, f.function, f.kind()))
    else {
        return error;
    };
    if !handler.is_function() {
        return Error(Kind::InHandler);
    }
    let mut value = state.take_error(error);
    let handlers = state.handlers;
    if handlers.depth > 0 {
        value = match count_nested(state, value) {
            Ok(value) => value,
            Err(e) => return e,
        };
    }
    state.handlers.depth += 1;
    let result = call_handler(state, handler, value);
    state.handlers = handlers;
    match result {
        Ok(()) => {
            let th = state.current;
            let result = (*th).top;
            let slot = state.call_result;
            let value =
                if result > (*th).stack.add(slot) { *(*th).stack.add(slot) } else { RawValue::NIL };
            (*th).top = (*th).stack.add(slot);
            let e = state.raise_value(value);
            state.error_handled = true;
            e
        }
        Err(e) => e,
    }
}

/// Calls a handler above the frame that raised. Its results lie where
/// [`call_from_rust`] says.
unsafe fn call_handler(state: &mut State, handler: RawValue, value: RawValue) -> Result<(), Error> {
    let th = state.current;
    // Handlers of errors in handlers get less and less room.
    let limit = state.stack_limit;
    let used = Thread::offset_of(th, (*th).top);
    let room = (MAX_STACK >> state.handlers.depth.min(20)).max(2000);
    state.stack_limit = (used + room).min(MAX_STACK);
    (*th).top = frame_extent(th);
    // Making room may collect: the value is a root meanwhile.
    state.error_value = value;
    let room = ensure_stack(state, th, 4);
    state.error_value = RawValue::NIL;
    let result = if room.is_err() {
        Err(Error(Kind::InHandler))
    } else {
        let function = (*th).top;
        *function = handler;
        *function.add(1) = value;
        (*th).top = function.add(2);
        call_from_rust(state, function, 1, kind::ENTRY, 0)
    };
    state.stack_limit = limit;
    result
}
