//! A state that moves between OS threads, without a lock.
//!
//! [`SendShared`] is the one handle of its state that may go to another thread.
//! That is sound if nothing of the state is left behind, and nothing in it has to
//! stay where it is. Both are found out each time the state is left:
//!
//! - Every other way to the state, or to memory that it shares, is counted in
//!   `Inner::handles` (handles, cells of userdata in other hands) or in the slots
//!   of roots. What lies beside the state would count, too: the part of it that may
//!   hold handles is dropped then, and the rest is `Send` ([`Extension`]).
//! - Rust values in the state say of themselves whether they are `Send`
//!   ([`Payload`](super::Payload)).
//!
//! A state where either count is not 0 is *bound* to its thread, which alone can
//! use it and find out that it is bound no more. Another thread looks at nothing
//! but the note in the `SendShared`. So there are no two threads that have access to
//! anything of a state at once, and what they do to it is ordered by whatever
//! moved the `SendShared`.

use super::extension::Extension;
use super::lock::{MaybeSend, MaybeSync};
use super::shared::Shared;
use std::fmt;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::thread::ThreadId;

/// What binds a state to an OS thread.
///
/// ```
/// use perilune::SendLua;
///
/// let mut lua = SendLua::new();
/// lua.enter(|lua| lua.globals().set("f", lua.create_function(|_, ()| Ok(()))?))?;
/// if let Some(binding) = lua.binding() {
///     // Without the feature `send`: the function is not known to be `Send`.
///     assert_eq!((binding.handles, binding.values), (0, 1));
///     assert_eq!(binding.thread, std::thread::current().id());
/// }
/// # Ok::<(), perilune::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Binding {
    /// The thread.
    pub thread: ThreadId,
    /// Handles of the state on that thread, and borrows of userdata.
    pub handles: usize,
    /// Rust values in the state that may not leave the thread.
    pub values: usize,
    /// The type of one of them.
    pub type_name: Option<&'static str>,
}

impl fmt::Display for Binding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |f: &mut fmt::Formatter<'_>, n: usize, what: &str| {
            write!(f, "{n} {what}{}", if n == 1 { "" } else { "s" })
        };
        count(f, self.handles, "handle")?;
        f.write_str(", ")?;
        count(f, self.values, "value")?;
        f.write_str(" not known to be `Send`")?;
        match self.type_name {
            Some(name) => write!(f, " (such as `{name}`)"),
            None => Ok(()),
        }
    }
}

/// A shared state that may go to another OS thread, unless something binds it to
/// the one where it is. Beside it lies an [`Extension<L, X>`](Extension).
///
/// ```
/// # use perilune::native::{Extension, Shared, State, Unavailable, SendShared};
/// # struct Nothing;
/// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
/// # type Extra = Extension<Nothing, ()>;
/// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
/// let mut lua = SendShared::<Nothing, ()>::new(shared).unwrap();
/// let mut lua = std::thread::spawn(move || {
///     lua.enter(|shared| shared.is_open()).unwrap();
///     lua
/// }).join().unwrap();
/// assert!(lua.enter(|shared| shared.is_open()).unwrap());
/// # Ok::<(), Unavailable>(())
/// ```
pub struct SendShared<L, X>
where
    L: From<Shared> + MaybeSend + MaybeSync + 'static,
    X: Send + MaybeSync + 'static,
{
    shared: ManuallyDrop<Shared>,
    binding: Option<Binding>,
    /// The thread where the state was used last.
    #[cfg(not(feature = "send"))]
    last: Option<ThreadId>,
    _beside: PhantomData<fn(L) -> X>,
}

// SAFETY: see the top of this file. All methods that touch the state look first
// whether it is bound to another thread.
unsafe impl<L, X> Send for SendShared<L, X>
where
    L: From<Shared> + MaybeSend + MaybeSync + 'static,
    X: Send + MaybeSync + 'static,
{
}

/// Leaves the state, also when what was done in it unwinds.
struct Inside<'a, L, X>(&'a mut SendShared<L, X>)
where
    L: From<Shared> + MaybeSend + MaybeSync + 'static,
    X: Send + MaybeSync + 'static;

impl<L, X> Drop for Inside<'_, L, X>
where
    L: From<Shared> + MaybeSend + MaybeSync + 'static,
    X: Send + MaybeSync + 'static,
{
    fn drop(&mut self) {
        self.0.leave();
    }
}

impl<L, X> SendShared<L, X>
where
    L: From<Shared> + MaybeSend + MaybeSync + 'static,
    X: Send + MaybeSync + 'static,
{
    /// Takes a handle that keeps its state open.
    ///
    /// ```
    /// # use perilune::native::{Extension, Shared, State, Unavailable, SendShared};
    /// # struct Nothing;
    /// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
    /// # type Extra = Extension<Nothing, ()>;
    /// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
    /// assert!(SendShared::<Nothing, ()>::new(shared.weak()).is_err());
    /// assert!(SendShared::<Nothing, ()>::new(shared).is_ok());
    /// # Ok::<(), Unavailable>(())
    /// ```
    ///
    /// # Errors
    /// Gives it back if it does not, or if the state has something else beside it.
    pub fn new(shared: Shared) -> Result<Self, Shared> {
        let known = shared.inner().extension_type.get() == Extension::<L, X>::type_id();
        if !shared.is_strong() || !known {
            return Err(shared);
        }
        let mut this = SendShared {
            shared: ManuallyDrop::new(shared),
            binding: None,
            #[cfg(not(feature = "send"))]
            last: Some(std::thread::current().id()),
            _beside: PhantomData,
        };
        this.leave();
        Ok(this)
    }

    /// What binds the state to a thread, as it was when the state was left last.
    ///
    /// ```
    /// # use perilune::native::{Extension, Shared, State, Unavailable, SendShared};
    /// # struct Nothing;
    /// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
    /// # type Extra = Extension<Nothing, ()>;
    /// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
    /// let copy = shared.clone();
    /// let mut lua = SendShared::<Nothing, ()>::new(shared).unwrap();
    /// if let Some(binding) = lua.binding() {
    ///     // Without the feature `send`: there is another handle on this thread.
    ///     assert_eq!(binding.handles, 1);
    /// }
    /// drop(copy);
    /// lua.enter(|_| ()).unwrap();
    /// assert!(lua.binding().is_none());
    /// # Ok::<(), Unavailable>(())
    /// ```
    pub fn binding(&self) -> Option<&Binding> {
        self.binding.as_ref()
    }

    /// Runs `f` with the state's handle.
    ///
    /// ```
    /// # use perilune::native::{Extension, Shared, State, Unavailable, SendShared};
    /// # struct Nothing;
    /// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
    /// # type Extra = Extension<Nothing, ()>;
    /// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
    /// let mut lua = SendShared::<Nothing, ()>::new(shared).unwrap();
    /// let top = lua.enter(|shared| {
    ///     shared.with(|state, _: &Extra| Ok::<_, Unavailable>(state.top()))
    /// }).unwrap()?;
    /// assert_eq!(top, 0);
    /// # Ok::<(), Unavailable>(())
    /// ```
    ///
    /// # Errors
    /// If the state is bound to another thread.
    pub fn enter<R>(&mut self, f: impl FnOnce(&Shared) -> R) -> Result<R, Binding> {
        self.arrive()?;
        let inside = Inside(self);
        let result = f(&inside.0.shared);
        drop(inside);
        Ok(result)
    }

    /// The handle of the state, which stays on this thread from now on.
    ///
    /// ```
    /// # use perilune::native::{Extension, Shared, State, Unavailable, SendShared};
    /// # struct Nothing;
    /// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
    /// # type Extra = Extension<Nothing, ()>;
    /// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
    /// let lua = SendShared::<Nothing, ()>::new(shared).unwrap();
    /// let shared = lua.into_shared().ok().unwrap();
    /// assert!(shared.is_strong());
    /// # Ok::<(), Unavailable>(())
    /// ```
    ///
    /// # Errors
    /// If the state is bound to another thread.
    pub fn into_shared(mut self) -> Result<Shared, Self> {
        if self.arrive().is_err() {
            return Err(self);
        }
        let mut this = ManuallyDrop::new(self);
        // SAFETY: `this` is not used, nor dropped, any more.
        Ok(unsafe { ManuallyDrop::take(&mut this.shared) })
    }
}

#[cfg(feature = "send")]
impl<L, X> SendShared<L, X>
where
    L: From<Shared> + MaybeSend + MaybeSync + 'static,
    X: Send + MaybeSync + 'static,
{
    /// Nothing binds a state that any thread may use, one at a time.
    fn arrive(&mut self) -> Result<(), Binding> {
        Ok(())
    }

    fn leave(&mut self) {}
}

#[cfg(not(feature = "send"))]
impl<L, X> SendShared<L, X>
where
    L: From<Shared> + 'static,
    X: Send + 'static,
{
    fn beside(&self) -> *mut Extension<L, X> {
        // The type was looked at in `new`, and the extension stays until the state is
        // closed, which waits for the last strong handle.
        self.shared.inner().extension_at.get().cast()
    }

    /// Makes the state ready for this thread.
    fn arrive(&mut self) -> Result<(), Binding> {
        let here = std::thread::current().id();
        if let Some(binding) = &self.binding {
            return if binding.thread == here { Ok(()) } else { Err(*binding) };
        }
        let inner = self.shared.inner();
        if self.last != Some(here) {
            self.last = Some(here);
            // SAFETY: nothing is bound to another thread, so nobody uses the state.
            unsafe {
                if let Some(state) = inner.available.get().as_mut() {
                    state.forget_native_limit();
                }
            }
        }
        let local = L::from(self.shared.weak());
        // SAFETY: it was dropped when the state was left, and nobody has had the
        // extension since.
        unsafe { Extension::arrive(self.beside(), local) };
        inner.extension_type.set(Extension::<L, X>::type_id());
        Ok(())
    }

    /// Finds out what binds the state to this thread, which has just used it.
    fn leave(&mut self) {
        let thread = std::thread::current().id();
        let inner = self.shared.inner();
        let state = inner.available.get();
        // SAFETY: a state that is available is not in use.
        let own = unsafe { !state.is_null() && std::ptr::eq((*state).owner, inner) };
        if inner.depth.get() != 0 || !own {
            // Whoever uses the state has it by some handle.
            self.binding = Some(Binding { thread, handles: 1, values: 0, type_name: None });
            return;
        }
        // Destructors find the state in use.
        inner.available.set(std::ptr::null_mut());
        inner.extension_type.set(std::any::TypeId::of::<super::shared::Nothing>());
        let beside = self.beside();
        let left = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            // SAFETY: it is present while the state is entered; nobody uses it, as
            // `depth` is 0, and can't until it is present again, as its type is not
            // known.
            unsafe { Extension::leave(beside) }
        }));
        if let Err(panic) = left {
            let dropped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(panic)));
            if let Err(panic) = dropped {
                std::mem::forget(panic);
            }
        }
        inner.available.set(state);
        // SAFETY: this is the thread that has the state, and nobody uses it.
        let (slots, roots, (values, type_name)) = unsafe {
            let (slots, roots) = inner.roots.count();
            (slots, roots, (*state).local_values())
        };
        let own_handle = 1;
        let handles = inner.handles.load(std::sync::atomic::Ordering::Relaxed);
        let handles = handles - slots - own_handle + roots;
        if handles == 0 && values == 0 {
            // SAFETY: no slot is in use, and nobody uses the state. So many slots
            // counted as handles; one handle is left.
            unsafe {
                let (slots, bytes) = inner.roots.shrink();
                super::Inner::drop_handles(inner, slots);
                (*state).heap.release(bytes);
            }
            self.binding = None;
            return;
        }
        self.binding = Some(Binding { thread, handles, values, type_name });
        let local = L::from(self.shared.weak());
        // SAFETY: it was just dropped, and nobody has the extension.
        unsafe { Extension::arrive(beside, local) };
        inner.extension_type.set(Extension::<L, X>::type_id());
    }
}

impl<L, X> Drop for SendShared<L, X>
where
    L: From<Shared> + MaybeSend + MaybeSync + 'static,
    X: Send + MaybeSync + 'static,
{
    /// Closes the state, unless others keep it open. One that is bound to another
    /// thread stays as it is, for ever.
    fn drop(&mut self) {
        if self.arrive().is_ok() {
            // SAFETY: it is not used any more.
            unsafe { ManuallyDrop::drop(&mut self.shared) };
        }
    }
}
