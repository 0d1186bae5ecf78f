//! Every script below `tests/scripts` does what its comments say it does, in
//! every dialect that it is for.
//!
//! `PERILUNE_FILTER` runs only the scripts whose paths contain its value,
//! `PERILUNE_LUA` only the dialects that it names.

use std::path::{Path, PathBuf};

use perilune_testing::oracle::Dialect;
use perilune_testing::process::{End, Outcome};
use perilune_testing::script::{self, Script};
use perilune_testing::{Error, Result, compare, paths, perilune, pool};

/// The Lua files of a folder and of its subfolders.
fn all_below(dir: &Path) -> Vec<PathBuf> {
    let mut files = paths::lua_files(dir).unwrap();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(all_below(&path));
        }
    }
    files
}

/// How a run parts from what the script says, if it does.
fn complaint(script: &Script, dialect: &Dialect, outcome: &Outcome) -> Option<String> {
    let expected = &script.expected;
    let mut report = String::new();
    if outcome.end != End::Code(expected.exit) {
        report.push_str(&format!(
            "  ended with {}, expected exit code {}\n",
            outcome.end, expected.exit
        ));
    }
    let mut lines = expected.lines.join("\n");
    if !lines.is_empty() || !expected.lines.is_empty() {
        lines.push('\n');
    }
    let stdout = compare::normalise(&outcome.stdout);
    if lines.as_bytes() != stdout {
        report.push_str(&compare::first_difference("stdout", lines.as_bytes(), &stdout));
    }
    let message = outcome.err().lines().next().unwrap_or_default().to_string();
    let error = expected.error.as_ref().map(|error| format!("{}: {error}", dialect.program()));
    match error {
        Some(error) if message != error => {
            report.push_str(&format!(
                "  error message:\n    expected: {error}\n    actual:   {message}\n"
            ));
        }
        None if !message.is_empty() => report.push_str(&format!("  stderr: {message}\n")),
        _ => {}
    }
    (!report.is_empty()).then_some(report)
}

#[test]
fn scripts_do_what_they_say() {
    let binary = perilune::binary().unwrap();
    let runs = script::runs(&all_below(&paths::workspace_root().join("tests/scripts"))).unwrap();
    let results = pool::map(pool::default_jobs(), &runs, |(script, dialect)| -> Result<()> {
        let bin = perilune::as_lua(&binary, dialect)?;
        match complaint(script, dialect, &script.run_by(&bin, dialect).run()?) {
            None => Ok(()),
            Some(report) => {
                Err(Error(format!("{}, Lua {}\n{report}", script.path.display(), dialect.name)))
            }
        }
    });
    let failures: Vec<String> =
        results.into_iter().filter_map(|result| result.err().map(|e| e.0)).collect();
    println!("{} runs ({}), {} fail", runs.len(), script::count(&runs), failures.len());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
