//! Every script of `tests/differential` does the same under the C interpreter
//! and under Perilune, in every dialect that it is for: standard output,
//! standard error and exit code.
//!
//! `PERILUNE_FILTER` runs only the scripts whose paths contain its value,
//! `PERILUNE_LUA` only the dialects that it names.

use std::collections::BTreeSet;
use std::path::Path;

use perilune_testing::script::{self, Script};
use perilune_testing::{Error, Result, compare, oracle, paths, perilune, pool};

/// Every dialect has at least so many scripts.
const LEAST: usize = 150;

#[test]
fn every_dialect_has_scripts() {
    let scripts = paths::lua_files(&paths::workspace_root().join("tests/differential")).unwrap();
    let scripts: Vec<Script> = scripts.iter().map(|path| Script::read(path).unwrap()).collect();
    for dialect in &oracle::DIALECTS {
        let count = scripts.iter().filter(|script| script.dialects.contains(&dialect)).count();
        assert!(count >= LEAST, "{count} scripts for {}", dialect.name);
    }
}

#[test]
fn scripts_agree_with_the_c_interpreter() {
    let scripts = paths::lua_files(&paths::workspace_root().join("tests/differential")).unwrap();
    let runs = script::runs(&scripts).unwrap();
    let binary = perilune::binary().unwrap();
    let mut folders = Vec::new();
    for dialect in runs.iter().map(|(_, dialect)| *dialect).collect::<BTreeSet<_>>() {
        let reference = oracle::interpreter(dialect).unwrap();
        let folder = |binary: &Path| perilune::as_lua(binary, dialect).unwrap();
        folders.push((dialect, folder(&reference), folder(&binary)));
    }
    let results = pool::map(pool::default_jobs(), &runs, |(script, dialect)| -> Result<()> {
        let Some((_, reference, tested)) = folders.iter().find(|(d, ..)| d == dialect) else {
            return Err(Error(format!("no interpreter of {}", dialect.name)));
        };
        let expected = script.run_by(reference, dialect).run()?;
        let actual = script.run_by(tested, dialect).run()?;
        match compare::difference(&expected, &actual) {
            None => Ok(()),
            Some(report) => Err(Error(format!("{}, Lua {}\n{report}", script.name, dialect.name))),
        }
    });
    let failures: Vec<String> =
        results.into_iter().filter_map(|result| result.err().map(|e| e.0)).collect();
    println!("{} runs ({}), {} differ", runs.len(), script::count(&runs), failures.len());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
