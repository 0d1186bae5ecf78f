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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameRef {
    level: usize,
}

/// A call that was lost to a tail call; no stack has so many levels.
const LOST: FrameRef = FrameRef { level: usize::MAX };

/// What is known of a function or an active call of it.
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
    pub fn stack_level(&mut self, thread: Option<i32>, level: usize) -> Option<FrameRef> {
        self.level_of(thread, FrameRef { level }).map(|_| FrameRef { level })
    }

    /// What takes the place of a level below 0: a call that was lost to a tail
    /// call, in dialects where those are levels.
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

    /// What is known of an active function.
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

    /// The lines of a Lua function that hold code, ascending.
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

    /// The name of parameter `n` of the function at an index.
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

    /// What identifies upvalue `n` of the function at an index.
    pub fn upvalue_id(&mut self, function: i32, n: i64) -> Option<usize> {
        self.upvalue_slot(function, n).map(|(_, slot, owner)| {
            if owner.tag == tag::UPVALUE { owner.payload as usize } else { slot as usize }
        })
    }

    /// Lets upvalue `n1` of one Lua function refer to upvalue `n2` of another.
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

    /// Sets the hook of a thread.
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

    /// The hook of a thread.
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
