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
///
/// ```
/// use perilune::{Function, Lua};
///
/// let lua = Lua::new();
/// let whoami = lua.create_function(|lua, ()| {
///     // Level 0 is this function, level 1 the one that calls it.
///     Ok(lua.inspect_stack(1, |debug| debug.names().name.map(|name| name.into_owned())))
/// })?;
/// lua.globals().set("whoami", whoami)?;
/// lua.load("function hello() local name = whoami() return name end").exec()?;
/// assert_eq!(lua.load("local x = hello() return x").eval::<String>()?, "hello");
/// # Ok::<(), perilune::Error>(())
/// ```
pub struct Debug<'a> {
    lua: &'a Lua,
    level: usize,
    event: DebugEvent,
}

/// What a hook was called for.
///
/// ```
/// use perilune::{HookTriggers, Lua, VmState, debug::DebugEvent};
///
/// let lua = Lua::new();
/// let triggers = HookTriggers::ON_CALLS | HookTriggers::ON_RETURNS;
/// lua.set_app_data(0i32);
/// lua.set_hook(triggers, |lua, debug| {
///     let mut depth = lua.app_data_mut::<i32>().expect("set above");
///     match debug.event() {
///         DebugEvent::Call => *depth += 1,
///         DebugEvent::Ret => *depth -= 1,
///         _ => {}
///     }
///     Ok(VmState::Continue)
/// })?;
/// lua.load("local function f() end f() f()").exec()?;
/// assert_eq!(lua.remove_app_data::<i32>(), Some(0));
/// # Ok::<(), perilune::Error>(())
/// ```
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
///
/// ```
/// # use perilune::Lua;
/// let lua = Lua::new();
/// let caller = lua.create_function(|lua, ()| {
///     let kind = lua.inspect_stack(1, |debug| debug.names().name_what);
///     Ok(kind.flatten())
/// })?;
/// lua.globals().set("caller", caller)?;
/// let kind: String = lua
///     .load("local t = {} function t:go() local c = caller() return c end local k = t:go() return k")
///     .eval()?;
/// assert_eq!(kind, "method");
/// # Ok::<(), perilune::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct DebugNames<'a> {
    /// A name, as its caller knows it.
    pub name: Option<Cow<'a, str>>,
    /// What the name is: `"global"`, `"local"`, `"method"`, `"field"` …
    pub name_what: Option<&'static str>,
}

/// Where an active function was defined.
///
/// ```
/// # use perilune::Lua;
/// let lua = Lua::new();
/// let place = lua.create_function(|lua, ()| {
///     let place = lua.inspect_stack(1, |debug| {
///         let source = debug.source();
///         format!("{} from line {:?}", source.short_src.unwrap_or_default(), source.line_defined)
///     });
///     Ok(place)
/// })?;
/// let code = "local place = ...
///     local function f()
///         local p = place()
///         return p
///     end
///     return (f())";
/// let text: String = lua.load(code).set_name("@main.lua").call(place)?;
/// assert_eq!(text, "main.lua from line Some(2)");
/// # Ok::<(), perilune::Error>(())
/// ```
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
///
/// ```
/// # use perilune::Lua;
/// let lua = Lua::new();
/// let probe = lua.create_function(|lua, ()| {
///     let stack = lua.inspect_stack(1, |debug| debug.stack()).expect("there is a caller");
///     Ok((stack.num_params, stack.is_vararg))
/// })?;
/// let code = "local probe = ...
///     local function f(a, b, ...)
///         local n, vararg = probe()
///         return n, vararg
///     end
///     return f()";
/// assert_eq!(lua.load(code).call::<(u8, bool)>(probe)?, (2, true));
/// # Ok::<(), perilune::Error>(())
/// ```
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
    ///
    /// ```
    /// use perilune::{HookTriggers, Lua, VmState, debug::DebugEvent};
    ///
    /// let lua = Lua::new();
    /// lua.set_hook(HookTriggers::EVERY_LINE, |_, debug| {
    ///     assert_eq!(debug.event(), DebugEvent::Line);
    ///     Ok(VmState::Continue)
    /// })?;
    /// lua.load("local a = 1\nlocal b = 2").exec()?;
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn event(&self) -> DebugEvent {
        self.event
    }

    /// The function.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let caller = lua.create_function(|lua, ()| Ok(lua.inspect_stack(1, |debug| debug.function())))?;
    /// lua.globals().set("caller", caller)?;
    /// lua.load("function f() local c = caller() return c end").exec()?;
    /// assert!(lua.load("f() == f").eval::<bool>()?);
    /// # Ok::<(), perilune::Error>(())
    /// ```
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
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let name = lua.create_function(|lua, ()| {
    ///     Ok(lua.inspect_stack(0, |debug| debug.names().name.map(|name| name.into_owned())))
    /// })?;
    /// lua.globals().set("name", name)?;
    /// assert_eq!(lua.load("local n = name() return n").eval::<String>()?, "name");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn names(&self) -> DebugNames<'_> {
        let info = self.info();
        DebugNames {
            name: info.name.as_deref().map(|name| Cow::Owned(text(name))),
            name_what: name_what(info.name_what),
        }
    }

    /// Where the function was defined.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let native = lua.create_function(|lua, ()| {
    ///     Ok(lua.inspect_stack(0, |debug| debug.source().what))
    /// })?;
    /// assert_eq!(native.call::<String>(())?, "C");
    /// # Ok::<(), perilune::Error>(())
    /// ```
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
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let line = lua.create_function(|lua, ()| {
    ///     Ok(lua.inspect_stack(1, |debug| debug.current_line()).flatten())
    /// })?;
    /// assert_eq!(lua.load("local line = ...\n\nlocal n = line()\nreturn n").call::<usize>(line)?, 3);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn current_line(&self) -> Option<usize> {
        line(self.info().current_line)
    }

    /// Whether the function was called in the place of its caller.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let is_tail = lua.create_function(|lua, ()| Ok(lua.inspect_stack(1, |d| d.is_tail_call())))?;
    /// lua.globals().set("is_tail", is_tail)?;
    /// lua.load("function f() local yes = is_tail() return yes end").exec()?;
    /// assert!(lua.load("local function g() return f() end return (g())").eval::<bool>()?);
    /// assert!(!lua.load("local function g() return (f()) end return (g())").eval::<bool>()?);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn is_tail_call(&self) -> bool {
        self.info().is_tail_call
    }

    /// Numbers about the function.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let upvalues = lua.create_function(|lua, ()| {
    ///     Ok(lua.inspect_stack(1, |debug| debug.stack().num_upvalues))
    /// })?;
    /// let code = "local upvalues = ...
    ///     local function f()
    ///         local n = upvalues()
    ///         return n
    ///     end
    ///     return (f())";
    /// assert_eq!(lua.load(code).call::<u8>(upvalues)?, 1);
    /// # Ok::<(), perilune::Error>(())
    /// ```
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
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// // What Rust code has called has no caller in Lua.
    /// assert!(lua.inspect_stack(0, |_| ()).is_none());
    ///
    /// let log = lua.create_function(|lua, message: String| {
    ///     let line = lua.inspect_stack(1, |debug| debug.current_line()).flatten();
    ///     Ok(format!("{message} (line {})", line.unwrap_or(0)))
    /// })?;
    /// let code = "local log = ...\nreturn (log('here'))";
    /// assert_eq!(lua.load(code).call::<String>(log)?, "here (line 2)");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn inspect_stack<R>(&self, level: usize, f: impl FnOnce(&Debug) -> R) -> Option<R> {
        let exists = self.with(|state: &mut State, _| Ok(state.stack_level(None, level).is_some()));
        exists
            .unwrap_or(false)
            .then(|| f(&Debug { lua: self, level, event: DebugEvent::Unknown(-1) }))
    }

    /// The active functions from a level on, as Lua's `debug.traceback` gives
    /// them, with a message in front.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let report = lua.create_function(|lua, ()| lua.traceback(Some("what runs now:"), 1))?;
    /// lua.globals().set("report", report)?;
    /// let text: String = lua
    ///     .load("local function work() return (report()) end return (work())")
    ///     .set_name("@job.lua")
    ///     .eval()?;
    /// assert!(text.starts_with("what runs now:\nstack traceback:\n\tjob.lua:1: in "));
    /// # Ok::<(), perilune::Error>(())
    /// ```
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
