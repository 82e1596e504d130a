//! What rust-analyzer adds to questions about code, where it is installed (`rustup component add rust-analyzer rust-src`).

mod conversation;

use std::time::{Duration, Instant};
use std::{env, process::Command, thread};

use conversation::{Conversation, unmark};
use ferrocell_engine::{Import, Outcome};

/// How long it may take to read a program.
const PATIENCE: Duration = Duration::from_secs(120);

/// Where the cursor is.
const MARK: char = '‸';

/// A session with these cells that asks rust-analyzer, which has read its program. `None` where it is not installed.
fn notebook(cells: &[&str]) -> Option<Conversation> {
    let mut notebook = Conversation::with(|options| {
        options.analyzer = true;
        options.working_dir = env::current_dir().expect("there is a folder");
    });
    for cell in cells {
        notebook.ok(cell);
    }
    settle(&mut notebook).then_some(notebook)
}

/// Waits until it has read the program; whether it is there at all.
fn settle(notebook: &mut Conversation) -> bool {
    // The first question starts it, and the first after a change tells it.
    complete(notebook, "nothing‸");
    let start = Instant::now();
    loop {
        notebook.events.try_iter().for_each(drop);
        notebook.ok(":analyzer");
        let status = notebook.printed();
        if status.contains("is not installed") {
            let is_told = |outcome: Outcome| matches!(outcome, Outcome::Ok { notes, .. } if notes.concat().contains(status.trim()));
            assert!(is_told(notebook.execute("1")) && !is_told(notebook.execute("2")));
            println!("not tried: {status}");
            return false;
        }
        if status.contains("is asked") {
            return true;
        }
        assert!(start.elapsed() < PATIENCE, "{status}");
        thread::sleep(Duration::from_millis(50));
    }
}

/// The candidates at the mark, with their kinds.
fn complete(notebook: &Conversation, marked: &str) -> Vec<(String, &'static str)> {
    let (text, cursor) = unmark(marked, MARK);
    let found = notebook.session.queries().complete(&text, cursor);
    let found = found.matches.into_iter();
    found.map(|found| (found.text, found.kind)).collect()
}

fn inspect(notebook: &Conversation, marked: &str) -> String {
    let (text, cursor) = unmark(marked, MARK);
    let found = notebook.session.queries().inspect(&text, cursor, 0);
    let data = found.unwrap_or_else(|| panic!("{marked}: nothing")).data;
    data.text().expect("a text").to_owned()
}

/// Each text with something that must be offered, and of which kind.
fn check(notebook: &Conversation, cases: &[(&str, &str, &str)]) {
    let mut times = Vec::new();
    for (marked, expected, kind) in cases {
        let start = Instant::now();
        let mut found = complete(notebook, marked);
        times.push(start.elapsed());
        let is_it = |found: &[(String, &str)]| found.contains(&((*expected).to_owned(), *kind));
        // A busy machine may have no better answer in time; it comes for the next key.
        while !is_it(&found) && start.elapsed() < PATIENCE / 4 {
            found = complete(notebook, marked);
        }
        assert!(is_it(&found), "{marked}: no {kind} {expected} in {found:?}");
        let is_internal = |name: &str| name.contains("__") || name.contains("ferrocell_cell");
        assert!(
            !found.iter().any(|(name, _)| is_internal(name)),
            "{found:?}"
        );
    }
    times.sort();
    println!(
        "{} cases: median {:.1?}, longest {:.1?}",
        times.len(),
        times[times.len() / 2],
        times[times.len() - 1]
    );
}

const DEFINITIONS: &str = "
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

/// A place on a map.
#[derive(Clone, Debug, PartialEq)]
struct Place { latitude: f64, größe: String, next: Option<Box<Place>> }
impl Place {
    /// The place where both are zero.
    fn origin() -> Self { Place { latitude: 0.0, größe: String::new(), next: None } }
    fn move_by(&mut self, by: f64) -> &mut Self { self.latitude += by; self }
}
enum Shape { Circle(f64), Square { side: f64 } }
trait Area { fn area(&self) -> f64; }
impl Area for Shape { fn area(&self) -> f64 { match self { Shape::Circle(r) => r * r, Shape::Square { side } => side * side } } }
mod geometry { pub fn distance(a: f64, b: f64) -> f64 { a - b } pub struct Point { pub x: i32 } }
fn paint(place: &Place, times: usize) -> usize { times }
const LIMIT: usize = 3;
static COUNTER: u32 = 1;
macro_rules! twice { ($e:expr) => { ($e, $e) } }
async fn fetch(n: u8) -> Result<String, std::io::Error> { Ok(n.to_string()) }
";

const VARIABLES: &str = "
let place = Place::origin();
let mut numbers = vec![1i64, 2, 3];
let pair = (1u8, String::from(\"text\"));
let map: HashMap<String, Vec<u8>> = HashMap::new();
let shared = Arc::new(Mutex::new(vec![Some(1.5f64)]));
let nested = Rc::new(std::cell::RefCell::new(Place::origin()));
let shape = Shape::Circle(1.0);
";

#[test]
fn what_could_follow_is_known_of_any_expression() {
    let Some(mut notebook) = notebook(&[DEFINITIONS, VARIABLES]) else {
        return;
    };
    check(
        &notebook,
        &[
            // Variables, fields and methods.
            ("pla‸", "place", "variable"),
            ("place.‸", "latitude", "field"),
            ("place.grö‸", "größe", "field"),
            ("place.mov‸", "move_by", "method"),
            ("place.next.unw‸", "unwrap", "method"),
            ("place.next.unwrap().lat‸", "latitude", "field"),
            ("let größe = 1; place.größe.tri‸", "trim", "method"),
            ("numbers[0].po‸", "pow", "method"),
            ("numbers.‸", "len", "method"),
            ("numbers.first().unwrap().ab‸", "abs", "method"),
            ("pair.0.lead‸", "leading_zeros", "method"),
            ("pair.‸", "1", "field"),
            ("pair.1.cha‸", "chars", "method"),
            ("map.get(\"a\").unwrap().le‸", "len", "method"),
            ("map.values().map(|value| value.fir‸", "first", "method"),
            ("for (key, value) in &map { key.le‸", "len", "method"),
            ("shared.lock().unwrap().pu‸", "push", "method"),
            ("shared.lock().unwrap()[0].unwrap().sq‸", "sqrt", "method"),
            ("nested.borrow_mut().mov‸", "move_by", "method"),
            ("shape.ar‸", "area", "method"),
            ("Place::origin().clo‸", "clone", "method"),
            (
                "numbers.iter().copied().filter(|n| n % 2 == 0).coll‸",
                "collect",
                "method",
            ),
            ("\"a b\".split_whitespace().rev().nex‸", "next", "method"),
            ("(1..10).ste‸", "step_by", "method"),
            ("[1, 2].win‸", "windows", "method"),
            ("'a'.is_al‸", "is_alphabetic", "method"),
            ("fetch(1).await?.le‸", "len", "method"),
            // Paths.
            ("std::collections::HashM‸", "HashMap", "struct"),
            ("std::mem::sw‸", "swap", "function"),
            ("std::sync::atomic::Ordering::Seq‸", "SeqCst", "variant"),
            ("Place::or‸", "origin", "function"),
            ("Shape::Ci‸", "Circle", "variant"),
            ("geometry::dis‸", "distance", "function"),
            ("geometry::Po‸", "Point", "struct"),
            ("i32::MA‸", "MAX", "constant"),
            ("String::fr‸", "from", "function"),
            ("Vec::<u8>::with_c‸", "with_capacity", "function"),
            ("use std::thr‸", "thread", "module"),
            ("use std::io::Re‸", "Read", "trait"),
            // What is not imported yet comes with its path.
            ("let set: BTreeM‸", "std::collections::BTreeMap", "struct"),
            ("HashS‸", "std::collections::HashSet", "struct"),
            ("AtomicUs‸", "std::sync::atomic::AtomicUsize", "struct"),
            ("std::io::stdin().lock().read_l‸", "read_line", "method"),
            // Items, macros, words.
            ("pai‸", "paint", "function"),
            ("LIM‸", "LIMIT", "constant"),
            ("COUN‸", "COUNTER", "static"),
            ("twi‸", "twice!", "macro"),
            ("printl‸", "println!", "macro"),
            ("ferrocell::disp‸", "display", "function"),
            ("whi‸", "while", "keyword"),
            ("let x: f6‸", "f64", "struct"),
            // Inside of code that is not finished.
            ("fn f(p: &Place) -> f64 { p.lat‸", "latitude", "field"),
            (
                "struct A { a: u8 } impl A { fn f(&self) { self.‸",
                "a",
                "field",
            ),
            ("let Place { ‸ } = place;", "größe", "field"),
            ("Place { latitude: 1.0, ‸ }", "next", "field"),
            ("match shape { Shape::Sq‸", "Square", "variant"),
            ("let f = |p: Place| p.lat‸", "latitude", "field"),
            ("println!(\"{}\", place.lat‸)", "latitude", "field"),
            ("std::thread::spawn(move || numbers.pu‸", "push", "method"),
            ("let v = 5; v.po‸", "pow", "method"),
            (":opt 2\nnumbers.so‸", "sort", "method"),
            (
                "let a = numbers.len();\nlet b = a.ch‸\nlet c = 1;",
                "checked_add",
                "method",
            ),
            (
                "if let Some(next) = &place.next { next.lat‸",
                "latitude",
                "field",
            ),
            (
                "let numbers = \"text\"; numbers.trim_s‸",
                "trim_start",
                "method",
            ),
        ],
    );
    // What is defined later is known then, and what is redefined has changed.
    notebook.ok("struct Place { longitude: f32 } let place = Place { longitude: 1.0 };");
    check(&notebook, &[("place.‸", "longitude", "field")]);
    notebook.ok(":edition 2015");
    settle(&mut notebook);
    check(
        &notebook,
        &[("let async = place.long‸", "longitude", "field")],
    );
}

#[test]
fn what_has_to_be_imported_says_how() {
    let Some(notebook) = notebook(&["let n = 1;"]) else {
        return;
    };
    for (marked, chosen, path, name) in [
        (
            "HashS‸",
            "std::collections::HashSet",
            "std::collections::HashSet",
            "HashSet",
        ),
        (
            "std::io::stdin().lock().read_l‸",
            "read_line",
            "std::io::BufRead",
            "read_line",
        ),
    ] {
        let (text, cursor) = unmark(marked, MARK);
        let found = notebook.session.queries().complete(&text, cursor).matches;
        let candidate = found.iter().find(|found| found.text == chosen);
        let import = candidate.and_then(|candidate| candidate.import.clone());
        let (path, name) = (path.to_owned(), name.to_owned());
        assert_eq!(import, Some(Import { path, name }), "{found:?}");
    }
}

#[test]
fn what_stands_at_the_cursor_is_described() {
    let Some(notebook) = notebook(&[DEFINITIONS, VARIABLES]) else {
        return;
    };
    for (marked, expected) in [
        ("num‸bers", "numbers: Vec<i64>"),
        ("numbers.it‸er()", "Returns an iterator over the slice."),
        (
            "numbers.iter().map(|n| n + 1).su‸m::<i64>()",
            "Sums the elements",
        ),
        (
            "std::mem::sw‸ap(",
            "pub const fn swap<T>(x: &mut T, y: &mut T)",
        ),
        (
            "pai‸nt(&place",
            "fn paint(place: &Place, times: usize) -> usize",
        ),
        ("let p: Pla‸ce", "A place on a map."),
        ("Place::ori‸gin()", "The place where both are zero."),
        ("println‸!(\"\")", "Prints to the standard output"),
        ("whi‸le true {", "Loop while a condition is upheld"),
        ("let total = numbers.len(); if tot‸al > ", "total: usize"),
        ("LIM‸IT", "const LIMIT: usize = 3"),
    ] {
        let start = Instant::now();
        let mut found = inspect(&notebook, marked);
        while !found.contains(expected) && start.elapsed() < PATIENCE / 4 {
            found = inspect(&notebook, marked);
        }
        assert!(found.contains(expected), "{marked}: {found}");
    }
    let found = notebook.session.queries().inspect("Vec::new()", 6, 0);
    let data = found.expect("something is known").data.0;
    let html = data["text/html"].as_str().expect("a page");
    assert!(html.contains("<code class=\"language-rust\">"), "{html}");
    let markdown = data["text/markdown"].as_str().expect("a text");
    assert!(
        !markdown.contains("](../"),
        "links lead somewhere: {markdown}"
    );
}

#[test]
fn crates_of_the_notebook_are_known() {
    let cells = [
        ":dep nogil = { path = \"../nogil\" }\nuse nogil::Queue;",
        "let queue = Queue::<i32>::new();",
    ];
    let Some(mut notebook) = notebook(&["let number = 1;"]) else {
        return;
    };
    check(&notebook, &[("number.po‸", "pow", "method")]);
    // A dependency that comes later.
    for cell in cells {
        notebook.ok(cell);
    }
    settle(&mut notebook);
    check(
        &notebook,
        &[
            ("queue.task_d‸", "task_done", "method"),
            ("queue.get().unwrap().po‸", "pow", "method"),
            ("nogil::Thr‸", "ThreadPoolExecutor", "struct"),
            ("Tim‸", "nogil::Timer", "struct"),
        ],
    );
}

#[test]
fn one_that_has_died_is_started_again() {
    let Some(mut notebook) = notebook(&["let number = 1;"]) else {
        return;
    };
    let first = process(&mut notebook).expect("it runs");
    let killed = Command::new("kill").args(["-9", &first]).status();
    assert!(killed.expect("kill starts").success());
    while process(&mut notebook).as_ref() == Some(&first) {
        // It is there until its end is noticed.
        complete(&notebook, "number.po‸");
    }
    assert!(settle(&mut notebook));
    check(&notebook, &[("number.po‸", "pow", "method")]);
    notebook.ok(":analyzer off");
    assert!(notebook.printed().contains("is not asked"));
    assert!(!complete(&notebook, "number.po‸").is_empty());
}

/// Its process.
fn process(notebook: &mut Conversation) -> Option<String> {
    notebook.ok(":analyzer");
    let status = notebook.printed();
    let (_, behind) = status.split_once("process ")?;
    Some(behind.split(',').next()?.to_owned())
}
