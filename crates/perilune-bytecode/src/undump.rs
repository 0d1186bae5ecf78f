//! Reading a chunk in binary form; [`dump`](crate::dump()) says what it looks
//! like.
//!
//! The bytes are not trusted: every count is compared with what is left of the
//! input before memory is taken for it, functions nest to a fixed depth, and
//! what was read passes the [verifier](crate::verify()) before it is returned.

use std::fmt;

use crate::dump::{FORM, MARKER, push, tag, without_cache};
use crate::verify::{MAX_NESTING, VerifyError, verify};
use crate::{
    Chunk, ChunkFormat, Constant, Instruction, LineInfo, LocalVariable, OutOfMemory, Prototype,
    Symbol, Symbols, UpvalueDescription, UpvalueKind,
};

/// The least number of bytes a function takes.
const LEAST_FUNCTION: usize = 11;

/// Why a binary chunk was not loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UndumpError {
    /// Memory ran out.
    OutOfMemory,
    /// The input is no chunk that may be run; the whole message.
    Refused(Box<[u8]>),
}

impl UndumpError {
    /// The message for the script.
    pub fn message(&self) -> &[u8] {
        match self {
            Self::OutOfMemory => b"not enough memory",
            Self::Refused(message) => message,
        }
    }
}

impl fmt::Display for UndumpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(self.message()))
    }
}

impl std::error::Error for UndumpError {}

/// Reads and verifies a binary chunk of the dialect that `format` is of.
/// `chunk_name` is the name given to `load` (with its `@` or `=`), and used in
/// messages only. Bytes behind the chunk are ignored.
///
/// # Errors
/// [`UndumpError::Refused`] if the input is damaged, foreign, or could make an
/// interpreter misbehave.
pub fn undump(bytes: &[u8], chunk_name: &[u8], format: &ChunkFormat) -> Result<Chunk, UndumpError> {
    let mut reader = Reader { rest: bytes, symbols: Symbols::new() };
    let chunk = reader.chunk(format);
    let checked = chunk.and_then(|chunk| match verify(&chunk) {
        Ok(()) => Ok(chunk),
        Err(VerifyError::OutOfMemory) => Err(Failure::OutOfMemory),
        Err(error) => Err(Failure::Verify(error)),
    });
    checked.map_err(|failure| match failure {
        Failure::OutOfMemory => UndumpError::OutOfMemory,
        Failure::Truncated => refused(chunk_name, format, format.truncated),
        Failure::Format(why) => refused(chunk_name, format, why),
        Failure::Verify(error) => refused(chunk_name, format, &error.to_string()),
    })
}

/// The message, with the chunk's name as PUC's loader shows it.
fn refused(chunk_name: &[u8], format: &ChunkFormat, why: &str) -> UndumpError {
    let name = chunk_name.split(|&byte| byte == 0).next().unwrap_or_default();
    let name = match name {
        [b'@' | b'=', rest @ ..] => rest,
        [0x1b, ..] => b"binary string",
        name => name,
    };
    let mut message = Vec::new();
    if message.try_reserve_exact(name.len() + why.len() + 64).is_err() {
        return UndumpError::OutOfMemory;
    }
    message.extend_from_slice(name);
    for part in [format.before_reason, why, format.after_reason] {
        message.extend_from_slice(part.as_bytes());
    }
    UndumpError::Refused(message.into())
}

enum Failure {
    OutOfMemory,
    Truncated,
    Format(&'static str),
    Verify(VerifyError),
}

impl From<OutOfMemory> for Failure {
    fn from(_: OutOfMemory) -> Self {
        Self::OutOfMemory
    }
}

/// An empty vector with room for `count` items.
fn room<T>(count: usize) -> Result<Vec<T>, OutOfMemory> {
    let mut vec = Vec::new();
    vec.try_reserve_exact(count).map_err(|_| OutOfMemory)?;
    Ok(vec)
}

struct Reader<'a> {
    rest: &'a [u8],
    symbols: Symbols,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Failure> {
        let (head, rest) = self.rest.split_at_checked(count).ok_or(Failure::Truncated)?;
        self.rest = rest;
        Ok(head)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Failure> {
        let (head, rest) = self.rest.split_first_chunk().ok_or(Failure::Truncated)?;
        self.rest = rest;
        Ok(*head)
    }

    fn byte(&mut self) -> Result<u8, Failure> {
        self.array().map(|[byte]| byte)
    }

    fn flag(&mut self) -> Result<bool, Failure> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Failure::Format("invalid flag")),
        }
    }

    fn varint(&mut self) -> Result<u64, Failure> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if bits << shift >> shift != bits {
                break;
            }
            value |= bits << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(Failure::Format("integer overflow"))
    }

    fn signed(&mut self) -> Result<i64, Failure> {
        let value = self.varint()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    /// A number that fits C's `int`, as lines and positions do.
    fn int(&mut self) -> Result<u32, Failure> {
        match self.varint()? {
            value if value <= i32::MAX as u64 => Ok(value as u32),
            _ => Err(Failure::Format("integer overflow")),
        }
    }

    /// The number of items that follow, each of at least `least` bytes.
    fn count(&mut self, least: usize) -> Result<usize, Failure> {
        let count = self.varint()?;
        if count > (self.rest.len() / least) as u64 {
            return Err(Failure::Truncated);
        }
        Ok(count as usize)
    }

    /// A symbol or none.
    fn name(&mut self) -> Result<Option<Symbol>, Failure> {
        match self.varint()? {
            0 => Ok(None),
            number if number <= self.symbols.len() as u64 => Ok(Some(Symbol(number as u32 - 1))),
            _ => Err(Failure::Format("invalid string")),
        }
    }

    fn symbol(&mut self) -> Result<Symbol, Failure> {
        self.name()?.ok_or(Failure::Format("bad format for constant string"))
    }

    fn literal(&mut self, expected: &[u8], why: &'static str) -> Result<(), Failure> {
        match self.take(expected.len())? == expected {
            true => Ok(()),
            false => Err(Failure::Format(why)),
        }
    }

    /// The dialect's header, checked in its order.
    fn header(&mut self, format: &ChunkFormat) -> Result<(), Failure> {
        let length = format.header.iter().map(|(part, _)| part.len()).sum();
        if format.header_at_once && self.rest.len() < length {
            return Err(Failure::Truncated);
        }
        for &(part, why) in format.header {
            self.literal(part, why)?;
        }
        Ok(())
    }

    /// Our marker. What differs before the input ends is foreign, not truncated.
    fn marker(&mut self) -> Result<(), Failure> {
        if self.rest.iter().zip(MARKER).any(|(a, b)| a != b) {
            return Err(Failure::Format("not made by Perilune"));
        }
        self.take(MARKER.len())?;
        self.literal(&[FORM], "made by another version of Perilune")
    }

    fn chunk(&mut self, format: &ChunkFormat) -> Result<Chunk, Failure> {
        self.header(format)?;
        let upvalues = self.byte()?;
        self.marker()?;
        let source = match self.count(1)? {
            0 => None,
            length => {
                let bytes = self.take(length - 1)?;
                let mut copy = room(bytes.len())?;
                copy.extend_from_slice(bytes);
                Some(copy.into_boxed_slice())
            }
        };
        for number in 0..self.count(1)? {
            let length = self.count(1)?;
            let bytes = self.take(length)?;
            if self.symbols.intern(bytes)?.0 as usize != number {
                return Err(Failure::Format("string written twice"));
            }
        }
        let main = self.functions()?;
        if main.upvalues.len() != upvalues.into() {
            return Err(Failure::Format("wrong number of upvalues"));
        }
        Ok(Chunk { symbols: std::mem::take(&mut self.symbols), source, main })
    }

    /// The main function and all in it.
    fn functions(&mut self) -> Result<Prototype, Failure> {
        // Functions begun, each with the number of those in it still to come.
        let mut begun: Vec<(Prototype, usize)> = Vec::new();
        loop {
            if begun.len() >= MAX_NESTING {
                return Err(Failure::Format("functions nested too deep"));
            }
            let function = self.function()?;
            let nested = self.count(LEAST_FUNCTION)?;
            push(&mut begun, (function, nested))?;
            while let Some((function, _)) = begun.pop_if(|(_, left)| *left == 0) {
                let Some((outer, left)) = begun.last_mut() else {
                    return Ok(function);
                };
                push(&mut outer.prototypes, function)?;
                *left -= 1;
            }
        }
    }

    /// A function without those in it.
    fn function(&mut self) -> Result<Prototype, Failure> {
        let line_defined = self.int()?;
        let last_line_defined = self.int()?;
        let parameter_count = self.byte()?;
        let is_vararg = self.flag()?;
        let max_stack_size = self.byte()?;
        let code = self.code()?;
        let count = self.count(1)?;
        let mut constants = room(count)?;
        for _ in 0..count {
            constants.push(self.constant()?);
        }
        let count = self.count(4)?;
        let mut upvalues = room(count)?;
        for _ in 0..count {
            upvalues.push(self.upvalue()?);
        }
        let lines = self.lines(line_defined)?;
        let count = self.count(4)?;
        let mut locals = room(count)?;
        for _ in 0..count {
            locals.push(LocalVariable {
                name: self.symbol()?,
                start_pc: self.int()?,
                end_pc: self.int()?,
                register: self.byte()?,
            });
        }
        Ok(Prototype {
            line_defined,
            last_line_defined,
            parameter_count,
            is_vararg,
            max_stack_size,
            code,
            constants,
            upvalues,
            prototypes: Vec::new(),
            lines,
            locals,
        })
    }

    fn code(&mut self) -> Result<Vec<Instruction>, Failure> {
        let count = self.count(8)?;
        let mut code = room(count)?;
        for _ in 0..count {
            code.push(without_cache(Instruction(u64::from_le_bytes(self.array()?))));
        }
        Ok(code)
    }

    fn constant(&mut self) -> Result<Constant, Failure> {
        Ok(match self.byte()? {
            tag::NIL => Constant::Nil,
            tag::FALSE => Constant::Boolean(false),
            tag::TRUE => Constant::Boolean(true),
            tag::INTEGER => Constant::Integer(self.signed()?),
            tag::FLOAT => Constant::Float(f64::from_bits(u64::from_le_bytes(self.array()?))),
            tag::STRING => Constant::String(self.symbol()?),
            _ => return Err(Failure::Format("invalid constant")),
        })
    }

    fn upvalue(&mut self) -> Result<UpvalueDescription, Failure> {
        Ok(UpvalueDescription {
            in_stack: self.flag()?,
            index: self.byte()?,
            kind: match self.byte()? {
                0 => UpvalueKind::Regular,
                1 => UpvalueKind::Const,
                2 => UpvalueKind::ToBeClosed,
                3 => UpvalueKind::CompileTimeConstant,
                _ => return Err(Failure::Format("invalid upvalue")),
            },
            name: self.name()?,
        })
    }

    fn lines(&mut self, line_defined: u32) -> Result<LineInfo, Failure> {
        let mut lines = LineInfo::new(line_defined);
        let mut line = i64::from(line_defined);
        for _ in 0..self.count(1)? {
            let step = self.signed()?;
            line = line.checked_add(step).ok_or(Failure::Format("integer overflow"))?;
            if !(0..=i64::from(i32::MAX)).contains(&line) {
                return Err(Failure::Format("integer overflow"));
            }
            lines.push(line as u32)?;
        }
        Ok(lines)
    }
}

#[cfg(test)]
mod tests;
