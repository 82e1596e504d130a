//! Addresses of functions that hold in another process: the object that contains them, and where in it.

use std::ffi::{CStr, OsStr, c_int, c_void};
use std::fs;
use std::io;
use std::ops::ControlFlow;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// A loaded object: the program itself or a shared library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Object {
    /// As the dynamic linker names it: empty for the program itself.
    pub(super) path: PathBuf,
    /// What has been added to the addresses in its file.
    base: usize,
}

impl Object {
    /// The object that contains `address`.
    pub(super) fn containing(address: usize) -> Option<Self> {
        find(|info| segments(info).any(|segment| segment.contains(&address)))
    }

    /// The object that was loaded as `path`.
    pub(super) fn loaded_as(path: &Path) -> Option<Self> {
        find(|info| name(info) == path)
    }

    fn of(info: &libc::dl_phdr_info) -> Self {
        Self {
            path: name(info).to_owned(),
            base: info.dlpi_addr as usize,
        }
    }

    /// Where in the object `address` lies, in every process that loads it.
    pub(super) fn offset_of(&self, address: usize) -> usize {
        address.wrapping_sub(self.base)
    }

    /// The address of what lies at `offset`, in this process.
    pub(super) fn address_of(&self, offset: usize) -> usize {
        self.base.wrapping_add(offset)
    }
}

/// The shared libraries that are loaded, in the order in which they were.
pub(super) fn libraries() -> Vec<Object> {
    // SAFETY: the call reads what the kernel told this process at its start.
    let linker = unsafe { libc::getauxval(libc::AT_BASE) } as usize;
    let mut libraries = Vec::new();
    visit_all(|info| {
        // The program has no name, and what the kernel maps for system calls has one that is no path. Every program
        // brings the dynamic linker itself.
        if name(info).is_absolute() && info.dlpi_addr as usize != linker {
            libraries.push(Object::of(info));
        }
        ControlFlow::Continue(())
    });
    libraries
}

/// The file that is mapped at `address`, by its device and its number there. While it is mapped, no other file has these.
pub(super) fn file_at(address: usize) -> io::Result<String> {
    let maps = fs::read("/proc/self/maps")?;
    let maps = String::from_utf8_lossy(&maps);
    let file = maps.lines().find_map(|line| {
        let mut fields = line.split_ascii_whitespace();
        let (start, end) = fields.next()?.split_once('-')?;
        let number = |hexadecimal| usize::from_str_radix(hexadecimal, 16).ok();
        let (device, inode) = (fields.nth(2)?, fields.next()?);
        (number(start)?..number(end)?)
            .contains(&address)
            .then(|| format!("{device} {inode}"))
    });
    file.ok_or_else(|| io::Error::other("a function lies in no mapped file"))
}

fn find(matches: impl Fn(&libc::dl_phdr_info) -> bool) -> Option<Object> {
    let mut found = None;
    visit_all(|info| {
        if !matches(info) {
            return ControlFlow::Continue(());
        }
        found = Some(Object::of(info));
        ControlFlow::Break(())
    });
    found
}

/// Shows every object to `see`, which does not unwind, until it breaks off.
fn visit_all<F: FnMut(&libc::dl_phdr_info) -> ControlFlow<()>>(mut see: F) {
    // SAFETY: `visit::<F>` gets back the pointer to the very `F` that outlives this call, and does not unwind.
    unsafe {
        libc::dl_iterate_phdr(Some(visit::<F>), (&raw mut see).cast());
    }
}

extern "C" fn visit<F: FnMut(&libc::dl_phdr_info) -> ControlFlow<()>>(
    info: *mut libc::dl_phdr_info,
    _size: usize,
    see: *mut c_void,
) -> c_int {
    // SAFETY: the linker gives a valid description for the time of this call, and `visit_all` the function.
    let (info, see) = unsafe { (&*info, &mut *see.cast::<F>()) };
    see(info).is_break().into()
}

fn name(info: &libc::dl_phdr_info) -> &Path {
    // SAFETY: the name is a C string that lives as long as the object is loaded.
    let name = unsafe { CStr::from_ptr(info.dlpi_name) };
    Path::new(OsStr::from_bytes(name.to_bytes()))
}

/// The ranges of memory into which the object is loaded.
fn segments(info: &libc::dl_phdr_info) -> impl Iterator<Item = std::ops::Range<usize>> + '_ {
    // SAFETY: the description counts its own headers, which live as long as the object is loaded.
    let headers = unsafe { std::slice::from_raw_parts(info.dlpi_phdr, info.dlpi_phnum.into()) };
    headers
        .iter()
        .filter(|header| header.p_type == libc::PT_LOAD)
        .map(|header| {
            let start = (info.dlpi_addr as usize).wrapping_add(header.p_vaddr as usize);
            start..start.wrapping_add(header.p_memsz as usize)
        })
}
