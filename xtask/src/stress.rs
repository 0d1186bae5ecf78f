//! `cargo xtask stress`: the official suite with as many collections as possible.

use std::time::Duration;

use perilune_testing::stress::{Options, run};
use perilune_testing::{Result, oracle, perilune};

use crate::args::Args;

/// Runs the files that the options ask for and prints a line for each.
pub fn command(args: &mut Args) -> Result<bool> {
    let version = args.value("--lua")?;
    let dialect = oracle::dialect(version.as_deref().unwrap_or(perilune::DEFAULT_DIALECT))?;
    let filter = args.value("--filter")?.unwrap_or_default();
    let limit = Duration::from_secs(args.number("--limit")?.unwrap_or(600));
    let jobs = args.number("--jobs")?.unwrap_or(1) as usize;
    let binary = match args.value("--binary")? {
        Some(path) => std::path::absolute(path)?,
        None => perilune::binary()?,
    };
    args.finish()?;

    println!("{:<20} {:<6} {:>8} {:>9}", "file", "result", "every", "seconds");
    let reports = run(dialect, &Options { binary, filter, limit, jobs }, |every, report| {
        let word = if report.failure.is_none() { "ok" } else { "FAILED" };
        let seconds = report.user.as_secs_f64();
        println!("{:<20} {word:<6} {every:>8} {seconds:>9.1}", report.name);
    })?;
    let mut failed = 0;
    for (every, report) in &reports {
        if let Some(failure) = &report.failure {
            println!("\n{} with gc:{every}: {failure}", report.name);
            failed += 1;
        }
    }
    let everywhere = reports.iter().filter(|(every, _)| *every == 1).count();
    println!("\nLua {}: {} passed, {failed} failed", dialect.name, reports.len() - failed);
    println!("{everywhere} of {} with a collection at every point", reports.len());
    Ok(failed == 0 && !reports.is_empty())
}
