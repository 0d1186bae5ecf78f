//! Operations of handles that need no slot of the stack, and where they give way
//! to those that do.

use perilune::{Error, Lua, LuaOptions, LuaString, MultiValue, Result, StdLib, Table, Value};

#[test]
fn names_are_found_again_after_collections() -> Result<()> {
    let lua = Lua::new();
    let t = lua.create_table()?;
    for round in 0..50 {
        // The same bytes at the same place are another text each time.
        let mut name = *b"key00";
        name[3] += (round / 10) as u8;
        name[4] += (round % 10) as u8;
        let name = std::str::from_utf8(&name).unwrap_or_default();
        assert_eq!(t.get::<Option<i64>>(name)?, None);
        t.set(name, round)?;
        assert_eq!(t.get::<i64>(name)?, round);
        t.set(name, round + 1)?;
        assert_eq!(t.get::<i64>(name)?, round + 1);
        t.set(name, Value::Nil)?;
        assert_eq!(t.get::<Value>("literal")?, Value::Nil);
        lua.gc_collect()?;
        assert_eq!(t.get::<Option<i64>>(name)?, None);
        t.set("literal", name)?;
        lua.gc_collect()?;
        assert_eq!(t.get::<String>("literal")?, name);
        t.set("literal", Value::Nil)?;
    }
    Ok(())
}

#[test]
fn keys_of_every_kind() -> Result<()> {
    let lua = Lua::new();
    let (t, key) = (lua.create_table()?, lua.create_table()?);
    let long = "a name that is too long to be the same string everywhere it is made";
    for _ in 0..2 {
        t.set(1, "integer")?;
        t.set(2.0, "float that is an integer")?;
        t.set(0.5, "float")?;
        t.set(true, "boolean")?;
        t.set(&key, "table")?;
        t.set(long, "long")?;
        t.set(lua.create_string("short")?, "handle")?;
        t.set("", "empty")?;
        t.set(u64::MAX, "beyond integers")?;
    }
    assert_eq!(t.get::<String>(1u8)?, "integer");
    assert_eq!(t.get::<String>(1.0)?, "integer");
    assert_eq!(t.get::<String>(2)?, "float that is an integer");
    assert_eq!(t.get::<String>(Value::Number(0.5))?, "float");
    assert_eq!(t.get::<String>(true)?, "boolean");
    assert_eq!(t.get::<String>(key)?, "table");
    assert_eq!(t.get::<String>(long)?, "long");
    assert_eq!(t.get::<String>("short")?, "handle");
    assert_eq!(t.get::<String>("")?, "empty");
    assert_eq!(t.get::<String>(u64::MAX)?, "beyond integers");
    assert_eq!(t.get::<Value>(Value::Nil)?, Value::Nil);
    assert_eq!(t.get::<Value>(f64::NAN)?, Value::Nil);
    assert!(t.set(Value::Nil, 1).is_err());
    assert!(t.set(f64::NAN, 1).is_err());
    assert!(matches!(t.get::<i64>(1), Err(Error::FromLuaConversionError { .. })));
    Ok(())
}

#[test]
fn metatables_and_other_states() -> Result<()> {
    let lua = Lua::new();
    let t = lua.create_table_from([("there", 1)])?;
    let meta: Table = lua.load("{__index = function(_, k) return k .. '!' end}").eval()?;
    t.set_metatable(Some(meta))?;
    assert_eq!(t.get::<String>("absent")?, "absent!");
    assert_eq!(t.raw_get::<Value>("absent")?, Value::Nil);
    assert_eq!(t.raw_get::<i64>("there")?, 1);
    t.raw_set("there", 2)?;
    assert_eq!(t.get::<i64>("there")?, 2);
    let other = Lua::new();
    let foreign = other.create_table()?;
    assert!(matches!(t.raw_get::<Value>(&foreign), Err(Error::MismatchedState)));
    assert!(matches!(t.raw_set("there", &foreign), Err(Error::MismatchedState)));
    drop(lua);
    assert!(matches!(t.raw_get::<i64>("there"), Err(Error::StateClosed)));
    assert!(matches!(t.raw_set("there", 3), Err(Error::StateClosed)));
    Ok(())
}

#[test]
fn metamethods_are_noticed_when_a_field_comes_back() -> Result<()> {
    let lua = Lua::new();
    let meta = lua.create_table_from([("__index", "a string has fields, too")])?;
    meta.set("__index", Value::Nil)?;
    let t = lua.create_table()?;
    t.set_metatable(Some(meta.clone()))?;
    lua.globals().set("t", &t)?;
    assert_eq!(lua.load("return t.x").eval::<Value>()?, Value::Nil);
    meta.set("__index", lua.create_table_from([("x", 5)])?)?;
    assert_eq!(lua.load("return t.x").eval::<i64>()?, 5);
    Ok(())
}

#[test]
fn numbers_where_all_are_floats() -> Result<()> {
    let options = LuaOptions::new().with_dialect(&perilune_vm::LUA_5_1);
    let lua = Lua::new_with(StdLib::ALL_SAFE, options)?;
    let t = lua.create_table()?;
    for value in [1, 2] {
        t.set(1, value)?;
        t.set("n", value)?;
        t.set(value, value)?;
    }
    lua.globals().set("t", &t)?;
    let seen: String = lua.load("return t[1] .. ' ' .. t.n .. ' ' .. t[2] / 4").eval()?;
    assert_eq!(seen, "2 2 0.5");
    assert_eq!(t.get::<i64>(1)?, 2);
    assert_eq!(t.get::<f64>("n")?, 2.0);
    for pair in t.pairs::<Value, Value>() {
        assert!(matches!(pair?.1, Value::Integer(1 | 2)));
    }
    Ok(())
}

#[test]
fn pairs_go_on_after_errors_and_while_fields_are_taken_away() -> Result<()> {
    let lua = Lua::new();
    let t: Table = lua.load("{1, 2, 'three', 4, x = 5, y = 'six', z = 7}").eval()?;
    let (mut good, mut bad) = (0, 0);
    for pair in t.pairs::<Value, i64>() {
        match pair {
            Ok((key, n)) => {
                good += n;
                t.set(key, Value::Nil)?;
            }
            Err(_) => bad += 1,
        }
    }
    assert_eq!((good, bad), (1 + 2 + 4 + 5 + 7, 2));
    assert_eq!(t.pairs::<Value, String>().count(), 2);
    let mut seen = Vec::new();
    t.for_each(|key: Value, value: String| {
        // Handles can be used meanwhile.
        t.set(key, Value::Nil)?;
        seen.push(value);
        Ok(())
    })?;
    seen.sort();
    assert_eq!(seen, ["six", "three"]);
    assert!(t.is_empty());
    Ok(())
}

#[test]
fn values_come_back_as_they_are() -> Result<()> {
    let lua = Lua::new();
    let failed: Value = lua
        .load("return select(2, pcall(...))")
        .call(lua.create_function(|_, ()| Err::<(), _>(Error::runtime("of Rust")))?)?;
    assert!(failed.is_error());
    let t = lua.create_sequence_from([failed.clone(), Value::NULL])?;
    assert!(t.get::<Value>(1)?.is_error());
    assert!(t.pairs::<i64, Value>().next().is_some_and(|p| p.is_ok_and(|p| p.1.is_error())));
    assert!(t.get::<Value>(2)?.is_null());
    let echo: perilune::Function = lua.load("return ...").into_function()?;
    let many: MultiValue = (0..200).map(Value::Integer).chain([failed, Value::NULL]).collect();
    let back: MultiValue = echo.call(many)?;
    assert_eq!(back.len(), 202);
    assert!(back[200].is_error() && back[201].is_null() && back[199] == Value::Integer(199));
    let text: (Option<LuaString>, i64, Value) = echo.call(("text", 5))?;
    assert_eq!((text.0.map(|s| s == "text"), text.1, text.2), (Some(true), 5, Value::Nil));
    Ok(())
}

#[test]
fn text_keeps_its_state_open() -> Result<()> {
    let lua = Lua::new();
    let no_text = lua.create_string(b"\xff")?;
    for _ in 0..2 {
        assert!(no_text.to_str().is_err());
        assert_eq!(no_text.as_bytes(), b"\xff");
    }
    let string = lua.create_string("kept")?;
    let weak = lua.weak();
    let (text, bytes) = (string.to_str()?, string.as_bytes());
    assert_eq!(string.to_str()?, "kept");
    drop((lua, string));
    assert_eq!((&*text, &*bytes), ("kept", &b"kept"[..]));
    drop(text);
    assert!(weak.try_upgrade().is_some());
    drop(bytes);
    assert!(weak.try_upgrade().is_none());
    Ok(())
}
