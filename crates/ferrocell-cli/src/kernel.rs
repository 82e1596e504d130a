//! Which kernel a name means: this program's own, registered or not, one of the project's own environment, or one from
//! Jupyter's usual places.

use std::collections::HashMap;
use std::env;
use std::path::{self, Path};

use anyhow::{Context, Result};
use ferrocell_client::KernelSpec;

use crate::environment::Environment;
use crate::rust_kernel;

/// Finds the kernel called `name` for a notebook in `folder`.
pub(crate) fn find(name: &str, folder: &Path) -> Result<KernelSpec> {
    if name == rust_kernel::NAME {
        return own();
    }
    // The kernel runs in another folder than this process, so that every path here has to be absolute.
    let around = [path::absolute(folder), env::current_dir()];
    let environment = around
        .iter()
        .flatten()
        .find_map(|folder| Environment::around(folder));
    let share = environment.map(|environment| environment.share());
    Ok(KernelSpec::find(name, share)?)
}

/// This very program as a kernel, so that what runs is never an older one that is registered somewhere. What a program
/// runs is not what its user typed, so it leaves no history.
fn own() -> Result<KernelSpec> {
    let spec = || -> Result<_> {
        let spec = rust_kernel::kernelspec(&["--no-history"])?;
        Ok(serde_json::from_value(serde_json::to_value(spec)?)?)
    };
    let spec = spec()
        .context("this program cannot start itself as a kernel; name another with --kernel")?;
    Ok(KernelSpec::new(rust_kernel::NAME, spec))
}

/// How a notebook's own metadata names a kernel.
pub(crate) fn metadata(kernel: &KernelSpec) -> nbformat::v4::KernelSpec {
    nbformat::v4::KernelSpec {
        name: kernel.name().into(),
        display_name: kernel.spec().display_name.clone(),
        language: Some(kernel.spec().language.clone()),
        additional: HashMap::new(),
    }
}
