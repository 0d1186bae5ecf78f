//! `cargo xtask mlua-tests`: the tests and examples of the crate mlua, run against
//! ours under its name.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use perilune_testing::{Error, Result};

use crate::args::Args;

/// The version whose tests they are.
const VERSION: &str = "0.12.2";

/// Files that are left out, with the reason.
const FILES: [(&str, &str); 2] =
    [("luau", "Luau is another language"), ("buffer", "buffers are a type of Luau's")];

/// Functions that are taken out: file, name, reason.
const FUNCTIONS: [(&str, &str, &str); 5] = [
    ("tests", "test_num_conversion", "reads the C stack with mlua::ffi"),
    ("tests", "test_c_function", "makes a function of C with mlua::ffi"),
    ("tests", "test_exec_raw", "works on a raw C state"),
    ("tests", "test_get_or_init_from_ptr", "makes a raw C state"),
    (
        "userdata",
        "test_userdata_gc_panic",
        "wants a panic in a destructor to abort the process; here it does not",
    ),
];

/// Examples that are left out, with the reason.
const EXAMPLES: [(&str, &str); 5] = [
    ("async_http_client", "needs the network"),
    ("async_http_reqwest", "needs the network"),
    ("async_http_server", "waits for connections"),
    ("async_tcp_server", "waits for connections"),
    ("repl", "waits for a person"),
];

/// Compile-time tests that concern what is not here.
const COMPILE_FAIL_OF_LUAU: &str = "luau";

/// The compile-time test that concerns the feature `send` alone.
const COMPILE_FAIL_OF_SEND: &str = "non_send";

/// With the feature `send`, and without.
const FEATURES: [&str; 2] = ["lua54,async,send,serde,macros", "lua54,async,serde,macros"];

/// Fetches the package, changes what has to be changed, runs everything and prints
/// totals.
pub fn command(args: &mut Args) -> Result<bool> {
    let features = args.value("--features")?;
    let filter = args.value("--filter")?.unwrap_or_default();
    let jobs = args.number("--jobs")?;
    args.finish()?;
    let root = workspace()?;
    let target = root.join("target").join("mlua-tests");
    let source = fetch(&target)?;
    let chosen: Vec<&str> = match &features {
        Some(features) => vec![features],
        None => FEATURES.to_vec(),
    };
    let mut passed = true;
    let mut summary = String::new();
    for features in chosen {
        let project = Project { root: &root, target: &target, source: &source, features };
        project.write()?;
        let report = project.run(&filter, jobs)?;
        passed &= report.passed;
        let _ = writeln!(
            summary,
            "{features}: {} tests passed, {} failed; {} examples ran, {} failed",
            report.ok, report.failed, report.examples, report.examples_failed
        );
    }
    println!("\nleft out:");
    for (file, reason) in FILES {
        println!("  {file}.rs: {reason}");
    }
    for (file, name, reason) in FUNCTIONS {
        println!("  {file}.rs, {name}: {reason}");
    }
    for (name, reason) in EXAMPLES {
        println!("  example {name}: {reason}");
    }
    print!("\n{summary}");
    Ok(passed)
}

fn workspace() -> Result<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here.parent().ok_or_else(|| Error("no workspace".to_owned()))?;
    Ok(root.to_path_buf())
}

/// The folder of mlua's package, fetched by Cargo for a manifest below `target`.
fn fetch(target: &Path) -> Result<PathBuf> {
    let package = target.join("vendor").join("mlua");
    if package.join("tests").is_dir() {
        return Ok(package);
    }
    let manifest = target.join("fetch").join("Cargo.toml");
    write(
        &manifest,
        &format!(
            "[package]\nname = \"fetch\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
             [dependencies]\nmlua = {{ version = \"={VERSION}\", default-features = false }}\n"
        ),
    )?;
    write(&target.join("fetch").join("src").join("lib.rs"), "")?;
    let vendored = Command::new("cargo")
        .args(["vendor", "--quiet", "--manifest-path"])
        .arg(&manifest)
        .arg(target.join("vendor"))
        .stdout(std::process::Stdio::null())
        .status()?;
    if !vendored.success() || !package.join("tests").is_dir() {
        return Err(Error("mlua can't be fetched".to_owned()));
    }
    Ok(package)
}

fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    // An unchanged file keeps its time, so that nothing is built again.
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    Ok(fs::write(path, text)?)
}

/// A package with mlua's tests that depends on our crate under its name.
struct Project<'a> {
    root: &'a Path,
    target: &'a Path,
    source: &'a Path,
    features: &'a str,
}

/// What a run has come to.
#[derive(Default)]
struct Report {
    passed: bool,
    ok: usize,
    failed: usize,
    examples: usize,
    examples_failed: usize,
}

impl Project<'_> {
    fn folder(&self) -> PathBuf {
        let send = if self.features.contains("send") { "send" } else { "local" };
        self.target.join(send)
    }

    fn write(&self) -> Result<()> {
        let folder = self.folder();
        write(&folder.join("Cargo.toml"), &self.manifest())?;
        write(&folder.join("src").join("lib.rs"), "//! Nothing: the tests are all.\n")?;
        for name in names(&self.source.join("tests"))? {
            if FILES.iter().any(|(file, _)| *file == name) {
                continue;
            }
            let text = fs::read_to_string(self.source.join("tests").join(format!("{name}.rs")))?;
            write(&folder.join("tests").join(format!("{name}.rs")), &adapt(&name, &text)?)?;
        }
        for name in names(&self.source.join("examples"))? {
            if EXAMPLES.iter().any(|(example, _)| *example == name) {
                continue;
            }
            let file = format!("{name}.rs");
            let text = fs::read_to_string(self.source.join("examples").join(&file))?;
            write(&folder.join("examples").join(file), &text)?;
        }
        let compile = self.source.join("tests").join("compile");
        for entry in fs::read_dir(&compile)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            // What the compiler says of our types is not what it says of mlua's:
            // that it refuses the code is the test.
            if path.extension().is_some_and(|e| e == "rs") && !name.contains(COMPILE_FAIL_OF_LUAU) {
                let text = fs::read_to_string(&path)?;
                write(&folder.join("tests").join("compile").join(name), &text)?;
            }
        }
        Ok(())
    }

    fn manifest(&self) -> String {
        let features = self.features.split(',').map(|f| format!("\"{f}\"")).collect::<Vec<_>>();
        let features = features.join(", ");
        let all = [
            "lua51",
            "lua52",
            "lua53",
            "lua54",
            "lua55",
            "luau",
            "luajit",
            "luajit52",
            "async",
            "send",
            "serde",
            "macros",
            "anyhow",
            "error-send",
            "userdata-wrappers",
            "module",
            "vendored",
        ];
        let all = all.map(|f| format!("{f} = []\n")).concat();
        let path = self.root.join("crates").join("perilune");
        format!(
            r#"[package]
name = "mlua-tests"
version = "0.0.0"
edition = "2024"

[workspace]

[lints.rust]
unexpected_cfgs = "allow"
unused_unsafe = "allow"

[features]
{all}default = [{features}]

[dependencies]
mlua = {{ package = "perilune", path = {path:?}, default-features = false, features = [{features}] }}
bstr = {{ version = "1", default-features = false, features = ["std"] }}
either = "1"

[dev-dependencies]
anyhow = "1"
futures = "0.3"
futures-timer = "3"
futures-util = "0.3"
maplit = "1"
num-traits = "0.2"
parking_lot = "0.12"
serde = {{ version = "1", features = ["derive"] }}
serde_json = {{ version = "1", features = ["arbitrary_precision"] }}
serde-value = "0.7"
static_assertions = "1"
tempfile = "3"
tokio = {{ version = "1", features = ["macros", "net", "io-util", "rt", "rt-multi-thread", "sync", "time"] }}
trybuild = "1"

[profile.dev]
debug = 0
"#
        )
    }

    fn cargo(&self, words: &[&str], jobs: Option<u64>) -> Command {
        let mut command = Command::new("cargo");
        command.args(words).current_dir(self.folder());
        if let Some(jobs) = jobs {
            command.args(["--jobs", &jobs.to_string()]);
        }
        // Both variants share what does not depend on the feature.
        command.env("CARGO_TARGET_DIR", self.target.join("build"));
        command.env_remove("RUSTFLAGS");
        command
    }

    fn run(&self, filter: &str, jobs: Option<u64>) -> Result<Report> {
        let mut report = Report { passed: true, ..Report::default() };
        println!("\n== mlua's tests, features {}", self.features);
        for name in names(&self.folder().join("tests"))? {
            if !name.contains(filter) {
                continue;
            }
            if name == "compile" {
                let (ok, failed) = self.compile_fail(jobs)?;
                report.count(&name, ok, failed, failed > 0);
                continue;
            }
            let mut command = self.cargo(&["test", "--quiet", "--test", &name], jobs);
            let output = command.output()?;
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            let (ok, failed) = totals(&text);
            if !output.status.success() {
                println!("{text}{}", String::from_utf8_lossy(&output.stderr));
            }
            report.count(&name, ok, failed, !output.status.success());
        }
        if filter.is_empty() {
            for name in names(&self.folder().join("examples"))? {
                let output = self.cargo(&["run", "--quiet", "--example", &name], jobs).output()?;
                report.examples += 1;
                if !output.status.success() {
                    report.examples_failed += 1;
                    report.passed = false;
                    println!("example {name}: {}", String::from_utf8_lossy(&output.stderr));
                }
            }
        }
        Ok(report)
    }

    /// Every file of the folder must be refused by the compiler, for its own code.
    fn compile_fail(&self, jobs: Option<u64>) -> Result<(usize, usize)> {
        let folder = self.folder();
        let (mut ok, mut failed) = (0, 0);
        for name in names(&folder.join("tests").join("compile"))? {
            if name == COMPILE_FAIL_OF_SEND && !self.features.contains("send") {
                continue;
            }
            let text = fs::read_to_string(
                folder.join("tests").join("compile").join(format!("{name}.rs")),
            )?;
            // As an example that is built alone.
            write(&folder.join("examples").join("compile_fail").join("main.rs"), &text)?;
            let output =
                self.cargo(&["check", "--quiet", "--example", "compile_fail"], jobs).output()?;
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            let own =
                said.contains("compile_fail/main.rs") || said.contains("compile_fail\\main.rs");
            if output.status.success() || !own {
                failed += 1;
                println!("tests/compile/{name}.rs is not refused\n{said}");
            } else {
                ok += 1;
            }
        }
        fs::remove_dir_all(folder.join("examples").join("compile_fail"))?;
        Ok((ok, failed))
    }
}

impl Report {
    fn count(&mut self, name: &str, ok: usize, failed: usize, bad: bool) {
        println!("{name:<16} {} ({ok} passed, {failed} failed)", if bad { "FAILED" } else { "ok" });
        self.ok += ok;
        self.failed += failed;
        self.passed &= !bad;
    }
}

/// The names of the Rust files of a folder.
fn names(folder: &Path) -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "rs")
            && let Some(stem) = path.file_stem()
        {
            names.insert(stem.to_string_lossy().into_owned());
        }
    }
    Ok(names)
}

/// The counts of the lines "test result: …".
fn totals(text: &str) -> (usize, usize) {
    let count = |line: &str, word: &str| {
        let before = line.split(word).next().unwrap_or_default().trim_end();
        before.rsplit(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0)
    };
    let lines = text.lines().filter(|line| line.starts_with("test result:"));
    lines.fold((0, 0), |(ok, failed), line| {
        (ok + count(line, " passed"), failed + count(line, " failed"))
    })
}

/// A test file without the functions that are taken out, and without what only
/// they import.
fn adapt(file: &str, text: &str) -> Result<String> {
    let mut text = text.to_owned();
    let mut cut = false;
    for (_, name, _) in FUNCTIONS.iter().filter(|(of, _, _)| *of == file) {
        text = without_function(&text, name)
            .ok_or_else(|| Error(format!("mlua's {file}.rs has no function {name}")))?;
        cut = true;
    }
    if cut {
        text = text.replace("Variadic, ffi,", "Variadic,");
    }
    Ok(text)
}

/// The text without a function, and without the attributes above it.
fn without_function(text: &str, name: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    let head = lines.iter().position(|line| {
        line.strip_prefix("async ").unwrap_or(line).starts_with(&format!("fn {name}("))
    })?;
    let end = head + lines[head..].iter().position(|line| *line == "}")?;
    let mut start = head;
    while start > 0 && lines[start - 1].starts_with("#[") {
        start -= 1;
    }
    let rest = lines[..start].iter().chain(&lines[end + 1..]);
    Some(rest.fold(String::new(), |text, line| text + line + "\n"))
}
