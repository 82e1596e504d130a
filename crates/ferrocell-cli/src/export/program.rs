//! The program: what the cells say, in one `main`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Result, anyhow};
use ferrocell_engine::ProgramPart;
use nbformat::v4::Cell;

use crate::notebook::{CellOptions, Document};

/// Shows values as a notebook does.
const SHOW: &str = r#"
/// Shows a value as the notebook does: nothing of `()`, `Debug` where there is one, else the type.
macro_rules! show {
    ($value:expr) => {
        match &($value) {
            value => {
                use show::{ByDebug as _, ByType as _};
                (&show::Value(value)).show()
            }
        }
    };
}

mod show {
    use std::any::type_name;
    use std::fmt::Debug;

    pub struct Value<'a, T>(pub &'a T);

    impl Value<'_, ()> {
        pub fn show(&self) {}
    }

    pub trait ByDebug {
        fn show(&self);
    }

    impl<T: Debug> ByDebug for Value<'_, T> {
        fn show(&self) {
            println!("{:?}", self.0);
        }
    }

    pub trait ByType {
        fn show(&self);
    }

    impl<T> ByType for &Value<'_, T> {
        fn show(&self) {
            println!("<{}>", type_name::<T>());
        }
    }
}
"#;

/// A notebook's program.
pub(super) struct Program {
    parts: Vec<Part>,
    /// The lines of `[dependencies]`.
    dependencies: Vec<String>,
    awaits: bool,
    /// Whether it needs the crate `ferrocell`, in a folder of that name.
    pub(super) displays: bool,
    /// What has no place in it.
    pub(super) left_out: Vec<String>,
}

enum Part {
    Prose(String),
    Code {
        id: String,
        part: ProgramPart,
    },
    /// A cell that is not run, and why.
    LeftOut {
        id: String,
        why: &'static str,
        text: String,
    },
}

impl Program {
    /// That of a notebook in this folder.
    pub(super) fn of(document: &Document, folder: &Path) -> Result<Self> {
        let mut program = Self {
            parts: Vec::new(),
            dependencies: Vec::new(),
            awaits: false,
            displays: false,
            left_out: Vec::new(),
        };
        for cell in &document.notebook.cells {
            match cell {
                Cell::Markdown { source, .. } => program.parts.push(Part::Prose(source.concat())),
                Cell::Code { id, source, .. } => {
                    let why = CellOptions::of(cell)?.why_no_program();
                    program.add(id.as_str(), source.concat(), why, folder)?;
                }
                Cell::Raw { .. } => {}
            }
        }
        Ok(program)
    }

    fn add(
        &mut self,
        id: &str,
        text: String,
        why_not: Option<&'static str>,
        folder: &Path,
    ) -> Result<()> {
        let id = id.to_owned();
        if let Some(why) = why_not {
            self.left_out.push(format!("cell `{id}`: {why}"));
            self.parts.push(Part::LeftOut { id, why, text });
            return Ok(());
        }
        let part = ProgramPart::parse(&text, folder);
        let part = part.map_err(|error| anyhow!("cell `{id}` cannot be exported: {error}"))?;
        let directives = part.directives.iter();
        self.left_out
            .extend(directives.map(|line| format!("`{line}` of cell `{id}`")));
        for line in &part.dependencies {
            let name = line.split(' ').next().unwrap_or_default();
            // A crate that is asked for again is asked for in the latest way.
            self.dependencies
                .retain(|other| other.split(' ').next() != Some(name));
            self.dependencies.push(line.clone());
        }
        self.awaits |= part.awaits;
        self.displays |= part.displays;
        self.parts.push(Part::Code { id, part });
        Ok(())
    }

    /// Its `Cargo.toml`.
    pub(super) fn manifest(&self, name: &str) -> String {
        let mut dependencies = self.dependencies.clone();
        if self.displays {
            dependencies.push("ferrocell = { path = \"ferrocell\" }".to_owned());
        }
        if self.awaits && !dependencies.iter().any(|line| line.starts_with("tokio ")) {
            dependencies.push("tokio = { version = \"1\", features = [\"full\"] }".to_owned());
        }
        format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n{}\n\n\
             # A package of its own, wherever it lies.\n[workspace]\n",
            dependencies.join("\n")
        )
    }

    /// Its `main.rs`.
    pub(super) fn code(&self, notebook: &Path) -> String {
        let name = notebook.file_name().unwrap_or_default().to_string_lossy();
        let main = if self.awaits {
            "#[tokio::main]\nasync fn main()"
        } else {
            "fn main()"
        };
        let mut code = format!(
            "//! The notebook `{name}` as a program.\n\n#![allow(unused, non_local_definitions, clippy::all)]\n{SHOW}\n\
             {main} -> Result<(), Box<dyn std::error::Error>> {{\n"
        );
        // A name that is defined again hides the first in a block of its own, as in the notebook.
        let (mut names, mut blocks) = (BTreeSet::new(), 1);
        for part in &self.parts {
            match part {
                Part::Prose(text) => comment(&mut code, text),
                Part::LeftOut { id, why, text } => {
                    let _ = write!(code, "\n// Cell `{id}` is left out: {why}.\n");
                    comment(&mut code, text);
                }
                Part::Code { id, part } => {
                    if part.names.iter().any(|name| names.contains(name)) {
                        code += "{\n";
                        blocks += 1;
                    }
                    names.extend(part.names.iter().cloned());
                    let _ = write!(code, "\n// Cell `{id}`\n");
                    for line in &part.directives {
                        let _ = writeln!(code, "// left out: {line}");
                    }
                    let tail = part
                        .tail
                        .clone()
                        .unwrap_or(part.code.len()..part.code.len());
                    code += part.code[..tail.start].trim_matches('\n');
                    if !tail.is_empty() {
                        let _ = write!(code, "\nshow!({});", &part.code[tail.clone()]);
                    }
                    code += part.code[tail.end..].trim_end();
                    code += "\n";
                }
            }
        }
        code += "\nOk(())\n";
        code + &"}\n".repeat(blocks)
    }
}

fn comment(code: &mut String, text: &str) {
    code.push('\n');
    for line in text.lines() {
        code.push_str(format!("// {line}").trim_end());
        code.push('\n');
    }
}
