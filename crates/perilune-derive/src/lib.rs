//! The macros of the crate `perilune`: use them from there.
#![forbid(unsafe_code)]
