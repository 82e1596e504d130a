//! Crates from the registry: the first time that a notebook asks for them, and in every session after that.

use std::fs;
use std::path::Path;
use std::time::Instant;

use tempfile::TempDir;

use crate::contender::Contender;
use crate::kernel::Kernel;
use crate::measurements::Measurements;
use crate::toolchain::Toolchain;

const ROUNDS: usize = 2;

const DEPS: [(&str, &str); 3] = [("rand", "0.9"), ("regex", "1"), ("serde_json", "1")];

const CELL: &str = r#"let roll: u32 = rand::random_range(1..=6);
let digits = regex::Regex::new(r"\d+").unwrap();
println!("{}", serde_json::json!({ "is a number": digits.is_match(&roll.to_string()) }));"#;

pub(crate) async fn measure(cache: &Path, measurements: &mut Measurements) {
    let toolchain = Toolchain::find(cache);
    let directives = DEPS.map(|(name, version)| format!(":dep {name} = \"{version}\"\n"));
    let cell = format!("{}{CELL}", directives.concat());
    // Downloads are the network's time, and the same for all.
    toolchain.cargo_build(package().path());
    for _ in 0..ROUNDS {
        let package = package();
        let built = toolchain.cargo_build(package.path());
        measurements.time("`:dep` of three crates, first time", Contender::Bare, built);
        for contender in Contender::RUST_KERNELS {
            let own_cache = TempDir::new().expect("a folder can be made");
            let mut kernel = Kernel::start(contender, own_cache.path()).await;
            kernel.run("1 + 1").await;
            let ran = kernel.run(&cell).await;
            assert!(ran.output.contains(r#"{"is a number":true}"#));
            measurements.time("`:dep` of three crates, first time", contender, ran.time);
            kernel.shut_down().await;

            let start = Instant::now();
            let mut kernel = Kernel::start(contender, own_cache.path()).await;
            kernel.run(&cell).await;
            measurements.time(
                "next session → first result with them",
                contender,
                start.elapsed(),
            );
            kernel.shut_down().await;
        }
    }
}

/// A package that depends on the same crates.
fn package() -> TempDir {
    let folder = TempDir::new().expect("a folder can be made");
    let dependencies = DEPS.map(|(name, version)| format!("{name} = \"{version}\"\n"));
    let manifest = format!(
        "[package]\nname = \"program\"\nedition = \"2024\"\n\n[dependencies]\n{}",
        dependencies.concat()
    );
    let write = |path: &str, text: &str| {
        fs::write(folder.path().join(path), text).expect("a file can be written");
    };
    write("Cargo.toml", &manifest);
    fs::create_dir(folder.path().join("src")).expect("a folder can be made");
    write("src/main.rs", &format!("fn main() {{\n{CELL}\n}}\n"));
    folder
}
