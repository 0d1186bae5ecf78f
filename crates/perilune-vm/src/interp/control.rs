//! Jumps, closures, extra arguments, closing variables.
//!
//! # Safety
//!
//! As for all handlers: see `interp`. The pc is saved before anything that may
//! raise, and the frame's extent before anything that may collect.

use super::{At, Registers, service_interrupt};
use crate::call::{Flow, Step, drive, ensure_stack, hook_entry};
use crate::closure::{close_upvalues, new_closure, new_to_be_closed};
use crate::frame::{TAIL, kind, link_word, make_link, set_link_word};
use crate::meta::Event;
use crate::object::{LuaClosure, Thread};
use crate::state::State;
use crate::value::{RawValue, tag};
use perilune_bytecode::Instruction;

#[inline(always)]
pub(super) unsafe fn jmp(vm: &mut Registers, i: At) -> Flow {
    vm.jump(i);
    if i.j() < 0 && vm.interrupted() {
        vm.save();
        return service_interrupt(vm.state());
    }
    Flow::Next
}

/// Lets the collector work if it is due. Register `a` was written last: the
/// registers above hold nothing that is needed.
#[inline(always)]
pub(super) unsafe fn collect_if_due(vm: &mut Registers, a: u8) -> Flow {
    if (*vm.state).heap.wants_collection() {
        vm.save();
        (*vm.thread).top = vm.r(a).add(1);
        return collect(vm.state());
    }
    Flow::Next
}

/// Collects; pc and top of the frame have been saved.
#[cold]
#[inline(never)]
pub(super) unsafe fn collect(state: &mut State) -> Flow {
    match state.collect_now() {
        Ok(()) => Flow::Refresh,
        Err(e) => e.into(),
    }
}

#[inline(always)]
pub(super) unsafe fn closure(vm: &mut Registers, i: At) -> Flow {
    match closure_without_collection(vm, i) {
        Flow::Next => collect_if_due(vm, i.a()),
        flow => flow,
    }
}

/// Makes a closure; `Refresh` if that took a second attempt.
#[inline(always)]
pub(super) unsafe fn closure_without_collection(vm: &mut Registers, i: At) -> Flow {
    let own = vm.closure();
    let p = *(*(*own).prototype).data.prototypes.as_ptr().add(i.e() as usize);
    match new_closure(vm.state(), p, vm.base, LuaClosure::upvalues(own)) {
        Ok(c) => {
            *vm.r(i.a()) = RawValue::pointer(tag::LUA_CLOSURE, c);
            Flow::Next
        }
        Err(_) => {
            vm.save_all();
            retry_closure(vm.state(), i.word())
        }
    }
}

#[cold]
#[inline(never)]
unsafe fn retry_closure(state: &mut State, i: Instruction) -> Flow {
    let base = (*state.current).base;
    let own = crate::frame::closure_at(base);
    let p = *(*(*own).prototype).data.prototypes.as_ptr().add(i.e() as usize);
    let made =
        state.retry_allocation(&[], |state| new_closure(state, p, base, LuaClosure::upvalues(own)));
    match made {
        Ok(c) => {
            *base.add(i.a() as usize) = RawValue::pointer(tag::LUA_CLOSURE, c);
            Flow::Refresh
        }
        Err(e) => e.into(),
    }
}

#[inline(always)]
pub(super) unsafe fn vararg(vm: &mut Registers, i: At) -> Flow {
    vm.save();
    let wanted = i.c() as usize;
    let word = link_word(vm.base.sub(1));
    let distance = (word >> 16) as usize;
    let fixed = (*(*vm.closure()).prototype).parameter_count as usize;
    let n = distance - 1 - fixed;
    if wanted == 0 {
        return vararg_all(vm.state(), i.word(), n);
    }
    let from = vm.base.sub(distance).add(fixed);
    let to = vm.r(i.a());
    for index in 0..wanted - 1 {
        *to.add(index) = if index < n { *from.add(index) } else { RawValue::NIL };
    }
    Flow::Next
}

/// All extra arguments, up to a new top.
#[inline(never)]
unsafe fn vararg_all(state: &mut State, i: Instruction, n: usize) -> Flow {
    let th = state.current;
    let a = i.a() as usize;
    (*th).top = (*th).base.add((*crate::frame::prototype_at((*th).base)).max_stack_size as usize);
    if let Err(e) = ensure_stack(state, th, n) {
        return e.into();
    }
    let base = (*th).base;
    let distance = (link_word(base.sub(1)) >> 16) as usize;
    let fixed = (*crate::frame::prototype_at(base)).parameter_count as usize;
    let from = base.sub(distance).add(fixed);
    let to = base.add(a);
    for index in 0..n {
        *to.add(index) = *from.add(index);
    }
    (*th).top = to.add(n);
    Flow::Refresh
}

#[inline(always)]
pub(super) unsafe fn vararg_prep<const HOOKED: bool>(vm: &mut Registers, i: At) -> Flow {
    let p = (*vm.closure()).prototype;
    let fixed = i.a() as usize;
    let n = (*vm.thread).top.offset_from(vm.base) as usize;
    let need = 1 + (*p).max_stack_size as usize;
    if HOOKED || (*vm.thread).stack_last.offset_from((*vm.thread).top) < need as isize {
        vm.save();
        return slow_vararg_prep(vm.state(), fixed, n, need);
    }
    split_frame(vm.thread, vm.base, fixed, n);
    vm.base = (*vm.thread).base;
    Flow::Next
}

/// Copies the function and its fixed parameters above the arguments.
#[inline(always)]
unsafe fn split_frame(th: *mut Thread, base: *mut RawValue, fixed: usize, n: usize) {
    let function = base.add(n);
    *function = *base.sub(1);
    set_link_word(function, make_link(tag::LUA_CLOSURE, kind::VARARG, n as u64 + 1));
    let new = function.add(1);
    for index in 0..fixed {
        *new.add(index) = *base.add(index);
        *base.add(index) = RawValue::NIL;
    }
    (*th).base = new;
}

#[cold]
#[inline(never)]
unsafe fn slow_vararg_prep(state: &mut State, fixed: usize, n: usize, need: usize) -> Flow {
    let th = state.current;
    if let Err(e) = ensure_stack(state, th, need) {
        return e.into();
    }
    split_frame(th, (*th).base, fixed, n);
    (*th).top = (*th).base.add(fixed);
    if (*th).hooks.active {
        let tail = link_word((*th).base.sub(n + 2)) & TAIL != 0;
        (*th).pc = (*th).pc.sub(1);
        let result = hook_entry(state, fixed, tail);
        (*th).pc = (*th).pc.add(1);
        // The next instruction counts as a new line.
        (*th).hooks.old_pc = 1;
        if let Err(e) = result {
            return e.into();
        }
    }
    Flow::Refresh
}

#[inline(always)]
pub(super) unsafe fn tbc(vm: &mut Registers, i: At) -> Flow {
    vm.save();
    match new_to_be_closed(vm.state(), vm.r(i.a())) {
        Ok(()) => Flow::Next,
        Err(e) => e.into(),
    }
}

#[inline(always)]
pub(super) unsafe fn close(vm: &mut Registers, i: At) -> Flow {
    vm.save();
    close_from(vm.state(), vm.r(i.a()))
}

/// Closes upvalues and variables from `level` on; the running instruction runs
/// again after each variable's metamethod.
#[inline(never)]
pub(super) unsafe fn close_from(state: &mut State, level: *mut RawValue) -> Flow {
    let th = state.current;
    let offset = Thread::offset_of(th, level) as u32;
    match (*th).to_be_closed.last() {
        Some(&slot) if slot >= offset => {
            close_upvalues(state, th, (*th).stack.add(slot as usize));
            (*th).to_be_closed.pop();
            let step = close_variable(state, slot as usize);
            drive(state, step)
        }
        _ => {
            close_upvalues(state, th, level);
            Flow::Next
        }
    }
}

/// Calls the metamethod of the variable in the slot with that offset.
unsafe fn close_variable(state: &mut State, slot: usize) -> Step {
    let object = *(*state.current).stack.add(slot);
    let handler = state.metamethod(object, Event::Close);
    let arguments = [object, RawValue::NIL];
    let count = state.close_arguments(false);
    state.call_for_instruction(handler, &arguments[..count], 0)
}
