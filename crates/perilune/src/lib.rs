//! Lua for Rust programs, in pure Rust.
//!
//! A [`State`] is a Lua universe of its own. It comes without libraries;
//! [`stdlib::open_all`] opens the standard ones. A program works in it inside
//! [`State::enter`], where values lie on a stack and are named by their index:
//! `1` is the first, `-1` the one on top.
//!
//! ```
//! use perilune::{State, stdlib};
//!
//! let mut state = State::new()?;
//! let sum = state.enter(|state| {
//!     stdlib::open_all(state)?;
//!     assert!(state.load(b"return 20 + 22", b"=example", b"t")?);
//!     state.call(0, Some(1))?;
//!     Ok(state.to_integer(-1))
//! })?;
//! assert_eq!(sum, Some(42));
//! # Ok::<(), perilune::Error>(())
//! ```
//!
//! # Native functions
//!
//! A [`NativeFn`] finds its arguments in the slots of its frame and answers
//! with a [`Return`]. Errors are values of [`Error`], passed on by `?`; the Lua
//! value of an error waits in the state until [`State::push_error`] fetches it.
//!
//! ```
//! use perilune::{NativeFn, Result, Return, State};
//!
//! fn double(state: &mut State) -> Result<Return> {
//!     let n = state.check_integer(1)?;
//!     state.ret(n.wrapping_mul(2))
//! }
//!
//! let mut state = State::new()?;
//! let message = state.enter(|state| {
//!     state.push(double as NativeFn)?;
//!     state.set_global("double")?;
//!     assert!(state.load(b"return double('x')", b"=example", b"t")?);
//!     match state.protected_call(0, Some(1)) {
//!         Ok(()) => Ok(None),
//!         Err(error) => {
//!             state.push_error(error)?;
//!             Ok(state.bytes(-1).map(<[u8]>::to_vec))
//!         }
//!     }
//! })?;
//! let expected = b"example:1: bad argument #1 to 'double' (number expected, got string)";
//! assert_eq!(message.as_deref(), Some(expected.as_slice()));
//! # Ok::<(), perilune::Error>(())
//! ```
//!
//! # What a script may do
//!
//! A state asks its [`Host`](stdlib::host::Host) for everything outside: files,
//! standard streams, clock, environment, processes. Without a host all of that
//! is refused. [`set_host`](stdlib::host::set_host), before the libraries are
//! opened, gives it one: the operating system
//! ([`RealHost`](stdlib::host::RealHost)), a file tree in memory
//! ([`MemoryHost`](stdlib::host::MemoryHost)), or your own.
//! [`State::set_memory_limit`] caps its memory, and
//! [`State::interrupt_handle`] stops a running script from outside.
#![forbid(unsafe_code)]

pub use perilune_stdlib as stdlib;
pub use perilune_vm::*;

/// The examples of the README, as tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
