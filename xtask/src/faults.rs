//! `cargo xtask faults`: every allocation fails once in turn.

use perilune_testing::faults::{Options, run, scripts};
use perilune_testing::{Result, perilune, pool};

use crate::args::Args;

/// Runs the scripts that the options ask for and prints a table.
pub fn command(args: &mut Args) -> Result<bool> {
    let filter = args.value("--filter")?.unwrap_or_default();
    let runs = args.number("--runs")?.unwrap_or(2000);
    let jobs = args.number("--jobs")?.map_or_else(pool::default_jobs, |n| n as usize);
    let binary = match args.value("--binary")? {
        Some(path) => std::path::absolute(path)?,
        None => perilune::binary()?,
    };
    args.finish()?;

    let reports = run(&Options { binary, scripts: scripts(&filter)?, runs, jobs })?;
    println!("{:<36} {:>6} {:>6} failures", "script", "runs", "stride");
    let mut failed = 0;
    for report in &reports {
        let failures = report.failures.len();
        println!("{:<36} {:>6} {:>6} {failures}", report.name, report.runs, report.stride);
        failed += usize::from(failures > 0);
    }
    for report in &reports {
        for failure in report.failures.iter().take(3) {
            println!("\n{failure}");
        }
    }
    println!("\n{} passed, {failed} failed", reports.len() - failed);
    Ok(failed == 0 && !reports.is_empty())
}
