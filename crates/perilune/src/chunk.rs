//! Chunks: Lua code on its way to become a function.

use crate::callback::caught;
use crate::error::{Error, Result};
use crate::function::Function;
use crate::handle::Handle;
use crate::state::{Extra, Lua, WeakLua};
use crate::table::Table;
use crate::traits::{FromLuaMulti, IntoLua, IntoLuaMulti};
use crate::value::Value;
use perilune_vm::State;
use std::borrow::Cow;
use std::io::Result as IoResult;
use std::panic::Location;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::AtomicU8;

/// A place in a program where Lua code stands.
#[doc(hidden)]
pub struct Site(AtomicU8);

/// A place, and whether the code there was wanted as an expression.
pub(crate) type SiteKey = (usize, bool);

impl Site {
    /// What identifies it is its address, so it has to be a `static`.
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Site {
        Site(AtomicU8::new(0))
    }

    fn address(&'static self) -> usize {
        &raw const self.0 as usize
    }
}

/// What can be loaded as Lua code.
///
/// ```
/// use perilune::Lua;
/// use perilune::chunk::{AsChunk, ChunkMode};
/// use std::borrow::Cow;
///
/// /// A script of a program's own database.
/// struct Stored {
///     id: u32,
///     code: String,
/// }
///
/// impl AsChunk for Stored {
///     fn name(&self) -> Option<String> {
///         Some(format!("=script {}", self.id))
///     }
///
///     fn mode(&self) -> Option<ChunkMode> {
///         Some(ChunkMode::Text)
///     }
///
///     fn source<'a>(&self) -> std::io::Result<Cow<'a, [u8]>>
///     where
///         Self: 'a,
///     {
///         Ok(self.code.clone().into_bytes().into())
///     }
/// }
///
/// let lua = Lua::new();
/// let script = Stored { id: 7, code: "error('no')".to_owned() };
/// let error = lua.load(script).exec().unwrap_err();
/// assert!(error.to_string().contains("script 7:1: no"));
/// ```
pub trait AsChunk {
    /// The chunk's name: `@` and a file name, or `=` and any text, or the source
    /// itself.
    ///
    /// ```
    /// use perilune::chunk::AsChunk;
    /// use std::path::Path;
    ///
    /// assert_eq!(Path::new("init.lua").name().as_deref(), Some("@init.lua"));
    /// assert_eq!("return 1".name(), None);
    /// ```
    fn name(&self) -> Option<String> {
        None
    }

    /// The table that is to hold the chunk's globals.
    ///
    /// ```
    /// use perilune::{Lua, Result, Table, chunk::AsChunk};
    /// use std::borrow::Cow;
    ///
    /// /// A formula, which knows nothing but `x`.
    /// struct Formula(&'static str, f64);
    ///
    /// impl AsChunk for Formula {
    ///     fn environment(&self, lua: &Lua) -> Result<Option<Table>> {
    ///         lua.create_table_from([("x", self.1)]).map(Some)
    ///     }
    ///
    ///     fn source<'a>(&self) -> std::io::Result<Cow<'a, [u8]>>
    ///     where
    ///         Self: 'a,
    ///     {
    ///         Ok(self.0.as_bytes().into())
    ///     }
    /// }
    ///
    /// let lua = Lua::new();
    /// assert_eq!(lua.load(Formula("x * x + 1", 3.0)).eval::<f64>()?, 10.0);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If it can't be made.
    fn environment(&self, lua: &Lua) -> Result<Option<Table>> {
        let _ = lua;
        Ok(None)
    }

    /// Whether it is source code or a binary chunk. By default the first byte
    /// tells.
    ///
    /// ```
    /// use perilune::chunk::AsChunk;
    ///
    /// // Text and binary chunks come as the same types.
    /// assert_eq!("return 1".mode(), None);
    /// ```
    fn mode(&self) -> Option<ChunkMode> {
        None
    }

    /// The code.
    ///
    /// ```
    /// use perilune::chunk::AsChunk;
    /// use std::path::Path;
    ///
    /// assert_eq!(*"return 1".source().unwrap(), *b"return 1");
    /// assert!(Path::new("no/such/file.lua").source().is_err());
    /// ```
    ///
    /// # Errors
    /// If it can't be read.
    fn source<'a>(&self) -> IoResult<Cow<'a, [u8]>>
    where
        Self: 'a;

    /// Where in the program the code stands, if it is always the same: it is then
    /// compiled once in a state.
    #[doc(hidden)]
    fn site(&self) -> Option<&'static Site> {
        None
    }
}

macro_rules! chunks {
    ($($t:ty: $self:ident => $source:expr;)*) => { $(
        impl AsChunk for $t {
            fn source<'a>(&$self) -> IoResult<Cow<'a, [u8]>>
            where
                Self: 'a,
            {
                Ok($source)
            }
        }
    )* };
}

chunks! {
    &str: self => Cow::Borrowed(self.as_bytes());
    &String: self => Cow::Borrowed(self.as_bytes());
    &[u8]: self => Cow::Borrowed(self);
    &Vec<u8>: self => Cow::Borrowed(self);
    String: self => Cow::Owned(self.clone().into_bytes());
    Vec<u8>: self => Cow::Owned(self.clone());
}

macro_rules! files {
    ($($t:ty),*) => { $(
        impl AsChunk for $t {
            fn name(&self) -> Option<String> {
                Some(format!("@{}", self.display()))
            }

            fn source<'a>(&self) -> IoResult<Cow<'a, [u8]>>
            where
                Self: 'a,
            {
                std::fs::read(self).map(Cow::Owned)
            }
        }
    )* };
}

files!(&Path, PathBuf);

impl<C: AsChunk + ?Sized> AsChunk for Box<C> {
    fn name(&self) -> Option<String> {
        (**self).name()
    }

    fn environment(&self, lua: &Lua) -> Result<Option<Table>> {
        (**self).environment(lua)
    }

    fn mode(&self) -> Option<ChunkMode> {
        (**self).mode()
    }

    fn source<'a>(&self) -> IoResult<Cow<'a, [u8]>>
    where
        Self: 'a,
    {
        (**self).source()
    }
}

/// What a chunk is made of.
///
/// ```
/// use perilune::{Lua, chunk::ChunkMode};
///
/// let lua = Lua::new();
/// // Scripts from elsewhere are to be source code.
/// let script = b"\x1bLua...";
/// assert!(lua.load(&script[..]).set_mode(ChunkMode::Text).exec().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChunkMode {
    /// Source code.
    Text,
    /// What [`Function::dump`] gives.
    Binary,
}

/// Lua code, and how it is to be loaded: made by [`Lua::load`].
///
/// ```
/// use perilune::Lua;
///
/// let lua = Lua::new();
/// let price: f64 = lua
///     .load("amount * 1.19")
///     .set_name("=price formula")
///     .set_environment(lua.create_table_from([("amount", 100)])?)
///     .eval()?;
/// assert_eq!(price, 119.0);
/// # Ok::<(), perilune::Error>(())
/// ```
#[must_use = "a chunk does nothing until `exec`, `eval`, `call` or `into_function`"]
pub struct Chunk<'a> {
    lua: WeakLua,
    name: OnceLock<String>,
    place: &'static Location<'static>,
    environment: Result<Option<Table>>,
    mode: Option<ChunkMode>,
    source: IoResult<Cow<'a, [u8]>>,
    site: Option<&'static Site>,
}

impl<'a> Chunk<'a> {
    pub(crate) fn new(
        lua: WeakLua,
        chunk: impl AsChunk + 'a,
        place: &'static Location<'static>,
    ) -> Chunk<'a> {
        let environment = match lua.try_upgrade() {
            Some(lua) => chunk.environment(&lua),
            None => Err(Error::StateClosed),
        };
        Chunk {
            name: chunk.name().map_or_else(OnceLock::new, OnceLock::from),
            place,
            environment,
            mode: chunk.mode(),
            source: chunk.source(),
            site: chunk.site(),
            lua,
        }
    }
}

impl Chunk<'_> {
    /// The chunk's name.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// assert_eq!(lua.load("return 1").set_name("@init.lua").name(), "@init.lua");
    /// assert!(lua.load("return 1").name().starts_with('@'), "the place in the Rust source");
    /// ```
    pub fn name(&self) -> &str {
        let place = || format!("@{}:{}", self.place.file(), self.place.line());
        self.name.get_or_init(place)
    }

    /// Sets the chunk's name, which messages show: `@` and a file name, or `=`
    /// and any text, or the source itself.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let error = lua.load("\n error('bad')").set_name("@config.lua").exec().unwrap_err();
    /// assert!(error.to_string().contains("config.lua:2: bad"));
    /// ```
    pub fn set_name(mut self, name: impl Into<String>) -> Self {
        self.name = OnceLock::from(name.into());
        self.site = None;
        self
    }

    /// The table that is to hold the chunk's globals, if it is a special one.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// assert!(lua.load("return 1").environment().is_none());
    /// let globals = lua.create_table()?;
    /// let chunk = lua.load("x = 1").set_environment(globals.clone());
    /// assert_eq!(chunk.environment(), Some(&globals));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn environment(&self) -> Option<&Table> {
        self.environment.as_ref().ok()?.as_ref()
    }

    /// Sets the table that is to hold the chunk's globals. Functions that the
    /// chunk defines share it.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let config = lua.create_table()?;
    /// lua.load("width = 80 title = 'Log'").set_environment(config.clone()).exec()?;
    /// assert_eq!(config.get::<u32>("width")?, 80);
    /// assert!(!lua.globals().contains_key("width")?);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn set_environment(mut self, env: Table) -> Self {
        self.environment = Ok(Some(env));
        self
    }

    /// Whether it is source code or a binary chunk.
    ///
    /// ```
    /// use perilune::{Lua, chunk::ChunkMode};
    ///
    /// let lua = Lua::new();
    /// assert_eq!(lua.load("return 1").mode(), ChunkMode::Text);
    /// let compiled = lua.load("return 1").into_function()?.dump(true);
    /// assert_eq!(lua.load(compiled).mode(), ChunkMode::Binary);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn mode(&self) -> ChunkMode {
        self.mode.unwrap_or_else(|| match &self.source {
            Ok(source) if source.first() == Some(&0x1b) => ChunkMode::Binary,
            _ => ChunkMode::Text,
        })
    }

    /// Says whether it is source code or a binary chunk; the other is refused.
    ///
    /// ```
    /// use perilune::{Lua, chunk::ChunkMode};
    ///
    /// let lua = Lua::new();
    /// let compiled = lua.load("return 1").into_function()?.dump(true);
    /// assert!(lua.load(&compiled).set_mode(ChunkMode::Text).exec().is_err());
    /// assert!(lua.load(&compiled).set_mode(ChunkMode::Binary).exec().is_ok());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn set_mode(mut self, mode: ChunkMode) -> Self {
        self.mode = Some(mode);
        self.site = None;
        self
    }

    /// Runs the chunk.
    ///
    /// ```
    /// # use perilune::{Error, Lua};
    /// let lua = Lua::new();
    /// lua.load("count = 0 for i = 1, 4 do count = count + i end").exec()?;
    /// assert_eq!(lua.globals().get::<i64>("count")?, 10);
    ///
    /// let error = lua.load("for i = 1 4 do end").exec().unwrap_err();
    /// assert!(matches!(error, Error::SyntaxError { .. }));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// Code that can't be read or is not Lua; what it raises.
    pub fn exec(self) -> Result<()> {
        self.call(())
    }

    /// Evaluates the chunk as an expression, or, if it is none, runs it and
    /// answers what it returns.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// assert_eq!(lua.load("2 ^ 10").eval::<f64>()?, 1024.0);
    /// assert_eq!(lua.load("local n = 3 return n, n * n").eval::<(i64, i64)>()?, (3, 9));
    /// assert!(lua.load("'text'").eval::<bool>().is_ok_and(|truthy| truthy));
    /// assert!(lua.load("'text'").eval::<i64>().is_err());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// Code that can't be read or is not Lua; what it raises; results that can't
    /// be converted.
    pub fn eval<R: FromLuaMulti>(self) -> Result<R> {
        self.into_expression()?.call(())
    }

    /// The chunk as an expression, or else as it is.
    pub(crate) fn into_expression(self) -> Result<Function> {
        let key = self.site.map(|site| (site.address(), true));
        if let Some(known) = self.known(key)? {
            return Ok(known);
        }
        if self.mode() == ChunkMode::Text
            && let Ok(source) = &self.source
        {
            let expression = [b"return ", &**source].concat();
            if let Ok(function) = self.compile(&expression, key) {
                return Ok(function);
            }
            return self.compile(source, key);
        }
        self.into_function()
    }

    /// Runs the chunk with arguments, which are its `...`.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let chunk = lua.load("local name, times = ... return (name .. ' '):rep(times)");
    /// assert_eq!(chunk.call::<String>(("ho", 3))?, "ho ho ho ");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`eval`](Self::eval).
    pub fn call<R: FromLuaMulti>(self, args: impl IntoLuaMulti) -> Result<R> {
        self.into_function()?.call(args)
    }

    /// [`exec`](Self::exec), awaiting async functions.
    ///
    /// ```
    /// # use perilune::Lua;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> perilune::Result<()> {
    /// let lua = Lua::new();
    /// let fetch = lua.create_async_function(|_, url: String| async move {
    ///     tokio::task::yield_now().await;
    ///     Ok(format!("content of {url}"))
    /// })?;
    /// lua.globals().set("fetch", fetch)?;
    /// lua.load("page = fetch('/index')").exec_async().await?;
    /// assert_eq!(lua.globals().get::<String>("page")?, "content of /index");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As there.
    #[cfg(feature = "async")]
    pub async fn exec_async(self) -> Result<()> {
        self.call_async(()).await
    }

    /// [`eval`](Self::eval), awaiting async functions.
    ///
    /// ```
    /// # use perilune::Lua;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> perilune::Result<()> {
    /// let lua = Lua::new();
    /// let ask = lua.create_async_function(|_, n: i64| async move {
    ///     tokio::task::yield_now().await;
    ///     Ok(n + 1)
    /// })?;
    /// lua.globals().set("ask", ask)?;
    /// assert_eq!(lua.load("ask(1) + ask(2)").eval_async::<i64>().await?, 5);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As there.
    #[cfg(feature = "async")]
    pub async fn eval_async<R: FromLuaMulti>(self) -> Result<R> {
        self.into_expression()?.call_async(()).await
    }

    /// [`call`](Self::call), awaiting async functions.
    ///
    /// ```
    /// # use perilune::Lua;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> perilune::Result<()> {
    /// let lua = Lua::new();
    /// let wait = lua.create_async_function(|_, ()| async {
    ///     tokio::task::yield_now().await;
    ///     Ok(())
    /// })?;
    /// let chunk = lua.load("local wait, n = ... wait() return n * 2");
    /// assert_eq!(chunk.call_async::<i64>((wait, 21)).await?, 42);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As there.
    #[cfg(feature = "async")]
    pub async fn call_async<R: FromLuaMulti>(self, args: impl IntoLuaMulti) -> Result<R> {
        self.into_function()?.call_async(args).await
    }

    /// The chunk as a function.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let tax = lua.load("local price = ... return price * 0.19").into_function()?;
    /// assert_eq!(tax.call::<f64>(100)?, 19.0);
    /// assert_eq!(tax.call::<f64>(200)?, 38.0);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// Code that can't be read or is not Lua.
    pub fn into_function(self) -> Result<Function> {
        let key = self.site.map(|site| (site.address(), false));
        if let Some(known) = self.known(key)? {
            return Ok(known);
        }
        match &self.source {
            Ok(source) => self.compile(source, key),
            Err(error) => {
                Err(Error::external(std::io::Error::new(error.kind(), error.to_string())))
            }
        }
    }

    /// A new function of code that was compiled before.
    #[inline]
    fn known(&self, key: Option<SiteKey>) -> Result<Option<Function>> {
        let Some(key) = key else { return Ok(None) };
        let environment = self.environment.as_ref().map_err(Clone::clone)?;
        self.lua.handle().with(|state, extra| {
            match extra.lasting.sites.borrow_mut().get(&key) {
                Some(known) => state.push_kept(known).map_err(|_| Error::StackError)?,
                None => return Ok(None),
            }
            let pushed = state.push_loaded_again(-1);
            if !pushed.map_err(|e| caught(state, &extra.lua, e))? {
                return Ok(None);
            }
            if let Some(table) = environment {
                set_environment(state, extra, table)?;
            }
            Handle::pin(state, -1).map(|handle| Some(Function(handle)))
        })
    }

    fn compile(&self, source: &[u8], key: Option<SiteKey>) -> Result<Function> {
        let environment = self.environment.clone()?;
        let name = self.name();
        if name.contains('\0') {
            return Err(Error::runtime("invalid name: it has a zero byte"));
        }
        let mode = match self.mode {
            None => "bt",
            Some(ChunkMode::Text) => "t",
            Some(ChunkMode::Binary) => "b",
        };
        self.lua.handle().with(|state, extra| {
            let loaded = state.load(source, name.as_bytes(), mode.as_bytes());
            if !loaded.map_err(|e| caught(state, &extra.lua, e))? {
                return Err(syntax_error(state));
            }
            if let Some(key) = key {
                let code = state.keep(-1).map_err(|e| caught(state, &extra.lua, e))?;
                let old = extra.lasting.sites.borrow_mut().insert(key, code);
                if let Some(old) = old {
                    state.forget(old);
                }
                let again = state.push_loaded_again(-1);
                again.map_err(|e| caught(state, &extra.lua, e))?;
            }
            if let Some(table) = &environment {
                set_environment(state, extra, table)?;
            }
            Handle::pin(state, -1).map(Function)
        })
    }
}

/// The error for the message on top.
fn syntax_error(state: &State) -> Error {
    let message = String::from_utf8_lossy(state.bytes(-1).unwrap_or_default()).into_owned();
    let incomplete_input = message.ends_with("<eof>") || message.ends_with("'<eof>'");
    Error::SyntaxError { message, incomplete_input }
}

/// Makes a table the one for the globals of the fresh chunk on top.
fn set_environment(state: &mut State, extra: &Extra, table: &Table) -> Result<()> {
    table.0.push(state)?;
    let set = if state.dialect().function_environments {
        state.set_environment(-2).map(|_| ())
    } else {
        state.set_function_upvalue(-2, 1).map(|_| ())
    };
    set.map_err(|e| caught(state, &extra.lua, e))
}

/// A chunk that becomes a function when it gets to a state.
struct Wrapped<T> {
    chunk: T,
    place: &'static Location<'static>,
}

impl Chunk<'_> {
    /// What becomes a function when it gets to a state.
    ///
    /// ```
    /// use perilune::{Function, Lua, chunk::Chunk};
    ///
    /// let lua = Lua::new();
    /// lua.globals().set("twice", Chunk::wrap("local n = ... return n * 2"))?;
    /// assert_eq!(lua.load("twice(4)").eval::<i64>()?, 8);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[track_caller]
    pub fn wrap(chunk: impl AsChunk) -> impl IntoLua {
        Wrapped { chunk, place: Location::caller() }
    }
}

impl<T: AsChunk> IntoLua for Wrapped<T> {
    fn into_lua(self, lua: &Lua) -> Result<Value> {
        Chunk::new(lua.weak(), self.chunk, self.place).into_function().map(Value::Function)
    }
}
