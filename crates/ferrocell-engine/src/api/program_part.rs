//! A cell as a part of a program.

use std::ops::Range;
use std::path::Path;

use crate::CellId;
use crate::cell::{Cell, large_stack, names_in};
use crate::compiler::paths::DISPLAY;
use crate::deps::Spec;

/// A cell's text, taken apart for a program that does what the notebook does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramPart {
    /// The code, without the lines for the engine.
    pub code: String,
    /// Where in it the expression stands whose value the notebook shows.
    pub tail: Option<Range<usize>>,
    /// The names that its items define or import.
    pub names: Vec<String>,
    /// Whether it awaits something outside of an async block or function.
    pub awaits: bool,
    /// Whether it names the crate `ferrocell`, which every cell has, and a program only if it asks for it:
    /// [`write_display_package`](crate::write_display_package) brings it.
    pub displays: bool,
    /// The crates that it asks for, as lines of a manifest's `[dependencies]`.
    pub dependencies: Vec<String>,
    /// The other lines for the engine.
    pub directives: Vec<String>,
}

impl ProgramPart {
    /// Takes a cell apart. Relative paths of crates start from `folder`.
    ///
    /// ```
    /// use std::path::Path;
    ///
    /// use ferrocell_engine::ProgramPart;
    ///
    /// let part = ProgramPart::parse(":dep rand = \"0.9\"\n:vars\nstruct P;\nlet n = 1;\nn + 1", Path::new("/tmp"))?;
    /// assert_eq!(part.code.trim(), "struct P;\nlet n = 1;\nn + 1");
    /// assert_eq!(part.tail.map(|tail| &part.code[tail]), Some("n + 1"));
    /// assert_eq!(part.names, ["P"]);
    /// assert_eq!(part.dependencies, ["rand = \"0.9\""]);
    /// assert_eq!(part.directives, [":vars"]);
    /// # Ok::<(), String>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What is no Rust in it, or no dependency.
    pub fn parse(text: &str, folder: &Path) -> Result<Self, String> {
        let parse = || Cell::parse(CellId(1), text, |_| None);
        let cell = large_stack::large(parse).map_err(|error| error.message)?;
        let (mut dependencies, mut directives) = (Vec::new(), Vec::new());
        for line in &cell.directives {
            match line.name.as_str() {
                "dep" => {
                    let spec = Spec::parse(&line.argument, folder);
                    let spec = spec.map_err(|error| error.to_string())?;
                    dependencies.push(format!("{} = {}", spec.name, spec.value));
                }
                "!" => directives.push(format!("!{}", line.argument)),
                name => directives.push(format!(":{name} {}", line.argument).trim().to_owned()),
            }
        }
        let names = cell.items.iter().flat_map(|item| item.names());
        Ok(Self {
            names: names.map(str::to_owned).collect(),
            displays: names_in(&cell.source.code).contains(DISPLAY),
            awaits: cell.body().any(|statement| statement.awaits),
            tail: cell.tail.as_ref().map(|tail| tail.range.clone()),
            code: cell.source.code.to_string(),
            dependencies,
            directives,
        })
    }
}
