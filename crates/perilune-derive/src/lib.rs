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
#[proc_macro_derive(UserData, attributes(lua))]
pub fn userdata(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as syn::DeriveInput);
    userdata::expand(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}

/// Implements `Trace` for a struct or an enum: all fields are shown to the
/// collector, so all must implement `Trace`. `#[lua(trace)]` beside
/// `#[derive(UserData)]` makes use of it.
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
#[proc_macro_attribute]
pub fn lua_module(arguments: TokenStream, item: TokenStream) -> TokenStream {
    module::expand(arguments, item)
}
