//! The constants of a function, each once.

use super::Body;
use super::code::Failure;
use perilune_bytecode::{Constant, Symbol};
use perilune_syntax::tree::Literal;
use perilune_syntax::{Account, OutOfMemory};
use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher, RandomState};

/// The index of a constant in the function whose stamp is one less; never, if 0.
#[derive(Clone, Copy, Default)]
struct Place {
    stamp: u32,
    index: u32,
}

/// Makes hashes that a source cannot foresee, at the cost of a multiplication.
#[derive(Clone)]
struct Seed(u64);

impl Default for Seed {
    fn default() -> Self {
        Self(RandomState::new().hash_one(0))
    }
}

impl BuildHasher for Seed {
    type Hasher = Fold;
    fn build_hasher(&self) -> Fold {
        Fold(self.0)
    }
}

/// Multiplies and folds the halves of the product together.
struct Fold(u64);

impl Hasher for Fold {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.write_u8(byte));
    }
    fn write_u8(&mut self, value: u8) {
        self.0 ^= u64::from(value).rotate_right(8);
    }
    fn write_u64(&mut self, value: u64) {
        let product = u128::from(self.0 ^ value) * 0x9e37_79b9_7f4a_7c15;
        self.0 = product as u64 ^ (product >> 64) as u64;
    }
    fn finish(&self) -> u64 {
        self.0
    }
}

/// The constants of the current function, and where to find them. Strings are
/// found by their symbol; numbers are numbered once for the whole source.
#[derive(Default)]
pub(super) struct Constants {
    pub list: Vec<Constant>,
    /// Tells the entries of this function from those of earlier ones: the number
    /// of functions before.
    stamp: u32,
    strings: Vec<Place>,
    /// By being a float, and bits.
    numbers: HashMap<(bool, u64), u32, Seed>,
    numbers_charged: usize,
    number_places: Vec<Place>,
    /// Of nil, false, true.
    others: [Place; 3],
}

impl Constants {
    /// Forgets the constants of the last function.
    pub(super) fn reset(&mut self) {
        self.list.clear();
        self.stamp += 1;
    }

    fn number(&mut self, key: (bool, u64), account: &Account<'_>) -> Result<usize, OutOfMemory> {
        if let Some(&number) = self.numbers.get(&key) {
            return Ok(number as usize);
        }
        let number = self.number_places.len();
        self.numbers.try_reserve(1).map_err(|_| OutOfMemory)?;
        let size = self.numbers.capacity() * (size_of::<((bool, u64), u32)>() + 1);
        account.charge(size - self.numbers_charged.min(size))?;
        self.numbers_charged = size;
        self.numbers.insert(key, number as u32);
        account.push(&mut self.number_places, Place::default())?;
        Ok(number)
    }

    /// The index of a constant in the current function.
    fn index(
        &mut self,
        literal: Literal,
        merged_zeros: bool,
        account: &Account<'_>,
    ) -> Result<u32, OutOfMemory> {
        let (constant, place) = match literal {
            Literal::Nil => (Constant::Nil, &mut self.others[0]),
            Literal::False => (Constant::Boolean(false), &mut self.others[1]),
            Literal::True => (Constant::Boolean(true), &mut self.others[2]),
            Literal::Integer(value) => {
                let number = self.number((false, value as u64), account)?;
                (Constant::Integer(value), &mut self.number_places[number])
            }
            Literal::Float(value) => {
                let bits = if merged_zeros && value == 0.0 { 0 } else { value.to_bits() };
                let number = self.number((true, bits), account)?;
                (Constant::Float(value), &mut self.number_places[number])
            }
            Literal::String(Symbol(symbol)) => {
                let slot = symbol as usize;
                if slot >= self.strings.len() {
                    let more = (slot + 1).max(2 * self.strings.len()) - self.strings.len();
                    account.grow(&mut self.strings, more)?;
                    self.strings.resize(self.strings.len() + more, Place::default());
                }
                (Constant::String(Symbol(symbol)), &mut self.strings[slot])
            }
        };
        if place.stamp != self.stamp + 1 {
            let index = u32::try_from(self.list.len()).map_err(|_| OutOfMemory)?;
            *place = Place { stamp: self.stamp + 1, index };
            account.push(&mut self.list, constant)?;
        }
        Ok(place.index)
    }
}

impl Body<'_> {
    /// The index of a constant.
    pub(super) fn constant(&mut self, literal: Literal) -> Result<u32, Failure> {
        let account = self.account;
        let merged_zeros = self.dialect.merged_zeros;
        Ok(self.constants.index(literal, merged_zeros, account)?)
    }
}
