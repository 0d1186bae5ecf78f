//! Prints the code of a Lua file, or its error.
//! With `--time N`, compiles it N times and prints the time of each.

#[path = "../tests/support/mod.rs"]
mod support;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(path) = arguments.first() else {
        return eprintln!("usage: listing FILE [--time N]");
    };
    let source = match std::fs::read(path) {
        Ok(source) => source,
        Err(error) => return eprintln!("{path}: {error}"),
    };
    let times = arguments.get(2).and_then(|n| n.parse().ok()).unwrap_or(0);
    for _ in 0..times {
        let start = std::time::Instant::now();
        let result = support::compile(&source);
        println!("{:?} {}", start.elapsed(), if result.is_ok() { "ok" } else { "failed" });
    }
    if times == 0 {
        match support::compile_named(&source, format!("@{path}").as_bytes()) {
            Ok(chunk) => print!("{}", support::listing(&chunk)),
            Err(message) => println!("{message}"),
        }
    }
}
