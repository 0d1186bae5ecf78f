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
    pub const ON_CREATE: Self = Self::new().on_create();
    /// Only `on_resume`.
    pub const ON_RESUME: Self = Self::new().on_resume();
    /// Only `on_yield`.
    pub const ON_YIELD: Self = Self::new().on_yield();

    /// No event.
    pub const fn new() -> Self {
        Self { on_create: false, on_resume: false, on_yield: false }
    }

    /// Sets [`on_create`](#structfield.on_create).
    #[must_use]
    pub const fn on_create(mut self) -> Self {
        self.on_create = true;
        self
    }

    /// Sets [`on_resume`](#structfield.on_resume).
    #[must_use]
    pub const fn on_resume(mut self) -> Self {
        self.on_resume = true;
        self
    }

    /// Sets [`on_yield`](#structfield.on_yield).
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
    pub fn set_thread_event_callback<F>(&self, triggers: ThreadTriggers, callback: F)
    where
        F: Fn(&Lua, ThreadEvent) -> Result<()> + MaybeSend + 'static,
    {
        self.replace_event_callback(triggers, Some(Given::<Event>::Here(Box::new(callback))));
    }

    /// [`set_thread_event_callback`](Self::set_thread_event_callback) with a function
    /// that does not bind the state to this thread: see
    /// [`SendLua`](crate::SendLua).
    pub fn set_send_thread_event_callback<F>(&self, triggers: ThreadTriggers, callback: F)
    where
        F: Fn(&Lua, ThreadEvent) -> Result<()> + Send + 'static,
    {
        self.replace_event_callback(triggers, Some(Given::<Event>::Anywhere(Box::new(callback))));
    }

    /// Removes what [`set_thread_event_callback`](Self::set_thread_event_callback)
    /// has set.
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
