//! Accounted memory: every buffer of the compiler grows through here, so that a
//! cap can refuse and exhausted memory is an error, not an abort.

use std::cell::Cell;

/// Whoever keeps the books on memory.
pub trait Meter {
    /// Books `bytes` more; `false` if that would exceed the cap, and then
    /// nothing is booked.
    fn charge(&self, bytes: usize) -> bool;
    /// Gives `bytes` back.
    fn release(&self, bytes: usize);
}

/// A meter without a cap that books nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoMeter;

impl Meter for NoMeter {
    fn charge(&self, _bytes: usize) -> bool {
        true
    }
    fn release(&self, _bytes: usize) {}
}

/// Memory is exhausted or the meter refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfMemory;

impl From<perilune_bytecode::OutOfMemory> for OutOfMemory {
    fn from(_: perilune_bytecode::OutOfMemory) -> Self {
        Self
    }
}

/// The books of one compilation; what was charged is released when it is
/// dropped.
pub struct Account<'m> {
    meter: &'m dyn Meter,
    charged: Cell<usize>,
}

impl<'m> Account<'m> {
    /// An account with nothing charged.
    pub fn new(meter: &'m dyn Meter) -> Self {
        Self { meter, charged: Cell::new(0) }
    }

    /// Charges `bytes`.
    ///
    /// # Errors
    /// If the meter refuses.
    pub fn charge(&self, bytes: usize) -> Result<(), OutOfMemory> {
        if !self.meter.charge(bytes) {
            return Err(OutOfMemory);
        }
        self.charged.set(self.charged.get() + bytes);
        Ok(())
    }

    /// Makes room for `more` further elements, at least doubling.
    ///
    /// # Errors
    /// If the meter refuses or memory is exhausted.
    #[cold]
    #[inline(never)]
    pub fn grow<T>(&self, vec: &mut Vec<T>, more: usize) -> Result<(), OutOfMemory> {
        let wanted = vec.len().checked_add(more).ok_or(OutOfMemory)?;
        let capacity = wanted.max(vec.capacity().saturating_mul(2)).max(16);
        let added = capacity - vec.capacity();
        self.charge(added.checked_mul(size_of::<T>()).ok_or(OutOfMemory)?)?;
        vec.try_reserve_exact(capacity - vec.len()).map_err(|_| OutOfMemory)
    }

    /// Appends `value`.
    ///
    /// # Errors
    /// If the meter refuses or memory is exhausted.
    #[inline]
    pub fn push<T>(&self, vec: &mut Vec<T>, value: T) -> Result<(), OutOfMemory> {
        if vec.len() == vec.capacity() {
            self.grow(vec, 1)?;
        }
        vec.push(value);
        Ok(())
    }

    /// Appends `bytes`.
    ///
    /// # Errors
    /// If the meter refuses or memory is exhausted.
    #[inline]
    pub fn extend<T: Copy>(&self, vec: &mut Vec<T>, items: &[T]) -> Result<(), OutOfMemory> {
        if vec.capacity() - vec.len() < items.len() {
            self.grow(vec, items.len())?;
        }
        vec.extend_from_slice(items);
        Ok(())
    }

    /// A vector of exactly the elements of `items`.
    ///
    /// # Errors
    /// If the meter refuses or memory is exhausted.
    pub fn copy<T: Copy>(&self, items: &[T]) -> Result<Vec<T>, OutOfMemory> {
        let mut vec = Vec::new();
        if !items.is_empty() {
            self.charge(size_of_val(items))?;
            vec.try_reserve_exact(items.len()).map_err(|_| OutOfMemory)?;
            vec.extend_from_slice(items);
        }
        Ok(vec)
    }
}

impl Drop for Account<'_> {
    fn drop(&mut self) {
        self.meter.release(self.charged.get());
    }
}

impl std::fmt::Debug for Account<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").field("charged", &self.charged.get()).finish()
    }
}
