//! What the engine asks for.

use std::ffi::c_void;
use std::io::Read;
use std::os::unix::net::UnixStream;

use ferrocell_wire::{Header, Kind, Status, split_fields};

use crate::{cell, interrupt, output, raw, snapshot};

/// A cell's entry point: runs the cell, reports what it shows, returns a [`Status`] as its number.
type Entry = extern "C" fn() -> u32;

/// Executes commands, one after the other, until the engine hangs up.
pub(crate) fn serve(mut control: UnixStream) {
    while let Some((header, payload)) = next(&mut control) {
        if header.detail != snapshot::generation() {
            continue;
        }
        cell::begin(header.cell);
        let (status, message) = match Kind::from_number(header.kind) {
            Some(Kind::Load) => match raw::load(&payload) {
                Ok(_) => (Status::Ok as u32, String::new()),
                Err(message) => (Status::NotLoaded as u32, message),
            },
            Some(Kind::Run) => match entry(&payload) {
                Ok(run) => (run(), String::new()),
                Err(message) => (Status::NotLoaded as u32, message),
            },
            Some(Kind::SetEnvironment) => {
                let [name, value] = split_fields(&payload);
                // SAFETY: the user asked for it; as in any program, threads that read the environment meanwhile must
                // use the same locks, which std does.
                unsafe { std::env::set_var(name, value) };
                (Status::Ok as u32, String::new())
            }
            _ => (
                Status::NotLoaded as u32,
                format!("unknown command {}", header.kind),
            ),
        };
        raw::flush_c_output();
        cell::end();
        interrupt::reset();
        output::send(Kind::Done, status, 0, message.as_bytes());
        if header.kind == Kind::Run as u32 {
            snapshot::take(&control);
        }
    }
}

fn next(control: &mut UnixStream) -> Option<(Header, String)> {
    let mut head = [0; Header::SIZE];
    control.read_exact(&mut head).ok()?;
    let header = Header::decode(&head);
    let mut payload = vec![0; header.len as usize];
    control.read_exact(&mut payload).ok()?;
    Some((header, String::from_utf8(payload).ok()?))
}

fn entry(payload: &str) -> Result<Entry, String> {
    let [path, name] = split_fields(payload);
    let address = raw::symbol(raw::load(path)?, name)?;
    // SAFETY: the engine generates entry points with this signature only.
    Ok(unsafe { std::mem::transmute::<*mut c_void, Entry>(address) })
}
