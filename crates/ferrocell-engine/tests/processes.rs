//! Processes that cells start, which load the cells' code once more.

mod conversation;

use conversation::patient;
use ferrocell_engine::Event;

#[test]
fn a_process_runs_no_code_but_that_of_the_cell() {
    let mut notebook = patient();
    let nogil = concat!(env!("CARGO_MANIFEST_DIR"), "/../nogil");
    notebook.ok(&format!(":dep nogil = {{ path = {nogil:?} }}"));
    notebook.ok("use nogil::Process;\nfn double(n: i32) -> i32 { 2 * n }");
    let run = "let process = Process::new(double, 21);\nprocess.start()?;\nprocess.result()";
    assert_eq!(notebook.ok(run), "Ok(42)");
    // Another file takes the place of the one that is loaded, as when a cleaner or a build has been at work.
    notebook.ok(
        "{ let maps = std::fs::read_to_string(\"/proc/self/maps\")?;\n\
         let mut paths = maps.lines().filter_map(|line| line.split_whitespace().nth(5));\n\
         let object = paths.find(|path| path.ends_with(\"cell_0002.so\")).unwrap();\n\
         let other = format!(\"{object}.new\");\nstd::fs::copy(object, &other)?;\nstd::fs::rename(other, object)?; }",
    );
    notebook.events.try_iter().for_each(drop);
    let ended = notebook.ok(run);
    assert!(ended.starts_with("Err("), "{ended}");
    let mut text = String::new();
    while !text.ends_with('\n') {
        match notebook.event() {
            Event::Stderr { text: more, .. } => text.push_str(&more),
            other => panic!("only the child's reason was expected, not {other:?}"),
        }
    }
    assert!(text.contains("has been replaced"), "{text}");
}
