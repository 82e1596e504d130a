//! How a parent starts a child: the running program once more, with the request in a file that it inherits.

use super::address::{self, Object};
use super::child::Child;
use super::error::ProcessError;
use super::request::{self, PRELOAD, Place, REQUEST, Request};
use crate::input::Host;
use std::env;
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;

/// A child to be.
pub(super) struct Launch<'a> {
    pub(super) name: &'a str,
    pub(super) daemon: bool,
    /// The addresses of two functions in this process, the first of which knows the second one's types.
    pub(super) trampoline: usize,
    pub(super) function: usize,
    /// The function's argument as JSON.
    pub(super) argument: String,
}

/// A child that was started, and the file that its answer will be in.
pub(super) struct Started {
    pub(super) child: Arc<Child>,
    pub(super) answer: File,
}

/// A shared library that the child must load before it can find the function.
struct Preloaded {
    object: Object,
    /// The path under which the child loads it.
    path: PathBuf,
    /// What the path leads to, if the child inherits it.
    file: Option<File>,
}

impl Launch<'_> {
    pub(super) fn start(self) -> Result<Started, ProcessError> {
        let mut preloaded = Vec::new();
        if Host::links_cells_together() {
            for library in address::libraries() {
                preload(library, &mut preloaded)?;
            }
        }
        let trampoline = place(self.trampoline, &mut preloaded)?;
        let function = place(self.function, &mut preloaded)?;
        self.spawn(trampoline, function, &preloaded)
            .map_err(ProcessError::Spawn)
    }

    fn spawn(
        self,
        trampoline: Place,
        function: Place,
        preloaded: &[Preloaded],
    ) -> io::Result<Started> {
        let (file, answer) = (request::anonymous_file()?, request::anonymous_file()?);
        let request = Request {
            name: self.name.to_owned(),
            daemon: self.daemon,
            trampoline,
            function,
            argument: self.argument,
            answer: answer.as_raw_fd(),
            preloaded: preloaded
                .iter()
                .filter_map(|object| Some(object.file.as_ref()?.as_raw_fd()))
                .collect(),
            preload: env::var_os(PRELOAD),
        };
        request::write(&file, &request)?;
        let inherited: Vec<_> = [file.as_raw_fd(), request.answer]
            .into_iter()
            .chain(request.preloaded)
            .collect();
        let mut command = Command::new("/proc/self/exe");
        command
            .stdin(Stdio::null())
            .env(REQUEST, file.as_raw_fd().to_string());
        if let Some(program) = env::args_os().next() {
            command.arg0(program);
        }
        if !preloaded.is_empty() {
            let ours = preloaded
                .iter()
                .map(|object| object.path.clone().into_os_string());
            let objects: Vec<_> = ours.chain(request.preload).collect();
            command.env(PRELOAD, objects.join(&OsString::from(":")));
        }
        // SAFETY: the closure runs between fork and execution, where only async-signal-safe calls are allowed: it
        // reads a vector that exists already and calls fcntl.
        unsafe {
            command.pre_exec(move || {
                inherited
                    .iter()
                    .try_for_each(|file| request::inherit(*file))
            });
        }
        let child = Child::adopt(command.spawn()?, self.daemon)?;
        Ok(Started { child, answer })
    }
}

/// Where `address` lies, seen from the child. Its object joins those that are preloaded unless it is the program.
fn place(address: usize, preloaded: &mut Vec<Preloaded>) -> Result<Place, ProcessError> {
    let object = Object::containing(address).ok_or(ProcessError::NotInFile)?;
    let file = address::file_at(address).map_err(ProcessError::Spawn)?;
    let offset = object.offset_of(address);
    let object = if object.path.as_os_str().is_empty() {
        object.path
    } else {
        preload(object, preloaded)?
    };
    Ok(Place {
        object,
        file,
        offset,
    })
}

/// Adds a library to those that are preloaded, unless it is among them, and gives the path that it has in the child.
fn preload(object: Object, preloaded: &mut Vec<Preloaded>) -> Result<PathBuf, ProcessError> {
    if let Some(known) = preloaded.iter().find(|known| known.object == object) {
        return Ok(known.path.clone());
    }
    // LD_PRELOAD ends a name at a colon or a space, so a path with one gives way to that of the open file.
    let ends_a_name = |byte: &u8| b": ".contains(byte);
    let file = if object.path.as_os_str().as_bytes().iter().any(ends_a_name) {
        Some(File::open(&object.path).map_err(ProcessError::Spawn)?)
    } else {
        None
    };
    let path = match &file {
        Some(file) => request::inherited_path(file),
        None => object.path.clone(),
    };
    preloaded.push(Preloaded {
        object,
        path: path.clone(),
        file,
    });
    Ok(path)
}
