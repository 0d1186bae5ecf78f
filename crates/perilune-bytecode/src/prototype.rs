//! Prototypes: compiled functions as plain data.

use crate::{Instruction, Symbol, Symbols};

/// A compiled source: its main function and the strings all functions use.
#[derive(Debug)]
pub struct Chunk {
    /// The strings.
    pub symbols: Symbols,
    /// The chunk's name as given to `load` (with its `@` or `=`), if any debug
    /// information is left.
    pub source: Option<Box<[u8]>>,
    /// The main function. It is a vararg function with one upvalue, `_ENV`.
    pub main: Prototype,
}

/// A constant of a function.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Constant {
    /// `nil`.
    Nil,
    /// `false` or `true`.
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// A float.
    Float(f64),
    /// A string.
    String(Symbol),
}

/// What a variable that became an upvalue was declared as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum UpvalueKind {
    /// A plain local variable.
    Regular = 0,
    /// `<const>`.
    Const = 1,
    /// `<close>`.
    ToBeClosed = 2,
    /// A local that the compiler replaced by its constant.
    CompileTimeConstant = 3,
}

/// Where a closure finds one of its upvalues when it is made.
#[derive(Clone, Copy, Debug)]
pub struct UpvalueDescription {
    /// The variable's name; `None` if stripped.
    pub name: Option<Symbol>,
    /// Whether it is a register of the enclosing function (else one of its
    /// upvalues).
    pub in_stack: bool,
    /// The register or upvalue index in the enclosing function.
    pub index: u8,
    /// How the variable was declared.
    pub kind: UpvalueKind,
}

/// A local variable, for debugging.
#[derive(Clone, Copy, Debug)]
pub struct LocalVariable {
    /// Its name.
    pub name: Symbol,
    /// The first instruction where it is active.
    pub start_pc: u32,
    /// The first instruction where it is no longer active.
    pub end_pc: u32,
    /// Its register.
    pub register: u8,
}

/// The source line of each instruction.
///
/// One `i8` per instruction holds the difference to the line before; where that
/// does not fit, `i8::MIN` sends the reader to `absolute`. Every 128
/// instructions an absolute entry bounds the search.
#[derive(Clone, Debug, Default)]
pub struct LineInfo {
    deltas: Vec<i8>,
    absolute: Vec<(u32, u32)>,
    last: u32,
    since: u32,
}

impl LineInfo {
    /// No lines; the first instruction's is counted from `line_defined`.
    pub fn new(line_defined: u32) -> Self {
        Self { last: line_defined, ..Self::default() }
    }
    /// Makes room for the lines of exactly `count` more instructions.
    ///
    /// # Errors
    /// `Err` if memory runs out.
    pub fn reserve(&mut self, count: usize) -> Result<(), crate::symbols::OutOfMemory> {
        self.deltas.try_reserve_exact(count).map_err(|_| crate::symbols::OutOfMemory)
    }
    /// Whether lines are known.
    pub fn is_empty(&self) -> bool {
        self.deltas.is_empty()
    }
    /// The number of instructions that have a line.
    pub fn len(&self) -> usize {
        self.deltas.len()
    }
    /// Adds the line of the next instruction.
    ///
    /// # Errors
    /// `Err` if memory runs out.
    pub fn push(&mut self, line: u32) -> Result<(), crate::symbols::OutOfMemory> {
        let oom = |_| crate::symbols::OutOfMemory;
        self.deltas.try_reserve(1).map_err(oom)?;
        let delta = line as i64 - self.last as i64;
        self.since += 1;
        if !(-127..=127).contains(&delta) || self.since >= 128 || self.deltas.is_empty() {
            self.absolute.try_reserve(1).map_err(oom)?;
            self.absolute.push((self.deltas.len() as u32, line));
            self.deltas.push(i8::MIN);
            self.since = 0;
        } else {
            self.deltas.push(delta as i8);
        }
        self.last = line;
        Ok(())
    }
    /// Removes the last instruction's line.
    pub fn pop(&mut self) {
        let Some(n) = self.deltas.len().checked_sub(1) else { return };
        if self.deltas.pop() == Some(i8::MIN) {
            self.absolute.pop();
        }
        self.since = self.since.saturating_sub(1);
        if n > 0 {
            self.last = self.get(n as u32 - 1).unwrap_or(0);
        }
    }
    /// Changes the line of the last instruction.
    ///
    /// # Errors
    /// `Err` if memory runs out.
    pub fn set_last(&mut self, line: u32) -> Result<(), crate::symbols::OutOfMemory> {
        self.pop();
        self.push(line)
    }
    /// The line of instruction `pc`, or `None` if it has none.
    pub fn get(&self, pc: u32) -> Option<u32> {
        if pc as usize >= self.deltas.len() {
            return None;
        }
        let i = self.absolute.partition_point(|&(p, _)| p <= pc);
        let (start, line) = *self.absolute.get(i.checked_sub(1)?)?;
        let mut line = line as i64;
        for &d in &self.deltas[start as usize + 1..=pc as usize] {
            line += d as i64;
        }
        Some(line as u32)
    }
    /// Bytes of memory in use.
    pub fn memory(&self) -> usize {
        self.deltas.capacity() + 8 * self.absolute.capacity()
    }
}

/// A compiled function.
#[derive(Clone, Debug, Default)]
pub struct Prototype {
    /// The line of `function`; 0 for a main function.
    pub line_defined: u32,
    /// The line of `end`; 0 for a main function.
    pub last_line_defined: u32,
    /// The number of fixed parameters.
    pub parameter_count: u8,
    /// Whether it takes extra arguments. Its first instruction is then
    /// `VarargPrep`.
    pub is_vararg: bool,
    /// The number of registers it uses (at least 2).
    pub max_stack_size: u8,
    /// The instructions; the last one is a return.
    pub code: Vec<Instruction>,
    /// The constants.
    pub constants: Vec<Constant>,
    /// The upvalues.
    pub upvalues: Vec<UpvalueDescription>,
    /// The functions defined in it.
    pub prototypes: Vec<Prototype>,
    /// Source lines; empty if stripped.
    pub lines: LineInfo,
    /// Local variables in order of `start_pc`; empty if stripped.
    pub locals: Vec<LocalVariable>,
}
