//! Rust values that a state owns.
//!
//! A value lies in a [`Block`] behind a word that counts who keeps it. A plain
//! value has one owner. A *cell* may be borrowed, by guards that keep it
//! ([`OwnedRef`](super::OwnedRef)) and by calls (see [`read_in_call`]).
//!
//! A value that may not leave its OS thread binds the state that owns it to that
//! thread. So a payload knows of itself whether its value is `Send`
//! ([`Payload::new_send`]) or may not be ([`Payload::new`]), and the heap counts
//! the latter. A guard counts as a handle of the state where that tells whether the
//! state may leave its thread.
//!
//! Borrows are begun by whoever has the state of the userdata in hand, one thread
//! at a time, and those of calls end so, too. Guards are dropped anywhere, on any
//! thread with the feature `send`. So calls count in a word of their own, without
//! atomic operations that cost something.

use super::lock::{MaybeSend, MaybeSync};
use super::shared::Inner;
use crate::state::State;
use std::any::TypeId;
use std::cell::UnsafeCell;
use std::marker::PhantomData;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicIsize, AtomicUsize, Ordering};

/// What is known of a value's type. There may be several of one type.
struct Kind {
    id: TypeId,
    name: fn() -> &'static str,
    /// Whether the value may have to stay on its thread.
    local: bool,
    /// Where the value lies in its block.
    offset: usize,
    /// Drops the value and frees the memory.
    free: unsafe fn(NonNull<Head>),
}

/// Stands for cells with a `T` where types are told apart. Nobody else can name
/// it, and so take a cell for a plain value.
struct CellOf<T>(PhantomData<T>);

/// The kinds of `T`.
struct Kinds<T>(PhantomData<T>);

impl<T: 'static> Kinds<T> {
    const LOCAL: bool = cfg!(not(feature = "send"));
    const PLAIN: Kind = Self::kind(TypeId::of::<T>(), Self::LOCAL);
    const SENT: Kind = Self::kind(TypeId::of::<T>(), false);
    const CELL: Kind = Self::kind(TypeId::of::<CellOf<T>>(), Self::LOCAL);
    const SENT_CELL: Kind = Self::kind(TypeId::of::<CellOf<T>>(), false);

    const fn kind(id: TypeId, local: bool) -> Kind {
        let offset = std::mem::offset_of!(Block<T>, value);
        Kind { id, name: std::any::type_name::<T>, local, offset, free: free::<T> }
    }
}

/// One payload owns the value.
const PAYLOAD: usize = 1;
/// Calls under way own the value, as its payload has left their userdata.
const CALLS: usize = 2;
/// Each guard that reads.
const READER: usize = 4;
/// The guard that writes.
const WRITER: usize = 1 << (usize::BITS - 1);
/// So many guards may be forgotten.
const MANY: usize = 1 << (usize::BITS - 3);

/// Each call that reads.
const CALL: isize = 2;
/// The call that writes.
const CALL_WRITER: isize = isize::MIN;
/// The payload has left, and the calls own the value.
const LEFT: isize = 1;

/// What lies before a value.
pub(super) struct Head {
    kind: &'static Kind,
    /// See [`PAYLOAD`] and the others.
    owners: AtomicUsize,
    /// See [`CALL`] and the others.
    calls: AtomicIsize,
}

/// A value with its head.
#[repr(C)]
pub(super) struct Block<T> {
    head: Head,
    value: UnsafeCell<T>,
}

/// # Safety
/// `head` is that of a `Block<T>`, which is not used any more.
unsafe fn free<T>(head: NonNull<Head>) {
    // SAFETY: by contract; blocks come from boxes.
    drop(unsafe { Box::from_raw(head.cast::<Block<T>>().as_ptr()) });
}

impl Head {
    /// Gives up a share of the value.
    ///
    /// # Safety
    /// The caller had it, and does not use it any more.
    #[inline(always)]
    unsafe fn release(this: NonNull<Head>, share: usize) {
        // SAFETY: the memory exists until the last share is given up.
        unsafe {
            let owners = &this.as_ref().owners;
            #[cfg(feature = "send")]
            let old = owners.fetch_sub(share, Ordering::AcqRel);
            #[cfg(not(feature = "send"))]
            let old = {
                let old = owners.load(Ordering::Relaxed);
                owners.store(old - share, Ordering::Relaxed);
                old
            };
            if old == share {
                (this.as_ref().kind.free)(this);
            }
        }
    }

    fn add(&self, share: usize) {
        #[cfg(feature = "send")]
        self.owners.fetch_add(share, Ordering::Relaxed);
        #[cfg(not(feature = "send"))]
        self.owners.store(self.owners.load(Ordering::Relaxed) + share, Ordering::Relaxed);
    }

    /// The last call is over, of a value that its payload has left.
    ///
    /// # Safety
    /// That is so; the caller does not use the value any more.
    #[cold]
    #[inline(never)]
    unsafe fn end_last_call(this: NonNull<Head>) {
        // SAFETY: the calls own the value: see `leave`.
        unsafe {
            this.as_ref().calls.store(0, Ordering::Relaxed);
            Head::release(this, CALLS);
        }
    }
}

/// A Rust value of any type, owned by a state: `Send` with the feature `send`.
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// use perilune::native::Payload;
///
/// let payload = Payload::new(String::from("text"));
/// assert_eq!(payload.downcast_ref::<String>().unwrap(), "text");
/// state.new_userdata(payload, 0)?;
/// assert_eq!(state.userdata::<String>(-1).unwrap(), "text");
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
pub struct Payload(NonNull<Head>);

// SAFETY: a plain value is `Send` and has one owner. One in a cell is `Send` and
// `Sync`, and its counts are changed in ways that fit: see the module.
#[cfg(feature = "send")]
unsafe impl Send for Payload {}

/// A payload that is in use where it was, and can only be dropped.
struct Left(#[expect(dead_code, reason = "it is there to be dropped")] Payload);

impl Payload {
    fn with_kind<T>(kind: &'static Kind, value: T) -> Payload {
        let head = Head { kind, owners: AtomicUsize::new(PAYLOAD), calls: AtomicIsize::new(0) };
        let block = Box::new(Block { head, value: UnsafeCell::new(value) });
        Payload(NonNull::from(Box::leak(block)).cast())
    }

    /// Takes a value.
    ///
    /// ```
    /// use perilune::native::Payload;
    ///
    /// let payload = Payload::new([1, 2, 3]);
    /// assert_eq!(payload.downcast_ref(), Some(&[1, 2, 3]));
    /// ```
    #[inline]
    pub fn new<T: MaybeSend + 'static>(value: T) -> Payload {
        Self::with_kind(&Kinds::<T>::PLAIN, value)
    }

    /// Takes a value that does not bind its state to a thread.
    ///
    /// ```
    /// use perilune::SendLua;
    /// use perilune::native::Payload;
    ///
    /// let mut lua = SendLua::new();
    /// lua.enter(|lua| lua.with_native(|state| {
    ///     state.set_app_data(Payload::new_send("goes along"));
    ///     Ok(())
    /// }))?;
    /// // `Payload::new` would bind the state to this thread.
    /// assert!(lua.binding().is_none());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn new_send<T: Send + 'static>(value: T) -> Payload {
        Self::with_kind(&Kinds::<T>::SENT, value)
    }

    /// Takes a value that can be borrowed.
    #[inline]
    pub(super) fn new_cell<T: MaybeSend + MaybeSync + 'static>(value: T) -> Payload {
        Self::with_kind(&Kinds::<T>::CELL, value)
    }

    /// [`new_cell`](Self::new_cell) of a value that does not bind its state to a
    /// thread.
    #[inline]
    pub(super) fn new_send_cell<T: Send + MaybeSync + 'static>(value: T) -> Payload {
        Self::with_kind(&Kinds::<T>::SENT_CELL, value)
    }

    /// Whether the value may have to stay on its thread.
    #[inline(always)]
    pub(crate) fn is_local(&self) -> bool {
        self.head().kind.local
    }

    /// The name of the value's type.
    ///
    /// ```
    /// use perilune::native::Payload;
    ///
    /// assert_eq!(Payload::new(1.5).type_name(), "f64");
    /// ```
    pub fn type_name(&self) -> &'static str {
        (self.head().kind.name)()
    }

    #[inline(always)]
    fn head(&self) -> &Head {
        // SAFETY: the payload keeps the memory.
        unsafe { self.0.as_ref() }
    }

    /// The value, if it is a `T`.
    ///
    /// ```
    /// use perilune::native::Payload;
    ///
    /// let payload = Payload::new(7_i32);
    /// assert_eq!(payload.downcast_ref::<i32>(), Some(&7));
    /// assert_eq!(payload.downcast_ref::<i64>(), None);
    /// ```
    #[inline(always)]
    pub fn downcast_ref<T: 'static>(&self) -> Option<&T> {
        if self.type_of() != TypeId::of::<T>() {
            return None;
        }
        // SAFETY: the type was checked, and is no cell.
        Some(unsafe { self.plain() })
    }

    /// # Safety
    /// The value is a `T`, and no cell.
    #[inline(always)]
    pub(super) unsafe fn plain<T>(&self) -> &T {
        // SAFETY: by contract; it changes through `&mut self` only.
        unsafe { &*self.0.cast::<Block<T>>().as_ref().value.get() }
    }

    /// The value, if it is a `T`.
    ///
    /// ```
    /// use perilune::native::Payload;
    ///
    /// let mut payload = Payload::new(vec![1]);
    /// payload.downcast_mut::<Vec<i32>>().unwrap().push(2);
    /// assert_eq!(payload.downcast_ref(), Some(&vec![1, 2]));
    /// ```
    #[inline(always)]
    pub fn downcast_mut<T: 'static>(&mut self) -> Option<&mut T> {
        if self.type_of() != TypeId::of::<T>() {
            return None;
        }
        // SAFETY: the type was checked, and a plain value has one owner.
        Some(unsafe { self.0.cast::<Block<T>>().as_mut().value.get_mut() })
    }

    /// The value, if it is a `T`.
    ///
    /// ```
    /// use perilune::native::Payload;
    ///
    /// let payload = Payload::new(String::from("text"));
    /// let payload = payload.downcast::<i32>().unwrap_err();
    /// assert_eq!(payload.downcast::<String>().ok().as_deref(), Some("text"));
    /// ```
    ///
    /// # Errors
    /// Gives it back if it is not.
    pub fn downcast<T: 'static>(self) -> Result<T, Payload> {
        // SAFETY: a plain value has one owner, which is at an end.
        if self.type_of() == TypeId::of::<T>() { Ok(unsafe { self.take() }) } else { Err(self) }
    }

    /// # Safety
    /// The value is a `T`, and nobody else uses it.
    unsafe fn take<T>(self) -> T {
        let head = std::mem::ManuallyDrop::new(self).0;
        // SAFETY: by contract; the memory came from a box.
        unsafe { Box::from_raw(head.cast::<Block<T>>().as_ptr()) }.value.into_inner()
    }

    /// The value of a cell with a `T` that nobody borrows.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::Payload;
    ///
    /// state.new_cell_userdata(String::from("shared"), 0)?;
    /// let payload = state.take_payload(-1).unwrap();
    /// assert_eq!(payload.into_cell_value::<String>().ok().as_deref(), Some("shared"));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// Gives it back if it is none.
    pub fn into_cell_value<T: 'static>(self) -> Result<T, Payload> {
        if self.type_of() == Self::cell_type::<T>() && !self.head().is_borrowed() {
            // SAFETY: the type was checked; nobody borrows the value.
            return Ok(unsafe { self.take() });
        }
        Err(self)
    }

    /// Reads the `T` in a cell while `f` runs; `None` if it is something else, or
    /// borrowed mutably.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.new_cell_userdata(String::from("shared"), 0)?;
    /// let payload = state.take_payload(-1).unwrap();
    /// assert_eq!(payload.read_cell(|text: &String| text.len()), Some(6));
    /// assert_eq!(payload.read_cell(|number: &i32| *number), None);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn read_cell<T: 'static, R>(&self, f: impl FnOnce(&T) -> R) -> Option<R> {
        if self.type_of() != Self::cell_type::<T>() {
            return None;
        }
        // SAFETY: the type was checked; the payload stays where it is meanwhile.
        unsafe { InState::<T>::of(self) }.read(f)
    }

    /// What [`type_of`](Self::type_of) answers for a cell with a `T`.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::Payload;
    ///
    /// state.new_cell_userdata(1.5, 0)?;
    /// assert_eq!(state.payload_type(-1), Some(Payload::cell_type::<f64>()));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline(always)]
    pub fn cell_type<T: 'static>() -> TypeId {
        TypeId::of::<CellOf<T>>()
    }

    /// Where the value lies.
    pub(super) fn address(&self) -> *const () {
        // SAFETY: the offset is inside the block that the pointer was made for.
        unsafe { self.0.as_ptr().byte_add(self.head().kind.offset).cast_const().cast() }
    }

    /// Identifies the type of the value, and whether it is in a cell.
    ///
    /// ```
    /// use perilune::native::Payload;
    /// use std::any::TypeId;
    ///
    /// assert_eq!(Payload::new(1_u8).type_of(), TypeId::of::<u8>());
    /// ```
    #[inline(always)]
    pub fn type_of(&self) -> TypeId {
        self.head().kind.id
    }

    /// The payload is taken out of the userdata where it was. Calls that borrow the
    /// value keep it until they end; what is taken out is something else then, so
    /// that nobody finds the value elsewhere meanwhile.
    ///
    /// Whoever borrows the value counts it without regard to other threads, and as
    /// handles of the state where it was. So what is taken out binds another state
    /// that gets it.
    pub(crate) fn leave(self) -> Payload {
        let calls = self.head().calls.load(Ordering::Relaxed);
        let anywhere = cfg!(not(feature = "send")) && !self.is_local();
        if calls == 0 && !(anywhere && self.head().is_borrowed()) {
            return self;
        }
        if calls != 0 && calls & LEFT == 0 {
            self.head().calls.store(calls | LEFT, Ordering::Relaxed);
            self.head().add(CALLS);
        }
        Payload::with_kind(&Kinds::<Left>::PLAIN, Left(self))
    }
}

impl Drop for Payload {
    fn drop(&mut self) {
        // SAFETY: it is an owner.
        unsafe { Head::release(self.0, PAYLOAD) };
    }
}

impl Head {
    fn is_in_call(&self) -> bool {
        self.calls.load(Ordering::Relaxed) != 0
    }

    fn is_borrowed(&self) -> bool {
        self.is_in_call() || self.owners.load(Ordering::Acquire) != PAYLOAD
    }
}

/// Counts as a handle of a state, where that tells whether the state may leave its
/// thread.
#[cfg(not(feature = "send"))]
struct Outside(*const Inner);

/// Nobody asks: the state is reached under its lock.
#[cfg(feature = "send")]
struct Outside;

impl Outside {
    /// # Safety
    /// `owner` exists.
    #[inline(always)]
    unsafe fn new(owner: *const Inner) -> Outside {
        #[cfg(feature = "send")]
        {
            let _ = owner;
            Outside
        }
        #[cfg(not(feature = "send"))]
        {
            // SAFETY: the caller says that there is an owner.
            unsafe { (*owner).add_handles(1) };
            Outside(owner)
        }
    }
}

#[cfg(not(feature = "send"))]
impl Drop for Outside {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: it was counted.
        unsafe { Inner::drop_handles(self.0, 1) };
    }
}

/// The cell in a userdata, for whoever has its state in hand.
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// state.new_cell_userdata(vec![1, 2, 3], 0)?;
/// let cell = state.cell::<Vec<i32>>(-1).unwrap();
/// let numbers = cell.borrow().unwrap();
/// assert!(cell.borrow_mut().is_none());
/// assert_eq!(numbers.len(), 3);
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
pub struct CellRef<'a, T> {
    block: NonNull<Block<T>>,
    owner: *const Inner,
    _state: PhantomData<&'a State>,
}

impl State {
    /// The cell with a `T` in the userdata at an index; `None` if the state is not
    /// shared.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.new_cell_userdata(10, 0)?;
    /// if let Some(mut number) = state.cell::<i32>(-1).and_then(|cell| cell.borrow_mut()) {
    ///     *number += 1;
    /// }
    /// assert_eq!(state.cell::<i32>(-1).and_then(|cell| cell.borrow()).as_deref(), Some(&11));
    /// assert!(state.cell::<String>(-1).is_none());
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn cell<T: 'static>(&self, index: i32) -> Option<CellRef<'_, T>> {
        self.cell_in(self.payload(index).ok()?)
    }

    /// The cell with a `T` that a userdata's value is.
    #[inline(always)]
    pub(super) fn cell_in<T: 'static>(&self, payload: &Payload) -> Option<CellRef<'_, T>> {
        if payload.type_of() != Payload::cell_type::<T>() || self.owner.is_null() {
            return None;
        }
        Some(CellRef { block: payload.0.cast(), owner: self.owner, _state: PhantomData })
    }
}

impl<T> CellRef<'_, T> {
    #[inline(always)]
    fn head(&self) -> &Head {
        // SAFETY: the payload keeps the memory.
        unsafe { &self.block.as_ref().head }
    }

    /// Whether a call borrows the value.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.new_cell_userdata(1, 0)?;
    /// let cell = state.cell::<i32>(-1).unwrap();
    /// let guard = cell.borrow();
    /// assert!(!cell.is_in_call(), "a guard is no call");
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn is_in_call(&self) -> bool {
        self.head().is_in_call()
    }

    /// Whether anyone borrows the value.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.new_cell_userdata(1, 0)?;
    /// let cell = state.cell::<i32>(-1).unwrap();
    /// let guard = cell.borrow();
    /// assert!(cell.is_borrowed());
    /// drop(guard);
    /// assert!(!cell.is_borrowed());
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn is_borrowed(&self) -> bool {
        self.head().is_borrowed()
    }

    /// Reads the value; `None` while it is borrowed mutably.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.new_cell_userdata(String::from("text"), 0)?;
    /// let text = state.cell::<String>(-1).unwrap().borrow().unwrap();
    /// state.pop(1);
    /// assert_eq!(*text, "text");
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn borrow(&self) -> Option<OwnedRef<T>> {
        let owners = self.head().owners.load(Ordering::Acquire);
        if owners >= MANY || self.head().calls.load(Ordering::Relaxed) < 0 {
            return None;
        }
        // Nobody else begins to borrow meanwhile.
        self.head().add(READER);
        // SAFETY: the state exists, and so does its owner.
        let _outside = unsafe { Outside::new(self.owner) };
        Some(OwnedRef { block: self.block, _value: PhantomData, _outside })
    }

    /// Writes the value; `None` while it is borrowed.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.new_cell_userdata(String::from("text"), 0)?;
    /// let cell = state.cell::<String>(-1).unwrap();
    /// cell.borrow_mut().unwrap().push('!');
    /// assert_eq!(*cell.borrow().unwrap(), "text!");
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn borrow_mut(&self) -> Option<OwnedMut<T>> {
        if self.is_borrowed() {
            return None;
        }
        self.head().add(WRITER);
        // SAFETY: as in `borrow`.
        let _outside = unsafe { Outside::new(self.owner) };
        Some(OwnedMut { block: self.block, _value: PhantomData, _outside })
    }
}

/// A borrow of a userdata's value that keeps it.
///
/// ```
/// # let lua = perilune::Lua::new();
/// use perilune::native::OwnedRef;
///
/// let text: OwnedRef<String> = lua.with_native(|state| {
///     state.new_cell_userdata(String::from("kept"), 0)?;
///     Ok(state.cell::<String>(-1).and_then(|cell| cell.borrow()))
/// })?.unwrap();
/// lua.gc_collect()?;
/// assert_eq!(*text, "kept");
/// # Ok::<(), perilune::Error>(())
/// ```
pub struct OwnedRef<T> {
    block: NonNull<Block<T>>,
    _value: PhantomData<T>,
    _outside: Outside,
}

/// A mutable borrow of a userdata's value that keeps it.
///
/// ```
/// # let lua = perilune::Lua::new();
/// use perilune::native::OwnedMut;
///
/// let mut list: OwnedMut<Vec<i32>> = lua.with_native(|state| {
///     state.new_cell_userdata(Vec::<i32>::new(), 0)?;
///     Ok(state.cell(-1).and_then(|cell| cell.borrow_mut()))
/// })?.unwrap();
/// list.push(1);
/// assert_eq!(*list, [1]);
/// # Ok::<(), perilune::Error>(())
/// ```
pub struct OwnedMut<T> {
    block: NonNull<Block<T>>,
    _value: PhantomData<T>,
    _outside: Outside,
}

// SAFETY: it shares the value with other threads, and may be the last owner.
#[cfg(feature = "send")]
unsafe impl<T: Send + Sync> Send for OwnedRef<T> {}
// SAFETY: a reference to it gives references to the value alone.
#[cfg(feature = "send")]
unsafe impl<T: Send + Sync> Sync for OwnedRef<T> {}
// SAFETY: as for `OwnedRef`.
#[cfg(feature = "send")]
unsafe impl<T: Send + Sync> Send for OwnedMut<T> {}
// SAFETY: as for `OwnedRef`.
#[cfg(feature = "send")]
unsafe impl<T: Send + Sync> Sync for OwnedMut<T> {}

impl<T> std::ops::Deref for OwnedRef<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: it was counted as a reader.
        unsafe { &*self.block.as_ref().value.get() }
    }
}

impl<T> std::ops::Deref for OwnedMut<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: it is the only borrow.
        unsafe { &*self.block.as_ref().value.get() }
    }
}

impl<T> std::ops::DerefMut for OwnedMut<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: it is the only borrow.
        unsafe { &mut *self.block.as_ref().value.get() }
    }
}

impl<T> Drop for OwnedRef<T> {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: it was counted as a reader.
        unsafe { Head::release(self.block.cast(), READER) };
    }
}

impl<T> Drop for OwnedMut<T> {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: it was counted as the writer.
        unsafe { Head::release(self.block.cast(), WRITER) };
    }
}

/// Ends the borrow of a call.
struct EndRead(NonNull<Head>);

impl Drop for EndRead {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: the borrow keeps the memory.
        unsafe {
            let calls = self.0.as_ref().calls.load(Ordering::Relaxed) - CALL;
            self.0.as_ref().calls.store(calls, Ordering::Relaxed);
            if calls == LEFT {
                Head::end_last_call(self.0);
            }
        }
    }
}

/// Ends the mutable borrow of a call.
struct EndWrite(NonNull<Head>);

impl Drop for EndWrite {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: as above.
        unsafe {
            if self.0.as_ref().calls.load(Ordering::Relaxed) == CALL_WRITER {
                self.0.as_ref().calls.store(0, Ordering::Relaxed);
            } else {
                Head::end_last_call(self.0);
            }
        }
    }
}

/// A cell that calls borrow: found in a userdata of the state that `state` is.
#[derive(Clone, Copy)]
pub(super) struct InState<T>(NonNull<Block<T>>);

impl<T> InState<T> {
    /// # Safety
    /// The payload is a cell with a `T`, but for lifetimes, in a userdata of a
    /// state that is borrowed mutably by whoever uses the result, and begins its
    /// borrow before it lets go.
    #[inline(always)]
    pub unsafe fn of(payload: &Payload) -> InState<T> {
        InState(payload.0.cast())
    }

    /// Reads the value while `f` runs; `None` while it is borrowed mutably.
    #[inline(always)]
    pub fn read<R>(self, f: impl FnOnce(&T) -> R) -> Option<R> {
        let head = self.0.cast::<Head>();
        // SAFETY: by contract of `of` the payload is there; then the borrow keeps
        // the memory.
        unsafe {
            let calls = head.as_ref().calls.load(Ordering::Relaxed);
            let owners = head.as_ref().owners.load(Ordering::Acquire);
            if calls < 0 || owners >= WRITER {
                return None;
            }
            head.as_ref().calls.store(calls + CALL, Ordering::Relaxed);
            let _end = EndRead(head);
            Some(f(&*self.0.as_ref().value.get()))
        }
    }

    /// Writes the value while `f` runs; `None` while it is borrowed.
    #[inline(always)]
    pub fn write<R>(self, f: impl FnOnce(&mut T) -> R) -> Option<R> {
        let head = self.0.cast::<Head>();
        // SAFETY: as in `read`; it is the only borrow.
        unsafe {
            let calls = head.as_ref().calls.load(Ordering::Relaxed);
            if calls != 0 || head.as_ref().owners.load(Ordering::Acquire) != PAYLOAD {
                return None;
            }
            head.as_ref().calls.store(CALL_WRITER, Ordering::Relaxed);
            let _end = EndWrite(head);
            Some(f(&mut *self.0.as_ref().value.get()))
        }
    }
}
