//! The lines of a cell that are for the engine, `:dep …`, `:vars`: names, arguments, help. What each does, the session knows.
//!
//! The names and meanings are evcxr's. What makes no sense here answers with one line that says so.

use crate::cell::{Directive, split_directives};
use crate::settings::{Choice, Edition, ErrorFormat, OPT_LEVELS, Settings};

/// What a directive does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Effect {
    /// It changes the session, or tells something about it.
    Session(Command),
    /// It chooses how code is compiled: that of its cell, or of all cells to come if it has none.
    Compile(Choice),
    /// It asks for a crate.
    Dependency,
    /// Nothing here.
    Elsewhere,
}

/// What a session is asked to do.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Command {
    ShowDependencies,
    Variables,
    Type,
    Types,
    Doc,
    Explain,
    Format,
    ErrorFormat,
    Timing,
    Snapshots,
    Ahead,
    Analyzer,
    Memory,
    Env,
    BuildEnv,
    Offline,
    Clear,
    Cache,
    ClearCache,
    LoadConfig,
    LastCompileDir,
    LastErrorJson,
    Toolchain,
    Version,
    Help,
}

/// A directive.
pub(crate) struct Entry {
    /// Its name, without the colon.
    pub(crate) name: &'static str,
    /// How its argument is written, for the help; empty if there is none.
    pub(crate) usage: &'static str,
    /// What its argument is, for completion.
    pub(crate) argument: Argument,
    /// What it does, in a line; for those of evcxr that make no sense here, what does it instead.
    pub(crate) help: &'static str,
    /// What it does.
    pub(crate) effect: Effect,
}

/// What stands behind a directive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Argument {
    /// Nothing, or nothing that could be foreseen.
    Free,
    /// One of these words.
    Words(&'static [&'static str]),
    /// An expression.
    Expression,
    /// A path to something that has documentation.
    Path,
    /// A crate.
    Crate,
}

const SWITCH: Argument = Argument::Words(&["0", "1"]);

const fn entry(
    name: &'static str,
    usage: &'static str,
    argument: Argument,
    help: &'static str,
    effect: Effect,
) -> Entry {
    Entry {
        name,
        usage,
        argument,
        help,
        effect,
    }
}

/// One that changes the session, or tells something about it.
const fn does(
    name: &'static str,
    usage: &'static str,
    argument: Argument,
    help: &'static str,
    command: Command,
) -> Entry {
    entry(name, usage, argument, help, Effect::Session(command))
}

/// One of evcxr's that makes no sense here.
const fn elsewhere(name: &'static str, help: &'static str) -> Entry {
    entry(name, "", Argument::Free, help, Effect::Elsewhere)
}

use Argument::{Crate, Expression, Free, Words};

/// All of them, in the order in which the help lists them.
pub(crate) const DIRECTIVES: &[Entry] = &[
    entry(
        "dep",
        "NAME = \"1.0\"",
        Crate,
        "use a crate; the line is as in Cargo.toml, `path` starts from the notebook's folder",
        Effect::Dependency,
    ),
    does(
        "show_deps",
        "",
        Free,
        "the crates in use",
        Command::ShowDependencies,
    ),
    does(
        "vars",
        "",
        Free,
        "variables and their types",
        Command::Variables,
    ),
    does(
        "type",
        "EXPRESSION",
        Expression,
        "the type of a variable or of an expression, which is not computed (also :t)",
        Command::Type,
    ),
    does(
        "t",
        "EXPRESSION",
        Expression,
        "the same as :type",
        Command::Type,
    ),
    does(
        "types",
        "",
        Free,
        "show types with values, or stop that",
        Command::Types,
    ),
    does(
        "doc",
        "NAME",
        Argument::Path,
        "the documentation of an item of the notebook, of std, of a dependency, or of a keyword",
        Command::Doc,
    ),
    does(
        "explain",
        "[E0382]",
        Free,
        "explain the last error, or that one",
        Command::Explain,
    ),
    does(
        "fmt",
        "{:#?}",
        Words(&["{}", "{:?}", "{:#?}"]),
        "how values are shown that do not show themselves",
        Command::Format,
    ),
    does(
        "efmt",
        "{:#?}",
        Words(&ErrorFormat::NAMES),
        "how the errors of `?` are shown",
        Command::ErrorFormat,
    ),
    entry(
        "opt",
        "0|1|2|3|s|z",
        Words(&OPT_LEVELS),
        "optimisation: of this cell, above code; alone in a cell, of all that follow",
        Effect::Compile(Choice::OptLevel),
    ),
    entry(
        "edition",
        "2015|…|2024",
        Words(&Edition::NAMES),
        "the edition of Rust: of this cell, above code; alone in a cell, of all that follow",
        Effect::Compile(Choice::Edition),
    ),
    does(
        "timing",
        "",
        Free,
        "show how long cells take, or stop that",
        Command::Timing,
    ),
    does(
        "snapshots",
        "on|off",
        Words(&["on", "off"]),
        "whether a copy of the program takes over after a crash; it costs a fork per cell",
        Command::Snapshots,
    ),
    does(
        "ahead",
        "on|off",
        Words(&["on", "off"]),
        "whether waiting cells and drafts are compiled before they are executed",
        Command::Ahead,
    ),
    does(
        "analyzer",
        "[on|off]",
        Words(&["on", "off"]),
        "whether rust-analyzer is asked about code that is being written, or how it is; it needs about 500 MB",
        Command::Analyzer,
    ),
    does(
        "memory",
        "4G|off",
        Words(&["off"]),
        "the most memory that the program may use",
        Command::Memory,
    ),
    does(
        "env",
        "NAME=VALUE",
        Free,
        "set an environment variable of the program",
        Command::Env,
    ),
    does(
        "build_env",
        "NAME=VALUE",
        Free,
        "set an environment variable of compiler and build scripts",
        Command::BuildEnv,
    ),
    does(
        "offline",
        "0|1",
        SWITCH,
        "whether dependencies may not use the network",
        Command::Offline,
    ),
    does("clear", "", Free, "forget everything", Command::Clear),
    does(
        "cache",
        "[2000]",
        Words(&["0"]),
        "how many compiled cells are kept and where, or the most megabytes of them to keep; 0 keeps none",
        Command::Cache,
    ),
    does(
        "clear_cache",
        "",
        Free,
        "remove all built dependencies and compiled cells",
        Command::ClearCache,
    ),
    does(
        "load_config",
        "",
        Free,
        "read init.evcxr and prelude.rs again",
        Command::LoadConfig,
    ),
    does(
        "last_compile_dir",
        "",
        Free,
        "where cells are compiled",
        Command::LastCompileDir,
    ),
    does(
        "last_error_json",
        "",
        Free,
        "what the compiler said of the last cell, as JSON",
        Command::LastErrorJson,
    ),
    does(
        "toolchain",
        "[nightly]",
        Free,
        "the toolchain in use, or another one of rustup's from now on",
        Command::Toolchain,
    ),
    does(
        "version",
        "",
        Free,
        "the versions of ferrocell and rustc",
        Command::Version,
    ),
    does(
        "help",
        "[NAME]",
        Free,
        "this list, or one line of it",
        Command::Help,
    ),
    elsewhere(
        "codegen_backend",
        "cells are compiled with the toolchain's own code generator",
    ),
    elsewhere(
        "linker",
        "cells are linked with the toolchain's own choice of linker",
    ),
    elsewhere(
        "sccache",
        "built dependencies are kept in a cache of their own, so sccache is not used",
    ),
    elsewhere("preserve_vars_on_panic", "variables always survive a panic"),
    elsewhere(
        "allow_static_linking",
        "dependencies are always linked dynamically, so that each exists once",
    ),
    elsewhere(
        "internal_debug",
        "there is no internal debugging output; `:last_compile_dir` shows where cells are compiled",
    ),
    elsewhere("quit", "shut the kernel down from the notebook's menu"),
];

/// The directive of this name.
pub(crate) fn find(name: &str) -> Option<&'static Entry> {
    DIRECTIVES.iter().find(|entry| entry.name == name)
}

/// The lines of a cell that ask for crates, each as it can stand alone.
///
/// ```
/// use ferrocell_engine::dependencies;
///
/// let cell = ":dep rand = \"0.9\"\n:vars\nlet n: u8 = rand::random();";
/// assert_eq!(dependencies(cell), [":dep rand = \"0.9\""]);
/// ```
pub fn dependencies(cell: &str) -> Vec<String> {
    let (directives, _) = split_directives(cell);
    let deps = directives.into_iter().filter(|line| line.name == "dep");
    deps.map(|line| format!(":dep {}", line.argument)).collect()
}

/// How code is compiled under these directives, or what is wrong with one.
pub(crate) fn settings_of(
    settings: &Settings,
    directives: &[Directive],
) -> Result<Settings, String> {
    let mut settings = settings.clone();
    for directive in directives {
        if let Some(Effect::Compile(choice)) = find(&directive.name).map(|entry| entry.effect) {
            settings.choose(choice, &directive.argument)?;
        }
    }
    Ok(settings)
}

impl Entry {
    /// Its line of the help.
    pub(crate) fn line(&self) -> String {
        let written = format!(":{} {}", self.name, self.usage);
        format!("{:24} {}", written.trim_end(), self.help)
    }
}

/// The answer to `:help`.
pub(crate) fn help() -> String {
    let is_ours = |entry: &&Entry| !matches!(entry.effect, Effect::Elsewhere);
    let (ours, others): (Vec<_>, Vec<_>) = DIRECTIVES.iter().partition(is_ours);
    let lines = |entries: Vec<&Entry>| {
        let lines = entries.into_iter().map(Entry::line);
        lines.collect::<Vec<_>>().join("\n")
    };
    let shell = format!("{:24} run a shell command", "!COMMAND");
    format!(
        "{}\n{shell}\n\nof evcxr's, these do nothing here:\n{}",
        lines(ours),
        lines(others)
    )
}
