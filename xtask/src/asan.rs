//! `cargo xtask asan`: the scripts of the tests under AddressSanitizer.

use std::path::{Path, PathBuf};
use std::process::Command;

use perilune_testing::{Context, Error, Result, paths};

use crate::args::Args;

/// The target that AddressSanitizer is asked for on.
pub const TARGET: &str = "x86_64-unknown-linux-gnu";

/// The tests that run scripts.
const TESTS: [&str; 3] = ["differential", "scripts", "hostile"];

/// An allocation that is refused is null, as from the system; so is a huge one, for
/// AddressSanitizer notices late that memory runs out. Little freed memory is kept
/// aside, so that limits of memory mean what they say.
const OPTIONS: &str = "allocator_may_return_null=1:max_allocation_size_mb=1000:\
    quarantine_size_mb=16:detect_leaks=0";

/// Builds the command and runs the scripts with it; answers whether they passed.
pub fn command(args: &mut Args) -> Result<bool> {
    let filter = args.value("--filter")?.unwrap_or_default();
    args.finish()?;
    let target = target_dir();
    let binary = build(&target)?;
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(paths::workspace_root());
    command.args(["test", "--profile", "fast", "--package", "perilune-testing", "--no-fail-fast"]);
    for test in TESTS {
        command.args(["--test", test]);
    }
    // Its own limit of memory lets go too late for scripts that use up little memory.
    command.args(["--", "--nocapture", "--test-threads=1", "--skip", "with_little_memory"]);
    command.env("PERILUNE_BIN", binary).env("PERILUNE_FILTER", filter);
    command.env("ASAN_OPTIONS", OPTIONS);
    let status = command.status().map_err(|e| Error(format!("cargo does not start: {e}")))?;
    Ok(status.success())
}

/// Where what is built for AddressSanitizer lies.
pub fn target_dir() -> PathBuf {
    paths::target_dir().join("asan")
}

/// The command with AddressSanitizer and all assertions.
fn build(target: &Path) -> Result<PathBuf> {
    let mut command = Command::new("cargo");
    command.args(["+nightly", "build", "--target", TARGET, "--release", "--target-dir"]);
    command.arg(target).args(["--package", "perilune-cli"]);
    command.args(["--config", "profile.release.lto=false"]);
    command.args(["--config", "profile.release.codegen-units=16"]);
    let flags = "-Zsanitizer=address -Cdebug-assertions=on -Coverflow-checks=on";
    command.env("RUSTFLAGS", flags).current_dir(paths::workspace_root());
    let status = command.status().context("cargo")?;
    if !status.success() {
        return Err(Error("building perilune for AddressSanitizer failed".to_string()));
    }
    Ok(target.join(TARGET).join("release/perilune"))
}
