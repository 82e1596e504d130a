//! Much output at once: all of it has to arrive, soon, and without filling the memory.

use std::path::Path;

use crate::contender::Contender;
use crate::kernel;
use crate::measurements::Measurements;
use crate::toolchain::Toolchain;

const ROUNDS: usize = 5;

struct Flood {
    row: &'static str,
    row_beyond: &'static str,
    rust: &'static str,
    python: &'static str,
    bytes: usize,
}

const FLOODS: [Flood; 2] = [
    Flood {
        row: "10,000 `println!`",
        row_beyond: "10,000 `println!`, beyond the program's own time",
        rust: "for i in 0..10_000 { println!(\"line {i:04}\"); }",
        python: "for i in range(10_000): print(f\"line {i:04}\")",
        bytes: 100_000,
    },
    Flood {
        row: "50 MB in lines of 1 kB",
        row_beyond: "50 MB, beyond the program's own time",
        rust: "let line = \"x\".repeat(999);\nfor _ in 0..50_000 { println!(\"{line}\"); }",
        python: "line = \"x\" * 999\nfor _ in range(50_000): print(line)",
        bytes: 50_000_000,
    },
];

pub(crate) async fn measure(cache: &Path, measurements: &mut Measurements) {
    let toolchain = Toolchain::find(cache);
    let mut kernels = kernel::start_all(cache).await;
    for round in 0..ROUNDS {
        for flood in &FLOODS {
            let (bare, output) = toolchain.run_program(flood.rust);
            assert_eq!(output, flood.bytes);
            measurements.time(flood.row, Contender::Bare, bare);
            for (contender, kernel) in &mut kernels {
                // A cell that was never compiled; a comment alone would not make it one.
                let code = match contender {
                    Contender::Ipykernel => format!("_ = {round}\n{}", flood.python),
                    _ => format!("let _ = {round};\n{}", flood.rust),
                };
                let ran = kernel.run(&code).await;
                measurements.time(flood.row, *contender, ran.time);
                if *contender == Contender::Ferrocell {
                    assert_eq!(ran.output.len(), flood.bytes);
                    let beyond = ran.time.as_secs_f64() - bare.as_secs_f64();
                    measurements.number(flood.row_beyond, *contender, beyond);
                }
            }
        }
    }
    for (contender, kernel) in kernels {
        let memory = kernel.peak_memory() as f64;
        measurements.number("memory, at most during all that output", contender, memory);
        kernel.shut_down().await;
    }
}
