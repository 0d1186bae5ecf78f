//! What the tests of this crate share.

use crate::{
    Chunk, Constant, Instruction, LineInfo, LocalVariable, Op, Prototype, Symbols,
    UpvalueDescription, UpvalueKind,
};

/// `op` without operands that matter.
pub(crate) fn op(op: Op) -> Instruction {
    Instruction::abc(op, 0, 0, 0)
}

/// `op A B C`.
pub(crate) fn abc(op: Op, a: u8, b: u16, c: u16) -> Instruction {
    Instruction::abc(op, a, b, c)
}

/// `op A` that jumps by `j`.
pub(crate) fn jump(op: Op, a: u8, j: i32) -> Instruction {
    Instruction::abxj(op, a, 0, 0, j)
}

/// A function with 10 registers and no parameters.
pub(crate) fn function(code: Vec<Instruction>) -> Prototype {
    Prototype { max_stack_size: 10, code, ..Prototype::default() }
}

/// A chunk of `main`, with the symbols `x`, `_ENV`, and one of 41 bytes.
pub(crate) fn chunk(main: Prototype) -> Chunk {
    let mut symbols = Symbols::new();
    for bytes in ["x", "_ENV", &"y".repeat(41)] {
        symbols.intern(bytes.as_bytes()).unwrap();
    }
    Chunk { symbols, source: Some(b"@test.lua".as_slice().into()), main }
}

/// An upvalue `name` from register `index` or upvalue `index`.
pub(crate) fn upvalue(name: u32, in_stack: bool, index: u8) -> UpvalueDescription {
    UpvalueDescription {
        name: Some(crate::Symbol(name)),
        in_stack,
        index,
        kind: UpvalueKind::Regular,
    }
}

/// A variable with symbol `name`.
pub(crate) fn local(name: u32, register: u8, start_pc: u32, end_pc: u32) -> LocalVariable {
    LocalVariable { name: crate::Symbol(name), start_pc, end_pc, register }
}

/// A chunk with something of everything, which passes the verifier.
pub(crate) fn sample() -> Chunk {
    let mut inner = function(vec![
        abc(Op::GetUpval, 0, 0, 0),
        abc(Op::GetField, 0, 0, 1).with_d(77),
        op(Op::Return1),
    ]);
    inner.line_defined = 3;
    inner.last_line_defined = 4;
    inner.parameter_count = 1;
    inner.constants = vec![Constant::Nil, Constant::String(crate::Symbol(0))];
    inner.upvalues = vec![upvalue(0, true, 0)];
    inner.locals = vec![local(0, 0, 0, 3)];
    let mut main = function(vec![
        abc(Op::VarargPrep, 0, 0, 0),
        abc(Op::GetTabUp, 0, 0, 4).with_d(9),
        Instruction::abe(Op::Closure, 1, 0, 0),
        abc(Op::Vararg, 2, 0, 0),
        abc(Op::Call, 1, 0, 0),
        abc(Op::Return, 1, 0, 1),
        abc(Op::Return, 0, 1, 1),
    ]);
    main.is_vararg = true;
    main.constants = vec![
        Constant::Boolean(true),
        Constant::Boolean(false),
        Constant::Integer(i64::MIN),
        Constant::Float(f64::NEG_INFINITY),
        Constant::String(crate::Symbol(0)),
        Constant::String(crate::Symbol(2)),
    ];
    main.upvalues = vec![upvalue(1, true, 0)];
    main.prototypes = vec![inner.clone(), inner];
    main.lines = LineInfo::new(0);
    for line in [1, 1, 500, 4, 4, 4, 70_000] {
        main.lines.push(line).unwrap();
    }
    main.locals = vec![local(0, 1, 3, 6)];
    chunk(main)
}
