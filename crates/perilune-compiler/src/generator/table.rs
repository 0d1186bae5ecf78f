//! Table constructors.

use super::Body;
use super::code::Done;
use super::operand::{Kind, Operand};
use perilune_bytecode::{Instruction, Op, Symbol};

/// Items kept in registers before they are stored.
const ITEMS_PER_STORE: u32 = 50;

/// A table being constructed.
#[derive(Clone, Copy)]
pub(super) struct TableState {
    /// Its instruction.
    pc: usize,
    register: u32,
    fields: u32,
    /// Items stored.
    stored: u32,
    /// Items in registers above the table.
    pending: u32,
}

impl Body<'_> {
    pub(super) fn table(&mut self) -> Done {
        let register = self.free;
        let pc = self.emit(Instruction::abe(Op::NewTable, register as u8, 0, 0))?;
        self.reserve(1)?;
        let state = TableState { pc, register, fields: 0, stored: 0, pending: 0 };
        self.account.push(&mut self.tables, state)?;
        Ok(())
    }

    /// The innermost table being constructed.
    fn state(&mut self) -> &mut TableState {
        let last = self.tables.len() - 1;
        &mut self.tables[last]
    }

    fn store_items(&mut self, open: bool) -> Done {
        let state = *self.state();
        let count = if open { 0 } else { state.pending };
        self.emit(Instruction::abe(Op::SetList, state.register as u8, count as u16, state.stored))?;
        let state = self.state();
        state.stored += state.pending;
        state.pending = 0;
        self.free = state.register + 1;
        Ok(())
    }

    /// An item that is not the last one.
    pub(super) fn item(&mut self) -> Done {
        let mut value = self.pop();
        self.put_in_next_register(&mut value)?;
        self.state().pending += 1;
        if self.state().pending == ITEMS_PER_STORE {
            self.store_items(false)?;
        }
        Ok(())
    }

    pub(super) fn named_field(&mut self, name: Symbol) -> Done {
        self.table_field(Operand::string(name))
    }

    pub(super) fn keyed_field(&mut self, line: u32) -> Done {
        let mut key = self.pop();
        self.at_line(line, |body| body.settle(&mut key))?;
        self.table_field(key)
    }

    fn table_field(&mut self, key: Operand) -> Done {
        let state = self.state();
        state.fields += 1;
        let table = Operand::new(Kind::Register(state.register));
        self.push_indexed(table, key)
    }

    pub(super) fn store_field(&mut self) -> Done {
        let value = self.pop();
        let field = self.pop();
        self.store(field, value)?;
        let state = *self.state();
        self.free = state.register + 1 + state.pending;
        Ok(())
    }

    /// The table is complete; its last item, if `item`, is not stored yet.
    pub(super) fn table_end(&mut self, item: bool) -> Done {
        let mut open = false;
        if item {
            let mut value = self.pop();
            if value.is_multiple() {
                self.set_results(&value, 0)?;
                open = true;
            } else {
                self.put_in_next_register(&mut value)?;
                self.state().pending += 1;
            }
        }
        if open || self.state().pending > 0 {
            self.store_items(open)?;
        }
        let Some(state) = self.tables.pop() else {
            return Ok(());
        };
        let size = match state.fields {
            0 => 0,
            n => n.next_power_of_two().trailing_zeros() + 1,
        };
        let register = state.register as u8;
        let items = match self.dialect.coarse_constructor_sizes {
            true => coarse_size(state.stored),
            false => state.stored,
        };
        self.code[state.pc] = Instruction::abe(Op::NewTable, register, size as u16, items);
        self.push(Operand::new(Kind::Register(state.register)))
    }
}

/// A size rounded up to four bits and an exponent.
fn coarse_size(size: u32) -> u32 {
    let exponent = (u32::BITS - size.leading_zeros()).saturating_sub(4);
    size.div_ceil(1 << exponent) << exponent
}
