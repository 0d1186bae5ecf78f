//! The public items whose documentation shows no example: what `cargo xtask tidy`
//! says of them, and `cargo xtask api --examples` alone.
//!
//! Asked for are types, traits and their methods, functions, inherent methods and
//! macros: of the crate `perilune`, and of the crates it hands on. Where a macro
//! writes methods, it is the macro's documentation that counts, or, where that
//! comes from the macro's arguments, these.

use crate::api::{self, Crate};
use crate::args::Args;
use crate::tidy::Complaint;
use perilune_testing::{Result, paths};
use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::ToTokens;
use std::collections::BTreeSet;
use std::path::Path;
use syn::{Attribute, ImplItem, Item, ItemImpl, ItemMacro, TraitItem};

/// The crates whose items programs see, by folder.
const CRATES: [(&str, &str); 5] = [
    ("crates/perilune", "perilune"),
    ("crates/perilune-derive", "perilune_derive"),
    ("crates/perilune-stdlib", "perilune::native::stdlib"),
    ("crates/perilune-vm", "perilune::native"),
    (IN_PART, "perilune::native"),
];

/// The crate of which programs see only what those before it hand on.
const IN_PART: &str = "crates/perilune-syntax";

/// Prints the items without an example.
pub fn command(args: &mut Args) -> Result<bool> {
    let parts = args.plain();
    args.finish()?;
    let mut lacking = lacking(&paths::workspace_root())?;
    if !parts.is_empty() {
        lacking.retain(|item| parts.iter().any(|part| item.file.contains(part.as_str())));
    }
    for item in &lacking {
        println!("{item}");
    }
    println!("{} public items without an example", lacking.len());
    Ok(lacking.is_empty())
}

/// All items without an example.
pub fn lacking(root: &Path) -> Result<Vec<Complaint>> {
    let mut all = Vec::new();
    let mut handed_on = BTreeSet::new();
    for (folder, name) in CRATES {
        let krate = Crate::open(&root.join(folder).join("src"), name)?;
        let (mut shown, mut exported) = (krate.shown_names(), krate.exported_names());
        if folder == IN_PART {
            exported.retain(|name| handed_on.contains(name));
            shown = handed_on
                .iter()
                .filter_map(|path: &String| path.rsplit("::").next())
                .map(str::to_owned)
                .collect();
        }
        handed_on.extend(krate.paths_of_crate("perilune_syntax"));
        let mut found = Vec::new();
        for module in &krate.modules {
            let file = module.file.strip_prefix(root).unwrap_or(&module.file);
            let named = if module.public { &shown } else { &exported };
            let mut look = Look { file: file.display().to_string(), named, types: &shown, found };
            module.items.iter().for_each(|item| look.item(item, &krate));
            found = look.found;
        }
        all.extend(found);
    }
    all.sort();
    all.dedup();
    Ok(all)
}

/// The search in one file.
struct Look<'a> {
    file: String,
    /// The items that count.
    named: &'a BTreeSet<String>,
    /// The types whose methods count.
    types: &'a BTreeSet<String>,
    found: Vec<Complaint>,
}

impl Look<'_> {
    fn item(&mut self, item: &Item, krate: &Crate) {
        match item {
            Item::Impl(block) => self.block(block),
            Item::Macro(item) if item.mac.path.is_ident("macro_rules") => self.rules(item, krate),
            item => {
                let Some(name) = api::public_name(item) else { return };
                let span = match item {
                    Item::Enum(item) => item.ident.span(),
                    Item::Fn(item) => item.sig.ident.span(),
                    Item::Struct(item) => item.ident.span(),
                    Item::Trait(item) => item.ident.span(),
                    Item::Type(item) => item.ident.span(),
                    _ => return,
                };
                let attributes = api::attributes_of(item);
                if !self.named.contains(&name) || !is_asked(attributes) {
                    return;
                }
                self.check(attributes, span, &name);
                let Item::Trait(item) = item else { return };
                for method in &item.items {
                    if let TraitItem::Fn(f) = method {
                        let full = format!("{name}::{}", f.sig.ident);
                        self.check(&f.attrs, f.sig.ident.span(), &full);
                    }
                }
            }
        }
    }

    /// Looks at the methods of a type.
    fn block(&mut self, block: &ItemImpl) {
        let name = api::text(&block.self_ty);
        let name = name.split('<').next().unwrap_or_default();
        if block.trait_.is_some() || !is_asked(&block.attrs) || !self.types.contains(name) {
            return;
        }
        for item in &block.items {
            if let ImplItem::Fn(f) = item
                && api::is_public(&f.vis)
            {
                self.check(&f.attrs, f.sig.ident.span(), &format!("{name}::{}", f.sig.ident));
            }
        }
    }

    fn check(&mut self, attributes: &[Attribute], span: Span, name: &str) {
        if is_asked(attributes) {
            let docs: Vec<_> = attributes.iter().filter_map(documentation_of).collect();
            if !has_example(&docs.join("\n")) {
                self.lacks(span, name);
            }
        }
    }

    fn lacks(&mut self, span: Span, name: &str) {
        let text = format!("{name} has no example: no code in its documentation is run as a test");
        self.found.push(Complaint::new(&self.file, span.start().line, text));
    }

    /// Looks at a macro by example: at itself if it is public, and at what it
    /// writes.
    fn rules(&mut self, item: &ItemMacro, krate: &Crate) {
        let Some(name) = &item.ident else { return };
        if item.attrs.iter().any(|a| a.path().is_ident("macro_export")) {
            self.check(&item.attrs, name.span(), &format!("{name}!"));
        }
        for written in written_items(item.mac.tokens.clone()) {
            match written.documentation {
                Documentation::Asked(text) if !has_example(&text) => {
                    self.lacks(written.span, &format!("{name}! {}", written.name));
                }
                Documentation::FromArguments => self.arguments(&name.to_string(), krate),
                _ => {}
            }
        }
    }

    /// Looks at the documentation in the arguments of a macro of this file.
    fn arguments(&mut self, name: &str, krate: &Crate) {
        let file = self.file.clone();
        let here = krate.modules.iter().filter(|module| module.file.ends_with(&file));
        for item in here.flat_map(|module| &module.items) {
            if let Item::Macro(item) = item
                && item.mac.path.is_ident(name)
            {
                for (documentation, next) in documented(item.mac.tokens.clone()) {
                    if !has_example(&documentation) {
                        self.lacks(next.span(), &next.to_string());
                    }
                }
            }
        }
    }
}

/// Whether an item with these attributes is to have an example.
fn is_asked(attributes: &[Attribute]) -> bool {
    let is_old = |a: &Attribute| a.path().is_ident("deprecated");
    !api::is_hidden(attributes) && !api::is_test(attributes) && !attributes.iter().any(is_old)
}

/// The text of an attribute `doc`.
fn documentation_of(attribute: &Attribute) -> Option<String> {
    let pair = attribute.meta.require_name_value().ok()?;
    pair.path.is_ident("doc").then(|| literals(pair.value.to_token_stream()))
}

/// All string literals in these tokens, in a row.
fn literals(tokens: TokenStream) -> String {
    let mut text = String::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) => text += &literals(group.stream()),
            TokenTree::Literal(literal) => {
                if let Ok(string) = syn::parse_str::<syn::LitStr>(&literal.to_string()) {
                    text += &string.value();
                }
            }
            _ => {}
        }
    }
    text
}

/// Whether a documentation shows Rust code that is compiled as a test.
fn has_example(documentation: &str) -> bool {
    let mut fences = documentation.lines().filter_map(|line| line.trim().strip_prefix("```"));
    while let Some(opening) = fences.next() {
        let mut words = opening.split([',', ' ']).filter(|word| !word.is_empty());
        if words.all(|w| matches!(w, "rust" | "no_run" | "compile_fail" | "should_panic")) {
            return true;
        }
        fences.next();
    }
    false
}

/// What a macro by example says of an item that it writes.
enum Documentation {
    /// This text, which is to have an example.
    Asked(String),
    /// The text is among the arguments.
    FromArguments,
    /// It is hidden.
    NotAsked,
}

/// A public item that a macro by example writes.
struct Written {
    name: String,
    span: Span,
    documentation: Documentation,
}

/// The public functions and types in the rules of a macro.
fn written_items(tokens: TokenStream) -> Vec<Written> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut all = Vec::new();
    // Where the attributes before the current token begin.
    let mut begin = 0;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket => {}
            TokenTree::Group(group) => {
                all.extend(written_items(group.stream()));
                if group.delimiter() == Delimiter::Brace {
                    begin = at + 1;
                }
            }
            TokenTree::Punct(mark) if mark.as_char() == ';' => begin = at + 1,
            TokenTree::Ident(word) if word == "pub" => {
                if let Some(name) = name_of_item(&tokens[at + 1..]) {
                    let documentation = documentation_before(&tokens[begin..at]);
                    all.push(Written { name, span: word.span(), documentation });
                }
            }
            _ => {}
        }
    }
    all
}

/// The name of the item whose tokens behind `pub` these are, if it is one that is
/// to have an example.
fn name_of_item(tokens: &[TokenTree]) -> Option<String> {
    let mut words = tokens.iter().map(ToString::to_string);
    loop {
        match words.next()?.as_str() {
            "const" | "async" | "unsafe" => {}
            "fn" | "struct" | "enum" | "trait" | "type" => break,
            _ => return None,
        }
    }
    let name = words.next()?;
    Some(if name == "$" { format!("${}", words.next()?) } else { name })
}

fn documentation_before(tokens: &[TokenTree]) -> Documentation {
    let mut text = String::new();
    for (at, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else { continue };
        let before = at.checked_sub(1).map(|i| tokens[i].to_string()).unwrap_or_default();
        let inner: Vec<TokenTree> = group.stream().into_iter().collect();
        let words: Vec<String> = inner.iter().take(3).map(ToString::to_string).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match (before.as_str(), words.as_slice()) {
            ("#", ["doc", "=", "$"]) | ("$", ["#", ..]) => return Documentation::FromArguments,
            ("#", ["doc", "=", _]) => {
                text += &literals(inner.into_iter().skip(2).collect());
                text.push('\n');
            }
            ("#", ["doc" | "deprecated", ..]) => return Documentation::NotAsked,
            _ => {}
        }
    }
    Documentation::Asked(text)
}

/// The documentation in the arguments of a macro, each with the token after it.
fn documented(tokens: TokenStream) -> Vec<(String, TokenTree)> {
    let mut all = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    let mut text = None::<String>;
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(mark) if mark.as_char() == '#' => {
                if let Some(TokenTree::Group(group)) = tokens.next() {
                    let text = text.get_or_insert_default();
                    *text += &literals(group.stream());
                    text.push('\n');
                }
            }
            token => {
                if let Some(text) = text.take() {
                    all.push((text, token));
                } else if let TokenTree::Group(group) = token {
                    all.extend(documented(group.stream()));
                }
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_are_code_that_is_run() {
        for good in ["```\nf()\n```", "Text.\n\n ```no_run\n```", "```text\n```\n```rust\n```"] {
            assert!(has_example(good), "{good}");
        }
        for bad in ["", "text", "```text\n```", "```lua\n```", "```ignore\n```"] {
            assert!(!has_example(bad), "{bad}");
        }
    }

    fn names_lacking(source: &str) -> Vec<String> {
        let items = syn::parse_file(source).unwrap().items;
        let shown = items.iter().filter_map(api::public_name).collect();
        let mut look =
            Look { file: String::new(), named: &shown, types: &shown, found: Vec::new() };
        let none = Crate::default();
        items.iter().for_each(|item| look.item(item, &none));
        let texts = look.found.iter().map(|item| item.text.split_once(" has no example"));
        texts.map(|parts| parts.unwrap().0.to_owned()).collect()
    }

    #[test]
    fn items_without_example_are_found() {
        let source = "
            /// ```
            /// ```
            pub struct A;
            impl A { pub fn f() {} fn g() {} #[doc(hidden)] pub fn h() {} }
            impl Clone for A { fn clone(&self) -> A { A } }
            /// Text.
            pub trait B { fn f(); }
            pub fn c() {}
            fn d() {}
            #[deprecated] pub type E = A;
        ";
        assert_eq!(names_lacking(source), ["A::f", "B", "B::f", "c"]);
    }

    #[test]
    fn what_macros_write_counts() {
        let source = "
            macro_rules! methods { ($($name:ident)*) => { impl A { $(
                #[doc = concat!(\"Text\", stringify!($name))]
                pub fn $name() {}
                /// ```
                /// ```
                pub fn with_example() {}
                #[doc(hidden)] pub fn hidden() {}
                pub(crate) fn inner() {}
            )* } } }
        ";
        assert_eq!(names_lacking(source), ["methods! $name"]);
    }

    #[test]
    fn documentation_among_arguments_is_read() {
        let tokens = "#[doc = \" a\"] #[doc = \"b\"] first, x; #[doc = \"c\"] second, y";
        let found = documented(tokens.parse().unwrap());
        let found: Vec<_> = found.into_iter().map(|(text, t)| (text, t.to_string())).collect();
        assert_eq!(found, [(" a\nb\n".into(), "first".into()), ("c\n".into(), "second".into())]);
    }
}
