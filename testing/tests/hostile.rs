//! Scripts that attack their host end in a Lua error or go on: never in a
//! signal, never in a panic. Most print `survived` as their last line.
//!
//! `PERILUNE_FILTER` runs only the scripts whose paths contain its value,
//! `PERILUNE_LUA` only the dialects that it names.

use std::time::Duration;

use perilune_testing::oracle::Dialect;
use perilune_testing::process::{End, Run};
use perilune_testing::script::{self, Script};
use perilune_testing::{Error, Result, paths, perilune, pool};

/// The native stack of the runs with a small one.
const SMALL_STACK_KB: u64 = 1024;

/// The address space of the runs that use up all memory.
const LITTLE_MEMORY_KB: u64 = 200_000;

/// The address space of the other runs, lest an endless recursion in memory
/// takes the machine down before it fails.
const MUCH_MEMORY_KB: u64 = 4_000_000;

/// Runs every script of a folder, changed by `limit`, and checks its end.
fn attack(folder: &str, limit: impl Fn(Run) -> Run + Sync) {
    let binary = perilune::binary().unwrap();
    let scripts = paths::lua_files(&paths::workspace_root().join(folder)).unwrap();
    let runs = script::runs(&scripts).unwrap();
    let results = pool::map(pool::default_jobs(), &runs, |(script, dialect)| -> Result<()> {
        let bin = perilune::as_lua(&binary, dialect)?;
        survives(script, dialect, limit(script.run_by(&bin, dialect)))
    });
    let failures: Vec<String> =
        results.into_iter().filter_map(|result| result.err().map(|e| e.0)).collect();
    println!("{} runs ({}), {} fail", runs.len(), script::count(&runs), failures.len());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn survives(script: &Script, dialect: &Dialect, run: Run) -> Result<()> {
    let outcome = run.timeout(Duration::from_secs(300)).run()?;
    let uncaught = script.name.contains("uncaught");
    let output = outcome.out() + &outcome.err();
    let expected = if uncaught { End::Code(1) } else { End::Code(0) };
    let said_so = uncaught || output.lines().any(|line| line == "survived");
    if outcome.end == expected && said_so && !output.contains("panicked") {
        return Ok(());
    }
    let shown: String = output.chars().take(2000).collect();
    Err(Error(format!("{}, Lua {}: {}\n{shown}", script.name, dialect.name, outcome.end)))
}

#[test]
fn attacks_with_the_usual_stack() {
    attack("tests/hostile", |run| run.memory_kb(MUCH_MEMORY_KB));
}

#[test]
fn attacks_with_a_small_stack() {
    attack("tests/hostile", |run| run.memory_kb(MUCH_MEMORY_KB).stack_kb(SMALL_STACK_KB));
}

#[test]
fn attacks_with_little_memory() {
    attack("tests/hostile/memory", |run| run.memory_kb(LITTLE_MEMORY_KB));
}
