//! Lexer, parser and syntax tree of Lua.
//!
//! [`parse`] reads a source and hands each function to a [`Sink`] as soon as
//! its `end` was read, so that memory holds the trees of unfinished functions
//! only. [`tree`] describes what a tree looks like.
#![forbid(unsafe_code)]

mod chunk_id;
mod dialect;
mod error;
mod fold;
mod lexer;
mod memory;
pub mod number;
mod parser;
mod token;
pub mod tree;

pub use chunk_id::chunk_id;
pub use dialect::{
    Borders, Dialect, EscapeShown, FinalizerErrors, FunctionNames, LUA_5_1, LUA_5_2, LUA_5_3,
    LUA_5_4, LUA_5_5, LibraryTable, Nesting, NumberPlaces, NumeralExtent, StrayBreak, TokenText,
    TracebackForm,
};
pub use error::Error;
pub use fold::exact_integer;
pub use memory::{Account, Meter, NoMeter, OutOfMemory};
pub use parser::{Refusal, Sink, SinkError, parse};
