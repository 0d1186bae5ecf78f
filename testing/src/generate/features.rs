//! What the generated programs of each dialect may use.

use crate::oracle::Dialect;

/// What there is in a dialect.
#[derive(Debug, Clone, Copy)]
pub struct Features {
    /// `goto`, `__pairs`, `table.pack`, `rawlen`, `\x41`, `load` of strings.
    pub from_5_2: bool,
    /// Integers, `//`, bitwise operators, `utf8`, `string.pack`, `table.move`.
    pub from_5_3: bool,
    /// `<const>`, `<close>`, `coroutine.close`.
    pub from_5_4: bool,
    /// `global`, `table.create`.
    pub from_5_5: bool,
    /// Functions of 5.1 that went later.
    pub only_5_1: bool,
    /// `bit32`.
    pub bit32: bool,
}

/// What a dialect has.
pub fn of(dialect: &Dialect) -> Features {
    let rank = crate::oracle::DIALECTS.iter().take_while(|d| *d != dialect).count();
    Features {
        from_5_2: rank >= 1,
        from_5_3: rank >= 2,
        from_5_4: rank >= 3,
        from_5_5: rank >= 4,
        only_5_1: rank == 0,
        bit32: rank == 1 || rank == 2,
    }
}
