//! A signal ends `ferrocell run` and leaves neither the kernel nor what it started.

mod common;

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use common::{ferrocell, notebooks};

/// How long to wait for an event before the test is given up.
const BOUND: Duration = Duration::from_secs(60);

#[test]
fn no_process_is_left_behind() {
    for signal in ["-INT", "-TERM"] {
        let folder = tempfile::TempDir::new().expect("a folder for the pipe");
        let pipe = folder.path().join("alive");
        let made = Command::new("mkfifo").arg(&pipe).status();
        assert!(made.expect("mkfifo can be started").success());
        let (says, hears) = mpsc::channel();
        let watcher = thread::spawn({
            let pipe = pipe.clone();
            move || watch(pipe, &says)
        });

        let run = ferrocell()
            .arg("run")
            .arg(notebooks().join("children.ipynb"))
            .env("FERROCELL_TEST_ALIVE", &pipe)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("ferrocell can be started");
        assert_eq!(
            hears.recv_timeout(BOUND),
            Ok("up"),
            "kernel and child are up"
        );
        let sent = Command::new("kill")
            .args([signal, &run.id().to_string()])
            .status();
        assert!(sent.expect("kill can be started").success());

        let output = run.wait_with_output().expect("the run ends");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{stderr}");
        assert!(stderr.contains("interrupted"), "{stderr}");
        assert_eq!(
            hears.recv_timeout(BOUND),
            Ok("gone"),
            "nobody holds the pipe"
        );
        watcher.join().expect("the watcher ends");
    }
}

/// Tells when the notebook's processes have opened the pipe, and when the last of them has let go of it.
fn watch(pipe: PathBuf, says: &mpsc::Sender<&'static str>) {
    let mut pipe = BufReader::new(File::open(pipe).expect("the pipe can be opened"));
    let mut first = String::new();
    pipe.read_line(&mut first).expect("the pipe can be read");
    assert_eq!(first, "up\n");
    says.send("up").expect("the test waits");
    pipe.read_to_string(&mut first)
        .expect("the pipe can be read");
    says.send("gone").expect("the test waits");
}
