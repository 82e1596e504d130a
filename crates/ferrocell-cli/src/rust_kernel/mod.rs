//! The Rust kernel that this program is: as which command it starts, and its two subcommands.
//!
//! Everything between the sockets and the compiler is `ferrocell_kernel`'s and `ferrocell_engine`'s affair. The other
//! side of the sockets, where this program asks kernels to run cells, is `ferrocell_client`.

mod install;
mod kernel;
mod labextension;
mod language;

use std::env;
use std::path::Path;

use anyhow::{Context, Result};
use ferrocell_kernel::KernelSpec;

pub(crate) use install::{Args as InstallArgs, install};
pub(crate) use kernel::{Args as KernelArgs, kernel};
pub(crate) use labextension::write as write_labextension;

/// The name of its kernelspec, by which notebooks ask for it.
pub(crate) const NAME: &str = "ferrocell";

/// How to start the running program as a kernel, with these arguments besides.
pub(crate) fn kernelspec(arguments: &[&str]) -> Result<KernelSpec> {
    let program = env::current_exe().context("the path of this program cannot be read")?;
    Ok(kernelspec_of(&program, arguments))
}

/// How to start a program as a kernel that is this one, wherever it is.
fn kernelspec_of(program: &Path, arguments: &[&str]) -> KernelSpec {
    let own = ["kernel", "--connection-file", "{connection_file}"];
    let arguments = own.into_iter().chain(arguments.iter().copied());
    KernelSpec::new(program, arguments)
}
