//! The warning system a state is born with (manual §6.1, `warn`).

use perilune_vm::State;

use super::c_string;
use crate::io::Streams;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Off,
    On,
    /// In the middle of a message that comes in pieces.
    Continued,
}

/// Makes warnings go to the host's standard error as `Lua warning: …`. They
/// start switched off; the messages `@on` and `@off` switch them.
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// use perilune::host::{MemoryHost, install_warnings, set_host};
/// use perilune::native::State;
/// use std::sync::Arc;
///
/// let host = Arc::new(MemoryHost::new());
/// let mut state = State::new()?;
/// set_host(&mut state, host.clone());
/// install_warnings(&mut state);
/// state.warning(b"not shown", false);
/// state.warning(b"@on", false);
/// state.warning(b"low on fuel", false);
/// assert_eq!(host.errors(), b"Lua warning: low on fuel\n");
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
pub fn install_warnings(state: &mut State) {
    let streams = Streams::of(state);
    let mut mode = Mode::Off;
    state.set_send_warning_function(Box::new(move |_, message, to_be_continued| {
        let message = c_string(message);
        if mode != Mode::Continued
            && !to_be_continued
            && let Some(control) = message.strip_prefix(b"@")
        {
            match control {
                b"on" => mode = Mode::On,
                b"off" => mode = Mode::Off,
                _ => {}
            }
            return;
        }
        if mode == Mode::Off {
            return;
        }
        let mut text = Vec::new();
        if mode == Mode::On {
            text.extend_from_slice(b"Lua warning: ");
        }
        text.extend_from_slice(message);
        if to_be_continued {
            mode = Mode::Continued;
        } else {
            text.push(b'\n');
            mode = Mode::On;
        }
        streams.write_error(&text);
    }));
}
