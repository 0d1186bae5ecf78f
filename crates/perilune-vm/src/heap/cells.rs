//! Where cells come from: runs, blocks, chunks.
//!
//! For each space and class there is a current run of free cells, from which
//! `alloc_cell` takes the next one. When it is used up, [`Heap::refill`] looks
//! for another run: in the run's block, in the next partly free block of the
//! class, in an empty block, in a new chunk.

use super::block::{
    BLOCK_SIZE, Block, CELL_SIZES, CLASSES, FIRST, GRANULE, SPACES, Space, Usage, block_of,
};
use super::{AllocError, Heap};
use crate::object::{Header, StringObject};
use std::alloc::Layout;

/// A run of free cells, and the block it lies in.
#[derive(Clone, Copy)]
pub(super) struct Run {
    /// The next cell.
    pub bump: *mut u8,
    /// The end of the last cell.
    pub limit: *mut u8,
    pub block: *mut Block,
}

impl Run {
    pub const NONE: Run = Run {
        bump: std::ptr::null_mut(),
        limit: std::ptr::null_mut(),
        block: std::ptr::null_mut(),
    };

    fn ungranted(&self) -> usize {
        self.limit.addr() - self.bump.addr()
    }
}

/// Memory from the system, cut into blocks.
struct Chunk {
    base: *mut Block,
    blocks: usize,
    /// The first block that was never used.
    fresh: usize,
}

impl Chunk {
    fn layout(blocks: usize) -> Option<Layout> {
        Layout::from_size_align(blocks * BLOCK_SIZE, BLOCK_SIZE).ok()
    }

    fn block(&self, index: usize) -> *mut Block {
        debug_assert!(index < self.blocks);
        self.base.wrapping_byte_add(index * BLOCK_SIZE)
    }

    /// Blocks that were used.
    fn used_blocks(&self) -> impl Iterator<Item = *mut Block> {
        (0..self.fresh).map(|i| self.block(i))
    }
}

/// All blocks, by what they are good for.
pub(super) struct Blocks {
    chunks: Vec<Chunk>,
    /// Blocks with free cells, for each space and class.
    available: [[*mut Block; CLASSES]; SPACES],
    /// Blocks of dead strings, for each class.
    dirty: [*mut Block; CLASSES],
    /// Empty blocks.
    empty: *mut Block,
    /// Blocks that held something after the last collection.
    in_use: usize,
}

/// Blocks of a chunk. The libraries alone use twenty; the system gives memory as
/// it is touched.
const CHUNK: usize = 32;

/// Takes the first block off a list.
///
/// # Safety
/// `list` is the head of a list of blocks.
unsafe fn pop(list: &mut *mut Block) -> Option<*mut Block> {
    let block = *list;
    if block.is_null() {
        return None;
    }
    // SAFETY: blocks in lists are formatted.
    *list = unsafe { (*block).next };
    Some(block)
}

/// # Safety
/// `block` is in no list.
unsafe fn push(list: &mut *mut Block, block: *mut Block) {
    // SAFETY: blocks in lists are formatted.
    unsafe { (*block).next = *list };
    *list = block;
}

/// # Safety
/// `block` is in no list; `tail` is the last block of the list, or null.
unsafe fn append(list: &mut *mut Block, tail: &mut *mut Block, block: *mut Block) {
    // SAFETY: blocks in lists are formatted.
    unsafe {
        (*block).next = std::ptr::null_mut();
        if tail.is_null() {
            *list = block;
        } else {
            (**tail).next = block;
        }
    }
    *tail = block;
}

impl Blocks {
    pub fn new() -> Blocks {
        let null = std::ptr::null_mut();
        Blocks {
            chunks: Vec::new(),
            available: [[null; CLASSES]; SPACES],
            dirty: [null; CLASSES],
            empty: null,
            in_use: 0,
        }
    }

    /// A block from a chunk that has not been used yet.
    fn fresh_block(&mut self) -> Option<*mut Block> {
        let chunk = self.chunks.last_mut()?;
        (chunk.fresh < chunk.blocks).then(|| {
            chunk.fresh += 1;
            chunk.block(chunk.fresh - 1)
        })
    }

    /// Gets a new chunk, a smaller one if the system has no large one.
    fn new_chunk(&mut self) -> Result<(), AllocError> {
        self.chunks.try_reserve(1).map_err(|_| AllocError)?;
        if let Some(base) = super::spare::take() {
            self.chunks.push(Chunk { base, blocks: CHUNK, fresh: 0 });
            return Ok(());
        }
        let mut blocks = CHUNK;
        while blocks > 0 {
            let layout = Chunk::layout(blocks).ok_or(AllocError)?;
            // SAFETY: the layout's size is not 0.
            let base = unsafe { std::alloc::alloc(layout) } as *mut Block;
            if !base.is_null() {
                self.chunks.push(Chunk { base, blocks, fresh: 0 });
                return Ok(());
            }
            blocks /= 4;
        }
        Err(AllocError)
    }

    /// Takes all marks away.
    pub fn clear_marks(&mut self) {
        for chunk in &self.chunks {
            for block in chunk.used_blocks() {
                // SAFETY: used blocks are formatted.
                unsafe { (*block).marks.fill(0) };
            }
        }
    }

    /// Calls `f` for each marked object that is no string; `f` may mark more.
    pub fn for_each_marked(&self, mut f: impl FnMut(*mut Header)) {
        for chunk in &self.chunks {
            for block in chunk.used_blocks() {
                // SAFETY: used blocks are formatted; a marked cell of the space
                // of objects holds an object.
                unsafe {
                    if (*block).space != Space::Objects || (*block).usage != Usage::Used {
                        continue;
                    }
                    for word in 0..(*block).marks.len() {
                        let mut bits = (&(*block).marks)[word];
                        while bits != 0 {
                            let granule = word * 64 + bits.trailing_zeros() as usize;
                            bits &= bits - 1;
                            f(block.byte_add(granule * GRANULE) as *mut Header);
                        }
                    }
                }
            }
        }
    }

    /// Bytes of all chunks.
    #[cfg(test)]
    pub fn reserved(&self) -> usize {
        self.chunks.iter().map(|c| c.blocks * BLOCK_SIZE).sum()
    }

    /// Gives all memory back.
    ///
    /// # Safety
    /// Nothing refers to any cell.
    pub unsafe fn free_all(&mut self) {
        for chunk in self.chunks.drain(..) {
            // SAFETY: nothing refers to it; chunks of this size are all alike.
            if chunk.blocks == CHUNK && unsafe { super::spare::keep(chunk.base) } {
                continue;
            }
            if let Some(layout) = Chunk::layout(chunk.blocks) {
                // SAFETY: allocated with this layout in `new_chunk`.
                unsafe { std::alloc::dealloc(chunk.base as *mut u8, layout) };
            }
        }
    }
}

impl Heap {
    /// A cell of `class`, uninitialised (in the space of strings, see `refill`).
    ///
    /// # Safety
    /// The caller initialises the cell before anything else is asked of the
    /// heap.
    #[inline(always)]
    pub(super) unsafe fn alloc_cell(
        &mut self,
        space: Space,
        class: usize,
    ) -> Result<*mut u8, AllocError> {
        let run = &mut self.runs[space as usize][class];
        let cell = run.bump;
        if cell == run.limit {
            // SAFETY: the run is used up.
            return unsafe { self.refill(space, class) };
        }
        run.bump = cell.wrapping_add(CELL_SIZES[class] as usize);
        Ok(cell)
    }

    /// Bytes of free cells that `used` counts.
    pub(super) fn ungranted(&self) -> usize {
        self.runs.iter().flatten().map(Run::ungranted).sum()
    }

    /// Replaces a used-up run by another one and takes its first cell.
    ///
    /// # Safety
    /// The run of this space and class has no cell left.
    #[cold]
    #[inline(never)]
    unsafe fn refill(&mut self, space: Space, class: usize) -> Result<*mut u8, AllocError> {
        let cell = CELL_SIZES[class] as usize;
        let mut most = cell;
        if self.stress {
            self.request(cell)?;
        } else {
            let grant = (self.account.grant / cell).max(1) * cell;
            match self.reserve(grant) {
                Ok(()) => most = grant,
                Err(AllocError) => self.reserve(cell)?,
            }
        }
        // SAFETY: the run's block, if there is one, is of this space and class.
        unsafe {
            let mut block = self.runs[space as usize][class].block;
            let (start, end) = loop {
                if !block.is_null()
                    && let Some(run) = (*block).next_run()
                {
                    break run;
                }
                block = self.next_block(space, class)?;
            };
            let end = end.min(start + most);
            (*block).cursor = end as u32;
            if space == Space::Strings {
                self.unlink_dead(block, start, end);
                (*block).fresh = (*block).fresh.max(end as u32);
            }
            self.used += end - start;
            let first = block.byte_add(start) as *mut u8;
            self.runs[space as usize][class] =
                Run { bump: first.add(cell), limit: block.byte_add(end) as *mut u8, block };
            Ok(first)
        }
    }

    /// A block with free cells for the space and class, taken out of its list.
    ///
    /// # Safety
    /// The lists are in order.
    unsafe fn next_block(&mut self, space: Space, class: usize) -> Result<*mut Block, AllocError> {
        // SAFETY: blocks in the list of empty ones hold nothing; fresh ones are
        // uninitialised memory of a chunk.
        unsafe {
            if let Some(block) = pop(&mut self.blocks.available[space as usize][class]) {
                return Ok(block);
            }
            if space == Space::Strings
                && let Some(block) = pop(&mut self.blocks.dirty[class])
            {
                (*block).usage = Usage::Used;
                return Ok(block);
            }
            let mut block = pop(&mut self.blocks.empty);
            if block.is_none() {
                block = self.clean_block();
            }
            if block.is_none() {
                block = self.blocks.fresh_block();
            }
            let block = match block {
                Some(block) => block,
                None => {
                    self.blocks.new_chunk()?;
                    self.blocks.fresh_block().ok_or(AllocError)?
                }
            };
            Block::format(block, space, class);
            Ok(block)
        }
    }

    /// Takes a block of dead strings and unlinks them. A block with a string
    /// that was found again becomes an available one instead.
    ///
    /// # Safety
    /// The lists are in order.
    unsafe fn clean_block(&mut self) -> Option<*mut Block> {
        for class in 0..CLASSES {
            // SAFETY: dirty blocks are blocks of strings.
            unsafe {
                while let Some(block) = pop(&mut self.blocks.dirty[class]) {
                    self.unlink_dead(block, FIRST, (*block).fresh as usize);
                    if (*block).occupied.iter().all(|&word| word == 0) {
                        return Some(block);
                    }
                    (*block).usage = Usage::Used;
                    push(&mut self.blocks.available[Space::Strings as usize][class], block);
                }
            }
        }
        None
    }

    /// Takes the dead strings between two offsets out of the intern table.
    ///
    /// # Safety
    /// `block` is a block of strings; `start` is the offset of a cell.
    unsafe fn unlink_dead(&mut self, block: *mut Block, start: usize, end: usize) {
        // SAFETY: below `fresh`, each cell holds a string, live or dead, or a
        // header of kind 0.
        unsafe {
            const AHEAD: usize = 4;
            let end = end.min((*block).fresh as usize);
            let cell = (*block).cell as usize;
            let mut offset = start;
            while offset < end {
                if offset + AHEAD * cell < end {
                    let later = block.byte_add(offset + AHEAD * cell) as *mut StringObject;
                    self.interned.prefetch((*later).header.word);
                }
                let string = block.byte_add(offset) as *mut StringObject;
                if (*string).header.kind != 0 && !(*block).is_occupied(offset) {
                    self.interned.remove(string);
                    (*string).header.kind = 0;
                }
                offset += cell;
            }
        }
    }

    /// Ends all runs: the cells that are left belong to their blocks again.
    pub(super) fn retract_runs(&mut self) {
        for (space, runs) in self.runs.iter_mut().enumerate() {
            for run in runs {
                let left = run.ungranted();
                if left == 0 {
                    continue;
                }
                // SAFETY: a run's cells lie in its block; those of strings get
                // the header that `unlink_dead` passes by.
                unsafe {
                    (*run.block).cursor = (run.bump.addr() - run.block.addr()) as u32;
                    if space == Space::Strings as usize {
                        let mut cell = run.bump;
                        while cell != run.limit {
                            (*(cell as *mut Header)).kind = 0;
                            cell = cell.add((*run.block).cell as usize);
                        }
                    }
                }
                run.limit = run.bump;
                self.used -= left;
            }
        }
    }

    /// The end of a collection: what is not marked is free. Blocks are sorted
    /// into their lists anew; whole chunks that are empty go back to the system.
    ///
    /// # Safety
    /// All cells in use are marked.
    pub(super) unsafe fn census(&mut self, keep_marks: bool, thorough: bool) {
        self.interned.forget_recent();
        self.retract_runs();
        self.runs = [[Run::NONE; CLASSES]; SPACES];
        self.freed = [std::ptr::null_mut(); CLASSES];
        let spare = (self.blocks.in_use / 8).max(16);
        let mut blocks = std::mem::replace(&mut self.blocks, Blocks::new());
        let mut chunks = std::mem::take(&mut blocks.chunks);
        let mut tails = Tails::new(&mut blocks);
        let (mut bytes, mut in_use, mut empty, mut strings) = (0, 0, 0, 0);
        // Bounds what is unlinked in one go.
        let mut cleanable = if thorough { usize::MAX } else { 64 };
        chunks.retain(|chunk| {
            let mut live = 0;
            for block in chunk.used_blocks() {
                // SAFETY: used blocks are formatted; the caller says that marks
                // are complete.
                unsafe {
                    if self.stress {
                        poison(block);
                    }
                    let counted = count_block(block, keep_marks);
                    live += counted;
                    if (*block).space == Space::Strings {
                        strings += counted;
                    }
                }
            }
            if live == 0 && chunk.fresh > 0 && empty >= spare && cleanable >= chunk.fresh {
                cleanable -= chunk.fresh;
                for block in chunk.used_blocks() {
                    // SAFETY: nothing in the chunk is in use; its strings are
                    // taken out of the intern table before it goes.
                    unsafe {
                        if (*block).space == Space::Strings {
                            self.unlink_dead(block, FIRST, (*block).fresh as usize);
                        }
                    }
                }
                if let Some(layout) = Chunk::layout(chunk.blocks) {
                    // SAFETY: allocated with this layout.
                    unsafe { std::alloc::dealloc(chunk.base as *mut u8, layout) };
                }
                return false;
            }
            bytes += live;
            for block in chunk.used_blocks() {
                // SAFETY: the block is formatted and in no list any more.
                let used = unsafe { tails.sort(block) };
                in_use += used as usize;
                empty += !used as usize;
            }
            true
        });
        blocks.chunks = chunks;
        blocks.in_use = in_use;
        self.blocks = blocks;
        self.used = self.external + bytes;
        self.interned.live_bytes = strings;
        self.account.grant = (bytes / 256).clamp(4096, BLOCK_SIZE);
    }

    /// Brings a dead short string back to life, if it is one: the intern table
    /// found it.
    ///
    /// # Safety
    /// `string` is in the intern table.
    #[inline(always)]
    pub(super) unsafe fn revive(&mut self, string: *mut StringObject) {
        let block = block_of(string);
        let offset = string.addr() - block.addr();
        // SAFETY: an interned string is a cell. Below the cursor it was made
        // since the last collection, or is counted already.
        unsafe {
            if offset >= (*block).cursor as usize {
                let (word, bit) = super::block::bit_of(string);
                let occupied = (&raw mut (*block).occupied).cast::<u64>().add(word);
                if *occupied & bit == 0 {
                    *occupied |= bit;
                    self.used += (*block).cell as usize;
                }
            }
        }
    }
}

/// Overwrites the cells of a block that were in use and are dead, so that a test
/// notices if they are still used. Strings are left: they may be found again.
///
/// # Safety
/// `block` is formatted; marking is complete.
unsafe fn poison(block: *mut Block) {
    // SAFETY: cells below the cursor lie in the block; nothing refers to those
    // that are not marked.
    unsafe {
        if (*block).space == Space::Strings {
            return;
        }
        let cell = (*block).cell as usize;
        let mut offset = FIRST;
        while offset < (*block).cursor as usize {
            let start = block.byte_add(offset) as *mut u8;
            if !super::block::has_mark(start) {
                start.write_bytes(0xa5, cell);
            }
            offset += cell;
        }
    }
}

/// Bytes of the marked cells of a block, which become the occupied ones.
///
/// # Safety
/// `block` is formatted.
unsafe fn count_block(block: *mut Block, keep_marks: bool) -> usize {
    // SAFETY: nobody else has a reference into the header.
    let block = unsafe { &mut *block };
    let live = block.count_marks();
    block.occupied = block.marks;
    if !keep_marks {
        block.marks.fill(0);
    }
    block.cursor = FIRST as u32;
    live * block.cell as usize
}

/// The ends of the lists while a census builds them, in order of address
/// within each chunk: older blocks are filled first.
struct Tails<'a> {
    blocks: &'a mut Blocks,
    available: [[*mut Block; CLASSES]; SPACES],
    empty: *mut Block,
}

impl<'a> Tails<'a> {
    fn new(blocks: &'a mut Blocks) -> Self {
        let null = std::ptr::null_mut();
        blocks.available = [[null; CLASSES]; SPACES];
        blocks.dirty = [null; CLASSES];
        blocks.empty = null;
        Tails { blocks, available: [[null; CLASSES]; SPACES], empty: null }
    }

    /// Puts a block into the list it belongs to; whether it holds anything.
    ///
    /// # Safety
    /// `block` is formatted, counted and in no list.
    unsafe fn sort(&mut self, block: *mut Block) -> bool {
        // SAFETY: a formatted block's header may be written; as it is in no list,
        // its link is free.
        unsafe {
            let class = (*block).class as usize;
            let space = (*block).space as usize;
            let live: u32 = (*block).occupied.iter().map(|w| w.count_ones()).sum();
            if live == 0 {
                if (*block).space == Space::Strings {
                    (*block).usage = Usage::Dirty;
                    push(&mut self.blocks.dirty[class], block);
                } else {
                    (*block).usage = Usage::Empty;
                    append(&mut self.blocks.empty, &mut self.empty, block);
                }
                return false;
            }
            (*block).usage = Usage::Used;
            let count = ((*block).end as usize - FIRST) / (*block).cell as usize;
            // A block that is nearly full is not worth a visit.
            if live as usize + count / 32 < count {
                append(
                    &mut self.blocks.available[space][class],
                    &mut self.available[space][class],
                    block,
                );
            }
            true
        }
    }
}
