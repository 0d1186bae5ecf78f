//! Values that handles outside the state keep alive.
//!
//! A [`Root`] points to a slot of a table that the collector marks from. Slots
//! lie in chunks that never move, so that a root is cloned and dropped without
//! the state: only a count beside the value changes. A slot without a count is
//! in a list of free ones: in `free`, or (given back by whatever thread) in
//! `returned`, which whoever holds the state's lock empties.

use super::lock::count;
use super::shared::{Inner, Shared, Unavailable};
use crate::error::Result;
use crate::heap::Marker;
use crate::state::State;
use crate::value::{RawValue, tag};
use std::any::Any;
use std::cell::{Cell, UnsafeCell};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

/// The place of a value: 32 bytes.
#[repr(C)]
struct Slot {
    payload: UnsafeCell<u64>,
    tag: UnsafeCell<u8>,
    /// Roots that point here.
    count: AtomicU32,
    /// Of these, how many traced userdata have shown in this cycle.
    internal: AtomicU32,
    /// The next free slot while this one is free.
    next: AtomicPtr<Slot>,
}

const CHUNK: usize = 4096;
const SLOTS: usize = (CHUNK - size_of::<*const Inner>()) / size_of::<Slot>();

/// So many values may be kept at a time: a program that keeps more has forgotten
/// to let go of them.
const MAX_CHUNKS: usize = (1 << 22) / SLOTS;

/// Slots, in memory aligned to its size, so that a slot finds the chunk.
#[repr(C, align(4096))]
struct Chunk {
    owner: *const Inner,
    slots: [Slot; SLOTS],
}

const _: () = assert!(size_of::<Chunk>() == CHUNK);

/// Marks the list of returned slots of a state that is closed.
const CLOSED: *mut Slot = std::ptr::dangling_mut::<Slot>();

/// All slots of a state.
pub(crate) struct RootTable {
    chunks: UnsafeCell<Vec<NonNull<Chunk>>>,
    free: Cell<*mut Slot>,
    returned: AtomicPtr<Slot>,
}

impl RootTable {
    pub(super) const fn new() -> RootTable {
        RootTable {
            chunks: UnsafeCell::new(Vec::new()),
            free: Cell::new(std::ptr::null_mut()),
            returned: AtomicPtr::new(std::ptr::null_mut()),
        }
    }

    /// A slot with a count of 1 for a value.
    ///
    /// # Safety
    /// `self` belongs to `owner`, whose lock is held, and which is not closed;
    /// the value is live in its state.
    #[inline]
    unsafe fn take(&self, owner: *const Inner, v: RawValue) -> Option<NonNull<Slot>> {
        let mut slot = self.free.get();
        if slot.is_null() {
            // SAFETY: the caller's promise.
            slot = unsafe { self.refill(owner)? };
        }
        // SAFETY: a free slot belongs to nobody else.
        unsafe {
            self.free.set((*slot).next.load(Ordering::Relaxed));
            *(*slot).payload.get() = v.payload;
            *(*slot).tag.get() = v.tag;
            (*slot).internal.store(0, Ordering::Relaxed);
            (*slot).count.store(1, Ordering::Relaxed);
            Some(NonNull::new_unchecked(slot))
        }
    }

    /// Whether the next root needs a new chunk.
    #[inline(always)]
    fn is_used_up(&self) -> bool {
        self.free.get().is_null() && self.returned.load(Ordering::Relaxed).is_null()
    }

    /// The list of slots that were returned, or of a new chunk.
    ///
    /// # Safety
    /// As `take`.
    #[cold]
    unsafe fn refill(&self, owner: *const Inner) -> Option<*mut Slot> {
        let returned = self.returned.swap(std::ptr::null_mut(), Ordering::Acquire);
        if !returned.is_null() {
            return Some(returned);
        }
        // SAFETY: the lock is held, so nobody else looks at the list of chunks;
        // zeros are a valid chunk, and `owner` outlives it: each of its slots
        // counts as a handle.
        unsafe {
            let chunks = &mut *self.chunks.get();
            if chunks.len() >= MAX_CHUNKS {
                return None;
            }
            chunks.try_reserve(1).ok()?;
            let layout = std::alloc::Layout::new::<Chunk>();
            let chunk = NonNull::new(std::alloc::alloc_zeroed(layout) as *mut Chunk)?;
            (*chunk.as_ptr()).owner = owner;
            chunks.push(chunk);
            (*owner).add_handles(SLOTS);
            Some(link(chunk))
        }
    }

    /// Gives a slot back whose count is 0.
    ///
    /// # Safety
    /// The slot belongs to this table, and nobody else gives it back.
    #[inline]
    unsafe fn give(&self, owner: *const Inner, slot: *mut Slot) {
        #[cfg(not(feature = "send"))]
        if self.returned.load(Ordering::Relaxed) != CLOSED {
            // SAFETY: all handles are on this thread.
            unsafe { (*slot).next.store(self.free.get(), Ordering::Relaxed) };
            self.free.set(slot);
            return;
        }
        let mut head = self.returned.load(Ordering::Acquire);
        loop {
            if head == CLOSED {
                // SAFETY: the slot was counted as a handle.
                unsafe { Inner::drop_handles(owner, 1) };
                return;
            }
            // SAFETY: the slot is nobody's until it is in the list.
            unsafe { (*slot).next.store(head, Ordering::Relaxed) };
            match self.returned.compare_exchange_weak(
                head,
                slot,
                Ordering::Release,
                Ordering::Acquire,
            ) {
                Ok(_) => return,
                Err(now) => head = now,
            }
        }
    }

    /// Answers how many slots are free and will not be given back any more.
    pub(super) fn close(&self) -> usize {
        let mut free = 0;
        let returned = self.returned.swap(CLOSED, Ordering::AcqRel);
        for mut slot in [returned, self.free.replace(std::ptr::null_mut())] {
            while !slot.is_null() && slot != CLOSED {
                free += 1;
                // SAFETY: free slots are linked by `next`.
                slot = unsafe { (*slot).next.load(Ordering::Relaxed) };
            }
        }
        free
    }

    /// How many slots there are, and how many values roots keep alive.
    ///
    /// # Safety
    /// The state's lock is held.
    #[cfg(not(feature = "send"))]
    pub(super) unsafe fn count(&self) -> (usize, usize) {
        let mut used = 0;
        // SAFETY: the lock's holder alone changes the list of chunks.
        let chunks = unsafe { &*self.chunks.get() };
        for chunk in chunks {
            // SAFETY: chunks last as long as the table.
            for slot in unsafe { &(*chunk.as_ptr()).slots } {
                used += usize::from(slot.count.load(Ordering::Relaxed) != 0);
            }
        }
        (chunks.len() * SLOTS, used)
    }

    /// If there are many chunks, gives the memory of all back but the first one's;
    /// answers how many slots and bytes that were.
    ///
    /// # Safety
    /// The state's lock is held, and no slot is in use.
    #[cfg(not(feature = "send"))]
    pub(super) unsafe fn shrink(&self) -> (usize, usize) {
        // SAFETY: the lock's holder alone changes the list of chunks; nothing refers
        // to a slot but the list of free ones, which begins anew.
        unsafe {
            let chunks = &mut *self.chunks.get();
            const MANY: usize = 16;
            if chunks.len() <= MANY {
                return (0, 0);
            }
            let first = chunks[0];
            let gone = chunks.len() - 1;
            for chunk in chunks.drain(1..) {
                let layout = std::alloc::Layout::new::<Chunk>();
                std::alloc::dealloc(chunk.as_ptr() as *mut u8, layout);
            }
            self.returned.store(std::ptr::null_mut(), Ordering::Relaxed);
            self.free.set(link(first));
            (gone * SLOTS, gone * CHUNK)
        }
    }

    /// Marks all values that roots keep alive.
    ///
    /// # Safety
    /// The state's lock is held; values are live.
    pub(crate) unsafe fn trace(&self, marker: &mut Marker) {
        // SAFETY: a slot that has a count holds a live value, and keeps it until
        // the lock's holder uses the slot again.
        unsafe {
            for chunk in &*self.chunks.get() {
                for slot in &(*chunk.as_ptr()).slots {
                    let count = slot.count.load(Ordering::Acquire);
                    if count > slot.internal.load(Ordering::Relaxed) {
                        marker.mark_value(Slot::value(slot));
                    }
                }
            }
        }
    }

    /// Forgets what traced userdata have shown.
    ///
    /// # Safety
    /// The state's lock is held.
    pub(super) unsafe fn reset_internal(&self) {
        // SAFETY: the lock's holder alone changes the list of chunks.
        unsafe {
            for chunk in &*self.chunks.get() {
                for slot in &(*chunk.as_ptr()).slots {
                    slot.internal.store(0, Ordering::Relaxed);
                }
            }
        }
    }

    /// Empties the slots whose values are not marked.
    ///
    /// # Safety
    /// The state's lock is held, and marks are complete.
    pub(super) unsafe fn empty_unmarked(&self) {
        // SAFETY: values in use are live up to now; the lock's holder alone reads
        // and writes them.
        unsafe {
            for chunk in &*self.chunks.get() {
                for slot in &(*chunk.as_ptr()).slots {
                    slot.internal.store(0, Ordering::Relaxed);
                    let value = Slot::value(slot);
                    if slot.count.load(Ordering::Acquire) != 0
                        && value.is_collectable()
                        && !crate::heap::is_marked(value.as_header())
                    {
                        *slot.tag.get() = tag::NIL;
                    }
                }
            }
        }
    }
}

impl Drop for RootTable {
    fn drop(&mut self) {
        for chunk in self.chunks.get_mut() {
            // SAFETY: no root is left, as each counts as a handle of the owner.
            unsafe {
                std::alloc::dealloc(chunk.as_ptr() as *mut u8, std::alloc::Layout::new::<Chunk>());
            }
        }
    }
}

/// Makes all slots of a chunk a list of free ones.
///
/// # Safety
/// None of them is in use.
unsafe fn link(chunk: NonNull<Chunk>) -> *mut Slot {
    // SAFETY: the slots are nobody's.
    unsafe {
        let first = &raw mut (*chunk.as_ptr()).slots as *mut Slot;
        for i in 1..SLOTS {
            (*first.add(i - 1)).next.store(first.add(i), Ordering::Relaxed);
        }
        (*first.add(SLOTS - 1)).next.store(std::ptr::null_mut(), Ordering::Relaxed);
        first
    }
}

impl Slot {
    /// # Safety
    /// The slot is in use, and the state's lock is held.
    #[inline(always)]
    unsafe fn value(this: *const Slot) -> RawValue {
        // SAFETY: by contract nobody writes to it.
        unsafe { RawValue { payload: *(*this).payload.get(), tag: *(*this).tag.get() } }
    }
}

/// A value that is kept alive, as long as its state is.
///
/// Cloning and dropping one costs a counter; neither needs the state, so both
/// may happen at any time. A root does not keep its state open: of a closed one
/// it is of no use, but does no harm.
///
/// ```
/// # let lua = perilune::Lua::new();
/// use perilune::native::Root;
///
/// let root: Root = lua.with_native(|state| {
///     state.push("kept")?;
///     state.pin_top()
/// })?;
/// let copy = root.clone();
/// drop(root);
/// let text = lua.with_native(|state| {
///     state.push_root(&copy)?;
///     Ok(state.bytes(-1).map(<[u8]>::to_vec))
/// })?;
/// assert_eq!(text.as_deref(), Some(&b"kept"[..]));
/// # Ok::<(), perilune::Error>(())
/// ```
pub struct Root(NonNull<Slot>);

// SAFETY: with the feature `send` counts are atomic, values are reached under
// the state's lock alone, and what states own is `Send`.
#[cfg(feature = "send")]
unsafe impl Send for Root {}
// SAFETY: as above.
#[cfg(feature = "send")]
unsafe impl Sync for Root {}

impl Root {
    #[inline(always)]
    fn slot(&self) -> &Slot {
        // SAFETY: a slot exists as long as a root points to it.
        unsafe { self.0.as_ref() }
    }

    /// Notes that a traced userdata holds this root.
    pub(super) fn count_internal(&self) {
        self.slot().internal.fetch_add(1, Ordering::Relaxed);
    }

    /// # Safety
    /// The state's lock is held.
    pub(super) unsafe fn raw(&self) -> RawValue {
        // SAFETY: the root keeps its slot in use.
        unsafe { Slot::value(self.0.as_ptr()) }
    }

    #[inline(always)]
    pub(super) fn owner(&self) -> *const Inner {
        let chunk = self.0.as_ptr().map_addr(|a| a & !(CHUNK - 1)) as *const Chunk;
        // SAFETY: slots lie in chunks that are aligned to their size.
        unsafe { (*chunk).owner }
    }

    /// What the value belongs to.
    #[inline(always)]
    pub(super) fn owning(&self) -> &Inner {
        // SAFETY: the owner lives as long as its roots.
        unsafe { &*self.owner() }
    }

    /// Runs `f` with the state of the value, and what the embedding API keeps
    /// beside it. See [`Shared::with`].
    ///
    /// ```
    /// # use perilune::native::{Extension, Shared, State, Unavailable};
    /// # struct Nothing;
    /// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
    /// # type Extra = Extension<Nothing, ()>;
    /// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
    /// let root = shared.with(|state, _: &Extra| {
    ///     state.push(42).unwrap();
    ///     Ok::<_, Unavailable>(state.pin_top().unwrap())
    /// })?;
    /// let found = root.with(|state, _: &Extra| Ok::<_, Unavailable>(state.owns(&root)))?;
    /// assert!(found);
    /// # Ok::<(), Unavailable>(())
    /// ```
    ///
    /// # Errors
    /// As there.
    #[inline(always)]
    pub fn with<E: Any, R, X: From<Unavailable>>(
        &self,
        f: impl FnOnce(&mut State, &E) -> std::result::Result<R, X>,
    ) -> std::result::Result<R, X> {
        self.owning().with(f)
    }

    /// A handle of the value's state that does not keep it open.
    ///
    /// ```
    /// # let lua = perilune::Lua::new();
    /// let root = lua.with_native(|state| {
    ///     state.push("text")?;
    ///     state.pin_top()
    /// })?;
    /// assert!(root.shared().is_open());
    /// drop(lua);
    /// assert!(!root.shared().is_open());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn shared(&self) -> Shared {
        // SAFETY: the owner lives as long as its roots.
        unsafe { Shared::weak_of(self.owner()) }
    }

    /// Whether both belong to one state.
    ///
    /// ```
    /// # let lua = perilune::Lua::new();
    /// use perilune::Lua;
    ///
    /// fn pinned(lua: &Lua) -> perilune::Result<perilune::native::Root> {
    ///     lua.with_native(|state| {
    ///         state.push(1)?;
    ///         state.pin_top()
    ///     })
    /// }
    ///
    /// assert!(pinned(&lua)?.same_state(&pinned(&lua)?));
    /// assert!(!pinned(&lua)?.same_state(&pinned(&Lua::new())?));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn same_state(&self, other: &Root) -> bool {
        std::ptr::eq(self.owner(), other.owner())
    }

    /// Whether both are the same root, or clones of one another.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push("text")?;
    /// let (a, b) = (state.pin(1)?, state.pin(1)?);
    /// assert!(a.same_root(&a.clone()));
    /// assert!(!a.same_root(&b));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn same_root(&self, other: &Root) -> bool {
        self.0 == other.0
    }
}

impl Clone for Root {
    #[inline]
    fn clone(&self) -> Root {
        count::increment(&self.slot().count);
        Root(self.0)
    }
}

impl Drop for Root {
    #[inline]
    fn drop(&mut self) {
        if count::decrement_own(&self.slot().count) {
            let owner = self.owner();
            // SAFETY: this was the last root of the slot.
            unsafe { (*owner).roots.give(owner, self.0.as_ptr()) }
        }
    }
}

impl std::fmt::Debug for Root {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Root({:p})", self.0)
    }
}

impl State {
    /// Keeps the value at an index alive; pushes and pops nothing.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.new_table(0, 0)?;
    /// let root = state.pin(1)?;
    /// state.push_root(&root)?;
    /// assert!(state.raw_equal(1, 2));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out, or the state is not shared ([`Shared::new`]).
    #[inline]
    pub fn pin(&mut self, index: i32) -> Result<Root> {
        let v = self.raw(index);
        self.pin_raw(v)
    }

    /// [`pin`](Self::pin), and pops the value, which must be on top.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push("kept")?;
    /// let root = state.pin_top()?;
    /// assert_eq!(state.top(), 0);
    /// state.push_root(&root)?;
    /// assert_eq!(state.bytes(-1), Some(&b"kept"[..]));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// As there.
    #[inline]
    pub fn pin_top(&mut self) -> Result<Root> {
        let root = self.pin(-1)?;
        self.pop(1);
        Ok(root)
    }

    #[inline(always)]
    pub(crate) fn pin_raw(&mut self, v: RawValue) -> Result<Root> {
        if self.owner.is_null() {
            return Err(self.error(format_args!("values of this state cannot be kept")));
        }
        // SAFETY: the owner outlives its state; a state is only reached under
        // its owner's lock.
        unsafe {
            let roots = &(*self.owner).roots;
            // Chunks last as long as the state: only `shrink` releases their bytes.
            if roots.is_used_up() {
                self.heap.charge(CHUNK)?;
            }
            match roots.take(self.owner, v) {
                Some(slot) => Ok(Root(slot)),
                None => Err(crate::error::Error::memory()),
            }
        }
    }

    /// [`pin_raw`](Self::pin_raw), but never takes memory; `None` if it would have
    /// to. The value is live in this state.
    #[inline(always)]
    pub(super) fn try_pin(&self, v: RawValue) -> Option<Root> {
        if self.owner.is_null() {
            return None;
        }
        // SAFETY: as in `pin_raw`.
        unsafe {
            let roots = &(*self.owner).roots;
            if roots.is_used_up() {
                return None;
            }
            roots.take(self.owner, v).map(Root)
        }
    }

    /// Whether a root belongs to this state.
    ///
    /// ```
    /// # let lua = perilune::Lua::new();
    /// let root = lua.with_native(|state| {
    ///     state.push(1)?;
    ///     state.pin_top()
    /// })?;
    /// assert!(lua.with_native(|state| Ok(state.owns(&root)))?);
    /// let other = perilune::Lua::new();
    /// assert!(!other.with_native(|state| Ok(state.owns(&root)))?);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[inline(always)]
    pub fn owns(&self, root: &Root) -> bool {
        std::ptr::eq(root.owner(), self.owner)
    }

    /// The value of a root; nil if it belongs to another state.
    #[inline(always)]
    pub(crate) fn root_raw(&self, root: &Root) -> RawValue {
        if self.owns(root) {
            // SAFETY: the root keeps its slot in use; the state is at hand, so
            // its lock is held.
            unsafe { Slot::value(root.0.as_ptr()) }
        } else {
            RawValue::NIL
        }
    }

    /// Pushes the value of a root.
    ///
    /// ```
    /// # let lua = perilune::Lua::new();
    /// let root = lua.with_native(|state| {
    ///     state.push("text")?;
    ///     state.pin_top()
    /// })?;
    /// lua.with_native(|state| state.push_root(&root))?;
    /// let other = perilune::Lua::new();
    /// let error = other.with_native(|state| state.push_root(&root)).unwrap_err();
    /// assert!(error.to_string().contains("value of another state"));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If it belongs to another state.
    #[inline]
    pub fn push_root(&mut self, root: &Root) -> Result<()> {
        if !self.owns(root) {
            return Err(self.error(format_args!("value of another state")));
        }
        self.push_raw(self.root_raw(root))
    }

    /// The value of a root; nil if it belongs to another state.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::Value;
    ///
    /// state.push("text")?;
    /// let root = state.pin_top()?;
    /// assert_eq!(state.root_value(&root), Value::String(b"text"));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn root_value(&self, root: &Root) -> crate::api::Value<'_> {
        self.view(self.root_raw(root))
    }

    /// An address that identifies a root's value; 0 for values without one.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.new_table(0, 0)?;
    /// let (a, b) = (state.pin(1)?, state.pin(1)?);
    /// assert_eq!(state.root_pointer(&a), state.root_pointer(&b));
    /// assert_eq!(Some(state.root_pointer(&a)), state.to_pointer(1));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn root_pointer(&self, root: &Root) -> usize {
        let v = self.root_raw(root);
        if v.is_collectable() || matches!(v.tag, tag::LIGHT_NATIVE | tag::LIGHT_USERDATA) {
            v.payload as usize
        } else {
            0
        }
    }

    /// Raw equality of two roots' values.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push(1)?;
    /// let one = state.pin_top()?;
    /// state.push(1.0)?;
    /// let float = state.pin_top()?;
    /// assert!(state.roots_equal(&one, &float));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn roots_equal(&self, a: &Root, b: &Root) -> bool {
        // SAFETY: roots keep their values alive.
        unsafe { crate::table::raw_equal(self.root_raw(a), self.root_raw(b)) }
    }
}
