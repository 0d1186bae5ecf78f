//! The collector, and memory.

use super::Lua;
use crate::callback::caught;
use crate::error::Result;
use perilune_vm::{self as vm, GcOption, GcResult, State};
use std::ffi::c_int;
use std::sync::atomic::Ordering;

/// Parameters of the incremental mode; `None` leaves one as it is. What they mean
/// depends on the dialect; see the manual of Lua.
///
/// ```
/// use perilune::state::{GcIncParams, GcMode};
/// # let lua = perilune::Lua::new();
/// // Begins a cycle when memory has grown by half.
/// lua.gc_set_mode(GcMode::Incremental(GcIncParams::default().pause(150)));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct GcIncParams {
    /// How long the collector waits between cycles, in percent.
    pub pause: Option<c_int>,
    /// How fast it works.
    pub step_multiplier: Option<c_int>,
    /// How much it does at a time. Dialects before 5.4 do not have it.
    pub step_size: Option<c_int>,
}

impl GcIncParams {
    /// Sets [`pause`](#structfield.pause).
    ///
    /// ```
    /// # use perilune::state::GcIncParams;
    /// let params = GcIncParams::default().pause(150);
    /// assert_eq!((params.pause, params.step_size), (Some(150), None));
    /// ```
    #[must_use]
    pub fn pause(mut self, v: c_int) -> Self {
        self.pause = Some(v);
        self
    }

    /// Sets [`step_multiplier`](#structfield.step_multiplier).
    ///
    /// ```
    /// # use perilune::state::GcIncParams;
    /// let params = GcIncParams::default().step_multiplier(400);
    /// assert_eq!(params.step_multiplier, Some(400));
    /// ```
    #[must_use]
    pub fn step_multiplier(mut self, v: c_int) -> Self {
        self.step_multiplier = Some(v);
        self
    }

    /// Sets [`step_size`](#structfield.step_size).
    ///
    /// ```
    /// # use perilune::state::GcIncParams;
    /// let params = GcIncParams::default().step_size(14);
    /// assert_eq!(params.step_size, Some(14));
    /// ```
    #[must_use]
    pub fn step_size(mut self, v: c_int) -> Self {
        self.step_size = Some(v);
        self
    }
}

/// Parameters of the generational mode; `None` leaves one as it is.
///
/// ```
/// use perilune::state::{GcGenParams, GcMode};
/// # let lua = perilune::Lua::new();
/// // Collects young objects when memory has grown by 40 %.
/// lua.gc_set_mode(GcMode::Generational(GcGenParams::default().minor_multiplier(40)));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct GcGenParams {
    /// How often young objects are collected, in percent.
    pub minor_multiplier: Option<c_int>,
    /// How much the old ones may grow before all are collected, in percent.
    pub minor_to_major: Option<c_int>,
    /// How much of what was allocated since the last collection of all objects the
    /// next one must free before young ones alone are collected again, in percent.
    /// Default: 50.
    pub major_to_minor: Option<c_int>,
}

impl GcGenParams {
    /// Sets [`minor_multiplier`](#structfield.minor_multiplier).
    ///
    /// ```
    /// # use perilune::state::GcGenParams;
    /// let params = GcGenParams::default().minor_multiplier(40);
    /// assert_eq!((params.minor_multiplier, params.minor_to_major), (Some(40), None));
    /// ```
    #[must_use]
    pub fn minor_multiplier(mut self, v: c_int) -> Self {
        self.minor_multiplier = Some(v);
        self
    }

    /// Sets [`minor_to_major`](#structfield.minor_to_major).
    ///
    /// ```
    /// # use perilune::state::GcGenParams;
    /// let params = GcGenParams::default().minor_to_major(200);
    /// assert_eq!(params.minor_to_major, Some(200));
    /// ```
    #[must_use]
    pub fn minor_to_major(mut self, v: c_int) -> Self {
        self.minor_to_major = Some(v);
        self
    }

    /// Sets [`major_to_minor`](#structfield.major_to_minor).
    ///
    /// ```
    /// # use perilune::state::GcGenParams;
    /// let params = GcGenParams::default().major_to_minor(80);
    /// assert_eq!(params.major_to_minor, Some(80));
    /// ```
    #[must_use]
    pub fn major_to_minor(mut self, v: c_int) -> Self {
        self.major_to_minor = Some(v);
        self
    }
}

/// How the collector works.
///
/// ```
/// use perilune::Lua;
/// use perilune::state::{GcGenParams, GcMode};
///
/// let lua = Lua::new();
/// let before = lua.gc_set_mode(GcMode::Generational(GcGenParams::default()));
/// assert!(matches!(before, GcMode::Incremental(_)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GcMode {
    /// In small steps between which the script runs.
    Incremental(GcIncParams),
    /// Young objects more often than old ones.
    Generational(GcGenParams),
}

impl GcMode {
    fn option(self) -> GcOption {
        let number = |n: Option<c_int>| n.unwrap_or(0).into();
        match self {
            GcMode::Incremental(p) => GcOption::Incremental {
                pause: number(p.pause),
                step_mul: number(p.step_multiplier),
                step_size: number(p.step_size),
            },
            GcMode::Generational(p) => GcOption::Generational {
                minor: number(p.minor_multiplier),
                major: number(p.minor_to_major),
            },
        }
    }
}

impl Lua {
    fn gc(&self, option: GcOption) -> Result<GcResult> {
        self.with(|state, extra| {
            state.enter(|state| state.gc(option)).map_err(|e| caught(state, &extra.lua, e))
        })
    }

    /// Whether the collector works by itself.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// assert!(lua.gc_is_running());
    /// lua.load("collectgarbage('stop')").exec()?;
    /// assert!(!lua.gc_is_running());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn gc_is_running(&self) -> bool {
        matches!(self.gc(GcOption::IsRunning), Ok(GcResult::Flag(true)))
    }

    /// Lets the collector rest until [`gc_restart`](Self::gc_restart).
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// lua.gc_stop();
    /// lua.load("for i = 1, 1000 do local garbage = {} end").exec()?;
    /// lua.gc_restart();
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn gc_stop(&self) {
        let _ = self.gc(GcOption::Stop);
    }

    /// Lets the collector work again.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// lua.gc_stop();
    /// assert!(!lua.gc_is_running());
    /// lua.gc_restart();
    /// assert!(lua.gc_is_running());
    /// ```
    pub fn gc_restart(&self) {
        let _ = self.gc(GcOption::Restart);
    }

    /// A full collection. Objects with finalizers need two: the first one calls
    /// them.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// lua.load("garbage = string.rep('x', 100000)").exec()?;
    /// let before = lua.used_memory();
    /// lua.load("garbage = nil").exec()?;
    /// lua.gc_collect()?;
    /// assert!(lua.used_memory() < before - 90_000);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// What a finalizer raises, in dialects where it is no warning.
    pub fn gc_collect(&self) -> Result<()> {
        self.gc(GcOption::Collect).map(|_| ())
    }

    /// A step of the collector. Answers whether it has finished a cycle.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// // Nothing else runs now: a good time to finish what was begun.
    /// while !lua.gc_step()? {}
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`gc_collect`](Self::gc_collect).
    pub fn gc_step(&self) -> Result<bool> {
        Ok(matches!(self.gc(GcOption::Step(0))?, GcResult::Flag(true)))
    }

    /// Changes how the collector works; answers the mode it had before, without
    /// parameters. While a finalizer runs nothing changes, and the answer is
    /// `mode`.
    ///
    /// ```
    /// # use perilune::Lua;
    /// # use perilune::state::{GcGenParams, GcIncParams, GcMode};
    /// let lua = Lua::new();
    /// let first = lua.gc_set_mode(GcMode::Generational(GcGenParams::default()));
    /// let second = lua.gc_set_mode(GcMode::Incremental(GcIncParams::default().pause(150)));
    /// assert!(matches!(first, GcMode::Incremental(_)));
    /// assert!(matches!(second, GcMode::Generational(_)));
    /// ```
    pub fn gc_set_mode(&self, mode: GcMode) -> GcMode {
        if let GcMode::Generational(GcGenParams { major_to_minor: Some(percent), .. }) = mode {
            let _ = self.gc(GcOption::SetMajorMinor(percent.into()));
        }
        match self.gc(mode.option()) {
            Ok(GcResult::Mode(vm::GcMode::Incremental)) => {
                GcMode::Incremental(GcIncParams::default())
            }
            Ok(GcResult::Mode(vm::GcMode::Generational)) => {
                GcMode::Generational(GcGenParams::default())
            }
            _ => mode,
        }
    }

    /// Bytes that the state uses.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let before = lua.used_memory();
    /// let big = lua.create_string(vec![0; 100_000])?;
    /// assert!(lua.used_memory() >= before + 100_000);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn used_memory(&self) -> usize {
        self.with(|state, _| Ok(state.used_memory())).unwrap_or(0)
    }

    /// Limits the bytes that the state may use; 0 is no limit. Answers the limit
    /// that was in force.
    ///
    /// At the limit all garbage is collected; if that does not help, the operation
    /// fails with [`Error::MemoryError`](crate::Error::MemoryError), which scripts
    /// can catch, and the state goes on. A limit below what is in use keeps it from
    /// growing.
    ///
    /// ```
    /// # use perilune::{Error, Lua};
    /// let lua = Lua::new();
    /// lua.set_memory_limit(lua.used_memory() + 100_000)?;
    /// let result = lua.load("return #string.rep('x', 1000000)").exec();
    /// assert!(matches!(result, Err(Error::MemoryError(_))));
    /// assert_eq!(lua.load("1 + 1").eval::<i64>()?, 2);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// If the state can't be had now.
    pub fn set_memory_limit(&self, limit: usize) -> Result<usize> {
        self.with(|state: &mut State, extra| {
            state.set_memory_limit((limit > 0).then_some(limit));
            Ok(extra.lasting.memory_limit.swap(limit, Ordering::Relaxed))
        })
    }
}
