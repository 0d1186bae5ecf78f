//! Expressions.

use super::{Exp, Parsed, Parser};
use crate::fold;
use crate::token::Token;
use crate::tree::{BinaryOp, Literal, Node, UnaryOp};

/// Left and right binding power of binary operators, in the order of
/// [`BinaryOp`].
const PRIORITY: [(u8, u8); 21] = [
    (10, 10), // +
    (10, 10), // -
    (11, 11), // *
    (11, 11), // %
    (14, 13), // ^, to the right
    (11, 11), // /
    (11, 11), // //
    (6, 6),   // &
    (4, 4),   // |
    (5, 5),   // ~
    (7, 7),   // <<
    (7, 7),   // >>
    (9, 8),   // .., to the right
    (3, 3),   // ==
    (3, 3),   // <
    (3, 3),   // <=
    (3, 3),   // ~=
    (3, 3),   // >
    (3, 3),   // >=
    (2, 2),   // and
    (1, 1),   // or
];

const UNARY_PRIORITY: u8 = 12;

impl Exp {
    /// The constant it is known to be.
    pub(super) fn literal(self) -> Option<Literal> {
        match self {
            Exp::Literal(literal) | Exp::Constant(_, literal) => Some(literal),
            _ => None,
        }
    }

    /// Whether it names something that can be assigned to, constant or not.
    pub(super) fn is_variable(self) -> bool {
        matches!(
            self,
            Exp::Constant(..)
                | Exp::Local(_)
                | Exp::Upvalue(_)
                | Exp::Indexed
                | Exp::IndexedVararg
                | Exp::ConstantGlobal(_)
        )
    }
}

impl Parser<'_, '_> {
    /// Gives a literal its node.
    #[inline]
    pub(super) fn materialize(&mut self, exp: Exp) -> Parsed<()> {
        match exp.literal() {
            Some(literal) => self.push(Node::Literal(literal)),
            None => Ok(()),
        }
    }

    /// Reads an expression.
    pub(super) fn expression(&mut self) -> Parsed<Exp> {
        self.sub_expression(0).map(|(exp, _)| exp)
    }

    /// Reads an expression and gives it a node.
    pub(super) fn pushed_expression(&mut self) -> Parsed<()> {
        let exp = self.expression()?;
        self.materialize(exp)
    }

    /// Reads a list of expressions; gives the last one and their number.
    pub(super) fn expression_list(&mut self) -> Parsed<(Exp, u32)> {
        let mut count = 1;
        let mut exp = self.expression()?;
        while self.skip(Token::Char(b','))? {
            self.materialize(exp)?;
            self.push(Node::Listed)?;
            exp = self.expression()?;
            count += 1;
        }
        Ok((exp, count))
    }

    /// Reads operators that bind more strongly than `limit`, and gives the
    /// operator behind.
    fn sub_expression(&mut self, limit: u8) -> Parsed<(Exp, Option<BinaryOp>)> {
        self.enter_level()?;
        let mut exp = match self.unary_operator() {
            Some(op) => {
                let line = self.lexer.line;
                self.advance()?;
                let (operand, _) = self.sub_expression(UNARY_PRIORITY)?;
                self.unary(op, operand, line)?
            }
            None => self.simple_expression()?,
        };
        let mut next = self.binary_operator();
        while let Some(op) = next
            && PRIORITY[op as usize].0 > limit
        {
            let line = self.lexer.line;
            self.advance()?;
            (exp, next) = self.binary(op, exp, line)?;
        }
        self.leave_level();
        Ok((exp, next))
    }

    fn unary(&mut self, op: UnaryOp, operand: Exp, line: u32) -> Parsed<Exp> {
        let form = self.dialect;
        if let Some(folded) = operand.literal().and_then(|literal| fold::unary(op, literal, form)) {
            return Ok(Exp::Literal(folded));
        }
        self.materialize(operand)?;
        let line = self.operator_line(line);
        self.push(Node::Unary { op, line })?;
        Ok(Exp::Value)
    }

    /// The line of the operation of an operator that is on `line`.
    fn operator_line(&self, line: u32) -> u32 {
        if self.dialect.operators_where_they_end { self.last_line } else { line }
    }

    /// Reads the second operand of `op`; gives the whole and the operator
    /// behind.
    fn binary(&mut self, op: BinaryOp, left: Exp, line: u32) -> Parsed<(Exp, Option<BinaryOp>)> {
        let priority = PRIORITY[op as usize].1;
        let constant = left.literal();
        let decided = match (op, constant) {
            (BinaryOp::And, Some(literal)) => !matches!(literal, Literal::Nil | Literal::False),
            (BinaryOp::Or, Some(literal)) => matches!(literal, Literal::Nil | Literal::False),
            _ => false,
        };
        if decided {
            // The value is that of the second operand.
            let (right, next) = self.sub_expression(priority)?;
            return Ok((self.single_value(right)?, next));
        }
        let (mark, mark_line) = (self.nodes.len(), self.node_line);
        self.materialize(left)?;
        self.push(Node::Infix(op))?;
        let (right, next) = self.sub_expression(priority)?;
        if let (Some(a), Some(b)) = (constant, right.literal())
            && let Some(folded) = fold::binary(op, a, b, self.dialect)
        {
            self.nodes.truncate(mark);
            self.node_line = mark_line;
            return Ok((Exp::Literal(folded), next));
        }
        self.materialize(right)?;
        let line = self.operator_line(line);
        self.push(Node::Binary { op, line })?;
        Ok((Exp::Value, next))
    }

    /// Makes `exp` a single value that is no variable.
    fn single_value(&mut self, exp: Exp) -> Parsed<Exp> {
        match exp.literal() {
            Some(literal) => Ok(Exp::Literal(literal)),
            None => {
                self.push(Node::Single)?;
                Ok(Exp::Value)
            }
        }
    }

    fn simple_expression(&mut self) -> Parsed<Exp> {
        let exp = match self.token {
            Token::Float => Exp::Literal(Literal::Float(self.value.float())),
            Token::Integer => Exp::Literal(Literal::Integer(self.value.integer())),
            Token::String => Exp::Literal(Literal::String(self.value.symbol())),
            Token::Nil => Exp::Literal(Literal::Nil),
            Token::True => Exp::Literal(Literal::True),
            Token::False => Exp::Literal(Literal::False),
            Token::Dots => {
                if !self.function().is_vararg {
                    return Err(self.error(&[b"cannot use '...' outside a vararg function"]));
                }
                self.vararg()?;
                // Several values, and no call.
                Exp::Value
            }
            Token::Char(b'{') => {
                self.table()?;
                return Ok(Exp::Value);
            }
            Token::Function => {
                self.advance()?;
                let line = self.lexer.line;
                self.body(false, line)?;
                return Ok(Exp::Value);
            }
            _ => return self.suffixed_expression(),
        };
        self.advance()?;
        Ok(exp)
    }

    fn primary_expression(&mut self) -> Parsed<Exp> {
        match self.token {
            Token::Char(b'(') => {
                let line = self.lexer.line;
                self.advance()?;
                let exp = self.expression()?;
                self.expect_match(Token::Char(b')'), Token::Char(b'('), line)?;
                self.single_value(exp)
            }
            Token::Name => self.variable(),
            _ => Err(self.error(&[b"unexpected symbol"])),
        }
    }

    pub(super) fn suffixed_expression(&mut self) -> Parsed<Exp> {
        let begin = self.lexer.line;
        let mut exp = self.primary_expression()?;
        loop {
            match self.token {
                Token::Char(b'.') => {
                    self.materialize(exp)?;
                    self.field()?;
                    exp = self.indexed(exp);
                }
                Token::Char(b'[') => {
                    self.materialize(exp)?;
                    self.push(Node::Indexing)?;
                    let line = self.bracketed_key()?;
                    self.push(Node::Index { line })?;
                    exp = self.indexed(exp);
                }
                Token::Char(b':') => {
                    self.materialize(exp)?;
                    self.advance()?;
                    let name = self.name()?;
                    self.push(Node::Method(name))?;
                    self.arguments(begin)?;
                    exp = Exp::Call;
                }
                Token::Char(b'(' | b'{') | Token::String => {
                    self.materialize(exp)?;
                    self.push(Node::Callee)?;
                    self.arguments(begin)?;
                    exp = Exp::Call;
                }
                _ => return Ok(exp),
            }
        }
    }

    /// What a field of `exp` is.
    fn indexed(&self, exp: Exp) -> Exp {
        if self.is_vararg_table(exp) { Exp::IndexedVararg } else { Exp::Indexed }
    }

    /// `.name` or `:name` behind a table.
    pub(super) fn field(&mut self) -> Parsed<()> {
        let line = self.last_line;
        self.advance()?;
        let name = self.name()?;
        self.push(Node::Field { name, line })
    }

    /// `[key]`; gives the line where the key was complete.
    fn bracketed_key(&mut self) -> Parsed<u32> {
        self.advance()?;
        self.pushed_expression()?;
        let line = self.last_line;
        self.expect(Token::Char(b']'))?;
        Ok(line)
    }

    /// The arguments of a call, and the call, whose expression begins on line
    /// `begin`.
    fn arguments(&mut self, begin: u32) -> Parsed<()> {
        let line = if self.dialect.calls_where_they_begin { begin } else { self.lexer.line };
        let mut arguments = true;
        match self.token {
            Token::Char(b'(') => {
                if self.dialect.call_on_same_line && line != self.last_line {
                    let message = b"ambiguous syntax (function call x new statement)";
                    return Err(self.error(&[message]));
                }
                self.advance()?;
                if self.token == Token::Char(b')') {
                    arguments = false;
                } else {
                    let (last, _) = self.expression_list()?;
                    self.materialize(last)?;
                }
                self.expect_match(Token::Char(b')'), Token::Char(b'('), line)?;
            }
            Token::Char(b'{') => self.table()?,
            Token::String => {
                self.push(Node::Literal(Literal::String(self.value.symbol())))?;
                self.advance()?;
            }
            _ => return Err(self.error(&[b"function arguments expected"])),
        }
        self.push(Node::Call { line, arguments })
    }

    fn table(&mut self) -> Parsed<()> {
        let line = self.lexer.line;
        self.push(Node::Table)?;
        self.expect(Token::Char(b'{'))?;
        let mut item = false;
        while self.token != Token::Char(b'}') {
            if item {
                self.push(Node::Item)?;
            }
            item = self.table_field()?;
            if !self.skip(Token::Char(b','))? && !self.skip(Token::Char(b';'))? {
                break;
            }
        }
        self.expect_match(Token::Char(b'}'), Token::Char(b'{'), line)?;
        self.push(Node::TableEnd { item })
    }

    /// A field of a table; says whether it is an item without key.
    fn table_field(&mut self) -> Parsed<bool> {
        let key = match self.token {
            Token::Name => {
                if self.look_ahead()? != Token::Char(b'=') {
                    self.pushed_expression()?;
                    return Ok(true);
                }
                Node::NamedField(self.name()?)
            }
            Token::Char(b'[') => Node::KeyedField { line: self.bracketed_key()? },
            _ => {
                self.pushed_expression()?;
                return Ok(true);
            }
        };
        self.expect(Token::Char(b'='))?;
        self.push(key)?;
        self.pushed_expression()?;
        self.push(Node::StoreField)?;
        Ok(false)
    }

    fn unary_operator(&self) -> Option<UnaryOp> {
        match self.token {
            Token::Not => Some(UnaryOp::Not),
            Token::Char(b'-') => Some(UnaryOp::Minus),
            Token::Char(b'#') => Some(UnaryOp::Len),
            Token::Char(b'~') if self.dialect.bitwise_operators => Some(UnaryOp::BNot),
            _ => None,
        }
    }

    #[inline]
    fn binary_operator(&self) -> Option<BinaryOp> {
        Some(match self.token {
            Token::Char(byte) => match byte {
                b'+' => BinaryOp::Add,
                b'-' => BinaryOp::Sub,
                b'*' => BinaryOp::Mul,
                b'%' => BinaryOp::Mod,
                b'^' => BinaryOp::Pow,
                b'/' => BinaryOp::Div,
                b'<' => BinaryOp::Lt,
                b'>' => BinaryOp::Gt,
                b'&' | b'|' | b'~' if !self.dialect.bitwise_operators => return None,
                b'&' => BinaryOp::BAnd,
                b'|' => BinaryOp::BOr,
                b'~' => BinaryOp::BXor,
                _ => return None,
            },
            Token::IntegerDivide => BinaryOp::IDiv,
            Token::ShiftLeft => BinaryOp::Shl,
            Token::ShiftRight => BinaryOp::Shr,
            Token::Concat => BinaryOp::Concat,
            Token::NotEqual => BinaryOp::Ne,
            Token::Equal => BinaryOp::Eq,
            Token::LessEqual => BinaryOp::Le,
            Token::GreaterEqual => BinaryOp::Ge,
            Token::And => BinaryOp::And,
            Token::Or => BinaryOp::Or,
            _ => return None,
        })
    }
}
