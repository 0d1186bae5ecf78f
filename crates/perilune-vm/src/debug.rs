//! The debug interface (manual §4.7): frames, functions, variables.
//!
//! # Safety
//!
//! Frames are looked up anew by each public function and used before anything
//! can change the stack. Functions and values in slots are live.

use crate::closure::name_or;
use crate::error::Result;
use crate::frame::{Frame, kind};
use crate::hook::{HookFn, HookMask};
use crate::meta::header;
use crate::object::{LuaClosure, NativeClosure, PrototypeObject, Thread};
use crate::state::{State, interrupt};
use crate::value::{RawValue, tag};
use perilune_bytecode::names::{self, FinalizerNames, HookNames, NameRules};
use perilune_syntax::Dialect;
use std::sync::atomic::Ordering;

/// An active function of a thread. It is looked up anew at each use, so that a
/// stale one is harmless.
///
/// ```
/// # use perilune::native::{self, Return, State};
/// fn caller_line(state: &mut State) -> native::Result<Return> {
///     let frame = state.stack_level(None, 1);
///     let info = frame.and_then(|frame| state.frame_info(None, frame));
///     state.ret(info.map(|info| info.current_line))
/// }
///
/// # let lua = perilune::Lua::new();
/// lua.globals().set("caller_line", lua.create_native_function(caller_line)?)?;
/// assert_eq!(lua.load("\n\nlocal n = caller_line()\nreturn n").eval::<i64>()?, 3);
/// # Ok::<(), perilune::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameRef {
    level: usize,
}

/// A call that was lost to a tail call; no stack has so many levels.
const LOST: FrameRef = FrameRef { level: usize::MAX };

/// What is known of a function or an active call of it.
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// state.load(b"return function(a, b, ...) end", b"@script.lua", b"t")?;
/// state.call(0, Some(1))?;
/// let info = state.function_info(-1).unwrap();
/// assert_eq!((info.what, info.line_defined), ("Lua", 1));
/// assert_eq!((info.parameter_count, info.is_vararg), (2, true));
/// assert_eq!(info.short_source, b"script.lua");
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct DebugInfo {
    /// The chunk's name with its `@` or `=`, or `=[C]`.
    pub source: Vec<u8>,
    /// The name for messages.
    pub short_source: Vec<u8>,
    /// "Lua", "C" or "main"; "tail" for a call that was lost to a tail call.
    pub what: &'static str,
    /// The running line, or -1.
    pub current_line: i64,
    /// Where the definition begins, or -1.
    pub line_defined: i64,
    /// Where it ends, or -1.
    pub last_line_defined: i64,
    /// A name of the function, as its caller knows it.
    pub name: Option<Vec<u8>>,
    /// What that name is: "global", "local", "method", "field", …, or "".
    pub name_what: &'static str,
    /// Number of upvalues.
    pub upvalue_count: u8,
    /// Number of fixed parameters.
    pub parameter_count: u8,
    /// Whether it takes extra arguments (native functions do).
    pub is_vararg: bool,
    /// Whether the frame was entered by a tail call.
    pub is_tail_call: bool,
    /// How many arguments `__call` has put before the others, as far as counted.
    pub extra_arguments: usize,
    /// In a call or return hook: index of the first value passed.
    pub first_transferred: u32,
    /// In a call or return hook: the number of values passed.
    pub transferred_count: u32,
}

/// What is at a level of a stack.
pub(crate) enum Level {
    Frame(Frame),
    /// A call that was lost to a tail call.
    Lost,
}

/// What is at the levels of a thread: frames without a function, and the bottom of
/// a stack, do not count; lost calls do in some dialects.
///
/// # Safety
/// The thread is live, and the iterator is dropped before anything can run.
pub(crate) unsafe fn levels(
    th: *const Thread,
    dialect: &'static Dialect,
) -> impl Iterator<Item = Level> {
    let mut next = Some(Frame::innermost(th));
    let mut lost = 0;
    std::iter::from_fn(move || {
        if lost > 0 {
            lost -= 1;
            return Some(Level::Lost);
        }
        loop {
            let frame = next.filter(|f| !f.is_bottom())?;
            // SAFETY: the thread is live, and so are its frames.
            unsafe {
                next = frame.caller();
                if !is_hidden(&frame) {
                    if dialect.tail_call_levels {
                        lost = frame.lost_calls(th);
                    }
                    return Some(Level::Frame(frame));
                }
            }
        }
    })
}

/// Frames without a function: those of Rust code that entered by itself, and
/// those of calls of what can't be called.
pub(crate) unsafe fn is_hidden(frame: &Frame) -> bool {
    !(*frame.function).is_function()
}

/// Whether the hook of `th` runs for `frame`.
unsafe fn is_hooked(th: *mut Thread, frame: &Frame) -> bool {
    calls_by(th, frame, kind::ENTRY_HOOK)
}

/// Whether the frame of `th` above `frame` is of that kind.
unsafe fn calls_by(th: *mut Thread, frame: &Frame, kind: u8) -> bool {
    let mut above = Frame::innermost(th);
    while let Some(f) = above.caller() {
        if std::ptr::eq(f.base, frame.base) {
            return above.kind() == kind;
        }
        above = f;
    }
    false
}

/// What is known of a call that was lost to a tail call.
fn lost_call() -> DebugInfo {
    DebugInfo {
        source: b"=(tail call)".to_vec(),
        short_source: b"(tail call)".to_vec(),
        what: "tail",
        name: Some(Vec::new()),
        current_line: -1,
        line_defined: -1,
        last_line_defined: -1,
        ..DebugInfo::default()
    }
}

/// Fills in what follows from the function alone.
unsafe fn function_part(info: &mut DebugInfo, f: RawValue, dialect: &Dialect) {
    if f.tag == tag::LUA_CLOSURE {
        let c = f.as_lua_closure();
        let p = (*c).prototype;
        let data = &(*p).data;
        info.source = name_or(data.source, b"=?");
        info.line_defined = data.line_defined as i64;
        info.last_line_defined = data.last_line_defined as i64;
        info.what = if data.line_defined == 0 { "main" } else { "Lua" };
        info.upvalue_count = (*c).header.extra - hidden_upvalues(c, dialect) as u8;
        info.parameter_count = (*p).parameter_count;
        info.is_vararg = (*p).is_vararg;
    } else {
        info.source = b"=[C]".to_vec();
        info.line_defined = -1;
        info.last_line_defined = -1;
        info.what = "C";
        info.is_vararg = true;
        if f.tag == tag::NATIVE_CLOSURE {
            info.upvalue_count = (*f.as_native_closure()).header.extra;
        }
    }
    info.short_source = dialect.chunk_id(&info.source);
    info.current_line = -1;
}

/// How many of a Lua function's upvalues are not shown: the one of its environment,
/// where that is no variable.
unsafe fn hidden_upvalues(c: *const LuaClosure, dialect: &Dialect) -> usize {
    usize::from(dialect.function_environments && (*c).header.extra > 0)
}

/// The line a Lua frame runs.
pub(crate) unsafe fn current_line(frame: &Frame) -> i64 {
    if !frame.is_lua() {
        return -1;
    }
    let p = (*(*frame.function).as_lua_closure()).prototype;
    (*p).data.lines.get(frame.current_pc()).map_or(-1, |l| l as i64)
}

/// How the caller of `frame` names its function: (kind, name).
pub(crate) unsafe fn name_of_call(
    frame: &Frame,
    rules: &NameRules,
) -> Option<(&'static str, Vec<u8>)> {
    if frame.is_tail_call() {
        return None;
    }
    if frame.kind() == kind::ENTRY_FINALIZER && rules.finalizers == FinalizerNames::Finalizer {
        return Some(("metamethod", b"__gc".to_vec()));
    }
    let caller = frame.caller()?;
    if caller.kind() == kind::ENTRY_HOOK && is_hidden(&caller) {
        let named = match rules.hooks {
            HookNames::OfInstruction => {
                let interrupted = caller.caller().filter(|f| f.is_lua())?;
                return called_in(&interrupted, rules).filter(|(_, name)| name != b"__close");
            }
            HookNames::InLuaFunctions => caller.caller().is_some_and(|f| f.is_lua()),
            HookNames::Always => true,
        };
        return named.then(|| ("hook", b"?".to_vec()));
    }
    if !caller.is_lua()
        || !matches!(frame.kind(), kind::PLAIN | kind::TFOR | kind::META | kind::NATIVE_TAIL)
    {
        return None;
    }
    called_in(&caller, rules)
}

/// What the running instruction of a Lua frame calls.
unsafe fn called_in(frame: &Frame, rules: &NameRules) -> Option<(&'static str, Vec<u8>)> {
    let p = &*(*(*frame.function).as_lua_closure()).prototype;
    // The instruction that arranges extra arguments calls nothing.
    let pc = frame.current_pc() + u32::from(p.is_vararg && frame.current_pc() == 0);
    let name = names::called_name(p, pc, rules)?;
    Some((name.kind, name.name.to_vec()))
}

/// Name and slot of local `n` of a frame (negative: extra arguments).
unsafe fn local_slot(
    th: *mut Thread,
    frame: &Frame,
    n: i64,
    dialect: &Dialect,
) -> Option<(Vec<u8>, *mut RawValue)> {
    let innermost = Frame::innermost(th);
    let limit = if std::ptr::eq(innermost.base, frame.base) { (*th).top } else { frame.top };
    if frame.is_lua() {
        let p = (*(*frame.function).as_lua_closure()).prototype;
        if n < 0 {
            let name = dialect.vararg_name.filter(|_| (*p).is_vararg)?;
            let extra =
                frame.base.offset_from(frame.function) as i64 - 2 - (*p).parameter_count as i64;
            if n < -extra.max(0) {
                return None;
            }
            let slot = frame.function.add(1 + (*p).parameter_count as usize + (-n) as usize - 1);
            return Some((name.into(), slot));
        }
        // Damaged debug information may name what is not the frame's.
        if let Some((name, register)) = active_local(p, frame.current_pc(), n)
            && frame.base.add(register as usize) < limit
        {
            return Some((name, frame.base.add(register as usize)));
        }
    }
    let size = limit.offset_from(frame.base) as i64;
    if n > 0 && n <= size {
        let name = dialect.temporary_names[usize::from(!frame.is_lua())];
        return Some((name.into(), frame.base.offset(n as isize - 1)));
    }
    None
}

/// The `n`-th local that is active at `pc`.
unsafe fn active_local(p: *mut PrototypeObject, pc: u32, n: i64) -> Option<(Vec<u8>, u8)> {
    let mut left = n.max(0);
    for l in &(*p).data.locals {
        if l.start_pc <= pc && pc < l.end_pc {
            left -= 1;
            if left == 0 {
                return Some((name_or(l.name, b"?"), l.register));
            }
        }
    }
    None
}

impl State {
    /// The active function at a level: 0 is the running one, 1 its caller.
    ///
    /// ```
    /// # use perilune::native::{self, Return, State};
    /// fn depth(state: &mut State) -> native::Result<Return> {
    ///     let mut level = 0;
    ///     while state.stack_level(None, level).is_some() {
    ///         level += 1;
    ///     }
    ///     state.ret(level)
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("depth", lua.create_native_function(depth)?)?;
    /// let deeper: i64 = lua.load("
    ///     local function f() local n = depth() return n end
    ///     local here, there = depth(), f()
    ///     return there - here
    /// ").eval()?;
    /// assert_eq!(deeper, 1);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn stack_level(&mut self, thread: Option<i32>, level: usize) -> Option<FrameRef> {
        self.level_of(thread, FrameRef { level }).map(|_| FrameRef { level })
    }

    /// What takes the place of a level below 0: a call that was lost to a tail
    /// call, in dialects where those are levels.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// assert_eq!(state.lost_level(), None, "in Lua 5.4 tail calls leave no level");
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn lost_level(&self) -> Option<FrameRef> {
        self.dialect.tail_call_levels.then_some(LOST)
    }

    fn level_of(&self, thread: Option<i32>, frame: FrameRef) -> Option<(*mut Thread, Level)> {
        let th = self.thread_at(thread);
        if frame == LOST {
            return Some((th, Level::Lost));
        }
        // SAFETY: the thread is live; nothing runs while its levels are counted.
        unsafe { levels(th, self.dialect).nth(frame.level).map(|f| (th, f)) }
    }

    fn frame_of(&self, thread: Option<i32>, frame: FrameRef) -> Option<(*mut Thread, Frame)> {
        match self.level_of(thread, frame)? {
            (th, Level::Frame(f)) => Some((th, f)),
            (_, Level::Lost) => None,
        }
    }

    /// What is known of an active function; `None` if the frame is gone.
    ///
    /// ```
    /// # use perilune::native::{self, Return, State};
    /// fn own_name(state: &mut State) -> native::Result<Return> {
    ///     let frame = state.stack_level(None, 0);
    ///     let info = frame.and_then(|frame| state.frame_info(None, frame));
    ///     match info.and_then(|info| info.name) {
    ///         Some(name) => state.ret(&name),
    ///         None => state.ret("?"),
    ///     }
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("own_name", lua.create_native_function(own_name)?)?;
    /// assert_eq!(lua.load("local s = own_name() return s").eval::<String>()?, "own_name");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn frame_info(&mut self, thread: Option<i32>, frame: FrameRef) -> Option<DebugInfo> {
        let (th, f) = match self.level_of(thread, frame)? {
            (th, Level::Frame(f)) => (th, f),
            (_, Level::Lost) => return Some(lost_call()),
        };
        let mut info = DebugInfo::default();
        // SAFETY: the frame was just looked up.
        unsafe {
            function_part(&mut info, *f.function, self.dialect);
            info.current_line = current_line(&f);
            info.is_tail_call = f.is_tail_call();
            if !self.dialect.tail_call_levels {
                info.extra_arguments = f.count(th);
            }
            if let Some((what, name)) = name_of_call(&f, self.dialect.names) {
                info.name_what = what;
                info.name = Some(name);
            }
            if self.dialect.names.finalizers == FinalizerNames::Interrupted
                && calls_by(th, &f, kind::ENTRY_FINALIZER)
            {
                info.name_what = "metamethod";
                info.name = Some(b"__gc".to_vec());
            }
            if (*th).hooks.transferred > 0 && is_hooked(th, &f) {
                info.first_transferred = (*th).hooks.first_transferred;
                info.transferred_count = (*th).hooks.transferred;
            }
        }
        Some(info)
    }

    /// Pushes an active function (nil if the frame is gone).
    ///
    /// ```
    /// # use perilune::native::{self, Return, State};
    /// fn caller(state: &mut State) -> native::Result<Return> {
    ///     match state.stack_level(None, 1) {
    ///         Some(frame) => state.push_frame_function(None, frame)?,
    ///         None => state.push(())?,
    ///     }
    ///     Ok(Return::values(1))
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("caller", lua.create_native_function(caller)?)?;
    /// let same: bool = lua.load("
    ///     local function f() local g = caller() return g end
    ///     return f() == f
    /// ").eval()?;
    /// assert!(same);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the stack can't grow.
    pub fn push_frame_function(&mut self, thread: Option<i32>, frame: FrameRef) -> Result<()> {
        // SAFETY: the frame was just looked up.
        let v = match self.frame_of(thread, frame) {
            // SAFETY: the frame was just looked up.
            Some((_, f)) => unsafe { *f.function },
            None => RawValue::NIL,
        };
        self.push_raw(v)
    }

    /// What is known of the function at an index; `None` if it is none.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.get_global("print")?;
    /// assert_eq!(state.function_info(-1).unwrap().what, "C");
    /// state.push("text")?;
    /// assert!(state.function_info(-1).is_none());
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn function_info(&mut self, index: i32) -> Option<DebugInfo> {
        let f = self.raw(index);
        if !f.is_function() {
            return None;
        }
        let mut info = DebugInfo::default();
        // SAFETY: the function is in a slot.
        unsafe { function_part(&mut info, f, self.dialect) };
        Some(info)
    }

    /// The lines of a Lua function that hold code, ascending; `None` for other values.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.load(b"local a = 1\n\nreturn a", b"=chunk", b"t")?;
    /// assert_eq!(state.active_lines(-1), Some(vec![1, 3]));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn active_lines(&mut self, index: i32) -> Option<Vec<i64>> {
        let f = self.raw(index);
        if f.tag != tag::LUA_CLOSURE {
            return None;
        }
        // SAFETY: the function is in a slot.
        unsafe {
            let p = (*f.as_lua_closure()).prototype;
            let lines = &(*p).data.lines;
            // The instruction that arranges extra arguments is no code.
            let first = u32::from((*p).is_vararg);
            let mut out: Vec<i64> =
                (first..(*p).code_len).filter_map(|pc| lines.get(pc)).map(i64::from).collect();
            out.sort_unstable();
            out.dedup();
            Some(out)
        }
    }

    /// Pushes local `n` of an active function (negative: extra arguments) and
    /// answers its name; `None`, and nothing pushed, if there is none.
    ///
    /// ```
    /// # use perilune::native::{self, Return, State};
    /// /// `local_of_caller (n)`: name and value of a local variable of the caller.
    /// fn local_of_caller(state: &mut State) -> native::Result<Return> {
    ///     let n = state.check_integer(1)?;
    ///     let Some(frame) = state.stack_level(None, 1) else { return Ok(Return::NONE) };
    ///     let Some(name) = state.push_local(None, frame, n)? else { return Ok(Return::NONE) };
    ///     state.push(&name)?;
    ///     state.insert(-2);
    ///     Ok(Return::values(2))
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("local_of_caller", lua.create_native_function(local_of_caller)?)?;
    /// let found: (String, i64) = lua.load("
    ///     local width, height = 640, 480
    ///     local name, value = local_of_caller(2)
    ///     return name, value
    /// ").eval()?;
    /// assert_eq!(found, ("height".into(), 480));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the stack can't grow.
    pub fn push_local(
        &mut self,
        thread: Option<i32>,
        frame: FrameRef,
        n: i64,
    ) -> Result<Option<Vec<u8>>> {
        let Some((th, f)) = self.frame_of(thread, frame) else { return Ok(None) };
        // SAFETY: the slot belongs to the frame.
        match unsafe { local_slot(th, &f, n, self.dialect) } {
            Some((name, slot)) => {
                // SAFETY: the slot belongs to the frame.
                let v = unsafe { *slot };
                let v = if v.tag == tag::FRAME_INFO { RawValue::NIL } else { v };
                self.push_raw(v)?;
                Ok(Some(name))
            }
            None => Ok(None),
        }
    }

    /// Pops a value into local `n` of an active function and answers its name.
    /// It is `None`, and the value is popped all the same, if there is none.
    ///
    /// ```
    /// # use perilune::native::{self, Return, State};
    /// fn reset_first(state: &mut State) -> native::Result<Return> {
    ///     let Some(frame) = state.stack_level(None, 1) else { return Ok(Return::NONE) };
    ///     state.push(0)?;
    ///     match state.set_local(None, frame, 1)? {
    ///         Some(name) => state.ret(&name),
    ///         None => Ok(Return::NONE),
    ///     }
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("reset_first", lua.create_native_function(reset_first)?)?;
    /// let reset: (String, i64) = lua.load("
    ///     local score = 99
    ///     local name = reset_first()
    ///     return name, score
    /// ").eval()?;
    /// assert_eq!(reset, ("score".into(), 0));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// None at present.
    pub fn set_local(
        &mut self,
        thread: Option<i32>,
        frame: FrameRef,
        n: i64,
    ) -> Result<Option<Vec<u8>>> {
        let v = self.raw(-1);
        let found = self.frame_of(thread, frame);
        // SAFETY: the slot belongs to the frame and holds a value.
        let name = found.and_then(|(th, f)| unsafe {
            let (name, slot) = local_slot(th, &f, n, self.dialect)?;
            if (*slot).tag == tag::FRAME_INFO {
                return None;
            }
            *slot = v;
            self.heap.barrier(header(th));
            Some(name)
        });
        self.pop(1);
        Ok(name)
    }

    /// The name of parameter `n` (from 1) of the Lua function at an index.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.load(b"return function(width, height) end", b"=chunk", b"t")?;
    /// state.call(0, Some(1))?;
    /// assert_eq!(state.parameter_name(-1, 2).as_deref(), Some(&b"height"[..]));
    /// assert_eq!(state.parameter_name(-1, 3), None);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn parameter_name(&mut self, index: i32, n: i64) -> Option<Vec<u8>> {
        let f = self.raw(index);
        if f.tag != tag::LUA_CLOSURE {
            return None;
        }
        // SAFETY: the function is in a slot.
        unsafe { active_local((*f.as_lua_closure()).prototype, 0, n).map(|(name, _)| name) }
    }

    /// Name and place of an upvalue.
    fn upvalue_slot(&self, index: i32, n: i64) -> Option<(Vec<u8>, *mut RawValue, RawValue)> {
        let f = self.raw(index);
        if n < 1 {
            return None;
        }
        let i = n as usize - 1;
        // SAFETY: the function is in a slot; `i` is checked.
        unsafe {
            match f.tag {
                tag::LUA_CLOSURE => {
                    let c = f.as_lua_closure();
                    let i = i + hidden_upvalues(c, self.dialect);
                    if i >= (*c).header.extra as usize {
                        return None;
                    }
                    let data = &(*(*c).prototype).data;
                    let name = data.upvalues.get(i)?.name;
                    let up = *LuaClosure::upvalues(c).add(i);
                    let owner = RawValue::pointer(tag::UPVALUE, up);
                    Some((
                        name_or(name, self.dialect.stripped_upvalue_name.as_bytes()),
                        (*up).value,
                        owner,
                    ))
                }
                tag::NATIVE_CLOSURE => {
                    let c = f.as_native_closure();
                    if i >= (*c).header.extra as usize {
                        return None;
                    }
                    Some((Vec::new(), NativeClosure::upvalues(c).add(i), f))
                }
                _ => None,
            }
        }
    }

    /// Pushes upvalue `n` of the function at an index and answers its name ("" in
    /// native functions).
    /// It is `None`, and nothing is pushed, if there is none.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.load(b"local step = 5; return function() return step end", b"=chunk", b"t")?;
    /// state.call(0, Some(1))?;
    /// assert_eq!(state.push_function_upvalue(1, 1)?.as_deref(), Some(&b"step"[..]));
    /// assert_eq!(state.to_integer(-1), Some(5));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the stack can't grow.
    pub fn push_function_upvalue(&mut self, function: i32, n: i64) -> Result<Option<Vec<u8>>> {
        match self.upvalue_slot(function, n) {
            Some((name, slot, _)) => {
                // SAFETY: a live function's upvalue.
                self.push_raw(unsafe { *slot })?;
                Ok(Some(name))
            }
            None => Ok(None),
        }
    }

    /// Pops a value into upvalue `n` of the function at an index and answers its
    /// name; pops nothing if there is none.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.load(b"return greeting", b"=chunk", b"t")?;
    /// state.new_table(0, 1)?;
    /// state.set_field_to(-1, "greeting", "hi")?;
    /// // The first upvalue of a chunk is its environment.
    /// assert_eq!(state.set_function_upvalue(1, 1)?.as_deref(), Some(&b"_ENV"[..]));
    /// state.call(0, Some(1))?;
    /// assert_eq!(state.bytes(-1), Some(&b"hi"[..]));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// None at present.
    pub fn set_function_upvalue(&mut self, function: i32, n: i64) -> Result<Option<Vec<u8>>> {
        let v = self.raw(-1);
        match self.upvalue_slot(function, n) {
            Some((name, slot, owner)) => {
                // SAFETY: a live function's upvalue; the barrier tells the
                // collector.
                unsafe {
                    *slot = v;
                    self.heap.barrier_value(owner.as_header(), v);
                }
                self.pop(1);
                Ok(Some(name))
            }
            None => Ok(None),
        }
    }

    /// What identifies upvalue `n` of the function at an index: functions that share
    /// the variable answer the same. `None` if there is none.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.load(b"local n; return function() n = 1 end, function() return n end", b"=chunk", b"t")?;
    /// state.call(0, Some(2))?;
    /// assert_eq!(state.upvalue_id(1, 1), state.upvalue_id(2, 1));
    /// assert_eq!(state.upvalue_id(1, 2), None);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn upvalue_id(&mut self, function: i32, n: i64) -> Option<usize> {
        self.upvalue_slot(function, n).map(|(_, slot, owner)| {
            if owner.tag == tag::UPVALUE { owner.payload as usize } else { slot as usize }
        })
    }

    /// Lets upvalue `n1` of one Lua function refer to upvalue `n2` of another: from
    /// then on they share the variable. It does nothing if one of the two is missing.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// let source = b"local a, b = 1, 2 return function() return a end, function() return b end";
    /// state.load(source, b"=chunk", b"t")?;
    /// state.call(0, Some(2))?;
    /// state.upvalue_join(1, 1, 2, 1);
    /// state.push_value(1)?;
    /// state.call(0, Some(1))?;
    /// assert_eq!(state.to_integer(-1), Some(2));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn upvalue_join(&mut self, f1: i32, n1: i64, f2: i32, n2: i64) {
        let (a, b) = (self.raw(f1), self.raw(f2));
        if a.tag != tag::LUA_CLOSURE
            || b.tag != tag::LUA_CLOSURE
            || self.upvalue_slot(f1, n1).is_none()
            || self.upvalue_slot(f2, n2).is_none()
        {
            return;
        }
        // SAFETY: both upvalues exist.
        unsafe {
            let (a, b) = (a.as_lua_closure(), b.as_lua_closure());
            let up = *LuaClosure::upvalues(b).add(n2 as usize - 1);
            *LuaClosure::upvalues(a).add(n1 as usize - 1) = up;
            self.heap.barrier(header(a));
        }
    }

    /// Sets the hook of a thread: of the one at an index, or of the running one for
    /// `None`. Without a function, or with an empty mask, there is none.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::{self, HookEvent, HookMask, State};
    ///
    /// fn stop(state: &mut State, _: HookEvent) -> native::Result<()> {
    ///     Err(state.error(format_args!("too many instructions")))
    /// }
    ///
    /// state.set_hook(None, Some(stop), HookMask { count: 10_000, ..HookMask::default() });
    /// state.load(b"while true do end", b"=loop", b"t")?;
    /// let error = state.protected_call(0, Some(0)).unwrap_err();
    /// state.push_error(error)?;
    /// assert!(state.bytes(-1).unwrap().ends_with(b"too many instructions"));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn set_hook(&mut self, thread: Option<i32>, hook: Option<HookFn>, mask: HookMask) {
        let th = self.thread_at(thread);
        let on = hook.is_some() && !mask.is_empty();
        // SAFETY: the thread is live.
        unsafe {
            let hooks = &mut (*th).hooks;
            hooks.function = if on { hook } else { None };
            hooks.mask = if on { mask } else { HookMask::default() };
            hooks.active = on;
            hooks.count_left = mask.count;
        }
        self.interrupt.fetch_or(interrupt::HOOKS, Ordering::Relaxed);
    }

    /// The hook of a thread: of the one at an index, or of the running one for `None`.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::{self, HookEvent, HookMask, State};
    ///
    /// fn nothing(_: &mut State, _: HookEvent) -> native::Result<()> {
    ///     Ok(())
    /// }
    ///
    /// assert!(state.hook(None).is_none());
    /// state.set_hook(None, Some(nothing), HookMask { line: true, ..HookMask::default() });
    /// assert!(state.hook(None).unwrap().1.line);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn hook(&mut self, thread: Option<i32>) -> Option<(HookFn, HookMask)> {
        let th = self.thread_at(thread);
        // SAFETY: the thread is live.
        unsafe { (*th).hooks.function.map(|f| (f, (*th).hooks.mask)) }
    }

    /// The function's name as a field of a loaded module ("string.rep"), or a
    /// global ("print").
    pub(crate) fn global_function_name(&mut self, frame: FrameRef) -> Option<Vec<u8>> {
        let (_, f) = self.frame_of(None, frame)?;
        // SAFETY: the frame was just looked up.
        unsafe { self.loaded_name(*f.function) }
    }
}
