//! The interpreter loop.
//!
//! Each opcode has one handler, a function that is inlined into the loop; the
//! families have a file each. A handler answers with a [`Flow`]: `Next` for the
//! common case. Slow paths lie out of line. What a slow path may do to the
//! stack (grow it, enter another frame, switch the thread) reaches the loop's
//! registers through `Flow::Refresh`.
//!
//! # Safety
//!
//! Handlers run the instruction of a verified or freshly compiled prototype in
//! its own frame: registers, constants and upvalues that operands name exist.
//! `Registers` agrees with the current thread, but for `pc`, which is saved before
//! a slow path is entered.

mod arith;
mod arith_slow;
mod calls;
mod compare;
mod control;
mod floats;
mod loops;
mod loops_slow;
mod members;
mod moves;
mod tables;
mod tables_slow;
mod varargs;

use crate::call::Flow;
use crate::frame::prototype_at;
use crate::object::{LuaClosure, Thread, Upvalue};
use crate::state::{State, interrupt};
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
        if cfg!(target_endian = "little") { self.half::<i32>(4) >> 8 } else { self.word().j() }
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
    let bits = take_interrupts(state);
    if bits & interrupt::STOP != 0 {
        return state.interrupted().into();
    }
    if bits & interrupt::FUNCTION != 0 {
        let pc = (*state.current).pc;
        return match call_interrupt(state) {
            Ok(false) => Flow::Refresh,
            Ok(true) => crate::coroutine::yield_before(state, pc, false),
            Err(e) => e.into(),
        };
    }
    Flow::Refresh
}

/// [`service_interrupt`] before a call that the running instruction makes: the
/// instruction goes on if the answer is `Refresh`.
#[cold]
#[inline(never)]
unsafe fn service_interrupt_at_call(state: &mut State) -> Flow {
    let bits = take_interrupts(state);
    if bits & interrupt::STOP != 0 {
        return state.interrupted().into();
    }
    if bits & interrupt::FUNCTION == 0 || std::mem::take(&mut state.interrupt_done) {
        return Flow::Next;
    }
    match call_interrupt(state) {
        Ok(false) => Flow::Next,
        Ok(true) => {
            // The instruction runs again, and is not to yield again.
            state.interrupt_done = true;
            let pc = (*state.current).pc.sub(1);
            crate::coroutine::yield_before(state, pc, true)
        }
        Err(e) => e.into(),
    }
}

/// The interrupt word's bits, which are gone but for that of a function that is
/// to be called always.
fn take_interrupts(state: &mut State) -> usize {
    let keep = if state.interrupt_function.is_some() { interrupt::FUNCTION } else { 0 };
    state.interrupt.swap(keep, Ordering::Relaxed)
}

/// Calls the interrupt function. Slots of the frame that hold nothing needed are
/// cut off or kept with it.
unsafe fn call_interrupt(state: &mut State) -> crate::error::Result<bool> {
    let th = state.current;
    let top = Thread::offset_of(th, (*th).top);
    let extent = (*th).base.add((*prototype_at((*th).base)).max_stack_size as usize);
    (*th).top = extent.max((*th).top);
    let result = crate::hook::call_interrupt(state);
    (*th).top = (*th).stack.add(top);
    result
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

/// [`execute`] in a thread that has no hook; answers `Next` when it has got one.
///
/// # Safety
/// As there.
#[inline(always)]
pub(crate) unsafe fn execute_unhooked(state: *mut State) -> Flow {
    run::<false>(state)
}

/// Goes on with the next instruction unless the handler says otherwise.
macro_rules! next {
    ($flow:expr) => {
        match $flow {
            Flow::Next => continue,
            flow => flow,
        }
    };
}

/// Which handler runs which opcode.
macro_rules! dispatch {
    ($op:expr, $vm:ident, $i:ident, $hooked:ident) => {
        match $op {
            Op::Move => next!(moves::move_(&mut $vm, $i)),
            Op::LoadI => next!(moves::load_i(&mut $vm, $i)),
            Op::LoadF => next!(moves::load_f(&mut $vm, $i)),
            Op::LoadK => next!(moves::load_k(&mut $vm, $i)),
            Op::LoadNil => next!(moves::load_nil(&mut $vm, $i)),
            Op::LoadTrue => next!(moves::load_true(&mut $vm, $i)),
            Op::LoadFalse => next!(moves::load_false(&mut $vm, $i)),
            Op::LoadFalseSkip => next!(moves::load_false_skip(&mut $vm, $i)),
            Op::GetUpval => next!(moves::get_upval(&mut $vm, $i)),
            Op::SetUpval => next!(moves::set_upval(&mut $vm, $i)),
            Op::GetTabUp => next!(tables::get_tab_up(&mut $vm, $i)),
            Op::SetTabUp => next!(tables::set_tab_up(&mut $vm, $i)),
            Op::SetTabUpK => next!(tables::set_tab_up_k(&mut $vm, $i)),
            Op::GetTable => next!(tables::get_table(&mut $vm, $i)),
            Op::GetTableFloat => next!(floats::get_table(&mut $vm, $i)),
            Op::GetIndexFloat => next!(floats::get_index(&mut $vm, $i)),
            Op::SetTableFloat => next!(floats::set_table(&mut $vm, $i)),
            Op::SetTableFloatK => next!(floats::set_table_k(&mut $vm, $i)),
            Op::SetIndexFloat => next!(floats::set_index(&mut $vm, $i)),
            Op::SetIndexFloatK => next!(floats::set_index_k(&mut $vm, $i)),
            Op::LenFloat => next!(floats::len(&mut $vm, $i)),
            Op::LenSearched => next!(arith::len_searched(&mut $vm, $i)),
            Op::TForCallFloat => next!(floats::tfor_call::<$hooked>(&mut $vm, $i)),
            Op::FloorMod => next!(arith::floor_mod(&mut $vm, $i)),
            Op::FloorModK => next!(arith::floor_mod_k(&mut $vm, $i)),
            Op::CachedClosure => next!(varargs::cached_closure(&mut $vm, $i)),
            Op::VarargTable => next!(varargs::vararg_table(&mut $vm, $i)),
            Op::VarargGet => next!(varargs::vararg_get(&mut $vm, $i)),
            Op::VarargOf => next!(varargs::vararg_of(&mut $vm, $i)),
            Op::CheckNil => next!(varargs::check_nil(&mut $vm, $i)),
            Op::GetIndex => next!(tables::get_index(&mut $vm, $i)),
            Op::GetField => next!(tables::get_field(&mut $vm, $i)),
            Op::SetTable => next!(tables::set_table(&mut $vm, $i)),
            Op::SetTableK => next!(tables::set_table_k(&mut $vm, $i)),
            Op::SetIndex => next!(tables::set_index(&mut $vm, $i)),
            Op::SetIndexK => next!(tables::set_index_k(&mut $vm, $i)),
            Op::SetField => next!(tables::set_field(&mut $vm, $i)),
            Op::SetFieldK => next!(tables::set_field_k(&mut $vm, $i)),
            Op::Method => next!(tables::method(&mut $vm, $i)),
            Op::NewTable => next!(tables::new_table(&mut $vm, $i)),
            Op::SetList => next!(tables::set_list(&mut $vm, $i)),
            Op::AddI => next!(arith::add_i(&mut $vm, $i)),
            Op::SubI => next!(arith::sub_i(&mut $vm, $i)),
            Op::ShrI => next!(arith::shr_i(&mut $vm, $i)),
            Op::ShlI => next!(arith::shl_i(&mut $vm, $i)),
            Op::AddK => next!(arith::add_k(&mut $vm, $i)),
            Op::SubK => next!(arith::sub_k(&mut $vm, $i)),
            Op::MulK => next!(arith::mul_k(&mut $vm, $i)),
            Op::ModK => next!(arith::mod_k(&mut $vm, $i)),
            Op::PowK => next!(arith::pow_k(&mut $vm, $i)),
            Op::DivK => next!(arith::div_k(&mut $vm, $i)),
            Op::IDivK => next!(arith::idiv_k(&mut $vm, $i)),
            Op::BAndK => next!(arith::band_k(&mut $vm, $i)),
            Op::BOrK => next!(arith::bor_k(&mut $vm, $i)),
            Op::BXorK => next!(arith::bxor_k(&mut $vm, $i)),
            Op::Add => next!(arith::add(&mut $vm, $i)),
            Op::Sub => next!(arith::sub(&mut $vm, $i)),
            Op::Mul => next!(arith::mul(&mut $vm, $i)),
            Op::Mod => next!(arith::mod_(&mut $vm, $i)),
            Op::Pow => next!(arith::pow(&mut $vm, $i)),
            Op::Div => next!(arith::div(&mut $vm, $i)),
            Op::IDiv => next!(arith::idiv(&mut $vm, $i)),
            Op::BAnd => next!(arith::band(&mut $vm, $i)),
            Op::BOr => next!(arith::bor(&mut $vm, $i)),
            Op::BXor => next!(arith::bxor(&mut $vm, $i)),
            Op::Shl => next!(arith::shl(&mut $vm, $i)),
            Op::Shr => next!(arith::shr(&mut $vm, $i)),
            Op::Unm => next!(arith::unm(&mut $vm, $i)),
            Op::BNot => next!(arith::bnot(&mut $vm, $i)),
            Op::Not => next!(arith::not(&mut $vm, $i)),
            Op::Len => next!(arith::len(&mut $vm, $i)),
            Op::Concat => next!(arith::concat(&mut $vm, $i)),
            Op::Close => next!(control::close(&mut $vm, $i)),
            Op::Tbc => next!(control::tbc(&mut $vm, $i)),
            Op::Jmp => next!(control::jmp(&mut $vm, $i)),
            Op::Eq => next!(compare::eq(&mut $vm, $i)),
            Op::NotEq => next!(compare::not_eq(&mut $vm, $i)),
            Op::EqK => next!(compare::eq_k(&mut $vm, $i)),
            Op::NotEqK => next!(compare::not_eq_k(&mut $vm, $i)),
            Op::EqI => next!(compare::eq_i(&mut $vm, $i)),
            Op::NotEqI => next!(compare::not_eq_i(&mut $vm, $i)),
            Op::Lt => next!(compare::lt(&mut $vm, $i)),
            Op::NotLt => next!(compare::not_lt(&mut $vm, $i)),
            Op::Le => next!(compare::le(&mut $vm, $i)),
            Op::NotLe => next!(compare::not_le(&mut $vm, $i)),
            Op::LtI => next!(compare::lt_i(&mut $vm, $i)),
            Op::NotLtI => next!(compare::not_lt_i(&mut $vm, $i)),
            Op::LeI => next!(compare::le_i(&mut $vm, $i)),
            Op::NotLeI => next!(compare::not_le_i(&mut $vm, $i)),
            Op::GtI => next!(compare::gt_i(&mut $vm, $i)),
            Op::NotGtI => next!(compare::not_gt_i(&mut $vm, $i)),
            Op::GeI => next!(compare::ge_i(&mut $vm, $i)),
            Op::NotGeI => next!(compare::not_ge_i(&mut $vm, $i)),
            Op::Test => next!(compare::test(&mut $vm, $i)),
            Op::TestNot => next!(compare::test_not(&mut $vm, $i)),
            Op::TestSet => next!(compare::test_set(&mut $vm, $i)),
            Op::TestSetNot => next!(compare::test_set_not(&mut $vm, $i)),
            Op::Call => next!(calls::call::<$hooked>(&mut $vm, $i)),
            Op::TailCall => next!(calls::tail_call::<$hooked>(&mut $vm, $i)),
            Op::Return => next!(calls::return_::<$hooked>(&mut $vm, $i)),
            Op::Return0 => next!(calls::return0::<$hooked>(&mut $vm, $i)),
            Op::Return1 => next!(calls::return1::<$hooked>(&mut $vm, $i)),
            Op::ForPrep => next!(loops::for_prep(&mut $vm, $i)),
            Op::ForLoop => next!(loops::for_loop(&mut $vm, $i)),
            Op::TForPrep => next!(loops::tfor_prep(&mut $vm, $i)),
            Op::TForCall => next!(loops::tfor_call::<$hooked>(&mut $vm, $i)),
            Op::TForLoop => next!(loops::tfor_loop(&mut $vm, $i)),
            Op::Closure => next!(control::closure(&mut $vm, $i)),
            Op::Vararg => next!(control::vararg(&mut $vm, $i)),
            Op::VarargPrep => next!(control::vararg_prep::<$hooked>(&mut $vm, $i)),
        }
    };
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
                Flow::Next => vm.base = (*vm.thread).base,
                Flow::Refresh => {
                    vm.refresh();
                    if !(*vm.thread).hooks.active {
                        return Flow::Next;
                    }
                    continue;
                }
                flow => return flow,
            }
        }
        let i = At(vm.pc);
        vm.pc = vm.pc.add(1);
        // SAFETY: prototypes are compiled here or verified when loaded.
        let op = std::mem::transmute::<u8, Op>(i.op_byte());
        let flow = dispatch!(op, vm, i, HOOKED);
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
) -> Flow {
    let th = (*state).current;
    let top = Thread::offset_of(th, (*th).top);
    let extent = base.add((*prototype_at(base)).max_stack_size as usize);
    (*th).top = if consumes_open(*pc) { extent.max((*th).top) } else { extent };
    (*th).pc = pc.add(1);
    let result = crate::hook::before_instruction(&mut *state, pc);
    match result {
        Ok(yields) => {
            (*th).top = (*th).stack.add(top);
            if yields { crate::coroutine::yield_before(&mut *state, pc, true) } else { Flow::Next }
        }
        Err(e) => e.into(),
    }
}
