//! A few chunks of closed states, kept for the next ones.
//!
//! A program that makes a state for each of many small tasks would otherwise get
//! fresh pages from the system for each, which costs more than opening the
//! libraries.

use super::block::Block;
use std::sync::Mutex;

/// Chunks that are kept at most.
const KEPT: usize = 4;

/// A chunk that nobody uses.
struct Spare(*mut Block);

// SAFETY: the chunk belongs to whoever takes it out of the list.
unsafe impl Send for Spare {}

static SPARES: Mutex<Vec<Spare>> = Mutex::new(Vec::new());

/// A chunk of the usual size, with whatever was in it.
pub(super) fn take() -> Option<*mut Block> {
    SPARES.try_lock().ok()?.pop().map(|spare| spare.0)
}

/// Keeps a chunk of the usual size; false if it must be freed.
///
/// # Safety
/// Nothing refers to the chunk, which was allocated with the usual layout.
pub(super) unsafe fn keep(chunk: *mut Block) -> bool {
    let Ok(mut spares) = SPARES.try_lock() else { return false };
    if spares.len() >= KEPT || spares.try_reserve(1).is_err() {
        return false;
    }
    spares.push(Spare(chunk));
    true
}
