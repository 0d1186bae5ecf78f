//! Finalizers, warnings, and the end of a state.
//!
//! # Safety
//!
//! Objects that are to be finalized are live again until their finalizer has run.

use crate::call::{call_from_rust, close_after_error, ensure_stack};
use crate::entry::with_frame;
use crate::error::{Error, Kind, Result};
use crate::frame::kind;
use crate::object::{Thread, Userdata, userdata_flag};
use crate::state::{SendWarningFunction, State, WarningFunction};
use crate::value::{RawValue, tag};
use perilune_syntax::FinalizerErrors;

impl State {
    /// Calls the finalizers that are due (manual §2.5.3).
    pub(crate) fn run_finalizers(&mut self) -> Result<()> {
        if self.in_finalizer {
            return Ok(());
        }
        while let Some(object) = self.heap.next_pending_finalizer() {
            // SAFETY: the object is live again; it is rooted in the stack for
            // the call.
            unsafe {
                let result = self.finalize(object);
                self.drop_finalized(object);
                result?;
            }
        }
        self.report_panics();
        Ok(())
    }

    /// Drops the Rust value of a userdata that was finalized, if it is not to be
    /// seen any more.
    unsafe fn drop_finalized(&mut self, object: *mut crate::object::Header) {
        if (*object).kind != tag::USERDATA
            || (*object).extra & userdata_flag::DROPS_WITH_FINALIZERS == 0
        {
            return;
        }
        let data = (*(object as *mut Userdata)).data.take();
        let was = self.heap.set_finalizing(true);
        crate::state::drop_payload(&mut self.heap, data);
        self.heap.set_finalizing(was);
    }

    /// Reports destructors that panicked, as warnings.
    pub(crate) fn report_panics(&mut self) {
        if !self.heap.has_panics() {
            return;
        }
        for text in self.heap.take_panics() {
            self.warning(b"error in drop (", true);
            self.warning(text.as_bytes(), true);
            self.warning(b")", false);
        }
    }

    unsafe fn finalize(&mut self, object: *mut crate::object::Header) -> Result<()> {
        let v = RawValue { payload: object as u64, tag: (*object).kind };
        let handler = self.metamethod(v, crate::meta::Event::Gc);
        let warns = self.dialect.finalizer_errors == FinalizerErrors::Warnings;
        let wraps = self.dialect.finalizer_errors == FinalizerErrors::Wrapped;
        if handler.is_nil() || (wraps && !handler.is_function()) {
            return Ok(());
        }
        let th = self.current;
        let (base, top, pc) =
            (Thread::offset_of(th, (*th).base), Thread::offset_of(th, (*th).top), (*th).pc);
        // The error that may be on its way stays alive below the call. All go to
        // the slots that are always free, as making room may collect.
        *(*th).top = self.error_value;
        *(*th).top.add(1) = handler;
        *(*th).top.add(2) = v;
        (*th).top = (*th).top.add(3);
        if let Err(e) = ensure_stack(self, th, 2) {
            (*th).top = (*th).stack.add(top);
            return Err(e);
        }
        let function = (*th).top.sub(2);
        self.in_finalizer = true;
        let was = self.heap.set_finalizing(true);
        let keep = (self.error_value, self.error_handled, self.call_result);
        // Hooks do not see finalizers.
        let active = std::mem::replace(&mut (*th).hooks.active, false);
        let result = call_from_rust(self, function, 1, kind::ENTRY_FINALIZER, 0);
        let result = match result {
            Ok(()) => Ok(()),
            Err(e) => Err(close_after_error(self, top, e, (kind::ENTRY_PROTECTED, 0))),
        };
        (*th).hooks.active = active;
        self.heap.set_finalizing(was);
        self.in_finalizer = false;
        (*th).base = (*th).stack.add(base);
        (*th).top = (*th).stack.add(top);
        (*th).pc = pc;
        if let Err(e) = result {
            if !warns && !self.closed {
                return Err(self.finalizer_error(e, wraps));
            }
            if warns {
                self.warn_of(e, "__gc");
            } else {
                let _ = self.take_error(e);
            }
        }
        (self.error_value, self.error_handled, self.call_result) = keep;
        Ok(())
    }

    /// The error that is raised for one of a finalizer.
    fn finalizer_error(&mut self, error: Error, wraps: bool) -> Error {
        if error.0 != Kind::Value || !wraps {
            return error;
        }
        let v = self.take_error(error);
        let text = match self.view(v) {
            super::Value::String(s) => s.to_vec(),
            _ => b"no message".to_vec(),
        };
        self.raise_message(&[b"error in __gc metamethod (", &text[..], b")"].concat())
    }

    /// The warning of an error that nothing can catch, in pieces as the C
    /// implementation gives it.
    fn warn_of(&mut self, error: Error, place: &str) {
        let v = self.take_error(error);
        let text = match self.view(v) {
            super::Value::String(s) => s.to_vec(),
            _ => b"error object is not a string".to_vec(),
        };
        self.warning(b"error in ", true);
        self.warning(place.as_bytes(), true);
        self.warning(b" (", true);
        self.warning(&text, true);
        self.warning(b")", false);
    }

    /// Emits a warning (manual §6.1, `warn`).
    ///
    /// ```
    /// # let lua = perilune::Lua::new();
    /// lua.set_warning_function(|lua, text, _| lua.globals().set("warned", text));
    /// lua.with_native(|state| {
    ///     state.warning(b"disk almost full", false);
    ///     Ok(())
    /// })?;
    /// assert_eq!(lua.globals().get::<String>("warned")?, "disk almost full");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn warning(&mut self, message: &[u8], to_be_continued: bool) {
        if let Some(mut warn) = self.warn.take() {
            // Unless it has set another one.
            let changes = self.warn_changes;
            let running = self.current;
            warn(self, message, to_be_continued);
            self.check_same(running);
            if self.warn_changes == changes {
                self.warn = Some(warn);
            }
        }
    }

    /// Sets what receives warnings.
    ///
    /// ```
    /// use perilune::native::State;
    /// use std::sync::{Arc, Mutex};
    ///
    /// let log = Arc::new(Mutex::new(Vec::new()));
    /// let copy = log.clone();
    /// let mut state = State::new().unwrap();
    /// state.set_warning_function(Some(Box::new(move |_, text, _| {
    ///     copy.lock().unwrap().push(text.to_vec());
    /// })));
    /// state.warning(b"low on fuel", false);
    /// state.set_warning_function(None);
    /// state.warning(b"not heard", false);
    /// assert_eq!(*log.lock().unwrap(), [b"low on fuel"]);
    /// ```
    pub fn set_warning_function(&mut self, f: Option<WarningFunction>) {
        self.warn = f;
        self.warn_is_local = cfg!(not(feature = "send"));
        self.warn_changes = self.warn_changes.wrapping_add(1);
    }

    /// [`set_warning_function`](Self::set_warning_function) of a function that does
    /// not bind the state to a thread.
    ///
    /// ```
    /// use perilune::native::State;
    ///
    /// let (sender, receiver) = std::sync::mpsc::channel();
    /// let mut state = State::new().unwrap();
    /// state.set_send_warning_function(Box::new(move |_, text, _| {
    ///     let _ = sender.send(text.to_vec());
    /// }));
    /// state.warning(b"low on fuel", false);
    /// assert_eq!(receiver.recv().unwrap(), b"low on fuel");
    /// ```
    pub fn set_send_warning_function(&mut self, f: SendWarningFunction) {
        self.set_warning_function(Some(f));
        self.warn_is_local = false;
    }

    /// Closes the state: the main thread's pending variables, then all
    /// finalizers. A finalizer that closes it again runs what is left.
    ///
    /// ```
    /// use perilune::native::{self, Return, State};
    /// use std::sync::atomic::{AtomicBool, Ordering};
    ///
    /// static SAVED: AtomicBool = AtomicBool::new(false);
    ///
    /// fn save(_: &mut State) -> native::Result<Return> {
    ///     SAVED.store(true, Ordering::Relaxed);
    ///     Ok(Return::NONE)
    /// }
    ///
    /// let mut state = State::new().unwrap();
    /// state.enter(|state| {
    ///     state.new_table(0, 0)?;
    ///     state.new_table(0, 1)?;
    ///     state.set_field_to(-1, "__gc", save as native::NativeFn)?;
    ///     state.set_metatable(-2)?;
    ///     state.set_global("document")
    /// }).unwrap();
    /// state.close();
    /// assert!(SAVED.load(Ordering::Relaxed));
    /// ```
    pub fn close(&mut self) {
        if self.main.is_null() {
            return;
        }
        self.refresh_native_limit();
        let running = std::mem::replace(&mut self.current, self.main);
        // SAFETY: the main thread is live, and its top covers what is in use, as
        // it runs or waits. The frame is a bottom one: nothing looks below it.
        // The thread that ran is alive in its slot.
        unsafe {
            (*self.main).hooks.active = false;
            // Without room for a frame nothing more can be called.
            let _ = with_frame(self, kind::BASE, |state| {
                state.push_raw(RawValue::pointer(tag::THREAD, running))?;
                state.close_pending_variables()?;
                state.closed = true;
                state.heap.set_finalizing(true);
                state.heap.finalize_all();
                state.in_finalizer = false;
                let result = state.run_finalizers();
                state.in_finalizer = true;
                result
            });
        }
        self.current = running;
    }

    /// Calls `__close` of all pending variables of the main thread. The error of
    /// one is passed to the next.
    unsafe fn close_pending_variables(&mut self) -> Result<()> {
        let th = self.main;
        self.push_raw(RawValue::NIL)?;
        while let Some(slot) = (*th).to_be_closed.pop() {
            let object = *(*th).stack.add(slot as usize);
            let handler = self.metamethod(object, crate::meta::Event::Close);
            let error = self.raw(-1);
            self.push_raw(handler)?;
            self.push_raw(object)?;
            let nargs = self.close_arguments(!error.is_nil());
            if nargs == 2 {
                self.push_raw(error)?;
            }
            if let Err(e) = self.protected_call(nargs, Some(0)) {
                self.pop(1);
                self.push_error(e)?;
            }
        }
        Ok(())
    }
}
