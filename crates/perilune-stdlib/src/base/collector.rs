//! `collectgarbage`.

use perilune_vm::{GcMode, GcOption, GcResult, Result, Return, State};

const OPTIONS: &[&str] = &[
    "stop",
    "restart",
    "collect",
    "count",
    "step",
    "setpause",
    "setstepmul",
    "isrunning",
    "generational",
    "incremental",
];

/// An optional integer argument as C's `int`, 0 by default.
fn parameter(state: &mut State, arg: i32) -> Result<i64> {
    Ok(i64::from(state.opt_integer(arg, 0)? as i32))
}

/// `collectgarbage ([opt [, arg]])` (manual §6.1), with the options
/// `setpause` and `setstepmul` of 5.3. Called by a finalizer it does nothing
/// and returns `nil`.
pub(super) fn collectgarbage(state: &mut State) -> Result<Return> {
    let option = OPTIONS[state.check_option(1, Some("collect"), OPTIONS)?];
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
        _ => GcOption::Collect,
    };
    match state.gc(request)? {
        GcResult::None => state.ret(()),
        GcResult::Number(bytes) if option == "count" => state.ret(bytes as f64 / 1024.0),
        GcResult::Number(n) => state.ret(n),
        GcResult::Flag(flag) => state.ret(flag),
        GcResult::Mode(GcMode::Incremental) => state.ret("incremental"),
        GcResult::Mode(GcMode::Generational) => state.ret("generational"),
    }
}
