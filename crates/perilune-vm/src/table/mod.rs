//! Tables: an array part, and a hash part with Brent's variation of chained
//! scatter.
//!
//! The sizes of both parts, the place of every numeric and boolean key and the
//! answers of `#` follow the C implementation, so that programs which
//! depend on the order of `next` or on the border of a table with holes see the
//! same. Strings and pointers hash differently (there, too, their order changes
//! from run to run).
//!
//! - `key.rs`: equality, hashes, main positions
//! - `find.rs`: look-up
//! - `insert.rs`: assignment and new keys
//! - `resize.rs`: counting, growing and shrinking
//! - `traverse.rs`: `next` and `#`
//!
//! Invariants that the unsafe code leans on:
//!
//! - `array` points to `array_size` initialised slots (at least; see
//!   [`array_bytes`]) or is null with `array_size` 0.
//! - `nodes` points to `hash_mask + 1` initialised nodes, a power of two, or to
//!   the shared [empty node](EMPTY_NODE), which is never written to.
//! - Following `next` from a node stays inside the part and ends.
//! - A node whose value is not nil has a live key, which lies in the chain that
//!   starts at its main position.
//! - `length_hint <= array_size`; if it is smaller, `array_size` is a power of
//!   two and `length_hint > array_size / 2`.

mod find;
mod insert;
mod key;
mod resize;
#[cfg(test)]
mod tests;
mod traverse;

pub(crate) use find::*;
pub(crate) use insert::*;
pub(crate) use key::{normalise, raw_equal};
pub(crate) use resize::{reserve_array, resize};
pub(crate) use traverse::*;

use crate::heap::{AllocError, Heap};
use crate::object::{Header, Node, Table};
use crate::value::{RawValue, tag};
use perilune_syntax::NumberPlaces;

/// Flags in the `pad` byte of a table's header.
mod part {
    /// The array part lies in the table's own cell.
    pub const ARRAY_INLINE: u8 = 1;
    /// The hash part lies in the table's own cell.
    pub const NODES_INLINE: u8 = 2;
    /// The hash part was given more nodes than the C implementation would have
    /// made, because all its keys are strings.
    pub const OVERSIZED: u8 = 4;
    /// Numbers are placed by the sum of a float's words.
    pub const WORDS: u8 = 8;
    /// Numbers are placed by the sum of the words of the next float.
    pub const NEXT_WORDS: u8 = 16;
    /// Integers are placed by their lowest bits.
    pub const BITS: u8 = 32;
    /// Numbers are placed otherwise than by remainders.
    pub const OTHER_PLACES: u8 = WORDS | NEXT_WORDS | BITS;
}

/// What the header of a table says where numbers are placed like this.
pub(crate) fn flags_of(places: NumberPlaces) -> u8 {
    match places {
        NumberPlaces::Words => part::WORDS,
        NumberPlaces::NextWords => part::NEXT_WORDS,
        NumberPlaces::Bits => part::BITS,
        NumberPlaces::Remainders => 0,
    }
}

/// The parts of a table made with known sizes lie in its cell up to this many
/// bytes.
const MAX_INLINE: usize = 512;

/// Slots of the smallest separately allocated array part.
const MIN_ARRAY_CAPACITY: usize = 4;

/// A table has at most this many nodes: `Node::next` must reach from end to end.
const MAX_NODES: usize = 1 << 30;

/// A node without key and value.
const FREE_NODE: Node = Node {
    value_payload: 0,
    key_payload: 0,
    value_tag: tag::NIL,
    key_tag: tag::NIL,
    pad: 0,
    next: 0,
};

/// What `nodes` of a table without a hash part points to. Never written to.
static EMPTY_NODE: Node = FREE_NODE;

/// The address of the empty node, as tables hold it.
#[inline(always)]
fn empty_node() -> *mut Node {
    (&raw const EMPTY_NODE).cast_mut()
}

/// Why an assignment failed. The table is as it was.
#[derive(Debug)]
pub(crate) enum SetError {
    /// There is no memory for the new key.
    Alloc(AllocError),
    /// "index is nil"
    NilKey,
    /// "index is NaN"
    NanKey,
}

impl From<AllocError> for SetError {
    fn from(error: AllocError) -> Self {
        SetError::Alloc(error)
    }
}

/// Where the value of an existing key is kept: payload and tag lie at different
/// distances in the two parts. Valid until the next insertion into the table.
#[derive(Clone, Copy)]
pub(crate) struct SlotRef {
    payload: *mut u64,
    tag: *mut u8,
}

impl SlotRef {
    /// The answer of a search for a key that the table does not have.
    pub const ABSENT: SlotRef =
        SlotRef { payload: std::ptr::null_mut(), tag: std::ptr::null_mut() };

    /// # Safety
    /// `slot` points to a slot of an array part.
    #[inline(always)]
    unsafe fn array(slot: *mut RawValue) -> Self {
        // SAFETY: the slot is inside its part, so are its fields.
        unsafe { SlotRef { payload: &raw mut (*slot).payload, tag: &raw mut (*slot).tag } }
    }

    /// # Safety
    /// `node` points to a node of a hash part.
    #[inline(always)]
    pub unsafe fn node(node: *mut Node) -> Self {
        // SAFETY: the node is inside its part, so are its fields.
        unsafe {
            SlotRef { payload: &raw mut (*node).value_payload, tag: &raw mut (*node).value_tag }
        }
    }

    /// Whether the key was not found. (A key that was found may have the value
    /// nil.)
    #[inline(always)]
    pub fn is_absent(self) -> bool {
        self.payload.is_null()
    }

    /// The value; the slot must not be absent.
    ///
    /// # Safety
    /// The slot was found in a live table that had no insertion since.
    #[inline(always)]
    pub unsafe fn get(self) -> RawValue {
        // SAFETY: by contract both pointers are into a part of a live table.
        unsafe { RawValue { payload: *self.payload, tag: *self.tag } }
    }

    /// The value, nil if the key was not found.
    ///
    /// # Safety
    /// As [`SlotRef::get`].
    #[inline(always)]
    pub unsafe fn get_or_nil(self) -> RawValue {
        if self.is_absent() {
            return RawValue::NIL;
        }
        // SAFETY: present; the rest by contract.
        unsafe { self.get() }
    }

    /// Whether the value is nil; the slot must not be absent.
    ///
    /// # Safety
    /// As [`SlotRef::get`].
    #[inline(always)]
    pub unsafe fn is_nil(self) -> bool {
        // SAFETY: by contract the tag is that of a value in a live table.
        unsafe { *self.tag == tag::NIL }
    }

    /// Overwrites the value. The caller owes the table a barrier for `value`,
    /// and [`invalidate_metamethod_cache`] if the old value was nil.
    ///
    /// # Safety
    /// As [`SlotRef::get`].
    #[inline(always)]
    pub unsafe fn set(self, value: RawValue) {
        // SAFETY: by contract both pointers are into a part of a live table.
        unsafe {
            *self.payload = value.payload;
            *self.tag = value.tag;
        }
    }
}

/// Makes a table with room for `array` slots and `hash` keys.
///
/// Small parts lie in the cell behind the fixed part.
///
/// # Safety
/// The table is reachable for the collector before the next collection.
#[inline]
pub(crate) unsafe fn new(heap: &mut Heap, array: u32, hash: u32) -> Result<*mut Table, AllocError> {
    if array == 0 && hash == 0 {
        // SAFETY: no part is requested inline.
        return unsafe { new_cell(heap, 0) };
    }
    // SAFETY: the contract is the same.
    unsafe { new_sized(heap, array, hash) }
}

/// Allocates a table without parts and `extra` uninitialised bytes behind it.
///
/// # Safety
/// As [`new`].
#[inline(always)]
unsafe fn new_cell(heap: &mut Heap, extra: usize) -> Result<*mut Table, AllocError> {
    let t = heap.alloc(size_of::<Table>() + extra, tag::TABLE)? as *mut Table;
    // SAFETY: the cell is new and large enough; its header is initialised.
    unsafe {
        (*t).header.extra = 0;
        (*t).header.pad = heap.table_flags();
        (*t).header.word = 0;
        (*t).hash_mask = 0;
        (*t).array_size = 0;
        (*t).array = std::ptr::null_mut();
        (*t).nodes = empty_node();
        (*t).metatable = std::ptr::null_mut();
        (*t).last_free = 0;
        (*t).length_hint = 0;
    }
    Ok(t)
}

/// # Safety
/// As [`new`].
#[inline(never)]
unsafe fn new_sized(heap: &mut Heap, array: u32, hash: u32) -> Result<*mut Table, AllocError> {
    let node_count = if hash == 0 { 0 } else { (hash as usize).next_power_of_two() };
    let array_bytes = array as usize * size_of::<RawValue>();
    let node_bytes = node_count * size_of::<Node>();
    if array_bytes + node_bytes > MAX_INLINE {
        // SAFETY: the table is new; a failed resize leaves it empty, and the
        // collector finds it unreachable.
        unsafe {
            let t = new_cell(heap, 0)?;
            resize(heap, t, array, hash)?;
            return Ok(t);
        }
    }
    // SAFETY: the cell has room for both parts behind the fixed part, which is
    // 16-byte aligned in size; each part is initialised before it is used.
    unsafe {
        let t = new_cell(heap, array_bytes + node_bytes)?;
        let array_part = t.add(1) as *mut RawValue;
        if array > 0 {
            for i in 0..array as usize {
                array_part.add(i).write(RawValue::NIL);
            }
            (*t).array = array_part;
            (*t).array_size = array;
            (*t).length_hint = array;
            (*t).header.word = array / 2;
            (*t).header.pad |= part::ARRAY_INLINE;
        }
        if node_count > 0 {
            let nodes = array_part.add(array as usize) as *mut Node;
            for i in 0..node_count {
                nodes.add(i).write(FREE_NODE);
            }
            (*t).nodes = nodes;
            (*t).hash_mask = (node_count - 1) as u32;
            (*t).last_free = node_count as u32;
            (*t).header.pad |= part::NODES_INLINE;
        }
        Ok(t)
    }
}

/// Nodes of the hash part, 0 if there is none.
///
/// # Safety
/// `t` is a live table.
#[inline(always)]
pub(crate) unsafe fn node_count(t: *const Table) -> usize {
    // SAFETY: by contract.
    unsafe { if has_hash_part(t) { (*t).hash_mask as usize + 1 } else { 0 } }
}

/// Whether the table has a hash part of its own.
///
/// # Safety
/// `t` is a live table.
#[inline(always)]
pub(crate) unsafe fn has_hash_part(t: *const Table) -> bool {
    // SAFETY: by contract.
    unsafe { (*t).nodes != empty_node() }
}

/// Bytes of the array part's own allocation at `array`; 0 if there is none or
/// if the part lies in the table's cell.
///
/// # Safety
/// `t` is a live table.
#[inline]
pub(crate) unsafe fn array_bytes(t: *const Table) -> usize {
    // SAFETY: by contract.
    unsafe {
        if (*t).header.pad & part::ARRAY_INLINE != 0 {
            0
        } else {
            array_capacity((*t).array_size) * size_of::<RawValue>()
        }
    }
}

/// Bytes of the hash part's own allocation at `nodes`; 0 if there is none or
/// if the part lies in the table's cell.
///
/// # Safety
/// `t` is a live table.
#[inline]
pub(crate) unsafe fn node_bytes(t: *const Table) -> usize {
    // SAFETY: by contract.
    unsafe {
        if (*t).header.pad & part::NODES_INLINE != 0 {
            0
        } else {
            node_count(t) * size_of::<Node>()
        }
    }
}

/// Slots allocated for a separate array part of `size` slots: the steps 1, 2, 4
/// need no new allocation.
#[inline(always)]
fn array_capacity(size: u32) -> usize {
    if size == 0 { 0 } else { (size as usize).max(MIN_ARRAY_CAPACITY) }
}

/// Forgets which metamethods are known to be absent. To be called when a key is
/// inserted and when an existing key's value changes from nil.
///
/// # Safety
/// `t` is a live table.
#[inline(always)]
pub(crate) unsafe fn invalidate_metamethod_cache(t: *mut Table) {
    // SAFETY: by contract.
    unsafe { (*t).header.extra = 0 };
}

/// The table as the heap's functions want it.
#[inline(always)]
fn header(t: *mut Table) -> *mut Header {
    t as *mut Header
}
