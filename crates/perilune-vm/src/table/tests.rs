//! Expected borders, orders and checksums are those of PUC-Rio 5.4.9, printed by
//! the same operations written in Lua.

use super::*;
use crate::object::StringObject;
use std::collections::BTreeMap;

fn heap() -> Heap {
    Heap::new(1).expect("a heap")
}

fn int(i: i64) -> RawValue {
    RawValue::integer(i)
}

/// A table that the test may treat as rooted: nothing collects here.
struct Fixture {
    heap: Heap,
    t: *mut Table,
}

impl Fixture {
    fn new(array: u32, hash: u32) -> Self {
        let mut heap = heap();
        // SAFETY: nothing collects in these tests.
        let t = unsafe { new(&mut heap, array, hash) }.expect("a table");
        Fixture { heap, t }
    }
    fn set(&mut self, key: RawValue, value: RawValue) {
        // SAFETY: the table is live; nothing collects in these tests.
        unsafe { set(&mut self.heap, self.t, key, value) }.expect("an assignment");
        self.check();
    }
    fn get(&self, key: RawValue) -> RawValue {
        // SAFETY: the table is live.
        unsafe { get(self.t, key) }
    }
    fn length(&self) -> u64 {
        // SAFETY: the table is live.
        unsafe { length(self.t, &self.heap) }
    }
    fn sizes(&self) -> (u32, usize) {
        // SAFETY: the table is live.
        unsafe { ((*self.t).array_size, node_count(self.t)) }
    }
    fn short(&mut self, text: &str) -> RawValue {
        RawValue::pointer(tag::SHORT_STRING, self.heap.intern(text.as_bytes()).expect("a string"))
    }
    /// All entries, through `next`, compared with `next_at`.
    fn entries(&self) -> Vec<(RawValue, RawValue)> {
        let mut found = Vec::new();
        let mut key = RawValue::NIL;
        let mut index = 0;
        // SAFETY: the table is live.
        unsafe {
            while let Some((k, v)) = next(self.t, key).expect("a key of the table") {
                let (following, k2, v2) = next_at(self.t, index).expect("the same entry");
                assert!(k.same(k2) && v.same(v2));
                assert_eq!(index_of_key(self.t, k), Ok(following));
                (key, index) = (k, following);
                found.push((k, v));
            }
            assert!(next_at(self.t, index).is_none());
        }
        found
    }
    fn keys(&self) -> Vec<String> {
        self.entries().iter().map(|&(key, _)| show(key)).collect()
    }
    /// The invariants of the hash part.
    fn check(&self) {
        // SAFETY: the table is live; the indices are below the sizes.
        unsafe {
            let t = self.t;
            assert!((*t).length_hint <= (*t).array_size);
            if (*t).length_hint < (*t).array_size {
                assert!((*t).array_size.is_power_of_two());
                assert!((*t).length_hint > (*t).array_size / 2);
            }
            for i in 0..node_count(t) {
                let node = (*t).nodes.add(i);
                if (*node).value_tag == tag::NIL {
                    continue;
                }
                let key = RawValue { payload: (*node).key_payload, tag: (*node).key_tag };
                let slot = find(t, key);
                assert!(!slot.is_absent() && slot.payload == &raw mut (*node).value_payload);
            }
        }
    }
}

fn show(key: RawValue) -> String {
    match key.tag {
        tag::INTEGER => key.as_integer().to_string(),
        tag::FLOAT => key.as_float().to_string(),
        tag::FALSE => "false".into(),
        tag::TRUE => "true".into(),
        tag::SHORT_STRING => {
            // SAFETY: the tag says that the payload is a live string.
            let bytes = unsafe { StringObject::bytes(key.as_string()) };
            String::from_utf8_lossy(bytes).into()
        }
        _ => "?".into(),
    }
}

#[test]
fn absent_and_nil() {
    let mut f = Fixture::new(0, 0);
    for key in [int(1), int(0), RawValue::float(1.5), RawValue::boolean(true), RawValue::NIL] {
        assert!(f.get(key).is_nil());
    }
    f.set(int(1), RawValue::NIL);
    assert_eq!(f.sizes(), (0, 0));
    // SAFETY: the table is live.
    unsafe {
        let error = set(&mut f.heap, f.t, RawValue::NIL, RawValue::NIL);
        assert!(matches!(error, Err(SetError::NilKey)));
        let error = set(&mut f.heap, f.t, RawValue::float(f64::NAN), RawValue::NIL);
        assert!(matches!(error, Err(SetError::NanKey)));
        assert_eq!(next(f.t, int(5)).err(), Some(InvalidKey));
    }
    assert_eq!(f.length(), 0);
}

#[test]
fn float_keys_become_integers() {
    let mut f = Fixture::new(0, 0);
    f.set(RawValue::float(3.0), int(30));
    f.set(RawValue::float(-0.0), int(40));
    f.set(RawValue::float(9_223_372_036_854_775_808.0), int(50));
    assert_eq!(f.get(int(3)).as_integer(), 30);
    assert_eq!(f.get(int(0)).as_integer(), 40);
    assert_eq!(f.get(RawValue::float(0.0)).as_integer(), 40);
    assert_eq!(f.get(RawValue::float(9_223_372_036_854_775_808.0)).as_integer(), 50);
    assert!(f.get(int(i64::MAX)).is_nil());
    assert!(f.get(int(i64::MIN)).is_nil());
}

#[test]
fn booleans_with_any_payload() {
    let mut f = Fixture::new(0, 0);
    f.set(RawValue { payload: 77, tag: tag::TRUE }, int(1));
    f.set(RawValue { payload: 78, tag: tag::FALSE }, int(2));
    assert_eq!(f.get(RawValue::boolean(true)).as_integer(), 1);
    assert_eq!(f.get(RawValue::boolean(false)).as_integer(), 2);
}

#[test]
fn sizes_of_appended_arrays() {
    let mut f = Fixture::new(0, 0);
    for i in 1..=100 {
        f.set(int(i), int(i));
        assert_eq!(f.sizes(), ((i as u32).next_power_of_two(), 0));
        assert_eq!(f.length(), i as u64);
    }
    let mut f = Fixture::new(3, 0);
    for i in 1..=4 {
        f.set(int(i), int(i));
    }
    assert_eq!(f.sizes(), (4, 0));
    let mut f = Fixture::new(4, 0);
    for i in [1, 2, 4, 5] {
        f.set(int(i), int(i));
    }
    assert_eq!(f.sizes(), (4, 1));
    assert_eq!(f.length(), 5);
}

#[test]
fn array_takes_keys_from_the_hash_part() {
    let mut f = Fixture::new(0, 4);
    for i in [4, 3, 2, 1] {
        f.set(int(i), int(i));
    }
    assert_eq!(f.sizes(), (0, 4));
    f.set(int(5), int(5));
    assert_eq!(f.sizes(), (8, 0));
    assert_eq!(f.length(), 5);
    assert_eq!(f.keys(), ["1", "2", "3", "4", "5"]);
}

#[test]
fn first_strings_get_four_nodes() {
    let mut f = Fixture::new(0, 0);
    let x = f.short("x");
    f.set(x, int(0));
    assert_eq!(f.sizes(), (0, 4));
    for i in 1..=3 {
        f.set(int(i), int(i));
    }
    assert_eq!(f.sizes(), (4, 1));
    assert_eq!(f.keys(), ["1", "2", "3", "x"]);

    let mut f = Fixture::new(0, 0);
    for name in ["a", "b", "c", "d"] {
        let key = f.short(name);
        f.set(key, int(0));
    }
    assert_eq!(f.sizes(), (0, 4));
    f.set(int(1), int(0));
    assert_eq!(f.sizes(), (1, 4));
}

#[test]
fn other_keys_find_room_in_an_oversized_part() {
    for count in 1..=4 {
        let mut f = Fixture::new(0, 0);
        for name in &["a", "b", "c", "d"][..count] {
            let key = f.short(name);
            f.set(key, int(0));
        }
        f.set(RawValue::float(0.5), int(1));
        f.set(RawValue::boolean(true), int(1));
        let expected = if count + 2 > 4 { 8 } else { 4 };
        assert_eq!(f.sizes(), (0, expected), "{count} strings");
        assert_eq!(f.keys().len(), count + 2);
    }
}

#[test]
fn inline_parts_grow_out_of_the_cell() {
    let mut f = Fixture::new(3, 3);
    // SAFETY: the table is live.
    unsafe {
        assert_eq!((array_bytes(f.t), node_bytes(f.t)), (0, 0));
        assert_eq!(f.sizes(), (3, 4));
        for i in 1..=20 {
            f.set(int(i), int(-i));
        }
        assert_eq!(array_bytes(f.t), 16 * (*f.t).array_size as usize);
        for i in 1..=20 {
            assert_eq!(f.get(int(i)).as_integer(), -i);
        }
    }
}

#[test]
fn cached_nodes() {
    let mut f = Fixture::new(0, 0);
    let key = f.short("field").as_string();
    // SAFETY: table and string are live.
    unsafe {
        assert!(cached(f.t, key, 0).is_null());
        assert!(find_node(f.t, key).is_null());
        set(&mut f.heap, f.t, RawValue::pointer(tag::SHORT_STRING, key), int(7))
            .expect("an assignment");
        let node = find_node(f.t, key);
        let index = node_index(f.t, node);
        assert_eq!(cached(f.t, key, index as u16), node);
        assert!(cached(f.t, key, index as u16 + 1).is_null());
        assert_eq!(get_short_string(f.t, key).as_integer(), 7);
        assert_eq!(get(f.t, RawValue::pointer(tag::SHORT_STRING, key)).as_integer(), 7);
    }
}

#[test]
fn metamethod_bits_are_cleared() {
    let mut f = Fixture::new(0, 0);
    let key = f.short("__index");
    // SAFETY: the table is live.
    unsafe {
        (*f.t).header.extra = 0xFF;
        f.set(key, int(1));
        assert_eq!((*f.t).header.extra, 0);
        f.set(key, RawValue::NIL);
        (*f.t).header.extra = 0xFF;
        f.set(key, int(1));
        assert_eq!((*f.t).header.extra, 0);
    }
}

#[test]
fn dead_keys_are_found_by_next() {
    let mut f = Fixture::new(0, 0);
    let names: Vec<RawValue> = ["a", "b", "c", "d", "e"].iter().map(|n| f.short(n)).collect();
    for &name in &names {
        f.set(name, int(1));
    }
    let order = f.entries();
    for &(key, _) in &order[..4] {
        f.set(key, RawValue::NIL);
        // SAFETY: table and string are live.
        unsafe {
            let node = find_node(f.t, key.as_string());
            (*node).key_tag = tag::DEAD_KEY;
            assert!(find_node(f.t, key.as_string()).is_null());
            let (following, _) = next(f.t, key).expect("a key of the table").expect("an entry");
            assert!(index_of_key(f.t, following).is_ok());
        }
    }
    assert_eq!(f.entries().len(), 1);
    for &name in &names {
        f.set(name, int(2));
    }
    assert_eq!(f.entries().len(), 5);
}

#[test]
fn huge_integer_keys() {
    let mut f = Fixture::new(0, 0);
    f.set(int(1), int(1));
    f.set(int(2), int(1));
    for shift in 2..63 {
        f.set(int(1 << shift), int(1));
    }
    assert_eq!(f.length(), 4);
    f.set(int(i64::MAX), int(1));
    f.set(int(i64::MIN), int(1));
    assert_eq!(f.length(), 4);
    f.set(int(3), int(1));
    assert_eq!(f.length(), 4);
    let mut f = Fixture::new(0, 0);
    for key in [1, 2, 3, i64::MAX] {
        f.set(int(key), int(1));
    }
    assert_eq!(f.length(), 3);
}

#[test]
fn failed_allocations_change_nothing() {
    for fail_at in 1..4 {
        let mut f = Fixture::new(0, 0);
        for i in (1..=7).chain([100, 200]) {
            f.set(int(i), int(i));
        }
        let (sizes, entries) = (f.sizes(), f.keys());
        f.heap.set_stress(0, fail_at);
        // SAFETY: the table is live.
        let result = unsafe { set(&mut f.heap, f.t, int(300), int(1)) };
        f.heap.set_stress(0, 0);
        if result.is_err() {
            assert_eq!((f.sizes(), f.keys()), (sizes, entries));
        }
        f.set(int(300), int(1));
        f.set(int(8), int(1));
        f.set(int(9), int(1));
        assert_eq!(f.keys().len(), 12);
    }
    // An array part that shrinks while a new hash part is made.
    for fail_at in 1..4 {
        let mut f = Fixture::new(64, 0);
        f.set(int(1), int(1));
        f.set(int(60), int(60));
        f.heap.set_stress(0, fail_at);
        // SAFETY: the table is live.
        let result = unsafe { set(&mut f.heap, f.t, int(-1), int(1)) };
        f.heap.set_stress(0, 0);
        f.check();
        assert_eq!(f.sizes(), if result.is_err() { (64, 0) } else { (1, 2) });
        assert_eq!(f.get(int(60)).as_integer(), 60);
    }
}

#[test]
fn explicit_sizes_keep_all_entries() {
    let mut f = Fixture::new(0, 0);
    for i in 1..=10 {
        f.set(int(i), int(i));
        f.set(int(i * 1000), int(i));
    }
    for (array, hash) in [(0, 0), (5, 3), (40, 0), (8, 100), (10, 10)] {
        // SAFETY: the table is live.
        unsafe { resize(&mut f.heap, f.t, array, hash) }.expect("a resize");
        f.check();
        assert_eq!(f.sizes().0, array);
        assert_eq!(f.entries().len(), 20);
    }
    // SAFETY: the table is live.
    unsafe { reserve_array(&mut f.heap, f.t, 50) }.expect("a resize");
    assert_eq!(f.sizes(), (50, 16));
}

/// The generator that the Lua scripts use, too.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> i64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % limit) as i64
    }
}

struct Checksum(u64);

impl Checksum {
    fn add(&mut self, x: i64) {
        self.0 = (self.0 ^ x as u64).wrapping_mul(1_099_511_628_211);
    }
    fn add_key(&mut self, key: RawValue) {
        self.add(match key.tag {
            tag::INTEGER => key.as_integer(),
            tag::FLOAT => number_floor(key.as_float() * 1000.0),
            tag::TRUE => 11,
            _ => 12,
        });
    }
}

fn number_floor(n: f64) -> i64 {
    n.floor() as i64
}

/// A key of the given family; families differ in range and type.
fn random_key(random: &mut Random, family: u32) -> RawValue {
    match family {
        0 => int(random.below(40) + 1),
        1 => int(random.below(5000) - 2500),
        2 => int(random.below(300) * 1_000_000_007),
        _ => match random.below(4) {
            0 => RawValue::float(random.below(1000) as f64 / 7.0 - 50.0),
            1 => RawValue::float(random.below(1000) as f64 * 1e300),
            2 => RawValue::boolean(random.below(2) == 0),
            _ => int(random.below(64)),
        },
    }
}

/// Random assignments, reads, pushes and pops; the checksum covers every border
/// and, each 16 steps, the whole order.
fn run(seed: u64, family: u32, steps: u32) -> u64 {
    let mut random = Random(seed);
    let mut sum = Checksum(14_695_981_039_346_656_037);
    let mut f = Fixture::new(0, 0);
    for step in 1..=steps {
        match random.below(8) {
            0..=3 => {
                let key = random_key(&mut random, family);
                f.set(key, int(i64::from(step)));
            }
            4 | 5 => {
                let key = random_key(&mut random, family);
                f.set(key, RawValue::NIL);
            }
            6 => {
                let key = int(f.length() as i64 + 1);
                f.set(key, int(i64::from(step)));
            }
            _ => {
                let key = random_key(&mut random, family);
                sum.add(i64::from(f.get(key).is_nil()));
                if f.length() > 0 {
                    let key = int(f.length() as i64);
                    f.set(key, RawValue::NIL);
                }
            }
        }
        sum.add(f.length() as i64);
        if step % 16 == 0 {
            for (key, value) in f.entries() {
                sum.add_key(key);
                sum.add(value.as_integer());
            }
        }
    }
    sum.0
}

#[test]
fn borders_and_order_of_the_c_implementation() {
    for (seed, family, steps, expected) in EXPECTED {
        assert_eq!(run(seed, family, steps), expected, "seed {seed}, family {family}");
    }
}

/// Seed, family of keys, steps, checksum.
const EXPECTED: [(u64, u32, u32, u64); 12] = [
    (1, 0, 3000, 0x6F7AA1931EABEC8D),
    (2, 0, 3000, 0xBEE5CE63D0C6A096),
    (3, 0, 3000, 0xC71385936BC3378C),
    (1, 1, 3000, 0x7AFF3C7565C143E6),
    (2, 1, 3000, 0x3E213FDFBDD3933F),
    (3, 1, 3000, 0x298EBC44DA5E141C),
    (1, 2, 3000, 0x564C82A8749B9BF0),
    (2, 2, 3000, 0x51FE55C43F1FF9A1),
    (3, 2, 3000, 0x5F292BC750769CEC),
    (1, 3, 3000, 0x35D8F0E79D445E00),
    (2, 3, 3000, 0x400C480B2D16EEF0),
    (3, 3, 3000, 0x32CB1813AFC28BC0),
];

#[test]
fn model() {
    for seed in 0..20 {
        let mut random = Random(seed);
        let mut model: BTreeMap<String, i64> = BTreeMap::new();
        let mut f = Fixture::new(random.below(5) as u32, random.below(5) as u32);
        let strings: Vec<RawValue> = (0..50).map(|i| f.short(&format!("key {i}"))).collect();
        for step in 0..2000 {
            let key = match random.below(2) {
                0 => strings[random.below(50) as usize],
                _ => {
                    let family = random.below(4) as u32;
                    random_key(&mut random, family)
                }
            };
            // Values of floats with integers' values are integers' keys.
            let name = show(key::normalise(key));
            if random.below(3) == 0 {
                f.set(key, RawValue::NIL);
                model.remove(&name);
            } else {
                f.set(key, int(step));
                model.insert(name, step);
            }
        }
        let mut found: Vec<_> =
            f.entries().iter().map(|&(k, v)| (show(k), v.as_integer())).collect();
        found.sort();
        assert_eq!(found, model.into_iter().collect::<Vec<_>>());
    }
}

#[test]
fn long_strings_by_content() {
    let mut f = Fixture::new(0, 0);
    let text = "long ".repeat(20);
    let make = |heap: &mut Heap| heap.string(text.as_bytes()).expect("a string");
    let (a, b) = (make(&mut f.heap), make(&mut f.heap));
    assert_ne!(a.payload, b.payload);
    f.set(a, int(1));
    assert_eq!(f.get(b).as_integer(), 1);
    f.set(b, int(2));
    assert_eq!(f.get(a).as_integer(), 2);
    assert_eq!(f.entries().len(), 1);
    // SAFETY: the strings are live.
    unsafe { assert!(raw_equal(a, b)) };
}

#[test]
fn raw_equality() {
    let equal = |a, b| {
        // SAFETY: the values are not objects.
        let (ab, ba) = unsafe { (raw_equal(a, b), raw_equal(b, a)) };
        assert_eq!(ab, ba);
        ab
    };
    assert!(equal(int(1), RawValue::float(1.0)));
    assert!(!equal(int(i64::MAX), RawValue::float(9_223_372_036_854_775_808.0)));
    assert!(equal(int(i64::MIN), RawValue::float(-9_223_372_036_854_775_808.0)));
    assert!(equal(RawValue::float(0.0), RawValue::float(-0.0)));
    assert!(!equal(RawValue::float(f64::NAN), RawValue::float(f64::NAN)));
    assert!(equal(RawValue { payload: 1, tag: tag::NIL }, RawValue::NIL));
    assert!(!equal(RawValue::boolean(false), RawValue::NIL));
    assert!(!equal(int(0), RawValue::boolean(false)));
    assert!(!equal(int(5), RawValue::light_userdata(5)));
}
