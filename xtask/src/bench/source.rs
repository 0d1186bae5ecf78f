//! A large Lua source for measuring compilers, the same on every machine.
//!
//! It keeps to what all dialects have in common, so that every engine can
//! compile it.

use std::fmt::Write;

/// A small generator of numbers that depend on nothing but their count.
struct Numbers(u64);

impl Numbers {
    /// The next number below `limit`.
    fn below(&mut self, limit: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len() as u64) as usize]
    }
}

const FIELDS: [&str; 12] = [
    "name", "value", "count", "next", "parent", "items", "width", "height", "color", "state",
    "index", "total",
];
const LOCALS: [&str; 5] = ["a", "b", "c", "self", "result"];
const BINARY: [&str; 6] = ["+", "-", "*", "/", "%", "^"];
const COMPARE: [&str; 6] = ["<", "<=", ">", ">=", "==", "~="];

/// A program of at least `bytes` bytes: functions in tables, with statements
/// of every kind in them.
pub fn generate(bytes: usize) -> String {
    let mut numbers = Numbers(20_240_229);
    let mut out = String::with_capacity(bytes + 4096);
    out.push_str("local M, N = {}, {}\n");
    let mut count = 0;
    while out.len() < bytes {
        count += 1;
        function(&mut out, &mut numbers, count);
    }
    out.push_str("return M\n");
    out
}

fn function(out: &mut String, numbers: &mut Numbers, count: u64) {
    // The tables are many, for one dialect or another limits the constants
    // that one function may name.
    if count % 500 == 1 {
        out.push_str("M = { next = M }\n");
    }
    let _ = writeln!(out, "-- function number {count}");
    let _ = writeln!(out, "function M.f{}(self, a, b, ...)", count % 500);
    out.push_str("  local result, c = {}, a or 0\n");
    for _ in 0..6 + numbers.below(10) {
        statement(out, numbers, 1);
    }
    out.push_str("  return result, c, ...\nend\n\n");
}

fn indent(out: &mut String, depth: usize) {
    for _ in 0..depth {
        out.push_str("  ");
    }
}

fn statement(out: &mut String, numbers: &mut Numbers, depth: usize) {
    indent(out, depth);
    let kind = numbers.below(if depth < 4 { 12 } else { 6 });
    match kind {
        0 => {
            let _ = write!(out, "{}.{} = ", numbers.pick(&LOCALS), numbers.pick(&FIELDS));
            expression(out, numbers, 3);
        }
        1 => {
            let _ = write!(out, "{} = ", numbers.pick(&LOCALS));
            expression(out, numbers, 4);
        }
        2 => {
            let _ = write!(out, "self:{}(", numbers.pick(&FIELDS));
            expression(out, numbers, 2);
            out.push_str(", \"");
            out.push_str(numbers.pick(&FIELDS));
            out.push_str(" text\\n\")");
        }
        3 => {
            let _ = write!(out, "N.{}(", numbers.pick(&FIELDS));
            expression(out, numbers, 2);
            out.push(')');
        }
        4 => {
            out.push_str("result[#result + 1] = { ");
            for _ in 0..numbers.below(6) {
                let _ = write!(out, "{} = ", numbers.pick(&FIELDS));
                expression(out, numbers, 2);
                out.push_str(", ");
            }
            let _ = write!(out, "{}, \"{}\" }}", numbers.below(1000), numbers.pick(&FIELDS));
        }
        5 => {
            out.push_str("a, b = b, ");
            expression(out, numbers, 3);
        }
        _ => block(out, numbers, depth, kind),
    }
    out.push('\n');
}

/// A statement with others inside.
fn block(out: &mut String, numbers: &mut Numbers, depth: usize, kind: u64) {
    match kind {
        6 => {
            out.push_str("if ");
            condition(out, numbers);
            out.push_str(" then\n");
            body(out, numbers, depth);
            indent(out, depth);
            out.push_str("else\n");
            body(out, numbers, depth);
        }
        7 => {
            let _ = writeln!(out, "for i = 1, {} do", numbers.below(100));
            body(out, numbers, depth);
        }
        8 => {
            let _ = writeln!(out, "for key, value in pairs({}) do", numbers.pick(&LOCALS));
            body(out, numbers, depth);
        }
        9 => {
            out.push_str("while ");
            condition(out, numbers);
            out.push_str(" do\n");
            body(out, numbers, depth);
            indent(out, depth + 1);
            out.push_str("break\n");
        }
        10 => {
            out.push_str("local function helper(x, y)\n");
            body(out, numbers, depth);
            indent(out, depth + 1);
            out.push_str("return x, y, c\n");
        }
        _ => {
            out.push_str("do\n");
            indent(out, depth + 1);
            let _ =
                writeln!(out, "local x, y = {}, \"{}\"", numbers.below(99), numbers.pick(&FIELDS));
            body(out, numbers, depth);
        }
    }
    indent(out, depth);
    out.push_str("end");
}

fn body(out: &mut String, numbers: &mut Numbers, depth: usize) {
    for _ in 0..1 + numbers.below(3) {
        statement(out, numbers, depth + 1);
    }
}

fn condition(out: &mut String, numbers: &mut Numbers) {
    expression(out, numbers, 1);
    let _ = write!(out, " {} ", numbers.pick(&COMPARE));
    expression(out, numbers, 1);
    if numbers.below(3) == 0 {
        let _ = write!(out, " and not {}.{}", numbers.pick(&LOCALS), numbers.pick(&FIELDS));
    }
}

fn expression(out: &mut String, numbers: &mut Numbers, depth: u32) {
    let kind = numbers.below(if depth > 0 { 12 } else { 6 });
    match kind {
        0 => out.push_str(numbers.pick(&LOCALS)),
        1 => {
            let _ = write!(out, "{}", numbers.below(10_000));
        }
        2 => {
            let _ = write!(out, "{}.{}", numbers.below(1000), numbers.below(100));
        }
        3 => {
            let _ = write!(out, "\"{} {}\"", numbers.pick(&FIELDS), numbers.below(3000));
        }
        4 => {
            let _ = write!(out, "{}.{}", numbers.pick(&LOCALS), numbers.pick(&FIELDS));
        }
        5 => out.push_str(numbers.pick(&["nil", "true", "false", "#result", "{}"])),
        6 | 7 => {
            expression(out, numbers, depth - 1);
            let _ = write!(out, " {} ", numbers.pick(&BINARY));
            expression(out, numbers, depth - 1);
        }
        8 => {
            out.push('(');
            expression(out, numbers, depth - 1);
            out.push_str(" .. ");
            expression(out, numbers, depth - 1);
            out.push(')');
        }
        9 => {
            let _ = write!(out, "{}[", numbers.pick(&LOCALS));
            expression(out, numbers, depth - 1);
            out.push(']');
        }
        10 => {
            let _ = write!(out, "self.{}(", numbers.pick(&FIELDS));
            expression(out, numbers, depth - 1);
            out.push(')');
        }
        _ => {
            out.push_str("function (x) return ");
            expression(out, numbers, depth - 1);
            out.push_str(" end");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_source_is_always_the_same() {
        let first = generate(20_000);
        assert_eq!(first, generate(20_000));
        assert!(
            first.len() >= 20_000 && first.contains("while ") && first.contains("function M.f3(")
        );
    }
}
