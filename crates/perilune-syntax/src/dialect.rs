//! What the dialects of Lua have, as data.
//!
//! One table says it: a row is a capability, a column a dialect. Lexer, parser,
//! compiler, slow paths of the machine and the registration of the libraries
//! read it; no other code asks which dialect it works for.

use perilune_bytecode::{ChunkFormat, chunk_format};

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

    // binary chunks

    /// Header of binary chunks, and how a damaged one is refused.
    chunk_format: &'static ChunkFormat =
        &chunk_format::LUA_5_1, &chunk_format::LUA_5_2, &chunk_format::LUA_5_3,
        &chunk_format::LUA_5_4, &chunk_format::LUA_5_5;
}

impl Dialect {
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
