//! `load`, `loadfile`, `dofile`.

use perilune_vm::{Buffer, CallStatus, Error, Result, Return, State, Type, Value};

use crate::host::{LoadFile, c_string, load_file};

/// Both kinds of chunks, the mode by default.
const ANY_MODE: &[u8] = b"bt";
/// The first byte of a binary chunk.
const BINARY_MARK: u8 = 0x1B;
/// When a reader has given so many bytes, what there is gets compiled to see
/// whether reading on makes sense; then again at each doubling.
const FIRST_TRIAL: usize = 4 * 1024;
/// So many bytes are tried after each piece, so that few readers notice that
/// more is read than the next token takes.
const SHORT: usize = 32;
/// Characters that are tokens whatever follows them.
const TOKENS: &[u8] = b"*)]},;+%^#({&|";

/// The argument as a C string, if there is one.
fn c_string_argument(state: &mut State, arg: i32) -> Result<Option<Vec<u8>>> {
    Ok(state.opt_bytes(arg)?.map(|bytes| c_string(bytes).to_vec()))
}

/// The function on top is the result, with the value in slot `environment`, if
/// there is an argument for it, as its first upvalue.
fn loaded(state: &mut State, environment: Option<i32>) -> Result<Return> {
    if let Some(environment) = environment {
        let top = state.top();
        state.push_value(environment)?;
        state.set_function_upvalue(top as i32, 1)?;
        state.set_top(top);
    }
    Ok(Return::values(1))
}

/// `nil` and the message on top are the results.
fn not_loaded(state: &mut State) -> Result<Return> {
    state.push(())?;
    state.insert(-2);
    Ok(Return::values(2))
}

/// `nil` and the error's value are the results.
fn failed(state: &mut State, error: Error) -> Result<Return> {
    state.push_error(error)?;
    not_loaded(state)
}

/// The argument as the mode of a chunk: both kinds by default.
fn mode_argument(state: &mut State, arg: i32) -> Result<Vec<u8>> {
    let mode = c_string_argument(state, arg)?.unwrap_or_else(|| ANY_MODE.to_vec());
    if state.dialect().load_mode_without_buffers && mode.contains(&b'B') {
        return Err(state.arg_error(arg, "invalid mode"));
    }
    Ok(mode)
}

/// `loadstring (string [, chunkname])`: the function that a string contains.
pub(super) fn loadstring(state: &mut State) -> Result<Return> {
    state.check_bytes(1)?;
    state.set_top(2);
    load(state)
}

/// `load (func [, chunkname])`: the function that the pieces contain which
/// `func` gives.
pub(super) fn load_from_reader(state: &mut State) -> Result<Return> {
    state.opt_bytes(2)?;
    state.check_type(1, Type::Function)?;
    state.set_top(2);
    load(state)
}

/// `load (chunk [, chunkname [, mode [, env]]])` (manual §6.1).
pub(super) fn load(state: &mut State) -> Result<Return> {
    let environment = (!state.is_none(4)).then_some(4);
    let is_text = state.to_bytes(1).is_some();
    let mode = mode_argument(state, 3)?;
    let name = c_string_argument(state, 2)?;
    let mut source = state.take_buffer();
    if is_text {
        if let Err(full) = source.extend(state.bytes(1).unwrap_or_default()) {
            return failed(state, full.into());
        }
    } else {
        state.check_type(1, Type::Function)?;
        state.set_top(4);
        let name = name.as_deref().unwrap_or(b"=(load)");
        match read_all(state, &mut source, name, &mode) {
            Ok(Reading::Complete) => {}
            Ok(Reading::Refused) => return not_loaded(state),
            Err(error) => {
                let error = state.handle_error(error);
                return failed(state, error);
            }
        }
    }
    let name = match &name {
        Some(name) => name,
        None if is_text => c_string(source.as_slice()),
        None => b"=(load)",
    };
    let result = state.load(source.as_slice(), name, &mode);
    state.give_buffer(source);
    match result {
        Ok(true) => loaded(state, environment),
        Ok(false) => not_loaded(state),
        Err(error) => failed(state, error),
    }
}

/// How [`read_all`] ended.
enum Reading {
    /// The source is there.
    Complete,
    /// Its beginning alone is in error: the message was pushed.
    Refused,
}

/// Calls the reader function in slot 1 until it gives `nil` or an empty
/// string.
fn read_all(state: &mut State, source: &mut Buffer, name: &[u8], mode: &[u8]) -> Result<Reading> {
    let top = state.top();
    let mut next_trial = FIRST_TRIAL;
    loop {
        state.ensure_stack(2, "too many nested functions")?;
        state.push_value(1)?;
        state.protected_call_keeping_handler(0, Some(1))?;
        match state.value(-1) {
            Value::Nil => break,
            Value::String(b"") => break,
            Value::String(_) | Value::Integer(_) | Value::Float(_) => {}
            _ => return Err(state.error(format_args!("reader function must return a string"))),
        }
        state.append_to(-1, source)?;
        state.set_top(top);
        if !is_welcome(source.as_slice(), mode) {
            break;
        }
        if source.len() >= next_trial || source.len() <= SHORT {
            if source.len() >= next_trial {
                next_trial = source.len().saturating_mul(2);
            }
            if is_hopeless(state, source.as_slice(), name, mode)? {
                return Ok(Reading::Refused);
            }
        }
    }
    state.set_top(top);
    Ok(Reading::Complete)
}

/// Whether the mode allows chunks that begin so.
fn is_welcome(source: &[u8], mode: &[u8]) -> bool {
    let kind = if source.first() == Some(&BINARY_MARK) { b'b' } else { b't' };
    mode.contains(&kind)
}

/// Whether a text has a syntax error before its end, so that nothing that may
/// follow can mend it: then the message is pushed. Without this a reader that
/// never ends would be read for ever.
fn is_hopeless(state: &mut State, source: &[u8], name: &[u8], mode: &[u8]) -> Result<bool> {
    if source.first() == Some(&BINARY_MARK) {
        return Ok(false);
    }
    // The last token may be incomplete; before a line feed it is not.
    let end = match source {
        [before @ .., last, _] if TOKENS.contains(last) => Some(before.len() + 1),
        _ => source.iter().rposition(|&byte| byte == b'\n' || byte == b' '),
    };
    let Some(end) = end else { return Ok(false) };
    let top = state.top();
    let complete = state.load(&source[..end], name, mode)?;
    if complete || state.bytes(-1).is_none_or(may_be_mended) {
        state.set_top(top);
        return Ok(false);
    }
    Ok(true)
}

/// Whether the message of a syntax error tells of something missing that may
/// come later: at the end, or a label.
fn may_be_mended(message: &[u8]) -> bool {
    const LABEL: &[u8] = b"no visible label";
    message.ends_with(b"<eof>")
        || message.ends_with(b"'<eof>'")
        || message.windows(LABEL.len()).any(|window| window == LABEL)
}

/// `loadfile ([filename [, mode [, env]]])` (manual §6.1).
pub(super) fn loadfile(state: &mut State) -> Result<Return> {
    let name = c_string_argument(state, 1)?;
    if !state.dialect().load_with_environment {
        state.set_top(1);
    }
    let mode = mode_argument(state, 2)?;
    let environment = (!state.is_none(3)).then_some(3);
    match load_file(state, name.as_deref(), &mode) {
        Ok(LoadFile::Loaded) => loaded(state, environment),
        Ok(LoadFile::SyntaxError | LoadFile::CannotOpen) => not_loaded(state),
        Err(error) => failed(state, error),
    }
}

/// `dofile ([filename])` (manual §6.1).
pub(super) fn dofile(state: &mut State) -> Result<Return> {
    let name = c_string_argument(state, 1)?;
    state.set_top(1);
    match load_file(state, name.as_deref(), ANY_MODE)? {
        LoadFile::Loaded => state.call_k(0, None, dofile_called, 0),
        LoadFile::SyntaxError | LoadFile::CannotOpen => Err(state.raise()),
    }
}

fn dofile_called(state: &mut State, status: CallStatus, _: i64) -> Result<Return> {
    Ok(Return::values(match status {
        CallStatus::Ok(count) | CallStatus::Yielded(count) => count,
        CallStatus::Error => state.top() - 1,
    }))
}
