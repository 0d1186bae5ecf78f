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
    ///
    /// ```
    /// # use perilune::{Lua, UserData, UserDataFields};
    /// struct Rect { width: u32, height: u32 }
    ///
    /// impl UserData for Rect {
    ///     fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
    ///         fields.add_field_method_get("area", |_, this| Ok(this.width * this.height));
    ///         fields.add_field_method_set("width", |_, this, width| Ok(this.width = width));
    ///     }
    /// }
    ///
    /// let lua = Lua::new();
    /// lua.globals().set("rect", Rect { width: 1, height: 5 })?;
    /// assert_eq!(lua.load("rect.width = 3; return rect.area").eval::<u32>()?, 15);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[allow(unused_variables)]
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {}

    /// Names the methods.
    ///
    /// ```
    /// # use perilune::{Lua, UserData, UserDataMethods};
    /// struct Stack(Vec<i64>);
    ///
    /// impl UserData for Stack {
    ///     fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
    ///         methods.add_method_mut("push", |_, this, n| Ok(this.0.push(n)));
    ///         methods.add_method_mut("pop", |_, this, ()| Ok(this.0.pop()));
    ///     }
    /// }
    ///
    /// let lua = Lua::new();
    /// lua.globals().set("stack", Stack(Vec::new()))?;
    /// let (a, b) = lua.load("stack:push(7); return stack:pop(), stack:pop()").eval()?;
    /// assert_eq!((a, b), (Some(7), None::<i64>));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[allow(unused_variables)]
    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {}

    /// Whether values of the type hold handles that [`trace`](Self::trace) shows to
    /// the collector.
    ///
    /// ```
    /// # use perilune::{Table, UserData, userdata::Tracer};
    /// struct View { model: Table }
    ///
    /// impl UserData for View {
    ///     const TRACED: bool = true;
    ///
    ///     fn trace(&self, tracer: &mut Tracer<'_, '_>) {
    ///         tracer.visit(&self.model);
    ///     }
    /// }
    /// # Ok::<(), perilune::Error>(())
    /// ```
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
    ///
    /// ```
    /// # use perilune::{Lua, UserData, UserDataMethods, UserDataRegistry};
    /// struct Logger { lines: Vec<String> }
    ///
    /// impl UserData for Logger {
    ///     fn register(registry: &mut UserDataRegistry<Self>) {
    ///         for level in ["info", "warn"] {
    ///             registry.add_method_mut(level, move |_, this, text: String| {
    ///                 this.lines.push(format!("{level}: {text}"));
    ///                 Ok(())
    ///             });
    ///         }
    ///     }
    /// }
    ///
    /// let lua = Lua::new();
    /// let logger = lua.create_userdata(Logger { lines: Vec::new() })?;
    /// lua.load("(...):warn('late')").call::<()>(&logger)?;
    /// assert_eq!(logger.borrow::<Logger>()?.lines, ["warn: late"]);
    /// # Ok::<(), perilune::Error>(())
    /// ```
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
///
/// Names of metamethods that Rust code relies on, `__gc` and `__metatable`, can't be
/// used: making the first userdata of the type fails with
/// [`Error::MetaMethodRestricted`] then.
///
/// ```
/// use perilune::{Lua, MetaMethod, UserData, UserDataMethods};
///
/// struct Playlist(Vec<String>);
///
/// impl UserData for Playlist {
///     fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
///         methods.add_function("new", |_, ()| Ok(Playlist(Vec::new())));
///         methods.add_method_mut("add", |_, this, title| Ok(this.0.push(title)));
///         methods.add_method("first", |_, this, ()| Ok(this.0.first().cloned()));
///         methods.add_meta_method(MetaMethod::Len, |_, this, ()| Ok(this.0.len()));
///     }
/// }
///
/// let lua = Lua::new();
/// lua.globals().set("Playlist", lua.create_proxy::<Playlist>()?)?;
/// let (first, n): (String, usize) = lua.load(
///     "local list = Playlist.new()
///     list:add('Yesterday')
///     list:add('Help!')
///     return list:first(), #list",
/// ).eval()?;
/// assert_eq!((first.as_str(), n), ("Yesterday", 2));
/// # Ok::<(), perilune::Error>(())
/// ```
pub trait UserDataMethods<T> {
    /// Adds a method that reads the value.
    ///
    /// ```
    /// # use perilune::{Lua, UserData, UserDataMethods};
    /// struct Word(String);
    ///
    /// impl UserData for Word {
    ///     fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
    ///         methods.add_method("starts_with", |_, this, prefix: String| {
    ///             Ok(this.0.starts_with(&prefix))
    ///         });
    ///     }
    /// }
    ///
    /// let lua = Lua::new();
    /// lua.globals().set("word", Word("moonlight".into()))?;
    /// assert!(lua.load("word:starts_with('moon')").eval::<bool>()?);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    fn add_method<M, A, R>(&mut self, name: impl Into<String>, method: M)
    where
        M: Fn(&Lua, &T, A) -> Result<R> + MaybeSend + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti;

    /// Adds a method that changes the value.
    ///
    /// ```
    /// # use perilune::{Error, Lua, UserData, UserDataMethods};
    /// struct Account { balance: u64 }
    ///
    /// impl UserData for Account {
    ///     fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
    ///         methods.add_method_mut("withdraw", |_, this, n: u64| {
    ///             let left = this.balance.checked_sub(n);
    ///             this.balance = left.ok_or_else(|| Error::runtime("not that much"))?;
    ///             Ok(this.balance)
    ///         });
    ///     }
    /// }
    ///
    /// let lua = Lua::new();
    /// lua.globals().set("account", Account { balance: 100 })?;
    /// assert_eq!(lua.load("account:withdraw(30)").eval::<u64>()?, 70);
    /// assert!(lua.load("account:withdraw(80)").exec().is_err());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    fn add_method_mut<M, A, R>(&mut self, name: impl Into<String>, method: M)
    where
        M: FnMut(&Lua, &mut T, A) -> Result<R> + MaybeSend + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti;

    /// Adds a method that takes the value out of the userdata, so that it can be
    /// called once for each.
    ///
    /// ```
    /// # use perilune::{Lua, UserData, UserDataMethods};
    /// struct Builder { parts: Vec<String> }
    ///
    /// impl UserData for Builder {
    ///     fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
    ///         methods.add_method_mut("add", |_, this, part| Ok(this.parts.push(part)));
    ///         methods.add_method_once("build", |_, this, ()| Ok(this.parts.concat()));
    ///     }
    /// }
    ///
    /// let lua = Lua::new();
    /// lua.globals().set("builder", Builder { parts: Vec::new() })?;
    /// lua.load("builder:add('a'); builder:add('b')").exec()?;
    /// assert_eq!(lua.load("builder:build()").eval::<String>()?, "ab");
    /// assert!(lua.load("builder:build()").exec().is_err());
    /// # Ok::<(), perilune::Error>(())
    /// ```
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
    ///
    /// ```
    /// # use perilune::{Lua, UserData, UserDataMethods};
    /// struct Mirror(String);
    ///
    /// impl UserData for Mirror {
    ///     fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
    ///         methods.add_async_method("get", |_, this, path: String| async move {
    ///             tokio::task::yield_now().await;
    ///             Ok(format!("{}/{path}", this.0))
    ///         });
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> perilune::Result<()> {
    /// let lua = Lua::new();
    /// lua.globals().set("mirror", Mirror("https://example.org".into()))?;
    /// let page = lua.load("mirror:get('index')").eval_async::<String>().await?;
    /// assert_eq!(page, "https://example.org/index");
    /// # Ok(())
    /// # }
    /// ```
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
    ///
    /// ```
    /// # use perilune::{Lua, UserData, UserDataMethods};
    /// struct Connection { sent: usize }
    ///
    /// impl UserData for Connection {
    ///     fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
    ///         methods.add_async_method_mut("send", |_, mut this, text: String| async move {
    ///             tokio::task::yield_now().await;
    ///             this.sent += text.len();
    ///             Ok(this.sent)
    ///         });
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> perilune::Result<()> {
    /// let lua = Lua::new();
    /// lua.globals().set("connection", Connection { sent: 0 })?;
    /// let code = "connection:send('GET'); return connection:send('/index')";
    /// assert_eq!(lua.load(code).eval_async::<usize>().await?, 9);
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "async")]
    fn add_async_method_mut<M, A, MR, R>(&mut self, name: impl Into<String>, method: M)
    where
        T: 'static,
        M: Fn(Lua, UserDataRefMut<T>, A) -> MR + MaybeSend + 'static,
        A: FromLuaMulti,
        MR: Future<Output = Result<R>> + MaybeSend + 'static,
        R: IntoLuaMulti;

    /// Adds an async method that takes the value out of the userdata.
    ///
    /// ```
    /// # use perilune::{Lua, UserData, UserDataMethods};
    /// struct Session { user: String }
    ///
    /// impl UserData for Session {
    ///     fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
    ///         methods.add_async_method_once("close", |_, this, ()| async move {
    ///             tokio::task::yield_now().await;
    ///             Ok(format!("bye, {}", this.user))
    ///         });
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> perilune::Result<()> {
    /// let lua = Lua::new();
    /// lua.globals().set("session", Session { user: "Ann".into() })?;
    /// assert_eq!(lua.load("session:close()").eval_async::<String>().await?, "bye, Ann");
    /// assert!(lua.load("session:close()").exec_async().await.is_err());
    /// # Ok(())
    /// # }
    /// ```
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
    ///
    /// ```
    /// # use perilune::{Lua, UserData, UserDataMethods};
    /// struct Version(u32, u32);
    ///
    /// impl UserData for Version {
    ///     fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
    ///         methods.add_function("parse", |_, text: String| {
    ///             let (major, minor) = text.split_once('.').unwrap_or((&text, "0"));
    ///             let number = |s: &str| s.parse().map_err(perilune::Error::external);
    ///             Ok(Version(number(major)?, number(minor)?))
    ///         });
    ///         methods.add_method("minor", |_, this, ()| Ok(this.1));
    ///     }
    /// }
    ///
    /// let lua = Lua::new();
    /// lua.globals().set("Version", lua.create_proxy::<Version>()?)?;
    /// assert_eq!(lua.load("Version.parse('5.4'):minor()").eval::<u32>()?, 4);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    fn add_function<F, A, R>(&mut self, name: impl Into<String>, function: F)
    where
        F: Fn(&Lua, A) -> Result<R> + MaybeSend + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti;

    /// Adds a function that changes what it has captured.
    ///
    /// ```
    /// # use perilune::{Lua, UserData, UserDataMethods};
    /// struct Id(u64);
    ///
    /// impl UserData for Id {
    ///     fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
    ///         let mut last = 0;
    ///         methods.add_function_mut("next", move |_, ()| {
    ///             last += 1;
    ///             Ok(Id(last))
    ///         });
    ///         methods.add_method("number", |_, this, ()| Ok(this.0));
    ///     }
    /// }
    ///
    /// let lua = Lua::new();
    /// lua.globals().set("Id", lua.create_proxy::<Id>()?)?;
    /// assert_eq!(lua.load("Id.next(); return Id.next():number()").eval::<u64>()?, 2);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    fn add_function_mut<F, A, R>(&mut self, name: impl Into<String>, function: F)
    where
        F: FnMut(&Lua, A) -> Result<R> + MaybeSend + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti;

    /// Adds an async function.
    ///
    /// ```
    /// # use perilune::{Lua, UserData, UserDataMethods};
    /// struct Client { address: String }
    ///
    /// impl UserData for Client {
    ///     fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
    ///         methods.add_async_function("connect", |_, address: String| async move {
    ///             tokio::task::yield_now().await;
    ///             Ok(Client { address })
    ///         });
    ///         methods.add_method("address", |_, this, ()| Ok(this.address.clone()));
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> perilune::Result<()> {
    /// let lua = Lua::new();
    /// lua.globals().set("Client", lua.create_proxy::<Client>()?)?;
    /// let code = lua.load("Client.connect('localhost:80'):address()");
    /// assert_eq!(code.eval_async::<String>().await?, "localhost:80");
    /// # Ok(())
    /// # }
    /// ```
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
    ///
    /// ```
    /// # use perilune::{Lua, MetaMethod, UserData, UserDataMethods};
    /// struct Path(String);
    ///
    /// impl UserData for Path {
    ///     fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
    ///         methods.add_meta_method(MetaMethod::Div, |_, this, name: String| {
    ///             Ok(Path(format!("{}/{name}", this.0)))
    ///         });
    ///         methods.add_meta_method(MetaMethod::ToString, |_, this, ()| Ok(this.0.clone()));
    ///     }
    /// }
    ///
    /// let lua = Lua::new();
    /// lua.globals().set("home", Path("/home".into()))?;
    /// let text: String = lua.load("tostring(home / 'ann' / 'notes')").eval()?;
    /// assert_eq!(text, "/home/ann/notes");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    fn add_meta_method<M, A, R>(&mut self, name: impl Into<String>, method: M)
    where
        M: Fn(&Lua, &T, A) -> Result<R> + MaybeSend + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti;

    /// Adds a metamethod that changes the value.
    ///
    /// ```
    /// # use perilune::{Lua, MetaMethod, UserData, UserDataMethods};
    /// struct Env(Vec<(String, String)>);
    ///
    /// impl UserData for Env {
    ///     fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
    ///         methods.add_meta_method_mut(MetaMethod::NewIndex, |_, this, (key, value)| {
    ///             this.0.push((key, value));
    ///             Ok(())
    ///         });
    ///     }
    /// }
    ///
    /// let lua = Lua::new();
    /// let env = lua.create_userdata(Env(Vec::new()))?;
    /// lua.load("(...).HOME = '/root'").call::<()>(&env)?;
    /// assert_eq!(env.borrow::<Env>()?.0, [("HOME".to_string(), "/root".to_string())]);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    fn add_meta_method_mut<M, A, R>(&mut self, name: impl Into<String>, method: M)
    where
        M: FnMut(&Lua, &mut T, A) -> Result<R> + MaybeSend + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti;

    /// Adds an async metamethod that reads the value.
    ///
    /// ```
    /// # use perilune::{Lua, MetaMethod, UserData, UserDataMethods};
    /// struct Query(String);
    ///
    /// impl UserData for Query {
    ///     fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
    ///         methods.add_async_meta_method(MetaMethod::Call, |_, this, limit: i64| async move {
    ///             tokio::task::yield_now().await;
    ///             Ok(format!("{} limit {limit}", this.0))
    ///         });
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> perilune::Result<()> {
    /// let lua = Lua::new();
    /// lua.globals().set("users", Query("select name".into()))?;
    /// assert_eq!(lua.load("users(5)").eval_async::<String>().await?, "select name limit 5");
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "async")]
    fn add_async_meta_method<M, A, MR, R>(&mut self, name: impl Into<String>, method: M)
    where
        T: 'static,
        M: Fn(Lua, UserDataRef<T>, A) -> MR + MaybeSend + 'static,
        A: FromLuaMulti,
        MR: Future<Output = Result<R>> + MaybeSend + 'static,
        R: IntoLuaMulti;

    /// Adds an async metamethod that changes the value.
    ///
    /// ```
    /// # use perilune::{Lua, MetaMethod, UserData, UserDataMethods};
    /// struct Ticker { count: u32 }
    ///
    /// impl UserData for Ticker {
    ///     fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
    ///         methods.add_async_meta_method_mut(MetaMethod::Call, |_, mut this, ()| async move {
    ///             tokio::task::yield_now().await;
    ///             this.count += 1;
    ///             Ok(this.count)
    ///         });
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> perilune::Result<()> {
    /// let lua = Lua::new();
    /// lua.globals().set("tick", Ticker { count: 0 })?;
    /// assert_eq!(lua.load("tick() tick() return tick()").eval_async::<u32>().await?, 3);
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "async")]
    fn add_async_meta_method_mut<M, A, MR, R>(&mut self, name: impl Into<String>, method: M)
    where
        T: 'static,
        M: Fn(Lua, UserDataRefMut<T>, A) -> MR + MaybeSend + 'static,
        A: FromLuaMulti,
        MR: Future<Output = Result<R>> + MaybeSend + 'static,
        R: IntoLuaMulti;

    /// Adds a metamethod as a function of all its operands.
    ///
    /// ```
    /// # use perilune::{Either, Lua, MetaMethod, UserData, UserDataMethods, UserDataRef};
    /// struct Meters(f64);
    ///
    /// impl UserData for Meters {
    ///     fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
    ///         // `2 * m` as well as `m * 2`.
    ///         type Operand = Either<f64, UserDataRef<Meters>>;
    ///         methods.add_meta_function(MetaMethod::Mul, |_, (a, b): (Operand, Operand)| {
    ///             let number = |x: Operand| x.either(|n| n, |m| m.0);
    ///             Ok(Meters(number(a) * number(b)))
    ///         });
    ///         methods.add_method("number", |_, this, ()| Ok(this.0));
    ///     }
    /// }
    ///
    /// let lua = Lua::new();
    /// lua.globals().set("m", Meters(1.5))?;
    /// assert_eq!(lua.load("(2 * m * 10):number()").eval::<f64>()?, 30.0);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    fn add_meta_function<F, A, R>(&mut self, name: impl Into<String>, function: F)
    where
        F: Fn(&Lua, A) -> Result<R> + MaybeSend + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti;

    /// Adds a metamethod as a function that changes what it has captured.
    ///
    /// ```
    /// # use perilune::{AnyUserData, Lua, MetaMethod, UserData, UserDataMethods};
    /// struct Event;
    ///
    /// impl UserData for Event {
    ///     fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
    ///         let mut calls = 0;
    ///         methods.add_meta_function_mut(MetaMethod::Call, move |_, _: AnyUserData| {
    ///             calls += 1;
    ///             Ok(calls)
    ///         });
    ///     }
    /// }
    ///
    /// let lua = Lua::new();
    /// lua.globals().set("event", Event)?;
    /// assert_eq!(lua.load("event(); return event()").eval::<i64>()?, 2);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    fn add_meta_function_mut<F, A, R>(&mut self, name: impl Into<String>, function: F)
    where
        F: FnMut(&Lua, A) -> Result<R> + MaybeSend + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti;

    /// Adds an async metamethod as a function of all its operands.
    ///
    /// ```
    /// # use perilune::{AnyUserData, Lua, MetaMethod, UserData, UserDataMethods};
    /// struct Repository;
    ///
    /// impl UserData for Repository {
    ///     fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
    ///         // A field that nothing else defines is looked up elsewhere.
    ///         methods.add_async_meta_function(
    ///             MetaMethod::Index,
    ///             |_, (_, name): (AnyUserData, String)| async move {
    ///                 tokio::task::yield_now().await;
    ///                 Ok(format!("content of {name}"))
    ///             },
    ///         );
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> perilune::Result<()> {
    /// let lua = Lua::new();
    /// lua.globals().set("files", Repository)?;
    /// assert_eq!(lua.load("files.readme").eval_async::<String>().await?, "content of readme");
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "async")]
    fn add_async_meta_function<F, A, FR, R>(&mut self, name: impl Into<String>, function: F)
    where
        F: Fn(Lua, A) -> FR + MaybeSend + 'static,
        A: FromLuaMulti,
        FR: Future<Output = Result<R>> + MaybeSend + 'static,
        R: IntoLuaMulti;
}

/// Takes the fields of a userdata type: what `value.name` reads and sets.
///
/// ```
/// use perilune::{Lua, UserData, UserDataFields};
///
/// struct Circle { radius: f64 }
///
/// impl UserData for Circle {
///     fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
///         fields.add_field("corners", 0);
///         fields.add_field_method_get("radius", |_, this| Ok(this.radius));
///         fields.add_field_method_set("radius", |_, this, radius| Ok(this.radius = radius));
///         fields.add_field_method_get("diameter", |_, this| Ok(this.radius * 2.0));
///     }
/// }
///
/// let lua = Lua::new();
/// lua.globals().set("circle", Circle { radius: 1.0 })?;
/// lua.load("circle.radius = circle.radius + 0.5").exec()?;
/// assert_eq!(lua.load("circle.diameter").eval::<f64>()?, 3.0);
/// assert!(lua.load("circle.corners = 4").exec().is_err());
/// # Ok::<(), perilune::Error>(())
/// ```
pub trait UserDataFields<T> {
    /// Adds a field that is the same for all values of the type.
    ///
    /// ```
    /// # use perilune::{Lua, UserData, UserDataFields};
    /// struct Color(u8, u8, u8);
    ///
    /// impl UserData for Color {
    ///     fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
    ///         fields.add_field("CHANNELS", ["r", "g", "b"]);
    ///     }
    /// }
    ///
    /// let lua = Lua::new();
    /// lua.globals().set("Color", lua.create_proxy::<Color>()?)?;
    /// assert_eq!(lua.load("Color.CHANNELS[2]").eval::<String>()?, "g");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    fn add_field<V>(&mut self, name: impl Into<String>, value: V)
    where
        V: IntoLua + 'static;

    /// Adds what reads a field.
    ///
    /// ```
    /// # use perilune::{Lua, UserData, UserDataFields};
    /// struct Span { start: u32, end: u32 }
    ///
    /// impl UserData for Span {
    ///     fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
    ///         fields.add_field_method_get("length", |_, this| Ok(this.end - this.start));
    ///     }
    /// }
    ///
    /// let lua = Lua::new();
    /// lua.globals().set("span", Span { start: 3, end: 10 })?;
    /// assert_eq!(lua.load("span.length").eval::<u32>()?, 7);
    /// assert!(lua.load("span.length = 4").exec().is_err());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    fn add_field_method_get<M, R>(&mut self, name: impl Into<String>, method: M)
    where
        M: Fn(&Lua, &T) -> Result<R> + MaybeSend + 'static,
        R: IntoLua;

    /// Adds what sets a field.
    ///
    /// ```
    /// # use perilune::{Error, Lua, UserData, UserDataFields};
    /// struct Volume(u8);
    ///
    /// impl UserData for Volume {
    ///     fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
    ///         fields.add_field_method_set("level", |_, this, level: u8| {
    ///             if level > 10 {
    ///                 return Err(Error::runtime("too loud"));
    ///             }
    ///             this.0 = level;
    ///             Ok(())
    ///         });
    ///     }
    /// }
    ///
    /// let lua = Lua::new();
    /// let volume = lua.create_userdata(Volume(3))?;
    /// lua.globals().set("volume", &volume)?;
    /// lua.load("volume.level = 7").exec()?;
    /// assert_eq!(volume.borrow::<Volume>()?.0, 7);
    /// assert!(lua.load("volume.level = 11").exec().is_err());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    fn add_field_method_set<M, A>(&mut self, name: impl Into<String>, method: M)
    where
        M: FnMut(&Lua, &mut T, A) -> Result<()> + MaybeSend + 'static,
        A: FromLua;

    /// Adds what reads a field, as a function of the userdata.
    ///
    /// ```
    /// # use perilune::{Lua, UserData, UserDataFields};
    /// struct Widget;
    ///
    /// impl UserData for Widget {
    ///     fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
    ///         // What scripts keep with the widget.
    ///         fields.add_field_function_get("tag", |_, widget| {
    ///             widget.named_user_value::<Option<String>>("tag")
    ///         });
    ///     }
    /// }
    ///
    /// let lua = Lua::new();
    /// let widget = lua.create_userdata(Widget)?;
    /// widget.set_named_user_value("tag", "main")?;
    /// assert_eq!(lua.load("return (...).tag").call::<String>(widget)?, "main");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    fn add_field_function_get<F, R>(&mut self, name: impl Into<String>, function: F)
    where
        F: Fn(&Lua, AnyUserData) -> Result<R> + MaybeSend + 'static,
        R: IntoLua;

    /// Adds what sets a field, as a function of the userdata.
    ///
    /// ```
    /// # use perilune::{Function, Lua, UserData, UserDataFields};
    /// struct Button;
    ///
    /// impl UserData for Button {
    ///     fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
    ///         fields.add_field_function_set("on_click", |_, button, f: Function| {
    ///             button.set_user_value(f)
    ///         });
    ///     }
    /// }
    ///
    /// let lua = Lua::new();
    /// let button = lua.create_userdata(Button)?;
    /// lua.load("(...).on_click = function() return 'clicked' end").call::<()>(&button)?;
    /// let on_click: Function = button.user_value()?;
    /// assert_eq!(on_click.call::<String>(())?, "clicked");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    fn add_field_function_set<F, A>(&mut self, name: impl Into<String>, function: F)
    where
        F: FnMut(&Lua, AnyUserData, A) -> Result<()> + MaybeSend + 'static,
        A: FromLua;

    /// Adds a field of the metatable.
    ///
    /// `__index` and `__newindex` may be tables or functions; they come into play
    /// where no field or method has the name.
    ///
    /// Making the first userdata of the type fails with
    /// [`Error::MetaMethodTypeError`] if they are something else, and with
    /// [`Error::MetaMethodRestricted`] if the name is `__gc` or `__metatable`.
    ///
    /// ```
    /// # use perilune::{Lua, UserData, UserDataFields};
    /// struct Img;
    ///
    /// impl UserData for Img {
    ///     fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
    ///         fields.add_meta_field("__name", "Image");
    ///     }
    /// }
    ///
    /// let lua = Lua::new();
    /// lua.globals().set("image", Img)?;
    /// assert!(lua.load("tostring(image)").eval::<String>()?.starts_with("Image: "));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    fn add_meta_field<V>(&mut self, name: impl Into<String>, value: V)
    where
        V: IntoLua + 'static;

    /// Adds a field of the metatable, whose value `f` makes. Making the first
    /// userdata of the type fails with the error that `f` returns, and else as with
    /// [`add_meta_field`](Self::add_meta_field).
    ///
    /// ```
    /// # use perilune::{Lua, MetaMethod, UserData, UserDataFields};
    /// struct Settings;
    ///
    /// impl UserData for Settings {
    ///     fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
    ///         // Fields that the type does not have are looked up in a table.
    ///         fields.add_meta_field_with(MetaMethod::Index, |lua| {
    ///             lua.create_table_from([("theme", "dark"), ("lang", "en")])
    ///         });
    ///     }
    /// }
    ///
    /// let lua = Lua::new();
    /// lua.globals().set("settings", Settings)?;
    /// assert_eq!(lua.load("settings.theme").eval::<String>()?, "dark");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    fn add_meta_field_with<F, R>(&mut self, name: impl Into<String>, f: F)
    where
        F: FnOnce(&Lua) -> Result<R> + 'static,
        R: IntoLua;
}
