//! Values that what lies beside a state keeps in it.
//!
//! A [`Kept`] is no handle: it is a number, of use only to whoever has the state
//! at hand. So it may be dropped, and moved to another thread, at any time.

use crate::error::Result;
use crate::state::State;
use crate::value::RawValue;

/// A value that a state keeps until [`State::forget`] is called.
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// use perilune::native::Kept;
///
/// state.push("for later")?;
/// let kept: Kept = state.keep(-1)?;
/// state.pop(1);
/// state.push_kept(&kept)?;
/// assert_eq!(state.bytes(-1), Some(&b"for later"[..]));
/// state.forget(kept);
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
#[derive(Debug)]
pub struct Kept(u32);

/// The values.
#[derive(Default)]
pub(crate) struct KeptValues {
    pub values: Vec<RawValue>,
    free: Vec<u32>,
}

impl State {
    /// Keeps the value at an index; pushes and pops nothing.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.new_table(0, 0)?;
    /// let kept = state.keep(1)?;
    /// state.push_kept(&kept)?;
    /// assert!(state.raw_equal(1, 2));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    pub fn keep(&mut self, index: i32) -> Result<Kept> {
        let value = self.raw(index);
        if let Some(at) = self.kept.free.pop() {
            self.kept.values[at as usize] = value;
            return Ok(Kept(at));
        }
        let at = u32::try_from(self.kept.values.len()).map_err(|_| self.memory_error())?;
        if self.kept.values.try_reserve(1).is_err() || self.kept.free.try_reserve(1).is_err() {
            return Err(self.memory_error());
        }
        self.kept.values.push(value);
        Ok(Kept(at))
    }

    pub(crate) fn kept_raw(&self, kept: &Kept) -> RawValue {
        self.kept.values.get(kept.0 as usize).copied().unwrap_or(RawValue::NIL)
    }

    /// Pushes a value that is kept.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push(42)?;
    /// let kept = state.keep(-1)?;
    /// state.push_kept(&kept)?;
    /// assert_eq!(state.to_integer(-1), Some(42));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the stack can't grow.
    pub fn push_kept(&mut self, kept: &Kept) -> Result<()> {
        self.push_raw(self.kept_raw(kept))
    }

    /// Keeps a value no longer.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::{GcOption, Payload, Shareable};
    ///
    /// let data = Shareable::new(1);
    /// state.new_userdata(Payload::new(data.clone()), 0)?;
    /// let kept = state.keep(-1)?;
    /// state.pop(1);
    /// state.gc(GcOption::Collect)?;
    /// assert_eq!(Shareable::strong_count(&data), 2);
    /// state.forget(kept);
    /// state.gc(GcOption::Collect)?;
    /// assert_eq!(Shareable::strong_count(&data), 1);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn forget(&mut self, kept: Kept) {
        if let Some(value) = self.kept.values.get_mut(kept.0 as usize)
            && self.kept.free.try_reserve(1).is_ok()
        {
            *value = RawValue::NIL;
            self.kept.free.push(kept.0);
        }
    }
}
