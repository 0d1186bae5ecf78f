//! Graphs that change while they are collected, beside a model of them.

use super::*;
use crate::embed::Payload;
use std::collections::{BTreeMap, BTreeSet};

/// A graph of objects beside a model of it.
struct Graph {
    world: World,
    random: Random,
    /// Object → fields, by number. Numbers are never reused.
    edges: BTreeMap<usize, Vec<Option<usize>>>,
    objects: BTreeMap<usize, RawValue>,
    roots: Vec<Option<usize>>,
    next: usize,
}

const FIELDS: usize = 6;

impl Graph {
    fn new(world: World, seed: u64) -> Graph {
        Graph {
            world,
            random: Random(seed),
            edges: BTreeMap::new(),
            objects: BTreeMap::new(),
            roots: vec![None; 12],
            next: 0,
        }
    }
    /// Makes an object of a random kind that knows its number.
    fn make(&mut self) -> usize {
        let id = self.next;
        self.next += 1;
        let w = &mut self.world;
        // SAFETY: the objects are filled in before anything collects.
        let v = unsafe {
            match self.random.below(4) {
                0 => {
                    let t = w.table();
                    let key = w.string("number");
                    w.set(t, key, int(id as i64));
                    table_value(t)
                }
                1 => {
                    let size = [7, 50, 200, 300][self.random.below(4)];
                    let t = table::new(w.heap(), size, 0).expect("a table");
                    w.set(t, int(size as i64), int(id as i64));
                    table_value(t)
                }
                2 => {
                    let number = w.upvalue(int(id as i64));
                    let mut upvalues = vec![number];
                    upvalues.extend((0..FIELDS).map(|_| w.upvalue(RawValue::NIL)));
                    RawValue::pointer(tag::LUA_CLOSURE, w.closure(&upvalues))
                }
                _ => {
                    let values = [FIELDS + 1, 200][self.random.below(2)];
                    let u = w.userdata(Payload::new(id), values);
                    *Userdata::user_values(u).add(FIELDS) = int(id as i64);
                    RawValue::pointer(tag::USERDATA, u)
                }
            }
        };
        self.edges.insert(id, vec![None; FIELDS]);
        self.objects.insert(id, v);
        id
    }
    fn number_of(&mut self, v: RawValue) -> usize {
        // SAFETY: the object is reachable.
        unsafe {
            let n = match v.tag {
                tag::TABLE if (*v.as_table()).array_size > 5 => {
                    let t = v.as_table();
                    *(*t).array.add((*t).array_size as usize - 1)
                }
                tag::TABLE => {
                    let key = self.world.string("number");
                    self.world.get(v.as_table(), key)
                }
                tag::LUA_CLOSURE => *(**LuaClosure::upvalues(v.as_lua_closure())).value,
                tag::USERDATA => {
                    let data =
                        (*v.as_userdata()).data.as_ref().and_then(|d| d.downcast_ref::<usize>());
                    let n = *Userdata::user_values(v.as_userdata()).add(FIELDS);
                    assert_eq!(data.copied(), Some(n.as_integer() as usize));
                    n
                }
                other => panic!("kind {other}"),
            };
            assert_eq!(n.tag, tag::INTEGER);
            n.as_integer() as usize
        }
    }
    fn store(&mut self, object: usize, field: usize, target: Option<usize>) {
        let parent = self.objects[&object];
        let v = target.map_or(RawValue::NIL, |id| self.objects[&id]);
        self.edges.get_mut(&object).expect("an object")[field] = target;
        let w = &mut self.world;
        // SAFETY: both objects are reachable.
        unsafe {
            match parent.tag {
                tag::TABLE if (*parent.as_table()).array_size > 5 => {
                    w.set(parent.as_table(), int(field as i64 + 1), v);
                }
                tag::TABLE => {
                    let key = w.string(&format!("field {field}"));
                    w.set(parent.as_table(), key, v);
                }
                tag::LUA_CLOSURE => {
                    let upvalue = *LuaClosure::upvalues(parent.as_lua_closure()).add(field + 1);
                    *(*upvalue).value = v;
                    w.heap().barrier_value(upvalue as *mut Header, v);
                }
                _ => {
                    *Userdata::user_values(parent.as_userdata()).add(field) = v;
                    w.heap().barrier(parent.as_header());
                }
            }
        }
    }
    fn load(&mut self, parent: RawValue, field: usize) -> RawValue {
        // SAFETY: the object is reachable.
        unsafe {
            match parent.tag {
                tag::TABLE if (*parent.as_table()).array_size > 5 => {
                    *(*parent.as_table()).array.add(field)
                }
                tag::TABLE => {
                    let key = self.world.string(&format!("field {field}"));
                    self.world.get(parent.as_table(), key)
                }
                tag::LUA_CLOSURE => {
                    *(**LuaClosure::upvalues(parent.as_lua_closure()).add(field + 1)).value
                }
                _ => *Userdata::user_values(parent.as_userdata()).add(field),
            }
        }
    }
    fn reachable(&self) -> BTreeSet<usize> {
        let mut todo: Vec<usize> = self.roots.iter().flatten().copied().collect();
        let mut seen = BTreeSet::new();
        while let Some(id) = todo.pop() {
            if seen.insert(id) {
                todo.extend(self.edges[&id].iter().flatten());
            }
        }
        seen
    }
    fn mutate(&mut self) {
        for _ in 0..20 {
            let id = self.make();
            // Earlier rounds of the loop may have cut objects off.
            let alive: Vec<usize> = self.reachable().into_iter().collect();
            if alive.is_empty() || self.random.below(8) == 0 {
                let slot = self.random.below(self.roots.len());
                self.roots[slot] = Some(id);
                let v = self.objects[&id];
                self.world.root(slot, v);
            } else {
                let parent = alive[self.random.below(alive.len())];
                let field = self.random.below(FIELDS);
                self.store(parent, field, Some(id));
            }
            self.world.safe_point();
        }
        for _ in 0..10 {
            let alive: Vec<usize> = self.reachable().into_iter().collect();
            if alive.is_empty() {
                break;
            }
            let (a, b) =
                (alive[self.random.below(alive.len())], alive[self.random.below(alive.len())]);
            let field = self.random.below(FIELDS);
            let target = (self.random.below(3) > 0).then_some(b);
            self.store(a, field, target);
            self.world.safe_point();
        }
        if self.random.below(10) == 0 {
            let slot = self.random.below(self.roots.len());
            self.roots[slot] = None;
            self.world.root(slot, RawValue::NIL);
        }
    }
    /// Compares the reachable objects with the model.
    fn check(&mut self) {
        let reachable = self.reachable();
        for &id in &reachable {
            let v = self.objects[&id];
            assert_eq!(self.number_of(v), id);
            for field in 0..FIELDS {
                let found = self.load(v, field);
                match self.edges[&id][field] {
                    Some(target) => {
                        assert!(found.same(self.objects[&target]));
                    }
                    None => assert!(found.is_nil()),
                }
            }
        }
        self.edges.retain(|id, _| reachable.contains(id));
        self.objects.retain(|id, _| reachable.contains(id));
    }
}

fn run_graph(world: World, seed: u64, rounds: usize) {
    let mut graph = Graph::new(world, seed);
    // Steps come often.
    graph.world.control(Request::SetPause(100));
    for round in 0..rounds {
        graph.mutate();
        if round % 10 == 0 {
            graph.check();
        }
        if round % 50 == 49 {
            graph.world.collect();
            graph.check();
        }
        match graph.random.below(12) {
            0 => drop(graph.world.control(Request::Step(0))),
            1 => drop(graph.world.control(Request::Step(20))),
            _ => {}
        }
    }
    graph.world.collect();
    graph.check();
    // With the roots gone, everything goes.
    for slot in 0..graph.roots.len() {
        graph.world.root(slot, RawValue::NIL);
    }
    graph.world.collect();
    let mut empty = World::new();
    empty.collect();
    let (left, least) = (graph.world.heap().used(), empty.heap().used());
    assert!(left < least + 64 * 1024, "{left} bytes left, {least} in a new state");
}

#[test]
fn graphs_survive_incremental_collections() {
    for seed in 1..4 {
        run_graph(World::new(), seed, 400);
    }
}

#[test]
fn graphs_survive_small_steps() {
    let mut world = World::new();
    // Steps of 16 bytes with a slow collector: the program runs in between.
    world.control(Request::Incremental { pause: 100, step_multiplier: 4, step_size: 4 });
    run_graph(world, 7, 400);
}

#[test]
fn graphs_survive_generational_collections() {
    for seed in 1..4 {
        run_graph(World::generational(), seed, 400);
    }
}

#[test]
fn graphs_survive_changes_of_mode() {
    let mut graph = Graph::new(World::new(), 99);
    for round in 0..300 {
        graph.mutate();
        if graph.random.below(10) == 0 {
            let request = match round % 2 {
                0 => Request::Generational { minor: 5, major: 20 },
                _ => Request::Incremental { pause: 0, step_multiplier: 0, step_size: 5 },
            };
            graph.world.control(request);
        }
        if graph.random.below(5) == 0 {
            graph.world.control(Request::Step(0));
        }
        graph.check();
    }
}

#[test]
fn graphs_survive_stress() {
    let mut world = World::new();
    world.heap().set_stress(3, 0);
    run_graph(world, 5, 60);
}

#[test]
fn marking_works_without_memory_for_its_list() {
    let mut world = World::new();
    world.heap().marker.limit = 4;
    run_graph(world, 11, 200);
    let mut world = World::generational();
    world.heap().marker.limit = 1;
    run_graph(world, 12, 200);
}
