//! Operators.

use super::Body;
use super::code::{Done, Failure};
use super::jump::NO_JUMP;
use super::operand::{Kind, Operand};
use perilune_bytecode::{Instruction, Op};
use perilune_syntax::tree::{BinaryOp, Literal, UnaryOp};
use perilune_syntax::{Borders, exact_integer};

/// Marks an instruction with a constant whose operands are swapped.
const SWAPPED: u16 = 1;

/// The value of a numeral that fits an instruction, and whether it is a float.
fn small_number(operand: &Operand) -> Option<(i16, bool)> {
    if operand.has_jumps() {
        return None;
    }
    let (value, is_float) = match operand.kind {
        Kind::Literal(Literal::Integer(value)) => (value, false),
        Kind::Literal(Literal::Float(value)) => (exact_integer(value)?, true),
        _ => return None,
    };
    Some((i16::try_from(value).ok()?, is_float))
}

fn small_integer(operand: &Operand) -> Option<i16> {
    i16::try_from(operand.integer()?).ok()
}

/// The instruction on two registers, and the one on a register and a constant.
fn arithmetic_ops(op: BinaryOp) -> (Op, Option<Op>) {
    match op {
        BinaryOp::Add => (Op::Add, Some(Op::AddK)),
        BinaryOp::Sub => (Op::Sub, Some(Op::SubK)),
        BinaryOp::Mul => (Op::Mul, Some(Op::MulK)),
        BinaryOp::Mod => (Op::Mod, Some(Op::ModK)),
        BinaryOp::Pow => (Op::Pow, Some(Op::PowK)),
        BinaryOp::Div => (Op::Div, Some(Op::DivK)),
        BinaryOp::IDiv => (Op::IDiv, Some(Op::IDivK)),
        BinaryOp::BAnd => (Op::BAnd, Some(Op::BAndK)),
        BinaryOp::BOr => (Op::BOr, Some(Op::BOrK)),
        BinaryOp::BXor => (Op::BXor, Some(Op::BXorK)),
        BinaryOp::Shl => (Op::Shl, None),
        _ => (Op::Shr, None),
    }
}

impl Body<'_> {
    /// Makes the last operand one value that is no variable.
    pub(super) fn single(&mut self) -> Done {
        self.with_top(|body, operand| body.discharge_variable(operand))
    }

    /// Applies a unary operator. Constants that fold did so in the parser.
    pub(super) fn unary(&mut self, op: UnaryOp, line: u32) -> Done {
        self.with_top(|body, operand| {
            body.discharge_variable(operand)?;
            let op = match op {
                UnaryOp::Not => return body.not(operand),
                UnaryOp::Minus => Op::Unm,
                UnaryOp::BNot => Op::BNot,
                UnaryOp::Len => match body.dialect.borders {
                    Borders::Hinted => Op::Len,
                    _ => body.for_numbers(Op::LenSearched, Op::LenFloat),
                },
            };
            let register = body.put_in_any_register(operand)?;
            body.free_operand(operand);
            let pc = body.emit_abc(op, 0, register, 0)?;
            body.fix_line(line);
            *operand = Operand::new(Kind::Pending(pc));
            Ok(())
        })
    }

    fn not(&mut self, operand: &mut Operand) -> Done {
        match operand.kind {
            Kind::Literal(Literal::Nil | Literal::False) => {
                operand.kind = Kind::Literal(Literal::True);
            }
            Kind::Literal(_) | Kind::Constant(_) => operand.kind = Kind::Literal(Literal::False),
            Kind::Jump(jump) => self.negate(jump),
            _ => {
                self.discharge_to_any(operand)?;
                self.free_operand(operand);
                if let Kind::Register(register) = operand.kind {
                    operand.kind = Kind::Pending(self.emit_abc(Op::Not, 0, register, 0)?);
                }
            }
        }
        std::mem::swap(&mut operand.on_true, &mut operand.on_false);
        self.remove_values(operand.on_true);
        self.remove_values(operand.on_false);
        Ok(())
    }

    /// Emits a jump taken if `operand` is true, or false if not `when`.
    fn jump_on(&mut self, operand: &mut Operand, when: bool) -> Result<i32, Failure> {
        if let Kind::Pending(pc) = operand.kind
            && self.code[pc].op() == Some(Op::Not)
        {
            // The negation is the last instruction; test its operand instead.
            let register = u32::from(self.code[pc].b());
            self.code.pop();
            self.lines.pop();
            let op = if when { Op::TestNot } else { Op::Test };
            return self.emit_jump(op, register, 0, 0);
        }
        self.discharge_to_any(operand)?;
        self.free_operand(operand);
        let Kind::Register(register) = operand.kind else {
            return Ok(NO_JUMP);
        };
        let op = if when { Op::TestSet } else { Op::TestSetNot };
        self.emit_jump(op, u32::from(u8::MAX), register as u16, 0)
    }

    /// Goes on if `operand` is true, and jumps otherwise.
    pub(super) fn go_if_true(&mut self, operand: &mut Operand) -> Done {
        self.discharge_variable(operand)?;
        let mut jump = match operand.kind {
            Kind::Jump(jump) => {
                self.negate(jump);
                jump
            }
            Kind::Literal(Literal::Nil | Literal::False) => self.jump_on(operand, false)?,
            Kind::Literal(_) | Kind::Constant(_) => NO_JUMP,
            _ => self.jump_on(operand, false)?,
        };
        self.concat_jumps(&mut jump, operand.on_false)?;
        operand.on_false = jump;
        self.patch_to_here(operand.on_true)?;
        operand.on_true = NO_JUMP;
        Ok(())
    }

    /// Goes on if `operand` is false, and jumps otherwise.
    pub(super) fn go_if_false(&mut self, operand: &mut Operand) -> Done {
        self.discharge_variable(operand)?;
        let mut jump = match operand.kind {
            Kind::Jump(jump) => jump,
            Kind::Literal(Literal::Nil | Literal::False) => NO_JUMP,
            _ => self.jump_on(operand, true)?,
        };
        self.concat_jumps(&mut jump, operand.on_true)?;
        operand.on_true = jump;
        self.patch_to_here(operand.on_false)?;
        operand.on_false = NO_JUMP;
        Ok(())
    }

    /// The first operand of `op` is complete.
    pub(super) fn infix(&mut self, op: BinaryOp) -> Done {
        self.with_top(|body, operand| {
            body.discharge_variable(operand)?;
            match op {
                BinaryOp::And => body.go_if_true(operand),
                BinaryOp::Or => body.go_if_false(operand),
                BinaryOp::Concat => body.put_in_next_register(operand),
                BinaryOp::Eq | BinaryOp::Ne => {
                    if !operand.is_numeral() && body.constant_of(operand)?.is_none() {
                        body.put_in_any_register(operand)?;
                    }
                    Ok(())
                }
                BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge => {
                    if small_number(operand).is_none() {
                        body.put_in_any_register(operand)?;
                    }
                    Ok(())
                }
                _ => {
                    let constant = matches!(operand.kind, Kind::Literal(_) | Kind::Constant(_))
                        && !operand.has_jumps()
                        && body.dialect.operands_are_constants;
                    if !constant && !operand.is_numeral() {
                        body.put_in_any_register(operand)?;
                    }
                    Ok(())
                }
            }
        })
    }

    /// Applies a binary operator to the last two operands.
    pub(super) fn binary(&mut self, op: BinaryOp, line: u32) -> Done {
        let mut right = self.pop();
        let left = self.pop();
        self.discharge_variable(&mut right)?;
        let result = match op {
            BinaryOp::And => {
                self.concat_jumps(&mut right.on_false, left.on_false)?;
                right
            }
            BinaryOp::Or => {
                self.concat_jumps(&mut right.on_true, left.on_true)?;
                right
            }
            BinaryOp::Concat => self.concat(left, right, line)?,
            BinaryOp::Eq | BinaryOp::Ne => self.equality(op, left, right)?,
            BinaryOp::Lt => self.order(Op::Lt, left, right)?,
            BinaryOp::Le => self.order(Op::Le, left, right)?,
            BinaryOp::Gt => self.order(Op::Lt, right, left)?,
            BinaryOp::Ge => self.order(Op::Le, right, left)?,
            _ => self.arithmetic(op, left, right, line)?,
        };
        self.push(result)
    }

    /// `a .. (b .. c)` is one instruction.
    fn concat(&mut self, left: Operand, mut right: Operand, line: u32) -> Result<Operand, Failure> {
        self.put_in_next_register(&mut right)?;
        let Kind::Register(first) = left.kind else {
            return Ok(left);
        };
        let merged = match self.previous() {
            Some(last)
                if last.op_byte() == Op::Concat as u8 && u32::from(last.a()) == first + 1 =>
            {
                let count = last.b() + 1;
                *last = last.with_a(first as u8).with_b(count);
                true
            }
            _ => false,
        };
        if !merged {
            self.emit_abc(Op::Concat, first, 2, 0)?;
        }
        self.free_operand(&right);
        if !merged {
            self.fix_line(line);
        }
        Ok(left)
    }

    /// Makes a zero the constant that stands for all, if it is the first one and
    /// they are one: the instruction may have it as a number of its own.
    fn meet_zero(&mut self, operand: &Operand) -> Done {
        if self.dialect.merged_zeros
            && let Kind::Literal(literal @ Literal::Float(0.0)) = operand.kind
            && operand.is_numeral()
        {
            self.constant(literal)?;
        }
        Ok(())
    }

    fn arithmetic(
        &mut self,
        op: BinaryOp,
        mut left: Operand,
        mut right: Operand,
        line: u32,
    ) -> Result<Operand, Failure> {
        self.meet_zero(&right)?;
        let mut swapped = false;
        match op {
            BinaryOp::Add | BinaryOp::Mul => swapped = left.is_numeral(),
            BinaryOp::BAnd | BinaryOp::BOr | BinaryOp::BXor => swapped = left.integer().is_some(),
            BinaryOp::Shl => {
                if let Some(value) = small_integer(&left) {
                    return self.with_operand(Op::ShlI, right, left, value as u16, 0, line);
                }
                if let Some(down) = small_integer(&right).and_then(i16::checked_neg) {
                    return self.with_operand(Op::ShrI, left, right, down as u16, SWAPPED, line);
                }
            }
            BinaryOp::Shr => {
                if let Some(value) = small_integer(&right) {
                    return self.with_operand(Op::ShrI, left, right, value as u16, 0, line);
                }
            }
            BinaryOp::Sub => {
                let subtracts = |value: &i16| *value != 0 || self.dialect.subtracting_adds;
                if let Some(value) = small_integer(&right).filter(subtracts) {
                    return self.with_operand(Op::SubI, left, right, value as u16, 0, line);
                }
            }
            _ => {}
        }
        if swapped {
            std::mem::swap(&mut left, &mut right);
        }
        let flag = if swapped { SWAPPED } else { 0 };
        if op == BinaryOp::Add
            && let Some(value) = small_integer(&right)
        {
            return self.with_operand(Op::AddI, left, right, value as u16, flag, line);
        }
        let (plain, with_constant) = match op {
            BinaryOp::Mod if self.dialect.modulo_by_floor => (Op::FloorMod, Some(Op::FloorModK)),
            op => arithmetic_ops(op),
        };
        let bitwise = matches!(op, BinaryOp::BAnd | BinaryOp::BOr | BinaryOp::BXor);
        let takes = if bitwise { right.integer().is_some() } else { right.is_numeral() };
        if let Some(with_constant) = with_constant
            && takes
            && let Some(index) = self.constant_of(&mut right)?
        {
            return self.with_operand(with_constant, left, right, index, flag, line);
        }
        if swapped {
            std::mem::swap(&mut left, &mut right);
        }
        let register = self.put_operand(&mut right, line)?;
        self.with_operand(plain, left, right, register as u16, 0, line)
    }

    /// Emits an operation of `left` in a register with `c`, which stands for
    /// `right`.
    fn with_operand(
        &mut self,
        op: Op,
        mut left: Operand,
        right: Operand,
        c: u16,
        d: u16,
        line: u32,
    ) -> Result<Operand, Failure> {
        let register = self.put_operand(&mut left, line)?;
        let pc = self.emit(Instruction::abcd(op, 0, register as u16, c, d))?;
        self.free_operands(&left, &right);
        self.fix_line(line);
        Ok(Operand::new(Kind::Pending(pc)))
    }

    /// Puts an operand of arithmetic in some register. A constant that counts as
    /// a part of the operation is loaded on its line.
    fn put_operand(&mut self, operand: &mut Operand, line: u32) -> Result<u32, Failure> {
        let constant = matches!(operand.kind, Kind::Literal(_) | Kind::Constant(_));
        let register = self.put_in_any_register(operand)?;
        if constant && self.dialect.operands_are_constants {
            self.fix_line(line);
        }
        Ok(register)
    }

    fn equality(
        &mut self,
        op: BinaryOp,
        mut left: Operand,
        mut right: Operand,
    ) -> Result<Operand, Failure> {
        self.meet_zero(&left)?;
        self.meet_zero(&right)?;
        if !matches!(left.kind, Kind::Register(_)) {
            std::mem::swap(&mut left, &mut right);
        }
        let a = self.put_in_any_register(&mut left)?;
        let (equal, different, b) = if let Some((value, _)) = small_number(&right) {
            (Op::EqI, Op::NotEqI, value as u16)
        } else if let Some(index) = self.constant_of(&mut right)? {
            (Op::EqK, Op::NotEqK, index)
        } else {
            (Op::Eq, Op::NotEq, self.put_in_any_register(&mut right)? as u16)
        };
        self.free_operands(&left, &right);
        let op = if op == BinaryOp::Eq { equal } else { different };
        let jump = self.emit_jump(op, a, b, 0)?;
        Ok(Operand::new(Kind::Jump(jump)))
    }

    /// `left < right` or `left <= right`.
    fn order(&mut self, op: Op, mut left: Operand, mut right: Operand) -> Result<Operand, Failure> {
        self.meet_zero(&left)?;
        self.meet_zero(&right)?;
        let strict = op == Op::Lt;
        let (op, a, b, x) = if let Some((value, is_float)) = small_number(&right) {
            let op = if strict { Op::LtI } else { Op::LeI };
            (op, self.put_in_any_register(&mut left)?, value as u16, is_float)
        } else if let Some((value, is_float)) = small_number(&left) {
            let op = if strict { Op::GtI } else { Op::GeI };
            (op, self.put_in_any_register(&mut right)?, value as u16, is_float)
        } else {
            let a = self.put_in_any_register(&mut left)?;
            (op, a, self.put_in_any_register(&mut right)? as u16, false)
        };
        self.free_operands(&left, &right);
        let jump = self.emit_jump(op, a, b, x.into())?;
        Ok(Operand::new(Kind::Jump(jump)))
    }
}
