//! What a state may use for a while only: Rust functions and values that borrow
//! from the stack of their owner.
//!
//! Whatever is lent lies behind a [`ScopedSlot`] or [`ScopedValue`], which the
//! state may keep for ever; [`Scoped::enter`] empties them all before it
//! returns. Nothing lent can be in use then: it is used under the state's lock, on
//! the thread of the scope, further in than `enter`.

use super::lock::Shareable;
use super::shared::{Inner, Shared};
use crate::error::Result;
use crate::state::{Return, State};
use std::alloc::Layout;
use std::any::{Any, TypeId};
use std::cell::{Cell, RefCell, UnsafeCell};
use std::marker::PhantomData;
use std::sync::Arc;
use std::thread::ThreadId;

/// A function that is lent to a state.
///
/// ```
/// use perilune::native::{Return, ScopedFn, State};
///
/// let greeting = String::from("hi");
/// let f: Box<ScopedFn<'_>> = Box::new(|state| state.ret(greeting.as_str()));
/// let mut state = State::new().unwrap();
/// assert_eq!(f(&mut state).unwrap(), Return::values(1));
/// ```
pub type ScopedFn<'a> = dyn Fn(&mut State) -> Result<Return> + 'a;

/// Why something lent can't be used.
///
/// ```
/// # use perilune::native::{Extension, Shared, State, Unavailable, Refused, Scoped};
/// # struct Nothing;
/// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
/// # type Extra = Extension<Nothing, ()>;
/// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
/// let slot = Scoped::enter(&shared, |scope| scope.lend_function(|state| state.ret(1)))
///     .unwrap();
/// shared.with(|state, _: &Extra| {
///     assert_eq!(slot.call(state).err(), Some(Refused::Ended));
///     Ok::<_, Unavailable>(())
/// })?;
/// # Ok::<(), Unavailable>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refused {
    /// Its scope has ended.
    Ended,
    /// It is borrowed in a way that excludes this one.
    Borrowed,
    /// It belongs to another state, or another OS thread.
    Elsewhere,
    /// It is something else.
    Mismatch,
}

/// Where something lent may be used.
struct Place {
    owner: *const Inner,
    thread: ThreadId,
}

impl Place {
    fn check(&self, state: &State) -> std::result::Result<(), Refused> {
        if !std::ptr::eq(state.owner, self.owner) {
            return Err(Refused::Elsewhere);
        }
        #[cfg(feature = "send")]
        if std::thread::current().id() != self.thread {
            return Err(Refused::Elsewhere);
        }
        let _ = &self.thread;
        Ok(())
    }
}

/// Where a lent function lies until its scope ends.
///
/// ```
/// # use perilune::native::{Extension, Shared, State, Unavailable, Return, Scoped};
/// # struct Nothing;
/// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
/// # type Extra = Extension<Nothing, ()>;
/// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
/// let total = std::cell::Cell::new(0);
/// Scoped::enter(&shared, |scope| {
///     let add = scope.lend_function(|state| {
///         total.set(total.get() + state.check_integer(1)?);
///         Ok(Return::NONE)
///     }).unwrap();
///     scope.shared().with(|state, _: &Extra| {
///         state.push(5).unwrap();
///         assert!(add.call(state).is_ok());
///         Ok::<_, Unavailable>(())
///     })
/// })?;
/// assert_eq!(total.get(), 5);
/// # Ok::<(), Unavailable>(())
/// ```
pub struct ScopedSlot {
    function: UnsafeCell<Option<Box<ScopedFn<'static>>>>,
    place: Place,
}

// SAFETY: the function is used and dropped by the thread alone that lent it. Where
// `Place` does not ask for the thread, that is so because the scope has a handle of
// the state, which can't leave the thread meanwhile; `call` needs the state.
unsafe impl Send for ScopedSlot {}
// SAFETY: as above.
unsafe impl Sync for ScopedSlot {}

impl ScopedSlot {
    /// Runs the function as a native one.
    ///
    /// ```
    /// # use perilune::native::{Extension, Shared, State, Unavailable, Return, Scoped};
    /// # struct Nothing;
    /// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
    /// # type Extra = Extension<Nothing, ()>;
    /// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
    /// Scoped::enter(&shared, |scope| {
    ///     let answer = scope.lend_function(|state| state.ret(42)).unwrap();
    ///     scope.shared().with(|state, _: &Extra| {
    ///         assert_eq!(answer.call(state).unwrap().unwrap(), Return::values(1));
    ///         assert_eq!(state.to_integer(-1), Some(42));
    ///         Ok::<_, Unavailable>(())
    ///     })
    /// })?;
    /// # Ok::<(), Unavailable>(())
    /// ```
    ///
    /// # Errors
    /// If its scope has ended, or this is not the place for it; within: what the
    /// function raises.
    pub fn call(&self, state: &mut State) -> std::result::Result<Result<Return>, Refused> {
        self.place.check(state)?;
        // SAFETY: this thread is the one that lent it and is further in than
        // `enter`, or `enter` has ended and emptied the slot.
        match unsafe { &*self.function.get() } {
            Some(f) => Ok(f(state)),
            None => Err(Refused::Ended),
        }
    }
}

/// Where a value that was lent lies until its scope ends, or a reference to one.
/// Its type is known to whoever has its [`Finder`](super::Finder).
///
/// ```
/// # use perilune::native::{Extension, Shared, State, Unavailable, Finder, Scoped};
/// # struct Nothing;
/// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
/// # type Extra = Extension<Nothing, ()>;
/// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
/// let text = String::from("lent");
/// Scoped::enter(&shared, |scope| {
///     let lent = scope.lend_ref(&text).unwrap();
///     scope.shared().with(|state, _: &Extra| {
///         state.new_lent_userdata(lent, 0).unwrap();
///         let length = Finder::<String>::of().read(state, -1, |_, text| text.len());
///         assert_eq!(length, Ok(4));
///         Ok::<_, Unavailable>(())
///     })
/// })?;
/// # Ok::<(), Unavailable>(())
/// ```
pub struct ScopedValue {
    value: Cell<*mut ()>,
    /// The value's type, if it is one without lifetimes.
    subject: Option<TypeId>,
    mutable: bool,
    /// Readers; -1 = a writer.
    borrows: Cell<isize>,
    /// Drops the value, if it is owned.
    drop_value: Option<unsafe fn(*mut ())>,
    place: Place,
}

// SAFETY: the value is used by the thread alone that lent it.
#[cfg(feature = "send")]
unsafe impl Send for ScopedValue {}
// SAFETY: as above.
#[cfg(feature = "send")]
unsafe impl Sync for ScopedValue {}

/// Ends a borrow.
struct Borrow<'a>(&'a Cell<isize>, isize);

impl Drop for Borrow<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - self.1);
    }
}

/// # Safety
/// `value` came from `Box::<T>::into_raw`, and is not used any more.
unsafe fn drop_boxed<T>(value: *mut ()) {
    // SAFETY: the caller's promise is this one's.
    drop(unsafe { Box::from_raw(value.cast::<T>()) });
}

impl ScopedValue {
    /// The type of a value that was lent by reference.
    ///
    /// ```
    /// # use perilune::native::{Extension, Shared, State, Unavailable, Scoped};
    /// # struct Nothing;
    /// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
    /// # type Extra = Extension<Nothing, ()>;
    /// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
    /// use std::any::TypeId;
    ///
    /// let number = 7;
    /// let subject = Scoped::enter(&shared, |scope| scope.lend_ref(&number).unwrap().subject());
    /// assert_eq!(subject, Some(TypeId::of::<i32>()));
    /// # Ok::<(), Unavailable>(())
    /// ```
    pub fn subject(&self) -> Option<TypeId> {
        self.subject
    }

    /// Whether its scope has ended.
    pub(super) fn has_ended(&self) -> bool {
        self.value.get().is_null()
    }

    fn pointer(&self, state: &State) -> std::result::Result<*mut (), Refused> {
        let value = self.value.get();
        if value.is_null() {
            return Err(Refused::Ended);
        }
        self.place.check(state).map(|()| value)
    }

    /// Reads the value.
    ///
    /// # Safety
    /// It is a `T`.
    pub(super) unsafe fn read<T, R>(
        &self,
        state: &mut State,
        f: impl FnOnce(&mut State, &T) -> R,
    ) -> std::result::Result<R, Refused> {
        let value = self.pointer(state)?;
        if self.borrows.get() < 0 || self.borrows.get() == isize::MAX {
            return Err(Refused::Borrowed);
        }
        self.borrows.set(self.borrows.get() + 1);
        let _borrow = Borrow(&self.borrows, 1);
        // SAFETY: not null = the scope has not ended, and does not before `f`
        // has; nobody writes.
        Ok(f(state, unsafe { &*value.cast::<T>() }))
    }

    /// Writes the value.
    ///
    /// # Safety
    /// It is a `T`.
    pub(super) unsafe fn write<T, R>(
        &self,
        state: &mut State,
        f: impl FnOnce(&mut State, &mut T) -> R,
    ) -> std::result::Result<R, Refused> {
        let value = self.pointer(state)?;
        if self.borrows.get() != 0 || !self.mutable {
            return Err(Refused::Borrowed);
        }
        self.borrows.set(-1);
        let _borrow = Borrow(&self.borrows, -1);
        // SAFETY: as above; it is the only borrow of what was lent mutably.
        Ok(f(state, unsafe { &mut *value.cast::<T>() }))
    }
}

/// Something that ends with its scope.
trait End {
    /// Makes it unusable; answers what is to be dropped afterwards.
    fn end(&self) -> Remains;
}

/// What is left of something lent.
enum Remains {
    Nothing,
    #[expect(dead_code, reason = "it is there to be dropped")]
    Function(Box<ScopedFn<'static>>),
    Value(*mut (), unsafe fn(*mut ())),
}

impl Drop for Remains {
    fn drop(&mut self) {
        if let Remains::Value(value, drop_value) = *self {
            // SAFETY: the value was taken out of its place, once.
            unsafe { drop_value(value) };
        }
    }
}

impl End for Arc<ScopedSlot> {
    fn end(&self) -> Remains {
        // SAFETY: nothing lent is in use at the end of its scope.
        match unsafe { (*self.function.get()).take() } {
            Some(function) => Remains::Function(function),
            None => Remains::Nothing,
        }
    }
}

impl End for Shareable<ScopedValue> {
    fn end(&self) -> Remains {
        let value = self.value.replace(std::ptr::null_mut());
        match self.drop_value {
            Some(drop_value) if !value.is_null() => Remains::Value(value, drop_value),
            _ => Remains::Nothing,
        }
    }
}

/// Memory that is there as long as a scope, for values without destructors.
struct Memory(*mut u8, Layout);

impl Drop for Memory {
    fn drop(&mut self) {
        // SAFETY: it was allocated with this layout.
        unsafe { std::alloc::dealloc(self.0, self.1) };
    }
}

/// What was lent in a scope. `'env` is what outlives it; functions may borrow
/// that and one another.
///
/// ```
/// # use perilune::native::{Extension, Shared, State, Unavailable, Scoped};
/// # struct Nothing;
/// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
/// # type Extra = Extension<Nothing, ()>;
/// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
/// let names = ["Ada", "Grace"];
/// let name = Scoped::enter(&shared, |scope| {
///     let name = scope.lend_function(|state| {
///         let n = state.check_integer(1)? as usize;
///         state.ret(names.get(n).copied())
///     }).unwrap();
///     scope.shared().with(|state, _: &Extra| {
///         state.push(1).unwrap();
///         assert!(name.call(state).is_ok());
///         Ok::<_, Unavailable>(state.bytes(-1).map(<[u8]>::to_vec))
///     })
/// })?;
/// assert_eq!(name.as_deref(), Some(&b"Grace"[..]));
/// # Ok::<(), Unavailable>(())
/// ```
pub struct Scoped<'scope, 'env: 'scope> {
    shared: Shared,
    ended: Cell<bool>,
    lent: RefCell<Vec<Box<dyn End>>>,
    before_end: RefCell<Vec<Box<dyn FnOnce()>>>,
    after_end: RefCell<Vec<Box<dyn FnOnce() + 'env>>>,
    memory: RefCell<Vec<Memory>>,
    _scope: PhantomData<Cell<&'scope ()>>,
    _env: PhantomData<Cell<&'env ()>>,
}

/// Ends what was lent, also when the scope unwinds.
struct Ending<'a, 'scope, 'env>(&'a Scoped<'scope, 'env>);

impl Drop for Ending<'_, '_, '_> {
    fn drop(&mut self) {
        let scope = self.0;
        // From now on nothing is lent any more.
        scope.ended.set(true);
        for f in std::mem::take(&mut *scope.before_end.borrow_mut()) {
            f();
        }
        // First all becomes unusable, then it is dropped: destructors find
        // nothing half gone. The lock keeps other threads from looking at slots
        // meanwhile.
        let lent = std::mem::take(&mut *scope.lent.borrow_mut());
        let remains: Vec<Remains> = {
            let _lock = scope.shared.lock();
            lent.iter().map(|lent| lent.end()).collect()
        };
        drop(lent);
        drop(remains);
        for f in std::mem::take(&mut *scope.after_end.borrow_mut()) {
            f();
        }
    }
}

impl Scoped<'static, 'static> {
    /// Runs `f` with a scope for that time.
    ///
    /// ```
    /// # use perilune::native::{Extension, Shared, State, Unavailable, Scoped};
    /// # struct Nothing;
    /// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
    /// # type Extra = Extension<Nothing, ()>;
    /// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
    /// let ended = Scoped::enter(&shared, |scope| scope.has_ended());
    /// assert!(!ended);
    /// # Ok::<(), Unavailable>(())
    /// ```
    pub fn enter<'env, R>(
        shared: &Shared,
        f: impl for<'scope> FnOnce(&'scope Scoped<'scope, 'env>) -> R,
    ) -> R {
        let scoped = Scoped {
            shared: shared.clone(),
            ended: Cell::new(false),
            lent: RefCell::new(Vec::new()),
            before_end: RefCell::new(Vec::new()),
            after_end: RefCell::new(Vec::new()),
            memory: RefCell::new(Vec::new()),
            _scope: PhantomData,
            _env: PhantomData,
        };
        // `'scope` lasts until the functions are gone, as far as they can tell.
        let ending = Ending(&scoped);
        let result = f(ending.0);
        drop(ending);
        result
    }
}

impl<'scope, 'env> Scoped<'scope, 'env> {
    fn place(&self) -> Place {
        Place { owner: self.shared.address(), thread: std::thread::current().id() }
    }

    /// The state.
    ///
    /// ```
    /// # use perilune::native::{Extension, Shared, State, Unavailable, Scoped};
    /// # struct Nothing;
    /// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
    /// # type Extra = Extension<Nothing, ()>;
    /// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
    /// Scoped::enter(&shared, |scope| assert!(scope.shared().same_state(&shared)));
    /// # Ok::<(), Unavailable>(())
    /// ```
    pub fn shared(&self) -> &Shared {
        &self.shared
    }

    /// Whether the scope has ended: nothing can be lent any more.
    ///
    /// ```
    /// # use perilune::native::{Extension, Shared, State, Unavailable, Scoped};
    /// # struct Nothing;
    /// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
    /// # type Extra = Extension<Nothing, ()>;
    /// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
    /// Scoped::enter(&shared, |scope| {
    ///     assert!(!scope.has_ended());
    ///     assert!(scope.lend_function(|state| state.ret(())).is_ok());
    /// });
    /// # Ok::<(), Unavailable>(())
    /// ```
    pub fn has_ended(&self) -> bool {
        self.ended.get()
    }

    /// Calls `f` when the scope ends, before anything lent becomes unusable. It
    /// must not panic.
    ///
    /// ```
    /// # use perilune::native::{Extension, Shared, State, Unavailable, Scoped};
    /// # struct Nothing;
    /// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
    /// # type Extra = Extension<Nothing, ()>;
    /// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
    /// use std::{cell::Cell, rc::Rc};
    ///
    /// let told = Rc::new(Cell::new(false));
    /// let copy = told.clone();
    /// Scoped::enter(&shared, |scope| scope.before_end(move || copy.set(true)));
    /// assert!(told.get());
    /// # Ok::<(), Unavailable>(())
    /// ```
    pub fn before_end(&self, f: impl FnOnce() + 'static) {
        self.before_end.borrow_mut().push(Box::new(f));
    }

    /// Calls `f` when the scope has ended and all that was lent is dropped.
    ///
    /// ```
    /// # use perilune::native::{Extension, Shared, State, Unavailable, Scoped};
    /// # struct Nothing;
    /// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
    /// # type Extra = Extension<Nothing, ()>;
    /// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
    /// use std::cell::Cell;
    ///
    /// let told = Cell::new(false);
    /// Scoped::enter(&shared, |scope| {
    ///     scope.after_end(|| told.set(true));
    ///     assert!(!told.get());
    /// });
    /// assert!(told.get());
    /// # Ok::<(), Unavailable>(())
    /// ```
    pub fn after_end(&self, f: impl FnOnce() + 'env) {
        self.after_end.borrow_mut().push(Box::new(f));
    }

    /// Keeps a value for as long as the scope.
    ///
    /// ```
    /// # use perilune::native::{Extension, Shared, State, Unavailable, Scoped};
    /// # struct Nothing;
    /// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
    /// # type Extra = Extension<Nothing, ()>;
    /// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
    /// Scoped::enter(&shared, |scope| {
    ///     let limit: &i64 = scope.keep(100);
    ///     let capped = scope.lend_function(|state| {
    ///         let n = state.check_integer(1)?.min(*limit);
    ///         state.ret(n)
    ///     });
    ///     assert!(capped.is_ok());
    /// });
    /// # Ok::<(), Unavailable>(())
    /// ```
    pub fn keep<X: Copy + 'scope>(&'scope self, value: X) -> &'scope X {
        let layout = Layout::new::<X>();
        if layout.size() == 0 {
            // SAFETY: values without a size need no memory.
            return unsafe { &*std::ptr::NonNull::<X>::dangling().as_ptr() };
        }
        // SAFETY: the memory is fit for an `X`; it is freed with the scope, which
        // outlives `'scope`, and `X` has no destructor.
        unsafe {
            let memory = std::alloc::alloc(layout);
            if memory.is_null() {
                std::alloc::handle_alloc_error(layout);
            }
            self.memory.borrow_mut().push(Memory(memory, layout));
            memory.cast::<X>().write(value);
            &*memory.cast::<X>()
        }
    }

    /// Lends a function.
    ///
    /// ```
    /// # use perilune::native::{Extension, Shared, State, Unavailable, Scoped};
    /// # struct Nothing;
    /// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
    /// # type Extra = Extension<Nothing, ()>;
    /// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
    /// let greeting = String::from("hello");
    /// let answer = Scoped::enter(&shared, |scope| {
    ///     let greet = scope.lend_function(|state| state.ret(greeting.as_str())).unwrap();
    ///     scope.shared().with(|state, _: &Extra| {
    ///         assert!(greet.call(state).is_ok());
    ///         Ok::<_, Unavailable>(state.bytes(-1).map(<[u8]>::to_vec))
    ///     })
    /// })?;
    /// assert_eq!(answer.as_deref(), Some(&b"hello"[..]));
    /// # Ok::<(), Unavailable>(())
    /// ```
    ///
    /// # Errors
    /// If the scope has ended.
    pub fn lend_function(
        &'scope self,
        f: impl Fn(&mut State) -> Result<Return> + 'scope,
    ) -> std::result::Result<Arc<ScopedSlot>, Refused> {
        if self.ended.get() {
            return Err(Refused::Ended);
        }
        let boxed: Box<ScopedFn<'scope>> = Box::new(f);
        // SAFETY: only the lifetime changes; the function is dropped when the
        // scope ends, and not used afterwards.
        let boxed: Box<ScopedFn<'static>> = unsafe { std::mem::transmute(boxed) };
        let slot =
            Arc::new(ScopedSlot { function: UnsafeCell::new(Some(boxed)), place: self.place() });
        self.lent.borrow_mut().push(Box::new(slot.clone()));
        Ok(slot)
    }

    /// Lends a reference.
    ///
    /// ```
    /// # use perilune::native::{Extension, Shared, State, Unavailable, Finder, Refused, Scoped};
    /// # struct Nothing;
    /// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
    /// # type Extra = Extension<Nothing, ()>;
    /// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
    /// let list = vec![1, 2, 3];
    /// Scoped::enter(&shared, |scope| {
    ///     let lent = scope.lend_ref(&list).unwrap();
    ///     scope.shared().with(|state, _: &Extra| {
    ///         state.new_lent_userdata(lent, 0).unwrap();
    ///         let finder = Finder::<Vec<i32>>::of();
    ///         assert_eq!(finder.read(state, -1, |_, list| list.len()), Ok(3));
    ///         assert_eq!(finder.write(state, -1, |_, list| list.clear()), Err(Refused::Borrowed));
    ///         Ok::<_, Unavailable>(())
    ///     })
    /// })?;
    /// # Ok::<(), Unavailable>(())
    /// ```
    ///
    /// # Errors
    /// If the scope has ended.
    pub fn lend_ref<T: Any>(
        &'scope self,
        value: &'env T,
    ) -> std::result::Result<Shareable<ScopedValue>, Refused> {
        let value = std::ptr::from_ref(value).cast_mut().cast();
        self.lend_pointer(value, Some(TypeId::of::<T>()), false, None)
    }

    /// Lends a mutable reference.
    ///
    /// ```
    /// # use perilune::native::{Extension, Shared, State, Unavailable, Finder, Scoped};
    /// # struct Nothing;
    /// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
    /// # type Extra = Extension<Nothing, ()>;
    /// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
    /// let mut list = vec![1, 2, 3];
    /// let borrowed = &mut list;
    /// Scoped::enter(&shared, move |scope| {
    ///     let lent = scope.lend_mut(borrowed).unwrap();
    ///     scope.shared().with(|state, _: &Extra| {
    ///         state.new_lent_userdata(lent, 0).unwrap();
    ///         let pushed = Finder::<Vec<i32>>::of().write(state, -1, |_, list| list.push(4));
    ///         assert_eq!(pushed, Ok(()));
    ///         Ok::<_, Unavailable>(())
    ///     })
    /// })?;
    /// assert_eq!(list, [1, 2, 3, 4]);
    /// # Ok::<(), Unavailable>(())
    /// ```
    ///
    /// # Errors
    /// If the scope has ended.
    pub fn lend_mut<T: Any>(
        &'scope self,
        value: &'env mut T,
    ) -> std::result::Result<Shareable<ScopedValue>, Refused> {
        let value = std::ptr::from_mut(value).cast();
        self.lend_pointer(value, Some(TypeId::of::<T>()), true, None)
    }

    /// Lends a value, which may have lifetimes; its finder comes with it.
    ///
    /// ```
    /// # use perilune::native::{Extension, Shared, State, Unavailable, Scoped};
    /// # struct Nothing;
    /// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
    /// # type Extra = Extension<Nothing, ()>;
    /// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
    /// let text = String::from("a value that borrows");
    /// Scoped::enter(&shared, |scope| {
    ///     let words: Vec<&str> = text.split(' ').collect();
    ///     let (lent, finder) = scope.lend_value(words).unwrap();
    ///     scope.shared().with(|state, _: &Extra| {
    ///         state.new_lent_userdata(lent, 0).unwrap();
    ///         assert_eq!(finder.read(state, -1, |_, words| words.len()), Ok(4));
    ///         Ok::<_, Unavailable>(())
    ///     })
    /// })?;
    /// # Ok::<(), Unavailable>(())
    /// ```
    ///
    /// # Errors
    /// If the scope has ended.
    pub fn lend_value<T: 'env>(
        &'scope self,
        value: T,
    ) -> std::result::Result<(Shareable<ScopedValue>, super::Finder<T>), Refused> {
        if self.ended.get() {
            return Err(Refused::Ended);
        }
        let value = Box::into_raw(Box::new(value)).cast();
        let lent = self.lend_pointer(value, None, true, Some(drop_boxed::<T>))?;
        // SAFETY: what was lent is a `T`.
        let finder = unsafe { super::Finder::one(lent.clone()) };
        Ok((lent, finder))
    }

    fn lend_pointer(
        &self,
        value: *mut (),
        subject: Option<TypeId>,
        mutable: bool,
        drop_value: Option<unsafe fn(*mut ())>,
    ) -> std::result::Result<Shareable<ScopedValue>, Refused> {
        if self.ended.get() {
            return Err(Refused::Ended);
        }
        let lent = Shareable::new(ScopedValue {
            value: Cell::new(value),
            subject,
            mutable,
            borrows: Cell::new(0),
            drop_value,
            place: self.place(),
        });
        self.lent.borrow_mut().push(Box::new(lent.clone()));
        Ok(lent)
    }
}
