//! Names for error messages and `debug.getinfo`: how the source calls the value
//! in a register, and the function that an instruction calls.
//!
//! The rules are those of PUC-Rio's `ldebug.c`; where they differ between
//! dialects, [`NameRules`] says how. There is no record of which instruction set a
//! register; the code before an instruction is read again, and what might have
//! been set on one of several paths has no name.
//!
//! How an interpreter words its errors, with `pc` the instruction that raised:
//!
//! - *An operand of the wrong type* (index, arithmetic, length, "no integer
//!   representation"): [`operands`] says where the operands come from, in the
//!   order in which a metamethod gets them. The message blames one, and
//!   [`operand_name`] names it. Constants and immediate operands have no name,
//!   so that no register is blamed for them.
//!   Which one to blame: an index blames the first. Arithmetic and bitwise
//!   operations blame the second if the first is a number, else the first; if
//!   both are numbers without an integer representation, the second if the
//!   first has one, else the first.
//! - If an `__index` or `__newindex` chain was followed, the value at fault is
//!   no operand: no name.
//! - `Concat` works on pairs of neighbouring registers from the right; blamed is
//!   the left, or the right if the left is a string or number: [`object_name`]
//!   of that register.
//! - *A call of something not callable*, metamethods and iterators included:
//!   [`called_name`].
//! - *Comparisons and `for` preparation* name types only.

use crate::{Instruction, LocalVariable, Op, Prototype, Symbols};

/// What the search for names needs of a function.
pub trait FunctionView {
    /// The instructions.
    fn code(&self) -> &[Instruction];
    /// The constant with that index, if it is a string.
    fn constant_string(&self, index: u32) -> Option<&[u8]>;
    /// The name of the upvalue with that index, unless stripped.
    fn upvalue_name(&self, index: u8) -> Option<&[u8]>;
    /// The name of the local variable that lives in `register` and is active at
    /// `pc`; of several, the one declared last.
    fn local_name(&self, register: u8, pc: u32) -> Option<&[u8]>;
}

/// A prototype as the compiler makes it, with its strings.
#[derive(Clone, Copy, Debug)]
pub struct PrototypeView<'a> {
    /// The function.
    pub prototype: &'a Prototype,
    /// The strings of its chunk.
    pub symbols: &'a Symbols,
}

impl FunctionView for PrototypeView<'_> {
    fn code(&self) -> &[Instruction] {
        &self.prototype.code
    }

    fn constant_string(&self, index: u32) -> Option<&[u8]> {
        match self.prototype.constants.get(index as usize)? {
            crate::Constant::String(symbol) => Some(self.symbols.get(*symbol)),
            _ => None,
        }
    }

    fn upvalue_name(&self, index: u8) -> Option<&[u8]> {
        let upvalue = self.prototype.upvalues.get(usize::from(index))?;
        Some(self.symbols.get(upvalue.name?))
    }

    fn local_name(&self, register: u8, pc: u32) -> Option<&[u8]> {
        let local = active_local(&self.prototype.locals, register, pc)?;
        Some(self.symbols.get(local.name))
    }
}

/// The variable of `locals` (in order of their starts) that lives in `register`
/// and is active at `pc`; of several, the one declared last.
pub fn active_local(locals: &[LocalVariable], register: u8, pc: u32) -> Option<&LocalVariable> {
    let begun = locals.partition_point(|local| local.start_pc <= pc);
    let begun = locals.get(..begun)?;
    begun.iter().rev().find(|local| local.register == register && pc < local.end_pc)
}

/// What the metamethods are called that an instruction calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetamethodNames {
    /// They have no names.
    None,
    /// `__index`
    Whole,
    /// `index`
    Short,
}

/// Which function has the name of a finalizer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FinalizerNames {
    /// None.
    None,
    /// The one that ran when the finalizer was called.
    Interrupted,
    /// The finalizer.
    Finalizer,
}

/// Whether a function that a hook called has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookNames {
    /// It has that of what the interrupted instruction calls, if any.
    OfInstruction,
    /// If a Lua function was interrupted.
    InLuaFunctions,
    /// In any case.
    Always,
}

/// How a dialect names values and functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameRules {
    /// String constants have their own value as name.
    pub constants: bool,
    /// A constant is named as operand of arithmetic, too.
    pub constant_operands: bool,
    /// A key in a register is named if it is a constant there.
    pub register_keys: bool,
    /// Small integer keys are called "integer index".
    pub integer_keys: bool,
    /// The iterator of a generic `for` is a `for iterator`; else it has the name
    /// of the variable it is in.
    pub iterators: bool,
    /// Methods whose names have no room in an instruction are methods; else
    /// fields.
    pub long_methods: bool,
    /// What metamethods are called.
    pub metamethods: MetamethodNames,
    /// What set a register is looked for as if all jumps were taken; else what may
    /// have been jumped over does not count.
    pub follows_jumps: bool,
    /// Functions called by hooks are called hooks: always, or if the hook was
    /// called for a Lua function.
    pub hooks: HookNames,
    /// Which function is called `__gc`.
    pub finalizers: FinalizerNames,
    /// What can't be called is named as a called function is; else as any value
    /// in a register.
    pub called_values: bool,
}

/// Lua 5.1.
pub static LUA_5_1: NameRules = NameRules {
    constants: false,
    constant_operands: false,
    register_keys: false,
    integer_keys: false,
    iterators: false,
    long_methods: true,
    metamethods: MetamethodNames::None,
    follows_jumps: true,
    hooks: HookNames::OfInstruction,
    finalizers: FinalizerNames::None,
    called_values: false,
};
/// Lua 5.2.
pub static LUA_5_2: NameRules = NameRules {
    constants: true,
    register_keys: true,
    iterators: true,
    metamethods: MetamethodNames::Whole,
    follows_jumps: false,
    ..LUA_5_1
};
/// Lua 5.3.
pub static LUA_5_3: NameRules = NameRules {
    hooks: HookNames::InLuaFunctions,
    finalizers: FinalizerNames::Interrupted,
    ..LUA_5_2
};
/// Lua 5.4.
pub static LUA_5_4: NameRules = NameRules {
    constant_operands: true,
    integer_keys: true,
    metamethods: MetamethodNames::Short,
    hooks: HookNames::Always,
    finalizers: FinalizerNames::Finalizer,
    called_values: true,
    ..LUA_5_2
};
/// Lua 5.5.
pub static LUA_5_5: NameRules = NameRules { long_methods: false, ..LUA_5_4 };

/// A value's name and what kind of thing has it, as in `(field 'x')`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObjectName<'a> {
    /// `local`, `upvalue`, `global`, `field`, `method` or `constant`; for called
    /// functions also `for iterator` and `metamethod`.
    pub kind: &'static str,
    /// The name; `?` if the kind is all that is known.
    pub name: &'a [u8],
}

const UNKNOWN: &[u8] = b"?";
/// The kind of a string constant.
pub const CONSTANT: &str = "constant";
/// The name of the variable that holds global variables.
pub const ENVIRONMENT: &[u8] = b"_ENV";
/// The same where the source cannot name it.
pub const HIDDEN_ENVIRONMENT: &[u8] = b"(environment)";
/// Integer keys up to this are named as such; 5.4 has no room for larger ones in
/// its instruction and knows nothing of the register it puts them in.
const MAX_NAMED_INDEX: u16 = 255;

/// The name of the value in `register` when the instruction at `pc` is about to
/// be executed.
pub fn object_name<'a>(
    f: &'a dyn FunctionView,
    pc: u32,
    register: u8,
    rules: &NameRules,
) -> Option<ObjectName<'a>> {
    let setter = match simple_name(f, pc, register, rules) {
        Found::Name(name) if name.kind == CONSTANT && !rules.constants => return None,
        Found::Name(name) => return Some(name),
        Found::Setter(setter) => setter,
        Found::Nothing => return None,
    };
    let i = instruction(f, setter)?;
    Some(match i.op()? {
        Op::GetTabUp => ObjectName {
            kind: kind_by_table(f.upvalue_name(i.b() as u8)),
            name: constant_name(f, i.c().into()).unwrap_or(UNKNOWN),
        },
        // A method whose name is too long for `Method`: the object in `R[A+1]`,
        // the name in `R[A]`. Other code has the key above the table.
        Op::GetTable | Op::GetTableFloat
            if rules.long_methods && i.c() == i.a().into() && i.b() == i.c() + 1 =>
        {
            ObjectName { kind: "method", name: register_key(f, setter, i.c() as u8, rules) }
        }
        Op::GetTable | Op::GetTableFloat => ObjectName {
            kind: kind_by_register(f, setter, i.b() as u8, rules),
            name: register_key(f, setter, i.c() as u8, rules),
        },
        Op::GetIndex | Op::GetIndexFloat if rules.integer_keys && i.c() <= MAX_NAMED_INDEX => {
            ObjectName { kind: "field", name: b"integer index" }
        }
        Op::GetIndex | Op::GetIndexFloat => {
            ObjectName { kind: kind_by_register(f, setter, i.b() as u8, rules), name: UNKNOWN }
        }
        Op::GetField => ObjectName {
            kind: kind_by_register(f, setter, i.b() as u8, rules),
            name: constant_name(f, i.c().into()).unwrap_or(UNKNOWN),
        },
        Op::VarargGet => {
            ObjectName { kind: "field", name: register_key(f, setter, i.c() as u8, rules) }
        }
        Op::Method => {
            let is_method = rules.long_methods || i.c() <= MAX_NAMED_INDEX;
            let kind = if is_method { "method" } else { "field" };
            ObjectName { kind, name: constant_name(f, i.c().into()).unwrap_or(UNKNOWN) }
        }
        _ => return None,
    })
}

/// The name of the upvalue with that index.
pub fn upvalue_name(f: &dyn FunctionView, index: u8) -> ObjectName<'_> {
    ObjectName { kind: "upvalue", name: f.upvalue_name(index).unwrap_or(UNKNOWN) }
}

/// The name of the function that the instruction at `pc` calls: the one in a
/// call's register, the iterator of a generic `for`, a metamethod. (Hooks and
/// finalizers are called by no instruction; the interpreter knows them.)
pub fn called_name<'a>(
    f: &'a dyn FunctionView,
    pc: u32,
    rules: &NameRules,
) -> Option<ObjectName<'a>> {
    let i = instruction(f, pc)?;
    match i.op()? {
        Op::Call | Op::TailCall => object_name(f, pc, i.a(), rules),
        Op::TForCall | Op::TForCallFloat if rules.iterators => {
            Some(ObjectName { kind: "for iterator", name: b"for iterator" })
        }
        Op::TForCall | Op::TForCallFloat => object_name(f, pc, i.a(), rules),
        _ => {
            let name = event(i)?.as_bytes();
            let name = match rules.metamethods {
                MetamethodNames::None => return None,
                MetamethodNames::Whole => name,
                MetamethodNames::Short => &name[2..],
            };
            Some(ObjectName { kind: "metamethod", name })
        }
    }
}

/// The metamethod that an instruction may call, with its underscores.
pub fn event(i: Instruction) -> Option<&'static str> {
    Some(match i.op()? {
        Op::GetTabUp | Op::GetTable | Op::GetIndex | Op::GetField | Op::Method => "__index",
        Op::GetTableFloat | Op::GetIndexFloat => "__index",
        Op::SetTabUp | Op::SetTabUpK | Op::SetTable | Op::SetTableK => "__newindex",
        Op::SetIndex | Op::SetIndexK | Op::SetField | Op::SetFieldK => "__newindex",
        Op::SetTableFloat | Op::SetTableFloatK => "__newindex",
        Op::SetIndexFloat | Op::SetIndexFloatK => "__newindex",
        Op::Add | Op::AddI | Op::AddK => "__add",
        Op::Sub | Op::SubI | Op::SubK => "__sub",
        Op::Mul | Op::MulK => "__mul",
        Op::Mod | Op::ModK | Op::FloorMod | Op::FloorModK => "__mod",
        Op::Pow | Op::PowK => "__pow",
        Op::Div | Op::DivK => "__div",
        Op::IDiv | Op::IDivK => "__idiv",
        Op::BAnd | Op::BAndK => "__band",
        Op::BOr | Op::BOrK => "__bor",
        Op::BXor | Op::BXorK => "__bxor",
        Op::Shl | Op::ShlI => "__shl",
        Op::ShrI if i.d() == 1 => "__shl",
        Op::Shr | Op::ShrI => "__shr",
        Op::Unm => "__unm",
        Op::BNot => "__bnot",
        Op::Len | Op::LenFloat | Op::LenSearched => "__len",
        Op::Concat => "__concat",
        Op::Eq | Op::NotEq => "__eq",
        Op::Lt | Op::NotLt | Op::LtI | Op::NotLtI | Op::GtI | Op::NotGtI => "__lt",
        Op::Le | Op::NotLe | Op::LeI | Op::NotLeI | Op::GeI | Op::NotGeI => "__le",
        Op::Close | Op::Return => "__close",
        _ => return None,
    })
}

/// Where an operand comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Operand {
    /// A register.
    Register(u8),
    /// An upvalue.
    Upvalue(u8),
    /// A constant.
    Constant(u32),
    /// An integer in the instruction.
    Integer(i64),
    /// A float in the instruction.
    Float(f64),
}

/// The operands of an instruction that may raise a metamethod, in the order in
/// which the metamethod gets them: table and key, or left and right as in the
/// source. Unary operations have theirs twice. `None` for instructions without
/// operands of that kind, and for `Concat`.
pub fn operands(i: Instruction) -> Option<(Operand, Operand)> {
    use Operand::{Constant, Float, Integer, Register, Upvalue};
    let a = Register(i.a());
    let b = Register(i.b() as u8);
    let c = Register(i.c() as u8);
    let (key_b, key_c) = (Constant(i.b().into()), Constant(i.c().into()));
    let (small_b, small_c) = (Integer(i.sb().into()), Integer(i.sc().into()));
    let compared = if i.x() == 1 { Float(i.sb().into()) } else { small_b };
    let sources = |left, right| {
        if i.d() == 1 { (right, left) } else { (left, right) }
    };
    Some(match i.op()? {
        Op::GetTabUp => (Upvalue(i.b() as u8), key_c),
        Op::SetTabUp | Op::SetTabUpK => (Upvalue(i.a()), key_b),
        Op::GetTable | Op::GetTableFloat => (b, c),
        Op::GetIndex => (b, Integer(i.c().into())),
        Op::GetIndexFloat => (b, Float(i.c().into())),
        Op::GetField | Op::Method => (b, key_c),
        Op::SetTable | Op::SetTableK | Op::SetTableFloat | Op::SetTableFloatK => (a, b),
        Op::SetIndex | Op::SetIndexK => (a, Integer(i.b().into())),
        Op::SetIndexFloat | Op::SetIndexFloatK => (a, Float(i.b().into())),
        Op::SetField | Op::SetFieldK => (a, key_b),
        Op::AddI => sources(b, small_c),
        Op::SubI => (b, small_c),
        Op::ShrI if i.d() == 1 => (b, Integer(-i64::from(i.sc()))),
        Op::ShrI => (b, small_c),
        Op::ShlI => (small_c, b),
        Op::AddK | Op::SubK | Op::MulK | Op::ModK | Op::FloorModK | Op::PowK => sources(b, key_c),
        Op::DivK | Op::IDivK | Op::BAndK | Op::BOrK | Op::BXorK => sources(b, key_c),
        Op::Add | Op::Sub | Op::Mul | Op::Mod | Op::FloorMod => (b, c),
        Op::Pow | Op::Div | Op::IDiv => (b, c),
        Op::BAnd | Op::BOr | Op::BXor | Op::Shl | Op::Shr => (b, c),
        Op::Unm | Op::BNot | Op::Len | Op::LenFloat | Op::LenSearched => (b, b),
        Op::Eq | Op::NotEq | Op::Lt | Op::NotLt | Op::Le | Op::NotLe => (a, b),
        Op::LtI | Op::NotLtI | Op::LeI | Op::NotLeI => (a, compared),
        Op::GtI | Op::NotGtI | Op::GeI | Op::NotGeI => (compared, a),
        _ => return None,
    })
}

/// The name of what the instruction at `pc` calls in `register`, by what set that
/// register. A generic loop is named by the register below: its function would be
/// called there if loops had no value to be closed.
pub fn called_object_name<'a>(
    f: &'a dyn FunctionView,
    pc: u32,
    register: u8,
    rules: &NameRules,
) -> Option<ObjectName<'a>> {
    let iterates = |i: Instruction| matches!(i.op(), Some(Op::TForCall | Op::TForCallFloat));
    let below = u8::from(instruction(f, pc).is_some_and(iterates));
    object_name(f, pc, register.saturating_sub(below), rules)
}

/// The name of an operand of the instruction at `pc`.
pub fn operand_name<'a>(
    f: &'a dyn FunctionView,
    pc: u32,
    operand: Operand,
    rules: &NameRules,
) -> Option<ObjectName<'a>> {
    match operand {
        Operand::Register(register) => object_name(f, pc, register, rules),
        Operand::Upvalue(index) => Some(upvalue_name(f, index)),
        Operand::Constant(_) | Operand::Integer(_) | Operand::Float(_) => None,
    }
}

fn instruction(f: &dyn FunctionView, pc: u32) -> Option<Instruction> {
    f.code().get(pc as usize).copied()
}

/// What is known of a register without looking at table accesses.
enum Found<'a> {
    Name(ObjectName<'a>),
    /// The instruction that set the register.
    Setter(u32),
    Nothing,
}

fn simple_name<'a>(
    f: &'a dyn FunctionView,
    mut pc: u32,
    mut register: u8,
    rules: &NameRules,
) -> Found<'a> {
    loop {
        if let Some(name) = f.local_name(register, pc) {
            return Found::Name(ObjectName { kind: "local", name });
        }
        let find = if rules.follows_jumps { find_setter_by_jumps } else { find_setter };
        let Some(setter) = find(f.code(), pc, register) else {
            return Found::Nothing;
        };
        let Some(i) = instruction(f, setter) else {
            return Found::Nothing;
        };
        match i.op() {
            // A move upwards copies a variable; go on with that. The register
            // sinks each time round.
            Some(Op::Move) if i.b() < i.a().into() => (pc, register) = (setter, i.b() as u8),
            Some(Op::GetUpval) => return Found::Name(upvalue_name(f, i.b() as u8)),
            Some(Op::LoadK) => {
                return match constant_name(f, i.e()) {
                    Some(name) => Found::Name(ObjectName { kind: CONSTANT, name }),
                    None => Found::Setter(setter),
                };
            }
            _ => return Found::Setter(setter),
        }
    }
}

/// The last instruction before `last` that set `register`, unless it stands
/// where control may have jumped over it.
fn find_setter(code: &[Instruction], last: u32, register: u8) -> Option<u32> {
    let mut setter = None;
    // What comes before this is conditional.
    let mut jump_target = 0;
    for (pc, &i) in (0..last).zip(code) {
        let Some(op) = i.op() else { continue };
        if sets_register(op, i, register) {
            setter = (pc >= jump_target).then_some(pc);
        }
        if op.jumps() && !op.is_loop() {
            let target = i64::from(pc) + 1 + i64::from(i.j());
            if target <= last.into() && target > jump_target.into() {
                jump_target = target as u32;
            }
        }
    }
    setter
}

/// The last instruction before `last` that set or tested `register`, if all jumps
/// forwards are taken that do not lead behind `last`.
fn find_setter_by_jumps(code: &[Instruction], last: u32, register: u8) -> Option<u32> {
    let mut setter = None;
    let mut pc = 0;
    while pc < last {
        let i = *code.get(pc as usize)?;
        let Some(op) = i.op() else { return setter };
        let tests = matches!(op, Op::Test | Op::TestNot) && i.a() == register;
        if tests || sets_register(op, i, register) {
            setter = Some(pc);
        }
        pc += 1;
        if op.jumps() {
            let target = i64::from(pc) + i64::from(i.j());
            if target > pc.into() && target <= last.into() {
                pc = target as u32;
            }
        }
    }
    setter
}

/// Whether an instruction sets a register.
fn sets_register(op: Op, i: Instruction, register: u8) -> bool {
    let a = i.a();
    match op {
        Op::LoadNil => (u16::from(a)..=u16::from(a) + i.b()).contains(&register.into()),
        Op::TForCall | Op::TForCallFloat => u16::from(register) >= u16::from(a) + 2,
        Op::Call | Op::TailCall => register >= a,
        Op::TForLoop => register == a,
        _ => op.sets_a() && register == a,
    }
}

/// A string constant as a name: as far as its first zero byte, like a string of C.
fn constant_name(f: &dyn FunctionView, index: u32) -> Option<&[u8]> {
    let name = f.constant_string(index)?;
    Some(name.split(|&byte| byte == 0).next().unwrap_or_default())
}

/// Names a key in a register: the constant it holds, if any.
fn register_key<'a>(f: &'a dyn FunctionView, pc: u32, register: u8, rules: &NameRules) -> &'a [u8] {
    match simple_name(f, pc, register, rules) {
        Found::Name(ObjectName { kind: CONSTANT, name }) if rules.register_keys => name,
        _ => UNKNOWN,
    }
}

/// What a key of the variable with that name is.
fn kind_by_table(variable: Option<&[u8]>) -> &'static str {
    match variable {
        Some(ENVIRONMENT | HIDDEN_ENVIRONMENT) => "global",
        _ => "field",
    }
}

fn kind_by_register(f: &dyn FunctionView, pc: u32, table: u8, rules: &NameRules) -> &'static str {
    match simple_name(f, pc, table, rules) {
        Found::Name(ObjectName { kind: "local" | "upvalue", name }) => kind_by_table(Some(name)),
        _ => "field",
    }
}

#[cfg(test)]
mod tests;
