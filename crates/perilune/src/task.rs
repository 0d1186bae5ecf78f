//! Async functions: Rust futures that coroutines wait for.
//!
//! An async function makes its future and polls it at once; one that is ready is
//! like any other function's result. One that is not is put into a userdata, and
//! a helper takes the function's place in the coroutine: it yields a marker, by
//! which whoever polls the coroutine knows that there is something to wait for,
//! and polls the future again when it is resumed.

use crate::callback::{self, Callback, guarded, push_error};
use crate::error::{Error, Result};
use crate::handle::Handle;
use crate::multi::MultiValue;
use crate::state::{Extra, Lua};
use crate::traits::{FromLuaMulti, IntoLuaMulti};
use crate::types::{LightUserData, MaybeSend};
use perilune_vm::{
    self as vm, CallStatus, Lock, NativeFn, Payload, Return, Shareable, State, Value as Slot,
};
use rustc_hash::FxHashMap;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

/// What is kept beside the state for async functions.
#[derive(Default)]
pub(crate) struct Tasks {
    now: Lock<Now>,
    pub(crate) calls: Lock<Calls>,
}

/// About the poll that is under way.
#[derive(Default)]
struct Now {
    /// Who is to be woken.
    waker: Option<Waker>,
    /// The future that the coroutine has last begun to wait for.
    waits_for: Option<Shareable<Task>>,
    /// What the future that is polled and its coroutine's resumer tell each other;
    /// `None` while no future of an async function is polled.
    exchange: Option<Exchange>,
    next_id: u64,
}

/// Values on their way out of an async function, and into it.
#[derive(Default)]
struct Exchange {
    out: Option<(u64, MultiValue)>,
    passed: Option<(u64, MultiValue)>,
}

/// About coroutines of async calls.
#[derive(Default)]
pub(crate) struct Calls {
    /// Those that have ended and wait for another call.
    pub pool: Vec<Handle>,
    /// On whose behalf those run that scripts do not know of: `None` for the
    /// main coroutine.
    pub owners: FxHashMap<usize, Option<Handle>>,
}

/// A future that a coroutine waits for.
pub(crate) struct Task(Lock<Waiting>);

struct Waiting {
    /// `None` while it is polled, and when it is done or dropped.
    future: Option<Box<dyn Poller>>,
    /// What the values passed to the coroutine are the answer to.
    asked: Option<u64>,
}

impl Task {
    /// Drops the future, which is never polled again.
    pub(crate) fn cancel(&self) {
        let future = self.0.borrow_mut().future.take();
        drop(future);
    }
}

/// The Rust value of the userdata that a coroutine waits with.
struct Pending(Shareable<Task>);

/// What a poll has come to.
enum Progress {
    /// So many results are on the stack.
    Done(usize),
    Pending,
    /// The coroutine is to yield these values.
    Yield(u64, MultiValue),
}

/// A future whose output goes to the stack.
trait Poller: MaybeSend {
    fn poll(
        &mut self,
        state: &mut State,
        lua: &Lua,
        passed: Option<(u64, MultiValue)>,
    ) -> Result<Progress>;
}

struct Boxed<FR>(Pin<Box<FR>>);

impl<FR, R> Poller for Boxed<FR>
where
    FR: Future<Output = Result<R>> + MaybeSend,
    R: IntoLuaMulti,
{
    fn poll(
        &mut self,
        state: &mut State,
        lua: &Lua,
        passed: Option<(u64, MultiValue)>,
    ) -> Result<Progress> {
        let (waker, outer) = with_now(state, |now| {
            let exchange = Exchange { out: None, passed };
            (now.waker.clone(), now.exchange.replace(exchange))
        });
        let future = self.0.as_mut();
        let polled = lua.0.lend(state, move || {
            let mut context = Context::from_waker(waker.as_ref().unwrap_or(Waker::noop()));
            catch_unwind(AssertUnwindSafe(|| future.poll(&mut context)))
        });
        let exchange = with_now(state, |now| std::mem::replace(&mut now.exchange, outer));
        match polled {
            Ok(Poll::Ready(result)) => Ok(Progress::Done(result?.push_into_multi(state, lua)?)),
            Ok(Poll::Pending) => Ok(match exchange.and_then(|e| e.out) {
                Some((id, values)) => Progress::Yield(id, values),
                None => Progress::Pending,
            }),
            Err(panic) => resume_unwind(panic),
        }
    }
}

fn with_now<R>(state: &mut State, f: impl FnOnce(&mut Now) -> R) -> R
where
    R: Default,
{
    state
        .with_extension(|_, extra: &Extra| f(&mut extra.tasks.now.borrow_mut()))
        .unwrap_or_default()
}

/// Resumes as [`State::resume`] does, so that futures polled meanwhile wake
/// `waker`. Answers the future too that the coroutine waits for.
pub(crate) fn resume(
    state: &mut State,
    extra: &Extra,
    nargs: usize,
    waker: &Waker,
) -> (vm::Result<CallStatus>, Option<Shareable<Task>>) {
    let outer = {
        let mut now = extra.tasks.now.borrow_mut();
        now.waits_for = None;
        now.waker.replace(waker.clone())
    };
    let resumed = state.resume(nargs);
    let mut now = extra.tasks.now.borrow_mut();
    let inner = std::mem::replace(&mut now.waker, outer);
    let waits_for = now.waits_for.take();
    drop(now);
    drop(inner);
    (resumed, waits_for)
}

/// Pushes a Lua function that makes a future with `start`, which finds the
/// arguments on the stack, and waits for it.
pub(crate) fn push_async<S, FR, R>(state: &mut State, extra: &Extra, start: S) -> Result<()>
where
    S: Fn(&mut State, &Lua) -> Result<FR> + MaybeSend + 'static,
    FR: Future<Output = Result<R>> + MaybeSend + 'static,
    R: IntoLuaMulti,
{
    callback::push_callback(state, extra, start_task::<S, FR, R>, start)
}

/// The native function for an async one.
fn start_task<S, FR, R>(state: &mut State) -> vm::Result<Return>
where
    S: Fn(&mut State, &Lua) -> Result<FR> + MaybeSend + 'static,
    FR: Future<Output = Result<R>> + MaybeSend + 'static,
    R: IntoLuaMulti,
{
    let called = state.with_function_data(|state, callback: &Callback<S>| {
        let lua = &callback.lua;
        let begun = guarded(state, lua, |state, lua| {
            let mut future = Boxed(Box::pin((callback.f)(state, lua)?));
            let progress = future.poll(state, lua, None)?;
            Ok((future, progress))
        })?;
        match begun {
            (_, Progress::Done(n)) => Ok(Return::values(n)),
            (future, progress) => begin_to_wait(state, lua, Box::new(future), progress),
        }
    });
    called.unwrap_or(Ok(Return::NONE))
}

/// Lets the helper take the function's place.
fn begin_to_wait(
    state: &mut State,
    lua: &Lua,
    future: Box<dyn Poller>,
    progress: Progress,
) -> vm::Result<Return> {
    let asked = match &progress {
        Progress::Yield(id, _) => Some(*id),
        _ => None,
    };
    let task = Shareable::new(Task(Lock::new(Waiting { future: Some(future), asked })));
    state.set_top(0);
    state.push(wait as NativeFn)?;
    state.new_userdata(Payload::new(Pending(task.clone())), 0)?;
    let n = push_yielded(state, lua, task, progress)?;
    state.tail_call(n + 1)
}

/// Pushes what the coroutine is to yield, and notes what it waits for.
fn push_yielded(
    state: &mut State,
    lua: &Lua,
    task: Shareable<Task>,
    progress: Progress,
) -> vm::Result<usize> {
    with_now(state, |now| now.waits_for = Some(task));
    match progress {
        Progress::Yield(_, values) => guarded(state, lua, |state, lua| values.push_all(state, lua)),
        _ => {
            state.push_light_userdata(Lua::poll_pending().0 as usize)?;
            Ok(1)
        }
    }
}

/// Yields what its arguments are behind the first, which is the future; then
/// polls that.
fn wait(state: &mut State) -> vm::Result<Return> {
    if state.userdata::<Pending>(1).is_none() {
        return Err(no_future(state, Error::UserDataTypeMismatch));
    }
    let n = state.top() - 1;
    state.yield_k(n, go_on, 0)
}

fn go_on(state: &mut State, _: CallStatus, _: i64) -> vm::Result<Return> {
    let task = state.userdata::<Pending>(1).map(|pending| pending.0.clone());
    let Some(task) = task else { return Err(no_future(state, Error::UserDataTypeMismatch)) };
    let (future, asked) = {
        let mut waiting = task.0.borrow_mut();
        (waiting.future.take(), waiting.asked.take())
    };
    let Some(mut future) = future else { return Err(no_future(state, Error::CallbackDestructed)) };
    let resumed = state.with_extension(|state, extra: &Extra| {
        let polled = guarded(state, &extra.lua, |state, lua| {
            let passed = match asked {
                Some(id) => Some((id, MultiValue::take(2, state.top() - 1, state, lua)?)),
                None => None,
            };
            state.set_top(1);
            future.poll(state, lua, passed)
        });
        let progress = match polled {
            Ok(Progress::Done(n)) => {
                extra.lua.0.lend(state, || drop(future));
                return Ok(Return::values(n));
            }
            Ok(progress) => progress,
            Err(error) => {
                extra.lua.0.lend(state, || drop(future));
                return Err(error);
            }
        };
        {
            let mut waiting = task.0.borrow_mut();
            waiting.future = Some(future);
            if let Progress::Yield(id, _) = &progress {
                waiting.asked = Some(*id);
            }
        }
        let n = push_yielded(state, &extra.lua, task, progress)?;
        state.yield_k(n, go_on, 0)
    });
    resumed.unwrap_or(Ok(Return::NONE))
}

#[cold]
fn no_future(state: &mut State, error: Error) -> vm::Error {
    let pushed = state.with_extension(|state, extra: &Extra| push_error(state, &extra.lua, error));
    match pushed {
        Some(Ok(())) => state.raise(),
        _ => state.memory_error(),
    }
}

/// Whether the topmost value is the marker of coroutines that wait.
#[inline]
pub(crate) fn is_pending_marker(state: &State) -> bool {
    matches!(state.value(-1), Slot::LightUserdata(p) if p == Lua::poll_pending().0 as usize)
}

impl Lua {
    /// A Lua function that calls an async Rust one.
    ///
    /// To scripts it is a function like any other. While its future is not ready,
    /// the coroutine that called it is suspended: it must be one that
    /// [`Function::call_async`](crate::Function::call_async) and its like have
    /// started, or [`Thread::into_async`](crate::Thread::into_async). A future
    /// that is ready at once can be had anywhere.
    ///
    /// ```
    /// # use perilune::Lua;
    /// # use std::future::Future;
    /// # let block_on = |f: std::pin::Pin<Box<dyn Future<Output = perilune::Result<i64>>>>| {
    /// #     let mut f = f;
    /// #     let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    /// #     loop {
    /// #         if let std::task::Poll::Ready(r) = f.as_mut().poll(&mut cx) { break r }
    /// #     }
    /// # };
    /// let lua = Lua::new();
    /// let double = lua.create_async_function(|_, n: i64| async move { Ok(n * 2) })?;
    /// lua.globals().set("double", double)?;
    /// let result = block_on(Box::pin(lua.load("double(4) + double(5)").eval_async::<i64>()));
    /// assert_eq!(result?, 18);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    pub fn create_async_function<F, A, FR, R>(&self, func: F) -> Result<crate::Function>
    where
        F: Fn(Lua, A) -> FR + MaybeSend + 'static,
        A: FromLuaMulti,
        FR: Future<Output = Result<R>> + MaybeSend + 'static,
        R: IntoLuaMulti,
    {
        self.with(|state, extra| {
            push_async(state, extra, move |state: &mut State, lua: &Lua| {
                let args = A::from_stack_args(1, state.top(), 1, None, state, lua)?;
                Ok(lua.0.lend(state, || func(lua.weak_handle(), args)))
            })?;
            Handle::pin(state, -1).map(crate::Function)
        })
    }

    /// Within an async function: yields values to whoever resumed its coroutine,
    /// and goes on with those passed in then.
    ///
    /// ```
    /// # use perilune::{Lua, Result};
    /// async fn count(lua: Lua, limit: i64) -> Result<()> {
    ///     for i in 1..=limit {
    ///         lua.yield_with::<()>(i).await?;
    ///     }
    ///     Ok(())
    /// }
    ///
    /// let lua = Lua::new();
    /// lua.globals().set("count", lua.create_async_function(count)?)?;
    /// let sum: i64 = lua.load(
    ///     "local sum = 0
    ///     local co = coroutine.create(count)
    ///     local _, n = coroutine.resume(co, 4)
    ///     while n do
    ///         sum = sum + n
    ///         _, n = coroutine.resume(co)
    ///     end
    ///     return sum",
    /// ).eval()?;
    /// assert_eq!(sum, 10);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// Values that can't be converted; if it is polled by something else than the
    /// future of an async function of this state.
    pub async fn yield_with<R: FromLuaMulti>(&self, args: impl IntoLuaMulti) -> Result<R> {
        let mut args = Some(args.into_lua_multi(self)?);
        let mut id = None;
        std::future::poll_fn(move |context| {
            let step = self.with(|_, extra| {
                let mut now = extra.tasks.now.borrow_mut();
                now.next_id += 1;
                let next = now.next_id;
                let Some(exchange) = &mut now.exchange else {
                    return Err(Error::runtime("attempt to yield from outside an async function"));
                };
                if let Some(id) = id {
                    return Ok(match exchange.passed.take() {
                        Some((to, values)) if to == id => Some(values),
                        other => {
                            exchange.passed = other;
                            None
                        }
                    });
                }
                // One at a time: the others of a `join` wait for their turn.
                if exchange.out.is_none()
                    && let Some(args) = args.take()
                {
                    exchange.out = Some((next, args));
                    id = Some(next);
                }
                Ok(None)
            });
            match step {
                Ok(Some(values)) => Poll::Ready(R::from_lua_multi(values, self)),
                Ok(None) => {
                    if id.is_none() {
                        context.waker().wake_by_ref();
                    }
                    Poll::Pending
                }
                Err(error) => Poll::Ready(Err(error)),
            }
        })
        .await
    }

    /// The marker that coroutines yield that wait for a future.
    #[doc(hidden)]
    pub fn poll_pending() -> LightUserData {
        static MARKER: u8 = 0;
        LightUserData(&raw const MARKER as *mut std::ffi::c_void)
    }
}
