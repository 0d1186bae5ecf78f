//! The code generator.
//!
//! It walks a function's tree from front to back with a stack of operands.
//! What an operand is decides which instructions it takes to use it, and those
//! are emitted as late as possible: a variable stays a variable, a comparison a
//! jump, an instruction with a result waits for its target register.

mod access;
mod call;
mod code;
mod constants;
mod control;
mod finish;
mod jump;
mod operand;
mod operator;
mod register;
mod table;
mod variable;

use code::Failure;
use constants::Constants;
use control::LabelState;
use operand::Operand;
use perilune_bytecode::{Instruction, LineInfo, LocalVariable, Prototype, Symbols};
use perilune_syntax::tree::{Function, Node};
use perilune_syntax::{Account, Dialect, OutOfMemory, Sink, SinkError};
use std::ops::{Deref, DerefMut};
use table::TableState;
use variable::Variable;

/// Compiles functions as the parser ends them.
pub(crate) struct Generator<'a> {
    dialect: &'static Dialect,
    account: &'a Account<'a>,
    /// Compiled functions whose enclosing function is not.
    finished: Vec<Prototype>,
    /// The main function, which comes in parts.
    main: State,
    /// The function being compiled otherwise; its buffers serve the next.
    inner: State,
}

/// What there is of a function while it is compiled.
#[derive(Default)]
struct State {
    constants: Constants,
    code: Vec<Instruction>,
    /// The lines of the instructions of earlier parts.
    earlier_lines: LineInfo,
    /// The line of each instruction since.
    lines: Vec<u32>,
    locals: Vec<LocalVariable>,
    operands: Vec<Operand>,
    /// The variables in scope.
    variables: Vec<Variable>,
    /// The table constructors being compiled.
    tables: Vec<TableState>,
    /// Jump lists and loop starts of the statements being compiled.
    control: Vec<i32>,
    labels: Vec<LabelState>,
    /// The line of the last token read.
    line: u32,
    /// The first free register.
    free: u32,
    max_stack: u32,
    /// The variable that stands for a table of the extra arguments which does
    /// not exist.
    virtual_table: Option<u8>,
    /// The line of the instruction that makes registers nil where the function
    /// begins is that of the next one.
    clean: Option<usize>,
    /// Where the last jump may lead: instructions from here on may be merged.
    last_target: usize,
}

/// A function being compiled, and what it needs for that.
struct Body<'f> {
    dialect: &'static Dialect,
    account: &'f Account<'f>,
    symbols: &'f Symbols,
    function: &'f Function<'f>,
    finished: &'f mut Vec<Prototype>,
    state: &'f mut State,
}

impl Deref for Body<'_> {
    type Target = State;
    #[inline(always)]
    fn deref(&self) -> &State {
        self.state
    }
}

impl DerefMut for Body<'_> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut State {
        self.state
    }
}

impl<'a> Generator<'a> {
    pub(crate) fn new(account: &'a Account<'a>, dialect: &'static Dialect) -> Self {
        let (main, inner) = (State::default(), State::default());
        Self { dialect, account, finished: Vec::new(), main, inner }
    }

    /// The main function, when the source has ended.
    pub(crate) fn into_main(mut self) -> Prototype {
        self.finished.pop().unwrap_or_default()
    }

    /// Compiles what there is of a function.
    fn compile(
        &mut self,
        function: &Function<'_>,
        symbols: &Symbols,
        ends: bool,
    ) -> Result<(), SinkError> {
        let state = if function.is_main { &mut self.main } else { &mut self.inner };
        let finished = &mut self.finished;
        let account = self.account;
        let dialect = self.dialect;
        let mut body = Body { dialect, account, symbols, function, finished, state };
        body.compile()?;
        if ends {
            body.finish().map_err(|failure| failure.at(function.nodes.len(), function.nodes))?;
            body.reset();
            return Ok(());
        }
        body.keep_lines().map_err(|OutOfMemory| SinkError::OutOfMemory)
    }
}

impl Sink for Generator<'_> {
    fn part(&mut self, function: &Function<'_>, symbols: &Symbols) -> Result<(), SinkError> {
        self.compile(function, symbols, false)
    }

    fn function(&mut self, function: &Function<'_>, symbols: &Symbols) -> Result<(), SinkError> {
        self.compile(function, symbols, true)
    }

    fn beginning(&mut self, function: &Function<'_>, symbols: &Symbols) -> Result<(), SinkError> {
        // What was compiled is of no use any more.
        self.finished.clear();
        if !function.is_main {
            self.inner = State::default();
        }
        self.compile(function, symbols, false)
    }
}

impl State {
    /// Makes ready for the next function.
    fn reset(&mut self) {
        self.constants.reset();
        self.code.clear();
        self.lines.clear();
        self.locals.clear();
        self.labels.clear();
        self.free = 0;
        self.max_stack = 0;
        self.last_target = 0;
        self.virtual_table = None;
        self.clean = None;
    }
}

impl Body<'_> {
    fn compile(&mut self) -> Result<(), SinkError> {
        self.start_labels()?;
        let nodes = self.function.nodes;
        for (index, &node) in nodes.iter().enumerate() {
            self.node(node).map_err(|failure| failure.at(index, nodes))?;
        }
        Ok(())
    }

    fn node(&mut self, node: Node) -> Result<(), Failure> {
        match node {
            Node::Line(line) => self.line = line,
            Node::Literal(literal) => self.push(Operand::literal(literal))?,
            Node::Vararg => self.vararg()?,
            Node::VarargOf(table) => self.vararg_of(table)?,
            Node::Local(number) => self.push_local(number)?,
            Node::Upvalue(number) => self.push(Operand::upvalue(number))?,
            Node::Global { upvalue, name } => self.global(upvalue, name)?,
            Node::Field { name, line } => self.field(name, line)?,
            Node::Indexing => self.indexing()?,
            Node::Index { line } => self.index(line)?,
            Node::Method(name) => self.method(name)?,
            Node::Callee => self.callee()?,
            Node::Listed => self.listed()?,
            Node::Call { line, arguments } => self.call(line, arguments)?,
            Node::Single => self.single()?,
            Node::Infix(op) => self.infix(op)?,
            Node::Binary { op, line } => self.binary(op, line)?,
            Node::Unary { op, line } => self.unary(op, line)?,
            Node::Table => self.table()?,
            Node::Item => self.item()?,
            Node::NamedField(name) => self.named_field(name)?,
            Node::KeyedField { line } => self.keyed_field(line)?,
            Node::StoreField => self.store_field()?,
            Node::TableEnd { item } => self.table_end(item)?,
            Node::Closure(number) => self.closure(number)?,
            _ => return self.statement(node),
        }
        Ok(())
    }

    fn statement(&mut self, node: Node) -> Result<(), Failure> {
        match node {
            Node::Declare { name, closes } => self.declare(name, closes),
            Node::DeclareConstant => self.declare_constant(),
            Node::Parameters { vararg } => self.parameters(vararg),
            Node::VarargTable { needed } => self.vararg_table(needed),
            Node::GlobalValues { variables, values } => self.adjust_local(variables, values),
            Node::CheckGlobal { name, line } => self.check_global(name, line),
            Node::StoreTop => self.store_top(),
            Node::EndGlobals => {
                self.end_statement();
                Ok(())
            }
            Node::Adjust { variables, values } => self.adjust_local(variables, values),
            Node::ToBeClosed(number) => self.mark_to_be_closed(number),
            Node::LocalFunction => self.local_function(),
            Node::StoreFunction { line } => self.store_function(line),
            Node::Target => self.target(),
            Node::Assign { targets, values } => self.assign(targets, values),
            Node::CallStatement => self.call_statement(),
            Node::Return { values, guarded } => self.return_statement(values, guarded),
            Node::Leave { variables, close } => self.leave(variables, close),
            Node::LeaveLoop { variables, close, label } => self.leave_loop(variables, close, label),
            Node::Label { label, close } => self.label(label, close),
            Node::Goto(label) => self.goto(label),
            Node::GotoClosing { label, variables } => self.goto_closing(label, variables),
            Node::GotoBack { label, variables } => self.goto_back(label, variables),
            Node::If => self.if_start(),
            Node::Then => self.then(),
            Node::ThenBreak(label) => self.then_break(label),
            Node::ThenBreakClosing { label, variables } => {
                self.then_break_closing(label, variables)
            }
            Node::Skip => self.skip(),
            Node::Else => self.else_jump(),
            Node::Otherwise | Node::EndIf => self.patch_last(),
            Node::Loop => self.loop_start(),
            Node::Condition => self.then(),
            Node::EndWhile => self.end_while(),
            Node::WhileExit => self.while_exit(),
            Node::Until { close, variables } => self.until(close, variables),
            Node::NumericFor { name, own, closes } => self.numeric_for(name, own, closes),
            Node::DefaultStep => self.default_step(),
            Node::EndNumericFor { line } => self.end_numeric_for(line),
            Node::ForValues { values } => self.for_values(values),
            Node::GenericFor { variables } => self.generic_for(variables),
            Node::EndGenericFor { line, variables } => self.end_generic_for(line, variables),
            // Every other node is an expression's.
            _ => Ok(()),
        }
    }
}
