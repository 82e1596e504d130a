//! A kernel for a toy language, to read first and to try the protocol with: `echo CONNECTION_FILE [HISTORY_FILE]`.

mod language;

use ferrocell_kernel::Kernel;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    env_logger::init();
    let mut arguments = std::env::args_os().skip(1);
    let connection_file = arguments
        .next()
        .ok_or("give the connection file as the first argument")?;
    let mut kernel = Kernel::from_file(connection_file)?;
    if let Some(history) = arguments.next() {
        kernel = kernel.history(history);
    }
    Ok(kernel.run(language::Echo)?)
}
