//! Declarations of global variables.

use super::{Parsed, Parser};
use crate::token::Token;
use crate::tree::Node;
use perilune_bytecode::{Symbol, UpvalueKind};

impl Parser<'_, '_> {
    /// A statement that begins with the name `global` on `line`. What follows
    /// tells whether it is a declaration.
    pub(super) fn global_or_expression(&mut self, line: u32) -> Parsed<()> {
        match self.look_ahead()? {
            Token::Char(b'<' | b'*') | Token::Name | Token::Function => self.global_statement(line),
            _ => self.expression_statement(),
        }
    }

    /// `global …`, of a statement that starts on `line`.
    fn global_statement(&mut self, line: u32) -> Parsed<()> {
        self.advance()?;
        if self.skip(Token::Function)? {
            return self.global_function(line);
        }
        let default = self.global_attribute(UpvalueKind::Regular)?;
        if self.skip(Token::Char(b'*'))? {
            return self.declare_global(None, default == UpvalueKind::Const);
        }
        self.global_names(default)
    }

    fn global_attribute(&mut self, default: UpvalueKind) -> Parsed<UpvalueKind> {
        let kind = self.attribute(default)?;
        if kind == UpvalueKind::ToBeClosed {
            return Err(self.semantic_error(&[b"global variables cannot be to-be-closed"]));
        }
        Ok(kind)
    }

    /// Names, and their initial values. They are in scope behind those.
    fn global_names(&mut self, default: UpvalueKind) -> Parsed<()> {
        let first = self.declared.len();
        loop {
            let name = self.name()?;
            let constant = self.global_attribute(default)? == UpvalueKind::Const;
            self.lexer.account.push(&mut self.declared, (name, constant))?;
            if !self.skip(Token::Char(b','))? {
                break;
            }
        }
        if self.skip(Token::Char(b'='))? {
            self.initialize_globals(first)?;
        }
        for index in first..self.declared.len() {
            let (name, constant) = self.declared[index];
            self.declare_global(Some(name), constant)?;
        }
        self.declared.truncate(first);
        Ok(())
    }

    /// The values of the names declared from `first` on.
    fn initialize_globals(&mut self, first: usize) -> Parsed<()> {
        let line = self.lexer.line;
        let names = first..self.declared.len();
        for index in names.clone() {
            self.global_variable(self.declared[index].0)?;
            self.enter_level()?;
        }
        let (last, values) = self.expression_list()?;
        self.materialize(last)?;
        self.push(Node::GlobalValues { variables: names.len() as u32, values })?;
        for index in names.rev() {
            self.leave_level();
            self.check_global(self.declared[index].0, line)?;
            self.push(Node::StoreTop)?;
        }
        self.push(Node::EndGlobals)
    }

    /// The global variable may not exist yet.
    fn check_global(&mut self, name: Symbol, line: u32) -> Parsed<()> {
        self.global_variable(name)?;
        self.push(Node::CheckGlobal { name, line })
    }

    /// `global function name … end`
    fn global_function(&mut self, line: u32) -> Parsed<()> {
        let name = self.name()?;
        self.declare_global(Some(name), false)?;
        self.global_variable(name)?;
        let body_line = self.lexer.line;
        self.body(false, body_line)?;
        self.check_global(name, line)?;
        self.push(Node::StoreFunction { line })
    }
}
