//! `#[userdata_impl]`.
//!
//! Each block implements a trait with a number for the type. The derive asks the
//! type for all numbers that there may be. So a block may stand anywhere in the
//! crate, and nothing has to run before the program starts.

use super::MOST_BLOCKS;
use super::attribute::{self, Attribute};
use super::method::{Method, Receiver, State};
use crate::root;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{
    Error, Ident, ImplItem, ImplItemConst, ImplItemFn, ItemImpl, LitStr, Path, Result, Type,
};

pub(crate) fn expand(arguments: TokenStream, mut block: ItemImpl) -> Result<TokenStream> {
    let mut named = None;
    let parser = syn::meta::parser(|meta| {
        if !meta.path.is_ident("crate") {
            return Err(meta.error("expected no argument but `crate = \"...\"`"));
        }
        named = Some(root::parse(&meta.value()?.parse::<LitStr>()?)?);
        Ok(())
    });
    syn::parse::Parser::parse2(parser, arguments)?;
    let root = named.unwrap_or_else(root::found);

    if !block.generics.params.is_empty() {
        let message = "an `impl` block that scripts see can't have generic parameters";
        return Err(Error::new_spanned(&block.generics, message));
    }
    if let Some(bounds) = &block.generics.where_clause {
        let message = "an `impl` block that scripts see can't have a `where` clause";
        return Err(Error::new_spanned(bounds, message));
    }
    let path = match &*block.self_ty {
        Type::Path(path) => path.path.clone(),
        other => return Err(Error::new_spanned(other, "expected the name of a type")),
    };
    let Some(name) = path.segments.last().map(|last| last.ident.unraw().to_string()) else {
        return Err(Error::new_spanned(&block.self_ty, "expected the name of a type"));
    };

    let context = Context { root: &root, path: &path };
    let mut registered = Vec::new();
    for item in &block.items {
        let (tokens, attributes) = match item {
            ImplItem::Const(item) => (context.constant(item)?, &item.attrs),
            ImplItem::Fn(item) => (context.function(item)?, &item.attrs),
            _ => continue,
        };
        let conditions = attribute::conditions(attributes);
        registered.extend(tokens.map(|tokens| quote!(#( #conditions )* #tokens)));
    }
    for item in &mut block.items {
        match item {
            ImplItem::Const(item) => item.attrs.retain(|a| !a.path().is_ident("lua")),
            ImplItem::Fn(item) => item.attrs.retain(|a| !a.path().is_ident("lua")),
            _ => {}
        }
    }
    block.attrs.retain(|a| !a.path().is_ident("lua"));
    let conditions = attribute::conditions(&block.attrs);
    let number = number(&name, &block)?;
    Ok(quote! {
        #(#conditions)*
        #[automatically_derived]
        impl #root::__private::Block<#number> for #path {
            #[allow(unused_variables, unused_mut, clippy::all)]
            fn register(registry: &mut #root::UserDataRegistry<Self>) {
                #(#registered)*
            }
        }

        #block
    })
}

/// A number that no other block has of a type of this name.
fn number(name: &str, block: &ItemImpl) -> Result<usize> {
    static KNOWN: Mutex<BTreeMap<String, Vec<String>>> = Mutex::new(BTreeMap::new());
    let span = block.self_ty.span();
    let (place, text) = (span.start(), quote!(#block).to_string());
    let text = format!("{}:{}:{}:{text}", span.file(), place.line, place.column);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let blocks = known.entry(name.to_owned()).or_default();
    // A development environment expands the same block again and again.
    let number = blocks.iter().position(|block| *block == text).unwrap_or_else(|| {
        blocks.push(text);
        blocks.len() - 1
    });
    if number < MOST_BLOCKS {
        return Ok(number);
    }
    if is_long_lived() {
        return Ok(number % MOST_BLOCKS);
    }
    let message = format!("types named `{name}` have more than {MOST_BLOCKS} blocks");
    Err(Error::new(span, message))
}

/// Whether the process sees many versions of a block.
fn is_long_lived() -> bool {
    std::env::current_exe().is_ok_and(|path| path.to_string_lossy().contains("rust-analyzer"))
}

struct Context<'a> {
    root: &'a TokenStream,
    path: &'a Path,
}

impl Context<'_> {
    fn constant(&self, item: &ImplItemConst) -> Result<Option<TokenStream>> {
        let attribute = Attribute::of_item(&item.attrs)?;
        if attribute.skip {
            return Ok(None);
        }
        if attribute.getter || attribute.setter {
            return Err(attribute.error("a constant can't be a `getter` or `setter`"));
        }
        let (path, ident) = (self.path, &item.ident);
        Ok(Some(self.field(&attribute, ident, quote!(#path::#ident))))
    }

    /// Registers a field of the type.
    fn field(&self, attribute: &Attribute, ident: &Ident, value: TokenStream) -> TokenStream {
        let (root, name) = (self.root, attribute.lua_name(ident));
        if attribute.meta {
            quote!(#root::UserDataFields::add_meta_field(registry, #name, #value);)
        } else {
            quote!(#root::UserDataFields::add_field(registry, #name, #value);)
        }
    }

    fn function(&self, item: &ImplItemFn) -> Result<Option<TokenStream>> {
        let attribute = Attribute::of_item(&item.attrs)?;
        if attribute.skip {
            return Ok(None);
        }
        let roles = [attribute.getter, attribute.setter, attribute.field];
        if roles.iter().filter(|role| **role).count() > 1 {
            let message = "a function is one of `getter`, `setter` and `field` at most";
            return Err(attribute.error(message));
        }
        if attribute.meta && (attribute.getter || attribute.setter) {
            return Err(attribute.error("`meta` goes together with `field` alone"));
        }
        let signature = &item.sig;
        let refuse = |message: &str| Err(Error::new_spanned(signature, message));
        let method = Method::new(signature, self.root)?;
        if method.state == State::Owned && !method.is_async {
            return refuse("only an async function can own the `Lua`: take `&Lua`");
        }
        let ident = &signature.ident;
        if attribute.getter {
            if method.is_async {
                return refuse("a getter can't be async");
            }
            if method.receiver != Receiver::Shared {
                return refuse("a getter takes `&self`");
            }
            if method.count() > 0 {
                return refuse("a getter takes no other arguments");
            }
            return Ok(Some(self.accessor("add_field_method_get", ident, &attribute, &method)));
        }
        if attribute.setter {
            if method.is_async {
                return refuse("a setter can't be async");
            }
            if !matches!(method.receiver, Receiver::Shared | Receiver::Exclusive) {
                return refuse("a setter takes `&self` or `&mut self`");
            }
            if method.count() != 1 {
                return refuse("a setter takes one value");
            }
            return Ok(Some(self.accessor("add_field_method_set", ident, &attribute, &method)));
        }
        if attribute.field {
            if method.is_async {
                return refuse("the value of a field can't come from an async function");
            }
            if method.receiver != Receiver::None {
                return refuse("the value of a field comes from a function without `self`");
            }
            if method.count() > 0 || method.state != State::None {
                return refuse("the value of a field comes from a function without arguments");
            }
            let path = self.path;
            return Ok(Some(self.field(&attribute, ident, quote!(#path::#ident()))));
        }
        if attribute.meta && method.receiver == Receiver::Owned {
            return refuse("a metamethod takes `&self` or `&mut self`, it can't consume the value");
        }
        self.method(ident, &attribute, &method).map(Some)
    }

    /// The call of the function, in `Ok` if it can't fail.
    fn call(&self, ident: &Ident, attribute: &Attribute, method: &Method) -> TokenStream {
        let (path, arguments) = (self.path, method.call_arguments());
        let wait = method.is_async.then(|| quote!(.await));
        let call = quote!(#path::#ident(#arguments) #wait);
        if attribute.infallible { quote!(::core::result::Result::Ok(#call)) } else { call }
    }

    fn accessor(
        &self,
        register: &str,
        ident: &Ident,
        attribute: &Attribute,
        method: &Method,
    ) -> TokenStream {
        let (root, register) = (self.root, format_ident!("{register}"));
        let name = attribute.lua_name(ident);
        let parameters = method.closure_parameters(false);
        let call = self.call(ident, attribute, method);
        quote!(#root::UserDataFields::#register(registry, #name, #parameters { #call });)
    }

    fn method(&self, ident: &Ident, attribute: &Attribute, method: &Method) -> Result<TokenStream> {
        let kind = match method.receiver {
            Receiver::None => "function",
            Receiver::Shared => "method",
            Receiver::Exclusive => "method_mut",
            Receiver::Owned => "method_once",
        };
        let asynchronous = if method.is_async { "async_" } else { "" };
        let (meta, name) = match attribute.meta {
            true => ("meta_", attribute.meta_name(ident)?),
            false => ("", attribute.lua_name(ident)),
        };
        let register = format_ident!("add_{asynchronous}{meta}{kind}");
        let (root, parameters) = (self.root, method.closure_parameters(true));
        let call = self.call(ident, attribute, method);
        let body = if method.is_async { quote!(async move { #call }) } else { quote!({ #call }) };
        Ok(quote!(#root::UserDataMethods::#register(registry, #name, #parameters #body);))
    }
}
