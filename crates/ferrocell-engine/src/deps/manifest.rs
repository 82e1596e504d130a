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

    /// A runtime, and the function that calls another one inside of it.
    fn runtime(self, tokio: &str) -> String {
        let (builder, call) = match self {
            Self::V0_1 => {
                return "pub fn inside<R>(body: impl FnOnce() -> R) -> R {\n    body()\n}\n"
                    .to_owned();
            }
            Self::V0_2 => ("new().threaded_scheduler()", "RUNTIME.enter(body)"),
            Self::V0_3 | Self::V1 => (
                "new_multi_thread()",
                "let _inside = RUNTIME.enter();\n    body()",
            ),
        };
        format!(
            "static RUNTIME: std::sync::LazyLock<{tokio}::runtime::Runtime> = std::sync::LazyLock::new(|| {{\n    \
             {tokio}::runtime::Builder::{builder}.enable_all().build().expect(\"tokio starts\")\n}});\n\n\
             pub fn inside<R>(body: impl FnOnce() -> R) -> R {{\n    {call}\n}}\n"
        )
    }
}
