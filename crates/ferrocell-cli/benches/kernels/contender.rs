//! Who is measured.

use std::path::Path;

use ferrocell_client::KernelSpec;
use serde_json::json;

/// A column of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Contender {
    Ferrocell,
    Evcxr,
    Ipykernel,
    /// The toolchain alone, without any kernel: rustc for cells, cargo for dependencies.
    Bare,
}

use Contender::{Bare, Evcxr, Ferrocell, Ipykernel};

impl Contender {
    pub(crate) const ALL: [Self; 4] = [Ferrocell, Evcxr, Ipykernel, Bare];
    pub(crate) const KERNELS: [Self; 3] = [Ferrocell, Evcxr, Ipykernel];
    pub(crate) const RUST_KERNELS: [Self; 2] = [Ferrocell, Evcxr];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Ferrocell => "ferrocell",
            Evcxr => "evcxr_jupyter",
            Ipykernel => "ipykernel",
            Bare => "rustc, cargo",
        }
    }

    /// How to start it. ferrocell is the one that was built with this benchmark, and keeps its files in `cache`.
    pub(crate) fn kernelspec(self, cache: &Path) -> KernelSpec {
        let installed = |name| {
            let share = crate::project().join(".ferrocell/venv/share/jupyter");
            KernelSpec::find(name, Some(share)).unwrap_or_else(|error| panic!("{error}"))
        };
        match self {
            Ferrocell => {
                let program = env!("CARGO_BIN_EXE_ferrocell");
                let history = cache.join("history.jsonl");
                let spec = json!({
                    "argv": [program, "kernel", "--history", history, "--connection-file", "{connection_file}"],
                    "display_name": "ferrocell",
                    "language": "rust",
                    "interrupt_mode": "message",
                    "env": { "FERROCELL_CACHE_DIR": cache },
                });
                let spec = serde_json::from_value(spec).expect("this is a kernelspec");
                KernelSpec::new("ferrocell", spec)
            }
            Evcxr => installed("rust"),
            Ipykernel => installed("python3"),
            Bare => unreachable!("the toolchain is no kernel"),
        }
    }
}
