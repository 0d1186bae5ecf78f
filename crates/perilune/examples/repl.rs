//! A prompt: reads lines until they are a chunk, runs it, prints its results.

use perilune::{Error, Lua, MultiValue};
use std::io::{BufRead, Write};

fn main() {
    let lua = Lua::new();
    let mut lines = std::io::stdin().lock().lines();
    loop {
        let mut source = String::new();
        let mut prompt = "> ";
        loop {
            print!("{prompt}");
            let _ = std::io::stdout().flush();
            let Some(Ok(line)) = lines.next() else { return };
            source.push_str(&line);
            match lua.load(&source).set_name("=stdin").eval::<MultiValue>() {
                Ok(values) => {
                    let texts: Vec<String> = values.iter().map(|v| format!("{v:#?}")).collect();
                    if !texts.is_empty() {
                        println!("{}", texts.join("\t"));
                    }
                    break;
                }
                Err(Error::SyntaxError { incomplete_input: true, .. }) => {
                    source.push('\n');
                    prompt = ">> ";
                }
                Err(error) => {
                    eprintln!("{error}");
                    break;
                }
            }
        }
    }
}
