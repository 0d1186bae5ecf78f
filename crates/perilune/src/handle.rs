//! Handles of Lua values: what `Table`, `Function` and the others consist of.

use crate::error::{Error, Result};
use crate::state::{Extra, Lua};
use crate::value::Value;
use perilune_vm::{Root, State};

/// A value that is kept alive, as long as its state is.
#[derive(Clone)]
pub(crate) struct Handle(pub(crate) Root);

impl Handle {
    /// Runs `f` with the value's state. What `f` leaves on the stack is dropped.
    ///
    /// # Errors
    /// If the state is closed or in use further out; what `f` answers.
    #[inline(always)]
    pub(crate) fn with<R>(&self, f: impl FnOnce(&mut State, &Extra) -> Result<R>) -> Result<R> {
        self.0.with(f)
    }

    /// Pushes the value.
    ///
    /// # Errors
    /// If it belongs to another state.
    #[inline(always)]
    pub(crate) fn push(&self, state: &mut State) -> Result<()> {
        if !state.owns(&self.0) {
            return Err(Error::MismatchedState);
        }
        state.push_root(&self.0).map_err(|_| Error::StackError)
    }

    /// The value at an index of the stack.
    ///
    /// # Errors
    /// If memory runs out.
    #[inline(always)]
    pub(crate) fn pin(state: &mut State, index: i32) -> Result<Handle> {
        state.pin(index).map(Handle).map_err(|_| Error::StackError)
    }

    /// The address that identifies the value; 0 if its state is gone.
    pub(crate) fn address(&self) -> usize {
        self.with(|state, _| Ok(state.root_pointer(&self.0))).unwrap_or(0)
    }

    /// A handle of the value's type.
    pub(crate) fn to_value(&self) -> Result<Value> {
        self.with(|state, extra| {
            self.push(state)?;
            Value::at(-1, state, &extra.lua)
        })
    }

    /// The handle of the value's state, that does not keep it open.
    pub(crate) fn lua(&self) -> Lua {
        Lua(self.0.shared())
    }

    /// Whether both are the same value, by raw equality.
    pub(crate) fn same(&self, other: &Handle) -> bool {
        self.0.same_root(&other.0)
            || self.0.same_state(&other.0)
                && self.with(|state, _| Ok(state.roots_equal(&self.0, &other.0))).unwrap_or(false)
    }
}
