//! The parser: from tokens to syntax trees, with names resolved.
//!
//! One pass over the source. Errors come in the order in which the reference
//! implementation finds them, except those of code generation, which sees a
//! function only when its `end` was read.

mod block;
mod expression;
mod function;
mod global;
mod name;
mod statement;

use crate::dialect::{Dialect, Nesting};
use crate::error::{Error, Raised};
use crate::lexer::{Lexer, Near};
use crate::memory::{Account, OutOfMemory};
use crate::token::{Token, Value};
use crate::tree::{Function, Literal, LoopNames, Node, Upvalue};
use block::{Block, Label, PendingGoto};
use function::FunctionState;
use name::{Binding, Global, Local};
use perilune_bytecode::{Symbol, Symbols};

/// Nesting of native calls and of syntax at which a source is refused.
const MAX_LEVELS: u32 = 200;

/// Takes the functions of a source, each when its `end` was read: those defined
/// in a function before that function.
///
/// The main function may come in parts, so that memory need not hold the tree
/// of a whole source.
pub trait Sink {
    /// Takes the next part of the main function's tree, whole statements. More
    /// follow.
    ///
    /// # Errors
    /// If the function cannot be compiled.
    fn part(&mut self, function: &Function<'_>, symbols: &Symbols) -> Result<(), SinkError>;

    /// Takes a function, or the last part of the main function. `symbols` grows until the source ends.
    ///
    /// # Errors
    /// If the function cannot be compiled.
    fn function(&mut self, function: &Function<'_>, symbols: &Symbols) -> Result<(), SinkError>;

    /// Looks at the beginning of a function whose source is in error further on,
    /// or at what follows the last part of the main function: a limit may be
    /// exceeded before. Nothing else is handed on afterwards.
    ///
    /// # Errors
    /// If it cannot be compiled.
    fn beginning(&mut self, function: &Function<'_>, symbols: &Symbols) -> Result<(), SinkError>;
}

/// Why a [`Sink`] refuses a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SinkError {
    /// Memory is exhausted.
    OutOfMemory,
    /// A limit is exceeded at a node.
    Limit {
        /// Its index in the nodes given.
        node: usize,
        /// What to tell the user.
        message: Refusal,
    },
}

/// What to tell the user of a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// This text.
    Text(&'static str),
    /// What there is too much of, and how much is allowed.
    Limit(&'static str, usize),
}

impl Refusal {
    /// The message without the function that is at fault.
    fn text(self) -> &'static str {
        match self {
            Self::Text(text) | Self::Limit(text, _) => text,
        }
    }
}

impl From<OutOfMemory> for SinkError {
    fn from(_: OutOfMemory) -> Self {
        Self::OutOfMemory
    }
}

/// Parses a source and hands its functions to `sink`; gives the symbols they
/// use. `levels` is the nesting of native calls at the start.
///
/// # Errors
/// If the source is no program, `sink` refuses, or memory is exhausted.
pub fn parse(
    source: &[u8],
    chunk_name: &[u8],
    dialect: &'static Dialect,
    levels: u32,
    account: &Account<'_>,
    sink: &mut dyn Sink,
) -> Result<Symbols, Error> {
    let lexer = Lexer::new(source, chunk_name, dialect, account)?;
    let mut parser = Parser::new(lexer, levels, sink);
    if parser.main_function().is_ok() {
        return Ok(parser.lexer.symbols);
    }
    let trap = match parser.refused {
        Some(trap) => trap,
        None => {
            let error = parser.lexer.take_error();
            if error == Error::OutOfMemory {
                return Err(error);
            }
            parser.first_refusal()?.ok_or(error)?
        }
    };
    // The limit was met in the middle of a function. A second run stops where
    // that node is read, which gives the position for the message.
    drop(parser);
    let lexer = Lexer::new(source, chunk_name, dialect, account)?;
    let mut nobody = Nobody;
    let mut parser = Parser::new(lexer, levels, &mut nobody);
    parser.trap = Some(trap);
    match parser.main_function() {
        Ok(()) => Err(Error::Syntax(trap.message.text().into())),
        Err(Raised) => Err(parser.lexer.take_error()),
    }
}

struct Nobody;

impl Sink for Nobody {
    fn part(&mut self, _: &Function<'_>, _: &Symbols) -> Result<(), SinkError> {
        Ok(())
    }
    fn function(&mut self, _: &Function<'_>, _: &Symbols) -> Result<(), SinkError> {
        Ok(())
    }
    fn beginning(&mut self, _: &Function<'_>, _: &Symbols) -> Result<(), SinkError> {
        Ok(())
    }
}

/// A node of a function, and what is wrong with it.
#[derive(Clone, Copy)]
struct Trap {
    /// Functions are numbered in order of their beginning.
    function: u32,
    node: usize,
    message: Refusal,
}

/// What an expression is. A literal has no node yet, so that operators can fold
/// it; everything else has.
#[derive(Clone, Copy, Debug)]
enum Exp {
    Literal(Literal),
    /// A variable that is a constant.
    Constant(Symbol, Literal),
    /// A local variable, by its number in the function.
    Local(u8),
    Upvalue(u8),
    Indexed,
    /// A field of the table of extra arguments.
    IndexedVararg,
    /// A global variable that was declared to be a constant.
    ConstantGlobal(Symbol),
    Call,
    Value,
}

struct Parser<'a, 's> {
    lexer: Lexer<'a>,
    dialect: &'static Dialect,
    token: Token,
    /// What the current token stands for, if it is a name or literal.
    value: Value,
    ahead: Option<(Token, Value)>,
    /// The line of the last token consumed.
    last_line: u32,
    levels: u32,
    /// The trees of the functions being read, innermost last.
    nodes: Vec<Node>,
    /// Nodes of the main function that were handed on.
    handed_on: usize,
    /// The line that the tree of the current function is at.
    node_line: u32,
    functions: Vec<FunctionState>,
    /// Number of functions begun.
    begun: u32,
    /// The variables of all functions being read, those being declared
    /// included.
    locals: Vec<Local>,
    /// For each symbol, what it means in the innermost scope that declares it.
    bindings: Vec<Binding>,
    /// The declarations of global variables in scope.
    globals: Vec<Global>,
    blocks: Vec<Block>,
    gotos: Vec<PendingGoto>,
    labels: Vec<Label>,
    /// Vectors of functions that ended, for the next ones.
    spare: Vec<Vec<Upvalue>>,
    env: Symbol,
    /// The name `global`, where it can begin a declaration.
    global_word: Option<Symbol>,
    /// Global variables being declared, and whether they are constants.
    declared: Vec<(Symbol, bool)>,
    loop_names: Option<LoopNames>,
    sink: &'s mut dyn Sink,
    refused: Option<Trap>,
    trap: Option<Trap>,
    /// The index in `nodes` where the trap may snap.
    trap_index: usize,
}

type Parsed<T> = Result<T, Raised>;

impl<'a, 's> Parser<'a, 's> {
    fn new(lexer: Lexer<'a>, levels: u32, sink: &'s mut dyn Sink) -> Self {
        Self {
            dialect: lexer.dialect,
            lexer,
            token: Token::Eof,
            value: Value(0),
            ahead: None,
            last_line: 1,
            levels,
            nodes: Vec::new(),
            handed_on: 0,
            node_line: 0,
            functions: Vec::new(),
            begun: 0,
            locals: Vec::new(),
            bindings: Vec::new(),
            globals: Vec::new(),
            blocks: Vec::new(),
            gotos: Vec::new(),
            labels: Vec::new(),
            spare: Vec::new(),
            env: Symbol(0),
            global_word: None,
            declared: Vec::new(),
            loop_names: None,
            sink,
            refused: None,
            trap: None,
            trap_index: usize::MAX,
        }
    }

    /// Adds a node to the current function's tree.
    #[inline(always)]
    fn push(&mut self, node: Node) -> Parsed<()> {
        let length = self.nodes.len();
        if self.node_line == self.last_line
            && length < self.nodes.capacity()
            && length < self.trap_index
        {
            self.nodes.push(node);
            return Ok(());
        }
        self.push_slowly(node)
    }

    #[inline(never)]
    fn push_slowly(&mut self, node: Node) -> Parsed<()> {
        if self.node_line != self.last_line {
            self.node_line = self.last_line;
            self.add(Node::Line(self.last_line))?;
        }
        self.add(node)
    }

    fn add(&mut self, node: Node) -> Parsed<()> {
        if self.nodes.len() == self.trap_index {
            self.snap()?;
        }
        Ok(self.lexer.account.push(&mut self.nodes, node)?)
    }

    #[cold]
    fn snap(&mut self) -> Parsed<()> {
        match self.trap {
            Some(trap) if self.function().ordinal == trap.function => match trap.message {
                Refusal::Text(message) => Err(self.error(&[message.as_bytes()])),
                Refusal::Limit(what, limit) => {
                    let function = self.functions.len() - 1;
                    Err(self.limit_error(function, what, limit))
                }
            },
            _ => Ok(()),
        }
    }

    /// Consumes the current token.
    #[inline]
    fn advance(&mut self) -> Parsed<()> {
        self.last_line = self.lexer.line;
        if self.ahead.is_some() {
            self.take_ahead();
            return Ok(());
        }
        self.token = self.lexer.next()?;
        self.value = self.lexer.value;
        Ok(())
    }

    /// Reads the token behind the current one, but does not consume that.
    fn look_ahead(&mut self) -> Parsed<Token> {
        let token = self.lexer.next()?;
        self.ahead = Some((token, self.lexer.value));
        Ok(token)
    }

    #[cold]
    fn take_ahead(&mut self) {
        if let Some(ahead) = self.ahead.take() {
            (self.token, self.value) = ahead;
        }
    }

    /// Consumes the current token if it is `token`.
    #[inline]
    fn skip(&mut self, token: Token) -> Parsed<bool> {
        let found = self.token == token;
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    fn expect(&mut self, token: Token) -> Parsed<()> {
        if self.skip(token)? { Ok(()) } else { Err(self.expected(token)) }
    }

    /// Consumes `token`, which closes `opening` of `line`.
    fn expect_match(&mut self, token: Token, opening: Token, line: u32) -> Parsed<()> {
        if self.skip(token)? {
            return Ok(());
        }
        if line == self.lexer.line {
            return Err(self.expected(token));
        }
        let place = format!(" at line {line})");
        let form = self.dialect.token_text;
        let (token, opening) = (token.text(form), opening.text(form));
        Err(self.error(&[&token, b" expected (to close ", &opening, place.as_bytes()]))
    }

    fn name(&mut self) -> Parsed<Symbol> {
        if self.token != Token::Name {
            return Err(self.expected(Token::Name));
        }
        let name = self.value.symbol();
        self.advance()?;
        Ok(name)
    }

    /// Goes one level of nesting deeper.
    #[inline]
    fn enter_level(&mut self) -> Parsed<()> {
        self.levels += 1;
        if self.levels >= MAX_LEVELS {
            return self.deep_level();
        }
        Ok(())
    }

    #[cold]
    fn deep_level(&mut self) -> Parsed<()> {
        match self.dialect.nesting {
            Nesting::NativeStack => Err(self.lexer.bare_error(b"C stack overflow")),
            _ if self.levels == MAX_LEVELS => Ok(()),
            Nesting::Blocks => Err(self.semantic_error(&[b"chunk has too many syntax levels"])),
            Nesting::Statements => {
                let function = self.functions.len() - 1;
                Err(self.limit_error(function, "C levels", MAX_LEVELS as usize))
            }
        }
    }

    #[inline]
    fn leave_level(&mut self) {
        self.levels -= 1;
    }

    #[cold]
    fn expected(&mut self, token: Token) -> Raised {
        self.error(&[&token.text(self.dialect.token_text), b" expected"])
    }

    /// An error near the current token.
    #[cold]
    fn error(&mut self, message: &[&[u8]]) -> Raised {
        self.lexer.error(message, Near::Token(self.token))
    }

    /// An error of meaning, which names no token.
    #[cold]
    fn semantic_error(&mut self, message: &[&[u8]]) -> Raised {
        if self.dialect.meaning_errors_at_last_token {
            self.lexer.line = self.last_line;
        }
        self.lexer.error(message, Near::Nothing)
    }

    /// A limit of `function` is exceeded.
    #[cold]
    fn limit_error(&mut self, function: usize, what: &str, limit: usize) -> Raised {
        let place = match self.functions[function].line_defined {
            0 => "main function".into(),
            line => format!("function at line {line}"),
        };
        if !self.dialect.limits_near_token {
            let message = format!("{place} has more than {limit} {what}");
            return self.semantic_error(&[message.as_bytes()]);
        }
        self.error(&[format!("too many {what} (limit is {limit}) in {place}").as_bytes()])
    }

    /// The text of a symbol, for a message.
    fn symbol(&self, symbol: Symbol) -> Parsed<Vec<u8>> {
        Ok(self.lexer.account.copy(self.lexer.symbols.get(symbol))?)
    }
}
