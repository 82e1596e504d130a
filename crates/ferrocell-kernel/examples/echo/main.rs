//! A kernel for a toy language, to read first and to try the protocol with: `echo CONNECTION_FILE HISTORY_FILE`.

mod language;

use ferrocell_kernel::Kernel;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    env_logger::init();
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let [connection_file, history] = arguments.as_slice() else {
        return Err("give the connection file and the history file".into());
    };
    Ok(Kernel::from_file(connection_file)?
        .history(history)
        .run(language::Echo)?)
}
