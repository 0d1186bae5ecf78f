//! Loading and dumping chunks (manual §6.1, `load`; §6.4, `string.dump`).

use crate::error::Result;
use crate::frame::{Frame, kind};
use crate::object::LuaClosure;
use crate::state::State;
use crate::value::tag;
use perilune_bytecode::UndumpError;
use perilune_compiler::{CompileError, Options};

/// Which kinds of chunk may be loaded.
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// use perilune::native::LoadMode;
///
/// let source = b"return 1";
/// let allowed = matches!(LoadMode::from_bytes(b"t"), LoadMode::Text | LoadMode::Both);
/// assert!(allowed && state.load(source, b"=chunk", b"t")?);
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LoadMode {
    /// Source text only.
    Text,
    /// Binary chunks only.
    Binary,
    /// Either.
    Both,
    /// Neither.
    Neither,
}

impl LoadMode {
    /// The mode that a string such as "bt" asks for.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::LoadMode;
    ///
    /// assert_eq!(LoadMode::from_bytes(b"bt"), LoadMode::Both);
    /// assert_eq!(LoadMode::from_bytes(b"t"), LoadMode::Text);
    /// assert_eq!(LoadMode::from_bytes(b""), LoadMode::Neither);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn from_bytes(mode: &[u8]) -> LoadMode {
        match (mode.contains(&b't'), mode.contains(&b'b')) {
            (true, true) => LoadMode::Both,
            (true, false) => LoadMode::Text,
            (false, true) => LoadMode::Binary,
            (false, false) => LoadMode::Neither,
        }
    }
}

/// The message of a source that nests too deeply.
const TOO_DEEP: &[u8] = b"C stack overflow";
/// More levels of calls than the compiler would go into.
const MANY_LEVELS: u32 = 250;

impl State {
    /// How deep calls nest that use the C stack in the C implementation: the
    /// compiler's levels count together with them.
    fn c_levels(&self) -> u32 {
        let mut levels = 0;
        let mut thread = self.current;
        // SAFETY: walks live frames of live threads.
        unsafe {
            while !thread.is_null() && levels < MANY_LEVELS {
                let mut frame = Some(Frame::innermost(thread));
                while let Some(f) = frame
                    && levels < MANY_LEVELS
                {
                    let inside = matches!(
                        f.kind(),
                        kind::PLAIN | kind::NATIVE_TAIL | kind::VARARG | kind::BASE
                    );
                    levels += u32::from(!inside && (*f.function).is_function());
                    frame = f.caller();
                }
                thread = (*thread).resumer;
            }
        }
        levels
    }

    /// Compiles a chunk, or undumps a binary one, and pushes it as a function
    /// whose first upvalue is the table of globals; answers false, with the
    /// message pushed, if it is refused.
    ///
    /// `chunk_name` begins with `@` if it is a file's name, with `=` if it is to be
    /// shown as it is; `mode` says what may be loaded ([`LoadMode::from_bytes`]).
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// assert!(state.load(b"return ... * 2", b"=double", b"t")?);
    /// state.push(21)?;
    /// state.call(1, Some(1))?;
    /// assert_eq!(state.to_integer(-1), Some(42));
    ///
    /// assert!(!state.load(b"return return", b"=bad", b"t")?);
    /// assert_eq!(state.bytes(-1), Some(&b"bad:1: unexpected symbol near 'return'"[..]));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    pub fn load(&mut self, source: &[u8], chunk_name: &[u8], mode: &[u8]) -> Result<bool> {
        let allowed = LoadMode::from_bytes(mode);
        let binary = source.first() == Some(&0x1b);
        let (kind, permitted) = if binary {
            ("binary", matches!(allowed, LoadMode::Binary | LoadMode::Both))
        } else {
            ("text", matches!(allowed, LoadMode::Text | LoadMode::Both))
        };
        if !permitted {
            let mut m = format!("attempt to load a {kind} chunk (mode is '").into_bytes();
            m.extend_from_slice(mode);
            m.extend_from_slice(b"')");
            self.push(m.as_slice())?;
            return Ok(false);
        }
        let chunk = if binary {
            match perilune_bytecode::undump(source, chunk_name, self.dialect.chunk_format) {
                Ok(chunk) => chunk,
                Err(UndumpError::OutOfMemory) => return Err(self.memory_error()),
                Err(e) => {
                    self.push(e.message())?;
                    return Ok(false);
                }
            }
        } else {
            let meter = self.heap.meter();
            let options =
                Options { dialect: self.dialect, c_levels: self.c_levels(), meter: &meter };
            match perilune_compiler::compile(source, chunk_name, &options) {
                Ok(chunk) => chunk,
                Err(CompileError::OutOfMemory) => return Err(self.memory_error()),
                Err(CompileError::Syntax(message)) if message == TOO_DEEP => {
                    // Unlike a syntax error, a message handler sees it.
                    let error = self.raise_message(&message);
                    let error = self.handle_error(error);
                    self.push_error(error)?;
                    return Ok(false);
                }
                Err(CompileError::Syntax(message)) => {
                    self.push(message.as_slice())?;
                    return Ok(false);
                }
            }
        };
        self.instantiate(&chunk)?;
        self.give_globals();
        Ok(true)
    }

    /// Gives the fresh closure of a chunk on top the table of globals.
    fn give_globals(&mut self) {
        // SAFETY: the closure is on top, with fresh closed upvalues.
        unsafe {
            let c = self.raw(-1).as_lua_closure();
            let count = (*c).header.extra;
            if count == 1 || (count > 1 && self.dialect.globals_for_any_chunk) {
                let globals = self.globals_of(self.current);
                let up = *LuaClosure::upvalues(c);
                *(*up).value = globals;
                self.heap.barrier_value(crate::meta::header(up), globals);
            }
        }
    }

    /// Pushes what loading the code of the Lua function at an index again would
    /// push: a function with upvalues of its own, of which the first is the table
    /// of globals. Answers false, and pushes nothing, if it is no Lua function.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.load(b"x = 'global'; local function f() return x end; return f", b"=m", b"t")?;
    /// assert!(state.push_loaded_again(1)?);
    /// assert!(!state.raw_equal(1, 2));
    /// state.get_global("print")?;
    /// assert!(!state.push_loaded_again(-1)?);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    pub fn push_loaded_again(&mut self, index: i32) -> Result<bool> {
        let v = self.raw(index);
        if v.tag != tag::LUA_CLOSURE {
            return Ok(false);
        }
        // SAFETY: the closure is in a slot.
        unsafe { self.push_fresh_closure(v)? };
        self.give_globals();
        Ok(true)
    }

    /// The binary form of the Lua function at an index; `None` if it is native.
    /// `strip` leaves names and lines out.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.load(b"return 6 * 7", b"=answer", b"t")?;
    /// let binary = state.dump(-1, true)?.unwrap();
    /// assert!(state.load(&binary, b"=answer", b"b")?);
    /// state.call(0, Some(1))?;
    /// assert_eq!(state.to_integer(-1), Some(42));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    pub fn dump(&mut self, index: i32, strip: bool) -> Result<Option<Vec<u8>>> {
        let v = self.raw(index);
        if v.tag != tag::LUA_CLOSURE {
            return Ok(None);
        }
        // SAFETY: the closure is in a slot.
        let chunk = unsafe { crate::load::extract((*v.as_lua_closure()).prototype)? };
        match perilune_bytecode::dump(&chunk, self.dialect.chunk_format, strip) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(_) => Err(self.memory_error()),
        }
    }
}

impl perilune_syntax::Meter for crate::heap::Meter {
    fn charge(&self, bytes: usize) -> bool {
        crate::heap::Meter::charge(self, bytes).is_ok()
    }
    fn release(&self, bytes: usize) {
        crate::heap::Meter::release(self, bytes);
    }
}
