//! A long main function is compiled in parts; its code must not show it.

mod support;

use perilune_bytecode::{Chunk, Instruction, Op};
use support::compile;

fn code(source: &str) -> Vec<Instruction> {
    compiled(source).main.code
}

fn compiled(source: &str) -> Chunk {
    let chunk = compile(source.as_bytes()).unwrap();
    perilune_bytecode::verify(&chunk).unwrap();
    chunk
}

/// Statements enough for several parts.
fn filler() -> String {
    let statement = |i| {
        format!(
            "t{i} = {{ {i}, x = f(t{i}.y, function() return t{i} end) }}\n\
             for i = 1, {i} do if t{i}[i] then break end g(i) end\n\
             while a{i} do local b = c b = b + {i} end\n"
        )
    };
    (0..2000).map(statement).collect()
}

#[test]
fn same_code_as_in_one_part() {
    let source = format!("local p, q = 1\n{}\nlocal r = p + q\n{0}\np = r", filler());
    // In a block, nothing is handed on before its end.
    assert_eq!(code(&source), code(&format!("do {source} end")));
}

#[test]
fn captures_in_later_parts_close() {
    let filler = filler();
    let chunk = compiled(&format!(
        "local x, y = 1, 2\nif y then return 0 end {filler} function h() return x end {filler} return y"
    ));
    let returns: Vec<_> = chunk
        .main
        .code
        .iter()
        .filter(|i| matches!(i.op(), Some(Op::Return | Op::Return1)))
        .map(|i| (i.op(), i.c()))
        .collect();
    // The first one comes before the closure in any case.
    assert_eq!(returns, [(Some(Op::Return1), 0), (Some(Op::Return), 1), (Some(Op::Return), 1)]);
}

#[test]
fn labels_hold_parts_together() {
    let filler = filler();
    let chunk = compiled(&format!(
        "local x = 1\n::top:: if x then return 0 end {filler} function h() return x end\n\
         if x > 1 then goto top end goto out {filler} ::out:: {filler}"
    ));
    let first = chunk.main.code.iter().find(|i| matches!(i.op(), Some(Op::Return | Op::Return1)));
    assert_eq!(first.map(|i| i.c()), Some(1), "control may come back with `x` captured");
}

#[test]
fn errors_in_later_parts() {
    let filler = filler();
    let many = vec!["a"; 300].join(", ");
    for (source, line) in [
        (format!("{filler} return f({many})"), 6001),
        (format!("{filler} f({many}) {filler} x ="), 6001),
        (format!("f({many}) {filler}"), 1),
    ] {
        let message = compile(source.as_bytes()).unwrap_err();
        let expected =
            format!("t:{line}: function or expression needs too many registers near 'a'");
        assert_eq!(message, expected);
    }
}
