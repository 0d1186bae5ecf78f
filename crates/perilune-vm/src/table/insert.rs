//! Assignment without metamethods, and new keys.

use super::key::{normalise, position};
use super::resize::{rehash, settle_oversized};
use super::{
    SetError, SlotRef, find, find_integer, has_hash_part, header, invalidate_metamethod_cache, part,
};
use crate::heap::Heap;
use crate::object::{Node, Table};
use crate::value::{RawValue, tag};

/// `t[key] = value`, raw. Nil for an absent key inserts nothing, in most dialects.
///
/// # Safety
/// `t` is a live table of `heap`; `key` and `value` are live values.
#[inline]
pub(crate) unsafe fn set(
    heap: &mut Heap,
    t: *mut Table,
    key: RawValue,
    value: RawValue,
) -> Result<(), SetError> {
    // SAFETY: the contract is the same; nothing is inserted between search and
    // assignment.
    unsafe {
        let slot = find(t, key);
        if slot.is_absent() {
            return insert(heap, t, key, value);
        }
        overwrite(heap, t, slot, value);
    }
    Ok(())
}

/// [`set`] for an integer key.
///
/// # Safety
/// As [`set`].
#[inline(always)]
pub(crate) unsafe fn set_integer(
    heap: &mut Heap,
    t: *mut Table,
    key: i64,
    value: RawValue,
) -> Result<(), SetError> {
    // SAFETY: the contract is the same; nothing is inserted between search and
    // assignment. Integers do not name metamethods.
    unsafe {
        let slot = find_integer(t, key);
        if slot.is_absent() {
            return insert(heap, t, RawValue::integer(key), value);
        }
        slot.set(value);
        heap.barrier_value(header(t), value);
    }
    Ok(())
}

/// [`set`] for a slot that was found.
///
/// # Safety
/// As [`set`]; `slot` was found in `t`, which had no insertion since.
#[inline(always)]
pub(crate) unsafe fn overwrite(heap: &mut Heap, t: *mut Table, slot: SlotRef, value: RawValue) {
    // SAFETY: the contract is the same.
    unsafe {
        slot.set(value);
        invalidate_metamethod_cache(t);
        heap.barrier_value(header(t), value);
    }
}

/// [`set`] for a key that was searched for and not found.
///
/// # Safety
/// As [`set`]; `find(t, key)` is absent.
#[inline(never)]
pub(crate) unsafe fn insert(
    heap: &mut Heap,
    t: *mut Table,
    key: RawValue,
    value: RawValue,
) -> Result<(), SetError> {
    let key = normalise(key);
    if key.is_nil() {
        return Err(SetError::NilKey);
    }
    if key.tag == tag::FLOAT && key.as_float().is_nan() {
        return Err(SetError::NanKey);
    }
    if value.is_nil() && !heap.tables().nil_makes_keys {
        return Ok(());
    }
    // SAFETY: `t` is live; the key is absent, normalised, neither nil nor NaN.
    unsafe {
        invalidate_metamethod_cache(t);
        if (*t).header.pad & part::OVERSIZED != 0 && !key.is_string() {
            settle_oversized(heap, t, key)?;
        }
        if !place_anywhere(t, key, value) {
            rehash(heap, t, key)?;
            let placed = place_anywhere(t, key, value);
            debug_assert!(placed, "a rehash makes room");
        }
        heap.barrier_value(header(t), key);
        heap.barrier_value(header(t), value);
    }
    Ok(())
}

/// Puts an absent key into the part where it belongs; false if there is no
/// room.
///
/// # Safety
/// `t` is a live table; `key` is a live value, absent and normalised, neither
/// nil nor NaN.
#[inline]
pub(super) unsafe fn place_anywhere(t: *mut Table, key: RawValue, value: RawValue) -> bool {
    // SAFETY: the index is checked against the array part's size.
    unsafe {
        if key.tag == tag::INTEGER {
            let index = key.payload.wrapping_sub(1);
            if index < u64::from((*t).array_size) {
                SlotRef::array((*t).array.add(index as usize)).set(value);
                return true;
            }
        }
        place(t, key, value)
    }
}

/// Takes a node that never had a key, from the end; null if there is none.
///
/// # Safety
/// `t` is a live table with a hash part of its own.
#[inline(always)]
unsafe fn take_free(t: *mut Table) -> *mut Node {
    // SAFETY: `last_free` is at most the number of nodes.
    unsafe {
        while (*t).last_free > 0 {
            (*t).last_free -= 1;
            let node = (*t).nodes.add((*t).last_free as usize);
            if (*node).key_tag == tag::NIL {
                return node;
            }
        }
    }
    std::ptr::null_mut()
}

/// Inserts an absent key into the hash part; false if there is no room.
///
/// If the key's main position is taken by a key that does not belong there,
/// that one moves to a free node; else the new key goes to the free node.
///
/// # Safety
/// `t` is a live table; `key` is a live value, absent and normalised, neither
/// nil nor NaN, and not one for the array part.
#[inline]
pub(super) unsafe fn place(t: *mut Table, key: RawValue, value: RawValue) -> bool {
    // SAFETY: both ways ask for what this one does.
    unsafe {
        match (*t).header.pad & part::OTHER_PLACES {
            0 => place_by::<false>(t, key, value),
            _ => place_otherwise(t, key, value),
        }
    }
}

/// # Safety
/// As [`place`]; numbers are not placed by remainders.
#[inline(never)]
unsafe fn place_otherwise(t: *mut Table, key: RawValue, value: RawValue) -> bool {
    // SAFETY: `t` places its numbers so, the rest by contract.
    unsafe { place_by::<true>(t, key, value) }
}

/// # Safety
/// As [`place`]; `OTHER` says where numbers are placed.
#[inline(always)]
unsafe fn place_by<const OTHER: bool>(t: *mut Table, key: RawValue, value: RawValue) -> bool {
    // SAFETY: main positions and free nodes are inside the part; the key of a
    // node with a value is alive, so that its main position is known; it lies
    // in the chain that starts there, so the walk to its predecessor ends.
    unsafe {
        if !has_hash_part(t) {
            return false;
        }
        let mut target = (*t).nodes.add(position::<OTHER>(t, key));
        if (*target).value_tag != tag::NIL {
            let free = take_free(t);
            if free.is_null() {
                return false;
            }
            let resident = RawValue { payload: (*target).key_payload, tag: (*target).key_tag };
            let mut other = (*t).nodes.add(position::<OTHER>(t, resident));
            if other != target {
                while other.offset((*other).next as isize) != target {
                    other = other.offset((*other).next as isize);
                }
                (*other).next = free.offset_from(other) as i32;
                *free = *target;
                if (*target).next != 0 {
                    (*free).next += target.offset_from(free) as i32;
                    (*target).next = 0;
                }
            } else {
                if (*target).next != 0 {
                    (*free).next = target.offset((*target).next as isize).offset_from(free) as i32;
                }
                (*target).next = free.offset_from(target) as i32;
                target = free;
            }
        }
        (*target).key_payload = key.payload;
        (*target).key_tag = key.tag;
        (*target).value_payload = value.payload;
        (*target).value_tag = value.tag;
    }
    true
}
