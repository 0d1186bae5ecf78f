//! How the `lua` of each dialect behaves, as data: the habits that differ.

use perilune::native::{Dialect, LUA_5_1, LUA_5_2, LUA_5_3, LUA_5_4, LUA_5_5};

/// When options are looked at, and how closely.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Options {
    /// After `LUA_INIT` has run; nobody says which option was wrong, and what
    /// follows `-e` and `-l` may look like an option.
    AfterInit,
    /// First of all; the first argument is blamed for characters too many,
    /// but for those behind `-E`.
    BlamesFirst,
    /// First of all.
    First,
}

/// What `-l NAME` does beside `require(NAME)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Library {
    /// Nothing.
    Required,
    /// The result becomes the global variable `NAME`.
    Global,
    /// The result becomes the global variable `NAME`, of which a suffix after
    /// `-` is no part; `-l GLOBAL=NAME` says another name.
    Renamed,
}

/// What becomes of an error that nobody caught.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Errors {
    /// Strings go through the global `debug.traceback`, nil is passed over,
    /// other values are called no string. Garbage is collected before that.
    GlobalTraceback,
    /// Strings get a traceback, nil is passed over, other values are asked by
    /// `__tostring`. Garbage is collected after that.
    OwnTraceback,
    /// Values of every kind are described.
    Described,
}

/// What the prompt does with lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompt {
    /// Lines are statements; one that begins with `=` is an expression. The
    /// end of the input in the middle of a statement ends the prompt. A message
    /// that ends with `mark` asks for more lines.
    Statements { mark: &'static str },
    /// Lines are expressions if they can be.
    Expressions {
        /// `=` at the start is passed over.
        equal_sign: bool,
        /// The variables `_PROMPT` and `_PROMPT2` may have values of every kind.
        any_prompt: bool,
        /// A line with the statement `local` is answered by a warning.
        warns_of_locals: bool,
        /// At the end of the input in the middle of a statement the message is
        /// that of the syntax error, and not the prompt.
        keeps_message: bool,
    },
}

/// The habits of one dialect's `lua`.
#[derive(Debug)]
pub struct Habits {
    pub dialect: &'static Dialect,
    /// The version and the years of its copyright.
    pub copyright: &'static str,
    /// `-v` prints to standard error.
    pub version_is_error: bool,
    pub options: Options,
    /// The option `-E`.
    pub option_environment: bool,
    /// The option `-W`, and the function `warn` behind it.
    pub option_warnings: bool,
    /// What follows "usage: PROGRAM".
    pub usage: &'static str,
    /// The table `arg` is there before any chunk runs, and the script gets its
    /// arguments from it.
    pub arg_from_start: bool,
    /// The variables that hold code to run first.
    pub init: &'static [&'static str],
    pub library: Library,
    pub errors: Errors,
    pub prompt: Prompt,
    /// The collector starts in generational mode.
    pub generational: bool,
    /// The variable that names a library to read lines with.
    pub line_library: Option<&'static str>,
}

const USAGE_5_1: &str = " [options] [script [args]].
Available options are:
  -e stat  execute string 'stat'
  -l name  require library 'name'
  -i       enter interactive mode after executing 'script'
  -v       show version information
  --       stop handling options
  -        execute stdin and stop handling options
";

const USAGE_5_2: &str = " [options] [script [args]]
Available options are:
  -e stat  execute string 'stat'
  -i       enter interactive mode after executing 'script'
  -l name  require library 'name'
  -v       show version information
  -E       ignore environment variables
  --       stop handling options
  -        stop handling options and execute stdin
";

const USAGE_5_3: &str = " [options] [script [args]]
Available options are:
  -e stat  execute string 'stat'
  -i       enter interactive mode after executing 'script'
  -l name  require library 'name' into global 'name'
  -v       show version information
  -E       ignore environment variables
  --       stop handling options
  -        stop handling options and execute stdin
";

const USAGE_5_4: &str = " [options] [script [args]]
Available options are:
  -e stat   execute string 'stat'
  -i        enter interactive mode after executing 'script'
  -l mod    require library 'mod' into global 'mod'
  -l g=mod  require library 'mod' into global 'g'
  -v        show version information
  -E        ignore environment variables
  -W        turn warnings on
  --        stop handling options
  -         stop handling options and execute stdin
";

/// The habits of every dialect, the oldest first.
static ALL: [Habits; 5] = [
    Habits {
        dialect: &LUA_5_1,
        copyright: "Lua 5.1.5  Copyright (C) 1994-2012 Lua.org, PUC-Rio\n",
        version_is_error: true,
        options: Options::AfterInit,
        option_environment: false,
        option_warnings: false,
        usage: USAGE_5_1,
        arg_from_start: false,
        init: &["LUA_INIT"],
        library: Library::Required,
        errors: Errors::GlobalTraceback,
        prompt: Prompt::Statements { mark: "'<eof>'" },
        generational: false,
        line_library: None,
    },
    Habits {
        dialect: &LUA_5_2,
        copyright: "Lua 5.2.4  Copyright (C) 1994-2015 Lua.org, PUC-Rio\n",
        version_is_error: false,
        options: Options::BlamesFirst,
        option_environment: true,
        option_warnings: false,
        usage: USAGE_5_2,
        arg_from_start: false,
        init: &["LUA_INIT_5_2", "LUA_INIT"],
        library: Library::Global,
        errors: Errors::OwnTraceback,
        prompt: Prompt::Statements { mark: "<eof>" },
        generational: false,
        line_library: None,
    },
    Habits {
        dialect: &LUA_5_3,
        copyright: "Lua 5.3.6  Copyright (C) 1994-2020 Lua.org, PUC-Rio\n",
        version_is_error: false,
        options: Options::First,
        option_environment: true,
        option_warnings: false,
        usage: USAGE_5_3,
        arg_from_start: true,
        init: &["LUA_INIT_5_3", "LUA_INIT"],
        library: Library::Global,
        errors: Errors::Described,
        prompt: Prompt::Expressions {
            equal_sign: true,
            any_prompt: false,
            warns_of_locals: false,
            keeps_message: false,
        },
        generational: false,
        line_library: None,
    },
    Habits {
        dialect: &LUA_5_4,
        copyright: "Lua 5.4.9  Copyright (C) 1994-2026 Lua.org, PUC-Rio\n",
        version_is_error: false,
        options: Options::First,
        option_environment: true,
        option_warnings: true,
        usage: USAGE_5_4,
        arg_from_start: true,
        init: &["LUA_INIT_5_4", "LUA_INIT"],
        library: Library::Renamed,
        errors: Errors::Described,
        prompt: Prompt::Expressions {
            equal_sign: true,
            any_prompt: true,
            warns_of_locals: false,
            keeps_message: true,
        },
        generational: true,
        line_library: None,
    },
    Habits {
        dialect: &LUA_5_5,
        copyright: "Lua 5.5.1  Copyright (C) 1994-2026 Lua.org, PUC-Rio\n",
        version_is_error: false,
        options: Options::First,
        option_environment: true,
        option_warnings: true,
        usage: USAGE_5_4,
        arg_from_start: true,
        init: &["LUA_INIT_5_5", "LUA_INIT"],
        library: Library::Renamed,
        errors: Errors::Described,
        prompt: Prompt::Expressions {
            equal_sign: false,
            any_prompt: true,
            warns_of_locals: true,
            keeps_message: true,
        },
        generational: true,
        line_library: Some("LUA_READLINELIB"),
    },
];

/// The habits of the `lua` of a dialect.
pub fn of(dialect: &'static Dialect) -> &'static Habits {
    let found = ALL.iter().find(|habits| habits.dialect.name == dialect.name);
    // The table has a row for every dialect; a test looks.
    found.unwrap_or(&ALL[3])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dialect_has_habits() {
        for dialect in Dialect::ALL {
            let habits = of(dialect);
            assert_eq!(habits.dialect, dialect);
            assert!(habits.copyright.starts_with(dialect.release));
        }
    }
}
