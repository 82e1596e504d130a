//! The numbers by which `/proc` names threads and descriptors, listed without allocating.

use std::ffi::{CStr, c_long};
use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, RawFd};

use crate::raw;

/// A folder with numbers for names.
pub(crate) struct Numbers(File);

/// What the system writes of a folder's entries at once.
#[repr(align(8))]
struct Entries([u8; 8192]);

impl Numbers {
    /// Opens a folder.
    pub(crate) fn of(path: &CStr) -> io::Result<Self> {
        let flags = libc::O_RDONLY | libc::O_DIRECTORY | libc::O_CLOEXEC;
        // SAFETY: the path is a C string; the descriptor is new and ours.
        unsafe {
            match libc::open(path.as_ptr(), flags) {
                -1 => Err(io::Error::last_os_error()),
                fd => Ok(Self(File::from_raw_fd(fd))),
            }
        }
    }

    /// The descriptor through which it is read.
    pub(crate) fn descriptor(&self) -> RawFd {
        self.0.as_raw_fd()
    }

    /// How many folders there are in it.
    pub(crate) fn folders(&self) -> usize {
        // SAFETY: a zeroed stat is valid, and fstat fills it.
        let links = unsafe {
            let mut stat: libc::stat = std::mem::zeroed();
            libc::fstat(self.descriptor(), &mut stat);
            stat.st_nlink
        };
        // Its own names count, too.
        (links as usize).saturating_sub(2)
    }

    /// Hands each number to `action`.
    pub(crate) fn each(&self, mut action: impl FnMut(i32)) {
        let mut entries = Entries([0; 8192]);
        // SAFETY: lseek has no preconditions.
        unsafe { libc::lseek(self.descriptor(), 0, libc::SEEK_SET) };
        while let Some(mut rest) = self.read(&mut entries) {
            // Of each entry: number and offset (8 bytes each), its length (2), its type (1), its name and a zero.
            while let Some(&[low, high]) = rest.get(16..18) {
                let (entry, behind) =
                    rest.split_at(usize::from(u16::from_ne_bytes([low, high])).min(rest.len()));
                let name = entry.get(19..).unwrap_or_default();
                let name = name.split(|byte| *byte == 0).next();
                let number = name.and_then(|name| str::from_utf8(name).ok()?.parse().ok());
                number.into_iter().for_each(&mut action);
                rest = behind;
            }
        }
    }

    fn read<'a>(&self, entries: &'a mut Entries) -> Option<&'a [u8]> {
        let Entries(bytes) = entries;
        let arguments = [
            self.descriptor().into(),
            bytes.as_mut_ptr() as c_long,
            bytes.len() as c_long,
            0,
            0,
            0,
        ];
        // SAFETY: the buffer is live and writable, and its length is passed along.
        let count = unsafe { raw::system_call(libc::SYS_getdents64, arguments) };
        bytes
            .get(..usize::try_from(count).ok()?)
            .filter(|read| !read.is_empty())
    }
}
