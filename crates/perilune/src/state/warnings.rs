//! Warnings.

use super::Lua;
use crate::error::Result;
use crate::types::MaybeSend;
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
        let lua = self.weak_handle();
        let _ = self.with(|state, _| {
            state.set_warning_function(Some(Box::new(move |state, message, to_be_continued| {
                let message = String::from_utf8_lossy(message);
                lua.0.lend(state, || {
                    let call = || callback(&lua, &message, to_be_continued);
                    let _ = catch_unwind(AssertUnwindSafe(call));
                });
            })));
            Ok(())
        });
    }

    /// Lets warnings go nowhere.
    pub fn remove_warning_function(&self) {
        let _ = self.with(|state, _| {
            state.set_warning_function(None);
            Ok(())
        });
    }

    /// Emits a warning, or a piece of one that is to be continued. It ends before
    /// a zero byte.
    pub fn warning(&self, msg: impl AsRef<str>, incomplete: bool) {
        let text = msg.as_ref().split('\0').next().unwrap_or_default();
        let _ = self.with(|state, _| {
            state.warning(text.as_bytes(), incomplete);
            Ok(())
        });
    }
}
