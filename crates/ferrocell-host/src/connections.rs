//! Pipes and sockets of the user's code, which a sleeping copy of the process must not hold open.
//!
//! If it did, whoever is at the other end would not notice when the user's code closes its own end.

use std::fs;
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::net::UnixStream;
use std::sync::OnceLock;

/// What the process was started with, which is not the user's.
static INHERITED: OnceLock<Vec<RawFd>> = OnceLock::new();

/// Remembers what is open at the start.
pub(crate) fn remember_inherited() {
    INHERITED.get_or_init(open_numbers);
}

fn open_numbers() -> Vec<RawFd> {
    let Ok(entries) = fs::read_dir("/proc/self/fd") else {
        return Vec::new();
    };
    let number =
        |entry: std::io::Result<fs::DirEntry>| entry.ok()?.file_name().to_str()?.parse().ok();
    let mut numbers: Vec<RawFd> = entries.filter_map(number).collect();
    // The folder's own descriptor was among them, and is closed by now.
    // SAFETY: F_GETFD does nothing but look.
    numbers.retain(|number| unsafe { libc::fcntl(*number, libc::F_GETFD) } >= 0);
    numbers
}

/// Replaces all pipes and sockets but those of the start by one that is closed at the other end, so that
/// their numbers stay taken. Returns how many there were.
pub(crate) fn sever() -> u32 {
    let Ok((dead, peer)) = UnixStream::pair() else {
        return 0;
    };
    let ends = [dead.as_raw_fd(), peer.as_raw_fd()];
    let mut severed = 0;
    let inherited = INHERITED.get().map_or(&[][..], Vec::as_slice);
    for number in open_numbers() {
        if !inherited.contains(&number) && !ends.contains(&number) && is_connection(number) {
            // SAFETY: both descriptors are open; the user's code keeps owning the number.
            unsafe { libc::dup3(dead.as_raw_fd(), number, libc::O_CLOEXEC) };
            severed += 1;
        }
    }
    severed
}

fn is_connection(fd: RawFd) -> bool {
    // SAFETY: a zeroed stat is valid, and fstat fills it if the descriptor is open.
    let mode = unsafe {
        let mut stat: libc::stat = std::mem::zeroed();
        if libc::fstat(fd, &mut stat) != 0 {
            return false;
        }
        stat.st_mode & libc::S_IFMT
    };
    mode == libc::S_IFSOCK || mode == libc::S_IFIFO
}
