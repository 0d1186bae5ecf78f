//! The lexer: from bytes to tokens.

mod literal;
mod names;
#[cfg(test)]
mod tests;

use crate::dialect::{Dialect, NumeralExtent};
use crate::error::{Error, Raised};
use crate::memory::{Account, OutOfMemory};
use crate::number::{self, Number};
use crate::token::{Token, Value, reserved_word};
use names::NameCache;
use perilune_bytecode::{Symbol, Symbols};
use std::ops::Range;

/// What a message says it is near.
pub(crate) enum Near {
    Nothing,
    Token(Token),
    /// A part of the source.
    Source(Range<usize>),
    /// The string decoded so far, between parts of the source.
    Decoded(Range<usize>, Range<usize>),
}

/// The lexer of one source.
pub(crate) struct Lexer<'a> {
    source: &'a [u8],
    position: usize,
    /// Where the last token starts.
    start: usize,
    /// The line reached.
    pub line: u32,
    /// What the last name or literal stands for.
    pub value: Value,
    pub symbols: Symbols,
    names: NameCache,
    /// What was charged for the symbols.
    symbols_charged: usize,
    /// A string literal being decoded.
    decoded: Vec<u8>,
    pub account: &'a Account<'a>,
    pub dialect: &'static Dialect,
    chunk_name: &'a [u8],
    /// The error that [`Raised`] stands for; `None`: out of memory.
    failure: Option<Vec<u8>>,
}

const ALPHA: u8 = 1;
const DIGIT: u8 = 2;
const HEX: u8 = 4;
const WORD: u8 = ALPHA | DIGIT;

static CLASS: [u8; 256] = {
    let mut class = [0; 256];
    let mut i = 0;
    while i < 256 {
        let byte = i as u8;
        if byte.is_ascii_alphabetic() || byte == b'_' {
            class[i] |= ALPHA;
        }
        if byte.is_ascii_digit() {
            class[i] |= DIGIT;
        }
        if byte.is_ascii_hexdigit() {
            class[i] |= HEX;
        }
        i += 1;
    }
    class
};

fn is(byte: Option<u8>, class: u8) -> bool {
    byte.is_some_and(|b| CLASS[b as usize] & class != 0)
}

fn is_newline(byte: Option<u8>) -> bool {
    matches!(byte, Some(b'\n' | b'\r'))
}

impl<'a> Lexer<'a> {
    pub(crate) fn new(
        source: &'a [u8],
        chunk_name: &'a [u8],
        dialect: &'static Dialect,
        account: &'a Account<'a>,
    ) -> Result<Self, OutOfMemory> {
        Ok(Self {
            source,
            position: 0,
            start: 0,
            line: 1,
            value: Value(0),
            symbols: Symbols::new(),
            names: NameCache::new(source.len(), account)?,
            symbols_charged: 0,
            decoded: Vec::new(),
            account,
            dialect,
            chunk_name,
            failure: None,
        })
    }

    #[inline(always)]
    fn peek(&self) -> Option<u8> {
        self.source.get(self.position).copied()
    }

    #[inline(always)]
    fn peek_second(&self) -> Option<u8> {
        self.source.get(self.position + 1).copied()
    }

    /// Steps over `byte` if it comes next.
    #[inline(always)]
    fn skip(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.position += usize::from(found);
        found
    }

    /// Reads the next token.
    #[inline]
    pub(crate) fn next(&mut self) -> Result<Token, Raised> {
        loop {
            self.start = self.position;
            let Some(byte) = self.peek() else {
                return Ok(Token::Eof);
            };
            if CLASS[byte as usize] & ALPHA != 0 {
                return self.word();
            }
            match byte {
                b' ' | b'\t' | 0x0b | 0x0c => self.position += 1,
                b'\n' | b'\r' => self.newline()?,
                b'-' if self.peek_second() == Some(b'-') => self.comment()?,
                b'0'..=b'9' => return self.numeral(),
                b'"' | b'\'' => return self.string(byte),
                b'[' => return self.bracket(),
                b'.' => return self.dot(),
                _ => return Ok(self.operator(byte)),
            }
        }
    }

    /// Operators of one or two bytes.
    #[inline]
    fn operator(&mut self, byte: u8) -> Token {
        self.position += 1;
        let dialect = self.dialect;
        let token = match (byte, self.peek()) {
            (b'=', Some(b'=')) => Token::Equal,
            (b'<', Some(b'=')) => Token::LessEqual,
            (b'>', Some(b'=')) => Token::GreaterEqual,
            (b'~', Some(b'=')) => Token::NotEqual,
            (b'<', Some(b'<')) if dialect.bitwise_operators => Token::ShiftLeft,
            (b'>', Some(b'>')) if dialect.bitwise_operators => Token::ShiftRight,
            (b'/', Some(b'/')) if dialect.integer_division => Token::IntegerDivide,
            (b':', Some(b':')) if dialect.goto_statement => Token::DoubleColon,
            _ => return Token::Char(byte),
        };
        self.position += 1;
        token
    }

    /// `.`, `..`, `...` or a numeral.
    fn dot(&mut self) -> Result<Token, Raised> {
        if is(self.peek_second(), DIGIT) {
            return self.numeral();
        }
        self.position += 1;
        if !self.skip(b'.') {
            return Ok(Token::Char(b'.'));
        }
        Ok(if self.skip(b'.') { Token::Dots } else { Token::Concat })
    }

    /// `[` or a long string.
    fn bracket(&mut self) -> Result<Token, Raised> {
        match self.long_bracket() {
            Ok(level) => self.long_string(level),
            Err(true) => {
                let near = Near::Source(self.start..self.position);
                Err(self.error(&[b"invalid long string delimiter"], near))
            }
            Err(false) => Ok(Token::Char(b'[')),
        }
    }

    /// Steps over a line end; two different line end bytes are one.
    fn newline(&mut self) -> Result<(), Raised> {
        let first = self.peek();
        self.position += 1;
        if is_newline(self.peek()) && self.peek() != first {
            self.position += 1;
        }
        self.line += 1;
        if self.line >= i32::MAX as u32 {
            return Err(self.error(&[b"chunk has too many lines"], Near::Nothing));
        }
        Ok(())
    }

    fn comment(&mut self) -> Result<(), Raised> {
        self.position += 2;
        if self.peek() == Some(b'[')
            && let Ok(level) = self.long_bracket()
        {
            return self.skip_long_comment(level);
        }
        let rest = &self.source[self.position..];
        self.position += rest.iter().position(|&b| is_newline(Some(b))).unwrap_or(rest.len());
        Ok(())
    }

    /// A name or a reserved word.
    #[inline]
    fn word(&mut self) -> Result<Token, Raised> {
        let rest = &self.source[self.start..];
        let length = rest.iter().position(|&b| CLASS[b as usize] & WORD == 0).unwrap_or(rest.len());
        let word = &rest[..length];
        self.position = self.start + length;
        let head = names::head(rest, length);
        if (2..=8).contains(&length)
            && let Some(token) = reserved_word(head, self.dialect)
        {
            return Ok(token);
        }
        let slot = self.names.slot(head, word);
        if let Some(symbol) = self.names.get(slot)
            && self.symbols.get(symbol) == word
        {
            self.value = Value(symbol.0.into());
            return Ok(Token::Name);
        }
        let symbol = self.intern(word)?;
        self.names.set(slot, symbol);
        self.value = Value(symbol.0.into());
        Ok(Token::Name)
    }

    /// The symbol of `bytes`.
    pub(crate) fn intern(&mut self, bytes: &[u8]) -> Result<Symbol, Raised> {
        let symbol = self.symbols.intern(bytes)?;
        self.charge_symbols()?;
        Ok(symbol)
    }

    fn charge_symbols(&mut self) -> Result<(), Raised> {
        let memory = self.symbols.memory();
        if memory > self.symbols_charged {
            self.account.charge(memory - self.symbols_charged)?;
            self.symbols_charged = memory;
        }
        Ok(())
    }

    /// A numeral. Takes in whatever could belong to one; the conversion decides.
    fn numeral(&mut self) -> Result<Token, Raised> {
        let extent = self.dialect.numeral_extent;
        if extent == NumeralExtent::Words {
            return self.numeral_of_words();
        }
        self.skip(b'.');
        let hexadecimal =
            self.peek() == Some(b'0') && matches!(self.peek_second(), Some(b'x' | b'X'));
        self.position += if hexadecimal { 2 } else { 1 };
        let (lower, upper) = if hexadecimal { (b'p', b'P') } else { (b'e', b'E') };
        while let Some(byte) = self.peek() {
            if byte == lower || byte == upper {
                self.position += 1;
                if matches!(self.peek(), Some(b'+' | b'-')) {
                    self.position += 1;
                }
            } else if byte == b'.' || CLASS[byte as usize] & HEX != 0 {
                self.position += 1;
            } else {
                break;
            }
        }
        if extent == NumeralExtent::DigitsAndLetter && is(self.peek(), ALPHA) {
            // Included, so that the conversion fails.
            self.position += 1;
        }
        self.numeral_value()
    }

    /// A numeral where the words behind digits and points belong to it.
    fn numeral_of_words(&mut self) -> Result<Token, Raised> {
        while is(self.peek(), DIGIT) || self.peek() == Some(b'.') {
            self.position += 1;
        }
        // C's `strchr` finds the end of a string as well: a zero byte counts as
        // an exponent and as a sign. It ends what is converted.
        if (self.skip(b'e') || self.skip(b'E') || self.skip(0)) && !self.skip(b'+') {
            let _ = self.skip(b'-') || self.skip(0);
        }
        while is(self.peek(), WORD) {
            self.position += 1;
        }
        self.numeral_value()
    }

    /// The value of the numeral that was read.
    fn numeral_value(&mut self) -> Result<Token, Raised> {
        let text = &self.source[self.start..self.position];
        match number::parse_as(text, self.dialect) {
            Some(Number::Integer(value)) => {
                self.value = Value(value as u64);
                Ok(Token::Integer)
            }
            Some(Number::Float(value)) => {
                self.value = Value(value.to_bits());
                Ok(Token::Float)
            }
            None => {
                let near = Near::Source(self.start..self.position);
                Err(self.error(&[b"malformed number"], near))
            }
        }
    }

    /// Records an error at the current line. Without memory for its text, the
    /// error is that memory is exhausted.
    #[cold]
    pub(crate) fn error(&mut self, message: &[&[u8]], near: Near) -> Raised {
        self.failure = self.message(message, near).ok();
        Raised
    }

    fn message(&mut self, parts: &[&[u8]], near: Near) -> Result<Vec<u8>, OutOfMemory> {
        let account = self.account;
        let mut text = self.dialect.chunk_id(self.chunk_name);
        account.extend(&mut text, format!(":{}: ", self.line).as_bytes())?;
        for part in parts {
            account.extend(&mut text, part)?;
        }
        let token = self.start..self.position;
        let near = match near {
            // A zero byte is no token to name.
            Near::Nothing | Near::Token(Token::Char(0)) => return Ok(text),
            Near::Token(Token::Name | Token::Integer | Token::Float) => Near::Source(token),
            Near::Token(Token::String) => self.string_text(),
            near => near,
        };
        account.extend(&mut text, b" near ")?;
        let pieces = match near {
            Near::Token(token) => {
                account.extend(&mut text, &token.text(self.dialect.token_text))?;
                return Ok(text);
            }
            Near::Source(range) => [&self.source[range], b"", b""],
            Near::Decoded(before, after) => {
                [&self.source[before], &self.decoded, &self.source[after]]
            }
            Near::Nothing => return Ok(text),
        };
        account.extend(&mut text, b"'")?;
        // Up to the first zero byte, as C prints it.
        for piece in pieces {
            let shown = piece.iter().position(|&b| b == 0).unwrap_or(piece.len());
            account.extend(&mut text, &piece[..shown])?;
            if shown < piece.len() {
                break;
            }
        }
        account.extend(&mut text, b"'")?;
        Ok(text)
    }

    /// Records an error without position.
    #[cold]
    pub(crate) fn bare_error(&mut self, message: &[u8]) -> Raised {
        self.failure = Some(message.to_vec());
        Raised
    }

    /// The error that was raised.
    pub(crate) fn take_error(&mut self) -> Error {
        match self.failure.take() {
            Some(message) => Error::Syntax(message),
            None => Error::OutOfMemory,
        }
    }
}
