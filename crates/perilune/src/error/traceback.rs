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
///
/// ```
/// use perilune::Lua;
///
/// let lua = Lua::new();
/// let code = "local function area(size)\n  return size.width * size.height\nend\nreturn area({})";
/// let error = lua.load(code).set_name("@area.lua").exec().unwrap_err();
/// let traceback = error.traceback().expect("Lua code ran");
/// let innermost = traceback.frames().iter().find(|frame| frame.line.is_some()).unwrap();
/// assert_eq!((innermost.source.as_str(), innermost.line), ("area.lua", Some(2)));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traceback {
    frames: Vec<TracebackFrame>,
}

/// A running function of a [`Traceback`].
///
/// ```
/// # use perilune::Traceback;
/// let text = "stack traceback:\n\tmain.lua:3: in function 'draw'\n\tmain.lua:7: in main chunk";
/// let traceback = Traceback::parse(text).unwrap();
/// let frame = &traceback.frames()[0];
/// assert_eq!(frame.name.as_deref(), Some("draw"));
/// assert_eq!((frame.source.as_str(), frame.line), ("main.lua", Some(3)));
/// ```
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
///
/// ```
/// use perilune::{Lua, error::FrameKind};
///
/// let lua = Lua::new();
/// let error = lua.load("string.rep()").exec().unwrap_err();
/// let kinds: Vec<_> = error.traceback().unwrap().frames().iter().map(|f| f.kind).collect();
/// assert!(kinds.starts_with(&[FrameKind::Native, FrameKind::MainChunk]));
/// ```
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
    ///
    /// ```
    /// # use perilune::Traceback;
    /// let text = "attempt to add nil\nstack traceback:\n\tsum.lua:4: in function <sum.lua:1>";
    /// let traceback = Traceback::parse(text).expect("there is one below the message");
    /// assert_eq!(traceback.frames()[0].line, Some(4));
    /// assert!(Traceback::parse("attempt to add nil").is_none());
    /// ```
    pub fn parse(text: &str) -> Option<Traceback> {
        let lines = match text.rfind(HEAD) {
            Some(at) => &text[at + HEAD.len()..],
            // No function was running.
            None if text.ends_with(HEAD.trim_end()) => "",
            None => return None,
        };
        let frames = lines.lines().map(|line| TracebackFrame::parse(line.trim_start())).collect();
        Some(Traceback { frames })
    }

    /// The functions that were running, innermost first.
    ///
    /// ```
    /// # use perilune::Traceback;
    /// let traceback = Traceback::parse("stack traceback:\n\tmain.lua:7: in main chunk").unwrap();
    /// assert_eq!(traceback.frames().len(), 1);
    /// ```
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
    ///
    /// ```
    /// # use perilune::{Error, Lua};
    /// let lua = Lua::new();
    /// let error = lua.load("error('no')").exec().unwrap_err();
    /// assert!(error.traceback().is_some());
    /// assert!(Error::runtime("made by hand").traceback().is_none());
    /// ```
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
