//! Stack tracebacks, as `luaL_traceback` writes them (manual §6.10).
//!
//! # Safety
//!
//! Frames and functions belong to a live thread; nothing is called or collected
//! while they are described.

use crate::debug::{Level, name_of_call};
use crate::error::Result;
use crate::frame::Frame;
use crate::object::StringObject;
use crate::state::State;
use crate::table;
use crate::value::{RawValue, tag};
use perilune_syntax::{FunctionNames, TracebackForm};

/// How many levels of a long traceback are shown at each end.
fn ends(form: TracebackForm) -> (usize, usize) {
    match form {
        TracebackForm::Short | TracebackForm::Plain => (12, 10),
        _ => (10, 11),
    }
}

/// Which levels of `count` are shown of a traceback that begins at `first`: from
/// there to before the first answer, and from the second on.
fn shown(form: TracebackForm, first: usize, count: usize) -> (usize, usize) {
    let (head, tail) = ends(form);
    // The number of the last level counts, not that of levels.
    let last = count.saturating_sub(1);
    match form {
        // The level that is replaced by the dots is not shown; which one it is
        // does not depend on where the traceback begins.
        TracebackForm::Short => {
            let gap = first.max(head);
            match gap + 1 + tail < count {
                true => (gap, count - tail),
                false => (count, count),
            }
        }
        TracebackForm::Plain => match last > head + tail && first < head {
            true => (head - 1, last - tail),
            false => (count, count),
        },
        _ => match last > first + head + tail {
            true => (first + head, last + 1 - tail),
            false => (count, count),
        },
    }
}

impl State {
    /// The name under which a function is found in `package.loaded`, or, in some
    /// dialects, among the global variables and the fields of their tables.
    ///
    /// # Safety
    /// `f` is live.
    pub(crate) unsafe fn loaded_name(&mut self, f: RawValue) -> Option<Vec<u8>> {
        let names = self.dialect.function_names;
        let tables = match names {
            FunctionNames::None => return None,
            FunctionNames::Globals => self.globals_of(self.current),
            FunctionNames::Loaded => field(self.registry, b"_LOADED")?,
        };
        if !tables.is_table() {
            return None;
        }
        let t = tables.as_table();
        if names == FunctionNames::Globals
            && let Some(name) = name_in(t, f)
        {
            return Some(name.to_vec());
        }
        let mut index = 0;
        let mut found: Option<Vec<u8>> = None;
        while let Some((next, module, content)) = table::next_at(t, index) {
            index = next;
            if !module.is_string() || !content.is_table() {
                continue;
            }
            let module = StringObject::bytes(module.as_string());
            if let Some(name) = name_in(content.as_table(), f) {
                if module == b"_G" {
                    return Some(name.to_vec());
                }
                if found.is_none() {
                    found = Some([module, b".", name].concat());
                }
            }
        }
        found
    }

    /// The traceback of a thread (`None`: the running one) from a level on, with
    /// an optional message in front.
    ///
    /// ```
    /// # use perilune::native::{self, Return, State};
    /// fn whence(state: &mut State) -> native::Result<Return> {
    ///     let text = state.traceback(None, Some(b"lost"), 1)?;
    ///     state.ret(&text)
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("whence", lua.create_native_function(whence)?)?;
    /// let text: String = lua.load("local s = whence() return s").set_name("=main").eval()?;
    /// assert!(text.starts_with("lost\nstack traceback:\n\tmain:1: in main chunk"));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    pub fn traceback(
        &mut self,
        thread: Option<i32>,
        message: Option<&[u8]>,
        level: usize,
    ) -> Result<Vec<u8>> {
        let th = self.thread_at(thread);
        let mut out = Vec::new();
        if let Some(message) = message {
            out.extend_from_slice(message);
            out.push(b'\n');
        }
        out.extend_from_slice(b"stack traceback:");
        let form = self.dialect.traceback;
        // SAFETY: walks the live frames of a live thread.
        unsafe {
            let levels: Vec<Level> = crate::debug::levels(th, self.dialect).collect();
            let (gap, rest) = shown(form, level, levels.len());
            for (n, l) in levels.iter().enumerate().skip(level) {
                if n < gap || n >= rest {
                    match l {
                        Level::Frame(f) => self.describe_frame(f, form, &mut out),
                        Level::Lost => out.extend_from_slice(b"\n\t(tail call): ?"),
                    }
                } else if n == gap {
                    out.extend_from_slice(b"\n\t...");
                    if matches!(form, TracebackForm::Counted | TracebackForm::CountedCodeFirst) {
                        let skipped = rest - gap - 1;
                        out.extend_from_slice(format!("\t(skipping {skipped} levels)").as_bytes());
                    }
                }
            }
        }
        Ok(out)
    }

    unsafe fn describe_frame(&mut self, f: &Frame, form: TracebackForm, out: &mut Vec<u8>) {
        let function = *f.function;
        let (source, line_defined) = if function.tag == tag::LUA_CLOSURE {
            let data = &(*(*function.as_lua_closure()).prototype).data;
            (crate::closure::name_or(data.source, b"=?"), data.line_defined as i64)
        } else {
            (b"=[C]".to_vec(), -1)
        };
        out.extend_from_slice(b"\n\t");
        out.extend(self.dialect.chunk_id(&source));
        out.push(b':');
        let line = crate::debug::current_line(f);
        if line > 0 {
            out.extend_from_slice(format!("{line}:").as_bytes());
        }
        let text = self.function_text(f, form, &source, line_defined);
        if !(form == TracebackForm::Short && text == b"?") {
            out.extend_from_slice(b" in ");
        } else {
            out.push(b' ');
        }
        out.extend(text);
        if f.is_tail_call() && form != TracebackForm::Short {
            out.extend_from_slice(b"\n\t(...tail calls...)");
        }
    }

    /// What a traceback calls the function of a frame.
    unsafe fn function_text(
        &mut self,
        f: &Frame,
        form: TracebackForm,
        source: &[u8],
        line_defined: i64,
    ) -> Vec<u8> {
        let quoted = |kind: &str, name: &[u8]| [kind.as_bytes(), b" '", name, b"'"].concat();
        let function = *f.function;
        let is_lua = function.tag == tag::LUA_CLOSURE;
        let old = matches!(form, TracebackForm::Short | TracebackForm::Plain);
        let globals_first = matches!(form, TracebackForm::GlobalsFirst | TracebackForm::Counted);
        if globals_first && let Some(name) = self.loaded_name(function) {
            return quoted("function", &name);
        }
        if let Some((what, name)) = name_of_call(f, self.dialect.names) {
            return quoted(if old { "function" } else { what }, &name);
        }
        if is_lua && line_defined == 0 {
            return b"main chunk".to_vec();
        }
        if !(globals_first || old && is_lua)
            && let Some(name) = self.loaded_name(function)
        {
            return quoted("function", &name);
        }
        if !is_lua {
            return b"?".to_vec();
        }
        let mut text = b"function <".to_vec();
        text.extend(self.dialect.chunk_id(source));
        text.extend_from_slice(format!(":{line_defined}>").as_bytes());
        text
    }
}

/// The field of a table that holds a function.
unsafe fn name_in<'a>(t: *mut crate::object::Table, f: RawValue) -> Option<&'a [u8]> {
    let mut index = 0;
    while let Some((next, name, v)) = table::next_at(t, index) {
        index = next;
        if name.is_string() && v.is_function() && v.same(f) {
            return Some(StringObject::bytes(name.as_string()));
        }
    }
    None
}

/// `t[name]` without making the name a string.
unsafe fn field(t: *mut crate::object::Table, name: &[u8]) -> Option<RawValue> {
    let mut index = 0;
    while let Some((next, k, v)) = table::next_at(t, index) {
        if k.is_string() && StringObject::bytes(k.as_string()) == name {
            return Some(v);
        }
        index = next;
    }
    None
}
