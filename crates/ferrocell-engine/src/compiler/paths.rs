//! The modules of generated code, which users never see: a type of theirs is at the path that they would write.

use std::borrow::Cow;

use crate::CellId;

/// The crate as which every cell is compiled: a type at the same path in two of them is the same type.
pub(crate) const CRATE: &str = "notebook";

/// The crate that cells have without asking for it, unless a dependency is it.
pub(crate) const DISPLAY: &str = "ferrocell";

/// The module of types that are defined again, in another version; within it there may be that of a third one.
pub(crate) const AGAIN: &str = "redefined";

/// The function that runs the statements of a cell.
pub(crate) const ENTRY: &str = "__ferrocell_enter";

/// The symbol of that function.
pub(crate) const ENTRY_SYMBOL: &str = "ferrocell_enter";

/// How many digits of a hash tell the module of one cell from those of others.
pub(crate) const MODULE_DIGITS: usize = 12;

/// The path of the types of a version.
pub(crate) fn path_of_version(version: usize) -> String {
    format!("crate{}", format!("::{AGAIN}").repeat(version))
}

/// The name of a cell's files. Up to 9999 all have the same length, so that one can be written in the place of another.
pub(crate) fn cell_name(cell: CellId) -> String {
    format!("cell_{:04}", cell.0)
}

/// The name of the module of all that belongs to one cell alone, whose code has this hash.
pub(crate) fn module_name(hash: &str) -> String {
    format!("cell_{}", &hash[..MODULE_DIGITS])
}

/// A text of the compiler's without the modules of versions.
pub(crate) fn without_versions(text: &str) -> Cow<'_, str> {
    // Most texts are long and have none.
    if text.contains(AGAIN) {
        without(text, |segment| segment == AGAIN).into()
    } else {
        text.into()
    }
}

/// A text of the compiler's without modules and functions of ours.
pub(crate) fn plain(text: &str) -> String {
    without(text, |segment| {
        segment == AGAIN || is_of_cell(segment) || segment == ENTRY
    })
}

/// What `std::any::type_name` says of a type, as the compiler would write it.
pub(crate) fn of_type_name(name: &str) -> String {
    let begin = format!("{CRATE}::");
    let parts = name.split_inclusive(|character: char| !is_of_word(character) && character != ':');
    let parts = parts.map(|path| path.strip_prefix(&begin).unwrap_or(path));
    parts
        .collect::<String>()
        .replace("{{closure}}", "{closure}")
}

/// Whether a type is defined inside of a function or statement, where no other cell can name it.
pub(crate) fn is_local(ty: &str) -> bool {
    plain(ty) != without_versions(ty)
}

fn is_of_cell(segment: &str) -> bool {
    let hash = segment.strip_prefix("cell_").unwrap_or_default();
    hash.len() == MODULE_DIGITS && hash.bytes().all(|digit| digit.is_ascii_hexdigit())
}

fn is_of_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Takes segments from the start of paths, and a `crate` before them.
fn without(text: &str, is_ours: impl Fn(&str) -> bool) -> String {
    let (mut plain, mut rest) = (String::new(), text);
    while let Some(colons) = rest.find("::") {
        let before = &rest[..colons];
        let start = before.trim_end_matches(is_of_word).len();
        let (word, after) = (&before[start..], &rest[colons + 2..]);
        let is_behind = before[..start].ends_with(':') || start == 0 && plain.ends_with("::");
        let is_start = !is_behind;
        let next = after.split("::").next().unwrap_or_default();
        plain.push_str(&before[..start]);
        if !(is_start && (is_ours(word) || word == "crate" && is_ours(next))) {
            plain.push_str(word);
            plain.push_str("::");
        }
        rest = after;
        if is_start && word == ENTRY {
            // The statements are in a closure.
            let closures = ["{closure#0}::", "{closure}::"];
            rest = closures
                .iter()
                .find_map(|closure| after.strip_prefix(closure))
                .unwrap_or(after);
        }
    }
    plain + rest
}

/// The name of the variable whose type tells the type of a kept one.
pub(crate) fn slot_name(variable: &str) -> String {
    format!("__ferrocell_slot_{}", variable.trim_start_matches("r#"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_of_ours_are_taken_from_paths() {
        assert_eq!(
            plain(
                "`redefined::redefined::P` is cell_0123456789ab::f::P, a::redefined::P, crate::redefined::P, crate::x, cell_x::P"
            ),
            "`P` is f::P, a::redefined::P, P, crate::x, cell_x::P"
        );
        assert_eq!(
            without_versions("Vec<redefined::P>, cell_0123456789ab::P"),
            "Vec<P>, cell_0123456789ab::P"
        );
        assert_eq!(
            of_type_name("(notebook::P, a::notebook::P, notebook::notebook::P)"),
            "(P, a::notebook::P, notebook::P)"
        );
        assert!(is_local("Vec<cell_0123456789ab::f::P>") && !is_local("Vec<redefined::P>"));
    }
}
