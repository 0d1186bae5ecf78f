//! The real C interpreters, built as their own makefile builds them for
//! Linux, but for readline.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Context, Error, Result, fetch, paths};

/// One dialect of Lua and the release that stands for it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dialect {
    /// The dialect's name: `5.4`.
    pub name: &'static str,
    /// The release of its C interpreter: `5.4.9`.
    pub release: &'static str,
    /// The folder of its `lua.c` in the source archive of lupa.
    command: &'static str,
    /// The compiler's options beside those that all dialects share.
    flags: &'static [&'static str],
}

impl Dialect {
    /// The name that a distribution gives the dialect's interpreter: `lua5.4`.
    pub fn program(&self) -> String {
        format!("lua{}", self.name)
    }
}

/// Every dialect there is an interpreter for. The options are those of a
/// stock build, so they also say which compatibility features each has.
pub const DIALECTS: [Dialect; 5] = [
    Dialect { name: "5.1", release: "5.1.5", command: "lua51/src/lua.c", flags: &[] },
    Dialect {
        name: "5.2",
        release: "5.2.4",
        command: "lua52/lua.c",
        flags: &[
            "-DLUA_COMPAT_ALL",
            "-DLUA_USE_STRTODHEX",
            "-DLUA_USE_AFORMAT",
            "-DLUA_USE_LONGLONG",
        ],
    },
    Dialect {
        name: "5.3",
        release: "5.3.6",
        command: "lua53/lua.c",
        flags: &["-std=gnu99", "-DLUA_COMPAT_5_2"],
    },
    Dialect {
        name: "5.4",
        release: "5.4.9",
        command: "lua54/lua.c",
        flags: &["-std=gnu99", "-DLUA_COMPAT_5_3"],
    },
    Dialect { name: "5.5", release: "5.5.1", command: "lua55/lua.c", flags: &["-std=gnu99"] },
];

/// The dialect of the given name.
pub fn dialect(name: &str) -> Result<&'static Dialect> {
    DIALECTS.iter().find(|d| d.name == name).ok_or_else(|| {
        let known: Vec<&str> = DIALECTS.iter().map(|d| d.name).collect();
        Error(format!("no dialect is called '{name}'; there are {}", known.join(", ")))
    })
}

/// The dialects that a text names: `all`, or names and ranges with spaces
/// between them, as in `5.1 5.3-5.5`.
pub fn dialects(text: &str) -> Result<Vec<&'static Dialect>> {
    let position = |name: &str| -> Result<usize> {
        let wanted = dialect(name)?;
        Ok(DIALECTS.iter().take_while(|d| *d != wanted).count())
    };
    let mut named = [false; DIALECTS.len()];
    for word in text.split_whitespace() {
        let (first, last) = match word.split_once('-') {
            _ if word == "all" => (0, DIALECTS.len() - 1),
            Some((first, last)) => (position(first)?, position(last)?),
            None => (position(word)?, position(word)?),
        };
        for flag in named.get_mut(first..=last).unwrap_or_default() {
            *flag = true;
        }
    }
    if !named.contains(&true) {
        return Err(Error(format!("'{text}' names no dialect")));
    }
    Ok(DIALECTS.iter().zip(named).filter(|(_, named)| *named).map(|(d, _)| d).collect())
}

/// The C interpreter of a dialect, built if need be. Its file is named `lua`.
pub fn interpreter(dialect: &Dialect) -> Result<PathBuf> {
    let sources = fetch::crate_dir("lua-src")?.join(format!("lua-{}", dialect.release));
    let command_line = fetch::lupa_dir()?.join(dialect.command);
    let _lock = paths::lock("oracle")?;
    let dir = paths::cache_dir().join("oracle").join(dialect.release);
    fs::create_dir_all(&dir).context(dir.display())?;
    let binary = dir.join("lua");
    // Beside its own `lua.h` it would include that one, of another release.
    let lua_c = dir.join("lua.c");
    fs::copy(&command_line, &lua_c).context(command_line.display())?;
    let command = compile(dialect, &sources, &lua_c, &binary)?;
    // Built anew whenever the command that builds it is another one.
    let recipe = format!("{command:?}");
    let stamp = dir.join("recipe");
    if binary.exists() && fs::read_to_string(&stamp).is_ok_and(|old| old == recipe) {
        return Ok(binary);
    }
    fetch::run(command, &format!("building the C interpreter {}", dialect.release))?;
    fs::write(&stamp, recipe).context(stamp.display())?;
    Ok(binary)
}

/// The one command that compiles and links an interpreter.
fn compile(dialect: &Dialect, sources: &Path, lua_c: &Path, binary: &Path) -> Result<Command> {
    let mut files = Vec::new();
    for entry in fs::read_dir(sources).context(sources.display())? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "c") {
            files.push(path);
        }
    }
    files.sort();
    let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
    let mut command = Command::new(compiler);
    command.args(["-O2", "-DLUA_USE_POSIX", "-DLUA_USE_DLOPEN"]).args(dialect.flags);
    command.arg("-I").arg(sources).args(files).arg(lua_c);
    command.arg("-o").arg(binary).args(["-Wl,-E", "-lm", "-ldl"]);
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<&'static str> {
        dialects(text).unwrap().into_iter().map(|d| d.name).collect()
    }

    #[test]
    fn dialects_by_name_and_range() {
        assert_eq!(names("5.4"), ["5.4"]);
        assert_eq!(names(" 5.5 5.1-5.3  5.2"), ["5.1", "5.2", "5.3", "5.5"]);
        assert_eq!(names("all").len(), DIALECTS.len());
        for wrong in ["", "5.6", "5.4-5.1", "5.4-", "5"] {
            assert!(dialects(wrong).is_err(), "{wrong}");
        }
    }
}
