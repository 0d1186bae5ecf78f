//! Registers, and getting operands into them.

use super::Body;
use super::code::{Done, Failure};
use super::jump::NO_JUMP;
use super::operand::{Kind, Operand};
use perilune_bytecode::{Instruction, Op};
use perilune_syntax::tree::Literal;
use perilune_syntax::{Refusal, exact_integer};

impl Body<'_> {
    /// Makes sure that `count` registers above the used ones exist.
    pub(super) fn check_stack(&mut self, count: u32) -> Done {
        let wanted = self.free.saturating_add(count);
        if wanted > self.max_stack {
            let limit = u32::from(self.dialect.register_limit);
            if wanted >= limit {
                return Err(Failure::Limit(match self.dialect.too_many_registers {
                    Some(message) => Refusal::Text(message),
                    None => Refusal::Limit("registers", limit as usize - 1),
                }));
            }
            self.max_stack = wanted;
        }
        Ok(())
    }

    /// Takes `count` registers.
    pub(super) fn reserve(&mut self, count: u32) -> Done {
        self.check_stack(count)?;
        self.free += count;
        Ok(())
    }

    /// The number of registers that variables take.
    #[inline]
    pub(super) fn variable_registers(&self) -> u32 {
        self.variables.last().map_or(0, |v| v.level)
    }

    /// Gives a temporary register back, the last one taken.
    fn free_register(&mut self, register: u32) {
        if register >= self.variable_registers() {
            self.free -= 1;
            debug_assert_eq!(register, self.free);
        }
    }

    fn free_registers(&mut self, first: u32, second: u32) {
        self.free_register(first.max(second));
        self.free_register(first.min(second));
    }

    /// Gives back the register of `operand`, if it has one.
    pub(super) fn free_operand(&mut self, operand: &Operand) {
        if let Kind::Register(register) = operand.kind {
            self.free_register(register);
        }
    }

    /// Gives back the registers of both.
    pub(super) fn free_operands(&mut self, first: &Operand, second: &Operand) {
        match (first.kind, second.kind) {
            (Kind::Register(a), Kind::Register(b)) => self.free_registers(a, b),
            _ => {
                self.free_operand(first);
                self.free_operand(second);
            }
        }
    }

    /// Loads a constant of the function.
    pub(super) fn load_constant(&mut self, register: u32, index: u32) -> Done {
        self.emit(Instruction::abe(Op::LoadK, register as u8, 0, index))?;
        Ok(())
    }

    pub(super) fn load_integer(&mut self, register: u32, value: i64) -> Done {
        match i32::try_from(value) {
            Ok(small) => {
                self.emit(Instruction::abe(Op::LoadI, register as u8, 0, small as u32))?;
                Ok(())
            }
            Err(_) => {
                let index = self.constant(Literal::Integer(value))?;
                self.load_constant(register, index)
            }
        }
    }

    /// The first opcode, or the second one where all numbers are floats.
    pub(super) fn for_numbers(&self, mixed: Op, float: Op) -> Op {
        if self.dialect.float_only_numbers { float } else { mixed }
    }

    pub(super) fn load_literal(&mut self, register: u32, literal: Literal) -> Done {
        match literal {
            Literal::Nil => return self.emit_nil(register, 1),
            Literal::False => self.emit_abc(Op::LoadFalse, register, 0, 0)?,
            Literal::True => self.emit_abc(Op::LoadTrue, register, 0, 0)?,
            Literal::Integer(value) => return self.load_integer(register, value),
            Literal::Float(value)
                if let Some(small) = exact_integer(value).and_then(|i| i32::try_from(i).ok())
                    && (small != 0 || value.is_sign_positive() && !self.dialect.merged_zeros) =>
            {
                self.emit(Instruction::abe(Op::LoadF, register as u8, 0, small as u32))?
            }
            Literal::Float(_) | Literal::String(_) => {
                let index = self.constant(literal)?;
                return self.load_constant(register, index);
            }
        };
        Ok(())
    }

    /// Makes one value of a call or `...`.
    pub(super) fn one_value(&mut self, operand: &mut Operand) {
        match operand.kind {
            Kind::Call(pc) => operand.kind = Kind::Register(u32::from(self.code[pc].a())),
            Kind::Vararg(pc) => {
                self.code[pc] = self.code[pc].with_c(2);
                operand.kind = Kind::Pending(pc);
            }
            _ => {}
        }
    }

    /// Makes `operand` a value that is no variable, emitting what reads it.
    #[inline(always)]
    pub(super) fn discharge_variable(&mut self, operand: &mut Operand) -> Done {
        match operand.kind {
            Kind::Local(register) => {
                operand.kind = Kind::Register(register);
                Ok(())
            }
            Kind::Register(_)
            | Kind::Literal(_)
            | Kind::Constant(_)
            | Kind::Jump(_)
            | Kind::Pending(_) => Ok(()),
            _ => self.read_variable(operand),
        }
    }

    #[inline(never)]
    fn read_variable(&mut self, operand: &mut Operand) -> Done {
        let pc = match operand.kind {
            Kind::Upvalue(upvalue) => self.emit_abc(Op::GetUpval, 0, upvalue.into(), 0)?,
            Kind::IndexUpvalue { upvalue, key } => {
                self.emit_abc(Op::GetTabUp, 0, upvalue.into(), key.into())?
            }
            Kind::IndexInteger { table, key } => {
                self.free_register(table);
                let op = self.for_numbers(Op::GetIndex, Op::GetIndexFloat);
                self.emit_abc(op, 0, table, key.into())?
            }
            Kind::IndexField { table, key } => {
                self.free_register(table);
                self.emit_abc(Op::GetField, 0, table, key.into())?
            }
            Kind::IndexVararg(key) => {
                self.free_register(key);
                self.emit_abc(Op::VarargGet, 0, 0, key)?
            }
            Kind::Index { table, key } => {
                self.free_registers(table, key);
                let op = self.for_numbers(Op::GetTable, Op::GetTableFloat);
                self.emit_abc(op, 0, table, key)?
            }
            _ => {
                self.one_value(operand);
                return Ok(());
            }
        };
        operand.kind = Kind::Pending(pc);
        Ok(())
    }

    /// Puts the value of `operand` in `register`, but not what comes by its
    /// jumps. A test stays a test.
    fn discharge_to(&mut self, operand: &mut Operand, register: u32) -> Done {
        self.discharge_variable(operand)?;
        match operand.kind {
            Kind::Literal(literal) => self.load_literal(register, literal)?,
            Kind::Constant(index) => self.load_constant(register, index)?,
            Kind::Pending(pc) => self.code[pc] = self.code[pc].with_a(register as u8),
            Kind::Register(from) => {
                if from != register {
                    let line = self.line_of_concatenation(from);
                    self.emit_abc(Op::Move, register, from, 0)?;
                    if let Some(line) = line {
                        self.fix_line(line);
                    }
                }
            }
            _ => return Ok(()),
        }
        operand.kind = Kind::Register(register);
        Ok(())
    }

    /// The line of the last instruction if that is a concatenation whose result,
    /// in that register, might as well be anywhere.
    fn line_of_concatenation(&mut self, register: u32) -> Option<u32> {
        if !self.dialect.concatenations_anywhere || register < self.variable_registers() {
            return None;
        }
        let last = *self.previous()?;
        let is_it = last.op_byte() == Op::Concat as u8 && u32::from(last.a()) == register;
        if is_it { self.lines.last().copied() } else { None }
    }

    /// Puts the value of `operand` in some register, but not what comes by its
    /// jumps.
    pub(super) fn discharge_to_any(&mut self, operand: &mut Operand) -> Done {
        if !matches!(operand.kind, Kind::Register(_)) {
            self.reserve(1)?;
            self.discharge_to(operand, self.free - 1)?;
        }
        Ok(())
    }

    /// Puts the value of `operand` in `register`, however it comes.
    pub(super) fn put_in_register(&mut self, operand: &mut Operand, register: u32) -> Done {
        self.discharge_to(operand, register)?;
        let test = matches!(operand.kind, Kind::Jump(_));
        if let Kind::Jump(mut jump) = operand.kind {
            self.concat_jumps(&mut jump, operand.on_true)?;
            operand.on_true = jump;
        }
        if operand.has_jumps() {
            let (mut load_false, mut load_true) = (0, 0);
            if self.needs_value(operand.on_true) || self.needs_value(operand.on_false) {
                let around = if test { NO_JUMP } else { self.jump()? };
                self.here();
                load_false = self.emit_abc(Op::LoadFalseSkip, register, 0, 0)?;
                self.here();
                load_true = self.emit_abc(Op::LoadTrue, register, 0, 0)?;
                self.patch_to_here(around)?;
            }
            let end = self.here();
            self.patch_values(operand.on_false, end, Some(register), load_false)?;
            self.patch_values(operand.on_true, end, Some(register), load_true)?;
        }
        *operand = Operand::new(Kind::Register(register));
        Ok(())
    }

    /// Puts the value of `operand` in the next register.
    pub(super) fn put_in_next_register(&mut self, operand: &mut Operand) -> Done {
        self.discharge_variable(operand)?;
        self.free_operand(operand);
        self.reserve(1)?;
        self.put_in_register(operand, self.free - 1)
    }

    /// Puts the value of `operand` in some register and gives that.
    pub(super) fn put_in_any_register(&mut self, operand: &mut Operand) -> Result<u32, Failure> {
        self.discharge_variable(operand)?;
        if let Kind::Register(register) = operand.kind {
            if !operand.has_jumps() {
                return Ok(register);
            }
            // A variable's register must not receive what the jumps bring.
            if register >= self.variable_registers() {
                self.put_in_register(operand, register)?;
                return Ok(register);
            }
        }
        self.put_in_next_register(operand)?;
        Ok(self.free - 1)
    }

    /// Puts the value of `operand` in some register, unless it is an upvalue.
    pub(super) fn put_in_register_or_upvalue(&mut self, operand: &mut Operand) -> Done {
        if !matches!(operand.kind, Kind::Upvalue(_)) || operand.has_jumps() {
            self.put_in_any_register(operand)?;
        }
        Ok(())
    }

    /// Makes `operand` a value in a register, a constant or pending.
    pub(super) fn settle(&mut self, operand: &mut Operand) -> Done {
        if matches!(operand.kind, Kind::Jump(_)) || operand.has_jumps() {
            self.put_in_any_register(operand)?;
            return Ok(());
        }
        self.discharge_variable(operand)
    }

    /// The constant index of `operand`, if it is a constant whose index fits an
    /// instruction.
    pub(super) fn constant_of(&mut self, operand: &mut Operand) -> Result<Option<u16>, Failure> {
        if operand.has_jumps() {
            return Ok(None);
        }
        let index = match operand.kind {
            Kind::Literal(literal) => self.constant(literal)?,
            Kind::Constant(index) => index,
            _ => return Ok(None),
        };
        let Ok(short) = u16::try_from(index) else {
            return Ok(None);
        };
        operand.kind = Kind::Constant(index);
        Ok(Some(short))
    }
}
