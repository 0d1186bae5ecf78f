//! Closures of native functions, and what they close over.

use crate::error::Result;
use crate::object::NativeClosure;
use crate::state::{NativeFn, State};
use crate::value::{RawValue, tag};

impl State {
    /// Pushes a closure over the topmost `n` values (at most 255), which are
    /// popped.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::{self, Return, State};
    ///
    /// fn add(state: &mut State) -> native::Result<Return> {
    ///     let sum = state.check_integer(1)? + state.upvalue_integer(1);
    ///     state.ret(sum)
    /// }
    ///
    /// state.push(10)?;
    /// state.push_closure(add, 1)?;
    /// state.push(5)?;
    /// state.call(1, Some(1))?;
    /// assert_eq!(state.to_integer(-1), Some(15));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    pub fn push_closure(&mut self, f: NativeFn, n: usize) -> Result<()> {
        let n = n.min(255).min(self.top());
        if n == 0 {
            return self.push(f);
        }
        // SAFETY: so many values are there; the closure is complete.
        unsafe {
            let c = self.new_closure(f, n, 0)?;
            self.pop(n);
            self.push_raw(RawValue::pointer(tag::NATIVE_CLOSURE, c))?;
        }
        self.collect_if_due()
    }

    /// A closure of `f` with the topmost `n` values as its upvalues, and room for
    /// `more` behind them.
    ///
    /// # Safety
    /// There are so many values, at most 255. The closure is pushed before anything is
    /// collected; one that owns something has it by then.
    pub(crate) unsafe fn new_closure(
        &mut self,
        f: NativeFn,
        n: usize,
        more: usize,
    ) -> Result<*mut NativeClosure> {
        let size = size_of::<NativeClosure>() + (n + more) * size_of::<RawValue>();
        // SAFETY: the memory is that of a closure with so many upvalues.
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
            Ok(c)
        }
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
    /// It is nil if there is none.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::{self, Return, State};
    ///
    /// fn prefix(state: &mut State) -> native::Result<Return> {
    ///     state.push_upvalue(1)?;
    ///     state.push_value(1)?;
    ///     state.concat(2)?;
    ///     Ok(Return::values(1))
    /// }
    ///
    /// state.push("Dr. ")?;
    /// state.push_closure(prefix, 1)?;
    /// state.push("No")?;
    /// state.call(1, Some(1))?;
    /// assert_eq!(state.bytes(-1), Some(&b"Dr. No"[..]));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the stack can't grow.
    pub fn push_upvalue(&mut self, n: usize) -> Result<()> {
        self.push_raw(self.native_upvalue_value(n))
    }

    /// The number of upvalues of the running native function.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::{self, Return, State};
    ///
    /// fn count(state: &mut State) -> native::Result<Return> {
    ///     state.ret(state.upvalue_count())
    /// }
    ///
    /// state.push("a")?;
    /// state.push("b")?;
    /// state.push_closure(count, 2)?;
    /// state.call(0, Some(1))?;
    /// assert_eq!(state.to_integer(-1), Some(2));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
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
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::{self, Return, State};
    ///
    /// /// Answers what it was called with last time.
    /// fn previous(state: &mut State) -> native::Result<Return> {
    ///     state.push_upvalue(1)?;
    ///     state.push_value(1)?;
    ///     state.set_upvalue_slot(1);
    ///     Ok(Return::values(1))
    /// }
    ///
    /// state.push("nothing")?;
    /// state.push_closure(previous, 1)?;
    /// for (argument, answer) in [("a", "nothing"), ("b", "a")] {
    ///     state.push_value(1)?;
    ///     state.push(argument)?;
    ///     state.call(1, Some(1))?;
    ///     assert_eq!(state.bytes(-1), Some(answer.as_bytes()));
    /// }
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
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
}
