//! Events of coroutines that Rust code makes and resumes.

use super::Thread;
use crate::error::{Error, Result};
use crate::state::callbacks::{self, Found, Given, Purpose};
use crate::state::{Extra, Lua};
use crate::types::MaybeSend;
use perilune_vm::{Lock, State, StateCell};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering};

/// The events that a callback is called for.
///
/// ```
/// use perilune::thread::ThreadTriggers;
///
/// let triggers = ThreadTriggers::ON_CREATE | ThreadTriggers::ON_YIELD;
/// assert!(triggers.on_create && triggers.on_yield && !triggers.on_resume);
/// # Ok::<(), perilune::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct ThreadTriggers {
    /// A coroutine was made by [`Lua::create_thread`], or for an async call.
    pub on_create: bool,
    /// A coroutine is about to be resumed by Rust code.
    pub on_resume: bool,
    /// A coroutine that Rust code resumed has yielded.
    pub on_yield: bool,
}

impl ThreadTriggers {
    /// Only `on_create`.
    ///
    /// ```
    /// # use perilune::thread::ThreadTriggers;
    /// let triggers = ThreadTriggers::ON_CREATE;
    /// assert!(triggers.on_create && !triggers.on_resume && !triggers.on_yield);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub const ON_CREATE: Self = Self::new().on_create();
    /// Only `on_resume`.
    ///
    /// ```
    /// # use perilune::thread::ThreadTriggers;
    /// let triggers = ThreadTriggers::ON_RESUME;
    /// assert!(triggers.on_resume && !triggers.on_create && !triggers.on_yield);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub const ON_RESUME: Self = Self::new().on_resume();
    /// Only `on_yield`.
    ///
    /// ```
    /// # use perilune::thread::ThreadTriggers;
    /// let triggers = ThreadTriggers::ON_YIELD;
    /// assert!(triggers.on_yield && !triggers.on_create && !triggers.on_resume);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub const ON_YIELD: Self = Self::new().on_yield();

    /// No event.
    ///
    /// ```
    /// # use perilune::thread::ThreadTriggers;
    /// const NONE: ThreadTriggers = ThreadTriggers::new();
    /// assert!(!NONE.on_create && !NONE.on_resume && !NONE.on_yield);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub const fn new() -> Self {
        Self { on_create: false, on_resume: false, on_yield: false }
    }

    /// Sets [`on_create`](#structfield.on_create).
    ///
    /// ```
    /// # use perilune::thread::ThreadTriggers;
    /// let triggers = ThreadTriggers::new().on_create().on_yield();
    /// assert!(triggers.on_create && triggers.on_yield);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[must_use]
    pub const fn on_create(mut self) -> Self {
        self.on_create = true;
        self
    }

    /// Sets [`on_resume`](#structfield.on_resume).
    ///
    /// ```
    /// # use perilune::thread::ThreadTriggers;
    /// let triggers = ThreadTriggers::ON_YIELD.on_resume();
    /// assert!(triggers.on_resume && triggers.on_yield);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[must_use]
    pub const fn on_resume(mut self) -> Self {
        self.on_resume = true;
        self
    }

    /// Sets [`on_yield`](#structfield.on_yield).
    ///
    /// ```
    /// # use perilune::thread::ThreadTriggers;
    /// let mut triggers = ThreadTriggers::new().on_yield();
    /// triggers |= ThreadTriggers::ON_CREATE;
    /// assert!(triggers.on_yield && triggers.on_create);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[must_use]
    pub const fn on_yield(mut self) -> Self {
        self.on_yield = true;
        self
    }
}

impl std::ops::BitOr for ThreadTriggers {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self {
            on_create: self.on_create || other.on_create,
            on_resume: self.on_resume || other.on_resume,
            on_yield: self.on_yield || other.on_yield,
        }
    }
}

impl std::ops::BitOrAssign for ThreadTriggers {
    fn bitor_assign(&mut self, other: Self) {
        *self = *self | other;
    }
}

/// What has happened to a coroutine.
///
/// ```
/// use perilune::thread::{ThreadEvent, ThreadTriggers};
/// use perilune::{Error, Lua};
///
/// let lua = Lua::new();
/// lua.set_thread_event_callback(ThreadTriggers::ON_CREATE.on_resume(), |_, event| match event {
///     ThreadEvent::Create(thread) => {
///         assert!(thread.is_resumable());
///         Ok(())
///     }
///     ThreadEvent::Resume(_) => Err(Error::runtime("no coroutine may run today")),
///     _ => Ok(()),
/// });
/// let thread = lua.create_thread(lua.load("return 1").into_function()?)?;
/// assert!(thread.resume::<i64>(()).is_err());
/// # Ok::<(), perilune::Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum ThreadEvent {
    /// It was made.
    Create(Thread),
    /// It is about to be resumed.
    Resume(Thread),
    /// It has yielded.
    Yield(Thread),
}

/// A callback for events.
struct Event;

impl Purpose for Event {
    #[cfg(feature = "send")]
    type Here = Self::Anywhere;
    #[cfg(not(feature = "send"))]
    type Here = Box<dyn Fn(&Lua, ThreadEvent) -> Result<()>>;
    type Anywhere = Box<dyn Fn(&Lua, ThreadEvent) -> Result<()> + Send>;
}

/// What is kept beside the state for events.
#[derive(Default)]
pub(crate) struct Events {
    /// A callback is set: what nobody asked for must cost nothing.
    wanted: AtomicBool,
    inner: Lock<Inner>,
}

#[derive(Default)]
struct Inner {
    triggers: ThreadTriggers,
    /// The coroutine whose event is being told; none else is told meanwhile.
    current: Option<usize>,
}

impl Events {
    /// # Errors
    /// For the coroutine whose event is being told.
    pub(crate) fn check(&self, thread: usize) -> Result<()> {
        if self.wanted.load(Ordering::Relaxed) && self.inner.borrow_mut().current == Some(thread) {
            return Err(Error::runtime(
                "cannot resume or reset a thread from within its own event callback",
            ));
        }
        Ok(())
    }
}

/// Calls the callback if it wants the event; answers whether it did.
#[inline]
pub(crate) fn fire(
    state: &mut State,
    extra: &Extra,
    thread: &Thread,
    wanted: fn(ThreadTriggers) -> bool,
    event: fn(Thread) -> ThreadEvent,
) -> Result<bool> {
    if !extra.lasting.events.wanted.load(Ordering::Relaxed) {
        return Ok(false);
    }
    tell(state, extra, thread, wanted, event)
}

#[cold]
fn tell(
    state: &mut State,
    extra: &Extra,
    thread: &Thread,
    wanted: fn(ThreadTriggers) -> bool,
    event: fn(Thread) -> ThreadEvent,
) -> Result<bool> {
    let callback = {
        let mut inner = extra.lasting.events.inner.borrow_mut();
        if inner.current.is_some() || !wanted(inner.triggers) {
            return Ok(false);
        }
        let Some(callback) = callbacks::find::<Event>(state) else { return Ok(false) };
        inner.current = Some(thread.address_in(state));
        callback
    };
    let event = event(thread.clone());
    let told = extra.lua.0.lend(state, move || {
        catch_unwind(AssertUnwindSafe(|| {
            let lua = &extra.lua;
            match callback {
                Found::Here(f) => StateCell::borrow(&f, &lua.0).map(|f| f(lua, event)),
                Found::Anywhere(f) => StateCell::borrow(&f, &lua.0).map(|f| f(lua, event)),
            }
            .unwrap_or(Ok(()))
        }))
    });
    extra.lasting.events.inner.borrow_mut().current = None;
    match told {
        Ok(result) => result.map(|()| true),
        Err(panic) => resume_unwind(panic),
    }
}

impl Lua {
    /// Sets what is called for events of coroutines: when Rust code makes one,
    /// resumes one, or has resumed one that yields. What scripts do among
    /// themselves is no event.
    ///
    /// An error that it returns is that of the operation. While it runs, nothing
    /// is an event, and the coroutine can't be resumed.
    ///
    /// ```
    /// use perilune::Lua;
    /// use perilune::thread::{ThreadEvent, ThreadTriggers};
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
    ///
    /// let lua = Lua::new();
    /// let yields = Arc::new(AtomicUsize::new(0));
    /// let counter = yields.clone();
    /// lua.set_thread_event_callback(ThreadTriggers::ON_YIELD, move |_, event| {
    ///     if let ThreadEvent::Yield(_) = event {
    ///         counter.fetch_add(1, Relaxed);
    ///     }
    ///     Ok(())
    /// });
    /// let code = lua.load("coroutine.yield() coroutine.yield()").into_function()?;
    /// let thread = lua.create_thread(code)?;
    /// while thread.is_resumable() {
    ///     thread.resume::<()>(())?;
    /// }
    /// assert_eq!(yields.load(Relaxed), 2);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn set_thread_event_callback<F>(&self, triggers: ThreadTriggers, callback: F)
    where
        F: Fn(&Lua, ThreadEvent) -> Result<()> + MaybeSend + 'static,
    {
        self.replace_event_callback(triggers, Some(Given::<Event>::Here(Box::new(callback))));
    }

    /// [`set_thread_event_callback`](Self::set_thread_event_callback) with a function
    /// that does not bind the state to this thread: see
    /// [`SendLua`](crate::SendLua).
    ///
    /// ```
    /// use perilune::thread::ThreadTriggers;
    /// use perilune::{Error, SendLua};
    ///
    /// # fn main() -> perilune::Result<()> {
    /// let mut lua = SendLua::new();
    /// lua.enter(|lua| {
    ///     lua.set_send_thread_event_callback(ThreadTriggers::ON_CREATE, |_, _| {
    ///         Err(Error::runtime("no more coroutines"))
    ///     });
    ///     Ok(())
    /// })?;
    /// // The callback goes along.
    /// let worker = std::thread::spawn(move || {
    ///     lua.enter(|lua| {
    ///         let code = lua.load("return 1").into_function()?;
    ///         assert!(lua.create_thread(code).is_err());
    ///         Ok(())
    ///     })
    ///     .is_ok()
    /// });
    /// assert!(worker.join().unwrap());
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_send_thread_event_callback<F>(&self, triggers: ThreadTriggers, callback: F)
    where
        F: Fn(&Lua, ThreadEvent) -> Result<()> + Send + 'static,
    {
        self.replace_event_callback(triggers, Some(Given::<Event>::Anywhere(Box::new(callback))));
    }

    /// Removes what [`set_thread_event_callback`](Self::set_thread_event_callback)
    /// has set.
    ///
    /// ```
    /// # use perilune::{Error, Lua, thread::ThreadTriggers};
    /// let lua = Lua::new();
    /// lua.set_thread_event_callback(ThreadTriggers::ON_CREATE, |_, _| Err(Error::runtime("no")));
    /// let code = lua.load("return 1").into_function()?;
    /// assert!(lua.create_thread(code.clone()).is_err());
    /// lua.remove_thread_event_callback();
    /// assert!(lua.create_thread(code).is_ok());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn remove_thread_event_callback(&self) {
        self.replace_event_callback(ThreadTriggers::new(), None);
    }

    fn replace_event_callback(&self, triggers: ThreadTriggers, callback: Option<Given<Event>>) {
        // The old one is dropped when the state is available again.
        let _old = self.with(|state, extra| {
            extra.lasting.events.wanted.store(callback.is_some(), Ordering::Relaxed);
            extra.lasting.events.inner.borrow_mut().triggers = triggers;
            Ok(callbacks::exchange(state, &self.0, callback))
        });
    }
}
