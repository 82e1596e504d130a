//! Lets the objects that `ferrocell-host` loads find `write`, `read` and `pthread_create` in the executable itself.

fn main() {
    println!("cargo::rustc-link-arg-bin=ferrocell-host=-rdynamic");
    println!("cargo::rerun-if-changed=build.rs");
}
