//! Calls and returns.
//!
//! # Safety
//!
//! As for all handlers: see `interp`. A frame is entered only where the stack has
//! room for all its registers; the link of the frame that returns tells its kind.

use super::{At, Registers, control, service_interrupt_at_call};
use crate::call::{Flow, Step, drive, move_results, native_returned, return_to_rust};
use crate::closure::close_upvalues;
use crate::frame::{
    NATIVE_STACK, NOT_PLAIN, count_one, kind, link_kind, link_word, make_link, plain_link_pc,
    set_link_word, tail_called, tail_called_lua,
};
use crate::meta::return_to_instruction;
use crate::object::Thread;
use crate::state::{NativeFn, Return, State};
use crate::value::{RawValue, tag};
use perilune_bytecode::Instruction;

/// Enters the Lua function in `function` if its frame fits; false if that
/// takes more than the fast path.
#[inline(always)]
unsafe fn enter(vm: &mut Registers, function: *mut RawValue, nargs: usize, kind: u8) -> bool {
    let p = (*(*function).as_lua_closure()).prototype;
    let base = function.add(1);
    let fixed = (*p).parameter_count as usize;
    let end = base.add((*p).max_stack_size as usize);
    if end > (*vm.thread).stack_last || vm.interrupted() {
        return false;
    }
    set_link_word(function, make_link(tag::LUA_CLOSURE, kind, vm.pc as u64));
    let mut n = nargs;
    while n < fixed {
        *base.add(n) = RawValue::NIL;
        n += 1;
    }
    vm.base = base;
    vm.pc = (*p).code;
    vm.k = (*p).constants;
    (*vm.thread).base = base;
    (*vm.thread).top = base.add(n);
    true
}

/// Runs the native function in `function`.
#[inline(always)]
unsafe fn run_native<const HOOKED: bool>(
    vm: &mut Registers,
    i: At,
    function: *mut RawValue,
    nargs: usize,
) -> Flow {
    let tag = (*function).tag;
    let f = if tag == tag::LIGHT_NATIVE {
        std::mem::transmute::<usize, NativeFn>((*function).payload as usize)
    } else {
        (*(*function).as_native_closure()).function
    };
    let base = function.add(1);
    let th = vm.thread;
    set_link_word(function, make_link(tag, kind::PLAIN, vm.pc as u64));
    (*th).base = base;
    (*th).top = base.add(nargs);
    (*th).pc = vm.pc;
    let result = f(vm.state());
    vm.state().check_same(th);
    if let Ok(Return(n)) = result
        && n < Return::REQUEST
        && !(*th).hooks.active
    {
        let base = (*th).base;
        let function = base.sub(1);
        vm.base = function.sub(i.a() as usize);
        (*th).base = vm.base;
        let c = i.c();
        if c == 1 {
            return Flow::Next;
        }
        let top = (*th).top;
        if c == 2 && n == 1 && top > base {
            *function = *top.sub(1);
            return Flow::Next;
        }
        let n = (n as usize).min(top.offset_from(base).max(0) as usize);
        let first = top.sub(n);
        if c == 2 && n > 0 {
            *function = *first;
        } else {
            let end = move_results(function, first, n, c as i32 - 1);
            if c == 0 {
                (*th).top = end;
            }
        }
        return Flow::Next;
    }
    let step = native_returned(vm.state(), result);
    vm.drive(step)
}

#[inline(always)]
pub(super) unsafe fn call<const HOOKED: bool>(vm: &mut Registers, i: At) -> Flow {
    let function = vm.r(i.a());
    let nargs = match i.b() {
        0 => (*vm.thread).top.offset_from(function.add(1)) as usize,
        b => b as usize - 1,
    };
    if !HOOKED {
        if (*function).tag == tag::LUA_CLOSURE {
            if enter(vm, function, nargs, kind::PLAIN) {
                return Flow::Next;
            }
        } else if matches!((*function).tag, tag::LIGHT_NATIVE | tag::NATIVE_CLOSURE)
            && function.add(1 + nargs + NATIVE_STACK) <= (*vm.thread).stack_last
        {
            return run_native::<HOOKED>(vm, i, function, nargs);
        }
    }
    vm.save();
    call_slow(vm.state(), function, nargs)
}

/// Calls of everything else, and those that the fast path leaves.
#[inline(never)]
unsafe fn call_slow(state: &mut State, function: *mut RawValue, nargs: usize) -> Flow {
    if state.interrupt.load(std::sync::atomic::Ordering::Relaxed) != 0 {
        return call_interrupted(state, function, nargs);
    }
    drive_call(state, function, nargs)
}

/// [`call_slow`] where an interrupt waits.
#[cold]
#[inline(never)]
unsafe fn call_interrupted(state: &mut State, function: *mut RawValue, nargs: usize) -> Flow {
    let th = state.current;
    let offset = Thread::offset_of(th, function);
    match service_interrupt_at_call(state) {
        Flow::Next => drive_call(state, (*th).stack.add(offset), nargs),
        flow => flow,
    }
}

#[inline(always)]
unsafe fn drive_call(state: &mut State, function: *mut RawValue, nargs: usize) -> Flow {
    let th = state.current;
    if !(*function).is_function()
        && let Some(flow) = state.call_native_metamethod(function, nargs)
    {
        return flow;
    }
    let word = make_link(0, kind::PLAIN, (*th).pc as u64);
    drive(state, Step::Call { function, nargs, word })
}

/// Puts a Lua function's frame in the place of the current one, which no upvalue
/// refers to; false if that takes more than the fast path.
#[inline(always)]
unsafe fn enter_instead(vm: &mut Registers, i: At) -> bool {
    let function = vm.r(i.a());
    let own = vm.base.sub(1);
    let word = link_word(own);
    if (*function).tag != tag::LUA_CLOSURE || link_kind(word) == kind::VARARG {
        return false;
    }
    let p = (*(*function).as_lua_closure()).prototype;
    let fixed = (*p).parameter_count as usize;
    let end = vm.base.add((*p).max_stack_size as usize);
    if end > (*vm.thread).stack_last || vm.interrupted() {
        return false;
    }
    let mut n = match i.b() {
        0 => (*vm.thread).top.offset_from(function.add(1)) as usize,
        b => b as usize - 1,
    };
    (*own).payload = (*function).payload;
    set_link_word(own, tail_called_lua(word));
    for k in 1..=n {
        *own.add(k) = *function.add(k);
    }
    while n < fixed {
        *vm.base.add(n) = RawValue::NIL;
        n += 1;
    }
    vm.pc = (*p).code;
    vm.k = (*p).constants;
    (*vm.thread).top = vm.base.add(n);
    true
}

#[inline(always)]
pub(super) unsafe fn tail_call<const HOOKED: bool>(vm: &mut Registers, i: At) -> Flow {
    // Operand C says that upvalues are to be closed, D that the call is to be counted.
    if !HOOKED && i.c() == 0 && i.d() == 0 && enter_instead(vm, i) {
        return Flow::Next;
    }
    vm.save();
    tail_call_slow(vm.state(), i.word())
}

#[inline(never)]
unsafe fn tail_call_slow(state: &mut State, i: Instruction) -> Flow {
    let th = state.current;
    if state.interrupt.load(std::sync::atomic::Ordering::Relaxed) != 0 {
        match service_interrupt_at_call(state) {
            Flow::Next => {}
            flow => return flow,
        }
    }
    let base = (*th).base;
    let mut function = base.add(i.a() as usize);
    let mut nargs = match i.b() {
        0 => (*th).top.offset_from(function.add(1)) as usize,
        b => b as usize - 1,
    };
    if i.c() != 0 {
        close_upvalues(state, th, base);
    }
    let mut extra = 0_usize;
    // What is called through `__call` is resolved while the names of this
    // frame are still there for an error.
    while !(*function).is_function() {
        (*th).top = function.add(1 + nargs);
        let offset = Thread::offset_of(th, function);
        if let Err(e) = crate::call::insert_call_metamethod(state, function, nargs) {
            return e.into();
        }
        function = (*th).stack.add(offset);
        nargs += 1;
        extra += 1;
    }
    if (*function).tag != tag::LUA_CLOSURE {
        // A native function runs above this frame, which then returns its
        // results.
        let mut word = make_link(0, kind::NATIVE_TAIL, (*th).pc as u64);
        if extra > 0 {
            word = count_extra(word, extra, th, function);
        }
        return drive(state, Step::Call { function, nargs, word });
    }
    // Room is made while both frames are whole; the new one lies lower.
    let p = (*(*function).as_lua_closure()).prototype;
    let offset = Thread::offset_of(th, function);
    (*th).top = function.add(1 + nargs);
    let need = (*p).max_stack_size as usize + NATIVE_STACK;
    if let Err(e) = crate::call::ensure_stack(state, th, need) {
        return e.into();
    }
    let function = (*th).stack.add(offset);
    let mut own = (*th).base.sub(1);
    let mut word = link_word(own);
    if link_kind(word) == kind::VARARG {
        own = own.sub((word >> 16) as usize);
        word = link_word(own);
    }
    for n in 0..=nargs {
        *own.add(n) = *function.add(n);
    }
    (*th).base = own.add(1);
    let counts_lost = state.dialect.tail_call_levels;
    let mut word = tail_called(word, counts_lost, th, own);
    if extra > 0 && !counts_lost {
        word = count_extra(word, extra, th, own);
    }
    if crate::call::enter_small(th, own, nargs, word) {
        return Flow::Refresh;
    }
    drive(state, Step::Call { function: own, nargs, word })
}

/// The link word of a frame that `__call` put so many arguments into.
#[cold]
unsafe fn count_extra(
    mut word: u64,
    extra: usize,
    th: *mut Thread,
    function: *const RawValue,
) -> u64 {
    for _ in 0..extra {
        word = count_one(word, th, function);
    }
    word
}

/// Returns through the general way.
#[inline(never)]
unsafe fn return_slow(state: &mut State, first: *mut RawValue, n: usize) -> Flow {
    let th = state.current;
    if return_to_rust(th, first, n) {
        return Flow::Exit;
    }
    let function = (*th).base.sub(1);
    if link_kind(link_word(function)) == kind::META && !(*th).hooks.active {
        return match return_to_instruction(state, function, first, n) {
            Step::Flow(flow) => flow,
            step => drive(state, step),
        };
    }
    drive(state, Step::Return { first, n })
}

/// Goes back to the Lua caller whose `Call` pushed the frame: the results are in
/// place.
#[inline(always)]
unsafe fn leave(
    vm: &mut Registers,
    function: *mut RawValue,
    call: Instruction,
    pc: *const Instruction,
) {
    vm.base = function.sub(call.a() as usize);
    (*vm.thread).base = vm.base;
    vm.pc = pc;
    vm.k = (*(*vm.closure()).prototype).constants;
}

#[inline(always)]
pub(super) unsafe fn return1<const HOOKED: bool>(vm: &mut Registers, i: At) -> Flow {
    let function = vm.base.sub(1);
    let word = link_word(function);
    if !HOOKED && word & NOT_PLAIN == 0 {
        let pc = plain_link_pc(word);
        let call = *pc.sub(1);
        let c = call.c();
        if c == 2 {
            *function = *vm.r(i.a());
        } else {
            let end = move_results(function, vm.r(i.a()), 1, c as i32 - 1);
            if c == 0 {
                (*vm.thread).top = end;
            }
        }
        leave(vm, function, call, pc);
        return Flow::Next;
    }
    vm.save();
    return_slow(vm.state(), vm.r(i.a()), 1)
}

#[inline(always)]
pub(super) unsafe fn return0<const HOOKED: bool>(vm: &mut Registers, _: At) -> Flow {
    let function = vm.base.sub(1);
    let word = link_word(function);
    if !HOOKED && word & NOT_PLAIN == 0 {
        let pc = plain_link_pc(word);
        let call = *pc.sub(1);
        let c = call.c();
        if c != 1 {
            let end = move_results(function, function, 0, c as i32 - 1);
            if c == 0 {
                (*vm.thread).top = end;
            }
        }
        leave(vm, function, call, pc);
        return Flow::Next;
    }
    vm.save();
    return_slow(vm.state(), vm.base, 0)
}

#[inline(always)]
pub(super) unsafe fn return_<const HOOKED: bool>(vm: &mut Registers, i: At) -> Flow {
    let function = vm.base.sub(1);
    let word = link_word(function);
    if !HOOKED && i.c() == 0 && word & NOT_PLAIN == 0 {
        let pc = plain_link_pc(word);
        let call = *pc.sub(1);
        let first = vm.r(i.a());
        let n = match i.b() {
            0 => (*vm.thread).top.offset_from(first) as usize,
            b => b as usize - 1,
        };
        let end = move_results(function, first, n, call.c() as i32 - 1);
        if call.c() == 0 {
            (*vm.thread).top = end;
        }
        leave(vm, function, call, pc);
        return Flow::Next;
    }
    vm.save();
    return_many(vm.state(), i.word())
}

#[inline(never)]
unsafe fn return_many(state: &mut State, i: Instruction) -> Flow {
    let th = state.current;
    let a = i.a() as usize;
    if i.c() != 0 {
        let base = (*th).base;
        match control::close_from(state, base) {
            Flow::Next => {}
            flow => return flow,
        }
    }
    let first = (*th).base.add(a);
    let n = match i.b() {
        0 => (*th).top.offset_from(first) as usize,
        b => b as usize - 1,
    };
    if return_to_rust(th, first, n) {
        return Flow::Exit;
    }
    drive(state, Step::Return { first, n })
}

/// Enters a Lua iterator; see [`enter`].
#[inline(always)]
pub(super) unsafe fn enter_iterator(vm: &mut Registers, function: *mut RawValue) -> bool {
    enter(vm, function, 2, kind::TFOR)
}
