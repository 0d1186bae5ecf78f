//! Timing of two implementations of one operation, in turns.

use cpu_time::ThreadTime;
use std::time::Duration;

/// An operation to be timed.
pub struct Operation {
    pub name: &'static str,
    /// Operations that one call of `run` makes.
    pub batch: u32,
    pub run: Box<dyn FnMut()>,
}

const SLICE: Duration = Duration::from_millis(12);
const ROUNDS: u32 = 9;

impl Operation {
    pub fn new(name: &'static str, batch: u32, run: impl FnMut() + 'static) -> Operation {
        Operation { name, batch, run: Box::new(run) }
    }

    fn time(&mut self, calls: u32) -> Duration {
        let start = ThreadTime::now();
        for _ in 0..calls {
            (self.run)();
        }
        start.elapsed()
    }

    /// How many calls take about a slice of time.
    fn calibrate(&mut self) -> u32 {
        let mut calls = 1;
        loop {
            let elapsed = self.time(calls);
            if elapsed >= SLICE / 4 || calls > 1 << 28 {
                let scale = SLICE.as_secs_f64() / elapsed.as_secs_f64().max(1e-9);
                return ((f64::from(calls) * scale) as u32).max(1);
            }
            calls *= 2;
        }
    }
}

/// The best times of one operation of each, in nanoseconds.
pub fn compare(theirs: &mut Operation, ours: &mut Operation) -> (f64, f64) {
    let calls = (theirs.calibrate(), ours.calibrate());
    let mut best = (f64::MAX, f64::MAX);
    for _ in 0..ROUNDS {
        let a = theirs.time(calls.0).as_nanos() as f64 / f64::from(calls.0 * theirs.batch);
        let b = ours.time(calls.1).as_nanos() as f64 / f64::from(calls.1 * ours.batch);
        best = (best.0.min(a), best.1.min(b));
    }
    best
}
