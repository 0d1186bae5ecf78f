//! Rust functions that become Lua functions when they get to a state, and need
//! not know it.

use super::Function;
use crate::error::{ExternalError, Result};
use crate::state::Lua;
use crate::traits::{FromLuaMulti, IntoLua, IntoLuaMulti};
use crate::types::MaybeSend;
use crate::value::Value;

/// A Rust function whose arguments come from Lua.
///
/// ```
/// use perilune::prelude::*;
///
/// /// Registers a function under a name that begins with `app_`.
/// fn add<A: FromLuaMulti, F>(lua: &Lua, name: &str, f: F) -> LuaResult<()>
/// where
///     F: LuaNativeFn<A> + perilune::MaybeSend + 'static,
///     F::Output: IntoLuaMulti,
/// {
///     lua.globals().set(format!("app_{name}"), LuaFunction::wrap_raw(f))
/// }
///
/// let lua = Lua::new();
/// add(&lua, "sum", |a: i64, b: i64| a + b)?;
/// assert_eq!(lua.load("app_sum(1, 2)").eval::<i64>()?, 3);
/// # Ok::<(), perilune::Error>(())
/// ```
pub trait LuaNativeFn<A: FromLuaMulti> {
    /// Its result.
    type Output;

    /// Calls it.
    ///
    /// ```
    /// use perilune::function::LuaNativeFn;
    ///
    /// let sum = |a: i64, b: i64| a + b;
    /// assert_eq!(LuaNativeFn::call(&sum, (1, 2)), 3);
    /// ```
    fn call(&self, args: A) -> Self::Output;
}

/// A Rust function whose arguments come from Lua, and which changes what it has
/// captured.
///
/// ```
/// use perilune::prelude::*;
///
/// /// Makes a function of what is to happen at an event.
/// fn listener<A: FromLuaMulti, F>(lua: &Lua, f: F) -> LuaResult<LuaFunction>
/// where
///     F: LuaNativeFnMut<A> + perilune::MaybeSend + 'static,
///     F::Output: IntoLuaMulti,
/// {
///     lua.convert(LuaFunction::wrap_raw_mut(f))
/// }
///
/// let mut clicks = 0;
/// let on_click = listener(&Lua::new(), move || {
///     clicks += 1;
///     clicks
/// });
/// let on_click = on_click?;
/// # Ok::<(), perilune::Error>(())
/// ```
pub trait LuaNativeFnMut<A: FromLuaMulti> {
    /// Its result.
    type Output;

    /// Calls it.
    ///
    /// ```
    /// use perilune::function::LuaNativeFnMut;
    ///
    /// let mut total = 0;
    /// let mut add = move |n: i64| {
    ///     total += n;
    ///     total
    /// };
    /// assert_eq!(LuaNativeFnMut::call(&mut add, (5,)), 5);
    /// assert_eq!(LuaNativeFnMut::call(&mut add, (6,)), 11);
    /// ```
    fn call(&mut self, args: A) -> Self::Output;
}

macro_rules! native {
    ($($name:ident)*) => {
        impl<FN, $($name,)* R> LuaNativeFn<($($name,)*)> for FN
        where
            FN: Fn($($name,)*) -> R + MaybeSend + 'static,
            ($($name,)*): FromLuaMulti,
        {
            type Output = R;

            #[allow(non_snake_case)]
            fn call(&self, args: ($($name,)*)) -> R {
                let ($($name,)*) = args;
                self($($name,)*)
            }
        }

        impl<FN, $($name,)* R> LuaNativeFnMut<($($name,)*)> for FN
        where
            FN: FnMut($($name,)*) -> R + MaybeSend + 'static,
            ($($name,)*): FromLuaMulti,
        {
            type Output = R;

            #[allow(non_snake_case)]
            fn call(&mut self, args: ($($name,)*)) -> R {
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

/// Makes a function when it gets to a state.
struct Wrapped<M>(M);

impl<M: FnOnce(&Lua) -> Result<Function>> IntoLua for Wrapped<M> {
    fn into_lua(self, lua: &Lua) -> Result<Value> {
        (self.0)(lua).map(Value::Function)
    }
}

impl Function {
    /// What becomes a Lua function when it gets to a state. Errors of its result
    /// are raised.
    ///
    /// ```
    /// # use perilune::{Function, Lua, Result};
    /// let lua = Lua::new();
    /// fn half(n: i64) -> Result<i64> {
    ///     Ok(n / 2)
    /// }
    /// lua.globals().set("half", Function::wrap(half))?;
    /// assert_eq!(lua.load("half(10)").eval::<i64>()?, 5);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn wrap<F, A, R, E>(func: F) -> impl IntoLua
    where
        F: LuaNativeFn<A, Output = std::result::Result<R, E>> + MaybeSend + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti,
        E: ExternalError,
    {
        Wrapped(move |lua: &Lua| {
            lua.create_function(move |_, args| func.call(args).map_err(ExternalError::into_lua_err))
        })
    }

    /// [`wrap`](Self::wrap) for a function that changes what it has captured.
    ///
    /// ```
    /// # use perilune::{Function, Lua, Result};
    /// let lua = Lua::new();
    /// let mut stock = 2;
    /// let take = move || -> Result<i64> {
    ///     stock -= 1;
    ///     if stock >= 0 { Ok(stock) } else { Err(perilune::Error::runtime("sold out")) }
    /// };
    /// lua.globals().set("take", Function::wrap_mut(take))?;
    /// lua.load("take() take()").exec()?;
    /// assert!(lua.load("take()").exec().unwrap_err().to_string().contains("sold out"));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn wrap_mut<F, A, R, E>(func: F) -> impl IntoLua
    where
        F: LuaNativeFnMut<A, Output = std::result::Result<R, E>> + MaybeSend + 'static,
        A: FromLuaMulti,
        R: IntoLuaMulti,
        E: ExternalError,
    {
        let mut func = func;
        Wrapped(move |lua: &Lua| {
            lua.create_function_mut(move |_, args| {
                func.call(args).map_err(ExternalError::into_lua_err)
            })
        })
    }

    /// [`wrap`](Self::wrap), but a `Result` is passed to Lua as it is: `Err` gives
    /// nil and the error.
    ///
    /// ```
    /// # use perilune::{Function, Lua};
    /// let lua = Lua::new();
    /// let parse = |text: String| text.parse::<i64>().map_err(|e| e.to_string());
    /// lua.globals().set("parse", Function::wrap_raw(parse))?;
    /// assert_eq!(lua.load("parse('12')").eval::<i64>()?, 12);
    /// let (none, message): (Option<i64>, String) = lua.load("parse('x')").eval()?;
    /// assert_eq!((none, message.as_str()), (None, "invalid digit found in string"));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn wrap_raw<F, A>(func: F) -> impl IntoLua
    where
        F: LuaNativeFn<A> + MaybeSend + 'static,
        F::Output: IntoLuaMulti,
        A: FromLuaMulti,
    {
        Wrapped(move |lua: &Lua| lua.create_function(move |_, args| Ok(func.call(args))))
    }

    /// [`wrap_raw`](Self::wrap_raw) for a function that changes what it has
    /// captured.
    ///
    /// ```
    /// # use perilune::{Function, Lua};
    /// let lua = Lua::new();
    /// let mut last = 0;
    /// let next = move || {
    ///     last += 1;
    ///     last
    /// };
    /// lua.globals().set("next_id", Function::wrap_raw_mut(next))?;
    /// assert_eq!(lua.load("next_id() + next_id()").eval::<i64>()?, 3);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn wrap_raw_mut<F, A>(func: F) -> impl IntoLua
    where
        F: LuaNativeFnMut<A> + MaybeSend + 'static,
        F::Output: IntoLuaMulti,
        A: FromLuaMulti,
    {
        let mut func = func;
        Wrapped(move |lua: &Lua| lua.create_function_mut(move |_, args| Ok(func.call(args))))
    }
}
