//! Lua for Rust programs, in pure Rust.
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
#![forbid(unsafe_code)]

pub use perilune_stdlib as stdlib;
pub use perilune_vm::*;
