//! What the C library keeps of a thread and the system has to know: looked up once, before there are threads.

use std::ffi::{c_int, c_void};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI32, Ordering::Relaxed};
use std::{ptr, slice};

use crate::raw;

/// Where the fields of a thread lie.
pub(super) struct Layout {
    /// The offset of the field that holds the thread's id, from the thread's handle.
    id: usize,
    /// The offset of the head of the list of robust mutexes, from the thread's handle; `None` where the system has none.
    robust_list: Option<usize>,
    /// The area for restartable sequences: its offset from the thread pointer, and its size.
    restartable: Option<(isize, u32)>,
    /// The words of the dynamic loader's variables, its locks among them.
    loader: &'static [AtomicI32],
}

static LAYOUT: OnceLock<Option<Layout>> = OnceLock::new();

/// The layout; `None` if this C library is not known to have one, and then no thread can be kept.
pub(super) fn layout() -> Option<&'static Layout> {
    LAYOUT.get().and_then(Option::as_ref)
}

/// Looks the layout up, for the thread that calls and all others.
pub(super) fn find_layout() {
    LAYOUT.get_or_init(find);
}

fn find() -> Option<Layout> {
    /// What the C library tells debuggers of a field.
    #[repr(C)]
    struct Field {
        bits: u32,
        count: u32,
        offset: u32,
    }
    let handle = handle();
    // SAFETY: this is a constant of the C library's, of this type.
    let field = unsafe { &*symbol("_thread_db_pthread_tid")?.cast::<Field>() };
    let id = field.offset as usize;
    // SAFETY: by that constant, the calling thread's id is there.
    let found = unsafe { *((handle + id) as *const i32) };
    if (field.bits, field.count, found) != (32, 1, raw::thread_id()) {
        return None;
    }
    Some(Layout {
        id,
        robust_list: raw::robust_list().map(|head| head - handle),
        restartable: find_restartable(),
        loader: find_loader().unwrap_or_default(),
    })
}

fn find_restartable() -> Option<(isize, u32)> {
    /// The size of the first version of the area, with which the C library registers it at least.
    const LEAST: u32 = 32;
    // SAFETY: these are constants of the C library's, of these types.
    let (offset, size) = unsafe {
        (
            *symbol("__rseq_offset")?.cast::<isize>(),
            *symbol("__rseq_size")?.cast::<u32>(),
        )
    };
    (size > 0).then_some((offset, size.max(LEAST)))
}

fn find_loader() -> Option<&'static [AtomicI32]> {
    /// Asks for the entry of the symbol table.
    const RTLD_DL_SYMENT: c_int = 1;
    unsafe extern "C" {
        fn dladdr1(
            address: *const c_void,
            info: *mut libc::Dl_info,
            symbol: *mut *const libc::Elf64_Sym,
            flags: c_int,
        ) -> c_int;
    }
    let variables = symbol("_rtld_global")?;
    let mut entry = ptr::null();
    // SAFETY: a zeroed info is valid, and the call fills it and the pointer to an entry that stays. The loader's variables are
    // there for good, and so many bytes of them.
    unsafe {
        let mut info = std::mem::zeroed();
        let is_found = dladdr1(variables, &mut info, &mut entry, RTLD_DL_SYMENT) != 0;
        let size = entry.as_ref().filter(|_| is_found)?.st_size as usize;
        let words = size / size_of::<AtomicI32>();
        Some(slice::from_raw_parts(variables.cast(), words))
    }
}

fn symbol(name: &str) -> Option<*mut c_void> {
    raw::symbol(libc::RTLD_DEFAULT, name).ok()
}

/// The handle of the calling thread, which is the address of its fields.
pub(super) fn handle() -> usize {
    // SAFETY: pthread_self has no preconditions.
    unsafe { libc::pthread_self() as usize }
}

impl Layout {
    /// The id field of the thread with this handle.
    pub(super) fn id_field(&self, handle: usize) -> *mut i32 {
        (handle + self.id) as *mut i32
    }

    /// The calling thread's handle and the head of its list of robust mutexes; `None` if the C library did not make the
    /// thread. Nothing that only a thread of the C library has is touched before that is known.
    pub(super) fn own(&self, id: i32) -> Option<(usize, Option<usize>)> {
        let robust_list = raw::robust_list();
        let handle = match self.robust_list {
            Some(offset) => robust_list?.checked_sub(offset)?,
            None => handle(),
        };
        // SAFETY: only the C library gives a thread such a list, and it lies among the thread's fields.
        (unsafe { *self.id_field(handle) } == id).then_some((handle, robust_list))
    }

    /// Makes the calling thread, which had another id, the owner of the locks of the loader's that it holds: these note their
    /// owner by its id, and no other could unlock them.
    pub(super) fn keep_loader_locks(&self, old: i32, new: i32) {
        // `pthread_mutex_t` begins with its state, how often its owner has locked it, the owner, the users, and the kind.
        const RECURSIVE: i32 = libc::PTHREAD_MUTEX_RECURSIVE;
        for mutex in self.loader.windows(5).step_by(2) {
            let [state, count, owner, users, kind] =
                [0, 1, 2, 3, 4].map(|word| mutex[word].load(Relaxed));
            if owner == old && state > 0 && count > 0 && (users, kind) == (1, RECURSIVE) {
                mutex[2].store(new, Relaxed);
            }
        }
    }

    /// The area for restartable sequences of the thread with this thread pointer.
    pub(super) fn restartable(&self, thread_pointer: usize) -> Option<(usize, u32)> {
        let (offset, size) = self.restartable?;
        Some((thread_pointer.wrapping_add_signed(offset), size))
    }
}
