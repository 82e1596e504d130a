//! Random numbers are within their bounds, and repeat when they are told to.

use nogil::{Fuzz, Thread, ThreadPoolExecutor, Timer, randint, random};
use std::process::Command;
use std::time::Duration;
use std::{env, panic};

#[test]
fn random_lies_in_the_half_open_unit_interval() {
    for _ in 0..10_000 {
        let number = random();
        assert!((0.0..1.0).contains(&number), "{number}");
    }
}

#[test]
fn randint_includes_both_ends() {
    let mut seen = [false; 3];
    for _ in 0..10_000 {
        seen[randint(0, 2)] = true;
    }
    assert_eq!(seen, [true; 3]);
    assert_eq!(randint(7, 7), 7);
    assert!((-3..=-1).contains(&randint(-3, -1)));
    let _: i128 = randint(i128::MIN, i128::MAX);
}

#[test]
fn randint_of_nothing_panics_in_pythons_words() {
    let payload = panic::catch_unwind(|| randint(10, 5)).unwrap_err();
    assert_eq!(
        payload.downcast_ref::<String>().unwrap(),
        "empty range in randint(10, 5)"
    );
}

#[test]
fn a_seeded_fuzz_repeats_its_pauses() {
    let longest = Duration::from_micros(100);
    let pauses = |seed| {
        let fuzz = Fuzz::seeded(seed).up_to(longest);
        [(); 20].map(|()| fuzz.sleep())
    };
    assert_eq!(pauses(1), pauses(1));
    assert_ne!(pauses(1), pauses(2));
    assert!(pauses(3).iter().all(|pause| *pause < longest));
}

#[test]
fn clones_of_a_fuzz_share_one_sequence() {
    let longest = Duration::from_micros(1);
    let (one, other) = (Fuzz::seeded(1).up_to(longest), Fuzz::seeded(1));
    let same = other.up_to(longest);
    let alone = [(); 4].map(|()| one.sleep());
    let together = [
        same.sleep(),
        other.up_to(longest).sleep(),
        same.clone().sleep(),
        same.sleep(),
    ];
    assert_eq!(alone, together);
}

const CHILD: &str = "NOGIL_TEST_RANDOM";

/// Prints what the threads of this process draw. Run by the next test in processes of its own.
#[test]
fn print_what_threads_draw() {
    if env::var_os(CHILD).is_none() {
        return;
    }
    let threads = [(); 3].map(|()| Thread::new(random));
    // The order in which they run must not matter.
    threads
        .iter()
        .rev()
        .for_each(|thread| thread.start().unwrap());
    let mut drawn = threads.map(|thread| thread.into_result().unwrap()).to_vec();
    drawn.push(random());
    let pool = ThreadPoolExecutor::with_max_workers(2).unwrap();
    drawn.extend(pool.map([(); 3], |()| random()).map(Result::unwrap));
    println!("drawn: {drawn:?}");
    let timer = Timer::new(Duration::ZERO, || println!("by a timer: {}", random()));
    timer.start().unwrap();
    timer.join().unwrap();
}

#[test]
fn a_seed_in_the_environment_repeats_what_every_thread_draws() {
    let draw = |seed: &str| {
        let output = Command::new(env::current_exe().unwrap())
            .args(["--exact", "print_what_threads_draw", "--nocapture"])
            .env(CHILD, "1")
            .env("NOGIL_SEED", seed)
            .output()
            .unwrap();
        assert!(output.status.success());
        let stdout = String::from_utf8(output.stdout).unwrap();
        let drawn: Vec<_> = stdout
            .lines()
            .filter(|line| line.contains("drawn: ") || line.contains("by a timer: "))
            .map(str::to_owned)
            .collect();
        assert_eq!(drawn.len(), 2, "{stdout}");
        drawn
    };
    assert_eq!(draw("7"), draw("7"));
    assert_ne!(draw("7"), draw("8"));
    assert_ne!(draw("not a number"), draw("not a number"), "it is ignored");
}
