//! A cache before the symbol table: most names of a source have been seen just
//! before, and comparing bytes is cheaper than a keyed hash.

use crate::memory::{Account, OutOfMemory};
use crate::token::pack;
use perilune_bytecode::Symbol;

/// Direct-mapped, from a cheap hash to the last symbol that had it.
pub(super) struct NameCache {
    /// Symbol + 1; 0 is free. A power of two of them.
    slots: Vec<u32>,
    shift: u32,
}

/// The first bytes of `source`, at most `length` and at most eight, packed.
#[inline(always)]
pub(super) fn head(source: &[u8], length: usize) -> u64 {
    match source.first_chunk::<8>() {
        Some(bytes) if length < 8 => u64::from_le_bytes(*bytes) & !(u64::MAX << (8 * length)),
        Some(bytes) => u64::from_le_bytes(*bytes),
        None => pack(&source[..length.min(8)]),
    }
}

impl NameCache {
    /// As large as a source of `length` bytes is worth.
    pub(super) fn new(length: usize, account: &Account<'_>) -> Result<Self, OutOfMemory> {
        let size = (length / 16).next_power_of_two().clamp(16, 4096);
        let mut slots = Vec::new();
        account.grow(&mut slots, size)?;
        slots.resize(size, 0);
        Ok(Self { slots, shift: 64 - size.trailing_zeros() })
    }

    /// The slot of `word`, whose first bytes are `head`.
    #[inline(always)]
    pub(super) fn slot(&self, head: u64, word: &[u8]) -> usize {
        let tail = match word.last_chunk::<8>() {
            Some(bytes) => u64::from_le_bytes(*bytes),
            None => 0,
        };
        let mixed =
            (head ^ tail.rotate_left(23) ^ word.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> self.shift) as usize
    }

    #[inline(always)]
    pub(super) fn get(&self, slot: usize) -> Option<Symbol> {
        self.slots[slot].checked_sub(1).map(Symbol)
    }

    #[inline(always)]
    pub(super) fn set(&mut self, slot: usize, symbol: Symbol) {
        self.slots[slot] = symbol.0 + 1;
    }
}
