//! Metatables of userdata types.

use super::any::AnyUserData;
use super::meta_method::MetaMethod;
use super::registry::{Entries, RawRegistry};
use crate::callback::{caught, raise};
use crate::error::{Error, Result};
use crate::function::Function;
use crate::handle::Handle;
use crate::state::{Extra, Lua};
use crate::table::{Table, TablePairs};
use crate::traits::{FromLua, IntoLua};
use crate::value::Value;
use perilune_vm::{self as vm, NativeFn, Return, State, Type};
use std::marker::PhantomData;

/// The metatable of a userdata type.
///
/// Some fields are restricted, as Rust code relies on them: see [`MetaMethod`].
///
/// ```
/// use perilune::{AnyUserData, Lua, ObjectLike, userdata::UserDataMetatable};
///
/// let lua = Lua::new();
/// let (a, b) = (lua.create_any_userdata(1)?, lua.create_any_userdata(2)?);
/// let metatable: UserDataMetatable = a.metatable()?;
/// let text = lua.create_function(|_, n: AnyUserData| Ok(format!("<{}>", *n.borrow::<i32>()?)))?;
/// metatable.set("__tostring", text)?;
/// // It is that of all values of the type.
/// assert_eq!(b.to_string()?, "<2>");
/// # Ok::<(), perilune::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct UserDataMetatable(pub(super) Table);

impl UserDataMetatable {
    /// A field; nil if it is not there.
    ///
    /// ```
    /// # use perilune::{Error, Lua};
    /// let lua = Lua::new();
    /// let metatable = lua.create_any_userdata(1.5f32)?.metatable()?;
    /// assert_eq!(metatable.get::<String>("__name")?, "f32");
    /// assert!(matches!(metatable.get::<bool>("__gc"), Err(Error::MetaMethodRestricted(_))));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::MetaMethodRestricted`]; if the value can't be converted.
    pub fn get<V: FromLua>(&self, key: impl AsRef<str>) -> Result<V> {
        self.0.raw_get(MetaMethod::validate(key.as_ref())?)
    }

    /// Sets a field; nil takes it away.
    ///
    /// ```
    /// # use perilune::{Error, Lua, MetaMethod, UserDataRef};
    /// let lua = Lua::new();
    /// let userdata = lua.create_any_userdata(vec![1, 2, 3])?;
    /// let metatable = userdata.metatable()?;
    /// let len = lua.create_function(|_, list: UserDataRef<Vec<i32>>| Ok(list.len()))?;
    /// metatable.set(MetaMethod::Len, len)?;
    /// assert_eq!(lua.load("local list = ...; return #list").call::<i64>(userdata)?, 3);
    /// assert!(matches!(metatable.set("__index", true), Err(Error::MetaMethodRestricted(_))));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::MetaMethodRestricted`], of `__index` and `__newindex` too; if the
    /// value can't be converted.
    pub fn set(&self, key: impl AsRef<str>, value: impl IntoLua) -> Result<()> {
        let key = MetaMethod::validate(key.as_ref())?;
        if key == MetaMethod::Index || key == MetaMethod::NewIndex {
            return Err(Error::MetaMethodRestricted(key.to_owned()));
        }
        self.0.raw_set(key, value)
    }

    /// Whether a field is there.
    ///
    /// ```
    /// # use perilune::{Lua, MetaMethod};
    /// let lua = Lua::new();
    /// let metatable = lua.create_any_userdata(1)?.metatable()?;
    /// assert!(metatable.contains("__name")?);
    /// assert!(!metatable.contains(MetaMethod::Call)?);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::MetaMethodRestricted`].
    pub fn contains(&self, key: impl AsRef<str>) -> Result<bool> {
        Ok(!self.0.raw_get::<Value>(MetaMethod::validate(key.as_ref())?)?.is_nil())
    }

    /// All fields that are not restricted.
    ///
    /// ```
    /// # use perilune::{Lua, Result, Value};
    /// let lua = Lua::new();
    /// let metatable = lua.create_any_userdata(true)?.metatable()?;
    /// let fields = metatable.pairs::<Value>().collect::<Result<Vec<_>>>()?;
    /// assert_eq!(fields.len(), 1);
    /// assert_eq!(fields[0].0, "__name");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn pairs<V: FromLua>(&self) -> UserDataMetatablePairs<'_, V> {
        UserDataMetatablePairs { pairs: self.0.pairs(), lua: self.0.0.lua(), kind: PhantomData }
    }
}

/// Iterates over the fields of a [`UserDataMetatable`].
///
/// ```
/// use perilune::{Lua, Value, userdata::UserDataMetatablePairs};
///
/// let lua = Lua::new();
/// let metatable = lua.create_any_userdata('c')?.metatable()?;
/// let mut pairs: UserDataMetatablePairs<'_, String> = metatable.pairs();
/// assert_eq!(pairs.next().transpose()?, Some(("__name".to_string(), "char".to_string())));
/// assert!(pairs.next().is_none());
/// # Ok::<(), perilune::Error>(())
/// ```
pub struct UserDataMetatablePairs<'a, V> {
    /// Values of restricted fields are not converted.
    pairs: TablePairs<'a, String, Value>,
    lua: Lua,
    kind: PhantomData<fn() -> V>,
}

impl<V: FromLua> Iterator for UserDataMetatablePairs<'_, V> {
    type Item = Result<(String, V)>;

    fn next(&mut self) -> Option<Self::Item> {
        let is_shown = |pair: &Result<(String, Value)>| match pair {
            Ok((key, _)) => MetaMethod::validate(key).is_ok(),
            Err(_) => true,
        };
        let pair = self.pairs.find(is_shown)?;
        Some(pair.and_then(|(key, value)| Ok((key, V::from_lua(value, &self.lua)?))))
    }
}

/// Sets `t[name]` for the table at index `table` and the value on top.
fn set_field(state: &mut State, lua: &Lua, table: i32, name: &str) -> Result<()> {
    state.raw_set_field(table, name).map_err(|e| caught(state, lua, e))
}

fn new_table(state: &mut State, lua: &Lua, size: usize) -> Result<i32> {
    state.new_table(0, size).map_err(|e| caught(state, lua, e))?;
    Ok(state.top() as i32)
}

/// Sets the fields of a table to functions, which the machine calls itself if they
/// are accessors.
fn set_functions(
    state: &mut State,
    lua: &Lua,
    table: i32,
    entries: Entries<Function>,
    accessors: bool,
) -> Result<()> {
    for (name, function) in entries {
        function?.0.push(state)?;
        if accessors {
            state.mark_accessor(-1);
        }
        set_field(state, lua, table, &name)?;
    }
    Ok(())
}

/// Pushes the field of a table and answers its type.
fn push_field(state: &mut State, lua: &Lua, table: i32, name: &str) -> Result<Option<Type>> {
    state.raw_get_field(table, name).map_err(|e| caught(state, lua, e))?;
    Ok(state.type_of(-1))
}

/// Pushes the metatable of a type.
pub(crate) fn push_metatable_of(state: &mut State, lua: &Lua, raw: RawRegistry) -> Result<()> {
    let mt = new_table(state, lua, raw.meta_methods.len() + raw.meta_fields.len() + 4)?;
    for (name, function) in raw.meta_methods {
        function?.0.push(state)?;
        set_field(state, lua, mt, MetaMethod::validate(&name)?)?;
    }
    let mut has_name = false;
    for (name, value) in raw.meta_fields {
        has_name |= name == MetaMethod::Type;
        value?.push(state, lua)?;
        set_field(state, lua, mt, MetaMethod::validate(&name)?)?;
    }
    if !has_name {
        state.push(raw.type_name.as_str()).map_err(|e| caught(state, lua, e))?;
        set_field(state, lua, mt, MetaMethod::Type.name())?;
    }
    set_index(state, lua, mt, raw.fields, raw.methods, raw.getters)?;
    if !raw.setters.is_empty() {
        push_field(state, lua, mt, "__newindex")?;
        let setters = new_table(state, lua, raw.setters.len())?;
        set_functions(state, lua, setters, raw.setters, true)?;
        state.set_top(setters as usize);
        state.push_members_closure(new_index).map_err(|e| caught(state, lua, e))?;
        set_field(state, lua, mt, "__newindex")?;
    }
    state.push(false).map_err(|e| caught(state, lua, e))?;
    set_field(state, lua, mt, "__metatable")?;
    state.set_top(mt as usize);
    Ok(())
}

/// Puts constant fields into a table. Only an accessor can tell that a field is
/// there whose value is nil.
fn set_constants(
    state: &mut State,
    lua: &Lua,
    table: i32,
    fields: Vec<(String, Value)>,
    with_nil: bool,
) -> Result<()> {
    for (name, value) in fields {
        value.push(state, lua)?;
        if with_nil && value.is_nil() {
            state.push_closure(constant, 1).map_err(|e| caught(state, lua, e))?;
            state.mark_accessor(-1);
        }
        set_field(state, lua, table, &name)?;
    }
    Ok(())
}

/// Sets `__index`. Constant fields and methods go into the table that the type
/// has given as such, or into one of their own, which is `__index` if there is
/// nothing else. Fields that are functions, and all members if what the type has
/// given is a function, are asked first: see [`index`].
fn set_index(
    state: &mut State,
    lua: &Lua,
    mt: i32,
    fields: Entries<Value>,
    methods: Entries<Function>,
    getters: Entries<Function>,
) -> Result<()> {
    let fields: Vec<(String, Value)> =
        fields.into_iter().map(|(name, value)| Ok((name, value?))).collect::<Result<_>>()?;
    if fields.is_empty() && methods.is_empty() && getters.is_empty() {
        return Ok(());
    }
    let given = push_field(state, lua, mt, "__index")?;
    let last = state.top() as i32;
    let size = fields.len() + methods.len() + getters.len();
    let members = if given == Some(Type::Table) {
        set_constants(state, lua, last, fields, false)?;
        set_functions(state, lua, last, methods, false)?;
        if getters.is_empty() {
            state.set_top(mt as usize);
            return Ok(());
        }
        new_table(state, lua, getters.len())?
    } else {
        let members = new_table(state, lua, size)?;
        if given != Some(Type::Nil) {
            set_functions(state, lua, members, methods, false)?;
            set_functions(state, lua, members, getters, true)?;
            set_constants(state, lua, members, fields, true)?;
            return set_members(state, lua, mt);
        }
        let own = !(fields.is_empty() && methods.is_empty());
        set_constants(state, lua, members, fields, false)?;
        set_functions(state, lua, members, methods, false)?;
        if own {
            if getters.is_empty() {
                set_field(state, lua, mt, "__index")?;
                state.set_top(mt as usize);
                return Ok(());
            }
            // What is in no table is nil then, and no error.
            state.push_value(members).map_err(|e| caught(state, lua, e))?;
            state.replace(last);
        }
        members
    };
    set_functions(state, lua, members, getters, true)?;
    set_members(state, lua, mt)
}

/// Makes the topmost two values, what is asked last and the members, those of
/// `__index`.
fn set_members(state: &mut State, lua: &Lua, mt: i32) -> Result<()> {
    state.push_members_closure(index).map_err(|e| caught(state, lua, e))?;
    set_field(state, lua, mt, "__index")?;
    state.set_top(mt as usize);
    Ok(())
}

/// A field whose value is the function's upvalue.
fn constant(state: &mut State) -> vm::Result<Return> {
    state.push_upvalue(1)?;
    Ok(Return::values(1))
}

/// `__index` of types that have more than a table of methods. Upvalues: what is
/// asked last, or nil; members.
fn index(state: &mut State) -> vm::Result<Return> {
    if state.push_upvalue_field(2, 2)? {
        if !state.is_accessor(-1) {
            return Ok(Return::values(1));
        }
        state.push_value(1)?;
        return state.tail_call(1);
    }
    state.set_top(2);
    state.push_upvalue(1)?;
    match state.type_of(-1) {
        Some(Type::Nil) => Err(unknown_field(state, "get")),
        Some(Type::Function) => {
            state.push_value(1)?;
            state.push_value(2)?;
            state.tail_call(2)
        }
        _ => {
            state.push_value(2)?;
            state.get(3)?;
            Ok(Return::values(1))
        }
    }
}

/// `__newindex` of types with fields that can be set. Upvalues: what is asked
/// last, or nil; functions that set fields.
fn new_index(state: &mut State) -> vm::Result<Return> {
    state.set_top(3);
    if state.push_upvalue_field(2, 2)? {
        state.push_value(1)?;
        state.push_value(3)?;
        return state.tail_call(2);
    }
    state.push_upvalue(1)?;
    match state.type_of(-1) {
        Some(Type::Nil) => Err(unknown_field(state, "set")),
        Some(Type::Function) => {
            state.push_value(1)?;
            state.push_value(2)?;
            state.push_value(3)?;
            state.tail_call(3)
        }
        _ => {
            let table = state.top() as i32;
            state.push_value(2)?;
            state.push_value(3)?;
            state.set(table)?;
            Ok(Return::NONE)
        }
    }
}

/// The key is at index 2.
#[cold]
fn unknown_field(state: &mut State, what: &str) -> vm::Error {
    let key = match state.to_bytes(2) {
        Some(key) => format!("'{}'", String::from_utf8_lossy(key)),
        None => format!("of type {}", state.type_name(2)),
    };
    let text = format!("attempt to {what} an unknown field {key}");
    match state.push(text.as_str()) {
        Ok(()) => state.raise(),
        Err(error) => error,
    }
}

/// Pushes the metatable of userdata whose Rust values are gone.
pub(super) fn push_destructed_metatable(state: &mut State, extra: &Extra) -> Result<()> {
    if let Some(known) = &*extra.lasting.destructed.borrow_mut() {
        return state.push_kept(known).map_err(|_| Error::StackError);
    }
    let lua = &extra.lua;
    let mt = new_table(state, lua, MetaMethod::ALL.len() + 1)?;
    for method in MetaMethod::ALL {
        if *method != MetaMethod::Type {
            state.push(gone as NativeFn).map_err(|e| caught(state, lua, e))?;
            set_field(state, lua, mt, method.name())?;
        }
    }
    state.push(false).map_err(|e| caught(state, lua, e))?;
    set_field(state, lua, mt, "__metatable")?;
    let made = state.keep(mt).map_err(|e| caught(state, lua, e))?;
    *extra.lasting.destructed.borrow_mut() = Some(made);
    state.set_top(mt as usize);
    Ok(())
}

fn gone(state: &mut State) -> vm::Result<Return> {
    let raised = state
        .with_extension(|state, extra: &Extra| raise(state, &extra.lua, Error::UserDataDestructed));
    match raised {
        Some(error) => Err(error),
        None => Err(state.memory_error()),
    }
}

impl AnyUserData {
    /// The metatable, which all userdata of the type share.
    ///
    /// ```
    /// # use perilune::{Lua, MetaMethod, UserData, UserDataMethods};
    /// struct Switch;
    ///
    /// impl UserData for Switch {
    ///     fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
    ///         methods.add_meta_method(MetaMethod::Call, |_, _, ()| Ok("click"));
    ///     }
    /// }
    ///
    /// let lua = Lua::new();
    /// let metatable = lua.create_userdata(Switch)?.metatable()?;
    /// assert!(metatable.contains(MetaMethod::Call)?);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the Rust value is gone, or the userdata is none of this crate.
    pub fn metatable(&self) -> Result<UserDataMetatable> {
        self.0.with(|state, extra| {
            self.push_own(state, extra)?;
            if !state.push_metatable(-1).unwrap_or(false) {
                return Err(Error::UserDataTypeMismatch);
            }
            Handle::pin(state, -1).map(|handle| UserDataMetatable(Table(handle)))
        })
    }
}
