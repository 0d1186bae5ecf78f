//! Scripts whose world is a host of the test's own.

use std::sync::Arc;

use perilune_vm::{Result, State};

use crate::host::{Host, MemoryHost, NoHost, set_host};
use crate::io::Streams;

/// Runs a script and returns the error it ended with.
fn run(host: Arc<dyn Host>, script: &str) -> Option<String> {
    let mut state = State::new().unwrap();
    set_host(&mut state, host);
    let result = state.enter(|state| {
        crate::open_all(state)?;
        assert!(state.load(script.as_bytes(), b"=script", b"t")?);
        state.call(0, Some(0))
    });
    let message = result.err().map(|error| {
        let message = |state: &mut State| -> Result<String> {
            state.push_error(error)?;
            Ok(String::from_utf8_lossy(state.bytes(-1).unwrap_or(b"?")).into_owned())
        };
        state.enter(message).unwrap()
    });
    let streams = Streams::of(&mut state);
    state.close();
    streams.flush_all();
    message
}

#[test]
fn a_world_in_memory() {
    let host = Arc::new(MemoryHost::new());
    host.add_file(b"lib/m.lua", b"return {answer = ...}");
    host.add_input(b"12 rest of line\nlast");
    host.set_variable(b"LUA_PATH", b"lib/?.lua");
    host.set_variable(b"NAME", b"value");
    host.set_time(86_400);
    let script = r#"
        local f = assert(io.open("dir/file", "w"))
        assert(f:write("one\n", 2, "\n"))
        f:close()
        for line in io.lines("dir/file") do io.write("[", line, "]") end
        print(io.read("n", "l", "a"))
        print(require("m").answer, os.getenv("NAME"), os.time(), os.date("!%F"))
        print(io.open("none"))
        print(os.rename("dir/file", "moved"), os.remove("dir/file"))
        io.stderr:write("to errors")
    "#;
    assert_eq!(run(host.clone(), script), None);
    let expected = "[one][2]12\t rest of line\tlast\n\
                    m\tvalue\t86400\t1970-01-02\n\
                    nil\tnone: No such file or directory\t2\n\
                    true\tnil\tdir/file: No such file or directory\t2\n";
    assert_eq!(String::from_utf8_lossy(&host.output()), expected);
    assert_eq!(host.errors(), b"to errors");
    assert_eq!(host.file(b"moved").unwrap(), b"one\n2\n");
}

#[test]
fn a_host_that_refuses() {
    let script = r#"
        local function refused(value, message, number)
            assert(value == nil and number == 1, message)
            assert(message:find("not permitted by the host$"), message)
        end
        refused(io.open("x"))
        refused(io.popen("x"))
        refused(io.tmpfile())
        refused(os.remove("x"))
        refused(os.rename("x", "y"))
        refused(os.execute("x"))
        refused(io.read())
        assert(not os.execute() and not os.getenv("HOME"))
        assert(not pcall(os.time) and not pcall(os.clock) and not pcall(os.tmpname))
        assert(not pcall(require, "x") and not loadfile("x"))
        assert(select(3, package.loadlib("x", "*")) == "absent")
        os.exit(0)
    "#;
    let message = run(Arc::new(NoHost), script);
    assert_eq!(message.as_deref(), Some("script:17: cannot exit: not permitted by the host"));
}

#[test]
fn unclosed_files_are_written_when_the_state_closes() {
    let host = Arc::new(MemoryHost::new());
    assert_eq!(run(host.clone(), "io.output('f') io.write('x')"), None);
    assert_eq!(host.file(b"f").unwrap(), b"x");
}
