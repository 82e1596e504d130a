//! What the engine asks for.

use std::ffi::c_void;
use std::os::unix::net::UnixStream;

use ferrocell_wire::{Kind, Status, split_fields};

use crate::receive::{self, Command};
use crate::snapshot::{self, Side};
use crate::{cell, interrupt, memory, objects, output, raw, threads};

/// A cell's entry point: runs the cell, reports what it shows, returns a [`Status`] as its number.
type Entry = extern "C" fn() -> u32;

/// Executes commands, one after the other, until the engine hangs up. A snapshot goes on here, too: it waits for a
/// command of its own.
pub(crate) fn serve(mut control: UnixStream) {
    while let Some(command) = receive::next(&mut control) {
        let Command {
            header,
            payload,
            sockets,
        } = command;
        if let Some((its_control, its_output)) = sockets
            && let Side::Promoted(message) = snapshot::take(its_control, its_output, &control)
        {
            done(Status::Ok as u32, &message);
            continue;
        }
        // What was requested before was not meant for this; the engine repeats what is.
        interrupt::reset();
        cell::begin(header.cell);
        memory::forget();
        let (status, message) = match Kind::from_number(header.kind) {
            Some(Kind::Load) => match raw::load(&payload) {
                Ok(_) => {
                    interrupt::find_checkpoints();
                    (Status::Ok as u32, String::new())
                }
                Err(message) => (Status::NotLoaded as u32, message),
            },
            Some(Kind::Run) => match entry(header.cell, &payload) {
                Ok(run) => (run(), interrupt::note()),
                Err(message) => (Status::NotLoaded as u32, message),
            },
            Some(Kind::SetEnvironment) => {
                let [name, value] = split_fields(&payload);
                set_variable(name, value);
                (Status::Ok as u32, String::new())
            }
            Some(Kind::LimitMemory) => {
                memory::limit(payload.parse().ok());
                (Status::Ok as u32, String::new())
            }
            // It was taken above.
            Some(Kind::Snapshot) => (Status::Ok as u32, String::new()),
            _ => (
                Status::NotLoaded as u32,
                format!("unknown command {}", header.kind),
            ),
        };
        raw::flush_c_output();
        cell::end();
        interrupt::reset();
        done(status, &message);
    }
}

fn done(status: u32, message: &str) {
    let threads = u64::from(threads::count());
    output::send(Kind::Done, status, threads, message.as_bytes());
}

/// Sets an environment variable, under the lock of the std that the user's code has: this executable's own std has another.
fn set_variable(name: &str, value: &str) {
    type Set = unsafe extern "C" fn(*const u8, usize, *const u8, usize);
    match raw::symbol(libc::RTLD_DEFAULT, "ferrocell_set_variable") {
        // SAFETY: this is the runtime's export, whose signature this is; both texts live during the call.
        Ok(set) => unsafe {
            let set = std::mem::transmute::<*mut c_void, Set>(set);
            set(name.as_ptr(), name.len(), value.as_ptr(), value.len());
        },
        // SAFETY: without the runtime there is no user code that could read it.
        Err(_) => unsafe { std::env::set_var(name, value) },
    }
}

fn entry(cell: u64, payload: &str) -> Result<Entry, String> {
    let [path, name] = split_fields(payload);
    let address = raw::symbol(raw::load(path)?, name)?;
    objects::add(cell, address as usize);
    // SAFETY: the engine generates entry points with this signature only.
    Ok(unsafe { std::mem::transmute::<*mut c_void, Entry>(address) })
}
