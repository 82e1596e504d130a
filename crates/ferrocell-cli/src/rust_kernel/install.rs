//! `ferrocell install`: tells frontends of the kernel.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use ferrocell_kernel::Place;

use super::{NAME, kernelspec};

/// Register this program as the Rust kernel `ferrocell` of JupyterLab and other frontends
///
/// For this user, unless another place is given. The kernelspec names this very program, so install again after moving it.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    place: PlaceArgs,
}

#[derive(clap::Args)]
#[group(multiple = false)]
struct PlaceArgs {
    /// For this user, in whatever environment (the default)
    #[arg(long)]
    user: bool,
    /// Below a folder such as /usr/local
    #[arg(long, value_name = "FOLDER")]
    prefix: Option<PathBuf>,
    /// In the Python environment (venv or conda) that is active
    #[arg(long)]
    sys_prefix: bool,
}

impl PlaceArgs {
    fn place(self) -> Place {
        match self {
            Self {
                prefix: Some(prefix),
                ..
            } => Place::Prefix(prefix),
            Self {
                sys_prefix: true, ..
            } => Place::SysPrefix,
            // Whether it was said or left out.
            Self { user: _, .. } => Place::User,
        }
    }
}

/// Writes the kernelspec and says where.
pub(crate) fn install(args: Args) -> Result<ExitCode> {
    let kernels = args.place.place().kernels()?;
    let written = kernelspec(&[])?
        .write(&kernels, NAME)
        .with_context(|| format!("the kernelspec cannot be written in {}", kernels.display()))?;
    println!("The kernel `{NAME}` is registered in {}", written.display());
    Ok(ExitCode::SUCCESS)
}
