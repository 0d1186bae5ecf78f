//! Calls, methods, `...`, closures, returns.

use super::Body;
use super::code::Done;
use super::operand::{Kind, Operand};
use perilune_bytecode::{Instruction, Op, Symbol};

impl Body<'_> {
    pub(super) fn vararg(&mut self) -> Done {
        let pc = self.emit_abc(Op::Vararg, 0, 0, 2)?;
        self.push(Operand::new(Kind::Vararg(pc)))
    }

    /// `...`, whose values are in the table that is this variable.
    pub(super) fn vararg_of(&mut self, table: u8) -> Done {
        if self.virtual_table == Some(table) {
            return self.vararg();
        }
        let table = self.variables[usize::from(table)].register;
        let pc = self.emit_abc(Op::VarargOf, 0, table, 2)?;
        self.push(Operand::new(Kind::Vararg(pc)))
    }

    /// Puts a value of a list in the next register, where it will be found.
    pub(super) fn listed(&mut self) -> Done {
        let mut operand = self.pop();
        self.put_in_next_register(&mut operand)
    }

    /// Puts the function to be called in the next register.
    pub(super) fn callee(&mut self) -> Done {
        self.with_top(|body, function| body.put_in_next_register(function))
    }

    /// Lets a call or `...` have as many results as its operand `C` says.
    pub(super) fn set_results(&mut self, operand: &Operand, c: u32) -> Done {
        match operand.kind {
            Kind::Call(pc) => self.code[pc] = self.code[pc].with_c(c as u16),
            Kind::Vararg(pc) => {
                self.code[pc] = self.code[pc].with_c(c as u16).with_a(self.free as u8);
                self.reserve(1)?;
            }
            _ => {}
        }
        Ok(())
    }

    pub(super) fn method(&mut self, name: Symbol) -> Done {
        let mut object = self.pop();
        let from = self.put_in_any_register(&mut object)?;
        self.free_operand(&object);
        let base = self.free;
        self.reserve(2)?;
        let mut key = Operand::string(name);
        match self.short_string(&mut key)? {
            Some(key) => {
                self.emit_abc(Op::Method, base, from, key.into())?;
            }
            None => {
                self.emit_abc(Op::Move, base + 1, from, 0)?;
                let register = self.put_in_any_register(&mut key)?;
                self.free_operand(&key);
                let op = self.for_numbers(Op::GetTable, Op::GetTableFloat);
                self.emit_abc(op, base, base + 1, register)?;
            }
        }
        self.push(Operand::new(Kind::Register(base)))
    }

    pub(super) fn call(&mut self, line: u32, arguments: bool) -> Done {
        let mut open = false;
        if arguments {
            let mut last = self.pop();
            if last.is_multiple() {
                self.set_results(&last, 0)?;
                open = true;
            } else {
                self.put_in_next_register(&mut last)?;
            }
        }
        let function = self.pop();
        let Kind::Register(base) = function.kind else {
            debug_assert!(false, "a function is in a register");
            return Ok(());
        };
        let b = if open { 0 } else { self.free - base };
        let pc = self.emit_abc(Op::Call, base, b, 2)?;
        self.fix_line(line);
        self.free = base + 1;
        self.push(Operand::new(Kind::Call(pc)))
    }

    pub(super) fn call_statement(&mut self) -> Done {
        let call = self.pop();
        if let Kind::Call(pc) = call.kind {
            self.code[pc] = self.code[pc].with_c(1);
        }
        self.end_statement();
        Ok(())
    }

    /// Pushes a closure. The variables it captures are in scope, so that their
    /// registers are known now.
    pub(super) fn closure(&mut self, number: u32) -> Done {
        // At the beginning of a function in error, there are none.
        let first = self.finished.len().checked_sub(self.function.functions as usize);
        let inner = first.and_then(|first| self.finished.get_mut(first + number as usize));
        for upvalue in inner.into_iter().flat_map(|inner| &mut inner.upvalues) {
            if upvalue.in_stack {
                let variable = usize::from(upvalue.index);
                upvalue.index = self.state.variables[variable].register as u8;
                // A declaration in an earlier part did not know.
                if !self.state.variables[variable].closes {
                    let above = &mut self.state.variables[variable..];
                    above.iter_mut().for_each(|v| v.closes = true);
                }
            }
        }
        let op = if self.dialect.cached_closures { Op::CachedClosure } else { Op::Closure };
        let pc = self.emit(Instruction::abe(op, 0, 0, number))?;
        // In the last register in use, so that the collector sees all others.
        let mut closure = Operand::new(Kind::Pending(pc));
        self.put_in_next_register(&mut closure)?;
        self.push(closure)
    }

    pub(super) fn return_statement(&mut self, values: u32, guarded: bool) -> Done {
        let mut first = self.variable_registers();
        let mut b = values + 1;
        if values > 0 {
            let mut last = self.pop();
            if last.is_multiple() {
                self.set_results(&last, 0)?;
                b = 0;
                if let Kind::Call(pc) = last.kind
                    && values == 1
                    && !guarded
                {
                    let close = u16::from(self.closes());
                    let counts = u16::from(self.dialect.tail_call_levels);
                    let call = self.code[pc].with_op(Op::TailCall);
                    self.code[pc] = call.with_c(close).with_d(counts);
                }
            } else if values == 1 {
                first = self.put_in_any_register(&mut last)?;
            } else {
                self.put_in_next_register(&mut last)?;
            }
        }
        self.emit_return(first, b)?;
        self.end_statement();
        Ok(())
    }

    /// Whether a return here has variables to close.
    fn closes(&self) -> bool {
        self.variables.last().is_some_and(|v| v.closes)
    }

    /// Returns the values from register `first` on; their number is `b - 1`, or
    /// open if `b` is 0.
    pub(super) fn emit_return(&mut self, first: u32, b: u32) -> Done {
        match (b, self.closes()) {
            (1, false) => self.emit_abc(Op::Return0, 0, 0, 0)?,
            (2, false) => self.emit_abc(Op::Return1, first, 0, 0)?,
            // Without values, no register is meant.
            (1, true) => self.emit_abc(Op::Return, 0, 1, 1)?,
            (b, close) => self.emit_abc(Op::Return, first, b, close.into())?,
        };
        Ok(())
    }
}
