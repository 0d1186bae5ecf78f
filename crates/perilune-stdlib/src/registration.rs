//! Putting functions into the tables of libraries: each entry says in which
//! dialects it exists.

use perilune_vm::{Dialect, NativeFn, Result, State};

/// The dialects that have something: all from one to another. A dialect is what
/// its version ends with, so that tables of them need no pointers.
#[derive(Clone, Copy)]
pub(crate) struct Dialects {
    first: u8,
    last: u8,
}

/// What the version of a dialect ends with.
const fn rank(dialect: &Dialect) -> u8 {
    match dialect.version.as_bytes() {
        [.., last] => *last,
        [] => 0,
    }
}

impl Dialects {
    /// Whether a dialect is among them.
    pub(crate) fn contain(self, dialect: &Dialect) -> bool {
        (self.first..=self.last).contains(&rank(dialect))
    }
}

/// Every dialect.
pub(crate) const ALL: Dialects = since(&perilune_vm::LUA_5_1);

/// A dialect and all later ones.
pub(crate) const fn since(first: &Dialect) -> Dialects {
    between(first, &perilune_vm::LUA_5_5)
}

/// A dialect and all earlier ones.
pub(crate) const fn until(last: &Dialect) -> Dialects {
    between(&perilune_vm::LUA_5_1, last)
}

/// Two dialects and all between them.
pub(crate) const fn between(first: &Dialect, last: &Dialect) -> Dialects {
    Dialects { first: rank(first), last: rank(last) }
}

/// A function of a library: its name, and the dialects that have it.
pub(crate) type Entry = (&'static str, NativeFn, Dialects);

/// Puts the functions that the state's dialect has into the table on top.
pub(crate) fn set_entries(state: &mut State, entries: &[Entry]) -> Result<()> {
    let dialect = state.dialect();
    for &(name, function, dialects) in entries {
        if dialects.contain(dialect) {
            state.set_field_to(-1, name, function)?;
        }
    }
    Ok(())
}

/// Pushes a table with the functions that the state's dialect has, and room for
/// `more` fields.
pub(crate) fn push_library(state: &mut State, entries: &[Entry], more: usize) -> Result<()> {
    let dialect = state.dialect();
    let count = entries.iter().filter(|(_, _, dialects)| dialects.contain(dialect)).count();
    state.new_table(0, count + more)?;
    set_entries(state, entries)
}

#[cfg(test)]
mod tests {
    use super::*;
    use perilune_vm::{LUA_5_2, LUA_5_3};

    #[test]
    fn ranges() {
        let members = |dialects: Dialects| {
            let all = Dialect::ALL.into_iter().filter(|d| dialects.contain(d));
            all.map(|d| d.version).collect::<Vec<_>>()
        };
        assert_eq!(members(ALL), ["5.1", "5.2", "5.3", "5.4", "5.5"]);
        assert_eq!(members(since(&LUA_5_3)), ["5.3", "5.4", "5.5"]);
        assert_eq!(members(until(&LUA_5_2)), ["5.1", "5.2"]);
        assert_eq!(members(between(&LUA_5_2, &LUA_5_3)), ["5.2", "5.3"]);
    }
}
