//! Methods as native functions.

use super::names::short_type_name;
use crate::callback::{Callback, run};
use crate::error::{Error, Result};
use crate::state::Lua;
use crate::traits::{FromLuaMulti, IntoLuaMulti};
use crate::types::MaybeSend;
use perilune_vm::{self as vm, Lock, Method, Refused, Return, State, Subject, Type};
use std::marker::PhantomData;

/// What a method owns.
pub(super) struct Named<F> {
    pub name: Box<str>,
    pub f: F,
}

/// A method that reads.
pub(super) struct Reads<T, M, A, R>(PhantomData<fn(T, M, A) -> R>);
/// A method that writes.
pub(super) struct Writes<T, M, A, R>(PhantomData<fn(T, M, A) -> R>);

/// The arguments behind the userdata.
#[inline(always)]
pub(super) fn arguments<A: FromLuaMulti>(state: &mut State, lua: &Lua, name: &str) -> Result<A> {
    let n = state.top() - 1;
    A::from_stack_args(2, n, 2, Some(name), state, lua)
}

impl<T, M, A, R> Method for Reads<T, M, A, R>
where
    M: Fn(&Lua, &T, A) -> Result<R> + MaybeSend + 'static,
    A: FromLuaMulti,
    R: IntoLuaMulti,
{
    type Subject = T;
    type Data = Named<M>;

    #[inline(always)]
    fn call(state: &mut State, data: &Named<M>, subject: Subject<'_, T>) -> vm::Result<Return> {
        run(state, |state, lua| {
            if state.top() == 0 {
                return Err(missing_self(&data.name));
            }
            let args = arguments::<A>(state, lua, &data.name);
            let called = subject.read(state, 1, |state, this| {
                let args = args?;
                let results = lua.0.lend(state, || (data.f)(lua, this, args))?;
                results.push_into_multi(state, lua)
            });
            match called {
                Ok(result) => result,
                Err(refused) => {
                    let cause = refusal::<T>(state, 1, refused, Error::UserDataBorrowError);
                    Err(Error::bad_self(&data.name, cause))
                }
            }
        })
    }
}

impl<T, M, A, R> Method for Writes<T, M, A, R>
where
    M: FnMut(&Lua, &mut T, A) -> Result<R> + MaybeSend + 'static,
    A: FromLuaMulti,
    R: IntoLuaMulti,
{
    type Subject = T;
    type Data = Named<Lock<M>>;

    #[inline(always)]
    fn call(
        state: &mut State,
        data: &Named<Lock<M>>,
        subject: Subject<'_, T>,
    ) -> vm::Result<Return> {
        run(state, |state, lua| {
            let mut f = data.f.try_borrow_mut().ok_or(Error::RecursiveMutCallback)?;
            if state.top() == 0 {
                return Err(missing_self(&data.name));
            }
            let args = arguments::<A>(state, lua, &data.name);
            let called = subject.write(state, 1, |state, this| {
                let args = args?;
                let results = lua.0.lend(state, || f(lua, this, args))?;
                results.push_into_multi(state, lua)
            });
            match called {
                Ok(result) => result,
                Err(refused) => {
                    let cause = refusal::<T>(state, 1, refused, Error::UserDataBorrowMutError);
                    Err(Error::bad_self(&data.name, cause))
                }
            }
        })
    }
}

#[cold]
pub(super) fn missing_self(name: &str) -> Error {
    Error::bad_self(name, Error::conversion("missing argument", "userdata", None))
}

/// Why the value at an index can't be borrowed as a `T`.
#[cold]
pub(super) fn refusal<T>(state: &State, index: i32, refused: Refused, borrowed: Error) -> Error {
    match refused {
        Refused::Ended => Error::UserDataDestructed,
        Refused::Borrowed => borrowed,
        Refused::Elsewhere => Error::MismatchedState,
        Refused::Mismatch if state.type_of(index) == Some(Type::Userdata) => {
            Error::UserDataTypeMismatch
        }
        Refused::Mismatch => {
            let expected = format!("expected userdata of type '{}'", short_type_name::<T>());
            Error::conversion(state.type_name(index), "userdata", expected)
        }
    }
}

/// A function whose name is known.
pub(super) struct NamedFn<F> {
    pub name: Box<str>,
    pub f: F,
}

/// The native function for a [`NamedFn`].
pub(super) fn call_named<F, A, R>(state: &mut State) -> vm::Result<Return>
where
    F: Fn(&Lua, A) -> Result<R> + 'static,
    A: FromLuaMulti,
    R: IntoLuaMulti,
{
    let called = state.with_function_data(|state, callback: &Callback<NamedFn<F>>| {
        run(state, |state, lua| {
            let NamedFn { name, f } = &callback.0;
            let args = A::from_stack_args(1, state.top(), 1, Some(name), state, lua)?;
            let results = lua.0.lend(state, || f(lua, args))?;
            results.push_into_multi(state, lua)
        })
    });
    called.unwrap_or(Ok(Return::NONE))
}

/// The native function for a [`NamedFn`] that changes what it has captured.
pub(super) fn call_named_mut<F, A, R>(state: &mut State) -> vm::Result<Return>
where
    F: FnMut(&Lua, A) -> Result<R> + 'static,
    A: FromLuaMulti,
    R: IntoLuaMulti,
{
    let called = state.with_function_data(|state, callback: &Callback<NamedFn<Lock<F>>>| {
        run(state, |state, lua| {
            let NamedFn { name, f } = &callback.0;
            let mut f = f.try_borrow_mut().ok_or(Error::RecursiveMutCallback)?;
            let args = A::from_stack_args(1, state.top(), 1, Some(name), state, lua)?;
            let results = lua.0.lend(state, || f(lua, args))?;
            drop(f);
            results.push_into_multi(state, lua)
        })
    });
    called.unwrap_or(Ok(Return::NONE))
}
