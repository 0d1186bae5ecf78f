//! A Lua test script and the directives in its leading comments.
//!
//! Directives stand in comment lines of their own at the top of the file:
//!
//! | directive | meaning |
//! |---|---|
//! | `-- lua: DIALECT…` | the dialects it is for, as [`oracle::dialects`] reads them; without it 5.4 |
//! | `-- args: WORD…` | arguments after the script's name |
//! | `-- cmdline: WORD…` | the whole command line; a word `{}` is the script's name |
//! | `-- env: NAME=VALUE` | an environment variable |
//! | `-- stdin: TEXT` | a line of standard input (`\n`, `\t`, `\0`, `\\` escaped) |
//! | `-- stdin-raw: TEXT` | the same without a newline after it |
//!
//! Words are separated by spaces; a word in single quotes may hold spaces.
//!
//! Anywhere in a script with expectations:
//!
//! | directive | meaning |
//! |---|---|
//! | `-- expect: TEXT` | the next line of standard output |
//! | `-- expect error: TEXT` | the script ends with this message, at this line |
//! | `-- expect exit: N` | the exit code, if it is neither 0 nor that of an error |
//!
//! The position is part of an expected error if the directive shares its
//! line with code; on a line of its own it gives the whole message.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::oracle::{self, Dialect};
use crate::process::Run;
use crate::{Context, Error, Result, paths, perilune};

/// A script with its directives.
#[derive(Debug, Clone)]
pub struct Script {
    /// The file.
    pub path: PathBuf,
    /// The file's name, as the interpreter is given it.
    pub name: String,
    /// The dialects it is written in.
    pub dialects: Vec<&'static Dialect>,
    words: Option<Vec<String>>,
    args: Vec<String>,
    env: Vec<(String, String)>,
    stdin: Vec<u8>,
    /// What it should do, if it says so.
    pub expected: Expected,
}

/// What a script says it should do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expected {
    /// The lines of standard output.
    pub lines: Vec<String>,
    /// The message that ends it.
    pub error: Option<String>,
    /// The exit code.
    pub exit: i32,
}

impl Script {
    /// Reads a script.
    pub fn read(path: &Path) -> Result<Script> {
        let bytes = fs::read(path).context(path.display())?;
        let text = String::from_utf8_lossy(&bytes);
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut script = Script {
            path: path.to_path_buf(),
            name,
            dialects: oracle::dialects(perilune::DEFAULT_DIALECT)?,
            words: None,
            args: Vec::new(),
            env: Vec::new(),
            stdin: Vec::new(),
            expected: Expected::default(),
        };
        for line in text.lines().take_while(|line| line.starts_with("--") || line.starts_with('#'))
        {
            script.directive(line).context(path.display())?;
        }
        for (index, line) in text.lines().enumerate() {
            script.expectation(index + 1, line).context(path.display())?;
        }
        Ok(script)
    }

    fn directive(&mut self, line: &str) -> Result<()> {
        let Some((key, value)) = line.strip_prefix("-- ").and_then(|rest| rest.split_once(':'))
        else {
            return Ok(());
        };
        let value = value.strip_prefix(' ').unwrap_or(value);
        match key {
            "lua" => self.dialects = oracle::dialects(value)?,
            "args" => self.args = split_words(value)?,
            "cmdline" => self.words = Some(split_words(value)?),
            "env" => {
                let (name, value) = value
                    .split_once('=')
                    .ok_or_else(|| Error(format!("no '=' in the variable '{value}'")))?;
                self.env.push((name.to_string(), value.to_string()));
            }
            "stdin" => {
                self.stdin.extend(unescape(value));
                self.stdin.push(b'\n');
            }
            "stdin-raw" => self.stdin.extend(unescape(value)),
            _ => {}
        }
        Ok(())
    }

    fn expectation(&mut self, number: usize, line: &str) -> Result<()> {
        let Some((code, directive)) = line.split_once("-- expect") else {
            return Ok(());
        };
        if let Some(text) = directive.strip_prefix(": ") {
            self.expected.lines.push(text.to_string());
        } else if directive == ":" {
            self.expected.lines.push(String::new());
        } else if let Some(text) = directive.strip_prefix(" error: ") {
            let position = if code.trim().is_empty() {
                String::new()
            } else {
                format!("{}:{number}: ", self.name)
            };
            self.expected.error = Some(format!("{position}{text}"));
            self.expected.exit = 1;
        } else if let Some(code) = directive.strip_prefix(" exit: ") {
            self.expected.exit = code.trim().parse().context(code)?;
        } else {
            return Err(Error(format!("line {number}: unknown expectation '{directive}'")));
        }
        Ok(())
    }

    /// The run of this script by the interpreter of a dialect in `bin`, a
    /// folder as [`perilune::as_lua`] makes it, with the script's own folder
    /// as working folder.
    pub fn run_by(&self, bin: &Path, dialect: &Dialect) -> Run {
        let run = self.environment(bin, dialect);
        match &self.words {
            Some(words) => {
                let name = |word| if word == "{}" { &self.name } else { word };
                run.args(words.iter().map(name))
            }
            None => run.arg(&self.name).args(&self.args),
        }
    }

    /// The same, started by another script that gets this one's name as its
    /// first argument. A script that says its whole command line is started
    /// with just that.
    pub fn run_after(&self, bin: &Path, dialect: &Dialect, starter: &Path) -> Run {
        if self.words.is_some() {
            return self.run_by(bin, dialect);
        }
        self.environment(bin, dialect).arg(starter).arg(&self.name).args(&self.args)
    }

    fn environment(&self, bin: &Path, dialect: &Dialect) -> Run {
        let mut run = Run::new(bin.join(dialect.program()))
            .arg0(dialect.program())
            .dir(self.path.parent().unwrap_or(Path::new(".")))
            .env("PATH", format!("{}:/usr/bin:/bin", bin.display()))
            .env("LC_ALL", "C")
            .env("TZ", "UTC")
            .stdin(self.stdin.clone())
            .timeout(Duration::from_secs(120));
        for (name, value) in &self.env {
            run = run.env(name, value);
        }
        run
    }
}

/// What there is to run: every script of `files` under every dialect that it
/// names.
///
/// The environment variable `PERILUNE_FILTER` leaves only the scripts whose
/// paths contain its value, `PERILUNE_LUA` only the dialects that it names.
pub fn runs(files: &[PathBuf]) -> Result<Vec<(Script, &'static Dialect)>> {
    let filter = std::env::var("PERILUNE_FILTER").unwrap_or_default();
    let wanted = std::env::var("PERILUNE_LUA").unwrap_or("all".to_string());
    let wanted = oracle::dialects(&wanted)?;
    let root = paths::workspace_root();
    let mut all = Vec::new();
    for path in files {
        let inside = path.strip_prefix(&root).unwrap_or(path);
        if !inside.to_string_lossy().contains(&filter) {
            continue;
        }
        let script = Script::read(path)?;
        let dialects = script.dialects.iter().copied().filter(|d| wanted.contains(d));
        all.extend(dialects.map(|dialect| (script.clone(), dialect)));
    }
    Ok(all)
}

/// How many of `runs` each dialect has, for the report of a test.
pub fn count(runs: &[(Script, &'static Dialect)]) -> String {
    let of = |dialect| runs.iter().filter(|(_, d)| *d == dialect).count();
    let counts: Vec<String> =
        oracle::DIALECTS.iter().map(|d| format!("{} for {}", of(d), d.name)).collect();
    counts.join(", ")
}

/// Splits a line at its spaces, outside single quotes.
fn split_words(text: &str) -> Result<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '\'' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            ' ' if !quoted => words.extend(word.take()),
            _ => word.get_or_insert_default().push(c),
        }
    }
    if quoted {
        return Err(Error(format!("a quote is left open in '{text}'")));
    }
    words.extend(word);
    Ok(words)
}

/// Replaces the escapes in a directive's text by the bytes they stand for.
fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match (byte, byte == b'\\') {
            (_, true) => match rest.next() {
                Some(b'n') => bytes.push(b'\n'),
                Some(b't') => bytes.push(b'\t'),
                Some(b'0') => bytes.push(0),
                Some(other) => bytes.push(other),
                None => bytes.push(b'\\'),
            },
            (plain, false) => bytes.push(plain),
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_quotes() {
        assert_eq!(split_words("-e 'print(1)' - ''").unwrap(), ["-e", "print(1)", "-", ""]);
        assert!(split_words("'open").is_err());
    }

    #[test]
    fn escapes() {
        assert_eq!(unescape("a\\n\\0\\\\n"), b"a\n\0\\n");
    }
}
