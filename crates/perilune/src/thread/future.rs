//! Coroutines as futures and streams.

use super::{Thread, ThreadEvent, ThreadStatus, fire};
use crate::callback::caught;
use crate::error::{Error, Result};
use crate::function::Function;
use crate::handle::Handle;
use crate::multi::MultiValue;
use crate::state::Extra;
use crate::task::{Task, is_pending_marker, resume};
use crate::traits::{FromLuaMulti, IntoLuaMulti};
use futures_core::Stream;
use perilune_vm::{CallStatus, Shareable, State};
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A coroutine as a future and as a stream: see
/// [`Thread::into_async`](super::Thread::into_async).
///
/// As a stream, it gives what the coroutine yields and at last what it returns.
#[must_use = "a future does nothing unless it is polled"]
pub struct AsyncThread<R> {
    thread: Thread,
    /// Arguments for a coroutine that has started.
    args: Option<MultiValue>,
    /// What the coroutine waits for.
    task: Option<Shareable<Task>>,
    /// Nobody else knows of the coroutine: it is closed when this is dropped, and
    /// used again.
    own: bool,
    result: PhantomData<fn() -> R>,
}

/// How far a coroutine has come. Its values are on the stack from an index on.
enum Step {
    Pending,
    Yielded(i32, usize),
    Finished(i32, usize),
}

impl<R> AsyncThread<R> {
    pub(super) fn new(thread: Thread, args: impl IntoLuaMulti) -> Result<AsyncThread<R>> {
        let args = thread.0.with(|state, extra| {
            extra.events.check(thread.address_in(state))?;
            thread.check_resumable(state)?;
            thread.0.push(state)?;
            let at = state.top() as i32;
            let n = args.push_into_multi(state, &extra.lua)?;
            if n == 0 {
                return Ok(None);
            }
            // A coroutine that has not started takes its arguments at once.
            if state.move_to_thread(at, n).is_ok() {
                return Ok(None);
            }
            MultiValue::take(at + 1, n, state, &extra.lua).map(Some)
        })?;
        Ok(AsyncThread { thread, args, task: None, own: false, result: PhantomData })
    }

    /// Lets the coroutine run as far as it can. `None`: it can't be resumed.
    fn advance(
        &mut self,
        state: &mut State,
        extra: &Extra,
        context: &mut Context<'_>,
    ) -> Result<Option<Step>> {
        let thread = &self.thread;
        extra.events.check(thread.address_in(state))?;
        let resumable = |state: &mut State| -> Result<bool> {
            Ok(thread.status_in(state)? == ThreadStatus::Resumable)
        };
        if !resumable(state)?
            || fire(state, extra, thread, |t| t.on_resume, ThreadEvent::Resume)?
                && !resumable(state)?
        {
            return Ok(None);
        }
        let first = state.top() as i32 + 1;
        thread.0.push(state)?;
        let nargs = match self.args.take() {
            Some(args) => args.push_all(state, &extra.lua)?,
            None => 0,
        };
        let (resumed, task) = resume(state, extra, nargs, context.waker());
        let old = std::mem::replace(&mut self.task, task);
        if old.is_some() {
            extra.lua.0.lend(state, || drop(old));
        }
        match resumed {
            Err(error) => Err(thread.failure(state, extra, error)),
            Ok(CallStatus::Ok(n)) => Ok(Some(Step::Finished(first, n))),
            Ok(CallStatus::Error) => Ok(None),
            Ok(CallStatus::Yielded(n)) => {
                let pending = n == 1 && is_pending_marker(state);
                fire(state, extra, thread, |t| t.on_yield, ThreadEvent::Yield)?;
                Ok(Some(if pending { Step::Pending } else { Step::Yielded(first, n) }))
            }
        }
    }

    /// Drops the future that the coroutine waits for, closes the coroutine, and
    /// keeps it for another call.
    #[cold]
    fn close(&mut self, state: &mut State, extra: &Extra) -> Result<()> {
        let handle = &self.thread.0;
        handle.push(state)?;
        match state.close_thread(-1) {
            Ok(_) => {}
            // It runs, or can't be closed for want of stack.
            Err(error) => {
                state.push_error(error).map_err(|_| Error::StackError)?;
                return Ok(());
            }
        }
        let size = extra.options.thread_pool_size.max(OWN_POOL);
        let mut calls = extra.tasks.calls.borrow_mut();
        if calls.pool.len() < size {
            calls.pool.push(handle.clone());
        }
        Ok(())
    }
}

/// How many coroutines of async calls are kept in any case: programs that make
/// one call after the other need one.
const OWN_POOL: usize = 2;

impl<R> Drop for AsyncThread<R> {
    fn drop(&mut self) {
        if !self.own {
            return;
        }
        // While the state can still be used: the future may hold values of it.
        if let Some(task) = self.task.take() {
            task.cancel();
        }
        let thread = self.thread.clone();
        let _ = thread.0.with(|state, extra| {
            extra.tasks.calls.borrow_mut().owners.remove(&thread.address_in(state));
            self.close(state, extra)
        });
    }
}

impl<R: FromLuaMulti> Stream for AsyncThread<R> {
    type Item = Result<R>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<R>>> {
        let this = self.get_mut();
        let handle = this.thread.0.clone();
        let polled = handle.with(|state, extra| {
            let (first, n) = match this.advance(state, extra, context)? {
                None => return Ok(Poll::Ready(None)),
                Some(Step::Pending) => return Ok(Poll::Pending),
                Some(Step::Yielded(first, n)) => {
                    context.waker().wake_by_ref();
                    (first, n)
                }
                Some(Step::Finished(first, n)) => (first, n),
            };
            Ok(Poll::Ready(Some(R::from_stack_multi(first, n, state, &extra.lua))))
        });
        polled.unwrap_or_else(|error| Poll::Ready(Some(Err(error))))
    }
}

impl<R: FromLuaMulti> Future for AsyncThread<R> {
    type Output = Result<R>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<R>> {
        let this = self.get_mut();
        let handle = this.thread.0.clone();
        let polled = handle.with(|state, extra| {
            Ok(match this.advance(state, extra, context)? {
                None => Poll::Ready(Err(Error::CoroutineUnresumable)),
                Some(Step::Pending) => Poll::Pending,
                Some(Step::Yielded(..)) => {
                    context.waker().wake_by_ref();
                    Poll::Pending
                }
                Some(Step::Finished(first, n)) => {
                    Poll::Ready(R::from_stack_multi(first, n, state, &extra.lua))
                }
            })
        });
        polled.unwrap_or_else(|error| Poll::Ready(Err(error)))
    }
}

/// A coroutine of its own for a call, which has begun to exist.
pub(crate) fn start_call<R>(function: &Handle, args: impl IntoLuaMulti) -> Result<AsyncThread<R>> {
    function.with(|state, extra| {
        let lua = &extra.lua;
        let pooled = extra.tasks.calls.borrow_mut().pool.pop();
        let handle = match pooled {
            Some(handle) => {
                handle.push(state)?;
                function.push(state)?;
                state.restart_thread(-2).map_err(|e| caught(state, lua, e))?;
                crate::debug::inherit_global_hook(state, extra);
                handle
            }
            None => crate::state::new_thread(state, extra, &Function(function.clone()))?.0,
        };
        let owner = owner_of_running(state, extra)?;
        let at = state.top() as i32;
        let n = args.push_into_multi(state, lua)?;
        state.move_to_thread(at, n).map_err(|e| caught(state, lua, e))?;
        let thread = Thread(handle);
        let address = thread.address_in(state);
        extra.tasks.calls.borrow_mut().owners.insert(address, owner);
        Ok(AsyncThread { thread, args: None, task: None, own: true, result: PhantomData })
    })
}

/// The coroutine on whose behalf code runs now; `None` for the main one.
pub(crate) fn owner_of_running(state: &mut State, extra: &Extra) -> Result<Option<Handle>> {
    if state.is_main_running() {
        return Ok(None);
    }
    if let Some(owner) = extra.tasks.calls.borrow_mut().owners.get(&state.running_thread()) {
        return Ok(owner.clone());
    }
    state.push_running_thread().map_err(|_| Error::StackError)?;
    let handle = Handle::pin(state, -1);
    state.pop(1);
    handle.map(Some)
}
