//! Async functions: Rust futures that coroutines wait for.
//!
//! An async function makes its future and polls it at once; one that is ready is
//! like any other function's result. One that is not is put into a userdata on the
//! function's stack, and the function yields a marker, by which whoever polls the
//! coroutine knows that there is something to wait for; when it is resumed it
//! polls the future again. Meanwhile a helper is in the function's place.

use crate::callback::{self, arguments, guarded, push_error};
use crate::error::{Error, Result};
use crate::handle::Handle;
use crate::multi::MultiValue;
use crate::state::{Extra, Lua};
use crate::traits::{FromLuaMulti, IntoLuaMulti};
use crate::types::{LightUserData, MaybeSend};
use perilune_vm::{
    self as vm, Beside, CallStatus, Lock, OwningFunction, Payload, Return, Shareable, Shared,
    State, Value as Slot,
};
use rustc_hash::FxHashMap;
use std::future::Future;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

/// What is kept beside the state for async functions.
pub(crate) struct Tasks {
    now: Beside<Now>,
    pub(crate) calls: Beside<Calls>,
}

impl Tasks {
    pub(crate) fn new(shared: &Shared) -> Tasks {
        Tasks {
            now: Beside::new(shared, Now::default()),
            calls: Beside::new(shared, Calls::default()),
        }
    }
}

/// About the poll that is under way.
#[derive(Default)]
struct Now {
    /// Who is to be woken.
    waker: Option<Waker>,
    /// The future that the coroutine has last begun to wait for.
    waits_for: Option<Wait>,
    /// The future of an async function is polled.
    polling: bool,
    /// What that future and its coroutine's resumer tell each other.
    exchange: Exchange,
    next_id: u64,
    /// Userdata whose tasks are done: at most [`IDLE`], for other calls.
    idle: Vec<Handle>,
}

impl Now {
    /// Tells the coroutine's resumer the values, under a number that `id` gets, or
    /// asks whether there is an answer.
    fn exchange(
        &mut self,
        id: &mut Option<u64>,
        args: &mut Option<MultiValue>,
    ) -> Result<Option<MultiValue>> {
        if !self.polling {
            return Err(Error::runtime("attempt to yield from outside an async function"));
        }
        if let Some(id) = *id {
            let answer = self.exchange.passed.take_if(|(to, _)| *to == id);
            return Ok(answer.map(|(_, values)| values));
        }
        // One at a time: the others of a `join` wait for their turn.
        if self.exchange.out.is_none()
            && let Some(args) = args.take()
        {
            self.next_id += 1;
            self.exchange.out = Some((self.next_id, args));
            *id = Some(self.next_id);
        }
        Ok(None)
    }
}

/// How many userdata of tasks are kept.
const IDLE: usize = 16;

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
    /// On whose behalf those run that scripts do not know of, if it is not the main
    /// coroutine.
    pub owners: FxHashMap<usize, Handle>,
}

/// A place for futures that coroutines wait for, one after the other.
#[derive(Default)]
pub(crate) struct Task(Lock<Waiting>);

#[derive(Default)]
struct Waiting {
    /// `None` while it is polled, and when it is done or dropped.
    future: Option<Pin<Box<dyn Poller>>>,
    /// What the values passed to the coroutine are the answer to.
    asked: Option<u64>,
    /// How many futures have been here.
    turn: u64,
}

/// A coroutine waits for the future that had this turn.
pub(crate) struct Wait {
    task: Shareable<Task>,
    turn: u64,
}

impl Wait {
    /// Drops the future, which is never polled again.
    pub(crate) fn cancel(&self) {
        let future = {
            let mut waiting = self.task.0.borrow_mut();
            if waiting.turn == self.turn { waiting.future.take() } else { None }
        };
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
    fn poll_into(
        self: Pin<&mut Self>,
        state: &mut State,
        extra: &Extra,
        passed: Option<(u64, MultiValue)>,
    ) -> Result<Progress>;
}

impl<FR, R> Poller for FR
where
    FR: Future<Output = Result<R>> + MaybeSend,
    R: IntoLuaMulti,
{
    fn poll_into(
        self: Pin<&mut Self>,
        state: &mut State,
        extra: &Extra,
        passed: Option<(u64, MultiValue)>,
    ) -> Result<Progress> {
        let (waker, outer) = begin_poll(state, extra, passed);
        let polled = extra.lua.0.lend(state, move || {
            let mut context = Context::from_waker(waker.as_ref().unwrap_or(Waker::noop()));
            catch_unwind(AssertUnwindSafe(|| self.poll(&mut context)))
        });
        let out = end_poll(state, extra, outer);
        match polled {
            Ok(Poll::Ready(result)) => {
                Ok(Progress::Done(result?.push_into_multi(state, &extra.lua)?))
            }
            Ok(Poll::Pending) => Ok(match out {
                Some((id, values)) => Progress::Yield(id, values),
                None => Progress::Pending,
            }),
            Err(panic) => resume_unwind(panic),
        }
    }
}

/// A future is about to be polled. Answers who is to be woken, and what another
/// future has to tell that is polled further out.
fn begin_poll(
    state: &mut State,
    extra: &Extra,
    passed: Option<(u64, MultiValue)>,
) -> (Option<Waker>, Option<Box<Exchange>>) {
    extra.tasks.now.with(state, |now| {
        let outer = match now.polling {
            true => Some(Box::new(std::mem::take(&mut now.exchange))),
            false => None,
        };
        now.polling = true;
        if passed.is_some() {
            now.exchange.passed = passed;
        }
        (now.waker.clone(), outer)
    })
}

/// A future was polled. Answers what it has told.
fn end_poll(
    state: &mut State,
    extra: &Extra,
    outer: Option<Box<Exchange>>,
) -> Option<(u64, MultiValue)> {
    let (out, _passed) = extra.tasks.now.with(state, |now| {
        let told = (now.exchange.out.take(), now.exchange.passed.take());
        match outer {
            Some(outer) => now.exchange = *outer,
            None => now.polling = false,
        }
        told
    });
    out
}

/// Resumes the coroutine of a call that was begun, so that futures polled meanwhile
/// wake `waker`. Answers the future too that the coroutine waits for.
pub(crate) fn resume(
    state: &mut State,
    extra: &Extra,
    call: vm::PendingCall,
    waker: &Waker,
) -> (vm::Result<(i32, CallStatus)>, Option<Wait>) {
    let waker = waker.clone();
    let (old, outer) =
        extra.tasks.now.with(state, move |now| (now.waits_for.take(), now.waker.replace(waker)));
    drop(old);
    let resumed = state.finish_resume(call);
    let (_inner, waits_for) = extra
        .tasks
        .now
        .with(state, move |now| (std::mem::replace(&mut now.waker, outer), now.waits_for.take()));
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
    callback::push_callback::<Starts<S, FR, R>>(state, extra, start)
}

/// [`push_async`] of a function that does not bind the state to its thread, but
/// while a coroutine waits for one of its futures.
pub(crate) fn push_send_async<S, FR, R>(state: &mut State, extra: &Extra, start: S) -> Result<()>
where
    S: Fn(&mut State, &Lua) -> Result<FR> + Send + 'static,
    FR: Future<Output = Result<R>> + MaybeSend + 'static,
    R: IntoLuaMulti,
{
    callback::push_send_callback::<Starts<S, FR, R>>(state, extra, start)
}

/// An async function as a native one.
struct Starts<S, FR, R>(PhantomData<fn(S, FR) -> R>);

impl<S, FR, R> OwningFunction for Starts<S, FR, R>
where
    S: Fn(&mut State, &Lua) -> Result<FR> + MaybeSend + 'static,
    FR: Future<Output = Result<R>> + MaybeSend + 'static,
    R: IntoLuaMulti,
{
    type Data = S;

    #[inline(always)]
    fn call(state: &mut State, start: &S) -> vm::Result<Return> {
        let begun = state.with_extension(|state, extra: &Extra| {
            guarded(state, &extra.lua, |state, lua| {
                let mut future = Box::pin(start(state, lua)?);
                match future.as_mut().poll_into(state, extra, None)? {
                    Progress::Done(n) => {
                        lua.0.lend(state, || drop(future));
                        Ok(Begun::Done(n))
                    }
                    progress => Ok(Begun::Waits(future, progress)),
                }
            })
        });
        match begun {
            Some(Ok(Begun::Done(n))) => Ok(Return::values(n)),
            Some(Ok(Begun::Waits(future, progress))) => begin_to_wait(state, future, progress),
            Some(Err(error)) => Err(error),
            None => Ok(Return::NONE),
        }
    }
}

/// A future after its first poll.
enum Begun {
    Done(usize),
    Waits(Pin<Box<dyn Poller>>, Progress),
}

/// Yields until the future is ready.
fn begin_to_wait(
    state: &mut State,
    future: Pin<Box<dyn Poller>>,
    progress: Progress,
) -> vm::Result<Return> {
    state.set_top(0);
    let begun = state.with_extension(|state, extra: &Extra| {
        let task = push_idle_task(state, extra)?;
        let turn = {
            let mut waiting = task.0.borrow_mut();
            waiting.future = Some(future);
            waiting.turn += 1;
            waiting.turn
        };
        let n = push_yielded(state, extra, Wait { task, turn }, progress)?;
        state.yield_as(wait, n, go_on, 0)
    });
    begun.unwrap_or(Ok(Return::NONE))
}

/// Pushes a userdata with a task.
fn push_idle_task(state: &mut State, extra: &Extra) -> vm::Result<Shareable<Task>> {
    let idle = extra.tasks.now.with(state, |now| now.idle.pop());
    if let Some(idle) = idle {
        state.push_root(&idle.0)?;
        if let Some(pending) = state.userdata::<Pending>(1) {
            return Ok(pending.0.clone());
        }
        state.set_top(0);
    }
    let task: Shareable<Task> = Shareable::default();
    state.new_userdata(Payload::new(Pending(task.clone())), 0)?;
    Ok(task)
}

/// Notes what the coroutine waits for, and pushes what it is to yield.
fn push_yielded(
    state: &mut State,
    extra: &Extra,
    wait: Wait,
    progress: Progress,
) -> vm::Result<usize> {
    let n = match progress {
        Progress::Yield(id, values) => {
            wait.task.0.borrow_mut().asked = Some(id);
            guarded(state, &extra.lua, |state, lua| values.push_all(state, lua))?
        }
        _ => {
            state.push_light_userdata(Lua::poll_pending().0 as usize)?;
            1
        }
    };
    let _old = extra.tasks.now.with(state, |now| now.waits_for.replace(wait));
    Ok(n)
}

/// What scripts see in the place of an async function that waits.
fn wait(state: &mut State) -> vm::Result<Return> {
    if state.userdata::<Pending>(1).is_none() {
        let error = Error::UserDataTypeMismatch;
        let raised = state.with_extension(|state, extra: &Extra| no_future(state, extra, error));
        return Err(raised.unwrap_or_else(|| state.raise()));
    }
    state.yield_k(state.top() - 1, go_on, 0)
}

/// Polls the future whose userdata is the first value on the function's stack.
fn go_on(state: &mut State, _: CallStatus, _: i64) -> vm::Result<Return> {
    let resumed = state.with_extension(|state, extra: &Extra| {
        let task = state.userdata::<Pending>(1).map(|pending| pending.0.clone());
        let Some(task) = task else {
            return Err(no_future(state, extra, Error::UserDataTypeMismatch));
        };
        let (future, asked, turn) = {
            let mut waiting = task.0.borrow_mut();
            (waiting.future.take(), waiting.asked.take(), waiting.turn)
        };
        let Some(mut future) = future else {
            return Err(no_future(state, extra, Error::CallbackDestructed));
        };
        let polled = guarded(state, &extra.lua, |state, lua| {
            let passed = match asked {
                Some(id) => Some((id, MultiValue::take(2, state.top() - 1, state, lua)?)),
                None => None,
            };
            state.set_top(1);
            future.as_mut().poll_into(state, extra, passed)
        });
        match polled {
            Ok(Progress::Done(n)) => {
                extra.lua.0.lend(state, || drop(future));
                keep_idle(state, extra, &task);
                Ok(Return::values(n))
            }
            Ok(progress) => {
                task.0.borrow_mut().future = Some(future);
                let n = push_yielded(state, extra, Wait { task, turn }, progress)?;
                state.yield_k(n, go_on, 0)
            }
            Err(error) => {
                extra.lua.0.lend(state, || drop(future));
                keep_idle(state, extra, &task);
                Err(error)
            }
        }
    });
    resumed.unwrap_or(Ok(Return::NONE))
}

/// Keeps the userdata of a task that is done, the first value on the function's
/// stack, for another future.
fn keep_idle(state: &mut State, extra: &Extra, task: &Shareable<Task>) {
    let still_there = |pending: &Pending| Shareable::ptr_eq(&pending.0, task);
    if extra.lasting.moves() {
        // Tasks may have to stay on their thread.
        if state.userdata::<Pending>(1).is_some_and(still_there) {
            drop(state.take_payload(1));
        }
    } else if state.userdata::<Pending>(1).is_some_and(still_there)
        && let Ok(handle) = Handle::pin(state, 1)
    {
        extra.tasks.now.with(state, |now| {
            if now.idle.len() < IDLE {
                now.idle.push(handle);
            }
        });
    }
}

#[cold]
fn no_future(state: &mut State, extra: &Extra, error: Error) -> vm::Error {
    match push_error(state, &extra.lua, error) {
        Ok(()) => state.raise(),
        Err(_) => state.memory_error(),
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
                let args = arguments::<A>(0, None, state, lua)?;
                Ok(lua.0.lend(state, || func(lua.weak_handle(), args)))
            })?;
            Handle::pin(state, -1).map(crate::Function)
        })
    }

    /// [`create_async_function`](Self::create_async_function) of a function that does
    /// not bind the state to this thread; a coroutine that waits for one of its
    /// futures does. See [`SendLua`](crate::SendLua).
    ///
    /// ```
    /// # use perilune::{Lua, SendLua};
    /// # fn main() -> perilune::Result<()> {
    /// let mut lua = SendLua::new();
    /// lua.enter(|lua| {
    ///     let greet = lua.create_send_async_function(|_, name: String| async move {
    ///         tokio::task::yield_now().await;
    ///         Ok(format!("hello, {name}"))
    ///     })?;
    ///     lua.globals().set("greet", greet)
    /// })?;
    /// let worker = std::thread::spawn(move || {
    ///     let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    ///     let greeted = lua.enter(|lua| {
    ///         runtime.block_on(lua.load("greet('Ann')").eval_async::<String>())
    ///     });
    ///     greeted.unwrap()
    /// });
    /// assert_eq!(worker.join().unwrap(), "hello, Ann");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    pub fn create_send_async_function<F, A, FR, R>(&self, func: F) -> Result<crate::Function>
    where
        F: Fn(Lua, A) -> FR + Send + 'static,
        A: FromLuaMulti,
        FR: Future<Output = Result<R>> + MaybeSend + 'static,
        R: IntoLuaMulti,
    {
        self.with(|state, extra| {
            push_send_async(state, extra, move |state: &mut State, lua: &Lua| {
                let args = arguments::<A>(0, None, state, lua)?;
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
            let step = self.with(|state, extra| {
                extra.tasks.now.with(state, |now| now.exchange(&mut id, &mut args))
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
