//! Tokens and how messages show them.

use crate::dialect::{Dialect, TokenText};
use perilune_bytecode::Symbol;

/// The kind of a token. `Char` is any other single byte, also one that starts no
/// token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    Char(u8),
    And,
    Break,
    Do,
    Else,
    ElseIf,
    End,
    False,
    For,
    Function,
    Goto,
    If,
    In,
    Local,
    Nil,
    Not,
    Or,
    Repeat,
    Return,
    Then,
    True,
    Until,
    While,
    IntegerDivide,
    Concat,
    Dots,
    Equal,
    GreaterEqual,
    LessEqual,
    NotEqual,
    ShiftLeft,
    ShiftRight,
    DoubleColon,
    Eof,
    Float,
    Integer,
    Name,
    String,
}

/// What a token stands for: the symbol of a name or string, an integer, or the
/// bits of a float.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Value(pub u64);

impl Value {
    pub(crate) fn symbol(self) -> Symbol {
        Symbol(self.0 as u32)
    }
    pub(crate) fn integer(self) -> i64 {
        self.0 as i64
    }
    pub(crate) fn float(self) -> f64 {
        f64::from_bits(self.0)
    }
}

/// Up to eight bytes as a number, the first byte lowest.
pub(crate) const fn pack(word: &[u8]) -> u64 {
    let mut packed = 0;
    let mut i = word.len();
    while i > 0 {
        i -= 1;
        packed = packed << 8 | word[i] as u64;
    }
    packed
}

macro_rules! reserved_words {
    ($($word:literal => $token:ident,)*) => {
        /// The reserved word whose bytes are `packed`.
        #[inline]
        pub(crate) fn reserved_word(packed: u64, dialect: &Dialect) -> Option<Token> {
            mod words {
                $(#[allow(non_upper_case_globals)] pub const $token: u64 = super::pack($word);)*
            }
            let token = match packed {
                $(words::$token => Token::$token,)*
                _ => return None,
            };
            (token != Token::Goto || dialect.goto_statement).then_some(token)
        }

        fn reserved_text(token: Token) -> Option<&'static [u8]> {
            match token {
                $(Token::$token => Some($word),)*
                _ => None,
            }
        }
    };
}

reserved_words! {
    b"and" => And,
    b"break" => Break,
    b"do" => Do,
    b"else" => Else,
    b"elseif" => ElseIf,
    b"end" => End,
    b"false" => False,
    b"for" => For,
    b"function" => Function,
    b"goto" => Goto,
    b"if" => If,
    b"in" => In,
    b"local" => Local,
    b"nil" => Nil,
    b"not" => Not,
    b"or" => Or,
    b"repeat" => Repeat,
    b"return" => Return,
    b"then" => Then,
    b"true" => True,
    b"until" => Until,
    b"while" => While,
}

impl Token {
    /// The token as "… expected" shows it.
    pub(crate) fn text(self, form: TokenText) -> Vec<u8> {
        let kind = |kind: &[u8]| match form {
            TokenText::Quoted => [b"'", kind, b"'"].concat(),
            TokenText::Plain | TokenText::Escaped => kind.to_vec(),
        };
        let fixed: &[u8] = match self {
            Token::Char(byte) => return character(byte, form),
            Token::Eof => return kind(b"<eof>"),
            Token::Float => return kind(b"<number>"),
            Token::Integer => return kind(b"<integer>"),
            Token::Name => return kind(b"<name>"),
            Token::String => return kind(b"<string>"),
            Token::IntegerDivide => b"//",
            Token::Concat => b"..",
            Token::Dots => b"...",
            Token::Equal => b"==",
            Token::GreaterEqual => b">=",
            Token::LessEqual => b"<=",
            Token::NotEqual => b"~=",
            Token::ShiftLeft => b"<<",
            Token::ShiftRight => b">>",
            Token::DoubleColon => b"::",
            word => reserved_text(word).unwrap_or_default(),
        };
        [b"'", fixed, b"'"].concat()
    }
}

/// A single byte as messages show it.
fn character(byte: u8, form: TokenText) -> Vec<u8> {
    let printable = match form {
        TokenText::Quoted => !byte.is_ascii_control(),
        TokenText::Plain | TokenText::Escaped => (b' '..=b'~').contains(&byte),
    };
    match form {
        _ if printable => vec![b'\'', byte, b'\''],
        TokenText::Quoted => format!("'char({byte})'").into_bytes(),
        TokenText::Plain => format!("char({byte})").into_bytes(),
        TokenText::Escaped => format!("'<\\{byte}>'").into_bytes(),
    }
}
