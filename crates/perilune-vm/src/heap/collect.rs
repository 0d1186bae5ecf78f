//! Cycles of the collector.
//!
//! A cycle: the roots are marked (`begin`); gray objects are traversed step by
//! step while the program runs; then, in the *atomic* phase, what may have
//! changed is traversed again, weak tables are cleared, objects with finalizers
//! are brought back to life, and the marks become the map of occupied cells. The
//! memory that dead objects own elsewhere is released in steps again, and their
//! finalizers are called.
//!
//! In generational mode there is only the atomic phase, and the marks stay: a
//! *minor* collection traverses what is new and what was written to.

use super::Heap;
use super::control::Mode;
use super::mark::Marker;
use crate::embed::tracing;
use crate::object::Header;
use crate::state::State;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Phase {
    /// Between cycles.
    Pause,
    /// Gray objects are traversed.
    Propagate,
    /// Dead objects are released.
    Release,
    /// Finalizers are called.
    Finalize,
}

/// When and how much to collect. Parameters are kept as in the C
/// implementation, in one byte each: the percentages as quarters.
pub(super) struct Pacing {
    pub phase: Phase,
    /// Marks are kept between collections.
    pub generational: bool,
    /// The mode that scripts are told.
    pub reported: Mode,
    pub pause: u8,
    pub step_multiplier: u8,
    /// Logarithm of the bytes allocated between two steps.
    pub step_size: u8,
    pub minor: u8,
    pub major: u8,
    /// How much of what was allocated since the last major collection a major one
    /// must collect before minor ones follow again, in percent.
    pub major_minor: u32,
    /// The last major collection has collected too little for that.
    pub only_major: bool,
    /// Bytes in use after the last major collection.
    base: usize,
}

/// Bytes that may be allocated after a cycle in any case, with a pause of 200 %.
const FLOOR: usize = 160 * 1024;
/// Bytes that may be allocated after a minor collection in any case.
const MINOR_FLOOR: usize = 1024 * 1024;
/// Bytes traversed for each byte allocated, with a step multiplier of 100 %.
const SPEED: usize = 32;
/// What a released object and a called finalizer cost, in bytes traversed.
const RELEASE_COST: usize = 256;
const FINALIZER_COST: usize = 800;

impl Pacing {
    pub fn new() -> Pacing {
        Pacing {
            phase: Phase::Pause,
            generational: false,
            reported: Mode::Incremental,
            pause: 200 / 4,
            step_multiplier: 100 / 4,
            step_size: 13,
            minor: 20,
            major: 100 / 4,
            major_minor: 50,
            only_major: false,
            base: 0,
        }
    }

    fn step_bytes(&self) -> usize {
        1usize.checked_shl(self.step_size as u32).unwrap_or(usize::MAX)
    }

    /// The work for `bytes` of debt.
    fn work_for(&self, bytes: usize) -> usize {
        let percent = (self.step_multiplier as usize * 4) | 1;
        (bytes / 100).saturating_add(1).saturating_mul(percent).saturating_mul(SPEED)
    }
}

impl Heap {
    /// Sets when the next cycle begins, by the bytes that are in use now. What the
    /// intern table holds for dead strings is no reason to leave more of them: it
    /// would grow the more.
    pub(super) fn set_pause(&mut self) {
        let needless = self.interned.bytes().saturating_sub(self.interned.live_bytes / 2);
        let used = self.used().saturating_sub(needless);
        // Collecting is cheap enough to begin earlier than the parameter says:
        // at seven tenths of the growth it allows. Marking goes on while the
        // program allocates, so that the peak lies beyond.
        let pause = self.pacing.pause as usize * 4;
        let pause = if pause > 100 { 100 + (pause - 100) * 7 / 10 } else { pause };
        let floor = (FLOOR / 100).saturating_mul(pause.saturating_sub(100).min(100));
        let goal = (used / 100).saturating_mul(pause).max(used.min(used / 100 * pause) + floor);
        self.set_goal(goal.saturating_add(needless));
    }

    /// Gives up a cycle, and the marks.
    fn clear_marks(&mut self) {
        self.blocks.clear_marks();
        self.large.clear_marks();
        self.large.old = std::ptr::null_mut();
        self.marker.reset();
        self.set_old_owners(false);
        self.finalizers.set_old(false);
    }

    /// Releases everything that waits for it.
    ///
    /// # Safety
    /// The phase is `Release`, or marks are as a finished cycle left them.
    unsafe fn release_all(&mut self) {
        // SAFETY: what is doomed still has its memory, and white large objects are
        // unreachable.
        unsafe {
            self.release_doomed(usize::MAX);
            self.sweep_large(usize::MAX, self.pacing.generational);
        }
    }
}

/// Traverses all gray objects, and looks for those that did not get into the
/// gray list.
///
/// # Safety
/// As `full`.
unsafe fn drain(heap: &Heap, marker: &mut Marker) {
    // SAFETY: marked objects are live.
    unsafe {
        marker.propagate(usize::MAX);
        while marker.overflow {
            marker.overflow = false;
            let mut look = |object: *mut Header| {
                marker.traverse(object);
                marker.propagate(usize::MAX);
            };
            heap.blocks.for_each_marked(&mut look);
            heap.large.for_each_marked(&mut look);
        }
    }
}

/// Runs `f` with the state's marker taken out of it.
///
/// # Safety
/// `state` is a live state that nobody else uses meanwhile.
unsafe fn with_marker<T>(state: *mut State, f: impl FnOnce(&mut Marker) -> T) -> T {
    // SAFETY: `f` finds an empty marker in the state.
    unsafe {
        let mut marker = std::mem::take(&mut (*state).heap.marker);
        marker.mode_name = (*state).names.mode;
        marker.keeps_values = !(*state).dialect.ephemerons;
        let result = f(&mut marker);
        (*state).heap.marker = marker;
        result
    }
}

/// Marks the roots.
///
/// # Safety
/// As `full`.
unsafe fn mark_roots(state: *mut State, marker: &mut Marker) {
    // SAFETY: the marker is not part of the state.
    unsafe {
        tracing::count_roots(state);
        (*state).trace_roots(marker);
        (*state).heap.finalizers.mark_pending(marker);
    }
}

/// Begins a cycle. There are no marks.
///
/// # Safety
/// As `full`.
unsafe fn begin(state: *mut State) {
    // SAFETY: there are no marks yet, so all roots enter the gray list.
    unsafe {
        (*state).heap.recording = true;
        (*state).heap.pacing.phase = Phase::Propagate;
        with_marker(state, |marker| {
            marker.reset();
            mark_roots(state, marker);
        });
    }
}

/// Marks what userdata hold that are marked, until nothing is new.
///
/// # Safety
/// As `full`.
unsafe fn mark_through_userdata(state: *mut State, marker: &mut Marker) {
    // SAFETY: as there.
    unsafe {
        while tracing::mark_reached(state, marker) {
            drain(&(*state).heap, marker);
        }
    }
}

/// What cannot be done in steps; after it, everything reachable is marked, weak
/// tables are clear of the rest, and dying objects with finalizers are pending.
///
/// # Safety
/// As `full`.
unsafe fn finish_marking(state: *mut State, marker: &mut Marker) {
    // SAFETY: no two of these borrow the state at the same time.
    unsafe {
        marker.atomic = true;
        mark_roots(state, marker);
        drain(&(*state).heap, marker);
        // Threads that run again are put in the list anew, for the next minor
        // collection.
        for object in std::mem::take(&mut marker.again) {
            marker.traverse(object);
        }
        drain(&(*state).heap, marker);
        mark_through_userdata(state, marker);
        let fresh = (*state).dialect.fresh_upvalues_live;
        (*state).heap.mark_orphans(marker, fresh);
        drain(&(*state).heap, marker);
        mark_through_userdata(state, marker);
        // All that is strongly reachable is marked. Weak values go before
        // finalizers can see them.
        let values = std::mem::take(&mut marker.weak_values);
        let all = std::mem::take(&mut marker.all_weak);
        marker.clear_by_values(&values);
        marker.clear_by_values(&all);
        (*state).heap.finalizers.separate(false, marker);
        marker.resurrecting = true;
        (*state).heap.finalizers.mark_pending(marker);
        drain(&(*state).heap, marker);
        mark_through_userdata(state, marker);
        marker.resurrecting = false;
        let resurrected = std::mem::take(&mut marker.resurrected);
        (*state).heap.finalizers.add_resurrected(resurrected);
        tracing::forget_dead(state);
        // Weak keys go after resurrection, as do values that it brought to light.
        let ephemerons = std::mem::take(&mut marker.ephemerons);
        marker.clear_by_keys(&ephemerons);
        marker.clear_by_keys(&all);
        let values = std::mem::take(&mut marker.weak_values);
        let all = std::mem::take(&mut marker.all_weak);
        marker.clear_by_keys(&all);
        marker.clear_by_values(&values);
        marker.clear_by_values(&all);
        marker.forget_weak();
        marker.atomic = false;
    }
}

/// Ends a cycle with the atomic phase. What dead objects own is released at
/// once, or later if `deferred`.
///
/// # Safety
/// As `full`.
unsafe fn atomic(state: *mut State, deferred: bool, thorough: bool) {
    // SAFETY: Owners and large objects are separated while the
    // marks are complete, before the census makes other use of them.
    unsafe {
        with_marker(state, |marker| finish_marking(state, marker));
        let heap = &mut (*state).heap;
        let keep = heap.pacing.generational;
        heap.separate_owners(deferred);
        if keep {
            heap.sweep_new_large();
        } else {
            heap.large.sweeping = std::mem::replace(&mut heap.large.list, std::ptr::null_mut());
            if !deferred {
                heap.sweep_large(usize::MAX, false);
            }
            heap.marker.again.clear();
        }
        heap.marker.shrink_again();
        heap.census(keep, thorough);
        heap.set_old_owners(keep);
        heap.finalizers.set_old(keep);
        heap.recording = keep;
        heap.pacing.phase = Phase::Release;
    }
}

/// One piece of a cycle's work, about `budget` bytes; answers how much it was.
///
/// # Safety
/// As `full`; the mode is incremental.
unsafe fn advance(state: *mut State, budget: usize) -> usize {
    // SAFETY: each phase finds the heap as the phase before left it.
    unsafe {
        match (*state).heap.pacing.phase {
            Phase::Pause => {
                begin(state);
                FINALIZER_COST
            }
            Phase::Propagate => {
                let (work, done) = with_marker(state, |marker| {
                    let before = marker.work;
                    marker.propagate(budget);
                    (marker.work - before, marker.is_idle())
                });
                // What only userdata hold can be marked in steps, too.
                if !done || with_marker(state, |m| tracing::mark_reached(state, m) && !m.is_idle())
                {
                    return work;
                }
                let before = (*state).heap.marker.work;
                atomic(state, true, false);
                work + (*state).heap.marker.work.wrapping_sub(before)
            }
            Phase::Release => {
                let heap = &mut (*state).heap;
                let count = (budget / RELEASE_COST).clamp(64, 4096);
                if heap.release_doomed(count) && heap.sweep_large(count, false) {
                    heap.pacing.phase = Phase::Finalize;
                }
                count * RELEASE_COST
            }
            Phase::Finalize => {
                const AT_ONCE: usize = 10;
                if (*state).heap.finalizers.allow(AT_ONCE) {
                    (*state).heap.pacing.phase = Phase::Pause;
                }
                AT_ONCE * FINALIZER_COST
            }
        }
    }
}

/// An incremental step for `debt` bytes of allocation.
///
/// # Safety
/// As `full`; the mode is incremental.
pub(super) unsafe fn incremental_step(state: *mut State, debt: usize) {
    // SAFETY: the contract is the same.
    unsafe {
        let step = (*state).heap.pacing.step_bytes();
        let budget = (*state).heap.pacing.work_for(debt.saturating_add(step));
        step_of(state, budget);
    }
}

/// A step of the incremental collector that does so much work.
///
/// # Safety
/// As `full`.
pub(super) unsafe fn step_of(state: *mut State, mut budget: usize) {
    // SAFETY: only `advance` touches objects, and it is given the state as a whole.
    unsafe {
        (*state).heap.collecting = true;
        let step = (*state).heap.pacing.step_bytes();
        loop {
            budget = budget.saturating_sub(advance(state, budget));
            if (*state).heap.pacing.phase == Phase::Pause {
                (*state).heap.set_pause();
                break;
            }
            if budget == 0 {
                let heap = &mut (*state).heap;
                let goal = heap.used.saturating_add(step);
                heap.set_goal(goal);
                break;
            }
        }
        (*state).heap.collecting = false;
    }
}

/// A collection of what is new since the last one.
///
/// # Safety
/// As `full`; the mode is generational.
unsafe fn minor(state: *mut State) {
    // SAFETY: with sticky marks, the atomic phase alone is a collection.
    unsafe {
        (*state).heap.collecting = true;
        atomic(state, false, false);
        let heap = &mut (*state).heap;
        heap.release_all();
        heap.pacing.phase = Phase::Pause;
        heap.finalizers.allow(usize::MAX);
        heap.set_minor_goal();
        heap.collecting = false;
    }
}

impl Heap {
    fn set_minor_goal(&mut self) {
        let used = self.used();
        let more = (used / 100).saturating_mul(self.pacing.minor as usize);
        self.set_goal(used.saturating_add(more.max(MINOR_FLOOR)));
    }
}

/// A collection of everything in generational mode. If it collects too little of
/// what is new, minor collections would collect even less: the next one is major,
/// too, and a pause away.
///
/// # Safety
/// As `full`; the mode is generational.
unsafe fn major(state: *mut State) {
    // SAFETY: the heap is borrowed anew after the collection.
    unsafe {
        let heap = &(*state).heap;
        let (base, before) = (heap.pacing.base, heap.used());
        full(state, false);
        let heap = &mut (*state).heap;
        let collected = before.saturating_sub(heap.pacing.base);
        let wanted =
            (before.saturating_sub(base) / 100).saturating_mul(heap.pacing.major_minor as usize);
        heap.pacing.only_major = collected < wanted;
        if heap.pacing.only_major {
            heap.set_pause();
        }
    }
}

/// A generational step: a minor collection, or a major one if so much was
/// allocated since the last and `debt` says that a step was due.
///
/// # Safety
/// As `full`; the mode is generational.
pub(super) unsafe fn generational_step(state: *mut State, debt: bool) {
    // SAFETY: the heap is only read before the collection begins.
    unsafe {
        let heap = &(*state).heap;
        let more = (heap.pacing.base / 100).saturating_mul(heap.pacing.major as usize * 4);
        let limit = heap.pacing.base.saturating_add(more.max(MINOR_FLOOR));
        if debt && (heap.pacing.only_major || heap.used() > limit) {
            major(state);
        } else {
            minor(state);
        }
    }
}

/// A step that `wants_collection` asked for. Afterwards the caller calls the
/// finalizers that `next_pending_finalizer` names.
///
/// # Safety
/// As `full`.
pub(crate) unsafe fn step(state: *mut State) {
    // SAFETY: whatever runs here is given the state as a whole, not the borrowed heap.
    unsafe {
        let heap = &mut (*state).heap;
        if heap.collecting {
            return;
        }
        if heap.collects_fully() {
            return full(state, false);
        }
        if heap.pacing.generational {
            generational_step(state, true);
        } else {
            let debt = heap.used.saturating_sub(heap.account.goal);
            incremental_step(state, debt);
        }
    }
}

/// A full collection. In an emergency (memory ran out) no finalizer becomes due.
///
/// # Safety
/// `state` is a live state that nobody else uses meanwhile; all references to
/// objects that are still needed are where `trace_roots` finds them, and
/// objects, stacks and tables are in order.
pub(crate) unsafe fn full(state: *mut State, emergency: bool) {
    // SAFETY: an unfinished cycle is given up before a new one begins.
    unsafe {
        let heap = &mut (*state).heap;
        if heap.collecting {
            return;
        }
        heap.collecting = true;
        if heap.pacing.phase == Phase::Release {
            heap.release_all();
        }
        if heap.pacing.phase == Phase::Propagate || heap.pacing.generational {
            heap.clear_marks();
        }
        begin(state);
        atomic(state, false, true);
        let heap = &mut (*state).heap;
        heap.release_all();
        if emergency {
            heap.pacing.phase = Phase::Finalize;
        } else {
            heap.finalizers.allow(usize::MAX);
            heap.pacing.phase = Phase::Pause;
            heap.shrink_interned();
            heap.shrink_lists();
        }
        heap.pacing.base = heap.used();
        heap.pacing.only_major = false;
        if heap.pacing.generational {
            heap.pacing.phase = Phase::Pause;
            heap.set_minor_goal();
        } else {
            heap.set_pause();
        }
        heap.collecting = false;
    }
}

/// Changes the mode.
///
/// # Safety
/// As `full`.
pub(super) unsafe fn set_generational(state: *mut State, generational: bool) {
    // SAFETY: the marks of one mode are dropped, or made anew, before the other begins.
    unsafe {
        let heap = &mut (*state).heap;
        if heap.collecting || heap.pacing.generational == generational {
            return;
        }
        if generational {
            if heap.pacing.phase == Phase::Release {
                heap.release_all();
                heap.pacing.phase = Phase::Finalize;
            }
            if heap.pacing.phase == Phase::Propagate {
                heap.clear_marks();
                heap.pacing.phase = Phase::Pause;
            }
            heap.pacing.generational = true;
            full(state, false);
        } else {
            heap.pacing.generational = false;
            heap.clear_marks();
            heap.recording = false;
            heap.pacing.phase = Phase::Pause;
        }
    }
}
