//! Descriptors in a copy: what threads need to wake each other is the copy's own, in the state of the snapshot.

mod program;

use program::Program;

#[test]
fn a_copy_finds_all_as_it_was() {
    let mut program = Program::new("descriptors", include_str!("descriptors.c"));
    program.ok("make");
    // What the function does before it crashes must not show in the copy.
    program.crash("use_up");
    assert_eq!(program.promote(), "", "nothing is gone");
    program.ok("check");
    // A copy of the copy as well.
    program.crash("use_up");
    program.promote();
    program.ok("check");
}

#[test]
fn what_the_copy_does_without_is_named() {
    let mut program = Program::new("lost", include_str!("descriptors.c"));
    program.ok("connect_elsewhere");
    program.crash("crash");
    let lost = program.promote();
    let mut lost: Vec<&str> = lost.lines().collect();
    lost.sort_unstable();
    assert_eq!(lost.len(), 4, "{lost:?}");
    assert!(lost[0].starts_with("connection to 127.0.0.1:"), "{lost:?}");
    assert!(lost[1].starts_with("connection to 127.0.0.1:"), "{lost:?}");
    assert_eq!(
        lost[2..],
        ["pipe from a child process", "pipe to a child process"]
    );
    program.ok("check_elsewhere");
}

#[test]
fn a_listener_listens_again() {
    let mut program = Program::new("listener", include_str!("descriptors.c"));
    program.ok("listen_here");
    program.crash("crash");
    assert_eq!(program.promote(), "");
    program.ok("connect_here");
}

#[test]
fn a_listener_whose_port_is_taken_is_named() {
    let mut program = Program::new("taken", include_str!("descriptors.c"));
    program.ok("listen_here");
    let port = program.run("port").status;
    program.crash("crash");
    let _taken = std::net::TcpListener::bind(("127.0.0.1", port as u16)).expect("the port is free");
    assert_eq!(program.promote(), format!("listener on 127.0.0.1:{port}"));
}

#[test]
fn with_few_descriptors_left_the_copy_still_has_its_own() {
    let mut program = Program::new("full", include_str!("descriptors.c"));
    program.ok("make");
    program.ok("open_all");
    program.crash("use_up");
    assert_eq!(program.promote(), "");
    program.ok("check");
}

#[test]
fn another_number_of_standard_output_stays_open() {
    let mut program = Program::new("output", include_str!("descriptors.c"));
    program.ok("copy_output");
    program.crash("crash");
    assert_eq!(program.promote(), "", "nothing is gone");
    let done = program.run("check_output");
    assert_eq!((done.status, done.text.as_str()), (0, "still here"));
}
