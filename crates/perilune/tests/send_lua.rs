//! States that go from one OS thread to another.

use perilune::{
    AnyUserData, BorrowedStr, Error, Function, HookTriggers, Lua, LuaOptions, RegistryKey, Result,
    SendLua, SendUserData, SendUserDataRegistry, StdLib, Table, UserDataRef, UserDataRefMut, Value,
    VmState, WeakLua, host::MemoryHost,
};
#[cfg(feature = "async")]
use perilune::{MetaMethod, MultiValue};
#[cfg(not(feature = "send"))]
use perilune::{UserData, UserDataFields, UserDataMethods};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Runs `f` on a thread of its own, to which its arguments move.
fn elsewhere<T: Send>(f: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| scope.spawn(f).join()).unwrap()
}

/// [`elsewhere`] with an error's text: errors may have to stay on their thread.
fn there<T: Send>(f: impl FnOnce() -> Result<T> + Send) -> std::result::Result<T, String> {
    elsewhere(|| f().map_err(|error| error.to_string()))
}

fn eval<R: perilune::FromLuaMulti + Send>(lua: &mut SendLua, code: &str) -> Result<R> {
    lua.enter(|lua| lua.load(code).eval())
}

/// Whether a state can be entered on another thread.
fn is_free(lua: &mut SendLua) -> bool {
    let free = lua.binding().is_none();
    let entered = elsewhere(|| match lua.enter(|_| Ok(())) {
        Ok(()) => true,
        Err(Error::BoundToThread(_)) => false,
        Err(error) => panic!("{error}"),
    });
    // With the feature `send` nothing binds.
    assert_eq!(free, entered);
    entered
}

const BINDS: bool = cfg!(not(feature = "send"));

/// What leads to a state stays on its thread, or the state would have to be locked.
#[cfg(not(feature = "send"))]
mod not_send {
    use super::*;
    use perilune::native::{self, CellRef, OwnedMut, OwnedRef, Payload, Root, Shared, State};

    macro_rules! assert_not {
        ($bound:ident: $($t:ty),* $(,)?) => { $(
            const _: fn() = || {
                trait Ambiguous<A> {
                    fn item() {}
                }
                struct Fits;
                impl<T: ?Sized> Ambiguous<()> for T {}
                impl<T: ?Sized + $bound> Ambiguous<Fits> for T {}
                // Which of the two is meant is clear if the type is not `Send`.
                let _ = <$t as Ambiguous<_>>::item;
            };
        )* };
    }

    assert_not!(Send:
        Lua, WeakLua, Table, Function, Value, AnyUserData, RegistryKey, BorrowedStr,
        perilune::BorrowedBytes, perilune::LuaString, perilune::Thread, perilune::MultiValue,
        UserDataRef<Counter>, UserDataRefMut<Counter>, perilune::AppDataRef<'static, i32>,
        perilune::AppDataRefMut<'static, i32>, perilune::chunk::Chunk<'static>,
        State, Shared, Root, Payload, CellRef<i32>, OwnedRef<i32>, OwnedMut<i32>,
        native::PinnedBytes, native::StateRef<'static, i32>, native::StateMut<'static, i32>,
        perilune::UserDataRegistry<i32>,
    );
    assert_not!(Sync:
        Lua, WeakLua, Table, Value, SendLua, State, Shared, Root, OwnedRef<i32>,
        native::StateRef<'static, i32>, native::StateMut<'static, i32>,
    );
    #[cfg(feature = "async")]
    assert_not!(Send: perilune::thread::AsyncThread<i32>);

    const _: fn() = || {
        fn send<T: Send>() {}
        send::<SendLua>();
    };
}

#[test]
fn a_new_state_is_free() {
    let mut all = SendLua::try_from(Lua::unsafe_new()).unwrap();
    assert!(is_free(&mut all));
    for dialect in [
        &perilune::native::LUA_5_1,
        &perilune::native::LUA_5_2,
        &perilune::native::LUA_5_3,
        &perilune::native::LUA_5_4,
        &perilune::native::LUA_5_5,
    ] {
        let options = LuaOptions::new().with_dialect(dialect);
        let mut lua = SendLua::new_with(StdLib::ALL_SAFE, options).unwrap();
        assert_eq!(lua.binding(), None, "{}", dialect.name);
        assert_eq!(eval::<i64>(&mut lua, "math.random(5, 5)").unwrap(), 5);
        assert!(is_free(&mut lua));
    }
}

#[test]
fn what_is_in_the_state_goes_along() {
    let mut lua = SendLua::new();
    lua.enter(|lua| {
        lua.load(
            "n = 0
            local t = setmetatable({}, {__index = function(_, k) return k .. '!' end})
            function step() n = n + 1 return t[n] end
            co = coroutine.wrap(function(...)
                local x <close> = setmetatable({}, {__close = function() closed = true end})
                for i = 1, 1000 do coroutine.yield(i) end
            end)",
        )
        .exec()
    })
    .unwrap();
    for i in 1..50 {
        let (step, yielded): (String, i64) =
            there(|| lua.enter(|lua| lua.load("collectgarbage() return step(), co()").eval()))
                .unwrap();
        assert_eq!((step, yielded), (format!("{i}!"), i));
    }
    assert_eq!(lua.binding(), None);
}

#[test]
fn functions_that_are_send() {
    let mut lua = SendLua::new();
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = calls.clone();
    lua.enter(move |lua| {
        let f = lua.create_send_function(move |_, n: i64| {
            counted.fetch_add(1, Ordering::Relaxed);
            Ok(n * 2)
        })?;
        lua.globals().set("double", f)?;
        let mut sum = 0;
        let f = lua.create_send_function_mut(move |lua, n: i64| {
            sum += n;
            lua.globals().set("sum", sum)
        })?;
        lua.globals().set("add", f)
    })
    .unwrap();
    assert_eq!(lua.binding(), None);
    for _ in 0..10 {
        let twice = there(|| lua.enter(|lua| lua.load("add(3) return double(4)").eval::<i64>()));
        assert_eq!(twice.unwrap(), 8);
    }
    assert_eq!(eval::<i64>(&mut lua, "sum").unwrap(), 30);
    assert_eq!(calls.load(Ordering::Relaxed), 10);
    drop(lua);
    assert_eq!(Arc::strong_count(&calls), 1);
}

#[derive(Default)]
struct Counter {
    n: i64,
    dropped: Arc<AtomicUsize>,
}

impl Drop for Counter {
    fn drop(&mut self) {
        self.dropped.fetch_add(1, Ordering::Relaxed);
    }
}

impl SendUserData for Counter {
    fn register(registry: &mut SendUserDataRegistry<'_, Self>) {
        registry.add_field("kind", "counter");
        registry.add_field_method_get("n", |_, this| Ok(this.n));
        registry.add_field_method_set("n", |_, this, n| {
            this.n = n;
            Ok(())
        });
        registry.add_field_function_get("own", |_, this| Ok(this));
        registry.add_field_function_set("any", |_, this: AnyUserData, n: i64| {
            this.borrow_mut::<Counter>()?.n = n;
            Ok(())
        });
        registry.add_method("get", |_, this, ()| Ok(this.n));
        registry.add_method_mut("add", |_, this, n: i64| {
            this.n += n;
            Ok(this.n)
        });
        registry.add_function("new", |_, ()| Ok(7));
        let mut calls = 0;
        registry.add_function_mut("calls", move |_, ()| {
            calls += 1;
            Ok(calls)
        });
        registry.add_meta_method("__tostring", |_, this, ()| Ok(format!("counter {}", this.n)));
        registry.add_meta_method_mut("__call", |_, this, n: i64| {
            this.n = n;
            Ok(())
        });
        registry.add_meta_function("__add", |_, (_, n): (Value, i64)| Ok(n));
        registry.add_meta_function_mut("__sub", |_, (_, n): (Value, i64)| Ok(-n));
        registry.add_meta_field("__name", "Counter");
        #[cfg(feature = "async")]
        registry
            .add_async_function("later", |_, this: UserDataRef<Counter>| async move { Ok(this.n) });
    }
}

#[test]
fn userdata_that_are_send() {
    let dropped = Arc::new(AtomicUsize::new(0));
    let mut lua = SendLua::new();
    let counter = Counter { n: 1, dropped: dropped.clone() };
    lua.enter(|lua| lua.globals().set("c", lua.create_send_userdata(counter)?)).unwrap();
    assert!(is_free(&mut lua));
    there(|| {
        lua.enter(|lua| {
            lua.load(
                "assert(c.kind == 'counter' and c.n == 1)
                c.n = 5 assert(c:get() == 5 and c.own.n == 5)
                c.any = 6 assert(c:add(2) == 8 and c.new() == 7)
                assert(c.calls() == 1 and c.calls() == 2)
                assert(tostring(c) == 'counter 8') c(9) assert(c.n == 9)
                assert(c + 3 == 3 and c - 3 == -3)",
            )
            .exec()?;
            let c: AnyUserData = lua.globals().get("c")?;
            assert_eq!(c.borrow::<Counter>()?.n, 9);
            c.borrow_mut::<Counter>()?.n = 10;
            let twice = c.borrow::<Counter>()?;
            assert!(c.borrow_mut::<Counter>().is_err());
            drop(twice);
            Ok(())
        })
    })
    .unwrap();
    assert!(is_free(&mut lua));
    assert_eq!(eval::<i64>(&mut lua, "c.n").unwrap(), 10);
    there(|| eval::<()>(&mut lua, "c = nil collectgarbage()")).unwrap();
    assert_eq!(dropped.load(Ordering::Relaxed), 1);
}

#[test]
fn other_send_types() {
    let mut lua = SendLua::new();
    lua.enter(|lua| {
        lua.register_send_userdata_type::<Vec<i32>>(|registry| {
            registry.add_method("len", |_, this, ()| Ok(this.len()));
        })?;
        Ok(())
    })
    .unwrap();
    assert!(is_free(&mut lua));
    there(|| lua.enter(|lua| lua.globals().set("v", lua.create_send_any_userdata(vec![1, 2, 3])?)))
        .unwrap();
    assert!(is_free(&mut lua));
    assert_eq!(eval::<usize>(&mut lua, "v:len()").unwrap(), 3);
    let taken =
        there(|| lua.enter(|lua| lua.globals().get::<AnyUserData>("v")?.take::<Vec<i32>>()));
    assert_eq!(taken.unwrap(), vec![1, 2, 3]);
    assert!(is_free(&mut lua));
}

#[test]
fn application_data_and_registry_values_go_along() {
    let mut lua = SendLua::new();
    lua.enter(|lua| {
        lua.set_send_app_data(vec![1]).unwrap();
        lua.set_named_registry_value("x", 5)
    })
    .unwrap();
    for _ in 0..3 {
        there(|| {
            lua.enter(|lua| {
                lua.app_data_mut::<Vec<i32>>().unwrap().push(2);
                lua.named_registry_value::<i64>("x")
            })
        })
        .unwrap();
    }
    assert_eq!(lua.binding(), None);
    let len = lua.enter(|lua| Ok(lua.app_data_ref::<Vec<i32>>().unwrap().len()));
    assert_eq!(len.unwrap(), 4);
    let data = there(|| lua.enter(|lua| Ok(lua.remove_app_data::<Vec<i32>>())));
    assert_eq!(data.unwrap(), Some(vec![1, 2, 2, 2]));
}

#[test]
fn files_go_along() {
    let host = Arc::new(MemoryHost::new());
    let options = LuaOptions::new().host(host.clone());
    let mut lua = SendLua::new_with(StdLib::ALL_SAFE, options).unwrap();
    lua.enter(|lua| lua.load("f = io.open('a.txt', 'w') f:write('one ') io.write('out ')").exec())
        .unwrap();
    assert_eq!(lua.binding(), None);
    there(|| eval::<()>(&mut lua, "f:write('two') f:close() print('here')")).unwrap();
    assert_eq!(host.file(b"a.txt").unwrap(), b"one two");
    there(|| eval::<()>(&mut lua, "next_line = io.lines('a.txt', 'n', 3)")).unwrap();
    assert_eq!(lua.binding(), None);
    elsewhere(move || drop(lua));
}

#[test]
fn hooks_and_warnings_go_along() {
    let mut lua = SendLua::new();
    let lines = Arc::new(AtomicUsize::new(0));
    let (counted, events, warned) = (lines.clone(), lines.clone(), lines.clone());
    let interrupted = lines.clone();
    lua.enter(|lua| {
        lua.set_send_hook(HookTriggers::EVERY_LINE, move |_, _| {
            counted.fetch_add(1, Ordering::Relaxed);
            Ok(VmState::Continue)
        })?;
        lua.set_send_interrupt(move |_| {
            interrupted.fetch_add(100, Ordering::Relaxed);
            Ok(VmState::Continue)
        });
        lua.set_send_warning_function(move |_, text, _| {
            assert_eq!(text, "beware");
            warned.fetch_add(10_000, Ordering::Relaxed);
            Ok(())
        });
        let triggers = perilune::thread::ThreadTriggers::ON_CREATE;
        lua.set_send_thread_event_callback(triggers, move |_, _| {
            events.fetch_add(1_000_000, Ordering::Relaxed);
            Ok(())
        });
        Ok(())
    })
    .unwrap();
    assert!(is_free(&mut lua));
    there(|| {
        lua.enter(|lua| {
            lua.load("local f = function() end\nf()\nwarn('beware')").exec()?;
            lua.create_thread(lua.load("return 1").into_function()?).map(drop)
        })
    })
    .unwrap();
    let all = lines.load(Ordering::Relaxed);
    assert!(all % 100 >= 3 && all / 100 % 100 >= 1, "{all}");
    assert_eq!(all / 10_000, 101);
    lua.enter(|lua| {
        lua.remove_hook();
        lua.remove_interrupt();
        lua.remove_thread_event_callback();
        lua.set_send_global_hook(HookTriggers::ON_CALLS, |_, _| Ok(VmState::Continue))
    })
    .unwrap();
    assert!(is_free(&mut lua));
    // The ordinary ones bind.
    lua.enter(|lua| {
        lua.set_interrupt(|_| Ok(VmState::Continue));
        Ok(())
    })
    .unwrap();
    assert_eq!(is_free(&mut lua), !BINDS);
    lua.enter(|lua| {
        lua.remove_interrupt();
        lua.set_warning_function(|_, _, _| Ok(()));
        Ok(())
    })
    .unwrap();
    assert_eq!(is_free(&mut lua), !BINDS);
    lua.enter(|lua| {
        lua.remove_warning_function();
        lua.remove_global_hook();
        Ok(())
    })
    .unwrap();
    assert!(is_free(&mut lua));
}

#[test]
fn errors_do_not_bind() {
    let mut lua = SendLua::new();
    lua.enter(|lua| {
        let f =
            lua.create_send_function(|_, n: u8| Err::<(), _>(Error::runtime(format!("bad {n}"))))?;
        lua.globals().set("fail", f)
    })
    .unwrap();
    let text = there(|| {
        eval::<String>(
            &mut lua,
            "ok, e = pcall(fail, 3) ok, f = pcall(fail, 'x') return tostring(e)",
        )
    });
    assert!(text.unwrap().contains("bad 3"));
    assert!(is_free(&mut lua));
    let kept = there(|| eval::<String>(&mut lua, "tostring(f)")).unwrap();
    assert!(kept.contains("error converting Lua string to u8"), "{kept}");
    // An error that Rust gets holds no value.
    let error = eval::<()>(&mut lua, "error({})").unwrap_err();
    assert!(is_free(&mut lua));
    assert!(error.to_string().contains("table: 0x"), "{error}");
    let error =
        eval::<()>(&mut lua, "error(setmetatable({}, {__tostring = function() return 'T' end}))");
    assert!(error.unwrap_err().to_string().contains("runtime error: T"));
    let error = elsewhere(|| eval::<()>(&mut lua, "fail(1)").unwrap_err().to_string());
    assert!(error.contains("bad 1"), "{error}");
    // One that is raised anew is the same.
    there(|| eval::<()>(&mut lua, "local _, g = pcall(error, e) assert(g == e)")).unwrap();
    assert!(is_free(&mut lua));
}

#[test]
fn panics_leave_a_state_that_can_be_used() {
    let mut lua = SendLua::new();
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        lua.enter(|lua| -> Result<()> {
            lua.globals().set("n", 1)?;
            let _table = lua.create_table()?;
            panic!("of the program");
        })
    }));
    assert!(caught.is_err());
    assert!(is_free(&mut lua));
    elsewhere(|| {
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            lua.enter(|lua| {
                let f = lua.create_send_function(|_, ()| -> Result<()> { panic!("inside") })?;
                lua.globals().set("f", f)?;
                lua.load("f()").exec()
            })
        }));
        assert!(caught.is_err());
    });
    assert!(is_free(&mut lua));
    there(|| eval::<()>(&mut lua, "ok, e = pcall(f)")).unwrap();
    assert!(is_free(&mut lua));
    assert_eq!(eval::<i64>(&mut lua, "n").unwrap(), 1);
}

thread_local! {
    static ESCAPED: RefCell<Vec<Box<dyn std::any::Any>>> = const { RefCell::new(Vec::new()) };
}

fn escape<T: 'static>(value: T) {
    ESCAPED.with_borrow_mut(|escaped| escaped.push(Box::new(value)));
}

fn clear_escaped() {
    let escaped = ESCAPED.take();
    drop(escaped);
}

/// Lets something out, and sees that it binds.
#[track_caller]
fn check_escape<T: 'static>(get: impl FnOnce(&Lua) -> Result<T> + Send) {
    let mut lua = SendLua::new();
    lua.enter(|lua| lua.globals().set("c", lua.create_send_userdata(Counter::default())?)).unwrap();
    let out = lua.enter(|lua| {
        escape(get(lua)?);
        Ok(())
    });
    out.unwrap();
    assert_eq!(is_free(&mut lua), !BINDS, "{:?}", lua.binding());
    if let Some(binding) = lua.binding() {
        assert!(binding.handles > 0, "{binding}");
        assert_eq!(binding.thread, thread::current().id());
    }
    // Here it can be used.
    assert_eq!(eval::<i64>(&mut lua, "1").unwrap(), 1);
    assert_eq!(is_free(&mut lua), !BINDS);
    clear_escaped();
    assert_eq!(lua.binding().is_none(), !BINDS);
    lua.enter(|_| Ok(())).unwrap();
    assert!(is_free(&mut lua));
}

#[test]
fn handles_that_escape_bind() {
    check_escape(|lua| Ok(lua.clone()));
    check_escape::<WeakLua>(|lua| Ok(lua.weak()));
    check_escape::<Table>(|lua| lua.create_table());
    check_escape::<Table>(|lua| Ok(lua.globals()));
    check_escape::<Function>(|lua| lua.load("return 1").into_function());
    check_escape::<RegistryKey>(|lua| lua.create_registry_value("x"));
    check_escape::<BorrowedStr>(|lua| lua.create_string("abc")?.to_str());
    check_escape::<Value>(|lua| Ok(Value::String(lua.create_string("x")?)));
    check_escape(|lua| Ok(lua.current_thread()));
    check_escape(|lua| Ok(lua.load("return 1")));
    check_escape::<UserDataRef<Counter>>(|lua| lua.globals().get::<AnyUserData>("c")?.borrow());
    check_escape::<UserDataRefMut<Counter>>(|lua| {
        lua.globals().get::<AnyUserData>("c")?.borrow_mut()
    });
    #[cfg(feature = "async")]
    check_escape(|lua| {
        lua.create_thread(lua.load("return 1").into_function()?)?.into_async::<i64>(())
    });
    #[cfg(feature = "async")]
    check_escape(|lua| Ok(lua.load("return 1").into_function()?.call_async::<i64>(())));
}

#[test]
fn errors_with_values_that_escape() {
    let mut lua = SendLua::new();
    lua.enter(|lua| {
        let error = lua.load("error({})").exec().unwrap_err();
        escape(error);
        Ok(())
    })
    .unwrap();
    // With the feature `error-send` an error has no handle.
    assert_eq!(is_free(&mut lua), !BINDS || cfg!(feature = "error-send"));
    clear_escaped();
    lua.enter(|_| Ok(())).unwrap();
    assert!(is_free(&mut lua));
}

#[test]
fn a_borrow_outlives_its_userdata_and_binds() {
    let mut lua = SendLua::new();
    lua.enter(|lua| {
        let userdata = lua.create_send_userdata(Counter::default())?;
        escape(userdata.borrow::<Counter>()?);
        userdata.destroy()
    })
    .unwrap();
    lua.enter(|lua| lua.gc_collect()).unwrap();
    assert_eq!(is_free(&mut lua), !BINDS);
    clear_escaped();
    lua.enter(|_| Ok(())).unwrap();
    assert!(is_free(&mut lua));
}

/// A value whose userdata it has left while it is borrowed goes nowhere with another
/// state.
#[cfg(not(feature = "send"))]
#[test]
fn a_borrowed_value_in_another_state_binds_that() {
    let home = Lua::new();
    let userdata = home.create_send_userdata(Counter::default()).unwrap();
    let borrow = userdata.borrow::<Counter>().unwrap();
    home.globals().set("c", userdata).unwrap();
    let payload = home.with_native(|state| {
        state.get_global("c")?;
        Ok(state.take_payload(-1))
    });
    thread_local! {
        static PAYLOAD: RefCell<Option<perilune::native::Payload>> = const { RefCell::new(None) };
    }
    PAYLOAD.set(payload.unwrap());
    let mut lua = SendLua::new();
    lua.enter(|lua| {
        lua.with_native(|state| {
            state.new_userdata(PAYLOAD.take().unwrap(), 0)?;
            state.set_global("p")
        })
    })
    .unwrap();
    assert!(!is_free(&mut lua));
    assert_eq!(borrow.n, 0);
    drop(borrow);
    eval::<()>(&mut lua, "p = nil").unwrap();
    lua.unbind().unwrap();
    assert!(is_free(&mut lua));
}

#[cfg(not(feature = "send"))]
struct Local(#[expect(dead_code)] Rc<i32>);

#[cfg(not(feature = "send"))]
impl UserData for Local {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        fields.add_field("x", 1);
    }
    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_method("f", |_, _, ()| Ok(()));
    }
}

/// Puts something into a state that is not `Send`, and sees that it binds until it
/// is garbage.
#[cfg(not(feature = "send"))]
#[track_caller]
fn check_local(put: impl FnOnce(&Lua) -> Result<()> + Send, take: &str, name: &str) {
    let mut lua = SendLua::new();
    lua.enter(put).unwrap();
    assert!(!is_free(&mut lua));
    let binding = lua.binding().unwrap();
    assert!(binding.values > 0 && binding.handles == 0, "{binding}");
    assert!(binding.type_name.is_some_and(|n| n.contains(name)), "{binding}");
    // It goes on binding as long as it lives.
    assert!(lua.unbind().unwrap().is_some());
    let take = take.to_owned();
    lua.enter(move |lua| {
        lua.remove_app_data::<Rc<i32>>();
        lua.load(take).exec()
    })
    .unwrap();
    assert_eq!(lua.unbind().unwrap(), None);
    assert!(is_free(&mut lua));
}

#[cfg(not(feature = "send"))]
#[test]
fn values_that_are_not_send_bind() {
    fn rc() -> Rc<i32> {
        Rc::new(1)
    }
    check_local(
        |lua| {
            let rc = rc();
            lua.globals().set("f", lua.create_function(move |_, ()| Ok(*rc))?)
        },
        "f = nil",
        "values_that_are_not_send_bind",
    );
    check_local(
        |lua| {
            let rc = rc();
            lua.globals().set("f", lua.create_function_mut(move |_, ()| Ok(*rc))?)
        },
        "f = nil",
        "values_that_are_not_send_bind",
    );
    check_local(|lua| lua.globals().set("f", lua.create_any_userdata(rc())?), "f = nil", "Rc<i32>");
    check_local(
        |lua| {
            lua.set_app_data(rc());
            Ok(())
        },
        "",
        "Rc<i32>",
    );
    check_local(
        |lua| {
            let rc = rc();
            lua.set_hook(HookTriggers::EVERY_LINE, move |_, _| {
                let _ = *rc;
                Ok(VmState::Continue)
            })?;
            lua.remove_hook();
            lua.globals().set("x", lua.create_any_userdata(Rc::new(()))?)
        },
        "x = nil",
        "Hook",
    );
}

#[cfg(not(feature = "send"))]
#[test]
fn ordinary_userdata_types_bind_for_good() {
    let mut lua = SendLua::new();
    lua.enter(|lua| lua.globals().set("x", Local(Rc::new(1)))).unwrap();
    assert!(!is_free(&mut lua));
    eval::<()>(&mut lua, "x = nil").unwrap();
    // Its methods may have captured what is not `Send`.
    let binding = lua.unbind().unwrap().unwrap();
    assert!(binding.values > 0, "{binding}");
}

#[test]
fn scopes_do_not_bind() {
    let mut lua = SendLua::new();
    let mut sum = 0;
    there(|| {
        lua.enter(|lua| {
            let rc = Rc::new(5);
            lua.scope(|scope| {
                let f = scope.create_function_mut(|_, n: i64| {
                    sum += n + *rc;
                    Ok(())
                })?;
                lua.globals().set("f", f)?;
                lua.load("f(1) f(2)").exec()
            })
        })
    })
    .unwrap();
    assert_eq!(sum, 13);
    assert!(is_free(&mut lua));
    let error = elsewhere(|| eval::<()>(&mut lua, "f(3)").unwrap_err().to_string());
    assert!(error.contains("destructed"), "{error}");
}

#[test]
fn a_state_that_others_have() {
    let lua = Lua::new();
    let table = lua.create_table().unwrap();
    let clone = lua.clone();
    let mut send = SendLua::try_from(lua).unwrap();
    assert_eq!(is_free(&mut send), !BINDS);
    table.set(1, 2).unwrap();
    send.enter(|lua| lua.globals().set("x", 1)).unwrap();
    assert_eq!(clone.globals().get::<i64>("x").unwrap(), 1);
    drop(table);
    drop(clone);
    send.enter(|_| Ok(())).unwrap();
    assert!(is_free(&mut send));
}

#[test]
fn garbage_does_not_keep_a_state_from_moving() {
    let lua = Lua::new();
    lua.load("for i = 1, 10 do pcall(string.rep) end").exec().unwrap();
    let f = lua.create_function(|_, ()| Err::<(), _>(Error::runtime("x"))).unwrap();
    lua.globals().set("f", f).unwrap();
    lua.load("for i = 1, 10 do pcall(f) end f = nil").exec().unwrap();
    let mut lua = SendLua::try_from(lua).unwrap();
    assert!(is_free(&mut lua));
}

#[test]
fn from_within_a_callback() {
    let lua = Lua::new();
    let out = Rc::new(RefCell::new(None));
    #[cfg(not(feature = "send"))]
    {
        let taken = out.clone();
        let f = lua
            .create_function(move |lua, ()| {
                let mut send = SendLua::try_from(lua.clone())?;
                assert!(!is_free(&mut send));
                // Here it can be entered.
                send.enter(|lua| lua.globals().set("inner", true))?;
                *taken.borrow_mut() = Some(send);
                Ok(())
            })
            .unwrap();
        lua.globals().set("f", f).unwrap();
        lua.load("f()").exec().unwrap();
        assert!(lua.globals().get::<bool>("inner").unwrap());
        drop(lua);
        let mut send = out.take().unwrap();
        assert!(!is_free(&mut send));
        eval::<()>(&mut send, "f = nil").unwrap();
        assert_eq!(send.unbind().unwrap(), None);
        assert!(is_free(&mut send));
    }
    #[cfg(feature = "send")]
    {
        *out.borrow_mut() = Some(SendLua::try_from(lua).unwrap());
    }
}

#[test]
fn one_inside_another() {
    let (mut a, mut b) = (SendLua::new(), SendLua::new());
    let sum = there(|| {
        a.enter(|a| {
            a.globals().set("x", 1)?;
            b.enter(|b| {
                b.globals().set("x", 2)?;
                a_plus(&b.globals())
            })
        })
    });
    assert_eq!(sum.unwrap(), 12);
    assert!(is_free(&mut a) && is_free(&mut b));

    fn a_plus(table: &Table) -> Result<i64> {
        Ok(table.get::<i64>("x")? + 10)
    }
}

#[test]
fn taken_apart() {
    let mut lua = SendLua::new();
    eval::<()>(&mut lua, "x = 1").unwrap();
    let lua = elsewhere(move || {
        eval::<()>(&mut lua, "x = x + 1").unwrap();
        lua
    });
    let lua = lua.into_lua().unwrap();
    assert_eq!(lua.globals().get::<i64>("x").unwrap(), 2);
    let table = lua.create_table().unwrap();
    let lua = SendLua::try_from(lua).unwrap();
    #[cfg(not(feature = "send"))]
    let lua = elsewhere(move || lua.into_lua().map(drop).unwrap_err());
    drop(table);
    lua.into_lua().unwrap().load("x = x + 1").exec().unwrap();
}

#[test]
fn dropped_on_another_thread() {
    let closed = Arc::new(AtomicUsize::new(0));
    let make = |n: usize| {
        let (mut lua, closed) = (SendLua::new(), closed.clone());
        lua.enter(move |lua| {
            let f = lua.create_send_function(move |_, ()| {
                closed.fetch_add(n, Ordering::Relaxed);
                Ok(())
            })?;
            lua.globals().set("f", f)?;
            lua.load("x = setmetatable({}, {__gc = function() f() end})").exec()
        })
        .unwrap();
        lua
    };
    // Free: it is closed there.
    let lua = make(1);
    elsewhere(move || drop(lua));
    assert_eq!(closed.load(Ordering::Relaxed), 1);
    // Bound by a handle: it stays.
    let mut lua = make(10);
    lua.enter(|lua| {
        escape(lua.globals());
        escape(lua.clone());
        Ok(())
    })
    .unwrap();
    elsewhere(move || drop(lua));
    if BINDS {
        assert_eq!(closed.load(Ordering::Relaxed), 1);
    }
    // The handles work on.
    ESCAPED.with_borrow(|escaped| {
        let table = escaped[0].downcast_ref::<Table>().unwrap();
        table.set("y", 1).unwrap();
        let lua = escaped[1].downcast_ref::<Lua>().unwrap();
        assert_eq!(lua.load("y").eval::<i64>().unwrap(), 1);
    });
    clear_escaped();
    // Bound, and dropped at home.
    let before = closed.load(Ordering::Relaxed);
    let mut lua = make(100);
    lua.enter(|lua| {
        escape(lua.globals());
        Ok(())
    })
    .unwrap();
    drop(lua);
    assert_eq!(closed.load(Ordering::Relaxed), before + 100);
    clear_escaped();
    // Never entered, and after a panic.
    elsewhere({
        let lua = SendLua::new();
        move || drop(lua)
    });
    let mut lua = make(1000);
    let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        lua.enter(|_| -> Result<()> { panic!("out") })
    }));
    elsewhere(move || drop(lua));
    assert_eq!(closed.load(Ordering::Relaxed), before + 1100);
}

#[test]
fn finalizers_that_let_handles_out() {
    let mut lua = SendLua::new();
    lua.enter(|lua| {
        let f = lua.create_send_function(|lua, ()| {
            escape(lua.clone());
            escape(lua.globals());
            Ok(())
        })?;
        lua.globals().set("f", f)?;
        lua.load("x = setmetatable({}, {__gc = function() f() end})").exec()
    })
    .unwrap();
    elsewhere(move || {
        drop(lua);
        ESCAPED.with_borrow(|escaped| {
            let lua = escaped[0].downcast_ref::<Lua>().unwrap();
            let _ = lua.load("x = 1").exec();
        });
        clear_escaped();
    });
}

#[test]
fn many_handles() {
    let mut lua = SendLua::new();
    for _ in 0..3 {
        there(|| {
            lua.enter(|lua| {
                let tables: Vec<Table> =
                    (0..20_000).map(|_| lua.create_table()).collect::<Result<_>>()?;
                tables[19_999].set(1, tables.len())?;
                let before = lua.used_memory();
                drop(tables);
                assert!(before > 20_000 * 32);
                Ok(())
            })
        })
        .unwrap();
        assert!(is_free(&mut lua));
    }
    // The memory of handles is given back.
    lua.unbind().unwrap();
    let used = lua.enter(|lua| Ok(lua.used_memory())).unwrap();
    assert!(used < 300_000 || !BINDS, "{used}");
}

#[cfg(feature = "async")]
fn block_on<R>(future: impl Future<Output = R>) -> R {
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    loop {
        if let std::task::Poll::Ready(result) = future.as_mut().poll(&mut context) {
            return result;
        }
    }
}

/// Is pending once.
#[cfg(feature = "async")]
async fn pause() {
    let mut polled = false;
    std::future::poll_fn(|_| match std::mem::replace(&mut polled, true) {
        true => std::task::Poll::Ready(()),
        false => std::task::Poll::Pending,
    })
    .await;
}

#[cfg(feature = "async")]
#[test]
fn async_members_of_userdata() {
    let mut lua = SendLua::new();
    lua.enter(|lua| {
        lua.register_send_userdata_type::<Vec<i64>>(|registry| {
            registry.add_async_method("sum", |_, this, more: i64| async move {
                pause().await;
                Ok(this.iter().sum::<i64>() + more)
            });
            registry.add_async_method_mut("add", |_, mut this, n: i64| async move {
                this.push(n);
                pause().await;
                Ok(this.len())
            });
            registry.add_async_meta_method(MetaMethod::Len, |_, this, _: Value| async move {
                pause().await;
                Ok(this.len())
            });
            registry.add_async_meta_method_mut(MetaMethod::Call, |_, mut this, ()| async move {
                pause().await;
                Ok(this.pop())
            });
            registry.add_async_meta_function(MetaMethod::Concat, |_, _: MultiValue| async move {
                pause().await;
                Ok("joined")
            });
        })?;
        lua.globals().set("list", lua.create_send_any_userdata(vec![1i64, 2])?)
    })
    .unwrap();
    for round in 0..3 {
        let found = there(|| {
            lua.enter(|lua| {
                let code = "return list:sum(4), list:add(5), #list, list(), list .. ''";
                block_on(lua.load(code).eval_async::<(i64, i64, i64, i64, String)>())
            })
        });
        assert_eq!(found.unwrap(), (7, 3, 3, 5, "joined".to_owned()), "{round}");
        lua.unbind().unwrap();
        assert!(is_free(&mut lua));
    }
    let refused = lua.enter(|lua| block_on(lua.load("list.sum(1)").exec_async()));
    assert!(refused.unwrap_err().to_string().contains("bad argument `self` to `Vec"));
}

#[cfg(feature = "async")]
#[test]
fn async_functions() {
    let mut lua = SendLua::new();
    lua.enter(|lua| {
        let f = lua.create_send_async_function(|lua, n: i64| async move {
            pause().await;
            lua.globals().set("seen", n)?;
            Ok(n * 2)
        })?;
        lua.globals().set("later", f)
    })
    .unwrap();
    for n in 1..5 {
        let twice = there(|| {
            lua.enter(|lua| {
                let call: Function = lua.globals().get("later")?;
                block_on(call.call_async::<i64>(n))
            })
        });
        assert_eq!(twice.unwrap(), n * 2);
        // What waited for the future is garbage.
        lua.unbind().unwrap();
        assert!(is_free(&mut lua));
    }
    // A coroutine that waits binds.
    eval::<()>(&mut lua, "co = coroutine.create(later) coroutine.resume(co, 1)").unwrap();
    assert_eq!(is_free(&mut lua), !BINDS);
    eval::<()>(&mut lua, "co = nil").unwrap();
    lua.unbind().unwrap();
    assert!(is_free(&mut lua));
}

#[test]
fn a_pool() {
    let pool = std::sync::Mutex::new((0..3).map(|_| SendLua::new()).collect::<Vec<_>>());
    thread::scope(|scope| {
        for worker in 0..4 {
            let pool = &pool;
            scope.spawn(move || {
                for i in 0..50 {
                    let lua = pool.lock().unwrap().pop();
                    let Some(mut lua) = lua else {
                        thread::yield_now();
                        continue;
                    };
                    let sum = lua.enter(|lua| {
                        lua.globals().set("w", worker)?;
                        lua.load("t = t or {} t[#t + 1] = w .. '' n = (n or 0) + 1 return n")
                            .eval::<i64>()
                    });
                    assert!(sum.unwrap() > 0 && i < 50);
                    pool.lock().unwrap().push(lua);
                }
            });
        }
    });
    for lua in pool.into_inner().unwrap() {
        let mut lua = lua;
        assert!(eval::<bool>(&mut lua, "n == nil or n == #t").unwrap());
    }
}

#[test]
fn deep_recursion_on_threads_with_small_stacks() {
    let mut lua = SendLua::new();
    eval::<()>(
        &mut lua,
        "function deep(n) return select(2, pcall(string.gsub, 'x', 'x', function() return deep(n) end)) end",
    )
    .unwrap();
    for size in [256 * 1024, 2 << 20, 256 * 1024, 8 << 20, 300 * 1024] {
        let moved = &mut lua;
        thread::scope(|scope| {
            let thread = thread::Builder::new().stack_size(size);
            let run = move || {
                moved.enter(|lua| lua.load("return deep(1) ~= nil").eval::<bool>()).unwrap()
            };
            thread.spawn_scoped(scope, run).unwrap().join().unwrap();
        });
    }
}
