//! When hooks are called.

use perilune_vm::HookMask;

/// The events that a hook is called for.
///
/// ```
/// use perilune::HookTriggers;
/// let triggers = HookTriggers::EVERY_LINE | HookTriggers::new().every_nth_instruction(100);
/// assert!(triggers.every_line && !triggers.on_calls);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HookTriggers {
    /// A function is called.
    pub on_calls: bool,
    /// A function returns.
    pub on_returns: bool,
    /// A new line begins, or the same one again after a jump backwards.
    pub every_line: bool,
    /// So many instructions have run. The number counts instructions of this
    /// machine, which are fewer than those of Lua in C for the same code.
    pub every_nth_instruction: Option<u32>,
}

impl HookTriggers {
    /// Only `on_calls`.
    pub const ON_CALLS: Self = HookTriggers::new().on_calls();
    /// Only `on_returns`.
    pub const ON_RETURNS: Self = HookTriggers::new().on_returns();
    /// Only `every_line`.
    pub const EVERY_LINE: Self = HookTriggers::new().every_line();

    /// No event.
    ///
    /// ```
    /// # use perilune::HookTriggers;
    /// assert_eq!(HookTriggers::new(), HookTriggers::default());
    /// assert!(!HookTriggers::new().on_calls);
    /// ```
    pub const fn new() -> Self {
        HookTriggers {
            on_calls: false,
            on_returns: false,
            every_line: false,
            every_nth_instruction: None,
        }
    }

    /// Sets [`on_calls`](#structfield.on_calls).
    ///
    /// ```
    /// # use perilune::HookTriggers;
    /// let triggers = HookTriggers::new().on_calls().on_returns();
    /// assert_eq!(triggers, HookTriggers::ON_CALLS | HookTriggers::ON_RETURNS);
    /// ```
    #[must_use]
    pub const fn on_calls(mut self) -> Self {
        self.on_calls = true;
        self
    }

    /// Sets [`on_returns`](#structfield.on_returns).
    ///
    /// ```
    /// # use perilune::HookTriggers;
    /// assert!(HookTriggers::new().on_returns().on_returns);
    /// ```
    #[must_use]
    pub const fn on_returns(mut self) -> Self {
        self.on_returns = true;
        self
    }

    /// Sets [`every_line`](#structfield.every_line).
    ///
    /// ```
    /// # use perilune::HookTriggers;
    /// assert_eq!(HookTriggers::new().every_line(), HookTriggers::EVERY_LINE);
    /// ```
    #[must_use]
    pub const fn every_line(mut self) -> Self {
        self.every_line = true;
        self
    }

    /// Sets [`every_nth_instruction`](#structfield.every_nth_instruction).
    ///
    /// ```
    /// # use perilune::HookTriggers;
    /// let triggers = HookTriggers::new().every_nth_instruction(1000);
    /// assert_eq!(triggers.every_nth_instruction, Some(1000));
    /// ```
    #[must_use]
    pub const fn every_nth_instruction(mut self, n: u32) -> Self {
        self.every_nth_instruction = Some(n);
        self
    }

    pub(super) fn mask(self) -> HookMask {
        HookMask {
            call: self.on_calls,
            ret: self.on_returns,
            line: self.every_line,
            count: self.every_nth_instruction.unwrap_or(0),
        }
    }
}

impl std::ops::BitOr for HookTriggers {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        HookTriggers {
            on_calls: self.on_calls || other.on_calls,
            on_returns: self.on_returns || other.on_returns,
            every_line: self.every_line || other.every_line,
            every_nth_instruction: self.every_nth_instruction.or(other.every_nth_instruction),
        }
    }
}

impl std::ops::BitOrAssign for HookTriggers {
    fn bitor_assign(&mut self, other: Self) {
        *self = *self | other;
    }
}
