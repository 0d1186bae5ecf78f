//! What the feature `send` changes: states and handles may then be used by any
//! OS thread, one at a time, behind a re-entrant lock.

/// `Send` with the feature `send`, else every type.
///
/// ```
/// use perilune::native::{MaybeSend, Payload};
///
/// /// Takes what a state may own in either build.
/// fn own<T: MaybeSend + 'static>(value: T) -> Payload {
///     Payload::new(value)
/// }
///
/// assert_eq!(own(1).downcast_ref(), Some(&1));
/// ```
#[cfg(feature = "send")]
pub trait MaybeSend: Send {}
#[cfg(feature = "send")]
impl<T: Send + ?Sized> MaybeSend for T {}

/// `Send` with the feature `send`, else every type.
///
/// ```
/// use perilune::native::{MaybeSend, Payload};
///
/// /// Takes what a state may own in either build.
/// fn own<T: MaybeSend + 'static>(value: T) -> Payload {
///     Payload::new(value)
/// }
///
/// assert_eq!(own(1).downcast_ref(), Some(&1));
/// ```
#[cfg(not(feature = "send"))]
pub trait MaybeSend {}
#[cfg(not(feature = "send"))]
impl<T: ?Sized> MaybeSend for T {}

/// `Sync` with the feature `send`, else every type.
///
/// ```
/// use perilune::native::{MaybeSend, MaybeSync, Shareable};
///
/// /// What callbacks share, in either build.
/// fn share<T: MaybeSend + MaybeSync>(value: T) -> Shareable<T> {
///     Shareable::new(value)
/// }
///
/// assert_eq!(*share("text"), "text");
/// ```
#[cfg(feature = "send")]
pub trait MaybeSync: Sync {}
#[cfg(feature = "send")]
impl<T: Sync + ?Sized> MaybeSync for T {}

/// `Sync` with the feature `send`, else every type.
///
/// ```
/// use perilune::native::{MaybeSend, MaybeSync, Shareable};
///
/// /// What callbacks share, in either build.
/// fn share<T: MaybeSend + MaybeSync>(value: T) -> Shareable<T> {
///     Shareable::new(value)
/// }
///
/// assert_eq!(*share("text"), "text");
/// ```
#[cfg(not(feature = "send"))]
pub trait MaybeSync {}
#[cfg(not(feature = "send"))]
impl<T: ?Sized> MaybeSync for T {}

/// The reference-counting pointer of what states share: `Arc` with the feature
/// `send`, else `Rc`.
///
/// ```
/// use perilune::native::Shareable;
///
/// let names = Shareable::new(vec!["Ada"]);
/// let copy = names.clone();
/// assert!(Shareable::ptr_eq(&names, &copy));
/// ```
#[cfg(feature = "send")]
pub type Shareable<T> = std::sync::Arc<T>;
/// The reference-counting pointer of what states share: `Arc` with the feature
/// `send`, else `Rc`.
///
/// ```
/// use perilune::native::Shareable;
///
/// let names = Shareable::new(vec!["Ada"]);
/// let copy = names.clone();
/// assert!(Shareable::ptr_eq(&names, &copy));
/// ```
#[cfg(not(feature = "send"))]
pub type Shareable<T> = std::rc::Rc<T>;

/// The lock around a state: one OS thread at a time, as often as it likes.
#[cfg(feature = "send")]
pub(super) use super::state_lock::StateLock;

/// The weak form of [`Shareable`].
///
/// ```
/// use perilune::native::{Shareable, WeakShareable};
///
/// let strong = Shareable::new(1);
/// let weak: WeakShareable<i32> = Shareable::downgrade(&strong);
/// assert_eq!(weak.upgrade().as_deref(), Some(&1));
/// drop(strong);
/// assert!(weak.upgrade().is_none());
/// ```
#[cfg(feature = "send")]
pub type WeakShareable<T> = std::sync::Weak<T>;
/// The weak form of [`Shareable`].
///
/// ```
/// use perilune::native::{Shareable, WeakShareable};
///
/// let strong = Shareable::new(1);
/// let weak: WeakShareable<i32> = Shareable::downgrade(&strong);
/// assert_eq!(weak.upgrade().as_deref(), Some(&1));
/// drop(strong);
/// assert!(weak.upgrade().is_none());
/// ```
#[cfg(not(feature = "send"))]
pub type WeakShareable<T> = std::rc::Weak<T>;

/// No lock: without the feature `send`, handles never leave their thread.
#[cfg(not(feature = "send"))]
pub(super) struct StateLock;

#[cfg(not(feature = "send"))]
impl StateLock {
    pub(super) fn new(_: ()) -> Self {
        StateLock
    }
    #[inline(always)]
    pub(super) fn lock(&self) -> super::shared::LockGuard<'_> {
        std::marker::PhantomData
    }
}

/// Counters of handles: shared between threads only with the feature `send`.
pub(super) mod count {
    #[cfg(not(feature = "send"))]
    use std::sync::atomic::Ordering::Relaxed;
    #[cfg(feature = "send")]
    use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed};
    use std::sync::atomic::{AtomicU32, AtomicUsize};

    /// A counter that got here stays: what it counts is never freed.
    pub(in super::super) const STUCK: u32 = 0xc000_0000;

    /// One more; answers how many there were.
    #[inline(always)]
    pub(in super::super) fn increment(n: &AtomicU32) -> u32 {
        #[cfg(feature = "send")]
        let old = n.fetch_add(1, Relaxed);
        #[cfg(not(feature = "send"))]
        let old = {
            let old = n.load(Relaxed);
            n.store(old.wrapping_add(1), Relaxed);
            old
        };
        if old >= STUCK - (1 << 30) {
            n.store(STUCK, Relaxed);
        }
        old
    }

    /// `k` more.
    #[inline(always)]
    pub(in super::super) fn add(n: &AtomicUsize, k: usize) {
        #[cfg(feature = "send")]
        n.fetch_add(k, Relaxed);
        #[cfg(not(feature = "send"))]
        n.store(n.load(Relaxed) + k, Relaxed);
    }

    /// `k` fewer; answers whether those were the last.
    #[inline(always)]
    pub(in super::super) fn subtract(n: &AtomicUsize, k: usize) -> bool {
        #[cfg(feature = "send")]
        let old = n.fetch_sub(k, AcqRel);
        #[cfg(not(feature = "send"))]
        let old = {
            let old = n.load(Relaxed);
            n.store(old - k, Relaxed);
            old
        };
        old == k
    }

    /// One more, unless there is none and `revive` is false; answers whether.
    #[inline(always)]
    pub(in super::super) fn increment_unless_zero(n: &AtomicU32, revive: bool) -> bool {
        #[cfg(feature = "send")]
        {
            let mut now = n.load(Relaxed);
            loop {
                if now == 0 && !revive {
                    return false;
                }
                match n.compare_exchange_weak(now, now + 1, AcqRel, Relaxed) {
                    Ok(_) => return true,
                    Err(other) => now = other,
                }
            }
        }
        #[cfg(not(feature = "send"))]
        {
            let now = n.load(Relaxed);
            if now == 0 && !revive {
                return false;
            }
            n.store(now + 1, Relaxed);
            true
        }
    }

    /// [`decrement`] of a count that grows only through what it counts.
    #[inline(always)]
    pub(in super::super) fn decrement_own(n: &AtomicU32) -> bool {
        // If it is 1 nobody else has anything by which to change it.
        #[cfg(feature = "send")]
        if n.load(Acquire) == 1 {
            n.store(0, Relaxed);
            return true;
        }
        decrement(n)
    }

    /// One less; answers whether that was the last.
    #[inline(always)]
    pub(in super::super) fn decrement(n: &AtomicU32) -> bool {
        #[cfg(feature = "send")]
        let old = n.fetch_sub(1, AcqRel);
        #[cfg(not(feature = "send"))]
        let old = {
            let old = n.load(Relaxed);
            n.store(old.wrapping_sub(1), Relaxed);
            old
        };
        if old >= STUCK - (1 << 30) {
            n.store(STUCK, Relaxed);
        }
        old == 1
    }
}

/// A value that several handles change, one at a time. Without the feature
/// `send` it is a `RefCell`, with it a mutex.
///
/// ```
/// # let lua = perilune::Lua::new();
/// use perilune::native::{Lock, Shareable};
///
/// let log = Shareable::new(Lock::new(Vec::new()));
/// let copy = log.clone();
/// lua.globals().set("log", lua.create_function(move |_, line: String| {
///     copy.borrow_mut().push(line);
///     Ok(())
/// })?)?;
/// lua.load("log 'one' log 'two'").exec()?;
/// assert_eq!(*log.borrow_mut(), ["one", "two"]);
/// # Ok::<(), perilune::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Lock<T>(
    #[cfg(feature = "send")] parking_lot::Mutex<T>,
    #[cfg(not(feature = "send"))] std::cell::RefCell<T>,
);

impl<T> Lock<T> {
    /// Takes a value.
    ///
    /// ```
    /// use perilune::native::Lock;
    ///
    /// let count = Lock::new(0);
    /// *count.borrow_mut() += 1;
    /// assert_eq!(*count.borrow_mut(), 1);
    /// ```
    pub fn new(value: T) -> Lock<T> {
        #[cfg(feature = "send")]
        return Lock(parking_lot::Mutex::new(value));
        #[cfg(not(feature = "send"))]
        return Lock(std::cell::RefCell::new(value));
    }

    /// The value, which nobody may be using further out.
    ///
    /// Without the feature `send` that is a panic, with it one thread waits for another
    /// (and for itself for ever).
    ///
    /// ```
    /// use perilune::native::Lock;
    ///
    /// let list = Lock::new(vec![1]);
    /// list.borrow_mut().push(2);
    /// assert_eq!(list.borrow_mut().len(), 2);
    /// ```
    pub fn borrow_mut(&self) -> impl std::ops::DerefMut<Target = T> + '_ {
        #[cfg(feature = "send")]
        return self.0.lock();
        #[cfg(not(feature = "send"))]
        return self.0.borrow_mut();
    }

    /// The value; `None` if somebody is using it.
    ///
    /// ```
    /// use perilune::native::Lock;
    ///
    /// let lock = Lock::new(1);
    /// let used = lock.borrow_mut();
    /// assert!(lock.try_borrow_mut().is_none());
    /// drop(used);
    /// assert!(lock.try_borrow_mut().is_some());
    /// ```
    pub fn try_borrow_mut(&self) -> Option<impl std::ops::DerefMut<Target = T> + '_> {
        #[cfg(feature = "send")]
        return self.0.try_lock();
        #[cfg(not(feature = "send"))]
        return self.0.try_borrow_mut().ok();
    }
}
