//! The collector's controls (manual §6.1, `collectgarbage`).

use crate::error::Result;
use crate::heap::{Answer, Mode, Request};
use crate::state::State;

/// How the collector works.
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// use perilune::native::{GcMode, GcOption, GcResult};
///
/// let before = state.gc(GcOption::Generational { minor: 0, major: 0 })?;
/// assert_eq!(before, GcResult::Mode(GcMode::Incremental));
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GcMode {
    /// Incremental.
    Incremental,
    /// Generational.
    Generational,
}

/// An option of `collectgarbage` with its arguments.
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// use perilune::native::{GcOption, GcResult};
///
/// state.gc(GcOption::Stop)?;
/// assert_eq!(state.gc(GcOption::IsRunning)?, GcResult::Flag(false));
/// let before = state.gc(GcOption::SetPause(152))?;
/// assert_eq!(state.gc(GcOption::SetPause(200))?, GcResult::Number(152));
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GcOption {
    /// Collect no more until `Restart`.
    Stop,
    /// Collect again.
    Restart,
    /// A full collection.
    Collect,
    /// Bytes in use.
    CountBytes,
    /// A step of so many kilobytes.
    Step(i64),
    /// Sets the pause, answers the previous one.
    SetPause(i64),
    /// Sets the step multiplier, answers the previous one.
    SetStepMul(i64),
    /// Sets how much of what was allocated a major collection must collect, in
    /// percent, before minor ones follow again; answers the previous value.
    SetMajorMinor(i64),
    /// Whether the collector runs.
    IsRunning,
    /// Changes to generational mode, answers the previous mode.
    Generational {
        /// Minor multiplier; 0 = unchanged.
        minor: i64,
        /// Major multiplier; 0 = unchanged.
        major: i64,
    },
    /// Changes to incremental mode, answers the previous mode.
    Incremental {
        /// Pause; 0 = unchanged.
        pause: i64,
        /// Step multiplier; 0 = unchanged.
        step_mul: i64,
        /// Step size; 0 = unchanged.
        step_size: i64,
    },
}

/// The answer to a [`GcOption`].
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// use perilune::native::{GcOption, GcResult};
///
/// match state.gc(GcOption::CountBytes)? {
///     GcResult::Number(bytes) => assert!(bytes > 0),
///     other => panic!("{other:?}"),
/// }
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GcResult {
    /// Nothing was done: a finalizer runs.
    None,
    /// A number.
    Number(i64),
    /// A flag.
    Flag(bool),
    /// The previous mode.
    Mode(GcMode),
}

impl State {
    /// Controls the collector.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::{GcOption, GcResult};
    ///
    /// state.new_table(1000, 0)?;
    /// let full = state.used_memory();
    /// state.pop(1);
    /// assert_eq!(state.gc(GcOption::Collect)?, GcResult::Number(0));
    /// assert!(state.used_memory() < full);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// What a finalizer raises, in dialects where that is no warning.
    pub fn gc(&mut self, option: GcOption) -> Result<GcResult> {
        let request = match option {
            GcOption::Stop => Request::Stop,
            GcOption::Restart => Request::Restart,
            GcOption::Collect => Request::Collect,
            GcOption::CountBytes => Request::Count,
            GcOption::Step(n) => Request::Step(n as i32),
            GcOption::SetPause(n) => Request::SetPause(n as i32),
            GcOption::SetStepMul(n) => Request::SetStepMultiplier(n as i32),
            GcOption::SetMajorMinor(n) => {
                Request::SetMajorMinor(n.clamp(0, i32::MAX.into()) as i32)
            }
            GcOption::IsRunning => Request::IsRunning,
            GcOption::Generational { minor, major } => {
                Request::Generational { minor: minor as i32, major: major as i32 }
            }
            GcOption::Incremental { pause, step_mul, step_size } => Request::Incremental {
                pause: pause as i32,
                step_multiplier: step_mul as i32,
                step_size: step_size as i32,
            },
        };
        // SAFETY: the native frame's top covers what is live.
        let answer = unsafe { crate::heap::control(self, request) };
        self.run_finalizers()?;
        Ok(match answer {
            None => GcResult::None,
            Some(Answer::Integer(n)) => GcResult::Number(n),
            Some(Answer::Count(n)) => GcResult::Number((n * 1024.0) as i64),
            Some(Answer::Boolean(b)) => GcResult::Flag(b),
            Some(Answer::Mode(Mode::Incremental)) => GcResult::Mode(GcMode::Incremental),
            Some(Answer::Mode(Mode::Generational)) => GcResult::Mode(GcMode::Generational),
        })
    }

    /// Lets the collector work if it is due. Values that only Rust variables
    /// hold do not survive it.
    #[inline(always)]
    pub(crate) fn collect_if_due(&mut self) -> Result<()> {
        if self.heap.wants_collection() { self.collect_now() } else { Ok(()) }
    }

    /// A step of the collector, and the finalizers that became due.
    #[cold]
    #[inline(never)]
    pub(crate) fn collect_now(&mut self) -> Result<()> {
        // SAFETY: the caller's frame has its extent in the thread's top.
        unsafe { crate::heap::step(self) };
        self.run_finalizers()
    }
}
