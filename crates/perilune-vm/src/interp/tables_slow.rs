//! Table access off the fast paths: cache misses, metamethods, new keys.
//!
//! # Safety
//!
//! The current frame is that of the running instruction, whose pc is saved. Values
//! come from its registers and constants.

use crate::call::Flow;
use crate::error::Error;
use crate::frame::prototype_at;
use crate::meta::{Access, Event};
use crate::object::Table;
use crate::state::State;
use crate::table;
use crate::value::{RawValue, tag};
use perilune_bytecode::Instruction;

unsafe fn register(state: &State, n: u8) -> *mut RawValue {
    (*state.current).base.add(n as usize)
}

/// Writes the inline cache of the running instruction.
#[inline(always)]
pub(super) unsafe fn predict(state: *mut State, t: *mut Table, node: *const crate::object::Node) {
    let index = table::node_index(t, node);
    if index <= u16::MAX as usize {
        let pc = (*(*state).current).pc.sub(1).cast_mut();
        *pc = (*pc).with_d(index as u16);
    }
}

/// `R[A] := object[K[C]]` behind the inline cache.
#[inline(never)]
pub(super) unsafe fn get_string(state: *mut State, i: Instruction, object: RawValue) -> Flow {
    if object.tag == tag::USERDATA {
        return super::members::get(state, i, object);
    }
    let base = (*(*state).current).base;
    let key = *(*prototype_at(base)).constants.add(i.c() as usize);
    let name = key.as_string();
    let start = object;
    let mut object = object;
    for _ in 0..8 {
        if !object.is_table() {
            break;
        }
        let t = object.as_table();
        let node = table::cached(t, name, i.d());
        let node = if node.is_null() { table::find_node(t, name) } else { node };
        if !node.is_null() && (*node).value_tag != tag::NIL {
            predict(state, t, node);
            *base.add(i.a() as usize) =
                RawValue { payload: (*node).value_payload, tag: (*node).value_tag };
            return Flow::Next;
        }
        let mt = (*t).metatable;
        let handler = (*state).fast_metamethod(mt, Event::Index);
        if handler.is_nil() {
            *base.add(i.a() as usize) = RawValue::NIL;
            return Flow::Next;
        }
        if handler.is_function() {
            return (*state).run_metamethod(handler, &[object, key], 0);
        }
        object = handler;
    }
    // From the start again: an error names the variable only there.
    get_chain(&mut *state, i, start, key)
}

/// `R[A] := object[key]`.
#[inline(never)]
pub(super) unsafe fn get(
    state: *mut State,
    i: Instruction,
    object: RawValue,
    key: RawValue,
) -> Flow {
    if object.is_table() {
        let t = object.as_table();
        let v = table::get(t, key);
        if !v.is_nil() || (*t).metatable.is_null() {
            *register(&*state, i.a()) = v;
            return Flow::Next;
        }
        let handler = (*state).fast_metamethod((*t).metatable, Event::Index);
        if handler.is_function() {
            return (*state).run_metamethod(handler, &[object, key], 0);
        }
    }
    get_chain(&mut *state, i, object, key)
}

#[inline(never)]
pub(super) unsafe fn get_chain(
    state: &mut State,
    i: Instruction,
    object: RawValue,
    key: RawValue,
) -> Flow {
    match state.index(object, key) {
        Ok(Access::Done(v)) => {
            *register(state, i.a()) = v;
            Flow::Next
        }
        Ok(Access::Call(handler, object)) => state.run_metamethod(handler, &[object, key], 0),
        Err(e) => e.into(),
    }
}

/// `object[key] = v` for a short string key behind the inline cache.
#[inline(never)]
pub(super) unsafe fn set_string(
    state: *mut State,
    i: Instruction,
    object: RawValue,
    key: RawValue,
    v: RawValue,
) -> Flow {
    if object.tag == tag::USERDATA {
        return super::members::set_field(state, i, object, key, v);
    }
    if object.is_table() {
        let t = object.as_table();
        let name = key.as_string();
        let node = table::find_node(t, name);
        if !node.is_null() {
            let present = (*node).value_tag != tag::NIL;
            if present || (*state).fast_metamethod((*t).metatable, Event::NewIndex).is_nil() {
                predict(state, t, node);
                table::overwrite(&mut (*state).heap, t, table::SlotRef::node(node), v);
                return Flow::Next;
            }
        } else if (*state).fast_metamethod((*t).metatable, Event::NewIndex).is_nil() {
            if table::insert(&mut (*state).heap, t, key, v).is_ok() {
                let node = table::find_node(t, name);
                if !node.is_null() {
                    predict(state, t, node);
                }
                return Flow::Next;
            }
            let _ = i;
        }
    }
    set(state, object, key, v)
}

/// `object[key] = v`.
#[inline(never)]
pub(super) unsafe fn set(state: *mut State, object: RawValue, key: RawValue, v: RawValue) -> Flow {
    let state = &mut *state;
    if object.is_table() && (*object.as_table()).metatable.is_null() {
        return match state.table_set(object.as_table(), key, v) {
            Ok(()) => Flow::Next,
            Err(e) => e.into(),
        };
    }
    match state.set_index(object, key, v) {
        Ok(Access::Done(_)) => Flow::Next,
        Ok(Access::Call(handler, object)) => state.run_metamethod(handler, &[object, key, v], 0),
        Err(e) => e.into(),
    }
}

/// A table whose first allocation failed.
#[cold]
#[inline(never)]
pub(super) unsafe fn new_table(state: *mut State, i: Instruction, hash: u32) -> Flow {
    let state = &mut *state;
    match state.retry_allocation(&[], |state| table::new(&mut state.heap, i.e(), hash)) {
        Ok(t) => {
            *register(state, i.a()) = RawValue::pointer(tag::TABLE, t);
            Flow::Refresh
        }
        Err(e) => e.into(),
    }
}

/// The items of a constructor.
#[inline(never)]
pub(super) unsafe fn set_list(state: *mut State, i: Instruction) -> Flow {
    let state = &mut *state;
    let th = state.current;
    let ra = register(state, i.a());
    let n = match i.b() {
        0 => (*th).top.offset_from(ra.add(1)).max(0) as usize,
        n => n as usize,
    };
    if !(*ra).is_table() {
        return state.type_error_for(*ra, "index", crate::error::Blame::None).into();
    }
    let t = (*ra).as_table();
    let first = i.e() as usize;
    let last = first + n;
    if i.b() == 0
        && last > (*t).array_size as usize
        && let Ok(size) = u32::try_from(last)
        && let Err(e) = table::reserve_array(&mut state.heap, t, size)
    {
        let result = match state
            .retry_allocation(&[], |state| table::reserve_array(&mut state.heap, t, size))
        {
            Ok(_) => Ok(()),
            Err(e) => Err(e),
        };
        let _ = e;
        if let Err(e) = result {
            return Error::into(e);
        }
    }
    for index in 0..n {
        let v = *ra.add(1 + index);
        let key = RawValue::integer((first + index + 1) as i64);
        if let Err(e) = state.table_set(t, key, v) {
            return e.into();
        }
    }
    Flow::Next
}
