//! A state that several handles share.
//!
//! A handle reaches the state through [`Shared::with`], one at a time: while a
//! `&mut State` is out, the state is *unavailable*. A native function that wants
//! Rust code it calls to use handles lends its `&mut State` back for that time
//! ([`Shared::lend`]). So two mutable references are never usable at once, and
//! whoever comes at the wrong moment (a destructor that the collector runs) gets
//! an error.

use super::extension::Extension;
use super::lock::{MaybeSend, MaybeSync, StateLock, count};
use super::roots::RootTable;
use crate::state::State;
use std::any::{Any, TypeId};
use std::cell::{Cell, UnsafeCell};
use std::fmt;
use std::marker::PhantomData;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

/// Keeps other threads away from a state.
#[cfg(feature = "send")]
pub(super) type LockGuard<'a> = super::state_lock::Guard<'a>;
/// Keeps other threads away from a state: there are none.
#[cfg(not(feature = "send"))]
pub(super) type LockGuard<'a> = std::marker::PhantomData<(&'a (), *const ())>;

/// Why a state can't be had.
///
/// ```
/// # use perilune::native::{Extension, Shared, State, Unavailable};
/// # struct Nothing;
/// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
/// # type Extra = Extension<Nothing, ()>;
/// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
/// let weak = shared.weak();
/// shared.with(|_, _: &Extra| {
///     let again = shared.with(|_, _: &Extra| Ok::<_, Unavailable>(()));
///     assert_eq!(again, Err(Unavailable::Busy));
///     Ok::<_, Unavailable>(())
/// })?;
/// drop(shared);
/// assert_eq!(weak.with(|_, _: &Extra| Ok(())), Err(Unavailable::Closed));
/// # Ok::<(), Unavailable>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unavailable {
    /// It is in use: a destructor or hook that the state itself runs asked.
    Busy,
    /// It was closed.
    Closed,
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unavailable::Busy => "the Lua state is in use",
            Unavailable::Closed => "the Lua state is closed",
        })
    }
}

impl std::error::Error for Unavailable {}

/// The state and what belongs to it, in memory that all handles keep.
pub(crate) struct Inner {
    /// Handles that keep the state open.
    pub(super) strong: AtomicU32,
    /// Handles that keep this memory: all but roots in use, and slots of roots.
    pub(super) handles: AtomicUsize,
    lock: StateLock,
    /// The state, while no reference to it is out; else null.
    pub(super) available: Cell<*mut State>,
    /// Calls of `with` under way.
    pub(super) depth: Cell<u32>,
    closed: Cell<bool>,
    pub(crate) roots: RootTable,
    state: UnsafeCell<Option<Box<State>>>,
    /// What the embedding API keeps beside the state.
    pub(super) extension: UnsafeCell<Option<Box<dyn Any>>>,
    /// Its type, or that of [`Nothing`] while there is none to be used.
    pub(super) extension_type: Cell<TypeId>,
    /// Where it lies.
    pub(super) extension_at: Cell<*mut ()>,
}

/// In place of an extension.
pub(super) struct Nothing;

/// Restores what `with` changed, also when `f` unwinds.
struct Borrowed<'a> {
    inner: &'a Inner,
    state: *mut State,
    level: usize,
}

impl Drop for Borrowed<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: the reference that was out is gone. If safe code has put another
        // state into the place of this one, that is found out before it matters.
        unsafe {
            if !std::ptr::eq((*self.state).owner, self.inner) {
                crate::entry::replaced_while_running();
            }
            (*self.state).cut_stack(self.level);
        }
        self.inner.available.set(self.state);
        let depth = self.inner.depth.get() - 1;
        self.inner.depth.set(depth);
        if depth == 0 && self.inner.strong.load(Ordering::Relaxed) == 0 {
            self.inner.close();
        }
    }
}

/// A state that is in use, as [`Inner::with`] has it, until this is dropped. It is
/// not for other crates: one that left `Shared::lend` would be a second way to the
/// state.
pub(super) struct Entered<'a, E> {
    borrowed: Borrowed<'a>,
    _guard: LockGuard<'a>,
    _extension: PhantomData<&'a E>,
}

impl<E> Entered<'_, E> {
    /// The state, and what the embedding API keeps beside it.
    #[inline(always)]
    pub(super) fn parts(&mut self) -> (&mut State, &E) {
        // SAFETY: nobody else gets the state before this is dropped; the type of
        // the extension was checked, and it stays as long.
        unsafe {
            let extension = &*self.borrowed.inner.extension_at.get().cast::<E>();
            (&mut *self.borrowed.state, extension)
        }
    }
}

/// Makes the state unavailable again after it was lent.
struct Lent<'a>(&'a Inner);

impl Drop for Lent<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        self.0.available.set(std::ptr::null_mut());
    }
}

/// A state that is in use for a moment; it is given back at the end.
pub(super) struct Taken<'a> {
    inner: &'a Inner,
    state: NonNull<State>,
}

impl Taken<'_> {
    #[inline(always)]
    pub(super) fn as_ptr(&self) -> *mut State {
        self.state.as_ptr()
    }
}

impl Drop for Taken<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        self.inner.available.set(self.state.as_ptr());
        // The last handle that keeps the state open may have gone meanwhile.
        if self.inner.strong.load(Ordering::Relaxed) == 0 {
            self.inner.close_if_unused();
        }
    }
}

impl Inner {
    /// Keeps other threads away from the state while the result exists.
    #[inline(always)]
    pub(super) fn lock(&self) -> LockGuard<'_> {
        self.lock.lock()
    }

    /// The state, which nobody else gets before this is given back; `None` if it
    /// is in use or closed. The lock is held.
    #[inline(always)]
    pub(super) fn take_state(&self) -> Option<Taken<'_>> {
        let state = NonNull::new(self.available.replace(std::ptr::null_mut()))?;
        Some(Taken { inner: self, state })
    }

    /// Keeps the state open until [`leave`](Self::leave); false if it is closed.
    #[inline(always)]
    pub(super) fn stay(&self) -> bool {
        // While the last use of a state is under way, a new handle may still
        // keep it open.
        let revive = !self.closed.get() && self.depth.get() > 0;
        count::increment_unless_zero(&self.strong, revive)
    }

    /// Ends what [`stay`](Self::stay) began, or a strong handle.
    #[inline(always)]
    pub(super) fn leave(&self) {
        if count::decrement(&self.strong) {
            self.close_if_unused();
        }
    }

    #[cold]
    #[inline(never)]
    fn close_if_unused(&self) {
        let _guard = self.lock.lock();
        if self.depth.get() == 0 && self.strong.load(Ordering::Acquire) == 0 {
            self.close();
        }
    }

    /// See [`Shared::with`].
    #[inline(always)]
    pub(super) fn with<E: Any, R, X: From<Unavailable>>(
        &self,
        f: impl FnOnce(&mut State, &E) -> Result<R, X>,
    ) -> Result<R, X> {
        let mut entered = self.enter::<E>()?;
        let (state, extension) = entered.parts();
        let result = f(state, extension);
        drop(entered);
        result
    }

    /// [`with`](Self::with), until the result is dropped.
    #[inline(always)]
    pub(super) fn enter<E: Any>(&self) -> Result<Entered<'_, E>, Unavailable> {
        let guard = self.lock.lock();
        let state = self.available.get();
        if state.is_null() || self.extension_type.get() != TypeId::of::<E>() {
            return Err(self.why_unavailable());
        }
        self.available.set(std::ptr::null_mut());
        let depth = self.depth.get();
        self.depth.set(depth + 1);
        // SAFETY: `available` is set only while no reference to the state is
        // in use; it is null until this one is gone. The extension is of the type
        // that was noted, and is taken out only when the state is closed, which
        // waits for `depth` to be 0.
        let level = unsafe {
            if depth == 0 {
                (*state).refresh_native_limit();
            }
            (*state).stack_mark()
        };
        let borrowed = Borrowed { inner: self, state, level };
        Ok(Entered { borrowed, _guard: guard, _extension: PhantomData })
    }

    /// The extension, if it is of that type.
    ///
    /// # Safety
    /// The state is not closed while the result is used.
    #[inline(always)]
    unsafe fn extension<E: Any>(&self) -> Option<&E> {
        if self.extension_type.get() != TypeId::of::<E>() {
            return None;
        }
        // SAFETY: the extension is of the type that was noted, and stays until the
        // state is closed.
        Some(unsafe { &*self.extension_at.get().cast::<E>() })
    }

    #[cold]
    fn why_unavailable(&self) -> Unavailable {
        if self.closed.get() { Unavailable::Closed } else { Unavailable::Busy }
    }

    /// Counts handles that keep this memory.
    pub(super) fn add_handles(&self, n: usize) {
        count::add(&self.handles, n);
    }

    /// # Safety
    /// The last handle is gone.
    #[cold]
    #[inline(never)]
    unsafe fn free(this: *const Inner) {
        // SAFETY: by contract; the memory came from a box.
        drop(unsafe { Box::from_raw(this as *mut Inner) });
    }

    /// # Safety
    /// `this` had so many handles that are gone now.
    #[inline(always)]
    pub(super) unsafe fn drop_handles(this: *const Inner, n: usize) {
        // SAFETY: the memory exists until the last handle is gone.
        unsafe {
            if n > 0 && count::subtract(&(*this).handles, n) {
                Inner::free(this);
            }
        }
    }

    /// Closes the state: pending variables, finalizers, then everything else.
    /// The lock is held, and nobody uses the state.
    #[cold]
    #[inline(never)]
    fn close(&self) {
        let state = self.available.replace(std::ptr::null_mut());
        if state.is_null() || self.closed.replace(true) {
            return;
        }
        self.depth.set(1);
        // SAFETY: no reference to the state is out. What it drops finds it
        // unavailable, except finalizers, to which it is lent.
        unsafe {
            (*state).refresh_native_limit();
            (*state).close();
            let boxed = (*self.state.get()).take();
            drop(boxed);
            self.extension_type.set(TypeId::of::<Nothing>());
            let extension = (*self.extension.get()).take();
            drop(extension);
        }
        let free = self.roots.close();
        // SAFETY: the free slots counted as handles; `self` is kept by whoever
        // closes.
        unsafe { Inner::drop_handles(self, free) };
    }
}

/// A handle of a state that others have, too.
///
/// Without the feature `send` it stays on its thread; see
/// [`SendShared`](super::SendShared).
///
/// A *strong* handle keeps the state open; the state is closed when the last one
/// is dropped. A *weak* one does not: it is for what the state itself owns.
///
/// ```
/// use perilune::native::{Extension, Shared, State, Unavailable};
///
/// /// What a program keeps beside its state, made from a handle of it.
/// struct Program {
///     lua: Shared,
/// }
///
/// impl From<Shared> for Program {
///     fn from(lua: Shared) -> Program {
///         Program { lua }
///     }
/// }
///
/// let shared = Shared::new::<Program, ()>(State::new().unwrap(), ());
/// let copy = shared.clone();
/// copy.with(|state, program: &Extension<Program, ()>| {
///     assert!(program.lua.same_state(&shared));
///     state.push(1).unwrap();
///     Ok::<_, Unavailable>(())
/// })?;
/// # Ok::<(), Unavailable>(())
/// ```
pub struct Shared {
    inner: NonNull<Inner>,
    strong: bool,
}

// SAFETY: with the feature `send` the state is reached under a lock alone, and
// everything it owns is `Send`; counts are atomic. The extension is `Send` and
// `Sync` by the bounds of `new`.
#[cfg(feature = "send")]
unsafe impl Send for Shared {}
// SAFETY: as above.
#[cfg(feature = "send")]
unsafe impl Sync for Shared {}

impl Shared {
    /// Shares a state. Beside it lie an `L`, which is made from a weak handle, and
    /// `lasting`; they are dropped after the state.
    ///
    /// ```
    /// # use perilune::native::{Extension, Shared, State, Unavailable};
    /// # struct Nothing;
    /// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
    /// # type Extra = Extension<Nothing, ()>;
    /// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
    /// assert!(shared.is_open() && shared.is_strong());
    /// # Ok::<(), Unavailable>(())
    /// ```
    pub fn new<L, X>(state: State, lasting: X) -> Shared
    where
        L: From<Shared> + MaybeSend + MaybeSync + 'static,
        X: Send + MaybeSync + 'static,
    {
        let inner = Box::into_raw(Box::new(Inner {
            strong: AtomicU32::new(1),
            handles: AtomicUsize::new(1),
            lock: StateLock::new(()),
            available: Cell::new(std::ptr::null_mut()),
            depth: Cell::new(0),
            closed: Cell::new(false),
            roots: RootTable::new(),
            state: UnsafeCell::new(None),
            extension: UnsafeCell::new(None),
            extension_type: Cell::new(TypeId::of::<Nothing>()),
            extension_at: Cell::new(std::ptr::null_mut()),
        }));
        // SAFETY: nobody else knows the memory yet.
        unsafe {
            let state = (*(*inner).state.get()).insert(Box::new(state));
            state.owner = inner;
            let state: *mut State = &mut **state;
            (*inner).available.set(state);
            let shared = Shared { inner: NonNull::new_unchecked(inner), strong: true };
            let made: Box<dyn Any> = Box::new(Extension::new(L::from(shared.weak()), lasting));
            let made = (*(*inner).extension.get()).insert(made);
            (*inner).extension_at.set(std::ptr::from_mut(&mut **made).cast());
            (*inner).extension_type.set(Extension::<L, X>::type_id());
            shared
        }
    }

    #[inline(always)]
    pub(super) fn inner(&self) -> &Inner {
        // SAFETY: a handle keeps the memory.
        unsafe { self.inner.as_ref() }
    }

    /// Runs `f` with the state and the extension. The stack is as it was,
    /// afterwards.
    ///
    /// With the feature `send` it waits until no other thread uses the state.
    ///
    /// ```
    /// # use perilune::native::{Extension, Shared, State, Unavailable};
    /// # struct Nothing;
    /// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
    /// # type Extra = Extension<Nothing, ()>;
    /// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
    /// let top = shared.with(|state, _: &Extra| {
    ///     state.push("dropped at the end").unwrap();
    ///     Ok::<_, Unavailable>(state.top())
    /// })?;
    /// assert_eq!(top, 1);
    /// assert_eq!(shared.with(|state, _: &Extra| Ok::<_, Unavailable>(state.top()))?, 0);
    /// # Ok::<(), Unavailable>(())
    /// ```
    ///
    /// # Errors
    /// If the state is closed, or in use further out on this thread and not
    /// lent; what `f` answers.
    #[inline(always)]
    pub fn with<E: Any, R, X: From<Unavailable>>(
        &self,
        f: impl FnOnce(&mut State, &E) -> Result<R, X>,
    ) -> Result<R, X> {
        self.inner().with(f)
    }

    /// Makes the state available to handles while `f` runs. A state that is not
    /// the one of this handle is not lent.
    ///
    /// ```
    /// # use perilune::native::{Extension, Shared, State, Unavailable};
    /// # struct Nothing;
    /// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
    /// # type Extra = Extension<Nothing, ()>;
    /// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
    /// shared.with(|state, _: &Extra| {
    ///     let use_it = || shared.with(|state, _: &Extra| Ok::<_, Unavailable>(state.top()));
    ///     assert_eq!(use_it(), Err(Unavailable::Busy));
    ///     assert_eq!(shared.lend(state, use_it), Ok(0));
    ///     Ok::<_, Unavailable>(())
    /// })?;
    /// # Ok::<(), Unavailable>(())
    /// ```
    #[inline(always)]
    pub fn lend<R>(&self, state: &mut State, f: impl FnOnce() -> R) -> R {
        let inner = self.inner();
        if !std::ptr::eq(state.owner, inner) {
            return f();
        }
        inner.available.set(state);
        let lent = Lent(inner);
        let result = f();
        drop(lent);
        result
    }

    /// Keeps other threads away from the state while the result exists: what one
    /// thread does many times in a row is cheaper then.
    ///
    /// ```
    /// # use perilune::native::{Extension, Shared, State, Unavailable};
    /// # struct Nothing;
    /// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
    /// # type Extra = Extension<Nothing, ()>;
    /// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
    /// let held = shared.hold();
    /// for _ in 0..100 {
    ///     shared.with(|_, _: &Extra| Ok::<_, Unavailable>(()))?;
    /// }
    /// drop(held);
    /// # Ok::<(), Unavailable>(())
    /// ```
    #[inline]
    pub fn hold(&self) -> impl Sized + '_ {
        self.lock()
    }

    /// Keeps other threads away from the state while the result exists.
    pub(super) fn lock(&self) -> LockGuard<'_> {
        self.inner().lock()
    }

    /// Where the state's memory lies.
    pub(super) fn address(&self) -> *const Inner {
        self.inner.as_ptr()
    }

    /// A handle that does not keep the state open.
    ///
    /// ```
    /// # use perilune::native::{Extension, Shared, State, Unavailable};
    /// # struct Nothing;
    /// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
    /// # type Extra = Extension<Nothing, ()>;
    /// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
    /// let weak = shared.weak();
    /// assert!(weak.is_open());
    /// drop(shared);
    /// assert!(!weak.is_open());
    /// # Ok::<(), Unavailable>(())
    /// ```
    pub fn weak(&self) -> Shared {
        // SAFETY: the memory exists.
        unsafe { Shared::weak_of(self.inner.as_ptr()) }
    }

    /// # Safety
    /// `inner` exists.
    pub(super) unsafe fn weak_of(inner: *const Inner) -> Shared {
        // SAFETY: the caller's handle keeps the memory.
        unsafe {
            (*inner).add_handles(1);
            Shared { inner: NonNull::new_unchecked(inner as *mut Inner), strong: false }
        }
    }

    /// A handle that keeps the state open; `None` if it is closed.
    ///
    /// ```
    /// # use perilune::native::{Extension, Shared, State, Unavailable};
    /// # struct Nothing;
    /// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
    /// # type Extra = Extension<Nothing, ()>;
    /// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
    /// let weak = shared.weak();
    /// assert!(weak.upgrade().is_some_and(|handle| handle.is_strong()));
    /// drop(shared);
    /// assert!(weak.upgrade().is_none());
    /// # Ok::<(), Unavailable>(())
    /// ```
    #[inline]
    pub fn upgrade(&self) -> Option<Shared> {
        // SAFETY: a handle keeps the memory.
        unsafe { Shared::strong_of(self.inner.as_ptr()) }
    }

    /// # Safety
    /// `inner` exists.
    #[inline]
    pub(super) unsafe fn strong_of(inner: *const Inner) -> Option<Shared> {
        // SAFETY: `inner` exists, so it can get one handle more.
        unsafe {
            if !(*inner).stay() {
                return None;
            }
            (*inner).add_handles(1);
            Some(Shared { inner: NonNull::new_unchecked(inner as *mut Inner), strong: true })
        }
    }

    /// Whether the state is open.
    ///
    /// ```
    /// # use perilune::native::{Extension, Shared, State, Unavailable};
    /// # struct Nothing;
    /// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
    /// # type Extra = Extension<Nothing, ()>;
    /// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
    /// let weak = shared.weak();
    /// drop(shared);
    /// assert!(!weak.is_open());
    /// # Ok::<(), Unavailable>(())
    /// ```
    pub fn is_open(&self) -> bool {
        self.inner().strong.load(Ordering::Acquire) > 0
    }

    /// Whether this handle keeps the state open.
    ///
    /// ```
    /// # use perilune::native::{Extension, Shared, State, Unavailable};
    /// # struct Nothing;
    /// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
    /// # type Extra = Extension<Nothing, ()>;
    /// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
    /// assert!(shared.is_strong());
    /// assert!(!shared.weak().is_strong());
    /// # Ok::<(), Unavailable>(())
    /// ```
    pub fn is_strong(&self) -> bool {
        self.strong
    }

    /// The number of handles that keep the state open.
    ///
    /// ```
    /// # use perilune::native::{Extension, Shared, State, Unavailable};
    /// # struct Nothing;
    /// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
    /// # type Extra = Extension<Nothing, ()>;
    /// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
    /// let copy = shared.clone();
    /// assert_eq!(shared.strong_count(), 2);
    /// # Ok::<(), Unavailable>(())
    /// ```
    pub fn strong_count(&self) -> usize {
        self.inner().strong.load(Ordering::Acquire) as usize
    }

    /// The number of handles that do not, roots included.
    ///
    /// ```
    /// # use perilune::native::{Extension, Shared, State, Unavailable};
    /// # struct Nothing;
    /// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
    /// # type Extra = Extension<Nothing, ()>;
    /// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
    /// let before = shared.weak_count();
    /// let weak = shared.weak();
    /// assert_eq!(shared.weak_count(), before + 1);
    /// # Ok::<(), Unavailable>(())
    /// ```
    pub fn weak_count(&self) -> usize {
        self.inner().handles.load(Ordering::Acquire)
    }

    /// Whether both are handles of one state.
    ///
    /// ```
    /// # use perilune::native::{Extension, Shared, State, Unavailable};
    /// # struct Nothing;
    /// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
    /// # type Extra = Extension<Nothing, ()>;
    /// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
    /// let other = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
    /// assert!(shared.same_state(&shared.weak()));
    /// assert!(!shared.same_state(&other));
    /// # Ok::<(), Unavailable>(())
    /// ```
    pub fn same_state(&self, other: &Shared) -> bool {
        self.inner == other.inner
    }

    /// Whether the root's value is of this state.
    ///
    /// ```
    /// # use perilune::native::{Extension, Shared, State, Unavailable};
    /// # struct Nothing;
    /// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
    /// # type Extra = Extension<Nothing, ()>;
    /// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
    /// let root = shared.with(|state, _: &Extra| {
    ///     state.push(1).unwrap();
    ///     Ok::<_, Unavailable>(state.pin_top().unwrap())
    /// })?;
    /// assert!(shared.owns(&root));
    /// # Ok::<(), Unavailable>(())
    /// ```
    pub fn owns(&self, root: &super::Root) -> bool {
        std::ptr::eq(root.owner(), self.address())
    }
}

impl State {
    /// Runs `f` with what the embedding API keeps beside the state; `None` if
    /// there is nothing, or something of another type.
    ///
    /// ```
    /// # use perilune::native::{Extension, Shared, State, Unavailable};
    /// # struct Nothing;
    /// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
    /// # type Extra = Extension<Nothing, ()>;
    /// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
    /// shared.with(|state, _: &Extra| {
    ///     assert!(state.with_extension(|_, _: &Extra| ()).is_some());
    ///     assert!(state.with_extension(|_, _: &String| ()).is_none());
    ///     Ok::<_, Unavailable>(())
    /// })?;
    /// # Ok::<(), Unavailable>(())
    /// ```
    #[inline(always)]
    pub fn with_extension<E: Any, R>(&mut self, f: impl FnOnce(&mut State, &E) -> R) -> Option<R> {
        if self.owner.is_null() {
            return None;
        }
        // SAFETY: the owner exists as long as its state, and keeps the extension
        // until the state is gone; nobody else changes it.
        unsafe {
            let extension = (*self.owner).extension::<E>()?;
            Some(f(self, extension))
        }
    }
}

impl Clone for Shared {
    /// A strong handle, but for a closed state.
    fn clone(&self) -> Shared {
        if self.strong {
            count::increment(&self.inner().strong);
            self.inner().add_handles(1);
            return Shared { inner: self.inner, strong: true };
        }
        self.upgrade().unwrap_or_else(|| self.weak())
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if self.strong {
            self.inner().leave();
        }
        // SAFETY: this handle was counted.
        unsafe { Inner::drop_handles(self.inner.as_ptr(), 1) };
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Shared({:p})", self.inner)
    }
}
