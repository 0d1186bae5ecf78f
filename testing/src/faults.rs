//! Makes single allocations of the binary under test fail.
//!
//! With `PERILUNE_STRESS=fail:N` the Nth request for memory of a run is
//! refused, once. Every such run has to end in an orderly way: either the
//! script goes on, and then the state must still be usable, or the error
//! reaches the user as "not enough memory".

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::process::{End, Outcome, Run};
use crate::script::Script;
use crate::{Context, Result, compare, oracle, paths, perilune, pool};

/// What the user is told.
const MESSAGE: &str = "not enough memory";

/// Runs the script named by its first argument, and then does a bit of
/// everything in the same state.
const HARNESS: &str = "\
local script = table.remove(arg, 1)
arg[0] = script
local unpack, load = table.unpack or unpack, loadstring or load
local ok, message = pcall(function (...) return assert(loadfile(script))(...) end, unpack(arg))
if not ok then io.stderr:write(tostring(message), '\\n') end
local rawpairs, format, wrap = next, string.format, coroutine.wrap
local t = {}
for i = 1, 20 do t[i] = { format('%d', i), function () return i end } end
collectgarbage()
for i = 1, 20 do assert(t[i][1] == format('%d', i) and t[i][2]() == i) end
local sum = 0
for n in wrap(function () for i = 1, 10 do coroutine.yield(i) end end) do sum = sum + n end
assert(sum == 55 and not pcall(error) and assert(load('return 1 + 1'))() == 2)
io.stdout:write('usable\\n')
";

/// Which scripts to run, and how often.
#[derive(Debug, Clone)]
pub struct Options {
    /// The binary under test.
    pub binary: PathBuf,
    /// The scripts.
    pub scripts: Vec<PathBuf>,
    /// The most runs of one script; more requests than that are sampled at
    /// even distances.
    pub runs: u64,
    /// How many scripts run at once.
    pub jobs: usize,
}

/// What happened to one script.
#[derive(Debug, Clone)]
pub struct Report {
    /// The script's name.
    pub name: String,
    /// How many runs it had.
    pub runs: u64,
    /// The distance between the requests that failed.
    pub stride: u64,
    /// The runs that did not end in an orderly way.
    pub failures: Vec<String>,
}

/// Lets requests of each script fail in turn, from the first to the last.
pub fn run(options: &Options) -> Result<Vec<Report>> {
    let harness = paths::cache_dir().join("harness.lua");
    fs::write(&harness, HARNESS).context(harness.display())?;
    let reports = pool::map(options.jobs, &options.scripts, |path| {
        attack(path, &options.binary, &harness, options.runs)
    });
    reports.into_iter().collect()
}

fn attack(path: &Path, binary: &Path, harness: &Path, runs: u64) -> Result<Report> {
    let script = Script::read(path)?;
    // One dialect is enough, for they share the code that allocates.
    let default = oracle::dialect(perilune::DEFAULT_DIALECT)?;
    let dialect = if script.dialects.contains(&default) { default } else { script.dialects[0] };
    let plain = script.run_after(&perilune::as_lua(binary, dialect)?, dialect, harness);
    let failing = |at: u64| -> Result<Outcome> { with_failure(&plain, at).run() };
    let baseline = plain.run()?;
    let requests = upper_bound(&baseline, failing)?;
    let stride = requests.div_ceil(runs).max(1);
    let mut report = Report { name: script.name.clone(), runs: 0, stride, failures: Vec::new() };
    for at in (1..=requests).step_by(stride as usize) {
        let outcome = failing(at)?;
        report.runs += 1;
        if let Some(complaint) = judge(&baseline, &outcome) {
            report.failures.push(format!("{} with fail:{at}: {complaint}", script.name));
        }
    }
    Ok(report)
}

fn with_failure(run: &Run, at: u64) -> Run {
    run.clone().env("PERILUNE_STRESS", format!("fail:{at}")).timeout(Duration::from_secs(60))
}

/// A number of requests that the script does not reach: failures at it and
/// at some places beyond it change nothing.
fn upper_bound(baseline: &Outcome, failing: impl Fn(u64) -> Result<Outcome>) -> Result<u64> {
    let mut bound = 64;
    loop {
        let mut reached = false;
        for at in [bound, bound + bound / 7, bound + bound / 3, bound + bound / 2] {
            reached = reached || compare::difference(baseline, &failing(at)?).is_some();
        }
        if !reached || bound > 1 << 40 {
            return Ok(bound);
        }
        bound *= 2;
    }
}

/// What is wrong with a run in which a request failed, if anything is.
fn judge(baseline: &Outcome, outcome: &Outcome) -> Option<String> {
    compare::difference(baseline, outcome)?;
    let said = outcome.out() + &outcome.err();
    let orderly = matches!(outcome.end, End::Code(0 | 1)) || outcome.end == baseline.end;
    if !orderly || said.contains("panicked") {
        return Some(format!("{}\n{}", outcome.end, excerpt(&said)));
    }
    if !outcome.ok() && outcome.end != baseline.end && !said.contains(MESSAGE) {
        return Some(format!("{} without '{MESSAGE}'\n{}", outcome.end, excerpt(&said)));
    }
    let was_usable = baseline.out().contains("usable\n");
    if outcome.ok() && was_usable && !outcome.out().contains("usable\n") {
        return Some(format!("the state is no longer usable\n{}", excerpt(&said)));
    }
    None
}

fn excerpt(text: &str) -> String {
    text.chars().rev().take(600).collect::<Vec<_>>().into_iter().rev().collect()
}

/// The differential scripts whose names contain `filter`.
pub fn scripts(filter: &str) -> Result<Vec<PathBuf>> {
    let mut all = paths::lua_files(&paths::workspace_root().join("tests/differential"))?;
    all.retain(|path| paths::stem(path).contains(filter));
    Ok(all)
}
