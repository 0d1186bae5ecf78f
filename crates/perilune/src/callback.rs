//! The border: Rust functions called by Lua, and errors that cross it.

use crate::error::{Error, Result, Thrown, identity};
use crate::handle::Handle;
use crate::state::{Extra, Lua};
use crate::traits::{FromLuaMulti, IntoLuaMulti};
use crate::types::MaybeSend;
use perilune_vm::{
    self as vm, Found, Lock, NativeFn, OwningFunction, Payload, Return, State, Value as Slot,
};
use std::any::Any;
use std::cell::RefCell;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// The Rust value of a userdata that stands for an error.
pub(crate) struct ErrorPayload(Error);

/// [`ErrorPayload`] of an error that does not bind the state to its thread.
#[cfg(not(any(feature = "send", feature = "error-send")))]
struct MovingError(crate::error::Recipe);

/// The Rust value of a userdata that stands for a panic, as long as nobody went
/// on with it.
pub(crate) struct PanicPayload(Lock<Option<Box<dyn Any + Send>>>);

/// A Rust function as a native function.
pub(crate) struct Calls<F, A, R>(PhantomData<fn(F, A) -> R>);

/// A Rust function that changes what it has captured, as a native function.
pub(crate) struct CallsMut<F, A, R>(PhantomData<fn(F, A) -> R>);

/// Runs `body` for the native function that is called now: errors are raised,
/// panics go through Lua.
#[inline(always)]
pub(crate) fn run(
    state: &mut State,
    body: impl FnOnce(&mut State, &Lua) -> Result<usize>,
) -> vm::Result<Return> {
    // What is assigned takes fewer instructions than an option of a result.
    let mut done = Ok(Return::NONE);
    state.with_extension(|state, extra: &Extra| {
        done = guarded(state, &extra.lua, body).map(Return::values);
    });
    done
}

/// [`run`] for a body that raises its errors itself.
#[inline(always)]
pub(crate) fn guard(
    state: &mut State,
    body: impl FnOnce(&mut State, &Lua) -> vm::Result<Return>,
) -> vm::Result<Return> {
    // Results are not nested: taking them apart would cost more than the rest.
    let mut result = Ok(Return::NONE);
    state.with_extension(|state, extra: &Extra| {
        result = match catch_unwind(AssertUnwindSafe(|| body(state, &extra.lua))) {
            Ok(result) => result,
            Err(panic) => Err(raise_panic(state, panic)),
        }
    });
    result
}

/// Ends a function: errors are raised where they are found, as they are too large
/// to be handed on.
#[inline(always)]
pub(crate) fn give<R: IntoLuaMulti>(
    state: &mut State,
    lua: &Lua,
    result: Result<R>,
) -> vm::Result<Return> {
    let results = match result {
        Ok(results) => results,
        Err(error) => return Err(raise(state, lua, error)),
    };
    match results.push_into_multi(state, lua) {
        Ok(n) => Ok(Return::values(n)),
        Err(error) => Err(raise(state, lua, error)),
    }
}

/// [`run`] for what is not all of a native function.
#[inline(always)]
pub(crate) fn guarded<R>(
    state: &mut State,
    lua: &Lua,
    body: impl FnOnce(&mut State, &Lua) -> Result<R>,
) -> vm::Result<R> {
    match catch_unwind(AssertUnwindSafe(|| body(state, lua))) {
        Ok(Ok(result)) => Ok(result),
        Ok(Err(error)) => Err(raise(state, lua, error)),
        Err(payload) => Err(raise_panic(state, payload)),
    }
}

/// Pushes a native function that owns `data`.
pub(crate) fn push_callback<C: OwningFunction>(
    state: &mut State,
    extra: &Extra,
    data: C::Data,
) -> Result<()>
where
    C::Data: MaybeSend,
{
    state.push_owning::<C>(data).map_err(|e| caught(state, &extra.lua, e))
}

/// [`push_callback`] of a function that does not bind the state to its thread.
pub(crate) fn push_send_callback<C: OwningFunction>(
    state: &mut State,
    extra: &Extra,
    data: C::Data,
) -> Result<()>
where
    C::Data: Send,
{
    state.push_send_owning::<C>(data).map_err(|e| caught(state, &extra.lua, e))
}

/// The arguments of the running function behind the first `k`, for the function
/// `to`.
#[inline(always)]
pub(crate) fn arguments<A: FromLuaMulti>(
    k: usize,
    to: Option<&str>,
    state: &mut State,
    lua: &Lua,
) -> Result<A> {
    match A::from_found_slots(state.found_slots(k)) {
        Some(arguments) => Ok(arguments),
        None => {
            let n = state.top().saturating_sub(k);
            A::from_stack_args(k as i32 + 1, n, k + 1, to, state, lua)
        }
    }
}

/// Runs the Rust function `f`, called `to`, as the native function that is called now.
#[inline(always)]
pub(crate) fn call<A: FromLuaMulti, R: IntoLuaMulti>(
    state: &mut State,
    to: Option<&str>,
    f: impl FnOnce(&Lua, A) -> Result<R>,
) -> vm::Result<Return> {
    guard(state, |state, lua| {
        let args = match arguments::<A>(0, to, state, lua) {
            Ok(args) => args,
            Err(error) => return Err(raise(state, lua, error)),
        };
        let results = lua.0.lend(state, || f(lua, args));
        give(state, lua, results)
    })
}

/// [`call`] of a function that changes what it has captured. It calls itself only by
/// mistake: whoever calls it has its state in hand, one thread at a time.
#[inline(always)]
pub(crate) fn call_mut<A: FromLuaMulti, R: IntoLuaMulti>(
    state: &mut State,
    to: Option<&str>,
    f: &RefCell<impl FnMut(&Lua, A) -> Result<R>>,
) -> vm::Result<Return> {
    call(state, to, |lua, args| match f.try_borrow_mut() {
        Ok(mut f) => f(lua, args),
        Err(_) => Err(Error::RecursiveMutCallback),
    })
}

impl<F, A, R> OwningFunction for Calls<F, A, R>
where
    F: Fn(&Lua, A) -> Result<R> + 'static,
    A: FromLuaMulti,
    R: IntoLuaMulti,
{
    type Data = F;

    #[inline(always)]
    fn call(state: &mut State, f: &F) -> vm::Result<Return> {
        call(state, None, f)
    }
}

impl<F, A, R> OwningFunction for CallsMut<F, A, R>
where
    F: FnMut(&Lua, A) -> Result<R> + 'static,
    A: FromLuaMulti,
    R: IntoLuaMulti,
{
    type Data = RefCell<F>;

    #[inline(always)]
    fn call(state: &mut State, f: &RefCell<F>) -> vm::Result<Return> {
        call_mut(state, None, f)
    }
}

/// Runs `f`, which may call metamethods, so that errors of the machine end here.
pub(crate) fn protect<R>(
    state: &mut State,
    extra: &Extra,
    f: impl FnOnce(&mut State, &Lua) -> Result<R>,
) -> Result<R> {
    let mut outcome = None;
    let entered = state.enter(|state| {
        outcome = Some(f(state, &extra.lua));
        Ok(())
    });
    match (entered, outcome) {
        (Err(e), _) => Err(caught(state, &extra.lua, e)),
        (Ok(()), Some(outcome)) => outcome,
        (Ok(()), None) => Err(Error::StackError),
    }
}

/// The error of the userdata at an index, if it is one.
///
/// # Errors
/// A panic that was caught in Lua is resumed; the second time it is
/// `PreviouslyResumedPanic`.
pub(crate) fn error_at(index: i32, state: &mut State) -> Result<Option<Error>> {
    if let Some(error) = plain_error_at(index, state) {
        return Ok(Some(error));
    }
    let Some(payload) = state.userdata::<PanicPayload>(index) else { return Ok(None) };
    let panic = payload.0.borrow_mut().take();
    match panic {
        Some(panic) => resume_unwind(panic),
        None => Ok(Some(Error::PreviouslyResumedPanic)),
    }
}

/// The error of the userdata at an index, if it is one and no panic.
fn plain_error_at(index: i32, state: &State) -> Option<Error> {
    #[cfg(not(any(feature = "send", feature = "error-send")))]
    if let Some(payload) = state.userdata::<MovingError>(index) {
        return Some((payload.0)());
    }
    state.userdata::<ErrorPayload>(index).map(|payload| payload.0.clone())
}

/// Whether the userdata at an index stands for an error.
#[inline]
pub(crate) fn is_error(index: i32, state: &State) -> bool {
    #[cfg(not(any(feature = "send", feature = "error-send")))]
    if state.userdata::<MovingError>(index).is_some() {
        return true;
    }
    state.userdata::<ErrorPayload>(index).is_some()
        || state.userdata::<PanicPayload>(index).is_some()
}

/// What a userdata holds that stands for an error.
#[cfg(any(feature = "send", feature = "error-send"))]
fn error_payload(_: &mut State, error: Error) -> Payload {
    Payload::new_send(ErrorPayload(error))
}

/// What a userdata holds that stands for an error.
#[cfg(not(any(feature = "send", feature = "error-send")))]
fn error_payload(state: &mut State, error: Error) -> Payload {
    let moves = state.with_extension(|_, extra: &Extra| extra.lasting.moves());
    if moves == Some(true)
        && let Some(recipe) = crate::error::recipe(&error)
    {
        return Payload::new_send(MovingError(recipe));
    }
    Payload::new(ErrorPayload(error))
}

/// Whether what was found is a userdata that stands for an error.
#[inline]
pub(crate) fn is_found_error(found: Found<'_>) -> bool {
    #[cfg(not(any(feature = "send", feature = "error-send")))]
    if found.userdata::<MovingError>().is_some() {
        return true;
    }
    found.userdata::<ErrorPayload>().is_some() || found.userdata::<PanicPayload>().is_some()
}

/// Pushes a userdata that holds an error.
pub(crate) fn push_error(state: &mut State, lua: &Lua, error: Error) -> Result<()> {
    let payload = error_payload(state, error);
    push_error_object(state, payload).map_err(|e| caught(state, lua, e))
}

/// Pushes a userdata with the metatable of errors.
fn push_error_object(state: &mut State, payload: Payload) -> vm::Result<()> {
    state.new_userdata(payload, 0)?;
    if state.new_metatable(ERROR)? {
        state.set_field_to(-1, "__tostring", error_to_string as NativeFn)?;
        state.set_field_to(-1, "__name", "error")?;
        state.set_field_to(-1, "__metatable", false)?;
    }
    state.set_metatable(-2)
}

/// Name of the metatable of errors in the registry.
const ERROR: &str = "perilune.Error";

/// `__tostring` of errors.
fn error_to_string(state: &mut State) -> vm::Result<Return> {
    let text = plain_error_at(1, state).map(|error| error.to_string());
    if let Some(text) = text {
        return state.ret(text.as_str());
    }
    let text = match state.userdata::<PanicPayload>(1) {
        Some(payload) => payload.0.borrow_mut().as_ref().map(panic_text),
        None => return Err(state.type_error(1, "error")),
    };
    match text {
        Some(text) => state.ret(text.as_str()),
        None => {
            let traceback = traceback_text(state, 1);
            let error =
                Error::CallbackError { traceback, cause: Arc::new(Error::PreviouslyResumedPanic) };
            let payload = error_payload(state, error);
            push_error_object(state, payload)?;
            Err(state.raise())
        }
    }
}

fn panic_text(panic: &Box<dyn Any + Send>) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("<panic>").to_owned()
}

/// The traceback of the running thread from a level on, or nothing.
pub(crate) fn traceback_text(state: &mut State, level: usize) -> String {
    let top = state.top();
    let text = match state.traceback(None, None, level) {
        Ok(text) => String::from_utf8_lossy(&text).into_owned(),
        Err(_) => String::new(),
    };
    state.set_top(top);
    text
}

/// Raises an error of Rust in Lua. What came from Lua is raised as it was; any
/// other error is a userdata.
#[cold]
pub(crate) fn raise(state: &mut State, lua: &Lua, error: Error) -> vm::Error {
    let pushed = match &error {
        Error::Thrown(thrown) => match lua.0.lend(state, || thrown.value(lua)) {
            Some(value) => value.push(state, lua),
            None => push_callback_error(state, lua, error),
        },
        Error::RuntimeError(text) if let Some(value) = identity::known_message(state, text) => {
            value.push(state)
        }
        Error::RuntimeError(text) => match crate::error::split_traceback(text) {
            Some((text, _)) => state.push(text).map_err(|e| caught(state, lua, e)),
            None => push_callback_error(state, lua, error),
        },
        Error::MemoryError(_) => return state.memory_error(),
        Error::CallbackError { cause, .. } => match identity::known_error(state, cause) {
            Some(object) => object.push(state),
            None => push_callback_error(state, lua, error),
        },
        _ => push_callback_error(state, lua, error),
    };
    match pushed {
        Ok(()) => state.raise(),
        Err(_) => state.memory_error(),
    }
}

/// Raises an error of a hook, which is no function that was called: without a
/// traceback of its own.
#[cold]
pub(crate) fn raise_directly(state: &mut State, lua: &Lua, error: Error) -> vm::Error {
    if let Error::Thrown(_) | Error::MemoryError(_) | Error::CallbackError { .. } = &error {
        return raise(state, lua, error);
    }
    match push_error(state, lua, error) {
        Ok(()) => state.raise(),
        Err(_) => state.memory_error(),
    }
}

fn push_callback_error(state: &mut State, lua: &Lua, error: Error) -> Result<()> {
    let caught = state.errors_caught();
    state.with_extension(|_, extra: &Extra| {
        extra.lasting.raised_at.store(caught, Ordering::Relaxed)
    });
    if error.depth() >= DEEPEST {
        return push_error(state, lua, error);
    }
    let traceback = traceback_text(state, 0);
    push_error(state, lua, Error::CallbackError { traceback, cause: Arc::new(error) })
}

/// An error within so many others gets no further traceback: a script that raises
/// one again and again must not make it too deep to be shown and dropped.
const DEEPEST: usize = 200;

/// A panic goes through Lua: as an error object that scripts can catch, or past
/// them.
#[cold]
pub(crate) fn raise_panic(state: &mut State, panic: Box<dyn Any + Send>) -> vm::Error {
    let catchable =
        state.with_extension(|_, extra: &Extra| extra.lasting.options.catch_rust_panics);
    if catchable != Some(true) {
        return state.raise_panic(panic);
    }
    let payload = Payload::new_send(PanicPayload(Lock::new(Some(panic))));
    match push_error_object(state, payload) {
        Ok(()) => state.raise(),
        Err(e) => e,
    }
}

/// The message handler of calls from Rust: keeps the traceback, and the value as
/// it is.
pub(crate) fn message_handler(state: &mut State) -> vm::Result<Return> {
    let wanted = match state.value(1) {
        Slot::Userdata => !is_error(1, state),
        _ => true,
    };
    if wanted {
        let text = traceback_text(state, 1);
        state.with_extension(|_, extra: &Extra| *extra.lasting.traceback.borrow_mut() = Some(text));
    }
    state.set_top(1);
    Ok(Return::values(1))
}

/// An error that was caught. A panic is resumed.
#[cold]
pub(crate) fn caught(state: &mut State, _: &Lua, error: vm::Error) -> Error {
    let traceback =
        state.with_extension(|_, extra: &Extra| extra.lasting.traceback.borrow_mut().take());
    let traceback = traceback.flatten().unwrap_or_default();
    if let Some(panic) = state.take_panic(&error) {
        resume_unwind(panic);
    }
    if error.is_memory() {
        return Error::MemoryError("not enough memory".to_owned());
    }
    let top = state.top();
    if state.push_error(error).is_err() {
        return Error::StackError;
    }
    let result = match error_at(-1, state) {
        Ok(Some(error)) => remember(state, error),
        Ok(None) => from_value(state, traceback),
        Err(error) => error,
    };
    state.set_top(top);
    result
}

/// Remembers the userdata on top, which stands for `error`, so that it can be
/// raised again as it is: if scripts have had it in their hands. One that comes
/// straight from a Rust function gains a traceback when it is raised again.
fn remember(state: &mut State, error: Error) -> Error {
    let caught = state.errors_caught();
    let straight = state.with_extension(|_, extra: &Extra| {
        extra.lasting.raised_at.load(Ordering::Relaxed) == caught
    });
    if let Error::CallbackError { cause, .. } = &error
        && straight == Some(false)
    {
        identity::remember_error(state, cause);
    }
    error
}

/// The error for the value on top, which Lua code raised.
fn from_value(state: &mut State, traceback: String) -> Error {
    if let Slot::String(_) | Slot::Integer(_) | Slot::Float(_) = state.value(-1) {
        let message = state.to_bytes(-1).unwrap_or_default();
        let mut text = String::from_utf8_lossy(message).into_owned();
        if !traceback.is_empty() {
            text.push('\n');
            text.push_str(&traceback);
        }
        return Error::RuntimeError(text);
    }
    let text = describe(state);
    // What programs raise from Rust, as messages of their own kind.
    if matches!(state.value(-1), Slot::Userdata) {
        let text = format!("{text}\n{traceback}");
        identity::remember_message(state, &text);
        return Error::RuntimeError(text);
    }
    match Handle::pin(state, -1) {
        Ok(value) => Error::Thrown(Thrown::new(text, traceback, value, state)),
        Err(error) => error,
    }
}

/// What `tostring` makes of the value on top; its type if that fails.
fn describe(state: &mut State) -> String {
    let top = state.top();
    let text = match state.push(tostring as NativeFn).and_then(|()| state.push_value(-2)) {
        Ok(()) => match state.protected_call(1, Some(1)) {
            Ok(()) => state.bytes(-1).map(|s| String::from_utf8_lossy(s).into_owned()),
            Err(error) => {
                let _ = state.push_error(error);
                None
            }
        },
        Err(_) => None,
    };
    state.set_top(top);
    text.unwrap_or_else(|| format!("({} object)", state.type_name(-1)))
}

fn tostring(state: &mut State) -> vm::Result<Return> {
    state.push_tostring(1)?;
    Ok(Return::values(1))
}
