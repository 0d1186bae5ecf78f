//! The hash of strings: a seeded fold of 64 × 64 → 128-bit products over the
//! full length.
//!
//! Each step multiplies two words of input, one of them mixed with all the input
//! before it, and folds the product's halves together. A second multiplication
//! ends it: with one alone, thousands of keys like `x12_y34` collide.

/// Odd constants with evenly spread bits (fractions of the square roots of the
/// first primes).
const K0: u64 = 0x6a09_e667_f3bc_c909;
const K1: u64 = 0xbb67_ae85_84ca_a73b;
const K2: u64 = 0x3c6e_f372_fe94_f82b;

/// A seeded hash function.
#[derive(Clone, Copy)]
pub(super) struct Hasher {
    first: u64,
    second: u64,
}

#[inline(always)]
fn fold(a: u64, b: u64) -> u64 {
    let product = a as u128 * b as u128;
    product as u64 ^ (product >> 64) as u64
}

#[inline(always)]
fn finish(state: u64) -> u32 {
    let h = fold(state, K2);
    (h ^ h >> 32) as u32
}

#[inline(always)]
fn word(bytes: &[u8], at: usize) -> u64 {
    match bytes.get(at..at + 8) {
        Some(b) => u64::from_le_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]]),
        None => 0,
    }
}

#[inline(always)]
fn half(bytes: &[u8], at: usize) -> u64 {
    match bytes.get(at..at + 4) {
        Some(b) => u32::from_le_bytes([b[0], b[1], b[2], b[3]]) as u64,
        None => 0,
    }
}

impl Hasher {
    pub fn new(seed: u64) -> Hasher {
        let first = fold(seed ^ K0, K1) ^ seed;
        Hasher { first, second: fold(first ^ K2, K0) ^ seed.rotate_left(32) }
    }

    /// The hash of `bytes`.
    #[inline]
    pub fn hash(self, bytes: &[u8]) -> u32 {
        let len = bytes.len();
        let mut state = self.first ^ len as u64;
        let (a, b) = if len > 16 {
            let mut at = 0;
            if len > 128 {
                (state, at) = self.lanes(bytes, state);
            } else if len <= 32 {
                // The product of the last words does not wait for this one.
                let front = fold(word(bytes, 0) ^ self.first, word(bytes, 8) ^ K1);
                let (a, b) = (word(bytes, len - 16), word(bytes, len - 8));
                let folded = fold(a ^ self.second, b ^ state) ^ front.rotate_left(23);
                return finish(folded ^ self.first);
            }
            while at + 16 < len {
                state = fold(word(bytes, at) ^ self.second, word(bytes, at + 8) ^ state);
                at += 16;
            }
            (word(bytes, len - 16), word(bytes, len - 8))
        } else if len >= 8 {
            (word(bytes, 0), word(bytes, len - 8))
        } else if len >= 4 {
            (half(bytes, 0), half(bytes, len - 4))
        } else if len > 0 {
            (bytes[0] as u64 | (bytes[len / 2] as u64) << 8, bytes[len - 1] as u64)
        } else {
            (0, 0)
        };
        let folded = fold(a ^ self.second, b ^ state);
        finish(folded ^ self.first)
    }

    /// Hashes all whole 64-byte pieces but the last 16 bytes in four lanes;
    /// answers the state and the place reached.
    fn lanes(self, bytes: &[u8], state: u64) -> (u64, usize) {
        let mut lanes = [state, state ^ K0, state ^ K1, state ^ K2];
        let mut at = 0;
        while at + 64 < bytes.len() {
            for (i, lane) in lanes.iter_mut().enumerate() {
                let (a, b) = (word(bytes, at + 16 * i), word(bytes, at + 16 * i + 8));
                *lane = fold(a ^ self.second, b ^ *lane);
            }
            at += 64;
        }
        let [a, b, c, d] = lanes;
        (fold(a ^ self.second, b) ^ fold(c ^ self.first, d), at)
    }
}
