//! Native functions that an instruction calls by itself, as a metamethod or an
//! accessor: the usual way from the instruction to the function and back, without
//! steps between. Whatever is unusual (a request, an error, a hook) goes on as
//! in `call`.
//!
//! # Safety
//!
//! As in `call`. The running instruction is the one before the thread's pc, of a
//! Lua function whose frame is the current one.

use crate::call::{Flow, drive, move_results, native_returned};
use crate::frame::{
    NATIVE_STACK, count_one, kind, make_link, prototype_at, set_info, set_link_word,
};
use crate::meta::Event;
use crate::object::Thread;
use crate::state::{NativeFn, Return, State};
use crate::table;
use crate::value::{RawValue, tag};

/// What became of a call.
pub(crate) enum Outcome {
    /// It has returned this value first (nil if none). The frame of the
    /// instruction is the current one again; whether it was moved.
    Value(RawValue, bool),
    /// Something else is to be done; the instruction is finished then.
    Flow(Flow),
}

/// The native function of a value, if it is one.
#[inline(always)]
unsafe fn native_of(v: RawValue) -> Option<NativeFn> {
    match v.tag {
        tag::LIGHT_NATIVE => Some(std::mem::transmute::<usize, NativeFn>(v.payload as usize)),
        tag::NATIVE_CLOSURE => Some((*v.as_native_closure()).function),
        _ => None,
    }
}

/// The results of a native function that has returned in the usual way: the
/// first one's slot, and how many.
#[inline(always)]
unsafe fn results(
    th: *mut Thread,
    result: &crate::error::Result<Return>,
) -> Option<(*mut RawValue, usize)> {
    match result {
        &Ok(Return(n)) if n < Return::REQUEST && !(*th).hooks.active => {
            let live = (*th).top.offset_from((*th).base).max(0) as usize;
            let n = (n as usize).min(live);
            Some(((*th).top.sub(n), n))
        }
        _ => None,
    }
}

impl State {
    /// Calls a function for the running instruction, which wants one value.
    #[inline(always)]
    pub(crate) unsafe fn call_at_once(
        &mut self,
        handler: RawValue,
        arguments: &[RawValue],
        context: u32,
    ) -> Outcome {
        let th = self.current;
        let base = (*th).base;
        let distance = (*prototype_at(base)).max_stack_size as usize + 2;
        let first = base.add(distance);
        let end = first.add(arguments.len());
        let Some(f) = native_of(handler) else {
            return Outcome::Flow(self.call_in_steps(handler, arguments, context));
        };
        if (*th).hooks.active || end.add(NATIVE_STACK) > (*th).stack_last {
            return Outcome::Flow(self.call_in_steps(handler, arguments, context));
        }
        let pc = (*th).pc;
        set_info(first.sub(2), distance as u32, context);
        let function = first.sub(1);
        *function = handler;
        set_link_word(function, make_link(handler.tag, kind::META, pc as u64));
        for (n, &v) in arguments.iter().enumerate() {
            *first.add(n) = self.visible(v);
        }
        (*th).base = first;
        (*th).top = end;
        let result = f(self);
        self.check_same(th);
        if let Some((first, n)) = results(th, &result) {
            let value = if n > 0 { *first } else { RawValue::NIL };
            (*th).base = (*th).base.sub(distance);
            (*th).pc = pc;
            return Outcome::Value(value, !std::ptr::eq((*th).base, base));
        }
        let step = native_returned(self, result);
        Outcome::Flow(drive(self, step))
    }

    #[inline(never)]
    unsafe fn call_in_steps(
        &mut self,
        handler: RawValue,
        arguments: &[RawValue],
        context: u32,
    ) -> Flow {
        let step = self.call_for_instruction(handler, arguments, context);
        crate::meta::drive_metamethod(self, step)
    }

    /// Calls a metamethod for the running instruction, and finishes that.
    #[inline(never)]
    pub(crate) unsafe fn run_metamethod(
        &mut self,
        handler: RawValue,
        arguments: &[RawValue],
        context: u32,
    ) -> Flow {
        match self.call_at_once(handler, arguments, context) {
            Outcome::Value(value, _) => {
                let slot = (*self.current).top;
                let step = crate::meta::finish_instruction(self, value, context, slot);
                drive(self, step)
            }
            Outcome::Flow(flow) => flow,
        }
    }

    /// The `Call` of a value whose metamethod is a native function; `None` if
    /// that takes more.
    #[inline(never)]
    pub(crate) unsafe fn call_native_metamethod(
        &mut self,
        function: *mut RawValue,
        nargs: usize,
    ) -> Option<Flow> {
        let th = self.current;
        let metatable = match (*function).tag {
            tag::USERDATA => (*(*function).as_userdata()).metatable,
            tag::TABLE => (*(*function).as_table()).metatable,
            _ => return None,
        };
        if metatable.is_null() {
            return None;
        }
        let handler = table::get_short_string(metatable, self.names.events[Event::Call as usize]);
        let f = native_of(handler)?;
        if (*th).hooks.active || function.add(2 + nargs + NATIVE_STACK) > (*th).stack_last {
            return None;
        }
        for n in (0..=nargs).rev() {
            *function.add(n + 1) = *function.add(n);
        }
        let pc = (*th).pc;
        let mut word = make_link(handler.tag, kind::PLAIN, pc as u64);
        if !self.dialect.tail_call_levels {
            word = count_one(word, th, function);
        }
        *function = handler;
        set_link_word(function, word);
        (*th).base = function.add(1);
        (*th).top = function.add(2 + nargs);
        let result = f(self);
        self.check_same(th);
        if let Some((first, n)) = results(th, &result) {
            let to = (*th).base.sub(1);
            let i = *pc.sub(1);
            match i.c() {
                1 => {}
                2 if n > 0 => *to = *first,
                c => {
                    let end = move_results(to, first, n, c as i32 - 1);
                    if c == 0 {
                        (*th).top = end;
                    }
                }
            }
            (*th).base = to.sub(i.a() as usize);
            (*th).pc = pc;
            return Some(if std::ptr::eq(to, function) { Flow::Next } else { Flow::Refresh });
        }
        let step = native_returned(self, result);
        Some(drive(self, step))
    }
}
