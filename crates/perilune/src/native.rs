//! Native functions over the argument stack: the low-level door.

pub use perilune_vm::*;

pub use perilune_stdlib as stdlib;
