//! Buffered files: what C's `FILE` is to C.
//!
//! A stream is idle, or its buffer holds bytes read ahead, or bytes not yet
//! written; going from one to the other puts the position of the file right.

use std::io::SeekFrom;

use super::guarded::Guarded;
use perilune_vm::{Buffer, BufferFull};
use std::sync::Arc;

use crate::host::{HostError, HostFile, HostResult, OpenMode};

/// A stream with several owners: the file handle in the script, the list of
/// all streams, `print`.
///
/// ```
/// use perilune::host::{Host, MemoryHost, OpenMode};
/// use perilune::native::stdlib::io::{SharedStream, Stream};
///
/// let host = MemoryHost::new();
/// let file = host.open(b"log", OpenMode::WRITE).unwrap();
/// let log: SharedStream = Stream::new(file, OpenMode::WRITE).shared();
/// let copy = log.clone();
/// copy.borrow_mut().write(b"entry").unwrap();
/// log.borrow_mut().flush().unwrap();
/// assert_eq!(host.file(b"log").unwrap(), b"entry");
/// ```
pub type SharedStream = Arc<Guarded<Stream>>;

/// A buffer is this large at first, as C's are …
const FIRST_CAPACITY: usize = 4 * 1024;
/// … and doubles up to this size each time it was filled.
const LAST_CAPACITY: usize = 64 * 1024;

/// When written bytes go out.
///
/// ```
/// # use perilune::host::{Host, MemoryHost, OpenMode};
/// use perilune::native::stdlib::io::{Buffering, Stream};
///
/// # let host = MemoryHost::new();
/// let mut log = Stream::new(host.open(b"log", OpenMode::WRITE).unwrap(), OpenMode::WRITE);
/// log.set_buffering(Buffering::Line).unwrap();
/// log.write(b"one\ntwo").unwrap();
/// assert_eq!(host.file(b"log").unwrap(), b"one\n");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Buffering {
    /// At once.
    None,
    /// At each end of a line.
    Line,
    /// When the buffer is full.
    Full,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Activity {
    Idle,
    Reading,
    Writing,
}

/// A buffered file of the host.
///
/// ```
/// # use perilune::host::{Host, MemoryHost, OpenMode};
/// use perilune::native::stdlib::io::Stream;
///
/// # let host = MemoryHost::new();
/// host.add_file(b"f", b"one\ntwo\n");
/// let mut stream = Stream::new(host.open(b"f", OpenMode::READ).unwrap(), OpenMode::READ);
/// stream.begin_read();
/// let mut text = Vec::new();
/// while let Some(byte) = stream.next_byte() {
///     text.push(byte);
/// }
/// assert_eq!(text, b"one\ntwo\n");
/// ```
pub struct Stream {
    file: Box<dyn HostFile>,
    readable: bool,
    writable: bool,
    activity: Activity,
    /// `None` until it is needed: then terminals get lines.
    buffering: Option<Buffering>,
    /// Reading: bytes read, those from `position` on not yet consumed.
    /// Writing: bytes to be written.
    buffer: Vec<u8>,
    position: usize,
    capacity: usize,
    /// Reading: the file's position at the end of the buffer, if known.
    file_position: Option<u64>,
    at_end: bool,
    error: Option<HostError>,
    closed: bool,
}

impl Stream {
    /// A stream over an open file.
    ///
    /// ```
    /// # use perilune::host::{Host, MemoryHost, OpenMode};
    /// # use perilune::native::stdlib::io::Stream;
    /// # let host = MemoryHost::new();
    /// let file = host.open(b"f", OpenMode::WRITE).unwrap();
    /// let stream = Stream::new(file, OpenMode::WRITE);
    /// assert!(!stream.is_closed());
    /// ```
    pub fn new(file: Box<dyn HostFile>, mode: OpenMode) -> Stream {
        Stream {
            file,
            readable: mode.read,
            writable: mode.write,
            activity: Activity::Idle,
            buffering: None,
            buffer: Vec::new(),
            position: 0,
            capacity: FIRST_CAPACITY,
            file_position: None,
            at_end: false,
            error: None,
            closed: false,
        }
    }

    /// The stream, to be owned by several.
    ///
    /// ```
    /// # use perilune::host::{Host, MemoryHost, OpenMode};
    /// # use perilune::native::stdlib::io::Stream;
    /// # let host = MemoryHost::new();
    /// # let file = host.open(b"f", OpenMode::WRITE).unwrap();
    /// let stream = Stream::new(file, OpenMode::WRITE).shared();
    /// assert!(!stream.borrow_mut().is_closed());
    /// ```
    pub fn shared(self) -> SharedStream {
        SharedStream::new(Guarded::new(self))
    }

    /// How it is buffered.
    ///
    /// ```
    /// # use perilune::host::{Host, MemoryHost, OpenMode};
    /// # use perilune::native::stdlib::io::{Buffering, Stream};
    /// # let host = MemoryHost::new();
    /// # let file = host.open(b"f", OpenMode::WRITE).unwrap();
    /// let mut stream = Stream::new(file, OpenMode::WRITE);
    /// assert_eq!(stream.buffering(), Buffering::Full);
    /// ```
    pub fn buffering(&mut self) -> Buffering {
        match self.buffering {
            Some(buffering) => buffering,
            None => {
                let terminal = self.file.is_terminal();
                *self.buffering.insert(if terminal { Buffering::Line } else { Buffering::Full })
            }
        }
    }

    /// Sets when written bytes go out. Bytes that wait go out before they
    /// are no longer buffered.
    ///
    /// ```
    /// # use perilune::host::{Host, MemoryHost, OpenMode};
    /// # use perilune::native::stdlib::io::{Buffering, Stream};
    /// # let host = MemoryHost::new();
    /// # let file = host.open(b"f", OpenMode::WRITE).unwrap();
    /// let mut stream = Stream::new(file, OpenMode::WRITE);
    /// stream.write(b"now").unwrap();
    /// assert_eq!(host.file(b"f").unwrap(), b"");
    /// stream.set_buffering(Buffering::None).unwrap();
    /// assert_eq!(host.file(b"f").unwrap(), b"now");
    /// ```
    ///
    /// # Errors
    /// If bytes that wait can't be written.
    pub fn set_buffering(&mut self, buffering: Buffering) -> HostResult<()> {
        self.buffering = Some(buffering);
        if buffering == Buffering::None { self.flush() } else { Ok(()) }
    }

    /// Whether it was closed.
    ///
    /// ```
    /// # use perilune::host::{Host, MemoryHost, OpenMode};
    /// # use perilune::native::stdlib::io::Stream;
    /// # let host = MemoryHost::new();
    /// # let file = host.open(b"f", OpenMode::WRITE).unwrap();
    /// let mut stream = Stream::new(file, OpenMode::WRITE);
    /// stream.close().unwrap();
    /// assert!(stream.is_closed());
    /// ```
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    // ------------------------------------------------------------ reading

    /// Forgets an end or an error met before.
    ///
    /// ```
    /// # use perilune::host::{Host, MemoryHost, OpenMode};
    /// # use perilune::native::stdlib::io::Stream;
    /// # let host = MemoryHost::new();
    /// host.add_file(b"f", b"");
    /// let mut stream = Stream::new(host.open(b"f", OpenMode::READ).unwrap(), OpenMode::READ);
    /// assert_eq!(stream.next_byte(), None);
    /// host.open(b"f", OpenMode::WRITE).unwrap().write(b"more").unwrap();
    /// stream.begin_read();
    /// assert_eq!(stream.next_byte(), Some(b'm'));
    /// ```
    pub fn begin_read(&mut self) {
        self.at_end = false;
        self.error = None;
    }

    /// The error met since [`begin_read`](Self::begin_read).
    ///
    /// ```
    /// # use perilune::host::{Host, HostError, MemoryHost, OpenMode};
    /// # use perilune::native::stdlib::io::Stream;
    /// # let host = MemoryHost::new();
    /// let mut stream = Stream::new(host.open(b"f", OpenMode::WRITE).unwrap(), OpenMode::WRITE);
    /// stream.begin_read();
    /// assert_eq!(stream.next_byte(), None);
    /// assert_eq!(stream.take_error(), Some(HostError::BAD_FILE));
    /// ```
    pub fn take_error(&mut self) -> Option<HostError> {
        self.error.take()
    }

    /// Whether the next read asks a terminal or the like, so that what was
    /// written to another terminal should be visible first.
    ///
    /// ```
    /// # use perilune::host::{Host, MemoryHost, OpenMode};
    /// # use perilune::native::stdlib::io::Stream;
    /// # let host = MemoryHost::new();
    /// host.add_file(b"f", b"text");
    /// let mut stream = Stream::new(host.open(b"f", OpenMode::READ).unwrap(), OpenMode::READ);
    /// assert!(!stream.may_wait_for_person());
    /// ```
    pub fn may_wait_for_person(&mut self) -> bool {
        self.unread().is_empty() && self.readable && self.buffering() != Buffering::Full
    }

    /// The bytes read ahead.
    ///
    /// ```
    /// # use perilune::host::{Host, MemoryHost, OpenMode};
    /// # use perilune::native::stdlib::io::Stream;
    /// # let host = MemoryHost::new();
    /// host.add_file(b"f", b"text");
    /// let mut stream = Stream::new(host.open(b"f", OpenMode::READ).unwrap(), OpenMode::READ);
    /// assert_eq!(stream.unread(), b"");
    /// stream.fill();
    /// assert_eq!(stream.unread(), b"text");
    /// ```
    pub fn unread(&self) -> &[u8] {
        if self.activity == Activity::Reading { &self.buffer[self.position..] } else { &[] }
    }

    /// Takes `count` of the [`unread`](Self::unread) bytes.
    ///
    /// ```
    /// # use perilune::host::{Host, MemoryHost, OpenMode};
    /// # use perilune::native::stdlib::io::Stream;
    /// # let host = MemoryHost::new();
    /// host.add_file(b"f", b"text");
    /// let mut stream = Stream::new(host.open(b"f", OpenMode::READ).unwrap(), OpenMode::READ);
    /// stream.fill();
    /// stream.consume(2);
    /// assert_eq!(stream.unread(), b"xt");
    /// ```
    pub fn consume(&mut self, count: usize) {
        self.position = (self.position + count).min(self.buffer.len());
    }

    /// Reads ahead if no byte is left; false at the end and after an error.
    ///
    /// ```
    /// # use perilune::host::{Host, MemoryHost, OpenMode};
    /// # use perilune::native::stdlib::io::Stream;
    /// # let host = MemoryHost::new();
    /// host.add_file(b"f", b"one two");
    /// let mut stream = Stream::new(host.open(b"f", OpenMode::READ).unwrap(), OpenMode::READ);
    /// let mut count = 0;
    /// while stream.fill() {
    ///     count += stream.unread().len();
    ///     stream.consume(stream.unread().len());
    /// }
    /// assert_eq!(count, 7);
    /// ```
    pub fn fill(&mut self) -> bool {
        if self.activity == Activity::Reading && self.position < self.buffer.len() {
            return true;
        }
        self.refill()
    }

    #[cold]
    fn refill(&mut self) -> bool {
        if !self.start_reading() {
            return false;
        }
        let wanted = if self.buffering() == Buffering::None { 1 } else { self.capacity };
        self.buffer.clear();
        self.position = 0;
        if self.buffer.try_reserve(wanted).is_err() {
            self.error = Some(HostError::NO_MEMORY);
            return false;
        }
        self.buffer.resize(wanted, 0);
        let result = self.file.read(&mut self.buffer);
        let count = self.note_read(result);
        self.buffer.truncate(count);
        if count == wanted && count > 1 {
            self.capacity = (self.capacity * 2).min(LAST_CAPACITY);
        }
        count > 0
    }

    /// Gets ready to read from the file; false at the end and after an error.
    fn start_reading(&mut self) -> bool {
        if self.at_end || self.error.is_some() {
            return false;
        }
        if !self.readable {
            self.error = Some(HostError::BAD_FILE);
            return false;
        }
        if self.activity != Activity::Reading {
            if let Err(error) = self.flush() {
                self.error = Some(error);
                return false;
            }
            self.activity = Activity::Reading;
            self.file_position = None;
        }
        true
    }

    fn note_read(&mut self, result: HostResult<usize>) -> usize {
        match result {
            Ok(count) => {
                self.at_end = count == 0;
                self.file_position = self.file_position.map(|at| at + count as u64);
                count
            }
            Err(error) => {
                self.error = Some(error);
                0
            }
        }
    }

    /// The next byte, which stays unread.
    ///
    /// ```
    /// # use perilune::host::{Host, MemoryHost, OpenMode};
    /// # use perilune::native::stdlib::io::Stream;
    /// # let host = MemoryHost::new();
    /// host.add_file(b"f", b"ab");
    /// let mut stream = Stream::new(host.open(b"f", OpenMode::READ).unwrap(), OpenMode::READ);
    /// assert_eq!((stream.peek_byte(), stream.next_byte()), (Some(b'a'), Some(b'a')));
    /// ```
    pub fn peek_byte(&mut self) -> Option<u8> {
        if self.fill() { self.unread().first().copied() } else { None }
    }

    /// The next byte; `None` at the end and after an error.
    ///
    /// ```
    /// # use perilune::host::{Host, MemoryHost, OpenMode};
    /// # use perilune::native::stdlib::io::Stream;
    /// # let host = MemoryHost::new();
    /// host.add_file(b"f", b"a");
    /// let mut stream = Stream::new(host.open(b"f", OpenMode::READ).unwrap(), OpenMode::READ);
    /// assert_eq!((stream.next_byte(), stream.next_byte()), (Some(b'a'), None));
    /// ```
    pub fn next_byte(&mut self) -> Option<u8> {
        let byte = self.peek_byte()?;
        self.consume(1);
        Some(byte)
    }

    /// Takes the next line, without its end, if it was read ahead and is short
    /// enough for `line`; its length. The errors and ends met before are
    /// forgotten.
    ///
    /// ```
    /// # use perilune::host::{Host, MemoryHost, OpenMode};
    /// # use perilune::native::stdlib::io::Stream;
    /// # let host = MemoryHost::new();
    /// host.add_file(b"f", b"one\ntwo");
    /// let mut stream = Stream::new(host.open(b"f", OpenMode::READ).unwrap(), OpenMode::READ);
    /// stream.fill();
    /// let mut line = [0; 16];
    /// assert_eq!(stream.take_ready_line(&mut line), Some(3));
    /// assert_eq!(&line[..3], b"one");
    /// assert_eq!(stream.take_ready_line(&mut line), None, "its end was not read yet");
    /// ```
    #[inline]
    pub fn take_ready_line(&mut self, line: &mut [u8]) -> Option<usize> {
        if self.activity != Activity::Reading {
            return None;
        }
        let unread = &self.buffer[self.position..];
        let length = memchr::memchr(b'\n', &unread[..unread.len().min(line.len() + 1)])?;
        line[..length].copy_from_slice(&unread[..length]);
        self.position += length + 1;
        self.begin_read();
        Some(length)
    }

    /// Appends the rest of the line; true if it ended with a line feed, which
    /// is kept if `keep` says so.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// # use perilune::host::{Host, MemoryHost, OpenMode};
    /// # use perilune::native::stdlib::io::Stream;
    /// # let host = MemoryHost::new();
    /// host.add_file(b"f", b"one\ntwo");
    /// let mut stream = Stream::new(host.open(b"f", OpenMode::READ).unwrap(), OpenMode::READ);
    /// let mut line = state.take_buffer();
    /// assert!(stream.read_line(&mut line, false)?);
    /// assert_eq!(line.as_slice(), b"one");
    /// assert!(!stream.read_line(&mut line, false)?);
    /// assert_eq!(line.as_slice(), b"onetwo");
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there is no memory for it.
    pub fn read_line(&mut self, line: &mut Buffer, keep: bool) -> Result<bool, BufferFull> {
        while self.fill() {
            let unread = self.unread();
            match memchr::memchr(b'\n', unread) {
                Some(length) => {
                    line.extend(&unread[..length + usize::from(keep)])?;
                    self.consume(length + 1);
                    return Ok(true);
                }
                None => {
                    let length = unread.len();
                    line.extend(unread)?;
                    self.consume(length);
                }
            }
        }
        Ok(false)
    }

    /// Appends up to `count` bytes.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// # use perilune::host::{Host, MemoryHost, OpenMode};
    /// # use perilune::native::stdlib::io::Stream;
    /// # let host = MemoryHost::new();
    /// host.add_file(b"f", b"header body");
    /// let mut stream = Stream::new(host.open(b"f", OpenMode::READ).unwrap(), OpenMode::READ);
    /// let mut header = state.take_buffer();
    /// stream.read_bytes(&mut header, 6)?;
    /// assert_eq!(header.as_slice(), b"header");
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there is no memory for them.
    pub fn read_bytes(&mut self, bytes: &mut Buffer, mut count: usize) -> Result<(), BufferFull> {
        loop {
            let unread = self.unread();
            let ready = unread.len().min(count);
            bytes.extend(&unread[..ready])?;
            self.consume(ready);
            count -= ready;
            if count == 0 {
                return Ok(());
            }
            let more = if count >= LAST_CAPACITY && self.buffering() != Buffering::None {
                self.read_past_buffer(bytes, &mut count)?
            } else {
                self.fill()
            };
            if !more {
                return Ok(());
            }
        }
    }

    /// Appends everything up to the end.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// # use perilune::host::{Host, MemoryHost, OpenMode};
    /// # use perilune::native::stdlib::io::Stream;
    /// # let host = MemoryHost::new();
    /// host.add_file(b"f", b"all of it");
    /// let mut stream = Stream::new(host.open(b"f", OpenMode::READ).unwrap(), OpenMode::READ);
    /// let mut text = state.take_buffer();
    /// stream.read_to_end(&mut text)?;
    /// assert_eq!(text.as_slice(), b"all of it");
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there is no memory for it.
    pub fn read_to_end(&mut self, bytes: &mut Buffer) -> Result<(), BufferFull> {
        self.read_bytes(bytes, usize::MAX)
    }

    /// One large read straight into the reader's buffer.
    fn read_past_buffer(
        &mut self,
        bytes: &mut Buffer,
        left: &mut usize,
    ) -> Result<bool, BufferFull> {
        if !self.start_reading() {
            return Ok(false);
        }
        self.buffer.clear();
        self.position = 0;
        let before = bytes.len();
        // Grows with what is there already, so that a small file stays cheap.
        let wanted = (*left).min(before.clamp(FIRST_CAPACITY, 4 * LAST_CAPACITY));
        let result = self.file.read(bytes.grow(wanted)?);
        let count = self.note_read(result);
        bytes.truncate(before + count);
        *left -= count;
        Ok(count > 0)
    }

    /// Puts the file's position where the reader is and forgets what was read
    /// ahead.
    fn stop_reading(&mut self) -> HostResult<()> {
        if self.activity != Activity::Reading {
            return Ok(());
        }
        let ahead = self.buffer.len() - self.position;
        if ahead > 0 {
            match self.file.seek(SeekFrom::Current(-(ahead as i64))) {
                Ok(_) => {}
                // A pipe or a terminal: what was read ahead stays for the next reader.
                Err(error) if error.code() == HostError::ILLEGAL_SEEK.code() => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        self.forget();
        Ok(())
    }

    fn forget(&mut self) {
        self.activity = Activity::Idle;
        self.buffer.clear();
        self.position = 0;
        self.file_position = None;
    }

    // ------------------------------------------------------------ writing

    /// Writes all the bytes, now or later.
    ///
    /// ```
    /// # use perilune::host::{Host, MemoryHost, OpenMode};
    /// # use perilune::native::stdlib::io::Stream;
    /// # let host = MemoryHost::new();
    /// let mut stream = Stream::new(host.open(b"f", OpenMode::WRITE).unwrap(), OpenMode::WRITE);
    /// stream.write(b"one ").unwrap();
    /// stream.write(b"two").unwrap();
    /// stream.close().unwrap();
    /// assert_eq!(host.file(b"f").unwrap(), b"one two");
    /// ```
    ///
    /// # Errors
    /// If the host refuses bytes that go out now.
    #[inline]
    pub fn write(&mut self, bytes: &[u8]) -> HostResult<()> {
        if self.activity == Activity::Writing
            && self.buffering == Some(Buffering::Full)
            && bytes.len() <= self.buffer.capacity() - self.buffer.len()
        {
            self.buffer.extend_from_slice(bytes);
            return Ok(());
        }
        self.write_slowly(bytes)
    }

    fn write_slowly(&mut self, bytes: &[u8]) -> HostResult<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        if !self.writable {
            return Err(HostError::BAD_FILE);
        }
        if self.activity != Activity::Writing {
            self.stop_reading()?;
            self.forget();
            self.activity = Activity::Writing;
        }
        match self.buffering() {
            Buffering::None => {
                self.flush()?;
                self.activity = Activity::Writing;
                self.write_out(bytes)
            }
            Buffering::Full => self.write_buffered(bytes),
            Buffering::Line => match memchr::memrchr(b'\n', bytes) {
                None => self.write_buffered(bytes),
                Some(last) => {
                    self.write_buffered(&bytes[..=last])?;
                    self.flush()?;
                    self.activity = Activity::Writing;
                    self.write_buffered(&bytes[last + 1..])
                }
            },
        }
    }

    fn write_buffered(&mut self, mut bytes: &[u8]) -> HostResult<()> {
        if self.buffer.capacity() < self.capacity {
            let more = self.capacity - self.buffer.len();
            if self.buffer.try_reserve_exact(more).is_err() {
                // Without memory for a buffer, nothing is lost: it goes out now.
                self.flush()?;
                self.activity = Activity::Writing;
                return self.write_out(bytes);
            }
        }
        loop {
            let space = self.capacity.saturating_sub(self.buffer.len());
            if bytes.len() <= space {
                self.buffer.extend_from_slice(bytes);
                return Ok(());
            }
            let (now, rest) = bytes.split_at(space);
            self.buffer.extend_from_slice(now);
            bytes = rest;
            self.flush()?;
            self.activity = Activity::Writing;
            let whole = bytes.len() - bytes.len() % self.capacity;
            self.write_out(&bytes[..whole])?;
            bytes = &bytes[whole..];
            let larger = (self.capacity * 2).min(LAST_CAPACITY);
            if self.buffer.try_reserve_exact(larger).is_ok() {
                self.capacity = larger;
            }
        }
    }

    fn write_out(&mut self, mut bytes: &[u8]) -> HostResult<()> {
        while !bytes.is_empty() {
            match self.file.write(bytes)? {
                0 => return Err(HostError::IO),
                count => bytes = &bytes[count..],
            }
        }
        Ok(())
    }

    /// Writes what waits. What can't be written is lost, as in C. After
    /// reading, puts the file's position where the reader is.
    ///
    /// ```
    /// # use perilune::host::{Host, MemoryHost, OpenMode};
    /// # use perilune::native::stdlib::io::Stream;
    /// # let host = MemoryHost::new();
    /// let mut stream = Stream::new(host.open(b"f", OpenMode::WRITE).unwrap(), OpenMode::WRITE);
    /// stream.write(b"text").unwrap();
    /// stream.flush().unwrap();
    /// assert_eq!(host.file(b"f").unwrap(), b"text");
    /// ```
    ///
    /// # Errors
    /// What the host answers.
    pub fn flush(&mut self) -> HostResult<()> {
        match self.activity {
            Activity::Idle => Ok(()),
            Activity::Reading => self.stop_reading(),
            Activity::Writing => {
                self.activity = Activity::Idle;
                if self.buffer.is_empty() {
                    return Ok(());
                }
                let mut buffer = std::mem::take(&mut self.buffer);
                let result = self.write_out(&buffer);
                buffer.clear();
                self.buffer = buffer;
                result
            }
        }
    }

    /// Writes what waits, but leaves what was read ahead alone.
    ///
    /// ```
    /// # use perilune::host::{Host, MemoryHost, OpenMode};
    /// # use perilune::native::stdlib::io::Stream;
    /// # let host = MemoryHost::new();
    /// host.add_file(b"f", b"text");
    /// let mut stream = Stream::new(host.open(b"f", OpenMode::READ).unwrap(), OpenMode::READ);
    /// stream.fill();
    /// stream.flush_output().unwrap();
    /// assert_eq!(stream.unread(), b"text");
    /// ```
    ///
    /// # Errors
    /// What the host answers.
    pub fn flush_output(&mut self) -> HostResult<()> {
        if self.activity == Activity::Writing { self.flush() } else { Ok(()) }
    }

    // ------------------------------------------------------------ position

    /// Moves the position and tells the new one.
    ///
    /// ```
    /// use std::io::SeekFrom;
    /// # use perilune::host::{Host, MemoryHost, OpenMode};
    /// # use perilune::native::stdlib::io::Stream;
    /// # let host = MemoryHost::new();
    /// host.add_file(b"f", b"0123456789");
    /// let mut stream = Stream::new(host.open(b"f", OpenMode::READ).unwrap(), OpenMode::READ);
    /// assert_eq!(stream.next_byte(), Some(b'0'));
    /// assert_eq!(stream.seek(SeekFrom::Current(4)), Ok(5));
    /// assert_eq!(stream.next_byte(), Some(b'5'));
    /// ```
    ///
    /// # Errors
    /// What the host answers.
    pub fn seek(&mut self, mut to: SeekFrom) -> HostResult<u64> {
        self.flush_output()?;
        self.at_end = false;
        if self.activity == Activity::Reading {
            if self.file_position.is_none() {
                self.file_position = Some(self.file.seek(SeekFrom::Current(0))?);
            }
            if let Some(position) = self.seek_in_buffer(to)? {
                return Ok(position);
            }
            if let SeekFrom::Current(offset) = to {
                let ahead = (self.buffer.len() - self.position) as i64;
                to = SeekFrom::Current(offset.checked_sub(ahead).ok_or(HostError::INVALID)?);
            }
        }
        let position = self.file.seek(to)?;
        self.forget();
        Ok(position)
    }

    /// A move within the bytes read ahead needs nothing from the host.
    fn seek_in_buffer(&mut self, to: SeekFrom) -> HostResult<Option<u64>> {
        let Some(end) = self.file_position else {
            return Ok(None);
        };
        let start = end.saturating_sub(self.buffer.len() as u64);
        let target = match to {
            SeekFrom::Start(target) => target,
            SeekFrom::Current(offset) => {
                let here = start + self.position as u64;
                here.checked_add_signed(offset).ok_or(HostError::INVALID)?
            }
            SeekFrom::End(_) => return Ok(None),
        };
        if target < start || target > end || i64::try_from(target).is_err() {
            return Ok(None);
        }
        self.position = (target - start) as usize;
        Ok(Some(target))
    }

    /// Writes what waits and closes the file.
    ///
    /// ```
    /// # use perilune::host::{Host, MemoryHost, OpenMode};
    /// # use perilune::native::stdlib::io::Stream;
    /// # let host = MemoryHost::new();
    /// let mut stream = Stream::new(host.open(b"f", OpenMode::WRITE).unwrap(), OpenMode::WRITE);
    /// stream.write(b"last words").unwrap();
    /// stream.close().unwrap();
    /// assert_eq!(host.file(b"f").unwrap(), b"last words");
    /// ```
    ///
    /// # Errors
    /// What the host answers.
    pub fn close(&mut self) -> HostResult<()> {
        let flushed = self.flush_output();
        self.forget();
        self.readable = false;
        self.writable = false;
        self.closed = true;
        let closed = std::mem::replace(&mut self.file, Box::new(ClosedFile)).close();
        closed.and(flushed)
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        // Nobody is left to be told.
        let _ = self.flush_output();
    }
}

/// What is in the place of a file that was closed.
struct ClosedFile;

impl HostFile for ClosedFile {
    fn read(&mut self, _: &mut [u8]) -> HostResult<usize> {
        Err(HostError::BAD_FILE)
    }

    fn write(&mut self, _: &[u8]) -> HostResult<usize> {
        Err(HostError::BAD_FILE)
    }

    fn seek(&mut self, _: SeekFrom) -> HostResult<u64> {
        Err(HostError::BAD_FILE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::{Host, MemoryHost};

    fn open(host: &MemoryHost, mode: &str) -> Stream {
        let mode = OpenMode::parse(mode.as_bytes()).unwrap();
        Stream::new(host.open(b"f", mode).unwrap(), mode)
    }

    #[test]
    fn full_buffer_waits_and_line_buffer_does_not() {
        let host = MemoryHost::new();
        let mut stream = open(&host, "w");
        stream.write(b"x\n").unwrap();
        assert_eq!(host.file(b"f").unwrap(), b"");
        stream.set_buffering(Buffering::Line).unwrap();
        stream.write(b"a\nb").unwrap();
        assert_eq!(host.file(b"f").unwrap(), b"x\na\n");
        stream.set_buffering(Buffering::None).unwrap();
        assert_eq!(host.file(b"f").unwrap(), b"x\na\nb");
        stream.write(b"c").unwrap();
        assert_eq!(host.file(b"f").unwrap(), b"x\na\nbc");
    }

    #[test]
    fn large_writes_come_out_whole_and_in_order() {
        let host = MemoryHost::new();
        let mut stream = open(&host, "w");
        let mut all = Vec::new();
        for size in [1, 100, 4095, 4096, 4097, 3, 70_000, 200_001, 5] {
            let piece: Vec<u8> = (0..size).map(|n| (n * 7 + size) as u8).collect();
            stream.write(&piece).unwrap();
            all.extend(piece);
        }
        stream.close().unwrap();
        assert_eq!(host.file(b"f").unwrap(), all);
    }

    #[test]
    fn reading_and_writing_share_a_position() {
        let host = MemoryHost::new();
        host.add_file(b"f", b"0123456789");
        let mut stream = open(&host, "r+");
        assert_eq!(stream.next_byte(), Some(b'0'));
        assert_eq!(stream.next_byte(), Some(b'1'));
        stream.write(b"ab").unwrap();
        assert_eq!(stream.seek(SeekFrom::Current(0)).unwrap(), 4);
        assert_eq!(stream.next_byte(), Some(b'4'));
        assert_eq!(stream.seek(SeekFrom::Current(-2)).unwrap(), 3);
        assert_eq!(stream.next_byte(), Some(b'b'));
        assert_eq!(stream.seek(SeekFrom::End(-1)).unwrap(), 9);
        assert_eq!(stream.next_byte(), Some(b'9'));
        assert_eq!(stream.next_byte(), None);
        assert!(stream.seek(SeekFrom::Current(-20)).is_err());
        stream.close().unwrap();
        assert_eq!(host.file(b"f").unwrap(), b"01ab456789");
    }

    #[test]
    fn wrong_direction_is_a_bad_file() {
        let host = MemoryHost::new();
        let mut stream = open(&host, "w");
        assert!(!stream.fill());
        assert_eq!(stream.take_error(), Some(HostError::BAD_FILE));
        let mut stream = open(&host, "r");
        assert_eq!(stream.write(b"x"), Err(HostError::BAD_FILE));
        assert_eq!(stream.write(b""), Ok(()));
    }
}
