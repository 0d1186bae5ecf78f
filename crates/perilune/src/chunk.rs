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
pub trait AsChunk {
    /// The chunk's name: `@` and a file name, or `=` and any text, or the source
    /// itself.
    fn name(&self) -> Option<String> {
        None
    }

    /// The table that is to hold the chunk's globals.
    ///
    /// # Errors
    /// If it can't be made.
    fn environment(&self, lua: &Lua) -> Result<Option<Table>> {
        let _ = lua;
        Ok(None)
    }

    /// Whether it is source code or a binary chunk. By default the first byte
    /// tells.
    fn mode(&self) -> Option<ChunkMode> {
        None
    }

    /// The code.
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChunkMode {
    /// Source code.
    Text,
    /// What [`Function::dump`] gives.
    Binary,
}

/// Lua code, and how it is to be loaded: made by [`Lua::load`].
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
    pub fn name(&self) -> &str {
        let place = || format!("@{}:{}", self.place.file(), self.place.line());
        self.name.get_or_init(place)
    }

    /// Sets the chunk's name, which messages show: `@` and a file name, or `=`
    /// and any text, or the source itself.
    pub fn set_name(mut self, name: impl Into<String>) -> Self {
        self.name = OnceLock::from(name.into());
        self.site = None;
        self
    }

    /// The table that is to hold the chunk's globals, if it is a special one.
    pub fn environment(&self) -> Option<&Table> {
        self.environment.as_ref().ok()?.as_ref()
    }

    /// Sets the table that is to hold the chunk's globals. Functions that the
    /// chunk defines share it.
    pub fn set_environment(mut self, env: Table) -> Self {
        self.environment = Ok(Some(env));
        self
    }

    /// Whether it is source code or a binary chunk.
    pub fn mode(&self) -> ChunkMode {
        self.mode.unwrap_or_else(|| match &self.source {
            Ok(source) if source.first() == Some(&0x1b) => ChunkMode::Binary,
            _ => ChunkMode::Text,
        })
    }

    /// Says whether it is source code or a binary chunk; the other is refused.
    pub fn set_mode(mut self, mode: ChunkMode) -> Self {
        self.mode = Some(mode);
        self.site = None;
        self
    }

    /// Runs the chunk.
    ///
    /// # Errors
    /// Code that can't be read or is not Lua; what it raises.
    pub fn exec(self) -> Result<()> {
        self.call(())
    }

    /// Evaluates the chunk as an expression, or, if it is none, runs it and
    /// answers what it returns.
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
    /// # Errors
    /// As [`eval`](Self::eval).
    pub fn call<R: FromLuaMulti>(self, args: impl IntoLuaMulti) -> Result<R> {
        self.into_function()?.call(args)
    }

    /// [`exec`](Self::exec), awaiting async functions.
    ///
    /// # Errors
    /// As there.
    #[cfg(feature = "async")]
    pub async fn exec_async(self) -> Result<()> {
        self.call_async(()).await
    }

    /// [`eval`](Self::eval), awaiting async functions.
    ///
    /// # Errors
    /// As there.
    #[cfg(feature = "async")]
    pub async fn eval_async<R: FromLuaMulti>(self) -> Result<R> {
        self.into_expression()?.call_async(()).await
    }

    /// [`call`](Self::call), awaiting async functions.
    ///
    /// # Errors
    /// As there.
    #[cfg(feature = "async")]
    pub async fn call_async<R: FromLuaMulti>(self, args: impl IntoLuaMulti) -> Result<R> {
        self.into_function()?.call_async(args).await
    }

    /// The chunk as a function.
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
