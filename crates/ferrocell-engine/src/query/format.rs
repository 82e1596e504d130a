//! A cell's text as rustfmt writes it.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use ra_ap_rustc_lexer::TokenKind;

use crate::cell::{split_directives, tokens};
use crate::settings::Edition;

/// Statements are formatted as the body of this function.
const OPENING: &str = "fn cell() {\n";
const CLOSING: &str = "}\n";

/// What stands for a directive meanwhile.
const PLACEHOLDER: &str = "//@ ferrocell directive ";

/// The text formatted by the rustfmt of the toolchain in `sysroot`, or by the one in `PATH`, with directives as they are.
/// Or why it cannot be.
pub(super) fn of(text: &str, sysroot: Option<&Path>, edition: Edition) -> Result<String, String> {
    let (directives, _) = split_directives(text);
    let mut code = text.to_owned();
    for (number, directive) in directives.iter().enumerate().rev() {
        code.replace_range(directive.range.clone(), &format!("{PLACEHOLDER}{number}"));
    }
    let formatted = rustfmt(&format!("{OPENING}{code}\n{CLOSING}"), sysroot, edition)?;
    let body = formatted
        .strip_prefix(OPENING)
        .and_then(|body| body.strip_suffix(CLOSING));
    let Some(body) = body else {
        // `fn cell() {}`, for a text of white space.
        return Ok(text.trim().to_owned());
    };
    let lines = unindented(body)
        .lines()
        .map(|line| {
            let number = line.trim().strip_prefix(PLACEHOLDER);
            let directive = number.and_then(|number| directives.get(number.parse::<usize>().ok()?));
            directive.map_or(line.to_owned(), |directive| {
                text[directive.range.clone()].to_owned()
            })
        })
        .collect::<Vec<_>>();
    Ok(lines.join("\n"))
}

/// The body of a function one level further out, but for lines inside of texts.
fn unindented(body: &str) -> String {
    let is_literal = |kind| matches!(kind, TokenKind::Literal { .. });
    let literals = tokens(body).filter(|(kind, _)| is_literal(*kind));
    let literals: Vec<_> = literals.map(|(_, range)| range).collect();
    let indent = &body[..body.len() - body.trim_start_matches([' ', '\t']).len()];
    let mut unindented = String::with_capacity(body.len());
    let mut at = 0;
    for line in body.split_inclusive('\n') {
        let is_inside = literals
            .iter()
            .any(|range| range.start < at && at < range.end);
        at += line.len();
        unindented += if is_inside {
            line
        } else {
            line.strip_prefix(indent).unwrap_or(line)
        };
    }
    unindented
}

fn rustfmt(code: &str, sysroot: Option<&Path>, edition: Edition) -> Result<String, String> {
    let own = sysroot.map(|sysroot| sysroot.join("bin/rustfmt"));
    let program = own.filter(|rustfmt| rustfmt.is_file());
    let mut command = Command::new(program.as_deref().unwrap_or(Path::new("rustfmt")));
    command
        .args(["--emit", "stdout", "--quiet", "--edition", edition.name()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let missing = |error| {
        format!("cannot start rustfmt: {error}. `rustup component add rustfmt` installs it")
    };
    let mut child = command.spawn().map_err(missing)?;
    let mut stdin = child.stdin.take().expect("it is piped");
    // It reads all before it writes; if it does not, it says why.
    let _ = stdin.write_all(code.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().map_err(missing)?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    let error = errors.lines().find_map(|line| line.strip_prefix("error: "));
    if errors.contains("rustup component add") {
        return Err("rustfmt is not there: `rustup component add rustfmt` installs it".to_owned());
    }
    Err(format!(
        "it stays as it is: {}",
        error.unwrap_or(errors.trim())
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formatted(text: &str) -> String {
        of(text, None, Edition::E2024).unwrap()
    }

    #[test]
    fn statements_and_items_are_formatted() {
        assert_eq!(
            formatted("let  x=1 ;\nstruct P{x:u8}\n\n\n\nfn f( )->u8{ 5 }\nx+1"),
            "let x = 1;\nstruct P {\n    x: u8,\n}\n\nfn f() -> u8 {\n    5\n}\nx + 1"
        );
        assert_eq!(formatted("  // only a remark  "), "// only a remark");
        assert_eq!(formatted(" \n"), "");
        // Formatting again changes nothing.
        let once = formatted("for n in 0..3{println!(\"{n}\")}");
        assert_eq!(formatted(&once), once);
    }

    #[test]
    fn directives_stay() {
        assert_eq!(
            formatted(":dep  rand = {\n  version = \"0.9\" }\n!ls  -l\nlet x=1;\n:vars"),
            ":dep  rand = {\n  version = \"0.9\" }\n!ls  -l\nlet x = 1;\n:vars"
        );
    }

    #[test]
    fn lines_inside_of_texts_stay() {
        let text = "let x=r#\"\n    a\n  b\n\"#;\nlet y = \"c\n      d\";";
        assert_eq!(formatted(text), text.replace("x=r", "x = r"));
    }

    #[test]
    fn what_does_not_parse_is_named() {
        let error = of("let x = ;", None, Edition::E2024).unwrap_err();
        assert!(
            error.starts_with("it stays as it is: expected expression"),
            "{error}"
        );
    }
}
