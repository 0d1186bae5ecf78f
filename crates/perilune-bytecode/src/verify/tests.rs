use super::*;
use crate::test_support::{abc, chunk, function, jump, local, op, sample, upvalue};
use crate::{Instruction, LineInfo, Symbol};

/// The rule that `main` breaks, and where.
fn broken(main: Prototype) -> Option<(Rule, Option<u32>)> {
    match verify(&chunk(main)) {
        Ok(()) => None,
        Err(VerifyError::Broken { rule, pc, .. }) => Some((rule, pc)),
        Err(VerifyError::OutOfMemory) => panic!("out of memory"),
    }
}

/// The rule that code with these constants, one upvalue and one nested function
/// breaks. A return is added.
fn rule(code: &[Instruction]) -> Option<Rule> {
    let mut code = code.to_vec();
    code.push(op(Op::Return0));
    let mut main = function(code);
    main.constants = vec![
        Constant::String(Symbol(0)),
        Constant::Integer(1),
        Constant::Float(0.5),
        Constant::String(Symbol(2)),
    ];
    main.upvalues = vec![upvalue(1, true, 0)];
    main.prototypes = vec![function(vec![op(Op::Return0)])];
    broken(main).map(|(rule, _)| rule)
}

/// The rule that code in a vararg function with one parameter breaks.
fn vararg_rule(code: Vec<Instruction>) -> Option<Rule> {
    let mut main = function(code);
    main.is_vararg = true;
    main.parameter_count = 1;
    broken(main).map(|(rule, _)| rule)
}

/// The rule that code whose nested function captures register 3 breaks.
fn capture_rule(code: Vec<Instruction>) -> Option<Rule> {
    let mut main = function(code);
    let mut inner = function(vec![op(Op::Return0)]);
    inner.upvalues = vec![upvalue(0, true, 3)];
    main.prototypes = vec![inner];
    broken(main).map(|(rule, _)| rule)
}

const CLOSURE: Instruction = Instruction::abe(Op::Closure, 0, 0, 0);

#[test]
fn sample_passes() {
    let mut sample = sample();
    sample.main.code[1] = sample.main.code[1].with_d(0);
    for inner in &mut sample.main.prototypes {
        inner.code[1] = inner.code[1].with_d(0);
    }
    assert_eq!(verify(&sample), Ok(()));
}

#[test]
fn messages_say_where() {
    let error = verify(&chunk(function(vec![op(Op::Move)]))).unwrap_err();
    assert_eq!(error.to_string(), "control runs off the end, function at line 0, instruction 1");
    assert!(Rule::ALL.iter().all(|rule| !rule.message().is_empty()));
}

#[test]
fn frame() {
    let plain = || function(vec![op(Op::Return0)]);
    let check = |main| broken(main).map(|(rule, _)| rule);
    assert_eq!(check(Prototype { max_stack_size: 1, ..plain() }), Some(Rule::StackSize));
    assert_eq!(check(Prototype { max_stack_size: 2, parameter_count: 2, ..plain() }), None);
    assert_eq!(
        check(Prototype { max_stack_size: 2, parameter_count: 3, ..plain() }),
        Some(Rule::Parameters)
    );
    assert_eq!(check(Prototype { upvalues: vec![upvalue(0, true, 99); 255], ..plain() }), None);
    assert_eq!(
        check(Prototype { upvalues: vec![upvalue(0, true, 0); 256], ..plain() }),
        Some(Rule::UpvalueCount)
    );
    assert_eq!(
        check(Prototype { upvalues: vec![upvalue(3, true, 0)], ..plain() }),
        Some(Rule::Symbol)
    );
    assert_eq!(
        check(Prototype { constants: vec![Constant::String(Symbol(3))], ..plain() }),
        Some(Rule::Symbol)
    );
    assert_eq!(check(function(vec![])), Some(Rule::CodeSize));
}

#[test]
fn nesting() {
    let mut inner = function(vec![op(Op::Return0)]);
    for _ in 1..MAX_NESTING {
        inner = Prototype { prototypes: vec![inner], ..function(vec![op(Op::Return0)]) };
    }
    assert_eq!(broken(inner.clone()), None);
    let main = Prototype { prototypes: vec![inner], ..function(vec![op(Op::Return0)]) };
    assert_eq!(broken(main), Some((Rule::Nesting, None)));
}

#[test]
fn upvalue_sources() {
    let with = |in_stack, index| {
        let mut main = function(vec![op(Op::Return0)]);
        main.upvalues = vec![upvalue(0, true, 200)];
        let mut inner = function(vec![op(Op::Return0)]);
        inner.upvalues = vec![upvalue(0, in_stack, index)];
        main.prototypes = vec![inner];
        broken(main).map(|(rule, _)| rule)
    };
    assert_eq!(with(true, 9), None);
    assert_eq!(with(true, 10), Some(Rule::UpvalueSource));
    assert_eq!(with(false, 0), None);
    assert_eq!(with(false, 1), Some(Rule::UpvalueSource));
}

#[test]
fn debug_information() {
    let with = |locals| {
        broken(Prototype { locals, ..function(vec![op(Op::Return0)]) }).map(|(rule, _)| rule)
    };
    assert_eq!(with(vec![local(0, 9, 0, 1)]), None);
    assert_eq!(with(vec![local(0, 10, 0, 1)]), Some(Rule::Locals));
    assert_eq!(with(vec![local(0, 0, 1, 0)]), Some(Rule::Locals));
    assert_eq!(with(vec![local(0, 0, 0, 2)]), Some(Rule::Locals));
    assert_eq!(with(vec![local(3, 0, 0, 1)]), Some(Rule::Symbol));
    assert_eq!(with(vec![local(0, 0, 1, 1), local(0, 0, 0, 1)]), Some(Rule::LocalsOrder));
    let mut main = function(vec![op(Op::Return0)]);
    main.lines = LineInfo::new(0);
    main.lines.push(1).unwrap();
    assert_eq!(broken(main.clone()), None);
    main.lines.push(2).unwrap();
    assert_eq!(broken(main), Some((Rule::Lines, None)));
}

#[test]
fn opcodes_and_operands() {
    assert_eq!(rule(&[Instruction(Op::COUNT as u64)]), Some(Rule::Opcode));
    assert_eq!(rule(&[abc(Op::Move, 9, 9, 0)]), None);
    assert_eq!(rule(&[abc(Op::Move, 10, 0, 0)]), Some(Rule::Register));
    assert_eq!(rule(&[abc(Op::Move, 0, 10, 0)]), Some(Rule::Register));
    assert_eq!(rule(&[abc(Op::Move, 0, 256, 0)]), Some(Rule::Register));
    assert_eq!(rule(&[abc(Op::GetTable, 0, 0, 10)]), Some(Rule::Register));
    assert_eq!(rule(&[Instruction::abe(Op::LoadK, 0, 0, 3)]), None);
    assert_eq!(rule(&[Instruction::abe(Op::LoadK, 0, 0, 4)]), Some(Rule::Constant));
    assert_eq!(rule(&[Instruction::abe(Op::LoadK, 0, 0, u32::MAX)]), Some(Rule::Constant));
    assert_eq!(rule(&[abc(Op::GetField, 0, 0, 0)]), None);
    assert_eq!(rule(&[abc(Op::GetField, 0, 0, 1)]), Some(Rule::StringConstant));
    assert_eq!(rule(&[abc(Op::GetField, 0, 0, 3)]), Some(Rule::StringConstant));
    assert_eq!(rule(&[abc(Op::GetField, 0, 0, 4)]), Some(Rule::Constant));
    assert_eq!(rule(&[abc(Op::AddK, 0, 0, 1)]), None);
    assert_eq!(rule(&[abc(Op::AddK, 0, 0, 0)]), Some(Rule::NumberConstant));
    assert_eq!(rule(&[abc(Op::AddK, 0, 0, 4)]), Some(Rule::Constant));
    assert_eq!(rule(&[abc(Op::GetUpval, 0, 1, 0)]), Some(Rule::Upvalue));
    assert_eq!(rule(&[abc(Op::SetTabUp, 1, 0, 0)]), Some(Rule::Upvalue));
    assert_eq!(rule(&[Instruction::abe(Op::Closure, 0, 0, 0)]), None);
    assert_eq!(rule(&[Instruction::abe(Op::Closure, 0, 0, 1)]), Some(Rule::Prototype));
}

#[test]
fn implied_registers() {
    let ranges = [
        (abc(Op::LoadNil, 0, 9, 0), abc(Op::LoadNil, 0, 10, 0)),
        (abc(Op::Method, 8, 0, 0), abc(Op::Method, 9, 0, 0)),
        (abc(Op::SetList, 4, 5, 0), abc(Op::SetList, 4, 6, 0)),
        (abc(Op::Concat, 8, 2, 0), abc(Op::Concat, 8, 3, 0)),
        (abc(Op::Call, 4, 6, 1), abc(Op::Call, 4, 7, 1)),
        (abc(Op::Call, 4, 1, 7), abc(Op::Call, 4, 1, 8)),
        (abc(Op::TailCall, 4, 6, 0), abc(Op::TailCall, 4, 7, 0)),
        (abc(Op::Return, 4, 7, 0), abc(Op::Return, 4, 8, 0)),
        (abc(Op::Return, 10, 1, 0), abc(Op::Return, 11, 1, 0)),
        (abc(Op::Close, 10, 0, 0), abc(Op::Close, 11, 0, 0)),
    ];
    for (good, bad) in ranges {
        assert_eq!(rule(&[good]), None, "{good:?}");
        assert_eq!(rule(&[bad]), Some(Rule::Register), "{bad:?}");
    }
    let vararg = |c| {
        vararg_rule(vec![abc(Op::VarargPrep, 1, 0, 0), abc(Op::Vararg, 4, 0, c), op(Op::Return0)])
    };
    assert_eq!(vararg(7), None);
    assert_eq!(vararg(8), Some(Rule::Register));
    let numeric = |a| rule(&[jump(Op::ForPrep, a, 1), jump(Op::ForLoop, a, -1)]);
    assert_eq!(numeric(7), None);
    assert_eq!(numeric(8), Some(Rule::Register));
    let generic = |a, c| generic_loop(a, c).map(|(rule, _)| rule);
    assert_eq!(generic(3, 3), None);
    assert_eq!(generic(4, 1), Some(Rule::Register));
    assert_eq!(generic(3, 4), Some(Rule::Register));
    assert_eq!(generic(3, 0), Some(Rule::ForVariables));
}

/// `for … in … do end` from register `a` with `c` variables.
fn generic_loop(a: u8, c: u16) -> Option<(Rule, Option<u32>)> {
    broken(function(vec![
        jump(Op::TForPrep, a, 0),
        abc(Op::TForCall, a, 0, c),
        jump(Op::TForLoop, a, -2),
        abc(Op::Close, a, 0, 0),
        op(Op::Return0),
    ]))
}

#[test]
fn flags_and_sizes() {
    assert_eq!(rule(&[abc(Op::AddI, 0, 0, 0).with_d(1)]), None);
    assert_eq!(rule(&[abc(Op::AddI, 0, 0, 0).with_d(2)]), Some(Rule::Flag));
    assert_eq!(rule(&[abc(Op::AddK, 0, 0, 1).with_d(2)]), Some(Rule::Flag));
    assert_eq!(rule(&[Instruction::abxj(Op::LtI, 0, 0, 2, 0)]), Some(Rule::Flag));
    assert_eq!(rule(&[abc(Op::Return, 0, 1, 2)]), Some(Rule::Flag));
    assert_eq!(rule(&[abc(Op::Return, 0, 2, 2)]), Some(Rule::Flag));
    assert_eq!(rule(&[abc(Op::TailCall, 0, 1, 2)]), Some(Rule::Flag));
    assert_eq!(rule(&[abc(Op::GetField, 0, 0, 0).with_d(1)]), Some(Rule::Cache));
    assert_eq!(rule(&[abc(Op::Concat, 0, 1, 0)]), Some(Rule::ConcatCount));
    assert_eq!(rule(&[Instruction::abe(Op::NewTable, 0, 32, u32::MAX)]), None);
    assert_eq!(rule(&[Instruction::abe(Op::NewTable, 0, 33, 0)]), Some(Rule::TableSize));
}

#[test]
fn jumps_and_ends() {
    assert_eq!(rule(&[jump(Op::Jmp, 0, 0)]), None);
    assert_eq!(rule(&[jump(Op::Jmp, 0, 1)]), Some(Rule::Jump));
    assert_eq!(rule(&[jump(Op::Jmp, 0, -2)]), Some(Rule::Jump));
    assert_eq!(rule(&[jump(Op::Test, 0, crate::MAX_JUMP)]), Some(Rule::Jump));
    assert_eq!(rule(&[jump(Op::Jmp, 0, -1)]), None);
    assert_eq!(rule(&[jump(Op::Test, 0, -1), op(Op::Return0)]), Some(Rule::Backwards));
    assert_eq!(broken(function(vec![jump(Op::Jmp, 0, -1)])), None);
    assert_eq!(broken(function(vec![abc(Op::Move, 0, 0, 0)])), Some((Rule::End, Some(0))));
    assert_eq!(broken(function(vec![abc(Op::TailCall, 0, 1, 0)])), None);
}

#[test]
fn skip() {
    let skip = |next| rule(&[abc(Op::LoadFalseSkip, 1, 0, 0), next]);
    assert_eq!(skip(abc(Op::LoadTrue, 1, 0, 0)), None);
    assert_eq!(skip(abc(Op::LoadTrue, 2, 0, 0)), Some(Rule::Skip));
    assert_eq!(skip(abc(Op::Move, 1, 0, 0)), Some(Rule::Skip));
    let at_end = vec![abc(Op::LoadFalseSkip, 1, 0, 0), abc(Op::LoadTrue, 1, 0, 0)];
    assert_eq!(broken(function(at_end)), Some((Rule::Skip, Some(0))));
}

#[test]
fn numeric_loops() {
    let prep = |j| jump(Op::ForPrep, 0, j);
    let repeat = |j| jump(Op::ForLoop, 0, j);
    assert_eq!(rule(&[prep(1), repeat(-1)]), None);
    assert_eq!(rule(&[prep(2), op(Op::Move), repeat(-2)]), None);
    assert_eq!(rule(&[prep(1), op(Op::Move), repeat(-2)]), Some(Rule::ForPrep));
    assert_eq!(rule(&[prep(1), jump(Op::ForLoop, 1, -1)]), Some(Rule::ForPrep));
    assert_eq!(rule(&[op(Op::Move), repeat(-1)]), Some(Rule::ForLoop));
    assert_eq!(rule(&[prep(2), op(Op::Move), repeat(-1)]), Some(Rule::ForLoop));
    // Two ForLoops of one ForPrep.
    assert_eq!(rule(&[prep(1), repeat(-1), repeat(-2)]), Some(Rule::ForLoop));
}

#[test]
fn generic_loops() {
    assert_eq!(generic_loop(0, 1), None);
    let call = |a| abc(Op::TForCall, a, 0, 1);
    let repeat = |a| jump(Op::TForLoop, a, -2);
    assert_eq!(rule(&[op(Op::Move), call(0), repeat(0)]), None);
    assert_eq!(rule(&[op(Op::Move), call(0), op(Op::Move)]), Some(Rule::TForCall));
    assert_eq!(rule(&[op(Op::Move), call(0), repeat(1)]), Some(Rule::TForCall));
    assert_eq!(rule(&[op(Op::Move), op(Op::Move), repeat(0)]), Some(Rule::TForLoop));
    assert_eq!(rule(&[jump(Op::TForPrep, 0, 1), call(0), repeat(0)]), Some(Rule::TForPrep));
    assert_eq!(rule(&[jump(Op::TForPrep, 1, 0), call(0), repeat(0)]), Some(Rule::TForPrep));
}

#[test]
fn open_results() {
    let open = |a| abc(Op::Call, a, 1, 0);
    assert_eq!(rule(&[open(1), abc(Op::Call, 0, 0, 1)]), None);
    assert_eq!(rule(&[open(1), abc(Op::SetList, 0, 0, 0)]), None);
    assert_eq!(rule(&[open(1), abc(Op::TailCall, 0, 0, 0), abc(Op::Return, 0, 0, 0)]), None);
    assert_eq!(rule(&[open(0), abc(Op::Return, 0, 0, 0)]), None);
    assert_eq!(rule(&[open(1)]), Some(Rule::OpenUnused));
    assert_eq!(rule(&[open(1), op(Op::Move), abc(Op::Call, 0, 0, 1)]), Some(Rule::OpenUnused));
    // The function would lie at the top, and the arguments number -1.
    assert_eq!(rule(&[open(0), abc(Op::Call, 0, 0, 1)]), Some(Rule::OpenMissing));
    assert_eq!(rule(&[open(0), abc(Op::SetList, 0, 0, 0)]), Some(Rule::OpenMissing));
    assert_eq!(rule(&[open(0), abc(Op::Return, 1, 0, 0)]), Some(Rule::OpenMissing));
    assert_eq!(rule(&[abc(Op::Call, 1, 1, 1), abc(Op::Return, 0, 0, 0)]), Some(Rule::OpenMissing));
    assert_eq!(rule(&[abc(Op::Return, 0, 0, 0)]), Some(Rule::OpenMissing));
    assert_eq!(
        rule(&[abc(Op::TailCall, 1, 1, 0), abc(Op::Call, 0, 0, 1)]),
        Some(Rule::OpenMissing)
    );
    assert_eq!(
        rule(&[jump(Op::Test, 0, 1), open(1), abc(Op::Return, 0, 0, 0)]),
        Some(Rule::OpenJump)
    );
}

#[test]
fn varargs() {
    let prep = abc(Op::VarargPrep, 1, 0, 0);
    let end = op(Op::Return0);
    assert_eq!(vararg_rule(vec![prep, end]), None);
    assert_eq!(vararg_rule(vec![end]), Some(Rule::VarargStart));
    assert_eq!(vararg_rule(vec![prep.with_a(0), end]), Some(Rule::VarargStart));
    assert_eq!(vararg_rule(vec![prep, prep, end]), Some(Rule::VarargPrep));
    assert_eq!(rule(&[prep]), Some(Rule::VarargPrep));
    assert_eq!(vararg_rule(vec![prep, jump(Op::Jmp, 0, -2)]), Some(Rule::VarargJump));
    assert_eq!(rule(&[abc(Op::Vararg, 0, 0, 2)]), Some(Rule::Vararg));
}

#[test]
fn returns_close_what_is_open() {
    let close = |a| abc(Op::Close, a, 0, 0);
    assert_eq!(
        capture_rule(vec![op(Op::Return0), CLOSURE, op(Op::Return0)]),
        None,
        "never reached"
    );
    assert_eq!(capture_rule(vec![CLOSURE, abc(Op::Return, 0, 1, 1)]), None);
    assert_eq!(capture_rule(vec![CLOSURE, abc(Op::TailCall, 0, 1, 1)]), None);
    assert_eq!(capture_rule(vec![CLOSURE, close(3), op(Op::Return0)]), None);
    assert_eq!(capture_rule(vec![CLOSURE, close(4), op(Op::Return0)]), Some(Rule::ReturnOpen));
    assert_eq!(capture_rule(vec![CLOSURE, op(Op::Return1)]), Some(Rule::ReturnOpen));
    assert_eq!(capture_rule(vec![CLOSURE, abc(Op::Return, 0, 1, 0)]), Some(Rule::ReturnOpen));
    assert_eq!(capture_rule(vec![CLOSURE, abc(Op::TailCall, 0, 1, 0)]), Some(Rule::ReturnOpen));
    // Open on one of two paths, and on the second round of a loop.
    assert_eq!(
        capture_rule(vec![jump(Op::Test, 0, 1), CLOSURE, op(Op::Return0)]),
        Some(Rule::ReturnOpen)
    );
    let round = vec![jump(Op::Test, 0, 2), CLOSURE, jump(Op::Jmp, 0, -3), op(Op::Return0)];
    assert_eq!(capture_rule(round), Some(Rule::ReturnOpen));
}

#[test]
fn calls_lie_above_what_is_open() {
    let call = |a| abc(Op::Call, a, 1, 1);
    let close = |a| abc(Op::Close, a, 0, 0);
    let end = abc(Op::Return, 0, 1, 1);
    assert_eq!(capture_rule(vec![CLOSURE, call(4), end]), None);
    assert_eq!(capture_rule(vec![CLOSURE, call(3), end]), Some(Rule::CallOpen));
    assert_eq!(capture_rule(vec![CLOSURE, call(0), end]), Some(Rule::CallOpen));
    assert_eq!(capture_rule(vec![CLOSURE, close(3), call(0), end]), None);
    let round = vec![call(2), CLOSURE, jump(Op::Jmp, 0, -3), end];
    assert_eq!(capture_rule(round), Some(Rule::CallOpen));
    let tbc = |a| abc(Op::Tbc, a, 0, 0);
    assert_eq!(rule(&[tbc(1), call(2), close(0)]), None);
    assert_eq!(rule(&[tbc(2), call(2), close(0)]), Some(Rule::CallOpen));
    let each = |a| {
        [jump(Op::TForPrep, a, 0), abc(Op::TForCall, a, 0, 1), jump(Op::TForLoop, a, -2), close(0)]
    };
    assert_eq!(rule(&each(0)), None);
    let open: Vec<_> = [tbc(4)].into_iter().chain(each(0)).collect();
    assert_eq!(rule(&open), Some(Rule::CloseOrder));
}

#[test]
fn variables_to_be_closed() {
    let tbc = |a| abc(Op::Tbc, a, 0, 0);
    let close = |a| abc(Op::Close, a, 0, 0);
    assert_eq!(rule(&[tbc(1), tbc(2), close(2), tbc(2), close(1)]), None);
    assert_eq!(rule(&[tbc(1)]), Some(Rule::ReturnOpen));
    assert_eq!(rule(&[tbc(1), close(2)]), Some(Rule::ReturnOpen));
    assert_eq!(rule(&[tbc(1), abc(Op::TailCall, 0, 1, 1)]), Some(Rule::TailCallOpen));
    assert_eq!(rule(&[tbc(2), tbc(1), close(0)]), Some(Rule::CloseOrder));
    assert_eq!(rule(&[tbc(1), tbc(1), close(0)]), Some(Rule::CloseOrder));
    // A loop that closes its variable each round, and one that does not.
    assert_eq!(rule(&[tbc(1), close(1), jump(Op::Jmp, 0, -3)]), None);
    assert_eq!(rule(&[tbc(1), jump(Op::Jmp, 0, -2), close(1)]), Some(Rule::CloseOrder));
    let unclosed =
        [jump(Op::TForPrep, 0, 0), abc(Op::TForCall, 0, 0, 1), jump(Op::TForLoop, 0, -2)];
    assert_eq!(rule(&unclosed), Some(Rule::ReturnOpen));
}

#[test]
fn many_registers_to_be_closed() {
    let mut code: Vec<_> = (0..250).map(|a| abc(Op::Tbc, a, 0, 0)).collect();
    code.push(abc(Op::Return, 0, 1, 1));
    let main = Prototype { max_stack_size: 255, ..function(code.clone()) };
    assert_eq!(broken(main), None);
    code.insert(250, abc(Op::Tbc, 64, 0, 0));
    let main = Prototype { max_stack_size: 255, ..function(code) };
    assert_eq!(broken(main), Some((Rule::CloseOrder, Some(250))));
}
