//! Random programs, run by the C interpreter of a dialect and by Perilune.
//!
//! Many programs share a process, each in a chunk of its own. A program under
//! which the two print something else is made smaller as long as that stays
//! so, and shown.

mod features;
mod grammar;
mod idioms;
mod library;
mod random;
mod tree;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::oracle::Dialect;
use crate::process::{End, Outcome, Run};
use crate::{Result, compare, oracle, perilune, pool};
use grammar::Grammar;
use tree::Node;

/// What to generate, and for whom.
#[derive(Debug, Clone)]
pub struct Options {
    /// The binary under test.
    pub binary: PathBuf,
    /// The dialect.
    pub dialect: &'static Dialect,
    /// How many programs.
    pub count: u64,
    /// What they depend on.
    pub seed: u64,
    /// How many divergences are made small and shown.
    pub show: usize,
    /// How many processes run at once.
    pub jobs: usize,
}

/// A program under which the two interpreters part.
#[derive(Debug, Clone)]
pub struct Divergence {
    /// The program, made small.
    pub source: String,
    /// How they part.
    pub report: String,
}

/// What came of a run.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// Programs that both ran.
    pub programs: u64,
    /// Programs under which they part.
    pub diverging: u64,
    /// Programs that the C interpreter does not run twice in the same way, or
    /// not to their end.
    pub unsteady: u64,
    /// Some of those that diverge, each in another way.
    pub shown: Vec<Divergence>,
}

/// How many programs share a process.
const BATCH: u64 = 40;

/// Lest a program that never ends holds up everything.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Lest a program takes all memory of the machine.
const MEMORY_KB: u64 = 3_000_000;

/// How many smaller programs are tried for one divergence.
const ATTEMPTS: usize = 400;

/// What the programs call: `S` shows values, `P` calls a function and shows
/// its results or its error, `T` also where the error was, `V` returns either,
/// `L` loads and runs.
const HARNESS: &str = include_str!("harness.lua");

/// The programs alone.
pub fn sources(dialect: &Dialect, count: u64, seed: u64) -> Vec<String> {
    let features = features::of(dialect);
    let batches = (0..count.div_ceil(BATCH)).flat_map(|batch| {
        let mut grammar = Grammar::new(features, seed.wrapping_add(batch));
        (0..BATCH.min(count - batch * BATCH)).map(move |_| grammar.program().text())
    });
    batches.collect()
}

/// Runs as many programs as asked for.
pub fn run(options: &Options) -> Result<Summary> {
    let sides = Sides::new(options)?;
    let batches: Vec<u64> = (0..options.count.div_ceil(BATCH)).collect();
    let features = features::of(options.dialect);
    let found = pool::map(options.jobs, &batches, |batch| {
        let mut grammar = Grammar::new(features, options.seed.wrapping_add(*batch));
        let size = BATCH.min(options.count - batch * BATCH);
        let programs: Vec<Node> = (0..size).map(|_| grammar.program()).collect();
        sides.compare_all(programs)
    });
    let mut summary = Summary { programs: options.count, ..Summary::default() };
    let mut parting = Vec::new();
    for batch in found {
        let (programs, unsteady) = batch?;
        summary.unsteady += unsteady;
        parting.extend(programs);
    }
    summary.diverging = parting.len() as u64;
    let mut known = BTreeSet::new();
    // The shortest first, for they take the least time to make small.
    parting.sort_by_key(|program| program.text().len());
    for program in parting {
        if summary.shown.len() >= options.show {
            break;
        }
        let small = sides.minimise(program)?;
        let Some(report) = sides.difference(&small.text())? else { continue };
        if known.insert(kind(&report)) {
            summary.shown.push(Divergence { source: small.text(), report });
        }
    }
    Ok(summary)
}

/// What reports of the same fault have in common: their words.
fn kind(report: &str) -> String {
    report.chars().filter(|c| !c.is_ascii_digit()).collect()
}

/// The two interpreters.
struct Sides {
    reference: PathBuf,
    tested: PathBuf,
}

impl Sides {
    fn new(options: &Options) -> Result<Sides> {
        let program = options.dialect.program();
        let reference = oracle::interpreter(options.dialect)?;
        Ok(Sides {
            reference: perilune::as_lua(&reference, options.dialect)?.join(&program),
            tested: perilune::as_lua(&options.binary, options.dialect)?.join(&program),
        })
    }

    /// The programs under which the two part, and how many there is nothing to
    /// say about.
    fn compare_all(&self, programs: Vec<Node>) -> Result<(Vec<Node>, u64)> {
        let sources: Vec<String> = programs.iter().map(Node::text).collect();
        let expected = split(&start(&self.reference, &sources)?.stdout, sources.len());
        let actual = split(&start(&self.tested, &sources)?.stdout, sources.len());
        let mut parting = Vec::new();
        let mut unsteady = 0;
        for (index, program) in programs.into_iter().enumerate() {
            if expected[index].is_some() && expected[index] == actual[index] {
                continue;
            }
            // Alone, for what came before may have had its effect.
            let source = &sources[index];
            if !self.is_steady(source)? {
                unsteady += 1;
            } else if self.difference(source)?.is_some() {
                parting.push(program);
            }
        }
        Ok((parting, unsteady))
    }

    /// Whether the C interpreter does the same twice.
    fn is_steady(&self, source: &str) -> Result<bool> {
        let alone = [source.to_string()];
        let first = start(&self.reference, &alone)?;
        let ended = matches!(first.end, End::Code(_));
        Ok(ended && compare::difference(&first, &start(&self.reference, &alone)?).is_none())
    }

    fn difference(&self, source: &str) -> Result<Option<String>> {
        let alone = [source.to_string()];
        let expected = start(&self.reference, &alone)?;
        Ok(compare::difference(&expected, &start(&self.tested, &alone)?))
    }

    /// Takes parts away from a program as long as the two still part.
    fn minimise(&self, mut program: Node) -> Result<Node> {
        let mut attempts = 0;
        loop {
            let mut smaller = None;
            for candidate in program.smaller() {
                attempts += 1;
                if attempts > ATTEMPTS {
                    return Ok(program);
                }
                let source = candidate.text();
                if self.difference(&source)?.is_some() && self.is_steady(&source)? {
                    smaller = Some(candidate);
                    break;
                }
            }
            match smaller {
                Some(candidate) => program = candidate,
                None => return Ok(program),
            }
        }
    }
}

/// Runs programs in one process.
fn start(interpreter: &Path, sources: &[String]) -> Result<Outcome> {
    let mut text = HARNESS.to_string();
    for (index, source) in sources.iter().enumerate() {
        text.push_str(&format!("run({index}, [======[\n{source}]======])\n"));
    }
    Run::new(interpreter)
        .arg("-")
        .stdin(text)
        .env("LC_ALL", "C")
        .env("TZ", "UTC")
        .memory_kb(MEMORY_KB)
        .timeout(TIMEOUT)
        .run()
}

/// What each of `count` programs printed, as far as the process came.
fn split(output: &[u8], count: usize) -> Vec<Option<Vec<u8>>> {
    let output = compare::normalise(output);
    let place = |index: usize| {
        let mark = format!("\n== {index}\n");
        output.windows(mark.len()).position(|window| window == mark.as_bytes())
    };
    let starts: Vec<Option<usize>> = (0..count).map(place).collect();
    (0..count)
        .map(|index| {
            let from = starts[index]?;
            let to = starts.get(index + 1).copied().flatten();
            // The last one that began may not have ended.
            let to = if index + 1 == count { Some(output.len()) } else { to };
            Some(output[from..to?].to_vec())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_depend_on_the_seed_alone() {
        for dialect in &oracle::DIALECTS {
            let program = |seed| Grammar::new(features::of(dialect), seed).program().text();
            assert_eq!(program(7), program(7));
            assert_ne!(program(7), program(8));
        }
    }

    #[test]
    fn output_is_split_at_its_marks() {
        let parts = split(b"\n== 0\na\n\n== 1\nb\n\n== 2\n", 4);
        assert_eq!(parts[0].as_deref(), Some(b"\n== 0\na\n".as_slice()));
        assert_eq!(parts[1].as_deref(), Some(b"\n== 1\nb\n".as_slice()));
        assert!(parts[2].is_none() && parts[3].is_none());
    }
}
