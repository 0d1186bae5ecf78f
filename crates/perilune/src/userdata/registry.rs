//! Taking fields and methods of a type.

use super::any::AnyUserData;
use super::meta_method::MetaMethod;
use super::method::{CallsNamed, CallsNamedMut, Named, NamedFn, Reads, Writes};
use super::names::short_type_name;
use super::traits::{UserData, UserDataFields, UserDataMethods};
use crate::callback::{caught, push_callback};
use crate::error::{Error, Result};
use crate::function::Function;
use crate::handle::Handle;
use crate::state::{Extra, Lua};
use crate::traits::{FromLua, FromLuaMulti, IntoLua, IntoLuaMulti};
use crate::types::MaybeSend;
use crate::value::Value;
use perilune_vm::{Finder, State};
use std::cell::RefCell;
use std::marker::PhantomData;
#[cfg(feature = "async")]
use {
    super::async_method::{begin_function, begin_method},
    super::refs::{UserDataRef, UserDataRefMut},
    crate::task::push_async,
};

/// Names, and what they stand for (or why that could not be made).
pub(super) type Entries<T> = Vec<(String, Result<T>)>;

/// What a type's metatable is made of.
#[derive(Default)]
pub(crate) struct RawRegistry {
    pub type_name: String,
    pub fields: Entries<Value>,
    pub getters: Entries<Function>,
    pub setters: Entries<Function>,
    pub methods: Entries<Function>,
    pub meta_methods: Entries<Function>,
    pub meta_fields: Entries<Value>,
}

impl RawRegistry {
    fn extend(&mut self, other: RawRegistry) {
        self.fields.extend(other.fields);
        self.getters.extend(other.getters);
        self.setters.extend(other.setters);
        self.methods.extend(other.methods);
        self.meta_methods.extend(other.meta_methods);
        self.meta_fields.extend(other.meta_fields);
    }
}

/// Takes fields and methods of the userdata type `T`: see [`UserDataFields`] and
/// [`UserDataMethods`].
///
/// ```
/// use perilune::{Lua, UserData, UserDataFields, UserDataMethods, UserDataRegistry};
///
/// struct Temperature(f64);
///
/// impl UserData for Temperature {
///     fn register(registry: &mut UserDataRegistry<Self>) {
///         for (name, offset) in [("kelvin", 273.15), ("celsius", 0.0)] {
///             registry.add_field_method_get(name, move |_, this| Ok(this.0 + offset));
///         }
///         registry.add_method_mut("heat", |_, this, by: f64| Ok(this.0 += by));
///     }
/// }
///
/// let lua = Lua::new();
/// lua.globals().set("t", Temperature(20.0))?;
/// assert_eq!(lua.load("t:heat(5); return t.celsius").eval::<f64>()?, 25.0);
/// # Ok::<(), perilune::Error>(())
/// ```
pub struct UserDataRegistry<T> {
    lua: Lua,
    finder: Finder<T>,
    pub(super) raw: RawRegistry,
    _subject: PhantomData<fn(T) -> T>,
}

impl<T: 'static> UserDataRegistry<T> {
    pub(crate) fn new(lua: &Lua) -> Self {
        #[cfg(feature = "userdata-wrappers")]
        let finder = super::wrappers::finder::<T>();
        #[cfg(not(feature = "userdata-wrappers"))]
        let finder = Finder::of();
        Self::with_finder(lua, finder)
    }
}

impl<T> UserDataRegistry<T> {
    /// For userdata that the finder knows.
    pub(crate) fn with_finder(lua: &Lua, finder: Finder<T>) -> Self {
        let raw = RawRegistry { type_name: short_type_name::<T>(), ..RawRegistry::default() };
        UserDataRegistry { lua: lua.clone(), finder, raw, _subject: PhantomData }
    }

    pub(crate) fn into_raw(self) -> RawRegistry {
        self.raw
    }

    /// The state that the type is made known to.
    ///
    /// ```
    /// # use perilune::{Lua, UserData, UserDataFields, UserDataRegistry};
    /// struct Ticket;
    ///
    /// impl UserData for Ticket {
    ///     fn register(registry: &mut UserDataRegistry<Self>) {
    ///         let price: i64 = registry.lua().globals().get("price").unwrap_or(10);
    ///         registry.add_field("price", price);
    ///     }
    /// }
    ///
    /// let lua = Lua::new();
    /// lua.globals().set("price", 12)?;
    /// lua.globals().set("ticket", Ticket)?;
    /// assert_eq!(lua.load("ticket.price").eval::<i64>()?, 12);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn lua(&self) -> &Lua {
        &self.lua
    }

    /// Takes over what another type names. Its methods find their values in
    /// userdata of this type if it is a wrapper that they know.
    pub(super) fn adopt<U: UserData + 'static>(&mut self) {
        let mut other = UserDataRegistry::<U>::new(&self.lua);
        U::register(&mut other);
        self.raw.extend(other.raw);
    }

    /// The name of a function in messages.
    pub(super) fn full_name(name: &str) -> Box<str> {
        format!("{}.{name}", short_type_name::<T>()).into()
    }

    pub(super) fn make(
        &self,
        push: impl FnOnce(&mut State, &Extra) -> Result<()>,
    ) -> Result<Function> {
        self.lua.with(|state, extra| {
            push(state, extra)?;
            Handle::pin(state, -1).map(Function)
        })
    }

    /// A method, which `push` makes a native function.
    pub(super) fn method<D>(
        &self,
        push: fn(&mut State, &Finder<T>, Named<D>) -> perilune_vm::Result<()>,
        name: &str,
        f: D,
    ) -> Result<Function> {
        self.make(|state, extra| {
            let data = Named { name: Self::full_name(name), f };
            push(state, &self.finder, data).map_err(|e| caught(state, &extra.lua, e))
        })
    }

    fn read<M, A, R>(&self, name: &str, method: M) -> Result<Function>
    where
        M: Fn(&Lua, &T, A) -> Result<R> + MaybeSend + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti,
    {
        self.method(State::push_method::<Reads<T, M, A, R>>, name, method)
    }

    fn write<M, A, R>(&self, name: &str, method: M) -> Result<Function>
    where
        M: FnMut(&Lua, &mut T, A) -> Result<R> + MaybeSend + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti,
    {
        self.method(State::push_method::<Writes<T, M, A, R>>, name, RefCell::new(method))
    }

    /// A function, which `push` makes a native one.
    pub(super) fn named<F>(
        &self,
        push: fn(&mut State, &Extra, NamedFn<F>) -> Result<()>,
        name: &str,
        f: F,
    ) -> Result<Function> {
        let f = NamedFn { name: Self::full_name(name), f };
        self.make(|state, extra| push(state, extra, f))
    }

    fn function<F, A, R>(&self, name: &str, f: F) -> Result<Function>
    where
        F: Fn(&Lua, A) -> Result<R> + MaybeSend + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti,
    {
        self.named(push_callback::<CallsNamed<F, A, R>>, name, f)
    }

    fn function_mut<F, A, R>(&self, name: &str, f: F) -> Result<Function>
    where
        F: FnMut(&Lua, A) -> Result<R> + MaybeSend + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti,
    {
        self.named(push_callback::<CallsNamedMut<F, A, R>>, name, RefCell::new(f))
    }

    #[cfg(feature = "async")]
    fn async_function<F, A, FR, R>(&self, name: &str, f: F) -> Result<Function>
    where
        F: Fn(Lua, A) -> FR + MaybeSend + 'static,
        A: FromLuaMulti,
        FR: Future<Output = Result<R>> + MaybeSend + 'static,
        R: IntoLuaMulti,
    {
        let name = Self::full_name(name);
        self.make(|state, extra| {
            push_async(state, extra, move |state: &mut State, lua: &Lua| {
                begin_function(&name, &f, state, lua)
            })
        })
    }

    /// An async function whose first argument is borrowed as `borrow` says.
    #[cfg(feature = "async")]
    fn async_method<B, M, A, MR, R>(
        &self,
        name: &str,
        borrow: fn(i32, &mut State) -> Result<B>,
        method: M,
    ) -> Result<Function>
    where
        B: 'static,
        M: Fn(Lua, B, A) -> MR + MaybeSend + 'static,
        A: FromLuaMulti,
        MR: Future<Output = Result<R>> + MaybeSend + 'static,
        R: IntoLuaMulti,
    {
        let name = Self::full_name(name);
        self.make(|state, extra| {
            push_async(state, extra, move |state: &mut State, lua: &Lua| {
                begin_method(&name, borrow, &method, state, lua)
            })
        })
    }

    /// The value for a field of the metatable.
    fn meta_value(&self, name: &str, value: Result<Value>) -> Result<Value> {
        let value = value?;
        let fits = matches!(value, Value::Nil | Value::Table(_) | Value::Function(_));
        if (name == MetaMethod::Index || name == MetaMethod::NewIndex) && !fits {
            return Err(Error::MetaMethodTypeError {
                method: name.to_owned(),
                type_name: value.type_name(),
                message: Some("expected nil, table or function".to_owned()),
            });
        }
        Ok(value)
    }
}

impl<T> UserDataFields<T> for UserDataRegistry<T> {
    fn add_field<V>(&mut self, name: impl Into<String>, value: V)
    where
        V: IntoLua + 'static,
    {
        let value = value.into_lua(&self.lua);
        self.raw.fields.push((name.into(), value));
    }

    fn add_field_method_get<M, R>(&mut self, name: impl Into<String>, method: M)
    where
        M: Fn(&Lua, &T) -> Result<R> + MaybeSend + 'static,
        R: IntoLua,
    {
        let name = name.into();
        let getter = self.read(&name, move |lua, this: &T, ()| method(lua, this));
        self.raw.getters.push((name, getter));
    }

    fn add_field_method_set<M, A>(&mut self, name: impl Into<String>, method: M)
    where
        M: FnMut(&Lua, &mut T, A) -> Result<()> + MaybeSend + 'static,
        A: FromLua,
    {
        let name = name.into();
        let setter = self.write(&name, method);
        self.raw.setters.push((name, setter));
    }

    fn add_field_function_get<F, R>(&mut self, name: impl Into<String>, function: F)
    where
        F: Fn(&Lua, AnyUserData) -> Result<R> + MaybeSend + 'static,
        R: IntoLua,
    {
        let name = name.into();
        let getter = self.function(&name, function);
        self.raw.getters.push((name, getter));
    }

    fn add_field_function_set<F, A>(&mut self, name: impl Into<String>, mut function: F)
    where
        F: FnMut(&Lua, AnyUserData, A) -> Result<()> + MaybeSend + 'static,
        A: FromLua,
    {
        let name = name.into();
        let setter =
            self.function_mut(&name, move |lua, (userdata, value)| function(lua, userdata, value));
        self.raw.setters.push((name, setter));
    }

    fn add_meta_field<V>(&mut self, name: impl Into<String>, value: V)
    where
        V: IntoLua + 'static,
    {
        let name = name.into();
        let value = self.meta_value(&name, value.into_lua(&self.lua));
        self.raw.meta_fields.push((name, value));
    }

    fn add_meta_field_with<F, R>(&mut self, name: impl Into<String>, f: F)
    where
        F: FnOnce(&Lua) -> Result<R> + 'static,
        R: IntoLua,
    {
        let name = name.into();
        let value = f(&self.lua).and_then(|value| value.into_lua(&self.lua));
        let value = self.meta_value(&name, value);
        self.raw.meta_fields.push((name, value));
    }
}

impl<T> UserDataMethods<T> for UserDataRegistry<T> {
    fn add_method<M, A, R>(&mut self, name: impl Into<String>, method: M)
    where
        M: Fn(&Lua, &T, A) -> Result<R> + MaybeSend + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti,
    {
        let name = name.into();
        let method = self.read(&name, method);
        self.raw.methods.push((name, method));
    }

    fn add_method_mut<M, A, R>(&mut self, name: impl Into<String>, method: M)
    where
        M: FnMut(&Lua, &mut T, A) -> Result<R> + MaybeSend + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti,
    {
        let name = name.into();
        let method = self.write(&name, method);
        self.raw.methods.push((name, method));
    }

    fn add_function<F, A, R>(&mut self, name: impl Into<String>, function: F)
    where
        F: Fn(&Lua, A) -> Result<R> + MaybeSend + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti,
    {
        let name = name.into();
        let function = self.function(&name, function);
        self.raw.methods.push((name, function));
    }

    fn add_function_mut<F, A, R>(&mut self, name: impl Into<String>, function: F)
    where
        F: FnMut(&Lua, A) -> Result<R> + MaybeSend + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti,
    {
        let name = name.into();
        let function = self.function_mut(&name, function);
        self.raw.methods.push((name, function));
    }

    fn add_meta_method<M, A, R>(&mut self, name: impl Into<String>, method: M)
    where
        M: Fn(&Lua, &T, A) -> Result<R> + MaybeSend + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti,
    {
        let name = name.into();
        let method = self.read(&name, method);
        self.raw.meta_methods.push((name, method));
    }

    fn add_meta_method_mut<M, A, R>(&mut self, name: impl Into<String>, method: M)
    where
        M: FnMut(&Lua, &mut T, A) -> Result<R> + MaybeSend + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti,
    {
        let name = name.into();
        let method = self.write(&name, method);
        self.raw.meta_methods.push((name, method));
    }

    fn add_meta_function<F, A, R>(&mut self, name: impl Into<String>, function: F)
    where
        F: Fn(&Lua, A) -> Result<R> + MaybeSend + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti,
    {
        let name = name.into();
        let function = self.function(&name, function);
        self.raw.meta_methods.push((name, function));
    }

    fn add_meta_function_mut<F, A, R>(&mut self, name: impl Into<String>, function: F)
    where
        F: FnMut(&Lua, A) -> Result<R> + MaybeSend + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti,
    {
        let name = name.into();
        let function = self.function_mut(&name, function);
        self.raw.meta_methods.push((name, function));
    }

    #[cfg(feature = "async")]
    fn add_async_method<M, A, MR, R>(&mut self, name: impl Into<String>, method: M)
    where
        T: 'static,
        M: Fn(Lua, UserDataRef<T>, A) -> MR + MaybeSend + 'static,
        A: FromLuaMulti,
        MR: Future<Output = Result<R>> + MaybeSend + 'static,
        R: IntoLuaMulti,
    {
        let name = name.into();
        let method = self.async_method(&name, UserDataRef::at, method);
        self.raw.methods.push((name, method));
    }

    #[cfg(feature = "async")]
    fn add_async_method_mut<M, A, MR, R>(&mut self, name: impl Into<String>, method: M)
    where
        T: 'static,
        M: Fn(Lua, UserDataRefMut<T>, A) -> MR + MaybeSend + 'static,
        A: FromLuaMulti,
        MR: Future<Output = Result<R>> + MaybeSend + 'static,
        R: IntoLuaMulti,
    {
        let name = name.into();
        let method = self.async_method(&name, UserDataRefMut::at, method);
        self.raw.methods.push((name, method));
    }

    #[cfg(feature = "async")]
    fn add_async_function<F, A, FR, R>(&mut self, name: impl Into<String>, function: F)
    where
        F: Fn(Lua, A) -> FR + MaybeSend + 'static,
        A: FromLuaMulti,
        FR: Future<Output = Result<R>> + MaybeSend + 'static,
        R: IntoLuaMulti,
    {
        let name = name.into();
        let function = self.async_function(&name, function);
        self.raw.methods.push((name, function));
    }

    #[cfg(feature = "async")]
    fn add_async_meta_method<M, A, MR, R>(&mut self, name: impl Into<String>, method: M)
    where
        T: 'static,
        M: Fn(Lua, UserDataRef<T>, A) -> MR + MaybeSend + 'static,
        A: FromLuaMulti,
        MR: Future<Output = Result<R>> + MaybeSend + 'static,
        R: IntoLuaMulti,
    {
        let name = name.into();
        let method = self.async_method(&name, UserDataRef::at, method);
        self.raw.meta_methods.push((name, method));
    }

    #[cfg(feature = "async")]
    fn add_async_meta_method_mut<M, A, MR, R>(&mut self, name: impl Into<String>, method: M)
    where
        T: 'static,
        M: Fn(Lua, UserDataRefMut<T>, A) -> MR + MaybeSend + 'static,
        A: FromLuaMulti,
        MR: Future<Output = Result<R>> + MaybeSend + 'static,
        R: IntoLuaMulti,
    {
        let name = name.into();
        let method = self.async_method(&name, UserDataRefMut::at, method);
        self.raw.meta_methods.push((name, method));
    }

    #[cfg(feature = "async")]
    fn add_async_meta_function<F, A, FR, R>(&mut self, name: impl Into<String>, function: F)
    where
        F: Fn(Lua, A) -> FR + MaybeSend + 'static,
        A: FromLuaMulti,
        FR: Future<Output = Result<R>> + MaybeSend + 'static,
        R: IntoLuaMulti,
    {
        let name = name.into();
        let function = self.async_function(&name, function);
        self.raw.meta_methods.push((name, function));
    }
}
