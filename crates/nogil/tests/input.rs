//! `input` asks in a terminal and on evcxr, from the main thread and from every other one.
//!
//! Without the test harness, because its tests do not run on the main thread. The program starts itself once more as a
//! session's code, and answers as a user or as evcxr's kernel does.

use nogil::{ReturnWhen, Thread, ThreadPoolExecutor, Timer, as_completed, input, wait};
use std::env;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const SESSION: &str = "NOGIL_TEST_SESSION";
const EVCXR: &str = "EVCXR_IS_RUNTIME";
const REQUEST: &str = "EVCXR_INPUT_REQUEST:";

fn main() {
    match env::var(SESSION).as_deref() {
        Ok("terminal") => ask_in_a_terminal(),
        Ok("evcxr") => ask_on_evcxr(),
        Ok(other) => unreachable!("no session {other}"),
        Err(_) => {
            a_terminal_shows_the_prompt_and_gives_the_line();
            threads_in_a_terminal_are_asked_one_after_the_other();
            evcxr_asks_on_the_main_thread_for_every_thread();
            println!("input: both hosts asked for every thread");
        }
    }
}

fn session(name: &str) -> Child {
    let mut command = Command::new(env::current_exe().unwrap());
    command.env(SESSION, name).env_remove(EVCXR);
    if name == "evcxr" {
        command.env(EVCXR, "1");
    }
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn ask_in_a_terminal() {
    // SAFETY: the alarm only ends this process, should it wait for ever.
    unsafe { libc::alarm(60) };
    for _ in 0..3 {
        println!("[{}]", input("Enter your name: ").unwrap());
    }
    let threads = ["left", "right"].map(|side| {
        Thread::new(move || {
            let answer = input(&format!("{side}? ")).unwrap();
            println!("[{side} {answer}]");
        })
    });
    threads.iter().for_each(|thread| thread.start().unwrap());
    threads.iter().for_each(|thread| thread.join().unwrap());
    let error = input("More? ").unwrap_err();
    println!("[{:?}: {error}]", error.kind());
}

fn transcript(answers: &str) -> String {
    let mut session = session("terminal");
    let mut stdin = session.stdin.take().unwrap();
    stdin.write_all(answers.as_bytes()).unwrap();
    drop(stdin);
    let mut output = String::new();
    let mut stdout = session.stdout.take().unwrap();
    stdout.read_to_string(&mut output).unwrap();
    assert!(session.wait().unwrap().success());
    output
}

fn a_terminal_shows_the_prompt_and_gives_the_line() {
    let output = transcript("Ada\nGrace \r\n\nup\ndown");
    let asked = "Enter your name: ";
    let begin = format!("{asked}[Ada]\n{asked}[Grace ]\n{asked}[]\n");
    assert!(output.starts_with(&begin), "{output:?}");
    let end = "More? [UnexpectedEof: EOF when reading a line]\n";
    assert!(output.ends_with(end), "{output:?}");
}

fn threads_in_a_terminal_are_asked_one_after_the_other() {
    let output = transcript("1\n2\n3\nup\ndown\n");
    // Whoever is asked first gets the first answer.
    let first = if output.find("left? ") < output.find("right? ") {
        ["[left up]", "[right down]"]
    } else {
        ["[right up]", "[left down]"]
    };
    for answer in first {
        assert!(output.contains(answer), "{output:?}");
    }
}

/// Each question comes from another kind of thread, and the main thread waits in another way.
fn ask_on_evcxr() {
    // SAFETY: the alarm only ends this process, should it wait for ever.
    unsafe { libc::alarm(60) };
    let ask =
        |who: &'static str| move || println!("{who}: {}", input(&format!("{who}: ")).unwrap());

    println!("main: {}", input("two\nlines: ").unwrap());

    let thread = Thread::new(ask("thread"));
    thread.start().unwrap();
    thread.join().unwrap();

    let patient = Thread::new(ask("joined with a timeout"));
    patient.start().unwrap();
    while patient.is_alive() {
        patient.join_timeout(Duration::from_millis(1)).unwrap();
    }

    let parent = Thread::new(move || {
        let child = Thread::new(ask("a thread's thread"));
        child.start().unwrap();
        child.join().unwrap();
    });
    parent.start().unwrap();
    parent.join().unwrap();

    let timer = Timer::new(Duration::ZERO, ask("timer"));
    timer.start().unwrap();
    timer.join().unwrap();

    let pool = ThreadPoolExecutor::with_max_workers(2).unwrap();
    pool.submit(ask("result")).unwrap().result().unwrap();
    pool.submit(ask("exception")).unwrap().exception().unwrap();
    wait(
        [pool.submit(ask("wait")).unwrap()],
        ReturnWhen::AllCompleted,
    );
    as_completed([pool.submit(ask("as_completed")).unwrap()]).for_each(drop);
    pool.map(["map"], move |who| ask(who)()).for_each(drop);
    pool.submit(ask("drop")).unwrap();
    drop(pool);
}

fn evcxr_asks_on_the_main_thread_for_every_thread() {
    let mut session = session("evcxr");
    let mut stdin = session.stdin.take().unwrap();
    let mut printed = Vec::new();
    let mut asked = Vec::new();
    for line in BufReader::new(session.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        match line.strip_prefix(REQUEST) {
            Some(prompt) => {
                // The kernel cuts a prompt at a colon, so none may be left in it.
                asked.push(prompt.split(':').next().unwrap().to_owned());
                writeln!(stdin, "answer {}", asked.len()).unwrap();
            }
            None => printed.push(line),
        }
    }
    assert!(session.wait().unwrap().success());
    let askers = [
        "thread",
        "joined with a timeout",
        "a thread's thread",
        "timer",
        "result",
        "exception",
        "wait",
        "as_completed",
        "map",
        "drop",
    ];
    let mut prompts = vec!["lines∶ ".to_owned()];
    let mut lines = vec!["two".to_owned(), "main: answer 1".to_owned()];
    for (index, asker) in askers.iter().enumerate() {
        prompts.push(format!("{asker}∶ "));
        lines.push(format!("{asker}: answer {}", index + 2));
    }
    assert_eq!(asked, prompts);
    assert_eq!(printed, lines);
}
