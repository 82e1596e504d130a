//! What could stand in a directive, and what a directive does.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;
use std::{env, fs};

use super::completion;
use crate::Completion;
use crate::cell::split_directives;
use crate::compiler::state::State;
use crate::directives::{Argument, DIRECTIVES, Entry, find};

/// The types that need no path.
const PRIMITIVES: [&str; 18] = [
    "array", "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "str", "u8",
    "u16", "u32", "u64", "u128", "usize",
];
/// Whether this is one of them, or another that has documentation but no path.
pub(crate) fn is_primitive(name: &str) -> bool {
    PRIMITIVES.contains(&name)
        || matches!(
            name,
            "slice" | "tuple" | "never" | "unit" | "reference" | "pointer"
        )
}

/// The most used types and functions of std, by their paths.
const STD_PATHS: [&str; 34] = [
    "std::cell::Cell",
    "std::cell::RefCell",
    "std::collections::BTreeMap",
    "std::collections::BTreeSet",
    "std::collections::BinaryHeap",
    "std::collections::HashMap",
    "std::collections::HashSet",
    "std::collections::VecDeque",
    "std::env",
    "std::fmt::Debug",
    "std::fmt::Display",
    "std::fs",
    "std::fs::File",
    "std::io",
    "std::io::Read",
    "std::io::Write",
    "std::iter::Iterator",
    "std::mem",
    "std::net::TcpStream",
    "std::path::Path",
    "std::path::PathBuf",
    "std::process::Command",
    "std::rc::Rc",
    "std::string::String",
    "std::sync::Arc",
    "std::sync::Mutex",
    "std::sync::RwLock",
    "std::sync::atomic",
    "std::sync::mpsc",
    "std::thread",
    "std::thread::spawn",
    "std::time::Duration",
    "std::time::Instant",
    "std::vec::Vec",
];

/// The candidates for the bytes of `text` that they replace, if the byte `at` is in a directive.
pub(super) fn complete(
    state: &State,
    text: &str,
    at: usize,
) -> Option<(Vec<Completion>, Range<usize>)> {
    let line_start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    if text[line_start..at] == *":" {
        // No name follows yet, so this is no directive yet.
        return Some((names(":"), line_start..at));
    }
    let (entry, name) = directive_at(text, at)?;
    if at <= name.end {
        return Some((names(&text[name.start..at]), name));
    }
    let Some(argument) = entry.map(|entry| entry.argument) else {
        return Some((Vec::new(), at..at));
    };
    let prefix = text[..at].rsplit(char::is_whitespace).next().unwrap_or("");
    let word = at - prefix.len()..at;
    let simple = |candidates: Vec<Completion>| {
        let fitting = |candidate: &Completion| candidate.text.starts_with(prefix);
        (
            candidates.into_iter().filter(fitting).collect(),
            word.clone(),
        )
    };
    let words = |words: &[&str], kind| {
        words
            .iter()
            .map(|word| Completion::new(word, kind, ""))
            .collect()
    };
    match argument {
        Argument::Free => Some((Vec::new(), at..at)),
        Argument::Words(all) => Some(simple(words(all, "value"))),
        Argument::Crate => Some(simple(crates(state))),
        Argument::Expression | Argument::Path => {
            // The argument is code, and the directive's name is not.
            let code = format!("{}{}", " ".repeat(name.end), &text[name.end..]);
            let (mut found, range) = completion::of_code(state, &code, at);
            if argument == Argument::Path {
                let (more, range) =
                    simple([words(&PRIMITIVES, "type"), words(&STD_PATHS, "path")].concat());
                if found.is_empty() && !more.is_empty() {
                    return Some((more, range));
                }
                // Both replace the same bytes where there is no path yet.
                found.extend(more.into_iter().filter(|_| range == word));
            }
            Some((found, range))
        }
    }
}

/// What the directive does that the byte `at` is in.
pub(super) fn describe(text: &str, at: usize) -> Option<(String, String)> {
    let (entry, name) = directive_at(text, at)?;
    let entry = entry.filter(|_| at <= name.end)?;
    Some((
        format!(":{} {}", entry.name, entry.usage),
        entry.help.to_owned(),
    ))
}

/// The directive that a byte is in, if there is one of that name, and where its colon and name stand.
fn directive_at(text: &str, at: usize) -> Option<(Option<&'static Entry>, Range<usize>)> {
    let (directives, _) = split_directives(text);
    let directive = directives
        .into_iter()
        .find(|directive| directive.range.start < at && at <= directive.range.end)?;
    let start = directive.range.start;
    let name = match directive.name.as_str() {
        "!" => start..start + 1,
        name => start..start + 1 + name.len(),
    };
    Some((find(&directive.name), name))
}

fn names(prefix: &str) -> Vec<Completion> {
    let all = DIRECTIVES
        .iter()
        .map(|entry| Completion::new(&format!(":{}", entry.name), "directive", entry.usage));
    all.filter(|name| name.text.starts_with(prefix)).collect()
}

/// Crates as `:dep` takes them: those in use, and those whose sources cargo has on this machine, in their latest
/// version here.
fn crates(state: &State) -> Vec<Completion> {
    let used = state
        .deps
        .values()
        .map(|spec| format!("{} = {}", spec.name, spec.value));
    let mut found: Vec<_> = used
        .map(|line| Completion::new(&line, "crate", "in use"))
        .collect();
    let mut latest: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for (name, version) in on_this_machine() {
        let known = latest.entry(name).or_default();
        *known = known.clone().max(version);
    }
    found.extend(latest.into_iter().map(|(name, version)| {
        let version: Vec<_> = version.iter().map(u64::to_string).collect();
        Completion::new(&format!("{name} = \"{}\"", version.join(".")), "crate", "")
    }));
    found
}

/// The packages whose sources cargo has unpacked. If there are none, there is nothing to offer.
fn on_this_machine() -> Vec<(String, Vec<u64>)> {
    let home = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(env::home_dir()?.join(".cargo")));
    let registries = home.and_then(|home| fs::read_dir(home.join("registry/src")).ok());
    let packages = registries
        .into_iter()
        .flatten()
        .filter_map(|registry| fs::read_dir(registry.ok()?.path()).ok())
        .flatten();
    packages
        .filter_map(|package| {
            let folder = package.ok()?.file_name().into_string().ok()?;
            let (name, version) = split_version(&folder)?;
            Some((name.to_owned(), version))
        })
        .collect()
}

/// The name and the version in the name of a package's folder; none for versions that are not released.
fn split_version(folder: &str) -> Option<(&str, Vec<u64>)> {
    let (name, version) = folder.rsplit_once('-')?;
    let version = version
        .split_once('+')
        .map_or(version, |(version, _)| version);
    let numbers: Option<Vec<u64>> = version
        .split('.')
        .map(|number| number.parse().ok())
        .collect();
    numbers
        .filter(|numbers| numbers.len() == 3)
        .map(|numbers| (name, numbers))
}

#[cfg(test)]
mod tests {
    use super::split_version;

    #[test]
    fn folders_name_packages() {
        for (folder, expected) in [
            ("serde-1.0.200", Some(("serde", vec![1, 0, 200]))),
            ("rand-core-0.9.0", Some(("rand-core", vec![0, 9, 0]))),
            (
                "zstd-sys-2.0.15+zstd.1.5.7",
                Some(("zstd-sys", vec![2, 0, 15])),
            ),
            ("syn-3.0.0-rc.1", None),
            ("nothing", None),
        ] {
            assert_eq!(split_version(folder), expected, "{folder}");
        }
    }
}
