// The operations, written once: included in a module named after each crate,
// whose parent has the crate under that name.

use super::Operation;
use ::std::hint::black_box;
use ::std::pin::pin;
use ::std::task::{Context, Poll, Waker};
use lua::{Function, Lua, LuaSerdeExt, MultiValue, Table, UserData, Value};
use lua::{MetaMethod, UserDataFields, UserDataMethods};
use serde::{Deserialize, Serialize};

struct Counter {
    n: i64,
}

impl UserData for Counter {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        fields.add_field_method_get("n", |_, this| Ok(this.n));
        fields.add_field_method_set("n", |_, this, n: i64| {
            this.n = n;
            Ok(())
        });
    }

    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_method("get", |_, this, ()| Ok(this.n));
        methods.add_method_mut("add", |_, this, n: i64| {
            this.n += n;
            Ok(this.n)
        });
        methods.add_meta_method(MetaMethod::Call, |_, this, n: i64| Ok(this.n + n));
    }
}

struct Plain {
    n: i64,
}

impl UserData for Plain {
    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_method("get", |_, this, ()| Ok(this.n));
    }
}

#[derive(Serialize, Deserialize, Clone)]
struct Inner {
    name: String,
    values: Vec<f64>,
    flag: Option<bool>,
}

#[derive(Serialize, Deserialize, Clone)]
struct Outer {
    id: u32,
    title: String,
    parts: Vec<Inner>,
}

fn outer() -> Outer {
    let inner = Inner { name: "part".to_owned(), values: vec![1.0, 2.5, 3.25], flag: Some(true) };
    Outer { id: 7, title: "a title".to_owned(), parts: vec![inner.clone(), inner] }
}

/// Polls a future that needs no executor until it is ready.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
}

/// Is pending once.
struct Once(bool);

impl Future for Once {
    type Output = ();
    fn poll(mut self: ::std::pin::Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if ::std::mem::replace(&mut self.0, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

/// A Lua loop of 1000 rounds with `body`, in which `x` is a value.
fn looped(lua: &Lua, name: &'static str, body: &str, x: impl lua::IntoLua) -> Operation {
    let source = format!("local x = ... return function() for i = 1, 1000 do {body} end end");
    let f: Function = lua.load(source).call(x).unwrap();
    let lua = lua.clone();
    Operation::new(name, 1000, move || {
        f.call::<()>(()).unwrap();
        black_box(&lua);
    })
}

fn from_rust(lua: &Lua) -> Vec<Operation> {
    let function = |source: &str| lua.load(source).eval::<Function>().unwrap();
    let mut list = Vec::new();
    let keep = lua.clone();
    let f = function("function() end");
    list.push(Operation::new("call Lua, no arguments", 1, move || {
        f.call::<()>(()).unwrap();
        black_box(&keep);
    }));
    let f = function("function(a, b, c) return a + b + c end");
    list.push(Operation::new("call Lua, 3 integers", 1, move || {
        black_box(f.call::<i64>((1, 2, black_box(3))).unwrap());
    }));
    let f = function("function(s) return s end");
    list.push(Operation::new("call Lua, string there and back", 1, move || {
        black_box(f.call::<String>(black_box("a string of some length")).unwrap());
    }));
    let f = function("function(...) return ... end");
    let ten: MultiValue = (1..=10).map(Value::Integer).collect();
    list.push(Operation::new("MultiValue of 10, there and back", 1, move || {
        black_box(f.call::<MultiValue>(ten.clone()).unwrap());
    }));
    list
}

fn from_lua(lua: &Lua) -> Vec<Operation> {
    let nothing = lua.create_function(|_, ()| Ok(())).unwrap();
    let sum = lua.create_function(|_, (a, b, c): (i64, i64, i64)| Ok(a + b + c)).unwrap();
    let length = lua.create_function(|_, s: lua::LuaString| Ok(s.as_bytes().len())).unwrap();
    let table = lua.create_function(|_, t: Table| t.raw_get::<i64>(1)).unwrap();
    let data = lua.create_function(|_, u: lua::AnyUserData| Ok(u.borrow::<Counter>()?.n)).unwrap();
    lua.globals().set("counter", Counter { n: 1 }).unwrap();
    lua.globals().set("plain", Plain { n: 1 }).unwrap();
    lua.globals().set("tab", lua.create_sequence_from([1, 2, 3]).unwrap()).unwrap();
    vec![
        looped(lua, "call Rust, no arguments", "x()", &nothing),
        looped(lua, "call Rust, 3 integers", "x(i, 2, 3)", &sum),
        looped(lua, "call Rust, string", "x('some string')", &length),
        looped(lua, "call Rust, table", "x(tab)", &table),
        looped(lua, "call Rust, userdata", "x(counter)", &data),
        looped(lua, "userdata method (methods only)", "plain:get()", Value::Nil),
        looped(lua, "userdata method", "counter:get()", Value::Nil),
        looped(lua, "userdata method, mutable", "counter:add(i)", Value::Nil),
        looped(lua, "userdata field, get", "local _ = counter.n", Value::Nil),
        looped(lua, "userdata field, set", "counter.n = i", Value::Nil),
        looped(lua, "userdata meta method", "counter(i)", Value::Nil),
    ]
}

fn tables(lua: &Lua) -> Vec<Operation> {
    let mut list = Vec::new();
    let keep = lua.clone();
    list.push(Operation::new("empty table", 1, move || {
        black_box(keep.create_table().unwrap());
    }));
    let t = lua.create_sequence_from(1..=100).unwrap();
    let get = t.clone();
    list.push(Operation::new("table get, integer key", 1, move || {
        black_box(get.get::<i64>(black_box(50)).unwrap());
    }));
    list.push(Operation::new("table set, integer key", 1, move || {
        t.set(black_box(50), 7).unwrap();
    }));
    let t = lua.create_table_from([("first", 1), ("second", 2), ("third", 3)]).unwrap();
    let get = t.clone();
    list.push(Operation::new("table get, string key", 1, move || {
        black_box(get.get::<i64>(black_box("second")).unwrap());
    }));
    list.push(Operation::new("table set, string key", 1, move || {
        t.set(black_box("second"), 7).unwrap();
    }));
    let t = lua.create_table_from((0..1000).map(|i| (format!("key{i}"), i))).unwrap();
    let pairs = t.clone();
    list.push(Operation::new("pairs over 1,000", 1, move || {
        for pair in pairs.pairs::<Value, i64>() {
            black_box(pair.unwrap());
        }
    }));
    list.push(Operation::new("for_each over 1,000", 1, move || {
        t.for_each(|k: Value, v: i64| {
            black_box((k, v));
            Ok(())
        })
        .unwrap();
    }));
    list
}

fn values(lua: &Lua) -> Vec<Operation> {
    let mut list = Vec::new();
    let keep = lua.clone();
    let mut n = 0u64;
    list.push(Operation::new("string creation", 1, move || {
        n += 1;
        black_box(keep.create_string(n.to_ne_bytes()).unwrap());
    }));
    let s = lua.create_string("a string of some length").unwrap();
    list.push(Operation::new("string to_str", 1, move || {
        black_box(s.to_str().unwrap().len());
    }));
    let keep = lua.clone();
    list.push(Operation::new("userdata creation", 1, move || {
        black_box(keep.create_userdata(Counter { n: 1 }).unwrap());
    }));
    let table = lua.create_table().unwrap();
    list.push(Operation::new("clone and drop a handle", 1, move || {
        black_box(table.clone());
    }));
    let keep = lua.clone();
    let key = lua.create_registry_value("value").unwrap();
    list.push(Operation::new("registry value", 1, move || {
        black_box(keep.registry_value::<lua::LuaString>(&key).unwrap());
    }));
    let keep = lua.clone();
    list.push(Operation::new("registry value, made and removed", 1, move || {
        let key = keep.create_registry_value(black_box(7)).unwrap();
        keep.remove_registry_value(key).unwrap();
    }));
    let keep = lua.clone();
    list.push(Operation::new("used memory", 1, move || {
        black_box(keep.used_memory());
    }));
    let keep = lua.clone();
    let value = outer();
    list.push(Operation::new("serde round trip", 1, move || {
        let there = keep.to_value(black_box(&value)).unwrap();
        black_box(keep.from_value::<Outer>(there).unwrap());
    }));
    let keep = lua.clone();
    list.push(Operation::new("chunk! load", 1, move || {
        let n = 5;
        black_box(keep.load(lua::chunk! { return $n + 1 }).into_function().unwrap());
    }));
    list
}

fn futures(lua: &Lua) -> Vec<Operation> {
    let mut list = Vec::new();
    let ready = lua.create_async_function(|_, n: i64| async move { Ok(n) }).unwrap();
    lua.globals().set("ready", &ready).unwrap();
    let keep = lua.clone();
    let f: Function = lua.load("function(n) return ready(n) end").eval().unwrap();
    list.push(Operation::new("async call, ready", 1, move || {
        black_box(block_on(f.call_async::<i64>(5)).unwrap());
        black_box(&keep);
    }));
    let once = lua.create_async_function(|_, n: i64| async move {
        Once(false).await;
        Ok(n)
    });
    lua.globals().set("once", once.unwrap()).unwrap();
    let keep = lua.clone();
    let f: Function = lua.load("function(n) return once(n) end").eval().unwrap();
    list.push(Operation::new("async call, pending once", 1, move || {
        black_box(block_on(f.call_async::<i64>(5)).unwrap());
        black_box(&keep);
    }));
    list
}

/// Loops that call a Lua function, and the same with a Rust function.
pub fn loops() -> Vec<(Operation, Operation)> {
    let lua = Lua::new();
    let pair = |name, body, source: &str, rust: Function| {
        let function: Function = lua.load(source).eval().unwrap();
        (looped(&lua, name, body, function), looped(&lua, name, body, rust))
    };
    let nothing = lua.create_function(|_, ()| Ok(())).unwrap();
    let same = lua.create_function(|_, a: i64| Ok(a)).unwrap();
    let sum = lua.create_function(|_, (a, b): (i64, i64)| Ok(a + b)).unwrap();
    let mean = lua.create_function(|_, (a, b, c): (f64, f64, f64)| Ok((a + b + c) / 3.0)).unwrap();
    let length = lua.create_function(|_, s: lua::LuaString| Ok(s.as_bytes().len())).unwrap();
    vec![
        pair("no arguments", "x()", "function() end", nothing),
        pair("1 integer", "local y = x(i)", "function(a) return a end", same),
        pair("2 integers", "local y = x(i, 2)", "function(a, b) return a + b end", sum),
        pair(
            "3 floats",
            "local y = x(i, 2.5, 3.5)",
            "function(a, b, c) return (a + b + c) / 3.0 end",
            mean,
        ),
        pair("a string", "local y = x('some string')", "function(s) return #s end", length),
    ]
}

pub fn operations() -> Vec<Operation> {
    let lua = Lua::new();
    let mut list = vec![Operation::new("create and drop a state", 1, || {
        black_box(Lua::new());
    })];
    list.extend(from_rust(&lua));
    list.extend(from_lua(&lua));
    list.extend(tables(&lua));
    list.extend(values(&lua));
    list.extend(futures(&lua));
    list
}
