//! Every script of `tests/differential` does the same under the C interpreter
//! and under Perilune: standard output, standard error and exit code.
//!
//! `PERILUNE_FILTER` runs only the scripts whose names contain its value.

use perilune_testing::script::Script;
use perilune_testing::{Error, Result, compare, oracle, paths, perilune, pool};

#[test]
fn scripts_agree_with_the_c_interpreter() {
    let dialect = oracle::dialect(perilune::DEFAULT_DIALECT).unwrap();
    let reference = perilune::as_lua(&oracle::interpreter(dialect).unwrap()).unwrap();
    let tested = perilune::as_lua(&perilune::binary().unwrap()).unwrap();
    let filter = std::env::var("PERILUNE_FILTER").unwrap_or_default();
    let mut scripts =
        paths::lua_files(&paths::workspace_root().join("tests/differential")).unwrap();
    scripts.retain(|path| paths::stem(path).contains(&filter));

    let results = pool::map(pool::default_jobs(), &scripts, |path| -> Result<()> {
        let script = Script::read(path)?;
        let expected = script.run_by(&reference).run()?;
        let actual = script.run_by(&tested).run()?;
        match compare::difference(&expected, &actual) {
            None => Ok(()),
            Some(report) => Err(Error(format!("{}\n{report}", script.name))),
        }
    });
    let failures: Vec<String> =
        results.into_iter().filter_map(|result| result.err().map(|e| e.0)).collect();
    println!("{} scripts, {} differ", scripts.len(), failures.len());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
