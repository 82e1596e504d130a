//! Where a socket is, as the kernel writes it.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::RawFd;

/// A `sockaddr_storage(3type)`, or nothing.
#[derive(Clone, Copy)]
pub(super) struct Address {
    bytes: [u8; size_of::<libc::sockaddr_storage>()],
    len: usize,
}

/// A call that asks a socket for an address.
type Ask =
    unsafe extern "C" fn(libc::c_int, *mut libc::sockaddr, *mut libc::socklen_t) -> libc::c_int;

impl Address {
    /// Where `bytes` of a `sun_path` or the rest of another address begin.
    const HEAD: usize = 2;
    pub(super) const NONE: Self = Self {
        bytes: [0; size_of::<libc::sockaddr_storage>()],
        len: 0,
    };

    /// The socket's own.
    pub(super) fn local(fd: RawFd) -> Self {
        Self::ask(libc::getsockname, fd)
    }

    /// That of the other end, if it is connected.
    pub(super) fn peer(fd: RawFd) -> Self {
        Self::ask(libc::getpeername, fd)
    }

    fn ask(ask: Ask, fd: RawFd) -> Self {
        let mut address = Self::NONE;
        let mut len = address.bytes.len() as libc::socklen_t;
        // SAFETY: the kernel writes no more than there is room for.
        let result = unsafe { ask(fd, address.bytes.as_mut_ptr().cast(), &mut len) };
        if result == 0 {
            address.len = (len as usize).min(address.bytes.len());
        }
        address
    }

    /// A text in place of an address.
    pub(super) fn text(text: &[u8]) -> Self {
        let mut address = Self::NONE;
        let family = (libc::AF_UNIX as u16).to_ne_bytes();
        let text = &text[..text.len().min(address.bytes.len() - Self::HEAD)];
        address.bytes[..Self::HEAD].copy_from_slice(&family);
        address.bytes[Self::HEAD..][..text.len()].copy_from_slice(text);
        address.len = Self::HEAD + text.len();
        address
    }

    /// As `bind(2)` and `connect(2)` take it.
    pub(super) fn raw(&self) -> (*const libc::sockaddr, libc::socklen_t) {
        (self.bytes.as_ptr().cast(), self.len as libc::socklen_t)
    }

    /// Whether there is one at all, perhaps without a name.
    pub(super) fn is_known(&self) -> bool {
        self.len > 0
    }

    /// Whether it names something that others can find: a port or a path.
    pub(super) fn is_named(&self) -> bool {
        match self.internet() {
            Some(address) => address.port() != 0,
            None => self.rest().iter().any(|byte| *byte != 0),
        }
    }

    /// The path of a Unix socket in the file system, as a C string.
    pub(super) fn path(&self) -> Option<&[u8]> {
        let is_path =
            self.family() == libc::AF_UNIX && self.rest().first().is_some_and(|b| *b != 0);
        // The last byte of the storage is behind any path.
        is_path.then(|| &self.bytes[Self::HEAD..])
    }

    fn family(&self) -> libc::c_int {
        u16::from_ne_bytes([self.bytes[0], self.bytes[1]]).into()
    }

    fn rest(&self) -> &[u8] {
        self.bytes[..self.len].get(Self::HEAD..).unwrap_or_default()
    }

    fn internet(&self) -> Option<SocketAddr> {
        let port = u16::from_be_bytes([self.bytes[2], self.bytes[3]]);
        let ip = match self.family() {
            libc::AF_INET => {
                let [a, b, c, d] = *self.bytes[4..].first_chunk()?;
                Ipv4Addr::new(a, b, c, d).into()
            }
            libc::AF_INET6 => Ipv6Addr::from(*self.bytes[8..].first_chunk::<16>()?).into(),
            _ => return None,
        };
        Some(SocketAddr::new(ip, port))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(address) = self.internet() {
            return address.fmt(f);
        }
        let (mark, name) = match self.rest() {
            [0, name @ ..] => ("@", name),
            path => ("", path),
        };
        let name = String::from_utf8_lossy(name);
        let name = name.trim_end_matches('\0').replace(char::is_control, "?");
        write!(f, "{mark}{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{TcpListener, UdpSocket};
    use std::os::fd::AsRawFd;
    use std::os::unix::net::UnixStream;

    #[test]
    fn addresses_read_as_their_users_write_them() {
        let four = TcpListener::bind("127.0.0.1:0").unwrap();
        let shown = Address::local(four.as_raw_fd());
        assert_eq!(shown.to_string(), four.local_addr().unwrap().to_string());
        assert!(shown.is_named());
        assert!(!Address::peer(four.as_raw_fd()).is_known());
        if let Ok(six) = UdpSocket::bind("[::1]:0") {
            let shown = Address::local(six.as_raw_fd()).to_string();
            assert_eq!(shown, six.local_addr().unwrap().to_string());
        }
        let (unnamed, _other) = UnixStream::pair().unwrap();
        let peer = Address::peer(unnamed.as_raw_fd());
        assert!(peer.is_known() && !peer.is_named());
        assert_eq!(Address::text(b"/tmp/a b").to_string(), "/tmp/a b");
        assert_eq!(Address::text(b"\0name").to_string(), "@name");
    }
}
