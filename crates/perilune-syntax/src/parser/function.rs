//! Functions: their states while they are read, parameters, bodies.

use super::{Exp, Parsed, Parser, SinkError, Trap};
use crate::error::Raised;
use crate::memory::OutOfMemory;
use crate::token::Token;
use crate::tree::{Function, LoopNames, Node, Upvalue};
use perilune_bytecode::names::{ENVIRONMENT, HIDDEN_ENVIRONMENT};
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
    /// The number of hidden variables that a dialect has no name for.
    pub uncounted: usize,
    pub upvalues: Vec<Upvalue>,
    /// The number of functions defined in it so far.
    functions: u32,
    /// The number of its labels so far.
    pub labels: u32,
    /// The variable that is a table of the extra arguments, and the node that
    /// makes it.
    pub vararg_table: Option<VarargTable>,
}

/// A variable that is a table of the extra arguments.
#[derive(Clone, Copy)]
pub(super) struct VarargTable {
    pub variable: u8,
    pub node: usize,
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
        let environments = self.dialect.function_environments;
        self.env =
            self.lexer.intern(if environments { HIDDEN_ENVIRONMENT } else { ENVIRONMENT })?;
        if self.dialect.global_statement {
            self.global_word = Some(self.lexer.intern(b"global")?);
        }
        self.open_function(0)?;
        self.function_mut().is_vararg = true;
        self.add_environment(true)?;
        self.push(Node::Parameters { vararg: true })?;
        self.advance()?;
        self.statements()?;
        if self.token != Token::Eof {
            return Err(self.expected(Token::Eof));
        }
        self.close_function(0)
    }

    /// Gives the current function the table of globals as its first upvalue.
    fn add_environment(&mut self, in_stack: bool) -> Parsed<()> {
        let env = Upvalue { name: self.env, in_stack, index: 0, kind: UpvalueKind::Regular };
        let account = self.lexer.account;
        Ok(account.push(&mut self.function_mut().upvalues, env)?)
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
            uncounted: 0,
            upvalues: self.spare.pop().unwrap_or_default(),
            functions: 0,
            labels: 0,
            vararg_table: None,
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
        let level = self.functions.len() - 1;
        let mut tree = tree(&self.functions, &self.nodes, level);
        tree.last_line_defined = last_line_defined;
        tree.last_line = self.last_line;
        tree.loop_names = self.loop_names.unwrap_or_default();
        let symbols = &self.lexer.symbols;
        let taken = match ends {
            true => self.sink.function(&tree, symbols),
            false => self.sink.part(&tree, symbols),
        };
        taken.map_err(|error| {
            self.refused = self.trap_of(level, error);
            Raised
        })
    }

    /// What a refused function has to stop at.
    fn trap_of(&self, level: usize, error: SinkError) -> Option<Trap> {
        let SinkError::Limit { node, message } = error else { return None };
        let node = if level == 0 { self.handed_on + node } else { node };
        Some(Trap { function: self.functions[level].ordinal, node, message })
    }

    /// An error was found: where the first of the functions being read stops that
    /// the sink would have refused before.
    pub(super) fn first_refusal(&mut self) -> Result<Option<Trap>, OutOfMemory> {
        for level in 0..self.functions.len() {
            let mut tree = tree(&self.functions, &self.nodes, level);
            tree.loop_names = self.loop_names.unwrap_or_default();
            match self.sink.beginning(&tree, &self.lexer.symbols) {
                Ok(()) => {}
                Err(SinkError::OutOfMemory) => return Err(OutOfMemory),
                Err(error) => return Ok(self.trap_of(level, error)),
            }
        }
        Ok(None)
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
        if self.dialect.function_environments {
            self.add_environment(false)?;
        }
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
        let mut table = None;
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
                        if self.dialect.implicit_arg_table {
                            table = Some(self.lexer.intern(b"arg")?);
                        } else if self.dialect.named_vararg_table {
                            // Without a name it is a variable that no source
                            // can spell.
                            table = Some(match self.token {
                                Token::Name => self.name()?,
                                _ => self.lexer.intern(b"(vararg table)")?,
                            });
                        }
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
        self.push(Node::Parameters { vararg })?;
        match table {
            Some(name) => self.vararg_table(name),
            None => Ok(()),
        }
    }

    /// Declares the variable that is a table of the extra arguments.
    fn vararg_table(&mut self, name: Symbol) -> Parsed<()> {
        self.new_local(name)?;
        if self.dialect.named_vararg_table {
            self.make_constant();
        }
        let needed = self.dialect.implicit_arg_table;
        self.push(Node::VarargTable { needed })?;
        let node = self.nodes.len() - 1;
        let variable = self.function().active as u8;
        self.function_mut().vararg_table = Some(VarargTable { variable, node });
        self.activate(1)
    }

    /// `...`
    pub(super) fn vararg(&mut self) -> Parsed<()> {
        match self.function().vararg_table {
            // The values come from the table, which may have been changed.
            Some(table) if self.dialect.named_vararg_table => {
                self.push(Node::VarargOf(table.variable))
            }
            Some(table) => {
                self.nodes[table.node] = Node::VarargTable { needed: false };
                self.push(Node::Vararg)
            }
            None => self.push(Node::Vararg),
        }
    }

    /// Whether `exp` is the variable that is a table of the extra arguments.
    pub(super) fn is_vararg_table(&self, exp: Exp) -> bool {
        match (exp, self.function().vararg_table) {
            (Exp::Local(number), Some(table)) => {
                number == table.variable && self.dialect.named_vararg_table
            }
            _ => false,
        }
    }

    /// If `exp` is the variable that is a table of the extra arguments, that
    /// table has to exist.
    pub(super) fn use_vararg_table(&mut self, exp: Exp) {
        if self.is_vararg_table(exp) {
            self.need_vararg_table(self.functions.len() - 1);
        }
    }

    /// The table of the extra arguments of `function` has to exist.
    pub(super) fn need_vararg_table(&mut self, function: usize) {
        if let Some(table) = self.functions[function].vararg_table
            && let Some(node) = self.nodes.get_mut(table.node)
        {
            *node = Node::VarargTable { needed: true };
        }
    }

    /// The names of the hidden variables of loops.
    pub(super) fn loop_names(&mut self) -> Parsed<LoopNames> {
        if let Some(names) = self.loop_names {
            return Ok(names);
        }
        let mut names = LoopNames::default();
        for (slot, name) in names.numeric.iter_mut().zip(self.dialect.numeric_loop_variables) {
            *slot = name.map(|name| self.lexer.intern(name.as_bytes())).transpose()?;
        }
        for (slot, name) in names.generic.iter_mut().zip(self.dialect.generic_loop_variables) {
            *slot = name.map(|name| self.lexer.intern(name.as_bytes())).transpose()?;
        }
        Ok(*self.loop_names.insert(names))
    }
}

/// The tree of the function of that level, as far as it is read.
fn tree<'t>(functions: &'t [FunctionState], nodes: &'t [Node], level: usize) -> Function<'t> {
    let function = &functions[level];
    let end = functions.get(level + 1).map_or(nodes.len(), |inner| inner.first_node);
    Function {
        is_main: level == 0,
        nodes: &nodes[function.first_node..end],
        upvalues: &function.upvalues,
        parameters: function.parameters,
        is_vararg: function.is_vararg,
        line_defined: function.line_defined,
        last_line_defined: 0,
        last_line: 0,
        functions: function.functions,
        labels: function.labels,
        loop_names: LoopNames::default(),
    }
}
