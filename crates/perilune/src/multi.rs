//! Any number of values at once: arguments and results.

use crate::error::{Error, Result};
use crate::state::Lua;
use crate::traits::{FromLua, FromLuaMulti, IntoLua, IntoLuaMulti};
use crate::value::{Nil, Value};
use perilune_vm::{FoundSlots, State};
use std::collections::VecDeque;
use std::collections::vec_deque;
use std::ops::{Deref, DerefMut};

mod tuple;

/// Any number of values.
///
/// ```
/// use perilune::{Lua, MultiValue, Value};
///
/// let lua = Lua::new();
/// // A function that answers what it was called with, in reverse order.
/// let reverse = lua.create_function(|_, args: MultiValue| {
///     Ok(args.into_iter().rev().collect::<MultiValue>())
/// })?;
/// assert_eq!(reverse.call::<(i64, String)>(("a", 1))?, (1, "a".to_owned()));
/// # Ok::<(), perilune::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct MultiValue(VecDeque<Value>);

impl MultiValue {
    /// No values.
    ///
    /// ```
    /// # use perilune::{Lua, MultiValue};
    /// let lua = Lua::new();
    /// let count = lua.load("return select('#', ...)");
    /// assert_eq!(count.call::<usize>(MultiValue::new())?, 0);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub const fn new() -> MultiValue {
        MultiValue(VecDeque::new())
    }

    /// No values, and room for some.
    ///
    /// ```
    /// # use perilune::{MultiValue, Value};
    /// let mut args = MultiValue::with_capacity(3);
    /// args.extend((1..=3).map(Value::Integer));
    /// assert_eq!(args.len(), 3);
    /// ```
    pub fn with_capacity(capacity: usize) -> MultiValue {
        MultiValue(VecDeque::with_capacity(capacity))
    }

    /// The values of a vector, in its order.
    ///
    /// ```
    /// # use perilune::{Lua, MultiValue, Value};
    /// let lua = Lua::new();
    /// let args = MultiValue::from_vec(vec![Value::Integer(3), Value::Boolean(true)]);
    /// assert_eq!(lua.unpack_multi::<(i64, bool)>(args)?, (3, true));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn from_vec(values: Vec<Value>) -> MultiValue {
        MultiValue(values.into())
    }

    /// The values in order.
    ///
    /// ```
    /// # use perilune::{Lua, MultiValue};
    /// let lua = Lua::new();
    /// let results: MultiValue = lua.load("return 1, nil, 'three'").eval()?;
    /// let types: Vec<_> = results.into_vec().iter().map(|value| value.type_name()).collect();
    /// assert_eq!(types, ["integer", "nil", "string"]);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn into_vec(self) -> Vec<Value> {
        self.0.into()
    }

    #[inline]
    pub(crate) fn from_lua_iter<T: IntoLua>(
        lua: &Lua,
        iter: impl IntoIterator<Item = T>,
    ) -> Result<Self> {
        iter.into_iter().map(|value| value.into_lua(lua)).collect()
    }

    /// `n` values of the stack, from index `first` on.
    pub(crate) fn take(first: i32, n: usize, state: &mut State, lua: &Lua) -> Result<MultiValue> {
        let mut complete = true;
        let found = state.found_slots((first.max(1) - 1) as usize).iter().take(n).map(|found| {
            Value::found(found).unwrap_or_else(|| {
                complete = false;
                Nil
            })
        });
        let values: Vec<Value> = found.collect();
        if complete && values.len() == n {
            return Ok(MultiValue(values.into()));
        }
        MultiValue::take_each(first, n, state, lua)
    }

    /// [`take`](Self::take) of values that it takes more than a look at them to
    /// convert.
    #[cold]
    fn take_each(first: i32, n: usize, state: &mut State, lua: &Lua) -> Result<MultiValue> {
        let mut values = VecDeque::with_capacity(n);
        for index in first..first + n as i32 {
            values.push_back(Value::at(index, state, lua)?);
        }
        Ok(MultiValue(values))
    }

    /// Pushes all values; answers how many.
    pub(crate) fn push_all(&self, state: &mut State, lua: &Lua) -> Result<usize> {
        if !state.check_stack(self.len()) {
            return Err(Error::StackError);
        }
        self.iter().try_for_each(|value| value.push(state, lua))?;
        Ok(self.len())
    }
}

impl Deref for MultiValue {
    type Target = VecDeque<Value>;
    #[inline]
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for MultiValue {
    #[inline]
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl From<Vec<Value>> for MultiValue {
    fn from(values: Vec<Value>) -> Self {
        MultiValue::from_vec(values)
    }
}

impl From<MultiValue> for Vec<Value> {
    fn from(values: MultiValue) -> Self {
        values.into_vec()
    }
}

impl FromIterator<Value> for MultiValue {
    fn from_iter<I: IntoIterator<Item = Value>>(iter: I) -> Self {
        MultiValue(iter.into_iter().collect())
    }
}

impl IntoIterator for MultiValue {
    type Item = Value;
    type IntoIter = vec_deque::IntoIter<Value>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a MultiValue {
    type Item = &'a Value;
    type IntoIter = vec_deque::Iter<'a, Value>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl IntoLuaMulti for MultiValue {
    #[inline]
    fn into_lua_multi(self, _: &Lua) -> Result<MultiValue> {
        Ok(self)
    }

    fn push_into_multi(self, state: &mut State, lua: &Lua) -> Result<usize> {
        self.push_all(state, lua)
    }
}

impl IntoLuaMulti for &MultiValue {
    fn into_lua_multi(self, _: &Lua) -> Result<MultiValue> {
        Ok(self.clone())
    }

    fn push_into_multi(self, state: &mut State, lua: &Lua) -> Result<usize> {
        self.push_all(state, lua)
    }
}

impl FromLuaMulti for MultiValue {
    #[inline]
    fn from_lua_multi(values: MultiValue, _: &Lua) -> Result<Self> {
        Ok(values)
    }

    fn from_stack_multi(first: i32, n: usize, state: &mut State, lua: &Lua) -> Result<Self> {
        MultiValue::take(first, n, state, lua)
    }
}

impl<T: IntoLua> IntoLuaMulti for T {
    fn into_lua_multi(self, lua: &Lua) -> Result<MultiValue> {
        Ok(MultiValue::from_iter([self.into_lua(lua)?]))
    }

    #[inline(always)]
    fn push_into_multi(self, state: &mut State, lua: &Lua) -> Result<usize> {
        self.push_into(state, lua)?;
        Ok(1)
    }
}

impl<T: FromLua> FromLuaMulti for T {
    fn from_lua_multi(mut values: MultiValue, lua: &Lua) -> Result<Self> {
        T::from_lua(values.pop_front().unwrap_or(Nil), lua)
    }

    fn from_lua_args(mut args: MultiValue, i: usize, to: Option<&str>, lua: &Lua) -> Result<Self> {
        T::from_lua_arg(args.pop_front().unwrap_or(Nil), i, to, lua)
    }

    #[inline(always)]
    fn from_found_slots(slots: FoundSlots<'_>) -> Option<Self> {
        T::from_found(slots.get(0)?)
    }

    #[inline(always)]
    fn from_stack_multi(first: i32, n: usize, state: &mut State, lua: &Lua) -> Result<Self> {
        if n == 0 {
            return missing_value(state, lua);
        }
        T::from_stack(first, state, lua)
    }

    #[inline(always)]
    fn from_stack_args(
        first: i32,
        n: usize,
        i: usize,
        to: Option<&str>,
        state: &mut State,
        lua: &Lua,
    ) -> Result<Self> {
        if n == 0 {
            return missing_argument(i, to, state, lua);
        }
        T::from_stack_arg(first, i, to, state, lua)
    }
}

/// What is made of a value that is not there: an index without a slot reads as
/// nil.
#[inline(never)]
fn missing_value<T: FromLua>(state: &mut State, lua: &Lua) -> Result<T> {
    T::from_stack(state.top() as i32 + 1, state, lua)
}

/// [`missing_value`] for an argument.
#[inline(never)]
fn missing_argument<T: FromLua>(
    i: usize,
    to: Option<&str>,
    state: &mut State,
    lua: &Lua,
) -> Result<T> {
    T::from_stack_arg(state.top() as i32 + 1, i, to, state, lua)
}

/// `Ok` gives its values; `Err` gives nil and the error, as Lua's libraries
/// report failures.
impl<T: IntoLuaMulti, E: IntoLua> IntoLuaMulti for std::result::Result<T, E> {
    fn into_lua_multi(self, lua: &Lua) -> Result<MultiValue> {
        match self {
            Ok(values) => values.into_lua_multi(lua),
            Err(err) => (Nil, err).into_lua_multi(lua),
        }
    }

    fn push_into_multi(self, state: &mut State, lua: &Lua) -> Result<usize> {
        match self {
            Ok(values) => values.push_into_multi(state, lua),
            Err(err) => (Nil, err).push_into_multi(state, lua),
        }
    }
}

/// Any number of values of one type: as a parameter, what Lua's `...` is.
///
/// ```
/// # use perilune::{Lua, Result, Variadic};
/// let lua = Lua::new();
/// let sum = lua.create_function(|_, n: Variadic<i64>| Ok(n.iter().sum::<i64>()))?;
/// assert_eq!(sum.call::<i64>((1, 2, 3))?, 6);
/// # Ok::<(), perilune::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variadic<T>(Vec<T>);

impl<T> Default for Variadic<T> {
    fn default() -> Self {
        Variadic::new()
    }
}

impl<T> Variadic<T> {
    /// No values.
    ///
    /// ```
    /// # use perilune::{Lua, Variadic};
    /// let lua = Lua::new();
    /// let mut args = Variadic::new();
    /// args.push("a");
    /// args.push("b");
    /// assert_eq!(lua.load("return table.concat({...}, '+')").call::<String>(args)?, "a+b");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub const fn new() -> Variadic<T> {
        Variadic(Vec::new())
    }

    /// No values, and room for some.
    ///
    /// ```
    /// # use perilune::Variadic;
    /// let mut args = Variadic::with_capacity(100);
    /// args.extend(1..=100);
    /// assert_eq!(args.len(), 100);
    /// ```
    pub fn with_capacity(capacity: usize) -> Variadic<T> {
        Variadic(Vec::with_capacity(capacity))
    }
}

impl<T> Deref for Variadic<T> {
    type Target = Vec<T>;
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<T> DerefMut for Variadic<T> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl<T> From<Vec<T>> for Variadic<T> {
    fn from(values: Vec<T>) -> Self {
        Variadic(values)
    }
}

impl<T> From<Variadic<T>> for Vec<T> {
    fn from(values: Variadic<T>) -> Self {
        values.0
    }
}

impl<T> FromIterator<T> for Variadic<T> {
    fn from_iter<I: IntoIterator<Item = T>>(iter: I) -> Self {
        Variadic(iter.into_iter().collect())
    }
}

impl<T> IntoIterator for Variadic<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<T: IntoLua> IntoLuaMulti for Variadic<T> {
    fn into_lua_multi(self, lua: &Lua) -> Result<MultiValue> {
        MultiValue::from_lua_iter(lua, self)
    }

    fn push_into_multi(self, state: &mut State, lua: &Lua) -> Result<usize> {
        let n = self.len();
        if !state.check_stack(n) {
            return Err(Error::StackError);
        }
        self.into_iter().try_for_each(|value| value.push_into(state, lua))?;
        Ok(n)
    }
}

impl<T: FromLua> FromLuaMulti for Variadic<T> {
    fn from_lua_multi(values: MultiValue, lua: &Lua) -> Result<Self> {
        values.into_iter().map(|value| T::from_lua(value, lua)).collect()
    }

    fn from_stack_multi(first: i32, n: usize, state: &mut State, lua: &Lua) -> Result<Self> {
        (first..first + n as i32).map(|index| T::from_stack(index, state, lua)).collect()
    }
}
