//! Generators and coroutines whose two sides, or whose holders, are on several threads.

use std::sync::Arc;
use std::task::Poll;

use loom::sync::Mutex;
use loom::thread;

use super::slot::{BodyEnd, CallerEnd, slot};
use super::{Exception, Generator, GeneratorError, Step, Stop, generator};
use crate::coroutine::{Coroutine, CoroutineError, coroutine, suspend};
use crate::{model, with};

/// Asks until there is an answer.
fn ask<T>(mut question: impl FnMut() -> Option<T>) -> T {
    loop {
        match question() {
            Some(answer) => return answer,
            None => thread::yield_now(),
        }
    }
}

fn collect<Y>(caller: &mut CallerEnd<Y, i32>) -> Step<Y, ()> {
    ask(|| caller.collect())
}

fn exchange<Y>(body: &mut BodyEnd<Y, i32>, value: Y) -> Result<i32, Exception> {
    let mut value = Some(value);
    ask(|| match body.exchange(&mut value) {
        Poll::Ready(reply) => Some(reply),
        Poll::Pending => None,
    })
}

#[test]
fn values_pass_between_a_body_and_a_caller_on_two_threads() {
    model(|| {
        let (mut caller, mut body) = slot::<i32, i32>();
        let body = thread::spawn(move || {
            let sent = exchange(&mut body, 1).ok().unwrap();
            exchange(&mut body, sent + 1).ok().unwrap()
        });
        caller.start();
        assert!(matches!(collect(&mut caller), Ok(1)));
        caller.send(41);
        assert!(matches!(collect(&mut caller), Ok(42)));
        caller.send(7);
        assert_eq!(body.join().unwrap(), 7);
    });
}

#[test]
fn an_exception_reaches_a_body_on_another_thread_and_comes_back() {
    model(|| {
        let (mut caller, mut body) = slot::<i32, i32>();
        let body = thread::spawn(move || {
            let mut exception = exchange(&mut body, 1).err();
            assert!(matches!(exception, Some(Exception::GeneratorExit)));
            body.raise(&mut exception);
        });
        caller.start();
        assert!(matches!(collect(&mut caller), Ok(1)));
        caller.throw(Exception::GeneratorExit);
        let step = collect(&mut caller);
        assert!(matches!(step, Err(Stop::Raised(Exception::GeneratorExit))));
        body.join().unwrap();
    });
}

#[test]
fn what_nobody_collects_is_dropped_once_whoever_goes_last() {
    model(|| {
        let value = Arc::new(());
        let (mut caller, mut body) = slot::<Arc<()>, i32>();
        caller.start();
        let left = Arc::clone(&value);
        let body = thread::spawn(move || assert!(body.exchange(&mut Some(left)).is_pending()));
        drop(caller);
        body.join().unwrap();
        assert_eq!(Arc::strong_count(&value), 1);
    });
}

#[test]
fn a_shared_generator_gives_each_value_to_one_of_its_holders() {
    model(|| {
        let numbers: Generator<i32> = generator(|mut y| async move {
            for number in 1..=2 {
                y.yield_(number).await;
            }
        });
        let numbers = numbers.share();
        let next = |numbers: super::SharedGenerator<i32>| {
            ask(|| match numbers.next() {
                Err(GeneratorError::AlreadyExecuting) => None,
                next => Some(next.unwrap()),
            })
        };
        let other = with(&numbers, next);
        let mine = next(numbers.clone());
        assert_eq!(mine + other.join().unwrap(), 3);
        assert!(matches!(
            numbers.next(),
            Err(GeneratorError::StopIteration(Some(())))
        ));
    });
}

#[test]
fn a_coroutine_may_go_on_on_any_thread() {
    model(|| {
        let mut sum: Coroutine<(), i32, i32> = coroutine(async {
            let first: i32 = suspend(()).await;
            let second: i32 = suspend(()).await;
            first + second
        });
        sum.start().unwrap();
        let sum = Arc::new(Mutex::new(sum));
        let send =
            |value| move |sum: Arc<Mutex<Coroutine<(), i32, i32>>>| sum.lock().unwrap().send(value);
        let other = with(&sum, send(1));
        let mine = send(2)(Arc::clone(&sum));
        let results = [mine, other.join().unwrap()];
        let ends = results
            .iter()
            .filter(|result| matches!(result, Err(CoroutineError::StopIteration(3))));
        assert_eq!(ends.count(), 1);
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    });
}
