//! `#[derive(UserData)]`.

use crate::root;
use attribute::Attribute;
use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Error, Fields, Result};

mod attribute;
pub(crate) mod block;
mod method;

/// How many `impl` blocks of one name a crate may have.
const MOST_BLOCKS: usize = 32;

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let root = root::of_type(&input.attrs)?;
    let name = &input.ident;
    if !input.generics.params.is_empty() {
        let message = "a type with generic parameters can't derive `UserData`: wrap it, with its \
                       parameters chosen, in a type of its own";
        return Err(Error::new_spanned(&input.generics, message));
    }
    let fields = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => Some(&fields.named),
            Fields::Unnamed(_) | Fields::Unit => None,
        },
        Data::Enum(_) => None,
        Data::Union(_) => {
            return Err(Error::new_spanned(input, "a union can't derive `UserData`"));
        }
    };
    let mut registered = Vec::new();
    for field in fields.into_iter().flatten() {
        let Some(ident) = &field.ident else { continue };
        let attribute = Attribute::of_field(&field.attrs)?;
        if attribute.skip {
            continue;
        }
        let lua_name = attribute.name.unwrap_or_else(|| ident.unraw().to_string());
        let both = attribute.get == attribute.set;
        let conditions: Vec<_> = attribute::conditions(&field.attrs).collect();
        if both || attribute.get {
            registered.push(quote! {
                #( #conditions )*
                #root::UserDataFields::add_field_method_get(registry, #lua_name, |_, this| {
                    ::core::result::Result::Ok(::core::clone::Clone::clone(&this.#ident))
                });
            });
        }
        if both || attribute.set {
            registered.push(quote! {
                #( #conditions )*
                #root::UserDataFields::add_field_method_set(registry, #lua_name, |_, this, value| {
                    this.#ident = value;
                    ::core::result::Result::Ok(())
                });
            });
        }
    }
    let blocks = 0..MOST_BLOCKS;
    let traced = root::is_traced(&input.attrs).then(|| {
        quote! {
            const TRACED: bool = true;

            fn trace(&self, tracer: &mut #root::userdata::Tracer<'_, '_>) {
                #root::userdata::Trace::trace(self, tracer);
            }
        }
    });
    Ok(quote! {
        #[automatically_derived]
        impl #root::__private::Derived for #name {}

        #[automatically_derived]
        impl #root::UserData for #name {
            #traced

            fn register(registry: &mut #root::UserDataRegistry<Self>) {
                #[allow(unused_imports)]
                use #root::__private::{Absent as _, Present as _};
                #(#registered)*
                #( (&#root::__private::Probe::<Self, #blocks>::NEW).register(registry); )*
            }
        }
    })
}
