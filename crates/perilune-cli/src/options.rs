//! The command line taken apart, as the `lua` of each dialect takes it.

use std::ops::BitOr;

use perilune::native::{Dialect, LUA_5_4};

use crate::habits::{Habits, Options};

/// What the options ask for before any chunk runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// `-i`
    pub interactive: bool,
    /// `-v` or `-i`
    pub version: bool,
    /// some `-e`
    pub executes: bool,
    /// `-E`
    pub ignore_environment: bool,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// Run chunks and script. `script` is the script's index among the
    /// arguments, 0 if there is none, -1 if there are no arguments at all.
    Run { flags: Flags, script: isize },
    /// The argument at this index is no option.
    BadOption(usize),
    /// `--help`
    Help,
    /// `--version`
    OwnVersion,
}

/// Which interpreter the program is, by its name and first argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// The `lua` of a dialect, with its options and no others.
    Lua(&'static Dialect),
    /// Perilune, which has options of its own.
    Perilune(&'static Dialect),
    /// Perilune, asked by `--lua=` for a dialect that there is not.
    Unknown,
}

/// The option that says the dialect, with the dialect's name behind it. It
/// has to be the first.
const DIALECT: &[u8] = b"--lua=";

impl BitOr for Flags {
    type Output = Flags;

    fn bitor(self, other: Flags) -> Flags {
        Flags {
            interactive: self.interactive | other.interactive,
            version: self.version | other.version,
            executes: self.executes | other.executes,
            ignore_environment: self.ignore_environment | other.ignore_environment,
        }
    }
}

/// The dialect that a program of this name runs: 5.1 for `lua5.1`, `lua51`
/// and `lua-5.1`, the default for `lua`.
fn named(program: &[u8]) -> Option<&'static Dialect> {
    let name = program.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
    let version = name.strip_prefix(b"lua")?;
    let version = std::str::from_utf8(version.strip_prefix(b"-").unwrap_or(version)).ok()?;
    if version.is_empty() {
        return Some(&LUA_5_4);
    }
    version.starts_with('5').then(|| Dialect::from_name(version))?
}

/// Which interpreter is asked for.
pub fn identify(arguments: &[Vec<u8>]) -> Identity {
    if let Some(dialect) = arguments.first().and_then(|program| named(program)) {
        return Identity::Lua(dialect);
    }
    match arguments.get(1).and_then(|first| first.strip_prefix(DIALECT)) {
        Some(name) => match std::str::from_utf8(name).ok().and_then(Dialect::from_name) {
            Some(dialect) => Identity::Perilune(dialect),
            None => Identity::Unknown,
        },
        None => Identity::Perilune(&LUA_5_4),
    }
}

/// Looks at the arguments, of which the first is the program's name; `own`
/// says whether there are Perilune's own options too.
pub fn parse(arguments: &[Vec<u8>], habits: &Habits, own: bool) -> Request {
    let mut flags = Flags::default();
    if arguments.is_empty() {
        return Request::Run { flags, script: -1 };
    }
    let lax = habits.options != Options::First;
    let mut index = 1;
    if own && arguments.get(1).is_some_and(|first| first.starts_with(DIALECT)) {
        index = 2;
    }
    while let Some(argument) = arguments.get(index) {
        let run = |script: usize| Request::Run { flags, script: script as isize };
        let plain = Flags::default();
        let (found, rest) = match argument.as_slice() {
            b"--help" if own => return Request::Help,
            b"--version" if own => return Request::OwnVersion,
            b"--" if index + 1 < arguments.len() => return run(index + 1),
            b"--" => return run(0),
            b"-" => return run(index),
            [b'-', b'E', rest @ ..] if habits.option_environment => {
                let rest = if lax { &[][..] } else { rest };
                (Flags { ignore_environment: true, ..plain }, rest)
            }
            [b'-', b'W', rest @ ..] if habits.option_warnings => (plain, rest),
            [b'-', b'i', rest @ ..] => (Flags { interactive: true, version: true, ..plain }, rest),
            [b'-', b'v', rest @ ..] => (Flags { version: true, ..plain }, rest),
            [b'-', option @ (b'e' | b'l'), rest @ ..] => {
                if rest.is_empty() {
                    // The next argument is the option's, unless it is another option.
                    let may_be_option = habits.options == Options::AfterInit;
                    match arguments.get(index + 1) {
                        Some(next) if may_be_option || next.first() != Some(&b'-') => index += 1,
                        _ => return Request::BadOption(index),
                    }
                }
                (Flags { executes: *option == b'e', ..plain }, &[][..])
            }
            [b'-', b'-', rest @ ..] => (plain, rest),
            [b'-', ..] => return Request::BadOption(index),
            _ => return run(index),
        };
        if !rest.is_empty() {
            return Request::BadOption(if lax { 1 } else { index });
        }
        flags = flags | found;
        index += 1;
    }
    Request::Run { flags, script: 0 }
}

/// What a program says about an option that is none.
pub fn usage(program: &[u8], bad: &[u8], habits: &Habits) -> Vec<u8> {
    let mut text = Vec::new();
    if habits.options != Options::AfterInit {
        let (before, after) = match bad.get(1) {
            Some(b'e' | b'l') => (": '", "' needs argument\n"),
            _ => (": unrecognized option '", "'\n"),
        };
        text.extend_from_slice(program);
        text.extend_from_slice(before.as_bytes());
        text.extend_from_slice(bad);
        text.extend_from_slice(after.as_bytes());
    }
    text.extend_from_slice(b"usage: ");
    text.extend_from_slice(program);
    text.extend_from_slice(habits.usage.as_bytes());
    text
}

/// What a program says about a dialect that there is not.
pub fn unknown_dialect(program: &[u8], option: &[u8]) -> Vec<u8> {
    let names: Vec<&str> = Dialect::ALL.into_iter().map(|dialect| dialect.version).collect();
    let known = format!("'; there are {}\n", names.join(", "));
    [program, b": no dialect of Lua is called '", &option[DIALECT.len()..], known.as_bytes()]
        .concat()
}

/// What `--help` prints.
pub const HELP: &str = "\
Perilune runs programs in Lua 5.1, 5.2, 5.3, 5.4 and 5.5.

Usage: perilune [--lua=VERSION] [options] [script [arguments]]

Without a script, options or input from a file it starts a prompt: type Lua,
see results. The tab key completes names; Ctrl-D leaves.

Options:
  --lua=VERSION  the dialect: 5.1, 5.2, 5.3, 5.4 (as without it) or 5.5
  -e CODE        run CODE
  -l MODULE      load MODULE into the global variable of the same name
  -l NAME=MODULE load MODULE into the global variable NAME (from 5.4 on)
  -i             start the prompt after the script
  -v             show the version of Lua
  -E             ignore environment variables (from 5.2 on)
  -W             turn warnings on (from 5.4 on)
  --             the next argument is the script, whatever it looks like
  -              run the script that standard input holds
  --help         show this text
  --version      show the version of Perilune

Started under a name such as lua5.1, lua51 or lua, it is the lua of that
version, without the options --lua, --help and --version.

Environment:
  LUA_PATH_5_4, LUA_PATH     where `require` looks for modules
  LUA_INIT_5_4, LUA_INIT     code to run first, or @FILE
Other dialects have names with their own number; 5.1 has none with a number.
";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::habits;

    fn parsed_by(dialect: &'static Dialect, arguments: &[&str]) -> Request {
        let all = [&["perilune"], arguments].concat();
        let all: Vec<_> = all.iter().map(|argument| argument.as_bytes().to_vec()).collect();
        parse(&all, habits::of(dialect), true)
    }

    fn parsed(arguments: &[&str]) -> Request {
        parsed_by(&LUA_5_4, arguments)
    }

    fn script(arguments: &[&str]) -> Option<isize> {
        match parsed(arguments) {
            Request::Run { script, .. } => Some(script),
            _ => None,
        }
    }

    #[test]
    fn identities() {
        let identity = |arguments: &[&str]| {
            let all: Vec<_> = arguments.iter().map(|word| word.as_bytes().to_vec()).collect();
            match identify(&all) {
                Identity::Lua(dialect) => format!("lua {}", dialect.version),
                Identity::Perilune(dialect) => format!("perilune {}", dialect.version),
                Identity::Unknown => "unknown".to_string(),
            }
        };
        for name in ["lua5.1", "lua51", "lua-5.1", "/usr/bin/lua5.1", "./lua-51"] {
            assert_eq!(identity(&[name]), "lua 5.1", "{name}");
        }
        assert_eq!(identity(&["lua", "--lua=5.1"]), "lua 5.4");
        assert_eq!(identity(&["lua5.5"]), "lua 5.5");
        for name in ["perilune", "", "luajit", "lua6.0", "lua5", "lualua5.1", "x/luac"] {
            assert_eq!(identity(&[name]), "perilune 5.4", "{name}");
        }
        assert_eq!(identity(&[]), "perilune 5.4");
        assert_eq!(identity(&["p", "--lua=5.2"]), "perilune 5.2");
        assert_eq!(identity(&["p", "--lua=53", "x"]), "perilune 5.3");
        assert_eq!(identity(&["p", "-v", "--lua=5.2"]), "perilune 5.4");
        assert_eq!(identity(&["p", "--lua="]), "unknown");
        assert!(
            unknown_dialect(b"p", b"--lua=6").starts_with(b"p: no dialect of Lua is called '6'")
        );
    }

    #[test]
    fn scripts() {
        let none = Request::Run { flags: Flags::default(), script: -1 };
        assert_eq!(parse(&[], habits::of(&LUA_5_4), true), none);
        assert_eq!(script(&[]), Some(0));
        assert_eq!(script(&["a", "-x"]), Some(1));
        assert_eq!(script(&["-e", "x", "a"]), Some(3));
        assert_eq!(script(&["-ex", "a"]), Some(2));
        assert_eq!(script(&["-e", ""]), Some(0));
        assert_eq!(script(&["-", "a"]), Some(1));
        assert_eq!(script(&["--", "-x"]), Some(2));
        assert_eq!(script(&["-i", "--"]), Some(0));
        assert_eq!(script(&[""]), Some(1));
        assert_eq!(script(&["--lua=5.4", "a"]), Some(2));
    }

    #[test]
    fn flags() {
        let run = |arguments: &[&str]| match parsed(arguments) {
            Request::Run { flags, .. } => flags,
            other => panic!("{other:?}"),
        };
        assert_eq!(run(&["-W", "-lx"]), Flags::default());
        let all =
            Flags { interactive: true, version: true, executes: true, ignore_environment: true };
        assert_eq!(run(&["-i", "-E", "-e1"]), all);
        assert!(run(&["-v"]).version && !run(&["-v"]).interactive);
        assert!(!run(&["s", "-v"]).version);
    }

    #[test]
    fn bad_options() {
        assert_eq!(parsed(&["-x"]), Request::BadOption(1));
        assert_eq!(parsed(&["-v", "-vv"]), Request::BadOption(2));
        assert_eq!(parsed(&["--x"]), Request::BadOption(1));
        assert_eq!(parsed(&["-v", "--lua=5.1"]), Request::BadOption(2));
        assert_eq!(parsed(&["-e"]), Request::BadOption(1));
        assert_eq!(parsed(&["-l", "-v"]), Request::BadOption(1));
        assert_eq!(parsed(&["-v", "--help"]), Request::Help);
        let habits = habits::of(&LUA_5_4);
        let text = String::from_utf8(usage(b"lua", b"-e", habits)).unwrap();
        assert!(text.starts_with("lua: '-e' needs argument\nusage: lua [options] "));
        let text = String::from_utf8(usage(b"p", b"--x", habits)).unwrap();
        assert!(text.starts_with("p: unrecognized option '--x'\nusage: p "));
    }

    #[test]
    fn options_of_other_dialects() {
        use perilune::native::{LUA_5_1, LUA_5_2, LUA_5_3, LUA_5_5};
        let bad = |dialect, arguments: &[&str]| match parsed_by(dialect, arguments) {
            Request::BadOption(index) => Some(index),
            _ => None,
        };
        assert_eq!(bad(&LUA_5_1, &["-v", "-E"]), Some(2));
        assert_eq!(bad(&LUA_5_1, &["-e", "-E"]), None);
        assert_eq!(bad(&LUA_5_2, &["-v", "-W"]), Some(2));
        assert_eq!(bad(&LUA_5_2, &["-Exy"]), None);
        assert_eq!(bad(&LUA_5_2, &["-E", "-vv"]), Some(1));
        assert_eq!(bad(&LUA_5_2, &["-E", "--x"]), Some(1));
        assert_eq!(bad(&LUA_5_3, &["-E", "-W"]), Some(2));
        assert_eq!(bad(&LUA_5_5, &["-E", "-W"]), None);
        let text = usage(b"lua5.1", b"-x", habits::of(&LUA_5_1));
        assert!(text.starts_with(b"usage: lua5.1 [options] [script [args]].\n"));
    }
}
