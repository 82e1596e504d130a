//! `ferrocell install`: tells frontends of the kernel.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use ferrocell_kernel::Place;

use super::{NAME, kernelspec, kernelspec_of, write_labextension};

/// Register this program as the Rust kernel `ferrocell` of JupyterLab and other frontends
///
/// For this user, unless another place is given. The kernelspec names this very program, so install again after moving it.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    place: PlaceArgs,
    /// Name the program by its place below the prefix, bin/ferrocell: for packages that are unpacked elsewhere
    #[arg(long, requires = "prefix")]
    relative: bool,
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

/// Writes the kernelspec and JupyterLab's extension, and says where.
pub(crate) fn install(args: Args) -> Result<ExitCode> {
    let place = args.place.place();
    let (data, kernels) = (place.data()?, place.kernels()?);
    let spec = if args.relative {
        kernelspec_of(Path::new("{resource_dir}/../../../../bin/ferrocell"), &[])
    } else {
        kernelspec(&[])?
    };
    let written = spec
        .write(&kernels, NAME)
        .with_context(|| format!("the kernelspec cannot be written in {}", kernels.display()))?;
    let extension = write_labextension(&data).with_context(|| {
        let place = data.display();
        format!("JupyterLab's extension cannot be written in {place}")
    })?;
    println!("The kernel `{NAME}` is registered in {}", written.display());
    println!(
        "JupyterLab checks its cells as you type by {}",
        extension.display()
    );
    Ok(ExitCode::SUCCESS)
}
