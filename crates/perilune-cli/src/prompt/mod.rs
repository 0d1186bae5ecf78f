//! The prompt: read a chunk, run it, print its results.

mod complete;
mod editor;
mod highlight;
mod plain;

use std::io::IsTerminal;

use perilune::native::stdlib::host::{c_string, host};
use perilune::native::stdlib::io::Streams;
use perilune::native::{Result, State};

use crate::habits::Prompt;
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
    warn_of_library(interpreter, state);
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

/// Says that no library is loaded to read lines with, if one is named.
fn warn_of_library(interpreter: &Interpreter, state: &mut State) {
    let Some(variable) = interpreter.habits.line_library else {
        return;
    };
    if interpreter.flags.ignore_environment {
        return;
    }
    if let Some(name) = host(state).variable(variable.as_bytes()) {
        state.warning(b"unable to load readline library '", true);
        state.warning(&name, true);
        state.warning(b"'", false);
    }
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
        match load_input(interpreter.habits.prompt, reader)? {
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

/// Pushes the text of a prompt, or nil for the usual one, and returns it.
fn push_prompt(habits: Prompt, state: &mut State, first: bool) -> Result<Vec<u8>> {
    let (name, usual) = if first { ("_PROMPT", "> ") } else { ("_PROMPT2", ">> ") };
    state.get_global(name)?;
    if matches!(habits, Prompt::Expressions { any_prompt: true, .. }) && !state.is_nil(-1) {
        state.push_tostring(-1)?;
        state.remove(-2);
    }
    Ok(state.to_bytes(-1).map_or(usual.as_bytes(), c_string).to_vec())
}

/// Shows a prompt and reads a line.
fn read_line(habits: Prompt, reader: &mut impl LineReader, first: bool) -> Result<Line> {
    let prompt = push_prompt(habits, reader.state(), first)?;
    reader.state().pop(1);
    Ok(reader.read_line(&prompt))
}

/// Reads an input and pushes its function, or the message why there is none.
fn load_input(habits: Prompt, reader: &mut impl LineReader) -> Result<Input> {
    let mut input = match read_line(habits, reader, true)? {
        Line::Text(line) => line,
        Line::Discarded => return Ok(Input::Discarded),
        Line::End => return Ok(Input::End),
    };
    let equal_sign = !matches!(habits, Prompt::Expressions { equal_sign: false, .. });
    if equal_sign && input.first() == Some(&b'=') {
        input.splice(..1, *b"return ");
    }
    let Prompt::Expressions { warns_of_locals, .. } = habits else {
        return load_statements(habits, reader, input);
    };
    let expression = [b"return ", input.as_slice(), b";"].concat();
    if reader.state().load(&expression, b"=stdin", b"bt")? {
        if !input.is_empty() {
            reader.remember(&input);
        }
        return Ok(Input::Loaded);
    }
    reader.state().pop(1);
    if warns_of_locals && declares_local(&input) {
        let warning = b"warning: locals do not survive across lines in interactive mode\n";
        Streams::of(reader.state()).write_error(warning);
    }
    load_statements(habits, reader, input)
}

/// Loads an input as statements; one that ends too soon gets further lines.
fn load_statements(
    habits: Prompt,
    reader: &mut impl LineReader,
    mut input: Vec<u8>,
) -> Result<Input> {
    loop {
        let state = reader.state();
        let loaded = state.load(&input, b"=stdin", b"bt")?;
        if !loaded && is_incomplete(habits, state) {
            match read_line(habits, reader, false)? {
                Line::Text(line) => {
                    reader.state().pop(1);
                    input.push(b'\n');
                    input.extend_from_slice(&line);
                    continue;
                }
                Line::Discarded => return Ok(Input::Discarded),
                Line::End => match habits {
                    Prompt::Statements { .. } => return Ok(Input::End),
                    Prompt::Expressions { keeps_message: true, .. } => {}
                    Prompt::Expressions { .. } => {
                        let state = reader.state();
                        state.pop(1);
                        push_prompt(habits, state, false)?;
                        if state.to_bytes(-1).is_none() {
                            state.pop(1);
                            // What the C library prints for no string at all.
                            state.push("(null)")?;
                        }
                    }
                },
            }
        }
        reader.remember(&input);
        return Ok(if loaded { Input::Loaded } else { Input::Failed });
    }
}

/// Whether the first word of a line is `local`.
fn declares_local(line: &[u8]) -> bool {
    let blanks = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    match line[blanks..].strip_prefix(b"local") {
        Some(rest) => matches!(rest.first(), None | Some(b' ' | b'\t')),
        None => false,
    }
}

/// Whether the syntax error on top says that more might make it right.
fn is_incomplete(habits: Prompt, state: &State) -> bool {
    let mark = match habits {
        Prompt::Statements { mark } => mark.as_bytes(),
        Prompt::Expressions { .. } => b"<eof>",
    };
    state.bytes(-1).is_some_and(|message| message.ends_with(mark))
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
