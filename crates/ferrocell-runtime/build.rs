//! Writes the list of this crate's own source files, which `SOURCES` is.

use std::path::Path;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=src");
    println!("cargo::rustc-check-cfg=cfg(exports_sources)");
    println!("cargo::rustc-cfg=exports_sources");
    let folder = Path::new(&env::var_os("CARGO_MANIFEST_DIR").expect("set by Cargo")).join("src");
    let entries = fs::read_dir(&folder).expect("the package has sources");
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("a readable folder").file_name().into_string())
        .collect::<Result<_, _>>()
        .expect("names are text");
    files.sort();
    let pairs = files.iter().map(|file| {
        let path = folder.join(file);
        format!("({file:?}, include_str!({path:?})),")
    });
    let list = format!("&[{}]", pairs.collect::<String>());
    let out = env::var_os("OUT_DIR").expect("set by Cargo");
    fs::write(Path::new(&out).join("sources.rs"), list).expect("a writable folder");
}
