//! Running chunks as the `lua` of a dialect does: options, script, messages,
//! exit code.

use std::cell::RefCell;

use perilune::native::stdlib::host::{LoadFile, c_string, host, install_warnings, load_file};
use perilune::native::stdlib::io::Streams;
use perilune::native::{GcOption, Payload, Result, Return, Shareable, State, Type};

use crate::habits::{Errors, Habits, Library, Options};
use crate::interrupt::Interrupts;
use crate::options::{self, Flags};
use crate::prompt;

/// A run of the program.
pub struct Interpreter {
    /// All arguments, the first being the program's name.
    pub arguments: Vec<Vec<u8>>,
    /// The name before messages; none at the prompt.
    pub program: RefCell<Option<Vec<u8>>>,
    pub habits: &'static Habits,
    pub flags: Flags,
    /// Index of an argument that is no option.
    pub bad_option: Option<usize>,
    /// Index of the script, 0 without one, -1 without arguments.
    pub script: isize,
    pub interrupts: Option<Interrupts>,
}

/// Whether a chunk ran (`false`: its error was reported).
type Success = bool;

/// Prepends `program: ` to a message on standard error.
pub fn write_message(streams: &Streams, program: Option<&[u8]>, message: &[u8]) {
    let mut text = Vec::with_capacity(message.len() + 16);
    if let Some(program) = program {
        text.extend_from_slice(program);
        text.extend_from_slice(b": ");
    }
    text.extend_from_slice(c_string(message));
    text.push(b'\n');
    streams.write_error(&text);
}

/// Collects all garbage after an error.
fn collect(state: &mut State) {
    // Without memory for it, there is more garbage.
    let _ = state.gc(GcOption::Collect);
}

/// Turns any error value into a message with a traceback.
fn describe(state: &mut State) -> Result<Return> {
    let message = match state.to_bytes(1) {
        Some(message) => c_string(message).to_vec(),
        None => {
            if push_own_text(state)? && state.type_of(-1) == Some(Type::String) {
                return Ok(Return::values(1));
            }
            format!("(error object is a {} value)", state.type_name(1)).into_bytes()
        }
    };
    let traceback = state.traceback(None, Some(&message), 1)?;
    state.ret(&traceback)
}

/// Adds a traceback to strings and numbers, and asks other values but nil for
/// their text.
fn describe_strings(state: &mut State) -> Result<Return> {
    if let Some(message) = state.to_bytes(1) {
        let message = c_string(message).to_vec();
        let traceback = state.traceback(None, Some(&message), 1)?;
        return state.ret(&traceback);
    }
    if !state.is_none_or_nil(1) && !push_own_text(state)? {
        state.push("(no error message)")?;
    }
    Ok(Return::values(1))
}

/// Passes strings and numbers to the global function `debug.traceback`, if
/// there is one.
fn call_traceback(state: &mut State) -> Result<Return> {
    if state.to_bytes(1).is_none() {
        return Ok(Return::values(1));
    }
    state.set_top(1);
    state.get_global("debug")?;
    if !state.is_table(-1) {
        state.pop(1);
        return Ok(Return::values(1));
    }
    state.get_field(-1, "traceback")?;
    if state.type_of(-1) != Some(Type::Function) {
        state.set_top(1);
        return Ok(Return::values(1));
    }
    state.push_value(1)?;
    // Neither this function nor the one it calls is to be shown.
    state.push(2)?;
    state.call(2, Some(1))?;
    Ok(Return::values(1))
}

/// Pushes what the metamethod `__tostring` of the error value says, if it has
/// one.
fn push_own_text(state: &mut State) -> Result<bool> {
    if !state.push_metafield(1, "__tostring")? {
        return Ok(false);
    }
    state.push_value(1)?;
    state.call(1, Some(1))?;
    Ok(true)
}

impl Interpreter {
    /// Reports the error value on top, which is popped.
    pub fn report(&self, state: &mut State) {
        let described = self.habits.errors == Errors::Described;
        if described || !state.is_none_or_nil(-1) {
            let other = match described {
                true => &b"(error message not a string)"[..],
                false => b"(error object is not a string)",
            };
            let message = state.to_bytes(-1).unwrap_or(other).to_vec();
            write_message(&Streams::of(state), self.program.borrow().as_deref(), &message);
        }
        state.pop(1);
        if self.habits.errors == Errors::OwnTraceback {
            collect(state);
        }
    }

    /// Calls the function below `nargs` arguments; on failure the message with
    /// its traceback is in their place.
    pub fn call(
        &self,
        state: &mut State,
        nargs: usize,
        nresults: Option<usize>,
    ) -> Result<Success> {
        let base = (state.top() - nargs) as i32;
        let handler: perilune::native::NativeFn = match self.habits.errors {
            Errors::GlobalTraceback => call_traceback,
            Errors::OwnTraceback => describe_strings,
            Errors::Described => describe,
        };
        state.push(handler)?;
        state.insert(base);
        if let Some(interrupts) = &self.interrupts {
            interrupts.begin_chunk();
        }
        let result = state.protected_call_with_handler(nargs, nresults, base);
        if let Some(interrupts) = &self.interrupts {
            interrupts.end_chunk();
        }
        let success = match result {
            Ok(()) => true,
            Err(error) => {
                state.push_error(error)?;
                if self.habits.errors == Errors::GlobalTraceback {
                    collect(state);
                }
                false
            }
        };
        state.remove(base);
        Ok(success)
    }

    /// Calls the function on top and reports its error.
    fn run_chunk(&self, state: &mut State) -> Result<Success> {
        let success = self.call(state, 0, Some(0))?;
        if !success {
            self.report(state);
        }
        Ok(success)
    }

    fn run_string(&self, state: &mut State, code: &[u8], name: &[u8]) -> Result<Success> {
        if state.load(code, name, b"bt")? {
            return self.run_chunk(state);
        }
        self.report(state);
        Ok(false)
    }

    /// Runs a file, or standard input.
    fn run_file(&self, state: &mut State, name: Option<&[u8]>) -> Result<Success> {
        if load_file(state, name, b"bt")? == LoadFile::Loaded {
            return self.run_chunk(state);
        }
        self.report(state);
        Ok(false)
    }

    /// `-l`: calls `require(module)` and perhaps keeps the result in a global
    /// variable.
    fn run_library(&self, state: &mut State, name: &[u8]) -> Result<Success> {
        let renamed = self.habits.library == Library::Renamed;
        let (global, module) = match name.iter().position(|&byte| byte == b'=' && renamed) {
            Some(mark) => (&name[..mark], &name[mark + 1..]),
            None => {
                let end = name.iter().position(|&byte| byte == b'-' && renamed);
                (&name[..end.unwrap_or(name.len())], name)
            }
        };
        state.get_global("require")?;
        state.push(module)?;
        if !self.call(state, 1, Some(1))? {
            self.report(state);
            return Ok(false);
        }
        if self.habits.library == Library::Required {
            state.pop(1);
            return Ok(true);
        }
        state.push_globals()?;
        state.push(global)?;
        state.rotate(-3, -1);
        state.set(-3)?;
        state.pop(1);
        Ok(true)
    }

    /// The script with its arguments, which are those in the table `arg` now.
    fn run_script(&self, state: &mut State, script: usize) -> Result<Success> {
        if !self.habits.arg_from_start {
            self.set_arguments(state)?;
        }
        let name = self.arguments[script].as_slice();
        let is_input = name == b"-" && self.arguments[script - 1] != b"--";
        let name = if is_input { None } else { Some(name) };
        if load_file(state, name, b"bt")? == LoadFile::Loaded {
            let count = match self.habits.arg_from_start {
                true => push_arguments(state)?,
                false => self.push_own_arguments(state, script)?,
            };
            if self.call(state, count, None)? {
                return Ok(true);
            }
        }
        self.report(state);
        Ok(false)
    }

    /// Pushes what follows the script on the command line.
    fn push_own_arguments(&self, state: &mut State, script: usize) -> Result<usize> {
        let arguments = &self.arguments[script + 1..];
        state.ensure_stack(arguments.len() + 3, "too many arguments to script")?;
        for argument in arguments {
            state.push(argument)?;
        }
        Ok(arguments.len())
    }

    /// Options that run code, in their order.
    fn run_options(&self, state: &mut State) -> Result<Success> {
        let limit = if self.script > 0 { self.script as usize } else { self.arguments.len() };
        let mut index = 1;
        while index < limit {
            let argument = self.arguments[index].as_slice();
            match argument.get(1) {
                Some(option @ (b'e' | b'l')) => {
                    let extra = if argument.len() > 2 {
                        &argument[2..]
                    } else {
                        index += 1;
                        self.arguments.get(index).map_or(&b""[..], Vec::as_slice)
                    };
                    let success = if *option == b'e' {
                        self.run_string(state, extra, b"=(command line)")?
                    } else {
                        self.run_library(state, extra)?
                    };
                    if !success {
                        return Ok(false);
                    }
                }
                Some(b'W') if self.habits.option_warnings => state.warning(b"@on", false),
                _ => {}
            }
            index += 1;
        }
        Ok(true)
    }

    /// The chunk, or the file after `@`, that `LUA_INIT` names.
    fn run_init(&self, state: &mut State) -> Result<Success> {
        let host = host(state);
        for name in self.habits.init {
            if let Some(init) = host.variable(name.as_bytes()) {
                return match init.strip_prefix(b"@") {
                    Some(file) => self.run_file(state, Some(file)),
                    None => self.run_string(state, &init, format!("={name}").as_bytes()),
                };
            }
        }
        Ok(true)
    }

    /// The table `arg`: the script at 0, its arguments after it, what came
    /// before it at negative indices.
    fn set_arguments(&self, state: &mut State) -> Result<()> {
        let count = self.arguments.len();
        let positive = usize::try_from(count as isize - (self.script + 1)).unwrap_or(0);
        state.new_table(positive, usize::try_from(self.script + 1).unwrap_or(0))?;
        for (index, argument) in self.arguments.iter().enumerate() {
            state.push(argument)?;
            state.raw_set_integer(-2, index as i64 - self.script as i64)?;
        }
        state.set_global("arg")
    }

    fn print_version(&self, streams: &Streams) {
        let text = self.habits.copyright.as_bytes();
        if self.habits.version_is_error {
            streams.write_error(text);
        } else {
            streams.write_output(text);
            streams.flush_output();
        }
    }

    /// Everything between creating and closing the state. It runs as a native
    /// function of its own, which is at the bottom of each traceback.
    pub fn run(self: Shareable<Self>, state: &mut State) -> Result<Success> {
        state.set_app_data(Payload::new(self));
        state.push(main_function as perilune::native::NativeFn)?;
        state.call(0, Some(1))?;
        let success = state.to_boolean(-1);
        state.pop(1);
        Ok(success)
    }

    fn main(&self, state: &mut State) -> Result<Success> {
        state.gc(GcOption::Stop)?;
        let streams = Streams::of(state);
        let options_first = self.habits.options != Options::AfterInit;
        if self.flags.version && options_first {
            self.print_version(&streams);
        }
        if self.habits.option_warnings {
            install_warnings(state);
        }
        if self.flags.ignore_environment {
            state.push_registry()?;
            state.set_field_to(-1, "LUA_NOENV", true)?;
            state.pop(1);
        }
        perilune::native::stdlib::open_all(state)?;
        if self.habits.arg_from_start {
            self.set_arguments(state)?;
        }
        state.gc(GcOption::Restart)?;
        if self.habits.generational {
            state.report_generational();
        }
        if !self.flags.ignore_environment && !self.run_init(state)? {
            return Ok(false);
        }
        if let Some(bad) = self.bad_option {
            let program = self.program.borrow().clone().unwrap_or_default();
            streams.write_error(&options::usage(&program, &self.arguments[bad], self.habits));
            return Ok(false);
        }
        if self.flags.version && !options_first {
            self.print_version(&streams);
        }
        set_stress(state);
        if !self.run_options(state)? {
            return Ok(false);
        }
        if self.script > 0 && !self.run_script(state, self.script as usize)? {
            return Ok(false);
        }
        if self.flags.interactive {
            prompt::run(self, state)?;
        } else if self.script < 1 && !self.flags.executes && !self.flags.version {
            if prompt::input_is_terminal() {
                self.print_version(&streams);
                prompt::run(self, state)?;
            } else {
                // Its error has been reported; lua calls that a success.
                self.run_file(state, None)?;
            }
        }
        Ok(true)
    }
}

fn main_function(state: &mut State) -> Result<Return> {
    let interpreter = state.app_data::<Shareable<Interpreter>>().cloned();
    let success = match interpreter {
        Some(interpreter) => interpreter.main(state)?,
        None => false,
    };
    state.ret(success)
}

/// Pushes the values of the table `arg` from 1 on and returns their number.
fn push_arguments(state: &mut State) -> Result<usize> {
    state.get_global("arg")?;
    if !state.is_table(-1) {
        return Err(state.error(format_args!("'arg' is not a table")));
    }
    let table = state.top() as i32;
    let count = state.len(-1)?.max(0) as usize;
    state.ensure_stack(count.saturating_add(3), "too many arguments to script")?;
    for index in 1..=count {
        state.raw_get_integer(table, index as i64)?;
    }
    state.remove(table);
    Ok(count)
}

/// For tests: `PERILUNE_STRESS=gc:N` collects at every Nth point where one may
/// happen, `fail:N` lets the Nth allocation fail.
fn set_stress(state: &mut State) {
    let Some(value) = host(state).variable(b"PERILUNE_STRESS") else {
        return;
    };
    let value = String::from_utf8_lossy(&value);
    if let Some(every) = value.strip_prefix("gc:") {
        state.set_stress(every.parse().unwrap_or(0), 0);
    } else if let Some(at) = value.strip_prefix("fail:") {
        state.set_stress(0, at.parse().unwrap_or(0));
    }
}
