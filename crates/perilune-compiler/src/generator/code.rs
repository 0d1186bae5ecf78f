//! Emitting instructions.

use super::Body;
use perilune_bytecode::{Instruction, Op};
use perilune_syntax::tree::Node;
use perilune_syntax::{OutOfMemory, Refusal, SinkError};

/// Why a function cannot be compiled.
#[derive(Clone, Copy, Debug)]
pub(super) enum Failure {
    OutOfMemory,
    /// A limit, with the message for the user.
    Limit(Refusal),
    /// A limit, met where the node before was complete.
    LimitBefore(Refusal),
}

impl Failure {
    /// The failure at the node of this index.
    pub(super) fn at(self, node: usize, nodes: &[Node]) -> SinkError {
        match self {
            Failure::OutOfMemory => SinkError::OutOfMemory,
            Failure::Limit(message) => SinkError::Limit { node, message },
            Failure::LimitBefore(message) => {
                let before = nodes[..node].iter().rposition(|n| !matches!(n, Node::Line(_)));
                SinkError::Limit { node: before.unwrap_or(node), message }
            }
        }
    }
}

impl From<OutOfMemory> for Failure {
    fn from(_: OutOfMemory) -> Self {
        Self::OutOfMemory
    }
}

pub(super) type Done = Result<(), Failure>;

impl Body<'_> {
    /// The index of the next instruction.
    #[inline(always)]
    pub(super) fn pc(&self) -> usize {
        self.code.len()
    }

    /// Emits an instruction on the current line, and gives its index.
    #[inline]
    pub(super) fn emit(&mut self, instruction: Instruction) -> Result<usize, Failure> {
        let state = &mut *self.state;
        self.account.push(&mut state.code, instruction)?;
        self.account.push(&mut state.lines, state.line)?;
        Ok(state.code.len() - 1)
    }

    /// Emits an instruction with registers or small operands.
    #[inline]
    pub(super) fn emit_abc(&mut self, op: Op, a: u32, b: u32, c: u32) -> Result<usize, Failure> {
        debug_assert!(a <= 255 && b <= 0xffff && c <= 0xffff);
        self.emit(Instruction::abc(op, a as u8, b as u16, c as u16))
    }

    /// Moves the last instruction to `line`.
    pub(super) fn fix_line(&mut self, line: u32) {
        if let Some(last) = self.lines.last_mut() {
            *last = line;
        }
    }

    /// The last instruction, unless a jump may lead behind it.
    pub(super) fn previous(&mut self) -> Option<&mut Instruction> {
        if self.pc() > self.last_target { self.code.last_mut() } else { None }
    }

    /// Sets `count` registers from `from` to nil, together with those that the
    /// previous instruction sets if they adjoin.
    pub(super) fn emit_nil(&mut self, from: u32, count: u32) -> Done {
        let last = from + count - 1;
        if let Some(previous) = self.previous()
            && previous.op_byte() == Op::LoadNil as u8
        {
            let first_before = u32::from(previous.a());
            let last_before = first_before + u32::from(previous.b());
            if first_before <= last + 1 && from <= last_before + 1 {
                let first = from.min(first_before);
                let last = last.max(last_before);
                *previous = previous.with_a(first as u8).with_b((last - first) as u16);
                return Ok(());
            }
        }
        let start = usize::from(self.function.is_vararg);
        if self.dialect.clean_registers && self.pc() == start && self.last_target <= start {
            return self.emit_hidden_nil(from, count);
        }
        self.emit_abc(Op::LoadNil, from, count - 1, 0)?;
        Ok(())
    }

    /// The same where the function begins, so that nobody sees it.
    pub(super) fn emit_hidden_nil(&mut self, from: u32, count: u32) -> Done {
        let hidden = Instruction::abcd(Op::LoadNil, from as u8, count as u16 - 1, 0, 1);
        let pc = self.emit(hidden)?;
        self.clean = Some(pc);
        Ok(())
    }
}
