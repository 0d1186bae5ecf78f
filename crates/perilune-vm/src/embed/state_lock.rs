//! The lock around a state that may change threads.
//!
//! One OS thread at a time has it, as often as it likes. It is made for a lock
//! that hardly ever has to be waited for: taking it costs one atomic exchange,
//! taking it again a comparison, and giving it back a store.
//!
//! A thread that has to wait enters a queue and sleeps. As giving back is no atomic
//! exchange, it may miss that somebody has just entered the queue. So who enters
//! looks at the lock for a while before it sleeps, and sleeps for a limited time.
//! A thread that takes the lock again and again would hardly ever let a waiting one
//! in: now and then the lock is handed to the one that has waited longest.

use core::time::Duration;
use std::cell::Cell;
use std::collections::VecDeque;
use std::marker::PhantomData;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use std::sync::atomic::{AtomicUsize, fence};
use std::sync::{Condvar, Mutex, PoisonError};

/// See the module.
pub(in super::super) struct StateLock {
    /// Identifies the thread that has the lock; 0 = none has it.
    owner: AtomicUsize,
    /// How often the owner has it. Only the owner looks at this.
    depth: Cell<usize>,
    /// The length of the queue.
    waiting: AtomicUsize,
    queue: Mutex<Queue>,
    /// Wakes threads in the queue.
    given_back: Condvar,
}

/// Threads that wait, the first one longest.
struct Queue {
    threads: VecDeque<usize>,
    /// How often the lock was given back since the first one is the first.
    passed_over: u32,
}

// SAFETY: `depth` is used by the thread alone that has the lock; getting it
// synchronises with the one that gave it back.
unsafe impl Sync for StateLock {}

/// Having the lock. It is given back by the thread that took it.
pub(in super::super) struct Guard<'a> {
    lock: &'a StateLock,
    /// Not `Send`.
    _here: PhantomData<*const ()>,
}

thread_local! {
    /// Its address identifies the thread among those that are alive.
    static HERE: u8 = const { 0 };
}

#[inline(always)]
fn this_thread() -> usize {
    HERE.with(|here| std::ptr::from_ref(here) as usize)
}

/// How often a thread looks at the lock before it enters the queue, and before it
/// sleeps.
const SPINS: u32 = 100;
/// How long a thread sleeps at most before it looks at the lock again.
const SLEEP: Duration = Duration::from_millis(1);
/// How often a thread may take the lock again while others wait.
const PATIENCE: u32 = 50;

impl StateLock {
    pub(super) fn new(_: ()) -> StateLock {
        StateLock {
            owner: AtomicUsize::new(0),
            depth: Cell::new(0),
            waiting: AtomicUsize::new(0),
            queue: Mutex::new(Queue { threads: VecDeque::new(), passed_over: 0 }),
            given_back: Condvar::new(),
        }
    }

    /// Waits until no other thread has the lock.
    #[inline(always)]
    pub(super) fn lock(&self) -> Guard<'_> {
        let here = this_thread();
        if self.owner.load(Relaxed) == here {
            // It can't overflow by nesting; but guards may be forgotten.
            match self.depth.get().checked_add(1) {
                Some(depth) => self.depth.set(depth),
                None => too_deep(),
            }
        } else {
            if !self.try_take(here) {
                self.wait(here);
            }
            self.depth.set(1);
        }
        Guard { lock: self, _here: PhantomData }
    }

    #[inline(always)]
    fn try_take(&self, here: usize) -> bool {
        self.owner.compare_exchange(0, here, Acquire, Relaxed).is_ok()
    }

    /// Takes the lock if it is free at one of some looks; answers whether it is
    /// this thread's.
    fn spin(&self, here: usize) -> bool {
        for _ in 0..SPINS {
            let owner = self.owner.load(Acquire);
            if owner == here || owner == 0 && self.try_take(here) {
                return true;
            }
            std::hint::spin_loop();
        }
        false
    }

    #[cold]
    #[inline(never)]
    fn wait(&self, here: usize) {
        if self.spin(here) {
            return;
        }
        {
            let mut queue = self.queue();
            queue.threads.push_back(here);
            self.waiting.store(queue.threads.len(), SeqCst);
        }
        fence(SeqCst);
        while !self.spin(here) {
            let queue = self.queue();
            let owner = self.owner.load(Acquire);
            if owner != here && owner != 0 {
                drop(self.given_back.wait_timeout(queue, SLEEP));
            }
        }
        let mut queue = self.queue();
        queue.threads.retain(|waits| *waits != here);
        self.left(&mut queue);
    }

    /// Somebody has left the queue.
    fn left(&self, queue: &mut Queue) {
        self.waiting.store(queue.threads.len(), SeqCst);
        queue.passed_over = 0;
    }

    fn queue(&self) -> std::sync::MutexGuard<'_, Queue> {
        // Nothing in it can be left half done.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the lock back while others wait: to the one that has waited longest if
    /// it has waited long enough, else to nobody.
    #[cold]
    #[inline(never)]
    fn give_to_waiting(&self) {
        let mut queue = self.queue();
        queue.passed_over = queue.passed_over.saturating_add(1);
        match queue.threads.front().copied() {
            Some(next) if queue.passed_over >= PATIENCE => {
                queue.threads.pop_front();
                self.left(&mut queue);
                self.owner.store(next, Release);
                self.given_back.notify_all();
            }
            _ => {
                self.owner.store(0, Release);
                self.given_back.notify_one();
            }
        }
    }
}

impl Drop for Guard<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        let lock = self.lock;
        let depth = lock.depth.get() - 1;
        lock.depth.set(depth);
        if depth > 0 {
            return;
        }
        if lock.waiting.load(Relaxed) == 0 {
            lock.owner.store(0, Release);
        } else {
            lock.give_to_waiting();
        }
    }
}

#[cold]
#[inline(never)]
fn too_deep() -> ! {
    eprintln!("perilune: the lock of a state was taken too often");
    std::process::abort()
}

#[cfg(test)]
mod tests {
    use super::StateLock;
    use std::cell::Cell;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// A counter without synchronisation of its own.
    struct Guarded {
        lock: StateLock,
        count: Cell<usize>,
    }

    // SAFETY: the tests look at the count under the lock alone.
    unsafe impl Sync for Guarded {}

    #[test]
    fn one_thread_at_a_time() {
        let shared = Arc::new(Guarded { lock: StateLock::new(()), count: Cell::new(0) });
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let shared = shared.clone();
                std::thread::spawn(move || {
                    for i in 0..20_000 {
                        let _guard = shared.lock.lock();
                        let count = shared.count.get();
                        let _again = shared.lock.lock();
                        if i % 1000 == 0 {
                            std::thread::yield_now();
                        }
                        shared.count.set(count + 1);
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().expect("a thread that ends");
        }
        assert_eq!(shared.count.get(), 80_000);
    }

    #[test]
    fn who_waits_gets_its_turn() {
        let shared = Arc::new(Guarded { lock: StateLock::new(()), count: Cell::new(0) });
        let turns = Arc::new(AtomicUsize::new(0));
        let (other, others) = (shared.clone(), turns.clone());
        let thread = std::thread::spawn(move || {
            for _ in 0..5 {
                let _guard = other.lock.lock();
                other.count.set(other.count.get() + 1);
                others.fetch_add(1, Ordering::SeqCst);
            }
        });
        // Takes the lock again as soon as it has given it back.
        let mut rounds = 0;
        while turns.load(Ordering::SeqCst) < 5 {
            let _guard = shared.lock.lock();
            for _ in 0..10_000 {
                std::hint::spin_loop();
            }
            rounds += 1;
            assert!(rounds < 200_000, "the other thread never gets the lock");
        }
        thread.join().expect("a thread that ends");
        assert_eq!(shared.count.get(), 5);
    }

    #[test]
    fn waiting_ends_when_the_lock_is_given_back() {
        let shared = Arc::new(Guarded { lock: StateLock::new(()), count: Cell::new(0) });
        let guard = shared.lock.lock();
        let other = shared.clone();
        let thread = std::thread::spawn(move || {
            let _guard = other.lock.lock();
            other.count.set(other.count.get() + 1);
        });
        std::thread::sleep(core::time::Duration::from_millis(20));
        assert_eq!(shared.count.get(), 0);
        drop(guard);
        thread.join().expect("a thread that ends");
        assert_eq!(shared.count.get(), 1);
    }
}
