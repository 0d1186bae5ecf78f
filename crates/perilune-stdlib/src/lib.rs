//! The standard libraries of Lua, one file or folder each, written on the safe
//! API of the virtual machine.
//!
//! Whatever touches the outside goes through the [`host::Host`] of the state.
#![forbid(unsafe_code)]

mod arguments;
pub mod base;
pub mod bit32;
pub mod coroutine;
pub mod debug;
pub mod host;
pub mod io;
pub mod math;
pub mod os;
pub mod package;
mod registration;
pub mod string;
pub mod table;
pub mod utf8;

use perilune_vm::{LUA_5_2, LUA_5_3, Result, State};

use registration::{ALL, Dialects, between, since};

/// What opens a library: pushes its table.
type Open = fn(&mut State) -> Result<()>;

/// The libraries besides the base library: their names, and the dialects that
/// have them.
const LIBRARIES: &[(&str, Open, Dialects)] = &[
    ("package", package::open, ALL),
    ("coroutine", coroutine::open, ALL),
    ("table", table::open, ALL),
    ("io", io::open, ALL),
    ("os", os::open, ALL),
    ("string", string::open, ALL),
    ("bit32", bit32::open, between(&LUA_5_2, &LUA_5_3)),
    ("math", math::open, ALL),
    ("utf8", utf8::open, since(&LUA_5_3)),
    ("debug", debug::open, ALL),
];

/// Opens all standard libraries: each is a global and in `package.loaded`.
///
/// ```
/// use perilune::native::{State, stdlib};
///
/// let mut state = State::new().unwrap();
/// state.enter(|state| {
///     stdlib::open_all(state)?;
///     state.load(b"return #package.loaded.string.rep('ab', 3)", b"=main", b"t")?;
///     state.call(0, Some(1))?;
///     assert_eq!(state.to_integer(-1), Some(6));
///     Ok(())
/// }).unwrap();
/// ```
///
/// # Errors
/// If memory runs out.
pub fn open_all(state: &mut State) -> Result<()> {
    open_base(state)?;
    for &(name, ..) in LIBRARIES {
        open_library(state, name)?;
    }
    Ok(())
}

/// Opens the base library.
///
/// ```
/// use perilune::native::{State, stdlib};
///
/// let mut state = State::new().unwrap();
/// state.enter(|state| {
///     stdlib::open_base(state)?;
///     state.load(b"return tostring(1), string", b"=main", b"t")?;
///     state.call(0, Some(2))?;
///     assert_eq!(state.bytes(-2), Some(&b"1"[..]));
///     assert!(state.is_nil(-1));
///     Ok(())
/// }).unwrap();
/// ```
///
/// # Errors
/// If memory runs out.
pub fn open_base(state: &mut State) -> Result<()> {
    base::open(state)?;
    state.push_registry_table("_LOADED")?;
    state.push_globals()?;
    state.raw_set_field(-2, "_G")?;
    state.pop(1);
    Ok(())
}

/// Opens a library: it is a global and in `package.loaded`. Answers false if the
/// state's dialect has no library of that name.
///
/// ```
/// use perilune::native::{State, stdlib};
///
/// let mut state = State::new().unwrap();
/// state.enter(|state| {
///     stdlib::open_base(state)?;
///     assert!(stdlib::open_library(state, "math")?);
///     assert!(!stdlib::open_library(state, "bit32")?, "Lua 5.4 has no such library");
///     state.load(b"return math.floor(2.7)", b"=main", b"t")?;
///     state.call(0, Some(1))?;
///     assert_eq!(state.to_integer(-1), Some(2));
///     Ok(())
/// }).unwrap();
/// ```
///
/// # Errors
/// If memory runs out.
pub fn open_library(state: &mut State, name: &str) -> Result<bool> {
    let dialect = state.dialect();
    let known = LIBRARIES.iter().find(|(n, _, d)| *n == name && d.contain(dialect));
    let Some(&(name, open, _)) = known else { return Ok(false) };
    state.push_registry_table("_LOADED")?;
    open(state)?;
    state.push_value(-1)?;
    state.raw_set_field(-3, name)?;
    state.set_global(name)?;
    state.pop(1);
    Ok(true)
}
