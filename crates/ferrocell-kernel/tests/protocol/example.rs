//! The executables of examples, which `cargo test --test` does not build by itself.

use std::collections::BTreeMap;
use std::env;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

/// The executable of an example of this package or another one, built once, as these tests are.
pub(crate) fn example(package: &'static str, name: &str) -> PathBuf {
    static BUILT: Mutex<BTreeMap<(&str, String), PathBuf>> = Mutex::new(BTreeMap::new());
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    let example = built.entry((package, name.to_owned())).or_insert_with(|| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "--package", package, "--example", name]);
        if !cfg!(debug_assertions) {
            cargo.arg("--release");
        }
        let status = cargo
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status()
            .expect("cargo runs");
        assert!(status.success(), "the example {name} builds");
        // Tests stand in `deps`, beside `examples`.
        let test = env::current_exe().expect("a test knows its own path");
        let folder = test.ancestors().nth(2).expect("the folder of the build");
        folder.join("examples").join(name)
    });
    example.clone()
}
