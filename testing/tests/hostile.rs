//! Scripts that attack their host end in a Lua error or go on: never in a
//! signal, never in a panic. Most print `survived` as their last line.
//!
//! `PERILUNE_FILTER` runs only the scripts whose names contain its value.

use std::path::Path;
use std::time::Duration;

use perilune_testing::process::{End, Run};
use perilune_testing::script::Script;
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
    let bin = perilune::as_lua(&perilune::binary().unwrap()).unwrap();
    let filter = std::env::var("PERILUNE_FILTER").unwrap_or_default();
    let mut scripts = paths::lua_files(&paths::workspace_root().join(folder)).unwrap();
    scripts.retain(|path| paths::stem(path).contains(&filter));
    let results = pool::map(pool::default_jobs(), &scripts, |path| survives(path, &bin, &limit));
    let failures: Vec<String> =
        results.into_iter().filter_map(|result| result.err().map(|e| e.0)).collect();
    println!("{} scripts, {} fail", scripts.len(), failures.len());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn survives(path: &Path, bin: &Path, limit: impl Fn(Run) -> Run) -> Result<()> {
    let script = Script::read(path)?;
    let run = limit(script.run_by(bin)).timeout(Duration::from_secs(300));
    let outcome = run.run()?;
    let uncaught = script.name.contains("uncaught");
    let output = outcome.out() + &outcome.err();
    let expected = if uncaught { End::Code(1) } else { End::Code(0) };
    let said_so = uncaught || output.lines().any(|line| line == "survived");
    if outcome.end == expected && said_so && !output.contains("panicked") {
        return Ok(());
    }
    let shown: String = output.chars().take(2000).collect();
    Err(Error(format!("{}: {}\n{shown}", script.name, outcome.end)))
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
