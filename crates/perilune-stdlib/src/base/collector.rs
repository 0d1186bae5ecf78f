//! `collectgarbage`.

use perilune_vm::{GcMode, GcOption, GcResult, Result, Return, State};

use super::collector_parameters::{NAMES, Parameter, Parameters};

/// An optional integer argument as C's `int`, 0 by default.
fn parameter(state: &mut State, arg: i32) -> Result<i64> {
    Ok(i64::from(state.opt_integer(arg, 0)? as i32))
}

/// `collectgarbage ([opt [, arg]])` (manual §6.1).
pub(super) fn collectgarbage(state: &mut State) -> Result<Return> {
    let dialect = state.dialect();
    let options = dialect.collector_options;
    let option = options[state.check_option(1, Some("collect"), options)?];
    if dialect.collector_checks_argument {
        parameter(state, 2)?;
    }
    let kept = match option {
        "setpause" => Some(Parameter::Pause),
        "setstepmul" => Some(Parameter::StepMultiplier),
        "setmajorinc" => Some(Parameter::MajorIncrement),
        _ => None,
    };
    if let Some(kept) = kept
        && !dialect.collector_tells_mode
    {
        return set_parameter(state, kept);
    }
    let request = match option {
        "stop" => GcOption::Stop,
        "restart" => GcOption::Restart,
        "count" => GcOption::CountBytes,
        "step" => GcOption::Step(parameter(state, 2)?),
        "setpause" => GcOption::SetPause(parameter(state, 2)?),
        "setstepmul" => GcOption::SetStepMul(parameter(state, 2)?),
        "isrunning" => GcOption::IsRunning,
        "generational" => {
            let minor = parameter(state, 2)?;
            GcOption::Generational { minor, major: parameter(state, 3)? }
        }
        "incremental" => {
            let pause = parameter(state, 2)?;
            let step_mul = parameter(state, 3)?;
            GcOption::Incremental { pause, step_mul, step_size: parameter(state, 4)? }
        }
        "param" => return named_parameter(state),
        _ => GcOption::Collect,
    };
    let result = state.gc(request)?;
    if option == "count" && (result != GcResult::None || !dialect.collector_refuses_finalizers) {
        return count(state);
    }
    match result {
        GcResult::None if dialect.collector_refuses_finalizers => state.ret(()),
        GcResult::Mode(_) if !dialect.collector_tells_mode => state.ret(0i64),
        GcResult::None => match option {
            "step" | "isrunning" => state.ret(false),
            _ => state.ret(0i64),
        },
        GcResult::Number(n) => state.ret(n),
        GcResult::Flag(flag) => state.ret(flag),
        GcResult::Mode(GcMode::Incremental) => state.ret("incremental"),
        GcResult::Mode(GcMode::Generational) => state.ret("generational"),
    }
}

/// The memory in use, in kilobytes.
fn count(state: &mut State) -> Result<Return> {
    let bytes = state.used_memory();
    state.push(bytes as f64 / 1024.0)?;
    if !state.dialect().collector_counts_bytes {
        return Ok(Return::values(1));
    }
    state.push((bytes % 1024) as i64)?;
    Ok(Return::values(2))
}

/// `gcinfo ()`: the memory in use, in whole kilobytes.
pub(super) fn gcinfo(state: &mut State) -> Result<Return> {
    let kilobytes = state.used_memory() / 1024;
    state.ret(kilobytes as i64)
}

/// Sets a parameter of the collector and gives the one before.
fn set_parameter(state: &mut State, which: Parameter) -> Result<Return> {
    let mut value = parameter(state, 2)?;
    if matches!(which, Parameter::StepMultiplier) {
        value = value.max(state.dialect().least_step_multiplier);
    }
    match which {
        Parameter::Pause => drop(state.gc(GcOption::SetPause(value))?),
        Parameter::StepMultiplier => drop(state.gc(GcOption::SetStepMul(value))?),
        _ => {}
    }
    let before = Parameters::of(state).exchange(which, value);
    state.ret(before)
}

/// `collectgarbage ("param", name [, value])`: gives a parameter's value, and
/// sets another one.
fn named_parameter(state: &mut State) -> Result<Return> {
    let names: Vec<&str> = NAMES.iter().map(|(name, _)| *name).collect();
    let (_, which) = NAMES[state.check_option(2, None, &names)?];
    let value = i64::from(state.opt_integer(3, -1)? as i32);
    if value >= 0 {
        match which {
            Parameter::Pause => drop(state.gc(GcOption::SetPause(value))?),
            Parameter::StepMultiplier => drop(state.gc(GcOption::SetStepMul(value))?),
            Parameter::MajorMinor => drop(state.gc(GcOption::SetMajorMinor(value))?),
            _ => {}
        }
    }
    let before = Parameters::of(state).exchange_coded(which, value);
    state.ret(before)
}
