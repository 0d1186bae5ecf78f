//! Arithmetic, bitwise operations, length and concatenation.
//!
//! # Safety
//!
//! As for all handlers: see `interp`. Tags are tested before payloads are read as
//! numbers.

use super::{At, Registers, arith_slow as slow};
use crate::call::Flow;
use crate::number;
use crate::table;
use crate::value::{RawValue, tag};

/// A handler of an operation on integers and floats: `$left` and `$right` read
/// the operands.
macro_rules! arithmetic {
    ($name:ident, $vm:ident, $i:ident, $left:expr, $right:expr, $int:expr, $float:expr) => {
        #[inline(always)]
        pub(super) unsafe fn $name($vm: &mut Registers, $i: At) -> Flow {
            let (b, c): (RawValue, RawValue) = ($left, $right);
            if b.tag == tag::INTEGER && c.tag == tag::INTEGER {
                *$vm.r($i.a()) = RawValue::integer($int(b.as_integer(), c.as_integer()));
                return Flow::Next;
            }
            if b.tag == tag::FLOAT && c.tag == tag::FLOAT {
                *$vm.r($i.a()) = RawValue::float($float(b.as_float(), c.as_float()));
                return Flow::Next;
            }
            if let (Some(x), Some(y)) = (number::to_float_strict(b), number::to_float_strict(c)) {
                *$vm.r($i.a()) = RawValue::float($float(x, y));
                return Flow::Next;
            }
            $vm.save();
            slow::arith($vm.state, $i.word())
        }
    };
}

arithmetic!(add, vm, i, *vm.rw(i.b()), *vm.rw(i.c()), i64::wrapping_add, |x: f64, y: f64| x + y);
arithmetic!(sub, vm, i, *vm.rw(i.b()), *vm.rw(i.c()), i64::wrapping_sub, |x: f64, y: f64| x - y);
arithmetic!(mul, vm, i, *vm.rw(i.b()), *vm.rw(i.c()), i64::wrapping_mul, |x: f64, y: f64| x * y);
arithmetic!(add_k, vm, i, *vm.rw(i.b()), vm.k(i.c()), i64::wrapping_add, |x: f64, y: f64| x + y);
arithmetic!(sub_k, vm, i, *vm.rw(i.b()), vm.k(i.c()), i64::wrapping_sub, |x: f64, y: f64| x - y);
arithmetic!(mul_k, vm, i, *vm.rw(i.b()), vm.k(i.c()), i64::wrapping_mul, |x: f64, y: f64| x * y);

/// `R[B]` with a small integer.
macro_rules! arithmetic_immediate {
    ($name:ident, $int:expr, $float:expr) => {
        #[inline(always)]
        pub(super) unsafe fn $name(vm: &mut Registers, i: At) -> Flow {
            let b = *vm.rw(i.b());
            if b.tag == tag::INTEGER {
                *vm.r(i.a()) = RawValue::integer($int(b.as_integer(), i.sc() as i64));
                return Flow::Next;
            }
            if b.tag == tag::FLOAT {
                *vm.r(i.a()) = RawValue::float($float(b.as_float(), i.sc().into()));
                return Flow::Next;
            }
            vm.save();
            slow::arith(vm.state, i.word())
        }
    };
}

arithmetic_immediate!(add_i, i64::wrapping_add, |x: f64, y: i32| x + f64::from(y));
// The negation is added: what 0 is subtracted from is no negative zero then.
arithmetic_immediate!(sub_i, i64::wrapping_sub, |x: f64, y: i32| x + f64::from(-y));

/// Operations that are always done on floats.
macro_rules! on_floats {
    ($name:ident, $vm:ident, $i:ident, $right:expr, $float:expr) => {
        #[inline(always)]
        pub(super) unsafe fn $name($vm: &mut Registers, $i: At) -> Flow {
            let (b, c): (RawValue, RawValue) = (*$vm.rw($i.b()), $right);
            if let (Some(x), Some(y)) = (number::to_float_strict(b), number::to_float_strict(c)) {
                *$vm.r($i.a()) = RawValue::float($float(x, y));
                return Flow::Next;
            }
            $vm.save();
            slow::arith($vm.state, $i.word())
        }
    };
}

on_floats!(div, vm, i, *vm.rw(i.c()), |x: f64, y: f64| x / y);
on_floats!(div_k, vm, i, vm.k(i.c()), |x: f64, y: f64| x / y);
on_floats!(pow, vm, i, *vm.rw(i.c()), number::power);
on_floats!(pow_k, vm, i, vm.k(i.c()), number::power);

on_floats!(floor_mod, vm, i, *vm.rw(i.c()), number::float_modulo_by_floor);
on_floats!(floor_mod_k, vm, i, vm.k(i.c()), number::float_modulo_by_floor);

/// Floor division and modulo: a divisor of 0 takes the slow path, and so do
/// floats whose result depends on the dialect.
macro_rules! dividing {
    ($name:ident, $vm:ident, $i:ident, $right:expr, $int:expr, $float:expr) => {
        #[inline(always)]
        pub(super) unsafe fn $name($vm: &mut Registers, $i: At) -> Flow {
            let (b, c): (RawValue, RawValue) = (*$vm.rw($i.b()), $right);
            if b.tag == tag::INTEGER && c.tag == tag::INTEGER {
                if let Some(r) = $int(b.as_integer(), c.as_integer()) {
                    *$vm.r($i.a()) = RawValue::integer(r);
                    return Flow::Next;
                }
            } else if let (Some(x), Some(y)) =
                (number::to_float_strict(b), number::to_float_strict(c))
                && let Some(r) = $float(x, y)
            {
                *$vm.r($i.a()) = RawValue::float(r);
                return Flow::Next;
            }
            $vm.save();
            slow::arith($vm.state, $i.word())
        }
    };
}

/// `a // b` of floats, which there always is.
#[inline(always)]
fn float_floor_divide(a: f64, b: f64) -> Option<f64> {
    Some(number::float_floor_divide(a, b))
}

dividing!(mod_, vm, i, *vm.rw(i.c()), number::integer_modulo, number::float_modulo_plain);
dividing!(mod_k, vm, i, vm.k(i.c()), number::integer_modulo, number::float_modulo_plain);
dividing!(idiv, vm, i, *vm.rw(i.c()), number::integer_floor_divide, float_floor_divide);
dividing!(idiv_k, vm, i, vm.k(i.c()), number::integer_floor_divide, float_floor_divide);

/// Bitwise operations: anything but two integers takes the slow path.
macro_rules! bitwise {
    ($name:ident, $vm:ident, $i:ident, $left:expr, $right:expr, $int:expr) => {
        #[inline(always)]
        pub(super) unsafe fn $name($vm: &mut Registers, $i: At) -> Flow {
            let (b, c): (RawValue, RawValue) = ($left, $right);
            if b.tag == tag::INTEGER && c.tag == tag::INTEGER {
                *$vm.r($i.a()) = RawValue::integer($int(b.as_integer(), c.as_integer()));
                return Flow::Next;
            }
            $vm.save();
            slow::arith($vm.state, $i.word())
        }
    };
}

bitwise!(band, vm, i, *vm.rw(i.b()), *vm.rw(i.c()), |x: i64, y: i64| x & y);
bitwise!(bor, vm, i, *vm.rw(i.b()), *vm.rw(i.c()), |x: i64, y: i64| x | y);
bitwise!(bxor, vm, i, *vm.rw(i.b()), *vm.rw(i.c()), |x: i64, y: i64| x ^ y);
bitwise!(band_k, vm, i, *vm.rw(i.b()), vm.k(i.c()), |x: i64, y: i64| x & y);
bitwise!(bor_k, vm, i, *vm.rw(i.b()), vm.k(i.c()), |x: i64, y: i64| x | y);
bitwise!(bxor_k, vm, i, *vm.rw(i.b()), vm.k(i.c()), |x: i64, y: i64| x ^ y);
bitwise!(shl, vm, i, *vm.rw(i.b()), *vm.rw(i.c()), number::shift_left);
bitwise!(shr, vm, i, *vm.rw(i.b()), *vm.rw(i.c()), number::shift_right);
bitwise!(shr_i, vm, i, *vm.rw(i.b()), RawValue::integer(i.sc() as i64), number::shift_right);
bitwise!(shl_i, vm, i, RawValue::integer(i.sc() as i64), *vm.rw(i.b()), number::shift_left);

#[inline(always)]
pub(super) unsafe fn unm(vm: &mut Registers, i: At) -> Flow {
    let b = *vm.rw(i.b());
    if b.tag == tag::INTEGER {
        *vm.r(i.a()) = RawValue::integer(b.as_integer().wrapping_neg());
        return Flow::Next;
    }
    if b.tag == tag::FLOAT {
        *vm.r(i.a()) = RawValue::float(-b.as_float());
        return Flow::Next;
    }
    vm.save();
    slow::arith(vm.state, i.word())
}

#[inline(always)]
pub(super) unsafe fn bnot(vm: &mut Registers, i: At) -> Flow {
    let b = *vm.rw(i.b());
    if b.tag == tag::INTEGER {
        *vm.r(i.a()) = RawValue::integer(!b.as_integer());
        return Flow::Next;
    }
    vm.save();
    slow::arith(vm.state, i.word())
}

#[inline(always)]
pub(super) unsafe fn not(vm: &mut Registers, i: At) -> Flow {
    *vm.r(i.a()) = RawValue::boolean((*vm.rw(i.b())).is_false());
    Flow::Next
}

#[inline(always)]
pub(super) unsafe fn len(vm: &mut Registers, i: At) -> Flow {
    let b = *vm.rw(i.b());
    if b.is_table() && (*b.as_table()).metatable.is_null() {
        *vm.r(i.a()) = RawValue::integer(table::length(b.as_table(), &(*vm.state).heap) as i64);
        return Flow::Next;
    }
    vm.save();
    slow::len(vm.state, i.word(), b)
}

/// [`len`] where borders are searched in another way.
#[inline(always)]
pub(super) unsafe fn len_searched(vm: &mut Registers, i: At) -> Flow {
    let b = *vm.rw(i.b());
    if b.is_table() && (*b.as_table()).metatable.is_null() {
        let border = table::length_by_dialect(b.as_table(), &(*vm.state).heap);
        *vm.r(i.a()) = RawValue::integer(border as i64);
        return Flow::Next;
    }
    vm.save();
    slow::len(vm.state, i.word(), b)
}

#[inline(always)]
pub(super) unsafe fn concat(vm: &mut Registers, i: At) -> Flow {
    vm.save_all();
    slow::concat(vm.state, i.word())
}
