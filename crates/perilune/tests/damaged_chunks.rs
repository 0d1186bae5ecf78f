//! Binary chunks with random damage: the verifier refuses them, or they run
//! without harm to the process.
//!
//! The chunks are dumps of the test scripts. Each is loaded and exercised in a
//! state of its own, some of them with a collection at every few points or with
//! an allocation that fails.
//!
//! `PERILUNE_FUZZ=SEED:COUNT` asks for other chunks and another number of them,
//! and `cargo xtask fuzz` for many, under AddressSanitizer if wanted.
//! `PERILUNE_FUZZ_KEEP=FILE` names a file that always holds the chunk in use.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use perilune::native::stdlib::{self, host::MemoryHost, host::set_host};
use perilune::native::{
    Dialect, InterruptHandle, LUA_5_1, LUA_5_2, LUA_5_3, LUA_5_4, LUA_5_5, Result, State,
};

/// What a plain test run does.
const SEED: u64 = 1;
const COUNT: u64 = 400;
/// Sources with more bytes are left out: damage should hit their few
/// instructions, not their texts.
const LARGEST_SOURCE: u64 = 6000;
/// Sources that one process uses.
const SOURCES: usize = 40;
/// How long a chunk may run until it is interrupted.
const TIME: Duration = Duration::from_millis(40);
const MEMORY: usize = 16 << 20;
/// Bytes at the start of a chunk that are its header.
const HEADER: usize = 32;

/// Calls the damaged function and those it leaves behind, and looks at them
/// with the debug library.
const EXERCISE: &[u8] = include_bytes!("damaged/exercise.lua");

#[test]
fn damaged_chunks_do_no_harm() {
    let (seed, count) = task();
    let keep = std::env::var_os("PERILUNE_FUZZ_KEEP").map(PathBuf::from);
    let watch = Watch::new();
    let mut random = Random::new(seed);
    let chunks = samples(&mut random);
    assert!(chunks.len() > 10, "the test scripts are the samples");
    let (mut loaded, mut returned) = (0, 0);
    for number in 0..count {
        // Each chunk depends on its number only, so that one can be repeated.
        let mut random = Random::new(seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let (dialect, sample) = &chunks[random.below(chunks.len())];
        let other = &chunks[random.below(chunks.len())].1;
        let bytes = damage(sample, other, &mut random);
        if let Some(file) = &keep {
            fs::write(file, &bytes).unwrap();
        }
        match exercise(dialect, &bytes, &mut random, &watch) {
            Ok(true) => {
                loaded += 1;
                returned += 1;
            }
            Ok(false) => {}
            Err(_) => loaded += 1,
        }
    }
    println!("{count} chunks, {loaded} loaded, {returned} exercised to the end");
    assert!(count < 100 || loaded > 0, "no damaged chunk was loaded: is the damage too large?");
    assert!(count < 100 || loaded < count, "no damaged chunk was refused");
}

/// The seed and the number of chunks.
fn task() -> (u64, u64) {
    let Ok(text) = std::env::var("PERILUNE_FUZZ") else { return (SEED, COUNT) };
    let (seed, count) = text.split_once(':').expect("PERILUNE_FUZZ is SEED:COUNT");
    (seed.parse().unwrap(), count.parse().unwrap())
}

/// Whether the chunk was loaded; an error if it was and its exercise failed.
fn exercise(
    dialect: &'static Dialect,
    bytes: &[u8],
    random: &mut Random,
    watch: &Watch,
) -> Result<bool> {
    let mut state = State::new_with_dialect(dialect)?;
    set_host(&mut state, Arc::new(MemoryHost::new()));
    let choices = random.below(1 << 30) as i64;
    let stress = match random.below(4) {
        0 => (1 + random.below(8) as u32, 0),
        1 => (0, 1 + random.below(400) as u64),
        _ => (0, 0),
    };
    let prepared = state.enter(|state| {
        stdlib::open_all(state)?;
        assert!(state.load(EXERCISE, b"=exercise", b"t")?, "the exercise is Lua");
        state.call(0, Some(0))
    });
    prepared.expect("there is memory for libraries");
    state.set_memory_limit(Some(MEMORY));
    state.set_stress(stress.0, stress.1);
    watch.interrupt(state.interrupt_handle());
    let result = state.enter(|state| {
        state.get_global("exercise")?;
        if !state.load(bytes, b"=damaged", b"b")? {
            return Ok(false);
        }
        state.push(choices)?;
        state.call(2, Some(0))?;
        Ok(true)
    });
    watch.done();
    // What the chunk left behind goes through the collector once more.
    let _ = state.enter(|state| state.gc(perilune::native::GcOption::Collect));
    result
}

/// Dumps of test scripts.
fn samples(random: &mut Random) -> Vec<(&'static Dialect, Vec<u8>)> {
    const DIALECTS: [&Dialect; 8] =
        [&LUA_5_4, &LUA_5_4, &LUA_5_4, &LUA_5_4, &LUA_5_5, &LUA_5_3, &LUA_5_2, &LUA_5_1];
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    let mut chunks = Vec::new();
    while chunks.len() < SOURCES && !files.is_empty() {
        let source = fs::read(files.swap_remove(random.below(files.len()))).unwrap();
        let dialect = DIALECTS[random.below(DIALECTS.len())];
        let mut state = State::new_with_dialect(dialect).expect("there is memory");
        let strip = random.below(2) == 0;
        let dumped = state.enter(|state| match state.load(&source, b"@sample", b"t")? {
            true => state.dump(-1, strip),
            false => Ok(None),
        });
        chunks.extend(dumped.expect("there is memory").map(|bytes| (dialect, bytes)));
    }
    chunks
}

/// The small Lua files below a folder.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "lua")
            && fs::metadata(&path).unwrap().len() < LARGEST_SOURCE
        {
            files.push(path);
        }
    }
}

/// A copy of `sample` with a few changes. `other` is another sample.
fn damage(sample: &[u8], other: &[u8], random: &mut Random) -> Vec<u8> {
    /// Bytes that stand for limits, or for small registers and opcodes.
    const SPECIAL: [u8; 10] = [0, 1, 2, 3, 0x7f, 0x80, 0xfe, 0xff, 254, 16];
    /// Bytes of an instruction.
    const WORD: usize = 8;
    let mut bytes = sample.to_vec();
    for _ in 0..1 + random.below(4) {
        if bytes.len() < HEADER + 3 * WORD {
            break;
        }
        let last = bytes.len() - 2 * WORD;
        let at = match random.below(50) {
            0 => random.below(bytes.len() - 2 * WORD),
            _ => HEADER + random.below(last - HEADER),
        };
        match random.below(10) {
            0 => bytes[at] = random.below(256) as u8,
            1 => bytes[at] = bytes[at].wrapping_add(1),
            2 => bytes[at] = bytes[at].wrapping_sub(1),
            3 => bytes[at] ^= 1 << random.below(8),
            4 => bytes[at] = SPECIAL[random.below(SPECIAL.len())],
            5 => bytes[at] = bytes[HEADER + random.below(last - HEADER)],
            6 => (0..WORD).for_each(|i| bytes.swap(at + i, at + WORD + i)),
            7 => bytes.copy_within(at + WORD..at + 2 * WORD, at),
            8 if other.len() > HEADER + WORD => {
                let from = HEADER + random.below(other.len() - HEADER - WORD);
                bytes[at..at + WORD].copy_from_slice(&other[from..from + WORD]);
            }
            _ => match random.below(3) {
                0 => drop(bytes.remove(at)),
                1 => bytes.insert(at, random.below(256) as u8),
                _ => bytes.truncate(at.max(HEADER)),
            },
        }
    }
    bytes
}

/// Random numbers (SplitMix64).
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Random(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let x = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ x >> 31
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }
}

/// A thread that interrupts what runs for too long, again and again: a script
/// may catch the error.
struct Watch(Sender<Option<InterruptHandle>>);

impl Watch {
    fn new() -> Self {
        let (sender, receiver) = mpsc::channel::<Option<InterruptHandle>>();
        thread::spawn(move || {
            let mut running: Option<InterruptHandle> = None;
            let mut pause = TIME;
            loop {
                match receiver.recv_timeout(pause) {
                    Ok(next) => {
                        running = next;
                        pause = TIME;
                    }
                    Err(RecvTimeoutError::Timeout) => {
                        if let Some(handle) = &running {
                            handle.interrupt();
                            pause = Duration::from_millis(1);
                        }
                    }
                    Err(RecvTimeoutError::Disconnected) => break,
                }
            }
        });
        Watch(sender)
    }

    fn interrupt(&self, handle: InterruptHandle) {
        self.0.send(Some(handle)).expect("the thread lives as long as its sender");
    }

    fn done(&self) {
        self.0.send(None).expect("the thread lives as long as its sender");
    }
}
