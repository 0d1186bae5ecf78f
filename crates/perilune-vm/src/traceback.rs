//! Stack tracebacks, as `luaL_traceback` writes them (manual §6.10).
//!
//! # Safety
//!
//! Frames and functions belong to a live thread; nothing is called or collected
//! while they are described.

use crate::debug::name_of_call;
use crate::error::Result;
use crate::frame::Frame;
use crate::object::StringObject;
use crate::state::State;
use crate::table;
use crate::value::{RawValue, tag};

/// Levels shown at each end of a long traceback.
const FIRST: usize = 10;
const LAST: usize = 11;

impl State {
    /// The name under which a function is found in `package.loaded`.
    ///
    /// # Safety
    /// `f` is live.
    pub(crate) unsafe fn loaded_name(&mut self, f: RawValue) -> Option<Vec<u8>> {
        let loaded = field(self.registry, b"_LOADED")?;
        if !loaded.is_table() {
            return None;
        }
        let t = loaded.as_table();
        let mut index = 0;
        let mut found: Option<Vec<u8>> = None;
        while let Some((next, module, content)) = table::next_at(t, index) {
            index = next;
            if !module.is_string() || !content.is_table() {
                continue;
            }
            let module = StringObject::bytes(module.as_string());
            let c = content.as_table();
            let mut inner = 0;
            while let Some((next, name, v)) = table::next_at(c, inner) {
                inner = next;
                if name.is_string() && v.is_function() && v.same(f) {
                    let name = StringObject::bytes(name.as_string());
                    if module == b"_G" {
                        return Some(name.to_vec());
                    }
                    if found.is_none() {
                        found = Some([module, b".", name].concat());
                    }
                }
            }
        }
        found
    }

    /// The traceback of a thread (`None`: the running one) from a level on, with
    /// an optional message in front.
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
        // SAFETY: walks the live frames of a live thread.
        unsafe {
            let mut frames = Vec::new();
            let mut frame = Some(Frame::innermost(th));
            while let Some(f) = frame {
                if f.is_bottom() {
                    break;
                }
                if !crate::debug::is_hidden(&f) {
                    frames.push(f);
                }
                frame = f.caller();
            }
            // The last level; a level more than the message tells is left out,
            // as in the C implementation.
            let last = frames.len().saturating_sub(1);
            let is_long = last > level + FIRST + LAST;
            for (n, f) in frames.iter().enumerate().skip(level) {
                let shown = n - level;
                if is_long && shown >= FIRST && n + LAST <= last {
                    if shown == FIRST {
                        let skipped = last - n - LAST;
                        out.extend_from_slice(
                            format!("\n\t...\t(skipping {skipped} levels)").as_bytes(),
                        );
                    }
                    continue;
                }
                self.describe_frame(f, &mut out);
            }
        }
        Ok(out)
    }

    unsafe fn describe_frame(&mut self, f: &Frame, out: &mut Vec<u8>) {
        let function = *f.function;
        let (source, line_defined) = if function.tag == tag::LUA_CLOSURE {
            let data = &(*(*function.as_lua_closure()).prototype).data;
            (crate::closure::name_or(data.source, b"=?"), data.line_defined as i64)
        } else {
            (b"=[C]".to_vec(), -1)
        };
        out.extend_from_slice(b"\n\t");
        out.extend(self.dialect.chunk_id(&source));
        let line = crate::debug::current_line(f);
        if line > 0 {
            out.extend_from_slice(format!(":{line}: in ").as_bytes());
        } else {
            out.extend_from_slice(b": in ");
        }
        let quoted = |kind: &str, name: &[u8]| [kind.as_bytes(), b" '", name, b"'"].concat();
        if let Some(name) = self.loaded_name(function) {
            out.extend(quoted("function", &name));
        } else if let Some((what, name)) = name_of_call(f, self.dialect.names) {
            out.extend(quoted(what, &name));
        } else if function.tag == tag::LUA_CLOSURE && line_defined == 0 {
            out.extend_from_slice(b"main chunk");
        } else if function.tag == tag::LUA_CLOSURE {
            out.extend_from_slice(b"function <");
            out.extend(self.dialect.chunk_id(&source));
            out.extend_from_slice(format!(":{line_defined}>").as_bytes());
        } else {
            out.push(b'?');
        }
        if f.is_tail_call() {
            out.extend_from_slice(b"\n\t(...tail calls...)");
        }
    }
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
