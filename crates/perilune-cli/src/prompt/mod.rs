//! The prompt: read a chunk, run it, print its results.

mod complete;
mod editor;
mod highlight;
mod plain;

use std::io::IsTerminal;

use perilune_stdlib::host::c_string;
use perilune_stdlib::io::Streams;
use perilune_vm::{Result, State};

use crate::interpreter::{Interpreter, write_message};

/// Where the prompt gets its lines from.
trait LineReader {
    /// The state, which the reader may look into for completions.
    fn state(&mut self) -> &mut State;
    /// Shows a prompt and reads a line, without its end.
    fn read_line(&mut self, prompt: &[u8]) -> Line;
    /// Adds a complete input to the history.
    fn remember(&mut self, input: &[u8]);
}

/// What came of reading a line.
enum Line {
    Text(Vec<u8>),
    /// The person wants to start anew.
    Discarded,
    End,
}

/// Whether standard input is a terminal.
pub fn input_is_terminal() -> bool {
    std::io::stdin().is_terminal()
}

/// Reads and runs until the input ends: with an editor if a person is there,
/// else with the plain prompts of `lua`.
pub fn run(interpreter: &Interpreter, state: &mut State) -> Result<()> {
    // Messages at the prompt go without the program's name, the last one too if it ends the
    // prompt.
    let program = interpreter.program.take();
    if input_is_terminal() && std::io::stdout().is_terminal() {
        match editor::EditorReader::new(state) {
            Ok(mut reader) => read_and_run(interpreter, &mut reader)?,
            Err(state) => read_and_run(interpreter, &mut plain::PlainReader::new(state))?,
        }
    } else {
        read_and_run(interpreter, &mut plain::PlainReader::new(state))?;
    }
    interpreter.program.replace(program);
    Ok(())
}

/// What [`load_input`] came to.
enum Input {
    Loaded,
    Failed,
    Discarded,
    End,
}

fn read_and_run(interpreter: &Interpreter, reader: &mut impl LineReader) -> Result<()> {
    let base = reader.state().top();
    loop {
        reader.state().set_top(base);
        match load_input(reader)? {
            Input::End => break,
            Input::Discarded => continue,
            Input::Failed => interpreter.report(reader.state()),
            Input::Loaded => {
                let state = reader.state();
                if interpreter.call(state, 0, None)? {
                    print_results(state, base)?;
                } else {
                    interpreter.report(state);
                }
            }
        }
    }
    let state = reader.state();
    state.set_top(base);
    let streams = Streams::of(state);
    streams.write_output(b"\n");
    streams.flush_output();
    Ok(())
}

/// The text of a prompt: the global variable's, or the usual one.
fn prompt_text(state: &mut State, first: bool) -> Result<Vec<u8>> {
    let (name, usual) = if first { ("_PROMPT", "> ") } else { ("_PROMPT2", ">> ") };
    state.get_global(name)?;
    if state.is_nil(-1) {
        state.pop(1);
        return Ok(usual.as_bytes().to_vec());
    }
    state.push_tostring(-1)?;
    let text = state.bytes(-1).map(c_string).unwrap_or_default().to_vec();
    state.pop(2);
    Ok(text)
}

/// Reads an input and pushes its function, or the message why there is none.
/// It is tried as an expression first; a statement that ends too soon gets
/// further lines.
fn load_input(reader: &mut impl LineReader) -> Result<Input> {
    let prompt = prompt_text(reader.state(), true)?;
    let mut input = match reader.read_line(&prompt) {
        Line::Text(line) => line,
        Line::Discarded => return Ok(Input::Discarded),
        Line::End => return Ok(Input::End),
    };
    if input.first() == Some(&b'=') {
        input.splice(..1, *b"return ");
    }
    let expression = [b"return ", input.as_slice(), b";"].concat();
    if reader.state().load(&expression, b"=stdin", b"bt")? {
        if !input.is_empty() {
            reader.remember(&input);
        }
        return Ok(Input::Loaded);
    }
    reader.state().pop(1);
    loop {
        let state = reader.state();
        let loaded = state.load(&input, b"=stdin", b"bt")?;
        if !loaded && is_incomplete(state) {
            let prompt = prompt_text(state, false)?;
            match reader.read_line(&prompt) {
                Line::Text(line) => {
                    reader.state().pop(1);
                    input.push(b'\n');
                    input.extend_from_slice(&line);
                    continue;
                }
                Line::Discarded => return Ok(Input::Discarded),
                Line::End => {}
            }
        }
        reader.remember(&input);
        return Ok(if loaded { Input::Loaded } else { Input::Failed });
    }
}

/// Whether the syntax error on top says that more might make it right.
fn is_incomplete(state: &State) -> bool {
    state.bytes(-1).is_some_and(|message| message.ends_with(b"<eof>"))
}

/// Prints the values above `base` by the global `print`.
fn print_results(state: &mut State, base: usize) -> Result<()> {
    let count = state.top() - base;
    if count == 0 {
        return Ok(());
    }
    state.ensure_stack(20, "too many results to print")?;
    state.get_global("print")?;
    state.insert(base as i32 + 1);
    if let Err(error) = state.protected_call(count, Some(0)) {
        state.push_error(error)?;
        let reason = state.to_bytes(-1).map(c_string).unwrap_or(b"(null)").to_vec();
        let message = [b"error calling 'print' (", &*reason, b")"].concat();
        write_message(&Streams::of(state), None, &message);
        state.pop(1);
    }
    Ok(())
}
