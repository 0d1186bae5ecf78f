//! The official suite with a full collection at every point where one may
//! happen, or at as many of them as the time allows.

use std::time::Duration;

use crate::oracle::Dialect;
use crate::suites::{Report, Unpacked};
use crate::{Result, pool};

/// The distances between collections to choose from.
const STEPS: [u64; 12] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000, 20000];

/// The distance of the run that the others' times are estimated from.
const PROBE: u64 = 20000;

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

/// Runs a file with collections as close to each other as the limit allows.
fn closest(suite: &Unpacked, name: &str, limit: Duration) -> (u64, Report) {
    let plain = suite.run(name, None, limit);
    let probe = suite.run(name, Some(PROBE), limit);
    if plain.failure.is_some() || probe.failure.is_some() {
        return (PROBE, if plain.failure.is_some() { plain } else { probe });
    }
    let extra = probe.user.saturating_sub(plain.user);
    let mut last = (PROBE, probe);
    for every in STEPS {
        // A third: the estimate is rough, and the run may have to share the
        // processor.
        let expected = plain.user + extra.mul_f64(PROBE as f64 / every as f64);
        if expected.div_f64(3.0) > limit {
            continue;
        }
        last = (every, suite.run(name, Some(every), limit));
        if !last.1.timed_out {
            break;
        }
    }
    last
}
