//! Marking: from objects to the objects they refer to, without recursion.
//!
//! An object is *white* (no mark), *gray* (marked, and in `gray` or `slices`
//! waiting to be traversed) or *black* (marked and traversed). Strings get their
//! mark without being touched. If the gray list cannot grow, objects are marked
//! without entering it and `overflow` says that marked objects have to be
//! looked through for untraversed ones.

use super::block::{MAX_CELL, has_mark, set_mark};
use super::large::is_large;
use super::weak::{Watch, Weakness};
use crate::object::{
    Header, LuaClosure, NativeClosure, Node, PrototypeObject, StringObject, Table, Thread,
    ThreadStatus, Upvalue, Userdata, flag, userdata_flag,
};
use crate::value::{RawValue, tag};

/// Flag in `Header::flags`: a table whose array is being traversed in slices,
/// and whose parts have not been exchanged since.
pub(super) const SLICED: u8 = 64;

/// Slots of an array that are traversed at once.
const SLICE: u32 = 4096;

/// Objects whose memory is on its way while others are traversed.
const AHEAD: usize = 16;

/// What a traversal costs beside the bytes it reads, in bytes.
const OBJECT_COST: usize = 32;

/// The marking part of the collector; what roots are shown to.
#[derive(Default)]
pub(crate) struct Marker {
    gray: Vec<*mut Header>,
    /// Tables with the next array slot to traverse.
    slices: Vec<(*mut Table, u32)>,
    /// Marked objects to be traversed again in the atomic phase.
    pub(super) again: Vec<*mut Header>,
    /// Tables to be cleared, found in the atomic phase.
    pub(super) weak_values: Vec<*mut Table>,
    pub(super) ephemerons: Vec<*mut Table>,
    pub(super) all_weak: Vec<*mut Table>,
    pub(super) watch: Watch,
    /// There may be marked objects that are in no list.
    pub(super) overflow: bool,
    /// The atomic phase runs: nothing changes any more until the cycle ends.
    pub(super) atomic: bool,
    /// What is reached now is reached from dying objects alone.
    pub(super) resurrecting: bool,
    /// Userdata found then, whose Rust values are to be dropped.
    pub(super) resurrected: Vec<*mut Header>,
    /// Tables with weak keys keep all their values alive.
    pub(super) keeps_values: bool,
    /// Bytes traversed.
    pub(super) work: usize,
    /// The interned string `__mode`.
    pub(super) mode_name: *mut StringObject,
    mode_cache: Option<(*mut Table, Weakness)>,
    /// Threads traversed, and threads that were sent back to the gray list
    /// because they ran afterwards.
    threads: usize,
    regrays: usize,
    /// For tests: the gray list grows no further than so many objects.
    #[cfg(test)]
    pub(super) limit: usize,
}

/// Whether `object` is marked.
///
/// # Safety
/// `object` is an object of the heap.
#[inline(always)]
pub(crate) unsafe fn is_marked(object: *mut Header) -> bool {
    // SAFETY: an object is either large, and has a flag, or is a cell.
    unsafe {
        if is_large(object) { (*object).flags & flag::LARGE_MARK != 0 } else { has_mark(object) }
    }
}

/// Whether `v` is on the heap and not marked.
///
/// # Safety
/// `v` is a value whose object, if any, is on the heap.
#[inline(always)]
pub(super) unsafe fn is_white(v: RawValue) -> bool {
    // SAFETY: a collectable value's payload is its object.
    v.is_collectable() && unsafe { !is_marked(v.as_header()) }
}

#[inline(always)]
pub(super) fn prefetch<T>(p: *const T) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch of any address has no effect that a program can see.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(p as *const i8);
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = p;
}

impl Marker {
    /// Marks the object of a value.
    ///
    /// # Safety
    /// `v` is a value, or a stack slot below the extent of its thread.
    #[inline(always)]
    pub(crate) unsafe fn mark_value(&mut self, v: RawValue) {
        // SAFETY: the payload of a tag from SHORT_STRING on is an object.
        unsafe {
            if v.tag < tag::SHORT_STRING {
            } else if v.tag == tag::SHORT_STRING {
                set_mark(v.as_header());
            } else {
                self.mark_gray(v.as_header(), v.tag);
            }
        }
    }

    /// Marks an object; null is allowed.
    ///
    /// # Safety
    /// `object` is null or an object of the heap.
    #[inline]
    pub(crate) unsafe fn mark_object(&mut self, object: *mut Header) {
        if !object.is_null() {
            // SAFETY: objects begin with their header.
            unsafe { self.mark_gray(object, (*object).kind) }
        }
    }

    /// Marks a string; null is allowed.
    ///
    /// # Safety
    /// `string` is null or a string of the heap.
    unsafe fn mark_string(&mut self, string: *mut StringObject) {
        // SAFETY: the caller's promise is `mark_object`'s.
        unsafe { self.mark_object(string as *mut Header) }
    }

    /// Marks an object whose kind is known.
    ///
    /// # Safety
    /// `object` is an object of the heap, of kind `kind`.
    #[inline(always)]
    unsafe fn mark_gray(&mut self, object: *mut Header, kind: u8) {
        // SAFETY: large objects have their mark in the header, others are cells.
        unsafe {
            let new = if is_large(object) {
                let flags = (*object).flags;
                (*object).flags = flags | flag::LARGE_MARK;
                flags & flag::LARGE_MARK == 0
            } else {
                set_mark(object)
            };
            if new && kind > tag::LONG_STRING {
                self.push_gray(object);
            }
        }
    }

    #[inline(always)]
    fn push_gray(&mut self, object: *mut Header) {
        #[cfg(test)]
        if self.limit != 0 && self.gray.len() >= self.limit {
            self.overflow = true;
            return;
        }
        if self.gray.len() == self.gray.capacity() && self.gray.try_reserve(1).is_err() {
            self.overflow = true;
        } else {
            self.gray.push(object);
        }
    }

    /// Remembers a marked object for the atomic phase.
    pub(super) fn push_again(&mut self, object: *mut Header) {
        if self.again.try_reserve(1).is_err() {
            self.overflow = true;
        } else {
            self.again.push(object);
        }
    }

    /// A traversed thread is about to run: it must be traversed again. Small
    /// stacks may do so at once, so that a million threads need not wait for
    /// the atomic phase; but not for ever.
    ///
    /// # Safety
    /// `thread` is a live, marked thread.
    pub(super) unsafe fn thread_runs(&mut self, thread: *mut Thread) {
        // SAFETY: the thread is live.
        let small = unsafe { (*thread).stack_size } <= 256;
        if small && self.regrays < self.threads {
            self.regrays += 1;
            self.push_gray(thread as *mut Header);
        } else {
            self.push_again(thread as *mut Header);
        }
    }

    /// Forgets everything that a cycle found.
    pub(super) fn reset(&mut self) {
        self.gray.clear();
        self.slices.clear();
        self.again.clear();
        self.forget_weak();
        self.overflow = false;
        self.atomic = false;
        self.resurrecting = false;
        self.resurrected.clear();
        self.threads = 0;
        self.regrays = 0;
        self.mode_cache = None;
    }

    /// Forgets the weak tables, and gives memory for large lists back.
    pub(super) fn forget_weak(&mut self) {
        self.weak_values.clear();
        self.ephemerons.clear();
        self.all_weak.clear();
        self.watch.clear();
        const KEEP: usize = 16 * 1024;
        self.gray.shrink_to(KEEP);
        self.weak_values.shrink_to(KEEP);
        self.ephemerons.shrink_to(KEEP);
        self.all_weak.shrink_to(KEEP);
    }

    pub(super) fn shrink_again(&mut self) {
        self.again.shrink_to(16 * 1024);
    }

    pub(super) fn is_idle(&self) -> bool {
        self.gray.is_empty() && self.slices.is_empty()
    }

    /// Makes sure that marking works without further memory.
    pub(super) fn reserve(&mut self) -> bool {
        self.gray.try_reserve(256).is_ok()
    }

    /// Traverses gray objects until none is left or `budget` bytes were.
    ///
    /// # Safety
    /// The heap's objects are in order: no stack or table is half changed.
    pub(super) unsafe fn propagate(&mut self, budget: usize) {
        let stop = self.work.saturating_add(budget);
        let mut ring = [std::ptr::null_mut::<Header>(); AHEAD];
        let mut at = 0;
        let mut waiting = 0;
        self.mode_cache = None;
        while self.work < stop {
            let next = self.gray.pop().unwrap_or(std::ptr::null_mut());
            if next.is_null() && waiting == 0 {
                // SAFETY: the caller's promise about half changed objects is passed on.
                if !unsafe { self.next_slice() } {
                    break;
                }
                continue;
            }
            prefetch(next);
            prefetch(next.wrapping_byte_add(48));
            let object = std::mem::replace(&mut ring[at], next);
            at = (at + 1) % AHEAD;
            waiting += !next.is_null() as usize;
            if !object.is_null() {
                waiting -= 1;
                // SAFETY: what is in the gray list is a marked, so live, object.
                unsafe { self.traverse(object) };
            }
        }
        for object in ring {
            if !object.is_null() {
                self.push_gray(object);
            }
        }
    }

    /// Marks what `object` refers to.
    ///
    /// # Safety
    /// `object` is a live object of the heap that is no string.
    pub(super) unsafe fn traverse(&mut self, object: *mut Header) {
        self.work += OBJECT_COST;
        // SAFETY: the kind tells the object's type; its fields are initialised.
        unsafe {
            if self.watch.is_active() {
                self.mark_watched(object);
            }
            let kind = (*object).kind;
            if kind == tag::THREAD {
                return self.traverse_thread(object as *mut Thread);
            }
            (*object).flags |= flag::TRAVERSED;
            match kind {
                tag::TABLE => self.traverse_table(object as *mut Table),
                tag::LUA_CLOSURE => self.traverse_lua_closure(object as *mut LuaClosure),
                tag::NATIVE_CLOSURE => {
                    let first = NativeClosure::upvalues(object as *mut NativeClosure);
                    self.mark_slots(first, (*object).extra as usize);
                }
                tag::UPVALUE => self.mark_value(*(*(object as *mut Upvalue)).value),
                tag::USERDATA => {
                    let userdata = object as *mut Userdata;
                    if self.resurrecting
                        && (*object).extra & userdata_flag::DROPS_WITH_FINALIZERS != 0
                        && self.resurrected.try_reserve(1).is_ok()
                    {
                        self.resurrected.push(object);
                    }
                    self.mark_table((*userdata).metatable);
                    self.mark_slots(Userdata::user_values(userdata), (*object).word as usize);
                }
                tag::PROTOTYPE => self.traverse_prototype(object as *mut PrototypeObject),
                _ => {}
            }
        }
    }

    /// # Safety
    /// `table` is null or a table of the heap.
    #[inline(always)]
    unsafe fn mark_table(&mut self, table: *mut Table) {
        if !table.is_null() {
            // SAFETY: it is an object of kind TABLE.
            unsafe { self.mark_gray(table as *mut Header, tag::TABLE) }
        }
    }

    /// # Safety
    /// `count` initialised values begin at `first`.
    #[inline]
    unsafe fn mark_slots(&mut self, first: *const RawValue, count: usize) {
        self.work += count * size_of::<RawValue>();
        for i in 0..count {
            // SAFETY: `i < count`. Payload and tag are read apart.
            unsafe {
                let slot = first.add(i);
                let tag = (*slot).tag;
                if tag >= tag::SHORT_STRING {
                    self.mark_value(RawValue { payload: (*slot).payload, tag });
                }
            }
        }
    }

    /// # Safety
    /// `closure` is a live closure; a closure being made may have null fields.
    unsafe fn traverse_lua_closure(&mut self, closure: *mut LuaClosure) {
        // SAFETY: `extra` pointers follow the fixed part.
        unsafe {
            let count = (*closure).header.extra as usize;
            self.work += count * 8;
            let prototype = (*closure).prototype;
            if !prototype.is_null() {
                self.mark_gray(prototype as *mut Header, tag::PROTOTYPE);
            }
            let upvalues = LuaClosure::upvalues(closure);
            for i in 0..count {
                let upvalue = *upvalues.add(i);
                if !upvalue.is_null() {
                    self.mark_gray(upvalue as *mut Header, tag::UPVALUE);
                }
            }
        }
    }

    /// # Safety
    /// `prototype` is a live prototype.
    unsafe fn traverse_prototype(&mut self, prototype: *mut PrototypeObject) {
        // SAFETY: the fields are initialised; names may be null.
        unsafe {
            (*prototype).last_closure = std::ptr::null_mut();
            self.mark_slots((*prototype).constants, (*prototype).constant_len as usize);
            let data = &(*prototype).data;
            self.work +=
                data.locals.len() * 24 + data.upvalues.len() * 16 + data.prototypes.len() * 8;
            self.mark_string(data.source);
            for upvalue in &data.upvalues {
                self.mark_string(upvalue.name);
            }
            for &inner in &data.prototypes {
                self.mark_object(inner as *mut Header);
            }
            for local in &data.locals {
                self.mark_string(local.name);
            }
        }
    }

    /// Traverses a thread. What lies behind its live slots is erased once they
    /// cannot come back unseen, so that a later frame that grows over it finds
    /// no dead object there.
    ///
    /// # Safety
    /// `thread` is a live thread.
    unsafe fn traverse_thread(&mut self, thread: *mut Thread) {
        // SAFETY: a thread's stack has `stack_size` slots, those below the
        // extent are initialised; its list of open upvalues is in order.
        unsafe {
            self.threads += 1;
            let running = matches!((*thread).status, ThreadStatus::Running | ThreadStatus::Normal);
            if running {
                self.push_again(thread as *mut Header);
            } else {
                (*thread).header.flags |= flag::TRAVERSED;
            }
            self.mark_object((*thread).resumer as *mut Header);
            self.mark_object((*thread).globals as *mut Header);
            let stack = (*thread).stack;
            if stack.is_null() {
                return;
            }
            let live = crate::frame::live_end(thread).offset_from(stack) as usize;
            self.mark_slots(stack, live);
            let mut upvalue = (*thread).open_upvalues;
            while !upvalue.is_null() {
                self.mark_gray(upvalue as *mut Header, tag::UPVALUE);
                upvalue = (*upvalue).closed.payload as *mut Upvalue;
            }
            if self.atomic || !running {
                for i in live..(*thread).stack_size as usize {
                    let slot = stack.add(i);
                    if (*slot).tag >= tag::SHORT_STRING {
                        (*slot).tag = tag::NIL;
                    }
                }
            }
        }
    }

    /// # Safety
    /// `table` is a live table.
    unsafe fn traverse_table(&mut self, table: *mut Table) {
        // SAFETY: the table's fields describe its parts.
        unsafe {
            let meta = (*table).metatable;
            let mut weakness = Weakness::Strong;
            if !meta.is_null() {
                self.mark_table(meta);
                weakness = self.weakness_of(meta);
            }
            self.mark_parts(table);
            if weakness == Weakness::Strong {
                (*table).header.flags &= !flag::WEAK;
                self.traverse_strong(table);
            } else {
                (*table).header.flags |= flag::WEAK;
                self.traverse_weak(table, weakness);
            }
        }
    }

    /// # Safety
    /// `meta` is a live table.
    #[inline(always)]
    unsafe fn weakness_of(&mut self, meta: *mut Table) -> Weakness {
        if let Some((table, weakness)) = self.mode_cache
            && table == meta
        {
            return weakness;
        }
        // SAFETY: the mode's name was set by whoever set the marker up.
        let weakness = unsafe { Weakness::of(meta, self.mode_name) };
        self.mode_cache = Some((meta, weakness));
        weakness
    }

    /// Marks the cells of a table's parts.
    ///
    /// # Safety
    /// `table` is a live table.
    #[inline(always)]
    unsafe fn mark_parts(&mut self, table: *mut Table) {
        // SAFETY: `array_bytes` and `node_bytes` are 0 for parts inside the
        // table's own cell; other parts of at most MAX_CELL bytes are cells.
        unsafe {
            let bytes = crate::table::array_bytes(table);
            if bytes != 0 && bytes <= MAX_CELL {
                set_mark((*table).array);
            }
            let bytes = crate::table::node_bytes(table);
            if bytes != 0 && bytes <= MAX_CELL {
                set_mark((*table).nodes);
            }
        }
    }

    /// # Safety
    /// `table` is a live table.
    unsafe fn traverse_strong(&mut self, table: *mut Table) {
        // SAFETY: the parts have the sizes that the table says.
        unsafe {
            let count = crate::table::node_count(table);
            self.work += count * size_of::<Node>();
            let first = (*table).nodes;
            for i in 0..count {
                self.mark_node(first.add(i));
            }
            let size = (*table).array_size;
            if size <= SLICE {
                self.mark_slots((*table).array, size as usize);
            } else {
                (*table).header.flags |= SLICED;
                self.push_slice(table, 0);
            }
        }
    }

    /// Marks key and value of a node; an empty one loses a white key.
    ///
    /// # Safety
    /// `node` is a node of a live table.
    #[inline(always)]
    unsafe fn mark_node(&mut self, node: *mut Node) {
        // SAFETY: a node's tags tell whether its payloads are objects, which it
        // keeps alive.
        unsafe {
            if (*node).value_tag == tag::NIL {
                super::weak::clear_key(node);
                return;
            }
            let key_tag = (*node).key_tag;
            if key_tag == tag::SHORT_STRING {
                set_mark((*node).key_payload as *mut Header);
            } else if key_tag > tag::SHORT_STRING {
                self.mark_value(RawValue { payload: (*node).key_payload, tag: key_tag });
            }
            self.mark_value(RawValue { payload: (*node).value_payload, tag: (*node).value_tag });
        }
    }

    /// # Safety
    /// `table` is a live table.
    unsafe fn push_slice(&mut self, table: *mut Table, next: u32) {
        if self.slices.try_reserve(1).is_ok() {
            self.slices.push((table, next));
        } else {
            // SAFETY: `next` is not beyond the array's end: either 0, or it was
            // compared with the size just before.
            unsafe {
                let size = (*table).array_size;
                self.mark_slots((*table).array.add(next as usize), (size - next) as usize);
            }
        }
    }

    /// Traverses a slice of an array; whether there was one.
    ///
    /// # Safety
    /// As `propagate`.
    unsafe fn next_slice(&mut self) -> bool {
        let Some((table, next)) = self.slices.pop() else { return false };
        // SAFETY: the table was marked in this cycle, so it is live; its array
        // has `array_size` slots now.
        unsafe {
            if (*table).header.flags & SLICED == 0 {
                // The table got new parts: values may have moved to where it
                // was traversed already. Begin again.
                self.traverse(table as *mut Header);
                return true;
            }
            let size = (*table).array_size;
            if next >= size {
                (*table).header.flags &= !SLICED;
                return true;
            }
            let count = SLICE.min(size - next);
            self.mark_slots((*table).array.add(next as usize), count as usize);
            if next + count < size {
                self.push_slice(table, next + count);
            } else {
                (*table).header.flags &= !SLICED;
            }
        }
        true
    }
}
