//! Threads that wait in all kinds of calls do not see that they are stopped for snapshots.

mod program;

use program::Program;

const SOURCE: &str = include_str!("restart.c");

#[test]
fn no_call_ends_early_while_snapshots_are_taken() {
    let mut program = Program::new("restart", SOURCE);
    program.ok("start");
    for _ in 0..20 {
        program.snapshot();
    }
    finish(&mut program);
}

#[test]
fn no_call_ends_early_in_a_copy() {
    let mut program = Program::new("restart-copy", SOURCE);
    program.ok("start");
    program.snapshot();
    program.crash("crash");
    let lost = program.promote();
    assert_eq!(lost, "", "nothing is gone");
    program.snapshot();
    finish(&mut program);
}

/// Lets the waits end, and takes snapshots until all have.
fn finish(program: &mut Program) {
    program.ok("finish");
    loop {
        program.snapshot();
        if program.run("left").status == 0 {
            break;
        }
    }
    let failed = program.run("failed");
    assert_eq!(
        failed.status, 0,
        "a wait fails in this line: {}",
        failed.text
    );
}

#[test]
fn a_signal_of_the_program_ends_a_call_as_ever() {
    let mut program = Program::new("signals", SOURCE);
    for _ in 0..30 {
        program.ok("start_pause");
        program.snapshot();
        // Sent at once, perhaps while the thread is still in the handler that has stopped it.
        program.ok("end_pause");
    }
}

#[test]
fn an_interrupt_ends_a_sleep_and_a_wait() {
    let mut program = Program::new("interrupts", SOURCE);
    // It listens by then.
    program.run("left");
    for function in ["sleep_long", "poll_long"] {
        program.begin(function);
        loop {
            program.interrupt();
            program.set_patience(std::time::Duration::from_millis(50));
            if let Some(done) = program.done() {
                assert_eq!(done.status, 0, "{function}");
                break;
            }
        }
    }
}
