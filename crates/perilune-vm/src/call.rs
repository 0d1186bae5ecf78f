//! Calls, returns and the unwinding of errors.
//!
//! Everything that happens between two Lua instructions runs through
//! [`drive`]: it turns steps (call this, return that) into further steps until
//! a Lua frame is to run, the entry frame has returned, or an error is on its
//! way. No step calls another one, so that any depth of `pcall`, metamethods,
//! continuations and coroutines costs no native stack.
//!
//! # Safety
//!
//! The functions here work on the current thread of a live state. Frames are
//! linked as `frame` describes, and the thread's `base`, `top` and `pc` are those
//! of its innermost frame. Pointers into a stack are stale after anything that
//! may grow it: code keeps offsets over such calls.

use crate::closure::close_upvalues;
use crate::entry::Entry;
use crate::error::{Error, Kind, Result};
use crate::frame::{
    ERROR_STACK, EXTRA_STACK, Frame, KIND_MASK, MAX_STACK, NATIVE_STACK, TAIL, count_one, info,
    kind, link_kind, link_pc, link_word, make_link, set_info, set_link_word, tail_called,
};
use crate::handler::DEFAULT_HANDLER;
use crate::heap::AllocError;
use crate::hook::{HookEvent, call_hook};
use crate::meta::Event;
use crate::object::{NativeClosure, Thread, ThreadStatus, Upvalue};
use crate::state::{CallStatus, Continuation, NativeFn, Return, State, allocate_stack, free_stack};
use crate::value::{RawValue, tag};

/// What the interpreter loop does next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Flow {
    /// Go on with the next instruction; registers did not move.
    Next,
    /// Go on with the thread's current frame and pc.
    Refresh,
    /// The entry frame has returned.
    Exit,
    /// An error is on its way; its kind is in the state.
    Raise(Kind),
}

impl From<Error> for Flow {
    fn from(e: Error) -> Flow {
        Flow::Raise(e.0)
    }
}

/// A step of [`drive`].
pub(crate) enum Step {
    /// Call the value in `function` with `nargs` arguments behind it; `word` is
    /// the link of its frame but for the tag.
    Call { function: *mut RawValue, nargs: usize, word: u64 },
    /// The current frame returns `n` values from `first` on.
    Return { first: *mut RawValue, n: usize },
    /// Done.
    Flow(Flow),
}

/// Runs steps until something else is to be done.
///
/// # Safety
/// The step fits the current thread's state.
pub(crate) unsafe fn drive(state: &mut State, mut step: Step) -> Flow {
    loop {
        step = match step {
            Step::Call { function, nargs, word } => begin_call(state, function, nargs, word),
            Step::Return { first, n } => finish_return(state, first, n),
            Step::Flow(flow) => return flow,
        }
    }
}

/// Makes sure that `n` more slots exist above `top`, which is set as the
/// thread's extent for the collector.
///
/// # Errors
/// "stack overflow", or memory.
///
/// # Safety
/// `top` lies in the current thread's stack; all slots below it are live. Every
/// pointer into the stack is stale afterwards.
pub(crate) unsafe fn ensure_stack(state: &mut State, th: *mut Thread, n: usize) -> Result<()> {
    let left = (*th).stack_last.offset_from((*th).top);
    if left >= n as isize { Ok(()) } else { grow_stack(state, th, n) }
}

#[cold]
#[inline(never)]
unsafe fn grow_stack(state: &mut State, th: *mut Thread, n: usize) -> Result<()> {
    let size = (*th).stack_size as usize - EXTRA_STACK;
    let used = Thread::offset_of(th, (*th).top);
    if size > MAX_STACK {
        // The overflow is being handled already.
        return Err(Error(Kind::InHandler));
    }
    let needed = used + n;
    if needed > state.stack_limit {
        if used + EXTRA_STACK <= MAX_STACK + ERROR_STACK {
            resize_stack(state, th, MAX_STACK + ERROR_STACK)?;
        }
        return Err(crate::handler::overflow(state));
    }
    resize_stack(state, th, (size * 2).clamp(needed, MAX_STACK.max(needed)))
}

/// Gives the stack `size` usable slots.
///
/// # Safety
/// `size` is at least what is in use.
pub(crate) unsafe fn resize_stack(state: &mut State, th: *mut Thread, size: usize) -> Result<()> {
    let old_size = (*th).stack_size as usize;
    let new_size = size + EXTRA_STACK;
    let bytes = new_size * size_of::<RawValue>();
    let charged = state.heap.charge(bytes).or_else(|AllocError| {
        crate::heap::full(state, true);
        state.heap.charge(bytes)
    });
    charged?;
    let Some(new) = allocate_stack(new_size) else {
        state.heap.release(bytes);
        return Err(Error::memory());
    };
    let old = (*th).stack;
    let keep = old_size.min(new_size);
    std::ptr::copy_nonoverlapping(old as *const u128, new as *mut u128, keep);
    for i in keep..new_size {
        new.add(i).write(RawValue::NIL);
    }
    let moved = |p: *mut RawValue| new.offset(p.offset_from(old));
    (*th).base = moved((*th).base);
    (*th).top = moved((*th).top);
    (*th).stack = new;
    (*th).stack_size = new_size as u32;
    (*th).stack_last = new.add(size);
    let mut up = (*th).open_upvalues;
    while !up.is_null() {
        (*up).value = moved((*up).value);
        up = (*up).closed.payload as *mut Upvalue;
    }
    free_stack(old, old_size);
    state.heap.release(old_size * size_of::<RawValue>());
    Ok(())
}

/// Takes back the room that handling a stack overflow was given.
unsafe fn shrink_overflowed_stack(state: &mut State, th: *mut Thread) {
    if (*th).stack_size as usize - EXTRA_STACK > MAX_STACK {
        let used = Thread::offset_of(th, (*th).top);
        if used + NATIVE_STACK < MAX_STACK {
            // Memory for a smaller stack may be missing: then it stays large,
            // and the next overflow is an error in error handling.
            let size = (used * 2).clamp(64, MAX_STACK);
            let _ = resize_stack(state, th, size);
        }
    }
}

/// The frame of a call begins: Lua functions are set up to run, native ones run.
unsafe fn begin_call(state: &mut State, function: *mut RawValue, nargs: usize, word: u64) -> Step {
    let th = state.current;
    match (*function).tag {
        tag::LUA_CLOSURE => {
            let offset = Thread::offset_of(th, function);
            match enter_lua(state, function, nargs, word) {
                Ok(()) => Step::Flow(Flow::Refresh),
                Err(e) => {
                    if (*th).base != (*th).stack.add(offset + 1) {
                        refuse_frame(th, offset, word);
                    }
                    Step::Flow(e.into())
                }
            }
        }
        tag::LIGHT_NATIVE => {
            let f = std::mem::transmute::<usize, NativeFn>((*function).payload as usize);
            call_native(state, function, nargs, word, f)
        }
        tag::NATIVE_CLOSURE => {
            let closure: *mut NativeClosure = (*function).as_native_closure();
            call_native(state, function, nargs, word, (*closure).function)
        }
        _ => {
            (*th).top = function.add(1 + nargs);
            let offset = Thread::offset_of(th, function);
            // The call itself may raise.
            refuse_frame(th, offset, word);
            match insert_call_metamethod(state, function, nargs) {
                Ok(()) => {
                    let counts = !state.dialect.tail_call_levels;
                    let function = (*th).stack.add(offset);
                    let word = if counts { count_one(word, th, function) } else { word };
                    Step::Call { function, nargs: nargs + 1, word }
                }
                Err(e) => Step::Flow(e.into()),
            }
        }
    }
}

/// A call cannot begin, for what it calls or for want of memory. If it came from
/// a place that may catch that (and not from an instruction), the frame is there
/// to find it; but it has no more room than its arguments take.
unsafe fn refuse_frame(th: *mut Thread, offset: usize, word: u64) {
    if word & KIND_MASK >= (kind::ENTRY as u64) << 8
        && word & KIND_MASK != (kind::NATIVE_TAIL as u64) << 8
    {
        let function = (*th).stack.add(offset);
        set_link_word(function, word | (*function).tag as u64);
        (*th).base = function.add(1);
        if (*function).tag == tag::LUA_CLOSURE {
            (*th).pc = (*(*(*function).as_lua_closure()).prototype).code;
        }
    }
}

/// The end of what the current frame may use: its registers, if they have room
/// (see `refuse_frame`), or what it has pushed.
///
/// # Safety
/// The thread is live.
pub(crate) unsafe fn frame_extent(th: *mut Thread) -> *mut RawValue {
    let top = (*th).top;
    if crate::frame::is_lua((*th).base) {
        let p = crate::frame::prototype_at((*th).base);
        let end = (*th).base.add((*p).max_stack_size as usize);
        if end <= (*th).stack_last {
            return top.max(end);
        }
    }
    top
}

/// Puts the `__call` metamethod of the value in `function` below it.
///
/// # Errors
/// If there is none.
pub(crate) unsafe fn insert_call_metamethod(
    state: &mut State,
    function: *mut RawValue,
    nargs: usize,
) -> Result<()> {
    let th = state.current;
    let handler = state.metamethod(*function, Event::Call);
    let limit = state.dialect.call_chain;
    if !handler.is_function() && limit > 1 && limit < call_chain(state, handler) {
        return Err(state.runtime_error(b"'__call' chain too long"));
    }
    let refused = handler.is_nil() || (limit == 1 && !handler.is_function());
    if refused || nargs > MAX_STACK {
        let base = (*th).base;
        let register = function.offset_from(base);
        let register = u8::try_from(register).ok();
        return Err(state.call_error(*function, register));
    }
    let offset = Thread::offset_of(th, function);
    ensure_stack(state, th, 1)?;
    let function = (*th).stack.add(offset);
    let mut p = (*th).top;
    while p > function {
        *p = *p.sub(1);
        p = p.sub(1);
    }
    *function = handler;
    (*th).top = (*th).top.add(1);
    Ok(())
}

/// How many times `__call` leads from a metamethod to another one until it is a
/// function, as far as that matters.
unsafe fn call_chain(state: &State, mut handler: RawValue) -> usize {
    let mut length = 1;
    while !handler.is_function() && !handler.is_nil() && length < 100 {
        handler = state.metamethod(handler, Event::Call);
        length += 1;
    }
    length
}

/// Sets a Lua function's frame up, if there is room for it and no hook is set.
///
/// # Safety
/// `function` holds a Lua function in the stack of `th`, its arguments above it;
/// `word` is the link of a frame that may stand there.
#[inline(always)]
pub(crate) unsafe fn enter_small(
    th: *mut Thread,
    function: *mut RawValue,
    nargs: usize,
    word: u64,
) -> bool {
    let p = (*(*function).as_lua_closure()).prototype;
    let base = function.add(1);
    let need = (*p).max_stack_size as usize + NATIVE_STACK;
    if (*th).stack_last.offset_from(base.add(nargs)) < need as isize || (*th).hooks.active {
        return false;
    }
    set_link_word(function, word | tag::LUA_CLOSURE as u64);
    let fixed = (*p).parameter_count as usize;
    for i in nargs..fixed {
        *base.add(i) = RawValue::NIL;
    }
    (*th).base = base;
    (*th).pc = (*p).code;
    (*th).top = base.add(nargs.max(fixed));
    true
}

/// Sets a Lua function's frame up.
unsafe fn enter_lua(
    state: &mut State,
    function: *mut RawValue,
    nargs: usize,
    word: u64,
) -> Result<()> {
    let th = state.current;
    let p = (*(*function).as_lua_closure()).prototype;
    let offset = Thread::offset_of(th, function);
    (*th).top = function.add(1 + nargs);
    let need = (*p).max_stack_size as usize + NATIVE_STACK;
    ensure_stack(state, th, need)?;
    let function = (*th).stack.add(offset);
    set_link_word(function, word | tag::LUA_CLOSURE as u64);
    let base = function.add(1);
    let fixed = (*p).parameter_count as usize;
    for i in nargs..fixed {
        *base.add(i) = RawValue::NIL;
    }
    (*th).base = base;
    (*th).pc = (*p).code;
    (*th).top = base.add(nargs.max(fixed));
    if (*th).hooks.active && !(*p).is_vararg {
        (*th).hooks.old_pc = 0;
        hook_entry(state, fixed, word & TAIL != 0)?;
    }
    Ok(())
}

/// The event of a call.
fn entry_event(state: &State, tail: bool) -> HookEvent {
    if tail && !state.dialect.tail_call_levels { HookEvent::TailCall } else { HookEvent::Call }
}

/// The call event of a Lua function whose frame is complete.
///
/// # Safety
/// The current frame is a Lua function's that starts.
pub(crate) unsafe fn hook_entry(state: &mut State, parameters: usize, tail: bool) -> Result<()> {
    let th = state.current;
    if (*th).hooks.mask.call {
        let top = (*th).top;
        let p = crate::frame::prototype_at((*th).base);
        let live = (*th).base.add((*p).max_stack_size as usize);
        let mut slot = top;
        while slot < live {
            *slot = RawValue::NIL;
            slot = slot.add(1);
        }
        let keep = Thread::offset_of(th, top);
        (*th).top = live;
        // The hook sees the function at its first instruction.
        (*th).pc = (*th).pc.add(1);
        let event = entry_event(state, tail);
        let result = call_hook(state, event, (1, parameters as u32));
        (*th).pc = (*th).pc.sub(1);
        (*th).top = (*th).stack.add(keep);
        result?;
    }
    Ok(())
}

unsafe fn call_native(
    state: &mut State,
    function: *mut RawValue,
    nargs: usize,
    word: u64,
    f: NativeFn,
) -> Step {
    let th = state.current;
    let tag = (*function).tag;
    let offset = Thread::offset_of(th, function);
    (*th).top = function.add(1 + nargs);
    if let Err(e) = ensure_stack(state, th, NATIVE_STACK) {
        refuse_frame(th, offset, word);
        return Step::Flow(e.into());
    }
    let function = (*th).stack.add(offset);
    set_link_word(function, word | tag as u64);
    (*th).base = function.add(1);
    if (*th).hooks.active && (*th).hooks.mask.call {
        let event = entry_event(state, word & TAIL != 0);
        if let Err(e) = call_hook(state, event, (1, nargs as u32)) {
            return Step::Flow(e.into());
        }
    }
    let result = f(state);
    state.check_same(th);
    native_returned(state, result)
}

/// Does what a native function asked for.
///
/// # Safety
/// The current frame is the native function's.
pub(crate) unsafe fn native_returned(state: &mut State, result: Result<Return>) -> Step {
    let th = state.current;
    let r = match result {
        Ok(r) => r,
        Err(e) => return Step::Flow(e.into()),
    };
    if r.0 < Return::REQUEST {
        let live = (*th).top.offset_from((*th).base).max(0) as usize;
        let n = (r.0 as usize).min(live);
        return Step::Return { first: (*th).top.sub(n), n };
    }
    let request = state.request;
    let nargs = request.nargs as usize;
    let needed = match r {
        Return::CALL | Return::TAIL_CALL => nargs + 1,
        Return::PCALL => 1,
        Return::XPCALL => 2,
        _ => nargs,
    };
    // Safe code may keep a `Return`, or pop what it asked to pass on.
    let asked = std::mem::replace(&mut state.request.answer, Return::NONE);
    if r != asked || (*th).top.offset_from((*th).base) < needed as isize {
        return Step::Flow(state.raise_message(b"invalid request of a native function").into());
    }
    let function = (*th).top.sub(nargs + 1);
    match r {
        Return::CALL => request_call(state, function, nargs),
        Return::TAIL_CALL => native_tail_call(state, nargs),
        Return::PCALL => {
            let function = (*th).base;
            let nargs = (*th).top.offset_from(function) as usize - 1;
            protected_step(state, function, nargs, kind::PCALL)
        }
        Return::XPCALL => {
            let base = (*th).base;
            let f = *base;
            *base = *base.add(1);
            *base.add(1) = f;
            let function = base.add(1);
            let nargs = (*th).top.offset_from(function) as usize - 1;
            protected_step(state, function, nargs, kind::XPCALL)
        }
        Return::RESUME => crate::coroutine::resume(state),
        Return::YIELD => crate::coroutine::yield_(state),
        Return::YIELD_AS => {
            if let Some(f) = state.replacement.take() {
                replace_function(th, f);
            }
            crate::coroutine::yield_(state)
        }
        _ => Step::Return { first: (*th).top, n: 0 },
    }
}

/// Puts `f` in the place of the native function of the current frame. It has
/// returned, so nobody looks at what it owns.
unsafe fn replace_function(th: *mut Thread, f: NativeFn) {
    let own = (*th).base.sub(1);
    // At the bottom of a thread lies nil, which stays.
    if matches!((*own).tag, tag::NATIVE_CLOSURE | tag::LIGHT_NATIVE) {
        // The spare bytes of the slot hold the frame's link.
        let link = link_word(own) & !0xff;
        *own = RawValue::light_native(f);
        set_link_word(own, link | tag::LIGHT_NATIVE as u64);
    }
}

/// The call of `tail_call`, whose frame replaces the native function's.
unsafe fn native_tail_call(state: &mut State, nargs: usize) -> Step {
    let th = state.current;
    // The frame must not be half replaced when room for the other is missing.
    let function = *(*th).top.sub(nargs + 1);
    let mut need = NATIVE_STACK;
    if function.tag == tag::LUA_CLOSURE {
        need += (*(*function.as_lua_closure()).prototype).max_stack_size as usize;
    }
    if let Err(e) = ensure_stack(state, th, need) {
        return Step::Flow(e.into());
    }
    let function = (*th).top.sub(nargs + 1);
    let own = (*th).base.sub(1);
    let word = tail_called(link_word(own), state.dialect.tail_call_levels, th, own);
    for i in 0..=nargs {
        *own.add(i) = *function.add(i);
    }
    set_link_word(own, word | (*own).tag as u64);
    if (*own).tag == tag::LUA_CLOSURE {
        (*th).pc = (*(*(*own).as_lua_closure()).prototype).code;
    }
    (*th).top = own.add(1 + nargs);
    Step::Call { function: own, nargs, word }
}

/// How deep protected calls may nest in a thread: as deep as in the C
/// implementation, where they use the C stack.
const MAX_PROTECTED_DEPTH: u32 = 198;

/// The call of `pcall` or `xpcall`: the link of its frame is the nesting of
/// protected calls around it.
unsafe fn protected_step(
    state: &mut State,
    function: *mut RawValue,
    nargs: usize,
    kind: u8,
) -> Step {
    let th = state.current;
    let depth = (*th).protected_depth;
    let word = make_link(0, kind, depth as u64);
    if depth >= MAX_PROTECTED_DEPTH {
        let error = state.raise_message(b"C stack overflow");
        refuse_frame(th, Thread::offset_of(th, function), word);
        return Step::Flow(error.into());
    }
    (*th).protected_depth = depth + 1;
    Step::Call { function, nargs, word }
}

/// A call with a continuation: three information slots go below the function.
unsafe fn request_call(state: &mut State, function: *mut RawValue, nargs: usize) -> Step {
    let th = state.current;
    let request = state.request;
    let offset = Thread::offset_of(th, function);
    if let Err(e) = ensure_stack(state, th, 3) {
        return Step::Flow(e.into());
    }
    let function = (*th).stack.add(offset);
    let mut i = nargs as isize;
    while i >= 0 {
        *function.offset(i + 3) = *function.offset(i);
        i -= 1;
    }
    (*th).top = (*th).top.add(3);
    let distance = function.add(4).offset_from((*th).base) as u32;
    let k = request.continuation.map_or(0, |k| k as usize as u64);
    *function = RawValue { payload: request.context as u64, tag: tag::FRAME_INFO };
    *function.add(1) = RawValue { payload: k, tag: tag::FRAME_INFO };
    let results = (request.nresults.min(0xfffe) + 1) as u32;
    set_info(function.add(2), distance, results | request.handler << 16);
    let kind = if request.protected { kind::CONTINUATION_PROTECTED } else { kind::CONTINUATION };
    Step::Call { function: function.add(3), nargs, word: make_link(0, kind, 0) }
}

/// Moves `n` values to `to` and adjusts them to `wanted` (-1 = all); returns
/// the end.
#[inline(always)]
pub(crate) unsafe fn move_results(
    to: *mut RawValue,
    first: *mut RawValue,
    n: usize,
    wanted: i32,
) -> *mut RawValue {
    let wanted = if wanted < 0 { n } else { wanted as usize };
    let copied = n.min(wanted);
    for i in 0..copied {
        *to.add(i) = *first.add(i);
    }
    for i in copied..wanted {
        *to.add(i) = RawValue::NIL;
    }
    to.add(wanted)
}

/// The current frame returns: its results go where its caller wants them.
unsafe fn finish_return(state: &mut State, first: *mut RawValue, n: usize) -> Step {
    let th = state.current;
    let (mut first, n) = (first, n);
    if (*th).hooks.active && (*th).hooks.mask.ret && (*(*th).base.sub(1)).is_function() {
        match return_hook(state, first, n) {
            Ok(f) => first = f,
            Err(e) => return Step::Flow(e.into()),
        }
    }
    let mut function = (*th).base.sub(1);
    let mut word = link_word(function);
    if link_kind(word) == kind::VARARG {
        function = function.sub((word >> 16) as usize);
        word = link_word(function);
    }
    match link_kind(word) {
        kind::PLAIN => {
            let pc = link_pc(word);
            let call = *pc.sub(1);
            let end = move_results(function, first, n, call.c() as i32 - 1);
            if call.c() == 0 {
                (*th).top = end;
            }
            resume_lua(th, function.sub(call.a() as usize), pc);
            Step::Flow(Flow::Refresh)
        }
        kind::NATIVE_TAIL => {
            let pc = link_pc(word);
            resume_lua(th, function.sub((*pc.sub(1)).a() as usize), pc);
            Step::Return { first, n }
        }
        kind::TFOR => {
            let pc = link_pc(word);
            let call = *pc.sub(1);
            move_results(function, first, n, call.c() as i32);
            resume_lua(th, function.sub(call.a() as usize + 4), pc);
            Step::Flow(Flow::Refresh)
        }
        kind::META => crate::meta::return_to_instruction(state, function, first, n),
        kind::ENTRY | kind::ENTRY_FINALIZER | kind::ENTRY_HOOK | kind::ENTRY_PROTECTED => {
            leave_entry(th, function, first, n);
            Step::Flow(Flow::Exit)
        }
        kind::PCALL => {
            (*th).base = function;
            (*th).protected_depth = (word >> 16) as u32;
            let end = move_down_with(function, RawValue::boolean(true), first, n);
            (*th).top = end;
            Step::Return { first: function, n: n + 1 }
        }
        kind::XPCALL => {
            let base = function.sub(1);
            (*th).base = base;
            (*th).protected_depth = (word >> 16) as u32;
            let end = move_down_with(base, RawValue::boolean(true), first, n);
            (*th).top = end;
            Step::Return { first: base, n: n + 1 }
        }
        kind::CONTINUATION | kind::CONTINUATION_PROTECTED => {
            let (distance, word) = info(function.sub(1));
            let wanted = (word & 0xffff) as i32 - 1;
            let (k, context) = continuation_below(function.sub(1));
            let to = function.sub(3);
            let end = move_results(to, first, n, wanted.min(n as i32));
            (*th).top = end;
            (*th).base = function.add(1).sub(distance as usize);
            let mut n = end.offset_from(to) as usize;
            if wanted > n as i32 {
                let more = wanted as usize - n;
                if let Err(e) = ensure_stack(state, th, more) {
                    return Step::Flow(e.into());
                }
                move_results((*th).top, first, 0, more as i32);
                (*th).top = (*th).top.add(more);
                n += more;
            }
            continue_native(state, k, CallStatus::Ok(n), context, n)
        }
        kind::CLOSE_ON_ERROR => {
            let value = *function.sub(3);
            let error = state.raise_value(value);
            let (function, kind) = protected_by(function);
            catch(state, function, kind, error)
        }
        kind::COROUTINE => crate::coroutine::finished(state, first, n),
        _ => Step::Flow(Flow::Exit),
    }
}

/// An entry frame returns `n` values, which take the place of its information
/// slot.
#[inline(always)]
unsafe fn leave_entry(th: *mut Thread, function: *mut RawValue, first: *mut RawValue, n: usize) {
    let slot = function.sub(1);
    let distance = info(slot).0 as usize;
    let pc = link_pc(link_word(function));
    (*th).top = move_results(slot, first, n, -1);
    resume_lua(th, function.add(1).sub(distance), pc);
}

/// [`Step::Return`] of a Lua function that was called from Rust, if nobody wants
/// to know; answers whether it was.
///
/// # Safety
/// The current frame is a Lua function's that returns.
#[inline(always)]
pub(crate) unsafe fn return_to_rust(th: *mut Thread, first: *mut RawValue, n: usize) -> bool {
    let mut function = (*th).base.sub(1);
    let mut word = link_word(function);
    if link_kind(word) == kind::VARARG {
        function = function.sub((word >> 16) as usize);
        word = link_word(function);
    }
    if !matches!(link_kind(word), kind::ENTRY | kind::ENTRY_PROTECTED) || (*th).hooks.active {
        return false;
    }
    leave_entry(th, function, first, n);
    true
}

/// Writes `head` to `to` and `n` values behind it (the values may overlap
/// their new place from above only by one slot).
unsafe fn move_down_with(
    to: *mut RawValue,
    head: RawValue,
    first: *mut RawValue,
    n: usize,
) -> *mut RawValue {
    std::ptr::copy(first as *const u128, to.add(1) as *mut u128, n);
    *to = head;
    to.add(n + 1)
}

/// Continuation and context in the slots below an information slot.
pub(crate) unsafe fn continuation_below(slot: *mut RawValue) -> (Option<Continuation>, i64) {
    let k = (*slot.sub(1)).payload as usize;
    let context = (*slot.sub(2)).payload as i64;
    // Either 0 (None) or a function pointer stored by `request_call`.
    (std::mem::transmute::<usize, Option<Continuation>>(k), context)
}

/// Goes on with a native function: in its continuation, or by returning the
/// `n` values on top.
pub(crate) unsafe fn continue_native(
    state: &mut State,
    k: Option<Continuation>,
    status: CallStatus,
    context: i64,
    n: usize,
) -> Step {
    let th = state.current;
    match k {
        Some(k) => {
            if let Err(e) = ensure_stack(state, th, NATIVE_STACK) {
                return Step::Flow(e.into());
            }
            let result = k(state, status, context);
            state.check_same(th);
            native_returned(state, result)
        }
        None => Step::Return { first: (*th).top.sub(n), n },
    }
}

/// Makes the frame at `base` the current one, to go on at `pc`.
#[inline(always)]
pub(crate) unsafe fn resume_lua(
    th: *mut Thread,
    base: *mut RawValue,
    pc: *const perilune_bytecode::Instruction,
) {
    (*th).base = base;
    (*th).pc = pc;
    if (*th).hooks.active && crate::frame::is_lua(base) {
        let code = (*crate::frame::prototype_at(base)).code as *const _;
        (*th).hooks.old_pc = pc.offset_from(code).max(1) as u32 - 1;
    }
}

unsafe fn return_hook(state: &mut State, first: *mut RawValue, n: usize) -> Result<*mut RawValue> {
    let th = state.current;
    let offset = Thread::offset_of(th, first);
    let base = (*th).base;
    let mut top = first.add(n);
    if crate::frame::is_lua(base) {
        let p = crate::frame::prototype_at(base);
        top = top.max(base.add((*p).max_stack_size as usize));
    }
    (*th).top = top;
    let frame = Frame::innermost(th);
    let transferred = first.offset_from(frame.base) + 1;
    let keep = Thread::offset_of(th, top);
    call_hook(
        state,
        HookEvent::Return,
        (transferred.clamp(0, u16::MAX as isize) as u32, n as u32),
    )?;
    if state.dialect.tail_call_levels {
        for _ in 0..Frame::innermost(th).lost_calls(th) {
            call_hook(state, HookEvent::TailReturn, (0, 0))?;
        }
    }
    (*th).top = (*th).stack.add(keep);
    Ok((*th).stack.add(offset))
}

/// The protected frame that a `CLOSE_ON_ERROR` frame's call belongs to: its
/// function slot and kind.
///
/// # Safety
/// `function` is such a frame's function slot.
pub(crate) unsafe fn protected_by(function: *mut RawValue) -> (*mut RawValue, u8) {
    let (distance, kind) = info(function.sub(2));
    (function.sub(distance as usize), kind as u8)
}

/// An error is on its way: finds who catches it and goes on there; `Err` if
/// that is the Rust caller of the entry frame.
///
/// # Safety
/// The current thread's frame is the one that raised.
unsafe fn unwind(state: &mut State, error: Error) -> Result<Step> {
    let error = crate::handler::handle_message(state, error);
    if error.0 == Kind::Fatal {
        return Err(unwind_panic(state, error));
    }
    if error.0 == Kind::Closing {
        return crate::coroutine::unwind_closing(state, error);
    }
    if error.0 == Kind::Value && state.error_value.is_nil() && state.dialect.nil_errors_replaced {
        state.error_value = RawValue::pointer(tag::SHORT_STRING, state.names.no_error_object);
    }
    let error = match error {
        Error(Kind::Value) => error,
        Error(other) => {
            let value = state.take_error(Error(other));
            state.error_value = value;
            Error(other)
        }
    };
    state.error_handled = true;
    let th = state.current;
    let mut frame = Frame::innermost(th);
    loop {
        match frame.kind() {
            kind::PCALL | kind::XPCALL | kind::CONTINUATION_PROTECTED => {
                return Ok(catch(state, frame.function, frame.kind(), error));
            }
            kind::CLOSE_ON_ERROR => {
                let (function, kind) = protected_by(frame.function);
                return Ok(catch(state, function, kind, error));
            }
            kind::COROUTINE => return Ok(crate::coroutine::failed(state, error)),
            kind::ENTRY
            | kind::ENTRY_FINALIZER
            | kind::ENTRY_HOOK
            | kind::ENTRY_PROTECTED
            | kind::BASE => return Err(error),
            _ => {}
        }
        match frame.caller() {
            Some(f) => frame = f,
            None => return Err(error),
        }
    }
}

/// A panic passes every frame up to the one that was entered from Rust. What it
/// leaves behind does not run again: coroutines have failed, variables are not
/// closed.
#[cold]
unsafe fn unwind_panic(state: &mut State, error: Error) -> Error {
    loop {
        let th = state.current;
        let mut frame = Frame::innermost(th);
        loop {
            match frame.kind() {
                kind::ENTRY
                | kind::ENTRY_FINALIZER
                | kind::ENTRY_HOOK
                | kind::ENTRY_PROTECTED
                | kind::BASE => return error,
                kind::PCALL | kind::XPCALL => {
                    (*th).protected_depth = (link_word(frame.function) >> 16) as u32;
                }
                kind::COROUTINE => break,
                _ => {}
            }
            match frame.caller() {
                Some(f) => frame = f,
                None => return error,
            }
        }
        crate::coroutine::abandoned(state);
    }
}

/// A protected frame catches: closes its variables one by one, then hands the
/// error to whoever asked for protection.
unsafe fn catch(state: &mut State, function: *mut RawValue, kind: u8, error: Error) -> Step {
    let th = state.current;
    close_upvalues(state, th, function);
    let value = error_value_of(state, error);
    let base = match kind {
        kind::PCALL => function,
        kind::XPCALL => function.sub(1),
        _ => function.add(1).sub(info(function.sub(1)).0 as usize),
    };
    (*th).base = base;
    let level = Thread::offset_of(th, function);
    if let Some(&slot) = (*th).to_be_closed.last()
        && slot as usize >= level
    {
        (*th).to_be_closed.pop();
        return call_close_on_error(state, slot as usize, value, level, kind);
    }
    state.error_value = RawValue::NIL;
    state.error_handled = false;
    state.errors_caught += 1;
    if kind == kind::CONTINUATION_PROTECTED {
        let (k, context) = continuation_below(function.sub(1));
        *function.sub(3) = value;
        (*th).top = function.sub(2);
        shrink_overflowed_stack(state, th);
        return continue_native(state, k, CallStatus::Error, context, 1);
    }
    (*th).protected_depth = (link_word(function) >> 16) as u32;
    *base = RawValue::boolean(false);
    *base.add(1) = value;
    (*th).top = base.add(2);
    shrink_overflowed_stack(state, th);
    Step::Return { first: (*th).base, n: 2 }
}

/// The value of `error`, which stays on its way.
fn error_value_of(state: &mut State, error: Error) -> RawValue {
    let value = state.take_error(error);
    state.error_value = value;
    value
}

/// Calls `__close` of the variable in the slot with offset `slot` while an
/// error is on its way to the protected frame of that level and kind, whose
/// protector's frame is the current one.
unsafe fn call_close_on_error(
    state: &mut State,
    slot: usize,
    value: RawValue,
    level: usize,
    kind: u8,
) -> Step {
    let th = state.current;
    let object = *(*th).stack.add(slot);
    let handler = state.metamethod(object, Event::Close);
    (*th).top = (*th).stack.add(slot + 1);
    if let Err(e) = ensure_stack(state, th, 6) {
        return Step::Flow(e.into());
    }
    let first = (*th).stack.add(slot + 1);
    let function = first.add(3);
    *first = value;
    set_info(first.add(1), function.offset_from((*th).stack.add(level)) as u32, kind as u32);
    set_info(first.add(2), function.add(1).offset_from((*th).base) as u32, 0);
    *function = handler;
    *function.add(1) = object;
    *function.add(2) = value;
    (*th).top = function.add(3);
    state.error_value = RawValue::NIL;
    state.error_handled = false;
    Step::Call { function, nargs: 2, word: make_link(0, kind::CLOSE_ON_ERROR, 0) }
}

/// Goes on with `flow`, and whatever Lua code it leads to, until the entry frame
/// has returned.
///
/// # Errors
/// The error that reached the entry frame.
///
/// # Safety
/// The entry frame (or the bottom one) is the current thread's.
unsafe fn run_on(state: &mut State, mut flow: Flow) -> Result<()> {
    loop {
        flow = match flow {
            Flow::Next | Flow::Refresh => crate::interp::execute(state),
            Flow::Exit => return Ok(()),
            Flow::Raise(kind) => {
                let step = unwind(state, Error(kind))?;
                drive(state, step)
            }
        }
    }
}

/// Calls the function in `function`, with `nargs` arguments behind it up to the
/// top, from Rust. The results lie from `state.call_result` (an offset) up to
/// the top, where the function was.
///
/// # Errors
/// What the function raised; the stack is as it was below the function, the
/// frame of the caller is current again.
///
/// # Safety
/// `function` and its arguments are on top of the current thread's stack.
pub(crate) unsafe fn call_from_rust(
    state: &mut State,
    function: *mut RawValue,
    nargs: usize,
    kind: u8,
    handler: u32,
) -> Result<()> {
    check_native_stack(state)?;
    let th = state.current;
    let offset = Thread::offset_of(th, function);
    ensure_stack(state, th, 1)?;
    let function = (*th).stack.add(offset);
    std::ptr::copy(function as *const u128, function.add(1) as *mut u128, nargs + 1);
    (*th).top = (*th).top.add(1);
    call_above(state, function, nargs, kind, handler)
}

/// [`call_from_rust`] of a function in the slot above `slot`, which is free. The
/// results take the place of `slot`.
///
/// # Errors
/// As there.
///
/// # Safety
/// As there.
pub(crate) unsafe fn call_above(
    state: &mut State,
    slot: *mut RawValue,
    nargs: usize,
    kind: u8,
    handler: u32,
) -> Result<()> {
    enter_above(state, slot, kind, handler, |state, th, function, word| {
        if (*function).tag == tag::LUA_CLOSURE && enter_small(th, function, nargs, word) {
            Flow::Refresh
        } else {
            drive(state, Step::Call { function, nargs, word })
        }
    })
}

/// Goes on with a frame that `begin` begins, for the function in the slot above
/// `slot`, which is free, and with that link, until it has returned. The results
/// take the place of `slot`.
///
/// # Errors
/// What was raised.
///
/// # Safety
/// As `call_from_rust`; `begin` enters a frame there.
#[inline(always)]
pub(crate) unsafe fn enter_above(
    state: &mut State,
    slot: *mut RawValue,
    kind: u8,
    handler: u32,
    begin: impl FnOnce(&mut State, *mut Thread, *mut RawValue, u64) -> Flow,
) -> Result<()> {
    let th = state.current;
    let offset = Thread::offset_of(th, slot);
    let base = Thread::offset_of(th, (*th).base);
    let pc = (*th).pc;
    set_info(slot, slot.add(2).offset_from((*th).base) as u32, handler);
    (*th).non_yieldable += 1;
    let word = make_link(0, kind, pc as u64);
    let _entry = Entry::new(state);
    let flow = begin(state, th, slot.add(1), word);
    let result = run_on(state, flow);
    if let Err(error) = &result {
        crate::raised::leave_frames(state, th, base, error);
    }
    (*th).non_yieldable -= 1;
    state.call_result = offset;
    (*th).pc = pc;
    result
}

/// [`call_above`] in a protected frame with the state's message handler. The
/// results begin in `slot`, but `State::call_result` does not say so.
///
/// # Errors
/// As there.
///
/// # Safety
/// As there.
#[inline(always)]
pub(crate) unsafe fn call_protected(
    state: &mut State,
    slot: *mut RawValue,
    nargs: usize,
) -> Result<()> {
    let th = state.current;
    let base = Thread::offset_of(th, (*th).base);
    let pc = (*th).pc;
    set_info(slot, slot.add(2).offset_from((*th).base) as u32, DEFAULT_HANDLER);
    (*th).non_yieldable += 1;
    let word = make_link(0, kind::ENTRY_PROTECTED, pc as u64);
    let function = slot.add(1);
    let entry = Entry::new(state);
    if (*function).tag == tag::LUA_CLOSURE && enter_small(th, function, nargs, word) {
        let flow = crate::interp::execute_unhooked(state);
        if flow != Flow::Exit {
            run_protected(state, flow, (th, base, pc))?;
        }
    } else {
        let flow = drive(state, Step::Call { function, nargs, word });
        run_protected(state, flow, (th, base, pc))?;
    }
    drop(entry);
    (*th).non_yieldable -= 1;
    Ok(())
}

/// Goes on with a protected call that did not simply return; the caller's thread,
/// base and pc are given. Another thread may be the current one by now.
#[inline(never)]
unsafe fn run_protected(
    state: &mut State,
    flow: Flow,
    (th, base, pc): (*mut Thread, usize, *const perilune_bytecode::Instruction),
) -> Result<()> {
    let result = run_on(state, flow);
    (*th).pc = pc;
    if result.is_err() {
        (*th).non_yieldable -= 1;
        (*th).base = (*th).stack.add(base);
    }
    result
}

/// Whether there is native stack left for a call from Rust.
///
/// # Errors
/// "C stack overflow"
#[inline(always)]
pub(crate) fn check_native_stack(state: &mut State) -> Result<()> {
    if crate::native_stack::here() < state.native_limit {
        return Err(native_overflow(state));
    }
    Ok(())
}

#[cold]
fn native_overflow(state: &mut State) -> Error {
    if crate::native_stack::here() + 48 * 1024 < state.native_limit {
        return Error(Kind::InHandler);
    }
    state.runtime_error(b"C stack overflow")
}

/// Closes what lies at or above the slot with offset `level`, after an error
/// that Rust code catches; the error may be replaced by one of a `__close`, which
/// is called in frames of `kind` with that message handler.
///
/// # Safety
/// The current frame is the catcher's; the slots up to the innermost pending
/// variable are intact.
pub(crate) unsafe fn close_after_error(
    state: &mut State,
    level: usize,
    mut error: Error,
    (kind, message_handler): (u8, u32),
) -> Error {
    let th = state.current;
    if error.0 == Kind::Closing {
        // The coroutine's variables are closed when all of its frames are left.
        return error;
    }
    loop {
        close_upvalues(state, th, (*th).stack.add(level));
        let slot = match (*th).to_be_closed.last() {
            Some(&slot) if slot as usize >= level => slot as usize,
            _ => break,
        };
        (*th).to_be_closed.pop();
        if error.0 == Kind::Fatal {
            continue;
        }
        let value = error_value_of(state, error);
        let object = *(*th).stack.add(slot);
        let handler = state.metamethod(object, Event::Close);
        (*th).top = (*th).stack.add(slot + 1);
        if let Err(e) = ensure_stack(state, th, 5) {
            error = e;
            continue;
        }
        let function = (*th).stack.add(slot + 1);
        // The value stays below the call, so that it survives it.
        *function = value;
        *function.add(1) = handler;
        *function.add(2) = object;
        *function.add(3) = value;
        (*th).top = function.add(4);
        error = match call_from_rust(state, function.add(1), 2, kind, message_handler) {
            Ok(()) => {
                let value = *(*th).stack.add(slot + 1);
                let e = state.raise_value(value);
                state.error_handled = true;
                e
            }
            Err(e) => {
                let value = error_value_of(state, e);
                let e = state.raise_value(value);
                state.error_handled = true;
                e
            }
        };
    }
    (*th).top = (*th).stack.add(level);
    shrink_overflowed_stack(state, th);
    error
}

/// Whether the thread can be resumed as a fresh coroutine.
pub(crate) unsafe fn is_fresh(th: *const Thread) -> bool {
    (*th).status == ThreadStatus::Fresh
}
