//! `cargo xtask bench`: Perilune and other engines against the C interpreter.
//!
//! Everything is measured in one run, interleaved, and reported as ratios to
//! the C interpreter: seconds of one machine say nothing on another.

mod measure;
mod source;
mod table;

use std::fs;
use std::path::PathBuf;

use perilune_testing::oracle::Dialect;
use perilune_testing::{Context, Error, Result, oracle, paths, perilune};

use crate::args::Args;
use measure::{Engine, Measured};
use table::Report;

/// What to measure, and how often.
pub struct Options {
    filter: String,
    rounds: u64,
}

/// The parts of a run, by the names that `--only` takes.
const PARTS: [&str; 4] = ["time", "startup", "memory", "compile"];

/// Measures what the options ask for and prints tables of ratios.
pub fn command(args: &mut Args) -> Result<bool> {
    let version = args.value("--lua")?;
    let dialect = oracle::dialect(version.as_deref().unwrap_or(perilune::DEFAULT_DIALECT))?;
    let options = Options {
        filter: args.value("--filter")?.unwrap_or_default(),
        rounds: args.number("--rounds")?.unwrap_or(5).max(1),
    };
    let json = args.value("--json")?;
    let markdown = args.flag("--markdown");
    let only = args.values("--only")?;
    if let Some(unknown) = only.iter().find(|part| !PARTS.contains(&part.as_str())) {
        return Err(Error(format!("--only knows {}, not '{unknown}'", PARTS.join(", "))));
    }
    let binary = args.value("--binary")?;
    let others = args.values("--engine")?;
    args.finish()?;

    let reference = Engine::new(&format!("PUC {}", dialect.release), oracle::interpreter(dialect)?);
    let ours = match binary.as_deref() {
        Some("c") => oracle::interpreter(dialect)?,
        Some(path) => std::path::absolute(path)?,
        None => perilune::binary()?,
    };
    let ours = perilune::as_lua(&ours, dialect)?.join(dialect.program());
    let mut engines = vec![reference, Engine::new("perilune", ours)];
    for other in &others {
        engines.push(Engine::parse(other)?);
    }

    let wanted = |part: &str| only.is_empty() || only.iter().any(|name| name == part);
    let mut report = Report::new(&engines);
    let programs = programs(&options.filter, dialect)?;
    if wanted("time") {
        report.programs("User CPU time", measure::times(&engines, &programs, options.rounds)?);
    }
    if wanted("memory") {
        report.programs("Peak memory", measure::memory(&engines, &programs)?);
    }
    let mut single = Vec::new();
    if wanted("startup") {
        single.extend(measure::startup(&engines, options.rounds)?);
    }
    if wanted("compile") {
        single.push(measure::compile(&engines, options.rounds)?);
    }
    report.single("Start-up and compilation", single);

    print!("{}", if markdown { report.markdown() } else { report.text() });
    if let Some(path) = json {
        fs::write(&path, report.json()).context(path)?;
    }
    Ok(report.failures() == 0)
}

/// The benchmark programs in a dialect whose names contain `filter`.
fn programs(filter: &str, dialect: &'static Dialect) -> Result<Vec<PathBuf>> {
    let dir = paths::workspace_root().join("benches/programs");
    let mut chosen = Vec::new();
    for path in paths::lua_files(&dir)? {
        let text = fs::read_to_string(&path).context(path.display())?;
        if paths::stem(&path).contains(filter) && dialects(&text)?.contains(&dialect) {
            chosen.push(path);
        }
    }
    Ok(chosen)
}

/// The dialects that a program's heading names; without a word about it all.
fn dialects(text: &str) -> Result<Vec<&'static Dialect>> {
    let mut heading = text.lines().take_while(|line| line.starts_with("--"));
    oracle::dialects(heading.find_map(|line| line.strip_prefix("-- lua:")).unwrap_or("all"))
}

/// The geometric mean of the numbers there are.
fn geomean(values: &[f64]) -> f64 {
    let sum: f64 = values.iter().map(|value| value.ln()).sum();
    (sum / values.len() as f64).exp()
}

/// The ratio of an engine's figure to the reference's.
fn ratio(row: &Measured, engine: usize) -> Option<f64> {
    let reference = (*row.figures.first()?)?;
    let figure = (*row.figures.get(engine)?)?;
    (reference > 0.0).then(|| figure / reference)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_is_geometric() {
        assert!((geomean(&[0.5, 2.0]) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn headings_name_dialects() {
        assert_eq!(dialects("-- [calls] text\n-- N: 1\n\n-- lua: 5.1\n").unwrap().len(), 5);
        assert_eq!(dialects("-- [calls] text\n-- lua: 5.4-5.5\nx = 1\n").unwrap().len(), 2);
    }

    #[test]
    fn a_missing_figure_has_no_ratio() {
        let row = Measured {
            name: "x".into(),
            figures: vec![Some(2.0), None, Some(1.0)],
            failures: vec![],
        };
        assert_eq!((ratio(&row, 1), ratio(&row, 2)), (None, Some(0.5)));
    }
}
