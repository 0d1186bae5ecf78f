//! Async calls that end early, and calls into the state from wherever it calls
//! out.
#![cfg(feature = "async")]

use perilune::thread::ThreadStatus;
use perilune::{Error, HookTriggers, Lua, LuaOptions, Result, StdLib, Thread, Value, VmState};
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

/// Is pending so many times.
struct Wait(usize);

impl Future for Wait {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.0 == 0 {
            return Poll::Ready(());
        }
        self.0 -= 1;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

/// Polls until the future is ready, but at most so many times.
fn poll_up_to<F: Future>(n: usize, future: Pin<&mut F>) -> Option<F::Output> {
    let mut future = future;
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..n {
        if let Poll::Ready(result) = future.as_mut().poll(&mut context) {
            return Some(result);
        }
    }
    None
}

fn block_on<F: Future>(future: F) -> F::Output {
    poll_up_to(1000, pin!(future)).expect("a future that becomes ready")
}

/// Counts itself while it lives.
struct Counted(Arc<AtomicUsize>);

impl Counted {
    fn new(count: &Arc<AtomicUsize>) -> Counted {
        count.fetch_add(1, Ordering::Relaxed);
        Counted(count.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[test]
fn dropped_at_every_await_point() -> Result<()> {
    let lua = Lua::new_with(StdLib::ALL_SAFE, LuaOptions::new().thread_pool_size(3))?;
    let alive = Arc::new(AtomicUsize::new(0));
    let count = alive.clone();
    let step = lua.create_async_function(move |lua, n: usize| {
        let guard = Counted::new(&count);
        async move {
            Wait(n).await;
            // A call within the call.
            let twice: perilune::Function = lua.globals().get("twice")?;
            let n = twice.call_async::<usize>(n).await?;
            Wait(1).await;
            drop(guard);
            Ok(n)
        }
    })?;
    let twice = lua.create_async_function(|_, n: usize| async move {
        Wait(2).await;
        Ok(2 * n)
    })?;
    let globals = lua.globals();
    globals.set("step", step)?;
    globals.set("twice", twice)?;
    let body = lua
        .load(
            r#"
            local first <close> = setmetatable({}, {__close = function() closed = closed + 1 end})
            opened = opened + 1
            local sum = 0
            get = function() return sum end
            local function inner()
                local second <close> = setmetatable({}, {__close = function()
                    closed = closed + 1
                end})
                opened = opened + 1
                for i = 1, 2 do
                    local ok, n = pcall(step, i)
                    assert(ok, n)
                    sum = sum + n
                end
            end
            inner()
            coroutine.yield("ignored")
            return sum + step(3)
            "#,
        )
        .into_function()?;
    let mut ends = 0;
    for polls in 0..60 {
        globals.set("opened", 0)?;
        globals.set("closed", 0)?;
        globals.set("get", Value::Nil)?;
        {
            let mut call = pin!(body.call_async::<usize>(()));
            if let Some(result) = poll_up_to(polls, call.as_mut()) {
                assert_eq!(result?, 12);
                ends += 1;
            }
        }
        assert_eq!(alive.load(Ordering::Relaxed), 0, "after {polls} polls");
        assert_eq!(globals.get::<i64>("opened")?, globals.get::<i64>("closed")?);
        // Upvalues were closed: the closure sees what the variable held last.
        if let Some(get) = globals.get::<Option<perilune::Function>>("get")? {
            assert!(get.call::<usize>(())? <= 6);
        }
        assert_eq!(lua.load("return 1 + 1").eval::<i64>()?, 2);
        assert_eq!(block_on(lua.load("return step(1)").eval_async::<usize>())?, 2);
    }
    assert!(ends > 10, "{ends}");
    // Nothing is left of the coroutines but those in the pool.
    lua.gc_collect()?;
    let used = lua.used_memory();
    for polls in 0..200 {
        let mut call = pin!(body.call_async::<usize>(()));
        let _ = poll_up_to(polls % 15, call.as_mut());
    }
    lua.gc_collect()?;
    assert!(lua.used_memory() < used + 64 * 1024, "{used} {}", lua.used_memory());
    Ok(())
}

#[test]
fn values_go_both_ways() -> Result<()> {
    let lua = Lua::new();
    let talk = lua.create_async_function(|lua, first: i64| async move {
        let mut heard = vec![first];
        for i in 0..3 {
            Wait(i).await;
            heard.push(lua.yield_with::<i64>(heard.len()).await?);
        }
        Ok(heard)
    })?;
    let thread = lua.create_thread(talk)?;
    assert_eq!(thread.resume::<i64>(10)?, 1);
    assert_eq!(thread.resume::<Value>(20)?, Value::LightUserData(Lua::poll_pending()));
    assert_eq!(thread.resume::<i64>(())?, 2);
    thread.resume::<()>(30)?;
    thread.resume::<()>(())?;
    assert_eq!(thread.resume::<i64>(())?, 3);
    assert_eq!(thread.resume::<Vec<i64>>(40)?, [10, 20, 30, 40]);
    assert!(block_on(lua.yield_with::<()>(1)).is_err());
    Ok(())
}

#[test]
fn panics_in_futures_and_hooks() -> Result<()> {
    let lua = Lua::new();
    let bad = lua.create_async_function(|_, late: bool| async move {
        if late {
            Wait(2).await;
        }
        panic!("oh no");
        #[allow(unreachable_code)]
        Ok(())
    })?;
    for late in [false, true] {
        let call = bad.call_async::<()>(late);
        let panic = catch_unwind(AssertUnwindSafe(|| block_on(call))).unwrap_err();
        assert_eq!(panic.downcast_ref::<&str>(), Some(&"oh no"));
        assert_eq!(lua.load("1 + 1").eval::<i64>()?, 2);
    }
    lua.set_hook(HookTriggers::EVERY_LINE, |lua, _| {
        lua.remove_hook();
        panic!("in a hook")
    })?;
    assert!(catch_unwind(AssertUnwindSafe(|| lua.load("local a = 1").exec())).is_err());
    assert_eq!(lua.load("1 + 1").eval::<i64>()?, 2);
    Ok(())
}

#[test]
fn hooks_and_finalizers_use_the_state() -> Result<()> {
    let lua = Lua::new();
    lua.set_hook(HookTriggers::new().every_nth_instruction(1), |lua, debug| {
        let n: i64 = lua.globals().get::<Option<i64>>("n")?.unwrap_or(0);
        lua.globals().set("n", n + 1)?;
        lua.load("local t = {} for i = 1, 10 do t[i] = {} end").exec()?;
        assert!(debug.function().info().what == "main");
        Ok(VmState::Continue)
    })?;
    lua.load("local a = 1; local b = 2; return a + b").exec()?;
    lua.remove_hook();
    assert!(lua.globals().get::<i64>("n")? >= 3);
    let seen = lua.create_function(|lua, ()| {
        lua.globals().set("seen", lua.create_table()?)?;
        lua.load("coroutine.wrap(function() coroutine.yield(1) end)()").exec()
    })?;
    lua.globals().set("finalizer", seen)?;
    lua.load("setmetatable({}, {__gc = finalizer})").exec()?;
    lua.gc_collect()?;
    assert!(lua.globals().get::<Value>("seen")?.is_table());
    Ok(())
}

#[test]
fn interrupts_end_and_yield() -> Result<()> {
    for dialect in [
        &perilune::native::LUA_5_1,
        &perilune::native::LUA_5_2,
        &perilune::native::LUA_5_3,
        &perilune::native::LUA_5_4,
        &perilune::native::LUA_5_5,
    ] {
        let lua = Lua::new_with(StdLib::ALL_SAFE, LuaOptions::new().with_dialect(dialect))?;
        for code in [
            "while true do end",
            "local function f() return f() end f()",
            "for i = 1, 1e9 do end",
            "for _ in function() return 1 end do end",
        ] {
            let left = AtomicUsize::new(1000);
            lua.set_interrupt(move |_| match left.fetch_sub(1, Ordering::Relaxed) {
                0 => Err(Error::runtime("enough")),
                _ => Ok(VmState::Continue),
            });
            let error = lua.load(code).exec().unwrap_err();
            assert!(error.to_string().contains("enough"), "{error}");
        }
        // Every check yields, and the code goes on where it was.
        lua.set_interrupt(|_| Ok(VmState::Yield));
        let thread: Thread = lua.create_thread(
            lua.load(
                "local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
                local t = {}
                for i, v in ipairs({5, 6, 7}) do t[i] = fib(v) end
                return t[1] + t[2] + t[3]",
            )
            .into_function()?,
        )?;
        let mut last = Value::Nil;
        let mut yields = 0;
        while thread.status() == ThreadStatus::Resumable {
            last = thread.resume(())?;
            yields += 1;
            if yields % 7 == 0 {
                lua.gc_collect()?;
            }
        }
        assert!(yields > 50, "{yields}");
        assert_eq!(last.as_f64().or(last.as_i64().map(|n| n as f64)), Some(26.0));
        lua.remove_interrupt();
        lua.load("for i = 1, 10 do end").exec()?;
    }
    Ok(())
}

#[test]
fn an_error_is_raised_where_a_coroutine_waits() -> Result<()> {
    let lua = Lua::new();
    let thread: Thread = lua
        .load(
            "coroutine.create(function()
                local ok, err = pcall(coroutine.yield, 1)
                assert(not ok)
                return err
            end)",
        )
        .eval()?;
    assert_eq!(thread.resume::<i64>(())?, 1);
    assert_eq!(thread.resume_error::<String>("because")?, "because");
    let fresh = lua.create_thread(lua.load("ran = true").into_function()?)?;
    assert!(fresh.resume_error::<()>("never").is_err());
    assert!(fresh.is_error() && lua.globals().get::<Value>("ran")?.is_nil());
    Ok(())
}

#[cfg(feature = "send")]
#[test]
fn other_threads_call_the_state() -> Result<()> {
    let lua = Lua::new();
    lua.globals().set("n", 0)?;
    let add = lua.load("n = n + 1").into_function()?;
    let slow = lua.create_async_function(|_, n: usize| async move {
        Wait(n).await;
        Ok(n)
    })?;
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for i in 0..100 {
                    add.call::<()>(()).unwrap();
                    assert_eq!(block_on(slow.call_async::<usize>(i % 5)).unwrap(), i % 5);
                }
            });
        }
    });
    assert_eq!(lua.globals().get::<i64>("n")?, 400);
    Ok(())
}

#[test]
fn a_userdata_that_is_raised_stays_the_same() -> Result<()> {
    struct Trouble;
    impl perilune::UserData for Trouble {}
    let lua = Lua::new();
    let trouble = lua.create_userdata(Trouble)?;
    lua.globals().set("trouble", &trouble)?;
    let pass = lua.create_function(|_, f: perilune::Function| f.call::<()>(()))?;
    lua.globals().set("pass", pass)?;
    lua.load(
        "local ok, e = pcall(pass, function() error(trouble) end) assert(rawequal(e, trouble))",
    )
    .exec()?;
    let error = lua.load("error(trouble)").exec().unwrap_err();
    assert_eq!(error.value(&lua), Some(Value::UserData(trouble)));
    Ok(())
}

/// Errors that are kept in Rust for a while are raised as the userdata they came
/// from, in whatever order, and also if nothing else keeps that alive.
#[test]
fn many_userdata_that_are_raised_stay_the_same() -> Result<()> {
    struct Trouble(usize);
    impl perilune::UserData for Trouble {
        fn add_methods<M: perilune::UserDataMethods<Self>>(methods: &mut M) {
            methods.add_method("number", |_, this, ()| Ok(this.0));
            methods.add_meta_method("__tostring", |_, _, ()| Ok("trouble"));
        }
    }
    let lua = Lua::new();
    let raise = lua.load("function(e) error(e) end").eval::<perilune::Function>()?;
    let catch = lua.load("function(f) return select(2, pcall(f)) end");
    let catch = catch.eval::<perilune::Function>()?;
    let fail = lua.create_function(|_, n: usize| -> Result<()> {
        Err(Error::external(format!("number {n}")))
    })?;
    lua.globals().set("fail", fail)?;
    // Userdata that stand for errors of Rust, which a script had in its hands.
    let errors =
        lua.load("local t = {} for i = 1, 20 do t[i] = select(2, pcall(fail, i)) end return t");
    let errors: perilune::Table = errors.eval()?;
    let mut caught = Vec::new();
    for i in 1..=20 {
        caught.push(lua.load("local t, i = ... error(t[i])").call::<()>((&errors, i)).unwrap_err());
        let trouble = lua.create_userdata(Trouble(i))?;
        errors.raw_set(i + 20, &trouble)?;
    }
    for i in 1..=20 {
        let trouble: perilune::AnyUserData = errors.raw_get(i + 20)?;
        caught.push(raise.call::<()>(trouble).unwrap_err());
    }
    lua.gc_collect()?;
    lua.globals().set("errors", &errors)?;
    lua.globals().set("catch", catch)?;
    for (i, error) in caught.iter().enumerate().rev() {
        // A copy of a message is known by what it reads.
        if i < 20 {
            let copy = error.clone();
            let again = lua.create_function_mut(move |_, ()| Err::<(), _>(copy.clone()))?;
            lua.load("local i, f = ... assert(rawequal(catch(f), errors[i]), i)")
                .call::<()>((i + 1, again))?;
        }
    }
    for (i, error) in caught.into_iter().enumerate().rev() {
        let mut error = Some(error);
        let again = lua.create_function_mut(move |_, ()| match error.take() {
            Some(error) => Err::<(), _>(error),
            None => Ok(()),
        })?;
        lua.load("local i, f = ... assert(rawequal(catch(f), errors[i]), i)")
            .call::<()>((i + 1, again))?;
    }
    // Nothing but the error is left of this one.
    let error = raise.call::<()>(lua.create_userdata(Trouble(99))?).unwrap_err();
    lua.gc_collect()?;
    match error.value(&lua) {
        Some(Value::UserData(trouble)) => assert_eq!(trouble.borrow::<Trouble>()?.0, 99),
        other => panic!("{other:?}"),
    }
    Ok(())
}

/// A script may go on with the coroutine of a call behind its back: the call that
/// is dropped then must not end another one's future, though the place where that
/// waits is used again.
#[test]
fn a_call_that_was_passed_by_ends_no_other() -> Result<()> {
    let lua = Lua::new();
    let wait = lua.create_async_function(|_, n: usize| async move {
        Wait(n).await;
        Ok(n)
    })?;
    lua.globals().set("wait", wait)?;
    let first: perilune::Function =
        lua.load("function() co = coroutine.running() wait(1) coroutine.yield() end").eval()?;
    let second: perilune::Function = lua.load("function() return wait(3) end").eval()?;

    let mut passed_by = Box::pin(first.call_async::<()>(()));
    assert!(poll_up_to(1, passed_by.as_mut()).is_none());
    lua.load("assert(coroutine.resume(co))").exec()?;
    let mut waits = Box::pin(second.call_async::<usize>(()));
    assert!(poll_up_to(1, waits.as_mut()).is_none());
    drop(passed_by);
    assert_eq!(block_on(waits)?, 3);
    Ok(())
}

/// A call that has ended has given its coroutine away: polled again, it fails and
/// leaves the other call alone.
#[test]
fn a_call_that_is_polled_too_often() -> Result<()> {
    let lua = Lua::new();
    let wait = lua.create_async_function(|_, n: usize| async move {
        Wait(n).await;
        Ok(n)
    })?;
    let mut ended = Box::pin(wait.call_async::<usize>(1));
    assert_eq!(poll_up_to(2, ended.as_mut()).expect("ready")?, 1);
    let mut other = Box::pin(wait.call_async::<usize>(2));
    assert!(poll_up_to(1, other.as_mut()).is_none());
    let again = poll_up_to(1, ended.as_mut()).expect("an error");
    assert!(matches!(again, Err(Error::CoroutineUnresumable)), "{again:?}");
    drop(ended);
    assert_eq!(block_on(other)?, 2);
    Ok(())
}
