//! Plugins that see a file tree in memory and nothing else: `require` and `io.open`
//! find what the host put there, `print` writes to a buffer.

use perilune::host::MemoryHost;
use perilune::{Lua, LuaOptions, Result, StdLib, Table};
use std::sync::Arc;

fn main() -> Result<()> {
    let host = Arc::new(MemoryHost::new());
    host.add_file(b"shout.lua", b"return function(s) return s:upper() .. '!' end");
    host.add_file(
        b"plugin.lua",
        br#"
        local shout = require("shout")
        local plugin = {}
        function plugin.run(text)
            print("running on " .. os.date("!%Y-%m-%d"))
            local log = assert(io.open("log.txt", "a"))
            log:write(shout(text), "\n")
            log:close()
        end
        return plugin
        "#,
    );
    host.set_time(1_000_000_000);
    let lua = Lua::new_with(StdLib::ALL_SAFE, LuaOptions::new().host(host.clone()))?;
    lua.load("package.path = '?.lua'").exec()?;
    let plugin: Table = lua.load("return require('plugin')").eval()?;
    let run: perilune::Function = plugin.get("run")?;
    run.call::<()>("hello")?;
    run.call::<()>("again")?;
    // What is buffered comes out when the state is closed.
    drop(lua);
    println!("printed: {}", String::from_utf8_lossy(&host.output()));
    println!("log.txt: {}", String::from_utf8_lossy(&host.file(b"log.txt").unwrap_or_default()));
    Ok(())
}
