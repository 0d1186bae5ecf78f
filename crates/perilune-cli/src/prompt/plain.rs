//! The plain prompt, for input or output that is no terminal.

use perilune::native::State;
use perilune::native::stdlib::host::c_string;
use perilune::native::stdlib::io::Streams;

use super::{Line, LineReader};
use std::sync::Arc;

/// Longer lines come in pieces of this length, as those of `lua` do.
const MAX_PIECE: usize = 511;

/// Reads lines from the stream that the script reads too.
pub(super) struct PlainReader<'s> {
    state: &'s mut State,
    streams: Arc<Streams>,
}

impl<'s> PlainReader<'s> {
    pub fn new(state: &'s mut State) -> Self {
        let streams = Streams::of(state);
        PlainReader { state, streams }
    }
}

impl LineReader for PlainReader<'_> {
    fn state(&mut self) -> &mut State {
        self.state
    }

    fn read_line(&mut self, prompt: &[u8]) -> Line {
        self.streams.write_output(prompt);
        self.streams.flush_output();
        let mut input = self.streams.input.borrow_mut();
        let mut line = Vec::new();
        while line.len() < MAX_PIECE {
            match input.next_byte() {
                None if line.is_empty() => return Line::End,
                None | Some(b'\n') => break,
                Some(byte) => line.push(byte),
            }
        }
        if input.take_error().is_some() {
            return Line::End;
        }
        let length = c_string(&line).len();
        line.truncate(length);
        Line::Text(line)
    }

    fn remember(&mut self, _: &[u8]) {}
}
