//! The kernel for Rust alone, without the `ferrocell` command: `rust CONNECTION_FILE HISTORY_FILE`.

use ferrocell_engine::SessionOptions;
use ferrocell_kernel::{Engine, Kernel};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    env_logger::init();
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let [connection_file, history] = arguments.as_slice() else {
        return Err("give the connection file and the history file".into());
    };
    let engine = Engine::new(SessionOptions::new(std::env::current_dir()?));
    Ok(Kernel::from_file(connection_file)?
        .history(history)
        .run(engine)?)
}
