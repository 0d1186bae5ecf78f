//! Userdata that do not bind their state to an OS thread.

use super::any::AnyUserData;
use super::method::{CallsNamed, CallsNamedMut, Reads, Writes};
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
use {
    super::async_method::{begin_function, begin_method},
    super::refs::{UserDataRef, UserDataRefMut},
    crate::task::push_send_async,
    crate::types::MaybeSend,
    std::future::Future,
};

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
    ///
    /// ```
    /// # use perilune::{Lua, SendUserData, SendUserDataRegistry};
    /// struct Total(u64);
    ///
    /// impl SendUserData for Total {
    ///     fn register(registry: &mut SendUserDataRegistry<'_, Self>) {
    ///         registry.add_method_mut("add", |_, this, n: u64| {
    ///             this.0 += n;
    ///             Ok(this.0)
    ///         });
    ///     }
    /// }
    ///
    /// let lua = Lua::new();
    /// lua.globals().set("total", lua.create_send_userdata(Total(2))?)?;
    /// assert_eq!(lua.load("total:add(3)").eval::<u64>()?, 5);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    fn register(registry: &mut SendUserDataRegistry<'_, Self>);
}

/// Takes fields and methods of a userdata type whose functions are `Send`. What
/// they do is as of [`UserDataFields`] and [`UserDataMethods`].
///
/// ```
/// use perilune::{MetaMethod, SendLua, SendUserData, SendUserDataRegistry};
///
/// struct Playlist(Vec<String>);
///
/// impl SendUserData for Playlist {
///     fn register(registry: &mut SendUserDataRegistry<'_, Self>) {
///         registry.add_method_mut("add", |_, this, title| Ok(this.0.push(title)));
///         registry.add_meta_method(MetaMethod::Len, |_, this, ()| Ok(this.0.len()));
///     }
/// }
///
/// # fn main() -> perilune::Result<()> {
/// let mut lua = SendLua::new();
/// lua.enter(|lua| lua.globals().set("list", lua.create_send_userdata(Playlist(Vec::new()))?))?;
/// let worker = std::thread::spawn(move || {
///     lua.enter(|lua| lua.load("list:add('Help!'); return #list").eval::<usize>()).unwrap()
/// });
/// assert_eq!(worker.join().unwrap(), 1);
/// # Ok(())
/// # }
/// ```
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
    ///
    /// ```
    /// # use perilune::{Lua, SendUserData, SendUserDataRegistry};
    /// struct Ticket;
    ///
    /// impl SendUserData for Ticket {
    ///     fn register(registry: &mut SendUserDataRegistry<'_, Self>) {
    ///         let price: i64 = registry.lua().globals().get("price").unwrap_or(10);
    ///         registry.add_field("price", price);
    ///     }
    /// }
    ///
    /// let lua = Lua::new();
    /// lua.globals().set("ticket", lua.create_send_userdata(Ticket)?)?;
    /// assert_eq!(lua.load("ticket.price").eval::<i64>()?, 10);
    /// # Ok::<(), perilune::Error>(())
    /// ```
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
        self.0.named(push_send_callback::<CallsNamed<F, A, R>>, name, f)
    }

    fn function_mut<F, A, R>(&self, name: &str, f: F) -> Result<Function>
    where
        F: FnMut(&Lua, A) -> Result<R> + Send + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti,
    {
        self.0.named(push_send_callback::<CallsNamedMut<F, A, R>>, name, RefCell::new(f))
    }

    /// Adds a field that is the same for all values of the type.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// lua.register_send_userdata_type::<char>(|registry| {
    ///     registry.add_field("largest", char::MAX as u32);
    /// })?;
    /// lua.globals().set("c", lua.create_send_any_userdata('x')?)?;
    /// assert_eq!(lua.load("c.largest").eval::<u32>()?, 0x10ffff);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn add_field(&mut self, name: impl Into<String>, value: impl IntoLua + 'static) {
        self.0.add_field(name, value);
    }

    /// Adds what reads a field.
    ///
    /// ```
    /// # use perilune::Lua;
    /// # use std::time::Duration;
    /// let lua = Lua::new();
    /// lua.register_send_userdata_type::<Duration>(|registry| {
    ///     registry.add_field_method_get("seconds", |_, this| Ok(this.as_secs()));
    /// })?;
    /// let hour = lua.create_send_any_userdata(Duration::from_secs(3600))?;
    /// assert_eq!(lua.load("return (...).seconds").call::<u64>(hour)?, 3600);
    /// # Ok::<(), perilune::Error>(())
    /// ```
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
    ///
    /// ```
    /// # use perilune::Lua;
    /// # use std::time::Duration;
    /// let lua = Lua::new();
    /// lua.register_send_userdata_type::<Duration>(|registry| {
    ///     registry.add_field_method_set("seconds", |_, this, n| {
    ///         *this = Duration::from_secs(n);
    ///         Ok(())
    ///     });
    /// })?;
    /// let time = lua.create_send_any_userdata(Duration::ZERO)?;
    /// lua.load("(...).seconds = 90").call::<()>(&time)?;
    /// assert_eq!(*time.borrow::<Duration>()?, Duration::from_secs(90));
    /// # Ok::<(), perilune::Error>(())
    /// ```
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
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// lua.register_send_userdata_type::<String>(|registry| {
    ///     registry.add_field_function_get("note", |_, userdata| userdata.user_value::<String>());
    /// })?;
    /// let text = lua.create_send_any_userdata("text".to_string())?;
    /// text.set_user_value("kept with it")?;
    /// assert_eq!(lua.load("return (...).note").call::<String>(text)?, "kept with it");
    /// # Ok::<(), perilune::Error>(())
    /// ```
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
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// lua.register_send_userdata_type::<String>(|registry| {
    ///     registry.add_field_function_set("note", |_, userdata, note: String| {
    ///         userdata.set_user_value(note)
    ///     });
    /// })?;
    /// let text = lua.create_send_any_userdata("text".to_string())?;
    /// lua.load("(...).note = 'kept with it'").call::<()>(&text)?;
    /// assert_eq!(text.user_value::<String>()?, "kept with it");
    /// # Ok::<(), perilune::Error>(())
    /// ```
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
    ///
    /// ```
    /// # use perilune::{Lua, ObjectLike};
    /// let lua = Lua::new();
    /// lua.register_send_userdata_type::<u128>(|registry| {
    ///     registry.add_meta_field("__name", "BigNumber");
    /// })?;
    /// let big = lua.create_send_any_userdata(1u128 << 100)?;
    /// assert!(big.to_string()?.starts_with("BigNumber: "));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn add_meta_field(&mut self, name: impl Into<String>, value: impl IntoLua + 'static) {
        self.0.add_meta_field(name, value);
    }
}

/// Methods that add a function to one of the lists.
macro_rules! functions {
    ($($(#[$doc:meta])* $add:ident, $make:ident, $list:ident, $fn:ident($($this:ty)?);)*) => {
        impl<T> SendUserDataRegistry<'_, T> {
            $(
                $(#[$doc])*
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
    /// Adds a method that reads the value.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// lua.register_send_userdata_type::<String>(|registry| {
    ///     registry.add_method("find", |_, this, part: String| Ok(this.find(&part)));
    /// })?;
    /// lua.globals().set("text", lua.create_send_any_userdata("moonlight".to_string())?)?;
    /// assert_eq!(lua.load("text:find('light')").eval::<usize>()?, 4);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    add_method, read, methods, Fn(&T);

    /// Adds a method that changes the value.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// lua.register_send_userdata_type::<Vec<i64>>(|registry| {
    ///     registry.add_method_mut("push", |_, this, n| Ok(this.push(n)));
    /// })?;
    /// let list = lua.create_send_any_userdata(vec![1i64])?;
    /// lua.load("(...):push(2)").call::<()>(&list)?;
    /// assert_eq!(*list.borrow::<Vec<i64>>()?, [1, 2]);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    add_method_mut, write, methods, FnMut(&mut T);

    /// Adds a function.
    ///
    /// ```
    /// # use perilune::{Lua, UserDataRef};
    /// let lua = Lua::new();
    /// lua.register_send_userdata_type::<f64>(|registry| {
    ///     // Called as a method, or with two values.
    ///     registry.add_function("max", |_, (a, b): (UserDataRef<f64>, f64)| Ok(a.max(b)));
    /// })?;
    /// lua.globals().set("limit", lua.create_send_any_userdata(2.5)?)?;
    /// assert_eq!(lua.load("limit:max(1), limit.max(limit, 4)").eval::<(f64, f64)>()?, (2.5, 4.0));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    add_function, function, methods, Fn();

    /// Adds a function that changes what it has captured.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// lua.register_send_userdata_type::<()>(|registry| {
    ///     let mut last = 0;
    ///     registry.add_function_mut("next", move |_, ()| {
    ///         last += 1;
    ///         Ok(last)
    ///     });
    /// })?;
    /// lua.globals().set("ids", lua.create_send_any_userdata(())?)?;
    /// assert_eq!(lua.load("ids.next(), ids.next()").eval::<(i64, i64)>()?, (1, 2));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    add_function_mut, function_mut, methods, FnMut();

    /// Adds a metamethod that reads the value, which must be its first argument.
    ///
    /// ```
    /// # use perilune::{Lua, MetaMethod};
    /// let lua = Lua::new();
    /// lua.register_send_userdata_type::<Vec<i64>>(|registry| {
    ///     registry.add_meta_method(MetaMethod::Len, |_, this, ()| Ok(this.len()));
    /// })?;
    /// lua.globals().set("list", lua.create_send_any_userdata(vec![3i64, 4])?)?;
    /// assert_eq!(lua.load("#list").eval::<usize>()?, 2);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    add_meta_method, read, meta_methods, Fn(&T);

    /// Adds a metamethod that changes the value.
    ///
    /// ```
    /// # use perilune::{Lua, MetaMethod};
    /// let lua = Lua::new();
    /// lua.register_send_userdata_type::<u32>(|registry| {
    ///     registry.add_meta_method_mut(MetaMethod::Call, |_, this, ()| {
    ///         *this += 1;
    ///         Ok(*this)
    ///     });
    /// })?;
    /// lua.globals().set("tick", lua.create_send_any_userdata(0u32)?)?;
    /// assert_eq!(lua.load("tick(), tick()").eval::<(u32, u32)>()?, (1, 2));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    add_meta_method_mut, write, meta_methods, FnMut(&mut T);

    /// Adds a metamethod as a function of all its operands.
    ///
    /// ```
    /// # use perilune::{Lua, MetaMethod, UserDataRef};
    /// let lua = Lua::new();
    /// lua.register_send_userdata_type::<u8>(|registry| {
    ///     type Operands = (UserDataRef<u8>, UserDataRef<u8>);
    ///     registry.add_meta_function(MetaMethod::Lt, |_, (a, b): Operands| Ok(*a < *b));
    /// })?;
    /// lua.globals().set("low", lua.create_send_any_userdata(1u8)?)?;
    /// lua.globals().set("high", lua.create_send_any_userdata(9u8)?)?;
    /// assert_eq!(lua.load("low < high, high < low").eval::<(bool, bool)>()?, (true, false));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    add_meta_function, function, meta_methods, Fn();

    /// Adds a metamethod as a function that changes what it has captured.
    ///
    /// ```
    /// # use perilune::{AnyUserData, Lua, MetaMethod};
    /// let lua = Lua::new();
    /// lua.register_send_userdata_type::<char>(|registry| {
    ///     let mut seen = Vec::new();
    ///     registry.add_meta_function_mut(
    ///         MetaMethod::Index,
    ///         move |_, (_, name): (AnyUserData, String)| {
    ///             seen.push(name);
    ///             Ok(seen.join(","))
    ///         },
    ///     );
    /// })?;
    /// lua.globals().set("spy", lua.create_send_any_userdata('s')?)?;
    /// assert_eq!(lua.load("local _ = spy.a; return spy.b").eval::<String>()?, "a,b");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    add_meta_function_mut, function_mut, meta_methods, FnMut();
}

#[cfg(feature = "async")]
impl<T> SendUserDataRegistry<'_, T> {
    /// Adds an async function.
    ///
    /// ```
    /// # use perilune::{Lua, UserDataRef};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> perilune::Result<()> {
    /// let lua = Lua::new();
    /// lua.register_send_userdata_type::<String>(|registry| {
    ///     registry.add_async_function("load", |_, path: UserDataRef<String>| async move {
    ///         tokio::task::yield_now().await;
    ///         Ok(format!("content of {}", *path))
    ///     });
    /// })?;
    /// let path = lua.create_send_any_userdata("notes".to_string())?;
    /// lua.globals().set("file", path)?;
    /// assert_eq!(lua.load("file:load()").eval_async::<String>().await?, "content of notes");
    /// # Ok(())
    /// # }
    /// ```
    pub fn add_async_function<F, A, FR, R>(&mut self, name: impl Into<String>, function: F)
    where
        F: Fn(Lua, A) -> FR + Send + 'static,
        A: FromLuaMulti,
        FR: Future<Output = Result<R>> + MaybeSend + 'static,
        R: IntoLuaMulti,
    {
        let name = name.into();
        let function = self.async_function(&name, function);
        self.0.raw.methods.push((name, function));
    }

    /// Adds an async metamethod as a function of all its operands.
    ///
    /// ```
    /// # use perilune::{AnyUserData, Lua, MetaMethod};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> perilune::Result<()> {
    /// let lua = Lua::new();
    /// lua.register_send_userdata_type::<()>(|registry| {
    ///     registry.add_async_meta_function(
    ///         MetaMethod::Index,
    ///         |_, (_, page): (AnyUserData, String)| async move {
    ///             tokio::task::yield_now().await;
    ///             Ok(format!("<h1>{page}</h1>"))
    ///         },
    ///     );
    /// })?;
    /// lua.globals().set("site", lua.create_send_any_userdata(())?)?;
    /// assert_eq!(lua.load("site.index").eval_async::<String>().await?, "<h1>index</h1>");
    /// # Ok(())
    /// # }
    /// ```
    pub fn add_async_meta_function<F, A, FR, R>(&mut self, name: impl Into<String>, function: F)
    where
        F: Fn(Lua, A) -> FR + Send + 'static,
        A: FromLuaMulti,
        FR: Future<Output = Result<R>> + MaybeSend + 'static,
        R: IntoLuaMulti,
    {
        let name = name.into();
        let function = self.async_function(&name, function);
        self.0.raw.meta_methods.push((name, function));
    }

    fn async_function<F, A, FR, R>(&self, name: &str, function: F) -> Result<Function>
    where
        F: Fn(Lua, A) -> FR + Send + 'static,
        A: FromLuaMulti,
        FR: Future<Output = Result<R>> + MaybeSend + 'static,
        R: IntoLuaMulti,
    {
        let name = UserDataRegistry::<T>::full_name(name);
        self.0.make(|state, extra| {
            push_send_async(state, extra, move |state: &mut State, lua: &Lua| {
                begin_function(&name, &function, state, lua)
            })
        })
    }

    /// An async function whose first argument is borrowed as `borrow` says.
    fn async_method<B, M, A, MR, R>(
        &self,
        name: &str,
        borrow: fn(i32, &mut State) -> Result<B>,
        method: M,
    ) -> Result<Function>
    where
        B: 'static,
        M: Fn(Lua, B, A) -> MR + Send + 'static,
        A: FromLuaMulti,
        MR: Future<Output = Result<R>> + MaybeSend + 'static,
        R: IntoLuaMulti,
    {
        let name = UserDataRegistry::<T>::full_name(name);
        self.0.make(|state, extra| {
            push_send_async(state, extra, move |state: &mut State, lua: &Lua| {
                begin_method(&name, borrow, &method, state, lua)
            })
        })
    }
}

/// Async methods that add a function to one of the lists.
#[cfg(feature = "async")]
macro_rules! async_methods {
    ($($(#[$doc:meta])* $add:ident, $borrowed:ident, $list:ident;)*) => {
        impl<T: 'static> SendUserDataRegistry<'_, T> {
            $(
                $(#[$doc])*
                pub fn $add<M, A, MR, R>(&mut self, name: impl Into<String>, method: M)
                where
                    M: Fn(Lua, $borrowed<T>, A) -> MR + Send + 'static,
                    A: FromLuaMulti,
                    MR: Future<Output = Result<R>> + MaybeSend + 'static,
                    R: IntoLuaMulti,
                {
                    let name = name.into();
                    let method = self.async_method(&name, $borrowed::at, method);
                    self.0.raw.$list.push((name, method));
                }
            )*
        }
    };
}

#[cfg(feature = "async")]
async_methods! {
    /// Adds an async method that reads the value, which is borrowed until its future
    /// is ready.
    ///
    /// ```
    /// # use perilune::Lua;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> perilune::Result<()> {
    /// let lua = Lua::new();
    /// lua.register_send_userdata_type::<String>(|registry| {
    ///     registry.add_async_method("get", |_, base, page: String| async move {
    ///         tokio::task::yield_now().await;
    ///         Ok(format!("{}/{page}", *base))
    ///     });
    /// })?;
    /// lua.globals().set("mirror", lua.create_send_any_userdata("host".to_string())?)?;
    /// assert_eq!(lua.load("mirror:get('a')").eval_async::<String>().await?, "host/a");
    /// # Ok(())
    /// # }
    /// ```
    add_async_method, UserDataRef, methods;

    /// Adds an async method that changes the value, which is borrowed until its future
    /// is ready.
    ///
    /// ```
    /// # use perilune::Lua;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> perilune::Result<()> {
    /// let lua = Lua::new();
    /// lua.register_send_userdata_type::<Vec<String>>(|registry| {
    ///     registry.add_async_method_mut("send", |_, mut sent, text: String| async move {
    ///         tokio::task::yield_now().await;
    ///         sent.push(text);
    ///         Ok(sent.len())
    ///     });
    /// })?;
    /// lua.globals().set("line", lua.create_send_any_userdata(Vec::<String>::new())?)?;
    /// let code = lua.load("line:send('a'); return line:send('b')");
    /// assert_eq!(code.eval_async::<usize>().await?, 2);
    /// # Ok(())
    /// # }
    /// ```
    add_async_method_mut, UserDataRefMut, methods;

    /// Adds an async metamethod that reads the value, which must be its first argument.
    ///
    /// ```
    /// # use perilune::{Lua, MetaMethod};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> perilune::Result<()> {
    /// let lua = Lua::new();
    /// lua.register_send_userdata_type::<u64>(|registry| {
    ///     registry.add_async_meta_method(MetaMethod::Call, |_, factor, n: u64| async move {
    ///         tokio::task::yield_now().await;
    ///         Ok(*factor * n)
    ///     });
    /// })?;
    /// lua.globals().set("times", lua.create_send_any_userdata(7u64)?)?;
    /// assert_eq!(lua.load("times(6)").eval_async::<u64>().await?, 42);
    /// # Ok(())
    /// # }
    /// ```
    add_async_meta_method, UserDataRef, meta_methods;

    /// Adds an async metamethod that changes the value.
    ///
    /// ```
    /// # use perilune::{Lua, MetaMethod};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> perilune::Result<()> {
    /// let lua = Lua::new();
    /// lua.register_send_userdata_type::<u32>(|registry| {
    ///     registry.add_async_meta_method_mut(MetaMethod::Call, |_, mut ticks, ()| async move {
    ///         tokio::task::yield_now().await;
    ///         *ticks += 1;
    ///         Ok(*ticks)
    ///     });
    /// })?;
    /// lua.globals().set("tick", lua.create_send_any_userdata(0u32)?)?;
    /// assert_eq!(lua.load("tick(); return tick()").eval_async::<u32>().await?, 2);
    /// # Ok(())
    /// # }
    /// ```
    add_async_meta_method_mut, UserDataRefMut, meta_methods;
}
