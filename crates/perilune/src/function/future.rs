//! Calls that can be awaited, and async functions that need not know of a state.

use super::Function;
use crate::callback::arguments;
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
///
/// ```
/// use perilune::{Function, Lua};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> perilune::Result<()> {
/// let lua = Lua::new();
/// let sleep = lua.create_async_function(|_, ()| async {
///     tokio::task::yield_now().await;
///     Ok(())
/// })?;
/// lua.globals().set("sleep", sleep)?;
/// let job: Function = lua.load("function(n) sleep() return n * 2 end").eval()?;
///
/// let (first, second) = (job.call_async::<i64>(1), job.call_async::<i64>(2));
/// let sum = tokio::join!(first, second);
/// assert_eq!((sum.0?, sum.1?), (2, 4));
/// # Ok(())
/// # }
/// ```
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
    /// ```
    /// # use perilune::{Function, Lua};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> perilune::Result<()> {
    /// let lua = Lua::new();
    /// let double = lua.create_async_function(|_, n: i64| async move {
    ///     tokio::task::yield_now().await;
    ///     Ok(n * 2)
    /// })?;
    /// lua.globals().set("double", double)?;
    /// let f: Function = lua.load("function(a, b) return double(a) + double(b) end").eval()?;
    /// assert_eq!(f.call_async::<i64>((1, 2)).await?, 6);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`call`](Self::call), when the result is awaited.
    pub fn call_async<R: FromLuaMulti>(&self, args: impl IntoLuaMulti) -> AsyncCallFuture<R> {
        AsyncCallFuture(start_call(&self.0, args))
    }

    /// [`wrap`](Self::wrap) for an async function.
    ///
    /// ```
    /// # use perilune::{Function, Lua};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> perilune::Result<()> {
    /// async fn fetch(url: String) -> std::io::Result<usize> {
    ///     tokio::task::yield_now().await;
    ///     Ok(url.len())
    /// }
    ///
    /// let lua = Lua::new();
    /// lua.globals().set("fetch", Function::wrap_async(fetch))?;
    /// assert_eq!(lua.load("fetch('http://a.b')").eval_async::<usize>().await?, 10);
    /// # Ok(())
    /// # }
    /// ```
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
    ///
    /// ```
    /// # use perilune::{Function, Lua};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> perilune::Result<()> {
    /// async fn divide(a: i64, b: i64) -> Result<i64, String> {
    ///     a.checked_div(b).ok_or_else(|| "no quotient".to_owned())
    /// }
    ///
    /// let lua = Lua::new();
    /// lua.globals().set("divide", Function::wrap_raw_async(divide))?;
    /// let code = "local n, message = divide(1, 0) return n, message";
    /// let (n, message): (Option<i64>, String) = lua.load(code).eval_async().await?;
    /// assert_eq!((n, message.as_str()), (None, "no quotient"));
    /// # Ok(())
    /// # }
    /// ```
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
    let args = arguments::<A>(0, None, state, lua)?;
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
///
/// ```
/// use perilune::prelude::*;
///
/// /// Registers an async function, and says so.
/// fn add<A: FromLuaMulti, F>(lua: &Lua, name: &str, f: F) -> LuaResult<()>
/// where
///     F: LuaNativeAsyncFn<A> + perilune::MaybeSend + 'static,
///     F::Output: IntoLuaMulti,
/// {
///     println!("new function: {name}");
///     lua.globals().set(name, LuaFunction::wrap_raw_async(f))
/// }
///
/// add(&Lua::new(), "half", async |n: f64| n / 2.0)?;
/// # Ok::<(), perilune::Error>(())
/// ```
pub trait LuaNativeAsyncFn<A: FromLuaMulti> {
    /// Its result.
    type Output;

    /// Calls it.
    ///
    /// ```
    /// use perilune::function::LuaNativeAsyncFn;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let half = async |n: f64| n / 2.0;
    /// assert_eq!(LuaNativeAsyncFn::call(&half, (9.0,)).await, 4.5);
    /// # }
    /// ```
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
