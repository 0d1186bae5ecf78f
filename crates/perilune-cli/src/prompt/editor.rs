//! The prompt for a person at a terminal: a line editor with history,
//! completion and colours.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fs;
use std::path::PathBuf;

use perilune::native::State;
use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::Validator;
use rustyline::{CompletionType, Config, Context, Editor, Helper};

use super::complete::completions;
use super::highlight::{StartsWith, highlight};
use super::{Line, LineReader};

const MAX_HISTORY: usize = 2000;

/// Reads lines from a terminal.
pub(super) struct EditorReader<'s> {
    editor: Editor<Assistant<'s>, FileHistory>,
    history: Option<PathBuf>,
    /// The input that the next line continues.
    unfinished: String,
}

impl<'s> EditorReader<'s> {
    /// Gives the state back if the terminal can't be used.
    pub fn new(state: &'s mut State) -> Result<Self, &'s mut State> {
        let config = Config::builder()
            .auto_add_history(false)
            .completion_type(CompletionType::List)
            .max_history_size(MAX_HISTORY)
            .map(rustyline::config::Builder::build);
        let Ok(config) = config else {
            return Err(state);
        };
        let Ok(mut editor) = Editor::with_config(config) else {
            return Err(state);
        };
        editor.set_helper(Some(Assistant { state: RefCell::new(state), before: String::new() }));
        let history = history_file();
        if let Some(path) = &history {
            // A first run has none.
            let _ = editor.load_history(path);
        }
        Ok(EditorReader { editor, history, unfinished: String::new() })
    }
}

/// The file that keeps the history: `perilune/history` where the user's
/// programs keep their state.
fn history_file() -> Option<PathBuf> {
    let absolute =
        |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = absolute("XDG_STATE_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".local/state")))?;
    Some(state.join("perilune/history"))
}

impl LineReader for EditorReader<'_> {
    fn state(&mut self) -> &mut State {
        match self.editor.helper_mut() {
            Some(assistant) => assistant.state.get_mut(),
            None => unreachable!("the helper is set when the editor is made"),
        }
    }

    fn read_line(&mut self, prompt: &[u8]) -> Line {
        let prompt = String::from_utf8_lossy(prompt);
        if let Some(assistant) = self.editor.helper_mut() {
            assistant.before.clone_from(&self.unfinished);
        }
        match self.editor.readline(&*prompt) {
            Ok(line) => {
                if !self.unfinished.is_empty() {
                    self.unfinished.push('\n');
                }
                self.unfinished.push_str(&line);
                Line::Text(line.into_bytes())
            }
            Err(ReadlineError::Interrupted) => {
                self.unfinished.clear();
                Line::Discarded
            }
            Err(_) => Line::End,
        }
    }

    fn remember(&mut self, _: &[u8]) {
        // As it was typed, not as it was changed to be run.
        let input = std::mem::take(&mut self.unfinished);
        if input.trim().is_empty() || !self.editor.add_history_entry(input).unwrap_or(false) {
            return;
        }
        if let Some(path) = &self.history {
            if let Some(folder) = path.parent() {
                // If that fails, so does the next step.
                let _ = fs::create_dir_all(folder);
            }
            if self.editor.append_history(path).is_err() {
                self.history = None;
            }
        }
    }
}

/// Completes and colours.
struct Assistant<'s> {
    state: RefCell<&'s mut State>,
    /// The lines before the edited one.
    before: String,
}

impl Helper for Assistant<'_> {}

impl Validator for Assistant<'_> {}

impl Hinter for Assistant<'_> {
    type Hint = String;
}

impl Completer for Assistant<'_> {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        let Ok(mut state) = self.state.try_borrow_mut() else {
            return Ok((position, Vec::new()));
        };
        let top = state.top();
        // Out of memory: nothing comes to mind.
        let result = completions(&mut state, line, position);
        state.set_top(top);
        Ok(result.unwrap_or((position, Vec::new())))
    }
}

impl Highlighter for Assistant<'_> {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        Cow::Owned(highlight(line, StartsWith::after(&self.before)))
    }

    fn highlight_char(&self, _: &str, _: usize, kind: CmdKind) -> bool {
        kind != CmdKind::MoveCursor
    }
}
