//! Native functions over the argument stack: the low-level door.

pub use perilune_vm::*;
