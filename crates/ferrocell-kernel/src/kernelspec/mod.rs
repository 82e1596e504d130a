//! How frontends find the kernel: a folder with `kernel.json` and logos, in one of the places where they look.
//!
//! It owns what stands in that folder. It never looks for frontends, and never touches other kernels' folders.

mod place;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

pub use place::{NoPlace, Place};

/// The logos, by the names under which frontends look for them.
const LOGOS: [(&str, &[u8]); 3] = [
    (
        "logo-32x32.png",
        include_bytes!("../../logo/logo-32x32.png"),
    ),
    (
        "logo-64x64.png",
        include_bytes!("../../logo/logo-64x64.png"),
    ),
    ("logo-svg.svg", include_bytes!("../../logo/logo-svg.svg")),
];

/// How a frontend starts the kernel, and what it calls it.
///
/// ```
/// use ferrocell_kernel::KernelSpec;
///
/// let folder = tempfile::tempdir()?;
/// let spec = KernelSpec::new("/usr/local/bin/ferrocell", ["kernel", "--connection-file", "{connection_file}"]);
/// let written = spec.write(folder.path(), "ferrocell")?;
/// assert!(written.join("kernel.json").is_file());
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// Specification: [Kernel specs](https://jupyter-client.readthedocs.io/en/stable/kernels.html#kernel-specs).
#[derive(Clone, Debug, Serialize)]
pub struct KernelSpec {
    argv: Vec<String>,
    display_name: String,
    language: String,
    /// By message, because a signal would also reach what the user's code started.
    interrupt_mode: &'static str,
    env: BTreeMap<String, String>,
    metadata: Metadata,
    kernel_protocol_version: &'static str,
}

#[derive(Clone, Debug, Serialize)]
struct Metadata {
    debugger: bool,
}

impl KernelSpec {
    /// The kernelspec of the Rust kernel that `executable` is when it gets `arguments`, among which
    /// `{connection_file}` stands for the connection file.
    pub fn new<'a>(
        executable: impl AsRef<Path>,
        arguments: impl IntoIterator<Item = &'a str>,
    ) -> KernelSpec {
        let executable = executable.as_ref().display().to_string();
        KernelSpec {
            argv: [executable]
                .into_iter()
                .chain(arguments.into_iter().map(str::to_owned))
                .collect(),
            display_name: "Rust (ferrocell)".into(),
            language: "rust".into(),
            interrupt_mode: "message",
            env: BTreeMap::new(),
            metadata: Metadata { debugger: false },
            kernel_protocol_version: crate::wire::PROTOCOL_VERSION,
        }
    }

    /// Sets a variable of the kernel's environment.
    pub fn env(mut self, name: &str, value: &str) -> KernelSpec {
        self.env.insert(name.into(), value.into());
        self
    }

    /// Writes the kernelspec `name` into the folder of kernels `kernels` (see [`Place::kernels`]), over one of the same
    /// name, and returns where it is.
    ///
    /// # Errors
    ///
    /// Whatever prevents the folder or its files from being written.
    pub fn write(&self, kernels: &Path, name: &str) -> io::Result<PathBuf> {
        let folder = kernels.join(name);
        fs::create_dir_all(&folder)?;
        for (name, logo) in LOGOS {
            fs::write(folder.join(name), logo)?;
        }
        // The file that makes the folder a kernelspec comes last, so that no frontend finds half of one.
        fs::write(folder.join("kernel.json"), serde_json::to_vec_pretty(self)?)?;
        Ok(folder)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn the_file_says_how_to_start_and_interrupt() {
        let folder = tempfile::tempdir().expect("a folder");
        let spec = KernelSpec::new("/bin/it", ["-f", "{connection_file}"]).env("A", "b");
        let written = spec
            .write(folder.path(), "rust-test")
            .expect("a kernelspec");
        // A second time replaces the first.
        assert_eq!(
            spec.write(folder.path(), "rust-test")
                .expect("a kernelspec"),
            written
        );
        let text = fs::read(written.join("kernel.json")).expect("the file");
        let expected = json!({
            "argv": ["/bin/it", "-f", "{connection_file}"],
            "display_name": "Rust (ferrocell)",
            "language": "rust",
            "interrupt_mode": "message",
            "env": { "A": "b" },
            "metadata": { "debugger": false },
            "kernel_protocol_version": "5.5",
        });
        assert_eq!(
            serde_json::from_slice::<Value>(&text).expect("JSON"),
            expected
        );
        for (logo, _) in LOGOS {
            assert!(written.join(logo).is_file(), "{logo}");
        }
    }
}
