//! Weak tables.
//!
//! They are traversed for good in the atomic phase. There, an entry of an
//! ephemeron table whose key is white goes into [`Watch`]; when the key is
//! reached later, its value is marked with it. So ephemerons cost the same
//! however their entries depend on each other.

use super::block::set_mark;
use super::mark::{Marker, is_marked, is_white};
use crate::object::{Header, Node, StringObject, Table};
use crate::value::{RawValue, tag};

/// How a table holds its entries.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Weakness {
    Strong,
    /// Weak values.
    Values,
    /// Weak keys: an entry is as alive as its key.
    Ephemeron,
    /// Both.
    All,
}

impl Weakness {
    /// What the metatable `meta` asks for.
    ///
    /// # Safety
    /// `meta` is a live table, `mode_name` the interned string `__mode`.
    pub unsafe fn of(meta: *mut Table, mode_name: *mut StringObject) -> Weakness {
        // SAFETY: both are live; a short string's payload is a string.
        unsafe {
            let mode = crate::table::get_short_string(meta, mode_name);
            if mode.tag != tag::SHORT_STRING {
                return Weakness::Strong;
            }
            let mode = StringObject::bytes(mode.as_string());
            match (mode.contains(&b'k'), mode.contains(&b'v')) {
                (false, false) => Weakness::Strong,
                (false, true) => Weakness::Values,
                (true, false) => Weakness::Ephemeron,
                (true, true) => Weakness::All,
            }
        }
    }
}

/// White keys of ephemeron tables, with the values that live if they do: a
/// hash table whose chains run through `entries`.
#[derive(Default)]
pub(super) struct Watch {
    /// Index + 1 of each chain's first entry. The length is a power of two.
    slots: Vec<u32>,
    entries: Vec<Watched>,
}

struct Watched {
    key: usize,
    value: RawValue,
    /// Index + 1 of the chain's next entry.
    next: u32,
}

impl Watch {
    #[inline(always)]
    pub fn is_active(&self) -> bool {
        !self.entries.is_empty()
    }

    pub fn clear(&mut self) {
        *self = Watch::default();
    }

    fn slot(&self, key: usize) -> usize {
        (key as u64 >> 4).wrapping_mul(0x9e37_79b9_7f4a_7c15) as usize >> 7 & (self.slots.len() - 1)
    }

    /// Adds an entry; false if memory runs out.
    fn add(&mut self, key: usize, value: RawValue) -> bool {
        if self.entries.len() == self.slots.len() && !self.grow() {
            return false;
        }
        let slot = self.slot(key);
        self.entries.push(Watched { key, value, next: self.slots[slot] });
        self.slots[slot] = self.entries.len() as u32;
        true
    }

    fn grow(&mut self) -> bool {
        let size = (self.slots.len() * 2).max(64);
        let more = size - self.entries.len();
        if size > u32::MAX as usize / 2
            || self.slots.try_reserve_exact(size - self.slots.len()).is_err()
            || self.entries.try_reserve_exact(more).is_err()
        {
            return false;
        }
        self.slots.clear();
        self.slots.resize(size, 0);
        for i in 0..self.entries.len() {
            let slot = self.slot(self.entries[i].key);
            self.entries[i].next = self.slots[slot];
            self.slots[slot] = i as u32 + 1;
        }
        true
    }
}

/// Turns the white key of an empty node into a dead one: the object may go,
/// the node keeps its place in the chain.
///
/// # Safety
/// `node` is a node without a value.
#[inline(always)]
pub(super) unsafe fn clear_key(node: *mut Node) {
    // SAFETY: tags from SHORT_STRING to before DEAD_KEY belong to objects.
    unsafe {
        let key_tag = (*node).key_tag;
        if key_tag >= tag::SHORT_STRING
            && key_tag != tag::DEAD_KEY
            && !is_marked((*node).key_payload as *mut Header)
        {
            (*node).key_tag = tag::DEAD_KEY;
        }
    }
}

/// # Safety
/// `node` is a node of a live table.
#[inline(always)]
unsafe fn key_of(node: *mut Node) -> RawValue {
    // SAFETY: both halves of a key are always initialised, in an empty node too.
    unsafe { RawValue { payload: (*node).key_payload, tag: (*node).key_tag } }
}

/// # Safety
/// `node` is a node of a live table.
#[inline(always)]
unsafe fn value_of(node: *mut Node) -> RawValue {
    // SAFETY: both halves of a value are always initialised.
    unsafe { RawValue { payload: (*node).value_payload, tag: (*node).value_tag } }
}

/// The nodes of a table, as addresses of the first one and behind the last.
///
/// # Safety
/// `table` is a live table.
unsafe fn nodes(table: *mut Table) -> impl Iterator<Item = *mut Node> {
    // SAFETY: a table has as many nodes as `node_count` says.
    unsafe {
        let count = crate::table::node_count(table);
        let first = (*table).nodes;
        (0..count).map(move |i| first.add(i))
    }
}

impl Marker {
    /// Marks the values that wait for `key`, which was just reached.
    ///
    /// # Safety
    /// The watched values' objects are on the heap.
    #[cold]
    pub(super) unsafe fn mark_watched(&mut self, key: *mut Header) {
        let mut index = self.watch.slots[self.watch.slot(key.addr())];
        while index != 0 {
            let entry = &self.watch.entries[index as usize - 1];
            index = entry.next;
            if entry.key == key.addr() {
                let value = entry.value;
                // SAFETY: a watched value is in a table that was reached in this cycle.
                unsafe { self.mark_value(value) };
            }
        }
    }

    /// Whether an entry with this key or value is to be removed: its object is
    /// white. Strings are values to a script, so they are marked instead.
    ///
    /// # Safety
    /// The object of `v`, if any, is on the heap.
    unsafe fn is_cleared(&mut self, v: RawValue) -> bool {
        // SAFETY: an object that dies is still intact, as nothing
        // is reused before the cycle ends.
        unsafe {
            if v.tag == tag::SHORT_STRING {
                set_mark(v.as_header());
                false
            } else if v.tag == tag::LONG_STRING {
                self.mark_value(v);
                false
            } else {
                v.tag != tag::DEAD_KEY && is_white(v)
            }
        }
    }

    /// Traverses a weak table as far as its entries live in any case, and puts
    /// it where it will be looked at again.
    ///
    /// # Safety
    /// `table` is a live table.
    pub(super) unsafe fn traverse_weak(&mut self, table: *mut Table, weakness: Weakness) {
        // SAFETY: each of the traversals asks for a live table, which this one is.
        unsafe {
            match weakness {
                Weakness::Values => self.traverse_weak_values(table),
                Weakness::Ephemeron => self.traverse_ephemeron(table),
                Weakness::All | Weakness::Strong => {
                    if self.atomic {
                        if self.all_weak.try_reserve(1).is_ok() {
                            self.all_weak.push(table);
                        } else {
                            self.keep_all(table);
                        }
                    }
                }
            }
            if !self.atomic {
                self.push_again(table as *mut Header);
            }
        }
    }

    /// Marks all of a weak table that cannot be remembered for clearing.
    ///
    /// # Safety
    /// `table` is a live table.
    unsafe fn keep_all(&mut self, table: *mut Table) {
        // SAFETY: slots and nodes of a live table are initialised; their objects
        // have not been freed.
        unsafe {
            for i in 0..(*table).array_size as usize {
                self.mark_value(*(*table).array.add(i));
            }
            for node in nodes(table) {
                if (*node).value_tag == tag::NIL {
                    clear_key(node);
                } else {
                    self.mark_value(key_of(node));
                    self.mark_value(value_of(node));
                }
            }
        }
    }

    /// # Safety
    /// `table` is a live table.
    unsafe fn traverse_weak_values(&mut self, table: *mut Table) {
        // SAFETY: the hash part is not changed while its nodes are visited.
        unsafe {
            let mut has_white = (*table).array_size != 0;
            for node in nodes(table) {
                self.work += size_of::<Node>();
                if (*node).value_tag == tag::NIL {
                    clear_key(node);
                } else {
                    self.mark_value(key_of(node));
                    has_white |= is_white(value_of(node));
                }
            }
            if self.atomic && has_white {
                if self.weak_values.try_reserve(1).is_ok() {
                    self.weak_values.push(table);
                } else {
                    self.keep_all(table);
                }
            }
        }
    }

    /// # Safety
    /// `table` is a live table.
    unsafe fn traverse_ephemeron(&mut self, table: *mut Table) {
        // SAFETY: the array has `array_size` slots, and marking does not move them.
        unsafe {
            for i in 0..(*table).array_size as usize {
                self.mark_value(*(*table).array.add(i));
            }
            self.work += (*table).array_size as usize * size_of::<RawValue>();
            let mut has_white = false;
            for node in nodes(table) {
                self.work += size_of::<Node>();
                let key = key_of(node);
                if (*node).value_tag == tag::NIL {
                    clear_key(node);
                } else if !self.is_cleared(key) {
                    self.mark_value(value_of(node));
                } else if self.keeps_values {
                    has_white |= self.atomic;
                    self.mark_value(value_of(node));
                } else if self.atomic {
                    has_white = true;
                    let value = value_of(node);
                    if is_white(value) && !self.watch.add(key.as_header().addr(), value) {
                        self.mark_value(value);
                    }
                }
            }
            if has_white {
                if self.ephemerons.try_reserve(1).is_ok() {
                    self.ephemerons.push(table);
                } else {
                    self.keep_all(table);
                }
            }
        }
    }

    /// Removes the entries with white values of the tables in `list`.
    ///
    /// # Safety
    /// The tables are live; marking has come to its end.
    pub(super) unsafe fn clear_by_values(&mut self, list: &[*mut Table]) {
        for &table in list {
            // SAFETY: a table in the list was reached in this cycle; clearing an
            // entry moves nothing.
            unsafe {
                for i in 0..(*table).array_size as usize {
                    let slot = (*table).array.add(i);
                    if self.is_cleared(*slot) {
                        (*slot).tag = tag::NIL;
                    }
                }
                for node in nodes(table) {
                    if self.is_cleared(value_of(node)) {
                        (*node).value_tag = tag::NIL;
                    }
                    if (*node).value_tag == tag::NIL {
                        clear_key(node);
                    }
                }
            }
        }
    }

    /// Removes the entries with white keys of the tables in `list`.
    ///
    /// # Safety
    /// The tables are live; marking has come to its end.
    pub(super) unsafe fn clear_by_keys(&mut self, list: &[*mut Table]) {
        for &table in list {
            // SAFETY: as nothing moves in a table while its keys are cleared, its
            // nodes stay valid.
            unsafe {
                for node in nodes(table) {
                    if (*node).value_tag != tag::NIL && self.is_cleared(key_of(node)) {
                        (*node).value_tag = tag::NIL;
                    }
                    if (*node).value_tag == tag::NIL {
                        clear_key(node);
                    }
                }
            }
        }
    }
}
