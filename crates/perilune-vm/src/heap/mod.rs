//! The heap and its collector.
//!
//! Objects of up to 2 KiB live in cells of blocks (`block`, `cells`), larger ones
//! have their own allocation (`large`). Strings of up to 40 bytes exist once
//! (`strings`). Every byte is counted (`account`).
//!
//! The collector marks what is reachable (`mark`, `weak`), step by step while the
//! program runs on; a barrier after each store of a reference keeps it correct.
//! There is no sweep: at the end of a cycle the marks become the map of occupied
//! cells (`collect`). In generational mode the marks stay, so that what they
//! cover is not looked at again until it is written to.
//!
//! Colours are kept in the blocks; objects have only flags ([`flag`]).
//! `TRAVERSED` says that a store into the object must be noticed. It may be
//! stale, from an earlier cycle: the barrier's slow path takes it away then.

mod account;
mod block;
mod cells;
mod collect;
mod control;
mod finalize;
mod hash;
mod large;
mod mark;
mod spare;
mod strings;
#[cfg(test)]
mod tests;
mod weak;

pub use account::Meter;
pub(crate) use collect::{full, step};
pub(crate) use control::{Answer, Mode, Request, control};
pub(crate) use mark::{Marker, is_marked};

use crate::object::{Header, Table, Thread, flag};
use crate::value::{RawValue, tag};
use perilune_syntax::{Borders, NumberPlaces};

use block::{CLASSES, SPACES, Space};
use cells::Run;

/// The cap is reached, the system has no more memory, or a test asked for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AllocError;

/// The heap of a state.
pub(crate) struct Heap {
    runs: [[Run; CLASSES]; SPACES],
    /// Parts that were freed since the last collection, as lists.
    freed: [*mut u8; CLASSES],
    /// Bytes in use; the free cells of the current runs included.
    used: usize,
    /// `used` from which a collection step is due.
    trigger: usize,
    /// Marks are valid and have to be kept so: a cycle runs, or the mode is
    /// generational.
    recording: bool,
    /// A test's switches are on: each allocation takes the slow path.
    stress: bool,
    /// A collection runs.
    collecting: bool,
    /// Nothing is freed at the end.
    leaks: bool,
    /// The part of `used` that is not in cells.
    external: usize,
    blocks: cells::Blocks,
    interned: strings::Interned,
    large: large::Large,
    marker: Marker,
    account: account::Account,
    pacing: collect::Pacing,
    finalizers: finalize::Finalizers,
    owners: finalize::Owners,
    /// What makes the search for a border in hash parts unpredictable; 0 = it is
    /// not.
    search_noise: u32,
    tables: TableRules,
    /// Flags of new tables.
    table_flags: u8,
    /// What destructors panicked with.
    panics: Vec<String>,
    /// Payloads of objects that may not leave their OS thread.
    local_payloads: usize,
}

/// How tables grow and are measured: what the dialect's table says.
#[derive(Clone, Copy)]
pub(crate) struct TableRules {
    pub borders: Borders,
    pub arrays_by_memory: bool,
    pub nil_makes_keys: bool,
    pub number_places: NumberPlaces,
}

impl Heap {
    /// An empty heap. `seed` makes the hashes of strings unpredictable.
    pub(crate) fn new(seed: u64) -> Result<Heap, AllocError> {
        let interned = strings::Interned::new(seed)?;
        let mut marker = Marker::default();
        if !marker.reserve() {
            return Err(AllocError);
        }
        let mut heap = Heap {
            runs: [[Run::NONE; CLASSES]; SPACES],
            freed: [std::ptr::null_mut(); CLASSES],
            used: 0,
            trigger: 0,
            recording: false,
            stress: false,
            collecting: false,
            leaks: false,
            external: 0,
            blocks: cells::Blocks::new(),
            interned,
            large: large::Large::new(),
            marker,
            account: account::Account::new(),
            pacing: collect::Pacing::new(),
            finalizers: finalize::Finalizers::default(),
            owners: finalize::Owners::default(),
            search_noise: 0,
            tables: TableRules {
                borders: Borders::Hinted,
                arrays_by_memory: false,
                nil_makes_keys: false,
                number_places: NumberPlaces::Remainders,
            },
            table_flags: 0,
            panics: Vec::new(),
            local_payloads: 0,
        };
        heap.add_external(heap.interned.bytes());
        heap.set_pause();
        Ok(heap)
    }

    /// How tables grow and are measured.
    pub(crate) fn tables(&self) -> TableRules {
        self.tables
    }

    pub(crate) fn set_tables(&mut self, rules: TableRules) {
        self.tables = rules;
        self.table_flags = crate::table::flags_of(rules.number_places);
    }

    /// What the header of a new table says.
    #[inline(always)]
    pub(crate) fn table_flags(&self) -> u8 {
        self.table_flags
    }

    pub(crate) fn search_noise(&self) -> u32 {
        self.search_noise
    }

    pub(crate) fn set_search_noise(&mut self, noise: u32) {
        self.search_noise = noise;
    }

    /// An object of `size` bytes, its header included. The header is written,
    /// the rest is uninitialised. Never collects.
    ///
    /// # Safety
    /// The object is initialised before anything can collect.
    #[inline(always)]
    pub(crate) unsafe fn alloc(
        &mut self,
        size: usize,
        kind: u8,
    ) -> Result<*mut Header, AllocError> {
        if size > block::MAX_CELL {
            return self.alloc_large(size, kind);
        }
        // SAFETY: a cell of the class has room for `size` bytes, a header at
        // least.
        unsafe {
            let object = self.alloc_cell(Space::Objects, block::class_of(size))? as *mut Header;
            object.write(Header::new(kind));
            Ok(object)
        }
    }

    /// To be called after a reference to a heap object was stored in `parent`
    /// by whatever way; for a thread, before it runs again.
    ///
    /// # Safety
    /// `parent` is a live object.
    #[inline(always)]
    pub(crate) unsafe fn barrier(&mut self, parent: *mut Header) {
        // SAFETY: the parent is live, so its flags may be read.
        unsafe {
            if (*parent).flags & flag::TRAVERSED != 0 {
                self.barrier_slow(parent, RawValue::NIL);
            }
        }
    }

    /// To be called after `v` was stored in `parent`, also if it came from the
    /// same object. Better than `barrier` for large tables.
    ///
    /// # Safety
    /// `parent` is a live object, `v` a live value.
    #[inline(always)]
    pub(crate) unsafe fn barrier_value(&mut self, parent: *mut Header, v: RawValue) {
        // SAFETY: the flags are read only if `v` is an object.
        unsafe {
            if v.is_collectable() && (*parent).flags & flag::TRAVERSED != 0 {
                self.barrier_slow(parent, v);
            }
        }
    }

    /// Keeps the invariant that no traversed object refers to a white one: marks
    /// the value, or has the parent traversed again.
    ///
    /// # Safety
    /// As `barrier_value`; `v` is nil if what was stored is not known.
    #[cold]
    #[inline(never)]
    unsafe fn barrier_slow(&mut self, parent: *mut Header, v: RawValue) {
        // SAFETY: marks of live objects may be asked for at any time, and are kept
        // if `recording`.
        unsafe {
            if !self.recording || !mark::is_marked(parent) {
                // Left over from an earlier cycle.
                (*parent).flags &= !flag::TRAVERSED;
                return;
            }
            if v.is_collectable() {
                if mark::is_marked(v.as_header()) {
                    return;
                }
                let forward = if (*parent).kind == tag::TABLE {
                    let table = parent as *mut Table;
                    (*parent).flags & flag::WEAK == 0
                        && (*table).array_size as u64 + (*table).hash_mask as u64 > 64
                } else {
                    (*parent).kind != tag::THREAD
                };
                if forward {
                    self.marker.mark_value(v);
                    return;
                }
            }
            (*parent).flags &= !flag::TRAVERSED;
            if (*parent).kind == tag::THREAD {
                self.marker.thread_runs(parent as *mut Thread);
            } else {
                self.marker.push_again(parent);
            }
        }
    }
}

impl Heap {
    /// The memory will not be given back when the heap goes.
    pub(crate) fn leak(&mut self) {
        self.leaks = true;
    }
}

impl Drop for Heap {
    fn drop(&mut self) {
        if self.leaks {
            return;
        }
        // SAFETY: the state goes, so nothing refers to any object any more.
        // Owners are released while the memory of all objects still exists.
        unsafe {
            self.release_all_owners();
            self.free_all_large();
            self.blocks.free_all();
        }
    }
}
