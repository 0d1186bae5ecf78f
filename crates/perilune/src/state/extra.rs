//! What is kept beside the machine's state for this API.

use super::{Lua, LuaOptions};
use crate::callback::message_handler;
use crate::error::{Error, Result};
use crate::types::{AppBorrows, RegistryIds};
use perilune_vm::{Kept, Lock, Shared, State};
use rustc_hash::FxHashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// What is kept beside a state. It is reached together with the state, or with
/// none of its locks held across a call of anybody else's code.
pub(crate) type Extra = perilune_vm::Extension<Passing, Lasting>;

/// The part that may hold handles. A state that goes to another OS thread leaves
/// it behind: nothing here is needed any more when no handle is left.
pub(crate) struct Passing {
    /// A handle that does not keep the state open.
    pub lua: Lua,
    /// What was made of userdata that Rust code caught as errors.
    pub messages: crate::error::identity::Messages,
    /// Borrows of application data.
    pub app_borrows: AppBorrows,
    /// Userdata types that were registered, but not without errors.
    pub failed_types: Lock<crate::userdata::FailedTypes>,
    #[cfg(feature = "async")]
    pub tasks: crate::task::Tasks,
}

/// The part that goes along with the state.
pub(crate) struct Lasting {
    pub options: LuaOptions,
    /// Made by [`Lua::new`] or [`Lua::new_with`].
    pub safe: bool,
    /// Numbers registry keys, and tells those of this state from others.
    pub registry_ids: Arc<RegistryIds>,
    /// Where the error was raised that is on its way.
    pub traceback: Lock<Option<String>>,
    /// How many errors had been caught when the last one of a Rust function was
    /// raised.
    pub raised_at: AtomicU64,
    /// The limit that was set; 0 = none.
    pub memory_limit: AtomicUsize,
    /// The state is meant to go to other OS threads.
    moves: std::sync::atomic::AtomicBool,
    pub hooks: crate::debug::Hooks,
    /// Who wants to know of coroutines.
    pub events: crate::thread::Events,
    /// Code of places in the program that was compiled.
    pub sites: Lock<FxHashMap<crate::chunk::SiteKey, Kept>>,
    /// The metatable that marks arrays for serde, once it was asked for.
    #[cfg(feature = "serde")]
    pub array_metatable: std::sync::OnceLock<Kept>,
    /// Userdata types.
    pub types: Lock<crate::userdata::Types>,
    /// The metatable of userdata whose values are gone.
    pub destructed: Lock<Option<Kept>>,
    /// Values that errors refer to.
    #[cfg(all(not(feature = "send"), feature = "error-send"))]
    pub thrown: Lock<crate::error::ThrownValues>,
}

impl From<Shared> for Passing {
    fn from(weak: Shared) -> Passing {
        Passing {
            #[cfg(feature = "async")]
            tasks: crate::task::Tasks::new(&weak),
            messages: crate::error::identity::Messages::new(&weak),
            lua: Lua(weak),
            app_borrows: AppBorrows::default(),
            failed_types: Lock::default(),
        }
    }
}

impl Lasting {
    pub(super) fn new(options: LuaOptions, safe: bool) -> Lasting {
        Lasting {
            options,
            safe,
            registry_ids: Arc::default(),
            traceback: Lock::new(None),
            raised_at: AtomicU64::new(u64::MAX),
            memory_limit: AtomicUsize::new(0),
            moves: Default::default(),
            hooks: Default::default(),
            events: Default::default(),
            sites: Lock::default(),
            #[cfg(feature = "serde")]
            array_metatable: std::sync::OnceLock::new(),
            types: Lock::default(),
            destructed: Lock::default(),
            #[cfg(all(not(feature = "send"), feature = "error-send"))]
            thrown: Lock::default(),
        }
    }

    /// What a fresh state needs.
    pub(super) fn prepare(&self, state: &mut State) -> Result<()> {
        state.set_default_handler(Some(message_handler));
        Ok(())
    }

    /// Whether the state is meant to go to other OS threads: then what would hinder
    /// it is kept in another form, or not at all.
    #[cfg(any(feature = "async", not(any(feature = "send", feature = "error-send"))))]
    pub(crate) fn moves(&self) -> bool {
        self.moves.load(Ordering::Relaxed)
    }

    pub(super) fn set_moves(&self, moves: bool) {
        self.moves.store(moves, Ordering::Relaxed);
    }

    /// # Errors
    /// If the state uses more than it may: a smaller limit was set.
    pub(crate) fn check_memory(&self, state: &State) -> Result<()> {
        let limit = self.memory_limit.load(Ordering::Relaxed);
        if limit > 0 && state.used_memory() > limit {
            return Err(Error::MemoryError("not enough memory".to_owned()));
        }
        Ok(())
    }
}
