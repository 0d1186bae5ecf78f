//! `#[derive(FromLua)]`.

use crate::root;
use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;
use syn::{DeriveInput, Result, parse_quote};

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let root = root::of_type(&input.attrs)?;
    let (ident, name) = (&input.ident, input.ident.unraw().to_string());
    let mut generics = input.generics.clone();
    let bounds = &mut generics.make_where_clause().predicates;
    bounds.push(parse_quote!(Self: 'static + ::core::clone::Clone));
    let (parameters, arguments, bounds) = generics.split_for_impl();
    Ok(quote! {
        #[automatically_derived]
        impl #parameters #root::FromLua for #ident #arguments #bounds {
            fn from_lua(value: #root::Value, _: &#root::Lua) -> #root::Result<Self> {
                match value {
                    #root::Value::UserData(data) => {
                        ::core::result::Result::Ok(
                            ::core::clone::Clone::clone(&*data.borrow::<Self>()?)
                        )
                    }
                    other => ::core::result::Result::Err(#root::Error::FromLuaConversionError {
                        from: other.type_name(),
                        to: ::std::string::ToString::to_string(#name),
                        message: ::core::option::Option::None,
                    }),
                }
            }
        }
    })
}
