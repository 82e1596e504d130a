//! Disks that are full, and folders for temporary files that are not there.

use std::env;
use std::fs::{self, File};
use std::process::Command;

use crate::conversation::Conversation;
use crate::inside::{inside, run_inside, this_program, with_own_mounts};

#[test]
fn a_full_disk_is_a_sentence_and_the_cell_can_be_repeated() {
    let Some(small) = inside() else {
        let folder = tempfile::tempdir().unwrap();
        let mount = "mount -t tmpfs -o size=2m tmpfs \"$1\" && export TMPDIR=\"$1\"";
        if let Some(mut command) = with_own_mounts(mount, folder.path()) {
            run_inside(
                &mut command,
                "disks::a_full_disk_is_a_sentence_and_the_cell_can_be_repeated",
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
            "disks::folders_for_temporary_files_may_be_missing_or_go",
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
