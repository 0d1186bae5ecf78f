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
pub trait OwningFunction {
    /// What it owns.
    type Data: 'static;

    /// The function, as a [`NativeFn`] but for its data.
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
    /// # Errors
    /// If memory runs out.
    pub fn push_closure_with(&mut self, f: NativeFn, data: Payload, n: usize) -> Result<()> {
        let n = n.min(254).min(self.top());
        let owned = Owned { kind: data.type_of(), value: data.address(), payload: data };
        let size = size_of::<NativeClosure>() + (n + OWNED_SLOTS) * size_of::<RawValue>();
        // SAFETY: the closure is complete before it is owned and pushed.
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
    pub fn mark_accessor(&mut self, index: i32) -> bool {
        self.set_role(index, native_role::ACCESSOR)
    }

    /// Whether the value at an index is a function that
    /// [`mark_accessor`](Self::mark_accessor) marked.
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
