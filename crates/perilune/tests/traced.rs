//! Userdata that hold Lua values which refer back to them.
#![cfg(feature = "macros")]

use perilune::{AnyUserData, Function, Lua, Result, Table, Trace, UserData, Value};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts how often it was dropped.
#[derive(Clone, Default)]
struct Drops(Arc<AtomicUsize>);

impl Drop for Drops {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl perilune::userdata::Trace for Drops {
    fn trace(&self, _: &mut perilune::userdata::Tracer<'_, '_>) {}
}

#[derive(UserData, Trace)]
#[lua(trace)]
struct Button {
    on_click: Option<Function>,
    #[lua(skip)]
    fields: HashMap<String, Value>,
    #[lua(skip)]
    #[allow(dead_code, reason = "it counts when it is dropped")]
    drops: Drops,
}

fn button(drops: &Drops) -> Button {
    Button { on_click: None, fields: HashMap::new(), drops: Drops(drops.0.clone()) }
}

#[test]
fn a_callback_that_captures_its_owner_is_no_leak() -> Result<()> {
    let lua = Lua::new();
    let drops = Drops::default();
    for _ in 0..10 {
        lua.globals().set("b", button(&drops))?;
        lua.load("local b = b; b.on_click = function() return b end").exec()?;
        lua.load("assert(b.on_click() == b); b = nil").exec()?;
    }
    lua.gc_collect()?;
    lua.gc_collect()?;
    assert_eq!(drops.0.load(Ordering::Relaxed), 10);
    Ok(())
}

#[test]
fn what_a_reachable_value_holds_stays() -> Result<()> {
    let lua = Lua::new();
    let drops = Drops::default();
    let ud: AnyUserData = lua.create_userdata(button(&drops))?;
    lua.globals().set("b", &ud)?;
    let table = lua.create_table_from([("x", 1)])?;
    ud.borrow_mut::<Button>()?.fields.insert("t".into(), Value::Table(table));
    drop(ud);
    lua.gc_collect()?;
    lua.gc_collect()?;
    let ud: AnyUserData = lua.globals().get("b")?;
    let kept: Table = lua.unpack(ud.borrow::<Button>()?.fields["t"].clone())?;
    assert_eq!(kept.get::<i64>("x")?, 1);
    assert_eq!(drops.0.load(Ordering::Relaxed), 0);
    Ok(())
}

/// Holds what it does not show: kept as long as the value.
struct Silent {
    #[allow(dead_code, reason = "it holds a value")]
    held: Option<Table>,
}

impl UserData for Silent {}

#[test]
fn without_tracing_handles_are_roots() -> Result<()> {
    let lua = Lua::new();
    let table = lua.create_table()?;
    let weak = lua.create_table()?;
    let meta = lua.create_table_from([("__mode", "v")])?;
    weak.set_metatable(Some(meta))?;
    weak.set(1, &table)?;
    let ud = lua.create_userdata(Silent { held: Some(table) })?;
    lua.gc_collect()?;
    assert!(weak.contains_key(1)?);
    drop(ud);
    lua.gc_collect()?;
    lua.gc_collect()?;
    assert!(!weak.contains_key(1)?);
    Ok(())
}
