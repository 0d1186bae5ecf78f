//! The path of the crate `perilune` in the program that uses a macro.
//!
//! A macro by example has `$crate`; derives and attributes have to find out, from
//! the manifest of the package that is compiled, what name the crate was given
//! there. `#[lua(crate = "...")]` says it for programs that have the crate from
//! another one.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use std::path::{Path, PathBuf};
use syn::{Attribute, Ident, LitStr, Result};

const PACKAGE: &str = "perilune";

/// The path for a macro that names none.
pub(crate) fn found() -> TokenStream {
    let name = name_in_program().unwrap_or_else(|| PACKAGE.to_owned());
    let ident = Ident::new(&name.replace('-', "_"), Span::call_site());
    quote!(::#ident)
}

/// The path that `#[lua(crate = "...")]` before a type says, or the one found.
pub(crate) fn of_type(attributes: &[Attribute]) -> Result<TokenStream> {
    let mut named = None;
    for attribute in attributes.iter().filter(|a| a.path().is_ident("lua")) {
        attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("trace") {
                return Ok(());
            }
            if !meta.path.is_ident("crate") {
                return Err(
                    meta.error("before a type, only `crate = \"...\"` and `trace` are known")
                );
            }
            named = Some(parse(&meta.value()?.parse()?)?);
            Ok(())
        })?;
    }
    Ok(named.unwrap_or_else(found))
}

/// Whether `#[lua(trace)]` stands before a type.
pub(crate) fn is_traced(attributes: &[Attribute]) -> bool {
    let mut traced = false;
    for attribute in attributes.iter().filter(|a| a.path().is_ident("lua")) {
        // `of_type` tells of mistakes.
        let _ = attribute.parse_nested_meta(|meta| {
            traced |= meta.path.is_ident("trace");
            match meta.value() {
                Ok(value) => value.parse::<syn::Expr>().map(|_| ()),
                Err(_) => Ok(()),
            }
        });
    }
    traced
}

/// The path in a string literal.
pub(crate) fn parse(literal: &LitStr) -> Result<TokenStream> {
    let path: syn::Path = literal.parse()?;
    Ok(quote!(#path))
}

fn name_in_program() -> Option<String> {
    if std::env::var("CARGO_PKG_NAME").as_deref() == Ok(PACKAGE) {
        return Some(PACKAGE.to_owned());
    }
    let folder = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR")?);
    let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).ok()?;
    let workspace = || workspace_manifest(&folder);
    name_in_manifest(&manifest, &workspace)
}

/// The manifest of the workspace that a package lies in.
fn workspace_manifest(folder: &Path) -> Option<String> {
    folder.ancestors().find_map(|folder| {
        let text = std::fs::read_to_string(folder.join("Cargo.toml")).ok()?;
        tables(&text).iter().any(|t| t.header.starts_with("workspace")).then_some(text)
    })
}

/// The name under which a manifest has the package.
fn name_in_manifest(manifest: &str, workspace: &dyn Fn() -> Option<String>) -> Option<String> {
    let mut inherited = Vec::new();
    for table in tables(manifest) {
        let header = table.header.as_str();
        if is_dependencies(header) && !header.starts_with("workspace") {
            for (key, value) in &table.entries {
                // `name = {...}`, `name = "version"`, `name.workspace = true`
                let (name, rest) = key.split_once('.').unwrap_or((key, ""));
                let renamed = rest == "package" && quoted(value) == Some(PACKAGE);
                match package_of(value) {
                    Some(package) if package == PACKAGE => return Some(unquoted(name)),
                    Some(_) => continue,
                    None if renamed => return Some(unquoted(name)),
                    None if unquoted(name) == PACKAGE => return Some(PACKAGE.to_owned()),
                    None if rest == "workspace" || value.contains("workspace") => {
                        inherited.push(unquoted(name));
                    }
                    None => {}
                }
            }
        } else if let Some((outer, name)) = header.rsplit_once('.')
            && is_dependencies(outer)
            && !header.starts_with("workspace")
        {
            // `[dependencies.name]`
            let entry = |key: &str| table.entries.iter().find(|(k, _)| k == key);
            match entry("package") {
                Some((_, value)) if quoted(value) == Some(PACKAGE) => return Some(unquoted(name)),
                Some(_) => {}
                None if unquoted(name) == PACKAGE => return Some(PACKAGE.to_owned()),
                None if entry("workspace").is_some() => inherited.push(unquoted(name)),
                None => {}
            }
        }
    }
    if inherited.is_empty() {
        return None;
    }
    let workspace = workspace()?;
    tables(&workspace).iter().find_map(|table| {
        if table.header == "workspace.dependencies" {
            return table.entries.iter().find_map(|(key, value)| {
                let name = unquoted(key.split('.').next().unwrap_or(key));
                let this = package_of(value) == Some(PACKAGE)
                    || key.ends_with(".package") && quoted(value) == Some(PACKAGE);
                (this && inherited.contains(&name)).then_some(name)
            });
        }
        let name = unquoted(table.header.strip_prefix("workspace.dependencies.")?);
        let this = table.entries.iter().any(|(k, v)| k == "package" && quoted(v) == Some(PACKAGE));
        (this && inherited.contains(&name)).then_some(name)
    })
}

/// Whether a table's header is one of dependencies, of whatever kind and target.
fn is_dependencies(header: &str) -> bool {
    let last = header.rsplit('.').next().unwrap_or(header);
    matches!(last, "dependencies" | "dev-dependencies" | "build-dependencies")
}

/// The text of a string of TOML.
fn quoted(value: &str) -> Option<&str> {
    let value = value.trim();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value.strip_prefix(quote)?.strip_suffix(quote)
}

fn unquoted(name: &str) -> String {
    quoted(name).unwrap_or(name.trim()).to_owned()
}

/// What `package = "..."` in an inline table says.
fn package_of(value: &str) -> Option<&str> {
    let inside = value.trim().strip_prefix('{')?.strip_suffix('}')?;
    let mut rest = inside;
    while let Some(at) = rest.find("package") {
        let before = rest[..at].trim_end().chars().next_back();
        let after = rest[at + "package".len()..].trim_start();
        if matches!(before, None | Some(',' | '{'))
            && let Some(value) = after.strip_prefix('=')
        {
            let end = value.find([',', '}']).unwrap_or(value.len());
            return quoted(&value[..end]);
        }
        rest = &rest[at + "package".len()..];
    }
    None
}

/// A table of a manifest: its header, and its entries as they are written.
struct Table {
    header: String,
    entries: Vec<(String, String)>,
}

/// The tables of a manifest.
fn tables(text: &str) -> Vec<Table> {
    let mut tables = vec![Table { header: String::new(), entries: Vec::new() }];
    let mut lines = text.lines().map(without_comment);
    while let Some(line) = lines.next() {
        let line = line.trim();
        if line.starts_with('[') && line.ends_with(']') && !line.starts_with("[[") {
            let header = line[1..line.len() - 1].trim().to_owned();
            tables.push(Table { header, entries: Vec::new() });
            continue;
        }
        let Some((key, value)) = line.split_once('=') else { continue };
        let mut value = value.trim().to_owned();
        // A value goes on until its brackets are closed.
        while depth(&value) > 0 {
            let Some(more) = lines.next() else { break };
            value.push(' ');
            value.push_str(more.trim());
        }
        if let Some(table) = tables.last_mut() {
            table.entries.push((key.trim().to_owned(), value));
        }
    }
    tables
}

/// A line without its comment.
fn without_comment(line: &str) -> &str {
    let mut quote = None;
    for (i, c) in line.char_indices() {
        match (quote, c) {
            (None, '#') => return &line[..i],
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    line
}

/// How many brackets are open at the end.
fn depth(value: &str) -> usize {
    let (mut depth, mut quote) = (0_usize, None);
    for c in value.chars() {
        match (quote, c) {
            (None, '{' | '[') => depth += 1,
            (None, '}' | ']') => depth = depth.saturating_sub(1),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    depth
}

#[cfg(test)]
mod tests {
    use super::name_in_manifest;

    fn name(manifest: &str, workspace: &str) -> Option<String> {
        name_in_manifest(manifest, &|| Some(workspace.to_owned()))
    }

    #[test]
    fn names_are_found_however_they_are_written() {
        for (manifest, expected) in [
            ("[dependencies]\nperilune = \"1\"", "perilune"),
            ("[dependencies]\nserde = \"1\"\nperilune.workspace = true", "perilune"),
            ("[dependencies]\nmlua = { package = \"perilune\", version = \"1\" }", "mlua"),
            ("[dependencies]\nlua = {path='x' , package='perilune'} # so\n", "lua"),
            ("[dev-dependencies.my-lua]\nversion = \"1\"\npackage = \"perilune\"", "my-lua"),
            (
                "[target.'cfg(unix)'.dependencies]\nl = { features = [\n \"a\", # b\n \"c\",\n], package = \"perilune\" }",
                "l",
            ),
            ("[dependencies]\nl.package = \"perilune\"\nl.version = \"1\"", "l"),
        ] {
            assert_eq!(name(manifest, "").as_deref(), Some(expected), "{manifest}");
        }
    }

    #[test]
    fn names_are_inherited() {
        let workspace = "[workspace.dependencies]\nlua = { package = \"perilune\" }\nother = \"1\"";
        let own = "[dependencies]\nother = { workspace = true }\nlua = { workspace = true }";
        assert_eq!(name(own, workspace).as_deref(), Some("lua"));
        let table = "[workspace.dependencies.lua]\npackage = \"perilune\"";
        assert_eq!(name("[dependencies.lua]\nworkspace = true", table).as_deref(), Some("lua"));
        assert_eq!(name("[dependencies]\nother.workspace = true", workspace), None);
    }

    #[test]
    fn other_packages_are_not_taken_for_it() {
        let manifest = "[dependencies]\nperilune = { package = \"other\" }\nx = \"perilune\"";
        assert_eq!(name(manifest, ""), None);
        assert_eq!(name("[package]\nname = \"perilune\"", ""), None);
    }
}
