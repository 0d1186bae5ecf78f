//! Collections: tables on Lua's side.

use super::{from_top, on_stack, pushed, short_name, type_name_at};
use crate::callback::caught;
use crate::error::{Error, Result};
use crate::state::Lua;
use crate::traits::{FromLua, IntoLua};
use crate::value::Value;
use perilune_vm::{State, Value as Slot};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasher, Hash};

/// Tables get room for so many entries at once, whatever an iterator says.
const MOST_RESERVED: usize = 1 << 16;

/// Pushes a table with these elements.
fn push_sequence<T: IntoLua>(
    mut items: impl ExactSizeIterator<Item = T>,
    state: &mut State,
    lua: &Lua,
) -> Result<()> {
    let table = state.top() as i32 + 1;
    let made = state.new_table(items.len().min(MOST_RESERVED), 0);
    pushed(made, state, lua)?;
    let mut index = 0;
    // Elements may be clones: that is code of the program's own.
    while let Some(item) = lua.0.lend(state, || items.next()) {
        index += 1;
        item.push_into(state, lua)?;
        let set = state.raw_set_integer(table, index);
        pushed(set, state, lua)?;
    }
    Ok(())
}

/// Pushes a table with these fields.
fn push_fields<K: IntoLua, V: IntoLua>(
    fields: impl Iterator<Item = (K, V)>,
    state: &mut State,
    lua: &Lua,
) -> Result<()> {
    let table = state.top() as i32 + 1;
    let made = state.new_table(0, fields.size_hint().0.min(MOST_RESERVED));
    pushed(made, state, lua)?;
    for (key, value) in fields {
        key.push_into(state, lua)?;
        value.push_into(state, lua)?;
        let set = state.raw_set(table);
        pushed(set, state, lua)?;
    }
    Ok(())
}

/// Gives `f` the elements from 1 to the first nil. As `f` may compare and hash
/// them, handles can be used meanwhile.
fn each_element<T: FromLua>(
    table: i32,
    state: &mut State,
    lua: &Lua,
    mut f: impl FnMut(T),
) -> Result<()> {
    let table = state.abs_index(table);
    for i in 1.. {
        state.raw_get_integer(table, i).map_err(|e| caught(state, lua, e))?;
        if state.is_nil(-1) {
            state.pop(1);
            break;
        }
        let item = T::from_stack(-1, state, lua);
        state.pop(1);
        let item = item?;
        lua.0.lend(state, || f(item));
    }
    Ok(())
}

/// Gives `f` the fields, one after the other. As `f` may compare and hash them,
/// handles can be used meanwhile.
fn each_field<K: FromLua, V: FromLua>(
    table: i32,
    state: &mut State,
    lua: &Lua,
    mut f: impl FnMut(K, V),
) -> Result<()> {
    let table = state.abs_index(table);
    let top = state.top();
    let key = top as i32 + 1;
    state.push(()).map_err(|_| Error::StackError)?;
    loop {
        match state.next(table) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(e) => {
                let error = caught(state, lua, e);
                state.set_top(top);
                return Err(error);
            }
        }
        let pair = K::from_stack(key, state, lua)
            .and_then(|k| V::from_stack(key + 1, state, lua).map(|v| (k, v)));
        match pair {
            Ok((k, v)) => lua.0.lend(state, || f(k, v)),
            Err(error) => {
                state.set_top(top);
                return Err(error);
            }
        }
        state.set_top(key as usize);
    }
}

/// Refuses what is no table.
#[inline]
fn table_only<T>(index: i32, state: &State) -> Result<()> {
    if state.is_table(index) {
        return Ok(());
    }
    let from = type_name_at(index, state);
    Err(Error::conversion(from, short_name::<T>(), "expected table".to_owned()))
}

macro_rules! into_sequence {
    ($([$($generics:tt)*] $t:ty: $self:ident => $items:expr;)*) => { $(
        impl<$($generics)*> IntoLua for $t {
            fn into_lua(self, lua: &Lua) -> Result<Value> {
                from_top(self, lua)
            }

            fn push_into($self, state: &mut State, lua: &Lua) -> Result<()> {
                push_sequence($items, state, lua)
            }
        }
    )* };
}

into_sequence! {
    [T: IntoLua] Vec<T>: self => self.into_iter();
    [T: IntoLua] Box<[T]>: self => self.into_vec().into_iter();
    [T: IntoLua, const N: usize] [T; N]: self => self.into_iter();
    [T: IntoLua + Clone] &[T]: self => self.iter().cloned();
}

impl<T: FromLua> FromLua for Vec<T> {
    fn from_lua(value: Value, lua: &Lua) -> Result<Self> {
        on_stack(value, lua)
    }

    fn from_stack(index: i32, state: &mut State, lua: &Lua) -> Result<Self> {
        table_only::<Self>(index, state)?;
        let length = state.raw_len(index) as usize;
        let mut items = Vec::with_capacity(length.min(MOST_RESERVED));
        each_element(index, state, lua, |item| items.push(item))?;
        Ok(items)
    }
}

impl<T: FromLua> FromLua for Box<[T]> {
    fn from_lua(value: Value, lua: &Lua) -> Result<Self> {
        Vec::from_lua(value, lua).map(Vec::into_boxed_slice)
    }

    fn from_stack(index: i32, state: &mut State, lua: &Lua) -> Result<Self> {
        Vec::from_stack(index, state, lua).map(Vec::into_boxed_slice)
    }
}

impl<T: FromLua, const N: usize> FromLua for [T; N] {
    fn from_lua(value: Value, lua: &Lua) -> Result<Self> {
        on_stack(value, lua)
    }

    fn from_stack(index: i32, state: &mut State, lua: &Lua) -> Result<Self> {
        let from = type_name_at(index, state);
        let expected = format_args!("expected table of length {N}").to_string();
        if from != "table" {
            return Err(Error::conversion(from, short_name::<Self>(), expected));
        }
        let items = Vec::from_stack(index, state, lua)?;
        items.try_into().map_err(|items: Vec<T>| {
            let message = format!("{expected}, got {}", items.len());
            Error::conversion(from, short_name::<Self>(), message)
        })
    }
}

impl<K: Eq + Hash + IntoLua, V: IntoLua, S: BuildHasher> IntoLua for HashMap<K, V, S> {
    fn into_lua(self, lua: &Lua) -> Result<Value> {
        from_top(self, lua)
    }

    fn push_into(self, state: &mut State, lua: &Lua) -> Result<()> {
        push_fields(self.into_iter(), state, lua)
    }
}

impl<K: Ord + IntoLua, V: IntoLua> IntoLua for BTreeMap<K, V> {
    fn into_lua(self, lua: &Lua) -> Result<Value> {
        from_top(self, lua)
    }

    fn push_into(self, state: &mut State, lua: &Lua) -> Result<()> {
        push_fields(self.into_iter(), state, lua)
    }
}

/// The elements are the keys.
impl<T: Eq + Hash + IntoLua, S: BuildHasher> IntoLua for HashSet<T, S> {
    fn into_lua(self, lua: &Lua) -> Result<Value> {
        from_top(self, lua)
    }

    fn push_into(self, state: &mut State, lua: &Lua) -> Result<()> {
        push_fields(self.into_iter().map(|item| (item, true)), state, lua)
    }
}

/// The elements are the keys.
impl<T: Ord + IntoLua> IntoLua for BTreeSet<T> {
    fn into_lua(self, lua: &Lua) -> Result<Value> {
        from_top(self, lua)
    }

    fn push_into(self, state: &mut State, lua: &Lua) -> Result<()> {
        push_fields(self.into_iter().map(|item| (item, true)), state, lua)
    }
}

macro_rules! from_map {
    ($([$($generics:tt)*] $t:ty;)*) => { $(
        impl<$($generics)*> FromLua for $t {
            fn from_lua(value: Value, lua: &Lua) -> Result<Self> {
                on_stack(value, lua)
            }

            fn from_stack(index: i32, state: &mut State, lua: &Lua) -> Result<Self> {
                table_only::<Self>(index, state)?;
                let mut map = Self::default();
                each_field(index, state, lua, |key, value| {
                    map.insert(key, value);
                })?;
                Ok(map)
            }
        }
    )* };
}

from_map! {
    [K: Eq + Hash + FromLua, V: FromLua, S: BuildHasher + Default] HashMap<K, V, S>;
    [K: Ord + FromLua, V: FromLua] BTreeMap<K, V>;
}

macro_rules! from_set {
    ($([$($generics:tt)*] $t:ty;)*) => { $(
        /// The elements of a sequence, or else the keys.
        impl<$($generics)*> FromLua for $t {
            fn from_lua(value: Value, lua: &Lua) -> Result<Self> {
                on_stack(value, lua)
            }

            fn from_stack(index: i32, state: &mut State, lua: &Lua) -> Result<Self> {
                table_only::<Self>(index, state)?;
                let mut set = Self::default();
                if state.raw_len(index) > 0
                    && state.raw_peek_integer(index, 1) != Slot::Boolean(true)
                {
                    each_element(index, state, lua, |item| {
                        set.insert(item);
                    })?;
                } else {
                    each_field(index, state, lua, |item, _: Ignored| {
                        set.insert(item);
                    })?;
                }
                Ok(set)
            }
        }
    )* };
}

from_set! {
    [T: Eq + Hash + FromLua, S: BuildHasher + Default] HashSet<T, S>;
    [T: Ord + FromLua] BTreeSet<T>;
}

/// A value that nobody looks at.
struct Ignored;

impl FromLua for Ignored {
    fn from_lua(_: Value, _: &Lua) -> Result<Self> {
        Ok(Ignored)
    }

    fn from_stack(_: i32, _: &mut State, _: &Lua) -> Result<Self> {
        Ok(Ignored)
    }
}
