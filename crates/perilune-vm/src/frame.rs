//! Frames.
//!
//! A frame is a window of its thread's stack. The slot below its first one
//! (`base - 1`) holds the function. The 64-bit word behind that slot's payload
//! links the frame to its caller:
//!
//! ```text
//! bits 0..8    tag of the function value
//! bits 8..12   kind of the frame
//! bits 12..15  a count: where lost tail calls are levels, how many more of them
//!              came before the last one; elsewhere, how many arguments `__call`
//!              has put before the others. If it is 7, the thread's
//!              `large_counts` have it.
//! bit  15      the function was called by a tail call
//! bits 16..64  link: an address in 48 bits, or a distance; an address is that
//!              of an instruction, so that its lowest bit is free (see `CLEAR`)
//! ```
//!
//! There is no other list of calls: the caller's base of a frame entered by a
//! `Call` instruction follows from operand `A` of that instruction, which lies
//! just before the return address that the link holds. Frames entered in other
//! ways keep the distance to the caller's base in an *information slot* below
//! the function (`base - 2`), tagged `FRAME_INFO` so that the collector passes
//! it by.

use crate::object::{LuaClosure, PrototypeObject, Thread};
use crate::value::{RawValue, tag};
use perilune_bytecode::{Instruction, Op};

/// How a frame was entered, and so what happens when it returns.
pub(crate) mod kind {
    /// By `Call`; link = return address.
    pub const PLAIN: u8 = 0;
    /// By `TForCall`; link = return address.
    pub const TFOR: u8 = 1;
    /// Second part of a vararg function's frame; link = slots to its first
    /// part, whose function slot has the kind of the call.
    pub const VARARG: u8 = 2;
    /// By an instruction's metamethod; link = address after that instruction;
    /// information slot: distance, and a word for the instruction.
    pub const META: u8 = 3;
    /// From Rust: returning ends the innermost `execute`. Information slot:
    /// distance. Link = address after the running instruction if the caller is
    /// a Lua function.
    pub const ENTRY: u8 = 4;
    /// As ENTRY, for a finalizer.
    pub const ENTRY_FINALIZER: u8 = 5;
    /// As ENTRY, for a hook function.
    pub const ENTRY_HOOK: u8 = 6;
    /// As ENTRY, and the Rust caller catches errors; the information slot's
    /// word is the message handler's distance below `base`, or 0.
    pub const ENTRY_PROTECTED: u8 = 7;
    /// By `pcall`, whose frame is one slot below.
    pub const PCALL: u8 = 8;
    /// By `xpcall`, whose frame is two slots below; the handler is in the first.
    pub const XPCALL: u8 = 9;
    /// By a native function that goes on in a continuation. Information slots:
    /// distance and result count, continuation, context.
    pub const CONTINUATION: u8 = 10;
    /// As CONTINUATION, and errors go to the continuation.
    pub const CONTINUATION_PROTECTED: u8 = 11;
    /// By the unwinding of an error to a protected frame, for a to-be-closed
    /// variable. Information slot: distance to the base of whoever asked for
    /// protection; below it, another one: distance to the function slot and
    /// kind of the protected frame; below that, the error value.
    pub const CLOSE_ON_ERROR: u8 = 12;
    /// First frame of a coroutine.
    pub const COROUTINE: u8 = 13;
    /// First frame of a stack: belongs to no function.
    pub const BASE: u8 = 14;
    /// A native function called by `TailCall`: its results are those of the
    /// calling Lua function. Link = return address.
    pub const NATIVE_TAIL: u8 = 15;
}

/// Flag beside the kind: entered by a tail call.
pub(crate) const TAIL: u64 = 1 << 15;
/// The kind's bits of a link word.
pub(crate) const KIND_MASK: u64 = 0x0f00;
/// Flag in the link of a plain frame: this frame and those below it, down to the
/// first of the thread, are known to be plain. It lasts as long as the frame,
/// for those below it cannot change before.
pub(crate) const CLEAR: u64 = 1 << 16;
/// A link word without these bits is that of a plain frame, its link without a
/// flag.
pub(crate) const NOT_PLAIN: u64 = KIND_MASK | CLEAR;
/// The bits of a link word that count.
const COUNT: u64 = 0x7000;
const COUNT_ONE: u64 = 0x1000;
/// The least count that has no room in a link word.
const FIRST_LARGE: u32 = 7;

/// Slots that stay free above `stack_last`: room for a metamethod's call.
pub(crate) const EXTRA_STACK: usize = 16;
/// Slots a native function may use without asking.
pub(crate) const NATIVE_STACK: usize = 20;
/// The most slots of a thread's stack.
pub(crate) const MAX_STACK: usize = 1_000_000;
/// Further slots for handling a stack overflow.
pub(crate) const ERROR_STACK: usize = 200;

/// The link word, without a tag, of a frame that takes the place of the one whose
/// function slot is `function`. With `counts`, it counts the calls that are lost
/// so.
///
/// # Safety
/// `function` lies in the stack of `th`.
#[inline]
pub(crate) unsafe fn tail_called(
    word: u64,
    counts: bool,
    th: *mut Thread,
    function: *const RawValue,
) -> u64 {
    if !counts {
        return tail_called_lua(word) & !0xff;
    }
    let first = word & TAIL == 0;
    let word = word & !0xff | TAIL;
    // SAFETY: counting asks for the thread and the slot that this function has.
    if first { word & !COUNT } else { unsafe { count_one(word, th, function) } }
}

/// The link word of a Lua function's frame that takes the place of the one with this
/// word, if lost calls are not counted.
#[inline(always)]
pub(crate) fn tail_called_lua(word: u64) -> u64 {
    word & !(COUNT | 0xff) | TAIL | tag::LUA_CLOSURE as u64
}

/// The link word of the frame with that function slot, with its count one up.
///
/// # Safety
/// `function` lies in the stack of `th`.
#[inline]
pub(crate) unsafe fn count_one(word: u64, th: *mut Thread, function: *const RawValue) -> u64 {
    if word & COUNT < COUNT - COUNT_ONE {
        return word + COUNT_ONE;
    }
    // SAFETY: the contract is the same.
    unsafe { count_large(word, th, function) };
    word | COUNT
}

/// Counts beyond what the word has room for.
///
/// # Safety
/// `th` is a live thread, and `function` a function slot of its stack.
#[cold]
unsafe fn count_large(word: u64, th: *mut Thread, function: *const RawValue) {
    // SAFETY: by contract; nobody else refers to the list.
    unsafe {
        let offset = Thread::offset_of(th, function) as u32;
        let counts = &mut (*th).large_counts;
        while counts.last().is_some_and(|&(other, _)| other > offset) {
            counts.pop();
        }
        if let Some((other, count)) = counts.last_mut()
            && *other == offset
        {
            *count = if word & COUNT == COUNT { *count + 1 } else { FIRST_LARGE };
        } else if counts.try_reserve(1).is_ok() {
            // Without memory for it, the count stays what the word can tell.
            counts.push((offset, FIRST_LARGE));
        }
    }
}

/// # Safety
/// `function` is the function slot of a frame.
#[inline(always)]
pub(crate) unsafe fn link_word(function: *const RawValue) -> u64 {
    // SAFETY: the second half of a slot is initialised memory of 8 bytes.
    unsafe { *(function as *const u64).add(1) }
}

/// # Safety
/// `function` is a slot that holds a function.
#[inline(always)]
pub(crate) unsafe fn set_link_word(function: *mut RawValue, word: u64) {
    // SAFETY: as above; the low byte of `word` is the value's tag.
    unsafe { *(function as *mut u64).add(1) = word }
}

/// The word of a frame whose function has `tag`.
#[inline(always)]
pub(crate) fn make_link(tag: u8, kind: u8, link: u64) -> u64 {
    tag as u64 | (kind as u64) << 8 | link << 16
}

#[inline(always)]
pub(crate) fn link_kind(word: u64) -> u8 {
    ((word & KIND_MASK) >> 8) as u8
}

/// The address in a link.
#[inline(always)]
pub(crate) fn link_pc(word: u64) -> *const Instruction {
    plain_link_pc(word & !CLEAR)
}

/// The address in a link without a flag (see `NOT_PLAIN`).
#[inline(always)]
pub(crate) fn plain_link_pc(word: u64) -> *const Instruction {
    (word >> 16) as *const Instruction
}

/// Writes an information slot: distance to the caller's base and a word.
///
/// # Safety
/// `slot` lies in a stack.
#[inline(always)]
pub(crate) unsafe fn set_info(slot: *mut RawValue, distance: u32, word: u32) {
    // SAFETY: any slot of a stack may be overwritten.
    unsafe {
        *slot = RawValue { payload: distance as u64 | (word as u64) << 32, tag: tag::FRAME_INFO };
    }
}

/// # Safety
/// `slot` is an information slot.
#[inline(always)]
pub(crate) unsafe fn info(slot: *const RawValue) -> (u32, u32) {
    // SAFETY: an information slot has been written as a whole.
    let payload = unsafe { (*slot).payload };
    (payload as u32, (payload >> 32) as u32)
}

/// The prototype of the Lua function whose frame begins at `base`.
///
/// # Safety
/// The frame at `base` is a Lua function's.
#[inline(always)]
pub(crate) unsafe fn prototype_at(base: *const RawValue) -> *mut PrototypeObject {
    // SAFETY: the function slot holds a Lua closure.
    unsafe { (*closure_at(base)).prototype }
}

/// # Safety
/// The frame at `base` is a Lua function's.
#[inline(always)]
pub(crate) unsafe fn closure_at(base: *const RawValue) -> *mut LuaClosure {
    // SAFETY: by contract.
    unsafe { (*base.sub(1)).as_lua_closure() }
}

/// # Safety
/// `base` is the base of a frame.
#[inline(always)]
pub(crate) unsafe fn is_lua(base: *const RawValue) -> bool {
    // SAFETY: by contract.
    unsafe { (*base.sub(1)).tag == tag::LUA_CLOSURE }
}

/// A frame as seen by code that walks the stack.
#[derive(Clone, Copy)]
pub(crate) struct Frame {
    /// First register (of the second part, in a vararg function).
    pub base: *mut RawValue,
    /// The function slot with the link of the call (of the first part).
    pub function: *mut RawValue,
    /// The address after the running instruction; null in native frames.
    pub pc: *const Instruction,
    /// End of the frame's live slots, as far as known.
    pub top: *mut RawValue,
    /// The link word of the call.
    pub word: u64,
}

impl Frame {
    /// The frame that begins at `base` and now runs at `pc`.
    ///
    /// # Safety
    /// `base` is a frame of a live thread.
    pub unsafe fn new(base: *mut RawValue, pc: *const Instruction, top: *mut RawValue) -> Frame {
        // SAFETY: `base - 1` is a function slot; a VARARG link is the distance
        // to the first part.
        unsafe {
            let mut function = base.sub(1);
            let mut word = link_word(function);
            if link_kind(word) == kind::VARARG {
                function = function.sub((word >> 16) as usize);
                word = link_word(function);
            }
            let pc = if (*function).tag == tag::LUA_CLOSURE { pc } else { std::ptr::null() };
            Frame { base, function, pc, top, word }
        }
    }

    /// The innermost frame of `thread`.
    ///
    /// # Safety
    /// `thread` is live.
    pub unsafe fn innermost(thread: *const Thread) -> Frame {
        // SAFETY: a thread always has a frame.
        unsafe { Frame::new((*thread).base, (*thread).pc, (*thread).top) }
    }

    pub fn kind(&self) -> u8 {
        link_kind(self.word)
    }

    pub fn is_lua(&self) -> bool {
        // SAFETY: `function` is a live slot.
        unsafe { (*self.function).tag == tag::LUA_CLOSURE }
    }

    pub fn is_tail_call(&self) -> bool {
        self.word & TAIL != 0
    }

    /// How many calls were lost to tail calls below this one, as far as known.
    ///
    /// # Safety
    /// The frame is a live one of `th`.
    pub unsafe fn lost_calls(&self, th: *const Thread) -> usize {
        // SAFETY: the contract is the same.
        if self.is_tail_call() && self.is_lua() { 1 + unsafe { self.count(th) } } else { 0 }
    }

    /// The count of the frame.
    ///
    /// # Safety
    /// The frame is a live one of `th`.
    pub unsafe fn count(&self, th: *const Thread) -> usize {
        let count = (self.word & COUNT) / COUNT_ONE;
        if self.word & COUNT != COUNT {
            return count as usize;
        }
        // SAFETY: by contract.
        unsafe {
            let offset = Thread::offset_of(th, self.function) as u32;
            let counts = &(*th).large_counts;
            let large = counts.binary_search_by_key(&offset, |&(offset, _)| offset);
            large.map_or(count as usize, |at| counts[at].1 as usize)
        }
    }

    /// Whether this is the bottom frame of its thread, or belongs to none.
    pub fn is_bottom(&self) -> bool {
        matches!(self.kind(), kind::BASE)
    }

    /// The frame that called this one; `None` at the bottom.
    ///
    /// # Safety
    /// The frame is live.
    pub unsafe fn caller(&self) -> Option<Frame> {
        // SAFETY: links and information slots of live frames are as the
        // module's documentation says.
        unsafe {
            let base = self.function.add(1);
            let (caller, pc) = match self.kind() {
                kind::PLAIN | kind::NATIVE_TAIL => {
                    let pc = link_pc(self.word);
                    (self.function.sub((*pc.sub(1)).a() as usize), pc)
                }
                kind::TFOR => {
                    let pc = link_pc(self.word);
                    (self.function.sub((*pc.sub(1)).a() as usize + 4), pc)
                }
                kind::PCALL => (base.sub(1), std::ptr::null()),
                kind::XPCALL => (base.sub(2), std::ptr::null()),
                kind::COROUTINE | kind::BASE => return None,
                _ => (base.sub(info(base.sub(2)).0 as usize), link_pc(self.word)),
            };
            Some(Frame::new(caller, pc, self.function))
        }
    }

    /// Index of the running instruction of a Lua frame.
    ///
    /// # Safety
    /// The frame is a live Lua frame.
    pub unsafe fn current_pc(&self) -> u32 {
        // SAFETY: `pc` points into the prototype's code, behind the
        // instruction that runs; a frame not started yet has pc at its start.
        unsafe {
            let p = (*(*self.function).as_lua_closure()).prototype;
            let at = self.pc.offset_from((*p).code);
            (at - 1).clamp(0, (*p).code_len as isize - 1) as u32
        }
    }

    /// The running instruction of a Lua frame.
    ///
    /// # Safety
    /// The frame is a live Lua frame that has started.
    pub unsafe fn current_instruction(&self) -> Instruction {
        // SAFETY: as `current_pc`.
        unsafe {
            let p = (*(*self.function).as_lua_closure()).prototype;
            *(*p).code.add(self.current_pc() as usize)
        }
    }
}

/// Whether the instruction keeps open results in `top` while it waits for a
/// metamethod: only a return that closes variables does.
pub(crate) fn is_open_return(i: Instruction) -> bool {
    i.op_byte() == Op::Return as u8 && i.b() == 0
}

/// The end of a thread's live slots, for the collector.
///
/// # Safety
/// `thread` is live, and its top covers its running frame.
pub(crate) unsafe fn live_end(thread: *const Thread) -> *mut RawValue {
    (*thread).top
}
