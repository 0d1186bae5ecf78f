//! The 64-bit instruction word.
//!
//! ```text
//! bits   0..8   8..16  16..32  32..48  48..64
//! ABCD   op     A      B       C       D
//! AE     op     A      B       E (32 bits, signed or not)
//! ABXJ   op     A      B       X (8) J (24 bits, signed, from bit 40)
//! ```
//!
//! Operands are whole bytes or 16-bit halves, so that a handler reads each with
//! one move. `D` of the instructions that access a table by a constant string
//! is the inline cache: the predicted node of the table. The virtual machine
//! writes it; it is no part of an instruction's meaning.

use crate::op::Op;

/// The value of `D` in a fresh instruction with an inline cache.
pub const NO_CACHE: u16 = 0;

/// The longest jump, in instructions, in either direction.
pub const MAX_JUMP: i32 = (1 << 23) - 1;

/// One instruction.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Instruction(pub u64);

impl Instruction {
    /// An instruction with operands `A`, `B`, `C` and a fresh inline cache.
    #[inline(always)]
    pub const fn abc(op: Op, a: u8, b: u16, c: u16) -> Self {
        Self::abcd(op, a, b, c, NO_CACHE)
    }

    /// An instruction with operands `A`, `B`, `C`, `D`.
    #[inline(always)]
    pub const fn abcd(op: Op, a: u8, b: u16, c: u16, d: u16) -> Self {
        Self(op as u64 | (a as u64) << 8 | (b as u64) << 16 | (c as u64) << 32 | (d as u64) << 48)
    }

    /// An instruction with operands `A`, `B` and the unsigned 32-bit `E`.
    #[inline(always)]
    pub const fn abe(op: Op, a: u8, b: u16, e: u32) -> Self {
        Self(op as u64 | (a as u64) << 8 | (b as u64) << 16 | (e as u64) << 32)
    }

    /// An instruction with operands `A`, `B`, `X` and the jump `J`, counted
    /// from the next instruction. `J` must lie within [`MAX_JUMP`].
    #[inline(always)]
    pub const fn abxj(op: Op, a: u8, b: u16, x: u8, j: i32) -> Self {
        Self(
            op as u64
                | (a as u64) << 8
                | (b as u64) << 16
                | (x as u64) << 32
                | ((j as i64) << 40) as u64,
        )
    }

    /// The opcode, or `None` if the byte names none.
    #[inline(always)]
    pub fn op(self) -> Option<Op> {
        Op::from_byte(self.0 as u8)
    }

    /// The opcode's byte.
    #[inline(always)]
    pub const fn op_byte(self) -> u8 {
        self.0 as u8
    }

    /// Operand `A`.
    #[inline(always)]
    pub const fn a(self) -> u8 {
        (self.0 >> 8) as u8
    }

    /// Operand `B`.
    #[inline(always)]
    pub const fn b(self) -> u16 {
        (self.0 >> 16) as u16
    }

    /// Operand `B`, signed.
    #[inline(always)]
    pub const fn sb(self) -> i16 {
        (self.0 >> 16) as i16
    }

    /// Operand `C`.
    #[inline(always)]
    pub const fn c(self) -> u16 {
        (self.0 >> 32) as u16
    }

    /// Operand `C`, signed.
    #[inline(always)]
    pub const fn sc(self) -> i16 {
        (self.0 >> 32) as i16
    }

    /// Operand `D`, the inline cache.
    #[inline(always)]
    pub const fn d(self) -> u16 {
        (self.0 >> 48) as u16
    }

    /// Operand `E`.
    #[inline(always)]
    pub const fn e(self) -> u32 {
        (self.0 >> 32) as u32
    }

    /// Operand `E`, signed.
    #[inline(always)]
    pub const fn se(self) -> i32 {
        (self.0 >> 32) as i32
    }

    /// Operand `X`.
    #[inline(always)]
    pub const fn x(self) -> u8 {
        (self.0 >> 32) as u8
    }

    /// Operand `J`: the jump, counted from the next instruction.
    #[inline(always)]
    pub const fn j(self) -> i32 {
        ((self.0 as i64) >> 40) as i32
    }

    /// The same instruction with another jump.
    #[inline(always)]
    pub const fn with_j(self, j: i32) -> Self {
        Self((self.0 & 0xff_ffff_ffff) | ((j as i64) << 40) as u64)
    }

    /// The same instruction with another `A`.
    #[inline(always)]
    pub const fn with_a(self, a: u8) -> Self {
        Self((self.0 & !0xff00) | (a as u64) << 8)
    }

    /// The same instruction with another `B`.
    #[inline(always)]
    pub const fn with_b(self, b: u16) -> Self {
        Self((self.0 & !0xffff_0000) | (b as u64) << 16)
    }

    /// The same instruction with another `C`.
    #[inline(always)]
    pub const fn with_c(self, c: u16) -> Self {
        Self((self.0 & !0xffff_0000_0000) | (c as u64) << 32)
    }

    /// The same instruction with another `D`.
    #[inline(always)]
    pub const fn with_d(self, d: u16) -> Self {
        Self((self.0 & 0xffff_ffff_ffff) | (d as u64) << 48)
    }

    /// The same instruction with another `E`.
    #[inline(always)]
    pub const fn with_e(self, e: u32) -> Self {
        Self((self.0 & 0xffff_ffff) | (e as u64) << 32)
    }

    /// The same instruction with another opcode.
    #[inline(always)]
    pub const fn with_op(self, op: Op) -> Self {
        Self((self.0 & !0xff) | op as u64)
    }
}

impl std::fmt::Debug for Instruction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.op() {
            Some(op) => write!(f, "{:?} {} {} {} {}", op, self.a(), self.b(), self.c(), self.d()),
            None => write!(f, "?{:016x}", self.0),
        }
    }
}
