//! Generated code under AddressSanitizer: no borrow that was kept reads memory that is not there any more.
//!
//! The cells of a conversation are compiled as they are for a notebook, but with the sanitizer, and a program that has it as
//! well loads and calls them, one after the other. Only a nightly compiler has sanitizers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::CellId;
use crate::cell::Cell;
use crate::compiler::artifacts::Artifacts;
use crate::compiler::attempt::Environment;
use crate::compiler::pipeline::{self, Uncompiled};
use crate::compiler::state::State;
use crate::interrupts::Interrupts;
use crate::settings::Settings;
use crate::toolchain::Toolchain;

#[path = "../../tests/ways_out/mod.rs"]
mod ways_out;

const SANITIZER: &str = "-Zsanitizer=address";

/// Calls the cells whose shared objects it is given.
const PROGRAM: &str = r#"
use std::ffi::{CStr, CString, c_char, c_int, c_void};

unsafe extern "C" {
    fn dlopen(file: *const c_char, flags: c_int) -> *mut c_void;
    fn dlsym(object: *mut c_void, name: *const c_char) -> *mut c_void;
    fn dlerror() -> *const c_char;
}

fn main() {
    for file in std::env::args().skip(1) {
        let name = CString::new(file.clone()).unwrap();
        // With all of its symbols, which the next ones link to.
        let object = unsafe { dlopen(name.as_ptr(), 0x102) };
        if object.is_null() {
            panic!("{:?}", unsafe { CStr::from_ptr(dlerror()) });
        }
        let entry = unsafe { dlsym(object, c"ferrocell_enter".as_ptr()) };
        let entry: extern "C" fn() -> u32 = unsafe { std::mem::transmute(entry) };
        assert_eq!(entry(), 0, "{file}");
    }
}
"#;

/// What compiles cells and the program that calls them.
struct Sanitizer {
    dir: tempfile::TempDir,
    toolchain: Toolchain,
    program: PathBuf,
}

impl Sanitizer {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let mut toolchain = Toolchain::find(Some("nightly"), dir.path(), dir.path())
            .unwrap_or_else(|error| panic!("{error}"));
        let (source, program) = (dir.path().join("calls.rs"), dir.path().join("calls"));
        fs::write(&source, PROGRAM).expect("the source is written");
        let compiled = Command::new(&toolchain.rustc)
            .args([SANITIZER, "--edition=2024", "-Cprefer-dynamic"])
            // What the cells need of the sanitizer is in the program.
            .args(["-Clink-arg=-rdynamic", "-o"])
            .args([&program, &source])
            .output()
            .expect("rustc starts");
        assert!(compiled.status.success(), "{}", said(&compiled));
        toolchain.linker.push(SANITIZER.to_owned());
        Self {
            dir,
            toolchain,
            program,
        }
    }

    /// Compiles the cells of a conversation, and calls them.
    fn run<'a>(&self, cells: impl Iterator<Item = &'a str>) -> Output {
        let (mut state, settings) = (State::default(), Settings::default());
        let objects = cells.zip(1..).map(|(text, number)| {
            let cell = Cell::parse(CellId(number), text, |name| state.macro_definition(name));
            let cell = cell.unwrap_or_else(|error| panic!("{text}: {}", error.message));
            let environment = Environment {
                toolchain: &self.toolchain,
                state: &state,
                settings: &settings,
                dir: self.dir.path(),
                artifacts: &Artifacts::new(self.dir.path(), 0),
                interrupts: &Interrupts::default(),
            };
            let compiled = match pipeline::compile(&environment, self.dir.path(), &cell) {
                Ok(compiled) => compiled,
                Err(Uncompiled::Build(failed)) => panic!("{text}: {failed:?}"),
                Err(Uncompiled::Syntax(error)) => panic!("{text}: {}", error.message),
            };
            state = compiled.ended(compiled.begun(&state), settings.edition, true);
            compiled.built.object
        });
        let objects: Vec<PathBuf> = objects.collect();
        let libraries = [&self.toolchain.std, &self.toolchain.runtime];
        let folders = libraries.into_iter().filter_map(|library| library.parent());
        let path = std::env::join_paths(folders.map(Path::as_os_str)).expect("a path");
        Command::new(&self.program)
            .args(objects)
            .env("LD_LIBRARY_PATH", path)
            // What is shared for good is never freed.
            .env("ASAN_OPTIONS", "detect_leaks=0")
            .output()
            .expect("the program starts")
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
#[ignore = "needs a nightly toolchain"]
fn what_borrows_may_get_anywhere() {
    let sanitizer = Sanitizer::new();
    for cells in ways_out::WAYS_OUT {
        let output = sanitizer.run(cells.iter().map(|(text, _)| *text));
        assert!(output.status.success(), "{cells:?}\n{}", said(&output));
    }
}

#[test]
#[ignore = "needs a nightly toolchain"]
fn what_is_freed_is_found() {
    let cells = [
        "let v = vec![1, 2]; let first = v.as_ptr() as usize;",
        "drop(v);",
        "unsafe { *(first as *const i32) }",
    ];
    let found = said(&Sanitizer::new().run(cells.into_iter()));
    assert!(found.contains("heap-use-after-free"), "{found}");
}
