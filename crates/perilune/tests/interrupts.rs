//! A script is interrupted from another thread, whatever it does.

use std::thread;
use std::time::Duration;

use perilune::native::{Result, State, stdlib};

/// Runs a script that would go on for years, and interrupts it.
fn interrupted(source: &str) -> Vec<u8> {
    let mut state = State::new().unwrap();
    let handle = state.interrupt_handle();
    let (done, waiting) = std::sync::mpsc::channel::<()>();
    let watch = thread::spawn(move || {
        // The first one may come before the script has begun.
        while waiting.recv_timeout(Duration::from_millis(20)).is_err() {
            handle.interrupt();
        }
    });
    let message = state.enter(|state: &mut State| -> Result<Vec<u8>> {
        stdlib::open_all(state)?;
        assert!(state.load(source.as_bytes(), b"=script", b"t")?);
        let Err(error) = state.protected_call(0, Some(0)) else {
            return Ok(b"returned".to_vec());
        };
        state.push_error(error)?;
        Ok(state.bytes(-1).unwrap_or_default().to_vec())
    });
    done.send(()).unwrap();
    watch.join().unwrap();
    message.unwrap()
}

#[test]
fn loops_and_calls() {
    for source in [
        "while true do end",
        "repeat until false",
        "repeat local x = (function () end)() until x",
        "local i = 0 repeat i = 0 until i == 1",
        "local i = 0 repeat local j = 1; local f = function () return j end until i == 1",
        "while true do if x then y() end end",
        "local s = '' while true do if s < '' then y() end end",
        "::top:: if x then goto top end goto top",
        "local a <const>, t = {}, {} ::top:: if t ~= a then goto top end",
        "for i = 1, math.huge do end",
        "for i = 1.0, math.huge do end",
        "for k in function () return 1 end do end",
        "for i in math.abs, 1, -1 do end",
        "local function f() return f() end f()",
    ] {
        let message = interrupted(source);
        assert!(message.ends_with(b"interrupted!"), "{source}");
    }
}

#[test]
fn functions_that_move_elements() {
    let huge = "setmetatable({}, { __len = function () return 1 << 62 end })";
    for source in [
        "table.move({}, 1, math.maxinteger - 1, 2)".to_string(),
        "table.move({}, 2, math.maxinteger - 1, 1)".to_string(),
        "table.move({}, 1, math.maxinteger - 1, 1, setmetatable({}, {}))".to_string(),
        format!("table.insert({huge}, 1, nil)"),
        format!("table.remove({huge}, 1)"),
    ] {
        let message = interrupted(&source);
        let message = String::from_utf8_lossy(&message);
        assert!(message.ends_with("interrupted!"), "{source}: {message}");
    }
}
