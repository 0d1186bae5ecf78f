//! The handle of a userdata.

use super::create::{OwnType, UserDataProxy, destruct};
use super::method::refusal;
use super::refs::{UserDataRef, UserDataRefMut};
use crate::callback::{caught, protect};
use crate::error::{Error, Result};
use crate::handle::Handle;
use crate::state::{Extra, Lua, WeakLua};
use crate::string::LuaString;
use crate::traits::{FromLua, IntoLua};
use crate::types::{MaybeSend, MaybeSync};
use crate::value::Value;
use perilune_vm::{CompareOp, Finder, State};
use std::any::TypeId;
use std::ffi::c_void;
use std::fmt;

/// A handle of a userdata, whatever it holds.
///
/// ```
/// use perilune::{AnyUserData, Lua};
/// use std::time::Duration;
///
/// let lua = Lua::new();
/// lua.globals().set("timeout", AnyUserData::wrap(Duration::from_secs(3)))?;
/// let timeout: AnyUserData = lua.load("return timeout").eval()?;
/// assert!(timeout.is::<Duration>());
/// assert_eq!(timeout.borrow::<Duration>()?.as_secs(), 3);
/// # Ok::<(), perilune::Error>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct AnyUserData(pub(crate) Handle);

/// The most user values that a userdata has by number.
const MAX_USER_VALUE: usize = u16::MAX as usize;

impl AnyUserData {
    /// Pushes the userdata.
    ///
    /// # Errors
    /// If its value is gone, or it is none of this crate.
    pub(super) fn push_own(&self, state: &mut State, extra: &Extra) -> Result<()> {
        self.0.push(state)?;
        match own_type(state, extra) {
            _ if state.lent_value(-1).is_some() => Ok(()),
            Some(_) => Ok(()),
            None if state.is_empty_userdata(-1) => Err(Error::UserDataDestructed),
            None => Err(Error::UserDataTypeMismatch),
        }
    }

    /// Whether it holds a `T`.
    ///
    /// ```
    /// # use perilune::{AnyUserData, Lua};
    /// let lua = Lua::new();
    /// let kind = lua.create_function(|_, userdata: AnyUserData| {
    ///     Ok(if userdata.is::<char>() { "letter" } else { "something else" })
    /// })?;
    /// assert_eq!(kind.call::<String>(lua.create_any_userdata('a')?)?, "letter");
    /// assert_eq!(kind.call::<String>(lua.create_any_userdata(1.5)?)?, "something else");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn is<T: 'static>(&self) -> bool {
        self.type_id() == Some(TypeId::of::<T>())
    }

    /// Whether it was made by [`Lua::create_proxy`] for `T`.
    ///
    /// ```
    /// # use perilune::{Lua, UserData};
    /// struct Point(f64, f64);
    /// impl UserData for Point {}
    /// let lua = Lua::new();
    /// let class = lua.create_proxy::<Point>()?;
    /// assert!(class.is_proxy::<Point>() && !class.is::<Point>());
    /// let point = lua.create_userdata(Point(1.0, 2.0))?;
    /// assert!(point.is::<Point>() && !point.is_proxy::<Point>());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn is_proxy<T: 'static>(&self) -> bool {
        self.is::<UserDataProxy<T>>()
    }

    /// Borrows the value. The userdata may be collected meanwhile: the value
    /// stays.
    ///
    /// ```
    /// # use perilune::{Error, Lua};
    /// let lua = Lua::new();
    /// let userdata = lua.create_any_userdata(String::from("text"))?;
    /// let (a, b) = (userdata.borrow::<String>()?, userdata.borrow::<String>()?);
    /// assert_eq!((a.as_str(), b.len()), ("text", 4));
    /// assert!(matches!(userdata.borrow::<u8>(), Err(Error::UserDataTypeMismatch)));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If it is not a `T`, is borrowed mutably, or gone; of values of a scope,
    /// which can be borrowed by [`borrow_scoped`](Self::borrow_scoped) only.
    #[inline]
    pub fn borrow<T: 'static>(&self) -> Result<UserDataRef<T>> {
        if let Some(borrow) = self.0.0.look(|found| found.cell()?.borrow()) {
            return Ok(UserDataRef::own(borrow));
        }
        self.0.with(|state, _| {
            self.0.push(state)?;
            UserDataRef::at(-1, state)
        })
    }

    /// Borrows the value mutably.
    ///
    /// ```
    /// # use perilune::{Error, Lua};
    /// let lua = Lua::new();
    /// let list = lua.create_any_userdata(vec![1, 2])?;
    /// list.borrow_mut::<Vec<i32>>()?.push(3);
    /// let reader = list.borrow::<Vec<i32>>()?;
    /// assert_eq!(*reader, [1, 2, 3]);
    /// assert!(matches!(list.borrow_mut::<Vec<i32>>(), Err(Error::UserDataBorrowMutError)));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`borrow`](Self::borrow); if it is borrowed at all.
    #[inline]
    pub fn borrow_mut<T: 'static>(&self) -> Result<UserDataRefMut<T>> {
        if let Some(borrow) = self.0.0.look(|found| found.cell()?.borrow_mut()) {
            return Ok(UserDataRefMut::own(borrow));
        }
        self.0.with(|state, _| {
            self.0.push(state)?;
            UserDataRefMut::at(-1, state)
        })
    }

    /// Borrows the value while `f` runs.
    ///
    /// ```
    /// # use perilune::{AnyUserData, Lua};
    /// let lua = Lua::new();
    /// let text = String::from("lent, not given");
    /// // It also reaches values that a scope has lent.
    /// let length = lua.scope(|scope| {
    ///     let userdata: AnyUserData = scope.create_any_userdata_ref(&text)?;
    ///     userdata.borrow_scoped::<String, _>(|text| text.len())
    /// })?;
    /// assert_eq!(length, 15);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If it is not a `T`, is borrowed mutably, or gone.
    pub fn borrow_scoped<T: 'static, R>(&self, f: impl FnOnce(&T) -> R) -> Result<R> {
        self.0.with(|state, extra| {
            self.0.push(state)?;
            let read =
                finder::<T>().read(state, -1, |state, value| extra.lua.0.lend(state, || f(value)));
            read.map_err(|refused| refusal::<T>(state, -1, refused, Error::UserDataBorrowError))
        })
    }

    /// Borrows the value mutably while `f` runs.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let mut scores = vec![1, 2];
    /// lua.scope(|scope| {
    ///     let userdata = scope.create_any_userdata_ref_mut(&mut scores)?;
    ///     userdata.borrow_mut_scoped::<Vec<i32>, _>(|scores| scores.push(3))
    /// })?;
    /// assert_eq!(scores, [1, 2, 3]);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If it is not a `T`, is borrowed, or gone.
    pub fn borrow_mut_scoped<T: 'static, R>(&self, f: impl FnOnce(&mut T) -> R) -> Result<R> {
        self.0.with(|state, extra| {
            self.0.push(state)?;
            let written =
                finder::<T>().write(state, -1, |state, value| extra.lua.0.lend(state, || f(value)));
            written
                .map_err(|refused| refusal::<T>(state, -1, refused, Error::UserDataBorrowMutError))
        })
    }

    /// Takes the value out; the userdata is of no use any more.
    ///
    /// ```
    /// # use perilune::{Error, Lua};
    /// let lua = Lua::new();
    /// let userdata = lua.create_any_userdata(vec!["a", "b"])?;
    /// assert_eq!(userdata.take::<Vec<&str>>()?, ["a", "b"]);
    /// assert!(matches!(userdata.take::<Vec<&str>>(), Err(Error::UserDataDestructed)));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If it is not a `T`, is borrowed, or gone.
    pub fn take<T: 'static>(&self) -> Result<T> {
        self.0.with(|state, extra| {
            self.0.push(state)?;
            take_at(-1, state, extra)
        })
    }

    /// Drops the value; the userdata is of no use any more. A value that is
    /// borrowed lives until it is not.
    ///
    /// ```
    /// # use perilune::{Error, Lua};
    /// use std::net::TcpListener;
    ///
    /// let lua = Lua::new();
    /// let listener = lua.create_any_userdata(TcpListener::bind("127.0.0.1:0").unwrap())?;
    /// // The port is free now, whoever still has the userdata.
    /// listener.destroy()?;
    /// assert!(matches!(listener.borrow::<TcpListener>(), Err(Error::UserDataDestructed)));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If one of its methods runs; if it is gone, or lent by a scope.
    pub fn destroy(&self) -> Result<()> {
        let payload = self.0.with(|state, extra| {
            self.push_own(state, extra)?;
            // What a scope lends is the scope's.
            let Some(own) = own_type(state, extra) else {
                return Err(Error::UserDataBorrowMutError);
            };
            if (own.is_in_call)(state, -1) {
                return Err(Error::UserDataBorrowMutError);
            }
            destruct(state, extra, -1)
        })?;
        drop(payload);
        Ok(())
    }

    /// Keeps a Lua value with the userdata: user value 1.
    ///
    /// ```
    /// # use perilune::{Function, Lua};
    /// let lua = Lua::new();
    /// let button = lua.create_any_userdata("OK")?;
    /// button.set_user_value(lua.create_function(|_, ()| Ok("clicked"))?)?;
    /// let on_click: Function = button.user_value()?;
    /// assert_eq!(on_click.call::<String>(())?, "clicked");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If it can't be converted; memory.
    #[inline]
    pub fn set_user_value(&self, v: impl IntoLua) -> Result<()> {
        self.set_nth_user_value(1, v)
    }

    /// User value 1.
    ///
    /// ```
    /// # use perilune::{Lua, Value};
    /// let lua = Lua::new();
    /// let userdata = lua.create_any_userdata(1)?;
    /// assert_eq!(userdata.user_value::<Value>()?, Value::Nil);
    /// userdata.set_user_value("note")?;
    /// assert_eq!(userdata.user_value::<String>()?, "note");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If it can't be converted.
    #[inline]
    pub fn user_value<V: FromLua>(&self) -> Result<V> {
        self.nth_user_value(1)
    }

    /// Keeps a Lua value with the userdata, under a number from 1 to 65535.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let userdata = lua.create_any_userdata(1)?;
    /// userdata.set_nth_user_value(1, "first")?;
    /// userdata.set_nth_user_value(2, true)?;
    /// assert!(userdata.nth_user_value::<bool>(2)?);
    /// assert!(userdata.set_nth_user_value(0, "no such").is_err());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// Another number; if it can't be converted; memory.
    pub fn set_nth_user_value(&self, n: usize, v: impl IntoLua) -> Result<()> {
        check_number(n)?;
        self.0.with(|state, extra| {
            let lua = &extra.lua;
            self.push_values(state, extra, true)?;
            v.push_into(state, lua)?;
            state.raw_set_integer(-2, n as i64).map_err(|e| caught(state, lua, e))
        })
    }

    /// What is kept under a number; nil if there is nothing.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let userdata = lua.create_any_userdata(1)?;
    /// userdata.set_nth_user_value(5, "fifth")?;
    /// assert_eq!(userdata.nth_user_value::<String>(5)?, "fifth");
    /// assert_eq!(userdata.nth_user_value::<Option<String>>(4)?, None);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// A number that is not from 1 to 65535; if it can't be converted.
    pub fn nth_user_value<V: FromLua>(&self, n: usize) -> Result<V> {
        check_number(n)?;
        self.0.with(|state, extra| {
            let lua = &extra.lua;
            if self.push_values(state, extra, false)? {
                state.raw_get_integer(-1, n as i64).map_err(|e| caught(state, lua, e))?;
            }
            V::from_stack(-1, state, lua)
        })
    }

    /// Keeps a Lua value with the userdata, under a name.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let window = lua.create_any_userdata((640, 480))?;
    /// window.set_named_user_value("owner", lua.create_table_from([("name", "Ann")])?)?;
    /// let owner: perilune::Table = window.named_user_value("owner")?;
    /// assert_eq!(owner.get::<String>("name")?, "Ann");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If it can't be converted; memory.
    pub fn set_named_user_value(&self, name: &str, v: impl IntoLua) -> Result<()> {
        self.0.with(|state, extra| {
            let lua = &extra.lua;
            self.push_values(state, extra, true)?;
            v.push_into(state, lua)?;
            state.raw_set_field(-2, name).map_err(|e| caught(state, lua, e))
        })
    }

    /// What is kept under a name; nil if there is nothing.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let userdata = lua.create_any_userdata(1)?;
    /// userdata.set_named_user_value("tag", "red")?;
    /// assert_eq!(userdata.named_user_value::<String>("tag")?, "red");
    /// assert_eq!(userdata.named_user_value::<Option<String>>("size")?, None);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If it can't be converted.
    pub fn named_user_value<V: FromLua>(&self, name: &str) -> Result<V> {
        self.0.with(|state, extra| {
            let lua = &extra.lua;
            if self.push_values(state, extra, false)? {
                state.raw_get_field(-1, name).map_err(|e| caught(state, lua, e))?;
            }
            V::from_stack(-1, state, lua)
        })
    }

    /// Pushes the table of user values, which is made if that is asked for;
    /// pushes nil and answers false if there is none.
    fn push_values(&self, state: &mut State, extra: &Extra, make: bool) -> Result<bool> {
        let lua = &extra.lua;
        self.push_own(state, extra)?;
        state.push_user_value(-1, 1).map_err(|e| caught(state, lua, e))?;
        if state.is_table(-1) {
            return Ok(true);
        }
        if !make {
            state.set_top(state.top() - 1);
            state.push(()).map_err(|_| Error::StackError)?;
            return Ok(false);
        }
        let made = state.new_table(0, 0).and_then(|()| {
            state.push_value(-1)?;
            state.set_user_value(-4, 1)
        });
        made.map_err(|e| caught(state, lua, e))
    }

    /// An address that identifies the userdata.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let (a, b) = (lua.create_any_userdata(1)?, lua.create_any_userdata(1)?);
    /// assert_eq!(a.to_pointer(), a.clone().to_pointer());
    /// assert_ne!(a.to_pointer(), b.to_pointer());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn to_pointer(&self) -> *const c_void {
        self.0.address() as *const c_void
    }

    /// The state of the userdata.
    #[doc(hidden)]
    pub fn weak_lua(&self) -> WeakLua {
        self.0.lua().weak()
    }

    /// The type of the value; `None` if it is gone, or lent by a scope and has
    /// lifetimes.
    ///
    /// ```
    /// # use perilune::Lua;
    /// use std::any::TypeId;
    ///
    /// let lua = Lua::new();
    /// let userdata = lua.create_any_userdata('x')?;
    /// assert_eq!(userdata.type_id(), Some(TypeId::of::<char>()));
    /// userdata.destroy()?;
    /// assert_eq!(userdata.type_id(), None);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn type_id(&self) -> Option<TypeId> {
        let found = self.0.with(|state, extra| {
            self.0.push(state)?;
            if let Some(lent) = state.lent_value(-1) {
                return Ok(lent.subject());
            }
            Ok(own_type(state, extra).map(|own| own.subject))
        });
        found.unwrap_or(None)
    }

    /// The name of the type as scripts see it: `__name` of the metatable.
    ///
    /// ```
    /// # use perilune::{Lua, UserData, UserDataFields};
    /// struct Img;
    /// impl UserData for Img {
    ///     fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
    ///         fields.add_meta_field("__name", "Image");
    ///     }
    /// }
    /// let lua = Lua::new();
    /// assert_eq!(lua.create_userdata(Img)?.type_name()?, "Image");
    /// assert_eq!(lua.create_any_userdata(1u8)?.type_name()?, "u8");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the value is gone; memory.
    pub fn type_name(&self) -> Result<LuaString> {
        self.0.with(|state, extra| {
            let lua = &extra.lua;
            self.push_own(state, extra)?;
            let found = state.push_metafield(-1, "__name").map_err(|e| caught(state, lua, e))?;
            if !found || state.bytes(-1).is_none() {
                state.push("userdata").map_err(|e| caught(state, lua, e))?;
            }
            Handle::pin(state, -1).map(LuaString)
        })
    }

    /// Compares as Lua's `==` does, metamethods included.
    pub(crate) fn equals(&self, other: &Self) -> Result<bool> {
        if self == other {
            return Ok(true);
        }
        self.0.with(|state, extra| {
            protect(state, extra, |state, lua| {
                self.0.push(state)?;
                other.0.push(state)?;
                if state.is_empty_userdata(1) || state.is_empty_userdata(2) {
                    return Err(Error::UserDataDestructed);
                }
                let equal = state.compare(1, 2, CompareOp::Eq);
                equal.map_err(|e| caught(state, lua, e))
            })
        })
    }

    /// What `__todebugstring` or `__tostring` answer.
    fn debug_string(&self) -> Option<String> {
        let text = self.0.with(|state, extra| {
            protect(state, extra, |state, lua| {
                self.0.push(state)?;
                for name in ["__todebugstring", "__tostring"] {
                    if !state.push_metafield(1, name).map_err(|e| caught(state, lua, e))? {
                        continue;
                    }
                    let called = state.push_value(1).and_then(|()| state.call(1, Some(1)));
                    called.map_err(|e| caught(state, lua, e))?;
                    let text = state.bytes(-1).map(String::from_utf8_lossy);
                    return Ok(text.map(|text| text.into_owned()));
                }
                Ok(None)
            })
        });
        text.unwrap_or(None)
    }

    pub(crate) fn fmt_pretty(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(text) = self.debug_string() {
            return f.write_str(&text);
        }
        match self.type_name() {
            Ok(name) => write!(f, "{}: {:?}", name.display(), self.to_pointer()),
            Err(_) => write!(f, "userdata: {:?}", self.to_pointer()),
        }
    }

    /// A Rust value that becomes a userdata where a Lua value is wanted: as by
    /// [`Lua::create_any_userdata`].
    ///
    /// ```
    /// # use perilune::{AnyUserData, Lua};
    /// use std::path::PathBuf;
    ///
    /// let lua = Lua::new();
    /// // No `lua` is needed to make one.
    /// let home = AnyUserData::wrap(PathBuf::from("/home/ann"));
    /// lua.globals().set("home", home)?;
    /// let home: AnyUserData = lua.globals().get("home")?;
    /// assert!(home.borrow::<PathBuf>()?.ends_with("ann"));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn wrap<T: MaybeSend + MaybeSync + 'static>(data: T) -> impl IntoLua {
        Wrapped(move |lua: &Lua| lua.create_any_userdata(data))
    }

    /// A Rust value that becomes a userdata where a Lua value is wanted: as by
    /// [`Lua::create_ser_any_userdata`].
    ///
    /// ```
    /// # use perilune::{AnyUserData, Lua};
    /// #[derive(serde::Serialize)]
    /// struct Point { x: i32, y: i32 }
    ///
    /// let lua = Lua::new();
    /// lua.globals().set("point", AnyUserData::wrap_ser(Point { x: 1, y: 2 }))?;
    /// let point: perilune::Value = lua.load("return point").eval()?;
    /// assert_eq!(serde_json::to_string(&point).unwrap(), r#"{"x":1,"y":2}"#);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[cfg(feature = "serde")]
    pub fn wrap_ser<T>(data: T) -> impl IntoLua
    where
        T: serde::Serialize + MaybeSend + MaybeSync + 'static,
    {
        Wrapped(move |lua: &Lua| lua.create_ser_any_userdata(data))
    }
}

/// What is known of the type of the userdata on top.
fn own_type(state: &State, extra: &Extra) -> Option<OwnType> {
    extra.lasting.types.borrow_mut().own.get(&state.payload_type(-1)?).copied()
}

fn check_number(n: usize) -> Result<()> {
    if (1..=MAX_USER_VALUE).contains(&n) {
        return Ok(());
    }
    Err(Error::runtime("user value index out of bounds"))
}

/// Finds values of type `T`, also in the wrappers that are known.
pub(super) fn finder<T: 'static>() -> Finder<T> {
    #[cfg(feature = "userdata-wrappers")]
    return super::wrappers::finder();
    #[cfg(not(feature = "userdata-wrappers"))]
    return Finder::of();
}

/// Takes the value out of the userdata at an index.
pub(super) fn take_at<T: 'static>(index: i32, state: &mut State, extra: &Extra) -> Result<T> {
    let Some(cell) = state.cell::<T>(index) else {
        return Err(refusal::<T>(
            state,
            index,
            state.why_no_value(index),
            Error::UserDataBorrowError,
        ));
    };
    if cell.is_borrowed() {
        return Err(Error::UserDataBorrowMutError);
    }
    match destruct(state, extra, index)?.map(|payload| payload.into_cell_value()) {
        Some(Ok(value)) => Ok(value),
        _ => Err(Error::UserDataBorrowMutError),
    }
}

impl fmt::Debug for AnyUserData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            return self.fmt_pretty(f);
        }
        write!(f, "AnyUserData({:?})", self.to_pointer())
    }
}

/// What makes a userdata.
struct Wrapped<F>(F);

impl<F: FnOnce(&Lua) -> Result<AnyUserData>> IntoLua for Wrapped<F> {
    fn into_lua(self, lua: &Lua) -> Result<Value> {
        (self.0)(lua).map(Value::UserData)
    }
}
