//! Paths of keys, such as `a.b[3]?["c"]`.

use crate::error::{Error, Result};
use crate::traits::ObjectLike;
use crate::types::Integer;
use crate::value::Value;
use std::fmt;

/// A key of a path.
#[derive(Debug, PartialEq)]
enum Key {
    Name(String),
    Number(Integer),
}

/// A step of a path: its key, and whether nil ends the path there.
type Step = (Key, bool);

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Key::Name(name) => f.write_str(name),
            Key::Number(n) => write!(f, "{n}"),
        }
    }
}

/// Follows a path from a value.
pub(crate) fn look_up(from: Value, path: &str) -> Result<Value> {
    let mut value = from;
    for (key, may_end) in parse(path)? {
        value = match (&value, &key) {
            (Value::Table(table), Key::Name(name)) => table.get(name.as_str())?,
            (Value::Table(table), Key::Number(n)) => table.get(*n)?,
            (Value::UserData(userdata), Key::Name(name)) => userdata.get(name.as_str())?,
            (Value::UserData(userdata), Key::Number(n)) => userdata.get(*n)?,
            (other, key) => {
                return Err(Error::runtime(format!(
                    "attempt to index a {} value with key '{key}'",
                    other.type_name()
                )));
            }
        };
        if may_end && (value.is_nil() || value.is_null()) {
            break;
        }
    }
    Ok(value)
}

/// What is left of a path.
struct Reader<'a> {
    path: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<char> {
        self.path[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn skip(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.next();
        }
        found
    }

    /// The text up to the first character that `f` refuses.
    fn take_while(&mut self, f: impl Fn(char) -> bool) -> &'a str {
        let rest = &self.path[self.at..];
        let end = rest.find(|c| !f(c)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn name(&mut self, at: usize) -> Result<Step> {
        let name =
            self.take_while(|c| !(c == '.' || c == '?' || c == '[' || c.is_ascii_whitespace()));
        if name.is_empty() {
            return Err(error(format_args!("empty key in path at position {at}")));
        }
        Ok((Key::Name(name.to_owned()), self.skip('?')))
    }

    /// A key in brackets; the first is read.
    fn bracket(&mut self) -> Result<Step> {
        let at = self.at;
        let key = match self.peek() {
            Some('0'..='9' | '-') => self.number(at)?,
            Some('\'' | '"') => Key::Name(self.quoted()?),
            Some(']') => return Err(error(format_args!("empty key in path at position {at}"))),
            Some(c) => {
                return Err(error(format_args!(
                    "unexpected character '{c}' in path at position {at}"
                )));
            }
            None => return Err(error(format_args!("unexpected end of path"))),
        };
        let at = self.at;
        match self.next() {
            Some(']') => Ok((key, self.skip('?'))),
            Some(c) => {
                Err(error(format_args!("expected ']' in path at position {at}, found '{c}'")))
            }
            None => Err(error(format_args!("unexpected end of path"))),
        }
    }

    fn number(&mut self, at: usize) -> Result<Key> {
        let negative = self.skip('-');
        let digits = self.take_while(|c| c.is_ascii_digit());
        if digits.is_empty() {
            return Err(error(format_args!("invalid integer in path at position {at}")));
        }
        match digits.parse::<Integer>() {
            Ok(n) => Ok(Key::Number(if negative { -n } else { n })),
            Err(_) => Err(error(format_args!("integer overflow in path at position {at}"))),
        }
    }

    fn quoted(&mut self) -> Result<String> {
        let at = self.at;
        let quote = self.next();
        let mut text = String::new();
        while let Some(c) = self.next() {
            match c {
                '\\' => match self.next() {
                    Some(c @ ('\\' | '"' | '\'')) => text.push(c),
                    Some(c) => text.extend(['\\', c]),
                    None => break,
                },
                c if Some(c) == quote => return Ok(text),
                c => text.push(c),
            }
        }
        Err(error(format_args!("unexpected end of string at position {at}")))
    }
}

fn error(text: fmt::Arguments<'_>) -> Error {
    Error::runtime(text)
}

fn parse(path: &str) -> Result<Vec<Step>> {
    let mut reader = Reader { path, at: 0 };
    let mut steps = Vec::new();
    while let Some(c) = reader.peek() {
        let at = reader.at;
        match c {
            '.' => {
                reader.next();
                steps.push(reader.name(at)?);
            }
            '[' => {
                reader.next();
                steps.push(reader.bracket()?);
            }
            c if c.is_ascii_whitespace() => {
                reader.next();
            }
            _ if steps.is_empty() => steps.push(reader.name(at)?),
            c => {
                return Err(error(format_args!(
                    "unexpected character '{c}' in path at position {at}"
                )));
            }
        }
    }
    Ok(steps)
}

#[cfg(test)]
mod tests {
    use super::{Key, parse};

    #[test]
    fn paths_are_read() {
        let name = |s: &str| Key::Name(s.to_owned());
        let steps = parse("a.b[3]?.c['d\\'e'] [-2] [\"\"]").expect("a path");
        let wanted = [
            (name("a"), false),
            (name("b"), false),
            (Key::Number(3), true),
            (name("c"), false),
            (name("d'e"), false),
            (Key::Number(-2), false),
            (name(""), false),
        ];
        assert_eq!(steps, wanted);
        assert_eq!(parse(" ").expect("a path"), []);
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for (path, message) in [
            ("a..b", "empty key in path at position 1"),
            ("a b", "unexpected character 'b' in path at position 2"),
            ("a[", "unexpected end of path"),
            ("a[]", "empty key in path at position 2"),
            ("a[1", "unexpected end of path"),
            ("a[1}", "expected ']' in path at position 3, found '}'"),
            ("a[-]", "invalid integer in path at position 2"),
            ("a[99999999999999999999]", "integer overflow in path at position 2"),
            ("a['x", "unexpected end of string at position 2"),
            ("a[x]", "unexpected character 'x' in path at position 2"),
        ] {
            let error = parse(path).expect_err(path).to_string();
            assert_eq!(error, format!("runtime error: {message}"));
        }
    }
}
