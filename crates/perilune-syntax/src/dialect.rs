//! What the dialects of Lua have, as data.
//!
//! One table says it: a row is a capability, a column a dialect. Lexer, parser,
//! compiler, slow paths of the machine and the registration of the libraries
//! read it; no other code asks which dialect it works for.

use crate::chunk_id::{chunk_id, short_chunk_id};
use perilune_bytecode::names::{self, NameRules};
use perilune_bytecode::{ChunkFormat, MAX_JUMP, chunk_format};

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

/// Which border of a table with holes `#` finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Borders {
    /// The array part is halved, if its last element is nil. Beyond it, indices
    /// are doubled up to the greatest one here, then counted one by one.
    Halved(u64),
    /// The search begins at the hint, which accesses and searches move.
    Hinted,
    /// The search begins at the last border found, and looks at a few elements
    /// beside it before it halves.
    Near,
}

/// Where numbers begin to look for their place among the keys of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberPlaces {
    /// The sum of a float's two words tells.
    Words,
    /// The sum of the two words of the float that is greater by one.
    NextWords,
    /// The lowest bits of an integer, the parts of a float.
    Bits,
    /// The remainder of an integer, the parts of a float.
    Remainders,
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
        ///
        /// ```
        /// use perilune::native::Dialect;
        ///
        /// // Which dialects have integers?
        /// let with: Vec<_> = Dialect::ALL.iter().filter(|d| !d.float_only_numbers).collect();
        /// assert_eq!(with.iter().map(|d| d.version).collect::<Vec<_>>(), ["5.3", "5.4", "5.5"]);
        /// # Ok::<(), perilune::Error>(())
        /// ```
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
    /// Declarations of global variables. `global` is an ordinary name wherever
    /// it does not begin one.
    global_statement: bool = false, false, false, false, true;
    /// `<const>` and `<close>` behind a local variable's name.
    attribs: bool = false, false, false, true, true;
    /// An attribute before the first name is that of all names.
    attribs_before_names: bool = false, false, false, false, true;
    /// `;` alone is a statement.
    empty_statement: bool = false, true, true, true, true;
    /// The operator `//`.
    integer_division: bool = false, false, true, true, true;
    /// The operators `&`, `|`, `~`, `<<`, `>>`.
    bitwise_operators: bool = false, false, true, true, true;
    /// The escapes `\x` and `\z`.
    hexadecimal_escapes: bool = false, true, true, true, true;
    /// The largest value of the escape `\u{…}`, if there is one.
    utf8_escapes: Option<u32> = None, None, Some(0x10_ffff), Some(0x7fff_ffff), Some(0x7fff_ffff);
    /// A backslash before any other character stands for that character.
    unknown_escapes: bool = true, false, false, false, false;
    /// What is said of `\300`.
    large_decimal_escape: &'static str =
        "escape sequence too large", "decimal escape too large", "decimal escape too large",
        "decimal escape too large", "decimal escape too large";
    /// How much of a string the message of a bad escape shows.
    bad_escape_shown: EscapeShown =
        EscapeShown::Before, EscapeShown::Alone, EscapeShown::Whole,
        EscapeShown::Whole, EscapeShown::Whole;
    /// `[[` may not stand in a long bracket without `=`.
    flat_long_brackets: bool = true, false, false, false, false;
    /// Messages of unfinished long brackets say where they start.
    long_bracket_start_told: bool = false, false, true, true, true;
    /// What of the bytes behind a digit is read as a part of a numeral.
    numeral_extent: NumeralExtent =
        NumeralExtent::Words, NumeralExtent::Digits, NumeralExtent::Digits,
        NumeralExtent::DigitsAndLetter, NumeralExtent::DigitsAndLetter;

    // grammar

    /// `break` ends its block, as `return` does.
    break_ends_block: bool = true, false, false, false, false;
    /// How a `break` outside of loops is refused.
    stray_break: StrayBreak =
        StrayBreak::NextToken("no loop to break"),
        StrayBreak::Later("<break> at line ", " not inside a loop"),
        StrayBreak::Later("<break> at line ", " not inside a loop"),
        StrayBreak::Later("break outside loop at line ", ""),
        StrayBreak::AtOnce("break outside loop");
    /// The parenthesis of a call stands on the line where the function ends.
    call_on_same_line: bool = true, false, false, false, false;
    /// A statement that is no call is read as an assignment.
    statement_is_assignment: bool = true, false, false, false, false;
    /// Labels of one name may be nested in each other's blocks.
    nested_labels: bool = false, true, true, false, false;
    /// What is called the variable whose scope a `goto` may not enter.
    jumped_variable: &'static str = "local ", "local ", "local ", "local ", "";
    /// `...` is followed by the name of a table that gets the extra arguments.
    named_vararg_table: bool = false, false, false, false, true;
    /// A vararg function has a local `arg`, a table of the extra arguments
    /// unless the function uses `...`.
    implicit_arg_table: bool = true, false, false, false, false;
    /// `function f` is refused before its body is read if `f` is a constant.
    constant_function_told_early: bool = false, false, false, false, true;
    /// The first variable of a loop is a constant.
    constant_loop_variables: bool = false, false, false, false, true;

    // limits of the compiler

    /// What nesting counts, and how too much of it is refused.
    nesting: Nesting =
        Nesting::Blocks, Nesting::Statements, Nesting::Statements,
        Nesting::NativeStack, Nesting::NativeStack;
    /// A `return` has at most so many values, an open end not counted.
    max_returns: Option<u32> = None, None, None, None, Some(254);
    /// Local variables are counted when they come into scope, not when their
    /// names are read, and those that are constants are not.
    locals_counted_in_scope: bool = false, false, false, false, true;
    /// Upvalues of a function.
    max_upvalues: u8 = 60, 255, 255, 255, 255;
    /// Instructions that a jump may go over.
    longest_jump: i32 = 131_071, 131_071, 131_071, MAX_JUMP, MAX_JUMP;
    /// A function has fewer registers than this.
    register_limit: u16 = 250, 250, 255, 255, 256;
    /// What is said of a function that needs more; if nothing, it is told as
    /// the other limits are.
    too_many_registers: Option<&'static str> =
        Some("function or expression too complex"), Some("function or expression too complex"),
        Some("function or expression needs too many registers"),
        Some("function or expression needs too many registers"), None;

    // messages

    /// How messages show tokens.
    token_text: TokenText =
        TokenText::Quoted, TokenText::Plain, TokenText::Escaped,
        TokenText::Escaped, TokenText::Escaped;
    /// Errors of meaning are on the line of the last token that was read, not on
    /// that of the next one.
    meaning_errors_at_last_token: bool = false, false, false, false, true;
    /// Messages of exceeded limits end in the token they are near.
    limits_near_token: bool = false, true, true, true, true;

    // code

    /// Numbers are floats: there is no other subtype.
    float_only_numbers: bool = true, true, false, false, false;
    /// The zeros of a function are one constant: the first one's sign is that
    /// of all.
    merged_zeros: bool = true, false, false, false, false;
    /// A closure with the same upvalues as the last one of its function is that
    /// one.
    cached_closures: bool = false, true, true, false, false;
    /// The fourth value of a generic loop is closed when the loop ends.
    closing_loop_values: bool = false, false, false, true, true;
    /// The variables of a block are in scope while they are closed.
    variables_seen_closing: bool = false, false, false, false, true;
    /// The hidden variables of a numeric loop.
    /// Their order is that of the registers: counter, limit, step.
    numeric_loop_variables: [Option<&'static str>; 3] =
        EARLY_NUMERIC_LOOP, EARLY_NUMERIC_LOOP, EARLY_NUMERIC_LOOP,
        [Some("(for state)"); 3], [None, Some("(for state)"), Some("(for state)")];
    /// The hidden variables of a generic loop: iterator, state, control variable,
    /// value to be closed.
    generic_loop_variables: [Option<&'static str>; 4] =
        EARLY_GENERIC_LOOP, EARLY_GENERIC_LOOP, EARLY_GENERIC_LOOP,
        [Some("(for state)"); 4],
        [Some("(for state)"), Some("(for state)"), None, Some("(for state)")];
    /// What a value in no variable's register is called, in a Lua function and in
    /// a native one.
    temporary_names: [&'static str; 2] =
        ["(*temporary)"; 2], ["(*temporary)"; 2], ["(*temporary)"; 2],
        ["(temporary)", "(C temporary)"], ["(temporary)", "(C temporary)"];
    /// What an upvalue is called whose name was stripped.
    stripped_upvalue_name: &'static str = "", "", "(*no name)", "(no name)", "(no name)";
    /// What an extra argument is called, where they can be asked for.
    vararg_name: Option<&'static str> =
        None, Some("(*vararg)"), Some("(*vararg)"), Some("(vararg)"), Some("(vararg)");
    /// Operands of arithmetic may be constants, on the operator's line.
    operands_are_constants: bool = true, true, true, false, false;
    /// The result of a concatenation goes where it is wanted, on its line.
    concatenations_anywhere: bool = true, true, true, false, false;
    /// Jumps close the variables whose scope they leave, not the label.
    jumps_close_variables: bool = true, true, true, false, true;
    /// What closes variables where a block ends is a part of the jumps to there.
    closes_are_jumps: bool = false, true, true, false, false;
    /// Jumps find their labels where the label's block ends.
    jumps_resolved_late: bool = false, false, false, false, true;
    /// A `goto` or `break` is on the line before its word.
    jumps_before_their_words: bool = false, true, true, false, false;
    /// A call is on the line where the expression begins that it ends, not on
    /// that of its parenthesis.
    calls_where_they_begin: bool = false, true, true, false, false;
    /// The test of a condition is on the line where the condition ends, not on
    /// that of `then`, and a `break` behind `then` is a jump of its own.
    conditions_where_they_end: bool = true, false, false, false, true;
    /// Registers are nil where a function begins: no instruction makes them so.
    clean_registers: bool = true, false, false, false, false;
    /// Variables that are made nil on both sides of a label are made so together,
    /// before it, unless a `goto` stands before it.
    nils_join_over_labels: bool = false, true, false, false, false;
    /// An operation is on the line where its last operand ends, not on that of
    /// its operator.
    operators_where_they_end: bool = true, false, false, false, false;

    // functions

    /// Each function has an environment of its own, which `setfenv` replaces,
    /// instead of a variable `_ENV`.
    function_environments: bool = true, false, false, false, false;

    // names of chunks

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
    /// `a % b` of floats compares signs by a product, which may be too small for a
    /// float.
    modulo_by_product: bool = false, false, true, false, false;
    /// A small integer constant is subtracted by adding its negation: the difference
    /// of a negative zero and 0 is positive.
    subtracting_adds: bool = false, false, false, true, true;
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
    /// Hooks that an embedding program sets may let the coroutine yield.
    hooks_may_yield: bool = false, false, true, true, true;
    /// What is said of a yield outside of coroutines, and of one that may not be.
    yield_errors: [&'static str; 2] = ACROSS_METAMETHODS, ACROSS_CALLS, ACROSS_CALLS,
        ACROSS_CALLS, ACROSS_CALLS;
    /// "cannot resume running coroutine" instead of "cannot resume non-suspended
    /// coroutine".
    resume_error_tells_status: bool = true, false, false, false, false;
    /// At so many calls on the native stack, message handlers that fail end.
    most_handler_calls: u32 = 225, 225, 225, 220, 220;
    /// An error value that is nil becomes a message.
    nil_errors_replaced: bool = false, false, false, false, true;

    // tables

    /// Which border `#` finds.
    borders: Borders =
        Borders::Halved(i32::MAX as u64), Borders::Halved(i32::MAX as u64),
        Borders::Halved(i64::MAX as u64), Borders::Hinted, Borders::Near;
    /// Where numbers are among the keys. But for [`NumberPlaces::Remainders`], a table
    /// that grows moves its keys from the last one on.
    number_places: NumberPlaces =
        NumberPlaces::Words, NumberPlaces::NextWords, NumberPlaces::Bits,
        NumberPlaces::Remainders, NumberPlaces::Remainders;
    /// The array part is as large as takes no more memory than its elements would
    /// elsewhere; else more than half of it is in use.
    arrays_by_memory: bool = false, false, false, false, true;
    /// An assignment of nil makes a key that is not there.
    nil_makes_keys: bool = true, true, true, false, false;
    /// Sizes in constructors are kept as a number of four bits and an exponent,
    /// rounded up.
    coarse_constructor_sizes: bool = true, true, true, false, false;

    // registry

    /// Where the registry has the main thread; a false is at index 1 then if it
    /// is not there.
    registry_main_thread: i64 = 1, 1, 1, 1, 3;

    // userdata

    /// How many user values a userdata has at least.
    least_user_values: u16 = 0, 1, 1, 0, 0;

    // collector

    /// Entries of tables with weak keys are as alive as their keys; else their
    /// values are alive.
    ephemerons: bool = false, true, true, true, true;
    /// A step of the collector that a script asks for does the work it is told,
    /// and does not make up for what was allocated meanwhile.
    exact_collector_steps: bool = true, true, true, false, false;
    /// A collection or step that a script asks for ends a stop of the collector.
    collecting_restarts: bool = true, false, false, false, false;
    /// Which border `#` finds in a hash part with gaps differs from run to run.
    unpredictable_borders: bool = false, false, false, false, true;
    /// A fresh variable of an unreachable coroutine stays alive for a cycle of the
    /// collector.
    fresh_upvalues_live: bool = false, false, true, false, false;
    /// `__close` has a second argument only if there was an error.
    close_without_error: bool = false, false, false, false, true;
    /// What an error says for an unknown line.
    unknown_line: &'static str = "0", "0", "-1", "-1", "?";
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
    call_chain: usize = 1, 1, 1, usize::MAX, 15;
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
    /// A lost tail call is a level of the stack, and its return an event of hooks;
    /// else tail calls are events of their own.
    tail_call_levels: bool = true, false, false, false, false;
    /// Messages of bad arguments tell those that `__call` has put first.
    extra_arguments: bool = false, false, false, false, true;
    // libraries: arguments and texts

    /// Counts and positions are C `int`s.
    int_arguments: bool = true, true, false, false, false;
    /// An argument of none of several types is refused with the type it has.
    argument_errors_tell_the_type: bool = false, false, false, true, true;
    /// Patterns, `print`, `string.format` and the like see text up to its first
    /// zero.
    zero_ends_text: bool = true, false, false, false, false;
    /// The libraries look for metamethods where they work on tables.
    libraries_use_metamethods: bool = false, false, true, true, true;

    // libraries: basic functions

    /// `print` calls the global `tostring`.
    print_calls_tostring: bool = true, true, true, false, false;
    /// `assert` raises its message as it is, of whatever type.
    assert_message_of_any_type: bool = false, false, true, true, true;
    /// `assert` wants an argument.
    assert_checks_argument: bool = true, false, true, true, true;
    /// A position is put before error values that are numbers, too.
    positions_before_numbers: bool = true, true, false, false, false;
    /// `load` takes strings too, and like `loadfile` a mode and an environment.
    load_with_environment: bool = false, true, true, true, true;
    /// The message of a source file that cannot be read says why.
    load_tells_read_error: bool = true, true, true, true, false;
    /// A mode of `load` that has a `B` is refused.
    load_mode_without_buffers: bool = false, false, false, false, true;
    /// `tonumber` with a base takes strings only.
    tonumber_base_of_strings: bool = false, false, true, true, true;
    /// `tonumber` with a base reads as C's `strtoul`.
    tonumber_base_of_c: bool = true, false, false, false, false;
    /// `pairs` asks for `__pairs`.
    pairs_metamethod: bool = false, true, true, true, true;
    /// `ipairs` asks for `__ipairs`.
    ipairs_metamethod: bool = false, true, true, false, false;
    /// `ipairs` ends with a `nil`, not without a value.
    ipairs_ends_with_nil: bool = false, true, true, true, true;
    /// A `__pairs` metamethod may yield.
    pairs_metamethod_yields: bool = false, false, false, true, true;
    /// `pairs` has a to-be-closed value among its results.
    pairs_closing_value: bool = false, false, false, false, true;
    /// `xpcall` passes its further arguments on.
    xpcall_arguments: bool = false, true, true, true, true;
    /// `xpcall` wants a function as its message handler; else one that is none fails
    /// when there is an error.
    xpcall_handler_checked: bool = false, false, true, true, true;
    /// The options of `collectgarbage`.
    collector_options: &'static [&'static str] =
        &["stop", "restart", "collect", "count", "step", "setpause", "setstepmul"],
        &["stop", "restart", "collect", "count", "step", "setpause", "setstepmul",
            "setmajorinc", "isrunning", "generational", "incremental"],
        &["stop", "restart", "collect", "count", "step", "setpause", "setstepmul",
            "isrunning"],
        &["stop", "restart", "collect", "count", "step", "setpause", "setstepmul",
            "isrunning", "generational", "incremental"],
        &["stop", "restart", "collect", "count", "step", "isrunning", "generational",
            "incremental", "param"];
    /// The least multiplier of steps that `collectgarbage("setstepmul")` sets.
    least_step_multiplier: i64 = i64::MIN, i64::MIN, 40, i64::MIN, i64::MIN;
    /// `collectgarbage("count")` gives the bytes beyond whole kilobytes too.
    collector_counts_bytes: bool = false, true, false, false, false;
    /// The collector's parameters as scripts see them: minor multiplier, from
    /// major to minor and back, pause, step multiplier, step size, and the major
    /// increment.
    collector_parameters: [i64; 7] =
        [0, 0, 0, 200, 200, 0, 0], [0, 0, 0, 200, 200, 0, 200], [0, 0, 0, 200, 200, 0, 0],
        [20, 0, 0, 200, 100, 13, 100], [20, 50, 68, 250, 200, 9600, 0];
    /// A change of the collector's mode tells the mode before.
    collector_tells_mode: bool = false, false, false, true, true;
    /// `collectgarbage` checks its second argument whatever the option.
    collector_checks_argument: bool = true, true, true, false, false;
    /// `collectgarbage` does nothing in a finalizer.
    collector_refuses_finalizers: bool = false, false, false, true, true;

    // libraries: coroutines

    /// How an argument that is no coroutine is refused.
    coroutine_expected: &'static str =
        "coroutine", "coroutine", "thread", "thread", "thread";
    /// `coroutine.create` and `wrap` refuse native functions.
    coroutines_of_lua_functions: bool = true, false, false, false, false;
    /// `coroutine.running` tells whether its coroutine is the main one.
    running_tells_main: bool = false, true, true, true, true;
    /// `coroutine.resume` says in which state a coroutine is that it refuses.
    resume_tells_state: bool = true, false, false, false, false;
    /// A coroutine that runs is refused as a dead one if its running function has no
    /// values on its stack.
    empty_coroutines_seem_dead: bool = false, true, true, false, false;
    /// An error closes the coroutine of `coroutine.wrap`.
    wrap_closes: bool = false, false, false, true, true;
    /// `coroutine.isyieldable` takes a coroutine.
    isyieldable_of_coroutine: bool = false, false, false, true, true;
    /// A coroutine can close itself.
    close_running_coroutine: bool = false, false, false, false, true;

    // libraries: strings

    /// An empty match may follow right on another match.
    empty_match_after_match: bool = true, true, false, false, false;
    /// A search may start behind the end of the subject: it starts at the end.
    find_beyond_end: bool = true, false, false, false, false;
    /// The class `%g`.
    pattern_class_graph: bool = false, true, true, true, true;
    /// Errors of patterns tell which capture is meant.
    pattern_errors_tell_capture: bool = false, true, true, true, true;
    /// An error of a capture that the pattern does not have tells which.
    missing_capture_told: bool = false, false, true, true, true;
    /// Patterns nest without limit.
    pattern_depth_unlimited: bool = true, false, false, false, false;
    /// `string.gmatch` takes a position to start from.
    gmatch_start: bool = false, false, false, true, true;
    /// A negative count of `string.gsub` is a great one.
    gsub_count_unsigned: bool = false, true, false, false, false;
    /// `string.gsub` refuses a `%` before a letter in its replacement.
    gsub_escapes_checked: bool = false, true, true, true, true;
    /// `string.rep` takes a separator.
    rep_separator: bool = false, true, true, true, true;
    /// The longest result of `string.rep`.
    longest_repetition: u64 =
        u64::MAX, i64::MAX as u64, i32::MAX as u64, i32::MAX as u64, i64::MAX as u64 - 1;
    /// How `string.char` refuses a number.
    char_error: &'static str =
        "invalid value", "value out of range", "value out of range", "value out of range",
        "value out of range";
    /// `string.dump` refuses native functions as arguments.
    dump_checks_argument: bool = false, false, false, false, true;
    /// `string.dump` takes the wish to strip.
    dump_strips: bool = false, false, true, true, true;
    /// `string.format` checks each conversion's flags, width and precision.
    format_checks_flags: bool = false, false, false, true, true;
    /// `string.format` has `%a` and `%A`.
    format_hexadecimal_floats: bool = false, true, true, true, true;
    /// `%s` of `string.format` takes any value.
    format_calls_tostring: bool = false, true, true, true, true;
    /// `%s` of `string.format` with a width refuses text with zeros.
    format_refuses_zeros: bool = false, false, true, true, true;
    /// `%d` and the like of `string.format` refuse numbers out of range.
    format_checks_range: bool = false, true, true, true, true;
    /// Errors of `string.format` show letters that cannot be printed as numbers.
    format_error_codes: bool = false, false, true, false, false;
    /// `%q` of `string.format` takes other values than strings.
    format_quotes_values: bool = false, false, true, true, true;
    /// `%q` of `string.format` writes all control characters as numbers.
    format_quotes_controls: bool = false, true, true, true, true;
    /// `%q` of `string.format` writes infinities and NaN as expressions.
    format_quotes_infinities: bool = false, false, false, true, true;
    /// Strings have metamethods for arithmetic.
    string_arithmetic_metamethods: bool = false, false, false, true, true;
    /// `string.unpack` with `z` wants the zero.
    unpack_finds_end: bool = false, false, false, true, true;
    /// The greatest size in a format of `string.pack`.
    greatest_packed_size: u64 =
        i32::MAX as u64, i32::MAX as u64, i32::MAX as u64, i32::MAX as u64, i64::MAX as u64;
    /// A position of `string.unpack` before the beginning means the beginning.
    unpack_clips_position: bool = false, false, false, true, true;

    // libraries: tables

    /// `table.insert` takes any position.
    insert_anywhere: bool = true, false, false, false, false;
    /// `table.remove` of no element does nothing.
    remove_checks_nothing: bool = true, false, false, false, false;
    /// The argument that `table.remove` blames for its position.
    remove_position_argument: i32 = 2, 1, 1, 2, 2;
    /// `table.concat` looks at the separator before the table.
    concat_separator_first: bool = true, true, false, false, false;
    /// `table.concat` tells the index in an error as a C `int`.
    concat_error_index_int: bool = true, true, true, false, false;
    /// Strings need no `__len` to be lists for the library.
    strings_have_a_length: bool = false, false, false, false, true;
    /// Most values that a native function may have on its stack.
    native_stack_slots: usize = 8000, 1_000_000, 1_000_000, 1_000_000, 1_000_000;
    /// `table.unpack` wants a table.
    unpack_checks_table: bool = true, true, false, false, true;
    /// The pivot of `table.sort` is the middle, and its checks are these: a
    /// place beyond the range by so many raises the error. The order function
    /// is checked even if there is nothing to sort.
    sort_slack: Option<u32> = Some(1), Some(0), None, None, None;
    /// How a length that is no number is refused.
    length_error: &'static str =
        "object length is not a number", "object length is not a number",
        "object length is not an integer", "object length is not an integer",
        "object length is not an integer";

    // libraries: mathematics

    /// `math.random` is C's.
    random_of_c: bool = true, true, true, false, false;
    /// The limits of `math.random` and the seed are C `int`s.
    random_limits_int: bool = true, false, false, false, false;
    /// `math.randomseed` throws the first number away.
    seed_discards_number: bool = false, true, true, false, false;
    /// `math.log` takes a base.
    log_base: bool = false, true, true, true, true;
    /// `math.log` knows base 2.
    log_base_two: bool = false, false, true, true, true;
    /// `math.atan` takes a second argument.
    atan_of_two: bool = false, false, true, true, true;

    // libraries: UTF-8

    /// Code points end with Unicode's, and surrogates are among them.
    utf8_of_unicode: bool = false, false, true, false, false;
    /// `utf8.offset` tells the end of the character too.
    utf8_offset_end: bool = false, false, false, false, true;

    // libraries: operating system

    /// `os.execute` gives the number of C's `system`.
    execute_gives_number: bool = true, false, false, false, false;
    /// `os.exit` takes a boolean, and the wish to close the state.
    exit_closes: bool = false, true, true, true, true;
    /// The errors of `os.rename` name the file.
    rename_names_file: bool = true, false, false, false, false;
    /// `os.date` refuses conversions it does not know.
    date_checks_conversions: bool = false, true, true, true, true;
    /// A zero in the format of `os.date` is a character like others.
    zeros_in_dates: bool = false, false, true, true, true;
    /// The error of `os.date` for a time that cannot be represented; without
    /// one the result is `nil`.
    date_error: Option<&'static str> =
        None, None, Some("time result"), Some("date result"), Some("date result");
    /// `os.time` brings the fields of its table into range.
    time_normalizes: bool = false, false, true, true, true;
    /// `os.time` reads the year first.
    time_year_first: bool = false, false, false, true, true;
    /// The greatest field of a date.
    greatest_date_field: i64 = 0, 0, i32::MAX as i64 / 2, i32::MAX as i64, i32::MAX as i64;

    // libraries: input and output

    /// `io.open` and `io.popen` refuse a mode with an error.
    open_checks_mode: [bool; 2] =
        [false, false], [true, false], [true, true], [true, true], [true, true];
    /// The method `close` is the function `io.close`.
    close_method_of_library: bool = false, true, false, false, false;
    /// The functions of the library, and files, have environments of their own.
    file_environments: bool = true, false, false, false, false;
    /// A file that cannot be opened is an argument's error.
    open_error_of_argument: bool = true, false, false, false, false;
    /// How the default files are called.
    default_file_word: &'static str =
        "standard", "standard", "standard", "default", "default";
    /// Closing a process tells how it ended.
    close_tells_exit: bool = false, true, true, true, true;
    /// Formats of reading begin with `*`.
    read_formats_with_star: bool = true, true, false, false, false;
    /// A negative count of bytes to read means all of them.
    negative_count_reads_all: bool = true, false, false, false, false;
    /// How a negative count of bytes to read is refused, down to which one;
    /// memory does not suffice for others.
    negative_count_error: Option<(i64, &'static str)> =
        None, Some((-42, "memory allocation error: block too big")),
        Some((i64::MIN, "not enough memory for buffer allocation")), None,
        Some((i64::MIN, "resulting string too large"));
    /// The format `L` of reading.
    read_line_end: bool = false, true, true, true, true;
    /// Numbers are read by C's `scanf`.
    read_numbers_of_c: bool = true, true, false, false, false;
    /// The most formats of `lines`, and the words that refuse more.
    line_formats: (usize, i32, &'static str) =
        (0, 0, ""), (17, 17, "too many options"), (250, 252, "too many arguments"),
        (250, 252, "too many arguments"), (250, 252, "too many arguments");
    /// `io.lines` refuses `nil`.
    lines_refuses_nil: bool = true, false, false, false, false;
    /// A zero in a line that is read joins it with the next.
    zeros_join_lines: bool = true, true, false, false, false;
    /// `file:seek` refuses a fraction.
    seek_checks_fraction: bool = false, true, false, false, false;
    /// `io.lines` gives the file to be closed.
    lines_closing_value: bool = false, false, false, true, true;
    /// `write` gives the file.
    write_gives_file: bool = false, true, true, true, true;
    /// `write` writes numbers as `tostring` does.
    write_as_tostring: bool = false, false, false, false, true;
    /// A failed `write` tells how many bytes it wrote.
    write_tells_count: bool = false, false, false, false, true;
    /// The methods of files lie in a table of their own.
    file_methods_apart: bool = false, false, false, true, true;

    // libraries: modules

    /// The default of `package.path`.
    default_path: &'static str =
        "./?.lua;/usr/local/share/lua/5.1/?.lua;/usr/local/share/lua/5.1/?/init.lua;\
         /usr/local/lib/lua/5.1/?.lua;/usr/local/lib/lua/5.1/?/init.lua",
        "/usr/local/share/lua/5.2/?.lua;/usr/local/share/lua/5.2/?/init.lua;\
         /usr/local/lib/lua/5.2/?.lua;/usr/local/lib/lua/5.2/?/init.lua;./?.lua",
        "/usr/local/share/lua/5.3/?.lua;/usr/local/share/lua/5.3/?/init.lua;\
         /usr/local/lib/lua/5.3/?.lua;/usr/local/lib/lua/5.3/?/init.lua;./?.lua;./?/init.lua",
        "/usr/local/share/lua/5.4/?.lua;/usr/local/share/lua/5.4/?/init.lua;\
         /usr/local/lib/lua/5.4/?.lua;/usr/local/lib/lua/5.4/?/init.lua;./?.lua;./?/init.lua",
        "/usr/local/share/lua/5.5/?.lua;/usr/local/share/lua/5.5/?/init.lua;\
         /usr/local/lib/lua/5.5/?.lua;/usr/local/lib/lua/5.5/?/init.lua;./?.lua;./?/init.lua";
    /// The default of `package.cpath`.
    default_cpath: &'static str =
        "./?.so;/usr/local/lib/lua/5.1/?.so;/usr/local/lib/lua/5.1/loadall.so",
        "/usr/local/lib/lua/5.2/?.so;/usr/local/lib/lua/5.2/loadall.so;./?.so",
        "/usr/local/lib/lua/5.3/?.so;/usr/local/lib/lua/5.3/loadall.so;./?.so",
        "/usr/local/lib/lua/5.4/?.so;/usr/local/lib/lua/5.4/loadall.so;./?.so",
        "/usr/local/lib/lua/5.5/?.so;/usr/local/lib/lua/5.5/loadall.so;./?.so";
    /// `package.config`.
    package_config: &'static str =
        "/\n;\n?\n!\n-", "/\n;\n?\n!\n-\n", "/\n;\n?\n!\n-\n", "/\n;\n?\n!\n-\n",
        "/\n;\n?\n!\n-\n";
    /// What is behind the names of environment variables that this version's
    /// programs prefer.
    variable_suffix: &'static str = "", "_5_2", "_5_3", "_5_4", "_5_5";
    /// Every `;;` of a path variable stands for the default path.
    path_default_everywhere: bool = true, true, true, false, false;
    /// Where `require` looks for its searchers.
    searchers_field: &'static str =
        "loaders", "searchers", "searchers", "searchers", "searchers";
    /// The table of searchers is `package.loaders` too.
    searchers_two_names: bool = false, true, false, false, false;
    /// `package.preload` counts as the table `package` has it.
    preload_of_package: bool = true, false, false, false, false;
    /// A searcher's message begins with a line feed and a tab.
    searcher_messages_with_break: bool = true, true, true, false, false;
    /// `require` marks the modules that are being loaded.
    require_finds_loops: bool = true, false, false, false, false;
    /// A loader gets what its searcher gave beside it.
    loader_data: bool = false, true, true, true, true;
    /// The loader of `package.preload` gets a second argument.
    preload_data: bool = false, false, false, true, true;
    /// `require` gives the loader's data too.
    require_gives_data: bool = false, false, false, true, true;
    /// Where loaded C libraries are noted in the registry.
    library_table: LibraryTable =
        LibraryTable::Metatable("_LOADLIB"), LibraryTable::Finalized(Some("_CLIBS")),
        LibraryTable::Finalized(None), LibraryTable::Finalized(Some("_CLIBS")),
        LibraryTable::Plain("_CLIBS");
    /// Empty parts of a path are left out.
    path_skips_empty: bool = true, true, true, false, false;

    // libraries: debug

    /// The options of `debug.getinfo` if none are given.
    getinfo_options: &'static str = "flnSu", "flnStu", "flnStu", "flnSrtu", "flnSrtu";
    /// The options that `debug.getinfo` knows.
    getinfo_letters: &'static str = "SlnuLf", "SlnutLf", "SlnutLf", "SlnurtLf", "SlnurtLf";
    /// What `debug.getinfo` tells of upvalues includes the parameters.
    getinfo_parameters: bool = false, true, true, true, true;
    /// `debug.getinfo` tells of arguments that a call got through `__call`.
    getinfo_extra_arguments: bool = false, false, false, false, true;
    /// An option `>` of `debug.getinfo` makes a level a native function's.
    getinfo_arrow: bool = false, true, true, false, false;
    /// `debug.getinfo` refuses what is neither a function nor a level.
    getinfo_argument_error: bool = true, true, false, false, false;
    /// The debug library gets at upvalues of native functions.
    native_upvalues: bool = false, true, true, true, true;
    /// `debug.getlocal` tells the parameters of a function.
    getlocal_of_function: bool = false, true, true, true, true;
    /// `debug.gethook` gives `nil` alone if there is no hook.
    gethook_single_nil: bool = false, false, false, true, true;
    /// `debug.traceback` takes a level that is no number for none, gives a `nil` back,
    /// and shows the message beyond its first zero.
    traceback_lenient: bool = true, false, false, false, false;
    /// `debug.setmetatable` gives `true`.
    setmetatable_gives_true: bool = true, false, false, false, false;
    /// Userdata have several user values.
    several_user_values: bool = false, false, false, true, true;
    /// User values are tables.
    user_values_are_tables: bool = false, true, false, false, false;
    /// `debug.upvalueid` of no upvalue is an error.
    upvalueid_checks: bool = false, true, true, false, false;

    // binary chunks

    /// Header of binary chunks, and how a damaged one is refused.
    chunk_format: &'static ChunkFormat =
        &chunk_format::LUA_5_1, &chunk_format::LUA_5_2, &chunk_format::LUA_5_3,
        &chunk_format::LUA_5_4, &chunk_format::LUA_5_5;
}

const EARLY_NUMERIC_LOOP: [Option<&str>; 3] =
    [Some("(for index)"), Some("(for limit)"), Some("(for step)")];
const EARLY_GENERIC_LOOP: [Option<&str>; 4] =
    [Some("(for generator)"), Some("(for state)"), Some("(for control)"), None];

/// How the registry notes the C libraries that are loaded.
///
/// ```
/// use perilune::native::{LUA_5_4, LibraryTable};
///
/// assert_eq!(LUA_5_4.library_table, LibraryTable::Finalized(Some("_CLIBS")));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LibraryTable {
    /// As userdata of this metatable.
    Metatable(&'static str),
    /// In a table of this name, or with a light userdata as key, whose finalizer
    /// unloads them.
    Finalized(Option<&'static str>),
    /// In a table of this name.
    Plain(&'static str),
}

/// How much of a string the message of a bad escape shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EscapeShown {
    /// The string before the escape.
    Before,
    /// The escape.
    Alone,
    /// The string and the escape.
    Whole,
}

/// What of the bytes behind a digit is read as a part of a numeral.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumeralExtent {
    /// Digits and points, an exponent, then all letters and digits.
    Words,
    /// Hexadecimal digits, points and exponents.
    Digits,
    /// The same, and a letter, which makes it a bad one.
    DigitsAndLetter,
}

/// How a `break` outside of loops is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StrayBreak {
    /// Near the token that follows it.
    NextToken(&'static str),
    /// Near the `break`.
    AtOnce(&'static str),
    /// When the function ends, with the line between the two texts.
    Later(&'static str, &'static str),
}

/// What nesting counts, and how too much of it is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nesting {
    /// Blocks and expressions: "chunk has too many syntax levels".
    Blocks,
    /// Statements and expressions: "too many C levels".
    Statements,
    /// The same: "C stack overflow", which a message handler sees.
    NativeStack,
}

/// How messages show tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenText {
    /// All in quotes, control characters as `char(1)`.
    Quoted,
    /// `<eof>` and its like and `char(1)` without quotes.
    Plain,
    /// `<eof>` and its like without quotes, control characters as `'<\\1>'`.
    Escaped,
}

impl Dialect {
    /// The name of a chunk as messages show it.
    ///
    /// ```
    /// use perilune::native::{LUA_5_1, LUA_5_4};
    ///
    /// let name = b"a chunk whose code is on one line, and which has no end";
    /// assert!(LUA_5_1.chunk_id(name).len() <= LUA_5_4.chunk_id(name).len());
    /// assert_eq!(LUA_5_4.chunk_id(b"@main.lua"), b"main.lua");
    /// ```
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
    ///
    /// ```
    /// use perilune::native::{Dialect, LUA_5_1};
    ///
    /// assert_eq!(Dialect::from_name("lua5.1"), Some(&LUA_5_1));
    /// assert_eq!(Dialect::from_name("51"), Some(&LUA_5_1));
    /// assert_eq!(Dialect::from_name("6.0"), None);
    /// ```
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
