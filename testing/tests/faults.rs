//! Allocations that fail, over a choice of scripts and of allocations;
//! `cargo xtask faults` takes them all.

use perilune_testing::{faults, perilune, pool};

/// Scripts that between them use every part of the interpreter.
const SCRIPTS: [&str; 14] = [
    "close-errors",
    "closure-capture",
    "coroutine-yield-pcall",
    "debug-getlocal",
    "error-xpcall",
    "gc-finalizers",
    "io-lines",
    "load-dump",
    "meta-arithmetic",
    "package-require",
    "string-format-many",
    "string-gsub",
    "table-sort",
    "vararg-basic",
];

#[test]
fn failing_allocations_are_survived() {
    let mut scripts = faults::scripts("").unwrap();
    scripts.retain(|path| SCRIPTS.contains(&perilune_testing::paths::stem(path).as_str()));
    assert_eq!(scripts.len(), SCRIPTS.len());
    let options = faults::Options {
        binary: perilune::binary().unwrap(),
        scripts,
        runs: 150,
        jobs: pool::default_jobs(),
    };
    let reports = faults::run(&options).unwrap();
    let failures: Vec<String> = reports.into_iter().flat_map(|report| report.failures).collect();
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures.join("\n"));
}
