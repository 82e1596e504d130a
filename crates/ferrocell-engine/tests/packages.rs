//! The notebook as a package: Cargo's variables, the package in its own folder, crates that `extern crate` brings.

mod conversation;

use std::fs;
use std::path::Path;

use conversation::Conversation;

fn notebook(folder: &Path) -> Conversation {
    Conversation::with(|options| {
        options.working_dir = folder.to_owned();
        options.cache_dir = folder.join(".cache");
    })
}

fn write_package(folder: &Path, name: &str, body: &str) {
    fs::create_dir_all(folder.join("src")).unwrap();
    let manifest =
        format!("[package]\nname = \"{name}\"\nversion = \"3.2.1\"\nedition = \"2024\"\n");
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    fs::write(folder.join("src/lib.rs"), body).unwrap();
}

#[test]
fn cargos_variables_are_the_notebooks() {
    // Cargo has told this test what its own package is.
    assert_eq!(std::env::var("CARGO_PKG_NAME").unwrap(), "ferrocell-engine");
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("My notes");
    fs::create_dir(&folder).unwrap();
    let mut notebook = notebook(&folder);
    let place = format!("{:?}", folder.to_str().unwrap());
    for (name, value) in [
        ("CARGO_PKG_NAME", "\"My-notes\""),
        ("CARGO_CRATE_NAME", "\"My_notes\""),
        ("CARGO_PKG_VERSION", "\"0.1.0\""),
        ("CARGO_PKG_VERSION_MINOR", "\"1\""),
        ("CARGO_PKG_AUTHORS", "\"\""),
        ("CARGO_PKG_DESCRIPTION", "\"\""),
        ("CARGO_MANIFEST_DIR", &place),
        ("EVCXR_IS_RUNTIME", "\"1\""),
    ] {
        assert_eq!(notebook.ok(&format!("env!(\"{name}\")")), value, "{name}");
        let at_run_time = notebook.ok(&format!("std::env::var(\"{name}\")?"));
        assert_eq!(at_run_time, value, "{name}");
    }
    assert_eq!(notebook.ok("option_env!(\"OUT_DIR\")"), "None");
    assert_eq!(
        notebook.ok("std::path::Path::new(env!(\"CARGO\")).is_file()"),
        "true"
    );
    // The user has the last word.
    notebook.ok(":build_env CARGO_PKG_VERSION=2.0.0");
    assert_eq!(notebook.ok("env!(\"CARGO_PKG_VERSION\")"), "\"2.0.0\"");
}

#[test]
fn crates_know_their_own_package_and_that_a_notebook_uses_them() {
    let folder = tempfile::tempdir().unwrap();
    let body = "pub const NAME: &str = env!(\"CARGO_PKG_NAME\");\n\
                pub const IN_NOTEBOOK: bool = option_env!(\"EVCXR_IS_RUNTIME\").is_some();\n";
    write_package(&folder.path().join("inner"), "self-aware", body);
    let mut notebook = notebook(folder.path());
    assert_eq!(
        notebook.ok(":dep ./inner\n(self_aware::NAME, self_aware::IN_NOTEBOOK)"),
        "(\"self-aware\", true)"
    );
}

#[test]
fn what_is_set_for_the_build_makes_another_build() {
    let folder = tempfile::tempdir().unwrap();
    let body = "pub const MODE: Option<&str> = option_env!(\"MODE_OF_TEST\");\n";
    write_package(&folder.path().join("inner"), "mode", body);
    let mut first = notebook(folder.path());
    assert_eq!(first.ok(":dep ./inner\nmode::MODE"), "None");
    let mut second = notebook(folder.path());
    assert_eq!(
        second.ok(":build_env MODE_OF_TEST=fast\n:dep ./inner\nmode::MODE"),
        "Some(\"fast\")"
    );
}

#[test]
fn the_package_in_the_notebooks_folder_is_a_dependency() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("here");
    write_package(&folder, "right-here", "pub fn answer() -> i32 { 42 }\n");
    write_package(
        &parent.path().join("beside"),
        "beside",
        "pub fn answer() -> i32 { 43 }\n",
    );
    let mut notebook = notebook(&folder);
    assert_eq!(notebook.ok(":dep .\nlet x = right_here::answer(); x"), "42");
    // A notebook that is saved beside its package is no reason to start again.
    fs::write(folder.join("notes.ipynb"), "{}").unwrap();
    assert_eq!(notebook.ok(":dep .\nx + right_here::answer()"), "84");
    assert_eq!(notebook.ok(":dep ../beside\nx + beside::answer()"), "85");
    let error = notebook.err(":dep $NOT_SET_IN_THIS_TEST/beside");
    assert!(
        error.contains("the variable NOT_SET_IN_THIS_TEST is not set"),
        "{error}"
    );
}

#[test]
fn versions_that_no_notebook_uses_are_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let package = folder.path().join("inner");
    let version = |number: usize| {
        write_package(
            &package,
            "grows",
            &format!("pub fn n() -> usize {{ {number} }}\n"),
        )
    };
    version(0);
    let mut first = notebook(folder.path());
    assert_eq!(first.ok(":dep ./inner\ngrows::n()"), "0");
    for number in 1..6 {
        version(number);
        assert_eq!(
            notebook(folder.path()).ok(":dep ./inner\ngrows::n()"),
            number.to_string()
        );
    }
    let bundles = fs::read_dir(folder.path().join(".cache/deps")).unwrap();
    let versions: usize = bundles
        .filter_map(|bundle| fs::read_dir(bundle.unwrap().path()).ok())
        .flatten()
        .filter(|entry| {
            let name = entry.as_ref().unwrap().file_name();
            name.to_string_lossy().starts_with("lib-")
        })
        .count();
    assert_eq!(versions, 4, "the latest three, and the one in use");
    assert_eq!(first.ok("grows::n() + 1"), "1");
}

#[test]
fn extern_crate_brings_what_is_no_dependency_yet() {
    let folder = tempfile::tempdir().unwrap();
    let mut notebook = notebook(folder.path());
    assert_eq!(
        notebook.ok("extern crate core;\ncore::mem::size_of::<u8>()"),
        "1"
    );
    assert_eq!(
        notebook.ok("extern crate itoa;\nitoa::Buffer::new().format(42).len()"),
        "2"
    );
    assert_eq!(notebook.ok("itoa::Buffer::new().format(7).len()"), "1");
    // In its package's spelling, and under another name.
    let renamed = "extern crate unicode_xid as xid;\nxid::UnicodeXID::is_xid_start('a')";
    assert_eq!(notebook.ok(renamed), "true");
    notebook.ok("#[macro_use] extern crate cfg_if;");
    assert_eq!(
        notebook.ok("cfg_if! { if #[cfg(unix)] { fn f() -> i32 { 1 } } }\nf()"),
        "1"
    );
    let error = notebook.err("extern crate no_such_crate_anywhere;");
    assert!(
        error.starts_with("DependencyError: ") && error.contains("no_such_crate_anywhere"),
        "{error}"
    );
    assert_eq!(notebook.ok("itoa::Buffer::new().format(123).len()"), "3");
}

#[test]
fn a_package_need_not_be_called_as_its_library_and_may_have_none() {
    let folder = tempfile::tempdir().unwrap();
    let package = folder.path().join("odd");
    write_package(&package, "odd-package", "pub fn answer() -> i32 { 42 }\n");
    let manifest = fs::read_to_string(package.join("Cargo.toml")).unwrap();
    fs::write(
        package.join("Cargo.toml"),
        manifest + "\n[lib]\nname = \"even\"\ncrate-type = [\"cdylib\", \"rlib\"]\n",
    )
    .unwrap();
    let mut notebook = notebook(folder.path());
    assert_eq!(notebook.ok(":dep ./odd\neven::answer()"), "42");
    let program = folder.path().join("program");
    write_package(&program, "program", "");
    fs::rename(program.join("src/lib.rs"), program.join("src/main.rs")).unwrap();
    fs::write(program.join("src/main.rs"), "fn main() {}\n").unwrap();
    let error = notebook.err(":dep ./program");
    assert!(
        error.contains("`program` has no library that code could use"),
        "{error}"
    );
    assert_eq!(notebook.ok("even::answer()"), "42");
}
