//! Blocks: 32 KiB of memory, aligned to their size, that hold cells of one size.
//!
//! At a block's start lie its two bitmaps, with one bit for each 16 bytes:
//! *marks*, which a collection sets, and *occupied*, the marks of the collection
//! before (and strings that were found again since). A cell is free if its bit
//! in `occupied` is clear and it lies at or after `cursor`. No cell is ever
//! swept: a collection copies one bitmap to the other, and whoever allocates
//! looks for the next run of free cells.

/// Bytes of a block, and its alignment.
pub(super) const BLOCK_SIZE: usize = 32 * 1024;
/// Bytes that one bit of a bitmap stands for.
pub(super) const GRANULE: usize = 16;
const WORDS: usize = BLOCK_SIZE / GRANULE / 64;
/// Offset of the first cell.
pub(super) const FIRST: usize = size_of::<Block>();

const _: () = assert!(FIRST.is_multiple_of(GRANULE) && FIRST <= 576);

/// Cell sizes of the classes. Every 16 bytes up to 192, then four or so for
/// each doubling; the last one fits fifteen cells into a block and holds a
/// closure with 255 upvalues.
pub(super) const CELL_SIZES: [u16; CLASSES] = [
    16, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256, 320, 384, 448, 512, 640, 768,
    896, 1024, 1280, 1536, 1792, 2144,
];
pub(super) const CLASSES: usize = 26;
/// The largest cell.
pub(super) const MAX_CELL: usize = CELL_SIZES[CLASSES - 1] as usize;

/// The class for a size in granules.
static CLASS_OF: [u8; MAX_CELL / GRANULE + 1] = {
    let mut table = [0; MAX_CELL / GRANULE + 1];
    let mut granules = 0;
    let mut class = 0;
    while granules < table.len() {
        if granules * GRANULE > CELL_SIZES[class] as usize {
            class += 1;
        }
        table[granules] = class as u8;
        granules += 1;
    }
    table
};

/// The class whose cells hold `size <= MAX_CELL` bytes.
#[inline(always)]
pub(super) fn class_of(size: usize) -> usize {
    debug_assert!(size <= MAX_CELL);
    CLASS_OF[size.div_ceil(GRANULE)] as usize
}

/// What a block is used for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(super) enum Usage {
    /// In the list of empty blocks.
    Empty,
    /// Empty, but its dead strings are still in the intern table.
    Dirty,
    /// Holds cells.
    Used,
}

/// The kinds of cells that are kept apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(super) enum Space {
    /// Objects with a header, short strings excepted.
    Objects,
    /// Interned strings.
    Strings,
    /// Arrays and nodes of tables: no header.
    Parts,
}

pub(super) const SPACES: usize = 3;

/// The start of a block.
#[repr(C, align(16))]
pub(super) struct Block {
    /// The next block of the list that this one is in.
    pub next: *mut Block,
    /// Bytes of a cell.
    pub cell: u32,
    /// Offset below which all cells have been handed out (or were occupied)
    /// since the last collection.
    pub cursor: u32,
    /// In a block of strings: cells at this offset and after it never held one.
    pub fresh: u32,
    /// Offset of the end of the last cell.
    pub end: u32,
    pub class: u8,
    pub space: Space,
    pub usage: Usage,
    pub marks: [u64; WORDS],
    pub occupied: [u64; WORDS],
}

/// The block that the cell at `p` lies in.
#[inline(always)]
pub(super) fn block_of<T>(p: *mut T) -> *mut Block {
    p.map_addr(|a| a & !(BLOCK_SIZE - 1)) as *mut Block
}

/// Word and bit of the cell at `p` in a bitmap.
#[inline(always)]
pub(super) fn bit_of<T>(p: *const T) -> (usize, u64) {
    let granule = (p.addr() & (BLOCK_SIZE - 1)) / GRANULE;
    (granule / 64, 1 << (granule % 64))
}

/// Marks the cell at `p`; whether it was not marked before.
///
/// # Safety
/// `p` is the start of a cell.
#[inline(always)]
pub(super) unsafe fn set_mark<T>(p: *mut T) -> bool {
    let (word, bit) = bit_of(p);
    // SAFETY: a cell lies in a block, whose bitmap has a word for each of its
    // granules.
    unsafe {
        let marks = &raw mut (*block_of(p)).marks;
        let place = marks.cast::<u64>().add(word);
        let old = *place;
        if old & bit != 0 {
            return false;
        }
        *place = old | bit;
    }
    true
}

/// Whether the cell at `p` is marked.
///
/// # Safety
/// `p` is the start of a cell.
#[inline(always)]
pub(super) unsafe fn has_mark<T>(p: *mut T) -> bool {
    let (word, bit) = bit_of(p);
    // SAFETY: as in `set_mark`.
    unsafe { *(&raw const (*block_of(p)).marks).cast::<u64>().add(word) & bit != 0 }
}

/// Takes the mark of the cell at `p` away.
///
/// # Safety
/// `p` is the start of a cell.
#[inline(always)]
pub(super) unsafe fn clear_mark<T>(p: *mut T) {
    let (word, bit) = bit_of(p);
    // SAFETY: as in `set_mark`.
    unsafe { *(&raw mut (*block_of(p)).marks).cast::<u64>().add(word) &= !bit }
}

impl Block {
    /// Makes the block an empty one for cells of `class`.
    ///
    /// # Safety
    /// `this` is a block in which no cell is in use.
    pub unsafe fn format(this: *mut Block, space: Space, class: usize) {
        let cell = CELL_SIZES[class] as usize;
        let count = (BLOCK_SIZE - FIRST) / cell;
        // SAFETY: the block's first bytes are its header's; nothing else is
        // stored there.
        unsafe {
            this.write(Block {
                next: std::ptr::null_mut(),
                cell: cell as u32,
                cursor: FIRST as u32,
                fresh: FIRST as u32,
                end: (FIRST + count * cell) as u32,
                class: class as u8,
                space,
                usage: Usage::Used,
                marks: [0; WORDS],
                occupied: [0; WORDS],
            });
        }
    }

    /// The number of marked cells.
    pub fn count_marks(&self) -> usize {
        self.marks.iter().map(|w| w.count_ones() as usize).sum()
    }

    pub fn is_occupied(&self, offset: usize) -> bool {
        let granule = offset / GRANULE;
        self.occupied[granule / 64] & 1 << (granule % 64) != 0
    }

    /// The first run of free cells at or after `cursor`: offsets of its start
    /// and end.
    pub fn next_run(&self) -> Option<(usize, usize)> {
        let (cell, end) = (self.cell as usize, self.end as usize);
        let mut start = self.cursor as usize;
        while start < end && self.is_occupied(start) {
            start += cell;
        }
        (start < end).then(|| (start, self.next_occupied(start).unwrap_or(end)))
    }

    /// The offset of the first occupied cell after `offset`.
    fn next_occupied(&self, offset: usize) -> Option<usize> {
        let granule = offset / GRANULE;
        let mut word = granule / 64;
        let mut bits = self.occupied[word] & (!0 << (granule % 64));
        loop {
            if bits != 0 {
                return Some((word * 64 + bits.trailing_zeros() as usize) * GRANULE);
            }
            word += 1;
            bits = *self.occupied.get(word)?;
        }
    }
}
