//! Which userdata an error stood for, so that it is raised again as the same one.
//!
//! Two kinds of userdata become errors without a handle in them: those that stand
//! for an error of Rust themselves, and those of programs, which come to Rust as
//! messages. Both are found again in tables with weak values in the registry: by
//! the address of the error's cause, which the userdata keeps, and by a number
//! that belongs to a message.

use super::Error;
use crate::callback::error_at;
use crate::handle::Handle;
use crate::state::Extra;
use perilune_vm::{self as vm, Beside, Shared, State};
use std::collections::VecDeque;
use std::sync::Arc;

/// What is kept beside the state for messages.
pub(crate) struct Messages(Beside<Known>);

#[derive(Default)]
struct Known {
    /// The latest ones, the last one last.
    messages: VecDeque<Message>,
    next: i64,
}

/// What was made of a userdata.
struct Message {
    /// Where the text lies in the error, unless that is a copy.
    address: usize,
    text: String,
    number: i64,
    /// Keeps the userdata alive: the error may be all that is left of it.
    _alive: Option<Handle>,
}

/// So many messages are known.
const KNOWN: usize = 256;
/// Of these, so many keep their userdata alive.
const ALIVE: usize = 8;

/// Names of the tables in the registry.
const ERRORS: &str = "perilune.Errors";
const RAISED: &str = "perilune.Raised";

impl Messages {
    pub(crate) fn new(shared: &Shared) -> Messages {
        Messages(Beside::new(shared, Known::default()))
    }
}

impl Known {
    /// The number of the message: that of this very text if it is known, else of
    /// the latest one that reads the same.
    fn number(&self, text: &str) -> Option<i64> {
        let same = || self.messages.iter().rev().filter(|message| message.text == text);
        let address = text.as_ptr() as usize;
        let found = same().find(|message| message.address == address).or_else(|| same().next());
        found.map(|message| message.number)
    }
}

/// Pushes a table of the registry whose values are weak.
fn push_weak(state: &mut State, name: &str) -> vm::Result<()> {
    if !state.push_registry_table(name)? {
        state.new_table(0, 1)?;
        state.set_field_to(-1, "__mode", "v")?;
        state.set_metatable(-2)?;
    }
    Ok(())
}

fn address(cause: &Arc<Error>) -> i64 {
    Arc::as_ptr(cause) as usize as i64
}

/// Remembers the userdata on top, which stands for an error with this cause.
pub(crate) fn remember_error(state: &mut State, cause: &Arc<Error>) {
    let top = state.top();
    let _ = push_weak(state, ERRORS)
        .and_then(|()| state.push_value(top as i32))
        .and_then(|()| state.raw_set_integer(-2, address(cause)));
    state.set_top(top);
}

/// The userdata that stands for the error with this cause, if it was remembered and
/// lives.
pub(crate) fn known_error(state: &mut State, cause: &Arc<Error>) -> Option<Handle> {
    let top = state.top();
    let found = push_weak(state, ERRORS).and_then(|()| state.raw_get_integer(-1, address(cause)));
    let same = found.is_ok()
        && matches!(error_at(-1, state),
            Ok(Some(Error::CallbackError { cause: other, .. })) if Arc::ptr_eq(&other, cause));
    let handle = if same { Handle::pin(state, -1).ok() } else { None };
    state.set_top(top);
    handle
}

/// Remembers the userdata on top, of which this text was made.
pub(crate) fn remember_message(state: &mut State, text: &str) {
    let top = state.top();
    let _ = state.with_extension(|state, extra: &Extra| {
        let alive = Handle::pin(state, -1).ok();
        let (number, forgotten, _released) = extra.messages.0.with(state, |known| {
            known.next += 1;
            let number = known.next;
            let address = text.as_ptr() as usize;
            let message = Message { address, text: text.to_owned(), number, _alive: alive };
            known.messages.push_back(message);
            let released = match known.messages.len().checked_sub(ALIVE + 1) {
                Some(at) => known.messages.get_mut(at).and_then(|message| message._alive.take()),
                None => None,
            };
            let full = known.messages.len() > KNOWN;
            let oldest = if full { known.messages.pop_front() } else { None };
            (number, oldest.map(|message| message.number), released)
        });
        push_weak(state, RAISED)?;
        state.push_value(top as i32)?;
        state.raw_set_integer(-2, number)?;
        if let Some(forgotten) = forgotten {
            state.push(())?;
            state.raw_set_integer(-2, forgotten)?;
        }
        Ok::<(), vm::Error>(())
    });
    state.set_top(top);
}

/// The userdata of which a text was made, if it is remembered and lives.
pub(crate) fn known_message(state: &mut State, text: &str) -> Option<Handle> {
    let top = state.top();
    let number = state.with_extension(|state, extra: &Extra| {
        extra.messages.0.with(state, |known| known.number(text))
    });
    let number = number.flatten()?;
    let found = push_weak(state, RAISED).and_then(|()| state.raw_get_integer(-1, number));
    let there = found.is_ok() && !matches!(state.value(-1), vm::Value::Nil);
    let handle = if there { Handle::pin(state, -1).ok() } else { None };
    state.set_top(top);
    handle
}
