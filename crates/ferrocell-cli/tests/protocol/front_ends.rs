//! What front ends other than JupyterLab send, built from their sources: VS Code's Jupyter extension, Zed, the classic
//! notebook and `jupyter console`. Each has a conversation in which a cell runs, another asks and is interrupted, and code
//! is completed and inspected meanwhile; the kernel treats none of them in a way of its own.

use serde_json::{Value, json};

use crate::rust::start;
use scripted_frontend::{Channel, Frontend, Request};

use Channel::{Control, Shell};

/// What is particular about a front end.
struct FrontEnd {
    /// What it asks when it has connected.
    opening: Vec<(Channel, &'static str, Value)>,
    /// What it sends beside a cell's code.
    execute: Value,
    /// The metadata of that message.
    metadata: Value,
    /// What it asks of code beside the code and the cursor.
    inspect: Option<Value>,
    /// Whether it completes by the kernel's answers.
    completes: bool,
    /// What stands before the code that is written.
    before: &'static str,
    /// What it asks before a line is run.
    asks_completeness: bool,
}

/// The extension asks for the kernel's information on both channels, puts the cell's address into the metadata, and
/// inspects each completion as if it were in the text already. It counts in UTF-16, not in code points, so it is asked about
/// text in which that is the same.
#[test]
fn vs_code() {
    converse(&FrontEnd {
        opening: vec![
            (Control, "kernel_info_request", json!({})),
            (Shell, "kernel_info_request", json!({})),
            (Shell, "comm_info_request", json!({})),
        ],
        execute: json!({ "silent": false, "stop_on_error": false, "allow_stdin": true, "store_history": true }),
        metadata: json!({
            "cellId": "vscode-notebook-cell:/home/ada/a.ipynb#W0sZmlsZQ%3D%3D",
            "trusted": true, "tags": [], "vscode": { "languageId": "rust" },
        }),
        inspect: Some(json!({ "detail_level": 0 })),
        completes: true,
        before: "let größe = 1; ",
        asks_completeness: false,
    });
}

/// It neither completes nor inspects by the kernel; Rust's language server does that in its files.
#[test]
fn zed() {
    converse(&FrontEnd {
        opening: vec![(Shell, "kernel_info_request", json!({}))],
        execute: json!({
            "silent": false, "store_history": true, "user_expressions": {}, "allow_stdin": true, "stop_on_error": true,
        }),
        metadata: json!({}),
        inspect: None,
        completes: false,
        before: ASTRAL,
        asks_completeness: false,
    });
}

#[test]
fn classic_notebook() {
    converse(&FrontEnd {
        opening: vec![
            (Shell, "kernel_info_request", json!({})),
            (
                Shell,
                "comm_info_request",
                json!({ "target_name": "jupyter.widget" }),
            ),
        ],
        execute: json!({
            "silent": false, "store_history": true, "user_expressions": {}, "allow_stdin": true, "stop_on_error": true,
        }),
        metadata: json!({ "deletedCells": [] }),
        inspect: Some(json!({ "detail_level": 0 })),
        completes: true,
        before: ASTRAL,
        asks_completeness: false,
    });
}

/// It asks for a thousand lines of history, and whether a line is whole before it is run.
#[test]
fn console() {
    let history = json!({ "raw": true, "output": false, "hist_access_type": "tail", "n": 1000 });
    converse(&FrontEnd {
        opening: vec![
            (Shell, "kernel_info_request", json!({})),
            (Shell, "history_request", history),
        ],
        execute: json!({
            "silent": false, "store_history": true, "user_expressions": {}, "allow_stdin": true, "stop_on_error": true,
        }),
        metadata: json!({}),
        inspect: Some(json!({ "detail_level": 0 })),
        completes: true,
        before: ASTRAL,
        asks_completeness: true,
    });
}

/// Text with a character that takes two units of UTF-16.
const ASTRAL: &str = "let a = \"💡\"; ";

fn converse(front_end: &FrontEnd) {
    let kernel = start();
    let mut frontend = kernel.connect();
    for (channel, msg_type, content) in &front_end.opening {
        let reply = frontend.ask(*channel, msg_type, content.clone());
        assert_eq!(reply["status"], "ok", "{msg_type}: {reply}");
    }
    if front_end.asks_completeness {
        for (code, status) in [
            ("for i in 0..3 {", "incomplete"),
            ("let größe = 1;", "complete"),
        ] {
            let reply = frontend.ask(Shell, "is_complete_request", json!({ "code": code }));
            assert_eq!(reply["status"], status, "{code}");
        }
    }
    let defining = front_end.begin(
        &mut frontend,
        "let mut words = vec![\"größe\".to_owned()];",
        1,
    );
    frontend.end(&defining, 1);

    let asking = "words.push(\"💡\".into());\nlet mut line = String::new();\n\
                  std::io::stdin().read_line(&mut line).unwrap();\nline.trim().len()";
    let cell = front_end.begin(&mut frontend, asking, 2);
    let question = frontend.recv_input_request(&cell, "");
    // Meanwhile code is written in another cell.
    let code = format!("{}wor", front_end.before);
    let cursor = code.chars().count();
    if front_end.completes {
        let content = json!({ "code": code, "cursor_pos": cursor });
        let reply = frontend.ask(Shell, "complete_request", content);
        assert_eq!(reply["matches"][0], "words", "{reply}");
        assert_eq!(
            (&reply["cursor_start"], &reply["cursor_end"]),
            (&json!(cursor - 3), &json!(cursor))
        );
        let described = &reply["metadata"]["_jupyter_types_experimental"][0];
        assert_eq!(
            (&described["text"], &described["type"]),
            (&json!("words"), &json!("variable"))
        );
        assert_eq!(
            (&described["start"], &described["end"]),
            (&reply["cursor_start"], &reply["cursor_end"])
        );
    }
    if let Some(inspect) = &front_end.inspect {
        let mut content = inspect.clone();
        content["code"] = format!("{code}ds").into();
        content["cursor_pos"] = (cursor + 2).into();
        let reply = frontend.ask(Shell, "inspect_request", content);
        let text = reply["data"]["text/plain"].as_str().unwrap_or_default();
        assert!(text.contains("Vec<String>"), "{reply}");
    }
    frontend.send_input_reply(&question, "abc");
    frontend.recv_result(&cell, "3", 2);
    frontend.end(&cell, 2);

    let endless = front_end.begin(&mut frontend, "println!(\"on\");\nloop {}", 3);
    frontend.recv_stream(&endless, "stdout", "on\n");
    frontend.interrupt(&endless);
    let shown = front_end.begin(&mut frontend, "words.len()", 4);
    frontend.recv_result(&shown, "2", 4);
    frontend.end(&shown, 4);
}

impl FrontEnd {
    /// Sends a cell as this front end does, and takes what comes before its output.
    fn begin(&self, frontend: &mut Frontend, code: &str, count: u64) -> Request {
        let mut content = self.execute.clone();
        content["code"] = code.into();
        let metadata = self.metadata.clone();
        let request = frontend.send_message(Shell, "execute_request", json!({}), metadata, content);
        frontend.recv_busy(&request);
        frontend.recv_execute_input(&request, code, count);
        request
    }
}
