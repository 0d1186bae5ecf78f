//! Numbers and strings at the ends of what the types hold.

use perilune::{
    BString, Either, Error, FromLua, IntoLua, Lua, LuaString, Result, Table, Value, Variadic,
};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ffi::{CString, OsString};
use std::fmt::Debug;
use std::path::PathBuf;

/// Converts what an expression gives, once on its way through a function, once
/// as a value.
fn both<T: FromLua + PartialEq + Debug + 'static>(code: &str) -> Result<T> {
    let lua = Lua::new();
    let value: Value = lua.load(code).eval()?;
    let by_value = lua.unpack::<T>(value.clone());
    let identity = lua.load("function(...) return ... end").eval::<perilune::Function>()?;
    let by_stack = identity.call::<T>(&value);
    match (by_value, by_stack) {
        (Ok(a), Ok(b)) => {
            assert_eq!(a, b, "{code}");
            Ok(a)
        }
        (Err(_), Err(b)) => Err(b),
        (a, b) => panic!("{code}: {a:?} as a value, {b:?} on the stack"),
    }
}

fn message<T: FromLua + PartialEq + Debug + 'static>(code: &str) -> String {
    match both::<T>(code) {
        Ok(value) => panic!("{code}: {value:?}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn integers_have_ranges() -> Result<()> {
    assert_eq!(both::<i8>("-128")?, -128);
    assert_eq!(both::<u8>("255")?, 255);
    assert_eq!(both::<u8>("255.0")?, 255);
    assert_eq!(both::<u8>("'0xff'")?, 255);
    assert_eq!(both::<i64>("math.mininteger")?, i64::MIN);
    assert_eq!(both::<u64>("2^63")?, 1 << 63);
    assert_eq!(both::<i128>("-2^127")?, i128::MIN);
    assert_eq!(both::<u128>("2^127")?, 1 << 127);
    assert_eq!(both::<usize>("'12'")?, 12);
    for (code, from) in [("128", "integer"), ("-129.0", "integer"), ("'200'", "string")] {
        let expected = format!("error converting Lua {from} to i8 (out of range)");
        assert_eq!(message::<i8>(code), expected);
    }
    assert!(message::<u8>("-1").ends_with("to u8 (out of range)"));
    assert!(message::<i64>("2^63").ends_with("number to i64 (out of range)"));
    assert!(message::<u128>("2^128").ends_with("(out of range)"));
    assert!(message::<u128>("-1").ends_with("(out of range)"));
    assert!(message::<i32>("1.5").ends_with("number to i32 (out of range)"));
    assert!(message::<i32>("0/0").ends_with("(out of range)"));
    assert!(message::<i128>("1/0").ends_with("(out of range)"));
    let no_number = "(expected number or string coercible to number)";
    assert_eq!(message::<i32>("'x'"), format!("error converting Lua string to i32 {no_number}"));
    assert_eq!(message::<u16>("{}"), format!("error converting Lua table to u16 {no_number}"));
    assert_eq!(message::<f32>("nil"), format!("error converting Lua nil to f32 {no_number}"));
    Ok(())
}

#[test]
fn floats_take_what_is_a_number() -> Result<()> {
    assert_eq!(both::<f64>("math.maxinteger")?, i64::MAX as f64);
    assert_eq!(both::<f32>("1e300")?, f32::INFINITY);
    assert_eq!(both::<f64>("' 0x10p1 '")?, 32.0);
    assert_eq!(both::<Option<f64>>("nil")?, None);
    Ok(())
}

#[test]
fn what_is_too_large_for_lua_becomes_a_float() -> Result<()> {
    let lua = Lua::new();
    assert_eq!(u64::MAX.into_lua(&lua)?, Value::Number(u64::MAX as f64));
    assert_eq!(i128::MIN.into_lua(&lua)?, Value::Number(i128::MIN as f64));
    assert_eq!((i64::MAX as u128).into_lua(&lua)?, Value::Integer(i64::MAX));
    let echo = lua.create_function(|_, n: f64| Ok(n))?;
    assert_eq!(echo.call::<f64>(u128::MAX)?, u128::MAX as f64);
    Ok(())
}

#[test]
fn where_numbers_are_floats_fractions_are_cut() -> Result<()> {
    let options = perilune::LuaOptions::new().with_dialect(&perilune::native::LUA_5_1);
    let lua = Lua::new_with(perilune::StdLib::ALL_SAFE, options)?;
    assert_eq!(lua.load("7.9").eval::<u8>()?, 7);
    assert_eq!(lua.load("-7.9").eval::<i8>()?, -7);
    assert!(lua.load("256").eval::<u8>().is_err());
    assert_eq!(lua.load("'7.9'").eval::<i64>()?, 7);
    assert_eq!(lua.load("3").eval::<Value>()?, Value::Integer(3));
    Ok(())
}

#[test]
fn strings_of_every_kind() -> Result<()> {
    assert_eq!(both::<String>("12")?, "12");
    assert_eq!(both::<Box<str>>("'é'")?.as_ref(), "é");
    assert_eq!(both::<BString>("'\\xff'")?, b"\xff");
    assert_eq!(both::<OsString>("'a/b'")?, "a/b");
    assert_eq!(both::<PathBuf>("'a/b'")?, PathBuf::from("a/b"));
    assert_eq!(both::<CString>("'ab'")?.as_bytes(), b"ab");
    assert!(message::<CString>("'a\\0b'").contains("string to CString"));
    assert!(message::<String>("'\\xff'").contains("invalid utf-8"));
    assert_eq!(
        message::<String>("true"),
        "error converting Lua boolean to String (expected string or number)"
    );
    assert_eq!(both::<char>("'é'")?, 'é');
    assert_eq!(both::<char>("233")?, 'é');
    assert!(message::<char>("'ab'").contains("exactly one char"));
    assert!(message::<char>("''").contains("exactly one char"));
    assert!(message::<char>("0xd800").contains("integer out of range"));
    assert!(message::<char>("-1").contains("integer out of range"));
    assert!(message::<char>("{}").contains("expected string or integer"));
    Ok(())
}

#[test]
fn a_number_that_is_read_as_text_stays_a_number() -> Result<()> {
    let lua = Lua::new();
    let f = lua.create_function(|_, (a, b): (String, Variadic<String>)| Ok(a.len() + b.len()))?;
    lua.globals().set("f", f)?;
    lua.load("local t = {10, 20}; assert(f(t[1], 1, 2.5) == 4); assert(math.type(t[1]))").exec()?;
    let table: Table = lua.load("{ [1] = 'a', [2] = 'b', x = 'c' }").eval()?;
    let map: BTreeMap<String, String> = lua.unpack(Value::Table(table))?;
    assert_eq!(map.keys().collect::<Vec<_>>(), ["1", "2", "x"]);
    Ok(())
}

#[test]
fn collections_nest_and_fail_where_they_should() -> Result<()> {
    assert_eq!(both::<Vec<Vec<u8>>>("{{1, 2}, {}, {3}}")?, [vec![1, 2], vec![], vec![3]]);
    assert_eq!(both::<Vec<u8>>("{1, nil, 3}")?, [1]);
    assert_eq!(both::<[Option<bool>; 2]>("{true, false}")?, [Some(true), Some(false)]);
    assert_eq!(
        message::<[u8; 3]>("{1}"),
        "error converting Lua table to [u8; 3] (expected table of length 3, got 1)"
    );
    assert_eq!(
        message::<[u8; 3]>("'abc'"),
        "error converting Lua string to [u8; 3] (expected table of length 3)"
    );
    assert_eq!(message::<Vec<u8>>("1"), "error converting Lua integer to Vec<u8> (expected table)");
    assert!(message::<HashMap<String, u8>>("{a = 1, b = 300}").contains("out of range"));
    assert_eq!(both::<HashSet<i64>>("{5, 6}")?, HashSet::from([5, 6]));
    assert_eq!(both::<HashSet<i64>>("{[5] = true, [6] = true}")?, HashSet::from([5, 6]));
    assert_eq!(both::<HashSet<i64>>("{true, true}")?, HashSet::from([1, 2]));
    assert_eq!(both::<Either<u8, String>>("7")?, Either::Left(7));
    assert_eq!(both::<Either<u8, String>>("'x'")?, Either::Right("x".into()));
    Ok(())
}

#[test]
fn elements_are_compared_with_their_state_at_hand() -> Result<()> {
    let lua = Lua::new();
    let code = "{'a', 'b', 'a', 1, string.rep('long', 20), string.rep('long', 20)}";
    assert_eq!(lua.load(code).eval::<HashSet<LuaString>>()?.len(), 4);
    assert_eq!(lua.load(code).eval::<std::collections::BTreeSet<LuaString>>()?.len(), 4);
    let map: HashMap<LuaString, u8> = lua.load("{a = 1, b = 2}").eval()?;
    assert_eq!(map.get(&lua.create_string("b")?), Some(&2));
    Ok(())
}

#[test]
fn handles_of_closed_and_other_states_are_errors() -> Result<()> {
    let lua = Lua::new();
    let foreign = { Lua::new().create_string("gone")? };
    assert!(matches!(lua.globals().set("x", &foreign), Err(Error::MismatchedState)));
    let other = Lua::new();
    let table = other.create_table()?;
    assert!(matches!(lua.pack(vec![table.clone()]), Err(Error::MismatchedState)));
    assert!(matches!(lua.globals().set("x", [Some(&table)]), Err(Error::MismatchedState)));
    let text: LuaString = lua.create_string("here")?;
    assert_eq!(text.to_str()?, "here");
    Ok(())
}
