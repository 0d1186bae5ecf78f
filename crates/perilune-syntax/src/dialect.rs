//! What the dialects of Lua can say, as data.

/// The capabilities of a dialect that lexer, parser and compiler ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// The dialect's name, as in `Lua 5.4`.
    pub name: &'static str,
    /// `goto` is a reserved word, `::name::` a label.
    pub goto_statement: bool,
    /// `<const>` and `<close>` behind a local variable's name.
    pub attribs: bool,
    /// `;` alone is a statement.
    pub empty_statement: bool,
    /// The operator `//`.
    pub integer_division: bool,
    /// The operators `&`, `|`, `~`, `<<`, `>>`.
    pub bitwise_operators: bool,
    /// Every numeral is a float.
    pub float_only_numbers: bool,
    /// The escapes `\x` and `\z`.
    pub hexadecimal_escapes: bool,
    /// The escape `\u{…}`.
    pub utf8_escapes: bool,
}

/// Lua 5.4.
pub const LUA_5_4: Dialect = Dialect {
    name: "Lua 5.4",
    goto_statement: true,
    attribs: true,
    empty_statement: true,
    integer_division: true,
    bitwise_operators: true,
    float_only_numbers: false,
    hexadecimal_escapes: true,
    utf8_escapes: true,
};
