//! Looking into running code.

use crate::function::FunctionInfo;
use perilune_vm::DebugInfo;

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The information on a function that is not running.
pub(crate) fn function_info(info: DebugInfo) -> FunctionInfo {
    let line = |n: i64| usize::try_from(n).ok();
    FunctionInfo {
        name: info.name.as_deref().map(text),
        name_what: match info.name_what {
            "" => None,
            what => Some(what),
        },
        what: info.what,
        source: Some(text(&info.source)),
        short_src: Some(text(&info.short_source)),
        line_defined: line(info.line_defined),
        last_line_defined: line(info.last_line_defined),
        num_upvalues: info.upvalue_count,
        num_params: info.parameter_count,
        is_vararg: info.is_vararg,
    }
}

/// The events that a hook is called for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HookTriggers {
    /// A function is called.
    pub on_calls: bool,
    /// A function returns.
    pub on_returns: bool,
    /// A new line begins.
    pub every_line: bool,
    /// So many instructions have run.
    pub every_nth_instruction: Option<u32>,
}

/// A new coroutine has the hook that was set for all.
pub(crate) fn inherit_global_hook(state: &mut perilune_vm::State, extra: &crate::state::Extra) {
    let _ = (state, extra);
}
