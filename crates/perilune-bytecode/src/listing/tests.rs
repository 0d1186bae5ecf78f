use super::*;
use crate::test_support::{abc, chunk, function, jump, op, sample};

fn lines(chunk: &Chunk, full: bool) -> Vec<String> {
    listing(chunk, full).lines().map(str::to_owned).collect()
}

#[test]
fn sample_is_listed() {
    let expected = "
main <test.lua:0,0> (7 instructions)
0+ params, 10 slots, 1 upvalue, 1 local, 6 constants, 2 functions
\t1\t[1]\tVarargPrep   \t0
\t2\t[1]\tGetTabUp     \t0 0 4\t; _ENV \"x\"
\t3\t[500]\tClosure      \t1 0\t; function <test.lua:3,4>
\t4\t[4]\tVararg       \t2 0\t; all out
\t5\t[4]\tCall         \t1 0 0\t; all in all out
\t6\t[4]\tReturn       \t1 0 1\t; all out close
\t7\t[70000]\tReturn       \t0 1 1\t; 0 out close
constants (6):
\t0\tB\ttrue
\t1\tB\tfalse
\t2\tI\t-9223372036854775808
\t3\tF\t-inf
\t4\tS\t\"x\"
\t5\tS\t\"yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\"
locals (1):
\t0\tx\t4\t7\t1
upvalues (1):
\t0\t_ENV\t1\t0

function <test.lua:3,4> (3 instructions)
1 param, 10 slots, 1 upvalue, 1 local, 2 constants, 0 functions
\t1\t[-]\tGetUpval     \t0 0\t; x
\t2\t[-]\tGetField     \t0 0 1\t; \"x\"
\t3\t[-]\tReturn1      \t0\t; 1 out
";
    let listed = listing(&sample(), true);
    assert!(listed.starts_with(expected), "{listed}");
    assert!(!listing(&sample(), false).contains("constants (6)"));
}

#[test]
fn operands_by_kind() {
    let mut main = function(vec![
        abc(Op::AddI, 1, 2, -3_i16 as u16).with_d(1),
        Instruction::abxj(Op::LtI, 1, -2_i16 as u16, 1, 3),
        Instruction::abe(Op::LoadI, 1, 0, -70_000_i32 as u32),
        jump(Op::Jmp, 0, -1),
        Instruction(0xff),
        abc(Op::GetField, 0, 0, 9),
        op(Op::Return0),
    ]);
    main.constants = vec![Constant::Nil];
    let lines = lines(&chunk(main), false);
    let expected = [
        "\t1\t[-]\tAddI         \t1 2 -3 1",
        "\t2\t[-]\tLtI          \t1 -2 1 3\t; to 6",
        "\t3\t[-]\tLoadI        \t1 -70000",
        "\t4\t[-]\tJmp          \t-1\t; to 4",
        "\t5\t[-]\t?00000000000000ff",
        "\t6\t[-]\tGetField     \t0 0 9\t; ?",
        "\t7\t[-]\tReturn0      \t\t; 0 out",
    ];
    assert_eq!(lines[3..], expected);
}

#[test]
fn sources() {
    let name = |source: &str| {
        source_name(&Chunk { source: Some(source.as_bytes().into()), ..chunk(function(vec![])) })
    };
    assert_eq!(
        [name("@a"), name("=b"), name("c"), name("\x1bL")],
        ["a", "b", "(string)", "(bstring)"]
    );
}

#[test]
fn strings_are_escaped() {
    assert_eq!(quoted(b"a\"\\\n\0\xff\x07"), r#""a\"\\\n\000\255\a""#);
}

#[test]
fn floats_are_as_printf_writes_them() {
    let cases = [
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (1.0, "1.0"),
        (0.1, "0.1"),
        (-2.5, "-2.5"),
        (1e13, "10000000000000.0"),
        (1e14, "1e+14"),
        (123_456_789_012_345.0, "1.2345678901234e+14"),
        (1.0 / 3.0, "0.33333333333333"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (1e100, "1e+100"),
        (f64::INFINITY, "inf"),
        (f64::NEG_INFINITY, "-inf"),
        (99_999_999_999_999.95, "1e+14"),
    ];
    for (value, expected) in cases {
        assert_eq!(float(value), expected);
    }
}
