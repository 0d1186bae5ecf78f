//! From the code of a function to its prototype.

use super::Body;
use super::code::Done;
use perilune_bytecode::{Prototype, UpvalueDescription};
use perilune_syntax::{Account, OutOfMemory};

impl Body<'_> {
    /// Adds the final return and the prototype.
    pub(super) fn finish(&mut self) -> Done {
        self.line = self.function.last_line;
        self.emit_return(self.variable_registers(), 1)?;
        self.end_scopes(0);
        self.thread_jumps();
        let prototype = self.prototype()?;
        let account = self.account;
        Ok(account.push(self.finished, prototype)?)
    }

    /// Packs the lines of the instructions of this part.
    pub(super) fn keep_lines(&mut self) -> Result<(), OutOfMemory> {
        let state = &mut *self.state;
        if let Some(pc) = state.clean.take()
            && let Some(&line) = state.lines.get(pc + 1)
        {
            state.lines[pc] = line;
        }
        let before = state.earlier_lines.memory();
        if state.earlier_lines.is_empty() {
            state.earlier_lines.reserve(state.lines.len())?;
        }
        for &line in &state.lines {
            state.earlier_lines.push(line)?;
        }
        state.lines.clear();
        self.account.charge(state.earlier_lines.memory() - before)
    }

    fn prototype(&mut self) -> Result<Prototype, OutOfMemory> {
        let function = self.function;
        let mut upvalues = Vec::new();
        if !function.upvalues.is_empty() {
            self.account.grow(&mut upvalues, function.upvalues.len())?;
            upvalues.extend(function.upvalues.iter().map(|upvalue| UpvalueDescription {
                name: Some(upvalue.name),
                in_stack: upvalue.in_stack,
                index: upvalue.index,
                kind: upvalue.kind,
            }));
        }
        self.keep_lines()?;
        let lines = std::mem::take(&mut self.earlier_lines);
        let count = function.functions as usize;
        let mut prototypes = Vec::new();
        if count > 0 {
            self.account.charge(count * size_of::<Prototype>())?;
            prototypes.try_reserve_exact(count).map_err(|_| OutOfMemory)?;
            prototypes.extend(self.finished.drain(self.finished.len() - count..));
        }
        Ok(Prototype {
            line_defined: function.line_defined,
            last_line_defined: function.last_line_defined,
            parameter_count: function.parameters,
            is_vararg: function.is_vararg,
            // Registers 0 and 1 always exist.
            max_stack_size: self.max_stack.max(2) as u8,
            code: exact(self.account, &mut self.state.code)?,
            constants: exact(self.account, &mut self.state.constants.list)?,
            upvalues,
            prototypes,
            lines,
            locals: exact(self.account, &mut self.state.locals)?,
        })
    }
}

/// Buffers up to this many bytes are kept for the next function.
const KEPT: usize = 1 << 16;

/// The elements of `buffer` in a vector of exactly their size.
fn exact<T: Copy>(account: &Account<'_>, buffer: &mut Vec<T>) -> Result<Vec<T>, OutOfMemory> {
    if size_of_val(&buffer[..]) <= KEPT {
        return account.copy(buffer);
    }
    let mut taken = std::mem::take(buffer);
    taken.shrink_to_fit();
    Ok(taken)
}
