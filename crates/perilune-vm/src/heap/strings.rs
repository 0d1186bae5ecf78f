//! Strings, and the table of interned ones.
//!
//! The table maps contents to the one short string that has them. It does not
//! keep strings alive, and no pass removes the dead ones: they leave it when
//! their cell is about to be used again, and until then a look-up may find one
//! and bring it back to life.
//!
//! It consists of buckets of eight entries, a cache line each. An entry is a
//! pointer in 48 bits and the upper 16 of the hash. A string that finds its
//! bucket full goes to the next one, and the bucket is flagged for ever: so an
//! entry can be removed by clearing it. When the table grows, or when too many
//! buckets are flagged, its entries move to another table bit by bit, some at
//! each insertion.

use super::block::{Space, block_of, class_of};
use super::hash::Hasher;
use super::{AllocError, Heap};
use crate::object::{Header, MAX_SHORT, StringObject};
use crate::value::{RawValue, tag};
use std::alloc::Layout;
use std::ptr::NonNull;

const POINTER_BITS: u32 = 48;
const POINTER_MASK: u64 = (1 << POINTER_BITS) - 16;
/// In the last entry of a bucket: entries of this bucket may lie in the next.
const OVERFLOWED: u64 = 1;
/// Entries of a bucket.
const ENTRIES: usize = 8;
/// Buckets of the old table that move at each insertion.
const STRIDE: usize = 2;
/// Strings that are remembered by where their bytes came from.
const RECENT: usize = 64;
/// Buckets of the smallest table.
const SMALLEST: usize = 64;

#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Bucket([u64; ENTRIES]);

impl Bucket {
    fn is_overflowed(&self) -> bool {
        self.0[ENTRIES - 1] & OVERFLOWED != 0
    }

    /// Bit set of the entries with this upper part of the hash.
    #[inline(always)]
    fn matches(&self, hash: u32) -> u32 {
        let mut found = 0;
        for (i, &entry) in self.0.iter().enumerate() {
            found |= ((entry >> POINTER_BITS == hash as u64 >> 16) as u32) << i;
        }
        found
    }
}

/// The intern table.
pub(super) struct Interned {
    pub hasher: Hasher,
    /// As many as a power of two.
    buckets: Buckets,
    /// Flagged ones among them.
    overflowed: usize,
    /// Entries, those in `old` included.
    count: usize,
    /// Bytes of the cells of strings that the last collection left.
    pub live_bytes: usize,
    /// The table before, while entries move. Buckets below `moved` have none.
    old: Buckets,
    moved: usize,
    /// Strings that [`Heap::known_string`] found since the last collection, by the
    /// address of the bytes it was given.
    recent: [*mut StringObject; RECENT],
}

fn entry(string: *mut StringObject, hash: u32) -> u64 {
    string.expose_provenance() as u64 | (hash as u64 >> 16) << POINTER_BITS
}

/// The string of an entry, null for an empty one.
fn string_of(entry: u64) -> *mut StringObject {
    std::ptr::with_exposed_provenance_mut((entry & POINTER_MASK) as usize)
}

#[inline(always)]
fn word(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..at + 8).and_then(|b| b.try_into().ok()).map_or(0, u64::from_ne_bytes)
}

#[inline(always)]
fn half(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0, u32::from_ne_bytes)
}

/// Whether two byte strings of the same length are equal: `memcmp` for short
/// ones, without a call.
#[inline(always)]
fn same_bytes(a: &[u8], b: &[u8]) -> bool {
    let len = a.len();
    if len < 8 {
        if len < 4 {
            return a.iter().zip(b).all(|(x, y)| x == y);
        }
        return half(a, 0) == half(b, 0) && half(a, len - 4) == half(b, len - 4);
    }
    // The last word overlaps the one before it.
    let mut difference = word(a, len - 8) ^ word(b, len - 8);
    let mut at = 0;
    while at + 8 < len {
        difference |= word(a, at) ^ word(b, at);
        at += 8;
    }
    difference == 0
}

/// The place of `string` among `buckets`.
///
/// # Safety
/// `string` is a short string, live or dead.
unsafe fn place_of(buckets: &[Bucket], string: *mut StringObject) -> Option<(usize, usize)> {
    if buckets.is_empty() {
        return None;
    }
    let mask = buckets.len() - 1;
    // SAFETY: a short string's hash is in its header.
    let hash = unsafe { (*string).header.word };
    let wanted = entry(string, hash);
    let mut i = hash as usize & mask;
    loop {
        let bucket = &buckets[i];
        if let Some(j) = bucket.0.iter().position(|&e| e & !OVERFLOWED == wanted) {
            return Some((i, j));
        }
        if !bucket.is_overflowed() {
            return None;
        }
        i = (i + 1) & mask;
    }
}

/// The string with these bytes among `buckets`.
///
/// # Safety
/// The entries are strings, live or dead, whose cells have not been reused.
#[inline(always)]
unsafe fn find(buckets: &[Bucket], hash: u32, bytes: &[u8]) -> Option<*mut StringObject> {
    let mask = buckets.len() - 1;
    let mut i = hash as usize & mask;
    loop {
        // SAFETY: `i <= mask`, the last index; entries are strings.
        unsafe {
            let bucket = buckets.get_unchecked(i);
            let mut matches = bucket.matches(hash);
            while matches != 0 {
                let string = string_of(bucket.0[matches.trailing_zeros() as usize]);
                matches &= matches - 1;
                if !string.is_null()
                    && (*string).header.word == hash
                    && (*string).len == bytes.len()
                    && same_bytes(StringObject::bytes(string), bytes)
                {
                    return Some(string);
                }
            }
            if !bucket.is_overflowed() {
                return None;
            }
        }
        i = (i + 1) & mask;
    }
}

/// An array of buckets, from memory that the system zeroes when it is touched.
struct Buckets {
    first: NonNull<Bucket>,
    len: usize,
    /// The allocation: for larger alignments, memory is not taken zeroed from
    /// the system, so the buckets are aligned here.
    memory: *mut u8,
}

impl Buckets {
    /// No buckets.
    const NONE: Buckets =
        Buckets { first: NonNull::dangling(), len: 0, memory: std::ptr::null_mut() };

    fn layout(len: usize) -> Result<Layout, AllocError> {
        let size = len.checked_add(1).and_then(|n| n.checked_mul(size_of::<Bucket>()));
        Layout::from_size_align(size.ok_or(AllocError)?, 16).map_err(|_| AllocError)
    }

    /// `len` empty buckets.
    fn new(len: usize) -> Result<Buckets, AllocError> {
        // SAFETY: the layout's size is not 0.
        let memory = unsafe { std::alloc::alloc_zeroed(Self::layout(len)?) };
        let skip = memory.addr().wrapping_neg() % align_of::<Bucket>();
        // One bucket more was allocated: the aligned ones fit in.
        let first = memory.wrapping_add(skip) as *mut Bucket;
        if memory.is_null() {
            return Err(AllocError);
        }
        Ok(Buckets { first: NonNull::new(first).ok_or(AllocError)?, len, memory })
    }
}

impl std::ops::Deref for Buckets {
    type Target = [Bucket];
    #[inline(always)]
    fn deref(&self) -> &[Bucket] {
        // SAFETY: `len` buckets, zeroed or written, lie there.
        unsafe { std::slice::from_raw_parts(self.first.as_ptr(), self.len) }
    }
}

impl std::ops::DerefMut for Buckets {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [Bucket] {
        // SAFETY: as `deref`; the buckets are this value's alone.
        unsafe { std::slice::from_raw_parts_mut(self.first.as_ptr(), self.len) }
    }
}

impl Drop for Buckets {
    fn drop(&mut self) {
        if self.len > 0
            && let Ok(layout) = Self::layout(self.len)
        {
            // SAFETY: allocated with this layout in `new`.
            unsafe { std::alloc::dealloc(self.memory, layout) };
        }
    }
}

impl Interned {
    pub fn new(seed: u64) -> Result<Interned, AllocError> {
        let buckets = Buckets::new(SMALLEST)?;
        Ok(Interned {
            hasher: Hasher::new(seed),
            buckets,
            overflowed: 0,
            count: 0,
            live_bytes: 0,
            old: Buckets::NONE,
            moved: 0,
            recent: [std::ptr::null_mut(); RECENT],
        })
    }

    /// Forgets what was found: before strings die.
    pub fn forget_recent(&mut self) {
        self.recent.fill(std::ptr::null_mut());
    }

    /// Bytes of the table.
    pub fn bytes(&self) -> usize {
        (self.buckets.len() + self.old.len()) * size_of::<Bucket>()
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Adds a string that is not in the table; there is an empty entry.
    fn insert(&mut self, string: *mut StringObject, hash: u32) {
        let mask = self.buckets.len() - 1;
        let mut i = hash as usize & mask;
        loop {
            let bucket = &mut self.buckets[i];
            if let Some(place) = bucket.0.iter_mut().find(|e| **e & POINTER_MASK == 0) {
                *place |= entry(string, hash);
                return;
            }
            if !bucket.is_overflowed() {
                bucket.0[ENTRIES - 1] |= OVERFLOWED;
                self.overflowed += 1;
            }
            i = (i + 1) & mask;
        }
    }

    /// Fetches the bucket of a hash.
    #[inline(always)]
    pub fn prefetch(&self, hash: u32) {
        super::mark::prefetch(&raw const self.buckets[hash as usize & (self.buckets.len() - 1)]);
    }

    /// Removes a dead string.
    ///
    /// # Safety
    /// `string` is a short string whose cell has not been reused.
    pub unsafe fn remove(&mut self, string: *mut StringObject) {
        // SAFETY: a dead string's hash is intact until its cell is reused.
        unsafe {
            for table in [&mut self.buckets, &mut self.old] {
                if let Some((i, j)) = place_of(table, string) {
                    table[i].0[j] &= OVERFLOWED;
                    self.count -= 1;
                    return;
                }
            }
        }
    }

    /// Removes all dead strings; there is no old table.
    ///
    /// # Safety
    /// The entries are strings whose cells have not been reused; the map of
    /// occupied cells tells the dead ones.
    unsafe fn remove_dead(&mut self) {
        for bucket in self.buckets.iter_mut() {
            for entry in &mut bucket.0 {
                let string = string_of(*entry);
                if string.is_null() {
                    continue;
                }
                let block = block_of(string);
                // SAFETY: a short string is a cell of a block of strings.
                unsafe {
                    if !(*block).is_occupied(string.addr() - block.addr()) {
                        (*string).header.kind = 0;
                        *entry &= OVERFLOWED;
                        self.count -= 1;
                    }
                }
            }
        }
    }

    /// Moves entries of the old table, at most `buckets` of its buckets.
    ///
    /// # Safety
    /// The entries are strings whose cells have not been reused.
    unsafe fn migrate(&mut self, buckets: usize) {
        let end = self.old.len().min(self.moved.saturating_add(buckets));
        for i in self.moved..end {
            let entries = self.old[i].0;
            for entry in entries {
                super::mark::prefetch(string_of(entry));
            }
            self.old[i].0 = [0; ENTRIES];
            // Searches for entries that come after go on here.
            self.old[i].0[ENTRIES - 1] = entries[ENTRIES - 1] & OVERFLOWED;
            for entry in entries {
                let string = string_of(entry);
                if !string.is_null() {
                    // SAFETY: entries of the old table are strings whose headers
                    // are intact.
                    let hash = unsafe { (*string).header.word };
                    self.insert(string, hash);
                }
            }
        }
        self.moved = end;
        if end == self.old.len() {
            self.old = Buckets::NONE;
            self.moved = 0;
        }
    }

    /// How many buckets another table should have, if one is needed. At most
    /// three quarters of the entries are used, and at most half of the buckets
    /// are flagged, so that searches end soon.
    fn wanted_size(&self) -> Option<usize> {
        let size = self.buckets.len();
        if (self.count + 1) * 4 > size * ENTRIES * 3 {
            Some(size * 2)
        } else if self.overflowed * 2 > size {
            Some(if self.count * 2 > size * ENTRIES { size * 2 } else { size })
        } else {
            None
        }
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
            let mut found = find(&self.interned.buckets, hash, bytes);
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

    /// The short string with these bytes (at most `MAX_SHORT`), if there is one.
    /// Programs ask with the same literals again and again, so strings are first
    /// looked for by the address of the bytes.
    #[inline(always)]
    pub(crate) fn known_string(&mut self, bytes: &[u8]) -> Option<*mut StringObject> {
        let address = bytes.as_ptr().addr();
        let place = (address ^ address >> 6 ^ bytes.len() << 3) % RECENT;
        let string = self.interned.recent[place];
        // SAFETY: what is remembered was alive after the last collection.
        unsafe {
            if !string.is_null()
                && (*string).len == bytes.len()
                && same_bytes(StringObject::bytes(string), bytes)
            {
                return Some(string);
            }
        }
        self.search_string(bytes, place)
    }

    #[inline(never)]
    fn search_string(&mut self, bytes: &[u8], place: usize) -> Option<*mut StringObject> {
        let hash = self.interned.hasher.hash(bytes);
        // SAFETY: dead strings leave the table before their cell is reused.
        unsafe {
            let mut found = find(&self.interned.buckets, hash, bytes);
            if found.is_none() && !self.interned.old.is_empty() {
                found = find(&self.interned.old, hash, bytes);
            }
            let string = found?;
            self.revive(string);
            self.interned.recent[place] = string;
            Some(string)
        }
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
        // A table that is not very full yet will do if there is no memory for
        // another.
        let buckets = self.interned.buckets.len();
        let full = (self.interned.count + 1) * 8 > buckets * ENTRIES * 7
            || self.interned.overflowed * 8 > buckets * 7;
        match self.resize_interned(size) {
            Err(AllocError) if full => Err(AllocError),
            _ => Ok(()),
        }
    }

    /// Begins to move the intern table's entries to one of `size` buckets.
    fn resize_interned(&mut self, size: usize) -> Result<(), AllocError> {
        self.request(size * size_of::<Bucket>())?;
        let table = Buckets::new(size)?;
        let before = self.interned.bytes();
        // SAFETY: as in `make_room`.
        unsafe { self.interned.migrate(usize::MAX) };
        self.interned.old = std::mem::replace(&mut self.interned.buckets, table);
        self.interned.overflowed = 0;
        self.remove_external(before);
        self.add_external(self.interned.bytes());
        Ok(())
    }

    /// After a full collection: makes a table that has become too large for its
    /// strings smaller. Failing to is no error.
    ///
    /// # Safety
    /// The map of occupied cells is that of the collection.
    pub(super) unsafe fn shrink_interned(&mut self) {
        const SMALLEST_CELL: usize = 32;
        self.finish_moving();
        let size = self.interned.buckets.len();
        if size > SMALLEST && self.interned.live_bytes / SMALLEST_CELL < size * 2 {
            // SAFETY: by contract.
            unsafe { self.interned.remove_dead() };
        }
        if size > SMALLEST && self.interned.count < size * 2 {
            let smaller = (self.interned.count / 4).next_power_of_two().max(SMALLEST);
            if smaller < size && self.resize_interned(smaller).is_ok() {
                self.finish_moving();
            }
        }
    }

    /// Moves all entries that are still in the old table.
    fn finish_moving(&mut self) {
        let before = self.interned.bytes();
        // SAFETY: as in `make_room`.
        unsafe { self.interned.migrate(usize::MAX) };
        self.remove_external(before - self.interned.bytes());
    }

    /// A long string whose bytes the caller fills in.
    pub(crate) fn long_string_uninit(
        &mut self,
        len: usize,
    ) -> Result<*mut StringObject, AllocError> {
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
        // SAFETY: the header and the bytes of a live string are initialised.
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
