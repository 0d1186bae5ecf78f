//! Times the same operations through perilune and through mlua, in turns, and
//! prints the ratios. An argument chooses the operations whose names contain it.
//!
//! With the argument `loops` it compares loops that call a Rust function with loops
//! that call a Lua function, for each of the crates.
//!
//! With the arguments `count`, a crate, a name and a number it runs that
//! operation so many times, for tools that count instructions.

#![forbid(unsafe_code)]

mod timer;

use timer::Operation;

/// The operations for one of the crates, whose API is the same.
macro_rules! operations {
    ($krate:ident) => {
        mod $krate {
            use ::$krate as lua;
            include!("operations.rs");
        }
    };
}

operations!(mlua);
operations!(perilune);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["count", krate, name, rounds] => count(krate, name, rounds),
        ["loops"] => {
            loops("perilune", perilune::loops());
            loops("mlua", mlua::loops());
        }
        [filter] => compare(filter),
        _ => compare(""),
    }
}

/// Runs one operation of one crate.
fn count(krate: &str, name: &str, rounds: &str) {
    let mut operations = match krate {
        "mlua" => mlua::operations(),
        _ => perilune::operations(),
    };
    let rounds: u32 = rounds.parse().expect("a number of rounds");
    let found = operations.iter_mut().find(|op| op.name == name);
    let operation = found.expect("the name of an operation");
    for _ in 0..rounds / operation.batch {
        (operation.run)();
    }
}

fn loops(name: &str, pairs: Vec<(Operation, Operation)>) {
    println!("| {name}: a loop that calls | a Lua function, ns | a Rust function, ns | ratio |");
    println!("|---|---:|---:|---:|");
    for (mut in_lua, mut in_rust) in pairs {
        let (lua_ns, rust_ns) = timer::compare(&mut in_lua, &mut in_rust);
        println!("| {} | {lua_ns:.1} | {rust_ns:.1} | {:.2} |", in_lua.name, rust_ns / lua_ns);
    }
}

fn compare(filter: &str) {
    let mut sum = 0.0;
    let mut count = 0;
    let mut worst: (f64, &str) = (0.0, "");
    println!("| operation | mlua ns | perilune ns | ratio |\n|---|---:|---:|---:|");
    let pairs = mlua::operations().into_iter().zip(perilune::operations());
    for (mut theirs, mut ours) in pairs.filter(|(op, _)| op.name.contains(filter)) {
        let (theirs_ns, ours_ns) = timer::compare(&mut theirs, &mut ours);
        let ratio = ours_ns / theirs_ns;
        println!("| {} | {theirs_ns:.1} | {ours_ns:.1} | {ratio:.2} |", ours.name);
        sum += ratio.ln();
        count += 1;
        if ratio > worst.0 {
            worst = (ratio, ours.name);
        }
    }
    let geomean = (sum / f64::from(count.max(1))).exp();
    println!("\ngeomean {geomean:.3} over {count} operations, worst {:.2} ({})", worst.0, worst.1);
}
