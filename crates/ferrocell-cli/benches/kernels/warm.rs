//! Cells of a session that is well under way, and how much of their time is not rustc's.

use std::fs;
use std::path::{Path, PathBuf};

use crate::contender::Contender;
use crate::kernel;
use crate::measurements::Measurements;
use crate::toolchain::Toolchain;

const ROUNDS: usize = 20;

/// A cell in both languages. `{n}` stands for a number that is never the same, so that no cell is an earlier one.
struct Cell {
    row: &'static str,
    row_own: &'static str,
    rust: &'static str,
    python: &'static str,
}

const CELLS: [Cell; 4] = [
    Cell {
        row: "warm `1+1`",
        row_own: "`1+1`, the kernel's own share",
        rust: "1 + {n}",
        python: "1 + {n}",
    },
    Cell {
        row: "warm `println!`",
        row_own: "`println!`, the kernel's own share",
        rust: "println!(\"hello {}\", {n});",
        python: "print(f\"hello {{n}}\")",
    },
    Cell {
        row: "warm `Vec` cell",
        row_own: "`Vec` cell, the kernel's own share",
        rust: "let squares: Vec<u64> = (0..{n}).map(|i| i * i).collect();\nsquares.iter().sum::<u64>()",
        python: "squares = [i * i for i in range({n})]\nsum(squares)",
    },
    Cell {
        row: "warm thread cell",
        row_own: "thread cell, the kernel's own share",
        rust: "let thread = std::thread::spawn(|| { println!(\"in a thread\"); {n} });\nthread.join().unwrap()",
        python: "import threading\nthread = threading.Thread(target=lambda: print(\"in a thread\", {n}))\nthread.start()\nthread.join()",
    },
];

pub(crate) async fn measure(cache: &Path, measurements: &mut Measurements) {
    let mut kernels = kernel::start_all(cache).await;
    let (_, ferrocell) = &mut kernels[0];
    let compiled_in = ferrocell.run(":last_compile_dir").await;
    let compiled_in = PathBuf::from(compiled_in.output.trim());
    let toolchain = Toolchain::find(cache);

    for round in 0..ROUNDS {
        for cell in &CELLS {
            let number = (100 + round).to_string();
            for (contender, kernel) in &mut kernels {
                let code = match contender {
                    Contender::Ipykernel => cell.python,
                    _ => cell.rust,
                };
                let ran = kernel.run(&code.replace("{n}", &number)).await;
                measurements.time(cell.row, *contender, ran.time);
                if *contender == Contender::Ferrocell {
                    let generated = newest(&compiled_in);
                    let bare = toolchain.compile_cell_like_kernel(&generated).as_secs_f64();
                    let own = ran.time.as_secs_f64() - bare;
                    measurements.number(cell.row_own, *contender, own);
                    let bare = toolchain.compile_cell(&generated);
                    measurements.time(cell.row, Contender::Bare, bare);
                }
            }
        }
    }
    for (_, kernel) in kernels {
        kernel.shut_down().await;
    }
}

/// The code that was generated last.
fn newest(folder: &Path) -> PathBuf {
    let entries = fs::read_dir(folder).expect("the session's folder can be read");
    let paths = entries.map(|entry| entry.expect("the session's folder can be read").path());
    let sources = paths.filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    let written = |path: &PathBuf| fs::metadata(path).and_then(|data| data.modified()).ok();
    sources.max_by_key(written).expect("a cell was compiled")
}
