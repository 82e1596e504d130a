//! What a compilation has made, as one file that tells whether it is still right: what else it was made of, and a hash.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::{Deserialize, Serialize};

use crate::compiler::rustc::Answer;
use crate::toolchain::cache;

/// A compilation's answer, its object, and what it was made of besides its code and its arguments.
#[derive(Serialize, Deserialize)]
pub(super) struct Artifact {
    /// What rustc said.
    pub(super) answer: Answer,
    /// What else it has read.
    pub(super) inputs: Inputs,
    /// The shared object; stands behind the rest.
    #[serde(skip)]
    pub(super) object: Vec<u8>,
}

/// What a compilation has read besides its code.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Inputs {
    /// The files, with hashes of what was in them.
    files: Vec<(PathBuf, String)>,
    /// The variables that the code asked for, with their values.
    variables: Vec<(String, Option<String>)>,
}

impl Inputs {
    /// Those that rustc has written down, in the folder `dir`, where `source` is the code. `None` if a file has gone since.
    pub(super) fn parse(text: &str, dir: &Path, source: &str) -> Option<Self> {
        let mut inputs = Self::default();
        for line in text.lines() {
            if let Some(variable) = line.strip_prefix("# env-dep:") {
                let (name, value) = match variable.split_once('=') {
                    Some((name, value)) => (name, Some(unescaped(value))),
                    None => (variable, None),
                };
                inputs.variables.push((unescaped(name), value));
            } else if let Some(file) = line.strip_suffix(':')
                && !file.starts_with('#')
                && file != source
            {
                // Each file stands once more alone, as a target without prerequisites.
                let path = dir.join(file.replace("\\ ", " "));
                let hash = hash_of_file(&path)?;
                inputs.files.push((path, hash));
            }
        }
        Some(inputs)
    }

    /// Whether the same would be read now, by one of these commands.
    pub(super) fn are_fresh(&self, commands: &[Command]) -> bool {
        let is_same = |(path, hash): &(PathBuf, String)| hash_of_file(path).as_ref() == Some(hash);
        let has = |(name, value): &(String, Option<String>)| {
            let mut values = commands.iter().map(|command| variable(command, name));
            values.any(|now| now == *value)
        };
        self.files.iter().all(is_same) && self.variables.iter().all(has)
    }
}

impl Artifact {
    /// Reads one from its file, if it is whole.
    pub(super) fn read(file: &Path) -> Option<Self> {
        let bytes = fs::read(file).ok()?;
        let (hash, rest) = split_line(&bytes)?;
        if cache::key([&rest]).as_bytes() != hash {
            return None;
        }
        let (header, object) = split_line(rest)?;
        let artifact: Self = serde_json::from_slice(header).ok()?;
        Some(Self {
            object: object.to_owned(),
            ..artifact
        })
    }

    /// Its file's content.
    pub(super) fn to_bytes(&self) -> io::Result<Vec<u8>> {
        let mut rest = serde_json::to_vec(self)?;
        rest.push(b'\n');
        rest.extend(&self.object);
        let mut bytes = cache::key([&rest]).into_bytes();
        bytes.push(b'\n');
        bytes.extend(rest);
        Ok(bytes)
    }
}

/// The value that a variable has in a process that is yet to start.
fn variable(command: &Command, name: &str) -> Option<String> {
    let set = command
        .get_envs()
        .find(|(other, _)| *other == OsStr::new(name));
    match set {
        Some((_, value)) => value.map(|value| value.to_string_lossy().into_owned()),
        None => env::var(name).ok(),
    }
}

fn hash_of_file(path: &Path) -> Option<String> {
    Some(cache::key([&fs::read(path).ok()?]))
}

fn split_line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    Some((&bytes[..end], &bytes[end + 1..]))
}

fn unescaped(text: &str) -> String {
    let mut plain = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        plain.push(match character {
            '\\' => match characters.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                Some(other) => other,
                None => '\\',
            },
            other => other,
        });
    }
    plain
}
