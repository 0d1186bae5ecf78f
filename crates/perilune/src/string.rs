//! Strings.

use crate::error::{Error, Result};
use crate::handle::Handle;
use crate::state::{Lua, WeakLua};
use crate::traits::IntoLua;
use crate::value::Value;
use perilune_vm::{PinnedBytes, PinnedStr, State};
use std::borrow::{Borrow, Cow};
use std::ffi::c_void;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::str::Utf8Error;

/// A handle of a Lua string: bytes of any kind, UTF-8 or not.
///
/// ```
/// use perilune::{Lua, LuaString};
///
/// let lua = Lua::new();
/// let name: LuaString = lua.load("'Ann'").eval()?;
/// assert_eq!(name, "Ann");
/// assert_eq!(name.to_str()?.len(), 3);
///
/// let bytes: LuaString = lua.load(r"'\xff\0'").eval()?;
/// assert_eq!(*bytes.as_bytes(), [0xff, 0]);
/// # Ok::<(), perilune::Error>(())
/// ```
#[derive(Clone)]
pub struct LuaString(pub(crate) Handle);

impl LuaString {
    /// The string as text.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// assert_eq!(lua.create_string("héllo")?.to_str()?, "héllo");
    /// assert!(lua.create_string(b"\xff")?.to_str().is_err());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If it is not UTF-8; if its state can't be used.
    #[inline]
    pub fn to_str(&self) -> Result<BorrowedStr> {
        match self.0.0.pinned_str() {
            None => Err(self.0.with(|_, _| Ok(())).err().unwrap_or(Error::StateClosed)),
            text => BorrowedStr::checked(text),
        }
    }

    /// The text of the string, with the state at hand.
    pub(crate) fn to_str_in(&self, state: &State) -> Result<BorrowedStr> {
        BorrowedStr::checked(state.pinned_str(&self.0.0))
    }

    /// The bytes of the string, with the state at hand.
    pub(crate) fn as_bytes_in(&self, state: &State) -> Result<BorrowedBytes> {
        state.pinned_bytes(&self.0.0).map(|b| BorrowedBytes(Some(b))).ok_or(Error::StateClosed)
    }

    /// The string as text, with the replacement character for what is not UTF-8.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// assert_eq!(lua.create_string(b"caf\xe9")?.to_string_lossy(), "caf\u{fffd}");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn to_string_lossy(&self) -> String {
        String::from_utf8_lossy(&self.as_bytes()).into_owned()
    }

    /// The string, to be printed as text; what is not UTF-8 is replaced.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let name = lua.create_string("Ann")?;
    /// assert_eq!(format!("Hello, {}!", name.display()), "Hello, Ann!");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn display(&self) -> impl fmt::Display + '_ {
        Display(self)
    }

    /// The bytes of the string; none if its state is closed.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let string = lua.create_string("abc")?;
    /// assert_eq!(string.as_bytes().iter().map(|&byte| u32::from(byte)).sum::<u32>(), 294);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn as_bytes(&self) -> BorrowedBytes {
        BorrowedBytes(self.0.0.pinned_bytes())
    }

    /// A copy of the bytes, and a zero byte behind them.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// assert_eq!(lua.create_string("path")?.as_bytes_with_nul(), b"path\0");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn as_bytes_with_nul(&self) -> Vec<u8> {
        let mut bytes = self.as_bytes().to_vec();
        bytes.push(0);
        bytes
    }

    /// An address that identifies the string.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let string = lua.create_string("key")?;
    /// assert_eq!(string.to_pointer(), string.clone().to_pointer());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn to_pointer(&self) -> *const c_void {
        self.0.address() as *const c_void
    }

    /// The state of the string.
    #[doc(hidden)]
    pub fn weak_lua(&self) -> WeakLua {
        self.0.lua().weak()
    }

    /// What becomes a Lua string of these bytes when it gets to a state.
    ///
    /// ```
    /// # use perilune::{Lua, LuaString};
    /// let lua = Lua::new();
    /// lua.globals().set("magic", LuaString::wrap(b"\x7fELF"))?;
    /// assert_eq!(lua.load("return #magic").eval::<usize>()?, 4);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn wrap(data: impl AsRef<[u8]>) -> impl IntoLua {
        Wrapped(data)
    }
}

struct Wrapped<T>(T);

impl<T: AsRef<[u8]>> IntoLua for Wrapped<T> {
    fn into_lua(self, lua: &Lua) -> Result<Value> {
        lua.create_string(self.0).map(Value::String)
    }
}

struct Display<'a>(&'a LuaString);

impl fmt::Display for Display<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match String::from_utf8_lossy(&self.0.as_bytes()) {
            Cow::Borrowed(s) => s.fmt(f),
            Cow::Owned(s) => s.fmt(f),
        }
    }
}

impl fmt::Debug for LuaString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.as_bytes();
        match std::str::from_utf8(&bytes) {
            Ok(text) => text.fmt(f),
            Err(_) => {
                f.write_str("b")?;
                fmt::Debug::fmt(bstr::BStr::new(&*bytes), f)
            }
        }
    }
}

impl<T: AsRef<[u8]> + ?Sized> PartialEq<T> for LuaString {
    fn eq(&self, other: &T) -> bool {
        *self.as_bytes() == *other.as_ref()
    }
}

impl PartialEq for LuaString {
    fn eq(&self, other: &LuaString) -> bool {
        self.0.0.same_root(&other.0.0) || *self.as_bytes() == *other.as_bytes()
    }
}

impl Eq for LuaString {}

impl<T: AsRef<[u8]> + ?Sized> PartialOrd<T> for LuaString {
    fn partial_cmp(&self, other: &T) -> Option<std::cmp::Ordering> {
        (*self.as_bytes()).partial_cmp(other.as_ref())
    }
}

impl PartialOrd for LuaString {
    fn partial_cmp(&self, other: &LuaString) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for LuaString {
    fn cmp(&self, other: &LuaString) -> std::cmp::Ordering {
        (*self.as_bytes()).cmp(&*other.as_bytes())
    }
}

impl Hash for LuaString {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (*self.as_bytes()).hash(state);
    }
}

/// The bytes of a Lua string. They keep the string, and its state open.
///
/// ```
/// # use perilune::{BorrowedBytes, Lua};
/// let lua = Lua::new();
/// // A parameter of this type takes a string without copying it.
/// let sum = lua.create_function(|_, data: BorrowedBytes| {
///     Ok(data.iter().map(|&byte| u64::from(byte)).sum::<u64>())
/// })?;
/// assert_eq!(sum.call::<u64>("abc")?, 294);
/// # Ok::<(), perilune::Error>(())
/// ```
pub struct BorrowedBytes(Option<PinnedBytes>);

impl BorrowedBytes {
    pub(crate) fn string(&self) -> Option<LuaString> {
        self.0.as_ref().map(|bytes| LuaString(Handle(bytes.root().clone())))
    }
}

/// The text of a Lua string. It keeps the string, and its state open.
///
/// ```
/// # use perilune::{BorrowedStr, Lua};
/// let lua = Lua::new();
/// // A parameter of this type takes a string without copying it.
/// let is_name = lua.create_function(|_, text: BorrowedStr| {
///     Ok(text.chars().all(char::is_alphanumeric))
/// })?;
/// assert!(is_name.call::<bool>("Zoë")?);
/// assert!(!is_name.call::<bool>("a b")?);
/// # Ok::<(), perilune::Error>(())
/// ```
pub struct BorrowedStr(Option<PinnedStr>);

#[cold]
fn no_text(error: Utf8Error) -> Error {
    Error::conversion("string", "&str", error.to_string())
}

impl BorrowedStr {
    #[inline]
    fn checked(text: Option<std::result::Result<PinnedStr, Utf8Error>>) -> Result<BorrowedStr> {
        match text {
            Some(Ok(text)) => Ok(BorrowedStr(Some(text))),
            Some(Err(error)) => Err(no_text(error)),
            None => Err(Error::StateClosed),
        }
    }

    pub(crate) fn string(&self) -> Option<LuaString> {
        self.0.as_ref().map(|text| LuaString(Handle(text.root().clone())))
    }
}

impl Deref for BorrowedBytes {
    type Target = [u8];
    #[inline]
    fn deref(&self) -> &[u8] {
        self.0.as_deref().unwrap_or_default()
    }
}

impl Deref for BorrowedStr {
    type Target = str;
    #[inline]
    fn deref(&self) -> &str {
        self.0.as_deref().unwrap_or_default()
    }
}

macro_rules! borrowed {
    ($t:ident, $target:ty) => {
        impl Borrow<$target> for $t {
            fn borrow(&self) -> &$target {
                self
            }
        }

        impl AsRef<$target> for $t {
            fn as_ref(&self) -> &$target {
                self
            }
        }

        impl Hash for $t {
            fn hash<H: Hasher>(&self, state: &mut H) {
                (**self).hash(state);
            }
        }

        impl fmt::Debug for $t {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                (**self).fmt(f)
            }
        }

        impl<T: AsRef<$target>> PartialEq<T> for $t {
            fn eq(&self, other: &T) -> bool {
                **self == *other.as_ref()
            }
        }

        impl Eq for $t {}

        impl<T: AsRef<$target>> PartialOrd<T> for $t {
            fn partial_cmp(&self, other: &T) -> Option<std::cmp::Ordering> {
                (**self).partial_cmp(other.as_ref())
            }
        }

        impl Ord for $t {
            fn cmp(&self, other: &Self) -> std::cmp::Ordering {
                (**self).cmp(&**other)
            }
        }
    };
}

borrowed!(BorrowedBytes, [u8]);
borrowed!(BorrowedStr, str);

impl fmt::Display for BorrowedStr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<'a> IntoIterator for &'a BorrowedBytes {
    type Item = &'a u8;
    type IntoIter = std::slice::Iter<'a, u8>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl From<&LuaString> for BorrowedBytes {
    fn from(string: &LuaString) -> Self {
        string.as_bytes()
    }
}

impl TryFrom<&LuaString> for BorrowedStr {
    type Error = Error;
    fn try_from(string: &LuaString) -> Result<BorrowedStr> {
        string.to_str()
    }
}
