//! Userdata whose Rust values serde can write.

use super::Serializer;
use crate::error::Result;
use crate::userdata::AnyUserData;
use crate::value::Value;
use serde::ser::Serialize;

/// Whether a userdata was made of a value that serde can write.
#[inline]
pub(super) fn is_serializable(userdata: &AnyUserData) -> bool {
    userdata.is_serializable()
}

/// What serde writes of a userdata's value, as a Lua value.
pub(super) fn written(userdata: &AnyUserData) -> Result<Value> {
    userdata.serialize(Serializer::new(&userdata.0.lua()))
}
