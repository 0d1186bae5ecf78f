//! Warnings.

use super::{Extra, Lua};
use crate::error::Result;
use crate::types::MaybeSend;
use perilune_vm::State;
use std::panic::{AssertUnwindSafe, catch_unwind};

impl Lua {
    /// Sets what receives warnings: those of `warn`, of
    /// [`warning`](Self::warning), and errors that nothing can catch. A message may
    /// come in pieces; the flag says that it is to be continued.
    ///
    /// Errors that it returns are ignored, and so are panics. It is not called for
    /// warnings that it causes itself.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// lua.set_warning_function(|lua, message, _| lua.globals().set("last", message));
    /// lua.load("warn('mind the step')").exec()?;
    /// assert_eq!(lua.globals().get::<String>("last")?, "mind the step");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn set_warning_function<F>(&self, callback: F)
    where
        F: Fn(&Lua, &str, bool) -> Result<()> + MaybeSend + 'static,
    {
        let _ = self.with(|state, _| {
            state.set_warning_function(Some(Box::new(move |state, message, to_be_continued| {
                warn(state, &callback, message, to_be_continued);
            })));
            Ok(())
        });
    }

    /// [`set_warning_function`](Self::set_warning_function) with a function that does
    /// not bind the state to this thread: see [`SendLua`](crate::SendLua).
    ///
    /// ```
    /// # use perilune::SendLua;
    /// use std::sync::{Arc, Mutex};
    ///
    /// let log = Arc::new(Mutex::new(Vec::new()));
    /// let to_log = log.clone();
    /// let mut lua = SendLua::new();
    /// lua.enter(|lua| {
    ///     lua.set_send_warning_function(move |_, message, _| {
    ///         to_log.lock().unwrap().push(message.to_owned());
    ///         Ok(())
    ///     });
    ///     lua.load("warn('low on fuel')").exec()
    /// })?;
    /// assert_eq!(*log.lock().unwrap(), ["low on fuel"]);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn set_send_warning_function<F>(&self, callback: F)
    where
        F: Fn(&Lua, &str, bool) -> Result<()> + Send + 'static,
    {
        let _ = self.with(|state, _| {
            state.set_send_warning_function(Box::new(move |state, message, to_be_continued| {
                warn(state, &callback, message, to_be_continued);
            }));
            Ok(())
        });
    }

    /// Lets warnings go nowhere.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// lua.set_warning_function(|lua, message, _| lua.globals().set("last", message));
    /// lua.remove_warning_function();
    /// lua.warning("unheard", false);
    /// assert!(lua.globals().get::<Option<String>>("last")?.is_none());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn remove_warning_function(&self) {
        let _ = self.with(|state, _| {
            state.set_warning_function(None);
            Ok(())
        });
    }

    /// Emits a warning, or a piece of one that is to be continued. It ends before
    /// a zero byte.
    ///
    /// ```
    /// # use perilune::Lua;
    /// let lua = Lua::new();
    /// lua.set_warning_function(|lua, message, continued| {
    ///     let text: Option<String> = lua.globals().get("text")?;
    ///     let end = if continued { "" } else { "." };
    ///     lua.globals().set("text", text.unwrap_or_default() + message + end)
    /// });
    /// lua.warning("disk is ", true);
    /// lua.warning("full", false);
    /// assert_eq!(lua.globals().get::<String>("text")?, "disk is full.");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn warning(&self, msg: impl AsRef<str>, incomplete: bool) {
        let text = msg.as_ref().split('\0').next().unwrap_or_default();
        let _ = self.with(|state, _| {
            state.warning(text.as_bytes(), incomplete);
            Ok(())
        });
    }
}

/// Calls the function that receives warnings.
fn warn(
    state: &mut State,
    callback: &impl Fn(&Lua, &str, bool) -> Result<()>,
    message: &[u8],
    to_be_continued: bool,
) {
    let message = String::from_utf8_lossy(message);
    state.with_extension(|state, extra: &Extra| {
        let lua = &extra.lua;
        lua.0.lend(state, || {
            let call = || callback(lua, &message, to_be_continued);
            let _ = catch_unwind(AssertUnwindSafe(call));
        });
    });
}
