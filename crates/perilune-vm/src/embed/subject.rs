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
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// use perilune::native::{Payload, ReadThrough, Refused};
///
/// struct Name(String);
///
/// let read: ReadThrough<String> = |state, index, f| {
///     let name = state.userdata::<Name>(index).ok_or(Refused::Mismatch)?.0.clone();
///     f(state, &name);
///     Ok(())
/// };
/// state.new_userdata(Payload::new(Name("Ada".into())), 0)?;
/// let mut length = 0;
/// assert_eq!(read(state, -1, &mut |_, name| length = name.len()), Ok(()));
/// assert_eq!(length, 3);
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
pub type ReadThrough<T> =
    fn(&mut State, i32, &mut dyn FnMut(&mut State, &T)) -> std::result::Result<(), Refused>;
/// Finds a `T` in a userdata that holds something else, for writing.
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// use perilune::native::{Payload, Refused, WriteThrough};
///
/// struct Name(String);
///
/// let write: WriteThrough<String> = |state, index, f| {
///     let mut name = state.userdata::<Name>(index).ok_or(Refused::Mismatch)?.0.clone();
///     f(state, &mut name);
///     state.userdata_mut::<Name>(index).ok_or(Refused::Ended)?.0 = name;
///     Ok(())
/// };
/// state.new_userdata(Payload::new(Name("Ada".into())), 0)?;
/// assert_eq!(write(state, -1, &mut |_, name| name.push('!')), Ok(()));
/// assert_eq!(state.userdata::<Name>(-1).unwrap().0, "Ada!");
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
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
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// use perilune::native::{Finder, Refused};
///
/// let finder = Finder::<String>::of();
/// state.new_cell_userdata(String::from("text"), 0)?;
/// assert_eq!(finder.write(state, -1, |_, text| text.push('!')), Ok(()));
/// assert_eq!(finder.read(state, -1, |_, text| text.len()), Ok(5));
/// state.new_cell_userdata(1, 0)?;
/// assert_eq!(finder.read(state, -1, |_, text| text.len()), Err(Refused::Mismatch));
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
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
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::Finder;
    ///
    /// state.new_cell_userdata(1.5, 0)?;
    /// assert_eq!(Finder::<f64>::of().read(state, -1, |_, x| *x), Ok(1.5));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn of() -> Finder<T> {
        Self::with_through(None)
    }

    /// [`of`](Self::of), and asks these functions about userdata that hold
    /// something else.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::{Finder, Payload, Refused};
    ///
    /// struct Name(String);
    ///
    /// let finder = Finder::<String>::through(
    ///     |state, index, f| {
    ///         let name = state.userdata::<Name>(index).ok_or(Refused::Mismatch)?.0.clone();
    ///         f(state, &name);
    ///         Ok(())
    ///     },
    ///     |_, _, _| Err(Refused::Borrowed),
    /// );
    /// state.new_userdata(Payload::new(Name("Ada".into())), 0)?;
    /// assert_eq!(finder.read(state, -1, |_, name| name.len()), Ok(3));
    /// assert_eq!(finder.write(state, -1, |_, name| name.clear()), Err(Refused::Borrowed));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
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
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::{Finder, Refused};
    ///
    /// state.new_cell_userdata(vec![1, 2], 0)?;
    /// state.push("no userdata")?;
    /// let finder = Finder::<Vec<i32>>::of();
    /// assert_eq!(finder.read(state, 1, |_, list| list.len()), Ok(2));
    /// assert_eq!(finder.read(state, 2, |_, list| list.len()), Err(Refused::Mismatch));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
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
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::{Finder, Refused};
    ///
    /// state.new_cell_userdata(vec![1, 2], 0)?;
    /// let finder = Finder::<Vec<i32>>::of();
    /// let result = finder.write(state, 1, |state, list| {
    ///     list.push(3);
    ///     // Nobody else gets at the list meanwhile.
    ///     finder.read(state, 1, |_, list| list.len())
    /// });
    /// assert_eq!(result, Ok(Err(Refused::Borrowed)));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
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
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// use perilune::native::{self, Finder, Method, Return, State, Subject};
///
/// /// `push (n)` of a list
/// struct PushNumber;
///
/// impl Method for PushNumber {
///     type Subject = Vec<i64>;
///     type Data = ();
///
///     fn call(state: &mut State, _: &(), list: Subject<'_, Vec<i64>>) -> native::Result<Return> {
///         let n = state.check_integer(2)?;
///         let pushed = list.write(state, 1, |_, list| {
///             list.push(n);
///             list.len()
///         });
///         match pushed {
///             Ok(length) => state.ret(length),
///             Err(_) => Err(state.type_error(1, "list")),
///         }
///     }
/// }
///
/// state.push_method::<PushNumber>(&Finder::of(), ())?;
/// state.new_cell_userdata(vec![1_i64], 0)?;
/// state.push(5)?;
/// state.call(2, Some(1))?;
/// assert_eq!(state.to_integer(-1), Some(2));
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
pub trait Method {
    /// The value's type, which may have lifetimes.
    type Subject;
    /// What the function owns.
    type Data: MaybeSend + 'static;

    /// Runs it.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::{self, Finder, Method, Return, State, Subject};
    ///
    /// /// A method that owns what it adds.
    /// struct Add;
    ///
    /// impl Method for Add {
    ///     type Subject = i64;
    ///     type Data = i64;
    ///
    ///     fn call(state: &mut State, n: &i64, subject: Subject<'_, i64>) -> native::Result<Return> {
    ///         match subject.read(state, 1, |_, own| own + n) {
    ///             Ok(sum) => state.ret(sum),
    ///             Err(_) => Err(state.type_error(1, "number")),
    ///         }
    ///     }
    /// }
    ///
    /// state.push_method::<Add>(&Finder::of(), 10)?;
    /// state.new_cell_userdata(5_i64, 0)?;
    /// state.call(1, Some(1))?;
    /// assert_eq!(state.to_integer(-1), Some(15));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
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
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// use perilune::native::{self, Finder, Method, Return, State, Subject};
///
/// struct Length;
///
/// impl Method for Length {
///     type Subject = String;
///     type Data = ();
///
///     fn call(state: &mut State, _: &(), text: Subject<'_, String>) -> native::Result<Return> {
///         match text.read(state, 1, |_, text| text.len()) {
///             Ok(length) => state.ret(length),
///             Err(_) => Err(state.type_error(1, "text")),
///         }
///     }
/// }
///
/// state.push_method::<Length>(&Finder::of(), ())?;
/// state.new_cell_userdata(String::from("four"), 0)?;
/// state.call(1, Some(1))?;
/// assert_eq!(state.to_integer(-1), Some(4));
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
pub struct Subject<'a, T> {
    key: &'a Key,
    _subject: PhantomData<fn(T) -> T>,
}

impl<T> Subject<'_, T> {
    /// See [`Finder::read`].
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// # use perilune::native::{self, Finder, Method, Return, State, Subject};
    /// # struct Get;
    /// impl Method for Get {
    ///     type Subject = i64;
    ///     type Data = ();
    ///
    ///     fn call(state: &mut State, _: &(), number: Subject<'_, i64>) -> native::Result<Return> {
    ///         let value = number.read(state, 1, |_, number| *number).ok();
    ///         state.ret(value)
    ///     }
    /// }
    ///
    /// state.push_method::<Get>(&Finder::of(), ())?;
    /// state.push("no userdata")?;
    /// state.call(1, Some(1))?;
    /// assert!(state.is_nil(-1));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
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
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// # use perilune::native::{self, Finder, Method, Return, State, Subject};
    /// # struct Clear;
    /// impl Method for Clear {
    ///     type Subject = Vec<i64>;
    ///     type Data = ();
    ///
    ///     fn call(state: &mut State, _: &(), list: Subject<'_, Vec<i64>>) -> native::Result<Return> {
    ///         let done = list.write(state, 1, |_, list| list.clear()).is_ok();
    ///         state.ret(done)
    ///     }
    /// }
    ///
    /// state.new_cell_userdata(vec![1_i64, 2], 0)?;
    /// state.push_method::<Clear>(&Finder::of(), ())?;
    /// state.push_value(1)?;
    /// state.call(1, Some(1))?;
    /// assert!(state.to_boolean(-1));
    /// assert_eq!(state.read_cell(1, |_, list: &Vec<i64>| list.len()), Ok(0));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
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
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// # use perilune::native::{self, Finder, Method, Return, State, Subject};
    /// # struct Greet;
    /// impl Method for Greet {
    ///     type Subject = String;
    ///     type Data = &'static str;
    ///
    ///     fn call(state: &mut State, words: &&str, name: Subject<'_, String>) -> native::Result<Return> {
    ///         match name.read(state, 1, |_, name| format!("{words}, {name}")) {
    ///             Ok(text) => state.ret(text.as_str()),
    ///             Err(_) => Err(state.type_error(1, "name")),
    ///         }
    ///     }
    /// }
    ///
    /// state.push_method::<Greet>(&Finder::of(), "Hello")?;
    /// state.new_cell_userdata(String::from("Ada"), 0)?;
    /// state.call(1, Some(1))?;
    /// assert_eq!(state.bytes(-1), Some(&b"Hello, Ada"[..]));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
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
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// # use perilune::native::{self, Finder, Method, Return, State, Subject};
    /// # struct Double;
    /// impl Method for Double {
    ///     type Subject = i64;
    ///     type Data = ();
    ///
    ///     fn call(state: &mut State, _: &(), number: Subject<'_, i64>) -> native::Result<Return> {
    ///         let doubled = number.read(state, 1, |_, number| number * 2).ok();
    ///         state.ret(doubled)
    ///     }
    /// }
    ///
    /// state.push_send_method::<Double>(&Finder::of(), ())?;
    /// state.new_send_cell_userdata(21_i64, 0)?;
    /// state.call(1, Some(1))?;
    /// assert_eq!(state.to_integer(-1), Some(42));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
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
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::Refused;
    ///
    /// state.new_cell_userdata(1, 0)?;
    /// assert_eq!(state.why_no_value(1), Refused::Mismatch);
    /// state.take_payload(1);
    /// assert_eq!(state.why_no_value(1), Refused::Ended);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn why_no_value(&self, index: i32) -> Refused {
        self.payload(index).err().unwrap_or(Refused::Mismatch)
    }

    /// The value that was lent in the userdata at an index.
    ///
    /// ```
    /// # use perilune::native::{Extension, Shared, State, Unavailable, Scoped};
    /// # struct Nothing;
    /// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
    /// # type Extra = Extension<Nothing, ()>;
    /// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
    /// use std::any::TypeId;
    ///
    /// let text = String::from("lent");
    /// Scoped::enter(&shared, |scope| {
    ///     let lent = scope.lend_ref(&text).unwrap();
    ///     scope.shared().with(|state, _: &Extra| {
    ///         state.new_lent_userdata(lent, 0).unwrap();
    ///         let lent = state.lent_value(-1).unwrap();
    ///         assert_eq!(lent.subject(), Some(TypeId::of::<String>()));
    ///         Ok::<_, Unavailable>(())
    ///     })
    /// })?;
    /// # Ok::<(), Unavailable>(())
    /// ```
    pub fn lent_value(&self, index: i32) -> Option<&ScopedValue> {
        self.payload(index).ok()?.downcast_ref::<Shareable<ScopedValue>>().map(|lent| &**lent)
    }

    /// Pushes a userdata with a value that was lent.
    ///
    /// ```
    /// # use perilune::native::{Extension, Shared, State, Unavailable, Finder, Scoped};
    /// # struct Nothing;
    /// # impl From<Shared> for Nothing { fn from(_: Shared) -> Nothing { Nothing } }
    /// # type Extra = Extension<Nothing, ()>;
    /// let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
    /// let number = 7;
    /// Scoped::enter(&shared, |scope| {
    ///     let lent = scope.lend_ref(&number).unwrap();
    ///     scope.shared().with(|state, _: &Extra| {
    ///         state.new_lent_userdata(lent, 0).unwrap();
    ///         assert_eq!(Finder::<i32>::of().read(state, -1, |_, n| *n), Ok(7));
    ///         Ok::<_, Unavailable>(())
    ///     })
    /// })?;
    /// # Ok::<(), Unavailable>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    pub fn new_lent_userdata(&mut self, lent: Shareable<ScopedValue>, values: u16) -> Result<()> {
        self.new_userdata(Payload::new(lent), values)
    }

    /// Pushes a userdata with a value in a cell.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.new_cell_userdata(vec![1, 2], 0)?;
    /// state.write_cell(-1, |_, list: &mut Vec<i32>| list.push(3)).unwrap();
    /// assert_eq!(state.read_cell(-1, |_, list: &Vec<i32>| list.len()), Ok(3));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
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
    /// ```
    /// use perilune::SendLua;
    ///
    /// let mut lua = SendLua::new();
    /// lua.enter(|lua| lua.with_native(|state| {
    ///     state.new_send_cell_userdata(String::from("goes along"), 0)?;
    ///     state.set_global("note")
    /// }))?;
    /// assert!(lua.binding().is_none());
    /// # Ok::<(), perilune::Error>(())
    /// ```
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
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::Refused;
    ///
    /// state.new_cell_userdata(String::from("text"), 0)?;
    /// assert_eq!(state.read_cell(1, |_, text: &String| text.len()), Ok(4));
    /// assert_eq!(state.read_cell(1, |_, n: &i32| *n), Err(Refused::Mismatch));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
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
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::Refused;
    ///
    /// state.new_cell_userdata(1, 0)?;
    /// assert_eq!(state.write_cell(1, |_, n: &mut i32| *n += 1), Ok(()));
    /// let guard = state.cell::<i32>(1).unwrap().borrow();
    /// assert_eq!(state.write_cell(1, |_, n: &mut i32| *n += 1), Err(Refused::Borrowed));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
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
