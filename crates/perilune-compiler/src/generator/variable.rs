//! Local variables.

use super::Body;
use super::code::Done;
use super::operand::{Kind, Operand};
use perilune_bytecode::{LocalVariable, Op, Symbol};
use perilune_syntax::tree::Literal;

/// A variable in scope.
#[derive(Clone, Copy)]
pub(super) struct Variable {
    pub register: u32,
    /// The registers taken by the variables up to this one.
    pub level: u32,
    /// Its entry in the debug information, if it has one.
    debug: Option<usize>,
    /// This variable or one before is captured or to be closed.
    pub closes: bool,
}

impl Body<'_> {
    /// The registers taken by the first `variables` variables.
    pub(super) fn level(&self, variables: u8) -> u32 {
        match usize::from(variables) {
            0 => 0,
            n => self.variables[n - 1].level,
        }
    }

    /// The variable of the next register comes into scope.
    pub(super) fn declare(&mut self, name: Symbol, closes: bool) -> Done {
        let register = self.variable_registers();
        self.declare_in(name, register, register + 1, closes)
    }

    /// A variable of `register` comes into scope, and `level` registers are
    /// taken from now on.
    pub(super) fn declare_in(
        &mut self,
        name: Symbol,
        register: u32,
        level: u32,
        closes: bool,
    ) -> Done {
        let debug = Some(self.locals.len());
        self.describe(name, register)?;
        let closes = closes || self.variables.last().is_some_and(|v| v.closes);
        let variable = Variable { register, level, debug, closes };
        Ok(self.account.push(&mut self.variables, variable)?)
    }

    /// Describes a variable visible from here on.
    pub(super) fn describe(&mut self, name: Symbol, register: u32) -> Done {
        let pc = self.pc() as u32;
        let register = register as u8;
        let local = LocalVariable { name, start_pc: pc, end_pc: pc, register };
        Ok(self.account.push(&mut self.locals, local)?)
    }

    pub(super) fn declare_constant(&mut self) -> Done {
        let level = self.variable_registers();
        let closes = self.variables.last().is_some_and(|v| v.closes);
        let variable = Variable { register: level, level, debug: None, closes };
        self.account.push(&mut self.variables, variable)?;
        self.end_statement();
        Ok(())
    }

    /// All but the first `remaining` variables go out of scope.
    pub(super) fn end_scopes(&mut self, remaining: usize) {
        let pc = self.pc() as u32;
        let state = &mut *self.state;
        for variable in state.variables.drain(remaining..) {
            if let Some(debug) = variable.debug {
                state.locals[debug].end_pc = pc;
            }
        }
    }

    pub(super) fn parameters(&mut self, vararg: bool) -> Done {
        let count = self.variable_registers();
        if vararg {
            self.emit_abc(Op::VarargPrep, count, 0, 0)?;
        }
        self.reserve(count)
    }

    /// The values of a `local` statement.
    pub(super) fn adjust_local(&mut self, variables: u32, values: u32) -> Done {
        let last = if values > 0 { Some(self.pop()) } else { None };
        self.adjust(variables, values, last)
    }

    pub(super) fn mark_to_be_closed(&mut self, number: u8) -> Done {
        let register = self.variables[usize::from(number)].register;
        self.emit_abc(Op::Tbc, register, 0, 0)?;
        Ok(())
    }

    /// The value of `local function` is in its register.
    pub(super) fn local_function(&mut self) -> Done {
        self.pop();
        // Before, the register holds something else.
        if let Some(debug) = self.variables.last().and_then(|v| v.debug) {
            self.locals[debug].start_pc = self.pc() as u32;
        }
        Ok(())
    }

    pub(super) fn store_function(&mut self, line: u32) -> Done {
        let value = self.pop();
        let variable = self.pop();
        debug_assert!(matches!(value.kind, Kind::Register(_)));
        self.store(variable, value)?;
        self.fix_line(line);
        self.end_statement();
        Ok(())
    }

    /// Declares the hidden variables of a `for`, whose values are in the
    /// registers from `base` on.
    pub(super) fn declare_states(&mut self, base: u32, names: &[Option<Symbol>]) -> Done {
        for (register, name) in (base..).zip(names) {
            match *name {
                Some(name) => self.declare(name, false)?,
                None => {
                    let closes = self.variables.last().is_some_and(|v| v.closes);
                    let level = register + 1;
                    let variable = Variable { register, level, debug: None, closes };
                    self.account.push(&mut self.variables, variable)?;
                }
            }
        }
        Ok(())
    }

    /// The last variable has to be closed.
    pub(super) fn mark_closing(&mut self) {
        if let Some(variable) = self.variables.last_mut() {
            variable.closes = true;
        }
    }

    /// The step 1.
    pub(super) fn default_step(&mut self) -> Done {
        let one = match self.dialect.float_only_numbers {
            true => Literal::Float(1.0),
            false => Literal::Integer(1),
        };
        self.load_literal(self.free, one)?;
        self.reserve(1)
    }

    /// The table of the extra arguments, or nil.
    pub(super) fn vararg_table(&mut self, needed: bool) -> Done {
        match needed {
            true => {
                self.emit_abc(Op::VarargTable, self.free, 0, 0)?;
            }
            false => {
                self.emit_hidden_nil(self.free, 1)?;
                if self.dialect.named_vararg_table {
                    self.virtual_table = Some(self.variables.len() as u8);
                    // What follows is no part of it.
                    self.here();
                }
            }
        }
        self.reserve(1)
    }

    /// Pops the last value of a generic `for`, and makes four.
    pub(super) fn for_values(&mut self, values: u32) -> Done {
        let last: Operand = self.pop();
        let base = self.variable_registers();
        if self.dialect.closing_loop_values {
            self.adjust(4, values, Some(last))?;
        } else {
            // The register of the fourth stays unused.
            self.adjust(3, values, Some(last))?;
            self.reserve(1)?;
        }
        self.declare_states(base, &self.function.loop_names.generic)?;
        if self.dialect.closing_loop_values {
            self.mark_closing();
        }
        // The iterator is called above the variables.
        self.check_stack(3)
    }
}
