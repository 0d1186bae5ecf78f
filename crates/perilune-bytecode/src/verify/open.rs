//! Follows which registers may be captured or to be closed, along every path.
//!
//! A frame left with an open upvalue leaves an upvalue that reads another
//! frame's registers; one left with a variable to be closed, a list entry that
//! points above the stack.

use crate::dump::push;
use crate::verify::{Failure, Rule};
use crate::{Instruction, Op, Prototype};

/// The registers that may be open where control has come to.
#[derive(Clone, Copy, PartialEq, Eq)]
struct State {
    /// The lowest that may be captured or to be closed; [`NONE`] if none.
    lowest_open: u16,
    /// A bit for each that may be to be closed.
    to_be_closed: [u64; 4],
}

const NONE: u16 = u16::MAX;

impl State {
    const EMPTY: Self = Self {
        lowest_open: NONE,
        to_be_closed: [0; 4],
    };

    /// The lowest 64-bit word's bits from register `a` on, by word.
    fn mask_from(a: u8, word: usize) -> u64 {
        match (usize::from(a) / 64).cmp(&word) {
            std::cmp::Ordering::Less => u64::MAX,
            std::cmp::Ordering::Equal => u64::MAX << (a % 64),
            std::cmp::Ordering::Greater => 0,
        }
    }

    fn close_from(&mut self, a: u8) {
        if self.lowest_open >= a.into() {
            self.lowest_open = NONE;
        }
        for (word, bits) in self.to_be_closed.iter_mut().enumerate() {
            *bits &= !Self::mask_from(a, word);
        }
    }

    fn capture(&mut self, register: u16) {
        self.lowest_open = self.lowest_open.min(register);
    }

    fn mark(&mut self, a: u8) -> Result<(), Rule> {
        for (word, bits) in self.to_be_closed.iter().enumerate() {
            if bits & Self::mask_from(a, word) != 0 {
                return Err(Rule::CloseOrder);
            }
        }
        self.to_be_closed[usize::from(a) / 64] |= 1 << (a % 64);
        self.capture(a.into());
        Ok(())
    }

    /// Takes in what `other` allows. Whether that is news.
    fn join(&mut self, other: &Self) -> bool {
        let before = *self;
        self.capture(other.lowest_open);
        for (bits, more) in self.to_be_closed.iter_mut().zip(other.to_be_closed) {
            *bits |= more;
        }
        *self != before
    }

    /// Executes one instruction. `captures` is the lowest register that a
    /// closure made by it captures.
    fn step(&mut self, op: Op, i: Instruction, captures: impl FnOnce() -> u16) -> Result<(), Rule> {
        match op {
            Op::Closure => self.capture(captures()),
            Op::Tbc => self.mark(i.a())?,
            // The verifier has seen that `A + 3` is a register.
            Op::TForPrep => self.mark(i.a().saturating_add(3))?,
            Op::Close => self.close_from(i.a()),
            Op::TailCall if self.to_be_closed != [0; 4] => return Err(Rule::TailCallOpen),
            Op::Return | Op::TailCall if i.c() == 1 => {}
            Op::Return | Op::TailCall | Op::Return0 | Op::Return1 if self.lowest_open != NONE => {
                return Err(Rule::ReturnOpen);
            }
            _ => {}
        }
        Ok(())
    }
}

/// The lowest register of the enclosing function that `prototype` captures.
fn lowest_capture(prototype: &Prototype) -> u16 {
    let registers = prototype.upvalues.iter().filter(|upvalue| upvalue.in_stack);
    registers
        .map(|upvalue| upvalue.index.into())
        .min()
        .unwrap_or(NONE)
}

/// Checks a function whose instructions are valid and whose jumps lead to
/// `targets`, a sorted list.
pub(super) fn check(prototype: &Prototype, targets: &[u32]) -> Result<(), Failure> {
    let marks = |i: &Instruction| matches!(i.op(), Some(Op::Tbc | Op::TForPrep));
    if prototype
        .prototypes
        .iter()
        .all(|nested| lowest_capture(nested) == NONE)
        && !prototype.code.iter().any(marks)
    {
        return Ok(());
    }
    let mut flow = Flow {
        prototype,
        targets,
        states: Vec::new(),
        pending: Vec::new(),
    };
    flow.states
        .try_reserve_exact(targets.len())
        .map_err(|_| Failure::OutOfMemory)?;
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
            let captures = || prototypes.get(i.e() as usize).map_or(NONE, lowest_capture);
            state
                .step(op, i, captures)
                .map_err(|rule| Failure::Broken(rule, Some(pc as u32)))?;
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
