//! What is shown in other programs than ferrocell's: by evcxr's means, or as text.

use std::process::Command;

use ferrocell::{clear_output, display, html, png, progress};

/// What the programs below do.
#[test]
#[ignore = "a program for the tests below"]
fn program() {
    print!("before, ");
    let shown = display(&html("<b>one</b>").and("text/plain", "one"));
    shown.update(&png([1, 2, 3]));
    clear_output(true);
    assert_eq!(progress(0..3).sum::<i32>(), 3);
    html("<i>tail</i>").evcxr_display();
}

/// What the program prints to standard output and to standard error, under evcxr or not.
fn run(is_evcxr: bool) -> [String; 2] {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "program", "--ignored", "--nocapture"]);
    command.env_remove("EVCXR_IS_RUNTIME");
    if is_evcxr {
        command.env("EVCXR_IS_RUNTIME", "1");
    }
    let output = command.output().unwrap();
    assert!(output.status.success());
    [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap())
}

#[test]
fn evcxr_shows_all_forms_at_their_places() {
    let [stdout, stderr] = run(true);
    let shown = "before, EVCXR_BEGIN_CONTENT text/html\n<b>one</b>\nEVCXR_END_CONTENT\n\
                 EVCXR_BEGIN_CONTENT text/plain\none\nEVCXR_END_CONTENT\n\
                 EVCXR_BEGIN_CONTENT image/png\nAQID\nEVCXR_END_CONTENT\n\
                 EVCXR_BEGIN_CONTENT text/html\n<i>tail</i>\nEVCXR_END_CONTENT\n";
    assert!(stdout.contains(shown), "{stdout}");
    // The bar is a line that is written anew.
    let last = stderr.rsplit('\r').next().unwrap();
    assert!(last.contains("| 3 of 3, "), "{stderr:?}");
}

#[test]
fn other_programs_print_text() {
    let [stdout, stderr] = run(false);
    let shown = "before, one\n<image/png, 4 bytes>\n<text/html, 11 bytes>\n";
    assert!(stdout.contains(shown), "{stdout}");
    // Where nobody sees it, there is no bar.
    assert!(!stderr.contains("of 3"), "{stderr:?}");
}
