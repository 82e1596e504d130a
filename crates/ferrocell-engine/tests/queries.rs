//! Questions about code that is being written, answered from what cells have defined.

mod conversation;

use conversation::Conversation;
use ferrocell_engine::Completeness;

/// The candidates at the mark `|`, and the text they replace.
fn complete(notebook: &Conversation, marked: &str) -> (Vec<String>, String) {
    let (text, cursor) = unmark(marked);
    let found = notebook.session.queries().complete(&text, cursor);
    let replaced = text
        .chars()
        .skip(found.cursor_start)
        .take(found.cursor_end - found.cursor_start)
        .collect();
    (
        found
            .matches
            .into_iter()
            .map(|completion| completion.text)
            .collect(),
        replaced,
    )
}

fn inspect(notebook: &Conversation, marked: &str, detail: u8) -> String {
    let (text, cursor) = unmark(marked);
    let found = notebook.session.queries().inspect(&text, cursor, detail);
    found
        .and_then(|found| found.data.text().map(str::to_owned))
        .unwrap_or_default()
}

fn unmark(marked: &str) -> (String, usize) {
    let cursor = marked
        .chars()
        .position(|c| c == '|')
        .expect("the cursor is marked");
    (marked.replacen('|', "", 1), cursor)
}

fn notebook() -> Conversation {
    let mut notebook = Conversation::new();
    notebook.ok(
        "use std::collections::HashMap;\n\
         /// A place on a map.\n\
         #[derive(Clone)]\n\
         struct Place { latitude: f64, größe: String }\n\
         impl Place { fn origin() -> Self { Place { latitude: 0.0, größe: String::new() } } fn move_by(&mut self, by: f64) {} }\n\
         enum Color { Red, Green }\n\
         fn paint(place: &Place, color: Color) -> usize { 0 }\n\
         static COUNTER: u32 = 1;\n\
         let place = Place::origin();\n\
         let numbers = vec![1, 2];",
    );
    notebook
}

#[test]
fn names_and_members_are_completed() {
    let notebook = notebook();
    let check = |marked: &str, expected: &[&str], replaced: &str| {
        let (found, text) = complete(&notebook, marked);
        assert!(
            expected
                .iter()
                .all(|name| found.iter().any(|found| found == name)),
            "{marked}: {found:?}"
        );
        assert_eq!(text, replaced, "{marked}");
    };
    check("let größe = pla|", &["place"], "pla");
    check("pai|nt", &["paint"], "paint");
    check("place.|", &["latitude", "größe", "move_by"], "");
    check("place.grö|", &["größe"], "grö");
    check("place.größe.tri|", &["trim"], "tri");
    check("numbers.pu|", &["push"], "pu");
    check("Color::|", &["Red", "Green"], "");
    check("Place::o|", &["origin"], "o");
    check("Hash|", &["HashMap"], "Hash");
    check("whi|", &["while"], "whi");
    assert_eq!(complete(&notebook, "\"pla|\"").0, Vec::<String>::new());
}

#[test]
fn directives_are_completed_with_their_arguments() {
    let mut notebook = notebook();
    notebook.ok("let kappa = 1;");
    for (marked, expected, replaced) in [
        (":|", &[":dep", ":vars", ":quit"][..], ":"),
        (":va|", &[":vars"], ":va"),
        (":va|rs", &[":vars"], ":vars"),
        ("let x = 1;\n:ed|", &[":edition"], ":ed"),
        (":type kap|", &["kappa"], "kap"),
        (":type place.lat|", &["latitude"], "lat"),
        (":t Col|", &["Color"], "Col"),
        (":doc i3|", &["i32"], "i3"),
        (":doc pai|", &["paint"], "pai"),
        (
            ":doc std::coll|",
            &["std::collections::HashMap"],
            "std::coll",
        ),
        (":doc whi|", &["while"], "whi"),
        (":doc Color::|", &["Red", "Green"], ""),
        (":opt |", &["0", "3", "z"], ""),
        (":edition 20|", &["2015", "2018", "2021", "2024"], "20"),
        (":snapshots o|", &["on", "off"], "o"),
        (":offline |", &["0", "1"], ""),
        (":efmt {:|", &["{:?}", "{:#?}"], "{:"),
        // Its sources are here, because the engine itself is built with it.
        (":dep thiserr|", &["thiserror = \"2."], "thiserr"),
    ] {
        let (found, text) = complete(&notebook, marked);
        let has = |name: &&str| found.iter().any(|found| found.starts_with(*name));
        assert!(expected.iter().all(has), "{marked}: {found:?}");
        assert_eq!(text, replaced, "{marked}");
    }
    for nothing in [":clear |", "!ls |", ":opt 7|", "f(\n:va|\n)"] {
        assert_eq!(
            complete(&notebook, nothing).0,
            Vec::<String>::new(),
            "{nothing}"
        );
    }
    assert_eq!(
        inspect(&notebook, ":tim|ing", 0),
        ":timing \nshow how long cells take, or stop that"
    );
}

#[test]
fn names_are_inspected() {
    let notebook = notebook();
    assert_eq!(inspect(&notebook, "pla|ce", 0), "let place: Place");
    assert_eq!(
        inspect(&notebook, "paint|(", 0),
        "fn paint(place: &Place, color: Color) -> usize\nA function of cell [1]."
    );
    assert!(
        inspect(&notebook, "Place|", 1)
            .contains("struct Place { latitude: f64, größe: String }\nA place on a map.")
    );
    assert_eq!(
        inspect(&notebook, "place.latitude|", 0),
        "latitude: f64\nA field."
    );
    assert!(inspect(&notebook, "println|!()", 0).ends_with("/macro.println.html"));
    assert_eq!(inspect(&notebook, "unknown|", 0), "");
}

#[test]
fn completeness_is_the_parsers() {
    let notebook = Conversation::new();
    let queries = notebook.session.queries();
    assert_eq!(
        queries.is_complete("fn f() {\n    if true {"),
        Completeness::Incomplete {
            indent: " ".repeat(8)
        }
    );
    assert_eq!(queries.is_complete("let x = 1;"), Completeness::Complete);
    assert_eq!(queries.is_complete("let = 1;"), Completeness::Invalid);
}
