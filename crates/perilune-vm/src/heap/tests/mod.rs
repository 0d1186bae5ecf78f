//! The heap under a state: graphs that change while they are collected, weak
//! tables, finalizers, threads, accounting.

mod account;
mod finalize;
mod graph;
mod strings;
mod weak;

use super::*;
use crate::object::{LuaClosure, Upvalue, Userdata};
use crate::state::State;
use crate::table;

/// A small generator of random numbers.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % n
    }
}

/// A state whose registry holds what a test keeps alive.
///
/// All unsafe operations below rest on this: an object is used only while the
/// registry reaches it, or between its allocation and the next collection.
struct World {
    state: Box<State>,
    rewritten: usize,
}

const FIRST_ROOT: i64 = 100;

fn int(i: i64) -> RawValue {
    RawValue::integer(i)
}

fn table_value(t: *mut Table) -> RawValue {
    RawValue::pointer(tag::TABLE, t)
}

impl World {
    fn new() -> World {
        World { state: Box::new(State::new().expect("a state")), rewritten: 0 }
    }
    fn generational() -> World {
        let mut world = World::new();
        world.control(Request::Generational { minor: 0, major: 0 });
        world
    }
    fn heap(&mut self) -> &mut Heap {
        &mut self.state.heap
    }
    fn control(&mut self, request: Request) -> Option<Answer> {
        // SAFETY: all the test needs is rooted.
        unsafe { control(&raw mut *self.state, request) }
    }
    fn collect(&mut self) {
        self.control(Request::Collect);
    }
    fn root(&mut self, index: usize, v: RawValue) {
        let registry = self.state.registry;
        self.set(registry, int(FIRST_ROOT + index as i64), v);
    }
    fn rooted(&self, index: usize) -> RawValue {
        // SAFETY: the registry is live.
        unsafe { table::get_integer(self.state.registry, FIRST_ROOT + index as i64) }
    }
    fn table(&mut self) -> *mut Table {
        // SAFETY: the test roots the table or lets it die.
        unsafe { table::new(self.heap(), 0, 0).expect("a table") }
    }
    fn set(&mut self, t: *mut Table, key: RawValue, v: RawValue) {
        // SAFETY: table, key and value are live.
        unsafe { table::set(self.heap(), t, key, v).expect("an assignment") }
    }
    fn get(&self, t: *mut Table, key: RawValue) -> RawValue {
        // SAFETY: table and key are live.
        unsafe { table::get(t, key) }
    }
    fn string(&mut self, text: &str) -> RawValue {
        self.heap().string(text.as_bytes()).expect("a string")
    }
    fn set_metatable(&mut self, t: *mut Table, meta: *mut Table) {
        // SAFETY: both are live.
        unsafe {
            (*t).metatable = meta;
            self.heap().barrier_value(t as *mut Header, table_value(meta));
        }
    }
    fn weak(&mut self, mode: &str) -> *mut Table {
        let meta = self.table();
        let (key, mode) = (self.string("__mode"), self.string(mode));
        self.set(meta, key, mode);
        let t = self.table();
        self.set_metatable(t, meta);
        t
    }
    fn finalized(&mut self, t: *mut Table) {
        // SAFETY: the table is live.
        unsafe { self.heap().set_finalizer(t as *mut Header).expect("a finalizer") }
    }
    fn pending(&mut self) -> Vec<*mut Header> {
        std::iter::from_fn(|| self.heap().next_pending_finalizer()).collect()
    }
    fn closure(&mut self, upvalues: &[*mut Upvalue]) -> *mut LuaClosure {
        let size = size_of::<LuaClosure>() + 8 * upvalues.len();
        // SAFETY: the closure is filled in before anything collects.
        unsafe {
            let closure =
                self.heap().alloc(size, tag::LUA_CLOSURE).expect("a closure") as *mut LuaClosure;
            (*closure).header.extra = upvalues.len() as u8;
            (*closure).prototype = std::ptr::null_mut();
            for (i, &upvalue) in upvalues.iter().enumerate() {
                LuaClosure::upvalues(closure).add(i).write(upvalue);
            }
            closure
        }
    }
    fn upvalue(&mut self, v: RawValue) -> *mut Upvalue {
        // SAFETY: the upvalue is filled in before anything collects.
        unsafe {
            let size = size_of::<Upvalue>();
            let upvalue =
                self.heap().alloc(size, tag::UPVALUE).expect("an upvalue") as *mut Upvalue;
            (*upvalue).closed = v;
            (*upvalue).value = &raw mut (*upvalue).closed;
            upvalue
        }
    }
    fn userdata(&mut self, data: crate::embed::Payload, values: usize) -> *mut Userdata {
        let size = size_of::<Userdata>() + 16 * values;
        // SAFETY: the userdata is filled in before anything collects.
        unsafe {
            let u = self.heap().alloc(size, tag::USERDATA).expect("a userdata") as *mut Userdata;
            (*u).header.word = values as u32;
            (*u).metatable = std::ptr::null_mut();
            (&raw mut (*u).data).write(Some(data));
            for i in 0..values {
                Userdata::user_values(u).add(i).write(RawValue::NIL);
            }
            self.heap().own(u as *mut Header).expect("an owner");
            u
        }
    }
    /// Steps as a program would take them, with the finalizers.
    fn safe_point(&mut self) {
        if self.heap().wants_collection() {
            // SAFETY: all the test needs is rooted.
            unsafe { step(&raw mut *self.state) };
            self.pending();
        }
    }
    /// Writes over memory that was freed wrongly. More cells each time, as what
    /// is looked for may lie behind those that were written the time before.
    fn use_free_cells(&mut self) {
        self.rewritten = self.rewritten * 3 / 2 % 20_000 + 2000;
        for size in [16, 32, 48, 64, 80, 96, 112] {
            for _ in 0..self.rewritten {
                // SAFETY: strings need no more than their header to die.
                unsafe {
                    let object = self.heap().alloc(size, tag::LONG_STRING).expect("an object");
                    std::ptr::write_bytes((object as *mut u8).add(8), 0x55, size - 8);
                }
            }
        }
    }
    /// Strings in the intern table, dead ones included.
    fn interned(&self) -> usize {
        self.state.heap.interned.len()
    }
}
