//! Whatever safe code does with a state, the process keeps its memory in order:
//! an error, or nothing, comes of misuse; at worst the process ends at once.

// Each operation is one line of a table.
#![allow(clippy::unit_arg)]

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;

use perilune::Lua;
use perilune::native::{
    ArithOp, CallStatus, CompareOp, Extension, GcOption, NativeFn, Result, Return, Shared, State,
    Type, Unavailable, stdlib,
};

thread_local! {
    /// A state for native functions to take another one's place.
    static OTHER: RefCell<Option<State>> = const { RefCell::new(None) };
}

fn with_libraries() -> State {
    let mut state = State::new().unwrap();
    state.enter(stdlib::open_all).unwrap();
    state
}

/// Runs `source` with the function as the global `misuse`.
fn run(misuse: NativeFn, source: &str) {
    let mut state = with_libraries();
    let _ = state.enter(|state| {
        state.push(misuse)?;
        state.set_global("misuse")?;
        assert!(state.load(source.as_bytes(), b"=misuse", b"t")?);
        state.protected_call(0, Some(0))
    });
}

/// Puts another state in the running one's place and keeps that alive.
fn exchange(state: &mut State) -> Result<Return> {
    let fresh = with_libraries();
    OTHER.with_borrow_mut(|other| *other = Some(std::mem::replace(state, fresh)));
    Ok(Return::NONE)
}

/// Drops the running state and puts another one in its place.
fn replace(state: &mut State) -> Result<Return> {
    *state = with_libraries();
    Ok(Return::NONE)
}

/// Exchanges the state, and back again.
fn exchange_twice(state: &mut State) -> Result<Return> {
    let mut other = with_libraries();
    std::mem::swap(state, &mut other);
    let sum = state.enter(|state| {
        state.push(40)?;
        state.push(2)?;
        state.arith(ArithOp::Add)?;
        Ok(state.to_integer(-1))
    })?;
    assert_eq!(sum, Some(42));
    std::mem::swap(state, &mut other);
    state.ret(true)
}

/// Runs the rest of a test in a process of its own and wants it to end with a
/// message and an abort.
fn aborts(name: &str, rest: impl FnOnce()) {
    const INSIDE: &str = "PERILUNE_MISUSE";
    if std::env::var_os(INSIDE).is_some() {
        rest();
        return;
    }
    let own = std::env::current_exe().unwrap();
    let output =
        Command::new(own).args(["--exact", name, "--nocapture"]).env(INSIDE, "1").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && output.status.code() != Some(101), "{said}");
    assert!(said.contains("replaced or dropped while it was running"), "{said}");
}

#[test]
fn a_state_that_is_exchanged_on_the_fast_path() {
    aborts("a_state_that_is_exchanged_on_the_fast_path", || run(exchange, "misuse() local x = {}"));
}

#[test]
fn a_state_that_is_exchanged_in_a_metamethod() {
    aborts("a_state_that_is_exchanged_in_a_metamethod", || {
        run(exchange, "local t = setmetatable({}, { __index = misuse }) local x = { t.x }")
    });
}

#[test]
fn a_state_that_is_exchanged_in_enter() {
    aborts("a_state_that_is_exchanged_in_enter", || {
        let mut state = with_libraries();
        let _ = state.enter(|state| exchange(state).map(|_| ()));
    });
}

#[test]
fn a_state_that_is_dropped_while_it_runs() {
    aborts("a_state_that_is_dropped_while_it_runs", || run(replace, "misuse() local x = {}"));
}

/// Nothing is kept beside a state.
struct Nothing;

impl From<Shared> for Nothing {
    fn from(_: Shared) -> Nothing {
        Nothing
    }
}

fn with(shared: &Shared, f: impl FnOnce(&mut State)) {
    shared.with(|state, _: &Extension<Nothing, ()>| Ok::<_, Unavailable>(f(state))).unwrap();
}

#[test]
fn shared_states_that_are_exchanged() {
    aborts("shared_states_that_are_exchanged", || {
        let [a, b] = [(); 2].map(|()| Shared::new::<Nothing, ()>(with_libraries(), ()));
        with(&a, |a| with(&b, |b| std::mem::swap(a, b)));
        // The state behind `b` would refer to memory that goes with `a`.
        drop(a);
        with(&b, |b| drop(b.gc(GcOption::Collect)));
    });
}

#[test]
fn a_shared_state_that_is_taken_away() {
    aborts("a_shared_state_that_is_taken_away", || {
        let shared = Shared::new::<Nothing, ()>(with_libraries(), ());
        let mut taken = None;
        with(&shared, |state| taken = Some(std::mem::replace(state, with_libraries())));
        drop(shared);
        let _ = taken.unwrap().gc(GcOption::Collect);
    });
}

#[test]
fn states_behind_handles_that_are_exchanged() {
    aborts("states_behind_handles_that_are_exchanged", || {
        let (a, b) = (Lua::new(), Lua::new());
        let _ = a.with_native(|a| {
            let _ = b.with_native(|b| Ok(std::mem::swap(a, b)));
            Ok(())
        });
    });
}

#[test]
fn a_state_that_is_exchanged_by_its_warning_function() {
    aborts("a_state_that_is_exchanged_by_its_warning_function", || {
        let mut state = with_libraries();
        state.set_warning_function(Some(Box::new(|state, _, _| drop(exchange(state)))));
        let _ = state.enter(|state| {
            let source = b"setmetatable({}, { __gc = function() error('x') end })";
            assert!(state.load(source, b"=misuse", b"t")?);
            state.call(0, Some(0))?;
            state.gc(GcOption::Collect).map(drop)
        });
    });
}

#[test]
fn a_state_whose_last_handle_goes_while_a_value_is_looked_at() {
    let dropped = std::sync::Arc::new(());
    let lua = Lua::new();
    let data = dropped.clone();
    let f = lua.create_function(move |_, ()| {
        let _ = &data;
        Ok(())
    });
    lua.globals().set("f", f.unwrap()).unwrap();
    let root = lua.with_native(|state| {
        state.push(5)?;
        state.pin_top()
    });
    let root = root.unwrap();
    let seen = root.look(|found| {
        drop(lua);
        Some(matches!(found.value(), perilune::native::Value::Integer(5)))
    });
    assert_eq!(seen, Some(true));
    assert_eq!(std::sync::Arc::strong_count(&dropped), 1);
    assert!(root.look(|_| Some(())).is_none());
}

#[test]
fn states_behind_handles_that_come_back() {
    let (a, b) = (Lua::new(), Lua::new());
    let table = a.create_table().unwrap();
    a.with_native(|a| {
        let inner = b.with_native(|b| {
            std::mem::swap(a, b);
            assert!(table.len().is_err());
            std::mem::swap(a, b);
            Ok(())
        });
        inner.unwrap();
        Ok(())
    })
    .unwrap();
    table.set(1, 2).unwrap();
    // Handles may change places as they like.
    let (mut a, mut b) = (a, b);
    std::mem::swap(&mut a, &mut b);
    assert!(a.globals().set("t", &table).is_err());
    b.globals().set("t", &table).unwrap();
    drop(b);
    assert!(table.len().is_err());
    a.load("x = 1").exec().unwrap();
}

#[test]
fn a_state_that_comes_back() {
    run(exchange_twice, "assert(misuse() == true and coroutine.wrap(misuse)() == true)");
}

/// A panic passes the state; what is caught leaves a state that can be dropped,
/// and used.
#[test]
fn panics() {
    fn panics(_: &mut State) -> Result<Return> {
        panic!("on purpose")
    }
    let mut state = with_libraries();
    for source in ["misuse()", "coroutine.wrap(misuse)()", "pcall(pcall, misuse)"] {
        let result = catch_unwind(AssertUnwindSafe(|| {
            state.enter(|state| {
                state.push(panics as NativeFn)?;
                state.set_global("misuse")?;
                assert!(state.load(source.as_bytes(), b"=misuse", b"t")?);
                state.protected_call(0, Some(0))
            })
        }));
        assert!(result.is_err(), "{source}");
        let sum = state.enter(|state| {
            state.gc(GcOption::Collect)?;
            assert!(state.load(
                b"local t = {} for i = 1, 9 do t[i] = { i } end return #t",
                b"=x",
                b"t"
            )?);
            state.call(0, Some(1))?;
            Ok(state.to_integer(-1))
        });
        assert_eq!(sum.unwrap(), Some(9), "{source}");
    }
    let dropped = catch_unwind(|| {
        let mut state = with_libraries();
        let _ = state.enter(|_| -> Result<()> { panic!("on purpose") });
    });
    assert!(dropped.is_err());
}

/// Random numbers (a linear congruential generator's upper bits).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    /// An index, right or wrong.
    fn index(&mut self) -> i32 {
        const ODD: [i32; 8] =
            [0, i32::MIN, i32::MAX, -1000, 1000, i32::MIN + 1, -1_000_000, 70_000];
        match self.below(8) {
            0 => ODD[self.below(8) as usize],
            _ => self.below(14) as i32 - 7,
        }
    }

    /// A number of values, right or wrong.
    fn count(&mut self) -> usize {
        const ODD: [usize; 5] = [usize::MAX, usize::MAX - 1, 1 << 31, 1 << 20, i32::MAX as usize];
        match self.below(12) {
            0 => ODD[self.below(5) as usize],
            _ => self.below(5) as usize,
        }
    }
}

fn continuation(state: &mut State, _: CallStatus, context: i64) -> Result<Return> {
    state.push(context)?;
    Ok(Return::values(context as usize))
}

fn native(state: &mut State) -> Result<Return> {
    let n = state.top();
    let _ = step(state, &mut Random(n as u64 + 77));
    Ok(Return::values(n))
}

/// A call of the interface with arguments that are often wrong.
fn step(state: &mut State, random: &mut Random) -> Result<()> {
    let (i, j) = (random.index(), random.index());
    let (m, n) = (random.count(), random.count());
    match random.below(64) {
        0 => state.push(i),
        1 => state.push(2.5),
        2 => state.push("text"),
        3 => state.push(native as NativeFn),
        4 => state.push(()),
        5 => state.new_table(m.min(1 << 20), n.min(1 << 20)),
        6 => state.push_value(i),
        7 => Ok(state.copy(i, j)),
        8 => Ok(state.rotate(i, j)),
        9 => Ok(state.insert(i)),
        10 => Ok(state.remove(i)),
        11 => Ok(state.replace(i)),
        12 => Ok(state.pop(m)),
        13 => Ok(state.set_top(m)),
        14 => state.call(m, Some(n.min(1 << 21))),
        15 => state.call(m, None),
        16 => state.protected_call(m, Some(n)),
        17 => state.protected_call_with_handler(m, None, i),
        18 => state.push_closure(native, m),
        19 => state.push_upvalue(m),
        20 => Ok(state.set_upvalue_slot(m)),
        21 => state.new_thread(),
        22 => state.resume(m).map(|_| ()),
        23 => state.close_thread(i).map(|_| ()),
        24 => state.move_to_thread(i, m),
        25 => state.move_from_thread(i, m),
        26 => state.restart_thread(i),
        27 => state.throw_into_thread(i),
        28 => state.raw_move(i, -1, j, 2, m.min(1000) as i64),
        29 => state.push_raw_range(i, -3, m.min(5000)),
        30 => state.pack_table(m, n.min(1000)),
        31 => state.push_metatable(i).map(|_| ()),
        32 => state.set_metatable(i),
        33 => state.push_tostring(i),
        34 => state.raw_get_integer(i, m as i64),
        35 => state.raw_set_integer(i, m as i64 % 100),
        36 => state.get_field(i, "x"),
        37 => state.set_field(i, "x"),
        38 => state.get_integer(i, n as i64),
        39 => state.set_integer(i, n as i64 % 100),
        40 => state.arith(ArithOp::Add),
        41 => state.arith(ArithOp::Unm),
        42 => state.compare(i, j, CompareOp::Lt).map(|_| ()),
        43 => state.dump(i, true).map(|_| ()),
        44 => state.load(b"local a, b = ... return b, a, #a", b"=f", b"t").map(|_| ()),
        45 => state.gc(GcOption::Collect).map(|_| ()),
        46 => state.gc(GcOption::Step(m as i64)).map(|_| ()),
        47 => state.call_k(m, Some(n), continuation, 3).map(|_| ()),
        48 => state.pcall_k(m, None, i, continuation, 2).map(|_| ()),
        49 => state.tail_call(m).map(|_| ()),
        50 => state.pcall().map(|_| ()),
        51 => state.xpcall().map(|_| ()),
        52 => state.resume_k(i, m, continuation, 1).map(|_| ()),
        53 => state.yield_values(m).map(|_| ()),
        54 => state.yield_k(m, continuation, 1).map(|_| ()),
        55 => state.ensure_stack(m, "too much"),
        56 => state.push_substring(i, m, n),
        57 => Ok(state.set_type_metatable(Type::String)),
        58 => {
            if let Some(mut part) = state.array_part(i, m) {
                part.swap(m, n);
                part.swap(0, 1);
            }
            Ok(())
        }
        59 => {
            let _ = (state.bytes(i), state.to_integer(i), state.to_pointer(i), state.raw_len(i));
            let _ = (state.type_name(i), state.raw_equal(i, j), state.thread_state(i));
            Ok(())
        }
        60 => state.push_running_thread(),
        61 => Err(state.raise()),
        62 => state.len(i).map(|_| ()),
        _ => state.call_order(i, j, -1).map(|_| ()),
    }
}

/// Misuse from outside, in native functions and in coroutines, with a collection
/// at every few points and allocations that fail.
#[test]
fn wrong_indices_and_counts() {
    for seed in 0..150_u64 {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let mut state = with_libraries();
        state.set_memory_limit(Some(32 << 20));
        state.set_stress(if seed % 3 == 0 { 1 + random.below(5) as u32 } else { 0 }, 0);
        if seed % 3 == 1 {
            state.set_stress(0, 1 + random.below(300));
        }
        for _ in 0..20 {
            let result = state.enter(|state| {
                for _ in 0..20 {
                    if let Err(error) = step(state, &mut random) {
                        if random.below(4) == 0 {
                            return Err(error);
                        }
                        state.push_error(error)?;
                    }
                }
                Ok(())
            });
            if let Err(error) = result {
                let _ = state.enter(|state| state.push_error(error));
            }
        }
        state.set_stress(0, 0);
        state.set_memory_limit(None);
        let sum = state.enter(|state| {
            state.set_top(0);
            state.gc(GcOption::Collect)?;
            assert!(state.load(
                b"local t = {} for i = 1, 9 do t[i] = { i } end return #t",
                b"=x",
                b"t"
            )?);
            state.call(0, Some(1))?;
            Ok(state.to_integer(-1))
        });
        assert!(matches!(sum, Ok(Some(9))), "seed {seed}");
    }
}
