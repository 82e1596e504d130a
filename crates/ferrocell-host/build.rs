//! Lets the objects that the host loads find `write`, `read` and `pthread_create` in the executable itself.

fn main() {
    println!("cargo::rustc-link-arg-examples=-rdynamic");
    println!("cargo::rerun-if-changed=build.rs");
}
