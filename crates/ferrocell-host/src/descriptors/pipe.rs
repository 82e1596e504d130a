//! Pipes both of whose ends are in this process. The copy's own pipe holds what this one does.

use std::io::Write;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

use super::calls;

/// A new pipe, while both of its ends are still open.
pub(super) struct Renewed {
    reader: OwnedFd,
    _writer: OwnedFd,
}

/// Why there is no new pipe.
#[derive(Clone, Copy)]
pub(super) enum Unmade {
    /// Another process reads this one.
    ReaderElsewhere,
    /// Another process writes to this one.
    WriterElsewhere,
    Failed,
}

/// Whether this is an end from which can be read.
fn reads(end: RawFd) -> bool {
    calls::control(end, libc::F_GETFL, 0) & libc::O_ACCMODE != libc::O_WRONLY
}

fn writes(end: RawFd) -> bool {
    calls::control(end, libc::F_GETFL, 0) & libc::O_ACCMODE != libc::O_RDONLY
}

/// A pipe like the one that has these ends in this process, unless another process has an end of it, too.
pub(super) fn renew(ends: impl Iterator<Item = RawFd> + Clone) -> Result<Renewed, Unmade> {
    let reading = ends.clone().find(|end| reads(*end));
    let writing = ends.clone().find(|end| writes(*end));
    match (reading, writing) {
        // The other end is closed, here and everywhere.
        (Some(end), None) if calls::poll(end, 0) & libc::POLLHUP != 0 => {}
        (None, Some(end)) if calls::poll(end, 0) & libc::POLLERR != 0 => {}
        (Some(_), None) => return Err(Unmade::WriterElsewhere),
        (None, _) => return Err(Unmade::ReaderElsewhere),
        (Some(_), Some(_)) => {}
    }
    let any = reading.or(writing).ok_or(Unmade::Failed)?;
    let (reader, writer) = create().ok_or(Unmade::Failed)?;
    let size = calls::control(any, libc::F_GETPIPE_SZ, 0);
    calls::control(writer.as_raw_fd(), libc::F_SETPIPE_SZ, size);
    match reading {
        Some(old) if !copy(old, &writer) => Err(Unmade::Failed),
        _ => Ok(Renewed {
            reader,
            _writer: writer,
        }),
    }
}

impl Renewed {
    /// An end of the new pipe, for what this is an end of the old one.
    pub(super) fn end(&self, like: RawFd) -> Option<OwnedFd> {
        let mut path = [0; 40];
        write!(&mut path[..], "/proc/self/fd/{}\0", self.reader.as_raw_fd()).ok()?;
        let flags = calls::control(like, libc::F_GETFL, 0) & (libc::O_ACCMODE | libc::O_DIRECT);
        calls::open(&path, flags | libc::O_CLOEXEC)
    }
}

fn create() -> Option<(OwnedFd, OwnedFd)> {
    let mut ends = [-1; 2];
    // SAFETY: the array has two places; the descriptors are new.
    unsafe {
        let result = libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC);
        let [reader, writer] = ends;
        (result == 0).then(|| (OwnedFd::from_raw_fd(reader), OwnedFd::from_raw_fd(writer)))
    }
}

/// Copies what is in a pipe, where it stays. Whether all of it found room.
fn copy(reader: RawFd, writer: &OwnedFd) -> bool {
    let mut held: libc::c_int = 0;
    // SAFETY: FIONREAD writes a number; tee takes numbers.
    let copied = unsafe {
        libc::ioctl(reader, libc::FIONREAD, &mut held);
        match held {
            0 => 0,
            _ => libc::tee(
                reader,
                writer.as_raw_fd(),
                held as usize,
                libc::SPLICE_F_NONBLOCK,
            ),
        }
    };
    copied == held as isize
}
