//! What a state may use for a while only: Rust functions and values that borrow
//! from the stack of their owner.
//!
//! Whatever is lent lies behind a [`ScopedSlot`] or [`ScopedCell`], which the
//! state may keep for ever; [`Scoped::enter`] empties them all before it
//! returns. Nothing lent can be in use then: it is used under the state's lock, on
//! the thread of the scope, further in than `enter`.

use super::lock::Shareable;
use super::shared::{Inner, Shared};
use crate::error::Result;
use crate::state::{Return, State};
use std::any::Any;
use std::cell::{Cell, RefCell, UnsafeCell};
use std::marker::PhantomData;
use std::thread::ThreadId;

/// A function that is lent to a state.
pub type ScopedFn<'a> = dyn Fn(&mut State) -> Result<Return> + 'a;

/// Why something lent can't be used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refused {
    /// Its scope has ended.
    Ended,
    /// It is borrowed in a way that excludes this one.
    Borrowed,
    /// It belongs to another state, or another OS thread.
    Elsewhere,
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
pub struct ScopedSlot {
    function: UnsafeCell<Option<Box<ScopedFn<'static>>>>,
    place: Place,
}

// SAFETY: the function is used by the thread alone that lent it, and dropped by
// that thread.
#[cfg(feature = "send")]
unsafe impl Send for ScopedSlot {}
// SAFETY: as above.
#[cfg(feature = "send")]
unsafe impl Sync for ScopedSlot {}

impl ScopedSlot {
    /// Runs the function as a native one.
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

/// Where a reference that was lent lies until its scope ends.
pub struct ScopedCell<T> {
    value: Cell<*mut T>,
    mutable: bool,
    /// Readers; -1 = a writer.
    borrows: Cell<isize>,
    place: Place,
}

// SAFETY: the value is used by the thread alone that lent it.
#[cfg(feature = "send")]
unsafe impl<T> Send for ScopedCell<T> {}
// SAFETY: as above.
#[cfg(feature = "send")]
unsafe impl<T> Sync for ScopedCell<T> {}

/// Ends a borrow.
struct Borrow<'a>(&'a Cell<isize>, isize);

impl Drop for Borrow<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - self.1);
    }
}

impl<T> ScopedCell<T> {
    /// Reads the value.
    ///
    /// # Errors
    /// If its scope has ended, it is borrowed mutably, or this is not the place
    /// for it.
    pub fn with<R>(
        &self,
        state: &mut State,
        f: impl FnOnce(&mut State, &T) -> R,
    ) -> std::result::Result<R, Refused> {
        self.place.check(state)?;
        let value = self.value.get();
        if value.is_null() {
            return Err(Refused::Ended);
        }
        if self.borrows.get() < 0 {
            return Err(Refused::Borrowed);
        }
        self.borrows.set(self.borrows.get() + 1);
        let _borrow = Borrow(&self.borrows, 1);
        // SAFETY: not null = the scope has not ended, and does not before `f`
        // has; nobody writes.
        Ok(f(state, unsafe { &*value }))
    }

    /// Writes the value.
    ///
    /// # Errors
    /// If its scope has ended, it is borrowed or was lent for reading only, or
    /// this is not the place for it.
    pub fn with_mut<R>(
        &self,
        state: &mut State,
        f: impl FnOnce(&mut State, &mut T) -> R,
    ) -> std::result::Result<R, Refused> {
        self.place.check(state)?;
        let value = self.value.get();
        if value.is_null() {
            return Err(Refused::Ended);
        }
        if self.borrows.get() != 0 || !self.mutable {
            return Err(Refused::Borrowed);
        }
        self.borrows.set(-1);
        let _borrow = Borrow(&self.borrows, -1);
        // SAFETY: as above; it is the only borrow of what was lent mutably.
        Ok(f(state, unsafe { &mut *value }))
    }
}

/// Something that ends with its scope.
trait End {
    fn end(&self);
}

impl End for ScopedSlot {
    fn end(&self) {
        // SAFETY: nothing lent is in use at the end of its scope.
        let function = unsafe { (*self.function.get()).take() };
        drop(function);
    }
}

impl<T> End for ScopedCell<T> {
    fn end(&self) {
        self.value.set(std::ptr::null_mut());
    }
}

/// What was lent in a scope. `'env` is what outlives it; lent things may borrow
/// that and one another.
pub struct Scoped<'scope, 'env: 'scope> {
    shared: Shared,
    lent: RefCell<Vec<Shareable<dyn End>>>,
    _scope: PhantomData<Cell<&'scope ()>>,
    _env: PhantomData<Cell<&'env ()>>,
}

/// Ends what was lent, also when the scope unwinds.
struct Ending<'a, 'scope, 'env>(&'a Scoped<'scope, 'env>);

impl Drop for Ending<'_, '_, '_> {
    fn drop(&mut self) {
        // The lock keeps other threads from looking at slots meanwhile.
        let _lock = self.0.shared.lock();
        loop {
            let last = self.0.lent.borrow_mut().pop();
            match last {
                Some(last) => last.end(),
                None => break,
            }
        }
    }
}

impl Scoped<'static, 'static> {
    /// Runs `f` with a scope for that time.
    pub fn enter<'env, R>(
        shared: &Shared,
        f: impl for<'scope> FnOnce(&'scope Scoped<'scope, 'env>) -> R,
    ) -> R {
        let scoped = Scoped {
            shared: shared.clone(),
            lent: RefCell::new(Vec::new()),
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

    /// Lends a function.
    pub fn lend_function(
        &'scope self,
        f: impl Fn(&mut State) -> Result<Return> + 'scope,
    ) -> Shareable<ScopedSlot> {
        let boxed: Box<ScopedFn<'scope>> = Box::new(f);
        // SAFETY: only the lifetime changes; the function is dropped when the
        // scope ends, and not used afterwards.
        let boxed: Box<ScopedFn<'static>> = unsafe { std::mem::transmute(boxed) };
        let slot = Shareable::new(ScopedSlot {
            function: UnsafeCell::new(Some(boxed)),
            place: self.place(),
        });
        self.lent.borrow_mut().push(slot.clone());
        slot
    }

    /// Lends a reference.
    pub fn lend_ref<T: Any>(&'scope self, value: &'env T) -> Shareable<ScopedCell<T>> {
        self.lend_pointer(std::ptr::from_ref(value).cast_mut(), false)
    }

    /// Lends a mutable reference.
    pub fn lend_mut<T: Any>(&'scope self, value: &'env mut T) -> Shareable<ScopedCell<T>> {
        self.lend_pointer(std::ptr::from_mut(value), true)
    }

    fn lend_pointer<T: Any>(&self, value: *mut T, mutable: bool) -> Shareable<ScopedCell<T>> {
        let cell = Shareable::new(ScopedCell {
            value: Cell::new(value),
            mutable,
            borrows: Cell::new(0),
            place: self.place(),
        });
        self.lent.borrow_mut().push(cell.clone());
        cell
    }
}
