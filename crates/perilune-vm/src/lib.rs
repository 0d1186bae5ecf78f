//! Heap, values and interpreter of Perilune.
//!
//! The public face is [`State`] as a native function sees it: values are
//! addressed by their index in the function's frame, a [`Value`] that was read
//! is borrowed from the state, and whatever may allocate, collect, call or
//! yield takes the state mutably. So no safe code can hold on to a value that
//! the collector has freed.
//!
//! Unsafe functions state their contract in a `# Safety` section; their bodies
//! are unsafe as a whole.
#![allow(unsafe_op_in_unsafe_fn)]

mod api;
mod call;
mod closure;
mod coroutine;
mod debug;
mod embed;
mod entry;
mod error;
mod frame;
mod handler;
mod heap;
mod hook;
mod interp;
mod load;
mod meta;
mod native_call;
mod native_stack;
pub mod number;
mod object;
mod raised;
mod state;
mod table;
mod traceback;
mod value;

pub use api::{
    ArithOp, ArrayPart, Buffer, BufferFull, CompareOp, GcMode, GcOption, GcResult, LoadMode, Push,
    TablePosition, ThreadState, Value,
};
pub use debug::{DebugInfo, FrameRef};
pub use embed::{
    Beside, Binding, CellRef, Direct, Extension, Finder, Found, FoundSlots, Kept, LightUserData,
    Lock, MaybeSend, MaybeSync, Method, OwnedMut, OwnedRef, OwningFunction, Payload, PendingCall,
    PinnedBytes, PinnedStr, RcMut, RcRef, ReadThrough, Refused, Root, Scoped, ScopedFn, ScopedSlot,
    ScopedValue, SendShared, Shareable, Shared, ShortStr, StateCell, StateMut, StateRef, Step,
    Subject, TablePlace, TraceFn, Tracer, Unavailable, WeakShareable, WriteThrough,
};
pub use error::{Error, Result};
pub use hook::{HookEvent, HookFn, HookMask};
pub use number::Number;
pub use perilune_syntax::{
    Dialect, LUA_5_1, LUA_5_2, LUA_5_3, LUA_5_4, LUA_5_5, LibraryTable, chunk_id,
};
pub use state::{
    CallStatus, Continuation, InterruptHandle, NativeFn, Return, SendWarningFunction, State,
    WarningFunction,
};
pub use value::Type;
