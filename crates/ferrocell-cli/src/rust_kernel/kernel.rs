//! `ferrocell kernel`: the kernel itself, as frontends start it.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow};
use env_logger::Env;
use ferrocell_engine::SessionOptions;
use ferrocell_kernel::{Kernel, KernelError, history_file};

use super::language::Engine;

/// Run as a Jupyter kernel until a frontend ends it; frontends start it by themselves
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The connection file that the frontend wrote
    #[arg(long, short = 'f', value_name = "FILE")]
    connection_file: PathBuf,
    /// Where inputs are kept from session to session [default: ferrocell/history.jsonl in the user's data folder]
    #[arg(long, value_name = "FILE")]
    history: Option<PathBuf>,
    /// Keep no inputs
    #[arg(long, conflicts_with = "history")]
    no_history: bool,
}

/// Serves one frontend connection file, in the folder it was started in.
pub(crate) fn kernel(args: Args) -> Result<ExitCode> {
    env_logger::Builder::from_env(Env::default().default_filter_or("warn")).init();
    let folder = std::env::current_dir().context("the current folder cannot be read")?;
    let mut kernel = Kernel::from_file(&args.connection_file).map_err(told)?;
    let history = args.history.or_else(history_file);
    if let Some(history) = history.filter(|_| !args.no_history) {
        kernel = kernel.history(history);
    }
    kernel
        .run(Engine::new(SessionOptions::new(folder)))
        .map_err(told)?;
    Ok(ExitCode::SUCCESS)
}

/// The error without its causes, which its own sentence tells.
fn told(error: KernelError) -> anyhow::Error {
    anyhow!("{error}")
}
