//! Time lines, as Chrome's format tells them: who waited for what, and who woke whom.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use nogil::{Condition, Event, Queue, Thread, Timeline, Timer, replay, sleep, timeline};
use serde_json::Value;

/// Recordings come one after the other.
static TURN: Mutex<()> = Mutex::new(());

/// What a picture shows.
struct Shown {
    /// What each thread did, in order: `runs`, `waits for …`.
    spans: BTreeMap<String, Vec<String>>,
    /// From whom to whom arrows lead.
    arrows: Vec<[String; 2]>,
    /// How long each thread's spans of running were, and how long it was on a core in them, in microseconds.
    runs: BTreeMap<String, Vec<[f64; 2]>>,
}

impl Shown {
    fn of(picture: &Timeline) -> Self {
        let trace: Value = serde_json::from_str(&picture.to_chrome_trace()).unwrap();
        let events = trace["traceEvents"].as_array().unwrap();
        let of_phase =
            |phase: &'static str| events.iter().filter(move |event| event["ph"] == phase);
        let names: BTreeMap<_, _> = of_phase("M")
            .map(|event| {
                (
                    event["tid"].as_u64(),
                    event["args"]["name"].as_str().unwrap().to_owned(),
                )
            })
            .collect();
        let name = |event: &Value| names[&event["tid"].as_u64()].clone();
        let mut spans: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut runs: BTreeMap<String, Vec<[f64; 2]>> = BTreeMap::new();
        for event in of_phase("X") {
            let what = event["name"].as_str().unwrap();
            spans.entry(name(event)).or_default().push(what.to_owned());
            if what == "runs" {
                let times = ["dur", "tdur"].map(|field| event[field].as_f64().unwrap_or_default());
                runs.entry(name(event)).or_default().push(times);
            }
        }
        let arrows = of_phase("s").zip(of_phase("f"));
        let arrows = arrows.map(|(from, to)| [name(from), name(to)]).collect();
        Self {
            spans,
            arrows,
            runs,
        }
    }

    fn waits(&self, thread: &str) -> Vec<&str> {
        let spans = self.spans[thread].iter();
        spans
            .filter_map(|span| span.strip_prefix("waits for "))
            .collect()
    }

    fn has_arrow(&self, from: &str, to: &str) -> bool {
        self.arrows.iter().any(|arrow| arrow == &[from, to])
    }
}

fn record<R>(body: impl FnOnce() -> R + Send) -> Timeline {
    let _turn = TURN.lock();
    std::thread::scope(|scope| {
        let recording = std::thread::Builder::new().name("main".into());
        let recording = recording.spawn_scoped(scope, || timeline(body)).unwrap();
        recording.join().unwrap()
    })
}

/// Waits until somebody waits at a queue.
fn await_taker<T: Send>(queue: &Queue<T>) {
    while format!("{queue:?}").contains("waiting: 0") {
        std::thread::yield_now();
    }
}

/// Waits until a thread sleeps.
fn await_sleep(thread: i32) {
    let stat = format!("/proc/self/task/{thread}/stat");
    while !std::fs::read_to_string(&stat).unwrap().contains(") S ") {
        std::thread::yield_now();
    }
}

#[test]
fn threads_have_rows_with_what_they_wait_for_and_arrows_from_who_wakes_them() {
    let picture = record(|| {
        let (queue, ready) = (Queue::new(), Event::new());
        let (orders, is_ready) = (queue.clone(), ready.clone());
        let cook = Thread::builder().name("cook").target(move || {
            is_ready.set();
            orders.get().unwrap();
            sleep(Duration::from_millis(2));
        });
        cook.start().unwrap();
        ready.wait();
        await_taker(&queue);
        queue.put("spam").unwrap();
        cook.join().unwrap();
    });
    let shown = Shown::of(&picture);
    let mut waits = shown.waits("cook");
    // Of the queue, at which the other thread looks.
    waits.retain(|what| *what != "a lock");
    assert_eq!(waits, ["an item", "the time"]);
    assert_eq!(shown.waits("main").last(), Some(&"a thread"));
    assert!(shown.has_arrow("main", "cook") && shown.has_arrow("cook", "main"));
    let (svg, text) = (picture.to_svg(), picture.to_string());
    for part in ["cook", "waits for an item", "waits for the time"] {
        assert!(
            svg.contains(part) && text.contains(part),
            "{part}:\n{text}\n{svg}"
        );
    }
}

#[test]
fn a_taken_lock_and_a_timer_are_in_the_picture() {
    let picture = record(|| {
        let lock = Condition::new(());
        let held = lock.acquire();
        let (number, other) = (Queue::new(), lock.clone());
        let its_number = number.clone();
        let waits = Thread::builder().name("late").target(move || {
            // SAFETY: the call only returns the caller's own number and cannot fail.
            its_number.put(unsafe { libc::gettid() }).unwrap();
            drop(other.acquire());
        });
        waits.start().unwrap();
        await_sleep(number.get().unwrap());
        let timer = Timer::new(Duration::from_millis(1), || sleep(Duration::from_millis(1)));
        timer.start().unwrap();
        timer.join().unwrap();
        drop(held);
        waits.join().unwrap();
    });
    let shown = Shown::of(&picture);
    assert_eq!(shown.waits("late").last(), Some(&"a lock"));
    assert!(
        shown.spans.keys().any(|name| name.starts_with("Thread-")),
        "{picture}"
    );
}

#[test]
fn work_is_told_from_waiting_for_a_core() {
    let picture = record(|| {
        let began = Instant::now();
        while began.elapsed() < Duration::from_millis(5) {
            std::hint::spin_loop();
        }
        sleep(Duration::from_millis(1));
    });
    let [length, on_core] = Shown::of(&picture).runs["main"][0];
    assert!(
        length >= 5_000.0 && on_core > 0.0 && on_core <= length * 1.01,
        "{on_core} of {length}"
    );
}

#[test]
fn there_is_one_recording_at_a_time() {
    let mut inner = None;
    let outer = record(|| inner = Some(timeline(|| sleep(Duration::from_millis(1)))));
    assert!(Shown::of(&inner.unwrap()).spans.is_empty());
    assert_eq!(Shown::of(&outer).waits("main"), ["the time"]);
    // It is over with its body, also if that panics.
    let panics = || record(|| panic!("burnt"));
    assert!(std::panic::catch_unwind(panics).is_err());
    assert_eq!(
        Shown::of(&record(|| sleep(Duration::from_millis(1)))).waits("main"),
        ["the time"]
    );
}

#[test]
fn a_replay_is_drawn_turn_by_turn() {
    let _turn = TURN.lock();
    let run = replay(1, || {
        let (one, other) = (Condition::new(()), Condition::new(()));
        let (first, second) = (one.clone(), other.clone());
        let held = one.acquire();
        let thread = Thread::builder().name("Ada").target(move || {
            let _second = second.acquire();
            let _first = first.acquire();
        });
        thread.start().unwrap();
        thread.join_timeout(Duration::from_secs(1)).unwrap();
        let _both = (held, other.acquire());
    });
    let shown = Shown::of(run.timeline());
    assert_eq!(shown.waits("Ada").last(), Some(&"a lock"));
    assert_eq!(shown.waits("main").last(), Some(&"a lock"));
    assert!(
        run.timeline().to_string().contains(" turns; █ runs"),
        "{run:?}"
    );
}
