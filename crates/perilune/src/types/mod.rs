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
pub type Integer = i64;
/// A Lua float.
pub type Number = f64;

/// What an interrupt or a hook wants of the running code.
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
