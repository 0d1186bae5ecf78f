//! The collector's parameters as scripts see them. What the collector of this
//! machine makes of them is its own business.

use perilune_vm::{Payload, State};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// A parameter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Parameter {
    MinorMultiplier,
    MajorMinor,
    MinorMajor,
    Pause,
    StepMultiplier,
    StepSize,
    MajorIncrement,
}

/// The parameters of `collectgarbage("param")`.
pub(super) const NAMES: [(&str, Parameter); 6] = [
    ("minormul", Parameter::MinorMultiplier),
    ("majorminor", Parameter::MajorMinor),
    ("minormajor", Parameter::MinorMajor),
    ("pause", Parameter::Pause),
    ("stepmul", Parameter::StepMultiplier),
    ("stepsize", Parameter::StepSize),
];

/// The values of a state's parameters.
#[derive(Clone)]
pub(super) struct Parameters(Arc<[AtomicI64; 7]>);

impl Parameters {
    /// The parameters of the state.
    pub(super) fn of(state: &mut State) -> Parameters {
        if let Some(parameters) = state.app_data::<Parameters>() {
            return parameters.clone();
        }
        let parameters =
            Parameters(Arc::new(state.dialect().collector_parameters.map(AtomicI64::new)));
        state.set_app_data(Payload::new_send(parameters.clone()));
        parameters
    }

    /// Sets a parameter; the value before.
    pub(super) fn exchange(&self, which: Parameter, value: i64) -> i64 {
        self.0[which as usize].swap(value, Ordering::Relaxed)
    }

    /// Sets a parameter as it can be kept in a byte, unless the value is
    /// negative; the value before.
    pub(super) fn exchange_coded(&self, which: Parameter, value: i64) -> i64 {
        let slot = &self.0[which as usize];
        let before = slot.load(Ordering::Relaxed);
        if value >= 0 {
            slot.store(decode(encode(value)), Ordering::Relaxed);
        }
        before
    }
}

/// Hundredths as a number of four bits and an exponent of four bits, in units
/// of 1/128, rounded up.
fn encode(value: i64) -> u8 {
    const GREATEST: i64 = (0x1F << (0xF - 7 - 1)) * 100;
    if value >= GREATEST {
        return 0xFF;
    }
    let scaled = (value as u64 * 128).div_ceil(100);
    if scaled < 0x10 {
        return scaled as u8;
    }
    // The exponent that leaves five bits, the first of them a one.
    let exponent = (scaled + 1).next_power_of_two().trailing_zeros() - 5;
    ((scaled >> exponent) as u8 - 0x10) | ((exponent + 1) << 4) as u8
}

/// The hundredths that such a byte stands for, cut.
fn decode(code: u8) -> i64 {
    let mantissa = i64::from(code & 0xF);
    match code >> 4 {
        0 => (100 * mantissa) >> 7,
        exponent => {
            let exponent = i32::from(exponent) - 1 - 7;
            let mantissa = mantissa + 0x10;
            if exponent >= 0 { (100 * mantissa) << exponent } else { (100 * mantissa) >> -exponent }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};

    #[test]
    fn rounding() {
        for (value, kept) in
            [(0, 0), (1, 1), (7, 7), (20, 20), (50, 50), (70, 68), (123, 118), (100_000, 99_200)]
        {
            assert_eq!(decode(encode(value)), kept, "{value}");
        }
        assert_eq!(decode(encode(i64::from(i32::MAX))), 396_800);
    }
}
