//! `debug.debug`.

use perilune_vm::{Result, Return, State};

use crate::host::c_string;
use crate::io::Streams;

/// A longer line is taken as several.
const MAX_LINE: usize = 249;

/// A line of standard input with its end; `None` at the end of the input.
fn read_line(streams: &Streams) -> Option<Vec<u8>> {
    let mut input = streams.input.borrow_mut();
    input.begin_read();
    let mut line = Vec::new();
    while line.len() < MAX_LINE
        && let Some(byte) = input.next_byte()
    {
        line.push(byte);
        if byte == b'\n' {
            break;
        }
    }
    (!line.is_empty()).then_some(line)
}

/// Runs a line; false if it is in error: then the message was pushed.
fn run(state: &mut State, command: &[u8]) -> Result<bool> {
    if !state.load(command, b"=(debug command)", b"bt")? {
        return Ok(false);
    }
    state.protected_call(0, Some(0))?;
    Ok(true)
}

/// `debug.debug ()` (manual §6.10).
pub(super) fn debug(state: &mut State) -> Result<Return> {
    let streams = Streams::of(state);
    loop {
        streams.write_error(b"lua_debug> ");
        streams.flush_output();
        let Some(line) = read_line(&streams) else { return Ok(Return::NONE) };
        if line == b"cont\n" {
            return Ok(Return::NONE);
        }
        let succeeded = match run(state, c_string(&line)) {
            Ok(succeeded) => succeeded,
            Err(error) => {
                state.push_error(error)?;
                false
            }
        };
        if !succeeded {
            let mut text = state.take_buffer();
            state.append_tostring(-1, &mut text)?;
            text.push(b'\n')?;
            streams.write_error(text.as_slice());
            state.give_buffer(text);
        }
        state.set_top(0);
    }
}
