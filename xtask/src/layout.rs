//! `cargo xtask layout`: which functions lie side by side in the command.
//!
//! The system maps a program's code in pieces of many pages, those around the
//! one that was asked for. So what starting takes from all over the program
//! brings nearly all of it into memory. This command finds out what small
//! programs call, and writes the linker script that puts it together, the most
//! used last. Functions that it does not know are no error: they lie before it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use perilune_testing::process::Run;
use perilune_testing::{Context, Error, Result, paths, perilune};

use crate::args::Args;

/// Where the script lies.
const PATH: &str = "crates/perilune-cli/layout.ld";

/// What longer runs of most programs need, too: the collector, files, errors.
const COMMON: &str = "\
local kept = {}
for i = 1, 100000 do
  kept[i % 500] = { i, name = i .. '', get = function() return i end }
end
for line in io.lines(arg[0]) do
  io.write(string.format('%s %d %5.2f', line:upper(), #line, #line / 3), '\\n')
end
table.sort(kept, function(a, b) return a[1] < b[1] end)
io.stdout:write(math.sin(1), '\\n')
print(pcall(error, 'message'), select('#', table.unpack(kept)), load('return 1')())
if not arg[-1]:find('again') then
  arg[-1] = 'again'
  dofile(arg[0])
end
";

/// C libraries, of which only whole members can be placed.
const LIBRARIES: [&str; 2] = ["libc.a", "libm.a"];

/// Runs the programs of the benchmarks and writes the linker script.
pub fn command(args: &mut Args) -> Result<bool> {
    let binary = match args.value("--binary")? {
        Some(path) => std::path::absolute(path)?,
        None => perilune::binary()?,
    };
    args.finish()?;
    let dir = paths::cache_dir().join("layout");
    fs::create_dir_all(&dir).context(dir.display())?;
    let common = dir.join("common.lua");
    fs::write(&common, COMMON).context(common.display())?;
    let profile = dir.join("profile");

    let mut uses: BTreeMap<String, usize> = BTreeMap::new();
    let always = called(&binary, &common, None, &profile)?;
    let mut programs = 0;
    for path in paths::lua_files(&paths::workspace_root().join("benches/programs"))? {
        let text = fs::read_to_string(&path).context(path.display())?;
        let small = small(&text)
            .ok_or_else(|| Error(format!("{}: no small N in the heading", path.display())))?;
        programs += 1;
        for name in called(&binary, &path, Some(small), &profile)? {
            *uses.entry(name).or_default() += 1;
        }
    }
    for name in always {
        uses.insert(name, programs);
    }
    let script = script(&uses, programs, &members()?);
    let path = paths::workspace_root().join(PATH);
    fs::write(&path, script).context(path.display())?;
    println!("{PATH}: {} functions of {programs} programs", uses.len());
    Ok(true)
}

/// The amount of work for a quick run, from a program's heading.
fn small(text: &str) -> Option<&str> {
    let heading = text.lines().find(|line| line.starts_with("-- N:"))?;
    let (_, rest) = heading.split_once("small ")?;
    rest.split(|c: char| !c.is_ascii_digit()).next()
}

/// The mangled names of all functions that a run of a script calls.
fn called(
    binary: &Path,
    script: &Path,
    argument: Option<&str>,
    profile: &Path,
) -> Result<BTreeSet<String>> {
    let option = format!("--callgrind-out-file={}", profile.display());
    let outcome = Run::new("valgrind")
        .args(["--tool=callgrind", "--demangle=no", &option])
        .args([binary, script])
        .args(argument)
        .inherit("PATH")
        .env("LC_ALL", "C")
        .run()
        .context("valgrind")?;
    if !outcome.ok() {
        return Err(Error(format!("{}: {}\n{}", script.display(), outcome.end, outcome.err())));
    }
    let text = fs::read_to_string(profile).context(profile.display())?;
    Ok(text.lines().filter_map(function).collect())
}

/// The function that a line of a profile introduces: `fn=(12) name'2`, later
/// only `fn=(12)`.
fn function(line: &str) -> Option<String> {
    let rest = line.strip_prefix("fn=(").or_else(|| line.strip_prefix("cfn=("))?;
    let (_, name) = rest.split_once(") ")?;
    let name = name.split('\'').next()?;
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_').then(|| name.to_string())
}

/// Members of the C libraries by the functions in them.
fn members() -> Result<BTreeMap<String, BTreeSet<String>>> {
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for library in LIBRARIES {
        let nm = Run::new("nm").args(["--print-file-name", "--defined-only"]);
        let text = output(nm.args(archives(library)?), "nm")?;
        // path/libc.a:member.o:0000000000000000 T name
        for line in text.lines() {
            let mut words = line.rsplit(' ');
            let (Some(name), Some(kind)) = (words.next(), words.next()) else { continue };
            let Some((path, _)) = line.rsplit_once(':') else { continue };
            let Some((archive, member)) = path.rsplit_once(':') else { continue };
            if matches!(kind, "T" | "t" | "W" | "i") {
                let archive = archive.rsplit('/').next().unwrap_or_default();
                let archive = if archive.starts_with("libm") { "libm*.a" } else { archive };
                let place = format!("*{archive}:{member}");
                all.entry(name.to_string()).or_default().insert(place);
            }
        }
    }
    Ok(all)
}

/// The archives that a static library consists of: itself, or those that a text
/// in its place names.
fn archives(library: &str) -> Result<Vec<PathBuf>> {
    let cc = Run::new("cc").args([format!("-print-file-name={library}")]);
    let path = PathBuf::from(output(cc, "cc")?.trim());
    let bytes = fs::read(&path).context(path.display())?;
    if bytes.starts_with(b"!<arch>") {
        return Ok(vec![path]);
    }
    let text = String::from_utf8_lossy(&bytes);
    let words = text.split_whitespace().filter(|word| word.ends_with(".a"));
    Ok(words.map(PathBuf::from).collect())
}

/// What a program prints.
fn output(run: Run, what: &str) -> Result<String> {
    let outcome = run.inherit("PATH").run().context(what)?;
    if !outcome.ok() {
        return Err(Error(format!("{what}: {}\n{}", outcome.end, outcome.err())));
    }
    Ok(String::from_utf8_lossy(&outcome.stdout).into_owned())
}

/// The linker script. What all programs use stands last: behind it the linker
/// puts the calls of functions that are chosen at the start, which all use, too.
fn script(
    uses: &BTreeMap<String, usize>,
    programs: usize,
    members: &BTreeMap<String, BTreeSet<String>>,
) -> String {
    let mut placed = BTreeSet::new();
    let mut groups = Vec::new();
    for least in [programs, programs / 2, programs / 8, 2] {
        let mut lines = BTreeSet::new();
        for (name, _) in uses.iter().filter(|(_, count)| **count >= least) {
            if let Some(pattern) = pattern(name) {
                lines.insert(format!("*(.text.*{pattern})"));
            } else if let Some(places) = members.get(name) {
                // A name that several have is a local one of who knows which.
                let places = places.iter().filter(|_| places.len() <= 2);
                let places = places.flat_map(|place| variants(place));
                lines.extend(places.map(|place| format!("{place}(.text .text.*)")));
            } else {
                lines.insert(format!("*(.text.{name})"));
            }
        }
        lines.retain(|line| placed.insert(line.clone()));
        groups.push((least, lines));
    }
    let mut text = String::from(
        "/* What small programs call, put together, so that the system maps little else.\n\
         \x20  Written by `cargo xtask layout`. */\nSECTIONS {\n  .text.common : {\n",
    );
    for (least, lines) in groups.into_iter().rev() {
        let _ = writeln!(text, "    /* In {least} of {programs} programs, or more: */");
        for line in lines {
            let _ = writeln!(text, "    {line}");
        }
    }
    text.push_str("    *crt*.o(.text .text.*)\n  }\n}\nINSERT AFTER .text;\n");
    text
}

/// A pattern for the mangled name of a Rust function without what differs from
/// build to build, the hash at its end or those of crates, and without modules:
/// functions move. None for C.
fn pattern(name: &str) -> Option<String> {
    if let Some(path) = name.strip_prefix("_ZN") {
        let parts = parts(path);
        let (last, before) = parts.split_last()?;
        let mut pattern = String::from("_ZN");
        if let Some(first) = before.first() {
            pattern.push_str(&within(first));
        }
        // A closure has no name of its own.
        let owner = before.last().filter(|_| before.len() > 1 && last.contains("closure"));
        for part in owner.into_iter().chain([last]) {
            pattern.push('*');
            pattern.push_str(&within(part));
        }
        pattern.push_str("17h*");
        return Some(pattern.replace("**", "*"));
    }
    let rest = name.strip_prefix("_R")?;
    let mut pattern = String::from("_R");
    let mut parts = rest.split('.').next()?.split("Cs");
    pattern.push_str(parts.next()?);
    for part in parts {
        let (_, after) = part.split_once('_')?;
        pattern.push_str("Cs*_");
        pattern.push_str(after);
    }
    pattern.push('*');
    Some(pattern)
}

/// The parts of a mangled path, `4heap4used17h81d234545f190261E`, but for the hash.
fn parts(mut path: &str) -> Vec<&str> {
    let mut all = Vec::new();
    while let Some(end) = path.find(|c: char| !c.is_ascii_digit()) {
        let Ok(length) = path[..end].parse::<usize>() else { break };
        let Some(rest) = path.get(end + length..) else { break };
        if !rest.starts_with('E') {
            all.push(&path[..end + length]);
        }
        path = rest;
    }
    all
}

/// A part of a pattern: of types in it, only the last name.
fn within(part: &str) -> String {
    match part.rsplit_once("..") {
        Some((_, last)) => format!("*..{last}"),
        None => part.to_string(),
    }
}

/// The member, or if it is for one kind of processor, those for the kinds that
/// are usual.
fn variants(place: &str) -> Vec<String> {
    match place.split_once("-avx") {
        Some((stem, _)) => vec![format!("{stem}-avx*.o"), format!("{stem}-evex*.o")],
        None => vec![place.to_string()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_lack_hashes() {
        let name = "_ZN11perilune_vm4heap4used17h81d234545f190261E.llvm.12";
        assert_eq!(pattern(name).as_deref(), Some("_ZN11perilune_vm*4used17h*"));
        let name = "_ZN4core3ptr37drop_in_place$LT$vm..heap..Marker$GT$17h81d234545f190261E";
        assert_eq!(pattern(name).as_deref(), Some("_ZN4core*..Marker$GT$17h*"));
        let name = "_ZN30_$LT$A$u20$as$u20$vm..Push$GT$4push17h81d234545f190261E";
        assert_eq!(pattern(name).as_deref(), Some("_ZN*..Push$GT$*4push17h*"));
        let name = "_ZN2vm4call28_$u7b$$u7b$closure$u7d$$u7d$17h81d234545f190261E";
        let closure = "_ZN2vm*4call*28_$u7b$$u7b$closure$u7d$$u7d$17h*";
        assert_eq!(pattern(name).as_deref(), Some(closure));
        let name = "_RNvMs_NtCsgEmfK2I1SDS_4core3fmtNtB4_9Formatter3pad.481";
        assert_eq!(pattern(name).as_deref(), Some("_RNvMs_NtCs*_4core3fmtNtB4_9Formatter3pad*"));
        assert_eq!(pattern("malloc"), None);
    }

    #[test]
    fn profiles_name_functions() {
        assert_eq!(function("fn=(12) malloc").as_deref(), Some("malloc"));
        assert_eq!(function("cfn=(3) f'2").as_deref(), Some("f"));
        assert_eq!(function("fn=(12)"), None);
        assert_eq!(function("fn=(1) 0x00000000003b12a0"), None);
        assert_eq!(function("calls=1 2"), None);
    }

    #[test]
    fn members_come_for_the_usual_processors() {
        assert_eq!(variants("*libc.a:malloc.o"), ["*libc.a:malloc.o"]);
        let both = ["*libc.a:strlen-avx*.o", "*libc.a:strlen-evex*.o"];
        assert_eq!(variants("*libc.a:strlen-avx2.o"), both);
    }
}
