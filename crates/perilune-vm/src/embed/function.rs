//! Native functions that own a Rust value.

use super::Payload;
use super::lock::MaybeSend;
use crate::error::Result;
use crate::object::{Header, NativeClosure, flag, native_role};
use crate::state::{NativeFn, Return, State};
use crate::value::{RawValue, tag};
use std::any::TypeId;

/// The Rust value of a native function, as its closure keeps it.
pub(crate) struct Owned {
    pub payload: Payload,
    /// The value's type.
    kind: TypeId,
    /// Where it lies.
    value: *const (),
}

/// Slots that it takes, out of the sight of the collector.
const OWNED_SLOTS: usize = size_of::<Owned>().div_ceil(size_of::<RawValue>());

/// A native function that owns a Rust value. Its data are found without a look at
/// their type, which is known: nothing else is ever pushed with the function.
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// use perilune::native::{self, OwningFunction, Return, State};
///
/// /// Greets with the words that it was made with.
/// struct Greet;
///
/// impl OwningFunction for Greet {
///     type Data = String;
///
///     fn call(state: &mut State, words: &String) -> native::Result<Return> {
///         let name = state.check_bytes(1)?.to_vec();
///         state.ret(&[words.as_bytes(), b", ", &name].concat())
///     }
/// }
///
/// state.push_owning::<Greet>("Good morning".into())?;
/// state.push("Ada")?;
/// state.call(1, Some(1))?;
/// assert_eq!(state.bytes(-1), Some(&b"Good morning, Ada"[..]));
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
pub trait OwningFunction {
    /// What it owns.
    type Data: 'static;

    /// The function, as a [`NativeFn`] but for its data.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::{self, OwningFunction, Return, State};
    ///
    /// struct Constant;
    ///
    /// impl OwningFunction for Constant {
    ///     type Data = i64;
    ///
    ///     fn call(state: &mut State, value: &i64) -> native::Result<Return> {
    ///         state.ret(*value)
    ///     }
    /// }
    ///
    /// assert_eq!(Constant::call(state, &7)?, Return::values(1));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// What it raises.
    fn call(state: &mut State, data: &Self::Data) -> Result<Return>;
}

fn call_owning<F: OwningFunction>(state: &mut State) -> Result<Return> {
    // SAFETY: nobody but `push_owning` and `push_send_owning` have this function,
    // and they push it with data of this type and no upvalues.
    // `State::to_native` gives the functions of those that own something to
    // nobody.
    unsafe {
        let mut result = Ok(Return::NONE);
        state.with_own_data(|state, data: &F::Data| result = F::call(state, data));
        result
    }
}

// Closures are aligned to 16 bytes, and so are their upvalues.
const _: () = assert!(align_of::<Owned>() <= 16 && size_of::<NativeClosure>() == 16);

impl State {
    /// Pushes a closure of `f` that owns `data`, over the topmost `n` values
    /// (at most 254), which are popped.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::{self, Payload, Return, State};
    ///
    /// fn pick(state: &mut State) -> native::Result<Return> {
    ///     let n = state.check_integer(1)? as usize;
    ///     let word = state.with_function_data(|_, words: &[&str; 2]| words.get(n).copied());
    ///     state.ret(word.flatten())
    /// }
    ///
    /// state.push_closure_with(pick, Payload::new(["zero", "one"]), 0)?;
    /// state.push(1)?;
    /// state.call(1, Some(1))?;
    /// assert_eq!(state.bytes(-1), Some(&b"one"[..]));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    pub fn push_closure_with(&mut self, f: NativeFn, data: Payload, n: usize) -> Result<()> {
        let n = n.min(254).min(self.top());
        let owned = Owned { kind: data.type_of(), value: data.address(), payload: data };
        // SAFETY: the closure is complete before it is owned and pushed.
        unsafe {
            let c = self.new_closure(f, n, OWNED_SLOTS)?;
            std::ptr::write(NativeClosure::data(c), owned);
            if let Err(e) = self.heap.own(c as *mut Header) {
                std::ptr::drop_in_place(NativeClosure::data(c));
                return Err(e.into());
            }
            self.heap.count_payload(&(*NativeClosure::data(c)).payload);
            self.pop(n);
            self.push_raw(RawValue::pointer(tag::NATIVE_CLOSURE, c))?;
        }
        self.collect_if_due()
    }

    /// Pushes a native function with its data.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::{self, OwningFunction, Return, State};
    ///
    /// struct Add;
    ///
    /// impl OwningFunction for Add {
    ///     type Data = i64;
    ///
    ///     fn call(state: &mut State, n: &i64) -> native::Result<Return> {
    ///         let sum = state.check_integer(1)?.wrapping_add(*n);
    ///         state.ret(sum)
    ///     }
    /// }
    ///
    /// state.push_owning::<Add>(10)?;
    /// state.push(5)?;
    /// state.call(1, Some(1))?;
    /// assert_eq!(state.to_integer(-1), Some(15));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    pub fn push_owning<F: OwningFunction>(&mut self, data: F::Data) -> Result<()>
    where
        F::Data: MaybeSend,
    {
        self.push_closure_with(call_owning::<F>, Payload::new(data), 0)
    }

    /// [`push_owning`](Self::push_owning) of data that do not bind the state to a
    /// thread.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::{self, OwningFunction, Return, State};
    ///
    /// struct Version;
    ///
    /// impl OwningFunction for Version {
    ///     type Data = (u32, u32);
    ///
    ///     fn call(state: &mut State, (major, minor): &(u32, u32)) -> native::Result<Return> {
    ///         state.push_fmt(format_args!("{major}.{minor}"))?;
    ///         Ok(Return::values(1))
    ///     }
    /// }
    ///
    /// state.push_send_owning::<Version>((2, 1))?;
    /// state.call(0, Some(1))?;
    /// assert_eq!(state.bytes(-1), Some(&b"2.1"[..]));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    pub fn push_send_owning<F: OwningFunction>(&mut self, data: F::Data) -> Result<()>
    where
        F::Data: Send,
    {
        self.push_closure_with(call_owning::<F>, Payload::new_send(data), 0)
    }

    /// Pushes a closure of `f` over the topmost two values, which are popped: it is
    /// to be `__index` or `__newindex` of userdata. The upper one is a table of
    /// members, in which the machine looks for names by itself: it calls those
    /// that [`mark_accessor`](Self::mark_accessor) marked, with the userdata (and
    /// the new value); others are what is read. If the lower one is a table, the
    /// machine reads what lies there, too. `f` is called for whatever is
    /// found in neither, and must answer the same if it is called for what is.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::{self, Payload, Return, State};
    ///
    /// fn member(state: &mut State) -> native::Result<Return> {
    ///     if state.push_upvalue_field(2, 2)? {
    ///         return Ok(Return::values(1));
    ///     }
    ///     state.ret("no such member")
    /// }
    ///
    /// state.load(b"local u = ... return u.kind .. ', ' .. u.size", b"=chunk", b"t")?;
    /// state.new_userdata(Payload::new(()), 0)?;
    /// state.new_table(0, 1)?;
    /// state.push(())?;
    /// state.new_table(0, 1)?;
    /// state.set_field_to(-1, "kind", "box")?;
    /// state.push_members_closure(member)?;
    /// state.raw_set_field(-2, "__index")?;
    /// state.set_metatable(-2)?;
    /// state.call(1, Some(1))?;
    /// assert_eq!(state.bytes(-1), Some(&b"box, no such member"[..]));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    pub fn push_members_closure(&mut self, f: NativeFn) -> Result<()> {
        if self.top() < 2 {
            return Err(self.error(format_args!("too few values on the stack for a closure")));
        }
        self.push_closure(f, 2)?;
        self.set_role(-1, native_role::MEMBERS);
        Ok(())
    }

    /// Makes the native function at an index one that is called to read or write
    /// a field: see [`push_members_closure`](Self::push_members_closure). Answers
    /// whether it is a closure.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::{self, NativeFn, Return, State};
    ///
    /// fn size(state: &mut State) -> native::Result<Return> {
    ///     state.ret(state.upvalue_integer(1))
    /// }
    ///
    /// state.push(3)?;
    /// state.push_closure(size, 1)?;
    /// assert!(state.mark_accessor(-1));
    /// state.push(size as NativeFn)?;
    /// assert!(!state.mark_accessor(-1), "that is no closure");
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn mark_accessor(&mut self, index: i32) -> bool {
        self.set_role(index, native_role::ACCESSOR)
    }

    /// Whether the value at an index is a function that
    /// [`mark_accessor`](Self::mark_accessor) marked.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::{self, Return, State};
    ///
    /// fn size(state: &mut State) -> native::Result<Return> {
    ///     state.ret(state.upvalue_integer(1))
    /// }
    ///
    /// state.push(3)?;
    /// state.push_closure(size, 1)?;
    /// assert!(!state.is_accessor(-1));
    /// state.mark_accessor(-1);
    /// assert!(state.is_accessor(-1));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn is_accessor(&self, index: i32) -> bool {
        let v = self.raw(index);
        // SAFETY: the value is in a slot, and the tag tells what it is.
        v.tag == tag::NATIVE_CLOSURE
            && unsafe { (*v.as_native_closure()).header.pad == native_role::ACCESSOR }
    }

    /// A function that has a role keeps it.
    fn set_role(&mut self, index: i32, role: u8) -> bool {
        let v = self.raw(index);
        if v.tag != tag::NATIVE_CLOSURE {
            return false;
        }
        // SAFETY: the closure is in a slot. Only one that was made with two
        // upvalues gets the role that asks for them.
        unsafe {
            let closure = v.as_native_closure();
            if (*closure).header.pad == 0 {
                (*closure).header.pad = role;
            }
            (*closure).header.pad == role
        }
    }

    /// Runs `f` with the value that the running native function owns; `None` if
    /// it owns none of type `T`.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::{self, Lock, Payload, Return, State};
    ///
    /// fn count(state: &mut State) -> native::Result<Return> {
    ///     let n = state.with_function_data(|_, calls: &Lock<i64>| {
    ///         let mut calls = calls.borrow_mut();
    ///         *calls += 1;
    ///         *calls
    ///     });
    ///     state.ret(n)
    /// }
    ///
    /// state.push_closure_with(count, Payload::new(Lock::new(0_i64)), 0)?;
    /// for expected in 1..=2 {
    ///     state.push_value(1)?;
    ///     state.call(0, Some(1))?;
    ///     assert_eq!(state.to_integer(-1), Some(expected));
    /// }
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline(always)]
    pub fn with_function_data<T: 'static, R>(
        &mut self,
        f: impl FnOnce(&mut State, &T) -> R,
    ) -> Option<R> {
        // SAFETY: the slot below the base holds the running function as long as
        // its frame exists, which is longer than `f` runs; so the value lives,
        // and nobody changes it: it is dropped with the function.
        unsafe {
            let function = *(*self.current).base.sub(1);
            let owned = data_of(function)?;
            if owned.kind != TypeId::of::<T>() {
                return None;
            }
            Some(f(self, &*owned.value.cast::<T>()))
        }
    }

    /// [`with_function_data`](Self::with_function_data), of a type that is known.
    ///
    /// # Safety
    /// The running native function has no upvalues; if it owns something, it is a
    /// `T`.
    #[inline(always)]
    unsafe fn with_own_data<T, R>(&mut self, f: impl FnOnce(&mut State, &T) -> R) -> Option<R> {
        // SAFETY: as in `with_function_data`; the type is known by contract.
        unsafe {
            let closure = (*(*self.current).base.sub(1)).as_native_closure();
            if (*closure).header.flags & flag::OWNER == 0 {
                return None;
            }
            let owned = NativeClosure::upvalues(closure).cast::<Owned>();
            Some(f(self, &*(*owned).value.cast::<T>()))
        }
    }

    /// Whether the value at an index is a native function that owns a `T`.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::{self, Payload, Return, State};
    ///
    /// fn nothing(_: &mut State) -> native::Result<Return> {
    ///     Ok(Return::NONE)
    /// }
    ///
    /// state.push_closure_with(nothing, Payload::new(1.5), 0)?;
    /// assert!(state.is_function_with::<f64>(-1));
    /// assert!(!state.is_function_with::<i32>(-1));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn is_function_with<T: 'static>(&self, index: i32) -> bool {
        // SAFETY: the value is in a slot.
        unsafe { data_of(self.raw(index)).is_some_and(|d| d.kind == TypeId::of::<T>()) }
    }
}

/// # Safety
/// `v` is live as long as the result is used.
#[inline(always)]
unsafe fn data_of<'a>(v: RawValue) -> Option<&'a Owned> {
    if v.tag != tag::NATIVE_CLOSURE {
        return None;
    }
    let c = v.as_native_closure();
    // SAFETY: the flag says that there is a value behind the upvalues.
    unsafe { ((*c).header.flags & flag::OWNER != 0).then(|| &*NativeClosure::data(c)) }
}
