//! A pool of states and a pool of workers: a job takes whichever state is free to
//! whichever worker is. The states keep what they have learned.

use perilune::{Result, SendLua};
use std::sync::mpsc;
use std::sync::{Arc, Mutex};

const SOURCE: &str = r#"
local known = {}

function primes(n)
    if known[n] then return known[n] end
    local count = 0
    for i = 2, n do
        local prime = true
        for d = 2, i - 1 do
            if d * d > i then break end
            if i % d == 0 then prime = false break end
        end
        if prime then count = count + 1 end
    end
    known[n] = count
    note("up to " .. n)
    return count
end
"#;

/// A state that can do the job. What it calls of Rust is `Send`, so that it can go to
/// another thread.
fn state(number: usize) -> Result<SendLua> {
    let mut lua = SendLua::new();
    lua.enter(|lua| {
        let note = lua.create_send_function(move |_, text: String| {
            println!("state {number} counts the primes {text}");
            Ok(())
        })?;
        lua.globals().set("note", note)?;
        lua.load(SOURCE).set_name("=primes").exec()
    })?;
    Ok(lua)
}

/// Jobs, and states that are free.
struct Pool {
    jobs: Mutex<mpsc::Receiver<i64>>,
    states: Mutex<Vec<SendLua>>,
}

fn work(pool: &Pool, results: &mpsc::Sender<(i64, i64)>) -> Result<()> {
    loop {
        let job = match pool.jobs.lock() {
            Ok(jobs) => jobs.recv(),
            Err(_) => return Ok(()),
        };
        let Ok(n) = job else { return Ok(()) };
        let free = pool.states.lock().ok().and_then(|mut states| states.pop());
        let Some(mut lua) = free else { return Ok(()) };
        let answer = lua.enter(|lua| {
            let primes: perilune::Function = lua.globals().get("primes")?;
            primes.call::<i64>(n)
        });
        if let Ok(mut states) = pool.states.lock() {
            states.push(lua);
        }
        if results.send((n, answer?)).is_err() {
            return Ok(());
        }
    }
}

fn main() -> Result<()> {
    const WORKERS: usize = 4;
    let (jobs, queue) = mpsc::channel();
    let (sender, results) = mpsc::channel();
    let states = (0..WORKERS).map(state).collect::<Result<Vec<_>>>()?;
    let pool = Arc::new(Pool { jobs: Mutex::new(queue), states: Mutex::new(states) });
    let workers: Vec<_> = (0..WORKERS)
        .map(|_| {
            let (pool, sender) = (pool.clone(), sender.clone());
            std::thread::spawn(move || {
                if let Err(error) = work(&pool, &sender) {
                    eprintln!("a worker failed: {error}");
                }
            })
        })
        .collect();
    drop(sender);
    for n in [1_000, 5_000, 10_000, 20_000, 30_000, 5_000, 1_000] {
        let _ = jobs.send(n);
    }
    drop(jobs);
    let mut found: Vec<_> = results.iter().collect();
    found.sort_unstable();
    for (n, primes) in found {
        println!("{primes} primes up to {n}");
    }
    for worker in workers {
        let _ = worker.join();
    }
    Ok(())
}
