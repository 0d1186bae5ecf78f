//! Userdata whose Rust values hold roots: the collector looks through them.
//!
//! A root that a userdata holds would keep its value alive for ever if the value
//! refers back to the userdata. A traced userdata shows its roots to the
//! collector. Those are counted first: a slot that has no other roots than the
//! ones counted is no root of the collection, and its value lives if a userdata
//! that is reached shows it. All userdata are asked again in the atomic phase, as
//! Rust code changes them without a barrier.
//!
//! Whatever a trace function does, nothing dangles: a slot whose value was not
//! marked in the end is emptied, and its roots read as nil.

use super::payload::Payload;
use super::roots::Root;
use super::shared::Inner;
use crate::error::Result;
use crate::heap::{Marker, is_marked};
use crate::object::{Header, Userdata};
use crate::state::State;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Shows the collector the roots in a userdata's value. It is called while the
/// collector runs: the state can't be used.
pub type TraceFn = fn(&Payload, &mut Tracer<'_>);

/// What a userdata shows its roots to.
pub struct Tracer<'a> {
    owner: *const Inner,
    /// `None`: they are counted.
    marker: Option<&'a mut Marker>,
}

impl Tracer<'_> {
    /// Shows a root that the value holds. Roots of other states don't matter.
    pub fn visit(&mut self, root: &Root) {
        if !std::ptr::eq(root.owner(), self.owner) {
            return;
        }
        match &mut self.marker {
            None => root.count_internal(),
            // SAFETY: the root keeps its slot in use; the collector runs, so the
            // state's lock is held.
            Some(marker) => unsafe { marker.mark_value(root.raw()) },
        }
    }
}

/// The traced userdata of a state.
#[derive(Default)]
pub(crate) struct Traced {
    items: Vec<(*mut Userdata, TraceFn)>,
    /// The first so many have been reached in this cycle.
    reached: usize,
}

impl Traced {
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// # Safety
    /// The userdata is live.
    unsafe fn show(item: (*mut Userdata, TraceFn), mut tracer: Tracer<'_>) {
        let (userdata, trace) = item;
        // SAFETY: by contract. A panic must not unwind into the collector.
        unsafe {
            if let Some(payload) = &(*userdata).data {
                let _ = catch_unwind(AssertUnwindSafe(|| trace(payload, &mut tracer)));
            }
        }
    }
}

/// Counts the roots in all traced userdata, before roots are marked.
///
/// # Safety
/// The collector runs, and no userdata has been freed since the last cycle
/// ended.
pub(crate) unsafe fn count_roots(state: *mut State) {
    // SAFETY: userdata of the list are live until `forget_dead`. Trace functions
    // can't reach the state, which is in use.
    unsafe {
        let owner = (*state).owner;
        (*state).traced.reached = 0;
        if owner.is_null() || (*state).traced.is_empty() {
            return;
        }
        (*owner).roots.reset_internal();
        for i in 0..(*state).traced.items.len() {
            let item = (&(*state).traced.items)[i];
            Traced::show(item, Tracer { owner, marker: None });
        }
    }
}

/// Marks the roots of traced userdata that are marked and were not asked yet;
/// answers whether there were any.
///
/// # Safety
/// As `count_roots`.
pub(crate) unsafe fn mark_reached(state: *mut State, marker: &mut Marker) -> bool {
    // SAFETY: as there.
    unsafe {
        let owner = (*state).owner;
        let before = (*state).traced.reached;
        for i in before..(*state).traced.items.len() {
            let traced = &mut (*state).traced;
            if is_marked(traced.items[i].0 as *mut Header) {
                traced.items.swap(i, traced.reached);
                let item = traced.items[traced.reached];
                traced.reached += 1;
                Traced::show(item, Tracer { owner, marker: Some(marker) });
            }
        }
        (*state).traced.reached > before
    }
}

/// Everything reachable is marked: forgets userdata that are not, and empties the
/// slots of values that are not.
///
/// # Safety
/// As `count_roots`.
pub(crate) unsafe fn forget_dead(state: *mut State) {
    // SAFETY: marks are complete.
    unsafe {
        if (*state).traced.is_empty() {
            return;
        }
        (*(*state).owner).roots.empty_unmarked();
        (*state).traced.items.retain(|&(userdata, _)| is_marked(userdata as *mut Header));
        (*state).traced.reached = 0;
    }
}

impl State {
    /// Lets the userdata at an index show the roots that its value holds to the
    /// collector, so that cycles through them are collected.
    ///
    /// # Errors
    /// If memory runs out, there is no userdata, or the state is not shared.
    pub fn trace_userdata(&mut self, index: i32, trace: TraceFn) -> Result<()> {
        let value = self.raw(index);
        if self.owner.is_null() || value.tag != crate::value::tag::USERDATA {
            return Err(self.error(format_args!("value cannot be traced")));
        }
        if self.traced.items.try_reserve(1).is_err() {
            return Err(crate::error::Error::memory());
        }
        self.traced.items.push((value.as_userdata(), trace));
        Ok(())
    }
}
