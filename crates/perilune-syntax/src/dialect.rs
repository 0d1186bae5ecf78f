//! What the dialects of Lua have, as data.
//!
//! One table says it: a row is a capability, a column a dialect. Lexer, parser,
//! compiler, slow paths of the machine and the registration of the libraries
//! read it; no other code asks which dialect it works for.

use crate::chunk_id::{chunk_id, short_chunk_id};
use perilune_bytecode::names::{self, NameRules};
use perilune_bytecode::{ChunkFormat, chunk_format};

/// What becomes of an error in a finalizer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FinalizerErrors {
    /// It is raised where the collector was called.
    Raised,
    /// The same, as "error in __gc metamethod (…)".
    Wrapped,
    /// It becomes a warning.
    Warnings,
}

/// Where a function is looked for that its caller has no name for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FunctionNames {
    /// Nowhere.
    None,
    /// Among the global variables and the fields of their tables.
    Globals,
    /// Among the fields of loaded modules.
    Loaded,
}

/// How a traceback is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TracebackForm {
    /// Functions by the caller's names; levels left out from the twelfth on.
    Short,
    /// Functions by the caller's names, native ones by global names.
    Plain,
    /// Functions by global names, else by the caller's, with their kind.
    GlobalsFirst,
    /// The same, and how many levels are left out.
    Counted,
    /// The same, but the caller's names first.
    CountedCodeFirst,
}

const ACROSS_METAMETHODS: [&str; 2] = ["attempt to yield across metamethod/C-call boundary"; 2];
const ACROSS_CALLS: [&str; 2] =
    ["attempt to yield from outside a coroutine", "attempt to yield across a C-call boundary"];
const LOOPS: [&str; 2] = ["loop in gettable", "loop in settable"];
const CHAINS: [&str; 2] =
    ["'__index' chain too long; possible loop", "'__newindex' chain too long; possible loop"];

/// Makes the structure and its five values from the rows of the table.
macro_rules! dialect_table {
    ($(
        $(#[$documentation:meta])*
        $field:ident: $kind:ty = $a:expr, $b:expr, $c:expr, $d:expr, $e:expr;
    )*) => {
        /// What a dialect has.
        #[derive(Debug, PartialEq, Eq)]
        pub struct Dialect {
            $($(#[$documentation])* pub $field: $kind,)*
        }
        /// Lua 5.1.
        pub static LUA_5_1: Dialect = Dialect { $($field: $a,)* };
        /// Lua 5.2.
        pub static LUA_5_2: Dialect = Dialect { $($field: $b,)* };
        /// Lua 5.3.
        pub static LUA_5_3: Dialect = Dialect { $($field: $c,)* };
        /// Lua 5.4.
        pub static LUA_5_4: Dialect = Dialect { $($field: $d,)* };
        /// Lua 5.5.
        pub static LUA_5_5: Dialect = Dialect { $($field: $e,)* };
    };
}

#[rustfmt::skip]
dialect_table! {
    // names                            Lua 5.1  Lua 5.2  Lua 5.3  Lua 5.4  Lua 5.5

    /// The dialect's name, as in `_VERSION`.
    name: &'static str =
        "Lua 5.1", "Lua 5.2", "Lua 5.3", "Lua 5.4", "Lua 5.5";
    /// The version alone.
    version: &'static str =
        "5.1", "5.2", "5.3", "5.4", "5.5";
    /// The release whose behaviour is followed.
    release: &'static str =
        "Lua 5.1.5", "Lua 5.2.4", "Lua 5.3.6", "Lua 5.4.9", "Lua 5.5.1";

    // source text

    /// `goto` is a reserved word, `::name::` a label.
    goto_statement: bool = false, true, true, true, true;
    /// `<const>` and `<close>` behind a local variable's name.
    attribs: bool = false, false, false, true, true;
    /// `;` alone is a statement.
    empty_statement: bool = false, true, true, true, true;
    /// The operator `//`.
    integer_division: bool = false, false, true, true, true;
    /// The operators `&`, `|`, `~`, `<<`, `>>`.
    bitwise_operators: bool = false, false, true, true, true;
    /// Numbers are floats: there is no other subtype.
    float_only_numbers: bool = true, true, false, false, false;
    /// The escapes `\x` and `\z`.
    hexadecimal_escapes: bool = false, true, true, true, true;
    /// The escape `\u{…}`.
    utf8_escapes: bool = false, false, true, true, true;

    // functions

    /// Each function has an environment of its own, which `setfenv` replaces,
    /// instead of a variable `_ENV`.
    function_environments: bool = true, false, false, false, false;

    // messages

    /// Names of chunks are shortened more, and a carriage return ends a line.
    short_chunk_names: bool = true, false, false, false, false;

    // numbers

    /// A float that looks like an integer is written with ".0".
    float_suffix: bool = false, false, true, true, true;
    /// A float is written with as many digits (15 or 17) as it takes to read it
    /// back, instead of 14.
    float_round_trip: bool = false, false, false, false, true;
    /// Strings become numbers as C's `strtod` reads them: `inf` and `nan` are
    /// numbers, and a zero byte ends the string.
    numbers_of_c: bool = true, false, false, false, false;
    /// `a % b` is `a - floor(a / b) * b`.
    modulo_by_floor: bool = true, true, false, false, false;
    /// Arithmetic converts strings itself, to floats; else metamethods of strings
    /// do.
    arithmetic_on_strings: bool = true, true, true, false, false;
    /// A numeric loop adds its step before it looks at the limit, and zero is a
    /// step.
    stepping_loops: bool = true, true, true, false, false;
    /// A numeric loop looks at its initial value first, not at its limit.
    initial_value_first: bool = true, true, false, false, false;
    /// "bad 'for' limit (number expected, got nil)" instead of "'for' limit must be
    /// a number".
    for_error_with_type: bool = false, false, false, true, true;

    // functions

    /// A chunk with several upvalues gets the table of globals as its first one,
    /// not only a chunk with one.
    globals_for_any_chunk: bool = true, false, true, true, true;

    // coroutines

    /// A coroutine may not yield in a function that something else than a call in
    /// a Lua function has called: `pcall`, metamethods, iterators.
    yields_through_lua_calls_only: bool = true, false, false, false, false;
    /// What is said of a yield outside of coroutines, and of one that may not be.
    yield_errors: [&'static str; 2] = ACROSS_METAMETHODS, ACROSS_CALLS, ACROSS_CALLS,
        ACROSS_CALLS, ACROSS_CALLS;
    /// "cannot resume running coroutine" instead of "cannot resume non-suspended
    /// coroutine".
    resume_error_tells_status: bool = true, false, false, false, false;
    /// An error value that is nil becomes a message.
    nil_errors_replaced: bool = false, false, false, false, true;

    // collector

    /// Entries of tables with weak keys are as alive as their keys; else their
    /// values are alive.
    ephemerons: bool = false, true, true, true, true;
    /// Tables have finalizers.
    table_finalizers: bool = false, true, true, true, true;
    /// A finalizer may be set after the metatable.
    late_finalizers: bool = true, false, false, false, false;
    /// What becomes of errors in finalizers.
    finalizer_errors: FinalizerErrors =
        FinalizerErrors::Raised, FinalizerErrors::Wrapped, FinalizerErrors::Wrapped,
        FinalizerErrors::Warnings, FinalizerErrors::Warnings;

    // metamethods

    /// `__eq` is asked only if both operands have the same one.
    eq_of_both: bool = true, true, false, false, false;
    /// Order is asked of a metamethod only if both operands have the same type and
    /// the same one.
    order_of_both: bool = true, false, false, false, false;
    /// `a <= b` without `__le` is `not (b < a)`.
    le_by_lt: bool = true, true, true, true, false;
    /// `#` of a table looks for `__len`.
    len_of_tables: bool = false, true, true, true, true;
    /// The second argument of `__len` is the operand again, instead of nil.
    len_twice: bool = false, true, true, true, true;
    /// How long a chain of `__index` or `__newindex` may be.
    index_chain: usize = 100, 100, 2000, 2000, 2000;
    /// What is said of a longer chain of `__index`, of `__newindex`.
    index_chain_errors: [&'static str; 2] =
        LOOPS, LOOPS, CHAINS, CHAINS, CHAINS;
    /// A `__call` that is no function may be called by its own `__call`, so many
    /// times.
    call_chain: usize = 1, 1, 1, usize::MAX, 16;
    /// `__tostring` has to return a string.
    tostring_checks_string: bool = false, false, true, true, true;
    /// `__name` names a type in messages.
    type_names: bool = false, false, true, true, true;

    // run-time errors

    /// "attempt to index global 'x' (a nil value)" instead of "attempt to index a
    /// nil value (global 'x')".
    variable_first: bool = true, true, false, false, false;
    /// How values and called functions are named.
    names: &'static NameRules =
        &names::LUA_5_1, &names::LUA_5_2, &names::LUA_5_3, &names::LUA_5_4, &names::LUA_5_5;
    /// Types are told apart by their names' third letters when the error of a
    /// comparison is worded.
    compare_error_by_letter: bool = true, false, false, false, false;
    /// Where the name of a function without one is looked for.
    function_names: FunctionNames =
        FunctionNames::None, FunctionNames::Globals, FunctionNames::Loaded,
        FunctionNames::Loaded, FunctionNames::Loaded;
    /// How a traceback looks.
    traceback: TracebackForm =
        TracebackForm::Short, TracebackForm::Plain, TracebackForm::GlobalsFirst,
        TracebackForm::Counted, TracebackForm::CountedCodeFirst;
    /// A lost tail call is a level of the stack.
    tail_call_levels: bool = true, false, false, false, false;

    // binary chunks

    /// Header of binary chunks, and how a damaged one is refused.
    chunk_format: &'static ChunkFormat =
        &chunk_format::LUA_5_1, &chunk_format::LUA_5_2, &chunk_format::LUA_5_3,
        &chunk_format::LUA_5_4, &chunk_format::LUA_5_5;
}

impl Dialect {
    /// The name of a chunk as messages show it.
    pub fn chunk_id(&self, source: &[u8]) -> Vec<u8> {
        match self.short_chunk_names {
            true => short_chunk_id(source),
            false => chunk_id(source),
        }
    }

    /// All dialects, the oldest first.
    pub const ALL: [&'static Dialect; 5] = [&LUA_5_1, &LUA_5_2, &LUA_5_3, &LUA_5_4, &LUA_5_5];

    /// The dialect that a name such as `5.1`, `51`, `lua5.1`, `lua51` or
    /// `Lua 5.1` means.
    pub fn from_name(name: &str) -> Option<&'static Dialect> {
        let version = match name.get(..3) {
            Some(prefix) if prefix.eq_ignore_ascii_case("lua") => name[3..].trim_start(),
            _ => name,
        };
        Self::ALL
            .into_iter()
            .find(|dialect| version == dialect.version || version.chars().eq(dialect.digits()))
    }

    /// The version without its point.
    fn digits(&self) -> impl Iterator<Item = char> {
        self.version.chars().filter(|&character| character != '.')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dialects_are_found_by_name() {
        for dialect in Dialect::ALL {
            let version = dialect.version;
            let short = version.replace('.', "");
            for name in [
                version.to_owned(),
                short.clone(),
                format!("lua{version}"),
                format!("lua{short}"),
                dialect.name.to_owned(),
            ] {
                assert_eq!(Dialect::from_name(&name).map(|d| d.name), Some(dialect.name));
            }
        }
        for name in ["", "5", "5.0", "5.6", "lua", "luä51", "lua 5.4.9", "5.4 "] {
            assert_eq!(Dialect::from_name(name), None, "{name}");
        }
    }
}
