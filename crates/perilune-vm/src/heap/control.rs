//! `collectgarbage`: its options, with the answers of the C implementation.

use super::Heap;
use super::collect::{Phase, full, generational_step, incremental_step, set_generational, step_of};
use crate::state::State;

/// A mode of the collector, as scripts see it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mode {
    Incremental,
    Generational,
}

/// An option with its arguments.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Request {
    Collect,
    Stop,
    Restart,
    Count,
    /// Kilobytes; 0 = a basic step.
    Step(i32),
    SetPause(i32),
    SetStepMultiplier(i32),
    /// A percentage.
    SetMajorMinor(i32),
    IsRunning,
    /// 0 = leave the parameter as it is; so in the next.
    Generational {
        minor: i32,
        major: i32,
    },
    Incremental {
        pause: i32,
        step_multiplier: i32,
        step_size: i32,
    },
}

/// What a request answers.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Answer {
    /// The previous value of a parameter, or 0.
    Integer(i64),
    /// Kilobytes in use.
    Count(f64),
    Boolean(bool),
    /// The previous mode.
    Mode(Mode),
}

/// A percentage as the C implementation stores it: a quarter, in a byte.
fn quarter(percent: i32) -> u8 {
    (percent / 4) as u8
}

/// Sets a parameter unless the new value is 0.
fn set_unless_zero(place: &mut u8, value: i32, convert: fn(i32) -> u8) {
    if value != 0 {
        *place = convert(value);
    }
}

impl Heap {
    /// Says "generational" when asked for the mode, as the stock `lua` does,
    /// while collecting incrementally. There the change of mode is a collection:
    /// the next one is a pause away.
    pub(crate) fn report_generational(&mut self) {
        self.pacing.reported = Mode::Generational;
        self.set_pause();
    }
}

/// Does what `collectgarbage` asks for; `None` inside a finalizer, where
/// nothing is done. Afterwards the caller calls the finalizers that
/// `next_pending_finalizer` names.
///
/// # Safety
/// As `full`.
pub(crate) unsafe fn control(state: *mut State, request: Request) -> Option<Answer> {
    // SAFETY: the heap is borrowed anew after each collection.
    unsafe {
        let heap = &mut (*state).heap;
        if heap.account.finalizing || heap.collecting {
            return None;
        }
        let pacing = &mut heap.pacing;
        Some(match request {
            Request::Collect => {
                if (*state).dialect.collecting_restarts {
                    (*state).heap.account.stopped = false;
                }
                full(state, false);
                Answer::Integer(0)
            }
            Request::Stop => {
                heap.account.stopped = true;
                heap.arm();
                Answer::Integer(0)
            }
            Request::Restart => {
                heap.account.stopped = false;
                let used = heap.used();
                heap.set_goal(used);
                Answer::Integer(0)
            }
            Request::Count => Answer::Count(heap.used() as f64 / 1024.0),
            Request::Step(size) => {
                if (*state).dialect.collecting_restarts {
                    (*state).heap.account.stopped = false;
                }
                Answer::Boolean(forced_step(state, size))
            }
            Request::SetPause(pause) => {
                Answer::Integer(std::mem::replace(&mut pacing.pause, quarter(pause)) as i64 * 4)
            }
            Request::SetStepMultiplier(multiplier) => {
                let before = std::mem::replace(&mut pacing.step_multiplier, quarter(multiplier));
                Answer::Integer(before as i64 * 4)
            }
            Request::SetMajorMinor(percent) => {
                let percent = percent.max(0) as u32;
                let before = std::mem::replace(&mut pacing.major_minor, percent);
                Answer::Integer(before.into())
            }
            Request::IsRunning => Answer::Boolean(!heap.account.stopped),
            Request::Generational { minor, major } => {
                set_unless_zero(&mut pacing.minor, minor, |v| v as u8);
                set_unless_zero(&mut pacing.major, major, quarter);
                change_mode(state, Mode::Generational)
            }
            Request::Incremental { pause, step_multiplier, step_size } => {
                set_unless_zero(&mut pacing.pause, pause, quarter);
                set_unless_zero(&mut pacing.step_multiplier, step_multiplier, quarter);
                set_unless_zero(&mut pacing.step_size, step_size, |v| v as u8);
                change_mode(state, Mode::Incremental)
            }
        })
    }
}

/// # Safety
/// As `full`.
unsafe fn change_mode(state: *mut State, mode: Mode) -> Answer {
    // SAFETY: the state stays where it is; only its heap's fields are touched.
    unsafe {
        let before = std::mem::replace(&mut (*state).heap.pacing.reported, mode);
        set_generational(state, mode == Mode::Generational);
        Answer::Mode(before)
    }
}

/// `collectgarbage("step", size)`: works even if the collector is stopped.
/// Whether a cycle has ended; in generational mode none ever does.
///
/// # Safety
/// As `full`.
unsafe fn forced_step(state: *mut State, size: i32) -> bool {
    // SAFETY: no reference into the heap is held while it collects.
    unsafe {
        if (*state).dialect.exact_collector_steps {
            // Twice the work that is asked for, and that of a small step.
            let work = (size.max(0) as usize + 1).saturating_mul(2048);
            step_of(state, work);
            return (*state).heap.pacing.phase == Phase::Pause;
        }
        let heap = &mut (*state).heap;
        let (used, goal) = (heap.used() as i64, heap.account.goal.min(i64::MAX as usize) as i64);
        let debt = if size == 0 {
            0
        } else {
            (size as i64).saturating_mul(1024).saturating_add(used - goal)
        };
        if size != 0 && debt <= 0 {
            heap.set_goal((used - debt) as usize);
            return false;
        }
        if heap.pacing.generational && !heap.collects_fully() {
            generational_step(state, size != 0);
            return false;
        }
        if heap.pacing.reported == Mode::Generational {
            full(state, false);
            return false;
        }
        incremental_step(state, debt as usize);
        (*state).heap.pacing.phase == Phase::Pause
    }
}
