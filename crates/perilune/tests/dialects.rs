//! States of different dialects side by side in one process, their work
//! interleaved: each behaves as its own dialect says.

use perilune::{Function, Lua, LuaOptions, StdLib, Table, Thread, Value};
use perilune_vm::{Dialect, LUA_5_1, LUA_5_2, LUA_5_3, LUA_5_4, LUA_5_5};

fn state(dialect: &'static Dialect) -> Lua {
    let options = LuaOptions::new().with_dialect(dialect);
    Lua::new_with(StdLib::ALL_SAFE, options).unwrap()
}

fn text(lua: &Lua, code: &str) -> String {
    match lua.load(code).set_name("=c").eval::<perilune::MultiValue>() {
        Ok(values) => {
            let texts: Vec<String> = values.iter().map(|v| v.to_string().unwrap()).collect();
            texts.join(" ")
        }
        Err(error) => {
            error.to_string().lines().next().unwrap_or_default().replace("syntax error: ", "")
        }
    }
}

/// What each dialect makes of the same code, the oldest first.
const SAME_CODE: [(&str, [&str; 5]); 7] = [
    ("return _VERSION", ["Lua 5.1", "Lua 5.2", "Lua 5.3", "Lua 5.4", "Lua 5.5"]),
    ("return tostring(10 / 2)", ["5", "5", "5.0", "5.0", "5.0"]),
    (
        "return tostring(2 ^ 53)",
        [
            "9.007199254741e+15",
            "9.007199254741e+15",
            "9.007199254741e+15",
            "9.007199254741e+15",
            "9007199254740992.0",
        ],
    ),
    (
        "return type(setfenv), type(bit32), type(utf8)",
        ["function nil nil", "nil table nil", "nil table table", "nil nil table", "nil nil table"],
    ),
    (
        "return type(table.getn), type(rawlen), type(warn), type(table.create)",
        [
            "function nil nil nil",
            "nil function nil nil",
            "nil function nil nil",
            "nil function function nil",
            "nil function function function",
        ],
    ),
    (
        "return (pcall(loadstring or load, 'for i = 1, 2 do i = 3 end')), \
      (loadstring or load)('for i = 1, 2 do i = 3 end') == nil",
        ["true false", "true false", "true false", "true false", "true true"],
    ),
    ("return #setmetatable({}, { __len = function() return 7 end })", ["0", "7", "7", "7", "7"]),
];

#[test]
fn the_same_code_in_five_states() {
    let states: Vec<Lua> = Dialect::ALL.into_iter().map(state).collect();
    // Column by column would be one state after the other; this is in turn.
    for (code, expected) in SAME_CODE {
        for (lua, expected) in states.iter().zip(expected) {
            assert_eq!(text(lua, code), expected, "{code}");
        }
    }
}

#[test]
fn syntax_belongs_to_the_state() {
    let goto = "do goto l end ::l:: return 'label'";
    let divide = "return 7 // 2";
    let close = "local x <const> = 1 return x";
    let global = "global x = 1 return x";
    for (dialect, accepted) in [
        (&LUA_5_1, [false, false, false, false]),
        (&LUA_5_2, [true, false, false, false]),
        (&LUA_5_3, [true, true, false, false]),
        (&LUA_5_4, [true, true, true, false]),
        (&LUA_5_5, [true, true, true, true]),
    ] {
        let lua = state(dialect);
        for (code, accepted) in [goto, divide, close, global].into_iter().zip(accepted) {
            let loads = lua.load(code).into_function().is_ok();
            assert_eq!(loads, accepted, "{} in {}", code, dialect.name);
        }
    }
}

/// A coroutine that counts, and keeps what it is told.
const COUNTER: &str = "
    local total = 0
    return coroutine.create(function(...)
        for i = 1, 1000 do
            local got = coroutine.yield(i, i / 2, tostring(total))
            total = total + got
        end
    end)";

#[test]
fn coroutines_of_two_states_take_turns() {
    let (old, new) = (state(&LUA_5_1), state(&LUA_5_4));
    let first: Thread = old.load(COUNTER).eval().unwrap();
    let second: Thread = new.load(COUNTER).eval().unwrap();
    for turn in 1..=100 {
        let (i, half, total): (i64, f64, String) = first.resume(1).unwrap();
        assert_eq!((i, half, total), (turn, turn as f64 / 2.0, (turn - 1).to_string()));
        let (i, half, total): (i64, f64, String) = second.resume(1.5).unwrap();
        let kept = (turn - 1) as f64 * 1.5;
        let expected = if turn == 1 { "0".to_string() } else { format!("{kept:?}") };
        assert_eq!((i, half, total), (turn, turn as f64 / 2.0, expected));
    }
}

#[test]
fn a_function_of_one_state_calls_another() {
    // Native functions of one state run code of the next, down to the last.
    let mut inner: Option<Lua> = None;
    for dialect in Dialect::ALL {
        let lua = state(dialect);
        let below = inner.take();
        let f: Function = lua
            .create_function(move |lua, ()| {
                let own: String = lua.load("return _VERSION .. ' ' .. 6 / 2").eval()?;
                match &below {
                    Some(below) => {
                        let f: Function = below.globals().get("chain")?;
                        let rest: String = f.call(())?;
                        Ok(format!("{own}, {rest}"))
                    }
                    None => Ok(own),
                }
            })
            .unwrap();
        lua.globals().set("chain", f).unwrap();
        inner = Some(lua);
    }
    let outer = inner.unwrap();
    let all: String = outer.load("return chain()").eval().unwrap();
    assert_eq!(all, "Lua 5.5 3.0, Lua 5.4 3.0, Lua 5.3 3.0, Lua 5.2 3, Lua 5.1 3");
}

#[test]
fn garbage_and_errors_stay_in_their_state() {
    let states: Vec<Lua> = Dialect::ALL.into_iter().map(state).collect();
    let fill = "kept = {} for i = 1, 2000 do kept[i] = { 'text ' .. i } end";
    for lua in &states {
        lua.load(fill).exec().unwrap();
    }
    for (index, lua) in states.iter().enumerate() {
        lua.load("kept = nil collectgarbage()").exec().unwrap();
        let error = lua.load("error('mine', 0)").exec().unwrap_err();
        assert!(error.to_string().contains("mine"));
        for other in &states[index + 1..] {
            let kept: Table = other.globals().get("kept").unwrap();
            assert_eq!(kept.raw_len(), 2000);
            let last: Table = kept.get(2000).unwrap();
            assert_eq!(last.get::<String>(1).unwrap(), "text 2000");
        }
        assert!(matches!(lua.globals().get::<Value>("kept").unwrap(), Value::Nil));
    }
}
