//! What an embedding API in safe Rust stands on: a state that several handles
//! share, values that handles keep alive, Rust values and functions that the
//! state owns, and what is lent to it for a while.

mod beside;
mod bytes;
mod call;
mod cell;
mod direct;
mod extension;
mod function;
mod kept;
mod light;
mod lock;
mod payload;
mod rc_ref;
mod resume;
mod roots;
mod scoped;
mod send_shared;
mod shared;
mod short;
mod state_cell;
#[cfg(feature = "send")]
mod state_lock;
mod subject;
mod tables;
pub(crate) mod tracing;

pub use beside::Beside;
pub use bytes::{PinnedBytes, PinnedStr};
pub use call::PendingCall;
pub use direct::{Direct, Found, FoundSlots, Step};
pub use extension::Extension;
pub(crate) use function::Owned;
pub use function::OwningFunction;
pub use kept::Kept;
pub(crate) use kept::KeptValues;
pub use light::LightUserData;
pub use lock::{Lock, MaybeSend, MaybeSync, Shareable, WeakShareable};
pub use payload::{CellRef, OwnedMut, OwnedRef, Payload};
pub use rc_ref::{RcMut, RcRef};
pub use roots::Root;
pub use scoped::{Refused, Scoped, ScopedFn, ScopedSlot, ScopedValue};
pub use send_shared::{Binding, SendShared};
pub(crate) use shared::Inner;
pub use shared::{Shared, Unavailable};
pub use short::ShortStr;
pub use state_cell::{StateCell, StateMut, StateRef};
pub use subject::{Finder, Method, ReadThrough, Subject, WriteThrough};
pub use tables::TablePlace;
pub(crate) use tracing::Traced;
pub use tracing::{TraceFn, Tracer};
