//! Completion of names: globals, and fields of what a chain of names leads to.
//! Tables are looked into without calling any metamethod.

use std::collections::BTreeSet;

use perilune::native::{Result, State, Type};

const KEYWORDS: [&str; 22] = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in",
    "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
];
/// Tables that inherit from each other are followed so far.
const MAX_INHERITANCE: usize = 20;

/// A chain of names before the cursor, such as `a.b:na`.
#[derive(Debug, PartialEq, Eq)]
struct Chain<'t> {
    /// The names that lead to the table to look into.
    path: Vec<&'t str>,
    /// The beginning of the name to complete.
    prefix: &'t str,
    /// A method is wanted.
    method: bool,
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Finds the chain that ends with the text; `None` where a name can't be
/// completed: in a number, or after something else than names.
fn chain(text: &str) -> Option<Chain<'_>> {
    let bytes = text.as_bytes();
    let word = |end: usize| {
        let length = bytes[..end].iter().rev().take_while(|&&byte| is_name_byte(byte)).count();
        end - length
    };
    let starts_name = |word: &str| !word.starts_with(|first: char| first.is_ascii_digit());
    let start = word(bytes.len());
    let prefix = &text[start..];
    if !starts_name(prefix) {
        return None;
    }
    let mut path = Vec::new();
    let mut method = false;
    let mut end = start;
    while end > 0 && matches!(bytes[end - 1], b'.' | b':') {
        if end > 1 && bytes[end - 2] == bytes[end - 1] {
            // `..` and `::` lead to no field.
            return if path.is_empty() { Some(Chain { path, prefix, method }) } else { None };
        }
        if bytes[end - 1] == b':' {
            if !path.is_empty() {
                return None;
            }
            method = true;
        }
        let start = word(end - 1);
        let name = &text[start..end - 1];
        if name.is_empty() || !starts_name(name) {
            return None;
        }
        path.push(name);
        end = start;
    }
    path.reverse();
    Some(Chain { path, prefix, method })
}

/// Where the word to complete starts, and what it could become.
pub(super) fn completions(
    state: &mut State,
    line: &str,
    position: usize,
) -> Result<(usize, Vec<String>)> {
    let Some(chain) = line.get(..position).and_then(chain) else {
        return Ok((position, Vec::new()));
    };
    if chain.prefix.is_empty() && chain.path.is_empty() {
        return Ok((position, Vec::new()));
    }
    state.ensure_stack(20, "completion")?;
    let mut found = BTreeSet::new();
    if chain.path.is_empty() {
        let keywords = KEYWORDS.iter().filter(|word| word.starts_with(chain.prefix));
        found.extend(keywords.map(|&word| word.to_owned()));
    }
    state.push_globals()?;
    for name in &chain.path {
        push_field(state, name)?;
    }
    for _ in 0..MAX_INHERITANCE {
        if state.is_table(-1) {
            collect_fields(state, &chain, &mut found)?;
        }
        if !push_inherited(state)? {
            break;
        }
    }
    Ok((position - chain.prefix.len(), found.into_iter().collect()))
}

/// Replaces the value on top by its field, possibly an inherited one.
fn push_field(state: &mut State, name: &str) -> Result<()> {
    for _ in 0..MAX_INHERITANCE {
        if state.is_table(-1) {
            state.raw_get_field(-1, name)?;
            if !state.is_nil(-1) {
                state.remove(-2);
                return Ok(());
            }
            state.pop(1);
        }
        if !push_inherited(state)? {
            break;
        }
    }
    state.pop(1);
    state.push(())
}

/// Replaces the value on top by the table it inherits from (`__index` of its
/// metatable); false if there is none.
fn push_inherited(state: &mut State) -> Result<bool> {
    if !state.push_metatable(-1)? {
        return Ok(false);
    }
    state.raw_get_field(-1, "__index")?;
    let inherits = state.is_table(-1);
    if inherits {
        state.remove(-2);
        state.remove(-2);
    } else {
        state.pop(2);
    }
    Ok(inherits)
}

/// Adds the names among the keys of the table on top.
fn collect_fields(
    state: &mut State,
    chain: &Chain<'_>,
    found: &mut BTreeSet<String>,
) -> Result<()> {
    state.push(())?;
    while state.next(-2)? {
        if !chain.method || state.type_of(-1) == Some(Type::Function) {
            let name = state.bytes(-2).and_then(|key| std::str::from_utf8(key).ok());
            if let Some(name) = name
                && name.starts_with(chain.prefix)
                && is_name(name)
            {
                found.insert(name.to_owned());
            }
        }
        state.pop(1);
    }
    Ok(())
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(is_name_byte)
        && !text.starts_with(|first: char| first.is_ascii_digit())
        && !KEYWORDS.contains(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'t>(path: &[&'t str], prefix: &'t str, method: bool) -> Option<Chain<'t>> {
        Some(Chain { path: path.to_vec(), prefix, method })
    }

    #[test]
    fn chains() {
        assert_eq!(chain("pri"), found(&[], "pri", false));
        assert_eq!(chain("x = string.fo"), found(&["string"], "fo", false));
        assert_eq!(chain("io.stdout:"), found(&["io", "stdout"], "", true));
        assert_eq!(chain("(a.b.c"), found(&["a", "b"], "c", false));
        assert_eq!(chain("a..b"), found(&[], "b", false));
        assert_eq!(chain("f().x"), None);
        assert_eq!(chain("1.x"), None);
        assert_eq!(chain("0x"), None);
        assert_eq!(chain("a:b:c"), None);
        assert_eq!(chain(""), found(&[], "", false));
    }
}
