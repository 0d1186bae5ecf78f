//! Look-up.
//!
//! `find_*` return the slot of an existing key, so that its value can be
//! overwritten without a second search; `get*` return the value, nil if the key
//! is absent.

use super::key::{integer_position, key_equal, main_position, normalise};
use super::{SlotRef, has_hash_part, part};
use crate::object::{Node, StringObject, Table};
use crate::value::{RawValue, tag};

/// The value of `key`.
///
/// # Safety
/// `t` is a live table, `key` a live value.
#[inline]
pub(crate) unsafe fn get(t: *mut Table, key: RawValue) -> RawValue {
    // SAFETY: the contract is the same; the slot is read at once.
    unsafe { find(t, key).get_or_nil() }
}

/// The value of an integer key.
///
/// # Safety
/// `t` is a live table.
#[inline(always)]
pub(crate) unsafe fn get_integer(t: *mut Table, key: i64) -> RawValue {
    // SAFETY: the contract is the same; the slot is read at once.
    unsafe { find_integer(t, key).get_or_nil() }
}

/// The value of a short string.
///
/// # Safety
/// `t` is a live table, `key` a live short string.
#[inline(always)]
pub(crate) unsafe fn get_short_string(t: *const Table, key: *mut StringObject) -> RawValue {
    // SAFETY: the contract is the same; a node found is inside the part.
    unsafe {
        let node = find_node(t, key);
        if node.is_null() {
            return RawValue::NIL;
        }
        RawValue { payload: (*node).value_payload, tag: (*node).value_tag }
    }
}

/// The slot of `key`.
///
/// # Safety
/// `t` is a live table, `key` a live value.
#[inline]
pub(crate) unsafe fn find(t: *mut Table, key: RawValue) -> SlotRef {
    // SAFETY: the contract is the same, and the tag says what the key is.
    unsafe {
        match key.tag {
            tag::SHORT_STRING => find_short_string(t, key.as_string()),
            tag::INTEGER => find_integer(t, key.as_integer()),
            _ => find_other(t, key),
        }
    }
}

/// [`find`] for keys that are neither short strings nor integers.
///
/// # Safety
/// As [`find`].
#[inline(never)]
unsafe fn find_other(t: *mut Table, key: RawValue) -> SlotRef {
    let key = normalise(key);
    match key.tag {
        tag::NIL => SlotRef::ABSENT,
        // SAFETY: the contract is the same.
        tag::INTEGER => unsafe { find_integer(t, key.as_integer()) },
        // SAFETY: the contract is the same, the key is normalised and not nil.
        _ => unsafe { find_generic(t, key) },
    }
}

/// # Safety
/// `t` is a live table, `key` a live value, normalised, not nil.
#[inline]
unsafe fn find_generic(t: *const Table, key: RawValue) -> SlotRef {
    // SAFETY: a chain stays inside the part and ends.
    unsafe {
        if !has_hash_part(t) {
            return SlotRef::ABSENT;
        }
        let mut node = main_position(t, key);
        loop {
            if key_equal(node, key) {
                return SlotRef::node(node);
            }
            let next = (*node).next;
            if next == 0 {
                return SlotRef::ABSENT;
            }
            node = node.offset(next as isize);
        }
    }
}

/// The slot of an integer key.
///
/// # Safety
/// `t` is a live table.
#[inline(always)]
pub(crate) unsafe fn find_integer(t: *mut Table, key: i64) -> SlotRef {
    let index = (key as u64).wrapping_sub(1);
    // SAFETY: `index` is below `length_hint`, which is at most `array_size`;
    // else the contract is the same.
    unsafe {
        if index < u64::from((*t).length_hint) {
            return SlotRef::array((*t).array.add(index as usize));
        }
        find_integer_beyond(t, key)
    }
}

/// [`find_integer`] of a key that does not lie below the length hint. A key in
/// the array part moves the hint: the border probably is there.
///
/// # Safety
/// As [`find_integer`].
#[inline(never)]
unsafe fn find_integer_beyond(t: *mut Table, key: i64) -> SlotRef {
    let index = (key as u64).wrapping_sub(1);
    // SAFETY: `index` is checked against the array part's size; a chain stays
    // inside the hash part and ends.
    unsafe {
        if index < u64::from((*t).array_size) {
            (*t).length_hint = key as u32;
            return SlotRef::array((*t).array.add(index as usize));
        }
        if (*t).header.pad & part::OTHER_PLACES != 0 {
            return find_integer_elsewhere(t, key);
        }
        let mut node = (*t).nodes.add(integer_position((*t).hash_mask, key));
        loop {
            if (*node).key_payload == key as u64 && (*node).key_tag == tag::INTEGER {
                return SlotRef::node(node);
            }
            let next = (*node).next;
            if next == 0 {
                return SlotRef::ABSENT;
            }
            node = node.offset(next as isize);
        }
    }
}

/// [`find_integer_beyond`] the array part where integers are not placed by their
/// remainders.
///
/// # Safety
/// As [`find_integer`].
#[inline(never)]
unsafe fn find_integer_elsewhere(t: *const Table, key: i64) -> SlotRef {
    // SAFETY: an integer is a live value, normalised and not nil.
    unsafe { find_generic(t, RawValue::integer(key)) }
}

/// The slot of a short string.
///
/// # Safety
/// `t` is a live table, `key` a live short string.
#[inline(always)]
pub(crate) unsafe fn find_short_string(t: *const Table, key: *mut StringObject) -> SlotRef {
    // SAFETY: the contract is the same; a node found is inside the part.
    unsafe {
        let node = find_node(t, key);
        if node.is_null() { SlotRef::ABSENT } else { SlotRef::node(node) }
    }
}

/// The node of a short string, null if it is absent.
///
/// # Safety
/// `t` is a live table, `key` a live short string.
#[inline(always)]
pub(crate) unsafe fn find_node(t: *const Table, key: *mut StringObject) -> *mut Node {
    // SAFETY: the main position is at most the mask; a chain stays inside the
    // part and ends.
    unsafe {
        let mut node = (*t).nodes.add(((*key).header.word & (*t).hash_mask) as usize);
        loop {
            if (*node).key_payload == key as u64 && (*node).key_tag == tag::SHORT_STRING {
                return node;
            }
            let next = (*node).next;
            if next == 0 {
                return std::ptr::null_mut();
            }
            node = node.offset(next as isize);
        }
    }
}

/// The node that an inline cache predicts for a short string, null if the key
/// is not there (it may be elsewhere: [`find_node`] tells).
///
/// # Safety
/// `t` is a live table. `key` is only compared.
#[inline(always)]
pub(crate) unsafe fn cached(t: *const Table, key: *const StringObject, hint: u16) -> *mut Node {
    // SAFETY: the index is at most the mask. The node may be the empty one; its
    // key is nil.
    unsafe {
        let node = (*t).nodes.add((u32::from(hint) & (*t).hash_mask) as usize);
        if (*node).key_payload == key as u64 && (*node).key_tag == tag::SHORT_STRING {
            node
        } else {
            std::ptr::null_mut()
        }
    }
}

/// The index of a node, as [`cached`] takes it (nodes behind the first 65,536
/// cannot be predicted).
///
/// # Safety
/// `node` is a node of `t`'s hash part.
#[inline(always)]
pub(crate) unsafe fn node_index(t: *const Table, node: *const Node) -> usize {
    // SAFETY: both point into the same part.
    unsafe { node.offset_from((*t).nodes.cast_const()) as usize }
}
