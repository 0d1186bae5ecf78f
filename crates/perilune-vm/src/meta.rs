//! Metatables and metamethods (manual §2.4), and the operations that may call
//! them.
//!
//! An operation either has a result at once or names the metamethod to call.
//! The interpreter calls it in a `META` frame and finishes the instruction when
//! it returns; native code calls it from Rust.
//!
//! # Safety
//!
//! Values passed along are live: in a slot, or reachable from one, until the call
//! that may collect copies them to the stack.

use crate::call::{Flow, Step};
use crate::error::{Blame, Result};
use crate::frame::{is_open_return, kind, make_link, prototype_at, set_info};
use crate::number::{self, FloatForm, Rounding};
use crate::object::{Header, StringObject, Table};
use crate::state::State;
use crate::table::{self, SetError};
use crate::value::{RawValue, tag};
use perilune_bytecode::{Instruction, Op};

/// A metamethod's event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum Event {
    Index,
    NewIndex,
    Gc,
    Mode,
    Len,
    Eq,
    Add,
    Sub,
    Mul,
    Mod,
    Pow,
    Div,
    IDiv,
    BAnd,
    BOr,
    BXor,
    Shl,
    Shr,
    Unm,
    BNot,
    Lt,
    Le,
    Concat,
    Call,
    Close,
}

impl Event {
    /// Whether it is a bitwise operator's.
    pub fn is_bitwise(self) -> bool {
        use Event::*;
        matches!(self, BAnd | BOr | BXor | Shl | Shr | BNot)
    }

    pub const COUNT: usize = 25;
    /// The fields' names, in order.
    pub const NAMES: [&'static str; Self::COUNT] = [
        "__index",
        "__newindex",
        "__gc",
        "__mode",
        "__len",
        "__eq",
        "__add",
        "__sub",
        "__mul",
        "__mod",
        "__pow",
        "__div",
        "__idiv",
        "__band",
        "__bor",
        "__bxor",
        "__shl",
        "__shr",
        "__unm",
        "__bnot",
        "__lt",
        "__le",
        "__concat",
        "__call",
        "__close",
    ];
}

/// The end of an access that may call a metamethod.
pub(crate) enum Access {
    /// It is done; reads have this value.
    Done(RawValue),
    /// This function is to be called with this object first.
    Call(RawValue, RawValue),
}

/// Converts exactly, strings excepted.
pub(crate) fn to_integer_strict(v: RawValue) -> Option<i64> {
    number::to_integer_strict(v, Rounding::Exact)
}

impl State {
    /// The metatable of a value, or null.
    #[inline]
    pub(crate) fn metatable_of(&self, v: RawValue) -> *mut Table {
        // SAFETY: the tag tells the layout of the live object.
        unsafe {
            match v.tag {
                tag::TABLE => (*v.as_table()).metatable,
                tag::USERDATA => (*v.as_userdata()).metatable,
                _ => self.metatables[v.type_of() as usize],
            }
        }
    }

    /// The metamethod of a value, or nil.
    #[inline]
    pub(crate) fn metamethod(&self, v: RawValue, event: Event) -> RawValue {
        let mt = self.metatable_of(v);
        if mt.is_null() {
            return RawValue::NIL;
        }
        // SAFETY: a metatable is live with its value.
        unsafe { table::get_short_string(mt, self.names.events[event as usize]) }
    }

    /// The metamethod of a table for one of the first six events, whose absence
    /// is remembered in the metatable.
    ///
    /// # Safety
    /// `mt` is live or null.
    #[inline(always)]
    pub(crate) unsafe fn fast_metamethod(&self, mt: *mut Table, event: Event) -> RawValue {
        if mt.is_null() || (*mt).header.extra & 1 << event as u8 != 0 {
            return RawValue::NIL;
        }
        self.look_up_metamethod(mt, event)
    }

    unsafe fn look_up_metamethod(&self, mt: *mut Table, event: Event) -> RawValue {
        let v = table::get_short_string(mt, self.names.events[event as usize]);
        if v.is_nil() {
            (*mt).header.extra |= 1 << event as u8;
        }
        v
    }

    /// `object[key]`.
    ///
    /// # Safety
    /// The values are live.
    pub(crate) unsafe fn index(&mut self, mut object: RawValue, key: RawValue) -> Result<Access> {
        for step in 0..self.dialect.index_chain {
            let handler = if object.is_table() {
                let t = object.as_table();
                let v = table::get(t, key);
                if !v.is_nil() {
                    return Ok(Access::Done(v));
                }
                let h = self.fast_metamethod((*t).metatable, Event::Index);
                if h.is_nil() {
                    return Ok(Access::Done(RawValue::NIL));
                }
                h
            } else {
                let h = self.metamethod(object, Event::Index);
                if h.is_nil() {
                    let blame = if step == 0 { Blame::First } else { Blame::None };
                    return Err(self.index_error(object, key, blame));
                }
                h
            };
            if handler.is_function() {
                return Ok(Access::Call(handler, object));
            }
            object = handler;
        }
        Err(self.runtime_error(self.dialect.index_chain_errors[0].as_bytes()))
    }

    /// `object[key] = value`; `Call` if a metamethod is to do it.
    ///
    /// # Safety
    /// The values are live.
    pub(crate) unsafe fn set_index(
        &mut self,
        mut object: RawValue,
        key: RawValue,
        value: RawValue,
    ) -> Result<Access> {
        for step in 0..self.dialect.index_chain {
            let handler = if object.is_table() {
                let t = object.as_table();
                let slot = table::find(t, key);
                if !slot.is_absent() && !slot.is_nil() {
                    table::overwrite(&mut self.heap, t, slot, value);
                    return Ok(Access::Done(RawValue::NIL));
                }
                let h = self.fast_metamethod((*t).metatable, Event::NewIndex);
                if h.is_nil() {
                    self.table_set(t, key, value)?;
                    return Ok(Access::Done(RawValue::NIL));
                }
                h
            } else {
                let h = self.metamethod(object, Event::NewIndex);
                if h.is_nil() {
                    let blame = if step == 0 { Blame::First } else { Blame::None };
                    return Err(self.index_error(object, key, blame));
                }
                h
            };
            if handler.is_function() {
                return Ok(Access::Call(handler, object));
            }
            object = handler;
        }
        Err(self.runtime_error(self.dialect.index_chain_errors[1].as_bytes()))
    }

    /// Raw assignment; memory is made by an emergency collection if need be.
    ///
    /// # Errors
    /// "index is nil", "index is NaN", or memory.
    ///
    /// # Safety
    /// All three are live and stay so through a collection.
    pub(crate) unsafe fn table_set(
        &mut self,
        t: *mut Table,
        key: RawValue,
        value: RawValue,
    ) -> Result<()> {
        match table::set(&mut self.heap, t, key, value) {
            Ok(()) => Ok(()),
            Err(e) => self.table_set_failed(t, key, value, e),
        }
    }

    #[cold]
    #[inline(never)]
    unsafe fn table_set_failed(
        &mut self,
        t: *mut Table,
        key: RawValue,
        value: RawValue,
        e: SetError,
    ) -> Result<()> {
        match e {
            SetError::NilKey => Err(self.runtime_error(b"table index is nil")),
            SetError::NanKey => Err(self.runtime_error(b"table index is NaN")),
            SetError::Alloc(_) => {
                let keep = [RawValue::pointer(tag::TABLE, t), key, value];
                self.retry_allocation(&keep, |state| {
                    table::set(&mut state.heap, t, key, value).map_err(|_| crate::heap::AllocError)
                })
            }
        }
    }

    /// The result of an arithmetic or bitwise operation on numbers; `None` if it
    /// takes a metamethod.
    ///
    /// # Errors
    /// Division by zero.
    ///
    /// # Safety
    /// The values are live.
    pub(crate) unsafe fn arith_values(
        &mut self,
        event: Event,
        mut a: RawValue,
        mut b: RawValue,
    ) -> Result<Option<RawValue>> {
        use Event::*;
        (a, b) = self.arithmetic_operands(event, a, b);
        match event {
            BAnd | BOr | BXor | Shl | Shr | BNot => {
                let (Some(x), Some(y)) = (to_integer_strict(a), to_integer_strict(b)) else {
                    return Ok(None);
                };
                Ok(Some(RawValue::integer(match event {
                    BAnd => x & y,
                    BOr => x | y,
                    BXor => x ^ y,
                    Shl => number::shift_left(x, y),
                    Shr => number::shift_right(x, y),
                    _ => !x,
                })))
            }
            _ if a.tag == tag::INTEGER && b.tag == tag::INTEGER && !matches!(event, Div | Pow) => {
                let (x, y) = (a.as_integer(), b.as_integer());
                Ok(Some(RawValue::integer(match event {
                    Add => x.wrapping_add(y),
                    Sub => x.wrapping_sub(y),
                    Mul => x.wrapping_mul(y),
                    Unm => x.wrapping_neg(),
                    Mod => match number::integer_modulo(x, y) {
                        Some(r) => r,
                        None => return Err(self.runtime_error(b"attempt to perform 'n%0'")),
                    },
                    _ => match number::integer_floor_divide(x, y) {
                        Some(r) => r,
                        None => return Err(self.runtime_error(b"attempt to divide by zero")),
                    },
                })))
            }
            _ => {
                let (Some(x), Some(y)) = (number::to_float_strict(a), number::to_float_strict(b))
                else {
                    return Ok(None);
                };
                Ok(Some(RawValue::float(match event {
                    Add => x + y,
                    Sub => x - y,
                    Mul => x * y,
                    Div => x / y,
                    Pow => number::power(x, y),
                    Mod if self.dialect.modulo_by_floor => number::float_modulo_by_floor(x, y),
                    Mod if self.dialect.modulo_by_product => number::float_modulo_by_product(x, y),
                    Mod => number::float_modulo(x, y),
                    IDiv => number::float_floor_divide(x, y),
                    _ => -x,
                })))
            }
        }
    }

    /// The operands of an operator, with strings converted if the dialect says so.
    ///
    /// # Safety
    /// The values are live.
    pub(crate) unsafe fn arithmetic_operands(
        &self,
        event: Event,
        a: RawValue,
        b: RawValue,
    ) -> (RawValue, RawValue) {
        if !self.dialect.arithmetic_on_strings {
            return (a, b);
        }
        let bitwise = event.is_bitwise();
        (self.operand_of_string(a, bitwise), self.operand_of_string(b, bitwise))
    }

    /// A string that denotes a number as an operand: the number, as a float unless
    /// the operator is a bitwise one. Other values as they are.
    ///
    /// # Safety
    /// The value is live.
    unsafe fn operand_of_string(&self, v: RawValue, bitwise: bool) -> RawValue {
        if !v.is_string() {
            return v;
        }
        match number::string_to_number(v.as_string(), self.dialect) {
            Some(n) if bitwise => n,
            Some(n) => number::to_float_strict(n).map_or(v, RawValue::float),
            None => v,
        }
    }

    /// The metamethod of a binary operator: the first operand's, else the
    /// second's.
    pub(crate) fn binary_metamethod(&self, event: Event, a: RawValue, b: RawValue) -> RawValue {
        let h = self.metamethod(a, event);
        if h.is_nil() { self.metamethod(b, event) } else { h }
    }

    /// The metamethod of the operator `#` for what is no string, or nil.
    ///
    /// # Safety
    /// The value is live.
    pub(crate) unsafe fn len_metamethod(&self, v: RawValue) -> RawValue {
        if v.is_table() {
            if !self.dialect.len_of_tables {
                return RawValue::NIL;
            }
            return self.fast_metamethod((*v.as_table()).metatable, Event::Len);
        }
        self.metamethod(v, Event::Len)
    }

    /// The second argument of `__len` of `v`.
    pub(crate) fn second_of_len(&self, v: RawValue) -> RawValue {
        if self.dialect.len_twice { v } else { RawValue::NIL }
    }

    /// `a == b`, or the `__eq` metamethod that decides.
    ///
    /// # Safety
    /// The values are live.
    pub(crate) unsafe fn equal(&self, a: RawValue, b: RawValue) -> Comparison {
        if table::raw_equal(a, b) {
            return Comparison::Known(true);
        }
        if a.tag != b.tag || !(a.tag == tag::TABLE || a.tag == tag::USERDATA) {
            return Comparison::Known(false);
        }
        let mut h = self.fast_metamethod(self.metatable_of(a), Event::Eq);
        if self.dialect.eq_of_both {
            let other = self.fast_metamethod(self.metatable_of(b), Event::Eq);
            if !table::raw_equal(h, other) {
                h = RawValue::NIL;
            }
        } else if h.is_nil() {
            h = self.fast_metamethod(self.metatable_of(b), Event::Eq);
        }
        if h.is_nil() { Comparison::Known(false) } else { Comparison::Call(h) }
    }

    /// The metamethod that decides the order of two values, or nil.
    ///
    /// # Safety
    /// The values are live.
    unsafe fn order_metamethod(&self, event: Event, a: RawValue, b: RawValue) -> RawValue {
        if !self.dialect.order_of_both {
            return self.binary_metamethod(event, a, b);
        }
        let (x, y) = (self.metamethod(a, event), self.metamethod(b, event));
        if a.type_of() == b.type_of() && table::raw_equal(x, y) { x } else { RawValue::NIL }
    }

    /// `a < b` or `a <= b` (`event` says which).
    ///
    /// # Errors
    /// If the values have no order.
    ///
    /// # Safety
    /// The values are live.
    pub(crate) unsafe fn compare_order(
        &mut self,
        event: Event,
        a: RawValue,
        b: RawValue,
    ) -> Result<Comparison> {
        let known =
            if event == Event::Lt { number::less_than(a, b) } else { number::less_equal(a, b) };
        if let Some(known) = known {
            return Ok(Comparison::Known(known));
        }
        if a.is_string() && b.is_string() {
            let order = compare_strings(a.as_string(), b.as_string());
            return Ok(Comparison::Known(if event == Event::Lt {
                order.is_lt()
            } else {
                order.is_le()
            }));
        }
        let h = self.order_metamethod(event, a, b);
        if !h.is_nil() {
            return Ok(Comparison::Call(h));
        }
        if event == Event::Le && self.dialect.le_by_lt {
            let h = self.order_metamethod(Event::Lt, b, a);
            if !h.is_nil() {
                return Ok(Comparison::CallNegated(h));
            }
        }
        Err(self.compare_error(a, b))
    }

    /// A string of `bytes`; may collect in an emergency only.
    pub(crate) fn new_string(&mut self, bytes: &[u8]) -> Result<RawValue> {
        match self.heap.string(bytes) {
            Ok(v) => Ok(v),
            // SAFETY: nothing is held but the bytes, which are not the heap's
            // or belong to a rooted string.
            Err(_) => unsafe { self.retry_allocation(&[], |state| state.heap.string(bytes)) },
        }
    }

    /// [`new_string`](Self::new_string) of bytes that probably come again from the
    /// same place.
    #[inline]
    pub(crate) fn known_string(&mut self, bytes: &[u8]) -> Result<RawValue> {
        if bytes.len() <= crate::object::MAX_SHORT
            && let Some(string) = self.heap.known_string(bytes)
        {
            return Ok(RawValue::pointer(tag::SHORT_STRING, string));
        }
        self.new_string(bytes)
    }

    /// Collects everything and tries an allocation that failed once more.
    ///
    /// # Safety
    /// The thread's `top` covers all live slots; `keep` lists what else must
    /// survive.
    #[cold]
    #[inline(never)]
    pub(crate) unsafe fn retry_allocation<T>(
        &mut self,
        keep: &[RawValue],
        f: impl FnOnce(&mut State) -> std::result::Result<T, crate::heap::AllocError>,
    ) -> Result<T> {
        let th = self.current;
        let top = (*th).top;
        let extent = crate::call::frame_extent(th);
        // At most EXTRA_STACK values, above everything live.
        for (i, &v) in keep.iter().enumerate() {
            *extent.add(i) = v;
        }
        (*th).top = extent.add(keep.len());
        crate::heap::full(self, true);
        (*th).top = top;
        self.heap.set_retrying(true);
        let result = f(self);
        self.heap.set_retrying(false);
        Ok(result?)
    }

    /// The steps that call a metamethod for the running instruction.
    ///
    /// # Safety
    /// The current frame is a Lua function's, its pc up to date.
    pub(crate) unsafe fn call_for_instruction(
        &mut self,
        handler: RawValue,
        arguments: &[RawValue],
        context: u32,
    ) -> Step {
        let th = self.current;
        let base = (*th).base;
        let i = *(*th).pc.sub(1);
        let mut slot = base.add((*prototype_at(base)).max_stack_size as usize);
        if is_open_return(i) {
            slot = (*th).top;
        }
        set_info(slot, slot.add(2).offset_from(base) as u32, context);
        *slot.add(1) = handler;
        for (n, &v) in arguments.iter().enumerate() {
            *slot.add(2 + n) = self.visible(v);
        }
        (*th).top = slot.add(2 + arguments.len());
        let word = make_link(0, kind::META, (*th).pc as u64);
        Step::Call { function: slot.add(1), nargs: arguments.len(), word }
    }

    /// `R[a] .. … .. R[a+n-1]` of the running instruction, as far as it goes
    /// without a metamethod.
    ///
    /// # Safety
    /// As `call_for_instruction`.
    pub(crate) unsafe fn concat_registers(&mut self, a: usize, mut n: usize) -> Step {
        while n > 1 {
            let base = (*self.current).base;
            let right = base.add(a + n - 1);
            match self.concat_run(right, n) {
                Ok(0) => {
                    let (x, y) = (*right.sub(1), *right);
                    let h = self.binary_metamethod(Event::Concat, x, y);
                    if h.is_nil() {
                        let register = (a + n - 2) as u8;
                        return Step::Flow(self.concat_error(x, y, register).into());
                    }
                    return self.call_for_instruction(h, &[x, y], n as u32);
                }
                Ok(done) => n -= done - 1,
                Err(e) => return Step::Flow(e.into()),
            }
        }
        Step::Flow(Flow::Refresh)
    }

    /// Concatenates as many of the values ending at `right` (at most `n`) as are
    /// strings or numbers, into the lowest of them; 0 if fewer than two are.
    ///
    /// # Safety
    /// The slots are live.
    pub(crate) unsafe fn concat_run(&mut self, right: *mut RawValue, n: usize) -> Result<usize> {
        let form = self.float_form();
        let mut scratch = [const { std::mem::MaybeUninit::<[u8; 64]>::uninit() }; 8];
        let mut free = scratch.iter_mut();
        let mut pieces: [&[u8]; 32] = [&[]; 32];
        let mut total = 0usize;
        let mut count = 0;
        while count < n && count < pieces.len() {
            let v = *right.sub(count);
            let bytes: &[u8] = if v.is_string() {
                StringObject::bytes(v.as_string())
            } else if v.is_number()
                && let Some(buffer) = free.next()
            {
                format_number(v, buffer.write([0; 64]), form)
            } else {
                break;
            };
            total += bytes.len();
            pieces[count] = bytes;
            count += 1;
        }
        if count < 2 {
            return Ok(0);
        }
        let to = right.sub(count - 1);
        let value = if total <= crate::object::MAX_SHORT {
            let mut buffer = [0u8; crate::object::MAX_SHORT];
            let mut at = 0;
            for piece in pieces[..count].iter().rev() {
                buffer[at..at + piece.len()].copy_from_slice(piece);
                at += piece.len();
            }
            self.new_string(&buffer[..total])?
        } else {
            let s = match self.heap.long_string_uninit(total) {
                Ok(s) => s,
                Err(_) => {
                    self.retry_allocation(&[], |state| state.heap.long_string_uninit(total))?
                }
            };
            let mut at = s.add(1) as *mut u8;
            for piece in pieces[..count].iter().rev() {
                std::ptr::copy_nonoverlapping(piece.as_ptr(), at, piece.len());
                at = at.add(piece.len());
            }
            RawValue::pointer(tag::LONG_STRING, s)
        };
        *to = value;
        Ok(count)
    }
}

/// The result of a comparison.
pub(crate) enum Comparison {
    Known(bool),
    /// The metamethod decides.
    Call(RawValue),
    /// The metamethod, called with the operands exchanged, decides the opposite.
    CallNegated(RawValue),
}

/// The order of two strings, byte by byte.
///
/// # Safety
/// Both are live.
pub(crate) unsafe fn compare_strings(
    a: *const StringObject,
    b: *const StringObject,
) -> std::cmp::Ordering {
    StringObject::bytes(a).cmp(StringObject::bytes(b))
}

/// A number as `tostring` writes it.
pub(crate) fn format_number(v: RawValue, buffer: &mut [u8; 64], form: FloatForm) -> &[u8] {
    if v.tag == tag::INTEGER {
        number::format_integer(v.as_integer(), buffer)
    } else {
        number::format_float_in(v.as_float(), buffer, form)
    }
}

/// The event of a comparison instruction and whether it jumps when true.
pub(crate) fn comparison_of(op: Op) -> Option<(Event, bool)> {
    use Op::*;
    Some(match op {
        Eq => (Event::Eq, true),
        NotEq => (Event::Eq, false),
        Lt | LtI | GtI => (Event::Lt, true),
        NotLt | NotLtI | NotGtI => (Event::Lt, false),
        Le | LeI | GeI => (Event::Le, true),
        NotLe | NotLeI | NotGeI => (Event::Le, false),
        _ => return None,
    })
}

/// [`drive`](crate::call::drive) for the call of a metamethod, which most often is a Lua function.
///
/// # Safety
/// As for `drive`.
#[inline]
pub(crate) unsafe fn drive_metamethod(state: &mut State, step: Step) -> Flow {
    if let Step::Call { function, nargs, word } = step
        && (*function).tag == tag::LUA_CLOSURE
        && crate::call::enter_small(state.current, function, nargs, word)
    {
        return Flow::Refresh;
    }
    crate::call::drive(state, step)
}

/// A metamethod's frame, whose function slot is `function`, returns: the instruction
/// that called it is completed.
///
/// # Safety
/// The frame is the current one and of that kind; its `n` results lie from `first`
/// on.
#[inline]
pub(crate) unsafe fn return_to_instruction(
    state: &mut State,
    function: *mut RawValue,
    first: *mut RawValue,
    n: usize,
) -> Step {
    let result = if n > 0 { *first } else { RawValue::NIL };
    let slot = function.sub(1);
    let (distance, context) = crate::frame::info(slot);
    let pc = crate::frame::link_pc(crate::frame::link_word(function));
    crate::call::resume_lua(state.current, function.add(1).sub(distance as usize), pc);
    if context == crate::coroutine::YIELDED {
        return crate::coroutine::go_on_at_instruction(state, slot);
    }
    finish_instruction(state, result, context, slot)
}

/// Completes an instruction whose metamethod has returned `result`.
///
/// # Safety
/// The current frame and pc are the instruction's; `slot` is the information
/// slot of the call.
pub(crate) unsafe fn finish_instruction(
    state: &mut State,
    result: RawValue,
    context: u32,
    slot: *mut RawValue,
) -> Step {
    let th = state.current;
    let i: Instruction = *(*th).pc.sub(1);
    let Some(op) = i.op() else { return Step::Flow(Flow::Refresh) };
    let a = (*th).base.add(i.a() as usize);
    match op {
        Op::SetTabUp
        | Op::SetTabUpK
        | Op::SetTable
        | Op::SetTableK
        | Op::SetTableFloat
        | Op::SetTableFloatK
        | Op::SetIndexFloat
        | Op::SetIndexFloatK
        | Op::SetIndex
        | Op::SetIndexK
        | Op::SetField
        | Op::SetFieldK => {}
        Op::Close | Op::Return | Op::TailCall => {
            // The instruction runs again, for the next variable.
            (*th).pc = (*th).pc.sub(1);
            (*th).hooks.again = (*th).hooks.active;
            (*th).top = slot;
        }
        Op::Concat => {
            let n = context as usize;
            *a.add(n - 2) = result;
            return state.concat_registers(i.a() as usize, n - 1);
        }
        _ => match comparison_of(op) {
            Some((_, sense)) => {
                let truth = !result.is_false() ^ (context == 1);
                if truth == sense {
                    (*th).pc = (*th).pc.offset(i.j() as isize);
                }
            }
            None => *a = result,
        },
    }
    Step::Flow(Flow::Refresh)
}

/// The object header of a collectable value's store target, for barriers.
#[inline(always)]
pub(crate) fn header<T>(object: *mut T) -> *mut Header {
    object as *mut Header
}
