//! Values that a program keeps by key.

use crate::handle::Handle;
use crate::types::Integer;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// Names a value that a state keeps for the program. Cheaper handles such as
/// [`Table`](crate::Table) do the same; a key says of itself whether it belongs to
/// a state, and can be replaced.
pub struct RegistryKey {
    /// `None`: the value is nil.
    pub(crate) value: Option<Handle>,
    /// The state's mark.
    pub(crate) state: Arc<()>,
    id: Integer,
}

impl RegistryKey {
    pub(crate) fn new(state: Arc<()>, id: Integer, value: Option<Handle>) -> RegistryKey {
        RegistryKey { value, state, id }
    }

    /// A number that no other live key of the state has.
    #[doc(hidden)]
    pub fn id(&self) -> Integer {
        self.id
    }
}

impl fmt::Debug for RegistryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RegistryKey({})", self.id)
    }
}

impl PartialEq for RegistryKey {
    fn eq(&self, other: &RegistryKey) -> bool {
        self.id == other.id && Arc::ptr_eq(&self.state, &other.state)
    }
}

impl Eq for RegistryKey {}

impl Hash for RegistryKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}
