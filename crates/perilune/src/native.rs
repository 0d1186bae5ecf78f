//! The low-level door: functions over the argument stack, as the standard
//! libraries are written. Everything here is safe, and there is nothing between
//! such a function and the machine.
//!
//! # A native function
//!
//! A [`NativeFn`] finds its arguments in the slots `1..=state.top()`, pushes its
//! results, and says how many they are. `check_…` raises the error that Lua's own
//! functions raise if an argument does not fit, `opt_…` has a default.
//!
//! ```
//! use perilune::Lua;
//! use perilune::native::{self, Return, State};
//!
//! /// `clamp (n [, low [, high]])`
//! fn clamp(state: &mut State) -> native::Result<Return> {
//!     let n = state.check_integer(1)?;
//!     let low = state.opt_integer(2, 0)?;
//!     let high = state.opt_integer(3, 100)?;
//!     if low > high {
//!         return Err(state.arg_error(3, "below the lower bound"));
//!     }
//!     state.push(n.clamp(low, high))?;
//!     Ok(Return::values(1))
//! }
//!
//! let lua = Lua::new();
//! lua.globals().set("clamp", lua.create_native_function(clamp)?)?;
//! assert_eq!(lua.load("clamp(250)").eval::<i64>()?, 100);
//! assert!(lua.load("clamp('x')").exec().unwrap_err().to_string().contains("number expected"));
//! # Ok::<(), perilune::Error>(())
//! ```
//!
//! # Upvalues
//!
//! A closure has values of its own, which it reads and changes.
//!
//! ```
//! use perilune::{Function, Lua};
//! use perilune::native::{self, Return, State};
//!
//! fn counter(state: &mut State) -> native::Result<Return> {
//!     state.push_upvalue(1)?;
//!     let n = state.to_integer(-1).unwrap_or(0) + 1;
//!     state.push(n)?;
//!     state.set_upvalue_slot(1);
//!     state.push(n)?;
//!     Ok(Return::values(1))
//! }
//!
//! let lua = Lua::new();
//! let count: Function = lua.with_native(|state| {
//!     state.push(10)?;
//!     state.push_closure(counter, 1)?;
//!     native::read(state, &lua, -1)
//! })?;
//! assert_eq!((count.call::<i64>(())?, count.call::<i64>(())?), (11, 12));
//! # Ok::<(), perilune::Error>(())
//! ```
//!
//! # Calls, errors and yields without recursion
//!
//! What a native function asks of the machine, it returns: `call_k` calls a
//! function and goes on in a continuation, `pcall_k` does so after an error too,
//! `yield_k` yields to whoever resumed the coroutine and goes on with the values
//! passed in. None of them takes native stack, and the called function may yield
//! itself. Slots keep their values meanwhile; a number goes along as the context.
//!
//! ```
//! use perilune::{Lua, Thread};
//! use perilune::native::{self, CallStatus, Return, State};
//!
//! /// `each (n, f)`: yields `f(1)` … `f(n)`, one at a time, or the error of `f`.
//! fn each(state: &mut State) -> native::Result<Return> {
//!     state.check_integer(1)?;
//!     next(state, CallStatus::Ok(0), 1)
//! }
//!
//! fn next(state: &mut State, _: CallStatus, i: i64) -> native::Result<Return> {
//!     state.set_top(2);
//!     if i > state.check_integer(1)? {
//!         return state.ret("done");
//!     }
//!     state.push_value(2)?;
//!     state.push(i)?;
//!     state.pcall_k(1, Some(1), 0, called, i)
//! }
//!
//! fn called(state: &mut State, status: CallStatus, i: i64) -> native::Result<Return> {
//!     if status == CallStatus::Error {
//!         state.push("failed")?;
//!     }
//!     state.yield_k(1, next, i + 1)
//! }
//!
//! let lua = Lua::new();
//! lua.globals().set("each", lua.create_native_function(each)?)?;
//! let thread: Thread = lua.load(
//!     "coroutine.create(function()
//!         return each(3, function(i) if i == 2 then error('!') end return i * 10 end)
//!     end)",
//! ).eval()?;
//! assert_eq!(thread.resume::<i64>(())?, 10);
//! assert_eq!(thread.resume::<String>(())?, "failed");
//! assert_eq!(thread.resume::<i64>(())?, 30);
//! assert_eq!(thread.resume::<String>(())?, "done");
//! # Ok::<(), perilune::Error>(())
//! ```
//!
//! # Roots
//!
//! A value that is to live outside of the stack is pinned. A [`Root`] is cloned
//! and dropped anywhere, at any time. Of a closed state it is stale, in another
//! state it is foreign: both are found out.
//!
//! ```
//! use perilune::Lua;
//!
//! let lua = Lua::new();
//! let root = lua.with_native(|state| {
//!     state.new_table(0, 0)?;
//!     state.push(42)?;
//!     state.raw_set_field(-2, "answer")?;
//!     state.pin_top()
//! })?;
//! let answer = lua.with_native(|state| {
//!     state.push_root(&root)?;
//!     state.raw_get_field(-1, "answer")?;
//!     Ok(state.to_integer(-1))
//! })?;
//! assert_eq!(answer, Some(42));
//!
//! let other = Lua::new();
//! assert!(other.with_native(|state| state.push_root(&root)).is_err());
//! # Ok::<(), perilune::Error>(())
//! ```

pub use perilune_vm::*;

pub use perilune_stdlib as stdlib;

use crate::callback::{caught, guarded};
use crate::state::Lua;
use crate::traits::{FromLua, IntoLua};

impl Lua {
    /// A Lua function for a native one: see [`native`](crate::native).
    ///
    /// ```
    /// # use perilune::{Lua, Nil};
    /// use perilune::native::{self, Return, State};
    ///
    /// /// `count (...)`: how many arguments there are.
    /// fn count(state: &mut State) -> native::Result<Return> {
    ///     state.push(state.top() as i64)?;
    ///     Ok(Return::values(1))
    /// }
    ///
    /// let lua = Lua::new();
    /// let count = lua.create_native_function(count)?;
    /// assert_eq!(count.call::<usize>(("a", Nil, true))?, 3);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    pub fn create_native_function(&self, function: NativeFn) -> crate::Result<crate::Function> {
        self.make(|state, _| state.push(function)).map(crate::Function)
    }

    /// Runs `f` with the machine, in a frame of its own whose slots are numbered
    /// from 1. What it leaves on the stack is dropped. Handles of this state can't
    /// be used meanwhile; [`push`] and
    /// [`read`] lead from them to slots and back.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let sum = lua.with_native(|state| {
    ///     state.push(20)?;
    ///     state.push(22)?;
    ///     Ok(state.check_integer(1)? + state.check_integer(2)?)
    /// })?;
    /// assert_eq!(sum, 42);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// What `f` returns.
    pub fn with_native<R>(&self, f: impl FnOnce(&mut State) -> Result<R>) -> crate::Result<R> {
        self.with(|state, extra| state.enter(f).map_err(|e| caught(state, &extra.lua, e)))
    }
}

/// Pushes a Rust value, converted.
///
/// ```
/// # use perilune::{Lua, native};
/// let lua = Lua::new();
/// let list = lua.create_sequence_from(["a", "b"])?;
/// let length = lua.with_native(|state| {
///     native::push(state, &lua, &list)?;
///     Ok(state.raw_len(-1))
/// })?;
/// assert_eq!(length, 2);
/// // A handle of another state is refused.
/// let stranger = Lua::new().create_table()?;
/// assert!(lua.with_native(|state| native::push(state, &lua, stranger)).is_err());
/// # Ok::<(), perilune::Error>(())
/// ```
///
/// # Errors
/// If it can't be converted, or is a handle of another state than `lua`'s; if
/// `state` is not that state.
pub fn push(state: &mut State, lua: &Lua, value: impl IntoLua) -> Result<()> {
    guarded(state, lua, |state, lua| value.push_into(state, lua))
}

/// The value in a slot, converted.
///
/// ```
/// # use perilune::{Lua, Table, native};
/// let lua = Lua::new();
/// let table: Table = lua.with_native(|state| {
///     state.new_table(0, 1)?;
///     state.push("Ann")?;
///     state.raw_set_field(-2, "name")?;
///     native::read(state, &lua, -1)
/// })?;
/// assert_eq!(table.get::<String>("name")?, "Ann");
/// let wrong = lua.with_native(|state| native::read::<Table>(state, &lua, 9));
/// assert!(wrong.is_err()); // There is nothing in that slot.
/// # Ok::<(), perilune::Error>(())
/// ```
///
/// # Errors
/// If it can't be converted.
pub fn read<T: FromLua>(state: &mut State, lua: &Lua, index: i32) -> Result<T> {
    guarded(state, lua, |state, lua| T::from_stack(index, state, lua))
}
