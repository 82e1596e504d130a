//! Coroutines against what Python's do.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::thread;

use nogil::{Coroutine, CoroutineError, Exception, coroutine, suspend, try_suspend};

/// One call on a coroutine.
enum Call {
    Start,
    Send(i32),
    Throw(&'static str),
    Close,
}

use Call::{Close, Send, Start, Throw};

/// Makes the calls in order and checks what each gives, in words.
fn converse(mut c: Coroutine<i32, i32, &str>, conversation: &[(Call, &str)]) {
    for (turn, (call, expected)) in conversation.iter().enumerate() {
        let result = match call {
            Start => c.start(),
            Send(value) => c.send(*value),
            Throw(message) => c.throw(*message),
            Close => match c.close() {
                Ok(value) => {
                    assert_eq!(format!("closed {value:?}"), *expected, "call {turn}");
                    continue;
                }
                Err(error) => Err(error),
            },
        };
        let got = match result {
            Ok(value) => value.to_string(),
            Err(CoroutineError::StopIteration(value)) => format!("StopIteration {value}"),
            Err(error) => error.to_string(),
        };
        assert_eq!(got, *expected, "call {turn}");
    }
}

/// The bottom of a chain of awaits.
async fn leaf(value: i32) -> i32 {
    suspend(value).await
}

async fn tenfold() -> &'static str {
    let mut sent = leaf(0).await;
    while sent >= 0 {
        sent = leaf(10 * sent).await;
    }
    "done"
}

async fn stubborn() -> &'static str {
    let mut caught = 0;
    while try_suspend::<i32, i32>(-caught).await.is_err() {
        caught += 1;
    }
    "done"
}

const OVER: &str = "cannot reuse already awaited coroutine";

#[test]
fn the_leaf_receives_what_is_sent_and_the_return_value_comes_once() {
    converse(
        coroutine(tenfold()),
        &[
            (
                Send(1),
                "can't send non-None value to a just-started coroutine",
            ),
            (Start, "0"),
            (
                Start,
                "coroutine already started: it waits for a value, so send it one",
            ),
            (Send(3), "30"),
            (Send(-1), "StopIteration done"),
            (Send(1), OVER),
            (Start, OVER),
            (Throw("ball"), OVER),
            (Close, "closed None"),
        ],
    );
}

#[test]
fn a_throw_ends_what_does_not_catch_it() {
    converse(
        coroutine(tenfold()),
        &[(Start, "0"), (Throw("ball"), "ball"), (Send(1), OVER)],
    );
    converse(
        coroutine(tenfold()),
        &[(Throw("ball"), "ball"), (Start, OVER)],
    );
}

#[test]
fn a_throw_that_is_caught_gives_the_next_value() {
    converse(
        coroutine(stubborn()),
        &[
            (Start, "0"),
            (Throw("ball"), "-1"),
            (Send(0), "StopIteration done"),
        ],
    );
}

#[test]
fn close_ends_it_or_says_that_it_was_ignored() {
    converse(
        coroutine(tenfold()),
        &[(Close, "closed None"), (Start, OVER)],
    );
    converse(
        coroutine(tenfold()),
        &[(Start, "0"), (Close, "closed None"), (Send(1), OVER)],
    );
    converse(
        coroutine(stubborn()),
        &[
            (Start, "0"),
            (Close, "coroutine ignored GeneratorExit"),
            (Send(0), "StopIteration done"),
        ],
    );
    let polite = async {
        match try_suspend::<i32, i32>(1).await {
            Err(Exception::GeneratorExit) => "left",
            _ => "stayed",
        }
    };
    converse(
        coroutine(polite),
        &[(Start, "1"), (Close, "closed Some(\"left\")")],
    );
}

#[test]
fn one_that_receives_nothing_is_started_and_continued_alike() {
    let mut c: Coroutine<i32> = coroutine(async {
        suspend::<i32, ()>(1).await;
        suspend::<i32, ()>(2).await;
    });
    assert_eq!((c.send(()).unwrap(), c.start().unwrap()), (1, 2));
    assert!(matches!(c.send(()), Err(CoroutineError::StopIteration(()))));
}

#[test]
fn the_seeds_greeter_greets() {
    type Models = Arc<Mutex<VecDeque<&'static str>>>;
    type Log = Arc<Mutex<Vec<String>>>;

    async fn model_upper(models: Models, log: Log) {
        loop {
            let Some(model) = models.lock().unwrap().pop_front() else {
                return;
            };
            let greeting: String = suspend(()).await;
            log.lock()
                .unwrap()
                .push(format!("{greeting} {}", model.to_uppercase()));
        }
    }
    async fn greet_async(inner: impl Future<Output = ()>) {
        inner.await;
    }

    let models: Models = Arc::new(Mutex::new(VecDeque::from(["Catherine", "Elizabeth"])));
    let log = Log::default();
    let mut greeter: Coroutine<(), String> =
        coroutine(greet_async(model_upper(models, log.clone())));
    greeter.start().unwrap();
    greeter.send("Hello".to_owned()).unwrap();
    let end = greeter.send("How are you!".to_owned());
    assert!(matches!(end, Err(CoroutineError::StopIteration(()))));
    assert_eq!(
        *log.lock().unwrap(),
        ["Hello CATHERINE", "How are you! ELIZABETH"]
    );
}

#[test]
fn locals_are_dropped_where_it_stands() {
    let local = Arc::new(());
    let holding = |local: Arc<()>| {
        let mut c: Coroutine<usize, ()> = coroutine(async move {
            suspend::<usize, ()>(Arc::strong_count(&local)).await;
        });
        assert_eq!(c.start().unwrap(), 2);
        c
    };
    let mut thrown = holding(local.clone());
    assert!(matches!(
        thrown.throw("ball"),
        Err(CoroutineError::Raised(_))
    ));
    assert_eq!(Arc::strong_count(&local), 1);
    drop(holding(local.clone()));
    assert_eq!(Arc::strong_count(&local), 1);
}

#[test]
fn coroutines_nest_and_change_threads() {
    let mut outer: Coroutine<i32, i32, i32> = coroutine(async {
        let mut inner: Coroutine<i32, i32> = coroutine(async {
            let mut n = 0;
            loop {
                n += suspend::<i32, i32>(n).await;
            }
        });
        let mut value = inner.start().unwrap();
        for _ in 0..3 {
            let sent: i32 = suspend(value).await;
            value = inner.send(sent).unwrap();
        }
        value
    });
    assert_eq!(outer.start().unwrap(), 0);
    let (mut outer, value) = thread::spawn(move || {
        let value = outer.send(5).unwrap();
        (outer, value)
    })
    .join()
    .unwrap();
    assert_eq!((value, outer.send(6).unwrap()), (5, 11));
    assert!(matches!(
        outer.send(7),
        Err(CoroutineError::StopIteration(18))
    ));
}

#[test]
fn two_leaves_at_once_take_turns() {
    let mut c: Coroutine<i32, i32, i32> = coroutine(async {
        let mut first = pin!(suspend::<i32, i32>(1));
        let mut second = pin!(suspend::<i32, i32>(2));
        let (mut a, mut b) = (None, None);
        poll_fn(|context| {
            if a.is_none()
                && let Poll::Ready(sent) = first.as_mut().poll(context)
            {
                a = Some(sent);
            }
            if b.is_none()
                && let Poll::Ready(sent) = second.as_mut().poll(context)
            {
                b = Some(sent);
            }
            match (a, b) {
                (Some(a), Some(b)) => Poll::Ready(10 * a + b),
                _ => Poll::Pending,
            }
        })
        .await
    });
    assert_eq!((c.start().unwrap(), c.send(3).unwrap()), (1, 2));
    assert!(matches!(c.send(4), Err(CoroutineError::StopIteration(34))));
}

/// The message of the panic that running `c` once ends in.
fn panic_of<Y, S, R>(mut c: Coroutine<Y, S, R>) -> String {
    let panic = catch_unwind(AssertUnwindSafe(|| drop(c.start()))).unwrap_err();
    assert!(
        matches!(c.start(), Err(CoroutineError::AlreadyAwaited)),
        "a panic finishes it"
    );
    match panic.downcast::<String>() {
        Ok(message) => *message,
        Err(panic) => (*panic.downcast::<&str>().unwrap()).to_owned(),
    }
}

#[test]
fn awaiting_something_else_panics_and_finishes() {
    let c: Coroutine = coroutine(std::future::pending());
    assert!(panic_of(c).starts_with("a coroutine awaited something else than suspend"));
}

#[test]
fn a_leaf_of_other_types_panics() {
    let c: Coroutine<i32, String> = coroutine(async {
        suspend::<u8, ()>(1).await;
    });
    assert_eq!(
        panic_of(c),
        "suspend::<u8, ()> was awaited in a Coroutine<i32, alloc::string::String>: the types must \
         be the same"
    );
}

const OUTSIDE: &str = "suspend was awaited outside of a coroutine: drive the future with \
                       nogil::coroutine(future)";

#[test]
fn a_leaf_outside_of_a_coroutine_panics() {
    let panic = catch_unwind(|| {
        let mut future = pin!(suspend::<(), ()>(()));
        future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
            .is_ready()
    });
    assert_eq!(*panic.unwrap_err().downcast::<&str>().unwrap(), OUTSIDE);
}

#[test]
fn a_cloned_waker_leads_to_no_coroutine() {
    let c: Coroutine = coroutine(async {
        let waker = poll_fn(|context| Poll::Ready(context.waker().clone())).await;
        waker.wake_by_ref();
        let mut future = pin!(suspend::<(), ()>(()));
        let _poll = future.as_mut().poll(&mut Context::from_waker(&waker));
    });
    assert_eq!(panic_of(c), OUTSIDE);
}

#[test]
fn a_leaf_on_another_thread_panics() {
    let c: Coroutine = coroutine(poll_fn(|context| {
        let waker = context.waker();
        let polled = thread::scope(|scope| {
            let poll = || {
                let mut future = pin!(suspend::<(), ()>(()));
                future.as_mut().poll(&mut Context::from_waker(waker))
            };
            scope.spawn(poll).join()
        });
        let message = *polled.unwrap_err().downcast::<&str>().unwrap();
        panic!("{message}")
    }));
    assert_eq!(
        panic_of(c),
        "suspend was awaited on another thread than its coroutine runs on"
    );
}
