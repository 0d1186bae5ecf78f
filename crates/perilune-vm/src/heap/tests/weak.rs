//! Weak tables and dead keys.

use super::*;

fn count(t: *mut Table) -> usize {
    let mut entries = 0;
    let mut key = RawValue::NIL;
    // SAFETY: the table is live.
    while let Ok(Some((next, _))) = unsafe { table::next(t, key) } {
        entries += 1;
        key = next;
    }
    entries
}

fn both_modes(test: impl Fn(World)) {
    test(World::new());
    test(World::generational());
}

#[test]
fn weak_values_go() {
    both_modes(|mut world| {
        let t = world.weak("v");
        world.root(0, table_value(t));
        let kept = world.table();
        world.root(1, table_value(kept));
        for i in 1..=10 {
            let dead = table_value(world.table());
            world.set(t, int(i), dead);
            let (key, dead) = (world.string(&format!("key {i}")), table_value(world.table()));
            world.set(t, key, dead);
        }
        let long = world.string(&"long ".repeat(20));
        world.set(t, int(11), long);
        world.set(t, int(12), table_value(kept));
        world.set(t, int(13), int(5));
        // The key is strong, so its entry stays.
        let strong = table_value(world.table());
        world.set(t, strong, table_value(kept));
        world.collect();
        world.collect();
        assert_eq!(count(t), 4);
        assert!(world.get(t, int(11)).same(long));
        assert!(world.get(t, strong).same(table_value(kept)));
    });
}

#[test]
fn weak_keys_go() {
    both_modes(|mut world| {
        let t = world.weak("k");
        world.root(0, table_value(t));
        let kept = table_value(world.table());
        world.root(1, kept);
        for i in 0..10 {
            let (key, value) = (table_value(world.table()), table_value(world.table()));
            world.set(t, key, value);
            let key = table_value(world.table());
            world.set(t, key, int(i));
        }
        // A value that refers to its own key does not keep it.
        let (key, value) = (table_value(world.table()), table_value(world.table()));
        world.set(value.as_table(), int(1), key);
        world.set(t, key, value);
        let string = world.string("a string is a value");
        world.set(t, string, int(1));
        let value = table_value(world.table());
        world.set(t, kept, value);
        world.collect();
        assert_eq!(count(t), 2);
        assert!(world.get(t, kept).same(value));
        world.collect();
        assert!(world.get(t, kept).same(value));
        world.root(1, RawValue::NIL);
        world.collect();
        assert_eq!(count(t), 1);
    });
}

#[test]
fn all_weak_entries_go() {
    both_modes(|mut world| {
        let t = world.weak("kv");
        world.root(0, table_value(t));
        let kept = table_value(world.table());
        world.root(1, kept);
        for _ in 0..10 {
            let (a, b) = (table_value(world.table()), table_value(world.table()));
            world.set(t, a, kept);
            world.set(t, kept, b);
            world.set(t, b, b);
        }
        world.set(t, int(1), kept);
        let string = world.string("string");
        world.set(t, string, string);
        world.collect();
        assert_eq!(count(t), 2);
    });
}

/// A chain of ephemeron entries, each value the next key, in one table or in
/// many; made so that the convergence of repeated passes would be quadratic.
fn ephemeron_chain(mut world: World, length: usize, tables: usize) {
    let mut list = Vec::new();
    for i in 0..tables {
        let t = world.weak("k");
        world.root(10 + i, table_value(t));
        list.push(t);
    }
    let first = table_value(world.table());
    world.root(0, first);
    let mut chain = vec![first];
    for i in 0..length {
        let next = table_value(world.table());
        world.set(list[i % tables], chain[i], next);
        chain.push(next);
    }
    for _ in 0..3 {
        world.collect();
    }
    for i in 0..length {
        assert!(world.get(list[i % tables], chain[i]).same(chain[i + 1]));
    }
    world.root(0, RawValue::NIL);
    world.collect();
    assert!(list.iter().all(|&t| count(t) == 0));
}

#[test]
fn ephemerons_converge() {
    both_modes(|world| ephemeron_chain(world, 100, 1));
    both_modes(|world| ephemeron_chain(world, 50_000, 1));
    both_modes(|world| ephemeron_chain(world, 20_000, 50));
}

#[test]
fn nested_ephemeron_tables_converge() {
    let mut world = World::new();
    let mut t = world.weak("k");
    let key = table_value(world.table());
    world.root(0, key);
    world.root(1, table_value(t));
    let tables = 3000;
    for _ in 0..tables {
        let inner = world.weak("k");
        world.set(t, key, table_value(inner));
        t = inner;
    }
    world.collect();
    t = world.rooted(1).as_table();
    for _ in 0..tables {
        t = world.get(t, key).as_table();
    }
    assert_eq!(count(t), 0);
}

#[test]
fn weak_tables_work_in_steps() {
    let mut world = World::new();
    world.control(Request::Incremental { pause: 100, step_multiplier: 4, step_size: 4 });
    let (keys, values) = (world.weak("k"), world.weak("v"));
    world.root(0, table_value(keys));
    world.root(1, table_value(values));
    for i in 0..20_000 {
        let (a, b) = (table_value(world.table()), table_value(world.table()));
        world.root(2 + i % 50, a);
        world.set(keys, a, b);
        world.set(b.as_table(), int(1), a);
        world.set(values, int(i as i64 % 1000), a);
        world.safe_point();
    }
    for i in 0..50 {
        let key = world.rooted(2 + i);
        let value = world.get(keys, key).as_table();
        assert!(world.get(value, int(1)).same(key));
    }
    world.collect();
    assert_eq!(count(keys), 50);
    assert_eq!(count(values), 50);
}

#[test]
fn a_dead_key_keeps_its_place() {
    let mut world = World::new();
    let t = world.table();
    world.root(0, table_value(t));
    let keys: Vec<_> = (0..16)
        .map(|_| {
            let key = table_value(world.table());
            world.set(t, key, int(1));
            key
        })
        .collect();
    // As a loop over `next` that removes what it visits, with collections.
    let mut key = RawValue::NIL;
    let mut visited = 0;
    // SAFETY: the table is live; a key may be dead, and is compared only.
    while let Ok(Some((next, _))) = unsafe { table::next(t, key) } {
        world.set(t, next, RawValue::NIL);
        key = next;
        visited += 1;
        world.collect();
    }
    assert_eq!(visited, keys.len());
    assert_eq!(count(t), 0);
}

#[test]
fn weak_values_go_before_finalizers_and_keys_after() {
    both_modes(|mut world| {
        let (keys, values) = (world.weak("k"), world.weak("v"));
        world.root(0, table_value(keys));
        world.root(1, table_value(values));
        let (object, inner) = (world.table(), world.table());
        world.set(object, int(1), table_value(inner));
        world.set(keys, table_value(inner), int(1));
        world.set(values, int(1), table_value(inner));
        world.set(keys, table_value(object), int(2));
        world.set(values, int(2), table_value(object));
        world.finalized(object);
        world.collect();
        assert_eq!((count(keys), count(values)), (2, 0));
        assert_eq!(world.pending(), [object as *mut Header]);
        world.collect();
        assert_eq!((count(keys), count(values)), (0, 0));
    });
}

#[test]
fn an_old_weak_table_that_was_written_to_is_cleared() {
    let mut world = World::generational();
    let t = world.weak("kv");
    world.root(0, table_value(t));
    world.collect();
    for _ in 0..3 {
        let value = table_value(world.table());
        world.set(t, int(1), value);
        world.control(Request::Step(0));
        assert!(world.get(t, int(1)).is_nil());
    }
}
