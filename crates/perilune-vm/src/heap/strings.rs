//! Strings, and the table of interned ones.
//!
//! The table maps contents to the one short string that has them: open
//! addressing with linear probing, each entry a pointer in 48 bits and the upper
//! 16 of the hash. It does not keep strings alive, and no pass removes the dead
//! ones: they leave it when their cell is about to be used again, and until
//! then a lookup may find one and bring it back to life.
//!
//! When the table grows, its entries move bit by bit, some at each insertion.

use super::block::{Space, class_of};
use super::hash::Hasher;
use super::{AllocError, Heap};
use crate::object::{Header, MAX_SHORT, StringObject};
use crate::value::{RawValue, tag};

const EMPTY: u64 = 0;
/// A removed entry: the search goes on behind it.
const REMOVED: u64 = 1;
const POINTER_BITS: u32 = 48;
/// Slots of the old table that move at each insertion.
const STRIDE: usize = 16;
const SMALLEST: usize = 512;

/// The intern table.
pub(super) struct Interned {
    pub hasher: Hasher,
    /// Entries; the length is a power of two.
    slots: Vec<u64>,
    /// Slots that are not EMPTY.
    filled: usize,
    /// Entries, those in `old` included.
    count: usize,
    /// The table before, while entries move. Slots below `moved` have.
    old: Vec<u64>,
    moved: usize,
}

fn entry(string: *mut StringObject, hash: u32) -> u64 {
    string.expose_provenance() as u64 | (hash as u64 >> 16) << POINTER_BITS
}

fn string_of(entry: u64) -> *mut StringObject {
    std::ptr::with_exposed_provenance_mut((entry & ((1 << POINTER_BITS) - 1)) as usize)
}

/// Whether two byte strings of the same length are equal: `memcmp` for short
/// ones, without a call.
#[inline(always)]
fn same_bytes(a: &[u8], b: &[u8]) -> bool {
    let (mut a_words, mut b_words) = (a.chunks_exact(8), b.chunks_exact(8));
    let mut difference = 0;
    for (x, y) in (&mut a_words).zip(&mut b_words) {
        let (x, y) = (<[u8; 8]>::try_from(x), <[u8; 8]>::try_from(y));
        if let (Ok(x), Ok(y)) = (x, y) {
            difference |= u64::from_ne_bytes(x) ^ u64::from_ne_bytes(y);
        }
    }
    if difference != 0 {
        return false;
    }
    a_words.remainder().iter().zip(b_words.remainder()).all(|(x, y)| x == y)
}

/// The slots that a hash is looked for in, in order.
fn probe(len: usize, hash: u32) -> impl Iterator<Item = usize> {
    let mask = len - 1;
    (0..len).map(move |i| (hash as usize).wrapping_add(i) & mask)
}

/// The place of `string` among `slots`.
///
/// # Safety
/// `string` is a short string, live or dead.
unsafe fn place_of(slots: &[u64], string: *mut StringObject) -> Option<usize> {
    if slots.is_empty() {
        return None;
    }
    // SAFETY: a short string's hash is in its header.
    let hash = unsafe { (*string).header.word };
    let wanted = entry(string, hash);
    probe(slots.len(), hash).take_while(|&i| slots[i] != EMPTY).find(|&i| slots[i] == wanted)
}

/// The string with these bytes among `slots`.
///
/// # Safety
/// The entries are strings, live or dead, whose cells have not been reused.
#[inline(always)]
unsafe fn find(slots: &[u64], hash: u32, bytes: &[u8]) -> Option<*mut StringObject> {
    let mask = slots.len() - 1;
    let mut i = hash as usize & mask;
    loop {
        // SAFETY: `i <= mask`, the last index; entries are strings.
        unsafe {
            let slot = *slots.get_unchecked(i);
            if slot == EMPTY {
                return None;
            }
            if slot >> POINTER_BITS == hash as u64 >> 16 && slot != REMOVED {
                let string = string_of(slot);
                if (*string).header.word == hash
                    && (*string).len == bytes.len()
                    && same_bytes(StringObject::bytes(string), bytes)
                {
                    return Some(string);
                }
            }
        }
        i = (i + 1) & mask;
    }
}

impl Interned {
    pub fn new(seed: u64) -> Result<Interned, AllocError> {
        let mut slots = Vec::new();
        slots.try_reserve_exact(SMALLEST).map_err(|_| AllocError)?;
        slots.resize(SMALLEST, EMPTY);
        Ok(Interned { hasher: Hasher::new(seed), slots, filled: 0, count: 0, old: Vec::new(), moved: 0 })
    }

    /// Bytes of the table.
    pub fn bytes(&self) -> usize {
        (self.slots.len() + self.old.len()) * size_of::<u64>()
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Adds a string that is not in the table; there is an empty slot.
    fn insert(&mut self, string: *mut StringObject, hash: u32) {
        let mask = self.slots.len() - 1;
        let mut i = hash as usize & mask;
        while self.slots[i] > REMOVED {
            i = (i + 1) & mask;
        }
        self.filled += (self.slots[i] == EMPTY) as usize;
        self.slots[i] = entry(string, hash);
    }

    /// Removes a dead string.
    ///
    /// # Safety
    /// `string` is a short string whose cell has not been reused.
    pub unsafe fn remove(&mut self, string: *mut StringObject) {
        // SAFETY: by contract.
        unsafe {
            if let Some(place) = place_of(&self.slots, string) {
                self.count -= 1;
                self.slots[place] = REMOVED;
                let mask = self.slots.len() - 1;
                if self.slots[(place + 1) & mask] == EMPTY {
                    // No search has to go on here.
                    let mut i = place;
                    while self.slots[i] == REMOVED {
                        self.slots[i] = EMPTY;
                        self.filled -= 1;
                        i = i.wrapping_sub(1) & mask;
                    }
                }
            } else if let Some(place) = place_of(&self.old, string) {
                self.count -= 1;
                self.old[place] = REMOVED;
            }
        }
    }

    /// Moves entries of the old table, at most `slots` of its slots.
    ///
    /// # Safety
    /// The entries are strings whose cells have not been reused.
    unsafe fn migrate(&mut self, slots: usize) {
        let end = self.old.len().min(self.moved.saturating_add(slots));
        for i in self.moved..end {
            let slot = self.old[i];
            if slot > REMOVED {
                self.old[i] = REMOVED;
                let string = string_of(slot);
                // SAFETY: by contract.
                let hash = unsafe { (*string).header.word };
                self.insert(string, hash);
            }
        }
        self.moved = end;
        if end == self.old.len() {
            self.old = Vec::new();
            self.moved = 0;
        }
    }

    /// The size that the table should have, if it is not the one it has.
    fn wanted_size(&self) -> Option<usize> {
        let size = self.slots.len();
        if (self.filled + 1) * 8 > size * 5 {
            return Some(if self.count * 16 > size * 5 { size * 2 } else { size });
        }
        None
    }
}

impl Heap {
    /// The short string with these bytes (at most `MAX_SHORT`).
    #[inline]
    pub(crate) fn intern(&mut self, bytes: &[u8]) -> Result<*mut StringObject, AllocError> {
        debug_assert!(bytes.len() <= MAX_SHORT);
        let hash = self.interned.hasher.hash(bytes);
        // SAFETY: dead strings leave the table before their cell is reused.
        unsafe {
            let mut found = find(&self.interned.slots, hash, bytes);
            if found.is_none() && !self.interned.old.is_empty() {
                found = find(&self.interned.old, hash, bytes);
            }
            if let Some(string) = found {
                self.revive(string);
                return Ok(string);
            }
        }
        self.add_short(bytes, hash)
    }

    #[inline(never)]
    fn add_short(&mut self, bytes: &[u8], hash: u32) -> Result<*mut StringObject, AllocError> {
        if !self.interned.old.is_empty() || self.interned.wanted_size().is_some() {
            self.make_room()?;
        }
        let class = class_of(size_of::<StringObject>() + bytes.len());
        // SAFETY: the cell has room for the string; it is initialised at once.
        unsafe {
            let string = self.alloc_cell(Space::Strings, class)? as *mut StringObject;
            string.write(StringObject {
                header: Header { word: hash, ..Header::new(tag::SHORT_STRING) },
                len: bytes.len(),
            });
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), string.add(1) as *mut u8, bytes.len());
            self.interned.insert(string, hash);
            self.interned.count += 1;
            Ok(string)
        }
    }

    /// Goes on with the growth of the intern table, or begins it.
    #[cold]
    fn make_room(&mut self) -> Result<(), AllocError> {
        let before = self.interned.bytes();
        // SAFETY: dead strings leave the table before their cell is reused.
        unsafe { self.interned.migrate(STRIDE) };
        self.remove_external(before - self.interned.bytes());
        let Some(size) = self.interned.wanted_size() else { return Ok(()) };
        // A table that is not full yet will do if there is no memory for another.
        let full = self.interned.filled + 1 >= self.interned.slots.len();
        match self.resize_interned(size) {
            Err(AllocError) if full => Err(AllocError),
            _ => Ok(()),
        }
    }

    /// Begins to move the intern table's entries to one of another size.
    fn resize_interned(&mut self, size: usize) -> Result<(), AllocError> {
        self.request(size * size_of::<u64>())?;
        let mut slots = Vec::new();
        slots.try_reserve_exact(size).map_err(|_| AllocError)?;
        slots.resize(size, EMPTY);
        let before = self.interned.bytes();
        // SAFETY: as in `make_room`.
        unsafe { self.interned.migrate(usize::MAX) };
        self.interned.old = std::mem::replace(&mut self.interned.slots, slots);
        self.interned.filled = 0;
        self.remove_external(before);
        self.add_external(self.interned.bytes());
        Ok(())
    }

    /// After a full collection: makes a table that has become too large for its
    /// strings smaller. Failing to is no error.
    pub(super) fn shrink_interned(&mut self) {
        let size = self.interned.slots.len();
        if self.interned.old.is_empty() && size > SMALLEST && self.interned.count < size / 16 {
            let smaller = (self.interned.count * 4).next_power_of_two().max(SMALLEST);
            if self.resize_interned(smaller).is_ok() {
                let before = self.interned.bytes();
                // SAFETY: as in `make_room`.
                unsafe { self.interned.migrate(usize::MAX) };
                self.remove_external(before - self.interned.bytes());
            }
        }
    }

    /// A long string whose bytes the caller fills in.
    pub(crate) fn long_string_uninit(&mut self, len: usize) -> Result<*mut StringObject, AllocError> {
        let size = len.checked_add(size_of::<StringObject>()).ok_or(AllocError)?;
        // SAFETY: the object has room for the fields.
        unsafe {
            let string = self.alloc(size, tag::LONG_STRING)? as *mut StringObject;
            (*string).header.word = self.interned.hasher.hash(&[]);
            (*string).len = len;
            Ok(string)
        }
    }

    /// A string of any length.
    #[inline]
    pub(crate) fn string(&mut self, bytes: &[u8]) -> Result<RawValue, AllocError> {
        if bytes.len() <= MAX_SHORT {
            return Ok(RawValue::pointer(tag::SHORT_STRING, self.intern(bytes)?));
        }
        let string = self.long_string_uninit(bytes.len())?;
        // SAFETY: the string has room for `bytes.len()` bytes.
        unsafe {
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), string.add(1) as *mut u8, bytes.len());
        }
        Ok(RawValue::pointer(tag::LONG_STRING, string))
    }

    /// The hash of a string; that of a long one is computed when first asked for,
    /// with the seed that the string was made with.
    ///
    /// # Safety
    /// `string` is a live string.
    #[inline(always)]
    pub(crate) unsafe fn string_hash(string: *mut StringObject) -> u32 {
        // SAFETY: by contract.
        unsafe {
            let header = &raw mut (*string).header;
            if (*header).kind == tag::LONG_STRING && (*header).extra == 0 {
                let seed = (*header).word as u64;
                (*header).word = Hasher::new(seed).hash(StringObject::bytes(string));
                (*header).extra = 1;
            }
            (*header).word
        }
    }
}
