//! Userdata that do not bind their state to an OS thread.

use super::any::AnyUserData;
use super::method::{NamedFn, Reads, Writes, call_named, call_named_mut};
use super::registry::UserDataRegistry;
use super::traits::UserDataFields;
#[cfg(doc)]
use super::traits::UserDataMethods;
use crate::callback::push_send_callback;
use crate::error::Result;
use crate::function::Function;
use crate::state::Lua;
use crate::traits::{FromLua, FromLuaMulti, IntoLua, IntoLuaMulti};
use perilune_vm::State;
use std::cell::RefCell;
#[cfg(feature = "async")]
use {crate::task::push_send_async, crate::types::MaybeSend, std::future::Future};

/// A type whose values, as userdata, do not bind a state to its OS thread: see
/// [`SendLua`](crate::SendLua).
///
/// As [`UserData`](crate::UserData), but whatever a function captures is `Send`.
///
/// ```
/// use perilune::{Result, SendLua, SendUserData, SendUserDataRegistry};
///
/// struct Counter(i64);
///
/// impl SendUserData for Counter {
///     fn register(registry: &mut SendUserDataRegistry<'_, Self>) {
///         registry.add_field_method_get("value", |_, this| Ok(this.0));
///         registry.add_method_mut("add", |_, this, n: i64| {
///             this.0 += n;
///             Ok(())
///         });
///     }
/// }
///
/// # fn main() -> Result<()> {
/// let mut lua = SendLua::new();
/// lua.enter(|lua| lua.globals().set("counter", lua.create_send_userdata(Counter(40))?))?;
/// let worker = std::thread::spawn(move || {
///     lua.enter(|lua| {
///         lua.load("counter:add(2)").exec()?;
///         lua.load("counter.value").eval::<i64>()
///     })
///     .unwrap()
/// });
/// assert_eq!(worker.join().unwrap(), 42);
/// # Ok(())
/// # }
/// ```
pub trait SendUserData: Sized {
    /// Names fields and methods.
    fn register(registry: &mut SendUserDataRegistry<'_, Self>);
}

/// Takes fields and methods of a userdata type whose functions are `Send`. What
/// they do is as of [`UserDataFields`] and [`UserDataMethods`].
pub struct SendUserDataRegistry<'a, T>(&'a mut UserDataRegistry<T>);

/// A type says what scripts can do with it.
pub(super) fn register_send<T: SendUserData>(registry: &mut UserDataRegistry<T>) {
    T::register(&mut SendUserDataRegistry(registry));
}

impl<'a, T> SendUserDataRegistry<'a, T> {
    pub(super) fn new(registry: &'a mut UserDataRegistry<T>) -> Self {
        SendUserDataRegistry(registry)
    }

    /// The state that the type is made known to.
    pub fn lua(&self) -> &Lua {
        self.0.lua()
    }

    fn read<M, A, R>(&self, name: &str, method: M) -> Result<Function>
    where
        M: Fn(&Lua, &T, A) -> Result<R> + Send + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti,
    {
        self.0.method(State::push_send_method::<Reads<T, M, A, R>>, name, method)
    }

    fn write<M, A, R>(&self, name: &str, method: M) -> Result<Function>
    where
        M: FnMut(&Lua, &mut T, A) -> Result<R> + Send + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti,
    {
        self.0.method(State::push_send_method::<Writes<T, M, A, R>>, name, RefCell::new(method))
    }

    fn function<F, A, R>(&self, name: &str, f: F) -> Result<Function>
    where
        F: Fn(&Lua, A) -> Result<R> + Send + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti,
    {
        self.0.named(push_send_callback::<NamedFn<F>>, name, call_named::<F, A, R>, f)
    }

    fn function_mut<F, A, R>(&self, name: &str, f: F) -> Result<Function>
    where
        F: FnMut(&Lua, A) -> Result<R> + Send + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti,
    {
        let push = push_send_callback::<NamedFn<RefCell<F>>>;
        self.0.named(push, name, call_named_mut::<F, A, R>, RefCell::new(f))
    }

    /// Adds a field that is the same for all values of the type.
    pub fn add_field(&mut self, name: impl Into<String>, value: impl IntoLua + 'static) {
        self.0.add_field(name, value);
    }

    /// Adds what reads a field.
    pub fn add_field_method_get<M, R>(&mut self, name: impl Into<String>, method: M)
    where
        M: Fn(&Lua, &T) -> Result<R> + Send + 'static,
        R: IntoLua,
    {
        let name = name.into();
        let getter = self.read(&name, move |lua, this: &T, ()| method(lua, this));
        self.0.raw.getters.push((name, getter));
    }

    /// Adds what sets a field.
    pub fn add_field_method_set<M, A>(&mut self, name: impl Into<String>, method: M)
    where
        M: FnMut(&Lua, &mut T, A) -> Result<()> + Send + 'static,
        A: FromLua,
    {
        let name = name.into();
        let setter = self.write(&name, method);
        self.0.raw.setters.push((name, setter));
    }

    /// Adds what reads a field, as a function of the userdata.
    pub fn add_field_function_get<F, R>(&mut self, name: impl Into<String>, function: F)
    where
        F: Fn(&Lua, AnyUserData) -> Result<R> + Send + 'static,
        R: IntoLua,
    {
        let name = name.into();
        let getter = self.function(&name, function);
        self.0.raw.getters.push((name, getter));
    }

    /// Adds what sets a field, as a function of the userdata.
    pub fn add_field_function_set<F, A>(&mut self, name: impl Into<String>, mut function: F)
    where
        F: FnMut(&Lua, AnyUserData, A) -> Result<()> + Send + 'static,
        A: FromLua,
    {
        let name = name.into();
        let setter =
            self.function_mut(&name, move |lua, (userdata, value)| function(lua, userdata, value));
        self.0.raw.setters.push((name, setter));
    }

    /// Adds a field of the metatable.
    pub fn add_meta_field(&mut self, name: impl Into<String>, value: impl IntoLua + 'static) {
        self.0.add_meta_field(name, value);
    }
}

/// Methods that add a function to one of the lists.
macro_rules! functions {
    ($(#[doc = $doc:literal] $add:ident, $make:ident, $list:ident,
        $fn:ident($($this:ty)?);)*) => {
        impl<T> SendUserDataRegistry<'_, T> {
            $(
                #[doc = $doc]
                pub fn $add<F, A, R>(&mut self, name: impl Into<String>, function: F)
                where
                    F: $fn(&Lua $(, $this)?, A) -> Result<R> + Send + 'static,
                    A: FromLuaMulti,
                    R: IntoLuaMulti,
                {
                    let name = name.into();
                    let function = self.$make(&name, function);
                    self.0.raw.$list.push((name, function));
                }
            )*
        }
    };
}

functions! {
    #[doc = "Adds a method that reads the value."]
    add_method, read, methods, Fn(&T);
    #[doc = "Adds a method that changes the value."]
    add_method_mut, write, methods, FnMut(&mut T);
    #[doc = "Adds a function."]
    add_function, function, methods, Fn();
    #[doc = "Adds a function that changes what it has captured."]
    add_function_mut, function_mut, methods, FnMut();
    #[doc = "Adds a metamethod that reads the value, which must be its first argument."]
    add_meta_method, read, meta_methods, Fn(&T);
    #[doc = "Adds a metamethod that changes the value."]
    add_meta_method_mut, write, meta_methods, FnMut(&mut T);
    #[doc = "Adds a metamethod as a function of all its operands."]
    add_meta_function, function, meta_methods, Fn();
    #[doc = "Adds a metamethod as a function that changes what it has captured."]
    add_meta_function_mut, function_mut, meta_methods, FnMut();
}

#[cfg(feature = "async")]
impl<T> SendUserDataRegistry<'_, T> {
    /// Adds an async function. A method is one whose first argument is a
    /// [`UserDataRef`](crate::UserDataRef).
    pub fn add_async_function<F, A, FR, R>(&mut self, name: impl Into<String>, function: F)
    where
        F: Fn(Lua, A) -> FR + Send + 'static,
        A: FromLuaMulti,
        FR: Future<Output = Result<R>> + MaybeSend + 'static,
        R: IntoLuaMulti,
    {
        let name = name.into();
        let full_name = UserDataRegistry::<T>::full_name(&name);
        let function = self.0.make(|state, extra| {
            push_send_async(state, extra, move |state: &mut State, lua: &Lua| {
                let args = A::from_stack_args(1, state.top(), 1, Some(&full_name), state, lua)?;
                Ok(lua.0.lend(state, || function(lua.weak_handle(), args)))
            })
        });
        self.0.raw.methods.push((name, function));
    }
}
