//! Options of construction.

use perilune_stdlib::host::{Host, RealHost};
use perilune_vm::Dialect;
use std::fmt;
use std::sync::Arc;

/// How a state is made.
///
/// ```
/// use perilune::{Lua, LuaOptions, StdLib, host::MemoryHost};
/// use std::sync::Arc;
///
/// let host = Arc::new(MemoryHost::new());
/// host.add_file(b"data.txt", b"42");
/// let options = LuaOptions::new().host(host);
/// let lua = Lua::new_with(StdLib::ALL_SAFE, options)?;
/// let text: String = lua.load("return io.open('data.txt'):read('a')").eval()?;
/// assert_eq!(text, "42");
/// # Ok::<(), perilune::Error>(())
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct LuaOptions {
    /// Whether `pcall` and `xpcall` of scripts catch panics of Rust functions. If
    /// not, panics go past them. Either way a panic that reaches Rust code is
    /// resumed there.
    pub catch_rust_panics: bool,
    /// How many coroutines of async calls that have ended are kept for the next
    /// ones.
    pub thread_pool_size: usize,
    dialect: Option<&'static Dialect>,
    host: Option<Arc<dyn Host>>,
}

impl LuaOptions {
    /// The defaults: `catch_rust_panics`, no pool, the default dialect, the real
    /// host.
    ///
    /// ```
    /// # use perilune::LuaOptions;
    /// let options = LuaOptions::new();
    /// assert!(options.catch_rust_panics);
    /// assert_eq!(options.thread_pool_size, 0);
    /// ```
    pub const fn new() -> LuaOptions {
        LuaOptions { catch_rust_panics: true, thread_pool_size: 0, dialect: None, host: None }
    }

    /// Sets [`catch_rust_panics`](#structfield.catch_rust_panics).
    ///
    /// ```
    /// # use perilune::{Lua, LuaOptions, StdLib};
    /// use std::panic::{AssertUnwindSafe, catch_unwind};
    ///
    /// let lua = Lua::new_with(StdLib::ALL_SAFE, LuaOptions::new().catch_rust_panics(false))?;
    /// let fail = lua.create_function(|_, ()| -> perilune::Result<()> { panic!("broken") })?;
    /// lua.globals().set("fail", fail)?;
    /// // The script can't catch it.
    /// let result = catch_unwind(AssertUnwindSafe(|| lua.load("pcall(fail)").exec()));
    /// assert!(result.is_err());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[must_use]
    pub const fn catch_rust_panics(mut self, enabled: bool) -> Self {
        self.catch_rust_panics = enabled;
        self
    }

    /// Sets [`thread_pool_size`](#structfield.thread_pool_size).
    ///
    /// ```
    /// # use perilune::{Lua, LuaOptions, StdLib};
    /// // A server that runs about a hundred calls at once.
    /// let options = LuaOptions::new().thread_pool_size(100);
    /// let lua = Lua::new_with(StdLib::ALL_SAFE, options)?;
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[must_use]
    pub const fn thread_pool_size(mut self, size: usize) -> Self {
        self.thread_pool_size = size;
        self
    }

    /// The dialect of Lua, instead of the one that Cargo features choose.
    ///
    /// ```
    /// use perilune::{Lua, LuaOptions, StdLib, native};
    ///
    /// let lua = Lua::new_with(StdLib::ALL_SAFE, LuaOptions::new().with_dialect(&native::LUA_5_5))?;
    /// assert_eq!(lua.load("_VERSION").eval::<String>()?, "Lua 5.5");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[must_use]
    pub const fn with_dialect(mut self, dialect: &'static Dialect) -> Self {
        self.dialect = Some(dialect);
        self
    }

    /// What scripts see of the world outside: see [`host`](crate::host). The
    /// default is the operating system.
    ///
    /// ```
    /// use perilune::{Lua, LuaOptions, StdLib, host::NoHost};
    /// use std::sync::Arc;
    ///
    /// let options = LuaOptions::new().host(Arc::new(NoHost));
    /// let lua = Lua::new_with(StdLib::ALL_SAFE, options)?;
    /// assert!(lua.load("return io.open('/etc/passwd') == nil").eval::<bool>()?);
    /// assert!(lua.load("return os.getenv('HOME') == nil").eval::<bool>()?);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[must_use]
    pub fn host(mut self, host: Arc<dyn Host>) -> Self {
        self.host = Some(host);
        self
    }

    pub(super) fn dialect(&self) -> &'static Dialect {
        self.dialect.unwrap_or(default_dialect())
    }

    pub(super) fn has_own_host(&self) -> bool {
        self.host.is_some()
    }

    pub(super) fn chosen_host(&self) -> Arc<dyn Host> {
        self.host.clone().unwrap_or_else(|| Arc::new(RealHost::new()))
    }
}

/// The newest dialect among the Cargo features.
pub(super) const fn default_dialect() -> &'static Dialect {
    if cfg!(feature = "lua55") {
        &perilune_vm::LUA_5_5
    } else if cfg!(feature = "lua54") {
        &perilune_vm::LUA_5_4
    } else if cfg!(feature = "lua53") {
        &perilune_vm::LUA_5_3
    } else if cfg!(feature = "lua52") {
        &perilune_vm::LUA_5_2
    } else if cfg!(feature = "lua51") {
        &perilune_vm::LUA_5_1
    } else {
        &perilune_vm::LUA_5_4
    }
}

impl Default for LuaOptions {
    fn default() -> Self {
        LuaOptions::new()
    }
}

impl fmt::Debug for LuaOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LuaOptions")
            .field("catch_rust_panics", &self.catch_rust_panics)
            .field("thread_pool_size", &self.thread_pool_size)
            .field("dialect", &self.dialect().name)
            .finish_non_exhaustive()
    }
}
