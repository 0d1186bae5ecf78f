//! Rust functions that a state calls of its own accord: hooks and the like.

use crate::types::MaybeSend;
use perilune_vm::{Payload, Shared, State, StateCell};
use std::marker::PhantomData;
use std::sync::Arc;

/// What a function is for, and its type: boxed, as it may have to stay on its OS
/// thread, or may not.
pub(crate) trait Purpose: 'static {
    /// A function that binds the state to its thread.
    type Here: MaybeSend + 'static;
    /// A function that does not.
    type Anywhere: Send + 'static;
}

/// A function that a state is to keep.
pub(crate) enum Given<P: Purpose> {
    Here(P::Here),
    Anywhere(P::Anywhere),
}

/// A function as a state keeps it.
struct Kept<P, F>(Arc<StateCell<F>>, PhantomData<fn() -> P>);

/// A function that a state keeps.
pub(crate) enum Found<P: Purpose> {
    Here(Arc<StateCell<P::Here>>),
    Anywhere(Arc<StateCell<P::Anywhere>>),
}

impl<P: Purpose> Given<P> {
    /// The function, as the Rust value of a userdata, or one beside the state.
    pub(crate) fn into_payload(self, shared: &Shared) -> Payload {
        match self {
            Given::Here(f) => {
                let kept: Kept<P, _> = Kept(StateCell::new(shared, f), PhantomData);
                Payload::new(kept)
            }
            Given::Anywhere(f) => {
                let kept: Kept<P, _> = Kept(StateCell::new(shared, f), PhantomData);
                Payload::new_send(kept)
            }
        }
    }
}

/// Keeps a function beside the state. Answers what it kept before, to be dropped
/// when the state is available again.
pub(crate) fn exchange<P: Purpose>(
    state: &mut State,
    shared: &Shared,
    given: Option<Given<P>>,
) -> [Option<Payload>; 2] {
    let old =
        [state.take_app_data::<Kept<P, P::Here>>(), state.take_app_data::<Kept<P, P::Anywhere>>()];
    if let Some(given) = given {
        state.set_app_data(given.into_payload(shared));
    }
    old
}

/// The function beside the state.
pub(crate) fn find<P: Purpose>(state: &State) -> Option<Found<P>> {
    let here = state.app_data().map(|kept: &Kept<P, P::Here>| Found::Here(kept.0.clone()));
    here.or_else(|| {
        state.app_data().map(|kept: &Kept<P, P::Anywhere>| Found::Anywhere(kept.0.clone()))
    })
}

/// The function in the userdata at an index.
pub(crate) fn find_in_userdata<P: Purpose>(state: &State, index: i32) -> Option<Found<P>> {
    let here = state.userdata(index).map(|kept: &Kept<P, P::Here>| Found::Here(kept.0.clone()));
    here.or_else(|| {
        state.userdata(index).map(|kept: &Kept<P, P::Anywhere>| Found::Anywhere(kept.0.clone()))
    })
}

impl<P: Purpose> Found<P> {
    /// Lets one of two closures call the function, whichever fits its type.
    pub(crate) fn call<R>(
        &self,
        shared: &Shared,
        here: impl FnOnce(&P::Here) -> R,
        anywhere: impl FnOnce(&P::Anywhere) -> R,
    ) -> Option<R> {
        match self {
            Found::Here(cell) => StateCell::borrow(cell, shared).map(|f| here(&f)),
            Found::Anywhere(cell) => StateCell::borrow(cell, shared).map(|f| anywhere(&f)),
        }
    }
}
