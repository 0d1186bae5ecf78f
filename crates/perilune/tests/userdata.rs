//! Bad use of userdata: each is an error, none a crash.

use perilune::{
    AnyUserData, Error, Function, Lua, MetaMethod, ObjectLike, Result, Table, UserData,
    UserDataFields, UserDataMethods, UserDataRef, UserDataRefMut, Value,
};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// Collects all that can be collected.
fn collect(lua: &Lua) {
    lua.load("collectgarbage() collectgarbage()").exec().expect("a collection");
}

/// The error within errors of callbacks and arguments.
fn root(error: &Error) -> &Error {
    match error {
        Error::CallbackError { cause, .. } | Error::BadArgument { cause, .. } => root(cause),
        other => other,
    }
}

struct Counter(i64);

impl UserData for Counter {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        fields.add_field_method_get("value", |_, this| Ok(this.0));
        fields.add_field_method_set("value", |_, this, value| {
            this.0 = value;
            Ok(())
        });
    }

    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_method("read", |_, this, f: Option<Function>| {
            if let Some(f) = f {
                f.call::<()>(())?;
            }
            Ok(this.0)
        });
        methods.add_method_mut("write", |_, this, f: Function| {
            this.0 += 1;
            f.call::<()>(())
        });
        methods.add_method("with", |_, this, other: UserDataRef<Counter>| Ok(this.0 + other.0));
        methods.add_method("with_mut", |_, this, mut other: UserDataRefMut<Counter>| {
            other.0 += this.0;
            Ok(())
        });
        methods.add_meta_method(MetaMethod::ToString, |_, this, ()| Ok(format!("#{}", this.0)));
    }
}

#[test]
fn borrows_exclude_one_another() -> Result<()> {
    let lua = Lua::new();
    lua.globals().set("c", Counter(1))?;
    // Reading while reading is fine, nothing else is.
    assert_eq!(lua.load("c:read(function() n = c:read() + c:with(c) end)").eval::<i64>()?, 1);
    for (script, wanted) in [
        (
            "c:write(function() c:read() end)",
            "bad argument `self` to `Counter.read`: error borrowing userdata",
        ),
        ("c:write(function() c:write(print) end)", "mutable callback called recursively"),
        (
            "c:read(function() c:write(print) end)",
            "bad argument `self` to `Counter.write`: error mutably borrowing userdata",
        ),
        (
            "c:read(function() c.value = 1 end)",
            "bad argument `self` to `Counter.value`: error mutably borrowing userdata",
        ),
        (
            "c:write(function() return c.value end)",
            "bad argument `self` to `Counter.value`: error borrowing userdata",
        ),
        (
            "c:write(function() tostring(c) end)",
            "bad argument `self` to `Counter.__tostring`: error borrowing userdata",
        ),
        ("c:with_mut(c)", "bad argument `self` to `Counter.with_mut`: error borrowing userdata"),
        (
            "c.read()",
            "bad argument `self` to `Counter.read`: error converting Lua missing argument to userdata",
        ),
        (
            "c.read(1)",
            "error converting Lua number to userdata (expected userdata of type 'Counter')",
        ),
        (
            "c.read(io.stdout)",
            "bad argument `self` to `Counter.read`: userdata is not expected type",
        ),
        ("c:with({})", "bad argument #2 to `Counter.with`: error converting Lua table to userdata"),
    ] {
        let error = lua.load(script).exec().expect_err(script).to_string();
        assert!(error.contains(wanted), "{script}: {error}");
    }
    // All borrows have ended.
    assert_eq!(lua.load("c:write(function() end) return c.value").eval::<i64>()?, 6);
    Ok(())
}

#[test]
fn a_panic_in_a_method_ends_its_borrow() -> Result<()> {
    let lua = Lua::new();
    let f = lua.create_function(|_, ()| -> Result<()> { panic!("in a method") })?;
    lua.globals().set("f", f)?;
    let c = lua.create_userdata(Counter(1))?;
    lua.globals().set("c", &c)?;
    for script in ["c:write(f)", "c:read(f)"] {
        let caught = catch_unwind(AssertUnwindSafe(|| lua.load(script).exec()));
        assert!(caught.is_err(), "{script}");
        assert_eq!(c.borrow_mut::<Counter>()?.0, 2);
    }
    Ok(())
}

#[test]
fn destroyed_while_borrowed() -> Result<()> {
    let lua = Lua::new();
    let c = lua.create_userdata(Counter(7))?;
    let borrowed = c.borrow::<Counter>()?;
    assert!(matches!(c.take::<Counter>(), Err(Error::UserDataBorrowMutError)));
    assert!(matches!(c.borrow_mut::<Counter>(), Err(Error::UserDataBorrowMutError)));
    c.destroy()?;
    collect(&lua);
    assert_eq!(borrowed.0, 7);
    for result in [
        c.borrow::<Counter>().map(drop),
        c.borrow_mut::<Counter>().map(drop),
        c.take::<Counter>().map(drop),
        c.destroy(),
        c.metatable().map(drop),
        c.set_user_value(1),
        c.user_value::<Value>().map(drop),
        c.type_name().map(drop),
    ] {
        assert!(matches!(result, Err(Error::UserDataDestructed)));
    }
    assert_eq!(c.type_id(), None);
    lua.globals().set("c", &c)?;
    for script in ["c:read()", "c.value = 1", "tostring(c)", "return #c", "return c + 1", "c()"] {
        let error = lua.load(script).exec().expect_err(script);
        assert!(matches!(root(&error), Error::UserDataDestructed), "{script}: {error}");
    }
    drop(lua);
    assert_eq!(borrowed.0, 7);
    Ok(())
}

#[test]
fn destroyed_by_its_own_method() -> Result<()> {
    let lua = Lua::new();
    let c = lua.create_userdata(Counter(1))?;
    lua.globals().set("c", &c)?;
    let me = c.clone();
    let destroy = lua.create_function(move |_, ()| me.destroy())?;
    for method in ["read", "write"] {
        let error = c.call_method::<()>(method, &destroy).expect_err(method);
        assert!(matches!(root(&error), Error::UserDataBorrowMutError), "{error}");
    }
    destroy.call::<()>(())
}

/// Panics when it is dropped.
struct Bomb(&'static str);

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("{}", self.0);
    }
}

/// A state whose warnings are kept.
fn with_warnings() -> (Lua, Arc<Mutex<Vec<String>>>) {
    let lua = Lua::new();
    let warnings = Arc::new(Mutex::new(Vec::new()));
    let kept = warnings.clone();
    lua.set_warning_function(move |_, text, _| {
        kept.lock().expect("the list").push(text.to_owned());
        Ok(())
    });
    (lua, warnings)
}

#[test]
fn panics_of_destructors_are_warnings() -> Result<()> {
    let (lua, warnings) = with_warnings();
    for _ in 0..100 {
        drop(lua.create_any_userdata(Bomb("collected"))?);
        let bomb = Bomb("captured");
        drop(lua.create_function(move |_, ()| {
            let _ = &bomb;
            Ok(())
        })?);
    }
    collect(&lua);
    let text = std::mem::take(&mut *warnings.lock().expect("the list")).concat();
    assert_eq!(text.matches("error in drop (collected)").count(), 100);
    assert_eq!(text.matches("error in drop (captured)").count(), 100);
    assert_eq!(lua.load("1 + 1").eval::<i64>()?, 2);
    // What a finalizer sees, too; and at the end.
    lua.globals().set("bomb", AnyUserData::wrap(Bomb("finalized")))?;
    lua.load("setmetatable({bomb}, {__gc = function(t) seen = t[1] end}) bomb = nil").exec()?;
    collect(&lua);
    let text = std::mem::take(&mut *warnings.lock().expect("the list")).concat();
    assert_eq!(text, "error in drop (finalized)");
    assert!(lua.globals().get::<AnyUserData>("seen")?.borrow::<Bomb>().is_err());
    std::mem::forget(lua.create_any_userdata(Bomb("closed"))?);
    Ok(())
}

#[test]
fn a_destructor_runs_in_destroy() -> Result<()> {
    let lua = Lua::new();
    let bomb = lua.create_any_userdata(Bomb("destroyed"))?;
    let panic = catch_unwind(AssertUnwindSafe(|| bomb.destroy())).expect_err("a panic");
    assert_eq!(panic.downcast_ref::<String>().map(String::as_str), Some("destroyed"));
    assert!(matches!(bomb.destroy(), Err(Error::UserDataDestructed)));
    Ok(())
}

/// Uses handles when it is dropped.
struct Meddler {
    lua: perilune::WeakLua,
    table: Table,
    errors: Arc<Mutex<Vec<String>>>,
}

impl Drop for Meddler {
    fn drop(&mut self) {
        let result = match self.lua.try_upgrade() {
            Some(lua) => lua.load("return 1").exec().and(self.table.set("dropped", true)),
            None => self.table.set("dropped", true),
        };
        let text = result.err().map_or("fine".to_owned(), |e| e.to_string());
        self.errors.lock().expect("the list").push(text);
    }
}

#[test]
fn destructors_that_use_handles() -> Result<()> {
    let errors = Arc::new(Mutex::new(Vec::new()));
    let meddle = |lua: &Lua| -> Result<AnyUserData> {
        let table = lua.create_table()?;
        lua.create_any_userdata(Meddler { lua: lua.weak(), table, errors: errors.clone() })
    };
    let lua = Lua::new();
    drop(meddle(&lua)?);
    collect(&lua);
    meddle(&lua)?.destroy()?;
    drop(meddle(&lua)?.take::<Meddler>()?);
    drop(meddle(&lua)?);
    drop(lua);
    let texts = std::mem::take(&mut *errors.lock().expect("the list"));
    assert_eq!(texts[..3], ["Lua state is in use", "fine", "fine"]);
    assert!(matches!(texts[3].as_str(), "Lua state is closed" | "Lua state is in use"));
    assert_eq!(texts.len(), 4);
    Ok(())
}

#[test]
fn handles_kept_in_userdata() -> Result<()> {
    let lua = Lua::new();
    let alive = Arc::new(());
    // Each holds handles of the one before.
    let mut last = Value::Nil;
    for _ in 0..100 {
        let table = lua.create_table()?;
        table.set("last", &last)?;
        last = Value::UserData(lua.create_any_userdata((alive.clone(), table, last))?);
    }
    assert_eq!(Arc::strong_count(&alive), 101);
    drop(last);
    for _ in 0..200 {
        collect(&lua);
    }
    assert_eq!(Arc::strong_count(&alive), 1);
    Ok(())
}

#[test]
fn userdata_of_another_state() -> Result<()> {
    let (a, b) = (Lua::new(), Lua::new());
    let ud = a.create_userdata(Counter(1))?;
    assert!(matches!(b.globals().set("c", &ud), Err(Error::MismatchedState)));
    let other = b.create_userdata(Counter(2))?;
    assert!(ud.call_method::<i64>("with", &other).is_err());
    assert!(ud.set_user_value(&other).is_err());
    let method: Function = ud.get("read")?;
    assert!(method.call::<i64>(&other).is_err());
    assert_ne!(ud, other);
    drop(a);
    assert!(matches!(ud.borrow::<Counter>(), Err(Error::StateClosed)));
    assert!(!ud.is::<Counter>());
    assert_eq!(other.borrow::<Counter>()?.0, 2);
    Ok(())
}

#[test]
fn methods_outlive_their_userdata_and_meet_others() -> Result<()> {
    let lua = Lua::new();
    lua.globals().set("c", Counter(1))?;
    lua.globals().set("other", AnyUserData::wrap(5u8))?;
    let script = "
        local read = c.read
        local ok, e = pcall(read, other)
        c = nil
        collectgarbage()
        return ok, tostring(e)
    ";
    let (ok, text) = lua.load(script).eval::<(bool, String)>()?;
    assert!(!ok && text.contains("userdata is not expected type"), "{text}");
    Ok(())
}

#[test]
fn metatables_that_scripts_exchange() -> Result<()> {
    let lua = Lua::unsafe_new();
    lua.globals().set("c", Counter(1))?;
    lua.globals().set("d", AnyUserData::wrap(1u8))?;
    // The value's type is what counts, not the metatable.
    let script = "
        local read = c.read
        debug.setmetatable(d, debug.getmetatable(c))
        local refused = not pcall(function() return d:read() end)
        debug.setmetatable(c, nil)
        return refused, read(c), pcall(function() return c.value end)
    ";
    let (refused, read, indexed) = lua.load(script).eval::<(bool, i64, bool)>()?;
    assert!(refused && !indexed);
    assert_eq!(read, 1);
    Ok(())
}

#[test]
fn restricted_metamethods() -> Result<()> {
    struct Finalized;
    impl UserData for Finalized {
        fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
            methods.add_meta_method("__gc", |_, _, ()| Ok(()));
        }
    }
    let lua = Lua::new();
    for _ in 0..2 {
        let made = lua.create_userdata(Finalized);
        assert!(matches!(made, Err(Error::MetaMethodRestricted(name)) if name == "__gc"));
    }
    let table = lua.create_userdata(Counter(0))?.metatable()?;
    assert!(matches!(table.get::<Value>("__metatable"), Err(Error::MetaMethodRestricted(_))));
    assert!(matches!(table.set("__newindex", 1), Err(Error::MetaMethodRestricted(_))));
    table.set("__len", lua.create_function(|_, _: Value| Ok(3))?)?;
    lua.globals().set("c", Counter(0))?;
    assert_eq!(lua.load("#c").eval::<i64>()?, 3);
    assert_eq!(lua.load("getmetatable(c)").eval::<Value>()?, Value::Boolean(false));
    Ok(())
}

#[test]
fn a_type_that_makes_itself_while_it_is_registered() -> Result<()> {
    struct Snake;
    impl UserData for Snake {
        fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
            fields.add_field("itself", Snake);
        }
    }
    let error = Lua::new().create_userdata(Snake).expect_err("an error").to_string();
    assert!(error.contains("while its type is registered"), "{error}");
    Ok(())
}

#[test]
fn unknown_fields() -> Result<()> {
    struct Point;
    impl UserData for Point {
        fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
            fields.add_field_method_get("x", |_, _| Ok(1));
            fields.add_field_method_set("x", |_, _, _: i64| Ok(()));
        }
    }
    let lua = Lua::new();
    lua.globals().set("p", Point)?;
    for (script, wanted) in [
        ("return p.y", "attempt to get an unknown field 'y'"),
        ("p.y = 1", "attempt to set an unknown field 'y'"),
        ("return p[{}]", "attempt to get an unknown field of type table"),
        ("p[1] = 2", "attempt to set an unknown field '1'"),
    ] {
        let error = lua.load(script).exec().expect_err(script).to_string();
        assert!(error.contains(wanted), "{script}: {error}");
    }
    assert_eq!(lua.load("p.x = 5 return p.x").eval::<i64>()?, 1);
    Ok(())
}

#[test]
fn scopes_end_all_they_lent() -> Result<()> {
    struct Log<'a>(&'a Cell<usize>);
    impl UserData for Log<'_> {
        fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
            methods.add_method("note", |_, this, ()| {
                this.0.set(this.0.get() + 1);
                Ok(())
            });
        }
    }
    impl Drop for Log<'_> {
        fn drop(&mut self) {
            self.0.set(self.0.get() + 100);
        }
    }
    let lua = Lua::new();
    let count = Cell::new(0);
    let mut counter = Counter(1);
    let result: Result<()> = lua.scope(|scope| {
        let log = scope.create_userdata(Log(&count))?;
        lua.globals().set("log", &log)?;
        lua.globals().set("c", scope.create_userdata_ref_mut(&mut counter)?)?;
        lua.globals().set("f", scope.create_function(|_, ()| Ok(count.get()))?)?;
        lua.load("log:note() c.value = 10 assert(f() == 1)").exec()?;
        assert!(matches!(log.destroy(), Err(Error::UserDataBorrowMutError)));
        assert_eq!(log.type_id(), None);
        lua.load("error('out')").exec()
    });
    assert!(result.is_err());
    assert_eq!((count.get(), counter.0), (101, 10));
    for script in ["log:note()", "return c.value", "f()"] {
        let error = lua.load(script).exec().expect_err(script);
        let gone = matches!(root(&error), Error::UserDataDestructed | Error::CallbackDestructed);
        assert!(gone, "{script}: {error}");
    }
    Ok(())
}

#[test]
fn scopes_that_panic() {
    let lua = Lua::new();
    let count = AtomicUsize::new(0);
    struct Note<'a>(&'a AtomicUsize);
    impl Drop for Note<'_> {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    impl UserData for Note<'_> {}
    let panic = catch_unwind(AssertUnwindSafe(|| {
        lua.scope(|scope| -> Result<()> {
            scope.create_userdata(Note(&count))?;
            let note = Note(&count);
            let f = scope.create_function(move |_, ()| {
                let _ = &note;
                Ok(())
            })?;
            lua.globals().set("f", f)?;
            scope.add_destructor(|| assert_eq!(count.load(Ordering::Relaxed), 2));
            panic!("in a scope")
        })
    }));
    assert!(panic.is_err());
    assert_eq!(count.load(Ordering::Relaxed), 2);
    let error = lua.load("f()").exec().expect_err("an error");
    assert!(matches!(root(&error), Error::CallbackDestructed), "{error}");
}

#[test]
fn borrows_of_what_a_scope_lends() -> Result<()> {
    let lua = Lua::new();
    let counter = Counter(1);
    lua.scope(|scope| {
        let c = scope.create_userdata_ref(&counter)?;
        let wanted = "error mutably borrowing userdata";
        let error = c.set("value", 2).expect_err("an error").to_string();
        assert!(error.contains(wanted), "{error}");
        c.borrow_scoped::<Counter, _>(|inner| {
            assert_eq!(inner.0, 1);
            assert!(c.borrow_mut_scoped::<Counter, _>(|_| ()).is_err());
            assert_eq!(c.get::<i64>("value").ok(), Some(1));
        })?;
        let mut other = Counter(5);
        lua.scope(|scope| {
            let other = scope.create_userdata_ref_mut(&mut other)?;
            other.borrow_mut_scoped::<Counter, _>(|inner| {
                inner.0 += 1;
                assert!(other.get::<i64>("value").is_err());
            })?;
            assert_eq!(c.call_method::<i64>("read", ())? + other.get::<i64>("value")?, 7);
            Ok(())
        })
    })
}

#[test]
fn restricted_fields_of_metatables_are_not_converted() -> Result<()> {
    let lua = Lua::new();
    let metatable = lua.create_any_userdata('c')?.metatable()?;
    let names = metatable.pairs::<String>().collect::<Result<Vec<_>>>()?;
    assert_eq!(names, [("__name".to_owned(), "char".to_owned())]);
    metatable.set("limit", 5)?;
    assert_eq!(metatable.pairs::<i64>().filter(|pair| pair.is_ok()).count(), 1);
    Ok(())
}
