//! Messages of sources that are no programs, as the reference implementation
//! 5.4.9 writes them.

mod support;

use perilune_compiler::Dialect;
use support::{compile, compile_named};

/// Compiles a source that must fail, and gives the message.
fn message(source: &str) -> String {
    match compile(source.as_bytes()) {
        Ok(_) => panic!("compiles: {source}"),
        Err(message) => message,
    }
}

fn check(cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        assert_eq!(message(source), format!("t:{expected}"), "{source:?}");
    }
}

#[test]
fn numbers() {
    check(&[
        ("x = 3x", "1: malformed number near '3x'"),
        ("x = 0x", "1: malformed number near '0x'"),
        ("x = 0xg", "1: malformed number near '0xg'"),
        ("x = 1e", "1: malformed number near '1e'"),
        ("x = 1e+", "1: malformed number near '1e+'"),
        ("x = 0x1p", "1: malformed number near '0x1p'"),
        ("x = 1..2", "1: malformed number near '1..2'"),
        ("x = 5 .. 6 @", "1: unexpected symbol near '@'"),
        ("x = 1 2", "1: unexpected symbol near '2'"),
    ]);
}

#[test]
fn strings() {
    check(&[
        ("x = \"abc\n", "1: unfinished string near '\"abc'"),
        ("x = \"abc", "1: unfinished string near <eof>"),
        ("x = 'a\\q'", "1: invalid escape sequence near ''a\\q'"),
        ("x = 'a\\xg'", "1: hexadecimal digit expected near ''a\\xg'"),
        ("x = '\\300'", "1: decimal escape too large near ''\\300''"),
        ("x = '\\u12'", "1: missing '{' near ''\\u1'"),
        ("x = '\\u{12'", "1: missing '}' near ''\\u{12''"),
        ("x = '\\u{}'", "1: hexadecimal digit expected near ''\\u{}'"),
        ("x = '\\u{80000000}'", "1: UTF-8 value too large near ''\\u{80000000'"),
        ("x = '\\65\\q'", "1: invalid escape sequence near ''A\\q'"),
        ("\n\nx = [[a\n\n", "5: unfinished long string (starting at line 3) near <eof>"),
        ("--[==[ a ]=]\n", "2: unfinished long comment (starting at line 1) near <eof>"),
        ("x = [==a", "1: invalid long string delimiter near '[=='"),
        ("x = 1 'a\\66\\\nc'", "2: unexpected symbol near ''aB\nc''"),
        ("x = 1 'a\\0b'", "1: unexpected symbol near ''a'"),
        ("x = 1 [[\na\r\nb]]", "3: unexpected symbol near '[[a\nb]]'"),
    ]);
}

#[test]
fn tokens() {
    check(&[
        ("x = @", "1: unexpected symbol near '@'"),
        ("x = \u{1}", "1: unexpected symbol near '<\\1>'"),
        ("x = \u{e9}", "1: unexpected symbol near '<\\195>'"),
        ("x = \0", "1: unexpected symbol"),
        ("x = }", "1: unexpected symbol near '}'"),
        ("x =", "1: unexpected symbol near <eof>"),
        ("x = and", "1: unexpected symbol near 'and'"),
        ("a.1", "1: syntax error near '.1'"),
        ("a:b", "1: function arguments expected near <eof>"),
        ("a.b:c = 1", "1: function arguments expected near '='"),
        ("goto = 1", "1: <name> expected near '='"),
        ("local function a.b() end", "1: '(' expected near '.'"),
        ("::a", "1: '::' expected near <eof>"),
        ("function f(1) end", "1: <name> or '...' expected near '1'"),
        ("function f(a, ..., b) end", "1: ')' expected near ','"),
        ("for i", "1: '=' or 'in' expected near <eof>"),
        ("for i = 1 do end", "1: ',' expected near 'do'"),
        ("end", "1: <eof> expected near 'end'"),
        ("return return", "1: unexpected symbol near 'return'"),
        ("return 1; x = 1", "1: <eof> expected near 'x'"),
    ]);
}

#[test]
fn matches() {
    check(&[
        ("if x then", "1: 'end' expected near <eof>"),
        ("if x then\n\n", "3: 'end' expected (to close 'if' at line 1) near <eof>"),
        ("\nwhile x do\n", "3: 'end' expected (to close 'while' at line 2) near <eof>"),
        ("repeat\nx = 1", "2: 'until' expected (to close 'repeat' at line 1) near <eof>"),
        ("x = f(\n1", "2: ')' expected (to close '(' at line 1) near <eof>"),
        ("x = {\n1 2}", "2: '}' expected (to close '{' at line 1) near '2'"),
        ("x = (1", "1: ')' expected near <eof>"),
        ("function f()\n x()", "2: 'end' expected (to close 'function' at line 1) near <eof>"),
        ("x = a[1", "1: ']' expected near <eof>"),
        ("x = {[1]}", "1: '=' expected near '}'"),
    ]);
}

#[test]
fn statements() {
    check(&[
        ("a", "1: syntax error near <eof>"),
        ("a.b", "1: syntax error near <eof>"),
        ("a() = 1", "1: syntax error near '='"),
        ("(a) = 1", "1: syntax error near '='"),
        ("a, b() = 1", "1: syntax error near '='"),
        ("a, b", "1: '=' expected near <eof>"),
        ("1", "1: unexpected symbol near '1'"),
        ("function f() return ... end", "1: cannot use '...' outside a vararg function near '...'"),
    ]);
}

#[test]
fn variables() {
    check(&[
        ("local x <const> = 1\nx = 2", "2: attempt to assign to const variable 'x'"),
        ("local x <const> = {}\nx = 2", "2: attempt to assign to const variable 'x'"),
        (
            "local x <close> = nil\nfunction f() x = 1 end",
            "2: attempt to assign to const variable 'x'",
        ),
        ("local x <const> = 1 function x() end", "1: attempt to assign to const variable 'x'"),
        ("local x <foo> = 1", "1: unknown attribute 'foo'"),
        ("local x <close>, y <close> = 1", "1: multiple to-be-closed variables in local list"),
    ]);
}

#[test]
fn labels() {
    check(&[
        ("break", "1: break outside loop at line 1"),
        ("while x do function f()\nbreak end end", "2: break outside loop at line 2"),
        ("goto l\n", "2: no visible label 'l' for <goto> at line 1"),
        ("do ::l:: end\ngoto l", "2: no visible label 'l' for <goto> at line 2"),
        ("goto l\nlocal a\n::l:: a()", "3: <goto l> at line 1 jumps into the scope of local 'a'"),
        ("::l:: a()\n::l::", "2: label 'l' already defined on line 1"),
        ("::l::\n::l::", "2: label 'l' already defined on line 2"),
        ("::l:: do ::l:: end", "1: label 'l' already defined on line 1"),
        (
            "repeat\n if x then goto c end\n local y\n ::c::\nuntil y",
            "5: <goto c> at line 2 jumps into the scope of local 'y'",
        ),
    ]);
    assert!(compile(b"do goto l; local a; ::l:: ::m:: ; end").is_ok());
    assert!(compile(b"function f() ::l:: end ::l::").is_ok());
}

#[test]
fn names_of_chunks() {
    let name = |name: &[u8]| compile_named(b"x =", name).unwrap_err();
    assert_eq!(name(b"@a.lua"), "a.lua:1: unexpected symbol near <eof>");
    assert_eq!(name(b"x ="), "[string \"x =\"]:1: unexpected symbol near <eof>");
    assert_eq!(name(b"=(load)"), "(load):1: unexpected symbol near <eof>");
}

/// What comes before an error is compiled, too, to find a limit that is exceeded
/// there. Wherever the source ends, that finds nothing new.
#[test]
fn beginnings_of_functions() {
    let directory = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    let mut refused = 0;
    for entry in std::fs::read_dir(&directory).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|e| e != "lua") {
            continue;
        }
        let source = std::fs::read(&path).unwrap();
        for end in (0..source.len()).step_by(3) {
            let mut beginning = source[..end].to_vec();
            beginning.extend_from_slice(b" = = 1");
            for dialect in Dialect::ALL {
                if let Err(message) = support::compile_as(&beginning, b"=t", dialect) {
                    assert!(!message.contains("limit is"), "{message}");
                    refused += 1;
                }
            }
        }
    }
    assert!(refused > 1000);
}

#[test]
fn limits_before_an_error() {
    let arguments = (1..300).map(|i| format!("a{i}")).collect::<Vec<_>>().join(", ");
    for rest in ["x = = 1", "local function f() x = = 1", "goto nowhere", "do goto nowhere"] {
        let source = format!("x({arguments})\n{rest}");
        assert_eq!(
            message(&source),
            "t:1: function or expression needs too many registers near 'a255'"
        );
        let source = format!("local function f() x({arguments})\n{rest}");
        assert_eq!(
            message(&source),
            "t:1: function or expression needs too many registers near 'a255'"
        );
    }
}
