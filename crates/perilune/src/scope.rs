//! Functions and userdata that borrow.

use crate::callback::{arguments, caught, push_send_callback, raise, run};
use crate::error::{Error, Result};
use crate::function::Function;
use crate::handle::Handle;
use crate::state::{Extra, Lua};
use crate::traits::{FromLuaMulti, IntoLuaMulti};
use crate::userdata::{
    AnyUserData, UserData, UserDataRegistry, destruct, push_metatable_of, set_type_metatable,
};
use perilune_vm::{
    self as vm, OwningFunction, Payload, Refused, Return, Scoped, ScopedSlot, ScopedValue,
};
use perilune_vm::{Shareable, State};
use std::cell::RefCell;
use std::sync::Arc;

/// What makes functions and userdata that may borrow, as they end with
/// [`Lua::scope`]: what scripts have kept of them is of no use then.
///
/// ```
/// use perilune::{Lua, Result, Scope};
///
/// /// Shows a list of the program to scripts, as long as the scope lasts.
/// fn show<'scope, 'env>(
///     lua: &Lua,
///     scope: &'scope Scope<'scope, 'env>,
///     names: &'env [String],
/// ) -> Result<()> {
///     let name = scope.create_function(|_, n: usize| Ok(names.get(n - 1).cloned()))?;
///     lua.globals().set("name", name)
/// }
///
/// let (lua, names) = (Lua::new(), vec!["Ann".to_owned(), "Bob".to_owned()]);
/// let second: String = lua.scope(|scope| {
///     show(&lua, scope, &names)?;
///     lua.load("name(2)").eval()
/// })?;
/// assert_eq!(second, "Bob");
/// assert!(lua.load("name(1)").exec().is_err(), "the scope has ended");
/// # Ok::<(), perilune::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Scope<'scope, 'env: 'scope>(&'scope Scoped<'scope, 'env>);

impl Lua {
    /// Runs `f` with a scope, in which functions and userdata can be made that
    /// borrow what lies outside of it, and need not be `Send`.
    ///
    /// ```
    /// # use perilune::{Lua, Result};
    /// # fn main() -> Result<()> {
    /// let lua = Lua::new();
    /// let mut sum = 0;
    /// lua.scope(|scope| {
    ///     let add = scope.create_function_mut(|_, n: i64| {
    ///         sum += n;
    ///         Ok(())
    ///     })?;
    ///     lua.load("local add = ... for i = 1, 10 do add(i) end").call::<()>(add)
    /// })?;
    /// assert_eq!(sum, 55);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What `f` answers.
    pub fn scope<'env, R>(
        &self,
        f: impl for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> Result<R>,
    ) -> Result<R> {
        Scoped::enter(&self.0, |scoped| f(scoped.keep(Scope(scoped))))
    }
}

/// The native function of what a scope makes.
struct CallsScoped;

impl OwningFunction for CallsScoped {
    type Data = Arc<ScopedSlot>;

    fn call(state: &mut State, slot: &Arc<ScopedSlot>) -> vm::Result<Return> {
        slot.call(state).unwrap_or_else(|_| {
            let error = Error::CallbackDestructed;
            let raised =
                state.with_extension(|state, extra: &Extra| raise(state, &extra.lua, error));
            raised.map_or(Ok(Return::NONE), Err)
        })
    }
}

fn ended(_: Refused) -> Error {
    Error::runtime("scope is already destroyed")
}

impl<'scope, 'env: 'scope> Scope<'scope, 'env> {
    fn lua(&self) -> Lua {
        Lua(self.0.shared().clone())
    }

    /// A Lua function that calls a Rust one, which may borrow. Called after the
    /// scope has ended, it raises [`Error::CallbackDestructed`].
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let dictionary = vec!["uno", "dos", "tres"];
    /// let word: String = lua.scope(|scope| {
    ///     let word = scope.create_function(|_, n: usize| Ok(dictionary.get(n - 1).copied()))?;
    ///     lua.load("local word = ... return word(2)").call(word)
    /// })?;
    /// assert_eq!(word, "dos");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the scope has ended; memory.
    pub fn create_function<F, A, R>(&'scope self, func: F) -> Result<Function>
    where
        F: Fn(&Lua, A) -> Result<R> + 'scope,
        A: FromLuaMulti,
        R: IntoLuaMulti,
    {
        let slot = self.0.lend_function(move |state| {
            run(state, |state, lua| {
                let args = arguments::<A>(0, None, state, lua)?;
                let results = lua.0.lend(state, || func(lua, args))?;
                results.push_into_multi(state, lua)
            })
        });
        let slot = slot.map_err(ended)?;
        self.lua().with(|state, extra| {
            push_send_callback::<CallsScoped>(state, extra, slot)?;
            Handle::pin(state, -1).map(Function)
        })
    }

    /// [`create_function`](Self::create_function) of a function that changes what
    /// it has captured.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let mut lines = Vec::new();
    /// lua.scope(|scope| {
    ///     let print = scope.create_function_mut(|_, line: String| {
    ///         lines.push(line);
    ///         Ok(())
    ///     })?;
    ///     lua.globals().set("print", print)?;
    ///     lua.load("print('one') print('two')").exec()
    /// })?;
    /// assert_eq!(lines, ["one", "two"]);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the scope has ended; memory.
    pub fn create_function_mut<F, A, R>(&'scope self, func: F) -> Result<Function>
    where
        F: FnMut(&Lua, A) -> Result<R> + 'scope,
        A: FromLuaMulti,
        R: IntoLuaMulti,
    {
        let func = RefCell::new(func);
        self.create_function(move |lua, args| {
            let mut func = func.try_borrow_mut().map_err(|_| Error::RecursiveMutCallback)?;
            func(lua, args)
        })
    }

    /// A userdata that is a value outside of the scope, for reading. It can be
    /// borrowed by [`borrow_scoped`](AnyUserData::borrow_scoped) only.
    ///
    /// ```
    /// use perilune::{Error, Lua, UserData, UserDataFields};
    ///
    /// struct Config {
    ///     width: u32,
    /// }
    ///
    /// impl UserData for Config {
    ///     fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
    ///         fields.add_field_method_get("width", |_, config| Ok(config.width));
    ///     }
    /// }
    ///
    /// let lua = Lua::new();
    /// let config = Config { width: 80 };
    /// lua.scope(|scope| {
    ///     lua.globals().set("config", scope.create_userdata_ref(&config)?)?;
    ///     assert_eq!(lua.load("config.width").eval::<u32>()?, 80);
    ///     Ok(())
    /// })?;
    /// assert!(lua.load("config.width").eval::<u32>().is_err());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the scope has ended; what went wrong while the type was registered;
    /// memory.
    pub fn create_userdata_ref<T>(&'scope self, data: &'env T) -> Result<AnyUserData>
    where
        T: UserData + 'static,
    {
        let lent = self.0.lend_ref(data).map_err(ended)?;
        self.userdata_of_type(lent, T::register)
    }

    /// [`create_userdata_ref`](Self::create_userdata_ref) for reading and writing.
    ///
    /// ```
    /// use perilune::{Lua, UserData, UserDataMethods};
    ///
    /// struct Turtle {
    ///     x: i64,
    /// }
    ///
    /// impl UserData for Turtle {
    ///     fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
    ///         methods.add_method_mut("go", |_, turtle, steps: i64| {
    ///             turtle.x += steps;
    ///             Ok(())
    ///         });
    ///     }
    /// }
    ///
    /// let lua = Lua::new();
    /// let mut turtle = Turtle { x: 0 };
    /// lua.scope(|scope| {
    ///     let lent = scope.create_userdata_ref_mut(&mut turtle)?;
    ///     lua.load("local turtle = ... turtle:go(5) turtle:go(-2)").call::<()>(lent)
    /// })?;
    /// assert_eq!(turtle.x, 3);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// As there.
    pub fn create_userdata_ref_mut<T>(&'scope self, data: &'env mut T) -> Result<AnyUserData>
    where
        T: UserData + 'static,
    {
        let lent = self.0.lend_mut(data).map_err(ended)?;
        self.userdata_of_type(lent, T::register)
    }

    /// [`create_userdata_ref`](Self::create_userdata_ref) of any type: see
    /// [`Lua::register_userdata_type`].
    ///
    /// ```
    /// # use perilune::{Lua, UserDataMethods};
    /// use std::time::Duration;
    ///
    /// let lua = Lua::new();
    /// lua.register_userdata_type::<Duration>(|registry| {
    ///     registry.add_method("seconds", |_, time, ()| Ok(time.as_secs()));
    /// })?;
    /// let time = Duration::from_millis(2500);
    /// let seconds: u64 = lua.scope(|scope| {
    ///     let lent = scope.create_any_userdata_ref(&time)?;
    ///     lua.load("local time = ... return time:seconds()").call(lent)
    /// })?;
    /// assert_eq!(seconds, 2);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// As there.
    pub fn create_any_userdata_ref<T>(&'scope self, data: &'env T) -> Result<AnyUserData>
    where
        T: 'static,
    {
        let lent = self.0.lend_ref(data).map_err(ended)?;
        self.userdata_of_type::<T>(lent, |_| {})
    }

    /// [`create_any_userdata_ref`](Self::create_any_userdata_ref) for reading and
    /// writing.
    ///
    /// ```
    /// # use perilune::{Lua, UserDataMethods};
    /// let lua = Lua::new();
    /// lua.register_userdata_type::<Vec<String>>(|registry| {
    ///     registry.add_method_mut("add", |_, list, item: String| Ok(list.push(item)));
    /// })?;
    /// let mut list = Vec::<String>::new();
    /// lua.scope(|scope| {
    ///     let lent = scope.create_any_userdata_ref_mut(&mut list)?;
    ///     lua.load("local list = ... list:add('milk')").call::<()>(lent)
    /// })?;
    /// assert_eq!(list, ["milk"]);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// As there.
    pub fn create_any_userdata_ref_mut<T>(&'scope self, data: &'env mut T) -> Result<AnyUserData>
    where
        T: 'static,
    {
        let lent = self.0.lend_mut(data).map_err(ended)?;
        self.userdata_of_type::<T>(lent, |_| {})
    }

    fn userdata_of_type<T: 'static>(
        &self,
        lent: Shareable<ScopedValue>,
        register: fn(&mut UserDataRegistry<T>),
    ) -> Result<AnyUserData> {
        let userdata = self.lua().with(|state, extra| {
            let pushed = state.new_lent_userdata(lent, 1);
            pushed.map_err(|e| caught(state, &extra.lua, e))?;
            set_type_metatable(state, extra, register)?;
            Handle::pin(state, -1).map(AnyUserData)
        })?;
        self.seal(&userdata);
        Ok(userdata)
    }

    /// A userdata that holds a value which may borrow. It is dropped when the
    /// scope ends.
    ///
    /// The userdata has a metatable of its own, which takes time to make: it is
    /// better to lend one large object than many small ones.
    ///
    /// ```
    /// use perilune::{Lua, UserData, UserDataMethods};
    ///
    /// /// What scripts may do with a text, which they don't own.
    /// struct Words<'a>(&'a str);
    ///
    /// impl UserData for Words<'_> {
    ///     fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
    ///         methods.add_method("count", |_, words, ()| Ok(words.0.split(' ').count()));
    ///     }
    /// }
    ///
    /// let lua = Lua::new();
    /// let text = String::from("to be or not to be");
    /// let count: usize = lua.scope(|scope| {
    ///     let words = scope.create_userdata(Words(&text))?;
    ///     lua.load("local words = ... return words:count()").call(words)
    /// })?;
    /// assert_eq!(count, 6);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the scope has ended; what went wrong while the type was registered;
    /// memory.
    pub fn create_userdata<T>(&'scope self, data: T) -> Result<AnyUserData>
    where
        T: UserData + 'env,
    {
        self.create_any_userdata(data, T::register)
    }

    /// [`create_userdata`](Self::create_userdata) of any type; `register` names
    /// its fields and methods.
    ///
    /// ```
    /// # use perilune::{Lua, UserDataMethods};
    /// let lua = Lua::new();
    /// let mut log = String::new();
    /// lua.scope(|scope| {
    ///     let lent = scope.create_any_userdata(&mut log, |registry| {
    ///         registry.add_method_mut("add", |_, log, line: String| Ok(**log += &line));
    ///     })?;
    ///     lua.load("local log = ... log:add('x = ') log:add('1')").call::<()>(lent)
    /// })?;
    /// assert_eq!(log, "x = 1");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// As there.
    pub fn create_any_userdata<T>(
        &'scope self,
        data: T,
        register: impl FnOnce(&mut UserDataRegistry<T>),
    ) -> Result<AnyUserData>
    where
        T: 'env,
    {
        let (lent, finder) = self.0.lend_value(data).map_err(ended)?;
        let lua = self.lua();
        let mut registry = UserDataRegistry::with_finder(&lua, finder);
        register(&mut registry);
        let userdata = lua.with(|state, extra| {
            push_metatable_of(state, &extra.lua, registry.into_raw())?;
            let made = state
                .new_lent_userdata(lent, 1)
                .and_then(|()| state.push_value(-2))
                .and_then(|()| state.set_metatable(-2));
            made.map_err(|e| caught(state, &extra.lua, e))?;
            Handle::pin(state, -1).map(AnyUserData)
        })?;
        self.seal(&userdata);
        Ok(userdata)
    }

    /// Calls `destructor` when the scope has ended, and all that it lent is gone.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// let mut ended = false;
    /// lua.scope(|scope| {
    ///     scope.add_destructor(|| ended = true);
    ///     lua.load("local x = 1").exec()
    /// })?;
    /// assert!(ended);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn add_destructor(&'scope self, destructor: impl FnOnce() + 'env) {
        self.0.after_end(destructor);
    }

    /// Makes a userdata one whose value is gone when the scope ends.
    fn seal(&self, userdata: &AnyUserData) {
        let handle = userdata.0.clone();
        self.0.before_end(move || {
            let payload: Result<Option<Payload>> = handle.with(|state, extra: &Extra| {
                handle.push(state)?;
                destruct(state, extra, -1)
            });
            drop(payload);
        });
    }
}
