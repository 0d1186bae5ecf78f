//! The standard libraries, as a set.

use perilune_vm::{Result, State};
use std::ops::{BitAnd, BitAndAssign, BitOr, BitOrAssign, BitXor, BitXorAssign, Not};

/// A set of standard libraries.
///
/// The base library is always there.
///
/// ```
/// use perilune::{Lua, LuaOptions, StdLib};
///
/// // Everything but what can reach the world outside.
/// let libs = StdLib::ALL_SAFE ^ (StdLib::IO | StdLib::OS | StdLib::PACKAGE);
/// let lua = Lua::new_with(libs, LuaOptions::default())?;
/// assert!(lua.load("return io == nil and os == nil and require == nil").eval::<bool>()?);
/// assert!(lua.load("return string ~= nil").eval::<bool>()?);
/// # Ok::<(), perilune::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StdLib(u32);

impl StdLib {
    /// No library but the base one.
    pub const NONE: StdLib = StdLib(0);
    /// `coroutine`
    pub const COROUTINE: StdLib = StdLib(1);
    /// `table`
    pub const TABLE: StdLib = StdLib(1 << 1);
    /// `io`
    pub const IO: StdLib = StdLib(1 << 2);
    /// `os`
    pub const OS: StdLib = StdLib(1 << 3);
    /// `string`
    pub const STRING: StdLib = StdLib(1 << 4);
    /// `utf8`, from 5.3 on
    pub const UTF8: StdLib = StdLib(1 << 5);
    /// `bit32`, in 5.2 and 5.3
    pub const BIT: StdLib = StdLib(1 << 6);
    /// `math`
    pub const MATH: StdLib = StdLib(1 << 7);
    /// `package`, and `require`
    pub const PACKAGE: StdLib = StdLib(1 << 8);
    /// `debug`
    pub const DEBUG: StdLib = StdLib(1 << 31);
    /// All of them.
    pub const ALL: StdLib = StdLib(u32::MAX);
    /// All but `debug`.
    pub const ALL_SAFE: StdLib = StdLib((1 << 30) - 1);

    /// Whether all libraries of `lib` are in the set.
    ///
    /// ```
    /// # use perilune::StdLib;
    /// let libs = StdLib::MATH | StdLib::TABLE;
    /// assert!(libs.contains(StdLib::MATH));
    /// assert!(!libs.contains(StdLib::MATH | StdLib::IO));
    /// assert!(!StdLib::ALL_SAFE.contains(StdLib::DEBUG));
    /// ```
    pub const fn contains(self, lib: Self) -> bool {
        self.0 & lib.0 == lib.0
    }

    const NAMES: &[(StdLib, &str)] = &[
        (StdLib::PACKAGE, "package"),
        (StdLib::COROUTINE, "coroutine"),
        (StdLib::TABLE, "table"),
        (StdLib::IO, "io"),
        (StdLib::OS, "os"),
        (StdLib::STRING, "string"),
        (StdLib::MATH, "math"),
        (StdLib::UTF8, "utf8"),
        (StdLib::BIT, "bit32"),
        (StdLib::DEBUG, "debug"),
    ];

    /// Opens the libraries of the set that the state's dialect has.
    pub(crate) fn open(self, state: &mut State) -> Result<()> {
        perilune_stdlib::open_base(state)?;
        for &(lib, name) in Self::NAMES {
            if self.contains(lib) {
                perilune_stdlib::open_library(state, name)?;
            }
        }
        Ok(())
    }
}

macro_rules! operators {
    ($($op:ident $f:ident $assign:ident $g:ident $sign:tt;)*) => { $(
        impl $op for StdLib {
            type Output = Self;
            fn $f(self, other: Self) -> Self {
                StdLib(self.0 $sign other.0)
            }
        }
        impl $assign for StdLib {
            fn $g(&mut self, other: Self) {
                *self = StdLib(self.0 $sign other.0);
            }
        }
    )* };
}

operators! {
    BitAnd bitand BitAndAssign bitand_assign &;
    BitOr bitor BitOrAssign bitor_assign |;
    BitXor bitxor BitXorAssign bitxor_assign ^;
}

impl Not for StdLib {
    type Output = Self;
    fn not(self) -> Self {
        StdLib(!self.0)
    }
}
