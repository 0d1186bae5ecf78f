//! The verifier: refuses code that could make an interpreter without checks of
//! its own misbehave.
//!
//! What it knows is structure: which registers, constants, upvalues and
//! instructions are named, and how control and the top of the stack move. It
//! says nothing of the values in registers, nor whether one is written before it
//! is read: `debug.setlocal` puts any value into any register of any function,
//! and `debug.getlocal` reads registers that hold leftovers, so an interpreter
//! must bear both in any case.
//!
//! [`Rule`] lists what is checked.

mod open;

use std::fmt;

use crate::dump::{has_cache, push};
use crate::{Chunk, Constant, Format, Instruction, NO_CACHE, Op, OutOfMemory, Prototype, Symbols};

/// How deep functions may nest, the main function counted. (The parser's own
/// limit is lower.)
pub const MAX_NESTING: usize = 250;

/// The longest string that a table access by constant may name.
pub const MAX_KEY_LENGTH: usize = 40;

/// The most upvalues a function may have.
pub const MAX_UPVALUES: usize = 255;

/// The largest `B` of `NewTable`.
const MAX_TABLE_SIZE_LOG: u16 = 32;

macro_rules! define_rules {
    ($(#[doc = $text:literal] $name:ident,)*) => {
        /// The rules; the comment of each is its message.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Rule { $(#[doc = $text] $name,)* }

        impl Rule {
            /// Every rule.
            pub const ALL: &'static [Rule] = &[$(Rule::$name,)*];

            /// What is wrong with code that breaks it.
            pub fn message(self) -> &'static str {
                match self { $(Self::$name => $text.trim_ascii(),)* }
            }
        }
    };
}

define_rules! {
    /// functions nested too deep
    Nesting,
    /// fewer than 2 registers
    StackSize,
    /// more parameters than registers
    Parameters,
    /// more than 255 upvalues
    UpvalueCount,
    /// upvalue taken from a register or upvalue that the outer function lacks
    UpvalueSource,
    /// string of a constant or name missing
    Symbol,
    /// lines for some instructions only
    Lines,
    /// local variable with a register or range of code that does not exist
    Locals,
    /// local variables out of order
    LocalsOrder,
    /// no code, or too much
    CodeSize,
    /// unknown opcode
    Opcode,
    /// register out of range
    Register,
    /// constant out of range
    Constant,
    /// constant is no short string
    StringConstant,
    /// constant is no number
    NumberConstant,
    /// upvalue out of range
    Upvalue,
    /// nested function out of range
    Prototype,
    /// flag operand other than 0 and 1
    Flag,
    /// inline cache not empty
    Cache,
    /// concatenation of fewer than 2 values
    ConcatCount,
    /// generic 'for' without a variable
    ForVariables,
    /// size of a new table out of range
    TableSize,
    /// jump out of the function
    Jump,
    /// jump backwards by another instruction than Jmp, ForLoop and TForLoop
    Backwards,
    /// control runs off the end
    End,
    /// LoadFalseSkip without a LoadTrue of the same register to skip
    Skip,
    /// ForPrep whose jump does not lead behind the ForLoop of the same register
    ForPrep,
    /// ForLoop whose jump does not lead behind the ForPrep of the same loop
    ForLoop,
    /// TForPrep whose jump does not lead to a TForCall of the same register
    TForPrep,
    /// TForCall without a TForLoop of the same register behind it
    TForCall,
    /// TForLoop without a TForCall of the same register before it
    TForLoop,
    /// open results that the next instruction does not use
    OpenUnused,
    /// use of open results that no instruction left, or not where it left them
    OpenMissing,
    /// jump between open results and their use
    OpenJump,
    /// vararg function that does not begin with VarargPrep of its parameters
    VarargStart,
    /// VarargPrep elsewhere than at the start of a vararg function
    VarargPrep,
    /// jump to the VarargPrep of a vararg function
    VarargJump,
    /// Vararg in a function that is not vararg
    Vararg,
    /// return that leaves captured or to-be-closed variables open
    ReturnOpen,
    /// tail call while variables are to be closed
    TailCallOpen,
    /// variables to be closed not marked in the order of their registers
    CloseOrder,
    /// call below captured or to-be-closed variables
    CallOpen,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

/// Why a chunk was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerifyError {
    /// Memory ran out.
    OutOfMemory,
    /// A function breaks a rule.
    Broken {
        /// The rule.
        rule: Rule,
        /// The line where the function says it begins.
        line_defined: u32,
        /// The instruction, if it is one that breaks the rule.
        pc: Option<u32>,
    },
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfMemory => f.write_str("not enough memory"),
            Self::Broken { rule, line_defined, pc } => {
                write!(f, "{rule}, function at line {line_defined}")?;
                pc.map_or(Ok(()), |pc| write!(f, ", instruction {}", pc + 1))
            }
        }
    }
}

impl std::error::Error for VerifyError {}

/// A broken rule within one function.
pub(crate) enum Failure {
    OutOfMemory,
    Broken(Rule, Option<u32>),
}

impl From<OutOfMemory> for Failure {
    fn from(_: OutOfMemory) -> Self {
        Self::OutOfMemory
    }
}

impl From<Rule> for Failure {
    fn from(rule: Rule) -> Self {
        Self::Broken(rule, None)
    }
}

fn ensure(condition: bool, rule: Rule) -> Result<(), Rule> {
    if condition { Ok(()) } else { Err(rule) }
}

/// Checks all functions of `chunk` against every [`Rule`].
///
/// # Errors
/// The first broken rule found.
pub fn verify(chunk: &Chunk) -> Result<(), VerifyError> {
    struct Item<'a> {
        prototype: &'a Prototype,
        outer: Option<&'a Prototype>,
        depth: usize,
    }
    let mut open = Vec::new();
    let oom = |_| VerifyError::OutOfMemory;
    push(&mut open, Item { prototype: &chunk.main, outer: None, depth: 1 }).map_err(oom)?;
    while let Some(Item { prototype, outer, depth }) = open.pop() {
        let checked = match depth > MAX_NESTING {
            true => Err(Rule::Nesting.into()),
            false => {
                Verifier { prototype, symbols: &chunk.symbols, targets: Vec::new() }.function(outer)
            }
        };
        checked.map_err(|failure| match failure {
            Failure::OutOfMemory => VerifyError::OutOfMemory,
            Failure::Broken(rule, pc) => {
                VerifyError::Broken { rule, line_defined: prototype.line_defined, pc }
            }
        })?;
        for nested in &prototype.prototypes {
            push(&mut open, Item { prototype: nested, outer: Some(prototype), depth: depth + 1 })
                .map_err(oom)?;
        }
    }
    Ok(())
}

struct Verifier<'a> {
    prototype: &'a Prototype,
    symbols: &'a Symbols,
    /// The instructions that are jumped to, in order.
    targets: Vec<u32>,
}

impl Verifier<'_> {
    fn function(&mut self, outer: Option<&Prototype>) -> Result<(), Failure> {
        self.frame()?;
        self.upvalues(outer)?;
        self.constants()?;
        self.debug_information()?;
        let code = &self.prototype.code;
        ensure((1..=i32::MAX as usize).contains(&code.len()), Rule::CodeSize)?;
        let at = |pc: usize| move |rule| Failure::Broken(rule, Some(pc as u32));
        let mut targets = Vec::new();
        for (pc, &instruction) in code.iter().enumerate() {
            let op = instruction.op().ok_or(Rule::Opcode).map_err(at(pc))?;
            self.operands(op, instruction).map_err(at(pc))?;
            self.ranges(op, instruction).map_err(at(pc))?;
            if let Some(target) = self.target(op, pc, instruction).map_err(at(pc))? {
                push(&mut targets, target)?;
            }
        }
        targets.sort_unstable();
        targets.dedup();
        self.targets = targets;
        for pc in 0..code.len() {
            self.neighbours(pc).map_err(at(pc))?;
            self.loops(pc).map_err(at(pc))?;
            self.open_results(pc).map_err(at(pc))?;
            self.varargs(pc).map_err(at(pc))?;
        }
        open::check(self.prototype, &self.targets)
    }

    fn frame(&self) -> Result<(), Rule> {
        let f = self.prototype;
        ensure(f.max_stack_size >= 2, Rule::StackSize)?;
        ensure(f.parameter_count <= f.max_stack_size, Rule::Parameters)
    }

    /// The upvalues of a main function come from wherever the loader says.
    fn upvalues(&self, outer: Option<&Prototype>) -> Result<(), Rule> {
        let f = self.prototype;
        ensure(f.upvalues.len() <= MAX_UPVALUES, Rule::UpvalueCount)?;
        for upvalue in &f.upvalues {
            ensure(upvalue.name.is_none_or(|name| self.is_symbol(name)), Rule::Symbol)?;
            if let Some(outer) = outer {
                let limit = match upvalue.in_stack {
                    true => outer.max_stack_size.into(),
                    false => outer.upvalues.len(),
                };
                ensure(usize::from(upvalue.index) < limit, Rule::UpvalueSource)?;
            }
        }
        Ok(())
    }

    fn is_symbol(&self, symbol: crate::Symbol) -> bool {
        (symbol.0 as usize) < self.symbols.len()
    }

    fn constants(&self) -> Result<(), Rule> {
        let known = |constant: &Constant| match *constant {
            Constant::String(symbol) => self.is_symbol(symbol),
            _ => true,
        };
        ensure(self.prototype.constants.iter().all(known), Rule::Symbol)
    }

    fn debug_information(&self) -> Result<(), Rule> {
        let f = self.prototype;
        ensure(f.lines.is_empty() || f.lines.len() == f.code.len(), Rule::Lines)?;
        let mut last_start = 0;
        for local in &f.locals {
            ensure(self.is_symbol(local.name), Rule::Symbol)?;
            ensure(local.register < f.max_stack_size, Rule::Locals)?;
            ensure(
                local.start_pc <= local.end_pc && local.end_pc as usize <= f.code.len(),
                Rule::Locals,
            )?;
            ensure(last_start <= local.start_pc, Rule::LocalsOrder)?;
            last_start = local.start_pc;
        }
        Ok(())
    }

    /// Whether `last` is a register.
    fn register(&self, last: usize) -> Result<(), Rule> {
        ensure(last < self.prototype.max_stack_size.into(), Rule::Register)
    }

    /// Whether `level` is a register or just above the last one.
    fn level(&self, level: usize) -> Result<(), Rule> {
        ensure(level <= self.prototype.max_stack_size.into(), Rule::Register)
    }

    /// Each operand by its kind in the list of opcodes.
    fn operands(&self, op: Op, i: Instruction) -> Result<(), Rule> {
        let third = match op.format() {
            Format::ABCD => i.c().into(),
            Format::ABE => i.e() as usize,
            Format::ABXJ => i.x().into(),
        };
        // These name a level of the stack, which may be above the registers.
        let level_only = matches!(op, Op::Close) || matches!(op, Op::Return) && i.b() <= 1;
        if level_only {
            self.level(i.a().into())?;
        }
        let f = self.prototype;
        let values = [usize::from(i.a()), usize::from(i.b()), third];
        for (kind, value) in op.operands().into_iter().zip(values) {
            match kind {
                'r' | 'w' if !level_only => self.register(value)?,
                'u' => ensure(value < f.upvalues.len(), Rule::Upvalue)?,
                'p' => ensure(value < f.prototypes.len(), Rule::Prototype)?,
                'k' => ensure(value < f.constants.len(), Rule::Constant)?,
                's' => match f.constants.get(value).ok_or(Rule::Constant)? {
                    &Constant::String(symbol) => {
                        ensure(
                            self.symbols.get(symbol).len() <= MAX_KEY_LENGTH,
                            Rule::StringConstant,
                        )?;
                    }
                    _ => return Err(Rule::StringConstant),
                },
                'n' => match f.constants.get(value).ok_or(Rule::Constant)? {
                    Constant::Integer(_) | Constant::Float(_) => {}
                    _ => return Err(Rule::NumberConstant),
                },
                _ => {}
            }
        }
        Ok(())
    }

    /// Registers that an instruction implies, counts, flags.
    fn ranges(&self, op: Op, i: Instruction) -> Result<(), Rule> {
        let (a, b, c) = (usize::from(i.a()), usize::from(i.b()), usize::from(i.c()));
        if has_cache(op) {
            return ensure(i.d() == NO_CACHE, Rule::Cache).and_then(|()| match op {
                Op::Method => self.register(a + 1),
                _ => Ok(()),
            });
        }
        match op {
            Op::LoadNil | Op::SetList => self.register(a + b),
            Op::NewTable => ensure(i.b() <= MAX_TABLE_SIZE_LOG, Rule::TableSize),
            Op::Concat => {
                ensure(b >= 2, Rule::ConcatCount)?;
                self.register(a + b - 1)
            }
            Op::Call => {
                self.register(a + b.max(1) - 1).and_then(|()| self.register(a + c.max(2) - 2))
            }
            Op::TailCall => {
                ensure(c <= 1 && i.d() <= 1, Rule::Flag)?;
                self.register(a + b.max(1) - 1)
            }
            Op::Return if b >= 2 => {
                ensure(c <= 1, Rule::Flag).and_then(|()| self.register(a + b - 2))
            }
            Op::Return => ensure(c <= 1, Rule::Flag),
            Op::Vararg | Op::VarargOf => self.register(a + c.max(2) - 2),
            Op::ForPrep | Op::ForLoop => self.register(a + 2),
            Op::TForPrep => self.register(a + 3),
            Op::TForCall | Op::TForCallFloat => {
                ensure(c >= 1, Rule::ForVariables)?;
                self.register(a + (c + 3).max(6))
            }
            Op::TForLoop => self.register(a + 4),
            Op::AddI | Op::SubI | Op::ShrI | Op::ShlI => ensure(i.d() <= 1, Rule::Flag),
            _ => match (op.format(), op.operands()[2]) {
                (Format::ABCD, 'n') => ensure(i.d() <= 1, Rule::Flag),
                (Format::ABXJ, 'x') => ensure(i.x() <= 1, Rule::Flag),
                _ => Ok(()),
            },
        }
    }

    /// The instruction jumped to.
    fn target(&self, op: Op, pc: usize, i: Instruction) -> Result<Option<u32>, Rule> {
        let length = self.prototype.code.len();
        let target = match op {
            Op::LoadFalseSkip => pc as i64 + 2,
            op if op.jumps() => pc as i64 + 1 + i64::from(i.j()),
            _ => return Ok(None),
        };
        let rule = if op == Op::LoadFalseSkip { Rule::Skip } else { Rule::Jump };
        ensure((0..length as i64).contains(&target), rule)?;
        // Whatever goes on for ever looks for interrupts.
        let may_go_back = matches!(op, Op::Jmp | Op::ForLoop | Op::TForLoop);
        ensure(target > pc as i64 || may_go_back, Rule::Backwards)?;
        Ok(Some(target as u32))
    }

    /// The opcode and instruction at `pc`, if there is one.
    fn at(&self, pc: usize) -> Option<(Op, Instruction)> {
        let &i = self.prototype.code.get(pc)?;
        Some((i.op()?, i))
    }

    /// Whether `op` with register `a` stands at `pc`.
    fn is(&self, pc: usize, op: Op, a: u8) -> bool {
        self.at(pc).is_some_and(|(other, i)| other == op && i.a() == a)
    }

    fn before(&self, pc: usize) -> Option<(Op, Instruction)> {
        self.at(pc.checked_sub(1)?)
    }

    /// What must stand behind an instruction.
    fn neighbours(&self, pc: usize) -> Result<(), Rule> {
        let Some((op, i)) = self.at(pc) else {
            return Ok(());
        };
        if pc + 1 == self.prototype.code.len() {
            ensure(
                matches!(op, Op::Return | Op::Return0 | Op::Return1 | Op::TailCall | Op::Jmp),
                Rule::End,
            )?;
        }
        match op {
            Op::LoadFalseSkip => ensure(self.is(pc + 1, Op::LoadTrue, i.a()), Rule::Skip),
            Op::TForCall | Op::TForCallFloat => {
                ensure(self.is(pc + 1, Op::TForLoop, i.a()), Rule::TForCall)
            }
            Op::TForLoop => match self.before(pc) {
                Some((Op::TForCall | Op::TForCallFloat, call)) if call.a() == i.a() => Ok(()),
                _ => Err(Rule::TForLoop),
            },
            _ => Ok(()),
        }
    }

    fn loops(&self, pc: usize) -> Result<(), Rule> {
        let Some((op, i)) = self.at(pc) else {
            return Ok(());
        };
        // In range, as `target` has found.
        let target = |pc: usize, i: Instruction| (pc as i64 + 1 + i64::from(i.j())) as usize;
        let leads_behind = |pc: usize, i: Instruction, end: Op| {
            target(pc, i).checked_sub(1).filter(|&last| self.is(last, end, i.a()))
        };
        match op {
            Op::ForPrep => ensure(leads_behind(pc, i, Op::ForLoop).is_some(), Rule::ForPrep),
            Op::ForLoop => {
                let start = leads_behind(pc, i, Op::ForPrep).ok_or(Rule::ForLoop)?;
                let (_, prep) = self.at(start).ok_or(Rule::ForLoop)?;
                ensure(target(start, prep) == pc + 1, Rule::ForLoop)
            }
            Op::TForPrep => {
                let call = target(pc, i);
                let is = |op| self.is(call, op, i.a());
                ensure(is(Op::TForCall) || is(Op::TForCallFloat), Rule::TForPrep)
            }
            _ => Ok(()),
        }
    }

    /// Results "up to the top" are left by one instruction and used by the next.
    fn open_results(&self, pc: usize) -> Result<(), Rule> {
        let Some((op, i)) = self.at(pc) else {
            return Ok(());
        };
        let uses = |(op, i): (Op, Instruction)| {
            i.b() == 0 && matches!(op, Op::Call | Op::TailCall | Op::Return | Op::SetList)
        };
        if matches!(op, Op::Call | Op::Vararg | Op::VarargOf) && i.c() == 0 {
            ensure(self.at(pc + 1).is_some_and(uses), Rule::OpenUnused)?;
        }
        if !uses((op, i)) {
            return Ok(());
        }
        // The first register that the open results may begin at.
        let least = u16::from(i.a()) + u16::from(op != Op::Return);
        let left = match self.before(pc) {
            Some((Op::Call | Op::Vararg | Op::VarargOf, before)) => {
                before.c() == 0 && u16::from(before.a()) >= least
            }
            // Never executed, but compilers write it.
            Some((Op::TailCall, before)) => op == Op::Return && before.a() >= i.a(),
            _ => false,
        };
        ensure(left, Rule::OpenMissing)?;
        ensure(!self.is_target(pc), Rule::OpenJump)
    }

    fn is_target(&self, pc: usize) -> bool {
        self.targets.binary_search(&(pc as u32)).is_ok()
    }

    fn varargs(&self, pc: usize) -> Result<(), Rule> {
        let f = self.prototype;
        let Some((op, i)) = self.at(pc) else {
            return Ok(());
        };
        if f.is_vararg && pc == 0 {
            ensure(op == Op::VarargPrep && i.a() == f.parameter_count, Rule::VarargStart)?;
            return ensure(!self.is_target(0), Rule::VarargJump);
        }
        ensure(op != Op::VarargPrep, Rule::VarargPrep)?;
        let takes = matches!(op, Op::Vararg | Op::VarargTable | Op::VarargGet);
        ensure(!takes || f.is_vararg, Rule::Vararg)
    }
}

#[cfg(test)]
mod tests;
