//! `cargo xtask api`: what the crate `perilune` shows to programs, as a list that
//! is checked in, so that a change of it is seen.
//!
//! The list is read from the source with `syn`: exported names, the public
//! functions, fields and variants of the types behind them, and the traits these
//! implement. Where a macro writes such items, its arguments stand for them.

use crate::args::Args;
use crate::examples;
use perilune_testing::{Context, Error, Result, paths};
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use syn::{Attribute, ImplItem, Item, ItemImpl, TraitItem, UseTree, Visibility};

/// The list, from the root of the workspace.
const LIST: &str = "docs/public-api.txt";

/// Compares the list with the source, or writes it; or looks for items without an
/// example.
pub fn command(args: &mut Args) -> Result<bool> {
    if args.flag("--examples") {
        return examples::command(args);
    }
    let write = args.flag("--write");
    args.finish()?;
    let root = paths::workspace_root();
    let now = list(&root.join("crates/perilune/src"))?;
    let path = root.join(LIST);
    if write {
        fs::write(&path, now).context(path.display())?;
        return Ok(true);
    }
    let known = fs::read_to_string(&path).context(path.display())?;
    let changes = differences(&known, &now);
    for change in &changes {
        println!("{change}");
    }
    if !changes.is_empty() {
        println!("{LIST} is out of date: `cargo xtask api --write` writes it");
    }
    Ok(changes.is_empty())
}

/// Lines that are only in one of two lists.
fn differences(known: &str, now: &str) -> Vec<String> {
    let (known, now): (BTreeSet<_>, BTreeSet<_>) = (known.lines().collect(), now.lines().collect());
    let gone = known.difference(&now).map(|line| format!("- {line}"));
    gone.chain(now.difference(&known).map(|line| format!("+ {line}"))).collect()
}

/// The items of a crate, by the modules they lie in.
#[derive(Default)]
pub struct Crate {
    /// All modules but those of tests.
    pub modules: Vec<Module>,
}

/// A module, without the modules in it.
pub struct Module {
    /// Its path.
    pub name: String,
    /// Whether it is public itself, and all around it.
    pub public: bool,
    /// The file it is in.
    pub file: PathBuf,
    /// Its items.
    pub items: Vec<Item>,
}

fn list(source: &Path) -> Result<String> {
    let all = Crate::open(source, "perilune")?;
    let shown = all.shown_names();
    let mut lines = BTreeSet::new();
    for module in &all.modules {
        for item in &module.items {
            describe(&module.name, module.public, item, &shown, &mut lines);
        }
    }
    let mut text = lines.into_iter().collect::<Vec<_>>().join("\n");
    text.push('\n');
    Ok(text)
}

impl Crate {
    /// Reads the crate whose sources are in a folder.
    pub fn open(source: &Path, name: &str) -> Result<Crate> {
        let mut all = Crate::default();
        all.read(&source.join("lib.rs"), source, name, true)?;
        Ok(all)
    }

    fn read(&mut self, file: &Path, folder: &Path, module: &str, public: bool) -> Result<()> {
        let text = fs::read_to_string(file).context(file.display())?;
        let parsed = syn::parse_file(&text);
        let parsed = parsed.map_err(|e| Error(format!("{}: {e}", file.display())))?;
        let module =
            Module { name: module.to_owned(), public, file: file.to_owned(), items: parsed.items };
        self.add(module, folder)
    }

    /// Adds a module whose modules have their files in `folder`.
    fn add(&mut self, module: Module, folder: &Path) -> Result<()> {
        let Module { name: module, public, file, items } = module;
        let mut kept = Vec::new();
        for item in items {
            let Item::Mod(inner) = item else {
                kept.push(item);
                continue;
            };
            if is_hidden(&inner.attrs) || is_test(&inner.attrs) {
                continue;
            }
            let (name, public) = (inner.ident.to_string(), public && is_public(&inner.vis));
            let (path, below) = (format!("{module}::{name}"), folder.join(&name));
            match inner.content {
                Some((_, items)) => {
                    self.add(Module { name: path, public, file: file.clone(), items }, &below)?;
                }
                None => self.read(&file_of(folder, &name), &below, &path, public)?,
            }
        }
        self.modules.push(Module { name: module, public, file, items: kept });
        Ok(())
    }

    /// The names of what a program can reach.
    pub fn shown_names(&self) -> BTreeSet<String> {
        let mut names = self.exported_names();
        for module in self.modules.iter().filter(|module| module.public) {
            let seen = module.items.iter().filter(|item| !is_hidden(attributes_of(item)));
            names.extend(seen.filter_map(public_name));
        }
        names
    }

    /// The names that public modules take from elsewhere.
    pub fn exported_names(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        self.exporting().for_each(|tree| used_names(tree, &mut names));
        names
    }

    /// What public modules take from another crate: paths in it.
    pub fn paths_of_crate(&self, other: &str) -> BTreeSet<String> {
        let mut paths = BTreeSet::new();
        for tree in self.exporting() {
            if let UseTree::Path(path) = tree
                && path.ident == other
            {
                used_paths("", &path.tree, &mut paths);
            }
        }
        paths
    }

    /// What public modules export.
    fn exporting(&self) -> impl Iterator<Item = &UseTree> {
        let public = self.modules.iter().filter(|module| module.public);
        public.flat_map(|module| &module.items).filter_map(|item| match item {
            Item::Use(item) if is_public(&item.vis) && !is_hidden(&item.attrs) => Some(&item.tree),
            _ => None,
        })
    }
}

fn file_of(folder: &Path, name: &str) -> PathBuf {
    let plain = folder.join(format!("{name}.rs"));
    if plain.exists() { plain } else { folder.join(name).join("mod.rs") }
}

/// Whether programs can name it.
pub fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// Whether it is left out of the documents.
pub fn is_hidden(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|a| a.path().is_ident("doc") && text(&a.meta).contains("hidden"))
}

/// Whether it exists in tests only.
pub fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|a| a.path().is_ident("cfg") && text(&a.meta).contains("test"))
}

fn used_names(tree: &UseTree, names: &mut BTreeSet<String>) {
    match tree {
        UseTree::Path(path) => used_names(&path.tree, names),
        UseTree::Name(name) => {
            names.insert(name.ident.to_string());
        }
        UseTree::Rename(rename) => {
            names.insert(rename.ident.to_string());
        }
        UseTree::Group(group) => group.items.iter().for_each(|tree| used_names(tree, names)),
        UseTree::Glob(_) => {}
    }
}

/// The paths that a tree uses, behind `before`.
fn used_paths(before: &str, tree: &UseTree, paths: &mut BTreeSet<String>) {
    match tree {
        UseTree::Path(path) => {
            used_paths(&format!("{before}{}::", path.ident), &path.tree, paths);
        }
        UseTree::Name(name) => {
            paths.insert(format!("{before}{}", name.ident));
        }
        UseTree::Rename(rename) => {
            paths.insert(format!("{before}{}", rename.ident));
        }
        UseTree::Group(group) => {
            group.items.iter().for_each(|tree| used_paths(before, tree, paths));
        }
        UseTree::Glob(_) => {}
    }
}

/// The name of an item that is public.
pub fn public_name(item: &Item) -> Option<String> {
    let (visibility, ident) = match item {
        Item::Const(item) => (&item.vis, &item.ident),
        Item::Enum(item) => (&item.vis, &item.ident),
        Item::Fn(item) => (&item.vis, &item.sig.ident),
        Item::Static(item) => (&item.vis, &item.ident),
        Item::Struct(item) => (&item.vis, &item.ident),
        Item::Trait(item) => (&item.vis, &item.ident),
        Item::Type(item) => (&item.vis, &item.ident),
        Item::Union(item) => (&item.vis, &item.ident),
        _ => return None,
    };
    is_public(visibility).then(|| ident.to_string())
}

/// The attributes of an item that can be public.
pub fn attributes_of(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        _ => &[],
    }
}

/// Adds the lines of an item.
fn describe(
    module: &str,
    public: bool,
    item: &Item,
    shown: &BTreeSet<String>,
    lines: &mut BTreeSet<String>,
) {
    match item {
        Item::Impl(block) => describe_block(block, shown, lines),
        Item::Macro(item) => {
            let name = text(&item.mac.path);
            if name != "macro_rules" {
                let tokens = arguments_without_docs(item.mac.tokens.clone());
                lines.insert(format!("{module}: {name}!({})", text(&tokens)));
            } else if item.attrs.iter().any(|a| a.path().is_ident("macro_export")) {
                let name = item.ident.as_ref().map(ToString::to_string).unwrap_or_default();
                lines.insert(format!("{}macro perilune::{name}!", conditions(&item.attrs)));
            }
        }
        Item::Use(item) if public && is_public(&item.vis) && !is_hidden(&item.attrs) => {
            let mut names = BTreeSet::new();
            used_names(&item.tree, &mut names);
            let condition = conditions(&item.attrs);
            lines.extend(names.iter().map(|name| format!("{condition}name {module}::{name}")));
        }
        item => {
            if let Some(name) = public_name(item).filter(|name| shown.contains(name)) {
                describe_named(module, &name, item, lines);
            }
        }
    }
}

fn describe_named(module: &str, name: &str, item: &Item, lines: &mut BTreeSet<String>) {
    let mut line = |attributes: &[Attribute], what: String| {
        if !is_hidden(attributes) {
            lines.insert(format!("{}{what}", conditions(attributes)));
        }
    };
    match item {
        Item::Const(item) => {
            line(&item.attrs, format!("const {module}::{name}: {}", text(&item.ty)))
        }
        Item::Fn(item) => line(&item.attrs, format!("{module}::{name}: {}", text(&item.sig))),
        Item::Static(item) => {
            line(&item.attrs, format!("static {module}::{name}: {}", text(&item.ty)))
        }
        Item::Type(item) => {
            let generics = text(&item.generics);
            line(&item.attrs, format!("type {module}::{name}{generics} = {}", text(&item.ty)));
        }
        Item::Struct(item) => {
            line(&item.attrs, format!("struct {name}{}", text(&item.generics)));
            for (i, field) in item.fields.iter().enumerate().filter(|(_, f)| is_public(&f.vis)) {
                let field_name = field.ident.as_ref().map_or(i.to_string(), ToString::to_string);
                line(&field.attrs, format!("{name}.{field_name}: {}", text(&field.ty)));
            }
        }
        Item::Enum(item) => {
            line(&item.attrs, format!("enum {name}{}", text(&item.generics)));
            for variant in &item.variants {
                let what = format!("{name}::{}{}", variant.ident, without_docs(&variant.fields));
                line(&variant.attrs, what);
            }
        }
        Item::Trait(item) => {
            let (generics, bounds) = (text(&item.generics), text(&item.supertraits));
            line(&item.attrs, format!("trait {name}{generics}: {bounds}"));
            for inner in &item.items {
                match inner {
                    TraitItem::Fn(f) => line(&f.attrs, format!("{name}: {}", text(&f.sig))),
                    TraitItem::Type(t) => line(&t.attrs, format!("{name}: type {}", t.ident)),
                    TraitItem::Const(c) => {
                        line(&c.attrs, format!("{name}: const {}: {}", c.ident, text(&c.ty)));
                    }
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

/// The fields of a variant.
fn without_docs(fields: &syn::Fields) -> String {
    let mut fields = fields.clone();
    fields.iter_mut().for_each(|field| field.attrs.clear());
    text(&fields)
}

fn describe_block(block: &ItemImpl, shown: &BTreeSet<String>, lines: &mut BTreeSet<String>) {
    let self_type = text(&block.self_ty);
    let condition = conditions(&block.attrs);
    let generics = text(&block.generics);
    if let Some((_, of, _)) = &block.trait_ {
        let types = format!("{} {self_type}", text(of));
        let known = |word: &str| shown.contains(word);
        if types.split(|c: char| !c.is_alphanumeric() && c != '_').any(known) {
            let bounds = block.generics.where_clause.as_ref().map(text).unwrap_or_default();
            let line = format!("{condition}impl{generics} {} for {self_type} {bounds}", text(of));
            lines.insert(line.trim_end().to_owned());
        }
        return;
    }
    let name = self_type.split('<').next().unwrap_or_default().to_owned();
    if !shown.contains(&name) {
        return;
    }
    for item in &block.items {
        let (visibility, attributes, what) = match item {
            ImplItem::Fn(f) => (&f.vis, &f.attrs, text(&f.sig)),
            ImplItem::Const(c) => (&c.vis, &c.attrs, format!("const {}: {}", c.ident, text(&c.ty))),
            ImplItem::Macro(m) => {
                let tokens = arguments_without_docs(m.mac.tokens.clone());
                lines.insert(format!("{self_type}: {}!({})", text(&m.mac.path), text(&tokens)));
                continue;
            }
            _ => continue,
        };
        if is_public(visibility) && !is_hidden(attributes) {
            lines.insert(format!("{condition}{}{self_type}: {what}", conditions(attributes)));
        }
    }
}

/// The conditions under which an item exists.
fn conditions(attributes: &[Attribute]) -> String {
    let cfgs = attributes.iter().filter(|a| a.path().is_ident("cfg"));
    cfgs.map(|a| format!("[{}] ", text(&a.meta))).collect()
}

/// The arguments of a macro without doc comments, which are no part of what programs
/// can use.
fn arguments_without_docs(tokens: TokenStream) -> TokenStream {
    let mut kept = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let is_doc = |next: &TokenTree| match next {
            TokenTree::Group(group) => {
                let first = group.stream().into_iter().next();
                first.is_some_and(|first| first.to_string() == "doc")
            }
            _ => false,
        };
        if token.to_string() != "#" || tokens.next_if(is_doc).is_none() {
            kept.push(token);
        }
    }
    kept.into_iter().collect()
}

/// Tokens, with about as many spaces as a person would write.
pub fn text(tokens: &impl ToTokens) -> String {
    let mut text = tokens.to_token_stream().to_string();
    text.retain(|c| c != '\n');
    for (long, short) in [
        (" :: ", "::"),
        (":: ", "::"),
        (" ::", "::"),
        (" < ", "<"),
        ("< ", "<"),
        (" <", "<"),
        (" >", ">"),
        ("& ", "&"),
        (" ,", ","),
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
        (" : ", ": "),
        (" ;", ";"),
        (" !", "!"),
        (" ?", "?"),
        ("' ", "'"),
        (",)", ")"),
        (", >", ">"),
    ] {
        text = text.replace(long, short);
    }
    text.replace("->(", "-> (").replace("- >", "->").replace("= >", "=>").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_up_to_date() {
        let root = paths::workspace_root();
        let now = list(&root.join("crates/perilune/src")).unwrap();
        let known = fs::read_to_string(root.join(LIST)).unwrap_or_default();
        let changes = differences(&known, &now);
        assert!(changes.is_empty(), "`cargo xtask api --write` writes {LIST}:\n{changes:#?}");
    }

    #[test]
    fn signatures_are_readable() {
        let item: syn::Signature =
            syn::parse_str("fn f<'a, T: Into<&'a str>>(&self, x: &mut [T]) -> Option<T>").unwrap();
        assert_eq!(text(&item), "fn f<'a, T: Into<&'a str>>(&self, x: &mut [T]) -> Option<T>");
    }

    #[test]
    fn changes_are_found_in_both_directions() {
        assert_eq!(differences("a\nb\n", "b\nc\n"), ["- a", "+ c"]);
    }
}
