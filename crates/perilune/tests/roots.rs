//! Roots, and userdata whose roots the collector sees through.

use perilune::native::{
    Extension, GcOption, Lock, MaybeSend, MaybeSync, Payload, Root, Shared, State, Tracer,
    Unavailable, Value, stdlib,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

struct Nothing;

impl From<Shared> for Nothing {
    fn from(_: Shared) -> Nothing {
        Nothing
    }
}

fn shared() -> Shared {
    let shared = Shared::new::<Nothing, ()>(State::new().unwrap(), ());
    with(&shared, |state| stdlib::open_all(state).unwrap());
    shared
}

fn with<R>(shared: &Shared, f: impl FnOnce(&mut State) -> R) -> R {
    shared.with(|state, _: &Extension<Nothing, ()>| Ok::<_, Unavailable>(f(state))).unwrap()
}

fn collect(shared: &Shared) {
    with(shared, |state| {
        state.gc(GcOption::Collect).unwrap();
        state.gc(GcOption::Collect).unwrap();
    });
}

/// A value that holds roots and says when it is dropped.
struct Holder {
    roots: Vec<Root>,
    dropped: Arc<AtomicUsize>,
}

impl Drop for Holder {
    fn drop(&mut self) {
        self.dropped.fetch_add(1, Ordering::Relaxed);
    }
}

type Cell<T> = perilune::native::Shareable<Lock<T>>;

fn trace(payload: &Payload, tracer: &mut Tracer<'_>) {
    let cell = payload.downcast_ref::<Cell<Holder>>().unwrap();
    if let Some(holder) = cell.try_borrow_mut() {
        holder.roots.iter().for_each(|root| tracer.visit(root));
    }
}

/// Pushes a traced userdata that holds a table which refers to it.
fn push_cycle(state: &mut State, dropped: &Arc<AtomicUsize>) -> Cell<Holder> {
    let cell = Cell::new(Lock::new(Holder { roots: Vec::new(), dropped: dropped.clone() }));
    state.new_userdata(Payload::new(cell.clone()), 0).unwrap();
    state.trace_userdata(-1, trace).unwrap();
    state.new_table(0, 1).unwrap();
    state.push_value(-2).unwrap();
    state.raw_set_field(-2, "owner").unwrap();
    let root = state.pin_top().unwrap();
    cell.borrow_mut().roots.push(root);
    cell
}

#[test]
fn a_cycle_through_a_userdata_is_collected() {
    let shared = shared();
    let dropped = Arc::new(AtomicUsize::new(0));
    with(&shared, |state| {
        for _ in 0..100 {
            drop(push_cycle(state, &dropped));
            state.pop(1);
        }
    });
    collect(&shared);
    assert_eq!(dropped.load(Ordering::Relaxed), 100);
}

#[test]
fn what_a_reachable_userdata_holds_lives() {
    let shared = shared();
    let dropped = Arc::new(AtomicUsize::new(0));
    for generational in [false, true] {
        let cell = with(&shared, |state| {
            if generational {
                state.gc(GcOption::Generational { minor: 0, major: 0 }).unwrap();
            }
            let cell = push_cycle(state, &dropped);
            state.set_global("held").unwrap();
            cell
        });
        collect(&shared);
        assert!(state_of(&shared, &cell), "generational: {generational}");
        // Roots that come later are seen, too.
        with(&shared, |state| {
            state.push("a new string that nobody else has").unwrap();
            let root = state.pin_top().unwrap();
            cell.borrow_mut().roots.push(root);
        });
        collect(&shared);
        with(&shared, |state| {
            let holder = cell.borrow_mut();
            assert!(
                matches!(state.root_value(&holder.roots[1]), Value::String(s) if s.len() == 33)
            );
        });
    }
}

fn state_of(shared: &Shared, cell: &Cell<Holder>) -> bool {
    with(shared, |state| {
        let holder = cell.borrow_mut();
        matches!(state.root_value(&holder.roots[0]), Value::Table)
    })
}

#[test]
fn a_root_outside_keeps_the_whole_cycle() {
    let shared = shared();
    let dropped = Arc::new(AtomicUsize::new(0));
    let outside = with(&shared, |state| {
        let cell = push_cycle(state, &dropped);
        state.pop(1);
        cell.borrow_mut().roots[0].clone()
    });
    collect(&shared);
    assert_eq!(dropped.load(Ordering::Relaxed), 0);
    with(&shared, |state| assert_eq!(state.root_value(&outside), Value::Table));
    drop(outside);
    collect(&shared);
    assert_eq!(dropped.load(Ordering::Relaxed), 1);
}

#[test]
fn a_value_that_is_borrowed_keeps_what_it_holds() {
    let shared = shared();
    let dropped = Arc::new(AtomicUsize::new(0));
    let cell = with(&shared, |state| {
        let cell = push_cycle(state, &dropped);
        state.pop(1);
        cell
    });
    let borrow = cell.borrow_mut();
    collect(&shared);
    drop(borrow);
    assert!(state_of(&shared, &cell));
}

#[test]
fn a_trace_function_that_lies_harms_nobody() {
    fn lie(payload: &Payload, tracer: &mut Tracer<'_>) {
        let cell = payload.downcast_ref::<Cell<Holder>>().unwrap();
        let holder = cell.borrow_mut();
        for root in &holder.roots {
            tracer.visit(root);
            tracer.visit(root);
        }
        panic!("after lying");
    }
    let shared = shared();
    let dropped = Arc::new(AtomicUsize::new(0));
    let outside = with(&shared, |state| {
        state.new_table(0, 0).unwrap();
        let root = state.pin_top().unwrap();
        let holder = Holder { roots: vec![root.clone()], dropped: dropped.clone() };
        state.new_userdata(Payload::new(Cell::new(Lock::new(holder))), 0).unwrap();
        state.trace_userdata(-1, lie).unwrap();
        state.pop(1);
        root
    });
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    collect(&shared);
    std::panic::set_hook(hook);
    with(&shared, |state| assert_eq!(state.root_value(&outside), Value::Nil));
}

#[test]
fn roots_of_closed_and_other_states() {
    let (one, two) = (shared(), shared());
    let root = with(&one, |state| {
        state.push("kept").unwrap();
        state.pin_top().unwrap()
    });
    with(&two, |state| {
        assert!(!state.owns(&root));
        assert!(state.push_root(&root).is_err());
        assert_eq!(state.root_value(&root), Value::Nil);
    });
    drop(one);
    assert!(
        root.with(|_: &mut State, _: &Extension<Nothing, ()>| Ok::<_, Unavailable>(())).is_err()
    );
    drop(root.clone());
}

#[test]
fn a_million_roots_at_once_and_many_more_in_turn() {
    let shared = shared();
    let roots: Vec<Root> = with(&shared, |state| {
        (0..1_000_000)
            .map(|i: i64| {
                state.push(i).unwrap();
                state.pin_top().unwrap()
            })
            .collect()
    });
    with(&shared, |state| {
        for (i, root) in roots.iter().enumerate() {
            assert_eq!(state.root_value(root), Value::Integer(i as i64));
        }
    });
    drop(roots);
    with(&shared, |state| {
        for _ in 0..3_000_000 {
            state.push(true).unwrap();
            drop(state.pin_top().unwrap());
        }
    });
}

#[test]
fn what_a_build_without_send_accepts() {
    fn accepts<T: MaybeSend + MaybeSync>() {}
    accepts::<i32>();
    #[cfg(not(feature = "send"))]
    accepts::<std::rc::Rc<i32>>();
}
