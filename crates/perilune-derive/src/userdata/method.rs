//! Signatures of functions, and how they are called.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{
    Error, FnArg, GenericArgument, Ident, Pat, PathArguments, Result, Signature, Type,
    TypeReference,
};

/// What stands before the other parameters.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Receiver {
    None,
    Shared,
    Exclusive,
    Owned,
}

/// How the state is passed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    None,
    Reference,
    Owned,
}

/// How a parameter gets from the converted value to the function.
enum Passing {
    Value,
    Reference,
    MutableReference,
    Optional,
    OptionalMutable,
}

struct Parameter {
    ident: Ident,
    passing: Passing,
    /// What the Lua value is converted to.
    converted: Type,
}

/// A function of an `impl` block.
pub(super) struct Method {
    pub(super) receiver: Receiver,
    pub(super) state: State,
    parameters: Vec<Parameter>,
    pub(super) is_async: bool,
}

impl Method {
    pub(super) fn new(signature: &Signature, root: &TokenStream) -> Result<Method> {
        let generics = &signature.generics;
        if generics.type_params().next().is_some() || generics.const_params().next().is_some() {
            let message = "a function that scripts call can't have generic parameters";
            return Err(Error::new_spanned(generics, message));
        }
        let is_async = signature.asyncness.is_some();
        let (receiver, state) = (Receiver::None, State::None);
        let mut method = Method { receiver, state, parameters: Vec::new(), is_async };
        let mut first = true;
        for input in &signature.inputs {
            match input {
                FnArg::Receiver(receiver) => {
                    method.receiver = match (&receiver.reference, receiver.mutability) {
                        (Some(_), Some(_)) => Receiver::Exclusive,
                        (Some(_), None) => Receiver::Shared,
                        (None, _) => Receiver::Owned,
                    };
                }
                FnArg::Typed(typed) => {
                    if std::mem::take(&mut first) {
                        method.state = state_of(&typed.ty);
                        if method.state != State::None {
                            continue;
                        }
                    }
                    let n = method.parameters.len();
                    method.parameters.push(Parameter::new(&typed.pat, &typed.ty, n, root)?);
                }
            }
        }
        Ok(method)
    }

    /// The number of parameters that come from Lua.
    pub(super) fn count(&self) -> usize {
        self.parameters.len()
    }

    /// The parameters of the closure that is registered; `packed` ones come as a
    /// tuple.
    pub(super) fn closure_parameters(&self, packed: bool) -> TokenStream {
        let (state, this) = names();
        let this = match self.receiver {
            Receiver::None => quote!(),
            Receiver::Exclusive if self.is_async => quote!(mut #this,),
            _ => quote!(#this,),
        };
        let patterns = self.parameters.iter().map(|p| {
            let ident = &p.ident;
            match p.passing {
                Passing::MutableReference | Passing::OptionalMutable => quote!(mut #ident),
                _ => quote!(#ident),
            }
        });
        let types = self.parameters.iter().map(|p| &p.converted);
        if packed {
            quote!(|#state, #this (#(#patterns,)*): (#(#types,)*)|)
        } else {
            quote!(|#state, #this #(#patterns: #types),*|)
        }
    }

    /// The arguments with which the function is called.
    pub(super) fn call_arguments(&self) -> TokenStream {
        let (state, this) = names();
        let this = match (self.receiver, self.is_async) {
            (Receiver::None, _) => quote!(),
            (Receiver::Shared, true) => quote!(&*#this,),
            (Receiver::Exclusive, true) => quote!(&mut *#this,),
            _ => quote!(#this,),
        };
        let state = match (self.state, self.is_async) {
            (State::None, _) => quote!(),
            (State::Reference, true) => quote!(&#state,),
            _ => quote!(#state,),
        };
        let arguments = self.parameters.iter().map(|p| {
            let ident = &p.ident;
            match p.passing {
                Passing::Value => quote!(#ident),
                Passing::Reference => quote!(&*#ident),
                Passing::MutableReference => quote!(&mut *#ident),
                Passing::Optional => quote!(#ident.as_deref()),
                Passing::OptionalMutable => quote!(#ident.as_deref_mut()),
            }
        });
        quote!(#this #state #(#arguments),*)
    }
}

/// The names of the state and the value in a closure, which no parameter can
/// have.
fn names() -> (Ident, Ident) {
    (Ident::new("state", Span::mixed_site()), Ident::new("this", Span::mixed_site()))
}

impl Parameter {
    fn new(pattern: &Pat, ty: &Type, n: usize, root: &TokenStream) -> Result<Parameter> {
        let ident = match pattern {
            Pat::Ident(named) => named.ident.clone(),
            Pat::Wild(_) => Ident::new(&format!("unnamed_{n}"), Span::mixed_site()),
            _ => {
                let message = "a parameter of a function that scripts call is a name or `_`: it \
                               can't be taken apart here";
                return Err(Error::new_spanned(pattern, message));
            }
        };
        let refused = || Error::new_spanned(ty, "a script can't pass a reference of this type");
        let (passing, converted) = match ty {
            Type::Reference(reference) => {
                let converted = borrowed(reference, root).ok_or_else(refused)?;
                let passing = match reference.mutability {
                    Some(_) => Passing::MutableReference,
                    None => Passing::Reference,
                };
                (passing, converted)
            }
            ty => match option_of(ty) {
                Some(Type::Reference(reference)) => {
                    let converted = borrowed(reference, root).ok_or_else(refused)?;
                    let passing = match reference.mutability {
                        Some(_) => Passing::OptionalMutable,
                        None => Passing::Optional,
                    };
                    (passing, quote!(::core::option::Option<#converted>))
                }
                _ => (Passing::Value, quote!(#ty)),
            },
        };
        Ok(Parameter { ident, passing, converted: Type::Verbatim(converted) })
    }
}

/// How the state is passed, if this is the type of the state.
fn state_of(ty: &Type) -> State {
    let is_state = |ty: &Type| match ty {
        Type::Path(path) => {
            let segments = &path.path.segments;
            segments.len() <= 2 && segments.last().is_some_and(|last| last.ident == "Lua")
        }
        _ => false,
    };
    match ty {
        Type::Reference(reference)
            if reference.mutability.is_none() && is_state(&reference.elem) =>
        {
            State::Reference
        }
        ty if is_state(ty) => State::Owned,
        _ => State::None,
    }
}

/// The last name of a path.
fn last_name(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        _ => None,
    }
}

/// The type that a value is borrowed by.
fn borrowed(reference: &TypeReference, root: &TokenStream) -> Option<TokenStream> {
    let target = &*reference.elem;
    if reference.mutability.is_some() {
        let sized = !matches!(target, Type::Slice(_));
        return sized.then(|| quote!(#root::UserDataRefMut<#target>));
    }
    Some(match target {
        Type::Slice(slice) if last_name(&slice.elem).as_deref() == Some("u8") => {
            quote!(#root::BorrowedBytes)
        }
        Type::Slice(_) => return None,
        target if last_name(target).as_deref() == Some("str") => quote!(#root::BorrowedStr),
        target => quote!(#root::UserDataRef<#target>),
    })
}

/// The `T` of an `Option<T>`.
fn option_of(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == "Option")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match arguments.args.first() {
        Some(GenericArgument::Type(inner)) if arguments.args.len() == 1 => Some(inner),
        _ => None,
    }
}
