//! The C libraries that crates bring with them, each as a shared object of its own.
//!
//! rustc keeps the objects of a static C library in the rlib of the crate that brings it. A dynamic library made of rlibs
//! holds them, but exports no symbol of theirs: inlined and generic code of the crate, which lands in a cell, would not find
//! them, and a later bundle would hold the library, with its state, a second time. So they are taken out of the rlib and
//! linked by themselves. The loader knows a shared object by its name, and the name tells the content, so that a process
//! has each library once, however many bundles and cells use it.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use object::elf;
use object::read::ReadCache;
use object::read::archive::ArchiveFile;

use super::artifacts::Script;
use crate::toolchain::cache;

/// Moves the C objects of an rlib to a shared object beside it. Its name, if there are any.
///
/// Objects that cannot be linked by themselves, as those of code that depends on its position, stay where they are.
pub(super) fn split(rlib: &Path, scripts: &[Script]) -> io::Result<Option<String>> {
    let mut members = Members::read(rlib)?;
    if members.native.is_empty() {
        return Ok(None);
    }
    let folder = rlib.parent().unwrap_or(Path::new("."));
    for object in &mut members.native {
        if expose(object).is_none() {
            return Ok(None);
        }
    }
    let stem = rlib.file_stem().unwrap_or_default().to_string_lossy();
    let key = cache::key(&members.native);
    let name = format!("{stem}-{key}.so");
    let work = tempfile::tempdir_in(folder)?;
    let mut objects = Vec::new();
    for (number, object) in members.native.iter().enumerate() {
        let path = work.path().join(format!("{number}.o"));
        fs::write(&path, object)?;
        objects.push(path);
    }
    // Whoever is linked with the library asks for its symbols under this version, and gets no other library's.
    let versions = work.path().join("versions");
    fs::write(&versions, format!("ferrocell_{key} {{ global: *; }};\n"))?;
    let library = folder.join(&name);
    if !link(&library, &name, &versions, &objects, scripts)? {
        return Ok(None);
    }
    for (name, content) in &members.rust {
        fs::write(work.path().join(name), content)?;
    }
    let rest = work.path().join("rest.rlib");
    let archived = Command::new("ar")
        .arg("rc")
        .arg(&rest)
        .args(members.rust.iter().map(|(name, _)| name))
        .current_dir(work.path())
        .status()?;
    if !archived.success() {
        return Err(io::Error::other(format!("`ar` ended with {archived}")));
    }
    fs::rename(rest, rlib)?;
    Ok(Some(name))
}

/// The files in an rlib.
#[derive(Default)]
struct Members {
    /// Those that rustc made, with their names.
    rust: Vec<(OsString, Vec<u8>)>,
    /// Those that came out of static libraries.
    native: Vec<Vec<u8>>,
}

impl Members {
    /// Reads them, unless all are rustc's own.
    fn read(rlib: &Path) -> io::Result<Self> {
        let file = ReadCache::new(File::open(rlib)?);
        let archive = ArchiveFile::parse(&file);
        let found = archive.and_then(|archive| archive.members().collect::<Result<Vec<_>, _>>());
        // What is wrong with a file that cannot be read is rustc's to say.
        let found = found.unwrap_or_default();
        let is_rusts = |name: &[u8]| name.starts_with(b"lib.rmeta") || name.ends_with(b".rcgu.o");
        let mut members = Self::default();
        if found.iter().all(|member| is_rusts(member.name())) {
            return Ok(members);
        }
        for member in found {
            let content = member.data(&file).map_err(io::Error::other)?.to_vec();
            if is_rusts(member.name()) {
                let name = OsStr::from_bytes(member.name()).to_owned();
                members.rust.push((name, content));
            } else {
                members.native.push(content);
            }
        }
        Ok(members)
    }
}

/// Lets all global symbols of an object be seen from outside the shared object that it becomes a part of, as cells need
/// it. `None` if it is no object.
fn expose(object: &mut [u8]) -> Option<()> {
    use object::read::elf::{FileHeader, SectionHeader};
    let header = elf::FileHeader64::<object::Endianness>::parse(&*object).ok()?;
    let endian = header.endian().ok()?;
    let sections = header.sections(endian, &*object).ok()?;
    let tables: Vec<(u64, u64)> = sections
        .iter()
        .filter(|section| section.sh_type(endian) == elf::SHT_SYMTAB)
        .filter_map(|section| section.file_range(endian))
        .collect();
    for (start, length) in tables {
        let table = object.get_mut(start as usize..(start + length) as usize)?;
        for symbol in table.chunks_exact_mut(size_of::<elf::Sym64<object::Endianness>>()) {
            const ST_OTHER: usize = 5;
            symbol[ST_OTHER] = (symbol[ST_OTHER] & !0b11) | elf::STV_DEFAULT.0;
        }
    }
    Some(())
}

/// Whether it could be linked.
fn link(
    library: &Path,
    name: &str,
    versions: &Path,
    objects: &[PathBuf],
    scripts: &[Script],
) -> io::Result<bool> {
    let mut command = Command::new("cc");
    command
        .args(["-shared", "-o"])
        .arg(library)
        .arg(format!("-Wl,-soname,{name}"))
        // What belongs together stays so: a library of the system that has the same names is another one.
        .arg("-Wl,-Bsymbolic")
        .arg(format!("-Wl,--version-script={}", versions.display()))
        .args(objects);
    // A package may use what another one asks for, as C++'s library, and what rustc links every program with.
    command.arg("-Wl,--as-needed");
    for folder in scripts.iter().flat_map(Script::folders) {
        command.arg("-L").arg(folder);
    }
    let usual = ["rt", "pthread", "m", "dl"];
    for name in scripts
        .iter()
        .flat_map(Script::dynamic_libraries)
        .chain(usual)
    {
        command.arg(format!("-l{name}"));
    }
    Ok(command.output()?.status.success())
}
