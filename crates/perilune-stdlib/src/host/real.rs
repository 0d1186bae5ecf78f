//! The operating system as a host. The only file of the libraries that touches
//! files, environment, processes and clock.

use std::collections::hash_map::RandomState;
use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, Hasher};
use std::io::{IsTerminal, Read, Seek, SeekFrom, Write};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{self, Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::SystemTime;

use nix::sys::signal::{SigSet, Signal};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::fd::{AsFd, BorrowedFd};
use rustix::time::{ClockId, clock_gettime};
use tz::TimeZone;

use super::{
    ExitStatus, Host, HostChild, HostError, HostFile, HostResult, OpenMode, PipeDirection,
    StandardStream, ZoneOffset,
};

const SHELL: &str = "/bin/sh";
const TEMPORARY_FOLDER: &str = "/tmp";

/// The operating system.
///
/// ```
/// use perilune::host::{Host, RealHost};
///
/// let host = RealHost::new();
/// assert!(host.time().unwrap() > 1_700_000_000);
/// assert!(!host.is_readable(b"/no/such/file"));
/// ```
#[derive(Default)]
pub struct RealHost {
    zone: OnceLock<Zone>,
}

impl RealHost {
    /// The operating system as it is.
    ///
    /// ```
    /// # use perilune::{Lua, LuaOptions, StdLib};
    /// use perilune::host::RealHost;
    /// use std::sync::Arc;
    ///
    /// let options = LuaOptions::new().host(Arc::new(RealHost::new()));
    /// let lua = Lua::new_with(StdLib::ALL_SAFE, options)?;
    /// assert!(lua.load("os.time()").eval::<i64>()? > 1_700_000_000);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn new() -> RealHost {
        RealHost::default()
    }
}

fn path(bytes: &[u8]) -> &OsStr {
    OsStr::from_bytes(bytes)
}

impl Host for RealHost {
    fn open(&self, name: &[u8], mode: OpenMode) -> HostResult<Box<dyn HostFile>> {
        // The standard library wants no `truncate` together with `append`, nor `write` in
        // C's mode "a"; otherwise its options are those of open(2).
        let mut options = OpenOptions::new();
        options.read(mode.read).append(mode.append).create(mode.create).truncate(mode.truncate);
        if !mode.append {
            options.write(mode.write);
        }
        options.create_new(mode.create && mode.exclusive);
        let mut file = options.open(path(name))?;
        if mode.append && !mode.read {
            // A pipe has no end to go to.
            let _ = file.seek(SeekFrom::End(0));
        }
        Ok(Box::new(RealFile::new(file)))
    }

    fn remove(&self, name: &[u8]) -> HostResult<()> {
        match fs::remove_file(path(name)).map_err(HostError::from) {
            Err(error) if error.code() == HostError::IS_A_DIRECTORY.code() => {
                Ok(fs::remove_dir(path(name))?)
            }
            result => result,
        }
    }

    fn rename(&self, from: &[u8], to: &[u8]) -> HostResult<()> {
        Ok(fs::rename(path(from), path(to))?)
    }

    fn temporary_file(&self) -> HostResult<Box<dyn HostFile>> {
        let (name, file) = create_temporary("tmpf")?;
        fs::remove_file(name)?;
        Ok(Box::new(RealFile::new(file)))
    }

    fn temporary_name(&self) -> HostResult<Vec<u8>> {
        create_temporary("lua_").map(|(name, _)| name.into_bytes())
    }

    fn standard_stream(&self, stream: StandardStream) -> Box<dyn HostFile> {
        Box::new(match stream {
            StandardStream::Input => StandardFile { fd: rustix::stdio::stdin(), waits: true },
            StandardStream::Output => StandardFile { fd: rustix::stdio::stdout(), waits: false },
            StandardStream::Error => StandardFile { fd: rustix::stdio::stderr(), waits: false },
        })
    }

    fn variable(&self, name: &[u8]) -> Option<Vec<u8>> {
        std::env::var_os(path(name)).map(OsStringExt::into_vec)
    }

    fn time(&self) -> HostResult<i64> {
        Ok(match SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) {
            Ok(since) => since.as_secs() as i64,
            Err(before) => -(before.duration().as_secs_f64().ceil() as i64),
        })
    }

    fn processor_time(&self) -> HostResult<f64> {
        let time = clock_gettime(ClockId::ProcessCPUTime);
        let microseconds = time.tv_sec * 1_000_000 + time.tv_nsec / 1000;
        Ok(microseconds as f64 / 1e6)
    }

    fn zone_offset(&self, time: i64) -> ZoneOffset {
        self.zone.get_or_init(Zone::of_environment).offset(time)
    }

    fn has_shell(&self) -> bool {
        fs::metadata(SHELL).is_ok()
    }

    fn execute(&self, command: &[u8]) -> HostResult<ExitStatus> {
        let mut child = shell(command).spawn()?;
        // Only now, for the child takes over what is blocked.
        let deaf = Deaf::new();
        let status = child.wait();
        drop(deaf);
        Ok(exit_status(status?))
    }

    fn spawn(
        &self,
        command: &[u8],
        direction: PipeDirection,
    ) -> HostResult<(Box<dyn HostFile>, Box<dyn HostChild>)> {
        let mut command = shell(command);
        match direction {
            PipeDirection::Read => command.stdout(Stdio::piped()),
            PipeDirection::Write => command.stdin(Stdio::piped()),
        };
        let mut child = command.spawn()?;
        let stdout = child.stdout.take().map(rustix::fd::OwnedFd::from);
        let stdin = child.stdin.take().map(rustix::fd::OwnedFd::from);
        let pipe = stdout.or(stdin).ok_or(HostError::BAD_FILE)?;
        let file = RealFile { file: File::from(pipe), waits: true };
        Ok((Box::new(file), Box::new(RealChild(child))))
    }

    fn exit(&self, code: i32) -> HostError {
        process::exit(code)
    }

    fn entropy(&self) -> (u64, u64) {
        (random_word(), random_word())
    }
}

/// The standard library seeds each hash state from the system's entropy, and
/// differently each time.
fn random_word() -> u64 {
    let mut hasher = RandomState::new().build_hasher();
    hasher.write_u64(u64::from(process::id()));
    hasher.finish()
}

fn create_temporary(prefix: &str) -> HostResult<(String, File)> {
    const LETTERS: &[u8; 62] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true).mode(0o600);
    let mut tries = 0;
    loop {
        let mut random = random_word();
        let mut name = format!("{TEMPORARY_FOLDER}/{prefix}");
        for _ in 0..6 {
            name.push(char::from(LETTERS[(random % 62) as usize]));
            random /= 62;
        }
        match options.open(&name).map_err(HostError::from) {
            Ok(file) => return Ok((name, file)),
            Err(error) if error.code() == HostError::EXISTS.code() && tries < 10_000 => tries += 1,
            Err(error) => return Err(error),
        }
    }
}

// ---------------------------------------------------------------- files

struct RealFile {
    file: File,
    /// Reading may take long, and a signal should end it.
    waits: bool,
}

impl RealFile {
    fn new(file: File) -> RealFile {
        RealFile { file, waits: false }
    }
}

/// Waits until there is something to read. A signal ends this wait, while
/// read(2) would be restarted after it.
fn wait_for_input(file: impl AsFd) -> HostResult<()> {
    poll(&mut [PollFd::new(&file, PollFlags::IN)], None).map_err(system_error)?;
    Ok(())
}

impl HostFile for RealFile {
    fn read(&mut self, buffer: &mut [u8]) -> HostResult<usize> {
        if self.waits {
            wait_for_input(&self.file)?;
        }
        Ok(self.file.read(buffer)?)
    }

    fn write(&mut self, bytes: &[u8]) -> HostResult<usize> {
        loop {
            match self.file.write(bytes) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                result => return Ok(result?),
            }
        }
    }

    fn seek(&mut self, to: SeekFrom) -> HostResult<u64> {
        Ok(self.file.seek(to)?)
    }

    fn is_terminal(&self) -> bool {
        self.file.is_terminal()
    }
}

struct StandardFile {
    fd: BorrowedFd<'static>,
    /// As in [`RealFile`].
    waits: bool,
}

fn system_error(error: rustix::io::Errno) -> HostError {
    HostError::from(std::io::Error::from(error))
}

impl HostFile for StandardFile {
    fn read(&mut self, buffer: &mut [u8]) -> HostResult<usize> {
        if self.waits {
            wait_for_input(self.fd)?;
        }
        rustix::io::read(self.fd, buffer).map_err(system_error)
    }

    fn write(&mut self, bytes: &[u8]) -> HostResult<usize> {
        rustix::io::retry_on_intr(|| rustix::io::write(self.fd, bytes)).map_err(system_error)
    }

    fn seek(&mut self, to: SeekFrom) -> HostResult<u64> {
        let to = match to {
            SeekFrom::Start(position) => rustix::fs::SeekFrom::Start(position),
            SeekFrom::Current(offset) => rustix::fs::SeekFrom::Current(offset),
            SeekFrom::End(offset) => rustix::fs::SeekFrom::End(offset),
        };
        rustix::fs::seek(self.fd, to).map_err(system_error)
    }

    fn is_terminal(&self) -> bool {
        self.fd.is_terminal()
    }
}

// ---------------------------------------------------------------- processes

fn shell(command: &[u8]) -> Command {
    let mut shell = Command::new(SHELL);
    shell.arg0("sh").arg("-c").arg(path(command));
    shell
}

fn exit_status(status: process::ExitStatus) -> ExitStatus {
    match status.signal() {
        Some(signal) => ExitStatus::Signaled(signal),
        None => ExitStatus::Exited(status.code().unwrap_or(status.into_raw())),
    }
}

/// While it lives, signals from the keyboard do not reach this thread: they are
/// meant for the command that it waits for, which gets them too. Those that
/// came are dropped, as by C's `system`.
struct Deaf {
    /// The signals that were not blocked before.
    blocked: SigSet,
}

impl Deaf {
    fn new() -> Deaf {
        let mut blocked = SigSet::empty();
        let before = SigSet::thread_get_mask().unwrap_or(SigSet::all());
        for signal in [Signal::SIGINT, Signal::SIGQUIT] {
            if !before.contains(signal) {
                blocked.add(signal);
            }
        }
        // Where they can't be blocked, they reach this thread as well.
        let _ = blocked.thread_block();
        Deaf { blocked }
    }
}

impl Drop for Deaf {
    fn drop(&mut self) {
        #[cfg(target_os = "linux")]
        drop_pending(&self.blocked);
        let _ = self.blocked.thread_unblock();
    }
}

/// Takes what came of blocked signals.
#[cfg(target_os = "linux")]
fn drop_pending(signals: &SigSet) {
    use nix::sys::signalfd::{SfdFlags, SignalFd};
    let flags = SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC;
    if let Ok(came) = SignalFd::with_flags(signals, flags) {
        while let Ok(Some(_)) = came.read_signal() {}
    }
}

struct RealChild(Child);

impl HostChild for RealChild {
    fn wait(&mut self) -> HostResult<ExitStatus> {
        Ok(exit_status(self.0.wait()?))
    }
}

// ---------------------------------------------------------------- time zone

enum Zone {
    Known(TimeZone),
    /// Nothing can be made of `TZ`: UTC under the name found there.
    Unknown(String),
}

impl Zone {
    /// The zone that `TZ` names, by default that of `/etc/localtime`.
    fn of_environment() -> Zone {
        let Some(name) = std::env::var_os("TZ") else {
            return match TimeZone::from_posix_tz("localtime") {
                Ok(zone) => Zone::Known(zone),
                Err(_) => Zone::Unknown("UTC".to_owned()),
            };
        };
        let name = name.to_string_lossy();
        let name = name.strip_prefix(':').unwrap_or(&name);
        if name.is_empty() {
            return Zone::Unknown("UTC".to_owned());
        }
        // Without rules of its own a name with summer time follows those of the United States.
        TimeZone::from_posix_tz(name)
            .or_else(|_| TimeZone::from_posix_tz(&format!("{name},M3.2.0,M11.1.0")))
            .map_or_else(|_| Zone::Unknown(alphabetic_prefix(name)), Zone::Known)
    }

    fn offset(&self, time: i64) -> ZoneOffset {
        match self {
            Zone::Unknown(name) => ZoneOffset::utc(name),
            Zone::Known(zone) => match zone.find_local_time_type(time) {
                Ok(found) => ZoneOffset {
                    seconds_east: found.ut_offset(),
                    is_dst: found.is_dst(),
                    name: found.time_zone_designation().to_owned(),
                },
                Err(_) => ZoneOffset::utc("UTC"),
            },
        }
    }
}

/// The name that an unknown zone goes by: its first letters, at least three.
fn alphabetic_prefix(name: &str) -> String {
    let letters = name.bytes().take_while(u8::is_ascii_alphabetic).count();
    name[..if letters < 3 { 0 } else { letters }].to_owned()
}
