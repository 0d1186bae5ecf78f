//! `#[derive(Trace)]`.

use crate::root;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Data, DeriveInput, Error, Fields, Result, parse_quote};

/// A pattern for the fields, and the visits of what it binds.
fn visits(fields: &Fields) -> (TokenStream, TokenStream) {
    let names: Vec<_> = (0..fields.len()).map(|i| format_ident!("field{i}")).collect();
    let pattern = match fields {
        Fields::Named(named) => {
            let idents = named.named.iter().map(|field| &field.ident);
            quote!({ #(#idents: #names),* })
        }
        Fields::Unnamed(_) => quote!(( #(#names),* )),
        Fields::Unit => quote!(),
    };
    (pattern, quote!( #( tracer.visit(#names); )* ))
}

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let root = root::of_type(&input.attrs)?;
    let name = &input.ident;
    let arms: Vec<_> = match &input.data {
        Data::Struct(data) => {
            let (pattern, visits) = visits(&data.fields);
            vec![quote!(#name #pattern => { #visits })]
        }
        Data::Enum(data) => data
            .variants
            .iter()
            .map(|variant| {
                let (pattern, visits) = visits(&variant.fields);
                let ident = &variant.ident;
                quote!(#name::#ident #pattern => { #visits })
            })
            .collect(),
        Data::Union(_) => return Err(Error::new_spanned(input, "a union can't derive `Trace`")),
    };
    let mut generics = input.generics.clone();
    for parameter in input.generics.type_params() {
        let ident = &parameter.ident;
        generics.make_where_clause().predicates.push(parse_quote!(#ident: #root::userdata::Trace));
    }
    let (parameters, arguments, bounds) = generics.split_for_impl();
    Ok(quote! {
        #[automatically_derived]
        impl #parameters #root::userdata::Trace for #name #arguments #bounds {
            #[allow(unused_variables)]
            fn trace(&self, tracer: &mut #root::userdata::Tracer<'_, '_>) {
                match self {
                    #( #arms )*
                    #[allow(unreachable_patterns)]
                    _ => {}
                }
            }
        }
    })
}
