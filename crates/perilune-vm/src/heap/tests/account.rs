//! Accounting, the cap, the stress switches, `collectgarbage`.

use super::*;

#[test]
fn every_allocation_counts() {
    let mut world = World::new();
    let mut before = world.heap().used();
    for size in [8, 48, 100, 2000, 2144, 2145, 100_000] {
        for _ in 0..300 {
            // SAFETY: nothing collects here.
            unsafe { world.heap().alloc(size, tag::LONG_STRING).expect("an object") };
            let after = world.heap().used();
            assert!(after >= before + size && after <= before + size * 5 / 4 + 24, "{size}");
            before = after;
        }
    }
    world.heap().charge(1000).expect("room");
    assert_eq!(world.heap().used(), before + 1000);
    let meter = world.heap().meter();
    meter.charge(500).expect("room");
    assert_eq!(world.heap().used(), before + 1500);
    meter.release(500);
    world.heap().release(1000);
    assert_eq!(world.heap().used(), before);
}

#[test]
fn garbage_does_not_count_after_a_collection() {
    for mut world in [World::new(), World::generational()] {
        world.collect();
        let least = world.heap().used();
        for i in 0..200 {
            let t = world.table();
            for k in 1..=i * 20 {
                world.set(t, int(k), int(k));
            }
            for k in 0..i {
                let key = world.string(&format!("key {k}"));
                world.set(t, key, int(k));
            }
            let long = "x".repeat(i as usize * 100 + 41);
            world.string(&long);
        }
        assert!(world.heap().used() > least + 2_000_000);
        world.collect();
        world.collect();
        let left = world.heap().used();
        assert!(left <= least + 1024, "{left} {least}");
    }
}

#[test]
fn memory_goes_back_to_the_system() {
    let mut world = World::new();
    let mut list = table_value(world.table());
    for i in 0..200_000 {
        let next = table_value(world.table());
        world.set(next.as_table(), int(1), list);
        let s = world.string(&format!("string {i}"));
        world.set(next.as_table(), int(2), s);
        list = next;
    }
    world.root(0, list);
    world.collect();
    let most = world.state.heap.blocks.reserved();
    assert!(most > 20 << 20, "{most}");
    world.root(0, RawValue::NIL);
    world.collect();
    world.collect();
    world.collect();
    let left = world.state.heap.blocks.reserved();
    assert!(left <= 3 << 20, "{left}");
}

#[test]
fn the_cap_holds() {
    let mut world = World::new();
    world.collect();
    let cap = world.heap().used() + 1_000_000;
    world.heap().set_cap(Some(cap));
    assert_eq!(world.heap().cap(), Some(cap));
    let sizes = [16, 48, 64, 200, 1000, 2000, 5000];
    let mut failed = 0;
    for i in 0..200_000 {
        // SAFETY: nothing collects here.
        let made = unsafe { world.heap().alloc(sizes[i % sizes.len()], tag::LONG_STRING) };
        failed += made.is_err() as usize;
        assert!(world.heap().used() <= cap);
        if failed > 100 {
            break;
        }
    }
    // Nearly all of it could be used, whatever the sizes.
    assert!(world.heap().used() + 1000 > cap, "{} {cap}", world.heap().used());
    assert_eq!(world.heap().charge(1_000_000), Err(AllocError));
    assert_eq!(world.heap().meter().charge(1_000_000), Err(AllocError));
    assert!(world.heap().long_string_uninit(usize::MAX - 4).is_err());
    // SAFETY: all the test needs is rooted.
    unsafe { full(&raw mut *world.state, true) };
    world.heap().charge(900_000).expect("room after an emergency collection");
    world.heap().release(900_000);
    world.heap().set_cap(None);
    let big = world.heap().long_string_uninit(10_000_000);
    assert!(big.is_ok());
}

#[test]
fn the_nth_request_fails() {
    let mut world = World::new();
    for n in 1..40 {
        world.heap().set_stress(0, n);
        let mut made = 0;
        loop {
            let i = made as i64;
            let registry = world.state.registry;
            // SAFETY: the table is rooted at once; nothing collects.
            let result = unsafe {
                table::new(world.heap(), 0, 0).and_then(|t| {
                    table::set_integer(world.heap(), registry, FIRST_ROOT + i, table_value(t))
                        .map_err(|_| AllocError)
                })
            };
            if result.is_err() {
                break;
            }
            made += 1;
            assert!(made <= n);
        }
        // The retry fails, too; what comes then does not.
        world.heap().set_retrying(true);
        assert_eq!(world.heap().charge(8), Err(AllocError));
        world.heap().set_retrying(false);
        for _ in 0..100 {
            world.heap().charge(8).expect("room");
        }
        world.heap().release(800);
        world.collect();
    }
}

#[test]
fn every_nth_question_is_answered_by_a_full_collection() {
    let mut world = World::new();
    world.heap().set_stress(3, 0);
    let answers: Vec<_> = (0..9).map(|_| world.heap().wants_collection()).collect();
    assert_eq!(answers, [false, false, true, false, false, true, false, false, true]);
    let t = world.table();
    world.finalized(t);
    // SAFETY: all the test needs is rooted.
    unsafe { step(&raw mut *world.state) };
    assert_eq!(world.pending(), [t as *mut Header]);
    world.control(Request::Stop);
    assert!((0..9).all(|_| !world.heap().wants_collection()));
}

#[test]
fn options_answer_as_in_c() {
    let mut world = World::new();
    let mut ask = |request| world.control(request).expect("an answer");
    let mode = |mode| Answer::Mode(mode);
    assert_eq!(ask(Request::SetPause(1001)), Answer::Integer(200));
    assert_eq!(ask(Request::SetPause(2000)), Answer::Integer(1000));
    assert_eq!(ask(Request::SetPause(-5)), Answer::Integer(976));
    assert_eq!(ask(Request::SetPause(200)), Answer::Integer(1020));
    assert_eq!(ask(Request::SetStepMultiplier(400)), Answer::Integer(100));
    assert_eq!(ask(Request::SetStepMultiplier(100)), Answer::Integer(400));
    assert_eq!(ask(Request::Generational { minor: 0, major: 0 }), mode(Mode::Incremental));
    assert_eq!(ask(Request::Generational { minor: 300, major: 5000 }), mode(Mode::Generational));
    assert_eq!(ask(Request::Step(0)), Answer::Boolean(false));
    assert_eq!(ask(Request::Step(10_000)), Answer::Boolean(false));
    let incremental = Request::Incremental { pause: 0, step_multiplier: 0, step_size: 0 };
    assert_eq!(ask(incremental), mode(Mode::Generational));
    assert_eq!(ask(incremental), mode(Mode::Incremental));
    for _ in 0..5 {
        assert_eq!(ask(Request::Step(0)), Answer::Boolean(true));
        assert_eq!(ask(Request::Step(20_000)), Answer::Boolean(true));
    }
    assert_eq!(ask(Request::IsRunning), Answer::Boolean(true));
    assert_eq!(ask(Request::Stop), Answer::Integer(0));
    assert_eq!(ask(Request::IsRunning), Answer::Boolean(false));
    assert_eq!(ask(Request::Step(20_000)), Answer::Boolean(true));
    assert_eq!(ask(Request::Restart), Answer::Integer(0));
    assert_eq!(ask(Request::IsRunning), Answer::Boolean(true));
    assert!(matches!(ask(Request::Count), Answer::Count(n) if n > 1.0));
    assert!(!world.heap().set_finalizing(true));
    assert_eq!(world.control(Request::Count), None);
    assert!(world.heap().set_finalizing(false));
}

#[test]
fn small_steps_take_more_calls() {
    let mut world = World::new();
    world.control(Request::Stop);
    let mut steps = |size| {
        world.collect();
        for i in 0..100 {
            let (t, garbage) = (table_value(world.table()), world.table());
            world.root(i, t);
            world.set(t.as_table(), int(1), table_value(garbage));
        }
        let before = world.heap().used();
        let mut n = 1;
        while world.control(Request::Step(size)) != Some(Answer::Boolean(true)) {
            n += 1;
        }
        assert!(world.heap().used() <= before);
        n
    };
    assert!(steps(10) < steps(2));
    assert_eq!(steps(20_000), 1);
}

#[test]
fn a_stopped_collector_does_nothing() {
    let mut world = World::new();
    world.collect();
    world.control(Request::Stop);
    let before = world.heap().used();
    while world.heap().used() < 4 * before {
        world.table();
        assert!(!world.heap().wants_collection());
    }
    world.control(Request::Restart);
    let mut rounds = 0;
    while world.heap().used() > 2 * before {
        world.table();
        world.safe_point();
        rounds += 1;
        assert!(rounds < 1_000_000);
    }
}

#[test]
fn a_large_array_is_traversed_in_slices() {
    let mut world = World::new();
    world.control(Request::Incremental { pause: 100, step_multiplier: 4, step_size: 4 });
    let t = world.table();
    world.root(0, table_value(t));
    let mut expected = Vec::new();
    let mut sliced = 0;
    for i in 0..60_000i64 {
        let v = table_value(world.table());
        world.set(v.as_table(), int(1), int(i));
        world.set(t, int(i + 1), v);
        expected.push(i);
        if i % 7 == 0 && i > 0 {
            // Values move within the array, also across the slices' border.
            let (a, b) = ((i * 31 % i) as usize, (i * 17 % i) as usize);
            expected.swap(a, b);
            let (x, y) = (world.get(t, int(a as i64 + 1)), world.get(t, int(b as i64 + 1)));
            world.set(t, int(a as i64 + 1), y);
            world.set(t, int(b as i64 + 1), x);
        }
        world.safe_point();
        // SAFETY: the table is live.
        sliced += unsafe { ((*t).header.flags & mark::SLICED != 0) as usize };
    }
    assert!(sliced > 100);
    for (i, &n) in expected.iter().enumerate() {
        let v = world.get(t, int(i as i64 + 1));
        assert_eq!(world.get(v.as_table(), int(1)).as_integer(), n);
    }
}

#[test]
fn an_array_may_shrink_between_slices() {
    let mut world = World::new();
    world.control(Request::Incremental { pause: 100, step_multiplier: 4, step_size: 4 });
    world.control(Request::Stop);
    let t = world.table();
    world.root(0, table_value(t));
    for i in 1..=20_000 {
        world.set(t, int(i), int(i));
    }
    for i in 15_001..=20_000 {
        let v = table_value(world.table());
        world.set(v.as_table(), int(1), int(i));
        world.set(t, int(i), v);
    }
    // SAFETY: the table is live.
    while unsafe { !mark::is_marked(t as *mut Header) || (*t).header.flags & mark::SLICED == 0 } {
        world.control(Request::Step(0));
    }
    for i in 1..=15_000 {
        world.set(t, int(i), RawValue::NIL);
    }
    // The values go to the hash part, which was traversed before the array.
    for i in 0..2 {
        let key = world.string(&format!("key {i}"));
        world.set(t, key, int(1));
    }
    // SAFETY: the table is live.
    assert!(unsafe { (*t).array_size } < 10_000);
    while world.control(Request::Step(0)) != Some(Answer::Boolean(true)) {}
    world.use_free_cells();
    for i in 15_001..=20_000 {
        let v = world.get(t, int(i));
        assert_eq!(world.get(v.as_table(), int(1)).as_integer(), i);
    }
}

/// A major collection that collects too little of what was allocated is followed by
/// another one; else minor ones follow, which collect nothing old.
#[test]
fn major_collections_go_on_until_they_collect_enough() {
    for (percent, only_major) in [(50, true), (0, false)] {
        let mut world = World::generational();
        assert_eq!(world.control(Request::SetMajorMinor(percent)), Some(Answer::Integer(50)));
        let keep = world.table();
        world.root(0, table_value(keep));
        for i in 1..=40_000 {
            let t = world.table();
            world.set(keep, int(i), table_value(t));
        }
        let step = |world: &mut World| {
            // SAFETY: all that is needed is rooted.
            unsafe { crate::heap::collect::generational_step(&raw mut *world.state, true) };
            world.heap().used()
        };
        let full = step(&mut world);
        assert_eq!(world.heap().pacing.only_major, only_major);
        world.root(0, int(0));
        let after = step(&mut world);
        assert_eq!(after < full / 4, only_major, "{full} {after}");
        assert!(!world.heap().pacing.only_major);
    }
}
