//! From the code of a function to its prototype.

use super::Body;
use super::code::Done;
use perilune_bytecode::{LineInfo, Prototype, UpvalueDescription};
use perilune_syntax::OutOfMemory;

impl Body<'_> {
    /// Adds the final return and the prototype.
    pub(super) fn finish(&mut self) -> Done {
        self.emit_return(self.variable_registers(), 1)?;
        self.end_scopes(0);
        self.thread_jumps();
        let prototype = self.prototype()?;
        Ok(self.account.push(self.finished, prototype)?)
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
        let mut lines = LineInfo::new(function.line_defined);
        lines.reserve(self.lines.len())?;
        for &line in &self.lines {
            lines.push(line)?;
        }
        self.account.charge(lines.memory())?;
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
            max_stack_size: self.max_stack as u8,
            code: self.account.copy(&self.code)?,
            constants: self.account.copy(&self.constants.list)?,
            upvalues,
            prototypes,
            lines,
            locals: self.account.copy(&self.locals)?,
        })
    }
}
