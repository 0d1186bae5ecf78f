//! Strings, their hashes, and the classes of cells.

use super::*;
use crate::heap::block::{BLOCK_SIZE, CELL_SIZES, FIRST, MAX_CELL, class_of};
use crate::object::StringObject;
use std::collections::BTreeSet;

#[test]
fn classes_hold_their_sizes() {
    for size in 1..=MAX_CELL {
        let class = class_of(size);
        assert!(CELL_SIZES[class] as usize >= size);
        assert!(class == 0 || (CELL_SIZES[class - 1] as usize) < size);
    }
    assert!(CELL_SIZES.iter().all(|&s| s % 16 == 0 && (BLOCK_SIZE - FIRST) / s as usize >= 15));
}

#[test]
fn strings_are_interned_and_revived() {
    let mut world = World::new();
    let heap = world.heap();
    let a = heap.intern(b"some string").expect("a string");
    let b = heap.intern(b"some other string").expect("a string");
    assert_ne!(a, b);
    assert_eq!(a, heap.intern(b"some string").expect("a string"));
    world.collect();
    // Both are dead, but still there: the same object comes back.
    let used = world.heap().used();
    let again = world.heap().intern(b"some string").expect("a string");
    assert_eq!(a, again);
    assert!(world.heap().used() > used);
    // It is not handed out as free memory, while the other one is.
    let mut others = BTreeSet::new();
    for i in 0..5000 {
        others.insert(world.heap().intern(format!("string {i:05}").as_bytes()).expect("a string"));
    }
    assert!(!others.contains(&again));
    assert_eq!(others.len(), 5000);
    // SAFETY: the string was brought back to life, nothing was collected since.
    unsafe { assert_eq!(StringObject::bytes(again), b"some string") };
    for i in 0..5000 {
        let again = world.heap().intern(format!("string {i:05}").as_bytes()).expect("a string");
        assert!(others.contains(&again));
    }
}

#[test]
fn dead_strings_leave_the_table() {
    let mut world = World::new();
    let before = world.interned();
    for round in 0..20 {
        for i in 0..20_000 {
            world.heap().intern(format!("{round}/{i}").as_bytes()).expect("a string");
        }
        world.collect();
    }
    assert!(world.interned() < before + 60_000, "{}", world.interned());
    let kept: Vec<_> = (0..3000)
        .map(|i| {
            let s = world.string(&format!("kept {i}"));
            world.root(i, s);
            s
        })
        .collect();
    world.collect();
    world.collect();
    for (i, s) in kept.iter().enumerate() {
        assert_eq!(
            world.heap().intern(format!("kept {i}").as_bytes()).expect("a string"),
            s.as_string()
        );
    }
}

#[test]
fn long_strings_hash_alike() {
    let mut world = World::new();
    for len in [41, 100, 129, 5000] {
        let text = "x".repeat(len);
        let (a, b) = (world.string(&text).as_string(), world.string(&text).as_string());
        assert_ne!(a, b);
        // SAFETY: nothing was collected since they were made.
        unsafe { assert_eq!(Heap::string_hash(a), Heap::string_hash(b)) };
    }
}

#[test]
fn similar_keys_get_different_hashes() {
    let hasher = crate::heap::hash::Hasher::new(42);
    let mut seen = std::collections::HashMap::new();
    let mut buckets = vec![0u32; 1 << 20];
    for x in 0..1000 {
        for y in 0..1000 {
            let hash = hasher.hash(format!("x{x}_y{y}").as_bytes());
            *seen.entry(hash).or_insert(0) += 1;
            buckets[hash as usize & 0xfffff] += 1;
        }
    }
    // A million random hashes of 32 bits: about 116 pairs of equal ones.
    assert!(1_000_000 - seen.len() < 300, "{} collisions", 1_000_000 - seen.len());
    assert!(buckets.iter().max() < Some(&16));
    let mut lengths = BTreeSet::new();
    for len in 0..300 {
        lengths.insert(hasher.hash(&vec![0; len]));
        lengths.insert(hasher.hash(&vec![b'a'; len]));
    }
    assert_eq!(lengths.len(), 599);
}

#[test]
fn dead_strings_in_the_table_do_not_put_off_a_cycle() {
    let mut world = World::new();
    for i in 0..60_000 {
        world.string(&format!("dead {i}"));
    }
    let table = world.heap().interned.bytes();
    assert!(table > 500_000, "{table}");
    while world.control(Request::Step(0)) != Some(Answer::Boolean(true)) {}
    assert_eq!(world.heap().interned.bytes(), table);
    let (used, goal) = (world.heap().used(), world.heap().account.goal);
    assert!(goal > used && goal < used + table / 2, "{used} {goal} {table}");
}
