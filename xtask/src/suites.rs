//! `cargo xtask suites`: the official test suites.

use std::time::Duration;

use perilune_testing::suites::{Options, run};
use perilune_testing::{Result, oracle, perilune, pool};

use crate::args::Args;

/// Runs what the options ask for and prints a table.
pub fn command(args: &mut Args) -> Result<bool> {
    let version = args.value("--lua")?;
    let dialect = oracle::dialect(version.as_deref().unwrap_or(perilune::DEFAULT_DIALECT))?;
    let (all_lua, files) = (args.flag("--all-lua"), args.flag("--files"));
    let filter = args.value("--filter")?.unwrap_or_default();
    let binary = args.value("--binary")?;
    let stress = args.number("--stress")?;
    let jobs = args.number("--jobs")?.map_or_else(pool::default_jobs, |n| n as usize);
    let default_timeout = if stress.is_some() { 3600 } else { 600 };
    let timeout = Duration::from_secs(args.number("--timeout")?.unwrap_or(default_timeout));
    args.finish()?;

    let binary = match binary.as_deref() {
        Some("c") => oracle::interpreter(dialect)?,
        Some(path) => std::path::absolute(path)?,
        None => perilune::binary()?,
    };
    let options = Options {
        binary,
        all_lua: (all_lua || !files) && filter.is_empty(),
        files: files || !all_lua,
        filter,
        stress,
        jobs,
        timeout,
    };
    let reports = run(dialect, &options)?;
    println!("{:<20} {:<6} seconds", "file", "result");
    for report in &reports {
        let word = if report.failure.is_none() { "ok" } else { "FAILED" };
        println!("{:<20} {word:<6} {:.2}", report.name, report.user.as_secs_f64());
    }
    for report in &reports {
        if let Some(failure) = &report.failure {
            println!("\n{}: {failure}", report.name);
        }
    }
    let failed = reports.iter().filter(|report| report.failure.is_some()).count();
    println!("\nLua {}: {} passed, {failed} failed", dialect.name, reports.len() - failed);
    Ok(failed == 0 && !reports.is_empty())
}
