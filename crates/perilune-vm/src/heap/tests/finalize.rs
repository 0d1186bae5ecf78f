//! Finalizers, owners, threads.

use super::*;
use crate::embed::Payload;
use crate::embed::Shareable;

#[test]
fn finalizers_are_called_in_reverse_order() {
    for mut world in [World::new(), World::generational()] {
        let objects: Vec<_> = (0..10)
            .map(|_| {
                let t = world.table();
                world.finalized(t);
                world.finalized(t);
                t as *mut Header
            })
            .collect();
        world.collect();
        let pending = world.pending();
        assert!(pending.iter().eq(objects.iter().rev()));
        // They are normal objects now, and may get a finalizer again.
        world.root(0, table_value(pending[0] as *mut Table));
        world.finalized(pending[0] as *mut Table);
        world.collect();
        assert!(world.pending().is_empty());
        world.root(0, RawValue::NIL);
        world.collect();
        assert_eq!(world.pending(), [pending[0]]);
    }
}

#[test]
fn a_resurrected_object_is_whole() {
    let mut world = World::new();
    let (object, inner) = (world.table(), world.table());
    let text = world.string("inside");
    world.set(inner, text, int(7));
    world.set(object, int(1), table_value(inner));
    world.finalized(object);
    // In an emergency the object waits.
    // SAFETY: all the test needs is rooted.
    unsafe { full(&raw mut *world.state, true) };
    assert!(world.pending().is_empty());
    world.collect();
    world.collect();
    let pending = world.pending();
    assert_eq!(pending, [object as *mut Header]);
    let inner = world.get(object, int(1)).as_table();
    let text = world.string("inside");
    assert_eq!(world.get(inner, text).as_integer(), 7);
}

#[test]
fn closing_finalizes_everything() {
    let mut world = World::new();
    let objects: Vec<_> = (0..5)
        .map(|i| {
            let t = world.table();
            world.root(i, table_value(t));
            world.finalized(t);
            t as *mut Header
        })
        .collect();
    world.collect();
    assert!(world.pending().is_empty());
    world.heap().finalize_all();
    assert!(world.pending().iter().eq(objects.iter().rev()));
    let t = world.table();
    world.finalized(t);
    world.heap().finalize_all();
    assert!(world.pending().is_empty());
}

#[test]
fn steps_call_finalizers_little_by_little() {
    let mut world = World::new();
    for _ in 0..1000 {
        let t = world.table();
        world.finalized(t);
    }
    let mut called = 0;
    let mut largest = 0;
    world.control(Request::Incremental { pause: 0, step_multiplier: 0, step_size: 4 });
    for _ in 0..1_000_000 {
        if called == 1000 {
            break;
        }
        world.control(Request::Step(0));
        let some = world.pending().len();
        called += some;
        largest = largest.max(some);
    }
    assert_eq!(called, 1000);
    assert!(largest <= 20);
}

#[test]
fn dead_userdata_drop_their_data() {
    for mut world in [World::new(), World::generational()] {
        let counter = Shareable::new(());
        for i in 0..100 {
            let u = world.userdata(Payload::new(counter.clone()), i * 3);
            if i % 2 == 0 {
                world.root(i, RawValue::pointer(tag::USERDATA, u));
            }
        }
        assert_eq!(Shareable::strong_count(&counter), 101);
        world.collect();
        assert_eq!(Shareable::strong_count(&counter), 51);
        for i in 0..100 {
            world.root(i, RawValue::NIL);
        }
        // In steps, at leisure.
        for _ in 0..100 {
            world.control(Request::Step(10_000));
        }
        world.collect();
        assert_eq!(Shareable::strong_count(&counter), 1);
        let u = world.userdata(Payload::new(counter.clone()), 1);
        world.root(0, RawValue::pointer(tag::USERDATA, u));
        drop(world);
        assert_eq!(Shareable::strong_count(&counter), 1);
    }
}

impl World {
    fn thread(&mut self) -> *mut Thread {
        // SAFETY: the test roots the thread or lets it die.
        unsafe { self.state.allocate_thread().expect("a thread") }
    }
    fn push(&mut self, thread: *mut Thread, v: RawValue) -> *mut RawValue {
        // SAFETY: a fresh stack has room for the few values of these tests.
        unsafe {
            let slot = (*thread).top;
            *slot = v;
            (*thread).top = slot.add(1);
            self.heap().barrier(thread as *mut Header);
            slot
        }
    }
    fn open_upvalue(&mut self, thread: *mut Thread, slot: *mut RawValue) -> *mut Upvalue {
        let upvalue = self.upvalue(RawValue::NIL);
        // SAFETY: the slot lies in the thread's stack.
        unsafe {
            (*upvalue).value = slot;
            (*upvalue).closed =
                RawValue { payload: (*thread).open_upvalues as u64, tag: tag::FRAME_INFO };
            (*thread).open_upvalues = upvalue;
        }
        upvalue
    }
}

#[test]
fn a_dead_thread_closes_its_upvalues() {
    for mut world in [World::new(), World::generational()] {
        let thread = world.thread();
        let (kept, dead) = (table_value(world.table()), table_value(world.table()));
        let a = world.push(thread, kept);
        let b = world.push(thread, dead);
        let a = world.open_upvalue(thread, a);
        world.open_upvalue(thread, b);
        let closure = world.closure(&[a]);
        world.root(0, RawValue::pointer(tag::LUA_CLOSURE, closure));
        world.set(kept.as_table(), int(1), int(42));
        for round in 0..3 {
            world.collect();
            // SAFETY: the closure is rooted.
            let value = unsafe {
                let upvalue = *LuaClosure::upvalues(closure);
                assert!(!Upvalue::is_open(upvalue), "round {round}");
                *(*upvalue).value
            };
            assert!(value.same(kept));
            assert_eq!(world.get(value.as_table(), int(1)).as_integer(), 42);
        }
    }
}

#[test]
fn a_dead_thread_may_change_a_captured_variable() {
    let mut world = World::new();
    world.control(Request::Incremental { pause: 0, step_multiplier: 4, step_size: 4 });
    let thread = world.thread();
    // Weakly held, so that it can be used while nothing marks it.
    let weak = world.weak("v");
    world.root(1, table_value(weak));
    world.set(weak, int(1), RawValue::pointer(tag::THREAD, thread));
    let old = table_value(world.table());
    let slot = world.push(thread, old);
    let upvalue = world.open_upvalue(thread, slot);
    let closure = world.closure(&[upvalue]);
    world.root(0, RawValue::pointer(tag::LUA_CLOSURE, closure));
    for i in 2..1000 {
        let t = table_value(world.table());
        world.root(i, t);
    }
    // SAFETY: the upvalue is reachable through the closure.
    let is_traversed = || unsafe { (*upvalue).header.flags & flag::TRAVERSED != 0 };
    while !is_traversed() {
        world.control(Request::Step(0));
    }
    assert_eq!(world.state.heap.pacing.phase, collect::Phase::Propagate);
    let new = table_value(world.table());
    world.set(new.as_table(), int(1), int(30));
    // SAFETY: the thread has not been collected yet.
    unsafe { *slot = new };
    while world.control(Request::Step(0)) != Some(Answer::Boolean(true)) {}
    assert!(world.get(weak, int(1)).is_nil());
    world.use_free_cells();
    // SAFETY: the closure is rooted.
    let value = unsafe { *(**LuaClosure::upvalues(closure)).value };
    assert_eq!(world.get(value.as_table(), int(1)).as_integer(), 30);
}

#[test]
fn slots_beyond_the_live_ones_are_erased() {
    for mut world in [World::new(), World::generational()] {
        let thread = world.thread();
        world.root(0, RawValue::pointer(tag::THREAD, thread));
        let dead = table_value(world.table());
        let slot = world.push(thread, dead);
        // SAFETY: the thread is rooted.
        unsafe { (*thread).top = slot };
        world.collect();
        // SAFETY: the slot is in the stack.
        unsafe { assert!((*slot).is_nil()) };
        let value = table_value(world.table());
        world.set(value.as_table(), int(1), int(9));
        world.push(thread, value);
        for _ in 0..4 {
            world.control(Request::Step(0));
        }
        assert_eq!(world.get(value.as_table(), int(1)).as_integer(), 9);
    }
}

#[test]
fn a_running_thread_needs_no_barrier() {
    for (mut world, steps) in [(World::new(), 1), (World::generational(), 3)] {
        world.control(Request::SetStepMultiplier(4));
        let thread = world.state.current;
        let mut slot = std::ptr::null_mut();
        for _ in 0..4 {
            slot = world.push(thread, RawValue::NIL);
        }
        for round in 0..20 * steps {
            let value = table_value(world.table());
            world.set(value.as_table(), int(1), int(round));
            // SAFETY: the slot is in the thread's stack.
            unsafe { *slot = value };
            for _ in 0..steps {
                while world.control(Request::Step(0)) != Some(Answer::Boolean(steps == 1)) {}
            }
            world.use_free_cells();
            assert_eq!(world.get(value.as_table(), int(1)).as_integer(), round);
        }
        for i in 0..2000 {
            let t = table_value(world.table());
            world.root(i, t);
        }
        world.control(Request::Incremental { pause: 0, step_multiplier: 4, step_size: 4 });
        world.collect();
        for round in 0..20_000 {
            let value = table_value(world.table());
            world.set(value.as_table(), int(1), int(round));
            // SAFETY: as above.
            unsafe { *slot = value };
            if world.control(Request::Step(0)) == Some(Answer::Boolean(true)) {
                world.use_free_cells();
            }
            assert_eq!(world.get(value.as_table(), int(1)).as_integer(), round);
        }
    }
}

#[test]
fn many_threads_come_and_go() {
    for mut world in [World::new(), World::generational()] {
        world.collect();
        let before = world.heap().used();
        let mut random = 1usize;
        for i in 0..20_000 {
            let thread = world.thread();
            let value = table_value(world.table());
            world.set(value.as_table(), int(1), int(i as i64));
            world.push(thread, value);
            random = random.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(12345);
            world.root((random >> 33) % 500, RawValue::pointer(tag::THREAD, thread));
            // One of the old ones gets another value, as when it runs.
            let other = world.rooted((random >> 40) % 500);
            if other.tag == tag::THREAD {
                let th = other.as_thread();
                let value = table_value(world.table());
                world.set(value.as_table(), int(1), int(-1));
                // SAFETY: a rooted thread with one value or more.
                unsafe {
                    world.heap().barrier(th as *mut Header);
                    *(*th).top.sub(1) = value;
                }
            }
            world.safe_point();
        }
        for i in 0..500 {
            let v = world.rooted(i);
            if v.tag == tag::THREAD {
                // SAFETY: as above.
                let value = unsafe { *(*v.as_thread()).top.sub(1) };
                assert_eq!(world.get(value.as_table(), int(1)).tag, tag::INTEGER);
            }
            world.root(i, RawValue::NIL);
        }
        world.collect();
        let after = world.heap().used();
        assert!(after < before + 64 * 1024, "{before} {after}");
    }
}
