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

/// The metatable of a userdata type.
///
/// Some fields are restricted, as Rust code relies on them: see [`MetaMethod`].
#[derive(Clone, Debug)]
pub struct UserDataMetatable(pub(super) Table);

impl UserDataMetatable {
    /// A field; nil if it is not there.
    ///
    /// # Errors
    /// [`Error::MetaMethodRestricted`]; if the value can't be converted.
    pub fn get<V: FromLua>(&self, key: impl AsRef<str>) -> Result<V> {
        self.0.raw_get(MetaMethod::validate(key.as_ref())?)
    }

    /// Sets a field; nil takes it away.
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
    /// # Errors
    /// [`Error::MetaMethodRestricted`].
    pub fn contains(&self, key: impl AsRef<str>) -> Result<bool> {
        Ok(!self.0.raw_get::<Value>(MetaMethod::validate(key.as_ref())?)?.is_nil())
    }

    /// All fields that are not restricted.
    pub fn pairs<V: FromLua>(&self) -> UserDataMetatablePairs<'_, V> {
        UserDataMetatablePairs(self.0.pairs())
    }
}

/// Iterates over the fields of a [`UserDataMetatable`].
pub struct UserDataMetatablePairs<'a, V>(TablePairs<'a, String, V>);

impl<V: FromLua> Iterator for UserDataMetatablePairs<'_, V> {
    type Item = Result<(String, V)>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.find(|pair| pair.as_ref().map_or(true, |(k, _)| MetaMethod::validate(k).is_ok()))
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

fn set_functions(
    state: &mut State,
    lua: &Lua,
    table: i32,
    entries: Entries<Function>,
) -> Result<()> {
    for (name, function) in entries {
        function?.0.push(state)?;
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
    let constants = set_static_fields(state, lua, mt, raw.fields)?;
    let mut getters = 0;
    if !raw.getters.is_empty() || !constants.is_empty() {
        getters = new_table(state, lua, raw.getters.len() + constants.len())?;
        set_functions(state, lua, getters, raw.getters)?;
        for (name, value) in constants {
            value.push(state, lua)?;
            state.push_closure(constant, 1).map_err(|e| caught(state, lua, e))?;
            set_field(state, lua, getters, &name)?;
        }
    }
    let methods = set_methods(state, lua, mt, raw.methods)?;
    if getters != 0 || methods != 0 {
        push_field(state, lua, mt, "__index")?;
        for table in [getters, methods] {
            push_table_or_nil(state, lua, table)?;
        }
        state.push_closure(index, 3).map_err(|e| caught(state, lua, e))?;
        set_field(state, lua, mt, "__index")?;
    }
    if !raw.setters.is_empty() {
        let setters = new_table(state, lua, raw.setters.len())?;
        set_functions(state, lua, setters, raw.setters)?;
        push_field(state, lua, mt, "__newindex")?;
        push_table_or_nil(state, lua, setters)?;
        state.push_closure(new_index, 2).map_err(|e| caught(state, lua, e))?;
        set_field(state, lua, mt, "__newindex")?;
    }
    state.push(false).map_err(|e| caught(state, lua, e))?;
    set_field(state, lua, mt, "__metatable")?;
    state.set_top(mt as usize);
    Ok(())
}

fn push_table_or_nil(state: &mut State, lua: &Lua, table: i32) -> Result<()> {
    let pushed = if table == 0 { state.push(()) } else { state.push_value(table) };
    pushed.map_err(|e| caught(state, lua, e))
}

/// Puts fields into the table `__index`, which is made if there is none. If that
/// is a function, answers them: they become functions that are asked first.
fn set_static_fields(
    state: &mut State,
    lua: &Lua,
    mt: i32,
    fields: Entries<Value>,
) -> Result<Vec<(String, Value)>> {
    let fields: Vec<(String, Value)> =
        fields.into_iter().map(|(name, value)| Ok((name, value?))).collect::<Result<_>>()?;
    if fields.is_empty() {
        return Ok(fields);
    }
    let table = match push_field(state, lua, mt, "__index")? {
        Some(Type::Table) => state.top() as i32,
        Some(Type::Nil) => new_table(state, lua, fields.len())?,
        _ => return Ok(fields),
    };
    for (name, value) in fields {
        value.push(state, lua)?;
        set_field(state, lua, table, &name)?;
    }
    state.push_value(table).map_err(|e| caught(state, lua, e))?;
    set_field(state, lua, mt, "__index")?;
    Ok(Vec::new())
}

/// Puts methods into the table `__index`, which is made if there is none. If that
/// is a function, answers where a table of its own lies.
fn set_methods(state: &mut State, lua: &Lua, mt: i32, methods: Entries<Function>) -> Result<i32> {
    if methods.is_empty() {
        return Ok(0);
    }
    let kind = push_field(state, lua, mt, "__index")?;
    let table = match kind {
        Some(Type::Table) => state.top() as i32,
        _ => new_table(state, lua, methods.len())?,
    };
    set_functions(state, lua, table, methods)?;
    if kind != Some(Type::Nil) {
        return Ok(if kind == Some(Type::Table) { 0 } else { table });
    }
    state.push_value(table).map_err(|e| caught(state, lua, e))?;
    set_field(state, lua, mt, "__index")?;
    Ok(0)
}

/// A field whose value is the function's upvalue.
fn constant(state: &mut State) -> vm::Result<Return> {
    state.push_upvalue(1)?;
    Ok(Return::values(1))
}

/// `__index` of types that have more than a table of methods. Upvalues: what is
/// asked last, functions that read fields, methods; each may be nil.
fn index(state: &mut State) -> vm::Result<Return> {
    if state.push_upvalue_field(2, 2)? {
        state.push_value(1)?;
        return state.tail_call(1);
    }
    if state.push_upvalue_field(3, 2)? || state.push_upvalue_field(1, 2)? {
        return Ok(Return::values(1));
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
