//! The command `perilune`: an interpreter and a prompt for every dialect of
//! Lua.
#![forbid(unsafe_code)]

mod habits;
mod interpreter;
mod interrupt;
mod options;
mod prompt;

use std::cell::RefCell;
use std::io::Write;
use std::os::unix::ffi::OsStringExt;
use std::process::ExitCode;
use std::sync::Arc;

use perilune::native::stdlib::host::{Host, RealHost, set_host};
use perilune::native::stdlib::io::Streams;
use perilune::native::{Shareable, State};

use habits::Options;
use interpreter::Interpreter;
use interrupt::Interrupts;
use options::{Flags, HELP, Identity, Request};

fn main() -> ExitCode {
    let arguments: Vec<Vec<u8>> = std::env::args_os().map(OsStringExt::into_vec).collect();
    let program = match arguments.first() {
        Some(name) if !name.is_empty() => name.clone(),
        _ => b"lua".to_vec(),
    };
    let (dialect, own) = match options::identify(&arguments) {
        Identity::Lua(dialect) => (dialect, false),
        Identity::Perilune(dialect) => (dialect, true),
        Identity::Unknown => return refuse(&options::unknown_dialect(&program, &arguments[1])),
    };
    let habits = habits::of(dialect);
    let (flags, script, bad_option) = match options::parse(&arguments, habits, own) {
        Request::Help => return print(HELP.as_bytes()),
        Request::OwnVersion => {
            return print(concat!("perilune ", env!("CARGO_PKG_VERSION"), "\n").as_bytes());
        }
        Request::BadOption(index) if habits.options == Options::AfterInit => {
            (Flags::default(), 0, Some(index))
        }
        Request::BadOption(index) => {
            return refuse(&options::usage(&program, &arguments[index], habits));
        }
        Request::Run { flags, script } => (flags, script, None),
    };
    let program = RefCell::new(Some(program));
    run(Interpreter { arguments, program, habits, flags, bad_option, script, interrupts: None })
}

fn refuse(text: &[u8]) -> ExitCode {
    // There is nobody to tell if that fails.
    let _ = std::io::stderr().write_all(text);
    ExitCode::FAILURE
}

fn print(text: &[u8]) -> ExitCode {
    match std::io::stdout().write_all(text) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn run(mut interpreter: Interpreter) -> ExitCode {
    let Ok(mut state) = State::new_with_dialect(interpreter.habits.dialect) else {
        let program = interpreter.program.take().unwrap_or_default();
        let text = [&*program, b": cannot create state: not enough memory\n"].concat();
        return refuse(&text);
    };
    let host: Arc<dyn Host> = Arc::new(RealHost::new());
    set_host(&mut state, host);
    let streams = Streams::of(&mut state);
    // Without signals the program is as good, but for Ctrl-C.
    interpreter.interrupts = Interrupts::install(&state.interrupt_handle()).ok();
    let interpreter = Shareable::new(interpreter);
    let success = match state.enter(|state| Shareable::clone(&interpreter).run(state)) {
        Ok(success) => success,
        Err(error) => {
            let reported = state.enter(|state| {
                state.push_error(error)?;
                interpreter.report(state);
                Ok(())
            });
            if reported.is_err() {
                let program = interpreter.program.borrow();
                interpreter::write_message(&streams, program.as_deref(), b"not enough memory");
            }
            false
        }
    };
    state.close();
    streams.flush_all();
    if success { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
