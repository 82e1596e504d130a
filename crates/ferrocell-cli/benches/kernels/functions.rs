//! Whether a session gets slower with what it has defined: `1+1` in two sessions in turn, one of them with 300 functions.

use std::path::Path;

use crate::contender::Contender;
use crate::kernel::Kernel;
use crate::measurements::Measurements;

const ROUNDS: usize = 15;
const FUNCTIONS: usize = 300;
const FUNCTIONS_PER_CELL: usize = 10;

pub(crate) async fn measure(cache: &Path, measurements: &mut Measurements) {
    for contender in Contender::KERNELS {
        let mut fresh = Kernel::start(contender, cache).await;
        let mut full = Kernel::start(contender, cache).await;
        let numbers: Vec<usize> = (0..FUNCTIONS).collect();
        for numbers in numbers.chunks(FUNCTIONS_PER_CELL) {
            let functions = numbers.iter().map(|number| match contender {
                Contender::Ipykernel => format!("def f{number}(x): return x + {number}\n"),
                _ => format!("pub fn f{number}(x: u64) -> u64 {{ x + {number} }}\n"),
            });
            full.run(&functions.collect::<String>()).await;
        }
        fresh.run("0 + 0").await;
        for round in 0..ROUNDS {
            let first = fresh.run(&format!("1 + {}", 2 * round)).await.time;
            let later = full.run(&format!("1 + {}", 2 * round + 1)).await.time;
            measurements.number(
                "`1+1` after 300 functions",
                contender,
                later.as_secs_f64() / first.as_secs_f64(),
            );
        }
        fresh.shut_down().await;
        full.shut_down().await;
    }
}
