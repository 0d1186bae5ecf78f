//! A configuration file in Lua: run with nothing of the outside in reach, a limit
//! on memory, and typed errors for what is missing or wrong.

use perilune::host::NoHost;
use perilune::{ErrorContext, FromLua, Lua, LuaOptions, Result, StdLib, Table, Value};
use std::sync::Arc;

const SOURCE: &str = r#"
local base = 8000
name = "demo"
port = base + 80
tags = { "fast", "small" }
"#;

struct Configuration {
    name: String,
    port: u16,
    tags: Vec<String>,
}

impl FromLua for Configuration {
    fn from_lua(value: Value, lua: &Lua) -> Result<Self> {
        let table: Table = lua.unpack(value)?;
        Ok(Configuration {
            name: table.get("name").context("field `name`")?,
            port: table.get("port").context("field `port`")?,
            tags: table.get("tags").context("field `tags`")?,
        })
    }
}

fn read(source: &str) -> Result<Configuration> {
    let options = LuaOptions::new().host(Arc::new(NoHost));
    let lua = Lua::new_with(StdLib::STRING | StdLib::TABLE | StdLib::MATH, options)?;
    lua.set_memory_limit(16 << 20)?;
    let fields = lua.create_table()?;
    let chunk = lua.load(source).set_name("@demo.conf");
    chunk.set_environment(fields.clone()).exec()?;
    lua.convert(fields)
}

fn main() -> Result<()> {
    let Configuration { name, port, tags } = read(SOURCE)?;
    println!("{name} on port {port}: {}", tags.join(", "));
    match read("port = 'many'") {
        Ok(_) => println!("that should not be a configuration"),
        Err(error) => println!("refused: {error}"),
    }
    Ok(())
}
