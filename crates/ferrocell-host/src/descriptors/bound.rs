//! Sockets that only have an address: listeners, and those for datagrams. While the copy sleeps, the address belongs to
//! the process that goes on; when that has ended, the copy takes it.

use std::ffi::{c_int, c_long};
use std::os::fd::{OwnedFd, RawFd};

use super::address::Address;
use super::calls;
use super::options;
use super::table::Addresses;
use crate::raw;

/// A socket like this one, without an address, and the address.
pub(super) fn renew(fd: RawFd, listens: bool) -> Option<(OwnedFd, Addresses)> {
    let option = |name| calls::option(fd, libc::SOL_SOCKET, name);
    let (domain, kind) = (option(libc::SO_DOMAIN)?, option(libc::SO_TYPE)?);
    let protocol = option(libc::SO_PROTOCOL)?;
    // SAFETY: socket takes numbers; the descriptor is new.
    let own = unsafe { calls::owned(libc::socket(domain, kind | libc::SOCK_CLOEXEC, protocol)) }?;
    options::copy(fd, std::os::fd::AsRawFd::as_raw_fd(&own));
    let local = Address::local(fd);
    let addresses = Addresses {
        local,
        peer: Address::peer(fd),
        listens,
        file: local.path().and_then(file),
    };
    Some((own, addresses))
}

/// Gives a socket the addresses of the one that it stands for, which nobody has any more. Whether it got them.
pub(super) fn bind(fd: RawFd, addresses: &Addresses) -> bool {
    let Addresses {
        local,
        peer,
        listens,
        file: known,
    } = addresses;
    if let Some(path) = local.path() {
        // The file outlives its socket. If it is another one by now, or gone, it is no longer this socket's.
        if known.is_none() || file(path) != *known {
            return false;
        }
        // SAFETY: the path is a C string.
        unsafe { libc::unlink(path.as_ptr().cast()) };
    }
    let call = |number, address: &Address| {
        let (address, len) = address.raw();
        // SAFETY: the address lives during the call, which gets its size.
        unsafe {
            raw::system_call(number, [fd.into(), address as c_long, len.into(), 0, 0, 0]) == 0
        }
    };
    let reuse = |value| calls::set_option(fd, libc::SOL_SOCKET, libc::SO_REUSEADDR, value);
    let is_bound = !local.is_named() || {
        let former = calls::option(fd, libc::SOL_SOCKET, libc::SO_REUSEADDR);
        // Connections of the process that has ended may still be closing.
        if *listens {
            reuse(1);
        }
        let is_bound = call(libc::SYS_bind, local);
        reuse(former.unwrap_or_default());
        is_bound
    };
    let backlog: c_int = libc::SOMAXCONN;
    // SAFETY: listen takes numbers.
    let is_listening = !listens || unsafe { libc::listen(fd, backlog) } == 0;
    is_bound && is_listening && (!peer.is_known() || call(libc::SYS_connect, peer))
}

/// Which file this is.
fn file(path: &[u8]) -> Option<(u64, u64)> {
    // SAFETY: a zeroed stat is valid, and the path is a C string.
    unsafe {
        let mut stat: libc::stat = std::mem::zeroed();
        let result = libc::lstat(path.as_ptr().cast(), &mut stat);
        (result == 0).then_some((stat.st_dev, stat.st_ino))
    }
}
