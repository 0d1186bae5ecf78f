//! Debug hooks (manual §4.7, `lua_sethook`).

use crate::error::Result;
use crate::object::PrototypeObject;
use crate::state::{State, interrupt};
use perilune_bytecode::names::FunctionView;
use perilune_bytecode::{Instruction, Op};
use std::sync::atomic::Ordering;

/// What happened when a hook is called.
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// use perilune::native::{self, HookEvent, HookMask, State};
///
/// /// Notes the lines that run in the global table `lines`.
/// fn note(state: &mut State, event: HookEvent) -> native::Result<()> {
///     if let HookEvent::Line(line) = event {
///         state.get_global("lines")?;
///         let n = state.len(-1)?;
///         state.push(line)?;
///         state.raw_set_integer(-2, n + 1)?;
///     }
///     Ok(())
/// }
///
/// state.new_table(0, 0)?;
/// state.set_global("lines")?;
/// state.load(b"local a = 1\nlocal b = a\nreturn b", b"=chunk", b"t")?;
/// state.set_hook(None, Some(note), HookMask { line: true, ..HookMask::default() });
/// state.call(0, Some(0))?;
/// state.get_global("lines")?;
/// assert_eq!(state.raw_len(-1), 3);
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HookEvent {
    /// A function is entered.
    Call,
    /// A function is about to return.
    Return,
    /// A function is entered by a tail call.
    TailCall,
    /// A function has returned whose call was lost to a tail call.
    TailReturn,
    /// The interpreter is about to run code of this line.
    Line(i64),
    /// So many instructions have run.
    Count,
}

/// The events a hook is called for.
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// use perilune::native::HookMask;
///
/// let calls = HookMask { call: true, ret: true, ..HookMask::default() };
/// assert!(!calls.is_empty());
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct HookMask {
    /// Calls and tail calls.
    pub call: bool,
    /// Returns.
    pub ret: bool,
    /// New lines.
    pub line: bool,
    /// Every so many instructions; 0 = never.
    pub count: u32,
}

impl HookMask {
    /// Whether no event is wanted.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::HookMask;
    ///
    /// assert!(HookMask::default().is_empty());
    /// assert!(!HookMask { count: 1000, ..HookMask::default() }.is_empty());
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn is_empty(&self) -> bool {
        !self.call && !self.ret && !self.line && self.count == 0
    }
}

/// A native hook. The function that was interrupted is at stack level 0.
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// use perilune::native::{self, HookEvent, HookFn, HookMask, State};
///
/// fn count(state: &mut State, event: HookEvent) -> native::Result<()> {
///     assert_eq!(event, HookEvent::Call);
///     state.get_global("calls")?;
///     let calls = state.to_integer(-1).unwrap_or(0);
///     state.push(calls + 1)?;
///     state.set_global("calls")
/// }
///
/// let hook: HookFn = count;
/// state.load(b"local function f() end f() f()", b"=chunk", b"t")?;
/// state.set_hook(None, Some(hook), HookMask { call: true, ..HookMask::default() });
/// state.call(0, Some(0))?;
/// state.get_global("calls")?;
/// assert_eq!(state.to_integer(-1), Some(3));
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
pub type HookFn = fn(&mut State, event: HookEvent) -> Result<()>;

/// The hook of a thread.
#[derive(Clone, Copy, Default)]
pub(crate) struct Hooks {
    pub function: Option<HookFn>,
    pub mask: HookMask,
    /// A hook is set and none is running.
    pub active: bool,
    /// The hook runs: no other event calls it.
    pub running: bool,
    pub count_left: u32,
    /// The hook that runs wants the coroutine to yield.
    pub yields: bool,
    /// The next instruction has begun already: it is no event again.
    pub again: bool,
    /// Index of the instruction where a line event was last checked, to tell
    /// new lines (of whatever function: only its order counts).
    pub old_pc: u32,
    /// Slots of a call or return event's values: first (from 1) and number.
    pub first_transferred: u32,
    pub transferred: u32,
}

/// Calls the current thread's hook for `event`. The frame's extent must be in
/// the thread's `top`.
///
/// # Safety
/// The current thread's `base`, `pc` and `top` are those of the running frame.
pub(crate) unsafe fn call_hook(
    state: &mut State,
    event: HookEvent,
    transfer: (u32, u32),
) -> Result<()> {
    let th = state.current;
    let Some(function) = (*th).hooks.function else { return Ok(()) };
    if (*th).hooks.running {
        return Ok(());
    }
    (*th).hooks.running = true;
    (*th).hooks.first_transferred = transfer.0;
    (*th).hooks.transferred = transfer.1;
    let result = crate::entry::with_hook_frame(state, |state| function(state, event));
    (*th).hooks.running = false;
    (*th).hooks.transferred = 0;
    result
}

/// The event of a line; without debug information it is -1.
fn line_event(line: Option<u32>) -> HookEvent {
    HookEvent::Line(line.map_or(-1, i64::from))
}

/// The instruction at `old` in the code of `p`, and where it jumps to.
fn jump_of(p: &PrototypeObject, old: u32) -> (Instruction, i64) {
    let instruction = p.code()[old as usize];
    (instruction, i64::from(old) + 1 + i64::from(instruction.j()))
}

/// Whether the instruction at `index` belongs to the one at `old`, which ran
/// before it: a generic loop's first call, a jump back that a test leads to, and
/// where `closes_are_jumps`, what closes variables behind a jump.
fn goes_through(p: &PrototypeObject, old: u32, index: u32, closes_are_jumps: bool) -> bool {
    let (before, target) = jump_of(p, old);
    let Some(op) = before.op().filter(|op| op.jumps() && target == i64::from(index)) else {
        return false;
    };
    let instruction = p.code()[index as usize];
    match op {
        Op::TForPrep => true,
        Op::ForPrep | Op::ForLoop | Op::TForLoop => false,
        _ if index == old + 1 => false,
        _ if instruction.op_byte() == Op::Close as u8 => closes_are_jumps,
        Op::Jmp => false,
        _ => {
            let plain = instruction.op_byte() == Op::Jmp as u8 && instruction.a() == 0;
            plain && instruction.j() < 0
        }
    }
}

/// If the instruction at `old` prepares a numeric loop, and the one at `index` is
/// where it went on: the end of the loop.
fn loop_entered(p: &PrototypeObject, old: u32, index: u32) -> Option<u32> {
    let (before, target) = jump_of(p, old);
    let enters =
        before.op_byte() == Op::ForPrep as u8 && (index == old + 1 || i64::from(index) == target);
    enters.then(|| (target - 1) as u32)
}

/// The work before each instruction while a hook is set: count and line
/// events. Answers whether the coroutine is to yield. `pc` is the address of the instruction.
///
/// # Safety
/// As `call_hook`, for a Lua frame.
pub(crate) unsafe fn before_instruction(state: &mut State, pc: *const Instruction) -> Result<bool> {
    let th = state.current;
    let hooks = &mut (*th).hooks;
    if hooks.running || (*pc).op_byte() == Op::VarargPrep as u8 {
        return Ok(false);
    }
    let op = (*pc).op_byte();
    if op == Op::VarargTable as u8 || (op == Op::LoadNil as u8 && (*pc).d() == 1) {
        // The next instruction counts as a new line.
        let code = (*crate::frame::prototype_at((*th).base)).code;
        hooks.old_pc = pc.offset_from(code) as u32 + 1;
        return Ok(false);
    }
    if std::mem::take(&mut hooks.again) {
        return Ok(false);
    }
    hooks.yields = false;
    if hooks.mask.count > 0 {
        hooks.count_left = hooks.count_left.saturating_sub(1);
        if hooks.count_left == 0 {
            hooks.count_left = hooks.mask.count;
            call_hook(state, HookEvent::Count, (0, 0))?;
        }
    }
    let hooks = &mut (*th).hooks;
    if !hooks.mask.line {
        return Ok(std::mem::take(&mut hooks.yields));
    }
    let p = crate::frame::prototype_at((*th).base);
    let index = pc.offset_from((*p).code) as u32;
    let lines = &(*p).data.lines;
    let mut old = if hooks.old_pc < (*p).code_len { hooks.old_pc } else { 0 };
    if goes_through(&*p, old, index, state.dialect.closes_are_jumps) {
        return Ok(std::mem::take(&mut hooks.yields));
    }
    let line = lines.get(index);
    if state.dialect.stepping_loops
        && let Some(end) = loop_entered(&*p, old, index)
    {
        // The loop begins with the step at its end.
        if lines.get(end) != lines.get(old) {
            (*th).pc = (*p).code.add(end as usize + 1);
            let result = call_hook(state, line_event(lines.get(end)), (0, 0));
            (*th).pc = (*p).code.add(index as usize + 1);
            result?;
        }
        old = end;
    }
    if index <= old || lines.get(old) != line {
        call_hook(state, line_event(line), (0, 0))?;
    }
    (*th).hooks.old_pc = index;
    Ok(std::mem::take(&mut (*th).hooks.yields))
}

/// Calls the function that was set to be called now and then, if none runs.
/// Answers whether it wants the coroutine to yield.
///
/// # Safety
/// As `call_hook`, for a Lua frame whose instructions are not running.
pub(crate) unsafe fn call_interrupt(state: &mut State) -> Result<bool> {
    let th = state.current;
    let Some(function) = state.interrupt_function else { return Ok(false) };
    if (*th).hooks.running || state.in_finalizer {
        return Ok(false);
    }
    (*th).hooks.running = true;
    (*th).hooks.yields = false;
    let result = crate::entry::with_hook_frame(state, function);
    (*th).hooks.running = false;
    result?;
    Ok(std::mem::take(&mut (*th).hooks.yields))
}

impl State {
    /// Sets what is called at every function call and backward jump of Lua code,
    /// in all coroutines. While it runs, it is not called again, nor are hooks.
    /// An error that it returns is raised in the script.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::{self, State};
    ///
    /// fn watch(state: &mut State) -> native::Result<()> {
    ///     match state.used_memory() {
    ///         0..10_000_000 => Ok(()),
    ///         _ => Err(state.error(format_args!("that is enough"))),
    ///     }
    /// }
    ///
    /// state.set_interrupt_function(Some(watch));
    /// state.load(b"local t = {} while true do t[#t + 1] = {} end", b"=greedy", b"t")?;
    /// let error = state.protected_call(0, Some(0)).unwrap_err();
    /// state.push_error(error)?;
    /// assert!(state.bytes(-1).unwrap().ends_with(b"that is enough"));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn set_interrupt_function(&mut self, function: Option<fn(&mut State) -> Result<()>>) {
        self.interrupt_function = function;
        self.interrupt.fetch_or(interrupt::FUNCTION, Ordering::Relaxed);
    }

    /// Called by a hook for a line or count event, or by an interrupt function:
    /// lets the coroutine yield, without values, before it goes on. Answers false
    /// if it can't.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::{self, CallStatus, HookEvent, HookMask, State};
    ///
    /// /// Lets a coroutine that works for long pause now and then.
    /// fn pause(state: &mut State, _: HookEvent) -> native::Result<()> {
    ///     state.yield_from_hook();
    ///     Ok(())
    /// }
    ///
    /// state.load(b"for i = 1, 1000 do end return 'done'", b"=work", b"t")?;
    /// state.new_thread()?;
    /// state.set_hook(Some(1), Some(pause), HookMask { count: 100, ..HookMask::default() });
    /// let mut pauses = 0;
    /// loop {
    ///     state.push_value(1)?;
    ///     match state.resume(0)? {
    ///         CallStatus::Ok(_) => break,
    ///         _ => pauses += 1,
    ///     }
    /// }
    /// assert!(pauses > 5);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn yield_from_hook(&mut self) -> bool {
        // SAFETY: the current thread is live.
        unsafe {
            let th = self.current;
            // The hook's own frame is the one that forbids a yield.
            let can = (*th).hooks.running
                && !(*th).resumer.is_null()
                && (*th).non_yieldable == 1
                && (!self.dialect.yields_through_lua_calls_only
                    || crate::coroutine::called_by_lua_alone(th));
            (*th).hooks.yields = can;
            can
        }
    }
}
