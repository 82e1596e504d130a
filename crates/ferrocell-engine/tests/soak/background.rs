//! Threads and tasks that work in the background of generated cells, and how later cells find out whether they live.

use fastrand::Rng;

/// The first cell. Each wait in it has an end, so that a thread that is lost is a wrong answer.
pub(crate) const PRELUDE: &str = r#":dep rayon = "1"
:dep tokio = { version = "1", features = ["full"] }
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use rayon::prelude::*;
const PATIENCE: Duration = Duration::from_secs(60);
fn eventually(mut holds: impl FnMut() -> bool) -> bool {
    let begun = Instant::now();
    while !holds() {
        if begun.elapsed() > PATIENCE { return false }
        thread::yield_now();
    }
    true
}
fn goes_on(ticks: &AtomicU64) -> bool { let had = ticks.load(SeqCst); eventually(|| ticks.load(SeqCst) > had) }
fn result(job: JoinHandle<i64>) -> Option<i64> { eventually(|| job.is_finished()).then(|| job.join().unwrap()) }
fn sum(to: u64) -> u64 { (0..to).into_par_iter().map(|n| n % 7).sum() }
type Question = (i64, mpsc::Sender<i64>);
trait Ask {
    fn put(&self, question: Question);
    fn ask(&self, n: i64) -> Option<i64> {
        let (reply, answer) = mpsc::channel();
        self.put((n, reply));
        answer.recv_timeout(PATIENCE).ok()
    }
}
impl Ask for mpsc::Sender<Question> { fn put(&self, question: Question) { self.send(question).unwrap() } }
impl Ask for tokio::sync::mpsc::UnboundedSender<Question> { fn put(&self, question: Question) { self.send(question).unwrap() } }
#[derive(Default)]
struct Queue { questions: Mutex<VecDeque<Question>>, filled: Condvar }
impl Ask for Arc<Queue> {
    fn put(&self, question: Question) { self.questions.lock().unwrap().push_back(question); self.filled.notify_one(); }
}
impl Queue {
    fn take(&self) -> Question {
        let mut questions = self.questions.lock().unwrap();
        loop {
            match questions.pop_front() {
                Some(question) => return question,
                None => questions = self.filled.wait(questions).unwrap(),
            }
        }
    }
}"#;

/// What a worker does with a question: it adds the number to its sum, which is the answer.
const ANSWER: &str = "if n != 0 { println!(\"was sent {n}\"); } sum += n; let _ = reply.send(sum);";

/// Starts a worker: a thread behind a channel or a queue, or a task behind a channel.
pub(crate) fn worker(rng: &mut Rng) -> String {
    let (new, answer) = match rng.u32(..3) {
        0 => (
            "let (worker, questions) = mpsc::channel::<Question>();",
            thread(&format!(
                "let mut sum = 0; for (n, reply) in questions {{ {ANSWER} }}"
            )),
        ),
        1 => (
            "let worker = Arc::new(Queue::default()); let queue = worker.clone();",
            thread(&format!(
                "let mut sum = 0; loop {{ let (n, reply) = queue.take(); {ANSWER} }}"
            )),
        ),
        _ => (
            "let (worker, mut questions) = tokio::sync::mpsc::unbounded_channel::<Question>();",
            format!(
                "tokio::spawn(async move {{ let mut sum = 0; \
                 while let Some((n, reply)) = questions.recv().await {{ {ANSWER} }} }});"
            ),
        ),
    };
    format!("{{ {new}\n{answer}\nworker }}")
}

/// Starts a thread or a task that counts up as long as anybody can see it.
pub(crate) fn ticker(rng: &mut Rng) -> String {
    const COUNT: &str =
        "while let Some(ticks) = kept.upgrade() { ticks.fetch_add(1, SeqCst); drop(ticks);";
    let start = if rng.bool() {
        thread(&format!(
            "{COUNT} thread::sleep(Duration::from_millis(1)); }}"
        ))
    } else {
        format!(
            "tokio::spawn(async move {{ let mut every = tokio::time::interval(Duration::from_millis(1));\n\
             {COUNT} every.tick().await; }} }});"
        )
    };
    format!(
        "{{ let ticks = Arc::new(AtomicU64::new(0)); let kept = Arc::downgrade(&ticks);\n{start}\nticks }}"
    )
}

/// Starts a thread with a name that does this.
fn thread(code: &str) -> String {
    format!("thread::Builder::new().name(\"background\".into()).spawn(move || {{ {code} }})?;")
}
