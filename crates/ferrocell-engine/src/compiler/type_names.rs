//! Writes types as the user would: no longer than the session's imports and the prelude allow.

use std::collections::BTreeMap;

use crate::cell::{Import, ItemKind, paths_in};
use crate::compiler::paths;
use crate::compiler::state::State;

/// What the prelude brings, by its path in std.
const PRELUDE: [&str; 34] = [
    "borrow::ToOwned",
    "boxed::Box",
    "clone::Clone",
    "cmp::Eq",
    "cmp::Ord",
    "cmp::PartialEq",
    "cmp::PartialOrd",
    "convert::AsMut",
    "convert::AsRef",
    "convert::From",
    "convert::Into",
    "convert::TryFrom",
    "convert::TryInto",
    "default::Default",
    "iter::DoubleEndedIterator",
    "iter::ExactSizeIterator",
    "iter::Extend",
    "iter::FromIterator",
    "iter::IntoIterator",
    "iter::Iterator",
    "marker::Copy",
    "marker::Send",
    "marker::Sized",
    "marker::Sync",
    "marker::Unpin",
    "ops::Drop",
    "ops::Fn",
    "ops::FnMut",
    "ops::FnOnce",
    "option::Option",
    "result::Result",
    "string::String",
    "string::ToString",
    "vec::Vec",
];

/// Private modules of std, with the public ones that show what is in them.
const PRIVATE: [([&str; 2], &str); 2] = [(["rcs", "arc"], "sync"), (["rcs", "rc"], "rc")];

/// A type, of which the compiler gives all paths in full, as the user would write it in this session.
pub(crate) fn written(ty: &str, state: &State) -> String {
    let ty = paths::plain(ty);
    let names = Names::of(state);
    let (mut written, mut at) = (String::new(), 0);
    for path in paths_in(&ty) {
        written += &ty[at..path.start];
        at = path.end;
        let segments: Vec<&str> = ty[path].split("::").collect();
        written += &names.shorten(&segments);
    }
    written + &ty[at..]
}

/// Whether an import brings what was known by the same name before: from the prelude, or by a glob.
pub(crate) fn is_known<'a>(import: &Import, mut globs: impl Iterator<Item = &'a Import>) -> bool {
    let path = segments(&import.path);
    let is_of_prelude = |prelude: &&str| path == segments(&format!("std::{prelude}"));
    let module = path
        .split_last()
        .map(|(_, module)| [module, &["*".to_owned()]].concat());
    PRELUDE.iter().any(is_of_prelude) || globs.any(|glob| Some(segments(&glob.path)) == module)
}

/// What names mean in a session.
struct Names {
    /// The paths of what is imported, by the names that it is bound to.
    bound: BTreeMap<String, Vec<String>>,
    /// The modules of which all is imported.
    globs: Vec<Vec<String>>,
    /// What is defined.
    defined: Vec<String>,
}

impl Names {
    fn of(state: &State) -> Self {
        let mut names = Self {
            bound: BTreeMap::new(),
            globs: Vec::new(),
            defined: Vec::new(),
        };
        for prelude in PRELUDE {
            let path = segments(&format!("std::{prelude}"));
            names
                .bound
                .extend(path.last().cloned().map(|name| (name, path)));
        }
        for known in &state.items {
            match &known.item.kind {
                ItemKind::Import(import) => {
                    let mut path = segments(&import.path);
                    match &import.name {
                        Some(name) => drop(names.bound.insert(name.clone(), path)),
                        None => {
                            if path.pop().is_some_and(|last| last == "*") {
                                names.globs.push(path);
                            }
                        }
                    }
                }
                ItemKind::Type { name, .. }
                | ItemKind::Trait { name, .. }
                | ItemKind::Module(name) => names.defined.push(name.clone()),
                _ => {}
            }
        }
        names
    }

    /// The shortest way to write a path.
    fn shorten(&self, path: &[&str]) -> String {
        if path.len() < 2 {
            return path.concat();
        }
        let path = public(path);
        // The more of the path a name stands for, the better.
        for end in (1..=path.len()).rev() {
            let (start, rest) = path.split_at(end);
            let is_bound = |(name, bound): &(&String, &Vec<String>)| {
                !self.defined.contains(name)
                    && if rest.is_empty() {
                        is_path_of(bound, start)
                    } else {
                        bound.len() > 1 && *bound == start
                    }
            };
            let bound = self
                .bound
                .iter()
                .filter(is_bound)
                .map(|(name, _)| name.clone());
            if let Some(name) = bound.min_by_key(String::len) {
                return [&[name], rest].concat().join("::");
            }
        }
        let (last, module) = path
            .split_last()
            .expect("the path has two segments or more");
        let is_free = !self.defined.contains(last) && !self.bound.contains_key(last);
        if is_free && self.globs.iter().any(|glob| glob == module) {
            return last.clone();
        }
        path.join("::")
    }
}

/// Whether a path to an item is the one by which it is imported: std and others move items to private modules.
fn is_path_of(imported: &[String], path: &[String]) -> bool {
    let mut segments = path.iter();
    imported.len() > 1
        && imported.first() == path.first()
        && imported.last() == path.last()
        && imported
            .iter()
            .all(|segment| segments.any(|other| other == segment))
}

/// The segments of an imported path, from a crate or from what the session defines.
fn segments(path: &str) -> Vec<String> {
    let path = path
        .split("::")
        .filter(|segment| !segment.is_empty() && !matches!(*segment, "crate" | "self" | "super"));
    public(&path.collect::<Vec<_>>())
}

/// A path as it is documented: what std takes from `core` and `alloc` is std's.
fn public(path: &[&str]) -> Vec<String> {
    let mut path: Vec<String> = path.iter().map(|segment| (*segment).to_owned()).collect();
    let is_std = |root: &String| matches!(root.as_str(), "std" | "core" | "alloc");
    if path.len() > 1 && path.first().is_some_and(is_std) {
        "std".clone_into(&mut path[0]);
        let module = path.get(1..3).unwrap_or_default();
        if let Some((_, public)) = PRIVATE.iter().find(|(private, _)| module == private) {
            path.splice(1..3, [(*public).to_owned()]);
        }
        let is_collection = path[1] == "collections"
            && path.last().is_some_and(|last| {
                [
                    "HashMap",
                    "HashSet",
                    "BTreeMap",
                    "BTreeSet",
                    "VecDeque",
                    "LinkedList",
                    "BinaryHeap",
                ]
                .contains(&last.as_str())
            });
        if is_collection {
            path.drain(2..path.len() - 1);
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CellId;
    use crate::cell::Cell;
    use crate::compiler::adjustments::Adjustments;
    use crate::compiler::plan::plan;

    fn after(text: &str) -> State {
        let state = State::default();
        let cell = Cell::parse(CellId(1), text, |_| None).expect("the cell is right");
        plan(&state, &cell).apply(&state, &cell, &Adjustments::default())
    }

    #[test]
    fn types_are_as_short_as_imports_make_them() {
        let full = "std::collections::HashMap<&str, alloc::vec::Vec<std::option::Option<std::sync::Arc<P>>>>";
        let check = |imports: &str, ty: &str, expected: &str| {
            assert_eq!(written(ty, &after(imports)), expected, "{imports}");
        };
        check(
            "",
            full,
            "std::collections::HashMap<&str, Vec<Option<std::sync::Arc<P>>>>",
        );
        check(
            "use std::{collections::HashMap, sync::Arc as Shared};",
            full,
            "HashMap<&str, Vec<Option<Shared<P>>>>",
        );
        check(
            "use std::{collections::*, sync};",
            full,
            "HashMap<&str, Vec<Option<sync::Arc<P>>>>",
        );
        check(
            "enum Option { No }",
            "(Option, core::option::Option<u8>)",
            "(Option, std::option::Option<u8>)",
        );
        check(
            "use std::fmt::Error;",
            "(std::io::Error, core::fmt::Error)",
            "(std::io::Error, Error)",
        );
        check(
            "",
            "std::boxed::Box<dyn core::ops::function::FnOnce(&str) -> i32 + std::marker::Send>",
            "Box<dyn FnOnce(&str) -> i32 + Send>",
        );
        check(
            "use std::collections::HashMap;",
            "std::collections::hash::map::HashMap<u8, u8>",
            "HashMap<u8, u8>",
        );
        check(
            "use std::sync::Arc;",
            "(alloc::rcs::arc::Arc<u8>, alloc::rcs::rc::Rc<u8>)",
            "(Arc<u8>, std::rc::Rc<u8>)",
        );
        check("mod a { pub struct P; } use a::P;", "redefined::a::P", "P");
        check(
            "mod a { pub struct P; } mod b { pub struct P; } use b::P;",
            "(a::P, b::P)",
            "(a::P, P)",
        );
    }
}
