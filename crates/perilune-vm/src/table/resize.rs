//! The sizes of the two parts.
//!
//! When a key finds no free node, all keys are counted. The array part gets the
//! largest size `n`, a power of two, such that more than half of the slots up
//! to `n` are in use; the other keys go to the hash part.

use super::insert::{place, place_anywhere};
use super::{
    FREE_NODE, MAX_NODES, array_bytes, array_capacity, empty_node, has_hash_part, header,
    node_bytes, node_count, part,
};
use crate::heap::{AllocError, Heap};
use crate::object::{Node, Table};
use crate::value::{RawValue, tag};

/// The array part has at most 2^31 slots.
const MAX_ARRAY_BITS: usize = 31;

/// Nodes of a first hash part when all its keys are strings.
const STRING_NODES: usize = 4;

/// Keys by slice: entry `i` counts those `k` with 2^(i-1) < k <= 2^i.
type Slices = [u32; MAX_ARRAY_BITS + 1];

/// Counts `key` if it may go to the array part.
#[inline]
fn count_key(key: i64, slices: &mut Slices) -> u32 {
    let index = (key as u64).wrapping_sub(1);
    if index >= 1 << MAX_ARRAY_BITS {
        return 0;
    }
    slices[(u64::BITS - index.leading_zeros()) as usize] += 1;
    1
}

/// The size of the array part for these keys, `candidates` in all, and the
/// number of keys in it.
fn optimal_array_size(slices: &Slices, candidates: u32) -> (u32, u32) {
    let (mut size, mut used) = (0, 0);
    let mut seen = 0;
    for (bits, &count) in slices.iter().enumerate() {
        let limit = 1u32 << bits;
        if candidates <= limit / 2 {
            break;
        }
        seen += count;
        if seen > limit / 2 {
            (size, used) = (limit, seen);
        }
    }
    (size, used)
}

/// The same, where the size may be three times the number of keys in the part,
/// since a key elsewhere takes three times the memory, and the last slice is not
/// empty.
fn array_size_by_memory(slices: &Slices, candidates: u32) -> (u32, u32) {
    let (mut size, mut used) = (0, 0);
    let mut seen = 0;
    for (bits, &count) in slices.iter().enumerate() {
        let limit = 1u32 << bits;
        if u64::from(limit) > u64::from(candidates) * 3 {
            break;
        }
        seen += count;
        if count > 0 && u64::from(limit) <= u64::from(seen) * 3 {
            (size, used) = (limit, seen);
        }
    }
    (size, used)
}

/// Counts the values of the array part, by slice.
///
/// # Safety
/// `t` is a live table.
unsafe fn count_array(t: *const Table, slices: &mut Slices) -> u32 {
    let mut total = 0;
    let mut start = 0usize;
    // SAFETY: all indices are below the part's size.
    unsafe {
        let size = (*t).array_size as usize;
        for (bits, slice) in slices.iter_mut().enumerate() {
            let end = (1usize << bits).min(size);
            if start >= end {
                break;
            }
            let mut count = 0u32;
            for i in start..end {
                count += u32::from((*(*t).array.add(i)).tag != tag::NIL);
            }
            *slice += count;
            total += count;
            start = end;
        }
    }
    total
}

/// What a count of the hash part found.
struct HashCount {
    /// Keys with a value.
    used: u32,
    /// Whether a key has lost its value.
    has_deleted: bool,
    /// Of the used, keys that may go to the array part.
    candidates: u32,
    /// Whether one of them is not a string.
    has_other: bool,
}

/// # Safety
/// `t` is a live table.
unsafe fn count_hash(t: *const Table, slices: &mut Slices) -> HashCount {
    let mut found = HashCount { used: 0, has_deleted: false, candidates: 0, has_other: false };
    // SAFETY: the indices are below the number of nodes.
    unsafe {
        // C looks at the empty node then.
        found.has_deleted = !has_hash_part(t);
        for i in 0..node_count(t) {
            let node = (*t).nodes.add(i);
            if (*node).value_tag != tag::NIL {
                found.used += 1;
                found.has_other |= (*node).key_tag & !1 != tag::SHORT_STRING;
                if (*node).key_tag == tag::INTEGER {
                    found.candidates += count_key((*node).key_payload as i64, slices);
                }
            } else {
                found.has_deleted = true;
            }
        }
    }
    found
}

/// Whether the array part is full of values.
///
/// # Safety
/// `t` is a live table.
unsafe fn is_array_full(t: *const Table) -> bool {
    // SAFETY: the indices are below the part's size.
    unsafe { (0..(*t).array_size as usize).rev().all(|i| (*(*t).array.add(i)).tag != tag::NIL) }
}

/// Makes room for `key`, which is absent and found no free node.
///
/// # Safety
/// `t` is a live table of `heap`; `key` is normalised, neither nil nor NaN.
#[inline(never)]
pub(super) unsafe fn rehash(
    heap: &mut Heap,
    t: *mut Table,
    key: RawValue,
) -> Result<(), AllocError> {
    // SAFETY: `t` is live. The new sizes have room for all keys and `key`.
    unsafe {
        let old_size = (*t).array_size;
        // Appending to a full array without a hash part: what counting would
        // find, since the part and one more are over half of the next size.
        if !has_hash_part(t)
            && key.payload == u64::from(old_size) + 1
            && key.tag == tag::INTEGER
            && (old_size == 0 || old_size.is_power_of_two() && old_size < 1 << MAX_ARRAY_BITS)
            && is_array_full(t)
        {
            return resize_exactly(heap, t, (old_size * 2).max(1), 0);
        }
        let mut slices: Slices = [0; MAX_ARRAY_BITS + 1];
        let in_hash = count_hash(t, &mut slices);
        let mut candidates = in_hash.candidates;
        if key.tag == tag::INTEGER {
            candidates += count_key(key.as_integer(), &mut slices);
        }
        let by_memory = heap.tables().arrays_by_memory;
        let (array, hash) = if by_memory && candidates == 0 {
            (old_size, in_hash.used as usize + 1)
        } else {
            let in_array = count_array(t, &mut slices);
            candidates += in_array;
            let (array, used) = match by_memory {
                true => array_size_by_memory(&slices, candidates),
                false => optimal_array_size(&slices, candidates),
            };
            (array, in_array as usize + in_hash.used as usize + 1 - used as usize)
        };
        let spare = if by_memory && in_hash.has_deleted { hash / 4 } else { 0 };
        let only_strings = key.is_string() && !in_hash.has_other && array == old_size;
        if only_strings && hash < STRING_NODES - 1 && hash == in_hash.used as usize + 1 {
            resize_exactly(heap, t, array, STRING_NODES)?;
            (*t).header.pad |= part::OVERSIZED;
            return Ok(());
        }
        resize_exactly(heap, t, array, hash + spare)
    }
}

/// Prepares a hash part that was made larger than the C implementation's for a
/// `key` that is not a string: from here on its size must be the same, since
/// the order of such keys depends on it, and whether they go to the array part.
///
/// # Safety
/// As [`rehash`].
#[inline(never)]
pub(super) unsafe fn settle_oversized(
    heap: &mut Heap,
    t: *mut Table,
    key: RawValue,
) -> Result<(), AllocError> {
    // SAFETY: `t` is live, the indices are below the number of nodes.
    unsafe {
        let nodes = (*t).nodes;
        let taken = (0..node_count(t)).filter(|&i| (*nodes.add(i)).key_tag != tag::NIL).count();
        if taken <= STRING_NODES / 2 || (*t).last_free == 0 {
            return rehash(heap, t, key);
        }
        (*t).header.pad &= !part::OVERSIZED;
    }
    Ok(())
}

/// Makes a table's parts at least so large, for a caller who knows what will be
/// stored. Never makes them too small for what is in them; a failure leaves the
/// table as it was.
///
/// # Safety
/// `t` is a live table of `heap`.
pub(crate) unsafe fn resize(
    heap: &mut Heap,
    t: *mut Table,
    array: u32,
    hash: u32,
) -> Result<(), AllocError> {
    let mut hash = hash as usize;
    // SAFETY: `t` is live; the indices are below the parts' sizes.
    unsafe {
        if array < (*t).array_size || hash < node_count(t) {
            let mut needed = 0;
            for i in array as usize..(*t).array_size as usize {
                needed += usize::from((*(*t).array.add(i)).tag != tag::NIL);
            }
            for i in 0..node_count(t) {
                let node = (*t).nodes.add(i);
                let stays = (*node).key_tag != tag::INTEGER
                    || (*node).key_payload.wrapping_sub(1) >= u64::from(array);
                needed += usize::from((*node).value_tag != tag::NIL && stays);
            }
            hash = hash.max(needed);
        }
        resize_exactly(heap, t, array, hash)
    }
}

/// Makes room for integer keys up to `array`, as a constructor does before it
/// stores a batch of items.
///
/// # Safety
/// `t` is a live table of `heap`.
#[inline]
pub(crate) unsafe fn reserve_array(
    heap: &mut Heap,
    t: *mut Table,
    array: u32,
) -> Result<(), AllocError> {
    // SAFETY: the contract is the same.
    unsafe {
        if array <= (*t).array_size {
            return Ok(());
        }
        resize(heap, t, array, node_count(t) as u32)
    }
}

/// Gives the parts these sizes, which have room for all keys, and moves the
/// keys into them: first those that leave the array part, upwards, then those
/// of the old hash part, upwards or downwards. On failure the table is as it was.
///
/// # Safety
/// `t` is a live table of `heap`; its keys fit.
unsafe fn resize_exactly(
    heap: &mut Heap,
    t: *mut Table,
    array: u32,
    hash: usize,
) -> Result<(), AllocError> {
    // SAFETY: all indices are below the sizes of the parts they go to. The old
    // nodes stay allocated until their keys are moved; keys with values are
    // alive and normalised, and the new parts hold none of them yet.
    unsafe {
        let old_size = (*t).array_size;
        let old_nodes = (*t).nodes;
        let old_count = node_count(t);
        let old_node_bytes = node_bytes(t);
        let (old_mask, old_free) = ((*t).hash_mask, (*t).last_free);
        let old_pad = (*t).header.pad;
        let (new_nodes, new_count) = new_nodes(heap, t, hash)?;

        // The array part is allocated before anything changes.
        let mut grown = (*t).array;
        let mut moved = false;
        if array > old_size {
            match grow_array(heap, t, array) {
                Ok(found) => (grown, moved) = found,
                Err(error) => {
                    if new_count > 0 {
                        heap.free_part(new_nodes as *mut u8, new_count * size_of::<Node>());
                    }
                    return Err(error);
                }
            }
        }

        (*t).nodes = new_nodes;
        (*t).hash_mask = new_count.saturating_sub(1) as u32;
        (*t).last_free = new_count as u32;
        (*t).header.pad &= !(part::NODES_INLINE | part::OVERSIZED);
        if array < old_size {
            for i in array..old_size {
                let value = *(*t).array.add(i as usize);
                if !value.is_nil() {
                    let placed = place(t, RawValue::integer(i64::from(i) + 1), value);
                    debug_assert!(placed, "the new hash part has room for every key");
                }
            }
            if !shrink_array(heap, t, array) {
                // No smaller allocation: back to the old parts.
                if new_count > 0 {
                    heap.free_part(new_nodes as *mut u8, new_count * size_of::<Node>());
                }
                (*t).nodes = old_nodes;
                (*t).hash_mask = old_mask;
                (*t).last_free = old_free;
                (*t).header.pad = old_pad;
                return Err(AllocError);
            }
        } else if array > old_size {
            if moved {
                (*t).header.pad &= !part::ARRAY_INLINE;
            }
            (*t).array = grown;
            for i in old_size as usize..array as usize {
                grown.add(i).write(RawValue::NIL);
            }
        }
        (*t).array_size = array;
        (*t).length_hint = array;
        (*t).header.word = array / 2;

        let downwards = old_pad & part::OTHER_PLACES != 0;
        for i in 0..old_count {
            let node = old_nodes.add(if downwards { old_count - 1 - i } else { i });
            if (*node).value_tag != tag::NIL {
                let key = RawValue { payload: (*node).key_payload, tag: (*node).key_tag };
                let value = RawValue { payload: (*node).value_payload, tag: (*node).value_tag };
                let placed = place_anywhere(t, key, value);
                debug_assert!(placed, "the new parts have room for every key");
            }
        }
        if old_node_bytes > 0 {
            heap.free_part(old_nodes as *mut u8, old_node_bytes);
        }
    }
    Ok(())
}

/// Allocates a hash part for `count` keys: its nodes and their number.
///
/// # Safety
/// `t` is a live table of `heap`.
unsafe fn new_nodes(
    heap: &mut Heap,
    t: *mut Table,
    count: usize,
) -> Result<(*mut Node, usize), AllocError> {
    if count == 0 {
        return Ok((empty_node(), 0));
    }
    if count > MAX_NODES {
        return Err(AllocError);
    }
    let count = count.next_power_of_two();
    // SAFETY: `t` owns the part, which has room for `count` nodes.
    unsafe {
        let nodes = heap.alloc_part(header(t), count * size_of::<Node>())? as *mut Node;
        for i in 0..count {
            nodes.add(i).write(FREE_NODE);
        }
        Ok((nodes, count))
    }
}

/// Allocates the larger array part and copies the slots; the table still has
/// the old sizes, but must be given the new address. The second result tells
/// whether the part is a new allocation outside the table's cell.
///
/// # Safety
/// `t` is a live table of `heap`, `array` more than its array part's size.
unsafe fn grow_array(
    heap: &mut Heap,
    t: *mut Table,
    array: u32,
) -> Result<(*mut RawValue, bool), AllocError> {
    let bytes = array_capacity(array) * size_of::<RawValue>();
    // SAFETY: the old part has the size that `array_bytes` tells, and the slots
    // that are copied exist in both.
    unsafe {
        let old_bytes = array_bytes(t);
        if old_bytes == bytes {
            return Ok(((*t).array, false));
        }
        if old_bytes == 0 {
            let new = heap.alloc_part(header(t), bytes)? as *mut RawValue;
            if (*t).array_size > 0 {
                std::ptr::copy_nonoverlapping((*t).array, new, (*t).array_size as usize);
            }
            return Ok((new, true));
        }
        let new = heap.realloc_part(header(t), (*t).array as *mut u8, old_bytes, bytes)?;
        Ok((new as *mut RawValue, true))
    }
}

/// Makes the array part's allocation smaller; false if that failed. The caller
/// sets the size.
///
/// # Safety
/// `t` is a live table of `heap`, `array` less than its array part's size.
unsafe fn shrink_array(heap: &mut Heap, t: *mut Table, array: u32) -> bool {
    let bytes = array_capacity(array) * size_of::<RawValue>();
    // SAFETY: the old part has the size that `array_bytes` tells.
    unsafe {
        let old_bytes = array_bytes(t);
        if array == 0 {
            if old_bytes > 0 {
                heap.free_part((*t).array as *mut u8, old_bytes);
            }
            (*t).array = std::ptr::null_mut();
            (*t).header.pad &= !part::ARRAY_INLINE;
            return true;
        }
        if old_bytes == bytes || old_bytes == 0 {
            return true;
        }
        match heap.realloc_part(header(t), (*t).array as *mut u8, old_bytes, bytes) {
            Ok(new) => {
                (*t).array = new as *mut RawValue;
                true
            }
            Err(_) => false,
        }
    }
}
