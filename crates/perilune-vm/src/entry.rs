//! Rust code that has a running state in its hands: its frames, and what becomes
//! of a state that it takes away.

use crate::call::{check_native_stack, ensure_stack};
use crate::error::Result;
use crate::frame::{NATIVE_STACK, kind, make_link, set_info, set_link_word};
use crate::object::Thread;
use crate::state::State;
use crate::value::{RawValue, tag};

/// Counts the entries from Rust that have not ended, also if a panic ends them.
pub(crate) struct Entry(*mut State);

impl Entry {
    #[inline(always)]
    pub(crate) fn new(state: &mut State) -> Entry {
        state.entries += 1;
        Entry(state)
    }
}

impl Drop for Entry {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: whoever entered has borrowed the state for longer. After a panic
        // another state may be in its place, which nobody has entered.
        unsafe { (*self.0).entries = (*self.0).entries.saturating_sub(1) }
    }
}

impl State {
    /// To be called when Rust code comes back that had the state in its hands
    /// while the thread `th` of it ran. Safe code can put another state into its
    /// place (`std::mem::swap`); nothing could go on then. Its threads are others,
    /// as a state that runs is not dropped.
    #[inline(always)]
    pub(crate) fn check_same(&self, th: *const Thread) {
        if !std::ptr::eq(self.current, th) {
            replaced_while_running();
        }
    }
}

/// The end of a program that takes a state away from the code that runs in it.
#[cold]
#[inline(never)]
pub(crate) fn replaced_while_running() -> ! {
    eprintln!("perilune: a state was replaced or dropped while it was running");
    std::process::abort()
}

/// Calls `f` in a native frame of its own above the current frame, as a hook.
///
/// # Safety
/// As `call_hook`.
pub(crate) unsafe fn with_hook_frame(
    state: &mut State,
    f: impl FnOnce(&mut State) -> Result<()>,
) -> Result<()> {
    with_frame(state, kind::ENTRY_HOOK, f)
}

/// Calls `f` in a native frame of its own above the current frame.
///
/// # Safety
/// The current thread's `base`, `pc` and `top` are those of the running frame.
pub(crate) unsafe fn with_frame<R>(
    state: &mut State,
    kind: u8,
    f: impl FnOnce(&mut State) -> Result<R>,
) -> Result<R> {
    check_native_stack(state)?;
    let th = state.current;
    ensure_stack(state, th, NATIVE_STACK + 2)?;
    let base = Thread::offset_of(th, (*th).base);
    let top = Thread::offset_of(th, (*th).top);
    let pc = (*th).pc;
    let slot = (*th).top;
    set_info(slot, slot.add(2).offset_from((*th).base) as u32, 0);
    *slot.add(1) = RawValue::NIL;
    set_link_word(slot.add(1), make_link(tag::NIL, kind, pc as u64));
    (*th).base = slot.add(2);
    (*th).top = slot.add(2);
    (*th).non_yieldable += 1;
    let _entry = Entry::new(state);
    let result = f(state);
    state.check_same(th);
    (*th).non_yieldable -= 1;
    (*th).base = (*th).stack.add(base);
    (*th).top = (*th).stack.add(top);
    (*th).pc = pc;
    result
}
