//! Functions: their states while they are read, parameters, bodies.

use super::{Parsed, Parser, SinkError, Trap};
use crate::error::Raised;
use crate::token::Token;
use crate::tree::{Function, Node, Upvalue};
use perilune_bytecode::{Symbol, UpvalueKind};

/// Nodes of the main function worth handing on.
const PART: usize = 4096;

/// A function being read.
pub(super) struct FunctionState {
    /// Its number in order of beginning.
    pub ordinal: u32,
    pub line_defined: u32,
    pub is_vararg: bool,
    parameters: u8,
    /// Where its parts of the parser's vectors start.
    pub first_local: usize,
    pub first_label: usize,
    pub first_block: usize,
    first_node: usize,
    /// The line the enclosing function's tree is at.
    outer_line: u32,
    /// The number of variables in scope.
    pub active: usize,
    pub upvalues: Vec<Upvalue>,
    /// The number of functions defined in it so far.
    functions: u32,
    /// The number of its labels so far.
    pub labels: u32,
}

impl Parser<'_, '_> {
    /// The function being read.
    #[inline(always)]
    pub(super) fn function(&self) -> &FunctionState {
        // There is one from the beginning to the end of the main function.
        &self.functions[self.functions.len() - 1]
    }

    #[inline(always)]
    pub(super) fn function_mut(&mut self) -> &mut FunctionState {
        let last = self.functions.len() - 1;
        &mut self.functions[last]
    }

    /// Reads the whole source.
    pub(super) fn main_function(&mut self) -> Parsed<()> {
        self.env = self.lexer.intern(b"_ENV")?;
        self.open_function(0)?;
        let env = Upvalue { name: self.env, in_stack: true, index: 0, kind: UpvalueKind::Regular };
        let account = self.lexer.account;
        let function = self.function_mut();
        function.is_vararg = true;
        account.push(&mut function.upvalues, env)?;
        self.push(Node::Parameters { vararg: true })?;
        self.advance()?;
        self.statements()?;
        if self.token != Token::Eof {
            return Err(self.expected(Token::Eof));
        }
        self.close_function(0)
    }

    fn open_function(&mut self, line_defined: u32) -> Parsed<()> {
        let state = FunctionState {
            ordinal: self.begun,
            line_defined,
            is_vararg: false,
            parameters: 0,
            first_local: self.locals.len(),
            first_label: self.labels.len(),
            first_block: self.blocks.len(),
            first_node: self.nodes.len(),
            outer_line: self.node_line,
            active: 0,
            upvalues: self.spare.pop().unwrap_or_default(),
            functions: 0,
            labels: 0,
        };
        self.begun += 1;
        self.node_line = 0;
        if let Some(trap) = self.trap
            && trap.function == state.ordinal
        {
            self.trap_index = state.first_node + trap.node;
        }
        self.lexer.account.push(&mut self.functions, state)?;
        self.enter_block(false)
    }

    fn close_function(&mut self, last_line_defined: u32) -> Parsed<()> {
        self.leave_block()?;
        self.hand_on(last_line_defined, true)?;
        if let Some(mut ended) = self.functions.pop() {
            self.nodes.truncate(ended.first_node);
            self.node_line = ended.outer_line;
            ended.upvalues.clear();
            self.lexer.account.push(&mut self.spare, ended.upvalues)?;
        }
        Ok(())
    }

    /// Hands the tree read so far to the sink; the last part, if `ends`.
    fn hand_on(&mut self, last_line_defined: u32, ends: bool) -> Parsed<()> {
        let function = &self.functions[self.functions.len() - 1];
        let tree = Function {
            is_main: self.functions.len() == 1,
            nodes: &self.nodes[function.first_node..],
            upvalues: &function.upvalues,
            parameters: function.parameters,
            is_vararg: function.is_vararg,
            line_defined: function.line_defined,
            last_line_defined,
            last_line: self.last_line,
            functions: function.functions,
            labels: function.labels,
            for_state: self.for_state.unwrap_or(Symbol(0)),
        };
        let symbols = &self.lexer.symbols;
        let taken = match ends {
            true => self.sink.function(&tree, symbols),
            false => self.sink.part(&tree, symbols),
        };
        match taken {
            Ok(()) => Ok(()),
            Err(SinkError::OutOfMemory) => Err(Raised),
            Err(SinkError::Limit { node, message }) => {
                let node = if tree.is_main { self.handed_on + node } else { node };
                self.refused = Some(Trap { function: function.ordinal, node, message });
                Err(Raised)
            }
        }
    }

    /// Hands on what was read of the main function, if that is worth it. A
    /// statement of its outermost block has just ended.
    ///
    /// The nodes must not change any more. They could because of a jump whose
    /// label is to come, and because a later closure captures a variable that a
    /// `return` here leaves, which matters if a label lets control come back.
    pub(super) fn statement_ended(&mut self) -> Parsed<()> {
        let count = self.nodes.len();
        if count < PART
            || self.functions.len() > 1
            || self.blocks.len() > 1
            || !self.gotos.is_empty()
            || !self.labels.is_empty()
        {
            return Ok(());
        }
        self.hand_on(0, false)?;
        self.nodes.clear();
        self.handed_on += count;
        if self.trap.is_some_and(|trap| trap.function == 0) {
            self.trap_index = self.trap_index.saturating_sub(count);
        }
        Ok(())
    }

    /// Reads parameters and body of a function of `line`, and pushes its
    /// closure.
    pub(super) fn body(&mut self, is_method: bool, line: u32) -> Parsed<()> {
        let number = self.function().functions;
        self.function_mut().functions += 1;
        self.open_function(line)?;
        self.expect(Token::Char(b'('))?;
        if is_method {
            let name = self.lexer.intern(b"self")?;
            self.new_local(name)?;
            self.activate(1)?;
        }
        self.parameters()?;
        self.expect(Token::Char(b')'))?;
        self.statements()?;
        let last_line = self.lexer.line;
        self.expect_match(Token::End, Token::Function, line)?;
        self.close_function(last_line)?;
        self.push(Node::Closure(number))
    }

    fn parameters(&mut self) -> Parsed<()> {
        let mut count = 0;
        if self.token != Token::Char(b')') {
            loop {
                match self.token {
                    Token::Name => {
                        let name = self.name()?;
                        self.new_local(name)?;
                        count += 1;
                    }
                    Token::Dots => {
                        self.advance()?;
                        self.function_mut().is_vararg = true;
                    }
                    _ => return Err(self.error(&[b"<name> or '...' expected"])),
                }
                if self.function().is_vararg || !self.skip(Token::Char(b','))? {
                    break;
                }
            }
        }
        self.activate(count)?;
        let function = self.function_mut();
        function.parameters = function.active as u8;
        let vararg = function.is_vararg;
        self.push(Node::Parameters { vararg })
    }
}
