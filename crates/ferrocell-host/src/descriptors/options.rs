//! The options of a socket that a new one in its place gets, too.

use std::ffi::{c_int, c_long};
use std::os::fd::RawFd;

use crate::raw;

const COPIED: [(c_int, c_int); 16] = [
    (libc::SOL_SOCKET, libc::SO_REUSEADDR),
    (libc::SOL_SOCKET, libc::SO_REUSEPORT),
    (libc::SOL_SOCKET, libc::SO_BROADCAST),
    (libc::SOL_SOCKET, libc::SO_KEEPALIVE),
    (libc::SOL_SOCKET, libc::SO_LINGER),
    (libc::SOL_SOCKET, libc::SO_PASSCRED),
    (libc::SOL_SOCKET, libc::SO_RCVLOWAT),
    (libc::SOL_SOCKET, libc::SO_RCVTIMEO),
    (libc::SOL_SOCKET, libc::SO_SNDTIMEO),
    (libc::IPPROTO_IPV6, libc::IPV6_V6ONLY),
    (libc::IPPROTO_IP, libc::IP_TTL),
    (libc::IPPROTO_IP, libc::IP_MULTICAST_TTL),
    (libc::IPPROTO_IP, libc::IP_MULTICAST_LOOP),
    (libc::IPPROTO_TCP, libc::TCP_NODELAY),
    (libc::SOL_SOCKET, libc::SO_SNDBUF),
    (libc::SOL_SOCKET, libc::SO_RCVBUF),
];

/// Copies them, as far as sockets of this kind have them.
pub(super) fn copy(from: RawFd, to: RawFd) {
    for (level, name) in COPIED {
        let (Some(wanted), Some(has)) = (Value::of(from, level, name), Value::of(to, level, name))
        else {
            continue;
        };
        if wanted != has {
            wanted.set(to, level, name);
        }
    }
}

/// The largest of these options is a time.
#[derive(PartialEq)]
struct Value {
    bytes: [u8; size_of::<libc::timeval>()],
    len: libc::socklen_t,
}

impl Value {
    fn of(fd: RawFd, level: c_int, name: c_int) -> Option<Self> {
        let mut value = Self {
            bytes: [0; size_of::<libc::timeval>()],
            len: size_of::<libc::timeval>() as libc::socklen_t,
        };
        // SAFETY: the kernel writes no more than there is room for.
        let result = unsafe {
            libc::getsockopt(
                fd,
                level,
                name,
                value.bytes.as_mut_ptr().cast(),
                &mut value.len,
            )
        };
        if result == 0
            && matches!(name, libc::SO_SNDBUF | libc::SO_RCVBUF)
            && level == libc::SOL_SOCKET
        {
            // The kernel tells twice the number that it was told.
            let size = c_int::from_ne_bytes(*value.bytes.first_chunk()?) / 2;
            value.bytes[..size_of::<c_int>()].copy_from_slice(&size.to_ne_bytes());
        }
        (result == 0).then_some(value)
    }

    fn set(&self, fd: RawFd, level: c_int, name: c_int) {
        let arguments = [
            fd.into(),
            level.into(),
            name.into(),
            self.bytes.as_ptr() as c_long,
            self.len.into(),
            0,
        ];
        // SAFETY: the value has the size that is passed along.
        unsafe { raw::system_call(libc::SYS_setsockopt, arguments) };
    }
}
