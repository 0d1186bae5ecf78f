//! The `for` loops.
//!
//! # Safety
//!
//! As for all handlers: see `interp`. A loop's registers may hold anything (the
//! debug library can write to them), so tags are tested in each round.

use super::{
    At, Registers, calls, loops_slow as slow, service_interrupt, service_interrupt_at_call,
};
use crate::call::{Flow, Step, drive};
use crate::closure::new_to_be_closed;
use crate::frame::{kind, make_link};
use crate::number::{ForLoop, integer_loop};
use crate::object::{Table, Thread};
use crate::state::State;
use crate::table;
use crate::value::{RawValue, tag};

#[inline(always)]
pub(super) unsafe fn for_prep(vm: &mut Registers, i: At) -> Flow {
    let ra = vm.r(i.a());
    let (start, limit, step) = (*ra, *ra.add(1), *ra.add(2));
    let integers =
        start.tag == tag::INTEGER && limit.tag == tag::INTEGER && step.tag == tag::INTEGER;
    // Next to the ends of the integers, dialects differ.
    if !integers
        || step.as_integer() == 0
        || limit.as_integer().checked_add(step.as_integer()).is_none()
    {
        vm.save();
        return slow::for_prep(vm.state(), i.word());
    }
    match integer_loop(start.as_integer(), limit.as_integer(), step.as_integer()) {
        ForLoop::Integer { count, .. } => *ra.add(1) = RawValue::integer(count as i64),
        _ => vm.jump(i),
    }
    Flow::Next
}

#[inline(always)]
pub(super) unsafe fn for_loop(vm: &mut Registers, i: At) -> Flow {
    let ra = vm.r(i.a());
    if (*ra).tag == tag::INTEGER && (*ra.add(1)).tag == tag::INTEGER {
        let count = (*ra.add(1)).payload;
        if count == 0 {
            return Flow::Next;
        }
        (*ra.add(1)).payload = count - 1;
        (*ra).payload = (*ra).payload.wrapping_add((*ra.add(2)).payload);
    } else if (*ra).tag == tag::FLOAT {
        let (limit, step) = ((*ra.add(1)).as_float(), (*ra.add(2)).as_float());
        let n = (*ra).as_float() + step;
        let runs = if step > 0.0 { n <= limit } else { limit <= n };
        if !runs {
            return Flow::Next;
        }
        *ra = RawValue::float(n);
    } else {
        return Flow::Next;
    }
    vm.jump(i);
    if vm.interrupted() {
        vm.save();
        return service_interrupt(vm.state());
    }
    Flow::Next
}

#[inline(always)]
pub(super) unsafe fn tfor_prep(vm: &mut Registers, i: At) -> Flow {
    let variable = vm.r(i.a()).add(3);
    if (*variable).is_false() {
        vm.jump(i);
        return Flow::Next;
    }
    vm.save();
    match new_to_be_closed(vm.state(), variable) {
        Ok(()) => {
            vm.jump(i);
            Flow::Next
        }
        Err(e) => e.into(),
    }
}

/// The index hint that `next` loops keep in the spare bytes of their control
/// variable's slot.
#[inline(always)]
pub(super) unsafe fn hint_of(control: *mut RawValue) -> *mut u32 {
    (control as *mut u32).add(3)
}

/// The index in the traversal of `t` that follows the key in `control`, if the
/// hint beside it is right.
#[inline(always)]
unsafe fn hinted_index(t: *const Table, control: *mut RawValue) -> Option<u32> {
    let key = *control;
    if key.is_nil() {
        return Some(0);
    }
    let hint = *hint_of(control);
    let size = (*t).array_size;
    if hint.wrapping_sub(1) < size {
        return (key.tag == tag::INTEGER && key.payload == hint as u64).then_some(hint);
    }
    let index = hint.wrapping_sub(1).wrapping_sub(size);
    if index <= (*t).hash_mask && hint > size {
        let node = (*t).nodes.add(index as usize);
        return ((*node).key_tag == key.tag && (*node).key_payload == key.payload).then_some(hint);
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
        || (*ra.add(2)).tag != tag::INTEGER
    {
        return false;
    }
    let t = object.as_table();
    // The key counts from 1, so that the last index is the next one.
    let index = (*ra.add(2)).payload;
    if index >= (*t).length_hint as u64 {
        return false;
    }
    let v = *(*t).array.add(index as usize);
    if v.is_nil() {
        return false;
    }
    let key = RawValue::integer(index as i64 + 1);
    *ra.add(4) = key;
    *ra.add(2) = key;
    give_value(vm, i, v);
    take_back_jump(vm);
    true
}

/// Gives the second variable its value, and those behind it nil.
#[inline(always)]
pub(super) unsafe fn give_value(vm: &mut Registers, i: At, v: RawValue) {
    let ra = vm.r(i.a());
    let wanted = i.c();
    if wanted >= 2 {
        *ra.add(5) = v;
        for n in 2..wanted as usize {
            *ra.add(4 + n) = RawValue::NIL;
        }
    }
}

/// Does what the `TForLoop` behind a call does when there is a next round.
#[inline(always)]
pub(super) unsafe fn take_back_jump(vm: &mut Registers) {
    let back = *vm.pc;
    vm.pc = vm.pc.add(1).offset(back.j() as isize);
}

/// Gives all variables nil, and steps over the `TForLoop` behind the call.
#[inline(always)]
pub(super) unsafe fn end_traversal(vm: &mut Registers, i: At) {
    let ra = vm.r(i.a());
    for n in 0..i.c() as usize {
        *ra.add(4 + n) = RawValue::NIL;
    }
    vm.pc = vm.pc.add(1);
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
            *ra.add(4) = key;
            *control = key;
            *hint_of(control) = next;
            give_value(vm, i, value);
            take_back_jump(vm);
        }
        None => end_traversal(vm, i),
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
    call_iterator(vm.state(), function)
}

#[inline(never)]
pub(super) unsafe fn call_iterator(state: &mut State, function: *mut RawValue) -> Flow {
    if state.interrupt.load(std::sync::atomic::Ordering::Relaxed) != 0 {
        return interrupt_iterator(state, function);
    }
    drive_iterator(state, function)
}

/// [`call_iterator`] where an interrupt waits.
#[cold]
#[inline(never)]
unsafe fn interrupt_iterator(state: &mut State, function: *mut RawValue) -> Flow {
    let th = state.current;
    let offset = Thread::offset_of(th, function);
    match service_interrupt_at_call(state) {
        Flow::Next => drive_iterator(state, (*th).stack.add(offset)),
        flow => flow,
    }
}

#[inline(always)]
unsafe fn drive_iterator(state: &mut State, function: *mut RawValue) -> Flow {
    let word = make_link(0, kind::TFOR, (*state.current).pc as u64);
    drive(state, Step::Call { function, nargs: 2, word })
}

#[inline(always)]
pub(super) unsafe fn tfor_loop(vm: &mut Registers, i: At) -> Flow {
    let ra = vm.r(i.a());
    let v = *ra.add(4);
    if !v.is_nil() {
        *ra.add(2) = v;
        vm.jump(i);
    }
    Flow::Next
}
