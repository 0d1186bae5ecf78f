//! Listings of bytecode, in the manner of `luac -l`.

use std::fmt::{self, Write};

use crate::dump::has_cache;
use crate::{
    Chunk, Constant, Format, Instruction, Op, Prototype, Symbol, Symbols, UpvalueDescription,
};

/// The functions of `chunk` with their instructions; with `full`, also their
/// constants, local variables and upvalues (`luac -l -l`).
///
/// Instructions and jump targets are counted from 1. The code need not have
/// passed the verifier.
pub fn listing(chunk: &Chunk, full: bool) -> String {
    let mut out = String::new();
    let mut open = vec![&chunk.main];
    while let Some(prototype) = open.pop() {
        let function = Function { prototype, symbols: &chunk.symbols, source: source_name(chunk) };
        // Writing to a string cannot fail.
        let _ = function.list(&mut out, full);
        open.extend(prototype.prototypes.iter().rev());
    }
    out
}

/// The source as `luac` shows it.
fn source_name(chunk: &Chunk) -> String {
    match chunk.source.as_deref() {
        None => "?".into(),
        Some([b'@' | b'=', name @ ..]) => String::from_utf8_lossy(name).into_owned(),
        Some([0x1b, ..]) => "(bstring)".into(),
        Some(_) => "(string)".into(),
    }
}

struct Function<'a> {
    prototype: &'a Prototype,
    symbols: &'a Symbols,
    source: String,
}

impl Function<'_> {
    fn list(&self, out: &mut String, full: bool) -> fmt::Result {
        self.header(out)?;
        for (pc, &instruction) in self.prototype.code.iter().enumerate() {
            self.instruction(out, pc, instruction)?;
        }
        if full {
            self.tables(out)?;
        }
        Ok(())
    }

    fn header(&self, out: &mut String) -> fmt::Result {
        let f = self.prototype;
        writeln!(out, "\n{} ({})", self.title(f), Count(f.code.len(), "instruction"))?;
        write!(out, "{}{}", f.parameter_count, if f.is_vararg { "+" } else { "" })?;
        writeln!(
            out,
            " param{}, {}, {}, {}, {}, {}",
            if f.parameter_count == 1 { "" } else { "s" },
            Count(f.max_stack_size.into(), "slot"),
            Count(f.upvalues.len(), "upvalue"),
            Count(f.locals.len(), "local"),
            Count(f.constants.len(), "constant"),
            Count(f.prototypes.len(), "function"),
        )
    }

    fn title(&self, f: &Prototype) -> String {
        let what = if f.line_defined == 0 { "main" } else { "function" };
        format!("{what} <{}:{},{}>", self.source, f.line_defined, f.last_line_defined)
    }

    fn instruction(&self, out: &mut String, pc: usize, i: Instruction) -> fmt::Result {
        write!(out, "\t{}\t", pc + 1)?;
        match self.prototype.lines.get(pc as u32) {
            Some(line) => write!(out, "[{line}]\t")?,
            None => out.push_str("[-]\t"),
        }
        let Some(op) = i.op() else {
            return writeln!(out, "{i:?}");
        };
        write!(out, "{:<13}\t", op.name())?;
        let third = match op.format() {
            Format::ABCD => (i.c().into(), i.sc().into()),
            Format::ABE => (i.e().into(), i.se().into()),
            Format::ABXJ => (i.x().into(), i.x().into()),
        };
        let values: [(i64, i64); 3] =
            [(i.a().into(), i.a().into()), (i.b().into(), i.sb().into()), third];
        let mut separator = "";
        for (kind, (unsigned, signed)) in op.operands().into_iter().zip(values) {
            let value = match kind {
                'o' => continue,
                'i' => signed,
                _ => unsigned,
            };
            write!(out, "{separator}{value}")?;
            separator = " ";
        }
        if op.jumps() {
            write!(out, "{separator}{}", i.j())?;
        } else if op.format() == Format::ABCD && !has_cache(op) && i.d() != 0 {
            write!(out, "{separator}{}", i.d())?;
        }
        let comment = self.comment(op, pc, i, values.map(|(unsigned, _)| unsigned as usize));
        if !comment.is_empty() {
            write!(out, "\t; {comment}")?;
        }
        out.push('\n');
        Ok(())
    }

    /// What the operands stand for.
    fn comment(&self, op: Op, pc: usize, i: Instruction, values: [usize; 3]) -> String {
        let f = self.prototype;
        let mut parts: Vec<String> = Vec::new();
        for (kind, value) in op.operands().into_iter().zip(values) {
            match kind {
                'u' => parts.push(self.upvalue_name(f.upvalues.get(value))),
                'k' | 's' | 'n' => parts.push(self.constant(f.constants.get(value))),
                'p' => parts.extend(f.prototypes.get(value).map(|nested| self.title(nested))),
                _ => {}
            }
        }
        let amount = |count: u16, less: u16| match count.checked_sub(less) {
            Some(count) => count.to_string(),
            None => "all".into(),
        };
        match op {
            Op::LoadNil => parts.push(format!("{} out", u32::from(i.b()) + 1)),
            Op::Call => parts.push(format!("{} in {} out", amount(i.b(), 1), amount(i.c(), 1))),
            Op::TailCall => parts.push(format!("{} in", amount(i.b(), 1))),
            Op::Return => parts.push(format!("{} out", amount(i.b(), 1))),
            Op::Return0 => parts.push("0 out".into()),
            Op::Return1 => parts.push("1 out".into()),
            Op::Vararg => parts.push(format!("{} out", amount(i.c(), 1))),
            op if op.jumps() => parts.push(format!("to {}", pc as i64 + 2 + i64::from(i.j()))),
            _ => {}
        }
        let closes = matches!(op, Op::Return | Op::TailCall) && i.c() == 1;
        if closes {
            parts.push("close".into());
        }
        parts.join(" ")
    }

    fn upvalue_name(&self, upvalue: Option<&UpvalueDescription>) -> String {
        upvalue.and_then(|upvalue| upvalue.name).map_or("-".into(), |name| self.name(name))
    }

    fn name(&self, symbol: Symbol) -> String {
        String::from_utf8_lossy(self.symbols.get(symbol)).into_owned()
    }

    fn constant(&self, constant: Option<&Constant>) -> String {
        match constant {
            None => "?".into(),
            Some(Constant::Nil) => "nil".into(),
            Some(Constant::Boolean(value)) => value.to_string(),
            Some(Constant::Integer(value)) => value.to_string(),
            Some(Constant::Float(value)) => float(*value),
            Some(Constant::String(symbol)) => quoted(self.symbols.get(*symbol)),
        }
    }

    /// Constants, local variables and upvalues.
    fn tables(&self, out: &mut String) -> fmt::Result {
        let f = self.prototype;
        writeln!(out, "constants ({}):", f.constants.len())?;
        for (n, constant) in f.constants.iter().enumerate() {
            let kind = match constant {
                Constant::Nil => 'N',
                Constant::Boolean(_) => 'B',
                Constant::Integer(_) => 'I',
                Constant::Float(_) => 'F',
                Constant::String(_) => 'S',
            };
            writeln!(out, "\t{n}\t{kind}\t{}", self.constant(Some(constant)))?;
        }
        writeln!(out, "locals ({}):", f.locals.len())?;
        for (n, local) in f.locals.iter().enumerate() {
            let name = self.name(local.name);
            let (start, end) = (u64::from(local.start_pc) + 1, u64::from(local.end_pc) + 1);
            writeln!(out, "\t{n}\t{name}\t{start}\t{end}\t{}", local.register)?;
        }
        writeln!(out, "upvalues ({}):", f.upvalues.len())?;
        for (n, upvalue) in f.upvalues.iter().enumerate() {
            let name = self.upvalue_name(Some(upvalue));
            writeln!(out, "\t{n}\t{name}\t{}\t{}", u8::from(upvalue.in_stack), upvalue.index)?;
        }
        Ok(())
    }
}

/// A number of things.
struct Count(usize, &'static str);

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}{}", self.0, self.1, if self.0 == 1 { "" } else { "s" })
    }
}

/// A string as a literal.
fn quoted(bytes: &[u8]) -> String {
    let mut out = String::from("\"");
    for &byte in bytes {
        let escape = match byte {
            b'"' => '"',
            b'\\' => '\\',
            0x07 => 'a',
            0x08 => 'b',
            0x0c => 'f',
            b'\n' => 'n',
            b'\r' => 'r',
            b'\t' => 't',
            0x0b => 'v',
            b' '..=b'~' => {
                out.push(byte.into());
                continue;
            }
            _ => {
                out.push_str(&format!("\\{byte:03}"));
                continue;
            }
        };
        out.extend(['\\', escape]);
    }
    out.push('"');
    out
}

/// A float as `%.14g` writes it, and `.0` if that looks like an integer.
fn float(value: f64) -> String {
    const DIGITS: i32 = 14;
    if !value.is_finite() {
        let sign = if value.is_sign_negative() { "-" } else { "" };
        return format!("{sign}{}", if value.is_nan() { "nan" } else { "inf" });
    }
    let scientific = format!("{:.*e}", DIGITS as usize - 1, value);
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let trimmed = |text: &str| match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text.to_owned(),
    };
    if (-4..DIGITS).contains(&exponent) {
        let text = trimmed(&format!("{:.*}", (DIGITS - 1 - exponent) as usize, value));
        return if text.contains('.') { text } else { text + ".0" };
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{}e{sign}{:02}", trimmed(digits), exponent.abs())
}

#[cfg(test)]
mod tests;
