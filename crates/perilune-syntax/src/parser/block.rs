//! Blocks, labels and jumps to them.

use super::{Parsed, Parser};
use crate::dialect::StrayBreak;
use crate::lexer::Near;
use crate::token::Token;
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
    /// Declarations of global variables in scope outside.
    globals: usize,
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
    /// Declarations of global variables likewise.
    globals: usize,
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
    globals: usize,
    id: LabelId,
}

impl Parser<'_, '_> {
    pub(super) fn enter_block(&mut self, is_loop: bool) -> Parsed<()> {
        let function = self.function();
        let guarded = self.blocks.len() > function.first_block && self.block().guarded;
        let block = Block {
            is_loop,
            active: function.active,
            globals: self.globals.len(),
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
        let late = self.dialect.jumps_resolved_late;
        let label = if block.is_loop { Some(self.new_label_id()) } else { None };
        if late {
            self.resolve_block(&block, label)?;
        }
        self.end_scopes(block.active, block.globals);
        let mut close = block.closes && !outermost;
        let variables = block.active as u8;
        if let Some(label) = label {
            if !late {
                close |= self.resolve_gotos(BREAK, label, block.active, block.globals)?;
            }
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
            pending.globals = block.globals;
            pending.level = level;
        }
        if self.dialect.nested_labels {
            self.resolve_left_gotos(block.first_goto);
        }
        Ok(block)
    }

    /// Lets the pending jumps of a block that ends go to its labels; that of its
    /// `break`s is `end`.
    fn resolve_block(&mut self, block: &Block, end: Option<LabelId>) -> Parsed<()> {
        let mut kept = block.first_goto;
        for i in block.first_goto..self.gotos.len() {
            let pending = self.gotos[i];
            let label = match end {
                Some(id) if pending.name == BREAK => {
                    let Block { active, globals, .. } = *block;
                    Some(Label { name: BREAK, line: 0, active, globals, id })
                }
                _ => self.find_label(pending.name, block.first_label),
            };
            let Some(label) = label else {
                self.gotos[kept] = pending;
                kept += 1;
                continue;
            };
            if pending.active < label.active || pending.globals < label.globals {
                self.jump_into_scope(pending)?;
            }
            let closing = pending.close || (label.active < pending.active && block.closes);
            self.nodes[pending.node] = match closing {
                true => Node::GotoClosing { label: label.id, variables: label.active as u8 },
                false => Node::Goto(label.id),
            };
        }
        self.gotos.truncate(kept);
        Ok(())
    }

    /// Lets the jumps that have just left a block go back to the labels of the
    /// block around it.
    fn resolve_left_gotos(&mut self, first: usize) {
        let labels = &self.labels[self.blocks[self.blocks.len() - 1].first_label..];
        let nodes = &mut self.nodes;
        let mut number = 0;
        self.gotos.retain(|pending| {
            number += 1;
            let label = labels.iter().find(|label| label.name == pending.name);
            let Some(label) = label.filter(|_| number > first) else { return true };
            nodes[pending.node] = Node::GotoBack { label: label.id, variables: label.active as u8 };
            false
        });
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
    /// where `active` variables and `globals` declarations are in scope. Says
    /// whether variables have to be closed there.
    fn resolve_gotos(
        &mut self,
        name: Symbol,
        label: LabelId,
        active: usize,
        globals: usize,
    ) -> Parsed<bool> {
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
            if pending.active < active || pending.globals < globals {
                self.jump_into_scope(pending)?;
            }
            let before = self.dialect.jumps_close_variables && pending.close;
            close |= pending.close && !before;
            let variables = active as u8;
            let node = &mut self.nodes[pending.node];
            *node = match *node {
                Node::ThenBreak(_) if before => Node::ThenBreakClosing { label, variables },
                Node::ThenBreak(_) => Node::ThenBreak(label),
                _ if before => Node::GotoClosing { label, variables },
                _ => Node::Goto(label),
            };
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
            globals: self.globals.len(),
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

    /// Steps over `break`, which has to be in a loop.
    pub(super) fn skip_break(&mut self) -> Parsed<()> {
        let blocks = &self.blocks[self.function().first_block..];
        let stray = !blocks.iter().any(|block| block.is_loop);
        match self.dialect.stray_break {
            StrayBreak::AtOnce(message) if stray => Err(self.error(&[message.as_bytes()])),
            StrayBreak::NextToken(message) if stray => {
                self.advance()?;
                Err(self.error(&[message.as_bytes()]))
            }
            _ => self.advance(),
        }
    }

    /// `break`
    pub(super) fn break_statement(&mut self) -> Parsed<()> {
        let line = self.lexer.line;
        let before = self.last_line;
        self.skip_break()?;
        self.push_jump(Node::Goto(UNRESOLVED), before)?;
        self.pending_goto(BREAK, line)
    }

    /// Pushes a jump before whose word the line `before` was reached.
    fn push_jump(&mut self, node: Node, before: u32) -> Parsed<()> {
        if !self.dialect.jumps_before_their_words {
            return self.push(node);
        }
        let line = std::mem::replace(&mut self.last_line, before);
        self.push(node)?;
        self.last_line = line;
        Ok(())
    }

    /// `goto name`
    pub(super) fn goto_statement(&mut self) -> Parsed<()> {
        let before = self.last_line;
        self.advance()?;
        let line = self.lexer.line;
        let name = self.name()?;
        let first = match self.dialect.nested_labels {
            true => self.block().first_label,
            false => self.function().first_label,
        };
        match self.find_label(name, first) {
            Some(label) => {
                let variables = label.active as u8;
                self.push_jump(Node::GotoBack { label: label.id, variables }, before)
            }
            None => {
                self.push_jump(Node::Goto(UNRESOLVED), before)?;
                self.pending_goto(name, line)
            }
        }
    }

    /// `::name::`, of which the first half is read.
    pub(super) fn label_statement(&mut self, name: Symbol, line: u32) -> Parsed<()> {
        // Where labels may be nested, those that follow at once see this one.
        let nested = self.dialect.nested_labels;
        let mut index = self.labels.len();
        if nested {
            self.new_label(name, line, self.block().first_label)?;
        }
        self.expect(Token::DoubleColon)?;
        while matches!(self.token, Token::Char(b';') | Token::DoubleColon) {
            self.statement()?;
        }
        if !nested {
            index = self.labels.len();
            self.new_label(name, line, self.function().first_label)?;
        }
        // At the end of a block, its variables count as out of scope.
        if self.block_follows(false) {
            let Block { active, globals, .. } = *self.block();
            let label = &mut self.labels[index];
            (label.active, label.globals) = (active, globals);
        }
        let Label { active, globals, id, .. } = self.labels[index];
        let close =
            !self.dialect.jumps_resolved_late && self.resolve_gotos(name, id, active, globals)?;
        self.push(Node::Label { label: id, close })
    }

    /// Adds a label, of whose name there may be none among those from `first`
    /// on.
    fn new_label(&mut self, name: Symbol, line: u32, first: usize) -> Parsed<()> {
        if let Some(other) = self.find_label(name, first) {
            let (name, line) = (self.symbol(name)?, other.line.to_string());
            return Err(self.semantic_error(&[
                b"label '",
                &name,
                b"' already defined on line ",
                line.as_bytes(),
            ]));
        }
        let id = self.new_label_id();
        let (active, globals) = (self.function().active, self.globals.len());
        let label = Label { name, line, active, globals, id };
        Ok(self.lexer.account.push(&mut self.labels, label)?)
    }

    /// The visible label of this name among those from `first` on.
    fn find_label(&self, name: Symbol, first: usize) -> Option<Label> {
        self.labels[first..].iter().find(|l| l.name == name).copied()
    }

    #[cold]
    fn jump_into_scope(&mut self, pending: PendingGoto) -> Parsed<()> {
        // The first of what the jump would enter the scope of.
        let local = self.function().first_local + pending.active;
        let variable = match self.globals.get(pending.globals) {
            Some(global) if global.locals <= local => global.name,
            _ => Some(self.locals[local].name),
        };
        let variable = variable.map_or(Ok(b"*".to_vec()), |variable| self.symbol(variable))?;
        let name = self.symbol(pending.name)?;
        let line = pending.line.to_string();
        Err(self.semantic_error(&[
            b"<goto ",
            &name,
            b"> at line ",
            line.as_bytes(),
            b" jumps into the scope of ",
            self.dialect.jumped_variable.as_bytes(),
            b"'",
            &variable,
            b"'",
        ]))
    }

    #[cold]
    fn undefined_label(&mut self, pending: PendingGoto) -> Parsed<()> {
        let line = pending.line.to_string();
        if pending.name == BREAK {
            let (before, after) = match self.dialect.stray_break {
                StrayBreak::Later(before, after) => (before, after),
                StrayBreak::AtOnce(text) | StrayBreak::NextToken(text) => (text, ""),
            };
            let parts = [before.as_bytes(), line.as_bytes(), after.as_bytes()];
            return Err(self.lexer.error(&parts, Near::Nothing));
        }
        let name = self.symbol(pending.name)?;
        let line = line.as_bytes();
        Err(self.semantic_error(&[b"no visible label '", &name, b"' for <goto> at line ", line]))
    }
}
