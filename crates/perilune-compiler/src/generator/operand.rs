//! Operands: expressions whose code is not complete.

use super::Body;
use super::code::{Done, Failure};
use super::jump::NO_JUMP;
use perilune_bytecode::Symbol;
use perilune_syntax::tree::Literal;

/// Where the value of an operand is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Literal(Literal),
    /// A constant of this index.
    Constant(u32),
    /// A register, temporary or not.
    Register(u32),
    /// A local variable's register.
    Local(u32),
    Upvalue(u8),
    /// Element of a table in a register, by a key in a register.
    Index {
        table: u32,
        key: u32,
    },
    /// By an integer.
    IndexInteger {
        table: u32,
        key: u16,
    },
    /// By a short string constant.
    IndexField {
        table: u32,
        key: u16,
    },
    /// Field of an upvalue, by a short string constant.
    IndexUpvalue {
        upvalue: u8,
        key: u16,
    },
    /// The table of extra arguments, which does not exist. Only its elements are
    /// used.
    VarargTable,
    /// Element of the table of extra arguments, which does not exist, by a key in
    /// a register.
    IndexVararg(u32),
    /// A test that jumps if it is true.
    Jump(i32),
    /// The result of an instruction whose target register is open.
    Pending(usize),
    /// A call, by its instruction.
    Call(usize),
    /// `...`, by its instruction.
    Vararg(usize),
}

/// An operand. Its value may also come by one of the jumps that leave it while
/// it is computed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Operand {
    pub kind: Kind,
    /// Jumps taken when it is true.
    pub on_true: i32,
    /// Jumps taken when it is false.
    pub on_false: i32,
}

impl Operand {
    #[inline(always)]
    pub(super) fn new(kind: Kind) -> Self {
        Self { kind, on_true: NO_JUMP, on_false: NO_JUMP }
    }

    pub(super) fn literal(literal: Literal) -> Self {
        Self::new(Kind::Literal(literal))
    }

    pub(super) fn string(symbol: Symbol) -> Self {
        Self::literal(Literal::String(symbol))
    }

    pub(super) fn upvalue(number: u8) -> Self {
        Self::new(Kind::Upvalue(number))
    }

    pub(super) fn has_jumps(&self) -> bool {
        self.on_true != self.on_false
    }

    /// Whether it may have any number of values.
    pub(super) fn is_multiple(&self) -> bool {
        matches!(self.kind, Kind::Call(_) | Kind::Vararg(_))
    }

    pub(super) fn is_numeral(&self) -> bool {
        let number = matches!(self.kind, Kind::Literal(Literal::Integer(_) | Literal::Float(_)));
        number && !self.has_jumps()
    }

    /// The value of an integer literal.
    pub(super) fn integer(&self) -> Option<i64> {
        match self.kind {
            Kind::Literal(Literal::Integer(value)) if !self.has_jumps() => Some(value),
            _ => None,
        }
    }
}

impl Body<'_> {
    #[inline]
    pub(super) fn push(&mut self, operand: Operand) -> Done {
        Ok(self.account.push(&mut self.operands, operand)?)
    }

    /// The last operand. The tree pushes before it pops.
    pub(super) fn pop(&mut self) -> Operand {
        debug_assert!(!self.operands.is_empty());
        self.operands.pop().unwrap_or(Operand::literal(Literal::Nil))
    }

    /// Changes the last operand.
    #[inline(always)]
    pub(super) fn with_top(
        &mut self,
        change: impl FnOnce(&mut Self, &mut Operand) -> Result<(), Failure>,
    ) -> Done {
        let mut top = self.pop();
        change(self, &mut top)?;
        self.operands.push(top);
        Ok(())
    }
}
