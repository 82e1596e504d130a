//! [`glance!`](crate::glance!): variables at a glance, without running anybody's code but std's and nogil's.

use std::any::type_name;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::fmt::{self, Debug, Write as _};
use std::fs;
use std::hash::BuildHasher;
use std::thread::JoinHandle;

use crate::Content;

/// How many bytes of a value are shown.
const LONGEST: usize = 120;

/// Variables at a glance: how many items each has, the beginning of its value, and what it is doing if it is a thread, a
/// pool, a queue or a timer; and the other threads of the program, with what they do.
///
/// A value is shown where that runs no code but the standard library's and nogil's, which neither takes long nor waits for
/// a lock: not where a type of the user's or of another crate is in it. It is a [`Content`]; its
/// `application/json` has `variables`, an object with `items` (a number or `null`) and `value` (a text or `null`) under
/// each name, and `threads`, a list with `name` and `state`.
///
/// ```
/// let primes = vec![2, 3, 5];
/// let thread = std::thread::spawn(|| ());
/// # while !thread.is_finished() { std::thread::yield_now() }
/// let seen = ferrocell::glance!(primes, thread);
/// let text = seen.get("text/plain").unwrap();
/// assert!(text.starts_with("primes: 3 items: [2, 3, 5]\nthread: finished"), "{text}");
/// ```
#[macro_export]
macro_rules! glance {
    ($($name:ident),* $(,)?) => {{
        #[allow(unused_imports, reason = "each value needs one of them")]
        use $crate::glance::{OfAnything as _, OfDebug as _, OfItems as _, OfThreads as _, WithoutItems as _};
        $crate::glance::content(&[$((
            ::core::stringify!($name),
            (&&$crate::glance::Seen(&$name)).items(),
            (&&&$crate::glance::Seen(&$name)).value(),
        )),*])
    }};
}

/// A variable's value. Generated code calls methods on references to it, and finds the first impl that fits.
#[derive(Debug)]
pub struct Seen<'a, T: ?Sized>(pub &'a T);

/// Values that hold others.
pub trait OfItems {
    /// How many.
    fn items(&self) -> Option<usize>;
}

/// All other values.
pub trait WithoutItems {
    /// Nothing.
    fn items(&self) -> Option<usize> {
        None
    }
}

impl<T: ?Sized> WithoutItems for Seen<'_, T> {}

macro_rules! of_items {
    ($([$($generics:tt)*] $collection:ty,)+) => {$(
        impl<$($generics)*> OfItems for &Seen<'_, $collection> {
            fn items(&self) -> Option<usize> {
                Some(self.0.len())
            }
        }
    )+};
}

of_items! {
    [T] Vec<T>,
    [T] VecDeque<T>,
    [T] &[T],
    [T] Box<[T]>,
    [T, const N: usize] [T; N],
    [K, V] BTreeMap<K, V>,
    [T] BTreeSet<T>,
    [K, V, S: BuildHasher] HashMap<K, V, S>,
    [T, S: BuildHasher] HashSet<T, S>,
}

/// Handles of std's threads, whose `Debug` says nothing.
pub trait OfThreads {
    /// What each does.
    fn value(&self) -> Option<String>;
}

impl<T> OfThreads for &&Seen<'_, JoinHandle<T>> {
    fn value(&self) -> Option<String> {
        let name = self.0.thread().name();
        let name = name.map_or_else(String::new, |name| format!(" ({name})"));
        Some(state(self.0).to_owned() + &name)
    }
}

impl<T> OfThreads for &&Seen<'_, Vec<JoinHandle<T>>> {
    fn value(&self) -> Option<String> {
        let states: Vec<_> = self.0.iter().map(state).collect();
        Some(format!(
            "[{}]",
            shortened(format_args!("{}", states.join(", ")))
        ))
    }
}

fn state<T>(handle: &JoinHandle<T>) -> &'static str {
    if handle.is_finished() {
        "finished"
    } else {
        "running"
    }
}

/// Values that can be written.
pub trait OfDebug {
    /// The beginning of the text, if only trusted code writes it.
    fn value(&self) -> Option<String>;
}

impl<T: Debug> OfDebug for &Seen<'_, T> {
    fn value(&self) -> Option<String> {
        is_trusted(type_name::<T>()).then(|| shortened(format_args!("{:?}", self.0)))
    }
}

/// All other values.
pub trait OfAnything {
    /// Nothing.
    fn value(&self) -> Option<String> {
        None
    }
}

impl<T: ?Sized> OfAnything for Seen<'_, T> {}

/// Whether a type, as the compiler names it, is made of std's and nogil's types alone. nogil's values never show what they
/// hold, whatever that is.
fn is_trusted(name: &str) -> bool {
    const PRIMITIVES: [&str; 18] = [
        "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "mut", "str",
        "u8", "u16", "u32", "u64", "u128", "usize",
    ];
    let mut rest = name;
    while let Some(begin) = rest.find(|c: char| c.is_alphanumeric() || c == '_' || c == '{') {
        let word = &rest[begin..];
        let end = word.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'));
        let (word, after) = word.split_at(end.unwrap_or(word.len()));
        rest = match word.split_once("::") {
            Some(("nogil", _)) => after_generics(after),
            Some(("std" | "core" | "alloc", _)) => after,
            None if PRIMITIVES.contains(&word) || word.parse::<usize>().is_ok() => after,
            _ => return false,
        };
    }
    true
}

/// What stands behind the `<…>` with which a text begins, if it does.
fn after_generics(text: &str) -> &str {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '<' => depth += 1,
            '>' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return if at == 0 { text } else { &text[at + 1..] };
        }
    }
    text
}

/// The beginning of a text, of which no more is written than is kept.
fn shortened(text: fmt::Arguments<'_>) -> String {
    struct Short(String);

    impl fmt::Write for Short {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            let left = LONGEST.saturating_sub(self.0.len());
            let end = (0..=left.min(text.len()))
                .rev()
                .find(|&end| text.is_char_boundary(end));
            self.0 += &text[..end.unwrap_or(0)];
            if text.len() > left {
                Err(fmt::Error)
            } else {
                Ok(())
            }
        }
    }

    let mut short = Short(String::new());
    if short.write_fmt(text).is_err() {
        short.0.push('…');
    }
    short.0
}

/// What there is to see of each variable.
type Glimpse<'a> = (&'a str, Option<usize>, Option<String>);

/// All in all.
pub fn content(variables: &[Glimpse<'_>]) -> Content {
    let threads = threads();
    let lines = variables.iter().map(|(name, items, value)| {
        let items = items.map_or_else(String::new, |items| format!("{items} items: "));
        format!("{name}: {items}{}", value.as_deref().unwrap_or("?"))
    });
    let others = threads
        .iter()
        .map(|(name, state)| format!("thread {name}: {state}"));
    let lines: Vec<_> = lines.chain(others).collect();
    let variables = variables.iter().map(|(name, items, value)| {
        let items = items.map_or("null".to_owned(), |items| items.to_string());
        let value = value.as_deref().map_or("null".to_owned(), quoted);
        format!("{}:{{\"items\":{items},\"value\":{value}}}", quoted(name))
    });
    let variables: Vec<_> = variables.collect();
    let threads = threads
        .iter()
        .map(|(name, state)| format!("{{\"name\":{},\"state\":{}}}", quoted(name), quoted(state)));
    let threads: Vec<_> = threads.collect();
    let json = format!(
        "{{\"variables\":{{{}}},\"threads\":[{}]}}",
        variables.join(","),
        threads.join(",")
    );
    Content::new("text/plain", lines.join("\n")).and("application/json", json)
}

/// The other threads of this program, and what they do as far as the system tells.
fn threads() -> Vec<(String, &'static str)> {
    let this = fs::read_link("/proc/thread-self");
    let this = this
        .ok()
        .and_then(|path| path.file_name().map(ToOwned::to_owned));
    let tasks = fs::read_dir("/proc/self/task")
        .into_iter()
        .flatten()
        .flatten();
    let others = tasks.filter(|task| Some(task.file_name()) != this);
    others
        .filter_map(|task| {
            let read = |file| fs::read_to_string(task.path().join(file)).ok();
            let is_running = read("stat")?
                .rsplit(')')
                .next()?
                .trim_start()
                .starts_with('R');
            let awaited = read("wchan").unwrap_or_default();
            let doing = if is_running {
                "runs"
            } else {
                waits_for(&awaited)
            };
            Some((read("comm")?.trim_end().to_owned(), doing))
        })
        .collect()
}

/// What a thread waits for that is in this function of Linux.
fn waits_for(function: &str) -> &'static str {
    let waits: [(&str, &str); 6] = [
        ("futex", "waits for another thread"),
        ("nanosleep", "sleeps"),
        ("poll", "waits for input"),
        ("select", "waits for input"),
        ("read", "waits for input"),
        ("wait", "waits"),
    ];
    let known = waits.into_iter().find(|(part, _)| function.contains(part));
    known.map_or("waits", |(_, doing)| doing)
}

/// A text in JSON.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\0'..' ' => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(c));
            }
            _ => quoted.push(c),
        }
    }
    quoted + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_trusted_that_std_and_nogil_write() {
        for trusted in [
            "i32",
            "&str",
            "[(u8, char); 3]",
            "alloc::vec::Vec<core::option::Option<&mut [f64]>>",
            "std::collections::hash::map::HashMap<alloc::string::String, u8>",
            "nogil::queue::queue::Queue<notebook::Job>",
            "alloc::vec::Vec<nogil::executor::future::Future<notebook::Job>>",
            "()",
        ] {
            assert!(is_trusted(trusted), "{trusted}");
        }
        for other in [
            "notebook::Job",
            "alloc::vec::Vec<notebook::Job>",
            "alloc::boxed::Box<dyn core::fmt::Debug>",
            "(nogil::queue::queue::Queue<u8>, notebook::Job)",
            "notebook::cell::{{closure}}",
            "fn(i32) -> i32",
        ] {
            assert!(!is_trusted(other), "{other}");
        }
    }

    #[test]
    fn long_values_are_cut_where_a_character_ends() {
        let text = shortened(format_args!("{:?}", vec!["größer"; 1000]));
        assert!(
            text.len() <= LONGEST + "…".len() && text.ends_with('…'),
            "{text}"
        );
        assert_eq!(shortened(format_args!("{}", "ä")), "ä");
    }

    #[test]
    fn what_is_not_trusted_is_not_run() {
        struct Job;

        impl Debug for Job {
            fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
                panic!("this is user code")
            }
        }

        let (jobs, plain, text) = (vec![Job, Job], Job, "a\"b\n");
        let seen = crate::glance!(jobs, plain, text);
        let json = seen.get("application/json").unwrap();
        let expected =
            r#"{"variables":{"jobs":{"items":2,"value":null},"plain":{"items":null,"value":null},"#;
        assert!(json.starts_with(expected), "{json}");
        assert!(
            json.contains(r#""text":{"items":null,"value":"\"a\\\"b\\n\""}"#),
            "{json}"
        );
    }

    #[test]
    fn threads_are_seen() {
        let (stop, told) = std::sync::mpsc::channel::<()>();
        let builder = std::thread::Builder::new().name("worker".into());
        let worker = builder.spawn(move || told.recv()).unwrap();
        let workers = vec![std::thread::spawn(|| ())];
        while !workers[0].is_finished() {
            std::thread::yield_now();
        }
        let seen = crate::glance!(worker, workers);
        let json = seen.get("application/json").unwrap();
        assert!(
            json.contains(r#""worker":{"items":null,"value":"running (worker)"}"#),
            "{json}"
        );
        assert!(
            json.contains(r#""workers":{"items":1,"value":"[finished]"}"#),
            "{json}"
        );
        assert!(json.contains(r#"{"name":"worker","state":""#), "{json}");
        drop(stop);
        assert!(worker.join().unwrap().is_err());
    }
}
