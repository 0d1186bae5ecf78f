//! `cargo xtask tidy`: the conventions of the source tree, as checks.
//!
//! Each check is a function from a file, or from all files, to complaints.
//! All but that for examples read text, not syntax trees: a complaint can be wrong
//! in theory, and then the code says the same thing in a plainer way.

mod docs;
mod rust;
mod source;

use std::fs;
use std::path::Path;

use perilune_testing::{Context, Result, paths};

use crate::args::Args;
use crate::examples;
use source::Source;

/// One place that breaks a convention.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Complaint {
    /// The file, as a path from the workspace's root.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong.
    pub text: String,
}

impl Complaint {
    /// A complaint about a line.
    pub fn new(file: &str, line: usize, text: impl Into<String>) -> Self {
        Complaint { file: file.to_string(), line, text: text.into() }
    }
}

impl std::fmt::Display for Complaint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.text)
    }
}

/// Prints what is out of order.
pub fn command(args: &mut Args) -> Result<bool> {
    args.finish()?;
    let complaints = check_tree(&paths::workspace_root())?;
    for complaint in &complaints {
        println!("{complaint}");
    }
    println!("{} complaints", complaints.len());
    Ok(complaints.is_empty())
}

/// Every complaint about the tree at `root`.
fn check_tree(root: &Path) -> Result<Vec<Complaint>> {
    let mut complaints = Vec::new();
    let mut notes = rust::SafetyNotes::default();
    for name in source_files(root)? {
        let Ok(bytes) = fs::read(root.join(&name)) else {
            continue;
        };
        let Ok(text) = String::from_utf8(bytes) else {
            continue;
        };
        if name != "Cargo.lock" {
            docs::check_places(&name, &text, &mut complaints);
        }
        if name.ends_with(".md") {
            docs::check_markdown(root, &name, &text, &mut complaints);
        }
        if name.ends_with(".rs") {
            let source = Source::new(&name, &text);
            rust::check(&source, &mut complaints);
            notes.collect(&source);
        }
    }
    notes.check(&mut complaints);
    complaints.extend(examples::lacking(root)?);
    complaints.sort();
    Ok(complaints)
}

/// What builds leave, and what git keeps.
const NOT_SOURCE: [&str; 4] =
    [".git", "target", "benches/embedding/target", "benches/embedding/Cargo.lock"];

/// The files of the tree, as paths from its root, but for what is no source.
fn source_files(root: &Path) -> Result<Vec<String>> {
    let mut files = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root.join(&folder)).context(&folder)? {
            let name = format!("{folder}{}", entry?.file_name().to_string_lossy());
            if NOT_SOURCE.contains(&name.as_str()) {
                continue;
            }
            if root.join(&name).is_dir() {
                folders.push(format!("{name}/"));
            } else {
                files.push(name);
            }
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_tidy() {
        let complaints = check_tree(&paths::workspace_root()).unwrap();
        let texts: Vec<String> = complaints.iter().map(Complaint::to_string).collect();
        assert!(texts.is_empty(), "{}", texts.join("\n"));
    }
}
