//! The compiler: from Lua source to prototypes.
//!
//! The parser hands over one function at a time; the generator walks its tree
//! once and writes a prototype. Registers are a stack: variables below,
//! temporaries above.
#![forbid(unsafe_code)]

mod generator;

use generator::Generator;
use perilune_bytecode::Chunk;
use perilune_syntax::{Account, Error, OutOfMemory};
pub use perilune_syntax::{Dialect, LUA_5_1, LUA_5_2, LUA_5_3, LUA_5_4, LUA_5_5, Meter, NoMeter};

/// How to compile.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// The dialect of the source.
    pub dialect: &'static Dialect,
    /// The nesting level of native calls the compiler starts at; at 200 the
    /// source is too deeply nested.
    pub c_levels: u32,
    /// Who accounts for the memory while compiling. Everything is released at
    /// the end; the chunk is the caller's to account for.
    pub meter: &'a dyn Meter,
}

/// Why a source did not compile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CompileError {
    /// The message, with its position.
    Syntax(Vec<u8>),
    /// Memory is exhausted, or the meter refused.
    OutOfMemory,
}

impl From<Error> for CompileError {
    fn from(error: Error) -> Self {
        match error {
            Error::Syntax(message) => Self::Syntax(message),
            Error::OutOfMemory => Self::OutOfMemory,
        }
    }
}

impl From<OutOfMemory> for CompileError {
    fn from(_: OutOfMemory) -> Self {
        Self::OutOfMemory
    }
}

/// Compiles `source`, named `chunk_name` (with its `@` or `=`) in messages.
///
/// # Errors
/// If the source is no valid program, or memory runs out.
pub fn compile(
    source: &[u8],
    chunk_name: &[u8],
    options: &Options<'_>,
) -> Result<Chunk, CompileError> {
    let account = Account::new(options.meter);
    let mut generator = Generator::new(&account, options.dialect);
    let symbols = perilune_syntax::parse(
        source,
        chunk_name,
        options.dialect,
        options.c_levels,
        &account,
        &mut generator,
    )?;
    let name = account.copy(chunk_name)?;
    Ok(Chunk { symbols, source: Some(name.into_boxed_slice()), main: generator.into_main() })
}
