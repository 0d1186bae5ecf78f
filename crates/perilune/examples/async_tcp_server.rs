//! A TCP server whose connections are served by Lua functions: `lines` and `write`
//! wait without blocking anybody.

use perilune::{Function, Lua, UserData, UserDataMethods};
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;
use tokio::task::LocalSet;

struct Connection(Arc<Mutex<BufReader<TcpStream>>>);

impl UserData for Connection {
    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_async_method("line", |_, this, ()| {
            let stream = this.0.clone();
            async move {
                let mut line = String::new();
                let n = stream.lock().await.read_line(&mut line).await?;
                Ok((n > 0).then(|| line.trim_end().to_owned()))
            }
        });
        methods.add_async_method("write", |_, this, text: String| {
            let stream = this.0.clone();
            async move {
                stream.lock().await.write_all(text.as_bytes()).await?;
                Ok(())
            }
        });
    }
}

const SOURCE: &str = r#"
return function(connection)
    connection:write("What is your name?\n")
    local name = connection:line()
    if name then
        connection:write("Hello, " .. name .. "!\n")
    end
end
"#;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let lua = Lua::new();
    let serve: Function = lua.load(SOURCE).set_name("=server").eval()?;
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:0".to_owned());
    let listener = TcpListener::bind(address).await?;
    println!("listening on {}", listener.local_addr()?);
    let rounds = std::env::args().nth(2).and_then(|n| n.parse().ok()).unwrap_or(usize::MAX);
    let tasks = LocalSet::new();
    tasks
        .run_until(async {
            let mut running = Vec::new();
            for _ in 0..rounds {
                let (stream, _) = listener.accept().await?;
                let connection = Connection(Arc::new(Mutex::new(BufReader::new(stream))));
                let serve = serve.clone();
                running.push(tokio::task::spawn_local(async move {
                    if let Err(error) = serve.call_async::<()>(connection).await {
                        eprintln!("{error}");
                    }
                }));
            }
            for task in running {
                task.await?;
            }
            Ok::<_, Box<dyn std::error::Error>>(())
        })
        .await
}
