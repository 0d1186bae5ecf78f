//! Reading and writing variables and fields.

use super::Body;
use super::code::{Done, Failure};
use super::operand::{Kind, Operand};
use perilune_bytecode::{Instruction, Op, Symbol};
use perilune_syntax::exact_integer;
use perilune_syntax::tree::Literal;

/// Longest string that instructions take as a key.
const MAX_SHORT_STRING: usize = 40;

impl Body<'_> {
    pub(super) fn push_local(&mut self, number: u8) -> Done {
        if self.virtual_table == Some(number) {
            return self.push(Operand::new(Kind::VarargTable));
        }
        let register = self.variables[usize::from(number)].register;
        self.push(Operand::new(Kind::Local(register)))
    }

    pub(super) fn global(&mut self, upvalue: u8, name: Symbol) -> Done {
        self.push_indexed(Operand::upvalue(upvalue), Operand::string(name))
    }

    /// `.name`: the table was complete on `line`.
    pub(super) fn field(&mut self, name: Symbol, line: u32) -> Done {
        let mut table = self.pop();
        if table.kind == Kind::VarargTable {
            return self.index_vararg(Operand::string(name));
        }
        self.at_line(line, |body| body.put_in_register_or_upvalue(&mut table))?;
        self.push_indexed(table, Operand::string(name))
    }

    /// Before `[`.
    pub(super) fn indexing(&mut self) -> Done {
        self.with_top(|body, table| match table.kind {
            Kind::VarargTable => Ok(()),
            _ => body.put_in_register_or_upvalue(table),
        })
    }

    /// `]`: the key was complete on `line`.
    pub(super) fn index(&mut self, line: u32) -> Done {
        let mut key = self.pop();
        self.at_line(line, |body| body.settle(&mut key))?;
        let table = self.pop();
        if table.kind == Kind::VarargTable {
            return self.index_vararg(key);
        }
        self.push_indexed(table, key)
    }

    /// Pushes an element of the table of extra arguments, which does not exist.
    fn index_vararg(&mut self, mut key: Operand) -> Done {
        let key = self.put_in_any_register(&mut key)?;
        self.push(Operand::new(Kind::IndexVararg(key)))
    }

    /// Does what was due when the node before was complete, on `line`.
    pub(super) fn at_line(&mut self, line: u32, what: impl FnOnce(&mut Self) -> Done) -> Done {
        let current = std::mem::replace(&mut self.line, line);
        what(self).map_err(|failure| match failure {
            Failure::Limit(message) => Failure::LimitBefore(message),
            failure => failure,
        })?;
        self.line = current;
        Ok(())
    }

    /// Pushes the element `key` of `table`, which is in a register or an upvalue.
    pub(super) fn push_indexed(&mut self, mut table: Operand, mut key: Operand) -> Done {
        let field = self.short_string(&mut key)?;
        if let Kind::Upvalue(upvalue) = table.kind {
            if let Some(key) = field {
                return self.push(Operand::new(Kind::IndexUpvalue { upvalue, key }));
            }
            self.put_in_any_register(&mut table)?;
        }
        let (Kind::Local(table) | Kind::Register(table)) = table.kind else {
            debug_assert!(false, "a table is in a register");
            return Ok(());
        };
        if let Some(key) = field {
            return self.push(Operand::new(Kind::IndexField { table, key }));
        }
        if let Some(Ok(key)) = self.integer_key(&key).map(u16::try_from) {
            return self.push(Operand::new(Kind::IndexInteger { table, key }));
        }
        let key = self.put_in_any_register(&mut key)?;
        self.push(Operand::new(Kind::Index { table, key }))
    }

    /// The value of a numeral that means the same as a key as an integer.
    fn integer_key(&self, key: &Operand) -> Option<i64> {
        match key.kind {
            Kind::Literal(Literal::Float(value)) if self.dialect.float_only_numbers => {
                // Metamethods see the sign of a zero.
                exact_integer(value).filter(|&index| index != 0 && !key.has_jumps())
            }
            _ => key.integer(),
        }
    }

    /// The constant index of a string literal, if instructions can take it as a
    /// key.
    pub(super) fn short_string(&mut self, operand: &mut Operand) -> Result<Option<u16>, Failure> {
        let Kind::Literal(Literal::String(symbol)) = operand.kind else {
            return Ok(None);
        };
        if operand.has_jumps() {
            return Ok(None);
        }
        let index = self.constant(Literal::String(symbol))?;
        operand.kind = Kind::Constant(index);
        let short = self.symbols.get(symbol).len() <= MAX_SHORT_STRING;
        Ok(u16::try_from(index).ok().filter(|_| short))
    }

    /// Stores `value` in `variable`.
    pub(super) fn store(&mut self, variable: Operand, mut value: Operand) -> Done {
        let (op, constant_op, a, b) = match variable.kind {
            Kind::Local(register) => {
                self.free_operand(&value);
                return self.put_in_register(&mut value, register);
            }
            Kind::Upvalue(upvalue) => {
                let register = self.put_in_any_register(&mut value)?;
                self.emit_abc(Op::SetUpval, register, upvalue.into(), 0)?;
                self.free_operand(&value);
                return Ok(());
            }
            Kind::IndexUpvalue { upvalue, key } => {
                (Op::SetTabUp, Op::SetTabUpK, upvalue.into(), key.into())
            }
            Kind::IndexInteger { table, key } => {
                let op = self.for_numbers(Op::SetIndex, Op::SetIndexFloat);
                let constant = self.for_numbers(Op::SetIndexK, Op::SetIndexFloatK);
                (op, constant, table, key.into())
            }
            Kind::IndexField { table, key } => (Op::SetField, Op::SetFieldK, table, key.into()),
            Kind::Index { table, key } => {
                let op = self.for_numbers(Op::SetTable, Op::SetTableFloat);
                (op, self.for_numbers(Op::SetTableK, Op::SetTableFloatK), table, key)
            }
            _ => {
                debug_assert!(false, "not a variable");
                return Ok(());
            }
        };
        match self.constant_of(&mut value)? {
            Some(index) => self.emit_abc(constant_op, a, b, index.into())?,
            None => {
                let register = self.put_in_any_register(&mut value)?;
                self.emit_abc(op, a, b, register)?
            }
        };
        self.free_operand(&value);
        Ok(())
    }

    /// Assigns the last register.
    pub(super) fn store_top(&mut self) -> Done {
        let variable = self.pop();
        self.store(variable, Operand::new(Kind::Register(self.free - 1)))
    }

    /// Raises an error unless the last operand, a global variable, is nil.
    pub(super) fn check_global(&mut self, name: Symbol, line: u32) -> Done {
        let mut value = self.pop();
        let register = self.put_in_any_register(&mut value)?;
        self.fix_line(line);
        let name = self.constant(Literal::String(name))?;
        self.emit(Instruction::abe(Op::CheckNil, register as u8, 0, name))?;
        self.fix_line(line);
        self.free_operand(&value);
        Ok(())
    }

    /// Another target of a multiple assignment is complete. If it is a variable
    /// that an earlier target uses as table or key, that target gets a copy.
    pub(super) fn target(&mut self) -> Done {
        let copy = self.free;
        let Some((variable, earlier)) = self.operands.split_last_mut() else {
            return Ok(());
        };
        let variable = *variable;
        let mut conflict = false;
        // Targets lie directly below; what lies deeper are no targets, as
        // assignments do not occur inside expressions.
        for target in earlier {
            match (&mut target.kind, variable.kind) {
                (kind @ Kind::IndexUpvalue { .. }, Kind::Upvalue(assigned)) => {
                    if let Kind::IndexUpvalue { upvalue, key } = *kind
                        && upvalue == assigned
                    {
                        *kind = Kind::IndexField { table: copy, key };
                        conflict = true;
                    }
                }
                (
                    Kind::IndexInteger { table, .. } | Kind::IndexField { table, .. },
                    Kind::Local(assigned),
                ) if *table == assigned => {
                    *table = copy;
                    conflict = true;
                }
                (Kind::Index { table, key }, Kind::Local(assigned)) => {
                    for used in [table, key] {
                        if *used == assigned {
                            *used = copy;
                            conflict = true;
                        }
                    }
                }
                _ => {}
            }
        }
        if conflict {
            match variable.kind {
                Kind::Local(register) => self.emit_abc(Op::Move, copy, register, 0)?,
                Kind::Upvalue(upvalue) => self.emit_abc(Op::GetUpval, copy, upvalue.into(), 0)?,
                _ => return Ok(()),
            };
            self.reserve(1)?;
        }
        Ok(())
    }

    /// Assigns `values` expressions to `targets` variables.
    pub(super) fn assign(&mut self, targets: u32, values: u32) -> Done {
        let mut last = self.pop();
        let mut remaining = targets;
        if targets == values {
            self.one_value(&mut last);
            let variable = self.pop();
            self.store(variable, last)?;
            remaining -= 1;
        } else {
            self.adjust(targets, values, Some(last))?;
        }
        for _ in 0..remaining {
            let variable = self.pop();
            self.store(variable, Operand::new(Kind::Register(self.free - 1)))?;
        }
        self.end_statement();
        Ok(())
    }

    /// Makes `wanted` values in registers of `values` expressions, of which
    /// `last` is the last one and the others are in registers.
    pub(super) fn adjust(&mut self, wanted: u32, values: u32, last: Option<Operand>) -> Done {
        let missing = i64::from(wanted) - i64::from(values);
        match last {
            Some(last) if last.is_multiple() => {
                let results = (missing + 1).max(0) as u32;
                self.set_results(&last, results + 1)?;
            }
            last => {
                if let Some(mut last) = last {
                    self.put_in_next_register(&mut last)?;
                }
                if missing > 0 {
                    // Checked first: the instruction has narrow operands.
                    self.check_stack(missing as u32)?;
                    self.emit_nil(self.free, missing as u32)?;
                }
            }
        }
        if missing > 0 {
            self.reserve(missing as u32)
        } else {
            self.free -= missing.unsigned_abs() as u32;
            Ok(())
        }
    }

    /// A statement is over: all temporaries are.
    pub(super) fn end_statement(&mut self) {
        self.free = self.variable_registers();
    }
}
