//! The streams of a state: the three standard ones, and a list of all that
//! are open, which must be written out when the program ends.

use perilune_vm::{Payload, State};
use std::sync::{Arc, Weak};

use super::guarded::Guarded;
use super::stream::{Buffering, SharedStream, Stream};
use crate::host::{OpenMode, StandardStream, host};

/// The streams of a state, kept with it.
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// use perilune::host::{MemoryHost, set_host};
/// use perilune::native::{State, stdlib::io::Streams};
/// use std::sync::Arc;
///
/// let host = Arc::new(MemoryHost::new());
/// let mut state = State::new()?;
/// set_host(&mut state, host.clone());
/// let streams = Streams::of(&mut state);
/// streams.output.borrow_mut().write(b"text").unwrap();
/// streams.flush_all();
/// assert_eq!(host.output(), b"text");
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
pub struct Streams {
    /// Standard input.
    pub input: SharedStream,
    /// Standard output; `print` writes here too.
    pub output: SharedStream,
    /// Standard error.
    pub error: SharedStream,
    /// The stream of the default input file.
    pub(super) default_input: Guarded<SharedStream>,
    others: Guarded<Vec<Weak<Guarded<Stream>>>>,
}

impl Streams {
    /// The streams of the state; made when first asked for.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::stdlib::io::Streams;
    /// use std::sync::Arc;
    ///
    /// let streams = Streams::of(state);
    /// assert!(Arc::ptr_eq(&streams, &Streams::of(state)));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn of(state: &mut State) -> Arc<Streams> {
        if let Some(streams) = state.app_data::<Arc<Streams>>() {
            return Arc::clone(streams);
        }
        let host = host(state);
        let open = |which, mode| Stream::new(host.standard_stream(which), mode);
        let mut error = open(StandardStream::Error, OpenMode::WRITE);
        // Nothing waits in it, so nothing can go wrong.
        let _ = error.set_buffering(Buffering::None);
        let input = open(StandardStream::Input, OpenMode::READ).shared();
        let streams = Arc::new(Streams {
            default_input: Guarded::new(SharedStream::clone(&input)),
            input,
            output: open(StandardStream::Output, OpenMode::WRITE).shared(),
            error: error.shared(),
            others: Guarded::default(),
        });
        state.set_app_data(Payload::new_send(Arc::clone(&streams)));
        streams
    }

    /// Adds a stream to the list.
    ///
    /// It has no share in the stream: one that is dropped leaves the list.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::host::{Host, MemoryHost, OpenMode};
    /// use perilune::native::stdlib::io::{Stream, Streams};
    ///
    /// let host = MemoryHost::new();
    /// let log = Stream::new(host.open(b"log", OpenMode::WRITE).unwrap(), OpenMode::WRITE).shared();
    /// let streams = Streams::of(state);
    /// streams.register(&log);
    /// log.borrow_mut().write(b"entry").unwrap();
    /// streams.flush_all();
    /// assert_eq!(host.file(b"log").unwrap(), b"entry");
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn register(&self, stream: &SharedStream) {
        let mut others = self.others.borrow_mut();
        if others.len() == others.capacity() {
            others.retain(|stream| stream.strong_count() > 0);
            let room = others.len().max(8);
            others.reserve(room);
        }
        others.push(Arc::downgrade(stream));
    }

    /// Writes out what waits in any stream (C's `fflush(NULL)`).
    ///
    /// ```
    /// # use perilune::{Lua, LuaOptions, StdLib, host::MemoryHost};
    /// use perilune::native::stdlib::io::Streams;
    ///
    /// let host = std::sync::Arc::new(MemoryHost::new());
    /// let lua = Lua::new_with(StdLib::ALL_SAFE, LuaOptions::new().host(host.clone()))?;
    /// lua.load("f = io.open('log', 'w') f:write('entry')").exec()?;
    /// lua.with_native(|state| Ok(Streams::of(state).flush_all()))?;
    /// assert_eq!(host.file(b"log").unwrap(), b"entry");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn flush_all(&self) {
        let flush = |stream: &SharedStream| {
            // A stream in use is about to be written out by its user; an error has no reader.
            if let Some(mut stream) = stream.try_borrow_mut() {
                let _ = stream.flush_output();
            }
        };
        flush(&self.output);
        self.others.borrow_mut().iter().filter_map(Weak::upgrade).for_each(|stream| flush(&stream));
    }

    /// Makes what was written to a terminal visible before a person is asked.
    pub(super) fn flush_for_person(&self) {
        if let Some(mut output) = self.output.try_borrow_mut()
            && output.buffering() == Buffering::Line
        {
            let _ = output.flush_output();
        }
    }

    /// Writes to standard error; errors there have no reader.
    ///
    /// ```
    /// # use perilune::{Lua, LuaOptions, StdLib, host::MemoryHost};
    /// use perilune::native::stdlib::io::Streams;
    ///
    /// let host = std::sync::Arc::new(MemoryHost::new());
    /// let lua = Lua::new_with(StdLib::ALL_SAFE, LuaOptions::new().host(host.clone()))?;
    /// lua.with_native(|state| Ok(Streams::of(state).write_error(b"oops\n")))?;
    /// assert_eq!(host.errors(), b"oops\n");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn write_error(&self, text: &[u8]) {
        if let Some(mut error) = self.error.try_borrow_mut() {
            let _ = error.write(text);
        }
    }

    /// Writes to standard output, now or later.
    ///
    /// ```
    /// # use perilune::{Lua, LuaOptions, StdLib, host::MemoryHost};
    /// use perilune::native::stdlib::io::Streams;
    ///
    /// let host = std::sync::Arc::new(MemoryHost::new());
    /// let lua = Lua::new_with(StdLib::ALL_SAFE, LuaOptions::new().host(host.clone()))?;
    /// lua.with_native(|state| {
    ///     let streams = Streams::of(state);
    ///     streams.write_output(b"in order, ");
    ///     state.load(b"io.write('with scripts')", b"=main", b"t")?;
    ///     state.call(0, Some(0))?;
    ///     streams.flush_output();
    ///     Ok(())
    /// })?;
    /// assert_eq!(host.output(), b"in order, with scripts");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn write_output(&self, text: &[u8]) {
        if let Some(mut output) = self.output.try_borrow_mut() {
            let _ = output.write(text);
        }
    }

    /// Writes out what waits for standard output.
    ///
    /// ```
    /// # use perilune::{Lua, LuaOptions, StdLib, host::MemoryHost};
    /// use perilune::native::stdlib::io::Streams;
    ///
    /// let host = std::sync::Arc::new(MemoryHost::new());
    /// let lua = Lua::new_with(StdLib::ALL_SAFE, LuaOptions::new().host(host.clone()))?;
    /// lua.load("io.write('prompt> ')").exec()?;
    /// lua.with_native(|state| Ok(Streams::of(state).flush_output()))?;
    /// assert_eq!(host.output(), b"prompt> ");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn flush_output(&self) {
        if let Some(mut output) = self.output.try_borrow_mut() {
            let _ = output.flush_output();
        }
    }
}
