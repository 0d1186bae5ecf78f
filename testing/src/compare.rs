//! Makes two runs comparable and tells how they differ.

use crate::process::Outcome;

/// Replaces every address (`0x` and at least six hexadecimal digits) by a
/// fixed one, for objects lie elsewhere in every process; and `'_G.f'` by `'f'`,
/// between which C 5.2 chooses by the order of a table, that is by chance.
pub fn normalise(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let [first, tail @ ..] = rest {
        if rest.starts_with(b"0x") {
            let digits = rest[2..].iter().take_while(|b| b.is_ascii_hexdigit()).count();
            if digits >= 6 {
                out.extend_from_slice(b"0xADDRESS");
                rest = &rest[2 + digits..];
                continue;
            }
        }
        if rest.starts_with(b"'_G.") {
            out.push(b'\'');
            rest = &rest[4..];
            continue;
        }
        out.push(*first);
        rest = tail;
    }
    out
}

/// How two runs differ in what a user can see, or `None` if they agree.
pub fn difference(expected: &Outcome, actual: &Outcome) -> Option<String> {
    let mut report = String::new();
    if expected.end != actual.end {
        report.push_str(&format!("  ended with {}, expected {}\n", actual.end, expected.end));
    }
    for (stream, expected, actual) in
        [("stdout", &expected.stdout, &actual.stdout), ("stderr", &expected.stderr, &actual.stderr)]
    {
        let (expected, actual) = (normalise(expected), normalise(actual));
        if expected != actual {
            report.push_str(&first_difference(stream, &expected, &actual));
        }
    }
    if report.is_empty() { None } else { Some(report) }
}

/// Shows the first line at which two texts part.
pub fn first_difference(what: &str, expected: &[u8], actual: &[u8]) -> String {
    let mut expected_lines = expected.split(|b| *b == b'\n');
    let mut actual_lines = actual.split(|b| *b == b'\n');
    let mut number = 0;
    loop {
        number += 1;
        let (left, right) = (expected_lines.next(), actual_lines.next());
        if left != right || left.is_none() {
            let show = |line: Option<&[u8]>| match line {
                Some(bytes) => bytes.escape_ascii().to_string().chars().take(300).collect(),
                None => "(end)".to_string(),
            };
            return format!(
                "  {what}, line {number}:\n    expected: {}\n    actual:   {}\n",
                show(left),
                show(right)
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_replaced_and_numbers_are_not() {
        assert_eq!(normalise(b"table: 0x55d0a1b2c3 0x1p+4 0xff"), b"table: 0xADDRESS 0x1p+4 0xff");
    }

    #[test]
    fn the_first_different_line_is_named() {
        let report = first_difference("stdout", b"a\nb\n", b"a\nc\n");
        assert!(report.contains("line 2"), "{report}");
    }
}
