//! `ferrocell lab`: sets the project's environment up and opens JupyterLab in it.

use std::process::ExitCode;

/// Open the pair of notebooks side by side in JupyterLab, setting everything up on first use
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Print the address instead of opening a browser
    #[arg(long)]
    no_browser: bool,
}

pub(crate) fn lab(args: Args) -> anyhow::Result<ExitCode> {
    anyhow::bail!("not set up yet (no_browser: {})", args.no_browser)
}
