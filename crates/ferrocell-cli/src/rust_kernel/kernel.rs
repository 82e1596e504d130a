//! `ferrocell kernel`: the kernel itself, as frontends start it.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use env_logger::Env;
use ferrocell_engine::SessionOptions;
use ferrocell_kernel::{Engine, Kernel, history_file};

/// Run as a Jupyter kernel until a frontend ends it; frontends start it by themselves
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The connection file that the frontend wrote
    #[arg(long, short = 'f', value_name = "FILE")]
    connection_file: PathBuf,
    /// Where inputs are kept from session to session [default: ferrocell/history.jsonl in the user's data folder]
    #[arg(long, value_name = "FILE")]
    history: Option<PathBuf>,
}

/// Serves one frontend connection file, in the folder it was started in.
pub(crate) fn kernel(args: Args) -> Result<ExitCode> {
    env_logger::Builder::from_env(Env::default().default_filter_or("warn")).init();
    let folder = std::env::current_dir().context("the current folder cannot be read")?;
    let mut kernel = Kernel::from_file(&args.connection_file)?;
    if let Some(history) = args.history.or_else(history_file) {
        kernel = kernel.history(history);
    }
    kernel.run(Engine::new(SessionOptions::new(folder)))?;
    Ok(ExitCode::SUCCESS)
}
