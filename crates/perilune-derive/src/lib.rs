//! The macros of the crate `perilune`: use them from there.
#![forbid(unsafe_code)]

use proc_macro::TokenStream;

mod chunk;
mod from_lua;
mod module;
mod root;
mod trace;
mod userdata;

/// What the macro `chunk!` expands to: first comes the path of the crate
/// `perilune`, then a comma, then the Lua code.
#[doc(hidden)]
#[proc_macro]
pub fn chunk_tokens(input: TokenStream) -> TokenStream {
    chunk::expand(input).unwrap_or_else(|error| error.to_compile_error()).into()
}

/// Implements `FromLua` for a type that scripts have as userdata: the conversion
/// borrows the userdata's value and clones it.
///
/// ```
/// use perilune::{FromLua, Lua, UserData};
///
/// #[derive(Clone, UserData, FromLua)]
/// struct Size { width: u32, height: u32 }
///
/// # fn main() -> perilune::Result<()> {
/// let lua = Lua::new();
/// let area = lua.create_function(|_, size: Size| Ok(size.width * size.height))?;
/// assert_eq!(area.call::<u32>(Size { width: 3, height: 4 })?, 12);
/// // Only a userdata of the type will do.
/// assert!(area.call::<u32>("3x4").is_err());
/// # Ok(())
/// # }
/// ```
///
/// `#[lua(crate = "...")]` before the type names the crate `perilune` in programs that
/// have it under another path, such as from a crate that hands it on:
///
/// ```
/// mod engine {
///     pub use perilune as scripting;
/// }
///
/// #[derive(Clone, engine::scripting::FromLua)]
/// #[lua(crate = "engine::scripting")]
/// struct Key(u32);
///
/// # fn main() -> perilune::Result<()> {
/// let lua = engine::scripting::Lua::new();
/// lua.globals().set("key", lua.create_any_userdata(Key(7))?)?;
/// assert_eq!(lua.globals().get::<Key>("key")?.0, 7);
/// # Ok(())
/// # }
/// ```
#[proc_macro_derive(FromLua, attributes(lua))]
pub fn from_lua(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as syn::DeriveInput);
    from_lua::expand(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}

/// Implements `UserData` for a struct or an enum. Named fields become fields that
/// scripts can read and write; `#[lua(...)]` before a field says otherwise:
///
/// - `get`, `set`: scripts can only read, or only write it
/// - `name = "..."`: the name that scripts see
/// - `skip`: scripts don't see it
///
/// `#[lua(trace)]` before the type lets the collector look through its values: it
/// derives `Trace`, too.
///
/// Methods come from `impl` blocks with [`userdata_impl`](macro@userdata_impl).
///
/// ```
/// use perilune::{Lua, UserData};
///
/// #[derive(UserData)]
/// struct Player {
///     name: String,
///     #[lua(get)]
///     score: u32,
///     #[lua(set)]
///     password: String,
///     #[lua(name = "class")]
///     kind: String,
///     #[lua(skip)]
///     socket: Option<std::net::TcpStream>,
/// }
///
/// # fn main() -> perilune::Result<()> {
/// let lua = Lua::new();
/// lua.globals().set("player", Player {
///     name: "Ann".into(),
///     score: 7,
///     password: String::new(),
///     kind: "wizard".into(),
///     socket: None,
/// })?;
/// lua.load("player.name = player.name .. 'a'; player.password = 'secret'").exec()?;
/// let (name, score, class) = lua.load("player.name, player.score, player.class").eval()?;
/// assert_eq!((name, score, class), ("Anna".to_string(), 7, "wizard".to_string()));
/// // No such field, a field that can't be written, and one that can't be read:
/// for code in ["player.socket = 1", "player.score = 8", "assert(player.password)"] {
///     assert!(lua.load(code).exec().is_err());
/// }
/// # Ok(())
/// # }
/// ```
///
/// With `trace`, circles of scripts' values and Rust's can be collected:
///
/// ```
/// use perilune::{Function, Lua, Trace, UserData};
///
/// #[derive(UserData, Trace)]
/// #[lua(trace)]
/// struct Button { on_click: Option<Function> }
///
/// # fn main() -> perilune::Result<()> {
/// let lua = Lua::new();
/// lua.globals().set("button", Button { on_click: None })?;
/// lua.load("local b = button; b.on_click = function() return b end; button = nil").exec()?;
/// lua.gc_collect()?;
/// # Ok(())
/// # }
/// ```
#[proc_macro_derive(UserData, attributes(lua))]
pub fn userdata(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as syn::DeriveInput);
    userdata::expand(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}

/// Implements `Trace` for a struct or an enum: all fields are shown to the
/// collector, so all must implement `Trace`. `#[lua(trace)]` beside
/// `#[derive(UserData)]` makes use of it.
///
/// ```
/// use perilune::{Function, Lua, Table, Trace, UserData};
///
/// #[derive(Trace)]
/// enum Handler { None, Call(Function), Method { object: Table, name: String } }
///
/// /// The fields of `UserData` and of `Trace` are the same.
/// #[derive(UserData, Trace)]
/// #[lua(trace)]
/// struct Widget {
///     #[lua(skip)]
///     handlers: Vec<Handler>,
///     parent: Option<Table>,
/// }
///
/// # fn main() -> perilune::Result<()> {
/// let lua = Lua::new();
/// let object = lua.create_table()?;
/// let handler = Handler::Method { object: object.clone(), name: "close".into() };
/// object.set("widget", Widget { handlers: vec![handler, Handler::None], parent: None })?;
/// drop(object); // Nothing but the widget refers to it, and it to the widget.
/// lua.gc_collect()?;
/// # Ok(())
/// # }
/// ```
#[proc_macro_derive(Trace, attributes(lua))]
pub fn trace(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as syn::DeriveInput);
    trace::expand(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}

/// Shows the functions and constants of an `impl` block to scripts. The type
/// derives `UserData` somewhere in the same crate.
///
/// What a function becomes depends on its receiver: `&self` and `&mut self` make
/// methods, `self` one that consumes the value, and no receiver a function. A
/// first parameter `&Lua` is the state; parameters `&str`, `&[u8]`, `&T` and
/// `&mut T` borrow strings and the values of other userdata. Async functions are
/// called as such. Constants become fields of the type.
///
/// `#[lua(...)]` before an item says more:
///
/// - `infallible`: the function answers a plain value, not a `Result`
/// - `getter`, `setter`: the function is called to read, or write, a field
/// - `field`: the function is called once, for the value of a field of the type
/// - `meta`: the function is a metamethod, or the constant (or, with `field`, the
///   function's value) a field of the metatable
/// - `name = "..."`: the name that scripts see
/// - `skip`: scripts don't see it
///
/// ```
/// use perilune::{Error, Lua, Result, UserData, userdata_impl};
///
/// #[derive(UserData)]
/// struct Account { #[lua(get)] owner: String, #[lua(skip)] cents: u64 }
///
/// #[userdata_impl]
/// impl Account {
///     const CURRENCY: &str = "EUR";
///
///     #[lua(meta)]
///     const __NAME: &str = "account";
///
///     #[lua(field)]
///     fn version() -> u32 {
///         2
///     }
///
///     #[lua(infallible)]
///     fn new(owner: String) -> Self {
///         Account { owner, cents: 0 }
///     }
///
///     #[lua(getter, infallible)]
///     fn balance(&self) -> f64 {
///         self.cents as f64 / 100.0
///     }
///
///     #[lua(setter, name = "balance")]
///     fn set_balance(&mut self, balance: f64) -> Result<()> {
///         if balance < 0.0 {
///             return Err(Error::runtime("a balance is not negative"));
///         }
///         self.cents = (balance * 100.0) as u64;
///         Ok(())
///     }
///
///     fn pay(&mut self, to: &mut Account, cents: u64) -> Result<()> {
///         let left = self.cents.checked_sub(cents);
///         self.cents = left.ok_or_else(|| Error::runtime("not that much"))?;
///         to.cents += cents;
///         Ok(())
///     }
///
///     #[lua(infallible)]
///     fn close(self) -> u64 {
///         self.cents
///     }
///
///     #[lua(meta, infallible, name = "__tostring")]
///     fn show(&self) -> String {
///         format!("{}: {}", self.owner, self.balance())
///     }
///
///     #[lua(skip)]
///     fn log(&self, _: &str) {}
/// }
///
/// # fn main() -> Result<()> {
/// let lua = Lua::new();
/// lua.globals().set("Account", lua.create_proxy::<Account>()?)?;
/// lua.load(
///     r#"
///     local ann, bob = Account.new("Ann"), Account.new("Bob")
///     ann.balance = 20
///     ann:pay(bob, 550)
///     assert(ann.balance == 14.5 and tostring(bob) == "Bob: 5.5")
///     assert(Account.CURRENCY == "EUR" and Account.version == 2)
///     assert(not pcall(function() ann.balance = -1 end))
///     local close = bob.close
///     assert(close(bob) == 550 and not pcall(close, bob))
///     assert(ann.log == nil)
///     "#,
/// )
/// .exec()?;
/// # Ok(())
/// # }
/// ```
///
/// What comes from scripts is borrowed where a parameter is a reference; `&Lua` comes
/// first. A name of a crate, as of [`derive(FromLua)`](macro@FromLua), is an argument
/// of the attribute itself:
///
/// ```
/// use perilune::{Lua, Result, Table, UserData, userdata_impl};
///
/// #[derive(UserData)]
/// #[lua(crate = "perilune")]
/// struct Text(String);
///
/// #[userdata_impl(crate = "perilune")]
/// impl Text {
///     #[lua(infallible)]
///     fn count(&self, part: &str, but: Option<&Text>) -> usize {
///         let without = but.map_or(0, |but| but.0.matches(part).count());
///         self.0.matches(part).count() - without
///     }
///
///     fn lines(&self, lua: &Lua) -> Result<Table> {
///         lua.create_sequence_from(self.0.lines())
///     }
/// }
///
/// # fn main() -> Result<()> {
/// let lua = Lua::new();
/// lua.globals().set("text", Text("one\ntwo\nnine".into()))?;
/// assert_eq!(lua.load("text:count('n'), #text:lines()").eval::<(usize, usize)>()?, (3, 3));
/// # Ok(())
/// # }
/// ```
///
/// An async function borrows until it is done. It may own the state:
///
/// ```
/// use perilune::{Lua, Result, UserData, userdata_impl};
///
/// #[derive(UserData)]
/// struct Mailbox { #[lua(get)] unread: u32 }
///
/// #[userdata_impl]
/// impl Mailbox {
///     async fn fetch(&mut self, lua: Lua, from: String) -> Result<perilune::LuaString> {
///         tokio::task::yield_now().await;
///         self.unread -= 1;
///         lua.create_string(format!("letter from {from}"))
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// let lua = Lua::new();
/// lua.globals().set("mailbox", Mailbox { unread: 2 })?;
/// let code = lua.load("mailbox:fetch('Ann') .. ', unread: ' .. mailbox.unread");
/// assert_eq!(code.eval_async::<String>().await?, "letter from Ann, unread: 1");
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// It does not compile if the block or one of its functions has generic parameters, if
/// a script can't pass a parameter's type, and if attributes contradict each other: the
/// message is at the place.
#[proc_macro_attribute]
pub fn userdata_impl(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let block = syn::parse_macro_input!(item as syn::ItemImpl);
    userdata::block::expand(arguments.into(), block)
        .unwrap_or_else(|error| error.to_compile_error())
        .into()
}

/// Marks the function that makes a module. Modules of Perilune are Rust
/// libraries like any other, so the function stays as it is; register it with
/// `Lua::register_module` or `Lua::preload_module`.
///
/// The arguments `name = "..."` and `skip_memory_check` are accepted.
///
/// ```
/// use perilune::{Lua, Result, Table, lua_module};
///
/// #[lua_module(name = "words", skip_memory_check)]
/// fn words(lua: &Lua) -> Result<Table> {
///     let module = lua.create_table()?;
///     module.set("count", lua.create_function(|_, text: String| {
///         Ok(text.split_whitespace().count())
///     })?)?;
///     Ok(module)
/// }
///
/// # fn main() -> Result<()> {
/// let lua = Lua::new();
/// lua.register_module("words", words(&lua)?)?;
/// assert_eq!(lua.load("require('words').count('to be or not')").eval::<usize>()?, 4);
/// # Ok(())
/// # }
/// ```
#[proc_macro_attribute]
pub fn lua_module(arguments: TokenStream, item: TokenStream) -> TokenStream {
    module::expand(arguments, item)
}
