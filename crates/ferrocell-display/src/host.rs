//! Who shows: ferrocell, evcxr, or a terminal.

use std::env;
use std::ffi::{c_char, c_void};
use std::io::{self, IsTerminal, Write};
use std::sync::OnceLock;

use crate::Content;

/// The numbers of the kinds of frames that ferrocell's host takes.
#[derive(Clone, Copy)]
enum Kind {
    Display = 7,
    ClearOutput = 10,
}

type Send = unsafe extern "C" fn(kind: u32, detail: u32, bytes: *const u8, len: usize);

unsafe extern "C" {
    fn dlsym(handle: *mut c_void, name: *const c_char) -> *mut c_void;
}

/// What the program runs in.
#[derive(Clone, Copy)]
pub(crate) enum Host {
    /// ferrocell's process for the user's code.
    Ferrocell(Send),
    /// evcxr's.
    Evcxr,
    /// Any other program.
    Program,
}

/// Where something is to be shown.
pub(crate) struct Place<'a> {
    /// The name by which it can be changed later.
    pub(crate) id: &'a str,
    /// Whether it takes the place of what is shown under that name.
    pub(crate) is_update: bool,
}

impl Host {
    pub(crate) fn current() -> Self {
        static HOST: OnceLock<Host> = OnceLock::new();
        *HOST.get_or_init(|| {
            if let Some(send) = ferrocell() {
                Self::Ferrocell(send)
            } else if env::var_os("EVCXR_IS_RUNTIME").is_some() {
                Self::Evcxr
            } else {
                Self::Program
            }
        })
    }

    /// Shows something: at a place with a name, or as the value of the cell's last expression.
    pub(crate) fn show(self, content: &Content, place: Option<Place<'_>>) {
        match self {
            Self::Ferrocell(send) => {
                flush();
                let (id, is_update) =
                    place.map_or(("", false), |place| (place.id, place.is_update));
                let parts = content.parts().flat_map(|(mime, content)| [mime, content]);
                // The fields of a frame are apart by NUL bytes, which no text has that is meant to be seen.
                let fields = parts.map(|field| field.replace('\0', "\u{fffd}"));
                let payload = fields.fold(id.to_owned(), |payload, field| payload + "\0" + &field);
                // SAFETY: the pointer and the length describe a live slice.
                unsafe {
                    send(
                        Kind::Display as u32,
                        is_update.into(),
                        payload.as_ptr(),
                        payload.len(),
                    )
                };
            }
            Self::Evcxr => {
                let mut blocks = String::new();
                for (mime, content) in content.parts() {
                    blocks +=
                        &format!("EVCXR_BEGIN_CONTENT {mime}\n{content}\nEVCXR_END_CONTENT\n");
                }
                print!("{blocks}");
                flush();
            }
            Self::Program => println!("{}", content.plain()),
        }
    }

    /// Removes the cell's output.
    pub(crate) fn clear(self, wait: bool) {
        if let Self::Ferrocell(send) = self {
            flush();
            // SAFETY: of no bytes, none is read.
            unsafe { send(Kind::ClearOutput as u32, wait.into(), [].as_ptr(), 0) };
        }
    }

    /// Whether what is shown can be changed.
    pub(crate) fn updates(self) -> bool {
        matches!(self, Self::Ferrocell(_))
    }

    /// Whether a line on standard error that is written again and again has to do, and somebody sees it.
    pub(crate) fn shows_lines(self) -> bool {
        match self {
            Self::Ferrocell(_) => false,
            Self::Evcxr => true,
            Self::Program => io::stderr().is_terminal(),
        }
    }
}

/// What was printed before has its place before.
fn flush() {
    // On ferrocell and evcxr this fails only if they have gone.
    let _ = io::stdout().flush();
}

/// What takes frames, in ferrocell's process.
fn ferrocell() -> Option<Send> {
    let name = c"ferrocell_send";
    // SAFETY: null is RTLD_DEFAULT, the name is a C string. A null address becomes `None`; only ferrocell defines this
    // name, and this is the signature that it gives to it.
    unsafe {
        std::mem::transmute::<*mut c_void, Option<Send>>(dlsym(std::ptr::null_mut(), name.as_ptr()))
    }
}
