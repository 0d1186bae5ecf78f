//! Handles that userdata hold, for the collector.

use super::traits::UserData;
use crate::function::Function;
use crate::handle::Handle;
use crate::multi::{MultiValue, Variadic};
use crate::string::LuaString;
use crate::table::Table;
use crate::thread::Thread;
use crate::types::RegistryKey;
use crate::userdata::AnyUserData;
use crate::value::Value;
use perilune_vm::{self as vm, Payload};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

/// What a value shows the handles it holds to: see [`UserData::trace`].
///
/// ```
/// use perilune::userdata::{Trace, Tracer};
/// use perilune::{Function, Lua, Table};
///
/// /// What a program has to call later, and with what.
/// struct Callback { function: Function, arguments: Vec<Table>, times: u32 }
///
/// impl Trace for Callback {
///     fn trace(&self, tracer: &mut Tracer<'_, '_>) {
///         tracer.visit(&self.function);
///         tracer.visit(&self.arguments);
///     }
/// }
/// # Ok::<(), perilune::Error>(())
/// ```
pub struct Tracer<'a, 'b>(&'a mut vm::Tracer<'b>);

impl Tracer<'_, '_> {
    /// Shows the handles in a value.
    ///
    /// ```
    /// use perilune::userdata::Tracer;
    /// use perilune::{Lua, Table, UserData};
    ///
    /// struct Node { next: Option<Table> }
    ///
    /// impl UserData for Node {
    ///     const TRACED: bool = true;
    ///
    ///     fn trace(&self, tracer: &mut Tracer<'_, '_>) {
    ///         tracer.visit(&self.next);
    ///     }
    /// }
    ///
    /// let lua = Lua::new();
    /// let next = lua.create_table()?;
    /// next.set("back", Node { next: Some(next.clone()) })?;
    /// drop(next); // The circle can be collected.
    /// lua.gc_collect()?;
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn visit<T: Trace + ?Sized>(&mut self, value: &T) {
        value.trace(self);
    }
}

/// What may hold handles, and can show them to the collector.
///
/// It is there for handles, for what the standard library holds them in, and for
/// types without any; the macro of the same name (feature `macros`) derives it.
///
/// ```
/// use perilune::userdata::{Trace, Tracer};
/// use perilune::{Lua, Table, UserData};
///
/// struct Tree { value: Table, children: Vec<Tree> }
///
/// impl Trace for Tree {
///     fn trace(&self, tracer: &mut Tracer<'_, '_>) {
///         tracer.visit(&self.value);
///         tracer.visit(&self.children);
///     }
/// }
///
/// impl UserData for Tree {
///     const TRACED: bool = true;
///
///     fn trace(&self, tracer: &mut Tracer<'_, '_>) {
///         tracer.visit::<dyn Trace>(self);
///     }
/// }
///
/// let lua = Lua::new();
/// let leaf = Tree { value: lua.create_table()?, children: Vec::new() };
/// let tree = lua.create_userdata(Tree { value: lua.create_table()?, children: vec![leaf] })?;
/// lua.gc_collect()?;
/// assert_eq!(tree.borrow::<Tree>()?.children.len(), 1);
/// # Ok::<(), perilune::Error>(())
/// ```
pub trait Trace {
    /// Shows all handles in `self` to `tracer`, each once. The collector runs
    /// meanwhile: the state can't be used.
    ///
    /// ```
    /// use perilune::Function;
    /// use perilune::userdata::{Trace, Tracer};
    ///
    /// enum Action { Nothing, Call(Function) }
    ///
    /// impl Trace for Action {
    ///     fn trace(&self, tracer: &mut Tracer<'_, '_>) {
    ///         if let Action::Call(function) = self {
    ///             function.trace(tracer);
    ///         }
    ///     }
    /// }
    /// # Ok::<(), perilune::Error>(())
    /// ```
    fn trace(&self, tracer: &mut Tracer<'_, '_>);
}

impl Trace for Handle {
    fn trace(&self, tracer: &mut Tracer<'_, '_>) {
        tracer.0.visit(&self.0);
    }
}

macro_rules! handles {
    ($($t:ty),*) => { $(
        impl Trace for $t {
            fn trace(&self, tracer: &mut Tracer<'_, '_>) {
                self.0.trace(tracer);
            }
        }
    )* };
}

handles!(Table, Function, LuaString, Thread, AnyUserData);

impl Trace for Value {
    fn trace(&self, tracer: &mut Tracer<'_, '_>) {
        match self {
            Value::String(s) => s.trace(tracer),
            Value::Table(t) => t.trace(tracer),
            Value::Function(f) => f.trace(tracer),
            Value::Thread(t) => t.trace(tracer),
            Value::UserData(u) => u.trace(tracer),
            _ => {}
        }
    }
}

impl Trace for RegistryKey {
    fn trace(&self, tracer: &mut Tracer<'_, '_>) {
        if let Some(value) = &self.value {
            value.trace(tracer);
        }
    }
}

macro_rules! nothing {
    ($($t:ty),*) => { $(
        impl Trace for $t {
            fn trace(&self, _: &mut Tracer<'_, '_>) {}
        }
    )* };
}

nothing!(
    (),
    bool,
    char,
    i8,
    u8,
    i16,
    u16,
    i32,
    u32,
    i64,
    u64,
    i128,
    u128,
    isize,
    usize,
    f32,
    f64,
    str,
    String
);

macro_rules! sequences {
    ($([$($param:tt)*] $t:ty),*) => { $(
        impl<$($param)*> Trace for $t {
            fn trace(&self, tracer: &mut Tracer<'_, '_>) {
                self.iter().for_each(|element| element.trace(tracer));
            }
        }
    )* };
}

sequences!(
    [T: Trace] [T],
    [T: Trace] Vec<T>,
    [T: Trace] VecDeque<T>,
    [T: Trace] Option<T>,
    [T: Trace] BTreeSet<T>,
    [T: Trace, S] HashSet<T, S>,
    [T: Trace] Variadic<T>,
    [T: Trace, const N: usize] [T; N],
    [] MultiValue
);

macro_rules! maps {
    ($([$($param:tt)*] $t:ty),*) => { $(
        impl<$($param)*> Trace for $t {
            fn trace(&self, tracer: &mut Tracer<'_, '_>) {
                for (key, value) in self {
                    key.trace(tracer);
                    value.trace(tracer);
                }
            }
        }
    )* };
}

maps!([K: Trace, V: Trace] BTreeMap<K, V>, [K: Trace, V: Trace, S] HashMap<K, V, S>);

impl<T: Trace + ?Sized> Trace for Box<T> {
    fn trace(&self, tracer: &mut Tracer<'_, '_>) {
        (**self).trace(tracer);
    }
}

impl<A: Trace, B: Trace> Trace for (A, B) {
    fn trace(&self, tracer: &mut Tracer<'_, '_>) {
        self.0.trace(tracer);
        self.1.trace(tracer);
    }
}

/// Shows the handles in the value of a userdata. While a method changes the
/// value, it can't be looked at: what it holds is kept then.
pub(super) fn trace_cell<T: UserData + 'static>(payload: &Payload, tracer: &mut vm::Tracer<'_>) {
    payload.read_cell(|value: &T| value.trace(&mut Tracer(tracer)));
}
