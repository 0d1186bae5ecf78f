//! The slots of a frame: how many there are, and moving them about.
//!
//! # Safety
//!
//! Slots between a frame's base and top are live, and `EXTRA_STACK` slots exist
//! above `stack_last`.

use crate::call::ensure_stack;
use crate::error::Result;
use crate::object::Thread;
use crate::state::State;
use crate::value::RawValue;

impl State {
    /// The number of slots of the frame: at first, that of arguments.
    ///
    /// ```
    /// # use perilune::native::{self, Return, State};
    /// fn count(state: &mut State) -> native::Result<Return> {
    ///     state.ret(state.top())
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("count", lua.create_native_function(count)?)?;
    /// assert_eq!(lua.load("count('a', nil, nil)").eval::<usize>()?, 3);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn top(&self) -> usize {
        // SAFETY: both lie in the same stack.
        unsafe { (*self.current).top.offset_from((*self.current).base) as usize }
    }

    /// The positive form of an index: it means the same slot when more is pushed.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push("a")?;
    /// state.push("b")?;
    /// let last = state.abs_index(-1);
    /// assert_eq!(last, 2);
    /// state.push("c")?;
    /// assert_eq!(state.bytes(last), Some(&b"b"[..]));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn abs_index(&self, index: i32) -> i32 {
        if index >= 0 { index } else { self.top() as i32 + index + 1 }
    }

    /// Sets the number of slots; new ones are nil. Beyond the stack's limit it
    /// does nothing.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push("a")?;
    /// state.set_top(3);
    /// assert!(state.is_nil(3));
    /// state.set_top(1);
    /// assert_eq!((state.top(), state.bytes(1)), (1, Some(&b"a"[..])));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
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
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push("a")?;
    /// state.push("b")?;
    /// state.pop(1);
    /// assert_eq!((state.top(), state.bytes(-1)), (1, Some(&b"a"[..])));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn pop(&mut self, n: usize) {
        let n = n.min(self.top());
        // SAFETY: not below the base.
        unsafe { (*self.current).top = (*self.current).top.sub(n) }
    }

    /// Makes room for `n` more values; answers false if there can't be so many.
    ///
    /// There is no need to ask before each push: it makes room by itself.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// assert!(state.check_stack(10_000));
    /// assert!(!state.check_stack(usize::MAX));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
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
    /// ```
    /// # use perilune::native::{self, Return, State};
    /// fn burst(state: &mut State) -> native::Result<Return> {
    ///     let n = usize::try_from(state.check_integer(1)?).unwrap_or(0);
    ///     state.ensure_stack(n, "too many results")?;
    ///     for i in 0..n {
    ///         state.push(i)?;
    ///     }
    ///     Ok(Return::values(n))
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("burst", lua.create_native_function(burst)?)?;
    /// assert_eq!(lua.load("select('#', burst(100))").eval::<usize>()?, 100);
    /// let error = lua.load("burst(1 << 40)").exec().unwrap_err().to_string();
    /// assert!(error.contains("stack overflow (too many results)"));
    /// # Ok::<(), perilune::Error>(())
    /// ```
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
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push("a")?;
    /// state.push_value(1)?;
    /// assert_eq!((state.top(), state.bytes(2)), (2, Some(&b"a"[..])));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the stack can't grow.
    #[inline]
    pub fn push_value(&mut self, index: i32) -> Result<()> {
        self.push_raw(self.raw(index))
    }

    /// Copies a value into another slot; pushes and pops nothing.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push("new")?;
    /// state.push("old")?;
    /// state.copy(1, 2);
    /// assert_eq!((state.top(), state.bytes(2)), (2, Some(&b"new"[..])));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn copy(&mut self, from: i32, to: i32) {
        let slot = self.slot(to);
        if !slot.is_null() {
            let v = self.raw(from);
            // SAFETY: the slot is live.
            unsafe { *slot = v }
        }
    }

    /// Rotates the slots from `index` to the top by `n` towards the top, or by `-n`
    /// away from it.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// for n in [1, 2, 3, 4] {
    ///     state.push(n)?;
    /// }
    /// state.rotate(2, 1);
    /// let now: Vec<_> = (1..=4).map(|i| state.to_integer(i).unwrap()).collect();
    /// assert_eq!(now, [1, 4, 2, 3]);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
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

    /// Moves the top value to `index`, shifting the others up: their number stays.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push("x")?;
    /// state.push("y")?;
    /// state.push("function")?;
    /// state.insert(1);
    /// assert_eq!(state.bytes(1), Some(&b"function"[..]));
    /// assert_eq!(state.bytes(3), Some(&b"y"[..]));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn insert(&mut self, index: i32) {
        self.rotate(index, 1);
    }

    /// Removes the value at `index`, shifting the others down.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push("a")?;
    /// state.push("b")?;
    /// state.remove(1);
    /// assert_eq!((state.top(), state.bytes(1)), (1, Some(&b"b"[..])));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn remove(&mut self, index: i32) {
        if !self.slot(index).is_null() {
            self.rotate(index, -1);
            self.pop(1);
        }
    }

    /// Pops the top value into the slot at `index`.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push("old")?;
    /// state.push("between")?;
    /// state.push("new")?;
    /// state.replace(1);
    /// assert_eq!((state.top(), state.bytes(1)), (2, Some(&b"new"[..])));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn replace(&mut self, index: i32) {
        let index = self.abs_index(index);
        self.copy(-1, index);
        self.pop(1);
    }
}
