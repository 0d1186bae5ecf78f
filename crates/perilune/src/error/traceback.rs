//! Tracebacks, frame by frame.

use super::Error;
use std::fmt;

const HEAD: &str = "stack traceback:\n";

/// The message and the traceback of an error's text.
pub(crate) fn split(text: &str) -> Option<(&str, &str)> {
    let at = text.rfind("\nstack traceback:\n")?;
    Some((&text[..at], &text[at + 1..]))
}

/// Where an error was raised: the functions that were running, innermost first.
///
/// It prints as Lua's `debug.traceback` does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traceback {
    frames: Vec<TracebackFrame>,
}

/// A running function of a [`Traceback`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TracebackFrame {
    /// The chunk, as messages show it; `[C]` for native functions.
    pub source: String,
    /// The line that was running, where known.
    pub line: Option<u32>,
    /// What is known of the function's name: `'name'` in its kind, or the place
    /// of its definition; `None` if nothing is.
    pub name: Option<String>,
    /// What it is.
    pub kind: FrameKind,
    text: String,
}

/// What a [`TracebackFrame`] stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FrameKind {
    /// A chunk that was loaded.
    MainChunk,
    /// A Lua function.
    Lua,
    /// A native function.
    Native,
    /// Not a function: frames left out, or lost in a tail call.
    Gap,
}

impl TracebackFrame {
    fn parse(line: &str) -> TracebackFrame {
        let gap = |text: &str| TracebackFrame {
            source: String::new(),
            line: None,
            name: None,
            kind: FrameKind::Gap,
            text: text.to_owned(),
        };
        let Some((place, what)) = line.rsplit_once(": in ") else { return gap(line) };
        let (source, number) = match place.rsplit_once(':') {
            Some((source, number)) if number.bytes().all(|b| b.is_ascii_digit()) => {
                (source, number.parse().ok())
            }
            _ => (place, None),
        };
        let kind = match (source, what) {
            ("[C]", _) => FrameKind::Native,
            (_, "main chunk") => FrameKind::MainChunk,
            _ => FrameKind::Lua,
        };
        let name = match what {
            "?" | "main chunk" => None,
            // Every kind of name stands in quotes, or in angles for a place.
            _ => what.split_once(' ').map(|(_, name)| name.trim_matches(['\'', '<', '>'])),
        };
        TracebackFrame {
            source: source.to_owned(),
            line: number,
            name: name.map(str::to_owned),
            kind,
            text: line.to_owned(),
        }
    }
}

impl Traceback {
    /// Reads the text of `debug.traceback`; `None` if it is none.
    pub fn parse(text: &str) -> Option<Traceback> {
        let at = text.rfind(HEAD)?;
        let lines = text[at + HEAD.len()..].lines();
        let frames = lines.map(|line| TracebackFrame::parse(line.trim_start())).collect();
        Some(Traceback { frames })
    }

    /// The functions that were running, innermost first.
    pub fn frames(&self) -> &[TracebackFrame] {
        &self.frames
    }
}

impl fmt::Display for Traceback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("stack traceback:")?;
        self.frames.iter().try_for_each(|frame| write!(f, "\n\t{}", frame.text))
    }
}

impl Error {
    /// Where the error was raised, if it was while Lua code ran.
    pub fn traceback(&self) -> Option<Traceback> {
        match self {
            Error::RuntimeError(text) => Traceback::parse(text),
            Error::Thrown(thrown) => Traceback::parse(thrown.traceback()),
            Error::CallbackError { traceback, cause } => {
                cause.traceback().or_else(|| Traceback::parse(traceback))
            }
            Error::BadArgument { cause, .. } | Error::WithContext { cause, .. } => {
                cause.traceback()
            }
            _ => None,
        }
    }
}
