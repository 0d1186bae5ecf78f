//! A Rust source taken apart into code and comments.

/// A file, split so that checks of code don't see comments and strings, and
/// checks of comments see nothing else.
pub struct Source<'a> {
    /// The path from the workspace's root.
    pub name: &'a str,
    /// The lines as they are.
    pub lines: Vec<&'a str>,
    /// The lines with comments and the insides of literals blanked.
    pub code: Vec<String>,
    /// The comments of each line, their markers included.
    pub comments: Vec<String>,
}

/// A function with a body: where it starts and ends, counted from 0.
pub struct Function {
    pub name: String,
    pub first: usize,
    pub last: usize,
}

/// What a character of a source belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Code,
    Literal,
    Comment,
}

impl<'a> Source<'a> {
    pub fn new(name: &'a str, text: &'a str) -> Self {
        let (mut code, mut comments) = (String::new(), String::new());
        for (c, part) in parts(text) {
            let blank = if c == '\n' { '\n' } else { ' ' };
            code.push(if part == Part::Code { c } else { blank });
            comments.push(if part == Part::Comment { c } else { blank });
        }
        let split = |text: String| text.split('\n').map(str::to_string).collect();
        Source {
            name,
            lines: text.split('\n').collect(),
            code: split(code),
            comments: split(comments),
        }
    }

    /// The functions of the file, nested ones too.
    pub fn functions(&self) -> Vec<Function> {
        let mut all = Vec::new();
        for (line, code) in self.code.iter().enumerate() {
            for column in words(code, "fn") {
                let rest = code[column + 2..].trim_start();
                let name: String = rest
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_' || *c == '$')
                    .collect();
                if name.is_empty() {
                    continue;
                }
                if let Some(last) = self.body_end(line, column) {
                    all.push(Function { name, first: line, last });
                }
            }
        }
        all
    }

    /// The line in which the body of the item at this place ends, if it has
    /// a body.
    fn body_end(&self, line: usize, column: usize) -> Option<usize> {
        let (mut round, mut curly) = (0i32, 0i32);
        for (index, code) in self.code.iter().enumerate().skip(line) {
            let start = if index == line { column } else { 0 };
            for c in code[start..].chars() {
                match c {
                    '(' | '[' => round += 1,
                    ')' | ']' => round -= 1,
                    ';' if round == 0 && curly == 0 => return None,
                    '{' => curly += 1,
                    '}' => {
                        curly -= 1;
                        if curly <= 0 {
                            return Some(index);
                        }
                    }
                    _ => {}
                }
            }
        }
        None
    }
}

/// The columns at which `word` stands as a word of its own.
pub fn words(code: &str, word: &str) -> Vec<usize> {
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    code.match_indices(word)
        .filter(|(at, _)| {
            !is_part(code[..*at].chars().next_back())
                && !is_part(code[at + word.len()..].chars().next())
        })
        .map(|(at, _)| at)
        .collect()
}

/// Every character of a source with the part it belongs to.
fn parts(text: &str) -> Vec<(char, Part)> {
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::with_capacity(chars.len());
    let mut at = 0;
    while at < chars.len() {
        let (length, part) = token(&chars[at..], out.last().map(|(c, _)| *c));
        for c in &chars[at..at + length] {
            out.push((*c, part));
        }
        at += length;
    }
    out
}

/// The length and the part of what `rest` starts with.
fn token(rest: &[char], previous: Option<char>) -> (usize, Part) {
    let inside_word = previous.is_some_and(|c| c.is_alphanumeric() || c == '_');
    match rest {
        ['/', '/', ..] => (until(rest, '\n'), Part::Comment),
        ['/', '*', ..] => (block_comment(rest), Part::Comment),
        ['"', ..] => (quoted(rest, '"'), Part::Literal),
        ['r', '"' | '#', ..] if !inside_word => match raw_string(rest) {
            Some(length) => (length, Part::Literal),
            None => (1, Part::Code),
        },
        ['\'', '\\', ..] => (quoted(rest, '\''), Part::Literal),
        // A quote, one character and a quote; anything else is a lifetime.
        ['\'', _, '\'', ..] => (3, Part::Literal),
        _ => (1, Part::Code),
    }
}

fn until(rest: &[char], end: char) -> usize {
    rest.iter().position(|c| *c == end).unwrap_or(rest.len())
}

fn block_comment(rest: &[char]) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < rest.len() {
        match rest[at..] {
            ['/', '*', ..] => {
                depth += 1;
                at += 2;
            }
            ['*', '/', ..] => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    rest.len()
}

fn quoted(rest: &[char], quote: char) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            '\\' => at += 2,
            c if c == quote => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

fn raw_string(rest: &[char]) -> Option<usize> {
    let hashes = rest[1..].iter().take_while(|c| **c == '#').count();
    if rest.get(1 + hashes) != Some(&'"') {
        return None;
    }
    let mut at = 2 + hashes;
    while at < rest.len() {
        let closes = rest[at] == '"'
            && rest[at + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes;
        if closes {
            return Some(at + 1 + hashes);
        }
        at += 1;
    }
    Some(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_and_comments_part() {
        let text = "let a = \"// no\"; // yes 'x'\nlet b: &'a str = r#\"\"fn\"#; /* in\nside */ let c = '\"';";
        let source = Source::new("x.rs", text);
        assert!(source.code[0].starts_with("let a =") && !source.code[0].contains("no"));
        assert_eq!(source.comments[0].trim(), "// yes 'x'");
        assert!(source.code[1].contains("&'a str") && !source.code[1].contains("fn"));
        assert_eq!(source.comments[2].trim(), "side */");
        assert!(source.code[2].contains("let c ="));
    }

    #[test]
    fn functions_and_their_ends() {
        let text = "fn a() {\n  fn b(x: [u8; 2]) { }\n}\ntype F = fn(u8);\ntrait T { fn c(); }\n";
        let found: Vec<(String, usize)> =
            Source::new("x.rs", text).functions().into_iter().map(|f| (f.name, f.last)).collect();
        assert_eq!(found, [("a".to_string(), 2), ("b".to_string(), 1)]);
    }
}
