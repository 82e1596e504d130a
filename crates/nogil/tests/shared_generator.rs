//! A generator that several use: what it tells whoever comes while it runs.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::thread;

use nogil::{Generator, GeneratorError, SharedGenerator, generator};

#[test]
fn using_a_shared_generator_while_it_runs_is_an_error() {
    let (entered, wait_entered) = mpsc::channel();
    let (leave, wait_leave) = mpsc::channel::<()>();
    let g: Generator<i32> = generator(|mut y| async move {
        entered.send(()).unwrap();
        wait_leave.recv().unwrap();
        y.yield_(1).await;
    });
    let g: SharedGenerator<i32> = g.share();
    let other = g.clone();
    let running = thread::spawn(move || other.next().unwrap());
    wait_entered.recv().unwrap();
    for result in [
        g.next(),
        g.send(()),
        g.start(),
        g.throw("ball"),
        g.close().map(|_| 0),
    ] {
        assert!(matches!(result, Err(GeneratorError::AlreadyExecuting)));
    }
    assert_eq!(format!("{g:?}"), "<generator object, executing>");
    leave.send(()).unwrap();
    assert_eq!(running.join().unwrap(), 1);
    assert!(matches!(
        g.next(),
        Err(GeneratorError::StopIteration(Some(())))
    ));
}

#[test]
fn a_shared_generator_survives_a_panic_of_its_body_as_a_finished_one() {
    let g: Generator<i32> = generator(|_y| async { panic!("the body broke") });
    let g = g.share();
    assert!(catch_unwind(AssertUnwindSafe(|| g.next())).is_err());
    assert!(matches!(g.next(), Err(GeneratorError::StopIteration(None))));
}
