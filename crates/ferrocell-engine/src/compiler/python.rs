//! What to add to errors of people who write Python by habit: one table, each row a habit.
//!
//! rustc's words stay, and a hint stands below them where the text leaves no doubt. Where rustc itself says what to write
//! (`&&` for `and`, `i += 1` for `i++`, double quotes), there is no row.

use crate::cell::unclosed;
use crate::compiler::diagnostics::Diagnostic;
use crate::compiler::source_map::{Generated, Place};

/// When a row applies.
enum When {
    /// A name that is not known is one of these.
    Name(&'static [&'static str]),
    /// A function that is not known, or no function, is called by one of these names.
    Call(&'static [&'static str]),
    /// The line that the parser does not understand begins with one of these words.
    Begins(&'static [&'static str]),
    /// The parser stops at one of these words, or right behind it.
    Word(&'static [&'static str]),
    /// This tells.
    Is(fn(&Look<'_>) -> bool),
}

use When::{Begins, Call, Is, Name, Word};

/// An error, as the rows look at it.
struct Look<'a> {
    error: &'a Diagnostic,
    /// All code of the cell.
    code: &'a str,
    /// What it points to.
    here: &'a str,
    /// What stands before that, and behind it.
    before: &'a str,
    behind: &'a str,
    /// The line in which it begins, without what surrounds it.
    line: &'a str,
}

/// The habits. The first row that applies counts.
const HABITS: &[(When, &str)] = &[
    // Values and names.
    (
        Is(|look| look.is_unknown() && look.begins_line() && is_assignment(look.behind)),
        "a new variable begins with `let`: `let x = 1;`, or `let mut x = 1;` if it changes later",
    ),
    (Name(&["True"]), "`True` is `true` here"),
    (Name(&["False"]), "`False` is `false` here"),
    (
        Name(&["null", "nil", "NULL", "nullptr"]),
        "there is no null: a value that may be missing is an `Option`, which is `Some(value)` or `None`",
    ),
    (
        Is(|look| look.error.code() == "E0573" && look.here == "None"),
        "a function that returns nothing has no `->`; a value that may be missing has the type `Option<…>`",
    ),
    (
        Name(&["pass"]),
        "an empty block is `{}`, so nothing takes the place of `pass`; `todo!()` marks what is to be written",
    ),
    (
        Is(|look| look.is_unknown() && look.here == "int" && !look.is_called()),
        "`int` is one of `i32` (what a number is if nothing else is said), `i64`, `u8`, `usize` (what counts and indexes), …",
    ),
    (
        Is(|look| look.is_unknown() && look.here == "float" && !look.is_called()),
        "`float` is `f64` here",
    ),
    (
        Is(|look| look.is_unknown() && matches!(look.here, "list" | "List") && !look.is_called()),
        "`list[int]` is `Vec<i32>`, a value of it `vec![1, 2, 3]`",
    ),
    (
        Is(|look| look.is_unknown() && matches!(look.here, "dict" | "Dict") && !look.is_called()),
        "`dict[str, int]` is `std::collections::HashMap<String, i32>`",
    ),
    (
        Is(|look| look.error.code() == "E0308" && look.has_label("expected `str`, found `&str`")),
        "a text that is only looked at is a `&str`, one that is owned a `String`",
    ),
    // Built-in functions.
    (
        Call(&["print"]),
        "`print(x)` is `println!(\"{x}\")`, or `println!(\"{}\", f(x))` for more than a name: the text says where values go",
    ),
    (Call(&["len"]), "`len(x)` is `x.len()`"),
    (
        Call(&["range"]),
        "`range(n)` is `0..n`, `range(a, b)` is `a..b`, and `range(a, b, 2)` is `(a..b).step_by(2)`",
    ),
    (Call(&["str"]), "`str(x)` is `x.to_string()`"),
    (Call(&["repr"]), "`repr(x)` is `format!(\"{x:?}\")`"),
    (
        Call(&["int"]),
        "`int(text)` is `text.parse::<i32>()?`, and `int(number)` is `number as i32`",
    ),
    (
        Call(&["float"]),
        "`float(text)` is `text.parse::<f64>()?`, and `float(number)` is `number as f64`",
    ),
    (
        Call(&["bool"]),
        "there is no truth of other values: write what is asked, `!list.is_empty()`, `n != 0`, `x.is_some()`",
    ),
    (
        Call(&["input"]),
        "`input(prompt)` is `nogil::input(prompt)`, or `std::io::stdin().read_line(&mut line)?` without a crate",
    ),
    (Call(&["sum"]), "`sum(list)` is `list.iter().sum::<i32>()`"),
    (
        Call(&["max", "min"]),
        "`max(a, b)` is `a.max(b)`, and `max(list)` is `list.iter().max()`, an `Option`",
    ),
    (Call(&["abs"]), "`abs(x)` is `x.abs()`"),
    (
        Call(&["round"]),
        "`round(x)` is `x.round()`, and `format!(\"{x:.2}\")` shows two digits",
    ),
    (
        Call(&["sorted"]),
        "`sorted(list)` is `list.sort()`, which sorts in place; a `let mut copy = list.clone();` first keeps the order",
    ),
    (
        Call(&["reversed"]),
        "`reversed(list)` is `list.iter().rev()`",
    ),
    (
        Call(&["enumerate"]),
        "`enumerate(list)` is `list.iter().enumerate()`",
    ),
    (Call(&["zip"]), "`zip(a, b)` is `a.iter().zip(&b)`"),
    (
        Call(&["map", "filter"]),
        "`map(f, list)` is `list.iter().map(f)`, `filter` alike; `.collect::<Vec<_>>()` makes a list of it",
    ),
    (
        Call(&["any", "all"]),
        "`any(…)` is `list.iter().any(|item| …)`, `all` alike",
    ),
    (
        Call(&["list"]),
        "`list(x)` is `x.collect::<Vec<_>>()`, an empty one `Vec::new()`",
    ),
    (
        Call(&["dict"]),
        "an empty `dict()` is `std::collections::HashMap::new()`",
    ),
    (
        Call(&["set"]),
        "`set(list)` is `list.iter().collect::<std::collections::HashSet<_>>()`",
    ),
    (
        Call(&["isinstance"]),
        "what type a value has is known when the cell is compiled; an `enum` with `match` has variants to tell apart",
    ),
    (
        Is(|look| look.is_syntax() && look.line.starts_with("type(")),
        "`:type x`, alone in its line, shows a type",
    ),
    (
        Call(&["open"]),
        "`open(path).read()` is `std::fs::read_to_string(path)?`",
    ),
    (Call(&["ord"]), "`ord(c)` is `c as u32`"),
    (
        Call(&["exit", "quit"]),
        "the kernel ends by the notebook's menu; `std::process::exit(1)` ends the program, and with it all variables",
    ),
    // Statements.
    (
        Begins(&["import", "from"]),
        "what a module has is named by `use`, as in `use std::time::Duration;`; a crate comes by a line `:dep NAME = \"1\"`",
    ),
    (
        Is(|look| {
            look.is_syntax() && (look.head() == "def" || look.line.starts_with("async def "))
        }),
        "a function is `fn name(x: i32) -> i32 { … }`, with the types of what it takes and returns",
    ),
    (
        Begins(&["class"]),
        "a class is a `struct` for the data and an `impl` block for the methods: `struct A { x: i32 }`, `impl A { fn get(&self) -> i32 { self.x } }`",
    ),
    (
        Begins(&["try", "except", "finally"]),
        "there are no exceptions: what can fail returns a `Result`, `?` behind a call passes the error on, `match` looks into it",
    ),
    (
        Begins(&["raise"]),
        "a function returns an error, `return Err(…);`, and its type is a `Result`; `panic!(\"…\")` is for mistakes of the program",
    ),
    (
        Begins(&["with"]),
        "what `with` closes is closed where its block ends: `{ let file = std::fs::File::open(path)?; … }`",
    ),
    (
        Begins(&["del"]),
        "`drop(x);` ends a value early; by itself it ends with its block",
    ),
    (
        Begins(&["assert"]),
        "`assert a == b` is `assert_eq!(a, b);`, and another condition `assert!(…);`",
    ),
    (
        Begins(&["global", "nonlocal"]),
        "a function sees no variables around it: pass them to it, or make a `static` with an atomic or a `Mutex`",
    ),
    (
        Is(|look| look.code.trim_start().starts_with('%') && look.here == "%"),
        "`%` lines are IPython's; here they begin with a colon, `:help` lists them, and `:timing` shows how long cells take",
    ),
    (
        Is(|look| look.line.starts_with('@') && look.here == "@"),
        "there are no decorators: a function that takes another, `f(g)`, or an attribute, `#[…]`, does what they do",
    ),
    (
        Is(|look| look.error.code() == "E0658" && look.error.message.starts_with("yield syntax")),
        "a generator is an iterator, `std::iter::from_fn(move || …)`, or `nogil::generator(|y| async move { y.give(1).await; … })`",
    ),
    // Expressions.
    (Word(&["elif"]), "`elif` is `else if`"),
    (
        Word(&["lambda"]),
        "a function without a name is a closure: `|x| x + 1`",
    ),
    (
        Is(|look| look.is_syntax() && look.word_before() == "not"),
        "`not x` is `!x`",
    ),
    (
        Is(|look| look.is_syntax() && look.here == "is"),
        "`x is None` is `x.is_none()`, and `x is y` is `x == y`, or `std::ptr::eq(x, y)` for the same place in memory",
    ),
    (
        Is(|look| look.is_syntax() && look.here == "in" && look.head() != "for"),
        "`x in list` is `list.contains(&x)`, and `key in map` is `map.contains_key(&key)`",
    ),
    (
        Is(|look| look.is_syntax() && look.here == "for" && look.is_within(']')),
        "a comprehension is an iterator: `(0..3).filter(|x| …).map(|x| x * x).collect::<Vec<_>>()`",
    ),
    (
        Is(|look| {
            look.is_syntax()
                && look.here == "if"
                && look
                    .behind
                    .lines()
                    .next()
                    .is_some_and(|line| line.contains(" else "))
        }),
        "`a if c else b` is `if c { a } else { b }`",
    ),
    (
        Is(|look| {
            look.is_syntax()
                && look.here == ":"
                && look
                    .behind
                    .lines()
                    .next()
                    .is_none_or(|line| line.trim().is_empty())
        }),
        "a block stands in braces, `if x { … }`; indentation means nothing",
    ),
    (
        Is(|look| look.is_syntax() && look.here == ":" && look.is_within(']')),
        "a slice is `&list[1..3]`, from the start `&list[..3]`, to the end `&list[1..]`",
    ),
    (
        Is(|look| {
            look.is_syntax() && look.before.trim_end().ends_with("::") && look.is_within(']')
        }),
        "every second item is `list.iter().step_by(2)`, and `list[::-1]` is `list.iter().rev()`",
    ),
    (
        Is(|look| {
            look.is_syntax()
                && look.here == ":"
                && look.is_within('}')
                && look.before.trim_end().ends_with(['"', '\''])
        }),
        "a dictionary is `std::collections::HashMap::from([(\"key\", 1)])`",
    ),
    (
        Is(|look| {
            look.error
                .message
                .starts_with("negative integers cannot be used to index")
        }),
        "the last item is `list.last()`, an `Option`, or `list[list.len() - 1]`",
    ),
    (
        Is(|look| look.error.message == "prefix `f` is unknown"),
        "`f\"{x}\"` is `format!(\"{x}\")`, and `println!(\"{x}\")` prints it",
    ),
    (
        Is(|look| look.is_syntax() && look.here.starts_with('"') && look.before.ends_with("\"\"")),
        "documentation is a line `/// …` above what it is about; a text in one pair of quotes may have several lines",
    ),
    (
        Is(|look| {
            look.is_syntax()
                && look.before.trim_end_matches(' ').ends_with('#')
                && !look.here.starts_with(['[', '!'])
        }),
        "a comment begins with `//`",
    ),
    (
        Is(|look| look.error.code() == "E0614" && look.before.ends_with('*')),
        "`a ** b` is `a.pow(b)`, and `a.powf(b)` or `a.powi(2)` for an `f64`",
    ),
    (
        Is(|look| {
            look.error
                .message
                .starts_with("cannot calculate the remainder of `&str`")
        }),
        "`\"%s\" % x` is `format!(\"{x}\")`",
    ),
    (
        Is(|look| look.error.message.starts_with("cannot multiply `&str` by")),
        "`\"ab\" * 3` is `\"ab\".repeat(3)`",
    ),
    (
        Is(|look| {
            look.error.message.starts_with("unexpected `,` in pattern")
                && look.line.contains("enumerate(")
        }),
        "`for i, x in enumerate(list)` is `for (i, x) in list.iter().enumerate() { … }`",
    ),
    // Types that Python does not tell apart.
    (
        Is(|look| look.mixes_numbers()),
        "numbers of different types are not mixed by themselves: convert one, `x as f64`, or write a whole one as `2.0`",
    ),
    (
        Is(|look| {
            look.error.code() == "E0308"
                && look.has_label("expected `f64`, found integer")
                && look.here.contains('/')
        }),
        "whole numbers divide to a whole number: write `3.0 / 2.0`, or convert, `a as f64 / b as f64`",
    ),
    (
        Is(|look| {
            look.has_label("found future") || look.error.message.contains("`impl Future<Output")
        }),
        "an `async fn` computes nothing before `.await` stands behind its call: `f().await`",
    ),
    (
        Is(|look| look.is_not_sent("Rc<")),
        "an `Rc` counts without a lock, so it stays in its thread; an `Arc` goes to any: `std::sync::Arc::new(…)`",
    ),
    (
        Is(|look| look.is_not_sent("RefCell<") || look.is_not_sent("Cell<")),
        "a `RefCell` or `Cell` is for one thread; others need a `std::sync::Mutex`, or an atomic for a number",
    ),
    (
        Is(|look| look.is_not_sent("MutexGuard<")),
        "a lock is given back by the thread that has it: let it end before, `drop(guard)`, or in a block of its own",
    ),
    (
        Is(|look| look.error.code() == "E0373" && look.line.contains("spawn(")),
        "a thread may outlive what it borrows: `move ||` gives it the variable, an `Arc` cloned before is for several, and \
         `std::thread::scope(|s| …)` has threads that end before",
    ),
];

/// What to say to someone who means Python: of what the error is about, and of the cell if all of it is Python.
pub(crate) fn hints(error: &Diagnostic, generated: &Generated) -> Vec<&'static str> {
    let Some(place) = error.place(generated) else {
        return Vec::new();
    };
    let is_syntax = error.is_error() && error.code().is_empty();
    let of_cell = is_syntax.then(|| whole(&place.source.code)).flatten();
    hint(error, &place).into_iter().chain(of_cell).collect()
}

fn hint(error: &Diagnostic, place: &Place<'_>) -> Option<&'static str> {
    let Place { source, range } = place;
    let (code, at) = (&*source.code, range.start);
    let line = code[..at].rfind('\n').map_or(0, |end| end + 1);
    let look = Look {
        error,
        code,
        here: &code[range.clone()],
        before: &code[..at],
        behind: &code[range.end..],
        line: code[line..].lines().next().unwrap_or_default().trim(),
    };
    let row = HABITS.iter().find(|(when, _)| look.applies(when));
    row.map(|(_, text)| *text)
}

/// What to say of a cell that is Python as a whole.
fn whole(code: &str) -> Option<&'static str> {
    let mut lines = code
        .lines()
        .map(str::trim_end)
        .filter(|line| !line.is_empty());
    let first = lines.find(|line| !line.starts_with('#') || line.starts_with("#["))?;
    let is_statement = |word: &str| {
        let rest = first.strip_prefix(word).unwrap_or_default();
        rest.starts_with(' ') && !first.ends_with([';', '{', '}'])
    };
    let is_block = first.ends_with(':') && !first.contains('{');
    let is_python = ["import", "from", "async def"]
        .into_iter()
        .any(is_statement)
        || (is_block
            && ["def", "class", "for", "while", "if", "with"]
                .into_iter()
                .any(is_statement))
        || first == "try:";
    is_python.then_some(
        "this is a Rust notebook, and the cell looks like Python; a Python notebook runs on the kernel of that name",
    )
}

/// Whether a character is no part of a word.
fn is_between(c: char) -> bool {
    !(c.is_alphanumeric() || c == '_')
}

/// Whether something is assigned here.
fn is_assignment(behind: &str) -> bool {
    let rest = behind.trim_start_matches(' ').strip_prefix('=');
    rest.is_some_and(|rest| !rest.starts_with(['=', '>']))
}

impl Look<'_> {
    fn applies(&self, when: &When) -> bool {
        match when {
            Name(names) => self.is_unknown() && names.contains(&self.here),
            Call(names) => self.is_unknown() && names.contains(&self.here) && self.is_called(),
            Begins(words) => self.is_syntax() && words.contains(&self.head()),
            Word(words) => {
                self.is_syntax()
                    && (words.contains(&self.here) || words.contains(&self.word_before()))
            }
            Is(tells) => tells(self),
        }
    }

    /// Whether the parser says it, which has no codes.
    fn is_syntax(&self) -> bool {
        self.error.is_error() && self.error.code().is_empty()
    }

    fn is_unknown(&self) -> bool {
        const CODES: [&str; 5] = ["E0412", "E0423", "E0425", "E0433", "E0531"];
        CODES.contains(&self.error.code())
    }

    fn is_called(&self) -> bool {
        self.behind.trim_start().starts_with('(')
    }

    fn begins_line(&self) -> bool {
        self.line.starts_with(self.here)
    }

    /// The first word of the line.
    fn head(&self) -> &str {
        self.line.split(is_between).next().unwrap_or(self.line)
    }

    /// The word that ends right before.
    fn word_before(&self) -> &str {
        let before = self.before.trim_end();
        before.rsplit(is_between).next().unwrap_or(before)
    }

    /// Whether the innermost bracket that is open here is one that this closes.
    fn is_within(&self, closing: char) -> bool {
        unclosed(self.before).last() == Some(&closing)
    }

    fn has_label(&self, text: &str) -> bool {
        self.error.labels().any(|label| label.contains(text))
    }

    /// Whether something of this type would have to go to another thread.
    fn is_not_sent(&self, ty: &str) -> bool {
        let message = self.error.message.strip_prefix('`').unwrap_or_default();
        let (subject, rest) = message.split_once('`').unwrap_or_default();
        let name = subject.split('<').next().unwrap_or_default();
        let name = name.rsplit("::").next().unwrap_or_default();
        self.error.code() == "E0277"
            && rest.ends_with("between threads safely")
            && name == ty.trim_end_matches('<')
    }

    /// Whether an operator stands between numbers of two types.
    fn mixes_numbers(&self) -> bool {
        const NUMBERS: [&str; 14] = [
            "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize",
            "f32", "f64",
        ];
        let is_number = |word: &str| {
            let word = word.trim_matches(['`', '{', '}', '&']);
            NUMBERS.contains(&word) || matches!(word, "integer" | "float")
        };
        let message = &self.error.message;
        let is_operator = ["add", "subtract", "multiply", "divide", "calculate"]
            .iter()
            .any(|verb| message.starts_with(&format!("cannot {verb} ")));
        let mut words = message.split(' ').filter(|word| is_number(word));
        self.error.code() == "E0277" && is_operator && words.by_ref().take(2).count() == 2
    }
}
