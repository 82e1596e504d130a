//! The stopwatch measures, and sleeping takes at least its time.

use nogil::{Stopwatch, sleep};
use std::time::{Duration, Instant};

#[test]
fn sleep_takes_at_least_its_time() {
    let (start, nap) = (Instant::now(), Duration::from_millis(3));
    sleep(nap);
    assert!(start.elapsed() >= nap);
}

#[test]
fn a_stopwatch_runs_on() {
    let watch = Stopwatch::start();
    let copy = watch;
    let (first, second) = (watch.elapsed(), copy.elapsed());
    assert!(first <= second);
    assert!(watch.seconds() >= second.as_secs_f64());
}

#[test]
fn a_stopwatch_prints_seconds_as_a_float() {
    let watch = Stopwatch::start();
    sleep(Duration::from_micros(1));
    let printed: f64 = watch.to_string().parse().unwrap();
    assert!(printed > 0.0 && printed <= watch.seconds());
    assert_eq!(format!("{watch:.1}").len(), 3);
}
