//! Errors on their way, and the messages of run-time errors (manual §2.3).

use crate::frame::Frame;
use crate::heap::AllocError;
use crate::meta::Event;
use crate::object::{LuaClosure, PrototypeObject, StringObject};
use crate::state::State;
use crate::value::{RawValue, tag};
use perilune_bytecode::Instruction;
use perilune_bytecode::names::{self, FunctionView, ObjectName};
use std::fmt::Write as _;

/// The result of what may raise a Lua error.
///
/// ```
/// use perilune::native::{self, State};
///
/// fn largest(state: &mut State) -> native::Result<i64> {
///     let mut largest = state.check_integer(1)?;
///     for arg in 2..=state.top() as i32 {
///         largest = largest.max(state.check_integer(arg)?);
///     }
///     Ok(largest)
/// }
///
/// let mut state = State::new().unwrap();
/// let result = state.enter(|state| {
///     state.push(3)?;
///     state.push("8")?;
///     largest(state)
/// });
/// assert_eq!(result.unwrap(), 8);
/// ```
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// As wide as [`Return`](crate::Return), so that a result of either travels in two
/// registers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
pub(crate) enum Kind {
    /// The value is in the state.
    Value,
    /// Memory ran out: the value is the message that was made beforehand.
    Memory,
    /// The error handling failed.
    InHandler,
    /// Rust code panicked: nothing in Lua catches it.
    Fatal,
    /// The running coroutine closes itself: nothing in it catches that.
    Closing,
}

/// A Lua error on its way to whoever catches it. The error's value waits in
/// the state: [`State::push_error`] pushes it.
///
/// ```
/// use perilune::native::State;
///
/// let mut state = State::new().unwrap();
/// let text = state.enter(|state| {
///     state.load(b"local t = nil; return t.x", b"=chunk", b"t")?;
///     let Err(error) = state.protected_call(0, Some(1)) else { return Ok(None) };
///     state.push_error(error)?;
///     Ok(state.bytes(-1).map(<[u8]>::to_vec))
/// });
/// let text = text.unwrap().unwrap();
/// assert_eq!(text, b"chunk:1: attempt to index a nil value (local 't')");
/// ```
#[derive(Debug)]
#[must_use]
pub struct Error(pub(crate) Kind);

impl Error {
    pub(crate) const fn memory() -> Error {
        Error(Kind::Memory)
    }
    /// Whether memory ran out.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.set_memory_limit(Some(state.used_memory() + 10_000));
    /// let error = state.new_table(1_000_000, 0).unwrap_err();
    /// state.set_memory_limit(None);
    /// assert!(error.is_memory());
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn is_memory(&self) -> bool {
        self.0 == Kind::Memory
    }
    /// Whether it is a panic of Rust code, which nothing in Lua catches: see
    /// [`State::raise_panic`].
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// let error = state.error(format_args!("no panic"));
    /// assert!(!error.is_panic());
    /// let error = state.raise_panic(Box::new("panic"));
    /// assert!(error.is_panic());
    /// state.take_panic(&error);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn is_panic(&self) -> bool {
        self.0 == Kind::Fatal
    }
}

impl From<AllocError> for Error {
    #[cold]
    fn from(_: AllocError) -> Error {
        Error::memory()
    }
}

/// Which operand of the running instruction an error blames.
#[derive(Clone, Copy)]
pub(crate) enum Blame {
    First,
    Second,
    Register(u8),
    None,
}

impl FunctionView for PrototypeObject {
    fn code(&self) -> &[Instruction] {
        // SAFETY: code and length belong together.
        unsafe { std::slice::from_raw_parts(self.code, self.code_len as usize) }
    }
    fn constant_string(&self, index: u32) -> Option<&[u8]> {
        if index >= self.constant_len {
            return None;
        }
        // SAFETY: within the constants, which live as long as the prototype.
        unsafe {
            let v = *self.constants.add(index as usize);
            v.is_string().then(|| StringObject::bytes(v.as_string()))
        }
    }
    fn upvalue_name(&self, index: u8) -> Option<&[u8]> {
        let name = self.data.upvalues.get(index as usize)?.name;
        // SAFETY: names live as long as the prototype.
        (!name.is_null()).then(|| unsafe { StringObject::bytes(name) })
    }
    fn local_name(&self, register: u8, pc: u32) -> Option<&[u8]> {
        // The innermost declaration wins: the last one in order of start.
        let local = self
            .data
            .locals
            .iter()
            .rev()
            .find(|l| l.register == register && l.start_pc <= pc && pc < l.end_pc)?;
        // SAFETY: names live as long as the prototype.
        Some(unsafe { StringObject::bytes(local.name) })
    }
}

/// "local 'x'" and the like.
fn quoted(object: ObjectName<'_>) -> Vec<u8> {
    [object.kind.as_bytes(), b" '", object.name, b"'"].concat()
}

/// " (local 'x')" and the like.
fn in_parentheses(variable: Option<Vec<u8>>) -> Vec<u8> {
    variable.map_or_else(Vec::new, |variable| [b" (", variable.as_slice(), b")"].concat())
}

/// "local 'x'" and the like for an operand of the running instruction.
///
/// # Safety
/// The current thread's frame and pc are up to date.
unsafe fn variable_of(state: &State, blame: Blame) -> Option<Vec<u8>> {
    let frame = Frame::innermost(state.current);
    if !frame.is_lua() {
        return None;
    }
    let rules = state.dialect.names;
    let closure: *mut LuaClosure = (*frame.function).as_lua_closure();
    let p = &*(*closure).prototype;
    let pc = frame.current_pc();
    let operands = names::operands(frame.current_instruction());
    let operand = match (blame, operands) {
        (Blame::First, Some((first, _))) => first,
        (Blame::Second, Some((_, second))) => second,
        (Blame::Register(r), _) => names::Operand::Register(r),
        _ => return None,
    };
    let name = names::operand_name(p, pc, operand, rules)?;
    // Operands of these are constants in place; those of others are in registers.
    let is_binary = !matches!(blame, Blame::Register(_))
        && names::event(frame.current_instruction()).is_some_and(|event| {
            !["__index", "__newindex", "__len", "__unm", "__bnot", "__concat"].contains(&event)
        });
    if is_binary && name.kind == names::CONSTANT && !rules.constant_operands {
        return None;
    }
    Some(quoted(name))
}

impl State {
    /// Makes `value` the value of the error on its way.
    pub(crate) fn raise_value(&mut self, value: RawValue) -> Error {
        self.error_value = value;
        self.error_handled = false;
        Error(Kind::Value)
    }

    /// The value of an error that was caught.
    pub(crate) fn take_error(&mut self, error: Error) -> RawValue {
        self.error_handled = false;
        match error.0 {
            Kind::Value => std::mem::replace(&mut self.error_value, RawValue::NIL),
            Kind::Memory => RawValue::pointer(tag::SHORT_STRING, self.names.memory_message),
            Kind::InHandler => RawValue::pointer(tag::SHORT_STRING, self.names.error_in_error),
            Kind::Fatal => {
                self.panic = None;
                RawValue::NIL
            }
            Kind::Closing => RawValue::NIL,
        }
    }

    /// Raises a string, as it is.
    pub(crate) fn raise_message(&mut self, message: &[u8]) -> Error {
        match self.new_string(message) {
            Ok(v) => self.raise_value(v),
            Err(e) => e,
        }
    }

    /// "source:line: " of a frame, or nothing if it is no Lua function's.
    ///
    /// # Safety
    /// The frame is live.
    pub(crate) unsafe fn position(&self, frame: &Frame) -> Vec<u8> {
        let mut out = Vec::new();
        if frame.is_lua() {
            let p = (*(*frame.function).as_lua_closure()).prototype;
            let source = (*p).data.source;
            let id = if source.is_null() {
                b"?".to_vec()
            } else {
                self.dialect.chunk_id(StringObject::bytes(source))
            };
            out.extend_from_slice(&id);
            match (*p).data.lines.get(frame.current_pc()) {
                Some(line) => {
                    let mut s = String::new();
                    let _ = write!(s, ":{line}: ");
                    out.extend_from_slice(s.as_bytes());
                }
                None => {
                    out.push(b':');
                    out.extend_from_slice(self.dialect.unknown_line.as_bytes());
                    out.extend_from_slice(b": ");
                }
            }
        }
        out
    }

    /// A run-time error of the interpreter: position of the running Lua
    /// function, then the message.
    #[cold]
    pub(crate) fn runtime_error(&mut self, message: &[u8]) -> Error {
        // SAFETY: the current thread has a frame.
        let mut text = unsafe { self.position(&Frame::innermost(self.current)) };
        text.extend_from_slice(message);
        self.raise_message(&text)
    }

    /// The type name of a value, with `__name` of its metatable honoured.
    ///
    /// # Safety
    /// `v` is live.
    pub(crate) unsafe fn type_name_of(&self, v: RawValue) -> Vec<u8> {
        let mt = match v.tag {
            tag::TABLE => (*v.as_table()).metatable,
            tag::USERDATA => (*v.as_userdata()).metatable,
            _ => std::ptr::null_mut(),
        };
        if !mt.is_null() && self.dialect.type_names {
            let name = crate::table::get_short_string(mt, self.names.name);
            if name.is_string() {
                return StringObject::bytes(name.as_string()).to_vec();
            }
        }
        v.type_of().name().as_bytes().to_vec()
    }

    /// `attempt to <operation> a <type> value (<variable>)`.
    ///
    /// # Safety
    /// `v` is live; frame and pc are up to date.
    #[cold]
    pub(crate) unsafe fn type_error_for(
        &mut self,
        v: RawValue,
        operation: &str,
        blame: Blame,
    ) -> Error {
        let variable = variable_of(self, blame);
        self.type_error_of(v, operation, variable)
    }

    /// [`type_error_for`](Self::type_error_for) a value with that name.
    ///
    /// # Safety
    /// As there.
    unsafe fn type_error_of(
        &mut self,
        v: RawValue,
        operation: &str,
        variable: Option<Vec<u8>>,
    ) -> Error {
        let mut m = format!("attempt to {operation} ").into_bytes();
        let name = self.type_name_of(v);
        match variable {
            Some(variable) if self.dialect.variable_first => {
                m.extend([&variable[..], b" (a ", &name, b" value)"].concat());
            }
            variable => {
                m.extend([b"a ", &name[..], b" value"].concat());
                m.extend(in_parentheses(variable));
            }
        }
        self.runtime_error(&m)
    }

    /// The error of calling what can't be called: named by the call, as a
    /// for-loop's iterator or a metamethod, or by the variable.
    ///
    /// # Safety
    /// As `type_error_for`.
    #[cold]
    pub(crate) unsafe fn call_error(&mut self, v: RawValue, register: Option<u8>) -> Error {
        let frame = Frame::innermost(self.current);
        let rules = self.dialect.names;
        let mut variable = None;
        if frame.kind() == crate::frame::kind::ENTRY_FINALIZER && !(*frame.function).is_function() {
            variable = rules.called_values.then(|| b"metamethod '__gc'".to_vec());
        } else if frame.is_lua() {
            let p = &*(*(*frame.function).as_lua_closure()).prototype;
            let pc = frame.current_pc();
            let called = if rules.called_values { names::called_name(p, pc, rules) } else { None };
            let name = called
                .or_else(|| register.and_then(|r| names::called_object_name(p, pc, r, rules)));
            variable = name.map(quoted);
        }
        self.type_error_of(v, "call", variable)
    }

    /// The error of an operator without a metamethod for its operands.
    ///
    /// # Safety
    /// As `type_error_for`.
    #[cold]
    pub(crate) unsafe fn operator_error(
        &mut self,
        event: Event,
        a: RawValue,
        b: RawValue,
    ) -> Error {
        let bitwise = event.is_bitwise();
        let (x, y) = self.arithmetic_operands(event, a, b);
        if bitwise && x.is_number() && y.is_number() {
            let blame = if crate::meta::to_integer_strict(x).is_none() {
                Blame::First
            } else {
                Blame::Second
            };
            let mut m = b"number".to_vec();
            m.extend(in_parentheses(variable_of(self, blame)));
            m.extend_from_slice(b" has no integer representation");
            return self.runtime_error(&m);
        }
        let operation =
            if bitwise { "perform bitwise operation on" } else { "perform arithmetic on" };
        if x.is_number() {
            self.type_error_for(b, operation, Blame::Second)
        } else {
            self.type_error_for(a, operation, Blame::First)
        }
    }

    /// The error of concatenating two values, the left in `register`.
    ///
    /// # Safety
    /// As `type_error_for`.
    #[cold]
    pub(crate) unsafe fn concat_error(&mut self, a: RawValue, b: RawValue, register: u8) -> Error {
        if a.is_string() || a.is_number() {
            self.type_error_for(b, "concatenate", Blame::Register(register.wrapping_add(1)))
        } else {
            self.type_error_for(a, "concatenate", Blame::Register(register))
        }
    }

    /// The error of indexing what can't be indexed.
    ///
    /// # Safety
    /// As `type_error_for`.
    #[cold]
    pub(crate) unsafe fn index_error(
        &mut self,
        object: RawValue,
        key: RawValue,
        blame: Blame,
    ) -> Error {
        let _ = key;
        self.type_error_for(object, "index", blame)
    }

    /// The error of an order comparison without a metamethod.
    ///
    /// # Safety
    /// As `type_error_for`.
    #[cold]
    pub(crate) unsafe fn compare_error(&mut self, a: RawValue, b: RawValue) -> Error {
        let (ta, tb) = (self.type_name_of(a), self.type_name_of(b));
        let mut m = b"attempt to compare ".to_vec();
        let equal = match self.dialect.compare_error_by_letter {
            true => ta.get(2) == tb.get(2),
            false => ta == tb,
        };
        if equal {
            m.extend_from_slice(b"two ");
            m.extend(ta);
            m.extend_from_slice(b" values");
        } else {
            m.extend(ta);
            m.extend_from_slice(b" with ");
            m.extend(tb);
        }
        self.runtime_error(&m)
    }
}
