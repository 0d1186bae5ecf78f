use super::*;
use crate::test_support::{abc, chunk, function, jump, local, op, upvalue};
use crate::{Chunk, Constant, Symbol};

/// A function with string constants `x`, `_ENV` and the integer 7, upvalues `x`,
/// `_ENV` and one without a name.
fn function_of(code: Vec<Instruction>) -> Chunk {
    let mut main = function(code);
    let string = |n| Constant::String(Symbol(n));
    main.constants = vec![string(0), string(1), Constant::Integer(7)];
    let nameless = crate::UpvalueDescription { name: None, ..upvalue(0, true, 0) };
    main.upvalues = vec![upvalue(0, true, 0), upvalue(1, true, 0), nameless];
    chunk(main)
}

fn show(name: Option<ObjectName>) -> String {
    name.map_or("-".into(), |n| format!("{} {}", n.kind, String::from_utf8_lossy(n.name)))
}

/// The name of `register` behind all of `code`, with `locals` (name, register)
/// active from the start.
fn named(code: &[Instruction], locals: &[(u32, u8)], register: u8) -> String {
    let pc = code.len() as u32;
    let mut chunk = function_of([code, &[op(Op::Return0)]].concat());
    chunk.main.locals =
        locals.iter().map(|&(name, register)| local(name, register, 0, pc + 1)).collect();
    let view = PrototypeView { prototype: &chunk.main, symbols: &chunk.symbols };
    show(object_name(&view, pc, register, &LUA_5_4))
}

fn called(code: &[Instruction]) -> String {
    let chunk = function_of(code.to_vec());
    let view = PrototypeView { prototype: &chunk.main, symbols: &chunk.symbols };
    show(called_name(&view, code.len() as u32 - 1, &LUA_5_4))
}

fn load_k(a: u8, k: u32) -> Instruction {
    Instruction::abe(Op::LoadK, a, 0, k)
}

#[test]
fn variables() {
    assert_eq!(named(&[], &[(0, 2)], 2), "local x");
    assert_eq!(named(&[], &[(0, 2)], 3), "-");
    assert_eq!(named(&[abc(Op::GetUpval, 3, 0, 0)], &[], 3), "upvalue x");
    assert_eq!(named(&[abc(Op::GetUpval, 3, 2, 0)], &[], 3), "upvalue ?");
    assert_eq!(named(&[abc(Op::Move, 3, 2, 0)], &[(0, 2)], 3), "local x");
    assert_eq!(
        named(&[abc(Op::Move, 2, 3, 0)], &[(0, 3)], 2),
        "-",
        "a move downwards is an assignment"
    );
}

#[test]
fn last_of_two_variables_in_a_register_counts() {
    let locals = [local(1, 2, 0, 9), local(0, 2, 3, 6)];
    let name = |pc| active_local(&locals, 2, pc).map(|local| local.name.0);
    assert_eq!(
        [name(0), name(3), name(5), name(6), name(9)],
        [Some(1), Some(0), Some(0), Some(1), None]
    );
}

#[test]
fn constants() {
    assert_eq!(named(&[load_k(3, 0)], &[], 3), "constant x");
    assert_eq!(named(&[load_k(3, 2)], &[], 3), "-");
    assert_eq!(named(&[load_k(3, 9)], &[], 3), "-");
    assert_eq!(named(&[abc(Op::LoadTrue, 3, 0, 0)], &[], 3), "-");
}

#[test]
fn globals_and_fields() {
    assert_eq!(named(&[abc(Op::GetTabUp, 3, 1, 0)], &[], 3), "global x");
    assert_eq!(named(&[abc(Op::GetTabUp, 3, 0, 0)], &[], 3), "field x");
    assert_eq!(named(&[abc(Op::GetTabUp, 3, 2, 0)], &[], 3), "field x");
    assert_eq!(named(&[abc(Op::GetField, 3, 0, 0)], &[(1, 0)], 3), "global x");
    assert_eq!(named(&[abc(Op::GetField, 3, 0, 0)], &[(0, 0)], 3), "field x");
    assert_eq!(
        named(&[abc(Op::GetUpval, 2, 1, 0), abc(Op::GetField, 3, 2, 0)], &[], 3),
        "global x"
    );
    assert_eq!(
        named(&[load_k(2, 1), abc(Op::GetField, 3, 2, 0)], &[], 3),
        "field x",
        "a string \"_ENV\""
    );
    assert_eq!(named(&[abc(Op::Method, 3, 0, 0)], &[], 3), "method x");
    assert_eq!(named(&[abc(Op::Method, 3, 0, 0)], &[], 4), "-");
    let long_method = [abc(Op::Move, 4, 0, 0), load_k(3, 0), abc(Op::GetTable, 3, 4, 3)];
    assert_eq!(named(&long_method, &[(0, 0)], 3), "method x");
}

#[test]
fn keys_in_registers_and_integers() {
    let get = abc(Op::GetTable, 3, 0, 2);
    assert_eq!(named(&[load_k(2, 0), get], &[], 3), "field x");
    assert_eq!(named(&[load_k(2, 0), get], &[(1, 0)], 3), "global x");
    assert_eq!(named(&[load_k(2, 2), get], &[], 3), "field ?");
    assert_eq!(named(&[get], &[(0, 2)], 3), "field ?");
    assert_eq!(named(&[abc(Op::GetIndex, 3, 0, 255)], &[(1, 0)], 3), "field integer index");
    assert_eq!(named(&[abc(Op::GetIndex, 3, 0, 256)], &[], 3), "field ?");
    assert_eq!(named(&[abc(Op::GetIndex, 3, 0, 256)], &[(1, 0)], 3), "global ?");
}

#[test]
fn later_instructions_change_registers() {
    let get = abc(Op::GetTabUp, 3, 1, 0);
    assert_eq!(named(&[get, abc(Op::LoadNil, 1, 1, 0)], &[], 3), "global x");
    assert_eq!(named(&[get, abc(Op::LoadNil, 1, 2, 0)], &[], 3), "-");
    assert_eq!(named(&[get, abc(Op::Call, 4, 1, 1)], &[], 3), "global x");
    assert_eq!(named(&[get, abc(Op::Call, 3, 1, 1)], &[], 3), "-");
    assert_eq!(named(&[get, abc(Op::Call, 2, 1, 1)], &[], 3), "-");
    assert_eq!(named(&[get, abc(Op::TForCall, 1, 0, 1)], &[], 3), "-");
    assert_eq!(named(&[get, abc(Op::TForCall, 2, 0, 1)], &[], 3), "global x");
    assert_eq!(named(&[get, abc(Op::SetField, 3, 0, 0)], &[], 3), "global x");
    assert_eq!(named(&[get, abc(Op::Add, 3, 0, 0)], &[], 3), "-");
}

#[test]
fn what_jumps_may_skip_has_no_name() {
    let get = abc(Op::GetTabUp, 3, 1, 0);
    assert_eq!(named(&[jump(Op::Test, 0, 1), get], &[], 3), "-");
    assert_eq!(named(&[jump(Op::Jmp, 0, 1), get], &[], 3), "-");
    assert_eq!(named(&[jump(Op::Test, 0, 0), get], &[], 3), "global x");
    assert_eq!(named(&[jump(Op::Test, 0, 2), get], &[], 3), "global x", "a jump behind the use");
    assert_eq!(named(&[get, jump(Op::Test, 0, -2)], &[], 3), "global x");
    assert_eq!(named(&[jump(Op::ForPrep, 0, 1), get], &[], 3), "global x", "loops do not count");
    assert_eq!(named(&[jump(Op::TestSet, 3, 1), get], &[], 3), "-", "a or b");
}

#[test]
fn called_functions() {
    let get = abc(Op::GetTabUp, 3, 1, 0);
    assert_eq!(called(&[get, abc(Op::Call, 3, 1, 1)]), "global x");
    assert_eq!(called(&[get, abc(Op::TailCall, 3, 1, 0)]), "global x");
    assert_eq!(called(&[abc(Op::Method, 3, 0, 0), abc(Op::Call, 3, 2, 1)]), "method x");
    assert_eq!(called(&[abc(Op::Call, 3, 1, 1)]), "-");
    assert_eq!(called(&[abc(Op::TForCall, 0, 0, 1)]), "for iterator for iterator");
    assert_eq!(called(&[op(Op::Move)]), "-");
    assert_eq!(called(&[op(Op::Return0)]), "-");
    assert_eq!(called(&[abc(Op::ShrI, 0, 0, 1).with_d(1)]), "metamethod shl");
    let events = [
        ("index", "GetTabUp GetTable GetIndex GetField Method"),
        ("index", "GetTableFloat GetIndexFloat"),
        ("newindex", "SetTabUp SetTabUpK SetTable SetTableK SetIndex SetIndexK SetField SetFieldK"),
        ("newindex", "SetTableFloat SetTableFloatK SetIndexFloat SetIndexFloatK"),
        ("add", "Add AddI AddK"),
        ("sub", "Sub SubI SubK"),
        ("mul", "Mul MulK"),
        ("mod", "Mod ModK FloorMod FloorModK"),
        ("pow", "Pow PowK"),
        ("div", "Div DivK"),
        ("idiv", "IDiv IDivK"),
        ("band", "BAnd BAndK"),
        ("bor", "BOr BOrK"),
        ("bxor", "BXor BXorK"),
        ("shl", "Shl ShlI"),
        ("shr", "Shr ShrI"),
        ("unm", "Unm"),
        ("bnot", "BNot"),
        ("len", "Len LenFloat LenSearched"),
        ("concat", "Concat"),
        ("eq", "Eq NotEq"),
        ("lt", "Lt NotLt LtI NotLtI GtI NotGtI"),
        ("le", "Le NotLe LeI NotLeI GeI NotGeI"),
        ("close", "Close Return"),
    ];
    for &opcode in Op::ALL {
        let expected =
            events.iter().find(|(_, names)| names.split(' ').any(|name| name == opcode.name()));
        let expected = expected.map(|(event, _)| format!("__{event}"));
        assert_eq!(event(op(opcode)), expected.as_deref(), "{opcode:?}");
    }
}

#[test]
fn operands_are_in_the_order_of_the_source() {
    use Operand::{Constant, Float, Integer, Register, Upvalue};
    let minus = |n: i16| n as u16;
    let cases = [
        (abc(Op::GetTabUp, 1, 2, 3), (Upvalue(2), Constant(3))),
        (abc(Op::SetTabUp, 1, 2, 3), (Upvalue(1), Constant(2))),
        (abc(Op::SetField, 1, 2, 3), (Register(1), Constant(2))),
        (abc(Op::GetIndex, 1, 2, 3), (Register(2), Integer(3))),
        (abc(Op::GetIndexFloat, 1, 2, 3), (Register(2), Float(3.0))),
        (abc(Op::SetIndexFloat, 1, 2, 3), (Register(1), Float(2.0))),
        (abc(Op::SetTableFloat, 1, 2, 3), (Register(1), Register(2))),
        (abc(Op::FloorModK, 1, 2, 3).with_d(1), (Constant(3), Register(2))),
        (abc(Op::AddI, 1, 2, minus(-3)), (Register(2), Integer(-3))),
        (abc(Op::AddI, 1, 2, 3).with_d(1), (Integer(3), Register(2))),
        (abc(Op::AddK, 1, 2, 3).with_d(1), (Constant(3), Register(2))),
        (abc(Op::SubK, 1, 2, 3), (Register(2), Constant(3))),
        (abc(Op::SubI, 1, 2, 3), (Register(2), Integer(3))),
        (abc(Op::ShrI, 1, 2, minus(-3)).with_d(1), (Register(2), Integer(3))),
        (abc(Op::ShlI, 1, 2, 3), (Integer(3), Register(2))),
        (abc(Op::Pow, 1, 2, 3), (Register(2), Register(3))),
        (abc(Op::Len, 1, 2, 0), (Register(2), Register(2))),
        (Instruction::abxj(Op::Lt, 1, 2, 0, 5), (Register(1), Register(2))),
        (Instruction::abxj(Op::LtI, 1, minus(-2), 0, 5), (Register(1), Integer(-2))),
        (Instruction::abxj(Op::GtI, 1, minus(-2), 1, 5), (Float(-2.0), Register(1))),
    ];
    for (instruction, expected) in cases {
        assert_eq!(operands(instruction), Some(expected), "{instruction:?}");
    }
    assert_eq!(operands(op(Op::Concat)), None);
}

#[test]
fn only_registers_and_upvalues_have_names() {
    let chunk = function_of(vec![abc(Op::GetTabUp, 3, 1, 0), abc(Op::AddK, 0, 3, 0)]);
    let view = PrototypeView { prototype: &chunk.main, symbols: &chunk.symbols };
    let name = |operand| show(operand_name(&view, 1, operand, &LUA_5_4));
    assert_eq!(name(Operand::Register(3)), "global x");
    assert_eq!(name(Operand::Upvalue(1)), "upvalue _ENV");
    assert_eq!(name(Operand::Constant(0)), "-");
    assert_eq!(name(Operand::Integer(3)), "-");
}

#[test]
fn positions_out_of_range_have_no_names() {
    let chunk = function_of(vec![]);
    let view = PrototypeView { prototype: &chunk.main, symbols: &chunk.symbols };
    assert_eq!(object_name(&view, u32::MAX, 255, &LUA_5_4), None);
    assert_eq!(called_name(&view, u32::MAX, &LUA_5_4), None);
}
