//! Colours for Lua at the prompt.

const KEYWORD: &str = "\x1b[1;34m";
const CONSTANT: &str = "\x1b[36m";
const NUMBER: &str = "\x1b[36m";
const STRING: &str = "\x1b[32m";
const COMMENT: &str = "\x1b[90m";
const RESET: &str = "\x1b[0m";

/// What the lines before left open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StartsWith {
    Code,
    /// A long string with this many `=`.
    LongString(usize),
    LongComment(usize),
}

impl StartsWith {
    /// What text leaves open at its end.
    pub fn after(text: &str) -> StartsWith {
        let mut scanner = Scanner { rest: text, open: StartsWith::Code };
        while scanner.next().is_some() {}
        scanner.open
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Plain,
    Keyword,
    Constant,
    Number,
    String,
    Comment,
}

struct Scanner<'t> {
    rest: &'t str,
    open: StartsWith,
}

/// The number of `=` in an opening long bracket at the start.
fn long_bracket(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('[')?;
    let level = inner.bytes().take_while(|&byte| byte == b'=').count();
    (inner.as_bytes().get(level) == Some(&b'[')).then_some(level)
}

impl<'t> Scanner<'t> {
    /// The text up to the end of the long bracket, or all of it.
    fn long_end(&mut self, from: usize, level: usize) -> (usize, bool) {
        let closing = format!("]{}]", "=".repeat(level));
        match self.rest[from..].find(&closing) {
            Some(at) => (from + at + closing.len(), true),
            None => (self.rest.len(), false),
        }
    }

    fn long(&mut self, from: usize, open: StartsWith) -> (usize, Kind) {
        let (level, kind) = match open {
            StartsWith::LongString(level) => (level, Kind::String),
            StartsWith::LongComment(level) => (level, Kind::Comment),
            StartsWith::Code => return (from, Kind::Plain),
        };
        let (end, closed) = self.long_end(from, level);
        self.open = if closed { StartsWith::Code } else { open };
        (end, kind)
    }

    fn quoted(&self, quote: u8) -> usize {
        let bytes = self.rest.as_bytes();
        let mut at = 1;
        while at < bytes.len() && bytes[at] != b'\n' {
            match bytes[at] {
                b'\\' => at += 2,
                byte if byte == quote => return at + 1,
                _ => at += 1,
            }
        }
        let mut end = at.min(bytes.len());
        while !self.rest.is_char_boundary(end) {
            end += 1;
        }
        end
    }

    fn number(&self) -> usize {
        let bytes = self.rest.as_bytes();
        let hexadecimal = bytes.len() > 1 && bytes[0] == b'0' && bytes[1] | 32 == b'x';
        let mark = if hexadecimal { b'p' } else { b'e' };
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let sign = matches!(byte, b'+' | b'-') && at > 0 && bytes[at - 1] | 32 == mark;
            if !(byte.is_ascii_alphanumeric() || byte == b'.' || sign) {
                break;
            }
            at += 1;
        }
        at
    }

    fn next(&mut self) -> Option<(&'t str, Kind)> {
        let first = *self.rest.as_bytes().first()?;
        let second = self.rest.as_bytes().get(1).copied().unwrap_or(0);
        let open = self.open;
        let (end, kind) = if open != StartsWith::Code {
            self.long(0, open)
        } else if self.rest.starts_with("--") {
            match long_bracket(&self.rest[2..]) {
                Some(level) => self.long(4 + level, StartsWith::LongComment(level)),
                None => (self.rest.find('\n').unwrap_or(self.rest.len()), Kind::Comment),
            }
        } else if let Some(level) = long_bracket(self.rest) {
            self.long(2 + level, StartsWith::LongString(level))
        } else if matches!(first, b'"' | b'\'') {
            (self.quoted(first), Kind::String)
        } else if first.is_ascii_digit() || (first == b'.' && second.is_ascii_digit()) {
            (self.number(), Kind::Number)
        } else if first.is_ascii_alphabetic() || first == b'_' {
            let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
            let end = self.rest.bytes().take_while(is_name).count();
            (end, word_kind(&self.rest[..end]))
        } else {
            (self.rest.chars().next().map_or(1, char::len_utf8), Kind::Plain)
        };
        let (text, rest) = self.rest.split_at(end);
        self.rest = rest;
        Some((text, kind))
    }
}

fn word_kind(word: &str) -> Kind {
    match word {
        "nil" | "true" | "false" => Kind::Constant,
        "and" | "break" | "do" | "else" | "elseif" | "end" | "for" | "function" | "goto" | "if"
        | "in" | "local" | "not" | "or" | "repeat" | "return" | "then" | "until" | "while" => {
            Kind::Keyword
        }
        _ => Kind::Plain,
    }
}

/// The line with colours.
pub(super) fn highlight(line: &str, starts_with: StartsWith) -> String {
    let mut coloured = String::with_capacity(line.len() * 2);
    let mut scanner = Scanner { rest: line, open: starts_with };
    while let Some((text, kind)) = scanner.next() {
        let colour = match kind {
            Kind::Plain => {
                coloured.push_str(text);
                continue;
            }
            Kind::Keyword => KEYWORD,
            Kind::Constant => CONSTANT,
            Kind::Number => NUMBER,
            Kind::String => STRING,
            Kind::Comment => COMMENT,
        };
        coloured.push_str(colour);
        coloured.push_str(text);
        coloured.push_str(RESET);
    }
    coloured
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(&str, Kind)> {
        let mut scanner = Scanner { rest: text, open: StartsWith::Code };
        let mut all = Vec::new();
        while let Some((text, kind)) = scanner.next() {
            if kind != Kind::Plain {
                all.push((text, kind));
            }
        }
        all
    }

    #[test]
    fn words_numbers_strings_comments() {
        assert_eq!(
            kinds("local x = nil + 0x1p-2 .. \"a\\\"b\" -- rest"),
            [
                ("local", Kind::Keyword),
                ("nil", Kind::Constant),
                ("0x1p-2", Kind::Number),
                ("\"a\\\"b\"", Kind::String),
                ("-- rest", Kind::Comment),
            ]
        );
        assert_eq!(kinds("'é\\é"), [("'é\\é", Kind::String)]);
        assert_eq!(kinds("--[[a]]1"), [("--[[a]]", Kind::Comment), ("1", Kind::Number)]);
        assert_eq!(kinds("é[==[x]]]==]"), [("[==[x]]]==]", Kind::String)]);
        assert_eq!(kinds("1..2"), [("1..2", Kind::Number)]);
    }

    #[test]
    fn open_ends() {
        assert_eq!(StartsWith::after("x = [==[ ab ]]"), StartsWith::LongString(2));
        assert_eq!(StartsWith::after("--[[ ab"), StartsWith::LongComment(0));
        assert_eq!(StartsWith::after("--[[ ab\n]] 1"), StartsWith::Code);
        assert_eq!(
            highlight("a]] 1", StartsWith::LongString(0)),
            "\x1b[32ma]]\x1b[0m \x1b[36m1\x1b[0m"
        );
    }
}
