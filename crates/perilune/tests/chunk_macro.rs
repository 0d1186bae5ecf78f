//! `chunk!`: what Lua code among Rust code is, and what it captures.
#![cfg(feature = "macros")]

use perilune::{Error, Function, Lua, Result, chunk};

#[test]
fn lines_are_those_of_the_source() -> Result<()> {
    let lua = Lua::new();
    let f: Function = lua
        .load(chunk! {
            return function()

                error("here")
            end
        })
        .set_name("=code")
        .eval()?;
    let Err(Error::RuntimeError(text)) = f.call::<()>(()) else { panic!("no error") };
    assert!(text.starts_with("code:3: here"), "{text}");
    Ok(())
}

#[test]
fn operators_and_literals_survive() -> Result<()> {
    let lua = Lua::new();
    let all: (String, bool, i64, f64, String) = lua
        .load(chunk! {
            "a" .. "b" .. 1 .. 2, 1 ~= 2 and 2 <= 3, 0xff >> 4 | #{1, 2}, 2 ^ 3, [[long]]
        })
        .eval()?;
    assert_eq!(all, ("ab12".into(), true, 15 | 2, 8.0, "long".into()));
    Ok(())
}

#[test]
fn captured_variables_are_upvalues_of_their_own() -> Result<()> {
    let lua = Lua::new();
    let mut counters = Vec::new();
    for start in [10, 20] {
        let r#type = "t";
        let counter: Function = lua
            .load(chunk! {
                local n = $start
                seen = (seen or 0) + 1
                return function() n = n + 1; return n .. $r#type end
            })
            .eval()?;
        counters.push(counter);
    }
    assert_eq!(counters[0].call::<String>(())?, "11t");
    assert_eq!(counters[1].call::<String>(())?, "21t");
    assert_eq!(counters[0].call::<String>(())?, "12t");
    // Assignments go to the globals.
    assert_eq!(lua.globals().get::<i64>("seen")?, 2);
    assert!(!lua.globals().contains_key("start")?);
    Ok(())
}

#[test]
fn code_compiled_once_serves_several_states() -> Result<()> {
    fn run(lua: &Lua, n: i64) -> Result<i64> {
        lua.load(chunk! { x = (x or 0) + $n; return x }).eval()
    }
    let (a, b) = (Lua::new(), Lua::new());
    assert_eq!((run(&a, 1)?, run(&a, 2)?, run(&b, 5)?, run(&a, 3)?), (1, 3, 5, 6));
    let env = b.create_table()?;
    env.set("x", 100)?;
    for expected in [101, 102] {
        let x: i64 = b.load(chunk! { x = x + 1; return x }).set_environment(env.clone()).eval()?;
        assert_eq!(x, expected);
    }
    Ok(())
}

#[test]
fn code_that_is_not_lua_is_an_error_each_time() {
    let lua = Lua::new();
    for _ in 0..2 {
        let result = lua.load(chunk! { return + }).exec();
        assert!(matches!(result, Err(Error::SyntaxError { .. })), "{result:?}");
    }
}

#[test]
fn variables_that_cannot_be_converted_are_an_error() {
    let lua = Lua::new();
    let other = Lua::new();
    let table = other.globals();
    let result = lua.load(chunk! { return $table }).exec();
    assert!(matches!(result, Err(Error::MismatchedState)), "{result:?}");
}
