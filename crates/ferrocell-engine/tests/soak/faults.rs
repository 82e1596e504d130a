//! Code that brings faults about, and how the errors begin that it must end with.

/// Ways to fail, and how the error begins. The compiler cannot tell, so it looks at what follows, too.
pub(crate) const FAILURES: [(&str, &str); 8] = [
    (
        "if std::hint::black_box(true) { panic!(\"boom\") }",
        "Panic: boom",
    ),
    (
        "[1, 2][std::hint::black_box(7)];",
        "Panic: index out of bounds",
    ),
    ("None::<i32>.unwrap();", "Panic: called `Option::unwrap()`"),
    (
        "let _ = 1 / std::hint::black_box(0);",
        "Panic: attempt to divide by zero",
    ),
    (
        "std::thread::spawn(|| panic!(\"thread\")).join().unwrap();",
        "Panic: called `Result::unwrap()`",
    ),
    (
        "(0..100).into_par_iter().for_each(|n| assert!(n != 50, \"rayon\"));",
        "Panic: rayon",
    ),
    (
        "tokio::spawn(async { panic!(\"task\") }).await?;",
        "Error: JoinError::Panic",
    ),
    ("\"x\".parse::<i32>()?;", "Error: ParseIntError"),
];

/// Ways to stay until somebody asks the cell to stop.
pub(crate) const POLITE: [&str; 5] = [
    "while std::hint::black_box(true) {}",
    "while std::hint::black_box(true) { std::thread::sleep(std::time::Duration::from_millis(1)); }",
    "for n in 0u64.. { std::hint::black_box(n); }",
    "tokio::time::sleep(std::time::Duration::from_secs(3_600)).await;",
    "std::io::stdin().read_line(&mut String::new())?;",
];

/// Ways to stay where only force helps: loops of code that no cell has written.
pub(crate) const DEAF: [&str; 3] = [
    "std::iter::once(0).cycle().last()",
    "(0u128..).last()",
    "(0..u64::MAX).into_par_iter().max()",
];

/// A function that needs more stack than there is.
pub(crate) const DEEP: &str = "fn deep(n: u64) -> u64 { let page = [n; 512]; if n == u64::MAX { 0 } else { deep(n + 1) + page[7] } }\n";

/// Ways to bring the process down, and how the error begins.
pub(crate) const CRASHES: [(&str, &str); 13] = [
    (
        "unsafe { std::ptr::null_mut::<u8>().wrapping_add(1).write_volatile(1) };",
        "Crash: segmentation fault",
    ),
    ("std::process::abort();", "Crash: the program aborted"),
    (
        "std::process::exit(3);",
        "Crash: the program exited with code 3",
    ),
    (
        "std::process::exit(0);",
        "Crash: the program exited with code 0",
    ),
    ("deep(0);", "Crash: stack overflow"),
    (
        "std::thread::spawn(|| deep(0)).join().unwrap();",
        "Crash: stack overflow",
    ),
    (
        "std::thread::spawn(|| std::process::abort()).join().unwrap();",
        "Crash: the program aborted",
    ),
    (
        "(0..100).into_par_iter().for_each(|n| if n == 50 { std::process::abort() });",
        "Crash: the program aborted",
    ),
    (
        "tokio::spawn(async { std::process::abort() }).await?;",
        "Crash: the program aborted",
    ),
    (
        "{ struct Twice; impl Drop for Twice { fn drop(&mut self) { panic!(\"second\") } } let _twice = Twice; panic!(\"first\"); }",
        "Crash: the program aborted",
    ),
    (
        "std::process::Command::new(\"kill\").args([\"-9\", &std::process::id().to_string()]).status()?; loop {}",
        "Crash: the program was killed",
    ),
    (
        "let _ = std::hint::black_box(Vec::<u8>::with_capacity(1 << 40));",
        "Crash: out of memory",
    ),
    (
        "let mut all = Vec::new(); loop { all.push(vec![1u8; 10 << 20]); }",
        "Crash: out of memory",
    ),
];

/// Code that does not compile, and how the error begins.
pub(crate) const MISTAKES: [(&str, &str); 4] = [
    (
        "let wrong: i32 = \"text\";",
        "CompileError: mismatched types",
    ),
    (
        "no_such_name + 1;",
        "CompileError: cannot find value `no_such_name`",
    ),
    ("let = 5;", "CompileError: expected pattern"),
    (
        "let text = String::new(); drop(text); text.len();",
        "CompileError: borrow of moved value",
    ),
];

/// Expands without end, which keeps the compiler busy for a while.
pub(crate) const ENDLESS: &str = "!printf 'interrupt me\\n'\nmacro_rules! grow { ($($x:tt)*) => { grow!($($x)* 1) } }\nlet n = { grow!() };";
