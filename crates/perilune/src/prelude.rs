//! The names of this crate, with a prefix so that they clash with nothing.

#[doc(no_inline)]
pub use crate::{FromLua, FromLuaMulti, IntoLua, IntoLuaMulti, Lua, LuaString};
