//! Objects that something has to be done for when they die: finalizers, and
//! memory outside the heap.

use super::block::set_mark;
use super::large::is_large;
use super::mark::{Marker, is_marked};
use super::{AllocError, Heap};
use crate::embed::Payload;
use crate::object::{Header, Table, Thread, Upvalue, flag};
#[cfg(not(feature = "send"))]
use crate::object::{NativeClosure, Userdata};
use crate::value::tag;
use std::collections::VecDeque;

/// Objects with finalizers.
#[derive(Default)]
pub(super) struct Finalizers {
    /// Those that live, in the order in which they got their metatable.
    live: Vec<*mut Header>,
    /// How many of `live` the last generational collection left.
    old: usize,
    /// Those that died: their finalizers are to be called in this order.
    pending: VecDeque<*mut Header>,
    /// How many of `pending` may be finalized now.
    due: usize,
    /// The state is being closed: there are no new finalizers.
    closing: bool,
}

/// Objects that own memory outside the heap.
#[derive(Default)]
pub(super) struct Owners {
    /// Prototypes, userdata, tables with large parts.
    objects: Vec<*mut Header>,
    threads: Vec<*mut Thread>,
    /// How many of each the last generational collection left.
    old_objects: usize,
    old_threads: usize,
    /// The dead ones, which have not been released yet.
    doomed: Vec<*mut Header>,
}

impl Finalizers {
    /// Marks the objects whose finalizers are to be called.
    ///
    /// # Safety
    /// The objects are on the heap.
    pub unsafe fn mark_pending(&self, marker: &mut Marker) {
        for &object in &self.pending {
            // SAFETY: what is pending has not been freed, as each cycle marks it.
            unsafe { marker.mark_object(object) };
        }
    }

    /// Moves the white objects (or all) to `pending`, the newest first.
    /// If memory for that runs out, they stay and are marked.
    ///
    /// # Safety
    /// All strongly reachable objects are marked.
    pub unsafe fn separate(&mut self, all: bool, marker: &mut Marker) {
        let from = self.old.min(self.live.len());
        // SAFETY: the objects are on the heap, for each access below.
        unsafe {
            let is_dead = |&object: &*mut Header| all || !is_marked(object);
            let dead = self.live[from..].iter().filter(|o| is_dead(o)).count();
            if dead == 0 {
                return;
            }
            if self.pending.try_reserve(dead).is_err() {
                for &object in &self.live[from..] {
                    marker.mark_object(object);
                }
                return;
            }
            self.pending.extend(self.live[from..].iter().rev().copied().filter(is_dead));
            let mut kept = from;
            for i in from..self.live.len() {
                let object = self.live[i];
                if !is_dead(&object) {
                    self.live[kept] = object;
                    kept += 1;
                }
            }
            self.live.truncate(kept);
        }
    }

    /// Adds userdata whose Rust values are to be dropped after the finalizers
    /// that can see them. If memory runs out, the values live until the userdata
    /// are found dead again.
    pub fn add_resurrected(&mut self, userdata: Vec<*mut Header>) {
        if self.pending.try_reserve(userdata.len()).is_ok() {
            self.pending.extend(userdata);
        }
    }

    /// Allows `count` more finalizers to be called; whether all are now.
    pub fn allow(&mut self, count: usize) -> bool {
        self.due = self.due.saturating_add(count).min(self.pending.len());
        self.due == self.pending.len()
    }

    pub fn set_old(&mut self, generational: bool) {
        self.old = if generational { self.live.len() } else { 0 };
    }
}

/// Reserves room for one more element, accounting for it; a test may fail it.
macro_rules! make_room {
    ($heap:ident, $($list:ident).+) => {
        if $heap.$($list).+.len() == $heap.$($list).+.capacity() {
            let before = $heap.$($list).+.capacity();
            let more = before.max(16);
            $heap.request(more * size_of::<usize>())?;
            $heap.$($list).+.try_reserve_exact(more).map_err(|_| AllocError)?;
            let grown = $heap.$($list).+.capacity() - before;
            $heap.add_external(grown * size_of::<usize>());
        }
    };
}

impl Heap {
    /// The object got a metatable with `__gc`: its finalizer will be called.
    ///
    /// # Safety
    /// `object` is a live table or userdata.
    pub(crate) unsafe fn set_finalizer(&mut self, object: *mut Header) -> Result<(), AllocError> {
        // SAFETY: the header of a live object may be read and written.
        unsafe {
            if self.finalizers.closing || (*object).flags & flag::FINALIZER != 0 {
                return Ok(());
            }
            make_room!(self, finalizers.live);
            self.finalizers.live.push(object);
            (*object).flags |= flag::FINALIZER;
            Ok(())
        }
    }

    /// An object whose finalizer is to be called now; it is a normal object
    /// again, and the caller's to keep alive.
    pub(crate) fn next_pending_finalizer(&mut self) -> Option<*mut Header> {
        let finalizers = &mut self.finalizers;
        finalizers.due = finalizers.due.checked_sub(1)?;
        let object = finalizers.pending.pop_front()?;
        // SAFETY: pending objects are marked in each cycle, so they are live.
        unsafe { (*object).flags &= !flag::FINALIZER };
        Some(object)
    }

    /// The state is being closed: all finalizers are to be called, and no
    /// object gets one any more.
    pub(crate) fn finalize_all(&mut self) {
        self.finalizers.closing = true;
        self.finalizers.old = 0;
        let mut marker = std::mem::take(&mut self.marker);
        // SAFETY: with `all`, marks do not matter.
        unsafe { self.finalizers.separate(true, &mut marker) };
        self.marker = marker;
        self.finalizers.allow(usize::MAX);
    }

    /// The object owns memory outside the heap: `drop_object` is called when it
    /// is dead. To be called before it owns anything.
    ///
    /// # Safety
    /// `object` is a live object; if it is a thread, its fields `stack` and
    /// `open_upvalues` are initialised.
    pub(crate) unsafe fn own(&mut self, object: *mut Header) -> Result<(), AllocError> {
        // SAFETY: `own` reads the object's kind and sets its flag; neither outlives
        // the call.
        unsafe {
            if (*object).flags & flag::OWNER != 0 {
                return Ok(());
            }
            if (*object).kind == tag::THREAD {
                make_room!(self, owners.threads);
                self.owners.threads.push(object as *mut Thread);
            } else {
                make_room!(self, owners.objects);
                self.owners.objects.push(object);
            }
            (*object).flags |= flag::OWNER;
            Ok(())
        }
    }

    /// Marks the values of reachable open upvalues whose threads are not: the
    /// thread may have changed them after the upvalue was traversed. With
    /// `fresh`, those of unreachable ones too, if no cycle has seen them.
    ///
    /// # Safety
    /// All else that is strongly reachable is marked.
    pub(super) unsafe fn mark_orphans(&self, marker: &mut Marker, fresh: bool) {
        let from = self.owners.old_threads;
        for &thread in &self.owners.threads[from..] {
            // SAFETY: threads in the list have not been released; open
            // upvalues point into their stacks.
            unsafe {
                if is_marked(thread as *mut Header) {
                    continue;
                }
                let mut upvalue = (*thread).open_upvalues;
                while !upvalue.is_null() {
                    let seen = std::mem::replace(&mut (*upvalue).header.extra, 1) != 0;
                    if is_marked(upvalue as *mut Header) || (fresh && !seen) {
                        marker.mark_value(*(*upvalue).value);
                    }
                    upvalue = (*upvalue).closed.payload as *mut Upvalue;
                }
            }
        }
    }

    /// The live objects that own something, but for threads.
    pub(crate) fn owner_objects(&self) -> impl Iterator<Item = *mut Header> + '_ {
        self.owners.objects.iter().copied()
    }

    /// An object has got this payload.
    #[inline(always)]
    pub(crate) fn count_payload(&mut self, payload: &Payload) {
        if cfg!(not(feature = "send")) && payload.is_local() {
            self.local_payloads += 1;
        }
    }

    /// An object had this payload, and has it no more.
    #[inline(always)]
    pub(crate) fn discount_payload(&mut self, payload: &Payload) {
        if cfg!(not(feature = "send")) && payload.is_local() {
            self.local_payloads -= 1;
        }
    }

    /// How many payloads of objects may not leave their OS thread.
    #[cfg(not(feature = "send"))]
    pub(crate) fn local_payloads(&self) -> usize {
        self.local_payloads
    }

    /// The type of one of them.
    #[cfg(not(feature = "send"))]
    #[cold]
    pub(crate) fn local_type(&self) -> Option<&'static str> {
        if self.local_payloads == 0 {
            return None;
        }
        let payload = |&object: &*mut Header| {
            // SAFETY: an owner's payload exists until it is released; its kind
            // tells where it is.
            let payload = unsafe {
                match (*object).kind {
                    tag::USERDATA => (*(object as *mut Userdata)).data.as_ref(),
                    tag::NATIVE_CLOSURE => {
                        Some(&(*NativeClosure::data(object as *mut NativeClosure)).payload)
                    }
                    _ => None,
                }
            };
            payload.filter(|payload| payload.is_local()).map(Payload::type_name)
        };
        let owners = &self.owners;
        owners.objects.iter().chain(&owners.doomed).find_map(payload)
    }

    /// A destructor panicked with this text.
    #[cold]
    pub(crate) fn note_panic(&mut self, text: String) {
        self.panics.push(text);
    }

    /// What destructors panicked with since this was asked last.
    pub(crate) fn take_panics(&mut self) -> Vec<String> {
        std::mem::take(&mut self.panics)
    }

    /// Whether a destructor panicked.
    pub(crate) fn has_panics(&self) -> bool {
        !self.panics.is_empty()
    }

    /// Moves the white owners to `doomed`. With `deferred`, their cells are
    /// kept (by a mark) until the next cycle, so that they can be released at
    /// leisure.
    ///
    /// # Safety
    /// Marking is complete.
    pub(super) unsafe fn separate_owners(&mut self, deferred: bool) {
        // SAFETY: owners are objects of the heap that were not released; so
        // for each access below.
        unsafe {
            let from = self.owners.old_threads;
            let mut kept = from;
            for i in from..self.owners.threads.len() {
                let thread = self.owners.threads[i];
                if is_marked(thread as *mut Header) {
                    self.owners.threads[kept] = thread;
                    kept += 1;
                } else {
                    close_upvalues(thread);
                    self.doom(thread as *mut Header, deferred);
                }
            }
            self.owners.threads.truncate(kept);
            let from = self.owners.old_objects;
            let mut kept = from;
            for i in from..self.owners.objects.len() {
                let object = self.owners.objects[i];
                if is_marked(object) {
                    self.owners.objects[kept] = object;
                    kept += 1;
                } else {
                    self.doom(object, deferred);
                }
            }
            self.owners.objects.truncate(kept);
        }
    }

    /// # Safety
    /// `object` is a dead owner.
    unsafe fn doom(&mut self, object: *mut Header, deferred: bool) {
        // SAFETY: A large object's memory stays until the large
        // objects are swept, which comes after.
        unsafe {
            if !deferred || self.owners.doomed.try_reserve(1).is_err() {
                return self.release_owner(object);
            }
            if !is_large(object) {
                set_mark(object);
            }
            self.owners.doomed.push(object);
        }
    }

    /// Releases what a dead object owns.
    ///
    /// # Safety
    /// `object` is dead, and has not been released.
    unsafe fn release_owner(&mut self, object: *mut Header) {
        // SAFETY: the object has not been released, so what it owns exists and is
        // freed once.
        unsafe {
            if (*object).kind == tag::TABLE {
                self.free_table_parts(object as *mut Table);
            } else {
                crate::state::drop_object(self, object);
            }
            (*object).flags &= !flag::OWNER;
        }
    }

    /// Releases doomed objects, at most `count`; whether none is left.
    ///
    /// # Safety
    /// The doomed objects' memory has not been reused.
    pub(super) unsafe fn release_doomed(&mut self, count: usize) -> bool {
        for _ in 0..count {
            let Some(object) = self.owners.doomed.pop() else {
                self.owners.doomed = Vec::new();
                return true;
            };
            // SAFETY: `doom` put each object in the list once, and kept its memory.
            unsafe { self.release_owner(object) };
        }
        self.owners.doomed.is_empty()
    }

    pub(super) fn set_old_owners(&mut self, generational: bool) {
        let owners = &mut self.owners;
        (owners.old_threads, owners.old_objects) =
            if generational { (owners.threads.len(), owners.objects.len()) } else { (0, 0) };
    }

    /// After a full collection: gives memory of the lists back that they do not
    /// need any more.
    pub(super) fn shrink_lists(&mut self) {
        fn shrink<T>(list: &mut Vec<T>) -> usize {
            let before = list.capacity();
            if before > list.len() * 2 + 32 {
                list.shrink_to(list.len() + list.len() / 2);
            }
            (before - list.capacity()) * size_of::<usize>()
        }
        let bytes = shrink(&mut self.finalizers.live)
            + shrink(&mut self.owners.objects)
            + shrink(&mut self.owners.threads);
        self.remove_external(bytes);
    }

    /// Releases what all objects own.
    ///
    /// # Safety
    /// Nothing refers to any object any more.
    pub(crate) unsafe fn release_all_owners(&mut self) {
        let owners = std::mem::take(&mut self.owners);
        let threads = owners.threads.iter().map(|&thread| thread as *mut Header);
        for object in
            owners.doomed.iter().copied().chain(threads).chain(owners.objects.iter().copied())
        {
            // SAFETY: each object is in one list, once.
            unsafe { self.release_owner(object) };
        }
    }
}

/// Closes the reachable open upvalues of a dead thread. Their values are marked.
///
/// # Safety
/// `thread` is dead, its stack still exists; marking is complete.
unsafe fn close_upvalues(thread: *mut Thread) {
    // SAFETY: the list links open upvalues that point into the stack.
    unsafe {
        let mut upvalue = std::mem::replace(&mut (*thread).open_upvalues, std::ptr::null_mut());
        while !upvalue.is_null() {
            let next = (*upvalue).closed.payload as *mut Upvalue;
            if is_marked(upvalue as *mut Header) {
                (*upvalue).closed = *(*upvalue).value;
                (*upvalue).value = &raw mut (*upvalue).closed;
            }
            upvalue = next;
        }
    }
}
