//! The safe face of the machine: what native functions and the owner of a
//! state can do.

mod arguments;
mod buffer;
mod calls;
mod closing;
mod collect;
pub(crate) mod coroutines;
mod environments;
mod fast;
mod load;
mod metatables;
mod push;
mod raise;
mod requests;
mod stack;
mod tables;
mod upvalues;
mod userdata;
mod values;

pub use buffer::{Buffer, BufferFull};
pub use collect::{GcMode, GcOption, GcResult};
pub(crate) use coroutines::state_of;
pub use fast::ArrayPart;
pub use load::LoadMode;
pub use push::Push;
pub use tables::TablePosition;
pub use values::Value;

use crate::object::Thread;
use crate::state::State;
use crate::value::{RawValue, tag};

/// The operators of [`State::arith`].
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// use perilune::native::ArithOp;
///
/// state.push(7)?;
/// state.push(2)?;
/// state.arith(ArithOp::IDiv)?;
/// assert_eq!(state.to_integer(-1), Some(3));
/// state.arith(ArithOp::Unm)?;
/// assert_eq!(state.to_integer(-1), Some(-3));
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ArithOp {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `%`
    Mod,
    /// `^`
    Pow,
    /// `/`
    Div,
    /// `//`
    IDiv,
    /// `&`
    BAnd,
    /// `|`
    BOr,
    /// `~`
    BXor,
    /// `<<`
    Shl,
    /// `>>`
    Shr,
    /// unary `-`
    Unm,
    /// unary `~`
    BNot,
}

/// The operators of [`State::compare`].
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// use perilune::native::CompareOp;
///
/// state.push(1)?;
/// state.push(1.0)?;
/// assert!(state.compare(1, 2, CompareOp::Eq)?);
/// assert!(!state.compare(1, 2, CompareOp::Lt)?);
/// assert!(state.compare(1, 2, CompareOp::Le)?);
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CompareOp {
    /// `==`
    Eq,
    /// `<`
    Lt,
    /// `<=`
    Le,
}

/// The state of a coroutine (manual §6.2, `coroutine.status`).
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// use perilune::native::ThreadState;
///
/// state.load(b"coroutine.yield()", b"=co", b"t")?;
/// state.new_thread()?;
/// for expected in [ThreadState::Suspended, ThreadState::Suspended, ThreadState::Dead] {
///     assert_eq!(state.thread_state(1), expected);
///     if expected == ThreadState::Suspended {
///         state.push_value(1)?;
///         state.resume(0)?;
///     }
/// }
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ThreadState {
    /// It is the one that runs.
    Running,
    /// It has resumed another one.
    Normal,
    /// It has yielded or not started.
    Suspended,
    /// It has returned or failed.
    Dead,
}

impl State {
    /// The slot of an index; `None` if there is none.
    #[inline(always)]
    fn place(&self, index: i32) -> Option<*mut RawValue> {
        // SAFETY: base and top of the running frame delimit live slots.
        unsafe {
            let th = self.current;
            let (base, top) = ((*th).base, (*th).top);
            let live = top.byte_offset_from(base) as i64;
            const SIZE: i64 = size_of::<RawValue>() as i64;
            if index > 0 {
                let n = index as usize - 1;
                (n as i64 * SIZE < live).then(|| base.add(n))
            } else {
                let n = index.unsigned_abs() as usize;
                (n > 0 && n as i64 * SIZE <= live).then(|| top.sub(n))
            }
        }
    }

    /// The slot of an index, or null if there is none.
    #[inline(always)]
    pub(crate) fn slot(&self, index: i32) -> *mut RawValue {
        self.place(index).unwrap_or(std::ptr::null_mut())
    }

    /// The value at an index; nil if there is none.
    #[inline(always)]
    pub(crate) fn raw(&self, index: i32) -> RawValue {
        match self.place(index) {
            // SAFETY: the slot is live.
            Some(slot) => unsafe { *slot },
            None => RawValue::NIL,
        }
    }

    /// The thread at an index, or the running one for `None` or no thread.
    pub(crate) fn thread_at(&self, index: Option<i32>) -> *mut Thread {
        match index {
            Some(index) => {
                let v = self.raw(index);
                if v.tag == tag::THREAD { v.as_thread() } else { self.current }
            }
            None => self.current,
        }
    }
}
