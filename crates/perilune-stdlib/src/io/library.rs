//! The functions of the `io` table and the methods of file handles.

use std::io::SeekFrom;

use perilune_vm::number::{self, FloatForm};
use perilune_vm::{Error, LUA_5_4, NativeFn, Result, Return, State, Value};

use super::environments::{
    DefaultFile, give_environment, push_default, push_environments, set_default,
};
use super::file::{
    FileHandle, Kind, check_open, check_stream, close, collect, push_file, push_standard,
    to_string, type_name,
};
use super::read::read_formats;
use super::results::{file_result, push_failure};
use super::stream::{Buffering, SharedStream};
use super::streams::Streams;
use crate::host::{HostError, OpenMode, PipeDirection, c_string, host};
use crate::registration::{ALL, Entry, push_library, set_entries, since};

// ---------------------------------------------------------------- default files

#[cold]
fn closed_default(state: &mut State, which: &str) -> Error {
    let word = state.dialect().default_file_word;
    state.error(format_args!("{word} {which} file is closed"))
}

/// Pushes the default output file and returns its stream.
fn default_output(state: &mut State) -> Result<SharedStream> {
    push_default(state, DefaultFile::Output)?;
    match state.userdata::<FileHandle>(-1).and_then(FileHandle::stream) {
        Some(stream) => Ok(SharedStream::clone(stream)),
        None => Err(closed_default(state, "output")),
    }
}

/// The stream of the default input file.
fn default_input(state: &mut State) -> Result<SharedStream> {
    if state.dialect().file_environments {
        push_default(state, DefaultFile::Input)?;
        let stream = state.userdata::<FileHandle>(-1).and_then(FileHandle::stream);
        return match stream.map(SharedStream::clone) {
            Some(stream) => {
                state.pop(1);
                Ok(stream)
            }
            None => Err(closed_default(state, "input")),
        };
    }
    let stream = SharedStream::clone(&Streams::of(state).default_input.borrow_mut());
    if stream.borrow_mut().is_closed() {
        return Err(closed_default(state, "input"));
    }
    Ok(stream)
}

/// `io.input` and `io.output`.
fn default_file(state: &mut State, file: DefaultFile, mode: OpenMode) -> Result<Return> {
    if !state.is_none_or_nil(1) {
        if state.is_string_like(1) {
            push_opened(state, 1, mode)?;
        } else {
            check_stream(state, 1)?;
            state.push_value(1)?;
        }
        if file == DefaultFile::Input
            && let Some(stream) = state.userdata::<FileHandle>(-1).and_then(FileHandle::stream)
        {
            let stream = SharedStream::clone(stream);
            *Streams::of(state).default_input.borrow_mut() = stream;
        }
        set_default(state, file)?;
    }
    push_default(state, file)?;
    Ok(Return::values(1))
}

/// `io.input ([file])`: gets or sets the default input file (manual §6.8).
fn io_input(state: &mut State) -> Result<Return> {
    default_file(state, DefaultFile::Input, OpenMode::READ)
}

/// `io.output ([file])`: gets or sets the default output file (manual §6.8).
fn io_output(state: &mut State) -> Result<Return> {
    default_file(state, DefaultFile::Output, OpenMode::WRITE)
}

// ---------------------------------------------------------------- opening

/// A file name, as C sees it.
fn check_name(state: &mut State, arg: i32) -> Result<Vec<u8>> {
    Ok(c_string(state.check_bytes(arg)?).to_vec())
}

/// Pushes a new handle of the file named at `arg`; raises an error if it can't
/// be opened.
fn push_opened(state: &mut State, arg: i32, mode: OpenMode) -> Result<()> {
    let name = check_name(state, arg)?;
    match host(state).open(&name, mode) {
        Ok(file) => push_file(state, file, mode, Kind::File),
        Err(error) => {
            let text = error.message().as_bytes();
            if state.dialect().open_error_of_argument {
                return Err(state.arg_error_bytes(arg, &[&*name, b": ", text].concat()));
            }
            let message = [b"cannot open file '", &*name, b"' (", text, b")"].concat();
            Err(state.error_bytes(&message))
        }
    }
}

/// A mode as the C library takes it: it looks at the first letter, and for `+` and
/// `x` among the six behind it.
fn loose_mode(text: &[u8]) -> Option<OpenMode> {
    let (&first, rest) = text.split_first()?;
    let rest = &rest[..rest.len().min(6)];
    let update: &[u8] = if rest.contains(&b'+') { b"+" } else { b"" };
    let mode = OpenMode::parse(&[&[first], update].concat())?;
    Some(OpenMode { exclusive: rest.contains(&b'x'), ..mode })
}

/// A mode of `popen` as the C library takes it: some letters, but not both
/// directions, nor none.
fn loose_direction(text: &[u8]) -> Option<PipeDirection> {
    if text.iter().any(|letter| !b"rwe".contains(letter)) {
        return None;
    }
    match (text.contains(&b'r'), text.contains(&b'w')) {
        (true, false) => Some(PipeDirection::Read),
        (false, true) => Some(PipeDirection::Write),
        _ => None,
    }
}

/// `io.open (filename [, mode])`: opens a file (manual §6.8).
fn io_open(state: &mut State) -> Result<Return> {
    let name = check_name(state, 1)?;
    let [checks, _] = state.dialect().open_checks_mode;
    let text = c_string(state.opt_bytes(2)?.unwrap_or(b"r"));
    let mode = if checks { OpenMode::parse(text) } else { loose_mode(text) };
    let Some(mode) = mode else {
        if !checks {
            return file_result(state, Err(HostError::INVALID), Some(&name));
        }
        return Err(state.arg_error(2, "invalid mode"));
    };
    match host(state).open(&name, mode) {
        Ok(file) => {
            push_file(state, file, mode, Kind::File)?;
            Ok(Return::values(1))
        }
        Err(error) => file_result(state, Err(error), Some(&name)),
    }
}

/// `io.popen (prog [, mode])`: starts a program with a pipe from or to it
/// (manual §6.8).
fn io_popen(state: &mut State) -> Result<Return> {
    let command = check_name(state, 1)?;
    let [_, checks] = state.dialect().open_checks_mode;
    let direction = match c_string(state.opt_bytes(2)?.unwrap_or(b"r")) {
        b"r" => PipeDirection::Read,
        b"w" => PipeDirection::Write,
        text if !checks => match loose_direction(text) {
            Some(direction) => direction,
            None => return file_result(state, Err(HostError::INVALID), Some(&command)),
        },
        _ => return Err(state.arg_error(2, "invalid mode")),
    };
    let mode = match direction {
        PipeDirection::Read => OpenMode::READ,
        PipeDirection::Write => OpenMode::WRITE,
    };
    Streams::of(state).flush_all();
    match host(state).spawn(&command, direction) {
        Ok((file, child)) => {
            push_file(state, file, mode, Kind::Process(child))?;
            Ok(Return::values(1))
        }
        Err(error) => file_result(state, Err(error), Some(&command)),
    }
}

/// `io.tmpfile ()`: opens a nameless file for update (manual §6.8).
fn io_tmpfile(state: &mut State) -> Result<Return> {
    match host(state).temporary_file() {
        Ok(file) => {
            let mode = OpenMode { read: true, ..OpenMode::WRITE };
            push_file(state, file, mode, Kind::File)?;
            Ok(Return::values(1))
        }
        Err(error) => file_result(state, Err(error), None),
    }
}

/// `io.close ([file])`: closes the file, or the default output file (manual
/// §6.8).
fn io_close(state: &mut State) -> Result<Return> {
    if state.is_none(1) {
        push_default(state, DefaultFile::Output)?;
    }
    close(state)
}

/// `file:close ()`: closes the file (manual §6.8).
fn file_close(state: &mut State) -> Result<Return> {
    if state.dialect().file_environments && state.is_none(1) {
        push_default(state, DefaultFile::Output)?;
    }
    close(state)
}

// ---------------------------------------------------------------- reading

/// `io.read (···)`: reads from the default input file (manual §6.8).
fn io_read(state: &mut State) -> Result<Return> {
    let last = state.top();
    let stream = default_input(state)?;
    Ok(Return::values(read_formats(state, &stream, 1, last)?))
}

/// `file:read (···)`: reads by the given formats, by default a line (manual
/// §6.8).
fn file_read(state: &mut State) -> Result<Return> {
    let stream = check_stream(state, 1)?;
    let last = state.top();
    Ok(Return::values(read_formats(state, &stream, 2, last)?))
}

/// `io.lines ([filename, ···])`: iterates over a file, which it closes at the
/// end, or over the default input file (manual §6.8).
fn io_lines(state: &mut State) -> Result<Return> {
    let dialect = state.dialect();
    if dialect.lines_refuses_nil && state.is_nil(1) {
        check_stream(state, 1)?;
    }
    if state.is_none(1) {
        state.push(())?;
    }
    if state.is_nil(1) {
        push_default(state, DefaultFile::Input)?;
        state.replace(1);
        check_stream(state, 1)?;
        push_line_iterator(state, false)?;
        give_environment(state)?;
        return Ok(Return::values(1));
    }
    push_opened(state, 1, OpenMode::READ)?;
    state.replace(1);
    push_line_iterator(state, true)?;
    give_environment(state)?;
    if !dialect.lines_closing_value {
        return Ok(Return::values(1));
    }
    state.push(())?;
    state.push(())?;
    state.push_value(1)?;
    Ok(Return::values(4))
}

/// `file:lines (···)`: iterates over what the formats read (manual §6.8).
fn file_lines(state: &mut State) -> Result<Return> {
    check_stream(state, 1)?;
    push_line_iterator(state, false)?;
    Ok(Return::values(1))
}

/// Pushes a closure of [`next_line`] over the file at index 1, the number of
/// formats, whether the file is to be closed at the end, and the formats from
/// index 2 on.
fn push_line_iterator(state: &mut State, close: bool) -> Result<()> {
    let (most, blamed, text) = state.dialect().line_formats;
    if most == 0 {
        state.set_top(1);
    }
    let count = state.top() - 1;
    if count > most {
        return Err(state.arg_error(blamed, text));
    }
    state.ensure_stack(4, "too many arguments")?;
    state.push_value(1)?;
    state.push(count as i64)?;
    state.push(close)?;
    state.rotate(2, 3);
    state.push_closure(next_line, 3 + count)
}

/// The iterator that `lines` returns.
fn next_line(state: &mut State) -> Result<Return> {
    state.set_top(0);
    state.push_upvalue(1)?;
    let stream =
        state.userdata::<FileHandle>(1).and_then(FileHandle::stream).map(SharedStream::clone);
    let Some(stream) = stream else {
        return Err(state.error(format_args!("file is already closed")));
    };
    state.push_upvalue(2)?;
    let formats = state.to_integer(-1).unwrap_or(0).max(0) as usize;
    state.pop(1);
    if formats > 0 {
        state.ensure_stack(formats, "too many arguments")?;
        for format in 1..=formats {
            state.push_upvalue(3 + format)?;
        }
    }
    let count = read_formats(state, &stream, 2, 1 + formats)?;
    let first = -(count as i32);
    if state.to_boolean(first) {
        return Ok(Return::values(count));
    }
    if count > 1 {
        let message = state.to_bytes(first + 1).unwrap_or_default().to_vec();
        return Err(state.error_bytes(&message));
    }
    state.push_upvalue(3)?;
    if state.to_boolean(-1) {
        state.set_top(0);
        state.push_upvalue(1)?;
        let _ = close(state)?;
    }
    Ok(Return::NONE)
}

// ---------------------------------------------------------------- writing

/// A failed write.
struct WriteFailure {
    error: HostError,
    /// How many bytes were written before.
    written: usize,
}

/// Writes the arguments from `first` to `last` to the file on top.
fn write_values(state: &mut State, first: usize, last: usize) -> Result<Result<(), WriteFailure>> {
    let (at, result) = write_until(state, first, last);
    if at <= last {
        state.check_bytes(at as i32)?;
    }
    Ok(result)
}

/// Writes arguments up to one that is neither a string nor a number, or to the last
/// one; answers where that is, or 1 more than `last`.
fn write_until(state: &State, first: usize, last: usize) -> (usize, Result<(), WriteFailure>) {
    let dialect = state.dialect();
    // C writes a float by its format alone, in most dialects: no ".0" after an
    // integral one.
    let form =
        FloatForm { suffix: dialect.write_as_tostring, round_trip: dialect.float_round_trip };
    let mut result = Ok(());
    let mut total = 0;
    let Some(stream) = state.userdata::<FileHandle>(-1).and_then(FileHandle::stream) else {
        return (last + 1, result);
    };
    let mut stream = stream.borrow_mut();
    for arg in first..=last {
        let mut text = [0; 64];
        let bytes: &[u8] = match state.value(arg as i32) {
            Value::String(bytes) => bytes,
            Value::Integer(integer) => number::format_integer(integer, &mut text),
            Value::Float(float) => number::format_float_in(float, &mut text, form),
            _ => return (arg, result),
        };
        match stream.write(bytes) {
            Ok(()) => total += bytes.len(),
            Err(error) => {
                result = Err(WriteFailure { error, written: total });
                if dialect.write_tells_count {
                    break;
                }
            }
        }
    }
    (last + 1, result)
}

/// The file on top of the stack (or `true`), or the failure.
fn write_result(state: &mut State, result: Result<(), WriteFailure>) -> Result<Return> {
    let dialect = state.dialect();
    match result {
        Ok(()) if !dialect.write_gives_file => state.ret(true),
        Ok(()) => Ok(Return::values(1)),
        Err(failure) => {
            push_failure(state, &failure.error, None)?;
            if dialect.write_tells_count {
                state.push(failure.written as i64)?;
                return Ok(Return::values(4));
            }
            Ok(Return::values(3))
        }
    }
}

/// `io.write (···)`: writes to the default output file (manual §6.8).
fn io_write(state: &mut State) -> Result<Return> {
    let last = state.top();
    push_default(state, DefaultFile::Output)?;
    if state.userdata::<FileHandle>(-1).and_then(FileHandle::stream).is_none() {
        return Err(closed_default(state, "output"));
    }
    let result = write_values(state, 1, last)?;
    write_result(state, result)
}

/// `file:write (···)`: writes strings and numbers; returns the file (manual
/// §6.8).
fn file_write(state: &mut State) -> Result<Return> {
    check_open(state, 1)?;
    let last = state.top();
    state.push_value(1)?;
    let result = write_values(state, 2, last)?;
    write_result(state, result)
}

/// `io.flush ()`: writes out what waits for the default output file (manual
/// §6.8, `io.write`).
fn io_flush(state: &mut State) -> Result<Return> {
    let stream = default_output(state)?;
    let result = stream.borrow_mut().flush();
    file_result(state, result, None)
}

/// `file:flush ()`: writes out what waits (manual §6.8).
fn file_flush(state: &mut State) -> Result<Return> {
    let stream = check_stream(state, 1)?;
    let result = stream.borrow_mut().flush();
    file_result(state, result, None)
}

/// `file:setvbuf (mode [, size])`: says when written bytes go out (manual
/// §6.8). The size is the system's choice.
fn file_setvbuf(state: &mut State) -> Result<Return> {
    let stream = check_stream(state, 1)?;
    let buffering = match state.check_option(2, None, &["no", "full", "line"])? {
        0 => Buffering::None,
        1 => Buffering::Full,
        _ => Buffering::Line,
    };
    state.opt_integer(3, 0)?;
    let result = stream.borrow_mut().set_buffering(buffering);
    file_result(state, result, None)
}

/// `file:seek ([whence [, offset]])`: moves the position and tells it (manual
/// §6.8).
fn file_seek(state: &mut State) -> Result<Return> {
    let stream = check_stream(state, 1)?;
    let whence = state.check_option(2, Some("cur"), &["set", "cur", "end"])?;
    if state.dialect().seek_checks_fraction {
        let offset = state.opt_float(3, 0.0)?;
        if offset != offset.trunc() || offset.abs() > i64::MAX as f64 {
            return Err(state.arg_error(3, "not an integer in proper range"));
        }
    }
    let offset = state.opt_integer(3, 0)?;
    let to = match whence {
        0 => match u64::try_from(offset) {
            Ok(offset) => SeekFrom::Start(offset),
            Err(_) => return file_result(state, Err(HostError::INVALID), None),
        },
        1 => SeekFrom::Current(offset),
        _ => SeekFrom::End(offset),
    };
    let result = stream.borrow_mut().seek(to);
    match result {
        Ok(position) => state.ret(position as i64),
        Err(error) => file_result(state, Err(error), None),
    }
}

// ---------------------------------------------------------------- opening the library

const FUNCTIONS: &[Entry] = &[
    ("close", io_close, ALL),
    ("flush", io_flush, ALL),
    ("input", io_input, ALL),
    ("lines", io_lines, ALL),
    ("open", io_open, ALL),
    ("output", io_output, ALL),
    ("popen", io_popen, ALL),
    ("read", io_read, ALL),
    ("tmpfile", io_tmpfile, ALL),
    ("type", type_name, ALL),
    ("write", io_write, ALL),
];

const METHODS: &[Entry] = &[
    ("read", file_read, ALL),
    ("write", file_write, ALL),
    ("lines", file_lines, ALL),
    ("flush", file_flush, ALL),
    ("seek", file_seek, ALL),
    ("close", file_close, ALL),
    ("setvbuf", file_setvbuf, ALL),
];

const METAMETHODS: &[Entry] = &[
    ("__gc", collect, ALL),
    ("__close", collect, since(&LUA_5_4)),
    ("__tostring", to_string, ALL),
];

/// Pushes the table of the `io` library (manual §6.8).
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// perilune::native::stdlib::io::open(state)?;
/// state.raw_get_field(-1, "type")?;
/// state.push("no file")?;
/// state.call(1, Some(1))?;
/// assert!(state.is_nil(-1));
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
///
/// # Errors
/// If memory runs out.
pub fn open(state: &mut State) -> Result<()> {
    push_library(state, FUNCTIONS, 3)?;
    state.new_metatable(super::file::HANDLE)?;
    set_entries(state, METAMETHODS)?;
    if state.dialect().file_methods_apart {
        push_library(state, METHODS, 0)?;
    } else {
        set_entries(state, METHODS)?;
        if state.dialect().close_method_of_library {
            state.set_field_to(-1, "close", io_close as NativeFn)?;
        }
        state.push_value(-1)?;
    }
    state.raw_set_field(-2, "__index")?;
    state.pop(1);
    let streams = Streams::of(state);
    let files = [
        (&streams.input, "stdin", Some(DefaultFile::Input)),
        (&streams.output, "stdout", Some(DefaultFile::Output)),
        (&streams.error, "stderr", None),
    ];
    let environments = state.dialect().file_environments;
    if environments {
        push_environments(state, FUNCTIONS)?;
    }
    for (stream, name, default) in files {
        push_standard(state, SharedStream::clone(stream))?;
        if let Some(file) = default {
            state.push_value(-1)?;
            match environments {
                true => state.raw_set_integer(-4, file.index())?,
                false => set_default(state, file)?,
            }
        }
        if environments {
            state.push_value(-2)?;
            state.set_environment(-2)?;
            state.raw_set_field(-4, name)?;
        } else {
            state.raw_set_field(-2, name)?;
        }
    }
    if environments {
        state.pop(2);
    }
    Ok(())
}
