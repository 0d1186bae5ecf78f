//! Errors.

use crate::memory::OutOfMemory;

/// Why a source is no program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The message, with its position.
    Syntax(Vec<u8>),
    /// Memory is exhausted, or the meter refused.
    OutOfMemory,
}

impl From<OutOfMemory> for Error {
    fn from(_: OutOfMemory) -> Self {
        Self::OutOfMemory
    }
}

/// An error is on its way; what it is stands in the lexer. Results that carry
/// nothing but this stay small.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Raised;

impl From<OutOfMemory> for Raised {
    /// A lexer without a message reports exhausted memory.
    fn from(_: OutOfMemory) -> Self {
        Self
    }
}

impl From<perilune_bytecode::OutOfMemory> for Raised {
    fn from(_: perilune_bytecode::OutOfMemory) -> Self {
        Self
    }
}
