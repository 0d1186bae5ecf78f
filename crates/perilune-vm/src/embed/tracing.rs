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
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// use perilune::native::{Payload, Root, TraceFn, Tracer};
///
/// struct Node {
///     next: Option<Root>,
/// }
///
/// let trace: TraceFn = |payload: &Payload, tracer: &mut Tracer<'_>| {
///     if let Some(next) = payload.downcast_ref::<Node>().and_then(|node| node.next.as_ref()) {
///         tracer.visit(next);
///     }
/// };
/// state.new_userdata(Payload::new(Node { next: None }), 0)?;
/// state.trace_userdata(-1, trace)?;
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
pub type TraceFn = fn(&Payload, &mut Tracer<'_>);

/// What a userdata shows its roots to.
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// use perilune::native::{Payload, Root, Tracer};
///
/// struct Callbacks(Vec<Root>);
///
/// fn trace(payload: &Payload, tracer: &mut Tracer<'_>) {
///     if let Some(callbacks) = payload.downcast_ref::<Callbacks>() {
///         callbacks.0.iter().for_each(|root| tracer.visit(root));
///     }
/// }
///
/// state.get_global("print")?;
/// let print = state.pin_top()?;
/// state.new_userdata(Payload::new(Callbacks(vec![print])), 0)?;
/// state.trace_userdata(-1, trace)?;
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
pub struct Tracer<'a> {
    owner: *const Inner,
    /// `None`: they are counted.
    marker: Option<&'a mut Marker>,
}

impl Tracer<'_> {
    /// Shows a root that the value holds. Roots of other states don't matter.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::{Payload, Root, Tracer};
    ///
    /// fn trace(payload: &Payload, tracer: &mut Tracer<'_>) {
    ///     if let Some(root) = payload.downcast_ref::<Root>() {
    ///         tracer.visit(root);
    ///     }
    /// }
    ///
    /// state.new_table(0, 0)?;
    /// let root = state.pin_top()?;
    /// state.new_userdata(Payload::new(root), 0)?;
    /// state.trace_userdata(-1, trace)?;
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
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
    /// ```
    /// # let lua = perilune::Lua::new();
    /// use perilune::native::{Payload, Root, Tracer};
    ///
    /// struct Node {
    ///     next: Option<Root>,
    /// }
    ///
    /// fn trace(payload: &Payload, tracer: &mut Tracer<'_>) {
    ///     if let Some(next) = payload.downcast_ref::<Node>().and_then(|node| node.next.as_ref()) {
    ///         tracer.visit(next);
    ///     }
    /// }
    ///
    /// let before = lua.used_memory();
    /// for _ in 0..1000 {
    ///     lua.with_native(|state| {
    ///         state.new_userdata(Payload::new(Node { next: None }), 0)?;
    ///         state.trace_userdata(-1, trace)?;
    ///         // The node holds itself, and is collected all the same.
    ///         let itself = state.pin(-1)?;
    ///         state.userdata_mut::<Node>(-1).unwrap().next = Some(itself);
    ///         Ok(())
    ///     })?;
    /// }
    /// lua.gc_collect()?;
    /// assert!(lua.used_memory() < before + 50_000);
    /// # Ok::<(), perilune::Error>(())
    /// ```
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
