//! No cell is compiled twice: what rustc makes of a cell is kept, for all sessions and notebooks.
//!
//! An artifact is found by all that goes into it, the cell's code, rustc's arguments and the libraries that it reads; what
//! the code reads besides, files and variables, stands in the artifact and is compared. A refusal is kept as well, where it
//! says how the cell has to be compiled. Each artifact is one file that is written aside and moved to its place as a whole,
//! so any number of kernels can share them; those used longest ago go first.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use crate::CellId;
use crate::compiler::artifact::{Artifact, Inputs};
use crate::compiler::canonical::Canonical;
use crate::compiler::diagnostics::Diagnostic;
use crate::compiler::rustc::{self, Answer, CompileError, Compiled, Job};
use crate::compiler::source_map::Generated;
use crate::interrupts::Interrupts;
use crate::toolchain::cache;

/// In bytes.
pub(crate) const MEGABYTE: u64 = 1_000_000;

/// The artifacts of a cache folder.
#[derive(Clone, Debug)]
pub(crate) struct Artifacts {
    /// Where they are.
    place: PathBuf,
    /// How many bytes they may have; 0 if none is used.
    limit: Arc<AtomicU64>,
    /// How many bytes may be written before they are counted again.
    credit: Arc<AtomicU64>,
}

/// What is kept, for people.
pub(crate) struct Size {
    /// How many artifacts.
    pub(crate) count: usize,
    /// Their bytes.
    pub(crate) bytes: u64,
}

impl Artifacts {
    /// Those in the cache folder of all sessions.
    pub(crate) fn new(cache_dir: &Path, limit: u64) -> Self {
        Self {
            place: cache_dir.join("cells"),
            limit: Arc::new(limit.into()),
            credit: Arc::default(),
        }
    }

    /// The folder.
    pub(crate) fn place(&self) -> &Path {
        &self.place
    }

    /// The most bytes to keep.
    pub(crate) fn limit(&self) -> u64 {
        self.limit.load(Ordering::Relaxed)
    }

    /// Keeps no more than that from now on. If it is 0, none is kept, and none that is there is used.
    pub(crate) fn set_limit(&self, limit: u64) {
        self.limit.store(limit, Ordering::Relaxed);
    }

    /// Compiles a cell, unless that was done before.
    pub(crate) fn compile(
        &self,
        job: &Job<'_>,
        generated: &Generated,
        cell: CellId,
        interrupts: &Interrupts,
    ) -> Result<Compiled, CompileError> {
        let canonical = Canonical::of(generated, cell);
        if self.limit() == 0 || !canonical.is_relabelled() {
            return rustc::compile(job, interrupts);
        }
        let name = Canonical::name();
        let anonymous = Job {
            name: &name,
            source: &canonical.text,
            ..*job
        };
        let file = self.file(&anonymous);
        let found = self.find(&file, &anonymous);
        let is_new = found.is_none();
        let artifact = match found {
            Some(artifact) => artifact,
            None => {
                let answer = rustc::call(&anonymous, interrupts)?;
                if interrupts.is_requested() {
                    return Ok(Compiled::new(answer, PathBuf::new()));
                }
                match self.keep(&file, &anonymous, answer) {
                    Ok(artifact) => artifact,
                    // What cannot be kept is as good.
                    Err(_) => return rustc::compile(job, interrupts),
                }
            }
        };
        let mut object = artifact.object;
        if canonical.relabel(&mut object).is_none() && artifact.answer.is_success {
            return rustc::compile(job, interrupts);
        }
        let answer = Answer {
            output: canonical.named(&artifact.answer.output),
            mir: canonical.named(&artifact.answer.mir),
            is_success: artifact.answer.is_success,
        };
        let place = rustc::object_path(job.dir, job.name);
        // For whoever wants to see it.
        let source = job.dir.join(format!("{}.rs", job.name));
        fs::create_dir_all(job.dir)
            .and_then(|()| fs::write(source, job.source))
            .and_then(|()| write(&place, &object))
            .map_err(|error| CompileError::Write {
                place: job.dir.to_owned(),
                error,
            })?;
        Ok(Compiled {
            is_new,
            ..Compiled::new(answer, place)
        })
    }

    /// The file for what is made of this.
    fn file(&self, job: &Job<'_>) -> PathBuf {
        let toolchain = job.toolchain;
        let dir = job.dir.to_string_lossy();
        let command = rustc::command(job, None);
        let mut parts = vec![job.source.to_owned(), toolchain.version.clone()];
        // In another session's folder the same is made.
        let arguments = command.get_args().map(|argument| {
            let argument = argument.to_string_lossy();
            argument.replace(&*dir, "")
        });
        parts.push(command.get_program().to_string_lossy().into_owned());
        parts.extend(arguments);
        let libraries = [Some(&*toolchain.std), Some(&*toolchain.runtime), job.bundle];
        parts.extend(libraries.into_iter().flatten().map(stamp));
        for (name, value) in job.environment {
            parts.extend([name.clone(), value.clone()]);
        }
        let key = cache::key(&parts);
        let (group, name) = key.split_at(2);
        self.place.join(group).join(name)
    }

    fn find(&self, file: &Path, job: &Job<'_>) -> Option<Artifact> {
        let artifact = Artifact::read(file)?;
        let commands = [
            rustc::command(job, None),
            rustc::command(job, job.manifest_dir),
        ];
        if !artifact.inputs.are_fresh(&commands) {
            return None;
        }
        // Those used longest ago go first.
        let used = File::open(file).and_then(|file| file.set_modified(SystemTime::now()));
        used.is_ok().then_some(artifact)
    }

    /// Keeps what was made, if it would be made again.
    fn keep(&self, file: &Path, job: &Job<'_>, answer: Answer) -> io::Result<Artifact> {
        let is_lasting = answer.is_success || is_lasting(&answer);
        let object = if answer.is_success {
            fs::read(rustc::object_path(job.dir, job.name))?
        } else {
            Vec::new()
        };
        let place = rustc::inputs_path(job.dir, job.name);
        let inputs = fs::read_to_string(&place).ok().and_then(|text| {
            // The next attempt may leave none.
            fs::remove_file(&place).ok()?;
            Inputs::parse(&text, job.dir, &format!("{}.rs", job.name))
        });
        let is_known = inputs.is_some();
        let artifact = Artifact {
            answer,
            inputs: inputs.unwrap_or_default(),
            object,
        };
        if !is_lasting || !is_known {
            return Ok(artifact);
        }
        let bytes = artifact.to_bytes()?;
        let len = bytes.len() as u64;
        // A full disk, or a folder of another user's, is no reason not to run the cell.
        if write(file, &bytes).is_ok() {
            let credit = self.credit.load(Ordering::Relaxed);
            match credit.checked_sub(len) {
                Some(left) => self.credit.store(left, Ordering::Relaxed),
                None => drop(self.shrink()),
            }
        }
        Ok(artifact)
    }

    /// Removes those used longest ago, as far as there are too many; what is left.
    pub(crate) fn shrink(&self) -> io::Result<Size> {
        let limit = self.limit();
        let mut files = Vec::new();
        for group in entries(&self.place)? {
            for file in entries(&group)? {
                // Another kernel may have removed it.
                if let Ok(metadata) = fs::metadata(&file) {
                    files.push((metadata.modified()?, metadata.len(), file));
                }
            }
        }
        files.sort();
        let mut left = Size {
            count: files.len(),
            bytes: files.iter().map(|(_, len, _)| len).sum(),
        };
        for (_, len, file) in files {
            if limit == 0 || left.bytes <= limit {
                break;
            }
            match fs::remove_file(file) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => left.bytes -= len,
            }
            left.count -= 1;
        }
        let credit = (limit / 16).min(limit - left.bytes.min(limit));
        self.credit.store(credit, Ordering::Relaxed);
        Ok(left)
    }
}

/// The paths in a folder; none if it is not there.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| Ok(entry?.path())).collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Whether rustc would refuse the same again: errors with a code are about the code alone. Others may be about a file that
/// was not there, a macro's mood or the linker.
fn is_lasting(answer: &Answer) -> bool {
    let mut has_code = false;
    for line in answer.output.lines() {
        let Ok(diagnostic) = serde_json::from_str::<Diagnostic>(line) else {
            return false;
        };
        if diagnostic.is_error() && diagnostic.has_place() {
            if diagnostic.code().is_empty() {
                return false;
            }
            has_code = true;
        }
    }
    has_code
}

/// Tells one state of a file from another.
fn stamp(file: &Path) -> String {
    let metadata = fs::metadata(file);
    let stamp = metadata.and_then(|metadata| Ok((metadata.len(), metadata.modified()?)));
    format!("{} {:?}", file.display(), stamp.ok())
}

/// Writes a file aside and moves it to its place: what others have loaded of the same name stays as it is.
fn write(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut aside = tempfile::NamedTempFile::new_in(folder)?;
    io::Write::write_all(&mut aside, bytes)?;
    aside.persist(file)?;
    Ok(())
}
