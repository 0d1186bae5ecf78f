use super::Lexer;
use crate::LUA_5_4;
use crate::dialect::Dialect;
use crate::error::Error;
use crate::memory::{Account, NoMeter};
use crate::token::Token;

/// The tokens of a source, with their values, each followed by a space, or the
/// error.
fn lex_as(source: &[u8], dialect: &'static Dialect) -> String {
    let account = Account::new(&NoMeter);
    let mut lexer = Lexer::new(source, b"=t", dialect, &account).unwrap();
    let mut text = String::new();
    loop {
        let Ok(token) = lexer.next() else {
            let Error::Syntax(message) = lexer.take_error() else {
                return "memory".into();
            };
            return String::from_utf8(message).unwrap();
        };
        let value = lexer.value;
        let shown = match token {
            Token::Eof => return text.trim_end().into(),
            Token::Name => String::from_utf8_lossy(lexer.symbols.get(value.symbol())).into(),
            Token::String => format!("<{}>", lexer.symbols.get(value.symbol()).escape_ascii()),
            Token::Integer => value.integer().to_string(),
            Token::Float => format!("{:?}", value.float()),
            token => String::from_utf8(token.text(dialect.token_text)).unwrap(),
        };
        text += &shown;
        text.push(' ');
    }
}

fn lex(source: &str) -> String {
    lex_as(source.as_bytes(), &LUA_5_4)
}

#[test]
fn words() {
    assert_eq!(
        lex("and andy function functions _a1 goto"),
        "'and' andy 'function' functions _a1 'goto'"
    );
    assert_eq!(
        lex(
            "break do else elseif end false for if in local nil not or repeat return then true until while"
        ),
        "'break' 'do' 'else' 'elseif' 'end' 'false' 'for' 'if' 'in' 'local' 'nil' 'not' 'or' \
         'repeat' 'return' 'then' 'true' 'until' 'while'"
    );
    let long = "a".repeat(1000);
    assert_eq!(lex(&format!("{long} {long}")), format!("{long} {long}"));
}

#[test]
fn names_with_the_same_ends_differ() {
    assert_eq!(lex("aaaaaaaaXbbbbbbbb aaaaaaaaYbbbbbbbb"), "aaaaaaaaXbbbbbbbb aaaaaaaaYbbbbbbbb");
}

#[test]
fn operators() {
    assert_eq!(
        lex("== = ~= ~ <= << < >= >> > // / :: : ... .. ."),
        "'==' '=' '~=' '~' '<=' '<<' '<' '>=' '>>' '>' '//' '/' '::' ':' '...' '..' '.'"
    );
    assert_eq!(lex("<<<=>>>=.....a"), "'<<' '<=' '>>' '>=' '...' '..' a");
    assert_eq!(lex("a--b\nc-d"), "a c '-' d");
}

#[test]
fn numbers() {
    assert_eq!(lex("0 00 10 0x10 0XfF"), "0 0 10 16 255");
    assert_eq!(lex("1. .5 1e2 1E-2 0x.8 0x1p4 3.0"), "1.0 0.5 100.0 0.01 0.5 16.0 3.0");
    assert_eq!(
        lex("9223372036854775807 9223372036854775808"),
        "9223372036854775807 9.223372036854776e18"
    );
    assert_eq!(lex("0xffffffffffffffffff"), "-1");
    assert_eq!(lex("3-4 0xe+1 3..4"), "t:1: malformed number near '3..4'");
    assert_eq!(lex("3-4 0xe+1 3 ..4"), "3 '-' 4 14 '+' 1 3 '..' 4");
}

#[test]
fn strings() {
    assert_eq!(lex(r#""abc" 'a"c' "a'c" ''"#), r#"<abc> <a\"c> <a\'c> <>"#);
    assert_eq!(lex(r#"'\a\b\f\n\r\t\v\\\"\''"#), r#"<\x07\x08\x0c\n\r\t\x0b\\\"\'>"#);
    assert_eq!(lex(r"'\65\066\x41\u{41}\u{20AC}'"), r"<ABAA\xe2\x82\xac>");
    assert_eq!(lex(r"'\u{7FFFFFFF}'"), r"<\xfd\xbf\xbf\xbf\xbf\xbf>");
    assert_eq!(lex("'a\\z  \n\t b'"), "<ab>");
    assert_eq!(lex("'a\\\r\nb'"), r"<a\nb>");
    assert_eq!(lex("'\\1234\\0'"), r"<{4\x00>");
}

#[test]
fn long_brackets() {
    assert_eq!(lex("[[a]] [==[a]]b]=]c]==]"), "<a> <a]]b]=]c>");
    assert_eq!(lex("[[\r\na\n\rb\rc\n\nd]]"), r"<a\nb\nc\n\nd>");
    assert_eq!(lex("[[\n\na]] [ [=[]=]"), r"<\na> '[' <>");
    assert_eq!(lex("--[[ a\n]] b --[==[ ]] ]==] c --[= d\ne"), "b c e");
}

#[test]
fn lines_are_counted() {
    let line = |source: &str| lex(&format!("{source} @\u{1}'\n"));
    for source in
        ["\n\n", "\r\r", "\r\n\r\n", "\n\r\n\r", "'\\\n\\\r\n'", "[[\n\r\n]]", "--[[\n]]\n"]
    {
        assert_eq!(line(source), "t:3: unfinished string near '''", "{source:?}");
    }
}

#[test]
fn capabilities() {
    let cases: [(&[u8], [&str; 5]); 8] = [
        (b"goto :: // << 1 0x10", {
            let early = "'goto' '::' '/' '/' '<' '<' 1.0 16.0";
            let late = "'goto' '::' '//' '<<' 1 16";
            ["goto ':' ':' '/' '/' '<' '<' 1.0 16.0", early, late, late, late]
        }),
        (b"'\\x41\\z  b'", ["<x41z  b>", "<Ab>", "<Ab>", "<Ab>", "<Ab>"]),
        (b"'a\\u{41}'", {
            let early = "t:1: invalid escape sequence near '\\u'";
            ["<au{41}>", early, "<aA>", "<aA>", "<aA>"]
        }),
        (b"'a\\300'", {
            let late = "t:1: decimal escape too large near ''a\\300''";
            let early = "t:1: decimal escape too large near '\\300'";
            ["t:1: escape sequence too large near ''a'", early, late, late, late]
        }),
        (b"3x", {
            let bad = "t:1: malformed number near '3x'";
            [bad, "3.0 x", "3 x", bad, bad]
        }),
        (b"[[ [[ ]]", {
            let bad = "t:1: nesting of [[...]] is deprecated near '['";
            [bad, "< [[ >", "< [[ >", "< [[ >", "< [[ >"]
        }),
        (b"--[[", {
            let late = "t:1: unfinished long comment (starting at line 1) near <eof>";
            let early = "t:1: unfinished long comment near <eof>";
            ["t:1: unfinished long comment near '<eof>'", early, late, late, late]
        }),
        (b"0xffffffffffffffffff", {
            let float = "4.722366482869645e21";
            [float, float, "-1", "-1", "-1"]
        }),
    ];
    for (source, expected) in cases {
        for (dialect, expected) in Dialect::ALL.into_iter().zip(expected) {
            assert_eq!(lex_as(source, dialect), expected, "{}", dialect.name);
        }
    }
}
