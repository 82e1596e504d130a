//! Crates that bring a C library: it exists once, and code that lands in a cell finds it.

mod conversation;

use std::fs;
use std::path::Path;

use conversation::Conversation;

const BUILD: &str = r#"
use std::process::Command;
fn run(command: &mut Command) { assert!(command.status().unwrap().success()); }
fn main() {
    let out = std::env::var("OUT_DIR").unwrap();
    run(Command::new("cc").args(["-c", "-O2", "-fPIC", "src/count.c", "-o"]).arg(format!("{out}/count.o")));
    run(Command::new("c++").args(["-c", "-O2", "-fPIC", "src/text.cpp", "-o"]).arg(format!("{out}/text.o")));
    run(Command::new("ar").args(["rcs", "libcount.a", "count.o", "text.o"]).current_dir(&out));
    println!("cargo:rustc-link-search=native={out}");
    println!("cargo:rustc-link-lib=static=count");
    println!("cargo:rustc-link-lib=stdc++");
}
"#;

/// What is hidden is for the library alone, until code of the crate is compiled elsewhere. The C library of the system has
/// a `step` as well.
const C: &str = r#"
#include <math.h>
static int hits;
int step = 1;
int count_step_of_rust(void);
double count_log(double of) { return log(of); }
int count_linked(void) { return hits + 200; }
int count_next(void) { hits += step * count_step_of_rust(); return hits; }
__attribute__((visibility("hidden"))) int count_hidden(void) { return hits + 100; }
"#;

const CPP: &str = r#"
#include <stdexcept>
#include <string>
extern "C" int text_length(int length) {
    try {
        if (length < 0) throw std::runtime_error("less than nothing");
        return (int) std::string(length, 'a').size();
    } catch (const std::exception &error) {
        return -1;
    }
}
"#;

const RUST: &str = r#"
unsafe extern "C" {
    fn count_next() -> i32;
    fn count_hidden() -> i32;
    fn text_length(length: i32) -> i32;
    fn count_log(of: f64) -> f64;
    static mut step: i32;
}
// rustc takes what such a block names for exported.
#[link(name = "count", kind = "static")]
unsafe extern "C" { fn count_linked() -> i32; }
pub fn linked<T: From<i32>>() -> T { unsafe { count_linked() }.into() }
#[unsafe(no_mangle)] extern "C" fn count_step_of_rust() -> i32 { 1 }
#[inline(never)] pub fn inside() -> i32 { unsafe { count_next() } }
#[inline(always)] pub fn inlined() -> i32 { unsafe { count_next() } }
pub fn generic<T: From<i32>>() -> T { unsafe { count_next() }.into() }
pub fn hidden<T: From<i32>>() -> T { unsafe { count_hidden() }.into() }
pub fn length<T: Into<i32>>(of: T) -> i32 { unsafe { text_length(of.into()) } }
pub fn log(of: f64) -> f64 { unsafe { count_log(of) } }
pub fn set_step<T: Into<i32>>(to: T) { unsafe { step = to.into() } }
"#;

fn write_crate(folder: &Path) {
    let package = folder.join("count");
    fs::create_dir_all(package.join("src")).unwrap();
    for (file, text) in [
        (
            "Cargo.toml",
            "[package]\nname = \"count\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
        ),
        ("build.rs", BUILD),
        ("src/count.c", C),
        ("src/text.cpp", CPP),
        ("src/lib.rs", RUST),
    ] {
        fs::write(package.join(file), text).unwrap();
    }
    let other = folder.join("other");
    fs::create_dir_all(other.join("src")).unwrap();
    let manifest = "[package]\nname = \"other\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\ncount = { path = \"../count\" }\n";
    fs::write(other.join("Cargo.toml"), manifest).unwrap();
    let body = "#[inline(never)] pub fn inside() -> i32 { count::inlined() }\n";
    fs::write(other.join("src/lib.rs"), body).unwrap();
}

fn notebook(folder: &Path) -> Conversation {
    Conversation::with(|options| {
        options.working_dir = folder.to_owned();
        options.cache_dir = folder.join("cache");
    })
}

#[test]
fn a_c_library_exists_once_and_cells_find_it() {
    let folder = tempfile::tempdir().unwrap();
    write_crate(folder.path());
    let mut first = notebook(folder.path());
    assert_eq!(first.ok(":dep ./count\ncount::inside()"), "1");
    assert_eq!(
        first.ok("(count::inlined(), count::generic::<i64>())"),
        "(2, 3)"
    );
    assert_eq!(first.ok("count::hidden::<i64>()"), "103");
    assert_eq!(first.ok("count::linked::<i64>()"), "203");
    assert_eq!(first.ok("(count::length(5), count::length(-5))"), "(5, -1)");
    // The loader brings what the library uses of the system.
    assert_eq!(first.ok("count::log(1.0)"), "0.0");
    // Another bundle, which holds the same crate.
    assert_eq!(
        first.ok(":dep ./other\n(other::inside(), count::inside(), count::inlined())"),
        "(4, 5, 6)"
    );
    first.ok("count::set_step(10);");
    assert_eq!(first.ok("(count::inside(), other::inside())"), "(16, 26)");
    // A copy that takes over has it as it was.
    first.err("count::inside(); std::process::abort()");
    assert_eq!(first.ok("count::generic::<i32>()"), "36");
    // And from the cache.
    assert_eq!(
        notebook(folder.path()).ok(":dep ./other\n(other::inside(), 0)"),
        "(1, 0)"
    );
}
