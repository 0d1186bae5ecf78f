//! The syntax tree of a function.
//!
//! The tree is an array in the order in which a function is evaluated: operands
//! stand before their operator, and a few nodes in between mark what has to
//! happen between two operands (`Infix`, `Argument`, `Condition` …). It needs no
//! pointers, is walked from front to back with a stack of operands, and is
//! dropped by shortening the array. A reader of `a.b(1)` finds
//! `Global a, Field b, Callee, Integer 1, Call`.
//!
//! Names are resolved: a local variable is numbered from the function's first
//! one among those in scope. A function's tree does not contain the functions
//! defined in it; they were handed on when their `end` was read, and are
//! referred to by number.
//!
//! An instruction's line is that of the last token read when what it stands for
//! was complete. `Line` says where that line changes.

use perilune_bytecode::{Symbol, UpvalueKind};

/// A binary operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum BinaryOp {
    Add,
    Sub,
    Mul,
    Mod,
    Pow,
    Div,
    IDiv,
    BAnd,
    BOr,
    BXor,
    Shl,
    Shr,
    Concat,
    Eq,
    Lt,
    Le,
    Ne,
    Gt,
    Ge,
    And,
    Or,
}

/// A unary operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum UnaryOp {
    Minus,
    BNot,
    Not,
    Len,
}

/// A constant written in the source or found by folding.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Literal {
    Nil,
    False,
    True,
    Integer(i64),
    Float(f64),
    String(Symbol),
}

/// A label's number in its function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LabelId(pub u32);

/// The label of a `goto` whose label has not been seen yet.
pub const UNRESOLVED: LabelId = LabelId(u32::MAX);

/// A node. "Pushes" and "pops" speak of the stack of operands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Node {
    /// The last token read is on this line, until the next such node.
    Line(u32),

    /// Pushes a constant.
    Literal(Literal),
    /// Pushes `...`.
    Vararg,
    /// Pushes `...`, whose values are in the table that is this variable.
    VarargOf(u8),
    /// Pushes the variable of this number.
    Local(u8),
    /// Pushes an upvalue.
    Upvalue(u8),
    /// Pushes the field `name` of `upvalue`, which is `_ENV`.
    Global { upvalue: u8, name: Symbol },
    /// Replaces a table by its field; the table was complete on `line`.
    Field { name: Symbol, line: u32 },
    /// A table is complete, its key follows.
    Indexing,
    /// Pops the key and replaces the table by its element; the key was complete
    /// on `line`.
    Index { line: u32 },
    /// Replaces an object by its method and itself.
    Method(Symbol),
    /// A function is complete, its arguments follow.
    Callee,
    /// Pops the last argument, if any, and replaces the function by the call.
    /// `line` is that of the opening parenthesis.
    Call { line: u32, arguments: bool },
    /// The operand is one value and no variable, as in parentheses.
    Single,
    /// The operand is followed by another in a list.
    Listed,

    /// The operand is the first one of a binary operator.
    Infix(BinaryOp),
    /// Pops the second operand and applies the operator, which is on `line`.
    Binary { op: BinaryOp, line: u32 },
    /// Applies an operator, which is on `line`.
    Unary { op: UnaryOp, line: u32 },

    /// Pushes a new table.
    Table,
    /// Pops the last item read of a table; further fields follow.
    Item,
    /// Pushes the table's field of a name, to be stored to.
    NamedField(Symbol),
    /// Replaces a key, complete on `line`, by the table's field of that key, to
    /// be stored to.
    KeyedField { line: u32 },
    /// Pops a value and a field of a table, and stores.
    StoreField,
    /// The table is complete; if `item`, pops its last item.
    TableEnd { item: bool },
    /// Pushes a closure of the function of this number among those defined in
    /// this one.
    Closure(u32),

    /// Declares a variable in the next register. `closes`: it is captured by a
    /// closure in this part of the function, or to be closed.
    Declare { name: Symbol, closes: bool },
    /// Declares a variable that is a constant and has no register.
    DeclareConstant,
    /// All parameters are declared.
    Parameters { vararg: bool },
    /// A table of the extra arguments in the next register, or nil if it is not
    /// needed; its variable's declaration follows.
    VarargTable { needed: bool },
    /// Pops the last of `values` expressions, if there is one, and makes
    /// `variables` values of them.
    Adjust { variables: u32, values: u32 },
    /// The variable of this number is to be closed.
    ToBeClosed(u8),
    /// Pops the closure that is the value of the variable declared last.
    LocalFunction,
    /// Pops a closure and a variable, and stores; the statement starts on
    /// `line`.
    StoreFunction { line: u32 },
    /// Another variable of a multiple assignment is complete.
    Target,
    /// Pops the last of `values` expressions and `targets` variables, and
    /// assigns.
    Assign { targets: u32, values: u32 },
    /// Pops the last of `values` expressions, and makes as many values of them as
    /// global `variables` are declared.
    GlobalValues { variables: u32, values: u32 },
    /// Pops the global variable `name`, which must not exist yet, for the sake of
    /// a declaration on `line`.
    CheckGlobal { name: Symbol, line: u32 },
    /// Pops a variable, and assigns the value in the last register.
    StoreTop,
    /// A declaration of globals with values is complete.
    EndGlobals,
    /// Pops a call whose results are not used.
    CallStatement,
    /// Pops the last of `values` expressions and returns. `guarded`: inside the
    /// scope of a to-be-closed variable.
    Return { values: u32, guarded: bool },

    /// A block ends: `variables` remain in scope; `close` says that leaving it
    /// closes variables.
    Leave { variables: u8, close: bool },
    /// A loop's block ends as by `Leave`, at the label of its `break`s.
    LeaveLoop { variables: u8, close: bool, label: LabelId },
    /// A label; `close`: variables are closed behind it.
    Label { label: LabelId, close: bool },
    /// A jump to a label further on.
    Goto(LabelId),
    /// A jump to a label further on, where `variables` are in scope; others are
    /// closed before it.
    GotoClosing { label: LabelId, variables: u8 },
    /// A jump back to a label where `variables` are in scope.
    GotoBack { label: LabelId, variables: u8 },

    /// `if`.
    If,
    /// Pops the condition; what follows runs if it holds.
    Then,
    /// Pops the condition; if it holds, jumps to a label.
    ThenBreak(LabelId),
    /// The same, closing the variables that are not in scope there.
    ThenBreakClosing { label: LabelId, variables: u8 },
    /// What follows `then break` runs only by a `goto` into it.
    Skip,
    /// The block of a condition ends, `else` or `elseif` follows.
    Else,
    /// The alternative of the last condition starts here.
    Otherwise,
    /// `end` of an `if`.
    EndIf,
    /// A loop starts.
    Loop,
    /// Pops the condition of a loop, which is left if it does not hold.
    Condition,
    /// The body of `while` ends.
    EndWhile,
    /// A `while` ends.
    WhileExit,
    /// A `repeat` ends behind its condition. If `close`, its body has captured
    /// variables above the first `variables`.
    Until { close: bool, variables: u8 },
    /// A numeric `for` whose three values are in registers. `own`: its variable
    /// is captured or assigned to, and needs a register of its own; `closes`: it
    /// is captured.
    NumericFor { name: Symbol, own: bool, closes: bool },
    /// Pushes the step that was left out.
    DefaultStep,
    /// The body of a numeric `for` of `line` ends.
    EndNumericFor { line: u32 },
    /// Pops the last of the `values` of a generic `for`.
    ForValues { values: u32 },
    /// A generic `for`; its variables' declarations follow.
    GenericFor { variables: u8 },
    /// The body of a generic `for` ends; the call of its iterator is on `line`.
    EndGenericFor { line: u32, variables: u8 },
}

const _: () = assert!(size_of::<Node>() == 16);

/// Where a function finds an upvalue.
#[derive(Clone, Copy, Debug)]
pub struct Upvalue {
    /// The variable's name.
    pub name: Symbol,
    /// Whether it is a local variable of the enclosing function, in scope where
    /// the function is defined, or else one of its upvalues.
    pub in_stack: bool,
    /// Its number there.
    pub index: u8,
    /// How it was declared.
    pub kind: UpvalueKind,
}

/// A function, or a part of the main function with the numbers so far.
#[derive(Clone, Copy, Debug)]
pub struct Function<'t> {
    /// Whether it is the main function.
    pub is_main: bool,
    /// Its tree. The declarations of the parameters come first.
    pub nodes: &'t [Node],
    /// Its upvalues.
    pub upvalues: &'t [Upvalue],
    /// The number of parameters.
    pub parameters: u8,
    /// Whether it takes extra arguments.
    pub is_vararg: bool,
    /// The line of `function`; 0 for the main function.
    pub line_defined: u32,
    /// The line of `end`; 0 for the main function.
    pub last_line_defined: u32,
    /// The line of the last token read.
    pub last_line: u32,
    /// The number of functions defined in it.
    pub functions: u32,
    /// The number of its labels.
    pub labels: u32,
    /// The names of the hidden variables of a `for`.
    pub loop_names: LoopNames,
}

/// The names of the hidden variables of a `for`; those without one are not to be
/// seen.
#[derive(Clone, Copy, Debug, Default)]
pub struct LoopNames {
    /// Of a numeric one.
    pub numeric: [Option<Symbol>; 3],
    /// Of a generic one.
    pub generic: [Option<Symbol>; 4],
}
