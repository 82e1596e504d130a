//! Where a child begins: before `main`, which it never reaches.

use super::address::{self, Object};
use super::request::{self, Answer, DAEMONIC, PRELOAD, Place, REQUEST, Request};
use crate::thread::Context;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::env;
use std::fs::File;
use std::io;
use std::os::fd::{FromRawFd, RawFd};

/// Runs the function at an address whose types this code knows, for the request in a file, and ends the process.
type Trampoline = extern "C" fn(usize, RawFd) -> !;

/// The dynamic linker calls this before `main`, in every program and every notebook cell that links this crate.
#[used]
#[unsafe(link_section = ".init_array")]
static ENTRY: extern "C" fn() = enter;

/// Makes sure that [`ENTRY`] is linked into whatever starts a process.
pub(super) fn link() {
    std::hint::black_box(&ENTRY);
}

extern "C" fn enter() {
    let Some(descriptor) = env::var_os(REQUEST) else {
        return;
    };
    let descriptor = descriptor.to_str().and_then(|text| text.parse().ok());
    let begun = descriptor
        .ok_or_else(|| io::Error::other("its request is not a file descriptor"))
        .and_then(begin);
    let Err(error) = begun;
    eprintln!("a nogil process cannot begin: {error}");
    std::process::exit(1);
}

fn begin(descriptor: RawFd) -> io::Result<std::convert::Infallible> {
    // SAFETY: the parent has left this descriptor for this process to own; the trampoline opens none twice, because
    // the file is forgotten before.
    let file = unsafe { File::from_raw_fd(descriptor) };
    let request: Request = request::parse(&file)?;
    std::mem::forget(file);
    let trampoline = find(&request.trampoline)?;
    let function = find(&request.function)?;
    // SAFETY: the parent has found a `Trampoline` at this place of the very file that is loaded here.
    let trampoline = unsafe { std::mem::transmute::<usize, Trampoline>(trampoline) };
    trampoline(function, descriptor)
}

fn find(place: &Place) -> io::Result<usize> {
    let path = place.object.display();
    let object = Object::loaded_as(&place.object)
        .ok_or_else(|| io::Error::other(format!("{path} is not loaded")))?;
    let address = object.address_of(place.offset);
    if address::file_at(address)? != place.file {
        let message = format!("{path} has been replaced since the function was loaded from it");
        return Err(io::Error::other(message));
    }
    Ok(address)
}

/// The [`Trampoline`] for a `fn(A) -> R`.
///
/// It ends the process itself, because the standard library whose stdout the function has filled may be another copy
/// than that of the entry which called it.
pub(super) extern "C" fn trampoline<A: DeserializeOwned, R: Serialize>(
    function: usize,
    request: RawFd,
) -> ! {
    // SAFETY: `Process::new` pairs this instance with the address of a `fn(A) -> R`.
    let function = unsafe { std::mem::transmute::<usize, fn(A) -> R>(function) };
    let code = run(function, request).unwrap_or_else(|error| {
        eprintln!("a nogil process has failed: {error}");
        1
    });
    std::process::exit(code)
}

fn run<A: DeserializeOwned, R: Serialize>(function: fn(A) -> R, request: RawFd) -> io::Result<i32> {
    // SAFETY: the entry has given the descriptor up.
    let request: Request = request::parse(&unsafe { File::from_raw_fd(request) })?;
    // SAFETY: this is the first code of the process that is not the dynamic linker's: there is no other thread.
    unsafe {
        env::remove_var(REQUEST);
        // A notebook's stdin is its kernel's; this process has none and is no kernel's runtime.
        env::remove_var("EVCXR_IS_RUNTIME");
        match &request.preload {
            Some(preload) => env::set_var(PRELOAD, preload),
            None => env::remove_var(PRELOAD),
        }
        if request.daemon {
            env::set_var(DAEMONIC, std::process::id().to_string());
        }
        // What the runtime does before a `main`: a closed pipe is an error to be seen, not a signal to die of.
        libc::signal(libc::SIGPIPE, libc::SIG_IGN);
    }
    for object in &request.preloaded {
        // SAFETY: the parent has left the descriptor for this process to own, and what it was for is done.
        drop(unsafe { File::from_raw_fd(*object) });
    }
    let argument = serde_json::from_str(&request.argument)?;
    let answer: Answer<R> = Context::inherit().run(|| function(argument));
    // SAFETY: the parent has left this descriptor for this process to own.
    let file = unsafe { File::from_raw_fd(request.answer) };
    request::write(&file, &answer)?;
    Ok(match answer {
        Ok(_) => 0,
        Err(panicked) => {
            panicked.report(format_args!("Process {}", request.name));
            1
        }
    })
}
