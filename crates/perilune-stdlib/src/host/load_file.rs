//! Loading a chunk from a file, as `luaL_loadfilex` does.

use perilune_vm::{Buffer, Result, State};

use super::{HostError, OpenMode, c_string, host};
use crate::io::{SharedStream, Stream, Streams};

/// How [`load_file`] ended. One value was pushed in each case.
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// use perilune::host::{LoadFile, MemoryHost, load_file, set_host};
///
/// let host = MemoryHost::new();
/// host.add_file(b"bad.lua", b"return return");
/// set_host(state, std::sync::Arc::new(host));
/// assert_eq!(load_file(state, Some(b"bad.lua"), b"t")?, LoadFile::SyntaxError);
/// assert_eq!(load_file(state, Some(b"none.lua"), b"t")?, LoadFile::CannotOpen);
/// assert_eq!(state.bytes(-1), Some(&b"cannot open none.lua: No such file or directory"[..]));
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoadFile {
    /// The compiled function.
    Loaded,
    /// The message of a syntax error.
    SyntaxError,
    /// The message `cannot open …` or `cannot read …`.
    CannotOpen,
}

/// Loads the file `name` (`None`: standard input) as a chunk named after it,
/// without running it. A byte order mark and a first line that starts with `#`
/// are skipped. `mode` says which kinds of chunk are welcome: `b"t"`, `b"b"`,
/// `b"bt"`.
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// use perilune::host::{LoadFile, MemoryHost, load_file, set_host};
///
/// let host = MemoryHost::new();
/// host.add_file(b"main.lua", b"#!/usr/bin/env lua\nreturn 6 * 7");
/// set_host(state, std::sync::Arc::new(host));
/// assert_eq!(load_file(state, Some(b"main.lua"), b"t")?, LoadFile::Loaded);
/// state.call(0, Some(1))?;
/// assert_eq!(state.to_integer(-1), Some(42));
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
///
/// # Errors
/// If memory runs out.
pub fn load_file(state: &mut State, name: Option<&[u8]>, mode: &[u8]) -> Result<LoadFile> {
    let name = name.map(|name| c_string(name).to_vec());
    let stream = match &name {
        None => SharedStream::clone(&Streams::of(state).input),
        Some(path) => match host(state).open(path, OpenMode::READ) {
            Ok(file) => Stream::new(file, OpenMode::READ).shared(),
            Err(error) => return cannot(state, "open", path, &error),
        },
    };
    let mut source = state.take_buffer();
    let skipped = {
        let mut stream = stream.borrow_mut();
        stream.begin_read();
        let status = read_source(&mut stream, &mut source)?;
        match stream.take_error() {
            None => Ok(status),
            Some(error) => Err(error),
        }
    };
    let start = match skipped {
        Ok(start) => start,
        Err(error) => {
            return cannot(state, "read", name.as_deref().unwrap_or(b"stdin"), &error);
        }
    };
    let mut chunk_name = Vec::with_capacity(64);
    match &name {
        None => chunk_name.extend_from_slice(b"=stdin"),
        Some(path) => {
            chunk_name.push(b'@');
            chunk_name.extend_from_slice(path);
        }
    }
    let loaded = state.load(&source.as_slice()[start..], &chunk_name, mode)?;
    Ok(if loaded { LoadFile::Loaded } else { LoadFile::SyntaxError })
}

fn cannot(state: &mut State, what: &str, name: &[u8], error: &HostError) -> Result<LoadFile> {
    let mut message = Vec::with_capacity(name.len() + 48);
    message.extend_from_slice(b"cannot ");
    message.extend_from_slice(what.as_bytes());
    message.push(b' ');
    message.extend_from_slice(name);
    let told = what != "read" || state.dialect().load_tells_read_error;
    if error.code() != 0 && told {
        message.extend_from_slice(b": ");
        message.extend_from_slice(error.message().as_bytes());
    }
    state.push(&message)?;
    Ok(LoadFile::CannotOpen)
}

/// Reads everything and returns where the chunk starts.
fn read_source(stream: &mut Stream, source: &mut Buffer) -> Result<usize> {
    stream.read_to_end(source)?;
    Ok(skip_prelude(source.as_mut_slice()))
}

/// Finds the start of the chunk behind a byte order mark and a `#` line. The
/// line feed that ends the `#` line stays before a text, for its line numbers.
/// A broken mark leaves its first byte, which no chunk can start with.
fn skip_prelude(source: &mut [u8]) -> usize {
    let mut start = 0;
    if source.first() == Some(&0xEF) {
        start = match source {
            [_, 0xBB, 0xBF, ..] => 3,
            [_, 0xBB, _, ..] => 2,
            [_, _, ..] => 1,
            _ => 0,
        };
        if start == 1 || start == 2 {
            source[start] = 0xEF;
        }
    }
    if source.get(start) != Some(&b'#') {
        return start;
    }
    match memchr::memchr(b'\n', &source[start..]) {
        None => {
            // The empty line alone is left.
            let last = source.len() - 1;
            source[last] = b'\n';
            last
        }
        Some(length) => {
            let line_feed = start + length;
            let binary = source.get(line_feed + 1) == Some(&0x1B);
            line_feed + usize::from(binary)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::skip_prelude;

    fn rest(source: &[u8]) -> Vec<u8> {
        let mut source = source.to_vec();
        let start = skip_prelude(&mut source);
        source[start..].to_vec()
    }

    #[test]
    fn prelude() {
        assert_eq!(rest(b"return 1"), b"return 1");
        assert_eq!(rest(b""), b"");
        assert_eq!(rest(b"#!/bin/lua\nreturn 1"), b"\nreturn 1");
        assert_eq!(rest(b"#!/bin/lua"), b"\n");
        assert_eq!(rest(b"#"), b"\n");
        assert_eq!(rest(b"#\n\x1bLua"), b"\x1bLua");
        assert_eq!(rest(b"\xEF\xBB\xBFx=1"), b"x=1");
        assert_eq!(rest(b"\xEF\xBB\xBF#c\nx=1"), b"\nx=1");
        assert_eq!(rest(b"\xEF\xBB\xBF"), b"");
        assert_eq!(rest(b"\xEF\xBBx"), b"\xEF");
        assert_eq!(rest(b"\xEFab"), b"\xEFb");
        assert_eq!(rest(b"\xEF\xBB"), b"\xEF");
        assert_eq!(rest(b"\xEF"), b"\xEF");
    }
}
