//! Memory with its own allocation: objects above `MAX_CELL`, and large parts of
//! tables.
//!
//! A large object lies behind a [`Prefix`] of 24 bytes, so that its address is 8
//! modulo 16, while every cell's is 0: the address alone tells them apart.

use super::block::{GRANULE, Space};
use super::{AllocError, Heap, block};
use crate::object::{Header, Table, flag};
use std::alloc::Layout;

/// What lies before a large object.
#[repr(C)]
pub(super) struct Prefix {
    /// The next one of the list.
    pub next: *mut Prefix,
    /// Bytes of the allocation.
    size: usize,
    pad: usize,
}

const _: () = assert!(size_of::<Prefix>() % GRANULE == 8);

/// The large objects. New ones come first.
pub(super) struct Large {
    pub list: *mut Prefix,
    /// The first one that the last generational collection left.
    pub old: *mut Prefix,
    /// A list whose white objects are to be freed.
    pub sweeping: *mut Prefix,
}

/// Whether the object has its own allocation.
#[inline(always)]
pub(super) fn is_large(object: *mut Header) -> bool {
    object.addr() & 8 != 0
}

/// The object behind `prefix`.
///
/// # Safety
/// `prefix` belongs to a large object.
unsafe fn object_of(prefix: *mut Prefix) -> *mut Header {
    // SAFETY: the object lies in the same allocation.
    unsafe { prefix.add(1) as *mut Header }
}

fn part_layout(size: usize) -> Result<Layout, AllocError> {
    Layout::from_size_align(size, GRANULE).map_err(|_| AllocError)
}

impl Large {
    pub fn new() -> Large {
        let null = std::ptr::null_mut();
        Large { list: null, old: null, sweeping: null }
    }

    /// Takes the marks of all objects away.
    pub fn clear_marks(&mut self) {
        let mut prefix = self.list;
        while !prefix.is_null() {
            // SAFETY: the list holds live allocations.
            unsafe {
                (*object_of(prefix)).flags &= !flag::LARGE_MARK;
                prefix = (*prefix).next;
            }
        }
    }

    /// Calls `f` for each marked object.
    pub fn for_each_marked(&self, mut f: impl FnMut(*mut Header)) {
        let mut prefix = self.list;
        while !prefix.is_null() {
            // SAFETY: the list holds live allocations.
            unsafe {
                let object = object_of(prefix);
                if (*object).flags & flag::LARGE_MARK != 0 {
                    f(object);
                }
                prefix = (*prefix).next;
            }
        }
    }
}

/// Frees a large object.
///
/// # Safety
/// Nothing refers to it; it is in no list any more.
unsafe fn free(prefix: *mut Prefix) -> usize {
    // SAFETY: the allocation was made with this layout, in `alloc_large`.
    unsafe {
        let size = (*prefix).size;
        std::alloc::dealloc(prefix as *mut u8, Layout::from_size_align_unchecked(size, GRANULE));
        size
    }
}

impl Heap {
    /// An object with its own allocation.
    #[cold]
    #[inline(never)]
    pub(super) fn alloc_large(&mut self, size: usize, kind: u8) -> Result<*mut Header, AllocError> {
        let total = size.checked_add(size_of::<Prefix>()).ok_or(AllocError)?;
        let layout = Layout::from_size_align(total, GRANULE).map_err(|_| AllocError)?;
        self.request(total)?;
        // SAFETY: the layout's size is not 0; the prefix and a header fit in.
        unsafe {
            let prefix = std::alloc::alloc(layout) as *mut Prefix;
            if prefix.is_null() {
                return Err(AllocError);
            }
            prefix.write(Prefix { next: self.large.list, size: total, pad: 0 });
            self.large.list = prefix;
            self.add_external(total);
            let object = object_of(prefix);
            object.write(Header { flags: flag::LARGE, ..Header::new(kind) });
            Ok(object)
        }
    }

    /// Frees white objects of `large.sweeping`, at most `count`; whether the
    /// list is empty now. Survivors lose their mark unless `keep_marks`.
    ///
    /// # Safety
    /// Marks are as a finished cycle left them.
    pub(super) unsafe fn sweep_large(&mut self, mut count: usize, keep_marks: bool) -> bool {
        while !self.large.sweeping.is_null() {
            if count == 0 {
                return false;
            }
            count -= 1;
            let prefix = self.large.sweeping;
            // SAFETY: the list holds live allocations; an object without a mark
            // is unreachable.
            unsafe {
                self.large.sweeping = (*prefix).next;
                let object = object_of(prefix);
                if (*object).flags & flag::LARGE_MARK != 0 {
                    if !keep_marks {
                        (*object).flags &= !flag::LARGE_MARK;
                    }
                    (*prefix).next = self.large.list;
                    self.large.list = prefix;
                } else {
                    let size = free(prefix);
                    self.remove_external(size);
                }
            }
        }
        true
    }

    /// Frees white objects that are newer than the last generational
    /// collection; the marks stay.
    ///
    /// # Safety
    /// Marks are as a finished cycle left them.
    pub(super) unsafe fn sweep_new_large(&mut self) {
        let old = self.large.old;
        let mut prefix = std::mem::replace(&mut self.large.list, old);
        while prefix != old {
            // SAFETY: `old` is in the list, behind the new ones.
            unsafe {
                let next = (*prefix).next;
                if (*object_of(prefix)).flags & flag::LARGE_MARK != 0 {
                    (*prefix).next = self.large.list;
                    self.large.list = prefix;
                } else {
                    let size = free(prefix);
                    self.remove_external(size);
                }
                prefix = next;
            }
        }
        self.large.old = self.large.list;
    }

    /// Frees all large objects.
    ///
    /// # Safety
    /// Nothing refers to them any more.
    pub(super) unsafe fn free_all_large(&mut self) {
        for list in [self.large.list, self.large.sweeping] {
            let mut prefix = list;
            while !prefix.is_null() {
                // SAFETY: each is in one list only, and freed once.
                unsafe {
                    let next = (*prefix).next;
                    free(prefix);
                    prefix = next;
                }
            }
        }
        self.large = Large::new();
    }

    /// Memory for an array or nodes of `owner`, uninitialised. Its size is, for
    /// as long as it is the table's, what `array_bytes` or `node_bytes` say.
    ///
    /// # Safety
    /// `owner` is a live table.
    #[inline(always)]
    pub(crate) unsafe fn alloc_part(
        &mut self,
        owner: *mut Header,
        size: usize,
    ) -> Result<*mut u8, AllocError> {
        if size > block::MAX_CELL {
            // SAFETY: `owner` is as live as the caller says.
            return unsafe { self.alloc_large_part(owner, size) };
        }
        let class = block::class_of(size);
        let freed = self.freed[class];
        // SAFETY: a freed part is a cell of this class that nobody uses, and
        // holds the link to the next one.
        unsafe {
            let part = if freed.is_null() {
                self.alloc_cell(Space::Parts, class)?
            } else {
                self.freed[class] = *(freed as *mut *mut u8);
                self.used += block::CELL_SIZES[class] as usize;
                freed
            };
            if self.recording {
                self.mark_new_part(owner, part);
            }
            Ok(part)
        }
    }

    /// A part of a marked table is marked, and a traversal of its array in
    /// slices begins again.
    ///
    /// # Safety
    /// `owner` is a live table, `part` a cell.
    #[cold]
    unsafe fn mark_new_part(&mut self, owner: *mut Header, part: *mut u8) {
        // SAFETY: the owner's header is readable, and the part is a cell that was
        // just taken.
        unsafe {
            (*owner).flags &= !super::mark::SLICED;
            if super::mark::is_marked(owner) {
                block::set_mark(part);
            }
        }
    }

    /// # Safety
    /// `owner` is a live table.
    #[cold]
    #[inline(never)]
    unsafe fn alloc_large_part(
        &mut self,
        owner: *mut Header,
        size: usize,
    ) -> Result<*mut u8, AllocError> {
        let layout = part_layout(size)?;
        self.request(size)?;
        // SAFETY: the size is not 0; the owner is live.
        unsafe {
            self.own(owner)?;
            (*owner).flags &= !super::mark::SLICED;
            let part = std::alloc::alloc(layout);
            if part.is_null() {
                return Err(AllocError);
            }
            self.add_external(size);
            Ok(part)
        }
    }

    /// Frees a part of `size` bytes.
    ///
    /// # Safety
    /// `ptr` came from `alloc_part` or `realloc_part` with this size; nothing
    /// uses it any more.
    #[inline]
    pub(crate) unsafe fn free_part(&mut self, ptr: *mut u8, size: usize) {
        // SAFETY: parts above MAX_CELL have their own allocation of that size;
        // others are cells that nobody uses any more.
        unsafe {
            if size > block::MAX_CELL {
                if let Ok(layout) = part_layout(size) {
                    std::alloc::dealloc(ptr, layout);
                    self.remove_external(size);
                }
            } else {
                debug_assert_eq!((*block::block_of(ptr)).space, Space::Parts);
                block::clear_mark(ptr);
                if !self.stress {
                    let class = block::class_of(size);
                    *(ptr as *mut *mut u8) = self.freed[class];
                    self.freed[class] = ptr;
                    self.used -= block::CELL_SIZES[class] as usize;
                }
            }
        }
    }

    /// Memory of `new` bytes that begins with what the part had. On failure the
    /// part is as it was.
    ///
    /// # Safety
    /// As `alloc_part` and `free_part`.
    pub(crate) unsafe fn realloc_part(
        &mut self,
        owner: *mut Header,
        ptr: *mut u8,
        old: usize,
        new: usize,
    ) -> Result<*mut u8, AllocError> {
        // SAFETY: `ptr` has `old` bytes, the new part `new`; both layouts are
        // those of parts.
        unsafe {
            if old > block::MAX_CELL && new > block::MAX_CELL {
                if new > old {
                    self.request(new - old)?;
                }
                let part = std::alloc::realloc(ptr, part_layout(old)?, part_layout(new)?.size());
                if part.is_null() {
                    return Err(AllocError);
                }
                (*owner).flags &= !super::mark::SLICED;
                self.remove_external(old);
                self.add_external(new);
                return Ok(part);
            }
            let part = self.alloc_part(owner, new)?;
            std::ptr::copy_nonoverlapping(ptr, part, old.min(new));
            self.free_part(ptr, old);
            Ok(part)
        }
    }

    /// Frees the parts of a dead table that are no cells.
    ///
    /// # Safety
    /// Nothing refers to `table` any more.
    pub(super) unsafe fn free_table_parts(&mut self, table: *mut Table) {
        // SAFETY: the table tells its parts' sizes; nothing else looks at it.
        unsafe {
            let bytes = crate::table::array_bytes(table);
            if bytes > block::MAX_CELL {
                self.free_part((*table).array as *mut u8, bytes);
            }
            let bytes = crate::table::node_bytes(table);
            if bytes > block::MAX_CELL {
                self.free_part((*table).nodes as *mut u8, bytes);
            }
        }
    }
}
