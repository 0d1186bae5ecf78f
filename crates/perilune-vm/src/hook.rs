//! Debug hooks (manual §4.7, `lua_sethook`).

use crate::error::Result;
use crate::state::{State, interrupt};
use perilune_bytecode::{Instruction, Op};
use std::sync::atomic::Ordering;

/// What happened when a hook is called.
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
    pub fn is_empty(&self) -> bool {
        !self.call && !self.ret && !self.line && self.count == 0
    }
}

/// A native hook. The function that was interrupted is at stack level 0.
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
    let old = if hooks.old_pc < (*p).code_len { hooks.old_pc } else { 0 };
    let line = lines.get(index);
    // A loop that begins with a step has jumped back to its body.
    let stepped = state.dialect.stepping_loops
        && index == old + 1
        && (*(*p).code.add(old as usize)).op_byte() == Op::ForPrep as u8;
    if index <= old || lines.get(old) != line || stepped {
        // Without debug information the line is -1.
        let line = line.map_or(-1, i64::from);
        call_hook(state, HookEvent::Line(line), (0, 0))?;
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
    pub fn set_interrupt_function(&mut self, function: Option<fn(&mut State) -> Result<()>>) {
        self.interrupt_function = function;
        self.interrupt.fetch_or(interrupt::FUNCTION, Ordering::Relaxed);
    }

    /// Called by a hook for a line or count event, or by an interrupt function:
    /// lets the coroutine yield, without values, before it goes on. Answers false
    /// if it can't.
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
