//! Strings of bytes: C's, the operating system's, those of `bstr`.

use super::text::bytes_at;
use super::{on_stack, pushed, short_name};
use crate::error::{Error, Result};
use crate::state::Lua;
use crate::traits::{FromLua, IntoLua};
use crate::value::Value;
use bstr::{BStr, BString, ByteSlice, ByteVec};
use perilune_vm::State;
use std::borrow::Cow;
use std::ffi::{CStr, CString, OsStr, OsString};
use std::path::{Path, PathBuf};

macro_rules! into_bytes {
    ($($t:ty: $self:ident => $bytes:expr;)*) => { $(
        impl IntoLua for $t {
            fn into_lua($self, lua: &Lua) -> Result<Value> {
                let bytes: &[u8] = $bytes;
                lua.create_string(bytes).map(Value::String)
            }

            #[inline]
            fn push_into($self, state: &mut State, lua: &Lua) -> Result<()> {
                let bytes: &[u8] = $bytes;
                pushed(state.push(bytes), state, lua)
            }
        }
    )* };
}

/// The bytes of what the operating system calls a string. Where these are not
/// simply bytes, what is no text is replaced.
fn os_bytes(text: &OsStr) -> Cow<'_, [u8]> {
    match <[u8]>::from_os_str(text) {
        Some(bytes) => Cow::Borrowed(bytes),
        None => Cow::Owned(text.to_string_lossy().into_owned().into_bytes()),
    }
}

into_bytes! {
    BString: self => &self;
    &BStr: self => self;
    CString: self => self.as_bytes();
    &CStr: self => self.to_bytes();
    Cow<'_, CStr>: self => self.to_bytes();
    OsString: self => &os_bytes(&self);
    &OsStr: self => &os_bytes(self);
    PathBuf: self => &os_bytes(self.as_os_str());
    &Path: self => &os_bytes(self.as_os_str());
}

macro_rules! from_bytes {
    ($($t:ty: $bytes:ident => $made:expr;)*) => { $(
        impl FromLua for $t {
            fn from_lua(value: Value, lua: &Lua) -> Result<Self> {
                on_stack(value, lua)
            }

            #[inline]
            fn from_stack(index: i32, state: &mut State, _: &Lua) -> Result<Self> {
                bytes_at(index, state, short_name::<$t>, |$bytes| $made)
            }
        }
    )* };
}

from_bytes! {
    BString: bytes => Ok(bytes.into());
    CString: bytes => c_string(bytes);
    OsString: bytes => os_string(bytes);
    PathBuf: bytes => os_string(bytes).map(PathBuf::from);
}

fn c_string(bytes: &[u8]) -> Result<CString> {
    let mut terminated = Vec::with_capacity(bytes.len() + 1);
    terminated.extend_from_slice(bytes);
    terminated.push(0);
    match CStr::from_bytes_with_nul(&terminated) {
        Ok(text) => Ok(text.to_owned()),
        Err(e) => Err(Error::conversion("string", "CString", e.to_string())),
    }
}

fn os_string(bytes: &[u8]) -> Result<OsString> {
    let made = bytes.to_vec().into_os_string();
    made.map_err(|e| Error::conversion("string", "OsString", e.to_string()))
}
