//! The front end is killed amidst a cell: no process and no file stays behind.

mod conversation;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use conversation::Conversation;
use ferrocell_engine::Event;

/// How long to wait for what must happen.
const PATIENCE: Duration = Duration::from_secs(120);
const VICTIM: &str = "FERROCELL_TEST_VICTIM";

/// The front end, in a process of its own: this test runs itself again for it.
fn be_the_victim() {
    let mut notebook = Conversation::new();
    notebook.ok(":last_compile_dir");
    let cell = "let child = std::process::Command::new(\"sleep\").arg(\"1000\").spawn()?;\n\
                println!(\"{}\\n{}\", std::process::id(), child.id());\nloop { std::thread::park(); }";
    let events = std::mem::replace(&mut notebook.events, std::sync::mpsc::channel().1);
    thread::spawn(move || {
        for event in events {
            if let Event::Stdout { text, .. } = event {
                print!("{}{text}", if text.ends_with('\n') { "" } else { "\n" });
            }
        }
    });
    notebook.execute(cell);
}

#[test]
fn nothing_stays_behind() {
    if env::var_os(VICTIM).is_some() {
        return be_the_victim();
    }
    let mut victim = Command::new(env::current_exe().expect("a test knows its own path"))
        .args(["nothing_stays_behind", "--exact", "--nocapture"])
        .env(VICTIM, "1")
        .stdout(Stdio::piped())
        .spawn()
        .expect("the test runs again");
    let stdout = BufReader::new(victim.stdout.take().expect("its output is piped"));
    let mut lines = stdout
        .lines()
        .map(|line| line.expect("the victim prints text"))
        .skip_while(|line| !line.starts_with('/'));
    let mut next = || lines.next().expect("the victim tells what it has made");
    let (folder, program, child) = (next(), next(), next());
    assert!(Path::new(&folder).is_dir() && is_running(&program) && is_running(&child));

    victim.kill().expect("the victim can be killed");
    victim.wait().expect("the victim has ended");
    let start = Instant::now();
    while is_running(&program) || is_running(&child) || Path::new(&folder).exists() {
        assert!(
            start.elapsed() < PATIENCE,
            "something stays: program {program} {}, child {child} {}, {folder}",
            is_running(&program),
            is_running(&child)
        );
        thread::sleep(Duration::from_millis(10));
    }
}

/// Whether there is a process with this id that has not ended.
fn is_running(process: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"));
    stat.is_ok_and(|stat| {
        !stat
            .rsplit(") ")
            .next()
            .is_some_and(|state| state.starts_with('Z'))
    })
}
