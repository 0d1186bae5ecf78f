//! The interpreter loop.
//!
//! Each opcode has one handler, a function that is inlined into the loop; the
//! families have a file each. A handler answers with a [`Flow`]: `Next` for the
//! common case. Slow paths lie out of line. What a slow path may do to the
//! stack (grow it, enter another frame, switch the thread) reaches the loop's
//! registers through `Flow::Refresh`.

mod arith;
mod arith_slow;
mod calls;
mod compare;
mod control;
mod loops;
mod moves;
mod tables;
mod tables_slow;

use crate::call::Flow;
use crate::frame::prototype_at;
use crate::object::{LuaClosure, Thread, Upvalue};
use crate::state::State;
use crate::value::RawValue;
use perilune_bytecode::{Instruction, Op};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The registers of the interpreter.
pub(crate) struct Registers {
    /// First register of the running function.
    base: *mut RawValue,
    /// The next instruction.
    pc: *const Instruction,
    /// The constants.
    k: *const RawValue,
    state: *mut State,
    thread: *mut Thread,
    interrupt: *const AtomicUsize,
}

/// The running instruction, in its place: each operand is read from memory by
/// itself, which is cheaper than taking a loaded word apart.
#[derive(Clone, Copy)]
struct At(*const Instruction);

impl At {
    /// # Safety
    /// As for all of these: the instruction lies in a live prototype.
    #[inline(always)]
    unsafe fn word(self) -> Instruction {
        *self.0
    }
    #[inline(always)]
    unsafe fn half<T: Copy>(self, offset: usize) -> T {
        (self.0 as *const u8).add(offset).cast::<T>().read()
    }
    #[inline(always)]
    unsafe fn op_byte(self) -> u8 {
        if cfg!(target_endian = "little") { self.half(0) } else { self.word().op_byte() }
    }
    #[inline(always)]
    unsafe fn a(self) -> u8 {
        if cfg!(target_endian = "little") { self.half(1) } else { self.word().a() }
    }
    #[inline(always)]
    unsafe fn b(self) -> u16 {
        if cfg!(target_endian = "little") { self.half(2) } else { self.word().b() }
    }
    #[inline(always)]
    unsafe fn sb(self) -> i16 {
        self.b() as i16
    }
    #[inline(always)]
    unsafe fn c(self) -> u16 {
        if cfg!(target_endian = "little") { self.half(4) } else { self.word().c() }
    }
    #[inline(always)]
    unsafe fn sc(self) -> i16 {
        self.c() as i16
    }
    #[inline(always)]
    unsafe fn d(self) -> u16 {
        if cfg!(target_endian = "little") { self.half(6) } else { self.word().d() }
    }
    #[inline(always)]
    unsafe fn e(self) -> u32 {
        if cfg!(target_endian = "little") { self.half(4) } else { self.word().e() }
    }
    #[inline(always)]
    unsafe fn se(self) -> i32 {
        self.e() as i32
    }
    #[inline(always)]
    unsafe fn j(self) -> i32 {
        if cfg!(target_endian = "little") {
            self.half::<i32>(4) >> 8
        } else {
            self.word().j()
        }
    }
}

impl Registers {
    /// Register `n`.
    #[inline(always)]
    unsafe fn r(&self, n: u8) -> *mut RawValue {
        self.base.add(n as usize)
    }
    /// Register `n` of a 16-bit operand.
    #[inline(always)]
    unsafe fn rw(&self, n: u16) -> *mut RawValue {
        self.base.add(n as usize)
    }
    /// Constant `n`.
    #[inline(always)]
    unsafe fn k(&self, n: u16) -> RawValue {
        *self.k.add(n as usize)
    }
    #[inline(always)]
    unsafe fn jump(&mut self, i: At) {
        self.pc = self.pc.offset(i.j() as isize);
    }
    #[inline(always)]
    unsafe fn closure(&self) -> *mut LuaClosure {
        (*self.base.sub(1)).as_lua_closure()
    }
    #[inline(always)]
    unsafe fn upvalue(&self, n: u8) -> *mut Upvalue {
        *LuaClosure::upvalues(self.closure()).add(n as usize)
    }
    /// Makes pc visible outside the loop: before anything that may raise,
    /// call, collect or yield.
    #[inline(always)]
    unsafe fn save(&self) {
        (*self.thread).pc = self.pc;
    }
    /// Makes pc and the frame's extent visible: before what may collect.
    #[inline(always)]
    unsafe fn save_all(&self) {
        (*self.thread).pc = self.pc;
        (*self.thread).top = self.base.add((*prototype_at(self.base)).max_stack_size as usize);
    }
    #[inline(always)]
    unsafe fn state(&self) -> &'static mut State {
        &mut *self.state
    }
    /// Takes up the current frame of the current thread.
    #[inline(always)]
    unsafe fn refresh(&mut self) {
        self.thread = (*self.state).current;
        self.base = (*self.thread).base;
        self.pc = (*self.thread).pc;
        self.k = (*prototype_at(self.base)).constants;
    }
    /// The check of backward jumps and function entries.
    #[inline(always)]
    unsafe fn interrupted(&self) -> bool {
        (*self.interrupt).load(Ordering::Relaxed) != 0
    }
    /// Takes a step outside the loop.
    #[inline(always)]
    unsafe fn drive(&self, step: crate::call::Step) -> Flow {
        crate::call::drive(self.state(), step)
    }
}

/// What an interrupt asks for.
#[cold]
#[inline(never)]
unsafe fn service_interrupt(state: &mut State) -> Flow {
    let bits = state.interrupt.swap(0, Ordering::Relaxed);
    if bits & crate::state::interrupt::STOP != 0 {
        return state.interrupted().into();
    }
    Flow::Refresh
}

/// Runs the current Lua frame, and the frames it enters, until the entry frame
/// returns or an error is on its way.
///
/// # Safety
/// The current thread's current frame is a Lua function's, ready to run.
pub(crate) unsafe fn execute(state: *mut State) -> Flow {
    loop {
        let hooked = (*(*state).current).hooks.active;
        let flow = if hooked { run::<true>(state) } else { run::<false>(state) };
        if flow != Flow::Next {
            return flow;
        }
    }
}

/// The loop; answers `Next` if the other instrumentation is wanted.
#[inline(never)]
unsafe fn run<const HOOKED: bool>(state: *mut State) -> Flow {
    let mut vm = Registers {
        base: std::ptr::null_mut(),
        pc: std::ptr::null(),
        k: std::ptr::null(),
        state,
        thread: std::ptr::null_mut(),
        interrupt: std::sync::Arc::as_ptr(&(*state).interrupt),
    };
    vm.refresh();
    loop {
        if HOOKED {
            match hooked_instruction(state, vm.base, vm.pc) {
                Ok(()) => vm.base = (*vm.thread).base,
                Err(e) => return e.into(),
            }
        }
        let i = At(vm.pc);
        vm.pc = vm.pc.add(1);
        macro_rules! op {
            ($handler:expr) => {
                match $handler {
                    Flow::Next => continue,
                    flow => flow,
                }
            };
        }
        // SAFETY: prototypes are compiled here or verified when loaded.
        let op = std::mem::transmute::<u8, Op>(i.op_byte());
        let flow = match op {
            Op::Move => op!(moves::move_(&mut vm, i)),
            Op::LoadI => op!(moves::load_i(&mut vm, i)),
            Op::LoadF => op!(moves::load_f(&mut vm, i)),
            Op::LoadK => op!(moves::load_k(&mut vm, i)),
            Op::LoadNil => op!(moves::load_nil(&mut vm, i)),
            Op::LoadTrue => op!(moves::load_true(&mut vm, i)),
            Op::LoadFalse => op!(moves::load_false(&mut vm, i)),
            Op::LoadFalseSkip => op!(moves::load_false_skip(&mut vm, i)),
            Op::GetUpval => op!(moves::get_upval(&mut vm, i)),
            Op::SetUpval => op!(moves::set_upval(&mut vm, i)),
            Op::GetTabUp => op!(tables::get_tab_up(&mut vm, i)),
            Op::SetTabUp => op!(tables::set_tab_up(&mut vm, i)),
            Op::SetTabUpK => op!(tables::set_tab_up_k(&mut vm, i)),
            Op::GetTable => op!(tables::get_table(&mut vm, i)),
            Op::GetIndex => op!(tables::get_index(&mut vm, i)),
            Op::GetField => op!(tables::get_field(&mut vm, i)),
            Op::SetTable => op!(tables::set_table(&mut vm, i)),
            Op::SetTableK => op!(tables::set_table_k(&mut vm, i)),
            Op::SetIndex => op!(tables::set_index(&mut vm, i)),
            Op::SetIndexK => op!(tables::set_index_k(&mut vm, i)),
            Op::SetField => op!(tables::set_field(&mut vm, i)),
            Op::SetFieldK => op!(tables::set_field_k(&mut vm, i)),
            Op::Method => op!(tables::method(&mut vm, i)),
            Op::NewTable => op!(tables::new_table(&mut vm, i)),
            Op::SetList => op!(tables::set_list(&mut vm, i)),
            Op::AddI => op!(arith::add_i(&mut vm, i)),
            Op::SubI => op!(arith::sub_i(&mut vm, i)),
            Op::ShrI => op!(arith::shr_i(&mut vm, i)),
            Op::ShlI => op!(arith::shl_i(&mut vm, i)),
            Op::AddK => op!(arith::add_k(&mut vm, i)),
            Op::SubK => op!(arith::sub_k(&mut vm, i)),
            Op::MulK => op!(arith::mul_k(&mut vm, i)),
            Op::ModK => op!(arith::mod_k(&mut vm, i)),
            Op::PowK => op!(arith::pow_k(&mut vm, i)),
            Op::DivK => op!(arith::div_k(&mut vm, i)),
            Op::IDivK => op!(arith::idiv_k(&mut vm, i)),
            Op::BAndK => op!(arith::band_k(&mut vm, i)),
            Op::BOrK => op!(arith::bor_k(&mut vm, i)),
            Op::BXorK => op!(arith::bxor_k(&mut vm, i)),
            Op::Add => op!(arith::add(&mut vm, i)),
            Op::Sub => op!(arith::sub(&mut vm, i)),
            Op::Mul => op!(arith::mul(&mut vm, i)),
            Op::Mod => op!(arith::mod_(&mut vm, i)),
            Op::Pow => op!(arith::pow(&mut vm, i)),
            Op::Div => op!(arith::div(&mut vm, i)),
            Op::IDiv => op!(arith::idiv(&mut vm, i)),
            Op::BAnd => op!(arith::band(&mut vm, i)),
            Op::BOr => op!(arith::bor(&mut vm, i)),
            Op::BXor => op!(arith::bxor(&mut vm, i)),
            Op::Shl => op!(arith::shl(&mut vm, i)),
            Op::Shr => op!(arith::shr(&mut vm, i)),
            Op::Unm => op!(arith::unm(&mut vm, i)),
            Op::BNot => op!(arith::bnot(&mut vm, i)),
            Op::Not => op!(arith::not(&mut vm, i)),
            Op::Len => op!(arith::len(&mut vm, i)),
            Op::Concat => op!(arith::concat(&mut vm, i)),
            Op::Close => op!(control::close(&mut vm, i)),
            Op::Tbc => op!(control::tbc(&mut vm, i)),
            Op::Jmp => op!(control::jmp(&mut vm, i)),
            Op::Eq => op!(compare::eq(&mut vm, i)),
            Op::NotEq => op!(compare::not_eq(&mut vm, i)),
            Op::EqK => op!(compare::eq_k(&mut vm, i)),
            Op::NotEqK => op!(compare::not_eq_k(&mut vm, i)),
            Op::EqI => op!(compare::eq_i(&mut vm, i)),
            Op::NotEqI => op!(compare::not_eq_i(&mut vm, i)),
            Op::Lt => op!(compare::lt(&mut vm, i)),
            Op::NotLt => op!(compare::not_lt(&mut vm, i)),
            Op::Le => op!(compare::le(&mut vm, i)),
            Op::NotLe => op!(compare::not_le(&mut vm, i)),
            Op::LtI => op!(compare::lt_i(&mut vm, i)),
            Op::NotLtI => op!(compare::not_lt_i(&mut vm, i)),
            Op::LeI => op!(compare::le_i(&mut vm, i)),
            Op::NotLeI => op!(compare::not_le_i(&mut vm, i)),
            Op::GtI => op!(compare::gt_i(&mut vm, i)),
            Op::NotGtI => op!(compare::not_gt_i(&mut vm, i)),
            Op::GeI => op!(compare::ge_i(&mut vm, i)),
            Op::NotGeI => op!(compare::not_ge_i(&mut vm, i)),
            Op::Test => op!(compare::test(&mut vm, i)),
            Op::TestNot => op!(compare::test_not(&mut vm, i)),
            Op::TestSet => op!(compare::test_set(&mut vm, i)),
            Op::TestSetNot => op!(compare::test_set_not(&mut vm, i)),
            Op::Call => op!(calls::call::<HOOKED>(&mut vm, i)),
            Op::TailCall => op!(calls::tail_call(&mut vm, i)),
            Op::Return => op!(calls::return_(&mut vm, i)),
            Op::Return0 => op!(calls::return0::<HOOKED>(&mut vm, i)),
            Op::Return1 => op!(calls::return1::<HOOKED>(&mut vm, i)),
            Op::ForPrep => op!(loops::for_prep(&mut vm, i)),
            Op::ForLoop => op!(loops::for_loop(&mut vm, i)),
            Op::TForPrep => op!(loops::tfor_prep(&mut vm, i)),
            Op::TForCall => op!(loops::tfor_call::<HOOKED>(&mut vm, i)),
            Op::TForLoop => op!(loops::tfor_loop(&mut vm, i)),
            Op::Closure => op!(control::closure(&mut vm, i)),
            Op::Vararg => op!(control::vararg(&mut vm, i)),
            Op::VarargPrep => op!(control::vararg_prep::<HOOKED>(&mut vm, i)),
        };
        match flow {
            Flow::Refresh => {
                vm.refresh();
                if (*vm.thread).hooks.active != HOOKED {
                    return Flow::Next;
                }
            }
            flow => return flow,
        }
    }
}

/// Whether the instruction takes values up to the top.
fn consumes_open(i: Instruction) -> bool {
    match i.op() {
        Some(Op::Call | Op::TailCall | Op::Return | Op::SetList) => i.b() == 0,
        Some(Op::VarargPrep) => true,
        _ => false,
    }
}

/// The hooks' work before the instruction at `pc`. The thread's top, which an
/// instruction with open operands needs, is kept.
#[cold]
#[inline(never)]
unsafe fn hooked_instruction(
    state: *mut State,
    base: *mut RawValue,
    pc: *const Instruction,
) -> crate::error::Result<()> {
    let th = (*state).current;
    let top = Thread::offset_of(th, (*th).top);
    let extent = base.add((*prototype_at(base)).max_stack_size as usize);
    (*th).top = if consumes_open(*pc) { extent.max((*th).top) } else { extent };
    (*th).pc = pc.add(1);
    crate::hook::before_instruction(&mut *state, pc)?;
    (*th).top = (*th).stack.add(top);
    Ok(())
}
