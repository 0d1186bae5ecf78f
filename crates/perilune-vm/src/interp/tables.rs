//! Table access.
//!
//! # Safety
//!
//! As for all handlers: see `interp`. Inline caches are hints: the index is
//! masked by the table's size and the key compared.

use super::{At, Registers, tables_slow as slow};
use crate::call::Flow;
use crate::meta::header;
use crate::object::Table;
use crate::table;
use crate::value::{RawValue, tag};

/// The value that the inline cache predicts; nil if it does not know.
#[inline(always)]
unsafe fn cached_value(t: *mut Table, key: RawValue, hint: u16) -> RawValue {
    let node = table::cached(t, key.as_string(), hint);
    if node.is_null() {
        return RawValue::NIL;
    }
    RawValue { payload: (*node).value_payload, tag: (*node).value_tag }
}

/// Overwrites a present value where the inline cache predicts it; false if it
/// does not know.
#[inline(always)]
unsafe fn set_cached(vm: &Registers, t: *mut Table, key: RawValue, hint: u16, v: RawValue) -> bool {
    let node = table::cached(t, key.as_string(), hint);
    if node.is_null() || (*node).value_tag == tag::NIL {
        return false;
    }
    (*node).value_payload = v.payload;
    (*node).value_tag = v.tag;
    (*vm.state).heap.barrier_value(header(t), v);
    true
}

/// The slot of the array part for an integer key, or null.
#[inline(always)]
unsafe fn array_slot(t: *mut Table, key: i64) -> *mut RawValue {
    slot_at(t, (key as u64).wrapping_sub(1))
}

/// The slot of the array part at an index, or null.
#[inline(always)]
pub(super) unsafe fn slot_at(t: *mut Table, index: u64) -> *mut RawValue {
    // A read beyond the hint moves it: the search does that.
    if index < (*t).length_hint as u64 {
        (*t).array.add(index as usize)
    } else {
        std::ptr::null_mut()
    }
}

/// Writes to the array part if that takes no metamethod.
#[inline(always)]
unsafe fn set_array(vm: &Registers, t: *mut Table, key: i64, v: RawValue) -> bool {
    set_at(vm, t, (key as u64).wrapping_sub(1), v)
}

/// Writes to the array part at an index if that takes no metamethod.
#[inline(always)]
pub(super) unsafe fn set_at(vm: &Registers, t: *mut Table, index: u64, v: RawValue) -> bool {
    let slot = slot_at(t, index);
    if slot.is_null() || ((*slot).tag == tag::NIL && !(*t).metatable.is_null()) {
        return false;
    }
    *slot = v;
    (*vm.state).heap.barrier_value(header(t), v);
    true
}

#[inline(always)]
pub(super) unsafe fn get_tab_up(vm: &mut Registers, i: At) -> Flow {
    let object = *(*vm.upvalue(i.b() as u8)).value;
    if object.is_table() {
        let v = cached_value(object.as_table(), vm.k(i.c()), i.d());
        if !v.is_nil() {
            *vm.r(i.a()) = v;
            return Flow::Next;
        }
    }
    vm.save();
    slow::get_string(vm.state, i.word(), object)
}

#[inline(always)]
pub(super) unsafe fn get_field(vm: &mut Registers, i: At) -> Flow {
    let object = *vm.rw(i.b());
    if object.is_table() {
        let v = cached_value(object.as_table(), vm.k(i.c()), i.d());
        if !v.is_nil() {
            *vm.r(i.a()) = v;
            return Flow::Next;
        }
    }
    vm.save();
    slow::get_string(vm.state, i.word(), object)
}

#[inline(always)]
pub(super) unsafe fn method(vm: &mut Registers, i: At) -> Flow {
    let object = *vm.rw(i.b());
    *vm.r(i.a()).add(1) = object;
    if object.is_table() {
        let t = object.as_table();
        let key = vm.k(i.c());
        let v = cached_value(t, key, i.d());
        if !v.is_nil() {
            *vm.r(i.a()) = v;
            return Flow::Next;
        }
    }
    vm.save();
    slow::get_string(vm.state, i.word(), object)
}

#[inline(always)]
pub(super) unsafe fn get_table(vm: &mut Registers, i: At) -> Flow {
    let object = *vm.rw(i.b());
    let key = *vm.rw(i.c());
    if object.is_table() {
        if key.tag == tag::INTEGER {
            let slot = array_slot(object.as_table(), key.as_integer());
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
    let key = i.c() as i64;
    if object.is_table() {
        let slot = array_slot(object.as_table(), key);
        if !slot.is_null() && (*slot).tag != tag::NIL {
            *vm.r(i.a()) = *slot;
            return Flow::Next;
        }
    }
    vm.save();
    slow::get(vm.state, i.word(), object, RawValue::integer(key))
}

#[inline(always)]
unsafe fn set_string(vm: &Registers, i: At, object: RawValue, key: RawValue, v: RawValue) -> Flow {
    if object.is_table() && set_cached(vm, object.as_table(), key, i.d(), v) {
        return Flow::Next;
    }
    vm.save();
    slow::set_string(vm.state, i.word(), object, key, v)
}

#[inline(always)]
pub(super) unsafe fn set_tab_up(vm: &mut Registers, i: At) -> Flow {
    let object = *(*vm.upvalue(i.a())).value;
    set_string(vm, i, object, vm.k(i.b()), *vm.rw(i.c()))
}

#[inline(always)]
pub(super) unsafe fn set_tab_up_k(vm: &mut Registers, i: At) -> Flow {
    let object = *(*vm.upvalue(i.a())).value;
    set_string(vm, i, object, vm.k(i.b()), vm.k(i.c()))
}

#[inline(always)]
pub(super) unsafe fn set_field(vm: &mut Registers, i: At) -> Flow {
    set_string(vm, i, *vm.r(i.a()), vm.k(i.b()), *vm.rw(i.c()))
}

#[inline(always)]
pub(super) unsafe fn set_field_k(vm: &mut Registers, i: At) -> Flow {
    set_string(vm, i, *vm.r(i.a()), vm.k(i.b()), vm.k(i.c()))
}

#[inline(always)]
unsafe fn set_any(vm: &Registers, object: RawValue, key: RawValue, v: RawValue) -> Flow {
    if object.is_table()
        && key.tag == tag::INTEGER
        && set_array(vm, object.as_table(), key.as_integer(), v)
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
pub(super) unsafe fn set_index(vm: &mut Registers, i: At) -> Flow {
    set_any(vm, *vm.r(i.a()), RawValue::integer(i.b() as i64), *vm.rw(i.c()))
}

#[inline(always)]
pub(super) unsafe fn set_index_k(vm: &mut Registers, i: At) -> Flow {
    set_any(vm, *vm.r(i.a()), RawValue::integer(i.b() as i64), vm.k(i.c()))
}

#[inline(always)]
pub(super) unsafe fn new_table(vm: &mut Registers, i: At) -> Flow {
    let b = i.b() as u32;
    let hash = if b == 0 { 0 } else { 1u32.checked_shl(b - 1).unwrap_or(u32::MAX) };
    match table::new(&mut (*vm.state).heap, i.e(), hash) {
        Ok(t) => {
            *vm.r(i.a()) = RawValue::pointer(tag::TABLE, t);
            super::control::collect_if_due(vm, i.a())
        }
        Err(_) => {
            vm.save_all();
            slow::new_table(vm.state, i.word(), hash)
        }
    }
}

#[inline(always)]
pub(super) unsafe fn set_list(vm: &mut Registers, i: At) -> Flow {
    vm.save();
    slow::set_list(vm.state, i.word())
}
