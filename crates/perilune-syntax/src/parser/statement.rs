//! Statements.

use super::{Exp, MAX_LEVELS, Parsed, Parser};
use crate::dialect::Nesting;
use crate::token::Token;
use crate::tree::{Node, UNRESOLVED};
use perilune_bytecode::{Symbol, UpvalueKind};

impl Parser<'_, '_> {
    /// Whether the current token ends a block.
    pub(super) fn block_follows(&self, with_until: bool) -> bool {
        match self.token {
            Token::Else | Token::ElseIf | Token::End | Token::Eof => true,
            Token::Until => with_until,
            _ => false,
        }
    }

    /// The statements of a block.
    pub(super) fn statements(&mut self) -> Parsed<()> {
        let blocks_count = self.dialect.nesting == Nesting::Blocks;
        if blocks_count {
            self.enter_level()?;
        }
        while !self.block_follows(true) {
            let returns = self.token == Token::Return;
            let last = returns || (self.token == Token::Break && self.dialect.break_ends_block);
            self.statement()?;
            if !returns && !self.dialect.empty_statement {
                self.skip(Token::Char(b';'))?;
            }
            if last {
                break;
            }
            self.statement_ended()?;
        }
        if blocks_count {
            self.leave_level();
        }
        Ok(())
    }

    fn block_statements(&mut self) -> Parsed<()> {
        self.enter_block(false)?;
        self.statements()?;
        self.leave_block()?;
        Ok(())
    }

    pub(super) fn statement(&mut self) -> Parsed<()> {
        let line = self.lexer.line;
        let statements_count = self.dialect.nesting != Nesting::Blocks;
        if statements_count {
            self.enter_level()?;
        }
        match self.token {
            Token::Char(b';') if self.dialect.empty_statement => self.advance()?,
            Token::If => self.if_statement(line)?,
            Token::While => self.while_statement(line)?,
            Token::Do => {
                self.advance()?;
                self.block_statements()?;
                self.expect_match(Token::End, Token::Do, line)?;
            }
            Token::For => self.for_statement(line)?,
            Token::Repeat => self.repeat_statement(line)?,
            Token::Function => self.function_statement(line)?,
            Token::Local => {
                self.advance()?;
                if self.skip(Token::Function)? {
                    self.local_function()?;
                } else {
                    self.local_statement()?;
                }
            }
            Token::DoubleColon => {
                self.advance()?;
                let name = self.name()?;
                self.label_statement(name, line)?;
            }
            Token::Return => {
                self.advance()?;
                self.return_statement()?;
            }
            Token::Break => self.break_statement()?,
            Token::Goto => self.goto_statement()?,
            Token::Name if self.global_word == Some(self.value.symbol()) => {
                self.global_or_expression(line)?;
            }
            _ => self.expression_statement()?,
        }
        if statements_count {
            self.leave_level();
        }
        Ok(())
    }

    /// A call or an assignment.
    pub(super) fn expression_statement(&mut self) -> Parsed<()> {
        let exp = self.suffixed_expression()?;
        if self.dialect.statement_is_assignment && !matches!(exp, Exp::Call) {
            return self.assignment(exp);
        }
        if !self.dialect.statement_is_assignment && matches!(self.token, Token::Char(b'=' | b',')) {
            return self.assignment(exp);
        }
        match exp {
            Exp::Call => self.push(Node::CallStatement),
            _ => Err(self.error(&[b"syntax error"])),
        }
    }

    fn assignment(&mut self, first: Exp) -> Parsed<()> {
        let mut targets = 1;
        let mut target = first;
        loop {
            if !target.is_variable() {
                return Err(self.error(&[b"syntax error"]));
            }
            self.assign_to(target)?;
            if !self.skip(Token::Char(b','))? {
                break;
            }
            target = self.suffixed_expression()?;
            self.push(Node::Target)?;
            match self.dialect.nesting {
                Nesting::Blocks => self.check_targets(targets, "variables in assignment")?,
                Nesting::Statements => self.check_targets(targets, "C levels")?,
                Nesting::NativeStack => self.enter_level()?,
            }
            targets += 1;
        }
        self.expect(Token::Char(b'='))?;
        let (last, values) = self.expression_list()?;
        self.materialize(last)?;
        if self.dialect.nesting == Nesting::NativeStack {
            self.levels -= targets - 1;
        }
        self.push(Node::Assign { targets, values })
    }

    /// Checks the number of targets that an assignment has before the last one.
    fn check_targets(&mut self, targets: u32, what: &str) -> Parsed<()> {
        let limit = MAX_LEVELS.saturating_sub(self.levels);
        if targets <= limit {
            return Ok(());
        }
        let told = if self.dialect.nesting == Nesting::Blocks { limit } else { MAX_LEVELS };
        let function = self.functions.len() - 1;
        Err(self.limit_error(function, what, told as usize))
    }

    /// The condition of a loop.
    fn loop_condition(&mut self) -> Parsed<()> {
        self.pushed_expression()?;
        self.push(Node::Condition)
    }

    fn while_statement(&mut self, line: u32) -> Parsed<()> {
        self.advance()?;
        self.push(Node::Loop)?;
        self.loop_condition()?;
        self.enter_block(true)?;
        self.expect(Token::Do)?;
        self.block_statements()?;
        self.push(Node::EndWhile)?;
        self.expect_match(Token::End, Token::While, line)?;
        self.leave_block()?;
        self.push(Node::WhileExit)
    }

    fn repeat_statement(&mut self, line: u32) -> Parsed<()> {
        self.push(Node::Loop)?;
        self.enter_block(true)?;
        self.enter_block(false)?;
        self.advance()?;
        self.statements()?;
        self.expect_match(Token::Until, Token::Repeat, line)?;
        // The variables of the body are in scope here.
        self.loop_condition()?;
        let scope = self.leave_block()?;
        self.push(Node::Until { close: scope.closes, variables: scope.active as u8 })?;
        self.leave_block()?;
        Ok(())
    }

    fn if_statement(&mut self, line: u32) -> Parsed<()> {
        self.push(Node::If)?;
        self.condition_and_block()?;
        while self.token == Token::ElseIf {
            self.condition_and_block()?;
        }
        if self.skip(Token::Else)? {
            self.block_statements()?;
        }
        self.expect_match(Token::End, Token::If, line)?;
        self.push(Node::EndIf)
    }

    /// `if` or `elseif` up to the end of its block.
    fn condition_and_block(&mut self) -> Parsed<()> {
        self.advance()?;
        self.pushed_expression()?;
        let early = self.dialect.conditions_where_they_end;
        if early {
            self.push(Node::Then)?;
        }
        self.expect(Token::Then)?;
        if early {
            self.enter_block(false)?;
        } else if self.token == Token::Break {
            let line = self.lexer.line;
            self.push(Node::ThenBreak(UNRESOLVED))?;
            let node = self.nodes.len() - 1;
            self.skip_break()?;
            self.enter_block(false)?;
            debug_assert_eq!(node, self.nodes.len() - 1);
            self.pending_break(line)?;
            while self.skip(Token::Char(b';'))? {}
            if self.block_follows(false) {
                self.leave_block()?;
                return Ok(());
            }
            self.push(Node::Skip)?;
        } else {
            self.push(Node::Then)?;
            self.enter_block(false)?;
        }
        self.statements()?;
        self.leave_block()?;
        if matches!(self.token, Token::Else | Token::ElseIf) {
            self.push(Node::Else)?;
        }
        self.push(Node::Otherwise)
    }

    fn for_statement(&mut self, line: u32) -> Parsed<()> {
        self.enter_block(true)?;
        self.advance()?;
        let uncounted = self.function().uncounted;
        let name = self.name()?;
        match self.token {
            Token::Char(b'=') => self.numeric_for(name, line)?,
            Token::Char(b',') | Token::In => self.generic_for(name)?,
            _ => return Err(self.error(&[b"'=' or 'in' expected"])),
        }
        self.expect_match(Token::End, Token::For, line)?;
        self.leave_block()?;
        self.function_mut().uncounted = uncounted;
        Ok(())
    }

    /// Declares the hidden variables of a `for`, which have these names, and the
    /// first visible one.
    fn loop_variables(&mut self, hidden: &[Option<Symbol>], name: Symbol) -> Parsed<()> {
        // No source can spell one of them.
        let unseen = hidden.iter().copied().flatten().next().unwrap_or(self.env);
        for name in hidden {
            self.function_mut().uncounted += usize::from(name.is_none());
            self.new_local(unseen)?;
        }
        self.new_local(name)?;
        if self.dialect.constant_loop_variables {
            self.make_constant();
        }
        Ok(())
    }

    fn numeric_for(&mut self, name: Symbol, line: u32) -> Parsed<()> {
        let hidden = self.loop_names()?.numeric;
        self.loop_variables(&hidden, name)?;
        self.expect(Token::Char(b'='))?;
        self.for_value()?;
        self.expect(Token::Char(b','))?;
        self.for_value()?;
        if self.skip(Token::Char(b','))? {
            self.for_value()?;
        } else {
            self.push(Node::DefaultStep)?;
        }
        self.activate_with(3)?;
        self.expect(Token::Do)?;
        self.enter_block(false)?;
        self.activate_with(1)?;
        self.push(Node::NumericFor { name, own: false, closes: false })?;
        self.block_statements()?;
        self.leave_block()?;
        self.push(Node::EndNumericFor { line })
    }

    fn for_value(&mut self) -> Parsed<()> {
        self.pushed_expression()?;
        self.push(Node::Listed)
    }

    fn generic_for(&mut self, name: Symbol) -> Parsed<()> {
        let hidden = self.loop_names()?.generic;
        self.loop_variables(&hidden, name)?;
        let mut variables = 1;
        while self.skip(Token::Char(b','))? {
            let name = self.name()?;
            self.new_local(name)?;
            variables += 1;
        }
        self.expect(Token::In)?;
        let line = self.lexer.line;
        let (last, values) = self.expression_list()?;
        self.materialize(last)?;
        self.push(Node::ForValues { values })?;
        self.activate_with(4)?;
        if self.dialect.closing_loop_values {
            self.mark_block_to_be_closed();
        }
        self.expect(Token::Do)?;
        self.push(Node::GenericFor { variables })?;
        self.enter_block(false)?;
        self.activate(usize::from(variables))?;
        self.block_statements()?;
        self.leave_block()?;
        self.push(Node::EndGenericFor { line, variables })
    }

    /// The variable and the body of `local function`.
    fn local_function(&mut self) -> Parsed<()> {
        let name = self.name()?;
        self.new_local(name)?;
        self.activate(1)?;
        let line = self.lexer.line;
        self.body(false, line)?;
        self.push(Node::LocalFunction)
    }

    fn local_statement(&mut self) -> Parsed<()> {
        let mut to_be_closed = None;
        let mut variables = 0;
        let default = match self.dialect.attribs_before_names {
            true => self.attribute(UpvalueKind::Regular)?,
            false => UpvalueKind::Regular,
        };
        loop {
            let name = self.name()?;
            self.new_local(name)?;
            let kind = self.attribute(default)?;
            self.set_kind(self.locals.len() - 1, kind);
            if kind == UpvalueKind::ToBeClosed {
                if to_be_closed.is_some() {
                    let message = b"multiple to-be-closed variables in local list";
                    return Err(self.semantic_error(&[message]));
                }
                to_be_closed = Some(self.function().active + variables);
            }
            variables += 1;
            if !self.skip(Token::Char(b','))? {
                break;
            }
        }
        let (last, values) = if self.skip(Token::Char(b'='))? {
            let (last, values) = self.expression_list()?;
            (Some(last), values)
        } else {
            (None, 0)
        };
        let is_constant = self.locals.last().is_some_and(|l| l.kind == UpvalueKind::Const);
        match last.and_then(Exp::literal) {
            Some(literal) if is_constant && values as usize == variables => {
                self.activate(variables - 1)?;
                self.activate_constant(literal)?;
            }
            _ => {
                if let Some(last) = last {
                    self.materialize(last)?;
                }
                self.push(Node::Adjust { variables: variables as u32, values })?;
                self.activate(variables)?;
            }
        }
        match to_be_closed {
            Some(variable) => self.mark_to_be_closed(variable),
            None => Ok(()),
        }
    }

    /// `<const>`, `<close>` or nothing, which means `default`.
    pub(super) fn attribute(&mut self, default: UpvalueKind) -> Parsed<UpvalueKind> {
        if !self.dialect.attribs || !self.skip(Token::Char(b'<'))? {
            return Ok(default);
        }
        let name = self.name()?;
        self.expect(Token::Char(b'>'))?;
        match self.lexer.symbols.get(name) {
            b"const" => Ok(UpvalueKind::Const),
            b"close" => Ok(UpvalueKind::ToBeClosed),
            _ => {
                let name = self.symbol(name)?;
                Err(self.semantic_error(&[b"unknown attribute '", &name, b"'"]))
            }
        }
    }

    /// `function name.field:method … end`
    fn function_statement(&mut self, line: u32) -> Parsed<()> {
        self.advance()?;
        let mut target = self.variable()?;
        self.use_vararg_table(target);
        let mut is_method = false;
        while !is_method && matches!(self.token, Token::Char(b'.' | b':')) {
            is_method = self.token == Token::Char(b':');
            self.materialize(target)?;
            self.field()?;
            target = Exp::Indexed;
        }
        let early = self.dialect.constant_function_told_early;
        if early {
            self.assign_to(target)?;
        }
        self.body(is_method, line)?;
        if !early {
            self.assign_to(target)?;
        }
        self.push(Node::StoreFunction { line })
    }

    fn return_statement(&mut self) -> Parsed<()> {
        let guarded = self.block().guarded;
        let mut values = 0;
        if !self.block_follows(true) && self.token != Token::Char(b';') {
            let (last, count) = self.expression_list()?;
            self.materialize(last)?;
            values = count;
            let open = matches!(last, Exp::Call) || matches!(self.nodes.last(), Some(Node::Vararg));
            // More registers than there are is another error.
            let registers = self.level(self.function().active) + count;
            let fits = registers < u32::from(self.dialect.register_limit);
            if !open && fits && self.dialect.max_returns.is_some_and(|most| count > most) {
                let function = self.functions.len() - 1;
                return Err(self.limit_error(function, "returns", 255));
            }
        }
        self.push(Node::Return { values, guarded })?;
        self.skip(Token::Char(b';'))?;
        Ok(())
    }
}
