//! `next` and `#`.

use super::key::{key_equal, main_position};
use super::{find_integer, has_hash_part};
use crate::heap::Heap;
use crate::object::{Node, Table};
use crate::value::{RawValue, tag};
use perilune_syntax::Borders;

/// So many elements beside the last border are looked at one by one.
const VICINITY: u32 = 4;

/// The key given to `next` is not in the table.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct InvalidKey;

/// The entry that follows `key` (nil: the first one); `None` at the end.
///
/// # Safety
/// `t` is a live table, `key` a live value.
pub(crate) unsafe fn next(
    t: *const Table,
    key: RawValue,
) -> Result<Option<(RawValue, RawValue)>, InvalidKey> {
    // SAFETY: the contract is the same.
    unsafe {
        let index = index_of_key(t, key)?;
        Ok(next_at(t, index).map(|(_, key, value)| (key, value)))
    }
}

/// The first entry at `index` or behind it, and the index to go on with; `None`
/// at the end. Array slots come first, then nodes. Values may be assigned to
/// existing keys between two steps; any index is allowed.
///
/// # Safety
/// `t` is a live table.
#[inline]
pub(crate) unsafe fn next_at(t: *const Table, index: u32) -> Option<(u32, RawValue, RawValue)> {
    // SAFETY: both indices are checked against the sizes of the parts. The empty
    // node has no value.
    unsafe {
        let size = (*t).array_size;
        let mut i = index;
        while i < size {
            let slot = (*t).array.add(i as usize);
            i += 1;
            if (*slot).tag != tag::NIL {
                let value = RawValue { payload: (*slot).payload, tag: (*slot).tag };
                return Some((i, RawValue::integer(i64::from(i)), value));
            }
        }
        let mut i = i - size;
        while i <= (*t).hash_mask {
            let node = (*t).nodes.add(i as usize);
            i += 1;
            if (*node).value_tag != tag::NIL {
                let key = RawValue { payload: (*node).key_payload, tag: (*node).key_tag };
                let value = RawValue { payload: (*node).value_payload, tag: (*node).value_tag };
                return Some((size + i, key, value));
            }
        }
        None
    }
}

/// The index behind the entry that was found at `index` with this key, of which
/// only the bits are known: where it was, or else wherever it is now.
///
/// # Safety
/// `t` is a live table.
#[inline]
pub(crate) unsafe fn index_again(
    t: *const Table,
    index: u32,
    key: RawValue,
) -> Result<u32, InvalidKey> {
    // SAFETY: indices are checked against the sizes of the parts.
    unsafe {
        let size = (*t).array_size;
        if key.tag == tag::INTEGER && key.payload == u64::from(index) && index <= size {
            return Ok(index);
        }
        if index > size && index - size - 1 <= (*t).hash_mask {
            let node = (*t).nodes.add((index - size - 1) as usize);
            if (*node).key_payload == key.payload {
                return Ok(index);
            }
        }
        search_again(t, key)
    }
}

/// [`index_again`] for an entry that is elsewhere now.
///
/// # Safety
/// `t` is a live table.
#[cold]
unsafe fn search_again(t: *const Table, key: RawValue) -> Result<u32, InvalidKey> {
    // SAFETY: indices are inside the parts.
    unsafe {
        let size = (*t).array_size;
        if key.tag == tag::INTEGER && key.payload.wrapping_sub(1) < u64::from(size) {
            return Ok(key.payload as u32);
        }
        let mut nodes = 0..=(*t).hash_mask;
        let same = |i: &u32| {
            let node = (*t).nodes.add(*i as usize);
            (*node).key_payload == key.payload && (*node).key_tag == key.tag
        };
        nodes.find(same).map(|i| size + i + 1).ok_or(InvalidKey)
    }
}

/// The index behind `key`, from which [`next_at`] finds the entry that follows;
/// 0 for nil. A key whose value was set to nil is still found, even if a
/// collection has passed since. A float equal to an integer is no key of any
/// table.
///
/// # Safety
/// `t` is a live table, `key` a live value.
pub(crate) unsafe fn index_of_key(t: *const Table, key: RawValue) -> Result<u32, InvalidKey> {
    if key.is_nil() {
        return Ok(0);
    }
    // SAFETY: the main position is inside the part, whose chains end there too.
    // A dead key is compared by its address only.
    unsafe {
        let size = (*t).array_size;
        if key.tag == tag::INTEGER && key.payload.wrapping_sub(1) < u64::from(size) {
            return Ok(key.payload as u32);
        }
        if !has_hash_part(t) {
            return Err(InvalidKey);
        }
        let mut node = main_position(t, key);
        loop {
            if key_equal(node, key) || is_dead(node, key) {
                return Ok(size + node.offset_from((*t).nodes) as u32 + 1);
            }
            let next = (*node).next;
            if next == 0 {
                return Err(InvalidKey);
            }
            node = node.offset(next as isize);
        }
    }
}

/// Whether the node had this key before it was cleared.
///
/// # Safety
/// `node` is a node of a live table.
#[inline]
unsafe fn is_dead(node: *const Node, key: RawValue) -> bool {
    // SAFETY: by contract.
    unsafe {
        (*node).key_tag == tag::DEAD_KEY
            && key.is_collectable()
            && (*node).key_payload == key.payload
    }
}

/// A border of the table (`#`): `n` such that `t[n]` is not nil or `n` is 0, and
/// `t[n + 1]` is nil.
///
/// # Safety
/// `t` is a live table.
#[inline]
pub(crate) unsafe fn length(t: *mut Table, heap: &Heap) -> u64 {
    // SAFETY: the slot before the hint is inside the array part, and so is the
    // one at it, since the hint is below the size.
    unsafe {
        let hint = (*t).length_hint;
        if hint > 0 && hint < (*t).array_size && !is_empty(t, hint - 1) && is_empty(t, hint) {
            return u64::from(hint);
        }
        if hint > 0 && hint == (*t).array_size && !has_hash_part(t) && !is_empty(t, hint - 1) {
            return u64::from(hint);
        }
        search_length(t, heap)
    }
}

/// Whether the slot at `index` has no value.
///
/// # Safety
/// `t` is a live table, `index` below its array part's size.
#[inline(always)]
unsafe fn is_empty(t: *const Table, index: u32) -> bool {
    // SAFETY: by contract.
    unsafe { (*(*t).array.add(index as usize)).tag == tag::NIL }
}

/// [`length`] where the hint is not a border at sight.
///
/// # Safety
/// `t` is a live table.
#[inline(never)]
unsafe fn search_length(t: *mut Table, heap: &Heap) -> u64 {
    // SAFETY: all slots looked at are below the array part's size.
    unsafe {
        let size = (*t).array_size;
        let hint = (*t).length_hint;
        if hint > 0 && is_empty(t, hint - 1) {
            return u64::from(border_below(t, hint));
        }
        if hint != size {
            if is_empty(t, hint) {
                return u64::from(hint);
            }
            if is_empty(t, size - 1) {
                let border = search_array(t, hint, size);
                (*t).length_hint = border;
                return u64::from(border);
            }
        }
        let present = u64::from(size);
        if !has_hash_part(t) || !has_integer(t, present + 1) {
            return present;
        }
        search_hash(t, present, heap.search_noise())
    }
}

/// The border below `hint`, whose slot is empty. It becomes the new hint if
/// that is allowed: in the upper half of a part whose size is a power of two.
///
/// # Safety
/// `t` is a live table, `hint` is its positive hint.
unsafe fn border_below(t: *mut Table, hint: u32) -> u32 {
    // SAFETY: all slots looked at are below the hint.
    unsafe {
        let size = (*t).array_size;
        let movable = size.is_power_of_two();
        if hint >= 2 && !is_empty(t, hint - 2) {
            let border = hint - 1;
            if movable && !border.is_power_of_two() {
                (*t).length_hint = border;
            }
            return border;
        }
        let border = search_array(t, 0, hint);
        if movable && border > size / 2 {
            (*t).length_hint = border;
        }
        border
    }
}

/// [`length`] as the heap's dialect searches, for where most ask for that with a
/// hint.
///
/// # Safety
/// `t` is a live table of `heap`.
#[inline]
pub(crate) unsafe fn length_mostly_hinted(t: *mut Table, heap: &Heap) -> u64 {
    // SAFETY: either way of searching asks for what this function asks for.
    unsafe {
        if matches!(heap.tables().borders, Borders::Hinted) {
            length(t, heap)
        } else {
            length_by_dialect(t, heap)
        }
    }
}

/// [`length`] as the heap's dialect searches.
///
/// # Safety
/// `t` is a live table of `heap`.
#[inline(never)]
pub(crate) unsafe fn length_by_dialect(t: *mut Table, heap: &Heap) -> u64 {
    // SAFETY: the contract is the same.
    unsafe {
        match heap.tables().borders {
            Borders::Hinted => length(t, heap),
            Borders::Halved(most) => halved_length(t, most),
            Borders::Near => near_length(t, heap),
        }
    }
}

/// [`length`] without a hint.
///
/// # Safety
/// `t` is a live table.
unsafe fn halved_length(t: *mut Table, most: u64) -> u64 {
    // SAFETY: the last slot is looked at if there is one.
    unsafe {
        let size = (*t).array_size;
        if size > 0 && is_empty(t, size - 1) {
            return u64::from(search_array(t, 0, size));
        }
        let (mut low, mut high) = (u64::from(size), u64::from(size) + 1);
        if !has_hash_part(t) {
            return low;
        }
        while has_integer(t, high) {
            if high > most / 2 {
                // As many steps as there are elements.
                let mut present = 1;
                while has_integer(t, present) {
                    present += 1;
                }
                return present - 1;
            }
            low = high;
            high *= 2;
        }
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if has_integer(t, middle) { low = middle } else { high = middle }
        }
        low
    }
}

/// [`length`] from the last border on.
///
/// # Safety
/// `t` is a live table of `heap`.
unsafe fn near_length(t: *mut Table, heap: &Heap) -> u64 {
    // SAFETY: all slots looked at are below the array part's size, as is the
    // border kept, which a smaller part sets anew.
    unsafe {
        let size = (*t).array_size;
        if size > 0 {
            if let Some(border) = near_border(t, (*t).header.word.max(1)) {
                (*t).header.word = border;
                return u64::from(border);
            }
            (*t).header.word = size;
        }
        let present = u64::from(size);
        if !has_hash_part(t) || !has_integer(t, present + 1) {
            return present;
        }
        search_hash(t, present, heap.search_noise())
    }
}

/// A border in the array part, from the index `start` on; `None` if its last
/// element is present and no border is near.
///
/// # Safety
/// `t` is a live table, `start` at least 1 and at most its array part's size.
unsafe fn near_border(t: *const Table, start: u32) -> Option<u32> {
    // SAFETY: the indices are at least 1 and at most the size.
    unsafe {
        let size = (*t).array_size;
        if is_empty(t, start - 1) {
            let least = start.saturating_sub(VICINITY).max(1);
            let near = (least..start).rev().find(|&index| !is_empty(t, index - 1));
            return Some(near.unwrap_or_else(|| search_array(t, 0, least)));
        }
        let most = start.saturating_add(VICINITY).min(size);
        if let Some(empty) = (start + 1..=most).find(|&index| is_empty(t, index - 1)) {
            return Some(empty - 1);
        }
        is_empty(t, size - 1).then(|| search_array(t, most, size))
    }
}

/// A border between `low`, which is 0 or present, and `high`, which is absent.
///
/// # Safety
/// `t` is a live table, `high` at most its array part's size.
unsafe fn search_array(t: *const Table, mut low: u32, mut high: u32) -> u32 {
    while high - low > 1 {
        // Both are at most 2^31: the sum does not overflow.
        let middle = low + (high - low) / 2;
        // SAFETY: `middle` is at least 1 and below `high`.
        if unsafe { is_empty(t, middle - 1) } { high = middle } else { low = middle }
    }
    low
}

/// A border behind `present`, which is 0 or present, as is its successor: doubles
/// until an index is absent, then halves. With `noise`, its bits lead beside the
/// doubles, so that no table can be made where the search always goes far.
///
/// # Safety
/// `t` is a live table.
unsafe fn search_hash(t: *mut Table, present: u64, mut noise: u32) -> u64 {
    const MAX: u64 = i64::MAX as u64;
    // SAFETY: the contract is the same.
    let is_present = |index: u64| unsafe { has_integer(t, index) };
    let mut low = present + 1;
    let mut high = present.max(1);
    let random = noise != 0;
    if random {
        let width = (u64::BITS - present.saturating_sub(1).leading_zeros()).min(31);
        high = low + 1 + u64::from(noise & ((1 << width) - 1));
        noise >>= width;
    }
    if !random || is_present(high) {
        loop {
            low = high;
            if high <= MAX / 2 {
                high = high * 2 + u64::from(noise & 1);
                noise >>= 1;
            } else {
                high = MAX;
                if is_present(high) {
                    return high;
                }
                break;
            }
            if !is_present(high) {
                break;
            }
        }
    }
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if is_present(middle) { low = middle } else { high = middle }
    }
    low
}

/// Whether an integer key has a value.
///
/// # Safety
/// `t` is a live table.
unsafe fn has_integer(t: *mut Table, key: u64) -> bool {
    // SAFETY: the contract is the same; the slot is read at once.
    unsafe { !find_integer(t, key as i64).get_or_nil().is_nil() }
}
