//! What a type says about itself as userdata.

use super::UserDataRegistry;
use super::any::AnyUserData;
use super::names::short_type_name;
use crate::error::{Error, Result};
use crate::state::Lua;
use crate::traits::{FromLua, FromLuaMulti, IntoLua, IntoLuaMulti};
use crate::types::MaybeSend;
#[cfg(feature = "async")]
use {
    super::{UserDataRef, UserDataRefMut},
    std::future::Future,
};

/// A type whose values scripts can hold as userdata.
///
/// What scripts can do with them is said in [`add_fields`](UserData::add_fields)
/// and [`add_methods`](UserData::add_methods), once for all values of the type in
/// a state.
///
/// ```
/// use perilune::{Lua, MetaMethod, Result, UserData, UserDataFields, UserDataMethods};
///
/// struct Counter(i64);
///
/// impl UserData for Counter {
///     fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
///         fields.add_field_method_get("value", |_, this| Ok(this.0));
///     }
///
///     fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
///         methods.add_method_mut("add", |_, this, n: i64| {
///             this.0 += n;
///             Ok(())
///         });
///         methods.add_meta_method(MetaMethod::ToString, |_, this, ()| {
///             Ok(format!("counter at {}", this.0))
///         });
///     }
/// }
///
/// # fn main() -> Result<()> {
/// let lua = Lua::new();
/// lua.globals().set("counter", Counter(40))?;
/// lua.load("counter:add(2) text = tostring(counter)").exec()?;
/// assert_eq!(lua.load("counter.value").eval::<i64>()?, 42);
/// assert_eq!(lua.load("text").eval::<String>()?, "counter at 42");
/// # Ok(())
/// # }
/// ```
pub trait UserData: Sized {
    /// Names the fields.
    #[allow(unused_variables)]
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {}

    /// Names the methods.
    #[allow(unused_variables)]
    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {}

    /// Whether values of the type hold handles that [`trace`](Self::trace) shows to
    /// the collector.
    const TRACED: bool = false;

    /// Shows the handles that the value holds to the collector, each once, if
    /// [`TRACED`](Self::TRACED) says so. Without it what they refer to lives as long
    /// as the value, even if that is only reachable from there.
    ///
    /// The collector runs meanwhile: the state can't be used.
    ///
    /// ```
    /// use perilune::userdata::Tracer;
    /// use perilune::{Function, Lua, Result, UserData, UserDataFields};
    ///
    /// struct Button {
    ///     on_click: Option<Function>,
    /// }
    ///
    /// impl UserData for Button {
    ///     const TRACED: bool = true;
    ///
    ///     fn trace(&self, tracer: &mut Tracer<'_, '_>) {
    ///         tracer.visit(&self.on_click);
    ///     }
    ///
    ///     fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
    ///         fields.add_field_method_set("on_click", |_, this, f| {
    ///             this.on_click = f;
    ///             Ok(())
    ///         });
    ///     }
    /// }
    ///
    /// # fn main() -> Result<()> {
    /// let lua = Lua::new();
    /// lua.globals().set("button", Button { on_click: None })?;
    /// // The function refers to the button, and the button to the function.
    /// lua.load("local b = button; b.on_click = function() return b end; button = nil").exec()?;
    /// lua.gc_collect()?;
    /// # Ok(())
    /// # }
    /// ```
    #[allow(unused_variables)]
    fn trace(&self, tracer: &mut super::trace::Tracer<'_, '_>) {}

    /// Names all there is. Who writes this need not write the others.
    fn register(registry: &mut UserDataRegistry<Self>) {
        Self::add_fields(registry);
        Self::add_methods(registry);
    }
}

/// Takes the methods of a userdata type.
///
/// A method is called as `value:name(...)`. It borrows the Rust value while it
/// runs: a method that changes it can't be called while another one of the same
/// value runs, nor the other way round; that is an error, which says so.
pub trait UserDataMethods<T> {
    /// Adds a method that reads the value.
    fn add_method<M, A, R>(&mut self, name: impl Into<String>, method: M)
    where
        M: Fn(&Lua, &T, A) -> Result<R> + MaybeSend + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti;

    /// Adds a method that changes the value.
    fn add_method_mut<M, A, R>(&mut self, name: impl Into<String>, method: M)
    where
        M: FnMut(&Lua, &mut T, A) -> Result<R> + MaybeSend + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti;

    /// Adds a method that takes the value out of the userdata, so that it can be
    /// called once for each.
    fn add_method_once<M, A, R>(&mut self, name: impl Into<String>, method: M)
    where
        T: 'static,
        M: Fn(&Lua, T, A) -> Result<R> + MaybeSend + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti,
    {
        let name = name.into();
        let full_name = format!("{}.{name}", short_type_name::<T>());
        self.add_function(name, move |lua, (userdata, args): (AnyUserData, A)| {
            let this = userdata.take().map_err(|cause| Error::bad_self(&full_name, cause))?;
            method(lua, this, args)
        });
    }

    /// Adds an async method that reads the value, which is borrowed until its
    /// future is done.
    #[cfg(feature = "async")]
    fn add_async_method<M, A, MR, R>(&mut self, name: impl Into<String>, method: M)
    where
        T: 'static,
        M: Fn(Lua, UserDataRef<T>, A) -> MR + MaybeSend + 'static,
        A: FromLuaMulti,
        MR: Future<Output = Result<R>> + MaybeSend + 'static,
        R: IntoLuaMulti;

    /// Adds an async method that changes the value, which is borrowed until its
    /// future is done.
    #[cfg(feature = "async")]
    fn add_async_method_mut<M, A, MR, R>(&mut self, name: impl Into<String>, method: M)
    where
        T: 'static,
        M: Fn(Lua, UserDataRefMut<T>, A) -> MR + MaybeSend + 'static,
        A: FromLuaMulti,
        MR: Future<Output = Result<R>> + MaybeSend + 'static,
        R: IntoLuaMulti;

    /// Adds an async method that takes the value out of the userdata.
    #[cfg(feature = "async")]
    fn add_async_method_once<M, A, MR, R>(&mut self, name: impl Into<String>, method: M)
    where
        T: 'static,
        M: Fn(Lua, T, A) -> MR + MaybeSend + 'static,
        A: FromLuaMulti,
        MR: Future<Output = Result<R>> + MaybeSend + 'static,
        R: IntoLuaMulti,
    {
        let name = name.into();
        let full_name = format!("{}.{name}", short_type_name::<T>());
        self.add_async_function(
            name,
            move |lua, (userdata, args): (AnyUserData, A)| match userdata
                .take()
                .map_err(|cause| Error::bad_self(&full_name, cause))
            {
                Ok(this) => either::Either::Left(method(lua, this, args)),
                Err(error) => either::Either::Right(async move { Err(error) }),
            },
        );
    }

    /// Adds a function. Called as a method, its first argument is the userdata.
    fn add_function<F, A, R>(&mut self, name: impl Into<String>, function: F)
    where
        F: Fn(&Lua, A) -> Result<R> + MaybeSend + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti;

    /// Adds a function that changes what it has captured.
    fn add_function_mut<F, A, R>(&mut self, name: impl Into<String>, function: F)
    where
        F: FnMut(&Lua, A) -> Result<R> + MaybeSend + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti;

    /// Adds an async function.
    #[cfg(feature = "async")]
    fn add_async_function<F, A, FR, R>(&mut self, name: impl Into<String>, function: F)
    where
        F: Fn(Lua, A) -> FR + MaybeSend + 'static,
        A: FromLuaMulti,
        FR: Future<Output = Result<R>> + MaybeSend + 'static,
        R: IntoLuaMulti;

    /// Adds a metamethod that reads the value, which must be its first argument:
    /// of binary operators, use [`add_meta_function`](Self::add_meta_function) if
    /// the value may be on the right.
    fn add_meta_method<M, A, R>(&mut self, name: impl Into<String>, method: M)
    where
        M: Fn(&Lua, &T, A) -> Result<R> + MaybeSend + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti;

    /// Adds a metamethod that changes the value.
    fn add_meta_method_mut<M, A, R>(&mut self, name: impl Into<String>, method: M)
    where
        M: FnMut(&Lua, &mut T, A) -> Result<R> + MaybeSend + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti;

    /// Adds an async metamethod that reads the value.
    #[cfg(feature = "async")]
    fn add_async_meta_method<M, A, MR, R>(&mut self, name: impl Into<String>, method: M)
    where
        T: 'static,
        M: Fn(Lua, UserDataRef<T>, A) -> MR + MaybeSend + 'static,
        A: FromLuaMulti,
        MR: Future<Output = Result<R>> + MaybeSend + 'static,
        R: IntoLuaMulti;

    /// Adds an async metamethod that changes the value.
    #[cfg(feature = "async")]
    fn add_async_meta_method_mut<M, A, MR, R>(&mut self, name: impl Into<String>, method: M)
    where
        T: 'static,
        M: Fn(Lua, UserDataRefMut<T>, A) -> MR + MaybeSend + 'static,
        A: FromLuaMulti,
        MR: Future<Output = Result<R>> + MaybeSend + 'static,
        R: IntoLuaMulti;

    /// Adds a metamethod as a function of all its operands.
    fn add_meta_function<F, A, R>(&mut self, name: impl Into<String>, function: F)
    where
        F: Fn(&Lua, A) -> Result<R> + MaybeSend + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti;

    /// Adds a metamethod as a function that changes what it has captured.
    fn add_meta_function_mut<F, A, R>(&mut self, name: impl Into<String>, function: F)
    where
        F: FnMut(&Lua, A) -> Result<R> + MaybeSend + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti;

    /// Adds an async metamethod as a function of all its operands.
    #[cfg(feature = "async")]
    fn add_async_meta_function<F, A, FR, R>(&mut self, name: impl Into<String>, function: F)
    where
        F: Fn(Lua, A) -> FR + MaybeSend + 'static,
        A: FromLuaMulti,
        FR: Future<Output = Result<R>> + MaybeSend + 'static,
        R: IntoLuaMulti;
}

/// Takes the fields of a userdata type: what `value.name` reads and sets.
pub trait UserDataFields<T> {
    /// Adds a field that is the same for all values of the type.
    fn add_field<V>(&mut self, name: impl Into<String>, value: V)
    where
        V: IntoLua + 'static;

    /// Adds what reads a field.
    fn add_field_method_get<M, R>(&mut self, name: impl Into<String>, method: M)
    where
        M: Fn(&Lua, &T) -> Result<R> + MaybeSend + 'static,
        R: IntoLua;

    /// Adds what sets a field.
    fn add_field_method_set<M, A>(&mut self, name: impl Into<String>, method: M)
    where
        M: FnMut(&Lua, &mut T, A) -> Result<()> + MaybeSend + 'static,
        A: FromLua;

    /// Adds what reads a field, as a function of the userdata.
    fn add_field_function_get<F, R>(&mut self, name: impl Into<String>, function: F)
    where
        F: Fn(&Lua, AnyUserData) -> Result<R> + MaybeSend + 'static,
        R: IntoLua;

    /// Adds what sets a field, as a function of the userdata.
    fn add_field_function_set<F, A>(&mut self, name: impl Into<String>, function: F)
    where
        F: FnMut(&Lua, AnyUserData, A) -> Result<()> + MaybeSend + 'static,
        A: FromLua;

    /// Adds a field of the metatable.
    ///
    /// `__index` and `__newindex` may be tables or functions; they come into play
    /// where no field or method has the name.
    fn add_meta_field<V>(&mut self, name: impl Into<String>, value: V)
    where
        V: IntoLua + 'static;

    /// Adds a field of the metatable, whose value `f` makes.
    fn add_meta_field_with<F, R>(&mut self, name: impl Into<String>, f: F)
    where
        F: FnOnce(&Lua) -> Result<R> + 'static,
        R: IntoLua;
}
