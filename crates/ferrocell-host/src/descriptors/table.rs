//! All descriptors of the user's code in one list, which the copy keeps until it takes over.

use std::io::Write;
use std::os::fd::RawFd;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

use super::address::Address;
use super::calls;
use super::kind::Kind;
use super::lost::Lost;
use crate::numbers::Numbers;

/// What became of the description behind a descriptor.
pub(super) enum Fate {
    /// Nothing yet: it is still shared with the process that goes on.
    Open,
    /// The copy has one of its own.
    Own,
    /// The copy has one of its own, which gets its addresses when the copy takes over.
    Unbound(Addresses),
    /// The copy does without.
    Gone(Lost),
}

/// Where a socket was.
pub(super) struct Addresses {
    pub(super) local: Address,
    pub(super) peer: Address,
    pub(super) listens: bool,
    /// The file of a Unix socket: device and inode.
    pub(super) file: Option<(u64, u64)>,
}

/// One descriptor.
pub(super) struct Descriptor {
    pub(super) number: RawFd,
    pub(super) kind: Kind,
    pub(super) inode: u64,
    /// The index of the last descriptor of the same open file description.
    pub(super) leader: usize,
    /// The index of another one of the same, beginning with the leader's.
    next: Option<usize>,
    /// By which the description tells that it is ready, if it does.
    signal: i32,
    /// Of the description; only the leader's counts.
    pub(super) fate: Fate,
}

static KEPT: AtomicPtr<Descriptor> = AtomicPtr::new(std::ptr::null_mut());
static LEN: AtomicUsize = AtomicUsize::new(0);
/// How many there is room for.
static ROOM: AtomicUsize = AtomicUsize::new(0);

/// The list, without the descriptors that the process was started with.
pub(super) fn read(inherited: &[RawFd]) -> &'static mut [Descriptor] {
    forget();
    let Ok(folder) = Numbers::of(c"/proc/self/fd") else {
        return &mut [];
    };
    let mut count = 0;
    folder.each(|_| count += 1);
    make_room(count);
    let mut filled = 0;
    folder.each(|number| {
        if is_users(&folder, number, inherited) && filled < ROOM.load(Ordering::Relaxed) {
            filled += usize::from(put(filled, number));
        }
    });
    LEN.store(filled, Ordering::Relaxed);
    kept()
}

/// Whether a number in this folder of descriptors is of the user's code.
pub(super) fn is_users(folder: &Numbers, number: RawFd, inherited: &[RawFd]) -> bool {
    number != folder.descriptor() && !inherited.contains(&number)
}

/// The list that was read last.
pub(super) fn kept() -> &'static mut [Descriptor] {
    let first = KEPT.load(Ordering::Relaxed);
    if first.is_null() {
        return &mut [];
    }
    // SAFETY: so many entries were written there, and only the thread that runs cells ever asks for them.
    unsafe { std::slice::from_raw_parts_mut(first, LEN.load(Ordering::Relaxed)) }
}

/// Gives the memory of a list back, which a process inherits that is a copy of a copy.
fn forget() {
    let first = KEPT.swap(std::ptr::null_mut(), Ordering::Relaxed);
    let room = ROOM.swap(0, Ordering::Relaxed);
    LEN.store(0, Ordering::Relaxed);
    if !first.is_null() {
        // SAFETY: this is what `make_room` has mapped, and nobody has what `kept` returned before.
        unsafe { libc::munmap(first.cast(), room * size_of::<Descriptor>()) };
    }
}

/// Maps memory for so many.
fn make_room(count: usize) {
    let count = count.max(1);
    // SAFETY: a new anonymous mapping.
    let memory = unsafe {
        libc::mmap(
            std::ptr::null_mut(),
            count * size_of::<Descriptor>(),
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
            -1,
            0,
        )
    };
    if memory != libc::MAP_FAILED {
        KEPT.store(memory.cast(), Ordering::Relaxed);
        ROOM.store(count, Ordering::Relaxed);
    }
}

/// Writes down one descriptor, if it is of a kind that matters.
fn put(index: usize, number: RawFd) -> bool {
    let Some(stat) = calls::stat(number) else {
        return false;
    };
    let Some(kind) = kind(number, stat.st_mode) else {
        return false;
    };
    let descriptor = Descriptor {
        number,
        kind,
        inode: stat.st_ino,
        leader: index,
        next: None,
        signal: 0,
        fate: Fate::Open,
    };
    // SAFETY: `make_room` has made room for this entry.
    unsafe { KEPT.load(Ordering::Relaxed).add(index).write(descriptor) };
    true
}

fn kind(number: RawFd, mode: libc::mode_t) -> Option<Kind> {
    let mut target = [0; 32];
    match mode & libc::S_IFMT {
        libc::S_IFSOCK => Some(Kind::Socket),
        libc::S_IFIFO if link(number, &mut target).starts_with(b"pipe:[") => Some(Kind::Pipe),
        libc::S_IFIFO => Some(Kind::NamedPipe),
        libc::S_IFREG | libc::S_IFDIR | libc::S_IFCHR | libc::S_IFBLK => None,
        _ => match link(number, &mut target) {
            b"anon_inode:[eventfd]" => Some(Kind::Eventfd),
            b"anon_inode:[timerfd]" => Some(Kind::Timerfd),
            b"anon_inode:[eventpoll]" => Some(Kind::Epoll),
            // A signalfd reads the signals of whoever reads it; what an inotify instance or a pidfd watches goes on
            // when the process ends. Shared, they do in the copy what they should.
            _ => None,
        },
    }
}

/// What the link of a descriptor says, or as much of it as there is room for.
pub(super) fn link(number: RawFd, target: &mut [u8]) -> &[u8] {
    let mut path = [0; 40];
    let written = write!(&mut path[..], "/proc/self/fd/{number}\0");
    debug_assert!(written.is_ok(), "a number is short");
    // SAFETY: the path is a C string, and the kernel writes no more than there is room for.
    let len = unsafe {
        libc::readlink(
            path.as_ptr().cast(),
            target.as_mut_ptr().cast(),
            target.len(),
        )
    };
    &target[..usize::try_from(len).unwrap_or_default()]
}

/// Finds out which descriptors share an open file description: they share its signal, too. Each writes its place in the
/// list there, digit by digit, and reads the place of the last one that did; then all is as it was.
pub(super) fn group(list: &mut [Descriptor]) {
    /// How many signals there are, without the one that stands for none.
    const BASE: usize = 64;
    /// `F_SETSIG` and `F_GETSIG`.
    const SET: i32 = 10;
    const GET: i32 = 11;
    let signal = |number| calls::control(number, GET, 0);
    for descriptor in &mut *list {
        descriptor.signal = signal(descriptor.number);
        descriptor.leader = 0;
    }
    let mut unit = 1;
    while unit < list.len() {
        for (index, descriptor) in list.iter().enumerate() {
            let digit = index / unit % BASE;
            calls::control(descriptor.number, SET, 1 + digit as i32);
        }
        for descriptor in &mut *list {
            descriptor.leader += unit * (signal(descriptor.number).max(1) as usize - 1);
        }
        unit *= BASE;
    }
    for descriptor in &*list {
        calls::control(descriptor.number, SET, descriptor.signal);
    }
    for index in 0..list.len() {
        let leader = list[index].leader;
        if leader != index {
            list[index].next = list[leader].next.replace(index);
        }
    }
}

/// All descriptors of the description whose leader this is.
pub(super) fn same(list: &[Descriptor], leader: usize) -> impl Iterator<Item = RawFd> {
    std::iter::successors(Some(&list[leader]), |descriptor| {
        descriptor.next.map(|next| &list[next])
    })
    .map(|descriptor| descriptor.number)
}

/// The descriptor with this number; the kernel lists them in order.
pub(super) fn find(list: &[Descriptor], number: RawFd) -> Option<&Descriptor> {
    let index = list.binary_search_by_key(&number, |descriptor| descriptor.number);
    index.ok().map(|index| &list[index])
}
