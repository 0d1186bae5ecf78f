//! Bad use gets a typed error, and never a crash.

// Handles are `Send` with the feature `send` alone.
#![allow(clippy::arc_with_non_send_sync)]

use perilune::{
    AnyUserData, Error, Function, HookTriggers, Lua, LuaString, MultiValue, RegistryKey, Result,
    Table, Thread, Value, Variadic, VmState,
};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

/// The innermost cause.
fn root(error: &Error) -> &Error {
    match error {
        Error::CallbackError { cause, .. }
        | Error::WithContext { cause, .. }
        | Error::BadArgument { cause, .. } => root(cause),
        other => other,
    }
}

#[track_caller]
fn foreign<T>(result: Result<T>) {
    match result {
        Err(error) => assert!(matches!(root(&error), Error::MismatchedState), "{error}"),
        Ok(_) => panic!("a value of another state was taken"),
    }
}

/// One handle of each kind.
struct Handles {
    table: Table,
    function: Function,
    string: LuaString,
    thread: Thread,
    userdata: AnyUserData,
    key: RegistryKey,
}

impl Handles {
    fn of(lua: &Lua) -> Result<Handles> {
        let function = lua.load("return ...").into_function()?;
        Ok(Handles {
            table: lua.create_table()?,
            thread: lua.create_thread(function.clone())?,
            function,
            string: lua.create_string("text")?,
            userdata: lua.create_any_userdata(5_i64)?,
            key: lua.create_registry_value("kept")?,
        })
    }

    fn values(&self) -> [Value; 5] {
        [
            Value::Table(self.table.clone()),
            Value::Function(self.function.clone()),
            Value::String(self.string.clone()),
            Value::Thread(self.thread.clone()),
            Value::UserData(self.userdata.clone()),
        ]
    }
}

#[test]
fn handles_of_another_state() -> Result<()> {
    let (lua, other) = (Lua::new(), Lua::new());
    let (own, theirs) = (Handles::of(&lua)?, Handles::of(&other)?);
    for value in theirs.values() {
        foreign(own.table.set("k", &value));
        foreign(own.table.set(&value, 1));
        foreign(own.table.raw_set(1, &value));
        foreign(own.table.raw_get::<Value>(&value));
        foreign(own.table.push(&value));
        foreign(own.table.contains_key(&value));
        foreign(own.function.call::<()>(&value));
        foreign(own.function.bind(&value));
        foreign(own.thread.resume::<()>(&value));
        foreign(own.userdata.set_user_value(&value));
        foreign(own.userdata.set_named_user_value("n", &value));
        foreign(lua.set_named_registry_value("n", &value));
        foreign(lua.create_registry_value(&value));
        foreign(lua.globals().set("g", &value));
        foreign(lua.create_table_from([(1, &value)]));
        foreign(lua.create_sequence_from([&value]));
        foreign(lua.register_module("m", &value));
        let back = value.clone();
        let f = lua.create_function(move |_, ()| Ok(back.clone()))?;
        foreign(f.call::<Value>(()));
        let back = value.clone();
        let f = lua.create_function(move |_, ()| Ok(Variadic::from_iter([back.clone()])))?;
        foreign(f.call::<Value>(()));
    }
    foreign(own.table.set_metatable(Some(theirs.table.clone())));
    foreign(lua.set_globals(theirs.table.clone()));
    foreign(lua.load("return 1").set_environment(theirs.table.clone()).exec());
    foreign(lua.preload_module("m", theirs.function.clone()));
    foreign(own.function.set_environment(theirs.table.clone()));
    assert!(matches!(lua.registry_value::<Value>(&theirs.key), Err(Error::MismatchedRegistryKey)));
    assert!(matches!(lua.remove_registry_value(theirs.key), Err(Error::MismatchedRegistryKey)));
    assert!(own.table != theirs.table && own.string == theirs.string);
    foreign(own.table.equals(&theirs.table));
    lua.set_type_metatable::<bool>(Some(theirs.table));
    assert!(lua.type_metatable::<bool>().is_none());
    // Both states go on.
    assert_eq!(own.function.call::<i64>(1)?, 1);
    assert_eq!(theirs.function.call::<i64>(2)?, 2);
    Ok(())
}

#[track_caller]
fn closed<T>(result: Result<T>) {
    match result {
        Err(error) => assert!(matches!(root(&error), Error::StateClosed), "{error}"),
        Ok(_) => panic!("a closed state was used"),
    }
}

#[test]
fn handles_of_a_closed_state() -> Result<()> {
    let lua = Lua::new();
    let (weak, h) = (lua.weak(), Handles::of(&lua)?);
    let pairs = h.table.clone();
    let chunk = lua.load("return 1");
    drop(lua);
    assert!(weak.try_upgrade().is_none());
    assert!(catch_unwind(AssertUnwindSafe(|| weak.upgrade())).is_err());
    closed(h.table.get::<Value>(1));
    closed(h.table.set(1, 2));
    closed(h.table.len());
    closed(h.table.push(1));
    closed(h.table.pop::<Value>());
    closed(h.table.clear());
    closed(h.table.set_metatable(None));
    closed(pairs.pairs::<Value, Value>().next().transpose());
    closed(pairs.sequence_values::<Value>().next().transpose());
    closed(pairs.for_each(|_: Value, _: Value| Ok(())));
    closed(h.function.call::<()>(()));
    closed(h.function.bind(1));
    closed(h.thread.resume::<()>(()));
    closed(h.thread.set_hook(HookTriggers::ON_CALLS, |_, _| Ok(VmState::Continue)));
    closed(h.userdata.borrow::<i64>().map(drop));
    closed(h.userdata.take::<i64>());
    closed(h.userdata.destroy());
    closed(h.userdata.user_value::<Value>());
    closed(h.string.to_str().map(drop));
    closed(chunk.exec());
    let other = Lua::new();
    let used = other.globals().set("t", &h.table);
    assert!(used.is_err());
    for value in h.values() {
        let _ = (value.to_pointer(), format!("{value:?} {value:#?}"), value.type_name());
        assert!(other.pack(value.clone()).is_ok());
        assert!(value == value.clone());
    }
    let _ = (h.table.is_empty(), h.function.info(), h.thread.status(), h.string.display());
    drop(h);
    Ok(())
}

#[test]
fn a_state_that_is_closed_from_within() -> Result<()> {
    // The last handle goes in a callback: the state is open until that is over.
    let lua = Lua::new();
    let only = Arc::new(Mutex::new(None));
    let taken = only.clone();
    let f = lua.create_function(move |lua, ()| {
        drop(taken.lock().unwrap().take());
        lua.globals().set("still", "open")?;
        lua.globals().get::<String>("still")
    })?;
    *only.lock().unwrap() = Some(lua);
    assert_eq!(f.call::<String>(())?, "open");
    closed(f.call::<String>(()));
    // In a coroutine, in a scope, in a hook.
    let lua = Lua::new();
    let thread = lua.create_thread(lua.load("f() return 1").into_function()?)?;
    let held = Arc::new(Mutex::new(None));
    let taken = held.clone();
    let f = lua.create_function(move |_, ()| {
        drop(taken.lock().unwrap().take());
        Ok(())
    })?;
    lua.globals().set("f", f)?;
    *held.lock().unwrap() = Some(lua);
    assert_eq!(thread.resume::<i64>(())?, 1);
    closed(thread.resume::<i64>(()));
    Ok(())
}

/// Does something when it is dropped.
struct OnDrop<F: FnMut()>(Mutex<F>);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0.get_mut().unwrap())();
    }
}

fn on_drop<F: FnMut()>(f: F) -> OnDrop<F> {
    OnDrop(Mutex::new(f))
}

#[test]
fn destructors_that_come_at_the_wrong_moment() -> Result<()> {
    let lua = Lua::new();
    let outcomes = Arc::new(Mutex::new(Vec::new()));
    let (table, weak) = (lua.create_table()?, lua.weak());
    let seen = outcomes.clone();
    let drops = on_drop(move || {
        seen.lock().unwrap().push(table.set(1, 1).err());
        if let Some(lua) = weak.try_upgrade() {
            seen.lock().unwrap().push(lua.load("return 1").exec().err());
            seen.lock().unwrap().push(lua.create_table().err());
            seen.lock().unwrap().push(lua.gc_collect().err());
            drop(lua);
        }
    });
    // In a function, a userdata, application data, an upvalue of a coroutine.
    lua.create_function(move |_, ()| {
        let _ = &drops;
        Ok(())
    })?;
    lua.gc_collect()?;
    lua.gc_collect()?;
    assert_eq!(outcomes.lock().unwrap().len(), 4);
    assert!(outcomes.lock().unwrap().iter().all(|e| matches!(e, Some(Error::StateInUse))));
    assert_eq!(lua.load("return 1").eval::<i64>()?, 1);
    // And when the state is closed.
    let seen = outcomes.clone();
    let table = lua.create_table()?;
    lua.set_app_data(Arc::new(on_drop(move || seen.lock().unwrap().push(table.set(1, 1).err()))));
    let (seen, table) = (outcomes.clone(), lua.create_table()?);
    let userdata = Arc::new(on_drop(move || seen.lock().unwrap().push(table.set(1, 1).err())));
    lua.globals().set("u", lua.create_any_userdata(userdata)?)?;
    drop(lua);
    assert_eq!(outcomes.lock().unwrap().len(), 6);
    assert!(outcomes.lock().unwrap().iter().all(|e| e.is_some()));
    Ok(())
}

#[test]
fn destructors_that_panic() -> Result<()> {
    let lua = Lua::new();
    fn bomb() -> OnDrop<impl FnMut()> {
        on_drop(|| panic!("boom"))
    }
    for round in 0..3 {
        lua.globals().set("u", lua.create_any_userdata(Arc::new(bomb()))?)?;
        let bomb = bomb();
        let f = lua.create_function(move |_, ()| {
            let _ = &bomb;
            Ok(())
        })?;
        lua.globals().set("f", f)?;
        lua.load("u = nil f = nil collectgarbage() collectgarbage()").exec()?;
        assert_eq!(lua.load("return #'x'").eval::<i64>()?, 1, "{round}");
    }
    lua.set_app_data(Arc::new(bomb()));
    let lua_two = Lua::new();
    lua_two.globals().set("u", lua_two.create_any_userdata(Arc::new(bomb()))?)?;
    drop(lua_two);
    let closed = catch_unwind(AssertUnwindSafe(|| drop(lua)));
    drop(closed);
    Ok(())
}

#[test]
fn panics_wherever_rust_code_is_called() -> Result<()> {
    let lua = Lua::new();
    let check = |what: &str, f: &dyn Fn() -> Result<()>| {
        let caught = catch_unwind(AssertUnwindSafe(f));
        assert!(caught.is_err(), "{what}");
        assert_eq!(lua.load("local t = {1} return #t").eval::<i64>().unwrap(), 1, "{what}");
    };
    check("hook", &|| {
        lua.set_hook(HookTriggers::EVERY_LINE, |_, _| panic!("hook"))?;
        let run = catch_unwind(AssertUnwindSafe(|| lua.load("local x = 1\nx = 2").exec()));
        lua.remove_hook();
        run.unwrap()
    });
    check("interrupt", &|| {
        lua.set_interrupt(|_| panic!("interrupt"));
        let run = catch_unwind(AssertUnwindSafe(|| lua.load("for i = 1, 9 do end").exec()));
        lua.remove_interrupt();
        run.unwrap()
    });
    check("event", &|| {
        let triggers = perilune::thread::ThreadTriggers::ON_CREATE;
        lua.set_thread_event_callback(triggers, |_, _| panic!("event"));
        let run = catch_unwind(AssertUnwindSafe(|| {
            lua.create_thread(lua.load("return 1").into_function()?).map(drop)
        }));
        lua.remove_thread_event_callback();
        run.unwrap()
    });
    check("for_each", &|| {
        let t = lua.create_sequence_from([1, 2])?;
        t.for_each(|_: i64, _: i64| panic!("for_each"))
    });
    check("scope", &|| lua.scope(|_| panic!("scope")));
    check("metamethod", &|| {
        let f = lua.create_function(|_, ()| -> Result<()> { panic!("index") })?;
        lua.globals().set("f", f)?;
        lua.load("local t = setmetatable({}, {__index = f}) return t.x").exec()
    });
    check("coroutine", &|| lua.load("coroutine.wrap(f)()").exec());
    check("sort", &|| lua.load("table.sort({3, 2, 1}, f)").exec());
    check("gsub", &|| lua.load("string.gsub('x', 'x', f)").exec());
    check("close", &|| lua.load("do local x <close> = setmetatable({}, {__close = f}) end").exec());
    // A finalizer's panic has nobody to go to.
    let _ = catch_unwind(AssertUnwindSafe(|| {
        lua.load("setmetatable({}, {__gc = f}) collectgarbage()").exec()
    }));
    lua.set_warning_function(|_, _, _| panic!("warning"));
    lua.load("warn('@on') warn('x')").exec()?;
    assert_eq!(lua.load("return 1").eval::<i64>()?, 1);
    Ok(())
}

#[test]
fn coroutines_in_the_wrong_state() -> Result<()> {
    let lua = Lua::new();
    let resumed = Arc::new(Mutex::new(None::<Thread>));
    let own = resumed.clone();
    let f = lua.create_function(move |_, ()| {
        let thread = own.lock().unwrap().clone();
        thread.map_or(Ok(()), |thread| thread.resume::<()>(()))
    })?;
    let thread = lua.create_thread(f.clone())?;
    *resumed.lock().unwrap() = Some(thread.clone());
    let error = thread.resume::<()>(()).unwrap_err();
    assert!(matches!(root(&error), Error::CoroutineUnresumable), "{error}");
    assert!(matches!(thread.resume::<()>(()), Err(Error::CoroutineUnresumable)));
    // Reset while it runs.
    let own = resumed.clone();
    let f = lua.create_function(move |lua, ()| {
        let thread = own.lock().unwrap().clone().unwrap();
        assert!(thread.reset(lua.load("return 1").into_function()?).is_err());
        Ok(5)
    })?;
    let thread = lua.create_thread(f)?;
    *resumed.lock().unwrap() = Some(thread.clone());
    assert_eq!(thread.resume::<i64>(())?, 5);
    thread.reset(lua.load("return 6").into_function()?)?;
    assert_eq!(thread.resume::<i64>(())?, 6);
    *resumed.lock().unwrap() = None;
    Ok(())
}

#[test]
fn errors_that_wrap_one_another_without_end() -> Result<()> {
    let lua = Lua::new();
    let wrap = lua.create_function(|_, error: Error| Err::<(), _>(error))?;
    lua.globals().set("wrap", wrap)?;
    let context = lua.create_function(|_, error: Error| {
        Err::<(), _>(perilune::ErrorContext::context(error, "context"))
    })?;
    lua.globals().set("context", context)?;
    let n = lua
        .load(
            "local ok, e = pcall(wrap, 'start')
            for i = 1, 30000 do
                ok, e = pcall(i % 2 == 0 and wrap or context, e)
            end
            return #tostring(e)",
        )
        .eval::<usize>()?;
    assert!(n > 0);
    let error = lua
        .load(
            "local ok, e = pcall(wrap, 'start')
            for i = 1, 30000 do ok, e = pcall(wrap, e) end error(e)",
        )
        .exec()
        .unwrap_err();
    let _ = (format!("{error}").len(), error.chain().count());
    drop(error);
    lua.gc_collect()?;
    Ok(())
}

#[test]
fn data_that_is_nested_without_end() -> Result<()> {
    let lua = Lua::new();
    let deep: Table = lua.load("local t = {} for i = 1, 200000 do t = {t} end return t").eval()?;
    assert!(!format!("{:#?}", Value::Table(deep.clone())).is_empty());
    let ring: Table = lua.load("local t = {} t.t = t t[t] = t return t").eval()?;
    assert!(!format!("{:#?}", Value::Table(ring)).is_empty());
    // A value whose conversion is asked for as deep as the type goes.
    assert!(deep.get::<Vec<Vec<Vec<i64>>>>(1).is_err());
    #[cfg(feature = "serde")]
    {
        use perilune::LuaSerdeExt;
        assert!(lua.from_value::<serde_json::Value>(Value::Table(deep.clone())).is_err());
        assert!(serde_json::to_string(&deep).is_err());
        let mut json = serde_json::Value::Null;
        for _ in 0..100_000 {
            json = serde_json::Value::Array(vec![json]);
        }
        assert!(lua.to_value(&json).is_err());
        // Its own destructor would not come back.
        std::mem::forget(json);
    }
    Ok(())
}

#[test]
fn more_than_fits() -> Result<()> {
    let lua = Lua::new();
    let f = lua.load("return ...").into_function()?;
    let many = MultiValue::from_iter((0..2_000_000).map(Value::Integer));
    assert!(f.call::<MultiValue>(many.clone()).is_err());
    let back = lua.create_function(move |_, ()| Ok(many.clone()))?;
    assert!(back.call::<MultiValue>(()).is_err());
    assert!(f.bind(Variadic::from_iter(0..300)).is_err());
    assert!(lua.create_table_with_capacity(usize::MAX, 0).is_err());
    assert!(lua.create_table_with_capacity(0, usize::MAX).is_err());
    assert!(lua.create_table_with_capacity(usize::MAX / 2, usize::MAX / 2).is_err());
    // What an iterator says of its length is no promise.
    struct Liar(usize);
    impl Iterator for Liar {
        type Item = i64;
        fn next(&mut self) -> Option<i64> {
            self.0 = self.0.checked_sub(1)?;
            Some(1)
        }
        fn size_hint(&self) -> (usize, Option<usize>) {
            (usize::MAX, None)
        }
    }
    let _ = lua.create_sequence_from(Liar(3));
    let _ = lua.create_table_from(Liar(3).map(|n| (n, n)));
    let thread = lua.create_thread(f.clone())?;
    assert!(thread.resume::<MultiValue>(Variadic::from_iter(0..2_000_000)).is_err());
    assert!(lua.load("return ...").call::<MultiValue>(Variadic::from_iter(0..2_000_000)).is_err());
    lua.set_hook(HookTriggers::new().every_nth_instruction(0), |_, _| Ok(VmState::Continue))?;
    lua.remove_hook();
    let used = lua.used_memory();
    lua.set_memory_limit(used + 100_000)?;
    assert!(lua.load("local t = {} for i = 1, 1e7 do t[i] = {} end").exec().is_err());
    assert!(lua.create_string(vec![b'x'; 10_000_000]).is_err());
    lua.set_memory_limit(0)?;
    assert_eq!(f.call::<i64>(7)?, 7);
    Ok(())
}

#[test]
fn functions_that_call_themselves_without_end() -> Result<()> {
    let lua = Lua::new();
    let f = lua.create_function(|lua, ()| {
        let f: Function = lua.globals().get("f")?;
        f.call::<()>(())
    })?;
    lua.globals().set("f", &f)?;
    assert!(f.call::<()>(()).is_err());
    // Through conversions and metamethods.
    lua.load(
        "mt = {} mt.__index = function(t, k) return f2(t, k) end
        mt.__tostring = function(t) return tostring_of(t) end
        mt.__len = function(t) return len_of(t) end",
    )
    .exec()?;
    let get = lua.create_function(|_, (t, k): (Table, Value)| t.get::<Value>(k))?;
    lua.globals().set("f2", get)?;
    let text = lua.create_function(|_, t: Value| t.to_string())?;
    lua.globals().set("tostring_of", text)?;
    lua.globals().set("len_of", lua.create_function(|_, t: Table| t.len())?)?;
    let t: Table = lua.load("return setmetatable({}, mt)").eval()?;
    assert!(t.get::<Value>("x").is_err());
    assert!(t.len().is_err());
    assert!(Value::Table(t).to_string().is_err());
    let load =
        lua.create_function(|lua, n: i64| lua.load("return again(...)").call::<i64>(n + 1))?;
    lua.globals().set("again", &load)?;
    assert!(load.call::<i64>(0).is_err());
    assert_eq!(lua.load("return 1").eval::<i64>()?, 1);
    Ok(())
}

#[test]
fn a_hundred_thousand_states_in_turn_and_many_handles() -> Result<()> {
    let lua = Lua::new();
    let table = lua.create_table()?;
    for _ in 0..3_000_000 {
        let one = table.clone();
        drop(one);
    }
    for i in 0..300_000 {
        table.raw_set(1, lua.create_table()?)?;
        if i % 1000 == 0 {
            drop(Lua::new().create_table()?);
        }
    }
    let held = (0..1_000_000).map(|_| table.get::<Table>(1)).collect::<Result<Vec<_>>>()?;
    assert_eq!(held.len(), 1_000_000);
    drop(held);
    // Far too many are an error.
    let mut held = Vec::new();
    let error = loop {
        match lua.create_table() {
            Ok(table) => held.push(table),
            Err(error) => break error,
        }
        if held.len() > 5_000_000 {
            return Ok(());
        }
    };
    assert!(matches!(error, Error::StackError | Error::MemoryError(_)), "{error}");
    drop(held);
    lua.gc_collect()?;
    lua.create_table()?.set(1, 1)
}
