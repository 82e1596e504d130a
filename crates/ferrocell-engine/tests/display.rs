//! How the value of a cell's last expression is shown.

mod conversation;

use std::fs;

use conversation::{Conversation, shown};
use ferrocell_engine::{Event, Outcome};

/// What the cell's value is shown as: `type = content` of each representation; `-` if there is no result.
fn result(notebook: &mut Conversation, cell: &str) -> String {
    let outcome = notebook.execute(cell);
    let Outcome::Ok { result, .. } = &outcome else {
        panic!("this cell should succeed:\n{cell}\n{}", shown(&outcome));
    };
    let Some(bundle) = result else {
        return "-".to_owned();
    };
    let forms = bundle
        .0
        .iter()
        .map(|(mime, content)| format!("{mime} = {}", content.as_str().unwrap_or_default()));
    forms.collect::<Vec<_>>().join("; ")
}

/// What happened beside the result: `type = content` of each display, and what was printed.
fn beside(notebook: &Conversation) -> String {
    let events = notebook.events.try_iter().map(|event| match event {
        Event::Display { data, .. } => data
            .0
            .iter()
            .map(|(mime, content)| format!("{mime} = {}", content.as_str().unwrap_or_default()))
            .collect(),
        Event::Stdout { text, .. } => format!("{text:?}"),
        other => panic!("{other:?}"),
    });
    events.collect::<Vec<_>>().join("; ")
}

/// A macro and types that show themselves in several ways.
const TYPES: &str = r#"
fn block(mime: &str, content: &str) { println!("EVCXR_BEGIN_CONTENT {mime}\n{content}\nEVCXR_END_CONTENT"); }
#[derive(Clone, Debug)] struct Plot(u8);
impl Plot { pub fn evcxr_display(&self) { block("text/html", &format!("<plot {}>", self.0)); } }
#[derive(Clone, Debug)] struct Plain(u8);
#[derive(Clone)] struct Silent;
trait Picture { fn evcxr_display(&self); }
impl Picture for Plain { fn evcxr_display(&self) { block("text/html", &format!("<plain {}>", self.0)); } }
impl Picture for Vec<u8> { fn evcxr_display(&self) { block("text/html", &format!("<bytes {}>", self.len())); } }
impl Picture for [f32] { fn evcxr_display(&self) { block("text/html", &format!("<floats {}>", self.len())); } }
impl Picture for Box<i8> { fn evcxr_display(&self) { block("text/html", "<boxed>"); } }
impl<T: Picture> Picture for Option<T> { fn evcxr_display(&self) { match self { Some(it) => it.evcxr_display(), None => block("text/html", "<none>") } } }
impl Picture for Silent { fn evcxr_display(&self) { block("text/html", "<silent>"); } }
"#;

/// The displays and removals since the last call: their names counted, an update as `name := content`.
fn displays(notebook: &Conversation) -> Vec<String> {
    let mut names = Vec::new();
    let mut number = |id: Option<String>| {
        let id = id.expect("it has a name");
        let known = names.iter().position(|name| *name == id);
        known.unwrap_or_else(|| {
            names.push(id);
            names.len() - 1
        })
    };
    let events = notebook.events.try_iter().map(|event| match event {
        Event::Display {
            data,
            display_id,
            update,
            cell,
            ..
        } => {
            let forms = data.0.iter();
            let forms = forms.map(|(mime, content)| format!("{mime} {content}"));
            let sign = if update { ":=" } else { "=" };
            let name = number(display_id);
            let forms = forms.collect::<Vec<_>>().join("; ");
            format!("[{}] {name} {sign} {forms}", cell.0)
        }
        Event::ClearOutput { cell, wait } => format!("[{}] clear {wait}", cell.0),
        Event::Stdout { text, .. } => text,
        other => panic!("{other:?}"),
    });
    events.collect()
}

#[test]
fn values_are_shown_at_their_place_and_changed() {
    let mut notebook = Conversation::new();
    notebook.ok(r#"
        use ferrocell::{clear_output, display, display_mime, html, json, png, debug};
        print!("before, ");
        let title = display(&html("<b>").and("text/plain", "b"));
        println!("between");
        display(&vec![1, 2]);
        display_mime([("application/json", "[1]"), ("text/plain", "a\0b")]);
        display(&png([255, 216]));
        title.update("changed");
        clear_output(true);
        clear_output(false);
    "#);
    assert_eq!(
        displays(&notebook),
        [
            "before, ",
            r#"[1] 0 = text/html "<b>"; text/plain "b""#,
            "between\n",
            r#"[1] 1 = text/plain "[1, 2]""#,
            "[1] 2 = application/json [1]; text/plain \"a�b\"",
            r#"[1] 3 = image/png "/9g=""#,
            r#"[1] 0 := text/plain "changed""#,
            "[1] clear true",
            "[1] clear false",
        ]
    );
    // A handle is a variable as any other. A list of structs is a table here, too.
    notebook.ok("#[derive(Debug)] struct P { x: u8 }\ntitle.update(&debug(&[P { x: 1 }]));");
    assert_eq!(
        displays(&notebook),
        [
            r#"[2] 0 := text/html "<table>\n<thead><tr><th></th><th>x</th></tr></thead>\n<tbody>\n<tr><th>0</th><td>1</td></tr>\n</tbody>\n</table>"; text/plain "[P { x: 1 }]""#
        ]
    );
    // What is longer than a frame arrives as a whole.
    notebook.ok("display(&\"x\".repeat(200_000));");
    assert_eq!(
        displays(&notebook)[0].len(),
        "[3] 0 = text/plain \"\"".len() + 200_000
    );
    // A thread changes what its cell has shown, when that has ended.
    notebook.ok(
        "let (go, wait) = std::sync::mpsc::channel::<()>();\n\
         let thread = std::thread::spawn(move || { let shown = display(\"one\"); wait.recv().unwrap(); shown.update(\"two\"); });",
    );
    notebook.ok("go.send(()).unwrap();\nthread.join().unwrap();");
    assert_eq!(
        displays(&notebook),
        [
            r#"[4] 0 = text/plain "one""#,
            r#"[4] 0 := text/plain "two""#
        ]
    );
}

#[test]
fn types_that_say_how_they_are_shown_are_shown_so_everywhere() {
    let mut notebook = Conversation::new();
    notebook.ok(
        "use ferrocell::{Content, Show, display, svg};\n#[derive(Clone, Debug)] struct Dot(u8);\n\
         impl Show for Dot { fn show(&self) -> Content { svg(format!(\"<svg {}>\", self.0)) } }",
    );
    notebook.ok("display(&Dot(1));\ndisplay(&&Box::new(Dot(2)));");
    assert_eq!(
        displays(&notebook),
        [
            r#"[2] 0 = image/svg+xml "<svg 1>""#,
            r#"[2] 1 = image/svg+xml "<svg 2>""#
        ]
    );
    assert_eq!(
        result(&mut notebook, "Dot(3)"),
        "image/svg+xml = <svg 3>; text/plain = Dot(3)"
    );
    assert_eq!(
        result(
            &mut notebook,
            "ferrocell::html(\"<i>\").and(\"text/plain\", \"i\")"
        ),
        "text/html = <i>; text/plain = i"
    );
    // The trait changes nothing for other types.
    assert_eq!(result(&mut notebook, "vec![1]"), "text/plain = [1]");
    let outcome = notebook.execute("#[derive(Debug)] struct Q;\ndisplay(&Q);");
    let message = shown(&outcome);
    assert!(
        message.contains("`Q` does not say how it is shown")
            && message.contains("display(&ferrocell::debug(&value))"),
        "{message}"
    );
}

#[test]
fn a_bar_shows_how_far_a_loop_is() {
    let mut notebook = Conversation::new();
    notebook.ok(
        "use ferrocell::progress;\n\
         for outer in progress(0..2).label(\"<outer>\") { for _ in progress(0..3) {} println!(\"{outer}\"); }",
    );
    let shown = displays(&notebook);
    let texts: Vec<_> = shown
        .iter()
        .map(|line| match line.split_once("text/plain ") {
            Some((place, text)) => {
                let (name, _) = place.split_once(" text/html").unwrap();
                let text = text.replace(['█', ' '], "");
                let numbers = text.split(',').next().unwrap().trim_matches('"');
                format!("{name} {numbers}")
            }
            None => line.clone(),
        })
        .collect();
    assert_eq!(
        texts,
        [
            "[1] 0 = <outer>||0of2",
            "[1] 1 = ||0of3",
            "[1] 1 := ||3of3",
            "0\n",
            "[1] 1 := ||0of3",
            "[1] 1 := ||3of3",
            "1\n",
            "[1] 0 := <outer>||2of2",
        ]
    );
    assert!(
        shown[0].contains("&lt;outer>") && shown[0].contains("max=\\\"2\\\""),
        "{}",
        shown[0]
    );
    // What is left before its end stays where it was.
    notebook.ok("for n in progress(0..) { if n == 2 { break; } }");
    let shown = displays(&notebook);
    assert!(
        shown[1].contains("\"2, ") && shown[1].contains("stopped after"),
        "{}",
        shown[1]
    );
}

#[test]
fn lists_of_structs_are_tables() {
    let mut notebook = Conversation::new();
    notebook.ok(
        "#[derive(Debug, Clone)] struct P { name: String, size: f64 }\n\
         let ps: Vec<P> = [(\"a\", 1.5), (\"<b>\", 2.0)].map(|(name, size)| P { name: name.into(), size }).into();",
    );
    let table = "text/html = <table>\n<thead><tr><th></th><th>name</th><th>size</th></tr></thead>\n<tbody>\n\
                 <tr><th>0</th><td>a</td><td>1.5</td></tr>\n<tr><th>1</th><td>&lt;b&gt;</td><td>2.0</td></tr>\n\
                 </tbody>\n</table>; \
                 text/plain = [P { name: \"a\", size: 1.5 }, P { name: \"<b>\", size: 2.0 }]";
    assert_eq!(result(&mut notebook, "ps"), table);
    assert_eq!(result(&mut notebook, "&ps[..]"), table);
    assert_eq!(
        result(
            &mut notebook,
            "std::collections::BTreeMap::from([(\"k\", ps[0].clone())])"
        ),
        "text/html = <table>\n<thead><tr><th></th><th>name</th><th>size</th></tr></thead>\n<tbody>\n\
         <tr><th>k</th><td>a</td><td>1.5</td></tr>\n</tbody>\n</table>; \
         text/plain = {\"k\": P { name: \"a\", size: 1.5 }}"
    );
    // What was asked for in another form has that.
    notebook.ok(":fmt {:#?}");
    assert!(!result(&mut notebook, "ps").contains("<table>"));
    notebook.ok(":fmt");
    assert_eq!(result(&mut notebook, "vec![1, 2]"), "text/plain = [1, 2]");
}

#[test]
fn a_value_shows_itself_wherever_its_method_comes_from() {
    let mut notebook = Conversation::new();
    notebook.ok(TYPES);
    for (cell, expected) in [
        // Inherent, directly and through pointers.
        ("Plot(1)", "text/html = <plot 1>; text/plain = Plot(1)"),
        (
            "let plot = Plot(2);\n&plot",
            "text/html = <plot 2>; text/plain = Plot(2)",
        ),
        ("&&plot", "text/html = <plot 2>; text/plain = Plot(2)"),
        (
            "Box::new(Plot(3))",
            "text/html = <plot 3>; text/plain = Plot(3)",
        ),
        (
            "std::rc::Rc::new(Box::new(Plot(4)))",
            "text/html = <plot 4>; text/plain = Plot(4)",
        ),
        (
            "std::sync::Mutex::new(Plot(5)).lock()?",
            "text/html = <plot 5>; text/plain = Plot(5)",
        ),
        // A trait of the notebook, on a type with `Debug`, of another crate, generic, and on a trait object.
        ("Plain(1)", "text/html = <plain 1>; text/plain = Plain(1)"),
        ("vec![1u8, 2]", "text/html = <bytes 2>; text/plain = [1, 2]"),
        (
            "&vec![1u8, 2]",
            "text/html = <bytes 2>; text/plain = [1, 2]",
        ),
        ("vec![1.5f32]", "text/html = <floats 1>; text/plain = [1.5]"),
        ("Box::new(1i8)", "text/html = <boxed>; text/plain = 1"),
        (
            "Some(Plain(2))",
            "text/html = <plain 2>; text/plain = Some(Plain(2))",
        ),
        ("None::<Plain>", "text/html = <none>; text/plain = None"),
        ("Silent", "text/html = <silent>; text/plain = <Silent>"),
        (
            "Box::new(Plain(3)) as Box<dyn Picture>",
            "text/html = <plain 3>; text/plain = <Box<dyn Picture>>",
        ),
        // Whatever has none is shown by its `Debug`, or by its type.
        ("vec![1u16]", "text/plain = [1]"),
        ("Box::new(7u64)", "text/plain = 7"),
        ("Some(1)", "text/plain = Some(1)"),
        ("1.5", "text/plain = 1.5"),
        ("\"text\"", "text/plain = \"text\""),
        ("|x: i32| x", "text/plain = <{closure}>"),
        ("()", "-"),
    ] {
        let found = result(&mut notebook, cell);
        assert_eq!(found, expected, "{cell}");
        assert_eq!(beside(&notebook), "", "{cell}");
    }
}

#[test]
fn the_inherent_method_comes_first() {
    let mut notebook = Conversation::new();
    notebook.ok(TYPES);
    notebook.ok(
        "impl Picture for Plot { fn evcxr_display(&self) { block(\"text/html\", \"<trait>\"); } }",
    );
    assert_eq!(
        result(&mut notebook, "Plot(1)"),
        "text/html = <plot 1>; text/plain = Plot(1)"
    );
    notebook.ok("trait ForAll { fn evcxr_display(&self); }\n\
        impl<T> ForAll for T { fn evcxr_display(&self) { block(\"text/html\", \"<all>\"); } }\n\
        struct Other;");
    assert_eq!(
        result(&mut notebook, "Plot(1)"),
        "text/html = <plot 1>; text/plain = Plot(1)"
    );
}

#[test]
fn what_the_tail_shows_is_the_result_and_what_others_show_stays_in_its_place() {
    let mut notebook = Conversation::new();
    notebook.ok(TYPES);
    let cell = "block(\"text/html\", \"first\");\nprint!(\"between\");\nPlot(1)";
    assert_eq!(
        result(&mut notebook, cell),
        "text/html = <plot 1>; text/plain = Plot(1)"
    );
    assert_eq!(beside(&notebook), "text/html = first; \"between\"");
    notebook.ok(
        "struct Many;\n\
         impl Many { fn evcxr_display(&self) {\n\
             block(\"text/html\", \"one\"); println!(\"text\"); block(\"text/plain\", \"two\");\n\
             block(\"text/html\", \"three\");\n\
         } }\n\
         struct Printing;\n\
         impl Printing { fn evcxr_display(&self) { println!(\"only text\"); } }\n\
         struct Failing;\n\
         impl Failing { fn evcxr_display(&self) { block(\"text/html\", \"half\"); panic!(\"stop\"); } }",
    );
    assert_eq!(
        result(&mut notebook, "Many"),
        "text/html = three; text/plain = two"
    );
    assert_eq!(beside(&notebook), "\"text\\n\"; text/html = one");
    assert_eq!(result(&mut notebook, "Printing"), "-");
    assert_eq!(beside(&notebook), "\"only text\\n\"");
    notebook.err("Failing");
    assert_eq!(beside(&notebook), "text/html = half");
    assert_eq!(result(&mut notebook, "1"), "text/plain = 1");
}

#[test]
fn the_text_beside_is_short() {
    let mut notebook = Conversation::new();
    notebook.ok("#[derive(Debug)] struct Pixels(Vec<u8>);\n\
         impl Pixels { fn evcxr_display(&self) { println!(\"EVCXR_BEGIN_CONTENT image/png\\nAAAA\\nEVCXR_END_CONTENT\"); } }");
    let shown = result(&mut notebook, "Pixels(vec![0; 10_000_000])");
    assert!(
        shown.starts_with("image/png = AAAA; text/plain = Pixels([0, 0"),
        "{shown}"
    );
    assert!(
        shown.ends_with('…') && shown.len() < 5000,
        "{}",
        shown.len()
    );
}

#[test]
fn showing_looks_through_no_pointer_for_nothing() {
    let mut notebook = Conversation::new();
    notebook.ok(
        "struct Loud(u8);\n\
         impl std::ops::Deref for Loud { type Target = u8; fn deref(&self) -> &u8 { println!(\"looked\"); &self.0 } }",
    );
    assert_eq!(result(&mut notebook, "Loud(1)"), "text/plain = <Loud>");
    assert_eq!(beside(&notebook), "");
}

#[test]
fn formats_and_types_are_for_values_that_do_not_show_themselves() {
    let mut notebook = Conversation::new();
    notebook.ok(TYPES);
    notebook.ok(":fmt {:#?}");
    assert_eq!(result(&mut notebook, "(1,)"), "text/plain = (\n    1,\n)");
    assert_eq!(
        result(&mut notebook, "Plot(1)"),
        "text/html = <plot 1>; text/plain = Plot(\n    1,\n)"
    );
    notebook.ok(":fmt {}");
    assert_eq!(result(&mut notebook, "\"text\""), "text/plain = text");
    assert_eq!(result(&mut notebook, "(1,)"), "text/plain = (1,)");
    assert_eq!(
        result(&mut notebook, "Silent"),
        "text/html = <silent>; text/plain = <Silent>"
    );
    notebook.ok(":fmt\n:types");
    assert_eq!(result(&mut notebook, "1u8"), "text/plain = 1: u8");
    assert_eq!(
        result(&mut notebook, "Plot(1)"),
        "text/html = <plot 1>; text/plain = Plot(1)"
    );
}

#[test]
fn a_value_shows_itself_by_a_trait_of_a_crate() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let package = folder.path().join("pictures");
    fs::create_dir_all(package.join("src")).expect("a folder can be made");
    let write = |file: &str, text: &str| {
        fs::write(package.join(file), text).expect("a file can be written");
    };
    write(
        "Cargo.toml",
        "[package]\nname = \"pictures\"\nversion = \"0.1.0\"\nedition = \"2021\"\n",
    );
    // Its type has a `Debug`, which the trait comes before.
    write(
        "src/lib.rs",
        "#[derive(Debug)] pub struct Picture(pub u8);\n\
         pub trait ImageDisplay { fn evcxr_display(&self); }\n\
         impl ImageDisplay for Picture { fn evcxr_display(&self) { \
            println!(\"EVCXR_BEGIN_CONTENT text/html\\n<picture {}>\\nEVCXR_END_CONTENT\", self.0); } }",
    );
    let mut notebook = Conversation::with(|options| options.working_dir = folder.path().to_owned());
    notebook.ok(":dep pictures = { path = \"pictures\" }\nuse pictures::Picture;");
    assert_eq!(
        result(&mut notebook, "Picture(1)"),
        "text/plain = Picture(1)"
    );
    notebook.ok("use pictures::ImageDisplay;");
    for cell in ["Picture(2)", "&Picture(2)", "Box::new(Picture(2))"] {
        assert_eq!(
            result(&mut notebook, cell),
            "text/html = <picture 2>; text/plain = Picture(2)",
            "{cell}"
        );
    }
}
