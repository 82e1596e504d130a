//! What a kernel keeps is the user's alone, and goes with it, also when it or its server is killed.

use std::fs::{self, File};
use std::io::{self, Read};
use std::net::TcpListener;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, thread};

use crate::interrupts::named_pipe;
use crate::rust::{Expected, run, start_with};
use scripted_frontend::Frontend;

/// Who may do what with a file: nobody but its owner may do anything.
fn assert_private(path: &Path) {
    let mode = fs::metadata(path).expect("a file").permissions().mode();
    assert_eq!(mode & 0o077, 0, "{} is {mode:o}", path.display());
}

/// Prints the folder of the session.
fn session_folder(frontend: &mut Frontend, count: u64) -> PathBuf {
    let cell = frontend.begin(":last_compile_dir", count);
    let folder = frontend.recv_streams(&cell).concat().trim_end().into();
    frontend.recv_execute_ok(&cell, count);
    folder
}

#[test]
fn sockets_session_and_history_are_private_whatever_the_umask() {
    for umask in [0o022, 0o000] {
        let folder = tempfile::tempdir().expect("a folder");
        let kernel = start_with(|command| {
            command.env("TMPDIR", folder.path());
            // SAFETY: umask is async-signal-safe.
            unsafe {
                command.pre_exec(move || {
                    libc::umask(umask);
                    Ok(())
                });
            }
        });
        let mut frontend = kernel.connect();
        run(&mut frontend, "1 + 1", 1, &Expected::Value("2"));
        let session = session_folder(&mut frontend, 2);
        assert!(session.starts_with(folder.path()));
        assert_private(&session);
        let entries = fs::read_dir(&session).expect("a folder");
        let sockets = entries
            .map(|entry| entry.expect("an entry"))
            .filter(|entry| entry.file_type().expect("a type").is_socket());
        let sockets: Vec<_> = sockets.map(|entry| entry.path()).collect();
        assert!(!sockets.is_empty());
        sockets.iter().for_each(|path| assert_private(path));
        assert_private(&kernel.history());
        for port in 1..=5 {
            assert_private(Path::new(&format!("{}-{port}", kernel.connection.ip)));
        }
    }
}

/// A pipe that is open as long as anyone has it who was given its end.
fn lifeline() -> (io::PipeReader, io::PipeWriter) {
    io::pipe().expect("a pipe")
}

/// Runs a cell that holds two connections, one in a child process; `begun` is called when both are there. Returns when
/// both are closed.
fn die_amidst_a_cell(frontend: &mut Frontend, kill: impl FnOnce()) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    frontend.send_execute(&format!(
        "use std::{{net::TcpStream, os::fd::OwnedFd, process::Command}};\n\
         let held = TcpStream::connect(\"{address}\")?;\n\
         let given = OwnedFd::from(TcpStream::connect(\"{address}\")?);\n\
         let child = Command::new(\"cat\").stdin(given).spawn()?;\n\
         loop {{ std::thread::park(); }}"
    ));
    let mut connections = [(); 2].map(|()| listener.accept().expect("the cell connects").0);
    kill();
    for connection in &mut connections {
        // A process that is killed may reset its connections.
        assert!(!matches!(connection.read(&mut [0]), Ok(1..)));
    }
}

#[test]
fn nothing_stays_of_a_kernel_that_is_killed() {
    let (mut alive, given) = lifeline();
    let mut kernel = start_with(|command| {
        command.stdout(given);
    });
    let mut frontend = kernel.connect();
    let session = session_folder(&mut frontend, 1);
    assert!(session.is_dir());
    die_amidst_a_cell(&mut frontend, || kernel.signal(libc::SIGKILL));
    // The child process goes last, after the folder.
    assert!(!session.exists());
    frontend.leave();
    kernel.wait_for_death();
    alive
        .read_to_end(&mut Vec::new())
        .expect("nobody has the pipe");
}

/// The kernel is killed while a command runs that has started another: the supervisor ends both.
#[test]
fn no_tool_stays_of_a_kernel_that_is_killed() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipe = named_pipe(folder.path());
    let mut kernel = start_with(|_| {});
    let mut frontend = kernel.connect();
    frontend.send_execute(&format!(
        "!trap '' TERM; sh -c \"trap '' TERM; sleep 1000; true\" > {}; true",
        pipe.display()
    ));
    let mut alive = File::open(&pipe).expect("the command opens its end");
    kernel.signal(libc::SIGKILL);
    frontend.leave();
    kernel.wait_for_death();
    alive
        .read_to_end(&mut Vec::new())
        .expect("nobody has the pipe");
}

const SERVER: &str = "FERROCELL_TEST_SERVER";

/// The server, in a process of its own: this test runs itself again for it, to be killed. Its kernel has the pipe that is
/// this process's standard output.
fn be_the_server() {
    let parent = std::process::id().to_string();
    let kernel = start_with(|command| {
        command
            .env("JPY_PARENT_PID", parent)
            .stdout(Stdio::inherit());
    });
    println!(
        "\n{}",
        serde_json::to_string(&kernel.connection).expect("JSON")
    );
    loop {
        thread::park();
    }
}

#[test]
fn nothing_stays_of_a_kernel_whose_server_is_killed() {
    if env::var_os(SERVER).is_some() {
        return be_the_server();
    }
    let (alive, given) = lifeline();
    let mut server = Command::new(env::current_exe().expect("this test's own path"))
        .args([
            "privacy::nothing_stays_of_a_kernel_whose_server_is_killed",
            "--exact",
            "--nocapture",
        ])
        .env(SERVER, "1")
        .stdout(given)
        .spawn()
        .expect("the test runs again");
    let mut lines = io::BufRead::lines(io::BufReader::new(alive)).map(|line| line.expect("text"));
    let line = lines
        .find(|line| line.starts_with('{'))
        .expect("a connection");
    let connection = serde_json::from_str(&line).expect("a connection");
    let mut frontend = Frontend::connect(&connection, "frontend");
    let session = session_folder(&mut frontend, 1);
    die_amidst_a_cell(&mut frontend, || server.kill().expect("a server to kill"));
    server.wait().expect("an end");
    frontend.leave();
    // The pipe ends when the kernel does, which removes its files first.
    lines.for_each(drop);
    assert!(!session.exists());
    for port in 1..=5 {
        assert!(!Path::new(&format!("{}-{port}", connection.ip)).exists());
    }
    fs::remove_dir_all(Path::new(&connection.ip).parent().expect("a folder")).expect("a folder");
}
