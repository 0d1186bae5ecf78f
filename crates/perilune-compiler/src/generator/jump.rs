//! Jumps and lists of jumps whose target is not known yet.
//!
//! The jumps of a list are chained through their own targets: each "jumps" to
//! the next, the last one to itself.

use super::Body;
use super::code::{Done, Failure};
use perilune_bytecode::{Instruction, Op};
use perilune_syntax::Refusal;

/// The end of a list, or an empty list.
pub(super) const NO_JUMP: i32 = -1;

/// The same test, jumping in the other case.
fn negated(op: Op) -> Op {
    match op {
        Op::Eq => Op::NotEq,
        Op::NotEq => Op::Eq,
        Op::EqK => Op::NotEqK,
        Op::NotEqK => Op::EqK,
        Op::EqI => Op::NotEqI,
        Op::NotEqI => Op::EqI,
        Op::Lt => Op::NotLt,
        Op::NotLt => Op::Lt,
        Op::Le => Op::NotLe,
        Op::NotLe => Op::Le,
        Op::LtI => Op::NotLtI,
        Op::NotLtI => Op::LtI,
        Op::LeI => Op::NotLeI,
        Op::NotLeI => Op::LeI,
        Op::GtI => Op::NotGtI,
        Op::NotGtI => Op::GtI,
        Op::GeI => Op::NotGeI,
        Op::NotGeI => Op::GeI,
        Op::Test => Op::TestNot,
        Op::TestNot => Op::Test,
        op => op,
    }
}

impl Body<'_> {
    /// Emits a jump or conditional jump without target.
    pub(super) fn emit_jump(&mut self, op: Op, a: u32, b: u16, x: u8) -> Result<i32, Failure> {
        let jump = Instruction::abxj(op, a as u8, b, x, NO_JUMP);
        Ok(self.emit(jump)? as i32)
    }

    /// Emits a jump without target.
    pub(super) fn jump(&mut self) -> Result<i32, Failure> {
        self.emit_jump(Op::Jmp, 0, 0, 0)
    }

    /// The next instruction's index, now a target of jumps.
    pub(super) fn here(&mut self) -> usize {
        self.last_target = self.pc();
        self.last_target
    }

    /// The next jump of a list.
    fn next_jump(&self, jump: i32) -> i32 {
        match self.code[jump as usize].j() {
            NO_JUMP => NO_JUMP,
            offset => jump + 1 + offset,
        }
    }

    /// Lets a jump lead to `target`.
    pub(super) fn fix_jump(&mut self, jump: usize, target: usize) -> Done {
        let offset = target as i64 - (jump as i64 + 1);
        if offset.abs() > i64::from(self.dialect.longest_jump) {
            return Err(Failure::Limit(Refusal::Text("control structure too long")));
        }
        self.code[jump] = self.code[jump].with_j(offset as i32);
        Ok(())
    }

    /// Appends the list `tail` to `list`, whose length it takes.
    pub(super) fn concat_jumps(&mut self, list: &mut i32, tail: i32) -> Done {
        if tail == NO_JUMP {
            return Ok(());
        }
        if *list == NO_JUMP {
            *list = tail;
            return Ok(());
        }
        let mut last = *list;
        loop {
            match self.next_jump(last) {
                NO_JUMP => break,
                next => last = next,
            }
        }
        self.fix_jump(last as usize, tail as usize)
    }

    /// Inverts the test of a jump.
    pub(super) fn negate(&mut self, jump: i32) {
        let instruction = &mut self.code[jump as usize];
        if let Some(op) = instruction.op() {
            *instruction = instruction.with_op(negated(op));
        }
    }

    /// Lets a test that produces a value write it to `register`, or produce
    /// none. Says whether the jump is such a test.
    fn patch_test(&mut self, jump: i32, register: Option<u32>) -> bool {
        let instruction = &mut self.code[jump as usize];
        let plain = match instruction.op() {
            Some(Op::TestSet) => Op::Test,
            Some(Op::TestSetNot) => Op::TestNot,
            _ => return false,
        };
        let tested = instruction.b();
        *instruction = match register {
            Some(register) if register != u32::from(tested) => instruction.with_a(register as u8),
            _ => instruction.with_op(plain).with_a(tested as u8).with_b(0),
        };
        true
    }

    /// No test of a list produces a value.
    pub(super) fn remove_values(&mut self, list: i32) {
        let mut jump = list;
        while jump != NO_JUMP {
            self.patch_test(jump, None);
            jump = self.next_jump(jump);
        }
    }

    /// Whether a list has a jump that does not produce a value.
    pub(super) fn needs_value(&self, list: i32) -> bool {
        let mut jump = list;
        while jump != NO_JUMP {
            let op = self.code[jump as usize].op();
            if !matches!(op, Some(Op::TestSet | Op::TestSetNot)) {
                return true;
            }
            jump = self.next_jump(jump);
        }
        false
    }

    /// Lets the jumps of a list that produce a value write it to `register` and
    /// lead to `value_target`, the others lead to `other_target`.
    pub(super) fn patch_values(
        &mut self,
        list: i32,
        value_target: usize,
        register: Option<u32>,
        other_target: usize,
    ) -> Done {
        let mut jump = list;
        while jump != NO_JUMP {
            let next = self.next_jump(jump);
            let target = if self.patch_test(jump, register) { value_target } else { other_target };
            self.fix_jump(jump as usize, target)?;
            jump = next;
        }
        Ok(())
    }

    /// Lets all jumps of a list lead to `target`.
    pub(super) fn patch_list(&mut self, list: i32, target: usize) -> Done {
        self.patch_values(list, target, None, target)
    }

    /// Lets all jumps of a list lead to the next instruction.
    pub(super) fn patch_to_here(&mut self, list: i32) -> Done {
        let here = self.here();
        self.patch_list(list, here)
    }
}
