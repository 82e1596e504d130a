//! Reads the types of variables from the MIR that rustc emits beside the object code.
//!
//! Local declarations in it spell types with their public paths. The types of the variables themselves may have been
//! folded away; those of the slots that they are stored through never are.

use std::collections::BTreeMap;

use crate::cell::{Signature, shape};
use crate::compiler::paths;
use crate::compiler::paths::slot_name;

/// The types of the variables that a cell stores, by name.
pub(crate) fn variable_types<'a>(
    mir: &str,
    names: impl IntoIterator<Item = &'a String>,
) -> BTreeMap<String, String> {
    names
        .into_iter()
        .filter_map(|name| Some((name.clone(), slot_type(mir, &slot_name(name))?)))
        .collect()
}

fn slot_type(mir: &str, slot: &str) -> Option<String> {
    let debug_info = format!("debug {slot} => ");
    let at = mir.find(&debug_info)?;
    let local = mir[at + debug_info.len()..].split(';').next()?;
    let declaration = format!("let {local}: ferrocell_runtime::Slot<");
    // The declaration stands before, in the same function.
    let start = mir[..at].rfind(&declaration)? + declaration.len();
    let length = mir[start..].find(">;\n")?;
    // rustc prefers the shorter path to what is exported twice, although only the other one is stable.
    Some(mir[start..start + length].replace("std::sync::mpmc::", "std::sync::mpsc::"))
}

/// Whether a type cannot be written down: closures, async blocks and the like, and what a function defines for itself.
pub(crate) fn is_unnameable(ty: &str) -> bool {
    ty.contains('{') || ty.contains("impl ") || paths::is_local(ty)
}

/// A type as code can name it. rustc leaves out the lifetime of references, which is that of what a variable holds, for
/// ever (without it, a `dyn Fn(&str)` would take any reference), and the parentheses around a `dyn` behind them.
pub(crate) fn lasting(ty: &str) -> String {
    let (mut text, mut rest) = (String::new(), ty);
    let mut depth = 0;
    // The depths at which parentheses of ours were opened.
    let mut opened = Vec::new();
    while let Some(character) = rest.chars().next() {
        let is_end = matches!(character, ')' | ']' | '>' | ',' | ';') && !text.ends_with('-');
        while is_end && opened.last() == Some(&depth) {
            opened.pop();
            text.push(')');
        }
        match character {
            '(' | '[' | '<' => depth += 1,
            ')' | ']' => depth -= 1,
            '>' if is_end => depth -= 1,
            _ => {}
        }
        let (token, behind) = rest.split_at(character.len_utf8());
        text += token;
        rest = behind;
        if character == '&' {
            if !rest.starts_with('\'') {
                text += "'static ";
            }
            let pointee = rest.find("dyn ").filter(|at| {
                let mut words = rest[..*at].split_whitespace();
                words.all(|word| word == "mut" || word.starts_with('\''))
            });
            if let Some(at) = pointee {
                text += &rest[..at];
                text.push('(');
                opened.push(depth);
                rest = &rest[at..];
            }
        }
    }
    text += &")".repeat(opened.len());
    text.replace("'_", "'static")
}

/// The signatures of all closures in a crate, by their types.
pub(crate) fn signatures(mir: &str) -> BTreeMap<String, Signature> {
    let headers = mir.lines().filter(|line| line.starts_with("fn "));
    headers.filter_map(signature).collect()
}

/// Reads `fn cell::{closure#0}(_1: &mut {closure@cell_5.rs:1:2: 1:3}, _2: i32) -> i32 {`.
fn signature(header: &str) -> Option<(String, Signature)> {
    let parameters = &header[header.find("}(_1: ")? + 2..];
    let end = closing_parenthesis(parameters)?;
    let output = parameters[end..]
        .strip_prefix(") -> ")?
        .strip_suffix(" {")?;
    let mut parameters = parameters[..end].split(", _").map(|parameter| {
        let (_, ty) = parameter.split_once(": ").unwrap_or_default();
        ty
    });
    let own = parameters.next()?;
    let (kind, closure) = if let Some(closure) = own.strip_prefix("&mut ") {
        ("FnMut", closure)
    } else if let Some(closure) = own.strip_prefix('&') {
        ("Fn", closure)
    } else {
        ("FnOnce", own)
    };
    let parameters = parameters.map(|ty| match syn::parse_str(ty) {
        Ok(ty) => shape(&ty),
        Err(_) => "_".to_owned(),
    });
    let signature = Signature {
        kind,
        parameters: parameters.collect(),
        output: output.to_owned(),
    };
    closure
        .starts_with('{')
        .then(|| (closure.to_owned(), signature))
}

/// Where the parenthesis closes that was opened before a text.
fn closing_parenthesis(text: &str) -> Option<usize> {
    let mut depth = 1;
    for (at, character) in text.char_indices() {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slots_type_is_its_variables() {
        let mir = "\
fn cell() -> () {
    let _3: ferrocell_runtime::Slot<std::vec::Vec<(i32, fn() -> u8)>>;
    scope 1 {
        debug __ferrocell_slot_v => _3;
    }
}
";
        let types = variable_types(mir, &["v".to_owned(), "w".to_owned()]);
        assert_eq!(
            types,
            BTreeMap::from([(
                "v".to_owned(),
                "std::vec::Vec<(i32, fn() -> u8)>".to_owned()
            )])
        );
    }

    #[test]
    fn signatures_of_closures_are_read() {
        let header = "fn cell::{closure#0}::{closure#3}(_1: &mut {closure@cell_5.rs:1:2: 1:3}, _2: (i32, &str), \
                      _3: &mut Vec<u8>) -> (u8, Box<dyn Fn(i32) -> i32>) {";
        let (closure, signature) = signature(header).expect("it is a closure's");
        assert_eq!(closure, "{closure@cell_5.rs:1:2: 1:3}");
        assert_eq!(signature.kind, "FnMut");
        assert_eq!(signature.parameters, ["(_, &_, )", "&mut _"]);
        assert_eq!(signature.output, "(u8, Box<dyn Fn(i32) -> i32>)");
        assert_eq!(super::signature("fn cell(_1: i32) -> i32 {"), None);
    }

    #[test]
    fn references_last_unless_they_have_another_lifetime() {
        for (ty, expected) in [
            (
                "(&str, Cow<'_, str>, dyn for<'a> Fn(&'a mut i32) -> &mut u8)",
                "(&'static str, Cow<'static, str>, dyn for<'a> Fn(&'a mut i32) -> &'static mut u8)",
            ),
            (
                "Vec<&mut dyn Fn(&dyn Any + Send) -> u8 + Send>",
                "Vec<&'static mut (dyn Fn(&'static (dyn Any + Send)) -> u8 + Send)>",
            ),
            ("&dyn Any", "&'static (dyn Any)"),
        ] {
            assert_eq!(lasting(ty), expected);
        }
    }
}
