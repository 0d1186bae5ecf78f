//! One run of a program: its input, limits and time-out; its output, exit
//! status and CPU time.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use wait4::{ResUse, Wait4};

use crate::{Context, Error, Result};

/// How long what a program left running may keep its output open.
const LINGERING: Duration = Duration::from_secs(5);

/// A program to run. The environment starts empty: a test says what it needs.
#[derive(Debug, Clone)]
pub struct Run {
    program: PathBuf,
    arg0: Option<OsString>,
    args: Vec<OsString>,
    env: Vec<(OsString, OsString)>,
    dir: Option<PathBuf>,
    stdin: Vec<u8>,
    timeout: Duration,
    stack_kb: Option<u64>,
    memory_kb: Option<u64>,
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It exited with this code.
    Code(i32),
    /// It was ended by this signal.
    Signal(i32),
    /// It ran past its time-out and was killed.
    TimedOut,
}

impl std::fmt::Display for End {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            End::Code(code) => write!(f, "exit code {code}"),
            End::Signal(signal) => write!(f, "signal {signal}"),
            End::TimedOut => f.write_str("time-out"),
        }
    }
}

/// What a run left behind.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// How it ended.
    pub end: End,
    /// All of its standard output.
    pub stdout: Vec<u8>,
    /// All of its standard error.
    pub stderr: Vec<u8>,
    /// User CPU time, children it waited for included.
    pub user: Duration,
    /// System CPU time, children it waited for included.
    pub system: Duration,
    /// Time on the clock.
    pub wall: Duration,
}

impl Outcome {
    /// Whether it exited with code 0.
    pub fn ok(&self) -> bool {
        self.end == End::Code(0)
    }

    /// Standard output as text, for messages.
    pub fn out(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// Standard error as text, for messages.
    pub fn err(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }
}

impl Run {
    /// A run of `program` with an empty environment, nothing on standard
    /// input, and a time-out of a minute.
    pub fn new(program: impl AsRef<Path>) -> Self {
        Run {
            program: program.as_ref().to_path_buf(),
            arg0: None,
            args: Vec::new(),
            env: Vec::new(),
            dir: None,
            stdin: Vec::new(),
            timeout: Duration::from_secs(60),
            stack_kb: None,
            memory_kb: None,
        }
    }

    /// Sets what the program sees as its own name.
    pub fn arg0(mut self, name: impl Into<OsString>) -> Self {
        self.arg0 = Some(name.into());
        self
    }

    /// Adds an argument.
    pub fn arg(mut self, arg: impl Into<OsString>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// Adds arguments.
    pub fn args<A: Into<OsString>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// Sets an environment variable.
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    /// Takes one variable over from this process, if it is set here.
    pub fn inherit(self, name: &str) -> Self {
        match std::env::var_os(name) {
            Some(value) => self.env(name, value),
            None => self,
        }
    }

    /// Sets the working folder.
    pub fn dir(mut self, dir: impl AsRef<Path>) -> Self {
        self.dir = Some(dir.as_ref().to_path_buf());
        self
    }

    /// Sets what the program reads from its standard input, always a pipe.
    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = bytes.into();
        self
    }

    /// Sets after how long the program and all it started are killed.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = limit;
        self
    }

    /// Limits the native stack, as `ulimit -s` does.
    pub fn stack_kb(mut self, limit: u64) -> Self {
        self.stack_kb = Some(limit);
        self
    }

    /// Limits the address space, as `ulimit -v` does.
    pub fn memory_kb(mut self, limit: u64) -> Self {
        self.memory_kb = Some(limit);
        self
    }

    /// The command line, for messages.
    pub fn describe(&self) -> String {
        let name = self.arg0.as_deref().unwrap_or(self.program.as_os_str());
        let mut text = name.to_string_lossy().into_owned();
        for arg in &self.args {
            text.push(' ');
            text.push_str(&arg.to_string_lossy());
        }
        text
    }

    /// Runs the program to its end.
    pub fn run(&self) -> Result<Outcome> {
        let mut command = self.command();
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // A group of its own, so that a time-out reaches what it started too.
        command.process_group(0);
        let start = Instant::now();
        let mut child = command.spawn().context(self.program.display())?;
        let feeder = {
            let mut pipe = child.stdin.take().ok_or_else(lost_pipe)?;
            let bytes = self.stdin.clone();
            // A program may end without having read its input.
            thread::spawn(move || drop(pipe.write_all(&bytes)))
        };
        let stdout = drain(child.stdout.take().ok_or_else(lost_pipe)?);
        let stderr = drain(child.stderr.take().ok_or_else(lost_pipe)?);
        let (usage, timed_out) = await_end(&mut child, start, self.timeout)?;
        let wall = start.elapsed();
        let ended = Instant::now();
        while !(stdout.is_finished() && stderr.is_finished()) {
            if ended.elapsed() > LINGERING {
                kill_group(child.id());
                break;
            }
            thread::sleep(Duration::from_millis(1));
        }
        let end = match (timed_out, usage.status.code(), usage.status.signal()) {
            (true, ..) => End::TimedOut,
            (false, Some(code), _) => End::Code(code),
            (false, None, signal) => End::Signal(signal.unwrap_or(0)),
        };
        drop(feeder);
        Ok(Outcome {
            end,
            stdout: stdout.join().map_err(|_| lost_pipe())?,
            stderr: without_refusals(stderr.join().map_err(|_| lost_pipe())?),
            user: usage.rusage.utime,
            system: usage.rusage.stime,
            wall,
        })
    }

    fn command(&self) -> Command {
        let mut limits = String::new();
        if let Some(kb) = self.stack_kb {
            limits.push_str(&format!("ulimit -s {kb} && "));
        }
        // AddressSanitizer reserves terabytes of addresses; its own limit is of what is
        // in use.
        let sanitizer = sanitizer_options();
        if let Some(kb) = self.memory_kb
            && sanitizer.is_none()
        {
            limits.push_str(&format!("ulimit -v {kb} && "));
        }
        let mut command;
        if limits.is_empty() {
            command = Command::new(&self.program);
            if let Some(name) = &self.arg0 {
                command.arg0(name);
            }
        } else {
            // The standard library sets no resource limits; a shell does.
            command = Command::new("/bin/sh");
            command.arg("-c").arg(format!("{limits}exec \"$0\" \"$@\"")).arg(&self.program);
        }
        command.args(&self.args).env_clear();
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        if let Some(mut options) = sanitizer {
            if let Some(kb) = self.memory_kb {
                options.push_str(&format!(":soft_rss_limit_mb={}", kb / 1024));
            }
            command.env("ASAN_OPTIONS", options);
        }
        if let Some(dir) = &self.dir {
            command.current_dir(dir);
        }
        command
    }
}

/// What the programs that run are to be told, if AddressSanitizer is in them.
fn sanitizer_options() -> Option<String> {
    std::env::var("ASAN_OPTIONS").ok()
}

/// AddressSanitizer says of each allocation that it refuses that it does.
fn without_refusals(stderr: Vec<u8>) -> Vec<u8> {
    if sanitizer_options().is_none() {
        return stderr;
    }
    let refusal = b"WARNING: AddressSanitizer failed to allocate ";
    let lines = stderr.split_inclusive(|&byte| byte == b'\n');
    let refused = |line: &&[u8]| line.windows(refusal.len()).any(|part| part == refusal);
    lines.filter(|line| !refused(line)).flatten().copied().collect()
}

fn lost_pipe() -> Error {
    Error("a pipe to the child process was lost".to_string())
}

/// Collects everything from `pipe` on a thread of its own.
fn drain(mut pipe: impl Read + Send + 'static) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // A read error ends the output like its end would.
        let _ = pipe.read_to_end(&mut bytes);
        bytes
    })
}

/// Waits for the child, killing its whole group when the time is up.
fn await_end(child: &mut Child, start: Instant, limit: Duration) -> Result<(ResUse, bool)> {
    let mut pause = Duration::from_micros(200);
    let mut timed_out = false;
    loop {
        if let Some(usage) = child.try_wait4()? {
            return Ok((usage, timed_out));
        }
        if start.elapsed() > limit && !timed_out {
            timed_out = true;
            kill_group(child.id());
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(10));
    }
}

fn kill_group(leader: u32) {
    // The shell's own `kill`, for not every machine has the program. A group
    // that is gone by now is what was wanted.
    let command = format!("kill -s KILL -- -{leader} 2>/dev/null");
    let _ = Command::new("/bin/sh").args(["-c", &command]).status();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(command: &str) -> Run {
        Run::new("/bin/sh").args(["-c", command])
    }

    #[test]
    fn what_a_run_leaves_behind() {
        let outcome =
            shell("cat; echo $NAME >&2; exit 3").env("NAME", "value").stdin("input").run().unwrap();
        assert_eq!(outcome.end, End::Code(3));
        assert_eq!((outcome.out().as_str(), outcome.err().as_str()), ("input", "value\n"));
    }

    #[test]
    fn a_time_out_reaches_all_that_was_started() {
        let slow = shell("sleep 100 & sleep 100; wait").timeout(Duration::from_millis(100));
        let outcome = slow.env("PATH", "/usr/bin:/bin").run().unwrap();
        assert_eq!(outcome.end, End::TimedOut);
        assert!(outcome.wall < Duration::from_secs(20));
    }

    #[test]
    fn what_is_left_running_holds_nothing_up() {
        let outcome = shell("sleep 100 & echo done").env("PATH", "/usr/bin:/bin").run().unwrap();
        assert_eq!(outcome.out(), "done\n");
    }

    #[test]
    fn limits_reach_the_program() {
        let outcome =
            shell("ulimit -s; ulimit -v").stack_kb(2048).memory_kb(300_000).run().unwrap();
        assert_eq!(outcome.out(), "2048\n300000\n");
    }

    #[test]
    fn signals_are_told_apart() {
        assert_eq!(shell("kill -15 $$").run().unwrap().end, End::Signal(15));
    }
}
