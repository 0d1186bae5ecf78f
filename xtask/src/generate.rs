//! `cargo xtask generate`: random programs under C and under Perilune.

use perilune_testing::generate::{Options, run, sources};
use perilune_testing::{Result, oracle, perilune, pool};

use crate::args::Args;

/// Runs as many programs as the options ask for and prints those that part.
pub fn command(args: &mut Args) -> Result<bool> {
    let version = args.value("--lua")?;
    let dialects = oracle::dialects(version.as_deref().unwrap_or(perilune::DEFAULT_DIALECT))?;
    let count = args.number("--count")?.unwrap_or(2000);
    let seed = args.number("--seed")?.unwrap_or(1);
    let show = args.number("--show")?.unwrap_or(5) as usize;
    let jobs = args.number("--jobs")?.map_or_else(pool::default_jobs, |n| n as usize);
    if args.flag("--print") {
        args.finish()?;
        for dialect in dialects {
            for (number, source) in sources(dialect, count, seed).iter().enumerate() {
                println!("-- Lua {}, program {number}\n{source}", dialect.name);
            }
        }
        return Ok(true);
    }
    let binary = match args.value("--binary")? {
        Some(path) => std::path::absolute(path)?,
        None => perilune::binary()?,
    };
    args.finish()?;

    let mut agree = true;
    for dialect in dialects {
        let binary = binary.clone();
        let summary = run(&Options { binary, dialect, count, seed, show, jobs })?;
        for divergence in &summary.shown {
            println!("-- Lua {}", dialect.name);
            println!("{}", divergence.source.trim());
            println!("{}", divergence.report);
        }
        println!(
            "Lua {}: {} programs, {} diverge, {} do not say anything",
            dialect.name, summary.programs, summary.diverging, summary.unsteady
        );
        agree &= summary.diverging == 0;
    }
    Ok(agree)
}
