//! Accounting: bytes in use, the cap on them, and when to collect.
//!
//! `used` runs ahead: the free cells of the current runs count as used. Whoever
//! needs the exact figure subtracts them, or retracts the runs.

use super::{AllocError, Heap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};

/// A handle by which buffers that are being built, outside the heap's sight,
/// are counted among the bytes in use.
#[derive(Clone)]
pub struct Meter(Arc<Shared>);

/// What all meters of a heap share with it.
struct Shared {
    /// Bytes charged by meters.
    bytes: AtomicUsize,
    /// Other bytes in use, as last told by the heap.
    heap: AtomicUsize,
    cap: AtomicUsize,
    /// Requests to let pass before one fails; 0 = none fails.
    fail_at: AtomicU64,
    failing: AtomicBool,
    retrying: AtomicBool,
}

impl Meter {
    pub(super) fn new() -> Meter {
        Meter(Arc::new(Shared {
            bytes: AtomicUsize::new(0),
            heap: AtomicUsize::new(0),
            cap: AtomicUsize::new(usize::MAX),
            fail_at: AtomicU64::new(0),
            failing: AtomicBool::new(false),
            retrying: AtomicBool::new(false),
        }))
    }

    /// Counts `bytes` more, before they are allocated.
    ///
    /// # Errors
    /// If the cap would be exceeded; nothing is counted then.
    pub fn charge(&self, bytes: usize) -> Result<(), AllocError> {
        self.count_request()?;
        let shared = &*self.0;
        let others = shared.heap.load(Relaxed).saturating_add(shared.bytes.load(Relaxed));
        if bytes > shared.cap.load(Relaxed).saturating_sub(others) {
            return Err(AllocError);
        }
        shared.bytes.fetch_add(bytes, Relaxed);
        Ok(())
    }

    /// Counts `bytes` less, that were charged.
    pub fn release(&self, bytes: usize) {
        self.0.bytes.fetch_sub(bytes, Relaxed);
    }

    /// Counts down to the request that is to fail.
    pub(super) fn count_request(&self) -> Result<(), AllocError> {
        let shared = &*self.0;
        let left = shared.fail_at.load(Relaxed);
        if left == 0 {
            return Ok(());
        }
        if shared.failing.load(Relaxed) {
            // The request after the one that failed: its retry fails as well.
            shared.fail_at.store(0, Relaxed);
            shared.failing.store(false, Relaxed);
            return if shared.retrying.load(Relaxed) { Err(AllocError) } else { Ok(()) };
        }
        if left > 1 {
            shared.fail_at.store(left - 1, Relaxed);
            return Ok(());
        }
        shared.failing.store(true, Relaxed);
        Err(AllocError)
    }
}

/// Limits, and what the tests' stress switches ask for.
pub(super) struct Account {
    pub meter: Meter,
    /// Bytes that meters had charged when last asked.
    metered: usize,
    cap: usize,
    /// Bytes in use at which the next step is due.
    pub goal: usize,
    /// `collectgarbage("stop")`.
    pub stopped: bool,
    /// A finalizer runs: nothing is collected meanwhile.
    pub finalizing: bool,
    collect_every: u32,
    questions: u32,
    /// Most bytes of a run of cells that is taken at once.
    pub grant: usize,
}

impl Account {
    pub fn new() -> Account {
        Account {
            meter: Meter::new(),
            metered: 0,
            cap: usize::MAX,
            goal: 0,
            stopped: false,
            finalizing: false,
            collect_every: 0,
            questions: 0,
            grant: 4096,
        }
    }
}

impl Heap {
    /// Bytes in use.
    pub(crate) fn used(&self) -> usize {
        let metered = self.account.meter.0.bytes.load(Relaxed);
        self.used - self.account.metered + metered - self.ungranted()
    }

    /// The most bytes that may be in use.
    pub(crate) fn set_cap(&mut self, cap: Option<usize>) {
        self.account.cap = cap.unwrap_or(usize::MAX);
        self.account.meter.0.cap.store(self.account.cap, Relaxed);
    }

    #[cfg(test)]
    pub(crate) fn cap(&self) -> Option<usize> {
        (self.account.cap != usize::MAX).then_some(self.account.cap)
    }

    /// A handle to count buffers with.
    pub(crate) fn meter(&self) -> Meter {
        self.account.meter.clone()
    }

    /// Counts memory outside the heap, before it is allocated.
    pub(crate) fn charge(&mut self, bytes: usize) -> Result<(), AllocError> {
        self.request(bytes)?;
        self.add_external(bytes);
        Ok(())
    }

    /// Counts memory outside the heap less.
    pub(crate) fn release(&mut self, bytes: usize) {
        self.remove_external(bytes);
    }

    pub(super) fn add_external(&mut self, bytes: usize) {
        self.used += bytes;
        self.external += bytes;
    }

    pub(super) fn remove_external(&mut self, bytes: usize) {
        self.used -= bytes;
        self.external -= bytes;
    }

    /// Asks for `bytes` more: whether the cap and the tests allow it.
    pub(super) fn request(&mut self, bytes: usize) -> Result<(), AllocError> {
        if self.stress {
            self.account.meter.count_request()?;
        }
        self.reserve(bytes)
    }

    /// Whether `bytes` more are below the cap.
    pub(super) fn reserve(&mut self, bytes: usize) -> Result<(), AllocError> {
        let metered = self.account.meter.0.bytes.load(Relaxed);
        if metered != self.account.metered {
            self.used = self.used - self.account.metered + metered;
            self.external = self.external - self.account.metered + metered;
            self.account.metered = metered;
        }
        self.account.meter.0.heap.store(self.used - metered, Relaxed);
        if bytes <= self.account.cap.saturating_sub(self.used) {
            return Ok(());
        }
        self.retract_runs();
        if bytes <= self.account.cap.saturating_sub(self.used) { Ok(()) } else { Err(AllocError) }
    }

    /// Whether a collection step is due: call `step` then.
    #[inline(always)]
    pub(crate) fn wants_collection(&mut self) -> bool {
        self.used >= self.trigger && self.is_due()
    }

    #[cold]
    #[inline(never)]
    fn is_due(&mut self) -> bool {
        let account = &mut self.account;
        if account.stopped || account.finalizing {
            return false;
        }
        if account.collect_every == 0 {
            return true;
        }
        account.questions += 1;
        if account.questions < account.collect_every {
            return false;
        }
        account.questions = 0;
        true
    }

    /// Whether every `n`-th question is answered by a full collection.
    pub(super) fn collects_fully(&self) -> bool {
        self.account.collect_every != 0
    }

    /// Sets when the next step is due.
    pub(super) fn set_goal(&mut self, goal: usize) {
        self.account.goal = goal;
        self.arm();
    }

    /// Computes `trigger` anew.
    pub(super) fn arm(&mut self) {
        let account = &self.account;
        self.trigger = if account.stopped || account.finalizing {
            usize::MAX
        } else if account.collect_every != 0 {
            0
        } else {
            account.goal
        };
    }

    /// While a finalizer runs, or the state is closed, nothing is collected but
    /// in an emergency, and `control` answers nothing. Answers what was set.
    pub(crate) fn set_finalizing(&mut self, finalizing: bool) -> bool {
        let before = std::mem::replace(&mut self.account.finalizing, finalizing);
        self.arm();
        before
    }

    /// The next request repeats one that failed.
    pub(crate) fn set_retrying(&mut self, retrying: bool) {
        self.account.meter.0.retrying.store(retrying, Relaxed);
    }

    /// For tests. `collect_every` = n: every n-th `wants_collection` is true,
    /// and the step is a full collection. `fail_at` = n: the n-th request for
    /// memory from now on fails, and so does its retry. 0 switches either off.
    pub(crate) fn set_stress(&mut self, collect_every: u32, fail_at: u64) {
        self.retract_runs();
        self.freed = [std::ptr::null_mut(); super::block::CLASSES];
        self.account.collect_every = collect_every;
        self.account.questions = 0;
        self.account.meter.0.fail_at.store(fail_at, Relaxed);
        self.account.meter.0.failing.store(false, Relaxed);
        self.stress = collect_every != 0 || fail_at != 0;
        self.arm();
    }
}
