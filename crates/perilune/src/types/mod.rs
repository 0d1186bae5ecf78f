//! Small types of the public API.

pub(crate) mod app_data;
mod registry_key;

pub(crate) use app_data::AppBorrows;
pub use app_data::{AppDataRef, AppDataRefMut};
pub use either::Either;
pub use perilune_vm::{LightUserData, MaybeSend, MaybeSync};
pub(crate) use registry_key::RegistryIds;
pub use registry_key::RegistryKey;

/// A Lua integer.
///
/// ```
/// use perilune::{Integer, Lua};
///
/// let lua = Lua::new();
/// let largest: Integer = lua.load("math.maxinteger").eval()?;
/// assert_eq!(largest, Integer::MAX);
/// # Ok::<(), perilune::Error>(())
/// ```
pub type Integer = i64;
/// A Lua float.
///
/// ```
/// use perilune::{Lua, Number};
///
/// let lua = Lua::new();
/// let half: Number = lua.load("1 / 2").eval()?;
/// assert_eq!(half, 0.5);
/// # Ok::<(), perilune::Error>(())
/// ```
pub type Number = f64;

/// What an interrupt or a hook wants of the running code.
///
/// ```
/// use perilune::{HookTriggers, Lua, Thread, VmState};
///
/// let lua = Lua::new();
/// // Code in a coroutine stops after every thousand instructions.
/// let triggers = HookTriggers::new().every_nth_instruction(1000);
/// lua.set_global_hook(triggers, |_, _| Ok(VmState::Yield))?;
/// let thread: Thread = lua.load(
///     "coroutine.create(function() local n = 0 while n < 2000 do n = n + 1 end return n end)",
/// ).eval()?;
/// let mut rounds = 0;
/// while thread.is_resumable() {
///     thread.resume::<()>(())?;
///     rounds += 1;
/// }
/// assert!(rounds > 1);
/// # Ok::<(), perilune::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum VmState {
    /// It goes on.
    Continue,
    /// It yields, if it is in a coroutine.
    Yield,
}

/// No value has this type.
#[derive(Clone, Copy, Debug)]
pub enum Never {}

impl Never {
    pub(crate) fn never(&self) -> ! {
        match *self {}
    }
}

/// Types of Lua values that have one metatable for all, and which
/// [`Lua::type_metatable`](crate::Lua::type_metatable) can be asked for.
///
/// ```
/// use perilune::{Lua, LuaString, LuaType, Result, Table};
///
/// /// Methods for all values of a type.
/// fn extend<T: LuaType>(lua: &Lua, methods: Table) -> Result<()> {
///     let metatable = lua.create_table()?;
///     metatable.set("__index", methods)?;
///     lua.set_type_metatable::<T>(Some(metatable));
///     Ok(())
/// }
///
/// let lua = Lua::new();
/// let methods: Table = lua.load("{ shout = function(s) return s:upper() .. '!' end }").eval()?;
/// methods.set_metatable(Some(lua.load("{ __index = string }").eval()?))?;
/// extend::<LuaString>(&lua, methods)?;
/// assert_eq!(lua.load("('hey'):shout()").eval::<String>()?, "HEY!");
/// # Ok::<(), perilune::Error>(())
/// ```
pub trait LuaType: crate::private::Sealed {
    #[doc(hidden)]
    const TYPE: perilune_vm::Type;
}

macro_rules! types {
    ($($t:ty => $kind:ident),*) => { $(
        impl crate::private::Sealed for $t {}
        impl LuaType for $t {
            const TYPE: perilune_vm::Type = perilune_vm::Type::$kind;
        }
    )* };
}

types! {
    bool => Boolean,
    Number => Number,
    LightUserData => LightUserdata,
    crate::string::LuaString => String,
    crate::function::Function => Function,
    crate::thread::Thread => Thread
}
