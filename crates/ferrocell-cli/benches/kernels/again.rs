//! What was run before: the same cell again in its session, and a whole notebook again in another one. And that notebook
//! when nothing of it was ever compiled.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::contender::Contender;
use crate::kernel::{self, Kernel};
use crate::measurements::Measurements;
use crate::toolchain::Toolchain;
use crate::warm::CELLS;

const ROUNDS: usize = 15;
/// How long someone looks at a cell before running it.
const PAUSE: Duration = Duration::from_millis(500);
const NOTEBOOK_ROUNDS: usize = 5;

pub(crate) const FIRST: &str = "12 cells, Run All for the first time";
pub(crate) const AFTER_RESTART: &str = "12 cells, Restart & Run All";

/// A notebook of twelve cells in both languages.
const NOTEBOOK: [(&str, &str); 12] = [
    (
        "use std::collections::HashMap;\nuse std::sync::{Arc, Mutex, mpsc};\nuse std::thread;",
        "import queue\nimport threading",
    ),
    (
        "let words = \"the quick brown fox jumps over the lazy dog the end\";",
        "words = \"the quick brown fox jumps over the lazy dog the end\"",
    ),
    (
        "let mut counts: HashMap<String, u32> = HashMap::new();\n\
         for word in words.split(' ') {\n    *counts.entry(word.to_owned()).or_default() += 1;\n}",
        "counts = {}\nfor word in words.split(' '):\n    counts[word] = counts.get(word, 0) + 1",
    ),
    ("counts[\"the\"]", "counts[\"the\"]"),
    (
        "fn is_prime(n: u64) -> bool {\n    n > 1 && (2..).take_while(|d| d * d <= n).all(|d| n % d != 0)\n}",
        "def is_prime(n):\n    return n > 1 and all(n % d for d in range(2, int(n ** 0.5) + 1))",
    ),
    (
        "let primes: Vec<u64> = (0..1000).filter(|n| is_prime(*n)).collect();\nprimes.len()",
        "primes = [n for n in range(1000) if is_prime(n)]\nlen(primes)",
    ),
    (
        "#[derive(Debug, Clone)]\nstruct Account { owner: String, balance: i64 }\n\
         impl Account {\n    fn deposit(&mut self, amount: i64) { self.balance += amount; }\n}",
        "class Account:\n    def __init__(self, owner, balance):\n        self.owner, self.balance = owner, balance\n    \
         def deposit(self, amount):\n        self.balance += amount",
    ),
    (
        "let account = Arc::new(Mutex::new(Account { owner: \"Ada\".into(), balance: 0 }));",
        "account, lock = Account(\"Ada\", 0), threading.Lock()",
    ),
    (
        "let threads: Vec<_> = (0..8).map(|n| {\n    let account = account.clone();\n    \
         thread::spawn(move || account.lock().unwrap().deposit(n))\n}).collect();\n\
         for thread in threads {\n    thread.join().unwrap();\n}",
        "def work(n):\n    with lock:\n        account.deposit(n)\n\
         threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]\n\
         for thread in threads:\n    thread.start()\nfor thread in threads:\n    thread.join()",
    ),
    (
        "let locked = account.lock().unwrap().clone();\nprintln!(\"{} has {}\", locked.owner, locked.balance);",
        "print(account.owner, \"has\", account.balance)",
    ),
    (
        "let (sender, receiver) = mpsc::channel();\n\
         thread::spawn(move || for n in 0..100 { sender.send(n).unwrap(); });\nreceiver.iter().sum::<i32>()",
        "numbers = queue.Queue()\nthreading.Thread(target=lambda: [numbers.put(n) for n in range(100)]).start()\n\
         sum(numbers.get() for _ in range(100))",
    ),
    (
        "{\n    let mut longest: Vec<_> = counts.keys().cloned().collect();\n    \
         longest.sort_by_key(|word| (usize::MAX - word.len(), word.clone()));\n    longest[..2].to_vec()\n}",
        "sorted(counts, key=lambda word: (-len(word), word))[:2]",
    ),
];

pub(crate) async fn measure(cache: &Path, measurements: &mut Measurements) {
    cells(cache, measurements).await;
    drafts(cache, measurements).await;
    notebook(cache, measurements).await;
}

async fn cells(cache: &Path, measurements: &mut Measurements) {
    let mut kernels = kernel::start_all(cache).await;
    for round in 0..=ROUNDS {
        for cell in &CELLS {
            for (contender, kernel) in &mut kernels {
                let code = cell.code(*contender, 7);
                let ran = kernel.run(&code).await;
                // The first time is another row's.
                if round > 0 {
                    measurements.time(cell.row_again, *contender, ran.time);
                }
            }
        }
    }
    for (_, kernel) in kernels {
        kernel.shut_down().await;
    }
}

/// Cells that were never run, half a second after they were typed.
async fn drafts(cache: &Path, measurements: &mut Measurements) {
    let mut kernels = kernel::start_all(cache).await;
    for round in 0..ROUNDS {
        for cell in &CELLS {
            for (contender, kernel) in &mut kernels {
                let code = cell.code(*contender, 1000 + round);
                kernel.draft(&code).await;
                tokio::time::sleep(PAUSE).await;
                let ran = kernel.run(&code).await;
                measurements.time(cell.row_draft, *contender, ran.time);
            }
        }
    }
    for (_, kernel) in kernels {
        kernel.shut_down().await;
    }
}

async fn notebook(cache: &Path, measurements: &mut Measurements) {
    let toolchain = Toolchain::find(cache);
    for _ in 0..NOTEBOOK_ROUNDS {
        for contender in Contender::KERNELS {
            let own_cache = TempDir::new().expect("a folder can be made");
            for row in [FIRST, AFTER_RESTART] {
                let mut kernel = Kernel::start(contender, own_cache.path()).await;
                kernel.run("1 + 1").await;
                let cells = NOTEBOOK.map(|(rust, python)| match contender {
                    Contender::Ipykernel => python,
                    _ => rust,
                });
                let start = Instant::now();
                let last = kernel.run_all(&cells).await;
                measurements.time(row, contender, start.elapsed());
                assert!(last.result.contains("brown"), "{}", last.result);
                if contender == Contender::Ferrocell && row == FIRST {
                    let folder = kernel.run(":last_compile_dir").await.output;
                    let all = generated(Path::new(folder.trim()));
                    let times = all.iter().map(|cell| toolchain.compile_cell(cell));
                    measurements.time(row, Contender::Bare, times.sum());
                }
                kernel.shut_down().await;
            }
        }
    }
}

/// The code that was generated for the notebook.
fn generated(folder: &Path) -> Vec<PathBuf> {
    let path = |cell: usize| folder.join(format!("cell_{:04}.rs", cell));
    (2..2 + NOTEBOOK.len()).map(path).collect()
}
