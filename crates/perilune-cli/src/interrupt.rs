//! Signals: Ctrl-C stops the running chunk, a second one the program; a pipe
//! that nobody reads ends it quietly.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use perilune::native::InterruptHandle;
use signal_hook::consts::{SIGINT, SIGPIPE};
use signal_hook::flag;

/// What Ctrl-C does at the moment.
#[derive(Clone)]
pub struct Interrupts {
    /// The next Ctrl-C ends the program.
    deadly: Arc<AtomicBool>,
}

impl Interrupts {
    /// Takes over the signals for the state that the handle belongs to.
    pub fn install(handle: &InterruptHandle) -> io::Result<Interrupts> {
        let deadly = Arc::new(AtomicBool::new(true));
        let (word, stop) = handle.word();
        // In this order: a deadly Ctrl-C ends the program, any other one makes the next deadly.
        flag::register_conditional_default(SIGINT, Arc::clone(&deadly))?;
        flag::register(SIGINT, Arc::clone(&deadly))?;
        flag::register_usize(SIGINT, word, stop)?;
        flag::register_conditional_default(SIGPIPE, Arc::new(AtomicBool::new(true)))?;
        Ok(Interrupts { deadly })
    }

    /// From now on a first Ctrl-C only interrupts the chunk.
    pub fn begin_chunk(&self) {
        self.deadly.store(false, Ordering::SeqCst);
    }

    /// From now on Ctrl-C ends the program.
    pub fn end_chunk(&self) {
        self.deadly.store(true, Ordering::SeqCst);
    }
}
