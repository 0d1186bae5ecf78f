//! Methods as native functions.

use super::names::short_type_name;
use crate::callback::{arguments, call, call_mut, give, guard, raise};
use crate::error::{Error, Result};
use crate::state::Lua;
use crate::traits::{FromLuaMulti, IntoLuaMulti};
use crate::types::MaybeSend;
use perilune_vm::{self as vm, Method, OwningFunction, Refused, Return, State, Subject, Type};
use std::cell::RefCell;
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

/// The first argument can't be borrowed.
#[cold]
#[inline(never)]
fn raise_refusal<T>(
    state: &mut State,
    lua: &Lua,
    name: &str,
    refused: Refused,
    borrowed: Error,
) -> vm::Error {
    let cause = match state.top() {
        0 => Error::conversion("missing argument", "userdata", None),
        _ => refusal::<T>(state, 1, refused, borrowed),
    };
    raise(state, lua, Error::bad_self(name, cause))
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
        guard(state, |state, lua| {
            let refuse = |state: &mut State, refused| {
                raise_refusal::<T>(state, lua, &data.name, refused, Error::UserDataBorrowError)
            };
            let args = match arguments::<A>(1, Some(&data.name), state, lua) {
                Ok(args) => args,
                Err(error) => {
                    return Err(match subject.read(state, 1, |_, _| ()) {
                        Ok(()) => raise(state, lua, error),
                        Err(refused) => refuse(state, refused),
                    });
                }
            };
            let mut result = Ok(Return::NONE);
            let called = subject.read(state, 1, |state, this| {
                let results = lua.0.lend(state, || (data.f)(lua, this, args));
                result = give(state, lua, results);
            });
            match called {
                Ok(()) => result,
                Err(refused) => Err(refuse(state, refused)),
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
    type Data = Named<RefCell<M>>;

    #[inline(always)]
    fn call(
        state: &mut State,
        data: &Named<RefCell<M>>,
        subject: Subject<'_, T>,
    ) -> vm::Result<Return> {
        guard(state, |state, lua| {
            let Ok(mut f) = data.f.try_borrow_mut() else {
                return Err(raise(state, lua, Error::RecursiveMutCallback));
            };
            let refuse = |state: &mut State, refused| {
                raise_refusal::<T>(state, lua, &data.name, refused, Error::UserDataBorrowMutError)
            };
            let args = match arguments::<A>(1, Some(&data.name), state, lua) {
                Ok(args) => args,
                Err(error) => {
                    return Err(match subject.write(state, 1, |_, _| ()) {
                        Ok(()) => raise(state, lua, error),
                        Err(refused) => refuse(state, refused),
                    });
                }
            };
            let mut result = Ok(Return::NONE);
            let called = subject.write(state, 1, |state, this| {
                let results = lua.0.lend(state, || f(lua, this, args));
                result = give(state, lua, results);
            });
            match called {
                Ok(()) => result,
                Err(refused) => Err(refuse(state, refused)),
            }
        })
    }
}

#[cfg(feature = "async")]
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

/// A [`NamedFn`] as a native function.
pub(super) struct CallsNamed<F, A, R>(PhantomData<fn(F, A) -> R>);

/// A [`NamedFn`] that changes what it has captured, as a native function.
pub(super) struct CallsNamedMut<F, A, R>(PhantomData<fn(F, A) -> R>);

impl<F, A, R> OwningFunction for CallsNamed<F, A, R>
where
    F: Fn(&Lua, A) -> Result<R> + 'static,
    A: FromLuaMulti,
    R: IntoLuaMulti,
{
    type Data = NamedFn<F>;

    #[inline(always)]
    fn call(state: &mut State, NamedFn { name, f }: &NamedFn<F>) -> vm::Result<Return> {
        call(state, Some(name), f)
    }
}

impl<F, A, R> OwningFunction for CallsNamedMut<F, A, R>
where
    F: FnMut(&Lua, A) -> Result<R> + 'static,
    A: FromLuaMulti,
    R: IntoLuaMulti,
{
    type Data = NamedFn<RefCell<F>>;

    #[inline(always)]
    fn call(state: &mut State, NamedFn { name, f }: &Self::Data) -> vm::Result<Return> {
        call_mut(state, Some(name), f)
    }
}
