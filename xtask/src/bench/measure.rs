//! The measurements: CPU time, start-up, peak memory, compilation.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use perilune_testing::process::{Outcome, Run};
use perilune_testing::{Context, Error, Result, compare, paths};

use super::source;

/// One interpreter: a name for the tables and the words that start it.
pub struct Engine {
    pub name: String,
    command: PathBuf,
    options: Vec<String>,
}

/// One figure per engine, the reference's first.
pub struct Measured {
    pub name: String,
    pub figures: Vec<Option<f64>>,
    pub failures: Vec<String>,
}

/// Programs that run longer than this are broken.
const TIMEOUT: Duration = Duration::from_secs(300);

/// How many empty programs one round of the start-up measurement runs.
const STARTS_PER_ROUND: u64 = 40;

/// How large the source is that the compilers are measured on.
const SOURCE_BYTES: usize = 5_000_000;

/// Runs the program named by its first argument, then reports its own peak
/// memory on standard error. The system's figure for a child process will
/// not do: it can't go below what this program itself took up when it
/// started the child.
const PEAK_SCRIPT: &str = "\
local program = arg[1]
arg = { [0] = program }
dofile(program)
for line in io.lines('/proc/self/status') do
  local peak = line:match('^VmHWM:%s*(%d+)')
  if peak then io.stderr:write('peak ', peak, '\\n') end
end
";

impl Engine {
    pub fn new(name: &str, command: PathBuf) -> Self {
        Engine { name: name.to_string(), command, options: Vec::new() }
    }

    /// An engine given as `NAME=COMMAND WORDS…`.
    pub fn parse(text: &str) -> Result<Self> {
        let (name, command) =
            text.split_once('=').ok_or_else(|| Error(format!("no '=' in --engine {text}")))?;
        let mut words = command.split_whitespace().map(str::to_string);
        let program =
            words.next().ok_or_else(|| Error(format!("no command in --engine {text}")))?;
        let path = if program.contains('/') {
            std::path::absolute(&program)?
        } else {
            PathBuf::from(program)
        };
        Ok(Engine { name: name.to_string(), command: path, options: words.collect() })
    }

    fn run<const N: usize>(&self, args: [&Path; N], dir: &Path) -> Result<Outcome> {
        Run::new(&self.command)
            .args(self.options.iter())
            .args(args)
            .inherit("PATH")
            .env("LC_ALL", "C")
            .env("TZ", "UTC")
            .dir(dir)
            .timeout(TIMEOUT)
            .run()
            .context(&self.name)
    }
}

/// The least user CPU time of each engine on each program, and whether all
/// print the same.
pub fn times(engines: &[Engine], programs: &[PathBuf], rounds: u64) -> Result<Vec<Measured>> {
    let mut rows = Vec::new();
    for program in programs {
        let name = paths::stem(program);
        eprint!("{name} ");
        let mut row = Measured::new(&name, engines.len());
        let mut expected: Option<Outcome> = None;
        for _ in 0..rounds {
            for (index, engine) in engines.iter().enumerate() {
                let outcome = engine.run([file_name(program)], folder(program))?;
                row.check(engine, &outcome, expected.as_ref());
                row.keep_least(index, outcome.user.as_secs_f64());
                if index == 0 && expected.is_none() {
                    expected = Some(outcome);
                }
            }
        }
        rows.push(row);
    }
    eprintln!();
    Ok(rows)
}

/// The peak memory of each engine on each program.
pub fn memory(engines: &[Engine], programs: &[PathBuf]) -> Result<Vec<Measured>> {
    let script = scratch("peak.lua", PEAK_SCRIPT)?;
    let mut rows = Vec::new();
    for program in programs {
        let mut row = Measured::new(&paths::stem(program), engines.len());
        for (index, engine) in engines.iter().enumerate() {
            let outcome = engine.run([&script, file_name(program)], folder(program))?;
            let text = outcome.err();
            let peak = text.lines().rev().find_map(|line| line.strip_prefix("peak ")?.parse().ok());
            match peak {
                Some(kb) if outcome.ok() => row.keep_least(index, kb),
                _ => row.fail(engine, &format!("{}\n{}", outcome.end, outcome.err())),
            }
        }
        rows.push(row);
    }
    Ok(rows)
}

/// CPU time, user and system, of a program that does nothing: the best run
/// and the median one.
pub fn startup(engines: &[Engine], rounds: u64) -> Result<Vec<Measured>> {
    let mut best = Measured::new("start-up, best run", engines.len());
    let mut median = Measured::new("start-up, median run", engines.len());
    let mut samples: Vec<Vec<f64>> = vec![Vec::new(); engines.len()];
    for _ in 0..rounds * STARTS_PER_ROUND {
        for (engine, samples) in engines.iter().zip(&mut samples) {
            let outcome = engine.run([Path::new("-e"), Path::new("")], Path::new("/"))?;
            best.check(engine, &outcome, None);
            samples.push((outcome.user + outcome.system).as_secs_f64());
        }
    }
    for (index, samples) in samples.iter_mut().enumerate() {
        samples.sort_by(f64::total_cmp);
        best.figures[index] = samples.first().copied();
        median.figures[index] = samples.get(samples.len() / 2).copied();
    }
    Ok(vec![best, median])
}

/// User CPU time to load a large source, less that of starting up.
pub fn compile(engines: &[Engine], rounds: u64) -> Result<Measured> {
    let text = source::generate(SOURCE_BYTES);
    let name = format!("compiling {:.1} MB", text.len() as f64 / 1e6);
    let input = scratch("source.lua", &text)?;
    let script = scratch("load.lua", "if arg[1] then assert(loadfile(arg[1])) end\n")?;
    let mut row = Measured::new(&name, engines.len());
    let mut idle = Measured::new(&name, engines.len());
    for _ in 0..rounds {
        for (index, engine) in engines.iter().enumerate() {
            let outcome = engine.run([&*script], Path::new("/"))?;
            idle.keep_least(index, outcome.user.as_secs_f64());
            let outcome = engine.run([&*script, &*input], Path::new("/"))?;
            row.check(engine, &outcome, None);
            row.keep_least(index, outcome.user.as_secs_f64());
        }
    }
    for (figure, idle) in row.figures.iter_mut().zip(idle.figures) {
        *figure = figure.zip(idle).map(|(all, idle)| all - idle);
    }
    Ok(row)
}

impl Measured {
    fn new(name: &str, engines: usize) -> Self {
        Measured { name: name.to_string(), figures: vec![None; engines], failures: Vec::new() }
    }

    fn keep_least(&mut self, engine: usize, figure: f64) {
        let old = self.figures[engine].unwrap_or(f64::INFINITY);
        self.figures[engine] = Some(old.min(figure));
    }

    fn fail(&mut self, engine: &Engine, what: &str) {
        let report = format!("{}, {}: {what}", self.name, engine.name);
        if !self.failures.contains(&report) {
            self.failures.push(report);
        }
    }

    /// Notes a run that failed, or printed something else than the first.
    fn check(&mut self, engine: &Engine, outcome: &Outcome, expected: Option<&Outcome>) {
        if !outcome.ok() {
            self.fail(engine, &format!("{}\n{}", outcome.end, outcome.err()));
        } else if let Some(expected) = expected
            && expected.stdout != outcome.stdout
        {
            let report = compare::first_difference("output", &expected.stdout, &outcome.stdout);
            self.fail(engine, &format!("prints something else\n{report}"));
        }
    }
}

/// Writes a file below the folder for what tests and benchmarks generate.
fn scratch(name: &str, text: &str) -> Result<PathBuf> {
    let dir = paths::cache_dir().join("bench");
    fs::create_dir_all(&dir).context(dir.display())?;
    let path = dir.join(name);
    fs::write(&path, text).context(path.display())?;
    Ok(path)
}

fn folder(program: &Path) -> &Path {
    program.parent().unwrap_or(Path::new("/"))
}

fn file_name(program: &Path) -> &Path {
    Path::new(program.file_name().unwrap_or_default())
}
