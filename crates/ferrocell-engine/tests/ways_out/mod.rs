//! Each way in which a borrow that was kept can get out of the cells: conversations, of which each cell shows this.

pub(crate) const WAYS_OUT: &[&[(&str, &str)]] = &[
    // A thread.
    &[
        ("let v = vec![1, 2]; let r = &v;", ""),
        ("let h = std::thread::spawn(|| r.len() + v.len());", ""),
        ("let v = 0usize;", ""),
        ("h.join().unwrap() + v", "4"),
    ],
    // A channel, and a static.
    &[
        (
            "use std::sync::{OnceLock, mpsc}; static LATER: OnceLock<&[i32]> = OnceLock::new();\n\
              let v = vec![1, 2]; let (tx, rx) = mpsc::channel::<&[i32]>();",
            "",
        ),
        (
            "let part = &v[1..]; tx.send(part).unwrap(); LATER.set(&v).unwrap();",
            "",
        ),
        ("let v = (); let part = ();", ""),
        (
            "(rx.recv().unwrap(), LATER.get().unwrap())",
            "([2], [1, 2])",
        ),
    ],
    // A leaked box, and `thread_local!`.
    &[
        (
            "use std::cell::{Cell, RefCell}; thread_local! { static KEPT: Cell<&'static str> = const { Cell::new(\"\") }; }\n\
              let s = String::from(\"long lived\");",
            "",
        ),
        (
            "let all = Box::leak(Box::new(vec![s.as_str()])); KEPT.set(all[0]);",
            "",
        ),
        ("let s = 0; let all = 0;", ""),
        ("KEPT.get()", "\"long lived\""),
    ],
    // A cycle of `Rc`s, and a trait object.
    &[
        (
            "use std::{cell::RefCell, rc::Rc}; struct Node<'a> { text: &'a str, next: RefCell<Option<Rc<Node<'a>>>> }\n\
              let s = String::from(\"in a circle\");",
            "",
        ),
        (
            "let node = Rc::new(Node { text: &s, next: RefCell::default() }); *node.next.borrow_mut() = Some(node.clone());\n\
              let shown: Box<dyn Fn() -> usize> = Box::new(|| s.len());",
            "",
        ),
        ("let s = 1usize;", ""),
        (
            "let text = node.next.borrow().as_ref().unwrap().text; (text, shown() + s)",
            "(\"in a circle\", 12)",
        ),
    ],
    // A future of the notebook's, polled later on another thread.
    &[
        (
            "use std::{future::Future, pin::Pin, sync::Mutex, task::{Context, Poll, Waker}};\n\
              static TASK: Mutex<Option<Pin<Box<dyn Future<Output = usize> + Send>>>> = Mutex::new(None);\n\
              let s = String::from(\"task\"); let r = &s;",
            "",
        ),
        (
            "*TASK.lock().unwrap() = Some(Box::pin(async move { let n = r.len(); async {}.await; n + r.len() }));",
            "",
        ),
        ("let s = 0; let r = 0;", ""),
        (
            "let polled = std::thread::spawn(|| { let mut task = TASK.lock().unwrap().take().unwrap(); task.as_mut().poll(&mut Context::from_waker(Waker::noop())) });\n\
              match polled.join().unwrap() { Poll::Ready(n) => n, Poll::Pending => 0 }",
            "8",
        ),
    ],
    // A panic in the middle, and what it has kept by then.
    &[
        (
            "use std::{panic::catch_unwind, sync::Mutex}; static SEEN: Mutex<Vec<&str>> = Mutex::new(Vec::new());\n\
              let s = String::from(\"before it\"); let r = s.as_str();",
            "",
        ),
        (
            "catch_unwind(|| { SEEN.lock().unwrap().push(r); panic!() }).is_err()",
            "true",
        ),
        ("let s = 0; let r = 0;", ""),
        (
            "SEEN.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).join(\"\")",
            "\"before it\"",
        ),
    ],
    // What changes behind `&`.
    &[
        (
            "use std::{cell::{Cell, RefCell}, sync::Mutex}; let cell = Cell::new(1); let list = RefCell::new(vec![1]); let lock = Mutex::new(1);",
            "",
        ),
        ("let (c, l, m) = (&cell, &list, &lock);", ""),
        (
            "c.set(2); l.borrow_mut().push(2); *m.lock().unwrap() += 1;",
            "",
        ),
        (
            "(cell.get(), list.borrow().len(), *lock.lock().unwrap())",
            "(2, 2, 2)",
        ),
        (
            "*list.borrow_mut() = vec![]; cell.set(9); (c.get(), l.borrow().len())",
            "(9, 0)",
        ),
    ],
    // A destructor that reads what it has borrowed.
    &[
        (
            "struct Last<'a>(&'a String); impl Drop for Last<'_> { fn drop(&mut self) { print!(\"<{}>\", self.0) } }\n\
              let s = String::from(\"alive\");",
            "",
        ),
        ("let last = Last(&s);", ""),
        ("let s = 0;", ""),
        ("let last = 0;", ""),
    ],
];
