//! From nothing to a kernel that answers, to its first result, and what it takes of memory then.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::contender::Contender;
use crate::kernel::Kernel;
use crate::measurements::Measurements;

const ROUNDS: usize = 5;
/// After this long, what a kernel does behind the first result is done.
const IDLE: Duration = Duration::from_secs(1);

pub(crate) async fn measure(cache: &Path, measurements: &mut Measurements) {
    for round in 0..ROUNDS {
        for contender in Contender::KERNELS {
            let start = Instant::now();
            let mut kernel = Kernel::start(contender, cache).await;
            measurements.time("start → ready", contender, start.elapsed());
            // None of them was ever compiled.
            let ran = kernel.run(&format!("10 + {round}")).await;
            measurements.time("start → first result", contender, start.elapsed());
            assert_eq!(ran.result, (10 + round).to_string());
            tokio::time::sleep(IDLE).await;
            let memory = kernel.memory() as f64;
            measurements.number("memory, idle after the first result", contender, memory);
            kernel.shut_down().await;
        }
    }
}
