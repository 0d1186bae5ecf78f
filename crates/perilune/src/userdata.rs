//! Userdata: Rust values in the hands of scripts.

mod any;
#[cfg(feature = "async")]
mod async_method;
mod create;
mod meta_method;
mod metatable;
mod method;
mod names;
mod refs;
mod registry;
mod send;
#[cfg(feature = "serde")]
mod serialize;
mod trace;
mod traits;
#[cfg(feature = "userdata-wrappers")]
mod wrappers;

pub use any::AnyUserData;
pub use meta_method::MetaMethod;
pub use metatable::{UserDataMetatable, UserDataMetatablePairs};
pub use refs::{UserDataOwned, UserDataRef, UserDataRefMut};
pub use registry::UserDataRegistry;
pub use send::{SendUserData, SendUserDataRegistry};
pub use trace::{Trace, Tracer};
pub use traits::{UserData, UserDataFields, UserDataMethods};

pub(crate) use create::{FailedTypes, Types, destruct, set_type_metatable};
pub(crate) use metatable::push_metatable_of;
