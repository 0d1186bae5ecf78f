//! Members of userdata as scripts reach them: by the machine itself, through
//! accessors and metamethods.

use perilune::{
    Function, Lua, MetaMethod, Result, UserData, UserDataFields, UserDataMethods, Value,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

struct First(i64);
struct Second(i64);

impl UserData for First {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        fields.add_field("constant", "first");
        fields.add_field_method_get("n", |_, this| Ok(this.0));
        fields.add_field_method_set("n", |_, this, n| {
            this.0 = n;
            Ok(())
        });
        fields.add_field_method_get("both", |_, _| Ok("getter"));
    }

    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_method("get", |_, this, ()| Ok(this.0));
        methods.add_method("both", |_, _, ()| Ok("method"));
        methods.add_method("name", |_, _, ()| Ok("first"));
    }
}

impl UserData for Second {
    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_method("name", |_, _, ()| Ok("second"));
        methods.add_method("get", |_, this, ()| Ok(-this.0));
        methods.add_meta_method(MetaMethod::Call, |_, this, (a, b): (i64, Option<i64>)| {
            Ok((this.0 + a, b, "end"))
        });
    }
}

#[test]
fn one_place_serves_values_of_all_types() -> Result<()> {
    let lua = Lua::new();
    lua.globals().set("first", First(1))?;
    lua.globals().set("second", Second(2))?;
    lua.load(
        r#"
        local plain = {get = function() return "table" end, n = "field", name = function() end}
        local got = {}
        for round = 1, 3 do
            for _, object in ipairs {first, plain, second, plain, first} do
                got[#got + 1] = tostring(object:get())
            end
        end
        local once = "1 table -2 table 1"
        assert(table.concat(got, " ") == once .. " " .. once .. " " .. once)
        for _ = 1, 3 do
            assert(first.constant == "first" and first.both == "getter")
            assert(first:name() == "first" and second:name() == "second")
            assert(first.absent == nil and second.absent == nil)
            for _, object in ipairs {first, plain} do object.n = 5 end
            assert(first.n == 5 and first:get() == 5 and plain.n == 5)
            first.n = 1
        end
        local key = "n"
        assert(first[key] == 1)
        first[key] = 7
        assert(first.n == 7)
        assert(not pcall(function() first.absent = 1 end))
        assert(not pcall(function() second.absent = 1 end))
        "#,
    )
    .exec()
}

struct Asked;

impl UserData for Asked {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        fields.add_field("nothing", Value::Nil);
        fields.add_field("constant", 1);
        fields.add_field_method_get("getter", |_, _| Ok(2));
    }

    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_method("method", |_, _, ()| Ok(3));
        methods.add_meta_method(MetaMethod::Index, |_, _, key: String| Ok(format!("asked {key}")));
    }
}

#[test]
fn a_function_is_asked_for_what_is_no_member() -> Result<()> {
    let lua = Lua::new();
    lua.globals().set("asked", Asked)?;
    lua.load(
        r#"
        for _ = 1, 2 do
            assert(asked.nothing == nil and asked.constant == 1 and asked.getter == 2)
            assert(asked:method() == 3)
            assert(asked.other == "asked other")
        end
        "#,
    )
    .exec()
}

#[test]
fn results_of_a_called_userdata() -> Result<()> {
    let lua = Lua::new();
    lua.globals().set("second", Second(2))?;
    lua.load(
        r#"
        second(1)
        local a = second(1)
        assert(a == 3)
        local a, b, c, d = second(1, 2)
        assert(a == 3 and b == 2 and c == "end" and d == nil)
        assert(select('#', second(1, 2)) == 3)
        local function pass(...) return second(...) end
        assert(select('#', pass(5, 6, 7, 8)) == 3 and pass(5) == 7)
        local list = {second(1, 2)}
        assert(#list == 3 and list[3] == "end")
        local ok, message = pcall(second, "x")
        assert(not ok and tostring(message):find("bad argument"))
        "#,
    )
    .exec()
}

struct Deep;

impl UserData for Deep {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        fields.add_field_method_get("deep", |lua, _| {
            lua.globals().get::<Function>("f")?.call::<i64>(3000)
        });
        fields.add_field_method_set("deep", |lua, _, n: i64| {
            lua.globals().get::<Function>("f")?.call::<()>(n)
        });
        fields.add_field_method_get("wrong", |_, _| {
            Err::<i64, _>(perilune::Error::runtime("it went wrong"))
        });
    }

    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_meta_method(MetaMethod::Call, |lua, _, n: i64| {
            lua.globals().get::<Function>("f")?.call::<i64>(n)
        });
        methods.add_meta_method(MetaMethod::Add, |lua, _, n: i64| {
            lua.globals().get::<Function>("f")?.call::<i64>(n)
        });
        methods.add_meta_method(MetaMethod::Lt, |lua, _, _: Value| {
            Ok(lua.globals().get::<Function>("f")?.call::<i64>(3000)? > 0)
        });
    }
}

/// The stack moves while the instruction waits.
#[test]
fn accessors_may_make_the_stack_grow() -> Result<()> {
    for kind in ["deep", "call", "set", "add", "less"] {
        let lua = Lua::new();
        lua.globals().set("deep", Deep)?;
        lua.load("function f(n) if n == 0 then return 0 end return 1 + f(n - 1) end").exec()?;
        let run = lua.load(
            r#"
            local kind = ...
            local before, after = "before", "after"
            local result
            if kind == "deep" then result = deep.deep
            elseif kind == "call" then result = deep(3000)
            elseif kind == "add" then result = deep + 3000
            elseif kind == "less" then result = deep < deep and 3000
            else deep.deep = 3000 result = 3000 end
            assert(result == 3000 and before == "before" and after == "after")
            local ok, message = pcall(function() return deep.wrong end)
            assert(not ok and tostring(message):find("it went wrong"))
            return before .. after
            "#,
        );
        assert_eq!(run.call::<String>(kind)?, "beforeafter");
    }
    Ok(())
}

struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn a_value_that_leaves_its_userdata_in_a_call_lives_until_the_end() -> Result<()> {
    let lua = Lua::new();
    let dropped = Arc::new(AtomicUsize::new(0));
    let register = |lua: &Lua| {
        lua.register_userdata_type::<Counted>(|registry| {
            registry.add_method("replace", |lua, this, again: bool| {
                // Existing userdata lose their values to nobody.
                lua.register_userdata_type::<Counted>(|_| {})?;
                lua.gc_collect()?;
                lua.gc_collect()?;
                assert_eq!(this.0.load(Ordering::Relaxed), 0);
                if again {
                    return Err(perilune::Error::runtime("again"));
                }
                Ok(this.0.load(Ordering::Relaxed))
            });
            registry.add_method_mut("replace_mut", |lua, this, ()| {
                lua.register_userdata_type::<Counted>(|_| {})?;
                lua.gc_collect()?;
                Ok(this.0.load(Ordering::Relaxed))
            });
        })
    };
    for (n, code) in [
        "assert(u:replace(false) == 0)",
        "assert(not pcall(u.replace, u, true))",
        "u:replace_mut()",
    ]
    .iter()
    .enumerate()
    {
        dropped.store(0, Ordering::Relaxed);
        register(&lua)?;
        lua.globals().set("u", lua.create_any_userdata(Counted(dropped.clone()))?)?;
        lua.load(*code).exec()?;
        // The userdata holds the value, which nobody finds any more.
        assert!(lua.load("return u:replace(false)").exec().is_err(), "{n}");
        assert_eq!(dropped.load(Ordering::Relaxed), 0, "{n}");
        lua.globals().set("u", Value::Nil)?;
        lua.gc_collect()?;
        lua.gc_collect()?;
        assert_eq!(dropped.load(Ordering::Relaxed), 1, "{n}");
    }
    Ok(())
}

#[test]
fn guards_and_calls_exclude_each_other() -> Result<()> {
    let lua = Lua::new();
    let first = lua.create_userdata(First(1))?;
    lua.globals().set("u", &first)?;
    let read = first.borrow::<First>()?;
    assert_eq!(lua.load("return u:get()").eval::<i64>()?, 1);
    assert!(lua.load("u.n = 2").exec().is_err());
    assert!(first.borrow_mut::<First>().is_err());
    drop(read);
    let mut write = first.borrow_mut::<First>()?;
    write.0 = 4;
    assert!(lua.load("return u:get()").exec().is_err());
    assert!(first.borrow::<First>().is_err());
    drop(write);
    assert_eq!(lua.load("u.n = u.n + 1 return u.n").eval::<i64>()?, 5);
    let read = first.borrow::<First>()?;
    assert!(first.take::<First>().is_err());
    first.destroy()?;
    assert_eq!(read.0, 5);
    assert!(lua.load("return u.n").exec().is_err());
    Ok(())
}
