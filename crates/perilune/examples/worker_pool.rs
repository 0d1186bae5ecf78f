//! A pool of workers, each with a state of its own: jobs go in as Lua source and
//! data, results come out.

use perilune::{Function, Lua, Result};
use std::sync::mpsc;
use std::sync::{Arc, Mutex};

const SOURCE: &str = r#"
return function(n)
    local count = 0
    for i = 2, n do
        local prime = true
        for d = 2, i - 1 do
            if d * d > i then break end
            if i % d == 0 then prime = false break end
        end
        if prime then count = count + 1 end
    end
    return count
end
"#;

fn work(jobs: &Mutex<mpsc::Receiver<i64>>, results: &mpsc::Sender<(i64, i64)>) -> Result<()> {
    let lua = Lua::new();
    let primes: Function = lua.load(SOURCE).set_name("=primes").eval()?;
    loop {
        let job = match jobs.lock() {
            Ok(jobs) => jobs.recv(),
            Err(_) => return Ok(()),
        };
        let Ok(n) = job else { return Ok(()) };
        let answer = primes.call(n)?;
        if results.send((n, answer)).is_err() {
            return Ok(());
        }
    }
}

fn main() {
    let (jobs, queue) = mpsc::channel();
    let (sender, results) = mpsc::channel();
    let queue = Arc::new(Mutex::new(queue));
    let workers: Vec<_> = (0..4)
        .map(|_| {
            let (queue, sender) = (queue.clone(), sender.clone());
            std::thread::spawn(move || {
                if let Err(error) = work(&queue, &sender) {
                    eprintln!("a worker failed: {error}");
                }
            })
        })
        .collect();
    drop(sender);
    for n in [1_000, 5_000, 10_000, 20_000, 30_000] {
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
}
