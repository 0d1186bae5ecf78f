//! Blocks, labels and jumps to them.

use super::{Parsed, Parser};
use crate::tree::{LabelId, Node, UNRESOLVED};
use perilune_bytecode::Symbol;

/// The name of the label behind a loop. No source can spell it.
const BREAK: Symbol = Symbol(u32::MAX);

/// A block being read.
#[derive(Clone, Copy)]
pub(super) struct Block {
    is_loop: bool,
    /// Variables of the function in scope outside.
    pub active: usize,
    first_label: usize,
    first_goto: usize,
    /// A variable declared in it is captured or to be closed.
    pub closes: bool,
    /// It lies in the scope of a to-be-closed variable.
    pub guarded: bool,
}

/// A jump whose label has not been read.
#[derive(Clone, Copy)]
pub(super) struct PendingGoto {
    name: Symbol,
    line: u32,
    /// Variables in scope both at the jump and in the current block.
    active: usize,
    /// The number of registers they take.
    level: u32,
    /// It leaves the scope of a captured variable.
    close: bool,
    node: usize,
}

/// A label in scope.
#[derive(Clone, Copy)]
pub(super) struct Label {
    name: Symbol,
    line: u32,
    active: usize,
    id: LabelId,
}

impl Parser<'_, '_> {
    pub(super) fn enter_block(&mut self, is_loop: bool) -> Parsed<()> {
        let function = self.function();
        let guarded = self.blocks.len() > function.first_block && self.block().guarded;
        let block = Block {
            is_loop,
            active: function.active,
            first_label: self.labels.len(),
            first_goto: self.gotos.len(),
            closes: false,
            guarded,
        };
        Ok(self.lexer.account.push(&mut self.blocks, block)?)
    }

    /// The innermost block.
    pub(super) fn block(&self) -> &Block {
        &self.blocks[self.blocks.len() - 1]
    }

    /// Ends the innermost block and gives it.
    pub(super) fn leave_block(&mut self) -> Parsed<Block> {
        let block = *self.block();
        let outermost = self.blocks.len() - 1 == self.function().first_block;
        let had_variables = self.function().active > block.active;
        let level = self.level(block.active);
        self.end_scopes(block.active);
        let mut close = block.closes && !outermost;
        let variables = block.active as u8;
        if block.is_loop {
            let label = self.new_label_id();
            close |= self.resolve_gotos(BREAK, label, block.active)?;
            self.push(Node::LeaveLoop { variables, close, label })?;
        } else if !outermost && (had_variables || close) {
            self.push(Node::Leave { variables, close })?;
        }
        self.labels.truncate(block.first_label);
        self.blocks.pop();
        if outermost {
            return match self.gotos.get(block.first_goto) {
                Some(&pending) => self.undefined_label(pending).map(|()| block),
                None => Ok(block),
            };
        }
        for pending in &mut self.gotos[block.first_goto..] {
            if pending.level > level {
                pending.close |= block.closes;
            }
            pending.active = block.active;
            pending.level = level;
        }
        Ok(block)
    }

    /// The innermost block gets a variable to be closed.
    pub(super) fn mark_block_to_be_closed(&mut self) {
        if let Some(block) = self.blocks.last_mut() {
            block.closes = true;
            block.guarded = true;
        }
    }

    /// The block of `function` that declares its `variable` has it captured.
    pub(super) fn mark_block_captured(&mut self, function: usize, variable: usize) {
        let first = self.functions[function].first_block;
        let end = self.functions.get(function + 1).map_or(self.blocks.len(), |f| f.first_block);
        let blocks = &mut self.blocks[first..end];
        if let Some(block) = blocks.iter_mut().rev().find(|b| b.active <= variable) {
            block.closes = true;
        }
    }

    fn new_label_id(&mut self) -> LabelId {
        let function = self.function_mut();
        function.labels += 1;
        LabelId(function.labels - 1)
    }

    /// Lets the pending jumps of the innermost block to `name` go to `label`,
    /// where `active` variables are in scope. Says whether one of them has to
    /// close variables.
    fn resolve_gotos(&mut self, name: Symbol, label: LabelId, active: usize) -> Parsed<bool> {
        let mut close = false;
        let first = self.block().first_goto;
        let mut kept = first;
        for i in first..self.gotos.len() {
            let pending = self.gotos[i];
            if pending.name != name {
                self.gotos[kept] = pending;
                kept += 1;
                continue;
            }
            if pending.active < active {
                self.jump_into_scope(pending)?;
            }
            close |= pending.close;
            match &mut self.nodes[pending.node] {
                Node::Goto(target) | Node::ThenBreak(target) => *target = label,
                _ => {}
            }
        }
        self.gotos.truncate(kept);
        Ok(close)
    }

    /// Notes that the last node is a jump to `name`.
    fn pending_goto(&mut self, name: Symbol, line: u32) -> Parsed<()> {
        let active = self.function().active;
        let pending = PendingGoto {
            name,
            line,
            active,
            level: self.level(active),
            close: false,
            node: self.nodes.len() - 1,
        };
        Ok(self.lexer.account.push(&mut self.gotos, pending)?)
    }

    /// `break` behind `then`: the condition's node was pushed.
    pub(super) fn pending_break(&mut self, line: u32) -> Parsed<()> {
        self.pending_goto(BREAK, line)
    }

    /// `break`
    pub(super) fn break_statement(&mut self) -> Parsed<()> {
        let line = self.lexer.line;
        self.advance()?;
        self.push(Node::Goto(UNRESOLVED))?;
        self.pending_goto(BREAK, line)
    }

    /// `goto name`, the `goto` being read.
    pub(super) fn goto_statement(&mut self) -> Parsed<()> {
        let line = self.lexer.line;
        let name = self.name()?;
        match self.find_label(name) {
            Some(label) => {
                self.push(Node::GotoBack { label: label.id, variables: label.active as u8 })
            }
            None => {
                self.push(Node::Goto(UNRESOLVED))?;
                self.pending_goto(name, line)
            }
        }
    }

    /// `::name::`, of which the first half is read.
    pub(super) fn label_statement(&mut self, name: Symbol, line: u32) -> Parsed<()> {
        use crate::token::Token;
        self.expect(Token::DoubleColon)?;
        while matches!(self.token, Token::Char(b';') | Token::DoubleColon) {
            self.statement()?;
        }
        if let Some(first) = self.find_label(name) {
            let (name, line) = (self.symbol(name)?, first.line.to_string());
            return Err(self.semantic_error(&[
                b"label '",
                &name,
                b"' already defined on line ",
                line.as_bytes(),
            ]));
        }
        // At the end of a block, its variables count as out of scope.
        let last = self.block_follows(false);
        let active = if last { self.block().active } else { self.function().active };
        let id = self.new_label_id();
        let label = Label { name, line, active, id };
        self.lexer.account.push(&mut self.labels, label)?;
        let close = self.resolve_gotos(name, id, active)?;
        self.push(Node::Label { label: id, close })
    }

    /// The visible label of this name in the function.
    fn find_label(&self, name: Symbol) -> Option<Label> {
        self.labels[self.function().first_label..].iter().find(|l| l.name == name).copied()
    }

    #[cold]
    fn jump_into_scope(&mut self, pending: PendingGoto) -> Parsed<()> {
        let local = self.locals[self.function().first_local + pending.active].name;
        let (local, name) = (self.symbol(local)?, self.symbol(pending.name)?);
        let line = pending.line.to_string();
        Err(self.semantic_error(&[
            b"<goto ",
            &name,
            b"> at line ",
            line.as_bytes(),
            b" jumps into the scope of local '",
            &local,
            b"'",
        ]))
    }

    #[cold]
    fn undefined_label(&mut self, pending: PendingGoto) -> Parsed<()> {
        let line = pending.line.to_string();
        if pending.name == BREAK {
            return Err(self.semantic_error(&[b"break outside loop at line ", line.as_bytes()]));
        }
        let name = self.symbol(pending.name)?;
        let line = line.as_bytes();
        Err(self.semantic_error(&[b"no visible label '", &name, b"' for <goto> at line ", line]))
    }
}
