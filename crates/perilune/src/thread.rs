//! Coroutines.
//!
//! ```
//! use perilune::{Lua, Thread};
//!
//! let lua = Lua::new();
//! let thread: Thread = lua.load(
//!     "coroutine.create(function(a)
//!         local b = coroutine.yield(a + 1)
//!         return a * b
//!     end)",
//! ).eval()?;
//! assert_eq!(thread.resume::<i64>(20)?, 21);
//! assert_eq!(thread.resume::<i64>(2)?, 40);
//! assert!(thread.is_finished());
//! # Ok::<(), perilune::Error>(())
//! ```

use crate::callback::{caught, protect};
use crate::error::{Error, Result};
use crate::function::Function;
use crate::handle::Handle;
use crate::state::{Extra, WeakLua};
use crate::traits::{FromLuaMulti, IntoLua, IntoLuaMulti};
use perilune_vm::{self as vm, CallStatus, State, ThreadState};
use std::ffi::c_void;
use std::fmt;

#[cfg(feature = "async")]
mod future;
mod triggers;

#[cfg(feature = "async")]
pub use future::AsyncThread;
#[cfg(feature = "async")]
pub(crate) use future::{owner_of_running, start_call};
pub(crate) use triggers::{Events, fire};
pub use triggers::{ThreadEvent, ThreadTriggers};

/// A handle of a Lua coroutine.
///
/// ```
/// use perilune::{Lua, Thread};
///
/// let lua = Lua::new();
/// let squares: Thread = lua.load(
///     "coroutine.create(function() for i = 1, 3 do coroutine.yield(i * i) end end)",
/// ).eval()?;
/// let mut found = Vec::new();
/// while let Some(n) = squares.resume::<Option<i64>>(())? {
///     found.push(n);
/// }
/// assert_eq!(found, [1, 4, 9]);
/// # Ok::<(), perilune::Error>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Thread(pub(crate) Handle);

/// What a coroutine is doing.
///
/// ```
/// use perilune::{Lua, thread::ThreadStatus};
///
/// let lua = Lua::new();
/// let thread = lua.create_thread(lua.load("coroutine.yield() error('!')").into_function()?)?;
/// assert_eq!(thread.status(), ThreadStatus::Resumable);
/// thread.resume::<()>(())?;
/// assert_eq!(thread.status(), ThreadStatus::Resumable);
/// thread.resume::<()>(()).unwrap_err();
/// assert_eq!(thread.status(), ThreadStatus::Error);
/// # Ok::<(), perilune::Error>(())
/// ```
#[derive(Debug, Copy, Clone, Eq, PartialEq)]
pub enum ThreadStatus {
    /// It has not started, or has yielded: it can be resumed.
    Resumable,
    /// It is the one that runs.
    Running,
    /// It has resumed another one, which runs.
    Normal,
    /// It has returned.
    Finished,
    /// It has failed.
    Error,
}

impl Thread {
    /// Lets the coroutine run until it yields or returns, and answers what it
    /// yielded or returned.
    ///
    /// The first time, `args` are the arguments of its function; later they are
    /// what its call of `coroutine.yield` returns.
    ///
    /// ```
    /// # use perilune::{Error, Lua};
    /// let lua = Lua::new();
    /// let greet = lua.load("local name = ...; return 'Bye ' .. coroutine.yield('Hi ' .. name)");
    /// let thread = lua.create_thread(greet.into_function()?)?;
    /// assert_eq!(thread.resume::<String>("Ann")?, "Hi Ann");
    /// assert_eq!(thread.resume::<String>("Bob")?, "Bye Bob");
    /// assert!(matches!(thread.resume::<()>(()), Err(Error::CoroutineUnresumable)));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::CoroutineUnresumable`] if it has ended or runs; what it raises;
    /// values that can't be converted.
    pub fn resume<R: FromLuaMulti>(&self, args: impl IntoLuaMulti) -> Result<R> {
        self.resume_with(|state, extra| args.push_into_multi(state, &extra.lua))
    }

    /// Lets the coroutine go on with an error: what it waits in raises the value,
    /// as if `coroutine.yield` had. One that has not started fails with it.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let task = lua.load("local ok, why = pcall(coroutine.yield); return ok, why");
    /// let thread = lua.create_thread(task.into_function()?)?;
    /// thread.resume::<()>(())?;
    /// let (ok, why) = thread.resume_error::<(bool, String)>("cancelled")?;
    /// assert_eq!((ok, why.as_str()), (false, "cancelled"));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`resume`](Self::resume).
    pub fn resume_error<R: FromLuaMulti>(&self, error: impl IntoLua) -> Result<R> {
        self.resume_with(|state, extra| {
            error.push_into(state, &extra.lua)?;
            state.throw_into_thread(-2).map_err(|e| caught(state, &extra.lua, e))?;
            Ok(1)
        })
    }

    /// Resumes with the values that `push` pushes, above the coroutine.
    fn resume_with<R: FromLuaMulti>(
        &self,
        push: impl FnOnce(&mut State, &Extra) -> Result<usize>,
    ) -> Result<R> {
        self.0.with(|state, extra| {
            extra.lasting.events.check(self.address_in(state))?;
            self.check_resumable(state)?;
            if fire(state, extra, self, |t| t.on_resume, ThreadEvent::Resume)? {
                self.check_resumable(state)?;
            }
            let call = self.begin(state, extra)?;
            push(state, extra)?;
            let (first, n) = match state.finish_resume(call) {
                Ok((first, CallStatus::Yielded(n))) => {
                    fire(state, extra, self, |t| t.on_yield, ThreadEvent::Yield)?;
                    (first, n)
                }
                Ok((first, CallStatus::Ok(n))) => (first, n),
                Ok((_, CallStatus::Error)) => return Err(Error::CoroutineUnresumable),
                Err(error) => return Err(self.failure(state, extra, error)),
            };
            R::from_stack_multi(first, n, state, &extra.lua)
        })
    }

    /// The error that the coroutine died of.
    #[cold]
    fn failure(&self, state: &mut State, extra: &Extra, error: vm::Error) -> Error {
        if !error.is_memory() && !error.is_panic() && self.0.push(state).is_ok() {
            let text = state.traceback(Some(-1), None, 0).unwrap_or_default();
            let text = String::from_utf8_lossy(&text).into_owned();
            *extra.lasting.traceback.borrow_mut() = Some(text);
            state.pop(1);
        }
        caught(state, &extra.lua, error)
    }

    fn address_in(&self, state: &State) -> usize {
        state.root_pointer(&self.0.0)
    }

    fn check_resumable(&self, state: &mut State) -> Result<()> {
        match self.status_in(state)? {
            ThreadStatus::Resumable => Ok(()),
            _ => Err(Error::CoroutineUnresumable),
        }
    }

    fn status_in(&self, state: &mut State) -> Result<ThreadStatus> {
        match state.root_thread_state(&self.0.0) {
            Some(ThreadState::Running) => Ok(ThreadStatus::Running),
            Some(ThreadState::Normal) => Ok(ThreadStatus::Normal),
            Some(ThreadState::Suspended) => Ok(ThreadStatus::Resumable),
            Some(ThreadState::Dead) => {
                self.0.push(state)?;
                let failed = state.thread_failed(-1);
                state.pop(1);
                Ok(if failed { ThreadStatus::Error } else { ThreadStatus::Finished })
            }
            None => Err(Error::MismatchedState),
        }
    }

    /// Begins to resume the coroutine: what is passed to it is pushed next.
    fn begin(&self, state: &mut State, extra: &Extra) -> Result<vm::PendingCall> {
        state.begin_resume(&self.0.0).map_err(|e| caught(state, &extra.lua, e))
    }

    /// What the coroutine is doing. One of a closed state has finished.
    ///
    /// ```
    /// # use perilune::{Lua, thread::ThreadStatus};
    /// let lua = Lua::new();
    /// let thread = lua.create_thread(lua.load("return 1").into_function()?)?;
    /// assert_eq!(thread.status(), ThreadStatus::Resumable);
    /// thread.resume::<i64>(())?;
    /// assert_eq!(thread.status(), ThreadStatus::Finished);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn status(&self) -> ThreadStatus {
        self.0.with(|state, _| self.status_in(state)).unwrap_or(ThreadStatus::Finished)
    }

    /// Whether it can be resumed.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let code = lua.load("for i = 1, 3 do coroutine.yield(i) end").into_function()?;
    /// let thread = lua.create_thread(code)?;
    /// let mut resumed = 0;
    /// while thread.is_resumable() {
    ///     thread.resume::<()>(())?;
    ///     resumed += 1;
    /// }
    /// assert_eq!(resumed, 4);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn is_resumable(&self) -> bool {
        self.status() == ThreadStatus::Resumable
    }

    /// Whether it is the one that runs.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let ask = lua.create_function(|lua, ()| Ok(lua.current_thread().is_running()))?;
    /// let thread = lua.create_thread(ask)?;
    /// assert!(!thread.is_running());
    /// assert!(thread.resume::<bool>(())?);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn is_running(&self) -> bool {
        self.status() == ThreadStatus::Running
    }

    /// Whether it has resumed another one, which runs.
    ///
    /// ```
    /// # use perilune::{Lua, Thread};
    /// let lua = Lua::new();
    /// // The inner coroutine asks for the outer one.
    /// let ask = lua.create_function(|_, outer: Thread| Ok(outer.is_normal()))?;
    /// lua.globals().set("ask", ask)?;
    /// let outer = lua.load("return coroutine.wrap(ask)((coroutine.running()))");
    /// let outer = lua.create_thread(outer.into_function()?)?;
    /// assert!(outer.resume::<bool>(())?);
    /// assert!(!outer.is_normal());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn is_normal(&self) -> bool {
        self.status() == ThreadStatus::Normal
    }

    /// Whether it has returned.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let thread = lua.create_thread(lua.load("coroutine.yield()").into_function()?)?;
    /// thread.resume::<()>(())?;
    /// assert!(!thread.is_finished());
    /// thread.resume::<()>(())?;
    /// assert!(thread.is_finished());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn is_finished(&self) -> bool {
        self.status() == ThreadStatus::Finished
    }

    /// Whether it has failed.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let thread = lua.create_thread(lua.load("error('out of tea')").into_function()?)?;
    /// let error = thread.resume::<()>(()).unwrap_err();
    /// assert!(error.to_string().contains("out of tea"));
    /// assert!(thread.is_error());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn is_error(&self) -> bool {
        self.status() == ThreadStatus::Error
    }

    /// Closes the coroutine (its pending variables, its upvalues), so that it runs
    /// `func` when it is resumed next. Unlike mlua's, it does so in every dialect.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let double = lua.create_function(|_, n: i64| Ok(n * 2))?;
    /// let thread = lua.create_thread(double.clone())?;
    /// assert_eq!(thread.resume::<i64>(4)?, 8);
    /// // The same coroutine serves the next call.
    /// thread.reset(double)?;
    /// assert_eq!(thread.resume::<i64>(5)?, 10);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If it runs. The error that it died of, or that a `__close` metamethod has
    /// raised: it has finished then, and a second call succeeds.
    ///
    /// # Panics
    /// If the function belongs to another state.
    pub fn reset(&self, func: Function) -> Result<()> {
        self.0.with(|state, extra| {
            assert!(extra.lua.owns(&func.0), "a function of another Lua state");
            extra.lasting.events.check(self.address_in(state))?;
            match self.status_in(state)? {
                ThreadStatus::Running => {
                    return Err(Error::runtime("cannot reset a running thread"));
                }
                ThreadStatus::Normal => return Err(Error::runtime("cannot reset a normal thread")),
                _ => {}
            }
            protect(state, extra, |state, lua| {
                self.0.push(state)?;
                if !state.close_thread(1).map_err(|e| caught(state, lua, e))? {
                    let error = state.raise();
                    return Err(caught(state, lua, error));
                }
                func.0.push(state)?;
                state.restart_thread(1).map_err(|e| caught(state, lua, e))
            })
        })
    }

    /// The coroutine as a future, which is ready when it returns, and as a stream
    /// of what it yields. Values that it yields are ignored by the future.
    ///
    /// `args` are passed to the coroutine when it is polled for the first time.
    ///
    /// Dropping the result leaves the coroutine as it is: it can be resumed by
    /// this or another handle, or is collected.
    ///
    /// ```
    /// # use perilune::{Lua, Result};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> perilune::Result<()> {
    /// let lua = Lua::new();
    /// let fetch = lua.create_async_function(|_, page: i64| async move {
    ///     tokio::task::yield_now().await;
    ///     Ok(format!("page {page}"))
    /// })?;
    /// lua.globals().set("fetch", fetch)?;
    /// let code = lua.load("local n = ...; return fetch(n) .. ', ' .. fetch(n + 1)");
    /// let thread = lua.create_thread(code.into_function()?)?;
    /// let text: String = thread.into_async(7)?.await?;
    /// assert_eq!(text, "page 7, page 8");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::CoroutineUnresumable`] if it has ended or runs; arguments that
    /// can't be converted.
    #[cfg(feature = "async")]
    pub fn into_async<R: FromLuaMulti>(self, args: impl IntoLuaMulti) -> Result<AsyncThread<R>> {
        AsyncThread::new(self, args)
    }

    /// An address that identifies the coroutine.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let thread = lua.create_thread(lua.load("").into_function()?)?;
    /// assert_eq!(thread.to_pointer(), thread.clone().to_pointer());
    /// assert_ne!(thread.to_pointer(), lua.current_thread().to_pointer());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn to_pointer(&self) -> *const c_void {
        self.0.address() as *const c_void
    }

    /// The state of the coroutine.
    #[doc(hidden)]
    pub fn weak_lua(&self) -> WeakLua {
        self.0.lua().weak()
    }
}

impl fmt::Debug for Thread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Thread({:?})", self.to_pointer())
    }
}
