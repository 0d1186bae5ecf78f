//! `cargo xtask test`: all tests, in every build of the embedding crate.

use std::process::Command;

use perilune_testing::{Error, Result, paths};

use crate::args::Args;

/// What the embedding crate is tested with, beside its default build.
const FEATURES: &str = "async,serde,macros,anyhow,userdata-wrappers";

/// Runs all tests; answers whether they passed.
pub fn command(args: &mut Args) -> Result<bool> {
    args.finish()?;
    let with = |prefix: &str| {
        let features = FEATURES.split(',').map(|f| format!("{prefix}{f}"));
        features.collect::<Vec<_>>().join(",")
    };
    let whole = with("perilune/");
    let send = format!("{},send", with(""));
    let below = format!("{whole},perilune/send");
    let runs: [&[&str]; 4] = [
        &["--workspace", "--features", &whole],
        // The tests of the embedding crate are few without its features.
        &["--package", "perilune", "--features", &send],
        // The examples of what it hands on.
        &[
            "--doc",
            "--package",
            "perilune-vm",
            "--package",
            "perilune-stdlib",
            "--features",
            &below,
        ],
        &["--package", "perilune", "--tests", "--features", "error-send"],
    ];
    for arguments in runs {
        let mut command = Command::new(env!("CARGO"));
        command.current_dir(paths::workspace_root()).args(["test", "--profile", "fast"]);
        println!("cargo test --profile fast {}", arguments.join(" "));
        let status = command.args(arguments).status();
        let status = status.map_err(|e| Error(format!("cargo does not start: {e}")))?;
        if !status.success() {
            return Ok(false);
        }
    }
    Ok(true)
}
