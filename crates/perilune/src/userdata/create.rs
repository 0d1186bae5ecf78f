//! Making userdata.

use super::any::AnyUserData;
use super::metatable::{push_destructed_metatable, push_metatable_of};
use super::registry::{RawRegistry, UserDataRegistry};
use super::send::{SendUserData, SendUserDataRegistry, register_send};
use super::trace::trace_cell;
use super::traits::UserData;
use crate::callback::caught;
use crate::error::{Error, Result};
use crate::handle::Handle;
use crate::state::{Extra, Lua};
use crate::traits::IntoLua;
use crate::types::{MaybeSend, MaybeSync};
use crate::value::Value;
use perilune_vm::{Kept, Payload, State, TraceFn};
use rustc_hash::FxHashMap;
use std::any::TypeId;
use std::marker::PhantomData;

/// What a state knows of userdata types.
#[derive(Default)]
pub(crate) struct Types {
    /// Metatables.
    pub metatables: FxHashMap<TypeId, Kept>,
    /// Types that are being registered.
    registering: Vec<TypeId>,
    /// Types by the type of their cells.
    pub own: FxHashMap<TypeId, OwnType>,
    /// What serializes the values, by the type of their cells.
    #[cfg(feature = "serde")]
    pub serializers: FxHashMap<TypeId, super::serialize::Serializer>,
}

/// Types whose registration has failed, which is told when they are used.
pub(crate) type FailedTypes = FxHashMap<TypeId, Error>;

/// What is known of a type without its name.
#[derive(Clone, Copy)]
pub(crate) struct OwnType {
    pub subject: TypeId,
    /// Whether a method of the userdata at an index runs.
    pub is_in_call: fn(&State, i32) -> bool,
}

/// How a type gets known to a state.
type Register<T> = fn(&mut UserDataRegistry<T>);

/// How values of a type show the handles they hold.
const fn trace_of<T: UserData + 'static>() -> Option<TraceFn> {
    if T::TRACED { Some(trace_cell::<T>) } else { None }
}

/// Pushes a userdata that holds `data`.
pub(crate) fn push_instance<T: MaybeSend + MaybeSync + 'static>(
    state: &mut State,
    extra: &Extra,
    data: T,
    register: Register<T>,
    trace: Option<TraceFn>,
) -> Result<()> {
    let pushed = state.new_cell_userdata(data, 1);
    pushed.map_err(|e| caught(state, &extra.lua, e))?;
    complete_instance(state, extra, register, trace)
}

/// Gives the userdata on top what its type has.
#[inline]
fn complete_instance<T: 'static>(
    state: &mut State,
    extra: &Extra,
    register: Register<T>,
    trace: Option<TraceFn>,
) -> Result<()> {
    if let Some(trace) = trace {
        state.trace_userdata(-1, trace).map_err(|e| caught(state, &extra.lua, e))?;
    }
    let set = set_type_metatable(state, extra, register);
    if set.is_err() {
        // The value is dropped now, not when the userdata is collected.
        drop(state.take_payload(-1));
    }
    set
}

/// Gives the userdata on top the metatable of its type.
#[inline]
pub(crate) fn set_type_metatable<T: 'static>(
    state: &mut State,
    extra: &Extra,
    register: Register<T>,
) -> Result<()> {
    if set_metatable::<T>(state, extra)? {
        return Ok(());
    }
    make_metatable(state, extra, register)?;
    match set_metatable::<T>(state, extra)? {
        true => Ok(()),
        false => Err(Error::UserDataTypeMismatch),
    }
}

/// Gives the userdata on top the metatable of its type; false if there is none
/// yet.
#[inline]
fn set_metatable<T: 'static>(state: &mut State, extra: &Extra) -> Result<bool> {
    match extra.lasting.types.borrow_mut().metatables.get(&TypeId::of::<T>()) {
        Some(metatable) => {
            let set = state.set_metatable_kept(-1, metatable);
            set.map_err(|_| Error::MemoryError("not enough memory".into()))?;
            Ok(true)
        }
        None => Ok(false),
    }
}

/// Makes the metatable of a type.
#[cold]
fn make_metatable<T: 'static>(
    state: &mut State,
    extra: &Extra,
    register: Register<T>,
) -> Result<()> {
    let id = TypeId::of::<T>();
    let failed = extra.failed_types.borrow_mut().remove(&id);
    if let Some(error) = failed {
        return Err(error);
    }
    let raw = {
        let _done = Registering::begin(extra, id)?;
        registry_of(state, &extra.lua, register)
    };
    keep_metatable::<T>(state, extra, raw)
}

/// Makes the metatable of a type from what was registered.
fn keep_metatable<T: 'static>(state: &mut State, extra: &Extra, raw: RawRegistry) -> Result<()> {
    let id = TypeId::of::<T>();
    let top = state.top();
    push_metatable_of(state, &extra.lua, raw)?;
    let metatable = state.keep(-1).map_err(|_| Error::MemoryError("not enough memory".into()))?;
    state.set_top(top);
    let mut types = extra.lasting.types.borrow_mut();
    let own = OwnType {
        subject: id,
        is_in_call: |state, index| state.cell::<T>(index).is_some_and(|cell| cell.is_in_call()),
    };
    types.own.insert(Payload::cell_type::<T>(), own);
    types.metatables.insert(id, metatable);
    Ok(())
}

/// Lets `register` name fields and methods, while handles may use the state.
fn registry_of<T: 'static>(state: &mut State, lua: &Lua, register: Register<T>) -> RawRegistry {
    lua.0.lend(state, || {
        let mut registry = UserDataRegistry::new(lua);
        register(&mut registry);
        registry.into_raw()
    })
}

/// Ends the registration of a type, also when it unwinds.
struct Registering<'a>(&'a Extra, TypeId);

impl<'a> Registering<'a> {
    fn begin(extra: &'a Extra, id: TypeId) -> Result<Registering<'a>> {
        let mut types = extra.lasting.types.borrow_mut();
        if types.registering.contains(&id) {
            return Err(Error::runtime("userdata made while its type is registered"));
        }
        types.registering.push(id);
        Ok(Registering(extra, id))
    }
}

impl Drop for Registering<'_> {
    fn drop(&mut self) {
        self.0.lasting.types.borrow_mut().registering.retain(|id| *id != self.1);
    }
}

/// Takes the Rust value out of the userdata at an index, which is not to be used
/// any more.
pub(crate) fn destruct(state: &mut State, extra: &Extra, index: i32) -> Result<Option<Payload>> {
    let index = state.abs_index(index);
    push_destructed_metatable(state, extra)?;
    state.set_metatable(index).map_err(|e| caught(state, &extra.lua, e))?;
    Ok(state.take_payload(index))
}

/// Holds nothing, but stands for the type.
pub(super) struct UserDataProxy<T>(PhantomData<fn() -> T>);

impl<T: UserData + 'static> UserData for UserDataProxy<T> {
    fn register(registry: &mut UserDataRegistry<Self>) {
        registry.adopt::<T>();
    }
}

/// A userdata whose value was exchanged for one that no method knows, as its type
/// was registered anew.
struct Outdated(#[expect(dead_code, reason = "it is there to be dropped")] Payload);

impl Lua {
    /// A userdata that holds a Rust value.
    ///
    /// Values of the type can be passed wherever a Lua value is wanted, which
    /// does the same.
    ///
    /// ```
    /// # use perilune::{AnyUserData, Lua, UserData, UserDataMethods};
    /// struct Dice { sides: u32 }
    ///
    /// impl UserData for Dice {
    ///     fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
    ///         methods.add_method("sides", |_, this, ()| Ok(this.sides));
    ///     }
    /// }
    ///
    /// let lua = Lua::new();
    /// let dice: AnyUserData = lua.create_userdata(Dice { sides: 20 })?;
    /// lua.globals().set("dice", &dice)?;
    /// assert_eq!(lua.load("dice:sides()").eval::<u32>()?, 20);
    /// assert_eq!(dice.borrow::<Dice>()?.sides, 20);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// What went wrong while the type was registered; memory.
    #[inline]
    pub fn create_userdata<T>(&self, data: T) -> Result<AnyUserData>
    where
        T: UserData + MaybeSend + MaybeSync + 'static,
    {
        self.new_userdata(data, T::register, trace_of::<T>())
    }

    /// A userdata that holds a Rust value of any type. What scripts can do with
    /// it is said by [`register_userdata_type`](Self::register_userdata_type).
    ///
    /// ```
    /// # use perilune::{Lua, UserDataRef};
    /// use std::time::Instant;
    ///
    /// let lua = Lua::new();
    /// lua.globals().set("start", lua.create_any_userdata(Instant::now())?)?;
    /// let elapsed = lua.create_function(|_, start: UserDataRef<Instant>| {
    ///     Ok(start.elapsed().as_secs())
    /// })?;
    /// lua.globals().set("elapsed", elapsed)?;
    /// assert!(lua.load("elapsed(start)").eval::<u64>()? < 60);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// What went wrong while the type was registered; memory.
    #[inline]
    pub fn create_any_userdata<T>(&self, data: T) -> Result<AnyUserData>
    where
        T: MaybeSend + MaybeSync + 'static,
    {
        self.new_userdata(data, |_| {}, None)
    }

    fn new_userdata<T>(
        &self,
        data: T,
        register: Register<T>,
        trace: Option<TraceFn>,
    ) -> Result<AnyUserData>
    where
        T: MaybeSend + MaybeSync + 'static,
    {
        self.with(|state, extra| {
            push_instance(state, extra, data, register, trace)?;
            Handle::pin(state, -1).map(AnyUserData)
        })
    }

    /// [`create_userdata`](Self::create_userdata) of a value that does not bind the
    /// state to this thread: see [`SendLua`](crate::SendLua).
    ///
    /// ```
    /// # use perilune::{SendLua, SendUserData, SendUserDataRegistry};
    /// struct Job(u32);
    ///
    /// impl SendUserData for Job {
    ///     fn register(registry: &mut SendUserDataRegistry<'_, Self>) {
    ///         registry.add_method("number", |_, this, ()| Ok(this.0));
    ///     }
    /// }
    ///
    /// # fn main() -> perilune::Result<()> {
    /// let mut lua = SendLua::new();
    /// lua.enter(|lua| lua.globals().set("job", lua.create_send_userdata(Job(7))?))?;
    /// let worker = std::thread::spawn(move || {
    ///     lua.enter(|lua| lua.load("job:number()").eval::<u32>()).unwrap()
    /// });
    /// assert_eq!(worker.join().unwrap(), 7);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What went wrong while the type was registered; memory.
    pub fn create_send_userdata<T>(&self, data: T) -> Result<AnyUserData>
    where
        T: SendUserData + Send + MaybeSync + 'static,
    {
        self.new_send_userdata(data, register_send::<T>)
    }

    /// [`create_any_userdata`](Self::create_any_userdata) of a value that does not
    /// bind the state to this thread: see [`SendLua`](crate::SendLua).
    ///
    /// ```
    /// # use perilune::{AnyUserData, SendLua};
    /// # fn main() -> perilune::Result<()> {
    /// let mut lua = SendLua::new();
    /// lua.enter(|lua| {
    ///     let message = lua.create_send_any_userdata(String::from("hello"))?;
    ///     lua.globals().set("message", message)
    /// })?;
    /// let worker = std::thread::spawn(move || {
    ///     lua.enter(|lua| lua.globals().get::<AnyUserData>("message")?.take::<String>()).unwrap()
    /// });
    /// assert_eq!(worker.join().unwrap(), "hello");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What went wrong while the type was registered; memory.
    pub fn create_send_any_userdata<T>(&self, data: T) -> Result<AnyUserData>
    where
        T: Send + MaybeSync + 'static,
    {
        self.new_send_userdata(data, |_| {})
    }

    fn new_send_userdata<T>(&self, data: T, register: Register<T>) -> Result<AnyUserData>
    where
        T: Send + MaybeSync + 'static,
    {
        self.with(|state, extra| {
            let pushed = state.new_send_cell_userdata(data, 1);
            pushed.map_err(|e| caught(state, &extra.lua, e))?;
            complete_instance(state, extra, register, None)?;
            Handle::pin(state, -1).map(AnyUserData)
        })
    }

    /// [`register_userdata_type`](Self::register_userdata_type) with functions that do
    /// not bind the state to this thread: see [`SendLua`](crate::SendLua).
    ///
    /// ```
    /// # use perilune::SendLua;
    /// # fn main() -> perilune::Result<()> {
    /// let mut lua = SendLua::new();
    /// lua.enter(|lua| {
    ///     lua.register_send_userdata_type::<String>(|registry| {
    ///         registry.add_method("len", |_, this, ()| Ok(this.len()));
    ///     })?;
    ///     lua.globals().set("text", lua.create_send_any_userdata("hello".to_string())?)
    /// })?;
    /// let worker = std::thread::spawn(move || {
    ///     lua.enter(|lua| lua.load("text:len()").eval::<usize>()).unwrap()
    /// });
    /// assert_eq!(worker.join().unwrap(), 5);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// If the state can't be used.
    pub fn register_send_userdata_type<T: 'static>(
        &self,
        f: impl FnOnce(&mut SendUserDataRegistry<'_, T>),
    ) -> Result<()> {
        self.register_userdata_type(|registry| f(&mut SendUserDataRegistry::new(registry)))
    }

    /// [`create_userdata`](Self::create_userdata) of a value that can be
    /// serialized.
    ///
    /// ```
    /// # use perilune::{Lua, LuaSerdeExt, UserData, Value};
    /// #[derive(serde::Serialize, serde::Deserialize)]
    /// struct Player { name: String, level: u8 }
    ///
    /// impl UserData for Player {}
    ///
    /// let lua = Lua::new();
    /// let player = lua.create_ser_userdata(Player { name: "Ann".into(), level: 3 })?;
    /// assert_eq!(serde_json::to_string(&player).unwrap(), r#"{"name":"Ann","level":3}"#);
    /// let copy: Player = lua.from_value(Value::UserData(player))?;
    /// assert_eq!(copy.level, 3);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// What went wrong while the type was registered; memory.
    #[cfg(feature = "serde")]
    pub fn create_ser_userdata<T>(&self, data: T) -> Result<AnyUserData>
    where
        T: UserData + serde::Serialize + MaybeSend + MaybeSync + 'static,
    {
        self.create_userdata(data)?.serializable::<T>()
    }

    /// [`create_any_userdata`](Self::create_any_userdata) of a value that can be
    /// serialized.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let list = lua.create_table()?;
    /// list.push(lua.create_ser_any_userdata(vec![1, 2])?)?;
    /// assert_eq!(serde_json::to_string(&list).unwrap(), "[[1,2]]");
    /// list.push(lua.create_any_userdata(vec![3])?)?;
    /// assert!(serde_json::to_string(&list).is_err()); // Nothing says how to write that one.
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// What went wrong while the type was registered; memory.
    #[cfg(feature = "serde")]
    pub fn create_ser_any_userdata<T>(&self, data: T) -> Result<AnyUserData>
    where
        T: serde::Serialize + MaybeSend + MaybeSync + 'static,
    {
        self.create_any_userdata(data)?.serializable::<T>()
    }

    /// [`create_ser_userdata`](Self::create_ser_userdata) of a value that does not bind
    /// the state to this thread: see [`SendLua`](crate::SendLua).
    ///
    /// ```
    /// # use perilune::{Lua, SendUserData, SendUserDataRegistry};
    /// #[derive(serde::Serialize)]
    /// struct Seat {
    ///     row: u32,
    /// }
    ///
    /// impl SendUserData for Seat {
    ///     fn register(registry: &mut SendUserDataRegistry<'_, Self>) {
    ///         registry.add_field_method_get("row", |_, this| Ok(this.row));
    ///     }
    /// }
    ///
    /// let lua = Lua::new();
    /// let seat = lua.create_send_ser_userdata(Seat { row: 4 })?;
    /// assert_eq!(serde_json::to_string(&seat).unwrap(), r#"{"row":4}"#);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// What went wrong while the type was registered; memory.
    #[cfg(feature = "serde")]
    pub fn create_send_ser_userdata<T>(&self, data: T) -> Result<AnyUserData>
    where
        T: SendUserData + serde::Serialize + Send + MaybeSync + 'static,
    {
        self.create_send_userdata(data)?.serializable::<T>()
    }

    /// [`create_ser_any_userdata`](Self::create_ser_any_userdata) of a value that does
    /// not bind the state to this thread: see [`SendLua`](crate::SendLua).
    ///
    /// ```
    /// # use perilune::SendLua;
    /// let mut lua = SendLua::new();
    /// lua.enter(|lua| lua.globals().set("list", lua.create_send_ser_any_userdata([1, 2])?))?;
    /// let worker = std::thread::spawn(move || {
    ///     lua.enter(|lua| Ok(serde_json::to_string(&lua.globals().get::<perilune::Value>("list")?)))
    ///         .unwrap()
    /// });
    /// assert_eq!(worker.join().unwrap().unwrap(), "[1,2]");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// What went wrong while the type was registered; memory.
    #[cfg(feature = "serde")]
    pub fn create_send_ser_any_userdata<T>(&self, data: T) -> Result<AnyUserData>
    where
        T: serde::Serialize + Send + MaybeSync + 'static,
    {
        self.create_send_any_userdata(data)?.serializable::<T>()
    }

    /// Says what scripts can do with userdata of a type that is none of the
    /// program's own. Said again, it makes existing userdata of the type unusable.
    ///
    /// ```
    /// # use perilune::{AnyUserData, Lua, UserDataMethods};
    /// let lua = Lua::new();
    /// lua.register_userdata_type::<String>(|registry| {
    ///     registry.add_method("len", |_, this, ()| Ok(this.len()));
    /// })?;
    /// lua.globals().set("text", AnyUserData::wrap("hello".to_string()))?;
    /// assert_eq!(lua.load("text:len()").eval::<usize>()?, 5);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the state can't be used.
    pub fn register_userdata_type<T: 'static>(
        &self,
        f: impl FnOnce(&mut UserDataRegistry<T>),
    ) -> Result<()> {
        let mut registry = UserDataRegistry::new(self);
        f(&mut registry);
        self.with(|state, extra| {
            let id = TypeId::of::<T>();
            let old = extra.lasting.types.borrow_mut().metatables.remove(&id);
            extra.failed_types.borrow_mut().remove(&id);
            if let Some(old) = old {
                state.push_kept(&old).map_err(|e| caught(state, &extra.lua, e))?;
                state.forget(old);
                state.exchange_payloads(-1, |payload| Payload::new(Outdated(payload)));
            }
            if let Err(error) = keep_metatable::<T>(state, extra, registry.into_raw()) {
                extra.failed_types.borrow_mut().insert(id, error);
            }
            Ok(())
        })
    }

    /// A userdata that has the fields and functions of a type, but holds no value
    /// of it: its methods can't be called.
    ///
    /// ```
    /// # use perilune::{Lua, Result, UserData, UserDataMethods};
    /// struct Point(f64, f64);
    ///
    /// impl UserData for Point {
    ///     fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
    ///         methods.add_function("new", |_, (x, y)| Ok(Point(x, y)));
    ///         methods.add_method("x", |_, this, ()| Ok(this.0));
    ///     }
    /// }
    ///
    /// # fn main() -> Result<()> {
    /// let lua = Lua::new();
    /// lua.globals().set("Point", lua.create_proxy::<Point>()?)?;
    /// assert_eq!(lua.load("Point.new(1.5, 2):x()").eval::<f64>()?, 1.5);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What went wrong while the type was registered; memory.
    pub fn create_proxy<T: UserData + 'static>(&self) -> Result<AnyUserData> {
        self.create_userdata(UserDataProxy::<T>(PhantomData))
    }
}

impl<T: UserData + MaybeSend + MaybeSync + 'static> IntoLua for T {
    fn into_lua(self, lua: &Lua) -> Result<Value> {
        lua.create_userdata(self).map(Value::UserData)
    }

    #[inline]
    fn push_into(self, state: &mut State, lua: &Lua) -> Result<()> {
        let pushed = state.with_extension(|state, extra: &Extra| {
            push_instance(state, extra, self, T::register, trace_of::<T>())
        });
        let _ = lua;
        pushed.unwrap_or(Err(Error::StateClosed))
    }
}
