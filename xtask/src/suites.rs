//! `cargo xtask suites`: the official test suites.

use std::time::Duration;

use perilune_testing::oracle::Dialect;
use perilune_testing::suites::{Options, Report, run};
use perilune_testing::{Result, oracle, perilune, pool};

use crate::args::Args;

/// Runs what the options ask for and prints a table.
pub fn command(args: &mut Args) -> Result<bool> {
    let version = args.value("--lua")?;
    let dialects = oracle::dialects(version.as_deref().unwrap_or(perilune::DEFAULT_DIALECT))?;
    let (all_lua, files) = (args.flag("--all-lua"), args.flag("--files"));
    let filter = args.value("--filter")?.unwrap_or_default();
    let binary = args.value("--binary")?;
    let stress = args.number("--stress")?;
    let jobs = args.number("--jobs")?.map_or_else(pool::default_jobs, |n| n as usize);
    let default_timeout = if stress.is_some() { 3600 } else { 600 };
    let timeout = Duration::from_secs(args.number("--timeout")?.unwrap_or(default_timeout));
    args.finish()?;

    let mut summary = Vec::new();
    let mut passed = true;
    for dialect in dialects {
        let options = Options {
            binary: match binary.as_deref() {
                Some("c") => oracle::interpreter(dialect)?,
                Some(path) => std::path::absolute(path)?,
                None => perilune::binary()?,
            },
            all_lua: (all_lua || !files) && filter.is_empty(),
            files: files || !all_lua,
            filter: filter.clone(),
            stress,
            jobs,
            timeout,
        };
        let reports = run(dialect, &options)?;
        show(dialect, &reports);
        let failed = reports.iter().filter(|report| report.failure.is_some()).count();
        passed &= failed == 0 && !reports.is_empty();
        let good = reports.len() - failed;
        summary.push(format!("Lua {}: {good} passed, {failed} failed", dialect.name));
    }
    println!("\n{}", summary.join("\n"));
    Ok(passed)
}

/// Prints a line for each report, and then what went wrong.
fn show(dialect: &Dialect, reports: &[Report]) {
    println!("{:<20} {:<6} seconds", format!("Lua {}", dialect.name), "result");
    for report in reports {
        let word = if report.failure.is_none() { "ok" } else { "FAILED" };
        println!("{:<20} {word:<6} {:.2}", report.name, report.user.as_secs_f64());
    }
    for report in reports {
        if let Some(failure) = &report.failure {
            println!("\n{}: {failure}", report.name);
        }
    }
    println!();
}
