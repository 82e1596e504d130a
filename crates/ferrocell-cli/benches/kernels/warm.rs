//! Cells of a session that is well under way, and how much of their time is not rustc's.

use std::fs;
use std::path::{Path, PathBuf};

use crate::contender::Contender;
use crate::kernel;
use crate::measurements::Measurements;
use crate::toolchain::Toolchain;

const ROUNDS: usize = 20;

/// A cell in both languages. `{n}` stands for a number that is never the same, so that no cell is an earlier one.
pub(crate) struct Cell {
    row: &'static str,
    row_own: &'static str,
    /// The row of the cell as it was run before.
    pub(crate) row_again: &'static str,
    /// The row of the cell as it was known before it was run.
    pub(crate) row_draft: &'static str,
    rust: &'static str,
    python: &'static str,
}

impl Cell {
    /// What a kernel is sent, with a number in it.
    pub(crate) fn code(&self, contender: Contender, number: usize) -> String {
        let code = match contender {
            Contender::Ipykernel => self.python,
            _ => self.rust,
        };
        code.replace("{n}", &number.to_string())
    }
}

pub(crate) const CELLS: [Cell; 4] = [
    Cell {
        row: "warm `1+1`",
        row_again: "`1+1` again",
        row_draft: "`1+1`, its draft known",
        row_own: "`1+1`, the kernel's own share",
        rust: "1 + {n}",
        python: "1 + {n}",
    },
    Cell {
        row: "warm `println!`",
        row_again: "`println!` again",
        row_draft: "`println!`, its draft known",
        row_own: "`println!`, the kernel's own share",
        rust: "println!(\"hello {}\", {n});",
        python: "print(f\"hello {{n}}\")",
    },
    Cell {
        row: "warm `Vec` cell",
        row_again: "`Vec` cell again",
        row_draft: "`Vec` cell, its draft known",
        row_own: "`Vec` cell, the kernel's own share",
        rust: "let squares: Vec<u64> = (0..{n}).map(|i| i * i).collect();\nsquares.iter().sum::<u64>()",
        python: "squares = [i * i for i in range({n})]\nsum(squares)",
    },
    Cell {
        row: "warm thread cell",
        row_again: "thread cell again",
        row_draft: "thread cell, its draft known",
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
            for (contender, kernel) in &mut kernels {
                let ran = kernel.run(&cell.code(*contender, 100 + round)).await;
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
    // The one without a number is what the cache was asked for.
    let sources = paths.filter(|path| {
        let is_code = path.extension().is_some_and(|extension| extension == "rs");
        is_code && !path.ends_with("cell_0000.rs")
    });
    let written = |path: &PathBuf| fs::metadata(path).and_then(|data| data.modified()).ok();
    sources.max_by_key(written).expect("a cell was compiled")
}
