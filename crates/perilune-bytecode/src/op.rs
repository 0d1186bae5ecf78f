//! The one list of opcodes.
//!
//! Each row is `Name: Format A B C;` with the register equation as its doc
//! comment. The operand kinds tell the verifier, the listing and the debug
//! interface what an operand means:
//!
//! | kind | meaning |
//! |---|---|
//! | `w` | register written |
//! | `r` | register read |
//! | `u` | upvalue |
//! | `k` | constant |
//! | `s` | constant, a string of at most 40 bytes |
//! | `n` | constant, a number |
//! | `p` | prototype |
//! | `i` | signed number |
//! | `x` | unsigned number |
//! | `o` | unused |
//!
//! Notation: `R[x]` register, `K[x]` constant, `U[x]` upvalue, `J` jump
//! relative to the next instruction, `^` raises metamethods as the manual says.
//! `D` not named in an equation is an inline cache (instructions with an `s`
//! operand) or a flag: in the arithmetic instructions with a constant operand,
//! `D = 1` says that the constant was the left operand in the source.

/// How the upper half of an instruction is cut.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// `A B C D`
    ABCD,
    /// `A B E`; the third operand kind is that of `E`.
    ABE,
    /// `A B X J`; the third operand kind is that of `X`.
    ABXJ,
}

/// Calls the macro `$with` with the list of opcodes.
#[macro_export]
macro_rules! for_each_op_table {
    ($with:ident) => {
        $with! {
            /// `R[A] := R[B]`
            Move: ABCD w r o;
            /// `R[A] := (integer) E`
            LoadI: ABE w o i;
            /// `R[A] := (float) E`
            LoadF: ABE w o i;
            /// `R[A] := K[E]`
            LoadK: ABE w o k;
            /// `R[A], …, R[A+B] := nil`; `D = 1`: hooks do not see it
            LoadNil: ABCD w x o;
            /// `R[A] := true`
            LoadTrue: ABCD w o o;
            /// `R[A] := false`
            LoadFalse: ABCD w o o;
            /// `R[A] := false; pc += 1`
            LoadFalseSkip: ABCD w o o;

            /// `R[A] := U[B]`
            GetUpval: ABCD w u o;
            /// `U[B] := R[A]`
            SetUpval: ABCD r u o;
            /// `R[A] := U[B][K[C]]` ^
            GetTabUp: ABCD w u s;
            /// `U[A][K[B]] := R[C]` ^
            SetTabUp: ABCD u s r;
            /// `U[A][K[B]] := K[C]` ^
            SetTabUpK: ABCD u s k;

            /// `R[A] := R[B][R[C]]` ^
            GetTable: ABCD w r r;
            /// as `GetTable`, where all numbers are floats ^
            GetTableFloat: ABCD w r r;
            /// `R[A] := R[B][C]`, `C` an integer ^
            GetIndex: ABCD w r x;
            /// `R[A] := R[B][C]`, `C` a float ^
            GetIndexFloat: ABCD w r x;
            /// `R[A] := R[B][K[C]]` ^
            GetField: ABCD w r s;
            /// `R[A][R[B]] := R[C]` ^
            SetTable: ABCD r r r;
            /// `R[A][R[B]] := K[C]` ^
            SetTableK: ABCD r r k;
            /// as `SetTable`, where all numbers are floats ^
            SetTableFloat: ABCD r r r;
            /// as `SetTableK`, where all numbers are floats ^
            SetTableFloatK: ABCD r r k;
            /// `R[A][B] := R[C]`, `B` an integer ^
            SetIndex: ABCD r x r;
            /// `R[A][B] := K[C]`, `B` an integer ^
            SetIndexK: ABCD r x k;
            /// `R[A][B] := R[C]`, `B` a float ^
            SetIndexFloat: ABCD r x r;
            /// `R[A][B] := K[C]`, `B` a float ^
            SetIndexFloatK: ABCD r x k;
            /// `R[A][K[B]] := R[C]` ^
            SetField: ABCD r s r;
            /// `R[A][K[B]] := K[C]` ^
            SetFieldK: ABCD r s k;
            /// `R[A+1] := R[B]; R[A] := R[B][K[C]]` ^
            Method: ABCD w r s;
            /// `R[A] := {}` with room for `E` array items and, if `B > 0`,
            /// `2^(B-1)` fields
            NewTable: ABE w x x;
            /// `R[A][E+i] := R[A+i], 1 <= i <= B`; `B = 0`: up to the top
            SetList: ABE r x x;

            /// `R[A] := R[B] + sC`; `D = 1`: `sC + R[B]` ^
            AddI: ABCD w r i;
            /// `R[A] := R[B] - sC` ^
            SubI: ABCD w r i;
            /// `R[A] := R[B] >> sC`; `D = 1`: written in the source as `R[B] << -sC` ^
            ShrI: ABCD w r i;
            /// `R[A] := sC << R[B]` ^
            ShlI: ABCD w r i;
            /// `R[A] := R[B] + K[C]` ^
            AddK: ABCD w r n;
            /// `R[A] := R[B] - K[C]` ^
            SubK: ABCD w r n;
            /// `R[A] := R[B] * K[C]` ^
            MulK: ABCD w r n;
            /// `R[A] := R[B] % K[C]` ^
            ModK: ABCD w r n;
            /// `R[A] := R[B] - floor(R[B] / K[C]) * K[C]` ^
            FloorModK: ABCD w r n;
            /// `R[A] := R[B] ^ K[C]` ^
            PowK: ABCD w r n;
            /// `R[A] := R[B] / K[C]` ^
            DivK: ABCD w r n;
            /// `R[A] := R[B] // K[C]` ^
            IDivK: ABCD w r n;
            /// `R[A] := R[B] & K[C]` ^
            BAndK: ABCD w r n;
            /// `R[A] := R[B] | K[C]` ^
            BOrK: ABCD w r n;
            /// `R[A] := R[B] ~ K[C]` ^
            BXorK: ABCD w r n;
            /// `R[A] := R[B] + R[C]` ^
            Add: ABCD w r r;
            /// `R[A] := R[B] - R[C]` ^
            Sub: ABCD w r r;
            /// `R[A] := R[B] * R[C]` ^
            Mul: ABCD w r r;
            /// `R[A] := R[B] % R[C]` ^
            Mod: ABCD w r r;
            /// `R[A] := R[B] - floor(R[B] / R[C]) * R[C]` ^
            FloorMod: ABCD w r r;
            /// `R[A] := R[B] ^ R[C]` ^
            Pow: ABCD w r r;
            /// `R[A] := R[B] / R[C]` ^
            Div: ABCD w r r;
            /// `R[A] := R[B] // R[C]` ^
            IDiv: ABCD w r r;
            /// `R[A] := R[B] & R[C]` ^
            BAnd: ABCD w r r;
            /// `R[A] := R[B] | R[C]` ^
            BOr: ABCD w r r;
            /// `R[A] := R[B] ~ R[C]` ^
            BXor: ABCD w r r;
            /// `R[A] := R[B] << R[C]` ^
            Shl: ABCD w r r;
            /// `R[A] := R[B] >> R[C]` ^
            Shr: ABCD w r r;
            /// `R[A] := -R[B]` ^
            Unm: ABCD w r o;
            /// `R[A] := ~R[B]` ^
            BNot: ABCD w r o;
            /// `R[A] := not R[B]`
            Not: ABCD w r o;
            /// `R[A] := #R[B]` ^
            Len: ABCD w r o;
            /// `R[A] := #R[B]`, a float ^
            LenFloat: ABCD w r o;
            /// `R[A] := #R[B]`, where borders are searched in another way ^
            LenSearched: ABCD w r o;
            /// `R[A] := R[A] .. … .. R[A+B-1]` ^
            Concat: ABCD w x o;

            /// close all upvalues and to-be-closed variables from `R[A]` on
            Close: ABCD r o o;
            /// mark `R[A]` to be closed
            Tbc: ABCD r o o;
            /// `pc += J`
            Jmp: ABXJ o o o;

            /// `if R[A] == R[B] then pc += J` ^
            Eq: ABXJ r r o;
            /// `if not (R[A] == R[B]) then pc += J` ^
            NotEq: ABXJ r r o;
            /// `if R[A] == K[B] then pc += J` (raw)
            EqK: ABXJ r k o;
            /// `if not (R[A] == K[B]) then pc += J` (raw)
            NotEqK: ABXJ r k o;
            /// `if R[A] == sB then pc += J` (raw)
            EqI: ABXJ r i o;
            /// `if not (R[A] == sB) then pc += J` (raw)
            NotEqI: ABXJ r i o;
            /// `if R[A] < R[B] then pc += J` ^
            Lt: ABXJ r r o;
            /// `if not (R[A] < R[B]) then pc += J` ^
            NotLt: ABXJ r r o;
            /// `if R[A] <= R[B] then pc += J` ^
            Le: ABXJ r r o;
            /// `if not (R[A] <= R[B]) then pc += J` ^
            NotLe: ABXJ r r o;
            /// `if R[A] < sB then pc += J`; `X = 1`: `sB` was written as a float ^
            LtI: ABXJ r i x;
            /// `if not (R[A] < sB) then pc += J`; `X` as in `LtI` ^
            NotLtI: ABXJ r i x;
            /// `if R[A] <= sB then pc += J`; `X` as in `LtI` ^
            LeI: ABXJ r i x;
            /// `if not (R[A] <= sB) then pc += J`; `X` as in `LtI` ^
            NotLeI: ABXJ r i x;
            /// `if R[A] > sB then pc += J` (metamethod: `sB < R[A]`); `X` as in `LtI` ^
            GtI: ABXJ r i x;
            /// `if not (R[A] > sB) then pc += J`; `X` as in `LtI` ^
            NotGtI: ABXJ r i x;
            /// `if R[A] >= sB then pc += J` (metamethod: `sB <= R[A]`); `X` as in `LtI` ^
            GeI: ABXJ r i x;
            /// `if not (R[A] >= sB) then pc += J`; `X` as in `LtI` ^
            NotGeI: ABXJ r i x;
            /// `if R[A] is neither nil nor false then pc += J`
            Test: ABXJ r o o;
            /// `if R[A] is nil or false then pc += J`
            TestNot: ABXJ r o o;
            /// `if R[B] is neither nil nor false then R[A] := R[B]; pc += J`
            TestSet: ABXJ w r o;
            /// `if R[B] is nil or false then R[A] := R[B]; pc += J`
            TestSetNot: ABXJ w r o;

            /// `R[A], …, R[A+C-2] := R[A](R[A+1], …, R[A+B-1])`; `B = 0`: arguments
            /// up to the top; `C = 0`: keep all results and set the top
            Call: ABCD r x x;
            /// `return R[A](R[A+1], …, R[A+B-1])`; `B` as in `Call`; `C = 1`: close
            /// upvalues first; `D = 1`: the lost call counts as a level
            TailCall: ABCD r x x;
            /// `return R[A], …, R[A+B-2]`; `B = 0`: up to the top; `C = 1`: close
            /// upvalues and to-be-closed variables first
            Return: ABCD r x x;
            /// `return`
            Return0: ABCD o o o;
            /// `return R[A]`
            Return1: ABCD r o o;

            /// Prepares the loop of `ForLoop` over `R[A]` (initial value), `R[A+1]`
            /// (limit), `R[A+2]` (step); if it does not run, `pc += J` (behind the
            /// loop). An integer loop holds its remaining iterations in `R[A+1]`.
            ForPrep: ABXJ w o o;
            /// `if iterations remain then R[A] += R[A+2]; pc += J` (back to the body)
            ForLoop: ABXJ w o o;
            /// marks `R[A+3]` to be closed; `pc += J` (to the `TForCall`)
            TForPrep: ABXJ r o o;
            /// `R[A+4], …, R[A+3+C] := R[A](R[A+1], R[A+2])`; `TForLoop` with the
            /// same `A` follows
            TForCall: ABCD r o x;
            /// as `TForCall`, where all numbers are floats
            TForCallFloat: ABCD r o x;
            /// `if R[A+4] ~= nil then R[A+2] := R[A+4]; pc += J` (back to the body)
            TForLoop: ABXJ r o o;

            /// `R[A] := closure(P[E])`
            Closure: ABE w o p;
            /// as `Closure`, but the last one made of `P[E]` if its upvalues are
            /// the same
            CachedClosure: ABE w o p;
            /// `R[A], …, R[A+C-2] := ...`; `C = 0`: all, and set the top
            Vararg: ABCD w o x;
            /// `R[A] := {n = the number of extra arguments, ...}`
            VarargTable: ABCD w o o;
            /// `R[A] := {n = the number of extra arguments, ...}[R[C]]`
            VarargGet: ABCD w o r;
            /// `R[A], …, R[A+C-2] := R[B][1], …, R[B][R[B].n]`; `C = 0`: all, and
            /// set the top
            VarargOf: ABCD w r x;
            /// `if R[A] ~= nil then` error: global `K[E]` exists
            CheckNil: ABE r o k;
            /// moves the function and its `A` fixed parameters above the extra
            /// arguments
            VarargPrep: ABCD x o o;
        }
    };
}

macro_rules! define_op {
    ($($(#[$doc:meta])* $name:ident : $format:ident $a:ident $b:ident $c:ident;)*) => {
        /// An opcode. The comment of each is its equation in the notation of
        /// the Lua sources: `R` registers, `K` constants, `U` upvalues.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        #[repr(u8)]
        pub enum Op { $($(#[$doc])* $name,)* }

        impl Op {
            /// Every opcode, in order of its byte.
            pub const ALL: &'static [Op] = &[$(Op::$name,)*];
            /// The number of opcodes.
            pub const COUNT: usize = Self::ALL.len();
            /// Operand kinds and format of each opcode.
            const ROWS: &'static [(&'static str, Format, [char; 3])] = &[$((
                stringify!($name),
                Format::$format,
                [kind(stringify!($a)), kind(stringify!($b)), kind(stringify!($c))],
            ),)*];
        }
    };
}

const fn kind(name: &str) -> char {
    name.as_bytes()[0] as char
}

for_each_op_table!(define_op);

impl Op {
    /// The opcode of a byte.
    #[inline(always)]
    pub fn from_byte(byte: u8) -> Option<Op> {
        Self::ALL.get(byte as usize).copied()
    }
    /// Its name.
    pub fn name(self) -> &'static str {
        Self::ROWS[self as usize].0
    }
    /// How its operands are cut.
    pub fn format(self) -> Format {
        Self::ROWS[self as usize].1
    }
    /// The kinds of operands `A`, `B` and `C` (or `E`, or `X`), as letters of
    /// the table at the top of this file.
    pub fn operands(self) -> [char; 3] {
        Self::ROWS[self as usize].2
    }
    /// Whether it writes register `A` (and, some, registers above).
    pub fn sets_a(self) -> bool {
        self.operands()[0] == 'w'
    }
    /// Whether it begins or repeats a `for` loop.
    pub fn is_loop(self) -> bool {
        matches!(self, Op::ForPrep | Op::ForLoop | Op::TForPrep | Op::TForLoop)
    }
    /// Whether it jumps.
    pub fn jumps(self) -> bool {
        self.format() == Format::ABXJ
    }
}
