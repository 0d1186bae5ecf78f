//! Loads, moves and upvalues.
//!
//! # Safety
//!
//! As for all handlers: see `interp`.

use super::{At, Registers};
use crate::call::Flow;
use crate::meta::header;
use crate::value::RawValue;

#[inline(always)]
pub(super) unsafe fn move_(vm: &mut Registers, i: At) -> Flow {
    *vm.r(i.a()) = *vm.rw(i.b());
    Flow::Next
}

#[inline(always)]
pub(super) unsafe fn load_i(vm: &mut Registers, i: At) -> Flow {
    *vm.r(i.a()) = RawValue::integer(i.se() as i64);
    Flow::Next
}

#[inline(always)]
pub(super) unsafe fn load_f(vm: &mut Registers, i: At) -> Flow {
    *vm.r(i.a()) = RawValue::float(i.se() as f64);
    Flow::Next
}

#[inline(always)]
pub(super) unsafe fn load_k(vm: &mut Registers, i: At) -> Flow {
    *vm.r(i.a()) = *vm.k.add(i.e() as usize);
    Flow::Next
}

#[inline(always)]
pub(super) unsafe fn load_nil(vm: &mut Registers, i: At) -> Flow {
    let first = vm.r(i.a());
    for n in 0..=i.b() as usize {
        *first.add(n) = RawValue::NIL;
    }
    Flow::Next
}

#[inline(always)]
pub(super) unsafe fn load_true(vm: &mut Registers, i: At) -> Flow {
    *vm.r(i.a()) = RawValue::boolean(true);
    Flow::Next
}

#[inline(always)]
pub(super) unsafe fn load_false(vm: &mut Registers, i: At) -> Flow {
    *vm.r(i.a()) = RawValue::boolean(false);
    Flow::Next
}

#[inline(always)]
pub(super) unsafe fn load_false_skip(vm: &mut Registers, i: At) -> Flow {
    *vm.r(i.a()) = RawValue::boolean(false);
    vm.pc = vm.pc.add(1);
    Flow::Next
}

#[inline(always)]
pub(super) unsafe fn get_upval(vm: &mut Registers, i: At) -> Flow {
    *vm.r(i.a()) = *(*vm.upvalue(i.b() as u8)).value;
    Flow::Next
}

#[inline(always)]
pub(super) unsafe fn set_upval(vm: &mut Registers, i: At) -> Flow {
    let up = vm.upvalue(i.b() as u8);
    let v = *vm.r(i.a());
    *(*up).value = v;
    (*vm.state).heap.barrier_value(header(up), v);
    Flow::Next
}
