//! The hard limits, and what happens there.

mod support;

use perilune_compiler::{CompileError, LUA_5_4, Meter, NoMeter, Options};
use std::cell::Cell;
use support::compile;

fn message(source: &str) -> String {
    compile(source.as_bytes()).err().unwrap_or_else(|| "compiles".into())
}

/// `f(0)`, `f(1)` … separated by commas.
fn list(count: usize, f: impl Fn(usize) -> String) -> String {
    (0..count).map(f).collect::<Vec<_>>().join(",")
}

fn nested(open: &str, middle: &str, close: &str, depth: usize) -> String {
    format!("{}{middle}{}", open.repeat(depth), close.repeat(depth))
}

#[test]
fn nesting() {
    for (prefix, open, middle, close, deepest) in [
        ("x = ", "(", "1", ")", 197),
        ("x = ", "{", "1", "}", 197),
        ("x = ", "a .. ", "a", "", 197),
        ("x = ", "2 ^ ", "a", "", 197),
        ("x = ", "not ", "a", "", 197),
        ("", "do ", "", "end ", 199),
        ("", "function f() ", "", "end ", 199),
    ] {
        let good = format!("{prefix}{}", nested(open, middle, close, deepest));
        assert!(compile(good.as_bytes()).is_ok(), "{open}");
        let bad = format!("{prefix}{}", nested(open, middle, close, deepest + 1));
        assert_eq!(message(&bad), "C stack overflow", "{open}");
        let far = format!("{prefix}{}", nested(open, middle, close, 100_000));
        assert_eq!(message(&far), "C stack overflow", "{open}");
    }
    let options = Options { dialect: &LUA_5_4, c_levels: 199, meter: &NoMeter };
    let result = perilune_compiler::compile(b"x = 1", b"=t", &options);
    assert_eq!(result.err(), Some(CompileError::Syntax(b"C stack overflow".to_vec())));
}

#[test]
fn chains_are_not_nested() {
    for source in [
        format!("return a{}", " + a".repeat(100_000)),
        format!("return a{}", " and a".repeat(100_000)),
        format!("return a{}", ".b".repeat(100_000)),
        format!("a{}", "()".repeat(100_000)),
        "do end ".repeat(100_000),
        format!("if a then {} end", "elseif a then b() ".repeat(100_000)),
    ] {
        assert!(compile(source.as_bytes()).is_ok(), "{}", &source[..40]);
    }
}

#[test]
fn local_variables() {
    let names = |count| list(count, |i| format!("a{i}"));
    assert!(compile(format!("local {}", names(200)).as_bytes()).is_ok());
    assert_eq!(
        message(&format!("\nlocal {}\n", names(201))),
        "t:3: too many local variables (limit is 200) in main function near <eof>"
    );
    assert_eq!(
        message(&format!("\nfunction f({}) end", names(201))),
        "t:2: too many local variables (limit is 200) in function at line 2 near ')'"
    );
}

#[test]
fn upvalues() {
    let source = |count| {
        let block = |n: usize| format!("local {}\n", list(85, |i| format!("a{n}_{i}")));
        let uses = list(count, |i| format!("a{}_{}", i % 4, i / 4));
        format!(
            "{}function f()\n{}function g()\n{}function h()\n{}function i()\nreturn {{{uses}}} end end end end",
            block(0),
            block(1),
            block(2),
            block(3)
        )
    };
    assert!(compile(source(255).as_bytes()).is_ok());
    assert_eq!(
        message(&source(256)),
        "t:9: too many upvalues (limit is 255) in function at line 8 near '}'"
    );
}

#[test]
fn registers() {
    assert!(compile(format!("return f({})", list(252, |_| "a".into())).as_bytes()).is_ok());
    assert_eq!(
        message(&format!("return f({}\n)", list(254, |_| "a".into()))),
        "t:2: function or expression needs too many registers near <eof>"
    );
    assert_eq!(
        message(&format!("return f(\n{})", list(300, |i| format!("a{i}")))),
        "t:2: function or expression needs too many registers near 'a254'"
    );
    assert_eq!(
        message(&format!("x = 1\nreturn {}", list(300, |i| format!("x.y{i}")))),
        "t:2: function or expression needs too many registers near '.'"
    );
}

#[test]
fn constants() {
    let count = 70_000;
    let fields = list(count, |i| format!("x{i} = {i}.5"));
    let chunk = compile(format!("local t = {{{fields}}} t.x69999 = t.x69998").as_bytes()).unwrap();
    perilune_bytecode::verify(&chunk).unwrap();
    assert_eq!(chunk.main.constants.len(), 2 * count);
}

/// Refuses what goes over the cap.
struct Cap {
    cap: usize,
    used: Cell<usize>,
    peak: Cell<usize>,
}

impl Meter for Cap {
    fn charge(&self, bytes: usize) -> bool {
        let used = self.used.get() + bytes;
        if used > self.cap {
            return false;
        }
        self.used.set(used);
        self.peak.set(self.peak.get().max(used));
        true
    }
    fn release(&self, bytes: usize) {
        self.used.set(self.used.get() - bytes);
    }
}

#[test]
fn memory() {
    let sources: [&str; 3] = [
        include_str!("snapshots/loops.lua"),
        include_str!("snapshots/closures.lua"),
        "local s = 'a\\n' .. [[\nb\n]] return 'x y' 'z",
    ];
    for source in sources {
        let compile = |cap| {
            let meter = Cap { cap, used: Cell::new(0), peak: Cell::new(0) };
            let options = Options { dialect: &LUA_5_4, c_levels: 0, meter: &meter };
            let result = perilune_compiler::compile(source.as_bytes(), b"=t", &options);
            assert_eq!(meter.used.get(), 0, "everything is released");
            (result.map(|_| ()), meter.peak.get())
        };
        let (expected, peak) = compile(usize::MAX);
        for cap in (0..peak).step_by(7) {
            assert_eq!(compile(cap).0, Err(CompileError::OutOfMemory), "{cap} of {peak}");
        }
        assert_eq!(compile(peak).0, expected);
    }
}
