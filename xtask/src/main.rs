//! Perilune's own commands, run as `cargo xtask COMMAND`.

#![forbid(unsafe_code)]

mod api;
mod args;
mod asan;
mod bench;
mod examples;
mod faults;
mod fuzz;
mod generate;
mod layout;
mod mlua_tests;
mod stress;
mod suites;
mod test;
mod tidy;

use std::process::ExitCode;

use perilune_testing::{Error, Result};

const USAGE: &str = "\
usage: cargo xtask COMMAND [OPTIONS]

commands:
  api      compare what the crate shows to programs with the list of it
           --write          write the list
           --examples [PART...]  list the items without an example instead, of
                            all files or of those whose paths contain a PART
  asan     run the scripts of the tests under AddressSanitizer, with a nightly
           toolchain
           --filter NAME    only the scripts whose paths contain NAME
  suites   run the official test suites
           --lua VERSIONS   the dialects: 5.4 (as without it), 5.1-5.3, all
           --all-lua        only all.lua, in portable mode
           --files          only file by file, in full mode
           --filter NAME    only the files whose names contain NAME
           --binary PATH    this interpreter, or 'c' for the C one
           --stress N       collect at every Nth point where one may happen
           --jobs N         run so many files at once
           --timeout S      kill a run after so many seconds
  bench    measure time, start-up, memory and compilation against C
           --lua VERSION    the dialect (5.4)
           --filter NAME    only the programs whose names contain NAME
           --rounds N       take the best of so many rounds (5)
           --only PART      time, startup, memory or compile; may be repeated
           --engine N=CMD   add the engine named N that CMD starts
           --binary PATH    this interpreter as perilune, or 'c' for the C one
           --markdown       print tables for the README
           --json FILE      write all figures to a file
  generate run random programs under C and under Perilune
           --lua VERSIONS   the dialects: 5.4 (as without it), 5.1-5.3, all
           --count N        so many programs in each (2000)
           --seed N         other programs for another number (1)
           --print          only print the programs
           --show N         make so many divergences small and print them (5)
           --binary PATH    this interpreter
           --jobs N         run so many processes at once
  faults   let each allocation of the differential scripts fail in turn
           --filter NAME    only the scripts whose names contain NAME
           --runs N         at most so many runs of one script (2000)
           --binary PATH    this interpreter
           --jobs N         run so many scripts at once
  fuzz     load and run binary chunks with random damage
           --seeds N        runs of the test, each with a seed of its own (20)
           --first N        the first seed (1)
           --count N        chunks for each seed (1000)
           --asan           under AddressSanitizer, with a nightly toolchain
           --timeout S      kill a run after so many seconds (600)
           --jobs N         run so many seeds at once (1)
  layout   find out which functions lie side by side in the command, with valgrind
           --binary PATH    this interpreter
  mlua-tests  run the tests and examples of the crate mlua against perilune
           --features LIST  the features, instead of those with and without send
           --filter NAME    only the files whose names contain NAME
           --jobs N         build so many crates at once
  stress   run the official suite with a full collection wherever one may happen
           --lua VERSION    the dialect (5.4)
           --filter NAME    only the files whose names contain NAME
           --limit S        collect less often in files that take longer (600)
           --binary PATH    this interpreter
           --jobs N         run so many files at once (1)
  test     run all tests, in every build of the embedding crate
  tidy     check the conventions of the source tree
";

/// The names of all commands.
const COMMANDS: [&str; 12] = [
    "api",
    "asan",
    "bench",
    "faults",
    "fuzz",
    "generate",
    "layout",
    "mlua-tests",
    "stress",
    "suites",
    "test",
    "tidy",
];

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let command = words.next().unwrap_or_default();
    let result = run(&command, args::Args::new(words.collect()));
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(e) => {
            eprintln!("xtask: {e}");
            ExitCode::from(2)
        }
    }
}

/// Whether the command found everything in order.
fn run(command: &str, mut args: args::Args) -> Result<bool> {
    if args.flag("--help") || args.flag("-h") {
        print!("{USAGE}");
        return Ok(true);
    }
    match command {
        "api" => api::command(&mut args),
        "asan" => asan::command(&mut args),
        "suites" => suites::command(&mut args),
        "bench" => bench::command(&mut args),
        "faults" => faults::command(&mut args),
        "generate" => generate::command(&mut args),
        "fuzz" => fuzz::command(&mut args),
        "layout" => layout::command(&mut args),
        "mlua-tests" => mlua_tests::command(&mut args),
        "stress" => stress::command(&mut args),
        "test" => test::command(&mut args),
        "tidy" => tidy::command(&mut args),
        "help" | "--help" | "-h" => {
            print!("{USAGE}");
            Ok(true)
        }
        "" => Err(Error(format!("no command\n\n{USAGE}"))),
        other => Err(Error(format!("unknown command '{other}'\n\n{USAGE}"))),
    }
}
