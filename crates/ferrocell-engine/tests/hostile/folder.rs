//! A notebook's folder, with a cache of its own and crates beside it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::conversation::Conversation;

/// A crate whose build is noted down in a file outside of it.
pub(crate) fn write_crate(folder: &Path, name: &str) {
    let package = folder.join(name);
    fs::create_dir_all(package.join("src")).unwrap();
    let manifest =
        format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
    fs::write(package.join("Cargo.toml"), manifest).unwrap();
    let script = format!(
        "use std::io::Write;\nfn main() {{ let builds = std::fs::File::options().append(true).create(true).open({:?}); \
         writeln!(builds.unwrap(), \"built\").unwrap(); }}\n",
        folder.join("builds")
    );
    fs::write(package.join("build.rs"), script).unwrap();
    let body = "pub fn answer() -> i32 { 42 }\npub fn twice<T: Clone>(value: &T) -> (T, T) { (value.clone(), value.clone()) }\n";
    fs::write(package.join("src/lib.rs"), body).unwrap();
}

pub(crate) fn builds(folder: &Path) -> usize {
    fs::read_to_string(folder.join("builds")).map_or(0, |text| text.lines().count())
}

pub(crate) fn notebook(folder: &Path) -> Conversation {
    Conversation::with(|options| {
        options.working_dir = folder.to_owned();
        options.cache_dir = folder.join("cache");
    })
}

/// All files below a folder, those of cargo's own folders apart.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if !path.is_dir() {
            found.push(path);
        } else if !path
            .file_name()
            .unwrap()
            .to_string_lossy()
            .starts_with("target-")
        {
            found.extend(files(&path));
        }
    }
    found
}
