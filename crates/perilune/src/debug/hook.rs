//! Hooks and interrupts: Rust functions that the machine calls while Lua code
//! runs.

use super::{Debug, HookTriggers};
use crate::callback::{caught, raise_directly, raise_panic};
use crate::error::Result;
use crate::handle::Handle;
use crate::state::callbacks::{self, Found, Given, Purpose};
use crate::state::{Extra, Lua};
use crate::thread::Thread;
use crate::types::{MaybeSend, VmState};
use perilune_vm::{self as vm, HookEvent, HookFn, HookMask, Lock, State};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A hook.
struct Hook;

impl Purpose for Hook {
    #[cfg(feature = "send")]
    type Here = Self::Anywhere;
    #[cfg(not(feature = "send"))]
    type Here = Box<dyn Fn(&Lua, &Debug) -> Result<VmState>>;
    type Anywhere = Box<dyn Fn(&Lua, &Debug) -> Result<VmState> + Send>;
}

/// An interrupt.
struct Interrupt;

impl Purpose for Interrupt {
    #[cfg(feature = "send")]
    type Here = Self::Anywhere;
    #[cfg(not(feature = "send"))]
    type Here = Box<dyn Fn(&Lua) -> Result<VmState>>;
    type Anywhere = Box<dyn Fn(&Lua) -> Result<VmState> + Send>;
}

/// What is kept beside the state for hooks.
#[derive(Default)]
pub(crate) struct Hooks {
    /// When the hook is called that new coroutines have.
    global: Lock<Option<HookTriggers>>,
}

/// Name, in the registry, of a table with weak keys that leads from coroutines to
/// userdata that hold their hooks.
const HOOKS: &str = "perilune.Hooks";

/// Pushes the table of hooks.
fn push_hooks(state: &mut State) -> vm::Result<()> {
    state.push_registry_table(HOOKS)?;
    if !state.push_metatable(-1)? {
        state.new_table(0, 1)?;
        state.set_field_to(-1, "__mode", "k")?;
        state.set_metatable(-2)?;
    } else {
        state.pop(1);
    }
    Ok(())
}

/// Sets or removes the hook of the coroutine at the top of the stack.
fn set(state: &mut State, extra: &Extra, hook: Option<(HookTriggers, Given<Hook>)>) -> Result<()> {
    extra.lasting.check_memory(state)?;
    let thread = state.top() as i32;
    let mask = hook.as_ref().map_or(HookMask::default(), |(triggers, _)| triggers.mask());
    let wanted = hook.is_some();
    let kept = hook.map(|(_, callback)| callback.into_payload(&extra.lua.0));
    let done = (|| {
        push_hooks(state)?;
        state.push_value(thread)?;
        match kept {
            Some(kept) => state.new_userdata(kept, 0)?,
            None => state.push(())?,
        }
        state.raw_set(-3)
    })();
    done.map_err(|e: vm::Error| caught(state, &extra.lua, e))?;
    let function = wanted.then_some(own_hook as HookFn);
    state.set_hook(Some(thread), function, mask);
    state.set_top(thread as usize);
    Ok(())
}

/// A new coroutine has the hook that was set for all.
///
/// # Errors
/// If the stack can't grow.
pub(crate) fn inherit_global_hook(state: &mut State, extra: &Extra, thread: &Handle) -> Result<()> {
    let triggers = *extra.lasting.hooks.global.borrow_mut();
    if let Some(triggers) = triggers {
        thread.push(state)?;
        state.set_hook(Some(-1), Some(global_hook as HookFn), triggers.mask());
        state.pop(1);
    }
    Ok(())
}

/// The hook of a coroutine that has one of its own.
fn own_hook(state: &mut State, event: HookEvent) -> vm::Result<()> {
    let top = state.top();
    push_hooks(state)?;
    state.push_running_thread()?;
    state.raw_get(-2)?;
    let callback = callbacks::find_in_userdata(state, -1);
    state.set_top(top);
    call(state, event, callback)
}

/// The hook of coroutines that have the common one.
fn global_hook(state: &mut State, event: HookEvent) -> vm::Result<()> {
    let callback = callbacks::find(state);
    call(state, event, callback)
}

/// Calls a hook; without one, the running coroutine (which may have got it from
/// the one that made it) has none from now on.
fn call(state: &mut State, event: HookEvent, callback: Option<Found<Hook>>) -> vm::Result<()> {
    let Some(callback) = callback else {
        state.set_hook(None, None, HookMask::default());
        return Ok(());
    };
    let called = state.with_extension(|state, extra: &Extra| {
        let lua = &extra.lua;
        let answer = lua.0.lend(state, move || {
            let debug = Debug::of_event(lua, event);
            catch_unwind(AssertUnwindSafe(|| {
                let called = callback.call(&lua.0, |f| f(lua, &debug), |f| f(lua, &debug));
                called.unwrap_or(Ok(VmState::Continue))
            }))
        });
        let may_yield = matches!(event, HookEvent::Line(_) | HookEvent::Count);
        finish(state, lua, answer, may_yield)
    });
    called.unwrap_or(Ok(()))
}

/// Does what a hook or interrupt has answered.
fn finish(
    state: &mut State,
    lua: &Lua,
    answer: std::thread::Result<Result<VmState>>,
    may_yield: bool,
) -> vm::Result<()> {
    match answer {
        Ok(Ok(VmState::Yield)) if may_yield => {
            if !state.dialect().hooks_may_yield {
                return Err(state.error(format_args!("attempt to yield from a hook")));
            }
            // Where it can't yield, the code goes on.
            state.yield_from_hook();
            Ok(())
        }
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(raise_directly(state, lua, error)),
        Err(panic) => Err(raise_panic(state, panic)),
    }
}

/// The interrupt function of the machine.
fn interrupt(state: &mut State) -> vm::Result<()> {
    let called = state.with_extension(|state, extra: &Extra| {
        let Some(callback) = callbacks::find::<Interrupt>(state) else { return Ok(()) };
        let lua = &extra.lua;
        let answer = lua.0.lend(state, move || {
            catch_unwind(AssertUnwindSafe(|| {
                let called = callback.call(&lua.0, |f| f(lua), |f| f(lua));
                called.unwrap_or(Ok(VmState::Continue))
            }))
        });
        if let Ok(Ok(VmState::Yield)) = answer {
            state.yield_from_hook();
            return Ok(());
        }
        finish(state, lua, answer, false)
    });
    called.unwrap_or(Ok(()))
}

impl Lua {
    /// Sets what is called while the *running* coroutine runs Lua code: the main
    /// one, unless this is called from within another.
    ///
    /// What it returns as an error is raised in the code, as it is. With
    /// [`VmState::Yield`] for a line or a count, the coroutine yields, without
    /// values, and goes on at the same place when it is resumed; where it may not
    /// yield, it goes on at once. In Lua 5.1 and 5.2 it is an error. Hooks are not
    /// called while one runs.
    ///
    /// ```
    /// # use perilune::{HookTriggers, Lua, VmState};
    /// let lua = Lua::new();
    /// lua.set_app_data(Vec::<usize>::new());
    /// lua.set_hook(HookTriggers::EVERY_LINE, |lua, debug| {
    ///     let mut lines = lua.app_data_mut::<Vec<usize>>().expect("set above");
    ///     lines.extend(debug.current_line());
    ///     Ok(VmState::Continue)
    /// })?;
    /// lua.load("local a = 1\n\nlocal b = 2").exec()?;
    /// assert_eq!(lua.remove_app_data::<Vec<usize>>(), Some(vec![1, 3]));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    pub fn set_hook<F>(&self, triggers: HookTriggers, callback: F) -> Result<()>
    where
        F: Fn(&Lua, &Debug) -> Result<VmState> + MaybeSend + 'static,
    {
        self.set_given_hook(triggers, Given::<Hook>::Here(Box::new(callback)))
    }

    /// [`set_hook`](Self::set_hook) of a function that does not bind the state to
    /// this thread: see [`SendLua`](crate::SendLua).
    ///
    /// ```
    /// # use perilune::{Error, HookTriggers, SendLua};
    /// let mut lua = SendLua::new();
    /// lua.enter(|lua| {
    ///     lua.set_send_hook(HookTriggers::new().every_nth_instruction(10_000), |_, _| {
    ///         Err(Error::runtime("too long"))
    ///     })
    /// })?;
    /// let worker = std::thread::spawn(move || {
    ///     lua.enter(|lua| Ok(lua.load("while true do end").exec().is_err())).unwrap()
    /// });
    /// assert!(worker.join().unwrap());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    pub fn set_send_hook<F>(&self, triggers: HookTriggers, callback: F) -> Result<()>
    where
        F: Fn(&Lua, &Debug) -> Result<VmState> + Send + 'static,
    {
        self.set_given_hook(triggers, Given::<Hook>::Anywhere(Box::new(callback)))
    }

    fn set_given_hook(&self, triggers: HookTriggers, callback: Given<Hook>) -> Result<()> {
        self.with(|state, extra| {
            let pushed = state.push_running_thread();
            pushed.map_err(|e| caught(state, &extra.lua, e))?;
            set(state, extra, Some((triggers, callback)))
        })
    }

    /// Sets what is called while Lua code runs in the running coroutine and in
    /// those made later. See [`set_hook`](Self::set_hook).
    ///
    /// ```
    /// # use perilune::{Error, HookTriggers, Lua};
    /// let lua = Lua::new();
    /// lua.set_global_hook(HookTriggers::new().every_nth_instruction(10_000), |_, _| {
    ///     Err(Error::runtime("too long"))
    /// })?;
    /// // Coroutines don't escape it.
    /// let endless = "coroutine.wrap(function() while true do end end)()";
    /// assert!(lua.load(endless).exec().unwrap_err().to_string().contains("too long"));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    pub fn set_global_hook<F>(&self, triggers: HookTriggers, callback: F) -> Result<()>
    where
        F: Fn(&Lua, &Debug) -> Result<VmState> + MaybeSend + 'static,
    {
        self.set_given_global_hook(triggers, Given::<Hook>::Here(Box::new(callback)))
    }

    /// [`set_global_hook`](Self::set_global_hook) of a function that does not bind
    /// the state to this thread: see [`SendLua`](crate::SendLua).
    ///
    /// ```
    /// # use perilune::{HookTriggers, SendLua, VmState};
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicU32, Ordering};
    ///
    /// let calls = Arc::new(AtomicU32::new(0));
    /// let counter = calls.clone();
    /// let mut lua = SendLua::new();
    /// lua.enter(|lua| {
    ///     lua.set_send_global_hook(HookTriggers::ON_CALLS, move |_, _| {
    ///         counter.fetch_add(1, Ordering::Relaxed);
    ///         Ok(VmState::Continue)
    ///     })?;
    ///     lua.load("math.abs(1) math.abs(2)").exec()
    /// })?;
    /// assert_eq!(calls.load(Ordering::Relaxed), 3, "the chunk, and twice `math.abs`");
    /// assert!(lua.binding().is_none());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    pub fn set_send_global_hook<F>(&self, triggers: HookTriggers, callback: F) -> Result<()>
    where
        F: Fn(&Lua, &Debug) -> Result<VmState> + Send + 'static,
    {
        self.set_given_global_hook(triggers, Given::<Hook>::Anywhere(Box::new(callback)))
    }

    fn set_given_global_hook(&self, triggers: HookTriggers, callback: Given<Hook>) -> Result<()> {
        // The old one is dropped when the state is available again.
        let _old = self.with(|state, extra| {
            let old = callbacks::exchange(state, &self.0, Some(callback));
            *extra.lasting.hooks.global.borrow_mut() = Some(triggers);
            state.set_hook(None, Some(global_hook as HookFn), triggers.mask());
            Ok(old)
        })?;
        Ok(())
    }

    /// Removes the hook of the running coroutine.
    ///
    /// ```
    /// # use perilune::{Error, HookTriggers, Lua};
    /// let lua = Lua::new();
    /// lua.set_hook(HookTriggers::EVERY_LINE, |_, _| Err(Error::runtime("stopped")))?;
    /// assert!(lua.load("local x = 1").exec().is_err());
    /// lua.remove_hook();
    /// lua.load("local x = 1").exec()?;
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn remove_hook(&self) {
        let _ = self.with(|state, extra| {
            let pushed = state.push_running_thread();
            pushed.map_err(|e| caught(state, &extra.lua, e))?;
            remove(state, extra)
        });
    }

    /// Removes what [`set_global_hook`](Self::set_global_hook) has set, from all
    /// coroutines.
    ///
    /// ```
    /// # use perilune::{Error, HookTriggers, Lua};
    /// let lua = Lua::new();
    /// lua.set_global_hook(HookTriggers::EVERY_LINE, |_, _| Err(Error::runtime("stopped")))?;
    /// assert!(lua.load("local x = 1").exec().is_err());
    /// lua.remove_global_hook();
    /// lua.load("local x = 1").exec()?;
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn remove_global_hook(&self) {
        let _old = self.with(|state, extra| {
            *extra.lasting.hooks.global.borrow_mut() = None;
            Ok(callbacks::exchange::<Hook>(state, &self.0, None))
        });
    }

    /// Sets what is called now and then while Lua code runs, in all coroutines: at
    /// every function call that Lua code makes while it is set, and each time a
    /// loop begins anew. Loops of native functions do not count.
    ///
    /// What it returns as an error is raised in the code, as it is. With
    /// [`VmState::Yield`] the coroutine yields, without values, if it may; else it
    /// goes on. The function is not called while it runs.
    ///
    /// ```
    /// # use perilune::{Lua, VmState};
    /// let lua = Lua::new();
    /// lua.set_interrupt(|_| Ok(VmState::Yield));
    /// let thread = lua.create_thread(
    ///     lua.load("local n = 0 for i = 1, 3 do n = n + i end return n").into_function()?,
    /// )?;
    /// let mut yields = 0;
    /// let sum = loop {
    ///     match thread.resume::<Option<i64>>(())? {
    ///         Some(sum) => break sum,
    ///         None => yields += 1,
    ///     }
    /// };
    /// assert!(sum == 6 && yields > 0);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn set_interrupt<F>(&self, callback: F)
    where
        F: Fn(&Lua) -> Result<VmState> + MaybeSend + 'static,
    {
        self.set_given_interrupt(Given::<Interrupt>::Here(Box::new(callback)));
    }

    /// [`set_interrupt`](Self::set_interrupt) of a function that does not bind the
    /// state to this thread: see [`SendLua`](crate::SendLua).
    ///
    /// ```
    /// # use perilune::{Error, SendLua};
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicBool, Ordering};
    ///
    /// let stop = Arc::new(AtomicBool::new(false));
    /// let asked = stop.clone();
    /// let mut lua = SendLua::new();
    /// lua.enter(|lua| {
    ///     lua.set_send_interrupt(move |_| match asked.load(Ordering::Relaxed) {
    ///         true => Err(Error::runtime("stopped")),
    ///         false => Ok(perilune::VmState::Continue),
    ///     });
    ///     Ok(())
    /// })?;
    /// let worker = std::thread::spawn(move || {
    ///     lua.enter(|lua| Ok(lua.load("while true do end").exec().is_err())).unwrap()
    /// });
    /// stop.store(true, Ordering::Relaxed);
    /// assert!(worker.join().unwrap());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn set_send_interrupt<F>(&self, callback: F)
    where
        F: Fn(&Lua) -> Result<VmState> + Send + 'static,
    {
        self.set_given_interrupt(Given::<Interrupt>::Anywhere(Box::new(callback)));
    }

    fn set_given_interrupt(&self, callback: Given<Interrupt>) {
        let _old = self.with(|state, _| {
            state.set_interrupt_function(Some(interrupt));
            Ok(callbacks::exchange(state, &self.0, Some(callback)))
        });
    }

    /// Removes what [`set_interrupt`](Self::set_interrupt) has set.
    ///
    /// ```
    /// # use perilune::{Error, Lua};
    /// let lua = Lua::new();
    /// lua.set_interrupt(|_| Err(Error::runtime("stopped")));
    /// let work = lua.load("for i = 1, 10 do end").into_function()?;
    /// assert!(work.call::<()>(()).is_err());
    /// lua.remove_interrupt();
    /// work.call::<()>(())?;
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn remove_interrupt(&self) {
        let _old = self.with(|state, _| {
            state.set_interrupt_function(None);
            Ok(callbacks::exchange::<Interrupt>(state, &self.0, None))
        });
    }
}

/// Removes the hook of the coroutine at the top of the stack.
fn remove(state: &mut State, extra: &Extra) -> Result<()> {
    state.set_hook(Some(-1), None, HookMask::default());
    // Without memory for the table's entry the callback stays, but is not called.
    set(state, extra, None)
}

impl Thread {
    /// Sets what is called while this coroutine runs Lua code. See
    /// [`Lua::set_hook`].
    ///
    /// ```
    /// # use perilune::{HookTriggers, Lua, VmState};
    /// let lua = Lua::new();
    /// // A budget for each slice of a long calculation.
    /// let thread = lua.create_thread(
    ///     lua.load("local n = 0 for i = 1, 1000 do n = n + i end return n").into_function()?,
    /// )?;
    /// let budget = HookTriggers::new().every_nth_instruction(500);
    /// thread.set_hook(budget, |_, _| Ok(VmState::Yield))?;
    /// let mut slices = 1;
    /// let sum = loop {
    ///     match thread.resume::<Option<i64>>(())? {
    ///         Some(sum) => break sum,
    ///         None => slices += 1,
    ///     }
    /// };
    /// assert!(sum == 500_500 && slices > 1);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    pub fn set_hook<F>(&self, triggers: HookTriggers, callback: F) -> Result<()>
    where
        F: Fn(&Lua, &Debug) -> Result<VmState> + MaybeSend + 'static,
    {
        self.set_given_hook(triggers, Given::<Hook>::Here(Box::new(callback)))
    }

    /// [`set_hook`](Self::set_hook) of a function that does not bind the state to this
    /// OS thread: see [`SendLua`](crate::SendLua).
    ///
    /// ```
    /// # use perilune::{Error, HookTriggers, SendLua, Thread};
    /// let mut lua = SendLua::new();
    /// lua.enter(|lua| {
    ///     let thread = lua.create_thread(lua.load("while true do end").into_function()?)?;
    ///     thread.set_send_hook(HookTriggers::new().every_nth_instruction(1_000), |_, _| {
    ///         Err(Error::runtime("too long"))
    ///     })?;
    ///     lua.globals().set("job", thread)
    /// })?;
    /// let worker = std::thread::spawn(move || {
    ///     let ended = lua.enter(|lua| {
    ///         Ok(lua.globals().get::<Thread>("job")?.resume::<()>(()).is_err())
    ///     });
    ///     ended.unwrap()
    /// });
    /// assert!(worker.join().unwrap());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    pub fn set_send_hook<F>(&self, triggers: HookTriggers, callback: F) -> Result<()>
    where
        F: Fn(&Lua, &Debug) -> Result<VmState> + Send + 'static,
    {
        self.set_given_hook(triggers, Given::<Hook>::Anywhere(Box::new(callback)))
    }

    fn set_given_hook(&self, triggers: HookTriggers, callback: Given<Hook>) -> Result<()> {
        self.0.with(|state, extra| {
            self.0.push(state)?;
            set(state, extra, Some((triggers, callback)))
        })
    }

    /// Removes the hook of this coroutine.
    ///
    /// ```
    /// # use perilune::{Error, HookTriggers, Lua};
    /// let lua = Lua::new();
    /// let thread = lua.create_thread(lua.load("return 'done'").into_function()?)?;
    /// thread.set_hook(HookTriggers::ON_CALLS, |_, _| Err(Error::runtime("stopped")))?;
    /// thread.remove_hook();
    /// assert_eq!(thread.resume::<String>(())?, "done");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn remove_hook(&self) {
        let _ = self.0.with(|state, extra| {
            self.0.push(state)?;
            remove(state, extra)
        });
    }
}
