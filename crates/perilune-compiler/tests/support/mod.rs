//! A plain listing of a chunk, for tests.
#![allow(dead_code)]

use perilune_bytecode::{Chunk, Constant, Format, Instruction, Op, Prototype, Symbols};
use perilune_compiler::{CompileError, Dialect, LUA_5_4, NoMeter, Options};
use std::fmt::Write;

/// Compiles a source as the chunk `=t`.
pub fn compile(source: &[u8]) -> Result<Chunk, String> {
    compile_named(source, b"=t")
}

/// Compiles a source under a name.
pub fn compile_named(source: &[u8], name: &[u8]) -> Result<Chunk, String> {
    compile_as(source, name, &LUA_5_4)
}

/// The dialect that the first line of a source names; 5.4 without one.
pub fn dialect_of(source: &[u8]) -> &'static Dialect {
    let line = source.split(|&byte| byte == b'\n').next().unwrap_or_default();
    match line.strip_prefix(b"-- lua: ") {
        Some(name) => Dialect::from_name(std::str::from_utf8(name).unwrap()).unwrap(),
        None => &LUA_5_4,
    }
}

/// Compiles a source of a dialect under a name.
pub fn compile_as(source: &[u8], name: &[u8], dialect: &'static Dialect) -> Result<Chunk, String> {
    let options = Options { dialect, c_levels: 0, meter: &NoMeter };
    perilune_compiler::compile(source, name, &options).map_err(|error| match error {
        CompileError::Syntax(message) => String::from_utf8_lossy(&message).into_owned(),
        CompileError::OutOfMemory => "not enough memory".into(),
    })
}

/// Lists all functions of a chunk.
pub fn listing(chunk: &Chunk) -> String {
    let mut out = String::new();
    list(&mut out, &chunk.main, &chunk.symbols, "main");
    out
}

fn list(out: &mut String, prototype: &Prototype, symbols: &Symbols, path: &str) {
    let p = prototype;
    let name = |symbol| String::from_utf8_lossy(symbols.get(symbol)).into_owned();
    let _ = writeln!(
        out,
        "{path} <{}-{}> {} params{}, {} slots",
        p.line_defined,
        p.last_line_defined,
        p.parameter_count,
        if p.is_vararg { " ..." } else { "" },
        p.max_stack_size,
    );
    for (pc, &instruction) in p.code.iter().enumerate() {
        let line = p.lines.get(pc as u32).unwrap_or(0);
        let _ = writeln!(out, "  {pc:3} [{line}] {}", show(p, symbols, pc, instruction));
    }
    for (i, u) in p.upvalues.iter().enumerate() {
        let place = if u.in_stack { "register" } else { "upvalue" };
        let _ = writeln!(
            out,
            "  upvalue {i} {} {place} {} {:?}",
            u.name.map(name).unwrap_or_default(),
            u.index,
            u.kind
        );
    }
    for l in &p.locals {
        let _ =
            writeln!(out, "  local {} {} {}-{}", name(l.name), l.register, l.start_pc, l.end_pc);
    }
    for (i, child) in p.prototypes.iter().enumerate() {
        list(out, child, symbols, &format!("{path}.{i}"));
    }
}

fn show(p: &Prototype, symbols: &Symbols, pc: usize, i: Instruction) -> String {
    let Some(op) = i.op() else {
        return format!("{i:?}");
    };
    let values: Vec<i64> = match op.format() {
        Format::ABCD => vec![i.a().into(), i.b().into(), i.c().into()],
        Format::ABE => vec![i.a().into(), i.b().into(), i.e().into()],
        Format::ABXJ => vec![i.a().into(), i.b().into(), i.x().into()],
    };
    let mut text = op.name().to_string();
    for (kind, value) in op.operands().into_iter().zip(values) {
        let shown = match kind {
            'o' => continue,
            'k' | 's' | 'n' => constant(p, symbols, value as usize),
            'i' if op.format() == Format::ABE => (value as i32).to_string(),
            'i' => (value as i16).to_string(),
            'w' | 'r' => format!("R{value}"),
            'u' => format!("U{value}"),
            _ => value.to_string(),
        };
        text.push(' ');
        text.push_str(&shown);
    }
    if op.format() == Format::ABCD && i.d() != 0 {
        let _ = write!(text, " D={}", i.d());
    }
    if op.jumps() {
        let _ = write!(text, " -> {}", pc as i64 + 1 + i64::from(i.j()));
    }
    if matches!(op, Op::Return | Op::TailCall) && i.c() != 0 {
        text.push_str(" close");
    }
    text
}

fn constant(p: &Prototype, symbols: &Symbols, index: usize) -> String {
    match p.constants.get(index) {
        Some(Constant::Nil) => "nil".into(),
        Some(Constant::Boolean(value)) => value.to_string(),
        Some(Constant::Integer(value)) => value.to_string(),
        Some(Constant::Float(value)) => format!("{value:?}"),
        Some(&Constant::String(symbol)) => {
            let text = String::from_utf8_lossy(symbols.get(symbol)).into_owned();
            if text.len() > 30 { format!("{:?}…", &text[..30]) } else { format!("{text:?}") }
        }
        None => format!("K{index}!"),
    }
}
