//! Tables of extra arguments, declarations of globals, closures made once.
//!
//! # Safety
//!
//! As for all handlers: see `interp`. The pc is saved before anything that may
//! raise, and the frame's extent before anything that may collect.

use super::{At, Registers, control};
use crate::call::{Flow, ensure_stack};
use crate::frame::{closure_at, link_word, prototype_at};
use crate::meta::header;
use crate::number;
use crate::object::{LuaClosure, PrototypeObject, StringObject, Upvalue};
use crate::state::State;
use crate::table;
use crate::value::{RawValue, tag};
use perilune_bytecode::Instruction;

#[inline(always)]
pub(super) unsafe fn vararg_table(vm: &mut Registers, i: At) -> Flow {
    vm.save_all();
    make_table(vm.state(), i.word())
}

/// `R[A] := {n = n, ...}` of the `n` extra arguments.
#[inline(never)]
unsafe fn make_table(state: &mut State, i: Instruction) -> Flow {
    let a = i.a() as usize;
    let base = (*state.current).base;
    let distance = (link_word(base.sub(1)) >> 16) as usize;
    let fixed = (*prototype_at(base)).parameter_count as usize;
    let n = distance - 1 - fixed;
    let made = match table::new(&mut state.heap, n as u32, 1) {
        Ok(t) => t,
        Err(_) => {
            match state.retry_allocation(&[], |state| table::new(&mut state.heap, n as u32, 1)) {
                Ok(t) => t,
                Err(e) => return e.into(),
            }
        }
    };
    *base.add(a) = RawValue::pointer(tag::TABLE, made);
    let from = base.sub(distance).add(fixed);
    for index in 0..n {
        let key = RawValue::integer(index as i64 + 1);
        if let Err(e) = state.table_set(made, key, *from.add(index)) {
            return e.into();
        }
    }
    let name = RawValue::pointer(tag::SHORT_STRING, state.names.n);
    let count = state.integer_value(n as i64);
    if let Err(e) = state.table_set(made, name, count) {
        return e.into();
    }
    if state.heap.wants_collection() {
        return control::collect(state);
    }
    Flow::Next
}

#[inline(always)]
pub(super) unsafe fn vararg_get(vm: &mut Registers, i: At) -> Flow {
    let key = *vm.rw(i.c());
    let distance = (link_word(vm.base.sub(1)) >> 16) as usize;
    let fixed = (*(*vm.closure()).prototype).parameter_count as usize;
    let n = distance - 1 - fixed;
    let index = match key.tag {
        tag::INTEGER => Some(key.as_integer()),
        tag::FLOAT => number::float_to_integer(key.as_float()),
        _ => None,
    };
    *vm.r(i.a()) = match index {
        Some(index) => {
            let index = (index as u64).wrapping_sub(1);
            let first = vm.base.sub(distance).add(fixed);
            if index < n as u64 { *first.add(index as usize) } else { RawValue::NIL }
        }
        None if key.tag == tag::SHORT_STRING && key.as_string() == (*vm.state).names.n => {
            RawValue::integer(n as i64)
        }
        None => RawValue::NIL,
    };
    Flow::Next
}

#[inline(always)]
pub(super) unsafe fn vararg_of(vm: &mut Registers, i: At) -> Flow {
    vm.save();
    copy_values(vm.state(), i.word())
}

/// The values of the table in `R[B]`, as many as its `n` says.
#[inline(never)]
unsafe fn copy_values(state: &mut State, i: Instruction) -> Flow {
    const IMPROPER: &[u8] = b"vararg table has no proper 'n'";
    let th = state.current;
    let a = i.a() as usize;
    let object = *(*th).base.add(i.b() as usize);
    if !object.is_table() {
        return state.runtime_error(IMPROPER).into();
    }
    let t = object.as_table();
    let count = table::get_short_string(t, state.names.n);
    let proper = count.tag == tag::INTEGER && count.payload <= i32::MAX as u64 / 2;
    if !proper {
        return state.runtime_error(IMPROPER).into();
    }
    let count = count.payload as usize;
    let wanted = i.c() as usize;
    let taken = if wanted == 0 { count } else { wanted - 1 };
    if wanted == 0 {
        (*th).top = (*th).base.add((*prototype_at((*th).base)).max_stack_size as usize);
        if let Err(e) = ensure_stack(state, th, taken) {
            return e.into();
        }
    }
    let to = (*th).base.add(a);
    for index in 0..taken {
        *to.add(index) = match index < count {
            true => table::get_integer(t, index as i64 + 1),
            false => RawValue::NIL,
        };
    }
    if wanted == 0 {
        (*th).top = to.add(taken);
    }
    Flow::Refresh
}

#[inline(always)]
pub(super) unsafe fn check_nil(vm: &mut Registers, i: At) -> Flow {
    if (*vm.r(i.a())).is_nil() {
        return Flow::Next;
    }
    vm.save();
    defined_global(vm.state(), i.word())
}

#[cold]
#[inline(never)]
unsafe fn defined_global(state: &mut State, i: Instruction) -> Flow {
    let name = *(*prototype_at((*state.current).base)).constants.add(i.e() as usize);
    let mut message = b"global '".to_vec();
    if name.is_string() {
        message.extend_from_slice(StringObject::bytes(name.as_string()));
    }
    message.extend_from_slice(b"' already defined");
    state.runtime_error(&message).into()
}

/// The last closure made of `p`, if its upvalues are those that one would get
/// now.
#[inline(always)]
unsafe fn cached(
    p: *mut PrototypeObject,
    base: *mut RawValue,
    outer: *mut *mut Upvalue,
) -> Option<*mut LuaClosure> {
    let last = (*p).last_closure;
    if last.is_null() {
        return None;
    }
    let own = LuaClosure::upvalues(last);
    let same = (*p).data.upvalues.iter().enumerate().all(|(n, upvalue)| {
        let wanted = match upvalue.in_stack {
            true => base.add(upvalue.index as usize),
            false => (**outer.add(upvalue.index as usize)).value,
        };
        (**own.add(n)).value == wanted
    });
    same.then_some(last)
}

#[inline(always)]
pub(super) unsafe fn cached_closure(vm: &mut Registers, i: At) -> Flow {
    let own = vm.closure();
    let p = *(*(*own).prototype).data.prototypes.as_ptr().add(i.e() as usize);
    if let Some(closure) = cached(p, vm.base, LuaClosure::upvalues(own)) {
        *vm.r(i.a()) = RawValue::pointer(tag::LUA_CLOSURE, closure);
        return Flow::Next;
    }
    let flow = control::closure_without_collection(vm, i);
    if matches!(flow, Flow::Raise(_)) {
        return flow;
    }
    // A retry may have moved nothing, but the frame is looked up again.
    let base = (*(*vm.state).current).base;
    let made = *base.add(i.a() as usize);
    let p = *(*(*closure_at(base)).prototype).data.prototypes.as_ptr().add(i.e() as usize);
    (*p).last_closure = made.as_lua_closure();
    (*vm.state).heap.barrier_value(header(p), made);
    match flow {
        Flow::Next => control::collect_if_due(vm, i.a()),
        flow => flow,
    }
}
