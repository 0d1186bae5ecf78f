//! Userdata whose Rust values serde can write.

use super::Serializer;
use crate::error::Result;
use crate::userdata::AnyUserData;
use crate::value::Value;
use serde::ser::{Error as _, Serialize};

/// Whether a userdata was made of a value that serde can write.
#[inline]
pub(super) fn is_serializable(_: &AnyUserData) -> bool {
    false
}

/// What serde writes of a userdata's value, as a Lua value.
pub(super) fn written(userdata: &AnyUserData) -> Result<Value> {
    userdata.serialize(Serializer::new(&userdata.0.lua()))
}

impl Serialize for AnyUserData {
    fn serialize<S: serde::Serializer>(&self, _: S) -> std::result::Result<S::Ok, S::Error> {
        Err(S::Error::custom("cannot serialize <userdata>"))
    }
}
