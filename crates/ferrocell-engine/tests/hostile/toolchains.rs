//! Compilers that go, change, or never were there.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use crate::folder::{builds, notebook, write_crate};
use crate::inside::{inside, run_inside, this_program};

/// Where the real toolchain is.
fn sysroot() -> PathBuf {
    let print = ["--print", "sysroot"];
    let output = Command::new("rustc").args(print).output().unwrap();
    PathBuf::from(String::from_utf8(output.stdout).unwrap().trim())
}

/// A toolchain whose compiler does what the real one does, until a file says that it is a newer one: then it says of what
/// the real one has compiled what rustc does say. With another file it only calls itself otherwise.
fn write_toolchain(own: &Path) {
    let sysroot = sysroot();
    let incompatible = "{\"message\":\"found crate `std` compiled by an incompatible version of rustc\",\
                        \"code\":{\"code\":\"E0514\",\"explanation\":null},\"level\":\"error\",\"spans\":[],\"children\":[],\"rendered\":null}";
    let script = format!(
        "#!/bin/sh\nif [ \"$1 $2\" = '--print sysroot' ]; then echo {own}; exit; fi\n\
         if [ -e {own}/newer ]; then\n\
         if [ \"$1\" = -vV ]; then echo 'rustc 9.9.9 (newer)'; exit; fi\n\
         echo '{incompatible}' >&2; exit 1\nfi\n\
         if [ -e {own}/garbled ] && [ \"$1\" != -vV ]; then printf 'linker: \\377\\n' >&2; exit 1; fi\n\
         if [ -e {own}/other ] && [ \"$1\" = -vV ]; then {real} -vV | sed 's/^commit-date: .*/commit-date: 2001-01-01/'; exit; fi\n\
         exec {real} --sysroot {sysroot} \"$@\"\n",
        own = own.display(),
        real = sysroot.join("bin/rustc").display(),
        sysroot = sysroot.display()
    );
    fs::create_dir_all(own.join("bin")).unwrap();
    symlink(sysroot.join("lib"), own.join("lib")).unwrap();
    let rustc = own.join("bin/rustc");
    fs::write(&rustc, script).unwrap();
    fs::set_permissions(&rustc, fs::Permissions::from_mode(0o755)).unwrap();
}

/// This program, with such a toolchain.
fn with_own_toolchain(own: &Path) -> Command {
    write_toolchain(own);
    let mut path = own.join("bin").into_os_string();
    path.push(":");
    path.push(env::var_os("PATH").unwrap());
    let mut command = Command::new(this_program());
    command.env("PATH", path);
    command
}

#[test]
fn rustc_may_go_or_change_under_a_running_notebook() {
    let Some(folder) = inside() else {
        let folder = tempfile::tempdir().unwrap();
        let mut command = with_own_toolchain(&folder.path().join("toolchain"));
        return run_inside(
            &mut command,
            "toolchains::rustc_may_go_or_change_under_a_running_notebook",
            folder.path(),
        );
    };
    let own = folder.join("toolchain");
    let mut notebook = notebook(&folder);
    notebook.ok("let x = 5;");
    let rustc = own.join("bin/rustc");
    let away = own.join("bin/away");
    fs::rename(&rustc, &away).unwrap();
    let error = notebook.err("x + 1");
    assert!(
        error.starts_with("ToolchainError: cannot start rustc: "),
        "{error}"
    );
    assert!(
        error.contains("Install Rust from https://rustup.rs"),
        "{error}"
    );
    fs::rename(&away, &rustc).unwrap();
    assert_eq!(notebook.ok("x + 1"), "6");
    // What it says need not be text.
    fs::write(own.join("garbled"), "").unwrap();
    let error = notebook.err("x + 2");
    assert!(
        error.starts_with("CompilerError: rustc failed without an error message. linker: \u{fffd}"),
        "{error}"
    );
    fs::remove_file(own.join("garbled")).unwrap();
    assert_eq!(notebook.ok("x + 2"), "7");
    fs::write(own.join("newer"), "").unwrap();
    let error = notebook.err("x + 3");
    assert!(
        error.starts_with(
            "ToolchainError: rustc has changed since this notebook started: it was rustc "
        ),
        "{error}"
    );
    assert!(
        error.contains("and is rustc 9.9.9 (newer)") && error.contains("restart the kernel"),
        "{error}"
    );
    fs::remove_file(own.join("newer")).unwrap();
    assert_eq!(notebook.ok("x + 3"), "8");
}

#[test]
fn what_another_toolchain_has_built_is_not_used() {
    let Some(folder) = inside() else {
        let folder = tempfile::tempdir().unwrap();
        write_crate(folder.path(), "shared");
        let own = folder.path().join("toolchain");
        let mut command = with_own_toolchain(&own);
        symlink(sysroot().join("bin/cargo"), own.join("bin/cargo")).unwrap();
        return run_inside(
            &mut command,
            "toolchains::what_another_toolchain_has_built_is_not_used",
            folder.path(),
        );
    };
    let uses = ":dep ./shared\nshared::answer()";
    let mut first = notebook(&folder);
    assert_eq!(first.ok(uses), "42");
    fs::write(folder.join("toolchain/other"), "").unwrap();
    assert_eq!(notebook(&folder).ok(uses), "42");
    assert_eq!(builds(&folder), 2);
    assert_eq!(first.ok("shared::answer()"), "42");
    fs::remove_file(folder.join("toolchain/other")).unwrap();
    assert_eq!(notebook(&folder).ok(uses), "42");
    assert_eq!(builds(&folder), 2);
}

#[test]
fn a_missing_cargo_is_named() {
    let Some(folder) = inside() else {
        let folder = tempfile::tempdir().unwrap();
        write_crate(folder.path(), "shared");
        let mut command = with_own_toolchain(&folder.path().join("toolchain"));
        return run_inside(
            &mut command,
            "toolchains::a_missing_cargo_is_named",
            folder.path(),
        );
    };
    let mut notebook = notebook(&folder);
    notebook.ok("let x = 5;");
    let error = notebook.err(":dep ./shared");
    assert!(
        error.starts_with("DependencyError: cannot start "),
        "{error}"
    );
    assert!(
        error.contains("`rustup component add cargo` brings it"),
        "{error}"
    );
    assert_eq!(notebook.ok("x"), "5");
}

/// Whether rustup chooses the compiler here, as it does for most.
fn has_rustup() -> bool {
    let version = Command::new("rustup").arg("--version").output();
    let has = version.is_ok_and(|output| output.status.success());
    if !has {
        println!("skipped: this machine has no rustup");
    }
    has
}

#[test]
fn a_toolchain_that_is_not_installed_is_one_sentence() {
    if !has_rustup() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rust-toolchain.toml");
    fs::write(&file, "[toolchain]\nchannel = \"nightly-2001-01-01\"\n").unwrap();
    let mut notebook = notebook(folder.path());
    let error = notebook.err("1");
    assert!(error.starts_with("ToolchainError: "), "{error}");
    for part in [
        "the toolchain `nightly-2001-01-01-",
        &format!("which {} names", file.display()),
        "is not installed: `rustup toolchain install nightly-2001-01-01-",
    ] {
        assert!(error.contains(part), "{error}");
    }
    let told: std::collections::BTreeSet<&str> = error.lines().collect();
    assert_eq!(told.len(), 1, "{error}");
    fs::remove_file(&file).unwrap();
    assert_eq!(notebook.ok("let x = 1; x"), "1");
    let error = notebook.err(":toolchain nonesuch");
    assert!(
        error.contains("the toolchain `nonesuch` is not installed"),
        "{error}"
    );
    assert_eq!(notebook.ok("x"), "1");
}

#[test]
fn a_toolchain_by_name_is_used_from_then_on() {
    let installed = Command::new("rustup").args(["toolchain", "list"]).output();
    let installed = installed.map_or(Vec::new(), |output| output.stdout);
    if !String::from_utf8_lossy(&installed).contains("nightly-") {
        println!("skipped: there is no nightly toolchain to change to");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    write_crate(folder.path(), "shared");
    let mut notebook = notebook(folder.path());
    notebook.ok(":dep ./shared\nfn twice(n: i32) -> i32 { 2 * n }\nlet x = shared::answer();");
    notebook.ok(":toolchain nightly");
    let answer = notebook.events.try_iter().last();
    let answer = format!("{answer:?}");
    assert!(
        answer.contains("-nightly") && answer.contains("variables are lost"),
        "{answer}"
    );
    let error = notebook.err("x");
    assert!(error.contains("`:toolchain nightly`"), "{error}");
    assert_eq!(
        notebook.ok("#![feature(never_type)]\ntwice(shared::answer())"),
        "84"
    );
    // The same again changes nothing.
    notebook.ok("let y = 5;\n");
    notebook.ok(":toolchain +nightly");
    assert_eq!(notebook.ok("y"), "5");
}

#[test]
fn a_dependencys_own_toolchain_file_does_not_count() {
    let Some(folder) = inside() else {
        if !has_rustup() {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(this_program());
        // So that rustup looks for files at all.
        command.env_remove("RUSTUP_TOOLCHAIN");
        return run_inside(
            &mut command,
            "toolchains::a_dependencys_own_toolchain_file_does_not_count",
            folder.path(),
        );
    };
    write_crate(&folder, "shared");
    let package = folder.join("shared");
    fs::write(package.join("rust-toolchain"), "nightly-2001-01-01\n").unwrap();
    // A build script that calls the compiler as it finds it.
    let script = "fn main() { let output = std::process::Command::new(\"rustc\").arg(\"-vV\").output().unwrap();\n\
                  assert!(output.status.success());\n\
                  std::fs::write(std::env::var(\"OUT_DIR\").unwrap() + \"/version\", output.stdout).unwrap(); }\n";
    fs::write(package.join("build.rs"), script).unwrap();
    let body =
        "pub const VERSION: &str = include_str!(concat!(env!(\"OUT_DIR\"), \"/version\"));\n";
    fs::write(package.join("src/lib.rs"), body).unwrap();
    let mut notebook = notebook(&folder);
    notebook.ok(":dep ./shared\nlet version = shared::VERSION.trim().to_owned();");
    notebook.events.try_iter().for_each(drop);
    notebook.ok(":toolchain");
    let its_own = notebook.printed();
    assert_eq!(
        notebook.ok(&format!("version == {:?}", its_own.trim())),
        "true"
    );
}
