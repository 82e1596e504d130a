//! Exports the host's symbols from the example, and names them to the build script of any executable around the host.

/// The symbols that the objects which a host loads find in the executable instead of in the C library, and those that
/// they look up by name. Only these: with all symbols, they would find other copies of their own libraries.
const EXPORTS: [&str; 17] = [
    "write",
    "writev",
    "read",
    "pthread_create",
    "syscall",
    "clock_nanosleep",
    "nanosleep",
    "pthread_sigmask",
    "sigprocmask",
    "sigtimedwait",
    "sigwaitinfo",
    "sigwait",
    "ferrocell_send",
    "ferrocell_input",
    "ferrocell_interrupted",
    "ferrocell_cell",
    "ferrocell_work_for",
];

fn main() {
    for symbol in EXPORTS {
        println!("cargo::rustc-link-arg-examples=-Wl,--export-dynamic-symbol={symbol}");
    }
    println!("cargo::metadata=exports={}", EXPORTS.join(","));
    println!("cargo::rerun-if-changed=build.rs");
}
