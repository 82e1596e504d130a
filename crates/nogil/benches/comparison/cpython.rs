//! A CPython process that times the same operations, when it is told to.

use std::cell::RefCell;
use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use criterion::BenchmarkGroup;
use criterion::measurement::WallTime;

pub(crate) struct CPython {
    process: Child,
    pipes: RefCell<(ChildStdin, Lines<BufReader<ChildStdout>>)>,
    pub(crate) version: String,
}

impl CPython {
    pub(crate) fn start() -> Self {
        let mut process = Command::new("python3")
            .args(["-c", include_str!("cpython.py")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 must be installed: the benches compare with it");
        let requests = process.stdin.take().expect("stdin is piped");
        let mut answers = BufReader::new(process.stdout.take().expect("stdout is piped")).lines();
        let version = answers
            .next()
            .expect("python3 must run")
            .expect("the version is UTF-8");
        CPython {
            process,
            pipes: RefCell::new((requests, answers)),
            version,
        }
    }

    /// Benches `operation`, a name that `cpython.py` knows, in its group.
    pub(crate) fn bench(&self, group: &mut BenchmarkGroup<'_, WallTime>, operation: &str) {
        group.bench_function("CPython", |bencher| {
            bencher.iter_custom(|iterations| self.time(operation, iterations));
        });
    }

    fn time(&self, operation: &str, iterations: u64) -> Duration {
        let (requests, answers) = &mut *self.pipes.borrow_mut();
        writeln!(requests, "{operation}\t{iterations}").expect("python3 must be running");
        let answer = answers
            .next()
            .expect("python3 must answer")
            .expect("the answer is UTF-8");
        Duration::from_nanos(
            answer
                .parse()
                .expect("the answer is a number of nanoseconds"),
        )
    }
}

impl Drop for CPython {
    fn drop(&mut self) {
        // It has answered everything, so nothing depends on how it ends.
        let _killed = self.process.kill();
        let _status = self.process.wait();
    }
}
