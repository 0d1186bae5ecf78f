//! The byte strings of a chunk: identifiers, string constants, names for
//! debugging. Each distinct string is stored once and named by a [`Symbol`].

use std::hash::{BuildHasher, Hasher};

/// The number of a byte string in the [`Symbols`] of its chunk.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Symbol(pub u32);

/// A set of distinct byte strings, numbered in order of first appearance.
#[derive(Default, Debug)]
pub struct Symbols {
    bytes: Vec<u8>,
    ends: Vec<u32>,
    hashes: Vec<u32>,
    /// Open addressing, power-of-two size, 0 = free, otherwise symbol + 1.
    slots: Vec<u32>,
    hasher: HashState,
}

#[derive(Clone, Debug)]
struct HashState(std::hash::RandomState);

impl Default for HashState {
    fn default() -> Self {
        Self(std::hash::RandomState::new())
    }
}

/// The strings of a chunk outgrew 4 GiB, or memory ran out while storing one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfMemory;

impl Symbols {
    /// An empty set.
    pub fn new() -> Self {
        Self::default()
    }
    /// The number of strings.
    pub fn len(&self) -> usize {
        self.ends.len()
    }
    /// Whether there is no string.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
    /// The bytes of `symbol`; empty if it belongs to no string of this set.
    #[inline]
    pub fn get(&self, symbol: Symbol) -> &[u8] {
        let i = symbol.0 as usize;
        let Some(&end) = self.ends.get(i) else {
            return b"";
        };
        let start = if i == 0 { 0 } else { self.ends[i - 1] };
        &self.bytes[start as usize..end as usize]
    }
    fn hash(&self, bytes: &[u8]) -> u32 {
        let mut h = self.hasher.0.build_hasher();
        h.write(bytes);
        h.finish() as u32
    }
    /// Bytes of memory in use.
    pub fn memory(&self) -> usize {
        self.bytes.capacity()
            + 4 * (self.ends.capacity() + self.hashes.capacity() + self.slots.capacity())
    }
    /// The symbol of `bytes`, stored if it is new.
    ///
    /// # Errors
    /// [`OutOfMemory`] if the string cannot be stored.
    pub fn intern(&mut self, bytes: &[u8]) -> Result<Symbol, OutOfMemory> {
        if self.ends.len() * 2 >= self.slots.len() {
            self.grow()?;
        }
        let hash = self.hash(bytes);
        let mask = self.slots.len() - 1;
        let mut i = hash as usize & mask;
        loop {
            match self.slots[i] {
                0 => break,
                s => {
                    let sym = Symbol(s - 1);
                    if self.hashes[(s - 1) as usize] == hash && self.get(sym) == bytes {
                        return Ok(sym);
                    }
                }
            }
            i = (i + 1) & mask;
        }
        let end = u32::try_from(self.bytes.len() + bytes.len()).map_err(|_| OutOfMemory)?;
        self.bytes.try_reserve(bytes.len()).map_err(|_| OutOfMemory)?;
        self.ends.try_reserve(1).map_err(|_| OutOfMemory)?;
        self.hashes.try_reserve(1).map_err(|_| OutOfMemory)?;
        self.bytes.extend_from_slice(bytes);
        self.ends.push(end);
        self.hashes.push(hash);
        self.slots[i] = self.ends.len() as u32;
        Ok(Symbol(self.ends.len() as u32 - 1))
    }
    fn grow(&mut self) -> Result<(), OutOfMemory> {
        let size = (self.slots.len() * 2).max(64);
        let mut slots = Vec::new();
        slots.try_reserve_exact(size).map_err(|_| OutOfMemory)?;
        slots.resize(size, 0);
        for (n, &hash) in self.hashes.iter().enumerate() {
            let mut i = hash as usize & (size - 1);
            while slots[i] != 0 {
                i = (i + 1) & (size - 1);
            }
            slots[i] = n as u32 + 1;
        }
        self.slots = slots;
        Ok(())
    }
}
