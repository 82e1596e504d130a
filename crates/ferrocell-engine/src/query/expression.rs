//! The type of an expression before a dot, as the compiler tells it: it is asked for a member that nothing has.

use crate::Remark;
use crate::cell::unclosed;

/// A member that nothing has.
const MEMBER: &str = "ferrocell_member";

/// What the compiler knows of an expression.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Expression {
    /// Its type.
    pub(super) ty: String,
    /// The fields that can be named here.
    pub(super) fields: Vec<String>,
}

/// Texts that ask for it, of what stands up to the dot: one of them is Rust, if that can become Rust.
pub(super) fn questions(before: &str) -> impl Iterator<Item = String> {
    let closing: String = unclosed(before).into_iter().rev().collect();
    // A statement may have to end, and a condition to have its block.
    let tails = ["", ";", " {}"];
    let question = move |tail| format!("{before}{MEMBER}{tail}{closing}");
    tails.into_iter().map(question)
}

/// What the remarks about such a text tell. `None` if the compiler has not come so far.
pub(super) fn answer(remarks: &[Remark]) -> Option<Expression> {
    remarks.iter().find_map(|remark| {
        let quoted = |text: &str| Some(text.split_once('`')?.1.rsplit_once('`')?.0.to_owned());
        let ty = match remark.code.as_str() {
            "E0609" => {
                let (_, behind) = remark.message.split_once(&format!("`{MEMBER}` on type "))?;
                quoted(behind)?
            }
            "E0610" => quoted(&remark.message)?,
            _ => return None,
        };
        let fields = remark
            .notes
            .iter()
            .filter(|note| note.starts_with("available field"));
        let fields = fields.flat_map(|note| note.split('`').skip(1).step_by(2));
        Some(Expression {
            ty,
            fields: fields.map(str::to_owned).collect(),
        })
    })
}

/// Whether the parser has refused the text, so that another may do.
pub(super) fn is_refused(remarks: &[Remark]) -> bool {
    remarks.iter().any(|remark| remark.code.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Position, Severity};

    #[test]
    fn what_is_open_is_closed() {
        let all: Vec<String> = questions("fn f() { g(v[0].").collect();
        assert_eq!(all[0], "fn f() { g(v[0].ferrocell_member)}");
        assert_eq!(all[2], "fn f() { g(v[0].ferrocell_member {})}");
    }

    #[test]
    fn types_are_read_from_messages() {
        let remark = |code: &str, message: &str, note: &str| Remark {
            severity: Severity::Error,
            message: message.to_owned(),
            code: code.to_owned(),
            notes: vec![note.to_owned()],
            fixes: Vec::new(),
            start: Position { line: 1, column: 1 },
            end: Position { line: 1, column: 2 },
        };
        let known = |ty: &str, fields: &[&str]| {
            Some(Expression {
                ty: ty.to_owned(),
                fields: fields.iter().map(ToString::to_string).collect(),
            })
        };
        let named = remark(
            "E0609",
            "no field `ferrocell_member` on type `Option<&P>`",
            "available fields are: `a`, `b`",
        );
        assert_eq!(answer(&[named]), known("Option<&P>", &["a", "b"]));
        let primitive = "`u8` is a primitive type and therefore doesn't have fields";
        assert_eq!(answer(&[remark("E0610", primitive, "")]), known("u8", &[]));
        assert_eq!(
            answer(&[remark("E0425", "cannot find value `v`", "")]),
            None
        );
    }
}
