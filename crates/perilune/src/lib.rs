//! Lua for Rust programs, in pure Rust.
//!
//! A [`Lua`] is a Lua universe of its own. Values in it are reached by handles:
//! [`Table`], [`Function`], [`LuaString`], [`Thread`], [`AnyUserData`], or a
//! [`Value`] of whatever kind. Names and semantics are those of the crate `mlua`.
//!
//! ```
//! use perilune::{Lua, Result};
//!
//! fn main() -> Result<()> {
//!     let lua = Lua::new();
//!     lua.globals().set("greet", lua.create_function(|_, name: String| {
//!         Ok(format!("Hello, {name}!"))
//!     })?)?;
//!     let text: String = lua.load("return greet('world')").eval()?;
//!     assert_eq!(text, "Hello, world!");
//!     Ok(())
//! }
//! ```
#![forbid(unsafe_code)]
// The API has `Arc` where programs may move errors between threads, in builds that
// allow it.
#![cfg_attr(not(feature = "send"), allow(clippy::arc_with_non_send_sync))]

#[cfg(feature = "luau")]
compile_error!("perilune has no Luau: choose one of lua51, lua52, lua53, lua54, lua55");
#[cfg(feature = "luajit")]
compile_error!("perilune is no LuaJIT: choose lua51 for its dialect");

mod callback;
mod conversion;
mod handle;
#[cfg(feature = "macros")]
mod macros;
mod multi;
mod scope;
mod stdlib;
#[cfg(feature = "async")]
mod task;
mod traits;
mod types;
mod value;

pub mod chunk;
pub mod debug;
pub mod error;
pub mod function;
pub mod native;
pub mod prelude;
#[cfg(feature = "serde")]
pub mod serde;
pub mod state;
pub mod string;
pub mod table;
pub mod thread;
pub mod userdata;

pub use bstr::BString;
pub use perilune_stdlib::host;

pub use crate::debug::HookTriggers;
#[doc(inline)]
pub use crate::error::{Error, Result};
pub use crate::error::{ErrorContext, ExternalError, ExternalResult, Traceback};
#[doc(inline)]
pub use crate::function::Function;
pub use crate::multi::{MultiValue, Variadic};
pub use crate::scope::Scope;
#[cfg(feature = "serde")]
#[doc(inline)]
pub use crate::serde::{LuaSerdeExt, SerializableValue};
#[doc(inline)]
pub use crate::state::{Binding, Lua, LuaOptions, SendLua, WeakLua};
pub use crate::stdlib::StdLib;
#[doc(inline)]
pub use crate::string::LuaString;
pub use crate::string::{BorrowedBytes, BorrowedStr};
#[doc(inline)]
pub use crate::table::Table;
#[doc(inline)]
pub use crate::thread::Thread;
#[doc(inline)]
pub use crate::traits::{FromLua, FromLuaMulti, IntoLua, IntoLuaMulti, ObjectLike};
pub use crate::types::{
    AppDataRef, AppDataRefMut, Either, Integer, LightUserData, LuaType, MaybeSend, MaybeSync,
    Number, RegistryKey, VmState,
};
#[doc(inline)]
pub use crate::userdata::{
    AnyUserData, MetaMethod, SendUserData, SendUserDataRegistry, UserData, UserDataFields,
    UserDataMethods, UserDataOwned, UserDataRef, UserDataRefMut, UserDataRegistry,
};
pub use crate::value::{Nil, Value};

/// The older name of [`LuaString`].
#[doc(hidden)]
#[deprecated(note = "use `LuaString`")]
pub type String = crate::string::LuaString;

#[cfg(feature = "macros")]
#[doc(hidden)]
pub use crate::macros::__private;
#[cfg(any(feature = "macros", feature = "module"))]
#[doc(inline)]
pub use perilune_derive::lua_module;
#[cfg(feature = "macros")]
#[doc(inline)]
pub use perilune_derive::{FromLua, Trace, UserData, userdata_impl};

pub(crate) mod private {
    /// Traits of this crate that no other crate implements.
    pub trait Sealed {}

    impl Sealed for crate::Error {}
    impl<T> Sealed for std::result::Result<T, crate::Error> {}
    impl Sealed for crate::Lua {}
    impl Sealed for crate::Table {}
    impl Sealed for crate::AnyUserData {}
}

/// The examples of the README and of the guide, as tests.
#[cfg(doctest)]
mod documents {
    #[doc = include_str!("../../../README.md")]
    struct Readme;
    #[doc = include_str!("../../../docs/embedding.md")]
    struct Guide;
}
