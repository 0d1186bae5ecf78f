//! The one door between the libraries and the world outside.
//!
//! Everything a library wants from the operating system (files, standard
//! streams, clock, environment, processes, entropy, locale, module search,
//! dynamic libraries) it asks of the state's [`Host`]. Which host that is, the
//! owner of the state decides: [`RealHost`] is the operating system,
//! [`NoHost`] refuses everything, [`MemoryHost`] is a file tree in memory.

mod error;
mod load_file;
mod memory;
mod none;
mod real;
mod warnings;

pub use error::{HostError, HostResult};
pub use load_file::{LoadFile, load_file};
pub use memory::MemoryHost;
pub use none::NoHost;
pub use real::RealHost;
pub use warnings::install_warnings;

use std::io::SeekFrom;
use std::sync::Arc;

use perilune_vm::{NativeFn, Payload, State};

/// How a file is to be opened: C's `fopen` modes, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenMode {
    /// Reading is allowed.
    pub read: bool,
    /// Writing is allowed.
    pub write: bool,
    /// Every write goes to the end of the file.
    pub append: bool,
    /// The file is created if there is none.
    pub create: bool,
    /// An existing file is emptied.
    pub truncate: bool,
    /// An existing file is an error, if one may be created.
    pub exclusive: bool,
}

impl OpenMode {
    /// Mode `"r"`.
    pub const READ: OpenMode = OpenMode {
        read: true,
        write: false,
        append: false,
        create: false,
        truncate: false,
        exclusive: false,
    };
    /// Mode `"w"`.
    pub const WRITE: OpenMode =
        OpenMode { read: false, write: true, create: true, truncate: true, ..OpenMode::READ };

    /// Reads a mode of the form `[rwa]%+?b*`; `None` if it has another form.
    pub fn parse(mode: &[u8]) -> Option<OpenMode> {
        let (&kind, rest) = mode.split_first()?;
        let (update, rest) = match rest.split_first() {
            Some((b'+', rest)) => (true, rest),
            _ => (false, rest),
        };
        if rest.iter().any(|&byte| byte != b'b') {
            return None;
        }
        let (read, write) = (kind == b'r' || update, kind != b'r' || update);
        match kind {
            b'r' => Some(OpenMode { read, write, ..OpenMode::READ }),
            b'w' => Some(OpenMode { read, write, ..OpenMode::WRITE }),
            b'a' => {
                Some(OpenMode { read, write, append: true, truncate: false, ..OpenMode::WRITE })
            }
            _ => None,
        }
    }
}

/// The three streams every program is born with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StandardStream {
    /// Standard input.
    Input,
    /// Standard output.
    Output,
    /// Standard error.
    Error,
}

/// Which end of a child process's pipe the script holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PipeDirection {
    /// The script reads what the child prints.
    Read,
    /// The script writes what the child reads.
    Write,
}

/// How a child process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    /// It exited with this code.
    Exited(i32),
    /// This signal killed it.
    Signaled(i32),
}

/// The offset of local time from UTC at some moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZoneOffset {
    /// Seconds to add to UTC.
    pub seconds_east: i32,
    /// Whether daylight saving time is in force.
    pub is_dst: bool,
    /// Abbreviated name, such as `CET`.
    pub name: String,
}

impl ZoneOffset {
    /// Coordinated universal time under the given name.
    pub fn utc(name: &str) -> ZoneOffset {
        ZoneOffset { seconds_east: 0, is_dst: false, name: name.to_owned() }
    }
}

/// What `os.setlocale` can set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocaleCategory {
    /// Everything.
    All,
    /// Order of strings.
    Collate,
    /// Classes of characters.
    Ctype,
    /// Formatting of money.
    Monetary,
    /// Formatting of numbers.
    Numeric,
    /// Formatting of dates.
    Time,
}

/// Why a function of a dynamic library can't be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LibraryError {
    /// The message for the script.
    pub message: String,
    /// What failed: `"open"`, `"init"`, or `"absent"` (there are no dynamic
    /// libraries at all).
    pub place: &'static str,
}

/// An open file, pipe or stream, without any buffering.
pub trait HostFile: Send {
    /// Reads some bytes; 0 is the end of the file.
    fn read(&mut self, buffer: &mut [u8]) -> HostResult<usize>;
    /// Writes some of the bytes and says how many.
    fn write(&mut self, bytes: &[u8]) -> HostResult<usize>;
    /// Moves the position and tells the new one.
    fn seek(&mut self, to: SeekFrom) -> HostResult<u64>;
    /// Whether a person may sit at the other end.
    fn is_terminal(&self) -> bool {
        false
    }
    /// Closes it; nothing else is asked of it afterwards.
    fn close(&mut self) -> HostResult<()> {
        Ok(())
    }
}

/// A child process started by [`Host::spawn`].
pub trait HostChild: Send {
    /// Waits for its end. The pipe to it has been closed before.
    fn wait(&mut self) -> HostResult<ExitStatus>;
}

/// What the libraries may ask of the world outside. Every method refuses
/// unless it is implemented.
pub trait Host: Send + Sync {
    /// Opens a file.
    fn open(&self, path: &[u8], mode: OpenMode) -> HostResult<Box<dyn HostFile>> {
        let _ = (path, mode);
        Err(HostError::REFUSED)
    }

    /// Whether a file can be opened for reading (module search).
    fn is_readable(&self, path: &[u8]) -> bool {
        self.open(path, OpenMode::READ).is_ok()
    }

    /// Deletes a file or an empty directory.
    fn remove(&self, path: &[u8]) -> HostResult<()> {
        let _ = path;
        Err(HostError::REFUSED)
    }

    /// Renames a file.
    fn rename(&self, from: &[u8], to: &[u8]) -> HostResult<()> {
        let _ = (from, to);
        Err(HostError::REFUSED)
    }

    /// Opens a new nameless file for reading and writing.
    fn temporary_file(&self) -> HostResult<Box<dyn HostFile>> {
        Err(HostError::REFUSED)
    }

    /// Creates a new empty file and tells its name.
    fn temporary_name(&self) -> HostResult<Vec<u8>> {
        Err(HostError::REFUSED)
    }

    /// One of the three standard streams. Asked for once per state and stream.
    fn standard_stream(&self, stream: StandardStream) -> Box<dyn HostFile> {
        let _ = stream;
        Box::new(none::NoFile)
    }

    /// The value of an environment variable.
    fn variable(&self, name: &[u8]) -> Option<Vec<u8>> {
        let _ = name;
        None
    }

    /// Seconds since 1970-01-01 00:00:00 UTC.
    fn time(&self) -> HostResult<i64> {
        Err(HostError::REFUSED)
    }

    /// Seconds of processor time used by the program.
    fn processor_time(&self) -> HostResult<f64> {
        Err(HostError::REFUSED)
    }

    /// The offset of local time at a moment.
    fn zone_offset(&self, time: i64) -> ZoneOffset {
        let _ = time;
        ZoneOffset::utc("UTC")
    }

    /// Whether there is a shell to run commands.
    fn has_shell(&self) -> bool {
        false
    }

    /// Runs a shell command and waits for its end.
    fn execute(&self, command: &[u8]) -> HostResult<ExitStatus> {
        let _ = command;
        Err(HostError::REFUSED)
    }

    /// Starts a shell command with a pipe to it.
    fn spawn(
        &self,
        command: &[u8],
        direction: PipeDirection,
    ) -> HostResult<(Box<dyn HostFile>, Box<dyn HostChild>)> {
        let _ = (command, direction);
        Err(HostError::REFUSED)
    }

    /// Ends the program; returns only if that is refused.
    fn exit(&self, code: i32) -> HostError {
        let _ = code;
        HostError::REFUSED
    }

    /// Two words that nobody can foretell.
    fn entropy(&self) -> (u64, u64) {
        (0, 0)
    }

    /// Sets (or with `None` asks for) the locale; the name of the one now in
    /// force, or `None` if it can't be set. Only the C locale is known.
    fn locale(&self, category: LocaleCategory, name: Option<&[u8]>) -> Option<Vec<u8>> {
        let _ = category;
        match name {
            None | Some(b"" | b"C" | b"POSIX") => Some(b"C".to_vec()),
            Some(_) => None,
        }
    }

    /// The function `symbol` of a dynamic library; `None` for the symbol
    /// `"*"`, which only links the library.
    fn library_function(
        &self,
        path: &[u8],
        symbol: &[u8],
    ) -> Result<Option<NativeFn>, LibraryError> {
        let _ = (path, symbol);
        Err(LibraryError {
            message: "dynamic libraries not enabled; check your Lua installation".to_owned(),
            place: "absent",
        })
    }
}

/// The host of a state; [`NoHost`] if none was set.
pub fn host(state: &State) -> Arc<dyn Host> {
    match state.app_data::<Arc<dyn Host>>() {
        Some(host) => Arc::clone(host),
        None => Arc::new(NoHost),
    }
}

/// Gives a state its host. To be done before the libraries are opened.
pub fn set_host(state: &mut State, host: Arc<dyn Host>) {
    state.set_app_data(Payload::new_send(host));
}

/// The part of a Lua string that C would see: up to the first zero byte.
pub fn c_string(bytes: &[u8]) -> &[u8] {
    match bytes.iter().position(|&byte| byte == 0) {
        Some(end) => &bytes[..end],
        None => bytes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_of_fopen() {
        for good in ["r", "w", "a", "r+", "w+b", "ab", "rbb"] {
            assert!(OpenMode::parse(good.as_bytes()).is_some(), "{good}");
        }
        for bad in ["", "x", "rw", "rb+", "r+bk", "+", "b"] {
            assert!(OpenMode::parse(bad.as_bytes()).is_none(), "{bad}");
        }
        let append = OpenMode::parse(b"a+").unwrap();
        assert!(append.read && append.write && append.append && append.create && !append.truncate);
        assert_eq!(OpenMode::parse(b"r"), Some(OpenMode::READ));
        assert_eq!(OpenMode::parse(b"wb"), Some(OpenMode::WRITE));
    }

    #[test]
    fn strings_end_at_zero() {
        assert_eq!(c_string(b"a\0b"), b"a");
        assert_eq!(c_string(b"ab"), b"ab");
    }
}
