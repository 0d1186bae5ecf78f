//! Where an error came from that passes through native functions.
//!
//! When an error leaves a function that a native one called and waits for, the
//! native function's frame is the current one again. If nobody catches the error,
//! the coroutine dies with the frames it had where the error was raised, so that
//! the debug library sees them. They are still there if nothing has been written
//! over them: what says so is a copy of the slots that link them.
//!
//! # Safety
//!
//! The frames of a thread from which an error passes to a Rust caller are as
//! `frame` describes until something is pushed above the caller's frame. Slots
//! below a thread's top are marked, and references above it are cleared in a
//! collection: slots that are unchanged, and lie below the top, hold what was
//! there all the time.

use crate::error::{Error, Kind};
use crate::frame::{Frame, link_word};
use crate::object::Thread;
use crate::state::State;
use crate::value::RawValue;
use perilune_bytecode::Instruction;

/// The most slots that are remembered.
const MOST: usize = 1 << 14;

/// A slot that links frames.
#[derive(PartialEq, Eq)]
struct Seen {
    offset: usize,
    payload: u64,
    /// The link word of a function, or a tag.
    word: u64,
}

/// The frames that an error has left.
pub(crate) struct Raised {
    thread: *const Thread,
    /// The state's count of errors that were caught.
    caught: u64,
    /// The innermost frame, its instruction and its thread's top.
    base: usize,
    pc: *const Instruction,
    top: usize,
    /// The base of the native function's frame that the error has reached.
    reached: usize,
    seen: Vec<Seen>,
}

/// What a slot holds, as far as that can be compared.
unsafe fn seen(th: *const Thread, offset: usize) -> Seen {
    let slot = (*th).stack.add(offset) as *const RawValue;
    let payload = (*slot).payload;
    let word = match (*slot).is_function() {
        true => link_word(slot),
        false => u64::from((*slot).tag),
    };
    Seen { offset, payload, word }
}

impl Raised {
    /// Notes that an error passes from the innermost frame of `th` to the native
    /// frame with that base; `earlier` is what was noted last.
    ///
    /// # Safety
    /// The thread is live, its frames are intact, and the native one waits.
    unsafe fn note(
        earlier: Option<Raised>,
        th: *const Thread,
        reached: usize,
        caught: u64,
    ) -> Option<Raised> {
        let base = Thread::offset_of(th, (*th).base);
        let goes_on = earlier.filter(|earlier| earlier.holds(th, base, caught));
        let mut raised = goes_on.unwrap_or_else(|| Raised {
            thread: th,
            caught,
            base,
            pc: (*th).pc,
            top: Thread::offset_of(th, (*th).top),
            reached,
            seen: Vec::new(),
        });
        raised.reached = reached;
        let mut frame = Frame::innermost(th);
        while Thread::offset_of(th, frame.base) > reached {
            let function = Thread::offset_of(th, frame.function);
            let own = Thread::offset_of(th, frame.base) - 1;
            if raised.seen.len() >= MOST || raised.seen.try_reserve(4).is_err() {
                return None;
            }
            let slots = [function.saturating_sub(2), function.saturating_sub(1), function, own];
            raised.seen.extend(slots.map(|offset| seen(th, offset)));
            frame = frame.caller()?;
        }
        Some(raised)
    }

    /// Whether the frames are still there above that with the given base.
    unsafe fn holds(&self, th: *const Thread, base: usize, caught: u64) -> bool {
        std::ptr::eq(self.thread, th)
            && self.caught == caught
            && self.reached == base
            && Thread::offset_of(th, (*th).top) >= self.top
            && self.seen.iter().all(|slot| *slot == seen(th, slot.offset))
    }

    /// Makes the innermost frame the current one of a thread that dies, if it is
    /// still there.
    ///
    /// # Safety
    /// The thread is live; `caught` is the state's count of errors.
    pub(crate) unsafe fn restore(&self, th: *mut Thread, caught: u64) {
        if self.holds(th, Thread::offset_of(th, (*th).base), caught) {
            (*th).base = (*th).stack.add(self.base);
            (*th).pc = self.pc;
        }
    }
}

/// An error leaves the frames of `th` down to the native one with that base, which
/// becomes the current one.
///
/// # Safety
/// The thread is live, its frames are intact, and the native one waits.
pub(crate) unsafe fn leave_frames(state: &mut State, th: *mut Thread, base: usize, error: &Error) {
    let dies = !(*th).resumer.is_null();
    if dies && matches!(error.0, Kind::Value | Kind::Memory | Kind::InHandler) {
        state.raised = Raised::note(state.raised.take(), th, base, state.errors_caught);
    }
    (*th).base = (*th).stack.add(base);
}
