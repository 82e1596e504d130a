//! Generators against what Python's do, as tables of conversations: calls and what each gives.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use nogil::{Exception, Generator, GeneratorError, Yielder, generator};

/// One call on a generator.
enum Call {
    Next,
    Send(i32),
    Throw(&'static str),
    Close,
}

use Call::{Close, Next, Send, Throw};

/// What a call gave, in words: the value, or the error with what it carries.
fn word<R: std::fmt::Debug>(result: Result<i32, GeneratorError<R>>) -> String {
    match result {
        Ok(value) => value.to_string(),
        Err(GeneratorError::StopIteration(value)) => format!("StopIteration {value:?}"),
        Err(error) => error.to_string(),
    }
}

/// Makes the calls in order and checks what each gives.
fn converse(mut g: Generator<i32, i32, &str>, conversation: &[(Call, &str)]) {
    for (turn, (call, expected)) in conversation.iter().enumerate() {
        let got = match call {
            Next => word(g.start()),
            Send(value) => word(g.send(*value)),
            Throw(message) => word(g.throw(*message)),
            Close => match g.close() {
                Ok(value) => format!("closed {value:?}"),
                Err(error) => error.to_string(),
            },
        };
        assert_eq!(got, *expected, "call {turn}");
    }
}

/// Yields 10 times what it was sent, and returns when it was sent a negative number.
fn tenfold() -> Generator<i32, i32, &'static str> {
    generator(|mut y| async move {
        let mut sent = y.yield_(0).await;
        while sent >= 0 {
            sent = y.yield_(10 * sent).await;
        }
        "done"
    })
}

/// Catches what is thrown and yields minus the number of times that this happened.
fn stubborn() -> Generator<i32, i32, &'static str> {
    generator(|mut y| async move {
        let mut caught = 0;
        loop {
            match y.try_yield(-caught).await {
                Ok(_) => return "done",
                Err(_) => caught += 1,
            }
        }
    })
}

/// Lets `inner` speak, and tells how it ended.
fn delegating(inner: Generator<i32, i32, &'static str>) -> Generator<i32, i32, &'static str> {
    generator(|mut y| async move {
        let value = y.yield_from(inner).await;
        assert_eq!(value, "done");
        y.yield_(99).await;
        "outer done"
    })
}

const TOO_EARLY: &str = "can't send non-None value to a just-started generator";

#[test]
fn a_body_receives_what_is_sent_and_its_return_value_comes_once() {
    converse(
        tenfold(),
        &[
            (Send(1), TOO_EARLY),
            (Next, "0"),
            (
                Next,
                "generator already started: it waits for a value, so send it one",
            ),
            (Send(1), "10"),
            (Send(2), "20"),
            (Send(-1), "StopIteration Some(\"done\")"),
            (Send(3), "StopIteration None"),
            (Next, "StopIteration None"),
        ],
    );
}

#[test]
fn a_throw_that_is_not_caught_ends_the_body() {
    converse(
        tenfold(),
        &[
            (Next, "0"),
            (Throw("ball"), "ball"),
            (Next, "StopIteration None"),
        ],
    );
}

#[test]
fn a_throw_before_the_start_raises_and_finishes() {
    converse(
        stubborn(),
        &[(Throw("ball"), "ball"), (Next, "StopIteration None")],
    );
}

#[test]
fn a_throw_after_the_end_gives_back_what_was_thrown() {
    converse(
        tenfold(),
        &[
            (Next, "0"),
            (Close, "closed None"),
            (Throw("ball"), "ball"),
            (Throw("dart"), "dart"),
        ],
    );
}

#[test]
fn a_throw_that_is_caught_gives_the_next_value() {
    converse(
        stubborn(),
        &[
            (Next, "0"),
            (Throw("ball"), "-1"),
            (Throw("ball"), "-2"),
            (Send(0), "StopIteration Some(\"done\")"),
        ],
    );
}

#[test]
fn yielding_during_a_close_is_reported_and_leaves_the_generator_suspended() {
    converse(
        stubborn(),
        &[
            (Next, "0"),
            (Close, "generator ignored GeneratorExit"),
            (Throw("ball"), "-2"),
            (Send(0), "StopIteration Some(\"done\")"),
            (Close, "closed None"),
        ],
    );
}

#[test]
fn closing_gives_what_the_body_returns_on_generator_exit() {
    let polite = generator(|mut y: Yielder<i32, i32>| async move {
        match y.try_yield(1).await {
            Err(Exception::GeneratorExit) => "left",
            _ => "stayed",
        }
    });
    converse(
        polite,
        &[
            (Next, "1"),
            (Close, "closed Some(\"left\")"),
            (Close, "closed None"),
        ],
    );
}

#[test]
fn closing_a_fresh_generator_runs_nothing_of_its_body() {
    let ran = Arc::new(AtomicBool::new(false));
    let body_ran = ran.clone();
    let mut g: Generator<i32> = generator(|mut y| async move {
        body_ran.store(true, Ordering::Relaxed);
        y.yield_(1).await;
    });
    assert_eq!(g.close().unwrap(), None);
    assert_eq!(g.next(), None);
    assert!(!ran.load(Ordering::Relaxed));
}

#[test]
fn an_exception_that_the_body_raises_while_closing_comes_out_of_close() {
    let clumsy = generator(|mut y: Yielder<i32, i32>| async move {
        let caught = y.try_yield(1).await.unwrap_err();
        y.raise(format!("broke on {caught}")).await
    });
    converse(
        clumsy,
        &[
            (Next, "1"),
            (Close, "broke on GeneratorExit"),
            (Close, "closed None"),
        ],
    );
}

#[test]
fn yield_from_passes_next_send_throw_and_close_on() {
    converse(
        delegating(tenfold()),
        &[
            (Next, "0"),
            (Send(4), "40"),
            (Send(-1), "99"),
            (Send(0), "StopIteration Some(\"outer done\")"),
        ],
    );
    converse(
        delegating(stubborn()),
        &[
            (Next, "0"),
            (Throw("ball"), "-1"),
            (Send(0), "99"),
            (Close, "closed None"),
        ],
    );
    converse(
        delegating(tenfold()),
        &[
            (Next, "0"),
            (Throw("ball"), "ball"),
            (Send(1), "StopIteration None"),
        ],
    );
    converse(
        delegating(tenfold()),
        &[(Next, "0"), (Close, "closed None")],
    );
    // A close reaches the inner one, which yields instead of ending: that is an error in the outer.
    converse(
        delegating(stubborn()),
        &[
            (Next, "0"),
            (Close, "generator ignored GeneratorExit"),
            (Next, "StopIteration None"),
        ],
    );
}

#[test]
fn yield_from_what_cannot_go_on_is_an_exception_in_the_outer_body() {
    let mut waiting = tenfold();
    waiting.start().unwrap();
    converse(
        delegating(waiting),
        &[(
            Next,
            "generator already started: it waits for a value, so send it one",
        )],
    );
    let mut over = tenfold();
    over.close().unwrap();
    converse(
        delegating(over),
        &[(Next, "StopIteration"), (Next, "StopIteration None")],
    );
}

#[test]
fn a_generator_that_receives_nothing_is_an_iterator() {
    fn countdown(mut n: i32) -> Generator<i32> {
        generator(move |mut y| async move {
            while n > 0 {
                y.yield_(n).await;
                n -= 1;
            }
        })
    }
    assert_eq!(countdown(3).collect::<Vec<_>>(), [3, 2, 1]);
    let mut g = countdown(4);
    assert_eq!(g.by_ref().take(2).sum::<i32>(), 7);
    assert_eq!(
        (g.next(), g.next(), g.next(), g.next()),
        (Some(2), Some(1), None, None)
    );

    let mut tasks = VecDeque::from([countdown(2), countdown(1)]);
    let mut log = Vec::new();
    while let Some(mut task) = tasks.pop_front() {
        match task.next() {
            Some(n) => {
                log.push(n.to_string());
                tasks.push_back(task);
            }
            None => log.push("Task completed".to_owned()),
        }
    }
    assert_eq!(log, ["2", "1", "1", "Task completed", "Task completed"]);
}

#[test]
fn starting_one_that_receives_nothing_is_next() {
    let mut g: Generator<i32> = generator(|mut y| async move { y.yield_all(1..).await });
    assert_eq!(
        (g.start().unwrap(), g.send(()).unwrap(), g.next()),
        (1, 2, Some(3))
    );
}

#[test]
fn locals_are_dropped_where_the_body_stands() {
    let local = Arc::new(());
    let holding = |local: &Arc<()>| {
        let local = local.clone();
        let mut g: Generator<usize> = generator(|mut y| async move {
            y.yield_(Arc::strong_count(&local)).await;
        });
        assert_eq!(g.next(), Some(2));
        g
    };

    let mut thrown = holding(&local);
    assert_eq!(thrown.throw("ball").unwrap_err().to_string(), "ball");
    assert_eq!(Arc::strong_count(&local), 1);

    let mut closed = holding(&local);
    closed.close().unwrap();
    assert_eq!(Arc::strong_count(&local), 1);

    let mut finished = holding(&local);
    assert_eq!(finished.next(), None);
    assert_eq!(Arc::strong_count(&local), 1);

    drop(holding(&local));
    assert_eq!(Arc::strong_count(&local), 1);
}

#[test]
fn dropping_a_generator_closes_it() {
    let caught = Arc::new(Mutex::new(None));
    let body_caught = caught.clone();
    let mut g: Generator<i32> = generator(|mut y| async move {
        *body_caught.lock().unwrap() = y.try_yield(1).await.err();
    });
    g.next();
    drop(g);
    assert!(matches!(
        *caught.lock().unwrap(),
        Some(Exception::GeneratorExit)
    ));
}

#[test]
fn a_panic_in_the_body_finishes_the_generator() {
    let local = Arc::new(());
    let body_local = local.clone();
    let mut g: Generator<i32> = generator(|mut y| async move {
        let _local = body_local;
        y.yield_(1).await;
        panic!("the body broke");
    });
    assert_eq!(g.next(), Some(1));
    assert!(catch_unwind(AssertUnwindSafe(|| g.next())).is_err());
    assert_eq!(Arc::strong_count(&local), 1);
    assert!(matches!(
        g.send(()),
        Err(GeneratorError::StopIteration(None))
    ));
}

#[test]
fn awaiting_something_else_panics_and_finishes() {
    let mut g: Generator<i32> = generator(|_y| std::future::pending());
    let panic = catch_unwind(AssertUnwindSafe(|| g.next())).unwrap_err();
    let message = panic.downcast_ref::<String>().map_or("", String::as_str);
    assert!(
        message.contains("awaited something else than its yielder"),
        "{message}"
    );
    assert_eq!(g.next(), None);
}

#[test]
fn a_raise_has_no_place_in_an_iterator() {
    let mut g: Generator<i32> = generator(|mut y| async move { y.raise("broken").await });
    let panic = catch_unwind(AssertUnwindSafe(|| g.next())).unwrap_err();
    let message = panic.downcast_ref::<String>().unwrap();
    assert_eq!(message, "exception raised in a generator: broken");
}

/// Python's PEP 479: there it becomes a `RuntimeError`, here it is an exception like any other.
#[test]
fn a_stop_iteration_that_leaves_the_body_does_not_end_a_loop_quietly() {
    let leaking = || -> Generator<i32> {
        generator(|mut y| async move {
            let mut inner: Generator<i32> = generator(|_y| async {});
            y.raise(inner.send(()).unwrap_err()).await
        })
    };
    let raised = leaking().send(()).unwrap_err();
    assert!(matches!(raised, GeneratorError::Raised(_)), "{raised:?}");
    catch_unwind(AssertUnwindSafe(|| leaking().count())).unwrap_err();
}

#[test]
fn a_generator_may_change_threads_between_two_values() {
    let mut g: Generator<i32> = generator(|mut y| async move { y.yield_all(0..40).await });
    for n in 0..40 {
        g = thread::spawn(move || {
            assert_eq!(g.next(), Some(n));
            g
        })
        .join()
        .unwrap();
    }
    assert_eq!(g.next(), None);
}
