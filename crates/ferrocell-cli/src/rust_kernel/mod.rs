//! The Rust kernel that this program is: as which command it starts, and its two subcommands.
//!
//! Everything between the sockets and the compiler is `ferrocell_kernel`'s and `ferrocell_engine`'s affair. The other
//! side of the sockets, where this program asks kernels to run cells, is `ferrocell_client`.

mod install;
mod kernel;

use std::{env, path::Path};

use anyhow::{Context, Result};
use ferrocell_kernel::KernelSpec;

pub(crate) use install::{Args as InstallArgs, install};
pub(crate) use kernel::{Args as KernelArgs, kernel};

/// The name of its kernelspec, by which notebooks ask for it.
pub(crate) const NAME: &str = "ferrocell";

/// How to start the running program as a kernel; it keeps its history in `history`, or in its usual place.
pub(crate) fn kernelspec(history: Option<&Path>) -> Result<KernelSpec> {
    let program = env::current_exe().context("the path of this program cannot be read")?;
    let history = history.map(|path| path.display().to_string());
    let mut arguments = vec!["kernel", "--connection-file", "{connection_file}"];
    arguments.extend(history.iter().flat_map(|path| ["--history", path.as_str()]));
    Ok(KernelSpec::new(program, arguments))
}
