//! Questions about code that is being written, answered from what cells have defined.

mod conversation;

use std::path::Path;
use std::process::Command;

use conversation::{Conversation, unmark};
use ferrocell_engine::Completeness;

/// The candidates at the mark `|`, and the text they replace.
fn complete(notebook: &Conversation, marked: &str) -> (Vec<String>, String) {
    let (text, cursor) = unmark(marked, '|');
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
    let (text, cursor) = unmark(marked, '|');
    let found = notebook.session.queries().inspect(&text, cursor, detail);
    found
        .and_then(|found| found.data.text().map(str::to_owned))
        .unwrap_or_default()
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

/// What the session does not know, the compiler tells.
#[test]
fn members_of_expressions_are_completed() {
    let mut notebook = notebook();
    notebook.ok("let places = vec![place.clone()]; let pair = (place.clone(), \"x\".to_string(), 1.5);\n\
                 let shared = std::sync::Arc::new(std::sync::Mutex::new(vec![String::new()]));\n\
                 let by_name = HashMap::from([(\"a\", place.clone())]); fn near(p: &Place) -> Option<&Place> { Some(p) }");
    for (marked, expected, replaced) in [
        ("places[0].|", &["latitude", "größe", "move_by"][..], ""),
        ("places[0].lat|", &["latitude"], "lat"),
        ("pair.|", &["0", "1", "2"], ""),
        ("pair.0.|", &["latitude"], ""),
        ("pair.1.to_upp|", &["to_uppercase"], "to_upp"),
        ("pair.2.sq|", &["sqrt"], "sq"),
        ("places.first().unwrap().gr|", &["größe"], "gr"),
        ("places.first().un|", &["unwrap"], "un"),
        ("near(&places[0]).is_|", &["is_some", "is_none"], "is_"),
        ("near(&places[0]).unwrap().lat|", &["latitude"], "lat"),
        ("shared.lock().unwrap().pu|", &["push"], "pu"),
        ("shared.lock().unwrap()[0].tri|", &["trim"], "tri"),
        ("by_name[\"a\"].lat|", &["latitude"], "lat"),
        ("by_name.get(\"a\").map(|p| p.lat¦", &["latitude"], "lat"),
        ("let n = places[0].lat|", &["latitude"], "lat"),
        ("if places[0].lat| > 1.0 { }", &["latitude"], "lat"),
        ("for p in places.it|", &["iter"], "it"),
        (
            "for p in places.iter() {\n    p.lat|\n}",
            &["latitude"],
            "lat",
        ),
        (
            "fn g(p: &Place) -> f64 {\n    let q = near(p);\n    q.unwrap().lat|\n}",
            &["latitude"],
            "lat",
        ),
        ("let local = vec![1u8];\nlocal[0].po|", &["pow"], "po"),
        ("\"text\".tri|", &["trim"], "tri"),
        ("(1..4).ma|", &["map"], "ma"),
        ("vec![1].iter().zip([2]).fil|", &["filter"], "fil"),
        ("std::env::args().coll|", &["collect"], "coll"),
        ("Place::origin().lat|", &["latitude"], "lat"),
        (
            "std::time::Duration::from_secs(1).as_m|",
            &["as_millis"],
            "as_m",
        ),
        ("println!(\"{}\", places[0].lat|", &["latitude"], "lat"),
        ("places.iter().map(|p| p.größe.tri¦", &["trim"], "tri"),
    ] {
        let (text, cursor) = match marked.split_once('¦') {
            Some((text, _)) => (text.to_owned(), text.chars().count()),
            None => unmark(marked, '|'),
        };
        let found = notebook.session.queries().complete(&text, cursor);
        let names: Vec<&str> = found
            .matches
            .iter()
            .map(|found| found.text.as_str())
            .collect();
        assert!(
            expected.iter().all(|name| names.contains(name)),
            "{marked}: {names:?}"
        );
        let old: String = text
            .chars()
            .skip(found.cursor_start)
            .take(found.cursor_end - found.cursor_start)
            .collect();
        assert_eq!(old, replaced, "{marked}");
        assert!(
            names.iter().all(|name| !name.contains("ferrocell")),
            "{marked}: {names:?}"
        );
    }
    assert_eq!(
        inspect(&notebook, "places[0].lat|itude", 0),
        "latitude: f64\nA field.\n\nOf `Place`."
    );
    assert_eq!(
        inspect(&notebook, "pair.1.trim|()", 0),
        "trim\nA method.\n\nOf `String`."
    );
    for nothing in [
        "missing.fi|",
        "1.5.fi|",
        "places[0].zzz|",
        "let x = ].a|",
        "\"places[0].lat|\"",
    ] {
        assert_eq!(
            complete(&notebook, nothing).0,
            Vec::<String>::new(),
            "{nothing}"
        );
    }
    // Nothing was run for it.
    assert_eq!(notebook.ok("places.len()"), "1");
}

/// As far as the pages of the standard library are installed, whose names tell them.
#[test]
fn paths_into_std_are_completed() {
    let mut notebook = Conversation::new();
    notebook.ok("1");
    let sysroot = Command::new("rustc").args(["--print", "sysroot"]).output();
    let sysroot = String::from_utf8(sysroot.unwrap().stdout).unwrap();
    let is_installed = Path::new(sysroot.trim())
        .join("share/doc/rust/html/std")
        .is_dir();
    for (marked, name, replaced) in [
        ("let m = std::collections::HashM|", "HashMap", "HashM"),
        ("std::mem::sw|", "swap", "sw"),
        ("use std::sync::at|", "atomic", "at"),
        ("std::todo|", "todo!", "todo"),
    ] {
        let (found, text) = complete(&notebook, marked);
        let expected: &[&str] = if is_installed { &[name] } else { &[] };
        assert_eq!(found, expected, "{marked}");
        assert_eq!(text, replaced, "{marked}");
    }
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
        (":opt\u{2028}|", &["0", "3", "z"], ""),
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
