//! The layouts of heap objects.
//!
//! Each object begins with a [`Header`]. Colours are not kept in the object:
//! see `heap`. Layouts are `repr(C)`: compiled code will read them.

use crate::state::NativeFn;
use crate::value::RawValue;
use perilune_bytecode::Instruction;

/// Flags in [`Header::flags`].
pub(crate) mod flag {
    /// The collector has traversed the object since it was last written to: a
    /// store of a heap reference into it must go through the barrier.
    pub const TRAVERSED: u8 = 1;
    /// The object has its own allocation outside the size-class blocks.
    pub const LARGE: u8 = 2;
    /// The object is in the list of objects with finalizers.
    pub const FINALIZER: u8 = 4;
    /// The object is in the list of objects that own memory outside the heap
    /// (or a Rust value) and must be dropped when they die.
    pub const OWNER: u8 = 8;
    /// The mark of an object with its own allocation (`LARGE`).
    pub const LARGE_MARK: u8 = 16;
    /// A table with weak values / weak keys, as found at its last traversal.
    pub const WEAK: u8 = 32;
    // 64 belongs to the collector: see `heap::mark`.
}

/// What every heap object begins with: 8 bytes.
#[repr(C)]
pub(crate) struct Header {
    /// The tag of the object's values (or PROTOTYPE, UPVALUE).
    pub kind: u8,
    /// See [`flag`].
    pub flags: u8,
    /// Used by the kind of object: reserved-word number of a string, absent
    /// metamethods of a table, upvalue count of a closure.
    pub extra: u8,
    pub pad: u8,
    /// Used by the kind of object: hash of a string.
    pub word: u32,
}

/// A string: header, length, then the bytes.
///
/// `header.word` is the hash; `header.pad` is 1 if the bytes are known to be
/// UTF-8. Short strings are interned and always hashed;
/// a long one is hashed when first used as a key (`header.extra` is 1 then).
#[repr(C)]
pub(crate) struct StringObject {
    pub header: Header,
    pub len: usize,
    // the bytes follow
}

/// The longest string that is interned.
pub(crate) const MAX_SHORT: usize = 40;

impl StringObject {
    /// # Safety
    /// `this` is a live string; the slice is not used after it dies.
    #[inline(always)]
    pub unsafe fn bytes<'a>(this: *const StringObject) -> &'a [u8] {
        // SAFETY: `len` bytes follow the header of a live string.
        unsafe { std::slice::from_raw_parts(this.add(1) as *const u8, (*this).len) }
    }
}

/// A place of the hash part: 24 bytes.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct Node {
    pub value_payload: u64,
    pub key_payload: u64,
    pub value_tag: u8,
    pub key_tag: u8,
    pub pad: u16,
    /// Distance to the next node of the chain, in nodes; 0 ends it.
    pub next: i32,
}

const _: () = assert!(size_of::<Node>() == 24);

/// A table (manual §2.1): an array part and a hash part with Brent's variation
/// of chained scatter, sized by the same rules as the C implementation's, so
/// that `#` and `next` agree with it.
#[repr(C)]
pub(crate) struct Table {
    /// `extra`: bit n set = the metamethod with number n (`< 8`) is known to be
    /// absent from this table when it is used as a metatable. `word`: the last
    /// border found, in dialects that begin their searches there.
    pub header: Header,
    /// Number of nodes - 1; 0 with `nodes` at the shared empty node = no hash
    /// part.
    pub hash_mask: u32,
    /// Slots of the array part.
    pub array_size: u32,
    pub array: *mut RawValue,
    pub nodes: *mut Node,
    pub metatable: *mut Table,
    /// All nodes at this index and after it are in use.
    pub last_free: u32,
    /// Where `#` looks first (the C implementation's `alimit`): `<= array_size`.
    pub length_hint: u32,
}

const _: () = assert!(size_of::<Table>() == 48);

/// A Lua function with its upvalues behind it.
#[repr(C)]
pub(crate) struct LuaClosure {
    /// `extra`: number of upvalues.
    pub header: Header,
    pub prototype: *mut PrototypeObject,
    // `extra` pointers to `Upvalue` follow
}

impl LuaClosure {
    /// # Safety
    /// `this` is a live closure.
    #[inline(always)]
    pub unsafe fn upvalues(this: *mut LuaClosure) -> *mut *mut Upvalue {
        // SAFETY: the pointers follow the fixed part.
        unsafe { this.add(1) as *mut *mut Upvalue }
    }
}

/// What a native function is to the machine, in `pad` of its header.
pub(crate) mod native_role {
    /// A metamethod with a table of members: see `interp::members`. It has two
    /// upvalues at least.
    pub const MEMBERS: u8 = 1;
    /// A member that is called to read or write a field.
    pub const ACCESSOR: u8 = 2;
}

/// A native function with upvalues behind it.
#[repr(C)]
pub(crate) struct NativeClosure {
    /// `extra`: number of upvalues; `pad`: see [`native_role`].
    pub header: Header,
    pub function: NativeFn,
    // `extra` values follow
}

impl NativeClosure {
    /// # Safety
    /// `this` is a live closure.
    #[inline(always)]
    pub unsafe fn upvalues(this: *mut NativeClosure) -> *mut RawValue {
        // SAFETY: the values follow the fixed part.
        unsafe { this.add(1) as *mut RawValue }
    }

    /// What a closure with the flag OWNER has behind its upvalues.
    ///
    /// # Safety
    /// `this` is a live closure with that flag.
    #[inline(always)]
    pub unsafe fn data(this: *mut NativeClosure) -> *mut crate::embed::Owned {
        // SAFETY: such a closure has room for it.
        unsafe { NativeClosure::upvalues(this).add((*this).header.extra as usize).cast() }
    }
}

/// A variable shared by closures.
#[repr(C)]
pub(crate) struct Upvalue {
    pub header: Header,
    /// The stack slot while open, else `closed`.
    pub value: *mut RawValue,
    /// The value once closed. While open, the payload is the next open upvalue
    /// of the thread (towards the bottom of the stack) and the tag is FRAME_INFO.
    pub closed: RawValue,
}

#[cfg(test)]
impl Upvalue {
    /// # Safety
    /// `this` is a live upvalue.
    pub unsafe fn is_open(this: *mut Upvalue) -> bool {
        (*this).value != &raw mut (*this).closed
    }
}

/// Flags in `extra` of a userdata.
pub(crate) mod userdata_flag {
    /// The Rust value is dropped when finalizers have seen it, even if they
    /// brought the userdata back.
    pub const DROPS_WITH_FINALIZERS: u8 = 1;
    /// The embedding API's own mark.
    pub const MARKED: u8 = 2;
}

/// A userdata: a Rust value and user values behind the fixed part.
#[repr(C)]
pub(crate) struct Userdata {
    /// `word`: number of user values; `extra`: see [`userdata_flag`].
    pub header: Header,
    pub metatable: *mut Table,
    pub data: Option<crate::embed::Payload>,
    // `word` values follow
}

impl Userdata {
    /// # Safety
    /// `this` is a live userdata.
    #[inline(always)]
    pub unsafe fn user_values(this: *mut Userdata) -> *mut RawValue {
        // SAFETY: the values follow the fixed part.
        unsafe { this.add(1) as *mut RawValue }
    }
}

/// A compiled function on the heap.
#[repr(C)]
pub(crate) struct PrototypeObject {
    pub header: Header,
    pub code: *mut Instruction,
    pub constants: *mut RawValue,
    pub max_stack_size: u8,
    pub parameter_count: u8,
    pub is_vararg: bool,
    pub code_len: u32,
    pub constant_len: u32,
    /// The closure made of it last, or null. It does not keep the closure
    /// alive: traversing the prototype forgets it.
    pub last_closure: *mut LuaClosure,
    pub data: PrototypeData,
}

/// What only the slow paths need of a prototype.
pub(crate) struct PrototypeData {
    pub line_defined: u32,
    pub last_line_defined: u32,
    pub upvalues: Box<[UpvalueInfo]>,
    pub prototypes: Box<[*mut PrototypeObject]>,
    pub lines: perilune_bytecode::LineInfo,
    pub locals: Box<[LocalInfo]>,
    /// The chunk's name; null if stripped.
    pub source: *mut StringObject,
    /// Bytes outside the heap's cells, as accounted.
    pub external: usize,
}

#[derive(Clone, Copy)]
pub(crate) struct UpvalueInfo {
    /// Null if stripped.
    pub name: *mut StringObject,
    pub in_stack: bool,
    pub index: u8,
    pub kind: perilune_bytecode::UpvalueKind,
}

#[derive(Clone, Copy)]
pub(crate) struct LocalInfo {
    pub name: *mut StringObject,
    pub start_pc: u32,
    pub end_pc: u32,
    pub register: u8,
}

/// What a thread is doing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum ThreadStatus {
    /// Has not started, or (the main thread) can run: function and arguments
    /// may lie on its stack.
    Fresh,
    /// Is the running one.
    Running,
    /// Has resumed another one.
    Normal,
    /// Has yielded.
    Suspended,
    /// Has returned.
    Finished,
    /// Ended with an error; the error value is on its stack.
    Failed,
}

/// A coroutine: its stack and what is needed to go on with it.
#[repr(C)]
pub(crate) struct Thread {
    pub header: Header,
    /// First slot of the running (or suspended) frame.
    pub base: *mut RawValue,
    /// First free slot of a native frame, or end of the open results of a Lua
    /// frame.
    pub top: *mut RawValue,
    /// End of the usable part of the stack; `EXTRA_STACK` more slots exist.
    pub stack_last: *mut RawValue,
    pub stack: *mut RawValue,
    /// Instruction after the running one, of the innermost Lua frame when
    /// something outside the interpreter loop looks at it.
    pub pc: *const Instruction,
    /// Open upvalues, topmost first.
    pub open_upvalues: *mut Upvalue,
    /// Slots (offsets) of pending to-be-closed variables, bottom first.
    pub to_be_closed: Vec<u32>,
    /// Counts of frames that are too large for their link words, by the offsets
    /// of the function slots, ascending. Those of frames that have ended may
    /// still be there.
    pub large_counts: Vec<(u32, u32)>,
    /// Allocated slots, `EXTRA_STACK` included.
    pub stack_size: u32,
    pub status: ThreadStatus,
    /// Nesting of `pcall` and `xpcall`.
    pub protected_depth: u32,
    /// Slots in use below this thread in the chain of resumes.
    pub chain_slots: u32,
    /// Native frames (entries into the interpreter) that forbid a yield.
    pub non_yieldable: u32,
    /// The thread that resumed this one; null for the main thread and while
    /// not resumed.
    pub resumer: *mut Thread,
    /// Its own table of globals; null = the state's.
    pub globals: *mut Table,
    pub hooks: crate::hook::Hooks,
}

impl Thread {
    /// # Safety
    /// `slot` lies in the stack of `this`.
    #[inline(always)]
    pub unsafe fn offset_of(this: *const Thread, slot: *const RawValue) -> usize {
        // SAFETY: both point into the same allocation.
        unsafe { slot.offset_from((*this).stack) as usize }
    }
}

impl Header {
    pub const fn new(kind: u8) -> Self {
        Header { kind, flags: 0, extra: 0, pad: 0, word: 0 }
    }
}
