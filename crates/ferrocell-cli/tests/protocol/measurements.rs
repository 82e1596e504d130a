//! How long things take, which a test cannot assert. Each line is printed as it is measured:
//! `cargo test --release -p ferrocell-kernel --test protocol measurements -- --ignored --nocapture --test-threads=1`.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::interrupts::everything;
use crate::load::FLOODS;
use crate::rust::{Expected, run, start};
use scripted_frontend::Channel;

/// From the press of the stop button until the next cell has shown a variable, in the worst of some rounds.
#[test]
#[ignore = "a measurement, not a test"]
fn ready_again_after_an_interrupt() {
    const ROUNDS: usize = 5;
    let kernel = start();
    let mut frontend = kernel.connect();
    run(
        &mut frontend,
        "let mut kept = vec![1, 2, 3];",
        1,
        &Expected::Quiet,
    );
    let mut counts = (2..).step_by(2);
    let folder = tempfile::tempdir().expect("a folder");
    for busy in everything(folder.path()) {
        let mut worst = Duration::ZERO;
        for count in counts.by_ref().take(ROUNDS) {
            let mut pressed = Instant::now();
            busy.stops(&mut frontend, count, |frontend| {
                pressed = Instant::now();
                frontend.press_stop();
            });
            worst = worst.max(pressed.elapsed());
        }
        let last_line = busy.code.lines().last().unwrap_or_default();
        println!("{worst:8.0?} until ready again after `{last_line}`");
    }
}

/// From a request on the control channel until its reply, while output flows.
#[test]
#[ignore = "a measurement, not a test"]
fn control_under_a_flood() {
    for (name, code) in FLOODS {
        let kernel = start();
        let mut frontend = kernel.connect_slowly();
        let cell = frontend.begin(code, 1);
        frontend.next_iopub(&cell);
        let mut times = Vec::new();
        while frontend.is_running(&cell) {
            let asked = Instant::now();
            let request = frontend.send(Channel::Control, "kernel_info_request", json!({}));
            frontend.recv_reply(Channel::Control, &request);
            times.push(asked.elapsed());
            frontend.recv_busy(&request);
            frontend.recv_idle(&request);
        }
        times.sort();
        println!(
            "{name}: {} answers, median {:.1?}, slowest {:.1?}, peak memory {} MB",
            times.len(),
            times[times.len() / 2],
            times[times.len() - 1],
            kernel.peak_memory() >> 20
        );
        frontend.recv_streams(&cell);
        frontend.leave();
    }
}
