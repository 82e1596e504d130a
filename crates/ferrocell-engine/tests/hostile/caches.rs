//! Caches that are shared, damaged, emptied, old, or cannot be written.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

use crate::conversation::Conversation;
use crate::folder::{builds, files, notebook, write_crate};
use crate::inside::{inside, run_inside, with_own_mounts};

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
    let mut inputs: Vec<PathBuf> = files(&cache).into_iter().filter(is_input).collect();
    assert!(inputs.len() >= 8, "{inputs:?}");
    // Without the record, later notebooks get a library of their own, and what the running one has is nobody else's.
    inputs.sort_by_key(|path| path.ends_with("crates.json"));
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
    let damaged = files(&target).into_iter().filter(|path| {
        let name = path.file_name().unwrap().to_string_lossy();
        name.starts_with("libshared-") && (name.ends_with(".rlib") || name.ends_with(".rmeta"))
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
    write_crate(folder.path(), "shared");
    let mut notebook = notebook(folder.path());
    notebook.ok("let x = 5;");
    let cache = folder.path().join("cache");
    fs::remove_dir_all(&cache).unwrap();
    assert_eq!(notebook.ok("x + 1"), "6");
    notebook.ok(":dep ./shared\nlet pair = shared::twice(&x);");
    for emptied in [cache.join("deps"), cache] {
        fs::remove_dir_all(emptied).unwrap();
        assert_eq!(notebook.ok("(pair, shared::twice(&x))"), "((5, 5), (5, 5))");
    }
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
                "ToolchainError: cannot prepare the runtime libraries in {}",
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
                "caches::a_cache_that_can_only_be_read_is_enough_for_what_is_in_it",
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
