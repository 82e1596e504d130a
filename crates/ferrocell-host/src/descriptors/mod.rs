//! The descriptors of the user's code in a copy of the process.
//!
//! A fork shares open file descriptions with the process that goes on. What threads need to wake each other must be the
//! copy's own, or each would take the other's wake-ups: eventfds, timers, epoll instances, and pipes and pairs of Unix
//! sockets both of whose ends are here. Each is made again under the same numbers, in the state of this moment. A pipe
//! or socket whose other end is elsewhere is closed in the copy, because whoever is there must notice when the user's code
//! closes its own; the number stays taken by one that is closed at the other end. A socket that only has an address gets
//! that when the copy takes over.
//!
//! Files stay shared, with their positions, and so does what works in both processes: signalfds, inotify instances, pidfds.
//!
//! The threads of the program are held meanwhile, so nothing here allocates or waits for a lock.

mod address;
mod bound;
mod calls;
mod epoll;
mod eventfd;
mod fdinfo;
mod kind;
mod lost;
mod options;
mod peers;
mod pipe;
mod socket_pair;
mod table;
mod timerfd;

use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::sync::OnceLock;

use address::Address;
use kind::Kind;
use lost::Lost;
use pipe::Unmade;
use table::{Descriptor, Fate};

use crate::numbers::Numbers;

/// What the process was started with, which is not the user's: numbers, and the inodes of pipes.
static INHERITED: OnceLock<(Vec<RawFd>, Vec<u64>)> = OnceLock::new();

/// Remembers what is open at the start.
pub(crate) fn remember_inherited() {
    INHERITED.get_or_init(|| {
        let list = table::read(&[]);
        let pipes = list
            .iter()
            .filter(|descriptor| descriptor.kind == Kind::Pipe);
        let inodes = pipes.map(|descriptor| descriptor.inode).collect();
        let numbers = list.iter().map(|descriptor| descriptor.number).collect();
        (numbers, inodes)
    });
}

/// Whether the user's code has any, besides those that the process was started with and these. The threads are held.
pub(crate) fn are_any(but: [RawFd; 2]) -> bool {
    let inherited = INHERITED.get().map_or(&[][..], |(numbers, _)| numbers);
    let Ok(folder) = Numbers::of(c"/proc/self/fd") else {
        return true;
    };
    let mut is_any = false;
    folder.each(|number| {
        is_any |= table::is_users(&folder, number, inherited) && !but.contains(&number);
    });
    is_any
}

/// Parts with the process that goes on; in a copy that has its own control and output sockets, while the threads are held
/// in both.
pub(crate) fn separate() {
    let Some((numbers, pipes)) = INHERITED.get() else {
        return;
    };
    let list = table::read(numbers);
    if list.is_empty() {
        return;
    }
    let _room = Room::make();
    table::group(list);
    for index in 0..list.len() {
        let Descriptor { kind, inode, .. } = list[index];
        let is_next = list[index].leader == index && matches!(list[index].fate, Fate::Open);
        // Another number of standard output, perhaps, which the copy has, too.
        let is_inherited = kind == Kind::Pipe && pipes.contains(&inode);
        if is_next && !is_inherited && kind != Kind::Epoll {
            renew(list, index);
        }
    }
    while let Some(index) = innermost_epoll(list) {
        renew_epoll(list, index);
    }
}

/// This copy takes over, and its threads are not there yet: sockets get their addresses.
pub(crate) fn take_over() {
    let list = table::kept();
    for index in 0..list.len() {
        let Descriptor { number, fate, .. } = &list[index];
        let Fate::Unbound(addresses) = fate else {
            continue;
        };
        if bound::bind(*number, addresses) {
            list[index].fate = Fate::Own;
        } else {
            let lost = match addresses.listens {
                true => Lost::Listener(addresses.local),
                false => Lost::Socket(addresses.local),
            };
            give_up(list, index, lost);
        }
    }
}

/// What this process, a copy that has taken over, does without: a line for each. This allocates.
pub(crate) fn lost() -> String {
    let words = table::kept()
        .iter()
        .filter_map(|descriptor| match &descriptor.fate {
            Fate::Gone(lost) if !lost.is_ours() => Some(lost.words()),
            Fate::Gone(_) | Fate::Open | Fate::Own | Fate::Unbound(_) => None,
        });
    words.collect::<Vec<_>>().join("\n")
}

fn renew(list: &mut [Descriptor], index: usize) {
    let Descriptor { number, kind, .. } = list[index];
    let own = match kind {
        Kind::Eventfd => eventfd::renew(number),
        Kind::Timerfd => timerfd::renew(number),
        Kind::Pipe => return renew_pipe(list, index),
        Kind::Socket => return renew_socket(list, index),
        Kind::NamedPipe => {
            let mut path = [0; 108];
            let path = Address::text(table::link(number, &mut path));
            return give_up(list, index, Lost::NamedPipe(path));
        }
        Kind::Epoll => return renew_epoll(list, index),
    };
    match own {
        Some(own) => replace(list, index, &own, Fate::Own),
        None => give_up(list, index, Lost::Other(kind)),
    }
}

fn renew_pipe(list: &mut [Descriptor], index: usize) {
    let inode = list[index].inode;
    let is_end =
        |descriptor: &Descriptor| descriptor.kind == Kind::Pipe && descriptor.inode == inode;
    let ends = list.iter().filter(|descriptor| is_end(descriptor));
    let renewed = pipe::renew(ends.map(|descriptor| descriptor.number));
    for index in index..list.len() {
        if !is_end(&list[index]) || list[index].leader != index {
            continue;
        }
        let own = match &renewed {
            Ok(renewed) => renewed.end(list[index].number).ok_or(Unmade::Failed),
            Err(reason) => Err(*reason),
        };
        match own {
            Ok(own) => replace(list, index, &own, Fate::Own),
            Err(Unmade::ReaderElsewhere) => give_up(list, index, Lost::PipeTo),
            Err(Unmade::WriterElsewhere) => give_up(list, index, Lost::PipeFrom),
            Err(Unmade::Failed) => give_up(list, index, Lost::Other(Kind::Pipe)),
        }
    }
}

fn renew_socket(list: &mut [Descriptor], index: usize) {
    let Descriptor { number, inode, .. } = list[index];
    let option = |name| calls::option(number, libc::SOL_SOCKET, name);
    let domain = option(libc::SO_DOMAIN);
    let listens = option(libc::SO_ACCEPTCONN) == Some(1);
    let is_stream = option(libc::SO_TYPE) != Some(libc::SOCK_DGRAM);
    let peer = Address::peer(number);
    if domain == Some(libc::AF_UNIX) && !listens {
        let other = peers::of(inode);
        let here = list.iter().position(|descriptor| {
            descriptor.kind == Kind::Socket && Some(descriptor.inode) == other
        });
        // Datagram sockets need not be connected both ways.
        let here = here.map(|here| list[here].leader).filter(|here| {
            *here != index && (is_stream || peers::of(list[*here].inode) == Some(inode))
        });
        let is_closed = other == Some(0) && calls::poll(number, 0) & libc::POLLHUP != 0;
        if here.is_some() || is_closed {
            return renew_pair(list, index, here);
        }
    }
    let has_only_addresses = match domain {
        Some(libc::AF_INET | libc::AF_INET6) if !is_stream || listens => true,
        Some(libc::AF_INET | libc::AF_INET6) => !peer.is_known() && is_idle(number),
        Some(libc::AF_UNIX) => !is_stream || listens || !peer.is_known(),
        _ => return give_up(list, index, Lost::Socket(Address::NONE)),
    };
    match has_only_addresses.then(|| bound::renew(number, listens)) {
        Some(Some((own, addresses))) => replace(list, index, &own, Fate::Unbound(addresses)),
        Some(None) => give_up(list, index, Lost::Other(Kind::Socket)),
        None => give_up(list, index, Lost::Connection(peer)),
    }
}

/// Whether a TCP socket neither has a connection nor is making one.
fn is_idle(number: RawFd) -> bool {
    /// `TCP_CLOSE` in the first byte of `struct tcp_info`.
    const CLOSED: i32 = 7;
    calls::option(number, libc::IPPROTO_TCP, libc::TCP_INFO)
        .is_some_and(|info| info & 0xff == CLOSED)
}

fn renew_pair(list: &mut [Descriptor], index: usize, other: Option<usize>) {
    let number = |index: usize| list[index].number;
    let Some([own, others]) = socket_pair::renew(number(index), other.map(number)) else {
        for index in [Some(index), other].into_iter().flatten() {
            give_up(list, index, Lost::Other(Kind::Socket));
        }
        return;
    };
    replace(list, index, &own, Fate::Own);
    if let Some(other) = other {
        replace(list, other, &others, Fate::Own);
    }
}

/// An epoll instance that is still shared and has none registered that is.
fn innermost_epoll(list: &[Descriptor]) -> Option<usize> {
    let is_left = |index: usize| {
        let Descriptor { kind, leader, .. } = list[index];
        kind == Kind::Epoll && leader == index && matches!(list[index].fate, Fate::Open)
    };
    (0..list.len())
        .filter(|index| is_left(*index))
        .find(|index| {
            let mut is_innermost = true;
            epoll::registrations(list[*index].number, |registration| {
                let inner = table::find(list, registration.fd);
                is_innermost &=
                    !inner.is_some_and(|inner| is_left(inner.leader) && inner.leader != *index);
            });
            is_innermost
        })
}

fn renew_epoll(list: &mut [Descriptor], index: usize) {
    let Some(own) = epoll::create() else {
        return give_up(list, index, Lost::Other(Kind::Epoll));
    };
    epoll::registrations(list[index].number, |registration| {
        let inode = |fd: RawFd| match table::find(list, fd) {
            Some(descriptor) => Some(descriptor.inode),
            None => calls::stat(fd).map(|stat| stat.st_ino),
        };
        let is_meant = |fd: &RawFd| inode(*fd) == Some(registration.inode);
        // The number may mean something else by now, and what was registered have another one.
        let mut numbers = list.iter().map(|descriptor| descriptor.number);
        let meant = Some(registration.fd)
            .filter(is_meant)
            .or_else(|| numbers.find(is_meant));
        if let Some(fd) = meant {
            registration.repeat(&own, fd);
        }
    });
    replace(list, index, &own, Fate::Own);
}

/// From now on all descriptors of this description are of another one.
fn replace(list: &mut [Descriptor], leader: usize, own: &OwnedFd, fate: Fate) {
    let first = list[leader].number;
    let flags = calls::control(first, libc::F_GETFL, 0);
    calls::control(own.as_raw_fd(), libc::F_SETFL, flags);
    for number in table::same(list, leader) {
        let closes = calls::control(number, libc::F_GETFD, 0) & libc::FD_CLOEXEC != 0;
        let flags = if closes { libc::O_CLOEXEC } else { 0 };
        // SAFETY: both descriptors are open; the user's code keeps owning the number.
        unsafe { libc::dup3(own.as_raw_fd(), number, flags) };
    }
    list[leader].fate = fate;
}

/// Leaves a socket in place of a description whose other end is closed.
fn give_up(list: &mut [Descriptor], leader: usize, lost: Lost) {
    match calls::socket_pair(libc::SOCK_STREAM) {
        Some([own, _closed]) => replace(list, leader, &own, Fate::Gone(lost)),
        None => {
            for number in table::same(list, leader) {
                // SAFETY: the user's code finds the number closed, which is better than shared.
                unsafe { libc::close(number) };
            }
            list[leader].fate = Fate::Gone(lost);
        }
    }
}

/// Lets this process open more descriptors than the user's code may, as long as this lives.
struct Room(Option<libc::rlimit>);

impl Room {
    fn make() -> Self {
        // SAFETY: a zeroed limit is valid; the structures live during the calls.
        unsafe {
            let mut limit: libc::rlimit = std::mem::zeroed();
            let is_known = libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) == 0;
            let most = libc::rlimit {
                rlim_cur: limit.rlim_max,
                ..limit
            };
            libc::setrlimit(libc::RLIMIT_NOFILE, &most);
            Self(is_known.then_some(limit))
        }
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        if let Some(limit) = &self.0 {
            // SAFETY: the structure lives during the call.
            unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, limit) };
        }
    }
}
