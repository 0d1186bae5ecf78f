//! Compiled chunks become heap objects, and back for `string.dump`.
//!
//! # Safety
//!
//! Chunks come from the compiler or have passed the verifier. Nothing collects
//! while objects are being made: allocation never does.

use crate::error::{Error, Result};
use crate::heap::AllocError;
use crate::object::{
    Header, LocalInfo, LuaClosure, PrototypeData, PrototypeObject, StringObject, Upvalue,
    UpvalueInfo,
};
use crate::state::State;
use crate::value::{RawValue, tag};
use perilune_bytecode::{
    Chunk, Constant, Instruction, LocalVariable, OutOfMemory, Prototype, Symbol, Symbols,
    UpvalueDescription,
};
use std::alloc::Layout;

/// The strings of a chunk as far as they have been made. They are rooted by the
/// array of a table in a stack slot while the chunk is loaded.
struct Loader<'a> {
    state: &'a mut State,
    chunk: &'a Chunk,
    strings: Vec<RawValue>,
    source: *mut StringObject,
}

impl State {
    /// A closure over the chunk's main function, with fresh upvalues: pushed on
    /// the stack of the running native frame.
    pub(crate) fn instantiate(&mut self, chunk: &Chunk) -> Result<()> {
        // Nothing collects until the closure is on the stack: allocations of
        // the heap never do. A failure is retried once as a whole, after an
        // emergency collection.
        // SAFETY: `build` leaves only unreachable objects behind if it fails.
        unsafe {
            let closure = match self.build(chunk) {
                Ok(c) => c,
                Err(AllocError) => self.retry_allocation(&[], |state| state.build(chunk))?,
            };
            self.push_raw(RawValue::pointer(tag::LUA_CLOSURE, closure))?;
        }
        self.collect_if_due()
    }

    unsafe fn build(&mut self, chunk: &Chunk) -> std::result::Result<*mut LuaClosure, AllocError> {
        let source = match &chunk.source {
            Some(name) => self.heap.string(name)?.as_string(),
            None => std::ptr::null_mut(),
        };
        let mut strings = Vec::new();
        strings.try_reserve_exact(chunk.symbols.len()).map_err(|_| AllocError)?;
        strings.resize(chunk.symbols.len(), RawValue::NIL);
        let mut loader = Loader { state: self, chunk, strings, source };
        let p = loader.prototype(&chunk.main)?;
        self.fresh_closure(p)
    }

    /// A closure of `p` with upvalues of its own, all nil.
    ///
    /// # Safety
    /// `p` is live; the result must be rooted before a collection.
    unsafe fn fresh_closure(
        &mut self,
        p: *mut PrototypeObject,
    ) -> std::result::Result<*mut LuaClosure, AllocError> {
        let upvalues = &(*p).data.upvalues;
        let n = upvalues.len();
        let size = size_of::<LuaClosure>() + n * size_of::<*mut Upvalue>();
        let closure = self.heap.alloc(size, tag::LUA_CLOSURE)? as *mut LuaClosure;
        (*closure).prototype = p;
        (*closure).header.extra = 0;
        for i in 0..n {
            let up = self.heap.alloc(size_of::<Upvalue>(), tag::UPVALUE)? as *mut Upvalue;
            (*up).closed = RawValue::NIL;
            (*up).value = &raw mut (*up).closed;
            *LuaClosure::upvalues(closure).add(i) = up;
            (*closure).header.extra = i as u8 + 1;
        }
        Ok(closure)
    }

    /// Pushes a closure of the same code as that of the Lua closure `v`, with
    /// upvalues of its own, all nil.
    ///
    /// # Safety
    /// `v` is a Lua closure that lies in a slot.
    pub(crate) unsafe fn push_fresh_closure(&mut self, v: RawValue) -> Result<()> {
        let p = (*v.as_lua_closure()).prototype;
        let closure = match self.fresh_closure(p) {
            Ok(c) => c,
            Err(AllocError) => self.retry_allocation(&[], |state| state.fresh_closure(p))?,
        };
        self.push_raw(RawValue::pointer(tag::LUA_CLOSURE, closure))?;
        self.collect_if_due()
    }
}

/// Copies a slice into memory of its own.
fn allocate_slice<T: Copy>(items: &[T]) -> std::result::Result<*mut T, AllocError> {
    if items.is_empty() {
        return Ok(std::ptr::NonNull::dangling().as_ptr());
    }
    let layout = Layout::array::<T>(items.len()).map_err(|_| AllocError)?;
    // SAFETY: the size is not 0; the copy stays within both.
    unsafe {
        let p = std::alloc::alloc(layout) as *mut T;
        if p.is_null() {
            return Err(AllocError);
        }
        std::ptr::copy_nonoverlapping(items.as_ptr(), p, items.len());
        Ok(p)
    }
}

unsafe fn free_slice<T>(p: *mut T, len: usize) {
    if len > 0
        && let Ok(layout) = Layout::array::<T>(len)
    {
        // SAFETY: came from `allocate_slice` with this length.
        unsafe { std::alloc::dealloc(p as *mut u8, layout) }
    }
}

/// Frees code and constants of a dead prototype.
///
/// # Safety
/// The prototype is dead and its code was made by this module.
pub(crate) unsafe fn drop_code(p: *mut PrototypeObject) {
    free_slice((*p).code, (*p).code_len as usize);
    free_slice((*p).constants, (*p).constant_len as usize);
}

fn collect<T>(
    items: impl ExactSizeIterator<Item = std::result::Result<T, AllocError>>,
) -> std::result::Result<Box<[T]>, AllocError> {
    let mut out = Vec::new();
    out.try_reserve_exact(items.len()).map_err(|_| AllocError)?;
    for item in items {
        out.push(item?);
    }
    Ok(out.into_boxed_slice())
}

impl Loader<'_> {
    fn string(&mut self, symbol: Symbol) -> std::result::Result<RawValue, AllocError> {
        let i = symbol.0 as usize;
        if let Some(v) = self.strings.get(i)
            && !v.is_nil()
        {
            return Ok(*v);
        }
        let v = self.state.heap.string(self.chunk.symbols.get(symbol))?;
        if let Some(slot) = self.strings.get_mut(i) {
            *slot = v;
        }
        Ok(v)
    }

    fn constant(&mut self, c: &Constant) -> std::result::Result<RawValue, AllocError> {
        Ok(match *c {
            Constant::Nil => RawValue::NIL,
            Constant::Boolean(b) => RawValue::boolean(b),
            Constant::Integer(i) => RawValue::integer(i),
            Constant::Float(n) => RawValue::float(n),
            Constant::String(s) => self.string(s)?,
        })
    }

    unsafe fn prototype(
        &mut self,
        p: &Prototype,
    ) -> std::result::Result<*mut PrototypeObject, AllocError> {
        // The nesting of functions is limited by the compiler and the verifier.
        let mut nested = Vec::new();
        nested.try_reserve_exact(p.prototypes.len()).map_err(|_| AllocError)?;
        for inner in &p.prototypes {
            nested.push(self.prototype(inner)?);
        }
        let constants = collect(p.constants.iter().map(|c| self.constant(c)))?;
        let upvalues = collect(p.upvalues.iter().map(|u| {
            let name = match u.name {
                Some(s) => self.string(s)?.as_string(),
                None => std::ptr::null_mut(),
            };
            Ok(UpvalueInfo { name, in_stack: u.in_stack, index: u.index, kind: u.kind })
        }))?;
        let locals = collect(p.locals.iter().map(|l| {
            Ok(LocalInfo {
                name: self.string(l.name)?.as_string(),
                start_pc: l.start_pc,
                end_pc: l.end_pc,
                register: l.register,
            })
        }))?;
        let external = size_of_val(&*p.code)
            + size_of_val(&*constants)
            + size_of_val(&*upvalues)
            + size_of_val(&*locals)
            + p.lines.memory()
            + nested.len() * size_of::<usize>();
        let lines = p.lines.clone();
        self.state.heap.charge(external)?;
        let code = allocate_slice(&p.code);
        let values = allocate_slice(&constants);
        let object = self.state.heap.alloc(size_of::<PrototypeObject>(), tag::PROTOTYPE);
        let (code, values, object) = match (code, values, object) {
            (Ok(code), Ok(values), Ok(object)) => (code, values, object as *mut PrototypeObject),
            (code, values, _) => {
                if let Ok(code) = code {
                    free_slice(code, p.code.len());
                }
                if let Ok(values) = values {
                    free_slice(values, constants.len());
                }
                self.state.heap.release(external);
                return Err(AllocError);
            }
        };
        (*object).code = code;
        (*object).constants = values;
        (*object).max_stack_size = p.max_stack_size;
        (*object).parameter_count = p.parameter_count;
        (*object).is_vararg = p.is_vararg;
        (*object).code_len = p.code.len() as u32;
        (*object).constant_len = p.constants.len() as u32;
        (*object).last_closure = std::ptr::null_mut();
        std::ptr::write(
            &raw mut (*object).data,
            PrototypeData {
                line_defined: p.line_defined,
                last_line_defined: p.last_line_defined,
                upvalues,
                prototypes: nested.into_boxed_slice(),
                lines,
                locals,
                source: self.source,
                external,
            },
        );
        if let Err(e) = self.state.heap.own(object as *mut Header) {
            drop_code(object);
            std::ptr::drop_in_place(&raw mut (*object).data);
            self.state.heap.release(external);
            return Err(e);
        }
        Ok(object)
    }
}

/// The chunk of a Lua function, for dumping.
///
/// # Errors
/// If memory runs out.
///
/// # Safety
/// `p` is live.
pub(crate) unsafe fn extract(p: *mut PrototypeObject) -> Result<Chunk> {
    let mut symbols = Symbols::new();
    let main = extract_prototype(p, &mut symbols).map_err(|OutOfMemory| Error::memory())?;
    let source = (*p).data.source;
    let source = (!source.is_null()).then(|| StringObject::bytes(source).into());
    Ok(Chunk { symbols, source, main })
}

unsafe fn extract_prototype(
    p: *mut PrototypeObject,
    symbols: &mut Symbols,
) -> std::result::Result<Prototype, OutOfMemory> {
    let data = &(*p).data;
    let mut name = |s: *mut StringObject| -> std::result::Result<Symbol, OutOfMemory> {
        symbols.intern(StringObject::bytes(s))
    };
    let code = std::slice::from_raw_parts((*p).code, (*p).code_len as usize);
    let code: Vec<Instruction> = code.to_vec();
    let values = std::slice::from_raw_parts((*p).constants, (*p).constant_len as usize);
    let mut constants = Vec::with_capacity(values.len());
    for &v in values {
        constants.push(match v.tag {
            tag::INTEGER => Constant::Integer(v.as_integer()),
            tag::FLOAT => Constant::Float(v.as_float()),
            tag::FALSE | tag::TRUE => Constant::Boolean(v.tag == tag::TRUE),
            tag::SHORT_STRING | tag::LONG_STRING => Constant::String(name(v.as_string())?),
            _ => Constant::Nil,
        });
    }
    let mut upvalues = Vec::with_capacity(data.upvalues.len());
    for u in &data.upvalues {
        upvalues.push(UpvalueDescription {
            name: if u.name.is_null() { None } else { Some(name(u.name)?) },
            in_stack: u.in_stack,
            index: u.index,
            kind: u.kind,
        });
    }
    let mut locals = Vec::with_capacity(data.locals.len());
    for l in &data.locals {
        locals.push(LocalVariable {
            name: name(l.name)?,
            start_pc: l.start_pc,
            end_pc: l.end_pc,
            register: l.register,
        });
    }
    let mut prototypes = Vec::with_capacity(data.prototypes.len());
    for &inner in &data.prototypes {
        prototypes.push(extract_prototype(inner, symbols)?);
    }
    Ok(Prototype {
        line_defined: data.line_defined,
        last_line_defined: data.last_line_defined,
        parameter_count: (*p).parameter_count,
        is_vararg: (*p).is_vararg,
        max_stack_size: (*p).max_stack_size,
        code,
        constants,
        upvalues,
        prototypes,
        lines: data.lines.clone(),
        locals,
    })
}
