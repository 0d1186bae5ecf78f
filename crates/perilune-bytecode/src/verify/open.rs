//! Follows which registers may be captured or to be closed, along every path.
//!
//! A frame left with an open upvalue leaves an upvalue that reads another
//! frame's registers; one left with a variable to be closed, a list entry that
//! points above the stack. A call below an open variable has its frame where the
//! variable is.

use crate::dump::push;
use crate::verify::{Failure, Rule};
use crate::{Instruction, Op, Prototype};

/// The registers that may be open where control has come to.
#[derive(Clone, Copy, PartialEq, Eq)]
struct State {
    /// A bit for each that may be captured or to be closed.
    open: Registers,
    /// A bit for each that may be to be closed.
    to_be_closed: Registers,
}

/// A set of registers.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Registers([u64; 4]);

impl Registers {
    const NONE: Self = Self([0; 4]);

    fn insert(&mut self, register: u8) {
        self.0[usize::from(register) / 64] |= 1 << (register % 64);
    }

    fn extend(&mut self, other: &Self) {
        for (bits, more) in self.0.iter_mut().zip(other.0) {
            *bits |= more;
        }
    }

    /// The bits of a word from register `a` on.
    fn mask_from(a: u8, word: usize) -> u64 {
        match (usize::from(a) / 64).cmp(&word) {
            std::cmp::Ordering::Less => u64::MAX,
            std::cmp::Ordering::Equal => u64::MAX << (a % 64),
            std::cmp::Ordering::Greater => 0,
        }
    }

    fn remove_from(&mut self, a: u8) {
        for (word, bits) in self.0.iter_mut().enumerate() {
            *bits &= !Self::mask_from(a, word);
        }
    }

    fn has_from(&self, a: u8) -> bool {
        self.0.iter().enumerate().any(|(word, bits)| bits & Self::mask_from(a, word) != 0)
    }
}

impl State {
    const EMPTY: Self = Self { open: Registers::NONE, to_be_closed: Registers::NONE };

    fn close_from(&mut self, a: u8) {
        self.open.remove_from(a);
        self.to_be_closed.remove_from(a);
    }

    fn mark(&mut self, a: u8) -> Result<(), Rule> {
        if self.to_be_closed.has_from(a) {
            return Err(Rule::CloseOrder);
        }
        self.to_be_closed.insert(a);
        self.open.insert(a);
        Ok(())
    }

    /// Takes in what `other` allows. Whether that is news.
    fn join(&mut self, other: &Self) -> bool {
        let before = *self;
        self.open.extend(&other.open);
        self.to_be_closed.extend(&other.to_be_closed);
        *self != before
    }

    /// Executes one instruction. `captures` are the registers that a closure
    /// made by it captures.
    fn step(
        &mut self,
        op: Op,
        i: Instruction,
        captures: impl FnOnce() -> Registers,
    ) -> Result<(), Rule> {
        match op {
            Op::Closure | Op::CachedClosure => self.open.extend(&captures()),
            Op::Tbc => self.mark(i.a())?,
            // The verifier has seen that `A + 3` is a register.
            Op::TForPrep => self.mark(i.a().saturating_add(3))?,
            Op::Close => self.close_from(i.a()),
            Op::Call if self.open.has_from(i.a()) => return Err(Rule::CallOpen),
            Op::TForCall | Op::TForCallFloat if self.open.has_from(i.a().saturating_add(4)) => {
                return Err(Rule::CallOpen);
            }
            Op::TailCall if self.to_be_closed != Registers::NONE => {
                return Err(Rule::TailCallOpen);
            }
            Op::Return | Op::TailCall if i.c() == 1 => {}
            Op::Return | Op::TailCall | Op::Return0 | Op::Return1
                if self.open != Registers::NONE =>
            {
                return Err(Rule::ReturnOpen);
            }
            _ => {}
        }
        Ok(())
    }
}

/// The registers of the enclosing function that `prototype` captures.
fn captured_by(prototype: &Prototype) -> Registers {
    let mut registers = Registers::NONE;
    for upvalue in prototype.upvalues.iter().filter(|upvalue| upvalue.in_stack) {
        registers.insert(upvalue.index);
    }
    registers
}

/// Checks a function whose instructions are valid and whose jumps lead to
/// `targets`, a sorted list.
pub(super) fn check(prototype: &Prototype, targets: &[u32]) -> Result<(), Failure> {
    let marks = |i: &Instruction| matches!(i.op(), Some(Op::Tbc | Op::TForPrep));
    if prototype.prototypes.iter().all(|nested| captured_by(nested) == Registers::NONE)
        && !prototype.code.iter().any(marks)
    {
        return Ok(());
    }
    let mut flow = Flow { prototype, targets, states: Vec::new(), pending: Vec::new() };
    flow.states.try_reserve_exact(targets.len()).map_err(|_| Failure::OutOfMemory)?;
    flow.states.resize(targets.len(), None);
    if !flow.arrive(0, &State::EMPTY)? {
        flow.walk(0, State::EMPTY)?;
    }
    while let Some(n) = flow.pending.pop() {
        let (pc, state) = (flow.targets[n], flow.states[n]);
        flow.walk(pc as usize, state.unwrap_or(State::EMPTY))?;
    }
    Ok(())
}

struct Flow<'a> {
    prototype: &'a Prototype,
    targets: &'a [u32],
    /// For each target, with what control arrives there.
    states: Vec<Option<State>>,
    /// Targets whose state is news to the code behind them.
    pending: Vec<usize>,
}

impl Flow<'_> {
    /// Notes that control comes to `pc`. Whether that is a target.
    fn arrive(&mut self, pc: usize, state: &State) -> Result<bool, Failure> {
        let Ok(n) = self.targets.binary_search(&(pc as u32)) else {
            return Ok(false);
        };
        let news = match &mut self.states[n] {
            Some(known) => known.join(state),
            unknown => {
                *unknown = Some(*state);
                true
            }
        };
        if news {
            push(&mut self.pending, n)?;
        }
        Ok(true)
    }

    /// Executes from `pc` on up to a return or the next target.
    fn walk(&mut self, mut pc: usize, mut state: State) -> Result<(), Failure> {
        while let Some(&i) = self.prototype.code.get(pc) {
            let Some(op) = i.op() else { return Ok(()) };
            let prototypes = &self.prototype.prototypes;
            let captures = || prototypes.get(i.e() as usize).map_or(Registers::NONE, captured_by);
            state.step(op, i, captures).map_err(|rule| Failure::Broken(rule, Some(pc as u32)))?;
            if op.jumps() {
                self.arrive((pc as i64 + 1 + i64::from(i.j())) as usize, &state)?;
            }
            match op {
                Op::Return | Op::Return0 | Op::Return1 | Op::TailCall | Op::Jmp | Op::TForPrep => {
                    return Ok(());
                }
                Op::LoadFalseSkip => pc += 2,
                _ => pc += 1,
            }
            if self.arrive(pc, &state)? {
                return Ok(());
            }
        }
        Ok(())
    }
}
