//! Rust through the whole kernel: cells as a notebook sends them, run by the engine.

use std::env;
use std::process::Command;

use serde_json::json;

use scripted_frontend::{Channel, Frontend, Request, Running};

/// What a cell is expected to do between its `execute_input` and its idle.
pub(crate) enum Expected {
    /// Nothing.
    Quiet,
    /// Have this value.
    Value(&'static str),
    /// Print this.
    Prints(&'static str),
    /// Fail with an error of this name, whose value contains this.
    Fails(&'static str, &'static str),
}

use Expected::{Fails, Prints, Quiet, Value};

/// A kernel in a process of its own, as all are here.
pub(crate) fn start() -> Running {
    start_with(|_| {})
}

/// A kernel whose command is prepared.
pub(crate) fn start_with(prepare: impl FnOnce(&mut Command)) -> Running {
    Running::start_process(|connection, history| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ferrocell"));
        command
            .args(["kernel", "--connection-file"])
            .arg(connection)
            .arg("--history")
            .arg(history)
            .current_dir(env::temp_dir());
        prepare(&mut command);
        command
    })
}

/// Runs a cell that does what is expected and nothing else.
pub(crate) fn run(frontend: &mut Frontend, code: &str, count: u64, expected: &Expected) -> Request {
    let cell = frontend.begin(code, count);
    match expected {
        Quiet => {}
        Value(text) => frontend.recv_result(&cell, text, count),
        Prints(text) => frontend.recv_stream(&cell, "stdout", text),
        Fails(name, value) => {
            let error = frontend.recv_failure(&cell, name);
            assert!(
                error["evalue"]
                    .as_str()
                    .is_some_and(|text| text.contains(value)),
                "{error}"
            );
            return cell;
        }
    }
    frontend.end(&cell, count);
    cell
}

/// Cells of one session, in order.
pub(crate) fn check(cells: &[(&str, Expected)]) {
    let kernel = start();
    let mut frontend = kernel.connect();
    for ((code, expected), count) in cells.iter().zip(1..) {
        run(&mut frontend, code, count, expected);
    }
}

#[test]
fn values_state_and_errors() {
    check(&[
        ("1 + 1", Value("2")),
        ("let mut words = vec![\"a\".to_string()];", Quiet),
        ("words.push(\"ü\".into());", Quiet),
        ("words", Value("[\"a\", \"ü\"]")),
        ("println!(\"{}\", 6 * 7);", Prints("42\n")),
        ("print!(\"no end\");", Prints("no end")),
        (
            "let wrong: i32 = \"text\";",
            Fails("CompileError", "mismatched types"),
        ),
        (
            "let kept = 5; panic!(\"on purpose\")",
            Fails("Panic", "on purpose"),
        ),
        (
            "use std::sync::atomic::{AtomicI32, Ordering};\nstatic COUNTER: AtomicI32 = AtomicI32::new(0);",
            Quiet,
        ),
        ("COUNTER.fetch_add(1, Ordering::SeqCst);", Quiet),
        ("COUNTER.fetch_add(1, Ordering::SeqCst)", Value("1")),
        ("let add = |x: i32| x + 1;", Quiet),
        ("add(2)", Value("3")),
    ]);
}

/// What would end the process of another kernel costs here what the cell itself had changed.
#[test]
fn variables_survive_what_ends_the_process() {
    check(&[
        ("let mut kept = vec![1, 2, 3];", Quiet),
        ("kept.push(4); std::process::exit(3);", Fails("Crash", "")),
        ("kept", Value("[1, 2, 3]")),
        ("kept.push(5); std::process::abort();", Fails("Crash", "")),
        ("kept", Value("[1, 2, 3]")),
        (
            "unsafe { std::ptr::null_mut::<i32>().write_volatile(1) };",
            Fails("Crash", ""),
        ),
        ("kept.len()", Value("3")),
    ]);
}

#[test]
fn a_thread_prints_late_under_its_own_cell() {
    let kernel = start();
    let mut frontend = kernel.connect();
    let setup = "use std::sync::mpsc;\nlet (gate, opened) = mpsc::channel::<()>();";
    run(&mut frontend, setup, 1, &Quiet);
    let spawning = "std::thread::spawn(move || { opened.recv().unwrap(); println!(\"late\"); });";
    let spawner = run(&mut frontend, spawning, 2, &Quiet);
    run(&mut frontend, "gate.send(()).unwrap();", 3, &Quiet);
    frontend.recv_stream(&spawner, "stdout", "late\n");
}

#[test]
fn a_task_prints_under_the_cell_that_has_submitted_it() {
    let kernel = start();
    let mut frontend = kernel.connect();
    let nogil = concat!(env!("CARGO_MANIFEST_DIR"), "/../nogil");
    let setup = frontend.send_execute(&format!(
        ":dep nogil = {{ path = {nogil:?} }}\nuse nogil::{{Event, ThreadPoolExecutor}};\n\
         let pool = ThreadPoolExecutor::with_max_workers(1)?;\npool.submit(|| ())?.result()?;\nlet gate = Event::new();"
    ));
    // What shows the progress of the build comes and goes.
    while frontend.next_iopub(&setup).content["execution_state"] != "idle" {}
    let reply = frontend.recv_reply(Channel::Shell, &setup).content;
    assert_eq!(reply["status"], "ok", "{reply}");
    let submitting = "{ let gate = gate.clone(); drop(pool.submit(move || { gate.wait(); println!(\"late\") })?); }";
    let submitter = run(&mut frontend, submitting, 2, &Quiet);
    run(&mut frontend, "gate.set();", 3, &Quiet);
    frontend.recv_stream(&submitter, "stdout", "late\n");
}

#[test]
fn threads_ask_at_once_after_their_cells() {
    let kernel = start();
    let mut frontend = kernel.connect();
    run(&mut frontend, ASKING, 1, &Quiet);
    let cells = [("red", 2), ("green", 3)].map(|(colour, count)| {
        let cell = run(&mut frontend, &format!("ask(\"{colour}\");"), count, &Quiet);
        (colour, cell)
    });
    run(&mut frontend, "GATE.wait();", 4, &Quiet);
    for _ in 0..2 {
        let question = frontend.recv(Channel::Stdin);
        let (colour, cell) = cells
            .iter()
            .find(|(_, cell)| cell.id == question.parent())
            .expect("one of the cells");
        frontend.send_input_reply(&question, &format!("for {colour}"));
        frontend.recv_stream(cell, "stdout", &format!("{colour}: for {colour}\n"));
    }
}

/// A function that starts a thread which asks once all three parties have come to the gate.
const ASKING: &str = r#"
use std::sync::Barrier;
static GATE: Barrier = Barrier::new(3);
fn ask(colour: &'static str) {
    std::thread::spawn(move || {
        GATE.wait();
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).unwrap();
        println!("{colour}: {}", line.trim_end());
    });
}"#;

#[test]
fn a_cell_reads_a_line() {
    let kernel = start();
    let mut frontend = kernel.connect();
    let code =
        "let mut name = String::new();\nstd::io::stdin().read_line(&mut name).unwrap();\nname";
    let cell = frontend.begin(code, 1);
    let question = frontend.recv_input_request(&cell, "");
    frontend.send_input_reply(&question, "Ada Lövelace");
    frontend.recv_result(&cell, "\"Ada Lövelace\\n\"", 1);
    frontend.end(&cell, 1);
}

#[test]
fn an_interrupt_stops_the_loop_and_keeps_the_variables() {
    let kernel = start();
    let mut frontend = kernel.connect();
    run(&mut frontend, "let kept = vec![1, 2, 3];", 1, &Quiet);
    let cell = frontend.begin(
        "println!(\"on\");\nlet mut n = 0u64;\nloop { n = n.wrapping_add(1); }",
        2,
    );
    frontend.recv_stream(&cell, "stdout", "on\n");
    frontend.interrupt(&cell);
    run(&mut frontend, "kept", 3, &Value("[1, 2, 3]"));
}

#[test]
fn queries_while_a_cell_runs() {
    let kernel = start();
    let mut frontend = kernel.connect();
    run(&mut frontend, "let temperature = 21.5;", 1, &Quiet);
    let cell = frontend.begin("println!(\"on\");\nloop { std::thread::park(); }", 2);
    frontend.recv_stream(&cell, "stdout", "on\n");
    let completed = frontend.ask(
        Channel::Shell,
        "complete_request",
        json!({ "code": "ä = temp", "cursor_pos": 8 }),
    );
    assert_eq!(completed["matches"], json!(["temperature"]));
    assert_eq!(
        (&completed["cursor_start"], &completed["cursor_end"]),
        (&json!(4), &json!(8))
    );
    let inspected = frontend.ask(
        Channel::Shell,
        "inspect_request",
        json!({ "code": "temperature", "cursor_pos": 3 }),
    );
    assert_eq!(inspected["found"], true);
    assert!(
        inspected["data"]["text/plain"]
            .as_str()
            .is_some_and(|text| text.contains("f64")),
        "{inspected}"
    );
    for (code, status) in [
        ("1 + 1", "complete"),
        ("fn f() {", "incomplete"),
        ("fn )(", "invalid"),
    ] {
        let answer = frontend.ask(
            Channel::Shell,
            "is_complete_request",
            json!({ "code": code }),
        );
        assert_eq!(answer["status"], status, "{code}");
    }
    frontend.interrupt(&cell);
}

#[test]
fn displays_in_evcxrs_convention_stand_among_the_text() {
    let kernel = start();
    let mut frontend = kernel.connect();
    let code = "println!(\"before\");\n\
                println!(\"EVCXR_BEGIN_CONTENT text/html\\n<b>one</b>\\nEVCXR_END_CONTENT\");\n\
                println!(\"EVCXR_BEGIN_CONTENT text/html\\n<b>two</b>\\nEVCXR_END_CONTENT\");\n\
                println!(\"after\");";
    let cell = frontend.begin(code, 1);
    frontend.recv_stream(&cell, "stdout", "before\n");
    for html in ["<b>one</b>", "<b>two</b>"] {
        let content = json!({ "data": { "text/html": html }, "metadata": {}, "transient": {} });
        frontend.recv_iopub(&cell, "display_data", content);
    }
    frontend.recv_stream(&cell, "stdout", "after\n");
    frontend.end(&cell, 1);
}

#[test]
fn cells_are_formatted_and_variables_listed_for_a_front_end() {
    let kernel = start();
    let mut frontend = kernel.connect();
    let cell = frontend.begin("let mut names = vec![\"Ada\".to_owned()];", 1);
    frontend.end(&cell, 1);
    let mut send = |msg_type: &str, content: serde_json::Value| {
        let request = frontend.send(Channel::Shell, msg_type, content);
        frontend.recv_busy(&request);
        frontend.recv_idle(&request);
        request
    };
    let open = json!({ "comm_id": "c", "target_name": "ferrocell.draft", "data": {} });
    send("comm_open", open);
    let answers = [
        (
            json!({ "format": 1, "code": ":vars\nlet  x=1;" }),
            json!({ "format": 1, "code": ":vars\nlet x = 1;" }),
        ),
        (
            json!({ "format": 2, "code": "let x = ;" }),
            json!({ "format": 2, "message": "it stays as it is: expected expression, found `;`" }),
        ),
        (
            json!({ "variables": 3 }),
            json!({ "variables": 3, "list": [{ "name": "names", "type": "Vec<String>", "note": "mut" }] }),
        ),
        (
            json!({ "look": 4 }),
            json!({ "look": 4, "seen": { "variables": { "names": { "items": 1, "value": "[\"Ada\"]" } }, "threads": [] } }),
        ),
    ];
    let requests = answers.map(|(question, answer)| {
        let message = json!({ "comm_id": "c", "data": question });
        (send("comm_msg", message), answer)
    });
    for (request, answer) in requests {
        frontend.recv_iopub(
            &request,
            "comm_msg",
            json!({ "comm_id": "c", "data": answer }),
        );
    }
}

#[test]
fn what_is_shown_is_changed_by_its_name_and_cleared() {
    let kernel = start();
    let mut frontend = kernel.connect();
    let code = "use ferrocell::{clear_output, display, html};\n\
                let light = display(&html(\"<b>red</b>\").and(\"text/plain\", \"red\"));\n\
                clear_output(true);\nlight.update(\"green\");";
    let cell = frontend.begin(code, 1);
    let shown = frontend.next_iopub(&cell);
    let id = &shown.content["transient"]["display_id"];
    assert!(id.is_string(), "{}", shown.content);
    let data = json!({ "text/html": "<b>red</b>", "text/plain": "red" });
    let content = json!({ "data": data, "metadata": {}, "transient": { "display_id": id } });
    assert_eq!(
        (shown.msg_type(), &shown.content),
        ("display_data", &content)
    );
    frontend.recv_iopub(&cell, "clear_output", json!({ "wait": true }));
    let green = json!({ "data": { "text/plain": "green" }, "metadata": {}, "transient": { "display_id": id } });
    frontend.recv_iopub(&cell, "update_display_data", green.clone());
    frontend.end(&cell, 1);
    // A later cell changes it, too.
    let later = frontend.begin("light.update(\"green\");", 2);
    frontend.recv_iopub(&later, "update_display_data", green);
    frontend.end(&later, 2);
}

/// The check of runtimed's kernel-testbed, with its own code.
#[test]
fn a_rich_tail_is_the_result_with_its_text() {
    let kernel = start();
    let mut frontend = kernel.connect();
    let code = "pub struct Html(pub &'static str);\n\
                impl Html {\n    pub fn evcxr_display(&self) {\n        \
                println!(\"EVCXR_BEGIN_CONTENT text/html\\n{}\\nEVCXR_END_CONTENT\", self.0);\n    }\n}\n\
                Html(\"<b>bold</b>\")";
    let cell = frontend.begin(code, 1);
    let content = json!({
        "data": { "text/html": "<b>bold</b>", "text/plain": "<Html>" }, "metadata": {}, "execution_count": 1,
    });
    frontend.recv_iopub(&cell, "execute_result", content);
    frontend.end(&cell, 1);
}

#[test]
fn a_flood_of_lines_arrives_in_full() {
    let kernel = start();
    let mut frontend = kernel.connect();
    let cell = frontend.begin("for n in 0..10000 { println!(\"line {n}\"); }", 1);
    let lines: String = (0..10_000).map(|n| format!("line {n}\n")).collect();
    frontend.recv_stream(&cell, "stdout", &lines);
    frontend.end(&cell, 1);
}
