//! States that go from one OS thread to another.

use super::extra::{Lasting, Passing};
use super::{Binding, Lua, LuaOptions};
use crate::error::{Error, Result};
use crate::stdlib::StdLib;
use perilune_vm::{SendShared, Shared};
use std::fmt;

/// A state that can go to another OS thread, in every build, and without a lock.
///
/// Without the feature `send`, [`Lua`] and its handles stay on their thread. A
/// `SendLua` owns its state: what is to be done with it is done in a closure
/// ([`enter`](Self::enter)), from which no handle gets out, so that between two of
/// them the state may be anywhere.
///
/// ```
/// use perilune::{Result, SendLua};
///
/// # fn main() -> Result<()> {
/// let mut lua = SendLua::new();
/// lua.enter(|lua| {
///     lua.globals().set("add", lua.create_send_function(|_, (a, b): (i64, i64)| Ok(a + b))?)?;
///     lua.load("total = 0").exec()
/// })?;
/// let worker = std::thread::spawn(move || {
///     lua.enter(|lua| lua.load("total = add(total, 42)").exec()).unwrap();
///     lua
/// });
/// let mut lua = worker.join().unwrap();
/// assert_eq!(lua.enter(|lua| lua.globals().get::<i64>("total"))?, 42);
/// # Ok(())
/// # }
/// ```
///
/// The closure and its result are `Send`, which handles are not (with the feature
/// `send` they are, and all of this compiles):
///
#[cfg_attr(not(feature = "send"), doc = "```compile_fail")]
#[cfg_attr(feature = "send", doc = "```no_run")]
/// # use perilune::{SendLua, Table};
/// let mut lua = SendLua::new();
/// let table: Table = lua.enter(|lua| lua.create_table()).unwrap();
/// ```
///
#[cfg_attr(not(feature = "send"), doc = "```compile_fail")]
#[cfg_attr(feature = "send", doc = "```no_run")]
/// # use perilune::{Lua, SendLua};
/// let table = Lua::new().create_table().unwrap();
/// SendLua::new().enter(|lua| lua.globals().set("t", table)).unwrap();
/// ```
///
/// What the compiler can't see is counted when the closure has ended. Two things
/// *bind* the state to the thread that has just used it, for as long as they
/// exist:
///
/// - *Handles* outside of the state, which includes borrows of userdata
///   ([`UserDataRef`](crate::UserDataRef)), futures, and
///   [`WeakLua`](crate::WeakLua). A thread-local variable may hold some.
/// - *Rust values* in the state that are not known to be `Send`: functions,
///   userdata, application data, hooks. That is what methods with `send` in their
///   names are for: [`Lua::create_send_function`], [`Lua::create_send_userdata`],
///   [`Lua::set_send_app_data`], [`Lua::set_send_hook`] and so on take what is
///   `Send`. The ordinary ones work, too, but bind the state; so does an
///   [external error](Error::ExternalError) that scripts have caught, unless the
///   feature `error-send` is chosen, and a coroutine that waits for a Rust future.
///
/// On another thread, a state that is bound can't be entered:
/// [`Error::BoundToThread`] says why. Dropped there, it stays as it is, and its
/// memory is never freed.
///
/// The errors of [`enter`](Self::enter) stay on their thread like all, unless the
/// feature `error-send` is chosen.
///
/// With the feature `send` there is nothing that binds a state, and `SendLua` is as
/// good as a [`Lua`].
pub struct SendLua(SendShared<Passing, Lasting>);

impl SendLua {
    /// A state as of [`Lua::new`].
    ///
    /// ```
    /// # use perilune::SendLua;
    /// let mut lua = SendLua::new();
    /// assert_eq!(lua.enter(|lua| lua.load("1 + 1").eval::<i64>())?, 2);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn new() -> SendLua {
        Self::own(Lua::new()).unwrap_or_else(|_| unreachable!("a new state is open"))
    }

    /// A state as of [`Lua::new_with`].
    ///
    /// ```
    /// # use perilune::{LuaOptions, SendLua, StdLib};
    /// let mut lua = SendLua::new_with(StdLib::MATH, LuaOptions::new())?;
    /// assert!(lua.enter(|lua| lua.load("return io == nil").eval::<bool>())?);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// As there.
    pub fn new_with(libs: StdLib, options: LuaOptions) -> Result<SendLua> {
        Self::try_from(Lua::new_with(libs, options)?)
    }

    fn own(lua: Lua) -> std::result::Result<SendLua, Lua> {
        let moves = |lua: &Lua, moves| {
            let set = lua.with(|_, extra| {
                extra.lasting.set_moves(moves);
                Ok(())
            });
            // In a state that is in use it stays as it is.
            drop(set);
        };
        moves(&lua, true);
        match SendShared::new(lua.0) {
            Ok(shared) => Ok(SendLua(shared)),
            Err(shared) => {
                let lua = Lua(shared);
                moves(&lua, false);
                Err(lua)
            }
        }
    }

    /// Runs `f` with the state.
    ///
    /// An error that it returns holds no Lua value any more, but its text.
    ///
    /// ```
    /// use perilune::{ObjectLike, SendLua};
    ///
    /// let mut lua = SendLua::new();
    /// lua.enter(|lua| lua.load("function area(w, h) return w * h end").exec())?;
    /// let sizes = [(2, 3), (4, 5)];
    /// let areas = std::thread::scope(|scope| {
    ///     let work = || sizes.map(|size| {
    ///         lua.enter(|lua| lua.globals().call_function::<i64>("area", size)).unwrap()
    ///     });
    ///     scope.spawn(work).join().unwrap()
    /// });
    /// assert_eq!(areas, [6, 20]);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::BoundToThread`] if the state is bound to another thread: `f` is not
    /// called then. What `f` returns.
    pub fn enter<R, F>(&mut self, f: F) -> Result<R>
    where
        R: Send,
        F: FnOnce(&Lua) -> Result<R> + Send,
    {
        let entered = self.0.enter(|shared: &Shared| {
            let lua = Lua(shared.clone());
            let result = f(&lua);
            #[cfg(not(any(feature = "send", feature = "error-send")))]
            let result = result.map_err(Error::detached);
            result
        });
        entered.unwrap_or_else(|binding| Err(Error::BoundToThread(binding)))
    }

    /// What bound the state to a thread when it was left last; `None` if it can go
    /// anywhere.
    ///
    /// ```
    /// # use perilune::SendLua;
    /// let mut lua = SendLua::new();
    /// lua.enter(|lua| lua.globals().set("f", lua.create_function(|_, ()| Ok(()))?))?;
    /// # #[cfg(not(feature = "send"))]
    /// assert_eq!(lua.binding().map(|binding| binding.values), Some(1));
    /// lua.enter(|lua| lua.globals().set("f", lua.create_send_function(|_, ()| Ok(()))?))?;
    /// # #[cfg(not(feature = "send"))]
    /// assert!(lua.binding().is_some(), "the first function is garbage, but still there");
    /// assert!(lua.unbind()?.is_none());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn binding(&self) -> Option<Binding> {
        self.0.binding().copied()
    }

    /// Collects garbage, and looks anew what binds the state: it may have been
    /// garbage.
    ///
    /// ```
    /// # use perilune::SendLua;
    /// let mut lua = SendLua::new();
    /// lua.enter(|lua| {
    ///     // A function that is not known to be `Send`, for use in this closure only.
    ///     let helper = lua.create_function(|_, n: i64| Ok(n + 1))?;
    ///     lua.globals().set("start", helper.call::<i64>(41)?)
    /// })?;
    /// assert!(lua.unbind()?.is_none());
    /// let worker = std::thread::spawn(move || {
    ///     lua.enter(|lua| lua.globals().get::<i64>("start")).unwrap()
    /// });
    /// assert_eq!(worker.join().unwrap(), 42);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::BoundToThread`] if the state is bound to another thread; what
    /// [`Lua::gc_collect`] answers.
    pub fn unbind(&mut self) -> Result<Option<Binding>> {
        self.enter(|lua| {
            // What finalizers let go is garbage in the second round.
            lua.gc_collect()?;
            lua.gc_collect()
        })?;
        Ok(self.binding())
    }

    /// The state, which stays on this thread from now on.
    ///
    /// ```
    /// # use perilune::SendLua;
    /// let made_elsewhere = std::thread::spawn(|| {
    ///     let mut lua = SendLua::new();
    ///     lua.enter(|lua| lua.load("x = 1").exec()).unwrap();
    ///     lua
    /// })
    /// .join()
    /// .unwrap();
    /// let lua = made_elsewhere.into_lua().expect("nothing binds it to the other thread");
    /// assert_eq!(lua.globals().get::<i64>("x")?, 1);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// Gives it back if it is bound to another thread.
    pub fn into_lua(self) -> std::result::Result<Lua, SendLua> {
        let lua = Lua(self.0.into_shared().map_err(SendLua)?);
        let _ = lua.with(|_, extra| {
            extra.lasting.set_moves(false);
            Ok(())
        });
        Ok(lua)
    }
}

impl TryFrom<Lua> for SendLua {
    type Error = Error;

    /// Takes a state over. Other handles of it may exist; they bind it to this
    /// thread until they are gone and it was entered again.
    fn try_from(lua: Lua) -> Result<SendLua> {
        let mut lua = Self::own(lua).map_err(|_| Error::StateClosed)?;
        if lua.binding().is_some_and(|binding| binding.values > 0) {
            // Perhaps they are no longer in use.
            lua.unbind()?;
        }
        Ok(lua)
    }
}

impl Default for SendLua {
    fn default() -> SendLua {
        SendLua::new()
    }
}

impl fmt::Debug for SendLua {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendLua").field("binding", &self.binding()).finish_non_exhaustive()
    }
}
