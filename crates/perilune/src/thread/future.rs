//! Coroutines as futures and streams.

use super::{Thread, ThreadEvent, fire};
use crate::callback::caught;
use crate::error::{Error, Result};
use crate::function::Function;
use crate::handle::Handle;
use crate::multi::MultiValue;
use crate::state::Extra;
use crate::task::{Wait, is_pending_marker, resume};
use crate::traits::{FromLuaMulti, IntoLuaMulti};
use futures_core::Stream;
use perilune_vm::{CallStatus, State, ThreadState};
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A coroutine as a future and as a stream: see
/// [`Thread::into_async`](super::Thread::into_async).
///
/// As a stream, it gives what the coroutine yields and at last what it returns.
///
/// ```
/// use futures_core::Stream;
/// use perilune::{Lua, thread::AsyncThread};
/// use std::{future::poll_fn, pin::pin};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> perilune::Result<()> {
/// let lua = Lua::new();
/// let code = lua.load("for i = 1, 3 do coroutine.yield(i * 10) end; return 0").into_function()?;
/// let stream: AsyncThread<i64> = lua.create_thread(code)?.into_async(())?;
/// let mut stream = pin!(stream);
/// let mut values = Vec::new();
/// while let Some(value) = poll_fn(|context| stream.as_mut().poll_next(context)).await {
///     values.push(value?);
/// }
/// assert_eq!(values, [10, 20, 30, 0]);
/// # Ok(())
/// # }
/// ```
#[must_use = "a future does nothing unless it is polled"]
pub struct AsyncThread<R> {
    thread: Thread,
    /// Arguments for a coroutine that has started.
    args: Option<MultiValue>,
    /// What the coroutine waits for.
    waits_for: Option<Wait>,
    owner: Owner,
    result: PhantomData<fn() -> R>,
}

/// Who else knows of a coroutine.
#[derive(Clone, Copy, PartialEq)]
enum Owner {
    /// Programs and scripts.
    Shared,
    /// Nobody: it is closed when the future is dropped, and used again.
    Own,
    /// Nobody knew of it; it has ended, and is used by others.
    Returned,
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
            extra.lasting.events.check(thread.address_in(state))?;
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
        Ok(AsyncThread { thread, args, waits_for: None, owner: Owner::Shared, result: PhantomData })
    }

    /// Lets the coroutine run as far as it can. `None`: it can't be resumed.
    fn advance(
        &mut self,
        state: &mut State,
        extra: &Extra,
        context: &mut Context<'_>,
    ) -> Result<Option<Step>> {
        if self.owner == Owner::Returned {
            return Ok(None);
        }
        let thread = &self.thread;
        extra.lasting.events.check(thread.address_in(state))?;
        let root = &thread.0.0;
        if state.root_thread_state(root) != Some(ThreadState::Suspended)
            || fire(state, extra, thread, |t| t.on_resume, ThreadEvent::Resume)?
                && state.root_thread_state(root) != Some(ThreadState::Suspended)
        {
            return Ok(None);
        }
        let call = thread.begin(state, extra)?;
        if let Some(args) = self.args.take() {
            args.push_all(state, &extra.lua)?;
        }
        let (resumed, waits_for) = resume(state, extra, call, context.waker());
        let old = std::mem::replace(&mut self.waits_for, waits_for);
        if old.is_some() {
            extra.lua.0.lend(state, || drop(old));
        }
        match resumed {
            Err(error) => Err(thread.failure(state, extra, error)),
            Ok((first, CallStatus::Ok(n))) => Ok(Some(Step::Finished(first, n))),
            Ok((_, CallStatus::Error)) => Ok(None),
            Ok((first, CallStatus::Yielded(n))) => {
                let pending = n == 1 && is_pending_marker(state);
                fire(state, extra, thread, |t| t.on_yield, ThreadEvent::Yield)?;
                Ok(Some(if pending { Step::Pending } else { Step::Yielded(first, n) }))
            }
        }
    }

    /// Closes the coroutine, and keeps it for another call.
    #[cold]
    fn close(&mut self, state: &mut State, extra: &Extra) -> Result<()> {
        let handle = &self.thread.0;
        handle.push(state)?;
        match state.close_thread(-1) {
            Ok(_) => self.give_back(state, extra),
            // It runs, or can't be closed for want of stack.
            Err(error) => {
                state.push_error(error).map_err(|_| Error::StackError)?;
                forget_owner(state, extra, handle);
            }
        }
        Ok(())
    }

    /// Keeps the coroutine, which has ended, for another call.
    fn give_back(&mut self, state: &mut State, extra: &Extra) {
        self.owner = Owner::Returned;
        let handle = &self.thread.0;
        forget_owner(state, extra, handle);
        let size = extra.lasting.options.thread_pool_size.max(OWN_POOL);
        extra.tasks.calls.with(state, |calls| {
            if calls.pool.len() < size {
                calls.pool.push(handle.clone());
            }
        });
    }
}

/// How many coroutines of async calls are kept in any case: programs that make
/// one call after the other need one.
const OWN_POOL: usize = 2;

impl<R> Drop for AsyncThread<R> {
    fn drop(&mut self) {
        if self.owner != Owner::Own {
            return;
        }
        // While the state can still be used: the future may hold values of it.
        if let Some(wait) = self.waits_for.take() {
            wait.cancel();
        }
        let handle = self.thread.0.clone();
        let _ = handle.with(|state, extra| self.close(state, extra));
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
                    let results = R::from_stack_multi(first, n, state, &extra.lua);
                    if this.owner == Owner::Own {
                        this.give_back(state, extra);
                    }
                    Poll::Ready(results)
                }
            })
        });
        polled.unwrap_or_else(|error| Poll::Ready(Err(error)))
    }
}

/// The mark of a coroutine of a call that the main coroutine has made, or one of
/// such a call.
const OF_MAIN: u8 = 1;
/// The mark of a coroutine of a call that another one has made.
const OF_ANOTHER: u8 = 2;

/// A coroutine of its own for a call, which has begun to exist.
pub(crate) fn start_call<R>(function: &Handle, args: impl IntoLuaMulti) -> Result<AsyncThread<R>> {
    function.with(|state, extra| {
        let lua = &extra.lua;
        let pooled = extra.tasks.calls.with(state, |calls| calls.pool.pop());
        let handle = match pooled {
            Some(handle) => {
                let restarted = state.restart_root(&handle.0, &function.0);
                restarted.map_err(|e| caught(state, lua, e))?;
                crate::debug::inherit_global_hook(state, extra, &handle)?;
                handle
            }
            None => crate::state::new_thread(state, extra, &Function(function.clone()))?.0,
        };
        let owner = owner_of_running(state, extra)?;
        let n = args.push_into_multi(state, lua)?;
        state.move_to_root(&handle.0, n).map_err(|e| caught(state, lua, e))?;
        match owner {
            None => state.mark_thread(&handle.0, OF_MAIN),
            Some(owner) => {
                state.mark_thread(&handle.0, OF_ANOTHER);
                let address = state.root_pointer(&handle.0);
                extra.tasks.calls.with(state, |calls| calls.owners.insert(address, owner));
            }
        }
        let (thread, owner) = (Thread(handle), Owner::Own);
        Ok(AsyncThread { thread, args: None, waits_for: None, owner, result: PhantomData })
    })
}

/// The coroutine on whose behalf code runs now; `None` for the main one.
pub(crate) fn owner_of_running(state: &mut State, extra: &Extra) -> Result<Option<Handle>> {
    let mark = state.running_mark();
    if mark == OF_MAIN || state.is_main_running() {
        return Ok(None);
    }
    if mark == OF_ANOTHER {
        let running = state.running_thread();
        let owner = extra.tasks.calls.with(state, |calls| calls.owners.get(&running).cloned());
        if owner.is_some() {
            return Ok(owner);
        }
    }
    state.push_running_thread().map_err(|_| Error::StackError)?;
    let handle = Handle::pin(state, -1);
    state.pop(1);
    handle.map(Some)
}

/// A call has ended: its coroutine is its own again.
fn forget_owner(state: &mut State, extra: &Extra, thread: &Handle) {
    if state.thread_mark(&thread.0) == OF_ANOTHER {
        let address = state.root_pointer(&thread.0);
        let _owner = extra.tasks.calls.with(state, |calls| calls.owners.remove(&address));
    }
    state.mark_thread(&thread.0, 0);
}
