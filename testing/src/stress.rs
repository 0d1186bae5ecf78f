//! The official suite with a full collection at every point where one may
//! happen, or at as many of them as the time allows.

use std::time::Duration;

use crate::oracle::Dialect;
use crate::suites::{Report, Unpacked};
use crate::{Result, pool};

/// The distances between collections to choose from.
const STEPS: [u64; 13] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000];

/// The distance of the first run of a file.
const COARSEST: u64 = 20000;

/// Less processor time than this, in collections, says nothing of the next run.
const NOTICEABLE: Duration = Duration::from_millis(200);
/// How many times closer collections are then.
const LEAP: u64 = 20;

/// What to run, and for how long.
#[derive(Debug, Clone)]
pub struct Options {
    /// The binary under test.
    pub binary: std::path::PathBuf,
    /// Run only the files whose names contain this.
    pub filter: String,
    /// The most time for one file; a longer one has fewer collections.
    pub limit: Duration,
    /// How many files run at once.
    pub jobs: usize,
}

/// Runs every file of a dialect's suite, and `all.lua` if nothing is filtered.
/// Gives the distance that each file ran at, and the report of that run.
/// `tell` is called as soon as a file is done.
pub fn run(
    dialect: &Dialect,
    options: &Options,
    tell: impl Fn(u64, &Report) + Sync,
) -> Result<Vec<(u64, Report)>> {
    let suite = Unpacked::new(dialect, &options.binary)?;
    let mut names = suite.files(&options.filter)?;
    if "all.lua".contains(&options.filter) {
        names.push("all.lua".to_string());
    }
    Ok(pool::map(options.jobs, &names, |name| {
        let (every, report) = closest(&suite, name, options.limit);
        tell(every, &report);
        (every, report)
    }))
}

/// Runs a file with collections as close to each other as the limit allows:
/// each run tells how much time the collections of the next one will take.
fn closest(suite: &Unpacked, name: &str, limit: Duration) -> (u64, Report) {
    let plain = suite.run(name, None, limit);
    let mut every = COARSEST;
    if plain.failure.is_some() {
        return (every, plain);
    }
    let mut best = suite.run(name, Some(every), limit);
    // How many times too low estimates were so far.
    let mut error = 1.0;
    while every > 1 && best.failure.is_none() {
        let extra = best.user.saturating_sub(plain.user).mul_f64(error);
        let fits = |closer: u64| plain.user + extra.mul_f64(every as f64 / closer as f64) <= limit;
        let next = if extra < NOTICEABLE {
            every.div_ceil(LEAP)
        } else {
            STEPS.into_iter().find(|step| fits(*step)).unwrap_or(every)
        };
        if next >= every {
            break;
        }
        let report = suite.run(name, Some(next), limit);
        if report.timed_out {
            error *= 4.0;
        } else {
            (every, best) = (next, report);
        }
    }
    (every, best)
}
