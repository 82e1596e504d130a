//! What could follow, asked in a session with a list of texts; and what the answers take of memory.

use std::path::Path;
use std::time::Duration;

use crate::contender::Contender;
use crate::kernel::Kernel;
use crate::measurements::Measurements;

const ROUNDS: usize = 21;

pub(crate) async fn measure(cache: &Path, measurements: &mut Measurements) {
    let mut kernels = Vec::new();
    for contender in Contender::KERNELS {
        let mut kernel = Kernel::start(contender, cache).await;
        let (cell, member) = match contender {
            Contender::Ipykernel => ("words = ['spam', 'eggs']", "startswith"),
            _ => ("let words = vec![String::from(\"spam\")];", "starts_with"),
        };
        kernel.run(cell).await;
        // What a kernel reads before it can answer, it reads once.
        kernel.complete("words[0].").await;
        if contender == Contender::Ferrocell {
            while kernel.run(":analyzer").await.output.contains("reads") {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
        kernels.push((contender, kernel, member));
    }
    for round in 0..ROUNDS {
        for (contender, kernel, member) in &mut kernels {
            let (time, found) = kernel.complete(&format!("words[{round}].")).await;
            let is_found = found.iter().any(|found| found.contains(*member));
            assert!(is_found, "{}: {found:?}", contender.name());
            measurements.time("completion of `words[0].`", *contender, time);
        }
    }
    for (contender, kernel, _) in kernels {
        let memory = kernel.memory() as f64;
        measurements.number("memory, after completions", contender, memory);
        kernel.shut_down().await;
    }
}
