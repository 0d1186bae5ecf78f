//! Calls that can be awaited, and async functions that need not know of a state.

use super::Function;
use crate::error::{Error, ExternalError, Result};
use crate::handle::Handle;
use crate::state::Lua;
use crate::task::push_async;
use crate::thread::{AsyncThread, start_call};
use crate::traits::{FromLuaMulti, IntoLua, IntoLuaMulti};
use crate::types::MaybeSend;
use crate::value::Value;
use perilune_vm::State;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A call of a Lua function that is awaited: see [`Function::call_async`].
///
/// Dropping it ends the call wherever it is: the Rust future it waits for is
/// dropped, pending variables are closed, and the coroutine is free for other
/// calls. Errors of `__close` metamethods have no one to go to then.
#[must_use = "a future does nothing unless it is polled"]
pub struct AsyncCallFuture<R: FromLuaMulti>(Result<AsyncThread<R>>);

impl<R: FromLuaMulti> AsyncCallFuture<R> {
    /// A call that has failed before it began.
    pub(crate) fn error(error: Error) -> Self {
        AsyncCallFuture(Err(error))
    }
}

impl<R: FromLuaMulti> Future for AsyncCallFuture<R> {
    type Output = Result<R>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<R>> {
        match &mut self.get_mut().0 {
            Ok(thread) => Pin::new(thread).poll(context),
            Err(error) => Poll::Ready(Err(error.clone())),
        }
    }
}

impl Function {
    /// Calls the function in a coroutine of its own, so that async functions that
    /// it calls can be waited for. What it yields besides is ignored.
    ///
    /// Any executor will do. The function starts when the result is polled.
    ///
    /// # Errors
    /// As [`call`](Self::call), when the result is awaited.
    pub fn call_async<R: FromLuaMulti>(&self, args: impl IntoLuaMulti) -> AsyncCallFuture<R> {
        AsyncCallFuture(start_call(&self.0, args))
    }

    /// [`wrap`](Self::wrap) for an async function.
    pub fn wrap_async<F, A, R, E>(func: F) -> impl IntoLua
    where
        F: LuaNativeAsyncFn<A, Output = std::result::Result<R, E>> + MaybeSend + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti,
        E: ExternalError,
    {
        Wrapped(move |lua: &Lua| {
            make(lua, move |state, lua| {
                let future = start(&func, state, lua)?;
                Ok(async move { future.await.map_err(ExternalError::into_lua_err) })
            })
        })
    }

    /// [`wrap_raw`](Self::wrap_raw) for an async function.
    pub fn wrap_raw_async<F, A>(func: F) -> impl IntoLua
    where
        F: LuaNativeAsyncFn<A> + MaybeSend + 'static,
        F::Output: IntoLuaMulti,
        A: FromLuaMulti,
    {
        Wrapped(move |lua: &Lua| {
            make(lua, move |state, lua| {
                let future = start(&func, state, lua)?;
                Ok(async move { Ok(future.await) })
            })
        })
    }
}

/// Calls an async function with the arguments on the stack.
fn start<F: LuaNativeAsyncFn<A>, A: FromLuaMulti>(
    func: &F,
    state: &mut State,
    lua: &Lua,
) -> Result<impl Future<Output = F::Output> + MaybeSend + 'static + use<F, A>> {
    let args = A::from_stack_args(1, state.top(), 1, None, state, lua)?;
    Ok(lua.0.lend(state, || func.call(args)))
}

fn make<S, FR, R>(lua: &Lua, start: S) -> Result<Value>
where
    S: Fn(&mut State, &Lua) -> Result<FR> + MaybeSend + 'static,
    FR: Future<Output = Result<R>> + MaybeSend + 'static,
    R: IntoLuaMulti,
{
    lua.with(|state, extra| {
        push_async(state, extra, start)?;
        Handle::pin(state, -1).map(|h| Value::Function(Function(h)))
    })
}

/// Makes a function when it gets to a state.
struct Wrapped<M>(M);

impl<M: FnOnce(&Lua) -> Result<Value>> IntoLua for Wrapped<M> {
    fn into_lua(self, lua: &Lua) -> Result<Value> {
        (self.0)(lua)
    }
}

/// An async Rust function whose arguments come from Lua.
pub trait LuaNativeAsyncFn<A: FromLuaMulti> {
    /// Its result.
    type Output;

    /// Calls it.
    fn call(
        &self,
        args: A,
    ) -> impl Future<Output = Self::Output> + MaybeSend + 'static + use<Self, A>;
}

macro_rules! native {
    ($($name:ident)*) => {
        impl<FN, $($name,)* FR, R> LuaNativeAsyncFn<($($name,)*)> for FN
        where
            FN: Fn($($name,)*) -> FR + MaybeSend + 'static,
            ($($name,)*): FromLuaMulti,
            FR: Future<Output = R> + MaybeSend + 'static,
        {
            type Output = R;

            #[allow(non_snake_case)]
            fn call(
                &self,
                args: ($($name,)*),
            ) -> impl Future<Output = R> + MaybeSend + 'static + use<FN, $($name,)* FR, R> {
                let ($($name,)*) = args;
                self($($name,)*)
            }
        }
    };
}

native!();
native!(A);
native!(A B);
native!(A B C);
native!(A B C D);
native!(A B C D E);
native!(A B C D E F);
native!(A B C D E F G);
native!(A B C D E F G H);
native!(A B C D E F G H I);
native!(A B C D E F G H I J);
native!(A B C D E F G H I J K);
native!(A B C D E F G H I J K L);
native!(A B C D E F G H I J K L M);
native!(A B C D E F G H I J K L M N);
native!(A B C D E F G H I J K L M N O);
native!(A B C D E F G H I J K L M N O P);
