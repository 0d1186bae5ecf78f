//! The standard libraries of Lua, one file or folder each, written on the safe
//! API of the virtual machine.
//!
//! Whatever touches the outside goes through the [`host::Host`] of the state.
#![forbid(unsafe_code)]

pub mod base;
pub mod coroutine;
pub mod debug;
pub mod host;
pub mod io;
pub mod math;
pub mod os;
pub mod package;
pub mod string;
pub mod table;
pub mod utf8;

use perilune_vm::{Result, State};

/// What opens a library: pushes its table.
type Open = fn(&mut State) -> Result<()>;

/// The libraries besides the base library, with their names.
const LIBRARIES: &[(&str, Open)] = &[
    ("package", package::open),
    ("coroutine", coroutine::open),
    ("table", table::open),
    ("io", io::open),
    ("os", os::open),
    ("string", string::open),
    ("math", math::open),
    ("utf8", utf8::open),
    ("debug", debug::open),
];

/// Opens all standard libraries: each is a global and in `package.loaded`.
///
/// # Errors
/// If memory runs out.
pub fn open_all(state: &mut State) -> Result<()> {
    base::open(state)?;
    state.push_registry_table("_LOADED")?;
    state.push_globals()?;
    state.raw_set_field(-2, "_G")?;
    for &(name, open) in LIBRARIES {
        open(state)?;
        state.push_value(-1)?;
        state.raw_set_field(-3, name)?;
        state.set_global(name)?;
    }
    state.pop(1);
    Ok(())
}
