//! Much output at once: all of it has to arrive, soon, and without filling the memory.

use std::path::Path;

use crate::contender::Contender;
use crate::kernel::Kernel;
use crate::measurements::Measurements;
use crate::toolchain::Toolchain;

const ROUNDS: usize = 5;

struct Flood {
    row: &'static str,
    row_beyond: &'static str,
    row_memory: &'static str,
    rust: &'static str,
    python: &'static str,
    bytes: usize,
}

const FLOODS: [Flood; 2] = [
    Flood {
        row: "10,000 `println!`",
        row_beyond: "10,000 `println!`, beyond the program's own time",
        row_memory: "10,000 `println!`, memory at most",
        rust: "for i in 0..10_000 { println!(\"line {i:04}\"); }",
        python: "for i in range(10_000): print(f\"line {i:04}\")",
        bytes: 100_000,
    },
    Flood {
        row: "50 MB in lines of 1 kB",
        row_beyond: "50 MB, beyond the program's own time",
        row_memory: "50 MB, memory at most",
        rust: "let line = \"x\".repeat(999);\nfor _ in 0..50_000 { println!(\"{line}\"); }",
        python: "line = \"x\" * 999\nfor _ in range(50_000): print(line)",
        bytes: 50_000_000,
    },
];

pub(crate) async fn measure(cache: &Path, measurements: &mut Measurements) {
    let toolchain = Toolchain::find(cache);
    for flood in &FLOODS {
        for _ in 0..ROUNDS {
            let (bare, output) = toolchain.run_program(flood.rust);
            assert_eq!(output, flood.bytes);
            measurements.time(flood.row, Contender::Bare, bare);
            for contender in Contender::KERNELS {
                let code = match contender {
                    Contender::Ipykernel => flood.python,
                    _ => flood.rust,
                };
                let mut kernel = Kernel::start(contender, cache).await;
                kernel.run("1 + 1").await;
                let ran = kernel.run(code).await;
                measurements.time(flood.row, contender, ran.time);
                let memory = kernel.peak_memory() as f64;
                measurements.number(flood.row_memory, contender, memory);
                if contender == Contender::Ferrocell {
                    assert_eq!(ran.output.len(), flood.bytes);
                    let beyond = ran.time.as_secs_f64() - bare.as_secs_f64();
                    measurements.number(flood.row_beyond, contender, beyond);
                }
                kernel.shut_down().await;
            }
        }
    }
}
