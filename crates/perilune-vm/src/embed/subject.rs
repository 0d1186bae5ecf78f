//! Native functions that are methods: called with a userdata whose Rust value they
//! borrow.
//!
//! A [`Finder`] says where the value of a type lies in a userdata. One is made for
//! each type without lifetimes ([`Finder::of`]), and for each value that is lent
//! for a while ([`Scoped::lend_value`](super::Scoped::lend_value)), whose type
//! may have lifetimes: so whoever has a finder of `T` finds a `T`.

use super::function::OwningFunction;
use super::lock::{MaybeSend, Shareable};
use super::payload::InState;
use super::scoped::{Refused, ScopedValue};
use super::{MaybeSync, Payload};
use crate::error::Result;
use crate::state::{Return, State};
use std::any::TypeId;
use std::marker::PhantomData;

/// Finds a `T` in a userdata that holds something else, for reading.
pub type ReadThrough<T> =
    fn(&mut State, i32, &mut dyn FnMut(&mut State, &T)) -> std::result::Result<(), Refused>;
/// Finds a `T` in a userdata that holds something else, for writing.
pub type WriteThrough<T> =
    fn(&mut State, i32, &mut dyn FnMut(&mut State, &mut T)) -> std::result::Result<(), Refused>;

/// A function pointer whose type is known to the finder.
type AnyFn = fn();

#[derive(Clone)]
enum Key {
    /// Values of one type.
    Type {
        /// Of the cell with the value.
        cell: TypeId,
        /// Of the value.
        subject: TypeId,
        through: Option<(AnyFn, AnyFn)>,
    },
    /// One value that was lent.
    One(Shareable<ScopedValue>),
}

/// Where a `T` lies in a userdata.
pub struct Finder<T> {
    key: Key,
    _subject: PhantomData<fn(T) -> T>,
}

impl<T> Clone for Finder<T> {
    fn clone(&self) -> Self {
        Finder { key: self.key.clone(), _subject: PhantomData }
    }
}

impl<T: 'static> Finder<T> {
    /// Finds values in cells, and references that were lent.
    pub fn of() -> Finder<T> {
        Self::with_through(None)
    }

    /// [`of`](Self::of), and asks these functions about userdata that hold
    /// something else.
    pub fn through(read: ReadThrough<T>, write: WriteThrough<T>) -> Finder<T> {
        // SAFETY: function pointers keep their address; `Finder::ask` gives them
        // back the type that they have here.
        let erased = unsafe {
            (
                std::mem::transmute::<ReadThrough<T>, AnyFn>(read),
                std::mem::transmute::<WriteThrough<T>, AnyFn>(write),
            )
        };
        Self::with_through(Some(erased))
    }

    fn with_through(through: Option<(AnyFn, AnyFn)>) -> Finder<T> {
        let (cell, subject) = (Payload::cell_type::<T>(), TypeId::of::<T>());
        Finder { key: Key::Type { cell, subject, through }, _subject: PhantomData }
    }
}

impl<T> Finder<T> {
    /// # Safety
    /// What was lent is a `T`.
    pub(super) unsafe fn one(lent: Shareable<ScopedValue>) -> Finder<T> {
        Finder { key: Key::One(lent), _subject: PhantomData }
    }

    /// Reads the value of the userdata at an index.
    ///
    /// # Errors
    /// If it is not there, gone, or borrowed mutably.
    #[inline(always)]
    pub fn read<R>(
        &self,
        state: &mut State,
        index: i32,
        f: impl FnOnce(&mut State, &T) -> R,
    ) -> std::result::Result<R, Refused> {
        // SAFETY: this is a finder of `T`.
        unsafe { read::<T, R>(&self.key, state, index, f) }
    }

    /// Writes the value of the userdata at an index.
    ///
    /// # Errors
    /// If it is not there, gone, or borrowed.
    #[inline(always)]
    pub fn write<R>(
        &self,
        state: &mut State,
        index: i32,
        f: impl FnOnce(&mut State, &mut T) -> R,
    ) -> std::result::Result<R, Refused> {
        // SAFETY: this is a finder of `T`.
        unsafe { write::<T, R>(&self.key, state, index, f) }
    }
}

/// # Safety
/// `key` is of a `Finder<T>`.
#[inline(always)]
unsafe fn read<T, R>(
    key: &Key,
    state: &mut State,
    index: i32,
    f: impl FnOnce(&mut State, &T) -> R,
) -> std::result::Result<R, Refused> {
    let payload = state.payload(index)?;
    if let Key::Type { cell, .. } = key
        && payload.type_of() == *cell
    {
        // SAFETY: the type was checked, and the finder's is `T`; the userdata is
        // one of this state.
        let cell = unsafe { InState::<T>::of(payload) };
        return cell.read(|value| f(state, value)).ok_or(Refused::Borrowed);
    }
    // SAFETY: as here.
    unsafe { read_elsewhere(key, state, index, f) }
}

/// # Safety
/// `key` is of a `Finder<T>`.
#[inline(always)]
unsafe fn write<T, R>(
    key: &Key,
    state: &mut State,
    index: i32,
    f: impl FnOnce(&mut State, &mut T) -> R,
) -> std::result::Result<R, Refused> {
    let payload = state.payload(index)?;
    if let Key::Type { cell, .. } = key
        && payload.type_of() == *cell
    {
        // SAFETY: the type was checked, and the finder's is `T`; the userdata is
        // one of this state.
        let cell = unsafe { InState::<T>::of(payload) };
        return cell.write(|value| f(state, value)).ok_or(Refused::Borrowed);
    }
    // SAFETY: as here.
    unsafe { write_elsewhere(key, state, index, f) }
}

/// The value lent in the userdata, if the key is for it.
fn lent(
    key: &Key,
    payload: &Payload,
) -> std::result::Result<Option<Shareable<ScopedValue>>, Refused> {
    let lent = payload.downcast_ref::<Shareable<ScopedValue>>();
    match (key, lent) {
        (Key::One(own), _) if own.has_ended() => Err(Refused::Ended),
        (Key::Type { subject, .. }, Some(lent)) if lent.subject() == Some(*subject) => {
            Ok(Some(lent.clone()))
        }
        (Key::One(own), Some(lent)) if Shareable::ptr_eq(own, lent) => Ok(Some(lent.clone())),
        (Key::Type { through: Some(_), .. }, None) => Ok(None),
        _ => Err(Refused::Mismatch),
    }
}

/// # Safety
/// `key` is of a `Finder<T>`.
#[inline(never)]
unsafe fn read_elsewhere<T, R>(
    key: &Key,
    state: &mut State,
    index: i32,
    f: impl FnOnce(&mut State, &T) -> R,
) -> std::result::Result<R, Refused> {
    if let Some(lent) = lent(key, state.payload(index)?)? {
        // SAFETY: what was lent is a `T`: of that type, or found by its own key.
        return unsafe { lent.read(state, f) };
    }
    let Key::Type { through: Some((ask, _)), .. } = key else { return Err(Refused::Mismatch) };
    // SAFETY: `Finder::through` was given a function of this type.
    let ask = unsafe { std::mem::transmute::<AnyFn, ReadThrough<T>>(*ask) };
    let (mut f, mut result) = (Some(f), None);
    ask(state, index, &mut |state, value| result = f.take().map(|f| f(state, value)))?;
    result.ok_or(Refused::Mismatch)
}

/// # Safety
/// `key` is of a `Finder<T>`.
#[inline(never)]
unsafe fn write_elsewhere<T, R>(
    key: &Key,
    state: &mut State,
    index: i32,
    f: impl FnOnce(&mut State, &mut T) -> R,
) -> std::result::Result<R, Refused> {
    if let Some(lent) = lent(key, state.payload(index)?)? {
        // SAFETY: what was lent is a `T`: of that type, or found by its own key.
        return unsafe { lent.write(state, f) };
    }
    let Key::Type { through: Some((_, ask)), .. } = key else { return Err(Refused::Mismatch) };
    // SAFETY: `Finder::through` was given a function of this type.
    let ask = unsafe { std::mem::transmute::<AnyFn, WriteThrough<T>>(*ask) };
    let (mut f, mut result) = (Some(f), None);
    ask(state, index, &mut |state, value| result = f.take().map(|f| f(state, value)))?;
    result.ok_or(Refused::Mismatch)
}

/// A method: what a native function does with the value of a userdata.
pub trait Method {
    /// The value's type, which may have lifetimes.
    type Subject;
    /// What the function owns.
    type Data: MaybeSend + 'static;

    /// Runs it.
    ///
    /// # Errors
    /// What it raises.
    fn call(
        state: &mut State,
        data: &Self::Data,
        subject: Subject<'_, Self::Subject>,
    ) -> Result<Return>;
}

/// What a method borrows.
pub struct Subject<'a, T> {
    key: &'a Key,
    _subject: PhantomData<fn(T) -> T>,
}

impl<T> Subject<'_, T> {
    /// See [`Finder::read`].
    ///
    /// # Errors
    /// As there.
    #[inline(always)]
    pub fn read<R>(
        &self,
        state: &mut State,
        index: i32,
        f: impl FnOnce(&mut State, &T) -> R,
    ) -> std::result::Result<R, Refused> {
        // SAFETY: `call` took the key from data that `push_method` made with a
        // `Finder<T>`.
        unsafe { read::<T, R>(self.key, state, index, f) }
    }

    /// See [`Finder::write`].
    ///
    /// # Errors
    /// As there.
    #[inline(always)]
    pub fn write<R>(
        &self,
        state: &mut State,
        index: i32,
        f: impl FnOnce(&mut State, &mut T) -> R,
    ) -> std::result::Result<R, Refused> {
        // SAFETY: as in `read`.
        unsafe { write::<T, R>(self.key, state, index, f) }
    }
}

/// What the native function of a method owns. It is made by `push_method` alone,
/// together with the function that reads it.
struct Bound<D> {
    key: Key,
    data: D,
}

// SAFETY: the key of one that leaves its thread has no pointer in it: see
// `push_send_method`.
#[cfg(not(feature = "send"))]
unsafe impl<D: Send> Send for Bound<D> {}

/// A method as the native function that it is.
struct Bind<M>(PhantomData<fn(M)>);

impl<M: Method> OwningFunction for Bind<M> {
    type Data = Bound<M::Data>;

    #[inline(always)]
    fn call(state: &mut State, bound: &Bound<M::Data>) -> Result<Return> {
        let subject = Subject { key: &bound.key, _subject: PhantomData };
        M::call(state, &bound.data, subject)
    }
}

impl State {
    /// Pushes a native function that is a method of userdata.
    ///
    /// # Errors
    /// If memory runs out.
    pub fn push_method<M: Method>(
        &mut self,
        finder: &Finder<M::Subject>,
        data: M::Data,
    ) -> Result<()> {
        let bound = Bound { key: finder.key.clone(), data };
        self.push_owning::<Bind<M>>(bound)
    }

    /// [`push_method`](Self::push_method) of a method that does not bind the state to
    /// a thread, unless its finder is for one value.
    ///
    /// # Errors
    /// If memory runs out.
    pub fn push_send_method<M: Method>(
        &mut self,
        finder: &Finder<M::Subject>,
        data: M::Data,
    ) -> Result<()>
    where
        M::Data: Send,
    {
        let bound = Bound { key: finder.key.clone(), data };
        match bound.key {
            Key::Type { .. } => self.push_send_owning::<Bind<M>>(bound),
            Key::One(_) => self.push_owning::<Bind<M>>(bound),
        }
    }

    /// The Rust value of the userdata at an index.
    #[inline(always)]
    pub(crate) fn payload(&self, index: i32) -> std::result::Result<&Payload, Refused> {
        match self.userdata_payload(index) {
            Some(Some(payload)) => Ok(payload),
            Some(None) => Err(Refused::Ended),
            None => Err(Refused::Mismatch),
        }
    }

    /// Why there is no value of some type in the userdata at an index: it is not a
    /// userdata, its value was taken, or is of another type.
    pub fn why_no_value(&self, index: i32) -> Refused {
        self.payload(index).err().unwrap_or(Refused::Mismatch)
    }

    /// The value that was lent in the userdata at an index.
    pub fn lent_value(&self, index: i32) -> Option<&ScopedValue> {
        self.payload(index).ok()?.downcast_ref::<Shareable<ScopedValue>>().map(|lent| &**lent)
    }

    /// Pushes a userdata with a value that was lent.
    ///
    /// # Errors
    /// If memory runs out.
    pub fn new_lent_userdata(&mut self, lent: Shareable<ScopedValue>, values: u16) -> Result<()> {
        self.new_userdata(Payload::new(lent), values)
    }

    /// Pushes a userdata with a value in a cell.
    ///
    /// # Errors
    /// If memory runs out.
    pub fn new_cell_userdata<T: MaybeSend + MaybeSync + 'static>(
        &mut self,
        value: T,
        values: u16,
    ) -> Result<()> {
        self.new_userdata(Payload::new_cell(value), values)?;
        self.drop_with_finalizers(-1);
        Ok(())
    }

    /// [`new_cell_userdata`](Self::new_cell_userdata) of a value that does not bind
    /// the state to a thread.
    ///
    /// # Errors
    /// If memory runs out.
    pub fn new_send_cell_userdata<T: Send + MaybeSync + 'static>(
        &mut self,
        value: T,
        values: u16,
    ) -> Result<()> {
        self.new_userdata(Payload::new_send_cell(value), values)?;
        self.drop_with_finalizers(-1);
        Ok(())
    }

    /// Reads the `T` in the cell of the userdata at an index.
    ///
    /// # Errors
    /// If it is not there, or borrowed mutably.
    #[inline]
    pub fn read_cell<T: 'static, R>(
        &mut self,
        index: i32,
        f: impl FnOnce(&mut State, &T) -> R,
    ) -> std::result::Result<R, Refused> {
        let payload = self.payload(index)?;
        if payload.type_of() != Payload::cell_type::<T>() {
            return Err(Refused::Mismatch);
        }
        // SAFETY: the type was checked; the userdata is one of this state.
        let cell = unsafe { InState::<T>::of(payload) };
        cell.read(|value| f(self, value)).ok_or(Refused::Borrowed)
    }

    /// Writes the `T` in the cell of the userdata at an index.
    ///
    /// # Errors
    /// If it is not there, or borrowed.
    #[inline]
    pub fn write_cell<T: 'static, R>(
        &mut self,
        index: i32,
        f: impl FnOnce(&mut State, &mut T) -> R,
    ) -> std::result::Result<R, Refused> {
        let payload = self.payload(index)?;
        if payload.type_of() != Payload::cell_type::<T>() {
            return Err(Refused::Mismatch);
        }
        // SAFETY: as in `read_cell`.
        let cell = unsafe { InState::<T>::of(payload) };
        cell.write(|value| f(self, value)).ok_or(Refused::Borrowed)
    }
}
