//! `#[lua(...)]` before fields and items.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::meta::ParseNestedMeta;
use syn::{Error, Ident, LitStr, Meta, Result};

/// What the attributes before a field or an item say.
#[derive(Default)]
pub(super) struct Attribute {
    /// The attribute, for messages about it.
    written: Option<syn::Attribute>,
    pub(super) name: Option<String>,
    pub(super) skip: bool,
    pub(super) infallible: bool,
    pub(super) get: bool,
    pub(super) set: bool,
    pub(super) getter: bool,
    pub(super) setter: bool,
    pub(super) field: bool,
    pub(super) meta: bool,
}

impl Attribute {
    /// Of a field.
    pub(super) fn of_field(attributes: &[syn::Attribute]) -> Result<Attribute> {
        let found = Attribute::of(attributes)?;
        found.refuse("a field", |a| {
            [
                (a.getter, "getter"),
                (a.setter, "setter"),
                (a.field, "field"),
                (a.meta, "meta"),
                (a.infallible, "infallible"),
            ]
        })?;
        Ok(found)
    }

    /// Of an item of an `impl` block.
    pub(super) fn of_item(attributes: &[syn::Attribute]) -> Result<Attribute> {
        let found = Attribute::of(attributes)?;
        found.refuse("an item of an `impl` block", |a| [(a.get, "get"), (a.set, "set")])?;
        Ok(found)
    }

    fn refuse<const N: usize>(
        &self,
        what: &str,
        words: impl FnOnce(&Attribute) -> [(bool, &'static str); N],
    ) -> Result<()> {
        match words(self).into_iter().find(|(set, _)| *set) {
            Some((_, word)) => Err(self.error(format!("`{word}` can't be said of {what}"))),
            None => Ok(()),
        }
    }

    fn of(attributes: &[syn::Attribute]) -> Result<Attribute> {
        let mut found = Attribute::default();
        for attribute in attributes.iter().filter(|a| a.path().is_ident("lua")) {
            match &attribute.meta {
                Meta::Path(_) => {}
                Meta::List(_) => {
                    found.written = Some(attribute.clone());
                    attribute.parse_nested_meta(|meta| found.word(&meta))?;
                }
                Meta::NameValue(_) => {
                    let message = "expected `#[lua(...)]`";
                    return Err(Error::new_spanned(attribute, message));
                }
            }
        }
        Ok(found)
    }

    fn word(&mut self, meta: &ParseNestedMeta<'_>) -> Result<()> {
        if meta.path.is_ident("name") {
            self.name = Some(meta.value()?.parse::<LitStr>()?.value());
            return Ok(());
        }
        let known = [
            ("skip", &mut self.skip),
            ("infallible", &mut self.infallible),
            ("get", &mut self.get),
            ("set", &mut self.set),
            ("getter", &mut self.getter),
            ("setter", &mut self.setter),
            ("field", &mut self.field),
            ("meta", &mut self.meta),
        ];
        let Some((word, flag)) = known.into_iter().find(|(word, _)| meta.path.is_ident(word))
        else {
            let message = "expected one of `skip`, `infallible`, `get`, `set`, `getter`, \
                           `setter`, `field`, `meta`, `name`";
            return Err(meta.error(message));
        };
        if meta.value().is_ok() {
            return Err(meta.error(format!("`{word}` has no value")));
        }
        *flag = true;
        Ok(())
    }

    /// An error about the attribute.
    pub(super) fn error(&self, message: impl std::fmt::Display) -> Error {
        match &self.written {
            Some(attribute) => Error::new_spanned(attribute, message),
            None => Error::new(Span::call_site(), message),
        }
    }

    /// The name that scripts see.
    pub(super) fn lua_name(&self, ident: &Ident) -> String {
        self.name.clone().unwrap_or_else(|| ident.unraw().to_string())
    }

    /// The name of a metamethod.
    pub(super) fn meta_name(&self, ident: &Ident) -> Result<String> {
        let name = self.lua_name(ident);
        if self.name.is_some() || name.starts_with("__") {
            return Ok(name);
        }
        let message = format!(
            "`{name}` is no name of a metamethod: let it begin with `__`, or say \
             `#[lua(meta, name = \"...\")]`"
        );
        Err(Error::new(ident.span(), message))
    }
}

/// The attributes that say whether an item is compiled at all.
pub(super) fn conditions(attributes: &[syn::Attribute]) -> impl Iterator<Item = &syn::Attribute> {
    attributes.iter().filter(|a| a.path().is_ident("cfg") || a.path().is_ident("cfg_attr"))
}
