//! Values that a run gives a notebook, as papermill does: a cell tagged `parameters` has those that count otherwise, and
//! behind it comes a cell tagged `injected-parameters`.

use anyhow::{Context, Result, bail};
use nbformat::v4::{Cell, CellId};

use super::Document;

const PARAMETERS: &str = "parameters";
const INJECTED: &str = "injected-parameters";

/// A name and the value that it has in a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parameter {
    name: String,
    value: String,
}

impl Parameter {
    /// Reads `name=value`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (name, value) = text.split_once('=').ok_or("NAME=VALUE is expected")?;
        let is_name = |name: &str| {
            let mut characters = name.chars();
            let begins = characters
                .next()
                .is_some_and(|c| c.is_alphabetic() || c == '_');
            begins && characters.all(|c| c.is_alphanumeric() || c == '_')
        };
        if !is_name(name) {
            return Err(format!("`{name}` is no name of a variable"));
        }
        Ok(Self {
            name: name.to_owned(),
            value: value.to_owned(),
        })
    }

    /// The line that sets it in a Rust notebook, in the place of its line in the cell `defaults`: what stands before the `=`
    /// there, `mut` and a type, counts here too.
    fn in_rust(&self, defaults: &str) -> String {
        let declares = |line: &&str| {
            let rest = line.trim_start().strip_prefix("let ").unwrap_or_default();
            let rest = rest
                .trim_start()
                .strip_prefix("mut ")
                .unwrap_or(rest)
                .trim_start();
            let rest = rest.strip_prefix(&self.name);
            rest.is_some_and(|rest| rest.trim_start().starts_with([':', '=']))
        };
        let declared = defaults
            .lines()
            .find(declares)
            .and_then(|line| line.split_once('='));
        let name = &self.name;
        match declared {
            Some((before, _)) => format!("{} = {};", before.trim(), self.literal("true", "false")),
            None => format!("let {name} = {};", self.literal("true", "false")),
        }
    }

    fn in_python(&self) -> String {
        format!("{} = {}", self.name, self.literal("True", "False"))
    }

    /// A number, a truth value or a quoted text as it is; anything else is a text.
    fn literal(&self, yes: &str, no: &str) -> String {
        let value = self.value.as_str();
        match value {
            "true" | "True" => yes.to_owned(),
            "false" | "False" => no.to_owned(),
            _ if value.parse::<f64>().is_ok_and(f64::is_finite) => value.to_owned(),
            _ if value.len() > 1 && value.starts_with('"') && value.ends_with('"') => {
                value.to_owned()
            }
            _ => format!("{value:?}"),
        }
    }
}

/// Puts the values into a notebook, behind the cell tagged `parameters`, or before all code if there is none.
pub(crate) fn inject(document: &mut Document, parameters: &[Parameter]) -> Result<()> {
    if parameters.is_empty() {
        return Ok(());
    }
    let is_python = match document.language().map(str::to_lowercase).as_deref() {
        Some("rust") => false,
        Some("python") => true,
        _ => bail!("parameters are for notebooks in Rust or Python, by their metadata"),
    };
    let cells = &mut document.notebook.cells;
    cells.retain(|cell| !has_tag(cell, INJECTED));
    let place = cells.iter().position(|cell| has_tag(cell, PARAMETERS));
    let model = place.or_else(|| cells.iter().position(super::is_code));
    let mut cell = model
        .map(|place| cells[place].clone())
        .context("the notebook has no code")?;
    let Cell::Code {
        id,
        source,
        metadata,
        ..
    } = &mut cell
    else {
        bail!("the cell tagged `{PARAMETERS}` holds no code");
    };
    let defaults = if place.is_some() {
        source.concat()
    } else {
        String::new()
    };
    let lines = parameters.iter().map(|parameter| match is_python {
        true => parameter.in_python(),
        false => parameter.in_rust(&defaults),
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    *id = CellId::new(INJECTED).map_err(anyhow::Error::msg)?;
    *source = text.split_inclusive('\n').map(str::to_owned).collect();
    metadata.tags = Some(vec![INJECTED.to_owned()]);
    metadata.additional.clear();
    cells.insert(
        place.map_or(model.unwrap_or_default(), |place| place + 1),
        cell,
    );
    Ok(())
}

fn has_tag(cell: &Cell, tag: &str) -> bool {
    let mut tags = cell.metadata().tags.iter().flatten();
    tags.any(|each| each == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, defaults: &str) -> (String, String) {
        let parameter = Parameter::parse(text).unwrap();
        (parameter.in_rust(defaults), parameter.in_python())
    }

    #[test]
    fn values_are_written_as_the_language_does() {
        for (text, rust, python) in [
            ("n=5", "let n = 5;", "n = 5"),
            ("n=-2.5", "let n = -2.5;", "n = -2.5"),
            ("on=true", "let on = true;", "on = True"),
            (
                "name=a \"b\"",
                "let name = \"a \\\"b\\\"\";",
                "name = \"a \\\"b\\\"\"",
            ),
            ("name=\"5\"", "let name = \"5\";", "name = \"5\""),
            ("empty=", "let empty = \"\";", "empty = \"\""),
            ("x=inf", "let x = \"inf\";", "x = \"inf\""),
        ] {
            assert_eq!(
                lines(text, ""),
                (rust.to_owned(), python.to_owned()),
                "{text}"
            );
        }
        let defaults = "let mut n: u64 = 10;\nlet nn = 1; // n\n let other:f64=2.0;";
        assert_eq!(lines("n=5", defaults).0, "let mut n: u64 = 5;");
        assert_eq!(lines("other=5.5", defaults).0, "let other:f64 = 5.5;");
        assert_eq!(lines("new=1", defaults).0, "let new = 1;");
        for wrong in ["n", "=1", "1n=1", "a b=1"] {
            assert!(Parameter::parse(wrong).is_err(), "{wrong}");
        }
    }
}
