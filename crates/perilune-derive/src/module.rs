//! `#[lua_module]`: nothing but a check of its arguments.

use proc_macro::TokenStream;
use syn::LitStr;

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let parser = syn::meta::parser(|meta| {
        if meta.path.is_ident("name") {
            return meta.value()?.parse::<LitStr>().map(|_| ());
        }
        if meta.path.is_ident("skip_memory_check") && meta.value().is_err() {
            return Ok(());
        }
        Err(meta.error("expected `name = \"...\"` or `skip_memory_check`"))
    });
    syn::parse_macro_input!(arguments with parser);
    let function = item.clone();
    syn::parse_macro_input!(function as syn::ItemFn);
    item
}
