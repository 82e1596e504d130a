//! Values that variables of generated cells have: how cells write them, change them and show them, and what the model
//! knows of them.

use std::collections::BTreeMap;

use fastrand::Rng;

use crate::background;

/// A value, as it must be in the notebook.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// `i64`.
    Integer(i64),
    /// `String`.
    Text(String),
    /// `Vec<i64>`.
    List(Vec<i64>),
    /// `HashMap<String, i64>`.
    Table(BTreeMap<String, i64>),
    /// `Option<String>`.
    Maybe(Option<String>),
    /// `Box<Record>`, whose type is one of an earlier cell.
    Record { ty: String, fields: String },
    /// A closure that adds this.
    Closure(i64),
    /// `Arc<Mutex<i64>>`, perhaps locked for good by a thread.
    Shared { value: i64, locked: bool },
    /// Where a thread or a task of this cell is asked to add something to this sum.
    Worker { sum: i64, cell: u64 },
    /// `Arc<AtomicU64>` that a thread or a task counts up.
    Ticks,
    /// `JoinHandle<i64>` of a thread that has returned this.
    Done(i64),
    /// `JoinHandle<i64>` of one that sleeps and returns this.
    Asleep(i64),
    /// `JoinHandle<i64>` of one that returns this when it is woken.
    Parked(i64),
}

impl Value {
    /// A new value, and the expression that makes it in the cell of this number. `records` has the literals of the
    /// records that can be made.
    pub(crate) fn random(
        rng: &mut Rng,
        cell: u64,
        records: &BTreeMap<String, String>,
    ) -> (Self, String) {
        let number = rng.i64(-1_000..1_000);
        match rng.u32(..18) {
            0 => (Self::Integer(number), format!("{number}i64")),
            1 => {
                let text = format!("{}ß{number}", rng.alphabetic());
                (Self::Text(text.clone()), format!("String::from({text:?})"))
            }
            2 => {
                let list: Vec<i64> = (0..rng.i64(..5)).map(|n| n + number).collect();
                (
                    Self::List(list.clone()),
                    format!("Vec::<i64>::from({list:?})"),
                )
            }
            3 => {
                let key = format!("key{}", number.rem_euclid(5));
                let code =
                    format!("std::collections::HashMap::from([({key:?}.to_owned(), {number}i64)])");
                (Self::Table(BTreeMap::from([(key, number)])), code)
            }
            4 if rng.bool() => (Self::Maybe(None), "None::<String>".to_owned()),
            4 => {
                let text = number.to_string();
                let code = format!("Some(String::from({text:?}))");
                (Self::Maybe(Some(text)), code)
            }
            5 => {
                // What it owns keeps it from being copied.
                let code =
                    format!("{{ let plus = Box::new({number}i64); move |n: i64| n + *plus }}");
                (Self::Closure(number), code)
            }
            6 => {
                let value = Self::Shared {
                    value: number,
                    locked: false,
                };
                (
                    value,
                    format!("std::sync::Arc::new(std::sync::Mutex::new({number}i64))"),
                )
            }
            7..10 => (Self::Worker { sum: 0, cell }, background::worker(rng)),
            10..13 => (Self::Ticks, background::ticker(rng)),
            13 => {
                let code = format!(
                    "{{ let done = thread::spawn(|| {number}i64); eventually(|| done.is_finished()); done }}"
                );
                (Self::Done(number), code)
            }
            14 => {
                let code = format!(
                    "thread::Builder::new().name(\"asleep\".into()).spawn(|| {{ \
                     thread::sleep(Duration::from_millis(300)); {number}i64 }})?"
                );
                (Self::Asleep(number), code)
            }
            15 => {
                let code = format!("thread::spawn(|| {{ thread::park(); {number}i64 }})");
                (Self::Parked(number), code)
            }
            _ => match rng.choice(records) {
                Some((ty, fields)) => {
                    let value = Self::Record {
                        ty: ty.clone(),
                        fields: fields.clone(),
                    };
                    (value, format!("Box::new({ty} {{ {fields} }})"))
                }
                None => (Self::Integer(number), format!("{number}i64")),
            },
        }
    }

    /// Code that changes the value of this variable, if a cell can; and what a thread prints meanwhile, with its cell.
    pub(crate) fn change(
        &mut self,
        rng: &mut Rng,
        name: &str,
        mutable: bool,
    ) -> Option<(String, Option<(u64, String)>)> {
        let number = rng.i64(1..100);
        let code = match self {
            Self::Integer(value) if mutable => {
                *value += number;
                format!("{name} += {number};")
            }
            Self::Text(text) if mutable => {
                text.push_str(&number.to_string());
                format!("{name}.push_str(\"{number}\");")
            }
            Self::List(list) if mutable => {
                list.push(number);
                format!("{name}.push({number});")
            }
            Self::Table(table) if mutable => {
                let key = format!("key{}", number % 5);
                *table.entry(key.clone()).or_default() += number;
                format!("*{name}.entry({key:?}.to_owned()).or_default() += {number};")
            }
            Self::Maybe(text) if mutable => {
                *text = match text {
                    Some(_) => None,
                    None => Some("new".to_owned()),
                };
                format!(
                    "{name} = match {name}.take() {{ Some(_) => None, None => Some(\"new\".to_owned()) }};"
                )
            }
            Self::Shared {
                value,
                locked: false,
            } => {
                *value += number;
                if rng.bool() {
                    format!("*{name}.lock().unwrap() += {number};")
                } else {
                    let add = format!("move || *other.lock().unwrap() += {number}");
                    format!(
                        "{{ let other = {name}.clone(); std::thread::spawn({add}).join().unwrap(); }}"
                    )
                }
            }
            Self::Worker { sum, cell } => {
                *sum += number;
                return Some((
                    format!("assert_eq!({name}.ask({number}), Some({sum}));"),
                    Some((*cell, format!("was sent {number}\n"))),
                ));
            }
            _ => return None,
        };
        Some((code, None))
    }

    /// Code that moves the value and assigns another, if a cell can.
    pub(crate) fn replace(&mut self, name: &str, mutable: bool) -> Option<String> {
        match self {
            Self::List(list) if mutable => {
                list.reverse();
                Some(format!("{name} = {name}.into_iter().rev().collect();"))
            }
            Self::Text(text) if mutable => {
                text.push('!');
                Some(format!("{name} = {name} + \"!\";"))
            }
            _ => None,
        }
    }

    /// Code that uses the value up, if there is more to that than dropping it.
    pub(crate) fn consume(&self, name: &str) -> String {
        match self {
            Self::Done(number) | Self::Asleep(number) => {
                format!("assert_eq!(result({name}), Some({number}));")
            }
            Self::Parked(number) => {
                format!("{name}.thread().unpark(); assert_eq!(result({name}), Some({number}));")
            }
            Self::Closure(plus) => format!("assert_eq!({name}(1), {}); drop({name});", plus + 1),
            _ => format!("drop({name});"),
        }
    }

    /// Has a thread keep the lock, if the value is one.
    pub(crate) fn lock_for_good(&mut self, name: &str) -> Option<String> {
        let Self::Shared {
            locked: locked @ false,
            ..
        } = self
        else {
            return None;
        };
        *locked = true;
        Some(format!(
            "{{ let other = {name}.clone(); std::thread::spawn(move || {{ let _held = other.lock().unwrap(); \
             loop {{ std::thread::park() }} }}); while {name}.try_lock().is_ok() {{ std::thread::yield_now(); }} }}"
        ))
    }

    /// Whether a thread or a task belongs to the value, for as long as that is there.
    pub(crate) fn has_thread(&self) -> bool {
        matches!(
            self,
            Self::Worker { .. } | Self::Ticks | Self::Parked(_) | Self::Shared { locked: true, .. }
        )
    }

    /// An expression that shows the value of this variable.
    pub(crate) fn expression(&self, name: &str) -> String {
        match self {
            Self::Table(_) => {
                format!("{name}.iter().collect::<std::collections::BTreeMap<_, _>>()")
            }
            Self::Closure(_) => format!("{name}(0)"),
            Self::Shared { .. } => format!("{name}.try_lock().ok().map(|value| *value)"),
            Self::Worker { .. } => format!("{name}.ask(0)"),
            Self::Ticks => format!("goes_on(&{name})"),
            Self::Done(_) | Self::Parked(_) => format!("{name}.is_finished()"),
            Self::Asleep(_) => format!("{name}.thread().name()"),
            _ => name.to_owned(),
        }
    }

    /// What `{:?}` makes of that expression.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Integer(value) | Self::Closure(value) => value.to_string(),
            Self::Worker { sum, .. } => format!("{:?}", Some(sum)),
            Self::Text(text) => format!("{text:?}"),
            Self::List(list) => format!("{list:?}"),
            Self::Table(table) => format!("{table:?}"),
            Self::Maybe(text) => format!("{text:?}"),
            Self::Record { ty, fields } => format!("{ty} {{ {fields} }}"),
            Self::Shared { value, locked } => format!("{:?}", (!locked).then_some(value)),
            Self::Ticks | Self::Done(_) => "true".to_owned(),
            Self::Asleep(_) => format!("{:?}", Some("asleep")),
            Self::Parked(_) => "false".to_owned(),
        }
    }
}
