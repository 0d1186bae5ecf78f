//! The official test suites: unpacked, run as a whole and file by file.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::oracle::Dialect;
use crate::process::{End, Outcome, Run};
use crate::{Context, Error, Result, compare, fetch, paths, perilune, pool};

/// What is particular to one dialect's suite.
struct Suite {
    dialect: &'static str,
    /// Its folder in the Cargo package that carries the suites.
    folder: &'static str,
    /// Files that are no tests: the driver, one that only uses up all memory,
    /// and helpers of other files.
    skipped: &'static [&'static str],
    /// `LUA_PATH` for its runs; without one the suite finds its own files.
    lua_path: Option<&'static str>,
}

const SUITES: [Suite; 5] = [
    Suite {
        dialect: "5.1",
        folder: "lua5.1-tests",
        skipped: &["all.lua", "checktable.lua"],
        lua_path: Some("?;./?.lua"),
    },
    Suite {
        dialect: "5.2",
        folder: "lua-5.2.2-tests",
        skipped: &["all.lua", "checktable.lua"],
        lua_path: None,
    },
    Suite { dialect: "5.3", folder: "lua-5.3.4-tests", skipped: &["all.lua"], lua_path: None },
    Suite {
        dialect: "5.4",
        folder: "lua-5.4.9-tests",
        skipped: &["all.lua", "bwcoercion.lua", "heavy.lua"],
        lua_path: None,
    },
    Suite {
        dialect: "5.5",
        folder: "lua-5.5.1-tests",
        skipped: &["all.lua", "bwcoercion.lua", "heavy.lua"],
        lua_path: None,
    },
];

/// What `main.lua` says in its test of Ctrl-C. A program and the shell that
/// started it write to one pipe there, and either may be first: C Lua fails as
/// often.
const RACE: &str = "it may leave a Lua script running";

/// How often a file that lost the race is run again.
const RACES: u32 = 10;

/// Which parts of a suite to run, and how.
#[derive(Debug, Clone)]
pub struct Options {
    /// The interpreter under test.
    pub binary: PathBuf,
    /// Run `all.lua` in portable mode.
    pub all_lua: bool,
    /// Run every file on its own in full mode.
    pub files: bool,
    /// Run only the files whose names contain this.
    pub filter: String,
    /// Collect at every Nth point where a collection may happen.
    pub stress: Option<u64>,
    /// How many files run at once.
    pub jobs: usize,
    /// After how long a run is killed.
    pub timeout: Duration,
}

/// How one run of a suite went.
#[derive(Debug, Clone)]
pub struct Report {
    /// The file.
    pub name: String,
    /// What went wrong, if anything did.
    pub failure: Option<String>,
    /// Whether the run was killed because it took too long.
    pub timed_out: bool,
    /// User CPU time.
    pub user: Duration,
}

/// A fresh copy of a dialect's suite at `to`, ready to run.
fn prepare(suite: &Suite, to: &Path) -> Result<()> {
    let folder = fetch::crate_dir("luna-core")?.join("tests/official").join(suite.folder);
    fetch::copy_tree(&folder, to)?;
    // Packages drop the empty folder that the suite writes to.
    let scratch = to.join("libs/P1");
    fs::create_dir_all(&scratch).context(scratch.display())?;
    take_out_word_size(&to.join("big.lua"))?;
    take_out_library(&to.join("attrib.lua"))?;
    take_out_unportable(&to.join("main.lua"))
}

/// Blanks the lines of 5.5's `attrib.lua` that use a C library where none can be
/// loaded: unlike the tests of such libraries before them, those of strings
/// outside the heap do not ask first.
fn take_out_library(path: &Path) -> Result<()> {
    // Not all suites are UTF-8; this one is.
    let Ok(text) = fs::read_to_string(path) else { return Ok(()) };
    let mut lines: Vec<&str> = text.lines().collect();
    let Some(start) = lines.iter().position(|l| *l == r#"  local lib2 = require"lib2-v2""#) else {
        return Ok(());
    };
    let end = (start..lines.len())
        .find(|i| lines[*i] == "end")
        .ok_or_else(|| Error("attrib.lua: the test of strings has no end".to_string()))?;
    lines[start..end].fill("");
    fs::write(path, lines.join("\n") + "\n").context(path.display())
}

/// Blanks the first test of 5.1's `big.lua`, which needs a machine of 32 bits:
/// there a string cannot have 129 times 2^25 bytes.
fn take_out_word_size(path: &Path) -> Result<()> {
    let text = fs::read_to_string(path).context(path.display())?;
    let mut lines: Vec<&str> = text.lines().collect();
    let Some(start) = lines.iter().position(|l| l.contains("longs = string.rep")) else {
        return Ok(());
    };
    let end = (start..lines.len())
        .find(|i| lines[*i].contains("\"overflow\""))
        .ok_or_else(|| Error("big.lua: the test of string lengths has no end".to_string()))?;
    lines[start..=end].fill("");
    fs::write(path, lines.join("\n") + "\n").context(path.display())
}

/// Blanks the two places of `main.lua` that ask for something else than Lua:
/// a C library to load, and the echo that only a build with readline gives.
/// Both stand in the suites of 5.4 and later; line numbers are kept.
fn take_out_unportable(path: &Path) -> Result<()> {
    let text = fs::read_to_string(path).context(path.display())?;
    let mut lines: Vec<&str> = text.lines().collect();
    if let Some(start) = lines.iter().position(|l| l.starts_with("RUN(") && l.contains("lib2-v2")) {
        let end = (start..lines.len())
            .find(|i| lines[*i].starts_with("checkout("))
            .ok_or_else(|| Error("main.lua: the C library's test has no end".to_string()))?;
        lines[start..=end].fill("");
    }
    if let Some(echo) = lines.iter().position(|l| *l == "2a = 2") {
        let start = (0..echo).rev().find(|i| lines[*i].starts_with("assert("));
        let end = (echo..lines.len()).find(|i| lines[*i].ends_with("))"));
        let (Some(start), Some(end)) = (start, end) else {
            return Err(Error("main.lua: the readline test has no bounds".to_string()));
        };
        lines[start..=end].fill("");
    }
    fs::write(path, lines.join("\n") + "\n").context(path.display())
}

/// What does not hold if a collection happens at every point: the first and the
/// last line of statements that expect garbage to be there still, or memory to
/// be what it was.
const UNTIMELY: [(&str, &str, &str); 4] = [
    ("gc.lua", "  assert(collectgarbage(\"count\") > m + 2^13)", ""),
    ("gc.lua", "  assert(collectgarbage(\"count\") >= m + 2^12 and", "-- one key was collected"),
    ("gc.lua", "  assert(collectgarbage(\"count\") <= m + 1)", ""),
    // Its first object is to be alive when the state is closed.
    ("main.lua", "creating 1", "]]"),
];

/// Blanks the statements of a copy of a suite that have to be left out when
/// collections happen at every point. Line numbers are kept.
fn take_out_untimely(dir: &Path) -> Result<()> {
    for (file, first, last) in UNTIMELY {
        let path = dir.join(file);
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let mut lines: Vec<&str> = text.lines().collect();
        let Some(mut start) = lines.iter().position(|line| line.starts_with(first)) else {
            continue;
        };
        if start > 0 && lines[start - 1] == "checkout[[" {
            start -= 1;
        }
        let end = (start..lines.len()).find(|i| lines[*i].ends_with(last)).unwrap_or(start);
        lines[start..=end].fill("");
        fs::write(&path, lines.join("\n") + "\n").context(path.display())?;
    }
    Ok(())
}

/// A dialect's suite, unpacked to a folder of its own, and what runs it.
pub struct Unpacked {
    suite: &'static Suite,
    base: PathBuf,
    pristine: PathBuf,
    /// The interpreter, in a folder as [`perilune::as_lua`] makes it.
    program: PathBuf,
}

impl Unpacked {
    /// Unpacks the suite of a dialect; `binary` is the interpreter under test.
    pub fn new(dialect: &Dialect, binary: &Path) -> Result<Self> {
        let suite = SUITES
            .iter()
            .find(|suite| suite.dialect == dialect.name)
            .ok_or_else(|| Error(format!("there is no suite for {}", dialect.name)))?;
        let program = perilune::as_lua(binary, dialect)?.join(dialect.program());
        let base = paths::fresh_dir(&format!("suites/{}-{}", dialect.name, std::process::id()))?;
        let pristine = base.join("pristine");
        prepare(suite, &pristine)?;
        Ok(Unpacked { suite, base, pristine, program })
    }

    /// The files that are tests of their own and whose names contain `filter`.
    pub fn files(&self, filter: &str) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for path in paths::lua_files(&self.pristine)? {
            let name = format!("{}.lua", paths::stem(&path));
            if !self.suite.skipped.contains(&name.as_str()) && name.contains(filter) {
                names.push(name);
            }
        }
        Ok(names)
    }

    /// Runs one file, in portable mode if it is `all.lua` and in full mode
    /// otherwise, with a full collection at every `stress`th point where one
    /// may happen.
    ///
    /// Every run has a copy of the suite to itself, for the tests write files
    /// beside their own.
    pub fn run(&self, name: &str, stress: Option<u64>, timeout: Duration) -> Report {
        let failed = |e: Error| Report {
            name: name.to_string(),
            failure: Some(e.0),
            timed_out: false,
            user: Duration::ZERO,
        };
        let mut report = self.try_run(name, stress, timeout).unwrap_or_else(failed);
        for _ in 0..RACES {
            if !report.failure.as_ref().is_some_and(|failure| failure.contains(RACE)) {
                break;
            }
            report = self.try_run(name, stress, timeout).unwrap_or_else(failed);
        }
        report
    }

    fn try_run(&self, name: &str, stress: Option<u64>, timeout: Duration) -> Result<Report> {
        let dir = self.base.join(paths::stem(Path::new(name)));
        fetch::copy_tree(&self.pristine, &dir)?;
        let folder = self.program.parent().unwrap_or(Path::new("/"));
        let mut run = Run::new(&self.program)
            .dir(&dir)
            .env("PATH", format!("{}:/usr/bin:/bin", folder.display()))
            .inherit("HOME")
            .timeout(timeout);
        if let Some(path) = self.suite.lua_path {
            run = run.env("LUA_PATH", path);
        }
        if let Some(every) = stress {
            take_out_untimely(&dir)?;
            run = run.env("PERILUNE_STRESS", format!("gc:{every}"));
        }
        run = match name {
            "all.lua" => run.args(["-e", "_U=true", name]),
            // It yields in the middle, so it needs a coroutine around it.
            "big.lua" => run.args([
                "-e",
                "local f = coroutine.wrap(assert(loadfile('big.lua'))) \
                 assert(f() == 'b') assert(f() == 'a')",
            ]),
            // The suite's own switch for machines of 64 bits, where a string can
            // have 2^31 bytes; C Lua fails there without it.
            "strings.lua" if self.suite.dialect == "5.2" => run.args(["-e", "_no32=true", name]),
            _ => run.arg(name),
        };
        let outcome = run.run()?;
        fs::remove_dir_all(&dir).context(dir.display())?;
        Ok(Report {
            name: name.to_string(),
            failure: judge(name, &outcome),
            timed_out: outcome.end == End::TimedOut,
            user: outcome.user,
        })
    }
}

impl Drop for Unpacked {
    fn drop(&mut self) {
        // What is left over disturbs nobody.
        let _ = fs::remove_dir_all(&self.base);
    }
}

/// Runs the parts of a dialect's suite that `options` ask for.
pub fn run(dialect: &Dialect, options: &Options) -> Result<Vec<Report>> {
    let suite = Unpacked::new(dialect, &options.binary)?;
    let mut names = Vec::new();
    if options.all_lua {
        names.push("all.lua".to_string());
    }
    if options.files {
        names.extend(suite.files(&options.filter)?);
    }
    Ok(pool::map(options.jobs, &names, |name| suite.run(name, options.stress, options.timeout)))
}

/// What is wrong with a run, if anything is.
fn judge(name: &str, outcome: &Outcome) -> Option<String> {
    let reason = if outcome.end != End::Code(0) {
        outcome.end.to_string()
    } else if name == "all.lua" && !tail(&outcome.out(), 10).contains("final OK") {
        "the last lines do not say 'final OK'".to_string()
    } else {
        return None;
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(&compare::normalise(bytes)).into_owned();
    let (out, err) = (text(&outcome.stdout), text(&outcome.stderr));
    Some(format!("{reason}\n{}\n{}", tail(&out, 6), tail(&err, 12)))
}

/// How much of a line a report shows; some tests print thousands of dots.
const TAIL_WIDTH: usize = 400;

/// The last lines of a text.
fn tail(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let last = &lines[lines.len().saturating_sub(count)..];
    let short = |line: &&str| line.chars().take(TAIL_WIDTH).collect::<String>();
    last.iter().map(short).collect::<Vec<_>>().join("\n")
}
