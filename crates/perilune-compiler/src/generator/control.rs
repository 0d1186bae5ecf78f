//! Blocks, conditions, loops, labels.

use super::Body;
use super::code::{Done, Failure};
use super::jump::NO_JUMP;
use super::operand::Kind;
use perilune_bytecode::{Instruction, Op, Symbol};
use perilune_syntax::tree::{LabelId, Literal};

/// Marks a jump that others may not skip, in operand `A`.
const LASTING: u8 = 1;

/// A label of the function.
#[derive(Clone, Copy)]
pub(super) struct LabelState {
    /// Where it is, once it was reached.
    pc: usize,
    /// Jumps to it from before.
    pending: i32,
}

impl Body<'_> {
    /// Makes room for the labels known so far.
    pub(super) fn start_labels(&mut self) -> Result<(), perilune_syntax::SinkError> {
        let count = self.function.labels as usize;
        let more = count - self.labels.len();
        if count > self.labels.capacity() {
            let account = self.account;
            account.grow(&mut self.labels, more)?;
        }
        self.labels.resize(count, LabelState { pc: 0, pending: NO_JUMP });
        Ok(())
    }

    /// The label of this number is here.
    fn place_label(&mut self, label: LabelId) -> Done {
        let pc = self.here();
        let state = &mut self.labels[label.0 as usize];
        let pending = std::mem::replace(&mut state.pending, NO_JUMP);
        state.pc = pc;
        self.patch_list(pending, pc)
    }

    /// Adds jumps to those that wait for a label.
    fn wait_for(&mut self, label: LabelId, mut jumps: i32) -> Done {
        // At the beginning of a function in error, labels may be missing.
        let Some(state) = self.labels.get(label.0 as usize) else { return Ok(()) };
        let pending = state.pending;
        self.concat_jumps(&mut jumps, pending)?;
        self.labels[label.0 as usize].pending = jumps;
        Ok(())
    }

    /// A block ends.
    pub(super) fn leave(&mut self, variables: u8, close: bool) -> Done {
        let level = self.level(variables);
        if close && self.dialect.variables_seen_closing {
            self.emit_abc(Op::Close, level, 0, 0)?;
        }
        self.end_scopes(variables.into());
        self.end_statement();
        if close && !self.dialect.variables_seen_closing {
            self.emit_abc(Op::Close, level, 0, 0)?;
        }
        Ok(())
    }

    /// A loop's block ends, and its `break`s lead here.
    pub(super) fn leave_loop(&mut self, variables: u8, close: bool, label: LabelId) -> Done {
        if !self.dialect.variables_seen_closing {
            self.end_scopes(variables.into());
        }
        if self.dialect.jumps_close_variables {
            // They have closed what they leave.
            self.leave(variables, close)?;
            return self.place_label(label);
        }
        self.place_label(label)?;
        self.leave(variables, close)
    }

    pub(super) fn label(&mut self, label: LabelId, close: bool) -> Done {
        let target_before = self.last_target;
        let has_jumps = self.labels[label.0 as usize].pending != NO_JUMP;
        let follows_nil = self.code.last().is_some_and(|i| i.op_byte() == Op::LoadNil as u8);
        self.place_label(label)?;
        if self.dialect.nils_join_over_labels && follows_nil && !has_jumps {
            // Jumps back to here will find it done.
            self.last_target = target_before;
        }
        if close {
            self.emit_abc(Op::Close, self.variable_registers(), 0, 0)?;
        }
        Ok(())
    }

    pub(super) fn goto(&mut self, label: LabelId) -> Done {
        let jump = self.jump()?;
        self.wait_for(label, jump)
    }

    pub(super) fn goto_closing(&mut self, label: LabelId, variables: u8) -> Done {
        self.emit_abc(Op::Close, self.level(variables), 0, 0)?;
        self.goto(label)
    }

    pub(super) fn goto_back(&mut self, label: LabelId, variables: u8) -> Done {
        let level = self.level(variables);
        if self.variable_registers() > level {
            self.emit_abc(Op::Close, level, 0, 0)?;
        }
        let jump = self.jump()?;
        self.patch_list(jump, self.labels[label.0 as usize].pc)
    }

    fn push_control(&mut self, value: i32) -> Done {
        Ok(self.account.push(&mut self.control, value)?)
    }

    fn pop_control(&mut self) -> i32 {
        debug_assert!(!self.control.is_empty());
        self.control.pop().unwrap_or(NO_JUMP)
    }

    /// `if`: no block has ended yet.
    pub(super) fn if_start(&mut self) -> Done {
        self.push_control(NO_JUMP)
    }

    /// Pops a condition and jumps if it does not hold.
    pub(super) fn then(&mut self) -> Done {
        let mut condition = self.pop();
        let never = matches!(condition.kind, Kind::Literal(Literal::Nil | Literal::False));
        if never && !condition.has_jumps() {
            // No value is needed. Jumps to here stop here, for the line.
            let jump = self.jump()?;
            self.code[jump as usize] = self.code[jump as usize].with_a(LASTING);
            return self.push_control(jump);
        }
        self.go_if_true(&mut condition)?;
        self.push_control(condition.on_false)
    }

    pub(super) fn then_break(&mut self, label: LabelId) -> Done {
        let mut condition = self.pop();
        self.go_if_false(&mut condition)?;
        self.wait_for(label, condition.on_true)
    }

    pub(super) fn then_break_closing(&mut self, label: LabelId, variables: u8) -> Done {
        let mut condition = self.pop();
        self.go_if_true(&mut condition)?;
        self.goto_closing(label, variables)?;
        self.patch_to_here(condition.on_false)
    }

    /// Jumps over the rest of a block.
    pub(super) fn skip(&mut self) -> Done {
        let jump = self.jump()?;
        self.push_control(jump)
    }

    /// A block ends, and its alternative follows.
    pub(super) fn else_jump(&mut self) -> Done {
        let mut jump = self.jump()?;
        let escapes = self.control.len() - 2;
        self.concat_jumps(&mut jump, self.control[escapes])?;
        self.control[escapes] = jump;
        Ok(())
    }

    /// The last jumps lead here.
    pub(super) fn patch_last(&mut self) -> Done {
        let jumps = self.pop_control();
        self.patch_to_here(jumps)
    }

    pub(super) fn loop_start(&mut self) -> Done {
        let here = self.here();
        self.push_control(here as i32)
    }

    pub(super) fn end_while(&mut self) -> Done {
        let start = self.control[self.control.len() - 2];
        let jump = self.jump()?;
        self.patch_list(jump, start as usize)
    }

    pub(super) fn while_exit(&mut self) -> Done {
        let exit = self.pop_control();
        self.pop_control();
        self.patch_to_here(exit)
    }

    pub(super) fn until(&mut self, close: bool, variables: u8) -> Done {
        let again = self.pop_control();
        let start = self.pop_control();
        if again == NO_JUMP {
            return Ok(());
        }
        let ended = self.pc() as u32;
        // Tests jump forwards only, and the way back may have to close variables.
        let exit = self.jump()?;
        self.patch_to_here(again)?;
        if close {
            self.emit_abc(Op::Close, self.level(variables), 0, 0)?;
            if self.dialect.variables_seen_closing {
                let closed = self.pc() as u32;
                for local in self.locals.iter_mut().filter(|local| local.end_pc == ended) {
                    local.end_pc = closed;
                }
            }
        }
        let back = self.jump()?;
        self.patch_list(back, start as usize)?;
        self.patch_to_here(exit)
    }

    /// The three values of the loop are in the last registers. A variable that
    /// nobody else can change is the loop's own counter.
    pub(super) fn numeric_for(&mut self, name: Symbol, own: bool, closes: bool) -> Done {
        let base = self.variable_registers();
        self.declare_states(base, &self.function.loop_names.numeric)?;
        let prep = self.emit_jump(Op::ForPrep, base, 0, 0)?;
        self.push_control(prep)?;
        self.push_control(i32::from(own))?;
        if !own {
            return self.declare_in(name, base, base + 3, false);
        }
        // Until it has its copy, the variable is seen in the counter.
        let seen = self.locals.len();
        self.describe(name, base)?;
        self.reserve(1)?;
        self.emit_abc(Op::Move, base + 3, base, 0)?;
        self.locals[seen].end_pc = self.pc() as u32;
        self.declare(name, closes)
    }

    pub(super) fn end_numeric_for(&mut self, line: u32) -> Done {
        let own = self.pop_control() != 0;
        let prep = self.pop_control() as usize;
        self.here();
        let base = u32::from(self.code[prep].a());
        let end = self.emit_jump(Op::ForLoop, base, 0, 0)? as usize;
        self.fix_line(line);
        self.fix_jump(prep, end + 1)?;
        self.fix_jump(end, prep + 1)?;
        if own {
            // The copy belongs to the body: it must not look like a line of its
            // own.
            let copy = prep + 1 - self.earlier_lines.len();
            self.lines[copy] = self.lines[copy + 1];
        }
        Ok(())
    }

    pub(super) fn generic_for(&mut self, variables: u8) -> Done {
        let base = self.variable_registers() - 4;
        let prep = match self.dialect.closing_loop_values {
            true => self.emit_jump(Op::TForPrep, base, 0, 0)?,
            false => self.jump()?,
        };
        self.push_control(prep)?;
        self.push_control(base as i32)?;
        self.reserve(variables.into())
    }

    pub(super) fn end_generic_for(&mut self, line: u32, variables: u8) -> Done {
        let base = self.pop_control() as u32;
        let prep = self.pop_control() as usize;
        let here = self.here();
        self.fix_jump(prep, here)?;
        let op = self.for_numbers(Op::TForCall, Op::TForCallFloat);
        self.emit_abc(op, base, 0, variables.into())?;
        self.fix_line(line);
        let end = self.emit_jump(Op::TForLoop, base, 0, 0)? as usize;
        self.fix_line(line);
        self.fix_jump(end, prep + 1)
    }

    /// Jumps to jumps go where those lead. A test does not jump backwards: the
    /// machine looks for interrupts where `Jmp` and the loops do.
    pub(super) fn thread_jumps(&mut self) {
        for pc in 0..self.code.len() {
            let instruction = self.code[pc];
            let least = match instruction.op() {
                Some(Op::Jmp) => 0,
                Some(op) if op.jumps() && !op.is_loop() => pc + 1,
                _ => continue,
            };
            let target = self.final_target(jump_target(pc, instruction), least);
            // A target out of reach stays as it is.
            let _: Result<(), Failure> = self.fix_jump(pc, target);
        }
    }

    /// Where a jump to `pc` ends up, or how far it gets without going before
    /// `least`.
    fn final_target(&self, mut pc: usize, least: usize) -> usize {
        // Jumps can form a circle.
        for _ in 0..100 {
            match self.code.get(pc) {
                Some(&jump) if jump.op_byte() == Op::Jmp as u8 && jump.a() != LASTING => {
                    let next = jump_target(pc, jump);
                    if next < least {
                        break;
                    }
                    pc = next;
                }
                _ => break,
            }
        }
        pc
    }
}

fn jump_target(pc: usize, instruction: Instruction) -> usize {
    (pc as i64 + 1 + i64::from(instruction.j())) as usize
}
