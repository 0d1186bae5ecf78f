//! Checks of Rust sources.

use std::collections::BTreeMap;

use super::Complaint;
use super::source::{Source, words};

/// The longest file.
const FILE_LINES: usize = 1200;

/// The longest function.
const FUNCTION_LINES: usize = 120;

/// How far above an unsafe block its note may stand.
const NOTE_DISTANCE: usize = 4;

/// How often the same note may be written down.
const NOTE_COPIES: usize = 16;

/// The crates that may contain unsafe code.
const UNSAFE_CRATES: [&str; 3] = ["perilune-vm", "perilune-jit", "perilune-capi"];

/// The crates that reach the outside world only through the host trait, and
/// the folder in which one of them implements it.
const SEALED_CRATES: [&str; 5] =
    ["perilune-syntax", "perilune-bytecode", "perilune-compiler", "perilune-vm", "perilune-stdlib"];
const HOST_FOLDER: &str = "crates/perilune-stdlib/src/host/";

/// The parts of the standard library that touch the outside world.
const OUTSIDE: [&str; 5] = ["fs", "env", "process", "time", "net"];

/// What unfinished code calls itself.
const UNFINISHED: [&str; 5] = ["FIXME", "XXX", "HACK", "TODO", "WIP"];

/// What comments say that tell of plans or of the past.
const PLANS: [&str; 8] = [
    "port note",
    "for now",
    "not yet implemented",
    "will be added",
    "will be implemented",
    "in a later issue",
    "in a later version",
    "in the next version",
];

/// Words that are plans when a number follows.
const NUMBERED_PLANS: [&str; 4] = ["phase", "stage", "track", "milestone"];

/// All checks of one file.
pub fn check(source: &Source<'_>, complaints: &mut Vec<Complaint>) {
    check_sizes(source, complaints);
    check_unfinished(source, complaints);
    check_plans(source, complaints);
    check_forbid(source, complaints);
    check_unsafe(source, complaints);
    check_outside(source, complaints);
}

/// The crate that a file belongs to.
fn crate_of(name: &str) -> &str {
    let rest = name.strip_prefix("crates/").unwrap_or(name);
    rest.split('/').next().unwrap_or(rest)
}

fn check_sizes(source: &Source<'_>, complaints: &mut Vec<Complaint>) {
    let lines = source.lines.len();
    if lines > FILE_LINES {
        let text = format!("a file of {lines} lines, at most {FILE_LINES}");
        complaints.push(Complaint::new(source.name, 1, text));
    }
    for function in source.functions() {
        let lines = function.last - function.first + 1;
        if lines > FUNCTION_LINES {
            let text =
                format!("function {} of {lines} lines, at most {FUNCTION_LINES}", function.name);
            complaints.push(Complaint::new(source.name, function.first + 1, text));
        }
    }
}

fn check_unfinished(source: &Source<'_>, complaints: &mut Vec<Complaint>) {
    for (line, (code, comment)) in source.code.iter().zip(&source.comments).enumerate() {
        for name in ["todo", "unimplemented"] {
            if words(code, name).iter().any(|at| code[at + name.len()..].starts_with('!')) {
                complaints.push(Complaint::new(
                    source.name,
                    line + 1,
                    format!("{name}! in the code"),
                ));
            }
        }
        for word in UNFINISHED {
            if !words(comment, word).is_empty() {
                complaints.push(Complaint::new(
                    source.name,
                    line + 1,
                    format!("{word} in a comment"),
                ));
            }
        }
    }
}

fn check_plans(source: &Source<'_>, complaints: &mut Vec<Complaint>) {
    for (line, comment) in source.comments.iter().enumerate() {
        let comment = comment.to_lowercase();
        let plan = PLANS.iter().find(|plan| comment.contains(*plan));
        let numbered = NUMBERED_PLANS.iter().find(|word| {
            let mut places = words(&comment, word).into_iter();
            places.any(|at| {
                let rest = comment[at + word.len()..].trim_start();
                rest.starts_with(|c: char| c.is_ascii_digit())
            })
        });
        if let Some(found) = plan.or(numbered) {
            let text = format!("a comment that tells of plans: '{found}'");
            complaints.push(Complaint::new(source.name, line + 1, text));
        }
    }
}

fn check_forbid(source: &Source<'_>, complaints: &mut Vec<Complaint>) {
    let file = source.name.rsplit('/').next().unwrap_or_default();
    let in_src = source.name.ends_with("/src/lib.rs") || source.name.ends_with("/src/main.rs");
    let is_root = in_src || source.name.contains("/src/bin/") || file == "build.rs";
    if !is_root || UNSAFE_CRATES.contains(&crate_of(source.name)) {
        return;
    }
    if !source.code.iter().any(|code| code.contains("#![forbid(unsafe_code)]")) {
        complaints.push(Complaint::new(source.name, 1, "no #![forbid(unsafe_code)]"));
    }
}

fn check_unsafe(source: &Source<'_>, complaints: &mut Vec<Complaint>) {
    let allowed = UNSAFE_CRATES.contains(&crate_of(source.name));
    for (line, code) in source.code.iter().enumerate() {
        for at in words(code, "unsafe") {
            let rest = code[at + "unsafe".len()..].trim_start();
            if !allowed {
                complaints.push(Complaint::new(
                    source.name,
                    line + 1,
                    "unsafe code in a safe crate",
                ));
            } else if let Some(text) = missing_note(source, line, rest) {
                complaints.push(Complaint::new(source.name, line + 1, text));
            }
        }
    }
}

/// What an `unsafe` followed by `rest` lacks, if anything.
fn missing_note(source: &Source<'_>, line: usize, rest: &str) -> Option<&'static str> {
    let declares = ["fn ", "extern ", "trait "].iter().any(|word| rest.starts_with(word));
    if declares {
        let is_pointer_type = rest.split('(').next().is_some_and(|head| {
            head.trim_end().ends_with("fn") || head.trim_end().ends_with("extern")
        });
        let documented = comments_above(source, line)
            .iter()
            .any(|comment| comment.contains("# Safety") || comment.contains("SAFETY:"));
        let complaint = "unsafe fn without a '# Safety' section, nor one for its module";
        return (!is_pointer_type && !documented && !module_contract(source)).then_some(complaint);
    }
    let is_block = rest.starts_with('{') || rest.is_empty() || rest.starts_with("impl");
    if !is_block {
        return None;
    }
    let first = line.saturating_sub(NOTE_DISTANCE);
    let noted = source.comments[first..=line].iter().any(|comment| comment.contains("SAFETY:"));
    (!noted).then_some("unsafe without a '// SAFETY:' note")
}

/// Whether the file's own documentation states one contract for all its
/// unsafe functions.
fn module_contract(source: &Source<'_>) -> bool {
    let docs = source.comments.iter().filter(|comment| comment.starts_with("//!"));
    docs.into_iter().any(|comment| comment.contains("# Safety"))
}

/// The comments and attributes right above a line, and those on it.
fn comments_above<'s>(source: &'s Source<'_>, line: usize) -> Vec<&'s str> {
    let mut all = vec![source.comments[line].as_str()];
    for above in (0..line).rev() {
        let text = source.lines[above].trim();
        let is_comment = text.starts_with("//") || text.starts_with('*') || text.starts_with("/*");
        if !is_comment && !text.starts_with("#[") {
            break;
        }
        all.push(&source.comments[above]);
    }
    all
}

fn check_outside(source: &Source<'_>, complaints: &mut Vec<Complaint>) {
    let sealed = SEALED_CRATES.contains(&crate_of(source.name)) && source.name.contains("/src/");
    if !sealed || source.name.starts_with(HOST_FOLDER) {
        return;
    }
    for (line, code) in source.code.iter().enumerate() {
        // Ending the process reaches nothing.
        let code = &code.replace("std::process::abort()", "");
        for module in OUTSIDE {
            let path = format!("std::{module}");
            let plain = !words(code, &path).is_empty();
            let grouped = code.contains("std::{") && !words(code, module).is_empty();
            if plain || grouped {
                let text = format!("{path} outside the host implementation");
                complaints.push(Complaint::new(source.name, line + 1, text));
            }
        }
    }
}

/// The texts of the notes on unsafe code, with the places that have them.
#[derive(Default)]
pub struct SafetyNotes {
    places: BTreeMap<String, Vec<(String, usize)>>,
}

impl SafetyNotes {
    /// Takes up the notes of one file.
    pub fn collect(&mut self, source: &Source<'_>) {
        for (line, comment) in source.comments.iter().enumerate() {
            let Some((_, first)) = comment.split_once("SAFETY:") else {
                continue;
            };
            let mut text = first.trim().to_string();
            for next in &source.comments[line + 1..] {
                let Some(more) = next.trim().strip_prefix("//") else {
                    break;
                };
                if more.contains("SAFETY:") {
                    break;
                }
                text.push(' ');
                text.push_str(more.trim());
            }
            self.places.entry(text).or_default().push((source.name.to_string(), line + 1));
        }
    }

    /// Complains about notes that were pasted instead of thought about.
    pub fn check(&self, complaints: &mut Vec<Complaint>) {
        for (text, places) in &self.places {
            if places.len() > NOTE_COPIES {
                let (file, line) = &places[0];
                let text = format!("a SAFETY note used {} times: '{text}'", places.len());
                complaints.push(Complaint::new(file, *line, text));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(name: &str, text: &str) -> Vec<String> {
        let mut all = Vec::new();
        check(&Source::new(name, text), &mut all);
        all.into_iter().map(|complaint| complaint.text).collect()
    }

    const VM: &str = "crates/perilune-vm/src/x.rs";

    #[test]
    fn long_functions_and_files() {
        let body = "    x();\n".repeat(FUNCTION_LINES);
        assert!(complaints(VM, &format!("fn f() {{\n{body}}}\n"))[0].contains("function f of 122"));
        assert!(complaints(VM, &"\n".repeat(FILE_LINES + 1))[0].contains("a file of"));
    }

    #[test]
    fn unsafe_code_and_its_notes() {
        assert_eq!(complaints(VM, "fn f() {\n    unsafe { g() }\n}\n").len(), 1);
        assert_eq!(
            complaints(VM, "fn f() {\n    // SAFETY: g is fine.\n    unsafe { g() }\n}\n").len(),
            0
        );
        assert_eq!(complaints(VM, "unsafe fn f() {}\n").len(), 1);
        assert_eq!(
            complaints(
                VM,
                "/// F.\n///\n/// # Safety\n/// Call it.\n#[inline]\npub unsafe fn f() {}\n"
            )
            .len(),
            0
        );
        assert_eq!(complaints(VM, "//! # Safety\n//! All of them.\n\nunsafe fn f() {}\n").len(), 0);
        assert_eq!(complaints(VM, "type F = unsafe fn(u8);\nunsafe impl Send for X {}\n").len(), 1);
        let safe = complaints(
            "crates/perilune/src/x.rs",
            "// unsafe is a word\nfn f() { unsafe { g() } }\n",
        );
        assert_eq!(safe, ["unsafe code in a safe crate"]);
    }

    #[test]
    fn crate_roots_forbid_unsafe_code() {
        assert_eq!(complaints("crates/perilune/src/lib.rs", "").len(), 1);
        assert_eq!(complaints("crates/perilune/src/lib.rs", "#![forbid(unsafe_code)]\n").len(), 0);
        assert_eq!(complaints("crates/perilune-vm/src/lib.rs", "").len(), 0);
    }

    #[test]
    fn unfinished_code_and_plans() {
        let unfinished = ["fn f() { to", "do!() }\n// FIX", "ME later\n"].concat();
        assert_eq!(complaints(VM, &unfinished).len(), 2);
        assert_eq!(
            complaints(
                VM,
                "// part of phase 2\n// fine: phases of the moon\nlet s = \"phase 2\";\n"
            )
            .len(),
            1
        );
    }

    #[test]
    fn the_outside_world_stays_outside() {
        assert_eq!(complaints(VM, "use std::fs;\n").len(), 1);
        assert_eq!(complaints(VM, "fn f() { std::process::abort() }\n").len(), 0);
        assert_eq!(complaints(VM, "use std::{env, mem};\n").len(), 1);
        assert_eq!(complaints("crates/perilune-stdlib/src/host/x.rs", "use std::fs;\n").len(), 0);
        assert_eq!(complaints("crates/perilune-cli/src/x.rs", "use std::fs;\n").len(), 0);
    }

    #[test]
    fn pasted_notes() {
        let text = "// SAFETY: as above,\n// really.\n\n".repeat(NOTE_COPIES + 1);
        let mut notes = SafetyNotes::default();
        notes.collect(&Source::new(VM, &text));
        let mut all = Vec::new();
        notes.check(&mut all);
        assert_eq!(all.len(), 1);
        assert!(all[0].text.contains("as above, really."));
    }
}
