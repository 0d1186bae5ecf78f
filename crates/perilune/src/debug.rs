//! Looking into running code: hooks, and the functions that are active.
//!
//! ```
//! use perilune::{Error, HookTriggers, Lua, VmState};
//!
//! let lua = Lua::new();
//! lua.set_hook(HookTriggers::new().every_nth_instruction(10_000), |_, debug| {
//!     Err(Error::runtime(format!("too long, at line {:?}", debug.current_line())))
//! })?;
//! assert!(lua.load("while true do end").exec().is_err());
//! # Ok::<(), perilune::Error>(())
//! ```

use crate::function::{Function, FunctionInfo};
use crate::handle::Handle;
use crate::state::Lua;
use perilune_vm::{DebugInfo, HookEvent, State};
use std::borrow::Cow;

mod hook;
mod triggers;

pub(crate) use hook::{Hooks, inherit_global_hook};
pub use triggers::HookTriggers;

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn line(n: i64) -> Option<usize> {
    usize::try_from(n).ok()
}

fn name_what(what: &'static str) -> Option<&'static str> {
    if what.is_empty() { None } else { Some(what) }
}

/// The information on a function that is not running.
pub(crate) fn function_info(info: DebugInfo) -> FunctionInfo {
    FunctionInfo {
        name: info.name.as_deref().map(text),
        name_what: name_what(info.name_what),
        what: info.what,
        source: Some(text(&info.source)),
        short_src: Some(text(&info.short_source)),
        line_defined: line(info.line_defined),
        last_line_defined: line(info.last_line_defined),
        num_upvalues: info.upvalue_count,
        num_params: info.parameter_count,
        is_vararg: info.is_vararg,
    }
}

/// An active function: of a hook's event, or one that
/// [`Lua::inspect_stack`] was asked for.
pub struct Debug<'a> {
    lua: &'a Lua,
    level: usize,
    event: DebugEvent,
}

/// What a hook was called for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DebugEvent {
    /// A function is called.
    Call,
    /// A function returns.
    Ret,
    /// A function is called in the place of its caller; in Lua 5.1, the function
    /// that was called so returns.
    TailCall,
    /// A line begins.
    Line,
    /// So many instructions have run.
    Count,
    /// None: the function was not found by a hook.
    Unknown(std::ffi::c_int),
}

/// What an active function is called.
#[derive(Clone, Debug)]
pub struct DebugNames<'a> {
    /// A name, as its caller knows it.
    pub name: Option<Cow<'a, str>>,
    /// What the name is: `"global"`, `"local"`, `"method"`, `"field"` …
    pub name_what: Option<&'static str>,
}

/// Where an active function was defined.
#[derive(Clone, Debug)]
pub struct DebugSource<'a> {
    /// The chunk, as it was named when it was loaded.
    pub source: Option<Cow<'a, str>>,
    /// The chunk, as messages show it.
    pub short_src: Option<Cow<'a, str>>,
    /// The line where the definition begins.
    pub line_defined: Option<usize>,
    /// The line where the definition ends.
    pub last_line_defined: Option<usize>,
    /// `"Lua"`, `"main"` for a chunk, `"C"` for a native function.
    pub what: &'static str,
}

/// Numbers about an active function.
#[derive(Copy, Clone, Debug)]
pub struct DebugStack {
    /// The number of upvalues.
    pub num_upvalues: u8,
    /// The number of parameters.
    pub num_params: u8,
    /// Whether it takes any number of arguments.
    pub is_vararg: bool,
}

impl<'a> Debug<'a> {
    pub(crate) fn of_event(lua: &'a Lua, event: HookEvent) -> Debug<'a> {
        let event = match event {
            HookEvent::Call => DebugEvent::Call,
            HookEvent::Return => DebugEvent::Ret,
            HookEvent::TailCall | HookEvent::TailReturn => DebugEvent::TailCall,
            HookEvent::Line(_) => DebugEvent::Line,
            HookEvent::Count => DebugEvent::Count,
        };
        Debug { lua, level: 0, event }
    }

    fn info(&self) -> DebugInfo {
        let found = self.lua.with(|state, _| {
            let frame = state.stack_level(None, self.level);
            Ok(frame.and_then(|frame| state.frame_info(None, frame)))
        });
        found.ok().flatten().unwrap_or_default()
    }

    /// What the hook was called for.
    pub fn event(&self) -> DebugEvent {
        self.event
    }

    /// The function.
    ///
    /// # Panics
    /// If there is none any more: the value was used outside of the callback it
    /// was made for.
    pub fn function(&self) -> Function {
        let found = self.lua.with(|state, extra| {
            let Some(frame) = state.stack_level(None, self.level) else { return Ok(None) };
            let pushed = state.push_frame_function(None, frame);
            pushed.map_err(|e| crate::callback::caught(state, &extra.lua, e))?;
            match state.is_function(-1) {
                true => Handle::pin(state, -1).map(|h| Some(Function(h))),
                false => Ok(None),
            }
        });
        match found {
            Ok(Some(function)) => function,
            _ => panic!("the function is not active"),
        }
    }

    /// What the function is called.
    pub fn names(&self) -> DebugNames<'_> {
        let info = self.info();
        DebugNames {
            name: info.name.as_deref().map(|name| Cow::Owned(text(name))),
            name_what: name_what(info.name_what),
        }
    }

    /// Where the function was defined.
    pub fn source(&self) -> DebugSource<'_> {
        let info = self.info();
        DebugSource {
            source: Some(Cow::Owned(text(&info.source))),
            short_src: Some(Cow::Owned(text(&info.short_source))),
            line_defined: line(info.line_defined),
            last_line_defined: line(info.last_line_defined),
            what: info.what,
        }
    }

    /// The line that runs.
    pub fn current_line(&self) -> Option<usize> {
        line(self.info().current_line)
    }

    /// Whether the function was called in the place of its caller.
    pub fn is_tail_call(&self) -> bool {
        self.info().is_tail_call
    }

    /// Numbers about the function.
    pub fn stack(&self) -> DebugStack {
        let info = self.info();
        DebugStack {
            num_upvalues: info.upvalue_count,
            num_params: info.parameter_count,
            is_vararg: info.is_vararg,
        }
    }
}

impl Lua {
    /// Calls `f` with what is known of the active function at a level: 0 is the
    /// running one, 1 its caller, and so on. `None` if there is no such level.
    pub fn inspect_stack<R>(&self, level: usize, f: impl FnOnce(&Debug) -> R) -> Option<R> {
        let exists = self.with(|state: &mut State, _| Ok(state.stack_level(None, level).is_some()));
        exists
            .unwrap_or(false)
            .then(|| f(&Debug { lua: self, level, event: DebugEvent::Unknown(-1) }))
    }

    /// The active functions from a level on, as Lua's `debug.traceback` gives
    /// them, with a message in front.
    ///
    /// # Errors
    /// If memory runs out.
    pub fn traceback(&self, msg: Option<&str>, level: usize) -> crate::Result<crate::LuaString> {
        let made = self.make(|state, _| {
            let text = state.traceback(None, msg.map(str::as_bytes), level)?;
            state.push(text.as_slice())
        });
        made.map(crate::LuaString)
    }
}
