//! The command line taken apart, as `lua` of 5.4 takes it.

use std::ops::BitOr;

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

/// Looks at the arguments, of which the first is the program's name.
pub fn parse(arguments: &[Vec<u8>]) -> Request {
    let mut flags = Flags::default();
    if arguments.is_empty() {
        return Request::Run { flags, script: -1 };
    }
    let mut index = 1;
    while let Some(argument) = arguments.get(index) {
        let run = |script: usize| Request::Run { flags, script: script as isize };
        let plain = Flags::default();
        let (found, rest) = match argument.as_slice() {
            b"--help" => return Request::Help,
            b"--version" => return Request::OwnVersion,
            b"--" if index + 1 < arguments.len() => return run(index + 1),
            b"--" => return run(0),
            b"-" => return run(index),
            [b'-', b'E', rest @ ..] => (Flags { ignore_environment: true, ..plain }, rest),
            [b'-', b'W', rest @ ..] => (plain, rest),
            [b'-', b'i', rest @ ..] => (Flags { interactive: true, version: true, ..plain }, rest),
            [b'-', b'v', rest @ ..] => (Flags { version: true, ..plain }, rest),
            [b'-', option @ (b'e' | b'l'), rest @ ..] => {
                if rest.is_empty() {
                    // The next argument is the option's, unless it is another option.
                    match arguments.get(index + 1) {
                        Some(next) if next.first() != Some(&b'-') => index += 1,
                        _ => return Request::BadOption(index),
                    }
                }
                (Flags { executes: *option == b'e', ..plain }, &[][..])
            }
            [b'-', ..] => return Request::BadOption(index),
            _ => return run(index),
        };
        if !rest.is_empty() {
            return Request::BadOption(index);
        }
        flags = flags | found;
        index += 1;
    }
    Request::Run { flags, script: 0 }
}

/// What follows the program's name for an option that is none.
pub fn usage(program: &[u8], bad: &[u8]) -> Vec<u8> {
    let mut text = program.to_vec();
    if matches!(bad.get(1), Some(b'e' | b'l')) {
        text.extend_from_slice(b": '");
        text.extend_from_slice(bad);
        text.extend_from_slice(b"' needs argument\n");
    } else {
        text.extend_from_slice(b": unrecognized option '");
        text.extend_from_slice(bad);
        text.extend_from_slice(b"'\n");
    }
    text.extend_from_slice(b"usage: ");
    text.extend_from_slice(program);
    text.extend_from_slice(
        b" [options] [script [args]]\n\
          Available options are:\n\
          \x20 -e stat   execute string 'stat'\n\
          \x20 -i        enter interactive mode after executing 'script'\n\
          \x20 -l mod    require library 'mod' into global 'mod'\n\
          \x20 -l g=mod  require library 'mod' into global 'g'\n\
          \x20 -v        show version information\n\
          \x20 -E        ignore environment variables\n\
          \x20 -W        turn warnings on\n\
          \x20 --        stop handling options\n\
          \x20 -         stop handling options and execute stdin\n",
    );
    text
}

/// What `--help` prints.
pub const HELP: &str = "\
Perilune runs Lua 5.4 programs.

Usage: perilune [options] [script [arguments]]

Without a script, options or input from a file it starts a prompt: type Lua,
see results. `=x` shows x; the tab key completes names; Ctrl-D leaves.

Options:
  -e CODE        run CODE
  -l MODULE      load MODULE into the global variable of the same name
  -l NAME=MODULE load MODULE into the global variable NAME
  -i             start the prompt after the script
  -v             show the version of Lua
  -E             ignore environment variables
  -W             turn warnings on
  --             the next argument is the script, whatever it looks like
  -              run the script that standard input holds
  --help         show this text
  --version      show the version of Perilune

Environment:
  LUA_PATH_5_4, LUA_PATH     where `require` looks for modules
  LUA_INIT_5_4, LUA_INIT     code to run first, or @FILE
";

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str]) -> Request {
        let all = [&["lua"], arguments].concat();
        parse(&all.iter().map(|argument| argument.as_bytes().to_vec()).collect::<Vec<_>>())
    }

    fn script(arguments: &[&str]) -> Option<isize> {
        match parsed(arguments) {
            Request::Run { script, .. } => Some(script),
            _ => None,
        }
    }

    #[test]
    fn scripts() {
        assert_eq!(parse(&[]), Request::Run { flags: Flags::default(), script: -1 });
        assert_eq!(script(&[]), Some(0));
        assert_eq!(script(&["a", "-x"]), Some(1));
        assert_eq!(script(&["-e", "x", "a"]), Some(3));
        assert_eq!(script(&["-ex", "a"]), Some(2));
        assert_eq!(script(&["-e", ""]), Some(0));
        assert_eq!(script(&["-", "a"]), Some(1));
        assert_eq!(script(&["--", "-x"]), Some(2));
        assert_eq!(script(&["-i", "--"]), Some(0));
        assert_eq!(script(&[""]), Some(1));
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
        assert_eq!(parsed(&["-e"]), Request::BadOption(1));
        assert_eq!(parsed(&["-l", "-v"]), Request::BadOption(1));
        assert_eq!(parsed(&["-v", "--help"]), Request::Help);
        let text = String::from_utf8(usage(b"lua", b"-e")).unwrap();
        assert!(text.starts_with("lua: '-e' needs argument\nusage: lua [options] "));
        assert!(usage(b"p", b"--x").starts_with(b"p: unrecognized option '--x'\nusage: p "));
    }
}
