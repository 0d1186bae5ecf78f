//! Arithmetic off the fast paths: conversions, metamethods, errors.
//!
//! # Safety
//!
//! The running instruction is the one before the saved pc; its operands exist in
//! the current frame.

use crate::call::{Flow, drive};
use crate::error::Blame;
use crate::frame::prototype_at;
use crate::meta::Event;
use crate::object::StringObject;
use crate::state::State;
use crate::table;
use crate::value::RawValue;
use perilune_bytecode::names::{Operand, operands};
use perilune_bytecode::{Instruction, Op};

/// The event of an arithmetic or bitwise instruction.
fn event_of(i: Instruction) -> Event {
    match i.op() {
        Some(Op::Add | Op::AddI | Op::AddK) => Event::Add,
        Some(Op::Sub | Op::SubI | Op::SubK) => Event::Sub,
        Some(Op::Mul | Op::MulK) => Event::Mul,
        Some(Op::Mod | Op::ModK | Op::FloorMod | Op::FloorModK) => Event::Mod,
        Some(Op::Pow | Op::PowK) => Event::Pow,
        Some(Op::Div | Op::DivK) => Event::Div,
        Some(Op::IDiv | Op::IDivK) => Event::IDiv,
        Some(Op::BAnd | Op::BAndK) => Event::BAnd,
        Some(Op::BOr | Op::BOrK) => Event::BOr,
        Some(Op::BXor | Op::BXorK) => Event::BXor,
        Some(Op::Shl | Op::ShlI) => Event::Shl,
        Some(Op::ShrI) if i.d() == 1 => Event::Shl,
        Some(Op::Shr | Op::ShrI) => Event::Shr,
        Some(Op::BNot) => Event::BNot,
        _ => Event::Unm,
    }
}

/// The value of an operand of the running instruction.
pub(super) unsafe fn operand_value(state: &State, operand: Operand) -> RawValue {
    let base = (*state.current).base;
    match operand {
        Operand::Register(r) => *base.add(r as usize),
        Operand::Upvalue(u) => {
            let closure = crate::frame::closure_at(base);
            *(**crate::object::LuaClosure::upvalues(closure).add(u as usize)).value
        }
        Operand::Constant(k) => *(*prototype_at(base)).constants.add(k as usize),
        Operand::Integer(n) => RawValue::integer(n),
        Operand::Float(n) => RawValue::float(n),
    }
}

/// An arithmetic or bitwise instruction on whatever operands.
#[inline(never)]
pub(super) unsafe fn arith(state: *mut State, i: Instruction) -> Flow {
    let state = &mut *state;
    let Some((left, right)) = operands(i) else { return Flow::Next };
    let (a, b) = (operand_value(state, left), operand_value(state, right));
    let event = event_of(i);
    match state.arith_values(event, a, b) {
        Ok(Some(v)) => {
            *(*state.current).base.add(i.a() as usize) = v;
            Flow::Next
        }
        Ok(None) => {
            let h = state.binary_metamethod(event, a, b);
            if h.is_nil() {
                return state.operator_error(event, a, b).into();
            }
            state.run_metamethod(h, &[a, b], 0)
        }
        Err(e) => e.into(),
    }
}

/// `R[A] := #b`.
#[inline(never)]
pub(super) unsafe fn len(state: *mut State, i: Instruction, b: RawValue) -> Flow {
    let state = &mut *state;
    let to = (*state.current).base.add(i.a() as usize);
    if b.is_string() {
        *to = state.integer_value(StringObject::bytes(b.as_string()).len() as i64);
        return Flow::Next;
    }
    let handler = state.len_metamethod(b);
    if handler.is_nil() {
        if b.is_table() {
            *to = state.integer_value(table::length_by_dialect(b.as_table(), &state.heap) as i64);
            return Flow::Next;
        }
        return state.type_error_for(b, "get length of", Blame::First).into();
    }
    let second = state.second_of_len(b);
    state.run_metamethod(handler, &[b, second], 0)
}

/// Concatenation, and the collection it may cause.
#[inline(never)]
pub(super) unsafe fn concat(state: *mut State, i: Instruction) -> Flow {
    let state = &mut *state;
    let (a, n) = (i.a() as usize, i.b() as usize);
    let right = (*state.current).base.add(a + n - 1);
    match state.concat_run(right, n) {
        Ok(done) if done == n => {}
        Ok(0) => {
            let step = state.concat_registers(a, n);
            return drive(state, step);
        }
        Ok(done) => {
            let step = state.concat_registers(a, n - done + 1);
            return drive(state, step);
        }
        Err(e) => return e.into(),
    }
    if state.heap.wants_collection() {
        (*state.current).top = (*state.current).base.add(a + 1);
        return super::control::collect(state);
    }
    Flow::Next
}
