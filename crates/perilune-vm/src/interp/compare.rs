//! Comparisons and tests, each fused with its jump.
//!
//! # Safety
//!
//! As for all handlers: see `interp`. Jumps stay within the function's code.

use super::{At, Registers};
use crate::call::Flow;
use crate::meta::{Comparison, Event, comparison_of};
use crate::state::State;
use crate::table;
use crate::value::{RawValue, tag};
use perilune_bytecode::Instruction;
use perilune_bytecode::names::operands;

/// Raw equality as far as it can be told without a call.
#[inline(always)]
fn quick_equal(a: RawValue, b: RawValue) -> Option<bool> {
    if a.tag == b.tag {
        if a.payload == b.payload {
            return if a.tag == tag::FLOAT {
                Some(a.as_float() == b.as_float())
            } else {
                Some(true)
            };
        }
        return match a.tag {
            tag::NIL | tag::FALSE | tag::TRUE => Some(true),
            tag::FLOAT => Some(a.as_float() == b.as_float()),
            tag::TABLE | tag::USERDATA | tag::LONG_STRING => None,
            _ => Some(false),
        };
    }
    if a.is_number() && b.is_number() { None } else { Some(false) }
}

#[inline(always)]
unsafe fn branch(vm: &mut Registers, i: At, condition: bool) -> Flow {
    if condition {
        vm.jump(i);
    }
    Flow::Next
}

macro_rules! equality {
    ($name:ident, $sense:literal) => {
        #[inline(always)]
        pub(super) unsafe fn $name(vm: &mut Registers, i: At) -> Flow {
            match quick_equal(*vm.r(i.a()), *vm.rw(i.b())) {
                Some(equal) => branch(vm, i, equal == $sense),
                None => {
                    vm.save();
                    slow_equal(vm.state, i.word())
                }
            }
        }
    };
}

equality!(eq, true);
equality!(not_eq, false);

macro_rules! equality_with_constant {
    ($name:ident, $sense:literal) => {
        #[inline(always)]
        pub(super) unsafe fn $name(vm: &mut Registers, i: At) -> Flow {
            let (a, b) = (*vm.r(i.a()), vm.k(i.b()));
            let equal = match quick_equal(a, b) {
                Some(equal) => equal,
                None => table::raw_equal(a, b),
            };
            branch(vm, i, equal == $sense)
        }
    };
}

equality_with_constant!(eq_k, true);
equality_with_constant!(not_eq_k, false);

macro_rules! equality_with_integer {
    ($name:ident, $sense:literal) => {
        #[inline(always)]
        pub(super) unsafe fn $name(vm: &mut Registers, i: At) -> Flow {
            let a = *vm.r(i.a());
            let equal = if a.tag == tag::INTEGER {
                a.as_integer() == i.sb() as i64
            } else {
                a.tag == tag::FLOAT && a.as_float() == i.sb() as f64
            };
            branch(vm, i, equal == $sense)
        }
    };
}

equality_with_integer!(eq_i, true);
equality_with_integer!(not_eq_i, false);

macro_rules! order {
    ($name:ident, $sense:literal, $op:tt) => {
        #[inline(always)]
        pub(super) unsafe fn $name(vm: &mut Registers, i: At) -> Flow {
            let (a, b) = (*vm.r(i.a()), *vm.rw(i.b()));
            if a.tag == tag::INTEGER && b.tag == tag::INTEGER {
                let holds = a.as_integer() $op b.as_integer();
                return branch(vm, i, holds == $sense);
            }
            if a.tag == tag::FLOAT && b.tag == tag::FLOAT {
                let holds = a.as_float() $op b.as_float();
                return branch(vm, i, holds == $sense);
            }
            vm.save();
            slow_order(vm.state, i.word())
        }
    };
}

order!(lt, true, <);
order!(not_lt, false, <);
order!(le, true, <=);
order!(not_le, false, <=);

macro_rules! order_with_integer {
    ($name:ident, $sense:literal, $op:tt) => {
        #[inline(always)]
        pub(super) unsafe fn $name(vm: &mut Registers, i: At) -> Flow {
            let a = *vm.r(i.a());
            if a.tag == tag::INTEGER {
                let holds = a.as_integer() $op (i.sb() as i64);
                return branch(vm, i, holds == $sense);
            }
            if a.tag == tag::FLOAT {
                let holds = a.as_float() $op (i.sb() as f64);
                return branch(vm, i, holds == $sense);
            }
            vm.save();
            slow_order(vm.state, i.word())
        }
    };
}

order_with_integer!(lt_i, true, <);
order_with_integer!(not_lt_i, false, <);
order_with_integer!(le_i, true, <=);
order_with_integer!(not_le_i, false, <=);
order_with_integer!(gt_i, true, >);
order_with_integer!(not_gt_i, false, >);
order_with_integer!(ge_i, true, >=);
order_with_integer!(not_ge_i, false, >=);

#[inline(always)]
pub(super) unsafe fn test(vm: &mut Registers, i: At) -> Flow {
    let truth = !(*vm.r(i.a())).is_false();
    branch(vm, i, truth)
}

#[inline(always)]
pub(super) unsafe fn test_not(vm: &mut Registers, i: At) -> Flow {
    let truth = !(*vm.r(i.a())).is_false();
    branch(vm, i, !truth)
}

#[inline(always)]
pub(super) unsafe fn test_set(vm: &mut Registers, i: At) -> Flow {
    let v = *vm.rw(i.b());
    if !v.is_false() {
        *vm.r(i.a()) = v;
        vm.jump(i);
    }
    Flow::Next
}

#[inline(always)]
pub(super) unsafe fn test_set_not(vm: &mut Registers, i: At) -> Flow {
    let v = *vm.rw(i.b());
    if v.is_false() {
        *vm.r(i.a()) = v;
        vm.jump(i);
    }
    Flow::Next
}

/// Ends a comparison with a known result: the jump, if it is to be taken.
unsafe fn decided(state: &mut State, i: Instruction, truth: bool) -> Flow {
    let sense = i.op().and_then(comparison_of).is_none_or(|(_, sense)| sense);
    if truth == sense {
        let th = state.current;
        (*th).pc = (*th).pc.offset(i.j() as isize);
        return Flow::Refresh;
    }
    Flow::Next
}

unsafe fn conclude(
    state: &mut State,
    i: Instruction,
    c: Comparison,
    a: RawValue,
    b: RawValue,
) -> Flow {
    match c {
        Comparison::Known(truth) => decided(state, i, truth),
        Comparison::Call(h) => state.run_metamethod(h, &[a, b], 0),
        Comparison::CallNegated(h) => state.run_metamethod(h, &[b, a], 1),
    }
}

#[inline(never)]
unsafe fn slow_equal(state: *mut State, i: Instruction) -> Flow {
    let state = &mut *state;
    let base = (*state.current).base;
    let (a, b) = (*base.add(i.a() as usize), *base.add(i.b() as usize));
    let c = state.equal(a, b);
    conclude(state, i, c, a, b)
}

#[inline(never)]
unsafe fn slow_order(state: *mut State, i: Instruction) -> Flow {
    let state = &mut *state;
    let Some((left, right)) = operands(i) else { return Flow::Next };
    let a = super::arith_slow::operand_value(state, left);
    let b = super::arith_slow::operand_value(state, right);
    let event = i.op().and_then(comparison_of).map_or(Event::Lt, |(event, _)| event);
    match state.compare_order(event, a, b) {
        Ok(c) => conclude(state, i, c, a, b),
        Err(e) => e.into(),
    }
}
