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
///
/// ```
/// use perilune::host::{Host, MemoryHost, OpenMode};
///
/// let host = MemoryHost::new();
/// let append = OpenMode { append: true, truncate: false, ..OpenMode::WRITE };
/// for line in [b"one\n", b"two\n"] {
///     host.open(b"log", append).unwrap().write(line).unwrap();
/// }
/// assert_eq!(host.file(b"log").unwrap(), b"one\ntwo\n");
/// ```
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
    ///
    /// ```
    /// use perilune::host::OpenMode;
    ///
    /// assert_eq!(OpenMode::parse(b"rb"), Some(OpenMode::READ));
    /// assert!(OpenMode::parse(b"r+").unwrap().write);
    /// assert_eq!(OpenMode::parse(b"read"), None);
    /// ```
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
///
/// ```
/// use perilune::host::{Host, MemoryHost, StandardStream};
///
/// let host = MemoryHost::new();
/// host.standard_stream(StandardStream::Output).write(b"out").unwrap();
/// host.standard_stream(StandardStream::Error).write(b"err").unwrap();
/// assert_eq!((host.output(), host.errors()), (b"out".to_vec(), b"err".to_vec()));
/// ```
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
///
/// ```
/// use perilune::host::{ExitStatus, Host, PipeDirection, RealHost};
///
/// let (mut pipe, mut child) = RealHost::new().spawn(b"echo hi", PipeDirection::Read).unwrap();
/// let mut buffer = [0; 8];
/// assert_eq!(pipe.read(&mut buffer), Ok(3));
/// assert_eq!(&buffer[..3], b"hi\n");
/// drop(pipe);
/// assert_eq!(child.wait(), Ok(ExitStatus::Exited(0)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PipeDirection {
    /// The script reads what the child prints.
    Read,
    /// The script writes what the child reads.
    Write,
}

/// How a child process ended.
///
/// ```
/// use perilune::host::{ExitStatus, Host, RealHost};
///
/// let host = RealHost::new();
/// assert_eq!(host.execute(b"exit 3"), Ok(ExitStatus::Exited(3)));
/// assert_eq!(host.execute(b"kill -9 $$"), Ok(ExitStatus::Signaled(9)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    /// It exited with this code.
    Exited(i32),
    /// This signal killed it.
    Signaled(i32),
}

/// The offset of local time from UTC at some moment.
///
/// ```
/// use perilune::host::{Host, MemoryHost, ZoneOffset};
///
/// let host = MemoryHost::new();
/// host.set_zone(ZoneOffset { seconds_east: -5 * 3600, is_dst: false, name: "EST".into() });
/// assert_eq!(host.zone_offset(0).name, "EST");
/// ```
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
    ///
    /// ```
    /// use perilune::host::ZoneOffset;
    ///
    /// let zone = ZoneOffset::utc("UTC");
    /// assert_eq!((zone.seconds_east, zone.is_dst), (0, false));
    /// ```
    pub fn utc(name: &str) -> ZoneOffset {
        ZoneOffset { seconds_east: 0, is_dst: false, name: name.to_owned() }
    }
}

/// What `os.setlocale` can set.
///
/// ```
/// use perilune::host::{Host, LocaleCategory, NoHost};
///
/// assert_eq!(NoHost.locale(LocaleCategory::All, None), Some(b"C".to_vec()));
/// assert_eq!(NoHost.locale(LocaleCategory::Time, Some(b"de_DE")), None);
/// ```
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
///
/// ```
/// use perilune::host::{Host, NoHost};
///
/// let error = NoHost.library_function(b"./lib.so", b"luaopen_lib").unwrap_err();
/// assert_eq!(error.place, "absent");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LibraryError {
    /// The message for the script.
    pub message: String,
    /// What failed: `"open"`, `"init"`, or `"absent"` (there are no dynamic
    /// libraries at all).
    pub place: &'static str,
}

/// An open file, pipe or stream, without any buffering.
///
/// ```
/// use perilune::host::{HostFile, HostResult, HostError};
/// use std::io::SeekFrom;
///
/// /// `/dev/zero`.
/// struct Zeros;
///
/// impl HostFile for Zeros {
///     fn read(&mut self, buffer: &mut [u8]) -> HostResult<usize> {
///         buffer.fill(0);
///         Ok(buffer.len())
///     }
///     fn write(&mut self, bytes: &[u8]) -> HostResult<usize> {
///         Ok(bytes.len())
///     }
///     fn seek(&mut self, _: SeekFrom) -> HostResult<u64> {
///         Err(HostError::ILLEGAL_SEEK)
///     }
/// }
///
/// assert_eq!(Zeros.read(&mut [1; 4]), Ok(4));
/// assert!(!Zeros.is_terminal());
/// ```
pub trait HostFile: Send {
    /// Reads some bytes; 0 is the end of the file.
    ///
    /// It answers how many. A signal that ends the waiting is [`HostError::INTERRUPTED`].
    ///
    /// ```
    /// # use perilune::host::{Host, MemoryHost, OpenMode};
    /// # let host = MemoryHost::new();
    /// host.add_file(b"f", b"abc");
    /// let mut file = host.open(b"f", OpenMode::READ).unwrap();
    /// let mut buffer = [0; 2];
    /// assert_eq!(file.read(&mut buffer), Ok(2));
    /// assert_eq!(&buffer, b"ab");
    /// assert_eq!((file.read(&mut buffer), file.read(&mut buffer)), (Ok(1), Ok(0)));
    /// ```
    ///
    /// # Errors
    /// The operating system's, or what plays one; [`HostError::BAD_FILE`] if the file is
    /// not open for reading.
    fn read(&mut self, buffer: &mut [u8]) -> HostResult<usize>;
    /// Writes some of the bytes and says how many.
    ///
    /// ```
    /// # use perilune::host::{Host, HostError, MemoryHost, OpenMode};
    /// # let host = MemoryHost::new();
    /// let mut file = host.open(b"f", OpenMode::WRITE).unwrap();
    /// assert_eq!(file.write(b"abc"), Ok(3));
    /// assert_eq!(host.open(b"f", OpenMode::READ).unwrap().write(b"d"), Err(HostError::BAD_FILE));
    /// ```
    ///
    /// # Errors
    /// As of [`read`](Self::read); [`HostError::BAD_FILE`] if the file is not open for
    /// writing.
    fn write(&mut self, bytes: &[u8]) -> HostResult<usize>;
    /// Moves the position and tells the new one.
    ///
    /// ```
    /// use std::io::SeekFrom;
    /// # use perilune::host::{Host, MemoryHost, OpenMode};
    /// # let host = MemoryHost::new();
    /// host.add_file(b"f", b"abcdef");
    /// let mut file = host.open(b"f", OpenMode::READ).unwrap();
    /// assert_eq!(file.seek(SeekFrom::End(-1)), Ok(5));
    /// let mut last = [0];
    /// file.read(&mut last).unwrap();
    /// assert_eq!(&last, b"f");
    /// ```
    ///
    /// # Errors
    /// [`HostError::INVALID`] for a place before the beginning,
    /// [`HostError::ILLEGAL_SEEK`] for what has no positions.
    fn seek(&mut self, to: SeekFrom) -> HostResult<u64>;
    /// Whether a person may sit at the other end.
    /// Output to it goes out at the end of each line then.
    ///
    /// ```
    /// # use perilune::host::{Host, MemoryHost, OpenMode};
    /// # let host = MemoryHost::new();
    /// let file = host.open(b"f", OpenMode::WRITE).unwrap();
    /// assert!(!file.is_terminal());
    /// ```
    fn is_terminal(&self) -> bool {
        false
    }
    /// Closes it; nothing else is asked of it afterwards.
    /// Its error is what `file:close` answers.
    ///
    /// ```
    /// # use perilune::host::{Host, MemoryHost, OpenMode};
    /// # let host = MemoryHost::new();
    /// let mut file = host.open(b"f", OpenMode::WRITE).unwrap();
    /// assert_eq!(file.close(), Ok(()));
    /// ```
    ///
    /// # Errors
    /// What went wrong with the last bytes.
    fn close(&mut self) -> HostResult<()> {
        Ok(())
    }
}

/// A child process started by [`Host::spawn`].
///
/// ```
/// use perilune::host::{ExitStatus, HostChild, HostResult};
///
/// /// A process that a program plays.
/// struct Played;
///
/// impl HostChild for Played {
///     fn wait(&mut self) -> HostResult<ExitStatus> {
///         Ok(ExitStatus::Exited(0))
///     }
/// }
///
/// assert_eq!(Played.wait(), Ok(ExitStatus::Exited(0)));
/// ```
pub trait HostChild: Send {
    /// Waits for its end. The pipe to it has been closed before.
    ///
    /// ```
    /// use perilune::host::{ExitStatus, Host, PipeDirection, RealHost};
    ///
    /// let (mut pipe, mut child) = RealHost::new().spawn(b"wc -c > /dev/null", PipeDirection::Write).unwrap();
    /// pipe.write(b"text").unwrap();
    /// drop(pipe);
    /// assert_eq!(child.wait(), Ok(ExitStatus::Exited(0)));
    /// ```
    ///
    /// # Errors
    /// The operating system's, or what plays one.
    fn wait(&mut self) -> HostResult<ExitStatus>;
}

/// What the libraries may ask of the world outside. Every method refuses
/// unless it is implemented.
///
/// ```
/// use perilune::host::{Host, HostFile, HostResult, MemoryHost, OpenMode};
/// use perilune::{Lua, LuaOptions, StdLib};
///
/// /// A clock, and files to be read below `data/` alone.
/// struct Sandbox(MemoryHost);
///
/// impl Host for Sandbox {
///     fn open(&self, path: &[u8], mode: OpenMode) -> HostResult<Box<dyn HostFile>> {
///         match path.starts_with(b"data/") && mode == OpenMode::READ {
///             true => self.0.open(path, mode),
///             false => Err(perilune::host::HostError::DENIED),
///         }
///     }
///     fn time(&self) -> HostResult<i64> {
///         Ok(1_000_000_000)
///     }
/// }
///
/// let files = MemoryHost::new();
/// files.add_file(b"data/a.txt", b"text");
/// let options = LuaOptions::new().host(std::sync::Arc::new(Sandbox(files)));
/// let lua = Lua::new_with(StdLib::ALL_SAFE, options)?;
/// assert_eq!(lua.load("io.open('data/a.txt'):read('a')").eval::<String>()?, "text");
/// let (_, why): (Option<bool>, String) = lua.load("io.open('data/a.txt', 'w')").eval()?;
/// assert_eq!(why, "data/a.txt: Permission denied");
/// # Ok::<(), perilune::Error>(())
/// ```
pub trait Host: Send + Sync {
    /// Opens a file.
    ///
    /// ```
    /// use perilune::host::{Host, HostError, MemoryHost, OpenMode};
    ///
    /// let host = MemoryHost::new();
    /// assert_eq!(host.open(b"new", OpenMode::READ).err(), Some(HostError::NOT_FOUND));
    /// assert!(host.open(b"new", OpenMode::WRITE).is_ok());
    /// assert!(host.open(b"new", OpenMode::READ).is_ok());
    /// ```
    ///
    /// # Errors
    /// [`HostError::NOT_FOUND`], [`HostError::DENIED`] and so on;
    /// [`HostError::REFUSED`] unless implemented.
    fn open(&self, path: &[u8], mode: OpenMode) -> HostResult<Box<dyn HostFile>> {
        let _ = (path, mode);
        Err(HostError::REFUSED)
    }

    /// Whether a file can be opened for reading (module search).
    ///
    /// ```
    /// use perilune::host::{Host, MemoryHost};
    ///
    /// let host = MemoryHost::new();
    /// host.add_file(b"lib/json.lua", b"return {}");
    /// assert!(host.is_readable(b"lib/json.lua"));
    /// assert!(!host.is_readable(b"lib/yaml.lua"));
    /// ```
    fn is_readable(&self, path: &[u8]) -> bool {
        self.open(path, OpenMode::READ).is_ok()
    }

    /// Deletes a file or an empty directory.
    ///
    /// ```
    /// use perilune::host::{Host, HostError, MemoryHost};
    ///
    /// let host = MemoryHost::new();
    /// host.add_file(b"old", b"");
    /// assert_eq!(host.remove(b"old"), Ok(()));
    /// assert_eq!(host.remove(b"old"), Err(HostError::NOT_FOUND));
    /// ```
    ///
    /// # Errors
    /// As of [`open`](Self::open).
    fn remove(&self, path: &[u8]) -> HostResult<()> {
        let _ = path;
        Err(HostError::REFUSED)
    }

    /// Renames a file.
    ///
    /// ```
    /// use perilune::host::{Host, MemoryHost};
    ///
    /// let host = MemoryHost::new();
    /// host.add_file(b"draft", b"text");
    /// host.rename(b"draft", b"letter").unwrap();
    /// assert_eq!(host.paths(), [b"letter"]);
    /// ```
    ///
    /// # Errors
    /// As of [`open`](Self::open).
    fn rename(&self, from: &[u8], to: &[u8]) -> HostResult<()> {
        let _ = (from, to);
        Err(HostError::REFUSED)
    }

    /// Opens a new nameless file for reading and writing.
    ///
    /// ```
    /// use perilune::host::{Host, MemoryHost};
    ///
    /// let host = MemoryHost::new();
    /// let mut file = host.temporary_file().unwrap();
    /// assert_eq!(file.write(b"scratch"), Ok(7));
    /// assert!(host.paths().is_empty());
    /// ```
    ///
    /// # Errors
    /// As of [`open`](Self::open).
    fn temporary_file(&self) -> HostResult<Box<dyn HostFile>> {
        Err(HostError::REFUSED)
    }

    /// Creates a new empty file and tells its name.
    ///
    /// ```
    /// use perilune::host::{Host, MemoryHost};
    ///
    /// let host = MemoryHost::new();
    /// let name = host.temporary_name().unwrap();
    /// assert_eq!(host.file(&name), Some(Vec::new()));
    /// ```
    ///
    /// # Errors
    /// As of [`open`](Self::open).
    fn temporary_name(&self) -> HostResult<Vec<u8>> {
        Err(HostError::REFUSED)
    }

    /// One of the three standard streams. Asked for once per state and stream.
    ///
    /// ```
    /// use perilune::host::{Host, MemoryHost, StandardStream};
    ///
    /// let host = MemoryHost::new();
    /// host.add_input(b"yes\n");
    /// let mut answer = [0; 3];
    /// host.standard_stream(StandardStream::Input).read(&mut answer).unwrap();
    /// assert_eq!(&answer, b"yes");
    /// ```
    fn standard_stream(&self, stream: StandardStream) -> Box<dyn HostFile> {
        let _ = stream;
        Box::new(none::NoFile)
    }

    /// The value of an environment variable.
    /// `None`: there is none of that name.
    ///
    /// ```
    /// use perilune::host::{Host, MemoryHost};
    ///
    /// let host = MemoryHost::new();
    /// host.set_variable(b"LANG", b"C");
    /// assert_eq!(host.variable(b"LANG"), Some(b"C".to_vec()));
    /// assert_eq!(host.variable(b"EDITOR"), None);
    /// ```
    fn variable(&self, name: &[u8]) -> Option<Vec<u8>> {
        let _ = name;
        None
    }

    /// Seconds since 1970-01-01 00:00:00 UTC.
    ///
    /// ```
    /// use perilune::host::{Host, HostError, MemoryHost, NoHost};
    ///
    /// let host = MemoryHost::new();
    /// host.set_time(1_234_567_890);
    /// assert_eq!(host.time(), Ok(1_234_567_890));
    /// assert_eq!(NoHost.time(), Err(HostError::REFUSED));
    /// ```
    ///
    /// # Errors
    /// [`HostError::REFUSED`] unless implemented.
    fn time(&self) -> HostResult<i64> {
        Err(HostError::REFUSED)
    }

    /// Seconds of processor time used by the program.
    ///
    /// ```
    /// use perilune::host::{Host, RealHost};
    ///
    /// assert!(RealHost::new().processor_time().unwrap() >= 0.0);
    /// ```
    ///
    /// # Errors
    /// [`HostError::REFUSED`] unless implemented.
    fn processor_time(&self) -> HostResult<f64> {
        Err(HostError::REFUSED)
    }

    /// The offset of local time at a moment.
    ///
    /// ```
    /// use perilune::host::{Host, NoHost, ZoneOffset};
    ///
    /// assert_eq!(NoHost.zone_offset(0), ZoneOffset::utc("UTC"));
    /// ```
    fn zone_offset(&self, time: i64) -> ZoneOffset {
        let _ = time;
        ZoneOffset::utc("UTC")
    }

    /// Whether there is a shell to run commands.
    ///
    /// ```
    /// use perilune::host::{Host, NoHost};
    ///
    /// assert!(!NoHost.has_shell());
    /// ```
    fn has_shell(&self) -> bool {
        false
    }

    /// Runs a shell command and waits for its end.
    ///
    /// ```
    /// use perilune::host::{ExitStatus, Host, HostError, NoHost, RealHost};
    ///
    /// assert_eq!(RealHost::new().execute(b"exit 2"), Ok(ExitStatus::Exited(2)));
    /// assert_eq!(NoHost.execute(b"exit 2"), Err(HostError::REFUSED));
    /// ```
    ///
    /// # Errors
    /// If the command can't be started; [`HostError::REFUSED`] unless implemented.
    fn execute(&self, command: &[u8]) -> HostResult<ExitStatus> {
        let _ = command;
        Err(HostError::REFUSED)
    }

    /// Starts a shell command with a pipe to it.
    ///
    /// ```
    /// use perilune::host::{Host, PipeDirection, RealHost};
    ///
    /// let (mut pipe, mut child) = RealHost::new().spawn(b"echo ok", PipeDirection::Read).unwrap();
    /// let mut text = [0; 3];
    /// pipe.read(&mut text).unwrap();
    /// assert_eq!(&text, b"ok\n");
    /// drop(pipe);
    /// child.wait().unwrap();
    /// ```
    ///
    /// # Errors
    /// As of [`execute`](Self::execute).
    fn spawn(
        &self,
        command: &[u8],
        direction: PipeDirection,
    ) -> HostResult<(Box<dyn HostFile>, Box<dyn HostChild>)> {
        let _ = (command, direction);
        Err(HostError::REFUSED)
    }

    /// Ends the program; returns only if that is refused.
    ///
    /// ```
    /// # use perilune::{Lua, LuaOptions, StdLib};
    /// use perilune::host::{Host, HostError};
    ///
    /// struct Embedded;
    ///
    /// impl Host for Embedded {
    ///     fn exit(&self, _: i32) -> HostError {
    ///         HostError::new(1, "the game decides when it ends")
    ///     }
    /// }
    ///
    /// let options = LuaOptions::new().host(std::sync::Arc::new(Embedded));
    /// let lua = Lua::new_with(StdLib::ALL_SAFE, options)?;
    /// let error = lua.load("os.exit()").exec().unwrap_err().to_string();
    /// assert!(error.contains("the game decides when it ends"));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    fn exit(&self, code: i32) -> HostError {
        let _ = code;
        HostError::REFUSED
    }

    /// Two words that nobody can foretell.
    /// They seed `math.random`.
    ///
    /// ```
    /// use perilune::host::{Host, MemoryHost, RealHost};
    ///
    /// assert_ne!(RealHost::new().entropy(), RealHost::new().entropy());
    /// assert_eq!(MemoryHost::new().entropy(), MemoryHost::new().entropy());
    /// ```
    fn entropy(&self) -> (u64, u64) {
        (0, 0)
    }

    /// Sets (or with `None` asks for) the locale; the name of the one now in
    /// force, or `None` if it can't be set. Only the C locale is known.
    ///
    /// ```
    /// use perilune::host::{Host, LocaleCategory, NoHost};
    ///
    /// assert_eq!(NoHost.locale(LocaleCategory::All, Some(b"POSIX")), Some(b"C".to_vec()));
    /// assert_eq!(NoHost.locale(LocaleCategory::All, Some(b"fr_FR")), None);
    /// ```
    fn locale(&self, category: LocaleCategory, name: Option<&[u8]>) -> Option<Vec<u8>> {
        let _ = category;
        match name {
            None | Some(b"" | b"C" | b"POSIX") => Some(b"C".to_vec()),
            Some(_) => None,
        }
    }

    /// The function `symbol` of a dynamic library; `None` for the symbol
    /// `"*"`, which only links the library.
    ///
    /// ```
    /// use perilune::host::{Host, LibraryError, set_host};
    /// use perilune::native::{self, NativeFn, Return, State, stdlib};
    ///
    /// /// Plays a dynamic library that is linked in.
    /// struct LinkedIn;
    ///
    /// impl Host for LinkedIn {
    ///     fn library_function(&self, _: &[u8], symbol: &[u8]) -> Result<Option<NativeFn>, LibraryError> {
    ///         match symbol {
    ///             b"luaopen_answer" => Ok(Some(open)),
    ///             _ => Err(LibraryError { message: "no such function".into(), place: "init" }),
    ///         }
    ///     }
    /// }
    ///
    /// fn open(state: &mut State) -> native::Result<Return> {
    ///     state.ret(42)
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// # lua.with_native(|_| {
    /// let mut state = State::new()?;
    /// set_host(&mut state, std::sync::Arc::new(LinkedIn));
    /// state.enter(|state| {
    ///     stdlib::open_all(state)?;
    ///     state.load(b"return package.loadlib('answer.so', 'luaopen_answer')()", b"=main", b"t")?;
    ///     state.call(0, Some(1))?;
    ///     assert_eq!(state.to_integer(-1), Some(42));
    ///     Ok(())
    /// })
    /// # })?;
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// That there are no dynamic libraries, unless implemented; where the function could
    /// not be had else.
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
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// use perilune::host::{MemoryHost, host, set_host};
///
/// let memory = MemoryHost::new();
/// memory.set_time(7);
/// set_host(state, std::sync::Arc::new(memory));
/// assert_eq!(host(state).time(), Ok(7));
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
pub fn host(state: &State) -> Arc<dyn Host> {
    match state.app_data::<Arc<dyn Host>>() {
        Some(host) => Arc::clone(host),
        None => Arc::new(NoHost),
    }
}

/// Gives a state its host. To be done before the libraries are opened.
///
/// ```
/// use perilune::host::{MemoryHost, set_host};
/// use perilune::native::{State, stdlib};
/// use std::sync::Arc;
///
/// let memory = Arc::new(MemoryHost::new());
/// let mut state = State::new().unwrap();
/// set_host(&mut state, memory.clone());
/// state.enter(|state| {
///     stdlib::open_all(state)?;
///     state.load(b"io.open('out', 'w'):write('text'):close()", b"=main", b"t")?;
///     state.call(0, Some(0))
/// }).unwrap();
/// assert_eq!(memory.file(b"out").unwrap(), b"text");
/// ```
pub fn set_host(state: &mut State, host: Arc<dyn Host>) {
    state.set_app_data(Payload::new_send(host));
}

/// The part of a Lua string that C would see: up to the first zero byte.
///
/// ```
/// use perilune::host::c_string;
///
/// assert_eq!(c_string(b"name\0hidden"), b"name");
/// ```
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
