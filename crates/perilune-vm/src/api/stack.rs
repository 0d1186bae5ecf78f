//! Reading slots, pushing values, moving them about.
//!
//! # Safety
//!
//! Slots between a frame's base and top are live, and `EXTRA_STACK` slots exist
//! above `stack_last`.

use crate::call::ensure_stack;
use crate::error::Result;
use crate::meta::format_number;
use crate::number::{self, FloatForm, Number, Rounding};
use crate::object::{NativeClosure, StringObject, Thread, ThreadStatus};
use crate::state::{NativeFn, Return, State};
use crate::table;
use crate::value::{RawValue, Type, tag};
use std::fmt::Write as _;

/// A value read from the state. It borrows the state: nothing that can
/// allocate, collect, call or yield is possible while it is held.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// `nil`, or no value
    Nil,
    /// a boolean
    Boolean(bool),
    /// an integer
    Integer(i64),
    /// a float
    Float(f64),
    /// a light userdata's address
    LightUserdata(usize),
    /// a string's bytes
    String(&'a [u8]),
    /// a table
    Table,
    /// a function
    Function,
    /// a userdata
    Userdata,
    /// a coroutine
    Thread,
}

/// What [`State::push`] accepts.
pub trait Push {
    /// Pushes the value.
    ///
    /// # Errors
    /// If memory runs out.
    fn push(self, state: &mut State) -> Result<()>;
}

macro_rules! push_as {
    ($($t:ty: $v:ident => $e:expr;)*) => { $(
        impl Push for $t {
            #[inline]
            fn push(self, state: &mut State) -> Result<()> {
                let $v = self;
                state.push_raw($e)
            }
        }
    )* };
}

push_as! {
    (): _v => RawValue::NIL;
    bool: v => RawValue::boolean(v);
    f64: v => RawValue::float(v);
    NativeFn: v => RawValue::light_native(v);
}

macro_rules! push_as_integer {
    ($($t:ty)*) => { $(
        impl Push for $t {
            #[inline]
            fn push(self, state: &mut State) -> Result<()> {
                state.push_raw(state.integer_value(self as i64))
            }
        }
    )* };
}

push_as_integer! { i32 u32 i64 usize }

impl Push for Number {
    #[inline]
    fn push(self, state: &mut State) -> Result<()> {
        state.push_raw(state.number_value(self))
    }
}

impl Push for &str {
    #[inline]
    fn push(self, state: &mut State) -> Result<()> {
        self.as_bytes().push(state)
    }
}

impl Push for &Vec<u8> {
    fn push(self, state: &mut State) -> Result<()> {
        self.as_slice().push(state)
    }
}

impl Push for &[u8] {
    #[inline]
    fn push(self, state: &mut State) -> Result<()> {
        let v = state.new_string(self)?;
        state.push_raw(v)?;
        state.collect_if_due()
    }
}

impl State {
    /// An integer as scripts see it: a float where all numbers are floats.
    #[inline(always)]
    pub(crate) fn integer_value(&self, i: i64) -> RawValue {
        if self.float_only { RawValue::float(i as f64) } else { RawValue::integer(i) }
    }

    /// A number as scripts see it.
    #[inline]
    pub(crate) fn number_value(&self, n: Number) -> RawValue {
        match n {
            Number::Integer(i) => self.integer_value(i),
            Number::Float(n) => RawValue::float(n),
        }
    }

    /// A value of the machine, such as a key of a table, as scripts see it.
    #[inline(always)]
    pub(crate) fn visible(&self, v: RawValue) -> RawValue {
        if v.tag == tag::INTEGER { self.integer_value(v.as_integer()) } else { v }
    }

    /// Pushes a value.
    #[inline(always)]
    pub(crate) fn push_raw(&mut self, v: RawValue) -> Result<()> {
        // SAFETY: the slot at the top exists once the stack has room for it.
        unsafe {
            let th = self.current;
            if (*th).top >= (*th).stack_last {
                self.push_slow(v)?;
                return Ok(());
            }
            *(*th).top = v;
            (*th).top = (*th).top.add(1);
        }
        Ok(())
    }

    #[cold]
    #[inline(never)]
    unsafe fn push_slow(&mut self, v: RawValue) -> Result<()> {
        let th = self.current;
        // The slots above `stack_last` always exist: the value is safe there
        // while the stack grows.
        *(*th).top = v;
        (*th).top = (*th).top.add(1);
        let result = ensure_stack(self, th, 1);
        if result.is_err() {
            (*th).top = (*th).top.sub(1);
        }
        result
    }

    /// The number of slots of the frame: at first, that of arguments.
    #[inline]
    pub fn top(&self) -> usize {
        // SAFETY: both lie in the same stack.
        unsafe { (*self.current).top.offset_from((*self.current).base) as usize }
    }

    /// The positive form of an index.
    pub fn abs_index(&self, index: i32) -> i32 {
        if index >= 0 { index } else { self.top() as i32 + index + 1 }
    }

    /// Sets the number of slots; new ones are nil. Beyond the stack's limit it
    /// does nothing.
    pub fn set_top(&mut self, top: usize) {
        let now = self.top();
        if top > now && !self.check_stack(top - now) {
            return;
        }
        // SAFETY: there is room; slots above the old top are overwritten.
        unsafe {
            let th = self.current;
            for i in now..top {
                *(*th).base.add(i) = RawValue::NIL;
            }
            (*th).top = (*th).base.add(top);
        }
    }

    /// Where the top is, for [`cut_stack`](Self::cut_stack).
    #[inline(always)]
    pub(crate) fn stack_mark(&self) -> usize {
        // SAFETY: the top lies in the current thread's stack.
        unsafe { Thread::offset_of(self.current, (*self.current).top) }
    }

    /// Drops what lies above a level of the current thread's stack.
    #[inline(always)]
    pub(crate) fn cut_stack(&mut self, level: usize) {
        // SAFETY: the level was the top before, in the same frame.
        unsafe {
            let th = self.current;
            if Thread::offset_of(th, (*th).top) > level {
                (*th).top = (*th).stack.add(level);
            }
        }
    }

    /// Removes the topmost `n` values (all, if there are fewer).
    #[inline]
    pub fn pop(&mut self, n: usize) {
        let n = n.min(self.top());
        // SAFETY: not below the base.
        unsafe { (*self.current).top = (*self.current).top.sub(n) }
    }

    /// Whether `n` more values fit; makes room for them.
    pub fn check_stack(&mut self, n: usize) -> bool {
        // SAFETY: a native frame's top covers what is live.
        unsafe {
            let th = self.current;
            let used = Thread::offset_of(th, (*th).top);
            if n > crate::frame::MAX_STACK
                || used + n > crate::frame::MAX_STACK
                || self.top() + n > self.dialect.native_stack_slots
            {
                return false;
            }
            match ensure_stack(self, th, n) {
                Ok(()) => true,
                Err(e) => {
                    let _ = self.take_error(e);
                    false
                }
            }
        }
    }

    /// Makes room for `n` more values.
    ///
    /// # Errors
    /// "stack overflow (message)"
    pub fn ensure_stack(&mut self, n: usize, message: &str) -> Result<()> {
        if self.check_stack(n) {
            return Ok(());
        }
        if message.is_empty() {
            return Err(self.error(format_args!("stack overflow")));
        }
        Err(self.error(format_args!("stack overflow ({message})")))
    }

    /// Pushes a copy of a slot's value.
    ///
    /// # Errors
    /// If the stack can't grow.
    #[inline]
    pub fn push_value(&mut self, index: i32) -> Result<()> {
        self.push_raw(self.raw(index))
    }

    /// Copies a value into another slot.
    pub fn copy(&mut self, from: i32, to: i32) {
        let slot = self.slot(to);
        if !slot.is_null() {
            let v = self.raw(from);
            // SAFETY: the slot is live.
            unsafe { *slot = v }
        }
    }

    /// Rotates the slots from `index` to the top by `n` towards the top.
    pub fn rotate(&mut self, index: i32, n: i32) {
        let first = self.slot(index);
        if first.is_null() {
            return;
        }
        // SAFETY: all slots from `first` to the top are live.
        unsafe {
            let len = (*self.current).top.offset_from(first) as usize;
            let slots = std::slice::from_raw_parts_mut(first as *mut u128, len);
            let n = n.rem_euclid(len as i32) as usize;
            slots.rotate_right(n);
        }
    }

    /// Moves the top value to `index`, shifting the others up.
    pub fn insert(&mut self, index: i32) {
        self.rotate(index, 1);
    }

    /// Removes the value at `index`, shifting the others down.
    pub fn remove(&mut self, index: i32) {
        if !self.slot(index).is_null() {
            self.rotate(index, -1);
            self.pop(1);
        }
    }

    /// Pops the top value into the slot at `index`.
    pub fn replace(&mut self, index: i32) {
        let index = self.abs_index(index);
        self.copy(-1, index);
        self.pop(1);
    }

    /// Pushes a value.
    ///
    /// # Errors
    /// If memory or the stack runs out.
    #[inline]
    pub fn push<T: Push>(&mut self, value: T) -> Result<()> {
        value.push(self)
    }

    /// Pushes a value as the only result.
    ///
    /// # Errors
    /// If memory or the stack runs out.
    #[inline]
    pub fn ret<T: Push>(&mut self, value: T) -> Result<Return> {
        value.push(self)?;
        Ok(Return::values(1))
    }

    /// Pushes the bytes `start..end` of the string at `index` (clamped to it).
    ///
    /// # Errors
    /// If memory runs out.
    pub fn push_substring(&mut self, index: i32, start: usize, end: usize) -> Result<()> {
        let v = self.raw(index);
        self.push_part_of(v, start, end)
    }

    pub(crate) fn push_part_of(&mut self, v: RawValue, start: usize, end: usize) -> Result<()> {
        if !v.is_string() {
            return self.push_raw(RawValue::NIL);
        }
        // SAFETY: the string is in a slot or an upvalue of the running function
        // and so stays alive even through an emergency collection.
        let bytes = unsafe { StringObject::bytes(v.as_string()) };
        if start == 0 && end >= bytes.len() {
            return self.push_raw(v);
        }
        let end = end.min(bytes.len());
        self.push(&bytes[start.min(end)..end])
    }

    /// Pushes formatted text.
    ///
    /// # Errors
    /// If memory runs out.
    pub fn push_fmt(&mut self, args: std::fmt::Arguments<'_>) -> Result<()> {
        if let Some(s) = args.as_str() {
            return self.push(s);
        }
        let mut buffer = self.take_buffer();
        if buffer.write_fmt(args).is_err() {
            return Err(crate::error::Error::memory());
        }
        self.push_buffer(buffer)
    }

    /// Pushes a light userdata.
    ///
    /// # Errors
    /// If the stack can't grow.
    pub fn push_light_userdata(&mut self, address: usize) -> Result<()> {
        self.push_raw(RawValue::light_userdata(address))
    }

    /// Pushes a closure over the topmost `n` values (at most 255), which are
    /// popped.
    ///
    /// # Errors
    /// If memory runs out.
    pub fn push_closure(&mut self, f: NativeFn, n: usize) -> Result<()> {
        let n = n.min(255).min(self.top());
        if n == 0 {
            return self.push(f);
        }
        let size = size_of::<NativeClosure>() + n * size_of::<RawValue>();
        // SAFETY: the closure is complete before it is pushed.
        unsafe {
            let c = match self.heap.alloc(size, tag::NATIVE_CLOSURE) {
                Ok(c) => c,
                Err(_) => {
                    self.retry_allocation(&[], |s| s.heap.alloc(size, tag::NATIVE_CLOSURE))?
                }
            } as *mut NativeClosure;
            (*c).function = f;
            (*c).header.extra = n as u8;
            let first = (*self.current).top.sub(n);
            let upvalues = NativeClosure::upvalues(c);
            for i in 0..n {
                *upvalues.add(i) = *first.add(i);
            }
            self.pop(n);
            self.push_raw(RawValue::pointer(tag::NATIVE_CLOSURE, c))?;
        }
        self.collect_if_due()
    }

    /// The slot of upvalue `n` of the running native function, or null.
    pub(crate) fn native_upvalue(&self, n: usize) -> *mut RawValue {
        // SAFETY: the function slot is below the base; the closure is live.
        unsafe {
            let f = *(*self.current).base.sub(1);
            if f.tag == tag::NATIVE_CLOSURE {
                let c = f.as_native_closure();
                if n >= 1 && n <= (*c).header.extra as usize {
                    return NativeClosure::upvalues(c).add(n - 1);
                }
            }
        }
        std::ptr::null_mut()
    }

    pub(crate) fn native_upvalue_value(&self, n: usize) -> RawValue {
        let slot = self.native_upvalue(n);
        // SAFETY: not null = a live closure's upvalue.
        if slot.is_null() { RawValue::NIL } else { unsafe { *slot } }
    }

    /// Pushes upvalue `n` (from 1) of the running native function.
    ///
    /// # Errors
    /// If the stack can't grow.
    pub fn push_upvalue(&mut self, n: usize) -> Result<()> {
        self.push_raw(self.native_upvalue_value(n))
    }

    /// The number of upvalues of the running native function.
    pub fn upvalue_count(&self) -> usize {
        // SAFETY: the function slot is below the base; the closure is live.
        unsafe {
            let f = *(*self.current).base.sub(1);
            match f.tag {
                tag::NATIVE_CLOSURE => (*f.as_native_closure()).header.extra as usize,
                _ => 0,
            }
        }
    }

    /// Pops a value into upvalue `n` (from 1) of the running native function.
    pub fn set_upvalue_slot(&mut self, n: usize) {
        let slot = self.native_upvalue(n);
        if !slot.is_null() {
            let v = self.raw(-1);
            // SAFETY: the closure is live; the barrier tells the collector.
            unsafe {
                *slot = v;
                let f = *(*self.current).base.sub(1);
                self.heap.barrier_value(f.as_header(), v);
            }
        }
        self.pop(1);
    }

    /// Pushes the main thread.
    ///
    /// # Errors
    /// If the stack can't grow.
    pub fn push_main_thread(&mut self) -> Result<()> {
        self.push_raw(RawValue::pointer(tag::THREAD, self.main))
    }

    /// Pushes the running thread.
    ///
    /// # Errors
    /// If the stack can't grow.
    pub fn push_running_thread(&mut self) -> Result<()> {
        self.push_raw(RawValue::pointer(tag::THREAD, self.current))
    }

    /// The type of a slot's value; `None` = no such slot.
    #[inline]
    pub fn type_of(&self, index: i32) -> Option<Type> {
        let slot = self.slot(index);
        // SAFETY: not null = live.
        (!slot.is_null()).then(|| unsafe { (*slot).type_of() })
    }

    /// Whether there is no such slot.
    pub fn is_none(&self, index: i32) -> bool {
        self.slot(index).is_null()
    }

    /// Whether the value is nil.
    pub fn is_nil(&self, index: i32) -> bool {
        self.type_of(index) == Some(Type::Nil)
    }

    /// Whether the value is nil or absent.
    #[inline]
    pub fn is_none_or_nil(&self, index: i32) -> bool {
        self.raw(index).is_nil()
    }

    /// Whether the value is an integer.
    pub fn is_integer(&self, index: i32) -> bool {
        self.raw(index).tag == tag::INTEGER
    }

    /// Whether the value is a table.
    #[inline]
    pub fn is_table(&self, index: i32) -> bool {
        self.raw(index).is_table()
    }

    /// Whether the value is a function.
    pub fn is_function(&self, index: i32) -> bool {
        self.raw(index).is_function()
    }

    /// Whether the value is a native function.
    pub fn is_native_function(&self, index: i32) -> bool {
        let v = self.raw(index);
        v.is_function() && v.tag != tag::LUA_CLOSURE
    }

    /// Whether the value is a Lua function.
    pub fn is_lua_function(&self, index: i32) -> bool {
        self.raw(index).tag == tag::LUA_CLOSURE
    }

    /// Whether the value is a string or a number.
    pub fn is_string_like(&self, index: i32) -> bool {
        let v = self.raw(index);
        v.is_string() || v.is_number()
    }

    /// The value of a slot; `Nil` if there is none.
    #[inline]
    pub fn value(&self, index: i32) -> Value<'_> {
        self.view(self.raw(index))
    }

    #[inline]
    pub(crate) fn view(&self, v: RawValue) -> Value<'_> {
        match v.tag {
            tag::FALSE => Value::Boolean(false),
            tag::TRUE => Value::Boolean(true),
            tag::INTEGER => Value::Integer(v.as_integer()),
            tag::FLOAT => Value::Float(v.as_float()),
            tag::LIGHT_USERDATA => Value::LightUserdata(v.payload as usize),
            // SAFETY: the string lives while the state is borrowed.
            tag::SHORT_STRING | tag::LONG_STRING => {
                // SAFETY: the string lives while the state is borrowed.
                Value::String(unsafe { StringObject::bytes(v.as_string()) })
            }
            tag::TABLE => Value::Table,
            tag::LIGHT_NATIVE | tag::LUA_CLOSURE | tag::NATIVE_CLOSURE => Value::Function,
            tag::USERDATA => Value::Userdata,
            tag::THREAD => Value::Thread,
            _ => Value::Nil,
        }
    }

    /// The value as a condition: false for nil and false.
    #[inline]
    pub fn to_boolean(&self, index: i32) -> bool {
        !self.raw(index).is_false()
    }

    /// The value as an integer; numerals and integral floats are converted. Where
    /// all numbers are floats, a fraction is cut off.
    #[inline]
    pub fn to_integer(&self, index: i32) -> Option<i64> {
        let v = self.raw(index);
        if v.tag == tag::INTEGER {
            return Some(v.as_integer());
        }
        if self.float_only {
            return self.to_float(index).map(number::truncate);
        }
        // SAFETY: the value is in a slot.
        unsafe { number::to_integer(v, Rounding::Exact, self.dialect) }
    }

    /// The value as a float; numerals and integers are converted.
    #[inline]
    pub fn to_float(&self, index: i32) -> Option<f64> {
        let v = self.raw(index);
        if v.tag == tag::FLOAT {
            return Some(v.as_float());
        }
        // SAFETY: the value is in a slot.
        unsafe { number::to_float(v, self.dialect) }
    }

    /// The value as a number; numerals are converted.
    pub fn to_number(&self, index: i32) -> Option<Number> {
        // SAFETY: the value is in a slot.
        let v = unsafe { number::to_number(self.raw(index), self.dialect) }?;
        Some(if v.tag == tag::INTEGER {
            Number::Integer(v.as_integer())
        } else {
            Number::Float(v.as_float())
        })
    }

    /// The bytes of a string; numbers are not converted.
    #[inline]
    pub fn bytes(&self, index: i32) -> Option<&[u8]> {
        let v = self.raw(index);
        // SAFETY: the string lives while the state is borrowed.
        v.is_string().then(|| unsafe { StringObject::bytes(v.as_string()) })
    }

    /// An address that identifies the value; `None` for values without one.
    pub fn to_pointer(&self, index: i32) -> Option<usize> {
        let v = self.raw(index);
        match v.tag {
            tag::LIGHT_USERDATA | tag::LIGHT_NATIVE => Some(v.payload as usize),
            _ if v.is_collectable() => Some(v.payload as usize),
            _ => None,
        }
    }

    /// The name of the value's type, "no value" if there is no slot.
    pub fn type_name(&self, index: i32) -> &'static str {
        self.type_of(index).map_or("no value", Type::name)
    }

    /// The native function of a value; `None` for one that owns a Rust value, of
    /// which the function alone is of no use.
    pub fn to_native(&self, index: i32) -> Option<NativeFn> {
        let v = self.raw(index);
        match v.tag {
            // SAFETY: such a payload is a function pointer; such an object a
            // live native closure.
            tag::LIGHT_NATIVE => {
                // SAFETY: such a payload is a function pointer.
                Some(unsafe { std::mem::transmute::<usize, NativeFn>(v.payload as usize) })
            }
            // SAFETY: such an object is a live native closure.
            tag::NATIVE_CLOSURE => unsafe {
                let closure = v.as_native_closure();
                ((*closure).header.flags & crate::object::flag::OWNER == 0)
                    .then(|| (*closure).function)
            },
            _ => None,
        }
    }

    /// Raw equality of two slots' values.
    pub fn raw_equal(&self, a: i32, b: i32) -> bool {
        // SAFETY: both are in slots.
        unsafe { table::raw_equal(self.raw(a), self.raw(b)) }
    }

    /// Raw length of a string or table, else 0.
    pub fn raw_len(&self, index: i32) -> u64 {
        let v = self.raw(index);
        // SAFETY: the value is in a slot.
        unsafe {
            match v.tag {
                tag::SHORT_STRING | tag::LONG_STRING => (*v.as_string()).len as u64,
                tag::TABLE => table::length_mostly_hinted(v.as_table(), &self.heap),
                _ => 0,
            }
        }
    }

    /// Converts a number in place to a string; `None` if the value is neither.
    ///
    /// # Errors
    /// If memory runs out.
    pub(crate) fn convert_to_string(&mut self, index: i32) -> Result<bool> {
        let slot = self.slot(index);
        if slot.is_null() {
            return Ok(false);
        }
        // SAFETY: the slot is live; its offset is kept over the allocation.
        unsafe {
            if (*slot).is_string() {
                return Ok(true);
            }
            if !(*slot).is_number() {
                return Ok(false);
            }
            let mut buffer = [0; 64];
            let form = self.float_form();
            let v = self.new_string(format_number(*slot, &mut buffer, form))?;
            *slot = v;
        }
        Ok(true)
    }

    /// The bytes of a string or, converted in place, of a number.
    pub fn to_bytes(&mut self, index: i32) -> Option<&[u8]> {
        match self.convert_to_string(index) {
            Ok(true) => self.bytes(index),
            _ => None,
        }
    }

    /// Appends a string's bytes, or a number as `tostring` writes it; false for
    /// other values.
    ///
    /// # Errors
    /// If memory runs out.
    pub fn append_to(&mut self, index: i32, buffer: &mut super::Buffer) -> Result<bool> {
        let v = self.raw(index);
        if v.is_string() {
            // SAFETY: the string is in a slot and nothing is called.
            buffer.extend(unsafe { StringObject::bytes(v.as_string()) })?;
            return Ok(true);
        }
        if v.is_number() {
            let mut scratch = [0; 64];
            buffer.extend(format_number(v, &mut scratch, self.float_form()))?;
            return Ok(true);
        }
        Ok(false)
    }

    /// How the dialect writes floats.
    pub fn float_form(&self) -> FloatForm {
        FloatForm { suffix: self.dialect.float_suffix, round_trip: self.dialect.float_round_trip }
    }

    /// Whether the running thread is the main one.
    pub fn is_main_thread(&self) -> bool {
        std::ptr::eq(self.current, self.main)
    }

    /// Whether a thread can yield.
    pub fn is_yieldable(&self, thread: Option<i32>) -> bool {
        let th = self.thread_at(thread);
        // SAFETY: the thread is live.
        unsafe { !std::ptr::eq(th, self.main) && (*th).non_yieldable == 0 }
    }

    /// The state of the coroutine at an index.
    pub fn thread_state(&self, thread: i32) -> super::ThreadState {
        // SAFETY: the thread is live.
        unsafe { state_of(self.thread_at(Some(thread))) }
    }
}

/// What a thread is doing.
///
/// # Safety
/// It is live.
pub(crate) unsafe fn state_of(th: *const Thread) -> super::ThreadState {
    // SAFETY: a live thread has a stack that its top lies in.
    unsafe {
        match (*th).status {
            ThreadStatus::Running => super::ThreadState::Running,
            ThreadStatus::Normal => super::ThreadState::Normal,
            ThreadStatus::Suspended => super::ThreadState::Suspended,
            ThreadStatus::Fresh if (*th).top.offset_from((*th).stack) >= 2 => {
                super::ThreadState::Suspended
            }
            _ => super::ThreadState::Dead,
        }
    }
}
