//! Values that a program keeps by key.

use crate::handle::Handle;
use crate::types::Integer;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

/// Names a value that a state keeps for the program. Cheaper handles such as
/// [`Table`](crate::Table) do the same; a key says of itself whether it belongs to
/// a state, and can be replaced.
///
/// ```
/// use perilune::{Function, Lua, RegistryKey};
///
/// /// What a program keeps of a script.
/// struct Plugin { on_start: RegistryKey }
///
/// let lua = Lua::new();
/// let f: Function = lua.load("function() return 'started' end").eval()?;
/// let plugin = Plugin { on_start: lua.create_registry_value(f)? };
/// let f: Function = lua.registry_value(&plugin.on_start)?;
/// assert_eq!(f.call::<String>(())?, "started");
/// lua.remove_registry_value(plugin.on_start)?;
/// # Ok::<(), perilune::Error>(())
/// ```
pub struct RegistryKey {
    /// `None`: the value is nil.
    pub(crate) value: Option<Handle>,
    /// The state's numbers.
    pub(crate) state: Arc<RegistryIds>,
    id: Integer,
}

/// The numbers of a state's keys. Those of keys that are gone are used again.
#[derive(Default)]
pub(crate) struct RegistryIds(Mutex<Ids>);

#[derive(Default)]
struct Ids {
    last: Integer,
    free: Vec<Integer>,
}

/// The number of keys whose value is nil.
const NIL: Integer = -1;

impl RegistryIds {
    fn take(&self) -> Integer {
        let mut ids = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(id) = ids.free.pop() {
            return id;
        }
        ids.last += 1;
        ids.last
    }

    fn give(&self, id: Integer) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).free.push(id);
    }
}

impl Drop for RegistryKey {
    fn drop(&mut self) {
        if self.id != NIL {
            self.state.give(self.id);
        }
    }
}

impl RegistryKey {
    pub(crate) fn new(state: Arc<RegistryIds>, value: Option<Handle>) -> RegistryKey {
        let id = if value.is_some() { state.take() } else { NIL };
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
