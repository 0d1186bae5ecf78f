//! Handlers for dialects whose numbers are all floats.
//!
//! Tables keep integral keys as integers, whatever the dialect. Here a float
//! finds its place in the array part, and integers of the machine become floats
//! before a script sees them.
//!
//! # Safety
//!
//! As for all handlers: see `interp`.

use super::{
    At, Registers, arith_slow, calls, loops, service_interrupt, tables, tables_slow as slow,
};
use crate::call::Flow;
use crate::object::Table;
use crate::table;
use crate::value::{RawValue, tag};

/// The index that an integral float is, as an unsigned number; what is no such
/// number below 2^52 gives one of at least 2^52, or `None`.
#[inline(always)]
fn index_of(n: f64) -> Option<u64> {
    // The spacing of floats here is 1: the sum is rounded to an integer, which
    // stands in its lower bits.
    const SHIFT: f64 = 4_503_599_627_370_496.0;
    let sum = n + SHIFT;
    (sum - SHIFT == n).then(|| sum.to_bits().wrapping_sub(SHIFT.to_bits()))
}

/// The slot of the array part for a key, or null.
#[inline(always)]
unsafe fn array_slot(t: *mut Table, key: f64) -> *mut RawValue {
    match index_of(key) {
        Some(index) => tables::slot_at(t, index.wrapping_sub(1)),
        None => std::ptr::null_mut(),
    }
}

#[inline(always)]
pub(super) unsafe fn get_table(vm: &mut Registers, i: At) -> Flow {
    let object = *vm.rw(i.b());
    let key = *vm.rw(i.c());
    if object.is_table() {
        if key.tag == tag::FLOAT {
            let slot = array_slot(object.as_table(), key.as_float());
            if !slot.is_null() && (*slot).tag != tag::NIL {
                *vm.r(i.a()) = *slot;
                return Flow::Next;
            }
        } else if key.tag == tag::SHORT_STRING {
            let v = table::get_short_string(object.as_table(), key.as_string());
            if !v.is_nil() {
                *vm.r(i.a()) = v;
                return Flow::Next;
            }
        }
    }
    vm.save();
    slow::get(vm.state, i.word(), object, key)
}

#[inline(always)]
pub(super) unsafe fn get_index(vm: &mut Registers, i: At) -> Flow {
    let object = *vm.rw(i.b());
    if object.is_table() {
        let slot = tables::slot_at(object.as_table(), (i.c() as u64).wrapping_sub(1));
        if !slot.is_null() && (*slot).tag != tag::NIL {
            *vm.r(i.a()) = *slot;
            return Flow::Next;
        }
    }
    vm.save();
    slow::get(vm.state, i.word(), object, RawValue::float(i.c() as f64))
}

#[inline(always)]
unsafe fn set_any(vm: &Registers, object: RawValue, key: RawValue, v: RawValue) -> Flow {
    if object.is_table()
        && key.tag == tag::FLOAT
        && let Some(index) = index_of(key.as_float())
        && tables::set_at(vm, object.as_table(), index.wrapping_sub(1), v)
    {
        return Flow::Next;
    }
    vm.save();
    slow::set(vm.state, object, key, v)
}

#[inline(always)]
pub(super) unsafe fn set_table(vm: &mut Registers, i: At) -> Flow {
    set_any(vm, *vm.r(i.a()), *vm.rw(i.b()), *vm.rw(i.c()))
}

#[inline(always)]
pub(super) unsafe fn set_table_k(vm: &mut Registers, i: At) -> Flow {
    set_any(vm, *vm.r(i.a()), *vm.rw(i.b()), vm.k(i.c()))
}

#[inline(always)]
unsafe fn set_small(vm: &Registers, object: RawValue, key: u16, v: RawValue) -> Flow {
    let index = (key as u64).wrapping_sub(1);
    if object.is_table() && tables::set_at(vm, object.as_table(), index, v) {
        return Flow::Next;
    }
    vm.save();
    slow::set(vm.state, object, RawValue::float(key as f64), v)
}

#[inline(always)]
pub(super) unsafe fn set_index(vm: &mut Registers, i: At) -> Flow {
    set_small(vm, *vm.r(i.a()), i.b(), *vm.rw(i.c()))
}

#[inline(always)]
pub(super) unsafe fn set_index_k(vm: &mut Registers, i: At) -> Flow {
    set_small(vm, *vm.r(i.a()), i.b(), vm.k(i.c()))
}

#[inline(always)]
pub(super) unsafe fn len(vm: &mut Registers, i: At) -> Flow {
    let b = *vm.rw(i.b());
    if b.is_table() && (*b.as_table()).metatable.is_null() {
        *vm.r(i.a()) =
            RawValue::float(table::length_by_dialect(b.as_table(), &(*vm.state).heap) as f64);
        return Flow::Next;
    }
    vm.save();
    arith_slow::len(vm.state, i.word(), b)
}

/// A key of a table as scripts see it.
#[inline(always)]
fn seen(key: RawValue) -> RawValue {
    if key.tag == tag::INTEGER { RawValue::float(key.as_integer() as f64) } else { key }
}

/// The index in the traversal of `t` that follows the key in `control`, if the
/// hint beside it is right.
#[inline(always)]
unsafe fn hinted_index(t: *const Table, control: *mut RawValue) -> Option<u32> {
    let key = *control;
    if key.is_nil() {
        return Some(0);
    }
    let hint = *loops::hint_of(control);
    let size = (*t).array_size;
    if hint.wrapping_sub(1) < size {
        let same = key.tag == tag::FLOAT && key.as_float() == f64::from(hint);
        return same.then_some(hint);
    }
    let index = hint.wrapping_sub(1).wrapping_sub(size);
    if index <= (*t).hash_mask && hint > size {
        let node = (*t).nodes.add(index as usize);
        let own = seen(RawValue { payload: (*node).key_payload, tag: (*node).key_tag });
        return (own.tag == key.tag && own.payload == key.payload).then_some(hint);
    }
    None
}

/// One round of `for i, v in ipairs(t)` without a call; false if it takes one.
#[inline(always)]
unsafe fn ipairs_round(vm: &mut Registers, i: At) -> bool {
    let ra = vm.r(i.a());
    let object = *ra.add(1);
    if (*ra).payload != (*vm.state).ipairs_function
        || !object.is_table()
        || (*ra.add(2)).tag != tag::FLOAT
    {
        return false;
    }
    // The key counts from 1, so that the last index is the next one.
    let Some(index) = index_of((*ra.add(2)).as_float()) else { return false };
    let slot = tables::slot_at(object.as_table(), index);
    if slot.is_null() || (*slot).is_nil() {
        return false;
    }
    let v = *slot;
    let key = RawValue::float((index + 1) as f64);
    *ra.add(4) = key;
    *ra.add(2) = key;
    loops::give_value(vm, i, v);
    loops::take_back_jump(vm);
    true
}

/// One round of `for k, v in next, t` without a call; false if it takes one.
#[inline(always)]
unsafe fn next_round(vm: &mut Registers, i: At) -> bool {
    let ra = vm.r(i.a());
    if (*ra).payload != (*vm.state).next_function || !(*ra.add(1)).is_table() {
        return false;
    }
    let t = (*ra.add(1)).as_table();
    let control = ra.add(2);
    let Some(index) = hinted_index(t, control) else { return false };
    match table::next_at(t, index) {
        Some((next, key, value)) => {
            let key = seen(key);
            *ra.add(4) = key;
            *control = key;
            *loops::hint_of(control) = next;
            loops::give_value(vm, i, value);
            loops::take_back_jump(vm);
        }
        None => loops::end_traversal(vm, i),
    }
    true
}

#[inline(always)]
pub(super) unsafe fn tfor_call<const HOOKED: bool>(vm: &mut Registers, i: At) -> Flow {
    let ra = vm.r(i.a());
    if !HOOKED && (*ra).tag == tag::LIGHT_NATIVE && (ipairs_round(vm, i) || next_round(vm, i)) {
        if vm.interrupted() {
            vm.save();
            return service_interrupt(vm.state());
        }
        return Flow::Next;
    }
    let function = ra.add(4);
    *function = *ra;
    *function.add(1) = *ra.add(1);
    *function.add(2) = *ra.add(2);
    if !HOOKED && (*function).tag == tag::LUA_CLOSURE && calls::enter_iterator(vm, function) {
        return Flow::Next;
    }
    vm.save();
    loops::call_iterator(vm.state(), function)
}

#[cfg(test)]
mod tests {
    use super::index_of;

    #[test]
    fn indices() {
        assert_eq!(index_of(0.0), Some(0));
        assert_eq!(index_of(-0.0), Some(0));
        assert_eq!(index_of(1.0), Some(1));
        assert_eq!(index_of(4_294_967_296.0), Some(1 << 32));
        assert_eq!(index_of(4_503_599_627_370_495.0), Some((1 << 52) - 1));
        for n in [0.5, 1.5, 1e-300, f64::NAN, 4_503_599_627_370_495.5] {
            assert_eq!(index_of(n), None, "{n}");
        }
        for n in [-0.5, -1.0, -5.0, 1e300, -1e300, f64::INFINITY, f64::NEG_INFINITY, 2f64.powi(52)]
        {
            assert!(index_of(n).is_none_or(|index| index >= 1 << 52), "{n}");
        }
    }
}
