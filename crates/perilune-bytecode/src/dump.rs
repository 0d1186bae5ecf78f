//! Writing a chunk in binary form.
//!
//! A file begins with the header of its dialect ([`ChunkFormat`]); behind it
//! stand a marker and a form of our own:
//!
//! ```text
//! header      of the dialect
//! byte        number of upvalues of the main function
//! marker      "Perilune", format version
//! source      varint: 0 = none, else length + 1, bytes
//! symbols     varint count; each varint length, bytes
//! function    see below
//!
//! function    varint line_defined, last_line_defined
//!             byte parameters, is_vararg, registers
//!             varint count; each 8 bytes: code
//!             varint count; each tag, payload: constants
//!             varint count; each in_stack, index, kind, varint name: upvalues
//!             varint count (0 or that of code); each signed varint: line steps
//!             varint count; each varint name, start, end, byte register: locals
//!             varint count; functions
//! ```
//!
//! Varints are little-endian base 128, signed ones zigzag; a name is 0 for none
//! or the symbol's number + 1. Only symbols in use are written, numbered by
//! first use.

use crate::{
    Chunk, ChunkFormat, Constant, Instruction, NO_CACHE, Op, OutOfMemory, Prototype, Symbol,
};

/// The first bytes of every binary chunk.
pub const SIGNATURE: &[u8; 4] = b"\x1bLua";
/// What follows the header in our chunks.
pub(crate) const MARKER: &[u8; 8] = b"Perilune";
/// The version of the form behind the marker; a change of opcodes changes it.
pub(crate) const FORM: u8 = 4;

/// The bytes that begin a constant.
pub(crate) mod tag {
    pub const NIL: u8 = 0;
    pub const FALSE: u8 = 1;
    pub const TRUE: u8 = 2;
    pub const INTEGER: u8 = 3;
    pub const FLOAT: u8 = 4;
    pub const STRING: u8 = 5;
}

/// Whether `D` of `op` is an inline cache.
pub(crate) fn has_cache(op: Op) -> bool {
    op.operands().contains(&'s')
}

/// The instruction without what the virtual machine wrote into it.
pub(crate) fn without_cache(instruction: Instruction) -> Instruction {
    match instruction.op() {
        Some(op) if has_cache(op) => instruction.with_d(NO_CACHE),
        _ => instruction,
    }
}

/// The binary form of `chunk`, behind the header of `format`. With `strip`,
/// debug information is left out: the source's name, lines, local variables,
/// names of upvalues.
///
/// # Errors
/// [`OutOfMemory`] if the result cannot be stored.
pub fn dump(chunk: &Chunk, format: &ChunkFormat, strip: bool) -> Result<Vec<u8>, OutOfMemory> {
    let used = UsedSymbols::of(chunk, strip)?;
    let mut writer = Writer { out: Vec::new(), used: &used, strip };
    writer.header(format, chunk.main.upvalues.len() as u8)?;
    match &chunk.source {
        Some(source) if !strip => {
            writer.varint(source.len() as u64 + 1)?;
            writer.bytes(source)?;
        }
        _ => writer.varint(0)?,
    }
    writer.varint(used.order.len() as u64)?;
    for &symbol in &used.order {
        let bytes = chunk.symbols.get(symbol);
        writer.varint(bytes.len() as u64)?;
        writer.bytes(bytes)?;
    }
    for_each_prototype(&chunk.main, |prototype| writer.function(prototype))?;
    Ok(writer.out)
}

/// Calls `visit` on `main` and all functions in it, each before its own.
fn for_each_prototype(
    main: &Prototype,
    mut visit: impl FnMut(&Prototype) -> Result<(), OutOfMemory>,
) -> Result<(), OutOfMemory> {
    let mut open = Vec::new();
    push(&mut open, main)?;
    while let Some(prototype) = open.pop() {
        visit(prototype)?;
        for nested in prototype.prototypes.iter().rev() {
            push(&mut open, nested)?;
        }
    }
    Ok(())
}

/// `vec.push(item)` that reports a lack of memory.
pub(crate) fn push<T>(vec: &mut Vec<T>, item: T) -> Result<(), OutOfMemory> {
    vec.try_reserve(1).map_err(|_| OutOfMemory)?;
    vec.push(item);
    Ok(())
}

/// The symbols a dump needs, and their numbers in it.
struct UsedSymbols {
    /// For each symbol of the chunk: 0, or its number in the dump + 1.
    numbers: Vec<u32>,
    order: Vec<Symbol>,
}

impl UsedSymbols {
    fn of(chunk: &Chunk, strip: bool) -> Result<Self, OutOfMemory> {
        let mut numbers = Vec::new();
        numbers.try_reserve_exact(chunk.symbols.len()).map_err(|_| OutOfMemory)?;
        numbers.resize(chunk.symbols.len(), 0);
        let mut used = Self { numbers, order: Vec::new() };
        for_each_prototype(&chunk.main, |prototype| {
            for constant in &prototype.constants {
                if let Constant::String(symbol) = *constant {
                    used.add(symbol)?;
                }
            }
            if !strip {
                for name in prototype.upvalues.iter().filter_map(|upvalue| upvalue.name) {
                    used.add(name)?;
                }
                for local in &prototype.locals {
                    used.add(local.name)?;
                }
            }
            Ok(())
        })?;
        Ok(used)
    }

    fn add(&mut self, symbol: Symbol) -> Result<(), OutOfMemory> {
        if let Some(number @ 0) = self.numbers.get_mut(symbol.0 as usize) {
            push(&mut self.order, symbol)?;
            *number = self.order.len() as u32;
        }
        Ok(())
    }
}

struct Writer<'a> {
    out: Vec<u8>,
    used: &'a UsedSymbols,
    strip: bool,
}

impl Writer<'_> {
    fn bytes(&mut self, bytes: &[u8]) -> Result<(), OutOfMemory> {
        self.out.try_reserve(bytes.len()).map_err(|_| OutOfMemory)?;
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    fn byte(&mut self, byte: u8) -> Result<(), OutOfMemory> {
        push(&mut self.out, byte)
    }

    fn varint(&mut self, mut value: u64) -> Result<(), OutOfMemory> {
        while value >= 0x80 {
            self.byte(value as u8 | 0x80)?;
            value >>= 7;
        }
        self.byte(value as u8)
    }

    fn signed(&mut self, value: i64) -> Result<(), OutOfMemory> {
        self.varint((value << 1 ^ value >> 63) as u64)
    }

    /// A symbol's number + 1. One that the chunk's table lacks gets a number
    /// that no reader accepts.
    fn symbol(&mut self, symbol: Symbol) -> Result<(), OutOfMemory> {
        let number = self.used.numbers.get(symbol.0 as usize).copied().unwrap_or(u32::MAX);
        self.varint(number.into())
    }

    fn header(&mut self, format: &ChunkFormat, upvalues: u8) -> Result<(), OutOfMemory> {
        for (part, _) in format.header {
            self.bytes(part)?;
        }
        self.byte(upvalues)?;
        self.bytes(MARKER)?;
        self.byte(FORM)
    }

    /// All of a function but the functions in it, whose number comes last.
    fn function(&mut self, prototype: &Prototype) -> Result<(), OutOfMemory> {
        self.varint(prototype.line_defined.into())?;
        self.varint(prototype.last_line_defined.into())?;
        self.byte(prototype.parameter_count)?;
        self.byte(prototype.is_vararg.into())?;
        self.byte(prototype.max_stack_size)?;
        self.varint(prototype.code.len() as u64)?;
        for &instruction in &prototype.code {
            self.bytes(&without_cache(instruction).0.to_le_bytes())?;
        }
        self.varint(prototype.constants.len() as u64)?;
        for &constant in &prototype.constants {
            self.constant(constant)?;
        }
        self.varint(prototype.upvalues.len() as u64)?;
        for upvalue in &prototype.upvalues {
            self.bytes(&[upvalue.in_stack.into(), upvalue.index, upvalue.kind as u8])?;
            match upvalue.name {
                Some(name) if !self.strip => self.symbol(name)?,
                _ => self.varint(0)?,
            }
        }
        self.debug_information(prototype)?;
        self.varint(prototype.prototypes.len() as u64)
    }

    fn constant(&mut self, constant: Constant) -> Result<(), OutOfMemory> {
        match constant {
            Constant::Nil => self.byte(tag::NIL),
            Constant::Boolean(false) => self.byte(tag::FALSE),
            Constant::Boolean(true) => self.byte(tag::TRUE),
            Constant::Integer(value) => {
                self.byte(tag::INTEGER)?;
                self.signed(value)
            }
            Constant::Float(value) => {
                self.byte(tag::FLOAT)?;
                self.bytes(&value.to_bits().to_le_bytes())
            }
            Constant::String(symbol) => {
                self.byte(tag::STRING)?;
                self.symbol(symbol)
            }
        }
    }

    fn debug_information(&mut self, prototype: &Prototype) -> Result<(), OutOfMemory> {
        if self.strip {
            self.varint(0)?;
            return self.varint(0);
        }
        self.varint(prototype.lines.len() as u64)?;
        let mut last = i64::from(prototype.line_defined);
        for pc in 0..prototype.lines.len() as u32 {
            let line = i64::from(prototype.lines.get(pc).unwrap_or(0));
            self.signed(line - last)?;
            last = line;
        }
        self.varint(prototype.locals.len() as u64)?;
        for local in &prototype.locals {
            self.symbol(local.name)?;
            self.varint(local.start_pc.into())?;
            self.varint(local.end_pc.into())?;
            self.byte(local.register)?;
        }
        Ok(())
    }
}
