//! Reads the types of variables from the MIR that rustc emits beside the object code.
//!
//! Local declarations in it spell types with their public paths. The types of the variables themselves may have been
//! folded away; those of the slots that they are stored through never are.

use std::collections::BTreeMap;

use crate::generate::slot_name;

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

/// Whether a type cannot be written down: closures, async blocks and the like.
pub(crate) fn is_unnameable(ty: &str) -> bool {
    ty.contains('{') || ty.contains("impl ")
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
}
