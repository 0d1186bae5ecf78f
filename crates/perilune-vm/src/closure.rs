//! Closures, upvalues and to-be-closed variables.
//!
//! # Safety
//!
//! Slots lie in the stack of the thread that is passed along; objects are live.
//! Fresh objects are rooted by the caller before anything can collect.

use crate::error::{Error, Result};
use crate::frame::Frame;
use crate::heap::AllocError;
use crate::meta::Event;
use crate::object::{Header, LuaClosure, PrototypeObject, StringObject, Thread, Upvalue};
use crate::state::State;
use crate::value::{RawValue, tag};
use perilune_bytecode::names::FunctionView;

/// The upvalue for a stack slot of `th`: the open one, or a new one.
///
/// # Safety
/// `slot` is a live slot of `th`.
pub(crate) unsafe fn find_upvalue(
    state: &mut State,
    th: *mut Thread,
    slot: *mut RawValue,
) -> std::result::Result<*mut Upvalue, AllocError> {
    let mut previous: *mut Upvalue = std::ptr::null_mut();
    let mut up = (*th).open_upvalues;
    while !up.is_null() && (*up).value >= slot {
        if (*up).value == slot {
            return Ok(up);
        }
        previous = up;
        up = (*up).closed.payload as *mut Upvalue;
    }
    let new = state.heap.alloc(size_of::<Upvalue>(), tag::UPVALUE)? as *mut Upvalue;
    (*new).value = slot;
    (*new).closed = RawValue { payload: up as u64, tag: tag::FRAME_INFO };
    if previous.is_null() {
        (*th).open_upvalues = new;
    } else {
        (*previous).closed.payload = new as u64;
    }
    Ok(new)
}

/// Closes all upvalues of `th` at `level` or above: each gets a copy of its
/// variable.
///
/// # Safety
/// `level` lies in the stack of `th`.
#[inline(always)]
pub(crate) unsafe fn close_upvalues(state: &mut State, th: *mut Thread, level: *mut RawValue) {
    while !(*th).open_upvalues.is_null() && (*(*th).open_upvalues).value >= level {
        let up = (*th).open_upvalues;
        (*th).open_upvalues = (*up).closed.payload as *mut Upvalue;
        let value = *(*up).value;
        (*up).closed = value;
        (*up).value = &raw mut (*up).closed;
        state.heap.barrier_value(up as *mut Header, value);
    }
}

/// A closure of `p` whose upvalues come from the running function.
///
/// # Safety
/// `base` and `upvalues` are those of the running Lua function, whose
/// prototype `p` is nested in; the result must be rooted before a collection.
pub(crate) unsafe fn new_closure(
    state: &mut State,
    p: *mut PrototypeObject,
    base: *mut RawValue,
    upvalues: *mut *mut Upvalue,
) -> std::result::Result<*mut LuaClosure, AllocError> {
    let data = &(*p).data;
    let n = data.upvalues.len();
    let size = size_of::<LuaClosure>() + n * size_of::<*mut Upvalue>();
    let closure = state.heap.alloc(size, tag::LUA_CLOSURE)? as *mut LuaClosure;
    (*closure).prototype = p;
    // Not counted as filled until they are: the object is unreachable before.
    (*closure).header.extra = 0;
    let slots = LuaClosure::upvalues(closure);
    for i in 0..n {
        let d = *(*p).data.upvalues.as_ptr().add(i);
        *slots.add(i) = if d.in_stack {
            let th = state.current;
            find_upvalue(state, th, base.add(d.index as usize))?
        } else {
            *upvalues.add(d.index as usize)
        };
    }
    (*closure).header.extra = n as u8;
    Ok(closure)
}

/// Marks the variable in `slot` to be closed (manual §3.3.8).
///
/// # Errors
/// If its value has no `__close` metamethod.
///
/// # Safety
/// `slot` is a register of the current frame; frame and pc are up to date.
pub(crate) unsafe fn new_to_be_closed(state: &mut State, slot: *mut RawValue) -> Result<()> {
    let value = *slot;
    if value.is_false() {
        return Ok(());
    }
    let th = state.current;
    if state.metamethod(value, Event::Close).is_nil() {
        let name = variable_name(state, slot);
        let mut m = b"variable '".to_vec();
        m.extend(name);
        m.extend_from_slice(b"' got a non-closable value");
        return Err(state.runtime_error(&m));
    }
    if (*th).to_be_closed.try_reserve(1).is_err() {
        return Err(Error::memory());
    }
    (*th).to_be_closed.push(Thread::offset_of(th, slot) as u32);
    Ok(())
}

unsafe fn variable_name(state: &State, slot: *mut RawValue) -> Vec<u8> {
    let frame = Frame::innermost(state.current);
    if frame.is_lua() {
        let p = &*(*(*frame.function).as_lua_closure()).prototype;
        let register = slot.offset_from(frame.base) as u8;
        if let Some(name) = p.local_name(register, frame.current_pc()) {
            return name.to_vec();
        }
    }
    b"?".to_vec()
}

/// Bytes of a possibly missing name.
pub(crate) unsafe fn name_or(name: *mut StringObject, default: &[u8]) -> Vec<u8> {
    if name.is_null() { default.to_vec() } else { StringObject::bytes(name).to_vec() }
}
