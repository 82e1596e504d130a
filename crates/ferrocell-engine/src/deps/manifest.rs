//! The package that asks cargo for all crates of a notebook, and the library that holds them.

use std::collections::BTreeMap;

use super::Spec;

/// The manifest of the package of this name.
pub(super) fn manifest(name: &str, dependencies: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [profile.release]\nopt-level = 3\ndebug = false\n\n[workspace]\n\n{dependencies}"
    )
}

/// The part of the manifest that names the crates.
pub(super) fn dependencies(specs: &BTreeMap<String, Spec>) -> String {
    let dependencies: toml::Table = specs
        .values()
        .map(|spec| {
            // Features only add, so that those of the runtime for `.await` harm nobody.
            let features = Tokio::of(spec).map_or(&[][..], Tokio::features);
            let spec = features
                .iter()
                .fold(spec.clone(), |spec, feature| spec.with_feature(feature));
            (spec.name, spec.value)
        })
        .collect();
    toml::Table::from_iter([("dependencies".to_owned(), toml::Value::Table(dependencies))])
        .to_string()
}

/// A library that holds all crates, which have these names.
pub(super) fn library<'a>(crates: impl Iterator<Item = &'a String>) -> String {
    crates
        .map(|name| format!("extern crate {name} as _;\n"))
        .collect()
}

/// The part of the library that is the runtime for `.await`, if there is one.
pub(super) fn runtime(specs: &BTreeMap<String, Spec>) -> String {
    let runtime = specs
        .values()
        .find_map(|spec| Some(Tokio::of(spec)?.runtime(&spec.crate_name())));
    runtime.unwrap_or_default()
}

/// The versions of tokio, as far as a runtime is made differently.
#[derive(Clone, Copy)]
enum Tokio {
    /// Its futures are not those of `.await`.
    V0_1,
    V0_2,
    V0_3,
    V1,
}

impl Tokio {
    fn of(spec: &Spec) -> Option<Self> {
        if spec.package() != "tokio" {
            return None;
        }
        let requirement = spec.version().unwrap_or("*");
        let version = requirement.trim_start_matches(|c: char| !c.is_ascii_digit());
        let mut numbers = version.split(|c: char| !c.is_ascii_digit());
        Some(match (numbers.next(), numbers.next()) {
            (Some("0"), Some("1")) => Self::V0_1,
            (Some("0"), Some("2")) => Self::V0_2,
            (Some("0"), Some("3")) => Self::V0_3,
            _ => Self::V1,
        })
    }

    /// What making a runtime needs.
    fn features(self) -> &'static [&'static str] {
        match self {
            Self::V0_1 => &[],
            Self::V0_2 => &["rt-threaded"],
            Self::V0_3 | Self::V1 => &["rt-multi-thread"],
        }
    }

    /// The function that calls another one inside the runtime of this number, which it makes if the last one had another.
    /// That one is kept: what goes on in it goes on.
    fn runtime(self, tokio: &str) -> String {
        let (builder, call) = match self {
            Self::V0_1 => {
                return "pub fn inside<R>(_: u32, body: impl FnOnce() -> R) -> R {\n    body()\n}\n"
                    .to_owned();
            }
            Self::V0_2 => ("new().threaded_scheduler()", "runtime.enter(body)"),
            Self::V0_3 | Self::V1 => (
                "new_multi_thread()",
                "let _inside = runtime.enter();\n    body()",
            ),
        };
        format!(
            "static LAST: std::sync::Mutex<Option<(u32, &{tokio}::runtime::Runtime)>> = std::sync::Mutex::new(None);\n\n\
             fn runtime(number: u32) -> &'static {tokio}::runtime::Runtime {{\n    \
             let mut last = LAST.lock().unwrap_or_else(std::sync::PoisonError::into_inner);\n    \
             match *last {{\n        \
             Some((of, runtime)) if of == number => runtime,\n        \
             _ => {{\n            \
             let runtime = {tokio}::runtime::Builder::{builder}.enable_all().build().expect(\"tokio starts\");\n            \
             last.insert((number, Box::leak(Box::new(runtime)))).1\n        \
             }}\n    }}\n}}\n\n\
             pub fn inside<R>(number: u32, body: impl FnOnce() -> R) -> R {{\n    \
             let runtime = runtime(number);\n    {call}\n}}\n"
        )
    }
}
