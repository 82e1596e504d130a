//! Exports the host's symbols, which `ferrocell-host` names, from the command, which is the host of its kernel too.

fn main() {
    let exports =
        std::env::var("DEP_FERROCELL_HOST_EXPORTS").expect("ferrocell-host names its exports");
    for symbol in exports.split(',') {
        println!("cargo::rustc-link-arg-bin=ferrocell=-Wl,--export-dynamic-symbol={symbol}");
    }
    println!("cargo::rerun-if-changed=build.rs");
}
