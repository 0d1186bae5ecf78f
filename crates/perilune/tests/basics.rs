//! Values go to Lua and come back.

use perilune::{Error, Function, Lua, Result, Table, Traceback, Value, Variadic};

#[test]
fn calls_in_both_directions() -> Result<()> {
    let lua = Lua::new();
    let add = lua.create_function(|_, (a, b): (i64, i64)| Ok(a + b))?;
    lua.globals().set("add", &add)?;
    assert_eq!(lua.load("add(2, 3)").eval::<i64>()?, 5);
    let f: Function = lua.load("function(...) return select('#', ...), ... end").eval()?;
    let (n, rest): (usize, Variadic<Value>) = f.call((1, "x", Value::Nil))?;
    assert_eq!((n, rest.len()), (3, 3));
    let nested = lua.create_function(|lua, f: Function| {
        let t = lua.create_table()?;
        t.set("result", f.call::<i64>(20)? + 1)?;
        Ok(t)
    })?;
    lua.globals().set("nested", nested)?;
    let t: Table = lua.load("nested(function(x) return x * 2 end)").eval()?;
    assert_eq!(t.get::<i64>("result")?, 41);
    Ok(())
}

#[test]
fn errors_keep_their_value() -> Result<()> {
    let lua = Lua::new();
    let pass = lua.create_function(|_, f: Function| f.call::<()>(()))?;
    lua.globals().set("pass", pass)?;
    lua.load(
        r#"
        local e = {}
        local ok, got = pcall(pass, function() error(e) end)
        assert(not ok and rawequal(got, e))
        local ok, got = pcall(pass, function() error("text", 0) end)
        assert(not ok and got == "text")
        "#,
    )
    .exec()?;
    let fail = lua.create_function(|_, ()| Err::<(), _>(Error::runtime("mine")))?;
    lua.globals().set("fail", fail)?;
    lua.load(
        r#"
        local _, a = pcall(fail)
        local _, b = pcall(pass, function() error(a) end)
        assert(rawequal(a, b))
        "#,
    )
    .exec()?;
    let err = lua.load("local t <const> = {7} error(t)").exec().unwrap_err();
    let Some(Value::Table(t)) = err.value(&lua) else { panic!("{err:?}") };
    assert_eq!(t.get::<i64>(1)?, 7);
    let traceback = err.traceback().unwrap();
    assert!(traceback.frames().len() >= 2, "{traceback}");
    Ok(())
}

#[test]
fn a_traceback_prints_as_it_was_read() -> Result<()> {
    let lua = Lua::new();
    let trace = lua.create_function(|lua, ()| lua.traceback(Some("message"), 0))?;
    for text in [lua.traceback(None, 0)?, trace.call(())?] {
        let text = text.to_str()?;
        let traceback = Traceback::parse(&text).expect(&text);
        assert!(text.ends_with(&traceback.to_string()), "{text} is not {traceback}");
    }
    assert!(Traceback::parse("stack traceback: none").is_none());
    Ok(())
}

#[test]
fn the_wrong_moment_and_the_wrong_state() -> Result<()> {
    let lua = Lua::new();
    let other = Lua::new();
    let t = other.create_table()?;
    assert!(matches!(lua.globals().set("t", &t), Err(Error::MismatchedState)));
    drop(other);
    assert!(matches!(t.get::<Value>(1), Err(Error::StateClosed)));
    Ok(())
}

#[test]
fn panics_pass_through() {
    let lua = Lua::new();
    let f = lua.create_function(|_, ()| -> Result<()> { panic!("oh") }).unwrap();
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| f.call::<()>(())));
    assert_eq!(outcome.unwrap_err().downcast_ref::<&str>(), Some(&"oh"));
    assert_eq!(lua.load("1 + 1").eval::<i64>().unwrap(), 2);
}
