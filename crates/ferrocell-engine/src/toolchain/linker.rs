//! Chooses how cells are linked.
//!
//! Usually rustc calls the C compiler, which calls a program of its own, which calls the linker that comes with the
//! toolchain. Calling that linker directly saves a good part of the time that a small cell takes. It then has to be told
//! where the C library is; where that cannot be found out, rustc's own way is kept.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use crate::toolchain::cache::{self, Scratch};

/// The arguments for rustc, which are kept in the cache at `place`.
pub(crate) fn arguments(sysroot: &Path, platform: &str, place: &Path) -> Vec<String> {
    let record = place.join(RECORD);
    if cache::is_whole(place)
        && let Ok(text) = fs::read_to_string(record)
    {
        return text.lines().map(str::to_owned).collect();
    }
    // Where nothing can be kept, rustc's own way needs nothing.
    direct(sysroot, platform, place).unwrap_or_default()
}

const RECORD: &str = "arguments";

fn direct(sysroot: &Path, platform: &str, place: &Path) -> Option<Vec<String>> {
    if !platform.ends_with("-linux-gnu") {
        return None;
    }
    let linker = sysroot
        .join("lib/rustlib")
        .join(platform)
        .join("bin/gcc-ld/ld.lld");
    // Where the C library is not found, neither are those that crates bring.
    library_file("libc.so")?;
    let unwinder = library_file("libgcc_s.so.1")?;
    if !linker.is_file() {
        return None;
    }
    let search = [place.to_owned(), PathBuf::from("/usr/local/lib")];
    let search = search
        .into_iter()
        .chain(library_folders()?)
        .map(|folder| format!("-Clink-arg=-L{}", folder.display()));
    let linker = [
        format!("-Clinker={}", linker.display()),
        "-Clinker-flavor=ld".to_owned(),
    ];
    let arguments: Vec<String> = linker.into_iter().chain(search).collect();
    let aside = Scratch::new(place.parent()?).ok()?;
    // The C compiler keeps this library under a name of its own; a linker script gives it the usual one.
    let script = format!("INPUT ( {} )\n", unwinder.display());
    fs::write(aside.path().join("libgcc_s.so"), script).ok()?;
    fs::write(aside.path().join(RECORD), arguments.join("\n")).ok()?;
    aside.put(place).ok()?;
    Some(arguments)
}

/// Where the C compiler looks for libraries, C++'s own among them.
fn library_folders() -> Option<Vec<PathBuf>> {
    let output = Command::new("cc").arg("-print-search-dirs").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let folders = text
        .lines()
        .find_map(|line| line.strip_prefix("libraries: ="))?;
    let mut found = Vec::new();
    for folder in env::split_paths(folders) {
        if let Ok(folder) = folder.canonicalize()
            && !found.contains(&folder)
        {
            found.push(folder);
        }
    }
    Some(found)
}

/// Where the C compiler finds a library.
fn library_file(name: &str) -> Option<PathBuf> {
    let output = Command::new("cc")
        .arg(format!("-print-file-name={name}"))
        .output()
        .ok()?;
    let path = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
    path.is_absolute()
        .then_some(path)
        .filter(|path| path.is_file())
}
