//! Fields of userdata, by a constant name.
//!
//! The metatable of a userdata type either has a table of methods as `__index`, or
//! a native function that the embedding API marks: its upvalues are what to ask
//! last and a table of members, and the machine looks there by itself. What it
//! finds is the value, or an *accessor*: a native function that is called with the
//! userdata (and the new value). Whatever is not found there goes the usual way.
//!
//! # Safety
//!
//! As in `tables_slow`.

use super::tables_slow::{get_chain, predict, set};
use crate::call::Flow;
use crate::frame::prototype_at;
use crate::meta::Event;
use crate::native_call::Outcome;
use crate::object::{NativeClosure, StringObject, Table, native_role};
use crate::state::State;
use crate::table;
use crate::value::{RawValue, tag};
use perilune_bytecode::Instruction;

/// The field of a table, found by the inline cache if it can be.
#[inline(always)]
unsafe fn field(
    state: *mut State,
    t: *mut Table,
    name: *mut StringObject,
    i: Instruction,
) -> RawValue {
    let mut node = table::cached(t, name, i.d());
    if node.is_null() {
        node = table::find_node(t, name);
        if node.is_null() {
            return RawValue::NIL;
        }
        predict(state, t, node);
    }
    RawValue { payload: (*node).value_payload, tag: (*node).value_tag }
}

#[inline(always)]
unsafe fn is_accessor(v: RawValue) -> bool {
    v.tag == tag::NATIVE_CLOSURE && (*v.as_native_closure()).header.pad == native_role::ACCESSOR
}

/// The upvalues of a metamethod that has a table of members: what to ask last,
/// and that table.
#[inline(always)]
unsafe fn members_of(handler: RawValue) -> Option<(RawValue, *mut Table)> {
    if handler.tag != tag::NATIVE_CLOSURE {
        return None;
    }
    let closure = handler.as_native_closure();
    if (*closure).header.pad != native_role::MEMBERS {
        return None;
    }
    // Whoever marked it has seen two upvalues.
    let upvalues = NativeClosure::upvalues(closure);
    let members = *upvalues.add(1);
    members.is_table().then(|| (*upvalues, members.as_table()))
}

/// `R[A] := accessor(object)`
#[inline(never)]
unsafe fn read(state: *mut State, i: Instruction, accessor: RawValue, object: RawValue) -> Flow {
    match (*state).call_at_once(accessor, &[object], 0) {
        Outcome::Value(v, moved) => {
            *(*(*state).current).base.add(i.a() as usize) = v;
            if moved { Flow::Refresh } else { Flow::Next }
        }
        Outcome::Flow(flow) => flow,
    }
}

/// `R[A] := object[K[C]]` of a userdata.
#[inline(never)]
pub(super) unsafe fn get(state: *mut State, i: Instruction, object: RawValue) -> Flow {
    let base = (*(*state).current).base;
    let key = *(*prototype_at(base)).constants.add(i.c() as usize);
    let metatable = (*object.as_userdata()).metatable;
    if metatable.is_null() {
        return get_chain(&mut *state, i, object, key);
    }
    let name = key.as_string();
    let mut handler =
        table::get_short_string(metatable, (*state).names.events[Event::Index as usize]);
    if let Some((last, members)) = members_of(handler) {
        let v = field(state, members, name, i);
        if is_accessor(v) {
            return read(state, i, v, object);
        }
        if !v.is_nil() {
            *base.add(i.a() as usize) = v;
            return Flow::Next;
        }
        handler = last;
    }
    if handler.is_table() {
        let v = field(state, handler.as_table(), name, i);
        if !v.is_nil() {
            *base.add(i.a() as usize) = v;
            return Flow::Next;
        }
    }
    get_chain(&mut *state, i, object, key)
}

/// `object[key] = v` of a userdata, for a short string key.
#[inline(never)]
pub(super) unsafe fn set_field(
    state: *mut State,
    i: Instruction,
    object: RawValue,
    key: RawValue,
    v: RawValue,
) -> Flow {
    let metatable = (*object.as_userdata()).metatable;
    if metatable.is_null() {
        return set(state, object, key, v);
    }
    let handler =
        table::get_short_string(metatable, (*state).names.events[Event::NewIndex as usize]);
    if let Some((_, members)) = members_of(handler) {
        let setter = field(state, members, key.as_string(), i);
        if is_accessor(setter) {
            return match (*state).call_at_once(setter, &[object, v], 0) {
                Outcome::Value(_, moved) => {
                    if moved {
                        Flow::Refresh
                    } else {
                        Flow::Next
                    }
                }
                Outcome::Flow(flow) => flow,
            };
        }
    }
    set(state, object, key, v)
}
