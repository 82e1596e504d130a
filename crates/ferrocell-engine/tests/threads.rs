//! Threads that live on when a copy of their process takes over.

mod conversation;

use std::path::Path;
use std::time::{Duration, Instant};
use std::{fs, thread};

use conversation::{Conversation, interrupt, shown};
use ferrocell_engine::{CellId, Event, Outcome, RequestId};

/// How often to crash where threads are busy: each time they are stopped wherever they are.
const CRASHES: usize = 8;

/// Variables that all cells use, and a function that waits for something to come true.
const PRELUDE: &str = "\
use std::cell::RefCell;
use std::io::Write;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
let stop = Arc::new(AtomicBool::new(false));
fn eventually(mut holds: impl FnMut() -> bool) -> bool {
    let begun = Instant::now();
    while !holds() { if begun.elapsed() > Duration::from_secs(30) { return false } thread::sleep(Duration::from_millis(1)) }
    true
}";

/// Crashes, and gives the error without the names of variables.
fn crash(notebook: &mut Conversation) -> String {
    let error = notebook.err("std::process::abort()");
    assert!(error.contains("everything is as it was before"), "{error}");
    let (_, threads) = error.split_once(')').expect("after the signal's name");
    let (_, threads) = threads.split_once(')').expect("after the variables");
    threads.lines().next().unwrap_or_default().to_owned()
}

fn notebook(dependencies: &str) -> Conversation {
    let mut notebook = Conversation::new();
    notebook.ok(&format!("{dependencies}\n{PRELUDE}"));
    notebook
}

#[test]
fn threads_that_wait_go_on() {
    let mut notebook = notebook("");
    notebook.ok(
        "let (sender, receiver) = mpsc::channel::<i32>();\n\
         let sums: JoinHandle<i32> = thread::spawn(move || receiver.iter().sum());\n\
         let parked: JoinHandle<i32> = thread::spawn(|| { thread::park(); 5 });\n\
         let gate = Arc::new((Mutex::new(false), Condvar::new()));\n\
         let g = gate.clone();\n\
         let waits: Vec<JoinHandle<usize>> = (0..50).map(|n| { let g = g.clone(); thread::spawn(move || { \
            let mut open = g.0.lock().unwrap(); while !*open { open = g.1.wait(open).unwrap(); } n }) }).collect();\n\
         let sleeps: JoinHandle<bool> = thread::spawn(|| { let begun = Instant::now(); thread::sleep(Duration::from_millis(700)); \
            begun.elapsed() >= Duration::from_millis(700) });",
    );
    notebook.err("sender.send(1000).unwrap();\nstd::process::abort();");
    // The one that sleeps has perhaps woken up.
    let all = [", and 53 threads go on", ", and 52 threads go on"];
    for _ in 0..2 {
        let error = crash(&mut notebook);
        assert!(all.contains(&error.as_str()), "{error}");
    }
    notebook.ok("sender.send(40)?; sender.send(2)?; drop(sender);\nparked.thread().unpark();\n*gate.0.lock().unwrap() = true; gate.1.notify_all();");
    assert_eq!(
        notebook.ok(
            "(sums.join().unwrap(), parked.join().unwrap(), waits.into_iter().map(|w| w.join().unwrap()).sum::<usize>(), sleeps.join().unwrap())"
        ),
        "(42, 5, 1225, true)"
    );
}

#[test]
fn busy_threads_go_on_from_where_they_were() {
    let mut notebook = notebook("");
    // One always has the lock or computes, and its floating-point numbers would show a register that was lost; two allocate;
    // one formats; one starts threads that end; one panics, which takes the loader's locks.
    notebook.ok(
        "let lock = Arc::new(Mutex::new(0u64));\n\
         let mut busy: Vec<JoinHandle<bool>> = Vec::new();\n\
         let (s, l) = (stop.clone(), lock.clone());\n\
         busy.push(thread::spawn(move || { let (mut x, mut same) = ([1.0f64; 8], true); while !s.load(SeqCst) { let mut g = l.lock().unwrap(); \
            for _ in 0..500 { for v in &mut x { *v = (*v * 1.0000001).sin() + 1.0; } } same &= x.iter().all(|v| *v == x[0]); *g += 1; } same }));\n\
         for _ in 0..2 { let s = stop.clone(); busy.push(thread::spawn(move || { let mut all = true; while !s.load(SeqCst) { \
            let v: Vec<String> = (0..50).map(|i| format!(\"{i}\")).collect(); all &= v.concat().len() == 90; } all })); }\n\
         let s = stop.clone();\n\
         busy.push(thread::spawn(move || { while !s.load(SeqCst) { if thread::spawn(|| 1 + 1).join().unwrap() != 2 { return false } } true }));\n\
         let s = stop.clone();\n\
         busy.push(thread::spawn(move || { std::panic::set_hook(Box::new(|_| ())); while !s.load(SeqCst) { \
            let caught = std::panic::catch_unwind(|| { let trace = std::backtrace::Backtrace::force_capture(); \
                std::panic::resume_unwind(Box::new(trace.to_string().len() > 10)) }); \
            if caught.unwrap_err().downcast_ref() != Some(&true) { return false } } true }));\n\
         for _ in 0..2 { let s = stop.clone(); busy.push(thread::spawn(move || { thread_local!(static COUNT: RefCell<Vec<u64>> = RefCell::default()); \
            while !s.load(SeqCst) { COUNT.with_borrow_mut(|c| { let n = c.len() as u64; c.push(n); if n > 999 { c.clear() } }); } \
            COUNT.with_borrow(|c| c.iter().enumerate().all(|(i, n)| i as u64 == *n)) })); }",
    );
    for _ in 0..CRASHES {
        crash(&mut notebook);
        assert_eq!(
            notebook.ok(
                "{ let had = *lock.lock().unwrap(); eventually(|| *lock.lock().unwrap() > had) && busy.iter().all(|t| !t.is_finished()) }"
            ),
            "true"
        );
    }
    notebook.ok("stop.store(true, SeqCst);");
    assert_eq!(
        notebook.ok("busy.into_iter().map(|t| t.join().unwrap()).collect::<Vec<_>>()"),
        "[true, true, true, true, true, true, true]"
    );
}

#[test]
fn rayon_and_tokio_go_on() {
    let mut notebook = notebook(
        ":dep rayon = \"1\"\n:dep tokio = { version = \"1\", features = [\"full\"] }\nuse rayon::prelude::*;",
    );
    notebook.ok(
        "fn sum() -> u64 { (0..1_000_000u64).into_par_iter().map(|x| x % 7).sum() }\n\
         let ticks = Arc::new(AtomicU64::new(0));\n\
         let t = ticks.clone();\n\
         tokio::spawn(async move { loop { tokio::time::sleep(Duration::from_millis(5)).await; t.fetch_add(1, SeqCst); } });\n\
         let (ask, mut asked) = tokio::sync::mpsc::channel::<(u64, tokio::sync::oneshot::Sender<u64>)>(1);\n\
         tokio::spawn(async move { while let Some((n, reply)) = asked.recv().await { let _ = reply.send(n * 2); } });",
    );
    let sum = notebook.ok("sum()");
    for _ in 0..CRASHES {
        let error = crash(&mut notebook);
        assert!(error.ends_with("threads go on"), "{error}");
        assert_eq!(notebook.ok("sum()"), sum);
        assert_eq!(
            notebook.ok(
                "{ let had = ticks.load(SeqCst); eventually(|| ticks.load(SeqCst) > had + 2) }"
            ),
            "true"
        );
        notebook.ok(
            "let (reply, answer) = tokio::sync::oneshot::channel();\nask.send((21, reply)).await?;",
        );
        assert_eq!(notebook.ok("answer.await?"), "42");
    }
    let error = interrupt(
        &mut notebook,
        "println!(\"begun\"); (0..u64::MAX).into_par_iter().map(|x| x ^ (x >> 3)).reduce(|| 0, |a, b| a ^ b)",
    );
    assert!(error.starts_with("KeyboardInterrupt: "), "{error}");
    assert_eq!(notebook.ok("sum()"), sum);
}

#[test]
fn standard_output_may_be_held() {
    let mut notebook = notebook("");
    notebook.ok(
        "let s = stop.clone();\n\
         let holds: JoinHandle<()> = thread::spawn(move || { let mut out = std::io::stdout().lock(); let mut n = 0; \
            while !s.load(SeqCst) { if n < 3 { writeln!(out, \"{n}\").unwrap(); } n += 1; thread::yield_now(); } });",
    );
    assert_eq!(notebook.ok("1"), "1");
    crash(&mut notebook);
    notebook.ok("stop.store(true, SeqCst);\nholds.join().unwrap();\nprintln!(\"free\");");
    let printed = notebook.printed();
    assert!(
        printed.starts_with("0\n1\n2\n") && printed.ends_with("free\n"),
        "{printed:?}"
    );
}

#[test]
fn what_a_thread_is_stays() {
    let mut notebook = notebook(":dep libc = \"0.2\"");
    notebook.ok(
        "let dropped = Arc::new(AtomicU64::new(0));\n\
         struct Drops(Arc<AtomicU64>);\n\
         impl Drop for Drops { fn drop(&mut self) { self.0.fetch_add(1, SeqCst); } }\n\
         thread_local!(static OWN: RefCell<Option<Drops>> = RefCell::default());\n\
         #[derive(Clone, Copy, Debug, PartialEq)]\n\
         struct Is { id: thread::ThreadId, handle: libc::pthread_t, name: [u8; 16], stack: (usize, usize), blocked: bool }\n\
         fn is() -> Is { unsafe {\n\
            let mut name = [0; 16];\n\
            libc::prctl(libc::PR_GET_NAME, name.as_mut_ptr());\n\
            let mut stack: libc::stack_t = std::mem::zeroed();\n\
            libc::sigaltstack(std::ptr::null(), &mut stack);\n\
            let mut mask: libc::sigset_t = std::mem::zeroed();\n\
            libc::pthread_sigmask(libc::SIG_BLOCK, std::ptr::null(), &mut mask);\n\
            Is { id: thread::current().id(), handle: libc::pthread_self(), name, stack: (stack.ss_sp as usize, stack.ss_size), \
                 blocked: libc::sigismember(&mask, libc::SIGUSR2) == 1 }\n\
         } }\n\
         let d = dropped.clone();\n\
         let (say, said) = mpsc::channel();\n\
         let same: JoinHandle<bool> = thread::Builder::new().name(\"a name\".to_owned()).spawn(move || {\n\
            OWN.set(Some(Drops(d)));\n\
            unsafe { let mut mask: libc::sigset_t = std::mem::zeroed(); libc::sigaddset(&mut mask, libc::SIGUSR2); \
                libc::pthread_sigmask(libc::SIG_BLOCK, &mask, std::ptr::null_mut()); }\n\
            let was = is();\n\
            say.send(()).unwrap();\n\
            thread::park();\n\
            was == is() && was.name.starts_with(b\"a name\") && was.blocked && was.stack.1 > 0\n\
         })?;\n\
         said.recv()?;",
    );
    crash(&mut notebook);
    crash(&mut notebook);
    assert_eq!(
        notebook.ok("thread::sleep(Duration::from_millis(20)); dropped.load(SeqCst)"),
        "0"
    );
    notebook.ok("same.thread().unpark();");
    assert_eq!(
        notebook.ok("(same.join().unwrap(), dropped.load(SeqCst))"),
        "(true, 1)"
    );
}

#[test]
fn threads_that_end_otherwise_are_not_counted() {
    let mut notebook = notebook(":dep libc = \"0.2\"");
    notebook.ok(
        "extern \"C-unwind\" fn leave(_: *mut libc::c_void) -> *mut libc::c_void { unsafe extern \"C-unwind\" { fn pthread_exit(value: *mut libc::c_void) -> !; }\n\
            unsafe { pthread_exit(7 as *mut _) } }\n\
         let left: usize = unsafe { let mut thread = 0; let leave = std::mem::transmute::<extern \"C-unwind\" fn(_) -> _, extern \"C\" fn(*mut libc::c_void) -> *mut libc::c_void>(leave); \
            libc::pthread_create(&mut thread, std::ptr::null(), leave, std::ptr::null_mut()); \
            let mut value = std::ptr::null_mut(); libc::pthread_join(thread, &mut value); value as usize };",
    );
    assert_eq!(notebook.ok("left"), "7");
    assert_eq!(crash(&mut notebook), "");
}

#[test]
fn threads_that_block_all_signals_go_on() {
    let mut notebook = notebook(":dep libc = \"0.2\"");
    notebook.ok(
        "let s = stop.clone();\n\
         let (say, said) = mpsc::channel();\n\
         let blocks: JoinHandle<i32> = thread::spawn(move || { unsafe { let mut all: libc::sigset_t = std::mem::zeroed(); libc::sigfillset(&mut all); \
            libc::pthread_sigmask(libc::SIG_SETMASK, &all, std::ptr::null_mut()); } say.send(()).unwrap(); while !s.load(SeqCst) { thread::yield_now(); } 8 });\n\
         said.recv()?;",
    );
    assert_eq!(crash(&mut notebook), ", and 1 thread goes on");
    notebook.ok("stop.store(true, SeqCst);");
    assert_eq!(notebook.ok("blocks.join().unwrap()"), "8");
}

#[test]
fn threads_that_cannot_be_stopped_are_named_and_joined() {
    let mut notebook = notebook(":dep libc = \"0.2\"");
    notebook.ok(
        "let (say, said) = mpsc::channel();\n\
         let deaf: JoinHandle<()> = thread::Builder::new().name(\"deaf\".to_owned()).spawn(move || { let all = u64::MAX; \
            unsafe { libc::syscall(libc::SYS_rt_sigprocmask, libc::SIG_SETMASK, &raw const all, std::ptr::null_mut::<u64>(), 8usize); } \
            say.send(()).unwrap(); loop { thread::park() } })?;\n\
         said.recv()?;\n\
         let kept: JoinHandle<i32> = thread::spawn(|| { thread::park(); 6 });",
    );
    let begun = std::time::Instant::now();
    assert_eq!(notebook.ok("deaf.is_finished()"), "false");
    assert!(begun.elapsed() < std::time::Duration::from_secs(20));
    assert_eq!(
        crash(&mut notebook),
        ", and 1 thread goes on; the thread `deaf` could not be stopped for a copy and is gone"
    );
    let error = notebook.err("deaf.join().unwrap()");
    assert!(error.contains("threads should not terminate"), "{error}");
    notebook.ok("kept.thread().unpark();");
    assert_eq!(notebook.ok("kept.join().unwrap()"), "6");
}

#[test]
fn threads_of_a_bare_clone_are_named() {
    let mut notebook = notebook(":dep libc = \"0.2\"");
    notebook.ok(
        "extern \"C\" fn bare(_: *mut libc::c_void) -> libc::c_int { unsafe { libc::prctl(libc::PR_SET_NAME, c\"bare\".as_ptr()); \
            let forever = libc::timespec { tv_sec: 600, tv_nsec: 0 }; \
            loop { libc::syscall(libc::SYS_nanosleep, &raw const forever, std::ptr::null_mut::<libc::timespec>()); } } }\n\
         unsafe { let stack = libc::mmap(std::ptr::null_mut(), 1 << 16, libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, -1, 0); \
            let flags = libc::CLONE_VM | libc::CLONE_FS | libc::CLONE_FILES | libc::CLONE_SIGHAND | libc::CLONE_THREAD | libc::CLONE_SYSVSEM; \
            assert!(libc::clone(bare, stack.byte_add(1 << 16), flags, std::ptr::null_mut()) > 0); }\n\
         let named = eventually(|| std::fs::read_dir(\"/proc/self/task\").unwrap().any(|t| std::fs::read(t.unwrap().path().join(\"comm\")).unwrap() == b\"bare\\n\"));",
    );
    assert_eq!(notebook.ok("named"), "true");
    assert_eq!(
        crash(&mut notebook),
        "; the thread `bare` could not be stopped for a copy and is gone"
    );
    assert_eq!(crash(&mut notebook), "");
}

#[test]
fn a_thread_that_asks_is_answered_after_a_crash() {
    let mut notebook = notebook("");
    notebook.ok("let line: JoinHandle<String> = thread::spawn(|| std::io::stdin().lines().next().unwrap().unwrap());");
    let asked = |notebook: &Conversation| loop {
        if let Event::Input {
            cell: CellId(2),
            request,
            ..
        } = notebook.event()
        {
            break request;
        }
    };
    asked(&notebook);
    crash(&mut notebook);
    let request = asked(&notebook);
    let controls = notebook.session.controls();
    controls.reply_input(request, Some("Ada".to_owned()));
    assert_eq!(notebook.ok("line.join().unwrap()"), "\"Ada\"");
}

#[test]
fn a_thread_that_ends_the_program_while_no_cell_runs_is_left_out() {
    let ways = [
        ("std::process::abort();", "the program aborted"),
        ("std::process::exit(4);", "exited with code 4"),
        (
            "unsafe { std::ptr::null::<u8>().read_volatile() };",
            "segmentation fault",
        ),
    ];
    for (index, (way, cause)) in ways.into_iter().enumerate() {
        let name = format!("fuse{index}-{}", std::process::id());
        let mut notebook = notebook("");
        notebook.ok(&format!(
            "static COUNT: AtomicU64 = AtomicU64::new(0);\n\
             thread::spawn(|| loop {{ COUNT.fetch_add(1, SeqCst); thread::sleep(Duration::from_millis(1)); }});\n\
             let fuse = thread::Builder::new().name({name:?}.into()).spawn(|| {{ \
                std::io::stdin().read_line(&mut String::new()).unwrap(); {way} }})?;",
        ));
        let mut asked = question(&notebook);
        // A snapshot that is taken after a crash is as good as one that is taken after a cell.
        if index > 0 {
            crash(&mut notebook);
            asked = question(&notebook);
        }
        // The snapshot before this one has the thread, whenever that goes on.
        notebook.ok("0");
        let controls = notebook.session.controls();
        controls.reply_input(asked, Some(String::new()));
        wait_until_gone(&name);
        // The cell finds that the program has ended, or is told while it is on its way.
        let text = match notebook.execute("COUNT.load(SeqCst) > 0") {
            Outcome::Ok { .. } => match notebook.event() {
                Event::Stderr { text, .. } => text,
                other => panic!("the end is told, not {other:?}"),
            },
            error => shown(&error),
        };
        assert!(text.contains(cause), "{text}");
        let gone =
            format!("1 thread goes on; the thread `{name}`, which ended the program, is gone");
        assert!(text.contains(&gone), "{text}");
        // The others go on, and whoever waits for that one sees that it has ended.
        let goes_on =
            "let before = COUNT.load(SeqCst);\neventually(|| COUNT.load(SeqCst) > before)";
        assert_eq!(notebook.ok(goes_on), "true");
        assert_eq!(crash(&mut notebook), ", and 1 thread goes on");
    }
}

/// The next question.
fn question(notebook: &Conversation) -> RequestId {
    loop {
        match notebook.event() {
            Event::Input { request, .. } => return request,
            Event::Withdrawn { .. } => {}
            other => panic!("a question was expected, not {other:?}"),
        }
    }
}

/// Waits until no process has a thread of this name any more. A copy that sleeps has only its first thread.
fn wait_until_gone(name: &str) {
    let begun = Instant::now();
    let entries = |path: &Path| fs::read_dir(path).into_iter().flatten().flatten();
    let is_named = |task: &Path| {
        fs::read_to_string(task.join("comm")).is_ok_and(|comm| comm.trim_end() == name)
    };
    while entries(Path::new("/proc"))
        .flat_map(|process| entries(&process.path().join("task")))
        .any(|task| is_named(&task.path()))
    {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "`{name}` is there"
        );
        thread::sleep(Duration::from_millis(1));
    }
}
