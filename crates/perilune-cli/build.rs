//! Has the command linked statically where the machine that builds it can do
//! that: without libraries to load and bind it starts in three quarters of the
//! time.
//!
//! The usual way, the target feature `crt-static`, is no way for a workspace: it
//! rules out procedural macros, and where there is no static C library nothing
//! links at all. So this script leads the linker to the static libraries for this
//! one program, after it has tried with a small one whether that works. Where it
//! does not, the command is linked as any other program.
//!
//! The same way it tries a linker script that puts together what small programs
//! call. The system maps the pages around one that is needed, so without it nearly
//! all of the command would be in memory, and all of its C library.
#![forbid(unsafe_code)]

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The libraries that the standard library asks the linker for, and the static
/// ones that are to answer.
const LIBRARIES: [(&str, &str); 7] = [
    ("c", "-l:libc.a -l:libgcc_eh.a -l:libgcc.a"),
    ("m", "-l:libm.a"),
    ("gcc_s", "-l:libgcc_eh.a -l:libgcc.a"),
    ("dl", "-l:libdl.a"),
    ("pthread", "-l:libpthread.a"),
    ("rt", "-l:librt.a"),
    ("util", "-l:libutil.a"),
];

/// The linker script.
const LAYOUT: &str = "layout.ld";

/// A program that needs what the command needs: threads, unwinding, mathematics,
/// other programs.
const TRIAL: &str = r#"
fn main() {
    let number = std::env::args().count() as f64;
    let thread = std::thread::spawn(move || number.sin().powf(number));
    assert!(thread.join().is_ok_and(f64::is_finite));
    std::panic::set_hook(Box::new(|_| {}));
    assert!(std::panic::catch_unwind(|| panic!()).is_err());
    assert!(std::process::Command::new("/bin/sh").args(["-c", "exit 0"]).status().unwrap().success());
    println!("works");
}
"#;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={LAYOUT}");
    for argument in static_linking().unwrap_or_default() {
        println!("cargo::rustc-link-arg-bins={argument}");
    }
}

/// The linker's arguments, if they work here.
fn static_linking() -> Option<Vec<String>> {
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|v| v == value);
    let dynamic = !env::var("CARGO_CFG_TARGET_FEATURE").is_ok_and(|v| v.contains("crt-static"));
    let native = env::var("TARGET").is_ok() && env::var("TARGET") == env::var("HOST");
    if !(native
        && dynamic
        && is("CARGO_CFG_TARGET_OS", "linux")
        && is("CARGO_CFG_TARGET_ENV", "gnu"))
    {
        return None;
    }
    let out = PathBuf::from(env::var_os("OUT_DIR")?);
    let directory = out.join("static");
    fs::create_dir_all(&directory).ok()?;
    for (name, files) in LIBRARIES {
        // For linkers, a text in place of a library is a list of other libraries.
        fs::write(directory.join(format!("lib{name}.so")), format!("GROUP({files})\n")).ok()?;
    }
    let statically = [format!("-L{}", directory.to_str()?), String::from("-static-pie")];
    // The places of addresses in a short form, which less memory holds at the start:
    // libraries know it since glibc 2.36.
    let packed = [&statically[..], &[String::from("-Wl,-z,pack-relative-relocs")]].concat();
    let script = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR")?).join(LAYOUT);
    let placed = [&packed[..], &[format!("-Wl,-T,{}", script.to_str()?)]].concat();
    [placed, packed, statically.to_vec()].into_iter().find(|arguments| works(&out, arguments))
}

/// Whether a program that is linked with these arguments does what it should.
fn works(out: &Path, arguments: &[String]) -> bool {
    let (source, program) = (out.join("trial.rs"), out.join("trial"));
    let Some(rustc) = env::var_os("RUSTC") else { return false };
    if fs::write(&source, TRIAL).is_err() {
        return false;
    }
    let mut command = Command::new(rustc);
    command.args(["--edition", "2024", "--crate-type", "bin", "-o"]).arg(&program).arg(&source);
    if let Some(linker) = env::var_os("RUSTC_LINKER") {
        let mut option = OsString::from("-Clinker=");
        option.push(linker);
        command.arg(option);
    }
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    command.args(flags.split('\x1f').filter(|flag| !flag.is_empty()));
    command.args(arguments.iter().map(|argument| format!("-Clink-arg={argument}")));
    let built = command.output().is_ok_and(|output| output.status.success());
    let answers =
        || Command::new(&program).output().is_ok_and(|output| output.stdout == b"works\n");
    let works = built && answers();
    // It is large, and nobody needs it any more.
    let _ = fs::remove_file(&program);
    works
}
