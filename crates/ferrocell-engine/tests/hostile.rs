//! What surrounds a notebook goes wrong: caches, disks, toolchains, clocks. Each is a clear sentence or no trouble at
//! all, and variables stay.

mod conversation;

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};
use std::{env, thread};

use conversation::Conversation;

/// Set in the execution of a test that has an environment of its own, to a folder for its files.
const INSIDE: &str = "FERROCELL_TEST_INSIDE";

/// A crate whose build is noted down in a file outside of it.
fn write_crate(folder: &Path, name: &str) {
    let package = folder.join(name);
    fs::create_dir_all(package.join("src")).unwrap();
    let manifest =
        format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
    fs::write(package.join("Cargo.toml"), manifest).unwrap();
    let script = format!(
        "use std::io::Write;\nfn main() {{ let builds = std::fs::File::options().append(true).create(true).open({:?}); \
         writeln!(builds.unwrap(), \"built\").unwrap(); }}\n",
        folder.join("builds")
    );
    fs::write(package.join("build.rs"), script).unwrap();
    let body = "pub fn answer() -> i32 { 42 }\npub fn twice<T: Clone>(value: &T) -> (T, T) { (value.clone(), value.clone()) }\n";
    fs::write(package.join("src/lib.rs"), body).unwrap();
}

fn builds(folder: &Path) -> usize {
    fs::read_to_string(folder.join("builds")).map_or(0, |text| text.lines().count())
}

fn notebook(folder: &Path) -> Conversation {
    Conversation::with(|options| {
        options.working_dir = folder.to_owned();
        options.cache_dir = folder.join("cache");
    })
}

/// All files below a folder, those of cargo's own folders apart.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if !path.is_dir() {
            found.push(path);
        } else if !path
            .file_name()
            .unwrap()
            .to_string_lossy()
            .starts_with("target-")
        {
            found.extend(files(&path));
        }
    }
    found
}

#[test]
fn notebooks_that_need_the_same_new_dependency_at_once_build_it_once() {
    let folder = tempfile::tempdir().unwrap();
    write_crate(folder.path(), "shared");
    let answers: Vec<String> = thread::scope(|scope| {
        let start =
            || scope.spawn(|| notebook(folder.path()).ok(":dep ./shared\nshared::answer()"));
        let running: Vec<_> = (0..3).map(|_| start()).collect();
        running
            .into_iter()
            .map(|notebook| notebook.join().unwrap())
            .collect()
    });
    assert_eq!(answers, ["42", "42", "42"]);
    assert_eq!(builds(folder.path()), 1);
}

/// What happens to a file, in words and in deed.
type Damage = (&'static str, fn(&Path));

#[test]
fn a_damaged_cache_mends_itself() {
    let folder = tempfile::tempdir().unwrap();
    write_crate(folder.path(), "shared");
    let uses = ":dep ./shared\nlet pair = shared::twice(&shared::answer()); pair";
    let mut running = notebook(folder.path());
    assert_eq!(running.ok(uses), "(42, 42)");
    let damage: [Damage; 3] = [
        ("cut off", |path| {
            let length = fs::metadata(path).unwrap().len();
            File::options()
                .write(true)
                .open(path)
                .unwrap()
                .set_len(length / 2)
                .unwrap();
        }),
        ("overwritten", |path| {
            let length = fs::metadata(path).unwrap().len() as usize;
            fs::write(path, vec![b'?'; length]).unwrap();
        }),
        ("removed", |path| fs::remove_file(path).unwrap()),
    ];
    // The files that cells are compiled with and those that say where they are, each in one of the three ways.
    let cache = folder.path().join("cache");
    let is_input = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy();
        [".so", ".rlib", ".json", ".seal", "arguments", "Cargo.lock"]
            .iter()
            .any(|end| name.ends_with(end))
    };
    let inputs: Vec<PathBuf> = files(&cache).into_iter().filter(is_input).collect();
    assert!(inputs.len() >= 8, "{inputs:?}");
    for (path, (how, harm)) in inputs.iter().zip(damage.iter().cycle()) {
        // What a program has loaded stays loaded, unless its file is cut off, which nothing can bear.
        let copy = path.with_extension("copy");
        fs::copy(path, &copy).unwrap();
        fs::rename(&copy, path).unwrap();
        harm(path);
        let mut notebook = notebook(folder.path());
        assert_eq!(notebook.ok(uses), "(42, 42)", "{} {how}", path.display());
    }
    assert_eq!(running.ok("pair.0 + 1"), "43");
}

#[test]
fn what_cargo_has_built_mends_itself() {
    let folder = tempfile::tempdir().unwrap();
    write_crate(folder.path(), "shared");
    assert_eq!(
        notebook(folder.path()).ok(":dep ./shared\nshared::answer()"),
        "42"
    );
    let mut deps = fs::read_dir(folder.path().join("cache/deps"))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let is_cargos = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy();
        name.starts_with("target-")
    };
    let target = deps.find(is_cargos).unwrap();
    let libraries = files(&target.join("release/deps")).into_iter();
    let damaged = libraries.filter(|path| {
        ["rlib", "rmeta"]
            .iter()
            .any(|kind| path.extension().is_some_and(|it| it == *kind))
    });
    let damaged: Vec<PathBuf> = damaged.collect();
    assert_eq!(damaged.len(), 2, "{damaged:?}");
    for path in damaged {
        fs::write(path, "?").unwrap();
    }
    // Other dependencies, for which cargo would use the same files again.
    let uses = ":dep again = { path = \"shared\", package = \"shared\" }\nagain::answer()";
    assert_eq!(notebook(folder.path()).ok(uses), "42");
    assert_eq!(builds(folder.path()), 2);
}

#[test]
fn an_emptied_cache_is_filled_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut notebook = notebook(folder.path());
    notebook.ok("let x = 5;");
    fs::remove_dir_all(folder.path().join("cache")).unwrap();
    assert_eq!(notebook.ok("x + 1"), "6");
}

#[test]
fn clocks_do_not_matter() {
    let folder = tempfile::tempdir().unwrap();
    write_crate(folder.path(), "shared");
    let uses = ":dep ./shared\nshared::answer()";
    assert_eq!(notebook(folder.path()).ok(uses), "42");
    let year = Duration::from_secs(365 * 24 * 3600);
    for time in [SystemTime::UNIX_EPOCH, SystemTime::UNIX_EPOCH + 130 * year] {
        for path in files(folder.path()) {
            File::options()
                .write(true)
                .open(path)
                .unwrap()
                .set_modified(time)
                .unwrap();
        }
        let mut notebook = notebook(folder.path());
        assert_eq!(notebook.ok(uses), "42", "{time:?}");
        assert_eq!(notebook.ok("shared::answer()"), "42", "{time:?}");
    }
}

#[test]
fn a_cache_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    // Permissions do not bind root, but a file is no folder for anybody, and nobody writes to /proc.
    for cache in [file.join("cache"), PathBuf::from("/proc/ferrocell")] {
        let mut notebook = Conversation::with(|options| options.cache_dir = cache.clone());
        let error = notebook.err("1");
        assert!(
            error.starts_with(&format!(
                "ToolchainError: cannot prepare the runtime library in {}",
                cache.display()
            )) && error.contains("`FERROCELL_CACHE_DIR` chooses another"),
            "{error}"
        );
    }
    // Once it can be written, the same notebook goes on.
    let mut notebook = Conversation::with(|options| options.cache_dir = file.join("cache"));
    notebook.err("1");
    fs::remove_file(&file).unwrap();
    assert_eq!(notebook.ok("1"), "1");
    write_crate(folder.path(), "shared");
    fs::remove_dir_all(file.join("cache/deps")).ok();
    fs::write(file.join("cache/deps"), "").unwrap();
    notebook.ok("let x = 5;");
    let error = notebook.err(&format!(
        ":dep shared = {{ path = {:?} }}",
        folder.path().join("shared")
    ));
    assert!(
        error.starts_with("DependencyError: cannot keep dependencies in ")
            && error.contains("`FERROCELL_CACHE_DIR` chooses another"),
        "{error}"
    );
    assert_eq!(notebook.ok("x"), "5");
}

/// The folder of a test that is executed in an environment of its own, in that execution.
fn inside() -> Option<PathBuf> {
    env::var_os(INSIDE).map(PathBuf::from)
}

/// Executes a test again, in an environment of its own.
fn run_inside(command: &mut Command, test: &str, folder: &Path) {
    command
        .args(["--exact", test, "--nocapture"])
        .env(INSIDE, folder);
    assert!(command.status().unwrap().success(), "{test} fails inside");
}

fn this_program() -> PathBuf {
    env::current_exe().unwrap()
}

/// This program with file systems of its own, which a script mounts in the folder that is its first argument. Nobody else
/// sees them, and they go with the process. `None` where that is not allowed.
fn with_own_mounts(script: &str, folder: &Path) -> Option<Command> {
    let unshared = |script: &str| {
        let mut command = Command::new("unshare");
        command.args([
            "--user",
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            script,
            "sh",
        ]);
        command.arg(folder);
        command
    };
    if !unshared(script)
        .status()
        .is_ok_and(|status| status.success())
    {
        println!("skipped: this machine lets no process mount a file system of its own");
        return None;
    }
    let mut command = unshared(&format!("{script} && shift && exec \"$@\""));
    command.arg(this_program());
    Some(command)
}

#[test]
fn a_cache_that_can_only_be_read_is_enough_for_what_is_in_it() {
    let Some(folder) = inside() else {
        let folder = tempfile::tempdir().unwrap();
        write_crate(folder.path(), "shared");
        assert_eq!(
            notebook(folder.path()).ok(":dep ./shared\nshared::answer()"),
            "42"
        );
        let mount = "mount --bind \"$1\" \"$1\" && mount -o remount,bind,ro \"$1\"";
        if let Some(mut command) = with_own_mounts(mount, folder.path()) {
            run_inside(
                &mut command,
                "a_cache_that_can_only_be_read_is_enough_for_what_is_in_it",
                folder.path(),
            );
        }
        return;
    };
    assert!(
        fs::write(folder.join("new"), "").is_err(),
        "the folder can only be read"
    );
    let mut notebook = notebook(&folder);
    assert_eq!(
        notebook.ok(":dep ./shared\nlet answer = shared::answer(); answer"),
        "42"
    );
    let error = notebook.err(":dep again = { path = \"shared\", package = \"shared\" }");
    assert!(
        error.starts_with("DependencyError: cannot keep dependencies in ")
            && error.contains("Read-only file system"),
        "{error}"
    );
    assert_eq!(notebook.ok("shared::twice(&answer)"), "(42, 42)");
}

#[test]
fn a_full_disk_is_a_sentence_and_the_cell_can_be_repeated() {
    let Some(small) = inside() else {
        let folder = tempfile::tempdir().unwrap();
        let mount = "mount -t tmpfs -o size=2m tmpfs \"$1\" && export TMPDIR=\"$1\"";
        if let Some(mut command) = with_own_mounts(mount, folder.path()) {
            run_inside(
                &mut command,
                "a_full_disk_is_a_sentence_and_the_cell_can_be_repeated",
                folder.path(),
            );
        }
        return;
    };
    let mut notebook = Conversation::new();
    notebook.ok("let mut list = vec![1, 2];");
    let filler = small.join("filler");
    let fill = || {
        let mut file = File::create(&filler).unwrap();
        while std::io::Write::write_all(&mut file, &[0; 4096]).is_ok() {}
        while std::io::Write::write_all(&mut file, &[0]).is_ok() {}
    };
    fill();
    let error = notebook.err("list.push(3); list.len()");
    assert!(
        error.contains("No space left on device") || error.contains("disk full"),
        "{error}"
    );
    fs::remove_file(&filler).unwrap();
    assert_eq!(notebook.ok("list.push(3); list.len()"), "3");
    // And while a cell writes, which is the program's own affair.
    fill();
    let error = notebook.err(&format!(
        "std::fs::write({:?}, \"text\")?;",
        small.join("own")
    ));
    assert!(
        error.contains("disk full") || error.contains("StorageFull"),
        "{error}"
    );
    fs::remove_file(&filler).unwrap();
    assert_eq!(notebook.ok("list"), "[1, 2, 3]");
}

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
         if [ -e {own}/other ] && [ \"$1\" = -vV ]; then {real} -vV | sed 's/^commit-date: .*/commit-date: 2001-01-01/'; exit; fi\n\
         exec {real} --sysroot {sysroot} \"$@\"\n",
        own = own.display(),
        real = sysroot.join("bin/rustc").display(),
        sysroot = sysroot.display()
    );
    fs::create_dir_all(own.join("bin")).unwrap();
    std::os::unix::fs::symlink(sysroot.join("lib"), own.join("lib")).unwrap();
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
            "rustc_may_go_or_change_under_a_running_notebook",
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
    fs::write(own.join("newer"), "").unwrap();
    let error = notebook.err("x + 1");
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
    assert_eq!(notebook.ok("x + 1"), "6");
}

#[test]
fn what_another_toolchain_has_built_is_not_used() {
    let Some(folder) = inside() else {
        let folder = tempfile::tempdir().unwrap();
        write_crate(folder.path(), "shared");
        let own = folder.path().join("toolchain");
        let mut command = with_own_toolchain(&own);
        std::os::unix::fs::symlink(sysroot().join("bin/cargo"), own.join("bin/cargo")).unwrap();
        return run_inside(
            &mut command,
            "what_another_toolchain_has_built_is_not_used",
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
        return run_inside(&mut command, "a_missing_cargo_is_named", folder.path());
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

#[test]
fn folders_for_temporary_files_may_be_missing_or_go() {
    let Some(folder) = inside() else {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(this_program());
        command.env("TMPDIR", folder.path().join("missing"));
        for name in ["HOME", "XDG_CACHE_HOME", "FERROCELL_CACHE_DIR"] {
            command.env_remove(name);
        }
        return run_inside(
            &mut command,
            "folders_for_temporary_files_may_be_missing_or_go",
            folder.path(),
        );
    };
    let mut notebook = Conversation::with(|options| options.working_dir = folder.clone());
    assert!(env::temp_dir().starts_with(folder));
    notebook.ok("let x = 5;");
    fs::remove_dir_all(env::temp_dir()).unwrap();
    assert_eq!(notebook.ok("let y = x + 1; y"), "6");
    notebook.err("std::process::abort()");
    assert_eq!(notebook.ok("(x, y)"), "(5, 6)");
}
