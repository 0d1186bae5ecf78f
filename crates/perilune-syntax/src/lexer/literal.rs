//! String literals and long comments.

use super::{Lexer, Near, is_newline};
use crate::dialect::EscapeShown;
use crate::error::Raised;
use crate::number::{hex_digit, is_space};
use crate::token::{Token, Value};
use std::ops::Range;

impl Lexer<'_> {
    /// Reads `[==[` and gives its level. Otherwise stops behind the `=`, and
    /// says whether there were any.
    pub(super) fn long_bracket(&mut self) -> Result<usize, bool> {
        self.position += 1;
        let rest = &self.source[self.position..];
        let level = rest.iter().take_while(|&&b| b == b'=').count();
        self.position += level;
        if self.skip(b'[') { Ok(level) } else { Err(level > 0) }
    }

    /// The end of a long bracket of `level`, if `]` starts it.
    fn closes(&self, level: usize) -> bool {
        let rest = &self.source[self.position + 1..];
        rest.len() > level && rest[..level].iter().all(|&b| b == b'=') && rest[level] == b']'
    }

    /// The content of a long string whose opening bracket was read.
    pub(super) fn long_string(&mut self, level: usize) -> Result<Token, Raised> {
        let line = self.line;
        if is_newline(self.peek()) {
            self.newline()?;
        }
        self.decoded.clear();
        loop {
            let rest = &self.source[self.position..];
            let plain =
                rest.iter().position(|b| matches!(b, b']' | b'\n' | b'\r')).unwrap_or(rest.len());
            self.account.extend(&mut self.decoded, &rest[..plain])?;
            self.refuse_nested(level, self.position..self.position + plain)?;
            self.position += plain;
            match self.peek() {
                None => return Err(self.unfinished_long("string", line)),
                Some(b']') if self.closes(level) => break,
                Some(b']') => {
                    self.account.push(&mut self.decoded, b']')?;
                    self.position += 1;
                }
                Some(_) => {
                    self.account.push(&mut self.decoded, b'\n')?;
                    self.newline()?;
                }
            }
        }
        self.position += level + 2;
        let symbol = self.symbols.intern(&self.decoded)?;
        self.charge_symbols()?;
        self.value = Value(symbol.0.into());
        Ok(Token::String)
    }

    /// Skips a long comment whose opening bracket was read.
    pub(super) fn skip_long_comment(&mut self, level: usize) -> Result<(), Raised> {
        let line = self.line;
        loop {
            match self.peek() {
                None => return Err(self.unfinished_long("comment", line)),
                Some(b']') if self.closes(level) => {
                    self.position += level + 2;
                    return Ok(());
                }
                Some(b'\n' | b'\r') => self.newline()?,
                Some(_) => {
                    self.refuse_nested(level, self.position..self.position + 1)?;
                    self.position += 1;
                }
            }
        }
    }

    /// Refuses `[[` whose first byte is in `part` of a long bracket without
    /// `=`, where the dialect forbids it.
    fn refuse_nested(&mut self, level: usize, part: Range<usize>) -> Result<(), Raised> {
        if level > 0 || !self.dialect.flat_long_brackets {
            return Ok(());
        }
        let seen = &self.source[part.start..self.source.len().min(part.end + 1)];
        if seen.windows(2).any(|pair| pair == b"[[") {
            let near = Near::Token(Token::Char(b'['));
            return Err(self.error(&[b"nesting of [[...]] is deprecated"], near));
        }
        Ok(())
    }

    fn unfinished_long(&mut self, what: &str, line: u32) -> Raised {
        let mut message = format!("unfinished long {what}");
        if self.dialect.long_bracket_start_told {
            message.push_str(&format!(" (starting at line {line})"));
        }
        self.error(&[message.as_bytes()], Near::Token(Token::Eof))
    }

    /// A string in quotes.
    pub(super) fn string(&mut self, quote: u8) -> Result<Token, Raised> {
        self.position += 1;
        let rest = &self.source[self.position..];
        let plain = rest.iter().position(|&b| b == quote || matches!(b, b'\\' | b'\n' | b'\r'));
        if let Some(length) = plain
            && rest[length] == quote
        {
            let content = &rest[..length];
            self.position += length + 1;
            self.value = Value(self.intern(content)?.0.into());
            return Ok(Token::String);
        }
        self.decode(quote)?;
        let symbol = self.symbols.intern(&self.decoded)?;
        self.charge_symbols()?;
        self.value = Value(symbol.0.into());
        Ok(Token::String)
    }

    /// Decodes a quoted string up to and including the closing quote.
    fn decode(&mut self, quote: u8) -> Result<(), Raised> {
        self.decoded.clear();
        loop {
            let rest = &self.source[self.position..];
            let plain = rest
                .iter()
                .position(|&b| b == quote || matches!(b, b'\\' | b'\n' | b'\r'))
                .unwrap_or(rest.len());
            self.account.extend(&mut self.decoded, &rest[..plain])?;
            self.position += plain;
            match self.peek() {
                None => return Err(self.error(&[b"unfinished string"], Near::Token(Token::Eof))),
                Some(b'\\') => self.escape()?,
                Some(b'\n' | b'\r') => {
                    let near = Near::Decoded(self.start..self.start + 1, 0..0);
                    return Err(self.error(&[b"unfinished string"], near));
                }
                Some(_) => {
                    self.position += 1;
                    return Ok(());
                }
            }
        }
    }

    fn escape(&mut self) -> Result<(), Raised> {
        let start = self.position;
        self.position += 1;
        let Some(byte) = self.peek() else {
            // The loop reports the unfinished string.
            return Ok(());
        };
        let simple = match byte {
            b'a' => 0x07,
            b'b' => 0x08,
            b'f' => 0x0c,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'v' => 0x0b,
            b'\\' | b'"' | b'\'' => byte,
            b'\n' | b'\r' => {
                self.newline()?;
                self.account.push(&mut self.decoded, b'\n')?;
                return Ok(());
            }
            b'x' if self.dialect.hexadecimal_escapes => {
                let high = self.hexadecimal(start)?;
                let low = self.hexadecimal(start)?;
                (high << 4 | low) as u8
            }
            b'z' if self.dialect.hexadecimal_escapes => {
                self.position += 1;
                while self.peek().is_some_and(is_space) {
                    if is_newline(self.peek()) {
                        self.newline()?;
                    } else {
                        self.position += 1;
                    }
                }
                return Ok(());
            }
            b'u' if let Some(limit) = self.dialect.utf8_escapes => {
                return self.utf8_escape(start, limit);
            }
            b'0'..=b'9' => return self.decimal_escape(start),
            _ if self.dialect.unknown_escapes => byte,
            _ => return Err(self.bad_escape(start, b"invalid escape sequence")),
        };
        self.position += 1;
        self.account.push(&mut self.decoded, simple)?;
        Ok(())
    }

    fn decimal_escape(&mut self, start: usize) -> Result<(), Raised> {
        let mut value = 0;
        for _ in 0..3 {
            let Some(digit @ b'0'..=b'9') = self.peek() else {
                break;
            };
            value = value * 10 + u32::from(digit - b'0');
            self.position += 1;
        }
        match u8::try_from(value) {
            Ok(byte) => Ok(self.account.push(&mut self.decoded, byte)?),
            Err(_) => {
                let message = self.dialect.large_decimal_escape.as_bytes();
                if self.dialect.bad_escape_shown == EscapeShown::Alone {
                    // The byte behind the digits is none of the escape's.
                    self.position -= 1;
                }
                Err(self.bad_escape(start, message))
            }
        }
    }

    fn utf8_escape(&mut self, start: usize, limit: u32) -> Result<(), Raised> {
        self.position += 1;
        if self.peek() != Some(b'{') {
            return Err(self.bad_escape(start, b"missing '{'"));
        }
        let mut code = self.hexadecimal(start)?;
        self.position += 1;
        while let Some(digit) = self.peek().and_then(hex_digit) {
            if code > limit >> 4 {
                return Err(self.bad_escape(start, b"UTF-8 value too large"));
            }
            code = code << 4 | u32::from(digit);
            self.position += 1;
        }
        if self.peek() != Some(b'}') {
            return Err(self.bad_escape(start, b"missing '}'"));
        }
        self.position += 1;
        let (buffer, length) = encode_utf8(code);
        self.account.extend(&mut self.decoded, &buffer[buffer.len() - length..])?;
        Ok(())
    }

    /// The value of the hexadecimal digit after the current byte, which becomes
    /// the current one.
    fn hexadecimal(&mut self, start: usize) -> Result<u32, Raised> {
        self.position += 1;
        match self.peek().and_then(hex_digit) {
            Some(digit) => Ok(u32::from(digit)),
            None => Err(self.bad_escape(start, b"hexadecimal digit expected")),
        }
    }

    /// The message shows the string up to the offending byte, decoded as far as
    /// it was good.
    #[cold]
    fn bad_escape(&mut self, start: usize, message: &[u8]) -> Raised {
        let end = (self.position + 1).min(self.source.len());
        let quote = self.start..self.start + 1;
        let near = match self.dialect.bad_escape_shown {
            EscapeShown::Before => Near::Decoded(quote, 0..0),
            EscapeShown::Alone => Near::Source(start..end),
            EscapeShown::Whole => Near::Decoded(quote, start..end),
        };
        self.error(&[message], near)
    }

    /// The last token, a string, with its delimiters and its content decoded.
    pub(super) fn string_text(&mut self) -> Near {
        let (position, line) = (self.position, self.line);
        self.position = self.start;
        let quote = self.source[self.start];
        // It was read before without error.
        let (opening, closing) = if quote == b'[' {
            let level = self.long_bracket().unwrap_or(0);
            let opening = self.position;
            let _ = self.long_string(level);
            (opening, position - level - 2)
        } else {
            self.position += 1;
            let _ = self.decode(quote);
            (self.start + 1, position - 1)
        };
        (self.position, self.line) = (position, line);
        Near::Decoded(self.start..opening, closing..position)
    }
}

/// The bytes of a code point up to 2^31, at the end of the buffer, and their
/// number.
fn encode_utf8(mut code: u32) -> ([u8; 8], usize) {
    let mut buffer = [0; 8];
    if code < 0x80 {
        buffer[7] = code as u8;
        return (buffer, 1);
    }
    let mut length = 0;
    // What still fits the first byte beside its marker bits.
    let mut first_limit = 0x3f;
    while code > first_limit {
        length += 1;
        buffer[8 - length] = 0x80 | (code & 0x3f) as u8;
        code >>= 6;
        first_limit >>= 1;
    }
    length += 1;
    buffer[8 - length] = (!first_limit << 1) as u8 | code as u8;
    (buffer, length)
}
