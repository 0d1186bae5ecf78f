//! `cargo xtask fuzz`: many damaged binary chunks, if wanted under AddressSanitizer.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use perilune_testing::process::{Outcome, Run};
use perilune_testing::{Context, Error, Result, paths, pool};

use crate::args::Args;
use crate::asan;

/// The test that does the work; its own text says how.
const TEST: &str = "damaged_chunks";

/// Runs the test with one seed after the other and prints what it says.
pub fn command(args: &mut Args) -> Result<bool> {
    let seeds = args.number("--seeds")?.unwrap_or(20);
    let first = args.number("--first")?.unwrap_or(1);
    let count = args.number("--count")?.unwrap_or(1000);
    let jobs = args.number("--jobs")?.unwrap_or(1) as usize;
    let timeout = Duration::from_secs(args.number("--timeout")?.unwrap_or(600));
    let sanitize = args.flag("--asan");
    args.finish()?;

    let binary = build(sanitize)?;
    let dir = paths::fresh_dir("fuzz")?;
    let all: Vec<u64> = (first..first + seeds).collect();
    let results = pool::map(jobs, &all, |seed| -> Result<bool> {
        let keep = dir.join(format!("{seed}.bin"));
        let outcome = Run::new(&binary)
            .args(["--nocapture", "--test-threads=1"])
            .env("PERILUNE_FUZZ", format!("{seed}:{count}"))
            .env("PERILUNE_FUZZ_KEEP", &keep)
            .dir(paths::workspace_root())
            .timeout(timeout)
            .run()?;
        report(*seed, &outcome, &keep);
        Ok(outcome.ok())
    });
    let mut failed = 0;
    for result in results {
        failed += u64::from(!result?);
    }
    println!("\n{} seeds passed, {failed} failed", seeds - failed);
    Ok(failed == 0 && seeds > 0)
}

/// Says how the run of a seed went.
fn report(seed: u64, outcome: &Outcome, keep: &std::path::Path) {
    let (out, err) = (outcome.out(), outcome.err());
    if outcome.ok() {
        let summary = out.lines().find(|line| line.contains(" chunks, ")).unwrap_or_default();
        // The test's name may stand before it.
        let summary = summary.rsplit("... ").next().unwrap_or(summary);
        println!("seed {seed:>6}: {summary}");
        return;
    }
    println!("seed {seed:>6}: FAILED, {}; the chunk is {}", outcome.end, keep.display());
    for line in out.lines().chain(err.lines()).take(40) {
        println!("    {line}");
    }
}

/// Builds the test and finds its executable.
fn build(sanitize: bool) -> Result<PathBuf> {
    let mut command = Command::new("cargo");
    let mut target = paths::target_dir();
    if sanitize {
        target = asan::target_dir();
        command.args(["+nightly", "test", "--target", asan::TARGET]);
        command.env("RUSTFLAGS", "-Zsanitizer=address");
    } else {
        command.arg("test");
    }
    command.args(["--release", "--package", "perilune", "--test", TEST, "--no-run"]);
    command.args(["--quiet", "--message-format=json", "--target-dir"]).arg(&target);
    command.current_dir(paths::workspace_root());
    let output = command.output().context("cargo")?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(Error(format!("building the test failed\n{text}")));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let executable = text.lines().rev().find_map(|line| {
        let (_, rest) = line.split_once("\"executable\":\"")?;
        let (path, _) = rest.split_once('"')?;
        Some(PathBuf::from(path))
    });
    executable.ok_or_else(|| Error("cargo names no executable".to_string()))
}
